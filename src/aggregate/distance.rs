//! How far is an area from the best and from the worst?
//!
//! Areas that are not in `rows` get NaN and are no part of the ends.

use super::outrank::spread;
use crate::indicator::Direction;

/// The smallest and largest value of each child among the rows, without gaps.
fn ends(children: &[&[f64]], rows: &[usize]) -> Vec<(f64, f64)> {
    let of = |child: &[f64]| {
        rows.iter()
            .map(|&at| child[at])
            .filter(|x| !x.is_nan())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    children.iter().map(|child| of(child)).collect()
}

/// What an area's weights are multiplied by when it lacks children.
fn scale(children: &[&[f64]], weights: &[f64], at: usize) -> f64 {
    let all: f64 = weights.iter().sum();
    let cells = children.iter().zip(weights);
    let there: f64 = cells.filter(|(child, _)| !child[at].is_nan()).map(|(_, w)| w).sum();
    if there == all { 1.0 } else { all / there }
}

/// The distance to the smallest values as a share of both distances. Areas that are all alike
/// are at both ends, and get one half.
pub(super) fn topsis(children: &[&[f64]], weights: &[f64], rows: &[usize], n: usize) -> Vec<f64> {
    let ends = ends(children, rows);
    let closeness = |at: usize| {
        let scale = scale(children, weights, at);
        let (mut to_low, mut to_high) = (0.0, 0.0);
        for ((child, w), (low, high)) in children.iter().zip(weights).zip(&ends) {
            let x = child[at];
            if !x.is_nan() {
                to_low += (w * scale * (x - low)).powi(2);
                to_high += (w * scale * (high - x)).powi(2);
            }
        }
        let (to_low, to_high) = (to_low.sqrt(), to_high.sqrt());
        if to_low + to_high == 0.0 { 0.5 } else { to_low / (to_low + to_high) }
    };
    let results: Vec<f64> = rows.iter().map(|&at| closeness(at)).collect();
    spread(&results, rows, n)
}

/// The compromise of the sum and the largest of the weighted distances from the good end.
pub(super) fn vikor(
    children: &[&[f64]],
    weights: &[f64],
    rows: &[usize],
    (n, v, direction): (usize, f64, Direction),
) -> Vec<f64> {
    let ends = ends(children, rows);
    let regret = |at: usize| {
        let scale = scale(children, weights, at);
        let (mut sum, mut most) = (0.0, 0.0_f64);
        for ((child, w), (low, high)) in children.iter().zip(weights).zip(&ends) {
            let x = child[at];
            // A child that is the same everywhere tells no area from another.
            if x.is_nan() || low == high {
                continue;
            }
            let from_good = match direction {
                Direction::HigherIsWorse => x - low,
                Direction::HigherIsBetter => high - x,
            };
            let term = w * scale * from_good / (high - low);
            sum += term;
            most = most.max(term);
        }
        (sum, most)
    };
    let regrets: Vec<(f64, f64)> = rows.iter().map(|&at| regret(at)).collect();
    let sums = on_unit(regrets.iter().map(|r| r.0));
    let largest = on_unit(regrets.iter().map(|r| r.1));
    let results: Vec<f64> = sums
        .iter()
        .zip(&largest)
        .map(|(s, r)| v * s + (1.0 - v) * r)
        .map(|q| match direction {
            Direction::HigherIsWorse => q,
            Direction::HigherIsBetter => 1.0 - q,
        })
        .collect();
    spread(&results, rows, n)
}

/// On 0..1; all 0 where they are all the same.
fn on_unit(x: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let low = x.clone().fold(f64::INFINITY, f64::min);
    let high = x.clone().fold(f64::NEG_INFINITY, f64::max);
    x.map(|x| if high > low { (x - low) / (high - low) } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_get_zero_and_one() {
        let children: [&[f64]; 2] = [&[0.0, 0.5, 1.0], &[0.0, 0.2, 1.0]];
        let (w, rows) = ([0.5, 0.5], [0, 1, 2]);
        let out = topsis(&children, &w, &rows, 3);
        assert_eq!((out[0], out[2]), (0.0, 1.0));
        let worse = vikor(&children, &w, &rows, (3, 0.5, Direction::HigherIsWorse));
        let better = vikor(&children, &w, &rows, (3, 0.5, Direction::HigherIsBetter));
        assert_eq!((worse[0], worse[2], better[0], better[2]), (0.0, 1.0, 0.0, 1.0));
    }

    #[test]
    fn an_area_that_is_left_out_moves_no_other() {
        let with: [&[f64]; 1] = [&[0.0, 0.5, 1.0, 9.0]];
        let without: [&[f64]; 1] = [&[0.0, 0.5, 1.0]];
        let out = topsis(&with, &[1.0], &[0, 1, 2], 4);
        assert_eq!(out[..3], topsis(&without, &[1.0], &[0, 1, 2], 3));
        assert!(out[3].is_nan());
    }
}
