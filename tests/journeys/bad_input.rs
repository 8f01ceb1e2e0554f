//! Each bad input gives one clear message with what to do, exit code 1, and nothing half-written.

use std::fs;

use crate::harness::{Said, folder, levekaar};

const TABLE: &str = "\
zone,name,a,b
01,Nord,1.5,10
02,Sør,2.5,20
03,Øst,3.5,15
";

const INDEX: &str = r#"version = 1
id = "two"
title = { nb = "To", en = "Two" }
source = "test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
[ranking]
ties = "min"
[defaults]
normalise = { method = "z-score" }
[[indicator]]
id = "a"
title = { nb = "A", en = "A" }
unit = "km"
direction = "higher-is-worse"
weight = 0.5
[[indicator]]
id = "b"
title = { nb = "B", en = "B" }
unit = "km"
direction = "higher-is-worse"
weight = 0.5
"#;

const PROJECT: &str = r#"version = 1
id = "test"
title = { nb = "Test", en = "Test" }
language = "en"
[areas]
file = "table.csv"
id = "zone"
name = "name"
[index]
file = "index.toml"
"#;

const SQUARES: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"zone":"01"},"geometry":{"type":"Polygon","coordinates":[[[5,60],[6,60],[6,61],[5,60]]]}},
{"type":"Feature","properties":{"zone":"02"},"geometry":{"type":"Polygon","coordinates":[[[6,60],[7,60],[7,61],[6,60]]]}}]}"#;

const WITH_BOUNDARIES: &str = "[boundaries]\nfile = \"zones.geojson\"\nid = \"zone\"\n";

#[test]
fn the_good_input_goes_through() {
    let said = run(PROJECT, INDEX, TABLE.as_bytes(), SQUARES).0;
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn an_empty_file() {
    refused(PROJECT, INDEX, b"", &["table.csv", "is empty", "header line"]);
}

#[test]
fn a_header_only() {
    refused(PROJECT, INDEX, b"zone,name,a,b\n", &["has a header but no rows", "one line an area"]);
}

#[test]
fn a_wrong_delimiter_forced() {
    let project = format!("{PROJECT}[areas.format]\ndelimiter = \";\"\n");
    let project = project.replace("[index]\nfile = \"index.toml\"\n", "")
        + "[index]\nfile = \"index.toml\"\n";
    refused(
        &project,
        INDEX,
        TABLE.as_bytes(),
        &["there are no columns", "read as one column", "delimiter"],
    );
}

#[test]
fn an_id_column_that_is_missing() {
    let project = PROJECT.replace("id = \"zone\"", "id = \"zome\"");
    refused(&project, INDEX, TABLE.as_bytes(), &["no column `zome`", "did you mean `zone`?"]);
}

#[test]
fn double_ids() {
    let table = format!("{TABLE}01,Nord igjen,1,2\n");
    refused(
        PROJECT,
        INDEX,
        table.as_bytes(),
        &["stand more than once", "`01` on lines 2 and 5", "once"],
    );
}

#[test]
fn text_in_a_number() {
    let table = TABLE.replace("2.5", "mange");
    refused(
        PROJECT,
        INDEX,
        table.as_bytes(),
        &["`a` are not numbers", "`mange` on line 3", "areas.missing"],
    );
}

#[test]
fn latin1_that_is_declared_as_utf8() {
    let table = TABLE.chars().map(|c| c as u8).collect::<Vec<u8>>();
    let project = format!("{PROJECT}[areas.format]\nencoding = \"utf8\"\n");
    refused(&project, INDEX, &table, &["declared as UTF-8", "line 3", "latin1"]);
}

#[test]
fn boundaries_without_the_id_property() {
    let project =
        format!("{PROJECT}{WITH_BOUNDARIES}").replace("id = \"zone\"\n[", "id = \"zone\"\n[");
    let squares = SQUARES.replace("\"zone\"", "\"sone\"");
    let (said, _) = run(&project, INDEX, TABLE.as_bytes(), &squares);
    message(&said, &["zone", "sone"]);
}

#[test]
fn boundaries_that_are_not_json() {
    let project = format!("{PROJECT}{WITH_BOUNDARIES}");
    let (said, _) = run(&project, INDEX, TABLE.as_bytes(), &SQUARES[..200]);
    message(&said, &["zones.geojson", "JSON"]);
}

#[test]
fn an_unknown_preset() {
    let project = PROJECT.replace("file = \"index.toml\"", "preset = \"no-levekar-5\"");
    refused(
        &project,
        INDEX,
        TABLE.as_bytes(),
        &["no index preset `no-levekar-5`", "did you mean `no-levekaar-5`?"],
    );
}

#[test]
fn weights_that_sum_to_zero() {
    let index = INDEX.replace("weight = 0.5", "weight = 0.0");
    refused(PROJECT, &index, TABLE.as_bytes(), &["sum to 0", "above zero"]);
}

#[test]
fn an_indicator_without_any_value() {
    let table = "zone,name,a,b\n01,Nord,:,10\n02,Sør,..,20\n";
    refused(
        PROJECT,
        INDEX,
        table.as_bytes(),
        &["`a` has no value in any of the 2 areas", "definition"],
    );
}

#[test]
fn one_area_only() {
    refused(PROJECT, INDEX, b"zone,name,a,b\n01,Nord,1,2\n", &["one area only", "at least two"]);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    // A file in the way stops root too, which a read-only folder would not.
    let folder = files(PROJECT, INDEX, TABLE.as_bytes(), SQUARES);
    let at = folder.path().to_str().unwrap();
    fs::write(folder.path().join("out"), "a file").unwrap();
    let said = levekaar(&["run", &format!("{at}/project.toml"), "-o", &format!("{at}/out/deeper")]);
    message(&said, &["cannot write to", "-o DIR"]);
    assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), "a file");
}

