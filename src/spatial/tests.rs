use proptest::prelude::*;

use super::local::{Found, Local, Quadrant, getis_ord_local, local_moran, local_moran_bivariate};
use super::*;

#[test]
fn moran_of_a_small_lattice_has_the_moments_of_cliff_and_ord() {
    // 3 x 3, rook, binary, values 1 to 9; esda 2.9.0's tests.
    let x: Vec<f64> = (1..10).map(f64::from).collect();
    let moran = global::moran(&x, &lattice(3, 3), no_chance()).unwrap();
    close(moran.normal.unwrap().variance, 0.053125);
    close(moran.randomised.unwrap().variance, 0.0596875);
    close(moran.expected.unwrap(), -0.125);
}

#[test]
fn g_and_its_local_forms_are_those_of_esda() {
    // Six points within 15 units of each other; esda/tests/test_getisord.py.
    let y = [2.0, 3.0, 3.2, 5.0, 8.0, 7.0];
    let links = six_points();
    let g = global::getis_ord(&y, &links, no_chance()).unwrap();
    close(g.value, 0.55709779);
    let z = |star| tested(&getis_ord_local(&y, &links, star, no_chance()).unwrap())[0].z;
    close(z(false), -1.0136729);
    close(z(true), -1.39727626);
}

#[test]
fn gaps_and_islands_are_undefined_and_change_nothing_for_the_others() {
    let mut x: Vec<f64> = (0..12).map(|k| f64::from(k * k % 7)).collect();
    let links = lattice(3, 4).standardised();
    let whole = local_moran(&x, &links, Null::Conditional, chance(99)).unwrap();
    assert!(whole.iter().all(|area| area.tested().is_some()));
    // A thirteenth area without a value, beside area 0, is as if it were not there.
    let mut rows: Vec<Vec<(u32, f64)>> = (0..12).map(|area| pairs(&links, area)).collect();
    rows[0].push((12, 1.0));
    rows.push(vec![(0, 1.0)]);
    let rows: Vec<Vec<(u32, f64)>> =
        rows.into_iter().map(|row| row.into_iter().map(|(to, _)| (to, 1.0)).collect()).collect();
    x.push(f64::NAN);
    let with_gap = Links::from_rows(rows).standardised();
    let found = local_moran(&x, &with_gap, Null::Conditional, chance(99)).unwrap();
    assert_eq!(found[..12], whole[..]);
    assert_eq!(found[12], Found::Missing);
    // With a value and without links it is an island.
    x[12] = 3.0;
    let alone =
        Links::from_rows((0..13).map(|area| if area < 12 { pairs(&links, area) } else { vec![] }));
    let found = local_moran(&x, &alone, Null::Conditional, chance(99)).unwrap();
    assert_eq!(found[12], Found::Island);
    assert!(found[..12].iter().all(|area| area.tested().is_some()));
}

#[test]
fn a_corner_of_high_values_is_high_high_and_its_p_is_small() {
    let x: Vec<f64> = (0..100)
        .map(|at| if at % 10 < 4 && at / 10 < 4 { 9.0 } else { f64::from(at % 3) })
        .collect();
    let links = lattice(10, 10).standardised();
    let found = local_moran(&x, &links, Null::Conditional, chance(999)).unwrap();
    let corner = found[0].tested().unwrap();
    assert_eq!(corner.quadrant, Quadrant::HighHigh);
    assert!(corner.p < 0.1 && found[11].tested().unwrap().p < 0.01, "{corner:?}");
    let hot = getis_ord_local(&x, &links, true, chance(999)).unwrap();
    assert!(hot[11].tested().unwrap().z > 4.0 && hot[11].tested().unwrap().p < 0.01);
    let itself = local_moran_bivariate(&x, &x, &links, chance(999)).unwrap();
    let [a, b] = [&found, &itself].map(|found| found[11].tested().unwrap());
    assert!((a.value - b.value).abs() < 1e-12 && a.p == b.p && a.quadrant == b.quadrant);
    assert!((a.z - b.z).abs() < 1e-9, "the same moments: {} {}", a.z, b.z);
}

