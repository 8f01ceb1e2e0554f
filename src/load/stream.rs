//! How is a table read that is too large to hold as text?
//!
//! Piece by piece: while the cells of some pieces are read, the next pieces come from the disk,
//! and their memory is used again. Only what [`super::table`] reads without a second look comes
//! this way: a plain UTF-8 file without quotation marks below its header.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;

use super::attributes::is_spatial;
use super::rows::{Columns, has_quotes};
use super::table::{RawTable, TableError, TableRequest, open};
use crate::project::Encoding;

/// What is large, and how much is read at a time.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Smaller files are read whole.
    least: u64,
    /// Bytes of a piece.
    piece: usize,
}

const USUAL: Sizes = Sizes { least: 16 << 20, piece: 1 << 20 };
/// Pieces that are read at a time.
const PIECES: usize = 4;

/// The first lines of a large file of text; `None` where it is small, packed or no text.
///
/// # Errors
///
/// [`TableError::Unreadable`].
pub(super) fn head(path: &Path) -> Result<Option<Vec<u8>>, TableError> {
    Ok(begin(path, USUAL)?.and_then(|(_, pieces, _)| pieces.list().next().map(<[u8]>::to_vec)))
}

/// Opens a large file of text and reads its first pieces, of which one at least has a line.
fn begin(path: &Path, sizes: Sizes) -> Result<Option<(File, Pieces, u64)>, TableError> {
    let unreadable = |e| unreadable(path, &e);
    let mut from = File::open(path).map_err(unreadable)?;
    let size = from.metadata().map_err(unreadable)?.len();
    if size < sizes.least {
        return Ok(None);
    }
    let mut pieces = Pieces::of(sizes.piece);
    pieces.fill(&mut from).map_err(unreadable)?;
    let Some(head) = pieces.list().next() else { return Ok(None) };
    // What is packed, UTF-16 or Parquet has zeros somewhere in its first megabyte.
    let is_text = !head.contains(&0) && !head.starts_with(&[0x1f, 0x8b]);
    Ok((is_text && !is_spatial(path, head)).then_some((from, pieces, size)))
}

fn unreadable(path: &Path, error: &io::Error) -> TableError {
    TableError::Unreadable { file: path.display().to_string(), reason: error.to_string() }
}

/// The wanted columns of a large plain file; `None` where it has to be read whole: it is small,
/// packed, no table, in another encoding, or has quotation marks below its header.
///
/// # Errors
///
/// [`TableError`], as for a file that is read whole.
pub(super) fn table(path: &Path, request: &TableRequest) -> Result<Option<RawTable>, TableError> {
    table_in(path, request, USUAL)
}

fn table_in(
    path: &Path,
    request: &TableRequest,
    sizes: Sizes,
) -> Result<Option<RawTable>, TableError> {
    if !matches!(request.format.encoding, None | Some(Encoding::Utf8)) {
        return Ok(None);
    }
    let Some((mut from, mut pieces, size)) = begin(path, sizes)? else { return Ok(None) };
    let Some(head) = pieces.list().next().filter(|head| std::str::from_utf8(head).is_ok()) else {
        return Ok(None);
    };
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).to_vec();
    // What is wrong with a beginning is told of the whole.
    let Ok(opened) = open(&path.display().to_string(), &head, Encoding::Utf8, request) else {
        return Ok(None);
    };
    let layout = opened.layout();
    if has_quotes(opened.rows) {
        return Ok(None);
    }
    let head_rows = opened.rows.iter().filter(|byte| **byte == b'\n').count().max(1);
    let estimate = size as usize / (opened.rows.len() / head_rows).max(1);
    let mut columns = Columns::new(&layout, estimate + estimate / 64);
    columns.add_plain(&layout, &[opened.rows]);
    let mut skip = 1;
    let mut next = Pieces::of(sizes.piece);
    loop {
        let (filled, usable) = rayon::join(
            || if pieces.is_last { Ok(()) } else { next.fill_after(&pieces, &mut from) },
            || {
                let list: Vec<&[u8]> = pieces.list().skip(skip).collect();
                let usable = list
                    .par_iter()
                    .all(|piece| std::str::from_utf8(piece).is_ok() && !has_quotes(piece));
                if usable {
                    columns.add_plain(&layout, &list);
                }
                usable
            },
        );
        filled.map_err(|e| unreadable(path, &e))?;
        if !usable {
            return Ok(None);
        }
        if pieces.is_last {
            return Ok(Some(opened.table(columns)));
        }
        std::mem::swap(&mut pieces, &mut next);
        skip = 0;
    }
}

