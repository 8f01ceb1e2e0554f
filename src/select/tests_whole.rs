//! Random whole rules on random towns: what is selected has reasons, what is sure stays so, and
//! a plain reading of the rule in two-valued logic says the same.
//!
//! A rule is drawn as text with everything that the language has: nested trees with points and
//! `at-least`, transforms, limits of every kind, cuts with ties, named criteria and their count,
//! years, residents, persistence, staying on, neighbours, lists, caps and tiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::file::Around;
use super::term::{Fact, Transform, YearsHeld};
use super::*;
use crate::area::AreaId;
use crate::beside::Beside;
use crate::index::Plan;
use crate::indicator::Column;
use crate::load::document;
use crate::neighbour::Neighbours;

const INDEX: &str = r#"version = 1
id = "one"
title = { nb = "En", en = "One" }
source = "test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
missing = { policy = "available-weight", at-least = 0.01 }
[ranking]
ties = "min"
[[indicator]]
id = "x"
title = { nb = "X", en = "X" }
unit = ""
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "as-is" }
"#;

const YEAR: i32 = 2024;
const PARENTS: [&str; 2] = ["east", "west"];

/// How ties of a cut are told apart.
const THEN_BY: &str = ", then-by = { fact = \"score\" }";

/// What is known of a town; what is `None` is not.
#[derive(Debug, Clone)]
struct Town {
    /// The indicator of the index, which is also the score.
    x: Vec<Option<f64>>,
    /// A fact of the rule's own; its gaps are never filled.
    y: Vec<Option<f64>>,
    people: Vec<Option<f64>>,
    parent: Vec<Option<usize>>,
    near: Vec<Vec<bool>>,
    /// The two years before this one, the latest first.
    past: [Past; 2],
}

#[derive(Debug, Clone)]
struct Past {
    x: Vec<Option<f64>>,
    /// Whether the rule and the criteria `c0` and `c1` held.
    held: [Vec<Option<bool>>; 3],
}

const NAMES: [&str; 3] = ["rule", "c0", "c1"];

impl Town {
    fn n(&self) -> usize {
        self.x.len()
    }

    /// With every gap that may be filled taken from another town of the same size.
    fn filled(&self, from: &Self) -> Self {
        fn fill<T: Copy>(gaps: &[Option<T>], from: &[Option<T>]) -> Vec<Option<T>> {
            gaps.iter().zip(from).map(|(own, other)| own.or(*other)).collect()
        }
        let past = [0, 1].map(|back| Past {
            x: fill(&self.past[back].x, &from.past[back].x),
            held: [0, 1, 2].map(|at| fill(&self.past[back].held[at], &from.past[back].held[at])),
        });
        Self {
            x: fill(&self.x, &from.x),
            people: fill(&self.people, &from.people),
            parent: fill(&self.parent, &from.parent),
            past,
            ..self.clone()
        }
    }

    fn table(&self) -> IndicatorTable {
        let areas: Vec<Area> = (0..self.n())
            .map(|at| Area {
                population: self.people[at],
                parent: self.parent[at].map(|parent| PARENTS[parent].to_owned()),
                ..Area::of(AreaId::new(id(at)))
            })
            .collect();
        let pairs: Vec<(String, String)> = (0..self.n())
            .flat_map(|a| (a + 1..self.n()).map(move |b| (a, b)))
            .filter(|&(a, b)| self.near[a][b])
            .map(|(a, b)| (id(a), id(b)))
            .collect();
        let table = IndicatorTable::new(areas, vec![Column::of("x", &self.x)]);
        let (neighbours, _) = Neighbours::from_pairs(table.areas(), &pairs);
        let past = self.past.iter().enumerate().map(|(back, past)| {
            let x: Vec<f64> = past.x.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
            let held = NAMES.iter().zip(&past.held);
            PastYear {
                year: YEAR - 1 - back as i32,
                scores: x.clone(),
                ranks: vec![f64::NAN; self.n()],
                population: vec![f64::NAN; self.n()],
                domains: BTreeMap::new(),
                indicators: BTreeMap::from([("x".into(), x)]),
                held: held.map(|(name, held)| ((*name).to_owned(), held.clone())).collect(),
            }
        });
        let beside = Beside {
            year: Some(YEAR),
            columns: vec![Column::of("y", &self.y)],
            past: past.collect(),
            ..Beside::default()
        };
        table.with_neighbours(neighbours).with_beside(Arc::new(beside))
    }
}

fn id(at: usize) -> String {
    char::from(b'a' + at as u8).to_string()
}

fn parsed(rule: &str) -> RuleFile {
    document::parse("rule.toml", rule).unwrap_or_else(|error| panic!("{rule}\n{error:?}"))
}

