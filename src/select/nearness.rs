//! How near is each area to the other answer, and what does each criterion do?
//!
//! Everything here is read off the findings by which areas are selected. One criterion is turned
//! and all else stays, also the places in cuts and the flags of neighbours: an area that needs two
//! criteria to turn is nobody's near miss.

use std::collections::BTreeMap;

use super::Selection;
use super::finding::{Criterion, Finding};
use super::truth::Truth;
use crate::language::{Language, Text, shortest};
use crate::statistics::Summary;

/// The band of the cliff report where nothing else is said, in standard deviations of the fact.
pub const USUAL_BAND: f64 = 0.1;

/// A criterion whose turn would turn the area's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    /// The area's position.
    pub area_idx: usize,
    /// Whether it is in now.
    pub is_selected: bool,
    /// The criterion.
    pub criterion: Criterion,
    /// How far the value is from the limit, in the fact's unit; zero or more.
    pub distance: f64,
    /// The same in standard deviations of the fact over all areas; NaN where they do not differ.
    pub in_deviations: f64,
}

/// What one criterion does.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Its name or place.
    pub id: String,
    /// As in the first area.
    pub criterion: Criterion,
    /// Areas in which it is met, not met and unknown.
    pub n: [usize; 3],
    /// Selected areas that would not be, were it not met.
    pub only_it_lets_in: Count,
    /// Areas that are not selected and would be, were it met.
    pub only_it_keeps_out: Count,
    /// The width of the band around the limit, in the fact's unit; NaN where there is none.
    pub band: f64,
    /// Areas within the band that meet it.
    pub just_met: Count,
    /// Areas within the band that do not.
    pub just_not_met: Count,
}

/// Areas and the people in them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Count {
    /// Areas.
    pub areas: usize,
    /// People, as far as they are known.
    pub people: f64,
}

impl Count {
    fn add(&mut self, people: Option<f64>) {
        self.areas += 1;
        self.people += people.unwrap_or(0.0);
    }
}

/// The findings of all areas, in the table's order.
pub fn findings(selection: &Selection) -> Vec<Finding> {
    (0..selection.areas().len()).map(|at| selection.finding(at)).collect()
}

/// The criteria that are numbers against limits, by their names, each once, in the rule's order.
fn numbers(finding: &Finding) -> Vec<&Criterion> {
    let mut out: Vec<&Criterion> = Vec::new();
    for criterion in finding.criteria() {
        let is_new = out.iter().all(|other| other.id != criterion.id);
        if criterion.said.is_none() && is_new {
            out.push(criterion);
        }
    }
    out
}

/// The standard deviation of each fact over the areas that have it.
fn deviations(findings: &[Finding]) -> BTreeMap<String, f64> {
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for finding in findings {
        for criterion in numbers(finding) {
            let known = !criterion.value.is_nan() && !criterion.is_bounded();
            let list = values.entry(criterion.id.clone()).or_default();
            list.extend(known.then_some(criterion.value));
        }
    }
    let sd = |values: Vec<f64>| Summary::of(&values).map_or(f64::NAN, |s| s.sd_sample());
    values.into_iter().map(|(id, values)| (id, sd(values))).collect()
}

/// Criteria whose turn alone would turn an answer, the nearest first; areas whose answer is
/// unknown are nobody's near miss. Ties stand in the order of the table.
pub fn near_misses(selection: &Selection, findings: &[Finding]) -> Vec<NearMiss> {
    let deviations = deviations(findings);
    let mut out = Vec::new();
    for (area_idx, finding) in findings.iter().enumerate() {
        let truth = finding.truth();
        if truth == Truth::Unknown {
            continue;
        }
        for criterion in numbers(finding) {
            if criterion.truth == Truth::Unknown || criterion.value.is_nan() {
                continue;
            }
            let turned = criterion.truth.negated();
            let change = |id: &str| (id == criterion.id).then_some(turned);
            if finding.truth_if(&change) != truth.negated() {
                continue;
            }
            let distance = criterion.margin().abs();
            let sd = deviations.get(&criterion.id).copied().unwrap_or(f64::NAN);
            let in_deviations = if sd > 0.0 { distance / sd } else { f64::NAN };
            let is_selected = selection.outcomes()[area_idx] == Truth::True;
            let criterion = criterion.clone();
            out.push(NearMiss { area_idx, is_selected, criterion, distance, in_deviations });
        }
    }
    out.sort_by(|a, b| {
        a.in_deviations.total_cmp(&b.in_deviations).then(a.area_idx.cmp(&b.area_idx))
    });
    out
}

/// What each criterion does, in the rule's order. `band` is in standard deviations of the fact.
pub fn work(selection: &Selection, findings: &[Finding], band: f64) -> Vec<Work> {
    let Some(first) = findings.first() else { return Vec::new() };
    let deviations = deviations(findings);
    let mut all: Vec<Work> = Vec::new();
    for criterion in first.criteria() {
        if all.iter().any(|work| work.id == criterion.id) {
            continue;
        }
        let sd = deviations.get(&criterion.id).copied().unwrap_or(f64::NAN);
        all.push(Work {
            id: criterion.id.clone(),
            criterion: criterion.clone(),
            n: [0; 3],
            only_it_lets_in: Count::default(),
            only_it_keeps_out: Count::default(),
            band: band * sd,
            just_met: Count::default(),
            just_not_met: Count::default(),
        });
    }
    for (area, finding) in selection.areas().iter().zip(findings) {
        let criteria = finding.criteria();
        for work in &mut all {
            let Some(criterion) = criteria.iter().find(|c| c.id == work.id) else { continue };
            let place = match criterion.truth {
                Truth::True => 0,
                Truth::False => 1,
                Truth::Unknown => 2,
            };
            work.n[place] += 1;
            let with = |truth| finding.truth_if(&|id| (id == work.id).then_some(truth));
            let answer = finding.truth();
            if answer == Truth::True && with(Truth::False) == Truth::False {
                work.only_it_lets_in.add(area.population);
            }
            if answer == Truth::False && with(Truth::True) == Truth::True {
                work.only_it_keeps_out.add(area.population);
            }
            let known = !criterion.is_bounded() && criterion.said.is_none();
            if known && criterion.margin().abs() <= work.band {
                if criterion.truth == Truth::True {
                    work.just_met.add(area.population);
                } else if criterion.truth == Truth::False {
                    work.just_not_met.add(area.population);
                }
            }
        }
    }
    all
}

/// The label of a criterion with its limit: `Low income > 40`.
pub fn named_limit(criterion: &Criterion) -> Text {
    let op = match criterion.op {
        super::Operator::Above => ">",
        super::Operator::AtLeast => "≥",
        super::Operator::Below => "<",
        super::Operator::AtMost => "≤",
    };
    let text = |language: Language| {
        let label = criterion.label.get(language);
        if criterion.said.is_some() {
            return label.to_owned();
        }
        let limit = match &criterion.limit_label {
            Some(limit) => limit.get(language).to_owned(),
            None => shortest(criterion.limit, language),
        };
        format!("{label} {op} {limit}")
    };
    Text { nb: text(Language::Nb), en: text(Language::En) }
}
