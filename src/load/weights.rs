//! How do weights get in?
//!
//! GAL and GWT files, as GeoDa, PySAL and spdep write them. Ids are text and stay as they are;
//! which of them is which area is the caller's table to say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::area::Area;
use crate::notice::Notice;
use crate::spatial_weights::SpatialWeights;

/// Why a file of weights cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum WeightFileError {
    /// The file cannot be read as text.
    #[error("cannot read `{}`: {reason}", .path.display())]
    #[diagnostic(code(levekaar::weights::unreadable), help("is the path right?"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },

    /// The name ends in neither `.gal` nor `.gwt`.
    #[error("`{}` is neither a GAL nor a GWT file by its name", .path.display())]
    #[diagnostic(
        code(levekaar::weights::format),
        help("name it `.gal` where it lists neighbours, `.gwt` where it lists pairs with weights")
    )]
    Format {
        /// The file.
        path: PathBuf,
    },

    /// A line does not say what it must.
    #[error("line {line} of `{}` is `{found}`; it must be {expected}", .path.display())]
    #[diagnostic(
        code(levekaar::weights::line),
        help("write the file anew with GeoDa, PySAL or spdep")
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What it says.
        found: String,
        /// What it must say.
        expected: &'static str,
    },

    /// Not one id is in the table.
    #[error("no id of `{}` is in the table, such as `{example}`", .path.display())]
    #[diagnostic(
        code(levekaar::weights::ids),
        help("the file must use the ids of the table; leading zeros count")
    )]
    NoMatch {
        /// The file.
        path: PathBuf,
        /// The first id.
        example: String,
    },
}

/// Reads the weights of `areas` from a GAL file (each neighbour 1) or a GWT file.
///
/// Shape: a row an area, in the order of `areas`; areas that the file does not name are islands.
/// Pairs with an id that the table lacks are left out and named in a warning, as are islands.
/// Weights are as the file has them, neither mirrored nor standardised.
///
/// # Errors
///
/// [`WeightFileError`], which names the file, the line and what it holds.
pub fn weights(
    path: &Path,
    areas: &[Area],
) -> Result<(SpatialWeights, Vec<Notice>), WeightFileError> {
    let text = std::fs::read_to_string(path).map_err(|error| WeightFileError::Unreadable {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    let ending = path.extension().map(|e| e.to_ascii_lowercase()).unwrap_or_default();
    let triples = match ending.to_str() {
        Some("gal") => gal(&text, path)?,
        Some("gwt") => gwt(&text, path)?,
        Some(_) | None => return Err(WeightFileError::Format { path: path.to_path_buf() }),
    };
    let place: BTreeMap<&str, usize> =
        areas.iter().enumerate().map(|(at, area)| (area.id.as_str(), at)).collect();
    let mut rows = vec![Vec::new(); areas.len()];
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let mut n_used = 0;
    for &(from, to, weight) in &triples {
        match (place.get(from), place.get(to)) {
            (Some(&from), Some(&to)) => {
                rows[from].push((to as u32, weight));
                n_used += 1;
            }
            (a, b) => {
                unknown.extend(a.is_none().then(|| from.to_owned()));
                unknown.extend(b.is_none().then(|| to.to_owned()));
            }
        }
    }
    if let (0, Some(&(example, _, _))) = (n_used, triples.first()) {
        let example = example.to_owned();
        return Err(WeightFileError::NoMatch { path: path.to_path_buf(), example });
    }
    let weights = SpatialWeights::from_rows(rows);
    let islands: Vec<String> = weights.islands().into_iter().map(|at| areas[at].label()).collect();
    let lists = [
        (Notice::warning("region.weight-unknown"), unknown.into_iter().collect::<Vec<_>>()),
        (Notice::warning("region.weight-islands"), islands),
    ];
    let told = lists.into_iter().filter(|(_, items)| !items.is_empty());
    Ok((weights, told.map(|(notice, items)| notice.about(items)).collect()))
}

type Triples<'a> = Vec<(&'a str, &'a str, f64)>;

/// A line with its number, without blank lines.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty())
}

fn wrong(path: &Path, line: usize, found: &str, expected: &'static str) -> WeightFileError {
    let found = found.chars().take(60).collect();
    WeightFileError::Line { path: path.to_path_buf(), line, found, expected }
}

/// `id number-of-neighbours`, then the ids on the next line, which an island may lack.
fn gal<'a>(text: &'a str, path: &Path) -> Result<Triples<'a>, WeightFileError> {
    const HEAD: &str = "an id and its number of neighbours";
    let mut lines = lines(text).skip(1);
    let mut triples = Vec::new();
    while let Some((line, head)) = lines.next() {
        let mut words = head.split_whitespace();
        let (Some(id), Some(Ok(n)), None) =
            (words.next(), words.next().map(str::parse::<usize>), words.next())
        else {
            return Err(wrong(path, line, head, HEAD));
        };
        if n == 0 {
            continue;
        }
        let (line, list) = lines.next().unwrap_or((line + 1, ""));
        let before = triples.len();
        triples.extend(list.split_whitespace().map(|other| (id, other, 1.0)));
        if triples.len() - before != n {
            return Err(wrong(path, line, list, "as many ids as the line before says"));
        }
    }
    Ok(triples)
}

/// `from to weight`.
fn gwt<'a>(text: &'a str, path: &Path) -> Result<Triples<'a>, WeightFileError> {
    let triple = |(line, words): (usize, &'a str)| {
        let mut cells = words.split_whitespace();
        let cells = (cells.next(), cells.next(), cells.next().map(str::parse::<f64>), cells.next());
        match cells {
            (Some(from), Some(to), Some(Ok(weight)), None)
                if weight >= 0.0 && weight.is_finite() =>
            {
                Ok((from, to, weight))
            }
            (_, _, _, _) => Err(wrong(path, line, words, "two ids and a weight of at least 0")),
        }
    };
    lines(text).skip(1).map(triple).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gal_lists_neighbours_and_islands_may_lack_their_line() {
        let text = "0 3 zones zone\n01 1\n02\n02 1\n01\n03 0\n";
        let (weights, notices) = read("w.gal", text).unwrap();
        assert_eq!(weights.targets(0), [1]);
        assert_eq!(weights.islands(), [2]);
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn gwt_lists_pairs_with_weights_and_strangers_are_told() {
        let (weights, notices) = read("w.gwt", "0 3 zones zone\n01 02 0.5\n01 77 2\n").unwrap();
        assert_eq!((weights.targets(0), weights.weights(0)), (&[1][..], &[0.5][..]));
        assert_eq!(notices[0].items[0].nb, "77");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_by_line() {
        let told = |name: &str, text: &str| read(name, text).unwrap_err().to_string();
        assert!(told("w.gal", "0 1 a b\n01 two\n").contains("line 2"));
        assert!(told("w.gal", "0 1 a b\n01 2\n02\n").contains("line 3"));
        assert!(told("w.gwt", "0 1 a b\n01 02 x\n").contains("line 2"));
        assert!(told("w.gwt", "0 1 a b\nA B 1\n").contains("no id"));
        assert!(told("w.txt", "").contains("neither"));
    }

    fn read(name: &str, text: &str) -> Result<(SpatialWeights, Vec<Notice>), WeightFileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        weights(&path, &["01", "02", "03"].map(Area::of))
    }
}
