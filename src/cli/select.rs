//! `levekaar select`

mod compare;
mod results;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use levekaar::report::selected::decided_sentences;
use levekaar::select::against::Move;
use levekaar::write::selection::moves_csv;
use levekaar::write::selection_csv;
use miette::miette;

use super::input::InputArgs;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

pub(super) use results::{Chosen, chosen};

/// Apply a selection rule and say for each area why it is in or out
///
/// Writes `area,name,outcome,reason_nb,reason_en,tier,criteria_met,criteria` as CSV. The outcome is
/// `selected`, `not-selected`, or `unknown` where the answer hangs on a missing value;
/// `criteria_met` of `criteria` are met. A bare table needs no index where the rule brings figures
/// of its own. `levekaar select compare` holds two rules against each other.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  levekaar select project.toml
  levekaar select project.toml --rule worst-fifth-of-people
  levekaar select areas.csv --index no-levekaar-5 --rule my-rule.toml
  levekaar select estates.csv --population residents --rule dk-udsat-2018
  levekaar select project.toml --decided programme-areas.csv
  levekaar select compare project.toml worst-fifth my-rule.toml")]
pub(crate) struct SelectArgs {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    input: Option<InputArgs>,

    /// Selection rule instead of the project's: a preset or a TOML file
    #[arg(long, value_name = "PRESET|FILE")]
    rule: Option<String>,

    /// Apply a criterion of the rule that only applies when it is asked for; may be repeated
    #[arg(long, value_name = "NAME")]
    with: Vec<String>,

    /// Hold the rule against a table of the areas that were in fact selected, by id or name in its
    /// first column; writes `area,name,parent,population,rule,decided,move,reason_nb,reason_en`
    #[arg(long, value_name = "FILE")]
    decided: Option<PathBuf>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    Compare(compare::CompareArgs),
}

/// The selection goes to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &SelectArgs, terminal: &Terminal) -> miette::Result<()> {
    if let Some(What::Compare(args)) = &args.what {
        return compare::run(args, terminal);
    }
    let Some(input) = &args.input else {
        return Err(miette!(help = "name a project file or a table", "there is nothing to read"));
    };
    let job = input.job_with(args.rule.as_deref(), &args.with)?;
    if job.rule.is_none() {
        return Err(miette!(
            help = "name a rule with `--rule worst-fifth`, or give the project a `[selection]`",
            "there is no selection rule"
        ));
    }
    let analysis = job.analyse(terminal)?;
    let language = job.project().language;
    let mut notices = analysis.notices.clone();
    let selection = analysis.selection.as_ref().expect("a rule was given");
    let Some(path) = &args.decided else {
        terminal.notices(&notices, language);
        return to_file_or_stdout(args.output.as_deref(), |out| selection_csv(out, selection));
    };
    let (list, against) = results::decided(path, None, selection, &mut notices)?;
    terminal.notices(&notices, language);
    let names = [Move::Stays, Move::Enters, Move::Leaves]
        .map(|step| results::names(selection, &against, step));
    for line in decided_sentences(&against, names, language) {
        terminal.say(&line);
    }
    for line in compare::summary(
        &analysis.table,
        &against.moves,
        [selection.rule().title.get(language), &path.display().to_string()],
        language,
    ) {
        terminal.say(&line);
    }
    let list = compare::truths(&list);
    let sides = [("rule", selection.outcomes()), ("decided", list.as_slice())];
    to_file_or_stdout(args.output.as_deref(), |out| {
        moves_csv(out, selection, sides, &against.moves)
    })
}
