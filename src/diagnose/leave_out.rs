//! What would change without an indicator?

use crate::analysis::Analysis;
use crate::index::{IndexDefinition, Plan, compute};
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::statistics::correlation::spearman;

/// Spearman's correlation of the score with the score without each indicator, in the order of
/// the recipe; `None` where the index cannot be computed without it.
///
/// The whole recipe is carried out anew each time, so that transformed domains are right too.
pub(super) fn rank_correlations(analysis: &Analysis) -> Vec<Option<f64>> {
    let scores = &analysis.computation.scores.values;
    (0..analysis.definition.indicators.len())
        .map(|left_out| {
            let definition = without(&analysis.definition, left_out);
            let plan = Plan::of(&definition).ok()?;
            let columns = analysis.table.columns().iter().enumerate();
            let columns =
                columns.filter(|(at, _)| *at != left_out).map(|(_, column)| column.clone());
            let table = IndicatorTable::new(
                std::sync::Arc::clone(analysis.table.areas()),
                columns.collect(),
            );
            let other = compute(table, &plan).ok()?;
            spearman(scores, &other.scores.values)
        })
        .collect()
}

/// The recipe without an indicator. The other weights of its level grow so that their sum stays,
/// whether or not the level divides by it; a domain that is left empty goes as well.
fn without(definition: &IndexDefinition, left_out: usize) -> IndexDefinition {
    let mut definition = definition.clone();
    let gone = definition.indicators.remove(left_out);
    scale_siblings(&mut definition, gone.domain.as_ref(), gone.weight);
    let mut level = gone.domain;
    while let Some(id) = level {
        let in_use = definition.indicators.iter().any(|i| i.domain.as_ref() == Some(&id))
            || definition.domains.iter().any(|d| d.parent.as_ref() == Some(&id));
        let Some(at) = definition.domains.iter().position(|domain| domain.id == id) else { break };
        if in_use {
            break;
        }
        let empty = definition.domains.remove(at);
        scale_siblings(&mut definition, empty.parent.as_ref(), empty.weight);
        level = empty.parent;
    }
    definition
}

fn scale_siblings(
    definition: &mut IndexDefinition,
    parent: Option<&IndicatorId>,
    gone: Option<f64>,
) {
    let Some(gone) = gone else { return };
    let indicators = definition.indicators.iter_mut().filter(|i| i.domain.as_ref() == parent);
    let domains = definition.domains.iter_mut().filter(|d| d.parent.as_ref() == parent);
    let mut weights: Vec<&mut f64> = indicators
        .filter_map(|i| i.weight.as_mut())
        .chain(domains.filter_map(|d| d.weight.as_mut()))
        .collect();
    let rest: f64 = weights.iter().map(|weight| **weight).sum();
    if rest > 0.0 {
        weights.iter_mut().for_each(|weight| **weight *= (rest + gone) / rest);
    }
}
