//! What do the criteria of a rule mean on these data?
//!
//! Looks up facts, computes relative limits and cuts, and leaves a tree whose leaves hold one
//! value an area. Evaluating an area is then a walk of that tree.

use std::sync::Arc;

use super::finding::{Criterion, Finding};
use super::transform;
use super::{
    Comparison, Cut, CutTies, Fact, Facts, Limit, Operator, Rule, RuleFile, SelectError, Take,
    Truth,
};
use crate::indicator::IndicatorId;
use crate::language::{Language, Text, message};
use crate::notice::Notice;
use crate::statistics::{self, Summary};
use crate::suggest::nearest;

/// A rule whose facts and limits are known.
#[derive(Debug, Clone)]
pub(super) enum Resolved {
    All(Vec<Resolved>),
    Any(Vec<Resolved>),
    AtLeast { k: usize, of: Vec<Resolved> },
    Points { pass: f64, of: Vec<(f64, Resolved)> },
    Not(Box<Resolved>),
    Leaf(Leaf),
}

/// One criterion over all areas.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    label: Text,
    unit: Text,
    decimals: usize,
    values: Arc<[f64]>,
    op: Operator,
    limit: f64,
    /// What the limit is, where it is not simply stated.
    limit_label: Option<Text>,
}

impl Resolved {
    /// The answer for an area, by the same walk that explains it.
    pub(super) fn truth(&self, area_idx: usize) -> Truth {
        match self {
            Self::All(parts) => {
                Truth::at_least(parts.len(), parts.iter().map(|p| p.truth(area_idx)))
            }
            Self::Any(parts) => Truth::at_least(1, parts.iter().map(|p| p.truth(area_idx))),
            Self::AtLeast { k, of } => Truth::at_least(*k, of.iter().map(|p| p.truth(area_idx))),
            Self::Points { pass, of } => {
                let parts = of.iter().map(|(points, part)| (*points, part.truth(area_idx)));
                Truth::points(*pass, parts)
            }
            Self::Not(part) => part.truth(area_idx).negated(),
            Self::Leaf(leaf) => leaf.truth(area_idx),
        }
    }

    /// The evaluation of an area.
    pub(super) fn finding(&self, area_idx: usize) -> Finding {
        let truth = self.truth(area_idx);
        let all = |parts: &[Self]| parts.iter().map(|part| part.finding(area_idx)).collect();
        match self {
            Self::All(parts) => Finding::All { truth, parts: all(parts) },
            Self::Any(parts) => Finding::Any { truth, parts: all(parts) },
            Self::AtLeast { k, of } => Finding::AtLeast { truth, k: *k, parts: all(of) },
            Self::Points { pass, of } => Finding::Points {
                truth,
                pass: *pass,
                parts: of.iter().map(|(points, part)| (*points, part.finding(area_idx))).collect(),
            },
            Self::Not(part) => Finding::Not { truth, part: Box::new(part.finding(area_idx)) },
            Self::Leaf(leaf) => Finding::Criterion(leaf.criterion(area_idx)),
        }
    }
}

impl Leaf {
    fn truth(&self, area_idx: usize) -> Truth {
        let value = self.values[area_idx];
        if value.is_nan() || self.limit.is_nan() {
            Truth::Unknown
        } else {
            Truth::of(self.op.holds(value, self.limit))
        }
    }

    fn criterion(&self, area_idx: usize) -> Criterion {
        Criterion {
            truth: self.truth(area_idx),
            label: self.label.clone(),
            unit: self.unit.clone(),
            decimals: self.decimals,
            value: self.values[area_idx],
            op: self.op,
            limit: self.limit,
            limit_label: self.limit_label.clone(),
        }
    }
}

pub(super) fn resolve(
    file: &RuleFile,
    facts: &Facts<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Resolved, SelectError> {
    if file.version != 1 {
        return Err(parameter(
            file,
            format!("it has version {}", file.version),
            "this program reads version 1",
        ));
    }
    Resolver { file, facts }.rule(&file.rule, notices)
}

fn parameter(file: &RuleFile, message: impl Into<String>, help: impl Into<String>) -> SelectError {
    SelectError::Parameter { rule: file.id.clone(), message: message.into(), help: help.into() }
}

struct Resolver<'a> {
    file: &'a RuleFile,
    facts: &'a Facts<'a>,
}

