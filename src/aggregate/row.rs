//! What is the number of one area, from its own children alone?

use rayon::prelude::*;

use super::{Aggregation, Tally};
use crate::index::Level;
use crate::indicator::Direction;
use crate::normalise::Divisor;

/// Rows that one thread takes at a time; a block of 30 columns stays in the second-level cache.
const BLOCK: usize = 4096;

/// One number an area; NaN where the level's policy gives none.
pub(super) fn combine(
    children: &[&[f64]],
    weights: &[f64],
    rules: &Level,
    (n, direction): (usize, Direction),
) -> Vec<f64> {
    let mut out = vec![0.0; n];
    out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
        let start = block * BLOCK;
        let end = start + out.len();
        let mut scratch = Vec::with_capacity(children.len());
        if let Aggregation::ArithmeticMean {} = rules.aggregate {
            // A gap is NaN and spoils its own sum only, so that the plain loop serves both cases.
            for (child, weight) in children.iter().zip(weights) {
                for (sum, x) in out.iter_mut().zip(&child[start..end]) {
                    *sum += weight * x;
                }
            }
        } else {
            for (at, result) in (start..end).zip(out.iter_mut()) {
                scratch.clear();
                scratch.extend(children.iter().zip(weights).map(|(child, w)| (*w, child[at])));
                *result = if scratch.iter().any(|(_, x)| x.is_nan()) {
                    f64::NAN
                } else {
                    of(&rules.aggregate, &mut scratch, direction)
                };
            }
        }
        for (at, result) in (start..end).zip(out.iter_mut()) {
            if result.is_nan() {
                *result = match available(children, weights, rules, at) {
                    None => f64::NAN,
                    Some(scale) => {
                        let cells = children.iter().zip(weights);
                        let there = cells.filter(|(child, _)| !child[at].is_nan());
                        scratch.clear();
                        scratch.extend(there.map(|(child, w)| (w * scale, child[at])));
                        of(&rules.aggregate, &mut scratch, direction)
                    }
                };
            }
        }
    });
    out
}

/// What the weights of the children that an area has are multiplied by, so that they take over
/// those of the children that it lacks; `None` where the policy gives the area no result.
pub(super) fn available(
    children: &[&[f64]],
    weights: &[f64],
    rules: &Level,
    at: usize,
) -> Option<f64> {
    let mut tally = Tally::default();
    for (child, weight) in children.iter().zip(weights) {
        tally.count(*weight, !child[at].is_nan());
    }
    rules.missing.factor(&tally)
}

