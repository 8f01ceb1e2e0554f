//! Oracle: neighbours by outline beside libpysal and GEOS.

use std::path::Path;

use super::said;
use crate::harness::{levekaar_ok, shared};

#[test]
fn neighbours_are_those_of_libpysal() {
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let oslo =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/oslo-bydeler-2013/bydeler.geojson");
    let _ = said("contiguity.py", &[program, &oslo, Path::new("bydel")]);
    let Some(stavanger) = shared("norway/stavanger-levekaarssoner/stavanger_levekarssoner.geojson")
    else {
        return;
    };
    let _ = said("contiguity.py", &[program, &stavanger, Path::new("zone")]);
}

#[test]
fn neighbours_of_seven_thousand_zones_are_those_of_libpysal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    levekaar_ok(&["synth", "--areas", "7056", "--years", "2024..2024", "--seed", "1", "-o", path]);
    let program = Path::new(env!("CARGO_BIN_EXE_levekaar"));
    let map = folder.path().join("boundaries.geojson");
    let _ = said("contiguity.py", &[program, &map, Path::new("area")]);
}
