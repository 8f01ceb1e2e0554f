"""What numpy and scipy make of directly standardised rates and their intervals.

python standardised_rates.py TABLE.csv  ->  JSON on stdout: columns of numbers, one an area. The
columns after the first are events and persons of each stratum in turn; the weights of the strata
are 1, 2, 3 and so on.
"""
import csv
import json
import sys

import numpy as np
from scipy.stats import chi2, norm

PER = 100_000

rows = list(csv.reader(open(sys.argv[1])))[1:]
table = np.array([[float(cell) for cell in row[1:]] for row in rows])
events, persons = table[:, 0::2], table[:, 1::2]
weights = np.arange(1.0, events.shape[1] + 1)
total = events.sum(axis=1)
rate = (events / persons) @ weights / weights.sum()
variance = (events / persons**2) @ weights**2 / weights.sum() ** 2


def limits(level):
    """Byar's limits of the total from ten events on, and exact ones below, as PHE has it."""
    tail = (1 - level) / 2
    z = norm.isf(tail)
    x, more = np.maximum(total, 1), total + 1
    low = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
    high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    few = total < 10
    low = np.where(few, chi2.ppf(tail, 2 * total) / 2, low)
    high = np.where(few, chi2.ppf(1 - tail, 2 * total + 2) / 2, high)
    step = np.sqrt(variance / total)
    return np.maximum(rate + step * (low - total), 0) * PER, (rate + step * (high - total)) * PER


out = {"value": rate * PER, "numerator": total, "denominator": persons.sum(axis=1)}
out["low95"], out["high95"] = limits(0.95)
out["low998"], out["high998"] = limits(0.998)
print(json.dumps({name: list(map(float, values)) for name, values in out.items()}))
