//! How is a polygon made valid that crosses itself?
//!
//! A valid area has rings that neither cross nor run over each other, and parts that lie beside
//! each other. What is not so is overlaid with itself: inside is what an odd number of the part's
//! rings enclose, and parts that overlap become one. Valid areas are left as they are, to the bit.

use geo::bool_ops::{BooleanOps, FillRule, unary_union};
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::orient::{Direction, Orient};
use geo::{BoundingRect, Coord, CoordsIter, MultiPolygon, Polygon};

use crate::crossing::{Segment, crossings};
use crate::topology::Topology;

/// What was wrong with an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A ring crosses, touches or runs over itself or another ring of the area.
    Crossing,
    /// A part lies inside another part.
    Nested,
}

/// Rings of up to so many points are looked at without a topology first.
const QUICK: usize = 500;

/// The first fault of an area, if it has one. A hole may touch its shell in a point.
pub fn fault(polygons: &MultiPolygon<f64>) -> Option<Fault> {
    if let [one] = polygons.0.as_slice()
        && one.interiors().is_empty()
        && one.exterior().0.len() <= QUICK
        && is_simple(&one.exterior().0)
    {
        return None;
    }
    fault_by_topology(polygons)
}

/// Whether the sides of a closed ring meet in nothing but the end of one and the beginning of the
/// next. Quick for rings of some hundred points, which most areas are.
fn is_simple(ring: &[Coord<f64>]) -> bool {
    let n = ring.len().saturating_sub(1);
    let side = |at: usize| (ring[at], ring[at + 1]);
    let turn = |a, b, c| RobustKernel::orient2d(a, b, c);
    let mut by_x: Vec<(f64, f64, u32)> = (0..n)
        .map(|at| {
            let (a, b) = side(at);
            (a.x.min(b.x), a.x.max(b.x), at as u32)
        })
        .collect();
    by_x.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    for (place, &(_, until, one)) in by_x.iter().enumerate() {
        let (a, b) = side(one as usize);
        let (low, high) = (a.y.min(b.y), a.y.max(b.y));
        for &(_, _, other) in by_x[place + 1..].iter().take_while(|other| other.0 <= until) {
            let (c, d) = side(other as usize);
            if c.y.min(d.y) > high || c.y.max(d.y) < low {
                continue;
            }
            let meets = if (other + 1) % n as u32 == one {
                goes_back(c, d, b)
            } else if (one + 1) % n as u32 == other {
                goes_back(a, b, d)
            } else {
                let sides = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
                (sides.0 != sides.1 && sides.2 != sides.3)
                    || (sides.0 == Orientation::Collinear && sides.1 == Orientation::Collinear)
            };
            if meets {
                return false;
            }
        }
    }
    true
}

/// Whether a line from `a` to `b` turns round there and runs over itself to `c`.
fn goes_back(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> bool {
    let (u, v) = (a - b, c - b);
    u.x * v.x + u.y * v.y > 0.0 && RobustKernel::orient2d(a, b, c) == Orientation::Collinear
}

/// The same for areas of several rings, by what their lines share.
fn fault_by_topology(polygons: &MultiPolygon<f64>) -> Option<Fault> {
    let topology = Topology::of(&[polygons]);
    let segments: Vec<Segment> = topology
        .arcs()
        .iter()
        .flat_map(|arc| arc.windows(2).map(|pair| (pair[0], pair[1])))
        .collect();
    let rings = || topology.areas()[0].iter().flatten();
    // An arc that is named twice is a border that the area has on both sides.
    let mut uses = vec![0_u32; topology.arcs().len()];
    rings().flatten().for_each(|arc_ref| uses[arc_ref.arc as usize] += 1);
    let twice = |ring: &Vec<crate::topology::ArcRef>| {
        let mut starts: Vec<u32> = ring.iter().map(|&arc| topology.ends(arc).0).collect();
        starts.sort_unstable();
        starts.windows(2).any(|pair| pair[0] == pair[1])
    };
    if uses.iter().any(|&n| n > 1)
        || rings().any(twice)
        || !crossings(topology.points(), &segments).is_empty()
    {
        return Some(Fault::Crossing);
    }
    is_nested(&polygons.0).then_some(Fault::Nested)
}

/// Whether a part lies inside another; their rings do not cross.
fn is_nested(parts: &[Polygon<f64>]) -> bool {
    let boxes: Vec<_> = parts.iter().map(BoundingRect::bounding_rect).collect();
    let within = |inner: usize, outer: usize| {
        let (Some(a), Some(b)) = (boxes[inner], boxes[outer]) else { return false };
        let boxed = a.min().x >= b.min().x
            && a.min().y >= b.min().y
            && a.max().x <= b.max().x
            && a.max().y <= b.max().y;
        boxed && holds(&parts[outer], middle(&parts[inner]))
    };
    (0..parts.len())
        .any(|inner| (0..parts.len()).any(|outer| inner != outer && within(inner, outer)))
}

/// The middle of the first segment: no point where rings may touch.
fn middle(polygon: &Polygon<f64>) -> Coord<f64> {
    match polygon.exterior().0.as_slice() {
        [a, b, ..] => (*a + *b) / 2.0,
        _ => Coord { x: f64::NAN, y: f64::NAN },
    }
}

fn holds(polygon: &Polygon<f64>, point: Coord<f64>) -> bool {
    encloses(&polygon.exterior().0, point)
        && !polygon.interiors().iter().any(|hole| encloses(&hole.0, point))
}

/// Whether a point lies inside a closed ring (even–odd); on the line it may be either.
pub(crate) fn encloses(ring: &[Coord<f64>], point: Coord<f64>) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if (a.y > point.y) != (b.y > point.y)
            && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x
        {
            inside = !inside;
        }
    }
    inside
}

