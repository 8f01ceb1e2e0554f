//! Can the facts of a rule be trusted?
//!
//! They stand in the same table as the indicators and are checked in the same way. A fact whose
//! column is not there at all is a warning and not an error: the rule then says *unknown* of it.

use std::collections::BTreeMap;

use super::{InvalidTable, Problem, source_of, validate};
use crate::beside::Judgement;
use crate::index::IndexDefinition;
use crate::indicator::IndicatorTable;
use crate::language::{Language, Text, message};
use crate::load::table::{RawTable, TableRequest};
use crate::notice::Notice;
use crate::project::Project;
use crate::select::{FactOf, RuleFile};
use crate::suggest::nearest;

/// The columns that the facts of a rule need from the table.
pub fn facts_request(
    project: &Project,
    rule: &RuleFile,
    facts: &IndexDefinition,
    of: FactOf,
) -> TableRequest {
    let mut request = super::request(project, facts);
    let own = rule.facts.iter().filter(|fact| fact.of == of);
    for judged in own.filter_map(|fact| fact.judged.as_ref()) {
        request.text.extend([judged.author.clone(), judged.date.clone()]);
    }
    request
}

/// Facts of a rule with their authors, and what the reader must know of them.
pub type CheckedFacts = (IndicatorTable, Vec<Judgement>, Vec<Notice>);

/// Checks the facts of a rule: a table with one column a fact that has a column.
///
/// # Errors
///
/// [`InvalidTable`], as [`validate`] does; also where a column's name is nearly that of another,
/// and where a judgement is outside 0..1 or lacks its author or its date.
pub fn facts(
    raw: RawTable,
    project: &Project,
    rule: &RuleFile,
    mut facts: IndexDefinition,
    of: FactOf,
) -> Result<CheckedFacts, InvalidTable> {
    let file = raw.file.clone();
    let mut problems = Vec::new();
    let mut missing = Vec::new();
    let mut project = project.clone();
    project.screen = None;
    facts.indicators.retain(|fact| {
        let source = source_of(&project, fact);
        let absent: Vec<String> =
            source.columns().filter(|column| !raw.header.contains(column)).cloned().collect();
        for column in &absent {
            if let Some(near) = nearest(column, raw.header.iter().map(String::as_str)) {
                let message = format!("there is no column `{column}`, which the rule reads");
                problems.push(Problem::new(message, format!("did you mean `{near}`?")));
            }
        }
        if !absent.is_empty() {
            let (nb, en) = (&fact.title.nb, &fact.title.en);
            let columns = absent.join(", ");
            missing.push(Text { nb: format!("{nb} ({columns})"), en: format!("{en} ({columns})") });
        }
        absent.is_empty()
    });
    if !problems.is_empty() {
        return Err(InvalidTable { file, problems });
    }
    project.indicators.retain(|id, _| facts.indicator(id).is_some());
    let said = judged_in(&raw, &project, rule, of);
    let (table, mut notices) = validate(raw, &project, &facts)?;
    // What is said of whole columns is said of indices, and what of rows has been said.
    notices.retain(|notice| notice.key.contains(".cells-"));
    if !missing.is_empty() {
        notices.push(Notice::warning("notice.fact-missing").about_texts(missing));
    }
    let judgements = judgements(&table, rule, &said, &mut problems);
    if !problems.is_empty() {
        return Err(InvalidTable { file, problems });
    }
    Ok((table, judgements, notices))
}

/// Author and date of each judged fact by area.
type Said = BTreeMap<String, BTreeMap<String, [String; 2]>>;

fn judged_in(raw: &RawTable, project: &Project, rule: &RuleFile, of: FactOf) -> Said {
    let mut out = Said::new();
    let Some(ids) = raw.text.get(&project.areas.id) else { return out };
    let year = project.areas.year.as_ref();
    let years =
        year.and_then(|year| Some((raw.text.get(&year.column)?, year.use_year.to_string())));
    let in_use = |row: &usize| years.as_ref().is_none_or(|(years, wanted)| &years[*row] == wanted);
    for fact in rule.facts.iter().filter(|fact| fact.of == of) {
        let Some(judged) = &fact.judged else { continue };
        let text = |column: &String, row: usize| {
            raw.text.get(column).map_or(String::new(), |texts| texts[row].trim().to_owned())
        };
        let by = (0..raw.n_rows)
            .filter(in_use)
            .map(|row| (ids[row].clone(), [text(&judged.author, row), text(&judged.date, row)]));
        out.insert(fact.id.to_string(), by.collect());
    }
    out
}

fn judgements(
    table: &IndicatorTable,
    rule: &RuleFile,
    said: &Said,
    problems: &mut Vec<Problem>,
) -> Vec<Judgement> {
    let mut out = Vec::new();
    for fact in rule.facts.iter().filter(|fact| fact.judged.is_some()) {
        let (Some(column), Some(said)) = (table.column(&fact.id), said.get(fact.id.as_str()))
        else {
            continue;
        };
        let areas = table.areas();
        let mut by = vec![None; areas.len()];
        let (mut outside, mut nameless) = (Vec::new(), Vec::new());
        for (at, area) in areas.iter().enumerate() {
            let value = column.values()[at];
            if value.is_nan() {
                continue;
            }
            if !(0.0..=1.0).contains(&value) {
                outside.push(area.label());
            }
            match said.get(area.id.as_str()) {
                Some([author, date]) if !author.is_empty() && !date.is_empty() => {
                    let values = [("author", author.as_str()), ("date", date.as_str())];
                    let text = |language| message(language, "select.judged-by", &values);
                    by[at] = Some(Text { nb: text(Language::Nb), en: text(Language::En) });
                }
                Some(_) | None => nameless.push(area.label()),
            }
        }
        if let Some(example) = outside.first() {
            let n = outside.len();
            let message =
                format!("{n} judgements of `{}` lie outside 0..1, such as {example}", fact.id);
            problems.push(Problem::new(message, "0 is none of it and 1 is all of it"));
        }
        if let Some(example) = nameless.first() {
            let n = nameless.len();
            let message =
                format!("{n} judgements of `{}` lack author or date, such as {example}", fact.id);
            problems.push(Problem::new(message, "say who judged it and when, or take it out"));
        }
        out.push(Judgement { fact: fact.id.clone(), by });
    }
    out
}
