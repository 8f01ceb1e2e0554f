//! How steep is the social gradient?
//!
//! Along areas or groups ordered from the most to the least deprived: the concentration index
//! and its forms for bounded values, Kakwani's difference of two of them, and the slope and
//! relative index of inequality (SII, RII) with intervals by simulation.

use miette::Diagnostic;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;
use thiserror::Error;

use crate::draw::{Seed, replicates};
use crate::statistics::quantile_of_present;

/// Why a gradient cannot be measured.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum GradientError {
    /// Too few or too many groups.
    #[error("{n} groups cannot carry a slope")]
    #[diagnostic(
        code(levekaar::gradient::groups),
        help("use 5 to 100 groups of areas by deprivation, such as quintiles or deciles")
    )]
    Groups {
        /// How many.
        n: usize,
    },
    /// A population that is not above zero.
    #[error("{n} rows have a population that is not above zero, such as {example}")]
    #[diagnostic(code(levekaar::gradient::population), help("leave such rows out"))]
    Population {
        /// How many.
        n: usize,
        /// One of them.
        example: f64,
    },
    /// A value that the transformation cannot take.
    #[error("the {transform} of {example} does not exist")]
    #[diagnostic(
        code(levekaar::gradient::transform),
        help(
            "logarithms need values above 0, logits values between 0 and 1; add a continuity correction to zero counts, or use no transformation"
        )
    )]
    Transform {
        /// `logarithm` or `logit`.
        transform: &'static str,
        /// The value.
        example: f64,
    },
    /// The mean is zero, or a value lies outside the stated bounds.
    #[error("{message}")]
    #[diagnostic(code(levekaar::gradient::undefined))]
    Undefined {
        /// What is wrong.
        message: String,
    },
    /// A limit of an interval is missing in some groups.
    #[error("{n} groups have no interval that contains their value")]
    #[diagnostic(
        code(levekaar::gradient::interval),
        help("give every group both limits of its 95 % interval, or none at all")
    )]
    Interval {
        /// How many.
        n: usize,
    },
}

/// The concentration index, -1..1: `2/mu sum(a y b) - 1`, where `a` is the share of people and
/// `b` the share of people in more deprived areas plus half of the own.
///
/// Below zero: concentrated where deprivation is greatest. `deprivation` is larger where worse;
/// areas of equal deprivation share one `b`. Rows with a gap are left out. The value depends on
/// whether good or bad is counted, and its range on the mean: see [`erreygers`].
///
/// # Errors
///
/// [`GradientError::Population`], or [`GradientError::Undefined`] without rows or with mean zero.
///
/// Source: Kakwani, Wagstaff and van Doorslaer (1997), Journal of Econometrics 77.
pub fn concentration_index(
    values: &[f64],
    population: &[f64],
    deprivation: &[f64],
) -> Result<f64, GradientError> {
    let rows = ordered(values, population, deprivation)?;
    let mean: f64 = rows.iter().map(|row| row.share * row.value).sum();
    if mean == 0.0 {
        return Err(undefined("the mean is zero, so that there is no concentration index"));
    }
    let sum: f64 = rows.iter().map(|row| row.share * row.value * row.place).sum();
    Ok(2.0 / mean * sum - 1.0)
}

/// The concentration index of a value that lies between `low` and `high`, which is the same but
/// for its sign whether good or bad is counted: `4 mu CI / (high - low)`. In -1..1.
///
/// # Errors
///
/// As [`concentration_index`], and for a value outside the bounds.
///
/// Source: Erreygers (2009), *Correcting the concentration index*, Journal of Health Economics 28.
pub fn erreygers(
    values: &[f64],
    population: &[f64],
    deprivation: &[f64],
    (low, high): (f64, f64),
) -> Result<f64, GradientError> {
    let (index, mean) = bounded(values, population, deprivation, (low, high))?;
    Ok(4.0 * mean * index / (high - low))
}

/// The concentration index as a share of what it could be at this mean:
/// `(high - low) mu CI / ((high - mu)(mu - low))`, which is `CI / (1 - mu)` for values in 0..1.
///
/// # Errors
///
/// As [`erreygers`], and when the mean is a bound.
///
/// Source: Wagstaff (2005), Health Economics 14.
pub fn wagstaff(
    values: &[f64],
    population: &[f64],
    deprivation: &[f64],
    (low, high): (f64, f64),
) -> Result<f64, GradientError> {
    let (index, mean) = bounded(values, population, deprivation, (low, high))?;
    let room = (high - mean) * (mean - low);
    if room <= 0.0 {
        return Err(undefined("every value lies at the same bound"));
    }
    Ok((high - low) * mean * index / room)
}

/// The concentration index of `received` less that of `need`, along the same deprivation. Below
/// zero: what is given goes to deprived areas beyond their share of the need.
///
/// # Errors
///
/// As [`concentration_index`], of either.
///
/// Source: Kakwani (1977), Economic Journal 87, for taxes against income.
pub fn kakwani(
    received: &[f64],
    need: &[f64],
    population: &[f64],
    deprivation: &[f64],
) -> Result<f64, GradientError> {
    Ok(concentration_index(received, population, deprivation)?
        - concentration_index(need, population, deprivation)?)
}

