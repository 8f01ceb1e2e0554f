//! How do today's appropriations get in?
//!
//! A funding file names a table of amounts and tables of figures; here they become a
//! [`FundingBase`]. Every cell that is no amount, and every printed sum that is not the sum of its
//! cells, is told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::document::{self, DocumentError};
use super::table::{RawTable, TableError, TableRequest};
use super::{chosen, table};
use crate::allocate::base::{
    COMPLEXITY, DEPRIVED, Department, Divide, Figures, FundedArea, FundingBase, FundingFile,
    POPULATION, Programmes, SCORE, VERSION, WithoutAreaRow,
};
use crate::allocate::model::ModelFile;
use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::indicator::Direction;
use crate::language::{Language, Text, message};
use crate::money::{Money, MoneyUnit, Unrounded, largest_remainder};
use crate::notice::Notice;
use crate::presets;
use crate::project::Choice;
use crate::select::Truth;

/// Why today's appropriations cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum FundingError {
    /// A TOML file cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Document(#[from] DocumentError),
    /// A table cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Table(#[from] TableError),
    /// Cells that are no amounts.
    #[error("cells of `{file}` that cannot be used: {n}, such as {example}")]
    #[diagnostic(code(levekaar::funding::cells))]
    Cells {
        /// The table.
        file: String,
        /// How many.
        n: usize,
        /// One of them: row, column, what stands there and what is wrong with it.
        example: String,
        /// All of them.
        #[help]
        help: String,
    },
    /// Printed sums that are not those of the cells.
    #[error(
        "printed sums of `{file}` that are not the sums of their cells: {n}, such as {example}"
    )]
    #[diagnostic(code(levekaar::funding::sums))]
    Sums {
        /// The table.
        file: String,
        /// How many.
        n: usize,
        /// One of them.
        example: String,
        /// All of them, with the differences.
        #[help]
        help: String,
    },
    /// An id that is there twice, or not at all.
    #[error("`{file}`: {message}")]
    #[diagnostic(code(levekaar::funding::rows))]
    Rows {
        /// The table.
        file: String,
        /// What is wrong.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
}

/// A funding file and the folder that its paths are relative to.
#[derive(Debug, Clone, PartialEq)]
pub struct FundingFileAt {
    /// What it says.
    pub file: FundingFile,
    /// The folder it stands in.
    pub folder: PathBuf,
}

