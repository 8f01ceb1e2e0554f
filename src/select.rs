//! Which areas qualify?
//!
//! A rule is a tree of criteria, read from TOML. [`select`] evaluates it for every area in
//! three-valued logic: a criterion whose value is missing is *unknown*, and so is the area if the
//! answer hangs on it. The flag, the count and the sentence that explains them come from one
//! evaluation, [`Selection::finding`].
//!
//! # The rule language
//!
//! ```toml
//! version = 1
//! id = "my-rule"
//! title = { nb = "Min regel", en = "My rule" }
//! source = "where it is published, or who set it"   # or { nb = "…", en = "…" }
//! unknown = "list-apart"              # or "not-selected", "bounds"
//!
//! [[fact]]                            # a column that the index does not have
//! id = "crowded"
//! title = { nb = "Trangbodde", en = "Crowded" }
//! unit = "%"
//!
//! [criteria.poor]                     # named: counted, reused, printed by name
//! title = { nb = "Lav inntekt", en = "Low income" }
//! rule = { compare = { fact = { indicator = "median_income" }, as = { ratio-to-mean = {} }, op = "<", limit = { value = 0.8 } } }
//!
//! [rule]                              # the tree
//! all = [
//!   { criterion = "poor" },
//!   { any = [
//!     { compare = { fact = "rank", op = "<=", limit = { value = 10 } } },
//!     { compare = { fact = { indicator = "crowded" }, op = ">", limit = { mean = { times = 1.0, plus-sd = 1.0 } } } },
//!   ] },
//! ]
//!
//! [around]                            # what is done around it
//! population = { at-least = 1000 }
//! neighbours = { share = 1.0, rule = { criterion = "poor" } }
//! at-most = { take = { areas = 8 } }
//!
//! [[tier]]                            # a narrower circle among the selected
//! id = "long"
//! title = { nb = "Fem år på rad", en = "Five years running" }
//! rule = { compare = { fact = { years-held = { of = "rule", last-years = 5 } }, op = ">=", limit = { value = 5 } } }
//! ```
//!
//! - Trees: `all`, `any`, `at-least`, `not`, `points`, `compare`, `between`, `worst`, `criterion`,
//!   `parent` ([`Rule`]).
//! - Facts: [`Fact`]; what is made of them, one step or a list under `as`: [`Transform`];
//!   limits: [`Limit`].
//! - Around the rule, in this order ([`Around`]): residents, persistence, staying on, neighbours,
//!   lists of areas kept and excluded, caps.
//! - An area without a value is unknown to a criterion on it. A fact that counts unknown answers
//!   is known within bounds, and the criterion holds if it holds at both ends.

pub mod against;
mod around;
pub mod check;
pub mod coverage;
pub mod file;
pub mod finding;
pub mod history;
mod leaf;
pub mod nearness;
mod order;
pub mod own;
pub mod place;
mod resolve;
pub mod rule;
pub mod term;
mod transform;
pub mod truth;
mod value;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::aggregate::DomainScore;
use crate::area::Area;
use crate::beside::PastYear;
use crate::index::IndexDefinition;
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::language::{Language, Text, message};
use crate::notice::Notice;
use crate::rank::Ranking;

pub use file::{Around, FactOf, Named, OwnFact, RuleFile, Standing, Tier, Unknown};
pub use finding::{Criterion, Finding};
pub use rule::{
    AtLeast, Between, By, Comparison, Cut, CutTies, End, Limit, OneOf, Operator, Percentile,
    Points, RelativeToMean, Rule, Scored, Take, Term, Times,
};
pub use term::{Fact, Over, PercentileOf, RankWithin, RatioToMean, Transform};
pub use truth::Truth;

/// What is known of the areas.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The indicators as measured.
    pub table: &'a IndicatorTable,
    /// The domains.
    pub domains: &'a [DomainScore],
    /// Scores and ranks.
    pub ranking: &'a Ranking,
    /// The recipe, for titles and units.
    pub definition: &'a IndexDefinition,
}

