//! How did a measured value become comparable?
//!
//! Walks the column of one indicator through the recipe and notes what happens to one cell.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::area::Area;
use crate::indicator::Column;
use crate::language::round_half_away;
use crate::statistics::{self, Summary};
use crate::treat::{Imputation, Treatment};

use super::chain::{IndicatorChain, RateStep, Rounding, TreatmentStep};
use super::present;
use super::scale::scale;

/// The chain of the indicator at position `at` in the recipe.
pub(super) fn chain(analysis: &Analysis, at: usize, area_idx: usize) -> IndicatorChain {
    let definition = &analysis.definition;
    let recipe = &definition.indicators[at];
    let column = &analysis.table.columns()[at];
    let areas = analysis.table.areas();
    let mut values = column.values().to_vec();
    let mut treatments: Vec<TreatmentStep> =
        impute(definition.imputation(recipe), &mut values, areas, area_idx).into_iter().collect();
    for treatment in definition.treatments(recipe) {
        treatments.extend(treat(treatment, &mut values, area_idx));
    }
    let method = definition.normalisation(recipe).expect("a plan checks that one is set");
    let turned = recipe.direction != definition.direction;
    let input = present(values[area_idx]);
    let normalisation = scale(method, turned, &values, area_idx, input, areas);
    let scaled = normalisation.as_ref().map(|step| step.result);
    let rounding =
        scaled.zip(definition.rounding(recipe)).map(|(x, decimals)| rounded(x, decimals));
    IndicatorChain {
        id: recipe.id.clone(),
        title: recipe.title.clone(),
        unit: recipe.unit.clone(),
        direction: recipe.direction,
        rate: rate(column, area_idx),
        raw: present(column.values()[area_idx]),
        state: column.states()[area_idx],
        treatments,
        normalisation,
        rounding,
        result: rounding.map(|rounding| rounding.after).or(scaled),
        pipeline: present(analysis.computation.scaled.columns()[at].values[area_idx]),
    }
}

/// `x` after rounding.
pub(super) fn rounded(x: f64, decimals: u8) -> Rounding {
    Rounding { decimals, after: round_half_away(x, usize::from(decimals)) }
}

fn rate(column: &Column, area_idx: usize) -> Option<RateStep> {
    let counts = column.counts()?;
    let value = present(column.values()[area_idx])?;
    let (numerator, denominator) = (counts.numerator[area_idx], counts.denominator[area_idx]);
    let plain = numerator / denominator * counts.per;
    // The table does not keep whether the complement was asked for, but the numbers tell.
    let is_plain = (plain - value).abs() <= 1e-9 * value.abs().max(1.0);
    let complement_of = (!is_plain).then(|| round_half_away(value + plain, 9));
    let result = complement_of.map_or(plain, |whole| whole - plain);
    Some(RateStep { numerator, denominator, per: counts.per, complement_of, result })
}

/// What gaps are filled with; `None` where no value is present.
type Centre = fn(&[f64]) -> Option<f64>;

/// Fills the gaps of the column; a step comes back when the area's own gap was filled.
fn impute(
    method: &Imputation,
    values: &mut [f64],
    areas: &[Area],
    area_idx: usize,
) -> Option<TreatmentStep> {
    let (centre, by_group): (Centre, bool) = match method {
        Imputation::None {} => return None,
        Imputation::Mean {} => (mean, false),
        Imputation::Median {} => (median, false),
        Imputation::GroupMean {} => (mean, true),
        Imputation::GroupMedian {} => (median, true),
    };
    let mut groups: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, area) in areas.iter().enumerate() {
        let group = if by_group { area.parent.as_deref() } else { None };
        // An area that belongs nowhere has no group to borrow from.
        if group.is_some() == by_group {
            groups.entry(group).or_default().push(at);
        }
    }
    let mut step = None;
    for (group, members) in groups {
        let of_group: Vec<f64> = members.iter().map(|&at| values[at]).collect();
        let Some(fill) = centre(&of_group) else { continue };
        for at in members {
            if !values[at].is_nan() {
                continue;
            }
            values[at] = fill;
            if at == area_idx {
                step = Some(TreatmentStep::Imputed {
                    method: method.clone(),
                    group: group.map(str::to_owned),
                    n: of_group.iter().filter(|x| !x.is_nan()).count(),
                    after: fill,
                });
            }
        }
    }
    step
}

fn mean(values: &[f64]) -> Option<f64> {
    Summary::of(values).map(|summary| summary.mean)
}

fn median(values: &[f64]) -> Option<f64> {
    statistics::median(values, &mut Vec::new())
}

/// Treats the column; a step comes back unless the area's cell is a gap.
fn treat(treatment: &Treatment, values: &mut [f64], area_idx: usize) -> Option<TreatmentStep> {
    let before = values[area_idx];
    let mut each = |f: &dyn Fn(f64) -> f64| {
        values.iter_mut().filter(|x| !x.is_nan()).for_each(|x| *x = f(*x));
    };
    let step = match *treatment {
        Treatment::WinsorisePercentiles { low: low_percentile, high: high_percentile } => {
            let mut scratch = Vec::new();
            let low = statistics::quantile(values, low_percentile / 100.0, &mut scratch)?;
            let high = statistics::quantile(values, high_percentile / 100.0, &mut scratch)?;
            values.iter_mut().for_each(|x| *x = bounded(*x, Some(low), Some(high)));
            let after = values[area_idx];
            TreatmentStep::Winsorised { low_percentile, high_percentile, low, high, before, after }
        }
        Treatment::Cap { low, high } => {
            each(&|x| bounded(x, low, high));
            TreatmentStep::Capped { low, high, before, after: values[area_idx] }
        }
        Treatment::Log { offset } => {
            each(&|x| (x + offset).ln());
            TreatmentStep::Logged { offset, before, after: values[area_idx] }
        }
        Treatment::Round { decimals } => {
            each(&|x| round_half_away(x, usize::from(decimals)));
            TreatmentStep::Rounded { decimals, before, after: values[area_idx] }
        }
    };
    (!before.is_nan()).then_some(step)
}

fn bounded(x: f64, low: Option<f64>, high: Option<f64>) -> f64 {
    match (low, high) {
        (Some(low), _) if x < low => low,
        (_, Some(high)) if x > high => high,
        (Some(_) | None, Some(_) | None) => x,
    }
}
