//! Where do the classes end?
//!
//! One function a method: from values in ascending order to the upper limits of the classes, of
//! which the last is the greatest value or above it.

use super::{ClassifyError, Classing, MAX_CLASSES, jenks};
use crate::statistics::{QuantileType, Summary};

/// Whether the parameters can be used at all.
pub(super) fn check(classing: &Classing) -> Result<(), ClassifyError> {
    let least = match classing {
        Classing::Pretty { .. } => 2,
        Classing::Quantiles { .. }
        | Classing::EqualInterval { .. }
        | Classing::FisherJenks { .. }
        | Classing::HeadTail { .. }
        | Classing::MeanSd { .. }
        | Classing::BoxPlot { .. }
        | Classing::Percentiles { .. }
        | Classing::MaximumBreaks { .. }
        | Classing::Geometric { .. }
        | Classing::Breaks { .. } => 1,
    };
    let count = |asked: usize| match (least..=MAX_CLASSES).contains(&asked) {
        true => Ok(()),
        false => Err(ClassifyError::Count { asked, least }),
    };
    classing.n_asked().map_or(Ok(()), count)?;
    let wrong = |name, found, needed| {
        Err(ClassifyError::Parameter { method: classing.name(), name, found, needed })
    };
    match classing {
        Classing::HeadTail { max_head_share: Some(share) } if !(*share > 0.0 && *share <= 1.0) => {
            wrong("max-head-share", *share, "a share above 0 and up to 1")
        }
        Classing::BoxPlot { hinge } if !(hinge.is_finite() && *hinge >= 0.0) => {
            wrong("hinge", *hinge, "a number of 0 or more")
        }
        Classing::MeanSd { multiples } => {
            count(multiples.len())?;
            increasing(multiples)
        }
        Classing::Percentiles { at } => {
            count(at.len())?;
            increasing(at)?;
            match at.iter().find(|p| !(0.0..=100.0).contains(*p)) {
                Some(&p) => wrong("at", p, "percentiles from 0 to 100"),
                None => Ok(()),
            }
        }
        Classing::Breaks { upper } => increasing(upper),
        Classing::Quantiles { .. }
        | Classing::EqualInterval { .. }
        | Classing::FisherJenks { .. }
        | Classing::HeadTail { .. }
        | Classing::BoxPlot { .. }
        | Classing::MaximumBreaks { .. }
        | Classing::Pretty { .. }
        | Classing::Geometric { .. } => Ok(()),
    }
}

fn increasing(limits: &[f64]) -> Result<(), ClassifyError> {
    let mut before = f64::NEG_INFINITY;
    for &limit in limits {
        if !limit.is_finite() || limit <= before {
            return Err(ClassifyError::Breaks { before, limit });
        }
        before = limit;
    }
    Ok(())
}

/// The upper limits, never decreasing; `sorted` has at least one value and only finite ones.
pub(super) fn uppers(sorted: &[f64], classing: &Classing) -> Result<Vec<f64>, ClassifyError> {
    let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
    Ok(match classing {
        Classing::Quantiles { classes, quantile_type } => {
            quantiles(sorted, *classes, *quantile_type)
        }
        Classing::EqualInterval { classes } => equal_intervals(min, max, *classes),
        Classing::FisherJenks { classes } => jenks::uppers(sorted, *classes),
        Classing::HeadTail { max_head_share } => head_tail(sorted, *max_head_share),
        Classing::MeanSd { multiples } => mean_sd(sorted, multiples),
        Classing::BoxPlot { hinge } => box_plot(sorted, *hinge),
        Classing::Percentiles { at } => {
            let share = |p: &f64| QuantileType::Type7.of_sorted(sorted, p / 100.0);
            up_to(at.iter().filter_map(share).collect(), max)
        }
        Classing::MaximumBreaks { classes } => maximum_breaks(sorted, *classes),
        Classing::Pretty { classes } => pretty(min, max, *classes),
        Classing::Geometric { classes } => geometric(sorted, *classes)?,
        Classing::Breaks { upper } => up_to(upper.clone(), max),
    })
}

/// The limits, with the greatest value as one more where it lies above them.
fn up_to(mut limits: Vec<f64>, max: f64) -> Vec<f64> {
    if limits.last().is_none_or(|last| *last < max) {
        limits.push(max);
    }
    limits
}

fn quantiles(sorted: &[f64], n: usize, kind: QuantileType) -> Vec<f64> {
    let last = sorted.len() - 1;
    let upper = |k: usize| match kind {
        QuantileType::Type7 => {
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
        }
        QuantileType::Type1
        | QuantileType::Type2
        | QuantileType::Type3
        | QuantileType::Type4
        | QuantileType::Type5
        | QuantileType::Type6
        | QuantileType::Type8
        | QuantileType::Type9 => {
            kind.of_sorted(sorted, k as f64 / n as f64).unwrap_or(sorted[last])
        }
    };
    (1..=n).map(upper).collect()
}

/// The last is exactly the greatest value.
fn equal_intervals(min: f64, max: f64, n: usize) -> Vec<f64> {
    let upper = |k: usize| {
        let share = k as f64 / n as f64;
        // The width of a range that is wider than any number is taken in two parts.
        let width = max - min;
        if k == n {
            max
        } else if width.is_finite() {
            min + width * share
        } else {
            min * (1.0 - share) + max * share
        }
    };
    (1..=n).map(upper).collect()
}

