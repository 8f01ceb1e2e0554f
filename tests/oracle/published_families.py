"""Compute invented indices of further published families with numpy, pandas and scipy.

Called as `published_families.py FOLDER`; the folder has the tables that published_schemes.rs
wrote. Prints JSON: a list of numbers, null for a gap, a scheme and a column.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize, root
from scipy.stats import norm, rankdata

FOLDER = Path(sys.argv[1])


def numbers(values):
    """A list for JSON."""
    return [None if not np.isfinite(x) else float(x) for x in np.asarray(values, dtype=float)]


def exponential(share, k):
    """The transformation of the English indices."""
    return -k * np.log(1 - share * (1 - np.exp(-100 / k)))


def burden():
    """Percentiles without zeros, means of what is there, scaled by the maximum, multiplied."""
    t = pd.read_csv(FOLDER / "burden.csv", dtype={"zone": str})

    def percentile(name):
        x = t[name].to_numpy(dtype=float)
        out = np.where(x == 0, 0.0, np.nan)
        some = np.isfinite(x) & (x != 0)
        out[some] = rankdata(x[some], method="average") / some.sum()
        return out

    def mean(*names):
        return np.nanmean(np.column_stack([percentile(name) for name in names]), axis=1)

    pollution = (mean("ozone", "particles", "releases") + 0.5 * mean("cleanup", "waste")) / 1.5
    people = (mean("asthma") + mean("poverty", "jobless")) / 2
    score = (pollution / np.nanmax(pollution) * 10) * (people / np.nanmax(people) * 10)
    there = np.isfinite(score)
    of_all = np.full(len(t), np.nan)
    of_all[there] = rankdata(score[there], method="average") / there.sum()
    rank, from_best = np.full(len(t), np.nan), np.full(len(t), np.nan)
    rank[there] = rankdata(-score[there], method="min")
    from_best[there] = rankdata(score[there], method="min")
    return {
        "score": numbers(score),
        "rank": numbers(rank),
        "decile": numbers(np.floor(10 * (from_best - 1) / there.sum()) + 1),
        "percentile": numbers(of_all),
    }


def gender():
    """One less the harmonic mean of both sexes over what would be if they were alike."""
    t = pd.read_csv(FOLDER / "gender.csv", dtype={"zone": str})
    deaths = t.deaths.clip(10, 1000)
    seats = t.seats.clip(lower=0.1)
    health = np.sqrt(10 / deaths * 1 / t.births)
    power_women = np.sqrt(seats * t.school_women)
    power_men = np.sqrt(t.seats_men * t.school_men)
    women = (health * power_women * t.work_women) ** (1 / 3)
    men = (1 * power_men * t.work_men) ** (1 / 3)
    equal = 1 / ((1 / women + 1 / men) / 2)
    reference = (
        (health + 1) / 2 * (power_women + power_men) / 2 * (t.work_women + t.work_men) / 2
    ) ** (1 / 3)
    index = 1 - equal / reference
    printed = np.round(index, 3)
    groups = np.select([index < 0.2, index < 0.4, index < 0.6], [1, 2, 3], 4)
    return {
        "score": numbers(printed),
        "rank": numbers(rankdata(printed, method="min")),
        "groups": numbers(groups),
    }


def people_classes(before, same, total, k, counted):
    """The class among k that hold the same number of people."""
    if counted == "half":
        return np.ceil(k * (before + same / 2) / total)
    return np.ceil(k * (before + same) / total)


def component():
    """The first component of a correlation over people; classes that hold people."""
    t = pd.read_csv(FOLDER / "people.csv", dtype={"zone": str})
    x = np.column_stack([-t.income, t.school, t.jobless, t.manual]).astype(float)
    w = t.residents.to_numpy(dtype=float)
    mean = np.average(x, axis=0, weights=w)
    z = (x - mean) / np.sqrt(np.average((x - mean) ** 2, axis=0, weights=w))
    values, vectors = np.linalg.eigh(np.cov(z.T, aweights=w, ddof=0))
    first = vectors[:, np.argmax(values)]
    first = first * np.sign(first.sum())
    raw = z @ first
    score = 1000 + 100 * (raw - raw.mean()) / raw.std(ddof=1)
    order = np.argsort(-score)
    held = np.cumsum(w[order])
    before = np.empty(len(t))
    before[order] = held - w[order]
    total = w.sum()
    from_best = total - before - w
    return {
        "component": numbers(raw),
        "score": numbers(score),
        "rank": numbers(rankdata(-score, method="min")),
        "rank_best": numbers(rankdata(score, method="average")),
        "decile": numbers(people_classes(before, w, total, 10, "through")),
        "fifths": numbers(people_classes(from_best, w, total, 5, "half")),
    }


def blom(x):
    """Normal scores by Blom's share."""
    return norm.ppf((rankdata(x, method="average") - 3 / 8) / (len(x) + 1 / 4))


