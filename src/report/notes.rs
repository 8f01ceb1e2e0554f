//! What must the reader know of data and result, and where does it come from?

use serde::Serialize;

use super::figure::{count, counted};
use super::{Provenance, ReportRequest};
use crate::analysis::ties_key;
use crate::language::{Language, message};
use crate::notice::{Notice, Severity};

/// A list of more items than this is folded.
const FOLD_ABOVE: usize = 5;

/// Of a list of more items than this the rest is left to `run.json`.
const ITEMS_SHOWN: usize = 1_000;

/// One notice in words.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    is_warning: bool,
    text: String,
    items: Vec<String>,
    /// What opens the list, where it is folded.
    fold: Option<String>,
}

/// Every notice, warnings first, each group in the order of the path.
pub(super) fn notes(request: &ReportRequest<'_>) -> Vec<Note> {
    let language = request.language;
    let of = |severity: Severity| {
        let notices = request.analysis.notices.iter();
        notices.filter(move |notice| notice.severity == severity).map(|n| note(n, language))
    };
    of(Severity::Warning).chain(of(Severity::Note)).collect()
}

fn note(notice: &Notice, language: Language) -> Note {
    let n = notice.items.len();
    let all = count(n, language);
    let fold = (n > FOLD_ABOVE).then(|| {
        if n > ITEMS_SHOWN {
            let shown = count(ITEMS_SHOWN, language);
            message(language, "report.notes-items-cut", &[("shown", &shown), ("n", &all)])
        } else {
            message(language, "report.notes-items", &[("n", &all)])
        }
    });
    Note {
        is_warning: notice.severity == Severity::Warning,
        text: notice.text(language),
        items: notice
            .items
            .iter()
            .take(ITEMS_SHOWN)
            .map(|item| item.get(language).to_owned())
            .collect(),
        fold,
    }
}

/// What stands near the top of the page, so that nobody uses the figures without it.
#[derive(Debug, Serialize)]
pub(super) struct ReadFirst {
    /// Indicators that stand in for others.
    substitutes: Vec<String>,
    /// How many warnings there are in all.
    count: String,
}

/// The box near the top; none where there is no warning.
pub(super) fn read_first(request: &ReportRequest<'_>) -> Option<ReadFirst> {
    let (notices, language) = (&request.analysis.notices, request.language);
    let n = notices.iter().filter(|notice| notice.severity == Severity::Warning).count();
    let substitutes = notices.iter().filter(|notice| notice.key == "notice.substitute");
    (n > 0).then(|| ReadFirst {
        substitutes: substitutes.map(|notice| notice.text(language)).collect(),
        count: counted(language, "warnings", n, &[]),
    })
}

/// Where the figures come from: names and values, then the files.
#[derive(Debug, Serialize)]
pub(super) struct Trace<'a> {
    facts: Vec<Fact>,
    inputs: Vec<Input<'a>>,
    command: &'a str,
    program: &'a str,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    text: String,
    /// A checksum, where it has one.
    sha256: Option<String>,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    role: String,
    path: &'a str,
    sha256: &'a str,
}

impl<'a> Trace<'a> {
    pub(super) fn of(request: &ReportRequest<'a>, how_to_read: String) -> Self {
        let language = request.language;
        let provenance = request.provenance;
        let inputs = provenance.inputs.iter().map(|input| Input {
            role: role(&input.role, language),
            path: &input.path,
            sha256: &input.sha256,
        });
        Self {
            facts: facts(request, provenance, how_to_read),
            inputs: inputs.collect(),
            command: &provenance.command,
            program: &provenance.program_version,
        }
    }
}

fn facts(request: &ReportRequest<'_>, provenance: &Provenance, how_to_read: String) -> Vec<Fact> {
    let language = request.language;
    let analysis = request.analysis;
    let says = |key: &str| message(language, &format!("report.{key}"), &[]);
    let fact = |key: &str, text: String, sha256: Option<&String>| Fact {
        name: says(key),
        text,
        sha256: sha256.cloned(),
    };
    let definition = &analysis.definition;
    let ranked = count(provenance.reference_set, language);
    let reference = message(language, "report.reference-set-text", &[("n", &ranked)]);
    let rounding = match analysis.ranking.rule().round {
        Some(round) => counted(language, "rounding-decimals", usize::from(round.decimals), &[]),
        None => says("rounding-none"),
    };
    let seed = provenance.seed.map_or_else(|| says("seed-none"), |seed| seed.to_string());
    let ties = message(language, ties_key(analysis.ranking.rule().ties), &[]);
    let mut facts = vec![
        fact("program", provenance.program_version.clone(), None),
        fact("definition", definition.id.clone(), Some(&provenance.definition_sha256)),
    ];
    if let Some(selection) = &analysis.selection {
        let id = selection.rule().id.clone();
        facts.push(fact("rule", id, provenance.rule_sha256.as_ref()));
    }
    facts.extend([
        fact("reference-set", reference, None),
        fact("how-to-read", how_to_read, None),
        fact("tie-rule", ties, None),
        fact("rounding", rounding, None),
        fact("seed", seed, None),
    ]);
    facts
}

fn role(role: &str, language: Language) -> String {
    let key = match role {
        "table" => "report.role-table",
        "boundaries" => "report.role-boundaries",
        "definition" => "report.role-definition",
        "rule" => "report.role-rule",
        "project" => "report.role-project",
        "space" => "report.role-space",
        other => return other.to_owned(),
    };
    message(language, key, &[])
}
