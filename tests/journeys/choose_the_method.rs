//! An analyst chooses what becomes of gaps, of small numbers, and which years are the measure.

use std::fs;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const TABLE: &[u8] = b"zone,year,residents,events,persons,x\n\
    1,2020,900,30,500,10\n2,2020,800,10,400,20\n3,2020,700,5,300,30\n4,2020,60,4,20,40\n\
    1,2021,900,32,500,11\n2,2021,800,12,400,\n3,2021,700,4,300,31\n4,2021,60,9,20,44\n";

const PAIRS: &[u8] = b"a,b\n1,2\n2,3\n3,4\n";

fn index(x: &str, rate: &str) -> String {
    format!(
        "version = 1\nid = \"own\"\ntitle = {{ nb = \"Egen\", en = \"Own\" }}\nsource = \"invented\"\n\
         licence = \"CC0-1.0\"\nscore = {{ aggregate = {{ method = \"arithmetic-mean\" }}, \
         weights = {{ method = \"equal\" }} }}\nranking = {{ ties = \"min\" }}\n[[indicator]]\n\
         id = \"x\"\ntitle = {{ nb = \"X\", en = \"X\" }}\nunit = \"1\"\n\
         direction = \"higher-is-worse\"\n{x}\n[[indicator]]\nid = \"rate\"\n\
         title = {{ nb = \"Rate\", en = \"Rate\" }}\nunit = \"%\"\ndirection = \"higher-is-worse\"\n\
         rate = {{ numerator = \"events\", denominator = \"persons\", per = 100 }}\n{rate}\n"
    )
}

const PROJECT: &str = "version = 1\nid = \"own\"\ntitle = { nb = \"Egen\", en = \"Own\" }\n\
    language = \"en\"\nindex = { file = \"index.toml\" }\n[areas]\nfile = \"t.csv\"\nid = \"zone\"\n\
    population = \"residents\"\nyear = { column = \"year\", use-year = 2021 }\n\
    neighbours = { file = \"pairs.csv\", from = \"a\", to = \"b\" }\n[uncertainty]\nreplicates = 20\n";

const AS_IS: &str = "normalise = { method = \"as-is\" }";

