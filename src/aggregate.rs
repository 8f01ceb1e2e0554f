//! How does it become one score?
//!
//! Comparable indicators in; a value for each domain and the score out, level by level.

use std::sync::Arc;

use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::index::Level;
use crate::index::plan::{Child, Plan};
use crate::indicator::{Direction, IndicatorId};
use crate::normalise::{self, ScaledTable, round_all};
use crate::rank::ids_in_order;
use crate::statistics::Summary;

/// How the children of a level become one number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Aggregation {
    /// `sum(w x)`, which is the weighted mean where the weights sum to 1 and a plain sum where
    /// each is 1. A good child makes up for a bad one in full.
    ArithmeticMean {},
    /// `exp(sum(w ln x))`. A good child makes up for a bad one only in part. Needs `x > 0`, so
    /// z-scores cannot enter; normalise to 1..100.
    GeometricMean {},
    /// `sum(w) / sum(w / x)`. Compensates still less than the geometric mean. Needs `x > 0`.
    HarmonicMean {},
    /// `(sum(w x^p) / sum(w))^(1/p)`; the larger `p`, the more the worst child counts. Needs
    /// `x > 0` unless `p` is 1; `p = 0` is the geometric mean.
    PowerMean {
        /// The exponent.
        p: f64,
    },
}

impl Aggregation {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match self {
            Self::PowerMean { p } if !p.is_finite() => Some((
                format!("is a power mean with p = {p}"),
                "`p` must be a finite number".to_owned(),
            )),
            Self::PowerMean { .. }
            | Self::ArithmeticMean {}
            | Self::GeometricMean {}
            | Self::HarmonicMean {} => None,
        }
    }

    fn needs_positive(&self) -> bool {
        match self {
            Self::ArithmeticMean {} => false,
            Self::GeometricMean {} | Self::HarmonicMean {} => true,
            Self::PowerMean { p } => *p != 1.0,
        }
    }

    /// Of one area; `weights` are those in use and no `x` is NaN.
    fn of(&self, x: impl Iterator<Item = (f64, f64)>) -> f64 {
        match *self {
            Self::ArithmeticMean {} => x.fold(0.0, |sum, (w, x)| sum + w * x),
            Self::GeometricMean {} => x.fold(0.0, |sum, (w, x)| sum + w * x.ln()).exp(),
            Self::HarmonicMean {} => {
                let (top, bottom) = x.fold((0.0, 0.0), |(t, b), (w, x)| (t + w, b + w / x));
                top / bottom
            }
            Self::PowerMean { p: 0.0 } => {
                let (top, bottom) = x.fold((0.0, 0.0), |(t, b), (w, x)| (t + w * x.ln(), b + w));
                (top / bottom).exp()
            }
            Self::PowerMean { p } => {
                let (top, bottom) = x.fold((0.0, 0.0), |(t, b), (w, x)| (t + w * x.powf(p), b + w));
                (top / bottom).powf(1.0 / p)
            }
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
/// - [`AggregateError::NotPositive`] when a geometric, harmonic or power mean meets zero or less.
/// - [`AggregateError::Normalise`] when a domain is constant or empty.
pub fn aggregate(
    scaled: &ScaledTable,
    plan: &Plan<'_>,
) -> Result<(Vec<DomainScore>, Scores), AggregateError> {
    let definition = plan.definition();
    let areas = scaled.areas();
    let mut domains: Vec<DomainScore> = Vec::with_capacity(definition.domains.len());
    let mut scores = Vec::new();
    for level in plan.levels() {
        let rules = plan.level(level.domain);
        let name = level.domain.map_or("score", |at| definition.domains[at].id.as_str());
        let children: Vec<&[f64]> = level
            .children
            .iter()
            .map(|child| match *child {
                Child::Indicator(at) => scaled.columns()[at].values.as_slice(),
                Child::Domain(at) => domains
                    .iter()
                    .find(|domain| domain.domain == at)
                    .map(|domain| domain.values.as_slice())
                    .expect("a plan has children before parents"),
            })
            .collect();
        if rules.aggregate.needs_positive() {
            let ids: Vec<_> = level.children.iter().map(|child| plan.child_id(*child)).collect();
            check_positive(name, &ids, &children, areas)?;
        }
        let mut values = combine(&children, &level.weights, rules, areas.len());
        if let Some(decimals) = rules.round_before {
            round_all(&mut values, decimals);
        }
        let id = IndicatorId::new(name);
        let mut before = Vec::new();
        let mut summary = None;
        if let Some(method) = &rules.normalise {
            before.clone_from(&values);
            summary =
                Some(normalise::apply(method, &mut values, false, &ids_in_order(areas), &id)?);
        }
        if let Some(decimals) = rules.round {
            round_all(&mut values, decimals);
        }
        match level.domain {
            Some(domain) => domains.push(DomainScore { id, domain, before, summary, values }),
            None => scores = values,
        }
    }
    let scores =
        Scores { areas: Arc::clone(areas), values: scores, direction: definition.direction };
    Ok((domains, scores))
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

/// Rows that one thread takes at a time; a block of 30 columns stays in the second-level cache.
const BLOCK: usize = 4096;

fn combine(children: &[&[f64]], weights: &[f64], rules: &Level, n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n];
    out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
        let start = block * BLOCK;
        let end = start + out.len();
        if let Aggregation::ArithmeticMean {} = rules.aggregate {
            // A gap is NaN and spoils its own sum only, so that the plain loop serves both cases.
            for (child, weight) in children.iter().zip(weights) {
                for (sum, x) in out.iter_mut().zip(&child[start..end]) {
                    *sum += weight * x;
                }
            }
        } else {
            for (at, sum) in (start..end).zip(out.iter_mut()) {
                let cells = children.iter().zip(weights);
                *sum = rules.aggregate.of(cells.map(|(child, weight)| (*weight, child[at])));
            }
        }
        for (at, result) in (start..end).zip(out.iter_mut()) {
            if result.is_nan() {
                *result = with_gaps(children, weights, rules, at);
            }
        }
    });
    out
}

