//! Do other programs get the same numbers?
//!
//! Each Python file of `tests/oracle/` runs the program that was built for this test, computes
//! the same with packages that others wrote, and fails with a word where the two differ. They run
//! when `LEVEKAAR_ORACLE_PYTHON` names a Python that has the packages of `requirements.txt`; with
//! `CI=true` its absence is a failure.

#![allow(clippy::print_stdout, reason = "a test says what it skips")]

use std::path::Path;
use std::process::Command;

#[test]
fn measures_are_those_of_pysal_and_scipy() {
    hold("measures.py");
}

fn hold(script: &str) {
    let Ok(python) = std::env::var("LEVEKAAR_ORACLE_PYTHON") else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "LEVEKAAR_ORACLE_PYTHON is not set, and CI=true");
        println!("skipped: LEVEKAAR_ORACLE_PYTHON names no Python with the packages");
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(script);
    let output = Command::new(python)
        .arg(path)
        .arg(env!("CARGO_BIN_EXE_levekaar"))
        .output()
        .expect("LEVEKAAR_ORACLE_PYTHON is a program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
}
