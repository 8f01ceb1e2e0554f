//! In which format is it?
//!
//! Told by the first bytes; the ending of the name decides nothing but which part of a Shapefile
//! was meant.

use std::io::{Read, Write};
use std::path::Path;

use geo_traits::to_geo::ToGeoGeometry;
use wkb::reader::Dimension;

use super::BoundaryError;
use super::feature::{Collection, RawGeometry};
use super::{fast, flatgeobuf, geojson, geopackage, geoparquet, shapefile, topojson};
use crate::suggest::nearest;

/// Reads a layer of a file of any format. Of the properties only some need be there, if any are
/// named.
pub(super) fn read(
    path: &Path,
    layer: Option<&str>,
    only: Option<&[&str]>,
) -> Result<Collection, BoundaryError> {
    let unreadable = |source| BoundaryError::Unreadable { path: path.to_path_buf(), source };
    if path.is_dir() {
        return Err(unknown(path, "a folder"));
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if ["dbf", "prj", "shx", "cpg"].contains(&ending.as_str()) {
        let shp = path.with_extension("shp");
        return if shp.is_file() {
            shapefile::read(&shp)
        } else {
            Err(unknown(path, "a part of a Shapefile"))
        };
    }
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(64).read_to_end(&mut start).map_err(unreadable)?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return packed(path, layer, only);
    }
    match Kind::of(&start) {
        Kind::GeoPackage => geopackage::read(path, layer),
        Kind::GeoParquet => geoparquet::read(path),
        Kind::Shapefile => shapefile::read(path),
        Kind::FlatGeobuf => flatgeobuf::read(&std::fs::read(path).map_err(unreadable)?, path),
        Kind::Json => {
            let file = std::fs::File::open(path).map_err(unreadable)?;
            match fast::read(file, only).map_err(unreadable)? {
                Some(quick) => Ok(quick),
                None => json(&std::fs::read(path).map_err(unreadable)?, path, layer),
            }
        }
        Kind::Other(found) => Err(unknown(path, found)),
    }
}

/// A file packed with gzip. Formats that are read in place go to a file of their own first.
fn packed(
    path: &Path,
    layer: Option<&str>,
    only: Option<&[&str]>,
) -> Result<Collection, BoundaryError> {
    let unreadable = |source| BoundaryError::Unreadable { path: path.to_path_buf(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let mut plain = Vec::with_capacity(bytes.len() * 4);
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut plain)
        .map_err(unreadable)?;
    drop(bytes);
    let kind = Kind::of(&plain);
    match kind {
        Kind::Json => match fast::read(plain.as_slice(), only).map_err(unreadable)? {
            Some(quick) => Ok(quick),
            None => json(&plain, path, layer),
        },
        Kind::FlatGeobuf => flatgeobuf::read(&plain, path),
        Kind::GeoPackage | Kind::GeoParquet => {
            let mut file = tempfile::NamedTempFile::new().map_err(unreadable)?;
            file.write_all(&plain).map_err(unreadable)?;
            match kind {
                Kind::GeoParquet => geoparquet::read(file.path()),
                _ => geopackage::read(file.path(), layer),
            }
        }
        Kind::Shapefile => Err(unknown(path, "a Shapefile packed without its other parts")),
        Kind::Other(found) => Err(unknown(path, found)),
    }
}

/// JSON of any make.
fn json(bytes: &[u8], path: &Path, layer: Option<&str>) -> Result<Collection, BoundaryError> {
    match geojson::slow(bytes, path) {
        Err(BoundaryError::NotACollection { found, .. }) if found == "`Topology`" => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let text = std::str::from_utf8(bytes).expect("the GeoJSON reader has checked it");
            topojson::read(text, path, layer)
        }
        other => other,
    }
}

fn unknown(path: &Path, found: &'static str) -> BoundaryError {
    BoundaryError::NotSpatial { path: path.to_path_buf(), found }
}

enum Kind {
    Json,
    GeoPackage,
    FlatGeobuf,
    Shapefile,
    GeoParquet,
    Other(&'static str),
}

impl Kind {
    fn of(start: &[u8]) -> Self {
        let known = [
            (&b"SQLite format 3\0"[..], Self::GeoPackage),
            (b"fgb", Self::FlatGeobuf),
            (&[0, 0, 0x27, 0x0a], Self::Shapefile),
            (b"PAR1", Self::GeoParquet),
            (b"PK\x03\x04", Self::Other("a zip archive")),
            (b"%PDF", Self::Other("a PDF")),
            (b"<", Self::Other("XML such as GML or KML")),
            (b"\xef\xbb\xbf<", Self::Other("XML such as GML or KML")),
        ];
        let found = known.into_iter().find(|(magic, _)| start.starts_with(magic));
        // All else is tried as JSON, whose reader says what is wrong and where.
        found.map_or(Self::Json, |(_, kind)| kind)
    }
}

/// The layer that was asked for, or the only one.
pub(super) fn chosen_layer(
    known: &[String],
    wanted: Option<&str>,
    path: &Path,
) -> Result<String, BoundaryError> {
    let path = path.to_path_buf();
    match (wanted, known) {
        (Some(wanted), _) if known.iter().any(|name| name == wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) => Err(BoundaryError::NoLayer {
            path,
            layer: wanted.to_owned(),
            nearest: nearest(wanted, known.iter().map(String::as_str)).map(str::to_owned),
            known: known.to_vec(),
        }),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(BoundaryError::WhichLayer { path, known: known.to_vec() }),
    }
}

/// A geometry of well-known binary, plain or extended.
pub(super) fn from_wkb(bytes: &[u8]) -> Result<RawGeometry, String> {
    let geometry = wkb::reader::read_wkb(bytes).map_err(|error| error.to_string())?;
    let heights = geometry.dimension() != Dimension::Xy;
    Ok(match geometry.try_to_geometry() {
        Some(geometry) => RawGeometry::of(geometry, heights),
        // An empty point has no coordinates to make one of.
        None => RawGeometry { other_kinds: vec!["Point".to_owned()], ..RawGeometry::default() },
    })
}
