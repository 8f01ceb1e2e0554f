//! Which features make an area, and what was wrong with them?

use std::collections::BTreeMap;
use std::path::Path;

use geo::MultiPolygon;
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Feature, Shells, text};
use super::rings;
use crate::area::AreaId;
use crate::layer::Exclude;
use crate::notice::Notice;
use crate::repair::{Fault, fault, made_valid};

/// Which properties are ids and names, and which features are no areas.
pub(super) struct Naming<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) exclude: &'a [Exclude],
}

/// What was found of one area.
pub(super) struct Part {
    pub(super) id: AreaId,
    pub(super) name: Option<String>,
    pub(super) polygons: MultiPolygon<f64>,
    properties: Map<String, Value>,
    n_features: usize,
}

impl Part {
    pub(super) fn into_row(self) -> (Map<String, Value>, MultiPolygon<f64>) {
        (self.properties, self.polygons)
    }
}

/// The features of a file, gathered by id in the order of the file, and what was wrong with some.
#[derive(Default)]
pub(super) struct Gathered {
    parts: Vec<Part>,
    places: BTreeMap<AreaId, usize>,
    fields: Vec<String>,
    notices: Vec<Notice>,
    without_id: Vec<String>,
    without_polygons: Vec<String>,
    excluded: Vec<String>,
    with_other_geometry: Vec<String>,
    with_short_rings: Vec<String>,
    with_flat_rings: Vec<String>,
    with_open_rings: Vec<String>,
    with_turned_rings: Vec<String>,
    with_repeated_points: Vec<String>,
    with_heights: Vec<String>,
    crossing: Vec<String>,
    nested: Vec<String>,
}

impl Gathered {
    pub(super) fn new(notices: Vec<Notice>) -> Self {
        Self { notices, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Makes areas valid that cross themselves, now that all their features are there.
    ///
    /// An area of which nothing is left has no polygon.
    pub(super) fn mend(&mut self) {
        let mended: Vec<Option<(Fault, MultiPolygon<f64>)>> = self
            .parts
            .par_iter()
            .map(|part| {
                let fault = fault(&part.polygons)?;
                Some((fault, made_valid(&part.polygons)))
            })
            .collect();
        for (part, mended) in self.parts.iter_mut().zip(mended) {
            let Some((fault, polygons)) = mended else { continue };
            match fault {
                Fault::Crossing => self.crossing.push(part.id.to_string()),
                Fault::Nested => self.nested.push(part.id.to_string()),
            }
            part.polygons = polygons;
            if part.polygons.0.is_empty() {
                self.without_polygons.push(part.id.to_string());
            }
        }
        self.parts.retain(|part| !part.polygons.0.is_empty());
    }

    /// The names of all attributes in the order in which they first occur, and the areas.
    pub(super) fn into_parts(self) -> (Vec<String>, Vec<Part>) {
        (self.fields, self.parts)
    }

    pub(super) fn add(
        &mut self,
        feature_idx: usize,
        feature: Feature,
        shells: Shells,
        naming: &Naming<'_>,
    ) {
        let own = format!("feature {}", feature_idx + 1);
        let id = match naming.id {
            Some(property) => {
                let own_id = feature.id.as_ref().filter(|_| ["id", "fid"].contains(&property));
                let id = feature.property(property).and_then(text);
                id.or_else(|| own_id.and_then(text))
            }
            None => Some(own.clone()),
        };
        let is = |rule: &&Exclude| {
            feature.property(&rule.property).and_then(text).as_deref() == Some(&rule.equals)
        };
        if let Some(rule) = naming.exclude.iter().find(is) {
            let id = id.unwrap_or(own);
            self.excluded.push(format!("{id} ({} = {})", rule.property, rule.equals));
            return;
        }
        let Some(id) = id else {
            self.without_id.push(own);
            return;
        };
        let name = naming.name.and_then(|key| feature.property(key)).and_then(text);
        if !feature.geometry.other_kinds.is_empty() {
            let kinds = feature.geometry.other_kinds.join(", ");
            self.with_other_geometry.push(format!("{id} ({kinds})"));
        }
        if feature.geometry.heights {
            self.with_heights.push(id.clone());
        }
        let found = rings::polygons(feature.geometry, shells);
        for (n, list) in [
            (found.n_short, &mut self.with_short_rings),
            (found.n_flat, &mut self.with_flat_rings),
            (found.n_open, &mut self.with_open_rings),
            (found.n_turned, &mut self.with_turned_rings),
            (found.n_repeated, &mut self.with_repeated_points),
        ] {
            if n > 0 {
                list.push(id.clone());
            }
        }
        if found.polygons.is_empty() {
            self.without_polygons.push(id);
            return;
        }
        for key in feature.properties.keys() {
            // Features of one file mostly have the same names in the same order.
            if !self.fields.contains(key) {
                self.fields.push(key.clone());
            }
        }
        let id = AreaId::new(id);
        match self.places.get(&id) {
            Some(&at) => {
                let part = &mut self.parts[at];
                part.name = part.name.take().or(name);
                part.polygons.0.extend(found.polygons);
                part.n_features += 1;
            }
            None => {
                self.places.insert(id.clone(), self.parts.len());
                self.parts.push(Part {
                    id,
                    name,
                    polygons: MultiPolygon(found.polygons),
                    properties: feature.properties,
                    n_features: 1,
                });
            }
        }
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        let merged = self.parts.iter().filter(|part| part.n_features > 1);
        let merged: Vec<String> = merged.map(|part| part.id.to_string()).collect();
        let all = [
            (Notice::note("map.boundary_merged"), &merged),
            (Notice::note("map.boundary_excluded"), &self.excluded),
            (Notice::warning("map.boundary_without_id"), &self.without_id),
            (Notice::warning("map.boundary_without_polygons"), &self.without_polygons),
            (Notice::note("map.boundary_other_geometry"), &self.with_other_geometry),
            (Notice::note("map.boundary_short_rings"), &self.with_short_rings),
            (Notice::note("map.boundary_flat_rings"), &self.with_flat_rings),
            (Notice::note("map.boundary_open_rings"), &self.with_open_rings),
            (Notice::note("map.boundary_turned_rings"), &self.with_turned_rings),
            (Notice::note("map.boundary_repeated_points"), &self.with_repeated_points),
            (Notice::note("map.boundary_heights"), &self.with_heights),
            (Notice::warning("map.boundary_crossing"), &self.crossing),
            (Notice::note("map.boundary_nested"), &self.nested),
        ];
        let found = all
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(notice, items)| notice.about(items.clone()));
        self.notices.iter().cloned().chain(found).collect()
    }

    pub(super) fn no_polygons(&self, path: &Path, n_features: usize) -> BoundaryError {
        let example = self
            .with_other_geometry
            .first()
            .or(self.without_polygons.first())
            .or(self.without_id.first())
            .or(self.excluded.first());
        BoundaryError::NoPolygons {
            path: path.to_path_buf(),
            n_features,
            example: example.cloned().unwrap_or_else(|| "no feature at all".to_owned()),
        }
    }
}
