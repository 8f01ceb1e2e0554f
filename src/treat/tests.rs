//! Whole columns through [`treat`], each told as a definition.

use super::*;
use crate::screen::{Screen, screen};

const GOLDEN: [f64; 12] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 30.0, 100.0];

#[test]
fn a_gap_takes_the_first_of_its_sources_that_has_a_value() {
    let table = table(&[None, Some(2.0), Some(4.0), None, None], |_| None);
    let pairs = [("00".to_owned(), "01".to_owned()), ("03".to_owned(), "00".to_owned())];
    let (neighbours, _) = Neighbours::from_pairs(table.areas(), &pairs);
    let chain = "impute = { method = \"neighbours\", fallback = [\"group\", \"all\"] }";
    let done = run(table.with_neighbours(neighbours), chain).unwrap();
    // The areas 0 to 3 share a parent; 3 borders on 0 only, whose value is itself a guess.
    let filled: Vec<_> = done.ledger.iter().map(|c| (c.area_idx, c.basis.unwrap(), c.to)).collect();
    assert_eq!(filled, [(0, Basis::Neighbours, 2.0), (3, Basis::Group, 3.0), (4, Basis::All, 3.0)]);
}

#[test]
fn neighbours_must_be_known() {
    let got = run(table(&[None, Some(1.0)], |_| None), "impute = { method = \"neighbours\" }");
    assert!(matches!(got, Err(TreatError::NoNeighbours { what: "imputed", .. })));
}

#[test]
fn areas_without_residents_are_not_imputed_and_are_told() {
    let residents = |at| Some(if at == 0 { 0.0 } else { 10.0 });
    let table = table(&[None, Some(2.0), None, Some(6.0)], residents);
    let done = run(table, "impute = { method = \"mean\" }").unwrap();
    assert!(done.columns[0].values[0].is_nan());
    assert_eq!(done.columns[0].values[2], 4.0);
    let told = Chosen::NobodyToImpute { area_idx: vec![0] };
    assert_eq!(done.choices, [Choice { indicator_idx: 0, what: told }]);
}

#[test]
fn a_screened_area_takes_no_part_in_a_mean() {
    let residents = |at| Some(if at == 1 { 3.0 } else { 50.0 });
    let table = table(&[None, Some(1000.0), Some(2.0), Some(6.0)], residents);
    let limits = Screen { at_least_share: None, at_least_population: Some(10.0) };
    let done = run(screen(table, Some(&limits)), "impute = { method = \"mean\" }").unwrap();
    assert_eq!(done.columns[0].values[0], 4.0);
    assert!(done.columns[0].values[1].is_nan());
}

#[test]
fn the_latest_earlier_value_is_taken_with_its_year() {
    let mut base = table(&[None, None, Some(1.0)], |_| None);
    let column = base.columns()[0].clone().with_earlier(vec![
        crate::indicator::Earlier { year: 2020, values: vec![5.0, f64::NAN, 0.0] },
        crate::indicator::Earlier { year: 2019, values: vec![4.0, 8.0, 0.0] },
    ]);
    base = IndicatorTable::new(Arc::clone(base.areas()), vec![column]);
    let done = run(base, "impute = { method = \"last-value\", years = 2 }").unwrap();
    let filled: Vec<_> = done.ledger.iter().map(|c| (c.basis.unwrap(), c.to)).collect();
    assert_eq!(filled, [(Basis::Year(2020), 5.0), (Basis::Year(2019), 8.0)]);
}

#[test]
fn each_moved_value_is_in_the_ledger_with_old_and_new() {
    let done = run(golden(), &two_stages("max-points = 5", "log-ct")).unwrap();
    let moved: Vec<_> = done.ledger.iter().map(|c| (c.area_idx, c.from, c.to)).collect();
    assert_eq!(moved, [(11, 100.0, 30.0)]);
    assert!(matches!(done.choices[0].what, Chosen::Winsorised { n_low: 0, n_high: 1, .. }));
}

#[test]
fn where_winsorising_may_not_help_the_original_column_is_transformed() {
    let done = run(golden(), &two_stages("max-points = 5, max-share = 0.0", "log-ct")).unwrap();
    assert!(done.ledger.is_empty());
    assert!((done.columns[0].values[11] - 4.60507018).abs() < 5e-9);
    assert!(matches!(done.choices[0].what, Chosen::SecondStage { passes: true, .. }));
}

#[test]
fn a_constant_column_is_not_testable_and_stays() {
    let table = table(&[Some(3.0); 6], |_| None);
    let done = run(table, &two_stages("max-points = 5", "log-ct")).unwrap();
    assert_eq!(done.columns[0].values, [3.0; 6]);
    assert_eq!(done.choices[0].what, Chosen::NotTestable);
}

#[test]
fn shrinking_needs_counts_and_proportions() {
    let shrink = "treat = [{ method = \"shrink-to-parent\", centre = \"mean\" }]";
    let plain = table(&[Some(1.0), Some(2.0)], |_| None);
    assert!(matches!(run(plain.clone(), shrink), Err(TreatError::NoCounts { .. })));
    let counts = Counts { numerator: vec![9.0, 1.0], denominator: vec![4.0, 4.0], per: 1.0 };
    let column = plain.columns()[0].clone().with_counts(counts);
    let counted = IndicatorTable::new(Arc::clone(plain.areas()), vec![column]);
    assert!(matches!(run(counted.clone(), shrink), Err(TreatError::NoProportion { .. })));
    let done = run(counted, "treat = [{ method = \"shrink-global\" }]").unwrap();
    assert_eq!(done.ledger.len(), 2);
}

