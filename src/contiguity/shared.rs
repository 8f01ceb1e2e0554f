//! Which outlines share points and sides, digit by digit?
//!
//! All points of all outlines are sorted by a hash of their coordinates, which brings equal points
//! together; each outline is then walked once, and at each point the others that pass through it
//! are seen. Two points are equal when both coordinates are, bit for bit but for the sign of zero.

use geo::MultiPolygon;
use rayon::prelude::*;

use super::Touching;
use crate::boundary::Shape;
use crate::neighbour::Border;

/// The points of all rings without the one that closes a ring, shape by shape.
struct Points {
    xy: Vec<[f64; 2]>,
    shape: Vec<u32>,
    next: Vec<u32>,
    prev: Vec<u32>,
    /// Where each shape's points begin, and the end.
    start: Vec<usize>,
}

pub(super) fn touching(shapes: &[Shape]) -> Touching {
    let points = points(shapes);
    let groups = Groups::of(&points.xy);
    let walked: Vec<(f64, Vec<(u32, f64)>)> = (0..shapes.len())
        .into_par_iter()
        .map(|shape_idx| walk(&points, &groups, shape_idx as u32))
        .collect();
    let mut found = Touching { outline_m: Vec::with_capacity(shapes.len()), borders: Vec::new() };
    for (a, (outline_m, others)) in walked.into_iter().enumerate() {
        found.outline_m.push(outline_m);
        let border = |(b, length_m)| Border { a: a as u32, b, length_m };
        found.borders.extend(others.into_iter().map(border));
    }
    found
}

fn points(shapes: &[Shape]) -> Points {
    let n: usize = shapes.iter().map(|shape| n_points(&shape.projected)).sum();
    let mut points = Points {
        xy: Vec::with_capacity(n),
        shape: Vec::with_capacity(n),
        next: Vec::with_capacity(n),
        prev: Vec::with_capacity(n),
        start: Vec::with_capacity(shapes.len() + 1),
    };
    for (shape_idx, shape) in shapes.iter().enumerate() {
        points.start.push(points.xy.len());
        for polygon in &shape.projected.0 {
            points.add(&polygon.exterior().0, shape_idx as u32);
            for hole in polygon.interiors() {
                points.add(&hole.0, shape_idx as u32);
            }
        }
    }
    points.start.push(points.xy.len());
    points
}

fn n_points(polygons: &MultiPolygon<f64>) -> usize {
    let ring = |ring: &geo::LineString<f64>| ring.0.len().saturating_sub(1);
    let holes = |p: &geo::Polygon<f64>| p.interiors().iter().map(ring).sum::<usize>();
    polygons.0.iter().map(|polygon| ring(polygon.exterior()) + holes(polygon)).sum()
}

impl Points {
    /// Adds a closed ring.
    fn add(&mut self, ring: &[geo::Coord<f64>], shape_idx: u32) {
        let (first, n) = (self.xy.len() as u32, ring.len().saturating_sub(1) as u32);
        for (at, point) in ring.iter().take(n as usize).enumerate() {
            // Adding zero turns -0 into 0, which is the same place.
            self.xy.push([point.x + 0.0, point.y + 0.0]);
            self.shape.push(shape_idx);
            self.next.push(first + (at as u32 + 1) % n);
            self.prev.push(first + (at as u32 + n - 1) % n);
        }
    }
}

/// Points brought together by their coordinates.
struct Groups {
    /// The points, equal ones side by side.
    sorted: Vec<u32>,
    /// For each point, where its group begins in `sorted`. Equal points have the same.
    head: Vec<u32>,
}

impl Groups {
    fn of(xy: &[[f64; 2]]) -> Self {
        let mut keyed: Vec<(u64, u32)> =
            xy.par_iter().enumerate().map(|(at, point)| (hash(point), at as u32)).collect();
        keyed.par_sort_unstable();
        // Different points with one hash are next to never seen, but must not be merged.
        for run in keyed.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let first = xy[run[0].1 as usize];
            if run.iter().any(|&(_, at)| xy[at as usize] != first) {
                run.sort_unstable_by_key(|&(_, at)| (xy[at as usize].map(f64::to_bits), at));
            }
        }
        let mut head = vec![0; xy.len()];
        let mut begin = 0;
        for at in 0..keyed.len() {
            let point = keyed[at].1 as usize;
            if at > 0 && xy[point] != xy[keyed[at - 1].1 as usize] {
                begin = at as u32;
            }
            head[point] = begin;
        }
        Self { sorted: keyed.into_iter().map(|(_, point)| point).collect(), head }
    }

    /// The points that are equal to this one, itself among them.
    fn equal_to(&self, point: u32) -> impl Iterator<Item = u32> {
        let head = self.head[point as usize];
        let rest = &self.sorted[head as usize..];
        rest.iter().copied().take_while(move |&other| self.head[other as usize] == head)
    }
}

/// The finaliser of SplitMix64 over both coordinates (Steele, Lea and Flood 2014).
fn hash(point: &[f64; 2]) -> u64 {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    mix(point[0].to_bits() ^ mix(point[1].to_bits().wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// The length of an outline, and the shapes after it in the list that it touches, with the length
/// of what it shares with each, in ascending order.
fn walk(points: &Points, groups: &Groups, shape_idx: u32) -> (f64, Vec<(u32, f64)>) {
    let range = points.start[shape_idx as usize]..points.start[shape_idx as usize + 1];
    let mut outline_m = 0.0;
    let mut met: Vec<(u32, f64)> = Vec::new();
    let head = |point: u32| groups.head[point as usize];
    for at in range.map(|at| at as u32) {
        let next = points.next[at as usize];
        let [from, to] = [at, next].map(|point| points.xy[point as usize]);
        let side_m = (to[0] - from[0]).hypot(to[1] - from[1]);
        let mut is_inner = false;
        for other in groups.equal_to(at).filter(|&other| other != at) {
            let its = points.shape[other as usize];
            if its < shape_idx {
                continue;
            }
            let along = [points.next[other as usize], points.prev[other as usize]];
            let shares_side = along.into_iter().any(|point| head(point) == head(next));
            if its == shape_idx {
                // A side between two parts of one area is no outline of it.
                is_inner |= shares_side;
                continue;
            }
            let length_m = if shares_side { side_m } else { 0.0 };
            match met.last_mut() {
                Some((last, sum)) if *last == its => *sum += length_m,
                Some(_) | None => met.push((its, length_m)),
            }
        }
        outline_m += if is_inner { 0.0 } else { side_m };
    }
    // Stable, so that lengths are added in the order of the walk.
    met.sort_by_key(|&(other, _)| other);
    met.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        earlier.1 += if same { later.1 } else { 0.0 };
        same
    });
    (outline_m, met)
}
