//! What is handed over of allocations?

use std::io::Write;
use std::path::Path;

use levekaar::allocate::base::{FundingBase, SCORE};
use levekaar::allocate::compare::Comparison;
use levekaar::allocate::model::ModelFile;
use levekaar::allocate::need::Need;
use levekaar::allocate::scorecard::{Line, scorecard};
use levekaar::allocate::sure::sure;
use levekaar::analysis::Analysis;
use levekaar::language::{Language, message};
use levekaar::notice::Notice;
use levekaar::report::funded::{Sure, model_in_words, sure_in_words};
use levekaar::report::funding::{FundingPage, funding_page};
use levekaar::uncertainty::{REPLICATES, SEED, Study};
use levekaar::write::allocation::{
    baseline_csv, comparison_csv, measures_csv, scorecard_csv, stages, sure_csv, trade_offs_csv,
};
use levekaar::write::allocation_workbook::allocation_workbook;
use levekaar::write::folder::Staged;
use miette::IntoDiagnostic;
use serde_json::json;

use super::input::Funding;
use super::pictures::charts;
use crate::cli::input::Job;
use crate::cli::score::to_file_or_stdout;
use crate::cli::terminal::Terminal;

/// Where results go.
pub(super) enum Target<'a> {
    Stdout,
    Csv(&'a Path),
    Workbook(&'a Path),
    Folder(&'a Path),
}

impl<'a> Target<'a> {
    /// A file by its ending; a folder otherwise.
    pub(super) fn of(output: Option<&'a Path>) -> Self {
        let Some(path) = output else { return Self::Stdout };
        let ends = |wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
        if ends("csv") {
            Self::Csv(path)
        } else if ends("xlsx") {
            Self::Workbook(path)
        } else {
            Self::Folder(path)
        }
    }
}

/// Writes all tables into a folder and prints their paths.
pub(super) fn write_folder(
    folder: &Path,
    comparison: &Comparison,
    job: &Funding,
    notices: &[Notice],
    language: Language,
    terminal: &Terminal,
) -> miette::Result<()> {
    let base = &job.base;
    let mut staged = Staged::new(folder)?;
    let lines = scorecard(comparison);
    for (name, bytes) in tables(comparison, base, &lines, language)? {
        staged.add(&name, |out| out.write_all(&bytes))?;
    }
    let boundaries = match &job.project {
        Some((project, analysis)) => project.boundaries(&analysis.table, &mut Vec::new())?,
        None => None,
    };
    let charts = charts(comparison, base, boundaries.as_ref(), &lines, language)?;
    for chart in &charts {
        staged.add(&chart.file, |out| out.write_all(chart.svg.as_bytes()))?;
    }
    let page = funding_page(&FundingPage {
        comparison,
        base,
        lines: &lines,
        charts: &charts,
        notices,
        inputs: &job.inputs,
        language,
    });
    staged.add("funding.html", |out| out.write_all(page.as_bytes()))?;
    let bytes = allocation_workbook(comparison, base, language).into_diagnostic()?;
    staged.add("funding.xlsx", |out| out.write_all(&bytes))?;
    if let Some((project, analysis)) = &job.project {
        for sure in how_sure(comparison, base, (project, analysis), language, terminal)? {
            let (name, text) = sure_file(comparison, base, &sure);
            staged.add(&name, |out| out.write_all(text.as_bytes()))?;
            terminal.say(&sure_in_words(comparison, &sure, language));
        }
    }
    let run = run_json(comparison, job, notices);
    staged.add("run.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &run)?;
        out.write_all(b"\n")
    })?;
    let paths = staged.commit()?;
    to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.display()))
    })
}

/// The tables of a comparison and of each model's stages, by file name.
pub(super) fn tables(
    comparison: &Comparison,
    base: &FundingBase,
    lines: &[Line],
    language: Language,
) -> miette::Result<Vec<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    comparison_csv(&mut bytes, comparison, base, language).into_diagnostic()?;
    let mut files = vec![("comparison.csv".to_owned(), bytes)];
    for (name, text) in [
        ("baseline.csv", baseline_csv(base)),
        ("measures.csv", measures_csv(comparison, language)),
        ("scorecard.csv", scorecard_csv(lines, comparison, language)),
        ("trade-offs.csv", trade_offs_csv(comparison, language)),
    ] {
        files.push((name.to_owned(), text.into_bytes()));
    }
    for allocation in &comparison.allocations {
        for (name, text) in stages(allocation, base) {
            files.push((format!("{}/{name}", allocation.model.id), text.into_bytes()));
        }
    }
    Ok(files)
}

/// The table of how sure a model's amounts are, and its name.
pub(super) fn sure_file(
    comparison: &Comparison,
    base: &FundingBase,
    sure: &Sure,
) -> (String, String) {
    let id = &comparison.allocations[sure.model].model.id;
    (format!("{id}/11-how-sure.csv"), sure_csv(&sure.rows, base))
}

