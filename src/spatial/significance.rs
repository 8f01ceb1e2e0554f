//! How unlikely is it by chance?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which values of a statistic count as extreme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Alternative {
    /// As far out in either tail: twice the smaller tail, at most 1.
    #[default]
    TwoSided,
    /// As large or larger.
    Greater,
    /// As small or smaller.
    Lesser,
    /// As far from the mean of what chance gives, on either side.
    Folded,
    /// The smaller tail, whichever it is, as if it had been asked for. Half of what two sides
    /// give, and therefore too small; it is what GeoDa and older versions of esda print.
    Directed,
}

impl Alternative {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoSided => "two-sided",
            Self::Greater => "greater",
            Self::Lesser => "lesser",
            Self::Folded => "folded",
            Self::Directed => "directed",
        }
    }

    /// The smallest p that this many permutations can give.
    pub fn smallest_p(self, permutations: usize) -> f64 {
        let one = 1.0 / (permutations as f64 + 1.0);
        match self {
            Self::TwoSided => (2.0 * one).min(1.0),
            Self::Greater | Self::Lesser | Self::Folded | Self::Directed => one,
        }
    }

    /// The p of a standard normal variable.
    pub fn of_normal(self, z: f64) -> f64 {
        match self {
            Self::TwoSided | Self::Folded => 2.0 * above(z.abs()),
            Self::Greater => above(z),
            Self::Lesser => above(-z),
            Self::Directed => above(z.abs()),
        }
    }

    /// The pseudo p of a value among permutations, itself counted as one of them.
    ///
    /// Source: Phipson and Smyth (2010), *Permutation p-values should never be zero*, Statistical
    /// Applications in Genetics and Molecular Biology 9(1).
    pub(super) fn of_tails(self, tails: Tails, permutations: usize) -> f64 {
        let p = |n: usize| (n as f64 + 1.0) / (permutations as f64 + 1.0);
        let smaller = tails.n_at_least.min(tails.n_at_most);
        match self {
            Self::TwoSided => (2.0 * p(smaller)).min(1.0),
            Self::Greater => p(tails.n_at_least),
            Self::Lesser => p(tails.n_at_most),
            Self::Folded => p(tails.n_as_far),
            Self::Directed => p(smaller),
        }
    }
}

/// How many permutations are as extreme as what was found; equal ones are in both tails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tails {
    pub(super) n_at_least: usize,
    pub(super) n_at_most: usize,
    pub(super) n_as_far: usize,
}

impl Tails {
    /// The same seen from the other end.
    pub(super) fn reversed(self) -> Self {
        Self { n_at_least: self.n_at_most, n_at_most: self.n_at_least, ..self }
    }

    /// By looking at each.
    pub(super) fn of(found: f64, simulated: &[f64], slack: f64) -> Self {
        let mean = simulated.iter().sum::<f64>() / simulated.len().max(1) as f64;
        let far = (found - mean).abs();
        let count = |is: &dyn Fn(&f64) -> bool| simulated.iter().filter(|x| is(x)).count();
        Self {
            n_at_least: count(&|x| *x >= found - slack),
            n_at_most: count(&|x| *x <= found + slack),
            n_as_far: count(&|x| (x - mean).abs() >= far - slack),
        }
    }
}

/// The p-values that control the share of false discoveries, each at least as large as before.
///
/// Shape: one a p, in the same order; NaN stays NaN and is not counted as a test.
///
/// Source: Benjamini and Hochberg (1995), *Controlling the false discovery rate*, JRSS B 57(1).
/// It holds for independent tests and such as rise together, which local statistics nearly do.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&at| !p[at].is_nan()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let n = order.len();
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least = 1.0_f64;
    for (behind, &at) in order.iter().enumerate() {
        least = least.min(p[at] * n as f64 / (n - behind) as f64);
        adjusted[at] = least;
    }
    adjusted
}

/// The probability that a standard normal variable is above `z`.
///
/// Source: Abramowitz and Stegun (1964), *Handbook of Mathematical Functions*, 26.2.11 near the
/// middle and the continued fraction 26.2.14 in the tails; to about 1e-14.
pub fn above(z: f64) -> f64 {
    if z.is_nan() {
        return f64::NAN;
    }
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z.abs() < 3.0 {
        let (mut term, mut sum, mut k) = (z, z, 1.0);
        while term.abs() > 1e-17 * sum.abs() {
            k += 2.0;
            term *= z * z / k;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    /// Terms of the fraction; 3 is the hardest place.
    const DEPTH: u32 = 120;
    let x = z.abs();
    let fraction = (1..=DEPTH).rev().fold(x, |below, k| x + f64::from(k) / below);
    let tail = density / fraction;
    if z > 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_tail_is_that_of_scipy() {
        // scipy.stats.norm.sf
        let cases = [
            (0.0, 0.5),
            (1.0, 0.15865525393145707),
            (-1.5, 0.9331927987311419),
            (2.999, 0.0013543365337271057),
            (3.0, 0.0013498980316300933),
            (6.0, 9.865876450376946e-10),
            (-4.0, 0.9999683287581669),
        ];
        for (z, expected) in cases {
            let far = (above(z) - expected).abs();
            assert!(far <= 1e-13 * expected.max(1e-3), "{z}: {}, not {expected}", above(z));
        }
    }

    #[test]
    fn false_discoveries_are_held_as_in_their_paper() {
        // The fifteen p-values of Benjamini and Hochberg (1995), section 3.2; the largest that
        // is rejected at 0.05 is the fourth.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let adjusted = benjamini_hochberg(&p);
        assert_eq!(adjusted.iter().filter(|p| **p <= 0.05).count(), 4);
        assert!((adjusted[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-15);
        let gaps = benjamini_hochberg(&[f64::NAN, 0.04, 0.03]);
        assert!(gaps[0].is_nan() && gaps[1..] == [0.04, 0.04]);
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    #[test]
    fn what_is_always_found_is_not_significant_on_either_side() {
        let tails = Tails::of(2.0, &[2.0; 99], 0.0);
        for kind in [
            Alternative::TwoSided,
            Alternative::Greater,
            Alternative::Lesser,
            Alternative::Folded,
            Alternative::Directed,
        ] {
            assert_eq!(kind.of_tails(tails, 99), 1.0, "{}", kind.name());
        }
        let out = Tails::of(9.0, &[2.0; 99], 0.0);
        assert_eq!(Alternative::TwoSided.of_tails(out, 99), 0.02);
        assert_eq!(Alternative::TwoSided.smallest_p(99), 0.02);
        assert_eq!(Alternative::Greater.of_tails(out, 99), 0.01);
    }
}
