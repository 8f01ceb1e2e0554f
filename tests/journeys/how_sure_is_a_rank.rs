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
    let many = many_areas(7_000);
    let at = |name: &str| many.path().join(name).display().to_string();
    let (many_project, many_index) = (at("project.toml"), at("index.toml"));
    for (project, index) in [
        (OSLO, "src/presets/no-levekaar-5.toml"),
        ("datasets/syntetisk-51/project.toml", "datasets/syntetisk-51/index.toml"),
        (&many_project, &many_index),
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

/// A project of so many invented areas, of which some lack a value.
fn many_areas(n: usize) -> tempfile::TempDir {
    const INDICATORS: [(&str, &str); 4] =
        [("a", "worse"), ("b", "worse"), ("c", "better"), ("d", "worse")];
    let mut state = 1_u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let mut table = String::from("area,a,b,c,d\n");
    for area in 0..n {
        table.push_str(&format!("Z{area:05}"));
        let common = number();
        for _ in INDICATORS {
            let x = 40.0 * common + 60.0 * number();
            let text = if number() < 0.01 { String::new() } else { x.to_string() };
            table.push_str(&format!(",{text}"));
        }
        table.push('\n');
    }
    let mut index = String::from(
        "version = 1\nid = \"many\"\ntitle = { nb = \"Mange\", en = \"Many\" }\nsource = \"invented\"\n\
         licence = \"CC0-1.0\"\nranking = { ties = \"min\" }\n\
         defaults = { normalise = { method = \"z-score\" } }\n\
         [score]\naggregate = { method = \"arithmetic-mean\" }\n\
         missing = { policy = \"available-weight\", at-least = 0.5 }\n",
    );
    for (at, (id, end)) in INDICATORS.iter().enumerate() {
        index.push_str(&format!(
            "[[indicator]]\nid = \"{id}\"\ntitle = {{ nb = \"{id}\", en = \"{id}\" }}\nunit = \"x\"\n\
             direction = \"higher-is-{end}\"\nweight = 0.{}\n",
            at + 1
        ));
    }
    let project = "version = 1\nid = \"many\"\ntitle = { nb = \"Mange\", en = \"Many\" }\n\
                   synthetic = true\n[areas]\nfile = \"areas.csv\"\nid = \"area\"\n\
                   [index]\nfile = \"index.toml\"\n";
    folder(&[
        ("areas.csv", table.as_bytes()),
        ("index.toml", index.as_bytes()),
        ("project.toml", project.as_bytes()),
    ])
}

#[test]
fn every_tipping_point_of_oslo_holds_just_below_and_just_above() {
    let (town, rule) = oslo();
    let plan = Plan::of(&town.definition).unwrap();
    let (mut n_points, mut n_thresholds) = (0, 0);
    for at in 0..town.ranking.areas().len() {
        let found = tipping(&town, &plan, at, OtherWeights::Rescaled).unwrap();
        for tip in &found.tips {
            let Some(point) = tip.point else { continue };
            n_points += 1;
            let number = town.definition.indicators.iter().position(|i| i.id == tip.id);
            let mut is_in = |x: f64| {
                let (mut definition, mut table) = (town.definition.clone(), town.table.clone());
                let mut rule = rule.clone();
                match &tip.moved {
                    Moved::Weight { .. } => {
                        definition = with_weight(&town.definition, number.unwrap(), x);
                    }
                    Moved::Value { .. } => {
                        table = with_value(&town.table, number.unwrap(), at, x);
                    }
                    Moved::Threshold => {
                        n_thresholds += 1;
                        let text = toml::to_string(&rule).unwrap();
                        let (before, after) =
                            (format!("areas = {}", tip.from), format!("areas = {x}"));
                        assert!(text.contains(&before), "{text} {tip:?}");
                        rule = toml::from_str(&text.replace(&before, &after)).unwrap();
                    }
                }
                let plan = Plan::of(&definition).unwrap();
                let again = analyse(table, &plan, Some(&rule), Vec::new()).unwrap();
                again.selection.unwrap().outcomes()[at] == Truth::True
            };
            assert_eq!(is_in(point.keeps), found.is_selected, "{tip:?}");
            assert_eq!(is_in(point.turns), !found.is_selected, "{tip:?}");
        }
    }
    assert!(n_points > 15, "{n_points}");
    // Every district but the first could be let in or out by another number of districts; to
    // leave the first one out, none would have to be taken.
    assert!(n_thresholds >= 2 * (town.ranking.areas().len() - 1), "{n_thresholds}");
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

#[test]
fn ctrl_c_ends_cleanly_and_keeps_the_first_replicates_if_asked() {
    let interrupted = |more: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_levekaar"))
            .args(["uncertainty", OSLO, "--replicates", "2000000000"])
            .args(more)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("NO_COLOR", "1")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let status = format!("/proc/{}/status", child.id());
        // Until the program has taken over Ctrl-C, which is bit 2 of the caught signals.
        let catches = || {
            let text = fs::read_to_string(&status).unwrap();
            let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            u64::from_str_radix(mask.trim(), 16).unwrap() & 2 != 0
        };
        while !catches() {
            assert!(child.try_wait().unwrap().is_none(), "ended before it was interrupted");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::thread::sleep(std::time::Duration::from_millis(2_000));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("skipped: there is no /proc to see when the program listens");
        return;
    }
    let (code, out, err) = interrupted(&[]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("of 2000000000 replicates stand"), "{err}");
    let (code, out, err) = interrupted(&["--keep-partial"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(csv(&out).len(), 15);
    assert!(err.contains("av 2000000000 gjentak er gjort"), "{err}");
}

#[test]
fn the_ledger_as_parquet_has_a_row_a_replicate() {
    let out = tempfile::tempdir().unwrap();
    let ledger = out.path().join("ledger.parquet");
    let path = ledger.to_str().unwrap();
    levekaar_ok(&["uncertainty", OSLO, "--replicates", "40", "--ledger", path]);
    let bytes = fs::read(&ledger).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("replicate") && text.contains("choices"));
}

#[test]
fn rank_sets_come_from_counts_or_from_given_errors() {
    let said = levekaar_ok(&[
        "confidence",
        "datasets/syntetisk-51/project.toml",
        "--draws",
        "60",
        "--worst",
        "10",
    ]);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 51);
    for row in rows.iter().filter(|row| !row["low"].is_empty()) {
        let number = |column: &str| row[column].parse::<usize>().unwrap();
        assert!(number("low") <= number("rank") && number("rank") <= number("high"), "{row:?}");
        assert!(number("low") <= number("marginal_low"), "{row:?}");
    }
    assert!(rows.iter().any(|row| row["among_worst"] == "no"));
    // The median income has no counts.
    assert!(said.err.contains("uten teller og nevner"), "{}", said.err);
    let table = b"id,poor,se\na,10,0.1\nb,20,0.1\nc,20.1,0.5\nd,,1\n" as &[u8];
    let files = folder(&[("survey.csv", table)]);
    let path = files.path().join("survey.csv").display().to_string();
    let given = ["confidence", &path, "--id", "id", "--estimate", "poor", "--se", "se"];
    let said = levekaar_ok(&[&given[..], &["--worst", "2"]].concat());
    let among: Vec<String> = csv(&said.out).iter().map(|row| row["among_worst"].clone()).collect();
    assert_eq!(among, ["surely", "surely", "no", ""], "{}", said.out);
    let said = levekaar_ok(&[&given[..], &["--worse", "lower", "--worst", "1"]].concat());
    assert_eq!(csv(&said.out)[0]["area"], "a");
    assert_eq!(csv(&said.out)[0]["among_worst"], "surely");
}
