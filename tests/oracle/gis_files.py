"""Hold reading, writing, repairing, dissolving and simplifying of areas to geopandas and shapely.

Called as `gis_files.py PATH-OF-LEVEKAAR OSLO.GEOJSON`; exits with 1 and a word on stderr where
they differ.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

LEVEKAAR, OSLO = sys.argv[1:3]

# Coordinates of GeoJSON have seven decimals, about a centimetre.
CENTIMETRE = 0.02


def run(*arguments, fails=False):
    """Run the program; its stderr."""
    done = subprocess.run(
        [LEVEKAAR, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if (done.returncode != 0) != fails:
        sys.exit(f"{arguments}: exit {done.returncode}\n{done.stderr}")
    if fails and done.returncode != 1:
        sys.exit(f"{arguments}: exit {done.returncode}, not 1\n{done.stderr}")
    # Without the breaks and the bars of the terminal.
    return " ".join(done.stderr.replace("│", " ").split())


def need(what, holds):
    """Stop unless something holds."""
    if not holds:
        sys.exit(what)


def read(path):
    """A file of any format as a frame."""
    return gpd.read_parquet(path) if path.suffix == ".geoparquet" else gpd.read_file(path)


def oslo():
    """Oslo's districts with ids with leading zeros, every kind of attribute, and gaps."""
    frame = gpd.read_file(OSLO).to_crs(25832)
    n = len(frame)
    frame["kode"] = [f"0301{i:02d}" for i in range(n)]
    frame["navn"] = [f"Bydel æøå «{i}», \"A\"" for i in range(n)]
    frame["antall"] = np.arange(n, dtype="int64") * 1000
    frame["andel"] = [np.nan if i == 3 else i / 7 for i in range(n)]
    frame["tekst"] = [None if i == 2 else f"t{i}" for i in range(n)]
    return frame[["kode", "navn", "antall", "andel", "tekst", "geometry"]]


def same(what, ours, theirs, tolerance):
    """Stop unless two frames have the same areas and attributes."""
    need(f"{what}: {len(ours)} areas", len(ours) == len(theirs))
    ours = ours.sort_values("kode").reset_index(drop=True)
    theirs = theirs.sort_values("kode").reset_index(drop=True)
    for column in ["kode", "navn", "antall"]:
        need(f"{what}: {column}", ours[column].tolist() == theirs[column].tolist())
    shares = np.allclose(ours["andel"], theirs["andel"], rtol=1e-12, equal_nan=True)
    need(f"{what}: andel", shares)
    texts = [[None if t != t else t for t in frame["tekst"]] for frame in (ours, theirs)]
    need(f"{what}: tekst {texts[0]}", texts[0] == texts[1])
    need(f"{what}: valid", ours.geometry.is_valid.all())
    off = ours.geometry.symmetric_difference(theirs.geometry).area
    need(f"{what}: {off.max()} m2", (off <= tolerance * theirs.length).all())


FORMATS = {
    "geojson": "GeoJSON",
    "gpkg": "GPKG",
    "fgb": "FlatGeobuf",
    "shp": "ESRI Shapefile",
    "geoparquet": None,
}
WRITTEN = ["geojson", "topojson", "gpkg", "fgb", "geoparquet"]


def round_trips(folder):
    """Every format that geopandas writes, to every format that it reads."""
    frame = oslo()
    for epsg in (4326, 25832, 25833):
        moved = frame.to_crs(epsg)
        for ending, driver in FORMATS.items():
            source = folder / f"kilde_{epsg}.{ending}"
            if driver is None:
                moved.to_parquet(source)
            else:
                moved.to_file(source, driver=driver)
            for target in WRITTEN:
                out = folder / f"ut_{epsg}_{ending}.{target}"
                run("-q", "convert", source, "-o", out)
                ours = read(out)
                degrees = target in ("geojson", "topojson")
                if target == "topojson":
                    ours = ours.set_crs(4326)
                wanted = 4326 if degrees else epsg
                # Shapefiles and RFC 7946 know no difference between the two systems of degrees.
                need(f"{out.name}: {ours.crs}", ours.crs.to_epsg() == wanted)
                same(out.name, ours.to_crs(25832), frame, CENTIMETRE if degrees else 1e-4)
                if target == "geojson":
                    rings(out)
    again = folder / "igjen.gpkg"
    run("-q", "convert", folder / "ut_25832_gpkg.gpkg", "-o", again)
    once = folder / "igjen" / "igjen.gpkg"
    once.parent.mkdir()
    run("-q", "convert", folder / "ut_25832_gpkg.gpkg", "-o", once)
    need("the same bytes", again.read_bytes() == once.read_bytes())


