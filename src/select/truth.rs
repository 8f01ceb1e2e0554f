//! What is the answer where a value is missing?
//!
//! Kleene's three-valued logic: an answer that hangs on a missing value is unknown, and one that
//! does not is true or false whatever the value may turn out to be.
//!
//! Source: Kleene (1952), *Introduction to Metamathematics*, section 64.

use serde::Serialize;

/// Kleene's third value beside true and false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It hangs on a missing value.
    Unknown,
}

impl Truth {
    /// Of a plain answer.
    pub fn of(answer: bool) -> Self {
        if answer { Self::True } else { Self::False }
    }

    /// Kleene's negation.
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether the points of those that hold reach the pass mark.
    pub fn points(pass: f64, parts: impl IntoIterator<Item = (f64, Self)>) -> Self {
        // Sums of decimal points are a bit off; a bit must not decide over an area.
        const SLACK: f64 = 1e-9;
        let (mut sure, mut possible) = (0.0, 0.0);
        for (points, part) in parts {
            sure += if part == Self::True { points } else { 0.0 };
            possible += if part == Self::False { 0.0 } else { points };
        }
        if sure >= pass - SLACK {
            Self::True
        } else if possible < pass - SLACK {
            Self::False
        } else {
            Self::Unknown
        }
    }

    /// Whether at least `k` of these hold.
    pub fn at_least(k: usize, parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut sure, mut possible) = (0, 0);
        for part in parts {
            sure += usize::from(part == Self::True);
            possible += usize::from(part != Self::False);
        }
        if sure >= k {
            Self::True
        } else if possible < k {
            Self::False
        } else {
            Self::Unknown
        }
    }
}
