//! How does it become one score?
//!
//! Comparable indicators in; a value for each domain and the score out, level by level. The
//! arithmetic of one area is in [`row`], that of methods which compare areas in [`outrank`],
//! [`distance`] and [`doubt`].

mod distance;
mod doubt;
mod outrank;
mod row;

use std::sync::Arc;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::index::Level;
use crate::index::plan::{Child, Plan};
use crate::index::report::{self, ReportedColumn};
use crate::indicator::{Direction, IndicatorId};
use crate::normalise::{self, Beyond, Constant, Divisor, Frame, ScaledTable, Scaling, round_all};
use crate::notice::Notice;
use crate::rank::Ties;
use crate::statistics::Summary;
use crate::weight::{self, Children, WeightError};

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
    /// Source: Cherchye et al. (2007), *An introduction to benefit of the doubt composite
    /// indicators*.
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
                    "`min_share` and `max_share` lie in 0..1, the first below the second",
                )
            }
            Self::ArithmeticMean {}
            | Self::GeometricMean {}
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

    fn needs_positive(&self) -> bool {
        match self {
            Self::GeometricMean {}
            | Self::HarmonicMean {}
            | Self::Waspas { .. }
            | Self::BenefitOfDoubt { .. } => true,
            Self::PowerMean { p } => *p != 1.0,
            Self::ArithmeticMean {}
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

/// What becomes of an area of which a child is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "policy",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum MissingPolicy {
    /// Its result is missing.
    #[default]
    Propagate,
    /// The children that it has take over the weight of those that it lacks, if they carry at
    /// least this share of the weight; otherwise the result is missing. Supposes that what is
    /// missing would be like what is there.
    AvailableWeight {
        /// The least share of the weight, above 0 and at most 1.
        at_least: f64,
    },
}

impl MissingPolicy {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::AvailableWeight { at_least } if !(at_least > 0.0 && at_least <= 1.0) => Some((
                format!("accepts areas with {at_least} of the weight"),
                "`at_least` is a share above 0 and at most 1".to_owned(),
            )),
            Self::AvailableWeight { .. } | Self::Propagate => None,
        }
    }
}

/// The value of one domain in each area.
#[derive(Debug, Clone, PartialEq)]
pub struct DomainScore {
    /// Which domain.
    pub id: IndicatorId,
    /// Its position in the definition.
    pub domain: usize,
    /// The aggregate of its children, before it was made comparable; empty where it is `values`.
    pub before: Vec<f64>,
    /// What the aggregate looked like, where it was made comparable.
    pub summary: Option<Summary>,
    /// What enters the level above.
    pub values: Vec<f64>,
}

/// The score of each area; NaN where the definition gives none.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The areas, in the order of the table.
    pub areas: Arc<[Area]>,
    /// One score an area.
    pub values: Vec<f64>,
    /// Which way the score points.
    pub direction: Direction,
}

/// All that the levels give.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    /// The domains, children before parents.
    pub domains: Vec<DomainScore>,
    /// The score of each area.
    pub scores: Scores,
    /// The weights as used, in the order of [`Plan::levels`] and of each level's children.
    pub level_weights: Vec<Vec<f64>>,
    /// What the recipe asks to be printed beside the score.
    pub reported: Vec<ReportedColumn>,
    /// What came out where the data decide.
    pub notices: Vec<Notice>,
}

