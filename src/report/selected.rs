//! What does the report say of a rule, beside who is in and why?
//!
//! What each criterion does, who is nearest to the other answer, whom the selection reaches, who
//! came and went, and how the rule stands against what was decided.

use super::section::{Block, Cell, Column, Holds, Place, Section, Table};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::select::Selection;
use crate::select::against::{Against, Move};
use crate::select::coverage::Coverage;
use crate::select::history::Change;
use crate::select::nearness::{NearMiss, Work, named_limit};

/// So many near misses are shown; all of them stand in `near-misses.csv`.
const MISSES_SHOWN: usize = 15;
/// So many changes are shown; all of them stand in `history.csv`.
const CHANGES_SHOWN: usize = 20;

/// What was found out about a selection.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The analysis, with its selection.
    pub analysis: &'a Analysis,
    /// The selection.
    pub selection: &'a Selection,
    /// What each criterion does.
    pub work: &'a [Work],
    /// Who is nearest to the other answer.
    pub misses: &'a [NearMiss],
    /// Whom the selection reaches.
    pub coverage: &'a [Coverage],
    /// The targeting curve as SVG.
    pub curve: &'a str,
    /// Who came and went, with the selection of the later year.
    pub changes: &'a [(Change, &'a Selection)],
    /// The rule against what was decided.
    pub decided: Option<&'a Against>,
}

/// The section, in one language.
pub fn section(found: Found<'_>, language: Language) -> Section {
    let say =
        |key: &str, values: &[(&str, &str)]| message(language, &format!("select.{key}"), values);
    let mut blocks = Vec::new();
    blocks.push(Block::Heading(say("coverage-heading", &[])));
    blocks.extend(coverage(&found, language));
    if let Some(against) = found.decided {
        blocks.push(Block::Heading(say("decided-heading", &[])));
        blocks.extend(decided(&found, against, language));
    }
    blocks.push(Block::Heading(say("work-heading", &[])));
    blocks.push(Block::Table(work(&found, language)));
    blocks.push(Block::Hint(say("work-hint", &[])));
    blocks.push(Block::Heading(say("misses-heading", &[])));
    if found.misses.is_empty() {
        blocks.push(Block::Text(say("misses-none", &[])));
    } else {
        blocks.push(Block::Table(misses(&found, language)));
        blocks.push(Block::Hint(say("misses-hint", &[])));
    }
    if !found.changes.is_empty() {
        blocks.push(Block::Heading(say("history-heading", &[])));
        blocks.push(Block::Table(history(&found, language)));
        blocks.push(Block::Hint(say("history-hint", &[])));
    }
    Section {
        id: "selection-about",
        place: Place::Selection,
        title: say("section-title", &[]),
        blocks,
    }
}

fn coverage(found: &Found<'_>, language: Language) -> Vec<Block> {
    let say =
        |key: &str, values: &[(&str, &str)]| message(language, &format!("select.{key}"), values);
    if found.coverage.is_empty() {
        return vec![Block::Text(say("coverage-none", &[]))];
    }
    let column = |key: &str, decimals| Column {
        title: say(key, &[]),
        note: String::new(),
        holds: Holds::Numbers(decimals),
    };
    let rows = found.coverage.iter().map(|coverage| {
        let indicator =
            coverage.indicator.as_ref().and_then(|id| found.analysis.definition.indicator(id));
        let title = indicator.map_or_else(
            || say("all-people", &[]),
            |indicator| indicator.title.get(language).to_owned(),
        );
        vec![
            Cell::Text(title),
            Cell::Number(coverage.all),
            Cell::Number(coverage.selected),
            Cell::Number(100.0 * coverage.share()),
            Cell::Number(100.0 * (1.0 - (coverage.selected + coverage.unknown) / coverage.all)),
        ]
    });
    let table = Table {
        caption: say("coverage-caption", &[]),
        columns: vec![
            Column { title: say("coverage-who", &[]), note: String::new(), holds: Holds::Text },
            column("coverage-all", 0),
            column("coverage-selected", 0),
            column("coverage-share", 1),
            column("coverage-outside", 1),
        ],
        rows: rows.collect(),
    };
    vec![
        Block::Table(table),
        Block::Picture { svg: found.curve.to_owned(), caption: say("curve-caption", &[]) },
    ]
}

fn decided(found: &Found<'_>, against: &Against, language: Language) -> Vec<Block> {
    let areas = found.selection.areas();
    let names = |step: Move| {
        let of = against.moves.iter().enumerate().filter(|(_, m)| **m == step);
        let names: Vec<&str> = of.map(|(at, _)| areas[at].name.as_str()).collect();
        if names.is_empty() { "–".to_owned() } else { names.join(", ") }
    };
    decided_sentences(
        against,
        [names(Move::Stays), names(Move::Enters), names(Move::Leaves)],
        language,
    )
    .into_iter()
    .map(Block::Text)
    .collect()
}

