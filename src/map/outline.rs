//! How do polygons in metres become lines on paper?
//!
//! Points are put on a grid of 0.1 px. Neighbours share their points, so they are put on the same
//! grid points and no gap opens; what falls together is dropped.

use geo::{BoundingRect, Coord, LineString, MultiPolygon};

use crate::boundary::Shape;

/// Steps of the grid in a px.
pub(super) const GRID: f64 = 10.0;

/// Where metres lie on the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    west: f64,
    north: f64,
    /// px in a metre.
    pub(super) scale: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    /// The largest frame of at most `width` × `height` px around all shapes, at the origin.
    pub(super) fn around<'a>(
        shapes: impl Iterator<Item = &'a Shape>,
        width: f64,
        height: f64,
    ) -> Self {
        let mut low = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let mut high = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        for bounds in shapes.filter_map(|shape| shape.projected.bounding_rect()) {
            low = Coord { x: low.x.min(bounds.min().x), y: low.y.min(bounds.min().y) };
            high = Coord { x: high.x.max(bounds.max().x), y: high.y.max(bounds.max().y) };
        }
        if low.x > high.x {
            // A map of no shapes is an empty panel.
            (low, high) = (Coord { x: 0.0, y: 0.0 }, Coord { x: 1.0, y: 1.0 });
        }
        Self::of([low.x, low.y, high.x, high.y], width, height)
    }

    /// The largest frame of at most `width` × `height` px around west, south, east and north.
    pub(super) fn of([west, south, east, north]: [f64; 4], width: f64, height: f64) -> Self {
        let (low, high) = (Coord { x: west, y: south }, Coord { x: east, y: north });
        // A metre at least, so that a map of one point does not divide by zero.
        let (span_x, span_y) = ((high.x - low.x).max(1.0), (high.y - low.y).max(1.0));
        let scale = (width / span_x).min(height / span_y);
        Self {
            west: low.x,
            north: high.y,
            scale,
            left: 0.0,
            top: 0.0,
            width: span_x * scale,
            height: span_y * scale,
        }
    }

    /// The same frame with its corner here.
    pub(super) fn at(self, left: f64, top: f64) -> Self {
        Self { left, top, ..self }
    }

    /// The box of west, south, east and north on the paper, in px.
    pub(super) fn on_paper(&self, [west, south, east, north]: [f64; 4]) -> Rect {
        Rect {
            left: self.left + (west - self.west) * self.scale,
            top: self.top + (self.north - north) * self.scale,
            right: self.left + (east - self.west) * self.scale,
            bottom: self.top + (self.north - south) * self.scale,
        }
    }

    /// The frame's own box, in px.
    pub(super) fn rect(&self) -> Rect {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        Rect { left: self.left, top: self.top, right, bottom }
    }

    fn grid_point(&self, point: Coord<f64>) -> (i32, i32) {
        let x = (self.left + (point.x - self.west) * self.scale) * GRID;
        let y = (self.top + (self.north - point.y) * self.scale) * GRID;
        (x.round() as i32, y.round() as i32)
    }
}

/// A box on the paper, in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    /// Around a middle.
    pub(super) fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        let (half, tall) = (width / 2.0, height / 2.0);
        Self { left: x - half, top: y - tall, right: x + half, bottom: y + tall }
    }

    /// The same, so much wider on each side.
    pub(super) fn wider(self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// Whether two boxes share a place.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether the other box lies inside.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

/// A ring on the grid, not closed.
pub(super) type Ring = Vec<(i32, i32)>;

/// The rings of one area on the grid; never empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outline {
    pub(super) rings: Vec<Ring>,
}

