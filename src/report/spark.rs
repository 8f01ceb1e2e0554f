//! What does a trend look like in a line of text?

use serde::Serialize;

/// Width of the drawing, in its own units.
const WIDTH: f64 = 64.0;

/// Height of the drawing between its margins.
const HEIGHT: f64 = 14.0;

/// Room for the dot at the end.
const MARGIN: f64 = 3.0;

/// A small line without axes, from the lowest to the highest of its own values.
///
/// It shows the shape of a trend and not its size, which is why the change stands beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Spark {
    /// The path; gaps in the values are gaps in the line.
    path: String,
    /// Where the last value lies.
    x: String,
    y: String,
}

impl Spark {
    /// The line of values that are evenly spaced in time; none for fewer than two of them.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        if finite().count() < 2 {
            return None;
        }
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let step = WIDTH / (values.len() - 1) as f64;
        let point = |at: usize, value: f64| {
            // What never changes is a line in the middle.
            let share = if high > low { (value - low) / (high - low) } else { 0.5 };
            (MARGIN + step * at as f64, MARGIN + HEIGHT * (1.0 - share))
        };
        let mut path = String::new();
        let mut last = (0.0, 0.0);
        let mut pen_down = false;
        for (at, &value) in values.iter().enumerate() {
            if !value.is_finite() {
                pen_down = false;
                continue;
            }
            last = point(at, value);
            let command = if pen_down { 'L' } else { 'M' };
            path.push_str(&format!("{command}{:.1} {:.1}", last.0, last.1));
            pen_down = true;
        }
        Some(Self { path, x: format!("{:.1}", last.0), y: format!("{:.1}", last.1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_with_its_values_and_breaks_at_gaps() {
        let spark = Spark::of(&[1.0, f64::NAN, 3.0, 2.0]).unwrap();
        assert_eq!(spark.path, "M3.0 17.0M45.7 3.0L67.0 10.0");
        assert_eq!((spark.x.as_str(), spark.y.as_str()), ("67.0", "10.0"));
    }

    #[test]
    fn one_value_is_no_trend_and_a_constant_is_level() {
        assert_eq!(Spark::of(&[1.0, f64::NAN]), None);
        assert_eq!(Spark::of(&[2.0, 2.0]).unwrap().path, "M3.0 10.0L67.0 10.0");
    }
}
