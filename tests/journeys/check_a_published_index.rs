//! A sceptic recomputes a published index from the publisher's own file.

use crate::harness::{folder, levekaar, levekaar_ok, shared};

#[test]
fn the_welsh_index_agrees_in_score_and_rank() {
    let Some(file) = shared("golden/wimd2019_wales/data.csv.gz") else { return };
    let file = file.to_str().unwrap();
    let said = levekaar_ok(&["verify", "gb-wimd-2019", "--data", file]);
    assert!(said.err.contains("`IMD_score`, `IMD_rank`"), "{}", said.err);
    assert!(said.out.ends_with("Agrees.\n"), "{}", said.out);
    let json = levekaar_ok(&["verify", "gb-wimd-2019", "--data", file, "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    for part in ["scores", "ranks"] {
        assert_eq!(found[part]["n-compared"], 1909, "{part}");
        assert_eq!(found[part]["n-different"], 0, "{part}");
    }
    assert!(found["deciles"].is_null(), "deciles are cut in several ways and must be named");
    assert!(found["scores"]["largest-difference"].as_f64().unwrap() < 1e-6);
}

#[test]
fn the_scottish_index_agrees_in_rank() {
    let Some(file) = shared("golden/simd2016_scotland/data.csv.gz") else { return };
    let file = file.to_str().unwrap();
    let said = levekaar_ok(&["verify", "gb-simd-2016", "--data", file, "--rank", "IMD_rank"]);
    assert!(said.out.ends_with("Agrees.\n"), "{}", said.out);
}

#[test]
fn the_english_index_agrees_but_for_near_ties_in_single_precision() {
    let Some(file) = shared("golden/iod2019_england/data.csv.gz") else { return };
    let file = file.to_str().unwrap();
    let exact = levekaar(&["verify", "gb-imd-2019", "--data", file]);
    assert_eq!(exact.code, 1);
    assert!(exact.out.contains("rank in E0"), "{}", exact.out);
    let near = levekaar_ok(&[
        "verify",
        "gb-imd-2019",
        "--data",
        file,
        "--rank",
        "IMD_rank",
        "--decile",
        "IMD_decile",
        "--near-ties",
        "1e-5",
    ]);
    assert!(near.out.ends_with("Agrees.\n"), "{}", near.out);
}

#[test]
fn the_sums_and_percentiles_of_themes_are_verified_by_name() {
    let Some(file) = shared("golden/svi2018_us_county/data.csv.gz") else { return };
    let file = file.to_str().unwrap();
    let said = levekaar_ok(&[
        "verify",
        "us-svi-2018",
        "--data",
        file,
        "--id",
        "FIPS",
        "--score",
        "RPL_THEMES",
        "--part",
        "SPL_THEME1=SPL_THEME1",
        "--part",
        "RPL_THEME4=RPL_THEME4",
        "--part",
        "SPL_THEMES=SPL_THEMES",
    ]);
    assert!(said.out.contains("SPL_THEMES"), "{}", said.out);
    assert!(said.out.ends_with("Agrees.\n"), "{}", said.out);
}

#[test]
fn ranks_from_the_best_end_and_other_classes_are_verified_too() {
    let data = b"zone,a,place,half\n01,1,1,1\n02,2,2,1\n03,3,3,2\n04,9,4,2\n";
    let files = folder(&[("data.csv", data), ("toy.toml", TOY)]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let (data, index) = (path("data.csv"), path("toy.toml"));
    let common = ["verify", &index, "--data", &data, "--rank", "place", "--classes", "2=half"];
    let said = levekaar(&common);
    assert!(said.code == 1 && said.out.contains("class of 2"), "{}", said.out);
    let turned: Vec<&str> = common.iter().copied().chain(["--rank-first", "best"]).collect();
    levekaar_ok(&turned);
    let said = levekaar(&["verify", &index, "--data", &data, "--part", "b=place"]);
    assert!(said.code == 1 && said.err.contains("its parts are: a"), "{}", said.err);
}

#[test]
fn a_changed_rank_and_a_missing_area_are_found_and_named() {
    let data = b"zone,a,score,rank\n01,1,0,3\n02,2,50,2\n03,3,100,1\n";
    let changed = b"zone,score,rank\n01,0,2\n02,50,3\n04,100,1\n";
    let files = folder(&[("data.csv", data), ("changed.csv", changed), ("toy.toml", TOY)]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let index = path("toy.toml");
    levekaar_ok(&["verify", &index, "--data", &path("data.csv")]);
    let said = levekaar(&[
        "verify",
        &index,
        "--data",
        &path("data.csv"),
        "--published",
        &path("changed.csv"),
    ]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("only in the table: 1 (03)"), "{}", said.out);
    assert!(said.out.contains("only in the publication: 1 (04)"), "{}", said.out);
    assert!(said.out.contains("rank in 01: computed 3, published 2"), "{}", said.out);
    assert!(said.err.contains("is not the published one"), "{}", said.err);
    let said = levekaar(&["verify", &index, "--data", &path("data.csv"), "--rank", "place"]);
    assert!(said.code == 1 && said.err.contains("no column `place`"), "{}", said.err);
}

const TOY: &[u8] = br#"
version = 1
id = "toy"
title = { nb = "Leke", en = "Toy" }
source = "invented"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" } }
ranking = { ties = "min" }
[[indicator]]
id = "a"
title = { nb = "A", en = "A" }
unit = "1"
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "min-max" }
"#;