impl Outline {
    /// The rings that can be seen; an area too small for any of them is a dot of its own.
    pub(super) fn of(polygons: &MultiPolygon<f64>, frame: &Frame) -> Self {
        let mut rings = Vec::new();
        for polygon in polygons {
            let Some(shell) = ring_on_grid(polygon.exterior(), frame) else { continue };
            rings.push(shell);
            rings.extend(polygon.interiors().iter().filter_map(|hole| ring_on_grid(hole, frame)));
        }
        if rings.is_empty() {
            let first = polygons.0.first().and_then(|polygon| polygon.exterior().0.first());
            let (x, y) = frame.grid_point(first.copied().unwrap_or_default());
            // 0.4 px wide, which is seen as a faint dot.
            rings.push(vec![(x - 2, y - 2), (x + 2, y - 2), (x + 2, y + 2), (x - 2, y + 2)]);
        }
        Self { rings }
    }

    /// The box around all rings, in px.
    pub(super) fn rect(&self) -> Rect {
        let mut rect = Rect {
            left: f64::INFINITY,
            top: f64::INFINITY,
            right: f64::NEG_INFINITY,
            bottom: f64::NEG_INFINITY,
        };
        for &(x, y) in self.rings.iter().flatten() {
            let (x, y) = (f64::from(x) / GRID, f64::from(y) / GRID);
            rect.left = rect.left.min(x);
            rect.right = rect.right.max(x);
            rect.top = rect.top.min(y);
            rect.bottom = rect.bottom.max(y);
        }
        rect
    }

    /// The surface in px², holes not counted: shells and holes run in opposite directions.
    pub(super) fn surface(&self) -> f64 {
        let twice = |ring: &Ring| -> i64 {
            let n = ring.len();
            (0..n)
                .map(|at| {
                    let ((ax, ay), (bx, by)) = (ring[at], ring[(at + 1) % n]);
                    i64::from(ax) * i64::from(by) - i64::from(bx) * i64::from(ay)
                })
                .sum()
        };
        self.rings.iter().map(twice).sum::<i64>().unsigned_abs() as f64 / 2.0 / (GRID * GRID)
    }

    /// How far a point (in steps of the grid) is from the outline; less than `least` where it is
    /// nearer than that, which saves looking further.
    pub(super) fn distance(&self, (x, y): (f64, f64), least: f64) -> f64 {
        let mut nearest = f64::INFINITY;
        for ring in &self.rings {
            for (at, a) in ring.iter().enumerate() {
                let b = ring[(at + 1) % ring.len()];
                let ((ax, ay), (bx, by)) =
                    ((f64::from(a.0), f64::from(a.1)), (f64::from(b.0), f64::from(b.1)));
                let (dx, dy) = (bx - ax, by - ay);
                let along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-9);
                let along = along.clamp(0.0, 1.0);
                nearest = nearest.min((ax + along * dx - x).hypot(ay + along * dy - y));
                if nearest < least {
                    return nearest;
                }
            }
        }
        nearest
    }

    /// The parts of a horizontal line that lie inside, in steps of the grid, by the even-odd rule.
    pub(super) fn spans(&self, y: f64) -> Vec<(f64, f64)> {
        let mut crossings = Vec::new();
        for ring in &self.rings {
            for (idx, &a) in ring.iter().enumerate() {
                let b = ring[(idx + 1) % ring.len()];
                let ((ax, ay), (bx, by)) =
                    ((f64::from(a.0), f64::from(a.1)), (f64::from(b.0), f64::from(b.1)));
                if (ay <= y) != (by <= y) {
                    crossings.push(ax + (y - ay) / (by - ay) * (bx - ax));
                }
            }
        }
        crossings.sort_by(f64::total_cmp);
        crossings.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// SVG path data of all rings, in steps of the grid.
    pub(super) fn path(&self) -> String {
        let mut out = String::new();
        self.rings.iter().for_each(|ring| push_ring(&mut out, ring));
        out
    }

    /// Path data for a thick line: islands and holes that the line would cover are left out.
    pub(super) fn thick_path(&self, least_px: f64) -> String {
        let largest = self.rings.iter().map(extent).max().unwrap_or(0);
        let least = ((least_px * GRID) as i32).min(largest);
        let mut out = String::new();
        self.rings.iter().filter(|ring| extent(ring) >= least).for_each(|r| push_ring(&mut out, r));
        out
    }
}

