//! Which map goes with an analysis?
//!
//! Joins results to outlines: classes, people, gaps with their reasons, the selection. What is
//! decided here is only how results are shown; drawing is [`crate::map`]'s. The map that a
//! project's `[map]` asks for is [`project_map`].

pub mod cluster;
mod kinds;
mod measure;
pub mod regions;
mod subject;

use std::collections::BTreeMap;

use miette::Diagnostic;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::boundary::Boundaries;
use crate::candidate::Candidates;
use crate::classify::{ClassifyError, Classing, classify};
use crate::language::{Language, message, number};
use crate::map::{
    Categories, Category, Gap, Key, Look, MapArea, MapRequest, MapSet, SelectionMark, choropleth,
    choropleth_with_sets,
};
use crate::project::Project;
use crate::select::Truth;
use crate::statistics::QuantileType;
use crate::uncertainty::Uncertainty;
pub use subject::{MOST_PANELS, MapMaterials, needs_uncertainty, project_map, years};

/// Decimals of scores on the map; limits that look alike get more.
const DECIMALS: usize = 2;

/// Why no map can be drawn.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum PictureError {
    /// The values cannot be put into classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Classify(#[from] ClassifyError),
    /// The options name what the recipe does not have.
    #[error("the map cannot show `{wanted}`, which the index does not have")]
    #[diagnostic(code(levekaar::picture::unknown))]
    UnknownMeasure {
        /// What was named.
        wanted: String,
        /// What there is.
        #[help]
        help: String,
    },
    /// Two options that exclude each other.
    #[error("`{one}` and `{other}` do not go together on one map")]
    #[diagnostic(code(levekaar::picture::together), help("draw two maps, one with each"))]
    NotTogether {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A measure against itself.
    #[error("the map shows the same measure twice")]
    #[diagnostic(code(levekaar::picture::itself), help("name another one in `against`"))]
    Itself,
    /// Scores of two years that cannot be compared.
    #[error("`{shown}` of two years cannot be compared: the scales are set anew in each year")]
    #[diagnostic(
        code(levekaar::picture::scales),
        help(
            "show `rank` or an indicator, or give every indicator of the recipe \
             `reference = {{ years = \"all\" }}`"
        )
    )]
    ScalesDiffer {
        /// What was to be shown.
        shown: String,
    },
    /// The table has no years.
    #[error("the table has no column of years")]
    #[diagnostic(
        code(levekaar::picture::no_years),
        help(
            "give `[areas]` in the project file `year = {{ column = \"year\", use-year = 2024 }}`"
        )
    )]
    NoYears,
    /// A year that was not computed.
    #[error("there are no results of the year {year}")]
    #[diagnostic(code(levekaar::picture::no_year), help("is it in the column of years?"))]
    NoYear {
        /// The year.
        year: i32,
    },
    /// A difference of unlike things.
    #[error("a difference of figures in `{}` and in `{}` has no meaning", units[0], units[1])]
    #[diagnostic(
        code(levekaar::picture::units),
        help("show two domains, which are comparable, or draw one `against` the other")
    )]
    UnitsDiffer {
        /// Both units.
        units: [String; 2],
    },
    /// Ties leave fewer than three classes.
    #[error("`{title}` has {made} classes, and a square of colours needs three")]
    #[diagnostic(
        code(levekaar::picture::not_three),
        help(
            "too many areas have the same value; `classes = {{ method = \"equal-interval\", classes = 3 }}` parts them by value"
        )
    )]
    NotThree {
        /// What was to be parted.
        title: String,
        /// How many classes ties leave.
        made: usize,
    },
    /// Years and ids in one list.
    #[error("the panels are neither all years nor all comparable measures")]
    #[diagnostic(
        code(levekaar::picture::panels),
        help("name years such as `2015,2020`, or domains and indicators, or `domains`")
    )]
    MixedPanels,
    /// More panels than can be read.
    #[error("{n} panels are too many for a page; the limit is {MOST_PANELS}")]
    #[diagnostic(code(levekaar::picture::too_many_panels), help("draw several maps"))]
    TooManyPanels {
        /// How many.
        n: usize,
    },
    /// More kinds than colours that can be told apart.
    #[error("{n} kinds of areas cannot be told apart by colour; the limit is {most}")]
    #[diagnostic(code(levekaar::picture::too_many_kinds), help("show `score` instead"))]
    TooManyKinds {
        /// How many.
        n: usize,
        /// How many can be.
        most: usize,
    },
    /// No rule to show the answers of.
    #[error("the project has no rule, so that no areas are selected")]
    #[diagnostic(
        code(levekaar::picture::no_rule),
        help("give the project `[selection]`, such as `preset = \"worst-fifth\"`")
    )]
    NoRule,
    /// No larger units.
    #[error("the table has no column of larger units")]
    #[diagnostic(
        code(levekaar::picture::no_parents),
        help("give `[areas]` in the project file `parent = \"...\"`")
    )]
    NoParents,
    /// An inset of nothing.
    #[error("{degrees:?} is not a box of west, south, east and north in degrees")]
    #[diagnostic(
        code(levekaar::picture::no_box),
        help("write the smaller longitude and latitude first, such as `10.70,59.90,10.80,59.95`")
    )]
    NoBox {
        /// What was given.
        degrees: [f64; 4],
    },
}

