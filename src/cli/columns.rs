//! Which columns of a bare table are measured?

use std::collections::BTreeSet;
use std::path::Path;

use levekaar::area::Area;
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
            return Err(miette!(
                help = "numbers are read with a decimal point or comma; leave the cell empty where \
                        nothing is known",
                "`{name}` on line {line} is not a number: `{text}`"
            ));
        }
    }
    Ok(raw)
}

/// A column that [`read`] has read.
pub(crate) fn numbers<'a>(raw: &'a RawTable, name: &str) -> &'a RawNumbers {
    &raw.numbers[name]
}

/// The areas of a column of ids that [`read`] has read; each may stand once.
pub(crate) fn areas(raw: &RawTable, path: &Path, id: &str) -> miette::Result<Vec<Area>> {
    let areas: Vec<Area> = raw.text[id].iter().map(|id| Area::of(id.as_str())).collect();
    let mut seen = BTreeSet::new();
    match areas.iter().find(|area| !seen.insert(&area.id)) {
        None => Ok(areas),
        Some(twice) => Err(miette!(
            help = "a row an area is needed; name the right column with `--id`",
            "`{}` has more than one row with `{id}` = `{}`",
            path.display(),
            twice.id
        )),
    }
}

/// Pairs of ids from the first two columns of a table.
pub(crate) fn pairs(file: &Path) -> miette::Result<Vec<(String, String)>> {
    let header = load::header(file)?;
    let [from, to, ..] = header.as_slice() else {
        return Err(miette!(
            help = "a table of neighbours has the ids of each pair in its first two columns, as \
                    `levekaar neighbours` writes it; .gal and .gwt are read too",
            "`{}` has no two columns of ids",
            file.display()
        ));
    };
    Ok(load::pairs(file, from, to)?)
}
