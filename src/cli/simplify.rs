//! `levekaar simplify`

use clap::Args;
use levekaar::language::{Language, number};
use levekaar::layer::Layer;
use levekaar::notice::Notice;
use levekaar::simplify::{Simplification, Simplified, Simplifier};
use levekaar::write::layer::write_layer;
use miette::{IntoDiagnostic, miette};

use super::layer::{LayerArgs, OutputArgs};
use super::terminal::Terminal;

/// Make outlines simpler, without gaps or overlaps between areas
///
/// Each border is simplified once, for both of its areas; points where three areas meet stay, and
/// so does every island. What became of the areas' sizes is said on stderr.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar simplify zones.gpkg -o zones.geojson --tolerance 50
  levekaar simplify zones.geojson -o small.topojson --keep 10%
  levekaar simplify zones.geojson -o small.geojson --size 500kB --method douglas-peucker")]
#[command(override_usage = "levekaar simplify [OPTIONS] -o FILE \
    --tolerance METRES|--keep SHARE|--size SIZE INPUT")]
#[command(group = clap::ArgGroup::new("target").required(true))]
pub(crate) struct SimplifyArgs {
    #[command(flatten)]
    input: LayerArgs,

    #[command(flatten)]
    output: OutputArgs,

    /// Leave out details smaller than this, in metres
    #[arg(long, value_name = "METRES", group = "target")]
    tolerance: Option<f64>,

    /// Keep this share of the points between nodes, such as `10%` or `0.1`
    #[arg(long, value_name = "SHARE", group = "target", value_parser = share)]
    keep: Option<f64>,

    /// Keep as much as a file of this size holds, such as `500kB` or `2MB`
    #[arg(long, value_name = "SIZE", group = "target", value_parser = size)]
    size: Option<u64>,

