//! `levekaar score`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use levekaar::write::{Columns, folder, table_csv};
use miette::{IntoDiagnostic, WrapErr};

use super::input::InputArgs;
use super::terminal::Terminal;

/// Compute the score of each area
///
/// Writes `area,name,score` and the parts that make the score as CSV, in the order of the table.
/// A higher score means worse living conditions unless the definition says otherwise. An area
/// without a score has empty cells.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar score project.toml > scores.csv
  levekaar score areas.csv --index no-levekaar-5 --id zone -o scores.csv")]
pub(crate) struct ScoreArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Write scores and parts with N decimals; as they read back to the last bit without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=12))]
    decimals: Option<u8>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Scores go to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &ScoreArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(None)?;
    let analysis = job.scores(terminal)?;
    terminal.notices(&analysis.notices, job.project().language);
    to_file_or_stdout(args.output.as_deref(), |out| {
        table_csv(out, &analysis, Columns::Score, args.decimals, None)
    })
}

/// Writes a file complete or not at all, or to stdout; a pipe that closes early is no error.
pub(crate) fn to_file_or_stdout(
    path: Option<&std::path::Path>,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> miette::Result<()> {
    if let Some(path) = path {
        return Ok(folder::write_file(path, |out| write(out))?);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.into_diagnostic().wrap_err("could not write to stdout"),
    }
}
