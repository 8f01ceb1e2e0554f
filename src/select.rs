//! Which areas qualify?
//!
//! A rule is a tree of criteria, read from TOML. [`select`] evaluates it for every area in
//! three-valued logic: a criterion whose value is missing is *unknown*, and so is the area if the
//! answer hangs on it. The flag, the count and the sentence that explains them come from one
//! evaluation, [`Selection::finding`].

pub mod finding;
mod resolve;
mod transform;

use std::sync::Arc;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::DomainScore;
use crate::area::Area;
use crate::index::IndexDefinition;
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::language::Text;
use crate::normalise::RankShare;
use crate::notice::Notice;
use crate::rank::{Ranking, Ties};

pub use finding::{Criterion, Finding};

/// A selection rule, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens.
    pub id: String,
    /// Title in both languages.
    pub title: Text,
    /// Where the rule is published, or who set it.
    pub source: String,
    /// The year of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// What the rule does not cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// What becomes of an area whose answer is unknown.
    #[serde(default)]
    pub unknown: Unknown,
    /// The rule.
    pub rule: Rule,
}

/// What becomes of an area whose answer is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// It is listed apart, neither selected nor not selected.
    #[default]
    ListApart,
    /// It counts as not selected, and its sentence says that values were missing.
    NotSelected,
}

/// A tree of criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Every part holds.
    All(Vec<Rule>),
    /// At least one part holds.
    Any(Vec<Rule>),
    /// At least `k` of the parts hold.
    AtLeast(AtLeast),
    /// The part does not hold.
    Not(Box<Rule>),
    /// Points for the parts that hold reach a pass mark.
    Points(Points),
    /// A fact of the area against a limit.
    Compare(Comparison),
    /// A fact of the area within two limits, both of which are within.
    Between(Between),
    /// The area is among the worst by a fact.
    Worst(Cut),
}

/// At least `k` of several parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AtLeast {
    /// How many must hold.
    pub k: usize,
    /// The parts.
    pub of: Vec<Rule>,
}

/// Weighted criteria and the points that are needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Points {
    /// The points that must be reached.
    pub pass: f64,
    /// The parts and what each is worth.
    pub of: Vec<Scored>,
}

/// A part and its points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scored {
    /// What it is worth if it holds; above zero.
    pub points: f64,
    /// The part.
    pub rule: Rule,
}

/// A fact within two limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Between {
    /// What is compared.
    pub fact: Fact,
    /// What is made of it before it is compared.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub transform: Option<Transform>,
    /// The lower limit, itself within.
    pub from: Limit,
    /// The upper limit, itself within.
    pub to: Limit,
}

/// What is made of a fact before it is compared. A missing fact stays missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// The fact divided by its mean over all areas, or over the areas of the same parent.
    RatioToMean(RatioToMean),
    /// The place of the fact as a share of the areas that have it; largest for the largest value.
    Percentile(PercentileOf),
    /// The rank within the parent; 1 for the largest value.
    RankWithinParent(RankWithin),
}

/// Which mean a ratio is taken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RatioToMean {
    /// Over which areas.
    #[serde(default)]
    pub over: Over,
    /// Whether areas count by their residents.
    #[serde(default)]
    pub weighted_by_population: bool,
}

/// Over which areas something is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// All areas of the table.
    #[default]
    All,
    /// The areas of the same parent.
    Parent,
}

/// A convention of percentiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PercentileOf {
    /// How a rank becomes a share.
    pub share: RankShare,
    /// Which rank tied areas get, counted from the largest value.
    pub ties: Ties,
}

/// How ranks within a parent are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RankWithin {
    /// Which rank tied areas get.
    pub ties: Ties,
}

/// A fact of the area against a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Comparison {
    /// What is compared.
    pub fact: Fact,
    /// What is made of it before it is compared.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub transform: Option<Transform>,
    /// How. `>` and `>=` differ at the limit itself, and schemes mean one of them.
    pub op: Operator,
    /// With what.
    pub limit: Limit,
}

