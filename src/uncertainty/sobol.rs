//! How much of an output's variance comes from each input?
//!
//! Values of a model at the points of a design come in; first- and total-order Sobol indices come
//! out, with intervals. Plain functions on slices that know nothing of ranks, so that the program
//! and the functions with known answers go through the same arithmetic.
//!
//! The first-order index of an input is the share of the variance that this input alone explains;
//! the total-order index adds all that it does together with others. The estimates are random:
//! a small index may come out below zero, and a total below its first. Neither is cut off.
//!
//! Sources: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), *Variance based
//! sensitivity analysis of model output*, Computer Physics Communications 181, table 2 (b) for the
//! first order and (f), Jansen's, for the total; Burley (2020), *Practical Hash-based Owen
//! Scrambling*, Journal of Computer Graphics Techniques 9(4), for the points.

use rand::RngExt;

use crate::draw::Seed;
use crate::statistics::quantile::quantile_of_present;

/// The longest design that the sequence has points for.
pub const MAX_POINTS: u32 = 1 << 16;

/// The most inputs: each takes two of the sequence's 256 dimensions.
pub const MAX_INPUTS: usize = 128;

/// A design of `n` rows: two independent matrices A and B of scrambled Sobol points, and for each
/// input a matrix that is A with this input's column from B.
#[derive(Debug, Clone, Copy)]
pub struct Design {
    /// Inputs; at most [`MAX_INPUTS`].
    pub n_inputs: usize,
    /// The same seed gives the same points.
    pub seed: u64,
}

/// Which matrix a run belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matrix {
    /// A.
    A,
    /// B.
    B,
    /// A with this input from B.
    Mixed(usize),
}

impl Design {
    /// Writes one point into `point`, which has a place for each input.
    pub fn point(self, row: u32, matrix: Matrix, point: &mut [f64]) {
        let seed = (self.seed ^ (self.seed >> 32)) as u32;
        for (input, u) in point.iter_mut().enumerate() {
            let from_b = match matrix {
                Matrix::A => false,
                Matrix::B => true,
                Matrix::Mixed(other) => other == input,
            };
            let dimension = if from_b { self.n_inputs + input } else { input };
            *u = f64::from(sobol_burley::sample(row, dimension as u32, seed));
        }
    }
}

/// The values of one output on the runs of a design, by row.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a> {
    /// On A.
    pub a: &'a [f64],
    /// On B.
    pub b: &'a [f64],
    /// On A with one input from B, input by input.
    pub mixed: &'a [Vec<f64>],
}

/// An estimate with its interval; the ends are NaN where none was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The indices of one output.
#[derive(Debug, Clone, PartialEq)]
pub struct Indices {
    /// The variance over A and B together, divided by the number of values.
    pub variance: f64,
    /// First-order indices, input by input.
    pub first: Vec<Estimate>,
    /// Total-order indices, input by input.
    pub total: Vec<Estimate>,
}

/// What one row adds to the estimators: the values of A and B, their squares, and for each input
/// what it adds to the first and the total index. All are taken from the mean of all runs, which
/// moves the first-order estimator towards its true value and no other.
struct Rows {
    n_inputs: usize,
    cells: Vec<f64>,
}

/// Estimates the indices, with percentile intervals by bootstrap.
///
/// A resample draws whole rows, A, B and all mixed values of a row together, and computes the
/// variance anew. Rows of a Sobol sequence cover the cube more evenly than independent ones, so
/// that the intervals are rather too wide than too narrow. `level` is such as 0.95; 0 `resamples`
/// give no intervals. An output that does not vary has indices of 0.
pub fn indices(runs: Runs<'_>, resamples: u32, level: f64, seed: u64) -> Indices {
    let rows = Rows::of(runs);
    let n = runs.a.len();
    let all: Vec<usize> = (0..n).collect();
    let (variance, estimates) = rows.estimate(&all);
    let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); estimates.len()];
    let mut picked = vec![0; n];
    for resample in 0..resamples {
        let mut rng = Seed(seed).generator(u64::from(resample));
        picked.iter_mut().for_each(|row| *row = rng.random_range(0..n));
        let (_, values) = rows.estimate(&picked);
        drawn.iter_mut().zip(values).for_each(|(drawn, value)| drawn.push(value));
    }
    let tail = (1.0 - level) / 2.0;
    let mut with_interval = estimates.into_iter().zip(drawn).map(|(value, mut drawn)| {
        let end = |p| if drawn.is_empty() { f64::NAN } else { quantile_of_present(&mut drawn, p) };
        let [low, high] = [tail, 1.0 - tail].map(end);
        Estimate { value, low, high }
    });
    let first = with_interval.by_ref().take(runs.mixed.len()).collect();
    let total = with_interval.collect();
    Indices { variance, first, total }
}