/// Why a rule cannot be applied.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum SelectError {
    /// The rule names a fact that the data do not have.
    #[error("the rule `{rule}` names the {kind} `{wanted}`, which the index does not have")]
    #[diagnostic(code(levekaar::select::unknown_fact))]
    UnknownFact {
        /// The rule's id.
        rule: String,
        /// `indicator` or `domain`.
        kind: &'static str,
        /// What was named.
        wanted: IndicatorId,
        /// The nearest, or all.
        #[help]
        help: String,
        /// The file of the rule.
        #[source_code]
        source_code: Option<NamedSource<String>>,
        /// Where it stands there.
        #[label("here")]
        span: Option<SourceSpan>,
    },
    /// A parameter that cannot be meant.
    #[error("the rule `{rule}`: {message}")]
    #[diagnostic(code(levekaar::select::parameter))]
    Parameter {
        /// The rule's id.
        rule: String,
        /// What is wrong.
        message: String,
        /// What to do.
        #[help]
        help: String,
        /// The file of the rule.
        #[source_code]
        source_code: Option<NamedSource<String>>,
        /// Where it stands there.
        #[label("here")]
        span: Option<SourceSpan>,
    },
}

impl SelectError {
    /// About the part of the rule at this path.
    pub(crate) fn parameter(
        file: &RuleFile,
        at: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Parameter {
            rule: file.id.clone(),
            message: message.into(),
            help: help.into(),
            source_code: file.text.as_ref().map(|text| text.source()),
            span: file.text.as_ref().and_then(|text| text.label(at)),
        }
    }
}

/// Everything that is wrong with a rule, whatever the data, as errors with their places.
pub fn problems(file: &RuleFile) -> Vec<SelectError> {
    let all = check::problems(file).into_iter();
    all.map(|p| SelectError::parameter(file, &p.at, p.message, p.help)).collect()
}

/// A message of the catalogue in both languages.
fn texts(key: &str, values: &[(&str, &str)]) -> Text {
    Text { nb: message(Language::Nb, key, values), en: message(Language::En, key, values) }
}

/// The answer for every area, with the evaluation that it came from.
#[derive(Debug, Clone)]
pub struct Selection {
    rule: RuleFile,
    areas: Arc<Vec<Area>>,
    resolved: resolve::Resolved,
    outcomes: Vec<Truth>,
    /// The tiers, in the order of the file.
    tiers: Vec<resolve::Resolved>,
    /// The rule itself, criteria and tiers, by name.
    named: BTreeMap<String, Arc<resolve::Resolved>>,
    notices: Vec<Notice>,
}

impl Selection {
    /// The rule.
    pub fn rule(&self) -> &RuleFile {
        &self.rule
    }

    /// The areas, in the order of the table.
    pub fn areas(&self) -> &Arc<Vec<Area>> {
        &self.areas
    }

    /// The answer for each area, after the rule's policy for unknown answers.
    pub fn outcomes(&self) -> &[Truth] {
        &self.outcomes
    }

    /// What a reader must know of the selection.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How many areas have this answer.
    pub fn n_with(&self, truth: Truth) -> usize {
        self.outcomes.iter().filter(|&&outcome| outcome == truth).count()
    }

    /// The evaluation of one area, from which its answer and its sentence both come.
    pub fn finding(&self, area_idx: usize) -> Finding {
        self.resolved.finding(area_idx)
    }

    /// The highest tier that the area is in for certain, as a position in the rule's list; `None`
    /// where it is in none.
    pub fn tier(&self, area_idx: usize) -> Option<usize> {
        let is_in = |tier: &resolve::Resolved| tier.truth(area_idx) == Truth::True;
        if self.outcomes[area_idx] != Truth::True {
            return None;
        }
        self.tiers.iter().rposition(is_in)
    }

    /// Whether the area is in this tier of the rule's list.
    pub fn in_tier(&self, tier_idx: usize, area_idx: usize) -> Truth {
        match self.outcomes[area_idx] {
            Truth::False => Truth::False,
            Truth::True | Truth::Unknown => self.tiers[tier_idx].truth(area_idx),
        }
    }

    /// Whether what a name stands for holds in an area: `rule` (before persistence, neighbours,
    /// lists and caps), a criterion or a tier; `None` where nothing of that name applies.
    pub fn holds(&self, name: &str, area_idx: usize) -> Option<Truth> {
        self.named.get(name).map(|part| part.truth(area_idx))
    }

