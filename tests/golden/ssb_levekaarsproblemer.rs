//! Golden: Statistics Norway's index of living-condition problems in Rogaland, 1999-2008.
//!
//! Input: seven scores from 1 to 10, violence missing from 2007 on. Expected: the printed mean of
//! six areas in ten years. Source: Statistics Norway by way of the municipality of Stavanger.

use std::fmt::Write as _;

use super::{Csv, differences, run, shared};

const SCORES: [&str; 7] = [
    "sosialhjelp",
    "dodelighet",
    "uforetrygd",
    "attforingspenger",
    "vold",
    "arbeidsloshet",
    "overgangsstonad",
];
const FILE: &str = "criteria/published_lists/ssb_indeks_levekarsproblemer_stavanger_1999_2008.csv";

#[test]
fn all_sixty_means_are_the_printed_ones() {
    let Some(file) = shared(FILE) else { return };
    let published = Csv::read(&file);
    // An area and year is one row of the index, as it is one row of the printed table.
    let ids = published.text("area").iter().zip(published.text("year"));
    let ids: Vec<String> = ids.map(|(area, year)| format!("{area} {year}")).collect();
    let mut text = format!("id,{}\n", SCORES.join(","));
    for (at, id) in ids.iter().enumerate() {
        write!(text, "\"{id}\"").unwrap();
        SCORES.iter().for_each(|c| write!(text, ",{}", published.text(c)[at]).unwrap());
        text.push('\n');
    }
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("areas.csv");
    std::fs::write(&table, text).unwrap();
    let path = table.to_str().unwrap();
    let ours = run(&["score", path, "--index", "no-ssb-levekaarsproblemer", "--id", "id"]);
    let wanted = ids.into_iter().zip(published.numbers("index_published")).collect();
    let ours = ours.by_id("area", "score");
    assert_eq!(ours.len(), 60);
    let (differing, by) = differences(&ours, &wanted);
    assert_eq!(differing, 0, "means differ by up to {by}");
}

#[test]
fn a_year_without_violence_is_computed_from_the_others() {
    let Some(file) = shared(FILE) else { return };
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project.toml");
    let text = format!(
        "version = 1\nid = \"ssb\"\ntitle = {{ nb = \"2008\", en = \"2008\" }}\n\
         [areas]\nfile = {:?}\nid = \"area\"\nyear = {{ column = \"year\", use-year = 2008 }}\n\
         [index]\npreset = \"no-ssb-levekaarsproblemer\"\n",
        file.to_str().unwrap()
    );
    std::fs::write(&project, text).unwrap();
    let ours = run(&["score", project.to_str().unwrap()]);
    let published = Csv::read(&file);
    for (at, area) in published.text("area").iter().enumerate() {
        if published.text("year")[at] == "2008" {
            let wanted = published.numbers("index_published")[at];
            assert_eq!(ours.by_id("area", "score")[area], wanted, "{area}");
        }
    }
}
