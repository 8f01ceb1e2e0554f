//! `levekaar sensitivity`

use std::path::PathBuf;

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::index::Plan;
use levekaar::language::Language;
use levekaar::map::sensitivity_bars;
use levekaar::uncertainty::sensitivity::{SensitivityDesign, n_runs};
use levekaar::uncertainty::{Sensitivity, Space, Watch, sensitivity};
use levekaar::write::sensitivity::sensitivity_csv;

use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;
use super::uncertainty::{ending, write_picture};

/// Say which assumption makes the ranks uncertain: Sobol indices
///
/// Writes one line for each output, assumption and index: what an assumption explains alone
/// (`first`) and together with the others (`total`), as shares of the variance of the mean shift
/// of rank, of the number of areas that enter or leave the selection, and of each area's rank.
/// The assumptions are those of the space of alternatives, as for `levekaar uncertainty`; the
/// weights of the top level and of the levels below are two of them.
///
/// Indices are estimates. One below zero is a true index of about zero; a total below its first
/// asks for more points.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar sensitivity project.toml --plot sensitivity.svg
  levekaar sensitivity project.toml --space space.toml --points 4096 -o sensitivity.csv")]
pub(crate) struct SensitivityArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Space of alternatives (TOML) instead of the project's
    #[arg(long, value_name = "FILE")]
    space: Option<PathBuf>,

    /// Rows of the design, a power of two; N (d + 2) runs for d assumptions. The project's number,
    /// or 1024
    #[arg(long, value_name = "N")]
    points: Option<u32>,

    /// Seed of points, draws and resamples; the project's, or 1
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// Resamples of the bootstrap intervals, 0 for none; the project's number, or 1000
    #[arg(long, value_name = "N")]
    resamples: Option<u32>,

    /// Level of the intervals, such as 0.95
    #[arg(long, value_name = "SHARE")]
    level: Option<f64>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Draw the indices as bars; `.svg` or `.png`
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// Language of the picture instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The lines go to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &SensitivityArgs, terminal: &Terminal) -> miette::Result<()> {
    if let Some(plot) = &args.plot {
        ending(plot)?;
    }
    let job = args.input.job(None)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let analysis = job.analyse(terminal)?;
    let plan = job.plan();
    let space = job.space(args.space.as_deref())?;
    let mut options = job.project().sensitivity.clone().unwrap_or_default();
    options.points = args.points.or(options.points);
    options.seed = args.seed.or(options.seed);
    options.resamples = args.resamples.or(options.resamples);
    options.level = args.level.or(options.level);
    let found = computed(&analysis, &plan, &space, options.design(), terminal)?;
    terminal.notices(&analysis.notices, language);
    terminal.notices(&found.notices, language);
    if let Some(path) = &args.plot {
        let svg = sensitivity_bars(&analysis, &found, job.project(), language);
        write_picture(path, svg, job.project())?;
    }
    to_file_or_stdout(args.output.as_deref(), |out| sensitivity_csv(out, &analysis, &found))
}

/// The same for `run`; `None` where the project does not ask or has nothing to vary.
pub(crate) fn of_project(
    job: &Job,
    analysis: &Analysis,
    terminal: &Terminal,
) -> miette::Result<Option<Sensitivity>> {
    let Some(options) = &job.project().sensitivity else { return Ok(None) };
    let space = job.space(None)?;
    computed(analysis, &job.plan(), &space, options.design(), terminal).map(Some)
}

/// The indices, with a bar on a terminal.
pub(crate) fn computed(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    design: SensitivityDesign,
    terminal: &Terminal,
) -> miette::Result<Sensitivity> {
    let total = n_runs(analysis, plan, space, design.points);
    terminal
        .counting("computing indices", total, |progress| {
            let watch = Watch { progress, stop: super::interrupt::flag() };
            sensitivity(analysis, plan, space, design, watch)
        })
        .map_err(miette::Report::new)
}
