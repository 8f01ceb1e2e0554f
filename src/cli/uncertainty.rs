//! `levekaar uncertainty`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::index::Plan;
use levekaar::language::{Language, message, number};
use levekaar::map::{rank_intervals, rasterise};
use levekaar::project::Project;
use levekaar::uncertainty::leave_one_out::leave_one_out;
use levekaar::uncertainty::recipe::level_name;
use levekaar::uncertainty::{
    Execution, REPLICATES, SEED, Space, Study, Uncertainty, Watch, uncertainty_until,
};
use levekaar::write::folder::write_file;
use levekaar::write::inert;
use levekaar::write::parquet::ledger_parquet;
use levekaar::write::uncertainty::{leave_one_out_csv, ledger_csv, ranks_csv, uncertainty_csv};
use miette::{Context, IntoDiagnostic, miette};

use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Compute the index many times with other choices and say how sure each rank is
///
/// Writes one line an area: rank, mean, median, the ends of the rank interval, and the
/// probability of being among the worst and of being selected. What varies is declared in the
/// project under `[uncertainty]` or in a file; where neither names a space, weights vary by a
/// Dirichlet of concentration 100 (a weight of 0.20 by about 0.04) and normalisation is the
/// recipe's own, z-score, min-max or percentile.
///
/// Sampling error is off unless the space says `sampling = "from-counts"`, or `"from-errors"` for
/// indicators with a column of standard errors alone: registers count everybody. Replicate R of seed S is always the same, on any number of threads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar uncertainty project.toml
  levekaar uncertainty project.toml --replicates 10000 --seed 7 -o uncertainty.csv
  levekaar uncertainty project.toml --space space.toml --ledger ledger.csv --plot ranks.svg
  levekaar uncertainty project.toml --replicate 17")]
pub(crate) struct UncertaintyArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Space of alternatives (TOML) instead of the project's
    #[arg(long, value_name = "FILE")]
    space: Option<PathBuf>,

    /// How many times the index is computed; the project's number, or 1000
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,

    /// Seed of the random numbers; the project's, or 1
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// Print settings and ranks of this one replicate, counted from 0, and nothing else
    #[arg(long, value_name = "R")]
    replicate: Option<u32>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// After Ctrl-C, write the replicates that stand; without this, nothing is written
    #[arg(long)]
    keep_partial: bool,

    /// Write the settings of every replicate; `.parquet`, or CSV
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,

    /// Write the ranks of every replicate as CSV, one line a replicate and one column an area
    #[arg(long, value_name = "FILE")]
    ranks: Option<PathBuf>,

    /// Draw the rank intervals; `.svg` or `.png`
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// Write the ranks without each indicator and each domain as CSV
    #[arg(long, value_name = "FILE")]
    leave_one_out: Option<PathBuf>,

    /// Language of the picture instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The lines go to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &UncertaintyArgs, terminal: &Terminal) -> miette::Result<()> {
    if let Some(plot) = &args.plot {
        ending(plot)?;
    }
    let job = args.input.job(None)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let analysis = job.analyse(terminal)?;
    let plan = job.plan();
    let space = job.space(args.space.as_deref())?;
    let seed = args.seed.or(job.project().uncertainty.seed).unwrap_or(SEED);
    if let Some(replicate) = args.replicate {
        let study = Study::of(&analysis, &plan, &space, seed)?;
        let text = one_replicate(&study, &analysis, &plan, &space, replicate, seed, language)?;
        return to_file_or_stdout(args.output.as_deref(), |out| out.write_all(text.as_bytes()));
    }
    let n = args.replicates.or(job.project().uncertainty.replicates).unwrap_or(REPLICATES);
    let found = computed(&analysis, &plan, &space, seed, n, terminal)?;
    if !args.keep_partial {
        refuse_part(&found)?;
    }
    let n = found.n_replicates;
    terminal.notices(&analysis.notices, language);
    terminal.notices(&found.notices, language);
    if let Some(path) = &args.ledger {
        let study = Study::of(&analysis, &plan, &space, seed)?;
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
            let mut bytes = Vec::new();
            ledger_parquet(&mut bytes, &study, &plan, n)
                .into_diagnostic()
                .wrap_err("cannot write the ledger")?;
            write_file(path, |out| out.write_all(&bytes))?;
        } else {
            write_file(path, |out| ledger_csv(out, &study, &plan, n))?;
        }
    }
    if let Some(path) = &args.ranks {
        let study = Study::of(&analysis, &plan, &space, seed)?;
        write_file(path, |out| ranks_csv(out, &study, &analysis, n))?;
    }
    if let Some(path) = &args.leave_one_out {
        let parts = leave_one_out(&analysis, &plan);
        write_file(path, |out| leave_one_out_csv(out, &analysis, &parts))?;
    }
    if let Some(path) = &args.plot {
        let svg = rank_intervals(&analysis, &found, job.project(), language);
        write_picture(path, svg, job.project())?;
    }
    to_file_or_stdout(args.output.as_deref(), |out| uncertainty_csv(out, &analysis, &found))
}

