//! `levekaar schema`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use levekaar::allocate::base::FundingFile;
use levekaar::allocate::model::ModelFile;
use levekaar::index::IndexDefinition;
use levekaar::project::Project;
use levekaar::select::RuleFile;
use levekaar::uncertainty::Space;
use miette::IntoDiagnostic;

use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Print the JSON Schema of a file format
///
/// Editors use it to complete and check TOML files.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  levekaar schema project > project.schema.json")]
pub(crate) struct SchemaArgs {
    /// Which file
    file: SchemaOf,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// The project file
    Project,
    /// The index definition
    Index,
    /// The selection rule
    Selection,
    /// The space of alternatives
    Uncertainty,
    /// The funding model
    Model,
    /// The funding file: today's money and where the figures stand
    Funding,
}

/// The schema goes to stdout or to a file.
pub(crate) fn run(args: &SchemaArgs, _terminal: &Terminal) -> miette::Result<()> {
    let schema = match args.file {
        SchemaOf::Project => schemars::schema_for!(Project),
        SchemaOf::Index => schemars::schema_for!(IndexDefinition),
        SchemaOf::Selection => schemars::schema_for!(RuleFile),
        SchemaOf::Uncertainty => schemars::schema_for!(Space),
        SchemaOf::Model => schemars::schema_for!(ModelFile),
        SchemaOf::Funding => schemars::schema_for!(FundingFile),
    };
    let text = serde_json::to_string_pretty(&schema).into_diagnostic()?;
    to_file_or_stdout(args.output.as_deref(), |out| writeln!(out, "{text}"))
}
