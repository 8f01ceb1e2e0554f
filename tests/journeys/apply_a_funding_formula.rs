//! An official applies a formula in force elsewhere, and follows its arithmetic by hand.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

/// Three regions of one union, in figures that are easy to follow.
///
/// The Berlin method: residents times the gap in prosperity times a rate by the state's prosperity.
/// The union's average, 20 000 a head, is a constant of the funding file.
///
/// | | residents | GDP per head | gap | rate (GNI of the state) | product |
/// |---|---|---|---|---|---|
/// | A | 1 000 000 | 10 000 | 10 000 | 4.25 % (70 < 82) | 425 000 000 |
/// | B | 2 000 000 | 15 000 | 5 000 | 3.36 % (90 < 99) | 336 000 000 |
/// | C | 500 000 | 18 000 | 2 000 | 2.67 % (110) | 26 700 000 |
///
/// The premium: 700 for each unemployed beyond the average. 150 000 unemployed of a labour force
/// of 1 750 000 are 3/35. A has 60 000 - 3/35 x 500 000 = 17 142.857… beyond it, times 700 =
/// 12 000 000; B has 80 000 - 3/35 x 1 000 000 < 0, and so has C.
///
/// Claims: A 437 000 000, B 336 000 000, C 26 700 000; together 799 700 000. With a pot of that
/// size each region gets its claim; with a pot of a tenth, a tenth.
const REGIONS: &[u8] = b"region,people,gdp,gni,unemployed,labour,today\n\
                         A,1000000,10000,70,60000,500000,0\n\
                         B,2000000,15000,90,80000,1000000,0\n\
                         C,500000,18000,110,10000,250000,0\n";

const UNION: &str = r#"version = 1
id = "union"
title = { nb = "Tre regioner", en = "Three regions" }
source = { nb = "oppdiktet", en = "invented" }
synthetic = true
constants = { eu-gdp-per-head = 20000.0 }
[appropriations]
file = "regions.csv"
id = "region"
[figures]
file = "regions.csv"
id = "region"
columns = { population = "people", gdp-per-head = "gdp", gni-percent-of-eu = "gni", unemployed = "unemployed", labour-force = "labour" }
[[department]]
id = "EU"
title = { nb = "EU", en = "EU" }
theme = { nb = "alt", en = "all" }
column = "today"
"#;

#[test]
fn the_berlin_method_gives_what_is_worked_out_by_hand() {
    let files = folder(&[("regions.csv", REGIONS), ("union.toml", UNION.as_bytes())]);
    let path = files.path().join("union.toml");
    let path = path.to_str().unwrap();
    let amounts = |pot: &str| -> Vec<i64> {
        let args = ["allocate", path, "--model", "eu-berlin-2007", "--pot", pot, "-q"];
        csv(&levekaar_ok(&args).out).iter().map(|row| row["amount"].parse().unwrap()).collect()
    };
    assert_eq!(amounts("799700000"), [437_000_000, 336_000_000, 26_700_000]);
    assert_eq!(amounts("79970000"), [43_700_000, 33_600_000, 2_670_000]);
}

#[test]
fn the_average_that_gaps_are_measured_from_must_be_given() {
    let without = UNION.replace("constants = { eu-gdp-per-head = 20000.0 }\n", "");
    let wrong = UNION.replace("eu-gdp-per-head", "eu-gdp-per-hed");
    for (text, word) in [(without, "constants = {"), (wrong, "did you mean `eu-gdp-per-hed`?")] {
        let files = folder(&[("regions.csv", REGIONS), ("union.toml", text.as_bytes())]);
        let path = files.path().join("union.toml");
        let path = path.to_str().unwrap();
        let args = ["allocate", path, "--model", "eu-berlin-2007", "--pot", "1000"];
        let said = levekaar(&args);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.err.contains("eu-gdp-per-head") && said.err.contains(word), "{}", said.err);
    }
}

/// Two areas, two themes; the formula shares out by residents, themes as today.
///
/// KD spends 300 + 100 = 400 of 1 000 today and JD 600, and the pot is divided over themes as
/// today: 0.4 and 0.6. The themes need 50 + 20 = 70 and 10 + 20 = 30 of 100. The distance is half
/// of |0.4 - 0.7| + |0.6 - 0.3|, which is 0.3.
///
/// Conditions worse than a limit are 3 in the north and 1 in the south; each has half of the
/// money, which makes 2.
#[test]
fn themes_and_conditions_are_measured_where_the_figures_are_there() {
    let table = b"area,people,kd,jd,conditions,need_kd,need_jd\n\
                  north,50,300,100,3,50,10\nsouth,50,100,500,1,20,20\n";
    let funding = r#"version = 1
id = "two"
title = { nb = "to", en = "two" }
source = { nb = "oppdiktet", en = "invented" }
[appropriations]
file = "t.csv"
id = "area"
[figures]
file = "t.csv"
id = "area"
columns = { population = "people", complexity = "conditions", theme-need-KD = "need_kd", theme-need-JD = "need_jd" }
[[department]]
id = "KD"
title = { nb = "KD", en = "KD" }
theme = { nb = "skole", en = "school" }
column = "kd"
[[department]]
id = "JD"
title = { nb = "JD", en = "JD" }
theme = { nb = "politi", en = "police" }
column = "jd"
"#;
    let model = "version = 1\nid = \"m\"\ntitle = { nb = \"m\", en = \"m\" }\nsource = \"x\"\n\
                 formula-share = 1.0\nneed = { method = \"population\" }\n\
                 themes = { split = { method = \"department-shares\" } }\n\
                 organisation = { method = \"joint-programme\" }\n";
    let measured = |funding: &str| -> BTreeMap<String, (String, String)> {
        let files = folder(&[
            ("t.csv", table),
            ("f.toml", funding.as_bytes()),
            ("m.toml", model.as_bytes()),
        ]);
        let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
        let (input, model, out) = (path("f.toml"), path("m.toml"), path("out"));
        levekaar_ok(&["allocate", &input, "--model", &model, "-o", &out, "--language", "en", "-q"]);
        let rows = csv(&fs::read_to_string(format!("{out}/measures.csv")).unwrap());
        let cells = rows
            .into_iter()
            .map(|row| (row["measure"].clone(), (row["value"].clone(), row["note"].clone())));
        cells.collect()
    };
    let found = measured(funding);
    let value = |id: &str| found[id].0.parse::<f64>().unwrap();
    assert!((value("theme-need-distance") - 0.3).abs() < 1e-12, "{}", value("theme-need-distance"));
    assert_eq!(value("complexity"), 2.0);
    let bare = funding.replace(", complexity = \"conditions\"", "").replace(
        ", theme-need-KD = \"need_kd\", theme-need-JD = \"need_jd\"",
        ", theme-need-KD = \"need_kd\"",
    );
    let found = measured(&bare);
    for (id, word) in [("theme-need-distance", "theme-need-KD"), ("complexity", "indicators")] {
        let (value, why) = &found[id];
        assert!(value.is_empty() && why.contains(word), "{id}: {value} {why}");
    }
}
