//! How do the lines of a text become columns?
//!
//! Rows are counted first, so that each column is allocated once and every thread writes its own
//! piece of it. Files with quotation marks are read by one thread, because a line of theirs need
//! not be a row.

use std::ops::Range;

use rayon::prelude::*;

use super::cell::{Cell, CellReader};
use super::table::{RawNumbers, TableRequest, csv_reader};
use crate::indicator::CellState;
use crate::project::Decimal;

/// How a row is divided, and which of its cells go where.
pub(super) struct Layout<'a> {
    pub(super) delimiter: u8,
    pub(super) n_columns: usize,
    pub(super) wanted: &'a Wanted,
    /// One reader a column of numbers.
    pub(super) cells: &'a [CellReader],
}

/// Which column of the file goes where.
pub(super) struct Wanted {
    /// One entry a column of the file.
    targets: Vec<Target>,
    pub(super) text: Vec<String>,
    pub(super) numbers: Vec<String>,
}

#[derive(Clone, Copy)]
enum Target {
    Skip,
    Text(usize),
    Number(usize),
    Both(usize, usize),
}

impl Wanted {
    pub(super) fn of(header: &[String], request: &TableRequest) -> Self {
        let place = |list: &mut Vec<String>, wanted: &[String], column: &String| {
            wanted.contains(column).then(|| {
                list.push(column.clone());
                list.len() - 1
            })
        };
        let (mut text, mut numbers) = (Vec::new(), Vec::new());
        let targets = header
            .iter()
            .map(|column| {
                let as_text = place(&mut text, &request.text, column);
                let as_number = place(&mut numbers, &request.numbers, column);
                match (as_text, as_number) {
                    (None, None) => Target::Skip,
                    (Some(text), None) => Target::Text(text),
                    (None, Some(number)) => Target::Number(number),
                    (Some(text), Some(number)) => Target::Both(text, number),
                }
            })
            .collect();
        Self { targets, text, numbers }
    }
}

/// The decimal mark of the cells of numbers, and whether commas stand between thousands.
///
/// A comma before other than three digits is a decimal mark, and one before three digits and a
/// point or another comma stands between thousands. Where nothing but `1,204` is found, it is a
/// decimal mark unless commas also divide cells: then it is in quotes, as spreadsheets of
/// English-speaking publishers write thousands.
pub(super) fn sniff_decimal(rows: &[u8], delimiter: u8, wanted: &Wanted) -> (Decimal, bool) {
    let (mut decimal, mut thousands, mut either, mut points) = (0, 0, 0, 0);
    let mut reader = csv_reader(delimiter).from_reader(rows);
    let mut record = csv::ByteRecord::new();
    for _ in 0..1000 {
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            break;
        }
        for (cell, target) in record.iter().zip(&wanted.targets) {
            if matches!(target, Target::Number(_) | Target::Both(..)) {
                match comma(cell) {
                    Comma::None => {}
                    Comma::Decimal => decimal += 1,
                    Comma::Thousands => thousands += 1,
                    Comma::Either => either += 1,
                }
                let digits = |part: &[u8]| part.iter().any(u8::is_ascii_digit);
                let has_point = cell.contains(&b'.') && cell.split(|&b| b == b'.').all(digits);
                points += usize::from(has_point && !cell.contains(&b','));
            }
        }
    }
    let settled = decimal + thousands > 0;
    let is_thousands = match settled {
        true => thousands > decimal,
        false => either > 0 && (delimiter == b',' || points > 0),
    };
    if is_thousands {
        return (Decimal::Point, true);
    }
    let commas = decimal + either;
    if commas > points { (Decimal::Comma, false) } else { (Decimal::Point, false) }
}

/// What the commas of a cell can be.
enum Comma {
    None,
    Decimal,
    Thousands,
    Either,
}

fn comma(cell: &[u8]) -> Comma {
    let cell = cell.trim_ascii();
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let unsigned = cell.strip_prefix(b"-").unwrap_or(cell);
    let mut groups = unsigned.split(|&b| b == b',');
    let (Some(first), Some(second)) = (groups.next(), groups.next()) else { return Comma::None };
    let more: Vec<&[u8]> = groups.collect();
    // A unit such as `%` may follow.
    let leading = second.iter().take_while(|b| b.is_ascii_digit()).count();
    let (after, rest) = second.split_at(leading);
    if !digits(first) || !digits(after) {
        return Comma::None;
    }
    let grouped = first.len() <= 3 && first[0] != b'0' && after.len() == 3;
    match (grouped, more.is_empty(), rest.first()) {
        (true, false, None) | (true, true, Some(b'.')) => Comma::Thousands,
        (true, true, _) => Comma::Either,
        (false, true, Some(b'.')) => Comma::None,
        (false, true, _) => Comma::Decimal,
        (_, false, _) => Comma::None,
    }
}

