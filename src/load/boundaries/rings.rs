//! Which polygons does a geometry hold, with sound rings?
//!
//! Rings are closed, turned, rid of repeated points, and left out where they enclose nothing.
//! Each of these is counted, so that a notice can name the area.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LineString, Polygon};

use super::feature::{RawGeometry, Ring, Shells};

/// The polygons of one feature, and what was mended or left out.
#[derive(Default)]
pub(super) struct Found {
    pub(super) polygons: Vec<Polygon<f64>>,
    /// Rings of fewer than three points.
    pub(super) n_short: usize,
    /// Rings whose points lie on one line, so that they enclose nothing.
    pub(super) n_flat: usize,
    /// Rings whose last point was not their first.
    pub(super) n_open: usize,
    /// Rings that ran the other way than their format asks.
    pub(super) n_turned: usize,
    /// Points that stood twice in a row.
    pub(super) n_repeated: usize,
}

/// All polygons of a geometry: rings closed, shells counter-clockwise, holes clockwise.
pub(super) fn polygons(geometry: RawGeometry, shells: Shells) -> Found {
    let mut found = Found::default();
    for rings in geometry.polygons {
        let mut rings = rings.into_iter();
        let Some(shell) = rings.next().and_then(|ring| found.sound(ring, Turn::Left, shells))
        else {
            continue;
        };
        let holes = rings.filter_map(|hole| found.sound(hole, Turn::Right, shells)).collect();
        found.polygons.push(Polygon::new(shell, holes));
    }
    found
}

/// Which way a ring runs: shells to the left, holes to the right (RFC 7946, section 3.1.6).
#[derive(PartialEq)]
enum Turn {
    Left,
    Right,
}

impl Found {
    /// The ring without repeated points, closed and running as asked; `None` for one that
    /// encloses nothing.
    fn sound(&mut self, mut ring: Ring, turn: Turn, shells: Shells) -> Option<LineString<f64>> {
        let n = ring.len();
        ring.dedup();
        self.n_repeated += n - ring.len();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        } else {
            self.n_open += 1;
        }
        if ring.len() < 3 {
            self.n_short += 1;
            return None;
        }
        // A ring that crosses itself may have an area of 0 too, and encloses something all the same.
        let off_line = |&point: &Coord<f64>| {
            RobustKernel::orient2d(ring[0], ring[1], point) != Orientation::Collinear
        };
        if !ring.iter().any(off_line) {
            self.n_flat += 1;
            return None;
        }
        let area = doubled_area(&ring);
        if (turn == Turn::Left && area < 0.0) || (turn == Turn::Right && area > 0.0) {
            // The first point stays the first.
            ring[1..].reverse();
            self.n_turned += usize::from(shells == Shells::CounterClockwise);
        }
        ring.push(ring[0]);
        // Points are most of the memory, and a ring grown by reading may have room for twice as
        // many.
        ring.shrink_to_fit();
        Some(LineString(ring))
    }
}

/// Twice the signed area of an open ring; above zero where it runs counter-clockwise.
pub(super) fn doubled_area(ring: &[Coord<f64>]) -> f64 {
    // Measured from the first point, so that large eastings do not eat the small differences.
    let origin = ring[0];
    ring.windows(2)
        .map(|pair| {
            let (a, b) = (pair[0] - origin, pair[1] - origin);
            a.x * b.y - a.y * b.x
        })
        .sum()
}
