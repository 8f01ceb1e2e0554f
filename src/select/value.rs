//! What is the value of a fact in each area?

use std::sync::Arc;

use super::file::FactOf;
use super::leaf::Values;
use super::resolve::Resolver;
use super::term::{Fact, ShareOfChildren, Transform, YearsHeld};
use super::truth::Truth;
use super::{Facts, SelectError, texts, transform};
use crate::beside::PastYear;
use crate::indicator::{CellState, Column, IndicatorId};
use crate::language::{Language, Text, message};
use crate::notice::Notice;
use crate::suggest::nearest;

/// A fact in each area, and how it is spoken of.
pub(super) struct Known {
    pub(super) label: Text,
    pub(super) unit: Text,
    pub(super) decimals: usize,
    pub(super) values: Values,
    pub(super) year: Option<i32>,
    pub(super) states: Option<Arc<[CellState]>>,
    pub(super) remarks: Option<Arc<[Option<Text>]>>,
}

impl Known {
    fn plain(key: &str, decimals: usize, values: Vec<f64>) -> Self {
        Self::of(texts(key, &[]), decimals, Values::known(values))
    }

    fn of(label: Text, decimals: usize, values: Values) -> Self {
        let unit = Text::same("");
        Self { label, unit, decimals, values, year: None, states: None, remarks: None }
    }
}

