//! How did the children of a level become one number?

use crate::aggregate::{Aggregation, MissingPolicy};
use crate::analysis::Analysis;
use crate::index::plan::{Child, LevelPlan};
use crate::index::{Level, Plan};
use crate::language::round_half_away;

use super::chain::{IndicatorChain, LevelChain, Part, Reweighting};
use super::indicator::rounded;
use super::present;
use super::scale::scale;

/// One chain a level, children before parents.
pub(super) fn chains(
    analysis: &Analysis,
    plan: &Plan<'_>,
    indicators: &[IndicatorChain],
    area_idx: usize,
) -> Vec<LevelChain> {
    let mut of_domain: Vec<Option<f64>> = vec![None; analysis.definition.domains.len()];
    let mut out = Vec::with_capacity(plan.levels().len());
    for level in plan.levels() {
        let values: Vec<Option<f64>> = level
            .children
            .iter()
            .map(|child| match *child {
                Child::Domain(at) => of_domain[at],
                Child::Indicator(at) => indicators[at].result,
            })
            .collect();
        let chain = chain(analysis, plan, level, &values, area_idx);
        if let Some(domain) = level.domain {
            of_domain[domain] = chain.result;
        }
        out.push(chain);
    }
    out
}

fn chain(
    analysis: &Analysis,
    plan: &Plan<'_>,
    level: &LevelPlan,
    values: &[Option<f64>],
    area_idx: usize,
) -> LevelChain {
    let definition = &analysis.definition;
    let rules = plan.level(level.domain);
    let domain = level.domain.map(|at| &definition.domains[at]);
    let use_of_weights = weights_in_use(&level.weights, values, rules.missing);
    let scale_of = use_of_weights.map(|(factor, _)| factor);
    let parts = parts(analysis, plan, level, values, scale_of);
    let sum_of_weights = parts.iter().filter_map(|part| part.weight_in_use).sum();
    let sum_of_terms =
        scale_of.map(|_| parts.iter().filter_map(|part| part.term).fold(0.0, |sum, x| sum + x));
    let aggregate = sum_of_terms.map(|sum| mean(rules.aggregate, sum, sum_of_weights));
    let round_before = aggregate.zip(rules.round_before).map(|(x, decimals)| rounded(x, decimals));
    let entering = round_before.map(|rounding| rounding.after).or(aggregate);
    let normalisation = rules.normalise.as_ref().and_then(|method| {
        let column = column(analysis, level, rules);
        scale(method, false, &column, area_idx, entering, analysis.table.areas())
    });
    let scaled = normalisation.as_ref().map(|step| step.result).or(entering);
    let rounding = scaled.zip(rules.round).map(|(x, decimals)| rounded(x, decimals));
    let pipeline = match level.domain {
        Some(at) => domain_values(analysis, at)[area_idx],
        None => analysis.computation.scores.values[area_idx],
    };
    LevelChain {
        id: domain.map(|domain| domain.id.clone()),
        title: domain.map(|domain| domain.title.clone()),
        method: rules.aggregate,
        parts,
        missing: rules.missing,
        reweighting: use_of_weights.and_then(|(_, reweighting)| reweighting),
        sum_of_weights,
        sum_of_terms,
        aggregate,
        round_before,
        normalisation,
        rounding,
        result: rounding.map(|rounding| rounding.after).or(scaled),
        pipeline: present(pipeline),
    }
}

fn parts(
    analysis: &Analysis,
    plan: &Plan<'_>,
    level: &LevelPlan,
    values: &[Option<f64>],
    scale_of: Option<f64>,
) -> Vec<Part> {
    let method = plan.level(level.domain).aggregate;
    let titles = level.children.iter().map(|child| match *child {
        Child::Domain(at) => &analysis.definition.domains[at].title,
        Child::Indicator(at) => &analysis.definition.indicators[at].title,
    });
    let children = level.children.iter().zip(titles).zip(&level.weights).zip(values);
    children
        .map(|(((child, title), &weight), &value)| {
            let weight_in_use = value.and(scale_of).map(|factor| weight * factor);
            Part {
                id: plan.child_id(*child).clone(),
                title: title.clone(),
                weight,
                weight_in_use,
                value,
                term: value.zip(weight_in_use).map(|(x, weight)| term(method, weight, x)),
            }
        })
        .collect()
}