impl Resolver<'_> {
    fn rule(&self, rule: &Rule, notices: &mut Vec<Notice>) -> Result<Resolved, SelectError> {
        Ok(match rule {
            Rule::All(parts) => Resolved::All(self.parts("all", parts, notices)?),
            Rule::Any(parts) => Resolved::Any(self.parts("any", parts, notices)?),
            Rule::AtLeast(at_least) => {
                let of = self.parts("at-least", &at_least.of, notices)?;
                if at_least.k == 0 || at_least.k > of.len() {
                    return Err(parameter(
                        self.file,
                        format!("it asks for {} of {} parts", at_least.k, of.len()),
                        format!("`k` is a number from 1 to {}", of.len()),
                    ));
                }
                Resolved::AtLeast { k: at_least.k, of }
            }
            Rule::Not(part) => Resolved::Not(Box::new(self.rule(part, notices)?)),
            Rule::Points(points) => {
                let valid = |x: f64| x.is_finite() && x > 0.0;
                let most: f64 = points.of.iter().map(|scored| scored.points).sum();
                let parts_valid = points.of.iter().all(|scored| valid(scored.points));
                if !valid(points.pass) || !parts_valid || points.pass > most {
                    return Err(parameter(
                        self.file,
                        format!("it asks for {} of {most} points", points.pass),
                        "points are above zero, and the pass mark is at most their sum",
                    ));
                }
                let of = points
                    .of
                    .iter()
                    .map(|scored| Ok((scored.points, self.rule(&scored.rule, notices)?)));
                Resolved::Points { pass: points.pass, of: of.collect::<Result<_, _>>()? }
            }
            Rule::Between(between) => {
                let leaf = |op, limit: &Limit| Comparison {
                    fact: between.fact.clone(),
                    transform: between.transform.clone(),
                    op,
                    limit: limit.clone(),
                };
                let from = self.compare(&leaf(Operator::AtLeast, &between.from), notices)?;
                let to = self.compare(&leaf(Operator::AtMost, &between.to), notices)?;
                if from.limit > to.limit {
                    return Err(parameter(
                        self.file,
                        format!("nothing lies between {} and {}", from.limit, to.limit),
                        "`from` must be at most `to`",
                    ));
                }
                Resolved::All(vec![Resolved::Leaf(from), Resolved::Leaf(to)])
            }
            Rule::Compare(comparison) => Resolved::Leaf(self.compare(comparison, notices)?),
            Rule::Worst(cut) => Resolved::Leaf(self.cut(cut, notices)?),
        })
    }

    fn parts(
        &self,
        name: &str,
        parts: &[Rule],
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Resolved>, SelectError> {
        if parts.is_empty() {
            return Err(parameter(
                self.file,
                format!("`{name}` has no parts"),
                "give it at least one criterion, such as \
                 `{ compare = { fact = \"rank\", op = \"<=\", limit = { value = 5 } } }`",
            ));
        }
        parts.iter().map(|part| self.rule(part, notices)).collect()
    }

    fn compare(
        &self,
        comparison: &Comparison,
        notices: &mut Vec<Notice>,
    ) -> Result<Leaf, SelectError> {
        let (mut label, mut unit, mut decimals, mut values) = self.fact(&comparison.fact)?;
        if let Some(transform) = &comparison.transform {
            let areas = self.facts.ranking.areas();
            if !transform::has_what_it_needs(transform, areas) {
                return Err(parameter(
                    self.file,
                    "it looks at the parent or the residents of areas, which the table does not have",
                    "name their columns with `parent = \"…\"` and `population = \"…\"` under `[areas]`",
                ));
            }
            values = transform::apply(transform, &values, areas);
            (label, decimals) = transform::describe(transform, &label);
            unit = Text::same("");
        }
        let (limit, limit_label) = self.limit(&comparison.limit, &values)?;
        if let Some(range) = Summary::of(&values)
            && (limit < range.min || limit > range.max)
        {
            notices.push(
                Notice::warning("notice.limit-outside")
                    .with("fact_nb", &label.nb)
                    .with("fact_en", &label.en)
                    .with_number("limit_nb", "limit_en", limit)
                    .with_number("min_nb", "min_en", range.min)
                    .with_number("max_nb", "max_en", range.max),
            );
        }
        let values = values.into();
        Ok(Leaf { label, unit, decimals, values, op: comparison.op, limit, limit_label })
    }

    fn fact(&self, fact: &Fact) -> Result<(Text, Text, usize, Vec<f64>), SelectError> {
        let named = |key: &str| Text {
            nb: message(Language::Nb, key, &[]),
            en: message(Language::En, key, &[]),
        };
        let nothing = Text::same("");
        Ok(match fact {
            Fact::Score => {
                (named("select.fact-score"), nothing, 3, self.facts.ranking.scores().to_vec())
            }
            Fact::Rank => {
                (named("select.fact-rank"), nothing, 0, self.facts.ranking.ranks().to_vec())
            }
            Fact::Population => {
                let areas = self.facts.ranking.areas();
                let people = areas.iter().map(|a| a.population.unwrap_or(f64::NAN)).collect();
                (named("select.fact-population"), nothing, 0, people)
            }
            Fact::Domain(id) => {
                let Some(domain) = self.facts.domains.iter().find(|d| &d.id == id) else {
                    let known = self.facts.domains.iter().map(|d| &d.id).collect();
                    return Err(self.unknown("domain", id, known));
                };
                let title = self.facts.definition.domain(id).map(|d| d.title.clone());
                let label = title.unwrap_or_else(|| Text::same(id.as_str()));
                (label, nothing, 3, domain.values.clone())
            }
            Fact::Indicator(id) => {
                let column = self.facts.table.column(id);
                let (Some(column), Some(recipe)) = (column, self.facts.definition.indicator(id))
                else {
                    let known = self.facts.definition.indicators.iter().map(|i| &i.id).collect();
                    return Err(self.unknown("indicator", id, known));
                };
                let decimals = if recipe.unit.starts_with('%') { 1 } else { 0 };
                let unit = Text::same(&recipe.unit);
                (recipe.title.clone(), unit, decimals, column.values().to_vec())
            }
        })
    }

    fn unknown(
        &self,
        kind: &'static str,
        wanted: &IndicatorId,
        known: Vec<&IndicatorId>,
    ) -> SelectError {
        let known: Vec<&str> = known.into_iter().map(IndicatorId::as_str).collect();
        let help = match nearest(wanted.as_str(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the index has no {kind}s"),
            None => format!("it has {}", known.join(", ")),
        };
        SelectError::UnknownFact { rule: self.file.id.clone(), kind, wanted: wanted.clone(), help }
    }

    fn limit(&self, limit: &Limit, values: &[f64]) -> Result<(f64, Option<Text>), SelectError> {
        let not_finite =
            |x: f64| parameter(self.file, format!("its limit is {x}"), "a limit is a number");
        let label = |key: &str, values: &[(&str, &str)]| {
            Some(Text {
                nb: message(Language::Nb, key, values),
                en: message(Language::En, key, values),
            })
        };
        match limit {
            Limit::Value(value) if !value.is_finite() => Err(not_finite(*value)),
            Limit::Value(value) => Ok((*value, None)),
            Limit::Mean(relative) => {
                if !(relative.times.is_finite() && relative.plus_sd.is_finite()) {
                    return Err(not_finite(f64::NAN));
                }
                let (mean, sd) = self.mean_and_sd(values, relative.weighted_by_population)?;
                let limit = relative.times * mean
                    + if relative.plus_sd == 0.0 { 0.0 } else { relative.plus_sd * sd };
                let (times, sd) = (relative.times.to_string(), relative.plus_sd.to_string());
                let values = [("times", times.as_str()), ("sd", sd.as_str())];
                let key = match relative.weighted_by_population {
                    true => "select.limit-mean-weighted",
                    false => "select.limit-mean",
                };
                Ok((limit, label(key, &values)))
            }
            Limit::Median(times) => {
                let median = statistics::median(values, &mut Vec::new()).unwrap_or(f64::NAN);
                let factor = times.times.to_string();
                Ok((times.times * median, label("select.limit-median", &[("times", &factor)])))
            }
            Limit::Percentile(percentile) => {
                let p = percentile.p;
                if !(0.0..=100.0).contains(&p) {
                    return Err(parameter(
                        self.file,
                        format!("it names the percentile {p}"),
                        "a percentile lies in 0..100",
                    ));
                }
                let limit = statistics::quantile(values, p / 100.0, &mut Vec::new());
                let text = p.to_string();
                Ok((limit.unwrap_or(f64::NAN), label("select.limit-percentile", &[("p", &text)])))
            }
        }
    }

    fn mean_and_sd(&self, values: &[f64], weighted: bool) -> Result<(f64, f64), SelectError> {
        if !weighted {
            return Ok(
                Summary::of(values).map_or((f64::NAN, f64::NAN), |s| (s.mean, s.sd_sample()))
            );
        }
        let people = self.people("a mean weighted by population")?;
        let (mut sum, mut total) = (0.0, 0.0);
        for (x, p) in values.iter().zip(&people).filter(|(x, p)| !x.is_nan() && !p.is_nan()) {
            sum += x * p;
            total += p;
        }
        let mean = sum / total;
        let squares: f64 = values
            .iter()
            .zip(&people)
            .filter(|(x, p)| !x.is_nan() && !p.is_nan())
            .map(|(x, p)| p * (x - mean).powi(2))
            .sum();
        Ok((mean, (squares / total).sqrt()))
    }

    fn people(&self, what: &str) -> Result<Vec<f64>, SelectError> {
        let areas = self.facts.ranking.areas();
        let people: Vec<f64> = areas.iter().map(|a| a.population.unwrap_or(f64::NAN)).collect();
        if people.iter().all(|p| p.is_nan()) {
            return Err(parameter(
                self.file,
                format!("{what} needs the residents of each area"),
                "name their column with `population = \"…\"` under `[areas]`",
            ));
        }
        Ok(people)
    }

    /// A cut is a comparison of the place in the list with the last place that is in.
    fn cut(&self, cut: &Cut, notices: &mut Vec<Notice>) -> Result<Leaf, SelectError> {
        let ranking = self.facts.ranking;
        let order = &ranking.order()[..ranking.n_ranked()];
        let n = order.len();
        let share_in_range = |share: f64| {
            if share > 0.0 && share <= 1.0 {
                return Ok(());
            }
            let meant = share / 100.0;
            Err(parameter(
                self.file,
                format!("it takes a share of {share}"),
                format!(
                    "a share lies above 0 and is at most 1: {share} per cent is written {meant}"
                ),
            ))
        };
        let (wanted, label) = match cut.take {
            Take::Areas(0) => {
                return Err(parameter(self.file, "it takes 0 areas", "take at least one"));
            }
            Take::Areas(wanted) => (wanted.min(n), ("select.take-areas", wanted.to_string())),
            Take::ShareOfAreas(share) => {
                share_in_range(share)?;
                // 0.1 * 30 is a bit above 3; a share may not lose an area to that.
                let whole = (share * n as f64 + 1e-9).floor() as usize;
                (whole, ("select.take-share-of-areas", percent(share)))
            }
            Take::ShareOfPeople(share) => {
                share_in_range(share)?;
                let people = self.people("a share of the people")?;
                (until(&people, order, share), ("select.take-share-of-people", percent(share)))
            }
        };
        let wanted = self.settle_tie(wanted, cut.ties, notices);
        let mut places = vec![f64::NAN; ranking.areas().len()];
        for (place, &at) in order.iter().enumerate() {
            places[at as usize] = (place + 1) as f64;
        }
        let text = |language| message(language, label.0, &[("n", &label.1)]);
        Ok(Leaf {
            label: Text {
                nb: message(Language::Nb, "select.fact-place", &[]),
                en: message(Language::En, "select.fact-place", &[]),
            },
            unit: Text::same(""),
            decimals: 0,
            values: places.into(),
            op: Operator::AtMost,
            limit: wanted as f64,
            limit_label: Some(Text { nb: text(Language::Nb), en: text(Language::En) }),
        })
    }

    /// Moves the edge of a cut off a tie, and tells so.
    fn settle_tie(&self, wanted: usize, ties: CutTies, notices: &mut Vec<Notice>) -> usize {
        let ranking = self.facts.ranking;
        let order = &ranking.order()[..ranking.n_ranked()];
        let score = |place: usize| ranking.scores()[order[place] as usize];
        if wanted == 0 || wanted >= order.len() || score(wanted - 1) != score(wanted) {
            return wanted;
        }
        let edge = score(wanted);
        let settled = match ties {
            CutTies::AllIn => {
                wanted + (wanted..order.len()).take_while(|&place| score(place) == edge).count()
            }
            CutTies::NoneIn => (0..wanted).take_while(|&place| score(place) != edge).count(),
        };
        let tied: Vec<String> = order
            .iter()
            .filter(|&&at| ranking.scores()[at as usize] == edge)
            .map(|&at| ranking.areas()[at as usize].label())
            .collect();
        notices.push(
            Notice::warning("notice.cut-tie")
                .with("wanted", wanted)
                .with("settled", settled)
                .about(tied),
        );
        settled
    }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    format!("{}", (percent * 1e6).round() / 1e6)
}

/// How many areas from the worst hold `share` of the people; unknown residents count as none.
fn until(people: &[f64], order: &[u32], share: f64) -> usize {
    let of = |at: &u32| Some(people[*at as usize]).filter(|p| !p.is_nan()).unwrap_or(0.0);
    let total: f64 = order.iter().map(of).sum();
    let mut held = 0.0;
    order
        .iter()
        .take_while(|at| {
            let before = held;
            held += of(at);
            before < share * total
        })
        .count()
}
