//! How sure is a rank?
//!
//! An analysis and a space of alternatives ([`space`]) come in. The index is computed many times
//! with other choices drawn from the space ([`draws`], [`replicate`]), and out comes for each area
//! a rank interval and how often it is among the worst or selected ([`intervals`]). Two exact
//! questions stand beside: what if one indicator were not there ([`leave_one_out`]), and what
//! would have to change for an area to enter or leave the selection ([`tipping`]).
//!
//! An interval covers the choices that the space names and nothing else: not errors of
//! measurement, unless the space asks for them, and not whether the indicators are the right ones.

mod alternative;
pub mod assumption;
pub mod confidence;
mod counter;
pub mod draws;
pub mod intervals;
pub mod leave_one_out;
mod ranker;
pub mod recipe;
pub mod replicate;
pub mod scored;
pub mod sensitivity;
pub mod sobol;
pub mod space;
pub mod threshold;
mod tiles;
pub mod tipping;

use miette::Diagnostic;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::index::Plan;
use crate::language::{Language, message, number};
use crate::notice::Notice;

pub use draws::Settings;
pub use intervals::AreaUncertainty;
pub use replicate::{RuleBasis, Study, Watch};
pub use sensitivity::{Sensitivity, SensitivityOptions, sensitivity};
use space::{GapDraws, WeightSpread};
pub use space::{Space, UncertaintyOptions};

/// Replicates of a run that says nothing else.
pub const REPLICATES: u32 = 1_000;

/// The seed of a run that says nothing else.
pub const SEED: u64 = 1;

/// Replicates that one thread takes at a time.
pub const BLOCK: usize = 32;

/// A combination of choices that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was chosen.
    pub label: String,
    /// Why it cannot be computed.
    pub reason: String,
}

/// What the replicates say.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// One line an area, in the order of the table.
    pub rows: Vec<AreaUncertainty>,
    /// How many replicates stand.
    pub n_replicates: u32,
    /// How many were asked for: more than stand where the run was stopped.
    pub n_asked: u32,
    /// Their seed.
    pub seed: u64,
    /// The space that they were drawn from.
    pub space: Space,
    /// The combinations that were drawn from, by their choices.
    pub combinations: Vec<String>,
    /// The combinations that cannot be computed and were not drawn.
    pub refused: Vec<Refused>,
    /// Replicates that could not be computed although their combination can, with the reason.
    pub failed: Vec<(u32, String)>,
    /// How the answers of the rule were found.
    pub basis: RuleBasis,
    /// How far quantiles can be off, in ranks; 0 where all ranks were kept.
    pub resolution: f64,
    /// What a reader must know.
    pub notices: Vec<Notice>,
}

/// How the replicates are computed; no result depends on it but the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Execution {
    /// How many replicates.
    pub replicates: u32,
    /// Replicates that one thread takes at a time.
    pub block: usize,
    /// All ranks are kept up to so many bytes; above, quantiles are classes of rank.
    pub matrix_limit_bytes: usize,
}

impl Execution {
    /// So many replicates, with this program's block and limit.
    pub fn of(replicates: u32) -> Self {
        Self { replicates, block: BLOCK, matrix_limit_bytes: intervals::MATRIX_LIMIT_BYTES }
    }
}

/// Why there is no uncertainty to tell.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum UncertaintyError {
    /// The space has mistakes.
    #[error("the space of alternatives has {n} mistakes; the first: {first}")]
    #[diagnostic(code(levekaar::uncertainty::space))]
    Space {
        /// How many.
        n: usize,
        /// The first.
        first: String,
        /// What to do about it.
        #[help]
        help: String,
    },
    /// The choices multiply to too many combinations.
    #[error("the choices make {n} combinations; at most {} are tried", space::MAX_COMBINATIONS)]
    #[diagnostic(
        code(levekaar::uncertainty::combinations),
        help("name fewer alternatives, or let several levels change together in one choice")
    )]
    TooManyCombinations {
        /// How many, at least.
        n: usize,
    },
    /// Not one combination can be computed.
    #[error("none of the {n} combinations can be computed, such as `{label}`: {reason}")]
    #[diagnostic(
        code(levekaar::uncertainty::nothing),
        help("leave the recipe's own choice in with `own = true`")
    )]
    NothingComputable {
        /// How many combinations.
        n: usize,
        /// One of them.
        label: String,
        /// Why it cannot be computed.
        reason: String,
    },
    /// The run was stopped before the first block was done.
    #[error("the run was stopped before any replicate was done")]
    #[diagnostic(code(levekaar::uncertainty::stopped), help("nothing was written"))]
    Stopped,
    /// Not one replicate was asked for.
    #[error("0 replicates say nothing")]
    #[diagnostic(code(levekaar::uncertainty::replicates), help("ask for 1000"))]
    NoReplicates,
}