fn chosen(town: &Town, rule: &str) -> Selection {
    let (file, table) = (parsed(rule), town.table());
    let definition: IndexDefinition = document::parse("index", INDEX).unwrap();
    let computed = crate::index::compute(table.clone(), &Plan::of(&definition).unwrap()).unwrap();
    let ranking = crate::rank::rank(&computed.scores, definition.ranking);
    let facts = Facts {
        table: &table,
        domains: &computed.domains,
        ranking: &ranking,
        definition: &definition,
    };
    select(&file, facts).unwrap_or_else(|error| panic!("{rule}\n{error}"))
}

proptest! {
    /// Where nothing is missing, an area is selected, and in a tier, exactly where a plain reading
    /// of the rule says so.
    #[test]
    fn a_plain_reading_says_the_same(town in town(0.0), rule in whole_rule()) {
        let selection = chosen(&town, &rule);
        let reader = Reader::of(&town, parsed(&rule));
        for at in 0..town.n() {
            prop_assert_eq!(
                selection.outcomes()[at], Truth::of(reader.selected[at]), "{} of {}", at, rule
            );
            for (tier_idx, _) in reader.file.tiers.iter().enumerate() {
                prop_assert_eq!(
                    selection.in_tier(tier_idx, at), Truth::of(reader.in_tier(tier_idx, at)),
                    "tier {} of {} of {}", tier_idx, at, rule
                );
            }
        }
    }

    /// Kleene: no completion of the unknown values changes a true or a false, neither of the whole
    /// nor of a criterion or a tier.
    ///
    /// What is taken over all areas (means, percentiles, the list of a cut) is taken over those
    /// that have the fact, by definition: here such things are made of `y`, whose gaps stay. So is
    /// the order among ties, and the share of people counts those that are known.
    #[test]
    fn no_completion_changes_a_sure_answer(
        mut town in town(0.3), other in town(0.0), rule in whole_rule(),
    ) {
        let rule = rule.replace(THEN_BY, "");
        let filled = town.filled(&shaped(&other, town.n()));
        if rule.contains("share-of-people") {
            town.people = filled.people.clone();
        }
        let (before, after) = (chosen(&town, &rule), chosen(&filled, &rule));
        let names: Vec<String> = before.names().map(str::to_owned).collect();
        for at in 0..town.n() {
            let (was, is) = (before.outcomes()[at], after.outcomes()[at]);
            prop_assert!(
                was == Truth::Unknown || was == is,
                "{was:?} became {is:?} in {at}\n{rule}\n{}\n{}",
                before.sentence(at).en, after.sentence(at).en
            );
            for name in &names {
                let (was, is) = (before.holds(name, at), after.holds(name, at));
                prop_assert!(was == Some(Truth::Unknown) || was == is, "{name} in {at}\n{rule}");
            }
        }
    }

    /// An area is selected exactly where a complete chain of criteria that are met makes the rule
    /// true, and not selected where one makes it false; each criterion is met or not as its own
    /// value and limit say; counts are those of the criteria that are met.
    #[test]
    fn what_is_selected_has_a_complete_chain_of_reasons(town in town(0.3), rule in whole_rule()) {
        let selection = chosen(&town, &rule);
        for at in 0..town.n() {
            let finding = selection.finding(at);
            for criterion in finding.criteria() {
                prop_assert_eq!(criterion.truth, by_value(criterion), "{:?}", criterion);
            }
            let (for_it, against_it) = (chain(&finding, true), chain(&finding, false));
            let expected = match (&for_it, &against_it) {
                (Some(_), None) => Truth::True,
                (None, Some(_)) => Truth::False,
                (None, None) => Truth::Unknown,
                (Some(_), Some(_)) => panic!("{at} has reasons both ways\n{rule}"),
            };
            prop_assert_eq!(selection.outcomes()[at], expected, "{} of {}", at, rule);
            let met = finding.criteria().iter().filter(|c| c.truth == Truth::True).count();
            let of_chain: Vec<&Criterion> =
                for_it.iter().flatten().filter(|c| c.truth == Truth::True).copied().collect();
            prop_assert!(of_chain.len() <= met);
            // What counts named criteria counts those that hold.
            for criterion in finding.criteria() {
                if criterion.label.en != texts("select.fact-criteria-met", &[]).en {
                    continue;
                }
                let holds = |name| selection.holds(name, at).unwrap();
                let sure = ["c0", "c1"].map(holds).iter().filter(|t| **t == Truth::True).count();
                let out = ["c0", "c1"].map(holds).iter().filter(|t| **t == Truth::False).count();
                prop_assert_eq!(criterion.value, sure as f64);
                prop_assert_eq!(criterion.value_high, (2 - out) as f64);
            }
            let word = match expected {
                Truth::True => "Selected:",
                Truth::False => "Not selected:",
                Truth::Unknown => "Unknown:",
            };
            prop_assert!(selection.sentence(at).en.starts_with(word));
        }
    }
}

