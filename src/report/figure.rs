//! How is a figure printed?
//!
//! Decimals are chosen for a column, never for a cell, so that figures can be compared down the
//! column. Nothing is rounded but what is shown; the machine's value stands beside it.

use serde::Serialize;

use crate::language::{Language, message, number};

/// A number as it is shown, and as it sorts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Figure {
    /// In the language of the page.
    pub(super) text: String,
    /// Shortest decimal text that reads back as the same number; empty for a gap.
    pub(super) value: String,
}

impl Figure {
    pub(super) fn of(x: f64, decimals: usize, language: Language) -> Self {
        let value = if x.is_finite() { x.to_string() } else { String::new() };
        Self { text: number(x, decimals, language), value }
    }

    /// A rank: whole, or with the half that a mean of ranks has.
    pub(super) fn rank(rank: f64, language: Language) -> Self {
        Self::of(rank, usize::from(rank.fract() != 0.0), language)
    }
}

/// Decimals of a column of scores: about four figures of its largest value.
pub(super) fn score_decimals(values: &[f64]) -> usize {
    match largest(values) {
        x if x < 10.0 => 3,
        x if x < 100.0 => 2,
        x if x < 1000.0 => 1,
        _ => 0,
    }
}

/// Decimals of an indicator as measured: as many as its values have, but no more than a reader
/// can use.
pub(super) fn measured_decimals(values: &[f64], unit: &str) -> usize {
    let most = match largest(values) {
        _ if unit.starts_with('%') => 1,
        x if x < 1.0 => 3,
        x if x < 100.0 => 2,
        x if x < 1000.0 => 1,
        _ => 0,
    };
    let finite = || values.iter().filter(|x| x.is_finite());
    (0..most)
        .find(|&decimals| {
            let factor = [1.0, 10.0, 100.0, 1000.0][decimals];
            finite().all(|x| ((x * factor).round() - x * factor).abs() < 1e-6)
        })
        .unwrap_or(most)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().filter(|x| x.is_finite()).fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Where each value lies between the least (0) and the most deprived (1); empty for a gap, and
/// for all where they do not differ.
pub(super) fn shades(values: &[f64], high_is_worse: bool) -> Vec<Option<f64>> {
    let finite = || values.iter().copied().filter(|x| x.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    values
        .iter()
        .map(|x| {
            let share = (x - low) / (high - low);
            share.is_finite().then_some(if high_is_worse { share } else { 1.0 - share })
        })
        .collect()
}

/// The message `report.KEY-one` or `report.KEY-many`, with `{n}` and other values.
pub(super) fn counted(language: Language, key: &str, n: usize, more: &[(&str, &str)]) -> String {
    let key = format!("report.{key}-{}", if n == 1 { "one" } else { "many" });
    let shown = count(n, language);
    let mut values = vec![("n", shown.as_str())];
    // The caller's `{n}` comes first, where it means another number than the one that decides.
    values.splice(0..0, more.iter().copied());
    message(language, &key, &values)
}

/// A count in the language of the page.
pub(super) fn count(n: usize, language: Language) -> String {
    number(n as f64, 0, language)
}

/// The anchor of an area: ids hold any characters, anchors should not.
pub(super) fn anchor(id: &str) -> String {
    let mut out = "area-".to_owned();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!(".{byte:02x}"));
        }
    }
    out
}
