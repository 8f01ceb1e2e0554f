//! `levekaar candidates`

use std::path::PathBuf;

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::candidate::{CandidateOptions, Candidates, Compactness, Need, Window, candidates};
use levekaar::language::{Language, number};
use levekaar::write::candidates::{candidate_sets_csv, candidate_zones_csv};
use miette::miette;

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Propose candidate areas: contiguous sets of zones with as much need as the windows allow
///
/// Writes a row a zone: its set, its need, what the set would lose without it, and why it is in
/// (`need`, `bridge`, `fill` or `must`). The project's `[candidates]` says what is asked for;
/// without it, or instead of it, the options here do. Up to about 60 zones the choice is proved to
/// be the best, and stderr says whether it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar candidates project.toml
  levekaar candidates project.toml --sets 2 --people 4000..12000 --compactness 0.1 --per-set")]
pub(crate) struct CandidatesArgs {
    #[command(flatten)]
    input: InputArgs,

    /// At most so many sets
    #[arg(long, value_name = "K")]
    sets: Option<usize>,

    /// Fewest and most residents of a set
    #[arg(long, value_name = "FROM..TO", value_parser = window)]
    people: Option<Window>,

    /// Fewest and most zones of a set
    #[arg(long, value_name = "FROM..TO", value_parser = window)]
    zones: Option<Window>,

    /// Cost of a cut border, in mean absolute needs of a zone
    #[arg(long, value_name = "WEIGHT")]
    compactness: Option<f64>,

    /// Sets must not border on each other
    #[arg(long)]
    apart: bool,

    /// One row a set instead of one a zone
    #[arg(long)]
    per_set: bool,

    /// Language of what is said on stderr, instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// `4000..12000`, where either end may be left out.
fn window(typed: &str) -> Result<Window, String> {
    let wrong = || "write FROM..TO, such as `4000..12000` or `..8`".to_owned();
    let (least, most) = typed.split_once("..").ok_or_else(wrong)?;
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong()),
    };
    Ok(Window { at_least: end(least)?, at_most: end(most)? })
}

/// The zones go to stdout or to a file, what was proved to stderr.
pub(crate) fn run(args: &CandidatesArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    job.rule = None;
    let language = args.language.map_or(job.project().language, Language::from);
    let options = options(args, job.project().candidates.as_ref())?;
    let analysis = job.analyse(terminal)?;
    let found = terminal
        .during("searching", || candidates(&analysis, &options))
        .map_err(miette::Report::new)?;
    terminal.notices(&analysis.notices, language);
    terminal.notices(&found.notices, language);
    terminal.say(&summary(&analysis, &found, language));
    to_file_or_stdout(args.output.as_deref(), |out| {
        if args.per_set {
            candidate_sets_csv(out, &analysis, &found)
        } else {
            candidate_zones_csv(out, &analysis, &found)
        }
    })
}

/// The project's options with those typed in their place.
fn options(
    args: &CandidatesArgs,
    project: Option<&CandidateOptions>,
) -> miette::Result<CandidateOptions> {
    let typed = args.people.is_some() || args.zones.is_some() || args.sets.is_some();
    let mut options = match project {
        Some(options) => options.clone(),
        None if typed => CandidateOptions {
            sets: 1,
            need: Need::ScoreTimesPeople { above: 0.0 },
            people: None,
            zones: None,
            compactness: Compactness::None {},
            apart: false,
            must: Vec::new(),
            never: Vec::new(),
            most_steps: levekaar::candidate::MOST_STEPS,
        },
        None => {
            return Err(miette!(
                help = "give it `[candidates]` with `sets` and `need`, \
                        or type `--sets 2 --people 4000..12000`",
                "the project does not say which candidate areas are wanted"
            ));
        }
    };
    options.sets = args.sets.unwrap_or(options.sets);
    options.people = args.people.or(options.people);
    options.zones = args.zones.or(options.zones);
    options.apart |= args.apart;
    if let Some(weight) = args.compactness {
        options.compactness = Compactness::CutBorders { weight };
    }
    Ok(options)
}

/// A line a set, and what was proved.
fn summary(analysis: &Analysis, found: &Candidates, language: Language) -> String {
    let mut text = String::new();
    for (at, set) in found.sets.iter().enumerate() {
        let names: Vec<&str> = set
            .zones
            .iter()
            .map(|zone| analysis.ranking.areas()[zone.area_idx].name.as_str())
            .collect();
        let people = set.people.map_or("–".to_owned(), |people| number(people, 0, language));
        text.push_str(&format!("{}: {people}  {}\n", at + 1, names.join(", ")));
    }
    text + &levekaar::candidate::proof_in_words(found, language)
}