/// The longer side of the box around a ring.
fn extent(ring: &Ring) -> i32 {
    let side = |values: &mut dyn Iterator<Item = i32>| {
        let (low, high) = values.fold((i32::MAX, i32::MIN), |(a, b), v| (a.min(v), b.max(v)));
        high - low
    };
    side(&mut ring.iter().map(|p| p.0)).max(side(&mut ring.iter().map(|p| p.1)))
}

/// The ring on the grid, or `None` where it has no extent there.
fn ring_on_grid(ring: &LineString<f64>, frame: &Frame) -> Option<Ring> {
    let mut points: Ring = Vec::with_capacity(ring.0.len());
    for &point in &ring.0 {
        let next = frame.grid_point(point);
        if points.last() == Some(&next) {
            continue;
        }
        // A point on the straight way from its neighbour to the next shows nothing.
        if let [.., a, b] = points[..]
            && is_straight(a, b, next)
        {
            points.pop();
        }
        points.push(next);
    }
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    (points.len() >= 3).then_some(points)
}

/// Whether `b` lies between `a` and `c` on one line.
fn is_straight(a: (i32, i32), b: (i32, i32), c: (i32, i32)) -> bool {
    let step = |from: (i32, i32), to: (i32, i32)| {
        (i64::from(to.0) - i64::from(from.0), i64::from(to.1) - i64::from(from.1))
    };
    let ((ux, uy), (vx, vy)) = (step(a, b), step(b, c));
    ux * vy == uy * vx && ux * vx + uy * vy > 0
}

fn push_ring(out: &mut String, ring: &Ring) {
    let Some(&first) = ring.first() else { return };
    out.push('M');
    push_pair(out, first);
    out.push('l');
    let mut before = first;
    for (point_idx, &point) in ring.iter().enumerate().skip(1) {
        let step = (point.0 - before.0, point.1 - before.1);
        if point_idx > 1 && step.0 >= 0 {
            out.push(' ');
        }
        push_pair(out, step);
        before = point;
    }
    out.push('z');
}

fn push_pair(out: &mut String, (x, y): (i32, i32)) {
    out.push_str(&x.to_string());
    if y >= 0 {
        out.push(' ');
    }
    out.push_str(&y.to_string());
}

#[cfg(test)]
mod tests {
    use geo::{Polygon, polygon};

    use super::*;

    #[test]
    fn points_that_cannot_be_seen_are_dropped() {
        let square = polygon![(x: 0., y: 0.), (x: 50., y: 0.), (x: 50.01, y: 0.01),
            (x: 100., y: 0.), (x: 100., y: 100.), (x: 0., y: 100.)];
        assert_eq!(outline(&square, 0.0, 100.0).path(), "M0 1000l1000 0 0-1000-1000 0z");
    }

    #[test]
    fn an_area_too_small_to_see_is_still_a_dot() {
        let tiny = polygon![(x: 50., y: 50.), (x: 50.001, y: 50.), (x: 50., y: 50.001)];
        assert_eq!(outline(&tiny, 0.0, 100.0).path(), "M498 498l4 0 0 4-4 0z");
    }

    #[test]
    fn thick_lines_leave_out_islets_but_never_an_area() {
        let [land, islet] = [40.0, 1.0].map(
            |side| polygon![(x: 0., y: 0.), (x: side, y: 0.), (x: side, y: side), (x: 0., y: side)],
        );
        let frame = frame(0.0, 100.0);
        let both = Outline::of(&MultiPolygon(vec![land, islet.clone()]), &frame);
        assert_eq!(both.thick_path(5.0).matches('M').count(), 1);
        let only = Outline::of(&MultiPolygon(vec![islet]), &frame);
        assert_eq!(only.thick_path(5.0).matches('M').count(), 1);
    }

    fn outline(polygon: &Polygon<f64>, from: f64, to: f64) -> Outline {
        Outline::of(&MultiPolygon(vec![polygon.clone()]), &frame(from, to))
    }

    /// A frame of one px a metre.
    fn frame(from: f64, to: f64) -> Frame {
        let size = to - from;
        Frame { west: from, north: to, scale: 1.0, left: 0.0, top: 0.0, width: size, height: size }
    }
}
