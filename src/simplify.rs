//! How are outlines made simpler without gaps and overlaps?
//!
//! Each arc between nodes is simplified once, for both areas that share it; nodes stay. Where the
//! simpler lines would cross, or pass over a node or an island, the arcs concerned are simplified
//! less until they do not.

use geo::{Area, Coord, MultiPolygon};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::boundary::Crs;
use crate::crossing::{Segment, crossings};
use crate::topology::Topology;

/// Which points of a line matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Simplification {
    /// The point goes first whose triangle with its neighbours is smallest; a point weighs the
    /// square root of that triangle, in metres. Keeps the look of a line; cuts off narrow spits.
    ///
    /// Source: Visvalingam and Whyatt (1993), *Line generalisation by repeated elimination of
    /// points*, The Cartographic Journal 30.
    Visvalingam {},
    /// A point stays that is further from the simpler line than the tolerance. Keeps extremes, so
    /// that no point is further off than the tolerance; leaves spikes.
    ///
    /// Source: Douglas and Peucker (1973), *Algorithms for the reduction of the number of points*,
    /// Cartographica 10.
    DouglasPeucker {},
}

/// Outlines with the weight of each point, to be simplified to any tolerance.
#[derive(Debug, Clone)]
pub struct Simplifier {
    topology: Topology,
    /// One an arc: the largest tolerance in metres at which each point stays.
    weights: Vec<Vec<f64>>,
    /// Areas before, in the units of the coordinates.
    areas: Vec<f64>,
}

/// Simplified outlines.
#[derive(Debug, Clone, PartialEq)]
pub struct Simplified {
    /// One an area, in their order.
    pub shapes: Vec<MultiPolygon<f64>>,
    /// Points of all borders, each border once, before and after.
    pub n_points: (usize, usize),
    /// Borders that were simplified less, because they would have crossed others.
    pub n_held_back: usize,
    /// Pairs of lines that cross although nothing was simplified there: they did so before.
    pub n_crossings_left: usize,
    /// The change of each area's size as a share of it; NaN for an area of size zero.
    pub area_change: Vec<f64>,
}

impl Simplifier {
    /// Weighs the points of some areas' borders.
    ///
    /// Lengths are in metres; those of degrees are taken on a plane that touches the middle of the
    /// map, which is exact enough to tell which point matters. A border's points must be the same
    /// in both areas to be seen as shared.
    pub fn new(shapes: &[&MultiPolygon<f64>], crs: Crs, method: Simplification) -> Self {
        let topology = Topology::of(shapes);
        let metres = in_metres(topology.points(), crs);
        let weights = topology
            .arcs()
            .par_iter()
            .map(|arc| {
                let line: Vec<Coord<f64>> = arc.iter().map(|&at| metres[at as usize]).collect();
                match method {
                    Simplification::Visvalingam {} => visvalingam(&line),
                    Simplification::DouglasPeucker {} => douglas_peucker(&line),
                }
            })
            .collect();
        let areas = shapes.iter().map(|shape| shape.unsigned_area()).collect();
        Self { topology, weights, areas }
    }

    /// The tolerance in metres that keeps about this share of the points between nodes.
    pub fn tolerance_for(&self, share: f64) -> f64 {
        let mut inner: Vec<f64> =
            self.weights.iter().flatten().copied().filter(|weight| weight.is_finite()).collect();
        inner.sort_by(f64::total_cmp);
        let n_gone = ((1.0 - share.clamp(0.0, 1.0)) * inner.len() as f64).round() as usize;
        match n_gone {
            0 => 0.0,
            n => inner[n - 1],
        }
    }

