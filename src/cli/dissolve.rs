//! `levekaar dissolve`

use std::collections::BTreeMap;

use clap::Args;
use levekaar::combine::{Combination, Gaps, combine};
use levekaar::dissolve::dissolve;
use levekaar::layer::{Cell, Field, FieldKind, Layer, Row};
use levekaar::load::{self, boundaries};
use levekaar::notice::Notice;
use levekaar::suggest::nearest;
use miette::miette;

use super::layer::{LayerArgs, OutputArgs};
use super::terminal::Terminal;

/// Put areas together to larger units, with their figures
///
/// Counts are summed (`--sum`) and rates computed anew from their counts (`--rate`). Means,
/// medians and bare rates cannot be had from those of the parts; `--mean` gives a weighted mean of
/// the areas' values in a column whose name ends in `_weighted`. Of a project file, the units are
/// its parents and each indicator is put together as the project says it is made.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar dissolve zones.gpkg --by district --sum people -o districts.gpkg
  levekaar dissolve zones.geojson --id code --table figures.csv --by district \\
    --sum people,poor --rate poor_pct=poor/people*100 --mean income@people -o districts.geojson
  levekaar dissolve project.toml -o districts.gpkg --weighted")]
pub(crate) struct DissolveArgs {
    #[command(flatten)]
    input: LayerArgs,

    #[command(flatten)]
    output: OutputArgs,

    /// Property or column of the larger units; a project's `parent` where nothing is said
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,

    /// Counts to sum
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    sum: Vec<String>,

    /// Rates from sums: `NAME=NUMERATOR/DENOMINATOR`, and `*100` for per cent
    #[arg(long, value_name = "RATE", value_delimiter = ',', value_parser = rate)]
    rate: Vec<Combination>,

    /// Means of the areas' values, weighted: `COLUMN@WEIGHT`
    #[arg(long, value_name = "COLUMN@WEIGHT", value_delimiter = ',', value_parser = mean)]
    mean: Vec<Combination>,

    /// Columns of which the least value is wanted
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    min: Vec<String>,

    /// Columns of which the largest value is wanted
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    max: Vec<String>,

    /// Columns whose value is kept where all areas of a unit have the same
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    common: Vec<String>,

    /// Means of a project's indicators that have no counts, weighted by residents
    #[arg(long)]
    weighted: bool,

    /// What becomes of a unit of which an area has no value
    #[arg(long, value_enum, default_value = "missing")]
    gaps: TypedGaps,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TypedGaps {
    /// It has none either
    Missing,
    /// It has that of its other areas, which are named
    LeaveOut,
}

/// `poor_pct=poor/people*100`.
fn rate(typed: &str) -> Result<Combination, String> {
    let wanted = || "write NAME=NUMERATOR/DENOMINATOR*100".to_owned();
    let (name, formula) = typed.split_once('=').ok_or_else(wanted)?;
    let (numerator, rest) = formula.split_once('/').ok_or_else(wanted)?;
    let (denominator, per) = match rest.split_once('*') {
        Some((denominator, per)) => (denominator, per.trim().parse().map_err(|_| wanted())?),
        None => (rest, 1.0),
    };
    let [name, numerator, denominator] =
        [name, numerator, denominator].map(|part| part.trim().to_owned());
    if name.is_empty() || numerator.is_empty() || denominator.is_empty() {
        return Err(wanted());
    }
    Ok(Combination::Rate { name, numerator, denominator, per })
}

/// `income@people`.
fn mean(typed: &str) -> Result<Combination, String> {
    let (column, weight) = typed
        .split_once('@')
        .ok_or_else(|| "write COLUMN@WEIGHT, such as `income@people`".to_owned())?;
    Ok(Combination::WeightedMean { column: column.to_owned(), weight: weight.to_owned() })
}

/// The file is written; what was put together and what was not goes to stderr.
pub(crate) fn run(args: &DissolveArgs, terminal: &Terminal) -> miette::Result<()> {
    args.output.format()?;
    let is_project = args.input.input.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let (layer, by, mut combinations) = match is_project {
        true => of_project(args, terminal)?,
        false => {
            let Some(by) = &args.by else {
                return Err(miette!(
                    help = "name the property of the larger units: `--by district`",
                    "`--by` must say what to put together"
                ));
            };
            (args.input.read(terminal)?, by.clone(), Vec::new())
        }
    };
    let column = |column: &String| column.clone();
    combinations.extend(args.sum.iter().map(|c| Combination::Sum { column: column(c) }));
    combinations.extend(args.rate.iter().cloned());
    combinations.extend(args.mean.iter().cloned());
    combinations.extend(args.min.iter().map(|c| Combination::Least { column: column(c) }));
    combinations.extend(args.max.iter().map(|c| Combination::Largest { column: column(c) }));
    combinations.extend(args.common.iter().map(|c| Combination::Common { column: column(c) }));
    for name in combinations.iter().flat_map(Combination::columns).chain([by.as_str()]) {
        require(&layer, name)?;
    }
    let gaps = match args.gaps {
        TypedGaps::Missing => Gaps::Missing,
        TypedGaps::LeaveOut => Gaps::LeaveOut,
    };
    let done =
        terminal.during("putting areas together", || dissolved(layer, &by, &combinations, gaps));
    terminal.all_notices(&done.notices, args.input.language());
    args.output.write(done, terminal)
}

fn require(layer: &Layer, name: &str) -> miette::Result<()> {
    if layer.field(name).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = layer.fields.iter().map(|field| field.name.as_str()).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? "),
        None => String::new(),
    };
    Err(miette!(
        help = format!("{help}the columns are {}", known.join(", ")),
        "there is no column `{name}`"
    ))
}

