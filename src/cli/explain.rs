//! `levekaar explain`

use clap::Args;

use super::input::{InputArgs, area_named};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Show the whole arithmetic of one area, number by number
///
/// From the measured values to score, rank and selection, so that a reader can redo it with a
/// calculator.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar explain project.toml 030111
  levekaar explain project.toml Stovner --language en")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The area's id, or its name
    area: String,

    /// Language instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The explanation goes to stdout.
pub(crate) fn run(args: &ExplainArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(None)?;
    let analysis = job.analyse(terminal)?;
    let at = area_named(analysis.ranking.areas(), &args.area)?;
    let language = args.language.map_or(job.project().language, Into::into);
    let explanation = levekaar::explain::explain(&analysis, at);
    let text = levekaar::explain::to_text(&explanation, language);
    to_file_or_stdout(None, |out| out.write_all(text.as_bytes()))
}
