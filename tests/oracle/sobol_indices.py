"""Sobol indices of values that the program computed, by SALib.

Usage: sobol_indices.py VALUES.txt, one value a line: A, A with each input from B, B, row by row.
Prints S1 and ST as JSON.
"""
import json
import sys

import numpy as np
from SALib.analyze import sobol

N_INPUTS = 4

values = np.loadtxt(sys.argv[1])
problem = {
    "num_vars": N_INPUTS,
    "names": [f"x{i}" for i in range(N_INPUTS)],
    "bounds": [[0, 1]] * N_INPUTS,
}
found = sobol.analyze(problem, values, calc_second_order=False, num_resamples=10, seed=1)
print(json.dumps({name: list(map(float, found[name])) for name in ["S1", "ST"]}))