def health():
    """A factor of greatest likelihood, found by a general optimiser, behind normal scores."""
    t = pd.read_csv(FOLDER / "people.csv", dtype={"zone": str})
    z = np.column_stack([blom(-t.income), blom(t.school), blom(t.jobless), blom(t.manual)])
    r = np.corrcoef(z.T)

    def discrepancy(parameters):
        loadings, own = parameters[:4], np.exp(parameters[4:])
        model = np.outer(loadings, loadings) + np.diag(own)
        return np.log(np.linalg.det(model)) + np.trace(r @ np.linalg.inv(model))

    def slope(parameters):
        loadings, own = parameters[:4], np.exp(parameters[4:])
        inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(own))
        inner = inverse - inverse @ r @ inverse
        return np.concatenate([2 * inner @ loadings, np.diag(inner) * own])

    start = np.concatenate([np.full(4, 0.7), np.log(np.full(4, 0.5))])
    found = minimize(discrepancy, start, jac=slope, method="BFGS", options={"gtol": 1e-12})
    # The optimiser stops at the square root of what doubles can tell; its slope is then solved for.
    found = root(slope, found.x, tol=1e-14)
    loadings, own = found.x[:4], np.exp(found.x[4:])
    weights = loadings / own
    factor = z @ (weights / weights.sum())
    n = len(t)
    domain = exponential(rankdata(factor, method="average") / n, 23)
    crowding = exponential(rankdata(t.residents, method="average") / n, 23)
    score = 0.6 * domain + 0.4 * crowding
    return {
        "score": numbers(score),
        "rank": numbers(rankdata(-score, method="min")),
        "factor_score": numbers(factor),
    }


def states():
    """Percentiles among the areas of a state, four decimals at each step."""
    t = pd.read_csv(FOLDER / "people.csv", dtype={"zone": str})

    def percentile(x):
        return ((x.groupby(t.state).rank(method="min") - 1)
                / (x.groupby(t.state).transform("count") - 1)).round(4)

    total = (percentile(-t.income) + percentile(t.school) + percentile(t.jobless)).round(4)
    score = percentile(total)
    rank = score.groupby(t.state).rank(method="min")
    count = score.groupby(t.state).transform("count")
    return {"score": numbers(score), "fourth": numbers(np.ceil(4 * rank / count))}


def subset():
    """Shares of published ranks, of which the table has a part."""
    t = pd.read_csv(FOLDER / "subset.csv", dtype={"zone": str})
    n = 4765
    score = (0.6 * exponential((n + 1 - t.work_rank) / n, 23)
             + 0.4 * exponential((n + 1 - t.homes_rank) / n, 23))
    return {"score": numbers(score), "rank": numbers(rankdata(-score, method="min"))}


def underprivileged():
    """Angular transformation, a root after bounds of type 6, and a distance."""
    t = pd.read_csv(FOLDER / "people.csv", dtype={"zone": str})

    def z(x):
        return (x - x.mean()) / x.std(ddof=0)

    low, high = np.quantile(t.manual, [0.05, 0.95], method="weibull")
    score = (6.62 * z(np.arcsin(np.sqrt(t.school / 100)))
             + 3.34 * z(np.arcsin(np.sqrt(t.jobless / 100)))
             + 2.5 * z(np.sqrt(t.manual.clip(low, high)))
             + 1 * z((t.school - 18).abs()))
    return {"score": numbers(score), "rank": numbers(rankdata(-score, method="min"))}


def innovation():
    """Half weights, two thirds of the parts, two of three pillars, and a sum of what is there."""
    t = pd.read_csv(FOLDER / "innovation.csv", dtype={"zone": str}, na_values=["n/a"])

    def scaled(name, way=1):
        x = way * t[name].to_numpy(dtype=float)
        return 100 * (x - np.nanmin(x)) / (np.nanmax(x) - np.nanmin(x))

    def mean(columns, weights, share):
        x, w = np.column_stack(columns), np.asarray(weights, dtype=float)
        there = np.isfinite(x)
        out = np.where(there, x * w, 0).sum(axis=1) / (there * w).sum(axis=1)
        return np.where(there.mean(axis=1) >= share, out, np.nan)

    with np.errstate(invalid="ignore"):
        rules = mean([scaled("a"), scaled("b"), scaled("c", -1)], [1, 0.5, 0.5], 0.66)
        skills = mean([scaled("d"), scaled("e")], [1, 1], 0.66)
        markets = mean([scaled("f"), scaled("g", -1), scaled("h")], [1, 0.5, 1], 0.66)
        into = mean([rules, skills, markets], [1, 1, 1], 0.6)
    parts = np.column_stack([scaled("i") / 3, scaled("j") * 2 / 3])
    there = np.isfinite(parts)
    out = np.where((there * [1 / 3, 2 / 3]).sum(axis=1) >= 0.5, np.nansum(parts, axis=1), np.nan)
    score = np.round((into + out) / 2, 1)
    rank = np.full(len(t), np.nan)
    rank[np.isfinite(score)] = rankdata(-score[np.isfinite(score)], method="min")
    return {
        "score": numbers(score),
        "rank": numbers(rank),
        "input": numbers(into),
        "output": numbers(out),
        "markets": numbers(markets),
    }


print(json.dumps({
    "burden": burden(),
    "gender": gender(),
    "component": component(),
    "health": health(),
    "states": states(),
    "subset": subset(),
    "underprivileged": underprivileged(),
    "innovation": innovation(),
}))
