//! A planner wants the clusters of the scores in the report of the project.

use std::fs;

use crate::harness::{folder, levekaar_ok};

#[test]
fn a_project_that_asks_for_clusters_gets_files_and_a_section() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/syntetisk-51");
    let folder = folder(&[]);
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let project = folder.path().join("project.toml");
    let mut text = fs::read_to_string(&project).unwrap();
    text.push_str("\n[spatial]\npermutations = 999\ncorrection = \"none\"\nreplicates = 20\n");
    text.push_str("weights = { method = \"queen\" }\n");
    fs::write(&project, text).unwrap();
    let out = folder.path().join("out");
    levekaar_ok(&["run", project.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let clusters = fs::read_to_string(out.join("clusters.csv")).unwrap();
    assert!(clusters.lines().count() == 52 && clusters.contains("high_high_share"));
    assert!(fs::read_to_string(out.join("clusters.svg")).unwrap().contains("Høy–høy"));
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("id=\"clusters\"") && report.contains("Morans I for skårene"));
}
