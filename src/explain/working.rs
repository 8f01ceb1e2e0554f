//! Which lines lie between the numbers that go in and the result?

use serde::Serialize;

use crate::language::Language;

use super::digits::operand;

/// One line of arithmetic, or a fact of other areas that a later line uses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Working {
    /// What it is: a key of the message catalogue under `explain`.
    pub name: &'static str,
    /// The arithmetic, with `{}` where a number stands; empty for a fact.
    pub expression: String,
    /// The numbers, in their order.
    pub numbers: Vec<f64>,
    /// What comes out.
    pub result: f64,
}

impl Working {
    /// A number that is not computed from the numbers of this area alone.
    pub(super) fn fact(name: &'static str, result: f64) -> Self {
        Self { name, expression: String::new(), numbers: Vec::new(), result }
    }

    pub(super) fn line(
        name: &'static str,
        expression: impl Into<String>,
        numbers: &[f64],
        result: f64,
    ) -> Self {
        Self { name, expression: expression.into(), numbers: numbers.to_vec(), result }
    }

    /// The arithmetic with its numbers; `None` for a fact.
    pub(super) fn filled(&self, language: Language) -> Option<String> {
        if self.expression.is_empty() {
            return None;
        }
        let mut numbers = self.numbers.iter();
        let mut pieces = self.expression.split("{}");
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            out.extend(numbers.next().map(|x| operand(*x, language)));
            out.push_str(piece);
        }
        Some(out)
    }

    /// Whether the line says on which side of a limit a number lies.
    pub(super) fn is_comparison(&self) -> bool {
        self.expression.contains(['<', '>', '≤', '≥'])
    }
}

/// `pattern` once for each of `n` items, with plus signs between them.
pub(super) fn repeated(pattern: &str, n: usize) -> String {
    vec![pattern; n].join(" + ")
}
