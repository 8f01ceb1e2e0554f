//! Where is a small cell, and who are its neighbours?
//!
//! A lattice of hexagons with a corner up, every other row half a cell to the east. Three cells
//! meet in each corner, never four, so that the outline of any set of cells is made of simple
//! rings which touch nowhere. Corners are numbered: each cell owns its northern one (`2 * cell`)
//! and its southern one (`2 * cell + 1`), and the other four belong to neighbours.

use super::noise::{Purpose, signed};

/// How far a corner may stray from its place, as a share of the length of a cell's side. Below
/// 0.25 two corners of one side cannot pass each other, and cells stay simple.
const CORNER_JITTER: f64 = 0.2;

/// The directions of the six neighbours, counter-clockwise from the east.
pub(super) const N_DIRECTIONS: usize = 6;

/// A rectangle of hexagonal cells, numbered row by row from the south-west.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lattice {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// The length of a cell's side in metres.
    pub(super) side_m: f64,
    /// Where the middle of the rectangle lies: easting and northing in metres.
    pub(super) centre_m: (f64, f64),
}

impl Lattice {
    /// A nearly square lattice with room for `n_cells` cells, each of this area in km².
    pub(super) fn with_room_for(n_cells: usize, cell_km2: f64, centre_m: (f64, f64)) -> Self {
        // A column is √3 sides wide and a row 1.5 sides high.
        let columns = (n_cells as f64 * 3_f64.sqrt() / 2.0).sqrt().ceil() as usize + 6;
        let rows = (columns as f64 * 2.0 / 3_f64.sqrt()).ceil() as usize;
        let side_m = (cell_km2 * 1e6 * 2.0 / (3.0 * 3_f64.sqrt())).sqrt();
        Self { columns, rows, side_m, centre_m }
    }

    pub(super) fn n_cells(&self) -> usize {
        self.columns * self.rows
    }

    /// Whether the cell is one of the outermost two, which have no six neighbours with corners.
    pub(super) fn is_frame(&self, cell: usize) -> bool {
        let (column, row) = (cell % self.columns, cell / self.columns);
        column < 2 || row < 2 || column + 2 >= self.columns || row + 2 >= self.rows
    }

    /// The neighbour in a direction (0 east, 1 north-east, …); for cells inside the frame.
    pub(super) fn neighbour(&self, cell: usize, direction: usize) -> usize {
        let odd = (cell / self.columns) % 2;
        match direction {
            0 => cell + 1,
            1 => cell + self.columns + odd,
            2 => cell + self.columns + odd - 1,
            3 => cell - 1,
            4 => cell + odd - self.columns - 1,
            _ => cell + odd - self.columns,
        }
    }

    /// The corner in which the side in a direction begins, counter-clockwise.
    pub(super) fn corner(&self, cell: usize, direction: usize) -> usize {
        match direction {
            0 => 2 * self.neighbour(cell, 5),
            1 => 2 * self.neighbour(cell, 1) + 1,
            2 => 2 * cell,
            3 => 2 * self.neighbour(cell, 2) + 1,
            4 => 2 * self.neighbour(cell, 4),
            _ => 2 * cell + 1,
        }
    }

    /// The middle of a cell, in sides of a cell from the south-western one.
    pub(super) fn middle(&self, cell: usize) -> (f64, f64) {
        let (column, row) = (cell % self.columns, cell / self.columns);
        (3_f64.sqrt() * (column as f64 + 0.5 * (row % 2) as f64), 1.5 * row as f64)
    }

    /// The middle of a cell as a place in a square of −1 to 1.
    pub(super) fn place(&self, cell: usize) -> (f64, f64) {
        let (x, y) = self.middle(cell);
        let (half_x, half_y) = self.half_extent();
        (x / half_x - 1.0, y / half_y - 1.0)
    }

    /// A corner in metres, a little off its regular place.
    pub(super) fn corner_m(&self, seed: u64, corner: usize) -> (f64, f64) {
        let (x, y) = self.middle(corner / 2);
        let y = if corner.is_multiple_of(2) { y + 1.0 } else { y - 1.0 };
        let jitter =
            |axis: u64| CORNER_JITTER * signed(seed, Purpose::Corner, 2 * corner as u64 + axis);
        let (half_x, half_y) = self.half_extent();
        (
            self.centre_m.0 + (x - half_x + jitter(0)) * self.side_m,
            self.centre_m.1 + (y - half_y + jitter(1)) * self.side_m,
        )
    }

    fn half_extent(&self) -> (f64, f64) {
        (3_f64.sqrt() * self.columns as f64 / 2.0, 0.75 * self.rows as f64)
    }
}
