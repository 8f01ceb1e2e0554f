//! What did a treatment that looks at the whole column do to one cell?
//!
//! The column goes through the pipeline's own step, which chooses; the arithmetic of the area's
//! cell is then done once more from what was chosen.

use crate::analysis::Analysis;
use crate::indicator::{Column, Counts};
use crate::round::Round;
use crate::shrink::{Centre, moments};
use crate::statistics::{Shape, Summary};
use crate::treat::{Attempt, Chosen, SecondStage, Stopped, Treatment, one_step};

use super::chain::{ShapeStage, TreatmentStep};
use super::working::Working;

/// Treats the column in place; a step comes back unless the area's cell stays a gap.
pub(super) fn step(
    analysis: &Analysis,
    column: &Column,
    treatment: &Treatment,
    values: &mut [f64],
    area_idx: usize,
) -> Option<TreatmentStep> {
    let before = values[area_idx];
    let untouched = values.to_vec();
    let chosen =
        one_step(treatment, values, column, &analysis.table, &analysis.computation.screened);
    let method = treatment.clone();
    let shrinks = treatment.shrinks();
    if values[area_idx].is_nan() {
        return None;
    }
    let lambda = chosen.iter().find_map(|what| match what {
        Chosen::BoxCox { lambda, .. } => Some(*lambda),
        Chosen::NobodyToImpute { .. }
        | Chosen::WellShaped { .. }
        | Chosen::NotTestable
        | Chosen::Winsorised { .. }
        | Chosen::SecondStage { .. }
        | Chosen::StillExtreme { .. }
        | Chosen::ConstantNotTransformed
        | Chosen::NotShrunk { .. } => None,
    });
    if shrinks {
        let working = shrunk(analysis, column.counts()?, treatment, area_idx);
        return Some(done(method, working, before, &mut values[area_idx]));
    }
    let formula = formula_of(treatment, &chosen);
    let Some(formula) = formula else {
        let untouched = untouched.iter().zip(values.iter()).all(|(a, b)| a == b || a.is_nan());
        let after = values[area_idx];
        let shapes = shapes(&chosen);
        return Some(TreatmentStep::Shaped { method, shapes, untouched, before, after });
    };
    let working = transformed(formula, &untouched, before, lambda);
    let mut step = done(method, working, before, &mut values[area_idx]);
    if let TreatmentStep::Transformed { shapes: of_step, .. } = &mut step {
        *of_step = shapes(&chosen);
    }
    Some(step)
}

/// A step that looks at one value at a time; `None` where it is not one or there is no value.
pub(super) fn of_value(treatment: &Treatment, before: f64) -> Option<TreatmentStep> {
    let after = treatment.of_value(before)?;
    let method = treatment.clone();
    let line = |expression: &str, numbers: &[f64]| {
        let working = vec![Working::line("transformed", expression, numbers, after)];
        TreatmentStep::Transformed {
            method: method.clone(),
            shapes: Vec::new(),
            working,
            before,
            after,
        }
    };
    Some(match *treatment {
        Treatment::Cap { low, high } => TreatmentStep::Capped { low, high, before, after },
        Treatment::Log { offset } => TreatmentStep::Logged { offset, before, after },
        Treatment::Round { decimals, halves } => {
            TreatmentStep::Rounded { rule: Round { decimals, halves }, before, after }
        }
        Treatment::Power { p } => line("{}^{}", &[before, p]),
        Treatment::ArcsineRoot { per } => line("asin(({} / {})^{})", &[before, per, 0.5]),
        Treatment::DistanceFrom { point } if before < point => line("{} − {}", &[point, before]),
        Treatment::DistanceFrom { point } => line("{} − {}", &[before, point]),
        Treatment::WinsorisePercentiles { .. }
        | Treatment::SkewKurtosis { .. }
        | Treatment::LogCt {}
        | Treatment::LogCtOrig {}
        | Treatment::LogCtPlus {}
        | Treatment::BoxCox { .. }
        | Treatment::ShrinkToParent { .. }
        | Treatment::ShrinkGlobal {}
        | Treatment::ShrinkLocal {} => return None,
    })
}

/// The chain goes on with its own number.
fn done(method: Treatment, working: Vec<Working>, before: f64, cell: &mut f64) -> TreatmentStep {
    if let Some(last) = working.last() {
        *cell = last.result;
    }
    TreatmentStep::Transformed { method, shapes: Vec::new(), working, before, after: *cell }
}

