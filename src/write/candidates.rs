//! How do candidate areas get out?

use std::io::{self, Write};

use crate::analysis::Analysis;
use crate::candidate::{Candidates, Why};

/// Writes a row a zone of each set: `set,area,name,population,score,rank,need,marginal,why`, then
/// one column an indicator. Sets are numbered from 1, best first; an unknown number is empty.
/// `marginal` is what the set's value would lose without the zone; `why` is `must`, `need`,
/// `bridge` or `fill`.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn candidate_zones_csv(
    out: &mut dyn Write,
    analysis: &Analysis,
    candidates: &Candidates,
) -> io::Result<()> {
    let columns = analysis.table.columns();
    let mut csv = csv::Writer::from_writer(out);
    let head = ["set", "area", "name", "population", "score", "rank", "need", "marginal", "why"];
    let ids = columns.iter().map(|column| column.indicator().as_str());
    csv.write_record(head.into_iter().chain(ids))?;
    let ranking = &analysis.ranking;
    for (at, set) in candidates.sets.iter().enumerate() {
        for zone in &set.zones {
            let area = &ranking.areas()[zone.area_idx];
            let mut row = vec![
                (at + 1).to_string(),
                area.id.to_string(),
                area.name.to_string(),
                area.population.map_or(String::new(), cell),
                cell(ranking.scores()[zone.area_idx]),
                cell(ranking.ranks()[zone.area_idx]),
                cell(zone.need),
                cell(zone.marginal),
                why_word(zone.why).to_owned(),
            ];
            row.extend(columns.iter().map(|column| cell(column.values()[zone.area_idx])));
            csv.write_record(row)?;
        }
    }
    csv.flush()
}

/// Writes a row a set: `set,n_zones,zones,population,mean_score,need,cost,value`, then the mean of
/// each indicator, weighted by residents where these are known.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn candidate_sets_csv(
    out: &mut dyn Write,
    analysis: &Analysis,
    candidates: &Candidates,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let head = ["set", "n_zones", "zones", "population", "mean_score", "need", "cost", "value"];
    let ids = analysis.table.columns().iter().map(|column| column.indicator().as_str());
    csv.write_record(head.into_iter().chain(ids))?;
    for (at, set) in candidates.sets.iter().enumerate() {
        let ids: Vec<&str> = set
            .zones
            .iter()
            .map(|zone| analysis.ranking.areas()[zone.area_idx].id.as_str())
            .collect();
        let mut row = vec![
            (at + 1).to_string(),
            set.zones.len().to_string(),
            ids.join(" "),
            set.people.map_or(String::new(), cell),
            cell(set.mean_score),
            cell(set.need),
            cell(set.need - set.value),
            cell(set.value),
        ];
        row.extend(set.indicators.iter().map(|&x| cell(x)));
        csv.write_record(row)?;
    }
    csv.flush()
}

/// A number to nine digits, which are alike however a sum was added up; empty where not known.
fn cell(x: f64) -> String {
    if !x.is_finite() {
        return String::new();
    }
    let digits = 8 - x.abs().max(1e-300).log10().floor() as i32;
    let text = format!("{x:.*}", digits.clamp(0, 12) as usize);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if text == "-0" { "0".to_owned() } else { text }
}

/// The word of a reason.
fn why_word(why: Why) -> &'static str {
    match why {
        Why::Must => "must",
        Why::Need => "need",
        Why::Bridge => "bridge",
        Why::Fill => "fill",
    }
}