/// A group of areas in the order of deprivation, such as a decile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientGroup {
    /// Residents.
    pub population: f64,
    /// The group's rate, proportion or mean.
    pub value: f64,
    /// The limits of its 95 % interval, where known.
    pub interval: Option<(f64, f64)>,
}

/// On which scale the line is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// As measured.
    None,
    /// The natural logarithm, for rates. Values above 0.
    Log,
    /// `ln(y / (1 - y))`, for proportions. Values between 0 and 1.
    Logit,
}

impl Transform {
    fn of(self, y: f64) -> Result<f64, GradientError> {
        let (transform, z) = match self {
            Self::None => ("value", y),
            Self::Log => ("logarithm", y.ln()),
            Self::Logit => ("logit", (y / (1.0 - y)).ln()),
        };
        if z.is_finite() { Ok(z) } else { Err(GradientError::Transform { transform, example: y }) }
    }

    fn back(self, z: f64) -> f64 {
        match self {
            Self::None => z,
            Self::Log => z.exp(),
            Self::Logit => 1.0 / (1.0 + (-z).exp()),
        }
    }
}

/// How slope and intervals are computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlopeOptions {
    /// On which scale the line is fitted.
    pub transform: Transform,
    /// What the slope is multiplied with: 1000 for "per thousand", -1 to turn its sign. A
    /// negative one also turns the relative index upside down.
    pub multiplier: f64,
    /// The confidence of the intervals, such as 0.95.
    pub confidence: f64,
    /// How often the values are drawn; the source uses 100 000.
    pub n_draws: usize,
    /// What the draws start from.
    pub seed: Seed,
}

/// Slope and relative index of inequality.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Slope {
    /// The fitted value at the most deprived end.
    pub at_most_deprived: f64,
    /// The fitted value at the least deprived end.
    pub at_least_deprived: f64,
    /// The slope index: least less most deprived end, in the value's unit, times the multiplier.
    pub slope_index: f64,
    /// The relative index: least over most deprived end; upside down for a negative multiplier.
    pub relative_index: f64,
    /// The interval of the slope index, where every group has one.
    pub slope_interval: Option<(f64, f64)>,
    /// The interval of the relative index.
    pub relative_interval: Option<(f64, f64)>,
}

/// Fits a line to the groups, the most deprived first, weighted by their people, and compares its
/// two ends. Intervals come from drawing every group's value from its own interval, on the scale
/// of the transformation, and fitting again.
///
/// Supposes that the gradient is a straight line on that scale and that the groups' errors are
/// independent. The relative index is not to be trusted where the most deprived end is near 0.
///
/// # Errors
///
/// [`GradientError`] below 5 or above 100 groups, for a population that is not above zero, for a
/// value that the transformation cannot take, and when only some groups have an interval.
///
/// Source: Regidor (2004), J. Epidemiol. Community Health 58; `PHEindicatormethods::phe_sii`.
pub fn slope_index(
    groups: &[GradientGroup],
    options: SlopeOptions,
) -> Result<Slope, GradientError> {
    if !(5..=100).contains(&groups.len()) {
        return Err(GradientError::Groups { n: groups.len() });
    }
    let multiplier_fits = options.multiplier.is_finite() && options.multiplier != 0.0;
    let confidence_fits = options.confidence > 0.0 && options.confidence < 1.0;
    if !(multiplier_fits && confidence_fits) {
        return Err(undefined("the multiplier must not be 0 and the confidence between 0 and 1"));
    }
    let population: Vec<f64> = groups.iter().map(|group| group.population).collect();
    let is_bad = |x: &&f64| !(x.is_finite() && **x > 0.0);
    if let Some(&example) = population.iter().find(is_bad) {
        let n = population.iter().filter(is_bad).count();
        return Err(GradientError::Population { n, example });
    }
    let first: Vec<f64> = (0..groups.len()).map(|at| -(at as f64)).collect();
    let values =
        groups.iter().map(|g| options.transform.of(g.value)).collect::<Result<Vec<_>, _>>()?;
    let rows = ordered(&values, &population, &first)?;
    let line = Line::along(&rows);
    let (slope_index, relative_index, ends) = line.indices(&values, options);
    let errors = standard_errors(groups, options.transform)?;
    let (mut slope_interval, mut relative_interval) = (None, None);
    if let Some(errors) = errors {
        let drawn = replicates(options.seed, options.n_draws.max(1), |rng| {
            let drawn: Vec<f64> = values
                .iter()
                .zip(&errors)
                .map(|(value, error)| {
                    let z: f64 = StandardNormal.sample(rng);
                    value + error * z
                })
                .collect();
            let (slope, relative, _) = line.indices(&drawn, options);
            (slope, relative)
        });
        let (mut slopes, mut ratios): (Vec<f64>, Vec<f64>) = drawn.into_iter().unzip();
        let tail = (1.0 - options.confidence) / 2.0;
        let ends = |drawn: &mut Vec<f64>| {
            (quantile_of_present(drawn, tail), quantile_of_present(drawn, 1.0 - tail))
        };
        slope_interval = Some(ends(&mut slopes));
        relative_interval = Some(ends(&mut ratios));
    }
    Ok(Slope {
        at_most_deprived: ends.0,
        at_least_deprived: ends.1,
        slope_index,
        relative_index,
        slope_interval,
        relative_interval,
    })
}

