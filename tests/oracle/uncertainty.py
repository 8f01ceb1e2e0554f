"""Recomputes the ranks of every replicate with numpy, from the project's own files and the ledger.

Usage: uncertainty.py PROJECT.toml INDEX.toml LEDGER.csv RANKS.csv

Shares no code with the program: tables, rates, normalisations, weighted means with gaps and ranks
are written anew here. Covers what the usual space varies, on recipes of one level.
"""
import csv
import pathlib
import sys
import tomllib

import numpy as np

MARKS = {"", ":", "*", ".", "..", "-", "–", "NA"}


def numbers(rows, column):
    return np.array([np.nan if r[column] in MARKS else float(r[column]) for r in rows])


def measured(project, index, rows):
    columns = []
    for indicator in index["indicator"]:
        source = project.get("indicators", {}).get(indicator["id"], {"column": indicator["id"]})
        if "column" in source:
            x = numbers(rows, source["column"])
        else:
            x = numbers(rows, source["numerator"]) / numbers(rows, source["denominator"])
            x = x * source.get("per", 100)
        if "complement-of" in source:
            x = source["complement-of"] - x
        columns.append(x)
    return np.column_stack(columns)


def rank_from_worst(x):
    """1 for the largest; ties share their mean rank; a gap has none."""
    ranks = np.full(len(x), np.nan)
    there = ~np.isnan(x)
    y = x[there]
    ranks[there] = [1 + np.sum(y > v) + (np.sum(y == v) - 1) / 2 for v in y]
    return ranks


def comparable(x, sign, method):
    y = sign * x
    n = np.sum(~np.isnan(x), axis=0)
    if method == "z-score":
        return (y - np.nanmean(y, axis=0)) / np.nanstd(y, axis=0, ddof=1)
    if method == "min-max":
        low, high = np.nanmin(y, axis=0), np.nanmax(y, axis=0)
        return 1 + (y - low) / (high - low) * 99
    if method == "percentile":
        ranks = np.column_stack([rank_from_worst(y[:, j]) for j in range(y.shape[1])])
        return (n - ranks + 0.5) / n
    raise ValueError(method)


def score(x, w, missing):
    there = ~np.isnan(x)
    available = there @ w
    total = w.sum()
    plain = np.where(there, x, 0.0) @ w
    if missing["policy"] == "propagate":
        return np.where(there.all(axis=1), plain, np.nan)
    enough = available / total >= missing["at-least"] - 1e-9
    return np.where(enough, plain * total / available, np.nan)


def ranks_of(s):
    """1 for the largest; ties share the smallest; a gap is empty."""
    there = s[~np.isnan(s)]
    above = len(there) - np.searchsorted(np.sort(there), s, side="right")
    return ["" if np.isnan(x) else str(1 + n) for x, n in zip(s, above, strict=True)]


def main(project_file, index_file, ledger_file, ranks_file):
    project_file = pathlib.Path(project_file)
    project = tomllib.loads(project_file.read_text())
    index = tomllib.loads(pathlib.Path(index_file).read_text())
    assert "domain" not in index, "this check knows recipes of one level"
    with open(project_file.parent / project["areas"]["file"], encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    year = project["areas"].get("year")
    if year:
        rows = [r for r in rows if int(r[year["column"]]) == year["use-year"]]
    ids = [r[project["areas"]["id"]] for r in rows]
    x = measured(project, index, rows)
    sign = np.array([1.0 if i["direction"] == "higher-is-worse" else -1.0 for i in index["indicator"]])
    own = index["defaults"]["normalise"]["method"]
    tables = {m: comparable(x, sign, m) for m in ["z-score", "min-max", "percentile"]}
    names = ["score/" + i["id"] for i in index["indicator"]]
    n, replicates = 0, 0
    with open(ledger_file, encoding="utf-8") as f, open(ranks_file, encoding="utf-8") as g:
        ranks = csv.reader(g)
        assert next(ranks) == ["replicate"] + ids
        for drawn, given in zip(csv.DictReader(f), ranks, strict=True):
            assert drawn["replicate"] == given[0]
            method = drawn["choices"].removeprefix("normalisation: ").split(" ")[0]
            method = own if method in ("own", "") else method
            w = np.array([float(drawn[name]) for name in names])
            s = score(tables[method], w, index["score"]["missing"])
            expected = ranks_of(s)
            if given[1:] != expected:
                pairs = zip(ids, given[1:], expected, strict=True)
                raise AssertionError((drawn["replicate"], [p for p in pairs if p[1] != p[2]][:5]))
            n, replicates = n + len(ids), replicates + 1
    print(f"{n} ranks of {replicates} replicates agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
