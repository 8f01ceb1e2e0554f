//! What is made of a fact before it is compared?

use std::collections::BTreeMap;

use super::{Over, PercentileOf, RankWithin, RatioToMean, Transform};
use crate::area::Area;
use crate::language::{Language, Text, message};
use crate::rank::{ids_in_order, rank_into};

/// Whether the areas have the parents or residents that the transform looks at.
pub(super) fn has_what_it_needs(transform: &Transform, areas: &[Area]) -> bool {
    let parents = || areas.iter().any(|area| area.parent.is_some());
    let people = || areas.iter().any(|area| area.population.is_some());
    match transform {
        Transform::RatioToMean(ratio) => {
            (ratio.over == Over::All || parents()) && (!ratio.weighted_by_population || people())
        }
        Transform::Percentile(_) => true,
        Transform::RankWithinParent(_) => parents(),
    }
}

/// The transformed fact, one value an area. What is missing stays missing; so does a ratio to the
/// mean of a parent that is not known, and a ratio to a mean of zero.
pub(super) fn apply(transform: &Transform, values: &[f64], areas: &[Area]) -> Vec<f64> {
    match transform {
        Transform::RatioToMean(ratio) => ratio_to_mean(ratio, values, areas),
        Transform::Percentile(PercentileOf { share, ties }) => {
            let n = values.iter().filter(|x| !x.is_nan()).count() as f64;
            let mut ranks = vec![f64::NAN; values.len()];
            rank_into(values, true, *ties, &ids_in_order(areas), &mut ranks);
            ranks.into_iter().map(|rank| share.of(rank, n)).collect()
        }
        Transform::RankWithinParent(RankWithin { ties }) => {
            let ids = ids_in_order(areas);
            let mut out = vec![f64::NAN; values.len()];
            for group in groups(areas, Over::Parent) {
                let mut of_group = vec![f64::NAN; values.len()];
                group.iter().for_each(|&at| of_group[at] = values[at]);
                rank_into(&of_group, true, *ties, &ids, &mut out);
            }
            out
        }
    }
}

fn ratio_to_mean(ratio: &RatioToMean, values: &[f64], areas: &[Area]) -> Vec<f64> {
    let mut out = vec![f64::NAN; values.len()];
    for group in groups(areas, ratio.over) {
        let (mut sum, mut total) = (0.0, 0.0);
        for &at in group.iter().filter(|at| !values[**at].is_nan()) {
            let weight = match ratio.weighted_by_population {
                true => areas[at].population.unwrap_or(0.0),
                false => 1.0,
            };
            sum += weight * values[at];
            total += weight;
        }
        let mean = sum / total;
        if mean.is_finite() && mean != 0.0 {
            group.iter().for_each(|&at| out[at] = values[at] / mean);
        }
    }
    out
}

/// Positions of areas that belong together; areas without a parent belong to no group.
fn groups(areas: &[Area], over: Over) -> Vec<Vec<usize>> {
    if over == Over::All {
        return vec![(0..areas.len()).collect()];
    }
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, area) in areas.iter().enumerate() {
        if let Some(parent) = &area.parent {
            groups.entry(parent).or_default().push(at);
        }
    }
    groups.into_values().collect()
}

/// What the transformed fact is called, and the decimals that it is printed with.
pub(super) fn describe(transform: &Transform, fact: &Text) -> (Text, usize) {
    let (key, decimals) = match transform {
        Transform::RatioToMean(ratio) => match ratio.over {
            Over::All => ("select.ratio-to-mean", 2),
            Over::Parent => ("select.ratio-to-parent-mean", 2),
        },
        Transform::Percentile(_) => ("select.percentile-of", 3),
        Transform::RankWithinParent(_) => ("select.rank-within-parent", 0),
    };
    let text = |language: Language| message(language, key, &[("fact", fact.get(language))]);
    (Text { nb: text(Language::Nb), en: text(Language::En) }, decimals)
}
