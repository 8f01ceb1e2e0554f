//! Do neighbours resemble each other on the whole map?
//!
//! One statistic for all areas, with its moments under two ideas of chance (values drawn from a
//! normal distribution, or those that there are, shuffled) and with random maps. Areas without
//! neighbours count among the values and have nothing to add.

use rand_pcg::Pcg64;

use super::significance::Tails;
use super::{Inference, Links, Sample, SpatialError};
use crate::draw::replicates;

/// A statistic of the whole map, and what chance would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    /// The name in files, such as `moran`.
    pub name: &'static str,
    /// What was found.
    pub value: f64,
    /// How many areas have a value.
    pub n: usize,
    /// The value that chance gives on average.
    pub expected: Option<f64>,
    /// As if values were drawn from a normal distribution.
    pub normal: Option<Chance>,
    /// As if the values that there are were shuffled.
    pub randomised: Option<Chance>,
    /// Among random maps; `None` without permutations.
    pub permuted: Option<Permuted>,
}

/// A variance, and where what was found lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// The variance that chance gives.
    pub variance: f64,
    /// How many standard deviations from the expected value.
    pub z: f64,
    /// By the normal distribution and the alternative that was asked for.
    pub p: f64,
}

/// What random maps give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permuted {
    /// The mean over the random maps.
    pub mean: f64,
    /// The standard deviation (divisor: their number).
    pub sd: f64,
    /// The pseudo p by the alternative that was asked for.
    pub p: f64,
}

/// Moran's I: 0 and a little below by chance, above where neighbours are alike.
///
/// Shape: one value an area; NaN is left out with its links. Ties need no rule.
///
/// # Errors
///
/// [`SpatialError`] for fewer than four values, equal values, or no links.
///
/// Source: Cliff and Ord (1981), *Spatial Processes*, sections 1.5 and 2.2.
pub fn moran(x: &[f64], links: &Links, inference: Inference) -> Result<Global, SpatialError> {
    let sample = Sample::of(x, links)?;
    let (n, [s0, s1, s2]) = (sample.n() as f64, sample.links.sums());
    let factor = n / s0 / (n * sample.moment(2));
    let value =
        |z: &[f64]| factor * (0..z.len()).map(|at| z[at] * sample.links.lag(at, z)).sum::<f64>();
    let expected = -1.0 / (n - 1.0);
    let normal =
        (n * n * s1 - n * s2 + 3.0 * s0 * s0) / ((n * n - 1.0) * s0 * s0) - expected * expected;
    let k = sample.moment(4) / sample.moment(2).powi(2);
    let top = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0)
        - k * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    let randomised = top / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0) - expected * expected;
    let found = value(&sample.deviations);
    Ok(Global {
        name: "moran",
        value: found,
        n: sample.n(),
        expected: Some(expected),
        normal: chance(found, expected, normal, inference),
        randomised: chance(found, expected, randomised, inference),
        permuted: permuted(&sample.deviations, found, inference, value),
    })
}

