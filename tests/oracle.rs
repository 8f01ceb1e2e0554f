//! Do other programs get the same numbers?
//!
//! Each Python file of `tests/oracle/` computes with packages that others wrote. They run when
//! `LEVEKAAR_ORACLE_PYTHON` names a Python that has the packages of `requirements.txt`; with
//! `CI=true` its absence is a failure.

mod clamp;
mod contiguity;
mod index_methods;
mod published_schemes;
mod sobol_indices;
mod standardised_rates;

use std::path::Path;
use std::process::Command;

#[test]
fn measures_are_those_of_pysal_and_scipy() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("measures.py", &[program]);
}

#[test]
fn classes_are_those_of_mapclassify_and_ckmeans() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("classes.py", &[program]);
}

#[test]
fn spatial_statistics_are_those_of_esda() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("spatial.py", &[program]);
}

#[test]
fn rank_sets_and_standard_errors_are_those_of_numpy() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("confidence_sets.py", &[program]);
}

#[test]
fn the_workbook_is_what_openpyxl_and_libreoffice_read() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("workbook.py", &[program]);
}

#[test]
fn the_live_formulas_of_a_funding_workbook_give_what_stands_in_their_cells() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let _ = said("funding_workbook.py", &[program]);
}

#[test]
fn areas_are_those_of_geopandas_and_shapely() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let oslo =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/oslo-bydeler-2013/bydeler.geojson");
    let _ = said("gis_files.py", &[program, &oslo]);
}

/// The JSON that a script prints; `None`, said on stdout, without a Python.
pub(crate) fn ask(script: &str, arguments: &[&Path]) -> Option<serde_json::Value> {
    Some(serde_json::from_slice(&said(script, arguments)?).unwrap())
}

/// What a script prints. It ends with a word on stderr where its numbers and ours differ.
fn said(script: &str, arguments: &[&Path]) -> Option<Vec<u8>> {
    let Ok(python) = std::env::var("LEVEKAAR_ORACLE_PYTHON") else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "LEVEKAAR_ORACLE_PYTHON is not set, and CI=true");
        println!("skipped: LEVEKAAR_ORACLE_PYTHON names no Python with the packages");
        return None;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(script);
    let output = Command::new(python).arg(path).args(arguments).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}
