//! Which lines cross each other?
//!
//! Segments by the places of their ends in, pairs of segments out that meet elsewhere than in a
//! common end. The orientation test is exact, so that a touch is never a matter of rounding.

use geo::Coord;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use rayon::prelude::*;

/// A segment by the places of its two ends.
pub(crate) type Segment = (u32, u32);

/// All pairs of segments that cross, overlap, or touch elsewhere than in a common end.
///
/// Each pair once, the smaller place first, in order. Quick where segments are short against the
/// whole; the map is cut into strips that are swept one by one.
pub(crate) fn crossings(points: &[Coord<f64>], segments: &[Segment]) -> Vec<(u32, u32)> {
    let ends = |(a, b): Segment| (points[a as usize], points[b as usize]);
    let (low, high) =
        segments.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &s| {
            let (a, b) = ends(s);
            (low.min(a.y).min(b.y), high.max(a.y).max(b.y))
        });
    let n_strips = ((segments.len() as f64).sqrt() / 2.0).clamp(1.0, 4096.0) as usize;
    let height = (high - low) / n_strips as f64;
    // Not finite without segments, and zero on a level line: one strip takes all.
    let strip_of = |y: f64| match height > 0.0 {
        true => (((y - low) / height) as usize).min(n_strips - 1),
        false => 0,
    };
    let mut strips: Vec<Vec<u32>> = vec![Vec::new(); n_strips];
    for (at, &segment) in segments.iter().enumerate() {
        let (a, b) = ends(segment);
        let (first, last) = (strip_of(a.y.min(b.y)), strip_of(a.y.max(b.y)));
        strips[first..=last].iter_mut().for_each(|strip| strip.push(at as u32));
    }
    let mut pairs: Vec<(u32, u32)> =
        strips.into_par_iter().flat_map_iter(|strip| swept(points, segments, strip)).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn swept(points: &[Coord<f64>], segments: &[Segment], strip: Vec<u32>) -> Vec<(u32, u32)> {
    struct Reach {
        at: u32,
        x: (f64, f64),
        y: (f64, f64),
    }
    let mut reaches: Vec<Reach> = strip
        .into_iter()
        .map(|at| {
            let (a, b) = segments[at as usize];
            let (a, b) = (points[a as usize], points[b as usize]);
            Reach { at, x: (a.x.min(b.x), a.x.max(b.x)), y: (a.y.min(b.y), a.y.max(b.y)) }
        })
        .collect();
    reaches.sort_unstable_by(|a, b| a.x.0.total_cmp(&b.x.0).then(a.at.cmp(&b.at)));
    let mut pairs = Vec::new();
    for (place, one) in reaches.iter().enumerate() {
        for other in &reaches[place + 1..] {
            if other.x.0 > one.x.1 {
                break;
            }
            let apart = other.y.0 > one.y.1 || other.y.1 < one.y.0;
            if !apart && meet(points, segments[one.at as usize], segments[other.at as usize]) {
                pairs.push((one.at.min(other.at), one.at.max(other.at)));
            }
        }
    }
    pairs
}

/// Whether two segments whose boxes meet do so elsewhere than in a common end.
fn meet(points: &[Coord<f64>], (a, b): Segment, (c, d): Segment) -> bool {
    let at = |place: u32| points[place as usize];
    let turn = |p: u32, q: u32, r: u32| RobustKernel::orient2d(at(p), at(q), at(r));
    let common = [(a, b, c, d), (a, b, d, c), (b, a, c, d), (b, a, d, c)]
        .into_iter()
        .find(|&(p, _, q, _)| p == q);
    if let Some((from, one, _, other)) = common {
        // From a common end they part, unless they run over each other.
        let (u, v) = (at(one) - at(from), at(other) - at(from));
        return one == other
            || (turn(from, one, other) == Orientation::Collinear && u.x * v.x + u.y * v.y > 0.0);
    }
    let sides = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    if sides.0 != sides.1 && sides.2 != sides.3 {
        return true;
    }
    // All on one line: their boxes meet, and so do they.
    sides.0 == Orientation::Collinear && sides.1 == Orientation::Collinear
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(coords: &[(f64, f64)], segments: &[Segment]) -> Vec<(u32, u32)> {
        let points: Vec<Coord<f64>> = coords.iter().map(|&(x, y)| Coord { x, y }).collect();
        crossings(&points, segments)
    }

    #[test]
    fn crossing_touching_and_overlapping_are_found_and_common_ends_are_not() {
        let cross = [(0., 0.), (2., 2.), (0., 2.), (2., 0.)];
        assert_eq!(pairs(&cross, &[(0, 1), (2, 3)]), [(0, 1)]);
        assert_eq!(pairs(&cross, &[(0, 2), (2, 1), (1, 3), (3, 0)]), []);
        let touch = [(0., 0.), (2., 0.), (1., 0.), (1., 1.)];
        assert_eq!(pairs(&touch, &[(0, 1), (2, 3)]), [(0, 1)]);
        assert_eq!(pairs(&touch, &[(0, 1), (0, 2)]), [(0, 1)], "over each other");
        assert_eq!(pairs(&touch, &[(0, 2), (2, 1)]), [], "one after the other");
        assert_eq!(pairs(&touch, &[(0, 1), (1, 0)]), [(0, 1)], "the same twice");
        assert_eq!(pairs(&[], &[]), []);
    }

    proptest::proptest! {
        #[test]
        fn the_strips_find_what_a_look_at_all_pairs_finds(
            coords in proptest::collection::vec((0_i32..12, 0_i32..12), 8..40)
        ) {
            let points: Vec<Coord<f64>> =
                coords.iter().map(|&(x, y)| Coord { x: f64::from(x), y: f64::from(y) }).collect();
            let n = points.len() as u32;
            let segments: Vec<Segment> = (0..n / 2)
                .map(|at| (at * 2, at * 2 + 1))
                .filter(|&(a, b)| points[a as usize] != points[b as usize])
                .collect();
            let mut all = Vec::new();
            for i in 0..segments.len() {
                for j in i + 1..segments.len() {
                    let line = |(a, b): Segment| geo::Line::new(points[a as usize], points[b as usize]);
                    use geo::Intersects;
                    if line(segments[i]).intersects(&line(segments[j])) {
                        all.push((i as u32, j as u32));
                    }
                }
            }
            proptest::prop_assert_eq!(crossings(&points, &segments), all);
        }
    }
}
