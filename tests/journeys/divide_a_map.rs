//! A county wants as many regions of a least size as its map has room for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const CITY: &str = "datasets/syntetisk-51/project.toml";
const OUTLINES: &str = "datasets/syntetisk-51/boundaries.geojson";

#[test]
fn the_synthetic_city_is_divided_into_connected_regions_above_the_threshold() {
    let out = tempfile::tempdir().unwrap();
    let map = out.path().join("regions.svg");
    let map = map.to_str().unwrap();
    let asked =
        ["regions", CITY, "--threshold", "5000", "--seed", "7", "--language", "en", "--map", map];
    let said = levekaar_ok(&asked);
    assert!(said.err.contains("Regions that reach the threshold: "), "{}", said.err);
    let rows = csv(&said.out);
    let names: BTreeSet<&String> = rows.iter().map(|row| &row["area"]).collect();
    assert_eq!((rows.len(), names.len()), (51, 51));

    let pairs = ["neighbours", OUTLINES, "--id", "area", "--method", "rook"];
    let pairs = csv(&levekaar_ok(&pairs).out);
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        assert_eq!(row["standing"], "member");
        members.entry(&row["region"]).or_default().insert(&row["area"]);
    }
    for areas in members.values() {
        let mut reached: BTreeSet<&str> = areas.iter().take(1).copied().collect();
        for _ in 0..areas.len() {
            for pair in &pairs {
                let (a, b) = (pair["from"].as_str(), pair["to"].as_str());
                if areas.contains(a) && areas.contains(b) {
                    let known = [(a, b), (b, a)].into_iter().filter(|(a, _)| reached.contains(a));
                    let next: Vec<&str> = known.map(|(_, b)| b).collect();
                    reached.extend(next);
                }
            }
        }
        assert_eq!(&reached, areas, "a region in two parts");
    }
    let per_region =
        csv(&levekaar_ok(&["regions", CITY, "--threshold", "5000", "--seed", "7", "--per-region"])
            .out);
    assert_eq!(per_region.len(), members.len());
    for region in &per_region {
        assert!(region["floor"].parse::<f64>().unwrap() >= 5000.0);
        let n: usize = region["n_areas"].parse().unwrap();
        assert_eq!(n, members[region["region"].as_str()].len());
    }
    let svg = fs::read_to_string(map).unwrap();
    assert!(svg.contains("SYNTHETIC DATA"));
    assert_eq!(svg.matches("class=\"set-label\"").count(), members.len());
    let alone =
        levekaar_ok(&["--threads", "1", "regions", CITY, "--threshold", "5000", "--seed", "7"]);
    assert_eq!(alone.out, said.out, "the same on one thread");
}

#[test]
fn a_bare_table_is_divided_with_pairs_and_its_island_by_policy() {
    let files = folder(&[
        ("t.csv", b"id,people,poor\na,60,1\nb,50,1\nc,70,9\nd,40,9\ne,10,5\n"),
        ("pairs.csv", b"from,to\na,b\nb,c\nc,d\n"),
    ]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let of = |more: &[&str]| {
        let (table, pairs) = (path("t.csv"), path("pairs.csv"));
        let asked = ["regions", &table, "--threshold", "100", "--floor", "people"];
        let rest = ["--attribute", "poor", "--neighbours", &pairs];
        levekaar(&[asked.as_slice(), rest.as_slice(), more].concat())
    };
    let kept = of(&[]);
    assert_eq!(
        kept.out,
        "area,name,region,standing\na,a,1,member\nb,b,1,member\nc,c,2,member\nd,d,2,member\n\
         e,e,3,below-threshold\n"
    );
    assert!(kept.err.contains("[e]"), "{}", kept.err);
    assert!(of(&["--small", "drop"]).out.ends_with("e,e,,dropped\n"));
    let join = of(&["--small", "join"]);
    assert!(join.code == 1 && join.out.is_empty() && join.err.contains("no outlines"));
}

#[test]
fn what_cannot_be_divided_is_told_in_one_message() {
    let files = folder(&[("t.csv", b"id,people,poor\na,60,1\nb,50,1\n")]);
    let table = files.path().join("t.csv");
    let table = table.to_str().unwrap();
    for (asked, expected) in [
        (vec![CITY, "--threshold", "9e9"], "no region can reach the threshold"),
        (vec![CITY, "--threshold", "-5"], "must be above 0"),
        (vec![CITY, "--threshold", "5000", "--attribute", "incom"], "no indicator or domain"),
        (vec![table, "--threshold", "50", "--attribute", "poor"], "--floor residents"),
        (vec![table, "--threshold", "50", "--floor", "people"], "--attribute low_income"),
        (
            vec![table, "--threshold", "50", "--floor", "people", "--attribute", "poor"],
            "which areas are neighbours",
        ),
        (
            vec![table, "--threshold", "50", "--floor", "folk", "--attribute", "poor"],
            "no column `folk`",
        ),
    ] {
        let said = levekaar(&[&["regions"], asked.as_slice()].concat());
        let err = said.err.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(said.code == 1 && said.out.is_empty(), "{asked:?}: {}", said.err);
        assert!(err.contains(expected), "{asked:?}: {}", said.err);
    }
}
