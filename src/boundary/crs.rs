//! In which coordinate system?
//!
//! The few systems that the program reads, how each is told from another by its numbers, and the
//! way from one to the other.

use std::fmt;

use geo::{BoundingRect, Coord, MultiPolygon};
use miette::Diagnostic;
use proj4rs::Proj;
use proj4rs::transform::{Transform, TransformClosure};
use serde::Serialize;
use thiserror::Error;

use super::SourceShape;
use super::utm::Utm;

/// A coordinate system by its EPSG code; one of those that the program can read.
///
/// Degrees: 4326 (WGS84), 4258 (ETRS89). Metres: 25828–25838 (ETRS89 / UTM), 32601–32660 and
/// 32701–32760 (WGS84 / UTM), 3857 (Web Mercator). Degrees are always longitude first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Crs(u32);

/// Coordinates that the projection cannot take.
#[derive(Debug, Error, Diagnostic)]
#[error("coordinates could not be brought from {from} to {to}: {reason}")]
#[diagnostic(
    code(levekaar::boundaries::reprojection),
    help("check that the declared coordinate system is the one of the file")
)]
pub struct CrsError {
    /// The system of the file.
    pub from: Crs,
    /// The system that was asked for.
    pub to: Crs,
    /// What the projection said.
    pub reason: String,
}

/// What the numbers of a system mean.
pub(super) enum Kind {
    Degrees,
    WebMercator,
    Utm { zone: u32, north: bool },
}

/// Half the circumference of the Web Mercator square, in metres.
const WEB_MERCATOR_EDGE: f64 = 20_037_508.342_789_244;

impl Crs {
    /// Longitude and latitude, WGS84.
    pub const WGS84: Self = Self(4326);

    /// The system of this code, or `None` where the program cannot read it.
    pub fn from_epsg(code: u32) -> Option<Self> {
        let known = matches!(
            code,
            4326 | 4258 | 3857 | 25828..=25838 | 32601..=32660 | 32701..=32760
        );
        known.then_some(Self(code))
    }

    /// The code, such as 25833.
    pub fn epsg(self) -> u32 {
        self.0
    }

    /// The name in the EPSG register, such as `ETRS89 / UTM zone 33N`.
    pub fn name(self) -> String {
        let datum = if self.0 / 100 == 258 { "ETRS89" } else { "WGS 84" };
        match self.kind() {
            Kind::Degrees if self.0 == 4258 => "ETRS89".to_owned(),
            Kind::Degrees => "WGS 84".to_owned(),
            Kind::WebMercator => "WGS 84 / Pseudo-Mercator".to_owned(),
            Kind::Utm { zone, north } => {
                format!("{datum} / UTM zone {zone}{}", if north { 'N' } else { 'S' })
            }
        }
    }

    /// Whether its numbers are longitudes and latitudes.
    pub fn is_degrees(self) -> bool {
        matches!(self.kind(), Kind::Degrees)
    }

    /// The UTM zone at a place: ETRS89 in Europe, WGS84 elsewhere.
    ///
    /// Western Norway (56–64° N, 3–12° E) belongs to zone 32 as its maps have it.
    pub fn utm_at(longitude: f64, latitude: f64) -> Self {
        let western_norway = (56.0..64.0).contains(&latitude) && (3.0..12.0).contains(&longitude);
        let zone = if western_norway {
            32
        } else {
            // The clamp makes the cast safe, and takes in 180° east.
            (((longitude + 180.0) / 6.0).floor().clamp(0.0, 59.0) as u32) + 1
        };
        if latitude < 0.0 {
            Self(32700 + zone)
        } else if latitude > 30.0 && (28..=38).contains(&zone) {
            Self(25800 + zone)
        } else {
            Self(32600 + zone)
        }
    }

