"""Writes recipe and space of workloads W2 and W3: w2_space.py META w2|w3 INDEX.toml SPACE.toml

Contract (mc_model.py of the workloads): gaps become the median; extremes beyond the 1st and 99th
percentile are set to them (in W3 also none, 2.5 and 5 per cent); min-max, z-score around 100 or
percentile; weights Dirichlet with a coefficient of variation of 25 % at both levels; arithmetic or
geometric means at both levels; one of the indicators left out, or none.
"""
import csv
import sys

meta, which, index_file, space_file = sys.argv[1:5]
rows = list(csv.DictReader(open(meta)))
n = len(rows)
index = '''version = 1
id = "w2"
title = { nb = "W2", en = "W2" }
source = "bench"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
renormalise = true
[ranking]
ties = "min"
[defaults]
impute = { method = "median" }
treat = [{ method = "winsorise-percentiles", low = 1, high = 99 }]
normalise = { method = "min-max", low = 1, high = 100 }
'''
for domain in dict.fromkeys(row["domain"] for row in rows):
    weight = next(row["domain_weight"] for row in rows if row["domain"] == domain)
    index += f'''
[[domain]]
id = "{domain}"
title = {{ nb = "{domain}", en = "{domain}" }}
weight = {weight}
score.aggregate = {{ method = "arithmetic-mean" }}
score.renormalise = true
'''
for row in rows:
    direction = "higher-is-worse" if float(row["direction"]) > 0 else "higher-is-better"
    index += f'''
[[indicator]]
id = "{row["indicator"]}"
title = {{ nb = "{row["indicator"]}", en = "{row["indicator"]}" }}
unit = "x"
direction = "{direction}"
domain = "{row["domain"]}"
weight = {row["weight"]}
'''
space = f'''version = 1
leave-out = {n / (n + 1)}
weights = {{ method = "dirichlet-cv", cv = 0.25 }}
[normalisation]
own = true
methods = [
  {{ method = "z-score", mean = 100, sd = 10 }},
  {{ method = "percentile", share = "rank-less-half-over-n", ties = "average" }},
]
[[aggregation]]
own = true
methods = [{{ method = "geometric-mean" }}]
'''
if which == "w3":
    space += "[treatment]\nown = true\n"
    for q in [0, 2.5, 5]:
        treat = "" if q == 0 else f'{{ method = "winsorise-percentiles", low = {q}, high = {100 - q} }}'
        space += f'[[treatment.alternatives]]\nid = "winsorised-{q}"\ntreat = [{treat}]\n'
open(index_file, "w").write(index)
open(space_file, "w").write(space)
