//! `levekaar segregation`

use std::path::PathBuf;

use clap::Args;
use levekaar::draw::Seed;
use levekaar::indicator::CellState;
use levekaar::segregation::{bias, bounds, segregation};
use levekaar::write::measures::{Measure, measures_csv};
use miette::miette;

use super::columns;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Measure how unevenly a group is spread over areas
///
/// Dissimilarity, isolation, interaction and entropy, dissimilarity corrected for small counts,
/// and its chance level. With --suppressed-limit, counts that the table marks as suppressed may
/// be anything from 0 to the limit, and low and high are the bounds that follow. Writes
/// `measure,value,low,high,note` as CSV. Rows with another gap are left out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar segregation areas.csv --count low_income --total residents
  levekaar segregation areas.csv --count low_income --total residents --suppressed-limit 4")]
pub(crate) struct SegregationArgs {
    /// CSV, TSV or Parquet with one row an area
    table: PathBuf,

    /// Column of persons in the group
    #[arg(long, value_name = "COLUMN")]
    count: String,

    /// Column of all persons, the group among them
    #[arg(long, value_name = "COLUMN")]
    total: String,

    /// The largest count that is suppressed
    #[arg(long, value_name = "N")]
    suppressed_limit: Option<f64>,

    /// Random allocations for the correction
    #[arg(long, value_name = "N", default_value_t = 999)]
    draws: usize,

    /// What the random numbers start from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The measures go to stdout or to a file.
pub(crate) fn run(args: &SegregationArgs, terminal: &Terminal) -> miette::Result<()> {
    let raw = columns::read(&args.table, &[&args.count, &args.total], &[])?;
    let (count, total) = (columns::numbers(&raw, &args.count), columns::numbers(&raw, &args.total));
    let suppressed =
        |row: usize| count.states[row] == CellState::Suppressed && total.values[row].is_finite();
    let is_known = |row: &usize| !count.values[*row].is_nan() && !total.values[*row].is_nan();
    let known: Vec<usize> = (0..raw.n_rows).filter(is_known).collect();
    let n_suppressed = (0..raw.n_rows).filter(|&row| suppressed(row)).count();
    let pick = |values: &[f64]| known.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let (x, t) = (pick(&count.values), pick(&total.values));
    let mut note = format!("{} areas", known.len());
    if known.len() < raw.n_rows {
        let n_gaps = raw.n_rows - known.len() - n_suppressed;
        note.push_str(&format!("; left out: {n_suppressed} suppressed and {n_gaps} with a gap"));
        terminal.say(&format!("note: {note}"));
    }
    let measured = segregation(&x, &t).map_err(miette::Report::new)?;
    let mut found = [
        ("dissimilarity", measured.dissimilarity),
        ("isolation", measured.isolation),
        ("interaction", measured.interaction),
        ("entropy", measured.entropy),
        ("group_share", measured.share),
    ]
    .map(|(name, value)| measure(name, value, None, note.clone()))
    .to_vec();
    if let Some(limit) = args.suppressed_limit {
        if !(limit.is_finite() && limit >= 0.0) {
            return Err(miette!("`--suppressed-limit` is {limit}; it must be 0 or more"));
        }
        let rows: Vec<usize> =
            (0..raw.n_rows).filter(|&row| is_known(&row) || suppressed(row)).collect();
        let pick = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
        let all = bounds(&pick(&count.values), &pick(&total.values), limit)
            .map_err(miette::Report::new)?;
        let (low, high) = all.isolation;
        let ends = [all.dissimilarity, all.isolation, (1.0 - high, 1.0 - low), all.entropy];
        for (measure, (low, high)) in found.iter_mut().zip(ends) {
            (measure.low, measure.high) = (Some(low), Some(high));
            measure.note.push_str(&format!(
                "; bounds with {} suppressed counts from 0 to {limit}",
                all.n_withheld
            ));
        }
    }
    let bias = bias(&x, &t, args.draws, Seed(args.seed)).map_err(miette::Report::new)?;
    let how = format!("{} random allocations, seed {}", args.draws, args.seed);
    found.push(measure(
        "dissimilarity_corrected",
        bias.corrected,
        Some(bias.interval),
        how.clone(),
    ));
    let even = format!("p = {} that an even spread gives as much; {how}", bias.p_even);
    found.push(measure("dissimilarity_if_even", bias.expected_if_even, None, even));
    found.push(measure("dissimilarity_beyond_chance", bias.beyond_chance, None, how));
    to_file_or_stdout(args.output.as_deref(), |out| measures_csv(out, &found))
}

fn measure(name: &str, value: f64, ends: Option<(f64, f64)>, note: String) -> Measure {
    let (low, high) = ends.unzip();
    Measure { name: name.to_owned(), value: Some(value), low, high, note }
}
