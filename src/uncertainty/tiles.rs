//! How is a score that is one weighted sum computed for several replicates at a time?
//!
//! Comparable columns stand together in memory, and [`RUNS`] sets of weights at a time are a matrix
//! product over them. Indicators are added in their order whatever the block, so that the bits do
//! not depend on it. Rows with gaps are computed level by level.

use fearless_simd::{Level, dispatch};

use crate::aggregate::Tally;
use crate::index::Plan;
use crate::index::plan::Child;
use crate::normalise::ScaledTable;

use super::recipe::LevelWeights;

/// Areas that the product takes at a time.
pub(super) const AREAS: usize = 8;
/// Replicates that the product takes at a time: with [`AREAS`] as many sums as registers hold.
pub(super) const RUNS: usize = 4;

/// Columns in tiles of [`AREAS`] areas by position, so that a product reads memory in order.
#[derive(Debug)]
pub(super) struct Tiles {
    cells: Vec<f64>,
    /// Rows with gaps, by position; their cells in the tiles are 0 and not used.
    pub(super) gaps: Vec<(usize, Vec<f64>)>,
}

impl Tiles {
    pub(super) fn of(scaled: &ScaledTable, order: &[u32], of: impl Fn(f64) -> f64) -> Self {
        let p = scaled.columns().len();
        let mut cells = vec![0.0; order.len().div_ceil(AREAS) * p * AREAS];
        let mut gaps = Vec::new();
        for (position, &area) in order.iter().enumerate() {
            let row: Vec<f64> =
                scaled.columns().iter().map(|column| of(column.values[area as usize])).collect();
            if row.iter().any(|x| x.is_nan()) {
                gaps.push((position, row));
                continue;
            }
            let start = position / AREAS * p * AREAS + position % AREAS;
            for (j, x) in row.into_iter().enumerate() {
                cells[start + j * AREAS] = x;
            }
        }
        Self { cells, gaps }
    }

    /// The weighted sums of up to [`RUNS`] sets of weights, indicators added in their order.
    pub(super) fn product(&self, weights: &[Vec<f64>], out: &mut [Vec<f64>; RUNS]) {
        let p = weights.first().map_or(0, Vec::len);
        let side_by_side: Vec<[f64; RUNS]> = (0..p)
            .map(|j| std::array::from_fn(|r| weights.get(r).map_or(0.0, |weights| weights[j])))
            .collect();
        // The widest registers of the machine change no bit: each sum is added up by itself.
        dispatch!(Level::new(), _simd => product(&self.cells, &side_by_side, out));
    }
}

#[inline(always)]
fn product(cells: &[f64], side_by_side: &[[f64; RUNS]], out: &mut [Vec<f64>; RUNS]) {
    let [a, b, c, d] = out;
    let rows = a
        .chunks_exact_mut(AREAS)
        .zip(b.chunks_exact_mut(AREAS))
        .zip(c.chunks_exact_mut(AREAS))
        .zip(d.chunks_exact_mut(AREAS));
    let size = (side_by_side.len() * AREAS).max(1);
    for (tile, (((a, b), c), d)) in cells.chunks_exact(size).zip(rows) {
        let mut sums = [[0.0; AREAS]; RUNS];
        for (x, w) in tile.as_chunks::<AREAS>().0.iter().zip(side_by_side) {
            for (sum, w) in sums.iter_mut().zip(w) {
                for (sum, x) in sum.iter_mut().zip(x) {
                    *sum += w * x;
                }
            }
        }
        a.copy_from_slice(&sums[0]);
        b.copy_from_slice(&sums[1]);
        c.copy_from_slice(&sums[2]);
        d.copy_from_slice(&sums[3]);
    }
}

/// The score of a row with gaps, level by level as `aggregate` has it; on logarithms the sum
/// is that of a geometric mean.
///
/// `of_domain` has a slot a domain and is overwritten, children before parents.
pub(super) fn score_of_row(
    plan: &Plan<'_>,
    weights: &LevelWeights,
    row: &[f64],
    of_domain: &mut [f64],
) -> f64 {
    let mut result = f64::NAN;
    for (level, weights) in plan.levels().iter().zip(weights) {
        let children = level.children.iter().map(|child| match *child {
            Child::Domain(at) => of_domain[at],
            Child::Indicator(at) => row[at],
        });
        let mut tally = Tally::default();
        for (x, weight) in children.clone().zip(weights) {
            tally.count(*weight, !x.is_nan());
        }
        result = match plan.level(level.domain).missing.factor(&tally) {
            None => f64::NAN,
            Some(scale) => {
                let present = children.zip(weights).filter(|(x, _)| !x.is_nan());
                present.fold(0.0, |sum, (x, weight)| sum + weight * scale * x)
            }
        };
        if let Some(domain) = level.domain {
            of_domain[domain] = result;
        }
    }
    result
}
