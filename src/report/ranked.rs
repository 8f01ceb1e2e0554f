//! In which order do the areas stand?
//!
//! The table of all ranked areas, worst first, and the list of those without a rank.

use serde::Serialize;

use super::ReportRequest;
use super::figure::{Figure, anchor, count, score_decimals, shades};
use super::profile::{profile_anchor, with_profile};
use crate::analysis::Analysis;
use crate::indicator::{CellState, Direction};
use crate::language::{Language, message};
use crate::rank::Ranking;
use crate::select::Truth;

/// Up to so many areas all are shown.
pub const CUT_ABOVE: usize = 2_000;

/// Of more areas than [`CUT_ABOVE`] so many are shown, the worst.
pub const ROWS_AFTER_CUT: usize = 1_000;

/// The table.
#[derive(Debug, Serialize)]
pub(super) struct Ranked {
    /// How much is shown, where it is not all.
    cut: Option<String>,
    part_titles: Vec<String>,
    has_parent: bool,
    has_population: bool,
    has_outcome: bool,
    /// The head of the column of rank intervals, and what they cover.
    interval: Option<Interval>,
    rows: Vec<Row>,
    n_ranked: String,
    unranked: Vec<Unranked>,
}

#[derive(Debug, Serialize)]
struct Interval {
    title: String,
    covers: String,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    anchor: String,
    /// The area's profile, where it has one.
    profile: Option<String>,
    name: String,
    parent: String,
    rank: Figure,
    interval: String,
    score: Figure,
    /// Length of the score's bar, 0..100.
    bar: String,
    decile: usize,
    quintile: usize,
    population: Figure,
    parts: Vec<Part>,
    outcome: Option<Outcome>,
}

#[derive(Debug, Serialize)]
struct Part {
    figure: Figure,
    /// How dark the ground is, 0..1.
    shade: String,
}

/// What the rule says of an area.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    /// A word for style sheet and script.
    key: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Unranked {
    id: String,
    anchor: String,
    profile: Option<String>,
    name: String,
    /// The indicators without a value, each with the kind of its gap.
    missing: Vec<String>,
}

impl Ranked {
    pub(super) fn of(request: &ReportRequest<'_>) -> Self {
        let (analysis, language) = (request.analysis, request.language);
        let ranking = &analysis.ranking;
        let areas = ranking.areas();
        let shown = rows_shown(ranking);
        let mut has_profile = vec![false; areas.len()];
        with_profile(request).into_iter().for_each(|at| has_profile[at] = true);
        let cut = (shown.len() < ranking.n_ranked()).then(|| {
            let (n, shown) = (count(ranking.n_ranked(), language), count(shown.len(), language));
            message(language, "report.ranking-cut", &[("shown", &shown), ("n", &n)])
        });
        let unranked = &ranking.order()[ranking.n_ranked()..];
        Self {
            cut,
            part_titles: part_titles(analysis, language),
            has_parent: areas.iter().any(|area| area.parent.is_some()),
            has_population: areas.iter().any(|area| area.population.is_some()),
            has_outcome: analysis.selection.is_some(),
            interval: request.uncertainty.map(|uncertainty| Interval {
                title: message(language, "uncertainty.column", &[]),
                covers: uncertainty.covers(language),
            }),
            rows: rows(request, &shown, &has_profile, language),
            n_ranked: count(ranking.n_ranked(), language),
            unranked: unranked
                .iter()
                .map(|&at| {
                    let area = &areas[at as usize];
                    Unranked {
                        id: area.id.to_string(),
                        anchor: anchor(area.id.as_str()),
                        profile: has_profile[at as usize].then(|| profile_anchor(area.id.as_str())),
                        name: area.name.to_string(),
                        missing: gaps(analysis, at as usize, language),
                    }
                })
                .collect(),
        }
    }
}