/// The stages of the test of a column's shape; none where it was not tested.
fn shapes(chosen: &[Chosen]) -> Vec<ShapeStage> {
    let stage = |stage, shape: Shape, (n_low, n_high), then| ShapeStage {
        stage,
        skewness: shape.skewness,
        kurtosis: shape.kurtosis,
        n_low,
        n_high,
        then,
    };
    let went_on = |stopped| match stopped {
        Stopped::Passes => "shape-passes",
        Stopped::Limit => "shape-limit",
        Stopped::Constant => "shape-constant",
    };
    let attempt = |tried: &Attempt| {
        let moved = (tried.n_low, tried.n_high);
        stage("shape-winsorised", tried.shape, moved, went_on(tried.stopped))
    };
    let verdict = |passes| if passes { "shape-passes" } else { "shape-fails-still" };
    let of = |what: &Chosen| match what {
        Chosen::WellShaped { shape } => {
            vec![stage("shape-before", *shape, (0, 0), "shape-passes")]
        }
        Chosen::NotTestable => {
            let shape = Shape { skewness: None, kurtosis: None };
            vec![stage("shape-before", shape, (0, 0), "shape-not-testable")]
        }
        Chosen::Winsorised { before, after, n_low, n_high } => vec![
            stage("shape-before", *before, (0, 0), "shape-fails"),
            stage("shape-winsorised", *after, (*n_low, *n_high), "shape-passes"),
        ],
        Chosen::SecondStage { before, winsorised, after, passes } => vec![
            stage("shape-before", *before, (0, 0), "shape-fails"),
            attempt(winsorised),
            stage("shape-transformed", *after, (0, 0), verdict(*passes)),
        ],
        Chosen::StillExtreme { before, winsorised, .. } => {
            vec![stage("shape-before", *before, (0, 0), "shape-fails"), attempt(winsorised)]
        }
        Chosen::NobodyToImpute { .. }
        | Chosen::ConstantNotTransformed
        | Chosen::BoxCox { .. }
        | Chosen::NotShrunk { .. } => Vec::new(),
    };
    chosen.iter().flat_map(of).collect()
}

/// The formula that was used; `None` where values were at most set to the next ones.
fn formula_of(treatment: &Treatment, chosen: &[Chosen]) -> Option<SecondStage> {
    match *treatment {
        Treatment::LogCt {} => Some(SecondStage::LogCt),
        Treatment::LogCtOrig {} => Some(SecondStage::LogCtOrig),
        Treatment::LogCtPlus {} => Some(SecondStage::LogCtPlus),
        Treatment::BoxCox { .. } => Some(SecondStage::BoxCox),
        Treatment::SkewKurtosis { then, .. } => {
            let second = |what: &Chosen| matches!(what, Chosen::SecondStage { .. });
            chosen.iter().any(second).then_some(then)
        }
        Treatment::WinsorisePercentiles { .. }
        | Treatment::Cap { .. }
        | Treatment::Log { .. }
        | Treatment::Power { .. }
        | Treatment::ArcsineRoot { .. }
        | Treatment::DistanceFrom { .. }
        | Treatment::Round { .. }
        | Treatment::ShrinkToParent { .. }
        | Treatment::ShrinkGlobal {}
        | Treatment::ShrinkLocal {} => None,
    }
}

/// The lines of a logarithm or power; none for a constant column, which is left as it is.
fn transformed(formula: SecondStage, column: &[f64], x: f64, lambda: Option<f64>) -> Vec<Working> {
    let Some(Summary { min, max, .. }) = Summary::of(column).filter(|s| !s.is_constant()) else {
        return Vec::new();
    };
    let ends = [Working::fact("min", min), Working::fact("max", max)];
    let offset = 0.01 * (max - min);
    let log_ct = || {
        let numbers = [x, min, 0.01, max, min];
        let y = (x - min + offset).ln();
        Working::line("transformed", "ln({} − {} + {} × ({} − {}))", &numbers, y)
    };
    let last = match formula {
        SecondStage::None => return Vec::new(),
        SecondStage::LogCt => log_ct(),
        SecondStage::LogCtPlus => {
            if Shape::of(column).skewness.is_none_or(|skewness| skewness > 0.0) {
                log_ct()
            } else {
                let numbers = [max, x, 0.01, max, min];
                let y = -(max - x + offset).ln();
                Working::line("transformed", "−ln({} − {} + {} × ({} − {}))", &numbers, y)
            }
        }
        SecondStage::LogCtOrig => {
            Working::line("transformed", "ln({} − {} + 1)", &[x, min], (x - min + 1.0).ln())
        }
        SecondStage::BoxCox => {
            let shifted = x - min + 1.0;
            match lambda {
                Some(lambda) if lambda != 0.0 => {
                    // Near 0 the quotient loses its digits; `exp_m1` keeps them.
                    let y = (lambda * shifted.ln()).exp_m1() / lambda;
                    let numbers = [x, min, lambda, lambda];
                    Working::line("transformed", "(({} − {} + 1)^{} − 1) / {}", &numbers, y)
                }
                Some(_) | None => {
                    Working::line("transformed", "ln({} − {} + 1)", &[x, min], shifted.ln())
                }
            }
        }
    };
    ends.into_iter().chain([last]).collect()
}

