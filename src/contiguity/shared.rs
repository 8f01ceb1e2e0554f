//! Which outlines share points and sides, digit by digit?
//!
//! Equal points are brought together first ([`crate::same_point`]); each outline is then walked
//! once, and at each point the others that pass through it are seen.

use rayon::prelude::*;

use super::Touching;
use crate::boundary::Shape;
use crate::neighbour::Border;
use crate::same_point::{Rings, Same, rings_of};

pub(super) fn touching(shapes: &[Shape]) -> Touching {
    let outlines = Outlines::of(shapes);
    let same = Same::of(&outlines.rings);
    let walked: Vec<(f64, Vec<(u32, f64)>)> = (0..shapes.len() as u32)
        .into_par_iter()
        .map(|shape_idx| walk(&outlines, &same, shape_idx))
        .collect();
    let mut found = Touching { outline_m: Vec::with_capacity(shapes.len()), borders: Vec::new() };
    for (a, (outline_m, others)) in walked.into_iter().enumerate() {
        found.outline_m.push(outline_m);
        let border = |(b, length_m)| Border { a: a as u32, b, length_m };
        found.borders.extend(others.into_iter().map(border));
    }
    found
}

/// All rings, shape by shape.
struct Outlines<'a> {
    rings: Rings<'a>,
    /// The shape of each ring.
    shape_of: Vec<u32>,
    /// Where each shape's rings begin, and the end.
    start: Vec<usize>,
}

impl<'a> Outlines<'a> {
    fn of(shapes: &'a [Shape]) -> Self {
        let (mut shape_of, mut start) = (Vec::new(), vec![0]);
        for (shape_idx, shape) in shapes.iter().enumerate() {
            let n = rings_of(&shape.projected).count();
            shape_of.extend(std::iter::repeat_n(shape_idx as u32, n));
            start.push(shape_of.len());
        }
        let rings = Rings::of(shapes.iter().flat_map(|shape| rings_of(&shape.projected)));
        Self { rings, shape_of, start }
    }
}

/// The length of an outline, and the shapes after it in the list that it touches, with the length
/// of what it shares with each, in ascending order.
fn walk(outlines: &Outlines<'_>, same: &Same, shape_idx: u32) -> (f64, Vec<(u32, f64)>) {
    let own = outlines.start[shape_idx as usize]..outlines.start[shape_idx as usize + 1];
    let mut outline_m = 0.0;
    let mut met: Vec<(u32, f64)> = Vec::new();
    for ring in &outlines.rings.list()[own] {
        for (at, from) in ring.points.iter().enumerate() {
            let point = ring.first + at as u32;
            let next = ring.next(point);
            let to = ring.points[(next - ring.first) as usize];
            // No coordinate in metres is so large that its square is none.
            let side_m = ((to.x - from.x).powi(2) + (to.y - from.y).powi(2)).sqrt();
            let head_of_next = same.head(next);
            let mut is_inner = false;
            for other in same.members(same.head(point)).filter(|&other| other != point) {
                let its = outlines.rings.ring_of(other);
                let (its, shape) = (&outlines.rings.list()[its], outlines.shape_of[its]);
                if shape < shape_idx {
                    continue;
                }
                let along = [its.next(other), its.before(other)];
                let shares_side = along.into_iter().any(|end| same.head(end) == head_of_next);
                if shape == shape_idx {
                    // A side between two parts of one area is no outline of it.
                    is_inner |= shares_side;
                    continue;
                }
                let length_m = if shares_side { side_m } else { 0.0 };
                match met.last_mut() {
                    Some((last, sum)) if *last == shape => *sum += length_m,
                    Some(_) | None => met.push((shape, length_m)),
                }
            }
            outline_m += if is_inner { 0.0 } else { side_m };
        }
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
