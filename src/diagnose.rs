//! Does the index hang together?
//!
//! What each indicator looks like, which say the same, whether a domain measures one thing, what
//! really decides the score, and what would change without an indicator. Nothing here changes a
//! result; a flag is a reason to look, not a fault.

mod components;
mod leave_out;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::index::Plan;
use crate::indicator::{CellState, IndicatorId};
use crate::statistics::correlation::{pearson, spearman};
use crate::statistics::{Shape, Summary, median};

pub use components::{Components, principal_components};

/// Above this, two indicators are flagged as saying the same.
///
/// Source: Becker et al. (2022), *COINr*, `get_corr_flags`, default.
pub const HIGH_CORRELATION: f64 = 0.92;

/// Beyond both, an indicator is flagged for outliers.
///
/// Source: OECD/JRC practice as in COINr, `get_stats`.
pub const OUTLIER_SKEWNESS: f64 = 2.0;
/// See [`OUTLIER_SKEWNESS`].
pub const OUTLIER_KURTOSIS: f64 = 3.5;

/// All that is to be said of an index and its data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Diagnosis {
    /// The indicators as measured, in the order of the recipe.
    pub statistics: Vec<IndicatorStatistics>,
    /// Every pair of comparable indicators, in the order of the recipe.
    pub correlations: Vec<Correlation>,
    /// Cronbach's alpha of each domain that has two indicators, and of all.
    pub reliability: Vec<Reliability>,
    /// Principal components of the comparable indicators; `None` below two indicators that vary
    /// or three complete areas.
    pub components: Option<Components>,
    /// What each indicator counts for and does.
    pub weights: Vec<Importance>,
}

/// One indicator as measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct IndicatorStatistics {
    /// Which one.
    pub indicator: IndicatorId,
    /// Areas with a value.
    pub n: usize,
    /// Areas without one.
    pub n_missing: usize,
    /// Of these, areas in which it is suppressed.
    pub n_suppressed: usize,
    /// The smallest value.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The standard deviation with the divisor `n - 1`.
    pub sd: f64,
    /// See [`skewness`].
    pub skewness: Option<f64>,
    /// See [`kurtosis`].
    pub kurtosis: Option<f64>,
    /// The share of the values that are the most common one, 0..1.
    pub same_share: f64,
    /// Whether skewness and kurtosis are both beyond their limits.
    pub outliers: bool,
}

/// Two comparable indicators.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Correlation {
    /// The first in the recipe.
    pub a: IndicatorId,
    /// The second.
    pub b: IndicatorId,
    /// Whether both belong to the same domain; indicators of the top level share one.
    pub same_domain: bool,
    /// Areas with both.
    pub n: usize,
    /// Pearson's; `None` where one is constant.
    pub pearson: Option<f64>,
    /// Spearman's.
    pub spearman: Option<f64>,
    /// What is remarkable about it, by Pearson's.
    pub flag: Option<Flag>,
}

/// What is remarkable about a correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Above [`HIGH_CORRELATION`]: the two count one thing twice.
    High,
    /// Below zero within a domain: the two cancel, or one has the wrong direction.
    Negative,
}

impl Flag {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Negative => "negative-within-domain",
        }
    }
}

/// How far the indicators of a group measure one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reliability {
    /// The domain; `None` for all indicators.
    pub domain: Option<IndicatorId>,
    /// How many indicators.
    pub n_indicators: usize,
    /// Areas in which all of them have a value.
    pub n_areas: usize,
    /// Cronbach's alpha; see [`cronbach_alpha`].
    pub alpha: Option<f64>,
}

/// What an indicator counts for and does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Importance {
    /// Which one.
    pub indicator: IndicatorId,
    /// The product of its weights up the tree; sums to 1. What it is meant to count.
    pub effective_weight: f64,
    /// Its correlation with the score.
    pub correlation: Option<f64>,
    /// The square of that: the share of the score's variance that goes with it. What it does
    /// count, together with all that it is correlated with.
    pub correlation_squared: Option<f64>,
    /// Spearman's correlation of the score with the score without it, the other weights of its
    /// level keeping their sum; near 1, it could be left out. `None` where the index cannot be
    /// computed without it.
    pub rank_correlation_without: Option<f64>,
}

/// Looks at an analysis from all sides.
///
/// Statistics are of the values as measured. Everything else is of comparable values, after
/// imputation, treatment and normalisation, where larger means worse. Missing values take no
/// part, pair by pair; alpha and components use the areas that have all values.
pub fn diagnose(analysis: &Analysis) -> Diagnosis {
    let definition = &analysis.definition;
    let plan = Plan::of(definition).expect("an analysis has a recipe that was checked");
    let columns = analysis.computation.scaled.columns();
    let values: Vec<&[f64]> = columns.iter().map(|column| column.values.as_slice()).collect();
    let scores = &analysis.computation.scores.values;
    let without = leave_out::rank_correlations(analysis);
    let weights = definition
        .indicators
        .iter()
        .zip(plan.effective_weights())
        .zip(values.iter().zip(without))
        .map(|((indicator, effective_weight), (values, rank_correlation_without))| {
            let correlation = pearson(values, scores);
            Importance {
                indicator: indicator.id.clone(),
                effective_weight,
                correlation,
                correlation_squared: correlation.map(|r| r * r),
                rank_correlation_without,
            }
        })
        .collect();
    Diagnosis {
        statistics: statistics(analysis),
        correlations: correlations(analysis, &values),
        reliability: reliability(analysis, &values),
        components: principal_components(&values),
        weights,
    }
}

