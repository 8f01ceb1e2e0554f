//! A planner puts the money beside the index: one project, one report, one workbook.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const OSLO: &str = "datasets/oslo-bydeler-2013/project.toml";

#[test]
fn a_run_writes_the_models_beside_the_ranking() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    let said = levekaar_ok(&["run", OSLO, "-o", at, "--language", "en", "-q"]);
    for name in [
        "comparison.csv",
        "scorecard.csv",
        "oslo-need-times-people/11-how-sure.csv",
        "slope-oslo-need-times-people.svg",
        "map-oslo-need-times-people.svg",
        "lorenz.svg",
    ] {
        assert!(said.out.contains(&format!("funding/{name}")), "{name} is not among the paths");
    }
    let read = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
    let rows = csv(&read("funding/comparison.csv"));
    for model in ["today-2019", "oslo-need-times-people"] {
        let of_model = rows.iter().filter(|row| row["model"] == model);
        let sum: i64 = of_model.map(|row| row["amount"].parse::<i64>().unwrap()).sum();
        assert_eq!(sum, 145_764_000, "{model}");
    }
    let run: serde_json::Value = serde_json::from_str(&read("run.json")).unwrap();
    assert_eq!(run["funding"]["models"].as_array().unwrap().len(), 2);
    assert!(run["funding"]["recommends"].is_null());
    let inputs = run["inputs"].as_array().unwrap();
    let roles: Vec<&str> = inputs.iter().map(|input| input["role"].as_str().unwrap()).collect();
    for (role, n) in [("funding", 1), ("money", 3), ("model", 1)] {
        assert_eq!(roles.iter().filter(|other| **other == role).count(), n, "{role}: {roles:?}");
    }
    // The same amounts as the command that only shares out.
    let alone = levekaar_ok(&[
        "allocate",
        "compare",
        "datasets/omraadesatsinger-2019/oslo.toml",
        "today-2019",
        "datasets/omraadesatsinger-2019/oslo-need-times-people.toml",
        "--language",
        "en",
    ]);
    assert_eq!(alone.out, read("funding/comparison.csv"));
    let page = read("report.html");
    let section = page.split("<section id=\"funding\"").nth(1).unwrap();
    let section = section.split("</section>").next().unwrap();
    for words in ["recommends none", "49,205,935", "Assumption", "Do the report&#x27;s advantages"]
    {
        assert!(section.contains(words), "{words}");
    }
    assert!(page.contains("<a href=\"#funding\">"), "the contents lead to the money");
}

#[test]
fn what_is_wrong_with_the_money_is_told_by_check_and_by_run() {
    let model = "version = 1\nid = \"m\"\ntitle = { nb = \"m\", en = \"m\" }\nsource = \"x\"\n\
                 formula-share = 1.0\nneed = { method = \"equal\" }\n\
                 organisation = { method = \"joint-programme\" }\n";
    let with_rule = format!(
        "{model}eligibility = {{ method = \"rule\", rule = {{ preset = \"us-cejst-2\" }} }}\n"
    );
    for (funding, word) in [
        ("pot = 1000\nmodels = []", "names no model"),
        ("models = [{ file = \"m.toml\" }]", "neither how much money"),
        ("pot = 1000\nmodels = [{ preset = \"modell-2\" }]", "did you mean"),
        ("pot = 1000\nmodels = [{ preset = \"today-2019\" }]", "today"),
        ("pot = 10.5\nmodels = [{ file = \"m.toml\" }]", "10.5"),
        ("pot = -1\nmodels = [{ file = \"m.toml\" }]", "the pot is -1 kr"),
        ("pott = 1000\nmodels = [{ file = \"m.toml\" }]", "did you mean `pot`?"),
        ("pot = 1000\nmodels = [{ file = \"rule.toml\" }]", "not the project's"),
        ("file = \"no.toml\"\nmodels = [{ file = \"m.toml\" }]", "no.toml"),
    ] {
        let project = format!("{TOY}[funding]\n{funding}\n");
        let files = folder(&[
            ("project.toml", project.as_bytes()),
            ("table.csv", TABLE),
            ("index.toml", INDEX),
            ("m.toml", model.as_bytes()),
            ("rule.toml", with_rule.as_bytes()),
        ]);
        let path = files.path().join("project.toml");
        let path = path.to_str().unwrap();
        let out = files.path().join("out");
        for args in [vec!["check", path], vec!["run", path, "-o", out.to_str().unwrap()]] {
            let said = levekaar(&args);
            assert_eq!(said.code, 1, "{funding}: {}", said.err);
            let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.replace("│ ", "").contains(word), "{funding}: {}", said.err);
        }
        assert!(!out.join("report.html").exists(), "{funding}");
    }
}

