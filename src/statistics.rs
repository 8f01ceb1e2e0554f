//! What does a column look like?
//!
//! Moments and quantiles of the values that are present. Sums run in the order of the areas on
//! one thread, so that the last bit does not depend on the machine.

pub mod correlation;
pub mod quantile;

pub use quantile::{QuantileType, median, quantile, quantile_of_present, quantiles};

/// Moments and ends of the values that are present.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Summary {
    /// How many values there are.
    pub n: usize,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub sum_of_squares: f64,
}

impl Summary {
    /// Of the finite entries of `values`; `None` when there is none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut n = 0_usize;
        let (mut min, mut max, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for &x in values.iter().filter(|x| !x.is_nan()) {
            n += 1;
            min = min.min(x);
            max = max.max(x);
            sum += x;
        }
        if n == 0 {
            return None;
        }
        let mean = sum / n as f64;
        // The second pass takes away what the first one rounded: Chan, Golub and LeVeque (1983).
        let (mut squares, mut rest) = (0.0, 0.0);
        for &x in values.iter().filter(|x| !x.is_nan()) {
            let d = x - mean;
            squares += d * d;
            rest += d;
        }
        let sum_of_squares = (squares - rest * rest / n as f64).max(0.0);
        Some(Self { n, min, max, mean, sum_of_squares })
    }

    /// Standard deviation with the divisor `n - 1`; NaN for one value.
    pub fn sd_sample(&self) -> f64 {
        (self.sum_of_squares / (self.n as f64 - 1.0)).sqrt()
    }

    /// Standard deviation with the divisor `n`.
    pub fn sd_population(&self) -> f64 {
        (self.sum_of_squares / self.n as f64).sqrt()
    }

    /// Whether all values are the same.
    pub fn is_constant(&self) -> bool {
        self.min == self.max
    }
}

/// How far a column is from a bell: skewness and excess kurtosis of the values that are present.
///
/// Both are the sample versions `G1` and `G2` (type 2), which are 0 for a normal distribution.
/// Source: Joanes and Gill (1998), *Comparing measures of sample skewness and kurtosis*, The
/// Statistician 47. They are moved by single values, most of all in small samples.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Shape {
    /// `G1`; `None` for fewer than three values or a constant column.
    pub skewness: Option<f64>,
    /// `G2`; `None` for fewer than four values or a constant column.
    pub kurtosis: Option<f64>,
}

impl Shape {
    /// Of the entries of `values` that are not NaN.
    pub fn of(values: &[f64]) -> Self {
        let untestable = Self { skewness: None, kurtosis: None };
        let Some(summary) = Summary::of(values) else { return untestable };
        if summary.is_constant() {
            return untestable;
        }
        let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
        for &x in values.iter().filter(|x| !x.is_nan()) {
            let d = x - summary.mean;
            let square = d * d;
            second += square;
            third += square * d;
            fourth += square * square;
        }
        let n = summary.n as f64;
        let skewness = (summary.n >= 3)
            .then(|| n.sqrt() * third / second.powf(1.5) * (n * (n - 1.0)).sqrt() / (n - 2.0));
        let kurtosis = (summary.n >= 4).then(|| {
            let r = n * fourth / (second * second);
            ((n + 1.0) * (r - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
        });
        // Values so close together that their squares vanish cannot be told from a constant.
        Self {
            skewness: skewness.filter(|x| x.is_finite()),
            kurtosis: kurtosis.filter(|x| x.is_finite()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skewness_and_kurtosis_are_those_of_the_golden_column() {
        let mut x: Vec<f64> = (1..=10).map(f64::from).collect();
        x.extend([30.0, f64::NAN, 100.0]);
        let shape = Shape::of(&x);
        assert!((shape.skewness.unwrap() - 3.06324103).abs() < 5e-9);
        assert!((shape.kurtosis.unwrap() - 9.74139083).abs() < 5e-9);
    }

    #[test]
    fn few_values_and_constant_columns_have_no_shape() {
        let none = Shape { skewness: None, kurtosis: None };
        assert_eq!(Shape::of(&[]), none);
        assert_eq!(Shape::of(&[1.0, 2.0]), none);
        assert_eq!(Shape::of(&[3.0; 9]), none);
        let three = Shape::of(&[1.0, 2.0, 4.0]);
        assert!(three.skewness.is_some() && three.kurtosis.is_none());
    }

    #[test]
    fn a_large_level_does_not_spoil_the_deviation() {
        let x: Vec<f64> = [4.0, 7.0, 13.0, 16.0].iter().map(|x| x + 1e9).collect();
        let s = Summary::of(&x).unwrap();
        assert!((s.sd_sample().powi(2) - 30.0).abs() < 1e-9);
    }
}
