//! Which values are outliers, by the shape of the column?
//!
//! The first of the two stages of the composite-indicator handbooks: while a column is too skewed
//! and too peaked, its extreme value is set to the next one.

use serde::Serialize;

use crate::statistics::Shape;

/// When a column counts as well-shaped: `|G1| < skew` or `G2 < kurtosis`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) skew: f64,
    pub(super) kurtosis: f64,
}

/// What the test says of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    Fail,
    /// Constant, or too few values.
    NotTestable,
}

impl Limits {
    pub(super) fn judge(self, shape: Shape) -> Verdict {
        match (shape.skewness, shape.kurtosis) {
            (Some(skewness), _) if skewness.abs() < self.skew => Verdict::Pass,
            (Some(_), Some(kurtosis)) if kurtosis < self.kurtosis => Verdict::Pass,
            (Some(_), Some(_)) => Verdict::Fail,
            (Some(_), None) | (None, _) => Verdict::NotTestable,
        }
    }
}

/// Why no further value was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// The column passes.
    Passes,
    /// As many cells were moved as may be.
    Limit,
    /// The next step would have left the column constant.
    Constant,
}

/// What winsorising did to a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Winsorised {
    pub(super) shape: Shape,
    pub(super) verdict: Verdict,
    pub(super) stopped: Stopped,
    /// Values below this were set to it, if any were.
    pub(super) low: Option<f64>,
    /// Values above this were set to it, if any were.
    pub(super) high: Option<f64>,
    /// How many cells were moved at either end.
    pub(super) n_low: usize,
    pub(super) n_high: usize,
}

/// Sets the extreme value to the next one, on the side that the skewness points to, until the
/// column passes or `max_points` cells are moved; the side may change on the way.
///
/// Cells that tie are moved together, so that the last step may move more cells than
/// `max_points`. A step that would leave the column constant is not taken.
pub(super) fn winsorise(values: &mut [f64], limits: Limits, max_points: usize) -> Winsorised {
    let shape = Shape::of(values);
    let mut state = Winsorised {
        shape,
        verdict: limits.judge(shape),
        stopped: Stopped::Passes,
        low: None,
        high: None,
        n_low: 0,
        n_high: 0,
    };
    if state.verdict != Verdict::Fail {
        return state;
    }
    // In order, the cells of one end lie together; only values count for the shape.
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    while state.verdict == Verdict::Fail && state.n_low + state.n_high < max_points {
        if state.shape.skewness.is_some_and(|skewness| skewness >= 0.0) {
            let start = sorted.partition_point(|x| *x < sorted[last]);
            if start == 0 || sorted[start - 1] == sorted[0] {
                state.stopped = Stopped::Constant;
                break;
            }
            let next = sorted[start - 1];
            sorted[start..].fill(next);
            (state.high, state.n_high) = (Some(next), last + 1 - start);
        } else {
            let end = sorted.partition_point(|x| *x <= sorted[0]);
            if end > last || sorted[end] == sorted[last] {
                state.stopped = Stopped::Constant;
                break;
            }
            let next = sorted[end];
            sorted[..end].fill(next);
            (state.low, state.n_low) = (Some(next), end);
        }
        state.shape = Shape::of(&sorted);
        state.verdict = limits.judge(state.shape);
    }
    if state.verdict == Verdict::Fail && state.stopped == Stopped::Passes {
        state.stopped = Stopped::Limit;
    }
    // The moved cells are those beyond the last limits: sums of the sorted column and of the
    // column itself differ in the last bit only, which the verdict is not asked for again.
    if let Some(low) = state.low {
        values.iter_mut().filter(|x| **x < low).for_each(|x| *x = low);
    }
    if let Some(high) = state.high {
        values.iter_mut().filter(|x| **x > high).for_each(|x| *x = high);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { skew: 2.0, kurtosis: 3.5 };

    fn golden() -> Vec<f64> {
        (1..=10).map(f64::from).chain([30.0, 100.0]).collect()
    }

    #[test]
    fn the_golden_column_needs_one_point() {
        let mut x = golden();
        let done = winsorise(&mut x, LIMITS, 5);
        assert_eq!((x[11], done.n_high, done.n_low, done.verdict), (30.0, 1, 0, Verdict::Pass));
        assert!((done.shape.skewness.unwrap() - 1.71203806).abs() < 5e-9);
        assert!((done.shape.kurtosis.unwrap() - 1.81578054).abs() < 5e-9);
    }

    #[test]
    fn the_low_end_is_moved_where_the_column_is_skewed_to_the_left() {
        let mut x: Vec<f64> = golden().iter().map(|x| -x).collect();
        let done = winsorise(&mut x, LIMITS, 5);
        assert_eq!((x[11], done.n_low, done.n_high), (-30.0, 1, 0));
    }

    #[test]
    fn the_side_may_change_on_the_way() {
        let mut x: Vec<f64> = (0..40).map(|i| f64::from(i % 10)).collect();
        x.extend([10_000.0, -900.0]);
        let done = winsorise(&mut x, LIMITS, 5);
        assert_eq!((done.n_low, done.n_high, done.verdict), (1, 1, Verdict::Pass));
        assert_eq!((x[40], x[41]), (9.0, 0.0));
    }

    #[test]
    fn ties_are_moved_together_and_counted_each() {
        let mut x: Vec<f64> = (0..100).map(|i| f64::from(i % 10)).collect();
        x.extend([1000.0, 1000.0]);
        let done = winsorise(&mut x, LIMITS, 1);
        assert_eq!((done.n_high, done.verdict), (2, Verdict::Pass));
    }

    #[test]
    fn a_column_that_would_become_constant_or_is_so_is_left() {
        let mut x = vec![0.0; 50];
        assert_eq!(winsorise(&mut x, LIMITS, 5).verdict, Verdict::NotTestable);
        x[3] = 1.0;
        let before = x.clone();
        let done = winsorise(&mut x, LIMITS, 5);
        assert_eq!((done.n_high, done.verdict), (0, Verdict::Fail));
        assert_eq!(done.stopped, Stopped::Constant);
        assert_eq!(x, before);
        assert_eq!(winsorise(&mut [], LIMITS, 5).verdict, Verdict::NotTestable);
    }

    #[test]
    fn no_more_points_are_moved_than_allowed() {
        let mut x: Vec<f64> = (0..200).map(|i| f64::from(i % 10)).collect();
        x.extend((1..=8).map(|i| 10_f64.powi(i + 3)));
        let done = winsorise(&mut x, LIMITS, 5);
        assert_eq!((done.n_high, done.verdict), (5, Verdict::Fail));
        assert_eq!(done.stopped, Stopped::Limit);
    }
}