    /// The outlines without the points that weigh no more than `tolerance_m`.
    ///
    /// Nodes stay, and three points of every island. No two borders cross that did not before.
    pub fn at(&self, tolerance_m: f64) -> Simplified {
        let n_arcs = self.topology.arcs().len();
        let mut tolerances = vec![tolerance_m; n_arcs];
        let mut n_crossings_left = 0;
        // Halved so often that it is below any coordinate's last bit, a tolerance becomes 0.
        const LEAST: f64 = 1e-9;
        let arcs = loop {
            let arcs: Vec<Vec<u32>> =
                (0..n_arcs).into_par_iter().map(|arc| self.kept(arc, tolerances[arc])).collect();
            let wrong = self.conflicts(&arcs);
            let mut moved = false;
            for &arc in &wrong {
                let own = &mut tolerances[arc];
                // Nothing is changed until a point comes back.
                while *own > 0.0 && self.kept(arc, *own) == arcs[arc] {
                    *own = if *own / 2.0 < tolerance_m * LEAST { 0.0 } else { *own / 2.0 };
                    moved = true;
                }
            }
            if !moved {
                n_crossings_left += wrong.len();
                break arcs;
            }
        };
        let shapes = self.topology.rebuilt(&arcs);
        let change = |(shape, before): (&MultiPolygon<f64>, &f64)| match *before > 0.0 {
            true => shape.unsigned_area() / before - 1.0,
            false => f64::NAN,
        };
        let count = |arcs: &[Vec<u32>]| arcs.iter().map(|arc| arc.len() - 1).sum();
        Simplified {
            n_points: (count(self.topology.arcs()), count(&arcs)),
            n_held_back: tolerances.iter().filter(|&&own| own < tolerance_m).count(),
            n_crossings_left,
            area_change: shapes.iter().zip(&self.areas).map(change).collect(),
            shapes,
        }
    }

    fn kept(&self, arc: usize, tolerance: f64) -> Vec<u32> {
        let points = self.topology.arcs()[arc].iter().zip(&self.weights[arc]);
        points.filter(|(_, weight)| **weight > tolerance).map(|(&point, _)| point).collect()
    }

    /// The arcs that cross another one, or that have passed over a node or an island.
    fn conflicts(&self, arcs: &[Vec<u32>]) -> Vec<usize> {
        let points = self.topology.points();
        let mut segments: Vec<Segment> = Vec::new();
        let mut owners: Vec<u32> = Vec::new();
        for (at, arc) in arcs.iter().enumerate() {
            segments.extend(arc.windows(2).map(|pair| (pair[0], pair[1])));
            owners.resize(segments.len(), at as u32);
        }
        let mut wrong: Vec<usize> = crossings(points, &segments)
            .into_iter()
            .flat_map(|(a, b)| [owners[a as usize] as usize, owners[b as usize] as usize])
            .collect();
        wrong.extend(self.passed_over(arcs));
        wrong.sort_unstable();
        wrong.dedup();
        wrong
    }

    /// Arcs between whose old and new line lies a node or a point of an island.
    fn passed_over(&self, arcs: &[Vec<u32>]) -> Vec<usize> {
        let points = self.topology.points();
        let mut marks: Vec<u32> = Vec::new();
        for arc in self.topology.arcs() {
            marks.push(arc[0]);
            marks.push(arc[arc.len() - 1]);
        }
        marks.sort_unstable();
        marks.dedup();
        marks.sort_by(|&a, &b| points[a as usize].x.total_cmp(&points[b as usize].x));
        let old = self.topology.arcs();
        (0..arcs.len())
            .into_par_iter()
            .filter(|&arc| arcs[arc].len() < old[arc].len())
            .filter(|&arc| {
                // The old line there and the new one back enclose what was passed over.
                let back = arcs[arc].iter().rev();
                let round: Vec<Coord<f64>> =
                    old[arc].iter().chain(back).map(|&at| points[at as usize]).collect();
                let low = round.iter().fold(f64::INFINITY, |low, point| low.min(point.x));
                let high = round.iter().fold(f64::NEG_INFINITY, |high, point| high.max(point.x));
                let bottom = round.iter().fold(f64::INFINITY, |low, point| low.min(point.y));
                let top = round.iter().fold(f64::NEG_INFINITY, |high, point| high.max(point.y));
                let from = marks.partition_point(|&mark| points[mark as usize].x < low);
                marks[from..]
                    .iter()
                    .map(|&mark| (mark, points[mark as usize]))
                    .take_while(|(_, point)| point.x <= high)
                    .filter(|(_, point)| (bottom..=top).contains(&point.y))
                    // Its own ends lie on both lines.
                    .filter(|(mark, _)| *mark != old[arc][0] && old[arc].last() != Some(mark))
                    .any(|(_, point)| crate::repair::encloses(&round, point))
            })
            .collect()
    }
}

