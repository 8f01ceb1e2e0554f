//! Which columns of a bare table are measured?

use std::path::Path;

use levekaar::load;
use levekaar::load::table::{RawNumbers, RawTable, TableRequest};
use miette::miette;

/// Reads these columns of numbers and of text; all must be there and readable.
pub(crate) fn read(path: &Path, numbers: &[&str], text: &[&str]) -> miette::Result<RawTable> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let request =
        TableRequest { text: owned(text), numbers: owned(numbers), ..TableRequest::default() };
    let raw = load::table(path, &request)?;
    for name in numbers.iter().chain(text) {
        if !raw.header.iter().any(|column| column == name) {
            return Err(miette!(
                help = format!("its columns are: {}", raw.header.join(", ")),
                "`{}` has no column `{name}`",
                path.display()
            ));
        }
    }
    for name in numbers {
        if let Some((row, text)) = raw.numbers[*name].unreadable.first() {
            let line = row + raw.read_as.first_row_line;
            return Err(miette!("`{name}` on line {line} is not a number: `{text}`"));
        }
    }
    Ok(raw)
}

/// A column that [`read`] has read.
pub(crate) fn numbers<'a>(raw: &'a RawTable, name: &str) -> &'a RawNumbers {
    &raw.numbers[name]
}
