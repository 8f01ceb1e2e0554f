//! What became of each cell?
//!
//! `indicators.csv`, `bounds.csv`, `not-ranked.csv` and `shrinkage.csv`: the stages between the
//! table and the ranking, for whoever wants to check or to go on from there.

use std::io::{self, Write};

use rayon::prelude::*;

use super::{push_area, push_number, push_text};
use crate::analysis::Analysis;
use crate::bounds::RankBounds;
use crate::indicator::CellState;
use crate::language::{Language, message};
use crate::rank::Ranking;
use crate::rate::Level;
use crate::treat::{ChangeKind, TreatedTable};

/// Writes one line a cell: the areas in the order of the table, the indicators in that of the
/// recipe.
///
/// `value` is as measured (a rate computed, a column divided), `imputed` what was filled in,
/// `treated` what entered the normalisation and `scaled` what it gave. `low95` to `high998` are
/// the limits of `value` by the method of `interval`, where there are counts. The counts of a
/// standardised rate (`dobson`) are those of all strata: their quotient is the crude rate. What
/// there is not is an empty cell.
///
/// # Errors
///
/// Those of `out`.
pub fn indicators_csv(
    out: &mut (impl Write + ?Sized),
    analysis: &Analysis,
    treated: &TreatedTable,
) -> io::Result<()> {
    const BLOCK: usize = 1024;
    out.write_all(
        b"area,indicator,value,state,numerator,denominator,low95,high95,low998,high998,treated,\
          scaled,imputed,interval\n",
    )?;
    let areas = analysis.table.areas();
    let mut imputed = vec![Vec::new(); treated.columns.len()];
    for change in treated.ledger.iter().filter(|change| change.kind == ChangeKind::Imputed) {
        let column: &mut Vec<f64> = &mut imputed[change.indicator_idx as usize];
        if column.is_empty() {
            column.resize(areas.len(), f64::NAN);
        }
        column[change.area_idx as usize] = change.to;
    }
    let positions: Vec<usize> = (0..areas.len()).collect();
    for group in positions.chunks(BLOCK * 16) {
        let blocks: Vec<String> = group
            .par_chunks(BLOCK)
            .map(|block| {
                let mut text = String::new();
                for &at in block {
                    push_cells(&mut text, analysis, treated, &imputed, at);
                }
                text
            })
            .collect();
        for block in blocks {
            out.write_all(block.as_bytes())?;
        }
    }
    Ok(())
}

fn push_cells(
    out: &mut String,
    analysis: &Analysis,
    treated: &TreatedTable,
    imputed: &[Vec<f64>],
    at: usize,
) {
    let scaled = analysis.computation.scaled.columns();
    for (j, column) in analysis.table.columns().iter().enumerate() {
        push_text(out, analysis.table.areas()[at].id.as_str());
        out.push(',');
        push_text(out, column.indicator().as_str());
        out.push(',');
        push_number(out, column.values()[at]);
        out.push(',');
        out.push_str(state_name(column.states()[at]));
        let (mut counts, mut limits, mut method) = ([f64::NAN; 2], [f64::NAN; 4], "");
        if let (Some(tally), Some(name)) = (column.tally(at), column.interval_name()) {
            (counts, method) = (tally, name);
            for (slot, level) in [(0, Level::P95), (2, Level::P998)] {
                if let Some((low, high)) = column.limits(at, level) {
                    (limits[slot], limits[slot + 1]) = (low, high);
                }
            }
        }
        let imputed = imputed[j].get(at).copied().unwrap_or(f64::NAN);
        let rest = [treated.columns[j].values[at], scaled[j].values[at], imputed];
        for x in counts.into_iter().chain(limits).chain(rest) {
            out.push(',');
            push_number(out, x);
        }
        out.push(',');
        out.push_str(method);
        out.push('\n');
    }
}

/// The word for what stands in a cell, in files.
pub fn state_name(state: CellState) -> &'static str {
    match state {
        CellState::Present => "present",
        CellState::NotAvailable => "not-available",
        CellState::Suppressed => "suppressed",
        CellState::NotApplicable => "not-applicable",
    }
}

/// Writes the rank of each area with the best and the worst that its own gaps and those of the
/// others allow, and how many of its values are missing.
///
/// The bounds count every area that is not screened out; `rank`, as in `ranking.csv`, counts only
/// those that have a score. Where areas have none, a rank may lie below its bounds.
///
/// # Errors
///
/// Those of `out`.
pub fn bounds_csv(
    out: &mut (impl Write + ?Sized),
    ranking: &Ranking,
    bounds: &RankBounds,
) -> io::Result<()> {
    let mut text = String::from("area,name,rank,rank_best,rank_worst,missing,exact\n");
    for (at, area) in ranking.areas().iter().enumerate() {
        push_area(&mut text, area);
        for x in [ranking.ranks()[at], bounds.best[at], bounds.worst[at]] {
            text.push(',');
            push_number(&mut text, x);
        }
        text.push(',');
        text.push_str(&bounds.n_missing[at].to_string());
        text.push_str(if bounds.exact { ",true\n" } else { ",false\n" });
    }
    out.write_all(text.as_bytes())
}

/// Writes the areas without a rank, each with the reason in both languages: screened out, or the
/// indicators that it lacks.
///
/// # Errors
///
/// Those of `out`.
pub fn not_ranked_csv(out: &mut (impl Write + ?Sized), analysis: &Analysis) -> io::Result<()> {
    let mut text = String::from("area,name,reason_nb,reason_en\n");
    let ranking = &analysis.ranking;
    let reason = |at: usize, language: Language| {
        let screened = analysis.computation.screened.iter().find(|s| s.area_idx as usize == at);
        match screened {
            Some(screened) => {
                let reason = screened.reason.sentence();
                let values = [("reason_nb", &*reason.nb), ("reason_en", &*reason.en)];
                message(language, "treat.no-rank-screened", &values)
            }
            None => {
                let lacks: Vec<&str> = analysis
                    .computation
                    .scaled
                    .columns()
                    .iter()
                    .filter(|column| column.values[at].is_nan())
                    .map(|column| column.indicator.as_str())
                    .collect();
                let values = [("indicators", &*lacks.join(", "))];
                message(language, "treat.no-rank-missing", &values)
            }
        }
    };
    for (at, area) in ranking.areas().iter().enumerate() {
        if ranking.ranks()[at].is_nan() {
            push_area(&mut text, area);
            for language in [Language::Nb, Language::En] {
                text.push(',');
                push_text(&mut text, &reason(at, language));
            }
            text.push('\n');
        }
    }
    out.write_all(text.as_bytes())
}

/// Writes the ranks without and with shrinking side by side, by the shrunk rank; `difference` is
/// shrunk less raw, so that a positive one means further from the worst.
///
/// # Errors
///
/// Those of `out`.
pub fn shrinkage_csv(
    out: &mut (impl Write + ?Sized),
    raw: &Ranking,
    shrunk: &Ranking,
) -> io::Result<()> {
    let mut text = String::from("area,name,raw_rank,shrunk_rank,difference\n");
    for &at in shrunk.order() {
        let at = at as usize;
        push_area(&mut text, &shrunk.areas()[at]);
        let (before, after) = (raw.ranks()[at], shrunk.ranks()[at]);
        for x in [before, after, after - before] {
            text.push(',');
            push_number(&mut text, x);
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}
