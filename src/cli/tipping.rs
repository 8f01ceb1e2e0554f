//! `levekaar tipping`

use clap::{Args, ValueEnum};
use levekaar::language::Language;
use levekaar::uncertainty::tipping::{OtherWeights, sentences, tipping};

use super::input::{InputArgs, area_named};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Say what would have to change for an area to enter or leave the selection
///
/// For each weight, each of the area's own values and each number of the rule: the smallest change that turns the
/// answer while all else stays. Every answer is found by computing the index and applying the
/// rule anew, just below the tipping point and just above.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar tipping project.toml Stovner
  levekaar tipping project.toml 030111 --language en --other-weights unchanged")]
pub(crate) struct TippingArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The area's id, or its name
    area: String,

    /// Selection rule instead of the project's: a preset or a TOML file
    #[arg(long, value_name = "PRESET|FILE")]
    rule: Option<String>,

    /// What becomes of the other weights of a level when one changes
    #[arg(long, value_enum, default_value_t = Others::Rescaled)]
    other_weights: Others,

    /// Language instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Others {
    /// They are rescaled, so that the level keeps its sum
    Rescaled,
    /// They stay as they are
    Unchanged,
}

/// The sentences go to stdout.
pub(crate) fn run(args: &TippingArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(args.rule.as_deref())?;
    let analysis = job.analyse(terminal)?;
    let at = area_named(analysis.ranking.areas(), &args.area)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let others = match args.other_weights {
        Others::Rescaled => OtherWeights::Rescaled,
        Others::Unchanged => OtherWeights::Unchanged,
    };
    let plan = job.plan();
    let found = terminal.during("searching", || tipping(&analysis, &plan, at, others))?;
    terminal.notices(&analysis.notices, language);
    to_file_or_stdout(None, |out| {
        let lines = sentences(&found, &analysis, language);
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    })
}
