//! What does one cell say?
//!
//! A cell of a column of numbers is a number, a mark of a missing value, or an error. Numbers
//! come as publishers write them: decimal point or comma, spaces between thousands, a `%` sign.

use std::collections::BTreeMap;

use crate::indicator::CellState;
use crate::project::{Decimal, Mark, USUAL_MARKS};

/// What a cell of a column of numbers holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A gap of a known kind.
    Gap(CellState),
    /// Neither.
    Unreadable,
}

/// Reads cells by one table of marks and one decimal mark.
#[derive(Debug, Clone)]
pub struct CellReader {
    marks: BTreeMap<Vec<u8>, Mark>,
    numeric_marks: Vec<(f64, Mark)>,
    decimal: Decimal,
    /// What a cell without text means; asked often enough to be looked up once.
    empty: Cell,
}

impl CellReader {
    /// The usual marks with the user's on top; a mark that is a number, such as `-999`, matches
    /// by value.
    pub fn new(marks: &BTreeMap<String, Mark>, decimal: Decimal) -> Self {
        let usual = USUAL_MARKS.iter().map(|(text, mark)| (text.as_bytes().to_vec(), *mark));
        let users = marks.iter().map(|(text, mark)| (text.trim().as_bytes().to_vec(), *mark));
        let numeric_marks = marks
            .iter()
            .filter(|(_, mark)| **mark != Mark::Number)
            .filter_map(|(text, mark)| Some((text.trim().parse::<f64>().ok()?, *mark)))
            .filter(|(number, _)| number.is_finite())
            .collect();
        let mut marks: BTreeMap<Vec<u8>, Mark> = usual.chain(users).collect();
        marks.retain(|_, mark| *mark != Mark::Number);
        let empty = marks.get(&b""[..]).and_then(|mark| mark.state());
        let empty = empty.map_or(Cell::Unreadable, Cell::Gap);
        Self { marks, numeric_marks, decimal, empty }
    }

    /// The plain number at the start of `text` that is no mark, and where it ends: at a delimiter or
    /// at `line_end`. Nearly every cell is one; what stands behind the line is looked at, but not
    /// taken.
    #[inline]
    pub fn plain(&self, text: &[u8], line_end: usize, delimiter: u8) -> Option<(f64, usize)> {
        let ends_at = |end: usize| end == line_end || text.get(end) == Some(&delimiter);
        let short = scan_short(text, self.decimal).filter(|&(_, end)| ends_at(end));
        let (number, end) = short.or_else(|| self.scan_long(&text[..line_end], delimiter))?;
        let is_mark = !self.numeric_marks.is_empty() && self.mark_of(number).is_some();
        (!is_mark).then_some((number, end))
    }

    #[inline(never)]
    fn scan_long(&self, line: &[u8], delimiter: u8) -> Option<(f64, usize)> {
        scan_plain(line, self.decimal)
            .filter(|&(_, end)| line.get(end).is_none_or(|byte| *byte == delimiter))
    }

    /// What this cell holds.
    pub fn read(&self, cell: &[u8]) -> Cell {
        if cell.is_empty() {
            return self.empty;
        }
        if let Some((number, end)) = scan_plain(cell, self.decimal)
            && end == cell.len()
        {
            return self.read_number(number);
        }
        let cell = trim(cell);
        if let Some(mark) = self.marks.get(cell) {
            return mark.state().map_or(Cell::Unreadable, Cell::Gap);
        }
        match parse_decorated(cell, self.decimal) {
            Some(number) => self.read_number(number),
            None => Cell::Unreadable,
        }
    }

    /// What a cell that holds this number means: the number, or a gap if it is a mark.
    pub fn read_number(&self, number: f64) -> Cell {
        match self.mark_of(number) {
            Some(mark) => mark.state().map_or(Cell::Unreadable, Cell::Gap),
            None => Cell::Number(number),
        }
    }

    fn mark_of(&self, number: f64) -> Option<Mark> {
        self.numeric_marks.iter().find(|(marked, _)| *marked == number).map(|(_, mark)| *mark)
    }
}

