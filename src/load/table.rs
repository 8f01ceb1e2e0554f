//! How does a text file become columns?
//!
//! Bytes in, [`RawTable`] out: only the columns that were asked for, ids as text, numbers as
//! numbers with the kind of each gap. Delimiter, encoding and decimal mark are found by looking
//! and can be overridden. polars has no part in this: its reader cannot tell one kind of gap from
//! another, nor name the cell that it could not read.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::cell::CellReader;
use super::rows::{self, Columns, Layout, Wanted};
use crate::indicator::CellState;
use crate::project::{Decimal, Encoding, Format, Mark};

/// Which columns are wanted, and how the file is to be read.
#[derive(Debug, Clone, Default)]
pub struct TableRequest {
    /// Columns of text: ids, names, parents.
    pub text: Vec<String>,
    /// Columns of numbers.
    pub numbers: Vec<String>,
    /// The user's marks of missing values.
    pub marks: BTreeMap<String, Mark>,
    /// Further marks of single columns of numbers, which stand above the others.
    pub column_marks: BTreeMap<String, BTreeMap<String, Mark>>,
    /// What the look of the file does not tell.
    pub format: Format,
}

impl TableRequest {
    /// What reads the cells of this column.
    pub(super) fn cells(&self, column: &str, decimal: Decimal) -> CellReader {
        let Some(own) = self.column_marks.get(column) else {
            return CellReader::new(&self.marks, decimal);
        };
        let mut marks = self.marks.clone();
        marks.extend(own.iter().map(|(text, mark)| (text.clone(), *mark)));
        CellReader::new(&marks, decimal)
    }
}

/// A file as it stands, before anything is known of its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct RawTable {
    /// The file's name as given.
    pub file: String,
    /// All column names, in the order of the file.
    pub header: Vec<String>,
    /// The number of rows.
    pub n_rows: usize,
    /// The wanted columns of text that exist.
    pub text: BTreeMap<String, Vec<String>>,
    /// The wanted columns of numbers that exist.
    pub numbers: BTreeMap<String, RawNumbers>,
    /// How the file was read.
    pub read_as: ReadAs,
    /// Lines with another number of cells than the header, with that number.
    pub ragged: Vec<(usize, usize)>,
}

/// A column of numbers as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawNumbers {
    /// One slot a row; NaN where there is no number.
    pub values: Vec<f64>,
    /// What stands in each cell; an unreadable cell counts as not available.
    pub states: Vec<CellState>,
    /// Rows whose cell is neither a number nor a mark, with its text.
    pub unreadable: Vec<(usize, String)>,
}

/// How a file was read; stands in `run.json`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReadAs {
    /// `csv` or `parquet`.
    pub format: &'static str,
    /// The character between cells.
    pub delimiter: Option<char>,
    /// How characters are stored.
    pub encoding: Option<Encoding>,
    /// The decimal mark.
    pub decimal: Option<Decimal>,
    /// What stands between thousands, where it is no space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// The line on which the first row stands.
    pub first_row_line: usize,
}

/// Why a table cannot be read at all.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum TableError {
    /// The file cannot be opened.
    #[error("cannot read `{file}`: {reason}")]
    #[diagnostic(code(levekaar::table::unreadable), help("check the path and its permissions"))]
    Unreadable {
        /// The path as given.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// There is nothing in it.
    #[error("`{file}` is empty")]
    #[diagnostic(
        code(levekaar::table::empty),
        help("the table needs a header line and one line an area")
    )]
    Empty {
        /// The path as given.
        file: String,
    },
    /// There is a header and nothing below it.
    #[error("`{file}` has a header but no rows")]
    #[diagnostic(code(levekaar::table::no_rows), help("the table needs one line an area"))]
    NoRows {
        /// The path as given.
        file: String,
    },
    /// The file is not in the encoding that the project declares.
    #[error("`{file}` is declared as UTF-8, but byte {byte} on line {line} is not: `{example}`")]
    #[diagnostic(
        code(levekaar::table::encoding),
        help(
            "it looks like Latin-1: set `encoding = \"latin1\"` under `[areas.format]`, or leave the key out"
        )
    )]
    NotUtf8 {
        /// The path as given.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Its place in the file, counted from 0.
        byte: usize,
        /// The text around it.
        example: String,
    },
    /// The header names a column twice.
    #[error("the header of `{file}` has the column `{column}` twice")]
    #[diagnostic(code(levekaar::table::double_column), help("rename one of them"))]
    DoubleColumn {
        /// The path as given.
        file: String,
        /// The name.
        column: String,
    },
    /// A column that is asked for is not in the header.
    #[error("`{file}` has no column `{column}`")]
    #[diagnostic(code(levekaar::table::no_column), help("its columns are {header}"))]
    NoColumn {
        /// The path as given.
        file: String,
        /// The name that was asked for.
        column: String,
        /// The names that are there.
        header: String,
    },
    /// polars could not read a Parquet file.
    #[error("cannot read `{file}` as Parquet: {reason}")]
    #[diagnostic(code(levekaar::table::parquet), help("is the file complete? CSV is read as well"))]
    Parquet {
        /// The path as given.
        file: String,
        /// What the reader said.
        reason: String,
    },
}

