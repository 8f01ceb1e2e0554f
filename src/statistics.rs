//! What does a column look like?
//!
//! Moments and quantiles of the values that are present. Sums run in the order of the areas on
//! one thread, so that the last bit does not depend on the machine.

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

    #[test]
    fn a_large_level_does_not_spoil_the_deviation() {
        let x: Vec<f64> = [4.0, 7.0, 13.0, 16.0].iter().map(|x| x + 1e9).collect();
        let s = Summary::of(&x).unwrap();
        assert!((s.sd_sample().powi(2) - 30.0).abs() < 1e-9);
    }
}
