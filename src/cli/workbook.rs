//! `levekaar workbook`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use levekaar::write::folder::write_file;

use super::input::InputArgs;
use super::map::Tongue;
use super::results::Results;
use super::terminal::Terminal;

/// Write the results as an Excel workbook
///
/// Sheets: what the numbers are and where they come from; all areas with rank, interval and score;
/// indicators as measured and made comparable; what each adds to the score; the selection with
/// reasons; data notes. Numbers are numbers, ids are text, and no cell from the data is a formula.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar workbook datasets/oslo-bydeler-2013/project.toml
  levekaar workbook project.toml -o results.xlsx --language en")]
pub(crate) struct WorkbookArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "results.xlsx")]
    output: PathBuf,

    /// Language of heads and notes instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The path of the file goes to stdout.
pub(crate) fn run(args: &WorkbookArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    if let Some(language) = args.language {
        job.file.project.language = language.into();
    }
    let results = Results::of(job, terminal)?;
    let bytes = results.workbook()?;
    write_file(&args.output, |out| out.write_all(&bytes))?;
    terminal.notices(&results.analysis.notices, results.job.project().language);
    super::score::to_file_or_stdout(None, |out| writeln!(out, "{}", args.output.display()))
}
