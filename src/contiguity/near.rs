//! Which outlines come within a distance of each other?
//!
//! Every side is cut into pieces no longer than a cell of a square grid and put into the cells that
//! its piece comes near; only pieces that share a cell are compared. For a side and another
//! outline, the part of the side that lies within the distance is an interval for each side of the
//! other, because a distance to a straight line is convex along a straight line; the union of the
//! intervals is what the two share.

use rayon::prelude::*;

use super::Touching;
use crate::boundary::Shape;
use crate::neighbour::Border;

/// A side of an outline, or a piece of one.
#[derive(Debug, Clone, Copy)]
struct Side {
    shape: u32,
    from: [f64; 2],
    to: [f64; 2],
}

/// The outlines that come within `snap_m` of each other along one stretch longer than
/// `at_least_m`, or at all where that is 0. A stretch over the first point of a ring counts as two.
pub(super) fn touching(shapes: &[Shape], snap_m: f64, at_least_m: f64) -> Touching {
    let sides: Vec<Side> =
        shapes.iter().enumerate().flat_map(|(at, shape)| sides(shape, at as u32)).collect();
    let mut outline_m = vec![0.0; shapes.len()];
    for side in &sides {
        outline_m[side.shape as usize] += side.length();
    }
    if sides.is_empty() {
        return Touching { outline_m, borders: Vec::new() };
    }
    let mean_m = outline_m.iter().sum::<f64>() / sides.len() as f64;
    // Cells hold a few sides each, and a side with its surroundings reaches few cells.
    let cell_m = (2.0 * mean_m).max(4.0 * snap_m);
    let pieces: Vec<Side> = sides.iter().flat_map(|side| side.pieces(cell_m)).collect();
    let near = near_intervals(&pieces, cell_m, snap_m);
    Touching { outline_m, borders: borders(near, &pieces, at_least_m) }
}

fn sides(shape: &Shape, shape_idx: u32) -> impl Iterator<Item = Side> {
    let polygons = shape.projected.0.iter();
    let rings = polygons.flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings
        .flat_map(|ring| ring.0.windows(2))
        .map(move |ends| Side {
            shape: shape_idx,
            from: [ends[0].x, ends[0].y],
            to: [ends[1].x, ends[1].y],
        })
        .filter(|side| side.from != side.to)
}

impl Side {
    fn length(&self) -> f64 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }

    fn at(&self, share: f64) -> [f64; 2] {
        [0, 1].map(|axis| self.from[axis] + share * (self.to[axis] - self.from[axis]))
    }

    /// Pieces of equal length, none longer than `longest_m`.
    fn pieces(self, longest_m: f64) -> impl Iterator<Item = Side> {
        let n = (self.length() / longest_m).ceil().max(1.0) as usize;
        (0..n).map(move |at| {
            let end = |at: usize| if at == n { self.to } else { self.at(at as f64 / n as f64) };
            Side { shape: self.shape, from: end(at), to: end(at + 1) }
        })
    }

    /// The cells that the piece comes within `snap_m` of.
    fn cells(&self, cell_m: f64, snap_m: f64) -> impl Iterator<Item = (i64, i64)> {
        let span = move |axis: usize| {
            let low = self.from[axis].min(self.to[axis]) - snap_m;
            let high = self.from[axis].max(self.to[axis]) + snap_m;
            ((low / cell_m).floor() as i64)..=((high / cell_m).floor() as i64)
        };
        span(0).flat_map(move |column| span(1).map(move |row| (column, row)))
    }
}

/// Part of a piece that another shape comes near: the piece, the shape, and from where to where
/// along the piece, in metres.
type Near = (u32, u32, f64, f64);

/// All of them, sorted.
fn near_intervals(pieces: &[Side], cell_m: f64, snap_m: f64) -> Vec<Near> {
    let mut placed: Vec<((i64, i64), u32)> = pieces
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, piece)| piece.cells(cell_m, snap_m).map(move |c| (c, at as u32)))
        .collect();
    placed.par_sort_unstable();
    let cells: Vec<&[((i64, i64), u32)]> = placed.chunk_by(|a, b| a.0 == b.0).collect();
    let mut near: Vec<Near> = cells
        .into_par_iter()
        .flat_map_iter(|cell| {
            let mut found = Vec::new();
            for &(_, one) in cell {
                let a = &pieces[one as usize];
                for &(_, two) in cell {
                    let b = &pieces[two as usize];
                    if a.shape != b.shape
                        && let Some((low, high)) = within(a, b, snap_m)
                    {
                        found.push((one, b.shape, low, high));
                    }
                }
            }
            found
        })
        .collect();
    let order = |a: &Near, b: &Near| {
        (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then(a.3.total_cmp(&b.3))
    };
    near.par_sort_unstable_by(order);
    near
}

