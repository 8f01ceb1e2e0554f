//! What shape has it?
//!
//! In come cleaned polygons in one coordinate system, out come [`Boundaries`]: each area's polygons
//! in degrees (for writing GeoJSON) and in metres (for drawing, lengths and areas). Files are read
//! in [`crate::load::boundaries`]; which areas are neighbours is
//! [`crate::contiguity`]'s question.

mod crs;
mod describe;
mod utm;
mod wkt;

use geo::{Area, BoundingRect, MultiPolygon, polygon};
use rayon::prelude::*;

pub(crate) use crs::Route;
pub use crs::{Crs, CrsError, epsg_code};
pub use wkt::epsg_of_wkt;

use crate::area::AreaId;
use crate::notice::Notice;

/// One area's outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The area that it belongs to.
    pub id: AreaId,
    /// The name that the boundary file gives, where it gives one.
    pub name: Option<String>,
    /// Longitude and latitude in degrees, WGS84; shells counter-clockwise as RFC 7946 asks. Empty
    /// where only metres were wanted ([`Boundaries::in_metres`]).
    pub polygons: MultiPolygon<f64>,
    /// The same rings in metres, in [`Boundaries::crs`].
    pub projected: MultiPolygon<f64>,
}

impl Shape {
    /// The area in km², holes not counted.
    ///
    /// Measured in the projected plane: exact to about 0.1 % inside the UTM zone, and up to 2 %
    /// too large at the far ends of a country as wide as Norway.
    pub fn area_km2(&self) -> f64 {
        self.projected.unsigned_area() / 1e6
    }
}

/// An area's polygons as a source has them, before they are brought to degrees and metres.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceShape {
    /// The area.
    pub id: AreaId,
    /// Its name, where the source gives one.
    pub name: Option<String>,
    /// Closed rings, shells counter-clockwise, in the source's coordinate system.
    pub polygons: MultiPolygon<f64>,
}

/// The outlines of all areas.
///
/// Invariant: sorted by id, each id once.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundaries {
    shapes: Vec<Shape>,
    source_crs: Crs,
    crs: Crs,
    notices: Vec<Notice>,
}

impl Boundaries {
    /// Brings the polygons of `source` to degrees and to metres.
    ///
    /// Metres are those of the source where it is in a UTM zone; else the UTM zone at the centre
    /// of the bounding box is taken, ETRS89 in Europe. One zone is used for all areas, so a
    /// country much wider than a zone is drawn stretched at its ends.
    ///
    /// # Errors
    ///
    /// [`CrsError`] when a coordinate cannot be transformed.
    ///
    /// # Panics
    ///
    /// When an id occurs twice, which is a mistake of the caller's.
    pub fn from_source(
        source: Vec<SourceShape>,
        source_crs: Crs,
        notices: Vec<Notice>,
    ) -> Result<Self, CrsError> {
        Self::moved(source, source_crs, notices, true)
    }

    /// The same without the polygons in degrees, which take as much memory as those in metres:
    /// for lengths, sizes and neighbours.
    ///
    /// # Errors
    ///
    /// [`CrsError`] when a coordinate cannot be transformed.
    ///
    /// # Panics
    ///
    /// When an id occurs twice, which is a mistake of the caller's.
    pub fn in_metres(
        source: Vec<SourceShape>,
        source_crs: Crs,
        notices: Vec<Notice>,
    ) -> Result<Self, CrsError> {
        Self::moved(source, source_crs, notices, false)
    }

    fn moved(
        mut source: Vec<SourceShape>,
        source_crs: Crs,
        notices: Vec<Notice>,
        with_degrees: bool,
    ) -> Result<Self, CrsError> {
        source.sort_by(|a, b| a.id.cmp(&b.id));
        assert!(source.windows(2).all(|pair| pair[0].id != pair[1].id), "each id once");
        let crs = crs::projected_for(&source, source_crs)?;
        let to_metres = Route::between(source_crs, crs)?;
        let to_degrees = Route::between(source_crs, Crs::WGS84)?;
        let shapes = source
            .into_par_iter()
            .map(|SourceShape { id, name, polygons }| {
                // The source's own rings are one of the two wherever they can be.
                let degrees = match &to_degrees {
                    _ if !with_degrees => MultiPolygon(Vec::new()),
                    Some(route) => route.polygons(&polygons)?,
                    None => polygons.clone(),
                };
                let projected = match &to_metres {
                    Some(route) => route.moved(polygons)?,
                    None => polygons,
                };
                Ok(Shape { id, name, polygons: degrees, projected })
            })
            .collect::<Result<Vec<_>, CrsError>>()?;
        Ok(Self { shapes, source_crs, crs, notices })
    }

    /// The outlines, sorted by id.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The outline of an area.
    pub fn get(&self, id: &AreaId) -> Option<&Shape> {
        self.shapes.binary_search_by(|shape| shape.id.cmp(id)).ok().map(|idx| &self.shapes[idx])
    }

    /// The coordinate system of the file.
    pub fn source_crs(&self) -> Crs {
        self.source_crs
    }

    /// The coordinate system of [`Shape::projected`], in metres.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// West, south, east and north of a box of degrees, in metres of [`Boundaries::crs`].
    ///
    /// # Errors
    ///
    /// [`CrsError`] when a corner cannot be transformed.
    pub fn metres_of(&self, [west, south, east, north]: [f64; 4]) -> Result<[f64; 4], CrsError> {
        let corners = polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north),
            (x: west, y: north)];
        let corners = MultiPolygon(vec![corners]);
        let metres = match Route::between(Crs::WGS84, self.crs)? {
            Some(route) => route.polygons(&corners)?,
            None => corners,
        };
        let rect = metres.bounding_rect();
        Ok(rect.map_or([0.0; 4], |rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]))
    }

    /// What was merged, mended or left out on the way in.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_kilometre_with_a_hole_is_measured_in_metres() {
        let square = polygon!(
            exterior: [(x: 597000., y: 6643000.), (x: 598000., y: 6643000.),
                (x: 598000., y: 6644000.), (x: 597000., y: 6644000.)],
            interiors: [[(x: 597200., y: 6643200.), (x: 597200., y: 6643700.),
                (x: 597700., y: 6643700.), (x: 597700., y: 6643200.)]],
        );
        let shapes = boundaries(square, 25832);
        assert_eq!(shapes.crs().epsg(), 25832);
        assert!((shapes.shapes()[0].area_km2() - 0.75).abs() < 1e-9);
        let corner = shapes.shapes()[0].polygons.0[0].exterior().0[0];
        assert!((corner.x - 10.7346).abs() < 0.001 && (corner.y - 59.913).abs() < 0.001);
    }

    #[test]
    fn degrees_in_western_norway_go_to_zone_32() {
        let triangle = polygon![(x: 5.3, y: 60.3), (x: 5.4, y: 60.3), (x: 5.4, y: 60.4)];
        let shapes = boundaries(triangle, 4326);
        assert_eq!(shapes.crs().epsg(), 25832, "Norway uses zone 32 west of 6 degrees east");
        assert!(shapes.get(&"a".into()).is_some() && shapes.get(&"b".into()).is_none());
    }

    fn boundaries(polygon: geo::Polygon<f64>, epsg: u32) -> Boundaries {
        let source =
            vec![SourceShape { id: "a".into(), name: None, polygons: MultiPolygon(vec![polygon]) }];
        Boundaries::from_source(source, Crs::from_epsg(epsg).unwrap(), Vec::new()).unwrap()
    }
}