/// Of one area: its `(weight, value)` pairs, none of them NaN. May reorder them.
fn of(method: &Aggregation, cells: &mut Vec<(f64, f64)>, direction: Direction) -> f64 {
    let x = || cells.iter().copied();
    let largest =
        || x().filter(|(w, _)| *w > 0.0).map(|(_, x)| x).fold(f64::NEG_INFINITY, f64::max);
    let smallest = || x().filter(|(w, _)| *w > 0.0).map(|(_, x)| x).fold(f64::INFINITY, f64::min);
    match *method {
        Aggregation::ArithmeticMean {} => sum(x()),
        Aggregation::GeometricMean {} => product(x()),
        Aggregation::Product {} => x().fold(1.0, |product, (w, x)| product * power(x, w)),
        Aggregation::HarmonicMean {} => {
            let (top, bottom) = x().fold((0.0, 0.0), |(t, b), (w, x)| (t + w, b + w / x));
            top / bottom
        }
        Aggregation::PowerMean { p: 0.0 } => {
            let (top, bottom) = x().fold((0.0, 0.0), |(t, b), (w, x)| (t + w * x.ln(), b + w));
            (top / bottom).exp()
        }
        Aggregation::PowerMean { p } => {
            let (top, bottom) = x().fold((0.0, 0.0), |(t, b), (w, x)| (t + w * x.powf(p), b + w));
            (top / bottom).powf(1.0 / p)
        }
        Aggregation::Waspas { lambda } => lambda * sum(x()) + (1.0 - lambda) * product(x()),
        Aggregation::Count { operator, limit } => {
            x().fold(0.0, |n, (w, x)| if operator.holds(x, limit) { n + w } else { n })
        }
        Aggregation::Minimum {} => smallest(),
        Aggregation::Maximum {} => largest(),
        Aggregation::MeanMin { alpha, beta } => {
            let mean = mean(x());
            let (sign, apart) = match direction {
                Direction::HigherIsWorse => (1.0, largest() - mean),
                Direction::HigherIsBetter => (-1.0, mean - smallest()),
            };
            // With beta = 0 the root is the distance itself, and must not lose its last bit.
            let penalty = if beta == 0.0 { apart } else { apart.hypot(beta) - beta };
            mean + sign * alpha * penalty
        }
        Aggregation::Mpi { divisor } => {
            let mean = mean(x());
            let total: f64 = x().map(|(w, _)| w).sum();
            let spread = x().map(|(w, x)| w / total * (x - mean).powi(2)).sum::<f64>();
            let k = x().filter(|(w, _)| *w > 0.0).count() as f64;
            let variance = match divisor {
                Divisor::Population => spread,
                // One child has no imbalance.
                Divisor::Sample if k < 2.0 => 0.0,
                Divisor::Sample => spread * k / (k - 1.0),
            };
            match direction {
                Direction::HigherIsWorse => mean + variance / mean,
                Direction::HigherIsBetter => mean - variance / mean,
            }
        }
        Aggregation::Median {} => {
            order(cells);
            let (n, middle) = (cells.len(), cells.len() / 2);
            if n % 2 == 1 {
                cells[middle].1
            } else {
                f64::midpoint(cells[middle - 1].1, cells[middle].1)
            }
        }
        Aggregation::MeanOfLargest { count } => {
            order(cells);
            let kept = &cells[..count.min(cells.len())];
            kept.iter().map(|(_, x)| x).sum::<f64>() / kept.len() as f64
        }
        Aggregation::MeanOfSmallest { count } => {
            order(cells);
            let kept = &cells[cells.len() - count.min(cells.len())..];
            kept.iter().map(|(_, x)| x).sum::<f64>() / kept.len() as f64
        }
        // A place without a child has no value to weigh.
        Aggregation::Owa { ref weights } if weights.len() != cells.len() => f64::NAN,
        Aggregation::Owa { ref weights } => {
            cells.sort_by(|a, b| b.1.total_cmp(&a.1));
            weights.iter().zip(cells.iter()).map(|(v, (_, x))| v * x).sum()
        }
        // These compare areas, and are not computed from one alone.
        Aggregation::Copeland {}
        | Aggregation::SumOfRanks { .. }
        | Aggregation::BenefitOfDoubt { .. }
        | Aggregation::Topsis {}
        | Aggregation::Vikor { .. }
        | Aggregation::Promethee {} => f64::NAN,
    }
}

fn sum(x: impl Iterator<Item = (f64, f64)>) -> f64 {
    x.fold(0.0, |sum, (w, x)| sum + w * x)
}

fn product(x: impl Iterator<Item = (f64, f64)>) -> f64 {
    x.fold(0.0, |sum, (w, x)| sum + w * x.ln()).exp()
}

/// A plain product must not lose its last bit to a power of 1.
fn power(x: f64, w: f64) -> f64 {
    if w == 1.0 { x } else { x.powf(w) }
}

fn mean(x: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (top, bottom) = x.fold((0.0, 0.0), |(t, b), (w, x)| (t + w * x, b + w));
    top / bottom
}

