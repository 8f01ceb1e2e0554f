//! An analyst asks what another set of weights would change.

use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const PROJECT: &str = "datasets/oslo-bydeler-2013/project.toml";

#[test]
fn the_change_of_every_score_is_the_sum_of_its_parts() {
    let other = levekaar_ok(&["presets", "show", "no-levekaar-5"]).out;
    let mut index: toml::Table = toml::from_str(&other).unwrap();
    index["id"] = "mine".into();
    for (at, indicator) in index["indicator"].as_array_mut().unwrap().iter_mut().enumerate() {
        let weight = [0.4, 0.3, 0.1, 0.1, 0.1][at];
        indicator.as_table_mut().unwrap().insert("weight".into(), weight.into());
    }
    let score = index["score"].as_table_mut().unwrap();
    score.insert("weights".into(), toml::from_str::<toml::Value>("method = \"given\"").unwrap());
    let files = folder(&[("mine.toml", toml::to_string(&index).unwrap().as_bytes())]);
    let mine = files.path().join("mine.toml");
    let said =
        levekaar_ok(&["compare", PROJECT, "--index", mine.to_str().unwrap(), "--language", "en"]);
    assert!(said.err.contains("Spearman") && said.err.contains("rank"), "{}", said.err);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 15);
    let parts: Vec<&String> = rows[0].keys().filter(|key| key.starts_with("shift_")).collect();
    assert_eq!(parts.len(), 6, "{parts:?}");
    let mut last = f64::INFINITY;
    for row in &rows {
        let sum: f64 = parts.iter().map(|part| row[*part].parse::<f64>().unwrap()).sum();
        assert!((sum - row["score_shift"].parse::<f64>().unwrap()).abs() < 1e-9, "{row:?}");
        let moved = row["rank_shift"].parse::<f64>().unwrap().abs();
        assert!(moved <= last, "those that move most come first");
        last = moved;
    }
}

#[test]
fn a_project_against_itself_changes_nothing() {
    let said = levekaar_ok(&["compare", PROJECT, PROJECT]);
    assert!(said.err.contains("Ingen områder skifter rang."), "{}", said.err);
    assert!(csv(&said.out).iter().all(|row| row["rank_shift"] == "0" && row["in"] == "both"));
}

#[test]
fn what_is_not_a_project_is_refused_with_a_word() {
    let said = levekaar(&["compare", "datasets/oslo-bydeler-2013/indicators.csv", PROJECT]);
    assert!(said.code == 1 && said.err.contains("is not a project file"), "{}", said.err);
    assert_eq!(levekaar(&["compare", PROJECT]).code, 2);
}

#[test]
fn the_result_goes_to_a_file_when_asked() {
    let files = folder(&[]);
    let path = files.path().join("shifts.csv");
    let said = levekaar_ok(&["--quiet", "compare", PROJECT, PROJECT, "-o", path.to_str().unwrap()]);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
    assert_eq!(csv(&fs::read_to_string(path).unwrap()).len(), 15);
}
