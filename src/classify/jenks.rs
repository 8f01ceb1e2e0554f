//! Which classes differ least inside?
//!
//! The optimum of Fisher (1958) by dynamic programming. With `D(m, j)` the least sum of squares of
//! the first `j` values in `m` classes, `D(m, j) = min over i of D(m - 1, i) + cost(i, j)`. The best
//! `i` never falls as `j` grows, so each layer is halved again and again (divide and conquer):
//! `O(k n log n)` in time, `O(k n)` in memory, `n` counting distinct values.
//!
//! Sums run in double precision around the median; single precision picks wrong limits where
//! values lie close together at a high level, such as incomes.

/// Values equal to the one before count with it.
struct Sums {
    /// The distinct values.
    values: Vec<f64>,
    /// Before each value, and after the last: how many, their sum, the sum of their squares.
    before: Vec<[f64; 3]>,
}

impl Sums {
    fn of(sorted: &[f64]) -> Self {
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        let middle = sorted[sorted.len() / 2];
        // A power of two changes no digit, and squares of the largest numbers stay finite.
        let half_range = (max / 2.0 - min / 2.0).max(f64::MIN_POSITIVE);
        let scale = 2_f64.powi(-(half_range.log2().ceil() as i32).clamp(-1000, 1000));
        let mut values = Vec::with_capacity(sorted.len());
        let mut before = Vec::with_capacity(sorted.len() + 1);
        let mut sums = [0.0; 3];
        for same in sorted.chunk_by(|a, b| a == b) {
            values.push(same[0]);
            before.push(sums);
            let (n, z) = (same.len() as f64, same[0] * scale - middle * scale);
            sums = [sums[0] + n, sums[1] + n * z, sums[2] + n * z * z];
        }
        before.push(sums);
        Self { values, before }
    }

    /// The sum of squares around their mean of the values from `from` up to, not with, `to`.
    #[inline]
    fn cost(&self, from: usize, to: usize) -> f64 {
        let (a, b) = (&self.before[from], &self.before[to]);
        let sum = b[1] - a[1];
        (b[2] - a[2]) - sum * sum / (b[0] - a[0])
    }
}

/// The greatest value of each class; fewer than `n_classes` where there are fewer distinct values.
pub(super) fn uppers(sorted: &[f64], n_classes: usize) -> Vec<f64> {
    let sums = Sums::of(sorted);
    let n = sums.values.len();
    if n <= n_classes {
        return sums.values;
    }
    // `least[j]` belongs to the first `j + 1` values, in one class to begin with.
    let mut least: Vec<f64> = (1..=n).map(|to| sums.cost(0, to)).collect();
    let mut starts: Vec<Vec<u32>> = Vec::new();
    for m in 2..n_classes {
        let mut next = vec![f64::INFINITY; n];
        let mut start = vec![0_u32; n];
        let layer = Layer { sums: &sums, before: &least };
        layer.fill(m - 1, &mut next[m - 1..], &mut start[m - 1..], (m - 1, n - 1));
        least = next;
        starts.push(start);
    }
    // Of the last class only the place where it starts is asked.
    let mut to = n;
    let mut uppers = Vec::with_capacity(n_classes);
    for m in (2..=n_classes).rev() {
        uppers.push(sums.values[to - 1]);
        to = match starts.get(m - 2) {
            Some(start) => start[to - 1] as usize,
            None => Layer { sums: &sums, before: &least }.best(to - 1, (m - 1, to - 1)).0,
        };
    }
    uppers.push(sums.values[to - 1]);
    uppers.reverse();
    uppers
}

/// One class more than before.
struct Layer<'a> {
    sums: &'a Sums,
    before: &'a [f64],
}

