//! A planner asks how sure a rank is, and what would tip a selection.

use std::fs;
use std::process::Command;

use levekaar::analysis::{Analysis, analyse};
use levekaar::index::{IndexDefinition, Plan};
use levekaar::load;
use levekaar::select::{RuleFile, Truth};
use levekaar::uncertainty::tipping::{Moved, OtherWeights, tipping, with_value};
use levekaar::validate;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const OSLO: &str = "datasets/oslo-bydeler-2013/project.toml";

#[test]
fn more_replicates_and_other_threads_keep_the_ledger_and_the_ranks() {
    let out = tempfile::tempdir().unwrap();
    let write = |name: &str, n: &str, threads: &str| {
        let at = |file: &str| out.path().join(format!("{name}-{file}")).display().to_string();
        let (ledger, ranks) = (at("ledger.csv"), at("ranks.csv"));
        let said = levekaar_ok(&[
            "uncertainty",
            OSLO,
            "--replicates",
            n,
            "--threads",
            threads,
            "--ledger",
            &ledger,
            "--ranks",
            &ranks,
        ]);
        (said.out, fs::read_to_string(ledger).unwrap(), fs::read_to_string(ranks).unwrap())
    };
    let one = write("one", "200", "1");
    let two = write("two", "200", "2");
    assert!(one == two, "threads 1 and 2 differ");
    let more = write("more", "300", "2");
    assert!(more.1.starts_with(&one.1) && more.2.starts_with(&one.2));
    let rows = csv(&one.0);
    assert_eq!(rows[0]["name"], "Stovner");
    let selected: f64 = rows.iter().map(|row| row["p_selected"].parse::<f64>().unwrap()).sum();
    assert!((selected - 8.0).abs() < 1e-9, "{selected}");
}

#[test]
fn a_replicate_can_be_computed_again_by_its_number() {
    let said = levekaar_ok(&["uncertainty", OSLO, "--replicate", "17", "--seed", "4"]);
    assert!(said.out.starts_with("# Gjentak 17 med frø 4\n"), "{}", said.out);
    assert_eq!(said.out.lines().filter(|line| !line.starts_with('#')).count(), 16);
}

#[test]
fn choices_that_cannot_be_computed_are_told_and_mistakes_come_with_help() {
    let files = folder(&[
        (
            "refused.toml",
            b"version = 1\n[[aggregation]]\nmethods = [{ method = \"geometric-mean\" }]\n"
                as &[u8],
        ),
        ("wrong.toml", b"version = 1\nleave-out = 3\n"),
    ]);
    let at = |name: &str| files.path().join(name).display().to_string();
    let said = levekaar_ok(&["uncertainty", OSLO, "--space", &at("refused.toml")]);
    assert!(said.err.contains("geometric-mean") && said.err.contains("above zero"), "{}", said.err);
    let said = levekaar(&["uncertainty", OSLO, "--space", &at("wrong.toml")]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("probability from 0 to 1"), "{}", said.err);
}

#[test]
fn numpy_finds_the_same_ranks_from_the_ledger() {
    let Ok(python) = std::env::var("LEVEKAAR_ORACLE_PYTHON") else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "LEVEKAAR_ORACLE_PYTHON is not set, and CI=true");
        println!("skipped: LEVEKAAR_ORACLE_PYTHON names no Python with numpy");
        return;
    };
    for (project, index) in [
        (OSLO, "src/presets/no-levekaar-5.toml"),
        ("datasets/syntetisk-51/project.toml", "datasets/syntetisk-51/index.toml"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let at = |file: &str| out.path().join(file).display().to_string();
        let (ledger, ranks) = (at("ledger.csv"), at("ranks.csv"));
        levekaar_ok(&["uncertainty", project, "--ledger", &ledger, "--ranks", &ranks]);
        let checked = Command::new(&python)
            .args(["tests/oracle/uncertainty.py", project, index, &ledger, &ranks])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("LEVEKAAR_ORACLE_PYTHON is a program");
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{project}: {said}");
    }
}

#[test]
fn every_tipping_point_of_oslo_holds_just_below_and_just_above() {
    let (town, rule) = oslo();
    let plan = Plan::of(&town.definition).unwrap();
    let mut n_points = 0;
    for at in 0..town.ranking.areas().len() {
        let found = tipping(&town, &plan, at, OtherWeights::Rescaled).unwrap();
        for tip in &found.tips {
            let Some(point) = tip.point else { continue };
            n_points += 1;
            let number = town.definition.indicators.iter().position(|i| i.id == tip.id).unwrap();
            let is_in = |x: f64| {
                let (definition, table) = match &tip.moved {
                    Moved::Weight { .. } => {
                        (with_weight(&town.definition, number, x), town.table.clone())
                    }
                    Moved::Value { .. } => {
                        (town.definition.clone(), with_value(&town.table, number, at, x))
                    }
                };
                let plan = Plan::of(&definition).unwrap();
                let again = analyse(table, &plan, Some(&rule), Vec::new()).unwrap();
                again.selection.unwrap().outcomes()[at] == Truth::True
            };
            assert_eq!(is_in(point.keeps), found.is_selected, "{tip:?}");
            assert_eq!(is_in(point.turns), !found.is_selected, "{tip:?}");
        }
    }
    assert!(n_points > 15, "{n_points}");
}

/// One weight of the only level changed, the others in proportion.
fn with_weight(definition: &IndexDefinition, number: usize, weight: f64) -> IndexDefinition {
    let mut changed = definition.clone();
    let sum: f64 = definition.indicators.iter().filter_map(|i| i.weight).sum();
    let own = definition.indicators[number].weight.unwrap();
    for (at, indicator) in changed.indicators.iter_mut().enumerate() {
        let scaled = indicator.weight.map(|w| w * ((sum - weight) / (sum - own)));
        indicator.weight = if at == number { Some(weight) } else { scaled };
    }
    changed
}

fn oslo() -> (Analysis, RuleFile) {
    let file = load::project(OSLO.as_ref()).unwrap();
    let definition = load::index(&file.project.index, &file.folder).unwrap();
    let rule = load::rule(file.project.selection.as_ref().unwrap(), &file.folder).unwrap();
    let request = validate::request(&file.project, &definition);
    let raw = load::table(&file.resolve(&file.project.areas.file), &request).unwrap();
    let (table, notices) = validate::validate(raw, &file.project, &definition).unwrap();
    let plan = Plan::of(&definition).unwrap();
    (analyse(table, &plan, Some(&rule), notices).unwrap(), rule)
}