/// What there is to say of a rule against a list; the names are of those that both have, that
/// only the list has, and that only the rule has.
pub fn decided_sentences(
    against: &Against,
    [both, list, rule]: [String; 3],
    language: Language,
) -> Vec<String> {
    let say =
        |key: &str, values: &[(&str, &str)]| message(language, &format!("select.{key}"), values);
    let n = |step: Move| {
        let n = against.moves.iter().filter(|m| **m == step).count();
        number(n as f64, 0, language)
    };
    let mut out = vec![
        say("decided-both", &[("n", &n(Move::Stays)), ("names", &both)]),
        say("decided-list", &[("n", &n(Move::Enters)), ("names", &list)]),
        say("decided-rule", &[("n", &n(Move::Leaves)), ("names", &rule)]),
    ];
    if !against.discretion.is_nan() {
        let share = number(100.0 * against.discretion, 1, language);
        out.push(say("decided-discretion", &[("share", &share)]));
    }
    out.push(match &against.relaxation {
        None => say("relaxation-none", &[]),
        Some(relaxation) if relaxation.in_deviations == 0.0 => say("relaxation-exact", &[]),
        Some(relaxation) => {
            let limits: Vec<String> = relaxation
                .limits
                .iter()
                .map(|(criterion, limit)| {
                    let mut moved = criterion.clone();
                    moved.limit = *limit;
                    moved.limit_label = None;
                    let (was, now) = (named_limit(criterion), named_limit(&moved));
                    say(
                        "relaxation-limit",
                        &[("was", was.get(language)), ("now", now.get(language))],
                    )
                })
                .collect();
            let most = number(relaxation.in_deviations, 2, language);
            say("relaxation", &[("limits", &limits.join("; ")), ("most", &most)])
        }
    });
    out
}

fn work(found: &Found<'_>, language: Language) -> Table {
    let say = |key: &str| message(language, &format!("select.{key}"), &[]);
    let numbers =
        |key: &str| Column { title: say(key), note: String::new(), holds: Holds::Numbers(0) };
    let rows = found.work.iter().map(|work| {
        vec![
            Cell::Text(named_limit(&work.criterion).get(language).to_owned()),
            Cell::Number(work.n[0] as f64),
            Cell::Number(work.n[2] as f64),
            Cell::Number(work.only_it_lets_in.areas as f64),
            Cell::Number(work.only_it_keeps_out.areas as f64),
            Cell::Number(work.just_met.areas as f64),
            Cell::Number(work.just_not_met.areas as f64),
        ]
    });
    Table {
        caption: say("work-caption"),
        columns: vec![
            Column { title: say("work-criterion"), note: String::new(), holds: Holds::Sentences },
            numbers("work-met"),
            numbers("work-unknown"),
            numbers("work-lets-in"),
            numbers("work-keeps-out"),
            numbers("work-just-met"),
            numbers("work-just-not-met"),
        ],
        rows: rows.collect(),
    }
}

fn misses(found: &Found<'_>, language: Language) -> Table {
    let say = |key: &str| message(language, &format!("select.{key}"), &[]);
    let rows = found.misses.iter().take(MISSES_SHOWN).map(|miss| {
        let outcome = if miss.is_selected { "misses-in" } else { "misses-out" };
        vec![
            Cell::Area(miss.area_idx),
            Cell::Text(say(outcome)),
            Cell::Text(miss.criterion.text(language)),
            Cell::Number(miss.in_deviations),
        ]
    });
    let column = |key: &str, holds| Column { title: say(key), note: String::new(), holds };
    Table {
        caption: say("misses-caption"),
        columns: vec![
            column("misses-area", Holds::Text),
            column("misses-now", Holds::Text),
            column("misses-criterion", Holds::Sentences),
            column("misses-deviations", Holds::Numbers(2)),
        ],
        rows: rows.collect(),
    }
}

fn history(found: &Found<'_>, language: Language) -> Table {
    let say = |key: &str| message(language, &format!("select.{key}"), &[]);
    let label = |id: &str| {
        let work = found.work.iter().find(|work| work.id == id);
        work.map_or_else(|| id.to_owned(), |w| w.criterion.label.get(language).to_owned())
    };
    let newest = found.changes.iter().rev().take(CHANGES_SHOWN);
    let rows = newest.map(|(change, selection)| {
        let causes: Vec<String> = change.causes.iter().map(|id| label(id)).collect();
        vec![
            Cell::Text(change.year.to_string()),
            Cell::Text(selection.areas()[change.area_idx].name.to_string()),
            Cell::Text(say(if change.is_in { "history-enters" } else { "history-leaves" })),
            Cell::Text(causes.join("; ")),
        ]
    });
    let column = |key: &str, holds| Column { title: say(key), note: String::new(), holds };
    Table {
        caption: say("history-caption"),
        columns: vec![
            column("history-year", Holds::Text),
            column("misses-area", Holds::Text),
            column("history-change", Holds::Text),
            column("history-causes", Holds::Sentences),
        ],
        rows: rows.collect(),
    }
}
