//! `levekaar allocate`

mod compare;
mod input;
mod of_project;
mod past;
mod pictures;
mod results;
mod search;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use levekaar::allocate::base::FundingBase;
use levekaar::allocate::compare::{Comparison, compare};
use levekaar::allocate::{allocate, model::ModelFile};
use levekaar::language::Language;
use levekaar::load::funding;
use levekaar::money::Money;
use levekaar::notice::Notice;
use levekaar::write::allocation::comparison_csv;
use levekaar::write::allocation_workbook::allocation_workbook;
use miette::{IntoDiagnostic, miette};

use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;
use input::FundingArgs;
pub(crate) use of_project::{Funded, checked, of_project};
use results::{Target, say_comparison, write_folder};

/// Share out money by a funding model, stage by stage, to the krone
///
/// INPUT is a funding file (today's money by area and department, such as
/// `datasets/omraadesatsinger-2019/funding.toml`), a project, or a bare table with --pot. Writes one
/// line an area as CSV: today, the model, the change in kroner, per cent, per head and per deprived
/// person. With `-o DIR` every stage becomes a table of its own. `allocate compare` puts several
/// models side by side. The program compares models and recommends none.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  levekaar allocate datasets/omraadesatsinger-2019/funding.toml --model modell-2-full-sammenslaaing
  levekaar allocate areas.csv --model my-model.toml --pot 15000000 --figure deprived=low_income
  levekaar allocate compare funding.toml today-2019 modell-1-programfinansiering -o out/models"
)]
pub(crate) struct AllocateArgs {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    one: OneArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    Compare(compare::CompareArgs),
    Search(search::SearchArgs),
}

#[derive(Debug, Args)]
struct OneArgs {
    #[command(flatten)]
    funding: FundingArgs,

    /// Funding model: a preset such as `modell-2-full-sammenslaaing`, or a TOML file
    #[arg(long, value_name = "PRESET|FILE", required = true)]
    model: Option<String>,

    /// Language of words instead of the file's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE (.csv), or every table into DIR, and not to stdout
    #[arg(long, short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
}

/// The amounts go to stdout, to a file or to a folder; words to stderr.
pub(crate) fn run(args: &AllocateArgs, terminal: &Terminal) -> miette::Result<()> {
    match &args.what {
        Some(What::Compare(args)) => compare::run(args, terminal),
        Some(What::Search(args)) => search::run(args, terminal),
        None => one(&args.one, terminal),
    }
}

fn one(args: &OneArgs, terminal: &Terminal) -> miette::Result<()> {
    let typed = args.model.as_deref().expect("clap requires a model");
    let models = vec![model(typed)?];
    let job = args.funding.job(&models, terminal)?;
    let language = args.language.map_or(job.language, Language::from);
    present(&job, models, language, args.output.as_deref(), terminal)
}

/// Carries the models out and shows them: on stdout, in a file or in a folder.
fn present(
    job: &input::Funding,
    models: Vec<ModelFile>,
    language: Language,
    output: Option<&Path>,
    terminal: &Terminal,
) -> miette::Result<()> {
    let (comparison, told) = carried_out(models, &job.base, job.pot)?;
    let base = &job.base;
    match Target::of(output) {
        Target::Stdout => {
            to_file_or_stdout(None, |o| comparison_csv(o, &comparison, base, language))?
        }
        Target::Csv(path) => {
            to_file_or_stdout(Some(path), |o| comparison_csv(o, &comparison, base, language))?;
        }
        Target::Workbook(path) => {
            let bytes = allocation_workbook(&comparison, base, language).into_diagnostic()?;
            to_file_or_stdout(Some(path), |out| out.write_all(&bytes))?;
        }
        Target::Folder(path) => {
            write_folder(path, &comparison, job, &told, language, terminal)?;
        }
    }
    terminal.notices(&told, language);
    say_comparison(&comparison, base, language, terminal);
    Ok(())
}

/// Each model's allocation side by side, and what a reader must know, each thing once.
fn carried_out(
    mut models: Vec<ModelFile>,
    base: &FundingBase,
    pot: Option<Money>,
) -> miette::Result<(Comparison, Vec<Notice>)> {
    for (at, model) in models.iter().enumerate() {
        if models[..at].iter().any(|other| other.id == model.id) {
            return Err(miette!(
                help = "results are told apart by it: give the copy an `id` of its own",
                "two of the models have the id `{}`",
                model.id
            ));
        }
    }
    let mut allocations = Vec::new();
    for model in &mut models {
        model.pot.amount = pot.or(model.pot.amount);
        allocations.push(allocate(model, base)?);
    }
    let comparison = compare(allocations, base);
    let mut told: Vec<Notice> = Vec::new();
    for notice in comparison.allocations.iter().flat_map(|allocation| &allocation.notices) {
        if !told.contains(notice) {
            told.push(notice.clone());
        }
    }
    Ok((comparison, told))
}

/// A model by preset or file.
fn model(typed: &str) -> miette::Result<ModelFile> {
    Ok(funding::model(&super::input::choice(typed), Path::new(""))?)
}

/// An amount as typed: whole kroner, with spaces or dots between thousands if one likes.
fn amount(typed: &str) -> Result<Money, String> {
    let digits: String =
        typed.chars().filter(|c| !matches!(c, ' ' | '_' | '\u{a0}' | '\u{202f}')).collect();
    match digits.parse::<i64>() {
        Ok(kroner) if (0..=levekaar::money::LARGEST).contains(&kroner) => Ok(Money::kroner(kroner)),
        _ => Err("write whole kroner, zero or more, such as `15000000`".to_owned()),
    }
}