    /// The names that [`Selection::holds`] knows.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Why this area is in or out, as a sentence in both languages; a tier follows in a sentence
    /// of its own.
    pub fn sentence(&self, area_idx: usize) -> Text {
        let finding = self.finding(area_idx);
        let sentence = finding::sentence(&finding, self.rule.unknown);
        if self.tiers.is_empty() || self.outcomes[area_idx] == Truth::False {
            return sentence;
        }
        let mut out = sentence;
        for (tier, resolved) in self.rule.tiers.iter().zip(&self.tiers) {
            let finding = resolved.finding(area_idx);
            let reasons = finding::sentence_of_tier(&tier.title, &finding);
            out.nb = format!("{} {}", out.nb, reasons.nb);
            out.en = format!("{} {}", out.en, reasons.en);
        }
        out
    }

    /// What this year's answers are to a later year: facts and what held, for the areas of the
    /// later year, which are found by their ids.
    pub fn as_past(&self, year: i32, facts: &Facts<'_>, areas: &[Area]) -> PastYear {
        let place: BTreeMap<&str, usize> =
            self.areas.iter().enumerate().map(|(at, area)| (area.id.as_str(), at)).collect();
        let there: Vec<Option<usize>> =
            areas.iter().map(|area| place.get(area.id.as_str()).copied()).collect();
        let pick = |values: &[f64]| -> Vec<f64> {
            there.iter().map(|at| at.map_or(f64::NAN, |at| values[at])).collect()
        };
        let people: Vec<f64> =
            self.areas.iter().map(|area| area.population.unwrap_or(f64::NAN)).collect();
        let beside = facts.table.beside();
        let columns = beside.iter().flat_map(|b| &b.columns).chain(facts.table.columns());
        let held = self.named.iter().map(|(name, part)| {
            let answer = |at: usize| match part.truth(at) {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown => None,
            };
            (name.clone(), there.iter().map(|at| at.and_then(answer)).collect())
        });
        PastYear {
            year,
            scores: pick(facts.ranking.scores()),
            ranks: pick(facts.ranking.ranks()),
            population: pick(&people),
            domains: facts.domains.iter().map(|d| (d.id.clone(), pick(&d.values))).collect(),
            indicators: columns.map(|c| (c.indicator().clone(), pick(c.values()))).collect(),
            held: held.collect(),
        }
    }
}

/// Evaluates a rule for every area.
///
/// Shape: one answer an area, in the order of the table. Limits relative to a mean, median or
/// percentile are taken over the areas that have the fact. An area without a score is unknown to
/// a criterion on score or rank, and stands outside a cut's count.
///
/// # Errors
///
/// - [`SelectError::UnknownFact`] with the nearest known name.
/// - [`SelectError::Parameter`] for a share outside 0..1, `k` above the number of parts, an empty
///   list of parts, a limit that is not a number, names that are not there or go in circles, and
///   for parents, residents, neighbours, smaller areas or years that the table does not have.
pub fn select(rule: &RuleFile, facts: Facts<'_>) -> Result<Selection, SelectError> {
    let mut notices = Vec::new();
    for problem in check::problems(rule) {
        if !problem.has_meaning {
            let (message, help) = (problem.message, problem.help);
            return Err(SelectError::parameter(rule, &problem.at, message, help));
        }
        let line = rule.text.as_ref().and_then(|text| text.line(&problem.at));
        let place = match (&rule.text, line) {
            (Some(text), Some(line)) => format!("{}:{line}", text.name),
            (Some(_) | None, _) => problem.at,
        };
        notices.push(Notice::warning("notice.rule-contradiction").with("where", place));
    }
    criteria_notices(rule, &mut notices);
    let resolver = resolve::Resolver::new(rule, &facts);
    let resolved = resolver.whole()?;
    let tiers = tiers(&resolver, &resolved)?;
    notices.append(&mut resolver.notices.borrow_mut());
    let areas = Arc::clone(facts.ranking.areas());
    let outcomes: Vec<Truth> = (0..areas.len())
        .map(|at| match (resolved.truth(at), rule.unknown) {
            (Truth::Unknown, Unknown::NotSelected) => Truth::False,
            (truth, Unknown::NotSelected | Unknown::ListApart | Unknown::Bounds) => truth,
        })
        .collect();
    outcome_notices(rule, &areas, &outcomes, &mut notices);
    let named = resolver.named.into_inner();
    Ok(Selection { rule: rule.clone(), areas, resolved, outcomes, tiers, named, notices })
}

