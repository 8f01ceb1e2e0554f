//! How is a number rounded?
//!
//! Published schemes round intermediate columns, and the rounding decides ranks. A [`Round`] is
//! written as a number of decimals, or as a table that also says where halves go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::round_half_away;

/// The largest number of decimals that a binary number can tell apart.
const MOST: u8 = 12;

/// A rounding to decimals: `2`, or `{ decimals = 2, halves = "even" }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
pub struct Round {
    /// The decimals that stay.
    pub decimals: u8,
    /// Where a half goes.
    pub halves: Halves,
}

/// Where a number goes that lies in the middle, as it is written in decimal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Halves {
    /// Away from zero, as in print and in spreadsheets: 0.5 becomes 1, and 2.5 becomes 3.
    #[default]
    Away,
    /// To the even digit, as in IEC 60559 and R: 0.5 becomes 0, and 2.5 becomes 2.
    Even,
}

/// The two ways to write a rounding.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    /// Decimals; halves go away from zero.
    Decimals(u8),
    /// Both.
    Full(Full),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Full {
    /// The decimals that stay.
    decimals: u8,
    /// Where a half goes.
    #[serde(default)]
    halves: Halves,
}

impl From<Written> for Round {
    fn from(written: Written) -> Self {
        match written {
            Written::Decimals(decimals) => decimals.into(),
            Written::Full(Full { decimals, halves }) => Self { decimals, halves },
        }
    }
}

impl From<Round> for Written {
    fn from(Round { decimals, halves }: Round) -> Self {
        match halves {
            Halves::Away => Self::Decimals(decimals),
            Halves::Even => Self::Full(Full { decimals, halves }),
        }
    }
}

impl From<u8> for Round {
    fn from(decimals: u8) -> Self {
        Self { decimals, halves: Halves::Away }
    }
}

impl Round {
    /// The rounded number; a missing one stays missing.
    pub fn of(self, x: f64) -> f64 {
        match self.halves {
            Halves::Away => round_half_away(x, usize::from(self.decimals)),
            Halves::Even => round_half_even(x, self.decimals),
        }
    }

    /// Rounds in place.
    pub(crate) fn all(self, values: &mut [f64]) {
        values.iter_mut().for_each(|x| *x = self.of(*x));
    }

    pub(crate) fn problem(self) -> Option<(String, String)> {
        (self.decimals > MOST)
            .then(|| (format!("rounds to {} decimals", self.decimals), "use 0 to 12".to_owned()))
    }
}

/// Rounds a half, as it is written in decimal, to the even digit: 0.285 becomes 0.28 and 0.275
/// becomes 0.28.
fn round_half_even(x: f64, decimals: u8) -> f64 {
    let factor = 10_f64.powi(i32::from(decimals));
    let scaled = x * factor;
    if !x.is_finite() || scaled.abs() >= 9e15 {
        return x;
    }
    // A half that decimal text means lies at most a few last places beside the binary one.
    let below = scaled.floor();
    let is_half = (scaled - below - 0.5).abs() <= 2.0 * scaled.abs() * f64::EPSILON;
    let whole = match (is_half, below % 2.0 == 0.0) {
        (false, _) => scaled.round(),
        (true, true) => below,
        (true, false) => below + 1.0,
    };
    whole / factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_where_the_recipe_says() {
        for (x, decimals, away, even) in [
            (0.5, 0, 1.0, 0.0),
            (1.5, 0, 2.0, 2.0),
            (2.5, 0, 3.0, 2.0),
            (-2.5, 0, -3.0, -2.0),
            // Their nearest binary numbers lie below and above the half.
            (0.285, 2, 0.29, 0.28),
            (1.005, 2, 1.01, 1.0),
            (0.275, 2, 0.28, 0.28),
            (0.1249, 2, 0.12, 0.12),
        ] {
            assert_eq!(Round { decimals, halves: Halves::Away }.of(x), away, "{x}");
            assert_eq!(Round { decimals, halves: Halves::Even }.of(x), even, "{x}");
        }
        assert!(Round::from(2).of(f64::NAN).is_nan());
    }

    #[test]
    fn a_rounding_is_written_as_a_number_or_as_a_table() {
        #[derive(Deserialize, Serialize, PartialEq, Debug)]
        struct Holder {
            round: Round,
        }
        for (text, round) in [
            ("round = 3\n", Round { decimals: 3, halves: Halves::Away }),
            (
                "[round]\ndecimals = 3\nhalves = \"even\"\n",
                Round { decimals: 3, halves: Halves::Even },
            ),
        ] {
            let read: Holder = toml::from_str(text).unwrap();
            assert_eq!(read, Holder { round });
            assert_eq!(toml::to_string(&read).unwrap(), text);
        }
    }
}
