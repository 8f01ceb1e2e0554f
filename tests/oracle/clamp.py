"""Shares of a pot within floors and caps, as a linear program: the smallest ratio of amount to
weight is made as large as it can be, those that cannot get more are fixed, and so on.

Reads cases as JSON from the file named, writes the amounts (or null) as JSON."""

import json
import sys

import numpy as np
from scipy.optimize import linprog


def max_min(weight, lower, upper, total):
    n = len(weight)
    if sum(lower) > total + 1e-9 or sum(upper) < total - 1e-9:
        return None
    claims = sum(u if w > 0 else l for w, l, u in zip(weight, lower, upper))
    if claims < total - 1e-9:
        return None
    fixed = {i: lower[i] for i in range(n) if weight[i] == 0}
    while True:
        free = [i for i in range(n) if i not in fixed]
        if not free:
            return [fixed[i] for i in range(n)]
        rest = total - sum(fixed.values())
        # Variables: the amounts of the free ones, then t. Maximise t.
        k = len(free)
        a_ub = np.zeros((k, k + 1))
        for row, i in enumerate(free):
            a_ub[row, row] = -1.0
            a_ub[row, k] = weight[i]
        a_eq = np.ones((1, k + 1))
        a_eq[0, k] = 0.0
        done = linprog(
            c=[0.0] * k + [-1.0],
            A_ub=a_ub,
            b_ub=np.zeros(k),
            A_eq=a_eq,
            b_eq=[rest],
            bounds=[(lower[i], upper[i]) for i in free] + [(0, None)],
            method="highs",
        )
        t = done.x[k] if done.status == 0 else 0.0
        full = [i for i in free if t * weight[i] >= upper[i] - 1e-9]
        if not full:
            amounts = dict(fixed)
            for i in free:
                amounts[i] = min(max(lower[i], t * weight[i]), upper[i])
            return [amounts[i] for i in range(n)]
        for i in full:
            fixed[i] = upper[i]


cases = json.load(open(sys.argv[1]))
print(json.dumps([max_min(**case) for case in cases]))