/// The bytes of a file, unpacked if they are gzip.
///
/// # Errors
///
/// The system's error as text.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    unpack(bytes)
}

/// `bytes`, unpacked if they begin as gzip does.
///
/// # Errors
///
/// What is wrong with the packing.
pub fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() * 4);
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut out)
        .map_err(|error| format!("the gzip packing is broken: {error}"))?;
    Ok(out)
}

/// Reads a delimited text.
///
/// # Errors
///
/// [`TableError`] for an empty file, a header without rows, another encoding than declared, or a
/// column name that stands twice. Unreadable cells and ragged rows are in the result, so that
/// `validate` can report them all at once.
pub fn parse_delimited(
    file: &str,
    bytes: Vec<u8>,
    request: &TableRequest,
) -> Result<RawTable, TableError> {
    let (text, encoding) = decode(file, bytes, request.format.encoding)?;
    let opened = open(file, &text, encoding, request)?;
    let columns = rows::parse(opened.rows, &opened.layout());
    Ok(opened.table(columns))
}

/// A text of which the header has been read.
pub(super) struct Opened<'a> {
    file: String,
    header: Vec<String>,
    /// What stands below the header.
    pub(super) rows: &'a [u8],
    wanted: Wanted,
    cells: Vec<CellReader>,
    delimiter: u8,
    read_as: ReadAs,
}

impl Opened<'_> {
    pub(super) fn layout(&self) -> Layout<'_> {
        Layout {
            delimiter: self.delimiter,
            n_columns: self.header.len(),
            wanted: &self.wanted,
            cells: &self.cells,
        }
    }

    /// The table of these columns.
    pub(super) fn table(self, columns: Columns) -> RawTable {
        RawTable {
            file: self.file,
            header: self.header,
            n_rows: columns.n_rows,
            text: self.wanted.text.into_iter().zip(columns.text).collect(),
            numbers: self.wanted.numbers.into_iter().zip(columns.numbers).collect(),
            read_as: self.read_as,
            ragged: columns.ragged,
        }
    }
}

/// Reads the header and finds out how the rows below it are to be read.
pub(super) fn open<'a>(
    file: &str,
    text: &'a [u8],
    encoding: Encoding,
    request: &TableRequest,
) -> Result<Opened<'a>, TableError> {
    let mut body = skip_lines(text, request.format.skip_lines);
    let mut first_row_line = request.format.skip_lines + 2;
    // Publishers leave empty lines above the header; they are not the header.
    while let Some(rest) = body.strip_prefix(b"\n").or_else(|| body.strip_prefix(b"\r\n")) {
        body = rest;
        first_row_line += 1;
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(TableError::Empty { file: file.to_owned() });
    }
    let delimiter = match request.format.delimiter {
        Some(delimiter) => u8::try_from(delimiter).unwrap_or(b','),
        None => sniff_delimiter(body),
    };
    let (header, rows) = split_header(file, body, delimiter)?;
    if rows.iter().all(u8::is_ascii_whitespace) {
        return Err(TableError::NoRows { file: file.to_owned() });
    }
    let wanted = Wanted::of(&header, request);
    let (found, thousands) = rows::sniff_decimal(rows, delimiter, &wanted);
    let decimal = request.format.decimal.unwrap_or(found);
    let cells = wanted.numbers.iter().map(|column| request.cells(column, decimal)).collect();
    let read_as = ReadAs {
        format: "csv",
        delimiter: Some(char::from(delimiter)),
        encoding: Some(encoding),
        decimal: Some(decimal),
        thousands: (thousands && decimal == Decimal::Point).then_some(','),
        first_row_line,
    };
    Ok(Opened { file: file.to_owned(), header, rows, wanted, cells, delimiter, read_as })
}