#[test]
fn what_cannot_be_tested_is_told() {
    let links = lattice(2, 3);
    let of = |x: &[f64]| global::moran(x, &links, no_chance());
    let gap = f64::NAN;
    assert_eq!(of(&[1.0, 2.0, 3.0, gap, gap, gap]), Err(SpatialError::TooFew { n: 3 }));
    assert_eq!(of(&[2.0; 6]), Err(SpatialError::Constant { n: 6, value: 2.0 }));
    let none = Links::from_rows(vec![Vec::new(); 6]);
    let error = global::moran(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &none, no_chance());
    assert_eq!(error, Err(SpatialError::NoLinks { n: 6 }));
    let negative = global::getis_ord(&[-1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &links, no_chance());
    assert_eq!(negative, Err(SpatialError::Negative { n: 1, example: -1.0 }));
    let other = global::join_counts(&[0.0, 1.0, 2.0, 1.0, 1.0, 0.0], &links, no_chance());
    assert_eq!(other, Err(SpatialError::NotBinary { n: 1, example: 2.0 }));
    let rate = rates::empirical_bayes(&[1.0, 1.0], &[10.0, 0.0]);
    assert_eq!(rate, Err(SpatialError::NoPopulation { n: 1, row: 2 }));
}

#[test]
fn joins_are_counted_once_and_sum_to_all_links() {
    // Two rows of three: 1 1 0 / 1 0 0.
    let x = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0];
    let [ones, zeros, mixed] = global::join_counts(&x, &lattice(2, 3), chance(99)).unwrap();
    assert_eq!([ones.value, zeros.value, mixed.value], [2.0, 2.0, 3.0]);
    close(ones.expected.unwrap(), 7.0 * 3.0 * 2.0 / (6.0 * 5.0));
    let expected: f64 = [&ones, &zeros, &mixed].iter().map(|g| g.expected.unwrap()).sum();
    close(expected, 7.0);
}

proptest! {
    /// Neither the unit nor the level of a column, nor the number of threads, changes anything.
    #[test]
    fn units_levels_and_threads_change_nothing(
        values in prop::collection::vec(-50..50_i32, 20),
        factor in 0.5..40.0_f64,
        level in -1e3..1e3_f64,
    ) {
        prop_assume!(values.iter().any(|x| *x != values[0]));
        let x: Vec<f64> = values.iter().map(|x| f64::from(*x)).collect();
        let moved: Vec<f64> = x.iter().map(|x| x * factor + level).collect();
        let links = lattice(4, 5).standardised();
        let of = |x: &[f64]| tested(&local_moran(x, &links, Null::Total, chance(99)).unwrap());
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(one.install(|| of(&x)), of(&x));
        for (before, after) in of(&x).iter().zip(&of(&moved)) {
            prop_assert!((before.value - after.value).abs() < 1e-9);
            prop_assert!(before.p == after.p, "{:?} became {:?}", before, after);
        }
    }

    /// The mean of the local statistics is the one of the whole map.
    #[test]
    fn local_morans_sum_to_the_global_one(values in prop::collection::vec(-9.0..9.0_f64, 20)) {
        let links = lattice(4, 5).standardised();
        let moran = global::moran(&values, &links, no_chance()).unwrap();
        let local = tested(&local_moran(&values, &links, Null::Conditional, no_chance()).unwrap());
        let sum: f64 = local.iter().map(|area| area.value).sum();
        prop_assert!((sum / 19.0 - moran.value).abs() < 1e-9);
    }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-8, "{found}, not {expected}");
}

fn tested(found: &[Found]) -> Vec<Local> {
    found.iter().filter_map(|area| area.tested().copied()).collect()
}

fn pairs(links: &Links, area: usize) -> Vec<(u32, f64)> {
    let (others, weights) = links.row(area);
    others.iter().copied().zip(weights.iter().copied()).collect()
}

fn no_chance() -> Inference {
    chance(0)
}

fn chance(permutations: usize) -> Inference {
    Inference { permutations, alternative: Alternative::TwoSided, seed: crate::draw::Seed(1) }
}

fn six_points() -> Links {
    let at: [(f64, f64); 6] =
        [(10., 10.), (20., 10.), (40., 10.), (15., 20.), (30., 20.), (30., 30.)];
    let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1) <= 15.0;
    Links::from_rows(
        at.iter().map(|&a| (0..6).filter(|&b| near(a, at[b as usize])).map(|b| (b, 1.0)).collect()),
    )
}

fn lattice(rows: u32, columns: u32) -> Links {
    Links::from_rows((0..rows * columns).map(|at| {
        let (row, column) = (at / columns, at % columns);
        let mut beside = Vec::new();
        if row > 0 {
            beside.push((at - columns, 1.0));
        }
        if row + 1 < rows {
            beside.push((at + columns, 1.0));
        }
        if column > 0 {
            beside.push((at - 1, 1.0));
        }
        if column + 1 < columns {
            beside.push((at + 1, 1.0));
        }
        beside
    }))
}
