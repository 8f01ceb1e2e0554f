//! `levekaar allocate compare`

use std::path::PathBuf;

use clap::Args;
use levekaar::language::Language;

use super::input::FundingArgs;
use super::{Tongue, model, present};
use crate::cli::terminal::Terminal;

/// Put funding models side by side: who gets what, and what each model is like in numbers
///
/// With `-o DIR`: the comparison, measures of neutrality, targeting, equity, predictability,
/// fragmentation, flexibility, anchoring, administration and transition, a scorecard of the 39
/// properties that the report states, and the pairs that it counts both ways. All models are
/// measured by one formula, that of the first model that has one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar allocate compare funding.toml today-2019 modell-2-full-sammenslaaing
  levekaar allocate compare funding.toml today-2019 my-model.toml -o out/models --language en")]
pub(super) struct CompareArgs {
    #[command(flatten)]
    funding: FundingArgs,

    /// Funding models, each a preset or a TOML file
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<String>,

    /// Language of words instead of the file's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE (.csv), or every table into DIR, and not to stdout
    #[arg(long, short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &CompareArgs, terminal: &Terminal) -> miette::Result<()> {
    let models =
        args.models.iter().map(|typed| model(typed)).collect::<miette::Result<Vec<_>>>()?;
    let job = args.funding.job(&models, terminal)?;
    let language = args.language.map_or(job.language, Language::from);
    present(&job, models, language, args.output.as_deref(), terminal)
}
