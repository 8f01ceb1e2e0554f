//! Which colour class?
//!
//! In come the values of a map and a method, out come class limits and the class of each area.
//! How the limits are found stands in `breaks` and, for Fisher-Jenks, in `jenks`; how well classes
//! hold their values together, and how many areas and people they have, stands in [`fit`].

pub mod around;
mod breaks;
pub mod fit;
mod jenks;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::notice::Notice;
use crate::statistics::QuantileType;

/// How many classes a map may have: deciles, which is more than most readers can tell apart.
pub const MAX_CLASSES: usize = 10;

/// How values become classes. A class is `(lower, upper]`; the first one is closed below too.
///
/// Source: Slocum et al. (2009), *Thematic Cartography and Geovisualization*, chapter 4, and
/// those that the methods name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Classing {
    /// About as many areas in each class. Parts neighbours in rank that hardly differ in value.
    Quantiles {
        /// Number of classes.
        classes: usize,
        /// Which sample quantile; linear interpolation as in R and numpy where nothing is said.
        #[serde(default, skip_serializing_if = "is_type_7")]
        quantile_type: QuantileType,
    },

    /// Classes of equal width from the least to the greatest value. One extreme value leaves
    /// most classes empty.
    EqualInterval {
        /// Number of classes.
        classes: usize,
    },

    /// The classes with the least sum of squared deviations from their means, exactly. Of equally
    /// good ones those with the lowest limits. Limits are values of the data and differ from year
    /// to year.
    ///
    /// Source: Fisher (1958), *On grouping for maximum homogeneity*, JASA 53; as natural breaks:
    /// Jenks (1977), *Optimal data classification for choropleth maps*.
    FisherJenks {
        /// Number of classes.
        classes: usize,
    },

    /// Parts at the mean, and the values above it at their mean, and so on, for values with few
    /// large and many small ones. The number of classes follows from the values.
    ///
    /// Source: Jiang (2013), *Head/tail breaks*, The Professional Geographer 65(3).
    HeadTail {
        /// Parting stops where more than this share of the values would be above their mean, such
        /// as Jiang's 0.4; it goes on until one value is left where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_head_share: Option<f64>,
    },

    /// Limits at these multiples of the standard deviation (divisor n - 1) from the mean. Says
    /// how unusual a value is, and misleads where the values are skewed.
    MeanSd {
        /// Increasing; -2, -1, 1 and 2 where nothing is said.
        #[serde(default = "usual_multiples")]
        multiples: Vec<f64>,
    },

    /// Limits at the quartiles and at the fences that mark outliers. The first or the last class
    /// is empty where there is no outlier.
    ///
    /// Source: Tukey (1977), *Exploratory Data Analysis*, chapter 2.
    BoxPlot {
        /// How many interquartile ranges a fence is away from its quartile; 1.5 where nothing is
        /// said.
        #[serde(default = "usual_hinge")]
        hinge: f64,
    },

    /// Limits at these percentiles (linear interpolation). Shows the tails.
    Percentiles {
        /// From 0 to 100, increasing; 1, 10, 50, 90, 99 and 100 where nothing is said.
        #[serde(default = "usual_percentiles")]
        at: Vec<f64>,
    },

    /// Limits in the middle of the widest gaps between neighbouring values, the lower ones first
    /// where gaps are equal. One outlier takes a class of its own.
    MaximumBreaks {
        /// Number of classes.
        classes: usize,
    },

    /// Round limits: 1, 2 or 5 times a power of ten apart. About as many classes as asked for.
    ///
    /// Source: Heckbert (1990), *Nice numbers for graph labels*, in Graphics Gems.
    Pretty {
        /// About how many classes; 2 or more.
        classes: usize,
    },

    /// Each upper limit is the same multiple of the one before. For positive values over several
    /// powers of ten.
    Geometric {
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

fn is_type_7(kind: &QuantileType) -> bool {
    *kind == QuantileType::Type7
}

/// Two and one standard deviations on either side of the mean.
pub fn usual_multiples() -> Vec<f64> {
    vec![-2.0, -1.0, 1.0, 2.0]
}

/// Tukey's fences.
pub fn usual_hinge() -> f64 {
    1.5
}

/// The tails, the tenths beside them, and the median.
pub fn usual_percentiles() -> Vec<f64> {
    vec![1.0, 10.0, 50.0, 90.0, 99.0, 100.0]
}

impl Classing {
    /// The name in files and on the command line, such as `fisher-jenks`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Quantiles { .. } => "quantiles",
            Self::EqualInterval { .. } => "equal-interval",
            Self::FisherJenks { .. } => "fisher-jenks",
            Self::HeadTail { .. } => "head-tail",
            Self::MeanSd { .. } => "mean-sd",
            Self::BoxPlot { .. } => "box-plot",
            Self::Percentiles { .. } => "percentiles",
            Self::MaximumBreaks { .. } => "maximum-breaks",
            Self::Pretty { .. } => "pretty",
            Self::Geometric { .. } => "geometric",
            Self::Breaks { .. } => "breaks",
        }
    }

    /// How many classes are asked for; `None` where the values decide.
    pub fn n_asked(&self) -> Option<usize> {
        match self {
            Self::Quantiles { classes, .. }
            | Self::EqualInterval { classes }
            | Self::FisherJenks { classes }
            | Self::MaximumBreaks { classes }
            | Self::Pretty { classes }
            | Self::Geometric { classes } => Some(*classes),
            Self::Breaks { upper } => Some(upper.len()),
            Self::HeadTail { .. }
            | Self::MeanSd { .. }
            | Self::BoxPlot { .. }
            | Self::Percentiles { .. } => None,
        }
    }
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
    #[error("{asked} classes were asked for, and a map can have from {least} to {MAX_CLASSES}")]
    #[diagnostic(code(levekaar::classify::count), help("quintiles are `classes = 5`"))]
    Count {
        /// The number that was asked for.
        asked: usize,
        /// The smallest that the method can make.
        least: usize,
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

    /// A parameter outside of its range.
    #[error("`{name}` is {found}, and `{method}` needs {needed}")]
    #[diagnostic(
        code(levekaar::classify::parameter),
        help("leave `{name}` out to take the usual value")
    )]
    Parameter {
        /// The method.
        method: &'static str,
        /// The parameter.
        name: &'static str,
        /// What was given.
        found: f64,
        /// What it must be.
        needed: &'static str,
    },

    /// Values of 0 or below have no place in a geometric progression.
    #[error(
        "geometric classes need values above 0, and {n} of {n_areas} are not, such as {example}"
    )]
    #[diagnostic(
        code(levekaar::classify::not_positive),
        help("`method = \"fisher-jenks\"` and `method = \"head-tail\"` take any values")
    )]
    NotPositive {
        /// How many are not.
        n: usize,
        /// Of how many.
        n_areas: usize,
        /// The least.
        example: f64,
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
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    breaks::check(classing)?;
    let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else {
        return Err(ClassifyError::Empty { n_areas: values.len() });
    };
    let mut uppers = breaks::uppers(&sorted, classing)?;
    uppers.dedup();
    debug_assert!(uppers.last().is_some_and(|last| *last >= max), "each value has a class");
    let mut limits = vec![min.min(uppers[0])];
    limits.extend(&uppers);
    let class_of = values
        .iter()
        .map(|x| x.is_finite().then(|| uppers.partition_point(|upper| upper < x)))
        .collect();
    let mut classes = Classes { limits, class_of, notices: Vec::new() };
    classes.notices = notices(&classes, classing);
    Ok(classes)
}

