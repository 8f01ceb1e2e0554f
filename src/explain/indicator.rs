//! How did a measured value become comparable?
//!
//! Walks the column of one indicator through the recipe and notes what happens to one cell.

use crate::analysis::Analysis;
use crate::indicator::Column;
use crate::language::round_half_away;
use crate::rate::{Level, byar};
use crate::round::Round;
use crate::statistics::{self, Summary};
use crate::treat::{Basis, Change, ChangeKind, Imputation, Treatment};

use super::chain::{IndicatorChain, RateKind, RateStep, Rounding, TreatmentStep};
use super::scale::{Rule, scale};
use super::working::{Working, repeated};
use super::{present, transform};

/// The chain of the indicator at position `at` in the recipe.
pub(super) fn chain(analysis: &Analysis, at: usize, area_idx: usize) -> IndicatorChain {
    let definition = &analysis.definition;
    let recipe = &definition.indicators[at];
    let column = &analysis.table.columns()[at];
    let areas = analysis.table.areas();
    let mut values = column.values().to_vec();
    // A screened area takes no part, not even in a mean.
    for screened in &analysis.computation.screened {
        values[screened.area_idx as usize] = f64::NAN;
    }
    let mut treatments: Vec<TreatmentStep> =
        impute(analysis, at, &mut values, area_idx).into_iter().collect();
    for treatment in definition.treatments(recipe) {
        treatments.extend(treat(analysis, column, treatment, &mut values, area_idx));
    }
    let rule = Rule {
        method: definition.normalisation(recipe).expect("a plan checks that one is set"),
        turned: recipe.direction != definition.direction_of(recipe.domain.as_ref()),
        within: definition.within(recipe),
        reference: definition.reference(recipe),
        pooled: Some(analysis.computation.scaled.columns()[at].before),
        constant: definition.constant(recipe),
    };
    let input = present(values[area_idx]);
    let normalisation = scale(&rule, &values, area_idx, input, areas);
    let scaled = normalisation.as_ref().map(|step| step.result);
    let rounding = scaled.zip(definition.rounding(recipe)).map(|(x, rule)| rounded(x, rule));
    IndicatorChain {
        id: recipe.id.clone(),
        title: recipe.title.clone(),
        unit: recipe.unit.clone(),
        direction: recipe.direction,
        rate: rate(column, area_idx),
        standardised: standardised(column, area_idx),
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
pub(super) fn rounded(x: f64, rule: Round) -> Rounding {
    Rounding { rule, after: rule.of(x) }
}

fn rate(column: &Column, area_idx: usize) -> Option<RateStep> {
    let (counts, kind) = match (column.counts(), column.quotient()) {
        (Some(counts), _) => (counts, RateKind::Counted),
        (None, Some(quotient)) => (quotient, RateKind::Divided),
        (None, None) => return None,
    };
    let value = present(column.values()[area_idx])?;
    let (numerator, denominator) = (counts.numerator[area_idx], counts.denominator[area_idx]);
    let plain = numerator / denominator * counts.per;
    // The table does not keep whether the complement was asked for, but the numbers tell.
    let is_plain = (plain - value).abs() <= 1e-9 * value.abs().max(1.0);
    let complement_of = (!is_plain).then(|| round_half_away(value + plain, 9));
    let result = complement_of.map_or(plain, |whole| whole - plain);
    Some(RateStep { kind, numerator, denominator, per: counts.per, complement_of, result })
}

/// The rate of each stratum times its weight, their mean, and the limits at 95 %; of a gap what is
/// known of its events.
fn standardised(column: &Column, area_idx: usize) -> Vec<Working> {
    let Some(strata) = column.strata() else { return Vec::new() };
    let found = strata.of_area(area_idx);
    let mut lines = Vec::new();
    if found.events.is_finite() {
        lines.push(Working::fact("strata-events", found.events));
    }
    if column.values()[area_idx].is_nan() {
        return lines;
    }
    let (mut terms, mut weights) = (Vec::new(), Vec::new());
    for part in strata.parts(area_idx) {
        let numbers = [part.standard, part.events, part.persons];
        let term = part.standard * part.events / part.persons;
        lines.push(Working::line("stratum", "{} × {} / {}", &numbers, term));
        terms.push(term);
        weights.push(part.standard);
    }
    let (sum, sum_of_weights) = (terms.iter().sum(), weights.iter().sum());
    lines.push(Working::line("sum", repeated("{}", terms.len()), &terms, sum));
    let all = repeated("{}", weights.len());
    lines.push(Working::line("sum-of-weights", all, &weights, sum_of_weights));
    let numbers = [sum, sum_of_weights, strata.per];
    let rate = sum / sum_of_weights * strata.per;
    lines.push(Working::line("standardised", "{} / {} × {}", &numbers, rate));
    if let (Some(_), Some((low, high))) =
        (found.interval(Level::P95), byar(found.events, Level::P95))
    {
        let step = found.step();
        lines.push(Working::fact("strata-step", step));
        for (name, of_events) in [("low95", low), ("high95", high)] {
            let limit = rate + step * (of_events - found.events);
            let numbers = [rate, step, of_events, found.events];
            lines.push(Working::line(name, "{} + {} × ({} − {})", &numbers, limit));
            if limit < 0.0 {
                lines.push(Working::fact("low95-bounded", 0.0));
            }
        }
    }
    lines
}

/// Fills the gaps of the column as the ledger says; a step comes back when the area's own gap was
/// filled, with the value computed once more from the areas that it rests on.
fn impute(
    analysis: &Analysis,
    at: usize,
    values: &mut [f64],
    area_idx: usize,
) -> Option<TreatmentStep> {
    let measured = values.to_vec();
    let mut step = None;
    let of_indicator = |change: &&Change| {
        change.indicator_idx as usize == at && change.kind == ChangeKind::Imputed
    };
    for change in analysis.computation.ledger.iter().filter(of_indicator) {
        values[change.area_idx as usize] = change.to;
        if change.area_idx as usize == area_idx {
            step = change.basis.and_then(|basis| filled(analysis, at, basis, &measured, area_idx));
        }
    }
    values[area_idx] = match &step {
        Some(TreatmentStep::Imputed { after, .. }) => *after,
        Some(_) | None => values[area_idx],
    };
    step
}

fn filled(
    analysis: &Analysis,
    at: usize,
    basis: Basis,
    measured: &[f64],
    area_idx: usize,
) -> Option<TreatmentStep> {
    let definition = &analysis.definition;
    let method = definition.imputation(&definition.indicators[at]);
    let areas = analysis.table.areas();
    let group = areas[area_idx].parent.as_deref();
    let from: Vec<f64> = match basis {
        Basis::All => measured.to_vec(),
        Basis::Group => {
            let same =
                areas.iter().zip(measured).filter(|(area, _)| area.parent.as_deref() == group);
            same.map(|(_, x)| *x).collect()
        }
        Basis::Neighbours => {
            let near = analysis.table.neighbours()?.of(area_idx);
            near.iter().map(|&near| measured[near as usize]).collect()
        }
        Basis::Year(year) => {
            let earlier = analysis.table.columns()[at].earlier();
            let earlier = earlier.iter().find(|earlier| earlier.year == year)?;
            vec![earlier.values[area_idx]]
        }
    };
    let after = match method {
        Imputation::None {} => return None,
        Imputation::Median {} | Imputation::GroupMedian {} => {
            statistics::median(&from, &mut Vec::new())?
        }
        Imputation::Mean {}
        | Imputation::GroupMean {}
        | Imputation::Neighbours { .. }
        | Imputation::LastValue { .. } => Summary::of(&from)?.mean,
    };
    Some(TreatmentStep::Imputed {
        method: method.clone(),
        basis,
        group: group.filter(|_| basis == Basis::Group).map(str::to_owned),
        n: from.iter().filter(|x| !x.is_nan()).count(),
        after,
    })
}

/// Treats the column; a step comes back unless the area's cell is a gap.
fn treat(
    analysis: &Analysis,
    column: &Column,
    treatment: &Treatment,
    values: &mut [f64],
    area_idx: usize,
) -> Option<TreatmentStep> {
    let before = values[area_idx];
    let step = match *treatment {
        Treatment::WinsorisePercentiles { low: from, high: to, definition } => {
            let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let at = |percentile: f64| definition.of_sorted(&sorted, percentile / 100.0);
            let (low, high) = at(from).zip(at(to))?;
            values.iter_mut().for_each(|x| *x = bounded(*x, Some(low), Some(high)));
            TreatmentStep::Winsorised {
                low_percentile: from,
                high_percentile: to,
                low,
                high,
                before,
                after: values[area_idx],
            }
        }
        Treatment::Cap { .. }
        | Treatment::Log { .. }
        | Treatment::Power { .. }
        | Treatment::ArcsineRoot { .. }
        | Treatment::DistanceFrom { .. }
        | Treatment::Round { .. } => {
            for x in values.iter_mut().filter(|x| !x.is_nan()) {
                *x = treatment.of_value(*x).unwrap_or(f64::NAN);
            }
            transform::of_value(treatment, before)?
        }
        Treatment::SkewKurtosis { .. }
        | Treatment::LogCt {}
        | Treatment::LogCtOrig {}
        | Treatment::LogCtPlus {}
        | Treatment::BoxCox { .. }
        | Treatment::ShrinkToParent { .. }
        | Treatment::ShrinkGlobal {}
        | Treatment::ShrinkLocal {} => {
            return transform::step(analysis, column, treatment, values, area_idx);
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
