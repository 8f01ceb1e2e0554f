//! What does the recipe look like after another choice?
//!
//! Changes definitions, and nothing else: every alternative is a definition of its own, so that
//! it can be computed by [`crate::index::compute`] like any other.

use crate::aggregate::Aggregation;
use crate::index::plan::{Child, LevelPlan};
use crate::index::{IndexDefinition, Level, Plan};
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::normalise::{Normalisation, Reference};
use crate::weight::Weighting;

use super::space::TreatmentAlternative;

/// The weights of every level, in the order of [`Plan::levels`].
pub type LevelWeights = Vec<Vec<f64>>;

/// The weights as the recipe uses them.
pub fn weights_of(plan: &Plan<'_>) -> LevelWeights {
    plan.levels().iter().map(|level| level.weights.clone()).collect()
}

/// Whether a level computes its weights from the data. Then each combination of choices has
/// weights of its own, around which the draws spread.
pub fn weighs_by_data(definition: &IndexDefinition) -> bool {
    definition.domains.iter().map(|domain| &domain.score).chain([&definition.score]).any(|level| {
        match level.weights {
            Weighting::Given {} | Weighting::Equal {} | Weighting::Budget { .. } => false,
            Weighting::Pca { .. }
            | Weighting::Factor { .. }
            | Weighting::Entropy {}
            | Weighting::Critic {}
            | Weighting::Optimised { .. } => true,
        }
    })
}

/// The id of a level: that of its domain, or `score`.
pub fn level_name<'a>(plan: &Plan<'a>, level: &LevelPlan) -> &'a str {
    level.domain.map_or("score", |at| plan.definition().domains[at].id.as_str())
}

/// The recipe with exactly these weights.
pub fn with_weights(
    definition: &IndexDefinition,
    levels: &[LevelPlan],
    weights: &LevelWeights,
) -> IndexDefinition {
    let mut changed = definition.clone();
    for (level, weights) in levels.iter().zip(weights) {
        let rules = rules_mut(&mut changed, level.domain);
        rules.weights = Weighting::Given {};
        rules.renormalise = false;
        for (child, weight) in level.children.iter().zip(weights) {
            match *child {
                Child::Domain(at) => changed.domains[at].weight = Some(*weight),
                Child::Indicator(at) => changed.indicators[at].weight = Some(*weight),
            }
        }
    }
    changed
}

fn rules_mut(definition: &mut IndexDefinition, domain: Option<usize>) -> &mut Level {
    match domain {
        Some(at) => &mut definition.domains[at].score,
        None => &mut definition.score,
    }
}

/// The recipe with this normalisation of every indicator.
pub fn with_normalisation(definition: &mut IndexDefinition, method: Normalisation) {
    definition.defaults.normalise = Some(method);
    definition.indicators.iter_mut().for_each(|indicator| indicator.normalise = None);
}

/// The recipe with this treatment of every indicator.
pub fn with_treatment(definition: &mut IndexDefinition, alternative: &TreatmentAlternative) {
    if let Some(treat) = &alternative.treat {
        definition.defaults.treat.clone_from(treat);
        definition.indicators.iter_mut().for_each(|indicator| indicator.treat = None);
    }
    if let Some(impute) = &alternative.impute {
        definition.defaults.impute = impute.clone();
        definition.indicators.iter_mut().for_each(|indicator| indicator.impute = None);
    }
}

/// The recipe with this reference set of every indicator.
pub fn with_reference(definition: &mut IndexDefinition, reference: &Reference) {
    definition.defaults.reference = Some(reference.clone());
    definition.indicators.iter_mut().for_each(|indicator| indicator.reference = None);
}

/// The recipe with this aggregation of the named levels, or of all where none is named.
pub fn with_aggregation(definition: &mut IndexDefinition, levels: &[String], method: &Aggregation) {
    let named = |id: &str| levels.is_empty() || levels.iter().any(|level| level == id);
    if named("score") {
        definition.score.aggregate = method.clone();
    }
    for domain in definition.domains.iter_mut() {
        if named(domain.id.as_str()) {
            domain.score.aggregate = method.clone();
        }
    }
}

/// The recipe with every level a weighted mean and nothing else, for its indicators alone.
pub fn with_plain_levels(definition: &mut IndexDefinition) {
    with_aggregation(definition, &[], &Aggregation::ArithmeticMean {});
    // A domain that points against the level above must be turned by something.
    let turns: Vec<bool> = definition.domains.iter().map(|d| definition.turns(d)).collect();
    for (domain, turns) in definition.domains.iter_mut().zip(turns) {
        plain(&mut domain.score);
        domain.score.normalise = turns.then_some(Normalisation::AsIs {});
    }
    plain(&mut definition.score);
}

fn plain(level: &mut Level) {
    level.treat.clear();
    (level.normalise, level.within, level.reference) = (None, None, None);
}