impl Layer<'_> {
    /// Where the last class of the first `last + 1` values starts, between these places, and the
    /// sum of squares. Of equally good places the first.
    fn best(&self, last: usize, (low, high): (usize, usize)) -> (usize, f64) {
        let mut best = (low, f64::INFINITY);
        for start in low..=high.min(last) {
            let cost = self.before[start - 1] + self.sums.cost(start, last + 1);
            if cost < best.1 {
                best = (start, cost);
            }
        }
        best
    }

    /// Fills the values and places of the rows from `first` on, whose classes start between
    /// `low` and `high`.
    fn fill(
        &self,
        first: usize,
        least: &mut [f64],
        start: &mut [u32],
        (low, high): (usize, usize),
    ) {
        /// Below so many rows, a second thread costs more than it brings.
        const ALONE: usize = 4096;
        if least.is_empty() {
            return;
        }
        let middle = least.len() / 2;
        let (at, cost) = self.best(first + middle, (low, high));
        let (least_below, rest) = least.split_at_mut(middle);
        let (start_below, start_rest) = start.split_at_mut(middle);
        (rest[0], start_rest[0]) = (cost, at as u32);
        let (least_above, start_above) = (&mut rest[1..], &mut start_rest[1..]);
        let n_rows = least_below.len() + least_above.len();
        let mut below = || self.fill(first, least_below, start_below, (low, at));
        let mut above = || self.fill(first + middle + 1, least_above, start_above, (at, high));
        if n_rows < ALONE {
            below();
            above();
        } else {
            rayon::join(below, above);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::RngExt;

    use super::*;
    use crate::draw::Seed;

    proptest! {
        /// Every way of cutting is tried.
        #[test]
        fn no_other_cut_is_better(
            values in prop::collection::vec(-40..40_i32, 1..15),
            n_classes in 1..8_usize,
        ) {
            let mut sorted: Vec<f64> = values.iter().map(|x| f64::from(*x) / 4.0).collect();
            sorted.sort_by(f64::total_cmp);
            let ours = uppers(&sorted, n_classes);
            let mut distinct = sorted.clone();
            distinct.dedup();
            prop_assert_eq!(ours.len(), n_classes.min(distinct.len()));
            let (best, first) = brute_force(&sorted, &distinct, ours.len());
            prop_assert!((squares(&sorted, &ours) - best).abs() < 1e-9, "{:?}", ours);
            prop_assert!(first.iter().zip(&ours).all(|(a, b)| a <= b || near(&sorted, &first, &ours)));
        }
    }

    /// Where several cuts are as good to the last digit, rounding may choose among them.
    fn near(sorted: &[f64], a: &[f64], b: &[f64]) -> bool {
        (squares(sorted, a) - squares(sorted, b)).abs() < 1e-12
    }

    /// The least sum of squares over all cuts, and the first cut that reaches it.
    fn brute_force(sorted: &[f64], distinct: &[f64], n_classes: usize) -> (f64, Vec<f64>) {
        let n_cuts = distinct.len() - 1;
        let mut best = (f64::INFINITY, Vec::new());
        for mask in 0..1_u32 << n_cuts {
            if mask.count_ones() as usize + 1 != n_classes {
                continue;
            }
            let mut uppers: Vec<f64> =
                (0..n_cuts).filter(|at| mask >> at & 1 == 1).map(|at| distinct[at]).collect();
            uppers.push(distinct[n_cuts]);
            let found = squares(sorted, &uppers);
            if found < best.0 - 1e-12 {
                best = (found, uppers);
            }
        }
        best
    }

    #[test]
    fn of_equally_good_cuts_the_lowest_is_taken() {
        assert_eq!(uppers(&[1.0, 2.0, 3.0], 2), [1.0, 3.0]);
        assert_eq!(uppers(&[0.0, 1.0, 2.0, 3.0, 4.0], 4), [0.0, 1.0, 2.0, 4.0]);
    }

    /// METHODS 15: in single precision these give a worse cut.
    #[test]
    fn close_values_at_a_high_level_come_out_optimal() {
        for (spread, n) in [(800.0, 60), (20_000.0, 400), (80_000.0, 51), (80_000.0, 400)] {
            for seed in 0..5 {
                let mut rng = Seed(seed).generator(n);
                let mut sorted: Vec<f64> = (0..n)
                    .map(|_| 450_000.0 + spread * (2.0 * rng.random::<f64>() - 1.0))
                    .collect();
                sorted.sort_by(f64::total_cmp);
                let ours = squares(&sorted, &uppers(&sorted, 5));
                let best = exact(&sorted, 5);
                assert!((ours - best).abs() <= 1e-9 * best, "{spread} {n}: {ours}, best {best}");
            }
        }
    }

    /// The least sum of squares by the textbook's recurrence in `O(k n²)`, each cost summed anew
    /// around its own running mean.
    fn exact(sorted: &[f64], n_classes: usize) -> f64 {
        let n = sorted.len();
        let mut least = vec![f64::INFINITY; n + 1];
        least[0] = 0.0;
        for _ in 0..n_classes {
            let mut next = vec![f64::INFINITY; n + 1];
            for (to, least_here) in next.iter_mut().enumerate().skip(1) {
                let (mut mean, mut cost) = (0.0, 0.0);
                for from in (0..to).rev() {
                    let (x, count) = (sorted[from], (to - from) as f64);
                    let away = x - mean;
                    mean += away / count;
                    cost += away * (x - mean);
                    *least_here = least_here.min(least[from] + cost);
                }
            }
            least = next;
        }
        least[n]
    }

    #[test]
    fn numbers_of_any_size_and_any_threads_give_the_same_classes() {
        let sorted: Vec<f64> = (0..20_000).map(|at| f64::from(at).powf(1.7)).collect();
        let many = uppers(&sorted, 7);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one.install(|| uppers(&sorted, 7)), many);
        let huge = [-1.7e308, -1.6e308, 0.0, 1.6e308, 1.7e308];
        assert_eq!(uppers(&huge, 3), [-1.6e308, 0.0, 1.7e308]);
        let tiny = [1e-310, 2e-310, 9e-310];
        assert_eq!(uppers(&tiny, 2), [2e-310, 9e-310]);
        assert_eq!(uppers(&[4.0, 4.0], 3), [4.0]);
    }

    fn squares(sorted: &[f64], uppers: &[f64]) -> f64 {
        let class = |x: &f64| uppers.partition_point(|upper| upper < x);
        sorted
            .chunk_by(|a, b| class(a) == class(b))
            .map(|of| {
                let mean = of.iter().sum::<f64>() / of.len() as f64;
                of.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
            })
            .sum()
    }
}
