//! What changes from one result to another?
//!
//! Two analyses side by side, such as two recipes or two years: who moves, by how much and why,
//! and what it means for the worst decile, for people and for the selection. Areas are matched by
//! id; an area that is in one only is listed and moves nothing.

mod contribution;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::area::{Area, AreaId};
use crate::rank::{First, Ranking};
use crate::select::Truth;
use crate::statistics::correlation::{kendall, spearman};

pub use contribution::{Contributions, NotDecomposable, contributions};

/// Two results side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// The recipe of the first result.
    pub index_a: String,
    /// The recipe of the second.
    pub index_b: String,
    /// The areas of both, those that move most first; areas without a rank on one side last.
    pub areas: Vec<Shift>,
    /// Areas of the first result only.
    pub only_a: Vec<AreaId>,
    /// Areas of the second result only.
    pub only_b: Vec<AreaId>,
    /// The parts that a score difference is divided into, or why it is not.
    pub parts: Result<Vec<String>, NotDecomposable>,
    /// Spearman's correlation of the scores, 1 where every area keeps its place.
    pub spearman: Option<f64>,
    /// Kendall's tau-b of the scores.
    pub kendall_tau_b: Option<f64>,
    /// The worst deciles.
    pub worst_decile: Overlap,
    /// The worst quintiles.
    pub worst_quintile: Overlap,
    /// What the rules select, where both results have one.
    pub selection: Option<SelectionShift>,
}

/// One area in both results.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shift {
    /// Its code.
    pub area: AreaId,
    /// Its name, by the second result.
    pub name: String,
    /// Its residents, by the second result, else by the first.
    pub population: Option<f64>,
    /// Its rank in each result, 1 the worst.
    pub rank: [Option<f64>; 2],
    /// Second less first: below zero, it moves towards the worst end.
    pub rank_shift: Option<f64>,
    /// Its score in each result.
    pub score: [Option<f64>; 2],
    /// Second less first.
    pub score_shift: Option<f64>,
    /// What each part of [`Comparison::parts`] adds to the score shift; empty where the shift is
    /// not decomposed.
    pub by_part: Vec<f64>,
    /// What the parts do not explain: rounding.
    pub rest: Option<f64>,
    /// Whether it is in the worst decile of each result.
    pub in_worst_decile: [bool; 2],
    /// Whether it is in the worst quintile of each result.
    pub in_worst_quintile: [bool; 2],
    /// What each rule says of it.
    pub selected: [Option<Truth>; 2],
}

/// How two sets of worst areas overlap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Overlap {
    /// Areas in both sets.
    pub n_both: usize,
    /// Areas in the first set only.
    pub n_leaving: usize,
    /// Areas in the second set only.
    pub n_entering: usize,
    /// Residents of the areas in the first set only; `None` where a population is missing.
    pub people_leaving: Option<f64>,
    /// Residents of the areas in the second set only.
    pub people_entering: Option<f64>,
}

/// What the rules select.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SelectionShift {
    /// Selected by the second only.
    pub entering: Vec<AreaId>,
    /// Selected by the first only.
    pub leaving: Vec<AreaId>,
    /// Selected by both.
    pub staying: Vec<AreaId>,
    /// Areas for which one of the two cannot be decided.
    pub undecided: Vec<AreaId>,
}

/// Puts two results side by side.
///
/// Ranks, deciles and quintiles are those of each result among its own areas, so that a different
/// set of areas moves ranks as well. Ranks are counted from the worst whatever the recipes say;
/// the correlations are over the areas with a score in both, scores turned so that larger means
/// worse. An area without a score in one result has no shift.
pub fn compare(a: &Analysis, b: &Analysis) -> Comparison {
    let places = |analysis: &Analysis| -> BTreeMap<AreaId, usize> {
        let areas = analysis.ranking.areas().iter().enumerate();
        areas.map(|(at, area)| (area.id.clone(), at)).collect()
    };
    let (at_a, at_b) = (places(a), places(b));
    let only = |these: &BTreeMap<AreaId, usize>, those: &BTreeMap<AreaId, usize>| {
        these.keys().filter(|id| !those.contains_key(*id)).cloned().collect::<Vec<_>>()
    };
    let pairs: Vec<(usize, usize)> =
        at_a.iter().filter_map(|(id, at)| Some((*at, *at_b.get(id)?))).collect();
    let parts = contributions(a).and_then(|a| Ok((a, contributions(b)?)));
    let parts = parts.and_then(|(a, b)| contribution::align(a, b));
    let mut areas: Vec<Shift> =
        pairs.iter().map(|&(in_a, in_b)| shift(a, b, in_a, in_b, parts.as_ref().ok())).collect();
    let worse = |analysis: &Analysis, at: usize| {
        analysis.ranking.direction().orient(analysis.ranking.scores()[at])
    };
    let x: Vec<f64> = pairs.iter().map(|pair| worse(a, pair.0)).collect();
    let y: Vec<f64> = pairs.iter().map(|pair| worse(b, pair.1)).collect();
    // By id so far; those that move most come first, ties stay in the order of their ids.
    let distance = |shift: &Shift| shift.rank_shift.map_or(-1.0, f64::abs);
    areas.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    let selection = (a.selection.is_some() && b.selection.is_some()).then(|| selection(&areas));
    Comparison {
        index_a: a.definition.id.clone(),
        index_b: b.definition.id.clone(),
        only_a: only(&at_a, &at_b),
        only_b: only(&at_b, &at_a),
        parts: parts.map(|parts| parts.ids),
        spearman: spearman(&x, &y),
        kendall_tau_b: kendall(&x, &y),
        worst_decile: overlap(&areas, |shift| shift.in_worst_decile),
        worst_quintile: overlap(&areas, |shift| shift.in_worst_quintile),
        selection,
        areas,
    }
}

