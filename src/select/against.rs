//! How does a selection stand against another one, or against what was decided?

use std::collections::BTreeMap;

use super::Selection;
use super::finding::{Criterion, Finding};
use super::nearness;
use super::truth::Truth;
use crate::area::Area;
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::statistics::Summary;

/// Where an area stands in two selections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// In the second only.
    Enters,
    /// In the first only.
    Leaves,
    /// In both.
    Stays,
    /// In neither.
    Out,
    /// Unknown in one of them.
    Unknown,
}

impl Move {
    /// The word for it in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enters => "enters",
            Self::Leaves => "leaves",
            Self::Stays => "stays",
            Self::Out => "out",
            Self::Unknown => "unknown",
        }
    }
}

/// Where each area stands, from the first selection to the second.
pub fn moves(before: &[Truth], after: &[Truth]) -> Vec<Move> {
    let pairs = before.iter().zip(after);
    pairs
        .map(|pair| match pair {
            (Truth::Unknown, _) | (_, Truth::Unknown) => Move::Unknown,
            (Truth::False, Truth::True) => Move::Enters,
            (Truth::True, Truth::False) => Move::Leaves,
            (Truth::True, Truth::True) => Move::Stays,
            (Truth::False, Truth::False) => Move::Out,
        })
        .collect()
}

/// A set of areas: how many, who lives there, where they lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Areas.
    pub areas: usize,
    /// People; NaN where no area of the table has residents.
    pub people: f64,
    /// Persons counted by each indicator that has counts, such as children in low income.
    pub persons: Vec<(IndicatorId, f64)>,
    /// Areas by larger unit.
    pub parents: BTreeMap<String, usize>,
}

/// Describes the areas that `is_in` names.
pub fn profile(table: &IndicatorTable, is_in: &dyn Fn(usize) -> bool) -> Profile {
    let members: Vec<usize> = (0..table.areas().len()).filter(|&at| is_in(at)).collect();
    let areas = table.areas();
    let has_people = areas.iter().any(|area| area.population.is_some());
    let people: f64 = members.iter().filter_map(|&at| areas[at].population).sum();
    let mut parents = BTreeMap::new();
    for parent in members.iter().filter_map(|&at| areas[at].parent.clone()) {
        *parents.entry(parent).or_insert(0) += 1;
    }
    let persons = table.columns().iter().filter_map(|column| {
        let events = column.events()?;
        let of = members.iter().map(|&at| events[at]).filter(|x| !x.is_nan());
        Some((column.indicator().clone(), of.sum()))
    });
    Profile {
        areas: members.len(),
        people: if has_people { people } else { f64::NAN },
        persons: persons.collect(),
        parents,
    }
}

/// A rule against the areas that were in fact selected.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// Where each area stands: from what the rule selects to what was decided.
    pub moves: Vec<Move>,
    /// The share of the decided areas that the rule does not select; NaN where none was decided.
    pub discretion: f64,
    /// The same share by people; NaN where residents are unknown.
    pub discretion_people: f64,
    /// What it takes for the rule to select what was decided and nothing else.
    pub relaxation: Option<Relaxation>,
}

/// New limits with which the rule selects what was decided and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxation {
    /// The criteria that move and their new limits.
    pub limits: Vec<(Criterion, f64)>,
    /// How far the furthest moves, in standard deviations of its fact.
    pub in_deviations: f64,
}

/// Holds a selection against a list.
///
/// The smallest relaxation is sought among new limits for one criterion alone, and then for all
/// criteria together, each moved by the same number of standard deviations of its fact. Values in
/// cuts and shares of neighbours stay as they are. Where neither gives exactly the list, there is
/// none: other combinations are not tried. Unknown counts as not selected.
pub fn against(selection: &Selection, decided: &[bool]) -> Against {
    let truths: Vec<Truth> = decided.iter().map(|&is_in| Truth::of(is_in)).collect();
    let moves = moves(selection.outcomes(), &truths);
    let is_in = |at: &usize| selection.outcomes()[*at] == Truth::True;
    let listed: Vec<usize> = (0..decided.len()).filter(|&at| decided[at]).collect();
    let people = |area: &Area| area.population.unwrap_or(f64::NAN);
    let sum = |places: &mut dyn Iterator<Item = usize>| -> f64 {
        places.map(|at| people(&selection.areas()[at])).sum()
    };
    let outside = listed.iter().filter(|at| !is_in(at)).count();
    let outside_people = sum(&mut listed.iter().copied().filter(|at| !is_in(at)));
    Against {
        moves,
        discretion: outside as f64 / listed.len() as f64,
        discretion_people: outside_people / sum(&mut listed.iter().copied()),
        relaxation: relaxation(selection, decided),
    }
}