/// The answer of a criterion from what it shows: its value or bounds, its operator, its limit.
fn by_value(criterion: &Criterion) -> Truth {
    let Criterion { value, value_high, op, limit, .. } = criterion;
    if value.is_nan() || limit.is_nan() {
        // An area without neighbours has no share, which the rule settles.
        let settled = criterion.id == "around.neighbours";
        return if settled { Truth::False } else { Truth::Unknown };
    }
    let compared = |value: f64| match op {
        Operator::Above => value > *limit,
        Operator::AtLeast => value >= *limit,
        Operator::Below => value < *limit,
        Operator::AtMost => value <= *limit,
    };
    match (compared(*value), compared(*value_high)) {
        (true, true) => Truth::True,
        (false, false) => Truth::False,
        (true, false) | (false, true) => Truth::Unknown,
    }
}

/// Criteria whose answers are known and that together make the finding what is wanted; `None`
/// where no such chain is complete.
fn chain(finding: &Finding, wanted: bool) -> Option<Vec<&Criterion>> {
    let every = |parts: &[&'_ Finding], wanted: bool| -> usize {
        parts.iter().filter(|part| chain(part, wanted).is_some()).count()
    };
    let parts: Vec<&Finding> = match finding {
        Finding::All { parts, .. }
        | Finding::Any { parts, .. }
        | Finding::AtLeast { parts, .. } => parts.iter().collect(),
        Finding::Points { parts, .. } => parts.iter().map(|(_, part)| part).collect(),
        Finding::Not { part, .. } => return chain(part, !wanted),
        Finding::Named { part, .. } => return chain(part, wanted),
        Finding::Criterion(criterion) => {
            return (by_value(criterion) == Truth::of(wanted)).then(|| vec![&**criterion]);
        }
    };
    let held = every(&parts, wanted);
    let is_complete = match (finding, wanted) {
        (Finding::All { .. }, true) | (Finding::Any { .. }, false) => held == parts.len(),
        (Finding::All { .. }, false) | (Finding::Any { .. }, true) => held > 0,
        (Finding::AtLeast { k, .. }, true) => held >= *k,
        (Finding::AtLeast { k, .. }, false) => parts.len() - held < *k,
        (Finding::Points { pass, parts, .. }, _) => {
            let all: f64 = parts.iter().map(|(points, _)| points).sum();
            let held = parts.iter().filter(|(_, part)| chain(part, wanted).is_some());
            let held: f64 = held.map(|(points, _)| points).sum();
            if wanted { held >= pass - 1e-9 } else { all - held < pass - 1e-9 }
        }
        (Finding::Not { .. } | Finding::Named { .. } | Finding::Criterion(_), _) => {
            unreachable!("they have returned")
        }
    };
    is_complete
        .then(|| parts.into_iter().filter_map(|part| chain(part, wanted)).flatten().collect())
}

/// A plain reading of a rule in a town of which everything is known: two-valued, area by area,
/// as a clerk would do it.
struct Reader<'a> {
    town: &'a Town,
    file: RuleFile,
    selected: Vec<bool>,
}

impl<'a> Reader<'a> {
    fn of(town: &'a Town, file: RuleFile) -> Self {
        let mut reader = Self { town, file, selected: Vec::new() };
        reader.selected = reader.select();
        reader
    }

    fn n(&self) -> usize {
        self.town.n()
    }

    fn held(&self, back: usize, name: &str, at: usize) -> bool {
        let name_idx = NAMES.iter().position(|known| *known == name).unwrap();
        self.town.past[back].held[name_idx][at].unwrap()
    }

    /// The rule with the residents that it asks for.
    fn itself(&self, at: usize) -> bool {
        let people = self.town.people[at].unwrap();
        let range = self.file.around.as_ref().and_then(|around| around.population.as_ref());
        let fits = range.is_none_or(|range| {
            range.at_least.is_none_or(|least| people >= least)
                && range.at_most.is_none_or(|most| people <= most)
        });
        self.rule(&self.file.rule, at) && fits
    }

