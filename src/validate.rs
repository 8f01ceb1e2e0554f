//! Can it be trusted?
//!
//! A [`RawTable`] and what the project says of it in; a checked [`IndicatorTable`] out, or every
//! problem at once. What is odd but usable becomes a notice. Nobody should have to mend a table
//! row by row.

mod columns;
mod facts;
mod pool;

use std::collections::{BTreeMap, BTreeSet};

use miette::Diagnostic;
use rayon::slice::ParallelSliceMut;
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::boundary::Boundaries;
use crate::index::{IndexDefinition, Indicator};
use crate::indicator::{IndicatorId, IndicatorTable};
use crate::load::table::{RawTable, TableRequest};
use crate::neighbour::Neighbours;
use crate::normalise::Reference;
use crate::notice::Notice;
use crate::project::{Areas, Mark, Project, Source};
use crate::rate::standardised;
use crate::screen;
use crate::suggest::nearest;

pub use facts::{CheckedFacts, facts, facts_request};

/// Everything that is wrong with a table.
#[derive(Debug, Error, Diagnostic)]
#[error("{}", headline(.file, .problems))]
#[diagnostic(code(levekaar::validate))]
pub struct InvalidTable {
    /// The file as given.
    pub file: String,
    /// What is wrong, most basic first.
    #[related]
    pub problems: Vec<Problem>,
}

fn headline(file: &str, problems: &[Problem]) -> String {
    match problems.len() {
        1 => format!("`{file}` cannot be used: 1 problem"),
        n => format!("`{file}` cannot be used: {n} problems"),
    }
}

