//! `levekaar explain`

use clap::Args;
use levekaar::suggest::nearest;
use miette::miette;

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Show the whole arithmetic of one area, number by number
///
/// From the measured values to score, rank and selection, so that a reader can redo it with a
/// calculator.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar explain project.toml 030111
  levekaar explain project.toml Stovner --language en")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The area's id, or its name
    area: String,

    /// Language instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// The explanation goes to stdout.
pub(crate) fn run(args: &ExplainArgs, terminal: &Terminal) -> miette::Result<()> {
    let job = args.input.job(None)?;
    let analysis = job.analyse(terminal)?;
    let areas = analysis.ranking.areas();
    let at = areas
        .iter()
        .position(|area| area.id.as_str() == args.area)
        .or_else(|| areas.iter().position(|area| area.name.eq_ignore_ascii_case(&args.area)));
    let Some(at) = at else {
        let known = areas.iter().flat_map(|area| [area.id.as_str(), area.name.as_str()]);
        let help = match nearest(&args.area, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name it by its id or its name in the table".to_owned(),
        };
        return Err(miette!(help = help, "there is no area `{}`", args.area));
    };
    let language = args.language.map_or(job.project().language, Into::into);
    let explanation = levekaar::explain::explain(&analysis, at);
    let text = levekaar::explain::to_text(&explanation, language);
    to_file_or_stdout(None, |out| out.write_all(text.as_bytes()))
}
