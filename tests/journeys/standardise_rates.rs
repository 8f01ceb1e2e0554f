//! An analyst compares deaths between zones of young and of old people.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{Said, csv, folder, levekaar, levekaar_ok};

/// Zone c has five deaths, in d some are withheld, in e nobody is old, in f a count is unknown.
const TABLE: &str = "zone,young_n,young,old_n,old\na,4,2000,8,500\nb,10,1000,20,500\n\
    c,2,900,3,300\nd,:,1000,9,400\ne,12,1000,0,0\nf,9,1000,..,400\n";

const STRATA: &str = "strata = [ { numerator = \"young_n\", denominator = \"young\", standard = 75000 }, \
    { numerator = \"old_n\", denominator = \"old\", standard = 25000 } ]";

/// A project whose indicator `deaths` has this source in the project and this in the recipe.
fn project(source: &str, recipe: &str) -> tempfile::TempDir {
    let index = format!(
        "version = 1\nid = \"own\"\ntitle = {{ nb = \"Egen\", en = \"Own\" }}\nsource = \"invented\"\n\
         licence = \"CC0-1.0\"\nscore = {{ aggregate = {{ method = \"arithmetic-mean\" }}, \
         weights = {{ method = \"equal\" }} }}\nranking = {{ ties = \"min\" }}\n[[indicator]]\n\
         id = \"deaths\"\ntitle = {{ nb = \"Døde\", en = \"Deaths\" }}\nunit = \"per 1,000\"\n\
         direction = \"higher-is-worse\"\nnormalise = {{ method = \"as-is\" }}\n{recipe}\n"
    );
    let project = format!(
        "version = 1\nid = \"own\"\ntitle = {{ nb = \"Egen\", en = \"Own\" }}\nlanguage = \"en\"\n\
         index = {{ file = \"index.toml\" }}\n[areas]\nfile = \"t.csv\"\nid = \"zone\"\n\
         [indicators.deaths]\n{source}\n[uncertainty]\nreplicates = 20\n"
    );
    folder(&[
        ("t.csv", TABLE.as_bytes()),
        ("index.toml", index.as_bytes()),
        ("project.toml", project.as_bytes()),
    ])
}

