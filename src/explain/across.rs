//! What does a method that compares areas see of the others?
//!
//! The comparable values of all areas that the level's policy lets in, as the pipeline has them.

use crate::aggregate::{Aggregation, doubt_weights};
use crate::area::Area;
use crate::indicator::Direction;
use crate::rank::Ties;

use super::combine::{Combined, Row};
use super::scale::Place;
use super::working::{Working, repeated};

/// All areas of one level, seen from one of them.
pub(super) struct Field<'a> {
    /// One column a child; NaN for gaps and for areas that the policy leaves out.
    pub(super) children: Vec<Vec<f64>>,
    /// As given, before those of missing children went to the others.
    pub(super) weights: &'a [f64],
    /// The areas that are compared.
    pub(super) rows: Vec<usize>,
    pub(super) areas: &'a [Area],
    pub(super) area_idx: usize,
}

impl Field<'_> {
    /// The smallest and the largest value of each child.
    fn ends(&self) -> Vec<(f64, f64)> {
        let of = |child: &Vec<f64>| {
            let there = child.iter().filter(|x| !x.is_nan());
            there.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)))
        };
        self.children.iter().map(of).collect()
    }

    /// The weights of an area, with those of missing children gone to the others.
    fn weights_of(&self, at: usize) -> Vec<Option<f64>> {
        let all: f64 = self.weights.iter().sum();
        let cells = || self.children.iter().zip(self.weights);
        let there: f64 = cells().filter(|(child, _)| !child[at].is_nan()).map(|(_, w)| w).sum();
        let factor = if there == all { 1.0 } else { all / there };
        cells().map(|(child, w)| (!child[at].is_nan()).then_some(w * factor)).collect()
    }
}

/// Counts the areas that the area outranks and those that outrank it.
pub(super) fn copeland(row: &Row<'_>, field: &Field<'_>) -> Combined {
    /// Sums of the same weights in another order differ in the last bit.
    const EVEN: f64 = 1e-9;
    let (mut won, mut lost, mut even) = (0.0, 0.0, 0.0);
    for &other in field.rows.iter().filter(|&&other| other != field.area_idx) {
        let (mut above, mut both) = (0.0, 0.0);
        for (child, w) in field.children.iter().zip(field.weights) {
            let (x, y) = (child[field.area_idx], child[other]);
            if x.is_nan() || y.is_nan() {
                continue;
            }
            both += w;
            above += if x > y { *w } else { 0.0 } + if x == y { w / 2.0 } else { 0.0 };
        }
        let ahead = if both > 0.0 { above / both - 0.5 } else { 0.0 };
        if ahead > EVEN {
            won += 1.0;
        } else if ahead < -EVEN {
            lost += 1.0;
        } else {
            even += 1.0;
        }
    }
    let mut out = Combined::of_weights(row.weights);
    out.working.extend([
        Working::fact("outranks", won),
        Working::fact("outranked-by", lost),
        Working::fact("even-with", even),
    ]);
    out.end("{} − {}", &[won, lost], won - lost)
}

/// The area's place on each child, counted from the smallest value, times the weight.
pub(super) fn sum_of_ranks(row: &Row<'_>, field: &Field<'_>, ties: Ties) -> Combined {
    let places: Vec<Option<f64>> = field
        .children
        .iter()
        .map(|child| {
            let place = Place::of(child, field.area_idx, true, field.areas)?;
            let n = child.iter().filter(|x| !x.is_nan()).count() as f64;
            Some(n + 1.0 - place.rank(ties))
        })
        .collect();
    Combined::of_entering(row.weights, &places).end_with_sum()
}

/// The net flow of each child, times the weight.
pub(super) fn promethee(row: &Row<'_>, field: &Field<'_>) -> Combined {
    let flows: Vec<Option<f64>> = field
        .children
        .iter()
        .map(|child| {
            let own = child[field.area_idx];
            let n = child.iter().filter(|x| !x.is_nan()).count() as f64;
            let exceeds = child.iter().filter(|x| own > **x).count() as f64;
            let exceeded = child.iter().filter(|x| own < **x).count() as f64;
            // One area alone exceeds nobody.
            (!own.is_nan()).then(|| (exceeds - exceeded) / (n - 1.0).max(1.0))
        })
        .collect();
    let out = Combined::of_entering(row.weights, &flows);
    let (sum, total) = (out.sum_of_terms.unwrap_or(f64::NAN), field.weights.iter().sum());
    out.end("{} / {}", &[sum, total], sum / total)
}

