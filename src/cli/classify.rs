//! `levekaar classify`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use levekaar::classify::fit::{counts, fit};
use levekaar::classify::{
    Classes, Classing, classify, classify_pooled, usual_hinge, usual_multiples, usual_percentiles,
};
use levekaar::language::Language;
use levekaar::load::table::RawTable;
use levekaar::statistics::QuantileType;
use levekaar::write::classes::{ClassTable, assigned_csv, classes_csv};
use miette::miette;

use super::columns;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Put the values of a column into classes, and say how well the classes fit
///
/// Writes one line a class as CSV: limits, areas, residents, and the goodness of fit of all
/// classes. A class is above its lower and up to its upper limit. With --per-area one line an
/// area with its class instead, 1 being the lowest. Rows with a gap get no class. Where ties make
/// fewer classes than asked for, a note on stderr says so.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  levekaar classify areas.csv --column income --method fisher-jenks --classes 5
  levekaar classify areas.csv --column y2015 --column y2020 --pooled --method quantiles
  levekaar classify areas.csv --column income --method breaks --upper 200,300,400 --per-area
  levekaar classify compare areas.csv --column income --methods quantiles,fisher-jenks,head-tail"
)]
pub(crate) struct ClassifyArgs {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    alone: AloneArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compare(ClassifyCompareArgs),
}

#[derive(Debug, Args)]
struct AloneArgs {
    #[command(flatten)]
    of: TableArgs,

    /// How classes are made
    #[arg(long, value_enum, required = true)]
    method: Option<Method>,

    /// Make the classes of all columns together, such as several years of one indicator
    #[arg(long)]
    pooled: bool,

    #[command(flatten)]
    how: HowArgs,
}

/// Put several ways of making classes side by side
///
/// Writes the classes of each method as CSV, with their goodness of fit: `gvf` and `gadf` are 1
/// where classes hold equal values only. More classes always fit better. With --per-area one line
/// an area with a column a method instead.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  levekaar classify compare areas.csv --column income --methods quantiles,fisher-jenks,head-tail")]
struct ClassifyCompareArgs {
    #[command(flatten)]
    of: TableArgs,

    /// Methods, separated by commas; all that need no limits where nothing is said
    #[arg(long, value_enum, value_delimiter = ',', value_name = "METHOD,METHOD…")]
    methods: Vec<Method>,

    #[command(flatten)]
    how: HowArgs,
}

#[derive(Debug, Args)]
struct TableArgs {
    /// CSV, TSV or Parquet with one row an area
    #[arg(required = true)]
    table: Option<PathBuf>,

    /// Column of values; may be repeated
    #[arg(long, value_name = "COLUMN", required = true)]
    column: Vec<String>,

    /// Column of ids; the first column where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Column of residents, counted by class
    #[arg(long, value_name = "COLUMN")]
    population: Option<String>,

    /// One line an area, with its class
    #[arg(long)]
    per_area: bool,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct HowArgs {
    /// Number of classes, for the methods that are told
    #[arg(long, short = 'k', value_name = "N", default_value_t = 5)]
    classes: usize,

    /// Upper limits for `breaks`, separated by commas
    #[arg(long, value_name = "X,X…", value_delimiter = ',', allow_hyphen_values = true)]
    upper: Vec<f64>,

    /// Which sample quantile for `quantiles`, 1 to 9 as Hyndman and Fan number them
    #[arg(long, value_name = "TYPE", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=9))]
    quantile_type: u8,

    /// Share of values above the mean at which `head-tail` stops, such as 0.4
    #[arg(long, value_name = "SHARE")]
    max_head_share: Option<f64>,

    /// Standard deviations from the mean for `mean-sd`: -2,-1,1,2 where nothing is said
    #[arg(long, value_name = "X,X…", value_delimiter = ',', allow_hyphen_values = true)]
    multiples: Vec<f64>,

    /// Interquartile ranges from quartile to fence for `box-plot`
    #[arg(long, value_name = "X", default_value_t = usual_hinge())]
    hinge: f64,

    /// Percentiles for `percentiles`: 1,10,50,90,99,100 where nothing is said
    #[arg(long, value_name = "P,P…", value_delimiter = ',')]
    at: Vec<f64>,
}

/// How classes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// About as many areas in each
    Quantiles,
    /// Equally wide
    EqualInterval,
    /// Least squared deviations inside (natural breaks), exactly
    FisherJenks,
    /// Parted at the mean, again and again
    HeadTail,
    /// Standard deviations from the mean
    MeanSd,
    /// Quartiles and fences
    BoxPlot,
    /// Percentiles, with the tails apart
    Percentiles,
    /// Parted at the widest gaps
    MaximumBreaks,
    /// Round limits
    Pretty,
    /// Each limit the same multiple of the one before
    Geometric,
    /// Your own limits
    Breaks,
}

impl HowArgs {
    fn classing(&self, method: Method) -> miette::Result<Classing> {
        let classes = self.classes;
        let or = |given: &[f64], usual: fn() -> Vec<f64>| {
            if given.is_empty() { usual() } else { given.to_vec() }
        };
        Ok(match method {
            Method::Quantiles => {
                Classing::Quantiles { classes, quantile_type: kind(self.quantile_type) }
            }
            Method::EqualInterval => Classing::EqualInterval { classes },
            Method::FisherJenks => Classing::FisherJenks { classes },
            Method::HeadTail => Classing::HeadTail { max_head_share: self.max_head_share },
            Method::MeanSd => Classing::MeanSd { multiples: or(&self.multiples, usual_multiples) },
            Method::BoxPlot => Classing::BoxPlot { hinge: self.hinge },
            Method::Percentiles => Classing::Percentiles { at: or(&self.at, usual_percentiles) },
            Method::MaximumBreaks => Classing::MaximumBreaks { classes },
            Method::Pretty => Classing::Pretty { classes },
            Method::Geometric => Classing::Geometric { classes },
            Method::Breaks if self.upper.is_empty() => {
                return Err(miette!(
                    help = "give the upper limits from low to high, such as `--upper 10,20,30`",
                    "`breaks` has no limits"
                ));
            }
            Method::Breaks => Classing::Breaks { upper: self.upper.clone() },
        })
    }
}

