//! How does a Parquet file become columns?
//!
//! polars reads; the columns leave it at once.

use std::fs::File;
use std::path::Path;

use polars::prelude::{DataType, ParquetReader, SerReader};

use super::cell::{Cell, CellReader};
use super::table::{RawNumbers, RawTable, ReadAs, TableError, TableRequest};
use crate::indicator::CellState;
use crate::project::Decimal;

/// Reads the wanted columns of a Parquet file.
///
/// Numbers of an id column are written without decimals. A null is a gap of no known reason; a
/// column of text is read cell by cell as a CSV's, so that marks keep their meaning.
///
/// # Errors
///
/// [`TableError::Parquet`] with what polars said, [`TableError::NoRows`] without rows.
pub fn read_parquet(path: &Path, request: &TableRequest) -> Result<RawTable, TableError> {
    let file = path.display().to_string();
    let failed = |reason: String| TableError::Parquet { file: path.display().to_string(), reason };
    let open = || {
        File::open(path).map_err(|error| TableError::Unreadable {
            file: path.display().to_string(),
            reason: error.to_string(),
        })
    };
    let schema = ParquetReader::new(open()?).schema().map_err(|error| failed(error.to_string()))?;
    let header: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    let wanted = |name: &String| request.text.contains(name) || request.numbers.contains(name);
    let columns: Vec<String> = header.iter().filter(|name| wanted(name)).cloned().collect();
    let frame = ParquetReader::new(open()?)
        .with_columns(Some(columns))
        .finish()
        .map_err(|error| failed(error.to_string()))?;
    let n_rows = frame.height();
    let mut table = RawTable {
        file,
        header,
        n_rows,
        text: std::collections::BTreeMap::new(),
        numbers: std::collections::BTreeMap::new(),
        read_as: ReadAs {
            format: "parquet",
            delimiter: None,
            encoding: None,
            decimal: None,
            thousands: None,
            first_row_line: 1,
        },
        ragged: Vec::new(),
    };
    for column in frame.columns() {
        let name = column.name().to_string();
        let series = column.as_materialized_series();
        if request.text.contains(&name) {
            let text = series.cast(&DataType::String).map_err(|e| failed(e.to_string()))?;
            let text = text.str().map_err(|e| failed(e.to_string()))?;
            let cells = text.iter().map(|cell| cell.unwrap_or_default().trim().to_owned());
            table.text.insert(name.clone(), cells.collect());
        }
        if request.numbers.contains(&name) {
            let cells = request.cells(&name, Decimal::Point);
            let mut numbers = RawNumbers::default();
            if let Ok(text) = series.str() {
                for (row, cell) in text.iter().enumerate() {
                    push(&mut numbers, row, cell.unwrap_or_default(), &cells);
                }
            } else {
                let series = series.cast(&DataType::Float64).map_err(|e| failed(e.to_string()))?;
                for value in series.f64().map_err(|e| failed(e.to_string()))?.iter() {
                    // A number may be a mark too, such as -999.
                    match value.filter(|x| x.is_finite()).map(|x| cells.read_number(x)) {
                        Some(Cell::Number(x)) => {
                            numbers.values.push(x);
                            numbers.states.push(CellState::Present);
                        }
                        Some(Cell::Gap(state)) => {
                            numbers.values.push(f64::NAN);
                            numbers.states.push(state);
                        }
                        Some(Cell::Unreadable) | None => {
                            numbers.values.push(f64::NAN);
                            numbers.states.push(CellState::NotAvailable);
                        }
                    }
                }
            }
            table.numbers.insert(name, numbers);
        }
    }
    if n_rows == 0 {
        return Err(TableError::NoRows { file: table.file });
    }
    Ok(table)
}

fn push(numbers: &mut RawNumbers, row: usize, cell: &str, cells: &CellReader) {
    let (value, state) = match cells.read(cell.as_bytes()) {
        Cell::Number(number) => (number, CellState::Present),
        Cell::Gap(state) => (f64::NAN, state),
        Cell::Unreadable => {
            numbers.unreadable.push((row, cell.to_owned()));
            (f64::NAN, CellState::NotAvailable)
        }
    };
    numbers.values.push(value);
    numbers.states.push(state);
}
