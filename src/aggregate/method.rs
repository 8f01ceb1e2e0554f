//! Which ways are there for children to become one number?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::normalise::{Beyond, Divisor};
use crate::rank::Ties;

/// How the children of a level become one number.
///
/// `x` are the children of one area and `w` their weights, as given unless the level says
/// `renormalise`. In all of them larger children give a larger result or the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Aggregation {
    /// `sum(w x)`, which is the weighted mean where the weights sum to 1 and a plain sum where
    /// each is 1. A good child makes up for a bad one in full. Also called WSM.
    ArithmeticMean {},
    /// `exp(sum(w ln x))`. A good child makes up for a bad one only in part. Needs `x > 0`, so
    /// z-scores cannot enter; normalise to 1..100. Also called WPM.
    GeometricMean {},
    /// `x^w` of each child, multiplied: the plain product where each weight is 1. One child at zero
    /// makes all zero, and no other makes up for it. Needs `x` of zero or more. CalEnviroScreen
    /// multiplies the burden of pollution by the characteristics of those who live under it.
    Product {},
    /// `sum(w) / sum(w / x)`. Compensates still less than the geometric mean. Needs `x > 0`.
    HarmonicMean {},
    /// `(sum(w x^p) / sum(w))^(1/p)`; the larger `p`, the more the worst child counts. Needs
    /// `x > 0` unless `p` is 1; `p = 0` is the geometric mean.
    PowerMean {
        /// The exponent.
        p: f64,
    },
    /// The median of the children whose weight is above zero; the weights have no other part in
    /// it. Overlooks what only a few children say.
    Median {},
    /// The smallest child whose weight is above zero. Everything else is forgotten.
    Minimum {},
    /// The largest child whose weight is above zero. Everything else is forgotten.
    Maximum {},
    /// The mean of the `count` largest children ("at least `count` bad ones"), of those whose
    /// weight is above zero. Forgets the others, and how the children are weighted.
    ///
    /// Source: Vidoli and Fusco, Compind, `ci_owa`.
    MeanOfLargest {
        /// How many.
        count: usize,
    },
    /// The mean of the `count` smallest children ("more than" the rest are as bad).
    MeanOfSmallest {
        /// How many.
        count: usize,
    },
    /// Ordered weighted average: `sum(v_k x_(k))` with the children from the largest to the
    /// smallest. The weight belongs to the place and not to the child. An area that lacks a child
    /// has no result.
    ///
    /// Source: Yager (1988), *On ordered weighted averaging aggregation operators*.
    Owa {
        /// `v`, first that of the largest child; as many as there are children. Used as given.
        weights: Vec<f64>,
    },
    /// `M + a (sqrt((max - M)^2 + b^2) - b)` for a score that rises with deprivation, where `M` is
    /// the weighted mean: the area whose worst child lies far above its mean counts as worse. For
    /// a score that rises with better conditions `M - a (sqrt((M - min)^2 + b^2) - b)`.
    ///
    /// Source: Casadio Tarabusi and Guarini (2013), *An unbalance adjustment method for
    /// development indicators*.
    MeanMin {
        /// `a`: 0 is the mean, 1 with `b = 0` the worst child.
        alpha: f64,
        /// `b`: how far small differences are forgiven; 0 for not at all.
        #[serde(default)]
        beta: f64,
    },
    /// `M + S^2 / M` for a score that rises with deprivation, `M - S^2 / M` for one that rises with
    /// better conditions, with the weighted mean and variance of the area's children: imbalance is
    /// always penalised. Made for children around 100 with deviation 10; needs `M > 0`.
    ///
    /// Source: Mazziotta and Pareto (2013), *Methods for constructing composite indices*; the
    /// adjusted index (AMPI) is this with `normalise = { method = "adjusted-goalpost" }` and
    /// `divisor = "population"`.
    Mpi {
        /// The divisor of the variance over children.
        #[serde(default)]
        divisor: Divisor,
    },
    /// `sum(w 1[x beyond the limit])`: how many children lie beyond it, where each weight is 1.
    Count {
        /// On which side.
        operator: Beyond,
        /// The limit, on the scale of the children.
        limit: f64,
    },
    /// `lambda sum(w x) + (1 - lambda) exp(sum(w ln x))`. Needs `x > 0`.
    ///
    /// Source: Zavadskas et al. (2012), *Optimization of weighted aggregated sum product assessment*.
    Waspas {
        /// The share of the sum, 0..1.
        lambda: f64,
    },
    /// How many areas the area is worse off than, less how many are worse off than it, each pair
    /// settled by the weight of the children in which one exceeds the other (equal ones half).
    /// A pair is compared on the children that both have, and is even where there are none.
    /// Forgets by how much; may hold areas equal that beat each other in a circle. Up to 50,000
    /// areas.
    ///
    /// Source: Copeland (1951); Munda and Nardo (2009); Becker et al., COINr, `a_copeland`.
    Copeland {},
    /// `sum(w r)`, where `r` is the place counted from the best area. Forgets distances.
    SumOfRanks {
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// Each area's children weighted as makes its own result largest, with weights of zero or
    /// more for which no area exceeds 1: benefit of the doubt. Here children that rise with
    /// deprivation make it the doubt of the needy: an area is as badly off as any weighting shows.
    /// No two areas are measured alike, and many may share the result 1. Needs `x > 0` in every
    /// cell; gaps are refused. The level's own weights are not looked at.
    ///
    /// Source: Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), *An introduction to "benefit of the
    /// doubt" composite indicators*, Social Indicators Research 82.
    BenefitOfDoubt {
        /// The least share of an area's result that each child must have.
        #[serde(default)]
        min_share: f64,
        /// The largest share that one child may have.
        #[serde(default = "whole")]
        max_share: f64,
    },
    /// `d- / (d+ + d-)`, the distances to the smallest and to the largest value of each child,
    /// weighted; in 0..1. Moves with the extremes, and adding an area can turn two others about.
    ///
    /// Source: Hwang and Yoon (1981), *Multiple Attribute Decision Making*, ch. 3.
    Topsis {},
    /// `v S' + (1 - v) R'`: the sum and the largest of the weighted distances from the best value,
    /// each on 0..1; 1 is worst. For a score that rises with better conditions, 1 less that.
    ///
    /// Source: Opricovic and Tzeng (2004), *Compromise solution by MCDM methods*.
    Vikor {
        /// The share of the sum, 0..1; 0.5 by custom.
        #[serde(default = "half")]
        v: f64,
    },
    /// The net flow with the usual criterion: the weighted share of areas that a child exceeds
    /// less the share that exceed it; in -1..1. Forgets distances.
    ///
    /// Source: Brans and Vincke (1985), *A preference ranking organisation method*.
    Promethee {},
}

