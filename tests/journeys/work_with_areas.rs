//! A GIS analyst converts, mends, dissolves and simplifies areas, and joins figures to them.

use std::path::Path;

use crate::harness::{folder, levekaar, levekaar_ok};

/// Four squares in two districts, and one that is sea; the second runs clockwise, the fourth
/// crosses itself.
const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"01","type":"sone"},"geometry":{"type":"Polygon","coordinates":[[[10,59],[10.01,59],[10.01,59.01],[10,59.01],[10,59]]]}},
{"type":"Feature","properties":{"code":"02","type":"sone"},"geometry":{"type":"Polygon","coordinates":[[[10.01,59],[10.01,59.01],[10.02,59.01],[10.02,59],[10.01,59]]]}},
{"type":"Feature","properties":{"code":"03","type":"sone"},"geometry":{"type":"Polygon","coordinates":[[[10.02,59],[10.03,59],[10.03,59.01],[10.02,59.01],[10.02,59]]]}},
{"type":"Feature","properties":{"code":"04","type":"sone"},"geometry":{"type":"Polygon","coordinates":[[[10.03,59],[10.04,59.01],[10.04,59],[10.03,59.01],[10.03,59]]]}},
{"type":"Feature","properties":{"code":"99","type":"Havflate"},"geometry":{"type":"Polygon","coordinates":[[[11,59],[12,59],[12,60],[11,59]]]}}
]}"#;

const FIGURES: &str = "code;district;people;poor;income\n01;Nord;100;10;300,5\n02;Nord;300;90;500\n\
03;Sør;50;:;400\n05;Sør;10;1;1\n";

#[test]
fn areas_are_mended_joined_and_written_in_every_format() {
    let files = folder(&[("a.geojson", AREAS.as_bytes()), ("t.csv", FIGURES.as_bytes())]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let (areas, table) = (path("a.geojson"), path("t.csv"));
    let mut first = String::new();
    for ending in ["geojson", "topojson", "gpkg", "fgb", "geoparquet"] {
        let out = path(&format!("out.{ending}"));
        let said = levekaar_ok(&[
            "convert",
            &areas,
            "-o",
            &out,
            "--id",
            "code",
            "--table",
            &table,
            "--exclude",
            "type=Havflate",
            "--language",
            "en",
        ]);
        for told in [
            "no areas by the project's rules: 1. [99 (type = Havflate)]",
            "turned to run the right way: 1. [02]",
            "made valid: 1. [04]",
            "Areas without a row in the table, whose cells are empty: 1. [04]",
            "Rows of the table without an area in the file, left out: 1. [05]",
            "poor (suppressed: 1)",
        ] {
            assert!(said.err.contains(told), "{told}: {}", said.err);
        }
        // Every format is read back, and gives the same GeoJSON.
        let again = path("again.geojson");
        levekaar_ok(&["-q", "convert", &out, "-o", &again]);
        let mut features: Vec<serde_json::Value> = features(Path::new(&again));
        features.sort_by_key(|feature| feature["properties"]["code"].to_string());
        let properties: Vec<_> = features.iter().map(|f| f["properties"].to_string()).collect();
        assert_eq!(
            properties[2],
            r#"{"code":"03","type":"sone","district":"Sør","people":50,"poor":null,"income":400.0}"#
        );
        if first.is_empty() {
            first = properties.join("\n");
        }
        assert_eq!(properties.join("\n"), first, "{ending}");
        assert_eq!(features[3]["geometry"]["type"], "MultiPolygon", "two triangles");
    }
}

#[test]
fn districts_are_dissolved_with_their_figures() {
    let files = folder(&[("a.geojson", AREAS.as_bytes()), ("t.csv", FIGURES.as_bytes())]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let out = path("districts.geojson");
    let (areas, table) = (path("a.geojson"), path("t.csv"));
    let said = levekaar_ok(&[
        "dissolve",
        &areas,
        "--id",
        "code",
        "--table",
        &table,
        "--by",
        "district",
        "--sum",
        "people,poor",
        "--rate",
        "poor_pct=poor/people*100",
        "--mean",
        "income@people",
        "-o",
        &out,
        "--language",
        "en",
    ]);
    assert!(
        said.err.contains("Areas without a larger unit, left out: 2. [04, 99]"),
        "{}",
        said.err
    );
    assert!(said.err.contains("Sør: poor (1)"), "{}", said.err);
    assert!(said.err.contains("not the unit's own median"), "{}", said.err);
    let features = features(Path::new(&out));
    assert_eq!(
        features[0]["properties"].to_string(),
        r#"{"district":"Nord","n_areas":2,"people":400,"poor":100,"poor_pct":25.0,"income_weighted":450.125}"#
    );
    assert_eq!(features[0]["geometry"]["coordinates"][0].as_array().map(Vec::len), Some(7));
    assert_eq!(features[1]["properties"]["poor_pct"], serde_json::Value::Null);
    let said = levekaar(&["dissolve", &areas, "--by", "distrikt", "-o", &out]);
    assert!(said.code == 1 && said.err.contains("no column `distrikt`"), "{}", said.err);
}

#[test]
fn outlines_are_simplified_to_a_tolerance_a_share_or_a_size() {
    let files = folder(&[]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let source = "datasets/oslo-bydeler-2013/bydeler.geojson";
    let whole = std::fs::metadata(source).unwrap().len();
    for (flag, value) in [("--tolerance", "100"), ("--keep", "20%"), ("--size", "12kB")] {
        let out = path("s.geojson");
        let said = levekaar_ok(&["simplify", source, "-o", &out, flag, value, "--language", "en"]);
        assert!(said.err.contains("Points of borders:"), "{}", said.err);
        let size = std::fs::metadata(&out).unwrap().len();
        assert!(size < whole && (flag != "--size" || size <= 12_000), "{flag}: {size}");
        assert_eq!(features(Path::new(&out)).len(), 15);
    }
    let said = levekaar(&["simplify", source, "-o", &path("s.geojson"), "--size", "1kB"]);
    assert!(said.code == 1 && said.err.contains("nodes and islands alone"), "{}", said.err);
    let said = levekaar(&["simplify", source, "-o", &path("s.txt"), "--keep", "20%"]);
    assert!(said.code == 1 && said.err.contains("no ending"), "{}", said.err);
    let said = levekaar(&["simplify", source, "-o", &path("s.gpkg")]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn a_project_writes_its_results_in_the_formats_that_it_names() {
    let files = folder(&[]);
    let out = files.path().join("out").display().to_string();
    let project = "datasets/oslo-bydeler-2013/project.toml";
    let said = levekaar_ok(&["run", project, "-o", &out, "--formats", "gpkg,fgb"]);
    assert!(said.out.contains("areas.gpkg") && said.out.contains("areas.fgb"), "{}", said.out);
    let back = files.path().join("back.geojson");
    let gpkg = files.path().join("out/areas.gpkg").display().to_string();
    levekaar_ok(&["-q", "convert", &gpkg, "-o", &back.display().to_string()]);
    let features = features(&back);
    assert_eq!(features.len(), 15);
    assert!(features.iter().all(|feature| feature["properties"]["score"].is_number()));
}

fn features(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    all["features"].as_array().unwrap().clone()
}