/// One thing that is wrong with a table: what, where, how often, an example, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(severity(Error))]
pub struct Problem {
    /// What is wrong, with count and example.
    pub message: String,
    /// What to do next.
    #[help]
    pub help: String,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Where an indicator's values come from, with the project's word before the recipe's.
pub(crate) fn source_of(project: &Project, indicator: &Indicator) -> Source {
    let stated = project.indicators.get(&indicator.id);
    // What the recipe says of its own counts does not hold for the project's strata.
    if let Some(source) = stated.filter(|source| !source.strata.is_empty()) {
        return source.clone();
    }
    if let Some(source) = stated
        && (source.column.is_some() || source.numerator.is_some())
    {
        let mut source = source.clone();
        // What the recipe divides by holds for the project's column too.
        if source.column.is_some() {
            source.denominate = source.denominate.or_else(|| indicator.denominate.clone());
        }
        let stated = indicator.rate.as_ref().and_then(|rate| rate.interval);
        source.interval = source.interval.or(stated);
        source.standard_error = source.standard_error.or_else(|| indicator.standard_error.clone());
        return source;
    }
    let mut stated = stated.cloned().unwrap_or_default();
    if let Some(rate) = &indicator.standardised {
        return Source {
            strata: rate.strata.clone(),
            per: Some(rate.per),
            at_least: stated.at_least.or(rate.at_least),
            ..stated
        };
    }
    stated.standard_error = stated.standard_error.or_else(|| indicator.standard_error.clone());
    match &indicator.rate {
        Some(rate) => Source {
            numerator: Some(rate.numerator.clone()),
            denominator: Some(rate.denominator.clone()),
            per: Some(rate.per),
            interval: stated.interval.or(rate.interval),
            ..stated
        },
        None => {
            let column =
                indicator.column.clone().unwrap_or_else(|| indicator.id.as_str().to_owned());
            let denominate = stated.denominate.clone().or_else(|| indicator.denominate.clone());
            Source { column: Some(column), denominate, ..stated }
        }
    }
}

/// The columns that the project and the recipe need from the table.
pub fn request(project: &Project, definition: &IndexDefinition) -> TableRequest {
    let areas = &project.areas;
    let text = [Some(&areas.id), areas.name.as_ref(), areas.parent.as_ref()]
        .into_iter()
        .flatten()
        .chain(areas.year.as_ref().map(|year| &year.column))
        .cloned()
        .collect();
    let mut numbers: BTreeSet<String> = areas.population.iter().cloned().collect();
    let mut column_marks: BTreeMap<String, BTreeMap<String, Mark>> = BTreeMap::new();
    for indicator in &definition.indicators {
        let source = source_of(project, indicator);
        let stated = project.indicators.get(&indicator.id).map(|source| &source.missing);
        for column in source.columns() {
            for marks in [Some(&indicator.missing), stated].into_iter().flatten() {
                let own = marks.iter().map(|(text, mark)| (text.clone(), *mark));
                if !marks.is_empty() {
                    column_marks.entry(column.clone()).or_default().extend(own);
                }
            }
            numbers.insert(column.clone());
        }
    }
    // What the project says of the table stands above what the recipe says of its publisher.
    let mut marks = definition.defaults.missing.clone();
    marks.extend(areas.missing.iter().map(|(text, mark)| (text.clone(), *mark)));
    TableRequest {
        text,
        numbers: numbers.into_iter().collect(),
        marks,
        column_marks,
        format: areas.format.clone(),
    }
}

/// Checks a table and makes it an [`IndicatorTable`] with one column an indicator of the recipe.
///
/// Rows that the project excludes or that belong to another year are left out and counted. Gaps
/// keep their kind; a rate whose denominator is 0 is not applicable, and neither is a standardised
/// rate with such a stratum, while one of too few events is not available.
///
/// # Errors
///
/// [`InvalidTable`] with every problem: missing columns, strata that make no rate, empty or double ids, rows that look like
/// totals, cells that are not numbers, percentages outside 0..100, numerators above denominators,
/// indicators without values or without differences, fewer than two areas.
pub fn validate(
    raw: RawTable,
    project: &Project,
    definition: &IndexDefinition,
) -> Result<(IndicatorTable, Vec<Notice>), InvalidTable> {
    let file = raw.file.clone();
    let mut problems = Vec::new();
    let mut notices = Vec::new();
    check_mapping(project, definition, &mut problems);
    check_header(&raw, project, definition, &mut problems);
    check_methods(project, definition, &mut problems);
    check_ragged(&raw, &mut problems);
    // Without the id column nothing more can be said of the rows.
    if !problems.is_empty() && !raw.text.contains_key(&project.areas.id) {
        return Err(InvalidTable { file, problems });
    }
    let rows = rows_in_use(&raw, &project.areas, &mut problems, &mut notices);
    check_ids(&raw, &project.areas, &rows, &mut problems);
    let areas = areas_of(&raw, &project.areas, &rows, &mut problems, &mut notices);
    check_number_of_areas(&raw, &rows, &mut problems);
    let years = earlier_rows(&raw, &project.areas, definition, &areas, &mut notices);
    let reader = columns::Reader { years, project, rows: &rows, areas: &areas };
    let mut pools = pool::pools(&raw, project, definition, &mut problems, &mut notices);
    let columns = reader.columns(raw, definition, &mut problems, &mut notices);
    if problems.is_empty() {
        let asks = project.screen.is_some_and(|screen| screen.at_least_population.is_some());
        // Labels are made only where they are told: a million areas without residents have many.
        let unknown = areas.iter().filter(|area| asks && area.population.is_none());
        let unknown: Vec<String> = unknown.map(Area::label).collect();
        if !unknown.is_empty() {
            notices.push(Notice::warning("treat.screen-population-unknown").about(unknown));
        }
        let columns = columns.into_iter().map(|column| match pools.remove(column.indicator()) {
            Some(pool) => column.with_pool(pool),
            None => column,
        });
        let table = IndicatorTable::new(areas, columns.collect());
        Ok((screen::screen(table, project.screen.as_ref()), notices))
    } else {
        Err(InvalidTable { file, problems })
    }
}

fn check_mapping(project: &Project, definition: &IndexDefinition, problems: &mut Vec<Problem>) {
    let known: Vec<&str> = definition.indicators.iter().map(|i| i.id.as_str()).collect();
    for (id, source) in &project.indicators {
        if !known.contains(&id.as_str()) {
            let help = match nearest(id.as_str(), known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its indicators are {}", known.join(", ")),
            };
            problems.push(Problem::new(
                format!(
                    "the project gives a column for `{id}`, which `{}` does not have",
                    definition.id
                ),
                help,
            ));
        }
        let half = source.numerator.is_some() != source.denominator.is_some();
        let both =
            source.numerator.is_some() && (source.column.is_some() || source.denominate.is_some());
        if source.strata.is_empty() && (half || both) {
            problems.push(Problem::new(
                format!("the source of `{id}` is not clear"),
                "give either `column`, or both `numerator` and `denominator`, or `strata`",
            ));
        }
        if let Some((message, help)) =
            (!source.strata.is_empty()).then(|| standardised::problem(&source.strata)).flatten()
        {
            problems.push(Problem::new(format!("`{id}` {message}"), help));
        }
    }
    for indicator in &definition.indicators {
        check_strata(&indicator.id, &source_of(project, indicator), problems);
    }
}

/// What does not go together with strata, whether project or recipe gives them.
fn check_strata(id: &IndicatorId, source: &Source, problems: &mut Vec<Problem>) {
    if source.strata.is_empty() {
        if source.at_least.is_some() {
            problems.push(Problem::new(
                format!("`{id}` has `at-least` without `strata`"),
                "give the strata of the standardised rate, or take `at-least` out",
            ));
        }
        return;
    }
    let beside: Vec<&str> = [
        ("`column`", source.column.is_some()),
        ("`numerator`", source.numerator.is_some()),
        ("`denominator`", source.denominator.is_some()),
        ("`denominate`", source.denominate.is_some()),
        ("`interval`", source.interval.is_some()),
        ("`standard-error`", source.standard_error.is_some()),
        ("`complement-of`", source.complement_of.is_some()),
    ]
    .into_iter()
    .filter_map(|(key, is_there)| is_there.then_some(key))
    .collect();
    if !beside.is_empty() {
        problems.push(Problem::new(
            format!("the source of `{id}` is not clear: it has `strata` and {}", beside.join(", ")),
            "a standardised rate comes from its strata alone and has an interval of its own; take \
             the others out, or take `strata` out",
        ));
    }
}

/// What the methods need of the project file.
fn check_methods(project: &Project, definition: &IndexDefinition, problems: &mut Vec<Problem>) {
    let back = |indicator: &&Indicator| definition.imputation(indicator).years_back() > 0;
    if let Some(indicator) = definition.indicators.iter().find(back)
        && project.areas.year.is_none()
    {
        problems.push(Problem::new(
            format!("`{}` fills gaps from earlier years, but the table has no years", indicator.id),
            "set `year = { column = \"…\", use-year = … }` under `[areas]`",
        ));
    }
    let by_years = |i: &&Indicator| matches!(definition.reference(i), Some(Reference::Years(_)));
    if let Some(indicator) = definition.indicators.iter().find(by_years)
        && project.areas.year.is_none()
    {
        problems.push(Problem::new(
            format!("`{}` is measured by pooled years, but the table has no years", indicator.id),
            "set `year = { column = \"…\", use-year = … }` under `[areas]`, or `--year COLUMN=YEAR`",
        ));
    }
    let screens = [project.screen.as_ref(), definition.screen.as_ref()];
    for screen in screens.into_iter().flatten() {
        if let Some((message, help)) = screen.problem() {
            problems.push(Problem::new(message, help));
        }
        if screen.at_least_population.is_some() && project.areas.population.is_none() {
            problems.push(Problem::new(
                "the screen asks for residents, but no column of them is named",
                "name it with `population` under `[areas]`",
            ));
        }
    }
}

fn check_header(
    raw: &RawTable,
    project: &Project,
    definition: &IndexDefinition,
    problems: &mut Vec<Problem>,
) {
    let wanted = request(project, definition);
    let columns: BTreeSet<&String> = wanted.text.iter().chain(&wanted.numbers).collect();
    let mut strangers = Vec::new();
    for column in columns.into_iter().filter(|column| !raw.header.contains(column)) {
        match nearest(column, raw.header.iter().map(String::as_str)) {
            Some(near) => problems.push(Problem::new(
                format!("there is no column `{column}`"),
                format!("did you mean `{near}`?"),
            )),
            None => strangers.push(format!("`{column}`")),
        }
    }
    if strangers.is_empty() {
        return;
    }
    let help = match raw.header.as_slice() {
        [one] => format!(
            "the header was read as one column, `{one}`: set `delimiter` under `[areas.format]`, \
             or take it out and let the program look"
        ),
        header => format!(
            "its columns are {}; say which one an indicator comes from with \
             `[indicators.ID]` and `column = \"…\"`",
            header.join(", ")
        ),
    };
    let message = match strangers.as_slice() {
        [one] => format!("there is no column {one}"),
        many => format!("there are no columns {}", many.join(", ")),
    };
    problems.push(Problem::new(message, help));
}

fn check_ragged(raw: &RawTable, problems: &mut Vec<Problem>) {
    if let Some((row, found)) = raw.ragged.first() {
        problems.push(Problem::new(
            format!(
                "{} rows have another number of cells than the header's {}, such as line {} with {found}",
                raw.ragged.len(),
                raw.header.len(),
                raw.read_as.first_row_line + row
            ),
            "a cell that holds the delimiter must stand in quotation marks; is the file complete?",
        ));
    }
}

/// The length of the longest of [`TOTALS`].
const LONGEST_TOTAL: usize = 13;

/// Text that marks a row as the sum of the others, or as nobody's.
const TOTALS: &[&str] = &[
    "alle",
    "hele landet",
    "hele kommunen",
    "i alt",
    "ialt",
    "landet",
    "sum",
    "total",
    "totalt",
    "unknown",
    "uoppgitt",
    "ukjent",
];

fn looks_like_a_total(text: &str) -> bool {
    let name =
        text.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace()).trim_end();
    // Nearly every id ends here, without an allocation.
    if name.is_empty() || name.len() > LONGEST_TOTAL {
        return false;
    }
    TOTALS.iter().any(|total| name.eq_ignore_ascii_case(total))
}

