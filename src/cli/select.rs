//! `levekaar select`

use std::path::PathBuf;

use clap::Args;
use levekaar::write::selection_csv;
use miette::miette;

use super::input::InputArgs;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Apply a selection rule and say for each area why it is in or out
///
/// Writes `area,name,outcome,reason_nb,reason_en` as CSV. The outcome is `selected`,
/// `not-selected`, or `unknown` where the answer hangs on a missing value.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar select project.toml
  levekaar select project.toml --rule worst-fifth-of-people
  levekaar select areas.csv --index no-levekaar-5 --rule my-rule.toml")]
pub(crate) struct SelectArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Selection rule instead of the project's: a preset or a TOML file
    #[arg(long, value_name = "PRESET|FILE")]
    rule: Option<String>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The selection goes to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &SelectArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(args.rule.as_deref())?;
    if job.rule.is_none() {
        return Err(miette!(
            help = "name a rule with `--rule worst-fifth`, or give the project a `[selection]`",
            "there is no selection rule"
        ));
    }
    let analysis = job.analyse(terminal)?;
    terminal.notices(&analysis.notices, job.project().language);
    let selection = analysis.selection.as_ref().expect("a rule was given");
    to_file_or_stdout(args.output.as_deref(), |out| selection_csv(out, selection))
}
