//! What would have to change for an area to enter or leave the selection?
//!
//! One weight, one value of the area or one threshold of the rule ([`super::threshold`]) is moved
//! while all else stays; the index is computed and
//! the rule applied anew at every step, so that any rule will do. The range is searched outwards
//! in [`STEPS`] steps and the first step in which the answer turns is halved until its two sides
//! agree to ten digits: on one side the answer is the old one, on the other the new one. A turn
//! and its return within one step are not seen.

use miette::Diagnostic;
use rayon::prelude::*;
use thiserror::Error;

use crate::aggregate::{DomainScore, Scores, aggregate};
use crate::analysis::Analysis;
use crate::index::{Plan, compute};
use crate::indicator::{CellState, IndicatorId, IndicatorTable};
use crate::language::{Language, Text, message, number};
use crate::rank::rank;
use crate::select::{Facts, RuleFile, Truth, select};
use crate::statistics::Summary;

use super::recipe;
use super::threshold::threshold_tips;

/// Steps in which each direction is searched.
pub const STEPS: u32 = 128;

/// What becomes of the other weights of a level when one is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherWeights {
    /// They are rescaled in proportion, so that the level keeps its sum.
    Rescaled,
    /// They stay, so that the sum of the level changes.
    Unchanged,
}

/// What is moved.
#[derive(Debug, Clone, PartialEq)]
pub enum Moved {
    /// The weight of a domain or indicator in its level.
    Weight {
        /// The level's id; `score` is the top.
        level: String,
    },
    /// The area's own value of an indicator.
    Value {
        /// Its unit.
        unit: String,
    },
    /// A number of the rule; [`Tip::id`] is its place in the rule as written.
    Threshold,
}

/// The answer for one weight or value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tip {
    /// Whether it is a weight or a value.
    pub moved: Moved,
    /// Of which domain or indicator.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// What it is now.
    pub from: f64,
    /// How far it was searched.
    pub range: [f64; 2],
    /// Where the answer turns nearest to `from`; `None` where it does not turn in the range.
    pub point: Option<TippingPoint>,
}

/// The two sides of a turn, which differ by less than the tenth digit of the range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TippingPoint {
    /// The last number at which the area's answer is still the old one.
    pub keeps: f64,
    /// The first at which it is the new one.
    pub turns: f64,
}

/// What it takes for one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Tipping {
    /// The area's position in the table.
    pub area_idx: usize,
    /// Whether the rule selects it now.
    pub is_selected: bool,
    /// What was done to the other weights.
    pub other_weights: OtherWeights,
    /// First the weights, level by level, then the values, in the order of the recipe, then the
    /// thresholds in the order of the rule. Values that the area lacks are left out.
    pub tips: Vec<Tip>,
}

/// Why there is nothing to tip.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum TippingError {
    /// Without a rule no area is in or out.
    #[error("there is no selection rule that `{area}` could enter or leave")]
    #[diagnostic(
        code(levekaar::tipping::no_rule),
        help("give the project a `[selection]`, or name a rule with `--rule worst-fifth`")
    )]
    NoRule {
        /// The area.
        area: String,
    },
}

/// Finds for every weight, every value of the area and every threshold of the rule the smallest change that turns its answer.
///
/// Weights are searched from 0 to the sum of their level (to four times that sum where the others
/// stay); values in per cent from 0 to 100, others to one range of the indicator beyond its ends,
/// but not below 0 where no area is. An answer that is unknown counts as not selected.
///
/// # Errors
///
/// [`TippingError::NoRule`].
pub fn tipping(
    analysis: &Analysis,
    plan: &Plan<'_>,
    area_idx: usize,
    other_weights: OtherWeights,
) -> Result<Tipping, TippingError> {
    let Some(selection) = &analysis.selection else {
        let area = analysis.ranking.areas()[area_idx].label();
        return Err(TippingError::NoRule { area });
    };
    let rule = selection.rule();
    let is_selected = selection.outcomes()[area_idx] == Truth::True;
    let case = Case { analysis, plan, rule, area_idx, is_selected };
    let mut questions = Vec::new();
    for (level, rules) in plan.levels().iter().enumerate() {
        // A level of one child has no weight to move.
        if rules.children.len() > 1 {
            questions.extend((0..rules.children.len()).map(|child| Question::Weight(level, child)));
        }
    }
    questions.extend((0..plan.definition().indicators.len()).map(Question::Value));
    let mut tips: Vec<Tip> = questions
        .into_par_iter()
        .filter_map(|question| match question {
            Question::Weight(level, child) => case.weight(level, child, other_weights),
            Question::Value(indicator) => case.value(indicator),
        })
        .collect();
    let facts = Facts {
        table: &analysis.table,
        domains: &analysis.computation.domains,
        ranking: &analysis.ranking,
        definition: plan.definition(),
    };
    tips.extend(threshold_tips(rule, facts, selection, area_idx));
    Ok(Tipping { area_idx, is_selected, other_weights, tips })
}