/// The distances to the smallest and to the largest values.
pub(super) fn topsis(row: &Row<'_>, field: &Field<'_>) -> Combined {
    let ends = field.ends();
    let mut out = Combined::of_weights(row.weights);
    let mut distance = |name: &'static str, from_low: bool| {
        let (mut squares, mut numbers) = (0.0, Vec::new());
        for ((w, x), (low, high)) in row.weights.iter().zip(row.values).zip(&ends) {
            let Some((w, x)) = w.zip(*x) else { continue };
            let (a, b) = if from_low { (x, *low) } else { (*high, x) };
            squares += (w * (a - b)).powi(2);
            numbers.extend([w, a, b]);
        }
        let sum = repeated("({} × ({} − {}))^2", numbers.len() / 3);
        numbers.push(0.5);
        out.working.push(Working::line(name, format!("({sum})^{{}}"), &numbers, squares.sqrt()));
        squares.sqrt()
    };
    let low = distance("to-smallest", true);
    let high = distance("to-largest", false);
    if low + high == 0.0 {
        // Areas that are all alike are at both ends.
        return out.end("{}", &[0.5], 0.5);
    }
    out.end("{} / ({} + {})", &[low, low, high], low / (low + high))
}

/// The sum and the largest of the weighted distances from the good end.
pub(super) fn vikor(row: &Row<'_>, field: &Field<'_>, v: f64) -> Combined {
    let ends = field.ends();
    let from_good = |x: f64, (low, high): (f64, f64)| {
        let distance = match row.direction {
            Direction::HigherIsWorse => x - low,
            Direction::HigherIsBetter => high - x,
        };
        // A child that is the same everywhere tells no area from another.
        if low == high { 0.0 } else { distance / (high - low) }
    };
    let of_row = |at: usize| {
        let weights = field.weights_of(at);
        let cells = weights.iter().zip(&field.children).zip(&ends);
        cells
            .filter_map(|((w, child), ends)| Some((*w)? * from_good(child[at], *ends)))
            .fold((0.0, 0.0_f64), |(sum, most), term| (sum + term, most.max(term)))
    };
    let all: Vec<(f64, f64)> = field.rows.iter().map(|&at| of_row(at)).collect();
    let entering: Vec<Option<f64>> =
        row.values.iter().zip(&ends).map(|(x, ends)| x.map(|x| from_good(x, *ends))).collect();
    let mut out = Combined::of_entering(row.weights, &entering);
    let sum = out.sum_of_terms.unwrap_or(f64::NAN);
    let most = out.cells.iter().filter_map(|cell| cell.term).fold(0.0, f64::max);
    out.working.push(Working::fact("largest-distance", most));
    let mut on_unit = |name: &'static str, x: f64, all: &mut dyn Iterator<Item = f64>| {
        let (low, high) =
            all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let line = if high > low {
            let share = (x - low) / (high - low);
            Working::line(name, "({} − {}) / ({} − {})", &[x, low, high, low], share)
        } else {
            Working::fact(name, 0.0)
        };
        let result = line.result;
        out.working.push(line);
        result
    };
    let sum = on_unit("sum-on-unit", sum, &mut all.iter().map(|r| r.0));
    let most = on_unit("largest-on-unit", most, &mut all.iter().map(|r| r.1));
    let compromise = v * sum + (1.0 - v) * most;
    let numbers = [v, sum, v, most];
    match row.direction {
        Direction::HigherIsWorse => out.end("{} × {} + (1 − {}) × {}", &numbers, compromise),
        Direction::HigherIsBetter => {
            out.end("1 − ({} × {} + (1 − {}) × {})", &numbers, 1.0 - compromise)
        }
    }
}

/// The area's own best weights, which the programme finds, times its values.
pub(super) fn benefit_of_doubt(row: &Row<'_>, field: &Field<'_>, bounds: (f64, f64)) -> Combined {
    let children: Vec<&[f64]> = field.children.iter().map(Vec::as_slice).collect();
    let weights = doubt_weights(&children, bounds, field.area_idx);
    let weights: Vec<Option<f64>> = weights.into_iter().map(Some).collect();
    Combined::of_entering(&weights, row.values).end_with_sum()
}

/// Whether the method looks at other areas than the one that it computes.
pub(super) fn looks_at_all(method: &Aggregation) -> bool {
    match method {
        Aggregation::Copeland {}
        | Aggregation::SumOfRanks { .. }
        | Aggregation::BenefitOfDoubt { .. }
        | Aggregation::Topsis {}
        | Aggregation::Vikor { .. }
        | Aggregation::Promethee {} => true,
        Aggregation::ArithmeticMean {}
        | Aggregation::GeometricMean {}
        | Aggregation::Product {}
        | Aggregation::HarmonicMean {}
        | Aggregation::PowerMean { .. }
        | Aggregation::Median {}
        | Aggregation::Minimum {}
        | Aggregation::Maximum {}
        | Aggregation::MeanOfLargest { .. }
        | Aggregation::MeanOfSmallest { .. }
        | Aggregation::Owa { .. }
        | Aggregation::MeanMin { .. }
        | Aggregation::Mpi { .. }
        | Aggregation::Count { .. }
        | Aggregation::Waspas { .. } => false,
    }
}