/// The same limits for several columns, such as years or cities, from all their values together.
///
/// Shape: one [`Classes`] a column, in their order. The notices stand with the first.
///
/// # Errors
///
/// Those of [`classify`] on all values.
pub fn classify_pooled(
    columns: &[&[f64]],
    classing: &Classing,
) -> Result<Vec<Classes>, ClassifyError> {
    let all = classify(&columns.concat(), classing)?;
    let mut class_of = all.class_of.into_iter();
    let mut notices = all.notices;
    Ok(columns
        .iter()
        .map(|column| Classes {
            limits: all.limits.clone(),
            class_of: class_of.by_ref().take(column.len()).collect(),
            notices: std::mem::take(&mut notices),
        })
        .collect())
}

/// More or fewer classes than asked for, and classes without areas.
fn notices(classes: &Classes, classing: &Classing) -> Vec<Notice> {
    let n_made = classes.n_classes();
    let mut notices = Vec::new();
    if let Some(n_asked) = classing.n_asked() {
        let about = |key| Notice::note(key).with("asked", n_asked).with("made", n_made);
        match (n_made.cmp(&n_asked), classing) {
            (std::cmp::Ordering::Equal, _) => {}
            (_, Classing::Pretty { .. }) => notices.push(about("map.pretty_count")),
            (std::cmp::Ordering::Less, _) => notices.push(about("map.fewer_classes")),
            (std::cmp::Ordering::Greater, _) => notices.push(about("map.class_added")),
        }
    }
    let mut is_empty = vec![true; n_made];
    classes.class_of.iter().flatten().for_each(|&class| is_empty[class] = false);
    let n_empty = is_empty.iter().filter(|empty| **empty).count();
    if n_empty > 0 {
        notices.push(Notice::note("map.empty_classes").with("n", n_empty).with("made", n_made));
    }
    notices
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
        let keys: Vec<&str> = classes.notices().iter().map(|notice| notice.key).collect();
        assert_eq!(keys, ["map.class_added", "map.empty_classes"]);
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
        Classing::Quantiles { classes, quantile_type: QuantileType::Type7 }
    }

    fn classed(values: &[f64], method: Classing) -> Classes {
        classify(values, &method).unwrap()
    }
}
