//! Golden: the Northern Ireland Multiple Deprivation Measure 2010.
//!
//! Input: the published ranks of seven domains. Expected: the rank of all 890 super output areas.
//! Source: NISRA, NIMDM 2010; Open Government Licence v3.0.

use super::{Csv, differences, run, shared};

#[test]
fn ranks_are_the_published_ones() {
    let Some(file) = shared("golden/nimdm2010_ni/data.csv.gz") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-nimdm-2010", "--id", "soa01_code"]);
    assert_eq!(ours.text("area").len(), 890);
    let wanted = published.by_id("soa01_code", "IMD_rank");
    let (differing, by) = differences(&ours.by_id("area", "rank"), &wanted);
    assert_eq!(differing, 0, "ranks differ by up to {by}");
}
