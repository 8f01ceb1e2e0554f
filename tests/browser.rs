//! Does the report work in a real browser?
//!
//! `tests/browser/report.mjs` opens a report from its file with the network off, in Chromium, and
//! sorts, filters, clicks, follows links, prints, asks axe-core and validates the HTML. It runs
//! when `LEVEKAAR_BROWSER_MODULES` names the folder of its packages and a Chromium is installed;
//! `tests/run` sees to both. With `CI=true` their absence is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{folder, levekaar_ok, shared};

#[test]
fn oslos_report_works_in_a_browser() {
    in_a_browser("datasets/oslo-bydeler-2013/project.toml", 15);
}

#[test]
fn the_synthetic_citys_report_works_in_a_browser() {
    in_a_browser("datasets/syntetisk-51/project.toml", 51);
}

#[test]
fn stavangers_report_works_in_a_browser() {
    let Some(polygons) = shared("norway/stavanger-levekaarssoner/stavanger_levekarssoner.geojson")
    else {
        return;
    };
    let root = format!("{}/datasets/stavanger-levekaarssoner-2016", env!("CARGO_MANIFEST_DIR"));
    let project = fs::read_to_string(format!("{root}/project.toml"))
        .unwrap()
        .replace("# [boundaries]", "[boundaries]")
        .replace("# file = \"stavanger_levekarssoner.geojson\"", &format!("file = {polygons:?}"))
        .replace("# id = \"zone\"", "id = \"zone\"")
        .replace("# name = \"name\"", "name = \"name\"");
    let data = |name: &str| fs::read(format!("{root}/{name}")).unwrap();
    let folder = folder(&[
        ("project.toml", project.as_bytes()),
        ("indicators.csv", &data("indicators.csv")),
        ("index.toml", &data("index.toml")),
    ]);
    in_a_browser(&format!("{}/project.toml", folder.path().display()), 60);
}

/// Makes the report of a project and looks at it; it has at least so many rows.
fn in_a_browser(project: &str, rows: u64) {
    let Some((modules, chromium)) = tools() else { return };
    let out = tempfile::tempdir().unwrap();
    let report = out.path().join("report.html");
    levekaar_ok(&["report", project, "-o", report.to_str().unwrap(), "-q"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("node");
    command.arg(root.join("tests/browser/report.mjs")).args([&modules, &chromium, &report]);
    // For a person who wants to look at what the test saw.
    if let Some(pictures) = std::env::var_os("LEVEKAAR_PICTURES") {
        command.arg(pictures);
    }
    let said = command.output().unwrap();
    assert!(said.status.success(), "{project}:\n{}", String::from_utf8_lossy(&said.stderr));
    let measured: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert!(measured["rows"].as_u64().unwrap() >= rows, "{measured}");
    assert!(measured["bytes"].as_u64().unwrap() < 2_000_000, "{measured}");
    println!("{project}: {measured}");
}

/// The packages and the browser, or `None` with a word where they are not here.
fn tools() -> Option<(PathBuf, PathBuf)> {
    let modules = std::env::var_os("LEVEKAAR_BROWSER_MODULES").map(PathBuf::from);
    let chromium = std::env::var_os("LEVEKAAR_CHROMIUM").map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join("chromium")).find(|p| p.is_file())
    });
    match (modules, chromium) {
        (Some(modules), Some(chromium)) => Some((modules, chromium)),
        (modules, chromium) => {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            let missing =
                format!("packages: {}, Chromium: {}", modules.is_some(), chromium.is_some());
            assert!(!ci, "the browser tests lack something ({missing}), and CI=true");
            println!("skipped: no browser to look with ({missing})");
            None
        }
    }
}
