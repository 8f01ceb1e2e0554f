//! How does it become one score?
//!
//! Comparable indicators in; a value for each domain and the score out, level by level. The
//! arithmetic of one area is in [`row`], that of methods which compare areas in [`outrank`],
//! [`distance`] and [`doubt`].

mod distance;
mod doubt;
mod method;
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
use crate::normalise::{self, Constant, Frame, ScaledTable, Scaling};
use crate::notice::Notice;
use crate::statistics::Summary;
use crate::treat::{self, TreatError};
use crate::weight::{self, Children, WeightError};

pub(crate) use doubt::doubt_weights;
pub use method::{Aggregation, COPELAND_LIMIT};

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
    /// The same, but the children are counted and not weighed: COINr's `dat_thresh`, or the two
    /// thirds of the Global Innovation Index.
    AvailableShare {
        /// The least share of the children, above 0 and at most 1.
        at_least: f64,
    },
    /// The same, with the least number of children that must be there.
    AvailableCount {
        /// How many, 1 or more.
        at_least: u32,
    },
    /// A missing child adds nothing, and its weight goes to nobody: a sum over what is there. An
    /// area with gaps scores lower for them, so that this is right only for counts of what is
    /// known.
    LeftOut {
        /// The least share of the weight, above 0 and at most 1.
        at_least: f64,
    },
}

/// The children of one area: those that are there and those that are missed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// The weight of all.
    pub(crate) all: f64,
    /// The weight of those that are there.
    pub(crate) available: f64,
    missing: f64,
    n: u32,
    n_there: u32,
}

impl Tally {
    /// One more child.
    pub(crate) fn count(&mut self, weight: f64, is_there: bool) {
        self.all += weight;
        // A child that counts for nothing is not missed.
        let counts = u32::from(weight != 0.0);
        self.n += counts;
        if is_there {
            self.available += weight;
            self.n_there += counts;
        } else {
            self.missing += weight;
        }
    }
}

impl MissingPolicy {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::AvailableWeight { at_least }
            | Self::AvailableShare { at_least }
            | Self::LeftOut { at_least }
                if !(at_least > 0.0 && at_least <= 1.0) =>
            {
                Some((
                    format!("accepts areas with the share {at_least} of their children"),
                    "`at-least` is a share above 0 and at most 1".to_owned(),
                ))
            }
            Self::AvailableCount { at_least: 0 } => Some((
                "accepts areas without any child".to_owned(),
                "`at-least` is 1 or more".to_owned(),
            )),
            Self::AvailableWeight { .. }
            | Self::AvailableShare { .. }
            | Self::AvailableCount { .. }
            | Self::LeftOut { .. }
            | Self::Propagate => None,
        }
    }

    /// What the weights of the children that are there are multiplied by; `None` where the area
    /// gets no result.
    pub(crate) fn factor(self, tally: &Tally) -> Option<f64> {
        /// Shares such as 0.6 are sums of rounded weights; a bit must not decide over an area.
        const LAST_BITS: f64 = 1e-9;
        let Tally { all, available, missing, n, n_there } = *tally;
        if n_there == 0 || available <= 0.0 {
            return None;
        }
        if missing == 0.0 {
            return Some(1.0);
        }
        let enough = match self {
            Self::Propagate => false,
            Self::AvailableWeight { at_least } | Self::LeftOut { at_least } => {
                available / all >= at_least - LAST_BITS
            }
            Self::AvailableShare { at_least } => {
                f64::from(n_there) / f64::from(n) >= at_least - LAST_BITS
            }
            Self::AvailableCount { at_least } => n_there >= at_least,
        };
        let stretches = !matches!(self, Self::LeftOut { .. });
        enough.then_some(if stretches { all / available } else { 1.0 })
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
    pub areas: Arc<Vec<Area>>,
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
    /// A product that needs numbers of zero or more met another.
    #[error(
        "the product of `{level}` needs values of zero or more, but `{child}` is {value} in `{area}` ({n} such cells)"
    )]
    #[diagnostic(
        code(levekaar::aggregate::negative),
        help(
            "normalise to a range from zero up, such as `{{ method = \"min-max\", low = 0, high = 1 }}`"
        )
    )]
    Negative {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
        /// An area.
        area: AreaId,
        /// The child's value there.
        value: f64,
        /// How many cells are below zero.
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
    /// An aggregate could not be treated.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Treat(#[from] TreatError),
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
        let way = definition.direction_of(indicator.domain.as_ref());
        let turn = (&frame, way, way);
        out.reported.extend(report::make(&indicator.report, &column.values, &[], turn)?);
    }
    for level in plan.levels() {
        let rules = plan.level(level.domain);
        let domain = level.domain.map(|at| &definition.domains[at]);
        let turn = (&frame, definition.direction_of(domain.map(|domain| &domain.id)));
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
        let parts = Children { level: name, ids, values: &children, areas };
        let weights = weight::computed(&rules.weights, &parts, &mut out.notices)?
            .unwrap_or_else(|| level.weights.clone());
        let mut values = combine(&parts, &weights, rules, turn)?;
        if let Some(round) = rules.round_before {
            round.all(&mut values);
        }
        let id = IndicatorId::new(name);
        treat::aggregate(&rules.treat, &mut values, &id, areas)?;
        let mut before = Vec::new();
        let mut summary = None;
        if let Some(method) = &rules.normalise {
            before.clone_from(&values);
            let (pooled, constant, column) = (None, Constant::Error, &id);
            let flip = domain.is_some_and(|domain| definition.turns(domain));
            let (within, reference) = (rules.within, rules.reference.as_ref());
            let scaling = Scaling { method, flip, within, reference, pooled, constant, column };
            summary = Some(normalise::apply(&scaling, &mut values, &frame)?);
        }
        if let Some(round) = rules.round {
            round.all(&mut values);
        }
        out.level_weights.push(weights);
        // What is printed is the result, which points as the level above does.
        let above = definition.direction_of(domain.and_then(|domain| domain.parent.as_ref()));
        let turns = (&frame, above, turn.1);
        out.reported.extend(report::make(&rules.report, &values, &before, turns)?);
        match level.domain {
            Some(domain) => out.domains.push(DomainScore { id, domain, before, summary, values }),
            None => out.scores.values = values,
        }
    }
    let id = IndicatorId::new("score");
    report::people_known(definition.ranking.classes, &out.scores.values, areas, &id)?;
    Ok(out)
}