    fn select(&self) -> Vec<bool> {
        let around = self.file.around.clone().unwrap_or_default();
        let on = |list: &[crate::project::Exclusion], at| {
            list.iter().any(|entry| entry.area.as_str() == id(at))
        };
        let first: Vec<bool> = (0..self.n()).map(|at| self.with_years(&around, at)).collect();
        let eligible: Vec<bool> = (0..self.n())
            .map(|at| {
                let among = around.neighbours.as_ref().is_some_and(|adjacency| {
                    let near: Vec<usize> =
                        (0..self.n()).filter(|&other| self.town.near[at][other]).collect();
                    let n = near.iter().filter(|&&other| first[other]).count();
                    !near.is_empty()
                        && n as f64 / near.len() as f64 >= adjacency.share
                        && adjacency.rule.as_ref().is_none_or(|rule| self.rule(rule, at))
                });
                (first[at] || among || on(&around.keep, at)) && !on(&around.exclude, at)
            })
            .collect();
        let capped: Vec<bool> = (0..self.n())
            .map(|at| {
                eligible[at]
                    && around.cap_per_parent.as_ref().is_none_or(|cap| {
                        let same = |other: usize| self.town.parent[other] == self.town.parent[at];
                        let ahead = self.ahead(
                            &eligible,
                            &self.stands(cap.by.as_ref(), None),
                            cap.ties,
                            at,
                        );
                        ahead.iter().filter(|&&other| same(other)).count() < cap.areas
                    })
            })
            .collect();
        (0..self.n())
            .map(|at| {
                capped[at]
                    && around.at_most.as_ref().is_none_or(|cut| {
                        let stands = self.stands(cut.by.as_ref(), cut.then_by.as_ref());
                        let ahead = self.ahead(&capped, &stands, cut.ties, at);
                        match cut.take {
                            Take::Areas(n) => ahead.len() < n,
                            Take::ShareOfAreas(share) => {
                                ahead.len() < (share * self.n() as f64 + 1e-9).floor() as usize
                            }
                            Take::ShareOfPeople(share) => {
                                let people = |at: &usize| self.town.people[*at].unwrap();
                                let all: f64 = (0..self.n()).map(|at| people(&at)).sum();
                                ahead.iter().map(people).sum::<f64>() / all < share
                            }
                        }
                    })
            })
            .collect()
    }

    /// Where each area stands in a list; the smallest comes first, and the same place is a tie.
    fn stands(&self, by: Option<&By>, then_by: Option<&By>) -> Vec<(f64, f64)> {
        let keys = |by: &By| -> Vec<f64> {
            let sign = if by.first == End::Largest { -1.0 } else { 1.0 };
            self.column(&by.fact, &by.transforms).iter().map(|x| sign * x).collect()
        };
        let by_score = || self.column(&Fact::Score, &[]).iter().map(|x| -x).collect();
        let first = by.map_or_else(by_score, keys);
        let second = then_by.map_or(vec![0.0; self.n()], keys);
        first.into_iter().zip(second).collect()
    }

    /// The candidates that come before an area, those that tie with it among them where ties stay
    /// out together.
    fn ahead(&self, of: &[bool], stands: &[(f64, f64)], ties: CutTies, at: usize) -> Vec<usize> {
        let comes = |other: usize| match ties {
            CutTies::AllIn => stands[other] < stands[at],
            CutTies::NoneIn => stands[other] <= stands[at] && other != at,
        };
        (0..self.n()).filter(|&other| of[other] && comes(other)).collect()
    }

    fn with_years(&self, around: &Around, at: usize) -> bool {
        let mut holds = self.itself(at);
        if let Some(persistence) = &around.persistence {
            let before = (0..usize::from(persistence.years) - 1)
                .filter(|&back| self.held(back, "rule", at))
                .count();
            let asked = persistence.at_least.unwrap_or(persistence.years);
            holds = holds && 1 + before >= usize::from(asked);
        }
        if let Some(stays) = &around.stays {
            holds |= (0..usize::from(stays.years)).any(|back| self.held(back, "rule", at));
        }
        holds
    }

    fn in_tier(&self, tier_idx: usize, at: usize) -> bool {
        let tier = &self.file.tiers[tier_idx];
        let outer = tier.within.as_ref().is_none_or(|within| {
            let outer = self.file.tiers.iter().position(|tier| &tier.id == within).unwrap();
            self.in_tier(outer, at)
        });
        self.selected[at] && outer && self.rule(&tier.rule, at)
    }

    fn rule(&self, rule: &Rule, at: usize) -> bool {
        match rule {
            Rule::All(parts) => parts.iter().all(|part| self.rule(part, at)),
            Rule::Any(parts) => parts.iter().any(|part| self.rule(part, at)),
            Rule::AtLeast(AtLeast { k, of }) => {
                of.iter().filter(|part| self.rule(part, at)).count() >= *k
            }
            Rule::Not(part) => !self.rule(part, at),
            Rule::Points(points) => {
                let held = points.of.iter().filter(|scored| self.rule(&scored.rule, at));
                held.map(|scored| scored.points).sum::<f64>() >= points.pass - 1e-9
            }
            Rule::Compare(Comparison { fact, transforms, op, limit }) => {
                let column = self.column(fact, transforms);
                op.holds(column[at], self.limit(limit, &column, at))
            }
            Rule::Between(Between { fact, transforms, from, to }) => {
                let column = self.column(fact, transforms);
                column[at] >= self.limit(from, &column, at)
                    && column[at] <= self.limit(to, &column, at)
            }
            Rule::Worst(cut) => self.is_among(cut, at),
            Rule::Criterion(name) => self.rule(&self.file.criteria[name].rule, at),
            Rule::Parent(OneOf { one_of }) => {
                one_of.iter().any(|name| name == PARENTS[self.town.parent[at].unwrap()])
            }
        }
    }

