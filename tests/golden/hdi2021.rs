//! Golden: the Human Development Index 2021.
//!
//! Input: life expectancy, expected and mean schooling, income per head. Expected: the index to
//! three decimals and its rank (1 is best) for 191 countries. Source: UNDP, Human Development
//! Report 2021/2022, statistical annex, table 1; CC BY 3.0 IGO.

use super::{Csv, differences, run, shared};

#[test]
fn the_index_and_its_rank_are_the_published_ones() {
    let Some(file) = shared("golden/hdi2021/data.csv") else { return };
    let published = Csv::read(&file);
    let path = file.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "un-hdi-2021", "--id", "country"]);
    assert_eq!(ours.text("area").len(), 191);
    for (column, wanted) in [("score", "hdi"), ("rank", "hdi_rank")] {
        let wanted = published.by_id("country", wanted);
        let (differing, by) = differences(&ours.by_id("area", column), &wanted);
        assert_eq!(differing, 0, "{column} differs by up to {by}");
    }
}
