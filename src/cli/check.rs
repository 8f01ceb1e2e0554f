//! `levekaar check`

use clap::Args;
use levekaar::select::{Facts, select};

use super::allocate::checked;
use super::input::InputArgs;
use super::terminal::Terminal;

/// Check everything that a run needs, without writing anything
///
/// Reads the project, the definition, the rule, the table, the boundaries and the funding models,
/// and reports all problems of each at once. Exit code 0 means that `run` will go through.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  levekaar check project.toml")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
}

/// Problems and notices go to stderr.
pub(crate) fn run(args: &CheckArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(None)?;
    let (table, mut notices) = job.table()?;
    let boundaries = job.boundaries(&table, &mut notices)?;
    // A rule can only be checked against the facts that it names.
    let plan = job.plan();
    let mut analysis = levekaar::analysis::analyse(table, &plan, None, notices)?;
    if let Some(rule) = &job.rule {
        let facts = Facts {
            table: &analysis.table,
            domains: &analysis.computation.domains,
            ranking: &analysis.ranking,
            definition: &analysis.definition,
        };
        analysis.selection = Some(select(rule, facts)?);
    }
    if let Some((_, _, notices)) = checked(&job, &analysis)? {
        analysis.notices.extend(notices);
    }
    terminal.notices(&analysis.notices, job.project().language);
    let n_areas = analysis.table.areas().len();
    let n_indicators = analysis.table.columns().len();
    let drawn = match &boundaries {
        Some(boundaries) => format!("{} boundaries", boundaries.shapes().len()),
        None => "no boundaries".to_owned(),
    };
    terminal.say(&format!("in order: {n_areas} areas, {n_indicators} indicators, {drawn}"));
    Ok(())
}