/// The factor of the weights in this area, with the sums that it comes from where children are
/// missed; `None` where the policy gives the area no result.
fn weights_in_use(
    weights: &[f64],
    values: &[Option<f64>],
    policy: MissingPolicy,
) -> Option<(f64, Option<Reweighting>)> {
    let sum_where = |there: bool| -> f64 {
        weights.iter().zip(values).filter(|(_, x)| x.is_some() == there).map(|(w, _)| w).sum()
    };
    if values.iter().all(Option::is_some) {
        return Some((1.0, None));
    }
    let (available, missing) = (sum_where(true), sum_where(false));
    if available <= 0.0 {
        return None;
    }
    if missing == 0.0 {
        return Some((1.0, None));
    }
    let all: f64 = weights.iter().sum();
    match policy {
        MissingPolicy::Propagate => None,
        MissingPolicy::AvailableWeight { at_least } if available / all < at_least - 1e-9 => None,
        MissingPolicy::AvailableWeight { .. } => {
            Some((all / available, Some(Reweighting { all, available })))
        }
    }
}

/// What one child adds to the sum of its level.
fn term(method: Aggregation, weight: f64, x: f64) -> f64 {
    match method {
        Aggregation::ArithmeticMean {} => weight * x,
        Aggregation::GeometricMean {} => weight * x.ln(),
        Aggregation::HarmonicMean {} => weight / x,
        Aggregation::PowerMean { p: 0.0 } => weight * x.ln(),
        Aggregation::PowerMean { p } => weight * x.powf(p),
    }
}

/// What a level makes of its sums.
fn mean(method: Aggregation, sum_of_terms: f64, sum_of_weights: f64) -> f64 {
    match method {
        Aggregation::ArithmeticMean {} => sum_of_terms,
        Aggregation::GeometricMean {} => sum_of_terms.exp(),
        Aggregation::HarmonicMean {} => sum_of_weights / sum_of_terms,
        Aggregation::PowerMean { p: 0.0 } => (sum_of_terms / sum_of_weights).exp(),
        Aggregation::PowerMean { p } => (sum_of_terms / sum_of_weights).powf(1.0 / p),
    }
}

/// The aggregate of every area as it enters the level's normalisation.
fn column(analysis: &Analysis, level: &LevelPlan, rules: &Level) -> Vec<f64> {
    let children: Vec<&[f64]> = level
        .children
        .iter()
        .map(|child| match *child {
            Child::Domain(at) => domain_values(analysis, at),
            Child::Indicator(at) => analysis.computation.scaled.columns()[at].values.as_slice(),
        })
        .collect();
    let mut values = Vec::with_capacity(children.len());
    (0..analysis.table.areas().len())
        .map(|area_idx| {
            values.clear();
            values.extend(children.iter().map(|child| present(child[area_idx])));
            let Some((factor, _)) = weights_in_use(&level.weights, &values, rules.missing) else {
                return f64::NAN;
            };
            let (mut sum, mut of_weights) = (0.0, 0.0);
            for (x, weight) in values.iter().zip(&level.weights) {
                if let Some(x) = x {
                    sum += term(rules.aggregate, weight * factor, *x);
                    of_weights += weight * factor;
                }
            }
            let aggregate = mean(rules.aggregate, sum, of_weights);
            let decimals = rules.round_before;
            decimals.map_or(aggregate, |decimals| round_half_away(aggregate, decimals.into()))
        })
        .collect()
}

fn domain_values(analysis: &Analysis, at: usize) -> &[f64] {
    let domains = &analysis.computation.domains;
    let domain = domains.iter().find(|domain| domain.domain == at);
    domain.map(|domain| domain.values.as_slice()).expect("each domain of the plan is computed")
}
