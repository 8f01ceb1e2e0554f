//! `levekaar run`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::index::{Plan, compute};
use levekaar::language::{Language, number};
use levekaar::layer::SpatialFormat;
use levekaar::map::{rank_intervals, rasterise, sensitivity_bars};
use levekaar::rank::rank;
use levekaar::screen::screen;
use levekaar::select::Truth;
use levekaar::treat::treat;
use levekaar::uncertainty::leave_one_out::leave_one_out;
use levekaar::write::candidates::{candidate_sets_csv, candidate_zones_csv};
use levekaar::write::folder::{Staged, WriteError};
use levekaar::write::geojson::areas_geojson;
use levekaar::write::indicators::{bounds_csv, indicators_csv, not_ranked_csv, shrinkage_csv};
use levekaar::write::layer::{DIGITS, results_layer, write_layer};
use levekaar::write::parquet::ranking_parquet;
use levekaar::write::run_json::run_json;
use levekaar::write::sensitivity::sensitivity_csv;
use levekaar::write::uncertainty::{leave_one_out_csv, uncertainty_csv};
use levekaar::write::{Columns, selection_csv, table_csv};
use serde_json::json;

use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::results::Results;
use super::terminal::Terminal;

/// Run a whole project: ranking, selection, map and report
///
/// Writes `ranking.csv`, `ranking.parquet`, `indicators.csv`, `selection.csv`, `areas.geojson`,
/// `map.svg`, `map.png`, `uncertainty.csv`, `rank-intervals.svg`, `leave-one-out.csv`,
/// `results.xlsx`, `report.html` and `run.json` into the output folder and prints their paths; also
/// `bounds.csv` where values are missing, `not-ranked.csv` where areas have no rank, and
/// `shrinkage.csv` where rates are shrunk. With a rule also `criteria.csv`, `near-misses.csv`,
/// `contributions.csv`, `cliffs.csv`, `coverage.csv`, `targeting.csv`, `targeting.svg` and
/// `selection-probability.svg`, with several years `history.csv`, with a list of what was decided
/// `decided.csv`. With `[candidates]`, `[spatial]` or `[sensitivity]` in the project also
/// `candidate-areas.csv`, `candidate-sets.csv` and `candidate-areas.svg`, `clusters.csv` and
/// `clusters.svg`, or `sensitivity.csv` and `sensitivity.svg`; with `[funding]` the folder `funding`
/// with the tables and charts of the funding models. Nothing is written if anything is wrong.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar run datasets/oslo-bydeler-2013/project.toml
  levekaar run project.toml -o results --language en --threads 1")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Output folder; the project's, or `out/<project id>` where it names none
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Formats of the areas with their results beside `areas.geojson`, instead of the project's:
    /// topojson, gpkg, fgb, geoparquet
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = spatial_format)]
    formats: Vec<SpatialFormat>,

    /// Language of map and report instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// A short ranked table goes to stderr, the paths of the files to stdout.
pub(crate) fn run(args: &RunArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    job.writes_outlines = true;
    if let Some(language) = args.language {
        job.file.project.language = language.into();
    }
    if !args.formats.is_empty() {
        job.file.project.outputs.formats = args.formats.clone();
    }
    let folder = output_folder(args, &job);
    // An unwritable folder is told before the work, not after it.
    let mut staged = Staged::new(&folder)?;
    let results = Results::of(job, terminal)?;
    let (job, analysis) = (&results.job, &results.analysis);
    terminal.during("writing", || write_all(&mut staged, &results))?;
    let paths = staged.commit()?;
    terminal.notices(&analysis.notices, job.project().language);
    summary(job, analysis, terminal);
    super::score::to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.display()))
    })
}

/// A format by its name or ending.
fn spatial_format(typed: &str) -> Result<SpatialFormat, String> {
    SpatialFormat::named(typed)
        .ok_or_else(|| "use geojson, topojson, gpkg, fgb or geoparquet".to_owned())
}

fn output_folder(args: &RunArgs, job: &Job) -> PathBuf {
    match (&args.output, &job.project().outputs.folder) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => job.file.resolve(folder),
        (None, None) => Path::new("out").join(&job.project().id),
    }
}