    /// Whether an area is in a cut: those of its tie are in or out together.
    fn is_among(&self, cut: &Cut, at: usize) -> bool {
        let stands = self.stands(cut.by.as_ref(), cut.then_by.as_ref());
        let before = (0..self.n()).filter(|&other| stands[other] < stands[at]).count();
        let until = (0..self.n()).filter(|&other| stands[other] <= stands[at]).count();
        let wanted = match cut.take {
            Take::Areas(n) => n.min(self.n()),
            Take::ShareOfAreas(share) => (share * self.n() as f64 + 1e-9).floor() as usize,
            Take::ShareOfPeople(_) => unreachable!("not drawn: it needs an order among ties"),
        };
        match cut.ties {
            CutTies::AllIn => before < wanted,
            CutTies::NoneIn => until <= wanted,
        }
    }

    fn limit(&self, limit: &Limit, column: &[f64], at: usize) -> f64 {
        let n = column.len() as f64;
        let mean = column.iter().sum::<f64>() / n;
        match limit {
            Limit::Value(value) => *value,
            Limit::Mean(RelativeToMean { times, plus_sd, .. }) => {
                let squares: f64 = column.iter().map(|x| (x - mean) * (x - mean)).sum();
                let on_top =
                    if *plus_sd == 0.0 { 0.0 } else { plus_sd * (squares / (n - 1.0)).sqrt() };
                times * mean + on_top
            }
            Limit::Median(Times { times }) => {
                let mut sorted = column.to_vec();
                sorted.sort_by(f64::total_cmp);
                let (low, high) = ((sorted.len() - 1) / 2, sorted.len() / 2);
                times * (sorted[low] + sorted[high]) / 2.0
            }
            Limit::Percentile(_) => unreachable!("not drawn"),
            Limit::Sum(terms) => {
                let of = |term: &Term| term.times * self.column(&term.fact, &term.transforms)[at];
                terms.iter().map(of).sum()
            }
        }
    }

    /// A fact in each area, after what is made of it.
    fn column(&self, fact: &Fact, transforms: &[Transform]) -> Vec<f64> {
        let known =
            |values: &[Option<f64>]| values.iter().map(|x| x.unwrap()).collect::<Vec<f64>>();
        let count =
            |held: &dyn Fn(usize) -> usize| (0..self.n()).map(|at| held(at) as f64).collect();
        let mut column: Vec<f64> = match fact {
            Fact::Score => known(&self.town.x),
            Fact::Indicator(name) if name.as_str() == "x" => known(&self.town.x),
            Fact::Indicator(_) => known(&self.town.y),
            Fact::Population => known(&self.town.people),
            Fact::CriteriaMet(names) => count(&|at| {
                names.iter().filter(|name| self.rule(&self.file.criteria[*name].rule, at)).count()
            }),
            Fact::YearsHeld(YearsHeld { of, last_years, before_this_year }) => count(&|at| {
                let years = usize::from(*last_years);
                let back = if *before_this_year { years } else { years - 1 };
                let now = !before_this_year && self.rule(&self.file.criteria[of].rule, at);
                (0..back).filter(|&back| self.held(back, of, at)).count() + usize::from(now)
            }),
            Fact::Rank | Fact::Domain(_) | Fact::Process(_) | Fact::ShareOfChildren(_) => {
                unreachable!("not drawn")
            }
        };
        for transform in transforms {
            let n = column.len() as f64;
            let mean = column.iter().sum::<f64>() / n;
            let past = |back: usize, at: usize| self.town.past[back].x[at].unwrap();
            column = match transform {
                Transform::Level => column,
                Transform::RatioToMean(_) if mean == 0.0 => vec![f64::NAN; column.len()],
                Transform::RatioToMean(_) => column.iter().map(|x| x / mean).collect(),
                Transform::RatioTo(ratio) => column.iter().map(|x| x / ratio.value).collect(),
                Transform::Percentile(_) => {
                    let place = |x: &f64| {
                        let below = column.iter().filter(|other| *other < x).count() as f64;
                        let same = column.iter().filter(|other| *other == x).count() as f64;
                        (below + (same + 1.0) / 2.0) / n
                    };
                    column.iter().map(place).collect()
                }
                Transform::ZScore(_) => {
                    let squares: f64 = column.iter().map(|x| (x - mean) * (x - mean)).sum();
                    let sd = (squares / (n - 1.0)).sqrt();
                    let z = |x: &f64| if sd > 0.0 { (x - mean) / sd } else { f64::NAN };
                    column.iter().map(z).collect()
                }
                Transform::MeanOfYears(mean) => (0..column.len())
                    .map(|at| {
                        let before = usize::from(mean.years) - 1;
                        let sum: f64 = (0..before).map(|back| past(back, at)).sum();
                        (column[at] + sum) / f64::from(mean.years)
                    })
                    .collect(),
                Transform::ChangeSince(change) => {
                    let back = (YEAR - 1 - change.year) as usize;
                    (0..column.len()).map(|at| column[at] - past(back, at)).collect()
                }
                Transform::RankWithinParent(_) => unreachable!("not drawn"),
            };
        }
        column
    }
}