/// How sure the amounts are of each model whose claims come from the project's scores.
pub(super) fn how_sure(
    comparison: &Comparison,
    base: &FundingBase,
    (project, analysis): (&Job, &Analysis),
    language: Language,
    terminal: &Terminal,
) -> miette::Result<Vec<Sure>> {
    let plan = project.plan();
    let space = project.space(None)?;
    let study = Study::of(analysis, &plan, &space, SEED)?;
    let places: Vec<Option<usize>> = base
        .areas
        .iter()
        .map(|area| analysis.ranking.areas().iter().position(|other| other.id == area.id))
        .collect();
    let scores = |replicate: u32| {
        let scores = study.worse_up(replicate).ok()?;
        Some(places.iter().map(|at| at.map_or(f64::NAN, |at| scores[at])).collect())
    };
    let mut all = Vec::new();
    for (model, allocation) in comparison.allocations.iter().enumerate() {
        if !uses_score(&allocation.model) {
            continue;
        }
        let text = message(language, "allocate.sure-progress", &[]);
        let (rows, n_failed) = terminal.counting(&text, u64::from(REPLICATES), |progress| {
            sure(&allocation.model, base, REPLICATES, &scores, progress)
        })?;
        all.push(Sure { model, rows, n_replicates: REPLICATES, n_failed });
    }
    Ok(all)
}

/// Whether a model's claims hang on the score of the index.
fn uses_score(model: &ModelFile) -> bool {
    fn of(need: &Need) -> bool {
        match need {
            Need::PopulationByScore { .. } => true,
            Need::BestOf { formulas } => formulas.iter().any(of),
            Need::Shares { weights } => weights.contains_key(SCORE),
            Need::Gap { value, .. } => value == SCORE,
            Need::Equal {} | Need::Population {} | Need::DeprivedPersons {} => false,
        }
    }
    model.formula_share > 0.0 && model.need.as_ref().is_some_and(of)
}

/// Inputs with checksums, the models whole, every assumption, note and notice.
fn run_json(comparison: &Comparison, job: &Funding, notices: &[Notice]) -> serde_json::Value {
    let mut run = about_json(comparison, &job.base);
    let notices: Vec<serde_json::Value> = notices
        .iter()
        .map(|notice| {
            json!({
                "key": notice.key,
                "severity": notice.severity,
                "nb": notice.text(Language::Nb),
                "en": notice.text(Language::En),
                "items": notice.items,
            })
        })
        .collect();
    let inputs: Vec<serde_json::Value> =
        job.inputs.iter().map(|(name, sha256)| json!({ "name": name, "sha256": sha256 })).collect();
    let project = job
        .project
        .as_ref()
        .map(|(job, analysis)| json!({ "id": job.project().id, "index": analysis.definition.id }));
    run["project"] = json!(project);
    run["program"] = json!(concat!("levekaar ", env!("CARGO_PKG_VERSION")));
    run["inputs"] = json!(inputs);
    run["notices"] = json!(notices);
    run
}

/// The models whole, their pots, every assumption and note.
pub(super) fn about_json(comparison: &Comparison, base: &FundingBase) -> serde_json::Value {
    json!({
        "funding": base.id,
        "title": base.title,
        "source": base.source,
        "synthetic": base.synthetic,
        "price_year": base.price_year,
        "models": comparison.allocations.iter().map(|a| &a.model).collect::<Vec<_>>(),
        "pots": comparison.allocations.iter().map(|a| a.pot.total).collect::<Vec<_>>(),
        "data_notes": base.notes,
        "assumptions": assumptions(comparison, base),
        "recommends": null,
    })
}

/// All that is assumed, of data and models.
fn assumptions(comparison: &Comparison, base: &FundingBase) -> Vec<serde_json::Value> {
    let mut all: Vec<serde_json::Value> =
        base.assumptions.iter().map(|text| json!({ "of": "data", "text": text })).collect();
    for allocation in &comparison.allocations {
        let model = &allocation.model;
        all.extend(model.assumptions.iter().map(|text| json!({ "of": model.id, "text": text })));
        if model.administration.source.is_none() {
            all.push(json!({ "of": model.id, "administration": model.administration }));
        }
    }
    all
}

/// A few lines for the terminal: each model's sums, changes and discretion.
pub(super) fn say_comparison(
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
    terminal: &Terminal,
) {
    let say = |key: &str, values: &[(&str, &str)]| terminal.say(&message(language, key, values));
    for note in &base.notes {
        terminal.say(&format!("• {}", note.get(language)));
    }
    let assumption = message(language, "allocate.section-assumption", &[]);
    for text in base
        .assumptions
        .iter()
        .chain(comparison.allocations.iter().flat_map(|a| &a.model.assumptions))
    {
        terminal.say(&format!("{assumption}: {}", text.get(language)));
    }
    for model in 0..comparison.allocations.len() {
        for line in model_in_words(comparison, model, language) {
            terminal.say(&line);
        }
    }
    match (comparison.reference_model, &comparison.reference) {
        (Some(at), Some(_)) => {
            let title = comparison.allocations[at].model.title.get(language);
            say("allocate.reference", &[("model", title)]);
        }
        (None, Some(_)) => say("allocate.reference-deprived", &[]),
        (_, None) => say("allocate.reference-none", &[]),
    }
    say("allocate.advice", &[]);
}