/// Computes the index many times over, each time with settings drawn from the space.
///
/// Shape: one line an area, in the order of the table. Missing values follow the recipe in each
/// replicate, so that an area may have a rank in some and none in others. The same space, seed
/// and number give the same result on any number of threads and in any blocks; more replicates
/// keep the first ones. `progress` is told how many replicates are newly done.
///
/// # Errors
///
/// [`UncertaintyError`] before the first replicate: mistakes in the space, or nothing in it that
/// can be computed. A replicate that fails is listed in the result and is no error.
pub fn uncertainty(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    seed: u64,
    execution: Execution,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Uncertainty, UncertaintyError> {
    let watch = Watch { progress, ..Watch::none() };
    uncertainty_until(analysis, plan, space, seed, execution, watch)
}

/// The same as [`uncertainty`], and it can be stopped: then the result is that of the replicates
/// that stand, which are the first ones, and a notice says how many.
///
/// # Errors
///
/// Those of [`uncertainty`], and [`UncertaintyError::Stopped`] where not one replicate stands.
pub fn uncertainty_until(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    seed: u64,
    execution: Execution,
    watch: Watch<'_>,
) -> Result<Uncertainty, UncertaintyError> {
    let n = execution.replicates;
    if n == 0 {
        return Err(UncertaintyError::NoReplicates);
    }
    let study = Study::of(analysis, plan, space, seed)?;
    let limit = execution.matrix_limit_bytes;
    let summary = intervals::summarise(&study, n, execution.block, limit, watch);
    if summary.n == 0 {
        return Err(UncertaintyError::Stopped);
    }
    let mut notices = Vec::new();
    if summary.n < n {
        let notice = Notice::warning("uncertainty.stopped").with("n", summary.n);
        notices.push(notice.with("asked", n));
    }
    if !study.refused().is_empty() {
        let items = study.refused().iter().map(|r| format!("{}: {}", r.label, r.reason));
        notices.push(Notice::warning("uncertainty.refused").about(items.collect()));
    }
    if !summary.failed.is_empty() {
        let items = summary.failed.iter().map(|(number, reason)| format!("{number}: {reason}"));
        notices.push(Notice::warning("uncertainty.failed").about(items.collect()));
    }
    if recipe::weighs_by_data(plan.definition()) {
        notices.push(Notice::note("uncertainty.weights-from-data"));
    }
    if study.basis == RuleBasis::TooMany {
        let limit = replicate::RULE_LIMIT;
        notices.push(Notice::warning("uncertainty.rule-not-evaluated").with("limit", limit));
    }
    if summary.resolution > 0.0 {
        notices.push(Notice::note("uncertainty.classes").with("ranks", summary.resolution));
    }
    Ok(Uncertainty {
        rows: summary.rows,
        n_replicates: summary.n,
        n_asked: n,
        seed,
        space: space.clone(),
        combinations: study.combinations().iter().map(|c| c.label.clone()).collect(),
        refused: study.refused().to_vec(),
        failed: summary.failed,
        basis: study.basis,
        resolution: summary.resolution,
        notices,
    })
}

impl Uncertainty {
    /// What the interval covers and what it does not, as a paragraph.
    pub fn covers(&self, language: Language) -> String {
        let say = |key: &str| message(language, &format!("uncertainty.{key}"), &[]);
        let space = &self.space;
        let parts = [
            (space.weights != WeightSpread::Fixed || !space.scenarios.is_empty(), "varied-weights"),
            (space.normalisation.is_some(), "varied-normalisation"),
            (space.treatment.is_some(), "varied-treatment"),
            (space.reference.is_some(), "varied-reference"),
            (!space.aggregation.is_empty(), "varied-aggregation"),
            (space.exponential.is_some(), "varied-exponential"),
            (space.leave_out > 0.0, "varied-leave-out"),
            (space.draws_values(), "varied-sampling"),
            (space.gaps != GapDraws::None, "varied-gaps"),
        ];
        let mut varied: Vec<String> =
            parts.into_iter().filter(|(varies, _)| *varies).map(|(_, key)| say(key)).collect();
        let last = varied.pop().unwrap_or_else(|| say("varied-nothing"));
        let varied = if varied.is_empty() {
            last
        } else {
            format!("{}{}{last}", varied.join(", "), say("and"))
        };
        let [low, high] = space.results.interval;
        let share = number((high - low) * 100.0, 0, language);
        let n = number(f64::from(self.n_replicates), 0, language);
        let values = [("share", share.as_str()), ("n", &n), ("varied", &varied)];
        let covers = message(language, "uncertainty.covers", &values);
        let sampling = if space.draws_values() { "sampling" } else { "no-sampling" };
        format!("{covers} {}", say(sampling))
    }
}

#[cfg(test)]
mod tests;
