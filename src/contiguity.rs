//! Which areas border on each other, as their outlines say?
//!
//! Outlines and a [`Contiguity`] in, [`Neighbours`] with the length of each border out, and notices
//! of what is odd. Points and sides of outlines are compared through sorted lists, so no two areas
//! are ever tested against each other. Bridges and ferries that no outline shows are `links`; a
//! border that nobody can cross is a `cut`.

mod near;
mod shared;

use std::collections::BTreeMap;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::boundary::Boundaries;
use crate::neighbour::{Border, Neighbours};
use crate::notice::Notice;
use crate::suggest::nearest;

/// The largest distance that slivers may have, in metres. Beyond it whole streets would vanish.
pub const MAX_SNAP_M: f64 = 1000.0;

/// What makes two areas neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contiguity {
    /// Which kind of touch counts.
    pub method: Touch,
    /// How far apart outlines may lie and still touch, in metres. At 0 areas are neighbours only
    /// through points that both outlines have, digit by digit. Above 0 slivers, small overlaps and
    /// a corner in the middle of a neighbour's side count as touch too.
    #[serde(default, alias = "snap_m")]
    pub snap_m: f64,
    /// Pairs that are neighbours although no outline says so, such as the ends of a bridge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<(AreaId, AreaId)>,
    /// Pairs that are not neighbours whatever their outlines say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<(AreaId, AreaId)>,
}

/// Which kind of touch makes two areas neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// One point is enough. Four areas that meet in a corner are all neighbours, so that a set of
    /// areas may hang together by a corner that nobody can walk through.
    Queen,
    /// Part of a side must be shared. Corners do not count; with a snap distance, one stretch of
    /// what is shared must be longer than four times that distance, because a corner alone or two
    /// outlines that cross come to two.
    Rook,
}

/// Why neighbours cannot be told.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum ContiguityError {
    /// The snap distance is no distance.
    #[error("`snap-m` is {snap_m}; it must be from 0 to {MAX_SNAP_M} metres")]
    #[diagnostic(
        code(levekaar::contiguity::snap),
        help("slivers are mended with some centimetres to a few metres, such as `snap-m = 1`")
    )]
    Snap {
        /// What was asked for.
        snap_m: f64,
    },

    /// A link or a cut names an area that the table lacks.
    #[error("{n_unknown} of the areas under `{list}` are not in the table, such as `{example}`")]
    #[diagnostic(code(levekaar::contiguity::unknown), help("{help}"))]
    UnknownArea {
        /// `links` or `cuts`.
        list: &'static str,
        /// How many.
        n_unknown: usize,
        /// The first.
        example: AreaId,
        /// What to do.
        help: String,
    },

    /// A link or a cut from an area to itself.
    #[error("`{list}` has a pair of `{area}` with itself")]
    #[diagnostic(code(levekaar::contiguity::itself), help("name two areas, or take the pair away"))]
    Itself {
        /// `links` or `cuts`.
        list: &'static str,
        /// The area.
        area: AreaId,
    },

    /// The same pair is linked and cut.
    #[error("`{a}` and `{b}` are both under `links` and under `cuts`")]
    #[diagnostic(code(levekaar::contiguity::both), help("take one of the two away"))]
    Both {
        /// The one area.
        a: AreaId,
        /// The other.
        b: AreaId,
    },
}

