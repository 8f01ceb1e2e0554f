//! How does an official follow the arithmetic in a spreadsheet?
//!
//! A sheet for each model with today's amounts and claims as values and the last steps as live
//! formulas: shares, mixed amounts, what floors, caps and damping move, changes, sums and a check.
//! What comes from data is written as text or number, never as a formula, whatever it begins with.

use std::io;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError,
};

use crate::allocate::Allocation;
use crate::allocate::base::{DEPRIVED, FundingBase, POPULATION};
use crate::allocate::compare::Comparison;
use crate::language::{Language, message};
use crate::money::Money;

/// The longest name that a sheet may have.
const SHEET_NAME: usize = 31;

/// The row of the first area, counted from 0.
const FIRST: u32 = 8;

/// Writes the comparison as an Excel workbook.
///
/// The sheets have no clock: the same comparison gives the same bytes.
///
/// # Errors
///
/// When the workbook cannot be made, such as for more areas than a sheet has rows.
pub fn allocation_workbook(
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
) -> io::Result<Vec<u8>> {
    build(comparison, base, language).map_err(io::Error::other)
}

fn build(
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The format asks for a date; the price year's first day stands for none.
    let year = base.price_year.and_then(|year| u16::try_from(year).ok()).unwrap_or(2000);
    let date = ExcelDateTime::from_ymd(year.clamp(1900, 9999), 1, 1)?;
    let title = base.title.get(language);
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&date));
    let mut names: Vec<String> = Vec::new();
    for allocation in &comparison.allocations {
        let name = sheet_name(&allocation.model.id, &names);
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        names.push(name);
        model_sheet(sheet, allocation, base, language)?;
    }
    notes_sheet(book.add_worksheet(), comparison, base, language)?;
    book.save_to_buffer()
}

/// A name that a sheet may have and no other one has.
fn sheet_name(id: &str, taken: &[String]) -> String {
    let plain: String = id.chars().map(|c| if "[]:*?/\\'".contains(c) { '-' } else { c }).collect();
    let mut name: String = plain.chars().take(SHEET_NAME).collect();
    let mut n = 2;
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
        let tail = format!("-{n}");
        name = plain.chars().take(SHEET_NAME - tail.len()).collect::<String>() + &tail;
        n += 1;
    }
    name
}

fn model_sheet(
    sheet: &mut Worksheet,
    allocation: &Allocation,
    base: &FundingBase,
    language: Language,
) -> Result<(), XlsxError> {
    let say = |key: &str| message(language, &format!("allocate.x-{key}"), &[]);
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0"));
    let share = Format::new().set_num_format("0.00%");
    let head = Format::new().set_bold().set_text_wrap();
    sheet.write_string_with_format(0, 0, allocation.model.title.get(language), &bold)?;
    sheet.write_string(1, 0, base.source.get(language))?;
    let n = base.areas.len() as u32;
    let (first, last) = (FIRST + 1, FIRST + n);
    sheet.write_string(2, 0, say("pot"))?;
    sheet.write_number_with_format(2, 1, allocation.pot.total.as_f64(), &money)?;
    sheet.write_string(3, 0, say("formula-share"))?;
    sheet.write_number_with_format(3, 1, allocation.model.formula_share, &share)?;
    sheet.write_string(4, 0, say("without-area"))?;
    sheet.write_number_with_format(4, 1, allocation.pot.without_area.as_f64(), &money)?;
    sheet.write_string(5, 0, say("check"))?;
    let total = FIRST + n + 1;
    let check = format!("=IF(K{total}=B3,\"OK\",K{total}-B3)");
    sheet.write_formula(5, 1, Formula::new(check).set_result("OK"))?;
    let columns = [
        "area",
        "name",
        "today",
        "claim",
        "kept",
        "free",
        "formula-shares",
        "today-shares",
        "mixed",
        "moved",
        "amount",
        "outside",
        "in-all",
        "change",
        "percent",
        "per-head",
        "per-deprived",
    ];
    for (at, key) in columns.iter().enumerate() {
        sheet.write_string_with_format(FIRST - 1, at as u16, say(key), &head)?;
    }
    for at in 0..base.areas.len() {
        area_row(sheet, allocation, base, at, (first, last), &money, &share)?;
    }
    sheet.write_string_with_format(FIRST + n, 1, say("sum"), &bold)?;
    let finals = allocation.amounts();
    let sums: [(u16, char, f64); 5] = [
        (2, 'C', allocation.pot.today.iter().sum::<Money>().as_f64()),
        (8, 'I', allocation.pot.total.as_f64()),
        (10, 'K', allocation.damped.amounts.iter().sum::<Money>().as_f64()),
        (12, 'M', finals.iter().sum::<Money>().as_f64()),
        (13, 'N', (finals.iter().sum::<Money>() - base.all_with_area()).as_f64()),
    ];
    for (column, letter, value) in sums {
        let formula = Formula::new(format!("=SUM({letter}{first}:{letter}{last})"));
        let formula = formula.set_result(value.to_string());
        sheet.write_formula_with_format(FIRST + n, column, formula, &money)?;
    }
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 30)?;
    for column in 2..columns.len() {
        sheet.set_column_width(column as u16, 14)?;
    }
    sheet.set_freeze_panes(FIRST, 2)?;
    Ok(())
}

