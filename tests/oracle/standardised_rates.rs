//! Oracle: directly standardised rates and their intervals beside numpy and scipy.

use std::fmt::Write as _;
use std::fs;

use super::ask;
use crate::golden::Csv;
use crate::harness::levekaar_ok;

/// Both sides compute in double precision; the exact limits are found by bisection here.
const TOLERANCE: f64 = 1e-10;

const N_AREAS: u64 = 120;
const N_STRATA: u64 = 5;

#[test]
fn standardised_rates_are_those_of_numpy_and_scipy() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("areas.csv"), invented_table()).unwrap();
    let Some(expected) = ask("standardised_rates.py", &[&at("areas.csv")]) else { return };
    fs::write(at("index.toml"), INDEX).unwrap();
    let mut strata = String::new();
    for j in 1..=N_STRATA {
        write!(strata, "{{ numerator = \"n{j}\", denominator = \"d{j}\", standard = {j} }}, ")
            .unwrap();
    }
    let project = format!(
        "version = 1\nid = \"o\"\ntitle = {{ nb = \"o\", en = \"o\" }}\nindex = {{ file = \"index.toml\" }}\n\
         [areas]\nfile = \"areas.csv\"\nid = \"id\"\n[indicators.x]\nper = 100000\nat-least = 1\n\
         strata = [{strata}]\n[uncertainty]\nreplicates = 2\n"
    );
    fs::write(at("project.toml"), project).unwrap();
    levekaar_ok(&[
        "run".as_ref(),
        at("project.toml").as_os_str(),
        "-o".as_ref(),
        at("out").as_os_str(),
    ]);
    let ours = Csv::read(&at("out/indicators.csv"));
    let (mut n, mut few) = (0, 0);
    for (name, theirs) in expected.as_object().unwrap() {
        let ours = ours.numbers(name);
        let theirs = theirs.as_array().unwrap();
        assert_eq!(ours.len(), theirs.len());
        for (row, (got, wanted)) in ours.iter().zip(theirs).enumerate() {
            let wanted = wanted.as_f64().unwrap();
            let by = (got - wanted).abs();
            assert!(by <= TOLERANCE * wanted.abs().max(1.0), "{name}, row {row}: {got} {wanted}");
            n += 1;
            few += usize::from(name == "numerator" && *got < 10.0);
        }
    }
    assert!(n == 7 * N_AREAS && few > 10, "exact limits are asked for too: {n} {few}");
}

const INDEX: &str = "version = 1\nid = \"oracle\"\ntitle = { nb = \"o\", en = \"o\" }\n\
    source = \"example\"\nlicence = \"CC0-1.0\"\n[score]\naggregate = { method = \"arithmetic-mean\" }\n\
    weights = { method = \"equal\" }\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"x\"\n\
    title = { nb = \"x\", en = \"x\" }\nunit = \"per 100,000\"\ndirection = \"higher-is-worse\"\n\
    normalise = { method = \"as-is\" }\n";

/// Areas from one event in all to thousands, from a small congruential generator.
fn invented_table() -> String {
    let mut state = 2_024_u64;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = String::from("id");
    (1..=N_STRATA).for_each(|j| write!(text, ",n{j},d{j}").unwrap());
    text.push('\n');
    for at in 0..N_AREAS {
        write!(text, "a{at:03}").unwrap();
        for j in 1..=N_STRATA {
            let most = 1 + at * at * j / 200;
            let events = draw(most) + u64::from(j == 1);
            write!(text, ",{events},{}", 50 + 20 * at + draw(4000)).unwrap();
        }
        text.push('\n');
    }
    text
}
