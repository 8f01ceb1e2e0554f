//! What is an amount of money?
//!
//! Whole kroner, so that parts sum to what was shared out. Reading amounts and rounding shares of
//! them are the only places where a fraction of a krone can appear, and neither lets one through.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::language::{Language, number};

/// Whole kroner; negative for what is taken away.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct Money(i64);

/// The largest amount that is taken, in kroner: up to here every krone is exact in an `f64`, in
/// which shares are computed. Norway's state budget is below 2 × 10¹².
pub const LARGEST: i64 = 1 << 53;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many kroner.
    pub const fn kroner(kroner: i64) -> Self {
        Self(kroner)
    }

    /// The number of kroner.
    pub const fn as_kroner(self) -> i64 {
        self.0
    }

    /// The amount as a number for shares and ratios.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// `1 234 567 kr` in bokmål, `NOK 1,234,567` in English.
    pub fn text(self, language: Language) -> String {
        let plain = number(self.as_f64(), 0, language);
        match language {
            Language::Nb => format!("{plain}\u{a0}kr"),
            Language::En => format!("NOK\u{a0}{plain}"),
        }
    }

    /// In thousand kroner, without a unit and with as many decimals as it needs: `44 014`.
    pub fn thousands(self, language: Language) -> String {
        let decimals = match self.0 % 1000 {
            0 => 0,
            rest if rest % 100 == 0 => 1,
            rest if rest % 10 == 0 => 2,
            _ => 3,
        };
        number(self.as_f64() / 1000.0, decimals, language)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Self> for Money {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// In which unit a table writes its amounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyUnit {
    /// Kroner.
    #[default]
    Kroner,
    /// Thousand kroner, as budget tables are printed.
    ThousandKroner,
}

impl MoneyUnit {
    /// How many kroner one is.
    pub fn in_kroner(self) -> i64 {
        match self {
            Self::Kroner => 1,
            Self::ThousandKroner => 1000,
        }
    }

    /// An amount of so many units.
    ///
    /// # Errors
    ///
    /// What is wrong with the number: a fraction of a unit, or more than [`LARGEST`].
    pub fn amount(self, units: f64) -> Result<Money, AmountProblem> {
        if units.fract() != 0.0 {
            return Err(AmountProblem::Fraction);
        }
        let kroner = units * self.in_kroner() as f64;
        if kroner.is_nan() || kroner.abs() > LARGEST as f64 {
            return Err(AmountProblem::TooLarge);
        }
        Ok(Money(kroner as i64))
    }
}

/// What is wrong with an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountProblem {
    /// It is not a whole number of the table's unit.
    #[error("is not a whole number")]
    Fraction,
    /// It is beyond what can be counted exactly.
    #[error("is larger than {LARGEST} kroner")]
    TooLarge,
}

/// Why amounts cannot be rounded so that they sum to the total.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum RoundError {
    /// Lower limits, rounded up to whole units, sum to more than there is.
    #[error("whole units of {unit} kr cannot meet the lower limits: {short} are missing")]
    #[diagnostic(code(levekaar::money::floors), help("round to `kroner`, or lower the limits"))]
    Floors {
        /// The unit in kroner.
        unit: i64,
        /// How many units too few there are.
        short: i64,
    },
    /// Upper limits, rounded down to whole units, sum to less than there is.
    #[error("whole units of {unit} kr cannot keep the upper limits: {over} are left over")]
    #[diagnostic(code(levekaar::money::caps), help("round to `kroner`, or raise the limits"))]
    Caps {
        /// The unit in kroner.
        unit: i64,
        /// How many units are left over.
        over: i64,
    },
}

/// An amount before rounding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unrounded {
    /// The amount in kroner.
    pub kroner: f64,
    /// It may not become less.
    pub lower: f64,
    /// It may not become more; infinite where nothing is said.
    pub upper: f64,
}

impl Unrounded {
    /// An amount that may be rounded down to nothing and up without limit.
    pub fn free(kroner: f64) -> Self {
        Self { kroner, lower: 0.0, upper: f64::INFINITY }
    }
}

