//! What is the arithmetic of one area made of?
//!
//! Numbers in full precision and the methods that made them; `None` is a gap. The chain's own
//! `result` stands beside `pipeline`, the number that the index was computed with.

use serde::Serialize;

use crate::aggregate::{Aggregation, MissingPolicy};
use crate::area::AreaId;
use crate::indicator::{CellState, Direction, IndicatorId};
use crate::language::Text;
use crate::normalise::{Normalisation, Reference};
use crate::rank::RankRule;
use crate::round::Round;
use crate::select::{Finding, Truth};
use crate::treat::{Basis, Imputation, Treatment};

use super::working::Working;

/// The whole arithmetic of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Its code.
    pub area: AreaId,
    /// Its name.
    pub name: String,
    /// Residents, where the table has them.
    pub population: Option<f64>,
    /// Why the area is not ranked, where it is screened out.
    pub screened: Option<Text>,
    /// The id of the definition.
    pub definition: String,
    /// The title of the index.
    pub title: Text,
    /// Which way the score points.
    pub direction: Direction,
    /// One chain an indicator, in the order of the definition.
    pub indicators: Vec<IndicatorChain>,
    /// One chain a level, children before parents; the last one is the score.
    pub levels: Vec<LevelChain>,
    /// From the score to the rank.
    pub ranking: RankStep,
    /// What the rule found, where there is one.
    pub selection: Option<SelectionStep>,
}

/// From a measured value to a comparable one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorChain {
    /// Which indicator.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// The unit of `raw`.
    pub unit: String,
    /// Which end means deprived conditions.
    pub direction: Direction,
    /// How the value came from counts, where it did.
    pub rate: Option<RateStep>,
    /// How the value came from its strata, where it did; its limits at 95 %.
    pub standardised: Vec<Working>,
    /// The value as measured.
    pub raw: Option<f64>,
    /// What stands in the cell, and for a gap why.
    pub state: CellState,
    /// What was done to it, in order. Steps that leave the value as it is are there too.
    pub treatments: Vec<TreatmentStep>,
    /// How it became comparable.
    pub normalisation: Option<NormaliseStep>,
    /// The rounding after that.
    pub rounding: Option<Rounding>,
    /// The comparable value, by this chain.
    pub result: Option<f64>,
    /// The comparable value, by the pipeline.
    pub pipeline: Option<f64>,
}

/// `numerator / denominator * per`, or `complement_of` less that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateStep {
    /// What the two numbers are.
    pub kind: RateKind,
    /// Events or persons with the attribute; or the column that is divided.
    pub numerator: f64,
    /// Persons at risk; or the column that it is divided by.
    pub denominator: f64,
    /// 100 for per cent.
    pub per: f64,
    /// The whole that the rate was taken from, where the project file asks for the complement.
    pub complement_of: Option<f64>,
    /// The rate.
    pub result: f64,
}

/// What a value was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RateKind {
    /// Counts of persons or events.
    Counted,
    /// One column by another.
    Divided,
}