#[test]
fn a_pot_alone_is_shared_out_over_the_projects_areas() {
    let model = "version = 1\nid = \"m\"\ntitle = { nb = \"Innbyggere\", en = \"Residents\" }\n\
                 source = \"x\"\nformula-share = 1.0\nneed = { method = \"population\" }\n\
                 organisation = { method = \"joint-programme\" }\n";
    let project = format!("{TOY}[funding]\npot = 1001\nmodels = [{{ file = \"m.toml\" }}]\n");
    let files = folder(&[
        ("project.toml", project.as_bytes()),
        ("table.csv", TABLE),
        ("index.toml", INDEX),
        ("m.toml", model.as_bytes()),
    ]);
    let at = files.path().to_str().unwrap();
    levekaar_ok(&["check", &format!("{at}/project.toml")]);
    levekaar_ok(&["run", &format!("{at}/project.toml"), "-o", &format!("{at}/out"), "-q"]);
    let text = fs::read_to_string(files.path().join("out/funding/comparison.csv")).unwrap();
    let amounts: Vec<String> = csv(&text).iter().map(|row| row["amount"].clone()).collect();
    // 1 001 by 100, 200, 300 and 400 of 1 000 residents: 100.1, 200.2, 300.3 and 400.4 kroner; the
    // odd krone goes to the largest remainder.
    assert_eq!(amounts, ["100", "200", "300", "401"]);
    let page = fs::read_to_string(files.path().join("out/report.html")).unwrap();
    assert!(page.contains("<section id=\"funding\""));
}

#[test]
fn a_project_of_several_years_tells_how_far_the_amounts_move() {
    let model = "version = 1\nid = \"m\"\ntitle = { nb = \"m\", en = \"m\" }\nsource = \"x\"\n\
                 formula-share = 1.0\n\
                 need = { method = \"population-by-score\", function = { shape = \"above\", threshold = -2.0 } }\n\
                 organisation = { method = \"joint-programme\" }\n";
    let root = format!("{}/datasets/syntetisk-51", env!("CARGO_MANIFEST_DIR"));
    let data = |name: &str| fs::read(format!("{root}/{name}")).unwrap();
    let project = String::from_utf8(data("project.toml")).unwrap();
    let files = folder(&[
        ("project.toml", project.as_bytes()),
        ("indicators.csv", &data("indicators.csv")),
        ("boundaries.geojson", &data("boundaries.geojson")),
        ("index.toml", &data("index.toml")),
        ("m.toml", model.as_bytes()),
    ]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let allocate = |year: i32, more: &[&str]| {
        let text = project.replace("use-year = 2024", &format!("use-year = {year}"));
        fs::write(path("year.toml"), text).unwrap();
        let (input, model) = (path("year.toml"), path("m.toml"));
        let mut args = vec!["allocate", &input, "--model", &model, "--pot", "10000000", "-q"];
        args.extend(more);
        levekaar_ok(&args).out
    };
    let of_year = |year: i32| -> BTreeMap<String, f64> {
        let rows = csv(&allocate(year, &[]));
        rows.iter().map(|row| (row["area"].clone(), row["amount"].parse().unwrap())).collect()
    };
    let years: Vec<BTreeMap<String, f64>> = (2015..=2024).map(of_year).collect();
    // The mean over areas and pairs of years of |x_t - x_(t-1)| / x_(t-1).
    let mut changes = Vec::new();
    for pair in years.windows(2) {
        for (area, before) in pair[0].iter().filter(|(_, before)| **before > 0.0) {
            changes.push((pair[1][area] - before).abs() / before);
        }
    }
    let expected = changes.iter().sum::<f64>() / changes.len() as f64;
    assert!(changes.len() > 400 && expected > 0.01, "{expected}");
    let out = path("out");
    allocate(2024, &["-o", &out]);
    let measures = csv(&fs::read_to_string(format!("{out}/measures.csv")).unwrap());
    let found = measures.iter().find(|row| row["measure"] == "yoy-volatility").unwrap();
    let found: f64 = found["value"].parse().unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

const TABLE: &[u8] =
    b"id,name,people,x\n01,Nord,100,1\n02,Sor,200,2\n03,Ost,300,3\n04,Vest,400,5\n";

const TOY: &str = r#"version = 1
id = "toy"
title = { nb = "Toy", en = "Toy" }
areas = { file = "table.csv", id = "id", name = "name", population = "people" }
index = { file = "index.toml" }
selection = { preset = "worst-fifth" }
"#;

const INDEX: &[u8] = br#"version = 1
id = "toy"
title = { nb = "Toy", en = "Toy" }
source = "invented"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" } }
ranking = { ties = "min" }
defaults = { normalise = { method = "min-max" } }
[[indicator]]
id = "x"
title = { nb = "X", en = "X" }
unit = ""
direction = "higher-is-worse"
weight = 1.0
"#;
