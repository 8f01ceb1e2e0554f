//! What does a file of features hold, whichever its format?
//!
//! Every format becomes a [`Collection`]: rings as they stand in the file, attributes as JSON
//! values. What is wrong with the rings is found later, in one place for all formats.

use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use serde_json::{Map, Value};

use crate::notice::Notice;

/// The features of one layer.
#[derive(Default)]
pub(super) struct Collection {
    pub(super) features: Vec<Feature>,
    /// The EPSG code that the file names, or the text that is none; `None` where it says nothing.
    pub(super) crs: Option<Result<u32, String>>,
    /// Which way its format wants shells to run.
    pub(super) shells: Shells,
    /// Whether the format means degrees where the file says nothing, as GeoJSON does.
    pub(super) degrees_by_default: bool,
    /// What was guessed or left out while reading.
    pub(super) notices: Vec<Notice>,
}

/// Which way the shells of a format run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shells {
    /// Counter-clockwise: GeoJSON (RFC 7946, section 3.1.6).
    CounterClockwise,
    /// The format asks nothing that its writers keep to, or the reader has seen to it.
    #[default]
    Any,
}

/// One feature, as it stands in the file.
pub(super) struct Feature {
    pub(super) id: Option<Value>,
    pub(super) properties: Map<String, Value>,
    pub(super) geometry: RawGeometry,
}

impl Feature {
    pub(super) fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }

    pub(super) fn property_names(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }
}

/// A ring as a file has it: perhaps open, perhaps with points twice.
pub(super) type Ring = Vec<Coord<f64>>;

/// The polygons of a feature, each a shell and its holes, and the kinds of whatever else it has.
#[derive(Debug, Default, PartialEq)]
pub(super) struct RawGeometry {
    pub(super) polygons: Vec<Vec<Ring>>,
    pub(super) other_kinds: Vec<String>,
    /// Whether heights or measures were dropped.
    pub(super) heights: bool,
}

impl RawGeometry {
    /// The polygons of a geometry of any kind.
    pub(super) fn of(geometry: Geometry<f64>, heights: bool) -> Self {
        let mut raw = Self { heights, ..Self::default() };
        raw.add(geometry);
        raw
    }

    fn add(&mut self, geometry: Geometry<f64>) {
        let kind = match geometry {
            Geometry::Polygon(polygon) => return self.polygons.push(rings(polygon)),
            Geometry::MultiPolygon(MultiPolygon(parts)) => {
                return self.polygons.extend(parts.into_iter().map(rings));
            }
            Geometry::GeometryCollection(parts) => {
                return parts.0.into_iter().for_each(|part| self.add(part));
            }
            Geometry::Rect(rect) => return self.polygons.push(rings(rect.to_polygon())),
            Geometry::Triangle(part) => return self.polygons.push(rings(part.to_polygon())),
            Geometry::Point(_) => "Point",
            Geometry::Line(_) | Geometry::LineString(_) => "LineString",
            Geometry::MultiPoint(_) => "MultiPoint",
            Geometry::MultiLineString(_) => "MultiLineString",
        };
        self.other_kinds.push(kind.to_owned());
    }
}

fn rings(polygon: Polygon<f64>) -> Vec<Ring> {
    let (shell, holes) = polygon.into_inner();
    std::iter::once(shell).chain(holes).map(|LineString(points)| points).collect()
}

/// An id, name or attribute as text: strings as they are, whole numbers without decimals; `None`
/// for what is empty or no scalar.
pub(super) fn text(value: &Value) -> Option<String> {
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
