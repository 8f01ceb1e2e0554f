//! What is done around the rule?
//!
//! Each part becomes a criterion of one larger tree, so that the flag, the count and the sentence
//! of an area still come from one evaluation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::ITSELF;
use super::file::{Adjacency, Around, CapPerParent, NoNeighbours, PopulationRange, Unknown};
use super::leaf::{Leaf, Values};
use super::order::{percent, whole};
use super::resolve::{Resolved, Resolver};
use super::rule::{Cut, CutTies, Operator, Take};
use super::term::YearsHeld;
use super::truth::Truth;
use super::{SelectError, texts};
use crate::language::{Language, Text, message};
use crate::notice::Notice;
use crate::project::Exclusion;

impl Resolver<'_> {
    /// The whole rule: the tree, and what is done around it.
    pub(super) fn whole(&self) -> Result<Resolved, SelectError> {
        let Some(rule) = self.rule(&self.file.rule, ITSELF)? else {
            return Err(self.parameter(
                ITSELF,
                "nothing of the rule applies",
                "ask for its criteria by name with `with = […]` or `--with NAME`",
            ));
        };
        let around = self.file.around.clone().unwrap_or_default();
        let rule = match &around.population {
            Some(range) => {
                let mut parts = vec![rule];
                parts.extend(self.population(range)?);
                Resolved::All(parts)
            }
            None => rule,
        };
        let rule = Arc::new(rule);
        self.named.borrow_mut().insert(ITSELF.to_owned(), Arc::clone(&rule));
        let rule = self.with_history(&around, Arc::unwrap_or_clone(rule))?;
        let rule = self.with_ways_in(&around, rule)?;
        let rule = self.without_excluded(&around, rule);
        let rule = match &around.cap_per_parent {
            Some(cap) => {
                let cap = Resolved::from(self.cap(cap, &rule)?);
                Resolved::All(vec![rule, cap])
            }
            None => rule,
        };
        Ok(match &around.at_most {
            Some(cut) => {
                let most = Resolved::from(self.at_most(cut, &rule)?);
                Resolved::All(vec![rule, most])
            }
            None => rule,
        })
    }

    fn truths(&self, rule: &Resolved) -> Vec<Truth> {
        let settle = |truth| match (truth, self.file.unknown) {
            (Truth::Unknown, Unknown::NotSelected) => Truth::False,
            (truth, Unknown::NotSelected | Unknown::ListApart | Unknown::Bounds) => truth,
        };
        (0..self.areas().len()).map(|at| settle(rule.truth(at))).collect()
    }

    fn population(&self, range: &PopulationRange) -> Result<Vec<Resolved>, SelectError> {
        let people = self.people("a limit on the population", "around.population")?;
        let leaf = |key: &str, op, limit| {
            let (id, label) =
                (format!("around.population.{key}"), texts("select.fact-population", &[]));
            Resolved::from(Leaf::new(&id, label, Values::known(people.clone()), op, limit))
        };
        let low = range.at_least.map(|limit| leaf("at-least", Operator::AtLeast, limit));
        let high = range.at_most.map(|limit| leaf("at-most", Operator::AtMost, limit));
        Ok(low.into_iter().chain(high).collect())
    }

    fn with_history(&self, around: &Around, rule: Resolved) -> Result<Resolved, SelectError> {
        let mut rule = rule;
        let held = |last_years, before_this_year| YearsHeld {
            of: ITSELF.to_owned(),
            last_years,
            before_this_year,
        };
        let leaf = |id: &str, held: &YearsHeld, limit: u16| {
            let known = self.years_held(held)?;
            let (label, limit) = (known.label, f64::from(limit));
            Ok(Resolved::from(Leaf::new(id, label, known.values, Operator::AtLeast, limit)))
        };
        if let Some(persistence) = &around.persistence {
            let limit = persistence.at_least.unwrap_or(persistence.years);
            let leaf = leaf("around.persistence", &held(persistence.years, false), limit)?;
            rule = Resolved::All(vec![rule, leaf]);
        }
        if let Some(stays) = &around.stays {
            let leaf = leaf("around.stays", &held(stays.years, true), 1)?;
            rule = Resolved::Any(vec![rule, leaf]);
        }
        Ok(rule)
    }

    /// Neighbours and lists: the ways in beside the rule.
    fn with_ways_in(&self, around: &Around, rule: Resolved) -> Result<Resolved, SelectError> {
        let mut ways = Vec::new();
        if let Some(adjacency) = &around.neighbours {
            ways.push(self.adjacency(adjacency, &rule)?);
        }
        if !around.keep.is_empty() {
            let (id, label) = ("around.keep", texts("select.fact-kept", &[]));
            ways.push(Resolved::from(self.list(id, label, &around.keep, "select.kept", true)));
        }
        if ways.is_empty() {
            return Ok(rule);
        }
        ways.insert(0, rule);
        Ok(Resolved::Any(ways))
    }

    fn adjacency(&self, adjacency: &Adjacency, rule: &Resolved) -> Result<Resolved, SelectError> {
        let Some(neighbours) = self.table.neighbours() else {
            return Err(self.parameter(
                "around.neighbours",
                "it looks at neighbours, and nobody has said which areas are neighbours",
                "name a table of pairs with `neighbours = { file = \"…\", from = \"…\", \
                 to = \"…\" }` under `[areas]`",
            ));
        };
        let first = self.truths(rule);
        let share = |wanted: &dyn Fn(Truth) -> bool| -> Vec<f64> {
            let of = |at: usize| {
                let list = neighbours.of(at);
                let n = list.iter().filter(|&&other| wanted(first[other as usize])).count();
                // An area without neighbours has no share: 0 / 0.
                n as f64 / list.len() as f64
            };
            (0..first.len()).map(of).collect()
        };
        let sure = share(&|truth| truth == Truth::True);
        let possible = share(&|truth| truth != Truth::False);
        let leaf = Leaf::new(
            "around.neighbours",
            texts("select.fact-neighbours", &[]),
            Values::within(sure, possible),
            Operator::AtLeast,
            adjacency.share,
        );
        let when_missing = match adjacency.without {
            NoNeighbours::NotMet => Truth::False,
            NoNeighbours::Unknown => Truth::Unknown,
        };
        let leaf = Resolved::from(Leaf { decimals: 2, when_missing, ..leaf });
        Ok(match &adjacency.rule {
            Some(relaxed) => {
                let relaxed = self.rule(relaxed, "around.neighbours.rule")?;
                Resolved::All(std::iter::once(leaf).chain(relaxed).collect())
            }
            None => leaf,
        })
    }

    fn without_excluded(&self, around: &Around, rule: Resolved) -> Resolved {
        if around.exclude.is_empty() {
            return rule;
        }
        let (id, label) = ("around.exclude", texts("select.fact-excluded", &[]));
        let leaf = self.list(id, label, &around.exclude, "select.excluded", false);
        Resolved::All(vec![rule, Resolved::from(leaf)])
    }

    /// A list of areas with reasons; being on it is `on_list`.
    fn list(&self, id: &str, label: Text, list: &[Exclusion], key: &str, on_list: bool) -> Leaf {
        let areas = self.areas();
        let missing: Vec<String> = list
            .iter()
            .filter(|entry| !areas.iter().any(|area| area.id == entry.area))
            .map(|entry| entry.area.to_string())
            .collect();
        if !missing.is_empty() {
            self.tell(Notice::warning("notice.list-unknown").about(missing));
        }
        let entry = |at: usize| list.iter().find(|entry| entry.area == areas[at].id);
        let truths = (0..areas.len()).map(|at| Truth::of(entry(at).is_some() == on_list));
        let said = (0..areas.len()).map(|at| {
            let text = entry(at).map_or(Text::same(""), |entry| {
                let text = |language: Language| {
                    message(language, key, &[("reason", entry.reason.get(language))])
                };
                Text { nb: text(Language::Nb), en: text(Language::En) }
            });
            [text.clone(), text]
        });
        Leaf::said(id, label, truths, said.collect())
    }

    fn cap(&self, cap: &CapPerParent, rule: &Resolved) -> Result<Leaf, SelectError> {
        let at = "around.cap-per-parent";
        let areas = self.areas();
        if areas.iter().all(|area| area.parent.is_none()) {
            return Err(self.parameter(
                at,
                "it looks at the larger unit of each area, which the table does not have",
                "name its column with `parent = \"…\"` under `[areas]`",
            ));
        }
        let listed = self.listed(cap.by.as_ref(), None, at)?;
        let mut pool_of: BTreeMap<&str, usize> = BTreeMap::new();
        let pools: Vec<Option<usize>> = areas
            .iter()
            .map(|area| {
                let next = pool_of.len();
                area.parent.as_deref().map(|parent| *pool_of.entry(parent).or_insert(next))
            })
            .collect();
        let values = self.places(&listed, cap.ties, &self.truths(rule), &pools);
        let label = texts("select.fact-place-in-parent", &[]);
        Ok(Leaf::new(at, label, values, Operator::AtMost, cap.areas as f64))
    }

    fn at_most(&self, cut: &Cut, rule: &Resolved) -> Result<Leaf, SelectError> {
        let at = "around.at-most";
        let listed = self.listed(cut.by.as_ref(), cut.then_by.as_ref(), at)?;
        let candidates = self.truths(rule);
        let everyone = vec![Some(0); candidates.len()];
        let label = texts("select.fact-place-eligible", &[]);
        let limit = match cut.take {
            Take::Areas(n) => n,
            Take::ShareOfAreas(share) => whole(share, candidates.len()),
            Take::ShareOfPeople(share) => {
                let values = self.people_before(&listed, cut, &candidates)?;
                let label = texts("select.fact-people-before", &[]);
                let leaf = Leaf::new(at, label, values, Operator::Below, share);
                return Ok(Leaf { decimals: 3, ..leaf });
            }
        };
        let values = self.places(&listed, cut.ties, &candidates, &everyone);
        let leaf = Leaf::new(at, label, values, Operator::AtMost, limit as f64);
        let limit_label = match cut.take {
            Take::ShareOfAreas(share) => {
                Some(texts("select.take-share-of-areas", &[("n", &percent(share))]))
            }
            Take::Areas(_) | Take::ShareOfPeople(_) => None,
        };
        Ok(Leaf { limit_label, ..leaf })
    }

    /// The share of all people who live in the candidates ahead of each area.
    fn people_before(
        &self,
        listed: &super::order::Listed,
        cut: &Cut,
        candidates: &[Truth],
    ) -> Result<Values, SelectError> {
        let people = self.people("a share of the people", "around.at-most")?;
        let of = |at: usize| if people[at].is_nan() { 0.0 } else { people[at] };
        let total: f64 = (0..people.len()).map(of).sum();
        let (mut low, mut high) = (vec![f64::NAN; people.len()], vec![f64::NAN; people.len()]);
        let mut has_place = vec![false; people.len()];
        listed.order.iter().for_each(|&at| has_place[at as usize] = true);
        // Candidates without a place in the list may stand ahead of everybody.
        let anywhere: f64 = (0..people.len())
            .filter(|&at| !has_place[at] && candidates[at] != Truth::False)
            .map(of)
            .sum();
        let (mut sure, mut possible) = (0.0, anywhere);
        let mut start = 0;
        while start < listed.order.len() {
            let tied: Vec<usize> = (start..listed.order.len())
                .take_while(|&at| listed.groups[at] == listed.groups[start])
                .map(|at| listed.order[at] as usize)
                .collect();
            let mut of_group = (0.0, 0.0);
            for &at in &tied {
                of_group.0 += if candidates[at] == Truth::True { of(at) } else { 0.0 };
                of_group.1 += if candidates[at] == Truth::False { 0.0 } else { of(at) };
            }
            for &at in &tied {
                // Where ties stay out together, the others of the tie count as ahead.
                let own_sure = if candidates[at] == Truth::True { of(at) } else { 0.0 };
                let own_possible = if candidates[at] == Truth::False { 0.0 } else { of(at) };
                let others = match cut.ties {
                    CutTies::AllIn => (0.0, 0.0),
                    CutTies::NoneIn => (of_group.0 - own_sure, of_group.1 - own_possible),
                };
                low[at] = (sure + others.0) / total;
                high[at] = (possible + others.1) / total;
            }
            sure += of_group.0;
            possible += of_group.1;
            start += tied.len();
        }
        Ok(Values::within(low, high))
    }
}