/// The wanted columns of all rows.
pub(super) struct Columns {
    pub(super) n_rows: usize,
    pub(super) text: Vec<Vec<String>>,
    pub(super) numbers: Vec<RawNumbers>,
    /// Rows with another number of cells than the header, with that number.
    pub(super) ragged: Vec<(usize, usize)>,
}

/// Reads all rows.
pub(super) fn parse(rows: &[u8], layout: &Layout<'_>) -> Columns {
    let mut columns = Columns::new(layout, 0);
    if has_quotes(rows) {
        let count = count_quoted(rows, layout.delimiter);
        columns.add(layout, &[rows], &[count], |part, chunk| part.read_quoted(chunk));
    } else {
        columns.add_plain(layout, &chunks(rows));
    }
    columns
}

/// Whether a cell may hold a delimiter or a line end.
pub(super) fn has_quotes(rows: &[u8]) -> bool {
    memchr::memchr(b'"', rows).is_some()
}

impl Columns {
    /// No rows yet, and place for so many.
    pub(super) fn new(layout: &Layout<'_>, n_rows: usize) -> Self {
        let numbers = layout.wanted.numbers.iter().map(|_| RawNumbers {
            values: Vec::with_capacity(n_rows),
            states: Vec::with_capacity(n_rows),
            unreadable: Vec::new(),
        });
        let text = layout.wanted.text.iter().map(|_| Vec::with_capacity(n_rows));
        Self { n_rows: 0, text: text.collect(), numbers: numbers.collect(), ragged: Vec::new() }
    }

    /// Appends rows of a file without quotation marks, in chunks that end at line ends.
    pub(super) fn add_plain(&mut self, layout: &Layout<'_>, chunks: &[&[u8]]) {
        let counts: Vec<usize> = chunks.par_iter().map(|chunk| lines(chunk).count()).collect();
        self.add(layout, chunks, &counts, |part, chunk| part.read_plain(chunk));
    }

    /// Appends the rows of these chunks, of which each has so many.
    fn add(
        &mut self,
        layout: &Layout<'_>,
        chunks: &[&[u8]],
        counts: &[usize],
        read: impl Fn(&mut Part<'_>, &[u8]) + Sync,
    ) {
        let first = self.n_rows;
        self.n_rows += counts.iter().sum::<usize>();
        for column in &mut self.numbers {
            column.values.resize(self.n_rows, f64::NAN);
            column.states.resize(self.n_rows, CellState::Present);
        }
        let parts: Vec<(Read, usize)> = parts(&mut self.numbers, first, counts, layout)
            .into_par_iter()
            .zip(chunks)
            .map(|(mut part, chunk)| {
                read(&mut part, chunk);
                (part.found, part.row)
            })
            .collect();
        let mut start = first;
        for (found, n_rows) in parts {
            for (all, some) in self.text.iter_mut().zip(found.text) {
                all.extend(some);
            }
            for (column, some) in self.numbers.iter_mut().zip(found.unreadable) {
                column.unreadable.extend(some.into_iter().map(|(row, text)| (start + row, text)));
            }
            self.ragged.extend(found.ragged.into_iter().map(|(row, found)| (start + row, found)));
            start += n_rows;
        }
    }
}

/// The rows in pieces of about a megabyte that end at line ends, in order.
fn chunks(rows: &[u8]) -> Vec<&[u8]> {
    const SIZE: usize = 1 << 20;
    let mut out = Vec::with_capacity(rows.len() / SIZE + 1);
    let mut rest = rows;
    while rest.len() > SIZE {
        let Some(end) = memchr::memchr(b'\n', &rest[SIZE..]) else { break };
        let (chunk, after) = rest.split_at(SIZE + end + 1);
        out.push(chunk);
        rest = after;
    }
    out.push(rest);
    out
}

/// Where the lines lie that are not empty, without their ends.
fn lines(chunk: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', chunk)
        .chain([chunk.len()])
        .map(move |end| {
            let line = chunk.get(start..end).unwrap_or_default();
            let own = start..start + line.strip_suffix(b"\r").unwrap_or(line).len();
            start = end + 1;
            own
        })
        .filter(|line| !line.is_empty())
}

fn count_quoted(rows: &[u8], delimiter: u8) -> usize {
    let mut reader = csv_reader(delimiter).from_reader(rows);
    let mut record = csv::ByteRecord::new();
    let mut n = 0;
    // Bytes in memory and flexible rows leave the reader nothing to fail on.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        n += 1;
    }
    n
}

/// Some consecutive rows, and the piece of each column that they fill.
struct Part<'a> {
    layout: &'a Layout<'a>,
    row: usize,
    values: Vec<&'a mut [f64]>,
    states: Vec<&'a mut [CellState]>,
    found: Read,
}

/// What is read and has no slot of its own; rows are counted from the first of the part.
struct Read {
    text: Vec<Vec<String>>,
    unreadable: Vec<Vec<(usize, String)>>,
    ragged: Vec<(usize, usize)>,
}

