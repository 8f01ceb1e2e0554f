//! How does an official follow the arithmetic in a spreadsheet?
//!
//! A sheet for each model with today's amounts and claims as values and the last steps as live
//! formulas: shares, mixed amounts, what floors, caps and damping move, changes, sums and a check.
//! What comes from data is written as text or number, never as a formula, whatever it begins with.
//! The sheets stand in a workbook of their own or in that of a project.

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::workbook::{Cell, Sheet, Shown, fill};
use crate::allocate::Allocation;
use crate::allocate::base::{DEPRIVED, FundingBase, POPULATION};
use crate::allocate::compare::Comparison;
use crate::language::{Language, Text, message};
use crate::money::Money;

/// The longest name that a sheet may have.
const SHEET_NAME: usize = 31;

/// The row of the first area, counted from 0: seven rows of parameters and the head stand above.
const FIRST: usize = 8;

/// The columns, by their keys in the catalogue.
const COLUMNS: [&str; 17] = [
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
    for sheet in allocation_sheets(comparison, base, language) {
        fill(book.add_worksheet(), &sheet, &[])?;
    }
    book.save_to_buffer()
}

/// A sheet for each model, and one of notes and assumptions.
///
/// Shape: one row an area in the order of the base; `K` is the model's amount, and its sum is held
/// against the pot in `B6`.
pub fn allocation_sheets(
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let about = notes_sheet(comparison, base, language);
    for allocation in &comparison.allocations {
        let taken = sheets.iter().chain([&about]).map(|sheet| sheet.name.as_str());
        let name = sheet_name(&allocation.model.id, &taken.collect::<Vec<_>>());
        sheets.push(model_sheet(name, allocation, base, language));
    }
    sheets.push(about);
    sheets
}

