//! How large is the sampling error of a score?
//!
//! The rates of an analysis are drawn anew from their counts and the whole index is computed for
//! each draw; the standard deviation of an area's scores over the draws is its standard error.

use std::sync::atomic::Ordering;

use miette::Diagnostic;
use rayon::prelude::*;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::index::{Plan, compute};
use crate::indicator::Direction;
use crate::notice::Notice;

use super::confidence::Estimated;
use super::draws::{self, DataStreams};
use super::replicate::Watch;
use super::space::{Sampling, Space};

/// Draws that are computed before the work can be stopped.
const WAVE: u32 = 64;

/// Scores with their standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreErrors {
    /// One an area, in the order of the table; the error is NaN where an area has no score in
    /// some draw.
    pub estimates: Vec<Estimated>,
    /// What scores are multiplied by so that larger is worse.
    pub worse_sign: f64,
    /// Which indicators have no counts and are taken as certain.
    pub notices: Vec<Notice>,
}

/// Why there are no errors.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ScoreError {
    /// No indicator has a numerator and a denominator.
    #[error("no indicator of `{index}` has a numerator and a denominator to draw from")]
    #[diagnostic(
        code(levekaar::confidence::counts),
        help(
            "give the project `numerator` and `denominator` of its rates, or name estimates and \
             standard errors of a table with `--estimate` and `--se`"
        )
    )]
    NoCounts {
        /// The recipe.
        index: String,
    },
    /// Two draws at least make a standard deviation.
    #[error("{draws} draws make no standard error")]
    #[diagnostic(code(levekaar::confidence::draws), help("ask for 1000"))]
    TooFewDraws {
        /// How many were asked for.
        draws: u32,
    },
    /// A draw that cannot be computed.
    #[error("draw {draw} of the rates cannot be computed: {reason}")]
    #[diagnostic(
        code(levekaar::confidence::draw),
        help("choose a normalisation that every rate allows, such as z-scores or percentiles")
    )]
    Failed {
        /// Its number.
        draw: u32,
        /// Why.
        reason: String,
    },
    /// Ctrl-C.
    #[error("stopped after {done} of {draws} draws")]
    #[diagnostic(code(levekaar::confidence::stopped), help("ask for fewer `--draws`"))]
    Stopped {
        /// How many were done.
        done: u32,
        /// How many were asked for.
        draws: u32,
    },
}

/// Draws the rates `draws` times and gives each score with its standard error.
///
/// Shape: one estimate an area. Scores are those of the recipe, not the means of the draws. Rates
/// without counts, and other indicators, stay as they are.
///
/// # Errors
///
/// [`ScoreError`].
pub fn score_errors(
    analysis: &Analysis,
    plan: &Plan<'_>,
    draws: u32,
    seed: u64,
    watch: Watch<'_>,
) -> Result<ScoreErrors, ScoreError> {
    let definition = plan.definition();
    if draws < 2 {
        return Err(ScoreError::TooFewDraws { draws });
    }
    let without: Vec<String> = analysis
        .table
        .columns()
        .iter()
        .filter(|column| {
            column.counts().is_none() && column.strata().is_none() && column.errors().is_none()
        })
        .map(|column| column.indicator().to_string())
        .collect();
    if without.len() == definition.indicators.len() {
        return Err(ScoreError::NoCounts { index: definition.id.to_string() });
    }
    let space = Space { sampling: Sampling::FromCounts, ..Space::fixed() };
    let one = |draw: u32| -> Result<Vec<f64>, ScoreError> {
        let streams = DataStreams { sampling: u64::from(draw), gaps: u64::from(draw) };
        let table = draws::data(&space, &analysis.table, definition, seed, streams)
            .unwrap_or_else(|| analysis.table.clone());
        let done = compute(table, plan)
            .map_err(|error| ScoreError::Failed { draw, reason: error.to_string() })?;
        (watch.progress)(1);
        Ok(done.scores.values)
    };
    let n_areas = analysis.ranking.areas().len();
    // Differences from the recipe's own score, so that the sums lose no digits.
    let own = analysis.ranking.scores();
    let mut sums = vec![[0.0; 2]; n_areas];
    let mut first = 0;
    while first < draws {
        if watch.stop.load(Ordering::Relaxed) {
            return Err(ScoreError::Stopped { done: first, draws });
        }
        let last = draws.min(first + WAVE);
        let wave: Vec<Vec<f64>> =
            (first..last).into_par_iter().map(one).collect::<Result<_, _>>()?;
        for scores in &wave {
            for ((sums, score), own) in sums.iter_mut().zip(scores).zip(own) {
                let d = score - own;
                sums[0] += d;
                sums[1] += d * d;
            }
        }
        first = last;
    }
    let n = f64::from(draws);
    let estimates = own.iter().zip(sums).map(|(&value, [sum, squares])| {
        let variance = (squares - sum * sum / n) / (n - 1.0);
        Estimated {
            value,
            error: if variance.is_nan() { variance } else { variance.max(0.0).sqrt() },
        }
    });
    let mut notices = Vec::new();
    if !without.is_empty() {
        notices.push(Notice::warning("uncertainty.sets-no-counts").about(without));
    }
    let worse_sign = match analysis.ranking.direction() {
        Direction::HigherIsWorse => 1.0,
        Direction::HigherIsBetter => -1.0,
    };
    Ok(ScoreErrors { estimates: estimates.collect(), worse_sign, notices })
}
