//! What is the answer, in a few sentences?
//!
//! The worst areas, how many the rule selects and how many people live there, and what could not
//! be decided; then the short list of the worst areas with what each stands out on.

use serde::Serialize;

use super::ReportRequest;
use super::figure::{Figure, count, counted, score_decimals};
use super::profile::profile_anchor;
use super::ranked::{high_is_worse, part_titles, worst_first};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::select::{Selection, Truth};

/// What the page answers.
pub(super) fn question(request: &ReportRequest<'_>) -> String {
    let key = match request.analysis.selection {
        Some(_) => "report.question-rule",
        None => "report.question",
    };
    let n = count(request.analysis.ranking.areas().len(), request.language);
    message(request.language, key, &[("n", &n)])
}

/// The paragraphs of the answer.
pub(super) fn paragraphs(request: &ReportRequest<'_>) -> Vec<String> {
    let language = request.language;
    let analysis = request.analysis;
    let ranking = &analysis.ranking;
    let mut out = vec![worst_sentence(analysis, language)];
    match &analysis.selection {
        Some(selection) => out.push(selection_sentences(selection, language).join(" ")),
        None => out.push(message(language, "report.answer-no-rule", &[])),
    }
    let unranked = ranking.areas().len() - ranking.n_ranked();
    if unranked > 0 && ranking.n_ranked() > 0 {
        out.push(counted(language, "answer-unranked", unranked, &[]));
    }
    out
}

fn worst_sentence(analysis: &Analysis, language: Language) -> String {
    let n = analysis.ranking.n_ranked();
    if n == 0 {
        return message(language, "report.answer-none-ranked", &[]);
    }
    let (worst, tied_beyond) = worst(analysis, (n / 5).clamp(3, 5));
    let areas = analysis.ranking.areas();
    let mut names: Vec<String> = worst.iter().map(|&at| areas[at].name.to_string()).collect();
    if tied_beyond > 0 {
        names.push(counted(language, "answer-tied", tied_beyond, &[]));
    }
    let index = analysis.definition.title.get(language);
    let values = [
        ("n", count(n, language)),
        ("names", enumerated(&names, language)),
        ("index", index.to_owned()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, v)| (*name, v.as_str())).collect();
    counted(language, "answer-worst", names.len(), &values)
}

