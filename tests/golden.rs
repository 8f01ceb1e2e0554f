//! Golden: published indices recomputed from their published inputs.
//!
//! Each file is one publication. The figures stand beside the repository, in `../shared/data`,
//! and not in it; a clone without them skips these tests, and CI fails without them. All of them
//! take the ordinary path: a definition in TOML, a table, and the program.

mod coinr_asem;
mod hdi2021;
mod imd2000_england;
mod imd2019_england;
mod iod2019_subdomains;
mod mapclassify_calemp;
mod mcdm_textbook;
mod mpi_simple;
mod nimdm2010_ni;
mod omraadesatsinger;
mod simd2016_scotland;
mod spatial_autocorr;
mod ssb_levekaarsproblemer;
mod svi2018_us_county;
mod wimd2019_wales;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

pub(crate) use crate::harness::shared;

/// A table of text by column, in the order of its rows.
pub(crate) struct Csv {
    columns: BTreeMap<String, Vec<String>>,
}

impl Csv {
    /// Reads CSV, gzip or not.
    pub(crate) fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut text = String::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        Self::parse(&text)
    }

    /// Reads CSV from text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); header.len()];
        for record in reader.records() {
            for (column, cell) in columns.iter_mut().zip(&record.unwrap()) {
                column.push(cell.to_owned());
            }
        }
        Self { columns: header.into_iter().zip(columns).collect() }
    }

    /// A column of text.
    pub(crate) fn text(&self, column: &str) -> &[String] {
        self.columns.get(column).unwrap_or_else(|| panic!("no column `{column}`"))
    }

    /// A column of numbers; an empty cell is NaN.
    pub(crate) fn numbers(&self, column: &str) -> Vec<f64> {
        let number = |cell: &String| {
            if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() }
        };
        self.text(column).iter().map(number).collect()
    }

    /// A column of numbers by the id in another column.
    pub(crate) fn by_id(&self, id: &str, column: &str) -> BTreeMap<String, f64> {
        self.text(id).iter().cloned().zip(self.numbers(column)).collect()
    }
}

/// Runs `levekaar` with these arguments and reads the CSV on its stdout.
pub(crate) fn run(arguments: &[&str]) -> Csv {
    let all: Vec<&str> = std::iter::once("--quiet").chain(arguments.iter().copied()).collect();
    Csv::parse(&crate::harness::levekaar_ok(&all).out)
}

/// The largest difference between two columns of the same areas, and how many differ at all.
pub(crate) fn differences(
    ours: &BTreeMap<String, f64>,
    published: &BTreeMap<String, f64>,
) -> (usize, f64) {
    assert_eq!(ours.len(), published.len());
    let mut differing = 0;
    let mut largest = 0.0_f64;
    for (area, &expected) in published {
        let got = ours[area];
        if got != expected && !(got.is_nan() && expected.is_nan()) {
            differing += 1;
            let by = (got - expected).abs();
            // A missing number on one side only is a difference without bound.
            largest = largest.max(if by.is_nan() { f64::INFINITY } else { by });
        }
    }
    (differing, largest)
}

/// Holds ranks that were computed in single precision by their publisher: no area may lie more
/// than one place off, and only where its score is within `gap` of its neighbour's.
pub(crate) fn assert_off_by_near_ties_only(
    scores: &BTreeMap<String, f64>,
    ranks: &BTreeMap<String, f64>,
    published: &BTreeMap<String, f64>,
    gap: f64,
    at_most: usize,
) {
    let mut descending: Vec<f64> = scores.values().copied().collect();
    descending.sort_by(|a, b| b.total_cmp(a));
    let mut differing = 0;
    for (area, &expected) in published {
        let rank = ranks[area];
        if rank == expected {
            continue;
        }
        differing += 1;
        assert!((rank - expected).abs() <= 1.0, "{area}: rank {rank}, published {expected}");
        let there = descending[expected as usize - 1];
        assert!((scores[area] - there).abs() < gap, "{area}: {} and {there}", scores[area]);
    }
    assert!(differing <= at_most, "{differing} ranks differ");
}
