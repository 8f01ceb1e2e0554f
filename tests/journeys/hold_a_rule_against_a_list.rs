//! Ministry staff ask what another rule would change, and how much of a decided list is discretion.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const OSLO: &str = "datasets/oslo-bydeler-2013/project.toml";

/// The districts of the state's area programmes in Oslo: Groruddalen, Oslo indre øst and Oslo sør.
const PROGRAMME: &str = "district\nAlna\nBjerke\nGrorud\nStovner\nSøndre Nordstrand\nGamle Oslo\n\
                         Grünerløkka\nSagene\n";

#[test]
fn oslos_programme_districts_are_what_the_rule_of_eight_gives() {
    let folder = folder(&[("decided.csv", PROGRAMME.as_bytes())]);
    let list = folder.path().join("decided.csv");
    let args = ["select", OSLO, "--decided", list.to_str().unwrap()];
    let said = levekaar_ok(&args);
    let moves = moves(&said.out);
    assert_eq!((moves["stays"], moves["out"], moves.len()), (8, 7, 2));
    assert!(said.err.contains("uten at noen grense flyttes"), "{}", said.err);
    assert!(said.err.contains("0,0 prosent"), "{}", said.err);
}

#[test]
fn a_narrower_rule_must_be_eased_to_give_the_list() {
    let rule = "version = 1\nid = \"five\"\ntitle = { nb = \"Fem\", en = \"Five\" }\nsource = \"test\"\n\
                [rule]\nworst = { take = { areas = 5 } }\n";
    let folder = folder(&[("decided.csv", PROGRAMME.as_bytes()), ("five.toml", rule.as_bytes())]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let args = ["select", OSLO, "--rule", &path("five.toml"), "--decided", &path("decided.csv")];
    let said = levekaar_ok(&args);
    let moves = moves(&said.out);
    assert_eq!((moves["stays"], moves["enters"]), (5, 3));
    // Three of eight decided districts are not the rule's.
    assert!(said.err.contains("37,5 prosent"), "{}", said.err);
    assert!(said.err.contains("≤ 8"), "{}", said.err);
}

#[test]
fn two_rules_are_compared_area_by_area() {
    let args = ["select", "compare", OSLO, "worst-fifth"];
    let said = levekaar_ok(&args);
    let moves = moves(&said.out);
    // A fifth of fifteen is three, all of them among the eight.
    assert_eq!((moves["stays"], moves["leaves"], moves.get("enters")), (3, 5, None));
    assert!(said.err.contains("innbyggere"), "{}", said.err);
    let both = levekaar_ok(&["select", "compare", OSLO, "worst-fifth", "worst-fifth"]);
    assert!(both.out.starts_with("area,name,parent,population,first,second,move"));
    let none = levekaar(&["select", "compare", OSLO]);
    assert_eq!(none.code, 2, "{}", none.err);
}

#[test]
fn a_list_of_strangers_is_refused() {
    let folder = folder(&[("decided.csv", b"district\nNowhere\n")]);
    let list = folder.path().join("decided.csv");
    let said = levekaar(&["select", OSLO, "--decided", list.to_str().unwrap()]);
    assert!(said.code == 1 && said.err.contains("Nowhere"), "{}", said.err);
}

#[test]
fn a_run_writes_what_each_criterion_does_and_whom_the_selection_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    levekaar_ok(&["run", "datasets/syntetisk-51/project.toml", "-o", out.to_str().unwrap()]);
    let read = |name: &str| csv(&fs::read_to_string(out.join(name)).unwrap());
    let selection = read("selection.csv");
    let selected = selection.iter().filter(|row| row["outcome"] == "selected").count();
    let criteria = read("criteria.csv");
    // One criterion an area, and met exactly where the area is selected.
    let met = criteria.iter().filter(|row| row["met"] == "met").count();
    assert_eq!((criteria.len(), met), (selection.len(), selected));
    let coverage = read("coverage.csv");
    let targeting = read("targeting.csv");
    assert_eq!(targeting.len(), selection.len() + 1);
    for row in &coverage {
        // The curve at the number of selected areas is the coverage, as the rule takes the worst.
        let at: f64 = targeting[selected][&row["persons"]].parse().unwrap();
        let share: f64 = row["share_selected"].parse().unwrap();
        assert!((at - share).abs() < 1e-12, "{}", row["persons"]);
    }
    let history = read("history.csv");
    assert!(!history.is_empty() && history.iter().all(|row| !row["causes"].is_empty()));
    let nearest: f64 = read("near-misses.csv")[0]["distance"].parse().unwrap();
    assert!(nearest <= 1.0, "the area next to the edge is one place away");
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("Hvem bor i de valgte områdene?"));
}

/// How many areas made each move.
fn moves(out: &str) -> BTreeMap<String, usize> {
    let mut moves = BTreeMap::new();
    for row in csv(out) {
        *moves.entry(row["move"].clone()).or_insert(0) += 1;
    }
    moves
}
