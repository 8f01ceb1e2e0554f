//! How do the children of one area become one number?
//!
//! The formulas of [`crate::aggregate`] once more, for one area. What the methods that compare
//! areas need of the others is in [`super::across`].

use crate::aggregate::Aggregation;
use crate::indicator::Direction;
use crate::normalise::Divisor;

use super::across::{self, Field};
use super::working::{Working, repeated};

/// The form of the terms that a method adds up, and of the mean that it makes of their sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sums {
    /// `w x`.
    Arithmetic,
    /// `w ln x`.
    Geometric,
    /// `w / x`.
    Harmonic,
    /// `w x^p`, and `w ln x` where `p` is 0.
    Power(f64),
}

impl Sums {
    pub(super) fn of(method: &Aggregation) -> Self {
        match *method {
            Aggregation::GeometricMean {} => Self::Geometric,
            Aggregation::HarmonicMean {} => Self::Harmonic,
            Aggregation::PowerMean { p } => Self::Power(p),
            Aggregation::ArithmeticMean {}
            | Aggregation::Product {}
            | Aggregation::Median {}
            | Aggregation::Minimum {}
            | Aggregation::Maximum {}
            | Aggregation::MeanOfLargest { .. }
            | Aggregation::MeanOfSmallest { .. }
            | Aggregation::Owa { .. }
            | Aggregation::MeanMin { .. }
            | Aggregation::Mpi { .. }
            | Aggregation::Count { .. }
            | Aggregation::Waspas { .. }
            | Aggregation::Copeland {}
            | Aggregation::SumOfRanks { .. }
            | Aggregation::BenefitOfDoubt { .. }
            | Aggregation::Topsis {}
            | Aggregation::Vikor { .. }
            | Aggregation::Promethee {} => Self::Arithmetic,
        }
    }

    fn term(self, weight: f64, x: f64) -> f64 {
        match self {
            Self::Arithmetic => weight * x,
            Self::Geometric | Self::Power(0.0) => weight * x.ln(),
            Self::Harmonic => weight / x,
            Self::Power(p) => weight * x.powf(p),
        }
    }

    fn mean(self, sum_of_terms: f64, sum_of_weights: f64) -> f64 {
        match self {
            Self::Arithmetic => sum_of_terms,
            Self::Geometric => sum_of_terms.exp(),
            Self::Harmonic => sum_of_weights / sum_of_terms,
            Self::Power(0.0) => (sum_of_terms / sum_of_weights).exp(),
            Self::Power(p) => (sum_of_terms / sum_of_weights).powf(1.0 / p),
        }
    }
}

/// One child of the area, as the level uses it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// `None` where the child is missing or does not count.
    pub(super) weight: Option<f64>,
    /// What the weight multiplies, where that is not the value itself.
    pub(super) entering: Option<f64>,
    pub(super) term: Option<f64>,
}

/// What a level makes of the children of one area.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Combined {
    pub(super) cells: Vec<Cell>,
    pub(super) sum_of_terms: Option<f64>,
    pub(super) aggregate: Option<f64>,
    pub(super) working: Vec<Working>,
}

impl Combined {
    /// The children beside their weights, and nothing more yet.
    pub(super) fn of_weights(weights: &[Option<f64>]) -> Self {
        let cell = |weight: &Option<f64>| Cell { weight: *weight, entering: None, term: None };
        let cells = weights.iter().map(cell).collect();
        Self { cells, sum_of_terms: None, aggregate: None, working: Vec::new() }
    }

    /// The terms `weight × entering`, and their sum.
    pub(super) fn of_entering(weights: &[Option<f64>], entering: &[Option<f64>]) -> Self {
        let mut out = Self::of_weights(weights);
        for (cell, x) in out.cells.iter_mut().zip(entering) {
            cell.entering = *x;
            cell.term = cell.weight.zip(*x).map(|(w, x)| w * x);
        }
        out.add_up();
        out
    }

    fn add_up(&mut self) {
        self.sum_of_terms =
            Some(self.cells.iter().filter_map(|cell| cell.term).fold(0.0, |sum, x| sum + x));
    }

    /// The last line, whose result is the level's.
    pub(super) fn end(mut self, expression: &str, numbers: &[f64], result: f64) -> Self {
        self.working.push(Working::line("result", expression, numbers, result));
        self.aggregate = Some(result);
        self
    }

    /// The sum of the terms is the result.
    pub(super) fn end_with_sum(mut self) -> Self {
        self.aggregate = self.sum_of_terms;
        self
    }
}

/// One area of one level.
pub(super) struct Row<'a> {
    pub(super) method: &'a Aggregation,
    pub(super) direction: Direction,
    pub(super) values: &'a [Option<f64>],
    /// As used in this area; `None` where the child is missing.
    pub(super) weights: &'a [Option<f64>],
}

