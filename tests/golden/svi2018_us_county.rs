//! Golden: the US Social Vulnerability Index 2018 by county.
//!
//! Input: 15 percentages and incomes, -999 where missing. Expected: percentiles (EPL), sums (SPL),
//! percentiles of sums (RPL) and flags (F) of all 3,142 counties. Source: CDC/ATSDR; public domain.

use std::collections::BTreeMap;

use super::{Csv, differences, run, shared};

const INDICATORS: [&str; 15] = [
    "POV", "UNEMP", "PCI", "NOHSDP", "AGE65", "AGE17", "DISABL", "SNGPNT", "MINRTY", "LIMENG",
    "MUNIT", "MOBILE", "CROWD", "NOVEH", "GROUPQ",
];

#[test]
fn percentiles_sums_and_ranks_are_the_published_ones() {
    let Some((ours, published)) = computed("us-svi-2018") else { return };
    for indicator in INDICATORS {
        same(&ours, &published, &format!("EPL_{indicator}"), &format!("EPL_{indicator}"));
    }
    for theme in 1..=4 {
        same(&ours, &published, &format!("SPL_THEME{theme}"), &format!("SPL_THEME{theme}"));
        same(&ours, &published, &format!("RPL_THEME{theme}"), &format!("RPL_THEME{theme}"));
    }
    same(&ours, &published, "SPL_THEMES", "SPL_THEMES");
    same(&ours, &published, "score", "RPL_THEMES");
}

#[test]
fn flags_are_the_published_ones() {
    let Some((ours, published)) = computed("us-svi-2018-flags") else { return };
    for indicator in INDICATORS {
        same(&ours, &published, &format!("F_{indicator}"), &format!("F_{indicator}"));
    }
    for theme in 1..=4 {
        same(&ours, &published, &format!("F_THEME{theme}"), &format!("F_THEME{theme}"));
    }
    same(&ours, &published, "score", "F_TOTAL");
}

fn computed(preset: &str) -> Option<(Csv, Csv)> {
    let file = shared("golden/svi2018_us_county/data.csv.gz")?;
    let path = file.to_str().unwrap();
    // The codes of gaps are the preset's own.
    let ours = run(&["rank", path, "--index", preset, "--id", "FIPS"]);
    assert_eq!(ours.text("area").len(), 3142);
    Some((ours, Csv::read(&file)))
}

fn same(ours: &Csv, published: &Csv, column: &str, printed: &str) {
    let wanted: BTreeMap<String, f64> = published
        .by_id("FIPS", printed)
        .into_iter()
        .map(|(id, x)| (id, if x == -999.0 { f64::NAN } else { x }))
        .collect();
    let (differing, by) = differences(&ours.by_id("area", column), &wanted);
    assert_eq!(differing, 0, "{printed} differs by up to {by}");
}
