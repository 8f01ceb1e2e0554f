//! What does a Shapefile hold?
//!
//! Three files of one name: shapes (`.shp`), attributes (`.dbf`) and the coordinate system
//! (`.prj`); `.cpg` names the encoding. Source: ESRI (1998), *ESRI Shapefile Technical
//! Description*. Shells run clockwise there and holes the other way, and nothing but that and
//! their place tells which hole belongs to which shell.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use geo::Coord;
use shapefile::record::polygon::GenericPolygon;
use shapefile::{PolygonRing, Shape, ShapeReader};

use super::BoundaryError;
use super::dbf;
use super::feature::{Collection, Feature, RawGeometry, Ring, Shells};
use super::rings::doubled_area;
use crate::boundary::epsg_of_wkt;
use crate::repair::encloses;

/// Reads the Shapefile of which `path` is the `.shp`.
pub(super) fn read(path: &Path) -> Result<Collection, BoundaryError> {
    let broken = |reason: String| BoundaryError::Broken {
        path: path.to_path_buf(),
        format: "Shapefile",
        reason,
    };
    let unreadable =
        |path: &Path, source| BoundaryError::Unreadable { path: path.to_path_buf(), source };
    let attributes = match beside(path, "dbf") {
        Some(dbf) => std::fs::read(&dbf).map_err(|source| unreadable(&dbf, source))?,
        None => {
            return Err(BoundaryError::PartMissing { path: path.to_path_buf(), part: "dbf" });
        }
    };
    let encoding = beside(path, "cpg").and_then(|path| std::fs::read_to_string(path).ok());
    let table = dbf::read(&attributes, encoding.as_deref()).map_err(broken)?;
    let crs = match beside(path, "prj") {
        Some(prj) => {
            let text = std::fs::read_to_string(&prj).map_err(|source| unreadable(&prj, source))?;
            Some(epsg_of_wkt(&text).ok_or_else(|| text.chars().take(60).collect()))
        }
        None => None,
    };
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut reader =
        ShapeReader::new(BufReader::new(file)).map_err(|error| broken(error.to_string()))?;
    let mut shapes = Vec::with_capacity(table.rows.len());
    for shape in reader.iter_shapes() {
        let shape = shape.map_err(|error| match &error {
            shapefile::Error::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => {
                broken(format!("it ends in the middle of shape {}", shapes.len() + 1))
            }
            _ => broken(format!("shape {}: {error}", shapes.len() + 1)),
        })?;
        shapes.push(geometry(shape));
    }
    if shapes.len() != table.rows.len() {
        return Err(broken(format!(
            "it has {} shapes, and its `.dbf` has {} rows",
            shapes.len(),
            table.rows.len()
        )));
    }
    let features = shapes
        .into_iter()
        .zip(table.rows)
        .filter_map(|(geometry, row)| Some(Feature { id: None, properties: row?, geometry }))
        .collect();
    Ok(Collection {
        features,
        crs,
        shells: Shells::Any,
        degrees_by_default: false,
        notices: table.notices,
    })
}

/// The file of the same name with this ending, in small or capital letters.
fn beside(path: &Path, ending: &str) -> Option<PathBuf> {
    [ending.to_owned(), ending.to_uppercase()]
        .into_iter()
        .map(|ending| path.with_extension(ending))
        .find(|path| path.is_file())
}

fn geometry(shape: Shape) -> RawGeometry {
    let other =
        |kind: &str| RawGeometry { other_kinds: vec![kind.to_owned()], ..RawGeometry::default() };
    match shape {
        Shape::NullShape => RawGeometry::default(),
        Shape::Polygon(polygon) => polygons(&polygon, |p| Coord { x: p.x, y: p.y }, false),
        Shape::PolygonM(polygon) => polygons(&polygon, |p| Coord { x: p.x, y: p.y }, true),
        Shape::PolygonZ(polygon) => polygons(&polygon, |p| Coord { x: p.x, y: p.y }, true),
        Shape::Point(_) | Shape::PointM(_) | Shape::PointZ(_) => other("Point"),
        Shape::Polyline(_) | Shape::PolylineM(_) | Shape::PolylineZ(_) => other("Polyline"),
        Shape::Multipoint(_) | Shape::MultipointM(_) | Shape::MultipointZ(_) => other("Multipoint"),
        Shape::Multipatch(_) => other("Multipatch"),
    }
}

/// Shells with the holes that lie in them; the smallest shell around a hole has it.
fn polygons<P>(
    polygon: &GenericPolygon<P>,
    coord: impl Fn(&P) -> Coord<f64>,
    heights: bool,
) -> RawGeometry
where
    P: shapefile::record::traits::ShrinkablePoint
        + shapefile::record::traits::GrowablePoint
        + shapefile::record::traits::HasXY
        + PartialEq
        + Copy,
{
    let mut shells: Vec<Vec<Ring>> = Vec::new();
    let mut holes: Vec<Ring> = Vec::new();
    for ring in polygon.rings() {
        let points: Ring = ring.points().iter().map(&coord).collect();
        match ring {
            PolygonRing::Outer(_) => shells.push(vec![points]),
            PolygonRing::Inner(_) => holes.push(points),
        }
    }
    for hole in holes {
        let around = |shell: &Vec<Ring>| hole.first().is_some_and(|&p| encloses(&shell[0], p));
        let size = |shell: &Vec<Ring>| doubled_area(&shell[0]).abs();
        let owner = match shells.as_slice() {
            [_] => Some(0),
            _ => (0..shells.len())
                .filter(|&at| around(&shells[at]))
                .min_by(|&a, &b| size(&shells[a]).total_cmp(&size(&shells[b]))),
        };
        match owner {
            Some(owner) => shells[owner].push(hole),
            // No shell is around it: a shell that was written the wrong way round.
            None => shells.push(vec![hole]),
        }
    }
    RawGeometry { polygons: shells, other_kinds: Vec::new(), heights }
}
