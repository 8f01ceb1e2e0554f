//! `levekaar run`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::analysis::Analysis;
use levekaar::boundary::Boundaries;
use levekaar::explain::method_in_words;
use levekaar::index::{Plan, compute};
use levekaar::language::{Language, number};
use levekaar::load;
use levekaar::map::{rank_intervals, rasterise, sensitivity_bars};
use levekaar::picture::{probability_map, score_map};
use levekaar::project::Choice;
use levekaar::provenance::{InputFile, Provenance};
use levekaar::rank::rank;
use levekaar::report::certainty::{CertaintyRequest, certainty_section};
use levekaar::report::section::Section;
use levekaar::report::{ReportRequest, report};
use levekaar::screen::screen;
use levekaar::select::Truth;
use levekaar::treat::treat;
use levekaar::uncertainty::leave_one_out::leave_one_out;
use levekaar::uncertainty::{Sensitivity, Uncertainty};
use levekaar::write::folder::{Staged, WriteError};
use levekaar::write::geojson::areas_geojson;
use levekaar::write::indicators::{bounds_csv, indicators_csv, not_ranked_csv, shrinkage_csv};
use levekaar::write::parquet::ranking_parquet;
use levekaar::write::run_json::run_json;
use levekaar::write::sensitivity::sensitivity_csv;
use levekaar::write::uncertainty::{leave_one_out_csv, uncertainty_csv};
use levekaar::write::{Columns, selection_csv, table_csv};
use miette::IntoDiagnostic;
use serde_json::json;

use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::terminal::Terminal;

/// Run a whole project: ranking, selection, map and report
///
/// Writes `ranking.csv`, `ranking.parquet`, `indicators.csv`, `selection.csv`, `areas.geojson`,
/// `map.svg`, `map.png`, `uncertainty.csv`, `rank-intervals.svg`,
/// `selection-probability.svg` where there are shapes and a rule, `leave-one-out.csv`,
/// `report.html` and `run.json` into the output folder and prints their paths; also `bounds.csv`
/// where values are missing, `sensitivity.csv` and `sensitivity.svg` where the project has
/// `[sensitivity]`, `not-ranked.csv` where areas have no rank, and `shrinkage.csv` where
/// rates are shrunk. With a rule also `criteria.csv`, `near-misses.csv`, `contributions.csv`,
/// `cliffs.csv`, `coverage.csv`, `targeting.csv` and `targeting.svg`, with several years
/// `history.csv`, with a list of what was decided `decided.csv`. Nothing is written if anything is wrong.
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

    /// Language of map and report instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// A short ranked table goes to stderr, the paths of the files to stdout.
pub(crate) fn run(args: &RunArgs, terminal: &Terminal) -> miette::Result<()> {
    let mut job = args.input.job(None)?;
    if let Some(language) = args.language {
        job.file.project.language = language.into();
    }
    let folder = output_folder(args, &job);
    // An unwritable folder is told before the work, not after it.
    let mut staged = Staged::new(&folder)?;
    let mut analysis = job.analyse(terminal)?;
    let boundaries = job.boundaries(&analysis.table, &mut analysis.notices)?;
    let map = match &boundaries {
        Some(boundaries) => Some(terminal.during("drawing the map", || {
            let language = job.project().language;
            let (svg, notices) = score_map(&analysis, boundaries, job.project(), language)?;
            analysis.notices.extend(notices);
            let png = rasterise(&svg, job.project().map.png_width)?;
            miette::Result::<_>::Ok((svg, png))
        })?),
        None => None,
    };
    let uncertainty = super::uncertainty::of_project(&job, &analysis, terminal)?;
    if let Some(uncertainty) = &uncertainty {
        analysis.notices.extend_from_slice(&uncertainty.notices);
    }
    let probability = boundaries.as_ref().zip(uncertainty.as_ref()).and_then(|(shapes, found)| {
        probability_map(&analysis, found, shapes, job.project(), job.project().language)
    });
    let sensitivity = super::sensitivity::of_project(&job, &analysis, terminal)?;
    if let Some(sensitivity) = &sensitivity {
        analysis.notices.extend_from_slice(&sensitivity.notices);
    }
    let mut more = Vec::new();
    let about_selection = terminal.during("holding the rule against its limits", || {
        super::select::write_results(&mut staged, &job, &analysis, &mut more)
    })?;
    analysis.notices.extend(more);
    let provenance = provenance(&job, &analysis, uncertainty.as_ref())?;
    let results = Results {
        job: &job,
        analysis: &analysis,
        boundaries: boundaries.as_ref(),
        map: map.as_ref(),
        uncertainty: uncertainty.as_ref(),
        probability: probability.as_deref(),
        sensitivity: sensitivity.as_ref(),
        about_selection: about_selection.as_ref(),
        provenance: &provenance,
    };
    terminal.during("writing", || write_all(&mut staged, &results))?;
    let paths = staged.commit()?;
    terminal.notices(&analysis.notices, job.project().language);
    summary(&job, &analysis, terminal);
    super::score::to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.display()))
    })
}

