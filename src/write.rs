//! How does data get out?
//!
//! A door: results become CSV, Parquet, GeoJSON and JSON, and files are put in place all at once
//! ([`folder`]). The names and columns of these files are stable, because people script against
//! them. Numbers are written so that reading them back gives the same bits.

pub mod allocation;
pub mod allocation_workbook;
pub mod candidates;
pub mod classes;
mod digits;
pub mod folder;
pub mod geojson;
pub mod indicators;
pub mod layer;
pub mod measures;
pub mod neighbours;
pub mod parquet;
pub mod regions;
pub mod run_json;
pub mod selection;
pub mod sensitivity;
pub mod spatial;
pub mod uncertainty;
pub mod workbook;

use std::borrow::Cow;
use std::io::{self, Write};

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::area::Area;
use crate::select::{Selection, Truth};
use digits::push_digits;

/// The columns of `ranking.csv` before the parts of the score.
pub const RANKING_COLUMNS: [&str; 6] = ["area", "name", "score", "rank", "decile", "quintile"];

/// Which columns stand before the parts of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// Area, name and score, in the order of the table.
    Score,
    /// Area, name, score, rank, decile and quintile, by rank.
    Rank,
}

/// Writes scores or ranks as CSV: one line an area, then the parts that make the score.
///
/// A missing score, rank or part is an empty cell. Numbers read back as the same bits, or have
/// this many `decimals`. `top` keeps the first lines only.
///
/// # Errors
///
/// Those of `out`.
pub fn table_csv(
    out: &mut (impl Write + ?Sized),
    analysis: &Analysis,
    columns: Columns,
    decimals: Option<u8>,
    top: Option<usize>,
) -> io::Result<()> {
    let parts = analysis.parts();
    let mut header = String::new();
    let fixed: &[&str] = match columns {
        Columns::Score => &RANKING_COLUMNS[..3],
        Columns::Rank => &RANKING_COLUMNS,
    };
    for (at, name) in fixed.iter().copied().chain(parts.iter().map(|(id, _)| *id)).enumerate() {
        if at > 0 {
            header.push(',');
        }
        push_text(&mut header, name);
    }
    header.push('\n');
    out.write_all(header.as_bytes())?;
    let order: Vec<u32> = match columns {
        Columns::Score => (0..analysis.ranking.areas().len() as u32).collect(),
        Columns::Rank => analysis.ranking.order().to_vec(),
    };
    let order = &order[..top.unwrap_or(order.len()).min(order.len())];
    // Blocks are made in parallel, in memory that is used again, and written in their order.
    const BLOCK: usize = 2048;
    let mut blocks = vec![Vec::new(); 16];
    for group in order.chunks(BLOCK * blocks.len()) {
        let one = |(block, order): (&mut Vec<u8>, &[u32])| {
            block.clear();
            push_block(block, analysis, (columns, decimals), &parts, order);
        };
        blocks.par_iter_mut().zip(group.par_chunks(BLOCK)).for_each(one);
        for block in &blocks[..group.len().div_ceil(BLOCK)] {
            out.write_all(block)?;
        }
    }
    Ok(())
}

