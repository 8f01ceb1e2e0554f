//! How do outlines get in?
//!
//! A file of GeoJSON, TopoJSON, GeoPackage, FlatGeobuf, Shapefile or GeoParquet becomes
//! [`Boundaries`], or a [`Layer`] with all its attributes. Ids are text and stay as they are;
//! every feature, ring or coordinate that is merged, mended or left out is named in a notice.
//! Joining to a table is the caller's work.

mod dbf;
mod error;
mod fast;
mod feature;
mod flatgeobuf;
mod format;
mod gather;
mod geojson;
mod geopackage;
mod geoparquet;
mod rings;
mod shapefile;
mod system;
mod topojson;

use std::path::Path;

use geo::MultiPolygon;

pub use error::BoundaryError;

use crate::boundary::{Boundaries, SourceShape};
use crate::layer::{Exclude, Layer};
use feature::{Collection, Feature};
use gather::{Gathered, Naming};

/// What the user says of a boundary file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BoundaryOptions {
    /// The property that holds the area's id. `id` and `fid` also mean the feature's own id where
    /// no feature has a property of that name.
    pub id_property: String,
    /// The property that holds the area's name.
    pub name_property: Option<String>,
    /// The EPSG code of the coordinates, where the file does not tell or tells it wrong.
    pub crs: Option<u32>,
    /// The layer, where the file has several.
    pub layer: Option<String>,
    /// Features that are no areas, such as sea.
    pub exclude: Vec<Exclude>,
    /// Whether outlines in degrees can be left out, for lengths, sizes and neighbours.
    pub only_metres: bool,
}

/// What the user says of a file of which all attributes are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerOptions {
    /// The property that holds the id; features that share one are merged. Without it each
    /// feature is an area of its own.
    pub id_property: Option<String>,
    /// The EPSG code of the coordinates, where the file does not tell or tells it wrong.
    pub crs: Option<u32>,
    /// The layer, where the file has several.
    pub layer: Option<String>,
    /// Features that are no areas, such as sea.
    pub exclude: Vec<Exclude>,
}

/// Reads outlines.
///
/// Shape: one [`crate::boundary::Shape`] an id, sorted by id; features that share an id are
/// merged side by side (their inner borders stay). Rings are closed, shells turned
/// counter-clockwise, heights dropped. Features without polygons or without an id are left out.
/// All of it is named in notices.
///
/// # Errors
///
/// [`BoundaryError`], which names the file, the place and one example.
pub fn boundaries(path: &Path, options: &BoundaryOptions) -> Result<Boundaries, BoundaryError> {
    let of_rules = options.exclude.iter().map(|rule| rule.property.as_str());
    let names =
        std::iter::once(options.id_property.as_str()).chain(options.name_property.as_deref());
    let names: Vec<&str> = names.chain(of_rules).collect();
    let read = |only: Option<&[&str]>| {
        from_collection(format::read(path, options.layer.as_deref(), only)?, path, options)
    };
    // Attributes are much of a large file. That one is not there is told beside all that are.
    match read(Some(&names)) {
        Err(BoundaryError::NoProperty { .. }) => read(None),
        other => other,
    }
}

fn from_collection(
    collection: Collection,
    path: &Path,
    options: &BoundaryOptions,
) -> Result<Boundaries, BoundaryError> {
    let naming = Naming {
        id: Some(&options.id_property),
        name: options.name_property.as_deref(),
        exclude: &options.exclude,
    };
    let degrees_by_default = collection.degrees_by_default;
    let (gathered, of_file) = gathered(collection, path, &naming)?;
    let mut notices = gathered.notices();
    let (_, parts) = gathered.into_parts();
    let polygons: Vec<&MultiPolygon<f64>> = parts.iter().map(|part| &part.polygons).collect();
    let crs =
        system::decide(&polygons, of_file, options.crs, degrees_by_default, path, &mut notices)?;
    system::require_in_range(&polygons, crs, path)?;
    let shapes = parts
        .into_iter()
        .map(|part| SourceShape { id: part.id, name: part.name, polygons: part.polygons })
        .collect();
    let boundaries = match options.only_metres {
        true => Boundaries::in_metres(shapes, crs, notices),
        false => Boundaries::from_source(shapes, crs, notices),
    };
    boundaries.map_err(|source| BoundaryError::Reprojection { path: path.to_path_buf(), source })
}

/// Reads a layer with all its attributes, in the file's coordinate system.
///
/// Shape: one row an area, in the order of the file. Rings are mended as by [`boundaries`].
/// Attributes keep the file's order and kinds; of features that are merged, the first one's stay.
///
/// # Errors
///
/// [`BoundaryError`], which names the file, the place and one example.
pub fn layer(path: &Path, options: &LayerOptions) -> Result<Layer, BoundaryError> {
    let collection = format::read(path, options.layer.as_deref(), None)?;
    let naming =
        Naming { id: options.id_property.as_deref(), name: None, exclude: &options.exclude };
    let degrees_by_default = collection.degrees_by_default;
    let (gathered, of_file) = gathered(collection, path, &naming)?;
    let mut notices = gathered.notices();
    let (fields, parts) = gathered.into_parts();
    let polygons: Vec<&MultiPolygon<f64>> = parts.iter().map(|part| &part.polygons).collect();
    let crs =
        system::decide(&polygons, of_file, options.crs, degrees_by_default, path, &mut notices)?;
    system::require_in_range(&polygons, crs, path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // `zones.geojson.gz` is called `zones`.
    let name = name.split('.').next().unwrap_or_default().to_owned();
    let rows = parts.into_iter().map(gather::Part::into_row).collect();
    Ok(Layer::of_values(name, &fields, rows, crs, notices))
}

/// The features by area, and the code that the file names.
#[allow(clippy::type_complexity, reason = "the second is what the file says, or not at all")]
fn gathered(
    collection: Collection,
    path: &Path,
    naming: &Naming<'_>,
) -> Result<(Gathered, Option<Result<u32, String>>), BoundaryError> {
    let Collection { features, crs, shells, notices, degrees_by_default: _ } = collection;
    require_properties(&features, path, naming)?;
    let n_features = features.len();
    let mut gathered = Gathered::new(notices);
    for (feature_idx, feature) in features.into_iter().enumerate() {
        gathered.add(feature_idx, feature, shells, naming);
    }
    gathered.mend();
    if gathered.is_empty() {
        return Err(gathered.no_polygons(path, n_features));
    }
    Ok((gathered, crs))
}

/// Checks that at least one feature has each property that the user names.
fn require_properties(
    features: &[Feature],
    path: &Path,
    naming: &Naming<'_>,
) -> Result<(), BoundaryError> {
    let has = |key: &str| features.iter().any(|feature| feature.property(key).is_some());
    let own_ids =
        |key: &str| ["id", "fid"].contains(&key) && features.iter().any(|f| f.id.is_some());
    let excluded = naming.exclude.iter().map(|rule| rule.property.as_str());
    let missing = naming
        .id
        .filter(|id| !own_ids(id))
        .into_iter()
        .chain(naming.name)
        .chain(excluded)
        .find(|key| !has(key));
    match missing {
        None => Ok(()),
        Some(missing) => Err(BoundaryError::no_property(path, missing, features)),
    }
}

#[cfg(test)]
mod tests;