fn head_tail(sorted: &[f64], max_head_share: Option<f64>) -> Vec<f64> {
    let max = sorted[sorted.len() - 1];
    let mut limits = Vec::new();
    let mut head = sorted;
    while head[0] < max && limits.len() + 1 < MAX_CLASSES {
        let mean = mean(head);
        let n_tail = head.partition_point(|x| *x <= mean);
        // Rounding can put the mean on an end of values that hardly differ.
        if n_tail == 0 || n_tail == head.len() {
            break;
        }
        let share = (head.len() - n_tail) as f64 / head.len() as f64;
        if max_head_share.is_some_and(|most| share > most) {
            break;
        }
        limits.push(mean);
        head = &head[n_tail..];
    }
    up_to(limits, max)
}

/// The mean around the first value, which spares digits where the level is high.
fn mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let first = values[0];
    let around = values.iter().map(|x| x - first).sum::<f64>() / n;
    if around.is_finite() { first + around } else { values.iter().map(|x| x / n).sum() }
}

fn mean_sd(sorted: &[f64], multiples: &[f64]) -> Vec<f64> {
    let max = sorted[sorted.len() - 1];
    let Some(summary) = Summary::of(sorted) else { return vec![max] };
    let sd = summary.sd_sample();
    // One value has no deviation, and its class holds just that value.
    let sd = if sd.is_finite() { sd } else { 0.0 };
    up_to(multiples.iter().map(|multiple| summary.mean + sd * multiple).collect(), max)
}

fn box_plot(sorted: &[f64], hinge: f64) -> Vec<f64> {
    let max = sorted[sorted.len() - 1];
    let at = |p: f64| QuantileType::Type7.of_sorted(sorted, p).unwrap_or(max);
    let [low, middle, high] = [at(0.25), at(0.5), at(0.75)];
    let reach = hinge * (high - low);
    up_to(vec![low - reach, low, middle, high, high + reach], max)
}

fn maximum_breaks(sorted: &[f64], n: usize) -> Vec<f64> {
    let max = sorted[sorted.len() - 1];
    let gap = |at: usize| sorted[at + 1] - sorted[at];
    let mut places: Vec<usize> = (0..sorted.len() - 1).filter(|&at| gap(at) > 0.0).collect();
    places.sort_by(|&a, &b| gap(b).total_cmp(&gap(a)));
    places.truncate(n - 1);
    places.sort_unstable();
    let middle = |&at: &usize| {
        let middle = sorted[at] / 2.0 + sorted[at + 1] / 2.0;
        // Halves of the smallest numbers vanish; then the lower value itself is the limit.
        if middle >= sorted[at] && middle < sorted[at + 1] { middle } else { sorted[at] }
    };
    up_to(places.iter().map(middle).collect(), max)
}

fn pretty(min: f64, max: f64, n: usize) -> Vec<f64> {
    let range = max - min;
    if !(range > 0.0 && range.is_finite()) {
        return vec![max];
    }
    let step = nice(nice(range, false) / (n - 1) as f64, true);
    let (first, last) = ((min / step).floor(), (max / step).ceil());
    // Whole multiples of the step, so that 0.3 is not 0.30000000000000004 on the way up.
    let limit = |k: usize| rounded((first + k as f64) * step, step);
    let limits: Vec<f64> = (1..=(last - first) as usize).map(limit).collect();
    up_to(limits, max)
}

/// 1, 2, 5 or 10 times the power of ten below `x`: the nearest one, or the first that is not less.
fn nice(x: f64, nearest: bool) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    let share = x / power;
    let bounds = if nearest { [1.5, 3.0, 7.0] } else { [1.0, 2.0, 5.0] };
    let fits = |bound: f64| if nearest { share < bound } else { share <= bound };
    let of = [1.0, 2.0, 5.0].iter().zip(bounds).find(|(_, bound)| fits(*bound));
    of.map_or(10.0, |(of, _)| *of) * power
}

/// The greatest of 1, 2 and 5 times a power of ten that is not above `x`, which is above 0.
pub(super) fn nice_below(x: f64) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    let of = [5.0, 2.0, 1.0].iter().map(|of| rounded(of * power, power)).find(|of| *of <= x);
    of.unwrap_or(power)
}

/// `x` to as many decimals as `step` has.
pub(super) fn rounded(x: f64, step: f64) -> f64 {
    let decimals = -step.log10().floor();
    if !(0.0..=15.0).contains(&decimals) {
        return x;
    }
    let factor = 10_f64.powf(decimals);
    let near = (x * factor).round() / factor;
    if near.is_finite() { near } else { x }
}

fn geometric(sorted: &[f64], n: usize) -> Result<Vec<f64>, ClassifyError> {
    let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
    let n_not_positive = sorted.partition_point(|x| *x <= 0.0);
    if n_not_positive > 0 {
        return Err(ClassifyError::NotPositive {
            n: n_not_positive,
            n_areas: sorted.len(),
            example: min,
        });
    }
    let ratio = max.ln() - min.ln();
    let limit = |k: usize| {
        if k == n { max } else { (min.ln() + ratio * (k as f64 / n as f64)).exp().clamp(min, max) }
    };
    Ok((1..=n).map(limit).collect())
}
