//! Which ways are there for values to become comparable?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Beyond, Cap, Divisor, RankShare, Reference, Within, Zeros};
use crate::rank::Ties;

/// How values become comparable.
///
/// Each method works on values that are first turned so that larger means worse. Ranks count
/// from the worst, which has rank 1, and `n` is the number of areas with a value. Source for all
/// but `exponential`: OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, step 5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Normalisation {
    /// The value itself, with its sign turned where larger means better. For columns that are
    /// comparable already.
    AsIs {},
    /// `low + (x - min) / (max - min) * (high - low)`. One extreme value squeezes all the others.
    MinMax {
        /// What the best area gets.
        #[serde(default)]
        low: f64,
        /// What the worst area gets.
        #[serde(default = "hundred")]
        high: f64,
    },
    /// `mean + sd * (x - average) / deviation`; unbounded. Keeps distances, and with them the
    /// pull of extreme values.
    ZScore {
        /// The mean of the result.
        #[serde(default)]
        mean: f64,
        /// The standard deviation of the result.
        #[serde(default = "one")]
        sd: f64,
        /// The divisor of the deviation.
        #[serde(default)]
        divisor: Divisor,
    },
    /// `(x - low) / (high - low) * scale` with fixed goalposts; the posts change places where
    /// larger means better. Comparable over years; depends on who set the posts. COINr's `scaled`
    /// is this without a cap and with `scale = 100`.
    Goalposts {
        /// The value that gets 0.
        low: f64,
        /// The value that gets `scale`.
        high: f64,
        /// What the upper post is worth.
        #[serde(default = "one")]
        scale: f64,
        /// Whether values beyond a post are set to it.
        #[serde(default)]
        cap: Cap,
    },
    /// `n + 1 - rank`, so that the worst area has the largest number. Forgets distances.
    Rank {
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// The rank as a share of the areas; in `[0, 1]`. Forgets distances. Publishers who count from
    /// the other end give tied areas the smallest rank from there: R's `percent_rank` and the US
    /// Social Vulnerability Index are `share = "rank-less-one-over-n-less-one", ties = "max"`.
    Percentile {
        /// Which of the published conventions.
        share: RankShare,
        /// Which rank tied areas get, counted from the worst.
        ties: Ties,
        /// What becomes of areas whose value is 0.
        #[serde(default)]
        zeros: Zeros,
    },
    /// `-k * ln(1 - R * (1 - exp(-100 / k)))` of the rank share `R`; in `[0, 100]`. Stretches the
    /// worst end, so that a good score in one domain cannot cancel a very bad one in another;
    /// favours areas that are extreme in one domain over areas that are poor in many.
    ///
    /// Source: MHCLG (2019), *The English Indices of Deprivation 2019: Technical report*, 3.6,
    /// where `k` is 23.
    Exponential {
        /// How much of the range goes to the worst areas; finite and above zero.
        k: f64,
        /// How the rank becomes `R`.
        share: RankShare,
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// The same of a share `R` that is given: `-k * ln(1 - x * (1 - exp(-100 / k)))` of `x` itself,
    /// which lies in 0..1. For tables that hold only some of the areas that were ranked: a domain
    /// of one child turns published ranks into shares with
    /// `{ method = "goalposts", low = 1, high = N + 1 }`, and this on that domain does the rest.
    ExponentialOfShare {
        /// As for `exponential`.
        k: f64,
    },
    /// `n - rank`: how many areas are better off (Borda's count). Forgets distances.
    Borda {
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// The share of all people who live in areas with a better value, plus half of those in areas
    /// with the same value, its own among them; in `(0, 1)`. An area of many people weighs more
    /// than one of few. Needs the residents of every area that has a value.
    PeoplePercentile {},
    /// `(x - mean) / deviation * sd + mean'`, with mean and deviation over people and not over
    /// areas: each area counts by its residents. Needs the residents of every area with a value.
    ///
    /// Source: Carstairs and Morris (1991), *Deprivation and Health in Scotland*, ch. 2.
    WeightedZScore {
        /// The mean of the result.
        #[serde(default)]
        mean: f64,
        /// The standard deviation of the result.
        #[serde(default = "one")]
        sd: f64,
    },
    /// The standard normal quantile of the rank as a share, `a / (n + 1)` where nothing is said,
    /// with `a` counted from the best area (van der Waerden's scores); unbounded, symmetric.
    /// Forgets distances and gives every indicator the same bell shape, also one with two humps.
    /// A `share` that reaches 0 or 1 has no quantile and is refused.
    ///
    /// Source: van der Waerden (1952), *Order tests for the two-sample problem*.
    NormalScores {
        /// Which rank tied areas get; `average` keeps the mean at 0.
        ties: Ties,
        /// How the rank becomes a share.
        #[serde(default = "over_n_plus_one")]
        share: RankShare,
    },
    /// `1 - (max - x) / (max - min)`: how far the area is from the worst; in `[0, 1]`. One extreme
    /// value squeezes all the others.
    DistanceToMax {},
    /// `(x - min) / (r - min)`, where `r` is the mean of the areas in `reference` and `min` is the
    /// best area's value: 1 at the reference. Needs `reference = { areas = […] }` or `{ parent = … }`.
    DistanceToReference {
        /// `high` keeps areas beyond the reference at 1.
        #[serde(default)]
        cap: Cap,
    },
    /// `(x - min) / (target - min)`, where `min` is the best area's value: 1 at the target. Where
    /// the column is turned, `(max - x) / (max - target)`.
    DistanceToTarget {
        /// The value that gets 1, in the unit as measured.
        target: f64,
        /// `high` keeps areas beyond the target at 1.
        #[serde(default)]
        cap: Cap,
    },
    /// `x / max * scale`, and `min / x * scale` where the column is turned; the scale of WSM and
    /// WASPAS, and with `scale = 10` that of CalEnviroScreen's components. Needs values above zero
    /// where the column is turned.
    ///
    /// Source: Zavadskas et al. (2012), *Optimization of weighted aggregated sum product assessment*.
    FractionOfMax {
        /// What the largest value gets.
        #[serde(default = "one")]
        scale: f64,
    },
    /// `x / sum`, and `(1/x) / sum(1/x)` where the column is turned. Depends on the number of
    /// areas. Needs values above zero where the column is turned.
    FractionOfSum {},
    /// `x / sqrt(sum(x^2))`, with the sign turned where the column is; the usual scale of TOPSIS.
    Vector {},
    /// 1 where the value as measured lies beyond the limit, else 0. All that differs on one side
    /// of the limit is forgotten; a value just short of it counts for nothing.
    Flag {
        /// On which side.
        operator: Beyond,
        /// The limit, in the unit as measured.
        limit: f64,
    },
    /// `70 + 60 * (x - (g - d)) / (2 d)`: the goalpost `g` gets 100, and the range lies around
    /// 70..130. With the mean-penalty aggregation `mpi` this is the adjusted Mazziotta-Pareto index.
    ///
    /// Source: Mazziotta and Pareto (2016), *On a generalized non-compensatory composite index*.
    AdjustedGoalpost {
        /// `g`, in the unit as measured; the mean where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        goalpost: Option<f64>,
        /// `d`; half the range where nothing is said. State it to compare years.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        half_range: Option<f64>,
    },
}

fn one() -> f64 {
    1.0
}

fn hundred() -> f64 {
    100.0
}

fn over_n_plus_one() -> RankShare {
    RankShare::RankOverNPlusOne
}

impl Normalisation {
    /// What is wrong with the parameters, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::MinMax { low, high } | Self::Goalposts { low, high, .. }
                if !(low.is_finite() && high.is_finite() && low < high) =>
            {
                Some((
                    format!("normalises between {low} and {high}"),
                    "`low` must be below `high`".to_owned(),
                ))
            }
            Self::ZScore { mean, sd, .. } if !(mean.is_finite() && sd.is_finite() && sd > 0.0) => {
                Some((
                    format!("normalises to mean {mean} and deviation {sd}"),
                    "`sd` must be above zero".to_owned(),
                ))
            }
            Self::Exponential { k, .. } | Self::ExponentialOfShare { k }
                if !(k.is_finite() && k > 0.0) =>
            {
                Some((
                format!("has the exponential constant k = {k}"),
                "`k` must be above zero; the English indices use 23".to_owned(),
            ))
            }
            Self::NormalScores {
                share:
                    RankShare::RankOverN
                    | RankShare::RankLessOneOverN
                    | RankShare::RankLessOneOverNLessOne,
                ..
            } => Some((
                "takes the normal quantile of a share that reaches 0 or 1".to_owned(),
                "use `share = \"rank-over-n-plus-one\"`, `rank-less-half-over-n`, `blom` or `tukey`"
                    .to_owned(),
            )),
            Self::FractionOfMax { scale } if !(scale.is_finite() && scale > 0.0) => Some((
                format!("scales the largest value to {scale}"),
                "`scale` must be above zero".to_owned(),
            )),
            Self::WeightedZScore { mean, sd }
                if !(mean.is_finite() && sd.is_finite() && sd > 0.0) =>
            {
                Some((
                    format!("normalises to mean {mean} and deviation {sd}"),
                    "`sd` must be above zero".to_owned(),
                ))
            }
            Self::DistanceToTarget { target: limit, .. } | Self::Flag { limit, .. }
                if !limit.is_finite() =>
            {
                Some((format!("is measured against {limit}"), "use a finite number".to_owned()))
            }
            Self::AdjustedGoalpost { goalpost, half_range }
                if goalpost.is_some_and(|g| !g.is_finite())
                    || half_range.is_some_and(|d| !(d.is_finite() && d > 0.0)) =>
            {
                Some((
                    "has a goalpost or half range that cannot be used".to_owned(),
                    "`goalpost` is a number, `half_range` a number above zero".to_owned(),
                ))
            }
            Self::AsIs {}
            | Self::MinMax { .. }
            | Self::Goalposts { .. }
            | Self::ZScore { .. }
            | Self::Rank { .. }
            | Self::Percentile { .. }
            | Self::Exponential { .. }
            | Self::ExponentialOfShare { .. }
            | Self::Borda { .. }
            | Self::PeoplePercentile {}
            | Self::WeightedZScore { .. }
            | Self::NormalScores { .. }
            | Self::DistanceToMax {}
            | Self::DistanceToReference { .. }
            | Self::DistanceToTarget { .. }
            | Self::FractionOfMax { .. }
            | Self::FractionOfSum {}
            | Self::Vector {}
            | Self::Flag { .. }
            | Self::AdjustedGoalpost { .. } => None,
        }
    }

    /// What is wrong with this method and the set of areas that it is measured by.
    pub(crate) fn problem_with(
        &self,
        reference: Option<&Reference>,
        within: Option<Within>,
    ) -> Option<(String, String)> {
        if let (Some(_), Some(Within::Parent)) = (reference, within) {
            return Some((
                "is compared within larger units and has a reference set too".to_owned(),
                "take `within` or `reference` out".to_owned(),
            ));
        }
        let Some(reference) = reference else {
            return matches!(self, Self::DistanceToReference { .. }).then(|| {
                (
                    "measures distance to a reference, but none is named".to_owned(),
                    "add `reference = { areas = [\"…\"] }` or `{ parent = \"…\" }`".to_owned(),
                )
            });
        };
        let needs = match self {
            Self::MinMax { .. } | Self::DistanceToMax {} | Self::DistanceToTarget { .. } => {
                [true, true, false, false]
            }
            Self::ZScore { .. } => [false, false, true, true],
            Self::AdjustedGoalpost { goalpost, half_range } => {
                let range = half_range.is_none();
                [range, range, goalpost.is_none(), false]
            }
            Self::DistanceToReference { .. } => {
                let fixed = matches!(reference, Reference::Fixed(_));
                return fixed.then(|| {
                    (
                        "measures distance to areas, but the reference is a table".to_owned(),
                        "use `method = \"distance-to-target\"` with the value".to_owned(),
                    )
                });
            }
            Self::FractionOfMax { .. } => [true, true, false, false],
            Self::AsIs {}
            | Self::Goalposts { .. }
            | Self::Rank { .. }
            | Self::Percentile { .. }
            | Self::Exponential { .. }
            | Self::ExponentialOfShare { .. }
            | Self::Borda { .. }
            | Self::PeoplePercentile {}
            | Self::WeightedZScore { .. }
            | Self::NormalScores { .. }
            | Self::FractionOfSum {}
            | Self::Vector {}
            | Self::Flag { .. } => {
                return Some((
                    "has a reference set, which its normalisation does not look at".to_owned(),
                    "take `reference` out, or normalise by min-max or z-score".to_owned(),
                ));
            }
        };
        reference.problem(needs)
    }

    /// Whether the method divides by a spread, so that a constant column has no result.
    pub(crate) fn needs_spread(&self) -> bool {
        match self {
            Self::MinMax { .. }
            | Self::ZScore { .. }
            | Self::WeightedZScore { .. }
            | Self::DistanceToMax {}
            | Self::DistanceToReference { .. }
            | Self::DistanceToTarget { .. } => true,
            Self::Percentile { share, .. } | Self::Exponential { share, .. } => {
                *share == RankShare::RankLessOneOverNLessOne
            }
            Self::AdjustedGoalpost { half_range, .. } => half_range.is_none(),
            Self::AsIs {}
            | Self::Goalposts { .. }
            | Self::ExponentialOfShare { .. }
            | Self::Rank { .. }
            | Self::Borda { .. }
            | Self::PeoplePercentile {}
            | Self::NormalScores { .. }
            | Self::FractionOfMax { .. }
            | Self::FractionOfSum {}
            | Self::Vector {}
            | Self::Flag { .. } => false,
        }
    }

    /// Whether each value is scaled by itself, so that a column may even be empty.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(
            self,
            Self::AsIs {}
                | Self::Goalposts { .. }
                | Self::ExponentialOfShare { .. }
                | Self::Flag { .. }
        )
    }

    /// The rule for ties, for the methods that rank.
    pub fn ties(&self) -> Option<Ties> {
        match *self {
            Self::Rank { ties }
            | Self::Percentile { ties, .. }
            | Self::Exponential { ties, .. }
            | Self::Borda { ties }
            | Self::NormalScores { ties, .. } => Some(ties),
            Self::AsIs {}
            | Self::ExponentialOfShare { .. }
            | Self::MinMax { .. }
            | Self::ZScore { .. }
            | Self::Goalposts { .. }
            | Self::PeoplePercentile {}
            | Self::WeightedZScore { .. }
            | Self::DistanceToMax {}
            | Self::DistanceToReference { .. }
            | Self::DistanceToTarget { .. }
            | Self::FractionOfMax { .. }
            | Self::FractionOfSum {}
            | Self::Vector {}
            | Self::Flag { .. }
            | Self::AdjustedGoalpost { .. } => None,
        }
    }
}