/// From the largest to the smallest, without those that count for nothing.
fn order(cells: &mut Vec<(f64, f64)>) {
    cells.retain(|(w, _)| *w > 0.0);
    cells.sort_by(|a, b| b.1.total_cmp(&a.1));
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::MissingPolicy;

    const WORSE: Direction = Direction::HigherIsWorse;
    const BETTER: Direction = Direction::HigherIsBetter;

    #[test]
    fn weights_are_used_as_given() {
        assert_eq!(one(Aggregation::ArithmeticMean {}, &[0.5, 0.4], &[10.0, 10.0]), 9.0);
    }

    #[test]
    fn means_are_in_their_known_order() {
        let x = [1.0, 4.0];
        let w = [0.5, 0.5];
        let harmonic = one(Aggregation::HarmonicMean {}, &w, &x);
        let geometric = one(Aggregation::GeometricMean {}, &w, &x);
        let quadratic = one(Aggregation::PowerMean { p: 2.0 }, &w, &x);
        assert!((harmonic - 1.6).abs() < 1e-12);
        assert!((geometric - 2.0).abs() < 1e-12);
        assert!((quadratic - 8.5_f64.sqrt()).abs() < 1e-12);
        assert!((one(Aggregation::PowerMean { p: 0.0 }, &w, &x) - 2.0).abs() < 1e-12);
        assert!((one(Aggregation::PowerMean { p: -1.0 }, &w, &x) - 1.6).abs() < 1e-12);
    }

    #[test]
    fn a_missing_child_follows_the_policy() {
        let x = [10.0, f64::NAN, 30.0];
        let w = [0.25, 0.25, 0.5];
        let result = |missing| result(Aggregation::ArithmeticMean {}, missing, &w, &x, WORSE);
        assert!(result(MissingPolicy::Propagate).is_nan());
        let mean = result(MissingPolicy::AvailableWeight { at_least: 0.75 });
        assert!((mean - 17.5 / 0.75).abs() < 1e-12);
        assert!(result(MissingPolicy::AvailableWeight { at_least: 0.8 }).is_nan());
    }

    #[test]
    fn other_policies_count_children_or_give_their_weight_to_nobody() {
        let x = [10.0, f64::NAN, 30.0];
        let w = [0.25, 0.25, 0.5];
        let result = |missing| result(Aggregation::ArithmeticMean {}, missing, &w, &x, WORSE);
        let mean = 17.5 / 0.75;
        assert!((result(MissingPolicy::AvailableShare { at_least: 0.66 }) - mean).abs() < 1e-12);
        assert!(result(MissingPolicy::AvailableShare { at_least: 0.67 }).is_nan());
        assert!((result(MissingPolicy::AvailableCount { at_least: 2 }) - mean).abs() < 1e-12);
        assert!(result(MissingPolicy::AvailableCount { at_least: 3 }).is_nan());
        assert!((result(MissingPolicy::LeftOut { at_least: 0.5 }) - 17.5).abs() < 1e-12);
        assert!(result(MissingPolicy::LeftOut { at_least: 0.8 }).is_nan());
    }

    #[test]
    fn a_product_has_zeros_and_exponents() {
        let of = |w: &[f64], x: &[f64]| one(Aggregation::Product {}, w, x);
        assert_eq!(of(&[1.0, 1.0], &[0.3, 0.7]), 0.3 * 0.7);
        assert_eq!(of(&[1.0, 1.0], &[0.0, 7.0]), 0.0);
        assert_eq!(of(&[0.0, 1.0], &[0.0, 7.0]), 7.0);
        assert!((of(&[0.5, 2.0], &[9.0, 2.0]) - 12.0).abs() < 1e-12);
    }

    /// COINr's `a_genmean` says that gaps are skipped and returns missing whenever there is one.
    #[test]
    fn a_geometric_mean_skips_gaps_when_the_policy_lets_it() {
        let missing = MissingPolicy::AvailableWeight { at_least: 0.5 };
        let w = [0.25; 4];
        let x = [2.0, 8.0, f64::NAN, f64::NAN];
        assert!(
            (result(Aggregation::GeometricMean {}, missing, &w, &x, WORSE) - 4.0).abs() < 1e-12
        );
    }

    /// Golden numbers of METHODS 8 for (110, 95, 90). In Compind the argument that turns the
    /// penalty is overwritten before it is looked at; here the direction of the score turns it.
    #[test]
    fn the_mazziotta_pareto_penalty_follows_the_direction_of_the_score() {
        let (x, w) = ([110.0, 95.0, 90.0], [1.0 / 3.0; 3]);
        for (divisor, direction, expected) in [
            (Divisor::Population, BETTER, 97.59887006),
            (Divisor::Population, WORSE, 99.06779661),
            (Divisor::Sample, BETTER, 97.23163842),
            (Divisor::Sample, WORSE, 99.43502825),
        ] {
            let method = Aggregation::Mpi { divisor };
            let got = result(method, MissingPolicy::Propagate, &w, &x, direction);
            assert!((got - expected).abs() < 5e-9, "{got} {expected}");
        }
    }

    #[test]
    fn order_statistics_look_at_places_and_not_at_children() {
        let (x, w) = ([3.0, 9.0, 1.0, 7.0], [1.0; 4]);
        assert_eq!(one(Aggregation::Median {}, &w, &x), 5.0);
        assert_eq!(one(Aggregation::Minimum {}, &w, &x), 1.0);
        assert_eq!(one(Aggregation::Maximum {}, &w, &x), 9.0);
        assert_eq!(one(Aggregation::MeanOfLargest { count: 2 }, &w, &x), 8.0);
        assert_eq!(one(Aggregation::MeanOfSmallest { count: 2 }, &w, &x), 2.0);
        let owa = Aggregation::Owa { weights: vec![0.5, 0.5, 0.0, 0.0] };
        assert_eq!(one(owa, &w, &x), 8.0);
        // A child that counts for nothing is not the smallest.
        assert_eq!(one(Aggregation::Minimum {}, &[1.0, 1.0, 0.0, 1.0], &x), 3.0);
    }

    #[test]
    fn a_gap_is_not_the_smallest_child() {
        let x = [3.0, f64::NAN];
        assert!(one(Aggregation::Minimum {}, &[1.0; 2], &x).is_nan());
        assert!(
            one(
                Aggregation::Count { operator: crate::normalise::Beyond::AtLeast, limit: 9.0 },
                &[1.0; 2],
                &x
            )
            .is_nan()
        );
    }

    #[test]
    fn mean_min_pulls_towards_the_worst_end() {
        let (x, w) = ([2.0, 4.0, 9.0], [1.0; 3]);
        let method = |alpha| Aggregation::MeanMin { alpha, beta: 0.0 };
        let of =
            |alpha, direction| result(method(alpha), MissingPolicy::Propagate, &w, &x, direction);
        assert_eq!((of(0.0, WORSE), of(1.0, WORSE), of(1.0, BETTER)), (5.0, 9.0, 2.0));
    }

    #[test]
    fn waspas_lies_between_sum_and_product() {
        let (x, w) = ([1.0, 4.0], [0.5, 0.5]);
        assert_eq!(one(Aggregation::Waspas { lambda: 1.0 }, &w, &x), 2.5);
        assert!((one(Aggregation::Waspas { lambda: 0.5 }, &w, &x) - 2.25).abs() < 1e-12);
    }

    fn one(method: Aggregation, weights: &[f64], x: &[f64]) -> f64 {
        result(method, MissingPolicy::Propagate, weights, x, WORSE)
    }

    fn result(
        aggregate: Aggregation,
        missing: MissingPolicy,
        weights: &[f64],
        x: &[f64],
        direction: Direction,
    ) -> f64 {
        let children: Vec<&[f64]> = x.iter().map(std::slice::from_ref).collect();
        let rules = Level {
            aggregate,
            weights: crate::weight::Weighting::Given {},
            renormalise: false,
            missing,
            round_before: None,
            treat: Vec::new(),
            normalise: None,
            within: None,
            round: None,
            reference: None,
            report: Vec::new(),
        };
        combine(&children, weights, &rules, (1, direction))[0]
    }
}
