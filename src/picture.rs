//! Which map goes with an analysis?
//!
//! Joins results to outlines: score classes, people, gaps with their reasons, the selection. What
//! is decided here is only how results are shown; drawing is [`crate::map`]'s.

pub mod cluster;
pub mod regions;

use std::collections::BTreeMap;

use miette::Diagnostic;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::boundary::Boundaries;
use crate::candidate::Candidates;
use crate::classify::{ClassifyError, classify};
use crate::language::{Language, message, number};
use crate::map::{
    Categories, Category, MapArea, MapRequest, MapSet, SelectionMark, choropleth,
    choropleth_with_sets,
};
use crate::notice::Notice;
use crate::project::Project;
use crate::select::Truth;
use crate::uncertainty::Uncertainty;

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

/// Classes of the probability of being selected: surely not, probably not, doubtful, probably,
/// surely. Where the answer depends on the choices the colour fades to grey, so that the eye rests
/// on what is certain.
///
/// Source: Correll, Moritz and Heer (2018), *Value-Suppressing Uncertainty Palettes*, CHI.
const PROBABILITY_LIMITS: [f64; 6] = [0.0, 0.05, 0.25, 0.75, 0.95, 1.0];
const PROBABILITY_COLOURS: [&str; 5] = ["#f2d09a", "#f0e4d0", "#e0e0e0", "#a9c3de", "#2b62a6"];
const PROBABILITY_WORDS: [&str; 5] =
    ["surely-not", "probably-not", "doubtful", "probably", "surely"];

/// Draws the probability of being selected as SVG; `None` where the rule was not evaluated.
///
/// An area that no replicate could answer for is drawn as without data. The rule's own answer
/// stands as an outline on top.
pub fn probability_map(
    analysis: &Analysis,
    uncertainty: &Uncertainty,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
) -> Option<String> {
    let rule = analysis.selection.as_ref()?.rule().title.get(language);
    let selected: Vec<f64> =
        uncertainty.rows.iter().map(|row| row.selected).collect::<Option<_>>()?;
    let ranking = &analysis.ranking;
    let places: BTreeMap<&AreaId, usize> =
        ranking.areas().iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    let no_answer = message(language, "uncertainty.probability-none", &[]);
    let no_figures = message(language, "map.reason_no_figures", &[]);
    let areas: Vec<MapArea<'_>> = boundaries
        .shapes()
        .iter()
        .map(|shape| {
            let place = places.get(&shape.id).copied();
            // The rule may not know the answer in most replicates; then there is none.
            let known = place.filter(|&at| uncertainty.rows[at].unknown.is_none_or(|u| u < 0.5));
            let value = known.map_or(f64::NAN, |at| selected[at]);
            let own = place.map(|at| &ranking.areas()[at]);
            let fallback = shape.name.as_deref().unwrap_or(shape.id.as_str());
            MapArea {
                shape,
                name: own.map_or(fallback, |area| &area.name),
                value,
                reason: if place.is_some() { &no_answer } else { &no_figures },
                class: probability_class(value).map(|class| PROBABILITY_WORDS.len() - 1 - class),
                population: own.and_then(|area| area.population),
                selection: place.map_or(SelectionMark::NotSelected, |at| mark(analysis, at)),
            }
        })
        .collect();
    let say = |key: &str| message(language, &format!("uncertainty.probability-{key}"), &[]);
    // The legend begins with what is surely selected.
    let words = PROBABILITY_WORDS.into_iter().zip(PROBABILITY_COLOURS).rev();
    let kinds: Vec<Category> =
        words.map(|(key, colour)| Category { label: say(key), colour }).collect();
    let n = number(f64::from(uncertainty.n_replicates), 0, language);
    let subtitle = message(language, "uncertainty.probability-subtitle", &[("n", &n)]);
    let title = project.title.get(language);
    Some(choropleth(&MapRequest {
        title: &format!("{} {title}", say("title")),
        subtitle: &subtitle,
        source: project.source.as_ref().map_or("", |source| source.get(language)),
        language,
        synthetic: project.synthetic,
        legend_title: &say("legend"),
        direction: analysis.definition.direction,
        decimals: DECIMALS,
        limits: &[],
        categories: Some(Categories { kinds: &kinds, note: &say("note"), undefined: &no_answer }),
        selection_rule: Some(rule),
        areas: &areas,
    }))
}

/// The class of a probability; its upper limit is within, but 0.75 and 0.95 are of the class above.
fn probability_class(p: f64) -> Option<usize> {
    let [_, none, few, many, all, _] = PROBABILITY_LIMITS;
    (!p.is_nan()).then(|| {
        [p > none, p > few, p >= many, p >= all].into_iter().filter(|above| *above).count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubtful_probabilities_are_grey_on_both_sides_alike() {
        let class = |p: f64| probability_class(p).unwrap();
        for (p, expected) in [(0.0, 0), (0.05, 0), (0.06, 1), (0.25, 1), (0.26, 2), (0.5, 2)] {
            assert_eq!(class(p), expected, "{p}");
            assert_eq!(class(1.0 - p), 4 - expected, "{}", 1.0 - p);
        }
        assert_eq!(probability_class(f64::NAN), None);
    }
}
