//! A county asks which municipalities hold the most deprived conditions.

use crate::harness::{csv, folder, levekaar, levekaar_ok};

#[test]
fn municipalities_are_summarised_by_their_areas() {
    // Ten areas; `North` holds places 1 and 10, `South` the others.
    let mut table = String::from("zone,town,people,a\n");
    for place in 1..=10 {
        let (town, people) = if place == 1 || place == 10 { ("North", 50) } else { ("South", 100) };
        table.push_str(&format!("{place:02},{town},{people},{}\n", 11 - place));
    }
    let files = folder(&[
        ("t.csv", table.as_bytes()),
        ("toy.toml", INDEX),
        ("project.toml", PROJECT),
        ("alone.toml", ALONE),
    ]);
    let project = files.path().join("project.toml");
    let rows = csv(&levekaar_ok(&["summarise", project.to_str().unwrap()]).out);
    let north = &rows[0];
    assert_eq!((north["parent"].as_str(), north["n_areas"].as_str()), ("North", "2"));
    assert_eq!(north["average_rank"], "5.5");
    assert_eq!(north["proportion"], "0.5");
    assert_eq!(north["extent"], "0.5");
    assert_eq!(north["local_concentration"], "10");
    assert_eq!(
        (rows[1]["local_concentration"].as_str(), rows[1]["proportion"].as_str()),
        ("9", "0")
    );
    assert!(north["conventions"].contains("percentile 30"));
    let whole = csv(&levekaar_ok(&["summarise", project.to_str().unwrap(), "--by", "whole"]).out);
    assert_eq!((whole.len(), whole[0]["n_areas"].as_str()), (1, "10"));
    let alone = files.path().join("alone.toml");
    let said = levekaar(&["summarise", alone.to_str().unwrap()]);
    assert!(said.code == 1 && said.err.contains("larger units"), "{}", said.err);
}

const INDEX: &[u8] = br#"
version = 1
id = "toy"
title = { nb = "Leke", en = "Toy" }
source = "invented"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" } }
ranking = { ties = "min" }
[[indicator]]
id = "a"
title = { nb = "A", en = "A" }
unit = "1"
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "as-is" }
"#;

const PROJECT: &[u8] = br#"
version = 1
id = "towns"
title = { nb = "Byer", en = "Towns" }
synthetic = true
areas = { file = "t.csv", id = "zone", parent = "town", population = "people" }
index = { file = "toy.toml" }
"#;

const ALONE: &[u8] = br#"
version = 1
id = "towns"
title = { nb = "Byer", en = "Towns" }
synthetic = true
areas = { file = "t.csv", id = "zone", population = "people" }
index = { file = "toy.toml" }
"#;