/// Geary's C: 1 by chance, *below* where neighbours are alike. Minds differences between
/// neighbours, where Moran's I minds distances from the mean.
///
/// Shape: one value an area; NaN is left out with its links. The alternative `greater` is that of
/// the number itself: neighbours differ more than by chance.
///
/// # Errors
///
/// Those of [`moran`].
///
/// Source: Cliff and Ord (1981), *Spatial Processes*, section 2.2.
pub fn geary(x: &[f64], links: &Links, inference: Inference) -> Result<Global, SpatialError> {
    let sample = Sample::of(x, links)?;
    let (n, [s0, s1, s2]) = (sample.n() as f64, sample.links.sums());
    let factor = (n - 1.0) / (2.0 * s0 * n * sample.moment(2));
    let value = |z: &[f64]| {
        let of = |at: usize| {
            let (others, weights) = sample.links.row(at);
            let square = |other: &u32| (z[at] - z[*other as usize]).powi(2);
            others.iter().zip(weights).map(|(other, w)| w * square(other)).sum::<f64>()
        };
        factor * (0..z.len()).map(of).sum::<f64>()
    };
    let normal = ((2.0 * s1 + s2) * (n - 1.0) - 4.0 * s0 * s0) / (2.0 * (n + 1.0) * s0 * s0);
    let k = sample.moment(4) / sample.moment(2).powi(2);
    let a = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * k);
    let b = 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * k);
    let c = s0 * s0 * (n * n - 3.0 - (n - 1.0).powi(2) * k);
    let randomised = (a - b + c) / (n * (n - 2.0) * (n - 3.0) * s0 * s0);
    let found = value(&sample.deviations);
    Ok(Global {
        name: "geary",
        value: found,
        n: sample.n(),
        expected: Some(1.0),
        normal: chance(found, 1.0, normal, inference),
        randomised: chance(found, 1.0, randomised, inference),
        permuted: permuted(&sample.deviations, found, inference, value),
    })
}

