//! What do the criteria of a rule mean on these data?
//!
//! Looks up facts, computes relative limits and cuts, and leaves a tree whose leaves hold one
//! value an area. Evaluating an area is then a walk of that tree.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::ITSELF;
use super::file::{FactOf, RuleFile};
use super::finding::Finding;
use super::leaf::{Leaf, LimitOf};
use super::rule::{Comparison, Limit, OneOf, Operator, Rule};
use super::truth::Truth;
use super::{Facts, SelectError, texts};
use crate::area::Area;
use crate::indicator::IndicatorTable;
use crate::language::{Language, Text, message};
use crate::notice::Notice;
use crate::statistics::{self, Summary};

/// A rule whose facts and limits are known.
#[derive(Debug, Clone)]
pub(super) enum Resolved {
    All(Vec<Resolved>),
    Any(Vec<Resolved>),
    AtLeast { k: usize, of: Vec<Resolved> },
    Points { pass: f64, of: Vec<(f64, Resolved)> },
    Not(Box<Resolved>),
    Named { name: String, title: Option<Text>, part: Arc<Resolved> },
    Leaf(Box<Leaf>),
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
            Self::Named { part, .. } => part.truth(area_idx),
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
            Self::Named { name, title, part } => Finding::Named {
                truth,
                name: name.clone(),
                title: title.clone(),
                part: Box::new(part.finding(area_idx)),
            },
            Self::Leaf(leaf) => Finding::Criterion(Box::new(leaf.criterion(area_idx))),
        }
    }
}

impl From<Leaf> for Resolved {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(Box::new(leaf))
    }
}

