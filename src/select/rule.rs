//! What can a rule say?
//!
//! The tree of criteria as it stands in TOML. What a fact is, and what is made of it before it is
//! compared, stands in [`super::term`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::term::{Fact, Transform, one_or_many};

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
    /// The area is among the worst by the score or by a fact.
    Worst(Cut),
    /// A named criterion of the same file.
    Criterion(String),
    /// The area belongs to one of these larger units.
    Parent(OneOf),
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

/// The larger units that an area may belong to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OneOf {
    /// Their codes or names, exactly as in the table.
    pub one_of: Vec<String>,
}

/// A fact within two limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Between {
    /// What is compared.
    pub fact: Fact,
    /// What is made of it before it is compared: one step, or a list of steps in order.
    #[serde(
        default,
        rename = "as",
        deserialize_with = "one_or_many::read",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "one_or_many::OneOrMany")]
    pub transforms: Vec<Transform>,
    /// The lower limit, itself within.
    pub from: Limit,
    /// The upper limit, itself within.
    pub to: Limit,
}

/// A fact of the area against a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Comparison {
    /// What is compared.
    pub fact: Fact,
    /// What is made of it before it is compared: one step, or a list of steps in order.
    #[serde(
        default,
        rename = "as",
        deserialize_with = "one_or_many::read",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "one_or_many::OneOrMany")]
    pub transforms: Vec<Transform>,
    /// How. `>` and `>=` differ at the limit itself, and schemes mean one of them.
    pub op: Operator,
    /// With what.
    pub limit: Limit,
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
    /// A sum of facts of the same area, each times a factor: the limit is the area's own. Missing
    /// where one of the facts is.
    Sum(Vec<Term>),
}

/// A fact of the area times a factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Term {
    /// The factor.
    #[serde(default = "one")]
    pub times: f64,
    /// The fact.
    pub fact: Fact,
    /// What is made of it first.
    #[serde(
        default,
        rename = "as",
        deserialize_with = "one_or_many::read",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "one_or_many::OneOrMany")]
    pub transforms: Vec<Transform>,
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

/// The worst areas by score or by a fact: how many, and what becomes of a tie at the edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cut {
    /// How much is taken.
    pub take: Take,
    /// What becomes of areas that tie at the edge of the cut.
    #[serde(default)]
    pub ties: CutTies,
    /// By which fact areas stand in the list; by score where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// By which fact areas that tie at the edge are told apart, before `ties` has its say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then_by: Option<By>,
}

impl Cut {
    /// A cut by score.
    pub fn by_score(take: Take, ties: CutTies) -> Self {
        Self { take, ties, by: None, then_by: None }
    }

    /// Whether the cut is by score, with nothing else to tell ties apart.
    pub fn is_by_score(&self) -> bool {
        self.by.is_none() && self.then_by.is_none()
    }
}

/// A fact by which areas are ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct By {
    /// The fact.
    pub fact: Fact,
    /// What is made of it first.
    #[serde(
        default,
        rename = "as",
        deserialize_with = "one_or_many::read",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "one_or_many::OneOrMany")]
    pub transforms: Vec<Transform>,
    /// Which end comes first.
    #[serde(default)]
    pub first: End,
}

/// An end of a list of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The largest number.
    #[default]
    Largest,
    /// The smallest number.
    Smallest,
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