/// The rows of some areas, in this order.
///
/// By rank, each row stands somewhere else in every column. The columns are gathered first in
/// loops of independent reads, because a read that misses the cache costs more than writing the
/// number.
fn push_block(
    out: &mut Vec<u8>,
    analysis: &Analysis,
    (columns, decimals): (Columns, Option<u8>),
    parts: &[(&str, &[f64])],
    order: &[u32],
) {
    let ranking = &analysis.ranking;
    let gather =
        |values: &[f64]| -> Vec<f64> { order.iter().map(|&at| values[at as usize]).collect() };
    let areas: Vec<&Area> = order.iter().map(|&at| &ranking.areas()[at as usize]).collect();
    let texts: Vec<(&str, &str, bool)> = areas
        .iter()
        .map(|area| (area.id.as_str(), area.name.as_str()))
        .map(|(id, name)| (id, name, is_plain(id)))
        .collect();
    let scores = gather(ranking.scores());
    let ranks = gather(ranking.ranks());
    let parts: Vec<Vec<f64>> = parts.iter().map(|(_, values)| gather(values)).collect();
    out.reserve(order.len() * (40 + 20 * parts.len()));
    let mut cell = String::new();
    for (row, (id, name, is_plain)) in texts.iter().enumerate() {
        let start = out.len();
        if *is_plain {
            out.extend_from_slice(id.as_bytes());
        } else {
            cell.clear();
            push_text(&mut cell, id);
            out.extend_from_slice(cell.as_bytes());
        }
        let end = out.len();
        out.push(b',');
        if name == id {
            out.extend_from_within(start..end);
        } else {
            cell.clear();
            push_text(&mut cell, name);
            out.extend_from_slice(cell.as_bytes());
        }
        out.push(b',');
        push_cell(out, scores[row], decimals, &mut cell);
        if columns == Columns::Rank {
            out.push(b',');
            push_cell(out, ranks[row], None, &mut cell);
            for k in [10, 5] {
                out.push(b',');
                if let Some(class) = ranking.class_of(ranks[row], scores[row], k) {
                    push_digits(out, class as u64, 0);
                }
            }
        }
        for values in &parts {
            out.push(b',');
            push_cell(out, values[row], decimals, &mut cell);
        }
        out.push(b'\n');
    }
}

/// Writes the answer for each area, with its reasons in both languages, in the table's order.
///
/// `outcome` is `selected`, `not-selected` or `unknown`; `tier` the id of the highest tier, empty
/// where there is none; `criteria_met` how many of `criteria` are met.
///
/// # Errors
///
/// Those of `out`.
pub fn selection_csv(out: &mut (impl Write + ?Sized), selection: &Selection) -> io::Result<()> {
    let header = "area,name,outcome,reason_nb,reason_en,tier,criteria_met,criteria\n";
    let mut text = String::from(header);
    for (at, (area, outcome)) in selection.areas().iter().zip(selection.outcomes()).enumerate() {
        let reason = selection.sentence(at);
        push_area(&mut text, area);
        text.push(',');
        text.push_str(outcome_name(*outcome));
        for reason in [&reason.nb, &reason.en] {
            text.push(',');
            push_text(&mut text, reason);
        }
        text.push(',');
        if let Some(tier) = selection.tier(at) {
            push_text(&mut text, &selection.rule().tiers[tier].id);
        }
        let finding = selection.finding(at);
        let criteria = finding.criteria();
        let met = criteria.iter().filter(|c| c.truth == Truth::True).count();
        let n = criteria.len();
        text.push_str(&format!(",{met},{n}\n"));
    }
    out.write_all(text.as_bytes())
}

/// The word for an answer in files.
pub fn outcome_name(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "selected",
        Truth::False => "not-selected",
        Truth::Unknown => "unknown",
    }
}

pub(crate) fn push_area(out: &mut String, area: &Area) {
    push_text(out, area.id.as_str());
    out.push(',');
    push_text(out, &area.name);
}

