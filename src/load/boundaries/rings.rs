//! Which polygons does a geometry hold, with sound rings?

use geo::{Coord, LineString, Polygon};

use super::geojson::{Coordinates, Geometry};

/// The polygons of one feature, and what was left out.
#[derive(Default)]
pub(super) struct Found {
    pub(super) polygons: Vec<Polygon<f64>>,
    /// Rings of fewer than three points.
    pub(super) n_short_rings: usize,
    /// Kinds of geometry that are no polygons.
    pub(super) other_kinds: Vec<String>,
}

/// All polygons of a geometry: rings closed, shells counter-clockwise, holes clockwise.
pub(super) fn polygons(geometry: Geometry) -> Found {
    let mut found = Found::default();
    gather(geometry, &mut found);
    found
}

fn gather(geometry: Geometry, found: &mut Found) {
    let Geometry { kind, coordinates, geometries } = geometry;
    match (kind.as_str(), coordinates) {
        ("Polygon", Some(Coordinates::Rings(rings))) => add(rings, found),
        ("MultiPolygon", Some(Coordinates::Polygons(polygons))) => {
            polygons.into_iter().for_each(|rings| add(rings, found));
        }
        ("GeometryCollection", _) => {
            geometries.into_iter().flatten().for_each(|part| gather(part, found));
        }
        // An empty polygon, or one whose depth is wrong, leaves the area without a shape, which
        // a notice tells.
        ("Polygon" | "MultiPolygon", _) => {}
        _ => found.other_kinds.push(kind),
    }
}

fn add(rings: Vec<Vec<Coord<f64>>>, found: &mut Found) {
    let mut rings = rings.into_iter();
    let Some(shell) = rings.next().and_then(|ring| sound(ring, Turn::Left)) else {
        found.n_short_rings += 1;
        return;
    };
    let mut holes = Vec::new();
    for hole in rings {
        match sound(hole, Turn::Right) {
            Some(hole) => holes.push(hole),
            None => found.n_short_rings += 1,
        }
    }
    found.polygons.push(Polygon::new(shell, holes));
}

/// Which way a ring runs: shells to the left, holes to the right (RFC 7946, section 3.1.6).
#[derive(PartialEq)]
enum Turn {
    Left,
    Right,
}

/// The ring without repeated points, closed and running as asked; `None` for fewer than three
/// points, which enclose nothing.
fn sound(mut ring: Vec<Coord<f64>>, turn: Turn) -> Option<LineString<f64>> {
    ring.dedup();
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if ring.len() < 3 {
        return None;
    }
    let area = doubled_area(&ring);
    if (turn == Turn::Left && area < 0.0) || (turn == Turn::Right && area > 0.0) {
        // The first point stays the first.
        ring[1..].reverse();
    }
    ring.push(ring[0]);
    Some(LineString(ring))
}

/// Twice the signed area of an open ring; above zero where it runs counter-clockwise.
fn doubled_area(ring: &[Coord<f64>]) -> f64 {
    // Measured from the first point, so that large eastings do not eat the small differences.
    let origin = ring[0];
    ring.windows(2)
        .map(|pair| {
            let (a, b) = (pair[0] - origin, pair[1] - origin);
            a.x * b.y - a.y * b.x
        })
        .sum()
}