/// Another town cut or repeated to this size, of which only values are used.
fn shaped(town: &Town, n: usize) -> Town {
    fn again<T: Clone>(values: &[T], n: usize) -> Vec<T> {
        values.iter().cycle().take(n).cloned().collect()
    }
    Town {
        x: again(&town.x, n),
        y: again(&town.y, n),
        people: again(&town.people, n),
        parent: again(&town.parent, n),
        near: Vec::new(),
        past: [0, 1].map(|back| Past {
            x: again(&town.past[back].x, n),
            held: [0, 1, 2].map(|at| again(&town.past[back].held[at], n)),
        }),
    }
}

/// A town of 3 to 8 areas of which this share of the facts is missing. The first area has a value,
/// residents and a parent, so that there is a score and no fact is missing everywhere.
fn town(missing: f64) -> impl Strategy<Value = Town> {
    (3..=8_usize).prop_flat_map(move |n| {
        let value = || (-4..5_i32).prop_map(f64::from);
        let values = move || column(n, missing, value().boxed());
        let held = move || [(); 3].map(|()| column(n, missing, any::<bool>().boxed()));
        let past = move || (values(), held()).prop_map(|(x, held)| Past { x, held });
        (
            (value(), values(), column(n, missing, (1..9_i32).prop_map(f64::from).boxed())),
            column(n, missing, (1..6_i32).prop_map(|p| 100.0 * f64::from(p)).boxed()),
            column(n, missing, (0..2_usize).boxed()),
            prop::collection::vec(prop::bool::weighted(0.4), n * n),
            [past(), past()],
        )
            .prop_map(
                move |((first, mut x, mut y), mut people, mut parent, pairs, past)| {
                    x[0] = Some(first);
                    // Neither constant nor of mean 0, where ratios and deviations are not defined.
                    y[0] = Some(0.5);
                    people[0] = people[0].or(Some(100.0));
                    parent[0] = parent[0].or(Some(0));
                    let near = |a: usize, b: usize| a != b && pairs[a.min(b) * n + a.max(b)];
                    let near = (0..n).map(|a| (0..n).map(|b| near(a, b)).collect()).collect();
                    Town { x, y, people, parent, near, past }
                },
            )
    })
}

/// So many facts, of which a share is missing.
fn column<T: Clone + std::fmt::Debug + 'static>(
    n: usize,
    missing: f64,
    value: BoxedStrategy<T>,
) -> BoxedStrategy<Vec<Option<T>>> {
    let one = match missing > 0.0 {
        true => prop::option::weighted(1.0 - missing, value).boxed(),
        false => value.prop_map(Some).boxed(),
    };
    prop::collection::vec(one, n).boxed()
}

/// A whole rule file with everything that the language has.
fn whole_rule() -> impl Strategy<Value = String> {
    let criterion = prop_oneof![
        leaf(false),
        (leaf(false), leaf(false)).prop_map(|(a, b)| { format!("any = [{{ {a} }}, {{ {b} }}]") })
    ];
    (tree(), criterion.clone(), criterion, around(), prop::collection::vec(leaf(true), 0..3), 0..3_usize)
        .prop_map(|(rule, c0, c1, around, tiers, shape)| {
            let mut text = format!(
                "version = 1\nid = \"r\"\ntitle = {{ nb = \"R\", en = \"R\" }}\nsource = \"t\"\n\
                 rule = {{ {rule} }}\n\
                 [[fact]]\nid = \"y\"\ntitle = {{ nb = \"Y\", en = \"Y\" }}\n\
                 [criteria.c0]\nrule = {{ {c0} }}\n\
                 [criteria.c1]\ntitle = {{ nb = \"C1\", en = \"C1\" }}\nrule = {{ {c1} }}\n{around}"
            );
            for (at, tier) in tiers.iter().enumerate() {
                // A tier within the one before it, or in the one after it, or on its own.
                let within = match (at, shape) {
                    (1, 0) => "within = \"t0\"\n",
                    (0, 1) if tiers.len() == 2 => "within = \"t1\"\n",
                    _ => "",
                };
                text += &format!(
                    "[[tier]]\nid = \"t{at}\"\n{within}title = {{ nb = \"t\", en = \"t\" }}\nrule = {{ {tier} }}\n"
                );
            }
            text
        })
}

