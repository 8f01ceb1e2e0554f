//! Why is an area in or out?
//!
//! The evaluation of one area, criterion by criterion, and the sentence that it makes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Operator, Truth, Unknown};
use crate::indicator::CellState;
use crate::language::{Language, Text, message, number, shortest};

/// The evaluation of a rule for one area; the tree has the shape of the rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Every part must hold.
    All {
        /// Whether it holds.
        truth: Truth,
        /// The parts.
        parts: Vec<Finding>,
    },
    /// One part must hold.
    Any {
        /// Whether it holds.
        truth: Truth,
        /// The parts.
        parts: Vec<Finding>,
    },
    /// `k` parts must hold.
    AtLeast {
        /// Whether it holds.
        truth: Truth,
        /// How many must hold.
        k: usize,
        /// The parts.
        parts: Vec<Finding>,
    },
    /// Points for the parts that hold must reach a pass mark.
    Points {
        /// Whether it holds.
        truth: Truth,
        /// The points that are needed.
        pass: f64,
        /// The points and the part.
        parts: Vec<(f64, Finding)>,
    },
    /// The part must not hold.
    Not {
        /// Whether it holds.
        truth: Truth,
        /// The part.
        part: Box<Finding>,
    },
    /// A criterion with a name.
    Named {
        /// Whether it holds.
        truth: Truth,
        /// Its name in the file.
        name: String,
        /// What it is called, where the rule says.
        title: Option<Text>,
        /// What it consists of.
        part: Box<Finding>,
    },
    /// One criterion.
    Criterion(Box<Criterion>),
}

/// One criterion in one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Criterion {
    /// Whether it is met.
    pub truth: Truth,
    /// Its name, or where it stands in the file: `rule.all.0.compare`.
    pub id: String,
    /// What is compared.
    pub label: Text,
    /// Its unit.
    pub unit: Text,
    /// Decimals that it is usually printed with.
    pub decimals: usize,
    /// The area's value, or the least that it can be; NaN where it is missing.
    pub value: f64,
    /// The most that it can be: `value` again, unless it hangs on something unknown.
    pub value_high: f64,
    /// How it is compared.
    pub op: Operator,
    /// The limit.
    pub limit: f64,
    /// What the limit is, where it is computed.
    pub limit_label: Option<Text>,
    /// The year of the value, where the table has years.
    pub year: Option<i32>,
    /// What stands in the cell, where the value is that of one cell.
    pub state: Option<CellState>,
    /// What is said instead of value and limit: where it is met, and where it is not.
    pub said: Option<[Text; 2]>,
    /// What stands behind the value, such as who judged it.
    pub remark: Option<Text>,
}

impl Finding {
    /// Whether it holds.
    pub fn truth(&self) -> Truth {
        match self {
            Self::All { truth, .. }
            | Self::Any { truth, .. }
            | Self::AtLeast { truth, .. }
            | Self::Points { truth, .. }
            | Self::Not { truth, .. }
            | Self::Named { truth, .. } => *truth,
            Self::Criterion(criterion) => criterion.truth,
        }
    }

    /// The criteria, from left to right.
    pub fn criteria(&self) -> Vec<&Criterion> {
        match self {
            Self::All { parts, .. } | Self::Any { parts, .. } | Self::AtLeast { parts, .. } => {
                parts.iter().flat_map(Self::criteria).collect()
            }
            Self::Points { parts, .. } => {
                parts.iter().flat_map(|(_, part)| part.criteria()).collect()
            }
            Self::Not { part, .. } | Self::Named { part, .. } => part.criteria(),
            Self::Criterion(criterion) => vec![criterion],
        }
    }

    /// The answer if some criteria had other answers: the tree is walked again, and a criterion,
    /// known by its id or its name, for which `change` has an answer gets it.
    pub fn truth_if(&self, change: &dyn Fn(&str) -> Option<Truth>) -> Truth {
        self.truth_by(&|name| change(name), &|criterion| {
            change(&criterion.id).unwrap_or(criterion.truth)
        })
    }

