//! What shape do areas have together?
//!
//! Borders that two areas of a group share are left out, and what remains is put together to
//! rings: no coordinate is computed, so every point is one of the input's. Where areas of a group
//! overlap that cannot be done, and the polygons are overlaid instead.

use std::collections::BTreeMap;

use geo::{Area, BoundingRect, Coord, LineString, MultiPolygon, Polygon};
use rayon::prelude::*;

use crate::repair::{Fault, encloses, fault, united};
use crate::topology::{ArcRef, Topology};

/// The shapes of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Dissolved {
    /// One a group, in their order; empty for a group without areas.
    pub shapes: Vec<MultiPolygon<f64>>,
    /// Groups whose areas overlap, which were overlaid.
    pub overlaid: Vec<usize>,
    /// Groups from which slivers between areas were closed.
    pub closed_slivers: Vec<usize>,
}

/// Holes thinner than this share of the group's extent are slivers between borders that were not
/// drawn with the same points.
const SLIVER: f64 = 1e-6;

/// Puts areas together by group.
///
/// Shape: one polygon set and one group an area in; one polygon set a group out. Areas of group
/// `None` are left out, which is the caller's to tell. Holes that are slivers are closed.
pub fn dissolve(
    shapes: &[&MultiPolygon<f64>],
    groups: &[Option<usize>],
    n_groups: usize,
) -> Dissolved {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); n_groups];
    for (area, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            members[*group].push(area);
        }
    }
    let topology = Topology::of(shapes);
    let outer_ends = outer_nodes(&topology);
    let done: Vec<(MultiPolygon<f64>, bool, bool)> = members
        .par_iter()
        .map(|areas| {
            let mut sliver = false;
            let by_arcs = rings(&topology, areas, &outer_ends)
                .map(|rings| assembled(rings, &mut sliver))
                // Borders that were not drawn alike leave lines that run over each other.
                .filter(|shape| fault(shape) != Some(Fault::Crossing));
            match by_arcs {
                Some(shape) => (shape, false, sliver),
                None => (overlaid(shapes, areas), true, false),
            }
        })
        .collect();
    let which = |of: fn(&(MultiPolygon<f64>, bool, bool)) -> bool| {
        done.iter().enumerate().filter(|(_, one)| of(one)).map(|(group, _)| group).collect()
    };
    Dissolved {
        overlaid: which(|(_, overlaid, _)| *overlaid),
        closed_slivers: which(|(_, _, sliver)| *sliver),
        shapes: done.into_iter().map(|(shape, _, _)| shape).collect(),
    }
}

/// The direction in which each arc leaves its first and its last point.
fn outer_nodes(topology: &Topology) -> Vec<(f64, f64)> {
    let points = topology.points();
    let angle = |from: u32, to: u32| {
        let way = points[to as usize] - points[from as usize];
        way.y.atan2(way.x)
    };
    topology
        .arcs()
        .iter()
        .map(|arc| {
            let n = arc.len();
            (angle(arc[0], arc[1]), angle(arc[n - 1], arc[n - 2]))
        })
        .collect()
}

/// The outline of some areas as rings with the inside on their left; `None` where areas overlap.
fn rings(
    topology: &Topology,
    areas: &[usize],
    angles: &[(f64, f64)],
) -> Option<Vec<LineString<f64>>> {
    // Forward and backward uses of each arc by the group.
    let mut uses: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for arc_ref in areas.iter().flat_map(|&area| topology.areas()[area].iter().flatten().flatten())
    {
        let entry = uses.entry(arc_ref.arc).or_default();
        if arc_ref.reversed { entry.1 += 1 } else { entry.0 += 1 }
    }
    let mut left: Vec<ArcRef> = Vec::new();
    for (&arc, &used) in &uses {
        match used {
            (1, 0) => left.push(ArcRef { arc, reversed: false }),
            (0, 1) => left.push(ArcRef { arc, reversed: true }),
            (1, 1) => {}
            // Two areas on the same side.
            _ => return None,
        }
    }
    let mut leaving: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, &arc_ref) in left.iter().enumerate() {
        leaving.entry(topology.ends(arc_ref).0).or_default().push(at);
    }
    let leaves = |arc_ref: ArcRef| {
        let (first, last) = angles[arc_ref.arc as usize];
        if arc_ref.reversed { last } else { first }
    };
    let mut used = vec![false; left.len()];
    let mut rings = Vec::new();
    for start in 0..left.len() {
        if used[start] {
            continue;
        }
        let mut path: Vec<ArcRef> = Vec::new();
        let mut at = start;
        loop {
            used[at] = true;
            path.push(left[at]);
            let end = topology.ends(left[at]).1;
            // A loop that is closed is a ring of its own, so that no ring touches itself.
            if let Some(from) = path.iter().position(|&arc_ref| topology.ends(arc_ref).0 == end) {
                let ring: Vec<ArcRef> = path.drain(from..).collect();
                rings.push(topology.ring(&ring, topology.arcs()));
                if path.is_empty() {
                    break;
                }
            }
            // The sharpest turn to the left keeps to the same inside.
            let back = leaves(left[at].turned());
            let turn = |next: ArcRef| (back - leaves(next)).rem_euclid(std::f64::consts::TAU);
            let ways = leaving.get(&end).into_iter().flatten().copied();
            at = ways
                .filter(|&next| !used[next])
                .min_by(|&a, &b| turn(left[a]).total_cmp(&turn(left[b])))?;
        }
    }
    Some(rings)
}