/// Each tier within the one that it names, in an order in which that is known.
fn tiers(
    resolver: &resolve::Resolver<'_>,
    whole: &resolve::Resolved,
) -> Result<Vec<resolve::Resolved>, SelectError> {
    let file = resolver.file;
    let mut done: Vec<Option<resolve::Resolved>> = vec![None; file.tiers.len()];
    // There are no circles, so that each round settles one tier at least.
    while done.iter().any(Option::is_none) {
        for (at, tier) in file.tiers.iter().enumerate() {
            let within = match &tier.within {
                None => Some(None),
                Some(id) => resolver.named.borrow().get(id).map(|part| Some(Arc::clone(part))),
            };
            let (None, Some(within)) = (&done[at], within) else { continue };
            let needs = check::references(&tier.rule);
            let is_known = |id: &str| resolver.named.borrow().contains_key(id);
            if file.tiers.iter().any(|t| needs.contains(t.id.as_str()) && !is_known(&t.id)) {
                continue;
            }
            let own = resolver.rule(&tier.rule, &format!("tier.{at}.rule"))?;
            let outer = within.map(|part| (*part).clone());
            let parts: Vec<_> = outer.into_iter().chain(own).collect();
            let tier_rule = resolve::Resolved::All(parts);
            let shared = Arc::new(resolve::Resolved::All(vec![whole.clone(), tier_rule.clone()]));
            resolver.named.borrow_mut().insert(tier.id.clone(), shared);
            done[at] = Some(tier_rule);
        }
    }
    Ok(done.into_iter().flatten().collect())
}

/// Criteria that apply only if asked for: those that do, and those that do not.
fn criteria_notices(rule: &RuleFile, notices: &mut Vec<Notice>) {
    let asked: BTreeSet<&String> = rule.with.iter().collect();
    for (name, named) in &rule.criteria {
        let title = named.title.clone().unwrap_or_else(|| Text::same(name));
        let applies = !named.only_if_asked || asked.contains(name);
        let notice = match (&named.warning, applies) {
            (Some(warning), true) => Notice::warning("notice.criterion-on")
                .with("warning_nb", &warning.nb)
                .with("warning_en", &warning.en),
            (None, true) => continue,
            (_, false) => Notice::warning("notice.criterion-off").with("name", name),
        };
        notices.push(notice.with("title_nb", title.nb).with("title_en", title.en));
    }
}

fn outcome_notices(rule: &RuleFile, areas: &[Area], outcomes: &[Truth], notices: &mut Vec<Notice>) {
    if rule.standing == Some(Standing::InspiredBy) {
        notices.push(
            Notice::note("notice.rule-standing")
                .with("source_nb", rule.source.get(Language::Nb))
                .with("source_en", rule.source.get(Language::En)),
        );
    }
    let with = |truth| areas.iter().zip(outcomes).filter(move |(_, o)| **o == truth);
    let unknown: Vec<String> = with(Truth::Unknown).map(|(area, _)| area.label()).collect();
    if !unknown.is_empty() {
        if rule.unknown == Unknown::Bounds {
            let people = |truth| -> f64 { with(truth).filter_map(|(a, _)| a.population).sum() };
            let (low, high) = (with(Truth::True).count(), people(Truth::True));
            let most = high + people(Truth::Unknown);
            let notice = Notice::warning("notice.selection-bounds")
                .with("low", low)
                .with("high", low + unknown.len())
                .with_number("people_low_nb", "people_low_en", high)
                .with_number("people_high_nb", "people_high_en", most);
            notices.push(notice);
        }
        notices.push(Notice::warning("notice.selection-unknown").about(unknown));
    }
    if !outcomes.contains(&Truth::True) {
        notices.push(Notice::warning("notice.selection-empty"));
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_around;
#[cfg(test)]
mod tests_whole;
