//! What do the attributes of a Shapefile say?
//!
//! The dBASE table: text is padded with blanks, numbers are text, and nothing but `.cpg`, a byte
//! of the header or the look of the bytes tells how characters are stored.

use encoding_rs::Encoding;
use serde_json::{Map, Value};

use crate::notice::Notice;

/// The rows of the table, in the order of the shapes.
pub(super) struct Table {
    /// One a shape; `None` for a row that is marked as deleted.
    pub(super) rows: Vec<Option<Map<String, Value>>>,
    /// What was guessed.
    pub(super) notices: Vec<Notice>,
}

struct Field {
    name: String,
    kind: u8,
    length: usize,
    decimals: u8,
}

/// Reads a dBASE table; `encoding` is what the `.cpg` file says.
///
/// # Errors
///
/// A sentence on what is wrong with the bytes.
pub(super) fn read(bytes: &[u8], encoding: Option<&str>) -> Result<Table, String> {
    let cut = || "its `.dbf` is cut off".to_owned();
    let number = |from: usize, n: usize| -> Option<usize> {
        let bytes = bytes.get(from..from + n)?;
        Some(bytes.iter().rev().fold(0, |sum, &byte| sum * 256 + usize::from(byte)))
    };
    let (Some(n_rows), Some(start), Some(width)) = (number(4, 4), number(8, 2), number(10, 2))
    else {
        return Err(cut());
    };
    let body = bytes.get(start..).ok_or_else(cut)?;
    if width == 0 || body.len() / width < n_rows {
        return Err(format!("its `.dbf` is cut off: it should have {n_rows} rows"));
    }
    let body = &body[..n_rows * width];
    let mut notices = Vec::new();
    let encoding = match encoding.and_then(|name| named(name.trim())) {
        Some(encoding) => encoding,
        None if std::str::from_utf8(body).is_ok() => encoding_rs::UTF_8,
        None => {
            // Every language driver of western Europe but the DOS ones is this.
            let notice = Notice::warning("notice.encoding").with("file", ".dbf");
            notices.push(notice.with("encoding", "Windows-1252 (Latin-1)"));
            encoding_rs::WINDOWS_1252
        }
    };
    let fields = fields(bytes, start, encoding);
    if fields.iter().map(|field| field.length).sum::<usize>() + 1 != width {
        return Err("the header of its `.dbf` does not add up".to_owned());
    }
    let rows = body.chunks_exact(width).map(|row| {
        // The first byte is `*` where the row is deleted.
        (row[0] != b'*').then(|| {
            let mut at = 1;
            fields
                .iter()
                .map(|field| {
                    let cell = &row[at..at + field.length];
                    at += field.length;
                    (field.name.clone(), value(cell, field, encoding))
                })
                .collect()
        })
    });
    Ok(Table { rows: rows.collect(), notices })
}

fn named(label: &str) -> Option<&'static Encoding> {
    let digits = label.trim_start_matches(|c: char| !c.is_ascii_digit());
    match digits {
        "1252" | "88591" | "8859-1" | "28591" => Some(encoding_rs::WINDOWS_1252),
        "65001" => Some(encoding_rs::UTF_8),
        _ => Encoding::for_label(label.as_bytes()),
    }
}

fn fields(bytes: &[u8], start: usize, encoding: &'static Encoding) -> Vec<Field> {
    let header = bytes.get(32..start).unwrap_or_default();
    header
        .chunks_exact(32)
        .take_while(|field| field[0] != 0x0d)
        .map(|field| {
            let name = field[..11].split(|&byte| byte == 0).next().unwrap_or_default();
            Field {
                name: encoding.decode_without_bom_handling(name).0.trim().to_owned(),
                kind: field[11],
                length: usize::from(field[16]),
                decimals: field[17],
            }
        })
        .collect()
}

/// A cell; blanks, and stars where a number did not fit, are no value.
fn value(cell: &[u8], field: &Field, encoding: &'static Encoding) -> Value {
    let (text, _) = encoding.decode_without_bom_handling(cell);
    let text = text.trim_matches(['\0', ' ']);
    if text.is_empty() {
        return Value::Null;
    }
    match field.kind {
        b'N' | b'F' => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) if field.decimals == 0 => whole.into(),
            (_, Ok(number)) => number.into(),
            (_, Err(_)) => Value::Null,
        },
        b'L' => match text {
            "T" | "t" | "Y" | "y" => true.into(),
            "F" | "f" | "N" | "n" => false.into(),
            _ => Value::Null,
        },
        b'D' if text.len() == 8 && text.is_ascii() => {
            format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).into()
        }
        _ => text.into(),
    }
}
