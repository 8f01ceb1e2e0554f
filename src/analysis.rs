//! What is one analysis, from a checked table to its results?
//!
//! [`analyse`] walks the path from [`IndicatorTable`] to [`Ranking`] and [`Selection`] and gathers
//! what each step has to say. It is what every command and the report are made from.

use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use crate::aggregate::Aggregation;
use crate::area::Area;
use crate::bounds::{RankBounds, rank_bounds};
use crate::index::{Computation, ComputeError, IndexDefinition, Plan, compute};
use crate::indicator::IndicatorTable;
use crate::language::{Language, message};
use crate::notice::Notice;
use crate::rank::{Ranking, Ties, rank};
use crate::screen::Screened;
use crate::select::{Facts, RuleFile, SelectError, Selection, select};
use crate::treat::{self, Cells};

/// The results of one recipe, and of one rule if there is one, on one table.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The recipe.
    pub definition: IndexDefinition,
    /// The indicators as measured.
    pub table: IndicatorTable,
    /// Treated cells, comparable indicators, domains and scores.
    pub computation: Computation,
    /// The ranks.
    pub ranking: Ranking,
    /// Best and worst ranks, where values are missing and the recipe allows it; a notice says so
    /// where it does not.
    pub bounds: Option<RankBounds>,
    /// The selection, where there is a rule.
    pub selection: Option<Selection>,
    /// What a reader must know, in the order of the path.
    pub notices: Vec<Notice>,
}

/// Why an analysis stopped.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The index cannot be computed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Compute(#[from] ComputeError),
    /// The rule cannot be applied.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Select(#[from] SelectError),
}

/// Computes the index, ranks the areas and applies the rule.
///
/// `notices` are those of the steps before; the result has them first. The recipe must be one
/// that [`Plan::of`] accepts, which `load` has seen to.
///
/// # Errors
///
/// [`AnalysisError`], from the first step that cannot be carried out.
pub fn analyse(
    table: IndicatorTable,
    plan: &Plan<'_>,
    rule: Option<&RuleFile>,
    notices: Vec<Notice>,
) -> Result<Analysis, AnalysisError> {
    let mut analysis = follow(table.clone(), table, plan, Cells::Listed, notices)?;
    if let Some(rule) = rule {
        let facts = Facts {
            table: &analysis.table,
            domains: &analysis.computation.domains,
            ranking: &analysis.ranking,
            definition: &analysis.definition,
        };
        let selection = select(rule, facts)?;
        analysis.notices.extend_from_slice(selection.notices());
        analysis.selection = Some(selection);
    }
    Ok(analysis)
}

/// Computes the index and ranks the areas, and keeps nothing else, for very many areas.
///
/// [`Analysis::table`] has no columns, there is no selection, and notices count changed cells
/// without listing them.
///
/// # Errors
///
/// [`AnalysisError`], from the first step that cannot be carried out.
pub fn analyse_scores(
    table: IndicatorTable,
    plan: &Plan<'_>,
    notices: Vec<Notice>,
) -> Result<Analysis, AnalysisError> {
    let no_columns = IndicatorTable::new(Arc::clone(table.areas()), Vec::new());
    follow(no_columns, table, plan, Cells::Counted, notices)
}

/// The path from the table to the ranking; `kept` is what the analysis keeps of the table.
fn follow(
    kept: IndicatorTable,
    table: IndicatorTable,
    plan: &Plan<'_>,
    cells: Cells,
    mut notices: Vec<Notice>,
) -> Result<Analysis, AnalysisError> {
    let definition = plan.definition();
    let computation = compute(table, plan)?;
    let ranking = rank(&computation.scores, definition.ranking);
    weights_not_one(plan, &mut notices);
    notices.extend_from_slice(&computation.notices);
    constant_columns(&computation, definition, &mut notices);
    screened_areas(&kept, &computation, definition, &mut notices);
    notices.extend(treat::notices(
        kept.areas(),
        &computation.ledger,
        &computation.choices,
        definition,
        cells,
    ));
    unranked_and_tied(&ranking, &mut notices);
    let bounds = match cells {
        Cells::Listed => bounds_of(&kept, &computation, definition, &mut notices),
        Cells::Counted => None,
    };
    let definition = definition.clone();
    Ok(Analysis { definition, table: kept, computation, ranking, bounds, selection: None, notices })
}

impl Analysis {
    /// What stands beside each score: the children of the top level first, in the order of the
    /// recipe, then the other domains, then the columns that the recipe reports; the id and one
    /// value an area.
    pub fn parts(&self) -> Vec<(&str, &[f64])> {
        let top_indicators = self.definition.indicators.iter().enumerate().filter_map(|(at, i)| {
            let column = &self.computation.scaled.columns()[at];
            i.domain.is_none().then_some((i.id.as_str(), column.values.as_slice()))
        });
        let is_top = |domain: usize| self.definition.domains[domain].parent.is_none();
        let domains = |top: bool| {
            let mut list: Vec<_> = self
                .computation
                .domains
                .iter()
                .filter(|domain| is_top(domain.domain) == top)
                .collect();
            list.sort_by_key(|domain| domain.domain);
            list.into_iter().map(|domain| (domain.id.as_str(), domain.values.as_slice()))
        };
        let reported = self.computation.reported.iter();
        let reported = reported.map(|column| (column.id.as_str(), column.values.as_slice()));
        domains(true).chain(top_indicators).chain(domains(false)).chain(reported).collect()
    }
}