fn relaxation(selection: &Selection, decided: &[bool]) -> Option<Relaxation> {
    let findings = nearness::findings(selection);
    let first = findings.first()?;
    let mut movable: Vec<&Criterion> = Vec::new();
    for criterion in first.criteria() {
        let is_new = movable.iter().all(|other| other.id != criterion.id);
        // Limits that differ between areas have no one number to move.
        let same = findings.iter().all(|finding| {
            let mut all = finding.criteria().into_iter();
            all.all(|c| c.id != criterion.id || c.limit == criterion.limit)
        });
        if is_new && same && criterion.said.is_none() && criterion.limit.is_finite() {
            movable.push(criterion);
        }
    }
    let values = |id: &str| -> Vec<f64> {
        let of = |finding: &Finding| finding.criteria().into_iter().find(|c| c.id == id).cloned();
        let known = |c: &Criterion| !c.is_bounded() && !c.value.is_nan();
        findings.iter().filter_map(of).filter(known).map(|c| c.value).collect()
    };
    let facts: Vec<(&Criterion, Vec<f64>, f64)> = movable
        .into_iter()
        .map(|criterion| {
            let values = values(&criterion.id);
            let sd = Summary::of(&values).map_or(f64::NAN, |summary| summary.sd_sample());
            (criterion, values, sd)
        })
        .filter(|(.., sd)| *sd > 0.0)
        .collect();
    let fits = |limits: &BTreeMap<&str, f64>| {
        findings.iter().zip(decided).all(|(finding, &wanted)| {
            let truth = finding.truth_with_limits(limits);
            (truth == Truth::True) == wanted
        })
    };
    let mut best: Option<Relaxation> = None;
    let mut offer = |relaxation: Relaxation| {
        if best.as_ref().is_none_or(|best| relaxation.in_deviations < best.in_deviations) {
            best = Some(relaxation);
        }
    };
    for (criterion, values, sd) in &facts {
        for limit in candidates(values, criterion.limit) {
            if fits(&BTreeMap::from([(criterion.id.as_str(), limit)])) {
                let in_deviations = (limit - criterion.limit).abs() / sd;
                let limits = vec![((*criterion).clone(), limit)];
                offer(Relaxation { limits, in_deviations });
            }
        }
    }
    if best.is_some() || facts.len() < 2 {
        return best;
    }
    let mut steps: Vec<f64> = facts
        .iter()
        .flat_map(|(criterion, values, sd)| {
            let to = |limit: f64| easing(criterion, limit) / sd;
            candidates(values, criterion.limit).into_iter().map(to).collect::<Vec<_>>()
        })
        .collect();
    steps.sort_by(|a, b| a.abs().total_cmp(&b.abs()).then(a.total_cmp(b)));
    steps.dedup();
    for step in steps {
        let moved = |(criterion, _, sd): &(&Criterion, Vec<f64>, f64)| {
            (criterion.id.clone(), criterion.limit - easing_sign(criterion) * step * sd)
        };
        let limits: Vec<(String, f64)> = facts.iter().map(moved).collect();
        let by_id = limits.iter().map(|(id, limit)| (id.as_str(), *limit)).collect();
        if fits(&by_id) {
            let moved = facts.iter().zip(&limits);
            let limits = moved.map(|((c, ..), (_, limit))| ((*c).clone(), *limit)).collect();
            return Some(Relaxation { limits, in_deviations: step.abs() });
        }
    }
    None
}

/// Limits that tell areas apart in every possible way: each value, and a bit to either side.
fn candidates(values: &[f64], now: f64) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let mut out = vec![now];
    out.extend(&sorted);
    out.extend(sorted.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])));
    if let (Some(first), Some(last)) = (sorted.first(), sorted.last()) {
        let beyond = (last - first).abs().max(1.0) * 1e-3;
        out.extend([first - beyond, last + beyond]);
    }
    out
}

/// 1 where a lower limit lets more areas through, -1 where a higher one does.
fn easing_sign(criterion: &Criterion) -> f64 {
    match criterion.op {
        super::Operator::Above | super::Operator::AtLeast => 1.0,
        super::Operator::Below | super::Operator::AtMost => -1.0,
    }
}

/// By how much a new limit eases the criterion; negative where it makes it harder.
fn easing(criterion: &Criterion, limit: f64) -> f64 {
    easing_sign(criterion) * (criterion.limit - limit)
}
