//! A researcher counts those who are deprived in several ways at once.

use std::collections::BTreeMap;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

/// Alkire and Foster's own example has schooling, nutrition and so on; these are zones.
const TABLE: &[u8] = b"zone,residents,district,a,b,c\n\
    1,100,x,30,1,5\n2,300,x,10,1,5\n3,200,y,30,0,1\n4,400,y,10,0,1\n5,100,y,30,:,5\n";

const INDEX: &[u8] = br#"
version = 1
id = "flags"
title = { nb = "Flagg", en = "Flags" }
source = "invented"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, renormalise = true }
ranking = { ties = "min" }
[[indicator]]
id = "a"
title = { nb = "A", en = "A" }
unit = "%"
direction = "higher-is-worse"
weight = 2
normalise = { method = "flag", operator = "at-least", limit = 20 }
[[indicator]]
id = "b"
title = { nb = "B", en = "B" }
unit = "1"
direction = "higher-is-worse"
weight = 1
normalise = { method = "as-is" }
[[indicator]]
id = "c"
title = { nb = "C", en = "C" }
unit = "1"
direction = "higher-is-worse"
weight = 1
normalise = { method = "flag", operator = "above", limit = 2 }
"#;

#[test]
fn headcount_intensity_and_their_parts_come_out_by_district() {
    let files = folder(&[("t.csv", TABLE), ("flags.toml", INDEX)]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let (table, index) = (path("t.csv"), path("flags.toml"));
    let said = levekaar_ok(&[
        "poverty",
        &table,
        "--index",
        &index,
        "--population",
        "residents",
        "--parent",
        "district",
        "--cutoff",
        "0.5",
        "--cutoff",
        "1",
    ]);
    assert!(said.err.contains("mangler et flagg"), "{}", said.err);
    let found: BTreeMap<(String, String, String, String), [Option<f64>; 3]> = csv(&said.out)
        .into_iter()
        .map(|row| {
            let number = |name: &str| row[name].parse().ok();
            let key = ["cutoff", "group", "measure", "indicator"].map(|name| row[name].clone());
            (key.into(), [number("value"), number("low"), number("high")])
        })
        .collect();
    let of = |cutoff: &str, group: &str, measure: &str, indicator: &str| {
        found[&(cutoff.into(), group.into(), measure.into(), indicator.into())]
    };
    let near = |got: Option<f64>, wanted: f64| {
        assert!(got.is_some_and(|got| (got - wanted).abs() < 1e-12), "{got:?} {wanted}");
    };
    // Weights 1/2, 1/4, 1/4. Zones 1 to 4 have counts 1, 1/2, 1/2 and 0 with 100, 300, 200 and 400
    // people; zone 5 has no flag of b, and 3/4 or 1.
    near(of("0.5", "all", "headcount", "")[0], 0.6);
    near(of("0.5", "all", "intensity", "")[0], (100.0 + 150.0 + 100.0) / 600.0);
    near(of("0.5", "all", "adjusted_headcount", "")[0], 0.35);
    near(of("0.5", "all", "adjusted_headcount", "")[1], (350.0 + 75.0) / 1100.0);
    near(of("0.5", "all", "adjusted_headcount", "")[2], (350.0 + 100.0) / 1100.0);
    near(of("0.5", "all", "rows_left_out", "")[0], 1.0);
    near(of("0.5", "all", "censored_headcount", "a")[0], 0.3);
    near(of("0.5", "x", "adjusted_headcount", "")[0], 250.0 / 400.0);
    near(of("0.5", "x", "contribution_of_group", "")[0], 250.0 / 350.0);
    near(of("0.5", "y", "contribution_of_group", "")[0], 100.0 / 350.0);
    let parts: f64 =
        ["a", "b", "c"].iter().map(|id| of("0.5", "all", "contribution", id)[0].unwrap()).sum();
    near(Some(parts), 1.0);
    near(of("1", "all", "headcount", "")[0], 0.1);
    near(of("1", "y", "headcount", "")[0], 0.0);
    assert_eq!(of("1", "y", "intensity", "")[0], None);
}

#[test]
fn what_is_no_flag_and_no_cutoff_is_told() {
    let not_a_flag = String::from_utf8(INDEX.to_vec()).unwrap().replace(
        "normalise = { method = \"flag\", operator = \"at-least\", limit = 20 }",
        "normalise = { method = \"as-is\" }",
    );
    let files =
        folder(&[("t.csv", TABLE), ("flags.toml", INDEX), ("as-is.toml", not_a_flag.as_bytes())]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let run = |index: &str, k: &str| {
        levekaar(&["poverty", &path("t.csv"), "--index", &path(index), "--cutoff", k])
    };
    let said = run("as-is.toml", "0.5");
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("`a` is not a flag: it is 30 in 1"), "{}", said.err);
    let said = run("flags.toml", "1.5");
    assert!(said.code == 1 && said.err.contains("must be above 0"), "{}", said.err);
}
