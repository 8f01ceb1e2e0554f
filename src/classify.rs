//! Which colour class?
//!
//! In come the values of a map and a method, out come class limits and the class of each area.
//! Natural breaks (Fisher-Jenks) are deliberately absent so far.

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::notice::Notice;

/// How many classes a map may have: deciles, which is more than most readers can tell apart.
pub const MAX_CLASSES: usize = 10;

/// How values become classes. A class is `(lower, upper]`; the first one is closed below too.
///
/// Source: Slocum et al. (2009), *Thematic Cartography and Geovisualization*, chapter 4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Classing {
    /// About as many areas in each class; breaks by linear interpolation (type 7 of Hyndman and
    /// Fan, 1996, which is numpy's). Parts neighbours in rank that hardly differ in value.
    Quantiles {
        /// Number of classes.
        classes: usize,
    },

    /// Classes of equal width from the least to the greatest value. One extreme value leaves
    /// most classes empty.
    EqualInterval {
        /// Number of classes.
        classes: usize,
    },

    /// Limits of the user's own, so that maps of several years or cities can be compared.
    Breaks {
        /// The upper limit of each class, increasing; a class is added above the last limit
        /// where a value lies above it.
        upper: Vec<f64>,
    },
}

/// Class limits, and the class of each area.
///
/// Invariant: `limits` has one entry more than there are classes and never decreases.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    limits: Vec<f64>,
    class_of: Vec<Option<usize>>,
    notices: Vec<Notice>,
}

impl Classes {
    /// The lower limit of the first class, then the upper limit of each.
    pub fn limits(&self) -> &[f64] {
        &self.limits
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.limits.len() - 1
    }

    /// The class of each value, 0 being the lowest; `None` where there is no value.
    pub fn class_of(&self) -> &[Option<usize>] {
        &self.class_of
    }

    /// Fewer or more classes than asked for.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

/// Everything that can stop values from being classed.
#[derive(Debug, Error, Diagnostic, PartialEq)]
#[non_exhaustive]
pub enum ClassifyError {
    /// No area has a value.
    #[error("none of the {n_areas} areas has a value to put into a class")]
    #[diagnostic(
        code(levekaar::classify::empty),
        help("a map needs at least one score; see the data notes for what is missing")
    )]
    Empty {
        /// How many areas there are.
        n_areas: usize,
    },

    /// Too few or too many classes.
    #[error("{asked} classes were asked for, and a map can have from 1 to {MAX_CLASSES}")]
    #[diagnostic(code(levekaar::classify::count), help("quintiles are `classes = 5`"))]
    Count {
        /// The number that was asked for.
        asked: usize,
    },

    /// Breaks that do not increase, or are not numbers.
    #[error("the class limits do not increase: `{limit}` stands after `{before}`")]
    #[diagnostic(
        code(levekaar::classify::breaks),
        help("write the upper limits from low to high, such as `upper = [0.5, 1.0, 1.5]`")
    )]
    Breaks {
        /// The limit before the wrong one.
        before: f64,
        /// The first limit that is not greater than the one before.
        limit: f64,
    },
}

/// Puts each value into a class.
///
/// Shape: one class per value, in the same order. NaN (or an infinite value) means no data and
/// gets no class. Equal values share a class; where ties make limits coincide there are fewer
/// classes than asked for, and a notice says so.
///
/// # Errors
///
/// [`ClassifyError`] when there is no value, or the method's parameters cannot be used.
pub fn classify(values: &[f64], classing: &Classing) -> Result<Classes, ClassifyError> {
    let n_asked = match classing {
        Classing::Quantiles { classes } | Classing::EqualInterval { classes } => *classes,
        Classing::Breaks { upper } => upper.len(),
    };
    if !(1..=MAX_CLASSES).contains(&n_asked) {
        return Err(ClassifyError::Count { asked: n_asked });
    }
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else {
        return Err(ClassifyError::Empty { n_areas: values.len() });
    };
    let mut uppers = match classing {
        Classing::Quantiles { classes } => quantiles(&sorted, *classes),
        Classing::EqualInterval { classes } => equal_intervals(min, max, *classes),
        Classing::Breaks { upper } => own_breaks(upper, max)?,
    };
    uppers.dedup();
    let notices = count_notices(n_asked, uppers.len());
    let mut limits = vec![min.min(uppers[0])];
    limits.extend(&uppers);
    let class_of = values
        .iter()
        .map(|x| x.is_finite().then(|| uppers.partition_point(|upper| upper < x)))
        .collect();
    Ok(Classes { limits, class_of, notices })
}

/// The upper limits of `n` quantile classes.
fn quantiles(sorted: &[f64], n: usize) -> Vec<f64> {
    let last = sorted.len() - 1;
    (1..=n)
        .map(|k| {
            // The position is computed in whole numbers, so that a break that is a value is
            // exactly that value, and the value falls into the class below.
            let (whole, rest) = (last * k / n, last * k % n);
            let (low, high) = (sorted[whole], sorted[(whole + 1).min(last)]);
            let share = rest as f64 / n as f64;
            if share < 0.5 {
                low + (high - low) * share
            } else {
                high - (high - low) * (1.0 - share)
            }
        })
        .collect()
}

