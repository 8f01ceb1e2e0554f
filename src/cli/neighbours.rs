//! `levekaar neighbours`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use levekaar::area::Area;
use levekaar::contiguity::{Contiguity, Touch, contiguity};
use levekaar::language::Language;
use levekaar::load::boundaries::{BoundaryOptions, boundaries};
use levekaar::write::neighbours::{neighbours_csv, neighbours_gal};

use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// List which areas of a boundary file are neighbours, and how long their borders are
///
/// Writes `from,to,border_m`, each pair once. A project reads such a file with `neighbours`, or
/// finds the same pairs itself with `contiguity`, both under `[areas]`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar neighbours zones.geojson --id zone > pairs.csv
  levekaar neighbours zones.geojson --id zone --method rook --snap-m 1 -o zones.gal")]
pub(crate) struct NeighboursArgs {
    /// Boundary file
    boundaries: PathBuf,

    /// Property that holds the area's id
    #[arg(long, value_name = "PROPERTY")]
    id: String,

    /// Which kind of touch counts
    #[arg(long, value_enum, default_value_t = Method::Queen)]
    method: Method,

    /// How far apart outlines may lie and still touch, in metres
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    snap_m: f64,

    /// EPSG code of the coordinates, where the file does not tell
    #[arg(long, value_name = "CODE")]
    crs: Option<u32>,

    /// Layer of the file, where it has several
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,

    /// Language of what is said on stderr
    #[arg(long, value_enum, default_value_t = super::map::Tongue::En)]
    language: super::map::Tongue,

    /// Write to FILE and not to stdout; a name that ends in `.gal` gives GeoDa's format
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which kind of touch makes two areas neighbours.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Method {
    /// One point is enough
    Queen,
    /// Part of a side must be shared
    Rook,
}

/// The pairs go to stdout or to a file.
pub(crate) fn run(args: &NeighboursArgs, terminal: &Terminal) -> miette::Result<()> {
    let options = BoundaryOptions {
        id_property: args.id.clone(),
        name_property: None,
        crs: args.crs,
        layer: args.layer.clone(),
        exclude: Vec::new(),
        only_metres: true,
    };
    let found =
        terminal.during("reading the boundaries", || boundaries(&args.boundaries, &options))?;
    let areas: Vec<Area> = found.shapes().iter().map(|shape| Area::of(shape.id.clone())).collect();
    let method = match args.method {
        Method::Queen => Touch::Queen,
        Method::Rook => Touch::Rook,
    };
    let how = Contiguity { method, snap_m: args.snap_m, links: Vec::new(), cuts: Vec::new() };
    let (neighbours, notices) =
        terminal.during("comparing outlines", || contiguity(&areas, &found, &how))?;
    let language = Language::from(args.language);
    terminal.notices(found.notices(), language);
    terminal.notices(&notices, language);
    for notice in &notices {
        if notice.items.is_empty() {
            terminal.say(&notice.text(language));
        }
    }
    let is_gal = args.output.as_ref().and_then(|path| path.extension()).is_some_and(|e| e == "gal");
    to_file_or_stdout(args.output.as_deref(), |out: &mut dyn Write| {
        if is_gal {
            neighbours_gal(out, &areas, &neighbours)
        } else {
            neighbours_csv(out, &areas, &neighbours)
        }
    })
}
