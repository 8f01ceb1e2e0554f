//! How do results get into a spreadsheet?
//!
//! One Excel workbook with a sheet a question. Numbers are numbers, ids and names are text, and
//! text that looks like a formula stays text, because cells are written with their type. The same
//! results give the same bytes: the file says a fixed date of creation and no author.

use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::analysis::Analysis;
use crate::area::Area;
use crate::compare::contributions;
use crate::indicator::{CellState, Direction};
use crate::language::{Language, message};
use crate::notice::Severity;
use crate::project::Project;
use crate::provenance::Provenance;
use crate::rank::First;
use crate::select::Truth;
use crate::uncertainty::Uncertainty;

/// Areas that one sheet holds, below its head.
pub const MOST_AREAS: usize = 1_048_575;

/// Characters that one cell holds.
const MOST_CHARACTERS: usize = 32_767;

/// All that a workbook shows.
#[derive(Debug, Clone, Copy)]
pub struct WorkbookRequest<'a> {
    /// Title, source, and whether the data are invented.
    pub project: &'a Project,
    /// The results.
    pub analysis: &'a Analysis,
    /// The language of heads and notes.
    pub language: Language,
    /// How sure the ranks are; none where no replicates were computed.
    pub uncertainty: Option<&'a Uncertainty>,
    /// Where the figures come from.
    pub provenance: &'a Provenance,
    /// Further sheets, such as an allocation; they stand before the data notes.
    pub sheets: &'a [Sheet],
}

/// A sheet of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name, at most 31 characters, without `[]:*?/\`.
    pub name: String,
    /// What it holds, for the first sheet.
    pub about: String,
    /// Rows above the head, such as a total or a parameter that formulas refer to.
    pub above: Vec<Vec<Cell>>,
    /// The heads of the columns.
    pub heads: Vec<String>,
    /// One row an area or whatever the sheet lists.
    pub rows: Vec<Vec<Cell>>,
    /// Rows below those, such as sums; sorting and filtering leaves them alone.
    pub below: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words; never read as a formula.
    Text(String),
    /// The same in bold.
    Strong(String),
    /// A number; NaN leaves the cell empty.
    Number(f64),
    /// Whole kroner, in groups of three.
    Money(i64),
    /// A share, 0..1, as per cent.
    Share(f64),
    /// A formula of our own, such as `=B2*C2`.
    Formula {
        /// Its text.
        text: String,
        /// What it gives, for programs that do not compute.
        result: String,
        /// How that is shown.
        shown: Shown,
    },
    /// Why there is no number, in quiet type.
    Gap(String),
    /// Nothing.
    Empty,
}

/// How the number of a formula is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// With as many decimals as it has.
    Plain,
    /// Whole kroner, in groups of three.
    Money,
    /// As per cent.
    Share,
}

impl Cell {
    /// A formula and the number that it gives.
    pub fn formula(text: String, result: f64, shown: Shown) -> Self {
        Self::Formula { text, result: result.to_string(), shown }
    }
}

/// Makes the workbook as bytes of an `.xlsx` file.
///
/// Shape: one row an area, worst first, areas without a rank last. A gap is empty in computed
/// columns and named in the sheet of indicators.
///
/// # Errors
///
/// [`XlsxError`] when there are more than [`MOST_AREAS`] areas, or more columns than Excel has.
pub fn workbook(request: &WorkbookRequest<'_>) -> Result<Vec<u8>, XlsxError> {
    if request.analysis.ranking.areas().len() > MOST_AREAS {
        return Err(XlsxError::RowColumnLimitError);
    }
    let mut book = Workbook::new();
    // Without a date of its own the file would carry the clock's.
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let title = request.project.title.get(request.language);
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    let mut sheets = vec![areas(request), indicators(request), normalised(request), parts(request)];
    sheets.extend(selection(request));
    sheets.extend(request.sheets.iter().cloned().map(|sheet| (sheet, Vec::new())));
    sheets.push((notes(request), Vec::new()));
    readme(book.add_worksheet(), request, &sheets)?;
    for (sheet, shaded) in &sheets {
        fill(book.add_worksheet(), sheet, shaded)?;
    }
    book.save_to_buffer()
}