/// How scores are classed where the project does not say: about as many areas in each.
fn usual_classes(project: &Project) -> Classing {
    let usual = Classing::Quantiles { classes: 5, quantile_type: QuantileType::Type7 };
    project.map.classes.clone().unwrap_or(usual)
}

/// Draws the candidate areas over the scores: a line round each set, and its number.
///
/// # Errors
///
/// [`PictureError`] when the project's classes cannot be made of these scores.
pub fn candidate_map(
    analysis: &Analysis,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
    found: &Candidates,
) -> Result<String, PictureError> {
    let ranking = &analysis.ranking;
    let places = measure::places(analysis, boundaries);
    // Classes are made of the areas that are drawn or could be: all that have a score.
    let classes = classify(ranking.scores(), &usual_classes(project))?;
    let no_score = message(language, "map.reason_no_score", &[]);
    let no_figures = message(language, "map.reason_no_figures", &[]);
    let shapes = boundaries.shapes().iter().zip(&places);
    let areas: Vec<MapArea<'_>> = shapes
        .map(|(shape, place)| {
            let own = place.map(|at| &ranking.areas()[at]);
            let fallback = shape.name.as_deref().unwrap_or(shape.id.as_str());
            MapArea {
                shape,
                name: own.map_or(fallback, |area| &area.name),
                value: place.map_or(f64::NAN, |at| ranking.scores()[at]),
                second: f64::NAN,
                reason: if own.is_some() { &no_score } else { &no_figures },
                gap: Gap::Missing,
                class: place.and_then(|at| classes.class_of()[at]),
                population: own.and_then(|area| area.population),
                selection: SelectionMark::NotSelected,
            }
        })
        .collect();
    let of_sets = message(language, "region.report-title", &[]);
    let subtitle = format!("{of_sets} – {}", analysis.definition.title.get(language));
    let sets = map_sets(found, analysis, boundaries);
    let request = MapRequest {
        title: project.title.get(language),
        subtitle: &subtitle,
        source: project.source.as_ref().map_or("", |source| source.get(language)),
        language,
        synthetic: project.synthetic,
        legend_title: &message(language, "map.legend_score", &[]),
        direction: analysis.definition.direction,
        note: None,
        decimals: DECIMALS,
        key: Key::Ranges { limits: classes.limits(), turn: None },
        selection_rule: None,
        areas: &areas,
        look: Look::default(),
    };
    Ok(choropleth_with_sets(&request, &sets))
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
                second: f64::NAN,
                gap: Gap::Missing,
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
        note: None,
        decimals: DECIMALS,
        key: Key::Kinds(Categories { kinds: &kinds, note: &say("note"), undefined: &no_answer }),
        selection_rule: Some(rule),
        areas: &areas,
        look: Look::default(),
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
