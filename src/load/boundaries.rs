//! How do outlines get in?
//!
//! A GeoJSON file, plain or gzip, becomes [`Boundaries`]. Ids are text and stay as they are; every
//! feature, ring or coordinate that is merged, mended or left out is named in a notice. Joining to
//! a table is the caller's work.

mod error;
mod geojson;
mod rings;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use geo::{Coord, CoordsIter, MultiPolygon, Polygon};
use serde_json::Value;

pub use error::BoundaryError;

use crate::area::AreaId;
use crate::boundary::{Boundaries, Crs, SourceShape};
use crate::notice::Notice;
use geojson::{Collection, Feature};

/// What the user says of a boundary file.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryOptions {
    /// The property that holds the area's id. `id` also means the feature's own id where no
    /// feature has a property of that name.
    pub id_property: String,
    /// The property that holds the area's name.
    pub name_property: Option<String>,
    /// The EPSG code of the coordinates, where the file does not tell or tells it wrong.
    pub crs: Option<u32>,
}

/// Reads outlines from a GeoJSON file.
///
/// Shape: one [`crate::boundary::Shape`] an id, sorted by id; features that share an id are
/// merged side by side (their inner borders stay). Rings are closed, shells turned
/// counter-clockwise, heights dropped.
/// Features without polygons or without an id are left out and named in a notice.
///
/// Polygons that cross themselves or each other are not mended.
///
/// # Errors
///
/// [`BoundaryError`], which names the file, the place and one example.
pub fn boundaries(path: &Path, options: &BoundaryOptions) -> Result<Boundaries, BoundaryError> {
    let bytes = std::fs::read(path)
        .and_then(unpacked)
        .map_err(|source| BoundaryError::Unreadable { path: path.to_path_buf(), source })?;
    from_bytes(&bytes, path, options)
}

/// The bytes themselves, or what they hold where they are gzip.
fn unpacked(bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len() * 4);
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
    Ok(plain)
}

fn from_bytes(
    bytes: &[u8],
    path: &Path,
    options: &BoundaryOptions,
) -> Result<Boundaries, BoundaryError> {
    let Collection { features, crs: member } = geojson::read(bytes, path)?;
    require_properties(&features, path, options)?;
    let n_features = features.len();
    let mut gathered = Gathered::default();
    for (feature_idx, feature) in features.into_iter().enumerate() {
        gathered.add(feature_idx, feature, options);
    }
    if gathered.shapes.is_empty() {
        return Err(gathered.no_polygons(path, n_features));
    }
    let mut notices = gathered.notices();
    let shapes: Vec<SourceShape> = gathered
        .shapes
        .into_iter()
        .map(|(id, part)| SourceShape {
            id,
            name: part.name,
            polygons: MultiPolygon(part.polygons),
        })
        .collect();
    let crs = decide_crs(&shapes, member.as_ref(), options.crs, path, &mut notices)?;
    require_in_range(&shapes, crs, path)?;
    Boundaries::from_source(shapes, crs, notices)
        .map_err(|source| BoundaryError::Reprojection { path: path.to_path_buf(), source })
}

/// Checks that at least one feature has each property that the user names.
fn require_properties(
    features: &[Feature],
    path: &Path,
    options: &BoundaryOptions,
) -> Result<(), BoundaryError> {
    let has = |key: &str| features.iter().any(|feature| feature.property(key).is_some());
    let own_ids = options.id_property == "id" && features.iter().any(|f| f.id.is_some());
    let missing = if !own_ids && !has(&options.id_property) {
        &options.id_property
    } else {
        match &options.name_property {
            Some(name) if !has(name) => name,
            Some(_) | None => return Ok(()),
        }
    };
    Err(BoundaryError::no_property(path, missing, features))
}

/// What was found of one area so far.
struct Part {
    name: Option<String>,
    polygons: Vec<Polygon<f64>>,
    n_features: usize,
}

/// The features of a file, gathered by id, and what was wrong with some of them.
#[derive(Default)]
struct Gathered {
    shapes: BTreeMap<AreaId, Part>,
    without_id: Vec<String>,
    without_polygons: Vec<String>,
    with_other_geometry: Vec<String>,
    with_short_rings: Vec<String>,
}