/// Why a level cannot be computed.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum AggregateError {
    /// A mean that needs positive numbers met another.
    #[error(
        "the mean of `{level}` needs values above zero, but `{child}` is {value} in `{area}` ({n} such cells)"
    )]
    #[diagnostic(
        code(levekaar::aggregate::not_positive),
        help(
            "normalise to a positive range, such as `{{ method = \"min-max\", low = 1, high = 100 }}`,\n\
             or use `aggregate = {{ method = \"arithmetic-mean\" }}`"
        )
    )]
    NotPositive {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
        /// An area.
        area: AreaId,
        /// The child's value there.
        value: f64,
        /// How many cells are not positive.
        n: usize,
    },
    /// A method that takes no gaps met some.
    #[error("`{level}` takes no gaps, but `{child}` is missing in `{area}` ({n} such cells)")]
    #[diagnostic(
        code(levekaar::aggregate::gaps),
        help("fill gaps with `impute`, or leave the areas out with `exclude` under `[areas]`")
    )]
    Gaps {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
        /// An area.
        area: AreaId,
        /// How many cells are missing.
        n: usize,
    },
    /// Too many areas to compare each with each.
    #[error("`{level}` compares each area with each, and {n} areas are more than {limit}")]
    #[diagnostic(
        code(levekaar::aggregate::too_many),
        help("`{{ method = \"promethee\" }}` orders areas alike and needs no pairs")
    )]
    TooMany {
        /// The level.
        level: String,
        /// How many areas there are.
        n: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Weights could not be computed from the data.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Weight(#[from] WeightError),
    /// A domain score could not be made comparable.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Normalise(#[from] normalise::NormaliseError),
}

/// Computes every level of the plan, children before parents.
///
/// Shape: areas × indicators in; areas × domains and one score an area out. Missing children
/// follow the level's [`MissingPolicy`]. Children are added in the order of the definition, so
/// that the last bit is the same on any number of threads.
///
/// # Errors
///
/// - [`AggregateError::NotPositive`] when a method that needs values above zero meets another.
/// - [`AggregateError::Gaps`] and [`AggregateError::TooMany`] from the methods that say so.
/// - [`AggregateError::Weight`] when weights cannot be computed from the data.
/// - [`AggregateError::Normalise`] when a domain is constant or empty.
pub fn aggregate(scaled: &ScaledTable, plan: &Plan<'_>) -> Result<Aggregated, AggregateError> {
    let definition = plan.definition();
    let areas = scaled.areas();
    let frame = Frame::of(areas);
    let turn = (&frame, definition.direction);
    let mut out = Aggregated {
        domains: Vec::with_capacity(definition.domains.len()),
        scores: Scores {
            areas: Arc::clone(areas),
            values: Vec::new(),
            direction: definition.direction,
        },
        level_weights: Vec::with_capacity(plan.levels().len()),
        reported: Vec::new(),
        notices: Vec::new(),
    };
    for (indicator, column) in definition.indicators.iter().zip(scaled.columns()) {
        out.reported.extend(report::make(&indicator.report, &column.values, &[], turn)?);
    }
    for level in plan.levels() {
        let rules = plan.level(level.domain);
        let name = level.domain.map_or("score", |at| definition.domains[at].id.as_str());
        let ids: Vec<_> = level.children.iter().map(|child| plan.child_id(*child)).collect();
        let children: Vec<&[f64]> = level
            .children
            .iter()
            .map(|child| match *child {
                Child::Indicator(at) => scaled.columns()[at].values.as_slice(),
                Child::Domain(at) => out
                    .domains
                    .iter()
                    .find(|domain| domain.domain == at)
                    .map(|domain| domain.values.as_slice())
                    .expect("a plan has children before parents"),
            })
            .collect();
        let parts = Children { level: name, ids, values: &children };
        let weights = weight::computed(&rules.weights, &parts, &mut out.notices)?
            .unwrap_or_else(|| level.weights.clone());
        let mut values = combine(&parts, &weights, rules, turn)?;
        if let Some(decimals) = rules.round_before {
            round_all(&mut values, decimals);
        }
        let id = IndicatorId::new(name);
        let mut before = Vec::new();
        let mut summary = None;
        if let Some(method) = &rules.normalise {
            before.clone_from(&values);
            let (flip, reference, constant) = (false, None, Constant::Error);
            let scaling = Scaling { method, flip, reference, constant, column: &id };
            summary = Some(normalise::apply(&scaling, &mut values, &frame)?);
        }
        if let Some(decimals) = rules.round {
            round_all(&mut values, decimals);
        }
        out.level_weights.push(weights);
        out.reported.extend(report::make(&rules.report, &values, &before, turn)?);
        match level.domain {
            Some(domain) => out.domains.push(DomainScore { id, domain, before, summary, values }),
            None => out.scores.values = values,
        }
    }
    Ok(out)
}

/// One number an area, from the children and weights of a level.
fn combine(
    children: &Children<'_>,
    weights: &[f64],
    rules: &Level,
    (frame, direction): (&Frame<'_>, Direction),
) -> Result<Vec<f64>, AggregateError> {
    if rules.aggregate.needs_positive() {
        check_positive(children.level, &children.ids, children.values, frame.areas)?;
    }
    let n = frame.areas.len();
    let values = children.values;
    // Those that compare areas look at the areas that the policy lets in, and at no others.
    let rows = || -> Vec<usize> {
        (0..n).filter(|&at| row::available(values, weights, rules, at).is_some()).collect()
    };
    match rules.aggregate {
        Aggregation::Copeland {} => {
            let rows = rows();
            if rows.len() > COPELAND_LIMIT {
                let (level, n) = (children.level.to_owned(), rows.len());
                return Err(AggregateError::TooMany { level, n, limit: COPELAND_LIMIT });
            }
            Ok(outrank::copeland(values, weights, &rows, n))
        }
        Aggregation::SumOfRanks { ties } => {
            Ok(outrank::sum_of_ranks(values, weights, &rows(), (&frame.ids, ties)))
        }
        Aggregation::Promethee {} => Ok(outrank::promethee(values, weights, &rows(), &frame.ids)),
        Aggregation::Topsis {} => Ok(distance::topsis(values, weights, &rows(), n)),
        Aggregation::Vikor { v } => {
            Ok(distance::vikor(values, weights, &rows(), (n, v, direction)))
        }
        Aggregation::BenefitOfDoubt { min_share, max_share } => {
            check_gaps(children, frame.areas)?;
            Ok(doubt::benefit(values, (min_share, max_share), n))
        }
        Aggregation::ArithmeticMean {}
        | Aggregation::GeometricMean {}
        | Aggregation::HarmonicMean {}
        | Aggregation::PowerMean { .. }
        | Aggregation::Median {}
        | Aggregation::Minimum {}
        | Aggregation::Maximum {}
        | Aggregation::MeanOfLargest { .. }
        | Aggregation::MeanOfSmallest { .. }
        | Aggregation::Owa { .. }
        | Aggregation::MeanMin { .. }
        | Aggregation::Mpi { .. }
        | Aggregation::Count { .. }
        | Aggregation::Waspas { .. } => Ok(row::combine(values, weights, rules, (n, direction))),
    }
}

fn check_gaps(children: &Children<'_>, areas: &[Area]) -> Result<(), AggregateError> {
    let n = children.values.iter().map(|child| child.iter().filter(|x| x.is_nan()).count()).sum();
    for (child, values) in children.ids.iter().zip(children.values) {
        if let Some(at) = values.iter().position(|x| x.is_nan()) {
            let (level, child) = (children.level.to_owned(), (*child).clone());
            return Err(AggregateError::Gaps { level, child, area: areas[at].id.clone(), n });
        }
    }
    Ok(())
}

fn check_positive(
    level: &str,
    ids: &[&IndicatorId],
    children: &[&[f64]],
    areas: &[Area],
) -> Result<(), AggregateError> {
    let bad = |x: &&f64| **x <= 0.0;
    let n = children.iter().map(|child| child.iter().filter(bad).count()).sum();
    for (child, values) in ids.iter().zip(children) {
        if let Some(at) = values.iter().position(|x| bad(&x)) {
            return Err(AggregateError::NotPositive {
                level: level.to_owned(),
                child: (*child).clone(),
                area: areas[at].id.clone(),
                value: values[at],
                n,
            });
        }
    }
    Ok(())
}