/// A sheet, and the columns that are shaded with whether a large number is dark.
type Shaded = (Sheet, Vec<(u16, bool)>);

fn say(request: &WorkbookRequest<'_>, key: &str) -> String {
    message(request.language, &format!("workbook.{key}"), &[])
}

fn order(request: &WorkbookRequest<'_>) -> Vec<usize> {
    let ranking = &request.analysis.ranking;
    let scores = ranking.scores();
    let mut order: Vec<usize> = ranking.order().iter().map(|&at| at as usize).collect();
    let ranked = &mut order[..ranking.n_ranked()];
    match ranking.direction() {
        Direction::HigherIsWorse => ranked.sort_by(|&a, &b| scores[b].total_cmp(&scores[a])),
        Direction::HigherIsBetter => ranked.sort_by(|&a, &b| scores[a].total_cmp(&scores[b])),
    }
    order
}

fn named(area: &Area) -> Vec<Cell> {
    vec![Cell::Text(area.id.to_string()), Cell::Text(area.name.to_string())]
}

fn areas(request: &WorkbookRequest<'_>) -> Shaded {
    let analysis = request.analysis;
    let ranking = &analysis.ranking;
    let all = ranking.areas();
    let has_parent = all.iter().any(|area| area.parent.is_some());
    let has_population = all.iter().any(|area| area.population.is_some());
    let selected = request.uncertainty.is_some_and(|u| u.rows.iter().any(|r| r.selected.is_some()));
    let mut heads: Vec<&str> = vec!["area", "name"];
    heads.extend(has_parent.then_some("parent"));
    heads.extend(has_population.then_some("population"));
    heads.push("rank");
    if request.uncertainty.is_some() {
        heads.extend(["rank-low", "rank-high"]);
    }
    heads.extend(selected.then_some("p-selected"));
    heads.extend(["score", "decile", "quintile"]);
    heads.extend(analysis.selection.is_some().then_some("outcome"));
    let score_at = heads.iter().position(|head| *head == "score").unwrap_or_default();
    let mut heads: Vec<String> = heads.into_iter().map(|head| say(request, head)).collect();
    let first_part = heads.len();
    heads.extend(part_titles(request));
    let worse_up = ranking.direction() == Direction::HigherIsWorse;
    let columns = std::iter::once(score_at).chain(first_part..heads.len());
    let shaded = columns.filter_map(|at| Some((u16::try_from(at).ok()?, worse_up))).collect();
    let parts = analysis.parts();
    let class =
        |at, k| ranking.class(at, k).map_or(Cell::Empty, |class| Cell::Number(class as f64));
    let rows = order(request).into_iter().map(|at| {
        let area = &all[at];
        let mut row = named(area);
        if has_parent {
            row.push(area.parent.clone().map_or(Cell::Empty, Cell::Text));
        }
        if has_population {
            row.push(area.population.map_or(Cell::Empty, Cell::Number));
        }
        row.push(Cell::Number(ranking.ranks()[at]));
        if let Some(uncertainty) = request.uncertainty {
            let of = &uncertainty.rows[at];
            row.extend([Cell::Number(of.low), Cell::Number(of.high)]);
            if selected {
                row.push(of.selected.map_or(Cell::Empty, Cell::Number));
            }
        }
        row.extend([Cell::Number(ranking.scores()[at]), class(at, 10), class(at, 5)]);
        if let Some(selection) = &analysis.selection {
            row.push(Cell::Text(outcome(request, selection.outcomes()[at])));
        }
        row.extend(parts.iter().map(|(_, values)| Cell::Number(values[at])));
        row
    });
    let rows = rows.collect();
    (sheet(request, "areas", heads, rows), shaded)
}

fn part_titles(request: &WorkbookRequest<'_>) -> Vec<String> {
    let definition = &request.analysis.definition;
    let title = |id: &str| {
        let domain = definition.domains.iter().find(|domain| domain.id.as_str() == id);
        let indicator = definition.indicators.iter().find(|indicator| indicator.id.as_str() == id);
        let title = domain.map(|d| &d.title).or(indicator.map(|i| &i.title));
        title.map_or_else(|| id.to_owned(), |title| title.get(request.language).to_owned())
    };
    request.analysis.parts().into_iter().map(|(id, _)| title(id)).collect()
}

