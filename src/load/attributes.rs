//! Which figures go with the areas of a file?
//!
//! A whole table with one key column, to be joined to a [`crate::layer::Layer`]; and the other
//! way round, the attributes of a spatial file as an ordinary table.

use std::path::Path;

use super::boundaries::{LayerOptions, layer};
use super::cell::{Cell as Read, CellReader};
use super::table::{RawNumbers, RawTable, ReadAs, TableError, TableRequest};
use crate::indicator::CellState;
use crate::layer::{Attributes, Cell, Field, FieldKind};
use crate::project::Decimal;

/// Reads all columns of a table.
///
/// A column is one of numbers where each of its cells is a number or a mark of a gap, and none
/// has a leading zero as codes do; every other column is text. Gaps of all kinds become empty
/// cells, and their columns are listed with the kinds of gaps.
///
/// # Errors
///
/// [`TableError`], also when there is no column `key`.
pub fn attributes(path: &Path, key: &str) -> Result<Attributes, TableError> {
    let header = super::table(path, &TableRequest::default())?.header;
    let request = TableRequest { text: header.clone(), numbers: header, ..TableRequest::default() };
    let raw = super::table(path, &request)?;
    let Some(keys) = raw.text.get(key) else {
        return Err(TableError::NoColumn {
            file: raw.file.clone(),
            column: key.to_owned(),
            header: raw.header.join(", "),
        });
    };
    let mut found = Attributes { keys: keys.clone(), ..Attributes::default() };
    for name in raw.header.iter().filter(|name| name.as_str() != key) {
        let (Some(text), Some(numbers)) = (raw.text.get(name), raw.numbers.get(name)) else {
            continue;
        };
        let (kind, cells) = column(text, numbers);
        if kind != FieldKind::Text {
            found.gaps.extend(gaps(name, numbers));
        }
        found.fields.push(Field { name: name.clone(), kind });
        found.columns.push(cells);
    }
    Ok(found)
}

fn column(text: &[String], numbers: &RawNumbers) -> (FieldKind, Vec<Cell>) {
    let is_code = |text: &String| {
        let digits = text.trim().as_bytes();
        digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
    };
    let has_number = numbers.values.iter().any(|x| !x.is_nan());
    if !has_number || !numbers.unreadable.is_empty() || text.iter().any(is_code) {
        let cell = |text: &String| match text.is_empty() {
            true => Cell::Null,
            false => Cell::Text(text.clone()),
        };
        return (FieldKind::Text, text.iter().map(cell).collect());
    }
    // A whole number below 2^53 is exact.
    let is_whole = |x: &f64| x.is_nan() || (x.fract() == 0.0 && x.abs() < 9e15);
    if numbers.values.iter().all(is_whole) && !text.iter().any(|text| text.contains('.')) {
        let cell = |&x: &f64| if x.is_nan() { Cell::Null } else { Cell::Integer(x as i64) };
        return (FieldKind::Integer, numbers.values.iter().map(cell).collect());
    }
    (FieldKind::Real, numbers.values.iter().map(|&x| Cell::real(x)).collect())
}

/// `column (suppressed: 3, missing: 1)`, where there are gaps.
fn gaps(name: &str, numbers: &RawNumbers) -> Option<String> {
    let count = |state: CellState| numbers.states.iter().filter(|own| **own == state).count();
    let kinds = [
        ("suppressed", count(CellState::Suppressed)),
        ("not available", count(CellState::NotAvailable)),
        ("not applicable", count(CellState::NotApplicable)),
    ];
    let told: Vec<String> =
        kinds.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{kind}: {n}")).collect();
    (!told.is_empty()).then(|| format!("{name} ({})", told.join(", ")))
}

/// Whether a file is of areas rather than of rows, by its first bytes and its ending.
pub(super) fn is_spatial(path: &Path, bytes: &[u8]) -> bool {
    let ending = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let json = ["geojson", "topojson", "json"]
        .iter()
        .any(|end| ending.ends_with(&format!(".{end}")) || ending.ends_with(&format!(".{end}.gz")));
    bytes.starts_with(b"SQLite format 3\0")
        || bytes.starts_with(b"fgb\x03")
        || bytes.starts_with(&[0, 0, 0x27, 0x0a])
        || json
}

/// The attributes of a spatial file, one row a feature.
///
/// # Errors
///
/// [`TableError::Unreadable`] with what the reader of boundaries says.
pub(super) fn of_layer(path: &Path, request: &TableRequest) -> Result<RawTable, TableError> {
    let file = path.display().to_string();
    let found = layer(path, &LayerOptions::default()).map_err(|error| TableError::Unreadable {
        file: file.clone(),
        reason: error.to_string(),
    })?;
    let cells = CellReader::new(&request.marks, Decimal::Point);
    let header: Vec<String> = found.fields.iter().map(|field| field.name.clone()).collect();
    let mut table = RawTable {
        file,
        n_rows: found.rows.len(),
        text: std::collections::BTreeMap::new(),
        numbers: std::collections::BTreeMap::new(),
        read_as: ReadAs {
            format: "attributes of a layer",
            delimiter: None,
            encoding: None,
            decimal: None,
            thousands: None,
            first_row_line: 1,
        },
        ragged: Vec::new(),
        header,
    };
    for (at, field) in found.fields.iter().enumerate() {
        let column = || found.rows.iter().map(|row| &row.cells[at]);
        if request.text.contains(&field.name) {
            let text = column().map(|cell| cell.text().unwrap_or_default().trim().to_owned());
            table.text.insert(field.name.clone(), text.collect());
        }
        if request.numbers.contains(&field.name) {
            let mut numbers = RawNumbers::default();
            for (row, cell) in column().enumerate() {
                let read = match cell {
                    Cell::Null => Read::Gap(CellState::NotAvailable),
                    Cell::Text(text) => cells.read(text.as_bytes()),
                    Cell::Boolean(x) => Read::Number(f64::from(u8::from(*x))),
                    Cell::Integer(_) | Cell::Real(_) => {
                        cells.read_number(cell.number().unwrap_or(f64::NAN))
                    }
                };
                let (value, state) = match read {
                    Read::Number(x) => (x, CellState::Present),
                    Read::Gap(state) => (f64::NAN, state),
                    Read::Unreadable => {
                        numbers.unreadable.push((row, cell.text().unwrap_or_default()));
                        (f64::NAN, CellState::NotAvailable)
                    }
                };
                numbers.values.push(value);
                numbers.states.push(state);
            }
            table.numbers.insert(field.name.clone(), numbers);
        }
    }
    Ok(table)
}
