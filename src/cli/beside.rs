//! What does a rule need beside the index?
//!
//! Facts of its own, the smaller areas within each area, and earlier years, each of which is read
//! and computed as this year is.

use std::collections::BTreeMap;
use std::sync::Arc;

use levekaar::analysis::{Analysis, analyse};
use levekaar::beside::{Beside, Children};
use levekaar::indicator::IndicatorTable;
use levekaar::load;
use levekaar::load::table::TableRequest;
use levekaar::notice::Notice;
use levekaar::project::{Areas, Project, Year};
use levekaar::select::own::facts_as_indicators;
use levekaar::select::{FactOf, Facts, RuleFile};
use levekaar::validate;
use miette::IntoDiagnostic;

use super::input::Job;

/// One year and what it gave.
pub(crate) type YearOf = (i32, Analysis);

impl Job {
    /// Facts and smaller areas of the year of `project`, without earlier years.
    pub(super) fn beside(
        &self,
        project: &Project,
        rule: &RuleFile,
        areas: &IndicatorTable,
        notices: &mut Vec<Notice>,
    ) -> miette::Result<Beside> {
        let mut beside = Beside {
            year: project.areas.year.as_ref().map(|year| year.use_year),
            ..Beside::default()
        };
        let own = facts_as_indicators(rule, FactOf::Areas, Some(&self.definition));
        if !own.indicators.is_empty() {
            let request = validate::facts_request(project, rule, &own, FactOf::Areas);
            let raw = load::table(&self.file.resolve(&project.areas.file), &request)?;
            let (table, judgements, more) =
                validate::facts(raw, project, rule, own, FactOf::Areas)?;
            beside.columns = table.columns().to_vec();
            beside.judgements = judgements;
            notices.extend(more);
        }
        let of_children = facts_as_indicators(rule, FactOf::Children, None);
        if let Some(children) = &project.children {
            let inner = Project {
                areas: Areas {
                    file: children.file.clone(),
                    id: children.id.clone(),
                    name: None,
                    parent: Some(children.parent.clone()),
                    population: children.population.clone(),
                    year: children.year.clone(),
                    neighbours: None,
                    exclude: Vec::new(),
                    keep: Vec::new(),
                    ..project.areas.clone()
                },
                ..project.clone()
            };
            let request = validate::facts_request(&inner, rule, &of_children, FactOf::Children);
            let raw = load::table(&self.file.resolve(&children.file), &request)?;
            let (table, _, more) =
                validate::facts(raw, &inner, rule, of_children, FactOf::Children)?;
            notices.extend(more);
            beside.children = Some(placed(table, areas, notices));
        }
        Ok(beside)
    }

    /// The years of the table before the one in use, the earliest first.
    pub(super) fn earlier_years(&self) -> miette::Result<Vec<i32>> {
        let Some(Year { column, use_year }) = &self.project().areas.year else {
            return Ok(Vec::new());
        };
        let areas = &self.project().areas;
        let request = TableRequest {
            text: vec![column.clone()],
            format: areas.format.clone(),
            ..TableRequest::default()
        };
        let raw = load::table(&self.file.resolve(&areas.file), &request)?;
        let texts = raw.text.get(column).map(Vec::as_slice).unwrap_or_default();
        let mut years: Vec<i32> = texts
            .iter()
            .filter_map(|year| year.parse().ok())
            .filter(|year| year < use_year)
            .collect();
        years.sort_unstable();
        years.dedup();
        Ok(years)
    }

    /// The index and the rule in each earlier year from `first` on, the earliest first. A year
    /// that cannot be computed is left out with a warning.
    pub(crate) fn past(
        &self,
        rule: &RuleFile,
        first: i32,
        notices: &mut Vec<Notice>,
    ) -> miette::Result<Vec<YearOf>> {
        let mut done: Vec<YearOf> = Vec::new();
        for year in self.earlier_years()?.into_iter().filter(|year| *year >= first) {
            let computed = self.table_of(Some(year)).and_then(|(table, _)| {
                let table = with_past(table, year, &done);
                analyse(table, &self.plan(), Some(rule), Vec::new()).into_diagnostic()
            });
            match computed {
                Ok(analysis) => done.push((year, analysis)),
                Err(error) => {
                    let notice = Notice::warning("notice.year-unusable").with("year", year);
                    notices.push(notice.about(vec![error.to_string()]));
                }
            }
        }
        Ok(done)
    }
}

/// The table with the years before it.
pub(super) fn with_past(table: IndicatorTable, year: i32, done: &[YearOf]) -> IndicatorTable {
    let mut beside = table.beside().map(|beside| Beside::clone(beside)).unwrap_or_default();
    beside.year = Some(year);
    beside.past = done
        .iter()
        .rev()
        .filter_map(|(year, analysis)| {
            let facts = Facts {
                table: &analysis.table,
                domains: &analysis.computation.domains,
                ranking: &analysis.ranking,
                definition: &analysis.definition,
            };
            let selection = analysis.selection.as_ref()?;
            Some(selection.as_past(*year, &facts, table.areas()))
        })
        .collect();
    table.with_beside(Arc::new(beside))
}

/// The smaller areas with the positions of the areas that they lie in.
fn placed(table: IndicatorTable, areas: &IndicatorTable, notices: &mut Vec<Notice>) -> Children {
    let place: BTreeMap<&str, u32> =
        (0..).zip(areas.areas().iter()).map(|(at, area)| (area.id.as_str(), at)).collect();
    let parents: Vec<Option<u32>> = table
        .areas()
        .iter()
        .map(|child| child.parent.as_deref().and_then(|parent| place.get(parent).copied()))
        .collect();
    let strangers = table.areas().iter().zip(&parents).filter(|(_, parent)| parent.is_none());
    let strangers: Vec<String> = strangers.map(|(child, _)| child.label()).collect();
    if !strangers.is_empty() {
        notices.push(Notice::warning("notice.children-unplaced").about(strangers));
    }
    Children { table, parents }
}