fn enumerated(names: &[String], language: Language) -> String {
    let and = message(language, "report.list-and", &[]);
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

fn selection_sentences(selection: &Selection, language: Language) -> Vec<String> {
    let areas = selection.areas();
    let n_selected = selection.n_with(Truth::True);
    let key = if n_selected == 0 { "answer-selected-none" } else { "answer-selected" };
    let rule = selection.rule().title.get(language);
    let (k, n) = (count(n_selected, language), count(areas.len(), language));
    let values = [("rule", rule), ("k", k.as_str()), ("n", n.as_str())];
    let mut out = vec![message(language, &format!("report.{key}"), &values)];
    let n_without = areas.iter().filter(|area| area.population.is_none()).count();
    let all: f64 = areas.iter().filter_map(|area| area.population).sum();
    if n_selected > 0 && n_without == 0 && all > 0.0 {
        let selected = areas.iter().zip(selection.outcomes());
        let people: f64 = selected
            .filter(|(_, outcome)| **outcome == Truth::True)
            .filter_map(|(area, _)| area.population)
            .sum();
        let share = number(100.0 * people / all, 1, language);
        let (people, all) = (number(people, 0, language), number(all, 0, language));
        let values = [("people", people.as_str()), ("all", &all), ("share", &share)];
        out.push(message(language, "report.answer-people", &values));
    } else if n_selected > 0 && n_without < areas.len() && n_without > 0 {
        out.push(counted(language, "answer-people-unknown", n_without, &[]));
    }
    let n_unknown = selection.n_with(Truth::Unknown);
    if n_unknown > 0 {
        out.push(counted(language, "answer-unknown", n_unknown, &[]));
    }
    out
}

/// The short list of the first screen.
#[derive(Debug, Serialize)]
pub(super) struct Worst {
    rows: Vec<WorstRow>,
    /// Whether the list says what areas stand out on.
    has_parts: bool,
    has_interval: bool,
    /// That a tie is cut, where it is.
    more: Option<String>,
    n: String,
}

#[derive(Debug, Serialize)]
struct WorstRow {
    id: String,
    anchor: String,
    name: String,
    rank: Figure,
    /// Where its rank lies in most replicates; empty where none were computed.
    interval: String,
    score: Figure,
    /// Up to two parts, the one on which the area is nearest to the worst first.
    stands_out: Vec<String>,
}

impl Worst {
    pub(super) fn of(request: &ReportRequest<'_>) -> Self {
        let (analysis, language) = (request.analysis, request.language);
        let ranking = &analysis.ranking;
        let wanted = (ranking.n_ranked() / 3).clamp(3, 10);
        let (worst, beyond) = worst(analysis, wanted);
        let decimals = score_decimals(ranking.scores());
        let rows: Vec<WorstRow> = worst
            .into_iter()
            .map(|at| {
                let area = &ranking.areas()[at];
                WorstRow {
                    id: area.id.to_string(),
                    anchor: profile_anchor(area.id.as_str()),
                    name: area.name.to_string(),
                    rank: Figure::rank(ranking.ranks()[at], language),
                    interval: request
                        .uncertainty
                        .map(|uncertainty| uncertainty.rows[at].interval(language))
                        .unwrap_or_default(),
                    score: Figure::of(ranking.scores()[at], decimals, language),
                    stands_out: stands_out(analysis, at, language),
                }
            })
            .collect();
        Self {
            n: count(rows.len(), language),
            has_interval: request.uncertainty.is_some(),
            has_parts: rows.iter().any(|row| !row.stands_out.is_empty()),
            more: (beyond > 0).then(|| counted(language, "worst-more", beyond, &[])),
            rows,
        }
    }
}

/// The worst areas, about as many as wanted: a tie at the edge is taken in, up to twice the
/// number; beside them, how many of the tie are left out.
fn worst(analysis: &Analysis, wanted: usize) -> (Vec<usize>, usize) {
    let order = worst_first(&analysis.ranking);
    let scores = analysis.ranking.scores();
    let wanted = wanted.min(order.len());
    let Some(edge) = wanted.checked_sub(1).map(|last| scores[order[last]]) else {
        return (Vec::new(), 0);
    };
    let tied = order[wanted..].iter().take_while(|&&at| scores[at] == edge).count();
    let taken = wanted + tied.min(wanted);
    (order[..taken].to_vec(), wanted + tied - taken)
}

fn stands_out(analysis: &Analysis, at: usize, language: Language) -> Vec<String> {
    let definition = &analysis.definition;
    let n_top = definition.domains.iter().filter(|domain| domain.parent.is_none()).count()
        + definition.indicators.iter().filter(|indicator| indicator.domain.is_none()).count();
    if n_top < 2 {
        return Vec::new();
    }
    let worse_up = high_is_worse(analysis);
    let parts = analysis.parts();
    let titles = part_titles(analysis, language);
    let mut places: Vec<(usize, usize)> = parts[..n_top]
        .iter()
        .enumerate()
        .filter(|(_, (_, values))| values[at].is_finite())
        .map(|(part, (_, values))| {
            let own = values[at];
            let is_worse = |x: &&f64| if worse_up { **x > own } else { **x < own };
            (1 + values.iter().filter(is_worse).count(), part)
        })
        .collect();
    places.sort_unstable();
    places
        .into_iter()
        .take(2)
        .map(|(place, part)| {
            let values = [("title", titles[part].as_str()), ("place", &count(place, language))];
            message(language, "report.stands-out-on", &values)
        })
        .collect()
}
