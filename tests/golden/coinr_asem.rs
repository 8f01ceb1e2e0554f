//! Golden: the ASEM example of COINr, stage by stage, as COINr itself computed it.
//!
//! Input: raw values and denominators of 51 countries and 49 indicators. Expected: what COINr
//! 1.1.14 gives after division, after imputation and after treatment. The run is the ordinary
//! one, of a project file with the preset `coinr-asem`, and the stages are read from its
//! `indicators.csv`.

use std::collections::BTreeMap;
use std::path::Path;

/// The files hold shortest-form doubles, so that only the order of sums can differ.
const TOLERANCE: f64 = 1e-9;

const FOLDER: &str = "../shared/data/golden/coinr_asem";

type Table = BTreeMap<(String, String), f64>;

#[test]
fn every_stage_is_that_of_coinr() {
    let folder = Path::new(FOLDER);
    if !folder.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{FOLDER} is not here");
        println!("skipped: {FOLDER} is not here");
        return;
    }
    let scratch = tempfile::tempdir().expect("the golden files and the run are readable");
    write_project(folder, scratch.path());
    let out = scratch.path().join("out");
    assert_cmd::Command::cargo_bin("levekaar")
        .expect("the golden files and the run are readable")
        .args(["run".as_ref(), scratch.path().join("project.toml").as_os_str()])
        .args(["-o".as_ref(), out.as_os_str()])
        .assert()
        .success();
    let stages = Stages::read(&out.join("indicators.csv"));
    for (name, got) in [
        ("denominated.csv", &stages.denominated),
        ("imputed.csv", &stages.imputed),
        ("treated.csv", &stages.treated),
    ] {
        let expected = wide(&folder.join(name));
        assert_eq!(expected.len(), 51 * 49, "{name}");
        for (cell, expected) in &expected {
            let got = got.get(cell).copied().unwrap_or(f64::NAN);
            let both_missing = got.is_nan() && expected.is_nan();
            let error = (got - expected).abs() / expected.abs().max(1.0);
            assert!(both_missing || error <= TOLERANCE, "{name} {cell:?}: {got}, COINr {expected}");
        }
    }
    check_levels(folder, &stages.scaled, &out.join("ranking.csv"));
}

/// Scaled columns run from 0 to 100, and the levels above are means of those below.
fn check_levels(folder: &Path, scaled: &Table, ranking: &Path) {
    let parent: BTreeMap<String, String> = records(&folder.join("ASEM_iMeta.csv"))
        .into_iter()
        .filter(|row| row["Type"] == "Indicator" || row["Type"] == "Aggregate")
        .map(|row| (row["iCode"].clone(), row["Parent"].clone()))
        .collect();
    let mut level = scaled.clone();
    for column in records(&folder.join("ind_meta.csv")).iter().map(|row| &row["IndCode"]) {
        let of: Vec<f64> = level.iter().filter(|(k, _)| &k.1 == column).map(|(_, x)| *x).collect();
        let ends = of.iter().fold((f64::MAX, f64::MIN), |e, x| (e.0.min(*x), e.1.max(*x)));
        assert_eq!(ends, (0.0, 100.0), "{column}");
    }
    for _ in 0..3 {
        let mut sums: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
        for ((country, code), x) in level {
            let sum = sums.entry((country, parent[&code].clone())).or_default();
            *sum = (sum.0 + x, sum.1 + 1.0);
        }
        level = sums.into_iter().map(|(cell, (sum, n))| (cell, sum / n)).collect();
    }
    let ranked = records(ranking);
    assert_eq!(ranked.len(), 51);
    for row in ranked {
        let score: f64 = row["score"].parse().expect("the golden files and the run are readable");
        let expected = level[&(row["area"].clone(), "Index".to_owned())];
        assert!((score - expected).abs() < TOLERANCE, "{}: {score}, {expected}", row["area"]);
    }
}

/// Raw values and denominators side by side, with the names that the preset knows.
fn write_project(folder: &Path, scratch: &Path) {
    let names = [
        ("Den_Area", "Area"),
        ("Den_Energy", "Energy"),
        ("Den_GDP", "GDP"),
        ("Den_Pop", "Population"),
    ];
    let denominators = records(&folder.join("denominators.csv"));
    let raw = records(&folder.join("raw.csv"));
    let columns: Vec<&String> = raw[0].keys().collect();
    let mut out = csv::Writer::from_path(scratch.join("asem.csv"))
        .expect("the golden files and the run are readable");
    let header = columns.iter().map(|c| c.as_str()).chain(names.iter().map(|(_, name)| *name));
    out.write_record(header).expect("the golden files and the run are readable");
    for (row, below) in raw.iter().zip(&denominators) {
        assert_eq!(row["UnitCode"], below["UnitCode"]);
        let cells = columns.iter().map(|column| &row[*column]);
        out.write_record(cells.chain(names.iter().map(|(name, _)| &below[*name])))
            .expect("the golden files and the run are readable");
    }
    out.flush().expect("the golden files and the run are readable");
    let project = "version = 1\nid = \"asem\"\ntitle = { nb = \"ASEM\", en = \"ASEM\" }\n\
                   [areas]\nfile = \"asem.csv\"\nid = \"UnitCode\"\nname = \"UnitName\"\n\
                   parent = \"Group_EurAsia\"\n[index]\npreset = \"coinr-asem\"\n";
    std::fs::write(scratch.join("project.toml"), project)
        .expect("the golden files and the run are readable");
}

struct Stages {
    denominated: Table,
    imputed: Table,
    treated: Table,
    scaled: Table,
}

impl Stages {
    fn read(path: &Path) -> Self {
        let mut stages = Self {
            denominated: Table::new(),
            imputed: Table::new(),
            treated: Table::new(),
            scaled: Table::new(),
        };
        for row in records(path) {
            let cell = (row["area"].clone(), row["indicator"].clone());
            let number = |column: &str| row[column].parse().unwrap_or(f64::NAN);
            let (value, imputed): (f64, f64) = (number("value"), number("imputed"));
            stages.denominated.insert(cell.clone(), value);
            stages.imputed.insert(cell.clone(), if value.is_nan() { imputed } else { value });
            stages.treated.insert(cell.clone(), number("treated"));
            stages.scaled.insert(cell, number("scaled"));
        }
        stages
    }
}

/// A wide table of COINr's as cells by country and indicator.
fn wide(path: &Path) -> Table {
    const ABOUT: [&str; 7] =
        ["UnitCode", "UnitName", "Year", "Group_GDP", "Group_GDPpc", "Group_Pop", "Group_EurAsia"];
    let mut out = Table::new();
    for row in records(path) {
        for (column, cell) in row.iter().filter(|(column, _)| !ABOUT.contains(&column.as_str())) {
            let number = cell.parse().unwrap_or(f64::NAN);
            out.insert((row["UnitCode"].clone(), column.clone()), number);
        }
    }
    out
}

fn records(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader =
        csv::Reader::from_path(path).expect("the golden files and the run are readable");
    let header = reader.headers().expect("the golden files and the run are readable").clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    reader
        .records()
        .map(|record| row(record.expect("the golden files and the run are readable")))
        .collect()
}