/// One area: values up to the claim, formulas from there on.
fn area_row(
    sheet: &mut Worksheet,
    allocation: &Allocation,
    base: &FundingBase,
    at: usize,
    (first, last): (u32, u32),
    money: &Format,
    share: &Format,
) -> Result<(), XlsxError> {
    let (row, line) = (FIRST + at as u32, FIRST + at as u32 + 1);
    let area = &base.areas[at];
    let today = allocation.pot.today[at];
    let takes_part = allocation.eligible[at].takes_part;
    let keeps = allocation.need.keeps_today[at];
    let is_free = takes_part && !keeps;
    let claim = allocation.need.claims.as_ref().map_or(0.0, |claims| claims[at]);
    sheet.write_string(row, 0, area.id.as_str())?;
    sheet.write_string(row, 1, &area.name)?;
    sheet.write_number_with_format(row, 2, today.as_f64(), money)?;
    if claim.is_finite() {
        sheet.write_number(row, 3, claim)?;
    }
    let kept = if takes_part && keeps { today.as_f64() } else { 0.0 };
    sheet.write_number_with_format(row, 4, kept, money)?;
    sheet.write_number(row, 5, if is_free { 1.0 } else { 0.0 })?;
    let amount = allocation.damped.amounts[at];
    let outside = allocation.pot.outside[at];
    let all = amount + outside;
    let mixed = mixed(allocation, at, keeps && takes_part);
    let mut live = |column: u16, text: String, result: f64, format: &Format| {
        let formula = Formula::new(text).set_result(result.to_string());
        sheet.write_formula_with_format(row, column, formula, format).map(|_| ())
    };
    let range = |letter: char| format!("{letter}${first}:{letter}${last}");
    let shares = |letter: char| {
        let sum = format!("SUMPRODUCT({},{})", range(letter), range('F'));
        format!("=IF({sum}=0,0,{letter}{line}*F{line}/{sum})")
    };
    live(6, shares('D'), allocation.shares.formula[at], share)?;
    live(7, shares('C'), allocation.shares.today[at], share)?;
    let rest = format!("($B$3-SUM({}))", range('E'));
    let text = format!("=E{line}+{rest}*($B$4*G{line}+(1-$B$4)*H{line})");
    live(8, text, mixed, money)?;
    let moved = amount.as_f64() - mixed.round();
    sheet.write_number_with_format(row, 9, moved, money)?;
    let mut live = |column: u16, text: String, result: f64, format: &Format| {
        let formula = Formula::new(text).set_result(result.to_string());
        sheet.write_formula_with_format(row, column, formula, format).map(|_| ())
    };
    live(10, format!("=ROUND(I{line},0)+J{line}"), amount.as_f64(), money)?;
    sheet.write_number_with_format(row, 11, outside.as_f64(), money)?;
    let mut live = |column: u16, text: String, result: f64, format: &Format| {
        let formula = Formula::new(text).set_result(result.to_string());
        sheet.write_formula_with_format(row, column, formula, format).map(|_| ())
    };
    live(12, format!("=K{line}+L{line}"), all.as_f64(), money)?;
    let before = today.as_f64() + outside.as_f64();
    let change = all.as_f64() - before;
    live(13, format!("=M{line}-C{line}-L{line}"), change, money)?;
    if before > 0.0 {
        live(14, format!("=N{line}/(C{line}+L{line})"), change / before, share)?;
    }
    for (column, name) in [(15, POPULATION), (16, DEPRIVED)] {
        let people = base.figure_or_none(name).map(|figure| figure[at]);
        if let Some(people) = people.filter(|people| *people > 0.0) {
            live(column, format!("=M{line}/{people}"), all.as_f64() / people, money)?;
        }
    }
    Ok(())
}

/// The amount before floors, caps and damping, as the sheet's formula computes it.
fn mixed(allocation: &Allocation, at: usize, keeps: bool) -> f64 {
    let kept: f64 = (0..allocation.pot.today.len())
        .filter(|&other| {
            allocation.need.keeps_today[other] && allocation.eligible[other].takes_part
        })
        .map(|other| allocation.pot.today[other].as_f64())
        .sum();
    if keeps {
        return allocation.pot.today[at].as_f64();
    }
    let phi = allocation.model.formula_share;
    let share = phi * allocation.shares.formula[at] + (1.0 - phi) * allocation.shares.today[at];
    (allocation.pot.total.as_f64() - kept) * share
}

fn notes_sheet(
    sheet: &mut Worksheet,
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
) -> Result<(), XlsxError> {
    sheet.set_name(message(language, "allocate.x-notes", &[]))?;
    let mut lines: Vec<String> = vec![message(language, "allocate.advice", &[])];
    if base.synthetic {
        lines.push(message(language, "notice.synthetic", &[]));
    }
    lines.extend(base.notes.iter().map(|note| note.get(language).to_owned()));
    let assumption = message(language, "allocate.assumption", &[]);
    let assumed = |text: &crate::language::Text| format!("{assumption}: {}", text.get(language));
    lines.extend(base.assumptions.iter().map(assumed));
    for allocation in &comparison.allocations {
        lines.extend(allocation.model.assumptions.iter().map(assumed));
    }
    for (row, line) in lines.iter().enumerate() {
        sheet.write_string(row as u32, 0, line)?;
    }
    sheet.set_column_width(0, 120)?;
    Ok(())
}