/// Positions of the rows that are areas of the year in use.
fn rows_in_use(
    raw: &RawTable,
    areas: &Areas,
    problems: &mut Vec<Problem>,
    notices: &mut Vec<Notice>,
) -> Vec<usize> {
    let Some(ids) = raw.text.get(&areas.id) else { return Vec::new() };
    let mut rows: Vec<usize> = (0..raw.n_rows).collect();
    if let Some(year) = &areas.year
        && let Some(years) = raw.text.get(&year.column)
    {
        let wanted = year.use_year.to_string();
        rows.retain(|&row| years[row] == wanted);
        if rows.is_empty() {
            let there: BTreeSet<&str> = years.iter().map(String::as_str).collect();
            problems.push(Problem::new(
                format!("no row has the year {wanted} in `{}`", year.column),
                format!("its years are {}", there.into_iter().collect::<Vec<_>>().join(", ")),
            ));
        }
        notices.push(
            Notice::note("notice.year")
                .with("year", &wanted)
                .with("rows", rows.len())
                .with("others", raw.n_rows - rows.len()),
        );
    }
    let excluded: BTreeMap<&str, &crate::project::Exclusion> =
        areas.exclude.iter().map(|e| (e.area.as_str(), e)).collect();
    let mut found = BTreeSet::new();
    rows.retain(|&row| match excluded.get(ids[row].as_str()) {
        Some(exclusion) => {
            found.insert(exclusion.area.as_str());
            false
        }
        None => true,
    });
    for exclusion in &areas.exclude {
        if found.contains(exclusion.area.as_str()) {
            let notice = Notice::warning("notice.excluded")
                .with("area", &exclusion.area)
                .with("reason_nb", &exclusion.reason.nb)
                .with("reason_en", &exclusion.reason.en);
            notices.push(notice.about(vec![exclusion.area.to_string()]));
        } else {
            problems.push(Problem::new(
                format!("the project excludes `{}`, which is not in the table", exclusion.area),
                "take the entry out of `exclude`, or mend its id",
            ));
        }
    }
    check_totals(raw, areas, &rows, problems);
    rows
}

