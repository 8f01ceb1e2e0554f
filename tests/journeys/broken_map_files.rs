//! Somebody has a broken file of areas, and is told in one message what is wrong with it, or which
//! areas were mended.

use std::fs;
use std::path::Path;

use shapefile::dbase::{FieldName, FieldValue, Record, TableWriterBuilder};
use shapefile::{Point, Polygon, PolygonRing, Writer};

use crate::harness::{Said, csv, folder, levekaar, levekaar_ok};

/// Every command that reads a map; each must say the same of a broken one, and write nothing.
fn refused(map: &Path, parts: &[&str]) {
    let out = map.parent().unwrap().join("out.geojson");
    let (map, to) = (map.to_str().unwrap(), out.to_str().unwrap());
    let table = folder(&[("t.csv", b"zone,x,people\n01,1,10\n02,2,20\n")]);
    let table = table.path().join("t.csv");
    let table = table.to_str().unwrap();
    for args in [
        vec!["neighbours", map, "--id", "zone", "-o", to, "--language", "en"],
        vec!["convert", map, "-o", to, "--language", "en"],
        vec!["simplify", map, "--keep", "50%", "-o", to, "--language", "en"],
        vec![
            "regions",
            table,
            "--threshold",
            "10",
            "--floor",
            "people",
            "--attribute",
            "x",
            "--boundaries",
            map,
            "-o",
            to,
            "--language",
            "en",
        ],
    ] {
        let said = told(&args);
        assert_eq!(said.code, 1, "{args:?}: {}", said.err);
        assert!(!said.err.contains("panicked"), "{args:?}: {}", said.err);
        assert_eq!(said.err.matches("help:").count(), 1, "one message, one help: {}", said.err);
        for part in parts {
            assert!(said.err.contains(part), "{args:?}, wanted `{part}`: {}", said.err);
        }
        assert!(!out.exists(), "{args:?} wrote something");
    }
}

/// What is said, its wrapped lines made one.
fn told(args: &[&str]) -> Said {
    let said = levekaar(args);
    let err = said.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    Said { err, ..said }
}

const SQUARE: &str = r#"{"type":"Feature","properties":{"zone":"01"},"geometry":{"type":"Polygon","coordinates":[[[5,60],[6,60],[6,61],[5,61],[5,60]]]}}"#;

fn collection(features: &[&str]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}", features.join(",\n"))
}

#[test]
fn a_geojson_that_is_cut_off() {
    let whole = collection(&[SQUARE]);
    // In the middle of a coordinate, of a key, between features, and before the last brace.
    for end in [whole.len() - 40, 70, whole.find("]]]").unwrap() + 2, whole.len() - 1] {
        let files = folder(&[("cut.geojson", &whole.as_bytes()[..end])]);
        let map = files.path().join("cut.geojson");
        refused(&map, &["cut.geojson", "is not valid JSON at line", "may be cut off"]);
    }
    let files = folder(&[("cut.geojson", b"")]);
    refused(&files.path().join("cut.geojson"), &["cut.geojson"]);
}

#[test]
fn a_geopackage_without_geometry() {
    let files = folder(&[]);
    let map = files.path().join("figures.gpkg");
    let database = rusqlite::Connection::open(&map).unwrap();
    database
        .execute_batch(
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
             CREATE TABLE figures (zone TEXT, x REAL);
             INSERT INTO gpkg_contents VALUES ('figures', 'attributes');",
        )
        .unwrap();
    drop(database);
    refused(&map, &["figures.gpkg", "has no layer with geometries", "figures"]);
    // Half of a database is none.
    let bytes = fs::read(&map).unwrap();
    fs::write(&map, &bytes[..bytes.len() / 2]).unwrap();
    refused(&map, &["figures.gpkg"]);
}

