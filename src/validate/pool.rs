//! Which other years is an indicator measured by?
//!
//! A recipe may take minimum, mean and so on from several years of a table. Each of these years
//! is checked as a table of its own, with its own areas.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, validate};
use crate::index::{IndexDefinition, Indicator};
use crate::indicator::{IndicatorId, Pool};
use crate::load::table::RawTable;
use crate::normalise::{AllYears, Constant, Reference, Years};
use crate::notice::Notice;
use crate::project::Project;

/// The other years of each indicator that is measured by several; what is wrong with a year is a
/// problem that names it.
pub(super) fn pools(
    raw: &RawTable,
    project: &Project,
    definition: &IndexDefinition,
    problems: &mut Vec<Problem>,
    notices: &mut Vec<Notice>,
) -> BTreeMap<IndicatorId, Pool> {
    let mut out = BTreeMap::new();
    let Some(year) = &project.areas.year else { return out };
    let Some(cells) = raw.text.get(&year.column) else { return out };
    let there: BTreeSet<i32> = cells.iter().filter_map(|cell| cell.trim().parse().ok()).collect();
    for (at, indicator) in definition.indicators.iter().enumerate() {
        let Some(Reference::Years(years)) = definition.reference(indicator) else { continue };
        let wanted: BTreeSet<i32> = match years {
            Years::Word(AllYears::All) => there.clone(),
            Years::These(years) => years.iter().copied().collect(),
        };
        if let Some(missing) = wanted.iter().find(|year| !there.contains(year)) {
            problems.push(Problem::new(
                format!("`{}` is measured by {missing}, of which no row is", indicator.id),
                format!("the years of `{}` are {}", year.column, list(&there)),
            ));
            continue;
        }
        let mut pool = Pool { own_year: year.use_year, others: Vec::new() };
        for &other in wanted.iter().filter(|other| **other != year.use_year) {
            let (project, definition) = of_year(raw, project, definition, (at, indicator), other);
            match validate(raw.clone(), &project, &definition) {
                Ok((table, _)) => pool.others.push((other, table)),
                Err(invalid) => problems.extend(invalid.problems.into_iter().map(|problem| {
                    Problem::new(format!("in {other}: {}", problem.message), problem.help)
                })),
            }
        }
        let rows: usize = pool.others.iter().map(|(_, table)| table.areas().len()).sum();
        notices.push(
            Notice::note("notice.pooled-years")
                .with("title_nb", &indicator.title.nb)
                .with("title_en", &indicator.title.en)
                .with("years", list(&wanted))
                .with("rows", rows),
        );
        out.insert(indicator.id.clone(), pool);
    }
    out
}

fn list(years: &BTreeSet<i32>) -> String {
    years.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
}

/// The ids of one year.
fn ids_of<'a>(raw: &'a RawTable, project: &Project, year: i32) -> BTreeSet<&'a str> {
    let column = project.areas.year.as_ref().and_then(|spec| raw.text.get(&spec.column));
    let (Some(years), Some(ids)) = (column, raw.text.get(&project.areas.id)) else {
        return BTreeSet::new();
    };
    let year = year.to_string();
    let of_year = years.iter().zip(ids).filter(|(cell, _)| **cell == year);
    of_year.map(|(_, id)| id.as_str()).collect()
}

/// Project and recipe of one indicator in another year.
fn of_year(
    raw: &RawTable,
    project: &Project,
    definition: &IndexDefinition,
    (at, indicator): (usize, &Indicator),
    year: i32,
) -> (Project, IndexDefinition) {
    let mut project = project.clone();
    if let Some(spec) = &mut project.areas.year {
        spec.use_year = year;
    }
    project.indicators.retain(|id, _| *id == indicator.id);
    // An area that is left out need not be there in every year, and a year in which all areas are
    // alike still counts.
    let ids = ids_of(raw, &project, year);
    project.areas.exclude.retain(|exclusion| ids.contains(exclusion.area.as_str()));
    let mut definition = definition.only(at);
    definition.indicators[0].constant = Some(Constant::Middle);
    (project, definition)
}
