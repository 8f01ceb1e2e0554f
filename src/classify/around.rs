//! Which classes lie on which side of a reference?
//!
//! For colours that turn at a value, such as no change: limits at the same distances on both
//! sides, so that a colour is as strong for as much better as for as much worse.

use super::{Classes, ClassifyError, Classing, breaks, classify, classify_pooled};
use crate::statistics::QuantileType;

/// Classes around a reference.
#[derive(Debug, Clone, PartialEq)]
pub struct AroundClasses {
    /// One a column, with the same limits.
    pub classes: Vec<Classes>,
    /// How many classes lie below the reference; those that are neither below nor above hold it.
    pub n_below: usize,
    /// How many lie above it.
    pub n_above: usize,
}

/// Puts the values of one or several columns into classes around `reference`.
///
/// Distances from the reference are put into classes by `classing`, and its limits are laid on
/// both sides: an even number of classes has a limit at the reference, an odd number a class
/// around it. Limits beyond the values are left out, so that there may be fewer classes on the
/// shorter side. Own limits (`breaks`) are taken as they are. Where nothing is said: a class
/// around the reference and two on each side, at round limits, of which the last is open.
///
/// # Errors
///
/// Those of [`classify`].
pub fn classify_around(
    columns: &[&[f64]],
    reference: f64,
    classing: Option<&Classing>,
) -> Result<AroundClasses, ClassifyError> {
    let all: Vec<f64> = columns.concat().into_iter().filter(|x| x.is_finite()).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let distances: Vec<f64> = all.iter().map(|x| (x - reference).abs()).collect();
    let (steps, has_middle) = match classing {
        Some(Classing::Breaks { upper }) => {
            let classing = Classing::Breaks { upper: upper.clone() };
            let classes = classify_pooled(columns, &classing)?;
            return Ok(sides(classes, (reference, reference)));
        }
        Some(classing) => {
            let n_asked = classing.n_asked();
            let has_middle = n_asked.is_none_or(|n| n % 2 == 1);
            let half = classify(&distances, &with_count(classing, n_asked.map(|n| n.div_ceil(2))))?;
            let n_half = half.n_classes();
            (half.limits()[1..n_half].to_vec(), has_middle)
        }
        None if reference <= low || high <= reference => (one_sided_steps(&distances), true),
        None => (round_steps(&distances), true),
    };
    let middle = match steps.first() {
        Some(step) if has_middle => (reference - step, reference + step),
        Some(_) | None => (reference, reference),
    };
    let below = steps.iter().rev().map(|step| reference - step);
    let at = (!has_middle || steps.is_empty()).then_some(reference);
    let cuts = below.chain(at).chain(steps.iter().map(|step| reference + step));
    let mut upper: Vec<f64> = cuts.filter(|cut| low < *cut && *cut < high).collect();
    if high.is_finite() {
        upper.push(high);
    }
    let classes = classify_pooled(columns, &Classing::Breaks { upper })?;
    Ok(sides(classes, middle))
}

fn sides(classes: Vec<Classes>, (low, high): (f64, f64)) -> AroundClasses {
    let limits = classes.first().map_or(&[][..], Classes::limits);
    let n_below = limits.windows(2).filter(|pair| pair[1] <= low && pair[0] < low).count();
    let n_above = limits.windows(2).filter(|pair| pair[0] >= high && pair[1] > high).count();
    AroundClasses { n_below, n_above, classes }
}

/// Half the width of the class around the reference, and three times that: so that most of nine
/// tenths of the values lie within, and one far value does not make all others look alike.
fn round_steps(distances: &[f64]) -> Vec<f64> {
    const SHARE: f64 = 0.9;
    let mut sorted = distances.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let reach = QuantileType::Type7.of_sorted(&sorted, SHARE).unwrap_or(0.0);
    if reach <= 0.0 {
        return Vec::new();
    }
    let step = breaks::nice_below(reach / 3.0);
    vec![step, breaks::rounded(3.0 * step, step)]
}