fn outcome(request: &WorkbookRequest<'_>, truth: Truth) -> String {
    let key = match truth {
        Truth::True => "report.outcome-selected",
        Truth::False => "report.outcome-not-selected",
        Truth::Unknown => "report.outcome-unknown",
    };
    message(request.language, key, &[])
}

fn sheet(
    request: &WorkbookRequest<'_>,
    key: &str,
    heads: Vec<String>,
    rows: Vec<Vec<Cell>>,
) -> Sheet {
    Sheet {
        name: say(request, key),
        about: say(request, &format!("about-{key}")),
        above: Vec::new(),
        heads,
        rows,
        below: Vec::new(),
    }
}

/// Id and name, then a title an indicator.
fn indicator_heads(request: &WorkbookRequest<'_>, with_unit: bool) -> Vec<String> {
    let titles = request.analysis.definition.indicators.iter().map(|indicator| {
        let title = indicator.title.get(request.language);
        match with_unit && !indicator.unit.is_empty() {
            true => format!("{title} ({})", indicator.unit),
            false => title.to_owned(),
        }
    });
    [say(request, "area"), say(request, "name")].into_iter().chain(titles).collect()
}

fn indicators(request: &WorkbookRequest<'_>) -> Shaded {
    let analysis = request.analysis;
    let cell = |value: f64, state: CellState| {
        let key = match state {
            CellState::Present => return Cell::Number(value),
            CellState::Suppressed => "report.gap-suppressed",
            CellState::NotApplicable => "report.gap-not-applicable",
            CellState::NotAvailable => "report.gap-not-available",
        };
        Cell::Gap(message(request.language, key, &[]))
    };
    let rows = order(request).into_iter().map(|at| {
        let columns = analysis.table.columns().iter();
        let cells = columns.map(|column| cell(column.values()[at], column.states()[at]));
        named(&analysis.ranking.areas()[at]).into_iter().chain(cells).collect()
    });
    let shaded = (2_u16..).zip(&analysis.definition.indicators);
    let shaded = shaded.map(|(at, i)| (at, i.direction == Direction::HigherIsWorse)).collect();
    let rows = rows.collect();
    (sheet(request, "indicators", indicator_heads(request, true), rows), shaded)
}

fn normalised(request: &WorkbookRequest<'_>) -> Shaded {
    let analysis = request.analysis;
    let rows = order(request).into_iter().map(|at| {
        let columns = analysis.computation.scaled.columns().iter();
        let cells = columns.map(|column| Cell::Number(column.values[at]));
        named(&analysis.ranking.areas()[at]).into_iter().chain(cells).collect()
    });
    let shaded = (2_u16..).zip(&analysis.definition.indicators).map(|(at, _)| (at, true)).collect();
    let rows = rows.collect();
    (sheet(request, "normalised", indicator_heads(request, false), rows), shaded)
}

/// What each part adds to the score, with the sum as a formula beside the score.
fn parts(request: &WorkbookRequest<'_>) -> Shaded {
    let analysis = request.analysis;
    let Ok(parts) = contributions(analysis) else {
        let why = vec![vec![Cell::Text(say(request, "no-contributions"))]];
        return (sheet(request, "contributions", vec![say(request, "text")], why), Vec::new());
    };
    let definition = &analysis.definition;
    let title = |id: &String| {
        let indicator = definition.indicators.iter().find(|i| i.id.as_str() == id);
        let domain = definition.domains.iter().find(|d| d.id.as_str() == id);
        let title = indicator.map(|i| &i.title).or(domain.map(|d| &d.title));
        title.map_or_else(|| id.clone(), |title| title.get(request.language).to_owned())
    };
    let mut heads = vec![say(request, "area"), say(request, "name")];
    heads.extend(parts.ids.iter().map(title));
    heads.extend([say(request, "sum"), say(request, "score")]);
    let last = column_name(1 + parts.ids.len());
    let rows = order(request).into_iter().enumerate().map(|(row, at)| {
        let mut cells = named(&analysis.ranking.areas()[at]);
        let score = analysis.ranking.scores()[at];
        if score.is_nan() {
            return cells;
        }
        let sum = parts.values.iter().map(|values| values[at]).sum();
        cells.extend(parts.values.iter().map(|values| Cell::Number(values[at])));
        // The head is row 1.
        let (first, n) = (column_name(2), row + 2);
        let text = format!("=SUM({first}{n}:{last}{n})");
        cells.push(Cell::formula(text, sum, Shown::Plain));
        cells.push(Cell::Number(score));
        cells
    });
    let shaded = (2_u16..).zip(&parts.ids).map(|(at, _)| (at, true)).collect();
    let rows = rows.collect();
    (sheet(request, "contributions", heads, rows), shaded)
}

