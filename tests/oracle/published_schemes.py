"""Compute invented indices of many published kinds with numpy, pandas and scipy.

Called as `published_schemes.py FOLDER`; the folder has the tables that published_schemes.rs
wrote. Prints JSON: a list of numbers, null for a gap, a scheme and a column.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import mstats, rankdata

FOLDER = Path(sys.argv[1])


def numbers(values):
    """A list for JSON."""
    return [None if not np.isfinite(x) else float(x) for x in np.asarray(values, dtype=float)]


def exponential(share, k):
    """The transformation of the English indices."""
    return -k * np.log(1 - share * (1 - np.exp(-100 / k)))


def deprivation():
    """Ranks of domains and sub-domains, another k, and the share (n - r) / n."""
    t = pd.read_csv(FOLDER / "ranks.csv", dtype={"zone": str})
    n, k = len(t), 100 / np.log(41)

    def of_rank(rank):
        return exponential((n - rank) / n, k)

    def of_score(score, ties):
        # The published ranks of a domain count from the largest score.
        return of_rank(rankdata(-score, method=ties))

    education = 0.5 * of_rank(t.children.to_numpy()) + 0.5 * of_rank(t.adults.to_numpy())
    # Here the publisher breaks ties by code; the table is sorted by it.
    income = of_score(t.income.to_numpy(), "ordinal")
    # Reversed: in this column rank 1 is the least deprived.
    access = of_rank(n + 1 - t.access.to_numpy())
    score = 0.55 * income + 0.3 * of_score(education, "max") + 0.149 * access
    rank = rankdata(-score, method="min")
    # 20 classes of the places from the best end, 1 the least deprived.
    from_best = rankdata(score, method="min")
    return {
        "score": numbers(score),
        "rank": numbers(rank),
        "decile": numbers(np.floor(10 * (rank - 1) / n) + 1),
        "vigintile": numbers(np.ceil(20 * from_best / n)),
    }


def vulnerability():
    """Percentiles of rounded shares with -999 and -888, summed by theme."""
    t = pd.read_csv(FOLDER / "codes.csv", dtype={"zone": str})

    def percentile(x):
        there = x[~np.isnan(x)]
        rank = np.array([np.sum(there < v) + 1 if np.isfinite(v) else np.nan for v in x])
        return np.round((rank - 1) / (len(there) - 1), 4)

    def column(name, code):
        x = t[name].to_numpy(dtype=float)
        return np.where(x == code, np.nan, x)

    poor = percentile(np.round(column("poor", -999), 1))
    jobless = percentile(column("jobless", -999))
    # -888 is withheld here, and -999 a number of this column.
    change = percentile(column("change", -888))
    # Larger is better.
    income = percentile(-column("income", -999))
    one = np.round(poor + jobless + income, 4)
    two = change
    total = np.round(one + two, 4)
    return {
        "theme1": numbers(one),
        "theme1_percentile": numbers(percentile(one)),
        "score": numbers(percentile(total)),
        "flags": numbers(
            np.where(np.isnan(poor + jobless + income), np.nan,
                     (poor >= 0.9) * 1.0 + (jobless >= 0.9) + (income >= 0.9))
        ),
    }


def development():
    """Goalposts, a logarithm, a geometric mean, and ranks of what is printed."""
    t = pd.read_csv(FOLDER / "countries.csv", dtype={"zone": str})
    health = (t.life - 20) / (85 - 20)
    education = (np.minimum(t.expected / 18, 1) + np.minimum(t.mean_years / 15, 1)) / 2
    income = (np.log(np.minimum(t.gni, 75000)) - np.log(100)) / (np.log(75000) - np.log(100))
    index = (health * education * income) ** (1 / 3)
    # Halves go to even, as in numpy.
    score = np.array([float(np.round(x, 2)) for x in index])
    return {"score": numbers(score), "rank": numbers(rankdata(-score, method="min"))}


def classes():
    """Quantiles of type 9 with classes closed to the left, as R's findInterval has them."""
    t = pd.read_csv(FOLDER / "scores.csv", dtype={"zone": str})
    x = t.score_in.to_numpy()

    def of(shares):
        limits = mstats.mquantiles(x, shares, alphap=3 / 8, betap=3 / 8)
        return 1 + np.sum(x[:, None] >= limits[None, :], axis=1)

    return {
        "decile": numbers(of(np.arange(1, 10) / 10)),
        "quintile": numbers(of(np.arange(1, 5) / 5)),
        "groups": numbers(of([0.2, 0.8])),
    }


def three_levels():
    """Min-max at each of three levels, with weights in per cent."""
    t = pd.read_csv(FOLDER / "codes.csv", dtype={"zone": str})

    def min_max(x):
        x = np.asarray(x, dtype=float)
        return (x - np.nanmin(x)) / (np.nanmax(x) - np.nanmin(x))

    def column(name):
        x = t[name].to_numpy(dtype=float)
        return np.where(x == -999, np.nan, x)

    def mean(columns, weights):
        # What is missing gives its weight to the others.
        x, w = np.column_stack(columns), np.asarray(weights, dtype=float)
        there = ~np.isnan(x)
        sums = np.where(there, x * w, 0).sum(axis=1)
        return sums / (there * w).sum(axis=1)

    work = min_max(mean([min_max(column("poor")), min_max(column("jobless"))], [60, 40]))
    money = min_max(-min_max(column("income")))
    people = mean([work, money], [2, 1])
    place = min_max(column("noise"))
    # Equal areas may differ in their last bits, which must not decide over ranks.
    score = np.round(100 * mean([min_max(people), place], [75, 25]), 9)
    return {"score": numbers(score), "rank": numbers(rankdata(-score, method="average"))}


def years():
    """Standard scores by the years pooled, each winsorised by itself; the range of two years."""
    t = pd.read_csv(FOLDER / "years.csv", dtype={"zone": str})
    treated = t.copy()
    for year in t.year.unique():
        rows = t.year == year
        low, high = np.quantile(t.a[rows], [0.05, 0.95])
        treated.loc[rows, "a"] = t.a[rows].clip(low, high)
    own = treated[treated.year == 2021]
    z = (own.a - treated.a.mean()) / treated.a.std(ddof=1)
    base = treated.b[treated.year.isin([2015, 2018])]
    b = (own.b - base.min()) / (base.max() - base.min())
    return {"score": numbers(0.5 * z + 0.5 * b)}


print(json.dumps({
    "deprivation": deprivation(),
    "vulnerability": vulnerability(),
    "development": development(),
    "classes": classes(),
    "three-levels": three_levels(),
    "years": years(),
}))
