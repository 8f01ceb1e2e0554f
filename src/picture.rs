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
use crate::candidate::Candidates;
use crate::classify::{ClassifyError, classify};
use crate::language::{Language, message};
use crate::map::{MapArea, MapRequest, MapSet, SelectionMark, choropleth_with_sets};
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
    drawn(analysis, boundaries, project, language, None)
}

/// Draws the candidate areas over the scores: a line round each set, and its number.
///
/// # Errors
///
/// As [`score_map`].
pub fn candidate_map(
    analysis: &Analysis,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
    found: &Candidates,
) -> Result<String, PictureError> {
    drawn(analysis, boundaries, project, language, Some(found)).map(|(svg, _)| svg)
}

/// The map of scores, with candidate areas instead of the selection where there are any.
fn drawn(
    analysis: &Analysis,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
    found: Option<&Candidates>,
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
                selection: match found {
                    Some(_) => SelectionMark::NotSelected,
                    None => mark(analysis, at),
                },
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
    let rule = rule.filter(|_| found.is_none());
    let mut subtitle = analysis.definition.title.get(language).to_owned();
    if found.is_some() {
        let of_sets = message(language, "region.report-title", &[]);
        subtitle = format!("{of_sets} – {subtitle}");
    }
    let sets = found.map_or(Vec::new(), |found| map_sets(found, analysis, boundaries));
    let request = MapRequest {
        title: project.title.get(language),
        subtitle: &subtitle,
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
    };
    let svg = choropleth_with_sets(&request, &sets);
    Ok((svg, classes.notices().to_vec()))
}

/// The candidate areas by their places among the outlines; zones without one are not drawn.
fn map_sets(found: &Candidates, analysis: &Analysis, boundaries: &Boundaries) -> Vec<MapSet> {
    let place = |area_idx: usize| {
        let id = &analysis.ranking.areas()[area_idx].id;
        boundaries.shapes().binary_search_by(|shape| shape.id.cmp(id)).ok()
    };
    let sets = found.sets.iter().enumerate();
    sets.map(|(at, set)| MapSet {
        label: (at + 1).to_string(),
        members: set.zones.iter().filter_map(|zone| place(zone.area_idx)).collect(),
    })
    .collect()
}

fn mark(analysis: &Analysis, at: usize) -> SelectionMark {
    match analysis.selection.as_ref().map(|selection| selection.outcomes()[at]) {
        Some(Truth::True) => SelectionMark::Selected,
        Some(Truth::Unknown) => SelectionMark::Unknown,
        Some(Truth::False) | None => SelectionMark::NotSelected,
    }
}