enum Question {
    Weight(usize, usize),
    Value(usize),
}

struct Case<'a> {
    analysis: &'a Analysis,
    plan: &'a Plan<'a>,
    rule: &'a RuleFile,
    area_idx: usize,
    is_selected: bool,
}

impl Case<'_> {
    fn weight(&self, level: usize, child: usize, others: OtherWeights) -> Option<Tip> {
        let rules = &self.plan.levels()[level];
        let base = self.analysis.computation.level_weights.clone();
        let sum: f64 = base[level].iter().sum();
        let from = base[level][child];
        let rest = sum - from;
        if others == OtherWeights::Rescaled && rest <= 0.0 {
            return None;
        }
        let range = match others {
            OtherWeights::Rescaled => [0.0, sum],
            OtherWeights::Unchanged => [0.0, 4.0 * sum],
        };
        let answer = |weight: f64| {
            let mut weights = base.clone();
            if others == OtherWeights::Rescaled {
                weights[level].iter_mut().for_each(|w| *w *= (sum - weight) / rest);
            }
            weights[level][child] = weight;
            let definition =
                recipe::with_weights(self.plan.definition(), self.plan.levels(), &weights);
            let plan = Plan::of(&definition).ok()?;
            let levels = aggregate(&self.analysis.computation.scaled, &plan).ok()?;
            self.answer(&self.analysis.table, &levels.domains, &levels.scores)
        };
        let id = self.plan.child_id(rules.children[child]).clone();
        let definition = self.plan.definition();
        let title = definition.domain(&id).map(|domain| &domain.title);
        let title = title.or_else(|| definition.indicator(&id).map(|i| &i.title))?.clone();
        let moved = Moved::Weight { level: recipe::level_name(self.plan, rules).to_owned() };
        Some(Tip { moved, id, title, from, range, point: self.nearest(from, range, answer) })
    }

    fn value(&self, indicator: usize) -> Option<Tip> {
        let recipe = &self.plan.definition().indicators[indicator];
        let column = &self.analysis.table.columns()[indicator];
        let from = column.values()[self.area_idx];
        let ends = Summary::of(column.values())?;
        if from.is_nan() {
            return None;
        }
        let range = if recipe.unit.starts_with('%') && ends.min >= 0.0 && ends.max <= 100.0 {
            [0.0, 100.0]
        } else {
            let width = ends.max - ends.min;
            let low = ends.min - width;
            [if ends.min >= 0.0 { low.max(0.0) } else { low }, ends.max + width]
        };
        let answer = |value: f64| {
            let table = with_value(&self.analysis.table, indicator, self.area_idx, value);
            let computed = compute(table.clone(), self.plan).ok()?;
            self.answer(&table, &computed.domains, &computed.scores)
        };
        let moved = Moved::Value { unit: recipe.unit.clone() };
        let (id, title) = (recipe.id.clone(), recipe.title.clone());
        Some(Tip { moved, id, title, from, range, point: self.nearest(from, range, answer) })
    }

    fn answer(
        &self,
        table: &IndicatorTable,
        domains: &[DomainScore],
        scores: &Scores,
    ) -> Option<bool> {
        let definition = self.plan.definition();
        let ranking = rank(scores, definition.ranking);
        let facts = Facts { table, domains, ranking: &ranking, definition };
        let selection = select(self.rule, facts).ok()?;
        Some(selection.outcomes()[self.area_idx] == Truth::True)
    }

    /// The nearer of the turns on both sides.
    fn nearest(
        &self,
        from: f64,
        range: [f64; 2],
        answer: impl Fn(f64) -> Option<bool>,
    ) -> Option<TippingPoint> {
        let sides = range.map(|end| self.turn(from, end, &answer));
        let distance = |point: &TippingPoint| (point.turns - from).abs();
        sides.into_iter().flatten().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The first turn on the way from `from` to `end`; none where a step cannot be computed.
    fn turn(
        &self,
        from: f64,
        end: f64,
        answer: &impl Fn(f64) -> Option<bool>,
    ) -> Option<TippingPoint> {
        let mut keeps = from;
        for step in 1..=STEPS {
            let at = from + (end - from) * f64::from(step) / f64::from(STEPS);
            if answer(at)? == self.is_selected {
                keeps = at;
                continue;
            }
            let mut turns = at;
            while (turns - keeps).abs() > 1e-10 * (end - from).abs() {
                let middle = f64::midpoint(keeps, turns);
                if middle == keeps || middle == turns {
                    break;
                }
                if answer(middle)? == self.is_selected {
                    keeps = middle;
                } else {
                    turns = middle;
                }
            }
            return Some(TippingPoint { keeps, turns });
        }
        None
    }
}

