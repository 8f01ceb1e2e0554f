//! Golden: three domains of the English Indices of Deprivation 2019 from their sub-domains.
//!
//! Input: the published ranks of six sub-domains and of the four domains that have none.
//! Expected: the ranks of Education, Housing and Environment for all 32,844 LSOAs. Source: MHCLG,
//! File 2 and File 7; Open Government Licence v3.0.

use std::fmt::Write as _;

use super::{Csv, assert_off_by_near_ties_only, run, shared};

/// The publisher computed in single precision: a rank share near 1 is off by 6e-8, and the
/// exponential is a thousand times steeper there. Half of it is a sub-domain's part.
const SINGLE_PRECISION: f64 = 3e-5;

const SUB_DOMAINS: [&str; 6] = [
    "Children_and_young_people_rank",
    "Adult_skills_rank",
    "Geographical_barriers_rank",
    "Wider_barriers_rank",
    "Indoors_rank",
    "Outdoors_rank",
];
const DOMAINS: [&str; 4] = ["Income_rank", "Employment_rank", "Health_rank", "Crime_rank"];

#[test]
fn domain_ranks_are_the_published_ones_but_for_near_ties() {
    let Some(domains) = shared("golden/iod2019_england/data.csv.gz") else { return };
    let Some(parts) = shared("golden/iod2019_england/subdomains.csv.gz") else { return };
    let (domains, parts) = (Csv::read(&domains), Csv::read(&parts));
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("areas.csv");
    std::fs::write(&table, joined(&domains, &parts)).unwrap();
    let path = table.to_str().unwrap();
    let ours = run(&["rank", path, "--index", "gb-imd-2019-subdomains", "--id", "lsoa11_code"]);
    assert_eq!(ours.text("area").len(), 32_844);
    // The score of a domain is what its rank is made from; its order is all that can be compared.
    for (domain, published, near_ties) in [
        ("education", "Education_rank", 25),
        ("housing", "Housing_and_Access_rank", 40),
        ("environment", "Environment_rank", 21),
    ] {
        assert_off_by_near_ties_only(
            &ours.by_id("area", &format!("{domain}_score")),
            &ours.by_id("area", &format!("{domain}_rank")),
            &parts.by_id("lsoa11_code", published),
            SINGLE_PRECISION,
            near_ties,
        );
    }
}

/// The two files side by side, by id.
fn joined(domains: &Csv, parts: &Csv) -> String {
    let ids = parts.text("lsoa11_code");
    let of_parts = SUB_DOMAINS.map(|column| parts.numbers(column));
    let of_domains = DOMAINS.map(|column| domains.by_id("lsoa11_code", column));
    let mut text = format!("lsoa11_code,{},{}\n", SUB_DOMAINS.join(","), DOMAINS.join(","));
    for (at, id) in ids.iter().enumerate() {
        text.push_str(id);
        of_parts.iter().for_each(|column| write!(text, ",{}", column[at]).unwrap());
        of_domains.iter().for_each(|column| write!(text, ",{}", column[id]).unwrap());
        text.push('\n');
    }
    text
}