/// The points in metres: as they are, or on a plane that touches the middle of the map.
fn in_metres(points: &[Coord<f64>], crs: Crs) -> Vec<Coord<f64>> {
    /// A degree of latitude in metres, on a sphere of the Earth's mean radius (6,371,008.8 m).
    const DEGREE_M: f64 = 111_195.08;
    if !crs.is_degrees() {
        return points.to_vec();
    }
    let (low, high) =
        points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
            (low.min(point.y), high.max(point.y))
        });
    let across = DEGREE_M * ((low + high) / 2.0).to_radians().cos();
    points.iter().map(|point| Coord { x: point.x * across, y: point.y * DEGREE_M }).collect()
}

/// How many points of a ring stay at least, beside the one that closes it.
const LEAST_OF_RING: usize = 3;

/// The square root of each point's triangle when its turn comes, never below an earlier one's;
/// infinite for the ends.
fn visvalingam(line: &[Coord<f64>]) -> Vec<f64> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    let n = line.len();
    let mut weights = vec![f64::INFINITY; n];
    let triangle = |a: usize, b: usize, c: usize| {
        let (u, v) = (line[b] - line[a], line[c] - line[a]);
        (u.x * v.y - u.y * v.x).abs() / 2.0
    };
    let mut before: Vec<usize> = (0..n).map(|at| at.saturating_sub(1)).collect();
    let mut after: Vec<usize> = (0..n).map(|at| at + 1).collect();
    let mut now = vec![f64::INFINITY; n];
    // Areas are never negative, so their bits are in their order.
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> = (1..n.saturating_sub(1))
        .map(|at| {
            now[at] = triangle(at - 1, at, at + 1);
            Reverse((now[at].to_bits(), at))
        })
        .collect();
    let is_ring = n > 2 && line[0] == line[n - 1];
    let mut n_left = n - 1;
    let mut most: f64 = 0.0;
    while let Some(Reverse((bits, at))) = heap.pop() {
        if bits != now[at].to_bits() || weights[at].is_finite() {
            continue;
        }
        if is_ring && n_left <= LEAST_OF_RING {
            break;
        }
        most = most.max(now[at]);
        weights[at] = most.sqrt();
        n_left -= 1;
        let (left, right) = (before[at], after[at]);
        (after[left], before[right]) = (right, left);
        for (place, is_end) in [(left, left == 0), (right, right == n - 1)] {
            if !is_end {
                now[place] = triangle(before[place], place, after[place]);
                heap.push(Reverse((now[place].to_bits(), place)));
            }
        }
    }
    weights
}

