//! How are sets of areas drawn over a map?
//!
//! A heavy line round each set, without the borders inside it, and its number in a disc. Points
//! stand on the grid of the map, where neighbours share them, so that what two members share is
//! found by its ends.

use std::collections::BTreeSet;

use super::outline::{Frame, GRID, Outline};
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

/// Draws the sets above everything else.
pub(super) fn write_sets(
    out: &mut String,
    request: &MapRequest<'_>,
    frame: &Frame,
    sets: &[MapSet],
) {
    for set in sets {
        let outlines: Vec<Outline> = set
            .members
            .iter()
            .map(|&at| Outline::of(&request.areas[at].shape.projected, frame))
            .collect();
        let path = rim(&outlines);
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
    for set in sets {
        if let Some((x, y)) = middle(set, request, frame) {
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
fn rim(outlines: &[Outline]) -> String {
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

/// The middle of the member that is nearest to the middle of all, in px.
fn middle(set: &MapSet, request: &MapRequest<'_>, frame: &Frame) -> Option<(f64, f64)> {
    let centres: Vec<(f64, f64)> = set
        .members
        .iter()
        .filter_map(|&at| {
            let outline = Outline::of(&request.areas[at].shape.projected, frame);
            let ring = outline.rings.iter().max_by_key(|ring| ring.len())?;
            let n = ring.len() as f64;
            let (x, y) = ring
                .iter()
                .fold((0.0, 0.0), |(x, y), point| (x + f64::from(point.0), y + f64::from(point.1)));
            Some((x / n / GRID, y / n / GRID))
        })
        .collect();
    let n = centres.len() as f64;
    let (x, y) =
        centres.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let far = |point: &&(f64, f64)| (point.0 - x).hypot(point.1 - y);
    centres.iter().min_by(|a, b| far(a).total_cmp(&far(b))).copied()
}
