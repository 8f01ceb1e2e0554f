//! Which areas does the rule select, and why?

use std::collections::BTreeMap;

use serde::Serialize;

use super::ReportRequest;
use super::figure::{Figure, anchor, count, counted};
use super::profile::{profile_anchor, with_profile};
use super::ranked::{ROWS_AFTER_CUT, rows_shown, worst_first};
use crate::language::{Language, message};
use crate::select::{Selection, Truth};

/// The section on the selection.
#[derive(Debug, Serialize)]
pub(super) struct Chosen {
    rule_title: String,
    rule_source: String,
    rule_note: Option<String>,
    counts: String,
    has_population: bool,
    selected: List,
    unknown: List,
    not_selected: List,
    /// The heading of the areas that are not selected.
    not_selected_heading: String,
}

/// Areas with one outcome, worst first.
#[derive(Debug, Serialize)]
struct List {
    rows: Vec<Row>,
    cut: Option<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// None where the ranking is cut above this area.
    anchor: Option<String>,
    id: String,
    name: String,
    rank: Figure,
    population: Figure,
    sentence: String,
}

/// The selected areas by name, for the first screen.
#[derive(Debug, Serialize)]
pub(super) struct SelectedNow {
    heading: String,
    areas: Vec<Named>,
    more: Option<String>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    /// The area's profile, or its row; none where the page has neither.
    anchor: Option<String>,
}

/// So many names are listed on the first screen.
const NAMES_SHOWN: usize = 30;

impl SelectedNow {
    /// None where there is no rule or it selects nothing, which the answer says.
    pub(super) fn of(request: &ReportRequest<'_>) -> Option<Self> {
        let language = request.language;
        let selection = request.analysis.selection.as_ref()?;
        let n = selection.n_with(Truth::True);
        if n == 0 {
            return None;
        }
        let mut has_profile = vec![false; selection.areas().len()];
        with_profile(request).into_iter().for_each(|at| has_profile[at] = true);
        let rows = list(request, selection, Truth::True).rows;
        let place: BTreeMap<&str, usize> =
            selection.areas().iter().enumerate().map(|(at, area)| (area.id.as_str(), at)).collect();
        let areas = rows.into_iter().take(NAMES_SHOWN).map(|row| {
            let profiled = place.get(row.id.as_str()).is_some_and(|&at| has_profile[at]);
            let anchor = if profiled { Some(profile_anchor(&row.id)) } else { row.anchor };
            Named { name: row.name, anchor }
        });
        let rule = selection.rule().title.get(language);
        Some(Self {
            heading: counted(language, "selected-now", n, &[("rule", rule)]),
            areas: areas.collect(),
            more: (n > NAMES_SHOWN)
                .then(|| counted(language, "selected-more", n - NAMES_SHOWN, &[])),
        })
    }
}

impl Chosen {
    pub(super) fn of(request: &ReportRequest<'_>) -> Option<Self> {
        let language = request.language;
        let selection = request.analysis.selection.as_ref()?;
        let n = |truth| count(selection.n_with(truth), language);
        let (selected, not, unknown) = (n(Truth::True), n(Truth::False), n(Truth::Unknown));
        let counts = [("selected", selected.as_str()), ("not", &not), ("unknown", &unknown)];
        let rule = selection.rule();
        let source = match rule.year {
            Some(year) => format!("{} ({year})", rule.source.get(language)),
            None => rule.source.get(language).to_owned(),
        };
        Some(Self {
            rule_title: rule.title.get(language).to_owned(),
            rule_source: message(language, "report.rule-source", &[("source", &source)]),
            rule_note: rule.note.as_ref().map(|note| note.get(language).to_owned()),
            counts: message(language, "report.selection-counts", &counts),
            has_population: selection.areas().iter().any(|area| area.population.is_some()),
            selected: list(request, selection, Truth::True),
            unknown: list(request, selection, Truth::Unknown),
            not_selected: list(request, selection, Truth::False),
            not_selected_heading: counted(
                language,
                "selection-all",
                selection.n_with(Truth::False),
                &[],
            ),
        })
    }
}

fn list(request: &ReportRequest<'_>, selection: &Selection, outcome: Truth) -> List {
    let language = request.language;
    let ranking = &request.analysis.ranking;
    let unranked = ranking.order()[ranking.n_ranked()..].iter().map(|&at| at as usize);
    let mut members: Vec<usize> = worst_first(ranking)
        .into_iter()
        .chain(unranked)
        .filter(|&at| selection.outcomes()[at] == outcome)
        .collect();
    let n = members.len();
    let mut has_row = ranking.ranks().iter().map(|rank| rank.is_nan()).collect::<Vec<bool>>();
    rows_shown(ranking).into_iter().for_each(|at| has_row[at] = true);
    members.truncate(ROWS_AFTER_CUT);
    let cut = (members.len() < n).then(|| {
        let (shown, n) = (count(members.len(), language), count(n, language));
        message(language, "report.selection-cut", &[("shown", &shown), ("n", &n)])
    });
    let rows = members.iter().map(|&at| Row {
        anchor: has_row[at].then(|| anchor(selection.areas()[at].id.as_str())),
        ..row(request, selection, at, language)
    });
    List { rows: rows.collect(), cut }
}

fn row(request: &ReportRequest<'_>, selection: &Selection, at: usize, language: Language) -> Row {
    let area = &selection.areas()[at];
    Row {
        anchor: None,
        id: area.id.to_string(),
        name: area.name.to_string(),
        rank: Figure::rank(request.analysis.ranking.ranks()[at], language),
        population: Figure::of(area.population.unwrap_or(f64::NAN), 0, language),
        sentence: selection.sentence(at).get(language).to_owned(),
    }
}