fn decode(
    file: &str,
    bytes: Vec<u8>,
    declared: Option<Encoding>,
) -> Result<(Vec<u8>, Encoding), TableError> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if declared == Some(Encoding::Utf16) || (declared.is_none() && utf16) {
        let coding = match bytes.get(..2) {
            Some([0xfe, 0xff]) => encoding_rs::UTF_16BE,
            _ => encoding_rs::UTF_16LE,
        };
        return Ok((coding.decode(&bytes).0.into_owned().into_bytes(), Encoding::Utf16));
    }
    let mark = [0xef, 0xbb, 0xbf];
    let start = if bytes.starts_with(&mark) { mark.len() } else { 0 };
    if declared != Some(Encoding::Latin1) {
        match std::str::from_utf8(&bytes[start..]) {
            Ok(_) if start == 0 => return Ok((bytes, Encoding::Utf8)),
            Ok(_) => return Ok((bytes[start..].to_vec(), Encoding::Utf8)),
            Err(error) if declared == Some(Encoding::Utf8) => {
                let byte = start + error.valid_up_to();
                let line_start =
                    bytes[..byte].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
                let end = (byte + 20).min(bytes.len());
                return Err(TableError::NotUtf8 {
                    file: file.to_owned(),
                    line: 1 + bytes[..byte].iter().filter(|&&b| b == b'\n').count(),
                    byte,
                    example: encoding_rs::WINDOWS_1252
                        .decode(&bytes[line_start.max(byte.saturating_sub(20))..end])
                        .0
                        .trim()
                        .to_owned(),
                });
            }
            Err(_) => {}
        }
    }
    let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned();
    Ok((text.into_bytes(), Encoding::Latin1))
}

fn skip_lines(text: &[u8], n: usize) -> &[u8] {
    let mut rest = text;
    for _ in 0..n {
        match rest.iter().position(|&b| b == b'\n') {
            Some(at) => rest = &rest[at + 1..],
            None => return &[],
        }
    }
    rest
}

/// The delimiter that gives the first lines the same number of cells, and the most of them.
fn sniff_delimiter(body: &[u8]) -> u8 {
    let lines: Vec<&[u8]> =
        body.split(|&b| b == b'\n').filter(|l| !l.is_empty()).take(20).collect();
    let count = |line: &[u8], delimiter: u8| {
        let mut in_quotes = false;
        line.iter()
            .filter(|&&b| {
                in_quotes ^= b == b'"';
                b == delimiter && !in_quotes
            })
            .count()
    };
    [b';', b'\t', b',', b'|']
        .into_iter()
        .map(|delimiter| {
            let first = lines.first().map_or(0, |line| count(line, delimiter));
            let same = lines.iter().filter(|line| count(line, delimiter) == first).count();
            (if first == 0 { 0 } else { same * 1000 / lines.len().max(1) }, first, delimiter)
        })
        // Equal scores keep the order above: `max_by_key` takes the last, so it runs backwards.
        .rev()
        .max_by_key(|&(agreement, n, _)| (agreement, n))
        .map_or(b',', |(agreement, _, delimiter)| if agreement == 0 { b',' } else { delimiter })
}

fn split_header<'a>(
    file: &str,
    body: &'a [u8],
    delimiter: u8,
) -> Result<(Vec<String>, &'a [u8]), TableError> {
    let mut reader = csv_reader(delimiter).from_reader(body);
    let mut record = csv::ByteRecord::new();
    let found = reader.read_byte_record(&mut record).unwrap_or(false);
    if !found {
        return Err(TableError::Empty { file: file.to_owned() });
    }
    let header: Vec<String> =
        record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
    for (at, column) in header.iter().enumerate() {
        if !column.is_empty() && header[..at].contains(column) {
            let (file, column) = (file.to_owned(), column.clone());
            return Err(TableError::DoubleColumn { file, column });
        }
    }
    let end = usize::try_from(reader.position().byte()).unwrap_or(body.len()).min(body.len());
    Ok((header, &body[end..]))
}