impl Row<'_> {
    /// Weight and value of the children that are there, with their positions.
    fn there(&self) -> Vec<(usize, f64, f64)> {
        let pairs = self.weights.iter().zip(self.values).enumerate();
        pairs.filter_map(|(at, (w, x))| Some((at, (*w)?, (*x)?))).collect()
    }

    /// The positions and values of those that count for something, from the largest down.
    fn ordered(&self) -> Vec<(usize, f64)> {
        let counts = self.there().into_iter().filter(|(_, w, _)| *w > 0.0);
        let mut out: Vec<(usize, f64)> = counts.map(|(at, _, x)| (at, x)).collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1));
        out
    }

    fn sum_of_weights(&self) -> f64 {
        self.weights.iter().flatten().sum()
    }

    fn sums(&self, sums: Sums) -> Combined {
        let mut out = Combined::of_weights(self.weights);
        for (cell, x) in out.cells.iter_mut().zip(self.values) {
            cell.term = cell.weight.zip(*x).map(|(w, x)| sums.term(w, x));
        }
        out.add_up();
        out
    }
}

/// What the method makes of the area; `field` gives it the others where it looks at them.
pub(super) fn combine<'a>(row: &Row<'_>, field: impl Fn() -> Field<'a>) -> Combined {
    match *row.method {
        Aggregation::ArithmeticMean {} => row.sums(Sums::Arithmetic).end_with_sum(),
        Aggregation::GeometricMean {}
        | Aggregation::HarmonicMean {}
        | Aggregation::PowerMean { .. } => {
            let sums = Sums::of(row.method);
            let mut out = row.sums(sums);
            out.aggregate = out.sum_of_terms.map(|sum| sums.mean(sum, row.sum_of_weights()));
            out
        }
        Aggregation::Product {} => product(row),
        Aggregation::Median {} => median(row),
        Aggregation::Minimum {} => end_of(row, row.ordered().last().copied()),
        Aggregation::Maximum {} => end_of(row, row.ordered().first().copied()),
        Aggregation::MeanOfLargest { count } => {
            let ordered = row.ordered();
            mean_of(row, &ordered[..count.min(ordered.len())])
        }
        Aggregation::MeanOfSmallest { count } => {
            let ordered = row.ordered();
            mean_of(row, &ordered[ordered.len() - count.min(ordered.len())..])
        }
        Aggregation::Owa { ref weights } => ordered_weights(row, weights),
        Aggregation::MeanMin { alpha, beta } => mean_min(row, alpha, beta),
        Aggregation::Mpi { divisor } => mean_penalty(row, divisor),
        Aggregation::Count { operator, limit } => {
            let beyond = |x: &Option<f64>| x.map(|x| f64::from(u8::from(operator.holds(x, limit))));
            let entering: Vec<Option<f64>> = row.values.iter().map(beyond).collect();
            Combined::of_entering(row.weights, &entering).end_with_sum()
        }
        Aggregation::Waspas { lambda } => sum_and_product(row, lambda),
        Aggregation::Copeland {} => across::copeland(row, &field()),
        Aggregation::SumOfRanks { ties } => across::sum_of_ranks(row, &field(), ties),
        Aggregation::Promethee {} => across::promethee(row, &field()),
        Aggregation::Topsis {} => across::topsis(row, &field()),
        Aggregation::Vikor { v } => across::vikor(row, &field(), v),
        Aggregation::BenefitOfDoubt { min_share, max_share } => {
            across::benefit_of_doubt(row, &field(), (min_share, max_share))
        }
    }
}

/// One child is the result.
fn end_of(row: &Row<'_>, child: Option<(usize, f64)>) -> Combined {
    let out = Combined::of_weights(row.weights);
    match child {
        Some((_, x)) => out.end("{}", &[x], x),
        None => out,
    }
}

/// Children to the power of their weights, multiplied in their order.
fn product(row: &Row<'_>) -> Combined {
    let there = row.there();
    let each: Vec<&str> =
        there.iter().map(|(_, w, _)| if *w == 1.0 { "{}" } else { "{}^{}" }).collect();
    let numbers: Vec<f64> = there
        .iter()
        .flat_map(|(_, w, x)| if *w == 1.0 { vec![*x] } else { vec![*x, *w] })
        .collect();
    let result = there
        .iter()
        .fold(1.0, |product, (_, w, x)| product * if *w == 1.0 { *x } else { x.powf(*w) });
    Combined::of_weights(row.weights).end(&each.join(" × "), &numbers, result)
}

fn median(row: &Row<'_>) -> Combined {
    let ordered = row.ordered();
    let middle = ordered.len() / 2;
    if ordered.len() % 2 == 1 {
        return end_of(row, Some(ordered[middle]));
    }
    let (above, below) = (ordered[middle - 1].1, ordered[middle].1);
    let out = Combined::of_weights(row.weights);
    out.end("({} + {}) / 2", &[above, below], f64::midpoint(above, below))
}