/// Something known of an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The score.
    Score,
    /// The rank; 1 is worst unless the definition says otherwise.
    Rank,
    /// The residents.
    Population,
    /// The score of a domain, as it enters the level above.
    Domain(IndicatorId),
    /// An indicator as measured, in its own unit, before imputation and treatment.
    Indicator(IndicatorId),
}

/// How a fact is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Operator {
    /// Above the limit.
    #[serde(rename = ">")]
    Above,
    /// At the limit or above.
    #[serde(rename = ">=")]
    AtLeast,
    /// Below the limit.
    #[serde(rename = "<")]
    Below,
    /// At the limit or below.
    #[serde(rename = "<=")]
    AtMost,
}

impl Operator {
    /// Whether `value` stands so to `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
        }
    }

    /// By how much `value` is on the side that the operator asks for; negative on the other.
    pub fn margin(self, value: f64, limit: f64) -> f64 {
        match self {
            Self::Above | Self::AtLeast => value - limit,
            Self::Below | Self::AtMost => limit - value,
        }
    }
}

/// What a fact is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A number in the fact's unit.
    Value(f64),
    /// `times * mean + plus-sd * sd` over the areas that have the fact (sd with divisor n - 1).
    Mean(RelativeToMean),
    /// `times * median` over the areas that have the fact.
    Median(Times),
    /// The percentile of the fact over the areas that have it (linear, type 7).
    Percentile(Percentile),
}

/// A limit relative to the mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RelativeToMean {
    /// Factor of the mean.
    #[serde(default = "one")]
    pub times: f64,
    /// Standard deviations on top.
    #[serde(default)]
    pub plus_sd: f64,
    /// Whether areas count by their residents.
    #[serde(default)]
    pub weighted_by_population: bool,
}

/// A multiple of the median.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Times {
    /// The factor.
    #[serde(default = "one")]
    pub times: f64,
}

/// A percentile, 0..100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Percentile {
    /// The percentile.
    pub p: f64,
}

fn one() -> f64 {
    1.0
}

/// The worst areas by score: how many, and what becomes of a tie at the edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cut {
    /// How much is taken.
    pub take: Take,
    /// What becomes of areas that tie at the edge of the cut.
    #[serde(default)]
    pub ties: CutTies,
}

/// How much of the list is taken from its worst end. Areas without a score take no part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// So many areas.
    Areas(usize),
    /// This share of the areas, rounded down to whole areas; above 0 and at most 1.
    ShareOfAreas(f64),
    /// Areas from the worst until they hold this share of the residents; the area in which the
    /// share is reached is in. Above 0 and at most 1.
    ShareOfPeople(f64),
}

/// What becomes of areas that tie at the edge of a cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CutTies {
    /// All of them are in: the cut may take more than asked for.
    #[default]
    AllIn,
    /// None of them is in: the cut may take less.
    NoneIn,
}

/// Kleene's third value beside true and false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It hangs on a missing value.
    Unknown,
}

impl Truth {
    /// Of a plain answer.
    pub fn of(answer: bool) -> Self {
        if answer { Self::True } else { Self::False }
    }

    /// Kleene's negation.
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether the points of those that hold reach the pass mark.
    pub fn points(pass: f64, parts: impl IntoIterator<Item = (f64, Self)>) -> Self {
        // Sums of decimal points are a bit off; a bit must not decide over an area.
        const SLACK: f64 = 1e-9;
        let (mut sure, mut possible) = (0.0, 0.0);
        for (points, part) in parts {
            sure += if part == Self::True { points } else { 0.0 };
            possible += if part == Self::False { 0.0 } else { points };
        }
        if sure >= pass - SLACK {
            Self::True
        } else if possible < pass - SLACK {
            Self::False
        } else {
            Self::Unknown
        }
    }

    /// Whether at least `k` of these hold.
    pub fn at_least(k: usize, parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut sure, mut possible) = (0, 0);
        for part in parts {
            sure += usize::from(part == Self::True);
            possible += usize::from(part != Self::False);
        }
        if sure >= k {
            Self::True
        } else if possible < k {
            Self::False
        } else {
            Self::Unknown
        }
    }
}