/// Runs the project into a folder and returns it with what was said.
fn results(index: &str, more: &str) -> (tempfile::TempDir, String) {
    let project = format!("{PROJECT}{more}");
    let files = folder(&[
        ("t.csv", TABLE),
        ("pairs.csv", PAIRS),
        ("index.toml", index.as_bytes()),
        ("project.toml", project.as_bytes()),
    ]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let said = levekaar_ok(&["run", &path("project.toml"), "-o", &path("out")]);
    (files, said.err)
}

fn scores(folder: &tempfile::TempDir) -> Vec<(String, f64)> {
    let text = fs::read_to_string(folder.path().join("out/ranking.csv")).unwrap();
    let mut rows: Vec<(String, f64)> = csv(&text)
        .into_iter()
        .map(|row| (row["area"].clone(), row["score"].parse().unwrap_or(f64::NAN)))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

#[test]
fn a_gap_is_filled_from_neighbours_or_from_the_year_before() {
    let rates = [6.4, 3.0, 4.0 / 3.0, 45.0];
    for (method, filled) in
        [("{ method = \"neighbours\" }", 21.0), ("{ method = \"last-value\", years = 1 }", 20.0)]
    {
        let (files, _) = results(&index(&format!("impute = {method}\n{AS_IS}"), AS_IS), "");
        let found = scores(&files);
        let wanted = [11.0, filled, 31.0, 44.0];
        for (at, (area, score)) in found.iter().enumerate() {
            let expected = (wanted[at] + rates[at]) / 2.0;
            assert!((score - expected).abs() < 1e-9, "{method} {area}: {score} {expected}");
        }
        let cells = fs::read_to_string(files.path().join("out/indicators.csv")).unwrap();
        let gap = csv(&cells).into_iter().find(|row| row["area"] == "2").unwrap();
        assert!(gap.values().any(|cell| cell == "not-available"), "{gap:?}");
    }
}

#[test]
fn a_screened_area_has_no_rank_and_is_listed_with_the_reason() {
    let impute = format!("impute = {{ method = \"median\" }}\n{AS_IS}");
    let (files, said) = results(&index(&impute, AS_IS), "[screen]\nat-least-population = 100\n");
    assert!(scores(&files)[3].1.is_nan());
    let listed = fs::read_to_string(files.path().join("out/not-ranked.csv")).unwrap();
    let rows = csv(&listed);
    assert_eq!(rows.len(), 1, "{listed}");
    assert_eq!(rows[0]["area"], "4");
    assert!(said.contains('4'), "{said}");
}

#[test]
fn raw_and_shrunk_ranks_stand_side_by_side() {
    let impute = format!("impute = {{ method = \"median\" }}\n{AS_IS}");
    let shrunk = format!("treat = [{{ method = \"shrink-local\" }}]\n{AS_IS}");
    let (files, _) = results(&index(&impute, &shrunk), "");
    let rows = csv(&fs::read_to_string(files.path().join("out/shrinkage.csv")).unwrap());
    assert_eq!(rows.len(), 4);
    // The few persons of zone 4 are drawn towards its neighbour.
    assert!(scores(&files)[3].1 < (44.0 + 45.0) / 2.0);
}

#[test]
fn years_may_be_pooled_and_a_base_year_is_one_of_them() {
    let fill =
        "impute = { method = \"median\" }\nnormalise = { method = \"min-max\", low = 0, high = 1 }";
    let of = |years: &str| {
        let x = format!("{fill}\nreference = {{ years = {years} }}");
        let (files, _) = results(&index(&x, AS_IS), "");
        let told = fs::read_to_string(files.path().join("out/run.json")).unwrap();
        (scores(&files), told)
    };
    let (all, told) = of("\"all\"");
    assert!(told.contains("notice.pooled-years") && told.contains("2020, 2021"), "{told}");
    // From 10 in 2020 to 44 in 2021.
    assert!((all[0].1 - (1.0 / 34.0 + 6.4) / 2.0).abs() < 1e-12, "{all:?}");
    let (base, _) = of("[2020]");
    // Measured by 10 to 40, zone 4 leaves the range.
    assert!((base[3].1 - (34.0 / 30.0 + 45.0) / 2.0).abs() < 1e-12, "{base:?}");
    let wrong = index(&format!("{fill}\nreference = {{ years = [1999] }}"), AS_IS);
    let files = folder(&[
        ("t.csv", TABLE),
        ("pairs.csv", PAIRS),
        ("index.toml", wrong.as_bytes()),
        ("project.toml", PROJECT.as_bytes()),
    ]);
    let said = levekaar(&["rank", files.path().join("project.toml").to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("1999") && said.err.contains("2020, 2021"), "{}", said.err);
}

#[test]
fn a_quotient_of_two_columns_is_explained() {
    let divided = format!(
        "impute = {{ method = \"median\" }}\ncolumn = \"residents\"\n\
         denominate = {{ by = \"persons\", per = 10 }}\n{AS_IS}"
    );
    let (files, _) = results(&index(&divided, AS_IS), "");
    let project = files.path().join("project.toml");
    let said = levekaar_ok(&["explain", project.to_str().unwrap(), "1", "--language", "en"]);
    assert!(said.out.contains("900 / 500 × 10 = 18"), "{}", said.out);
}

#[test]
fn decimals_are_as_many_as_asked_for() {
    let index = index(&format!("impute = {{ method = \"median\" }}\n{AS_IS}"), AS_IS);
    let files = folder(&[
        ("t.csv", TABLE),
        ("pairs.csv", PAIRS),
        ("index.toml", index.as_bytes()),
        ("project.toml", PROJECT.as_bytes()),
    ]);
    let project = files.path().join("project.toml");
    let said = levekaar_ok(&["score", project.to_str().unwrap(), "--decimals", "2"]);
    assert!(said.out.contains("\n1,1,8.70,11.00,6.40\n"), "{}", said.out);
}
