//! `levekaar summarise`

use std::path::PathBuf;

use clap::Args;
use levekaar::language::Language;
use levekaar::summarise::{Conventions, summarise};
use levekaar::write::measures::summaries_csv;
use miette::miette;

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Summarise areas to larger units: average score and rank, proportion, extent, concentration
///
/// The measures of the English indices, weighted by residents. Ranks are turned round first, so
/// that a larger number is worse in every column but the ranks of the units, of which 1 is worst.
/// The project must name the columns of parent and population under `[areas]`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar summarise project.toml > municipalities.csv
  levekaar summarise project.toml --by whole --worst-share 0.2")]
pub(crate) struct SummariseArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The units to summarise to
    #[arg(long, value_enum, default_value_t = By::Parent)]
    by: By,

    /// The share of all areas that counts as the worst class of the proportion
    #[arg(long, value_name = "SHARE", default_value_t = Conventions::ENGLAND.worst_share)]
    worst_share: f64,

    /// The share of a unit's residents that makes the local concentration
    #[arg(long, value_name = "SHARE", default_value_t = Conventions::ENGLAND.concentration_share)]
    concentration_share: f64,

    /// Language of what is said on stderr, instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The units to summarise to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// The larger units that the table names
    Parent,
    /// All areas together
    Whole,
}

/// The summaries go to stdout or to a file.
pub(crate) fn run(args: &SummariseArgs, terminal: &Terminal) -> miette::Result<()> {
    for (name, share) in
        [("--worst-share", args.worst_share), ("--concentration-share", args.concentration_share)]
    {
        if !(share > 0.0 && share <= 1.0) {
            return Err(miette!("`{name}` is {share}; it must be above 0 and at most 1"));
        }
    }
    let mut job = args.input.job(None)?;
    job.rule = None;
    let language = args.language.map_or(job.project().language, Language::from);
    let areas = &job.project().areas;
    if args.by == By::Parent && areas.parent.is_none() {
        return Err(miette!(
            help = "name it under `[areas]`: `parent = \"municipality\"`; or use `--by whole`",
            "the project does not say which column holds the larger units"
        ));
    }
    if areas.population.is_none() {
        return Err(miette!(
            help = "name it under `[areas]`: `population = \"residents\"`",
            "summaries are weighted by residents, and the project names no population"
        ));
    }
    let analysis = job.analyse(terminal)?;
    let ranking = &analysis.ranking;
    let conventions = Conventions {
        worst_share: args.worst_share,
        concentration_share: args.concentration_share,
        ..Conventions::ENGLAND
    };
    let parent = |at: usize| ranking.areas()[at].parent.clone();
    let parents: Option<&dyn Fn(usize) -> Option<String>> = match args.by {
        By::Parent => Some(&parent),
        By::Whole => None,
    };
    let found = summarise(ranking, parents, conventions);
    terminal.notices(&analysis.notices, language);
    terminal.notices(&found.notices, language);
    to_file_or_stdout(args.output.as_deref(), |out| summaries_csv(out, &found))
}