fn check_totals(raw: &RawTable, areas: &Areas, rows: &[usize], problems: &mut Vec<Problem>) {
    let Some(ids) = raw.text.get(&areas.id) else { return };
    let names = areas.name.as_ref().and_then(|column| raw.text.get(column));
    let kept: BTreeSet<&str> = areas.keep.iter().map(AreaId::as_str).collect();
    let totals: Vec<&str> = rows
        .iter()
        .filter(|&&row| {
            looks_like_a_total(&ids[row]) || names.is_some_and(|n| looks_like_a_total(&n[row]))
        })
        .map(|&row| ids[row].as_str())
        .filter(|id| !kept.contains(id))
        .collect();
    if let Some(example) = totals.first() {
        problems.push(Problem::new(
            format!(
                "{} rows look like totals or like persons without an area, such as `{example}`",
                totals.len()
            ),
            format!(
                "leave them out with `exclude = [{{ area = \"{example}\", reason = {{ nb = \"sum\", \
                 en = \"total\" }} }}]` under `[areas]`, or keep them with `keep = [\"{example}\"]`"
            ),
        ));
    }
}

fn check_ids(raw: &RawTable, areas: &Areas, rows: &[usize], problems: &mut Vec<Problem>) {
    let Some(ids) = raw.text.get(&areas.id) else { return };
    let empty: Vec<usize> = rows.iter().copied().filter(|&row| ids[row].is_empty()).collect();
    if let Some(row) = empty.first() {
        problems.push(Problem::new(
            format!(
                "{} rows have no id in `{}`, such as line {}",
                empty.len(),
                areas.id,
                raw.read_as.first_row_line + row
            ),
            "give each area its code, or take the rows out",
        ));
    }
    if rows.windows(2).all(|pair| ids[pair[0]] < ids[pair[1]]) {
        return;
    }
    // Sorting finds doubles in a table of any size without a map of all its ids.
    let mut order: Vec<usize> = rows.to_vec();
    order.par_sort_unstable_by(|&a, &b| ids[a].cmp(&ids[b]).then(a.cmp(&b)));
    let mut double: Vec<(usize, usize)> = Vec::new();
    for pair in order.windows(2).filter(|pair| ids[pair[0]] == ids[pair[1]]) {
        let seen = double.last().is_some_and(|&(first, _)| ids[first] == ids[pair[0]]);
        if !seen && !ids[pair[0]].is_empty() {
            double.push((pair[0], pair[1]));
        }
    }
    if let Some(&(first, second)) = double.first() {
        let help = if areas.year.is_none() && raw.header.iter().any(|c| is_year(c)) {
            "the table has a row an area and year: set `year = { column = \"…\", use-year = … }` under `[areas]`"
        } else {
            "each area may stand once: take out or merge the rows"
        };
        problems.push(Problem::new(
            format!(
                "{} ids stand more than once, such as `{}` on lines {} and {}",
                double.len(),
                ids[first],
                raw.read_as.first_row_line + first,
                raw.read_as.first_row_line + second
            ),
            help,
        ));
    }
}