/// The table with one cell changed. Counts stay with the column, though they no longer give it.
pub fn with_value(
    table: &IndicatorTable,
    indicator: usize,
    area_idx: usize,
    value: f64,
) -> IndicatorTable {
    let columns = table.columns().iter().enumerate().map(|(at, column)| {
        if at != indicator {
            return column.clone();
        }
        let mut values = column.values().to_vec();
        let mut states = column.states().to_vec();
        values[area_idx] = value;
        states[area_idx] = CellState::Present;
        column.with_cells(values, states)
    });
    table.with_columns(columns.collect())
}

/// The answers as sentences, those that take the least of their range first.
pub fn sentences(tipping: &Tipping, analysis: &Analysis, language: Language) -> Vec<String> {
    let area = analysis.ranking.areas()[tipping.area_idx].label();
    let rule = analysis.selection.as_ref().map_or("", |s| s.rule().title.get(language));
    let mut tips: Vec<&Tip> = tipping.tips.iter().collect();
    let effort = |tip: &Tip| {
        let width = match tip.moved {
            Moved::Weight { .. } | Moved::Value { .. } => tip.range[1] - tip.range[0],
            // There is no end to where a threshold could lie: its own size is the measure.
            Moved::Threshold => tip.from.abs().max(f64::EPSILON),
        };
        tip.point.map_or(f64::INFINITY, |point| (point.turns - tip.from).abs() / width)
    };
    tips.sort_by(|a, b| effort(a).total_cmp(&effort(b)));
    let state = if tipping.is_selected { "tipping-is-in" } else { "tipping-is-out" };
    let others = match tipping.other_weights {
        OtherWeights::Rescaled => "uncertainty.tipping-others-rescaled",
        OtherWeights::Unchanged => "uncertainty.tipping-others-unchanged",
    };
    let head = [
        message(language, &format!("uncertainty.{state}"), &[("area", &area), ("rule", rule)]),
        message(language, others, &[]),
    ];
    let body = tips.into_iter().map(|tip| {
        let (kind, unit, decimals) = match &tip.moved {
            Moved::Weight { .. } => ("weight", "", 2),
            Moved::Value { unit } => ("value", unit.as_str(), usize::from(unit.starts_with('%'))),
            Moved::Threshold => ("threshold", "", usize::from(tip.from.fract() != 0.0)),
        };
        let title = tip.title.get(language);
        let shown = |x: f64, decimals: usize| {
            let text = number(x, decimals, language);
            if unit.is_empty() { text } else { format!("{text}\u{a0}{unit}") }
        };
        let values = |from: &str, to: &str, key: &str| {
            let values = [
                ("area", area.as_str()),
                ("rule", rule),
                ("title", title),
                ("from", from),
                ("to", to),
            ];
            message(language, &format!("uncertainty.{key}"), &values)
        };
        let Some(point) = tip.point else {
            let [low, high] = tip.range.map(|x| shown(x, decimals));
            return values(&low, &high, &format!("tipping-{kind}-none"));
        };
        // As many decimals as it takes to tell the two apart.
        let decimals = (decimals..decimals + 5)
            .find(|d| number(tip.from, *d, language) != number(point.turns, *d, language))
            .unwrap_or(decimals + 5);
        let (from, to) = (shown(tip.from, decimals), shown(point.turns, decimals));
        let turn = if tipping.is_selected { "leaves" } else { "enters" };
        let way = if point.turns < tip.from { "falls" } else { "rises" };
        values(&from, &to, &format!("tipping-{kind}-{turn}-{way}"))
    });
    head.into_iter().chain(body).collect()
}
