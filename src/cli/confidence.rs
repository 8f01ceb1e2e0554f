//! `levekaar confidence`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use levekaar::area::Area;
use levekaar::language::Language;
use levekaar::notice::Notice;
use levekaar::uncertainty::confidence::{DRAWS, Estimated, SetOptions, rank_sets};
use levekaar::uncertainty::scored::score_errors;
use levekaar::uncertainty::{SEED, Watch};
use levekaar::write::uncertainty::{RankSets, rank_sets_csv};
use miette::miette;

use super::columns;
use super::input::InputArgs;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Say which ranks sampling error alone cannot rule out
///
/// Writes `area,name,estimate,se,rank,low,high,marginal_low,marginal_high,among_worst`: the ranks
/// that the area may truly have. `low` and `high` hold for all areas at once with the stated
/// confidence, the marginal ones for each area on its own; `among_worst` says whether the area is
/// `surely`, `possibly` or `no` among the worst K. Rank 1 is worst.
///
/// With --estimate and --se the two columns of a table are used. Otherwise the rates of the project
/// are drawn anew from their numerators and denominators (binomial for per cent, else Poisson) and
/// the whole index computed for each draw; an indicator with a column of standard errors
/// (`standard-error`) is drawn from those, and one with neither is taken as certain. Errors
/// are taken as normal and independent between areas. For figures that count everybody this is the
/// doubt only if small numbers are read as a sample of what could have happened.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar confidence project.toml --worst 5
  levekaar confidence survey.csv --id area --estimate poverty --se poverty_se --worst 10")]
pub(crate) struct ConfidenceArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Column of estimates, for a bare table
    #[arg(long, value_name = "COLUMN", requires = "se", conflicts_with = "index")]
    estimate: Option<String>,

    /// Column of their standard errors
    #[arg(long, value_name = "COLUMN", requires = "estimate")]
    se: Option<String>,

    /// Which end of the estimates is worse
    #[arg(long, value_enum, default_value_t = Worse::Higher)]
    worse: Worse,

    /// How many areas "the worst" are
    #[arg(long, value_name = "K", default_value_t = 5)]
    worst: usize,

    /// Confidence of the sets
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    level: f64,

    /// Draws of the bootstrap, and of the index
    #[arg(long, value_name = "N", default_value_t = DRAWS)]
    draws: u32,

    /// Seed of the draws
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: u64,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which end is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Worse {
    /// Larger is worse
    Higher,
    /// Smaller is worse
    Lower,
}

/// The lines go to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &ConfidenceArgs, terminal: &Terminal) -> miette::Result<()> {
    let (areas, estimates, sign, notices, language) = match (&args.estimate, &args.se) {
        (Some(estimate), Some(se)) => {
            let (areas, estimates) = of_columns(args, estimate, se)?;
            let sign = if args.worse == Worse::Higher { 1.0 } else { -1.0 };
            (areas, estimates, sign, Vec::new(), Language::En)
        }
        (None, None) | (Some(_), None) | (None, Some(_)) => of_project(args, terminal)?,
    };
    let worse_up: Vec<Estimated> =
        estimates.iter().map(|e| Estimated { value: sign * e.value, error: e.error }).collect();
    let options = SetOptions { level: args.level, draws: args.draws, seed: args.seed };
    let sets = terminal
        .during("comparing every pair", || rank_sets(&worse_up, options))
        .map_err(miette::Report::new)?;
    terminal.notices(&notices, language);
    let missing: Vec<String> =
        areas.iter().zip(&sets).filter(|(_, s)| s.is_none()).map(|(a, _)| a.label()).collect();
    if !missing.is_empty() {
        let notice = Notice::warning("uncertainty.sets-left-out").about(missing);
        terminal.notices(&[notice], language);
    }
    let found = RankSets { areas: &areas, estimates: &estimates, sets: &sets, n_worst: args.worst };
    to_file_or_stdout(args.output.as_deref(), |out| rank_sets_csv(out, &found))
}

type Found = (Vec<Area>, Vec<Estimated>, f64, Vec<Notice>, Language);

fn of_columns(
    args: &ConfidenceArgs,
    estimate: &str,
    se: &str,
) -> miette::Result<(Vec<Area>, Vec<Estimated>)> {
    let (path, id, name) = args.input.columns();
    let Some(id) = id else {
        return Err(miette!(
            help = "name the column of ids: `--id area`",
            "`--estimate` and `--se` need to know which column names the areas"
        ));
    };
    let text: Vec<&str> = [Some(id), name].into_iter().flatten().collect();
    let raw = columns::read(path, &[estimate, se], &text)?;
    let areas = (0..raw.n_rows).map(|row| {
        let mut area = Area::of(raw.text[id][row].as_str());
        area.name = name.map(|name| &*raw.text[name][row]).unwrap_or_default().into();
        area
    });
    let (values, errors) = (columns::numbers(&raw, estimate), columns::numbers(&raw, se));
    let pairs = values.values.iter().zip(&errors.values);
    let estimates = pairs.map(|(&value, &error)| Estimated { value, error }).collect();
    Ok((areas.collect(), estimates))
}

fn of_project(args: &ConfidenceArgs, terminal: &Terminal) -> miette::Result<Found> {
    let job = args.input.job(None)?;
    let analysis = job.analyse(terminal)?;
    let plan = job.plan();
    let found = terminal.counting("drawing rates", u64::from(args.draws), |progress| {
        let watch = Watch { progress, stop: super::interrupt::flag() };
        score_errors(&analysis, &plan, args.draws, args.seed, watch)
    })?;
    let areas = analysis.ranking.areas().to_vec();
    let mut notices = analysis.notices.clone();
    notices.extend(found.notices);
    let sign = found.worse_sign;
    Ok((areas, found.estimates, sign, notices, job.project().language))
}
