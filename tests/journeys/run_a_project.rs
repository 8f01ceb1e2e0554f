//! A planner runs one command and gets a ranking, a selection, a map and a report.

use std::collections::BTreeSet;
use std::fs;

use crate::harness::{csv, folder, levekaar_ok, shared};

const OUTPUTS: [&str; 12] = [
    "ranking.csv",
    "ranking.parquet",
    "selection.csv",
    "areas.geojson",
    "map.svg",
    "map.png",
    "uncertainty.csv",
    "rank-intervals.svg",
    "selection-probability.svg",
    "leave-one-out.csv",
    "report.html",
    "run.json",
];

#[test]
fn oslos_programme_districts_hold_ranks_one_to_eight() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("oslo");
    let project = "datasets/oslo-bydeler-2013/project.toml";
    let said = levekaar_ok(&["run", project, "-o", folder.to_str().unwrap()]);
    for name in OUTPUTS {
        assert!(said.out.contains(name), "{name} is not among the printed paths");
        assert!(folder.join(name).metadata().unwrap().len() > 0, "{name} is empty");
    }
    let rows = csv(&fs::read_to_string(folder.join("ranking.csv")).unwrap());
    let worst: BTreeSet<&str> = rows[..8].iter().map(|row| row["name"].as_str()).collect();
    let programme = BTreeSet::from([
        "Alna",
        "Bjerke",
        "Grorud",
        "Stovner",
        "Søndre Nordstrand",
        "Gamle Oslo",
        "Grünerløkka",
        "Sagene",
    ]);
    assert_eq!(worst, programme);
    let ranks: Vec<&str> = rows.iter().map(|row| row["rank"].as_str()).collect();
    assert_eq!(ranks, (1..=15).map(|r| r.to_string()).collect::<Vec<_>>());
}

#[test]
fn substitutes_are_told_in_the_run_file_and_in_the_report() {
    let out = tempfile::tempdir().unwrap();
    let project = "datasets/oslo-bydeler-2013/project.toml";
    levekaar_ok(&["run", project, "-o", out.path().to_str().unwrap()]);
    let run = fs::read_to_string(out.path().join("run.json")).unwrap();
    let report = fs::read_to_string(out.path().join("report.html")).unwrap();
    for text in
        ["vedvarende lavinntekt blant alle personer er brukt", "gjennomsnittsinntekt er brukt"]
    {
        assert!(run.contains(text) && report.contains(text), "{text}");
    }
}

#[test]
fn stavangers_zones_are_joined_and_those_without_figures_are_listed() {
    let Some(polygons) = shared("norway/stavanger-levekaarssoner/stavanger_levekarssoner.geojson")
    else {
        return;
    };
    let root = env!("CARGO_MANIFEST_DIR");
    let project =
        fs::read_to_string(format!("{root}/datasets/stavanger-levekaarssoner-2016/project.toml"))
            .unwrap()
            .replace("# [boundaries]", "[boundaries]")
            .replace(
                "# file = \"stavanger_levekarssoner.geojson\"",
                &format!("file = {:?}", polygons),
            )
            .replace("# id = \"zone\"", "id = \"zone\"")
            .replace("# name = \"name\"", "name = \"name\"");
    let data = |name: &str| {
        fs::read(format!("{root}/datasets/stavanger-levekaarssoner-2016/{name}")).unwrap()
    };
    let folder = folder(&[
        ("project.toml", project.as_bytes()),
        ("indicators.csv", &data("indicators.csv")),
        ("index.toml", &data("index.toml")),
    ]);
    let at = folder.path().to_str().unwrap();
    levekaar_ok(&["run", &format!("{at}/project.toml"), "-o", &format!("{at}/out")]);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(format!("{at}/out/run.json")).unwrap()).unwrap();
    let notice = |key: &str| {
        run["notices"].as_array().unwrap().iter().find(|n| n["key"] == key).cloned().unwrap()
    };
    assert!(notice("notice.joined")["en"].as_str().unwrap().contains("71"));
    let undrawn = notice("notice.no-figures")["items"].to_string();
    assert!(undrawn.contains("72") && undrawn.contains("73"), "{undrawn}");
    let map = fs::read_to_string(format!("{at}/out/map.svg")).unwrap();
    for zone in ["71", "72", "73"] {
        assert!(map.contains(&format!("data-area=\"{zone}\"")), "zone {zone} is not drawn");
    }
}