/// Digits that a `u64` holds, whatever they are.
const MOST_DIGITS: usize = 19;

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A number at the start of `text`: digits with at most one decimal mark and a sign; and where
/// it ends. Everything else goes to the standard library.
fn scan_plain(text: &[u8], decimal: Decimal) -> Option<(f64, usize)> {
    let mark = match decimal {
        Decimal::Point => b'.',
        Decimal::Comma => b',',
    };
    let negative = *text.first()? == b'-';
    let start = usize::from(negative);
    let (mut mantissa, whole) = digits(text, start, 0);
    let (end, decimals) = if text.get(whole) == Some(&mark) {
        let end;
        (mantissa, end) = digits(text, whole + 1, mantissa);
        (end, end - whole - 1)
    } else {
        (whole, 0)
    };
    let number = quotient(mantissa, whole - start + decimals, decimals)?;
    Some((if negative { -number } else { number }, end))
}

/// So many digits, of which so many are decimals, as a number; `None` where this is not exact.
///
/// Up to 2^53 the digits are exact in `f64`, and so is the power of ten, so that one division
/// rounds correctly (Clinger 1990).
#[inline]
pub(super) fn quotient(digits: u64, n_digits: usize, n_decimals: usize) -> Option<f64> {
    // Too many digits are told by their number.
    if n_digits == 0 || n_digits > MOST_DIGITS || digits >= 1 << 53 {
        return None;
    }
    Some(digits as f64 / POWERS[n_decimals])
}

/// A number of up to seven bytes at the start of `text`, and where it ends: digits around a
/// decimal mark. Told by one look at eight bytes; `None` for whatever needs another.
#[inline]
fn scan_short(text: &[u8], decimal: Decimal) -> Option<(f64, usize)> {
    let mark = match decimal {
        Decimal::Point => b'.' ^ b'0',
        Decimal::Comma => b',' ^ b'0',
    };
    let bytes = u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS;
    let others = others(bytes);
    let (first, rest) = (others.trailing_zeros(), others & others.wrapping_sub(1));
    // The highest bits of the mark's byte and of the one that ends the number.
    let (at, end) = (first / 8, rest.trailing_zeros() / 8);
    if end > 7 || (bytes >> (8 * at)) as u8 != mark || end < 2 {
        return None;
    }
    let before = (1_u64 << (8 * at)) - 1;
    let digits = (bytes & before) | ((bytes >> 8) & !before);
    // The mark's place is free, so that one digit less is left.
    let digits = eight(digits << (8 * (9 - end)));
    Some((digits as f64 / POWERS[(end - at - 1) as usize], end as usize))
}

/// Eight times `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The highest bit of each byte that is no digit, of text from which [`ZEROS`] were taken.
#[inline]
fn others(bytes: u64) -> u64 {
    let high = ((bytes & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | bytes;
    high & 0x8080_8080_8080_8080
}

/// Eight digits, the first in the lowest byte, as a number: three multiplications put them
/// together by pairs, fours and eights (Lemire 2021, *Number parsing at a gigabyte per second*,
/// Software: Practice and Experience 51).
#[inline]
fn eight(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff
}

/// The digits of `text` from `from` on, appended to those of `mantissa`, and where they end.
#[inline]
pub(super) fn digits(text: &[u8], from: usize, mut mantissa: u64) -> (u64, usize) {
    const POWERS: [u64; 9] =
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
    let mut at = from;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let bytes = u64::from_le_bytes(*chunk) ^ ZEROS;
        let n = others(bytes).trailing_zeros() / 8;
        // Zeros go before the digits, so that they are the last of eight.
        let more = eight(bytes.checked_shl(64 - 8 * n).unwrap_or(0));
        mantissa = mantissa.wrapping_mul(POWERS[n as usize]).wrapping_add(more);
        at += n as usize;
        if n < 8 {
            return (mantissa, at);
        }
    }
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0'))
        && digit < 10
    {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (mantissa, at)
}

/// The same with spaces between thousands, a plus or a real minus sign, an exponent or a `%`.
fn parse_decorated(cell: &[u8], decimal: Decimal) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    let text = text.strip_suffix('%').unwrap_or(text).trim();
    let text = text.replace('\u{2212}', "-");
    let spaces = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];
    let plain = if text.contains(spaces) {
        let (whole, rest) = match text.find(['.', ',']) {
            Some(at) => text.split_at(at),
            None => (text.as_str(), ""),
        };
        let mut groups = whole.split(spaces);
        let first = groups.next()?.trim_start_matches(['-', '+']);
        let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
        if !grouped || rest.contains(spaces) {
            return None;
        }
        text.replace(spaces, "")
    } else {
        text
    };
    let plain = match decimal {
        Decimal::Point if plain.contains(',') => without_groups(&plain, ',', '.')?,
        Decimal::Point => plain,
        // `1.234` could be either, and is for the user to say.
        Decimal::Comma if plain.contains('.') => {
            let settled = plain.contains(',') || plain.matches('.').count() > 1;
            without_groups(&plain, '.', ',').filter(|_| settled)?.replace(',', ".")
        }
        Decimal::Comma => plain.replace(',', "."),
    };
    // The standard library also reads `inf` and `nan`, which no table means.
    if !plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) {
        return None;
    }
    plain.parse::<f64>().ok().filter(|x| x.is_finite())
}

