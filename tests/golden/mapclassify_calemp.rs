//! Golden: classes of employment density in 58 Californian counties, as mapclassify makes them.
//!
//! Input: `emp/sq km`. Expected: upper limits and counts in mapclassify 2.10.0's own tests
//! (PySAL-mapclassify developers, BSD-3-Clause).

use super::{Csv, run, shared};
use crate::harness::folder;

/// The limits are printed to at most eight decimals.
const TOLERANCE: f64 = 5e-9;

#[test]
fn limits_and_counts_are_those_of_mapclassify() {
    let Some(file) = shared("golden/mapclassify_calemp/calempdensity.csv") else { return };
    // The published header names a column twice, which no table of ours may.
    let mut text = std::fs::read_to_string(&file).unwrap();
    text = text.replacen("Geographic Area", "Area", 1);
    let table = one_column(&Csv::parse(&text));
    let folder = folder(&[("t.csv", table.as_bytes())]);
    let file = folder.path().join("t.csv");
    let cases: &[(&[&str], &[f64], &[usize])] = &[
        (&["fisher-jenks"], &[75.29, 192.05, 370.5, 722.85, 4111.45], &[49, 3, 4, 1, 1]),
        (&["quantiles"], &[1.464, 5.798, 13.278, 54.616, 4111.45], &[12, 11, 12, 11, 12]),
        (&["equal-interval"], &[822.394, 1644.658, 2466.922, 3289.186, 4111.45], &[57, 0, 0, 0, 1]),
        (
            &["percentiles"],
            &[0.1357, 0.553, 9.365, 213.914, 2179.948, 4111.45],
            &[1, 5, 23, 23, 5, 1],
        ),
        (
            &["box-plot"],
            &[-52.87625, 2.5675, 9.365, 39.53, 94.97375, 4111.45],
            &[0, 15, 14, 14, 6, 9],
        ),
        (
            &["mean-sd"],
            &[-967.36235382, -420.71712519, 672.57333208, 1219.21856072, 4111.45],
            &[0, 0, 56, 1, 1],
        ),
        (&["maximum-breaks"], &[146.005, 228.49, 546.675, 2417.15, 4111.45], &[50, 2, 4, 1, 1]),
        (&["breaks", "--upper", "20,4111.45"], &[20.0, 4111.45], &[37, 21]),
    ];
    for (method, limits, counts) in cases {
        let mut args = vec!["classify", file.to_str().unwrap(), "--column", "emp/sq km"];
        args.push("--method");
        args.extend(*method);
        let ours = run(&args);
        let found = ours.numbers("upper");
        assert_eq!(found.len(), limits.len(), "{method:?}");
        for (found, wanted) in found.iter().zip(*limits) {
            assert!((found - wanted).abs() <= TOLERANCE, "{method:?}: {found}, not {wanted}");
        }
        let n_areas: Vec<usize> = ours.numbers("n_areas").iter().map(|n| *n as usize).collect();
        assert_eq!(n_areas, *counts, "{method:?}");
        if method[0] == "fisher-jenks" {
            let adcm = ours.numbers("adcm")[0];
            assert!((adcm - 799.24).abs() <= TOLERANCE, "{adcm}");
        }
    }
}

fn one_column(published: &Csv) -> String {
    let rows = published.text("emp/sq km").iter().enumerate();
    let rows: String = rows.map(|(at, x)| format!("{at},{x}\n")).collect();
    format!("id,emp/sq km\n{rows}")
}

#[test]
fn head_and_tail_of_the_inverse_squares_are_those_of_mapclassify() {
    let mut table = String::from("id,x\n");
    (1..1000).for_each(|k| table.push_str(&format!("{k},{:?}\n", f64::from(k).powi(-2))));
    let folder = folder(&[("t.csv", table.as_bytes())]);
    let path = folder.path().join("t.csv");
    let ours = run(&["classify", path.to_str().unwrap(), "--column", "x", "--method", "head-tail"]);
    assert_eq!(ours.numbers("n_areas"), [975.0, 21.0, 2.0, 1.0]);
}