    /// Whether a point can lie in this system; wide limits, to tell systems apart.
    pub fn holds(self, point: Coord<f64>) -> bool {
        match self.kind() {
            Kind::Degrees => is_degrees(point),
            Kind::WebMercator => {
                point.x.abs() <= WEB_MERCATOR_EDGE && point.y.abs() <= WEB_MERCATOR_EDGE
            }
            // A country is often stored in one zone: 2000 km on both sides of its middle.
            Kind::Utm { .. } => {
                (-1.5e6..=2.5e6).contains(&point.x)
                    && (0.0..=1e7).contains(&point.y)
                    && !is_degrees(point)
            }
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 {
            4326 | 4258 => Kind::Degrees,
            3857 => Kind::WebMercator,
            code @ 32701..=32760 => Kind::Utm { zone: code - 32700, north: false },
            // The constructor leaves 258zz and 326zz.
            code => Kind::Utm { zone: code % 100, north: true },
        }
    }

    fn projection(self) -> Result<Proj, String> {
        let code = u16::try_from(self.0).map_err(|error| error.to_string())?;
        Proj::from_epsg_code(code).map_err(|error| error.to_string())
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

/// The EPSG code in a name such as `EPSG:25833`, `25833`, `urn:ogc:def:crs:EPSG::25833` or
/// `urn:ogc:def:crs:OGC:1.3:CRS84`; `None` where there is none. Whether the program can read
/// that system is told by [`Crs::from_epsg`].
pub fn epsg_code(name: &str) -> Option<u32> {
    let name = name.trim().to_ascii_uppercase();
    if name.contains("CRS84") {
        return Some(4326);
    }
    let digits = name.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().ok().filter(|_| name.contains("EPSG") || digits.len() == name.len())
}

/// Whether both numbers lie in the range of longitude and latitude.
pub(crate) fn is_degrees(point: Coord<f64>) -> bool {
    point.x.abs() <= 180.0 && point.y.abs() <= 90.0
}

/// The system in metres for polygons in `source`: its own if it is UTM, else the zone in which
/// the centre of the bounding box lies.
pub(super) fn projected_for(shapes: &[SourceShape], source: Crs) -> Result<Crs, CrsError> {
    if matches!(source.kind(), Kind::Utm { .. }) {
        return Ok(source);
    }
    let boxes = shapes.iter().filter_map(|shape| shape.polygons.bounding_rect());
    let (low, high) = boxes.fold(
        (
            Coord { x: f64::INFINITY, y: f64::INFINITY },
            Coord { x: -f64::INFINITY, y: -f64::INFINITY },
        ),
        |(low, high), next| {
            (
                Coord { x: low.x.min(next.min().x), y: low.y.min(next.min().y) },
                Coord { x: high.x.max(next.max().x), y: high.y.max(next.max().y) },
            )
        },
    );
    if low.x > high.x {
        return Ok(Crs::utm_at(0.0, 0.0));
    }
    let mut centre = [(low + high) / 2.0];
    if let Some(route) = Route::between(source, Crs::WGS84)? {
        route.points(&mut centre)?;
    }
    Ok(Crs::utm_at(centre[0].x, centre[0].y))
}

/// The way from one system to another.
pub(crate) struct Route {
    from: Crs,
    to: Crs,
    source: Proj,
    target: Proj,
    /// The quick way from degrees to a UTM zone.
    utm: Option<Utm>,
}

impl Route {
    /// The way, or `None` where both systems have the same numbers.
    pub(crate) fn between(from: Crs, to: Crs) -> Result<Option<Self>, CrsError> {
        // ETRS89 and WGS84 agree to less than a metre, and the projections take them as one.
        if from == to || (from.is_degrees() && to.is_degrees()) {
            return Ok(None);
        }
        let failed = |reason: String| CrsError { from, to, reason };
        let source = from.projection().map_err(failed)?;
        let target = to.projection().map_err(failed)?;
        let utm = match to.kind() {
            Kind::Utm { zone, north } if from.is_degrees() => {
                Some(Utm::of(zone, north, to.0 / 100 == 258))
            }
            Kind::Utm { .. } | Kind::Degrees | Kind::WebMercator => None,
        };
        Ok(Some(Self { from, to, source, target, utm }))
    }

    /// The same polygons in the other system.
    pub(crate) fn polygons(
        &self,
        polygons: &MultiPolygon<f64>,
    ) -> Result<MultiPolygon<f64>, CrsError> {
        self.moved(polygons.clone())
    }

    /// The polygons in the other system, in the memory that they have.
    pub(crate) fn moved(
        &self,
        mut polygons: MultiPolygon<f64>,
    ) -> Result<MultiPolygon<f64>, CrsError> {
        for polygon in &mut polygons.0 {
            polygon.try_exterior_mut(|ring| self.points(&mut ring.0))?;
            polygon.try_interiors_mut(|rings| {
                rings.iter_mut().try_for_each(|ring| self.points(&mut ring.0))
            })?;
        }
        Ok(polygons)
    }

    /// Moves points in place.
    fn points(&self, points: &mut [Coord<f64>]) -> Result<(), CrsError> {
        let Some(utm) = &self.utm else { return self.by_library(points) };
        if points.iter().all(|&point| utm.reaches(point)) {
            utm.of_degrees(points);
            return Ok(());
        }
        for at in 0..points.len() {
            let one = &mut points[at..=at];
            if utm.reaches(one[0]) {
                utm.of_degrees(one);
            } else {
                self.by_library(one)?;
            }
        }
        Ok(())
    }

    fn by_library(&self, points: &mut [Coord<f64>]) -> Result<(), CrsError> {
        // The projections speak radians where the files speak degrees.
        if self.from.is_degrees() {
            let radians = |p: Coord<f64>| Coord { x: p.x.to_radians(), y: p.y.to_radians() };
            points.iter_mut().for_each(|p| *p = radians(*p));
        }
        proj4rs::transform::transform(&self.source, &self.target, &mut Points(points))
            .map_err(|error| self.failed(error.to_string()))?;
        if self.to.is_degrees() {
            let degrees = |p: Coord<f64>| Coord { x: p.x.to_degrees(), y: p.y.to_degrees() };
            points.iter_mut().for_each(|p| *p = degrees(*p));
        }
        match points.iter().all(|point| point.x.is_finite() && point.y.is_finite()) {
            true => Ok(()),
            false => Err(self.failed("a point lies outside of the projection".to_owned())),
        }
    }

    fn failed(&self, reason: String) -> CrsError {
        CrsError { from: self.from, to: self.to, reason }
    }
}

struct Points<'a>(&'a mut [Coord<f64>]);

impl Transform for Points<'_> {
    fn transform_coordinates<F: TransformClosure>(
        &mut self,
        f: &mut F,
    ) -> Result<(), proj4rs::errors::Error> {
        for point in self.0.iter_mut() {
            let (x, y, _) = f(point.x, point.y, 0.0)?;
            *point = Coord { x, y };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A millimetre, which is less than any published boundary claims.
    const TOLERANCE_M: f64 = 0.001;

    #[test]
    fn degrees_become_the_metres_of_a_reference_implementation() {
        // Longitude, latitude, code, easting, northing; computed with PROJ (pyproj 3.7).
        let expected = [
            (10.7522, 59.9139, 25832, 597979.9029, 6643118.9914),
            (10.7522, 59.9139, 25833, 262560.4822, 6649443.5840),
            (25.0, 70.0, 25835, 423669.3426, 7767125.1708),
            (5.733, 58.97, 25832, 312187.7535, 6541301.6902),
            (18.95, 69.65, 25833, 653210.0895, 7731796.8303),
        ];
        for (longitude, latitude, code, easting, northing) in expected {
            let got = moved(longitude, latitude, 4326, code);
            assert!((got.x - easting).abs() < TOLERANCE_M, "{code}: {} not {easting}", got.x);
            assert!((got.y - northing).abs() < TOLERANCE_M, "{code}: {} not {northing}", got.y);
            let back = moved(got.x, got.y, code, 4326);
            assert!((back.x - longitude).abs() < 1e-8 && (back.y - latitude).abs() < 1e-8);
        }
    }

    #[test]
    fn zones_follow_the_longitude_and_the_continent() {
        assert_eq!(Crs::utm_at(10.75, 59.9).epsg(), 25832);
        assert_eq!(Crs::utm_at(15.0, 65.0).epsg(), 25833);
        assert_eq!(Crs::utm_at(25.0, 70.0).epsg(), 25835);
        assert_eq!(Crs::utm_at(-122.4, 37.8).epsg(), 32610);
        assert_eq!(Crs::utm_at(151.2, -33.9).epsg(), 32756);
        assert_eq!(Crs::utm_at(25.0, 70.0).name(), "ETRS89 / UTM zone 35N");
    }

    #[test]
    fn codes_are_found_in_names_of_all_spellings() {
        let names = [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", Some(4326)),
            ("EPSG:25832", Some(25832)),
            (" epsg:25833", Some(25833)),
            ("25835", Some(25835)),
            ("http://www.opengis.net/def/crs/EPSG/0/25835", Some(25835)),
            ("urn:ogc:def:crs:EPSG:6.9:25833", Some(25833)),
            ("NGO 1948", None),
            ("", None),
        ];
        for (name, code) in names {
            assert_eq!(epsg_code(name), code, "{name}");
        }
    }

    proptest::proptest! {
        /// The quick way to a UTM zone is the library's.
        #[test]
        fn the_series_gives_the_metres_of_the_library(
            off in -19.9..19.9_f64, latitude in -88.9..88.9_f64, zone in 28_u32..=38, which in 0..3
        ) {
            let code = [25800, 32600, 32700][which as usize] + zone;
            let longitude = f64::from(zone) * 6.0 - 183.0 + off;
            let [from, to] = [4326, code].map(|code| Crs::from_epsg(code).unwrap());
            let route = Route::between(from, to).unwrap().unwrap();
            let point = Coord { x: longitude, y: latitude };
            let (mut quick, mut slow) = ([point], [point]);
            route.points(&mut quick).unwrap();
            route.by_library(&mut slow).unwrap();
            let far = (quick[0] - slow[0]).x.hypot((quick[0] - slow[0]).y);
            proptest::prop_assert!(far < 1e-6, "{point:?} to {code}: {far} m apart");
            proptest::prop_assert_ne!(quick[0], point);
        }
    }

    fn moved(x: f64, y: f64, from: u32, to: u32) -> Coord<f64> {
        let mut points = [Coord { x, y }];
        let [from, to] = [from, to].map(|code| Crs::from_epsg(code).unwrap());
        Route::between(from, to).unwrap().unwrap().points(&mut points).unwrap();
        points[0]
    }
}
