#!/bin/sh
# W6: read, join, dissolve and write a map of N cells; and simplify it to a tenth of its points.
#   tests/bench/w6_areas.sh PROGRAM DATA N
# DATA holds `zones_N.geojson` and `attr_N.csv` of `gen_data.py polygons`; the results go there too.
set -eu
program=$1
data=$2
n=$3
zones="$data/zones_$n.geojson --id code"
table="--table $data/attr_$n.csv"
$program -q dissolve $zones $table --by group --sum pop --mean score@pop -o "$data/ours_groups.geojson"
$program -q convert $zones $table -o "$data/ours_joined.geojson"
if [ "${4:-}" = simplify ]; then
    $program -q simplify $zones --keep 10% -o "$data/ours_simple.geojson"
fi
