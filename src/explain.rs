//! How did an area get its score?
//!
//! [`explain`] redoes the arithmetic of one area from the indicators as measured, step by step and
//! apart from the code that computed the index, and puts its own numbers beside the pipeline's.
//! [`to_text`] prints the chain so that a reader can follow it with a calculator, and
//! [`method_in_words`] says in sentences what a definition does. Nothing here changes a result.

mod across;
mod chain;
mod combine;
mod digits;
mod formula;
mod indicator;
mod level;
mod method;
mod name;
mod scale;
#[cfg(test)]
mod tests;
mod text;
mod transform;
mod working;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::index::Plan;
use crate::indicator::Direction;
use crate::language::Text;
use crate::rank::{ClassRule, First};

pub use chain::{
    Explanation, IndicatorChain, LevelChain, NormaliseStep, Part, RankStep, RateStep, Reweighting,
    Rounding, SelectionStep, ShapeStage, TreatmentStep,
};
pub use method::method_in_words;
pub use text::to_text;
pub use working::Working;

use scale::Place;

/// The TOML spelling of a method with its parameters, such as `winsorise-percentiles low=1 high=99`.
pub fn short_name<M: Serialize>(method: &M) -> String {
    match toml::Value::try_from(method) {
        Ok(toml::Value::Table(table)) => {
            let name = table.get("method").and_then(toml::Value::as_str).unwrap_or_default();
            let parameters = table.iter().filter(|(key, _)| *key != "method");
            std::iter::once(name.to_owned())
                .chain(parameters.map(|(key, value)| format!("{key}={value}")))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Redoes the arithmetic of one area, from the indicators as measured to its rank.
///
/// Shape: the whole analysis in, one chain an indicator and one a level out. Every step walks
/// whole columns, because means, percentiles and ranks are facts of all areas; the work is a few
/// passes over the table. A gap that nothing fills ends its chain, and levels without a result,
/// like an area without a score, say so with `None`. Ties are counted, not sorted.
///
/// The other areas enter a domain's rank or mean with the pipeline's values, so that one area is
/// explained without recomputing all. A change of scale that the project file makes before the
/// table is checked, such as the complement of a column, is not part of the chain.
///
/// # Panics
///
/// When `area_idx` is not a row of the table, which is a mistake of the caller's. In builds with
/// debug assertions also when the chain and the pipeline disagree, which is a mistake of ours.
pub fn explain(analysis: &Analysis, area_idx: usize) -> Explanation {
    let definition = &analysis.definition;
    let plan = Plan::of(definition).expect("an analysis is made by a plan of its definition");
    let area = &analysis.table.areas()[area_idx];
    let indicators: Vec<IndicatorChain> = (0..definition.indicators.len())
        .map(|at| indicator::chain(analysis, at, area_idx))
        .collect();
    let levels = level::chains(analysis, &plan, &indicators, area_idx);
    let score = levels.last().and_then(|level| level.result);
    let explanation = Explanation {
        area: area.id.clone(),
        name: area.name.to_string(),
        population: area.population,
        screened: screened(analysis, area_idx),
        definition: definition.id.clone(),
        title: definition.title.clone(),
        direction: definition.direction,
        indicators,
        levels,
        ranking: rank_step(analysis, score, area_idx),
        selection: selection_step(analysis, area_idx),
    };
    debug_assert_eq!(explanation.mismatches(), Vec::<String>::new(), "{}", area.id);
    explanation
}

fn screened(analysis: &Analysis, area_idx: usize) -> Option<Text> {
    let screened = &analysis.computation.screened;
    let found = screened.iter().find(|screened| screened.area_idx as usize == area_idx)?;
    Some(found.reason.sentence())
}

fn rank_step(analysis: &Analysis, score: Option<f64>, area_idx: usize) -> RankStep {
    let definition = &analysis.definition;
    let rule = definition.ranking;
    let areas = analysis.table.areas();
    let mut scores = analysis.computation.scores.values.clone();
    if let Some(round) = rule.round {
        round.all(&mut scores);
    }
    let large_first =
        (definition.direction == Direction::HigherIsWorse) == (rule.first == First::Worst);
    let place = Place::of(&scores, area_idx, large_first, areas);
    let rank = place.map(|place| place.rank(rule.ties));
    let n_ranked = scores.iter().filter(|x| !x.is_nan()).count();
    // The other classes hang on more than the rank, so that they are the pipeline's.
    let class = |k: usize| match rule.classes {
        ClassRule::Rank {} if rule.first_class.is_none() => {
            rank.map(|rank| (k as f64 * rank / n_ranked as f64).ceil() as usize)
        }
        ClassRule::Rank {}
        | ClassRule::RankLessOne {}
        | ClassRule::EqualCount {}
        | ClassRule::People { .. }
        | ClassRule::Quantiles { .. } => analysis.ranking.class(area_idx, k),
    };
    let tied = |at: &usize| *at != area_idx && scores[*at] == scores[area_idx];
    RankStep {
        rule,
        score,
        rounded: score.zip(rule.round).map(|(x, rule)| Rounding { rule, after: rule.of(x) }),
        n_ranked,
        n_before: place.map_or(0, |place| place.n_before),
        n_tied: place.map_or(0, |place| place.n_tied),
        rank,
        pipeline_rank: present(analysis.ranking.ranks()[area_idx]),
        decile: class(10),
        quintile: class(5),
        tied_with: (0..areas.len()).filter(tied).map(|at| areas[at].label()).collect(),
    }
}

fn selection_step(analysis: &Analysis, area_idx: usize) -> Option<SelectionStep> {
    let selection = analysis.selection.as_ref()?;
    Some(SelectionStep {
        rule: selection.rule().id.clone(),
        title: selection.rule().title.clone(),
        outcome: selection.outcomes()[area_idx],
        finding: selection.finding(area_idx),
        sentence: selection.sentence(area_idx),
    })
}

/// NaN is how a column writes a gap.
fn present(x: f64) -> Option<f64> {
    (!x.is_nan()).then_some(x)
}
