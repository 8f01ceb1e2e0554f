//! `levekaar rank`

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use levekaar::write::{Columns, table_csv};

use super::input::InputArgs;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Rank areas from worst to best living conditions
///
/// Writes `area,name,score,rank,decile,quintile` and the parts of the score as CSV, by rank.
/// Rank 1 is the area with the worst conditions. What tied areas get is in the definition.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar rank project.toml --top 10
  levekaar rank areas.csv --index gb-wimd-2019 --id lsoa11_code > ranking.csv")]
pub(crate) struct RankArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Write only the N worst-ranked areas
    #[arg(long, value_name = "N")]
    top: Option<NonZeroUsize>,

    /// Write scores and parts with N decimals; as they read back to the last bit without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=12))]
    decimals: Option<u8>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The ranking goes to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &RankArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(None)?;
    let analysis = job.scores(terminal)?;
    terminal.notices(&analysis.notices, job.project().language);
    let top = args.top.map(NonZeroUsize::get);
    to_file_or_stdout(args.output.as_deref(), |out| {
        table_csv(out, &analysis, Columns::Rank, args.decimals, top)
    })
}