/// Reads a funding file.
///
/// # Errors
///
/// [`DocumentError`], pointing into the file.
pub fn funding(path: &Path) -> Result<FundingFileAt, DocumentError> {
    let text = document::read_text(path)?;
    let file: FundingFile = document::parse(&path.display().to_string(), &text)?;
    let invalid = |message: String, help: String| DocumentError::Invalid {
        message,
        source_code: miette::NamedSource::new(path.display().to_string(), text.clone()),
        span: None,
        help: Some(help),
    };
    if file.version != VERSION {
        let message = format!("the funding file has version {}", file.version);
        return Err(invalid(message, format!("this program reads version {VERSION}")));
    }
    if file.departments.is_empty() {
        let help = "give one `[[department]]` for each column of amounts".to_owned();
        return Err(invalid("the funding file names no department".to_owned(), help));
    }
    if file.programmes.is_some() && file.project.is_none() {
        let help = "`project = \"…\"` names the areas that programmes cover".to_owned();
        return Err(invalid("`[programmes]` needs a `project`".to_owned(), help));
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(FundingFileAt { file, folder })
}

/// A funding model by preset or file.
///
/// # Errors
///
/// [`DocumentError`]: an unknown preset with the nearest known one, or an error in the text with
/// its place.
pub fn model(choice: &Choice, folder: &Path) -> Result<ModelFile, DocumentError> {
    let (name, text) = chosen(choice, folder, "model", presets::MODELS)?;
    document::parse(&name, &text)
}

/// The tables of a funding file, read and checked; `project` is the analysis of its project.
///
/// # Errors
///
/// [`FundingError`]: tables that cannot be read, cells that are no amounts, printed sums that are
/// not sums, ids that are twice or nowhere.
pub fn funding_base(
    at: &FundingFileAt,
    project: Option<&Analysis>,
) -> Result<FundingBase, FundingError> {
    let (file, spec) = (&at.file, &at.file.appropriations);
    let amounts = Amounts::read(at)?;
    let mut base = FundingBase {
        id: file.id.clone(),
        title: file.title.clone(),
        source: file.source.clone(),
        synthetic: file.synthetic,
        price_year: file.price_year,
        areas: amounts.areas,
        departments: file.departments.clone(),
        today: amounts.cells,
        without_area: amounts.without_area,
        figures: BTreeMap::new(),
        constants: file.constants.clone(),
        selected: None,
        notes: file.notes.clone(),
        assumptions: Vec::new(),
        notices: Vec::new(),
    };
    if let Some(analysis) = project {
        if let Some(programmes) = &file.programmes {
            over_areas(&mut base, programmes, at, analysis)?;
        }
        join_project(&mut base, analysis);
    }
    if let Some(figures) = &file.figures {
        read_figures(&mut base, figures, at)?;
    }
    if let Some(source) = file.figures.as_ref().and_then(|figures| figures.source.as_ref()) {
        base.notices.push(
            Notice::note("allocate.figures-source")
                .with("source_nb", &source.nb)
                .with("source_en", &source.en),
        );
    }
    if base.areas.is_empty() {
        return Err(FundingError::Rows {
            file: spec.file.display().to_string(),
            message: "there is no row of an area".to_owned(),
            help: "are all rows under `ignore` or `without-area`?".to_owned(),
        });
    }
    Ok(base)
}

/// The table of amounts, checked.
struct Amounts {
    areas: Vec<FundedArea>,
    cells: Vec<Vec<Money>>,
    without_area: Vec<WithoutAreaRow>,
}

impl Amounts {
    fn read(at: &FundingFileAt) -> Result<Self, FundingError> {
        let spec = &at.file.appropriations;
        let columns: Vec<String> = at.file.departments.iter().map(column_of).collect();
        let request = TableRequest {
            text: [Some(&spec.id), spec.name.as_ref(), spec.municipality.as_ref()]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            numbers: columns.iter().chain(&spec.sum_column).cloned().collect(),
            ..TableRequest::default()
        };
        let raw = table(&at.folder.join(&spec.file), &request)?;
        require(&raw, request.text.iter().chain(&request.numbers))?;
        let ids = &raw.text[&spec.id];
        let file = spec.file.display().to_string();
        let known = |wanted: &String| match ids.iter().filter(|id| *id == wanted).count() {
            1 => Ok(()),
            n => Err(FundingError::Rows {
                file: file.clone(),
                message: format!("the row `{wanted}` is there {n} times"),
                help: "it must be there once".to_owned(),
            }),
        };
        spec.sum_row.iter().chain(&spec.ignore).chain(&spec.without_area).try_for_each(known)?;
        let is_area = |id: &String| {
            spec.sum_row.as_ref() != Some(id)
                && !spec.ignore.contains(id)
                && !spec.without_area.contains(id)
        };
        ids.iter().filter(|id| is_area(id)).try_for_each(known)?;
        let cells = cells(&raw, at, &columns, ids)?;
        check_sums(&raw, at, &columns, ids, &cells)?;
        let text = |column: &Option<String>, row: usize| {
            column.as_ref().map(|column| raw.text[column][row].clone()).filter(|t| !t.is_empty())
        };
        let mut found = Self { areas: Vec::new(), cells: Vec::new(), without_area: Vec::new() };
        for (row, id) in ids.iter().enumerate() {
            let name = text(&spec.name, row).unwrap_or_else(|| id.clone());
            if spec.without_area.contains(id) {
                let place = |department: &Department| {
                    let known = spec.known_municipality.iter();
                    let mut here = known.filter(|k| k.row == *id && k.department == department.id);
                    here.next().map(|known| known.municipality.clone())
                };
                let municipalities = at.file.departments.iter().map(place).collect();
                let amounts = cells[row].clone();
                found.without_area.push(WithoutAreaRow { name, amounts, municipalities });
            } else if is_area(id) {
                let municipality = text(&spec.municipality, row);
                found.areas.push(FundedArea { id: AreaId::new(id), name, municipality });
                found.cells.push(cells[row].clone());
            }
        }
        Ok(found)
    }
}

fn column_of(department: &Department) -> String {
    department.column.clone().unwrap_or_else(|| department.id.clone())
}

/// All these columns must be there.
fn require<'a>(
    raw: &RawTable,
    columns: impl Iterator<Item = &'a String>,
) -> Result<(), TableError> {
    for column in columns {
        if !raw.header.contains(column) {
            return Err(TableError::NoColumn {
                file: raw.file.clone(),
                column: column.clone(),
                header: raw.header.join(", "),
            });
        }
    }
    Ok(())
}

