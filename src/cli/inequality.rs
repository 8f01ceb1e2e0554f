//! `levekaar inequality`

use std::path::PathBuf;

use clap::Args;
use levekaar::draw::Seed;
use levekaar::gradient::{
    GradientGroup, SlopeOptions, Transform, concentration_index, erreygers, slope_index, wagstaff,
};
use levekaar::inequality::{atkinson, gini, theil, theil_of_groups, weighted_gini};
use levekaar::write::measures::{Measure, measures_csv};

use super::columns;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Measure how unequally a column is spread over areas
///
/// Gini, Theil and Atkinson; with --group the parts of Theil between and within groups; with
/// --deprivation the concentration index, and with 5 to 100 rows the slope and relative index of
/// inequality. Writes `measure,value,low,high,note` as CSV. Rows with a gap are left out. A
/// measure that does not exist for these values has an empty cell and says why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar inequality areas.csv --value median_income --population residents --group district
  levekaar inequality deciles.csv --value rate --population n --deprivation score --lower lo --upper hi")]
pub(crate) struct InequalityArgs {
    /// CSV, TSV or Parquet with one row an area or group
    table: PathBuf,

    /// Column that is measured
    #[arg(long, value_name = "COLUMN")]
    value: String,

    /// Column of residents, by which rows are weighted; every row counts the same without it
    #[arg(long, value_name = "COLUMN")]
    population: Option<String>,

    /// Column of groups, such as districts
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,

    /// Column by which rows are ordered; larger is more deprived
    #[arg(long, value_name = "COLUMN")]
    deprivation: Option<String>,

    /// Column of lower limits of the values' 95 % intervals
    #[arg(long, value_name = "COLUMN", requires = "upper")]
    lower: Option<String>,

    /// Column of upper limits
    #[arg(long, value_name = "COLUMN", requires = "lower")]
    upper: Option<String>,

    /// Smallest and largest possible value, such as `0 100`, for the bounded indices
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], allow_negative_numbers = true)]
    bounds: Option<Vec<f64>>,

    /// Aversion to inequality of Atkinson's measure
    #[arg(long, value_name = "E", default_value_t = 1.0)]
    aversion: f64,

    /// Scale on which the slope is fitted
    #[arg(long, value_enum, default_value_t = Scale::None)]
    transform: Scale,

    /// Random regroupings for the p of Theil's part between groups
    #[arg(long, value_name = "N", default_value_t = 999)]
    permutations: usize,

    /// Random draws for the intervals of slope and relative index
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    draws: usize,

    /// What the random numbers start from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Scale on which the slope is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scale {
    /// As measured
    None,
    /// Logarithm, for rates
    Log,
    /// Logit, for proportions between 0 and 1
    Logit,
}

impl From<Scale> for Transform {
    fn from(scale: Scale) -> Self {
        match scale {
            Scale::None => Self::None,
            Scale::Log => Self::Log,
            Scale::Logit => Self::Logit,
        }
    }
}

/// The rows that have all that was asked for.
#[derive(Default)]
struct Rows {
    value: Vec<f64>,
    population: Vec<f64>,
    deprivation: Vec<f64>,
    interval: Vec<Option<(f64, f64)>>,
    group: Vec<String>,
}

/// The measures go to stdout or to a file.
pub(crate) fn run(args: &InequalityArgs, terminal: &Terminal) -> miette::Result<()> {
    let rows = rows(args, terminal)?;
    let mut found = spread(args, &rows);
    if args.deprivation.is_some() {
        gradient(args, &rows, &mut found);
    }
    to_file_or_stdout(args.output.as_deref(), |out| measures_csv(out, &found))
}

fn rows(args: &InequalityArgs, terminal: &Terminal) -> miette::Result<Rows> {
    let wanted = [&args.population, &args.deprivation, &args.lower, &args.upper];
    let mut names = vec![args.value.as_str()];
    names.extend(wanted.into_iter().flatten().map(String::as_str));
    let text: Vec<&str> = args.group.iter().map(String::as_str).collect();
    let raw = columns::read(&args.table, &names, &text)?;
    let number = |name: &Option<String>, row: usize, without: f64| {
        name.as_ref().map_or(without, |name| columns::numbers(&raw, name).values[row])
    };
    let mut rows = Rows::default();
    for row in 0..raw.n_rows {
        let value = columns::numbers(&raw, &args.value).values[row];
        let population = number(&args.population, row, 1.0);
        let deprivation = number(&args.deprivation, row, 0.0);
        if [value, population, deprivation].iter().any(|x| x.is_nan()) {
            continue;
        }
        let limits = (number(&args.lower, row, f64::NAN), number(&args.upper, row, f64::NAN));
        rows.value.push(value);
        rows.population.push(population);
        rows.deprivation.push(deprivation);
        rows.interval.push((!limits.0.is_nan() && !limits.1.is_nan()).then_some(limits));
        rows.group
            .push(args.group.as_ref().map_or(String::new(), |name| raw.text[name][row].clone()));
    }
    let n_left_out = raw.n_rows - rows.value.len();
    if n_left_out > 0 {
        terminal
            .say(&format!("note: {n_left_out} of {} rows have a gap and are left out", raw.n_rows));
    }
    Ok(rows)
}