/// The replicates, with a bar on a terminal.
pub(crate) fn computed(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    seed: u64,
    replicates: u32,
    terminal: &Terminal,
) -> miette::Result<Uncertainty> {
    terminal
        .counting("computing replicates", u64::from(replicates), |progress| {
            let watch = Watch { progress, stop: super::interrupt::flag() };
            let execution = Execution::of(replicates);
            uncertainty_until(analysis, plan, space, seed, execution, watch)
        })
        .map_err(miette::Report::new)
}

/// Stops where Ctrl-C has ended the replicates early.
fn refuse_part(found: &Uncertainty) -> miette::Result<()> {
    let (n, asked) = (found.n_replicates, found.n_asked);
    if n < asked {
        return Err(miette!(
            help = "they are the first of every longer run: `--replicates {n}` computes the same, \
                    and with `--keep-partial` Ctrl-C writes what stands",
            "stopped: {n} of {asked} replicates stand, and nothing was written"
        ));
    }
    Ok(())
}

/// The same for `run`, by what the project says; `None` where it asks for 0 replicates.
pub(crate) fn of_project(
    job: &Job,
    analysis: &Analysis,
    terminal: &Terminal,
) -> miette::Result<Option<Uncertainty>> {
    let options = &job.project().uncertainty;
    let n = options.replicates.unwrap_or(REPLICATES);
    if n == 0 {
        return Ok(None);
    }
    let space = job.space(None)?;
    let seed = options.seed.unwrap_or(SEED);
    let found = computed(analysis, &job.plan(), &space, seed, n, terminal)?;
    refuse_part(&found)?;
    Ok(Some(found))
}

/// Writes a drawing as its name asks.
pub(crate) fn write_picture(path: &Path, svg: String, project: &Project) -> miette::Result<()> {
    let bytes = match ending(path)? {
        Ending::Svg => svg.into_bytes(),
        Ending::Png => rasterise(&svg, project.map.png_width)?,
    };
    Ok(write_file(path, |out| out.write_all(&bytes))?)
}

pub(crate) enum Ending {
    Svg,
    Png,
}

pub(crate) fn ending(path: &Path) -> miette::Result<Ending> {
    match path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
        Some("svg") => Ok(Ending::Svg),
        Some("png") => Ok(Ending::Png),
        Some(_) | None => Err(miette!(
            help = "name it `ranks.svg` or `ranks.png`",
            "`{}` has no ending that says what to draw",
            path.display()
        )),
    }
}

/// Settings as lines that begin with `#`, then `area,name,rank` by rank.
fn one_replicate(
    study: &Study<'_>,
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    replicate: u32,
    seed: u64,
    language: Language,
) -> miette::Result<String> {
    let say = |key: &str, values: &[(&str, &str)]| {
        format!("# {}\n", message(language, &format!("uncertainty.{key}"), values))
    };
    let drawn = study.settings(replicate);
    let (r, s) = (replicate.to_string(), seed.to_string());
    let mut text = say("replicate", &[("number", &r), ("seed", &s)]);
    let label = &study.combinations()[drawn.combination].label;
    let own = message(language, "uncertainty.replicate-own", &[]);
    let label = if label.is_empty() { &own } else { label };
    text.push_str(&say("replicate-combination", &[("label", label)]));
    if let Some(scenario) = drawn.scenario {
        text.push_str(&say("replicate-scenario", &[("id", &space.scenarios[scenario].id)]));
    }
    if let Some(gone) = drawn.left_out {
        let title = plan.definition().indicators[gone].title.get(language);
        text.push_str(&say("replicate-left-out", &[("title", title)]));
    }
    if let Some(k) = drawn.k {
        text.push_str(&say("replicate-k", &[("k", &number(k, 3, language))]));
    }
    for (level, weights) in plan.levels().iter().zip(&drawn.weights) {
        let weights: Vec<String> = level
            .children
            .iter()
            .zip(weights)
            .map(|(child, weight)| format!("{} {weight}", plan.child_id(*child)))
            .collect();
        let values = [("level", level_name(plan, level)), ("weights", &weights.join(", "))];
        text.push_str(&say("replicate-weights", &values));
    }
    let ranks = study.ranks(replicate).map_err(|reason| {
        miette!(
            help = "it is listed as failed in every run; another replicate can be computed",
            "replicate {replicate} cannot be computed: {reason}"
        )
    })?;
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    // A gap is last: NaN is the largest in the total order.
    order.sort_by(|&a, &b| ranks[a].total_cmp(&ranks[b]));
    let mut rows = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| miette!("cannot write the ranks: {error}");
    rows.write_record(["area", "name", "rank"]).map_err(failed)?;
    for at in order {
        let area = &analysis.ranking.areas()[at];
        let rank = if ranks[at].is_nan() { String::new() } else { ranks[at].to_string() };
        rows.write_record([&*inert(area.id.as_str()), &*inert(&area.name), &rank])
            .map_err(failed)?;
    }
    let rows = rows.into_inner().map_err(|error| miette!("cannot write the ranks: {error}"))?;
    text.push_str(&String::from_utf8_lossy(&rows));
    Ok(text)
}
