//! How are sets of areas drawn over a map?
//!
//! A heavy line round each set, without the borders inside it, and its number in a disc. Points
//! stand on the grid of the map, where neighbours share them, so that what two members share is
//! found by its ends.

use std::collections::BTreeSet;

use super::label::{middle, place};
use super::outline::{GRID, Outline, Rect};
use super::text::{escaped, tenth};
use super::{MapArea, MapRequest};

/// A set of areas on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapSet {
    /// What stands in its disc: a number or a letter.
    pub label: String,
    /// Its members, by their positions among the areas of the map.
    pub members: Vec<usize>,
}

const INK: &str = "#b3261e";
/// A disc with its rim.
const DISC: f64 = 26.0;

/// Draws a line round each set.
pub(super) fn write_rims(
    out: &mut String,
    outlines: &[Outline],
    request: &MapRequest<'_>,
    sets: &[MapSet],
) {
    for set in sets {
        let path = rim(set.members.iter().map(|&at| &outlines[at]));
        let members: Vec<&str> = set.members.iter().map(|&at| id(&request.areas[at])).collect();
        out.push_str(&format!(
            "<g class=\"set\" data-members=\"{}\" transform=\"scale({})\" fill=\"none\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\" pointer-events=\"none\">\n\
             <path d=\"{path}\" stroke=\"#fff\" stroke-width=\"{}\"/>\n\
             <path d=\"{path}\" stroke=\"{INK}\" stroke-width=\"{}\"/>\n</g>\n",
            escaped(&members.join(" ")),
            1.0 / GRID,
            tenth(6.0 * GRID),
            tenth(3.6 * GRID),
        ));
    }
}

/// Draws the discs; `is_free` tells whether one would cover no name.
pub(super) fn write_discs(
    out: &mut String,
    outlines: &[Outline],
    sets: &[MapSet],
    is_free: &dyn Fn(&Rect) -> bool,
) {
    let mut discs: Vec<Rect> = Vec::new();
    for set in sets {
        let is_free = |rect: &Rect| is_free(rect) && !discs.iter().any(|disc| disc.meets(rect));
        if let Some((x, y)) = disc(set, outlines, &is_free) {
            discs.push(Rect::around((x, y), DISC, DISC));
            out.push_str(&format!(
                "<g class=\"set-label\" pointer-events=\"none\"><circle cx=\"{x}\" cy=\"{y}\" \
                 r=\"12\" fill=\"#fff\" stroke=\"{INK}\" stroke-width=\"2\"/><text x=\"{x}\" \
                 y=\"{}\" font-size=\"15\" font-weight=\"600\" text-anchor=\"middle\" \
                 fill=\"#1a1a1a\">{}</text></g>\n",
                tenth(y + 5.2),
                escaped(&set.label),
                x = tenth(x),
                y = tenth(y),
            ));
        }
    }
}

fn id<'a>(area: &'a MapArea<'_>) -> &'a str {
    area.shape.id.as_str()
}

/// The sides that only one member has.
fn rim<'a>(outlines: impl Iterator<Item = &'a Outline>) -> String {
    let mut once: BTreeSet<((i32, i32), (i32, i32))> = BTreeSet::new();
    for outline in outlines {
        for ring in &outline.rings {
            for (at, &from) in ring.iter().enumerate() {
                let to = ring[(at + 1) % ring.len()];
                let side = (from.min(to), from.max(to));
                if !once.insert(side) {
                    once.remove(&side);
                }
            }
        }
    }
    let side =
        |&((x, y), (to_x, to_y)): &((i32, i32), (i32, i32))| format!("M{x} {y}L{to_x} {to_y}");
    once.iter().map(side).collect()
}

/// Where a set's disc stands, in px: inside the member nearest to the middle of all that has room
/// for it, else in the free place nearest to that middle, else on it.
fn disc(set: &MapSet, outlines: &[Outline], is_free: &dyn Fn(&Rect) -> bool) -> Option<(f64, f64)> {
    let mut members: Vec<(&Outline, (f64, f64))> = set
        .members
        .iter()
        .filter_map(|&at| Some((&outlines[at], middle(&outlines[at])?)))
        .collect();
    let n = members.len() as f64;
    let (x, y) =
        members.iter().fold((0.0, 0.0), |(x, y), (_, point)| (x + point.0 / n, y + point.1 / n));
    let far = |point: (f64, f64)| (point.0 - x).hypot(point.1 - y);
    members.sort_by(|(_, a), (_, b)| far(*a).total_cmp(&far(*b)));
    let &(_, nearest) = members.first()?;
    let inside = members.iter().find_map(|(outline, _)| place(outline, (DISC, DISC), 0.0, is_free));
    Some(inside.or_else(|| near(nearest, is_free)).unwrap_or(nearest))
}

/// The nearest point to this one round which there is room for a disc.
fn near((x, y): (f64, f64), is_free: &dyn Fn(&Rect) -> bool) -> Option<(f64, f64)> {
    const DIRECTIONS: u32 = 24;
    let rings = (0..16).map(|ring| 5.0 * f64::from(ring));
    let mut points = rings.flat_map(|far| {
        (0..DIRECTIONS).map(move |direction| {
            let angle = f64::from(direction) / f64::from(DIRECTIONS) * std::f64::consts::TAU;
            (x + far * angle.cos(), y + far * angle.sin())
        })
    });
    points.find(|&point| is_free(&Rect::around(point, DISC, DISC)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_makes_room_for_names_and_stays_on_its_set() {
        let square = |from: i32| {
            let to = from + 600;
            Outline { rings: vec![vec![(from, 0), (to, 0), (to, 600), (from, 600)]] }
        };
        let outlines = [square(0), square(600)];
        let set = MapSet { label: "1".to_owned(), members: vec![0, 1] };
        // A name over the first member, and half of the second.
        let name = Rect { left: 0.0, top: 0.0, right: 90.0, bottom: 60.0 };
        let (x, y) = disc(&set, &outlines, &|rect| !rect.meets(&name)).unwrap();
        assert!((103.0..=107.0).contains(&x) && (13.0..=47.0).contains(&y), "{x} {y}");
        // Where nothing is free it stands on the set all the same.
        let (x, y) = disc(&set, &outlines, &|_| false).unwrap();
        assert!((0.0..=120.0).contains(&x) && (0.0..=60.0).contains(&y), "{x} {y}");
    }
}
