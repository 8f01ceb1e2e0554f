//! What does a run write of a selection, beside who is in and why?

use std::io::{self, Write};
use std::path::Path;

use levekaar::analysis::Analysis;
use levekaar::load;
use levekaar::load::table::TableRequest;
use levekaar::map::targeting_curve;
use levekaar::notice::Notice;
use levekaar::report::section::Section;
use levekaar::report::selected::{Found, section};
use levekaar::select::Selection;
use levekaar::select::against::{Against, Move, against};
use levekaar::select::coverage::{coverage, targeting};
use levekaar::select::history::{Change, changes};
use levekaar::select::nearness::{USUAL_BAND, findings, near_misses, work};
use levekaar::suggest::nearest;
use levekaar::write::selection::{
    cliffs_csv, contributions_csv, coverage_csv, criteria_csv, history_csv, moves_csv,
    near_misses_csv, targeting_csv,
};
use miette::{IntoDiagnostic, miette};

use super::compare::truths;
use crate::cli::input::Job;

/// What a selection comes to: files by their names, and the section of the report.
pub(crate) struct Chosen {
    pub(crate) files: Vec<(&'static str, Vec<u8>)>,
    pub(crate) section: Section,
}

impl Chosen {
    fn add(
        files: &mut Vec<(&'static str, Vec<u8>)>,
        name: &'static str,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> miette::Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes).into_diagnostic()?;
        files.push((name, bytes));
        Ok(())
    }
}

/// The files and the section; `None` where there is no rule.
pub(crate) fn chosen(
    job: &Job,
    analysis: &Analysis,
    notices: &mut Vec<Notice>,
) -> miette::Result<Option<Chosen>> {
    let (Some(selection), Some(rule)) = (&analysis.selection, &job.rule) else { return Ok(None) };
    let mut files = Vec::new();
    let findings = findings(selection);
    Chosen::add(&mut files, "criteria.csv", |out| criteria_csv(out, selection, &findings))?;
    let misses = near_misses(selection, &findings);
    Chosen::add(&mut files, "near-misses.csv", |out| near_misses_csv(out, selection, &misses))?;
    let work = work(selection, &findings, USUAL_BAND);
    Chosen::add(&mut files, "contributions.csv", |out| contributions_csv(out, &work))?;
    Chosen::add(&mut files, "cliffs.csv", |out| cliffs_csv(out, &work))?;
    let coverage = coverage(&analysis.table, &analysis.definition, selection.outcomes());
    let definition = &analysis.definition;
    Chosen::add(&mut files, "coverage.csv", |out| coverage_csv(out, &coverage, definition))?;
    let targeting = targeting(&analysis.table, &analysis.definition, &analysis.ranking);
    let order = analysis.ranking.order();
    Chosen::add(&mut files, "targeting.csv", |out| {
        targeting_csv(out, &targeting, selection, order)
    })?;
    let language = job.project().language;
    let curve = targeting_curve(&targeting, analysis, job.project(), language);
    Chosen::add(&mut files, "targeting.svg", |out| out.write_all(curve.as_bytes()))?;
    let past = match &job.project().areas.year {
        Some(_) => job.past(rule, i32::MIN, notices)?,
        None => Vec::new(),
    };
    let history = history(job, &past, selection);
    if !past.is_empty() {
        Chosen::add(&mut files, "history.csv", |out| history_csv(out, &history))?;
    }
    let decided = match &job.project().decided {
        Some(file) => {
            let path = job.file.resolve(&file.file);
            Some(decided(&path, file.id.as_deref(), selection, notices)?)
        }
        None => None,
    };
    if let Some((list, found)) = &decided {
        let list = truths(list);
        let sides = [("rule", selection.outcomes()), ("decided", list.as_slice())];
        Chosen::add(&mut files, "decided.csv", |out| {
            moves_csv(out, selection, sides, &found.moves)
        })?;
    }
    let found = Found {
        analysis,
        selection,
        work: &work,
        misses: &misses,
        coverage: &coverage,
        curve: &curve,
        changes: &history,
        decided: decided.as_ref().map(|(_, against)| against),
    };
    Ok(Some(Chosen { section: section(found, language), files }))
}

/// Who came and went between each year and the one before it.
fn history<'a>(
    job: &Job,
    past: &'a [(i32, Analysis)],
    now: &'a Selection,
) -> Vec<(Change, &'a Selection)> {
    let year = job.project().areas.year.as_ref().map(|year| year.use_year);
    let earlier = past.iter().filter_map(|(year, a)| Some((*year, a.selection.as_ref()?)));
    let all: Vec<(i32, &Selection)> = earlier.chain(year.map(|year| (year, now))).collect();
    let mut out = Vec::new();
    for pair in all.windows(2) {
        out.extend(changes(pair[0], pair[1]).into_iter().map(|change| (change, pair[1].1)));
    }
    out
}

/// The areas of a list, and how the rule stands against it.
pub(super) fn decided(
    path: &Path,
    id: Option<&str>,
    selection: &Selection,
    notices: &mut Vec<Notice>,
) -> miette::Result<(Vec<bool>, Against)> {
    let header = load::header(path)?;
    let column = match id {
        Some(id) => id.to_owned(),
        None => header.first().cloned().unwrap_or_default(),
    };
    if !header.contains(&column) {
        let help = match nearest(&column, header.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its columns are {}", header.join(", ")),
        };
        return Err(miette!(help = help, "`{}` has no column `{column}`", path.display()));
    }
    let request = TableRequest { text: vec![column.clone()], ..TableRequest::default() };
    let raw = load::table(path, &request)?;
    let ids = &raw.text[&column];
    let areas = selection.areas();
    let is_in: Vec<bool> = areas
        .iter()
        .map(|area| ids.iter().any(|id| id == area.id.as_str() || id == area.name.as_str()))
        .collect();
    let strangers: Vec<String> = ids
        .iter()
        .filter(|id| !areas.iter().any(|area| *id == area.id.as_str() || **id == area.name))
        .cloned()
        .collect();
    if strangers.len() == ids.len() {
        let example = strangers.first().map_or("", String::as_str);
        return Err(miette!(
            help = "it needs a column of ids or names as the table of areas has them; name it \
                    with `id` under `[decided]`, or let it be the first one",
            "no area of `{}` is in the table, such as `{example}`",
            path.display()
        ));
    }
    if !strangers.is_empty() {
        notices.push(Notice::warning("notice.decided-unknown").about(strangers));
    }
    let against = against(selection, &is_in);
    Ok((is_in, against))
}

/// The names of the areas that made this move, for a sentence.
pub(super) fn names(selection: &Selection, against: &Against, step: Move) -> String {
    let moved = selection.areas().iter().zip(&against.moves).filter(|(_, m)| **m == step);
    let names: Vec<&str> = moved.map(|(area, _)| area.name.as_str()).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}