    /// The answer if some criteria had other limits.
    pub fn truth_with_limits(&self, limits: &BTreeMap<&str, f64>) -> Truth {
        self.truth_by(&|_| None, &|criterion| match limits.get(criterion.id.as_str()) {
            Some(limit) => criterion.truth_at(*limit),
            None => criterion.truth,
        })
    }

    fn truth_by(
        &self,
        named: &dyn Fn(&str) -> Option<Truth>,
        leaf: &dyn Fn(&Criterion) -> Truth,
    ) -> Truth {
        let all = |parts: &[Self]| -> Vec<Truth> {
            parts.iter().map(|part| part.truth_by(named, leaf)).collect()
        };
        match self {
            Self::All { parts, .. } => Truth::at_least(parts.len(), all(parts)),
            Self::Any { parts, .. } => Truth::at_least(1, all(parts)),
            Self::AtLeast { k, parts, .. } => Truth::at_least(*k, all(parts)),
            Self::Points { pass, parts, .. } => {
                let parts = parts.iter().map(|(x, part)| (*x, part.truth_by(named, leaf)));
                Truth::points(*pass, parts)
            }
            Self::Not { part, .. } => part.truth_by(named, leaf).negated(),
            Self::Named { name, part, .. } => {
                named(name).unwrap_or_else(|| part.truth_by(named, leaf))
            }
            Self::Criterion(criterion) => leaf(criterion),
        }
    }

    fn text(&self, language: Language) -> String {
        let join = |parts: &[Self], with: &str| {
            let texts = parts.iter().map(|part| part.text(language));
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(with)
        };
        match self {
            Self::All { parts, .. } => join(parts, "; "),
            // Of alternatives, those that hold are the reason; where none does, all are.
            Self::Any { truth, parts } => {
                let reasons: Vec<Self> =
                    parts.iter().filter(|part| part.truth() == *truth).cloned().collect();
                join(&reasons, &message(language, "select.or", &[]))
            }
            Self::AtLeast { k, parts, .. } => {
                let met = parts.iter().filter(|part| part.truth() == Truth::True).count();
                let values = [
                    ("met", met.to_string()),
                    ("n", parts.len().to_string()),
                    ("k", k.to_string()),
                    ("parts", join(parts, "; ")),
                ];
                let values: Vec<(&str, &str)> =
                    values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                message(language, "select.at-least", &values)
            }
            Self::Points { pass, parts, .. } => {
                let held = parts.iter().filter(|(_, part)| part.truth() == Truth::True);
                let points: f64 = held.map(|(points, _)| points).sum();
                let all: f64 = parts.iter().map(|(points, _)| points).sum();
                let texts: Vec<String> =
                    parts.iter().map(|(_, part)| part.text(language)).collect();
                let values = [
                    ("points", shortest(points, language)),
                    ("all", shortest(all, language)),
                    ("pass", shortest(*pass, language)),
                    ("parts", texts.join("; ")),
                ];
                let values: Vec<(&str, &str)> =
                    values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                message(language, "select.points", &values)
            }
            Self::Not { part, .. } => {
                message(language, "select.not", &[("part", &part.text(language))])
            }
            Self::Named { title: Some(title), part, .. } => message(
                language,
                "select.named",
                &[("title", title.get(language)), ("part", &part.text(language))],
            ),
            Self::Named { title: None, part, .. } => part.text(language),
            Self::Criterion(criterion) => criterion.text(language),
        }
    }
}

impl Criterion {
    /// By how much the value is on the side that the rule asks for; NaN where it is missing.
    pub fn margin(&self) -> f64 {
        self.op.margin(self.value, self.limit)
    }