fn output_folder(args: &RunArgs, job: &Job) -> PathBuf {
    match (&args.output, &job.project().outputs.folder) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => job.file.resolve(folder),
        (None, None) => Path::new("out").join(&job.project().id),
    }
}

/// Everything that is written.
struct Results<'a> {
    job: &'a Job,
    analysis: &'a Analysis,
    boundaries: Option<&'a Boundaries>,
    map: Option<&'a (String, Vec<u8>)>,
    uncertainty: Option<&'a Uncertainty>,
    probability: Option<&'a str>,
    sensitivity: Option<&'a Sensitivity>,
    about_selection: Option<&'a Section>,
    provenance: &'a Provenance,
}

fn write_all(staged: &mut Staged, results: &Results<'_>) -> miette::Result<()> {
    let Results {
        job,
        analysis,
        boundaries,
        map,
        uncertainty,
        probability,
        sensitivity,
        provenance,
        about_selection: _,
    } = *results;
    let project = job.project();
    staged.add("ranking.csv", |out| table_csv(out, analysis, Columns::Rank, None))?;
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
    }
    if let Some((svg, png)) = map {
        staged.add("map.svg", |out| out.write_all(svg.as_bytes()))?;
        staged.add("map.png", |out| out.write_all(png))?;
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
    let html = report(&ReportRequest {
        project,
        analysis,
        language: project.language,
        map_svg: map.map(|(svg, _)| svg.as_str()),
        method: &method_in_words(&analysis.definition, &job.plan(), project.language),
        uncertainty,
        sections: &sections(results),
        provenance,
    })?;
    staged.add("report.html", |out| out.write_all(html.as_bytes()))?;
    let run = run_json(project, analysis, provenance);
    staged.add("run.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &run)?;
        out.write_all(b"\n")
    })?;
    Ok(())
}

/// What the report says of results that only some projects have, in the order of the page.
fn sections(results: &Results<'_>) -> Vec<Section> {
    let certainty = certainty_section(&CertaintyRequest {
        project: results.job.project(),
        analysis: results.analysis,
        uncertainty: results.uncertainty,
        probability_map: results.probability,
        sensitivity: results.sensitivity,
    });
    certainty.into_iter().chain(results.about_selection.cloned()).collect()
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

fn provenance(
    job: &Job,
    analysis: &Analysis,
    uncertainty: Option<&Uncertainty>,
) -> miette::Result<Provenance> {
    let project = job.project();
    let mut inputs = Vec::new();
    let mut add = |role: &str, shown: &Path, path: &Path| -> miette::Result<()> {
        inputs.push(InputFile {
            role: role.to_owned(),
            path: shown.display().to_string(),
            sha256: load::checksum(path)?,
        });
        Ok(())
    };
    if let Some(path) = &job.path {
        let name = path.file_name().map(Path::new).unwrap_or(path);
        add("project", name, path)?;
    }
    add("table", &project.areas.file, &job.file.resolve(&project.areas.file))?;
    if let Some(spec) = &project.areas.neighbours {
        add("neighbours", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.children {
        add("children", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.decided {
        add("decided", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.boundaries {
        add("boundaries", &spec.file, &job.file.resolve(&spec.file))?;
    }
    for (role, choice) in
        [("definition", Some(&project.index)), ("rule", project.selection.as_ref())]
    {
        if let Some(Choice::File(file)) = choice {
            add(role, file, &job.file.resolve(file))?;
        }
    }
    if let Some(file) = &project.uncertainty.file {
        add("space", file, &job.file.resolve(file))?;
    }
    let hash = |text: Result<String, toml::ser::Error>| -> miette::Result<String> {
        Ok(load::checksum_of(text.into_diagnostic()?.as_bytes()))
    };
    let name = job.path.as_deref().and_then(Path::file_name).map(Path::new);
    let shown = name.unwrap_or(&project.areas.file).display().to_string();
    Ok(Provenance {
        program_version: concat!("levekaar ", env!("CARGO_PKG_VERSION")).to_owned(),
        definition_sha256: hash(toml::to_string(&analysis.definition))?,
        rule_sha256: match &job.rule {
            Some(rule) => Some(hash(toml::to_string(rule))?),
            None => None,
        },
        inputs,
        seed: uncertainty.map(|uncertainty| uncertainty.seed),
        reference_set: analysis.ranking.n_ranked(),
        command: format!("levekaar run {shown}"),
    })
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
