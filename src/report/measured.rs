//! What was measured?
//!
//! The indicators in their own units: gaps by their kind, imputed and moved cells marked; and the
//! list of the indicators with what each counts for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{Figure, anchor, count, measured_decimals};
use super::ranked::{gap, rows_shown};
use super::{ReportError, ReportRequest};
use crate::analysis::Analysis;
use crate::index::Plan;
use crate::indicator::Direction;
use crate::language::{Language, message, number};
use crate::treat::{Change, ChangeKind};

/// The table of values.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    cut: Option<String>,
    columns: Vec<Heading>,
    rows: Vec<Row>,
    has_gaps: bool,
    has_moved: bool,
}

#[derive(Debug, Serialize)]
struct Heading {
    title: String,
    unit: String,
    direction: String,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    anchor: String,
    name: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    figure: Figure,
    /// The kind of the gap, where there is one.
    gap: Option<String>,
    /// What the gap was filled with.
    imputed: Option<String>,
    /// Whether the value was moved before it was used.
    moved: bool,
}

impl Measured {
    pub(super) fn of(request: &ReportRequest<'_>) -> Self {
        let (analysis, language) = (request.analysis, request.language);
        let areas = analysis.table.areas();
        let ranking = &analysis.ranking;
        let mut shown = rows_shown(ranking);
        let is_cut = shown.len() < ranking.n_ranked();
        // Unranked areas are few as a rule, and what they lack is why one looks here.
        if !is_cut {
            shown.extend(ranking.order()[ranking.n_ranked()..].iter().map(|&at| at as usize));
        }
        let changes = changes(analysis);
        let decimals = decimals(analysis);
        let rows: Vec<Row> = shown
            .iter()
            .map(|&at| Row {
                id: areas[at].id.to_string(),
                anchor: anchor(areas[at].id.as_str()),
                name: areas[at].name.to_string(),
                cells: cells(analysis, at, &decimals, &changes, language),
            })
            .collect();
        let any = |is: fn(&Cell) -> bool| rows.iter().any(|row| row.cells.iter().any(is));
        Self {
            cut: is_cut.then(|| {
                let (n, shown) = (count(areas.len(), language), count(shown.len(), language));
                message(language, "report.values-cut", &[("shown", &shown), ("n", &n)])
            }),
            columns: headings(analysis, language),
            has_gaps: any(|cell| cell.gap.is_some()),
            has_moved: any(|cell| cell.moved),
            rows,
        }
    }
}

fn headings(analysis: &Analysis, language: Language) -> Vec<Heading> {
    let indicators = analysis.definition.indicators.iter();
    indicators
        .map(|indicator| Heading {
            title: indicator.title.get(language).to_owned(),
            unit: indicator.unit.clone(),
            direction: value_direction(indicator.direction, language),
        })
        .collect()
}

/// Which end of a column is worse, in two words.
pub(super) fn value_direction(direction: Direction, language: Language) -> String {
    let key = match direction {
        Direction::HigherIsWorse => "report.value-direction-worse",
        Direction::HigherIsBetter => "report.value-direction-better",
    };
    message(language, key, &[])
}

fn decimals(analysis: &Analysis) -> Vec<usize> {
    let columns = analysis.definition.indicators.iter().zip(analysis.table.columns());
    columns.map(|(indicator, column)| measured_decimals(column.values(), &indicator.unit)).collect()
}

/// The changes of each cell, by indicator and area, in the order in which they were made.
fn changes(analysis: &Analysis) -> BTreeMap<(u32, u32), Vec<&Change>> {
    let mut by_cell: BTreeMap<(u32, u32), Vec<&Change>> = BTreeMap::new();
    for change in &analysis.computation.ledger {
        by_cell.entry((change.indicator_idx, change.area_idx)).or_default().push(change);
    }
    by_cell
}

fn cells(
    analysis: &Analysis,
    at: usize,
    decimals: &[usize],
    changes: &BTreeMap<(u32, u32), Vec<&Change>>,
    language: Language,
) -> Vec<Cell> {
    let columns = (0_u32..).zip(analysis.table.columns()).zip(decimals);
    columns
        .map(|((indicator_idx, column), &decimals)| {
            let area_idx = u32::try_from(at).unwrap_or(u32::MAX);
            let made = changes.get(&(indicator_idx, area_idx)).map_or(&[][..], Vec::as_slice);
            let filled = made.iter().find(|change| change.kind == ChangeKind::Imputed);
            Cell {
                figure: Figure::of(column.values()[at], decimals, language),
                gap: gap(column.states()[at], language),
                imputed: filled.map(|change| {
                    // A mean has more decimals than what it is the mean of.
                    let value = number(change.to, decimals.max(1), language);
                    message(language, "report.imputed", &[("value", &value)])
                }),
                moved: made.iter().any(|change| match change.kind {
                    ChangeKind::Winsorised | ChangeKind::Capped | ChangeKind::Shrunk => true,
                    ChangeKind::Imputed => false,
                }),
            }
        })
        .collect()
}

/// One indicator of the recipe, in words.
#[derive(Debug, Serialize)]
pub(super) struct IndicatorRow {
    title: String,
    unit: String,
    direction: String,
    domain: String,
    weight: Figure,
    source: String,
}

/// The indicators of the recipe with their share of the weights.
///
/// # Errors
///
/// [`ReportError::Definition`] when the recipe is not one that [`Plan`] accepts.
pub(super) fn indicators(request: &ReportRequest<'_>) -> Result<Vec<IndicatorRow>, ReportError> {
    let (definition, language) = (&request.analysis.definition, request.language);
    let plan = Plan::of(definition).map_err(|problems| ReportError::Definition {
        id: definition.id.clone(),
        first: problems.into_iter().next().expect("a refused plan has a problem"),
    })?;
    let rows = definition.indicators.iter().zip(plan.effective_weights());
    Ok(rows
        .map(|(indicator, weight)| {
            let domain = indicator.domain.as_ref().and_then(|id| definition.domain(id));
            let year = indicator.year.map(|year| year.to_string());
            let source = indicator.source.iter().map(|source| source.get(language).to_owned());
            let source: Vec<String> = source.chain(year).collect();
            IndicatorRow {
                title: indicator.title.get(language).to_owned(),
                unit: indicator.unit.clone(),
                direction: value_direction(indicator.direction, language),
                domain: domain.map_or(String::new(), |d| d.title.get(language).to_owned()),
                weight: Figure::of(100.0 * weight, 1, language),
                source: source.join(", "),
            }
        })
        .collect())
}
