//! What does the report say of candidate areas?

use super::section::{Block, Cell, Column, Holds, Place, Section, Table};
use crate::analysis::Analysis;
use crate::candidate::{Candidates, Why, proof_in_words};
use crate::language::{Language, message};

/// The section of candidate areas: map, sets, and why each zone is in.
pub fn candidate_section(
    analysis: &Analysis,
    found: &Candidates,
    map_svg: Option<&str>,
    language: Language,
) -> Section {
    let says = |key: &str| message(language, &format!("region.{key}"), &[]);
    let mut blocks = vec![Block::Hint(says("report-lead"))];
    blocks.push(Block::Text(proof_in_words(found, language)));
    blocks.extend(found.notices.iter().map(|notice| {
        let items: Vec<&str> = notice.items.iter().map(|item| item.get(language)).collect();
        let text = notice.text(language);
        Block::Text(if items.is_empty() { text } else { format!("{text} ({})", items.join(", ")) })
    }));
    if found.sets.is_empty() {
        return Section {
            id: "candidates",
            place: Place::Candidates,
            title: says("report-title"),
            blocks,
        };
    }
    if let Some(svg) = map_svg {
        blocks.push(Block::Picture { svg: svg.to_owned(), caption: says("report-caption-map") });
    }
    blocks.push(Block::Table(sets(found, &says)));
    blocks.push(Block::Table(zones(analysis, found, &says)));
    Section { id: "candidates", place: Place::Candidates, title: says("report-title"), blocks }
}

fn column(title: String, holds: Holds) -> Column {
    Column { title, note: String::new(), holds }
}

fn sets(found: &Candidates, says: &dyn Fn(&str) -> String) -> Table {
    let decimals = decimals(found.value);
    let columns = vec![
        column(says("report-set"), Holds::Text),
        column(says("report-zones"), Holds::Numbers(0)),
        column(says("report-people"), Holds::Numbers(0)),
        column(says("report-score"), Holds::Numbers(2)),
        column(says("report-need"), Holds::Numbers(decimals)),
        Column {
            title: says("report-value"),
            note: says("report-value-note"),
            holds: Holds::Numbers(decimals),
        },
    ];
    let rows = found.sets.iter().enumerate().map(|(at, set)| {
        vec![
            Cell::Text((at + 1).to_string()),
            Cell::Number(set.zones.len() as f64),
            Cell::Number(set.people.unwrap_or(f64::NAN)),
            Cell::Number(set.mean_score),
            Cell::Number(set.need),
            Cell::Number(set.value),
        ]
    });
    Table { caption: says("report-caption-sets"), columns, rows: rows.collect() }
}

fn zones(analysis: &Analysis, found: &Candidates, says: &dyn Fn(&str) -> String) -> Table {
    let decimals = decimals(found.value);
    let columns = vec![
        column(says("report-zone"), Holds::Text),
        column(says("report-set"), Holds::Numbers(0)),
        column(says("report-people"), Holds::Numbers(0)),
        column(says("report-score"), Holds::Numbers(2)),
        column(says("report-need"), Holds::Numbers(decimals)),
        column(says("report-marginal"), Holds::Numbers(decimals)),
        column(says("report-why"), Holds::Text),
    ];
    let mut rows = Vec::new();
    for (at, set) in found.sets.iter().enumerate() {
        for zone in &set.zones {
            let area = &analysis.ranking.areas()[zone.area_idx];
            let key = match zone.why {
                Why::Must => "why-must",
                Why::Need => "why-need",
                Why::Bridge => "why-bridge",
                Why::Fill => "why-fill",
            };
            rows.push(vec![
                Cell::Area(zone.area_idx),
                Cell::Number((at + 1) as f64),
                Cell::Number(area.population.unwrap_or(f64::NAN)),
                Cell::Number(analysis.ranking.scores()[zone.area_idx]),
                Cell::Number(zone.need),
                Cell::Number(zone.marginal),
                Cell::Text(says(key)),
            ]);
        }
    }
    Table { caption: says("report-caption-zones"), columns, rows }
}

/// Large sums need no decimals.
fn decimals(value: f64) -> usize {
    if value.abs() >= 100.0 { 0 } else { 2 }
}
