//! A researcher measures inequality, the social gradient and segregation.

use std::collections::BTreeMap;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

#[test]
fn the_golden_numbers_come_out_of_the_program() {
    let table = b"area,x,g\n1,1,a\n2,2,a\n3,3,b\n4,4,b\n5,,b\n";
    let files = folder(&[("t.csv", table)]);
    let path = files.path().join("t.csv");
    let said = levekaar_ok(&[
        "inequality",
        path.to_str().unwrap(),
        "--value",
        "x",
        "--group",
        "g",
        "--permutations",
        "99",
    ]);
    assert!(said.err.contains("1 of 5 rows"), "{}", said.err);
    let found = values(&said.out);
    near(found["gini"], 0.25);
    near(found["theil"], 0.106_440_135_3);
    near(found["theil_between"] + found["theil_within"], found["theil"]);
}

#[test]
fn the_gradient_has_slope_ratio_and_concentration() {
    let table =
        b"q,y,n,d,lo,hi\n1,10,1,5,9,11\n2,8,1,4,7,9\n3,7,1,3,6,8\n4,5,1,2,4,6\n5,4,1,1,3,5\n";
    let files = folder(&[("t.csv", table)]);
    let path = files.path().join("t.csv");
    let args = [
        "inequality",
        path.to_str().unwrap(),
        "--value",
        "y",
        "--population",
        "n",
        "--deprivation",
        "d",
        "--lower",
        "lo",
        "--upper",
        "hi",
        "--draws",
        "2000",
    ];
    let said = levekaar_ok(&args);
    let found = values(&said.out);
    near(found["slope_index"], -7.5);
    near(found["relative_index"], 0.289_099_526_1);
    near(found["concentration_index"], -0.176_470_588_2);
    let rows = csv(&said.out);
    let slope = rows.iter().find(|row| row["measure"] == "slope_index").unwrap();
    let end = |name: &str| slope[name].parse::<f64>().unwrap();
    assert!(end("low") < -7.5 && -7.5 < end("high"));
    assert_eq!(said.out, levekaar_ok(&args).out, "the same seed gives the same bytes");
}

#[test]
fn segregation_has_bounds_where_counts_are_suppressed() {
    let table = b"area,x,t\n1,10,100\n2,20,100\n3,5,100\n";
    let files = folder(&[("t.csv", table), ("s.csv", b"area,x,t\n1,10,100\n2,20,100\n3,:,100\n")]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let run = |name: &str, more: &[&str]| {
        let path = path(name);
        let mut args = vec!["segregation", &path, "--count", "x", "--total", "t", "--draws", "99"];
        args.extend(more);
        levekaar_ok(&args).out
    };
    let found = values(&run("t.csv", &[]));
    near(found["dissimilarity"], 0.269_541_779_0);
    near(found["entropy"], 0.052_458_004_9);
    near(found["isolation"], 0.15);
    let rows = csv(&run("s.csv", &["--suppressed-limit", "5"]));
    let d = rows.iter().find(|row| row["measure"] == "dissimilarity").unwrap();
    let (low, high) = (d["low"].parse::<f64>().unwrap(), d["high"].parse::<f64>().unwrap());
    assert!(low <= 0.269_541_779_1 && (0.269_541_778_9..0.5).contains(&high), "{low} {high}");
    let wrong = levekaar(&["segregation", &path("t.csv"), "--count", "t", "--total", "x"]);
    assert!(wrong.code == 1 && wrong.err.contains("not from 0 to the total"), "{}", wrong.err);
}

fn values(out: &str) -> BTreeMap<String, f64> {
    let rows = csv(out);
    rows.iter()
        .filter_map(|row| Some((row["measure"].clone(), row["value"].parse().ok()?)))
        .collect()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
}