/// A tree of criteria.
fn tree() -> impl Strategy<Value = String> {
    leaf(true).prop_recursive(3, 14, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let join = |parts: &[String]| {
            parts.iter().map(|p| format!("{{ {p} }}")).collect::<Vec<_>>().join(", ")
        };
        prop_oneof![
            2 => list.clone().prop_map(move |parts| format!("all = [{}]", join(&parts))),
            2 => list.clone().prop_map(move |parts| format!("any = [{}]", join(&parts))),
            2 => (list.clone(), 1..4_usize).prop_map(move |(parts, k)| {
                format!("at-least = {{ k = {}, of = [{}] }}", k.min(parts.len()), join(&parts))
            }),
            2 => (list, prop::collection::vec(1..5_u32, 3), 0.1..1.0_f64).prop_map(
                |(parts, points, share)| {
                    // Points of 0.7, 1.4, …, and a pass mark that can be reached.
                    let points: Vec<f64> =
                        points.iter().take(parts.len()).map(|p| f64::from(*p) * 0.7).collect();
                    let pass = (share * points.iter().sum::<f64>() * 10.0).ceil() / 10.0;
                    let of: Vec<String> = parts
                        .iter()
                        .zip(&points)
                        .map(|(part, points)| {
                            format!("{{ points = {points}, rule = {{ {part} }} }}")
                        })
                        .collect();
                    let pass = pass.min(points.iter().sum());
                    format!("points = {{ pass = {pass}, of = [{}] }}", of.join(", "))
                }
            ),
            1 => inner.prop_map(|part| format!("not = {{ {part} }}")),
        ]
    })
}

/// One criterion. Within a named criterion there are no references to named ones.
fn leaf(may_refer: bool) -> BoxedStrategy<String> {
    let op = prop::sample::select(vec![">", ">=", "<", "<="]);
    let fact = prop::sample::select(vec!["\"score\"", "{ indicator = \"x\" }"]);
    let own = prop::sample::select(vec![
        "",
        "as = \"level\", ",
        "as = { ratio-to = { value = 2 } }, ",
        "as = { ratio-to = { value = -2 } }, ",
        "as = { mean-of-years = { years = 2 } }, ",
        "as = [{ mean-of-years = { years = 3 } }, { ratio-to = { value = 2 } }], ",
        "as = { change-since = { year = 2023 } }, ",
        "as = { change-since = { year = 2022 } }, ",
    ]);
    let local = (fact, own, op.clone(), -4..5_i32).prop_map(|(fact, own, op, limit)| {
        format!("compare = {{ fact = {fact}, {own}op = \"{op}\", limit = {{ value = {limit} }} }}")
    });
    // Limits that no value meets to the last bit, where a mean or a deviation is divided by.
    let relative = (
        prop::sample::select(vec![
            "as = { ratio-to-mean = {} }, ",
            "as = { z-score = {} }, ",
            "as = { percentile = { share = \"rank-over-n\", ties = \"average\" } }, ",
            "as = [{ ratio-to = { value = 3 } }, { z-score = {} }], ",
        ]),
        op.clone(),
        prop::sample::select(vec!["0.37", "0.613", "0.879"]),
    )
        .prop_map(|(own, op, limit)| {
            format!(
                "compare = {{ fact = {{ indicator = \"y\" }}, {own}op = \"{op}\", limit = {{ value = {limit} }} }}"
            )
        });
    let computed = (
        op.clone(),
        prop::sample::select(vec![
            "{ mean = { times = 1.013 } }",
            "{ mean = { plus-sd = 0.717 } }",
            "{ median = {} }",
            "{ median = { times = 0.6 } }",
            "{ sum = [{ times = 0.5, fact = { indicator = \"x\" } }, { fact = \"score\" }] }",
        ]),
    )
        .prop_map(|(op, limit)| {
            format!(
                "compare = {{ fact = {{ indicator = \"y\" }}, op = \"{op}\", limit = {limit} }}"
            )
        });
    let between = (-4..2_i32, 0..4_i32).prop_map(|(from, width)| {
        format!(
            "between = {{ fact = \"score\", from = {{ value = {from} }}, to = {{ value = {} }} }}",
            from + width
        )
    });
    let people = (op, 1..6_u32).prop_map(|(op, hundreds)| {
        format!(
            "compare = {{ fact = \"population\", op = \"{op}\", limit = {{ value = {} }} }}",
            100 * hundreds
        )
    });
    let cut = (
        prop::sample::select(vec!["areas = 1", "areas = 3", "share-of-areas = 0.4"]),
        prop::sample::select(vec!["all-in", "none-in"]),
        prop::sample::select(vec!["largest", "smallest"]),
        prop::sample::select(vec!["", THEN_BY]),
    )
        .prop_map(|(take, ties, first, then)| {
            format!(
                "worst = {{ take = {{ {take} }}, ties = \"{ties}\", by = {{ fact = {{ indicator = \"y\" }}, first = \"{first}\" }}{then} }}"
            )
        });
    let parent = Just("parent = { one-of = [\"east\"] }".to_owned());
    let plain = prop_oneof![
        4 => local, 2 => relative, 2 => computed, 1 => between, 1 => people, 2 => cut, 1 => parent
    ];
    if !may_refer {
        return plain.boxed();
    }
    let named = prop::sample::select(vec!["c0", "c1"]).prop_map(|c| format!("criterion = \"{c}\""));
    let counted = prop::sample::select(vec![
        "fact = { criteria-met = [\"c0\", \"c1\"] }, op = \">=\", limit = { value = 1 }",
        "fact = { criteria-met = [\"c0\", \"c1\"] }, op = \"<\", limit = { value = 2 }",
        "fact = { criteria-met = [\"c0\", \"c1\"] }, as = { ratio-to = { value = 2 } }, op = \">\", limit = { value = 0.5 }",
        "fact = { years-held = { of = \"c0\", last-years = 3 } }, op = \">=\", limit = { value = 2 }",
        "fact = { years-held = { of = \"c1\", last-years = 2 } }, op = \"<\", limit = { value = 2 }",
        "fact = { years-held = { of = \"rule\", last-years = 2, before-this-year = true } }, op = \">=\", limit = { value = 1 }",
    ])
    .prop_map(|body| format!("compare = {{ {body} }}"));
    prop_oneof![4 => plain, 1 => named, 2 => counted].boxed()
}