/// Getis and Ord's G: above its expectation where large values lie together, below where small
/// ones do. Values must be 0 or more, and links should be binary.
///
/// Shape: one value an area; NaN is left out with its links.
///
/// # Errors
///
/// Those of [`moran`], and [`SpatialError::Negative`].
///
/// Source: Getis and Ord (1992), *The analysis of spatial association by use of distance
/// statistics*, Geographical Analysis 24(3).
pub fn getis_ord(x: &[f64], links: &Links, inference: Inference) -> Result<Global, SpatialError> {
    let sample = Sample::of(x, links)?;
    let below: Vec<f64> = x.iter().copied().filter(|x| *x < 0.0).collect();
    if !below.is_empty() {
        let example = below.iter().copied().fold(0.0, f64::min);
        return Err(SpatialError::Negative { n: below.len(), example });
    }
    let values: Vec<f64> = sample.at.iter().map(|&at| x[at as usize]).collect();
    let (n, [s0, s1, s2]) = (sample.n() as f64, sample.links.sums());
    let sum = |power: i32| values.iter().map(|x| x.powi(power)).sum::<f64>();
    let [m1, m2, m3, m4] = [1, 2, 3, 4].map(sum);
    let pairs = m1 * m1 - m2;
    let value =
        |y: &[f64]| (0..y.len()).map(|at| y[at] * sample.links.lag(at, y)).sum::<f64>() / pairs;
    let expected = s0 / (n * (n - 1.0));
    let s02 = s0 * s0;
    let b0 = (n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s02;
    let b1 = -((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s02);
    let b2 = -(2.0 * n * s1 - (n + 3.0) * s2 + 6.0 * s02);
    let b3 = 4.0 * (n - 1.0) * s1 - 2.0 * (n + 1.0) * s2 + 8.0 * s02;
    let b4 = s1 - s2 + s02;
    let top = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1.powi(4);
    let variance =
        top / (pairs * pairs * n * (n - 1.0) * (n - 2.0) * (n - 3.0)) - expected * expected;
    let found = value(&values);
    Ok(Global {
        name: "getis-ord",
        value: found,
        n: sample.n(),
        expected: Some(expected),
        normal: None,
        randomised: chance(found, expected, variance, inference),
        permuted: permuted(&values, found, inference, value),
    })
}

/// Join counts of a column of zeros and ones: links between two ones, between two zeros, and
/// between a one and a zero, each pair of areas counted once (half the sum of both ways).
///
/// Shape: one value an area; NaN is left out with its links. Links should be binary.
///
/// # Errors
///
/// Those of [`moran`], and [`SpatialError::NotBinary`].
///
/// Source: Cliff and Ord (1981), *Spatial Processes*, section 1.4, sampling without replacement.
pub fn join_counts(
    x: &[f64],
    links: &Links,
    inference: Inference,
) -> Result<[Global; 3], SpatialError> {
    let other: Vec<f64> =
        x.iter().copied().filter(|x| x.is_finite() && *x != 0.0 && *x != 1.0).collect();
    if let Some(&example) = other.first() {
        return Err(SpatialError::NotBinary { n: other.len(), example });
    }
    let sample = Sample::of(x, links)?;
    let values: Vec<f64> = sample.at.iter().map(|&at| x[at as usize]).collect();
    let (n, sums) = (sample.n() as f64, sample.links.sums());
    let ones = values.iter().sum::<f64>();
    let count = |y: &[f64], of: &dyn Fn(f64, f64) -> bool| -> f64 {
        let row = |at: usize| {
            let (others, weights) = sample.links.row(at);
            let joins = others.iter().zip(weights).filter(|(o, _)| of(y[at], y[**o as usize]));
            joins.map(|(_, w)| w).sum::<f64>()
        };
        0.5 * (0..y.len()).map(row).sum::<f64>()
    };
    let same = |name, wanted: f64, n_of: f64| {
        let value = |y: &[f64]| count(y, &|a, b| a == wanted && b == wanted);
        let found = value(&values);
        let (expected, variance) = same_joins(n, n_of, sums);
        Global {
            name,
            value: found,
            n: sample.n(),
            expected: Some(expected),
            normal: None,
            randomised: chance(found, expected, variance, inference),
            permuted: permuted(&values, found, inference, value),
        }
    };
    let value = |y: &[f64]| count(y, &|a, b| a != b);
    let found = value(&values);
    Ok([
        same("joins-1-1", 1.0, ones),
        same("joins-0-0", 0.0, n - ones),
        Global {
            name: "joins-1-0",
            value: found,
            n: sample.n(),
            expected: Some(sums[0] * ones * (n - ones) / (n * (n - 1.0))),
            normal: None,
            randomised: None,
            permuted: permuted(&values, found, inference, value),
        },
    ])
}

/// Mean and variance of the number of joins among `m` of `n` areas.
fn same_joins(n: f64, m: f64, [s0, s1, s2]: [f64; 3]) -> (f64, f64) {
    let falling = |x: f64, k: i32| (0..k).map(|step| x - f64::from(step)).product::<f64>();
    let share = |k: i32| falling(m, k) / falling(n, k);
    let variance = s1 * share(2) + (s2 - 2.0 * s1) * share(3) + (s0 * s0 + s1 - s2) * share(4)
        - (s0 * share(2)).powi(2);
    (0.5 * s0 * share(2), 0.25 * variance)
}

fn chance(found: f64, expected: f64, variance: f64, inference: Inference) -> Option<Chance> {
    if variance.is_nan() || variance <= 0.0 {
        return None;
    }
    let z = (found - expected) / variance.sqrt();
    Some(Chance { variance, z, p: inference.alternative.of_normal(z) })
}

/// The statistic of shuffled maps.
fn permuted(
    values: &[f64],
    found: f64,
    inference: Inference,
    statistic: impl Fn(&[f64]) -> f64 + Sync,
) -> Option<Permuted> {
    /// Equal sums may differ so much in their last digits.
    const SLACK: f64 = 1e-12;
    if inference.permutations == 0 {
        return None;
    }
    let simulated = replicates(inference.seed, inference.permutations, |rng| {
        let mut shuffled = values.to_vec();
        shuffle(&mut shuffled, rng);
        statistic(&shuffled)
    });
    let n = simulated.len() as f64;
    let mean = simulated.iter().sum::<f64>() / n;
    let sd = (simulated.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let tails = Tails::of(found, &simulated, SLACK * found.abs().max(mean.abs()));
    Some(Permuted { mean, sd, p: inference.alternative.of_tails(tails, inference.permutations) })
}

/// Durstenfeld's (1964) shuffle.
fn shuffle(values: &mut [f64], rng: &mut Pcg64) {
    use rand::RngExt;
    for at in (1..values.len()).rev() {
        values.swap(at, rng.random_range(0..=at));
    }
}