/// Gini, Theil and Atkinson.
fn spread(args: &InequalityArgs, rows: &Rows) -> Vec<Measure> {
    let (x, weights) = (&rows.value, &rows.population);
    let n = x.len();
    let weighted = match &args.population {
        Some(population) => format!("n = {n}, weighted by {population}"),
        None => format!("n = {n}, rows count the same"),
    };
    let mut found = vec![measure("gini", gini(x), format!("n = {n}, rows count the same"))];
    if args.population.is_some() {
        found.push(measure("gini_weighted", weighted_gini(x, weights), weighted.clone()));
    }
    found.push(measure("theil", theil(x, weights), weighted.clone()));
    if args.group.is_some() {
        let groups: Vec<&str> = rows.group.iter().map(String::as_str).collect();
        let parts = theil_of_groups(x, weights, &groups, args.permutations, Seed(args.seed));
        let p = parts.as_ref().ok().and_then(|parts| parts.p);
        let how = match p {
            Some(p) => {
                format!("p = {p}, {} regroupings, seed {}", args.permutations, args.seed)
            }
            None => "no regroupings".to_owned(),
        };
        let part = |of: fn(&levekaar::inequality::Theil) -> f64| parts.as_ref().map(of);
        found.push(measure("theil_between", part(|parts| parts.between), how));
        found.push(measure("theil_within", part(|parts| parts.within), weighted.clone()));
    }
    let name = format!("{weighted}, aversion {}", args.aversion);
    found.push(measure("atkinson", atkinson(x, weights, args.aversion), name));
    found
}

/// Concentration indices, slope and relative index.
fn gradient(args: &InequalityArgs, rows: &Rows, found: &mut Vec<Measure>) {
    let (x, weights, order) = (&rows.value, &rows.population, &rows.deprivation);
    let how = "below 0: concentrated in deprived rows".to_owned();
    found.push(measure("concentration_index", concentration_index(x, weights, order), how));
    if let Some(&[low, high]) = args.bounds.as_deref() {
        let how = format!("for values in {low} to {high}");
        let bounds = (low, high);
        found.push(measure("erreygers", erreygers(x, weights, order, bounds), how.clone()));
        found.push(measure("wagstaff", wagstaff(x, weights, order, bounds), how));
    }
    let mut at: Vec<usize> = (0..x.len()).collect();
    at.sort_by(|&a, &b| order[b].total_cmp(&order[a]));
    let group = |&at: &usize| GradientGroup {
        population: weights[at],
        value: x[at],
        interval: rows.interval[at],
    };
    let groups: Vec<GradientGroup> = at.iter().map(group).collect();
    let options = SlopeOptions {
        transform: args.transform.into(),
        multiplier: 1.0,
        confidence: 0.95,
        n_draws: args.draws,
        seed: Seed(args.seed),
    };
    let slope = slope_index(&groups, options);
    let how = match slope.as_ref().ok().and_then(|slope| slope.slope_interval) {
        Some(_) => format!("95 % interval, {} draws, seed {}", args.draws, args.seed),
        None => "no interval".to_owned(),
    };
    let mut sii = measure(
        "slope_index",
        slope.as_ref().map(|slope| slope.slope_index),
        format!("least less most deprived end; {how}"),
    );
    let mut rii = measure(
        "relative_index",
        slope.as_ref().map(|slope| slope.relative_index),
        format!("least over most deprived end; {how}"),
    );
    if let Ok(slope) = &slope {
        (sii.low, sii.high) = slope.slope_interval.unzip();
        (rii.low, rii.high) = slope.relative_interval.unzip();
    }
    found.extend([sii, rii]);
}

fn measure<E: std::fmt::Display>(name: &str, value: Result<f64, E>, note: String) -> Measure {
    let (value, note) = match value {
        Ok(value) => (Some(value), note),
        Err(error) => (None, error.to_string()),
    };
    Measure { name: name.to_owned(), value, low: None, high: None, note }
}