/// The amounts of every row that is read, a row of zeros for those that are not.
fn cells(
    raw: &RawTable,
    at: &FundingFileAt,
    columns: &[String],
    ids: &[String],
) -> Result<Vec<Vec<Money>>, FundingError> {
    let spec = &at.file.appropriations;
    let mut problems = Vec::new();
    let mut cells = vec![vec![Money::ZERO; columns.len()]; ids.len()];
    for (row, id) in ids.iter().enumerate() {
        let is_sum = spec.sum_row.as_ref() == Some(id);
        if spec.ignore.contains(id) {
            continue;
        }
        for (k, column) in columns.iter().enumerate() {
            let numbers = &raw.numbers[column];
            let unreadable = numbers.unreadable.iter().find(|(at, _)| *at == row);
            let x = numbers.values[row];
            let problem = match (unreadable, spec.unit.amount(x)) {
                (Some((_, text)), _) => format!("`{text}` is not a number"),
                (None, _) if x.is_nan() => "the cell is empty; write 0 for nothing".to_owned(),
                (None, _) if x < 0.0 => format!("{x} is below zero"),
                (None, Err(problem)) => format!("{x} {problem}"),
                (None, Ok(amount)) => {
                    cells[row][k] = amount;
                    continue;
                }
            };
            let what = if is_sum { "the row of sums".to_owned() } else { format!("`{id}`") };
            problems.push(format!("{what}, `{column}`: {problem}"));
        }
    }
    match problems.first() {
        Some(first) => Err(FundingError::Cells {
            file: spec.file.display().to_string(),
            n: problems.len(),
            example: first.clone(),
            help: format!(
                "{}\namounts are whole numbers of {}",
                listed(&problems),
                unit(spec.unit)
            ),
        }),
        None => Ok(cells),
    }
}

fn unit(unit: MoneyUnit) -> &'static str {
    match unit {
        MoneyUnit::Kroner => "kroner",
        MoneyUnit::ThousandKroner => "thousand kroner here; a finer table says `unit = \"kroner\"`",
    }
}

/// At most a dozen lines.
fn listed(problems: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut lines: Vec<String> =
        problems.iter().take(SHOWN).map(|problem| format!("• {problem}")).collect();
    if problems.len() > SHOWN {
        lines.push(format!("… and {} more", problems.len() - SHOWN));
    }
    lines.join("\n")
}

