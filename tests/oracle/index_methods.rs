//! Oracle: weights, scales and aggregations beside numpy, scipy and pymcdm.

use std::fmt::Write as _;

use super::ask;
use crate::golden::run;

/// Both sides compute in double precision, by other roads.
const TOLERANCE: f64 = 1e-9;

const N_AREAS: usize = 60;
const N_INDICATORS: usize = 5;

const AS_IS: &str = "{ method = \"as-is\" }";
const MEAN: &str = "{ method = \"arithmetic-mean\" }";
const GIVEN: &str = "{ method = \"given\" }";

#[test]
fn methods_agree_with_numpy_scipy_and_pymcdm() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("areas.csv");
    std::fs::write(&table, invented_table()).unwrap();
    let Some(expected) = ask("index_methods.py", &[&table]) else { return };
    let unit = "{ method = \"min-max\", low = 0, high = 1 }";
    let normal = "{ method = \"normal-scores\", ties = \"average\" }";
    for (name, normalise, aggregate, weights) in [
        ("pca", AS_IS, MEAN, "{ method = \"pca\" }"),
        ("pca-squared", AS_IS, MEAN, "{ method = \"pca\", squared = true }"),
        ("entropy", AS_IS, MEAN, "{ method = \"entropy\" }"),
        ("critic", AS_IS, MEAN, "{ method = \"critic\" }"),
        ("normal-scores", normal, MEAN, GIVEN),
        ("doubt", AS_IS, "{ method = \"benefit-of-doubt\" }", GIVEN),
        (
            "doubt-bounded",
            AS_IS,
            "{ method = \"benefit-of-doubt\", min-share = 0.1, max-share = 0.5 }",
            GIVEN,
        ),
        ("topsis", unit, "{ method = \"topsis\" }", GIVEN),
        ("vikor", AS_IS, "{ method = \"vikor\", v = 0.5 }", GIVEN),
        ("promethee", AS_IS, "{ method = \"promethee\" }", GIVEN),
    ] {
        let index = folder.path().join(format!("{name}.toml"));
        std::fs::write(&index, definition(normalise, aggregate, weights)).unwrap();
        let (table, index) = (table.to_str().unwrap(), index.to_str().unwrap());
        let ours = run(&["score", table, "--index", index, "--id", "id"]).numbers("score");
        let theirs = expected[name].as_array().unwrap();
        assert_eq!(ours.len(), theirs.len());
        for (at, (got, wanted)) in ours.iter().zip(theirs).enumerate() {
            let wanted = wanted.as_f64().unwrap();
            let by = (got - wanted).abs();
            assert!(by <= TOLERANCE * wanted.abs().max(1.0), "{name}, row {at}: {got} {wanted}");
        }
    }
}

/// Positive numbers that vary together, from a small congruential generator; some of them tie.
fn invented_table() -> String {
    let mut state = 12_345_u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let mut text = String::from("id");
    (0..N_INDICATORS).for_each(|j| write!(text, ",x{j}").unwrap());
    text.push('\n');
    for at in 0..N_AREAS {
        let common = draw();
        write!(text, "a{at:03}").unwrap();
        for j in 0..N_INDICATORS {
            let x = 5.0 + 10.0 * (common + draw()) * (j + 1) as f64;
            write!(text, ",{}", (x * 4.0).round() / 4.0).unwrap();
        }
        text.push('\n');
    }
    text
}

fn definition(normalise: &str, aggregate: &str, weights: &str) -> String {
    let mut text = format!(
        "version = 1\nid = \"oracle\"\ntitle = {{ nb = \"o\", en = \"o\" }}\nsource = \"example\"\n\
         licence = \"CC0-1.0\"\n[score]\naggregate = {aggregate}\nweights = {weights}\n\
         renormalise = true\n[ranking]\nties = \"min\"\n[defaults]\nnormalise = {normalise}\n"
    );
    for j in 0..N_INDICATORS {
        let weight = (j + 1) as f64;
        write!(
            text,
            "[[indicator]]\nid = \"x{j}\"\ntitle = {{ nb = \"x{j}\", en = \"x{j}\" }}\n\
             unit = \"1\"\ndirection = \"higher-is-worse\"\nweight = {weight:?}\n"
        )
        .unwrap();
    }
    text
}