/// The result of an area that lacks a child.
fn with_gaps(children: &[&[f64]], weights: &[f64], rules: &Level, at: usize) -> f64 {
    let there = || children.iter().zip(weights).filter(|(child, _)| !child[at].is_nan());
    let all: f64 = weights.iter().sum();
    let available: f64 = there().map(|(_, weight)| weight).sum();
    let missing: f64 =
        children.iter().zip(weights).filter(|(child, _)| child[at].is_nan()).map(|(_, w)| w).sum();
    let at_least = match rules.missing {
        // A child that counts for nothing is not missed.
        MissingPolicy::Propagate if missing == 0.0 => 0.0,
        MissingPolicy::Propagate => return f64::NAN,
        MissingPolicy::AvailableWeight { at_least } => at_least,
    };
    // Shares such as 0.6 are sums of rounded weights; a bit must not decide over an area.
    if available <= 0.0 || available / all < at_least - 1e-9 {
        return f64::NAN;
    }
    let scale = if missing == 0.0 { 1.0 } else { all / available };
    rules.aggregate.of(there().map(|(child, weight)| (weight * scale, child[at])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_used_as_given() {
        assert_eq!(one(Aggregation::ArithmeticMean {}, &[0.5, 0.4], &[10.0, 10.0]), 9.0);
    }

    #[test]
    fn means_are_in_their_known_order() {
        let x = [1.0, 4.0];
        let w = [0.5, 0.5];
        let harmonic = one(Aggregation::HarmonicMean {}, &w, &x);
        let geometric = one(Aggregation::GeometricMean {}, &w, &x);
        let quadratic = one(Aggregation::PowerMean { p: 2.0 }, &w, &x);
        assert!((harmonic - 1.6).abs() < 1e-12);
        assert!((geometric - 2.0).abs() < 1e-12);
        assert!((quadratic - 8.5_f64.sqrt()).abs() < 1e-12);
        assert!((one(Aggregation::PowerMean { p: 0.0 }, &w, &x) - 2.0).abs() < 1e-12);
        assert!((one(Aggregation::PowerMean { p: -1.0 }, &w, &x) - 1.6).abs() < 1e-12);
    }

    #[test]
    fn a_missing_child_follows_the_policy() {
        let x = [10.0, f64::NAN, 30.0];
        let w = [0.25, 0.25, 0.5];
        let rules = |missing| level(Aggregation::ArithmeticMean {}, missing);
        let result = |missing| {
            let children: Vec<&[f64]> = x.iter().map(std::slice::from_ref).collect();
            combine(&children, &w, &rules(missing), 1)[0]
        };
        assert!(result(MissingPolicy::Propagate).is_nan());
        let mean = result(MissingPolicy::AvailableWeight { at_least: 0.75 });
        assert!((mean - 17.5 / 0.75).abs() < 1e-12);
        assert!(result(MissingPolicy::AvailableWeight { at_least: 0.8 }).is_nan());
    }

    fn one(method: Aggregation, weights: &[f64], x: &[f64]) -> f64 {
        let children: Vec<&[f64]> = x.iter().map(std::slice::from_ref).collect();
        combine(&children, weights, &level(method, MissingPolicy::Propagate), 1)[0]
    }

    fn level(aggregate: Aggregation, missing: MissingPolicy) -> Level {
        Level {
            aggregate,
            weights: crate::weight::Weighting::Given {},
            renormalise: false,
            missing,
            round_before: None,
            normalise: None,
            round: None,
        }
    }
}