/// A valid area that covers what the polygons cover; empty where they enclose nothing.
///
/// Points of the original keep their coordinates to the bit; where lines cross there are new ones.
pub fn made_valid(polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon(Vec::new());
    let parts: Vec<MultiPolygon<f64>> = polygons
        .iter()
        .map(|part| {
            part.union_with_fill_rule(&nothing, FillRule::EvenOdd).orient(Direction::Default)
        })
        .collect();
    united(&parts.iter().collect::<Vec<_>>(), polygons)
}

/// The union of areas; points near one of `original`'s get its coordinates.
pub(crate) fn united(
    parts: &[&MultiPolygon<f64>],
    original: &MultiPolygon<f64>,
) -> MultiPolygon<f64> {
    let union = unary_union(parts.iter().copied()).orient(Direction::Default);
    snapped(&union, original)
}

/// The overlay works on a grid of whole numbers; this takes points back to where they were.
fn snapped(polygons: &MultiPolygon<f64>, original: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    /// The grid has 2^30 steps or so; points nearer than this share of the extent are one.
    const NEAR: f64 = 1e-8;
    let mut known: Vec<Coord<f64>> = original.coords_iter().collect();
    known.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let extent = original.bounding_rect().map_or(0.0, |rect| rect.width().max(rect.height()));
    let near = extent * NEAR;
    let place = |point: Coord<f64>| {
        let from = known.partition_point(|known| known.x < point.x - near);
        known[from..]
            .iter()
            .take_while(|known| known.x <= point.x + near)
            .find(|known| (known.y - point.y).abs() <= near)
            .copied()
            .unwrap_or(point)
    };
    let ring = |line: &geo::LineString<f64>| {
        let mut points: Vec<Coord<f64>> = line.0.iter().map(|&point| place(point)).collect();
        points.dedup();
        geo::LineString(points)
    };
    let polygon = |polygon: &Polygon<f64>| {
        let holes = polygon.interiors().iter().map(ring).filter(|hole| hole.0.len() > 3);
        Polygon::new(ring(polygon.exterior()), holes.collect())
    };
    MultiPolygon(
        polygons.iter().map(polygon).filter(|polygon| polygon.exterior().0.len() > 3).collect(),
    )
}

#[cfg(test)]
mod tests {
    use geo::{Area, polygon};

    use super::*;

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let bow = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)];
        let bow = MultiPolygon(vec![bow]);
        assert_eq!(fault(&bow), Some(Fault::Crossing));
        let mended = made_valid(&bow);
        assert_eq!(mended.0.len(), 2);
        assert!((mended.signed_area() - 2.0).abs() < 1e-9);
        assert_eq!(fault(&mended), None);
        assert!(mended.coords_iter().any(|p| p == Coord { x: 2.0, y: 2.0 }), "to the bit");
    }

    #[test]
    fn nested_and_overlapping_parts_become_one() {
        let square = |x: f64, side: f64| polygon![(x: x, y: x), (x: x + side, y: x), (x: x + side, y: x + side), (x: x, y: x + side)];
        let nested = MultiPolygon(vec![square(0.0, 4.0), square(1.0, 1.0)]);
        assert_eq!(fault(&nested), Some(Fault::Nested));
        assert_eq!(
            made_valid(&nested).0,
            [square(0.0, 4.0)].map(|p| made_valid(&p.into()).0[0].clone())
        );
        let overlapping = MultiPolygon(vec![square(0.0, 2.0), square(1.0, 2.0)]);
        assert_eq!(fault(&overlapping), Some(Fault::Crossing));
        assert!((made_valid(&overlapping).unsigned_area() - 7.0).abs() < 1e-9);
        let twice = MultiPolygon(vec![square(0.0, 2.0), square(0.0, 2.0)]);
        assert_eq!(fault(&twice), Some(Fault::Crossing));
        assert!((made_valid(&twice).unsigned_area() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn sound_areas_have_no_fault() {
        // Two parts that touch in a corner, and a hole that touches its shell.
        let parts = MultiPolygon(vec![
            polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)],
            polygon![(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)],
        ]);
        assert_eq!(fault(&parts), None);
        let holed = polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 0., y: 0.), (x: 1., y: 2.), (x: 2., y: 1.)]],
        );
        assert_eq!(fault(&MultiPolygon(vec![holed])), None);
    }

    proptest::proptest! {
        /// The quick look and the topology agree on rings that touch, cross and run back.
        #[test]
        fn the_quick_look_finds_what_the_topology_finds(
            points in proptest::collection::vec((0_i32..5, 0_i32..5), 3..10)
        ) {
            let mut ring: Vec<Coord<f64>> =
                points.iter().map(|&(x, y)| Coord { x: f64::from(x), y: f64::from(y) }).collect();
            ring.dedup();
            if ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            proptest::prop_assume!(ring.len() > 2);
            ring.push(ring[0]);
            let area = MultiPolygon(vec![Polygon::new(geo::LineString(ring.clone()), Vec::new())]);
            proptest::prop_assert_eq!(is_simple(&ring), fault_by_topology(&area).is_none());
        }
    }
}