/// The distance of each point from the line of its part, never above that of the part's parent;
/// infinite for the ends.
fn douglas_peucker(line: &[Coord<f64>]) -> Vec<f64> {
    let n = line.len();
    let mut weights = vec![f64::INFINITY; n];
    let distance = |point: Coord<f64>, a: Coord<f64>, b: Coord<f64>| {
        let (way, off) = (b - a, point - a);
        let square = way.x * way.x + way.y * way.y;
        let share = if square > 0.0 {
            ((off.x * way.x + off.y * way.y) / square).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (off.x - share * way.x).hypot(off.y - share * way.y)
    };
    let mut parts = vec![(0, n - 1, f64::INFINITY)];
    while let Some((from, to, limit)) = parts.pop() {
        let Some((at, far)) = (from + 1..to)
            .map(|at| (at, distance(line[at], line[from], line[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        else {
            continue;
        };
        weights[at] = far.min(limit);
        parts.push((from, at, weights[at]));
        parts.push((at, to, weights[at]));
    }
    // The last points of a ring stay, so that it encloses something.
    if n > 2 && line[0] == line[n - 1] {
        let mut inner: Vec<usize> = (1..n - 1).collect();
        inner.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]).then(a.cmp(&b)));
        inner.iter().take(LEAST_OF_RING - 1).for_each(|&at| weights[at] = f64::INFINITY);
    }
    weights
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;
    use crate::repair::fault;

    const METHODS: [Simplification; 2] =
        [Simplification::Visvalingam {}, Simplification::DouglasPeucker {}];

    fn metres() -> Crs {
        Crs::from_epsg(25833).unwrap()
    }

    #[test]
    fn a_shared_border_stays_shared_and_nodes_stay() {
        let a: MultiPolygon<f64> = polygon![(x: 0., y: 0.), (x: 10., y: 0.), (x: 10.5, y: 5.), (x: 10., y: 10.), (x: 0., y: 10.)].into();
        let b: MultiPolygon<f64> = polygon![(x: 10., y: 0.), (x: 20., y: 0.), (x: 20., y: 10.), (x: 10., y: 10.), (x: 10.5, y: 5.)].into();
        for method in METHODS {
            let done = Simplifier::new(&[&a, &b], metres(), method).at(2.0);
            let total: f64 = done.shapes.iter().map(Area::unsigned_area).sum();
            assert!((total - 200.0).abs() < 1e-9, "{method:?}: {total}");
            assert_eq!(done.shapes[0].unsigned_area(), 100.0);
            assert!((done.area_change[0] + 2.5 / 102.5).abs() < 1e-12);
        }
    }

    #[test]
    fn an_island_keeps_three_points_and_its_hole_is_the_same() {
        let ring: Vec<(f64, f64)> = (0..60)
            .map(|k| f64::from(k) * std::f64::consts::TAU / 60.0)
            .map(|angle| (50.0 + angle.cos(), 30.0 + angle.sin()))
            .collect();
        let island = MultiPolygon(vec![geo::Polygon::new(ring.clone().into(), vec![])]);
        // An outline that cannot be made simpler, and so cannot pass over the island.
        let outline = [(0., 0.), (100., 0.), (50., 100.)];
        let hole: Vec<(f64, f64)> = ring.into_iter().rev().collect();
        let sea = MultiPolygon(vec![geo::Polygon::new(outline.to_vec().into(), vec![hole.into()])]);
        for method in METHODS {
            let done = Simplifier::new(&[&island, &sea], metres(), method).at(1e6);
            assert_eq!(done.shapes[0].0[0].exterior().0.len(), 4, "{method:?}");
            assert_eq!(done.shapes[1].0[0].interiors().len(), 1);
            assert!(fault(&done.shapes[0]).is_none() && fault(&done.shapes[1]).is_none());
            let both: f64 = done.shapes.iter().map(Area::unsigned_area).sum();
            let outline = done.shapes[1].0[0].exterior().clone();
            let whole = geo::Polygon::new(outline, vec![]).unsigned_area();
            assert!((both - whole).abs() < 1e-6, "{method:?}: {both} of {whole}");
        }
    }

    #[test]
    fn a_border_does_not_pass_over_an_island_beside_it() {
        // A bay with an island in it; without the island the bay would be cut off.
        let land: MultiPolygon<f64> = polygon![(x: 0., y: 0.), (x: 40., y: 0.), (x: 50., y: 30.), (x: 60., y: 0.), (x: 100., y: 0.), (x: 100., y: 100.), (x: 0., y: 100.)].into();
        let island: MultiPolygon<f64> =
            polygon![(x: 49., y: 5.), (x: 51., y: 5.), (x: 50., y: 7.)].into();
        for method in METHODS {
            let alone = Simplifier::new(&[&land], metres(), method).at(35.0);
            let both = Simplifier::new(&[&land, &island], metres(), method).at(35.0);
            assert!(alone.n_points.1 < both.n_points.1, "{method:?}");
            assert!(both.n_held_back > 0 && both.n_crossings_left == 0);
        }
    }

    #[test]
    fn douglas_peucker_keeps_every_point_that_is_further_off() {
        let line = [(0., 0.), (1., 0.4), (2., 0.), (3., 2.), (4., 0.)].map(|(x, y)| Coord { x, y });
        let weights = douglas_peucker(&line);
        assert_eq!(weights[3], 2.0);
        assert!(weights[1] < 1.0 && weights[0].is_infinite() && weights[4].is_infinite());
        let weights = visvalingam(&line);
        assert!(weights[1] < weights[3]);
    }
}