/// Writes a Shapefile of two squares in UTM 32, without its `.prj`.
fn shapefile(path: &Path) {
    let table =
        TableWriterBuilder::new().add_character_field(FieldName::try_from("zone").unwrap(), 2);
    let mut writer = Writer::from_path(path, table).unwrap();
    for (at, zone) in ["01", "02"].into_iter().enumerate() {
        let (x, y) = (597_000.0 + 1000.0 * at as f64, 6_643_000.0);
        let corners = [(0.0, 0.0), (0.0, 1000.0), (1000.0, 1000.0), (1000.0, 0.0), (0.0, 0.0)];
        let ring = corners.map(|(dx, dy)| Point::new(x + dx, y + dy)).to_vec();
        let mut record = Record::default();
        record.insert("zone".to_owned(), FieldValue::Character(Some(zone.to_owned())));
        writer.write_shape_and_record(&Polygon::new(PolygonRing::Outer(ring)), &record).unwrap();
    }
}

#[test]
fn a_shapefile_that_lacks_a_part() {
    let files = folder(&[]);
    let map = files.path().join("zones.shp");
    shapefile(&map);
    // Metres, and no `.prj` that says which: the code must be given.
    refused(&map, &["are no longitude and latitude", "EPSG:25833"]);
    let pairs =
        levekaar_ok(&["neighbours", map.to_str().unwrap(), "--id", "zone", "--crs", "25832"]);
    assert_eq!(csv(&pairs.out)[0]["border_m"].parse::<f64>().unwrap().round(), 1000.0);
    fs::remove_file(files.path().join("zones.dbf")).unwrap();
    refused(&map, &["lacks its `.dbf`", "at least three files"]);
    shapefile(&map);
    let bytes = fs::read(&map).unwrap();
    fs::write(&map, &bytes[..bytes.len() - 30]).unwrap();
    refused(&map, &["zones.shp", "is broken Shapefile", "may be cut off"]);
    fs::write(&map, b"").unwrap();
    refused(&map, &["zones.shp"]);
}

#[test]
fn a_coordinate_system_that_cannot_be_right() {
    // Degrees that are declared as metres, and metres that are declared as nothing.
    let declared = format!(
        "{{\"type\":\"FeatureCollection\",\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"urn:ogc:def:crs:EPSG::25833\"}}}},\"features\":[{SQUARE}]}}"
    );
    let metres = collection(&[&SQUARE
        .replace("[5,", "[597000,")
        .replace("[6,", "[598000,")
        .replace(",60]", ",6643000]")
        .replace(",61]", ",6644000]")]);
    let files = folder(&[("d.geojson", declared.as_bytes()), ("m.geojson", metres.as_bytes())]);
    refused(
        &files.path().join("d.geojson"),
        &["cannot lie in EPSG:25833", "is it another system?"],
    );
    refused(&files.path().join("m.geojson"), &["are no longitude and latitude", "EPSG:25833"]);
}

#[test]
fn areas_that_enclose_nothing_are_named_and_the_others_stay() {
    let polygon = |zone: &str, ring: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"zone":"{zone}"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    };
    let line = polygon("02", "[[6,60],[7,60],[8,60],[6,60]]");
    let point = polygon("03", "[[6,60],[6,60],[6,60],[6,60]]");
    let there_and_back = polygon("04", "[[6,60],[7,61],[8,60],[7,61],[6,60]]");
    let empty = polygon("05", "");
    let map = collection(&[SQUARE, &line, &point, &there_and_back, &empty]);
    let files = folder(&[("flat.geojson", map.as_bytes())]);
    let (map, out) = (files.path().join("flat.geojson"), files.path().join("out.geojson"));
    let args = ["convert", map.to_str().unwrap(), "--id", "zone", "-o", out.to_str().unwrap()];
    let said = told(&[&args[..], &["--language", "en"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    for zone in ["02", "03", "04", "05"] {
        assert!(said.err.contains(zone), "{zone} is not named: {}", said.err);
    }
    let written: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    let features = written["features"].as_array().unwrap();
    assert_eq!(features.len(), 1);
    assert_eq!(features[0]["properties"]["zone"], "01");
    // Where nothing else is there, that is an error.
    let files = folder(&[("flat.geojson", collection(&[&line, &point]).as_bytes())]);
    refused(&files.path().join("flat.geojson"), &["is an area with a polygon"]);
}