/// Printed sums beside the sums of their cells.
fn check_sums(
    raw: &RawTable,
    at: &FundingFileAt,
    columns: &[String],
    ids: &[String],
    cells: &[Vec<Money>],
) -> Result<(), FundingError> {
    let spec = &at.file.appropriations;
    let mut problems = Vec::new();
    let mut compare = |what: String, printed: f64, sum: Money| {
        let size = spec.unit.in_kroner() as f64;
        let sum = sum.as_f64() / size;
        if printed != sum {
            problems.push(if printed.is_nan() {
                format!("{what}: no sum is printed, the cells sum to {sum}")
            } else {
                format!("{what}: printed {printed}, the cells sum to {sum} ({:+})", sum - printed)
            });
        }
    };
    let is_row = |id: &String| !spec.ignore.contains(id) && spec.sum_row.as_ref() != Some(id);
    if let Some(column) = &spec.sum_column {
        for (row, id) in ids.iter().enumerate().filter(|(_, id)| is_row(id)) {
            compare(
                format!("row `{id}`"),
                raw.numbers[column].values[row],
                cells[row].iter().sum(),
            );
        }
    }
    if let Some(sum_row) = spec.sum_row.as_ref().and_then(|id| ids.iter().position(|i| i == id)) {
        let rows: Vec<usize> = (0..ids.len()).filter(|&row| is_row(&ids[row])).collect();
        for (k, column) in columns.iter().enumerate() {
            compare(
                format!("column `{column}`"),
                raw.numbers[column].values[sum_row],
                rows.iter().map(|&row| cells[row][k]).sum(),
            );
        }
        if let Some(column) = &spec.sum_column {
            compare(
                "the total".to_owned(),
                raw.numbers[column].values[sum_row],
                rows.iter().flat_map(|&row| &cells[row]).sum(),
            );
        }
    }
    match problems.first() {
        Some(first) => Err(FundingError::Sums {
            file: spec.file.display().to_string(),
            n: problems.len(),
            example: first.clone(),
            help: format!("{}\ncorrect the table; nothing is repaired here", listed(&problems)),
        }),
        None => Ok(()),
    }
}

/// Makes the project's areas those of the base, each with its part of its programmes' money.
fn over_areas(
    base: &mut FundingBase,
    programmes: &Programmes,
    at: &FundingFileAt,
    analysis: &Analysis,
) -> Result<(), FundingError> {
    let path = at.folder.join(&programmes.file);
    let file = programmes.file.display().to_string();
    let rows = |message: String, help: &str| FundingError::Rows {
        file: file.clone(),
        message,
        help: help.to_owned(),
    };
    let pairs = super::pairs(&path, &programmes.area, &programmes.programme)?;
    let areas = analysis.table.areas();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); base.areas.len()];
    for (area, programme) in &pairs {
        let Some(area_idx) = areas.iter().position(|a| a.id.as_str() == area) else {
            let message = format!("the project has no area `{area}`");
            return Err(rows(message, "ids are text: is a leading zero lost?"));
        };
        let Some(programme_idx) = base.areas.iter().position(|p| p.id.as_str() == programme) else {
            let message = format!("the table of amounts has no programme `{programme}`");
            return Err(rows(message, "programmes are the rows of the table of amounts"));
        };
        if members[programme_idx].contains(&area_idx) {
            let message = format!("`{area}` is in `{programme}` twice");
            return Err(rows(message, "one row for each area of a programme"));
        }
        members[programme_idx].push(area_idx);
    }
    let mut today = vec![vec![Money::ZERO; base.departments.len()]; areas.len()];
    for (programme, members) in members.iter().enumerate() {
        let name = base.areas[programme].label();
        if members.is_empty() {
            let message = format!("the programme {name} has no area");
            return Err(rows(
                message,
                "leave it out of the amounts by `ignore`, or give its areas",
            ));
        }
        let weight = |&area: &usize| match programmes.divide {
            Divide::Equally => Some(1.0),
            Divide::ByPopulation => areas[area].population.filter(|people| *people > 0.0),
        };
        let Some(weights) = members.iter().map(weight).collect::<Option<Vec<f64>>>() else {
            let message = format!("an area of {name} has no residents in the project");
            return Err(rows(message, "say `divide = \"equally\"`, or give the residents"));
        };
        let all: f64 = weights.iter().sum();
        for (k, &total) in base.today[programme].iter().enumerate() {
            let parts: Vec<Unrounded> =
                weights.iter().map(|w| Unrounded::free(w / all * total.as_f64())).collect();
            let parts = largest_remainder(&parts, total, MoneyUnit::Kroner, |a, b| {
                areas[members[a]].id.cmp(&areas[members[b]].id)
            })
            .expect("amounts without limits can be rounded");
            members.iter().zip(parts).for_each(|(&area, part)| today[area][k] += part);
        }
    }
    let municipality = base.areas[0].municipality.clone();
    let same = base.areas.iter().all(|area| area.municipality == municipality);
    base.areas = areas
        .iter()
        .map(|area| FundedArea {
            id: area.id.clone(),
            name: area.name.to_string(),
            municipality: area.parent.clone().or(municipality.clone().filter(|_| same)),
        })
        .collect();
    base.today = today;
    let key = match programmes.divide {
        Divide::ByPopulation => "allocate.divided-by-population",
        Divide::Equally => "allocate.divided-equally",
    };
    base.assumptions
        .push(Text { nb: message(Language::Nb, key, &[]), en: message(Language::En, key, &[]) });
    Ok(())
}