/// A number without the marks between its thousands; `None` where they stand elsewhere.
fn without_groups(text: &str, between: char, decimal: char) -> Option<String> {
    let (whole, rest) = match text.find(decimal) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut groups = whole.trim_start_matches(['-', '+']).split(between);
    let first = groups.next()?;
    let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    (grouped && !rest.contains(between)).then(|| format!("{}{rest}", whole.replace(between, "")))
}

/// The cell without spaces at its ends, no-break spaces included.
fn trim(cell: &[u8]) -> &[u8] {
    std::str::from_utf8(cell).map_or(cell, |text| text.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_publishers_write_them() {
        for (text, decimal, expected) in [
            ("1234.5", Decimal::Point, 1234.5),
            ("1234,5", Decimal::Comma, 1234.5),
            (" 12 345,6 ", Decimal::Comma, 12345.6),
            ("1\u{a0}234\u{202f}567", Decimal::Comma, 1234567.0),
            ("12,5 %", Decimal::Comma, 12.5),
            ("1,234.5", Decimal::Point, 1234.5),
            ("-12,345,678", Decimal::Point, -12_345_678.0),
            ("1.234,5", Decimal::Comma, 1234.5),
            ("1.234.567", Decimal::Comma, 1_234_567.0),
            ("\u{2212}3.25", Decimal::Point, -3.25),
            ("1e-3", Decimal::Point, 0.001),
            (".5", Decimal::Point, 0.5),
            ("0.1", Decimal::Point, 0.1),
            ("20.88888888", Decimal::Point, 20.88888888),
        ] {
            assert_eq!(read(text, decimal), Cell::Number(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_guessed() {
        for text in ["abc", "1 2", "12 34", "1.2.3", "inf", "nan5", "5 stk", "1,23.5", "7,5", "--"]
        {
            assert_eq!(read(text, Decimal::Point), Cell::Unreadable, "{text}");
        }
        assert_eq!(read("1.234", Decimal::Comma), Cell::Unreadable);
    }

    #[test]
    fn marks_are_gaps_of_their_kind_and_never_zero() {
        for (text, state) in [
            (":", CellState::Suppressed),
            (" * ", CellState::Suppressed),
            (".", CellState::NotApplicable),
            ("..", CellState::NotAvailable),
            ("-", CellState::NotAvailable),
            ("", CellState::NotAvailable),
            ("NA", CellState::NotAvailable),
            ("NULL", CellState::NotAvailable),
        ] {
            assert_eq!(read(text, Decimal::Point), Cell::Gap(state), "{text}");
        }
    }

    #[test]
    fn the_users_marks_stand_above_the_usual_ones() {
        let marks = BTreeMap::from([
            ("-999".to_owned(), Mark::NotAvailable),
            ("-".to_owned(), Mark::NotApplicable),
            ("..".to_owned(), Mark::Invalid),
        ]);
        let reader = CellReader::new(&marks, Decimal::Point);
        assert_eq!(reader.read(b"-999.0"), Cell::Gap(CellState::NotAvailable));
        assert_eq!(reader.read(b"-"), Cell::Gap(CellState::NotApplicable));
        assert_eq!(reader.read(b".."), Cell::Unreadable);
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_gives_the_same_bits_as_the_standard_library(x in -1e12..1e12_f64, d in 0..9_usize) {
            let text = format!("{x:.d$}");
            proptest::prop_assert_eq!(read(&text, Decimal::Point), Cell::Number(text.parse().unwrap()));
        }
    }

    fn read(text: &str, decimal: Decimal) -> Cell {
        CellReader::new(&BTreeMap::new(), decimal).read(text.as_bytes())
    }
}