/// Divides the columns among the chunks, from the row `first` on.
fn parts<'a>(
    numbers: &'a mut [RawNumbers],
    first: usize,
    counts: &[usize],
    layout: &'a Layout<'a>,
) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = counts
        .iter()
        .map(|&n| Part {
            layout,
            row: 0,
            values: Vec::with_capacity(numbers.len()),
            states: Vec::with_capacity(numbers.len()),
            found: Read {
                text: vec![Vec::with_capacity(n); layout.wanted.text.len()],
                unreadable: vec![Vec::new(); numbers.len()],
                ragged: Vec::new(),
            },
        })
        .collect();
    for column in numbers {
        let mut values = &mut column.values[first..];
        let mut states = &mut column.states[first..];
        for (part, &n) in parts.iter_mut().zip(counts) {
            let (own, rest) = values.split_at_mut(n);
            part.values.push(own);
            values = rest;
            let (own, rest) = states.split_at_mut(n);
            part.states.push(own);
            states = rest;
        }
    }
    parts
}

impl Part<'_> {
    /// A file without quotation marks: a line is a row and a delimiter ends a cell.
    fn read_plain(&mut self, chunk: &[u8]) {
        let layout = self.layout;
        for Range { start, end: line_end } in lines(chunk) {
            let (mut column, mut at) = (0, start);
            loop {
                let rest = &chunk[at..];
                let line = line_end - at;
                let end = match layout.wanted.targets.get(column) {
                    // A cell that is no plain number goes through memory, which takes longer.
                    Some(Target::Number(at)) => {
                        match layout.cells[*at].plain(rest, line, layout.delimiter) {
                            Some((number, end)) => {
                                self.values[*at][self.row] = number;
                                end
                            }
                            None => self.take_other(*at, &rest[..line]),
                        }
                    }
                    other => {
                        let end = memchr::memchr(layout.delimiter, &rest[..line]).unwrap_or(line);
                        if let Some(target) = other {
                            self.take(*target, &rest[..end]);
                        }
                        end
                    }
                };
                column += 1;
                if end == line {
                    break;
                }
                at += end + 1;
            }
            self.end_row(column);
        }
    }

    /// A file with quotation marks, which may hold delimiters and line ends.
    fn read_quoted(&mut self, rows: &[u8]) {
        let layout = self.layout;
        let mut reader = csv_reader(layout.delimiter).from_reader(rows);
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            for (cell, target) in record.iter().zip(&layout.wanted.targets) {
                self.take(*target, cell);
            }
            self.end_row(record.len());
        }
    }

    fn take(&mut self, target: Target, cell: &[u8]) {
        match target {
            Target::Skip => {}
            Target::Text(at) => self.take_text(at, cell),
            Target::Number(at) => self.take_number(at, cell),
            Target::Both(text, number) => {
                self.take_text(text, cell);
                self.take_number(number, cell);
            }
        }
    }

    fn take_text(&mut self, at: usize, cell: &[u8]) {
        self.found.text[at].push(match std::str::from_utf8(cell) {
            Ok(text) => text.trim().to_owned(),
            Err(_) => String::from_utf8_lossy(cell).trim().to_owned(),
        });
    }

    fn take_number(&mut self, at: usize, text: &[u8]) {
        self.put(at, self.layout.cells[at].read(text), text);
    }

    /// A cell of numbers at the start of a line that is no plain number, and where it ends.
    #[inline(never)]
    fn take_other(&mut self, at: usize, line: &[u8]) -> usize {
        let end = memchr::memchr(self.layout.delimiter, line).unwrap_or(line.len());
        self.take_number(at, &line[..end]);
        end
    }

    /// Slots are present and without a number until something is read, so that a number needs one
    /// write.
    fn put(&mut self, at: usize, cell: Cell, text: &[u8]) {
        match cell {
            Cell::Number(number) => self.values[at][self.row] = number,
            Cell::Gap(state) => self.states[at][self.row] = state,
            Cell::Unreadable => {
                let text = String::from_utf8_lossy(text).trim().to_owned();
                self.found.unreadable[at].push((self.row, text));
                self.states[at][self.row] = CellState::NotAvailable;
            }
        }
    }

    fn end_row(&mut self, found: usize) {
        if found != self.layout.n_columns {
            self.found.ragged.push((self.row, found));
            // What a short row lacks is filled with gaps, so that columns stay of one length.
            for target in self.layout.wanted.targets.iter().skip(found) {
                if let Target::Text(at) | Target::Both(at, _) = target {
                    self.found.text[*at].push(String::new());
                }
                if let Target::Number(at) | Target::Both(_, at) = target {
                    self.states[*at][self.row] = CellState::NotAvailable;
                }
            }
        }
        self.row += 1;
    }
}
