//! A researcher starts from a bare table, and takes over at any stage.

use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

#[test]
fn init_writes_a_project_that_runs_once_the_columns_are_named() {
    let table = "\
bydel;navn;folketall;median_income;low_education;employment;dropout;child_poverty
0301;Ås;1 200;410 000;12,5;71,2;20,1;9,4
0302;Bø;900;385 000;18,0;66,0;25,5;14,2
0303;Vær;1 500;455 000;8,1;78,3;15,0;6,6
";
    let folder = folder(&[("areas.csv", table.as_bytes())]);
    let at = folder.path().to_str().unwrap();
    let project = format!("{at}/project.toml");
    levekaar_ok(&["init", &format!("{at}/areas.csv"), "-o", &project]);
    let text = fs::read_to_string(&project).unwrap();
    for line in ["id = \"bydel\"", "name = \"navn\"", "population = \"folketall\""] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    let said = levekaar_ok(&["rank", &project]);
    let rows = csv(&said.out);
    assert_eq!(rows[0]["area"], "0302");
    assert_eq!(rows.len(), 3);
    let again = levekaar(&["init", &format!("{at}/areas.csv"), "-o", &project]);
    assert_eq!(again.code, 1, "an existing project file is not overwritten");
}

#[test]
fn scores_of_a_bare_table_come_in_the_tables_order() {
    let said = levekaar_ok(&[
        "score",
        "datasets/stavanger-levekaarssoner-2016/indicators.csv",
        "--index",
        "datasets/stavanger-levekaarssoner-2016/index.toml",
        "--name",
        "name",
    ]);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 71);
    assert_eq!((rows[0]["area"].as_str(), rows[0]["name"].as_str()), ("01", "Buøy"));
}

#[test]
fn a_copied_preset_gives_what_the_preset_gives() {
    let preset = levekaar_ok(&["presets", "show", "no-levekaar-5"]).out;
    let folder = folder(&[("mine.toml", preset.as_bytes())]);
    let mine = folder.path().join("mine.toml");
    let project = "datasets/oslo-bydeler-2013/project.toml";
    let by_preset = levekaar_ok(&["rank", project]).out;
    let by_copy = levekaar_ok(&["rank", project, "--index", mine.to_str().unwrap()]).out;
    assert_eq!(by_preset, by_copy);
}

#[test]
fn every_preset_is_listed_and_shown() {
    let list = levekaar_ok(&["presets", "list"]).out;
    assert!(list.lines().count() >= 6);
    for line in list.lines() {
        let id = line.split('\t').nth(1).unwrap();
        let text = levekaar_ok(&["presets", "show", id]).out;
        assert!(text.contains(&format!("id = \"{id}\"")));
    }
}

#[test]
fn parquet_and_csv_tables_give_the_same_ranking() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    levekaar_ok(&["run", "datasets/oslo-bydeler-2013/project.toml", "-o", at, "-q"]);
    let index = r#"version = 1
id = "again"
title = { nb = "Igjen", en = "Again" }
source = "test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
[ranking]
ties = "min"
[[indicator]]
id = "score"
title = { nb = "Skår", en = "Score" }
unit = "z"
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "as-is" }
"#;
    fs::write(out.path().join("again.toml"), index).unwrap();
    let again = |table: &str| {
        levekaar_ok(&[
            "rank",
            &format!("{at}/{table}"),
            "--index",
            &format!("{at}/again.toml"),
            "--name",
            "name",
        ])
        .out
    };
    let (csv_out, parquet_out) = (again("ranking.csv"), again("ranking.parquet"));
    assert_eq!(csv_out, parquet_out);
    assert!(csv_out.contains("Stovner"));
}

#[test]
fn the_selection_can_be_made_by_another_rule() {
    let project = "datasets/oslo-bydeler-2013/project.toml";
    let rows = csv(&levekaar_ok(&["select", project, "--rule", "worst-fifth-of-people"]).out);
    let selected = rows.iter().filter(|row| row["outcome"] == "selected").count();
    assert!((2..=5).contains(&selected), "{selected}");
    assert!(rows.iter().all(|row| !row["reason_nb"].is_empty() && !row["reason_en"].is_empty()));
}