def rings(path):
    """Shells run counter-clockwise and holes clockwise (RFC 7946, section 3.1.6)."""
    for feature in json.loads(path.read_text())["features"]:
        parts = feature["geometry"]["coordinates"]
        parts = [parts] if feature["geometry"]["type"] == "Polygon" else parts
        for part in parts:
            turns = [shapely.LinearRing(ring).is_ccw for ring in part]
            need(f"{path.name}: winding", turns[0] and not any(turns[1:]))


def repairs(folder):
    """What is broken becomes valid, covers the same, and is named."""
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    nested = MultiPolygon([box(10, 0, 14, 4), box(11, 1, 12, 2)])
    overlap = MultiPolygon([box(20, 0, 22, 2), box(21, 1, 23, 3)])
    spike = Polygon([(30, 0), (32, 0), (32, 5), (32, 2), (30, 2)])
    inverted = Polygon([(40, 0), (44, 0), (44, 4), (40, 4)], [[(40, 0), (42, 1), (41, 2)]])
    eight = Polygon([(50, 0), (52, 2), (54, 0), (54, 4), (52, 2), (50, 4)])
    hole = Polygon([(60, 0), (64, 0), (64, 4), (60, 4)], [[(63, 1), (66, 1), (66, 2), (63, 2)]])
    fine = box(70, 0, 71, 1)
    shapes = [bow, nested, overlap, spike, inverted, eight, hole, fine]
    ids = ["bow", "nested", "overlap", "spike", "inverted", "eight", "hole", "fine"]
    frame = gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs=25833)
    frame.geometry = frame.geometry.translate(262000, 6649000)
    source, out = folder / "odelagt.gpkg", folder / "mended.gpkg"
    frame.to_file(source, driver="GPKG")
    told = run("convert", source, "-o", out, "--id", "id", "--language", "en")
    ours = read(out).set_index("id").geometry
    need("repaired areas are valid", ours.is_valid.all())
    for name in ids:
        theirs = frame.set_index("id").geometry[name]
        if name == "overlap":
            theirs = shapely.union_all(theirs.geoms)
        if name == "nested":
            theirs = theirs.geoms[0]
        # A hole that reaches over the shell: what one ring encloses is inside.
        theirs = shapely.make_valid(theirs)
        need(f"{name}: {ours[name].wkt}", ours[name].symmetric_difference(theirs).area < 1e-5)
        # A hole may touch its shell in a point, and nothing is changed there.
        wrong = name not in ("fine", "inverted")
        need(f"{name} is told: {told}", (name in told) == wrong)
    points = [
        {tuple(point) for point in shapely.get_coordinates(shape)}
        for shape in (ours["fine"], frame.geometry.iloc[7])
    ]
    need("what is sound stays to the bit", points[0] == points[1])


