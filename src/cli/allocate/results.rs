//! What is handed over of allocations?

use std::io::Write;
use std::path::Path;

use levekaar::allocate::base::{FundingBase, SCORE};
use levekaar::allocate::compare::Comparison;
use levekaar::allocate::model::ModelFile;
use levekaar::allocate::need::Need;
use levekaar::allocate::scorecard::scorecard;
use levekaar::allocate::sure::sure;
use levekaar::language::{Language, message, number};
use levekaar::money::Money;
use levekaar::notice::Notice;
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
use super::percent;
use super::pictures::charts;
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
    staged.add("comparison.csv", |out| comparison_csv(out, comparison, base, language))?;
    let lines = scorecard(comparison);
    for (name, text) in [
        ("baseline.csv", baseline_csv(base)),
        ("measures.csv", measures_csv(comparison, language)),
        ("scorecard.csv", scorecard_csv(&lines, comparison, language)),
        ("trade-offs.csv", trade_offs_csv(comparison, language)),
    ] {
        staged.add(name, |out| out.write_all(text.as_bytes()))?;
    }
    for allocation in &comparison.allocations {
        for (name, text) in stages(allocation, base) {
            let name = format!("{}/{name}", allocation.model.id);
            staged.add(&name, |out| out.write_all(text.as_bytes()))?;
        }
    }
    let charts = charts(comparison, job, &lines, language)?;
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
    how_sure(&mut staged, comparison, job, language, terminal)?;
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

/// How sure the amounts are of each model whose claims come from the project's scores.
fn how_sure(
    staged: &mut Staged,
    comparison: &Comparison,
    job: &Funding,
    language: Language,
    terminal: &Terminal,
) -> miette::Result<()> {
    let Some((project, analysis)) = &job.project else { return Ok(()) };
    let plan = project.plan();
    let space = project.space(None)?;
    let study = Study::of(analysis, &plan, &space, SEED)?;
    let places: Vec<Option<usize>> = job
        .base
        .areas
        .iter()
        .map(|area| analysis.ranking.areas().iter().position(|other| other.id == area.id))
        .collect();
    let scores = |replicate: u32| {
        let scores = study.worse_up(replicate).ok()?;
        Some(places.iter().map(|at| at.map_or(f64::NAN, |at| scores[at])).collect())
    };
    for allocation in &comparison.allocations {
        if !uses_score(&allocation.model) {
            continue;
        }
        let text = message(language, "allocate.sure-progress", &[]);
        let (rows, n_failed) = terminal.counting(&text, u64::from(REPLICATES), |progress| {
            sure(&allocation.model, &job.base, REPLICATES, &scores, progress)
        })?;
        let name = format!("{}/11-how-sure.csv", allocation.model.id);
        let text = sure_csv(&rows, &job.base);
        staged.add(&name, |out| out.write_all(text.as_bytes()))?;
        let count =
            |word: &str| rows.iter().filter(|row| row.verdict() == Some(word)).count().to_string();
        let line = message(
            language,
            "allocate.sure-line",
            &[
                ("model", allocation.model.title.get(language)),
                ("winners", &count("winner")),
                ("losers", &count("loser")),
                ("n", &rows.len().to_string()),
                ("replicates", &number(f64::from(REPLICATES), 0, language)),
                ("failed", &n_failed.to_string()),
            ],
        );
        terminal.say(&line);
    }
    Ok(())
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
    let base = &job.base;
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
    json!({
        "project": project,
        "program": concat!("levekaar ", env!("CARGO_PKG_VERSION")),
        "funding": base.id,
        "title": base.title,
        "source": base.source,
        "synthetic": base.synthetic,
        "price_year": base.price_year,
        "inputs": inputs,
        "models": comparison.allocations.iter().map(|a| &a.model).collect::<Vec<_>>(),
        "pots": comparison.allocations.iter().map(|a| a.pot.total).collect::<Vec<_>>(),
        "data_notes": base.notes,
        "assumptions": assumptions(comparison, base),
        "notices": notices,
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
    let assumption = message(language, "allocate.assumption", &[]);
    for text in base
        .assumptions
        .iter()
        .chain(comparison.allocations.iter().flat_map(|a| &a.model.assumptions))
    {
        terminal.say(&format!("{assumption}: {}", text.get(language)));
    }
    for (model, allocation) in comparison.allocations.iter().enumerate() {
        let n = allocation.eligible.iter().filter(|area| area.takes_part).count();
        say(
            "allocate.pot-line",
            &[
                ("model", allocation.model.title.get(language)),
                ("pot", &allocation.pot.total.text(language)),
                ("n", &n.to_string()),
                ("without", &allocation.pot.without_area.text(language)),
            ],
        );
        let changes: Vec<Money> =
            comparison.changes.iter().map(|row| row[model].kroner()).collect();
        let moved: Money = changes.iter().map(|change| (*change).max(Money::ZERO)).sum();
        let count = |is: fn(&Money) -> bool| changes.iter().filter(|c| is(c)).count().to_string();
        let of = |id: &str| {
            let found = comparison.measures[model].iter().find(|measure| measure.id == id);
            let value = found.and_then(|measure| measure.value.ok());
            percent(value.unwrap_or(f64::NAN), language)
        };
        say(
            "allocate.changes-line",
            &[
                ("moved", &moved.text(language)),
                ("winners", &count(|c| *c > Money::ZERO)),
                ("losers", &count(|c| *c < Money::ZERO)),
                ("same", &count(|c| *c == Money::ZERO)),
                ("loss", &of("max-loss")),
                ("discretion", &of("discretion-share")),
            ],
        );
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
