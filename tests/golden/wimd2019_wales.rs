//! Golden: the Welsh Index of Multiple Deprivation 2019.
//!
//! Input: the published ranks of eight domains. Expected: score (printed in full) and rank of all
//! 1,909 LSOAs. Source: Welsh Government, WIMD 2019; Open Government Licence v3.0.

use super::{Csv, differences, run, shared};

/// The release prints scores in full, so that only the last bits may differ.
const TOLERANCE: f64 = 1e-6;

#[test]
fn scores_and_ranks_are_the_published_ones() {
    let Some(file) = shared("golden/wimd2019_wales/data.csv.gz") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-wimd-2019", "--id", "lsoa11_code"]);
    assert_eq!(ours.text("area").len(), 1909);

    let ranks =
        differences(&ours.by_id("area", "rank"), &published.by_id("lsoa11_code", "IMD_rank"));
    assert_eq!(ranks.0, 0, "ranks differ by up to {}", ranks.1);
    let scores =
        differences(&ours.by_id("area", "score"), &published.by_id("lsoa11_code", "IMD_score"));
    assert!(scores.1 < TOLERANCE, "{}", scores.1);
}
