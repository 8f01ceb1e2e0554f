"""Hold neighbours by outline to libpysal, on each map named.

Called as `contiguity.py PATH-OF-LEVEKAAR MAP ID [MAP ID ...]`; exits with 1 and a word on stderr
where one pair differs.
"""

import csv
import io
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")

import geopandas as gpd
from libpysal.weights import Queen, Rook

LEVEKAAR = sys.argv[1]


def ours(path, id_property, method, snap="0"):
    """The pairs that the program finds."""
    command = [LEVEKAAR, "--quiet", "neighbours", path, "--id", id_property, "--method", method]
    done = subprocess.run(
        [*command, "--snap-m", snap], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {frozenset((row["from"], row["to"])): float(row["border_m"]) for row in rows}


def differences(path, theirs, got):
    """Ends the run where the pairs are not the same."""
    if theirs != got:
        sys.exit(f"{path}: only theirs {list(theirs - got)[:5]}, only ours {list(got - theirs)[:5]}")


for path, id_property in zip(sys.argv[2::2], sys.argv[3::2]):
    areas = gpd.read_file(path)
    areas[id_property] = areas[id_property].astype(str)
    metres = areas.to_crs(25832)  # all three maps lie in or near this zone
    shape = dict(zip(metres[id_property], metres.geometry))
    for method, build in (("queen", Queen), ("rook", Rook)):
        weights = build.from_dataframe(areas, ids=list(areas[id_property]), silence_warnings=True)
        theirs = {frozenset((a, b)) for a, list_ in weights.neighbors.items() for b in list_}
        got = ours(path, id_property, method)
        differences(f"{path} {method}", theirs, set(got))
        # The length of what is shared, in metres, by GEOS.
        for pair, length in list(got.items())[:: max(1, len(got) // 200)]:
            a, b = pair
            theirs_m = shape[a].boundary.intersection(shape[b].boundary).length
            if abs(theirs_m - length) > 1e-3 * max(1.0, theirs_m):
                sys.exit(f"{path}: {sorted(pair)} share {length} m, GEOS has {theirs_m} m")
    # With a snap distance: the outlines come that near, by GEOS.
    snap = 5.0
    tree = metres.sindex
    near = set()
    for at, geometry in enumerate(metres.geometry):
        for other in tree.query(geometry.boundary, predicate="dwithin", distance=snap):
            if other != at and geometry.boundary.distance(metres.geometry.iloc[other].boundary) <= snap:
                near.add(frozenset((metres[id_property].iloc[at], metres[id_property].iloc[other])))
    differences(f"{path} within {snap} m", near, set(ours(path, id_property, "queen", str(snap))))
    print(path, len(areas), "areas", len(got), "pairs by rook,", len(near), "within", snap, "m")
