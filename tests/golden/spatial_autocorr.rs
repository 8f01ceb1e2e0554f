//! Golden: homicide rates of 78 counties around St. Louis, as esda tests them.
//!
//! Input: `HR8893` and the neighbours of `stl.gal`. Expected: esda 2.9.0's own tests (PySAL
//! developers, BSD-3-Clause). The rest of that folder's cases are small enough to stand in
//! `src/spatial/tests.rs`.

use super::{Csv, run, shared};
use crate::harness::folder;

/// Far below the last digit that esda's tests compare.
const TOLERANCE: f64 = 1e-8;

#[test]
fn moran_of_homicides_around_st_louis_is_that_of_esda() {
    let Some(file) = shared("golden/spatial_autocorr/stl_hom.csv") else { return };
    let published = Csv::read(&file);
    let rates = published.text("HR8893").iter().zip(1..);
    let rows: String = rates.map(|(rate, id)| format!("{id},{rate}\n")).collect();
    let folder = folder(&[("t.csv", format!("id,rate\n{rows}").as_bytes())]);
    let table = folder.path().join("t.csv");
    let gal = file.with_file_name("stl.gal");
    let ours = run(&[
        "spatial",
        table.to_str().unwrap(),
        "--column",
        "rate",
        "--weights",
        gal.to_str().unwrap(),
        "--statistic",
        "moran",
        "--alternative",
        "greater",
    ]);
    let found = [ours.numbers("value")[0], ours.numbers("p_normal")[0]];
    for (found, expected) in found.iter().zip([0.2436558262177166, 0.00013573931385468807]) {
        assert!((found - expected).abs() <= TOLERANCE, "{found}, not {expected}");
    }
}
