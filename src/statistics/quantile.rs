//! Below which value lies a given share of the areas?
//!
//! The nine sample quantiles of Hyndman and Fan, of which type 7 is what R and numpy compute
//! where nothing is said. The types differ most in small samples and far out in the tails.

use fearless_simd::{Level, dispatch};
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
    between(low, high, at - below as f64)
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    if share == 0.0 { low } else { low + (high - low) * share }
}

/// Several quantiles of the values that are present, as [`quantile`] gives each; `None` without
/// values.
///
/// Long columns are dealt into buckets of equal width, and only the buckets that a quantile falls
/// into are looked at closely: two passes over the column, however many quantiles.
pub fn quantiles<const N: usize>(
    values: &[f64],
    ps: [f64; N],
    scratch: &mut Vec<f64>,
) -> Option<[f64; N]> {
    let Some(buckets) = Buckets::of(values) else {
        scratch.clear();
        scratch.extend(values.iter().filter(|x| !x.is_nan()));
        return (!scratch.is_empty()).then(|| ps.map(|p| quantile_of_present(scratch, p)));
    };
    Some(ps.map(|p| {
        let at = p.clamp(0.0, 1.0) * (buckets.n - 1) as f64;
        let below = at.floor() as usize;
        let [low, high] =
            buckets.order_statistics([below, (below + 1).min(buckets.n - 1)], values, scratch);
        between(low, high, at - below as f64)
    }))
}

/// Columns shorter than this are selected from as they are.
const LONG: usize = 20_000;

const N_BUCKETS: usize = 1 << 12;

/// How many values of a column lie in each of [`N_BUCKETS`] ranges of equal width.
struct Buckets {
    min: f64,
    per_width: f64,
    /// How many values lie in the buckets before each, and in all.
    before: Vec<usize>,
    n: usize,
}

/// The last bits of a number a little above this are those of a whole number.
const WHOLE: f64 = (1_u64 << 52) as f64;

impl Buckets {
    /// `None` where the column is short or has no width to divide.
    fn of(values: &[f64]) -> Option<Self> {
        if values.len() < LONG {
            return None;
        }
        let (min, max) = dispatch!(Level::new(), _simd => ends_of(values));
        let per_width = (N_BUCKETS - 1) as f64 / (max - min);
        if !(min.is_finite() && per_width.is_finite() && per_width > 0.0) {
            return None;
        }
        let mut out = Self { min, per_width, before: vec![0; N_BUCKETS + 1], n: 0 };
        // By turns in two tables: values of one bucket follow each other, and a counter that has
        // just been written is slow to read.
        let mut counts = [vec![0_u32; N_BUCKETS], vec![0_u32; N_BUCKETS]];
        let [even, odd] = &mut counts;
        let count = |counts: &mut [u32], x: f64| {
            if !x.is_nan() {
                counts[out.place(x).to_bits() as usize % N_BUCKETS] += 1;
            }
        };
        let (pairs, rest) = values.as_chunks::<2>();
        for &[a, b] in pairs {
            count(even, a);
            count(odd, b);
        }
        rest.iter().for_each(|&x| count(even, x));
        let [even, odd] = counts;
        for (at, (even, odd)) in even.into_iter().zip(odd).enumerate() {
            out.before[at + 1] = out.before[at] + (even + odd) as usize;
        }
        out.n = out.before[N_BUCKETS];
        Some(out)
    }

    /// A number whose last bits are the bucket. Subtraction, multiplication and the sum that makes
    /// a whole number round monotonously: a larger value is in no earlier bucket.
    #[inline(always)]
    fn place(&self, x: f64) -> f64 {
        (x - self.min) * self.per_width + WHOLE
    }

    /// The values whose place is between these.
    #[inline(always)]
    fn gather(&self, values: &[f64], (from, to): (f64, f64), out: &mut Vec<f64>) {
        let is_in = |x: f64| {
            let place = self.place(x);
            (place >= from) & (place <= to)
        };
        // Most blocks have none, which wide registers see at once.
        for block in values.chunks(16) {
            if block.iter().fold(false, |any, &x| any | is_in(x)) {
                out.extend(block.iter().filter(|x| is_in(**x)));
            }
        }
    }

    /// The values at two places, the second of which is the first or follows it.
    fn order_statistics(
        &self,
        places: [usize; 2],
        values: &[f64],
        scratch: &mut Vec<f64>,
    ) -> [f64; 2] {
        let bucket = |place: usize| self.before.partition_point(|&before| before <= place) - 1;
        let [first, last] = places.map(bucket);
        let (from, to) = (first as f64 + WHOLE, last as f64 + WHOLE);
        scratch.clear();
        // Buckets between the two are empty. A comparison with NaN is false.
        dispatch!(Level::new(), _simd => self.gather(values, (from, to), scratch));
        let start = self.before[first];
        let (_, &mut low, above) =
            scratch.select_nth_unstable_by(places[0] - start, f64::total_cmp);
        let high = match places[1] - places[0] {
            0 => low,
            _ => above.iter().copied().min_by(f64::total_cmp).unwrap_or(low),
        };
        [low, high]
    }
}

/// The smallest and the largest value; a comparison with NaN is false, so that gaps pass by.
#[inline(always)]
fn ends_of(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &x| {
        (if x < min { x } else { min }, if x > max { x } else { max })
    })
}

/// The median of the values that are present.
pub fn median(values: &[f64], scratch: &mut Vec<f64>) -> Option<f64> {
    quantiles(values, [0.5], scratch).map(|[median]| median)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(24))]

        /// Buckets give the bits that selecting gives, with gaps, ties and far outliers.
        #[test]
        fn quantiles_of_long_columns_are_those_of_selecting(
            seed in proptest::num::u32::ANY,
            coarse in 1..5000_u32,
            far in 1.0..1e6_f64,
            ps in proptest::array::uniform3(0.0..=1.0_f64),
        ) {
            let mut state = seed | 1;
            let mut values: Vec<f64> = (0..LONG + 3)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    match state >> 24 {
                        0 => f64::NAN,
                        _ => f64::from((state >> 8) / coarse) - 100.0,
                    }
                })
                .collect();
            values[7] = far * 1e3;
            let got = quantiles(&values, ps, &mut Vec::new()).unwrap();
            for (p, got) in ps.into_iter().zip(got) {
                let expected = quantile(&values, p, &mut Vec::new()).unwrap();
                proptest::prop_assert_eq!(got.to_bits(), expected.to_bits());
            }
        }
    }

    #[test]
    fn long_columns_without_width_or_values_are_no_exception() {
        let q = |values: &[f64]| quantiles(values, [0.0, 0.3, 1.0], &mut Vec::new());
        assert_eq!(q(&vec![f64::NAN; LONG]), None);
        assert_eq!(q(&vec![4.0; LONG]), Some([4.0; 3]));
        let mut two = vec![f64::NAN; LONG];
        (two[3], two[9]) = (1.0, 2.0);
        assert_eq!(q(&two), Some([1.0, 1.3, 2.0]));
    }

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