impl Rows {
    fn of(runs: Runs<'_>) -> Self {
        let n_inputs = runs.mixed.len();
        let n = runs.a.len();
        let all = || runs.a.iter().chain(runs.b).chain(runs.mixed.iter().flatten());
        let first = runs.a.first().copied().unwrap_or(0.0);
        // Sums of differences, so that an output that never varies has exactly no variance.
        let shift = all().map(|y| y - first).sum::<f64>() / (n * (n_inputs + 2)).max(1) as f64;
        let centre = first + shift;
        let mut cells = Vec::with_capacity(n * (2 + 2 * n_inputs));
        for row in 0..n {
            let (a, b) = (runs.a[row] - centre, runs.b[row] - centre);
            cells.extend([a + b, a * a + b * b]);
            cells.extend(runs.mixed.iter().map(|mixed| b * (mixed[row] - runs.a[row])));
            cells.extend(runs.mixed.iter().map(|mixed| (runs.a[row] - mixed[row]).powi(2) / 2.0));
        }
        Self { n_inputs, cells }
    }

    /// The variance and all indices, first order before total, over these rows.
    fn estimate(&self, picked: &[usize]) -> (f64, Vec<f64>) {
        let width = 2 + 2 * self.n_inputs;
        let mut sums = vec![0.0; width];
        for &row in picked {
            for (sum, cell) in sums.iter_mut().zip(&self.cells[row * width..][..width]) {
                *sum += cell;
            }
        }
        let n = picked.len() as f64;
        let mean = sums[0] / (2.0 * n);
        let variance = (sums[1] / (2.0 * n) - mean * mean).max(0.0);
        let share = |sum: &f64| if variance > 0.0 { sum / n / variance } else { 0.0 };
        (variance, sums[2..].iter().map(share).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// Ishigami and Homma (1990): a = 7, b = 0.1, inputs uniform in -pi..pi.
    #[test]
    fn ishigami_has_its_known_indices() {
        let model = |u: &[f64]| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
        };
        let variance = 49.0 / 8.0 + 0.1 * PI.powi(4) / 5.0 + 0.01 * PI.powi(8) / 18.0 + 0.5;
        let of_first = 0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2);
        let of_both = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let first = [of_first / variance, 49.0 / 8.0 / variance, 0.0];
        let total = [(of_first + of_both) / variance, first[1], of_both / variance];
        known(&computed(&model, 3), variance, &first, &total);
    }

    /// Sobol's g function with a = 0, 1, 4.5, 9, 99: each input has the variance
    /// `1 / (3 (1 + a)^2)`, and the products of all give the rest.
    #[test]
    fn the_g_function_has_its_known_indices() {
        let a = [0.0, 1.0, 4.5, 9.0, 99.0];
        let model = |u: &[f64]| {
            u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
        };
        let parts = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let all: f64 = parts.iter().map(|v| 1.0 + v).product();
        let variance = all - 1.0;
        let first = parts.map(|v| v / variance);
        let total = parts.map(|v| v * all / (1.0 + v) / variance);
        known(&computed(&model, 5), variance, &first, &total);
    }

    #[test]
    fn an_output_that_does_not_vary_has_indices_of_zero() {
        let found = computed(&|_| 0.1, 2);
        assert_eq!(found.variance, 0.0);
        for estimate in found.first.iter().chain(&found.total) {
            assert_eq!((estimate.value, estimate.low, estimate.high), (0.0, 0.0, 0.0));
        }
    }

    #[test]
    fn points_are_spread_evenly_and_mixed_points_take_one_column_from_b() {
        let design = Design { n_inputs: 3, seed: 7 };
        let point = |row, matrix| {
            let mut point = [0.0; 3];
            design.point(row, matrix, &mut point);
            point
        };
        let mut seen = [[false; 64]; 3];
        for row in 0..64 {
            let (a, b) = (point(row, Matrix::A), point(row, Matrix::B));
            assert_eq!(point(row, Matrix::Mixed(1)), [a[0], b[1], a[2]]);
            for (seen, u) in seen.iter_mut().zip(a) {
                seen[(u * 64.0) as usize] = true;
            }
        }
        // One point in each 64th: a power of two of the sequence is stratified.
        assert!(seen.iter().flatten().all(|seen| *seen));
        let other = Design { n_inputs: 3, seed: 8 };
        let mut elsewhere = [0.0; 3];
        other.point(5, Matrix::A, &mut elsewhere);
        assert_ne!(elsewhere, point(5, Matrix::A));
    }

    fn computed(model: &dyn Fn(&[f64]) -> f64, n_inputs: usize) -> Indices {
        let design = Design { n_inputs, seed: 1 };
        let values = |matrix| {
            let mut point = vec![0.0; n_inputs];
            let one = |row| {
                design.point(row, matrix, &mut point);
                model(&point)
            };
            (0..2048).map(one).collect::<Vec<f64>>()
        };
        let mixed: Vec<Vec<f64>> = (0..n_inputs).map(|i| values(Matrix::Mixed(i))).collect();
        let (a, b) = (values(Matrix::A), values(Matrix::B));
        indices(Runs { a: &a, b: &b, mixed: &mixed }, 1000, 0.95, 1)
    }

    fn known(found: &Indices, variance: f64, first: &[f64], total: &[f64]) {
        assert!((found.variance / variance - 1.0).abs() < 0.02, "{} {variance}", found.variance);
        for (found, known) in found.first.iter().chain(&found.total).zip(first.iter().chain(total))
        {
            assert!(found.low <= *known && *known <= found.high, "{found:?} {known}");
            assert!(found.low <= found.value && found.value <= found.high, "{found:?}");
            assert!((found.value - known).abs() < 0.02, "{found:?} {known}");
        }
    }
}