fn mean_of(row: &Row<'_>, kept: &[(usize, f64)]) -> Combined {
    let mut weights = vec![None; row.values.len()];
    kept.iter().for_each(|(at, _)| weights[*at] = Some(1.0));
    let out = Combined::of_entering(&weights, row.values);
    let (sum, n) = (out.sum_of_terms.unwrap_or(f64::NAN), kept.len() as f64);
    out.end("{} / {}", &[sum, n], sum / n)
}

fn ordered_weights(row: &Row<'_>, of_places: &[f64]) -> Combined {
    let mut there = row.there();
    // A place without a child has no value to weigh.
    if there.len() != of_places.len() {
        return Combined::of_weights(row.weights);
    }
    there.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut weights = vec![None; row.values.len()];
    there.iter().zip(of_places).for_each(|((at, _, _), v)| weights[*at] = Some(*v));
    Combined::of_entering(&weights, row.values).end_with_sum()
}

/// The sums of a weighted mean with its line, and the mean.
fn weighted_mean(row: &Row<'_>) -> (Combined, f64) {
    let mut out = row.sums(Sums::Arithmetic);
    let (sum, weights) = (out.sum_of_terms.unwrap_or(f64::NAN), row.sum_of_weights());
    let mean = sum / weights;
    out.working.push(Working::line("weighted-mean", "{} / {}", &[sum, weights], mean));
    (out, mean)
}

fn mean_min(row: &Row<'_>, alpha: f64, beta: f64) -> Combined {
    let (mut out, mean) = weighted_mean(row);
    let ordered = row.ordered();
    let (name, far, sign) = match row.direction {
        Direction::HigherIsWorse => ("largest-child", ordered.first(), 1.0),
        Direction::HigherIsBetter => ("smallest-child", ordered.last(), -1.0),
    };
    let Some(&(_, far)) = far else { return out };
    out.working.push(Working::fact(name, far));
    let (above, below) = if sign > 0.0 { (far, mean) } else { (mean, far) };
    let apart = above - below;
    let line = if beta == 0.0 {
        Working::line("imbalance", "{} − {}", &[above, below], apart)
    } else {
        let penalty = (apart * apart + beta * beta).sqrt() - beta;
        let numbers = [above, below, beta, 0.5, beta];
        Working::line("imbalance", "(({} − {})^2 + {}^2)^{} − {}", &numbers, penalty)
    };
    let penalty = line.result;
    out.working.push(line);
    let expression = if sign > 0.0 { "{} + {} × {}" } else { "{} − {} × {}" };
    out.end(expression, &[mean, alpha, penalty], mean + sign * alpha * penalty)
}

fn mean_penalty(row: &Row<'_>, divisor: Divisor) -> Combined {
    let (mut out, mean) = weighted_mean(row);
    let there = row.there();
    let total = row.sum_of_weights();
    let squares: f64 = there.iter().map(|(_, w, x)| w * (x - mean).powi(2)).sum();
    let k = there.iter().filter(|(_, w, _)| *w > 0.0).count() as f64;
    let mut expression = format!("({}) / {{}}", repeated("{} × ({} − {})^2", there.len()));
    let mut numbers: Vec<f64> = there.iter().flat_map(|(_, w, x)| [*w, *x, mean]).collect();
    numbers.push(total);
    let variance = match divisor {
        Divisor::Population => squares / total,
        // One child has no imbalance.
        Divisor::Sample if k < 2.0 => {
            (expression, numbers) = (String::new(), Vec::new());
            0.0
        }
        Divisor::Sample => {
            expression.push_str(" × {} / ({} − 1)");
            numbers.extend([k, k]);
            squares / total * k / (k - 1.0)
        }
    };
    out.working.push(Working::line("variance", expression, &numbers, variance));
    let numbers = [mean, variance, mean];
    match row.direction {
        Direction::HigherIsWorse => out.end("{} + {} / {}", &numbers, mean + variance / mean),
        Direction::HigherIsBetter => out.end("{} − {} / {}", &numbers, mean - variance / mean),
    }
}

fn sum_and_product(row: &Row<'_>, lambda: f64) -> Combined {
    let mut out = row.sums(Sums::Arithmetic);
    let there = row.there();
    let logs: f64 = there.iter().map(|(_, w, x)| w * x.ln()).sum();
    let numbers: Vec<f64> = there.iter().flat_map(|(_, w, x)| [*w, *x]).collect();
    let expression = repeated("{} × ln({})", there.len());
    out.working.push(Working::line("sum-of-logs", expression, &numbers, logs));
    let product = logs.exp();
    out.working.push(Working::line("product", "exp({})", &[logs], product));
    let sum = out.sum_of_terms.unwrap_or(f64::NAN);
    let result = lambda * sum + (1.0 - lambda) * product;
    out.end("{} × {} + (1 − {}) × {}", &[lambda, sum, lambda, product], result)
}