/// Some pieces of a file, cut at line ends.
struct Pieces {
    piece: usize,
    bytes: Vec<u8>,
    /// How many bytes are whole lines; the rest begins a line that goes on in the next pieces.
    whole: usize,
    is_last: bool,
}

impl Pieces {
    fn of(piece: usize) -> Self {
        Self { piece, bytes: Vec::new(), whole: 0, is_last: false }
    }

    /// The first bytes of the file.
    fn fill(&mut self, from: &mut File) -> io::Result<()> {
        self.bytes.clear();
        self.read_on(from)
    }

    /// The bytes after others.
    fn fill_after(&mut self, before: &Self, from: &mut File) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.extend_from_slice(&before.bytes[before.whole..]);
        self.read_on(from)
    }

    fn read_on(&mut self, from: &mut File) -> io::Result<()> {
        let start = self.bytes.len();
        self.bytes.reserve(self.piece * PIECES);
        let n = from.take((self.piece * PIECES) as u64).read_to_end(&mut self.bytes)?;
        self.is_last = n < self.piece * PIECES;
        self.whole = if self.is_last {
            self.bytes.len()
        } else {
            // A line longer than all pieces grows on with the next ones.
            memchr::memrchr(b'\n', &self.bytes[start..]).map_or(0, |at| start + at + 1)
        };
        Ok(())
    }

    /// The whole lines, in pieces of about the size that was asked for.
    fn list(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.bytes[..self.whole];
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let end = match rest.get(self.piece..).and_then(|after| memchr::memchr(b'\n', after)) {
                Some(at) => self.piece + at + 1,
                None => rest.len(),
            };
            let (piece, after) = rest.split_at(end);
            rest = after;
            Some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::load::table::parse_delimited;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// However a file is cut into pieces, it is the table that is read whole.
        #[test]
        fn pieces_give_the_table_that_is_read_whole(
            rows in prop::collection::vec(("[a-zæøå]{0,9}", -1e4..1e4_f64, 0..9_u8), 1..60),
            piece in 1..90_usize,
            ends in prop::sample::select(vec!["\n", "\r\n", "\n\n"]),
            is_closed in any::<bool>(),
        ) {
            let rows: Vec<String> = rows
                .iter()
                .enumerate()
                .map(|(at, (name, x, kind))| match kind {
                    0 => format!("{at:03},{name},:"),
                    1 => format!("{at:03},{name},no number"),
                    2 => format!("{at:03},{name}"),
                    _ => format!("{at:03},{name},{x}"),
                })
                .collect();
            let mut text = format!("id,name,x{ends}{}", rows.join(ends));
            if is_closed {
                text.push_str(ends);
            }
            // Where the first piece has no row the file is read whole.
            if let Some(pieces) = read(&text, piece) {
                // As text, in which a gap equals a gap.
                prop_assert_eq!(format!("{pieces:?}"), format!("{:?}", whole(&text)));
            } else {
                prop_assert!(piece < 60);
            }
        }
    }

    #[test]
    fn what_needs_a_second_look_is_left_to_be_read_whole() {
        let long: String = (0..200).map(|at| format!("{at:03},name,{at}\n")).collect();
        let text = format!("id,name,x\n{long}");
        assert_eq!(read(&text, 100), Some(whole(&text)));
        assert_eq!(read(&format!("{text}900,\"a,b\",3\n"), 100), None);
        assert!(read(&text.replace("199,name", "199,na\u{0}me"), 100).is_some());
        let mut latin1 = text.into_bytes();
        latin1.extend(b"900,\xe6,3\n");
        assert_eq!(read_bytes(&latin1, 100), None);
    }

    fn read(text: &str, piece: usize) -> Option<RawTable> {
        read_bytes(text.as_bytes(), piece)
    }

    fn read_bytes(bytes: &[u8], piece: usize) -> Option<RawTable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        std::fs::write(&path, bytes).unwrap();
        let table = table_in(&path, &request(), Sizes { least: 0, piece }).unwrap();
        table.map(|table| RawTable { file: "t".to_owned(), ..table })
    }

    fn whole(text: &str) -> RawTable {
        parse_delimited("t", text.as_bytes().to_vec(), &request()).unwrap()
    }

    fn request() -> TableRequest {
        TableRequest {
            text: vec!["id".into(), "name".into()],
            numbers: vec!["x".into()],
            ..TableRequest::default()
        }
    }
}
