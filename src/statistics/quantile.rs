//! Below which value lies a given share of the areas?
//!
//! The nine sample quantiles of Hyndman and Fan, of which type 7 is what R and numpy compute
//! where nothing is said. The types differ most in small samples and far out in the tails.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which sample quantile.
///
/// Source: Hyndman and Fan (1996), *Sample quantiles in statistical packages*, The American
/// Statistician 50. The names of numpy stand in brackets.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum QuantileType {
    /// The inverse of the empirical distribution (`inverted_cdf`); always a value of the sample.
    Type1,
    /// The same, averaged at its steps (`averaged_inverted_cdf`); SAS's own.
    Type2,
    /// The nearest value, even places first (`closest_observation`).
    Type3,
    /// Linear interpolation of the empirical distribution (`interpolated_inverted_cdf`).
    Type4,
    /// Linear between the middles of the steps (`hazen`); hydrologists'.
    Type5,
    /// Expected places of order statistics (`weibull`); SPSS and Minitab. Wide in the tails.
    Type6,
    /// Linear between the modes (`linear`); R, numpy, Excel.
    #[default]
    Type7,
    /// About median-unbiased whatever the distribution (`median_unbiased`); their advice.
    Type8,
    /// About unbiased for a normal distribution (`normal_unbiased`).
    Type9,
}

impl QuantileType {
    /// The `p`-quantile (0..=1) of values that are in ascending order and hold no NaN; `None`
    /// without values.
    pub fn of_sorted(self, sorted: &[f64], p: f64) -> Option<f64> {
        /// What R allows for the rounding of `n p`.
        const FUZZ: f64 = 4.0 * f64::EPSILON;
        let last = sorted.len().checked_sub(1)?;
        let (n, p) = (sorted.len() as f64, p.clamp(0.0, 1.0));
        // The place counted from 1, and how far the next value is mixed in.
        let discontinuous = |place: f64, share: &dyn Fn(f64) -> f64| {
            let below = (place + FUZZ).floor();
            (below, share(below))
        };
        let continuous = |a: f64, b: f64| {
            let place = a + p * (n + 1.0 - a - b);
            let below = (place + FUZZ).floor();
            let share = place - below;
            (below, if share.abs() < FUZZ { 0.0 } else { share })
        };
        let (below, share) = match self {
            Self::Type1 => {
                discontinuous(n * p, &|below| if n * p > below + FUZZ * n { 1.0 } else { 0.0 })
            }
            Self::Type2 => {
                discontinuous(n * p, &|below| if n * p > below + FUZZ * n { 1.0 } else { 0.5 })
            }
            Self::Type3 => discontinuous(n * p - 0.5, &|below| {
                let exact = (n * p - 0.5 - below).abs() <= FUZZ * n;
                if exact && below % 2.0 == 0.0 { 0.0 } else { 1.0 }
            }),
            Self::Type4 => continuous(0.0, 1.0),
            Self::Type5 => continuous(0.5, 0.5),
            Self::Type6 => continuous(0.0, 0.0),
            Self::Type7 => continuous(1.0, 1.0),
            Self::Type8 => continuous(1.0 / 3.0, 1.0 / 3.0),
            Self::Type9 => continuous(3.0 / 8.0, 3.0 / 8.0),
        };
        let at = |place: f64| sorted[(place.max(1.0) as usize - 1).min(last)];
        let (low, high) = (at(below), at(below + 1.0));
        Some(if share == 0.0 {
            low
        } else if share == 1.0 {
            high
        } else {
            low + (high - low) * share
        })
    }
}

/// The `p`-quantile (0..=1) of the values that are present, with linear interpolation between
/// order statistics: type 7 of Hyndman and Fan (1996), the default of R and numpy.
///
/// `scratch` is overwritten; passing it in spares an allocation a column. `None` without values.
pub fn quantile(values: &[f64], p: f64, scratch: &mut Vec<f64>) -> Option<f64> {
    scratch.clear();
    scratch.extend(values.iter().filter(|x| !x.is_nan()));
    if scratch.is_empty() {
        return None;
    }
    Some(quantile_of_present(scratch, p))
}

/// The same on values of which none is NaN; reorders them.
pub fn quantile_of_present(values: &mut [f64], p: f64) -> f64 {
    let at = p.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let below = at.floor() as usize;
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    let share = at - below as f64;
    if share == 0.0 { low } else { low + (high - low) * share }
}

/// The median of the values that are present.
pub fn median(values: &[f64], scratch: &mut Vec<f64>) -> Option<f64> {
    quantile(values, 0.5, scratch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_numpy_linear() {
        let x = [3.0, 1.0, f64::NAN, 4.0, 2.0];
        let q = |p| quantile(&x, p, &mut Vec::new()).unwrap();
        assert_eq!([q(0.0), q(0.25), q(0.5), q(0.9), q(1.0)], [1.0, 1.75, 2.5, 3.7, 4.0]);
    }

    const ALL: [QuantileType; 9] = [
        QuantileType::Type1,
        QuantileType::Type2,
        QuantileType::Type3,
        QuantileType::Type4,
        QuantileType::Type5,
        QuantileType::Type6,
        QuantileType::Type7,
        QuantileType::Type8,
        QuantileType::Type9,
    ];

    #[test]
    fn the_nine_types_are_those_of_numpy() {
        let sorted = [0.3, 1.5, 2.2, 3.1, 4.0, 4.0, 6.5, 7.0, 8.4, 9.0];
        let expected = [
            (0.05, [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.84, 0.3, 0.3]),
            (0.1, [0.3, 0.9, 0.3, 0.3, 0.9, 0.42, 1.38, 0.74, 0.78]),
            (0.25, [2.2, 2.2, 1.5, 1.85, 2.2, 2.025, 2.425, 2.141_666_666_666_667, 2.15625]),
            (0.5, [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]),
            (0.77, [7.0, 7.0, 7.0, 6.85, 7.28, 7.658, 6.965, 7.406, 7.3745]),
            (0.9, [8.4, 8.7, 8.4, 8.4, 8.7, 8.94, 8.46, 8.78, 8.76]),
        ];
        for (p, of_type) in expected {
            for (kind, expected) in ALL.iter().zip(of_type) {
                let got = kind.of_sorted(&sorted, p).unwrap();
                assert!((got - expected).abs() < 1e-12, "{kind:?} {p}: {got} {expected}");
            }
        }
    }

    #[test]
    fn the_ends_are_the_smallest_and_the_largest_value() {
        for kind in ALL {
            assert_eq!(kind.of_sorted(&[1.0, 5.0, 9.0], 0.0), Some(1.0));
            assert_eq!(kind.of_sorted(&[1.0, 5.0, 9.0], 1.0), Some(9.0));
            assert_eq!(kind.of_sorted(&[4.0], 0.3), Some(4.0));
            assert_eq!(kind.of_sorted(&[], 0.3), None);
        }
    }
}
