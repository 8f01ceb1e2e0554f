//! `levekaar presets`

use std::io::Write;

use clap::{Args, Subcommand};
use levekaar::allocate::model::ModelFile;
use levekaar::index::IndexDefinition;
use levekaar::load::document;
use levekaar::presets::{INDICES, MODELS, Preset, RULES, find};
use levekaar::select::RuleFile;
use levekaar::suggest::nearest;
use miette::{IntoDiagnostic, miette};

/// List the built-in index definitions, selection rules and funding models, or print one
///
/// A preset is a TOML file like any other: print one, edit it, and name it with `--index` or in
/// the project file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar presets list
  levekaar presets show no-levekaar-5 > my-index.toml")]
pub(crate) struct PresetsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One line a preset: kind, id and title, separated by tabs
    List,
    /// Print the TOML file of a preset
    Show {
        /// Its id
        id: String,
    },
}

/// The list or the file goes to stdout.
pub(crate) fn run(args: &PresetsArgs) -> miette::Result<()> {
    let mut out = std::io::stdout().lock();
    let text = match &args.what {
        What::List => list()?,
        What::Show { id } => show(id)?.text.to_owned(),
    };
    match out.write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.into_diagnostic(),
    }
}

fn list() -> miette::Result<String> {
    let mut text = String::new();
    for preset in INDICES {
        let definition: IndexDefinition = document::parse(preset.id, preset.text)?;
        text.push_str(&format!("index\t{}\t{}\n", preset.id, definition.title.en));
    }
    for preset in RULES {
        let rule: RuleFile = document::parse(preset.id, preset.text)?;
        text.push_str(&format!("selection\t{}\t{}\n", preset.id, rule.title.en));
    }
    for preset in MODELS {
        let model: ModelFile = document::parse(preset.id, preset.text)?;
        text.push_str(&format!("model\t{}\t{}\n", preset.id, model.title.en));
    }
    Ok(text)
}

fn show(id: &str) -> miette::Result<&'static Preset> {
    if let Some(preset) = [INDICES, RULES, MODELS].iter().find_map(|presets| find(presets, id)) {
        return Ok(preset);
    }
    let known = INDICES.iter().chain(RULES).chain(MODELS).map(|preset| preset.id);
    let help = match nearest(id, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`levekaar presets list` shows them all".to_owned(),
    };
    Err(miette!(help = help, "there is no preset `{id}`"))
}