/// One row a unit, by its name: the name, the number of areas, the figures, the shape.
fn dissolved(mut layer: Layer, by: &str, combinations: &[Combination], gaps: Gaps) -> Layer {
    let place = layer.field(by).expect("the columns have been checked");
    let names: Vec<Option<String>> =
        layer.rows.iter().map(|row| row.cells[place].text().filter(|t| !t.is_empty())).collect();
    let mut units: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (area, name) in names.iter().enumerate() {
        if let Some(name) = name {
            units.entry(name).or_default().push(area);
        }
    }
    let labels: Vec<String> = units.keys().map(|&name| name.to_owned()).collect();
    let units: Vec<Vec<usize>> = units.into_values().collect();
    let mut groups: Vec<Option<usize>> = vec![None; layer.rows.len()];
    for (unit, areas) in units.iter().enumerate() {
        areas.iter().for_each(|&area| groups[area] = Some(unit));
    }
    let without: Vec<String> = layer
        .rows
        .iter()
        .zip(&names)
        .filter(|(_, name)| name.is_none())
        .map(|(row, _)| row.cells.iter().find_map(Cell::text).unwrap_or_default())
        .collect();
    let shapes: Vec<_> = layer.rows.iter().map(|row| &row.polygons).collect();
    let done = dissolve(&shapes, &groups, units.len());
    let (fields, cells, notices) = combine(&layer, &units, combinations, gaps, &labels);
    let named = |units: &[usize]| units.iter().map(|&unit| labels[unit].clone()).collect();
    let about = Notice::note("layer.units").with("n", units.len());
    let mut all = vec![about.with("areas", layer.rows.len() - without.len())];
    for (notice, items) in [
        (Notice::warning("layer.without-group"), without),
        (Notice::warning("layer.overlaid"), named(&done.overlaid)),
        (Notice::note("layer.slivers"), named(&done.closed_slivers)),
    ] {
        if !items.is_empty() {
            all.push(notice.about(items));
        }
    }
    let mut new = vec![
        Field { name: by.to_owned(), kind: FieldKind::Text },
        Field { name: "n_areas".to_owned(), kind: FieldKind::Integer },
    ];
    new.extend(fields);
    let rows = labels.iter().zip(&units).zip(cells).zip(done.shapes);
    let rows = rows
        .map(|(((label, areas), cells), polygons)| {
            let mut all = vec![Cell::Text(label.clone()), Cell::Integer(areas.len() as i64)];
            all.extend(cells);
            Row { cells: all, polygons }
        })
        .collect();
    let mut notices_of_file = std::mem::take(&mut layer.notices);
    notices_of_file.extend(all);
    notices_of_file.extend(notices);
    Layer { fields: new, rows, notices: notices_of_file, ..layer }
}

