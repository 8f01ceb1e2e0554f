//! What do the parameters of a normalisation mean?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::area::AreaId;

/// The divisor of a standard deviation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Divisor {
    /// `n - 1`, as in R's `sd` and in COINr.
    #[default]
    Sample,
    /// `n`.
    Population,
}

/// Which goalposts bound the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cap {
    /// Neither: results may leave the range.
    #[default]
    None,
    /// The upper one.
    High,
    /// Both.
    Both,
}

/// How a rank `r` of `n` areas (1 is worst) becomes a share that is largest for the worst area.
///
/// With `a = n + 1 - r`, the place counted from the best area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RankShare {
    /// `a / n`: the worst has 1, the best `1 / n`. England, Wales, Northern Ireland; pandas.
    RankOverN,
    /// `(a - 1) / n`: the best has 0. Scotland 2016.
    RankLessOneOverN,
    /// `(a - 0.5) / n`: symmetric.
    RankLessHalfOverN,
    /// `(a - 1) / (n - 1)`: the best has 0 and the worst 1. US Social Vulnerability Index.
    RankLessOneOverNLessOne,
    /// `a / (n + 1)`: neither 0 nor 1 is reached.
    RankOverNPlusOne,
    /// `(a - 3/8) / (n + 1/4)`: neither end is reached. Source: Blom (1958), *Statistical Estimates
    /// and Transformed Beta-Variables*.
    Blom,
    /// `(a - 1/3) / (n + 1/3)`: neither end is reached. Source: Tukey (1962), *The future of data
    /// analysis*, Annals of Mathematical Statistics 33.
    Tukey,
}

impl RankShare {
    /// The share of rank `rank` among `n` areas.
    pub fn of(self, rank: f64, n: f64) -> f64 {
        match self {
            Self::RankOverN => (n - rank + 1.0) / n,
            Self::RankLessOneOverN => (n - rank) / n,
            Self::RankLessHalfOverN => (n - rank + 0.5) / n,
            Self::RankLessOneOverNLessOne => (n - rank) / (n - 1.0),
            Self::RankOverNPlusOne => (n - rank + 1.0) / (n + 1.0),
            Self::Blom => (n - rank + 0.625) / (n + 0.25),
            Self::Tukey => (n - rank + 2.0 / 3.0) / (n + 1.0 / 3.0),
        }
    }
}

/// What becomes of areas whose value is 0 where values are ranked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// They are ranked like any other.
    #[default]
    Ranked,
    /// They get 0, and `n` and the ranks of the others are as if they were not there: where 0 says
    /// that an area has none of a thing. CalEnviroScreen does so.
    Apart,
}

/// Within which set an area is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// The areas of its own larger unit: each has its own minimum, mean and ranks. Areas of
    /// different units are then no longer comparable.
    Parent,
}

/// `-k ln(1 - R (1 - exp(-100/k)))`, kept within 0..100 against the last bit of rounding.
pub fn exponential(share: f64, k: f64) -> f64 {
    (-k * (1.0 - share * (1.0 - (-100.0 / k).exp())).ln()).clamp(0.0, 100.0)
}

/// On which side of a limit a value must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Beyond {
    /// At the limit or above it.
    AtLeast,
    /// Above the limit.
    Above,
    /// At the limit or below it.
    AtMost,
    /// Below the limit.
    Below,
}

impl Beyond {
    /// Whether `x` lies beyond `limit`. A missing value does not.
    pub fn holds(self, x: f64, limit: f64) -> bool {
        match self {
            Self::AtLeast => x >= limit,
            Self::Above => x > limit,
            Self::AtMost => x <= limit,
            Self::Below => x < limit,
        }
    }
}

/// Where the minimum, maximum, mean and deviation of a normalisation come from, if not from all
/// areas of the table. Areas outside the set are measured by it and may leave its range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// These areas.
    Areas(Vec<AreaId>),
    /// The areas that belong to this larger unit.
    Parent(String),
    /// The areas of several years, pooled, each year treated by itself first: `"all"` for all
    /// years of the table, or a list of them. Keeps results comparable over these years; the one
    /// year `[2015]` is a base year. Only for indicators, of a table with a column of years.
    ///
    /// Source: Mazziotta and Pareto (2016), as for the adjusted goalpost, whose range is that of
    /// all years; Becker et al., COINr, `Normalise.purse` with `global = TRUE`.
    Years(Years),
    /// A table of parameters, such as those of the whole country, in the unit that the
    /// treatments leave. Keeps results comparable over tables and years.
    Fixed(Fixed),
}

impl Reference {
    /// What is wrong, for a method that `needs` minimum, maximum, mean and deviation.
    pub(crate) fn problem(&self, needs: [bool; 4]) -> Option<(String, String)> {
        match self {
            Self::Areas(areas) if areas.is_empty() => Some((
                "has a reference set without areas".to_owned(),
                "name at least one, or take `reference` out".to_owned(),
            )),
            Self::Years(Years::These(years)) if years.is_empty() => Some((
                "has a reference set without years".to_owned(),
                "name at least one, or write `years = \"all\"`".to_owned(),
            )),
            Self::Areas(_) | Self::Parent(_) | Self::Years(_) => None,
            Self::Fixed(fixed) => {
                let given = [fixed.min, fixed.max, fixed.mean, fixed.sd];
                let lacks = needs.iter().zip(&given).any(|(need, it)| *need && it.is_none());
                let odd = given.iter().flatten().any(|x| !x.is_finite())
                    || matches!((fixed.min, fixed.max), (Some(min), Some(max)) if min >= max)
                    || fixed.sd.is_some_and(|sd| sd <= 0.0);
                (lacks || odd).then(|| {
                    (
                        "has a fixed reference that its normalisation cannot use".to_owned(),
                        "min-max needs `min` below `max`, z-score needs `mean` and `sd` above zero"
                            .to_owned(),
                    )
                })
            }
        }
    }
}

/// Years of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Years {
    /// `"all"`.
    Word(AllYears),
    /// These.
    These(Vec<i32>),
}

/// All years that a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AllYears {
    /// All of them.
    All,
}

impl Years {
    /// Whether this year is one of them.
    pub fn has(&self, year: i32) -> bool {
        match self {
            Self::Word(AllYears::All) => true,
            Self::These(years) => years.contains(&year),
        }
    }
}

/// Parameters that are given and not computed. Those that a method needs must be there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fixed {
    /// The smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The standard deviation, whatever its divisor was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
}

/// What becomes of an indicator that has the same value in every area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Constant {
    /// The computation stops: it cannot tell areas apart, and its weight would be lost.
    #[default]
    Error,
    /// Every area gets the middle of the scale, and a notice says so.
    Middle,
}