/// Four round steps or so to the farthest value, where all lie on one side.
fn one_sided_steps(distances: &[f64]) -> Vec<f64> {
    const STEPS: f64 = 4.0;
    let reach = distances.iter().copied().fold(0.0, f64::max);
    if reach <= 0.0 || !reach.is_finite() {
        return Vec::new();
    }
    let step = breaks::nice_below(reach / STEPS);
    let limit = |k: u32| breaks::rounded(f64::from(k) * step, step);
    (1..).map(limit).take_while(|limit| *limit < reach).collect()
}

/// The same method with another number of classes, where it has one.
fn with_count(classing: &Classing, n: Option<usize>) -> Classing {
    let Some(classes) = n else { return classing.clone() };
    match classing {
        Classing::Quantiles { quantile_type, .. } => {
            Classing::Quantiles { classes, quantile_type: *quantile_type }
        }
        Classing::EqualInterval { .. } => Classing::EqualInterval { classes },
        Classing::FisherJenks { .. } => Classing::FisherJenks { classes },
        Classing::MaximumBreaks { .. } => Classing::MaximumBreaks { classes },
        Classing::Pretty { .. } => Classing::Pretty { classes: classes.max(2) },
        Classing::Geometric { .. } => Classing::Geometric { classes },
        Classing::HeadTail { .. }
        | Classing::MeanSd { .. }
        | Classing::BoxPlot { .. }
        | Classing::Percentiles { .. }
        | Classing::Breaks { .. } => classing.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_lie_at_the_same_distances_on_both_sides() {
        let values = [-9.0, -4.0, -1.0, 0.0, 0.5, 2.0, 5.0, 8.0];
        let found = around(&values, 0.0, None);
        assert_eq!(found.classes[0].limits(), [-9.0, -6.0, -2.0, 2.0, 6.0, 8.0]);
        assert_eq!((found.n_below, found.n_above), (2, 2));
        let class_of = found.classes[0].class_of();
        assert_eq!((class_of[3], class_of[4]), (Some(2), Some(2)), "no change is in the middle");
    }

    #[test]
    fn an_even_number_has_a_limit_at_the_reference_and_an_odd_one_a_class() {
        let values = [-4.0, -3.0, -1.0, 1.0, 2.0, 4.0];
        let even = around(&values, 0.0, Some(Classing::EqualInterval { classes: 4 }));
        assert_eq!(even.classes[0].limits(), [-4.0, -2.5, 0.0, 2.5, 4.0]);
        assert_eq!((even.n_below, even.n_above), (2, 2));
        let odd = around(&values, 0.0, Some(Classing::EqualInterval { classes: 3 }));
        assert_eq!(odd.classes[0].n_classes(), 3);
        assert_eq!((odd.n_below, odd.n_above), (1, 1));
    }

    #[test]
    fn values_on_one_side_have_no_classes_on_the_other() {
        let found = around(&[11.0, 12.0, 17.0, 30.0], 10.0, None);
        assert_eq!(found.classes[0].limits(), [11.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!((found.n_below, found.n_above), (0, 3), "the first class is around 10");
        let same = around(&[3.0, 3.0], 3.0, None);
        assert_eq!((same.n_below, same.n_above, same.classes[0].n_classes()), (0, 0, 1));
    }

    #[test]
    fn own_limits_are_taken_as_they_are() {
        let own = Classing::Breaks { upper: vec![-1.0, 0.0, 3.0, 9.0] };
        let found = around(&[-2.0, -0.5, 1.0, 9.0], 0.0, Some(own));
        assert_eq!((found.n_below, found.n_above), (2, 2));
    }

    fn around(values: &[f64], reference: f64, classing: Option<Classing>) -> AroundClasses {
        classify_around(&[values], reference, classing.as_ref()).unwrap()
    }
}
