//! `levekaar regions`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use levekaar::area::Area;
use levekaar::boundary::{Boundaries, Shape};
use levekaar::contiguity::{Contiguity, Touch, contiguity};
use levekaar::draw::Seed;
use levekaar::indicator::Direction;
use levekaar::language::{Language, message, number, shortest};
use levekaar::load;
use levekaar::load::boundaries::{BoundaryOptions, boundaries};
use levekaar::map::rasterise;
use levekaar::max_p::{CONSTRUCTIONS, Division, Map, Regions, Small, TRIALS_PER_AREA, divide};
use levekaar::neighbour::Neighbours;
use levekaar::notice::Notice;
use levekaar::picture::regions::{RegionMap, region_map};
use levekaar::validate;
use levekaar::write::folder;
use levekaar::write::regions::{region_areas_csv, regions_csv};
use miette::miette;

use super::columns;
use super::input::InputArgs;
use super::map::{Ending, Tongue};
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Divide a map into as many regions of a least size as possible, alike inside (max-p)
///
/// Writes `area,name,region,standing`, a row an area. Each region is connected and its sum of
/// `--floor` reaches `--threshold`; among divisions with as many regions, the one with the least
/// squared differences of standardised attributes inside them is kept. The same seed gives the
/// same regions on any number of threads. A heuristic: nothing proves that no division is better.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar regions project.toml --threshold 5000 --map regions.svg -o regions.csv
  levekaar regions areas.csv --threshold 16000 --floor residents \\
    --attribute low_income,no_work --boundaries areas.geojson
  levekaar regions areas.csv --threshold 16000 --floor residents --attribute low_income \\
    --neighbours pairs.csv --small drop --per-region")]
pub(crate) struct RegionsArgs {
    /// Project file (.toml), or a table with one row an area (CSV, TSV or Parquet)
    input: PathBuf,

    /// The least sum of the floor in a region
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    threshold: f64,

    /// Column that must reach the threshold; a project's residents where nothing is said
    #[arg(long, value_name = "COLUMN")]
    floor: Option<String>,

    /// What areas of a region should have in common: columns of the table, or indicators,
    /// domains or `score` of the project; its score where nothing is said
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    attribute: Vec<String>,

    /// Column of ids, for a bare table; the first column where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// File of neighbours: pairs of ids (.csv), .gal or .gwt
    #[arg(long, value_name = "FILE")]
    neighbours: Option<PathBuf>,

    /// Boundary file, for a bare table: for the map, and for neighbours where no file tells
    #[arg(long, value_name = "FILE")]
    boundaries: Option<PathBuf>,

    /// Property that holds the id in the boundary file; the name of the id column where nothing
    /// is said
    #[arg(long, value_name = "PROPERTY", requires = "boundaries")]
    boundary_id: Option<String>,

    /// Which kind of touch counts where outlines tell who is a neighbour
    #[arg(long, value_enum, default_value = "queen")]
    method: Method,

    /// How far apart outlines may lie and still touch, in metres
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    snap_m: f64,

    /// What becomes of parts of the map that cannot reach the threshold, such as islands
    #[arg(long, value_enum, default_value = "keep")]
    small: SmallParts,

    /// Divisions made from scratch
    #[arg(long, value_name = "N", default_value_t = CONSTRUCTIONS as u32,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    constructions: u32,

    /// Trial moves an area in each chain of the search that follows
    #[arg(long, value_name = "N", default_value_t = TRIALS_PER_AREA as u32,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    trials: u32,

    /// What everything random starts from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// One row a region instead of one an area
    #[arg(long)]
    per_region: bool,

    /// Draw the regions over the first attribute; `.svg` or `.png`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,

