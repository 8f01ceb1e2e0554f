//! Where do areas meet?
//!
//! Rings are cut into arcs at nodes, the points where more than two lines meet or a border gets
//! another neighbour; a border that two areas share is one arc that both name. Borders are shared
//! where their points are the same to the last bit. Source of the cutting rule: Bostock (2013),
//! *How to infer topology*.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::same_point::{self, Same, rings_of};

/// An arc, walked from its first point or from its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArcRef {
    /// The place of the arc in [`Topology::arcs`].
    pub arc: u32,
    /// Whether it is walked from its last point.
    pub reversed: bool,
}

impl ArcRef {
    /// TopoJSON's number: `!arc` where it is walked from its last point.
    pub fn signed(self) -> i64 {
        if self.reversed { !i64::from(self.arc) } else { i64::from(self.arc) }
    }

    /// The same arc the other way.
    pub fn turned(self) -> Self {
        Self { reversed: !self.reversed, ..self }
    }
}

/// The rings of an area's polygons by their arcs; the first ring of a polygon is its shell.
pub type AreaArcs = Vec<Vec<Vec<ArcRef>>>;

/// A map of areas as points, arcs and rings of arcs.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    points: Vec<Coord<f64>>,
    arcs: Vec<Vec<u32>>,
    areas: Vec<AreaArcs>,
    is_node: Vec<bool>,
}

/// Mixes a few words into one; quick, and the keys are no one's to choose.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u64(&mut self, x: u64) {
        let mixed = (self.0.rotate_left(23) ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_u32(&mut self, x: u32) {
        self.write_u64(u64::from(x));
    }
}

type Quick<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

impl Topology {
    /// The arcs of these areas, in their order.
    ///
    /// # Panics
    ///
    /// For more than two thousand million points.
    pub fn of(shapes: &[&MultiPolygon<f64>]) -> Self {
        let (points, rings) = numbered(shapes);
        let is_node = nodes(points.len(), &rings);
        let mut cutter = Cutter { is_node: &is_node, arcs: Vec::new(), known: Quick::default() };
        let areas = rings
            .iter()
            .map(|area| {
                let polygon = |rings: &Vec<Vec<u32>>| {
                    rings.iter().map(|ring| cutter.cut(ring)).collect::<Vec<_>>()
                };
                area.iter().map(polygon).collect()
            })
            .collect();
        let arcs = cutter.arcs;
        Self { points, arcs, areas, is_node }
    }

    /// All points, each once.
    pub fn points(&self) -> &[Coord<f64>] {
        &self.points
    }

    /// The arcs, by the places of their points; a ring without a node begins and ends with the
    /// same point.
    pub fn arcs(&self) -> &[Vec<u32>] {
        &self.arcs
    }

    /// The rings of each area.
    pub fn areas(&self) -> &[AreaArcs] {
        &self.areas
    }

    /// Whether arcs end at this point, for each point.
    pub fn is_node(&self) -> &[bool] {
        &self.is_node
    }

    /// The areas again, from other arcs with the same ends.
    pub fn rebuilt(&self, arcs: &[Vec<u32>]) -> Vec<MultiPolygon<f64>> {
        let ring = |refs: &Vec<ArcRef>| self.ring(refs, arcs);
        let polygon = |rings: &Vec<Vec<ArcRef>>| {
            let mut rings = rings.iter().map(ring);
            let shell = rings.next().unwrap_or_else(|| LineString(Vec::new()));
            Polygon::new(shell, rings.collect())
        };
        let area = |area: &AreaArcs| MultiPolygon(area.iter().map(polygon).collect());
        self.areas.iter().map(area).collect()
    }

    /// The points of arcs one after the other, closed.
    pub fn ring(&self, refs: &[ArcRef], arcs: &[Vec<u32>]) -> LineString<f64> {
        let mut points: Vec<Coord<f64>> = Vec::new();
        let point = |&at: &u32| self.points[at as usize];
        for arc_ref in refs {
            points.pop();
            let arc = &arcs[arc_ref.arc as usize];
            if arc_ref.reversed {
                points.extend(arc.iter().rev().map(point));
            } else {
                points.extend(arc.iter().map(point));
            }
        }
        LineString(points)
    }

    /// The first and the last point of an arc as it is walked.
    pub fn ends(&self, arc_ref: ArcRef) -> (u32, u32) {
        let arc = &self.arcs[arc_ref.arc as usize];
        let (first, last) = (arc[0], arc[arc.len() - 1]);
        if arc_ref.reversed { (last, first) } else { (first, last) }
    }
}

/// Areas, polygons, rings, points without the closing one.
type Rings = Vec<Vec<Vec<Vec<u32>>>>;

