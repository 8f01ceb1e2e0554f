//! `levekaar diagnose`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use levekaar::diagnose::{
    Diagnosis, Flag, HIGH_CORRELATION, OUTLIER_KURTOSIS, OUTLIER_SKEWNESS, diagnose,
};
use levekaar::index::IndexDefinition;
use levekaar::indicator::IndicatorId;
use levekaar::language::{Language, message, number};
use levekaar::map::heatmap::{HeatMapRequest, heat_map};
use levekaar::map::rasterise;
use levekaar::write::folder::Staged;
use levekaar::write::measures::{components_csv, correlations_csv, statistics_csv, weights_csv};

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Look whether an index hangs together: statistics, correlations, weights and redundancy
///
/// Writes the weights and what they do to stdout, or with -o a folder with statistics.csv,
/// correlations.csv, pca.csv and weights.csv, and the correlations as a picture,
/// correlations.svg and correlations.png. What is remarkable goes to stderr. A flag is a
/// reason to look, not a fault.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar diagnose project.toml -o diagnosis
  levekaar diagnose areas.csv --index no-levekaar-5 --id zone")]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Language instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write all tables into this folder
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Tables go to the folder or to stdout, the summary to stderr.
pub(crate) fn run(args: &DiagnoseArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    job.rule = None;
    let language = args.language.map_or(job.project().language, Language::from);
    let analysis = job.analyse(terminal)?;
    terminal.notices(&analysis.notices, language);
    let found = terminal.during("leaving out each indicator", || diagnose(&analysis));
    for line in summary(&found, language) {
        terminal.say(&line);
    }
    let Some(folder) = &args.output else {
        return to_file_or_stdout(None, |out| weights_csv(out, &found));
    };
    let mut staged = Staged::new(folder)?;
    staged.add("statistics.csv", |out| statistics_csv(out, &found))?;
    staged.add("correlations.csv", |out| correlations_csv(out, &found))?;
    staged.add("pca.csv", |out| components_csv(out, &found, &analysis.definition))?;
    staged.add("weights.csv", |out| weights_csv(out, &found))?;
    let svg = picture(&found, &analysis.definition, job.project().synthetic, language);
    let png = rasterise(&svg, job.project().map.png_width)?;
    staged.add("correlations.svg", |out| out.write_all(svg.as_bytes()))?;
    staged.add("correlations.png", |out| out.write_all(&png))?;
    let paths = staged.commit()?;
    to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.display()))
    })
}

/// The correlations as a square of colours, the indicators of a domain side by side.
fn picture(
    found: &Diagnosis,
    definition: &IndexDefinition,
    synthetic: bool,
    language: Language,
) -> String {
    let domain = |at: usize| {
        let domain = definition.indicators[at].domain.as_ref();
        definition.domains.iter().position(|other| Some(&other.id) == domain)
    };
    let mut order: Vec<usize> = (0..definition.indicators.len()).collect();
    order.sort_by_key(|&at| domain(at));
    let place = |id: &IndicatorId| order.iter().position(|&at| &definition.indicators[at].id == id);
    let n = order.len();
    let (mut values, mut flags) = (vec![vec![f64::NAN; n]; n], vec![vec![false; n]; n]);
    for pair in &found.correlations {
        if let (Some(a), Some(b)) = (place(&pair.a), place(&pair.b)) {
            for (row, column) in [(a, b), (b, a)] {
                values[row][column] = pair.pearson.unwrap_or(f64::NAN);
                flags[row][column] = pair.flag.is_some();
            }
        }
    }
    let labels: Vec<String> =
        order.iter().map(|&at| definition.indicators[at].title.get(language).to_owned()).collect();
    let groups: Vec<usize> = order.iter().map(|&at| domain(at).map_or(0, |at| at + 1)).collect();
    let high = number(HIGH_CORRELATION, 2, language);
    let mut notes = vec![message(language, "diagnose.flags", &[("high", &high)])];
    if groups.windows(2).any(|pair| pair[0] != pair[1]) {
        notes.push(message(language, "diagnose.domains", &[]));
    }
    let index = definition.title.get(language);
    heat_map(&HeatMapRequest {
        title: &message(language, "diagnose.title", &[]),
        subtitle: &message(language, "diagnose.subtitle", &[("index", index)]),
        language,
        synthetic,
        labels: &labels,
        groups: &groups,
        values: &values,
        flags: &flags,
        notes: &notes,
    })
}

/// Without such an indicator the ranking is almost the same.
const DISPENSABLE: f64 = 0.99;

fn summary(found: &Diagnosis, language: Language) -> Vec<String> {
    let limit = |x: f64, decimals: usize| number(x, decimals, language);
    let mut lines = Vec::new();
    let mut list = |key: &str, names: Vec<String>, values: &[(&str, String)]| {
        if !names.is_empty() {
            let list = names.join(", ");
            let mut all: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            all.push(("list", &list));
            lines.push(message(language, key, &all));
        }
    };
    let outliers = found.statistics.iter().filter(|row| row.outliers);
    let outliers = outliers.map(|row| row.indicator.to_string()).collect();
    let limits =
        [("skewness", limit(OUTLIER_SKEWNESS, 1)), ("kurtosis", limit(OUTLIER_KURTOSIS, 1))];
    list("diagnose.outliers", outliers, &limits);
    let pairs = |flag: Flag| {
        let flagged = found.correlations.iter().filter(move |row| row.flag == Some(flag));
        flagged.map(|row| format!("{} – {}", row.a, row.b)).collect::<Vec<_>>()
    };
    list("diagnose.high", pairs(Flag::High), &[("high", limit(HIGH_CORRELATION, 2))]);
    list("diagnose.negative", pairs(Flag::Negative), &[]);
    let near = |r: Option<f64>| r.is_some_and(|r| r > DISPENSABLE);
    let spare = found.weights.iter().filter(|row| near(row.rank_correlation_without));
    let spare = spare.map(|row| row.indicator.to_string()).collect();
    list("diagnose.dispensable", spare, &[("limit", limit(DISPENSABLE, 2))]);
    if let Some(alpha) = found.reliability.last().and_then(|all| all.alpha) {
        let alpha = limit(alpha, 2);
        lines.push(message(language, "diagnose.alpha", &[("alpha", &alpha)]));
    }
    if let Some(components) = &found.components {
        let share = limit(100.0 * components.shares[0], 0);
        lines.push(message(language, "diagnose.component", &[("share", &share)]));
    }
    lines
}
