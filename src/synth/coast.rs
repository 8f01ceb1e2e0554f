//! Where does the land end?
//!
//! An invented land mass of exactly one piece: it grows from its highest cell, always over the
//! highest neighbour, until it has the wanted size. The "height" is an ellipse with fractal
//! detail, cut by fjords. It has no likeness to a real coast.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::lattice::{Lattice, N_DIRECTIONS};
use super::noise::{Purpose, fractal, smooth};

/// Which cells of a lattice are land, and the cell from which the land grew.
pub(super) struct Land {
    pub(super) is_land: Vec<bool>,
    pub(super) peak: usize,
}

/// Land of `n_cells` cells in one piece (a few more where small lakes were filled).
///
/// Lakes of fewer than `smallest_lake` cells become land. The lattice must have at least twice as
/// many cells as the land.
pub(super) fn grow_land(
    lattice: &Lattice,
    seed: u64,
    n_cells: usize,
    smallest_lake: usize,
) -> Land {
    // Detail finer than two cells would only make dust.
    let octaves = ((lattice.columns as f64 / 4.0).log2().ceil() as u32).clamp(2, 9);
    let heights: Vec<f32> = (0..lattice.n_cells())
        .into_par_iter()
        .map(|cell| height(seed, lattice.place(cell), octaves) as f32)
        .collect();
    let (is_land, peak) = grow(lattice, &heights, n_cells);
    let is_land = fill_small_lakes(lattice, is_land, smallest_lake);
    Land { is_land, peak }
}

fn height(seed: u64, (x, y): (f64, f64), octaves: u32) -> f64 {
    // A longer and a shorter axis, turned, so that the land is no disc.
    let (along, across) = (0.9 * x + 0.45 * y, 0.9 * y - 0.45 * x);
    let from_middle = (along * along / 0.75 + across * across / 0.5).sqrt();
    let detail = fractal(seed, Purpose::Coast, (2.1 * x + 40.0, 2.1 * y + 40.0), octaves, 0.6);
    // Fjords follow the lines on which a slow noise is zero; they get shallower inland.
    let bend = 0.25 * smooth(seed, Purpose::Fjord, 5.0 * x, 5.0 * y);
    let line = smooth(seed, Purpose::Fjord, 1.7 * x + 9.0 + bend, 1.7 * y - 9.0 + bend).abs();
    let fjord = (1.0 - line / 0.11).max(0.0) * (from_middle - 0.15).clamp(0.0, 0.6);
    // The land must end before the map does, and not along its frame.
    let far_out = (x.hypot(y) - 0.7).max(0.0);
    0.8 - from_middle + 0.85 * detail - 1.5 * fjord - 3.0 * far_out
}

#[derive(PartialEq)]
struct Shore {
    height: f32,
    cell: u32,
}

impl Eq for Shore {}

impl Ord for Shore {
    fn cmp(&self, other: &Self) -> Ordering {
        self.height.total_cmp(&other.height).then(other.cell.cmp(&self.cell))
    }
}

impl PartialOrd for Shore {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn grow(lattice: &Lattice, heights: &[f32], n_cells: usize) -> (Vec<bool>, usize) {
    let peak = (0..heights.len())
        .filter(|&cell| !lattice.is_frame(cell))
        .max_by(|&a, &b| heights[a].total_cmp(&heights[b]).then(b.cmp(&a)))
        .expect("a lattice has cells inside its frame");
    let mut is_land = vec![false; heights.len()];
    let mut is_seen = vec![false; heights.len()];
    let mut shore = BinaryHeap::from([Shore { height: heights[peak], cell: peak as u32 }]);
    is_seen[peak] = true;
    for _ in 0..n_cells {
        let Some(Shore { cell, .. }) = shore.pop() else { break };
        let cell = cell as usize;
        is_land[cell] = true;
        for direction in 0..N_DIRECTIONS {
            let next = lattice.neighbour(cell, direction);
            if !is_seen[next] && !lattice.is_frame(next) {
                is_seen[next] = true;
                shore.push(Shore { height: heights[next], cell: next as u32 });
            }
        }
    }
    (is_land, peak)
}

fn fill_small_lakes(lattice: &Lattice, mut is_land: Vec<bool>, smallest_lake: usize) -> Vec<bool> {
    let mut is_seen = is_land.clone();
    let mut water = Vec::new();
    for start in 0..is_land.len() {
        if is_seen[start] || lattice.is_frame(start) {
            continue;
        }
        is_seen[start] = true;
        water.clear();
        water.push(start);
        let (mut at, mut is_sea) = (0, false);
        while let Some(&cell) = water.get(at) {
            at += 1;
            for direction in 0..N_DIRECTIONS {
                let next = lattice.neighbour(cell, direction);
                if lattice.is_frame(next) {
                    is_sea = true;
                } else if !is_seen[next] {
                    is_seen[next] = true;
                    water.push(next);
                }
            }
        }
        if !is_sea && water.len() < smallest_lake {
            for &cell in &water {
                is_land[cell] = true;
            }
        }
    }
    is_land
}
