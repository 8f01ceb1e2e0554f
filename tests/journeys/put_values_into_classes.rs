//! A researcher wants classes for a map, and to know what they do to the data.

use crate::harness::{csv, folder, levekaar, levekaar_ok};

const TABLE: &[u8] = b"zone,y2015,y2020,people\n01,1,2,100\n02,2,4,\n03,3,,300\n04,10,12,400\n\
    05,11,14,500\n";

#[test]
fn classes_are_written_with_their_areas_people_and_fit() {
    let rows = classes(&["--column", "y2015", "--method", "fisher-jenks", "-k", "2"]);
    let cell = |row: usize, name: &str| rows[row][name].clone();
    assert_eq!((cell(0, "lower"), cell(0, "upper")), ("1".into(), "3".into()));
    assert_eq!((cell(1, "lower"), cell(1, "upper")), ("3".into(), "11".into()));
    assert_eq!((cell(0, "n_areas"), cell(1, "n_areas")), ("3".into(), "2".into()));
    assert_eq!((cell(0, "people"), cell(1, "people")), (String::new(), "900".into()));
    assert_eq!(cell(0, "sse"), "2.5");
}

#[test]
fn years_that_are_pooled_share_their_limits_and_gaps_have_no_class() {
    let both = ["--column", "y2015", "--column", "y2020", "--method", "equal-interval"];
    let rows = classes(&[&both[..], &["-k", "2", "--pooled", "--per-area"]].concat());
    let of = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("area"), ["01", "02", "03", "04", "05"]);
    assert_eq!(of("y2015_class"), ["1", "1", "1", "2", "2"]);
    assert_eq!(of("y2020_class"), ["1", "1", "", "2", "2"]);
    let limits = classes(&[&both[..], &["-k", "2", "--pooled"]].concat());
    assert!(limits.iter().filter(|row| row["class"] == "1").all(|row| row["upper"] == "7.5"));
    assert_eq!(limits[3]["n_no_class"], "1");
}

#[test]
fn methods_stand_side_by_side() {
    let folder = folder(&[("t.csv", TABLE)]);
    let path = folder.path().join("t.csv");
    let args = ["classify", "compare", path.to_str().unwrap(), "--column", "y2015", "-k", "2"];
    let rows = csv(&levekaar_ok(&args).out);
    let methods: std::collections::BTreeSet<&str> =
        rows.iter().map(|row| row["method"].as_str()).collect();
    assert!(methods.len() == 9 && methods.contains("head-tail"), "{methods:?}");
    let best = |row: &&std::collections::BTreeMap<String, String>| row["method"] == "fisher-jenks";
    let best = rows.iter().find(best).unwrap()["sse"].parse::<f64>().unwrap();
    for method in ["quantiles", "equal-interval", "maximum-breaks"] {
        let row = rows.iter().find(|row| row["method"] == method).unwrap();
        assert!(row["sse"].parse::<f64>().unwrap() >= best, "{method}");
    }
    let wide = levekaar_ok(&[&args[..], &["--per-area", "--methods", "pretty,box-plot"]].concat());
    assert!(wide.out.starts_with("area,y2015,pretty,box-plot\n01,1,"), "{}", wide.out);
}

#[test]
fn what_cannot_be_classed_is_told() {
    let folder = folder(&[("t.csv", b"zone,x,none\n1,-1,\n2,0,\n3,0,\n4,0,\n".as_slice())]);
    let path = folder.path().join("t.csv");
    let of = |args: &[&str]| {
        levekaar(&[&["classify", path.to_str().unwrap(), "--column"], args].concat())
    };
    for (args, code, word) in [
        (&["x", "--method", "geometric"][..], 1, "above 0"),
        (&["x", "--method", "breaks"], 1, "no limits"),
        (&["x", "--method", "breaks", "--upper", "3,2"], 1, "do not increase"),
        (&["x", "--method", "quantiles", "-k", "99"], 1, "from 1 to 10"),
        (&["x", "--method", "head-tail", "--max-head-share", "2"], 1, "max-head-share"),
        (&["none", "--method", "quantiles"], 1, "none of the 4"),
        (&["y", "--method", "quantiles"], 1, "no column `y`"),
        (&["x", "--method", "natural"], 2, "possible values"),
    ] {
        let said = of(args);
        assert!(said.code == code && said.err.contains(word), "{args:?}: {}", said.err);
        assert!(said.out.is_empty());
    }
    let said = of(&["x", "--method", "fisher-jenks"]);
    assert!(said.code == 0 && said.err.contains("tied values make only 2"), "{}", said.err);
}

fn classes(args: &[&str]) -> Vec<std::collections::BTreeMap<String, String>> {
    let folder = folder(&[("t.csv", TABLE)]);
    let path = folder.path().join("t.csv");
    let first = ["classify", path.to_str().unwrap(), "--population", "people"];
    csv(&levekaar_ok(&[&first[..], args].concat()).out)
}
