"""Rank confidence sets and standard errors, by numpy and by levekaar.

Called as `confidence_sets.py LEVEKAAR`. The sets are made once more as Mogstad, Romano, Shaikh and
Wilhelm (2024) have them and their R package csranks computes them: a bootstrap of the largest
studentised difference, with stepdown, two-sided, over all pairs at once or over the pairs of one
area. Both sides draw their own errors, so that critical values differ a little: ours must lie
between the sets of a critical value three per cent smaller and three per cent larger. Ends with a
word on stderr where the two differ.
"""

import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

LEVEKAAR = sys.argv[1]
DRAWS = 20_000
LEVEL = 0.95


def run(*arguments):
    """A table that levekaar prints, by area."""
    done = subprocess.run([LEVEKAAR, "--quiet", *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return {row["area"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def critical_value(x, sd, noise, pairs, factor):
    """The last critical value of the stepdown, and which pairs it settles."""
    pairs = np.asarray(pairs)
    i, j = pairs.T
    scale = np.sqrt(sd[i] ** 2 + sd[j] ** 2)
    t = np.abs(x[i] - x[j]) / scale
    open_pairs = np.ones(len(pairs), dtype=bool)
    while True:
        largest = np.zeros(len(noise))
        for at in np.flatnonzero(open_pairs):
            each = np.abs(noise[:, i[at]] - noise[:, j[at]]) / scale[at]
            np.maximum(largest, each, out=largest)
        critical = factor * np.quantile(largest, LEVEL)
        still = open_pairs & (t <= critical)
        if still.sum() == open_pairs.sum() or not still.any():
            return critical
        open_pairs = still


def sets(x, sd, factor, noise):
    """Simultaneous and marginal ranks, 1 the largest."""
    p = len(x)
    every = [(i, j) for i in range(p) for j in range(i + 1, p)]
    scale = np.sqrt(sd[:, None] ** 2 + sd[None, :] ** 2)
    d = (x[None, :] - x[:, None]) / scale

    def ranks(at, critical):
        return 1 + int((d[at] > critical).sum()), p - int((-d[at] > critical).sum())

    at_once = critical_value(x, sd, noise, every, factor)
    simultaneous = [ranks(at, at_once) for at in range(p)]
    marginal = []
    for at in range(p):
        own = [(at, other) for other in range(p) if other != at]
        marginal.append(ranks(at, critical_value(x, sd, noise, own, factor)))
    return simultaneous, marginal


def compare_sets(folder, seed, p):
    """Ours between the sets of a smaller and of a larger critical value."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.normal(0, 2, p).round(2))
    sd = rng.uniform(0.1, 0.8, p).round(3)
    table = folder / f"estimates-{seed}.csv"
    lines = [f"a{at:02d},{x[at]},{sd[at]}" for at in range(p)]
    table.write_text("id,x,se\n" + "\n".join(lines) + "\n")
    ours = run("confidence", table, "--id", "id", "--estimate", "x", "--se", "se",
               "--draws", DRAWS, "--level", LEVEL)
    noise = rng.normal(size=(DRAWS, p)) * sd
    small, large = sets(x, sd, 0.97, noise), sets(x, sd, 1.03, noise)
    n_same = 0
    for at in range(p):
        row = ours[f"a{at:02d}"]
        for kind, (low, high) in enumerate((("low", "high"), ("marginal_low", "marginal_high"))):
            got = int(row[low]), int(row[high])
            narrow, wide = small[kind][at], large[kind][at]
            n_same += narrow == wide
            if not (wide[0] <= got[0] <= narrow[0] and narrow[1] <= got[1] <= wide[1]):
                sys.exit(f"{seed}, area {at}, {low}: {got}, numpy {narrow} to {wide}")
    if n_same < p:
        sys.exit(f"{seed}: the two critical values are too far apart to tell anything")


def compare_errors(folder):
    """A weighted sum of estimates has a known standard error."""
    rng = np.random.default_rng(8)
    n = 30
    x, y = rng.uniform(20, 60, n).round(1), rng.uniform(100, 900, n).round(0)
    se_x, se_y = rng.uniform(0.5, 4, n).round(2), rng.uniform(5, 60, n).round(1)
    lines = [f"{at:02d},{x[at]},{se_x[at]},{y[at]},{se_y[at]},{50 + at}" for at in range(n)]
    (folder / "survey.csv").write_text("id,x,x_se,y,y_moe,z\n" + "\n".join(lines) + "\n")

    def indicator(name, weight, more):
        return (f'[[indicator]]\nid = "{name}"\ntitle = {{ nb = "{name}", en = "{name}" }}\n'
                f'unit = "1"\ndirection = "higher-is-worse"\nweight = {weight}\n{more}\n')

    (folder / "index.toml").write_text(
        'version = 1\nid = "i"\ntitle = { nb = "i", en = "i" }\nsource = "invented"\n'
        'licence = "CC0-1.0"\n[score]\naggregate = { method = "arithmetic-mean" }\n'
        '[ranking]\nties = "min"\n[defaults]\nnormalise = { method = "as-is" }\n'
        + indicator("x", 1, 'standard-error = "x_se"') + indicator("y", 0.1, "")
        + indicator("z", 0.5, ""))
    (folder / "project.toml").write_text(
        'version = 1\nid = "p"\ntitle = { nb = "p", en = "p" }\n[areas]\nfile = "survey.csv"\n'
        'id = "id"\n[index]\nfile = "index.toml"\n'
        '[indicators.y]\ncolumn = "y"\nstandard-error = "y_moe"\n')
    project, space = folder / "project.toml", folder / "space.toml"
    ours = run("confidence", project, "--draws", 4000)
    known = np.sqrt(se_x ** 2 + (0.1 * se_y) ** 2)
    for at in range(n):
        row = ours[f"{at:02d}"]
        value = x[at] + 0.1 * y[at] + 0.5 * (50 + at)
        if abs(float(row["estimate"]) - value) > 1e-9 * value:
            sys.exit(f"estimate of area {at}: {row['estimate']}, numpy {value}")
        # 4,000 draws tell a deviation to 1.1 per cent; five of those are never reached by chance.
        if abs(float(row["se"]) / known[at] - 1) > 0.056:
            sys.exit(f"standard error of area {at}: {row['se']}, known {known[at]}")
    # The same draws in the ranks: mean ranks are those of numpy's own draws.
    space.write_text('version = 1\nsampling = "from-errors"\n')
    draws = 4000
    found = run("uncertainty", project, "--space", space, "--replicates", draws)
    noise = rng.normal(size=(draws, n)) * known
    scores = x + 0.1 * y + 0.5 * (50 + np.arange(n)) + noise
    order = np.argsort(np.argsort(-scores, axis=1), axis=1) + 1
    for at in range(n):
        mean, sd = order[:, at].mean(), order[:, at].std()
        slack = 5 * sd * np.sqrt(2 / draws) + 1e-9
        if abs(float(found[f"{at:02d}"]["mean"]) - mean) > slack:
            sys.exit(f"mean rank of area {at}: {found[f'{at:02d}']['rank_mean']}, numpy {mean}")


with tempfile.TemporaryDirectory() as name:
    for seed, p in ((1, 12), (2, 25), (3, 40)):
        compare_sets(Path(name), seed, p)
    compare_errors(Path(name))
