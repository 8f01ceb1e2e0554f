//! Golden: three domains of the English Indices of Deprivation 2019 from their sub-domains.
//!
//! Input: the published ranks of six sub-domains and of the four domains that have none.
//! Expected: the ranks of Education, Housing and Environment for all 32,844 LSOAs. Source: MHCLG,
//! File 2 and File 7; Open Government Licence v3.0.

use std::fmt::Write as _;

use super::{Csv, assert_off_by_near_ties_only, differences, run, shared};

/// The publisher computed in single precision: a rank share near 1 is off by 6e-8, and the
/// exponential is a thousand times steeper there. Half of it is a sub-domain's part. That this is
/// what sets the published order apart from ours, and not our order of operations, is shown by
/// [`in_single_precision`].
const SINGLE_PRECISION: f64 = 3e-5;

/// A domain with its two sub-domains and their weights, how many of its ranks differ in double
/// precision, and how many in single precision. Both are what numpy has.
type Domain = (&'static str, &'static str, [(&'static str, f64); 2], usize, usize);

const DOMAINS_OF_TWO: [Domain; 3] = [
    ("education", "Education_rank", [(SUB_DOMAINS[0], 0.5), (SUB_DOMAINS[1], 0.5)], 25, 1),
    ("housing", "Housing_and_Access_rank", [(SUB_DOMAINS[2], 0.5), (SUB_DOMAINS[3], 0.5)], 40, 2),
    (
        "environment",
        "Environment_rank",
        [(SUB_DOMAINS[4], 2.0 / 3.0), (SUB_DOMAINS[5], 1.0 / 3.0)],
        21,
        5,
    ),
];

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
    for (domain, published, sub_domains, near_ties, in_single) in DOMAINS_OF_TWO {
        let ranks = ours.by_id("area", &format!("{domain}_rank"));
        let printed = parts.by_id("lsoa11_code", published);
        let scores = ours.by_id("area", &format!("{domain}_score"));
        assert_off_by_near_ties_only(&scores, &ranks, &printed, SINGLE_PRECISION, near_ties);
        assert_eq!(differences(&ranks, &printed).0, near_ties, "{domain}");
        let single = in_single_precision(&parts, sub_domains);
        let single = parts.text("lsoa11_code").iter().cloned().zip(single).collect();
        assert_eq!(differences(&single, &printed).0, in_single, "{domain}");
    }
}

/// The ranks of a domain as the publisher must have had them: shares, exponentials and their sum
/// are cut to single precision, and nothing else is done otherwise.
fn in_single_precision(parts: &Csv, sub_domains: [(&str, f64); 2]) -> Vec<f64> {
    let k = 23.0_f64;
    let exponentials = sub_domains.map(|(column, _)| {
        let n = parts.numbers(column).len() as f64;
        let of_rank = |rank: f64| {
            let share = f64::from(((n - rank + 1.0) / n) as f32);
            f64::from((-k * (1.0 - share * (1.0 - (-100.0 / k).exp())).ln()) as f32)
        };
        average_ranks(&parts.numbers(column)).into_iter().map(of_rank).collect::<Vec<f64>>()
    });
    let [(_, first), (_, second)] = sub_domains;
    let pairs = exponentials[0].iter().zip(&exponentials[1]);
    let scores: Vec<f64> = pairs.map(|(a, b)| f64::from((first * a + second * b) as f32)).collect();
    let mut descending = scores.clone();
    descending.sort_by(|a, b| b.total_cmp(a));
    scores.iter().map(|x| 1.0 + descending.partition_point(|other| other > x) as f64).collect()
}

/// Ranks from the smallest, tied ones at their mean.
fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = |x: f64| sorted.partition_point(|other| *other < x) as f64;
    let up_to = |x: f64| sorted.partition_point(|other| *other <= x) as f64;
    values.iter().map(|x| (below(*x) + 1.0 + up_to(*x)) / 2.0).collect()
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