/// Makes a tree of leaves of a rule. What is `only-if-asked` and not asked for is left out.
pub(super) struct Resolver<'a> {
    pub(super) file: &'a RuleFile,
    pub(super) facts: &'a Facts<'a>,
    /// The areas, or the smaller areas within them.
    pub(super) table: &'a IndicatorTable,
    pub(super) of: FactOf,
    /// Named criteria, the rule itself and tiers, as far as they are resolved.
    pub(super) named: RefCell<BTreeMap<String, Arc<Resolved>>>,
    pub(super) notices: RefCell<Vec<Notice>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(file: &'a RuleFile, facts: &'a Facts<'a>) -> Self {
        let (named, notices) = (RefCell::default(), RefCell::default());
        Self { file, facts, table: facts.table, of: FactOf::Areas, named, notices }
    }

    pub(super) fn areas(&self) -> &'a Arc<Vec<Area>> {
        self.table.areas()
    }

    pub(super) fn tell(&self, notice: Notice) {
        self.notices.borrow_mut().push(notice);
    }

    pub(super) fn parameter(
        &self,
        at: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SelectError {
        SelectError::parameter(self.file, at, message, help)
    }

    /// The tree for a rule; `None` where nothing of it applies.
    pub(super) fn rule(&self, rule: &Rule, at: &str) -> Result<Option<Resolved>, SelectError> {
        Ok(Some(match rule {
            Rule::All(parts) => {
                let parts = self.parts(parts, &format!("{at}.all"))?;
                if parts.is_empty() {
                    return Ok(None);
                }
                Resolved::All(parts)
            }
            Rule::Any(parts) => {
                let parts = self.parts(parts, &format!("{at}.any"))?;
                if parts.is_empty() {
                    return Ok(None);
                }
                Resolved::Any(parts)
            }
            Rule::AtLeast(at_least) => {
                let of = self.parts(&at_least.of, &format!("{at}.at-least.of"))?;
                if at_least.k > of.len() {
                    return Err(self.parameter(
                        &format!("{at}.at-least.k"),
                        format!("it asks for {} of the {} parts that apply", at_least.k, of.len()),
                        "ask for the others by name with `with = […]` or `--with NAME`",
                    ));
                }
                Resolved::AtLeast { k: at_least.k, of }
            }
            Rule::Not(part) => match self.rule(part, &format!("{at}.not"))? {
                Some(part) => Resolved::Not(Box::new(part)),
                None => return Ok(None),
            },
            Rule::Points(points) => {
                let mut of = Vec::with_capacity(points.of.len());
                for (part_idx, scored) in points.of.iter().enumerate() {
                    let at = format!("{at}.points.of.{part_idx}.rule");
                    of.extend(self.rule(&scored.rule, &at)?.map(|part| (scored.points, part)));
                }
                Resolved::Points { pass: points.pass, of }
            }
            Rule::Between(between) => {
                let leaf = |op, limit: &Limit, end: &str| {
                    let comparison = Comparison {
                        fact: between.fact.clone(),
                        transforms: between.transforms.clone(),
                        op,
                        limit: limit.clone(),
                    };
                    self.compare(&comparison, &format!("{at}.between"), end)
                };
                let from = leaf(Operator::AtLeast, &between.from, "from")?;
                let to = leaf(Operator::AtMost, &between.to, "to")?;
                if let (LimitOf::All(from), LimitOf::All(to)) = (&from.limit, &to.limit)
                    && from > to
                {
                    return Err(self.parameter(
                        &format!("{at}.between"),
                        format!("nothing lies between {from} and {to}"),
                        "`from` must be at most `to`",
                    ));
                }
                Resolved::All(vec![from.into(), to.into()])
            }
            Rule::Compare(comparison) => {
                self.compare(comparison, &format!("{at}.compare"), "limit")?.into()
            }
            Rule::Worst(cut) => self.cut(cut, &format!("{at}.worst"))?.into(),
            Rule::Criterion(name) => return self.criterion(name, at),
            Rule::Parent(parent) => self.parent(parent, at)?.into(),
        }))
    }

    fn parts(&self, parts: &[Rule], at: &str) -> Result<Vec<Resolved>, SelectError> {
        let mut out = Vec::with_capacity(parts.len());
        for (part_idx, part) in parts.iter().enumerate() {
            out.extend(self.rule(part, &format!("{at}.{part_idx}"))?);
        }
        Ok(out)
    }

    /// What a name stands for, resolved once; `None` where it does not apply.
    pub(super) fn named(&self, name: &str) -> Result<Option<Arc<Resolved>>, SelectError> {
        if let Some(found) = self.named.borrow().get(name) {
            return Ok(Some(Arc::clone(found)));
        }
        let Some(named) = self.file.criteria.get(name) else { return Ok(None) };
        if named.only_if_asked && !self.file.with.iter().any(|asked| asked == name) {
            return Ok(None);
        }
        let Some(mut part) = self.rule(&named.rule, &format!("criteria.{name}.rule"))? else {
            return Ok(None);
        };
        if let Resolved::Leaf(leaf) = &mut part {
            leaf.id = name.to_owned();
        }
        let part = Arc::new(part);
        self.named.borrow_mut().insert(name.to_owned(), Arc::clone(&part));
        Ok(Some(part))
    }

    fn criterion(&self, name: &str, at: &str) -> Result<Option<Resolved>, SelectError> {
        let Some(named) = self.file.criteria.get(name) else {
            let help = "name one of `[criteria]`";
            return Err(self.parameter(at, format!("there is no criterion `{name}`"), help));
        };
        let part = self.named(name)?;
        let title = named.title.clone();
        Ok(part.map(|part| Resolved::Named { name: name.to_owned(), title, part }))
    }

    /// A comparison; `end` is the key of its limit.
    fn compare(&self, comparison: &Comparison, at: &str, end: &str) -> Result<Leaf, SelectError> {
        let known = self.value(&comparison.fact, &comparison.transforms, at)?;
        let limit_at = format!("{at}.{end}");
        let values = &known.values;
        let (limit, limit_label) = self.limit(&comparison.limit, &values.low, &limit_at)?;
        if let (LimitOf::All(limit), None, Some(range)) =
            (&limit, &values.high, Summary::of(&values.low))
            && (*limit < range.min || *limit > range.max)
        {
            self.tell(
                Notice::warning("notice.limit-outside")
                    .with("fact_nb", &known.label.nb)
                    .with("fact_en", &known.label.en)
                    .with_number("limit_nb", "limit_en", *limit)
                    .with_number("min_nb", "min_en", range.min)
                    .with_number("max_nb", "max_en", range.max)
                    .with("where", self.place(&limit_at)),
            );
        }
        let id = if end == "limit" { at } else { limit_at.as_str() };
        let leaf = Leaf::new(id, known.label, known.values, comparison.op, f64::NAN);
        Ok(Leaf {
            unit: known.unit,
            decimals: known.decimals,
            limit,
            limit_label,
            year: known.year,
            states: known.states,
            remarks: known.remarks,
            ..leaf
        })
    }

    /// ` (rule.toml:12)`, or nothing where the rule was not read from a text.
    pub(super) fn place(&self, at: &str) -> String {
        let Some(text) = &self.file.text else { return String::new() };
        text.line(at).map(|line| format!(" ({}:{line})", text.name)).unwrap_or_default()
    }

    fn limit(
        &self,
        limit: &Limit,
        values: &[f64],
        at: &str,
    ) -> Result<(LimitOf, Option<Text>), SelectError> {
        let label = |key: &str, values: &[(&str, &str)]| Some(texts(key, values));
        Ok(match limit {
            Limit::Value(value) => (LimitOf::All(*value), None),
            Limit::Mean(relative) => {
                let (mean, sd) = self.mean_and_sd(values, relative.weighted_by_population, at)?;
                let limit = relative.times * mean
                    + if relative.plus_sd == 0.0 { 0.0 } else { relative.plus_sd * sd };
                let (times, sd) = (relative.times.to_string(), relative.plus_sd.to_string());
                let values = [("times", times.as_str()), ("sd", sd.as_str())];
                let key = match relative.weighted_by_population {
                    true => "select.limit-mean-weighted",
                    false => "select.limit-mean",
                };
                (LimitOf::All(limit), label(key, &values))
            }
            Limit::Median(times) => {
                let median = statistics::median(values, &mut Vec::new()).unwrap_or(f64::NAN);
                let factor = times.times.to_string();
                let label = label("select.limit-median", &[("times", &factor)]);
                (LimitOf::All(times.times * median), label)
            }
            Limit::Percentile(percentile) => {
                let p = percentile.p;
                let limit = statistics::quantile(values, p / 100.0, &mut Vec::new());
                let label = label("select.limit-percentile", &[("p", &p.to_string())]);
                (LimitOf::All(limit.unwrap_or(f64::NAN)), label)
            }
            Limit::Sum(terms) => {
                let mut sum = vec![0.0; values.len()];
                let mut parts = [Vec::new(), Vec::new()];
                for (term_idx, term) in terms.iter().enumerate() {
                    let at = format!("{at}.sum.{term_idx}");
                    let known = self.value(&term.fact, &term.transforms, &at)?;
                    // A fact that is only bounded gives no limit to rely on.
                    let (low, high) = (&known.values.low, &known.values.high);
                    for (area_idx, total) in sum.iter_mut().enumerate() {
                        let sure = high.as_ref().is_none_or(|high| high[area_idx] == low[area_idx]);
                        *total += if sure { term.times * low[area_idx] } else { f64::NAN };
                    }
                    for (language, parts) in [Language::Nb, Language::En].iter().zip(&mut parts) {
                        let times = crate::language::shortest(term.times, *language);
                        parts.push(format!("{times} × {}", known.label.get(*language)));
                    }
                }
                let text = |language, parts: &[String]| {
                    message(language, "select.limit-sum", &[("terms", &parts.join(" + "))])
                };
                let [nb, en] = &parts;
                let label = Text { nb: text(Language::Nb, nb), en: text(Language::En, en) };
                (LimitOf::Each(sum.into()), Some(label))
            }
        })
    }

    fn mean_and_sd(
        &self,
        values: &[f64],
        weighted: bool,
        at: &str,
    ) -> Result<(f64, f64), SelectError> {
        if !weighted {
            return Ok(
                Summary::of(values).map_or((f64::NAN, f64::NAN), |s| (s.mean, s.sd_sample()))
            );
        }
        let people = self.people("a mean weighted by population", at)?;
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

    pub(super) fn people(&self, what: &str, at: &str) -> Result<Vec<f64>, SelectError> {
        let areas = self.areas();
        let people: Vec<f64> = areas.iter().map(|a| a.population.unwrap_or(f64::NAN)).collect();
        if people.iter().all(|p| p.is_nan()) {
            return Err(self.parameter(
                at,
                format!("{what} needs the residents of each area"),
                "name their column with `population = \"…\"` under `[areas]`",
            ));
        }
        Ok(people)
    }

    fn parent(&self, parent: &OneOf, at: &str) -> Result<Leaf, SelectError> {
        let areas = self.areas();
        if areas.iter().all(|area| area.parent.is_none()) {
            return Err(self.parameter(
                &format!("{at}.parent"),
                "it looks at the larger unit of each area, which the table does not have",
                "name its column with `parent = \"…\"` under `[areas]`",
            ));
        }
        let missing: Vec<String> = parent
            .one_of
            .iter()
            .filter(|name| !areas.iter().any(|area| area.parent.as_ref() == Some(name)))
            .cloned()
            .collect();
        if !missing.is_empty() {
            self.tell(Notice::warning("notice.list-unknown").about(missing));
        }
        let list = parent.one_of.join(", ");
        let truths = areas.iter().map(|area| match &area.parent {
            Some(name) => Truth::of(parent.one_of.contains(name)),
            None => Truth::Unknown,
        });
        let said = areas.iter().map(|area| {
            let values = [("parent", area.parent.as_deref().unwrap_or("")), ("list", &list)];
            [texts("select.parent-is", &values), texts("select.parent-is-not", &values)]
        });
        let label = texts("select.fact-parent", &[]);
        Ok(Leaf::said(&format!("{at}.parent"), label, truths, said.collect()))
    }

    /// What a reader calls the thing that a name stands for.
    pub(super) fn title(&self, name: &str) -> Text {
        if name == ITSELF {
            return texts("select.fact-itself", &[]);
        }
        let tier = self.file.tiers.iter().find(|tier| tier.id == name);
        let named = self.file.criteria.get(name).and_then(|named| named.title.clone());
        tier.map(|tier| tier.title.clone()).or(named).unwrap_or_else(|| Text::same(name))
    }
}
