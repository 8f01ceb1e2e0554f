//! A researcher asks whether deprived conditions lie together, and where.

use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const PROJECT: &str = "datasets/syntetisk-51/project.toml";

#[test]
fn clusters_of_the_scores_are_written_and_drawn() {
    let folder = folder(&[]);
    let map = folder.path().join("clusters.svg");
    let said = levekaar_ok(&[
        "spatial",
        PROJECT,
        "--weights",
        "knn=5",
        "--correct",
        "none",
        "--map",
        map.to_str().unwrap(),
        "--language",
        "nb",
    ]);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 51);
    let named = ["HH", "LL", "HL", "LH", ""];
    assert!(rows.iter().all(|row| named.contains(&row["cluster"].as_str())));
    assert!(rows.iter().any(|row| row["cluster"] == "HH"), "the city has a poor side");
    assert!(rows.iter().filter(|row| !row["p"].is_empty()).all(|row| {
        let [p, adjusted] = ["p", "p_adjusted"].map(|name| row[name].parse::<f64>().unwrap());
        (0.002..=1.0).contains(&p) && adjusted >= p
    }));
    assert!(said.err.contains("Morans I for hele kartet: 0,"), "{}", said.err);
    let svg = fs::read_to_string(map).unwrap();
    for text in ["Høy–høy", "Ikke signifikant", "SYNTETISKE DATA", "data-area="] {
        assert!(svg.contains(text), "{text}");
    }
}

#[test]
fn one_thread_and_two_find_the_same() {
    let of = |threads: &str| {
        let statistic = ["--statistic", "gi-star", "--column", "score"];
        levekaar_ok(&[&["spatial", PROJECT, "--threads", threads][..], &statistic].concat()).out
    };
    assert_eq!(of("1"), of("2"));
}

#[test]
fn how_sure_a_cluster_is_comes_from_replicates_of_the_index() {
    let said = levekaar_ok(&["spatial", PROJECT, "--weights", "knn=5", "--replicates", "40"]);
    let rows = csv(&said.out);
    for row in &rows {
        let share = |name: &str| row[name].parse::<f64>().unwrap();
        let (high, significant) = (share("high_high_share"), share("high_high_significant_share"));
        assert!((0.0..=1.0).contains(&high) && significant <= high, "{row:?}");
        assert_eq!(row["n_replicates"], "40");
    }
    assert!(rows.iter().any(|row| row["high_high_share"] == "1"));
}

#[test]
fn a_bare_table_goes_with_a_file_of_neighbours() {
    let table = "zone,x,n,flag\n01,1,10,0\n02,2,20,0\n03,,30,1\n04,5,40,1\n05,6,50,1\n06,9,60,1\n";
    let pairs = "a,b\n01,02\n02,03\n04,05\n02,04\n99,01\n";
    let gal = "0 6 t zone\n01 1\n02\n02 2\n01 04\n04 2\n02 05\n05 1\n04\n";
    let folder = folder(&[
        ("t.csv", table.as_bytes()),
        ("pairs.csv", pairs.as_bytes()),
        ("w.gal", gal.as_bytes()),
        ("other.gal", b"2\na 1\nb\nb 1\na\n"),
    ]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let of = |args: &[&str]| levekaar(&[&["spatial", &path("t.csv")], args].concat());
    let local = of(&["--column", "x", "--weights", &path("pairs.csv")]);
    let rows = csv(&local.out);
    let undefined: Vec<&str> = rows.iter().map(|row| row["undefined"].as_str()).collect();
    assert_eq!(undefined, ["", "", "missing", "", "", "no-neighbours"]);
    assert!(local.err.contains("Ids in the file of neighbours") && local.err.contains("99"));
    let by_gal = of(&["--column", "x", "--weights", &path("w.gal")]);
    assert_eq!(by_gal.out, local.out);
    let whole =
        of(&["--column", "x", "--weights", &path("w.gal"), "--statistic", "moran,geary,getis-ord"]);
    assert_eq!(csv(&whole.out).len(), 3, "{}", whole.err);
    let joins = of(&["--column", "flag", "--weights", &path("w.gal"), "--statistic", "join-count"]);
    let counts: Vec<String> = csv(&joins.out).iter().map(|row| row["value"].clone()).collect();
    assert_eq!(counts, ["1", "1", "1"]);
    let rates = of(&["--column", "x", "--persons", "n", "--weights", &path("w.gal")]);
    assert_eq!((rates.code, csv(&rates.out).len()), (0, 6));
    for (args, word) in [
        (&["--weights", &path("w.gal")][..], "no column to test"),
        (&["--column", "x"], "no outlines"),
        (&["--column", "x", "--weights", &path("other.gal")], "in the table"),
        (&["--column", "x", "--weights", &path("w.gal"), "--statistic", "join-count"], "0 and 1"),
        (
            &["--column", "x", "--weights", &path("w.gal"), "--statistic", "gi,local-moran"],
            "at a time",
        ),
        (&["--column", "x", "--weights", &path("w.gal"), "--alpha", "2"], "--alpha"),
        (&["--column", "x", "--weights", &path("w.gal"), "--replicates", "9"], "project file"),
    ] {
        let said = of(args);
        assert!(said.code == 1 && said.err.contains(word), "{args:?}: {}", said.err);
        assert!(said.out.is_empty());
    }
    let said = levekaar(&["spatial", PROJECT, "--column", "nothing"]);
    assert!(said.code == 1 && said.err.contains("there are: score"), "{}", said.err);
}
