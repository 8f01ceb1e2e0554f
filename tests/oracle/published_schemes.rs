//! Oracle: can any index that an office publishes be written as TOML, without touching Rust?
//!
//! Six invented indices, each with the traits of a family of published ones: exponential ranks
//! with a constant, ties and sub-domains of their own; sums of percentiles with codes for gaps;
//! goalposts with ranks of what is printed; classes by quantiles of type 9; min-max at three
//! levels with weights in per cent; several years. Eight more are like products of burden and
//! vulnerability, indices of inequality between the sexes, components and factors over people,
//! percentiles within states, parts of national rankings, angular transformations, and levels of
//! which some must be there. numpy, pandas and scipy compute them too.

use std::fmt::Write as _;
use std::path::Path;

use super::ask;
use crate::golden::run;
use crate::harness::levekaar_ok;

/// Both sides compute in double precision, by other roads.
const TOLERANCE: f64 = 1e-9;

/// Name, definition, table and further arguments.
type Scheme = (&'static str, &'static str, &'static [&'static str]);

const SCHEMES: [Scheme; 6] = [
    ("deprivation", include_str!("schemes/deprivation.toml"), &["ranks.csv"]),
    ("vulnerability", include_str!("schemes/vulnerability.toml"), &["codes.csv"]),
    ("development", include_str!("schemes/development.toml"), &["countries.csv"]),
    ("classes", include_str!("schemes/classes.toml"), &["scores.csv"]),
    ("three-levels", include_str!("schemes/three-levels.toml"), &["codes.csv"]),
    ("years", include_str!("schemes/years.toml"), &["years.csv", "--year", "year=2021"]),
];

const PEOPLE: &[&str] = &["people.csv", "--population", "residents", "--parent", "state"];

const FAMILIES: [Scheme; 8] = [
    ("burden", include_str!("schemes/burden.toml"), &["burden.csv"]),
    ("gender", include_str!("schemes/gender.toml"), &["gender.csv"]),
    ("component", include_str!("schemes/component.toml"), PEOPLE),
    ("health", include_str!("schemes/health.toml"), PEOPLE),
    ("states", include_str!("schemes/states.toml"), PEOPLE),
    ("subset", include_str!("schemes/subset.toml"), &["subset.csv"]),
    ("underprivileged", include_str!("schemes/underprivileged.toml"), PEOPLE),
    ("innovation", include_str!("schemes/innovation.toml"), &["innovation.csv"]),
];

#[test]
fn indices_of_many_published_kinds_are_what_numpy_computes() {
    compare("published_schemes.py", &SCHEMES);
}

#[test]
fn indices_of_further_families_are_what_scipy_computes() {
    compare("published_families.py", &FAMILIES);
}

fn compare(script: &str, schemes: &[Scheme]) {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    write_more_tables(folder.path());
    let Some(expected) = ask(script, &[folder.path()]) else { return };
    for (name, definition, table) in schemes.iter().copied() {
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
        assert!(ours.text("area").len() > 90, "{name}");
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
    write_more_tables(folder.path());
    for (name, definition, table) in SCHEMES.into_iter().chain(FAMILIES) {
        let index = folder.path().join(format!("{name}.toml"));
        std::fs::write(&index, definition).unwrap();
        let project = folder.path().join(format!("{name}-project.toml"));
        let more = match table[0] {
            "years.csv" => "year = { column = \"year\", use-year = 2021 }\n",
            "people.csv" => "population = \"residents\"\nparent = \"state\"\n",
            _ => "",
        };
        let text = format!(
            "version = 1\nid = \"x\"\ntitle = {{ nb = \"x\", en = \"x\" }}\n[areas]\nfile = \"{}\"\n\
             id = \"zone\"\n{more}[index]\nfile = \"{name}.toml\"\n",
            table[0]
        );
        std::fs::write(&project, text).unwrap();
        let said = levekaar_ok(&["explain", project.to_str().unwrap(), "z007"]);
        assert!(said.out.contains("z007"), "{}", said.out);
        assert!(!said.err.contains("pipeline"), "{name}: {}", said.err);
    }
}

/// Numbers in 0..1 from a small congruential generator.
fn draws(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    }
}

/// Invented tables of the further families.
fn write_more_tables(folder: &Path) {
    let mut draw = draws(77);
    let n = 97;
    let mut burden =
        String::from("zone,ozone,particles,releases,cleanup,waste,asthma,poverty,jobless\n");
    let mut gender = String::from(
        "zone,deaths,births,seats,seats_men,school_women,school_men,work_women,work_men\n",
    );
    let mut people = String::from("zone,state,residents,income,school,jobless,manual\n");
    let mut subset = String::from("zone,work_rank,homes_rank\n");
    let mut innovation = String::from("zone,a,b,c,d,e,f,g,h,i,j\n");
    for at in 0..n {
        let common = draw();
        let mut mixed = |low: f64, high: f64| low + (high - low) * (0.6 * common + 0.4 * draw());
        let (income, school) = (mixed(50.0, 20.0), mixed(5.0, 40.0));
        let (jobless, manual) = (mixed(1.0, 12.0), mixed(3.0, 60.0));
        let state = if at % 5 < 2 { "north" } else { "south" };
        let residents = 200 + (draw() * 1800.0) as i32;
        writeln!(
            people,
            "z{at:03},{state},{residents},{income:.3},{school:.3},{jobless:.3},{manual:.3}"
        )
        .unwrap();
        // None of a thing in one area of four, and gaps in few.
        let mut some = |gap: f64| match draw() {
            x if x < 0.25 => "0".to_owned(),
            x if x < 0.25 + gap => "NA".to_owned(),
            x => format!("{:.2}", 100.0 * x),
        };
        let burdens = [0.0, 0.0, 0.0, 0.0, 0.0, 0.03, 0.06, 0.06].map(&mut some);
        writeln!(burden, "z{at:03},{}", burdens.join(",")).unwrap();
        let seats = if at % 17 == 0 { 0.0 } else { (draw() * 60.0).round() };
        let mut share = || 20.0 + 75.0 * draw();
        let shares = [share(), share(), share(), share()].map(|x| format!("{x:.1}"));
        let (deaths, births) = (1.0 + 1400.0 * draw() * draw(), 2.0 + 90.0 * draw());
        writeln!(
            gender,
            "z{at:03},{deaths:.0},{births:.1},{seats},{},{}",
            100.0 - seats,
            shares.join(",")
        )
        .unwrap();
        let rank = |x: f64| 1 + (x * 4764.0) as i32;
        writeln!(subset, "z{at:03},{},{}", rank(draw()), rank(draw())).unwrap();
        let cells: Vec<String> = (0..10)
            .map(|_| if draw() < 0.12 { "n/a".to_owned() } else { format!("{:.2}", draw() * 9.0) })
            .collect();
        writeln!(innovation, "z{at:03},{}", cells.join(",")).unwrap();
    }
    for (name, text) in [
        ("burden.csv", burden),
        ("gender.csv", gender),
        ("people.csv", people),
        ("subset.csv", subset),
        ("innovation.csv", innovation),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// Invented tables of the first six.
fn write_tables(folder: &Path) {
    let mut draw = draws(2_024);
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
