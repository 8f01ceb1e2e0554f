//! Which map goes with an analysis?
//!
//! Joins results to outlines: score classes, people, gaps with their reasons, the selection. What
//! is decided here is only how results are shown; drawing is [`crate::map`]'s.

pub mod cluster;

use std::collections::BTreeMap;

use miette::Diagnostic;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::boundary::Boundaries;
use crate::classify::{ClassifyError, classify};
use crate::language::{Language, message};
use crate::map::{MapArea, MapRequest, SelectionMark, choropleth};
use crate::notice::Notice;
use crate::project::Project;
use crate::select::Truth;

/// Decimals of scores on the map; limits that look alike get more.
const DECIMALS: usize = 2;

/// Why no map can be drawn.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum PictureError {
    /// The scores cannot be put into classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Classify(#[from] ClassifyError),
}

/// Draws the scores of an analysis as SVG, with what the classes have to tell.
///
/// Areas with boundaries but no figures are drawn as without data; areas without boundaries are
/// not drawn, which `validate::join` has told.
///
/// # Errors
///
/// [`PictureError`] when the project's classes cannot be made of these scores.
pub fn score_map(
    analysis: &Analysis,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
) -> Result<(String, Vec<Notice>), PictureError> {
    let ranking = &analysis.ranking;
    let places: BTreeMap<&AreaId, usize> =
        ranking.areas().iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    // Classes are made of the areas that are drawn or could be: all that have a score.
    let classes = classify(ranking.scores(), &project.map.classes)?;
    let no_score = message(language, "map.reason_no_score", &[]);
    let no_figures = message(language, "map.reason_no_figures", &[]);
    let areas: Vec<MapArea<'_>> = boundaries
        .shapes()
        .iter()
        .map(|shape| match places.get(&shape.id) {
            Some(&at) => MapArea {
                shape,
                name: &ranking.areas()[at].name,
                value: ranking.scores()[at],
                reason: &no_score,
                class: classes.class_of()[at],
                population: ranking.areas()[at].population,
                selection: mark(analysis, at),
            },
            None => MapArea {
                shape,
                name: shape.name.as_deref().unwrap_or(shape.id.as_str()),
                value: f64::NAN,
                reason: &no_figures,
                class: None,
                population: None,
                selection: SelectionMark::NotSelected,
            },
        })
        .collect();
    let rule = analysis.selection.as_ref().map(|s| s.rule().title.get(language));
    let svg = choropleth(&MapRequest {
        title: project.title.get(language),
        subtitle: analysis.definition.title.get(language),
        source: project.source.as_ref().map_or("", |source| source.get(language)),
        language,
        synthetic: project.synthetic,
        legend_title: &message(language, "map.legend_score", &[]),
        direction: analysis.definition.direction,
        decimals: DECIMALS,
        limits: classes.limits(),
        categories: None,
        selection_rule: rule,
        areas: &areas,
    });
    Ok((svg, classes.notices().to_vec()))
}

fn mark(analysis: &Analysis, at: usize) -> SelectionMark {
    match analysis.selection.as_ref().map(|selection| selection.outcomes()[at]) {
        Some(Truth::True) => SelectionMark::Selected,
        Some(Truth::Unknown) => SelectionMark::Unknown,
        Some(Truth::False) | None => SelectionMark::NotSelected,
    }
}