/// Rounds amounts to whole units that sum to `total` exactly, by the largest remainders (Hamilton).
///
/// Each amount is rounded down; the units that are left go one each to the largest remainders.
/// `before` says who comes first where remainders tie. Limits hold after rounding. Where `total`
/// is not a whole number of units, the odd kroner go to the first in the order of remainders that
/// has room for them.
///
/// An area can lose one unit when the total grows by a unit (the Alabama paradox), which is why
/// what holds of the amounts holds of the rounded ones up to one unit.
///
/// # Errors
///
/// [`RoundError`] when no whole units are within the limits.
///
/// Source: Balinski and Young (1982), *Fair Representation*, chapter 2.
pub fn largest_remainder(
    amounts: &[Unrounded],
    total: Money,
    unit: MoneyUnit,
    before: impl Fn(usize, usize) -> Ordering,
) -> Result<Vec<Money>, RoundError> {
    // Sums of shares are a bit off; a bit must not decide over a krone.
    const SLACK: f64 = 1e-6;
    let size = unit.in_kroner();
    let (n_units, odd) = (total.0.div_euclid(size), total.0.rem_euclid(size));
    let in_units = |kroner: f64| kroner / size as f64;
    let lower: Vec<i64> =
        amounts.iter().map(|a| (in_units(a.lower) - SLACK).ceil().max(0.0) as i64).collect();
    let upper: Vec<i64> = amounts
        .iter()
        .map(|a| (in_units(a.upper).min(LARGEST as f64) + SLACK).floor() as i64)
        .collect();
    let mut units: Vec<i64> = amounts
        .iter()
        .enumerate()
        .map(|(at, a)| {
            let down = (in_units(a.kroner) + SLACK).floor() as i64;
            // A lower limit that is no whole unit above an upper one that is none has no answer.
            down.min(upper[at]).max(lower[at])
        })
        .collect();
    let mut left = n_units - units.iter().sum::<i64>();
    // Millionths of a unit, so that what should tie does.
    let remainder = |units: &[i64], at: usize| {
        ((in_units(amounts[at].kroner) - units[at] as f64) * 1e6).round() as i64
    };
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    while left != 0 {
        let step = left.signum();
        order.sort_by(|&a, &b| {
            let by = remainder(&units, b).cmp(&remainder(&units, a));
            (if step > 0 { by } else { by.reverse() }).then_with(|| before(a, b))
        });
        let mut moved = false;
        for &at in order.iter() {
            let next = units[at] + step;
            if left != 0 && (lower[at]..=upper[at]).contains(&next) {
                units[at] = next;
                left -= step;
                moved = true;
            }
        }
        if !moved && step > 0 {
            return Err(RoundError::Caps { unit: size, over: left });
        }
        if !moved {
            return Err(RoundError::Floors { unit: size, short: -left });
        }
    }
    let mut rounded: Vec<Money> = units.iter().map(|units| Money(units * size)).collect();
    if odd > 0 {
        order.sort_by(|&a, &b| {
            remainder(&units, b).cmp(&remainder(&units, a)).then_with(|| before(a, b))
        });
        let room = |at: &&usize| (rounded[**at].0 + odd) as f64 <= amounts[**at].upper;
        match order.iter().find(room) {
            Some(&at) => rounded[at].0 += odd,
            None => return Err(RoundError::Caps { unit: size, over: 1 }),
        }
    }
    Ok(rounded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn free(amounts: &[f64]) -> Vec<Unrounded> {
        amounts.iter().map(|&kroner| Unrounded::free(kroner)).collect()
    }

    fn rounded(amounts: &[Unrounded], total: i64, unit: MoneyUnit) -> Result<Vec<i64>, RoundError> {
        let done = largest_remainder(amounts, Money(total), unit, |a, b| a.cmp(&b))?;
        Ok(done.into_iter().map(Money::as_kroner).collect())
    }

    #[test]
    fn the_largest_remainders_get_what_is_left_and_the_first_of_a_tie() {
        let unit = MoneyUnit::Kroner;
        assert_eq!(rounded(&free(&[3.3, 3.3, 3.4]), 10, unit).unwrap(), [3, 3, 4]);
        assert_eq!(rounded(&free(&[2.5, 2.5]), 5, unit).unwrap(), [3, 2]);
        assert_eq!(rounded(&free(&[]), 0, unit).unwrap(), [0_i64; 0]);
        // A tie to a bit is a tie.
        let third = 10.0 / 3.0;
        let almost = free(&[third, third + 1e-12, third]);
        assert_eq!(rounded(&almost, 10, unit).unwrap(), [4, 3, 3]);
    }

    #[test]
    fn odd_kroner_are_not_lost_in_thousands() {
        let done = rounded(&free(&[1200.0, 800.0, 345.0]), 2345, MoneyUnit::ThousandKroner);
        assert_eq!(done.unwrap().iter().sum::<i64>(), 2345);
    }

    #[test]
    fn limits_hold_after_rounding_or_it_says_so() {
        let limited = [
            Unrounded { kroner: 2.0, lower: 1.5, upper: 9.0 },
            Unrounded { kroner: 2.0, lower: 1.5, upper: 9.0 },
        ];
        assert_eq!(rounded(&limited, 4, MoneyUnit::Kroner).unwrap(), [2, 2]);
        let short = Err(RoundError::Floors { unit: 1, short: 1 });
        assert_eq!(rounded(&limited, 3, MoneyUnit::Kroner), short);
        let over = Err(RoundError::Caps { unit: 1, over: 2 });
        assert_eq!(rounded(&limited, 20, MoneyUnit::Kroner), over);
    }

    #[test]
    fn amounts_are_written_as_each_language_does() {
        let money = Money::kroner(-44_014_500);
        assert_eq!(money.text(Language::Nb), "−44\u{a0}014\u{a0}500\u{a0}kr");
        assert_eq!(money.text(Language::En), "NOK\u{a0}−44,014,500");
        assert_eq!(money.thousands(Language::En), "−44,014.5");
        assert_eq!(MoneyUnit::ThousandKroner.amount(1.5), Err(AmountProblem::Fraction));
        assert_eq!(MoneyUnit::Kroner.amount(1e300), Err(AmountProblem::TooLarge));
    }

    proptest! {
        #[test]
        fn rounded_amounts_sum_to_the_total_and_stay_within_one_unit(
            weights in prop::collection::vec(0.0..1e4_f64, 1..40),
            total in 0..1_000_000_000_i64,
        ) {
            let sum: f64 = weights.iter().sum();
            prop_assume!(sum > 0.0);
            let exact: Vec<f64> = weights.iter().map(|w| w / sum * total as f64).collect();
            let got = rounded(&free(&exact), total, MoneyUnit::Kroner).unwrap();
            prop_assert_eq!(got.iter().sum::<i64>(), total);
            for (got, exact) in got.iter().zip(&exact) {
                prop_assert!((*got as f64 - exact).abs() < 1.0 + 1e-5, "{} {}", got, exact);
            }
        }
    }
}
