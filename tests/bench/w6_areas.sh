#!/bin/sh
# W6: read, join, dissolve and write a map of N cells, and draw it 2,000 pixels wide; and simplify
# it to a tenth of its points.
#   tests/bench/w6_areas.sh PROGRAM DATA N [simplify]
# DATA holds `zones_N.geojson` and `attr_N.csv` of `gen_data.py polygons`; the results go there too.
set -eu
program=$1
data=$2
n=$3
zones="$data/zones_$n.geojson --id code"
table="--table $data/attr_$n.csv"
if [ "${4:-}" = simplify ]; then
    exec $program -q simplify $zones --keep 10% -o "$data/ours_simple.geojson"
fi
cat > "$data/w6.toml" <<TOML
version = 1
id = "w6"
title = { nb = "Rutenett", en = "Cells" }
language = "en"
synthetic = true
areas = { file = "attr_$n.csv", id = "code", population = "pop" }
boundaries = { file = "zones_$n.geojson", id = "code" }
index = { file = "w6-index.toml" }
map = { png-width = 2000 }
TOML
cat > "$data/w6-index.toml" <<TOML
version = 1
id = "w6"
title = { nb = "Skår", en = "Score" }
source = "synthetic"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, weights = { method = "equal" } }
ranking = { ties = "min" }
defaults = { normalise = { method = "z-score" } }
[[indicator]]
id = "score"
title = { nb = "Skår", en = "Score" }
unit = "points"
direction = "higher-is-worse"
TOML
$program -q dissolve $zones $table --by group --sum pop --mean score@pop -o "$data/ours_groups.geojson"
$program -q convert $zones $table -o "$data/ours_joined.geojson"
$program -q map "$data/w6.toml" --classes quantiles=7 -o "$data/ours_map.png"
