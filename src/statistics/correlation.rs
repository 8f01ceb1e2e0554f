//! Do two columns go together?
//!
//! Pearson, Spearman and Kendall on the areas in which both columns have a value.

use std::cmp::Ordering;

/// The product-moment correlation, in -1..=1; linear association only, and moved by extremes.
///
/// Areas that lack either value are left out. `None` for fewer than two areas or a constant
/// column. Source: Pearson (1896).
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both(x, y);
    product_moment(&x, &y)
}

/// Pearson's correlation of the ranks, ties sharing their mean rank, in -1..=1.
///
/// Areas that lack either value are left out before ranking. `None` as for [`pearson`].
/// Source: Spearman (1904).
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both(x, y);
    product_moment(&mean_ranks(&x), &mean_ranks(&y))
}

/// Kendall's tau-b: concordant less discordant pairs, corrected for ties, in -1..=1.
///
/// Areas that lack either value are left out. `None` where one column is constant. Time
/// `n log n`. Source: Knight (1966), *A computer method for calculating Kendall's tau with
/// ungrouped data*, JASA 61.
pub fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both(x, y);
    let mut pairs: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
    let by_both = |a: &(f64, f64), b: &(f64, f64)| order(a.0, b.0).then(order(a.1, b.1));
    pairs.sort_unstable_by(by_both);
    let all = n_pairs(pairs.len());
    let tied_x = tied_pairs(&pairs, |a, b| a.0 == b.0);
    let tied_both = tied_pairs(&pairs, |a, b| a == b);
    let mut second: Vec<f64> = pairs.into_iter().map(|pair| pair.1).collect();
    let discordant = inversions(&mut second);
    // The merge sort has left the second column in order.
    let tied_y = tied_pairs(&second, |a, b| a == b);
    if tied_x == all || tied_y == all {
        return None;
    }
    let concordant_less_discordant =
        all as f64 - tied_x as f64 - tied_y as f64 + tied_both as f64 - 2.0 * discordant as f64;
    let scale = ((all - tied_x) as f64 * (all - tied_y) as f64).sqrt();
    Some((concordant_less_discordant / scale).clamp(-1.0, 1.0))
}

fn both(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan()).map(|(x, y)| (*x, *y)).unzip()
}

fn product_moment(x: &[f64], y: &[f64]) -> Option<f64> {
    // The mean of equal numbers may differ from them in the last bit, so they are asked directly.
    let constant = |values: &[f64]| values.iter().all(|value| *value == values[0]);
    if x.len() < 2 || constant(x) || constant(y) {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    // One root of the product, so that a column with itself is 1 to the last bit.
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Ranks from the smallest, ties sharing their mean rank.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut by_value: Vec<usize> = (0..values.len()).collect();
    by_value.sort_unstable_by(|&a, &b| order(values[a], values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < by_value.len() {
        let value = values[by_value[start]];
        let tied = by_value[start..].iter().take_while(|&&at| values[at] == value).count();
        for &at in &by_value[start..start + tied] {
            ranks[at] = start as f64 + (tied as f64 + 1.0) / 2.0;
        }
        start += tied;
    }
    ranks
}

/// The order of numbers, in which -0 equals 0.
fn order(a: f64, b: f64) -> Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

fn n_pairs(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

fn tied_pairs<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> u64 {
    sorted.chunk_by(same).map(|tied| n_pairs(tied.len())).sum()
}

/// Sorts and returns how many pairs stood in descending order.
fn inversions(values: &mut [f64]) -> u64 {
    let mut count = 0;
    let mut merged = vec![0.0; values.len()];
    let mut width = 1;
    while width < values.len() {
        for start in (0..values.len()).step_by(2 * width) {
            let middle = (start + width).min(values.len());
            let end = (start + 2 * width).min(values.len());
            let (mut left, mut right) = (start, middle);
            for slot in &mut merged[start..end] {
                let take_left = right == end
                    || (left < middle && order(values[left], values[right]) != Ordering::Greater);
                if take_left {
                    *slot = values[left];
                    left += 1;
                } else {
                    *slot = values[right];
                    right += 1;
                    count += (middle - left) as u64;
                }
            }
        }
        values.copy_from_slice(&merged);
        width *= 2;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const X: [f64; 7] = [12.0, 2.0, 1.0, 12.0, 2.0, f64::NAN, 5.0];
    const Y: [f64; 7] = [1.0, 4.0, 7.0, 1.0, 0.0, 3.0, 5.0];

    #[test]
    fn coefficients_are_those_of_scipy_without_the_gap() {
        assert!((pearson(&X, &Y).unwrap() - -0.542_046_522_901_577_7).abs() < 1e-14);
        assert!((spearman(&X, &Y).unwrap() - -0.447_811_075_519_899_07).abs() < 1e-14);
        assert!((kendall(&X, &Y).unwrap() - -0.370_624_658_330_550_64).abs() < 1e-14);
    }

    #[test]
    fn a_constant_column_correlates_with_nothing() {
        for of in [pearson, spearman, kendall] {
            assert_eq!(of(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
            assert_eq!(of(&[1.0], &[2.0]), None);
        }
    }

    proptest! {
        #[test]
        fn tau_is_what_counting_all_pairs_gives(
            pairs in prop::collection::vec((0..6_i32, 0..6_i32), 2..40),
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).unzip();
            let (mut sum, mut in_x, mut in_y) = (0.0, 0.0, 0.0);
            for i in 0..x.len() {
                for j in 0..i {
                    let sign = |d: f64| if d == 0.0 { 0.0 } else { d.signum() };
                    let (dx, dy) = (sign(x[i] - x[j]), sign(y[i] - y[j]));
                    sum += dx * dy;
                    in_x += dx * dx;
                    in_y += dy * dy;
                }
            }
            match kendall(&x, &y) {
                Some(tau) => prop_assert!((tau - sum / f64::sqrt(in_x * in_y)).abs() < 1e-12),
                None => prop_assert!(in_x * in_y == 0.0),
            }
        }
    }
}