/// One number an area, from the children and weights of a level.
pub(crate) fn combine(
    children: &Children<'_>,
    weights: &[f64],
    rules: &Level,
    (frame, direction): (&Frame<'_>, Direction),
) -> Result<Vec<f64>, AggregateError> {
    if rules.aggregate.needs_positive() {
        check_positive(children.level, &children.ids, children.values, frame.areas)?;
    }
    if let Aggregation::Product {} = rules.aggregate {
        check_not_negative(children, frame.areas)?;
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
        | Aggregation::Product {}
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

fn check_not_negative(children: &Children<'_>, areas: &[Area]) -> Result<(), AggregateError> {
    let bad = |x: &&f64| **x < 0.0;
    let n = children.values.iter().map(|child| child.iter().filter(bad).count()).sum();
    for (child, values) in children.ids.iter().zip(children.values) {
        if let Some(at) = values.iter().position(|x| bad(&x)) {
            let (level, child) = (children.level.to_owned(), (*child).clone());
            let (area, value) = (areas[at].id.clone(), values[at]);
            return Err(AggregateError::Negative { level, child, area, value, n });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Compind goes on with a message.
    #[test]
    fn benefit_of_the_doubt_refuses_gaps() {
        let rules: Level = toml::from_str("aggregate = { method = \"benefit-of-doubt\" }").unwrap();
        let areas = ["a", "b", "c"].map(Area::of);
        let id = IndicatorId::new("x");
        let values: [&[f64]; 2] = [&[1.0, 2.0, 3.0], &[2.0, f64::NAN, 1.0]];
        let children =
            Children { level: "score", ids: vec![&id, &id], values: &values, areas: &areas };
        let turn = (&Frame::of(&areas), Direction::HigherIsWorse);
        let error = combine(&children, &[0.5, 0.5], &rules, turn).unwrap_err();
        assert!(matches!(error, AggregateError::Gaps { n: 1, .. }));
    }

    #[test]
    fn a_product_of_negative_numbers_is_refused() {
        let rules: Level = toml::from_str("aggregate = { method = \"product\" }").unwrap();
        let areas = ["a", "b"].map(Area::of);
        let id = IndicatorId::new("x");
        let values: [&[f64]; 1] = [&[1.0, -2.0]];
        let children = Children { level: "score", ids: vec![&id], values: &values, areas: &areas };
        let turn = (&Frame::of(&areas), Direction::HigherIsWorse);
        let error = combine(&children, &[1.0], &rules, turn).unwrap_err();
        assert!(matches!(error, AggregateError::Negative { n: 1, value: -2.0, .. }));
    }
}
