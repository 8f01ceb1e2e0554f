//! Golden: the English Index of Multiple Deprivation 2000.
//!
//! Input: the published scores of six domains. Expected: the rank of all 8,414 wards. Source: DETR,
//! Indices of Deprivation 2000; Open Government Licence v3.0.

use super::{Csv, differences, run, shared};

#[test]
fn ranks_are_the_published_ones() {
    let Some(file) = shared("golden/imd2000_england/data.csv.gz") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-imd-2000", "--id", "Ward"]);
    assert_eq!(ours.text("area").len(), 8414);
    let wanted = published.by_id("Ward", "Rank of Index of Multiple Deprivation");
    let (differing, by) = differences(&ours.by_id("area", "rank"), &wanted);
    assert_eq!(differing, 0, "ranks differ by up to {by}");
}