/// What is known of the areas.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The indicators as measured.
    pub table: &'a IndicatorTable,
    /// The domains.
    pub domains: &'a [DomainScore],
    /// Scores and ranks.
    pub ranking: &'a Ranking,
    /// The recipe, for titles and units.
    pub definition: &'a IndexDefinition,
}

/// Why a rule cannot be applied.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum SelectError {
    /// The rule names a fact that the data do not have.
    #[error("the rule `{rule}` names the {kind} `{wanted}`, which the index does not have")]
    #[diagnostic(code(levekaar::select::unknown_fact))]
    UnknownFact {
        /// The rule's id.
        rule: String,
        /// `indicator` or `domain`.
        kind: &'static str,
        /// What was named.
        wanted: IndicatorId,
        /// The nearest, or all.
        #[help]
        help: String,
    },
    /// A parameter that cannot be meant.
    #[error("the rule `{rule}`: {message}")]
    #[diagnostic(code(levekaar::select::parameter))]
    Parameter {
        /// The rule's id.
        rule: String,
        /// What is wrong.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
}

/// The answer for every area, with the evaluation that it came from.
#[derive(Debug, Clone)]
pub struct Selection {
    rule: RuleFile,
    areas: Arc<[Area]>,
    resolved: resolve::Resolved,
    outcomes: Vec<Truth>,
    notices: Vec<Notice>,
}

impl Selection {
    /// The rule.
    pub fn rule(&self) -> &RuleFile {
        &self.rule
    }

    /// The areas, in the order of the table.
    pub fn areas(&self) -> &Arc<[Area]> {
        &self.areas
    }

    /// The answer for each area, after the rule's policy for unknown answers.
    pub fn outcomes(&self) -> &[Truth] {
        &self.outcomes
    }

    /// What a reader must know of the selection.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How many areas have this answer.
    pub fn n_with(&self, truth: Truth) -> usize {
        self.outcomes.iter().filter(|&&outcome| outcome == truth).count()
    }

    /// The evaluation of one area, from which its answer and its sentence both come.
    pub fn finding(&self, area_idx: usize) -> Finding {
        self.resolved.finding(area_idx)
    }

    /// Why this area is in or out, as a sentence in both languages.
    pub fn sentence(&self, area_idx: usize) -> Text {
        finding::sentence(&self.finding(area_idx), self.rule.unknown)
    }
}

/// Evaluates a rule for every area.
///
/// Shape: one answer an area, in the order of the table. Limits relative to a mean, median or
/// percentile are taken over the areas that have the fact. An area without a score is unknown to
/// a criterion on score or rank, and stands outside a cut's count.
///
/// # Errors
///
/// - [`SelectError::UnknownFact`] with the nearest known name.
/// - [`SelectError::Parameter`] for a share outside 0..1, `k` above the number of parts, an empty
///   list of parts, a limit that is not a number.
pub fn select(rule: &RuleFile, facts: Facts<'_>) -> Result<Selection, SelectError> {
    let mut notices = Vec::new();
    let resolved = resolve::resolve(rule, &facts, &mut notices)?;
    let areas = Arc::clone(facts.ranking.areas());
    let outcomes: Vec<Truth> = (0..areas.len())
        .map(|at| match (resolved.truth(at), rule.unknown) {
            (Truth::Unknown, Unknown::NotSelected) => Truth::False,
            (truth, Unknown::NotSelected | Unknown::ListApart) => truth,
        })
        .collect();
    let with = |truth| -> Vec<String> {
        areas.iter().zip(&outcomes).filter(|(_, o)| **o == truth).map(|(a, _)| a.label()).collect()
    };
    let unknown = with(Truth::Unknown);
    if !unknown.is_empty() {
        notices.push(Notice::warning("notice.selection-unknown").about(unknown));
    }
    if !outcomes.contains(&Truth::True) {
        notices.push(Notice::warning("notice.selection-empty"));
    }
    Ok(Selection { rule: rule.clone(), areas, resolved, outcomes, notices })
}

#[cfg(test)]
mod tests;