impl Gathered {
    fn add(&mut self, feature_idx: usize, feature: Feature, options: &BoundaryOptions) {
        let id = feature.property(&options.id_property).and_then(text);
        let own_id = || feature.id.as_ref().filter(|_| options.id_property == "id").and_then(text);
        let Some(id) = id.or_else(own_id) else {
            self.without_id.push(format!("feature {}", feature_idx + 1));
            return;
        };
        let name = options.name_property.as_deref().and_then(|key| feature.property(key));
        let name = name.and_then(text);
        let found = feature.geometry.map(rings::polygons).unwrap_or_default();
        if !found.other_kinds.is_empty() {
            self.with_other_geometry.push(format!("{id} ({})", found.other_kinds.join(", ")));
        }
        if found.n_short_rings > 0 {
            self.with_short_rings.push(id.clone());
        }
        if found.polygons.is_empty() {
            self.without_polygons.push(id);
            return;
        }
        let part = self.shapes.entry(AreaId::new(id)).or_insert(Part {
            name: None,
            polygons: Vec::new(),
            n_features: 0,
        });
        part.name = part.name.take().or(name);
        part.polygons.extend(found.polygons);
        part.n_features += 1;
    }

    fn notices(&self) -> Vec<Notice> {
        let merged: Vec<String> = self
            .shapes
            .iter()
            .filter(|(_, part)| part.n_features > 1)
            .map(|(id, _)| id.to_string())
            .collect();
        let all = [
            (Notice::note("map.boundary_merged"), &merged),
            (Notice::warning("map.boundary_without_id"), &self.without_id),
            (Notice::warning("map.boundary_without_polygons"), &self.without_polygons),
            (Notice::note("map.boundary_other_geometry"), &self.with_other_geometry),
            (Notice::note("map.boundary_short_rings"), &self.with_short_rings),
        ];
        all.into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(notice, items)| notice.about(items.clone()))
            .collect()
    }

    fn no_polygons(&self, path: &Path, n_features: usize) -> BoundaryError {
        let example = self
            .with_other_geometry
            .first()
            .or(self.without_polygons.first())
            .or(self.without_id.first());
        BoundaryError::NoPolygons {
            path: path.to_path_buf(),
            n_features,
            example: example.cloned().unwrap_or_else(|| "no feature at all".to_owned()),
        }
    }
}

/// An id or name as text: strings as they are, whole numbers without decimals.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => match number.as_f64() {
            // Some writers store whole numbers as 301.0; below 2^53 the cast is exact.
            Some(x) if number.is_f64() && x.fract() == 0.0 && x.abs() < 9e15 => {
                Some((x as i64).to_string())
            }
            Some(_) | None => Some(number.to_string()),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The coordinate system: the user's word, else the file's, else degrees where all fit.
fn decide_crs(
    shapes: &[SourceShape],
    member: Option<&Value>,
    declared: Option<u32>,
    path: &Path,
    notices: &mut Vec<Notice>,
) -> Result<Crs, BoundaryError> {
    let unknown = |found: String| BoundaryError::UnknownCrs { path: path.to_path_buf(), found };
    let of_file = member.filter(|member| !member.is_null()).map(geojson::crs_of);
    if let Some(code) = declared {
        let crs = Crs::from_epsg(code).ok_or_else(|| unknown(format!("EPSG:{code}")))?;
        if let Some(Ok(other)) = of_file
            && other != code
        {
            notices.push(
                Notice::warning("map.boundary_crs_overridden")
                    .with("declared", crs)
                    .with("found", format!("EPSG:{other}")),
            );
        }
        return Ok(crs);
    }
    match of_file {
        Some(Ok(code)) => Crs::from_epsg(code).ok_or_else(|| unknown(format!("EPSG:{code}"))),
        Some(Err(found)) => Err(unknown(found)),
        None => {
            let (n_points, outside) = outside_of(shapes, Crs::WGS84);
            match outside.first() {
                None => Ok(Crs::WGS84),
                Some(&example) => Err(BoundaryError::CrsNeeded {
                    path: path.to_path_buf(),
                    n_outside: outside.len(),
                    n_points,
                    x: example.x,
                    y: example.y,
                }),
            }
        }
    }
}

fn require_in_range(shapes: &[SourceShape], crs: Crs, path: &Path) -> Result<(), BoundaryError> {
    let (n_points, outside) = outside_of(shapes, crs);
    match outside.first() {
        None => Ok(()),
        Some(&example) => Err(BoundaryError::OutOfRange {
            path: path.to_path_buf(),
            crs,
            n_outside: outside.len(),
            n_points,
            x: example.x,
            y: example.y,
        }),
    }
}

/// The number of points, and those that cannot lie in this coordinate system.
fn outside_of(shapes: &[SourceShape], crs: Crs) -> (usize, Vec<Coord<f64>>) {
    let n_points = shapes.iter().map(|shape| shape.polygons.coords_count()).sum();
    let outside = shapes
        .iter()
        .flat_map(|shape| shape.polygons.coords_iter())
        .filter(|&point| !crs.holds(point))
        .collect();
    (n_points, outside)
}

#[cfg(test)]
mod tests;
