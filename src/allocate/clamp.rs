//! How is a pot shared out in proportion, between a lower and an upper limit for each?
//!
//! One factor `t` serves all: `min(upper, max(lower, t * weight))`. The sum grows with `t` in
//! straight pieces, so that the right piece is found among the sorted breakpoints and `t` on it
//! by one division. Nothing is iterated to a tolerance.

use thiserror::Error;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// In proportion to what; zero or more.
    pub weight: f64,
    /// Not less than this.
    pub lower: f64,
    /// Not more than this; infinite where nothing is said.
    pub upper: f64,
}

/// The amounts and the factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Clamped {
    /// One amount a part.
    pub amounts: Vec<f64>,
    /// The factor of the weights; the smallest where several give the same amounts.
    pub factor: f64,
}

/// Why there is no such factor.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum ClampError {
    /// The lower limits sum to more than there is.
    #[error("the lower limits sum to {by} more than there is")]
    LowerAbove {
        /// By how much.
        by: f64,
    },
    /// The upper limits sum to less than there is.
    #[error("the upper limits sum to {by} less than there is")]
    UpperBelow {
        /// By how much.
        by: f64,
    },
    /// Parts with a weight have reached their upper limits, and those without have none to claim.
    #[error("{by} are left when every part with a weight has reached its upper limit")]
    NobodyLeft {
        /// How much is left.
        by: f64,
    },
}

/// Shares `total` out in proportion to the weights, within the limits.
///
/// Shape: one amount a part, in their order; the sum is `total` but for the last bits. A part
/// without a weight gets its lower limit. Each part needs `0 <= lower <= upper`, which the caller
/// sees to.
///
/// # Errors
///
/// [`ClampError`], with the gap in the unit of `total`.
///
/// Source: the breakpoint search for continuous knapsack problems, Brucker (1984), *An O(n)
/// algorithm for quadratic knapsack problems*, Operations Research Letters 3, with a sort.
pub fn clamp(parts: &[Part], total: f64) -> Result<Clamped, ClampError> {
    // Limits that are meant to meet the total may miss it by the last bits of their sum.
    let slack = 1e-12 * total.abs().max(1.0) * parts.len().max(1) as f64;
    let lowest: f64 = parts.iter().map(|part| part.lower).sum();
    if lowest > total + slack {
        return Err(ClampError::LowerAbove { by: lowest - total });
    }
    let highest: f64 = parts.iter().map(|part| part.upper).sum();
    if highest < total - slack {
        return Err(ClampError::UpperBelow { by: total - highest });
    }
    let claim = |part: &Part| if part.weight > 0.0 { part.upper } else { part.lower };
    let claimed: f64 = parts.iter().map(claim).sum();
    if claimed < total - slack {
        return Err(ClampError::NobodyLeft { by: total - claimed });
    }
    let mut breaks: Vec<f64> = parts
        .iter()
        .filter(|part| part.weight > 0.0)
        .flat_map(|part| [part.lower / part.weight, part.upper / part.weight])
        .filter(|t| t.is_finite())
        .collect();
    breaks.push(0.0);
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    let amount = |part: &Part, t: f64| (t * part.weight).max(part.lower).min(part.upper);
    let sum = |t: f64| -> f64 { parts.iter().map(|part| amount(part, t)).sum() };
    // The last breakpoint at which the sum is still below the total begins the piece.
    let at = breaks.partition_point(|&t| sum(t) < total);
    if at == 0 {
        return Ok(Clamped {
            amounts: parts.iter().map(|p| amount(p, breaks[0])).collect(),
            factor: breaks[0],
        });
    }
    let start = breaks[at - 1];
    let is_moving = |part: &&Part| {
        part.weight > 0.0 && part.lower / part.weight <= start && part.upper / part.weight > start
    };
    let moving: f64 = parts.iter().filter(is_moving).map(|part| part.weight).sum();
    let resting: f64 =
        parts.iter().filter(|part| !is_moving(part)).map(|part| amount(part, start)).sum();
    // Where nobody moves the sum cannot grow; the total is reached but for the last bits.
    let factor = if moving > 0.0 { ((total - resting) / moving).max(start) } else { start };
    let factor = breaks.get(at).map_or(factor, |&end| factor.min(end));
    Ok(Clamped { amounts: parts.iter().map(|part| amount(part, factor)).collect(), factor })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(weight: f64, lower: f64, upper: f64) -> Part {
        Part { weight, lower, upper }
    }

    #[test]
    fn what_one_may_not_have_goes_to_the_others_in_proportion() {
        let open = f64::INFINITY;
        let parts = [part(6.0, 0.0, 30.0), part(3.0, 0.0, open), part(1.0, 20.0, open)];
        // 30 and 20 are limits; the middle one has the rest.
        assert_eq!(clamp(&parts, 100.0).unwrap().amounts, [30.0, 50.0, 20.0]);
    }

    #[test]
    fn impossible_limits_say_by_how_much() {
        let parts = [part(1.0, 10.0, 20.0), part(0.0, 10.0, 20.0)];
        assert_eq!(clamp(&parts, 15.0), Err(ClampError::LowerAbove { by: 5.0 }));
        assert_eq!(clamp(&parts, 45.0), Err(ClampError::UpperBelow { by: 5.0 }));
        assert_eq!(clamp(&parts, 35.0), Err(ClampError::NobodyLeft { by: 5.0 }));
        assert_eq!(clamp(&parts, 20.0).unwrap().amounts, [10.0, 10.0]);
        assert_eq!(clamp(&parts, 30.0).unwrap().amounts, [20.0, 10.0]);
        assert!(clamp(&[], 0.0).unwrap().amounts.is_empty());
        assert_eq!(clamp(&[], 1.0), Err(ClampError::UpperBelow { by: 1.0 }));
    }

    prop_compose! {
        fn any_part()(weight in prop_oneof![Just(0.0), 0.0..100.0_f64], lower in 0.0..50.0_f64,
                      width in prop_oneof![Just(0.0), Just(f64::INFINITY), 0.0..80.0_f64]) -> Part {
            part(weight, lower, lower + width)
        }
    }

    proptest! {
        #[test]
        fn the_sum_is_the_total_the_limits_hold_and_more_money_is_less_for_nobody(
            parts in prop::collection::vec(any_part(), 1..25),
            total in 0.0..3000.0_f64,
            more in 0.0..500.0_f64,
        ) {
            let Ok(done) = clamp(&parts, total) else { return Ok(()) };
            let sum: f64 = done.amounts.iter().sum();
            prop_assert!((sum - total).abs() < 1e-8, "{} is not {}", sum, total);
            for (amount, part) in done.amounts.iter().zip(&parts) {
                prop_assert!(part.lower <= *amount && *amount <= part.upper);
                let free = part.lower < *amount && *amount < part.upper;
                let right = (amount - done.factor * part.weight).abs() < 1e-9;
                prop_assert!(!free || right);
            }
            if let Ok(richer) = clamp(&parts, total + more) {
                let pairs = done.amounts.iter().zip(&richer.amounts);
                for (before, after) in pairs {
                    prop_assert!(*after >= before - 1e-9);
                }
            }
        }
    }
}
