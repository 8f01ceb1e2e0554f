//! Who came and went from year to year, and which criterion did it?

use super::Selection;
use super::against::{Move, moves};
use super::finding::Finding;
use super::truth::Truth;

/// An area that entered or left.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The year in which it was first in, or first out.
    pub year: i32,
    /// The year that it is compared with.
    pub before: i32,
    /// Its position in the later year's table.
    pub area_idx: usize,
    /// Whether it entered or left; unknown answers are neither.
    pub is_in: bool,
    /// The criteria that did it.
    pub causes: Vec<String>,
    /// Whether each of the causes alone would have kept the old answer. Where none does, the
    /// causes are all criteria that changed.
    pub alone: bool,
}

/// The areas that entered or left between two years, in the order of the later year's table.
///
/// An area that one of the years lacks has neither entered nor left. A cause is a criterion whose
/// answer changed, and with whose old answer the area would still have its old one.
pub fn changes(before: (i32, &Selection), after: (i32, &Selection)) -> Vec<Change> {
    let ((year_before, old), (year, new)) = (before, after);
    let place: std::collections::BTreeMap<&str, usize> =
        old.areas().iter().enumerate().map(|(at, area)| (area.id.as_str(), at)).collect();
    let mut out = Vec::new();
    for (area_idx, area) in new.areas().iter().enumerate() {
        let Some(&old_idx) = place.get(area.id.as_str()) else { continue };
        let (was, is) = (old.outcomes()[old_idx], new.outcomes()[area_idx]);
        let [step] = moves(&[was], &[is])[..] else { continue };
        if !matches!(step, Move::Enters | Move::Leaves) {
            continue;
        }
        let (causes, alone) = causes(&old.finding(old_idx), &new.finding(area_idx));
        let is_in = step == Move::Enters;
        out.push(Change { year, before: year_before, area_idx, is_in, causes, alone });
    }
    out
}

fn causes(old: &Finding, new: &Finding) -> (Vec<String>, bool) {
    let before: std::collections::BTreeMap<&str, Truth> =
        old.criteria().into_iter().map(|c| (c.id.as_str(), c.truth)).collect();
    let mut changed: Vec<(&str, Truth)> = Vec::new();
    for criterion in new.criteria() {
        let was = before.get(criterion.id.as_str()).copied().unwrap_or(Truth::Unknown);
        let is_new = changed.iter().all(|(id, _)| *id != criterion.id);
        if was != criterion.truth && is_new {
            changed.push((&criterion.id, was));
        }
    }
    let keeps = |(id, was): &&(&str, Truth)| {
        new.truth_if(&|other| (other == *id).then_some(*was)) != new.truth()
    };
    let alone: Vec<String> = changed.iter().filter(keeps).map(|(id, _)| (*id).to_owned()).collect();
    match alone.is_empty() {
        false => (alone, true),
        true => (changed.into_iter().map(|(id, _)| id.to_owned()).collect(), false),
    }
}
