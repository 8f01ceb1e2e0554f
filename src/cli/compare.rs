//! `levekaar compare`

use std::path::PathBuf;

use clap::Args;
use levekaar::compare::{Comparison, Overlap, Shift, compare};
use levekaar::language::{Language, message, number};
use levekaar::notice::Notice;
use levekaar::write::measures::comparison_csv;
use miette::miette;

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Put two results side by side: who moves, by how much and why
///
/// Two project files, such as two years, or one project and another index for the same table.
/// Writes one line an area as CSV, those that move most first, with the change of score by
/// indicator where the index is a weighted sum. A negative rank shift is towards rank 1, the
/// worst. A summary goes to stderr.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar compare 2019/project.toml 2024/project.toml -o shifts.csv
  levekaar compare project.toml --index no-levekaar-5 --language en")]
pub(crate) struct CompareArgs {
    /// The first project file (.toml)
    a: PathBuf,

    /// The second project file; the first one again where only the index differs
    #[arg(required_unless_present = "index")]
    b: Option<PathBuf>,

    /// Index definition of the second result instead of its project's
    #[arg(long, value_name = "PRESET|FILE")]
    index: Option<String>,

    /// Language of the summary instead of the second project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The shifts go to stdout or to a file, the summary to stderr.
pub(crate) fn run(args: &CompareArgs, terminal: &Terminal) -> miette::Result<()> {
    for path in [Some(&args.a), args.b.as_ref()].into_iter().flatten() {
        if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
            return Err(miette!(
                help = "`levekaar init TABLE` writes a project file",
                "`{}` is not a project file",
                path.display()
            ));
        }
    }
    let first = InputArgs::project(args.a.clone(), None).job(None)?;
    let second = args.b.as_ref().unwrap_or(&args.a).clone();
    let second = InputArgs::project(second, args.index.clone()).job(None)?;
    let language = args.language.map_or(second.project().language, Language::from);
    let a = first.analyse(terminal)?;
    terminal.notices(&a.notices, language);
    let b = second.analyse(terminal)?;
    // What both have is told once; what only the second has may be why it differs.
    let new: Vec<Notice> = b.notices.iter().filter(|n| !a.notices.contains(n)).cloned().collect();
    terminal.all_notices(&new, language);
    let mut found = compare(&a, &b);
    // A copied recipe has its original's id, and the file tells them apart.
    if let (true, Some(typed)) = (found.index_a == found.index_b, &args.index) {
        found.index_b = format!("{} ({typed})", found.index_b);
    }
    for line in summary(&found, language) {
        terminal.say(&line);
    }
    to_file_or_stdout(args.output.as_deref(), |out| comparison_csv(out, &found))
}

fn summary(found: &Comparison, language: Language) -> Vec<String> {
    const N_MOVERS: usize = 5;
    let say = |key: &str, values: &[(&str, String)]| {
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        message(language, key, &values)
    };
    let count = |n: usize| number(n as f64, 0, language);
    let people = |x: Option<f64>| number(x.unwrap_or(f64::NAN), 0, language);
    let correlation = |r: Option<f64>| number(r.unwrap_or(f64::NAN), 3, language);
    let (a, b) = (found.index_a.clone(), found.index_b.clone());
    let mut lines =
        vec![say("compare.headline", &[("a", a), ("b", b), ("n", count(found.areas.len()))])];
    if !found.only_a.is_empty() || !found.only_b.is_empty() {
        let only = [("n_a", count(found.only_a.len())), ("n_b", count(found.only_b.len()))];
        lines.push(say("compare.only", &only));
    }
    let (spearman, kendall) = (correlation(found.spearman), correlation(found.kendall_tau_b));
    lines.push(say("compare.correlation", &[("spearman", spearman), ("kendall", kendall)]));
    for (key, overlap) in
        [("compare.decile", &found.worst_decile), ("compare.quintile", &found.worst_quintile)]
    {
        let Overlap { n_both, n_leaving, n_entering, people_leaving, people_entering } = *overlap;
        let values = [
            ("both", count(n_both)),
            ("leaving", count(n_leaving)),
            ("entering", count(n_entering)),
            ("people_out", people(people_leaving)),
            ("people_in", people(people_entering)),
        ];
        lines.push(say(key, &values));
    }
    if let Some(selection) = &found.selection {
        let values = [
            ("staying", count(selection.staying.len())),
            ("entering", count(selection.entering.len())),
            ("leaving", count(selection.leaving.len())),
            ("undecided", count(selection.undecided.len())),
        ];
        lines.push(say("compare.selection", &values));
    }
    let moved = |shift: &&Shift| shift.rank_shift.is_some_and(|shift| shift != 0.0);
    let movers: Vec<&Shift> = found.areas.iter().filter(moved).take(N_MOVERS).collect();
    let key = if movers.is_empty() { "compare.no-movers" } else { "compare.movers" };
    lines.push(say(key, &[]));
    lines.extend(movers.iter().map(|shift| mover(found, shift, language)));
    if let Err(reason) = &found.parts {
        lines.push(say(reason.key(), &[]));
    }
    lines
}

/// The line of an area that moves, with the part that does most in the direction it moves.
fn mover(found: &Comparison, shift: &Shift, language: Language) -> String {
    let rank = |at: usize| number(shift.rank[at].unwrap_or(f64::NAN), 0, language);
    let label = if shift.name == shift.area.as_str() {
        shift.name.clone()
    } else {
        format!("{} ({})", shift.name, shift.area)
    };
    let (rank_a, rank_b) = (rank(0), rank(1));
    let values = [("area", label.as_str()), ("rank_a", &rank_a), ("rank_b", &rank_b)];
    let along = shift.score_shift.unwrap_or(0.0).signum();
    let parts = found.parts.iter().flatten().zip(&shift.by_part);
    match parts.max_by(|a, b| (along * a.1).total_cmp(&(along * b.1))) {
        Some((part, change)) => {
            let value = number(*change, 3, language);
            let more = [("part", part.as_str()), ("value", value.as_str())];
            let values: Vec<_> = values.into_iter().chain(more).collect();
            message(language, "compare.mover", &values)
        }
        None => message(language, "compare.mover-plain", &values),
    }
}
