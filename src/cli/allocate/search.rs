//! `levekaar allocate search`

use std::path::PathBuf;

use clap::Args;
use levekaar::allocate::allocate;
use levekaar::allocate::measure::reference;
use levekaar::allocate::search::{Aims, Bounds, search};
use levekaar::draw::Seed;
use levekaar::language::{Language, message, number};
use levekaar::write::allocation::search_csv;
use miette::miette;

use super::input::FundingArgs;
use super::{Tongue, model};
use crate::cli::score::to_file_or_stdout;
use crate::cli::terminal::Terminal;

/// Find the formulas that give up least: discretion, the largest loss, or reaching the deprived
///
/// Tries many settings of one model within bounds, drops those that miss an aim, and writes those
/// to which no other is better in all three, at most a dozen, as CSV. It shows what has to be given
/// up for what, and chooses nothing. The same seed gives the same result.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar allocate search funding.toml --model modell-2-full-sammenslaaing --max-loss 0.1
  levekaar allocate search funding.toml --model m.toml --exponent 1..3 --hold-harmless 0.7..0.95")]
pub(super) struct SearchArgs {
    #[command(flatten)]
    funding: FundingArgs,

    /// Funding model whose settings are varied: a preset or a TOML file with a formula
    #[arg(long, value_name = "PRESET|FILE")]
    model: String,

    /// The formula's share, from and to
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, default_value = "0..1")]
    formula_share: [f64; 2],

    /// The share of today's amount that each area keeps, from and to
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, default_value = "0..0.95")]
    hold_harmless: [f64; 2],

    /// The exponent of the score, for needs by score
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, conflicts_with = "threshold")]
    exponent: Option<[f64; 2]>,

    /// The threshold of the score, for needs by score
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    threshold: Option<[f64; 2]>,

    /// Years of phase-in, from and to
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, default_value = "1..5")]
    years: [f64; 2],

    /// Aim: no area loses more than this share in the first year
    #[arg(long, value_name = "SHARE")]
    max_loss: Option<f64>,

    /// Aim: not more than this share of the money goes to others than the deprived
    #[arg(long, value_name = "SHARE")]
    max_leakage: Option<f64>,

    /// Aim: not more than this share of the money is off the formula
    #[arg(long, value_name = "SHARE")]
    max_discretion: Option<f64>,

    /// How many formulas are tried
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    trials: u32,

    /// What the random numbers start from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// Language of words instead of the file's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// `0.5..1` as two numbers; one number alone is both.
fn range(typed: &str) -> Result<[f64; 2], String> {
    let (low, high) = typed.split_once("..").unwrap_or((typed, typed));
    match (low.trim().parse::<f64>(), high.trim().parse::<f64>()) {
        (Ok(low), Ok(high)) if low <= high && low.is_finite() && high.is_finite() => {
            Ok([low, high])
        }
        _ => Err("write LOW..HIGH, such as `0.5..1`".to_owned()),
    }
}

pub(super) fn run(args: &SearchArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut asked = model(&args.model)?;
    let job = args.funding.job(std::slice::from_ref(&asked), terminal)?;
    let language = args.language.map_or(job.language, Language::from);
    if let Some(pot) = job.pot {
        asked.pot.amount = Some(pot);
    }
    for (name, [low, high], limit) in [
        ("--formula-share", args.formula_share, [0.0, 1.0]),
        ("--hold-harmless", args.hold_harmless, [0.0, 1.0]),
        ("--years", args.years, [1.0, 50.0]),
    ] {
        if low < limit[0] || high > limit[1] {
            return Err(miette!("`{name}` must lie between {} and {}", limit[0], limit[1]));
        }
    }
    let own = allocate(&asked, &job.base)?;
    let Some(reference) = reference(&[&own], &job.base) else {
        return Err(miette!(
            help = "name a model with `[need]`, or give the figure `deprived`",
            "there is no formula to search with"
        ));
    };
    let bounds = Bounds {
        formula_share: args.formula_share,
        hold_harmless: args.hold_harmless,
        exponent: args.exponent,
        threshold: args.threshold,
        years: args.years.map(|years| years.round() as u32),
    };
    let aims = Aims {
        max_loss: args.max_loss,
        max_leakage: args.max_leakage,
        max_discretion: args.max_discretion,
    };
    let trials = args.trials as usize;
    let found = terminal.counting("searching", u64::from(args.trials) + 32, |progress| {
        let draws = (trials, Seed(args.seed));
        search(&asked, &job.base, &reference, (&bounds, &aims), draws, progress)
    })?;
    terminal.notices(&own.notices, language);
    let n = |x: usize| number(x as f64, 0, language);
    let values = [
        ("tried", n(found.n_tried)),
        ("failed", n(found.n_failed)),
        ("meeting", n(found.n_meeting)),
        ("front", n(found.n_front)),
        ("shown", n(found.front.len())),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    terminal.say(&message(language, "allocate.search-line", &values));
    terminal.say(&message(language, "allocate.advice", &[]));
    to_file_or_stdout(args.output.as_deref(), |out| out.write_all(search_csv(&found).as_bytes()))
}