/// The 97.5 % point of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// Half-widths of the intervals on the transformed scale, in standard deviations.
fn standard_errors(
    groups: &[GradientGroup],
    transform: Transform,
) -> Result<Option<Vec<f64>>, GradientError> {
    if groups.iter().all(|group| group.interval.is_none()) {
        return Ok(None);
    }
    let bad = |group: &&GradientGroup| {
        !group.interval.is_some_and(|(low, high)| low <= group.value && group.value <= high)
    };
    let n = groups.iter().filter(bad).count();
    if n > 0 {
        return Err(GradientError::Interval { n });
    }
    let error = |group: &GradientGroup| {
        let (low, high) = group.interval.unwrap_or((group.value, group.value));
        Ok((transform.of(high)? - transform.of(low)?) / (2.0 * Z95))
    };
    groups.iter().map(error).collect::<Result<Vec<_>, _>>().map(Some)
}

/// A weighted least-squares line through values at fixed places: what each value counts for.
struct Line {
    slope: Vec<f64>,
    mean: Vec<f64>,
    middle: f64,
}

impl Line {
    fn along(rows: &[Row]) -> Self {
        let middle: f64 = rows.iter().map(|row| row.share * row.place).sum();
        let spread: f64 = rows.iter().map(|row| row.share * (row.place - middle).powi(2)).sum();
        let slope = rows.iter().map(|row| row.share * (row.place - middle) / spread).collect();
        Self { slope, mean: rows.iter().map(|row| row.share).collect(), middle }
    }

    /// Slope index, relative index and the two ends of the line through these values.
    fn indices(&self, values: &[f64], options: SlopeOptions) -> (f64, f64, (f64, f64)) {
        let dot = |a: &[f64]| a.iter().zip(values).map(|(a, y)| a * y).sum::<f64>();
        let (slope, mean) = (dot(&self.slope), dot(&self.mean));
        let intercept = mean - slope * self.middle;
        let most = options.transform.back(intercept);
        let least = options.transform.back(intercept + slope);
        // The same test for the number and for its interval: one that is below 1 but not below 0
        // must not turn the ratio.
        let ratio = if options.multiplier < 0.0 { most / least } else { least / most };
        ((least - most) * options.multiplier, ratio, (most, least))
    }
}

/// A row in its place: the share of people before it plus half of its own.
struct Row {
    share: f64,
    value: f64,
    place: f64,
}

/// Rows from the most deprived to the least, ties sharing one place.
fn ordered(
    values: &[f64],
    population: &[f64],
    deprivation: &[f64],
) -> Result<Vec<Row>, GradientError> {
    let present =
        |at: &usize| [values[*at], population[*at], deprivation[*at]].iter().all(|x| x.is_finite());
    let mut order: Vec<usize> = (0..values.len()).filter(present).collect();
    let bad: Vec<f64> = order.iter().map(|&at| population[at]).filter(|x| *x <= 0.0).collect();
    if let Some(&example) = bad.first() {
        return Err(GradientError::Population { n: bad.len(), example });
    }
    if order.is_empty() {
        return Err(undefined("no row has a value, a population and a deprivation"));
    }
    order.sort_by(|&a, &b| deprivation[b].total_cmp(&deprivation[a]));
    let total: f64 = order.iter().map(|&at| population[at]).sum();
    let mut before = 0.0;
    let mut rows = Vec::with_capacity(order.len());
    for tied in order.chunk_by(|&a, &b| deprivation[a] == deprivation[b]) {
        let share: f64 = tied.iter().map(|&at| population[at] / total).sum();
        let place = before + share / 2.0;
        let row = |&at: &usize| Row { share: population[at] / total, value: values[at], place };
        rows.extend(tied.iter().map(row));
        before += share;
    }
    Ok(rows)
}

/// Concentration index and mean of values that keep to their bounds.
fn bounded(
    values: &[f64],
    population: &[f64],
    deprivation: &[f64],
    (low, high): (f64, f64),
) -> Result<(f64, f64), GradientError> {
    let rows = ordered(values, population, deprivation)?;
    if let Some(row) = rows.iter().find(|row| !(low <= row.value && row.value <= high)) {
        return Err(undefined(&format!("{} lies outside {low} to {high}", row.value)));
    }
    let mean: f64 = rows.iter().map(|row| row.share * row.value).sum();
    Ok((concentration_index(values, population, deprivation)?, mean))
}

fn undefined(message: &str) -> GradientError {
    GradientError::Undefined { message: message.to_owned() }
}

#[cfg(test)]
mod tests;
