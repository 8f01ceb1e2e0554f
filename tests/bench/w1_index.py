"""Writes the index definition of workload W1 from its meta.csv: w1_index.py META zscore|rankexp > index.toml

Contract: gaps become the median, extremes beyond the 1st and 99th percentile are set to them,
z-scores with the sample deviation, weighted mean by domain (exponential of the average-tie rank
in `rankexp`), domain-weighted mean.
"""
import csv
import sys

rows = list(csv.DictReader(open(sys.argv[1])))
exponential = sys.argv[2] == "rankexp"
print('''version = 1
id = "w1"
title = { nb = "W1", en = "W1" }
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
normalise = { method = "z-score" }
''')
then = '\nscore.normalise = { method = "exponential", k = 23.0, share = "rank-over-n", ties = "average" }' if exponential else ""
for domain in dict.fromkeys(row["domain"] for row in rows):
    weight = next(row["domain_weight"] for row in rows if row["domain"] == domain)
    print(f'''[[domain]]
id = "{domain}"
title = {{ nb = "{domain}", en = "{domain}" }}
weight = {weight}
score.aggregate = {{ method = "arithmetic-mean" }}
score.renormalise = true{then}
''')
for row in rows:
    direction = "higher-is-worse" if float(row["direction"]) > 0 else "higher-is-better"
    print(f'''[[indicator]]
id = "{row["indicator"]}"
title = {{ nb = "{row["indicator"]}", en = "{row["indicator"]}" }}
unit = "x"
direction = "{direction}"
domain = "{row["domain"]}"
weight = {row["weight"]}
''')
