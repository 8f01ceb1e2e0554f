//! Golden: the Scottish Index of Multiple Deprivation 2016.
//!
//! Input: the published ranks of seven domains, ties with average ranks. Expected: the rank of
//! all 6,976 data zones. Source: Scottish Government, SIMD16; Open Government Licence v3.0.

use super::{Csv, differences, run, shared};

#[test]
fn ranks_are_the_published_ones() {
    let Some(file) = shared("golden/simd2016_scotland/data.csv.gz") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-simd-2016", "--id", "dz11_code"]);
    assert_eq!(ours.text("area").len(), 6976);
    let (differing, by) =
        differences(&ours.by_id("area", "rank"), &published.by_id("dz11_code", "IMD_rank"));
    assert_eq!(differing, 0, "ranks differ by up to {by}");
}