/// What is done around the rule; each part in about a third of the rules.
fn around() -> impl Strategy<Value = String> {
    let some = |lines: Vec<&'static str>| prop::option::weighted(0.35, prop::sample::select(lines));
    let listed = || prop::option::weighted(0.35, 0..8_usize);
    let parts = (
        some(vec![
            "population = { at-least = 200 }",
            "population = { at-least = 100, at-most = 400 }",
        ]),
        some(vec!["persistence = { years = 2 }", "persistence = { years = 3, at-least = 2 }"]),
        some(vec!["stays = { years = 1 }", "stays = { years = 2 }"]),
        some(vec![
            "neighbours = { share = 0.5 }",
            "neighbours = { share = 1.0, rule = { criterion = \"c1\" } }",
            "neighbours = { share = 0.3, rule = { compare = { fact = \"score\", op = \">\", limit = { value = 0 } } } }",
        ]),
        some(vec![
            "cap-per-parent = { areas = 1 }",
            "cap-per-parent = { areas = 2, ties = \"none-in\" }",
            "cap-per-parent = { areas = 1, by = { fact = { indicator = \"y\" }, first = \"smallest\" } }",
        ]),
        some(vec![
            "at-most = { take = { areas = 2 } }",
            "at-most = { take = { areas = 3 }, ties = \"none-in\" }",
            "at-most = { take = { share-of-areas = 0.5 } }",
            "at-most = { take = { areas = 2 }, by = { fact = { indicator = \"y\" } }, then-by = { fact = \"score\" } }",
            "at-most = { take = { share-of-people = 0.4 } }",
            "at-most = { take = { share-of-people = 0.6 }, ties = \"none-in\" }",
        ]),
        listed(),
        listed(),
    );
    parts.prop_map(|(people, persistence, stays, near, cap, most, keep, exclude)| {
        let list = |key: &str, at: usize| {
            let area = id(at);
            format!("{key} = [{{ area = \"{area}\", reason = {{ nb = \"g\", en = \"g\" }} }}]")
        };
        let lines: Vec<String> = [people, persistence, stays, near, cap, most]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain(keep.map(|at| list("keep", at)))
            // Both at once would be an error.
            .chain(exclude.filter(|_| exclude != keep).map(|at| list("exclude", at)))
            .collect();
        if lines.is_empty() { String::new() } else { format!("[around]\n{}\n", lines.join("\n")) }
    })
}