/// One treatment of one cell, in the unit of the step before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum TreatmentStep {
    /// A gap was filled.
    Imputed {
        /// How.
        method: Imputation,
        /// What the value rests on.
        basis: Basis,
        /// The parent whose areas the value is from; `None` for all areas.
        group: Option<String>,
        /// How many areas the value is from.
        n: usize,
        /// The value.
        after: f64,
    },
    /// Bounded by two percentiles.
    Winsorised {
        /// The lower percentile, 0..100.
        low_percentile: f64,
        /// The upper percentile, 0..100.
        high_percentile: f64,
        /// The value of the lower one.
        low: f64,
        /// The value of the upper one.
        high: f64,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// Bounded by fixed limits.
    Capped {
        /// The lower limit.
        low: Option<f64>,
        /// The upper limit.
        high: Option<f64>,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// `ln(before + offset)`.
    Logged {
        /// Added before the logarithm.
        offset: f64,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// Drawn towards a larger whole, or put through a formula that depends on all areas.
    Transformed {
        /// How.
        method: Treatment,
        /// The shape of the column at each stage, where it was tested; else empty.
        shapes: Vec<ShapeStage>,
        /// The lines of arithmetic; the last one has the result. Empty where nothing was done.
        working: Vec<Working>,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// The shape of the column was tested, and extreme values set to the next ones if need be.
    Shaped {
        /// The limits.
        method: Treatment,
        /// The shape of the column at each stage.
        shapes: Vec<ShapeStage>,
        /// Whether the column was left as it was.
        untouched: bool,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// Rounded.
    Rounded {
        /// How.
        rule: Round,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
}

/// What the column looked like at one stage of the test of its shape, and what that led to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShapeStage {
    /// What had been done: a key of the message catalogue under `explain`.
    pub stage: &'static str,
    /// G1; `None` where it is not defined.
    pub skewness: Option<f64>,
    /// G2, the excess kurtosis; `None` where it is not defined.
    pub kurtosis: Option<f64>,
    /// How many cells of the lower end had been moved.
    pub n_low: u32,
    /// How many cells of the upper end.
    pub n_high: u32,
    /// What followed, and why: a key of the message catalogue under `explain`.
    pub then: &'static str,
}

/// A normalisation with the facts of all areas that it needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NormaliseStep {
    /// The method and its parameters.
    pub method: Normalisation,
    /// Whether the value was turned, because the indicator points against the score.
    pub turned: bool,
    /// The larger unit within which the area was compared, if not with all.
    pub within: Option<String>,
    /// The areas or the table that `n`, `min`, `max`, `mean` and `sd` are from, if not all areas.
    pub reference: Option<Reference>,
    /// Whether every area has the same value and so gets the middle of the scale.
    pub constant: bool,
    /// Further lines of arithmetic; where there are any, the last one has the result.
    pub working: Vec<Working>,
    /// The value that goes in.
    pub input: f64,
    /// How many areas have a value.
    pub n: usize,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation with the method's divisor; only for z-scores.
    pub sd: Option<f64>,
    /// How many areas get a larger result; only for ranks.
    pub n_before: Option<usize>,
    /// How many areas have this value, this one included; only for ranks.
    pub n_tied: Option<usize>,
    /// The rank by the method's rule for ties, 1 for the largest result; only for ranks.
    pub rank: Option<f64>,
    /// The share `R` of a rank, or the place between two goalposts before a cap.
    pub share: Option<f64>,
    /// The comparable value.
    pub result: f64,
}

/// A number that was rounded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rounding {
    /// How.
    pub rule: Round,
    /// The rounded number.
    pub after: f64,
}

/// From the children of one level to its result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelChain {
    /// Which domain; `None` for the score.
    pub id: Option<IndicatorId>,
    /// The domain's title.
    pub title: Option<Text>,
    /// The method.
    pub method: Aggregation,
    /// The children, in the order in which they are added.
    pub parts: Vec<Part>,
    /// What becomes of missing children.
    pub missing: MissingPolicy,
    /// How the weights were stretched, where children are missing.
    pub reweighting: Option<Reweighting>,
    /// The sum of the weights in use.
    pub sum_of_weights: f64,
    /// The sum of the terms.
    pub sum_of_terms: Option<f64>,
    /// Further lines of arithmetic; where there are any, the last one has the aggregate.
    pub working: Vec<Working>,
    /// What the method makes of the sums.
    pub aggregate: Option<f64>,
    /// The rounding of the aggregate.
    pub round_before: Option<Rounding>,
    /// What was done to the aggregate, in order.
    pub treatments: Vec<TreatmentStep>,
    /// How the aggregate became comparable.
    pub normalisation: Option<NormaliseStep>,
    /// The rounding after that.
    pub rounding: Option<Rounding>,
    /// The level's result, by this chain.
    pub result: Option<f64>,
    /// The level's result, by the pipeline.
    pub pipeline: Option<f64>,
}

/// One child of a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Which indicator or domain.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// Its weight, as the definition uses it or as it was computed from the data.
    pub weight: f64,
    /// Its weight in this area; `None` where it is missing or does not count.
    pub weight_in_use: Option<f64>,
    /// Its value in this area.
    pub value: Option<f64>,
    /// What the weight multiplies, where that is not the value: a place, a distance, a flag.
    pub entering: Option<f64>,
    /// What it adds: `w x`, `w ln x`, `w / x` or `w x^p` by the method.
    pub term: Option<f64>,
}

/// How the weights of missing children went to the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reweighting {
    /// The sum of all weights.
    pub all: f64,
    /// The sum of the weights of the children that are there.
    pub available: f64,
}

/// From the score to rank, decile and quintile.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankStep {
    /// The rule.
    pub rule: RankRule,
    /// The score, by the chain.
    pub score: Option<f64>,
    /// The score as compared, where the rule rounds it.
    pub rounded: Option<Rounding>,
    /// How many areas have a score.
    pub n_ranked: usize,
    /// How many of them come before this one.
    pub n_before: usize,
    /// How many of them have its score, this one included.
    pub n_tied: usize,
    /// The rank, by counting.
    pub rank: Option<f64>,
    /// The rank, by the pipeline.
    pub pipeline_rank: Option<f64>,
    /// `ceil(10 rank / n)`.
    pub decile: Option<usize>,
    /// `ceil(5 rank / n)`.
    pub quintile: Option<usize>,
    /// The other areas with the same score, in the order of the table.
    pub tied_with: Vec<String>,
}

/// What the selection rule says of the area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionStep {
    /// The rule's id.
    pub rule: String,
    /// The rule's title.
    pub title: Text,
    /// The answer, after the rule's policy for unknown answers.
    pub outcome: Truth,
    /// The evaluation, criterion by criterion.
    pub finding: Finding,
    /// The same as a sentence.
    pub sentence: Text,
}

/// Differences beyond this are a mistake in the chain or in the pipeline; relative above 1 and
/// absolute below, because z-scores near zero have few sure digits.
const TOLERANCE: f64 = 1e-9;

impl Explanation {
    /// Where the chain and the pipeline disagree; empty unless the program has a fault.
    pub fn mismatches(&self) -> Vec<String> {
        let indicators = self.indicators.iter().map(|c| (c.id.as_str(), c.result, c.pipeline));
        let levels = self.levels.iter().map(|level| {
            (level.id.as_ref().map_or("score", |id| id.as_str()), level.result, level.pipeline)
        });
        let rank = ("rank", self.ranking.rank, self.ranking.pipeline_rank);
        indicators
            .chain(levels)
            .chain([rank])
            .filter(|(_, own, other)| !agree(*own, *other))
            .map(|(name, own, other)| format!("{name}: {own:?}, the pipeline has {other:?}"))
            .collect()
    }
}

fn agree(own: Option<f64>, other: Option<f64>) -> bool {
    match (own, other) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
