//! What is made of a fact before it is compared?

use std::collections::BTreeMap;

use super::rule::End;
use super::term::{Over, PercentileOf, RankWithin, RatioTo, RatioToMean, Transform, ZScoreOf};
use crate::area::Area;
use crate::language::{Language, Text, message, shortest};
use crate::rank::{ids_in_order, rank_into};
use crate::statistics::Summary;

/// Whether the areas have the parents or residents that the transform looks at.
pub(super) fn has_what_it_needs(transform: &Transform, areas: &[Area]) -> bool {
    let parents = || areas.iter().any(|area| area.parent.is_some());
    let people = || areas.iter().any(|area| area.population.is_some());
    match transform {
        Transform::RatioToMean(ratio) => {
            (ratio.over == Over::All || parents()) && (!ratio.weighted_by_population || people())
        }
        Transform::Percentile(percentile) => !percentile.weighted_by_population || people(),
        Transform::ZScore(z) => z.over == Over::All || parents(),
        Transform::RankWithinParent(_) => parents(),
        Transform::Level
        | Transform::RatioTo(_)
        | Transform::MeanOfYears(_)
        | Transform::ChangeSince(_) => true,
    }
}

/// The transformed fact, one value an area. What is missing stays missing; so does a ratio to the
/// mean of a parent that is not known, a ratio to a mean of zero, and a z-score where all values
/// are the same. Transforms over years are the business of whoever has the years.
pub(super) fn apply(transform: &Transform, values: &[f64], areas: &[Area]) -> Vec<f64> {
    match transform {
        Transform::RatioToMean(ratio) => ratio_to_mean(ratio, values, areas),
        Transform::RatioTo(RatioTo { value }) => values.iter().map(|x| x / value).collect(),
        Transform::Percentile(percentile) if percentile.weighted_by_population => {
            percentile_of_people(percentile.highest_for, values, areas)
        }
        Transform::Percentile(PercentileOf { share, ties, highest_for, .. }) => {
            let n = values.iter().filter(|x| !x.is_nan()).count() as f64;
            let mut ranks = vec![f64::NAN; values.len()];
            let large_first = *highest_for == End::Largest;
            rank_into(values, large_first, *ties, &ids_in_order(areas), &mut ranks);
            ranks.into_iter().map(|rank| share.of(rank, n)).collect()
        }
        Transform::ZScore(ZScoreOf { over }) => z_scores(*over, values, areas),
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
        Transform::Level | Transform::MeanOfYears(_) | Transform::ChangeSince(_) => values.to_vec(),
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

fn z_scores(over: Over, values: &[f64], areas: &[Area]) -> Vec<f64> {
    let mut out = vec![f64::NAN; values.len()];
    for group in groups(areas, over) {
        let of_group: Vec<f64> = group.iter().map(|&at| values[at]).collect();
        let Some(summary) = Summary::of(&of_group) else { continue };
        let sd = summary.sd_sample();
        if sd > 0.0 {
            group.iter().for_each(|&at| out[at] = (values[at] - summary.mean) / sd);
        }
    }
    out
}

/// The share of the people who live where the value is at most as large (or as small).
fn percentile_of_people(highest_for: End, values: &[f64], areas: &[Area]) -> Vec<f64> {
    let people = |at: usize| areas[at].population.unwrap_or(f64::NAN);
    let mut order: Vec<usize> =
        (0..values.len()).filter(|&at| !values[at].is_nan() && !people(at).is_nan()).collect();
    order.sort_by(|&a, &b| match highest_for {
        End::Largest => values[a].total_cmp(&values[b]),
        End::Smallest => values[b].total_cmp(&values[a]),
    });
    let total: f64 = order.iter().map(|&at| people(at)).sum();
    let mut out = vec![f64::NAN; values.len()];
    let (mut start, mut held) = (0, 0.0);
    while start < order.len() {
        let same = |&&at: &&usize| values[at] == values[order[start]];
        let tied = order[start..].iter().take_while(same).count();
        held += order[start..start + tied].iter().map(|&at| people(at)).sum::<f64>();
        order[start..start + tied].iter().for_each(|&at| out[at] = held / total);
        start += tied;
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

/// What the transformed fact is called, and the decimals that it is printed with; `None` where
/// it keeps its unit and its decimals.
pub(super) fn describe(transform: &Transform, fact: &Text) -> (Text, Option<usize>) {
    let (key, decimals) = match transform {
        Transform::Level => return (fact.clone(), None),
        Transform::RatioToMean(ratio) => match ratio.over {
            Over::All => ("select.ratio-to-mean", Some(2)),
            Over::Parent => ("select.ratio-to-parent-mean", Some(2)),
        },
        Transform::RatioTo(_) => ("select.ratio-to", Some(2)),
        Transform::Percentile(percentile) if percentile.weighted_by_population => {
            ("select.percentile-of-people", Some(3))
        }
        Transform::Percentile(_) => ("select.percentile-of", Some(3)),
        Transform::ZScore(z) => match z.over {
            Over::All => ("select.z-score", Some(2)),
            Over::Parent => ("select.z-score-parent", Some(2)),
        },
        Transform::RankWithinParent(_) => ("select.rank-within-parent", Some(0)),
        Transform::MeanOfYears(_) => ("select.mean-of-years", None),
        Transform::ChangeSince(change) => ("select.change-since", change.relative.then_some(3)),
    };
    let text = |language: Language| {
        let mut value = String::new();
        if let Transform::RatioTo(ratio) = transform {
            value = shortest(ratio.value, language);
        } else if let Transform::MeanOfYears(mean) = transform {
            value = mean.years.to_string();
        } else if let Transform::ChangeSince(change) = transform {
            value = change.year.to_string();
        }
        let values = [
            ("fact", fact.get(language)),
            ("value", value.as_str()),
            ("years", value.as_str()),
            ("year", value.as_str()),
        ];
        message(language, key, &values)
    };
    (Text { nb: text(Language::Nb), en: text(Language::En) }, decimals)
}