/// Residents, scores and the rule's answers of the project, by the areas' ids.
fn join_project(base: &mut FundingBase, analysis: &Analysis) {
    let places = places(analysis);
    base.selected = analysis.selection.as_ref().map(|selection| {
        let of = |at: usize| match selection.outcomes()[at] {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        };
        base.areas.iter().map(|area| places.get(&area.id).and_then(|&at| of(at))).collect()
    });
    let unmatched: Vec<String> =
        base.areas.iter().filter(|a| !places.contains_key(&a.id)).map(FundedArea::label).collect();
    if !unmatched.is_empty() {
        base.notices.push(Notice::warning("allocate.not-in-project").about(unmatched));
    }
    let figures = project_figures(&base.areas, analysis);
    base.figures.extend(figures);
}

fn places(analysis: &Analysis) -> BTreeMap<&AreaId, usize> {
    let areas = analysis.ranking.areas().iter();
    areas.enumerate().map(|(at, area)| (&area.id, at)).collect()
}

/// What a project knows of areas: residents, scores, indicators, and how many of these are worse
/// than their mean. One value an area, NaN where the project has none.
fn project_figures(areas: &[FundedArea], analysis: &Analysis) -> BTreeMap<String, Vec<f64>> {
    let ranking = &analysis.ranking;
    let places = places(analysis);
    let join = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
        areas.iter().map(|area| places.get(&area.id).map_or(f64::NAN, |&at| of(at))).collect()
    };
    let columns = analysis.table.columns();
    let mut figures = BTreeMap::new();
    let conditions = conditions_worse_than_the_mean(analysis);
    figures.insert(COMPLEXITY.to_owned(), join(&|at| conditions[at]));
    figures.extend(
        columns.iter().map(|column| {
            (column.indicator().as_str().to_owned(), join(&|at| column.values()[at]))
        }),
    );
    figures.insert(
        POPULATION.to_owned(),
        join(&|at| ranking.areas()[at].population.unwrap_or(f64::NAN)),
    );
    // Claims grow with need, so that a score by which higher is better is turned.
    let scores = match ranking.direction() {
        Direction::HigherIsWorse => join(&|at| ranking.scores()[at]),
        Direction::HigherIsBetter => join(&|at| -ranking.scores()[at]),
    };
    figures.insert(SCORE.to_owned(), scores);
    figures
}

/// The number of the recipe's indicators by which each area is worse than the mean of the areas;
/// NaN where it has none of them.
fn conditions_worse_than_the_mean(analysis: &Analysis) -> Vec<f64> {
    let n_areas = analysis.table.areas().len();
    let mut counts = vec![f64::NAN; n_areas];
    for column in analysis.table.columns() {
        let Some(indicator) = analysis.definition.indicator(column.indicator()) else { continue };
        let worse_up: Vec<f64> =
            column.values().iter().map(|x| indicator.direction.orient(*x)).collect();
        let present = worse_up.iter().filter(|x| !x.is_nan());
        let mean = present.clone().sum::<f64>() / present.count() as f64;
        for (count, x) in counts.iter_mut().zip(&worse_up).filter(|(_, x)| !x.is_nan()) {
            let so_far = if count.is_nan() { 0.0 } else { *count };
            *count = so_far + f64::from(u8::from(*x > mean));
        }
    }
    counts
}