/// The recipe with this constant in every exponential transformation.
pub fn with_k(definition: &mut IndexDefinition, constant: f64) {
    let indicators = definition.indicators.iter_mut().map(|i| &mut i.normalise);
    let domains = definition.domains.iter_mut().map(|domain| &mut domain.score.normalise);
    for method in indicators
        .chain(domains)
        .chain([&mut definition.score.normalise, &mut definition.defaults.normalise])
    {
        if let Some(
            Normalisation::Exponential { k, .. } | Normalisation::ExponentialOfShare { k },
        ) = method
        {
            *k = constant;
        }
    }
}

/// Whether a change of the exponential constant changes an indicator, or only levels.
pub fn k_changes_indicators(definition: &IndexDefinition) -> bool {
    definition.indicators.iter().any(|indicator| {
        matches!(definition.normalisation(indicator), Some(Normalisation::Exponential { .. }))
    })
}

/// The weights without one child: the others of its level take over its weight in proportion, so
/// that the level keeps its sum; a level that is left without weight gives up its own place in
/// the level above in the same way. `None` when nothing is left.
pub fn weights_without(
    plan: &Plan<'_>,
    weights: &LevelWeights,
    gone: Child,
) -> Option<LevelWeights> {
    let mut weights = weights.clone();
    let mut gone = gone;
    loop {
        let (at, place) = plan.levels().iter().enumerate().find_map(|(at, level)| {
            Some((at, level.children.iter().position(|child| *child == gone)?))
        })?;
        let sum: f64 = weights[at].iter().sum();
        let rest = sum - weights[at][place];
        let others = weights[at].iter().enumerate().any(|(i, w)| i != place && *w > 0.0);
        if others {
            weights[at][place] = 0.0;
            weights[at].iter_mut().for_each(|w| *w *= sum / rest);
            return Some(weights);
        }
        // The level stays as it is, because its weight in the level above becomes zero.
        gone = Child::Domain(plan.levels()[at].domain?);
    }
}

/// Recipe and table without the indicators that `weights` gives nothing.
///
/// A child of weight zero is taken out altogether, because medians and counts do not look at
/// weights; so are domains that have no children left.
pub fn without_weightless(
    definition: &IndexDefinition,
    levels: &[LevelPlan],
    weights: &LevelWeights,
    gone: &[IndicatorId],
    table: &IndicatorTable,
) -> (IndexDefinition, IndicatorTable) {
    let mut changed = with_weights(definition, levels, weights);
    let keep: Vec<bool> = changed.indicators.iter().map(|i| !gone.contains(&i.id)).collect();
    let mut kept = keep.iter();
    changed.indicators.retain(|_| *kept.next().expect("one entry an indicator"));
    loop {
        let (indicators, domains) = (&changed.indicators, &changed.domains);
        let is_used = |id: &IndicatorId| {
            indicators.iter().any(|i| i.domain.as_ref() == Some(id))
                || domains.iter().any(|d| d.parent.as_ref() == Some(id))
        };
        let used: Vec<bool> = domains.iter().map(|d| is_used(&d.id)).collect();
        if used.iter().all(|used| *used) {
            break;
        }
        let mut used = used.into_iter();
        changed.domains.retain(|_| used.next().expect("one entry a domain"));
    }
    let columns = table.columns().iter().zip(keep);
    let columns = columns.filter(|(_, keep)| *keep).map(|(column, _)| column.clone()).collect();
    (changed, table.with_columns(columns))
}

/// How a recipe's score can be had in one step from its comparable indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collapse {
    /// Every level is an arithmetic mean: weights multiply up the tree.
    Arithmetic,
    /// Every level is a geometric mean: the same on logarithms.
    Geometric,
    /// Levels are ranked, rounded or aggregated in other ways: each has to be computed.
    None,
}

impl Collapse {
    /// Of this recipe.
    pub fn of(definition: &IndexDefinition) -> Self {
        let levels = || definition.domains.iter().map(|d| &d.score).chain([&definition.score]);
        let plain = levels().all(|l| {
            l.normalise.is_none()
                && l.treat.is_empty()
                && l.round.is_none()
                && l.round_before.is_none()
        });
        if plain && levels().all(|l| matches!(l.aggregate, Aggregation::ArithmeticMean {})) {
            Self::Arithmetic
        } else if plain
            // Rounding before ranking is of the mean and not of its logarithm.
            && definition.ranking.round.is_none()
            && levels().all(|l| matches!(l.aggregate, Aggregation::GeometricMean {}))
        {
            Self::Geometric
        } else {
            Self::None
        }
    }
}

/// What each indicator counts for when all levels are taken in one step.
pub fn effective(
    levels: &[LevelPlan],
    weights: &LevelWeights,
    definition: &IndexDefinition,
) -> Vec<f64> {
    let mut of_domain = vec![0.0; definition.domains.len()];
    let mut of_indicator = vec![0.0; definition.indicators.len()];
    for (level, weights) in levels.iter().zip(weights).rev() {
        let above = level.domain.map_or(1.0, |domain| of_domain[domain]);
        for (child, weight) in level.children.iter().zip(weights) {
            match *child {
                Child::Domain(at) => of_domain[at] = above * weight,
                Child::Indicator(at) => of_indicator[at] = above * weight,
            }
        }
    }
    of_indicator
}