fn at(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

/// Runs the project and returns its cells by zone with what was said.
fn cells(folder: &tempfile::TempDir) -> (BTreeMap<String, BTreeMap<String, String>>, Said) {
    let said = levekaar_ok(&["run", &at(folder, "project.toml"), "-o", &at(folder, "out")]);
    let text = fs::read_to_string(folder.path().join("out/indicators.csv")).unwrap();
    (csv(&text).into_iter().map(|row| (row["area"].clone(), row)).collect(), said)
}

/// What is wrong with a project, without the frame that long lines are wrapped in.
fn refused(source: &str, recipe: &str) -> String {
    let folder = project(source, recipe);
    let said = levekaar(&["check", &at(&folder, "project.toml")]);
    assert_eq!(said.code, 1, "{}", said.err);
    said.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// 0.75 * 4 / 2000 + 0.25 * 8 / 500 = 0.0055, and 12 events lie between 6.19350984 and
/// 20.96285805; the step is the root of 2.5625e-6 / 12.
#[test]
fn the_outputs_have_the_rate_its_limits_and_the_events() {
    let folder = project(&format!("{STRATA}\nper = 1000"), "");
    let (found, _) = cells(&folder);
    let a = &found["a"];
    let number = |column: &str| a[column].parse::<f64>().unwrap();
    let step = (2.562_5_f64 / 12.0).sqrt();
    for (column, wanted) in [
        ("value", 5.5),
        ("numerator", 12.0),
        ("denominator", 2500.0),
        ("low95", 5.5 + step * (6.193_509_84 - 12.0)),
        ("high95", 5.5 + step * (20.962_858_05 - 12.0)),
    ] {
        assert!((number(column) - wanted).abs() < 1e-8, "{column}: {}", a[column]);
    }
    assert!(number("low998") < number("low95") && number("high95") < number("high998"));
    assert_eq!(a["interval"], "dobson");
    let run = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    assert!(run.contains("Dobson"), "{run}");
}

#[test]
fn each_kind_of_gap_stays_itself_and_names_its_areas() {
    let (found, said) = cells(&project(&format!("{STRATA}\nper = 1000"), ""));
    for (zone, state) in [
        ("c", "not-available"),
        ("d", "suppressed"),
        ("e", "not-applicable"),
        ("f", "not-available"),
    ] {
        let row = &found[zone];
        assert_eq!(row["state"], state, "{zone}");
        assert_eq!((&*row["value"], &*row["low95"], &*row["high998"]), ("", "", ""), "{zone}");
    }
    assert_eq!(found["c"]["numerator"], "5", "the count that was too small");
    assert_eq!(found["d"]["numerator"], "", "what is withheld stays so in a sum");
    for part in [
        "fewer than 10 events in all. Number of areas: 1",
        "“Deaths” is suppressed. Suppressed is not zero. Number of areas: 1",
        "a stratum has no persons",
        "“Deaths” is not available. Number of areas: 1",
    ] {
        assert!(said.err.contains(part), "`{part}` is not in:\n{}", said.err);
    }
}

#[test]
fn the_least_number_of_events_is_set_in_the_project_or_the_recipe() {
    let rate = format!("standardised = {{ {STRATA}, per = 1000 }}");
    let (found, said) = cells(&project("at-least = 5", &rate));
    assert_eq!((&*found["c"]["state"], &*found["a"]["value"]), ("present", "5.5"));
    assert!(!said.err.contains("events in all"), "{}", said.err);
    let strict = rate.replace("per =", "at-least = 13, per =");
    let (found, said) = cells(&project("", &strict));
    assert_eq!((&*found["a"]["state"], &*found["b"]["state"]), ("not-available", "present"));
    assert!(said.err.contains("fewer than 13 events"), "{}", said.err);
}

#[test]
fn explain_shows_strata_limits_and_events() {
    let folder = project(&format!("{STRATA}\nper = 1000"), "");
    let path = at(&folder, "project.toml");
    let text = levekaar_ok(&["explain", &path, "a"]).out;
    for part in [
        "events in all           12\n",
        "weight × stratum rate   75,000 × 4 / 2,000 = 150\n",
        "weight × stratum rate   25,000 × 8 / 500 = 400\n",
        "standardised            550 / 100,000 × 1,000 = 5.5\n",
        "lower limit, 95 %       5.5 + 0.4621",
        "upper limit, 95 %       5.5 + 0.4621",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    let text = levekaar_ok(&["explain", &path, "c", "--language", "nb"]).out;
    assert!(text.contains("hendelser i alt         5\n"), "{text}");
}

#[test]
fn strata_that_make_no_rate_are_all_told_at_once() {
    let one = "strata = [ { numerator = \"young_n\", denominator = \"young\", standard = 1 } ]";
    assert!(refused(one, "").contains("`deaths` has 1 strata"));
    let weight = refused(&STRATA.replace("25000", "-1"), "");
    assert!(weight.contains("gives the stratum of `old` the weight -1"), "{weight}");
    let several =
        format!("{}\ncolumn = \"old\"\ncomplement-of = 100", STRATA.replace("old_n", "odl_n"));
    let several = refused(&several, "");
    assert!(several.contains("there is no column `odl_n`"), "{several}");
    assert!(several.contains("it has `strata` and `column`, `complement-of`"), "{several}");
    assert!(refused("column = \"old\"\nat-least = 5", "").contains("`at-least` without `strata`"));
    let recipe = format!("standardised = {{ {}, per = 0 }}", STRATA.replace("75000", "0"));
    assert!(refused("", &recipe).contains("`deaths` has the rate base `per = 0`"));
    let both = format!("standardised = {{ {STRATA}, per = 1 }}\ncolumn = \"old\"");
    assert!(refused("", &both).contains("has another source too"));
    let negative = folder_with(&TABLE.replace("b,10", "b,-10"));
    let said = levekaar(&["check", &at(&negative, "project.toml")]);
    assert!(said.err.contains("negative counts"), "{}", said.err);
}

fn folder_with(table: &str) -> tempfile::TempDir {
    let folder = project(&format!("{STRATA}\nper = 1000"), "");
    fs::write(folder.path().join("t.csv"), table).unwrap();
    folder
}

#[test]
fn a_standardised_rate_is_not_shrunk() {
    let shrink = "treat = [{ method = \"shrink-global\" }]";
    let said = refused(&format!("{STRATA}\nper = 1000"), shrink);
    assert!(said.contains("`deaths` is to be shrunk, but it is a standardised rate"), "{said}");
}

#[test]
fn sampling_error_is_drawn_stratum_by_stratum() {
    let folder = project(&format!("{STRATA}\nper = 1000"), "");
    let path = at(&folder, "project.toml");
    let said = levekaar_ok(&["confidence", &path, "--draws", "2000", "--seed", "1"]);
    let rows = csv(&said.out);
    let a = rows.iter().find(|row| row["area"] == "a").unwrap();
    // The standard error of a is the root of 2.5625e-6, per 1,000 1.6008.
    let error: f64 = a["se"].parse().unwrap();
    assert!((error - 1.600_8).abs() < 0.1, "{error}");
}

#[test]
fn larger_units_get_no_standardised_rate_that_is_a_mean() {
    let folder = project("", &format!("standardised = {{ {STRATA}, per = 1000 }}"));
    let path = at(&folder, "project.toml");
    let text = fs::read_to_string(&path).unwrap();
    let areas =
        "id = \"zone\"\npopulation = \"young\"\n[boundaries]\nfile = \"m.geojson\"\nid = \"zone\"";
    fs::write(&path, text.replace("id = \"zone\"", areas)).unwrap();
    let square = |zone: &str, x: u8| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"zone\":\"{zone}\",\"part\":\"x\"}},\"geometry\":{{\
             \"type\":\"Polygon\",\"coordinates\":[[[{x},60],[{x}.5,60],[{x}.5,61],[{x},61],[{x},60]]]}}}}"
        )
    };
    let map = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}",
        square("a", 5),
        square("b", 6)
    );
    fs::write(folder.path().join("m.geojson"), map).unwrap();
    let out = at(&folder, "parts.geojson");
    let said = levekaar_ok(&["dissolve", &path, "--by", "part", "--weighted", "-o", &out]);
    assert!(said.err.contains("`--sum`") && said.err.contains("[deaths]"), "{}", said.err);
    let parts = fs::read_to_string(&out).unwrap();
    assert!(parts.contains("\"young\":3000") && !parts.contains("deaths"), "{parts}");
}