/// Adds what the project knew `lag` years of its table earlier, as `score-1` and so on; `but` are
/// the figures that another table gives, of which the project's earlier values are no earlier ones.
pub fn join_past(base: &mut FundingBase, analysis: &Analysis, lag: usize, but: &BTreeSet<&str>) {
    let figures = project_figures(&base.areas, analysis).into_iter();
    let own = figures.filter(|(name, _)| !but.contains(name.as_str()));
    base.figures.extend(own.map(|(name, values)| (format!("{name}-{lag}"), values)));
}

/// Figures of a table, by the areas' ids; they stand before the project's.
fn read_figures(
    base: &mut FundingBase,
    figures: &Figures,
    at: &FundingFileAt,
) -> Result<(), FundingError> {
    let request = TableRequest {
        text: vec![figures.id.clone()],
        numbers: figures.columns.values().cloned().collect(),
        ..TableRequest::default()
    };
    let raw = table(&at.folder.join(&figures.file), &request)?;
    require(&raw, request.text.iter().chain(&request.numbers))?;
    let ids = &raw.text[&figures.id];
    let file = figures.file.display().to_string();
    for (row, id) in ids.iter().enumerate() {
        if ids[..row].contains(id) {
            return Err(FundingError::Rows {
                file,
                message: format!("the row `{id}` is there twice"),
                help: "one row an area".to_owned(),
            });
        }
    }
    let mut problems = Vec::new();
    for (name, column) in &figures.columns {
        let numbers = &raw.numbers[column];
        problems.extend(
            numbers.unreadable.iter().map(|(row, text)| {
                format!("`{}`, `{column}`: `{text}` is not a number", ids[*row])
            }),
        );
        let counts = [POPULATION, DEPRIVED].contains(&name.as_str());
        problems.extend((0..ids.len()).filter(|&row| counts && numbers.values[row] < 0.0).map(
            |row| {
                let (id, value) = (&ids[row], numbers.values[row]);
                format!("`{id}`, `{column}`: {value} is below zero")
            },
        ));
        let of = |area: &FundedArea| {
            let row = ids.iter().position(|id| id == area.id.as_str());
            row.map_or(f64::NAN, |row| numbers.values[row])
        };
        base.figures.insert(name.clone(), base.areas.iter().map(of).collect());
    }
    if let Some(first) = problems.first() {
        return Err(FundingError::Cells {
            file,
            n: problems.len(),
            example: first.clone(),
            help: listed(&problems),
        });
    }
    let unknown: Vec<String> = ids
        .iter()
        .filter(|id| !base.areas.iter().any(|area| area.id.as_str() == id.as_str()))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        base.notices
            .push(Notice::warning("allocate.figures-unknown").with("file", file).about(unknown));
    }
    let people = base.figures.get(POPULATION).zip(base.figures.get(DEPRIVED));
    let more: Vec<String> = people
        .map(|(people, deprived)| {
            let pairs = base.areas.iter().zip(people.iter().zip(deprived));
            pairs.filter(|(_, (p, d))| d > p).map(|(area, _)| area.label()).collect()
        })
        .unwrap_or_default();
    if !more.is_empty() {
        base.notices.push(Notice::warning("allocate.more-deprived-than-people").about(more));
    }
    Ok(())
}

/// The department of a table that has only one column of money.
fn one_department() -> Department {
    let key = "allocate.one-pot";
    let title = Text { nb: message(Language::Nb, key, &[]), en: message(Language::En, key, &[]) };
    Department { id: "pot".to_owned(), theme: title.clone(), title, column: None }
}

