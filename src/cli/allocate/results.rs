//! What is handed over of allocations?

use std::io::Write;
use std::path::Path;

use levekaar::allocate::base::FundingBase;
use levekaar::allocate::compare::Comparison;
use levekaar::allocate::scorecard::scorecard;
use levekaar::language::{Language, message};
use levekaar::money::Money;
use levekaar::notice::Notice;
use levekaar::write::allocation::{
    baseline_csv, comparison_csv, measures_csv, scorecard_csv, stages, trade_offs_csv,
};
use levekaar::write::folder::Staged;
use serde_json::json;

use super::input::Funding;
use super::percent;
use crate::cli::score::to_file_or_stdout;
use crate::cli::terminal::Terminal;

/// Where results go.
pub(super) enum Target<'a> {
    Stdout,
    Csv(&'a Path),
    Folder(&'a Path),
}

impl<'a> Target<'a> {
    /// A file by its ending; a folder otherwise.
    pub(super) fn of(output: Option<&'a Path>) -> Self {
        let Some(path) = output else { return Self::Stdout };
        let ends = |wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
        if ends("csv") { Self::Csv(path) } else { Self::Folder(path) }
    }
}

/// Writes all tables into a folder and prints their paths.
pub(super) fn write_folder(
    folder: &Path,
    comparison: &Comparison,
    job: &Funding,
    notices: &[Notice],
    language: Language,
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
