//! What was it before?
//!
//! A table with a row an area and year holds more than the year in use. Here the earlier years
//! are run through the same recipe: each area's indicators and rank, a year at a time, for trends
//! in the report. Each year is ranked against itself, so that a rank says how an area stood among
//! the others then; a score is not carried across years, because most scales are set anew in each.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::analyse_scores;
use crate::area::{Area, AreaId};
use crate::index::Plan;
use crate::load::table::RawTable;
use crate::notice::Notice;
use crate::project::Project;
use crate::validate::validate;

/// So many of the latest years are used.
pub const MOST_YEARS: usize = 30;

/// The indicators and ranks of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct YearFigures {
    /// The year.
    pub year: i32,
    /// One list an indicator of the recipe, as measured, with one slot an area of the table in
    /// use; NaN where that year has no number.
    pub values: Vec<Vec<f64>>,
    /// Ranks among the areas of that year; NaN where an area has none.
    pub ranks: Vec<f64>,
}

/// The years up to the one in use, oldest first, that one included; with a notice of years that
/// could not be used.
///
/// Shape: areas × years out, in the order of `areas`. Areas that exist only in earlier years are
/// ranked then and not shown. Empty where the project names no column of years, or where fewer
/// than two years can be used.
pub fn history(
    raw: &RawTable,
    project: &Project,
    plan: &Plan<'_>,
    areas: &[Area],
) -> (Vec<YearFigures>, Vec<Notice>) {
    let Some(spec) = &project.areas.year else { return (Vec::new(), Vec::new()) };
    let Some(column) = raw.text.get(&spec.column) else { return (Vec::new(), Vec::new()) };
    let years: BTreeSet<i32> = column
        .iter()
        .filter_map(|text| text.trim().parse().ok())
        .filter(|year| *year <= spec.use_year)
        .collect();
    let mut unusable = Vec::new();
    let latest = years.into_iter().rev().take(MOST_YEARS);
    let mut out: Vec<YearFigures> = latest
        .filter_map(|year| match figures(raw.clone(), project, plan, areas, year) {
            Ok(figures) => Some(figures),
            Err(reason) => {
                unusable.push(format!("{year}: {reason}"));
                None
            }
        })
        .collect();
    out.reverse();
    if out.len() < 2 {
        out.clear();
    }
    unusable.reverse();
    let notices = match unusable.is_empty() {
        true => Vec::new(),
        false => vec![Notice::note("profile.years-unusable").about(unusable)],
    };
    (out, notices)
}

/// One year, or the first reason why it cannot be computed.
fn figures(
    raw: RawTable,
    project: &Project,
    plan: &Plan<'_>,
    areas: &[Area],
    year: i32,
) -> Result<YearFigures, String> {
    let mut project = project.clone();
    if let Some(spec) = &mut project.areas.year {
        spec.use_year = year;
    }
    let (table, _) = validate(raw, &project, plan.definition()).map_err(|error| {
        let first = error.problems.first().map(|problem| problem.to_string());
        first.unwrap_or_else(|| error.to_string())
    })?;
    let there: BTreeMap<AreaId, usize> =
        table.areas().iter().enumerate().map(|(at, area)| (area.id.clone(), at)).collect();
    let place: Vec<Option<usize>> = areas.iter().map(|area| there.get(&area.id).copied()).collect();
    let in_order = |values: &[f64]| -> Vec<f64> {
        place.iter().map(|at| at.map_or(f64::NAN, |at| values[at])).collect()
    };
    let values = table.columns().iter().map(|column| in_order(column.values())).collect();
    let analysis = analyse_scores(table, plan, Vec::new()).map_err(|error| error.to_string())?;
    Ok(YearFigures { year, values, ranks: in_order(analysis.ranking.ranks()) })
}
