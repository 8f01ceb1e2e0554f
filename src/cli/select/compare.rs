//! `levekaar select compare`

use std::path::PathBuf;

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::indicator::IndicatorTable;
use levekaar::language::{Language, message, number};
use levekaar::select::Truth;
use levekaar::select::against::{Move, Profile, moves, profile};
use levekaar::write::selection::moves_csv;
use miette::miette;

use crate::cli::input::{InputArgs, Job};
use crate::cli::score::to_file_or_stdout;
use crate::cli::terminal::Terminal;

/// Hold two rules against each other on one table
///
/// Writes `area,name,parent,population,FIRST,SECOND,move,reason_nb,reason_en` as CSV: `enters`,
/// `leaves`, `stays`, `out` or `unknown`, from the first rule to the second, with the second
/// rule's reasons. With one rule only, the project's own rule is the first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar select compare project.toml worst-fifth-of-people
  levekaar select compare project.toml worst-fifth my-rule.toml -o moves.csv")]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    input: InputArgs,

    /// One or two rules: presets or TOML files
    #[arg(value_name = "RULE", num_args = 1..=2, required = true)]
    rules: Vec<String>,

    /// Apply a criterion that only applies when it is asked for, in rules that have it
    #[arg(long, value_name = "NAME")]
    with: Vec<String>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Where each area stands goes to stdout or to a file, the sums to stderr.
pub(crate) fn run(args: &CompareArgs, terminal: &Terminal) -> miette::Result<()> {
    let (first, second) = match args.rules.as_slice() {
        [first, second] => (Some(first.as_str()), second.as_str()),
        [second] => (None, second.as_str()),
        _ => unreachable!("clap asks for one or two"),
    };
    let job_of = |rule: Option<&str>| args.input.job_with(rule, &args.with);
    let first = analysed(&job_of(first)?, terminal)?;
    let second_job = job_of(Some(second))?;
    let language = second_job.project().language;
    let second = analysed(&second_job, terminal)?;
    let [before, after] = [&first, &second].map(|analysis| {
        analysis.selection.as_ref().expect("`analysed` sees to it that there is a rule")
    });
    let mut notices = first.notices.clone();
    notices.extend(second.notices.iter().filter(|n| !first.notices.contains(n)).cloned());
    terminal.notices(&notices, language);
    let moves = moves(before.outcomes(), after.outcomes());
    let (a, b) = (before.rule().title.get(language), after.rule().title.get(language));
    // A copied rule has its original's title, and the file tells them apart.
    let told = format!("{b} ({})", args.rules[args.rules.len() - 1]);
    let titles = if a == b { [a, told.as_str()] } else { [a, b] };
    for line in summary(&second.table, &moves, titles, language) {
        terminal.say(&line);
    }
    let names = [before.rule().id.as_str(), after.rule().id.as_str()];
    let names = if names[0] == names[1] { ["first", "second"] } else { names };
    let sides = [(names[0], before.outcomes()), (names[1], after.outcomes())];
    to_file_or_stdout(args.output.as_deref(), |out| moves_csv(out, after, sides, &moves))
}

fn analysed(job: &Job, terminal: &Terminal) -> miette::Result<Analysis> {
    if job.rule.is_none() {
        return Err(miette!(
            help = "name two rules, or give the project a `[selection]`",
            "there is no first rule to compare with"
        ));
    }
    job.analyse(terminal)
}

/// What enters, leaves and stays: areas, people, persons by indicator, and larger units.
pub(super) fn summary(
    table: &IndicatorTable,
    moves: &[Move],
    titles: [&str; 2],
    language: Language,
) -> Vec<String> {
    let values = [("first", titles[0]), ("second", titles[1])];
    let mut lines = vec![message(language, "select.compare-title", &values)];
    for (step, key) in [
        (Move::Stays, "select.compare-stays"),
        (Move::Leaves, "select.compare-leaves"),
        (Move::Enters, "select.compare-enters"),
        (Move::Unknown, "select.compare-unknown"),
    ] {
        let set = profile(table, &|at| moves[at] == step);
        if step == Move::Unknown && set.areas == 0 {
            continue;
        }
        lines.push(format!("{}: {}", message(language, key, &[]), described(&set, language)));
    }
    lines
}

fn described(set: &Profile, language: Language) -> String {
    let number = |x: f64| number(x, 0, language);
    let areas = number(set.areas as f64);
    let mut parts = vec![message(language, "select.compare-areas", &[("n", &areas)])];
    if set.areas == 0 {
        return parts.remove(0);
    }
    if !set.people.is_nan() {
        let people = number(set.people);
        parts.push(message(language, "select.compare-people", &[("n", &people)]));
    }
    for (indicator, persons) in &set.persons {
        parts.push(format!("{indicator}: {}", number(*persons)));
    }
    if !set.parents.is_empty() {
        let parents: Vec<String> =
            set.parents.iter().map(|(parent, n)| format!("{parent} {n}")).collect();
        parts.push(format!("({})", parents.join(", ")));
    }
    parts.join("; ")
}

/// The answers as a list has them.
pub(super) fn truths(is_in: &[bool]) -> Vec<Truth> {
    is_in.iter().map(|&is_in| Truth::of(is_in)).collect()
}
