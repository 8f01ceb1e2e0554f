//! Do the notebooks run, from top to bottom?
//!
//! Each notebook of `notebooks/` drives the program that was just built, and asserts its own key
//! numbers. They run when `LEVEKAAR_NOTEBOOK_PYTHON` names a Python that has the packages of
//! `notebooks/requirements.txt`; `tests/run` sees to it. With `CI=true` its absence is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn each_notebook_runs_from_top_to_bottom() {
    let Ok(python) = std::env::var("LEVEKAAR_NOTEBOOK_PYTHON") else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "LEVEKAAR_NOTEBOOK_PYTHON is not set, and CI=true");
        println!("skipped: LEVEKAAR_NOTEBOOK_PYTHON names no Python with the packages");
        return;
    };
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let notebooks = notebooks();
    assert_eq!(notebooks.len(), 5, "{notebooks:?}");
    let output = Command::new(python)
        .arg(root().join("notebooks/execute.py"))
        .args(&notebooks)
        .env("LEVEKAAR", program)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn notebooks_are_stored_without_outputs() {
    for path in notebooks() {
        let text = fs::read_to_string(&path).unwrap();
        let book: serde_json::Value = serde_json::from_str(&text).unwrap();
        for cell in book["cells"].as_array().unwrap() {
            if cell["cell_type"] == "code" {
                assert_eq!(cell["outputs"], serde_json::json!([]), "{}", path.display());
                assert!(cell["execution_count"].is_null(), "{}", path.display());
            }
        }
    }
}

fn notebooks() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(root().join("notebooks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ipynb"))
        .collect();
    all.sort();
    all
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