    /// How points are weighed
    #[arg(long, value_enum, default_value = "visvalingam")]
    method: Method,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Method {
    /// By the triangle with their neighbours; the tolerance is the square root of its size
    Visvalingam,
    /// By their distance from the simpler line
    DouglasPeucker,
}

fn share(typed: &str) -> Result<f64, String> {
    let (digits, factor) = match typed.trim().strip_suffix('%') {
        Some(digits) => (digits, 0.01),
        None => (typed, 1.0),
    };
    let share = digits.trim().replace(',', ".").parse::<f64>().ok().map(|x| x * factor);
    share
        .filter(|share| *share > 0.0 && *share <= 1.0)
        .ok_or_else(|| "write a share above 0 and at most 1, such as `10%` or `0.1`".to_owned())
}

fn size(typed: &str) -> Result<u64, String> {
    let lower = typed.trim().to_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &lower[digits.len()..] {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        _ => return Err("write a size such as `500kB` or `2MB`".to_owned()),
    };
    let size = digits.trim().replace(',', ".").parse::<f64>().ok().map(|x| x * factor);
    // Positive and far below 2^53.
    size.filter(|size| (1.0..1e15).contains(size))
        .map(|size| size as u64)
        .ok_or_else(|| "write a size such as `500kB` or `2MB`".to_owned())
}

/// The file is written; how much went goes to stderr.
pub(crate) fn run(args: &SimplifyArgs, terminal: &Terminal) -> miette::Result<()> {
    args.output.format()?;
    if args.tolerance.is_some_and(|metres| !(metres >= 0.0 && metres.is_finite())) {
        return Err(miette!(
            help = "give metres, such as `--tolerance 50`",
            "the tolerance must be 0 or more"
        ));
    }
    let mut layer = args.input.read(terminal)?;
    let language = args.input.language();
    let shapes: Vec<_> = layer.rows.iter().map(|row| &row.polygons).collect();
    let method = match args.method {
        Method::Visvalingam => Simplification::Visvalingam {},
        Method::DouglasPeucker => Simplification::DouglasPeucker {},
    };
    let simplifier =
        terminal.during("weighing points", || Simplifier::new(&shapes, layer.crs, method));
    let tolerance = match (args.tolerance, args.keep, args.size) {
        (Some(metres), _, _) => metres,
        (None, Some(share), _) => simplifier.tolerance_for(share),
        (None, None, Some(bytes)) => fitting(args, &layer, &simplifier, bytes, terminal)?,
        (None, None, None) => return Err(miette!("say `--tolerance`, `--keep` or `--size`")),
    };
    let done = terminal.during("simplifying", || simplifier.at(tolerance));
    let told = told(&done, tolerance, language);
    layer.notices.extend(notices(&done, &layer));
    for (row, shape) in layer.rows.iter_mut().zip(done.shapes) {
        row.polygons = shape;
    }
    terminal.all_notices(&layer.notices, language);
    terminal.say(&told);
    args.output.write(layer, terminal)
}

/// The least tolerance of which the file is no larger than asked, to a hundredth of the points.
fn fitting(
    args: &SimplifyArgs,
    layer: &Layer,
    simplifier: &Simplifier,
    bytes: u64,
    terminal: &Terminal,
) -> miette::Result<f64> {
    let format = args.output.format()?;
    let size = |share: f64| -> miette::Result<u64> {
        let mut tried = layer.clone();
        let done = simplifier.at(simplifier.tolerance_for(share));
        for (row, shape) in tried.rows.iter_mut().zip(done.shapes) {
            row.polygons = shape;
        }
        let mut written = Vec::new();
        write_layer(&mut written, &tried, format, args.output.digits).into_diagnostic()?;
        Ok(written.len() as u64)
    };
    terminal.during("looking for the tolerance", || {
        let least = size(0.0)?;
        if least > bytes {
            return Err(miette!(
                help = "write fewer `--digits`, fewer attributes, or `.topojson`",
                "with nodes and islands alone the file has {least} bytes, and {bytes} were asked for"
            ));
        }
        let (mut low, mut high) = (0.0, 1.0);
        if size(1.0)? <= bytes {
            return Ok(0.0);
        }
        while high - low > 0.01 {
            let middle = (low + high) / 2.0;
            if size(middle)? <= bytes { low = middle } else { high = middle }
        }
        Ok(simplifier.tolerance_for(low))
    })
}

fn told(done: &Simplified, tolerance: f64, language: Language) -> String {
    let changes: Vec<f64> =
        done.area_change.iter().filter(|change| change.is_finite()).map(|x| x.abs()).collect();
    let largest = changes.iter().copied().fold(0.0, f64::max) * 100.0;
    let mean = changes.iter().sum::<f64>() / changes.len().max(1) as f64 * 100.0;
    levekaar::language::message(
        language,
        "layer.simplified",
        &[
            ("before", &number(done.n_points.0 as f64, 0, language)),
            ("after", &number(done.n_points.1 as f64, 0, language)),
            ("tolerance", &number(tolerance, 1, language)),
            ("mean", &number(mean, 3, language)),
            ("largest", &number(largest, 3, language)),
        ],
    )
}

fn notices(done: &Simplified, layer: &Layer) -> Vec<Notice> {
    /// A change of an area's size that a reader of the map may want to know.
    const LARGE: f64 = 0.1;
    let mut notices = Vec::new();
    if done.n_held_back > 0 {
        notices.push(Notice::note("layer.held-back").with("n", done.n_held_back));
    }
    if done.n_crossings_left > 0 {
        notices.push(Notice::warning("layer.crossings-left").with("n", done.n_crossings_left));
    }
    let large: Vec<String> = done
        .area_change
        .iter()
        .zip(&layer.rows)
        .filter(|(change, _)| change.abs() > LARGE)
        .map(|(_, row)| row.cells.iter().find_map(levekaar::layer::Cell::text).unwrap_or_default())
        .collect();
    if !large.is_empty() {
        notices.push(Notice::warning("layer.area-changed").about(large));
    }
    notices
}
