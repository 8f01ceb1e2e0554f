//! What shape does a zone have?
//!
//! The outlines of sets of cells. Neighbours get the same numbers for the corners that they
//! share: a corner's place follows from the lattice and from the border that runs through it,
//! and never from the zone that asks. So the zones cover the land without gap or overlap.

use geo::{Coord, LineString, Polygon};
use rayon::prelude::*;

use super::lattice::{Lattice, N_DIRECTIONS};
use super::noise::{Purpose, signed};
use super::partition::SEA;

/// How far the middle of a side strays, as a share of the side's length.
const MIDPOINT_SHIFT: f64 = 0.13;

/// How often the zigzag of the hexagons is smoothed.
const N_SMOOTHINGS: usize = 2;

/// Whether a border gets an extra point in the middle of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    Corners,
    CornersAndMidpoints,
}

/// A corner on a ring; at a junction three zones (or two and the sea) meet, and it stays put.
#[derive(Debug, Clone, Copy)]
struct RingCorner {
    corner: u32,
    is_junction: bool,
}

/// One polygon for each zone, in metres rounded to centimetres: outer ring counter-clockwise,
/// holes (a lake, a zone within) clockwise.
pub(super) fn outlines(
    lattice: &Lattice,
    labels: &[u32],
    seed: u64,
    n_zones: usize,
    detail: Detail,
) -> Vec<Polygon<f64>> {
    let rings = trace(lattice, labels, n_zones);
    rings
        .into_par_iter()
        .map(|rings| {
            let mut shells: Vec<LineString<f64>> =
                rings.iter().map(|ring| draw(lattice, seed, ring, detail)).collect();
            let outer = shells
                .iter()
                .position(|ring| signed_area(ring) > 0.0)
                .expect("a zone of at least one cell has an outer ring");
            let shell = shells.remove(outer);
            Polygon::new(shell, shells)
        })
        .collect()
}

fn trace(lattice: &Lattice, labels: &[u32], n_zones: usize) -> Vec<Vec<Vec<RingCorner>>> {
    let mut rings: Vec<Vec<Vec<RingCorner>>> = vec![Vec::new(); n_zones];
    // One bit a direction: this side has been walked.
    let mut walked = vec![0_u8; labels.len()];
    for (cell, &zone) in labels.iter().enumerate() {
        if zone == SEA {
            continue;
        }
        for direction in 0..N_DIRECTIONS {
            let is_border = labels[lattice.neighbour(cell, direction)] != zone;
            if is_border && walked[cell] & (1 << direction) == 0 {
                let ring = walk(lattice, labels, &mut walked, (cell, direction));
                rings[zone as usize].push(ring);
            }
        }
    }
    rings
}

/// Walks along the border with the zone to the left until the first side comes again.
fn walk(
    lattice: &Lattice,
    labels: &[u32],
    walked: &mut [u8],
    start: (usize, usize),
) -> Vec<RingCorner> {
    let zone = labels[start.0];
    let mut ring = Vec::new();
    let (mut cell, mut direction) = start;
    loop {
        walked[cell] |= 1 << direction;
        let outside = labels[lattice.neighbour(cell, direction)];
        let turn = (direction + 1) % N_DIRECTIONS;
        let ahead = lattice.neighbour(cell, turn);
        // In the corner ahead meet this cell, the one outside and the one ahead.
        let corner = lattice.corner(cell, turn) as u32;
        let is_junction = labels[ahead] != zone && labels[ahead] != outside;
        ring.push(RingCorner { corner, is_junction });
        (cell, direction) =
            if labels[ahead] == zone { (ahead, (direction + 5) % 6) } else { (cell, turn) };
        if (cell, direction) == start {
            return ring;
        }
    }
}

fn draw(lattice: &Lattice, seed: u64, ring: &[RingCorner], detail: Detail) -> LineString<f64> {
    let n = ring.len();
    let mut places: Vec<(f64, f64)> =
        ring.iter().map(|at| lattice.corner_m(seed, at.corner as usize)).collect();
    for _ in 0..N_SMOOTHINGS {
        let before = places.clone();
        for idx in (0..n).filter(|&idx| !ring[idx].is_junction) {
            let (last, next) = (before[(idx + n - 1) % n], before[(idx + 1) % n]);
            // The sum of the two neighbours comes first: it is the same from either side.
            places[idx] = (
                0.5 * before[idx].0 + 0.25 * (last.0 + next.0),
                0.5 * before[idx].1 + 0.25 * (last.1 + next.1),
            );
        }
    }
    let mut coords = Vec::with_capacity(2 * n + 1);
    for idx in 0..n {
        coords.push(to_centimetres(places[idx]));
        if detail == Detail::CornersAndMidpoints {
            let next = (idx + 1) % n;
            let from = (ring[idx].corner, places[idx]);
            let to = (ring[next].corner, places[next]);
            coords.push(to_centimetres(midpoint(seed, from, to)));
        }
    }
    coords.push(coords[0]);
    LineString(coords)
}