#[test]
fn shrinking_must_stand_first() {
    let of = |text: &str| toml::from_str::<Treatment>(text).unwrap();
    let (round, global) =
        (of("method = \"round\"\ndecimals = 1"), of("method = \"shrink-global\""));
    assert!(problem_of_list(&[global.clone(), round.clone()]).is_none());
    assert!(problem_of_list(&[round, global]).is_some());
}

#[test]
fn winsorising_without_a_limit_is_refused() {
    let method: Treatment = toml::from_str("method = \"skew-kurtosis\"\nthen = \"none\"").unwrap();
    assert!(method.problem().is_some());
}

/// COINr's help text says 2.25, its code 2.
#[test]
fn the_usual_limits_are_those_of_the_code_and_not_of_the_help_text() {
    let text = "method = \"skew-kurtosis\"\nthen = \"none\"\nmax-points = 5";
    let Treatment::SkewKurtosis { skew, kurtosis, .. } = toml::from_str(text).unwrap() else {
        panic!("another method");
    };
    assert_eq!((skew, kurtosis), (2.0, 3.5));
}

/// Five points are a tenth of 51 zones and nothing of 33,755.
#[test]
fn the_smaller_of_points_and_share_limits_what_is_moved() {
    let values: Vec<Option<f64>> = (0..100)
        .map(|i| Some(if i < 92 { f64::from(i % 10) } else { 10_f64.powi(i - 88) }))
        .collect();
    let moved = |limit: &str| {
        let done = run(table(&values, |_| None), &two_stages(limit, "none")).unwrap();
        done.ledger.len()
    };
    assert_eq!(moved("max-points = 5"), 5);
    assert_eq!(moved("max-points = 5, max-share = 0.02"), 2);
    assert_eq!(moved("max-points = 1, max-share = 0.02"), 1);
    // Rounded up, so that small tables may move a point at all.
    assert_eq!(moved("max-share = 0.001"), 1);
}

/// COINr's `log_GII` turns the order round where the largest value is below 1.
#[test]
fn the_logarithm_that_may_turn_the_order_round_is_not_there() {
    assert!(toml::from_str::<Treatment>("method = \"log-gii\"").is_err());
}

#[test]
fn roots_reciprocals_and_angles_are_the_formula_and_say_where_they_have_no_value() {
    let of = |text: &str, values: &[f64]| {
        let values: Vec<Option<f64>> = values.iter().map(|x| Some(*x)).collect();
        run(table(&values, |_| None), &format!("treat = [{text}]"))
    };
    let values = |text: &str, x: &[f64]| of(text, x).unwrap().columns[0].values.clone();
    assert_eq!(values("{ method = \"power\", p = 0.5 }", &[4.0, 9.0]), [2.0, 3.0]);
    assert_eq!(values("{ method = \"power\", p = -1 }", &[4.0, 2.0]), [0.25, 0.5]);
    assert_eq!(values("{ method = \"distance-from\", point = 3 }", &[1.0, 5.5]), [2.0, 2.5]);
    let angle = values("{ method = \"arcsine-root\", per = 100 }", &[25.0, 100.0]);
    assert!((angle[0] - std::f64::consts::FRAC_PI_6).abs() < 1e-12);
    assert!((angle[1] - std::f64::consts::FRAC_PI_2).abs() < 1e-12);
    let error = of("{ method = \"power\", p = -1 }", &[0.0, 2.0]).unwrap_err();
    assert!(matches!(error, TreatError::Undefined { n: 1, .. }));
    assert!(of("{ method = \"arcsine-root\", per = 100 }", &[5.0, 101.0]).is_err());
    let wide = "{ method = \"winsorise-percentiles\", low = 10, high = 90, type = \"type6\" }";
    // Place 0.1 (n + 1) lies below the first value.
    assert_eq!(values(wide, &[1.0, 2.0, 3.0, 4.0, 5.0]), [1.0, 2.0, 3.0, 4.0, 5.0]);
}

fn two_stages(limit: &str, then: &str) -> String {
    format!("treat = [{{ method = \"skew-kurtosis\", {limit}, then = \"{then}\" }}]")
}

fn golden() -> IndicatorTable {
    table(&GOLDEN.map(Some), |_| None)
}

/// One column; every area but the fifth belongs to the same larger unit.
fn table(values: &[Option<f64>], population: impl Fn(usize) -> Option<f64>) -> IndicatorTable {
    let area = |at: usize| Area {
        parent: (at != 4).then(|| "P".to_owned()),
        population: population(at),
        ..Area::of(format!("{at:02}").as_str())
    };
    let areas: Vec<Area> = (0..values.len()).map(area).collect();
    IndicatorTable::new(areas, vec![Column::of("x", values)])
}

fn run(table: IndicatorTable, method: &str) -> Result<TreatedTable, TreatError> {
    let text = format!(
        "version = 1\nid = \"t\"\ntitle = {{ nb = \"t\", en = \"t\" }}\nsource = \"t\"\n\
         licence = \"t\"\n[score]\naggregate = {{ method = \"arithmetic-mean\" }}\n\
         [ranking]\nties = \"min\"\n[[indicator]]\nid = \"x\"\n\
         title = {{ nb = \"x\", en = \"x\" }}\nunit = \"x\"\n\
         direction = \"higher-is-worse\"\n{method}\n"
    );
    treat(table, &toml::from_str(&text).unwrap())
}
