"""What numpy, scipy and pymcdm make of a table, one list of numbers an area or a child.

python index_methods.py TABLE.csv  ->  JSON on stdout. The columns after the first are indicators
that rise with the score; all values lie above zero.
"""
import csv
import json
import sys

import numpy as np
from pymcdm.methods import PROMETHEE_II, TOPSIS, VIKOR
from pymcdm.normalizations import minmax_normalization
from pymcdm.weights import critic_weights, entropy_weights
from scipy.optimize import linprog
from scipy.stats import norm, rankdata

rows = list(csv.reader(open(sys.argv[1])))[1:]
x = np.array([[float(cell) for cell in row[1:]] for row in rows])
n, m = x.shape
weights = np.arange(1.0, m + 1) / np.arange(1.0, m + 1).sum()
benefit = np.ones(m)


def principal(squared):
    """Loadings on the first component of the correlation matrix, summing to 1."""
    values, vectors = np.linalg.eigh(np.corrcoef(x.T))
    first = vectors[:, np.argmax(values)]
    first = first * np.sign(first.sum())
    first = first**2 if squared else first
    return x @ (first / first.sum())


def doubt(low, high):
    """Benefit of the doubt: one linear programme an area, with bounds on shares."""
    out = []
    for i in range(n):
        rows, limits = list(x), [1.0] * n
        for j in range(m):
            own = np.where(np.arange(m) == j, x[i], 0.0)
            rows += [low * x[i] - own, own - high * x[i]]
            limits += [0.0, 0.0]
        found = linprog(-x[i], A_ub=np.array(rows), b_ub=limits, method="highs")
        out.append(-found.fun)
    return np.array(out)


def normal_scores():
    ranks = np.apply_along_axis(rankdata, 0, x)
    return norm.ppf(ranks / (n + 1)) @ weights


print(json.dumps({name: list(map(float, values)) for name, values in {
    "pca": principal(False),
    "pca-squared": principal(True),
    "entropy": x @ entropy_weights(x),
    "critic": x @ critic_weights(x),
    "normal-scores": normal_scores(),
    "doubt": doubt(0.0, 1.0),
    "doubt-bounded": doubt(0.1, 0.5),
    "topsis": TOPSIS(minmax_normalization)(x, weights, benefit),
    # pymcdm measures VIKOR from the good end of a benefit; here larger is worse.
    "vikor": VIKOR(v=0.5)(x, weights, -benefit),
    "promethee": PROMETHEE_II("usual")(x, weights, benefit),
}.items()}))