fn is_year(column: &str) -> bool {
    ["year", "år", "aar", "ar"].contains(&column.to_lowercase().as_str())
}

fn check_number_of_areas(raw: &RawTable, rows: &[usize], problems: &mut Vec<Problem>) {
    if raw.n_rows > 0 && rows.len() == 1 {
        problems.push(Problem::new(
            "the table has one area only",
            "a ranking needs at least two areas; is the whole file there?",
        ));
    }
}

fn areas_of(
    raw: &RawTable,
    spec: &Areas,
    rows: &[usize],
    problems: &mut Vec<Problem>,
    notices: &mut Vec<Notice>,
) -> Vec<Area> {
    let Some(ids) = raw.text.get(&spec.id) else { return Vec::new() };
    let column = |name: &Option<String>| name.as_ref().and_then(|name| raw.text.get(name));
    let (names, parents) = (column(&spec.name), column(&spec.parent));
    let population = spec.population.as_ref().and_then(|name| raw.numbers.get(name));
    let areas: Vec<Area> = rows
        .iter()
        .map(|&row| Area {
            id: AreaId::new(&ids[row]),
            name: names.map(|n| &n[row]).filter(|n| !n.is_empty()).unwrap_or(&ids[row]).into(),
            parent: parents.map(|p| p[row].clone()).filter(|p| !p.is_empty()),
            population: population.map(|p| p.values[row]).filter(|p| !p.is_nan()),
        })
        .collect();
    let list = |test: &dyn Fn(&Area) -> bool| -> Vec<String> {
        areas.iter().filter(|area| test(area)).map(Area::label).collect()
    };
    let negative = list(&|area| area.population.is_some_and(|p| p < 0.0));
    if let Some(example) = negative.first() {
        problems.push(Problem::new(
            format!("{} areas have a negative population, such as {example}", negative.len()),
            "mend the column of `population`",
        ));
    }
    let unknown = list(&|area| population.is_some() && area.population.is_none());
    if !unknown.is_empty() {
        notices.push(Notice::warning("notice.population-missing").about(unknown));
    }
    let orphans = list(&|area| parents.is_some() && area.parent.is_none());
    if !orphans.is_empty() {
        notices.push(Notice::warning("notice.parent-missing").about(orphans));
    }
    areas
}