#[test]
fn norways_municipalities_keep_their_suppressed_cells_and_their_seven_strangers() {
    let (Some(table), Some(polygons)) = (
        shared("norway/kommuner-2013/kommune_2013.csv"),
        shared("norway/kommuner-2013/kommuner_2017.geojson"),
    ) else {
        return;
    };
    let project = format!(
        r#"version = 1
id = "kommuner-2013"
title = {{ nb = "Kommuner 2013", en = "Municipalities 2013" }}
[areas]
file = {table:?}
id = "kommune_nr"
name = "name"
[boundaries]
file = {polygons:?}
id = "kommunenr"
name = "kommunenavn"
[index]
preset = "no-levekaar-5"
[indicators.median_income]
column = "mean_income_nok"
[indicators.low_education]
column = "compulsory_school_only_pct"
[indicators.employment]
column = "employed_pct"
[indicators.dropout]
column = "youth_not_in_education_pct"
[indicators.child_poverty]
column = "persistent_low_income_pct"
"#
    );
    let folder = folder(&[("project.toml", project.as_bytes())]);
    let at = folder.path().to_str().unwrap();
    levekaar_ok(&["run", &format!("{at}/project.toml"), "-o", &format!("{at}/out")]);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(format!("{at}/out/run.json")).unwrap()).unwrap();
    let find = |key: &str| -> Vec<serde_json::Value> {
        let all = run["notices"].as_array().unwrap();
        all.iter().filter(|n| n["key"] == key).cloned().collect()
    };
    assert!(find("notice.joined")[0]["en"].as_str().unwrap().contains("423"));
    let strangers = find("notice.no-boundary")[0]["items"].clone();
    assert_eq!(strangers.as_array().unwrap().len(), 7, "{strangers}");
    for code in ["0706", "0719", "0720", "1144", "1835", "1901", "9999"] {
        assert!(strangers.to_string().contains(code), "{code}: {strangers}");
    }
    assert!(strangers.to_string().contains("Kvitsøy (1144)"), "{strangers}");
    let suppressed = find("notice.cells-suppressed");
    let marks = fs::read_to_string(&table).unwrap();
    let used = [
        "mean_income_nok",
        "compulsory_school_only_pct",
        "employed_pct",
        "youth_not_in_education_pct",
        "persistent_low_income_pct",
    ];
    let in_file: usize = csv(&marks)
        .iter()
        .map(|row| used.iter().filter(|column| row[**column] == ":").count())
        .sum();
    let told: usize =
        suppressed.iter().map(|notice| notice["items"].as_array().unwrap().len()).sum();
    assert!(in_file > 0 && told == in_file, "{told} of {in_file} suppressed cells are told");
}

#[test]
fn synthetic_data_say_so_in_every_output() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    levekaar_ok(&["run", "datasets/syntetisk-51/project.toml", "-o", at]);
    for (name, text) in [
        ("map.svg", "SYNTETISKE DATA"),
        ("report.html", "yntetiske"),
        ("run.json", "\"synthetic\": true"),
        ("areas.geojson", "\"synthetic\":true"),
    ] {
        let file = fs::read_to_string(out.path().join(name)).unwrap();
        assert!(file.contains(text), "{name} does not say that the data are synthetic");
    }
}

#[test]
fn a_second_run_into_the_same_folder_keeps_what_others_put_there() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    fs::write(out.path().join("notes.txt"), "mine").unwrap();
    for _ in 0..2 {
        levekaar_ok(&["run", "datasets/oslo-bydeler-2013/project.toml", "-o", at]);
    }
    assert_eq!(fs::read_to_string(out.path().join("notes.txt")).unwrap(), "mine");
    let names: BTreeSet<String> = fs::read_dir(out.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| !name.starts_with('.')), "{names:?}");
}