def broken(folder):
    """One clear message each, and nothing is written."""
    frame = oslo()
    out = folder / "aldri.gpkg"
    text = (folder / "kilde_4326.geojson").read_text()
    cut = folder / "avkuttet.geojson"
    cut.write_text(text[: len(text) // 2])
    need("cut GeoJSON", "not valid JSON at line" in run("convert", cut, "-o", out, fails=True))
    for ending in ("gpkg", "fgb", "shp", "geoparquet"):
        whole = (folder / f"kilde_25832.{ending}").read_bytes()
        cut = folder / f"avkuttet.{ending}"
        cut.write_bytes(whole[: len(whole) // 2])
        for part in ("dbf", "prj"):
            beside = folder / f"kilde_25832.{part}"
            if ending == "shp":
                (folder / f"avkuttet.{part}").write_bytes(beside.read_bytes())
        told = run("convert", cut, "-o", out, fails=True)
        need(f"cut {ending}: {told}", "broken" in told)
    import sqlite3

    bare = folder / "tall.gpkg"
    with sqlite3.connect(bare) as database:
        database.execute("CREATE TABLE tall (kode TEXT, n INTEGER)")
    told = run("convert", bare, "-o", out, fails=True)
    need(f"no geometry: {told}", "no layer with geometries" in told and "tall" in told)
    shp = folder / "alene.shp"
    shp.write_bytes((folder / "kilde_25832.shp").read_bytes())
    told = run("convert", shp, "-o", out, fails=True)
    need(f"no .dbf: {told}", "lacks its `.dbf`" in told)
    (folder / "alene.dbf").write_bytes((folder / "kilde_25832.dbf").read_bytes())
    told = run("convert", shp, "-o", out, fails=True)
    need(f"no .prj: {told}", "names no coordinate system" in told and "crs" in told)
    run("-q", "convert", shp, "-o", folder / "alene.gpkg", "--crs", "25832")
    same("with --crs", read(folder / "alene.gpkg"), frame, 1e-6)
    told = run("convert", folder / "kilde_25832.gpkg", "-o", out, "--crs", "4326", fails=True)
    need(f"wrong system: {told}", "cannot lie in EPSG:4326" in told)
    frame.to_file(folder / "to.gpkg", layer="en", driver="GPKG")
    frame.iloc[:5].to_file(folder / "to.gpkg", layer="annen", driver="GPKG")
    told = run("convert", folder / "to.gpkg", "-o", out, fails=True)
    need(f"two layers: {told}", "2 layers" in told and "annen" in told)
    run("-q", "convert", folder / "to.gpkg", "-o", folder / "fem.fgb", "--layer", "annen")
    need("the layer", len(read(folder / "fem.fgb")) == 5)
    flat = gpd.GeoDataFrame(
        {"id": ["flat", "fine"]},
        geometry=[Polygon([(5, 60), (6, 60), (7, 60)]), box(5, 60, 6, 61)],
        crs=4326,
    )
    flat.to_file(folder / "flat.gpkg", driver="GPKG")
    told = run(
        "convert", folder / "flat.gpkg", "-o", folder / "flat.fgb", "--id", "id", "--language", "en"
    )
    need(f"area of nothing: {told}", "flat" in told and len(read(folder / "flat.fgb")) == 1)
    need("nothing is written", not out.exists())


def cells(side):
    """A map of cells with wavy borders, as the benches have it; and an island in a lake."""
    random = np.random.default_rng(7)
    step = 1000.0
    grid = np.arange(side + 1) * step
    nodes = np.stack(np.meshgrid(grid, grid), axis=-1) + random.uniform(-150, 150, (side + 1, side + 1, 2))
    nodes = np.round(nodes + [300_000, 6_600_000], 3)

    def edge(a, b):
        m = 13
        t = np.arange(1, m + 1)[:, None] / (m + 1)
        way = np.array([-(b - a)[1], (b - a)[0]])
        wave = 0.04 * np.sin(t * np.pi * random.integers(1, 4)) * random.uniform(-1, 1)
        jitter = random.uniform(-0.008, 0.008, (m, 1))
        return np.round(a + (b - a) * t + way * (wave + jitter), 3)

    across = [[edge(nodes[r, c], nodes[r, c + 1]) for c in range(side)] for r in range(side + 1)]
    up = [[edge(nodes[r, c], nodes[r + 1, c]) for c in range(side + 1)] for r in range(side)]
    shapes = []
    for r in range(side):
        for c in range(side):
            ring = [nodes[r, c], *across[r][c], nodes[r, c + 1], *up[r][c + 1], nodes[r + 1, c + 1]]
            ring += [*across[r + 1][c][::-1], nodes[r + 1, c], *up[r][c][::-1]]
            shapes.append(Polygon(ring))
    # Every seventh cell has a lake, and every second lake is an area of its own.
    islands = []
    for at in range(0, len(shapes), 7):
        lake = shapes[at].representative_point().buffer(120, quad_segs=8)
        lake = shapely.set_precision(lake, 0.001)
        if shapes[at].buffer(-20).contains(lake):
            shapes[at] = Polygon(shapes[at].exterior, [lake.exterior.coords])
            if at % 2 == 0:
                islands.append(lake)
    shapes += islands
    n = len(shapes)
    frame = gpd.GeoDataFrame({"id": [f"{i:05d}" for i in range(n)]}, geometry=shapes, crs=25833)
    frame["gruppe"] = [f"G{(i // side) // 6:02d}{(i % side) // 6:02d}" for i in range(n)]
    frame["folk"] = random.integers(100, 3000, n)
    frame["fattige"] = random.binomial(frame["folk"], 0.1)
    frame["inntekt"] = np.round(random.lognormal(12, 0.3, n), 0)
    return frame


def dissolving(folder):
    """Shapes are those of geopandas, and rates are computed anew."""
    frame = cells(24)
    source, out = folder / "celler.gpkg", folder / "grupper.gpkg"
    frame.to_file(source, driver="GPKG")
    run(
        "-q", "dissolve", source, "--by", "gruppe", "--sum", "folk,fattige", "-o", out,
        "--rate", "andel=fattige/folk*100", "--mean", "inntekt@folk",
    )
    ours = read(out).set_index("gruppe")
    groups = frame.dissolve("gruppe", aggfunc={"folk": "sum", "fattige": "sum"})
    need("groups", ours.index.tolist() == groups.index.tolist())
    need("valid", ours.geometry.is_valid.all())
    off = ours.geometry.symmetric_difference(groups.geometry).area
    need(f"shapes of groups: {off.max()}", off.max() < 1e-3)
    need("sums", (ours["folk"] == groups["folk"]).all())
    rates = groups["fattige"] / groups["folk"] * 100
    need("rates", np.allclose(ours["andel"], rates, rtol=1e-12))
    means = frame.groupby("gruppe").apply(lambda g: np.average(g["inntekt"], weights=g["folk"]))
    need("means", np.allclose(ours["inntekt_weighted"], means, rtol=1e-12))


def n_holes(shape):
    """Holes of a union."""
    parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
    return sum(len(part.interiors) for part in parts)


def simplifying(folder, name, frame, tolerance):
    """No gaps and no overlaps, and no more than shapely's coverage is off."""
    source = folder / f"{name}.gpkg"
    frame.to_file(source, driver="GPKG")
    before = shapely.coverage_union_all(frame.geometry.values)
    their_off = None
    for method in ("visvalingam", "douglas-peucker"):
        out = folder / f"{name}_{method}.gpkg"
        told = run(
            "simplify", source, "-o", out, "--tolerance", tolerance, "--method", method,
            "--language", "en",
        )
        need(f"the change of area is told: {told}", "Change of area" in told)
        ours = read(out)
        need(f"{name} {method}: areas", len(ours) == len(frame))
        need(f"{name} {method}: valid", ours.geometry.is_valid.all())
        need(f"{name} {method}: coverage", shapely.coverage_is_valid(ours.geometry.values))
        union = shapely.union_all(ours.geometry.values)
        need(f"{name} {method}: holes", n_holes(union) == n_holes(before))
        off = abs(ours.area.sum() / union.area - 1)
        need(f"{name} {method}: the areas make the whole, {off}", off < 1e-12)
        points = shapely.get_num_coordinates(ours.geometry.values).sum()
        all_points = shapely.get_num_coordinates(frame.geometry.values).sum()
        need(f"{name} {method}: {points} of {all_points} points", points < 0.8 * all_points)
        shift = ours.geometry.symmetric_difference(frame.geometry, align=False).area.sum()
        if method == "visvalingam":
            theirs = shapely.coverage_simplify(frame.geometry.values, tolerance)
            their_points = shapely.get_num_coordinates(theirs).sum()
            their_off = shapely.area(
                shapely.symmetric_difference(theirs, frame.geometry.values)
            ).sum()
            # The same rule for which point goes; ties and held-back borders may differ.
            need(
                f"{name}: {points} points here, {their_points} there",
                abs(points / their_points - 1) < 0.03,
            )
            need(
                f"{name}: {shift} m2 moved here, {their_off} there", shift < 1.1 * their_off
            )
        else:
            far = max(
                a.hausdorff_distance(b)
                for a, b in zip(ours.geometry.boundary, frame.geometry.boundary)
            )
            need(f"{name}: a point is {far} m off", far <= tolerance * 1.000001)


def main():
    """Run all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        round_trips(folder)
        repairs(folder)
        broken(folder)
        dissolving(folder)
        simplifying(folder, "oslo", oslo(), 100)
        simplifying(folder, "celler84", cells(84), 60)


main()