/// `A`, `B`, … `Z`, `AA`: the name of the column at this position, from 0.
pub fn column_name(at: usize) -> String {
    let mut rest = at + 1;
    let mut name = String::new();
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        name.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    name
}

fn selection(request: &WorkbookRequest<'_>) -> Option<Shaded> {
    let selection = request.analysis.selection.as_ref()?;
    let ranking = &request.analysis.ranking;
    let heads = ["area", "name", "rank", "outcome", "reason"].map(|key| say(request, key));
    let rows = order(request).into_iter().map(|at| {
        let mut row = named(&ranking.areas()[at]);
        row.push(Cell::Number(ranking.ranks()[at]));
        row.push(Cell::Text(outcome(request, selection.outcomes()[at])));
        row.push(Cell::Text(selection.sentence(at).get(request.language).to_owned()));
        row
    });
    Some((sheet(request, "selection", heads.into(), rows.collect()), Vec::new()))
}

fn notes(request: &WorkbookRequest<'_>) -> Sheet {
    let language = request.language;
    let heads = ["kind", "text", "item"].map(|key| say(request, key));
    let mut rows = Vec::new();
    for severity in [Severity::Warning, Severity::Note] {
        let key = match severity {
            Severity::Warning => "report.notes-warning",
            Severity::Note => "report.notes-note",
        };
        for notice in request.analysis.notices.iter().filter(|n| n.severity == severity) {
            let head = [message(language, key, &[]), notice.text(language)].map(Cell::Text);
            if notice.items.is_empty() {
                rows.push(head.to_vec());
            }
            for item in &notice.items {
                let item = Cell::Text(item.get(language).to_owned());
                rows.push(head.iter().cloned().chain([item]).collect());
            }
        }
    }
    sheet(request, "notes", heads.into(), rows)
}