/// The type of this number.
fn kind(number: u8) -> QuantileType {
    match number {
        1 => QuantileType::Type1,
        2 => QuantileType::Type2,
        3 => QuantileType::Type3,
        4 => QuantileType::Type4,
        5 => QuantileType::Type5,
        6 => QuantileType::Type6,
        8 => QuantileType::Type8,
        9 => QuantileType::Type9,
        // clap lets 1 to 9 through.
        _ => QuantileType::Type7,
    }
}

/// The classes go to stdout or to a file.
pub(crate) fn run(args: &ClassifyArgs, terminal: &Terminal) -> miette::Result<()> {
    match &args.command {
        Some(Command::Compare(args)) => compare(args, terminal),
        None => alone(&args.alone, terminal),
    }
}

fn alone(args: &AloneArgs, terminal: &Terminal) -> miette::Result<()> {
    let raw = args.of.read()?;
    let method = args.method.expect("clap asks for it where there is no subcommand");
    let classing = args.how.classing(method)?;
    let values: Vec<&[f64]> = args.of.columns(&raw);
    let made = if args.pooled {
        classify_pooled(&values, &classing).map_err(miette::Report::new)?
    } else {
        let each = values.iter().map(|values| classify(values, &classing));
        each.collect::<Result<_, _>>().map_err(miette::Report::new)?
    };
    let tables = args.of.column.iter().zip(&values).zip(&made).map(|((column, values), made)| {
        args.of.table(&raw, (column, classing.name()), values, made)
    });
    args.of.write(
        &raw,
        tables.collect(),
        |table| format!("{}_class", table.column),
        terminal,
        &made,
    )
}

fn compare(args: &ClassifyCompareArgs, terminal: &Terminal) -> miette::Result<()> {
    let raw = args.of.read()?;
    let methods = if args.methods.is_empty() {
        // Geometric classes need values above 0, and a choice that nobody made must not fail.
        let optional = [Method::Breaks, Method::Geometric];
        Method::value_variants().iter().copied().filter(|m| !optional.contains(m)).collect()
    } else {
        args.methods.clone()
    };
    let (mut names, mut made) = (Vec::new(), Vec::new());
    for column in &args.of.column {
        for method in &methods {
            let classing = args.how.classing(*method)?;
            let values = &columns::numbers(&raw, column).values;
            made.push(classify(values, &classing).map_err(miette::Report::new)?);
            names.push((column, classing.name(), values));
        }
    }
    let tables = names.iter().zip(&made).map(|((column, method, values), made)| {
        args.of.table(&raw, (column, method), values, made)
    });
    let one = args.of.column.len() == 1;
    let name = |table: &ClassTable<'_>| match one {
        true => table.method.to_owned(),
        false => format!("{}_{}", table.column, table.method),
    };
    args.of.write(&raw, tables.collect(), name, terminal, &made)
}

impl TableArgs {
    fn read(&self) -> miette::Result<RawTable> {
        let mut names: Vec<&str> = self.column.iter().map(String::as_str).collect();
        names.extend(self.population.as_deref());
        names.sort_unstable();
        names.dedup();
        let text: Vec<&str> = self.id.iter().map(String::as_str).collect();
        let table = self.table.as_ref().expect("clap asks for it");
        let raw = columns::read(table, &names, &text)?;
        if self.id.is_some() || !self.per_area {
            return Ok(raw);
        }
        let first = raw.header.first().cloned().unwrap_or_default();
        columns::read(table, &names, &[&first])
    }

    fn columns<'a>(&self, raw: &'a RawTable) -> Vec<&'a [f64]> {
        self.column.iter().map(|name| columns::numbers(raw, name).values.as_slice()).collect()
    }

    fn table<'a>(
        &self,
        raw: &RawTable,
        (column, method): (&'a str, &'a str),
        values: &'a [f64],
        classes: &'a Classes,
    ) -> ClassTable<'a> {
        let people = self.population.as_ref().map(|name| columns::numbers(raw, name));
        ClassTable {
            column,
            method,
            values,
            classes,
            counts: counts(classes, people.map(|people| people.values.as_slice())),
            fit: fit(values, classes),
        }
    }

    fn write(
        &self,
        raw: &RawTable,
        tables: Vec<ClassTable<'_>>,
        name: impl Fn(&ClassTable<'_>) -> String,
        terminal: &Terminal,
        made: &[Classes],
    ) -> miette::Result<()> {
        for (table, classes) in tables.iter().zip(made) {
            for notice in classes.notices() {
                let text = notice.text(Language::En);
                terminal.say(&format!("note: {}, {}: {text}", table.column, table.method));
            }
        }
        to_file_or_stdout(self.output.as_deref(), |out| {
            if self.per_area {
                let id = self.id.as_ref().unwrap_or(&raw.header[0]);
                let names: Vec<String> = tables.iter().map(&name).collect();
                assigned_csv(out, &raw.text[id], &tables, &names)
            } else {
                let mut text = Vec::new();
                classes_csv(&mut text, &tables, self.population.is_some())?;
                out.write_all(&text)
            }
        })
    }
}
