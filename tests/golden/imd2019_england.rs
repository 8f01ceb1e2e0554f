//! Golden: the English Index of Multiple Deprivation 2019.
//!
//! Input: the published ranks of seven domains. Expected: rank and decile of all 32,844 LSOAs.
//! Source: MHCLG, The English Indices of Deprivation 2019, File 7; Open Government Licence v3.0.

use super::{Csv, assert_off_by_near_ties_only, differences, run, shared};

/// The publisher computed in single precision, which carries seven digits of a score below 100.
const SINGLE_PRECISION: f64 = 1e-5;

/// How many of the 32,844 ranks single precision turns about.
const NEAR_TIES: usize = 30;

#[test]
fn ranks_are_the_published_ones_but_for_near_ties() {
    let Some(file) = shared("golden/iod2019_england/data.csv.gz") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-imd-2019", "--id", "lsoa11_code"]);
    assert_eq!(ours.text("area").len(), 32_844);
    assert_off_by_near_ties_only(
        &ours.by_id("area", "score"),
        &ours.by_id("area", "rank"),
        &published.by_id("lsoa11_code", "IMD_rank"),
        SINGLE_PRECISION,
        NEAR_TIES,
    );
    let (differing, _) =
        differences(&ours.by_id("area", "rank"), &published.by_id("lsoa11_code", "IMD_rank"));
    assert_eq!(differing, NEAR_TIES);
    let (differing, by) =
        differences(&ours.by_id("area", "decile"), &published.by_id("lsoa11_code", "IMD_decile"));
    assert_eq!(differing, 0, "deciles differ by up to {by}");
}
