//! Golden: worked examples of multiple-criteria methods, each through a definition in TOML.
//!
//! Input: small matrices with weights and directions. Expected: the printed decimals. Source: the
//! tests of pymcdm 1.4.0 (MIT), which name the paper of each example.

use super::{run, shared};

/// How each example's method is written in a definition: the scale, the aggregation, and which
/// way its result points. VIKOR's result is largest for the worst alternative.
fn recipe(name: &str) -> (&'static str, &'static str, &'static str) {
    let better = "higher-is-better";
    let as_is = "{ method = \"as-is\" }";
    match name.split(' ').next().unwrap() {
        "TOPSIS" => {
            ("{ method = \"min-max\", low = 0, high = 1 }", "{ method = \"topsis\" }", better)
        }
        "VIKOR" => (as_is, "{ method = \"vikor\", v = 0.5 }", "higher-is-worse"),
        "PROMETHEE" => (as_is, "{ method = \"promethee\" }", better),
        "WSM" => ("{ method = \"fraction-of-sum\" }", "{ method = \"arithmetic-mean\" }", better),
        "WPM" => ("{ method = \"fraction-of-sum\" }", "{ method = \"geometric-mean\" }", better),
        "WASPAS" => {
            ("{ method = \"fraction-of-max\" }", "{ method = \"waspas\", lambda = 0.5 }", better)
        }
        other => panic!("no recipe for {other}"),
    }
}

#[test]
fn printed_decimals_come_out() {
    let Some(file) = shared("golden/mcdm_textbook/cases.json") else { return };
    let cases: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 7);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let decimals = case["dp"].as_i64().unwrap();
        let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap()) + 1e-9;
        let expected = numbers(&case["expected"]);
        for (got, wanted) in scores(case, name).iter().zip(&expected) {
            assert!((got - wanted).abs() <= half, "{name}: {got}, printed {wanted}");
        }
    }
}

fn scores(case: &serde_json::Value, name: &str) -> Vec<f64> {
    let (normalise, aggregate, direction) = recipe(name);
    let (weights, types) = (numbers(&case["weights"]), numbers(&case["types"]));
    let mut index = format!(
        "version = 1\nid = \"case\"\ntitle = {{ nb = \"c\", en = \"c\" }}\nsource = \"example\"\n\
         licence = \"MIT\"\ndirection = \"{direction}\"\n[score]\naggregate = {aggregate}\n\
         [ranking]\nties = \"min\"\n[defaults]\nnormalise = {normalise}\n"
    );
    let mut table = String::from("id");
    for (at, (weight, kind)) in weights.iter().zip(&types).enumerate() {
        let direction = if *kind > 0.0 { "higher-is-better" } else { "higher-is-worse" };
        index.push_str(&format!(
            "[[indicator]]\nid = \"c{at}\"\ntitle = {{ nb = \"c{at}\", en = \"c{at}\" }}\n\
             unit = \"1\"\ndirection = \"{direction}\"\nweight = {weight:?}\n"
        ));
        table.push_str(&format!(",c{at}"));
    }
    table.push('\n');
    for (at, row) in case["matrix"].as_array().unwrap().iter().enumerate() {
        let cells: Vec<String> = numbers(row).iter().map(f64::to_string).collect();
        table.push_str(&format!("a{at},{}\n", cells.join(",")));
    }
    let folder = tempfile::tempdir().unwrap();
    let (areas, recipe) = (folder.path().join("areas.csv"), folder.path().join("index.toml"));
    std::fs::write(&areas, table).unwrap();
    std::fs::write(&recipe, index).unwrap();
    let ours =
        run(&["score", areas.to_str().unwrap(), "--index", recipe.to_str().unwrap(), "--id", "id"]);
    ours.numbers("score")
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}
