//! `levekaar report`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::write::folder::write_file;

use super::input::{InputArgs, area_named};
use super::map::Tongue;
use super::results::Results;
use super::terminal::Terminal;

/// Write the report alone, as HTML or as PDF
///
/// One self-contained page: answer, map, ranking, selection, indicators, a profile of each area,
/// method, data notes and provenance. It fetches nothing and can be read without script. PDF is
/// printed by an installed Chromium or Chrome.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar report datasets/oslo-bydeler-2013/project.toml
  levekaar report project.toml -o report.html --language en --profile 0301
  levekaar report project.toml --pdf report.pdf")]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The file to write; `report.html` where nothing is said
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print it as PDF too, to FILE or beside the HTML
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = false)]
    pdf: Option<Option<PathBuf>>,

    /// Give this area a profile, however many areas there are; may be repeated
    #[arg(long, value_name = "AREA")]
    profile: Vec<String>,

    /// Language of the report instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The paths of the files go to stdout.
pub(crate) fn run(args: &ReportArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    if let Some(language) = args.language {
        job.file.project.language = language.into();
    }
    // A missing browser is told before the work, not after it.
    let browser = match &args.pdf {
        Some(_) => Some(super::print::browser()?),
        None => None,
    };
    let results = Results::of(job, terminal)?;
    let areas = results.analysis.table.areas();
    let profiles = args
        .profile
        .iter()
        .map(|wanted| area_named(areas, wanted))
        .collect::<miette::Result<Vec<usize>>>()?;
    let html = results.html(&profiles)?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from("report.html"));
    write_file(&output, |out| out.write_all(html.as_bytes()))?;
    terminal.notices(&results.analysis.notices, results.job.project().language);
    let mut paths = vec![output.clone()];
    if let (Some(pdf), Some(browser)) = (&args.pdf, &browser) {
        let pdf = pdf.clone().unwrap_or_else(|| output.with_extension("pdf"));
        terminal.during("printing", || super::print::print(browser, &output, &pdf))?;
        paths.push(pdf);
    }
    say(&paths)
}

fn say(paths: &[impl AsRef<Path>]) -> miette::Result<()> {
    super::score::to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.as_ref().display()))
    })
}
