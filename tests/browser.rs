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

#[test]
fn a_report_of_7000_areas_is_small_and_works_in_a_browser() {
    if tools().is_none() {
        return;
    }
    let city = tempfile::tempdir().unwrap();
    let at = city.path().to_str().unwrap();
    levekaar_ok(&["synth", "--areas", "7000", "--years", "2024..2024", "-o", at, "-q"]);
    let project = format!("{at}/project.toml");
    // Of so many areas the worst thousand have rows.
    look_at(&project, 1_000, 15_000_000, Some("large"));
}

#[test]
fn a_report_is_printed_to_a_pdf_with_a_page_an_area() {
    let Some((_, chromium)) = tools() else { return };
    let out = tempfile::tempdir().unwrap();
    let page = out.path().join("report.html");
    let said = Command::new(env!("CARGO_BIN_EXE_levekaar"))
        .args(["report", "datasets/oslo-bydeler-2013/project.toml", "-q", "--pdf", "-o"])
        .arg(&page)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LEVEKAAR_CHROMIUM", chromium)
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let pdf = page.with_extension("pdf");
    let printed = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(printed.lines().next_back(), pdf.to_str(), "{printed}");
    let bytes = fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
    // Objects of the type `Page`; `Pages` is the tree that holds them.
    let text = String::from_utf8_lossy(&bytes);
    let n_pages = text.split("/Type /Page").skip(1).filter(|rest| !rest.starts_with('s')).count();
    // Each of the 15 districts has a page of its own, beside the ten or so before them.
    assert!((20..=60).contains(&n_pages), "{n_pages} pages");
    // Where poppler is installed it opens the file and counts the same.
    if let Ok(info) = Command::new("pdfinfo").arg(&pdf).output() {
        let info = String::from_utf8_lossy(&info.stdout).into_owned();
        let counted = info.lines().find_map(|line| line.strip_prefix("Pages:"));
        assert_eq!(counted.map(str::trim), Some(n_pages.to_string().as_str()), "{info}");
        assert!(info.contains("A4"), "{info}");
    }
}

/// Makes the report of a project and looks at it; it has at least so many rows.
fn in_a_browser(project: &str, rows: u64) {
    look_at(project, rows, 2_000_000, None);
}

/// The same for a report that may have so many bytes. Of a `large` one axe-core sees the first rows
/// of each table and the first outlines of each map, and its HTML, which comes from the templates
/// of the small ones, is not validated.
fn look_at(project: &str, rows: u64, most_bytes: u64, size: Option<&str>) {
    let Some((modules, chromium)) = tools() else { return };
    let out = tempfile::tempdir().unwrap();
    let report = out.path().join("report.html");
    levekaar_ok(&["report", project, "-o", report.to_str().unwrap(), "-q"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("node");
    command.arg(root.join("tests/browser/report.mjs")).args([&modules, &chromium, &report]);
    // For a person who wants to look at what the test saw.
    let pictures = std::env::var_os("LEVEKAAR_PICTURES").unwrap_or_default();
    command.arg(pictures).args(size);
    let said = command.output().unwrap();
    assert!(said.status.success(), "{project}:\n{}", String::from_utf8_lossy(&said.stderr));
    let measured: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert!(measured["rows"].as_u64().unwrap() >= rows, "{measured}");
    assert!(measured["bytes"].as_u64().unwrap() < most_bytes, "{measured}");
    assert!(measured["scroll"]["first"]["frames"].as_u64().unwrap() > 30, "{measured}");
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