/// What one outline has within the distance of another.
#[derive(Debug, Clone, Copy)]
struct Half {
    a: u32,
    b: u32,
    length_m: f64,
    longest_m: f64,
}

/// The border of each pair: the mean of what either outline has within the distance of the other.
fn borders(mut near: Vec<Near>, pieces: &[Side], at_least_m: f64) -> Vec<Border> {
    // Pieces are in the order of outlines; stable, so that each keeps its intervals in order.
    near.sort_by_key(|&(piece, other, _, _)| (pieces[piece as usize].shape, other, piece));
    let pair = |near: &Near| (pieces[near.0 as usize].shape, near.1);
    let mut halves: Vec<Half> =
        near.chunk_by(|one, two| pair(one) == pair(two)).map(|part| half(part, pieces)).collect();
    halves.sort_by_key(|half| (half.a, half.b));
    halves
        .chunk_by(|one, two| (one.a, one.b) == (two.a, two.b))
        .filter(|both| at_least_m == 0.0 || both.iter().any(|half| half.longest_m > at_least_m))
        .map(|both| Border {
            a: both[0].a,
            b: both[0].b,
            length_m: both.iter().map(|half| half.length_m / 2.0).sum(),
        })
        .collect()
}

/// The sum and the longest stretch of what one outline has near one other.
fn half(part: &[Near], pieces: &[Side]) -> Half {
    let (own, other) = (pieces[part[0].0 as usize].shape, part[0].1);
    let (mut length_m, mut stretch_m, mut longest_m) = (0.0, 0.0_f64, 0.0_f64);
    let (mut piece, mut until) = (part[0].0, f64::NEG_INFINITY);
    for &(at, _, low, high) in part {
        let side = &pieces[piece as usize];
        let goes_on = if at == piece {
            low <= until
        } else {
            let meets = at == piece + 1 && side.to == pieces[at as usize].from;
            let full = until >= side.length() * (1.0 - 1e-9);
            (piece, until) = (at, f64::NEG_INFINITY);
            meets && full && low <= 0.0
        };
        let more = (high - low.max(until)).max(0.0);
        stretch_m = if goes_on { stretch_m + more } else { more };
        length_m += more;
        longest_m = longest_m.max(stretch_m);
        until = until.max(high);
    }
    Half { a: own.min(other), b: own.max(other), length_m, longest_m }
}

/// From where to where along `a`, in metres, it lies within `snap_m` of `b`.
///
/// The places within a distance of a straight side are two discs at its ends and a rectangle
/// between them. They are a convex whole, so the outermost crossings bound one interval.
fn within(a: &Side, b: &Side, snap_m: f64) -> Option<(f64, f64)> {
    let length = a.length();
    let along = [0, 1].map(|axis| (a.to[axis] - a.from[axis]) / length);
    let mut span: Option<(f64, f64)> = None;
    let mut add = |low: f64, high: f64| {
        let (low, high) = (low.max(0.0), high.min(length));
        if low <= high {
            let (least, most) = span.unwrap_or((low, high));
            span = Some((least.min(low), most.max(high)));
        }
    };
    for end in [b.from, b.to] {
        let to = [end[0] - a.from[0], end[1] - a.from[1]];
        let foot = dot(to, along);
        let off = to[0] * along[1] - to[1] * along[0];
        let room = snap_m * snap_m - off * off;
        if room >= 0.0 {
            add(foot - room.sqrt(), foot + room.sqrt());
        }
    }
    if let Some((low, high)) = within_rectangle(a, along, b, snap_m) {
        add(low, high);
    }
    span
}

/// From where to where along the endless line through `a` it lies beside `b`, within `snap_m`.
fn within_rectangle(a: &Side, along: [f64; 2], b: &Side, snap_m: f64) -> Option<(f64, f64)> {
    let b_length = b.length();
    let axis = [0, 1].map(|axis| (b.to[axis] - b.from[axis]) / b_length);
    let normal = [-axis[1], axis[0]];
    let from = [a.from[0] - b.from[0], a.from[1] - b.from[1]];
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for (direction, least, most) in [(axis, 0.0, b_length), (normal, -snap_m, snap_m)] {
        let (start, speed) = (dot(from, direction), dot(along, direction));
        // Nearly parallel: the line is inside for ever or never.
        if speed.abs() < 1e-12 {
            if start < least || start > most {
                return None;
            }
            continue;
        }
        let (enter, leave) = ((least - start) / speed, (most - start) / speed);
        low = low.max(enter.min(leave));
        high = high.min(enter.max(leave));
    }
    (low <= high).then_some((low, high))
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}