impl Resolver<'_> {
    /// The fact, after what is made of it.
    pub(super) fn value(
        &self,
        fact: &Fact,
        transforms: &[Transform],
        at: &str,
    ) -> Result<Known, SelectError> {
        let mut known = self.fact(fact, at)?;
        known.year = self.beside_year();
        for (step, transform) in transforms.iter().enumerate() {
            let areas = self.areas();
            if !transform::has_what_it_needs(transform, areas) {
                return Err(self.parameter(
                    &format!("{at}.as"),
                    "it looks at the parent or the residents of areas, which the table does not have",
                    "name their columns with `parent = \"…\"` and `population = \"…\"` under `[areas]`",
                ));
            }
            let over_years = match transform {
                Transform::MeanOfYears(_) | Transform::ChangeSince(_) if step > 0 => {
                    return Err(self.parameter(
                        &format!("{at}.as"),
                        "it looks at other years after another step",
                        "let `mean-of-years` or `change-since` be the first step",
                    ));
                }
                Transform::MeanOfYears(_) | Transform::ChangeSince(_) => true,
                Transform::Level
                | Transform::RatioToMean(_)
                | Transform::RatioTo(_)
                | Transform::Percentile(_)
                | Transform::ZScore(_)
                | Transform::RankWithinParent(_) => false,
            };
            let apply = |values: &[f64]| transform::apply(transform, values, areas);
            known.values = if over_years {
                Values::known(self.over_years(fact, transform, &known.values.low, at)?)
            } else {
                match (&known.values.high, transform) {
                    (_, Transform::Level) => known.values,
                    (None, _) => Values::known(apply(&known.values.low)),
                    // Only a division by a number keeps the bounds of a fact that hangs on
                    // something unknown; for the others such a fact is missing.
                    (Some(high), Transform::RatioTo(ratio)) if ratio.value > 0.0 => {
                        Values::within(apply(&known.values.low), apply(high))
                    }
                    (Some(high), _) => {
                        let pairs = known.values.low.iter().zip(high.iter());
                        let sure = pairs.map(|(l, h)| if l == h { *l } else { f64::NAN });
                        Values::known(apply(&sure.collect::<Vec<f64>>()))
                    }
                }
            };
            let (label, decimals) = transform::describe(transform, &known.label);
            known.label = label;
            if let Some(decimals) = decimals {
                known.decimals = decimals;
                known.unit = Text::same("");
            }
        }
        Ok(known)
    }

    pub(super) fn beside_year(&self) -> Option<i32> {
        self.facts.table.beside().and_then(|beside| beside.year)
    }

    fn fact(&self, fact: &Fact, at: &str) -> Result<Known, SelectError> {
        let Facts { ranking, domains, definition, .. } = *self.facts;
        Ok(match fact {
            Fact::Score => Known::plain("select.fact-score", 3, ranking.scores().to_vec()),
            Fact::Rank => Known::plain("select.fact-rank", 0, ranking.ranks().to_vec()),
            Fact::Population => {
                let people = self.areas().iter().map(|a| a.population.unwrap_or(f64::NAN));
                Known::plain("select.fact-population", 0, people.collect())
            }
            Fact::Domain(id) => {
                let Some(domain) = domains.iter().find(|d| &d.id == id) else {
                    let known = domains.iter().map(|d| &d.id).collect();
                    return Err(self.unknown("domain", id, known, &format!("{at}.fact")));
                };
                let title = definition.domain(id).map(|d| d.title.clone());
                let label = title.unwrap_or_else(|| Text::same(id.as_str()));
                Known::of(label, 3, Values::known(domain.values.clone()))
            }
            Fact::Indicator(id) => self.indicator(id, at)?,
            Fact::Process(id) => {
                let mut known = self.indicator(id, at)?;
                let beside = self.facts.table.beside();
                let judged = beside.and_then(|b| b.judgements.iter().find(|j| &j.fact == id));
                let Some(judged) = judged else {
                    return Err(self.parameter(
                        &format!("{at}.fact"),
                        format!("nobody is named who judged `{id}`"),
                        "describe it as a `[[fact]]` with \
                         `judged = { author = \"column\", date = \"column\" }`",
                    ));
                };
                known.remarks = Some(judged.by.clone().into());
                known.decimals = 2;
                known
            }
            Fact::CriteriaMet(names) => {
                let mut of = Vec::with_capacity(names.len());
                for name in names {
                    of.extend(self.named(name)?);
                }
                let n = self.areas().len();
                let count = |wanted: &dyn Fn(Truth) -> bool| -> Vec<f64> {
                    let truths = |at| of.iter().filter(|part| wanted(part.truth(at))).count();
                    (0..n).map(|at| truths(at) as f64).collect()
                };
                let low = count(&|truth| truth == Truth::True);
                let high = count(&|truth| truth != Truth::False);
                let label = texts("select.fact-criteria-met", &[]);
                Known::of(label, 0, Values::within(low, high))
            }
            Fact::YearsHeld(held) => self.years_held(held)?,
            Fact::ShareOfChildren(share) => self.share_of_children(share, at)?,
        })
    }

    fn indicator(&self, id: &IndicatorId, at: &str) -> Result<Known, SelectError> {
        let definition = self.facts.definition;
        let of_index = if self.of == FactOf::Areas { definition.indicator(id) } else { None };
        let own = self.file.facts.iter().find(|fact| &fact.id == id && fact.of == self.of);
        let (title, unit) = match (of_index, own) {
            (Some(indicator), _) => (&indicator.title, &indicator.unit),
            (None, Some(own)) => (&own.title, &own.unit),
            (None, None) => {
                let known = definition.indicators.iter().map(|i| &i.id);
                let known = known.chain(self.file.facts.iter().map(|fact| &fact.id)).collect();
                return Err(self.unknown("indicator", id, known, &format!("{at}.fact")));
            }
        };
        let beside = self.table.beside();
        let column = self.table.column(id).or_else(|| {
            beside.and_then(|beside| beside.columns.iter().find(|column| column.indicator() == id))
        });
        let decimals = if unit.starts_with('%') { 1 } else { 0 };
        let (values, states) = match column {
            Some(column) => (column.values().to_vec(), column.states().to_vec()),
            // The table was read without the rule, or has no such column.
            None if own.is_some() => {
                let n = self.areas().len();
                (vec![f64::NAN; n], vec![CellState::NotAvailable; n])
            }
            None => {
                let known = self.table.columns().iter().map(Column::indicator).collect();
                return Err(self.unknown("indicator", id, known, &format!("{at}.fact")));
            }
        };
        let known = Known::of(title.clone(), decimals, Values::known(values));
        Ok(Known { unit: Text::same(unit), states: Some(states.into()), ..known })
    }

    fn unknown(
        &self,
        kind: &'static str,
        wanted: &IndicatorId,
        known: Vec<&IndicatorId>,
        at: &str,
    ) -> SelectError {
        let known: Vec<&str> = known.into_iter().map(IndicatorId::as_str).collect();
        let help = match nearest(wanted.as_str(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the index has no {kind}s"),
            None => format!("it has {}", known.join(", ")),
        };
        SelectError::UnknownFact {
            rule: self.file.id.clone(),
            kind,
            wanted: wanted.clone(),
            help,
            source_code: self.file.text.as_ref().map(|text| text.source()),
            span: self.file.text.as_ref().and_then(|text| text.label(at)),
        }
    }

    fn over_years(
        &self,
        fact: &Fact,
        transform: &Transform,
        now: &[f64],
        at: &str,
    ) -> Result<Vec<f64>, SelectError> {
        let Some(year) = self.beside_year() else {
            return Err(self.parameter(
                &format!("{at}.as"),
                "it looks at other years, and the table has no years",
                "set `year = { column = \"…\", use-year = … }` under `[areas]`",
            ));
        };
        let in_year = |wanted: i32| -> Result<Option<Vec<f64>>, SelectError> {
            let beside = self.facts.table.beside();
            let Some(past) = beside.and_then(|beside| beside.year_of(wanted)) else {
                return Ok(None);
            };
            of_past(fact, past).map(Some).ok_or_else(|| {
                self.parameter(
                    &format!("{at}.as"),
                    "it looks at other years of a fact that is not kept by year",
                    "score, rank, population, domains and indicators are",
                )
            })
        };
        if let Transform::ChangeSince(change) = transform {
            let Some(then) = in_year(change.year)? else {
                let years = self.facts.table.beside().map(|beside| &beside.past);
                let years: Vec<String> =
                    years.into_iter().flatten().map(|past| past.year.to_string()).collect();
                return Err(self.parameter(
                    &format!("{at}.as"),
                    format!("the table has no usable year {}", change.year),
                    match years.as_slice() {
                        [] => "it has no year before this one".to_owned(),
                        years => format!("its earlier years are {}", years.join(", ")),
                    },
                ));
            };
            let pairs = now.iter().zip(&then);
            return Ok(pairs
                .map(|(now, then)| match (change.relative, *then == 0.0) {
                    (false, _) => now - then,
                    (true, false) => (now - then) / then,
                    // From nothing to something is no share of nothing.
                    (true, true) => f64::NAN,
                })
                .collect());
        }
        let Transform::MeanOfYears(mean) = transform else { return Ok(now.to_vec()) };
        let mut sums: Vec<(f64, u16)> =
            now.iter().map(|x| if x.is_nan() { (0.0, 0) } else { (*x, 1) }).collect();
        for back in 1..i32::from(mean.years) {
            for (sum, x) in sums.iter_mut().zip(in_year(year - back)?.unwrap_or_default()) {
                if !x.is_nan() {
                    *sum = (sum.0 + x, sum.1 + 1);
                }
            }
        }
        let least = mean.at_least.unwrap_or(mean.years);
        let of = |(sum, n): (f64, u16)| if n >= least { sum / f64::from(n) } else { f64::NAN };
        Ok(sums.into_iter().map(of).collect())
    }

    /// Bounds where a year is not there or its answer is unknown.
    pub(super) fn years_held(&self, held: &YearsHeld) -> Result<Known, SelectError> {
        let n = self.areas().len();
        let (mut low, mut high) = (vec![0.0; n], vec![0.0; n]);
        let mut add = |of: &dyn Fn(usize) -> Truth| {
            for at in 0..n {
                let truth = of(at);
                low[at] += f64::from(u8::from(truth == Truth::True));
                high[at] += f64::from(u8::from(truth != Truth::False));
            }
        };
        let back = if held.before_this_year {
            1..=i32::from(held.last_years)
        } else {
            if let Some(part) = self.named(&held.of)? {
                add(&|at| part.truth(at));
            }
            1..=i32::from(held.last_years) - 1
        };
        let beside = self.facts.table.beside();
        if back.clone().next().is_some() && beside.is_none_or(|beside| beside.past.is_empty()) {
            let already = |notice: &Notice| notice.key == "notice.no-earlier-years";
            if !self.notices.borrow().iter().any(already) {
                self.tell(Notice::warning("notice.no-earlier-years"));
            }
        }
        for back in back {
            let past = beside.and_then(|b| b.year.and_then(|year| b.year_of(year - back)));
            let answers = past.and_then(|past| past.held.get(&held.of));
            add(&|at| match answers.and_then(|answers| answers[at]) {
                Some(answer) => Truth::of(answer),
                None => Truth::Unknown,
            });
        }
        let key = match held.before_this_year {
            true => "select.fact-years-held-before",
            false => "select.fact-years-held",
        };
        let of = self.title(&held.of);
        let n = held.last_years.to_string();
        let text =
            |language: Language| message(language, key, &[("n", &n), ("of", of.get(language))]);
        let label = Text { nb: text(Language::Nb), en: text(Language::En) };
        Ok(Known::of(label, 0, Values::within(low, high)))
    }

    fn share_of_children(&self, share: &ShareOfChildren, at: &str) -> Result<Known, SelectError> {
        let children = self.facts.table.beside().and_then(|beside| beside.children.as_ref());
        let Some(children) = children else {
            return Err(self.parameter(
                &format!("{at}.fact"),
                "it looks at the smaller areas within each area, which the project does not name",
                "name their table with `[children]` in the project file: \
                 `file`, `id`, `parent` and, for residents, `population`",
            ));
        };
        let inner = Resolver {
            table: &children.table,
            of: FactOf::Children,
            ..Resolver::new(self.file, self.facts)
        };
        let at = format!("{at}.fact.share-of-children.rule");
        let rule = inner.rule(&share.rule, &at)?;
        self.notices.borrow_mut().append(&mut inner.notices.borrow_mut());
        let n = self.areas().len();
        let (mut sure, mut possible, mut all) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let areas = children.table.areas();
        for (child_idx, parent) in children.parents.iter().enumerate() {
            let Some(parent) = parent.map(|parent| parent as usize) else { continue };
            let weight = match share.weighted_by_population {
                true => areas[child_idx].population.unwrap_or(f64::NAN),
                false => 1.0,
            };
            let truth = rule.as_ref().map_or(Truth::Unknown, |rule| rule.truth(child_idx));
            all[parent] += weight;
            sure[parent] += if truth == Truth::True { weight } else { 0.0 };
            possible[parent] += if truth == Truth::False { 0.0 } else { weight };
        }
        // An area without smaller areas has no share: 0 / 0.
        let of = |part: &[f64]| part.iter().zip(&all).map(|(x, all)| x / all).collect();
        let key = match share.weighted_by_population {
            true => "select.fact-share-of-child-people",
            false => "select.fact-share-of-children",
        };
        Ok(Known::of(texts(key, &[]), 3, Values::within(of(&sure), of(&possible))))
    }
}

/// A fact in an earlier year; `None` where that kind of fact is not kept.
fn of_past(fact: &Fact, past: &PastYear) -> Option<Vec<f64>> {
    let gaps = || vec![f64::NAN; past.scores.len()];
    match fact {
        Fact::Score => Some(past.scores.clone()),
        Fact::Rank => Some(past.ranks.clone()),
        Fact::Population => Some(past.population.clone()),
        Fact::Domain(id) => Some(past.domains.get(id).cloned().unwrap_or_else(gaps)),
        Fact::Indicator(id) | Fact::Process(id) => {
            Some(past.indicators.get(id).cloned().unwrap_or_else(gaps))
        }
        Fact::CriteriaMet(_) | Fact::YearsHeld(_) | Fact::ShareOfChildren(_) => None,
    }
}
