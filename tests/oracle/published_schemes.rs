//! Oracle: can any index that an office publishes be written as TOML, without touching Rust?
//!
//! Six invented indices, each with the traits of a family of published ones: exponential ranks
//! with a constant, ties and sub-domains of their own; sums of percentiles with codes for gaps;
//! goalposts with ranks of what is printed; classes by quantiles of type 9; min-max at three
//! levels with weights in per cent; several years. numpy, pandas and scipy compute them too.

use std::fmt::Write as _;
use std::path::Path;

use super::ask;
use crate::golden::run;
use crate::harness::levekaar_ok;

/// Both sides compute in double precision, by other roads.
const TOLERANCE: f64 = 1e-9;

const SCHEMES: [(&str, &str, &[&str]); 6] = [
    ("deprivation", include_str!("schemes/deprivation.toml"), &["ranks.csv"]),
    ("vulnerability", include_str!("schemes/vulnerability.toml"), &["codes.csv"]),
    ("development", include_str!("schemes/development.toml"), &["countries.csv"]),
    ("classes", include_str!("schemes/classes.toml"), &["scores.csv"]),
    ("three-levels", include_str!("schemes/three-levels.toml"), &["codes.csv"]),
    ("years", include_str!("schemes/years.toml"), &["years.csv", "--year", "year=2021"]),
];

#[test]
fn indices_of_many_published_kinds_are_what_numpy_computes() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let Some(expected) = ask("published_schemes.py", &[folder.path()]) else { return };
    for (name, definition, table) in SCHEMES {
        let index = folder.path().join(format!("{name}.toml"));
        std::fs::write(&index, definition).unwrap();
        let path = folder.path().join(table[0]);
        let mut arguments = vec![
            "rank",
            path.to_str().unwrap(),
            "--index",
            index.to_str().unwrap(),
            "--id",
            "zone",
        ];
        arguments.extend(&table[1..]);
        let ours = run(&arguments);
        let mut order: Vec<usize> = (0..ours.text("area").len()).collect();
        order.sort_by_key(|&row| &ours.text("area")[row]);
        for (column, theirs) in expected[name].as_object().unwrap() {
            let got = ours.text(column);
            for (place, wanted) in theirs.as_array().unwrap().iter().enumerate() {
                let got = got[order[place]].parse::<f64>().ok();
                let same = match (got, wanted.as_f64()) {
                    (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * b.abs().max(1.0),
                    (a, b) => a == b,
                };
                assert!(same, "{name}, {column}, row {place}: {got:?}, numpy has {wanted}");
            }
        }
    }
}

#[test]
fn the_schemes_explain_themselves() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    for (name, definition, table) in SCHEMES {
        let index = folder.path().join(format!("{name}.toml"));
        std::fs::write(&index, definition).unwrap();
        let project = folder.path().join(format!("{name}-project.toml"));
        let year =
            if name == "years" { "year = { column = \"year\", use-year = 2021 }\n" } else { "" };
        let text = format!(
            "version = 1\nid = \"x\"\ntitle = {{ nb = \"x\", en = \"x\" }}\n[areas]\nfile = \"{}\"\n\
             id = \"zone\"\n{year}[index]\nfile = \"{name}.toml\"\n",
            table[0]
        );
        std::fs::write(&project, text).unwrap();
        let said = levekaar_ok(&["explain", project.to_str().unwrap(), "z007"]);
        assert!(said.out.contains("z007"), "{}", said.out);
        assert!(!said.err.contains("pipeline"), "{name}: {}", said.err);
    }
}

/// Invented tables from a small congruential generator.
fn write_tables(folder: &Path) {
    let mut state = 2_024_u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let places = |draw: &mut dyn FnMut() -> f64, n: usize| -> Vec<usize> {
        let keys: Vec<f64> = (0..n).map(|_| draw()).collect();
        keys.iter().map(|key| 1 + keys.iter().filter(|other| *other < key).count()).collect()
    };
    // 97 is no multiple of 10 or 20, so that rules for classes differ.
    let n = 97;
    let (children, adults, access) =
        (places(&mut draw, n), places(&mut draw, n), places(&mut draw, n));
    let mut ranks = String::from("zone,children,adults,access,income\n");
    let mut codes = String::from("zone,poor,jobless,change,income,noise\n");
    let mut countries = String::from("zone,life,expected,mean_years,gni\n");
    let mut scores = String::from("zone,score_in\n");
    let mut years = String::from("zone,year,a,b\n");
    for at in 0..n {
        let income = (draw() * 20.0).round() / 4.0;
        writeln!(ranks, "z{at:03},{},{},{},{income}", children[at], adults[at], access[at])
            .unwrap();
        let mut coded = |x: f64, code: i32| {
            if draw() < 0.06 { code.to_string() } else { format!("{x:.2}") }
        };
        let common = f64::from(u32::try_from(at * 37 % 41).unwrap());
        let poor = coded(common * 0.9 + 3.0, -999);
        let jobless = coded((common * 7.0) % 13.0, -999);
        // -999 is a number of this column, and -888 a gap.
        let change = if at == 5 { "-999".to_owned() } else { coded(common - 20.0, -888) };
        let wages = coded(20_000.0 + common * 313.0, -999);
        writeln!(codes, "z{at:03},{poor},{jobless},{change},{wages},{:.1}", 40.0 + common).unwrap();
        let (life, expected, mean) =
            (50.0 + 40.0 * draw(), 4.0 + 18.0 * draw(), 1.0 + 16.0 * draw());
        let gni = 200.0 * (1.0 + 450.0 * draw());
        writeln!(countries, "z{at:03},{life:.1},{expected:.1},{mean:.1},{gni:.0}").unwrap();
        // Coarse, so that scores lie on the borders of classes.
        writeln!(scores, "z{at:03},{}", (draw() * 30.0).round() / 2.0).unwrap();
        for year in [2015, 2018, 2021] {
            let late = f64::from(year - 2015);
            // Areas come and go.
            if at % 9 == 0 && year == 2018 {
                continue;
            }
            let (a, b) = (10.0 + late + 5.0 * draw(), 3.0 * draw() + 0.2 * late);
            writeln!(years, "z{at:03},{year},{a:.3},{b:.3}").unwrap();
        }
    }
    for (name, text) in [
        ("ranks.csv", ranks),
        ("codes.csv", codes),
        ("countries.csv", countries),
        ("scores.csv", scores),
        ("years.csv", years),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}
