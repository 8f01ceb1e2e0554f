//! Which part of the recipe gives which part of the score?
//!
//! Where levels are arithmetic means, a score is a sum of parts: weight times comparable value.
//! A domain that is transformed before it enters the level above is one part, because what is
//! inside it does not add up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::aggregate::{Aggregation, Tally};
use crate::analysis::Analysis;
use crate::index::Plan;
use crate::index::plan::{Child, LevelPlan};

/// What each part adds to each score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// Indicators, and domains that are one part.
    pub ids: Vec<String>,
    /// One list a part, one number an area; 0 where the part is missing, as its weight went to
    /// the others. The parts of an area sum to its score but for rounding.
    pub values: Vec<Vec<f64>>,
}

/// Why a score is not a sum of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotDecomposable {
    /// The top level is not an arithmetic mean, or is made comparable once more.
    NotASum,
    /// The two recipes have no part in common.
    NothingShared,
}

impl NotDecomposable {
    /// The catalogue's key of the sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotASum => "compare.not-a-sum",
            Self::NothingShared => "compare.nothing-shared",
        }
    }
}

/// Divides every score into its parts, as deep as levels are plain arithmetic means.
///
/// # Errors
///
/// [`NotDecomposable::NotASum`] when the top level is not one.
pub fn contributions(analysis: &Analysis) -> Result<Contributions, NotDecomposable> {
    let plan = Plan::of(&analysis.definition).map_err(|_| NotDecomposable::NotASum)?;
    if !is_sum(&plan, plan.top()) {
        return Err(NotDecomposable::NotASum);
    }
    let n = analysis.ranking.areas().len();
    let mut found = Contributions { ids: Vec::new(), values: Vec::new() };
    add_level(&plan, plan.top(), analysis, &vec![1.0; n], &mut found);
    Ok(found)
}

/// Whether the children of this level add up to what enters the level above, but for rounding.
fn is_sum(plan: &Plan<'_>, level: &LevelPlan) -> bool {
    let rules = plan.level(level.domain);
    matches!(rules.aggregate, Aggregation::ArithmeticMean {})
        && rules.normalise.is_none()
        && rules.treat.is_empty()
}

/// `above` is what one unit of this level counts for in the score, by area.
fn add_level(
    plan: &Plan<'_>,
    level: &LevelPlan,
    analysis: &Analysis,
    above: &[f64],
    found: &mut Contributions,
) {
    let values: Vec<&[f64]> =
        level.children.iter().map(|child| values_of(analysis, *child)).collect();
    let growth = growth(plan, level, &values);
    for ((child, values), weight) in level.children.iter().zip(&values).zip(&level.weights) {
        let factor: Vec<f64> =
            above.iter().zip(&growth).map(|(above, growth)| above * growth * weight).collect();
        if let Child::Domain(domain) = *child
            && let Some(inner) = plan.levels().iter().find(|level| level.domain == Some(domain))
            && is_sum(plan, inner)
        {
            // A domain that is missing here adds nothing, and neither does what is inside it.
            let factor: Vec<f64> = factor
                .iter()
                .zip(*values)
                .map(|(factor, x)| if x.is_nan() { 0.0 } else { *factor })
                .collect();
            add_level(plan, inner, analysis, &factor, found);
            continue;
        }
        found.ids.push(plan.child_id(*child).to_string());
        let part = |(factor, x): (&f64, &f64)| if x.is_nan() { 0.0 } else { factor * x };
        found.values.push(factor.iter().zip(*values).map(part).collect());
    }
}

/// How much the weights of the children that an area has grow for those that it lacks.
fn growth(plan: &Plan<'_>, level: &LevelPlan, values: &[&[f64]]) -> Vec<f64> {
    let n = values.first().map_or(0, |values| values.len());
    (0..n)
        .map(|at| {
            let mut tally = Tally::default();
            for (x, weight) in values.iter().zip(&level.weights) {
                tally.count(*weight, !x[at].is_nan());
            }
            plan.level(level.domain).missing.factor(&tally).unwrap_or(1.0)
        })
        .collect()
}

fn values_of(analysis: &Analysis, child: Child) -> &[f64] {
    match child {
        Child::Indicator(at) => &analysis.computation.scaled.columns()[at].values,
        Child::Domain(at) => analysis
            .computation
            .domains
            .iter()
            .find(|domain| domain.domain == at)
            .map_or(&[], |domain| domain.values.as_slice()),
    }
}

/// The parts of two recipes under common names.
pub(super) struct Aligned {
    pub(super) ids: Vec<String>,
    a: Vec<Option<Vec<f64>>>,
    b: Vec<Option<Vec<f64>>>,
}

impl Aligned {
    /// What each part adds to the difference of an area; a part of one recipe only adds all that
    /// it has there.
    pub(super) fn difference(&self, in_a: usize, in_b: usize) -> Vec<f64> {
        let value = |part: &Option<Vec<f64>>, at: usize| part.as_ref().map_or(0.0, |part| part[at]);
        self.a.iter().zip(&self.b).map(|(a, b)| value(b, in_b) - value(a, in_a)).collect()
    }
}

/// Parts in the order of the first recipe, then those that only the second has.
pub(super) fn align(a: Contributions, b: Contributions) -> Result<Aligned, NotDecomposable> {
    let mut rest: BTreeMap<String, (usize, Vec<f64>)> =
        b.ids.into_iter().zip(b.values).enumerate().map(|(at, (id, x))| (id, (at, x))).collect();
    let mut all = Aligned { ids: Vec::new(), a: Vec::new(), b: Vec::new() };
    let mut n_shared = 0;
    for (id, values) in a.ids.into_iter().zip(a.values) {
        let other = rest.remove(&id).map(|(_, values)| values);
        n_shared += usize::from(other.is_some());
        all.ids.push(id);
        all.a.push(Some(values));
        all.b.push(other);
    }
    if n_shared == 0 {
        return Err(NotDecomposable::NothingShared);
    }
    let mut rest: Vec<(usize, String, Vec<f64>)> =
        rest.into_iter().map(|(id, (at, values))| (at, id, values)).collect();
    rest.sort_by_key(|(at, ..)| *at);
    for (_, id, values) in rest {
        all.ids.push(id);
        all.a.push(None);
        all.b.push(Some(values));
    }
    Ok(all)
}
