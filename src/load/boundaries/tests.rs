use std::io::Write;
use std::path::PathBuf;

use geo::{Contains, Coord, CoordsIter, point};
use miette::Diagnostic;

use super::*;

const SQUARE: &str = "[[[10,59],[10,60],[11,60],[11,59],[10,59]]]";

#[test]
fn ids_keep_their_zeros_and_whole_numbers_have_no_decimals() {
    let file = collection(&[
        feature(r#"{"code":"0301"}"#, SQUARE),
        feature(r#"{"code":1103}"#, SQUARE),
        feature(r#"{"code":1601.0}"#, SQUARE),
    ]);
    assert_eq!(ids(&read(&file, "code").unwrap()), ["0301", "1103", "1601"]);
}

#[test]
fn the_own_id_of_a_feature_serves_where_no_property_is_called_id() {
    let own = format!(r#"{{"type":"Feature","id":7,"properties":{{}},{}}}"#, polygon(SQUARE));
    assert_eq!(ids(&read(&collection(&[own]), "id").unwrap()), ["7"]);
}

#[test]
fn features_of_one_id_are_merged_and_named() {
    let far = "[[[12,59],[12,60],[13,60],[12,59]]]";
    let file = collection(&[
        feature(r#"{"code":"b"}"#, SQUARE),
        feature(r#"{"code":"a"}"#, SQUARE),
        feature(r#"{"code":"b"}"#, far),
    ]);
    let read = read(&file, "code").unwrap();
    assert_eq!(ids(&read), ["a", "b"]);
    assert_eq!(read.get(&"b".into()).unwrap().polygons.0.len(), 2);
    assert_eq!(notice(&read, "map.boundary_merged"), ["b"]);
}

#[test]
fn rings_are_closed_turned_and_flattened() {
    // Clockwise, open, with heights, and a hole that runs the same way.
    let rings = "[[[10,59,7],[10,60,7],[11,60,7],[11,59,7]],
        [[10.2,59.2],[10.2,59.4],[10.4,59.4],[10.4,59.2],[10.2,59.2]]]";
    let read = read(&collection(&[feature(r#"{"code":"a"}"#, rings)]), "code").unwrap();
    let polygon = &read.shapes()[0].polygons.0[0];
    assert_eq!(polygon.exterior().0.len(), 5);
    assert_eq!(polygon.exterior().0[1], Coord { x: 11.0, y: 59.0 }, "counter-clockwise");
    assert_eq!(polygon.interiors()[0].0[1], Coord { x: 10.2, y: 59.4 }, "clockwise");
    assert!(!read.shapes()[0].polygons.contains(&point!(x: 10.3, y: 59.3)), "a hole");
}

#[test]
fn what_has_no_area_is_left_out_by_name() {
    let short = "[[[10,59],[11,59],[10,59]]]";
    let file = collection(&[
        feature(r#"{"code":"a"}"#, SQUARE),
        feature(r#"{"code":"short"}"#, short),
        r#"{"type":"Feature","properties":{"code":"none"},"geometry":null}"#.to_owned(),
        r#"{"type":"Feature","properties":{"code":"point"},
            "geometry":{"type":"Point","coordinates":[10,59]}}"#
            .to_owned(),
        feature(r#"{"code":null}"#, SQUARE),
    ]);
    let read = read(&file, "code").unwrap();
    assert_eq!(ids(&read), ["a"]);
    assert_eq!(notice(&read, "map.boundary_without_polygons"), ["short", "none", "point"]);
    assert_eq!(notice(&read, "map.boundary_other_geometry"), ["point (Point)"]);
    assert_eq!(notice(&read, "map.boundary_short_rings"), ["short"]);
    assert_eq!(notice(&read, "map.boundary_without_id"), ["feature 5"]);
}

#[test]
fn polygons_inside_a_geometry_collection_are_found() {
    let many = format!(
        r#"{{"coordinates":[{SQUARE},[[[12,59],[12,60],[13,60],[12,59]]]],"type":"MultiPolygon"}}"#
    );
    let file = collection(&[format!(
        r#"{{"type":"Feature","properties":{{"code":"a"}},
        "geometry":{{"type":"GeometryCollection","geometries":[{many}]}}}}"#
    )]);
    assert_eq!(read(&file, "code").unwrap().shapes()[0].polygons.0.len(), 2);
}

#[test]
fn a_missing_id_property_lists_the_others() {
    let file = collection(&[feature(r#"{"sonenr":"1","name":"x"}"#, SQUARE)]);
    let error = read(&file, "sonenummer").unwrap_err();
    assert!(error.to_string().contains("none of the 1 features"), "{error}");
    let help = error.help().unwrap().to_string();
    assert!(help.contains("did you mean `sonenr`?") && help.contains("`name`"), "{help}");
}

#[test]
fn what_is_wrong_with_the_text_is_said_with_its_place() {
    let cut = "{\"type\":\"FeatureCollection\",\n\"features\":[{\"type\"";
    let text = read(cut, "code").unwrap_err().to_string();
    assert!(text.contains("not valid JSON at line 2, column"), "{text}");
    let text = read("[1, 2]", "code").unwrap_err().to_string();
    assert!(text.contains("not GeoJSON"), "{text}");
    let text = read(r#"{"type":"Topology"}"#, "code").unwrap_err().to_string();
    assert!(text.contains("`Topology`"), "{text}");
    let text = read(&collection(&[]), "code").unwrap_err().to_string();
    assert!(text.contains("0 features"), "{text}");
    let point = r#"{"type":"Feature","properties":{"code":"p"},
        "geometry":{"type":"Point","coordinates":[10,59]}}"#;
    let text = read(&collection(&[point.to_owned()]), "code").unwrap_err().to_string();
    assert!(text.contains("p (Point)"), "{text}");
    let options = options("code", None);
    let text = from_bytes(b"{\n\"\xf8\"", &options).unwrap_err().to_string();
    assert!(text.contains("line 2"), "{text}");
}

#[test]
fn metres_need_a_coordinate_system_and_get_it_from_file_or_user() {
    let metres = "[[[262000,6649000],[263000,6649000],[263000,6650000],[262000,6649000]]]";
    let plain = collection(&[feature(r#"{"code":"a"}"#, metres)]);
    let error = read(&plain, "code").unwrap_err();
    assert!(matches!(error, BoundaryError::CrsNeeded { n_outside: 4, .. }), "{error}");
    assert!(error.help().unwrap().to_string().contains("crs = \"EPSG:25833\""));

    let named = plain.replacen(
        '{',
        r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25833"}},"#,
        1,
    );
    let by_file = read(&named, "code").unwrap();
    let by_user = read_as(&plain, "code", Some(25833)).unwrap();
    assert_eq!(by_file.shapes(), by_user.shapes());
    assert_eq!(by_file.crs().epsg(), 25833);
    let corner = by_file.shapes()[0].polygons.0[0].exterior().0[0];
    assert!((corner.x - 10.742).abs() < 0.01 && (corner.y - 59.91).abs() < 0.01, "{corner:?}");

    let other = read_as(&named, "code", Some(25832)).unwrap();
    assert_eq!(other.notices()[0].key, "map.boundary_crs_overridden");
    let error = read_as(&plain, "code", Some(4326)).unwrap_err();
    assert!(matches!(error, BoundaryError::OutOfRange { n_outside: 4, .. }), "{error}");
    let error = read_as(&plain, "code", Some(31370)).unwrap_err();
    assert!(matches!(error, BoundaryError::UnknownCrs { .. }), "{error}");
}

#[test]
fn degrees_declared_as_metres_are_refused() {
    let file = collection(&[feature(r#"{"code":"a"}"#, SQUARE)]);
    let error = read_as(&file, "code", Some(25833)).unwrap_err();
    assert!(matches!(error, BoundaryError::OutOfRange { .. }), "{error}");
}

#[test]
fn norwegian_files_are_read_whole() {
    // File, id property, areas, points, metres, and the area in km² that they enclose.
    let files = [
        ("oslo-bydeler-2013/bydeler.geojson", "bydel", 15, 940, 25832, 176.7),
        (
            "stavanger-levekaarssoner/stavanger_levekarssoner.geojson",
            "zone",
            73,
            20_806,
            25832,
            0.0,
        ),
        ("kommuner-2013/kommuner_2017.geojson", "kommunenr", 424, 27_059, 25833, 323_234.0),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/norway");
    for (file, id_property, n_areas, n_points, epsg, area_km2) in files {
        let path = folder.join(file);
        if !path.exists() {
            assert!(std::env::var("CI").is_err(), "{} is not here", path.display());
            println!("skipped: ../shared/data/norway/{file} is not here");
            continue;
        }
        let read = boundaries(&path, &options(id_property, None)).unwrap();
        assert_eq!(read.shapes().len(), n_areas, "{file}");
        assert_eq!(read.crs().epsg(), epsg, "{file}");
        let points: usize = read.shapes().iter().map(|s| s.projected.coords_count()).sum();
        assert!(points <= n_points && points + 50 > n_points, "{file}: {points} points");
        let total: f64 = read.shapes().iter().map(|shape| shape.area_km2()).sum();
        assert!(area_km2 == 0.0 || (total / area_km2 - 1.0).abs() < 0.001, "{file}: {total} km²");
    }
}

#[test]
fn a_gzip_file_with_a_byte_order_mark_is_read() {
    let text = format!("\u{feff}{}", collection(&[feature(r#"{"code":"å"}"#, SQUARE)]));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.geojson.gz");
    std::fs::write(&path, packer.finish().unwrap()).unwrap();
    assert_eq!(ids(&boundaries(&path, &options("code", None)).unwrap()), ["å"]);
    let error = boundaries(&folder.path().join("absent"), &options("code", None)).unwrap_err();
    assert!(matches!(error, BoundaryError::Unreadable { .. }));
}

fn read(file: &str, id_property: &str) -> Result<Boundaries, BoundaryError> {
    read_as(file, id_property, None)
}

fn read_as(file: &str, id: &str, crs: Option<u32>) -> Result<Boundaries, BoundaryError> {
    from_bytes(file.as_bytes(), &options(id, crs))
}

fn from_bytes(bytes: &[u8], options: &BoundaryOptions) -> Result<Boundaries, BoundaryError> {
    let path = PathBuf::from("areas.geojson");
    let quick = fast::read(bytes, None).expect("memory is read without errors");
    let collection = quick.map_or_else(|| geojson::slow(bytes, &path), Ok)?;
    from_collection(collection, &path, options)
}

fn options(id_property: &str, crs: Option<u32>) -> BoundaryOptions {
    BoundaryOptions { id_property: id_property.to_owned(), crs, ..BoundaryOptions::default() }
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn feature(properties: &str, rings: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},{}}}"#, polygon(rings))
}

fn polygon(rings: &str) -> String {
    format!(r#""geometry":{{"type":"Polygon","coordinates":{rings}}}"#)
}

fn ids(boundaries: &Boundaries) -> Vec<&str> {
    boundaries.shapes().iter().map(|shape| shape.id.as_str()).collect()
}

fn notice<'a>(boundaries: &'a Boundaries, key: &str) -> Vec<&'a str> {
    let found = boundaries.notices().iter().filter(|notice| notice.key == key);
    found.flat_map(|notice| &notice.items).map(|item| item.en.as_str()).collect()
}