fn half() -> f64 {
    0.5
}

fn whole() -> f64 {
    1.0
}

/// The largest number of areas that are compared pair by pair; 50,000 make 1.25 thousand million
/// pairs.
pub const COPELAND_LIMIT: usize = 50_000;

impl Aggregation {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let (found, help) = match self {
            Self::PowerMean { p } if !p.is_finite() => {
                (format!("is a power mean with p = {p}"), "`p` must be a finite number")
            }
            Self::MeanOfLargest { count: 0 } | Self::MeanOfSmallest { count: 0 } => {
                ("is the mean of no children".to_owned(), "`count` is 1 or more")
            }
            Self::Owa { weights }
                if weights.iter().any(|w| !(w.is_finite() && *w >= 0.0))
                    || weights.iter().sum::<f64>() <= 0.0 =>
            {
                (
                    "has place weights that cannot be used".to_owned(),
                    "they are numbers of zero or more, and one of them is above zero",
                )
            }
            Self::MeanMin { alpha, beta }
                if !(share(*alpha) && beta.is_finite() && *beta >= 0.0) =>
            {
                (
                    format!("is mean-min with alpha = {alpha} and beta = {beta}"),
                    "`alpha` lies in 0..1 and `beta` is zero or more",
                )
            }
            Self::Count { limit, .. } if !limit.is_finite() => {
                (format!("counts beyond {limit}"), "use a finite limit")
            }
            Self::Waspas { lambda: x } | Self::Vikor { v: x } if !share(*x) => {
                (format!("has the share {x}"), "a share lies in 0..1")
            }
            Self::BenefitOfDoubt { min_share, max_share }
                if !(share(*min_share) && share(*max_share) && min_share < max_share) =>
            {
                (
                    format!("bounds shares by {min_share} and {max_share}"),
                    "`min-share` and `max-share` lie in 0..1, the first below the second",
                )
            }
            Self::ArithmeticMean {}
            | Self::GeometricMean {}
            | Self::Product {}
            | Self::HarmonicMean {}
            | Self::PowerMean { .. }
            | Self::Median {}
            | Self::Minimum {}
            | Self::Maximum {}
            | Self::MeanOfLargest { .. }
            | Self::MeanOfSmallest { .. }
            | Self::Owa { .. }
            | Self::MeanMin { .. }
            | Self::Mpi { .. }
            | Self::Count { .. }
            | Self::Waspas { .. }
            | Self::Copeland {}
            | Self::SumOfRanks { .. }
            | Self::BenefitOfDoubt { .. }
            | Self::Topsis {}
            | Self::Vikor { .. }
            | Self::Promethee {} => return None,
        };
        Some((found, help.to_owned()))
    }

    /// What is wrong with this method for a level of `n` children.
    pub(crate) fn problem_of(&self, n: usize) -> Option<(String, String)> {
        let help = |text: &str| text.to_owned();
        match *self {
            Self::Owa { ref weights } if weights.len() != n => Some((
                format!("has {} place weights for {n} children", weights.len()),
                help("give one weight for each place, first that of the largest child"),
            )),
            Self::MeanOfLargest { count } | Self::MeanOfSmallest { count } if count > n => Some((
                format!("is the mean of {count} of {n} children"),
                help("`count` is at most the number of children"),
            )),
            Self::BenefitOfDoubt { min_share, max_share }
                if min_share * n as f64 > 1.0 || max_share * (n as f64) < 1.0 =>
            {
                Some((
                    format!("bounds the shares of {n} children by {min_share} and {max_share}"),
                    help("with these bounds the shares cannot sum to 1"),
                ))
            }
            Self::ArithmeticMean {}
            | Self::GeometricMean {}
            | Self::Product {}
            | Self::HarmonicMean {}
            | Self::PowerMean { .. }
            | Self::Median {}
            | Self::Minimum {}
            | Self::Maximum {}
            | Self::MeanOfLargest { .. }
            | Self::MeanOfSmallest { .. }
            | Self::Owa { .. }
            | Self::MeanMin { .. }
            | Self::Mpi { .. }
            | Self::Count { .. }
            | Self::Waspas { .. }
            | Self::Copeland {}
            | Self::SumOfRanks { .. }
            | Self::BenefitOfDoubt { .. }
            | Self::Topsis {}
            | Self::Vikor { .. }
            | Self::Promethee {} => None,
        }
    }

    pub(super) fn needs_positive(&self) -> bool {
        match self {
            Self::GeometricMean {}
            | Self::HarmonicMean {}
            | Self::Waspas { .. }
            | Self::BenefitOfDoubt { .. } => true,
            Self::PowerMean { p } => *p != 1.0,
            Self::ArithmeticMean {}
            | Self::Product {}
            | Self::Median {}
            | Self::Minimum {}
            | Self::Maximum {}
            | Self::MeanOfLargest { .. }
            | Self::MeanOfSmallest { .. }
            | Self::Owa { .. }
            | Self::MeanMin { .. }
            | Self::Mpi { .. }
            | Self::Count { .. }
            | Self::Copeland {}
            | Self::SumOfRanks { .. }
            | Self::Topsis {}
            | Self::Vikor { .. }
            | Self::Promethee {} => false,
        }
    }
}
