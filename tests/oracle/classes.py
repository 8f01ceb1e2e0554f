"""Hold class limits to mapclassify, and the optimum of Fisher-Jenks to Ckmeans.1d.dp.

Called as `classes.py PATH-OF-LEVEKAAR`; exits with 1 and a word on stderr where they differ.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import ckwrap
import mapclassify
import numpy as np
import pandas as pd

LEVEKAAR = sys.argv[1]
TOLERANCE = 1e-9


def classes(table, method, *more):
    """The rows that the program writes."""
    out = table.with_suffix(".out.csv")
    arguments = ["classify", table, "--column", "x", "--method", method, *more, "-o", out]
    done = subprocess.run(
        [LEVEKAAR, "--quiet", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return pd.read_csv(out)


def same(what, ours, theirs):
    """Stop unless all numbers are the same."""
    theirs = np.asarray(theirs, dtype=float)
    if len(ours) != len(theirs) or not np.allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE):
        sys.exit(f"{what}: {list(ours)} here, {list(theirs)} there")


def methods(table, values):
    """Each method that both have."""
    cases = [
        ("quantiles", (), lambda x: mapclassify.Quantiles(x, 7)),
        ("equal-interval", (), lambda x: mapclassify.EqualInterval(x, 7)),
        ("head-tail", (), mapclassify.HeadTailBreaks),
        ("mean-sd", (), mapclassify.StdMean),
        ("mean-sd", ("--multiples=-3,-1.5,0,1.5,3",),
         lambda x: mapclassify.StdMean(x, multiples=[-3, -1.5, 0, 1.5, 3])),
        ("box-plot", (), mapclassify.BoxPlot),
        ("box-plot", ("--hinge", 3), lambda x: mapclassify.BoxPlot(x, hinge=3)),
        ("percentiles", (), mapclassify.Percentiles),
        ("maximum-breaks", (), lambda x: mapclassify.MaximumBreaks(x, 7)),
        ("pretty", (), lambda x: mapclassify.PrettyBreaks(x, 7)),
    ]
    for method, more, theirs in cases:
        ours = classes(table, method, "-k", 7, *more)
        theirs = theirs(values)
        same(f"{method} {more}", ours["upper"], theirs.bins)
        same(f"{method} {more}, counts", ours["n_areas"], theirs.counts)
        same(f"{method}, GADF", ours["gadf"][:1], [theirs.get_gadf()])


def squares(values, uppers):
    """Sum of squares around class means."""
    of = np.searchsorted(uppers, values, side="left")
    return sum(((values[of == c] - values[of == c].mean()) ** 2).sum() for c in np.unique(of))


def optimum(table, values, k):
    """Fisher-Jenks is as good as Ckmeans.1d.dp's exact optimum."""
    ours = classes(table, "fisher-jenks", "-k", k)
    labels = ckwrap.ckmeans(values, k).labels
    theirs = np.array([values[labels == c].max() for c in range(k)])
    best = squares(values, theirs)
    found = squares(values, ours["upper"].to_numpy())
    if not found <= best * (1 + 1e-9):
        sys.exit(f"fisher-jenks, k = {k}: {found} here, {best} there")
    same("the sum of squares", ours["sse"][:1], [found])


def main():
    """All comparisons."""
    random = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "t.csv"
        for values in [
            random.lognormal(3.0, 0.8, 500),
            random.normal(0.0, 1.0, 499),
            random.normal(450_000.0, 800.0, 60),
        ]:
            pd.DataFrame({"id": range(len(values)), "x": values}).to_csv(table, index=False)
            methods(table, values)
        for values in [
            random.lognormal(12.9, 0.3, 32_844),
            random.normal(450_000.0, 800.0, 60),
            np.round(random.gamma(2.0, 5.0, 32_844), 1),
        ]:
            pd.DataFrame({"id": range(len(values)), "x": values}).to_csv(table, index=False)
            for k in (5, 9):
                optimum(table, values, k)


main()