/// The upper limits of `n` classes of equal width; the last is exactly the greatest value.
fn equal_intervals(min: f64, max: f64, n: usize) -> Vec<f64> {
    (1..=n).map(|k| if k == n { max } else { min + (max - min) * (k as f64 / n as f64) }).collect()
}

/// The user's limits, with the greatest value as one more limit where it lies above them.
fn own_breaks(upper: &[f64], max: f64) -> Result<Vec<f64>, ClassifyError> {
    let mut before = f64::NEG_INFINITY;
    for &limit in upper {
        if !limit.is_finite() || limit <= before {
            return Err(ClassifyError::Breaks { before, limit });
        }
        before = limit;
    }
    let mut uppers = upper.to_vec();
    if max > before {
        uppers.push(max);
    }
    Ok(uppers)
}

fn count_notices(n_asked: usize, n_made: usize) -> Vec<Notice> {
    let key = match n_made.cmp(&n_asked) {
        std::cmp::Ordering::Less => "map.fewer_classes",
        std::cmp::Ordering::Greater => "map.class_added",
        std::cmp::Ordering::Equal => return Vec::new(),
    };
    vec![Notice::note(key).with("asked", n_asked).with("made", n_made)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_value_on_a_limit_belongs_to_the_class_below() {
        let classes = classed(&[1.0, 2.0, 3.0, 4.0, 5.0], quantiles_of(4));
        assert_eq!(classes.limits(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(classes.class_of(), [Some(0), Some(0), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn quantile_breaks_are_those_of_numpy() {
        // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [.2, .4, .6, .8]) = 1.4, 2.8, 4.2, 5.6
        let classes = classed(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0], quantiles_of(5));
        for (got, expected) in classes.limits().iter().zip([1.0, 1.4, 2.8, 4.2, 5.6, 9.0]) {
            assert!((got - expected).abs() < 1e-12, "{got} not {expected}");
        }
    }

    #[test]
    fn ties_make_fewer_classes_and_say_so() {
        let classes = classed(&[0.0, 0.0, 0.0, 0.0, 1.0, 2.0], quantiles_of(5));
        assert_eq!(classes.limits(), [0.0, 0.0, 1.0, 2.0]);
        assert_eq!(classes.class_of()[..4], [Some(0); 4]);
        let text = classes.notices()[0].text(Language::En);
        assert!(text.contains('5') && text.contains('3'), "{text}");
    }

    #[test]
    fn equal_values_make_one_class() {
        for method in [quantiles_of(5), Classing::EqualInterval { classes: 5 }] {
            let classes = classed(&[2.0, 2.0], method);
            assert_eq!(classes.limits(), [2.0, 2.0]);
            assert_eq!(classes.class_of(), [Some(0), Some(0)]);
        }
    }

    #[test]
    fn no_data_gets_no_class_and_no_say_in_the_limits() {
        let classes = classed(&[f64::NAN, 0.0, 10.0], Classing::EqualInterval { classes: 2 });
        assert_eq!(classes.limits(), [0.0, 5.0, 10.0]);
        assert_eq!(classes.class_of(), [None, Some(0), Some(1)]);
        let none = classify(&[f64::NAN], &quantiles_of(5));
        assert_eq!(none, Err(ClassifyError::Empty { n_areas: 1 }));
    }

    #[test]
    fn own_breaks_get_a_class_above_where_it_is_needed() {
        let classes = classed(&[1.0, 2.0, 7.0], Classing::Breaks { upper: vec![2.0, 5.0] });
        assert_eq!(classes.limits(), [1.0, 2.0, 5.0, 7.0]);
        assert_eq!(classes.class_of(), [Some(0), Some(0), Some(2)]);
        assert_eq!(classes.notices().len(), 1);
        let wrong = classify(&[1.0], &Classing::Breaks { upper: vec![5.0, 2.0] });
        assert_eq!(wrong, Err(ClassifyError::Breaks { before: 5.0, limit: 2.0 }));
    }

    #[test]
    fn the_method_is_read_from_toml_and_unknown_keys_are_refused() {
        let read: Result<Classing, _> = toml::from_str("method = \"quantiles\"\nclasses = 5");
        assert_eq!(read.unwrap(), quantiles_of(5));
        assert!(toml::from_str::<Classing>("method = \"quantiles\"\nclases = 5").is_err());
        let extra = "method = \"quantiles\"\nclasses = 5\nbreaks = 3";
        assert!(toml::from_str::<Classing>(extra).is_err());
    }

    fn quantiles_of(classes: usize) -> Classing {
        Classing::Quantiles { classes }
    }

    fn classed(values: &[f64], method: Classing) -> Classes {
        classify(values, &method).unwrap()
    }
}