/// Areas without money today, of a project: their residents, scores, indicators and selection.
pub fn base_of_project(analysis: &Analysis, title: &Text, synthetic: bool) -> FundingBase {
    let areas: Vec<FundedArea> = analysis
        .table
        .areas()
        .iter()
        .map(|area| FundedArea {
            id: area.id.clone(),
            name: area.name.to_string(),
            municipality: area.parent.clone(),
        })
        .collect();
    let mut base = FundingBase {
        id: analysis.definition.id.clone(),
        title: title.clone(),
        source: title.clone(),
        synthetic,
        price_year: None,
        today: vec![vec![Money::ZERO]; areas.len()],
        areas,
        departments: vec![one_department()],
        without_area: Vec::new(),
        figures: BTreeMap::new(),
        constants: BTreeMap::new(),
        selected: None,
        notes: Vec::new(),
        assumptions: Vec::new(),
        notices: Vec::new(),
    };
    join_project(&mut base, analysis);
    base
}

/// Which columns of a bare table are what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareColumns {
    /// The column of ids; the first column where nothing is said.
    pub id: Option<String>,
    /// The column of names.
    pub name: Option<String>,
    /// The column of today's kroner.
    pub today: Option<String>,
    /// Which column each figure stands in.
    pub figures: BTreeMap<String, String>,
}

/// A bare table: one row an area, today's kroner in at most one column.
///
/// # Errors
///
/// [`FundingError`], as for [`funding_base`].
pub fn base_of_table(path: &Path, columns: &BareColumns) -> Result<FundingBase, FundingError> {
    let header = table(path, &TableRequest::default())?.header;
    let Some(id) = columns.id.clone().or_else(|| header.first().cloned()) else {
        return Err(TableError::Empty { file: path.display().to_string() }.into());
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    let request = TableRequest {
        text: [Some(&id), columns.name.as_ref()].into_iter().flatten().cloned().collect(),
        numbers: columns.today.iter().cloned().collect(),
        ..TableRequest::default()
    };
    let raw = table(path, &request)?;
    require(&raw, request.text.iter().chain(&request.numbers))?;
    let ids = raw.text[&id].clone();
    let mut base = FundingBase {
        id: stem.clone(),
        title: Text::same(&stem),
        source: Text::same(path.display().to_string()),
        synthetic: false,
        price_year: None,
        areas: Vec::new(),
        departments: vec![one_department()],
        today: vec![vec![Money::ZERO]; ids.len()],
        without_area: Vec::new(),
        figures: BTreeMap::new(),
        constants: BTreeMap::new(),
        selected: None,
        notes: Vec::new(),
        assumptions: Vec::new(),
        notices: Vec::new(),
    };
    for (row, id) in ids.iter().enumerate() {
        let name = columns.name.as_ref().map_or_else(|| id.clone(), |c| raw.text[c][row].clone());
        base.areas.push(FundedArea { id: AreaId::new(id), name, municipality: None });
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let at = FundingFileAt {
        file: FundingFile {
            version: VERSION,
            id: stem.clone(),
            title: base.title.clone(),
            source: base.source.clone(),
            language: Language::default(),
            synthetic: false,
            price_year: None,
            project: None,
            appropriations: crate::allocate::base::Appropriations {
                file: name.clone(),
                id: id.clone(),
                name: columns.name.clone(),
                municipality: None,
                unit: MoneyUnit::Kroner,
                sum_column: None,
                sum_row: None,
                ignore: Vec::new(),
                without_area: Vec::new(),
                known_municipality: Vec::new(),
            },
            departments: vec![Department { column: columns.today.clone(), ..one_department() }],
            programmes: None,
            figures: None,
            constants: BTreeMap::new(),
            notes: Vec::new(),
        },
        folder,
    };
    if columns.today.is_some() {
        base.today = Amounts::read(&at)?.cells;
    }
    let figures = Figures { file: name, id, columns: columns.figures.clone(), source: None };
    read_figures(&mut base, &figures, &at)?;
    Ok(base)
}