pub(super) fn csv_reader(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_and_decimal_commas_are_found_by_looking() {
        let table = read("sone;navn;andel\n01;Buøy;12,5\n02;\"A;B\";7,25\n").unwrap();
        assert_eq!(table.text["sone"], ["01", "02"]);
        assert_eq!(table.text["navn"], ["Buøy", "A;B"]);
        assert_eq!(table.numbers["andel"].values, [12.5, 7.25]);
        assert_eq!(table.read_as.decimal, Some(Decimal::Comma));
    }

    #[test]
    fn commas_in_quotes_are_decimal_commas() {
        let table = read("sone,navn,andel\n1,A,\"7,5\"\n2,B,8\n").unwrap();
        assert_eq!(table.numbers["andel"].values, [7.5, 8.0]);
    }

    #[test]
    fn commas_between_thousands_are_told_from_decimal_commas() {
        let of = |text: &str| {
            let table = read(text).unwrap();
            let numbers = table.numbers["andel"].values.clone();
            (numbers, table.read_as.decimal.unwrap(), table.read_as.thousands)
        };
        let (numbers, decimal, thousands) =
            of("sone,navn,andel\n1,A,\"1,234.5\"\n2,B,\"12,000\"\n3,C,7\n4,D,\"1,204,000\"\n");
        assert_eq!(numbers, [1234.5, 12000.0, 7.0, 1_204_000.0]);
        assert_eq!((decimal, thousands), (Decimal::Point, Some(',')));
        // Nothing but three digits: in quotes between commas they are thousands.
        assert_eq!(of("sone,navn,andel\n1,A,\"1,204\"\n2,B,950\n").0, [1204.0, 950.0]);
        assert_eq!(of("sone;navn;andel\n1;A;1,204\n2;B;950\n").0, [1.204, 950.0]);
        assert_eq!(of("sone,navn,andel\n1,A,\"1,204\"\n2,B,\"0,95\"\n").0, [1.204, 0.95]);
        assert_eq!(of("sone;navn;andel\n1;A;0,204\n2;B;0,950\n").0, [0.204, 0.95]);
        // A German or Danish table.
        assert_eq!(of("sone;navn;andel\n1;A;1.234,5\n2;B;7,25\n").0, [1234.5, 7.25]);
    }

    #[test]
    fn other_encodings_give_the_same_text() {
        let text = "sone\tnavn\tandel\n01\tSøndre Ål\t1.5\n";
        let latin1 = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut bom = vec![0xef, 0xbb, 0xbf];
        bom.extend(text.as_bytes());
        for bytes in [latin1, utf16, bom, text.as_bytes().to_vec()] {
            let table = parse_delimited("t", bytes, &request()).unwrap();
            assert_eq!(table.header, ["sone", "navn", "andel"]);
            assert_eq!(table.text["navn"], ["Søndre Ål"]);
        }
    }

    #[test]
    fn a_wrongly_declared_encoding_is_an_error_with_its_line() {
        let mut request = request();
        request.format.encoding = Some(Encoding::Utf8);
        let bytes =
            encoding_rs::WINDOWS_1252.encode("sone,navn,andel\n1,A,2\n2,Bø,3\n").0.into_owned();
        let error = parse_delimited("t", bytes, &request).unwrap_err();
        assert!(matches!(error, TableError::NotUtf8 { line: 3, .. }), "{error}");
    }

    #[test]
    fn empty_files_and_bare_headers_are_told_apart() {
        assert!(matches!(read(""), Err(TableError::Empty { .. })));
        assert!(matches!(read(" \n\n"), Err(TableError::Empty { .. })));
        assert!(matches!(read("sone,navn,andel\n"), Err(TableError::NoRows { .. })));
    }

    #[test]
    fn many_chunks_give_what_one_gives() {
        let mut text = String::from("sone,navn,andel\n");
        for i in 0..200_000 {
            text.push_str(&format!("{i:06},n{i},{}.5\n", i % 100));
        }
        let table = read(&text).unwrap();
        assert_eq!(table.n_rows, 200_000);
        assert_eq!(table.text["sone"][199_999], "199999");
        assert_eq!(table.numbers["andel"].values[123_456], 56.5);
    }

    #[test]
    fn ragged_rows_and_unreadable_cells_are_kept_for_the_report() {
        let table = read("sone,navn,andel\n1,A,x\n2,B\n3,C,1,9\n").unwrap();
        assert_eq!(table.ragged, [(1, 2), (2, 4)]);
        assert_eq!(table.numbers["andel"].unreadable, [(0, "x".to_owned())]);
        assert_eq!(table.numbers["andel"].values.len(), 3);
    }

    fn read(text: &str) -> Result<RawTable, TableError> {
        parse_delimited("t", text.as_bytes().to_vec(), &request())
    }

    fn request() -> TableRequest {
        TableRequest {
            text: vec!["sone".into(), "navn".into()],
            numbers: vec!["andel".into()],
            ..TableRequest::default()
        }
    }
}
