//! What can be typed?
//!
//! A door. One file per subcommand: its arguments, their help, its `run`.

mod allocate;
mod beside;
mod candidates;
mod check;
mod classify;
mod columns;
mod compare;
mod confidence;
mod convert;
mod diagnose;
mod dissolve;
mod explain;
mod inequality;
mod init;
mod input;
mod interrupt;
mod layer;
mod map;
mod neighbours;
mod poverty;
mod presets;
mod print;
mod rank;
mod regions;
mod report;
mod results;
mod run;
mod schema;
mod score;
mod segregation;
mod select;
mod sensitivity;
mod simplify;
mod spatial;
mod summarise;
mod synth;
mod terminal;
mod tipping;
mod uncertainty;
mod verify;
mod workbook;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use terminal::Terminal;

/// From indicator tables for small areas to rankings, selections and maps that can be defended
///
/// Start with `levekaar run PROJECT.toml`; `levekaar init TABLE.csv` writes a project file from a
/// table's header. Rank 1 and the highest score mean the worst living conditions.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Say nothing on stderr but errors
    #[arg(long, short, global = true)]
    quiet: bool,

    /// Number of threads; results are the same on any number
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Report(report::ReportArgs),
    Workbook(workbook::WorkbookArgs),
    Check(check::CheckArgs),
    Score(score::ScoreArgs),
    Rank(rank::RankArgs),
    Select(select::SelectArgs),
    Candidates(candidates::CandidatesArgs),
    Regions(regions::RegionsArgs),
    Allocate(allocate::AllocateArgs),
    Map(map::MapArgs),
    Neighbours(neighbours::NeighboursArgs),
    Explain(explain::ExplainArgs),
    Uncertainty(uncertainty::UncertaintyArgs),
    Sensitivity(sensitivity::SensitivityArgs),
    Confidence(confidence::ConfidenceArgs),
    Tipping(tipping::TippingArgs),
    Presets(presets::PresetsArgs),
    Schema(schema::SchemaArgs),
    Synth(synth::SynthArgs),
    Init(init::InitArgs),
    Verify(verify::VerifyArgs),
    Compare(compare::CompareArgs),
    Diagnose(diagnose::DiagnoseArgs),
    Summarise(summarise::SummariseArgs),
    Inequality(inequality::InequalityArgs),
    Segregation(segregation::SegregationArgs),
    Classify(classify::ClassifyArgs),
    Spatial(spatial::SpatialArgs),
    Poverty(poverty::PovertyArgs),
    Convert(convert::ConvertArgs),
    Dissolve(dissolve::DissolveArgs),
    Simplify(simplify::SimplifyArgs),
}

pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.quiet);
    if let Some(threads) = cli.threads
        && let Err(error) =
            rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global()
    {
        terminal.error(&miette::miette!("cannot start {threads} threads: {error}"));
        return ExitCode::from(1);
    }
    let done = match &cli.command {
        Command::Run(args) => run::run(args, &terminal),
        Command::Report(args) => report::run(args, &terminal),
        Command::Workbook(args) => workbook::run(args, &terminal),
        Command::Check(args) => check::run(args, &terminal),
        Command::Score(args) => score::run(args, &terminal),
        Command::Rank(args) => rank::run(args, &terminal),
        Command::Select(args) => select::run(args, &terminal),
        Command::Candidates(args) => candidates::run(args, &terminal),
        Command::Regions(args) => regions::run(args, &terminal),
        Command::Allocate(args) => allocate::run(args, &terminal),
        Command::Map(args) => map::run(args, &terminal),
        Command::Neighbours(args) => neighbours::run(args, &terminal),
        Command::Explain(args) => explain::run(args, &terminal),
        Command::Uncertainty(args) => uncertainty::run(args, &terminal),
        Command::Confidence(args) => confidence::run(args, &terminal),
        Command::Sensitivity(args) => sensitivity::run(args, &terminal),
        Command::Tipping(args) => tipping::run(args, &terminal),
        Command::Presets(args) => presets::run(args),
        Command::Schema(args) => schema::run(args, &terminal),
        Command::Synth(args) => synth::run(args, &terminal),
        Command::Init(args) => init::run(args, &terminal),
        Command::Verify(args) => verify::run(args, &terminal),
        Command::Compare(args) => compare::run(args, &terminal),
        Command::Diagnose(args) => diagnose::run(args, &terminal),
        Command::Summarise(args) => summarise::run(args, &terminal),
        Command::Inequality(args) => inequality::run(args, &terminal),
        Command::Segregation(args) => segregation::run(args, &terminal),
        Command::Classify(args) => classify::run(args, &terminal),
        Command::Spatial(args) => spatial::run(args, &terminal),
        Command::Poverty(args) => poverty::run(args, &terminal),
        Command::Convert(args) => convert::run(args, &terminal),
        Command::Dissolve(args) => dissolve::run(args, &terminal),
        Command::Simplify(args) => simplify::run(args, &terminal),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(1)
        }
    }
}
