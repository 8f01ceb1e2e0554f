//! What can be known of an area, and what can be made of it before it is compared?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::{End, Rule};
use crate::indicator::IndicatorId;
use crate::normalise::RankShare;
use crate::rank::Ties;

/// Something known of an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// An indicator of the index, or a `[[fact]]` of the rule, as measured: in its own unit,
    /// before imputation and treatment.
    Indicator(IndicatorId),
    /// A `[[fact]]` of the rule that somebody judged, with the author and the date.
    Process(IndicatorId),
    /// How many of these named criteria are met.
    CriteriaMet(Vec<String>),
    /// In how many of the last years something held.
    YearsHeld(YearsHeld),
    /// The share, 0..1, of the areas within this one that satisfy a rule.
    ShareOfChildren(ShareOfChildren),
}

/// In how many of the last years something held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct YearsHeld {
    /// A named criterion, a tier, or `rule` for the rule itself.
    pub of: String,
    /// Over how many years, this year among them unless `before-this-year`.
    pub last_years: u16,
    /// Whether the years are those before this one.
    #[serde(default)]
    pub before_this_year: bool,
}

/// The share of the areas within an area that satisfy a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShareOfChildren {
    /// The rule, on facts with `of = "children"`, the residents and the place among all of them.
    pub rule: Box<Rule>,
    /// Whether the areas count by their residents.
    #[serde(default)]
    pub weighted_by_population: bool,
}

/// What is made of a fact before it is compared. A missing fact stays missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// The fact itself.
    Level,
    /// The fact divided by its mean over all areas, or over the areas of the same parent.
    RatioToMean(RatioToMean),
    /// The fact divided by a number that is given, such as a nation's mean.
    RatioTo(RatioTo),
    /// The place of the fact as a share of the areas that have it; largest for the largest value.
    Percentile(PercentileOf),
    /// The distance from the mean in standard deviations (divisor n - 1).
    ZScore(ZScoreOf),
    /// The rank within the parent; 1 for the largest value.
    RankWithinParent(RankWithin),
    /// The mean over this year and those before it.
    MeanOfYears(MeanOfYears),
    /// The change since an earlier year.
    ChangeSince(ChangeSince),
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

/// The number that a fact is divided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RatioTo {
    /// The number; not zero.
    pub value: f64,
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
    /// How a rank becomes a share. pandas has `rank-over-n` with `average` ties.
    pub share: RankShare,
    /// Which rank tied areas get, counted from the largest value.
    pub ties: Ties,
    /// Which value gets the highest percentile.
    #[serde(default)]
    pub highest_for: End,
    /// Whether areas count by their residents: then the percentile is the share of the residents
    /// who live where the value is at most as large, `share` and `ties` have no say, and an area
    /// without residents has none.
    #[serde(default)]
    pub weighted_by_population: bool,
}

/// Over which areas mean and deviation are taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ZScoreOf {
    /// Over which areas.
    #[serde(default)]
    pub over: Over,
}

/// How ranks within a parent are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RankWithin {
    /// Which rank tied areas get.
    pub ties: Ties,
}

/// A mean over years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeanOfYears {
    /// How many years, this year among them.
    pub years: u16,
    /// How many of them must have a value; all of them where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChangeSince {
    /// The earlier year.
    pub year: i32,
    /// Whether the change is a share of the earlier value and not a difference.
    #[serde(default)]
    pub relative: bool,
}

/// One transform may stand without its brackets.
pub(super) mod one_or_many {
    use std::fmt;

    use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
    use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

    use super::Transform;

    /// What the schema says of it.
    #[derive(schemars::JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only the schema is read")]
    pub(in crate::select) enum OneOrMany {
        /// One step.
        One(Transform),
        /// Several, in order.
        Many(Vec<Transform>),
    }

    struct Steps;

    impl<'de> Visitor<'de> for Steps {
        type Value = Vec<Transform>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a step such as `{ ratio-to-mean = {} }`, or a list of steps")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(vec![Transform::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
            Ok(vec![Transform::deserialize(StrDeserializer::new(name))?])
        }
    }

    /// Reads one step or a list of them.
    pub(in crate::select) fn read<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Transform>, D::Error> {
        from.deserialize_any(Steps)
    }
}