    /// Value, operator, limit and margin in words; for a criterion that simply holds or not, what
    /// there is to say of it, which may be nothing.
    pub fn text(&self, language: Language) -> String {
        if let Some([met, not_met]) = &self.said {
            return match self.truth {
                Truth::True => met.get(language).to_owned(),
                Truth::False => not_met.get(language).to_owned(),
                Truth::Unknown => {
                    message(language, "select.said-unknown", &[("fact", self.label.get(language))])
                }
            };
        }
        let decimals = self.decimals_that_tell();
        let unit = self.unit.get(language);
        let with_unit = |x: f64| {
            let plain = number(x, decimals, language);
            if unit.is_empty() { plain } else { format!("{plain}\u{a0}{unit}") }
        };
        let op = match self.op {
            Operator::Above => "select.op-above",
            Operator::AtLeast => "select.op-at-least",
            Operator::Below => "select.op-below",
            Operator::AtMost => "select.op-at-most",
        };
        let key = match self.truth {
            Truth::True => "select.met",
            Truth::False => "select.not-met",
            Truth::Unknown if self.is_bounded() => "select.bounded",
            Truth::Unknown if !self.value.is_nan() => "select.limit-missing",
            Truth::Unknown => "select.unknown",
        };
        let limit = match &self.limit_label {
            Some(label) => format!("{} ({})", with_unit(self.limit), label.get(language)),
            None => with_unit(self.limit),
        };
        // A criterion may be settled by a missing value where the scheme says so.
        let key = if self.truth == Truth::False && self.value.is_nan() {
            "select.missing-not-met"
        } else {
            key
        };
        let value = match &self.remark {
            Some(remark) => format!("{} ({})", with_unit(self.value), remark.get(language)),
            None => with_unit(self.value),
        };
        let values = [
            ("fact", self.label.get(language).to_owned()),
            ("value", value),
            ("high", with_unit(self.value_high)),
            ("op", message(language, op, &[])),
            ("limit", limit),
            ("margin", with_unit(self.margin().abs())),
        ];
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        message(language, key, &values)
    }

    /// Whether it would be met at another limit.
    pub fn truth_at(&self, limit: f64) -> Truth {
        if self.value.is_nan() || limit.is_nan() {
            return self.truth;
        }
        match (self.op.holds(self.value, limit), self.op.holds(self.value_high, limit)) {
            (true, true) => Truth::True,
            (false, false) => Truth::False,
            (true, false) | (false, true) => Truth::Unknown,
        }
    }

    /// Whether the value is known only to lie between two others.
    pub fn is_bounded(&self) -> bool {
        !self.value.is_nan() && self.value != self.value_high
    }

    /// As many decimals as show that value and limit differ, and which is larger.
    fn decimals_that_tell(&self) -> usize {
        if self.value.is_nan() || self.limit.is_nan() || self.value == self.limit {
            return self.decimals;
        }
        (self.decimals..=12)
            .find(|&d| number(self.value, d, Language::En) != number(self.limit, d, Language::En))
            .unwrap_or(12)
    }
}

/// The sentence of an area: its outcome and the reasons.
pub(super) fn sentence(finding: &Finding, unknown: Unknown) -> Text {
    let key = match (finding.truth(), unknown) {
        (Truth::True, _) => "select.selected",
        (Truth::False, _) => "select.not-selected",
        (Truth::Unknown, Unknown::ListApart | Unknown::Bounds) => "select.outcome-unknown",
        (Truth::Unknown, Unknown::NotSelected) => "select.not-selected-unknown",
    };
    let text = |language| message(language, key, &[("reasons", &finding.text(language))]);
    Text { nb: text(Language::Nb), en: text(Language::En) }
}

/// The sentence on one tier of an area.
pub(super) fn sentence_of_tier(title: &Text, finding: &Finding) -> Text {
    let text = |language| {
        let values = [("tier", title.get(language)), ("reasons", &finding.text(language))];
        message(language, "select.tier-reasons", &values)
    };
    Text { nb: text(Language::Nb), en: text(Language::En) }
}