fn write_all(staged: &mut Staged, results: &Results) -> miette::Result<()> {
    let Results {
        job,
        analysis,
        boundaries,
        map,
        candidates,
        uncertainty,
        probability,
        sensitivity,
        chosen,
        clusters,
        funded,
        provenance,
        ..
    } = results;
    let project = job.project();
    staged.add("ranking.csv", |out| table_csv(out, analysis, Columns::Rank, None, None))?;
    stages(staged, analysis)?;
    let mut parquet = Vec::new();
    ranking_parquet(&mut parquet, analysis)
        .map_err(|error| WriteError::at(Path::new("ranking.parquet"), error))?;
    staged.add("ranking.parquet", |out| out.write_all(&parquet))?;
    if let Some(selection) = &analysis.selection {
        staged.add("selection.csv", |out| selection_csv(out, selection))?;
    }
    if let Some(boundaries) = boundaries {
        let about = json!({
            "definition": analysis.definition.id,
            "definition_sha256": provenance.definition_sha256,
            "direction": analysis.definition.direction,
            "synthetic": project.synthetic,
            "version": provenance.program_version,
        });
        staged.add("areas.geojson", |out| areas_geojson(out, analysis, boundaries, &about))?;
        let mut formats = project.outputs.formats.clone();
        formats.sort();
        formats.dedup();
        for format in formats.into_iter().filter(|format| *format != SpatialFormat::Geojson) {
            let name = format!("areas.{}", format.name());
            let layer = results_layer(analysis, boundaries);
            staged.add(&name, |out| write_layer(out, &layer, format, DIGITS))?;
        }
    }
    if let Some(svg) = map {
        let png = rasterise(svg, project.map.png_width)?;
        staged.add("map.svg", |out| out.write_all(svg.as_bytes()))?;
        staged.add("map.png", |out| out.write_all(&png))?;
    }
    if let Some((found, svg)) = candidates {
        staged.add("candidate-areas.csv", |out| candidate_zones_csv(out, analysis, found))?;
        staged.add("candidate-sets.csv", |out| candidate_sets_csv(out, analysis, found))?;
        if let Some(svg) = svg {
            staged.add("candidate-areas.svg", |out| out.write_all(svg.as_bytes()))?;
        }
    }
    if let Some(uncertainty) = uncertainty {
        staged.add("uncertainty.csv", |out| uncertainty_csv(out, analysis, uncertainty))?;
        let svg = rank_intervals(analysis, uncertainty, project, project.language);
        if let Some(svg) = probability {
            staged.add("selection-probability.svg", |out| out.write_all(svg.as_bytes()))?;
        }
        staged.add("rank-intervals.svg", |out| out.write_all(svg.as_bytes()))?;
        let parts = leave_one_out(analysis, &job.plan());
        staged.add("leave-one-out.csv", |out| leave_one_out_csv(out, analysis, &parts))?;
    }
    if let Some(sensitivity) = sensitivity {
        staged.add("sensitivity.csv", |out| sensitivity_csv(out, analysis, sensitivity))?;
        let svg = sensitivity_bars(analysis, sensitivity, project, project.language);
        staged.add("sensitivity.svg", |out| out.write_all(svg.as_bytes()))?;
    }
    if let Some(chosen) = chosen {
        for (name, bytes) in &chosen.files {
            staged.add(name, |out| out.write_all(bytes))?;
        }
    }
    if let Some(clusters) = clusters {
        staged.add("clusters.csv", |out| out.write_all(&clusters.csv))?;
        if let Some(svg) = &clusters.svg {
            staged.add("clusters.svg", |out| out.write_all(svg.as_bytes()))?;
        }
    }
    for (name, bytes) in funded.iter().flat_map(|funded| &funded.files) {
        staged.add(&format!("funding/{name}"), |out| out.write_all(bytes))?;
    }
    if results.fits_a_workbook() {
        let workbook = results.workbook()?;
        staged.add("results.xlsx", |out| out.write_all(&workbook))?;
    }
    let html = results.html(&[])?;
    staged.add("report.html", |out| out.write_all(html.as_bytes()))?;
    let mut run = run_json(project, analysis, provenance);
    if let Some(funded) = funded {
        run["funding"] = funded.about.clone();
    }
    staged.add("run.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &run)?;
        out.write_all(b"\n")
    })?;
    Ok(())
}

/// What became of each cell, and what gaps and shrinking do to the ranks, where there are any.
fn stages(staged: &mut Staged, analysis: &Analysis) -> miette::Result<()> {
    let definition = &analysis.definition;
    // Screened anew, because the table of an analysis is as measured.
    let table = screen(analysis.table.clone(), definition.screen.as_ref());
    let treated = treat(table, definition)?;
    staged.add("indicators.csv", |out| indicators_csv(out, analysis, &treated))?;
    if analysis.ranking.n_ranked() < analysis.ranking.areas().len() {
        staged.add("not-ranked.csv", |out| not_ranked_csv(out, analysis))?;
    }
    if let Some(bounds) = &analysis.bounds {
        staged.add("bounds.csv", |out| bounds_csv(out, &analysis.ranking, bounds))?;
    }
    if let Some(raw) = definition.without_shrinking() {
        let plan = Plan::of(&raw).expect("a checked definition stays so without shrinking");
        let computation = compute(analysis.table.clone(), &plan)?;
        let raw = rank(&computation.scores, raw.ranking);
        staged.add("shrinkage.csv", |out| shrinkage_csv(out, &raw, &analysis.ranking))?;
    }
    Ok(())
}

/// The ten worst areas, and how many the rule selects.
fn summary(job: &Job, analysis: &Analysis, terminal: &Terminal) {
    const SHOWN: usize = 10;
    let language = job.project().language;
    let ranking = &analysis.ranking;
    let (rank, area, score, outcome) = match language {
        Language::Nb => ("rang", "område", "skår", "utvalg"),
        Language::En => ("rank", "area", "score", "selection"),
    };
    let shown: Vec<usize> = ranking.order().iter().take(SHOWN).map(|&at| at as usize).collect();
    let width = shown
        .iter()
        .map(|&at| ranking.areas()[at].label().chars().count())
        .chain([area.len()])
        .max()
        .unwrap_or(0);
    terminal.say(&format!("\n{rank:>5}  {area:<width$}  {score:>9}  {outcome}"));
    for at in &shown {
        let outcome = match analysis.selection.as_ref().map(|s| s.outcomes()[*at]) {
            Some(Truth::True) => "●",
            Some(Truth::Unknown) => "?",
            Some(Truth::False) | None => "",
        };
        let place = ranking.ranks()[*at];
        let decimals = usize::from(place.fract() != 0.0);
        terminal.say(&format!(
            "{:>5}  {:<width$}  {:>9}  {outcome}",
            number(place, decimals, language),
            ranking.areas()[*at].label(),
            number(ranking.scores()[*at], 3, language),
        ));
    }
    let n = ranking.areas().len();
    if n > SHOWN {
        terminal.say(&format!("{:>5}  … {}", "", n - SHOWN));
    }
    terminal.say("");
}
