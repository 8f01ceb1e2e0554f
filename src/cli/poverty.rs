//! `levekaar poverty`

use std::path::PathBuf;

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::indicator::IndicatorId;
use levekaar::notice::Notice;
use levekaar::poverty::by_group;
use levekaar::write::measures::poverty_csv;
use miette::miette;

use super::input::InputArgs;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Count those who are deprived in several ways at once (Alkire and Foster)
///
/// The indicators of the definition are flags: `normalise = { method = "flag", … }`, or columns of
/// 0 and 1 as they are. A row is poor where the weight of its deprivations is at least the
/// cut-off. Writes H (headcount), A (intensity) and M0 (adjusted headcount) with what missing
/// flags could decide, each indicator's part, and the same for each larger unit, as
/// `cutoff,group,measure,indicator,value,low,high`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar poverty project.toml --cutoff 0.33 > poverty.csv
  levekaar poverty zones.csv --index flags.toml --population residents --parent district \\
    --cutoff 0.25 --cutoff 0.33 --cutoff 0.5")]
pub(crate) struct PovertyArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Least weight of the deprivations of the poor, above 0 and at most 1; may be repeated
    #[arg(long, short = 'k', value_name = "K", required = true)]
    cutoff: Vec<f64>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The measures go to stdout or to a file, everything else to stderr.
pub(crate) fn run(args: &PovertyArgs, terminal: &Terminal) -> miette::Result<()> {
    if let Some(k) = args.cutoff.iter().find(|k| !(**k > 0.0 && **k <= 1.0)) {
        return Err(miette!(
            help = "the smallest weight is the union of all deprivations, 1 their intersection",
            "`--cutoff` is {k}; it must be above 0 and at most 1"
        ));
    }
    let mut job = args.input.job(None)?;
    job.rule = None;
    let analysis = job.scores(terminal)?;
    let (ids, flags) = flags(&analysis)?;
    let weights = job.plan().effective_weights_of(&analysis.computation.level_weights);
    let mut notices = analysis.notices.clone();
    let population = population(&analysis, job.project().areas.population.is_some(), &mut notices);
    let groups: Vec<Option<String>> =
        analysis.ranking.areas().iter().map(|area| area.parent.clone()).collect();
    let found: Vec<_> = args
        .cutoff
        .iter()
        .map(|&k| (k, by_group(&flags, &weights, k, &population, &groups)))
        .collect();
    let gaps: Vec<String> = found
        .first()
        .and_then(|(_, groups)| groups.first())
        .map(|all| &all.measures.left_out)
        .into_iter()
        .flatten()
        .map(|&row| analysis.ranking.areas()[row].label())
        .collect();
    if !gaps.is_empty() {
        notices.push(Notice::warning("notice.poverty-gaps").about(gaps));
    }
    terminal.notices(&notices, job.project().language);
    to_file_or_stdout(args.output.as_deref(), |out| poverty_csv(out, &found, &ids))
}

/// The indicators and their columns, which must hold 0 and 1 and gaps only.
fn flags(analysis: &Analysis) -> miette::Result<(Vec<&IndicatorId>, Vec<&[f64]>)> {
    let columns = analysis.computation.scaled.columns();
    for column in columns {
        let odd = |x: &f64| !(x.is_nan() || *x == 0.0 || *x == 1.0);
        if let Some(at) = column.values.iter().position(odd) {
            return Err(miette!(
                help = "make it one with `normalise = { method = \"flag\", operator = \"at-least\", \
                        limit = … }` in the definition",
                "`{}` is not a flag: it is {} in {}",
                column.indicator,
                column.values[at],
                analysis.ranking.areas()[at].label()
            ));
        }
    }
    Ok(columns.iter().map(|column| (&column.indicator, column.values.as_slice())).unzip())
}

/// What each row counts for: its residents where a column names them, else 1.
fn population(analysis: &Analysis, is_named: bool, notices: &mut Vec<Notice>) -> Vec<f64> {
    let areas = analysis.ranking.areas();
    if !is_named {
        notices.push(Notice::note("notice.poverty-each-row"));
        return vec![1.0; areas.len()];
    }
    let unknown: Vec<String> =
        areas.iter().filter(|area| area.population.is_none()).map(|area| area.label()).collect();
    if !unknown.is_empty() {
        notices.push(Notice::warning("notice.poverty-no-residents").about(unknown));
    }
    areas.iter().map(|area| area.population.unwrap_or(0.0)).collect()
}