fn rows(
    request: &ReportRequest<'_>,
    shown: &[usize],
    has_profile: &[bool],
    language: Language,
) -> Vec<Row> {
    let analysis = request.analysis;
    let ranking = &analysis.ranking;
    let worse_up = high_is_worse(analysis);
    let decimals = score_decimals(ranking.scores());
    let bars = shades(ranking.scores(), worse_up);
    let parts: Vec<_> = analysis
        .parts()
        .into_iter()
        // One decimal less than the score has is enough to compare parts.
        .map(|(_, x)| (x, score_decimals(x).saturating_sub(1), shades(x, worse_up)))
        .collect();
    shown
        .iter()
        .map(|&at| {
            let area = &ranking.areas()[at];
            let shade = |share: Option<f64>| share.map(|x| format!("{x:.2}")).unwrap_or_default();
            Row {
                id: area.id.to_string(),
                anchor: anchor(area.id.as_str()),
                profile: has_profile[at].then(|| profile_anchor(area.id.as_str())),
                name: area.name.to_string(),
                parent: area.parent.clone().unwrap_or_default(),
                rank: Figure::rank(ranking.ranks()[at], language),
                interval: request
                    .uncertainty
                    .map(|uncertainty| uncertainty.rows[at].interval(language))
                    .unwrap_or_default(),
                score: Figure::of(ranking.scores()[at], decimals, language),
                bar: bars[at].map(|x| format!("{:.0}", 100.0 * x)).unwrap_or_default(),
                decile: ranking.class(at, 10).unwrap_or_default(),
                quintile: ranking.class(at, 5).unwrap_or_default(),
                population: Figure::of(area.population.unwrap_or(f64::NAN), 0, language),
                parts: parts
                    .iter()
                    .map(|(values, decimals, shades)| Part {
                        figure: Figure::of(values[at], *decimals, language),
                        shade: shade(shades[at]),
                    })
                    .collect(),
                outcome: analysis
                    .selection
                    .as_ref()
                    .map(|selection| outcome(selection.outcomes()[at], language)),
            }
        })
        .collect()
}

pub(super) fn outcome(truth: Truth, language: Language) -> Outcome {
    let key = match truth {
        Truth::True => "selected",
        Truth::False => "not-selected",
        Truth::Unknown => "unknown",
    };
    Outcome { key, text: message(language, &format!("report.outcome-{key}"), &[]) }
}

fn gaps(analysis: &Analysis, at: usize, language: Language) -> Vec<String> {
    let named = analysis.definition.indicators.iter().zip(analysis.table.columns());
    named
        .filter_map(|(indicator, column)| {
            let kind = gap(column.states()[at], language)?;
            Some(format!("{} ({kind})", indicator.title.get(language)))
        })
        .collect()
}

/// The word for a gap; `None` for a number.
pub(super) fn gap(state: CellState, language: Language) -> Option<String> {
    let key = match state {
        CellState::Present => return None,
        CellState::Suppressed => "report.gap-suppressed",
        CellState::NotApplicable => "report.gap-not-applicable",
        CellState::NotAvailable => "report.gap-not-available",
    };
    Some(message(language, key, &[]))
}

/// Whether a larger score, and a larger part of it, means worse conditions.
pub(super) fn high_is_worse(analysis: &Analysis) -> bool {
    match analysis.ranking.direction() {
        Direction::HigherIsWorse => true,
        Direction::HigherIsBetter => false,
    }
}

/// Positions of the ranked areas, worst first, whichever end has rank 1; ties as they are ranked.
pub(super) fn worst_first(ranking: &Ranking) -> Vec<usize> {
    let scores = ranking.scores();
    let order = ranking.order()[..ranking.n_ranked()].iter();
    let mut order: Vec<usize> = order.map(|&at| at as usize).collect();
    match ranking.direction() {
        Direction::HigherIsWorse => order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a])),
        Direction::HigherIsBetter => order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b])),
    }
    order
}

/// Positions of the areas that the tables show, worst first.
pub(super) fn rows_shown(ranking: &Ranking) -> Vec<usize> {
    let mut order = worst_first(ranking);
    if order.len() > CUT_ABOVE {
        order.truncate(ROWS_AFTER_CUT);
    }
    order
}

/// The titles of [`Analysis::parts`], in the same order.
pub(super) fn part_titles(analysis: &Analysis, language: Language) -> Vec<String> {
    let definition = &analysis.definition;
    let title = |id: &str| {
        let domain = definition.domains.iter().find(|domain| domain.id.as_str() == id);
        let indicator = definition.indicators.iter().find(|indicator| indicator.id.as_str() == id);
        let title = domain.map(|d| &d.title).or(indicator.map(|i| &i.title));
        title.map_or_else(|| id.to_owned(), |title| title.get(language).to_owned())
    };
    analysis.parts().into_iter().map(|(id, _)| title(id)).collect()
}
