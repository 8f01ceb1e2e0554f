//! `levekaar map`

use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::language::Language;
use levekaar::map::rasterise;
use levekaar::picture::score_map;
use levekaar::write::folder;
use miette::miette;

use super::input::InputArgs;
use super::terminal::Terminal;

/// Draw the map of the scores as SVG or PNG
///
/// The format follows the ending of the file. Areas without data are hatched; areas that the
/// project's rule selects have a strong outline.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar map project.toml -o map.svg
  levekaar map project.toml -o map.png --language en")]
pub(crate) struct MapArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The file to write; `.svg` or `.png`
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    /// Language of the map instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// Language of a picture or report.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Tongue {
    /// Norwegian bokmål
    Nb,
    /// English
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Nb => Self::Nb,
            Tongue::En => Self::En,
        }
    }
}

/// What a picture's file is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Svg,
    Png,
}

impl Ending {
    /// By the name of the file.
    pub(crate) fn of(path: &Path) -> miette::Result<Self> {
        match path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            Some(_) | None => Err(miette!(
                help = "name it `map.svg` or `map.png`",
                "`{}` has no ending that says what to draw",
                path.display()
            )),
        }
    }
}

/// The path of the map goes to stdout.
pub(crate) fn run(args: &MapArgs, terminal: &Terminal) -> miette::Result<()> {
    let ending = Ending::of(&args.output)?;
    let job = args.input.job(None)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let analysis = job.analyse(terminal)?;
    let mut notices = analysis.notices.clone();
    let Some(boundaries) = job.boundaries(&analysis.table, &mut notices)? else {
        return Err(miette!(
            help = "give the project `[boundaries]` with `file` and `id`",
            "the project has no boundaries"
        ));
    };
    let (svg, more) = score_map(&analysis, &boundaries, job.project(), language)?;
    notices.extend(more);
    terminal.notices(&notices, language);
    let bytes = match ending {
        Ending::Png => rasterise(&svg, job.project().map.png_width)?,
        Ending::Svg => svg.into_bytes(),
    };
    folder::write_file(&args.output, |out| std::io::Write::write_all(out, &bytes))?;
    super::score::to_file_or_stdout(None, |out| writeln!(out, "{}", args.output.display()))
}