/// Tells which of `areas` are neighbours.
///
/// Shape: one list of neighbours an area, in the order of `areas`. Outlines that belong to no area
/// are left out; an area without an outline has only the neighbours that links give it. Lengths
/// are metres in the plane of [`Boundaries::crs`]. Notices say how many neighbours there are,
/// which areas have none, and which links and cuts change nothing. With a snap distance each end
/// of a border adds up to two of them to its length.
///
/// At a snap distance of 0, a corner that lies on a neighbour's side where the neighbour has no
/// point of its own is not seen. Above 0, two areas are neighbours when their outlines come that
/// near to each other, so that a river narrower than it no longer parts them.
///
/// # Errors
///
/// [`ContiguityError`] when the snap distance is out of range or a link or cut cannot be used.
pub fn contiguity(
    areas: &[Area],
    boundaries: &Boundaries,
    how: &Contiguity,
) -> Result<(Neighbours, Vec<Notice>), ContiguityError> {
    if !(0.0..=MAX_SNAP_M).contains(&how.snap_m) {
        return Err(ContiguityError::Snap { snap_m: how.snap_m });
    }
    let place: BTreeMap<&str, u32> =
        areas.iter().enumerate().map(|(at, area)| (area.id.as_str(), at as u32)).collect();
    let links = positions("links", &how.links, &place)?;
    let cuts = positions("cuts", &how.cuts, &place)?;
    if let Some(&(a, b)) = links.iter().find(|pair| cuts.contains(pair)) {
        let id = |at: u32| areas[at as usize].id.clone();
        return Err(ContiguityError::Both { a: id(a), b: id(b) });
    }
    let touching = touching(boundaries, how.method, how.snap_m);
    let of_shape: Vec<Option<u32>> =
        boundaries.shapes().iter().map(|shape| place.get(shape.id.as_str()).copied()).collect();
    let mut outline_m = vec![0.0; areas.len()];
    for (at, length_m) in of_shape.iter().zip(touching.outline_m) {
        if let Some(at) = at {
            outline_m[*at as usize] = length_m;
        }
    }
    let pair = |border: &Border| (border.a, border.b);
    let of_areas = |Border { a, b, length_m }| {
        let (a, b) = (of_shape[a as usize]?, of_shape[b as usize]?);
        Some(Border { a: a.min(b), b: a.max(b), length_m })
    };
    let mut borders: Vec<Border> = touching.borders.into_iter().filter_map(of_areas).collect();
    borders.sort_unstable_by_key(pair);
    let label = |&(a, b): &(u32, u32)| {
        format!("{} – {}", areas[a as usize].label(), areas[b as usize].label())
    };
    let touches = |at: &(u32, u32)| borders.binary_search_by_key(at, pair).is_ok();
    let idle_cuts: Vec<String> = cuts.iter().filter(|cut| !touches(cut)).map(label).collect();
    let idle_links: Vec<String> = links.iter().filter(|link| touches(link)).map(label).collect();
    let more: Vec<(u32, u32)> = links.into_iter().filter(|link| !touches(link)).collect();
    borders.extend(more.into_iter().map(|(a, b)| Border { a, b, length_m: 0.0 }));
    borders.retain(|border| cuts.binary_search(&pair(border)).is_err());
    let neighbours = Neighbours::from_borders(outline_m, &borders);
    let notices = notices(areas, &neighbours, how, idle_links, idle_cuts);
    Ok((neighbours, notices))
}

/// Which outlines touch, by their positions among the shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Touching {
    /// The length of each outline in metres, holes included.
    pub outline_m: Vec<f64>,
    /// Each pair once, in ascending order.
    pub borders: Vec<Border>,
}

/// Tells which outlines touch, within `snap_m` metres.
///
/// Shape: one length an outline, each touching pair once. The step behind [`contiguity`], for
/// maps that come without a table.
pub fn touching(boundaries: &Boundaries, method: Touch, snap_m: f64) -> Touching {
    if snap_m > 0.0 {
        // A corner within the snap distance is not a side.
        let at_least_m = match method {
            Touch::Queen => 0.0,
            Touch::Rook => 4.0 * snap_m,
        };
        return near::touching(boundaries.shapes(), snap_m, at_least_m);
    }
    let mut found = shared::touching(boundaries.shapes());
    match method {
        Touch::Queen => {}
        Touch::Rook => found.borders.retain(|border| border.length_m > 0.0),
    }
    found
}

/// The pairs as ordered positions, each once and in ascending order.
fn positions(
    list: &'static str,
    pairs: &[(AreaId, AreaId)],
    place: &BTreeMap<&str, u32>,
) -> Result<Vec<(u32, u32)>, ContiguityError> {
    let named: Vec<&AreaId> = pairs.iter().flat_map(|(a, b)| [a, b]).collect();
    let unknown: Vec<&&AreaId> =
        named.iter().filter(|id| !place.contains_key(id.as_str())).collect();
    if let Some(&&example) = unknown.first() {
        let help = match nearest(example.as_str(), place.keys().copied()) {
            Some(near) => format!("did you mean `{near}`? leading zeros count"),
            None => "name areas by their ids in the table, as text: `[\"0301\", \"0302\"]`".into(),
        };
        let (n_unknown, example) = (unknown.len(), example.clone());
        return Err(ContiguityError::UnknownArea { list, n_unknown, example, help });
    }
    if let Some((area, _)) = pairs.iter().find(|(a, b)| a == b) {
        return Err(ContiguityError::Itself { list, area: area.clone() });
    }
    let mut found: Vec<(u32, u32)> = pairs
        .iter()
        .map(|(a, b)| (place[a.as_str()], place[b.as_str()]))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn notices(
    areas: &[Area],
    neighbours: &Neighbours,
    how: &Contiguity,
    idle_links: Vec<String>,
    idle_cuts: Vec<String>,
) -> Vec<Notice> {
    let islands: Vec<String> =
        neighbours.islands().into_iter().map(|at| areas[at].label()).collect();
    let key = match how.method {
        Touch::Queen => "region.contiguity-queen",
        Touch::Rook => "region.contiguity-rook",
    };
    let mut all = vec![
        Notice::note(key)
            .with("pairs", neighbours.pairs().count())
            .with("areas", areas.len() - islands.len())
            .with_number("snap_nb", "snap_en", how.snap_m),
    ];
    let lists = [
        (Notice::warning("region.islands"), islands),
        (Notice::note("region.links-idle"), idle_links),
        (Notice::warning("region.cuts-idle"), idle_cuts),
    ];
    all.extend(
        lists
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(notice, items)| notice.about(items)),
    );
    all
}

#[cfg(test)]
mod tests;