fn shift(
    a: &Analysis,
    b: &Analysis,
    in_a: usize,
    in_b: usize,
    parts: Option<&contribution::Aligned>,
) -> Shift {
    let area: &Area = &b.ranking.areas()[in_b];
    let number = |x: f64| (!x.is_nan()).then_some(x);
    let rank = [deprivation_rank(&a.ranking, in_a), deprivation_rank(&b.ranking, in_b)];
    let score = [number(a.ranking.scores()[in_a]), number(b.ranking.scores()[in_b])];
    let difference = |of: [Option<f64>; 2]| Some(of[1]? - of[0]?);
    let score_shift = difference(score);
    let by_part = match (parts, score_shift) {
        (Some(parts), Some(_)) => parts.difference(in_a, in_b),
        (Some(_) | None, _) => Vec::new(),
    };
    let rest = score_shift.filter(|_| !by_part.is_empty()).map(|s| s - by_part.iter().sum::<f64>());
    let worst = |k: usize| [is_worst(&a.ranking, in_a, k), is_worst(&b.ranking, in_b, k)];
    let outcome = |analysis: &Analysis, at: usize| {
        analysis.selection.as_ref().map(|selection| selection.outcomes()[at])
    };
    Shift {
        area: area.id.clone(),
        name: area.name.to_string(),
        population: area.population.or(a.ranking.areas()[in_a].population),
        rank_shift: difference(rank),
        rank,
        score,
        score_shift,
        by_part,
        rest,
        in_worst_decile: worst(10),
        in_worst_quintile: worst(5),
        selected: [outcome(a, in_a), outcome(b, in_b)],
    }
}

/// The rank counted from the worst, whatever the ranking's rule says.
fn deprivation_rank(ranking: &Ranking, at: usize) -> Option<f64> {
    let rank = ranking.ranks()[at];
    let n = ranking.n_ranked() as f64;
    let rank = match ranking.rule().first {
        First::Worst => rank,
        First::Best => n + 1.0 - rank,
    };
    (!rank.is_nan()).then_some(rank)
}

fn is_worst(ranking: &Ranking, at: usize, k: usize) -> bool {
    let n = ranking.n_ranked() as f64;
    deprivation_rank(ranking, at).is_some_and(|rank| (k as f64 * rank / n).ceil() == 1.0)
}

fn overlap(areas: &[Shift], within: impl Fn(&Shift) -> [bool; 2]) -> Overlap {
    let of = |wanted: [bool; 2]| {
        areas.iter().filter(|shift| within(shift) == wanted).collect::<Vec<_>>()
    };
    let people =
        |areas: &[&Shift]| areas.iter().try_fold(0.0, |sum, shift| Some(sum + shift.population?));
    let (leaving, entering) = (of([true, false]), of([false, true]));
    Overlap {
        n_both: of([true, true]).len(),
        n_leaving: leaving.len(),
        n_entering: entering.len(),
        people_leaving: people(&leaving),
        people_entering: people(&entering),
    }
}

fn selection(areas: &[Shift]) -> SelectionShift {
    let mut found = SelectionShift {
        entering: Vec::new(),
        leaving: Vec::new(),
        staying: Vec::new(),
        undecided: Vec::new(),
    };
    let mut by_id: Vec<&Shift> = areas.iter().collect();
    by_id.sort_by(|a, b| a.area.cmp(&b.area));
    for shift in by_id {
        let list = match shift.selected {
            [Some(Truth::Unknown), _] | [_, Some(Truth::Unknown)] => &mut found.undecided,
            [Some(Truth::True), Some(Truth::True)] => &mut found.staying,
            [Some(Truth::True), Some(Truth::False)] => &mut found.leaving,
            [Some(Truth::False), Some(Truth::True)] => &mut found.entering,
            [Some(Truth::False), Some(Truth::False)] | [None, _] | [_, None] => continue,
        };
        list.push(shift.area.clone());
    }
    found
}

#[cfg(test)]
mod tests;