/// The middle of a side, moved across it; the same whichever end is named first.
fn midpoint(seed: u64, a: (u32, (f64, f64)), b: (u32, (f64, f64))) -> (f64, f64) {
    let (a, b) = if a.0 < b.0 { (a, b) } else { (b, a) };
    // Two of the three sides at a corner have their ends in this order, and a northern corner is
    // even: the sum of the ends does not repeat within a neighbourhood.
    let key = (u64::from(a.0) << 32) | u64::from(b.0);
    let shift = MIDPOINT_SHIFT * signed(seed, Purpose::Edge, key);
    let (dx, dy) = (b.1.0 - a.1.0, b.1.1 - a.1.1);
    (0.5 * (a.1.0 + b.1.0) - shift * dy, 0.5 * (a.1.1 + b.1.1) + shift * dx)
}

fn to_centimetres((x, y): (f64, f64)) -> Coord<f64> {
    Coord { x: (x * 100.0).round() / 100.0, y: (y * 100.0).round() / 100.0 }
}

/// Half the sum over the sides, about the first corner so that large coordinates lose no digits.
fn signed_area(ring: &LineString<f64>) -> f64 {
    let origin = ring.0[0];
    let cross = |a: Coord<f64>, b: Coord<f64>| {
        (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
    };
    ring.0.windows(2).map(|side| cross(side[0], side[1])).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::synth::{CENTRE_M, KM2_PER_ZONE, SynthRequest, SyntheticCity, synthesise};

    fn city(areas: usize, seed: u64) -> SyntheticCity {
        synthesise(&SynthRequest { areas, years: 2024..=2024, seed, indicators: 0 }).unwrap()
    }

    /// Every directed side of every ring, in centimetres, with how often it occurs.
    fn sides(city: &SyntheticCity) -> BTreeMap<[i64; 4], usize> {
        let mut sides = BTreeMap::new();
        for zone in &city.zones {
            for ring in std::iter::once(zone.polygon.exterior()).chain(zone.polygon.interiors()) {
                assert_eq!(ring.0.first(), ring.0.last());
                for side in ring.0.windows(2) {
                    let ends = [side[0].x, side[0].y, side[1].x, side[1].y];
                    assert_ne!(side[0], side[1], "zone {} repeats a corner", zone.id);
                    *sides.entry(ends.map(|x| (x * 100.0).round() as i64)).or_default() += 1;
                }
            }
        }
        sides
    }

    fn area_m2(sides: impl Iterator<Item = [i64; 4]>) -> f64 {
        let (east, north) = (CENTRE_M.0 as i64 * 100, CENTRE_M.1 as i64 * 100);
        let doubled: i128 = sides
            .map(|[x1, y1, x2, y2]| {
                i128::from(x1 - east) * i128::from(y2 - north)
                    - i128::from(x2 - east) * i128::from(y1 - north)
            })
            .sum();
        doubled as f64 / 2e4
    }

    #[test]
    fn zones_cover_the_land_without_gap_or_overlap() {
        for (areas, seed) in [(51, 1), (51, 2), (400, 3)] {
            let city = city(areas, seed);
            let sides = sides(&city);
            assert!(sides.values().all(|&n| n == 1), "no side is walked twice the same way");
            let coast: Vec<[i64; 4]> = sides
                .keys()
                .filter(|&&[x1, y1, x2, y2]| !sides.contains_key(&[x2, y2, x1, y1]))
                .copied()
                .collect();
            assert!(!coast.is_empty());
            // What the coast encloses is the sum of the zones, so the inner sides cancel out.
            let all = area_m2(sides.keys().copied());
            assert!((area_m2(coast.into_iter()) - all).abs() < 0.01);
            assert!((all / 1e6 / (areas as f64 * KM2_PER_ZONE) - 1.0).abs() < 0.05);
        }
    }
}
