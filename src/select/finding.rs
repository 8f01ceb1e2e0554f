//! Why is an area in or out?
//!
//! The evaluation of one area, criterion by criterion, and the sentence that it makes.

use serde::Serialize;

use super::{Operator, Truth, Unknown};
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
    /// One criterion.
    Criterion(Criterion),
}

/// One criterion in one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Criterion {
    /// Whether it is met.
    pub truth: Truth,
    /// What is compared.
    pub label: Text,
    /// Its unit.
    pub unit: Text,
    /// Decimals that it is usually printed with.
    pub decimals: usize,
    /// The area's value; NaN where it is missing.
    pub value: f64,
    /// How it is compared.
    pub op: Operator,
    /// The limit.
    pub limit: f64,
    /// What the limit is, where it is computed.
    pub limit_label: Option<Text>,
}

impl Finding {
    /// Whether it holds.
    pub fn truth(&self) -> Truth {
        match self {
            Self::All { truth, .. }
            | Self::Any { truth, .. }
            | Self::AtLeast { truth, .. }
            | Self::Points { truth, .. }
            | Self::Not { truth, .. } => *truth,
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
            Self::Not { part, .. } => part.criteria(),
            Self::Criterion(criterion) => vec![criterion],
        }
    }

    fn text(&self, language: Language) -> String {
        let join = |parts: &[Self], with: &str| {
            parts.iter().map(|part| part.text(language)).collect::<Vec<_>>().join(with)
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
            Self::Criterion(criterion) => criterion.text(language),
        }
    }
}

impl Criterion {
    /// By how much the value is on the side that the rule asks for; NaN where it is missing.
    pub fn margin(&self) -> f64 {
        self.op.margin(self.value, self.limit)
    }

    /// Value, operator, limit and margin in words.
    pub fn text(&self, language: Language) -> String {
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
            Truth::Unknown => "select.unknown",
        };
        let limit = match &self.limit_label {
            Some(label) => format!("{} ({})", with_unit(self.limit), label.get(language)),
            None => with_unit(self.limit),
        };
        let values = [
            ("fact", self.label.get(language).to_owned()),
            ("value", with_unit(self.value)),
            ("op", message(language, op, &[])),
            ("limit", limit),
            ("margin", with_unit(self.margin().abs())),
        ];
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        message(language, key, &values)
    }

    /// As many decimals as show that value and limit differ, and which is larger.
    fn decimals_that_tell(&self) -> usize {
        if self.value.is_nan() || self.value == self.limit {
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
        (Truth::Unknown, Unknown::ListApart) => "select.outcome-unknown",
        (Truth::Unknown, Unknown::NotSelected) => "select.not-selected-unknown",
    };
    let text = |language| message(language, key, &[("reasons", &finding.text(language))]);
    Text { nb: text(Language::Nb), en: text(Language::En) }
}