fn statistics(analysis: &Analysis) -> Vec<IndicatorStatistics> {
    let mut scratch = Vec::new();
    let columns = analysis.table.columns().iter();
    columns
        .filter_map(|column| {
            let summary = Summary::of(column.values())?;
            let Shape { skewness, kurtosis } = Shape::of(column.values());
            let beyond = |x: Option<f64>, limit: f64| x.is_some_and(|x| x > limit);
            Some(IndicatorStatistics {
                indicator: column.indicator().clone(),
                n: summary.n,
                n_missing: column.values().len() - summary.n,
                n_suppressed: count(column.states(), CellState::Suppressed),
                min: summary.min,
                max: summary.max,
                mean: summary.mean,
                median: median(column.values(), &mut scratch)?,
                sd: summary.sd_sample(),
                same_share: same_share(column.values()),
                outliers: beyond(skewness.map(f64::abs), OUTLIER_SKEWNESS)
                    && beyond(kurtosis, OUTLIER_KURTOSIS),
                skewness,
                kurtosis,
            })
        })
        .collect()
}

fn count(states: &[CellState], wanted: CellState) -> usize {
    states.iter().filter(|state| **state == wanted).count()
}

/// The share of the present values that are the most common one.
fn same_share(values: &[f64]) -> f64 {
    let mut present: Vec<f64> = values.iter().filter(|x| !x.is_nan()).map(|x| x + 0.0).collect();
    present.sort_unstable_by(f64::total_cmp);
    let most = present.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
    most as f64 / present.len() as f64
}

fn correlations(analysis: &Analysis, values: &[&[f64]]) -> Vec<Correlation> {
    let indicators = &analysis.definition.indicators;
    let mut found = Vec::new();
    for (first, a) in indicators.iter().enumerate() {
        for (second, b) in indicators.iter().enumerate().skip(first + 1) {
            let (x, y) = (values[first], values[second]);
            let pearson = pearson(x, y);
            let same_domain = a.domain == b.domain;
            let flag = match pearson {
                Some(r) if r > HIGH_CORRELATION => Some(Flag::High),
                Some(r) if r < 0.0 && same_domain => Some(Flag::Negative),
                Some(_) | None => None,
            };
            found.push(Correlation {
                a: a.id.clone(),
                b: b.id.clone(),
                same_domain,
                n: x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan()).count(),
                pearson,
                spearman: spearman(x, y),
                flag,
            });
        }
    }
    found
}

fn reliability(analysis: &Analysis, values: &[&[f64]]) -> Vec<Reliability> {
    let definition = &analysis.definition;
    let of = |domain: Option<&IndicatorId>| {
        let members = definition.indicators.iter().zip(values);
        let columns: Vec<&[f64]> = members
            .filter(|(indicator, _)| domain.is_none() || indicator.domain.as_ref() == domain)
            .map(|(_, values)| *values)
            .collect();
        let (alpha, n_areas) = cronbach_alpha(&columns);
        Reliability { domain: domain.cloned(), n_indicators: columns.len(), n_areas, alpha }
    };
    let domains = definition.domains.iter().map(|domain| of(Some(&domain.id)));
    domains.filter(|found| found.n_indicators > 1).chain([of(None)]).collect()
}

/// Cronbach's alpha and the number of areas behind it: `k/(k-1) (1 - sum(var) / var(sum))` over
/// the areas that have all `k` columns. 1 when all say the same, near 0 when they are unrelated.
/// `None` below two columns or two areas, or when the sum is constant.
///
/// Grows with the number of indicators, and is no proof that there is one dimension.
///
/// Source: Cronbach (1951), Psychometrika 16.
pub fn cronbach_alpha(columns: &[&[f64]]) -> (Option<f64>, usize) {
    let (n, k) = (columns.first().map_or(0, |column| column.len()), columns.len() as f64);
    let complete: Vec<usize> =
        (0..n).filter(|&at| columns.iter().all(|column| !column[at].is_nan())).collect();
    let variance = |values: Vec<f64>| Summary::of(&values).map_or(f64::NAN, |s| s.sum_of_squares);
    let parts: f64 =
        columns.iter().map(|c| variance(complete.iter().map(|&at| c[at]).collect())).sum();
    let sum = |&at: &usize| columns.iter().map(|column| column[at]).sum::<f64>();
    let alpha = k / (k - 1.0) * (1.0 - parts / variance(complete.iter().map(sum).collect()));
    (alpha.is_finite().then_some(alpha), complete.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 12] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 30.0, 100.0];

    #[test]
    fn alpha_is_one_for_copies_and_that_of_the_hand_otherwise() {
        assert!((cronbach_alpha(&[&X, &X, &X]).0.unwrap() - 1.0).abs() < 1e-12);
        // Variances 1 and 4, covariance 1.5: alpha = 2 (1 - 5 / 8).
        let (x, y) = ([1.0, 2.0, 3.0, f64::NAN], [1.0, 4.0, 4.0, 9.0]);
        let (alpha, n) = cronbach_alpha(&[&x, &y]);
        let expected = 2.0 * (1.0 - (2.0 + 6.0) / (2.0 + 6.0 + 2.0 * 3.0));
        assert!((alpha.unwrap() - expected).abs() < 1e-12);
        assert_eq!(n, 3);
        assert_eq!(cronbach_alpha(&[&x]).0, None);
    }

    #[test]
    fn the_share_of_identical_values_counts_the_most_common_one() {
        assert_eq!(same_share(&[0.0, -0.0, 1.0, f64::NAN, 2.0]), 0.5);
    }
}
