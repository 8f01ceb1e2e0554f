//! What must be known to trust and to repeat a run?
//!
//! `run.json`: program version, definition and rule with their checksums, the checksum of every
//! input, direction, tie rule, reference set, counts, and every notice in both languages. No
//! clock, no machine: the same inputs give the same bytes.

use serde_json::{Value, json};

use crate::analysis::Analysis;
use crate::language::Language;
use crate::notice::Notice;
use crate::project::Project;
use crate::provenance::Provenance;
use crate::select::Truth;

/// The content of `run.json`.
pub fn run_json(project: &Project, analysis: &Analysis, provenance: &Provenance) -> Value {
    let ranking = &analysis.ranking;
    json!({
        "program": provenance.program_version,
        "command": provenance.command,
        "project": { "id": project.id, "title": project.title, "synthetic": project.synthetic },
        "definition": {
            "id": analysis.definition.id,
            "title": analysis.definition.title,
            "source": analysis.definition.source,
            "sha256": provenance.definition_sha256,
        },
        "rule": analysis.selection.as_ref().map(|selection| json!({
            "id": selection.rule().id,
            "title": selection.rule().title,
            "source": selection.rule().source,
            "sha256": provenance.rule_sha256,
            "selected": selection.n_with(Truth::True),
            "not_selected": selection.n_with(Truth::False),
            "unknown": selection.n_with(Truth::Unknown),
        })),
        "direction": analysis.definition.direction,
        "ranking": analysis.definition.ranking,
        "reference_set": {
            "areas_ranked": provenance.reference_set,
            "areas_in_table": ranking.areas().len(),
        },
        "seed": provenance.seed,
        "inputs": provenance.inputs,
        "notices": analysis.notices.iter().map(notice).collect::<Vec<_>>(),
    })
}

fn notice(notice: &Notice) -> Value {
    json!({
        "key": notice.key,
        "severity": notice.severity,
        "nb": notice.text(Language::Nb),
        "en": notice.text(Language::En),
        "items": notice.items.iter().map(|item| &item.en).collect::<Vec<_>>(),
    })
}