/// A project's boundaries and table as a layer, the column of its units, and how each indicator
/// is put together.
fn of_project(
    args: &DissolveArgs,
    terminal: &Terminal,
) -> miette::Result<(Layer, String, Vec<Combination>)> {
    let file = load::project(&args.input.input)?;
    let project = &file.project;
    let Some(spec) = &project.boundaries else {
        return Err(miette!(
            help = "give the project `[boundaries]` with `file` and `id`",
            "the project has no boundaries"
        ));
    };
    let Some(by) = args.by.clone().or_else(|| project.areas.parent.clone()) else {
        return Err(miette!(
            help = "name it under `[areas]`: `parent = \"district\"`; or use `--by COLUMN`",
            "the project does not say which column holds the larger units"
        ));
    };
    let options = boundaries::LayerOptions {
        id_property: Some(spec.id.clone()),
        crs: spec.crs.as_deref().and_then(levekaar::boundary::epsg_code),
        layer: spec.layer.clone(),
        exclude: spec.exclude.clone(),
    };
    let path = file.resolve(&spec.file);
    let mut layer = terminal.during("reading the areas", || boundaries::layer(&path, &options))?;
    let table = file.resolve(&project.areas.file);
    let attributes = load::attributes::attributes(&table, &project.areas.id)?;
    layer.join(&spec.id, &attributes)?;
    let mut combinations = Vec::new();
    let population = project.areas.population.clone();
    if let Some(column) = population.clone() {
        combinations.push(Combination::Sum { column });
    }
    let definition = load::index(&project.index, &file.folder)?;
    let (mut refused, mut standardised) = (Vec::new(), Vec::new());
    for indicator in &definition.indicators {
        let source = project.indicators.get(&indicator.id).cloned().unwrap_or_default();
        let says_nothing = source.column.is_none() && source.numerator.is_none();
        // Neither a quotient of sums nor a mean is a standardised rate of the whole.
        if !source.strata.is_empty() || (indicator.standardised.is_some() && says_nothing) {
            standardised.push(indicator.id.to_string());
            continue;
        }
        let counts = match (&source.numerator, &source.denominator, &indicator.rate) {
            (Some(numerator), Some(denominator), _) => {
                Some((numerator.clone(), denominator.clone(), source.per.unwrap_or(100.0)))
            }
            (_, _, Some(rate)) if source.column.is_none() => {
                Some((rate.numerator.clone(), rate.denominator.clone(), rate.per))
            }
            _ => {
                let divided = source.denominate.as_ref().or(indicator.denominate.as_ref());
                let column = source.column.clone().or_else(|| indicator.column.clone());
                divided.map(|by| {
                    (column.unwrap_or_else(|| indicator.id.to_string()), by.by.clone(), by.per)
                })
            }
        };
        match (counts, &population) {
            (Some((numerator, denominator, per)), _) => combinations.push(Combination::Rate {
                name: indicator.id.to_string(),
                numerator,
                denominator,
                per,
            }),
            (None, Some(weight)) if args.weighted => {
                let column = source.column.or_else(|| indicator.column.clone());
                combinations.push(Combination::WeightedMean {
                    column: column.unwrap_or_else(|| indicator.id.to_string()),
                    weight: weight.clone(),
                });
            }
            (None, _) => refused.push(indicator.id.to_string()),
        }
    }
    if !standardised.is_empty() {
        layer.notices.push(Notice::warning("layer.not-standardised").about(standardised));
    }
    if !refused.is_empty() {
        layer.notices.push(Notice::warning("layer.not-aggregated").about(refused));
    }
    Ok((layer, by, combinations))
}