    /// Language of map and notes instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Method {
    /// One point is enough
    Queen,
    /// Part of a side must be shared
    Rook,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SmallParts {
    /// Regions of their own, below the threshold
    Keep,
    /// Part of the nearest region, which then is in several parts
    Join,
    /// In no region
    Drop,
}

/// What is divided, from a project or from a table.
struct Given {
    areas: Vec<Area>,
    names: Vec<String>,
    attributes: Vec<Vec<f64>>,
    floor: Vec<f64>,
    neighbours: Neighbours,
    boundaries: Option<Boundaries>,
    title: String,
    legend_title: String,
    source: String,
    direction: Direction,
    synthetic: bool,
    language: Language,
    notices: Vec<Notice>,
}

/// The regions go to stdout or to a file, what was reached to stderr.
pub(crate) fn run(args: &RegionsArgs, terminal: &Terminal) -> miette::Result<()> {
    let picture = args.map.as_deref().map(Ending::of).transpose()?;
    let given = match args.input.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        true => of_project(args, terminal)?,
        false => of_table(args)?,
    };
    if args.map.is_some() && given.boundaries.is_none() {
        return Err(miette!(
            help = "give a bare table `--boundaries FILE`, a project `[boundaries]`",
            "there are no outlines to draw"
        ));
    }
    let points = given.boundaries.as_ref().map(|outlines| {
        let point = |area: &Area| outlines.get(&area.id).and_then(middle);
        given.areas.iter().map(point).collect::<Vec<_>>()
    });
    let map = Map {
        areas: &given.areas,
        attributes: &given.attributes,
        floor: &given.floor,
        neighbours: &given.neighbours,
        points: points.as_deref(),
    };
    let how = Division {
        threshold: args.threshold,
        constructions: args.constructions as usize,
        trials_per_area: args.trials as usize,
        seed: Seed(args.seed),
        small: match args.small {
            SmallParts::Keep => Small::Keep,
            SmallParts::Join => Small::Join,
            SmallParts::Drop => Small::Drop,
        },
    };
    let found = terminal.during("dividing", || divide(map, how)).map_err(miette::Report::new)?;
    terminal.notices(&given.notices, given.language);
    terminal.notices(&found.notices, given.language);
    terminal.say(&summary(&found, given.language));
    if let (Some(path), Some(ending), Some(outlines)) = (&args.map, picture, &given.boundaries) {
        let svg = drawn(args, &given, outlines, &found)?;
        let bytes = match ending {
            Ending::Png => rasterise(&svg, 1600)?,
            Ending::Svg => svg.into_bytes(),
        };
        folder::write_file(path, |out| std::io::Write::write_all(out, &bytes))?;
    }
    to_file_or_stdout(args.output.as_deref(), |out| match args.per_region {
        true => regions_csv(out, &given.names, &found),
        false => region_areas_csv(out, &given.areas, &found),
    })
}

fn of_project(args: &RegionsArgs, terminal: &Terminal) -> miette::Result<Given> {
    if args.id.is_some() || args.boundaries.is_some() {
        return Err(miette!(
            "`--id` and `--boundaries` go with a bare table; a project names its own"
        ));
    }
    let mut job = InputArgs::project(args.input.clone(), None).job(None)?;
    job.rule = None;
    let analysis = job.analyse(terminal)?;
    let mut notices = analysis.notices.clone();
    let outlines = job.boundaries(&analysis.table, &mut notices)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let names = match args.attribute.as_slice() {
        [] => vec!["score".to_owned()],
        some => some.to_vec(),
    };
    let (mut attributes, mut titles) = (Vec::new(), Vec::new());
    for name in &names {
        let (values, title) = super::spatial::column_of(&analysis, name, language)?;
        attributes.push(values);
        titles.push(title);
    }
    let areas = analysis.table.areas().to_vec();
    let floor = match &args.floor {
        Some(name) => super::spatial::column_of(&analysis, name, language)?.0,
        None if areas.iter().all(|area| area.population.is_none()) => {
            return Err(miette!(
                help = "name the column under `[areas]`: `population = \"residents\"`; or an indicator with `--floor`",
                "the threshold is about residents, and the project names no population"
            ));
        }
        None => areas.iter().map(|area| area.population.unwrap_or(f64::NAN)).collect(),
    };
    let neighbours = match (&args.neighbours, analysis.table.neighbours()) {
        (None, Some(own)) => own.as_ref().clone(),
        (Some(_), _) | (None, None) => neighbours(args, &areas, outlines.as_ref(), &mut notices)?,
    };
    let direction = match names[0].as_str() {
        "score" => analysis.definition.direction,
        _ => Direction::HigherIsWorse,
    };
    let project = job.project();
    Ok(Given {
        legend_title: titles[0].clone(),
        title: project.title.get(language).to_owned(),
        source: project.source.as_ref().map_or(String::new(), |s| s.get(language).to_owned()),
        synthetic: project.synthetic,
        boundaries: outlines,
        areas,
        names,
        attributes,
        floor,
        neighbours,
        direction,
        language,
        notices,
    })
}