fn readme(
    page: &mut Worksheet,
    request: &WorkbookRequest<'_>,
    sheets: &[Shaded],
) -> Result<(), XlsxError> {
    let (project, analysis) = (request.project, request.analysis);
    let (language, provenance) = (request.language, request.provenance);
    let definition = &analysis.definition;
    let score = match analysis.ranking.direction() {
        Direction::HigherIsWorse => "report.score-direction-worse",
        Direction::HigherIsBetter => "report.score-direction-better",
    };
    let rank = match analysis.ranking.rule().first {
        First::Worst => "report.rank-one-worst",
        First::Best => "report.rank-one-best",
    };
    let directions = [score, rank].map(|key| message(language, key, &[])).join("; ");
    let mut facts = vec![("title", project.title.get(language).to_owned())];
    facts.push(("index", definition.title.get(language).to_owned()));
    facts.push(("direction", directions));
    if let Some(selection) = &analysis.selection {
        facts.push(("rule", selection.rule().title.get(language).to_owned()));
    }
    facts.extend(project.source.as_ref().map(|s| ("figures-source", s.get(language).to_owned())));
    facts.push(("index-source", definition.source.get(language).to_owned()));
    facts.push(("definition-sha256", provenance.definition_sha256.clone()));
    facts.extend(provenance.seed.map(|seed| ("seed", seed.to_string())));
    facts.push(("program", provenance.program_version.clone()));
    facts.push(("recompute", provenance.command.clone()));
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    page.set_name(say(request, "readme"))?;
    page.set_column_width(0, 30)?.set_column_width(1, 90)?;
    let mut row = 0;
    if project.synthetic {
        let mark = Format::new().set_bold().set_background_color(Color::RGB(0x00FF_F6E0));
        let label = message(language, "report.synthetic-label", &[]);
        page.write_string_with_format(row, 0, label, &mark)?;
        page.write_string_with_format(
            row,
            1,
            message(language, "report.synthetic-text", &[]),
            &mark,
        )?;
        row += 2;
    }
    for (key, text) in facts {
        page.write_string_with_format(row, 0, say(request, key), &bold)?;
        page.write_string_with_format(row, 1, cut(&text), &wrap)?;
        row += 1;
    }
    row += 1;
    page.write_string_with_format(row, 0, say(request, "sheet"), &bold)?;
    page.write_string_with_format(row, 1, say(request, "content"), &bold)?;
    for (sheet, _) in sheets {
        row += 1;
        page.write_string(row, 0, &sheet.name)?;
        page.write_string_with_format(row, 1, &sheet.about, &wrap)?;
    }
    page.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Writes a sheet: head, rows, frozen panes, filters, widths and shading.
pub(super) fn fill(
    page: &mut Worksheet,
    sheet: &Sheet,
    shaded: &[(u16, bool)],
) -> Result<(), XlsxError> {
    let formats = Formats::new();
    page.set_name(&sheet.name)?;
    let mut row = 0;
    for cells in &sheet.above {
        write_row(page, row, cells, &formats)?;
        row += 1;
    }
    let head = row;
    // A file says how high its rows are; not every program works it out from wrapped text.
    let columns = (0..sheet.heads.len()).map(|column| width(sheet, column));
    let widths: Vec<f64> = columns.collect();
    let head_lines = sheet.heads.iter().zip(&widths).map(|(title, width)| lines(title, *width));
    page.set_row_height(head, LINE * f64::from(head_lines.max().unwrap_or(1)))?;
    for (column, title) in (0_u16..).zip(&sheet.heads) {
        page.write_string_with_format(head, column, cut(title), &formats.head)?;
        page.set_column_width(column, widths[usize::from(column)])?;
    }
    for cells in &sheet.rows {
        row += 1;
        write_row(page, row, cells, &formats)?;
        let wrapped = cells.iter().zip(&widths).filter_map(|(cell, width)| match cell {
            Cell::Text(text) if is_long(text) => Some(lines(text, *width)),
            Cell::Text(_)
            | Cell::Strong(_)
            | Cell::Number(_)
            | Cell::Share(_)
            | Cell::Money(_)
            | Cell::Formula { .. }
            | Cell::Gap(_)
            | Cell::Empty => None,
        });
        if let Some(lines) = wrapped.max().filter(|lines| *lines > 1) {
            page.set_row_height(row, LINE * f64::from(lines))?;
        }
    }
    for (below, cells) in (row + 1..).zip(&sheet.below) {
        write_row(page, below, cells, &formats)?;
    }
    let Some(last) = sheet.heads.len().checked_sub(1).and_then(|last| u16::try_from(last).ok())
    else {
        return Ok(());
    };
    let sticky = if last >= 2 { 2 } else { 0 };
    page.set_freeze_panes(head + 1, sticky)?;
    page.set_repeat_rows(head, head)?;
    page.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    if row > head {
        page.autofilter(head, 0, row, last)?;
        let (pale, dark) = (Color::RGB(0x00FF_FFFF), Color::RGB(0x007F_B5D5));
        for (column, large_is_dark) in shaded {
            let (low, high) = if *large_is_dark { (pale, dark) } else { (dark, pale) };
            let scale =
                ConditionalFormat2ColorScale::new().set_minimum_color(low).set_maximum_color(high);
            page.add_conditional_format(head + 1, *column, row, *column, &scale)?;
        }
    }
    Ok(())
}

struct Formats {
    head: Format,
    text: Format,
    strong: Format,
    gap: Format,
    money: Format,
    share: Format,
    wide: Format,
}

impl Formats {
    fn new() -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_border_bottom(FormatBorder::Thin)
                .set_background_color(Color::RGB(0x00EE_F1F4)),
            // `@` keeps a spreadsheet from reading an edited id as a number.
            text: top().set_num_format("@"),
            strong: top().set_bold(),
            gap: top().set_italic().set_font_color(Color::RGB(0x0055_5C66)),
            money: top().set_num_format("#,##0"),
            share: top().set_num_format("0.00%"),
            wide: top().set_num_format("@").set_text_wrap(),
        }
    }
}