impl Analysis {
    /// The same, and the comparable value of every indicator that is not among them.
    pub fn parts_and_indicators(&self) -> Vec<(&str, &[f64])> {
        let mut all = self.parts();
        for (indicator, column) in
            self.definition.indicators.iter().zip(self.computation.scaled.columns())
        {
            if indicator.domain.is_some() {
                all.push((indicator.id.as_str(), column.values.as_slice()));
            }
        }
        all
    }
}

fn weights_not_one(plan: &Plan<'_>, notices: &mut Vec<Notice>) {
    for level in plan.levels() {
        let sum: f64 = level.weights.iter().sum();
        let is_mean = matches!(plan.level(level.domain).aggregate, Aggregation::ArithmeticMean {});
        // A sum of as many as there are children is a plain sum, which is meant.
        let plain_sum = level.weights.iter().all(|weight| *weight == 1.0);
        if is_mean && !plain_sum && (sum - 1.0).abs() > 1e-9 {
            let name = level.domain.map_or("score", |at| plan.definition().domains[at].id.as_str());
            let sum = (sum * 1e9).round() / 1e9;
            notices.push(
                Notice::note("notice.weights-not-one")
                    .with("level", name)
                    .with_number("sum_nb", "sum_en", sum),
            );
        }
    }
}

/// Indicators that were set to the middle of the scale because they are constant.
fn constant_columns(
    computation: &Computation,
    definition: &IndexDefinition,
    notices: &mut Vec<Notice>,
) {
    for (indicator, column) in definition.indicators.iter().zip(computation.scaled.columns()) {
        let needs_spread = definition.normalisation(indicator).is_some_and(|m| m.needs_spread());
        if needs_spread && column.before.is_constant() {
            notices.push(
                Notice::warning("notice.constant-middle")
                    .with("title_nb", &indicator.title.nb)
                    .with("title_en", &indicator.title.en),
            );
        }
    }
}

fn screened_areas(
    table: &IndicatorTable,
    computation: &Computation,
    definition: &IndexDefinition,
    notices: &mut Vec<Notice>,
) {
    let areas = table.areas();
    if !computation.screened.is_empty() {
        let item = |screened: &Screened| {
            let reason = screened.reason.sentence();
            let label = areas[screened.area_idx as usize].label();
            format!("{label}: {} / {}", reason.nb, reason.en)
        };
        let items = computation.screened.iter().map(item).collect();
        notices.push(Notice::warning("treat.screened").about(items));
    }
    let asks = definition.screen.is_some_and(|screen| screen.at_least_population.is_some());
    let unknown = areas.iter().filter(|area| asks && area.population.is_none());
    let unknown: Vec<String> = unknown.map(Area::label).collect();
    if !unknown.is_empty() {
        notices.push(Notice::warning("treat.screen-population-unknown").about(unknown));
    }
}

/// The bounds of ranks where cells are missing; where they cannot be told exactly, a note says so.
fn bounds_of(
    table: &IndicatorTable,
    computation: &Computation,
    definition: &IndexDefinition,
    notices: &mut Vec<Notice>,
) -> Option<RankBounds> {
    match rank_bounds(table, computation, definition) {
        Ok(bounds) => {
            if bounds.as_ref().is_some_and(|bounds| !bounds.exact) {
                notices.push(Notice::note("treat.bounds-contain"));
            }
            bounds
        }
        Err(error) => {
            let reason = |language| message(language, "treat.bounds-reason-level", &[]);
            let notice = Notice::note("treat.bounds-not-exact")
                .with("reason_nb", reason(Language::Nb))
                .with("reason_en", reason(Language::En));
            notices.push(notice.about(vec![error.to_string()]));
            None
        }
    }
}

fn unranked_and_tied(ranking: &Ranking, notices: &mut Vec<Notice>) {
    let areas = ranking.areas();
    let (ranked, unranked) = ranking.order().split_at(ranking.n_ranked());
    let label = |at: &u32| areas[*at as usize].label();
    if !unranked.is_empty() {
        notices
            .push(Notice::warning("notice.no-score").about(unranked.iter().map(label).collect()));
    }
    let score = |at: &u32| ranking.scores()[*at as usize];
    let mut tied: Vec<&u32> = Vec::new();
    for pair in ranked.windows(2).filter(|pair| score(&pair[0]) == score(&pair[1])) {
        if tied.last() != Some(&&pair[0]) {
            tied.push(&pair[0]);
        }
        tied.push(&pair[1]);
    }
    if !tied.is_empty() {
        let key = ties_key(ranking.rule().ties);
        notices.push(
            Notice::note("notice.ties")
                .with("rule_nb", message(Language::Nb, key, &[]))
                .with("rule_en", message(Language::En, key, &[]))
                .about(tied.into_iter().map(label).collect()),
        );
    }
}

/// The catalogue's key of the sentence that states a rule for ties.
pub fn ties_key(ties: Ties) -> &'static str {
    match ties {
        Ties::Min => "general.ties-min",
        Ties::Average => "general.ties-average",
        Ties::Max => "general.ties-max",
        Ties::FirstById => "general.ties-first-by-id",
    }
}
