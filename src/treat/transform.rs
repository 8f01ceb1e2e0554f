//! How is a skewed column drawn together?
//!
//! The log family and Box-Cox on slices: values in, values out, larger stays larger in each.

use crate::statistics::{Shape, Summary};

/// The share of the range that the log family adds below the smallest value.
const OFFSET: f64 = 0.01;

/// The ends of the powers that Box-Cox is fitted over; beyond them the curve is a step.
pub const LAMBDA_RANGE: (f64, f64) = (-5.0, 5.0);

/// `ln(x - min + 0.01 (max - min))` in place; gaps stay. False, and nothing is done, for a
/// constant or empty column.
///
/// Source: Becker et al. (2022), *COINr: an R package for developing composite indicators*, JOSS
/// 7(78), `log_CT`.
pub(super) fn log_ct(values: &mut [f64]) -> bool {
    let Some(summary) = Summary::of(values).filter(|s| !s.is_constant()) else { return false };
    let offset = OFFSET * (summary.max - summary.min);
    values.iter_mut().for_each(|x| *x = (*x - summary.min + offset).ln());
    true
}

/// `ln(x - min + 1)` in place; as [`log_ct`] otherwise.
pub(super) fn log_ct_orig(values: &mut [f64]) -> bool {
    let Some(summary) = Summary::of(values).filter(|s| !s.is_constant()) else { return false };
    values.iter_mut().for_each(|x| *x = (*x - summary.min + 1.0).ln());
    true
}

/// [`log_ct`] for a column that is skewed to the right, and its mirror image
/// `-ln(max - x + 0.01 (max - min))` for one that is skewed to the left.
pub(super) fn log_ct_plus(values: &mut [f64]) -> bool {
    let Some(summary) = Summary::of(values).filter(|s| !s.is_constant()) else { return false };
    if Shape::of(values).skewness.is_none_or(|skewness| skewness > 0.0) {
        return log_ct(values);
    }
    let offset = OFFSET * (summary.max - summary.min);
    values.iter_mut().for_each(|x| *x = -(summary.max + offset - *x).ln());
    true
}

/// `(s^lambda - 1) / lambda` of `s = x - min + 1`, or `ln s` where lambda is 0, in place.
/// Returns the power that was used; `None`, and nothing is done, for a constant or empty column.
///
/// Without a given power, the one of the largest profile likelihood in [`LAMBDA_RANGE`] is taken.
/// Source: Box and Cox (1964), *An analysis of transformations*, JRSS B 26.
pub(super) fn box_cox(values: &mut [f64], lambda: Option<f64>) -> Option<f64> {
    let summary = Summary::of(values).filter(|s| !s.is_constant())?;
    values.iter_mut().for_each(|x| *x = *x - summary.min + 1.0);
    let lambda = match lambda {
        Some(lambda) => lambda,
        None => {
            let shifted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
            likeliest_lambda(&shifted)
        }
    };
    values.iter_mut().for_each(|x| *x = power(*x, lambda));
    Some(lambda)
}

fn power(x: f64, lambda: f64) -> f64 {
    // Near 0 the quotient loses its digits; `exp_m1` keeps them.
    if lambda == 0.0 { x.ln() } else { (lambda * x.ln()).exp_m1() / lambda }
}

/// The profile log-likelihood of a power on positive values: `(l - 1) sum(ln s) - n/2 ln(var)`.
fn log_likelihood(shifted: &[f64], lambda: f64) -> f64 {
    let sum_of_logs: f64 = shifted.iter().map(|x| x.ln()).sum();
    let transformed: Vec<f64> = shifted.iter().map(|x| power(*x, lambda)).collect();
    let Some(summary) = Summary::of(&transformed) else { return f64::NEG_INFINITY };
    let n = shifted.len() as f64;
    let variance = summary.sum_of_squares / n;
    let value = (lambda - 1.0) * sum_of_logs - n / 2.0 * variance.ln();
    if value.is_finite() { value } else { f64::NEG_INFINITY }
}

/// A grid finds the hill, golden sections its top.
fn likeliest_lambda(shifted: &[f64]) -> f64 {
    const STEPS: usize = 40;
    const TOLERANCE: f64 = 1e-9;
    let (low, high) = LAMBDA_RANGE;
    let step = (high - low) / STEPS as f64;
    let at = |i: usize| low + step * i as f64;
    let mut best = (0, f64::NEG_INFINITY);
    for i in 0..=STEPS {
        let likelihood = log_likelihood(shifted, at(i));
        if likelihood > best.1 {
            best = (i, likelihood);
        }
    }
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut a, mut b) = (at(best.0.saturating_sub(1)), at((best.0 + 1).min(STEPS)));
    let (mut c, mut d) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut at_c, mut at_d) = (log_likelihood(shifted, c), log_likelihood(shifted, d));
    while b - a > TOLERANCE {
        if at_c >= at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - ratio * (b - a);
            at_c = log_likelihood(shifted, c);
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + ratio * (b - a);
            at_d = log_likelihood(shifted, d);
        }
    }
    f64::midpoint(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 12] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 30.0, 100.0];

    #[test]
    fn log_ct_gives_the_golden_column() {
        let mut x = X.to_vec();
        assert!(log_ct(&mut x));
        assert!((x[0] - -0.01005034).abs() < 5e-9 && (x[11] - 4.60507018).abs() < 5e-9);
        assert!((Shape::of(&x).skewness.unwrap() - 0.79263398).abs() < 5e-9);
    }

    #[test]
    fn log_ct_plus_mirrors_a_column_that_is_skewed_to_the_left() {
        let mut right = X.to_vec();
        let mut left: Vec<f64> = X.iter().map(|x| -x).collect();
        assert!(log_ct_plus(&mut right) && log_ct_plus(&mut left));
        for (right, left) in right.iter().zip(&left) {
            assert!((right + left).abs() < 1e-12);
        }
    }

    #[test]
    fn a_constant_column_is_left_alone() {
        for transform in [log_ct, log_ct_orig, log_ct_plus] {
            let mut x = [2.0, f64::NAN, 2.0];
            assert!(!transform(&mut x) && x[0] == 2.0);
        }
        assert_eq!(box_cox(&mut [2.0, 2.0], None), None);
        assert_eq!(box_cox(&mut [f64::NAN], None), None);
    }

    #[test]
    fn gaps_stay_gaps_in_a_transformation() {
        let mut x = [1.0, f64::NAN, 3.0, 9.0];
        assert!(log_ct_orig(&mut x));
        assert_eq!((x[0], x[1].is_nan(), x[2]), (0.0, true, 3.0_f64.ln()));
    }

    #[test]
    fn box_cox_with_a_power_is_the_formula() {
        let mut x = [0.0, 3.0];
        assert_eq!(box_cox(&mut x, Some(0.5)), Some(0.5));
        assert!(x[0].abs() < 1e-15 && (x[1] - 2.0).abs() < 1e-12);
        let mut x = [0.0, 3.0];
        assert_eq!(box_cox(&mut x, Some(0.0)), Some(0.0));
        assert_eq!(x[1], 4.0_f64.ln());
    }

    #[test]
    fn the_fitted_power_is_that_of_scipy() {
        let mut x = X.to_vec();
        let lambda = box_cox(&mut x, None).unwrap();
        assert!((lambda - -0.200_692_94).abs() < 1e-6, "{lambda}");
        assert!((x[1] - 0.647_095_36).abs() < 1e-6);
    }
}