/// The lines of a rate that was drawn towards a larger whole; none where it was not.
fn shrunk(
    analysis: &Analysis,
    counts: &Counts,
    treatment: &Treatment,
    area_idx: usize,
) -> Vec<Working> {
    let areas = analysis.table.areas();
    let is_out = |at: usize| {
        analysis.computation.screened.iter().any(|screened| screened.area_idx as usize == at)
    };
    let count = |at: usize| {
        let (r, n) = (counts.numerator[at], counts.denominator[at]);
        (r.is_finite() && n > 0.0 && !is_out(at)).then_some((r, n))
    };
    let Some((r, n)) = count(area_idx) else { return Vec::new() };
    let per = counts.per;
    let parent = areas[area_idx].parent.as_deref();
    let around: Vec<(f64, f64)> = match *treatment {
        Treatment::ShrinkGlobal {} => (0..areas.len()).filter_map(count).collect(),
        Treatment::ShrinkLocal {} => {
            let near =
                analysis.table.neighbours().map_or(&[][..], |neighbours| neighbours.of(area_idx));
            if near.is_empty() {
                return Vec::new();
            }
            std::iter::once((r, n))
                .chain(near.iter().filter_map(|&near| count(near as usize)))
                .collect()
        }
        Treatment::ShrinkToParent { centre } => {
            if parent.is_none() {
                return Vec::new();
            }
            let members = (0..areas.len()).filter(|&at| areas[at].parent.as_deref() == parent);
            return to_parent(&members.filter_map(count).collect::<Vec<_>>(), centre, (r, n, per));
        }
        Treatment::WinsorisePercentiles { .. }
        | Treatment::SkewKurtosis { .. }
        | Treatment::Cap { .. }
        | Treatment::Log { .. }
        | Treatment::LogCt {}
        | Treatment::LogCtOrig {}
        | Treatment::LogCtPlus {}
        | Treatment::BoxCox { .. }
        | Treatment::Power { .. }
        | Treatment::ArcsineRoot { .. }
        | Treatment::DistanceFrom { .. }
        | Treatment::Round { .. } => return Vec::new(),
    };
    if around.len() == 1 && matches!(treatment, Treatment::ShrinkLocal {}) {
        return vec![Working::line("shrunk", "{} / {} × {}", &[r, n, per], r / n * per)];
    }
    let (mean, variance) = moments(around.into_iter());
    let weight = if variance > 0.0 { variance / (variance + mean / n) } else { 0.0 };
    let of_own = if variance > 0.0 {
        let numbers = [variance, variance, mean, n];
        Working::line("own-weight", "{} / ({} + {} / {})", &numbers, weight)
    } else {
        Working::fact("own-weight", 0.0)
    };
    let result = (weight * (r / n) + (1.0 - weight) * mean) * per;
    let numbers = [weight, r, n, weight, mean, per];
    vec![
        Working::fact("rate-of-whole", mean),
        Working::fact("variance-between", variance),
        of_own,
        Working::line("shrunk", "({} × {} / {} + (1 − {}) × {}) × {}", &numbers, result),
    ]
}

/// The same towards the larger unit, on the logit scale.
fn to_parent(members: &[(f64, f64)], centre: Centre, (r, n, per): (f64, f64, f64)) -> Vec<Working> {
    let logit = |(r, n): (f64, f64)| ((r + 0.5) / (n - r + 0.5)).ln();
    let (all_r, all_n) = members.iter().fold((0.0, 0.0), |(a, b), (r, n)| (a + r, b + n));
    let mixed = all_r > 0.0 && all_r < all_n;
    let of_whole = if mixed { (all_r / (all_n - all_r)).ln() } else { logit((all_r, all_n)) };
    let k = members.len() as f64;
    let about = match centre {
        Centre::Mean => members.iter().map(|m| logit(*m)).sum::<f64>() / k,
        Centre::GroupLogit => of_whole,
    };
    let squares: f64 = members.iter().map(|m| (logit(*m) - about).powi(2)).sum();
    let between = if members.len() > 1 { squares / (k - 1.0) } else { 0.0 };
    let own = logit((r, n));
    let within = (n + 1.0) * (n + 2.0) / (n * (r + 1.0) * (n - r + 1.0));
    let weight = between / (between + within);
    let shrunk = weight * own + (1.0 - weight) * of_whole;
    let result = per / (1.0 + (-shrunk).exp());
    vec![
        Working::fact("logit-of-whole", of_whole),
        Working::fact("variance-between", between),
        Working::line("own-logit", "ln(({} + {}) / ({} − {} + {}))", &[r, 0.5, n, r, 0.5], own),
        Working::line(
            "variance-within",
            "({} + 1) × ({} + 2) / ({} × ({} + 1) × ({} − {} + 1))",
            &[n, n, n, r, n, r],
            within,
        ),
        Working::line("own-weight", "{} / ({} + {})", &[between, between, within], weight),
        Working::line(
            "shrunk",
            "{} / (1 + exp(−({} × {} + (1 − {}) × {})))",
            &[per, weight, own, weight, of_whole],
            result,
        ),
    ]
}
