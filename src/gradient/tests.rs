use super::*;

const Y: [f64; 5] = [10.0, 8.0, 7.0, 5.0, 4.0];
const ONE: [f64; 5] = [1.0; 5];
const DEPRIVATION: [f64; 5] = [5.0, 4.0, 3.0, 2.0, 1.0];

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-11, "{found} is not {expected}");
}

fn options(transform: Transform, multiplier: f64) -> SlopeOptions {
    SlopeOptions { transform, multiplier, confidence: 0.95, n_draws: 4000, seed: Seed(1) }
}

fn groups(width: Option<f64>) -> Vec<GradientGroup> {
    let group = |&value: &f64| GradientGroup {
        population: 20.0,
        value,
        interval: width.map(|width| (value - width, value + width)),
    };
    Y.iter().map(group).collect()
}

#[test]
fn the_golden_numbers_hold() {
    near(concentration_index(&Y, &ONE, &DEPRIVATION).unwrap(), -0.176_470_588_235_294);
    let slope = slope_index(&groups(None), options(Transform::None, 1.0)).unwrap();
    near(slope.slope_index, -7.5);
    near(slope.at_most_deprived, 10.55);
    near(slope.relative_index, 0.289_099_526_066_35);
    assert_eq!(slope.slope_interval, None);
}

#[test]
fn the_forms_for_bounded_values_follow_from_the_index() {
    let y = Y.map(|y| y / 10.0);
    let index = concentration_index(&y, &ONE, &DEPRIVATION).unwrap();
    near(erreygers(&y, &ONE, &DEPRIVATION, (0.0, 1.0)).unwrap(), 4.0 * 0.68 * index);
    near(wagstaff(&y, &ONE, &DEPRIVATION, (0.0, 1.0)).unwrap(), index / (1.0 - 0.68));
    let other = y.map(|y| 1.0 - y);
    let turned = erreygers(&other, &ONE, &DEPRIVATION, (0.0, 1.0)).unwrap();
    near(turned, -4.0 * 0.68 * index);
    assert!(erreygers(&Y, &ONE, &DEPRIVATION, (0.0, 1.0)).is_err());
}

#[test]
fn everybody_equal_has_no_concentration_and_tied_areas_share_a_place() {
    near(concentration_index(&[3.0; 5], &ONE, &DEPRIVATION).unwrap(), 0.0);
    near(concentration_index(&Y, &ONE, &[1.0; 5]).unwrap(), 0.0);
    near(kakwani(&Y, &Y, &ONE, &DEPRIVATION).unwrap(), 0.0);
}

#[test]
fn a_multiplier_below_one_does_not_swap_the_limits() {
    let small = slope_index(&groups(Some(0.5)), options(Transform::None, 0.001)).unwrap();
    let plain = slope_index(&groups(Some(0.5)), options(Transform::None, 1.0)).unwrap();
    let (low, high) = small.slope_interval.unwrap();
    assert!(low < small.slope_index && small.slope_index < high);
    assert_eq!(small.relative_interval, plain.relative_interval);
    let turned = slope_index(&groups(Some(0.5)), options(Transform::None, -1.0)).unwrap();
    let (low, high) = turned.relative_interval.unwrap();
    assert!(low < turned.relative_index && turned.relative_index < high);
    near(turned.relative_index * plain.relative_index, 1.0);
}

#[test]
fn the_interval_is_that_of_a_weighted_sum_of_normals() {
    let slope = slope_index(&groups(Some(0.5)), options(Transform::None, 1.0)).unwrap();
    // Equal groups: the variance of the slope is se^2 / sum((b - 1/2)^2) = se^2 / 0.4.
    let half = 0.5 / 0.4_f64.sqrt();
    let (low, high) = slope.slope_interval.unwrap();
    assert!((low - (-7.5 - half)).abs() < 0.05 && (high - (-7.5 + half)).abs() < 0.05);
}

#[test]
fn logarithms_give_the_ratio_of_an_exponential_gradient() {
    let group = |at: i32| GradientGroup {
        population: 1.0,
        value: (1.0 - 0.3 * (f64::from(at) + 0.5)).exp(),
        interval: None,
    };
    let groups: Vec<_> = (0..10).map(group).collect();
    let slope = slope_index(&groups, options(Transform::Log, 1.0)).unwrap();
    near(slope.relative_index, (-3.0_f64).exp());
    let mut zero = groups.clone();
    zero[3].value = 0.0;
    let refused = slope_index(&zero, options(Transform::Log, 1.0));
    assert!(matches!(refused, Err(GradientError::Transform { .. })));
}

#[test]
fn what_cannot_carry_a_slope_is_refused() {
    let four = slope_index(&groups(None)[..4], options(Transform::None, 1.0));
    assert_eq!(four, Err(GradientError::Groups { n: 4 }));
    let mut one_without = groups(Some(0.5));
    one_without[0].interval = None;
    let refused = slope_index(&one_without, options(Transform::None, 1.0));
    assert_eq!(refused, Err(GradientError::Interval { n: 1 }));
    let mut empty = groups(None);
    empty[1].population = 0.0;
    assert!(slope_index(&empty, options(Transform::None, 1.0)).is_err());
}
