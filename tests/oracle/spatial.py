"""Hold spatial statistics to esda and libpysal.

Called as `spatial.py PATH-OF-LEVEKAAR`; exits with 1 and a word on stderr where they differ.
Analytic numbers agree to 1e-10; pseudo p-values, which rest on other random numbers, within Monte
Carlo error over 7,056 cells.
"""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import esda
import libpysal
import numpy as np
import pandas as pd

LEVEKAAR = sys.argv[1]
TOLERANCE = 1e-10


def run(table, *arguments):
    """The rows that the program writes."""
    out = table.with_suffix(".out.csv")
    arguments = ["spatial", table, *arguments, "-o", out]
    done = subprocess.run(
        [LEVEKAAR, "--quiet", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return pd.read_csv(out)


def near(what, ours, theirs, tolerance=TOLERANCE):
    """Stop unless the numbers are the same."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    far = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
    if not (far <= tolerance).all():
        at = int(np.nanargmax(far))
        sys.exit(f"{what}: {ours.ravel()[at]} here, {theirs.ravel()[at]} there, at {at}")


def whole_map(table, frame, w):
    """Moran, Geary, G, join counts; rates by empirical Bayes."""
    x = frame["x"].to_numpy()
    ours = run(table, "--column", "x", "--weights", table.with_suffix(".gal"), "--statistic",
               "moran,geary", "--alternative", "greater", "--permutations", 99).set_index("statistic")
    w.transform = "r"
    moran = esda.Moran(x, w, permutations=0, two_tailed=False)
    near("Moran", ours.loc["moran", ["value", "expected", "variance_normal",
         "variance_randomised"]], [moran.I, moran.EI, moran.VI_norm, moran.VI_rand])
    near("Moran z", ours.loc["moran", ["z_normal", "z_randomised"]], [moran.z_norm, moran.z_rand])
    near("Moran p", ours.loc["moran", ["p_normal", "p_randomised"]], [moran.p_norm, moran.p_rand])
    geary = esda.Geary(x, w, permutations=0)
    near("Geary", ours.loc["geary", ["value", "variance_normal", "variance_randomised"]],
         [geary.C, geary.VC_norm, geary.VC_rand])
    positive = frame["p"].to_numpy()
    ours = run(table, "--column", "p", "--weights", table.with_suffix(".gal"), "--statistic",
               "getis-ord", "--permutations", 0)
    g = esda.G(positive, w, permutations=0)
    near("G", ours[["value", "expected", "variance_randomised"]].iloc[0], [g.G, g.EG, g.VG], 1e-9)
    ours = run(table, "--column", "b", "--weights", table.with_suffix(".gal"), "--statistic",
               "join-count", "--permutations", 0).set_index("statistic")
    w.transform = "b"
    joins = esda.Join_Counts(frame["b"].to_numpy(), w, permutations=0)
    near("joins", ours["value"], [joins.bb, joins.ww, joins.bw])
    ours = run(table, "--column", "e", "--persons", "n", "--weights", table.with_suffix(".gal"),
               "--statistic", "moran", "--permutations", 0)
    w.transform = "r"
    rate = esda.Moran_Rate(frame["e"].to_numpy(), frame["n"].to_numpy(), w, permutations=0)
    near("rates", ours["value"], [rate.I])


def each_area(table, frame, w):
    """Local Moran with both null models, bivariate, Gi and Gi*, without permutations."""
    x, y = frame["x"].to_numpy(), frame["p"].to_numpy()
    w.transform = "r"
    theirs = esda.Moran_Local(x, w, permutations=0)
    gal = table.with_suffix(".gal")
    names = dict(zip([1, 2, 3, 4], ["HH", "LH", "LL", "HL"]))
    for null, mean, variance in (
        ("conditional", theirs.EIc, theirs.VIc), ("total", theirs.EI, theirs.VI)
    ):
        ours = run(table, "--column", "x", "--weights", gal, "--null", null, "--permutations", 0)
        near(f"local Moran, {null}", ours["statistic"], theirs.Is)
        near(f"its mean, {null}", ours["expected"], mean)
        near(f"its variance, {null}", ours["variance"], variance)
        if list(ours["quadrant"]) != [names[q] for q in theirs.q]:
            sys.exit("quadrants differ")
    theirs = esda.Moran_Local_BV(x, y, w, permutations=0)
    ours = run(table, "--column", "x", "--with", "p", "--weights", gal, "--permutations", 0)
    near("bivariate", ours["statistic"], theirs.Is)
    w.transform = "b"
    for name, star in (("gi", False), ("gi-star", True)):
        theirs = esda.G_Local(y, w, transform="B", star=star, permutations=0)
        ours = run(table, "--column", "p", "--statistic", name, "--weights", gal,
                   "--permutations", 0)
        near(name, ours["statistic"], theirs.Gs)
        near(f"{name} mean", ours["expected"], theirs.EGs)
        near(f"{name} variance", ours["variance"], theirs.VGs, 1e-8)
        near(f"{name} z", ours["z"], theirs.Zs, 1e-8)


def pseudo_p(table, frame, w):
    """Both draw 999 neighbourhoods; over all cells the p-values have the same distribution."""
    permutations = 999
    x = frame["x"].to_numpy()
    w.transform = "r"
    theirs = esda.Moran_Local(x, w, permutations=permutations, seed=11, n_jobs=1)
    smaller = np.minimum(
        (theirs.sim >= theirs.Is).sum(axis=0), (theirs.sim <= theirs.Is).sum(axis=0)
    )
    p_of = {
        "directed": (smaller + 1) / (permutations + 1),
        "two-sided": np.minimum(1, 2 * (smaller + 1) / (permutations + 1)),
        "greater": ((theirs.sim >= theirs.Is).sum(axis=0) + 1) / (permutations + 1),
        "lesser": ((theirs.sim <= theirs.Is).sum(axis=0) + 1) / (permutations + 1),
    }
    folded = np.abs(theirs.sim - theirs.sim.mean(axis=0)) >= np.abs(
        theirs.Is - theirs.sim.mean(axis=0)
    )
    p_of["folded"] = (folded.sum(axis=0) + 1) / (permutations + 1)
    for alternative, expected in p_of.items():
        ours = run(table, "--column", "x", "--weights", table.with_suffix(".gal"),
                   "--alternative", alternative, "--permutations", permutations)["p"].to_numpy()
        # Both are binomial shares around the same p, of 999 draws each; two-sided ones doubled.
        scale = 2 if alternative == "two-sided" else 1
        middle = np.clip((ours + expected) / 2 / scale, 1 / permutations, 1 - 1 / permutations)
        variance = scale**2 * 2 * middle * (1 - middle) / permutations
        if alternative == "folded":
            # The mean that both fold at is drawn too, with variance 1 / permutations in units of
            # one draw; the density of a folded normal variable is at most 0.8 there.
            variance += 2 * 0.8**2 / permutations
        sd = np.sqrt(variance)
        z = (ours - expected) / sd
        # All areas share one table of draws, so that their errors go together.
        if not (np.abs(z) < 6).all():
            at = int(np.abs(z).argmax())
            sys.exit(f"{alternative}: p {ours[at]} here, {expected[at]} there, cell {at}")
        # Were all p one curve, their mean difference would be the area under a Brownian bridge
        # twice over, with sd sqrt(2 / 12 / 999) = 0.013.
        if not abs(np.mean(ours - expected)) < scale * 0.04:
            sys.exit(f"{alternative}: p differ by {np.mean(ours - expected)} on average")
        named = [(p <= 0.05).mean() for p in (ours, expected)]
        # A p of 0.05 differs between two runs by 0.0098 (one sd), for many cells in one direction.
        if not abs(named[0] - named[1]) < 0.04:
            sys.exit(f"{alternative}: {named[0]} significant here, {named[1]} there")


def main():
    """A small map for what is analytic, 84 x 84 cells for what is drawn."""
    random = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        for side, check in ((13, (whole_map, each_area)), (84, (each_area, pseudo_p))):
            n = side * side
            w = libpysal.weights.lat2W(side, side, rook=False)
            rough = random.normal(size=n)
            w.transform = "r"
            smooth = rough + 2.0 * libpysal.weights.lag_spatial(w, rough)
            persons = random.integers(50, 4000, n)
            frame = pd.DataFrame({
                "id": range(n),
                "x": 1000.0 + 40.0 * smooth,
                "p": np.exp(smooth / 2),
                "b": (smooth > 0.3).astype(int),
                "n": persons,
                "e": random.binomial(persons, 0.05),
            })
            table = Path(folder) / f"t{side}.csv"
            frame.to_csv(table, index=False)
            lines = [f"{n}"]
            for area in range(n):
                others = w.neighbors[area]
                lines += [f"{area} {len(others)}", " ".join(map(str, others))]
            table.with_suffix(".gal").write_text("\n".join(lines) + "\n")
            for one in check:
                one(table, pd.read_csv(table), w)


main()