#[test]
fn an_unknown_key_is_pointed_at() {
    let project = PROJECT.replace("language", "langauge");
    refused(
        &project,
        INDEX,
        TABLE.as_bytes(),
        &["unknown field `langauge`", "did you mean `language`?", "project.toml:4"],
    );
}

#[test]
fn totals_must_be_left_out_or_kept() {
    let table = format!("{TABLE}99,Uoppgitt,2,12\n");
    refused(PROJECT, INDEX, table.as_bytes(), &["look like totals", "exclude", "keep"]);
}

#[test]
fn percentages_beyond_a_hundred() {
    let index = INDEX.replacen("unit = \"km\"", "unit = \"%\"", 1);
    let table = TABLE.replace("3.5", "350");
    refused(PROJECT, &index, table.as_bytes(), &["outside 0..100", "Øst (03) with 350"]);
}

#[test]
fn everything_wrong_with_a_table_is_told_at_once() {
    let table = "zone,name,a,b\n01,Nord,x,10\n01,Sør,2,10\n03,i alt,3,10\n";
    refused(
        PROJECT,
        INDEX,
        table.as_bytes(),
        &["4 problems", "not numbers", "more than once", "totals", "every area"],
    );
}

#[test]
fn a_geometric_mean_of_z_scores_is_refused() {
    let index = INDEX.replace("arithmetic-mean", "geometric-mean");
    refused(PROJECT, &index, TABLE.as_bytes(), &["needs values above zero", "min-max"]);
}

#[test]
fn wrong_usage_has_exit_code_two() {
    assert_eq!(levekaar(&["rnak"]).code, 2);
    assert_eq!(levekaar(&["run"]).code, 2);
}

/// Exit code 1, one message with each of these, and no output.
fn refused(project: &str, index: &str, table: &[u8], parts: &[&str]) {
    let (said, wrote) = run(project, index, table, SQUARES);
    message(&said, parts);
    assert!(!wrote, "something was written although the run failed");
}

fn message(said: &Said, parts: &[&str]) {
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(said.out, "", "stdout is data");
    assert!(!said.err.contains("panicked"), "{}", said.err);
    // The terminal breaks lines anywhere; a reader does not mind.
    let plain = |text: &str| {
        text.split([' ', '\n', '│', '×']).filter(|w| !w.is_empty()).collect::<String>()
    };
    let err = plain(&said.err);
    for part in parts {
        assert!(err.contains(&plain(part)), "`{part}` is not in:\n{}", said.err);
    }
}

fn run(project: &str, index: &str, table: &[u8], squares: &str) -> (Said, bool) {
    let folder = files(project, index, table, squares);
    let at = folder.path().to_str().unwrap();
    let out = folder.path().join("out");
    let said = levekaar(&["run", &format!("{at}/project.toml"), "-o", out.to_str().unwrap()]);
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.') || name == "out")
        .collect();
    (said, !left.is_empty())
}

fn files(project: &str, index: &str, table: &[u8], squares: &str) -> tempfile::TempDir {
    folder(&[
        ("project.toml", project.as_bytes()),
        ("index.toml", index.as_bytes()),
        ("table.csv", table),
        ("zones.geojson", squares.as_bytes()),
    ])
}
