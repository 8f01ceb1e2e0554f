//! Golden: what follows from table 3.13 of *Områdesatsinger i byer*, through the program.
//!
//! Input: the table as printed, in `datasets/omraadesatsinger-2019`. Expected: the numbers that
//! were worked out from it by hand; the tolerance is half of the last decimal that was written.

use std::collections::BTreeMap;

use crate::harness::{csv, levekaar_ok};

const FUNDING: &str = "datasets/omraadesatsinger-2019/funding.toml";

#[test]
fn every_baseline_number_comes_out_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("today");
    levekaar_ok(&["allocate", FUNDING, "--model", "today-2019", "-o", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(out.join("baseline.csv")).unwrap();
    let found: BTreeMap<(String, String), f64> = csv(&text)
        .into_iter()
        .map(|row| ((row["measure"].clone(), row["of"].clone()), row["value"].parse().unwrap()))
        .collect();
    let near = |measure: &str, of: &str, expected: f64, tolerance: f64| {
        let got = found[&(measure.to_owned(), of.to_owned())];
        assert!((got - expected).abs() <= tolerance, "{measure} {of}: {got} is not {expected}");
    };
    for (measure, expected) in [
        ("cells_with_money", 24.0),
        ("cells", 56.0),
        ("coordination_pairs", 40.0),
        ("all_money", 221_564_000.0),
        ("money_with_area", 183_164_000.0),
        ("money_without_area", 38_400_000.0),
        ("links_earmarks", 24.0),
        ("links_joint_programme", 15.0),
        ("links_merged", 14.0),
    ] {
        near(measure, "", expected, 0.0);
    }
    near("concentration_of_funders", "", 0.2654, 5e-5);
    near("effective_funders", "", 3.77, 5e-3);
    near("effective_areas", "", 4.37, 5e-3);
    near("share_without_area", "", 0.173, 5e-4);
    near("share_of_other_departments", "KMD", 0.6255, 5e-5);
    near("municipality_share_of_money_with_area", "Oslo", 0.7958, 5e-5);
    near("municipality_share_of_all_money", "Oslo", 0.7003, 5e-5);
    for (department, percent) in [
        ("KMD", 37.45),
        ("KD", 29.87),
        ("JD", 16.70),
        ("ASD", 5.87),
        ("HOD", 5.82),
        ("KUD", 3.39),
        ("KLD", 0.90),
    ] {
        near("department_share", department, percent / 100.0, 5e-5);
    }
    for (area, funders, exposure) in [
        ("groruddalen", 4.21, None),
        ("oslo_indre_ost", 4.56, None),
        ("oslo_sor", 2.69, Some(0.5)),
        ("storhaug", 2.77, None),
        ("fjell", 1.0, Some(1.0)),
        ("bergen", 1.0, Some(1.0)),
        ("trondheim", 1.0, Some(1.0)),
    ] {
        near("effective_funders_of_area", area, funders, 5e-3);
        if let Some(exposure) = exposure {
            near("largest_funder_of_area", area, exposure, 1e-12);
        }
    }
}

#[test]
fn today_is_today_and_the_shares_of_departments_move_with_the_model() {
    let said = levekaar_ok(&["allocate", FUNDING, "--model", "today-2019", "--language", "en"]);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| row["change"] == "0"), "{}", said.out);
    let sum: i64 = rows.iter().map(|row| row["amount"].parse::<i64>().unwrap()).sum();
    assert_eq!(sum, 221_564_000);
    assert!(said.err.contains("17.3 per cent of the money"), "{}", said.err);
    assert!(said.err.contains("recommends none"), "{}", said.err);
}

#[test]
fn oslos_programmes_by_need_times_people() {
    let said = levekaar_ok(&[
        "allocate",
        "datasets/omraadesatsinger-2019/oslo.toml",
        "--model",
        "datasets/omraadesatsinger-2019/oslo-need-times-people.toml",
    ]);
    let rows = csv(&said.out);
    assert_eq!(rows.len(), 15);
    let sum =
        |column: &str| -> i64 { rows.iter().map(|r| r[column].parse::<i64>().unwrap()).sum() };
    assert_eq!((sum("today"), sum("amount")), (145_764_000, 145_764_000));
    assert_eq!(rows.iter().filter(|row| row["today"] != "0").count(), 8, "the eight districts");
    // Groruddalen's 44 014 thousand over four districts by residents: Bjerke has 30 327 of 137 075.
    let bjerke = rows.iter().find(|row| row["area"] == "030109").unwrap();
    let expected = 44_014_000.0 * 30_327.0 / 137_075.0;
    assert!((bjerke["today"].parse::<f64>().unwrap() - expected).abs() < 7.0, "{bjerke:?}");
}
