//! In which coordinate system is the file?

use std::path::Path;

use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon};

use super::BoundaryError;
use crate::boundary::Crs;
use crate::notice::Notice;

/// The coordinate system: the user's word, else the file's, else degrees where all fit.
pub(super) fn decide(
    shapes: &[&MultiPolygon<f64>],
    of_file: Option<Result<u32, String>>,
    declared: Option<u32>,
    degrees_by_default: bool,
    path: &Path,
    notices: &mut Vec<Notice>,
) -> Result<Crs, BoundaryError> {
    let unknown = |found: String| BoundaryError::UnknownCrs { path: path.to_path_buf(), found };
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
                None => {
                    if !degrees_by_default {
                        notices.push(Notice::warning("map.boundary_crs_assumed"));
                    }
                    Ok(Crs::WGS84)
                }
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

/// Checks that every point can lie in the system.
pub(super) fn require_in_range(
    shapes: &[&MultiPolygon<f64>],
    crs: Crs,
    path: &Path,
) -> Result<(), BoundaryError> {
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

/// Where there are points that cannot lie in this coordinate system: the number of all points, and
/// those.
fn outside_of(shapes: &[&MultiPolygon<f64>], crs: Crs) -> (usize, Vec<Coord<f64>>) {
    let inside = |ring: &LineString<f64>| ring.0.iter().all(|&point| crs.holds(point));
    let all_inside = |polygon: &Polygon<f64>| {
        inside(polygon.exterior()) && polygon.interiors().iter().all(inside)
    };
    if shapes.iter().all(|shape| shape.0.iter().all(all_inside)) {
        return (0, Vec::new());
    }
    let n_points = shapes.iter().map(|shape| shape.coords_count()).sum();
    let outside = shapes
        .iter()
        .flat_map(|shape| shape.coords_iter())
        .filter(|&point| !crs.holds(point))
        .collect();
    (n_points, outside)
}
