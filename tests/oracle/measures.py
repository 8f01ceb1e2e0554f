"""Hold inequality, segregation, diagnosis and shrinking to PySAL, scipy and numpy.

Called as `measures.py PATH-OF-LEVEKAAR`; exits with 1 and a word on stderr where they differ.
"""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes
from inequality.atkinson import Atkinson
from inequality.gini import Gini
from inequality.theil import Theil, TheilD
from libpysal.weights import W
from scipy import stats
from segregation.singlegroup import Dissim, Entropy, Interaction, Isolation

LEVEKAAR = sys.argv[1]
TOLERANCE = 1e-9


def run(*arguments):
    """Run the program and give its stdout."""
    done = subprocess.run(
        [LEVEKAAR, "--quiet", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def near(what, ours, theirs):
    """Stop unless the two numbers are the same."""
    if not abs(float(ours) - float(theirs)) <= TOLERANCE * max(1.0, abs(float(theirs))):
        sys.exit(f"{what}: {ours} here, {theirs} there")


def table_of(path):
    """Measures of a CSV by their name."""
    return pd.read_csv(path).set_index("measure")["value"]


def inequality(folder, random):
    """Gini, Theil, Atkinson."""
    values = random.lognormal(3.0, 0.7, 200)
    groups = random.integers(0, 6, 200)
    table = folder / "inequality.csv"
    pd.DataFrame({"id": range(200), "x": values, "g": [f"g{g}" for g in groups]}).to_csv(
        table, index=False
    )
    out = folder / "inequality_out.csv"
    arguments = ["inequality", table, "--value", "x", "--group", "g", "--permutations", 9]
    run(*arguments, "--aversion", 0.5, "-o", out)
    ours = table_of(out)
    near("Gini", ours["gini"], Gini(values).g)
    near("Theil", ours["theil"], Theil(values).T)
    parts = TheilD(values, groups)
    near("Theil between", ours["theil_between"], np.ravel(parts.bg)[0])
    near("Theil within", ours["theil_within"], np.ravel(parts.wg)[0])
    near("Atkinson 0.5", ours["atkinson"], Atkinson(values, 0.5).A)
    run("inequality", table, "--value", "x", "--aversion", 1, "-o", out)
    near("Atkinson 1", table_of(out)["atkinson"], Atkinson(values, 1).A)


def segregation(folder, random):
    """Dissimilarity, isolation, interaction, entropy."""
    total = random.integers(50, 3000, 120)
    count = random.binomial(total, random.beta(2, 8, 120))
    frame = pd.DataFrame({"id": range(120), "x": count, "t": total})
    table = folder / "segregation.csv"
    frame.to_csv(table, index=False)
    out = folder / "segregation_out.csv"
    run("segregation", table, "--count", "x", "--total", "t", "--draws", 9, "-o", out)
    ours = table_of(out)
    measures = {
        "dissimilarity": Dissim,
        "isolation": Isolation,
        "interaction": Interaction,
        "entropy": Entropy,
    }
    for name, measure in measures.items():
        theirs = measure(frame, group_pop_var="x", total_pop_var="t").statistic
        near(name, ours[name], theirs)


INDEX = """
version = 1
id = "oracle"
title = { nb = "Orakel", en = "Oracle" }
source = "invented"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, weights = { method = "equal" } }
ranking = { ties = "min" }
defaults = { normalise = { method = "z-score" } }
"""

INDICATOR = """
[[indicator]]
id = "NAME"
title = { nb = "NAME", en = "NAME" }
unit = "1"
direction = "higher-is-worse"
"""


def diagnosis(folder, random):
    """Statistics, correlations and components."""
    common = random.normal(size=300)
    names = ["a", "b", "c", "d"]
    frame = pd.DataFrame(
        {name: np.round(np.exp(common * k / 3 + random.normal(size=300)), 2)
         for k, name in enumerate(names, start=1)}
    )
    frame.insert(0, "id", [f"{i:03d}" for i in range(300)])
    table = folder / "table.csv"
    frame.to_csv(table, index=False)
    index = folder / "oracle.toml"
    index.write_text(INDEX + "".join(INDICATOR.replace("NAME", name) for name in names))
    out = folder / "diagnosis"
    run("diagnose", table, "--index", index, "-o", out)
    rows = pd.read_csv(out / "statistics.csv").set_index("indicator")
    for name in names:
        x = frame[name]
        near("median", rows["median"][name], np.median(x))
        near("sd", rows["sd"][name], np.std(x, ddof=1))
        near("skewness", rows["skewness"][name], stats.skew(x, bias=False))
        near("kurtosis", rows["kurtosis"][name], stats.kurtosis(x, bias=False))
    for row in pd.read_csv(out / "correlations.csv").itertuples():
        x, y = frame[row.a], frame[row.b]
        near("Pearson", row.pearson, stats.pearsonr(x, y)[0])
        near("Spearman", row.spearman, stats.spearmanr(x, y)[0])
    pca = pd.read_csv(out / "pca.csv")
    eigenvalues, vectors = np.linalg.eigh(np.corrcoef(frame[names].T))
    ours = pca[pca.kind == "eigenvalue"].value.to_numpy()
    for mine, theirs in zip(ours, eigenvalues[::-1]):
        near("eigenvalue", mine, theirs)
    loadings = vectors[:, -1] * np.sqrt(eigenvalues[-1])
    loadings *= np.sign(loadings.sum())
    for mine, theirs in zip(pca[pca.kind == "loading"].value, loadings):
        near("loading", mine, theirs)
    standard = stats.zscore(frame[names].to_numpy())
    k = len(names)
    alpha = k / (k - 1) * (1 - standard.var(axis=0).sum() / standard.sum(axis=1).var())
    near("alpha", pca[pca.kind == "alpha"].value.to_numpy()[-1], alpha)


SHRINK = """
version = 1
id = "oracle"
title = { nb = "o", en = "o" }
source = "example"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, weights = { method = "equal" } }
ranking = { ties = "min" }
[[indicator]]
id = "rate"
title = { nb = "rate", en = "rate" }
unit = "per 1000"
direction = "higher-is-worse"
rate = { numerator = "events", denominator = "persons", per = 1000 }
treat = [{ method = "METHOD" }]
normalise = { method = "as-is" }
"""

PROJECT = """
version = 1
id = "oracle"
title = { nb = "o", en = "o" }
areas = { file = "rates.csv", id = "id", neighbours = { file = "pairs.csv", from = "a", to = "b" } }
index = { file = "METHOD.toml" }
"""


def shrinking(folder, random):
    """Empirical Bayes, of all areas and of the neighbours in a ring with chords."""
    n = 60
    persons = random.integers(200, 3000, n).astype(float)
    events = random.binomial(persons.astype(int), random.uniform(0.02, 0.2, n)).astype(float)
    ids = [f"a{i:02d}" for i in range(n)]
    pd.DataFrame({"id": ids, "events": events, "persons": persons}).to_csv(
        folder / "rates.csv", index=False
    )
    pairs = [(i, (i + step) % n) for i in range(n) for step in (1, 7)]
    pd.DataFrame([(ids[a], ids[b]) for a, b in pairs], columns=["a", "b"]).to_csv(
        folder / "pairs.csv", index=False
    )
    near_by = {i: [] for i in range(n)}
    for a, b in pairs:
        near_by[a].append(b)
        near_by[b].append(a)
    weights = W(near_by, id_order=list(range(n)))
    theirs = {
        "shrink-global": Empirical_Bayes(events, persons).r,
        "shrink-local": Spatial_Empirical_Bayes(events, persons, weights).r,
    }
    for method, rates in theirs.items():
        (folder / f"{method}.toml").write_text(SHRINK.replace("METHOD", method))
        project = folder / f"{method}-project.toml"
        project.write_text(PROJECT.replace("METHOD", method))
        out = folder / f"{method}.csv"
        run("score", project, "-o", out)
        for mine, rate in zip(pd.read_csv(out).score, np.ravel(rates)):
            near(method, mine, 1000 * rate)


def main():
    """Run all."""
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inequality(folder, random)
        segregation(folder, random)
        diagnosis(folder, random)
        shrinking(folder, random)


main()