fn of_table(args: &RegionsArgs) -> miette::Result<Given> {
    let Some(floor) = &args.floor else {
        return Err(miette!(
            help = "name the column that the threshold is about, such as `--floor residents`",
            "a bare table does not say what must reach the threshold"
        ));
    };
    if args.attribute.is_empty() {
        return Err(miette!(
            help = "name columns: `--attribute low_income,no_work`",
            "a bare table does not say what areas of a region should have in common"
        ));
    }
    let id = match &args.id {
        Some(id) => id.clone(),
        None => super::input::first_column(&args.input)?,
    };
    let mut wanted: Vec<&str> = args.attribute.iter().map(String::as_str).collect();
    wanted.push(floor);
    wanted.sort_unstable();
    wanted.dedup();
    let raw = columns::read(&args.input, &wanted, &[&id])?;
    let areas = columns::areas(&raw, &args.input, &id)?;
    let mut notices = Vec::new();
    let outlines = match &args.boundaries {
        None => None,
        Some(file) => {
            let options = BoundaryOptions {
                id_property: args.boundary_id.clone().unwrap_or_else(|| id.clone()),
                name_property: None,
                crs: None,
                layer: None,
                exclude: Vec::new(),
                only_metres: true,
            };
            let found = boundaries(file, &options)?;
            notices.extend_from_slice(found.notices());
            notices.extend(validate::join(&areas, &found).map_err(miette::Report::new)?);
            Some(found)
        }
    };
    let values = |name: &str| columns::numbers(&raw, name).values.clone();
    let title = args.input.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
    Ok(Given {
        neighbours: neighbours(args, &areas, outlines.as_ref(), &mut notices)?,
        attributes: args.attribute.iter().map(|name| values(name)).collect(),
        floor: values(floor),
        names: args.attribute.clone(),
        legend_title: args.attribute[0].clone(),
        title,
        source: String::new(),
        direction: Direction::HigherIsWorse,
        synthetic: false,
        language: args.language.map_or(Language::En, Language::from),
        boundaries: outlines,
        areas,
        notices,
    })
}

/// From a file where one is named, else from the outlines.
fn neighbours(
    args: &RegionsArgs,
    areas: &[Area],
    outlines: Option<&Boundaries>,
    notices: &mut Vec<Notice>,
) -> miette::Result<Neighbours> {
    let Some(file) = &args.neighbours else {
        let Some(outlines) = outlines else {
            return Err(miette!(
                help = "give a file of pairs with `--neighbours`, or outlines with `--boundaries`",
                "nothing tells which areas are neighbours"
            ));
        };
        let method = match args.method {
            Method::Queen => Touch::Queen,
            Method::Rook => Touch::Rook,
        };
        let how = Contiguity { method, snap_m: args.snap_m, links: Vec::new(), cuts: Vec::new() };
        let (found, more) = contiguity(areas, outlines, &how).map_err(miette::Report::new)?;
        notices.extend(more);
        return Ok(found);
    };
    let is = |ending: &str| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    let pairs = if is("gal") || is("gwt") {
        let (weights, more) = load::weights::weights(file, areas).map_err(miette::Report::new)?;
        notices.extend(more);
        let id = |at: usize| areas[at].id.to_string();
        (0..areas.len())
            .flat_map(|at| {
                weights.targets(at).iter().map(move |&other| (id(at), id(other as usize)))
            })
            .collect()
    } else {
        columns::pairs(file)?
    };
    let (found, unknown) = Neighbours::from_pairs(areas, &pairs);
    if !unknown.is_empty() {
        notices.push(Notice::warning("spatial.unknown-ids").about(unknown));
    }
    Ok(found)
}

/// The middle of the box around an outline, in metres.
fn middle(shape: &Shape) -> Option<(f64, f64)> {
    let points = || shape.projected.0.iter().flat_map(|polygon| polygon.exterior().coords());
    let range = |part: fn(&geo::Coord<f64>) -> f64| {
        let (least, most) =
            points().map(part).fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), x| {
                (least.min(x), most.max(x))
            });
        (least <= most).then_some((least + most) / 2.0)
    };
    Some((range(|point| point.x)?, range(|point| point.y)?))
}

fn summary(found: &Regions, language: Language) -> String {
    let share = if found.total > 0.0 { found.within / found.total } else { 0.0 };
    let share = format!("{} %", number(100.0 * share, 2, language));
    let values =
        [("p", found.p.to_string()), ("bound", found.p_bound.to_string()), ("share", share)];
    let values: Vec<(&str, &str)> =
        values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    message(language, "region.max-p-found", &values)
}

fn drawn(
    args: &RegionsArgs,
    given: &Given,
    outlines: &Boundaries,
    found: &Regions,
) -> miette::Result<String> {
    let threshold = shortest(args.threshold, given.language);
    let values = [("threshold", threshold.as_str()), ("attribute", &given.legend_title)];
    let map = RegionMap {
        areas: &given.areas,
        values: &given.attributes[0],
        found,
        title: &given.title,
        subtitle: &message(given.language, "region.max-p-map", &values),
        source: &given.source,
        legend_title: &given.legend_title,
        direction: given.direction,
        synthetic: given.synthetic,
    };
    Ok(region_map(&map, outlines, given.language)?)
}