/// A name that a sheet may have and no other one has.
fn sheet_name(id: &str, taken: &[&str]) -> String {
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

fn money(kroner: f64) -> Cell {
    Cell::Money(kroner.round() as i64)
}

fn model_sheet(
    name: String,
    allocation: &Allocation,
    base: &FundingBase,
    language: Language,
) -> Sheet {
    let say = |key: &str| message(language, &format!("allocate.x-{key}"), &[]);
    let n = base.areas.len();
    let (first, last) = (FIRST + 1, FIRST + n);
    let total = last + 1;
    let check = Cell::Formula {
        text: format!("=IF(K{total}=B3,\"OK\",K{total}-B3)"),
        result: "OK".to_owned(),
        shown: Shown::Money,
    };
    let title = allocation.model.title.get(language);
    let above = vec![
        vec![Cell::Strong(title.to_owned())],
        vec![Cell::Text(base.source.get(language).to_owned())],
        vec![Cell::Text(say("pot")), Cell::Money(allocation.pot.total.as_kroner())],
        vec![Cell::Text(say("formula-share")), Cell::Share(allocation.model.formula_share)],
        vec![Cell::Text(say("without-area")), Cell::Money(allocation.pot.without_area.as_kroner())],
        vec![Cell::Text(say("check")), check],
        Vec::new(),
    ];
    let rows = (0..n).map(|at| area_row(allocation, base, at, (first, last))).collect();
    let finals = allocation.amounts();
    let mut sums = vec![Cell::Empty; COLUMNS.len()];
    sums[1] = Cell::Strong(say("sum"));
    for (column, letter, value) in [
        (2, 'C', allocation.pot.today.iter().sum::<Money>()),
        (8, 'I', allocation.pot.total),
        (10, 'K', allocation.damped.amounts.iter().sum::<Money>()),
        (12, 'M', finals.iter().sum::<Money>()),
        (13, 'N', finals.iter().sum::<Money>() - base.all_with_area()),
    ] {
        let text = format!("=SUM({letter}{first}:{letter}{last})");
        sums[column] = Cell::formula(text, value.as_f64(), Shown::Money);
    }
    Sheet {
        name,
        about: message(language, "allocate.about-model", &[("model", title)]),
        above,
        heads: COLUMNS.iter().map(|key| say(key)).collect(),
        rows,
        below: vec![sums],
    }
}

/// One area: values up to the claim, formulas from there on.
fn area_row(
    allocation: &Allocation,
    base: &FundingBase,
    at: usize,
    (first, last): (usize, usize),
) -> Vec<Cell> {
    let line = FIRST + at + 1;
    let area = &base.areas[at];
    let today = allocation.pot.today[at];
    let takes_part = allocation.eligible[at].takes_part;
    let keeps = allocation.need.keeps_today[at];
    let is_free = takes_part && !keeps;
    let claim = allocation.need.claims.as_ref().map_or(0.0, |claims| claims[at]);
    let kept = if takes_part && keeps { today } else { Money::ZERO };
    let amount = allocation.damped.amounts[at];
    let outside = allocation.pot.outside[at];
    let all = amount + outside;
    let mixed = mixed(allocation, at, keeps && takes_part);
    let range = |letter: char| format!("{letter}${first}:{letter}${last}");
    let shares = |letter: char| {
        let sum = format!("SUMPRODUCT({},{})", range(letter), range('F'));
        format!("=IF({sum}=0,0,{letter}{line}*F{line}/{sum})")
    };
    let rest = format!("($B$3-SUM({}))", range('E'));
    let by_both = format!("=E{line}+{rest}*($B$4*G{line}+(1-$B$4)*H{line})");
    let before = (today + outside).as_f64();
    let change = all.as_f64() - before;
    let live = |text: String, result: f64| Cell::formula(text, result, Shown::Money);
    let share = |text: String, result: f64| Cell::formula(text, result, Shown::Share);
    let per = |name: &str| {
        let people = base.figure_or_none(name).map(|figure| figure[at]);
        match people.filter(|people| *people > 0.0) {
            Some(people) => live(format!("=M{line}/{people}"), all.as_f64() / people),
            None => Cell::Empty,
        }
    };
    vec![
        Cell::Text(area.id.to_string()),
        Cell::Text(area.name.to_string()),
        Cell::Money(today.as_kroner()),
        Cell::Number(claim),
        Cell::Money(kept.as_kroner()),
        Cell::Number(if is_free { 1.0 } else { 0.0 }),
        share(shares('D'), allocation.shares.formula[at]),
        share(shares('C'), allocation.shares.today[at]),
        live(by_both, mixed),
        money(amount.as_f64() - mixed.round()),
        live(format!("=ROUND(I{line},0)+J{line}"), amount.as_f64()),
        Cell::Money(outside.as_kroner()),
        live(format!("=K{line}+L{line}"), all.as_f64()),
        live(format!("=M{line}-C{line}-L{line}"), change),
        match before > 0.0 {
            true => share(format!("=N{line}/(C{line}+L{line})"), change / before),
            false => Cell::Empty,
        },
        per(POPULATION),
        per(DEPRIVED),
    ]
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

/// What must be known of the amounts: what is recommended, what is noted and what is assumed.
fn notes_sheet(comparison: &Comparison, base: &FundingBase, language: Language) -> Sheet {
    let mut lines: Vec<String> = vec![message(language, "allocate.advice", &[])];
    if base.synthetic {
        lines.push(message(language, "notice.synthetic", &[]));
    }
    lines.extend(base.notes.iter().map(|note| note.get(language).to_owned()));
    let assumption = message(language, "allocate.assumption", &[]);
    let assumed = |text: &Text| format!("{assumption}: {}", text.get(language));
    lines.extend(base.assumptions.iter().map(assumed));
    for allocation in &comparison.allocations {
        lines.extend(allocation.model.assumptions.iter().map(assumed));
    }
    Sheet {
        name: message(language, "allocate.about", &[]),
        about: message(language, "allocate.about-notes", &[]),
        above: Vec::new(),
        heads: vec![message(language, "allocate.x-notes", &[])],
        rows: lines.into_iter().map(|line| vec![Cell::Text(line)]).collect(),
        below: Vec::new(),
    }
}
