//! Oracle: our numbers beside those of programs that are trusted.
//!
//! Run when `LEVEKAAR_ORACLE_PYTHON` names a Python with the packages of
//! `tests/oracle/requirements.txt`; CI makes one and fails without it.

mod index_methods;

use std::path::Path;
use std::process::Command;

/// The JSON that a script of `tests/oracle/` prints; `None`, said on stdout, without a Python.
pub(crate) fn ask(script: &str, arguments: &[&Path]) -> Option<serde_json::Value> {
    let Ok(python) = std::env::var("LEVEKAAR_ORACLE_PYTHON") else {
        let ci = std::env::var("CI").as_deref() == Ok("true");
        assert!(!ci, "LEVEKAAR_ORACLE_PYTHON is not set, and CI must run this test");
        println!("skipped: LEVEKAAR_ORACLE_PYTHON is not set");
        return None;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(script);
    let output = Command::new(python).arg(path).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