/// A cell of text, in quotation marks where it needs them (RFC 4180), and with an apostrophe
/// before it where a spreadsheet would run it ([`inert`]).
pub(crate) fn push_text(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    let text = &*inert(text);
    if !needs_quotes(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}

/// Whether the text stands in a cell as it is.
fn is_plain(text: &str) -> bool {
    !needs_quotes(text) && !matches!(text.as_bytes().first(), Some(byte) if RUN_BY.contains(byte))
}

fn needs_quotes(text: &str) -> bool {
    let padded = text.starts_with(' ') || text.ends_with(' ');
    let special = |byte: u8| matches!(byte, b'"' | b',' | b'\n' | b'\r' | b';');
    // Not `any`: to look at all of a short text takes no branch a character.
    padded | text.bytes().fold(false, |found, byte| found | special(byte))
}

/// What a cell begins with that a spreadsheet may take for a formula.
const RUN_BY: [u8; 6] = *b"=+-@\t\r";

/// The text with an apostrophe before it where a spreadsheet would take it for a formula.
///
/// A name such as `=HYPERLINK(…)` in somebody's table must not run on the reader's machine. What
/// is a number, such as `-5` or `+47`, stays as it is, and so does a sign alone.
///
/// Source: OWASP, *CSV Injection*. Weakness: a program that reads the file back sees the
/// apostrophe.
pub fn inert(text: &str) -> Cow<'_, str> {
    let runs = matches!(text.as_bytes(), [first, _, ..] if RUN_BY.contains(first))
        && text.parse::<f64>().is_err();
    if runs { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The shortest text that reads back as the same number; nothing where there is none.
///
/// Never with an exponent, which some spreadsheets read as text.
pub(crate) fn push_number(out: &mut String, x: f64) {
    use std::fmt::Write as _;
    if x.is_nan() {
        return;
    }
    // Whole numbers are common (ranks) and are written without `.0`.
    if x.fract() == 0.0 && x.abs() < 1e15 {
        let _ = write!(out, "{}", x as i64);
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(x);
    if text.contains('e') {
        let _ = write!(out, "{x}");
    } else {
        out.push_str(text);
    }
}

/// The same, or with this many decimals, as the standard library rounds it; nothing where there is
/// none. `cell` is room for what takes longer.
fn push_cell(out: &mut Vec<u8>, x: f64, decimals: Option<u8>, cell: &mut String) {
    use std::fmt::Write as _;
    if x.is_nan() {
        return;
    }
    cell.clear();
    let Some(decimals) = decimals else {
        if x.fract() == 0.0 && (0.0..1e15).contains(&x) {
            push_digits(out, x as u64, 0);
        } else {
            push_number(cell, x);
            out.extend_from_slice(cell.as_bytes());
        }
        return;
    };
    let factor = 10_u64.pow(u32::from(decimals));
    let scaled = x.abs() * factor as f64;
    // The product is off by its last bits: near a half, or where they reach the decimals, the
    // standard library decides.
    let below = scaled as u64;
    let rest = scaled - below as f64;
    if scaled > 1e12 || (rest - 0.5).abs() < 1e-3 {
        let _ = write!(cell, "{x:.0$}", usize::from(decimals));
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    if x.is_sign_negative() {
        out.push(b'-');
    }
    push_digits(out, below + u64::from(rest > 0.5), usize::from(decimals));
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn numbers_read_back_as_the_same_bits(x in proptest::num::f64::NORMAL) {
            let mut text = String::new();
            push_number(&mut text, x);
            proptest::prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), x.to_bits());
            proptest::prop_assert!(!text.contains('e'));
        }
    }

    proptest::proptest! {
        #[test]
        fn decimals_are_those_of_the_standard_library(x in -1e7..1e7_f64, decimals in 0_u8..9) {
            proptest::prop_assert_eq!(fixed(x, decimals), format!("{x:.0$}", usize::from(decimals)));
        }
    }

    fn fixed(x: f64, decimals: u8) -> String {
        let mut text = Vec::new();
        push_cell(&mut text, x, Some(decimals), &mut String::new());
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn halves_and_ends_are_written_as_the_standard_library_does() {
        for x in [0.5, 0.125, 2.5, -0.0, 0.0, 1e15, -1e-9, 999.9999999, 0.3, f64::INFINITY] {
            for decimals in [0, 2, 6] {
                assert_eq!(fixed(x, decimals), format!("{x:.0$}", usize::from(decimals)));
            }
        }
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_made_inert_and_numbers_are_not() {
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "-a"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["-5", "+47", "-1.5e3", "-", "Nes-Vik", "a=b", "", "−5"] {
            assert_eq!(inert(text), text);
        }
        let mut out = String::new();
        push_text(&mut out, "=HYPERLINK(\"x\")");
        assert_eq!(out, "\"'=HYPERLINK(\"\"x\"\")\"");
    }

    #[test]
    fn text_with_commas_and_quotes_stays_one_cell() {
        let mut out = String::new();
        push_text(&mut out, "A, \"B\"");
        assert_eq!(out, "\"A, \"\"B\"\"\"");
    }
}
