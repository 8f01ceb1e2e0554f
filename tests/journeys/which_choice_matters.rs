//! A researcher asks which choice of method makes the ranks uncertain.

use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const TOWN: &str = "datasets/syntetisk-51/project.toml";

#[test]
fn indices_of_every_assumption_are_written_and_drawn() {
    let out = tempfile::tempdir().unwrap();
    let plot = out.path().join("sensitivity.svg");
    let plot = plot.to_str().unwrap();
    let run = |threads: &str| {
        levekaar_ok(&[
            "sensitivity",
            TOWN,
            "--points",
            "64",
            "--resamples",
            "50",
            "--threads",
            threads,
            "--plot",
            plot,
            "--language",
            "en",
        ])
    };
    let said = run("1");
    assert_eq!(said.out, run("2").out);
    let rows = csv(&said.out);
    let of = |output: &str, index: &str| {
        rows.iter().filter(|r| r["output"] == output && r["index"] == index).count()
    };
    // Normalisation and weights vary in the usual space.
    assert_eq!((of("mean-rank-shift", "first"), of("selection-changes", "total")), (2, 2));
    assert_eq!(of("rank", "total"), 2 * 51);
    for row in &rows {
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        assert!(number("low") <= number("high"), "{row:?}");
        assert!(row["index"] == "first" || number("estimate") >= 0.0, "{row:?}");
    }
    let svg = fs::read_to_string(plot).unwrap();
    assert!(svg.contains("SYNTHETIC") || svg.contains("Synthetic"), "not labelled as synthetic");
    assert!(svg.contains("Normalisation"));
}

#[test]
fn a_number_of_points_that_is_no_power_of_two_is_refused_with_help() {
    let said = levekaar(&["sensitivity", TOWN, "--points", "1000"]);
    assert_eq!(said.code, 1);
    assert!(said.out.is_empty() && said.err.contains("1024"), "{}", said.err);
}

#[test]
fn a_project_that_asks_gets_the_indices_with_its_run() {
    let text = fs::read_to_string("datasets/syntetisk-51/project.toml").unwrap();
    let text = format!("{text}\n[sensitivity]\npoints = 16\nresamples = 20\n");
    let file = |name: &str| fs::read(format!("datasets/syntetisk-51/{name}")).unwrap();
    let (table, index) = (file("indicators.csv"), file("index.toml"));
    let shapes = file("boundaries.geojson");
    let project = folder(&[
        ("project.toml", text.as_bytes()),
        ("indicators.csv", &table),
        ("index.toml", &index),
        ("boundaries.geojson", &shapes),
    ]);
    let out = project.path().join("out");
    let path = project.path().join("project.toml");
    levekaar_ok(&["run", path.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    for name in ["sensitivity.csv", "sensitivity.svg"] {
        assert!(out.join(name).metadata().unwrap().len() > 0, "{name}");
    }
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("Hvilke valg gjør rangen usikker?"));
}