/// Points in the order in which rings first pass them.
fn numbered(shapes: &[&MultiPolygon<f64>]) -> (Vec<Coord<f64>>, Rings) {
    const UNSEEN: u32 = u32::MAX;
    let lines = same_point::Rings::of(shapes.iter().flat_map(|shape| rings_of(shape)));
    let same = Same::of(&lines);
    let mut numbers = vec![UNSEEN; lines.n_points()];
    let mut points: Vec<Coord<f64>> = Vec::new();
    let mut ring = |ring: &same_point::Ring<'_>| -> Vec<u32> {
        let number = |(at, &point): (usize, &Coord<f64>)| {
            let number = &mut numbers[same.head(ring.first + at as u32) as usize];
            if *number == UNSEEN {
                *number = points.len() as u32;
                points.push(point);
            }
            *number
        };
        ring.points.iter().enumerate().map(number).collect()
    };
    let mut rest = lines.list().iter();
    let mut polygon = |polygon: &Polygon<f64>| -> Vec<Vec<u32>> {
        rest.by_ref().take(1 + polygon.interiors().len()).map(&mut ring).collect()
    };
    let rings = shapes.iter().map(|shape| shape.0.iter().map(&mut polygon).collect()).collect();
    (points, rings)
}

/// A point is a node where it has not the same two neighbours each time that a ring passes.
fn nodes(n_points: usize, rings: &Rings) -> Vec<bool> {
    const UNSEEN: (u32, u32) = (u32::MAX, u32::MAX);
    let mut neighbours = vec![UNSEEN; n_points];
    let mut is_node = vec![false; n_points];
    for ring in rings.iter().flatten().flatten() {
        let n = ring.len();
        for at in 0..n {
            let (a, b) = (ring[(at + n - 1) % n], ring[(at + 1) % n]);
            let pair = (a.min(b), a.max(b));
            let place = ring[at] as usize;
            if neighbours[place] == UNSEEN {
                neighbours[place] = pair;
            } else if neighbours[place] != pair {
                is_node[place] = true;
            }
        }
    }
    is_node
}

struct Cutter<'a> {
    is_node: &'a [bool],
    arcs: Vec<Vec<u32>>,
    /// Arcs by their first step: between nodes there is one way on.
    known: Quick<(u32, u32), ArcRef>,
}

impl Cutter<'_> {
    fn cut(&mut self, ring: &[u32]) -> Vec<ArcRef> {
        let n = ring.len();
        let is_node = |at: usize| self.is_node[ring[at % n] as usize];
        let Some(start) = (0..n).find(|&at| is_node(at)) else {
            // The same ring in two areas begins at the same point.
            let start = (0..n).min_by_key(|&at| ring[at]).unwrap_or(0);
            return match n {
                0 => Vec::new(),
                _ => vec![self.arc((0..=n).map(|step| ring[(start + step) % n]).collect())],
            };
        };
        let mut refs = Vec::new();
        let mut arc = vec![ring[start]];
        for step in 1..=n {
            let point = ring[(start + step) % n];
            arc.push(point);
            if self.is_node[point as usize] {
                refs.push(self.arc(std::mem::replace(&mut arc, vec![point])));
            }
        }
        refs
    }

    fn arc(&mut self, points: Vec<u32>) -> ArcRef {
        let n = points.len();
        let first = (points[0], points[1]);
        if let Some(&known) = self.known.get(&first) {
            return known;
        }
        let arc = u32::try_from(self.arcs.len()).expect("fewer arcs than points");
        self.known.insert(first, ArcRef { arc, reversed: false });
        self.known.entry((points[n - 1], points[n - 2])).or_insert(ArcRef { arc, reversed: true });
        self.arcs.push(points);
        ArcRef { arc, reversed: false }
    }
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn a_shared_border_is_one_arc_and_the_areas_come_back() {
        let (a, b) = (
            polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1.1, y: 0.5), (x: 1., y: 1.), (x: 0., y: 1.)],
            polygon![(x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 1.), (x: 1., y: 1.), (x: 1.1, y: 0.5)],
        );
        let shapes = [MultiPolygon(vec![a]), MultiPolygon(vec![b])];
        let topology = Topology::of(&shapes.iter().collect::<Vec<_>>());
        assert_eq!(topology.arcs().len(), 3);
        assert_eq!(topology.is_node().iter().filter(|is_node| **is_node).count(), 2);
        let shared = |area: usize| topology.areas()[area][0][0].clone();
        let both = shared(0).iter().filter(|arc| shared(1).contains(&arc.turned())).count();
        assert_eq!(both, 1);
        for (before, after) in shapes.iter().zip(topology.rebuilt(topology.arcs())) {
            use geo::Area;
            assert_eq!(before.signed_area(), after.signed_area());
        }
    }

    #[test]
    fn an_island_and_the_hole_that_it_fills_are_one_arc() {
        let island = polygon![(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)];
        let around = polygon!(
            exterior: [(x: 0., y: 0.), (x: 3., y: 0.), (x: 3., y: 3.), (x: 0., y: 3.)],
            interiors: [[(x: 2., y: 2.), (x: 2., y: 1.), (x: 1., y: 1.), (x: 1., y: 2.)]],
        );
        let shapes = [MultiPolygon(vec![around]), MultiPolygon(vec![island])];
        let topology = Topology::of(&shapes.iter().collect::<Vec<_>>());
        assert_eq!(topology.arcs().len(), 2);
        assert_eq!(topology.areas()[1][0][0], [topology.areas()[0][0][1][0].turned()]);
    }
}