/// The row of each area in the years that gaps may be filled from, the latest year first; empty
/// where no recipe asks for them.
fn earlier_rows(
    raw: &RawTable,
    spec: &Areas,
    definition: &IndexDefinition,
    areas: &[Area],
    notices: &mut Vec<Notice>,
) -> Vec<(i32, Vec<Option<usize>>)> {
    let back = definition.indicators.iter().map(|i| definition.imputation(i).years_back());
    let back = i32::from(back.max().unwrap_or(0));
    let (Some(year), Some(ids), true) = (&spec.year, raw.text.get(&spec.id), back > 0) else {
        return Vec::new();
    };
    let Some(years) = raw.text.get(&year.column) else { return Vec::new() };
    let mut out = Vec::new();
    for earlier in (year.use_year - back..year.use_year).rev() {
        let text = earlier.to_string();
        let there: BTreeMap<&str, usize> = (0..raw.n_rows)
            .filter(|&row| years[row] == text)
            .map(|row| (ids[row].as_str(), row))
            .collect();
        if !there.is_empty() {
            let row = |area: &Area| there.get(area.id.as_str()).copied();
            out.push((earlier, areas.iter().map(row).collect()));
        }
    }
    let years: Vec<String> = out.iter().map(|(year, _): &(i32, _)| year.to_string()).collect();
    notices.push(Notice::note("treat.earlier-years").with("years", years.join(", ")));
    out
}

/// Gives the table the neighbours that a file of pairs names, and tells what did not match.
pub fn with_neighbours(
    table: IndicatorTable,
    file: &str,
    pairs: &[(String, String)],
) -> (IndicatorTable, Vec<Notice>) {
    let (neighbours, unknown) = Neighbours::from_pairs(table.areas(), pairs);
    let islands: Vec<String> =
        neighbours.islands().into_iter().map(|at| table.areas()[at].label()).collect();
    let n = table.areas().len() - islands.len();
    let mut notices = vec![Notice::note("treat.neighbours").with("file", file).with("areas", n)];
    if !unknown.is_empty() {
        notices.push(Notice::warning("treat.neighbours-unknown").about(unknown));
    }
    if !islands.is_empty() {
        notices.push(Notice::warning("treat.neighbours-none").about(islands));
    }
    (table.with_neighbours(neighbours), notices)
}

/// Compares the ids of the table with those of the boundaries, both ways.
///
/// # Errors
///
/// [`Problem`] when not one id is in both, because then one of the id columns is wrong.
pub fn join(areas: &[Area], boundaries: &Boundaries) -> Result<Vec<Notice>, Problem> {
    let shapes: BTreeSet<&AreaId> = boundaries.shapes().iter().map(|shape| &shape.id).collect();
    let table: BTreeSet<&AreaId> = areas.iter().map(|area| &area.id).collect();
    if table.is_disjoint(&shapes) {
        let of = |ids: &BTreeSet<&AreaId>| ids.first().map(ToString::to_string).unwrap_or_default();
        return Err(Problem::new(
            format!(
                "no area of the table has a boundary: the table has ids such as `{}`, the boundaries such as `{}`",
                of(&table),
                of(&shapes)
            ),
            "check `id` under `[areas]` and `[boundaries]`; leading zeros count",
        ));
    }
    let mut notices =
        vec![Notice::note("notice.joined").with("n", table.intersection(&shapes).count())];
    let without: Vec<String> =
        areas.iter().filter(|a| !shapes.contains(&a.id)).map(Area::label).collect();
    if !without.is_empty() {
        notices.push(Notice::warning("notice.no-boundary").about(without));
    }
    let undrawn: Vec<String> = boundaries
        .shapes()
        .iter()
        .filter(|shape| !table.contains(&shape.id))
        .map(|shape| match &shape.name {
            Some(name) => format!("{name} ({})", shape.id),
            None => shape.id.to_string(),
        })
        .collect();
    if !undrawn.is_empty() {
        notices.push(Notice::warning("notice.no-figures").about(undrawn));
    }
    Ok(notices)
}

/// `id (title)` for a message.
pub(crate) fn name_of(indicator: &IndicatorId, columns: &str) -> String {
    if indicator.as_str() == columns {
        format!("`{indicator}`")
    } else {
        format!("`{indicator}` (column `{columns}`)")
    }
}
