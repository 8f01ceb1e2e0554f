//! Which map goes with regions?
//!
//! The first attribute in five quantiles, and a line and a number for each region.

use std::collections::BTreeMap;

use super::PictureError;
use crate::area::{Area, AreaId};
use crate::boundary::Boundaries;
use crate::classify::{Classing, classify};
use crate::indicator::Direction;
use crate::language::{Language, message};
use crate::map::{
    Gap, Key, Look, MapArea, MapRequest, MapSet, SelectionMark, choropleth_with_sets,
};
use crate::max_p::Regions;
use crate::statistics::QuantileType;

/// Classes of the colours.
const CLASSES: usize = 5;

/// What a map of regions shows, in the language of the map.
#[derive(Debug, Clone, Copy)]
pub struct RegionMap<'a> {
    /// The areas, in the order of the regions' members.
    pub areas: &'a [Area],
    /// The values of the colour.
    pub values: &'a [f64],
    /// The regions.
    pub found: &'a Regions,
    /// What the map is of.
    pub title: &'a str,
    /// What the regions are and what the colour is.
    pub subtitle: &'a str,
    /// Whose figures these are; may be empty.
    pub source: &'a str,
    /// What the colour is.
    pub legend_title: &'a str,
    /// Which end of the values is dark.
    pub direction: Direction,
    /// Whether the data are invented.
    pub synthetic: bool,
}

/// Draws the regions as SVG.
///
/// # Errors
///
/// [`PictureError`] when the values cannot be put into classes.
pub fn region_map(
    map: &RegionMap<'_>,
    boundaries: &Boundaries,
    language: Language,
) -> Result<String, PictureError> {
    let how = Classing::Quantiles { classes: CLASSES, quantile_type: QuantileType::Type7 };
    let classes = classify(map.values, &how)?;
    let places: BTreeMap<&AreaId, usize> =
        map.areas.iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    let no_figures = message(language, "map.reason_no_figures", &[]);
    let mut members = vec![Vec::new(); map.found.regions.len()];
    let mut areas: Vec<MapArea<'_>> = Vec::new();
    for (shape_idx, shape) in boundaries.shapes().iter().enumerate() {
        let at = places.get(&shape.id).copied();
        if let Some(region) = at.and_then(|at| map.found.of[at]) {
            members[region].push(shape_idx);
        }
        areas.push(MapArea {
            shape,
            name: match at {
                Some(at) => &map.areas[at].name,
                None => shape.name.as_deref().unwrap_or(shape.id.as_str()),
            },
            value: at.map_or(f64::NAN, |at| map.values[at]),
            second: f64::NAN,
            gap: Gap::Missing,
            reason: &no_figures,
            class: at.and_then(|at| classes.class_of()[at]),
            population: at.and_then(|at| map.areas[at].population),
            selection: SelectionMark::NotSelected,
        });
    }
    let sets = members.into_iter().enumerate();
    let sets: Vec<MapSet> = sets
        .map(|(at, members)| MapSet { label: (at + 1).to_string(), members })
        .filter(|set| !set.members.is_empty())
        .collect();
    let request = MapRequest {
        title: map.title,
        subtitle: map.subtitle,
        source: map.source,
        language,
        synthetic: map.synthetic,
        legend_title: map.legend_title,
        direction: map.direction,
        note: None,
        decimals: 2,
        key: Key::Ranges { limits: classes.limits(), turn: None },
        selection_rule: None,
        areas: &areas,
        look: Look::default(),
    };
    Ok(choropleth_with_sets(&request, &sets))
}
