//! An analyst asks whether an index hangs together.

use std::fs;

use crate::harness::{csv, folder, levekaar_ok};

const PROJECT: &str = "datasets/oslo-bydeler-2013/project.toml";

#[test]
fn a_diagnosis_is_a_folder_of_tables_and_a_picture() {
    let files = folder(&[]);
    let target = files.path().join("diagnosis");
    let said =
        levekaar_ok(&["diagnose", PROJECT, "-o", target.to_str().unwrap(), "--language", "en"]);
    assert_eq!(said.out.lines().count(), 6, "{}", said.out);
    assert!(said.err.contains("Cronbach's alpha"), "{}", said.err);
    let table = |name: &str| csv(&fs::read_to_string(target.join(name)).unwrap());
    assert_eq!(table("statistics.csv").len(), 5);
    assert_eq!(table("correlations.csv").len(), 10);
    let weights = table("weights.csv");
    let sum: f64 = weights.iter().map(|row| row["effective_weight"].parse::<f64>().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-12);
    assert!(weights.iter().all(|row| row["rank_correlation_without"].parse::<f64>().is_ok()));
    let values = |kind: &str| -> f64 {
        let rows = table("pca.csv");
        let of_kind = rows.iter().filter(|row| row["kind"] == kind);
        of_kind.map(|row| row["value"].parse::<f64>().unwrap()).sum()
    };
    assert!((values("eigenvalue") - 5.0).abs() < 1e-12);
    assert!(fs::read(target.join("correlations.png")).unwrap().starts_with(b"\x89PNG"));
    let svg = fs::read_to_string(target.join("correlations.svg")).unwrap();
    assert!(svg.contains("Correlation between the indicators"));
}

#[test]
fn the_tables_are_the_same_on_any_number_of_threads() {
    let run = |threads: &str| levekaar_ok(&["diagnose", PROJECT, "--threads", threads]).out;
    assert_eq!(run("1"), run("4"));
}