/// Longer text than this is wrapped.
const WRAP_ABOVE: usize = 60;

/// The height of a line, in points.
const LINE: f64 = 15.0;

fn is_long(text: &str) -> bool {
    text.chars().nth(WRAP_ABOVE).is_some()
}

/// How many lines text takes in a column of this width, roughly: words are not broken, so that a
/// line holds some characters less than its column is wide.
fn lines(text: &str, width: f64) -> u32 {
    const MOST: usize = 24;
    let room = (width as usize).saturating_sub(3).max(4);
    let mut lines = 1;
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + 1;
        if used > 0 && used + length > room {
            lines += 1;
            used = 0;
        }
        // A word that is too long for a line is broken.
        lines += (length / room).min(MOST);
        used += length % room;
    }
    u32::try_from(lines.min(MOST)).unwrap_or(1)
}

fn write_row(
    page: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Text(text) => {
                let format = if is_long(text) { &formats.wide } else { &formats.text };
                page.write_string_with_format(row, column, cut(text), format)?;
            }
            Cell::Strong(text) => {
                page.write_string_with_format(row, column, cut(text), &formats.strong)?;
            }
            Cell::Number(x) if x.is_finite() => {
                page.write_number(row, column, *x)?;
            }
            Cell::Share(x) if x.is_finite() => {
                page.write_number_with_format(row, column, *x, &formats.share)?;
            }
            Cell::Number(_) | Cell::Share(_) | Cell::Empty => {}
            Cell::Money(kroner) => {
                page.write_number_with_format(row, column, *kroner as f64, &formats.money)?;
            }
            Cell::Formula { text, result, shown } => {
                let formula = Formula::new(text).set_result(result);
                match shown {
                    Shown::Plain => page.write_formula(row, column, formula)?,
                    Shown::Money => {
                        page.write_formula_with_format(row, column, formula, &formats.money)?
                    }
                    Shown::Share => {
                        page.write_formula_with_format(row, column, formula, &formats.share)?
                    }
                };
            }
            Cell::Gap(text) => {
                page.write_string_with_format(row, column, cut(text), &formats.gap)?;
            }
        }
    }
    Ok(())
}

/// A width for what stands in the column, within reason.
fn width(sheet: &Sheet, column: usize) -> f64 {
    const LOOKED_AT: usize = 200;
    // A line above that stands alone may run over the cells beside it.
    let above = sheet.above.iter().filter(|row| row.len() > 1);
    let longest =
        above.chain(sheet.rows.iter().take(LOOKED_AT)).filter_map(|row| match row.get(column)? {
            Cell::Text(text) | Cell::Strong(text) | Cell::Gap(text) => Some(text.chars().count()),
            Cell::Money(_) => Some(12),
            Cell::Formula { shown, .. } => Some(if *shown == Shown::Money { 12 } else { 10 }),
            Cell::Number(_) | Cell::Share(_) => Some(10),
            Cell::Empty => None,
        });
    longest.max().unwrap_or(10).clamp(10, 70) as f64 + 2.0
}

/// As much of the text as a cell holds.
fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let names = [0, 25, 26, 51, 52, 701, 702].map(column_name);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn wrapped_text_takes_as_many_lines_as_its_words_need() {
        assert_eq!(lines("today", 12.0), 1);
        assert_eq!(lines("moved by floors and caps", 12.0), 3);
        assert_eq!(lines("", 12.0), 1);
    }

    #[test]
    fn names_of_sheets_are_short_and_without_forbidden_characters() {
        for key in
            ["readme", "areas", "indicators", "normalised", "contributions", "selection", "notes"]
        {
            for language in [Language::Nb, Language::En] {
                let name = message(language, &format!("workbook.{key}"), &[]);
                assert!(name.chars().count() <= 31, "{name}");
                assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']), "{name}");
            }
        }
    }
}
