//! How did the children of a level become one number?

use crate::aggregate::{self, DomainScore, MissingPolicy, Tally};
use crate::analysis::Analysis;
use crate::index::plan::{Child, LevelPlan};
use crate::index::{Level, Plan};
use crate::indicator::IndicatorId;
use crate::normalise::{Constant, Frame};
use crate::treat;
use crate::weight::Children;

use super::across::Field;
use super::chain::{IndicatorChain, LevelChain, Part, Reweighting};
use super::combine::{Combined, Row, combine};
use super::indicator::rounded;
use super::scale::{Rule, scale};
use super::{present, transform};

/// One chain a level, children before parents.
pub(super) fn chains(
    analysis: &Analysis,
    plan: &Plan<'_>,
    indicators: &[IndicatorChain],
    area_idx: usize,
) -> Vec<LevelChain> {
    let mut of_domain: Vec<Option<f64>> = vec![None; analysis.definition.domains.len()];
    let mut out = Vec::with_capacity(plan.levels().len());
    for (level, weights) in plan.levels().iter().zip(&analysis.computation.level_weights) {
        let values: Vec<Option<f64>> = level
            .children
            .iter()
            .map(|child| match *child {
                Child::Domain(at) => of_domain[at],
                Child::Indicator(at) => indicators[at].result,
            })
            .collect();
        let chain = chain(analysis, plan, (level, weights), &values, area_idx);
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
    (level, weights): (&LevelPlan, &[f64]),
    values: &[Option<f64>],
    area_idx: usize,
) -> LevelChain {
    let definition = &analysis.definition;
    let rules = plan.level(level.domain);
    let domain = level.domain.map(|at| &definition.domains[at]);
    let use_of_weights = weights_in_use(weights, values, rules.missing);
    let combined = combined(analysis, rules, (level, weights), values, area_idx);
    let parts = parts(analysis, plan, (level, weights), values, &combined);
    let sum_of_weights = parts.iter().filter_map(|part| part.weight_in_use).sum();
    let aggregate = combined.aggregate;
    let round_before = aggregate.zip(rules.round_before).map(|(x, rule)| rounded(x, rule));
    let mut entering = round_before.map(|rounding| rounding.after).or(aggregate);
    let mut treatments = Vec::new();
    for treatment in &rules.treat {
        treatments.extend(entering.and_then(|x| transform::of_value(treatment, x)));
        entering = entering.and_then(|x| treatment.of_value(x));
    }
    let normalisation = rules.normalise.as_ref().and_then(|method| {
        let turned = domain.is_some_and(|domain| definition.turns(domain));
        let (within, reference) = (rules.within, rules.reference.as_ref());
        let (pooled, constant) = (None, Constant::Error);
        let rule = Rule { method, turned, within, reference, pooled, constant };
        let column = column(analysis, rules, (level, weights));
        scale(&rule, &column, area_idx, entering, analysis.table.areas())
    });
    let scaled = normalisation.as_ref().map(|step| step.result).or(entering);
    let rounding = scaled.zip(rules.round).map(|(x, rule)| rounded(x, rule));
    let pipeline = match level.domain {
        Some(at) => domain_score(analysis, at).values[area_idx],
        None => analysis.computation.scores.values[area_idx],
    };
    LevelChain {
        id: domain.map(|domain| domain.id.clone()),
        title: domain.map(|domain| domain.title.clone()),
        method: rules.aggregate.clone(),
        parts,
        missing: rules.missing,
        reweighting: use_of_weights.and_then(|(_, reweighting)| reweighting),
        sum_of_weights,
        sum_of_terms: combined.sum_of_terms,
        working: combined.working,
        aggregate,
        round_before,
        treatments,
        normalisation,
        rounding,
        result: rounding.map(|rounding| rounding.after).or(scaled),
        pipeline: present(pipeline),
    }
}

/// What the level makes of the area; nothing where the policy gives it no result.
fn combined(
    analysis: &Analysis,
    rules: &Level,
    (level, weights): (&LevelPlan, &[f64]),
    values: &[Option<f64>],
    area_idx: usize,
) -> Combined {
    let Some((factor, _)) = weights_in_use(weights, values, rules.missing) else {
        return Combined::of_weights(&vec![None; values.len()]);
    };
    let in_use: Vec<Option<f64>> =
        values.iter().zip(weights).map(|(x, w)| x.map(|_| w * factor)).collect();
    let definition = &analysis.definition;
    let id = level.domain.map(|at| &definition.domains[at].id);
    let direction = definition.direction_of(id);
    let row = Row { method: &rules.aggregate, direction, values, weights: &in_use };
    combine(&row, || {
        let areas = analysis.table.areas();
        let mut children: Vec<Vec<f64>> =
            level.children.iter().map(|child| child_values(analysis, *child).to_vec()).collect();
        let is_in = |at: &usize| {
            let values: Vec<Option<f64>> = children.iter().map(|x| present(x[*at])).collect();
            weights_in_use(weights, &values, rules.missing).is_some()
        };
        let (rows, out): (Vec<usize>, Vec<usize>) = (0..areas.len()).partition(is_in);
        for child in &mut children {
            out.iter().for_each(|&at| child[at] = f64::NAN);
        }
        Field { children, weights, rows, areas, area_idx }
    })
}

fn parts(
    analysis: &Analysis,
    plan: &Plan<'_>,
    (level, weights): (&LevelPlan, &[f64]),
    values: &[Option<f64>],
    combined: &Combined,
) -> Vec<Part> {
    let titles = level.children.iter().map(|child| match *child {
        Child::Domain(at) => &analysis.definition.domains[at].title,
        Child::Indicator(at) => &analysis.definition.indicators[at].title,
    });
    let children = level.children.iter().zip(titles).zip(weights).zip(values);
    children
        .zip(&combined.cells)
        .map(|((((child, title), &weight), &value), cell)| Part {
            id: plan.child_id(*child).clone(),
            title: title.clone(),
            weight,
            weight_in_use: cell.weight,
            value,
            entering: cell.entering.filter(|x| Some(*x) != value),
            term: cell.term,
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
    let mut tally = Tally::default();
    for (weight, x) in weights.iter().zip(values) {
        tally.count(*weight, x.is_some());
    }
    let factor = policy.factor(&tally)?;
    let Tally { all, available, .. } = tally;
    Some((factor, (factor != 1.0).then_some(Reweighting { all, available })))
}

/// The aggregate of every area as it enters the level's normalisation, as the pipeline has it.
fn column(analysis: &Analysis, rules: &Level, (level, weights): (&LevelPlan, &[f64])) -> Vec<f64> {
    if let Some(at) = level.domain {
        return domain_score(analysis, at).before.clone();
    }
    let values: Vec<&[f64]> =
        level.children.iter().map(|child| child_values(analysis, *child)).collect();
    // The names are for errors, which the pipeline would have met before.
    let name = IndicatorId::new("score");
    let areas = analysis.table.areas();
    let ids = vec![&name; values.len()];
    let children = Children { level: name.as_str(), ids, values: &values, areas };
    let turn = (&Frame::of(areas), analysis.definition.direction);
    let gaps = |_| vec![f64::NAN; areas.len()];
    let mut column = aggregate::combine(&children, weights, rules, turn).unwrap_or_else(gaps);
    if let Some(round) = rules.round_before {
        round.all(&mut column);
    }
    match treat::aggregate(&rules.treat, &mut column, &name, areas) {
        Ok(()) => column,
        Err(_) => vec![f64::NAN; areas.len()],
    }
}

fn child_values(analysis: &Analysis, child: Child) -> &[f64] {
    match child {
        Child::Domain(at) => &domain_score(analysis, at).values,
        Child::Indicator(at) => &analysis.computation.scaled.columns()[at].values,
    }
}

fn domain_score(analysis: &Analysis, at: usize) -> &DomainScore {
    let domains = &analysis.computation.domains;
    domains.iter().find(|domain| domain.domain == at).expect("each domain of the plan is computed")
}