/// Shells with the holes that lie in them; slivers are closed.
fn assembled(rings: Vec<LineString<f64>>, sliver: &mut bool) -> MultiPolygon<f64> {
    let (mut shells, mut holes) = (Vec::new(), Vec::new());
    for ring in rings {
        let bare = Polygon::new(ring, Vec::new());
        let area = bare.signed_area();
        if area > 0.0 { shells.push((area, bare)) } else { holes.push((area, bare)) }
    }
    let boxes: Vec<_> = shells.iter().map(|(_, shell)| shell.bounding_rect()).collect();
    let extent = boxes
        .iter()
        .flatten()
        .fold(0.0_f64, |most, rect| most.max(rect.width()).max(rect.height()));
    for (area, hole) in holes {
        let (ring, _) = hole.into_inner();
        let length: f64 = ring.lines().map(|line| line.dx().hypot(line.dy())).sum();
        if length == 0.0 || 2.0 * area.abs() / length < SLIVER * extent {
            *sliver = true;
            continue;
        }
        let point = (ring.0[0] + ring.0[1]) / 2.0;
        let owner = owner(&shells, &boxes, point);
        if let Some(owner) = owner {
            shells[owner].1.interiors_push(ring);
        }
    }
    MultiPolygon(shells.into_iter().map(|(_, shell)| shell).collect())
}

/// The smallest shell around a point.
fn owner(
    shells: &[(f64, Polygon<f64>)],
    boxes: &[Option<geo::Rect<f64>>],
    point: Coord<f64>,
) -> Option<usize> {
    if shells.len() == 1 {
        return Some(0);
    }
    let around = |at: &usize| {
        boxes[*at].is_some_and(|rect| {
            point.x >= rect.min().x
                && point.x <= rect.max().x
                && point.y >= rect.min().y
                && point.y <= rect.max().y
        }) && encloses(&shells[*at].1.exterior().0, point)
    };
    (0..shells.len()).filter(around).min_by(|&a, &b| shells[a].0.total_cmp(&shells[b].0))
}

fn overlaid(shapes: &[&MultiPolygon<f64>], areas: &[usize]) -> MultiPolygon<f64> {
    let parts: Vec<&MultiPolygon<f64>> = areas.iter().map(|&area| shapes[area]).collect();
    let all = MultiPolygon(parts.iter().flat_map(|part| part.0.iter().cloned()).collect());
    united(&parts, &all)
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    fn square(x: f64, y: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: y), (x: x + 1., y: y), (x: x + 1., y: y + 1.), (x: x, y: y + 1.)].into()
    }

    fn one(shapes: &[MultiPolygon<f64>]) -> Dissolved {
        let shapes: Vec<_> = shapes.iter().collect();
        dissolve(&shapes, &vec![Some(0); shapes.len()], 1)
    }

    #[test]
    fn a_frame_of_squares_keeps_its_hole_and_corners_touch() {
        let frame: Vec<_> = (0..9)
            .filter(|&at| at != 4)
            .map(|at| square(f64::from(at % 3), f64::from(at / 3)))
            .collect();
        let done = one(&frame);
        assert!(done.overlaid.is_empty() && done.closed_slivers.is_empty());
        assert_eq!((done.shapes[0].0.len(), done.shapes[0].0[0].interiors().len()), (1, 1));
        assert_eq!(done.shapes[0].unsigned_area(), 8.0);
        let corners = one(&[square(0., 0.), square(1., 1.)]);
        assert_eq!(corners.shapes[0].0.len(), 2, "two parts that touch in a corner");
        assert_eq!(fault(&corners.shapes[0]), None);
        // Four squares around a middle that touches their corners: the hole touches the outline.
        let plus = one(&[square(1., 0.), square(0., 1.), square(2., 1.), square(1., 2.)]);
        assert_eq!(plus.shapes[0].unsigned_area(), 4.0);
        assert_eq!(fault(&plus.shapes[0]), None);
    }

    #[test]
    fn overlapping_areas_are_overlaid_and_named() {
        let mut shifted = square(0.5, 0.0);
        let done = one(&[square(0., 0.), shifted.clone()]);
        assert_eq!(done.overlaid, [0]);
        assert!((done.shapes[0].unsigned_area() - 1.5).abs() < 1e-9);
        shifted = square(0., 0.);
        let twice = one(&[square(0., 0.), shifted]);
        assert_eq!(twice.overlaid, [0]);
        assert!((twice.shapes[0].unsigned_area() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_point_that_one_side_lacks_leaves_no_gap() {
        let left: MultiPolygon<f64> =
            polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.5), (x: 1., y: 1.), (x: 0., y: 1.)]
                .into();
        let done = one(&[left, square(1., 0.)]);
        assert!((done.shapes[0].unsigned_area() - 2.0).abs() < 1e-9);
        assert_eq!(done.shapes[0].0.len(), 1);
        assert!(done.shapes[0].0[0].interiors().is_empty());
    }

    proptest::proptest! {
        /// Any cells of a grid, in any two groups: areas add up, and all is valid.
        #[test]
        fn groups_of_cells_keep_their_area(taken in proptest::collection::vec(0_usize..3, 25)) {
            let cells: Vec<MultiPolygon<f64>> =
                (0..25).map(|at| square(f64::from(at % 5), f64::from(at / 5))).collect();
            let groups: Vec<Option<usize>> = taken.iter().map(|&g| (g < 2).then_some(g)).collect();
            let done = dissolve(&cells.iter().collect::<Vec<_>>(), &groups, 2);
            proptest::prop_assert!(done.overlaid.is_empty());
            for (group, shape) in done.shapes.iter().enumerate() {
                let n = groups.iter().filter(|of| **of == Some(group)).count();
                proptest::prop_assert_eq!(shape.unsigned_area(), n as f64);
                proptest::prop_assert_eq!(fault(shape), None);
            }
        }
    }
}
