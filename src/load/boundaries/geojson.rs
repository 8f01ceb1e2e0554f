//! What does a GeoJSON file hold?
//!
//! Read straight into rings, without a tree of JSON values in between: coordinates are most of
//! the file, and `type` may stand behind them, so that their depth tells what they are.

use std::fmt;
use std::path::Path;

use geo::Coord;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Collection, Feature, RawGeometry, Shells};
use crate::boundary::epsg_code;

/// One feature, as it stands in the file.
#[derive(Deserialize)]
struct JsonFeature {
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    geometry: Option<Geometry>,
}

impl JsonFeature {
    fn into_feature(self) -> Feature {
        let mut geometry = RawGeometry::default();
        if let Some(found) = self.geometry {
            found.gather(&mut geometry);
        }
        Feature { id: self.id, properties: self.properties.unwrap_or_default(), geometry }
    }
}

/// A geometry of any kind.
#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type", default)]
    kind: String,
    coordinates: Option<Coordinates>,
    geometries: Option<Vec<Geometry>>,
}

impl Geometry {
    /// Its polygons, and the kinds of whatever else there is.
    fn gather(self, raw: &mut RawGeometry) {
        let Self { kind, coordinates, geometries } = self;
        match (kind.as_str(), coordinates) {
            ("Polygon", Some(Coordinates::Rings(rings))) => raw.polygons.push(rings),
            ("MultiPolygon", Some(Coordinates::Polygons(polygons))) => {
                raw.polygons.extend(polygons);
            }
            ("GeometryCollection", _) => {
                geometries.into_iter().flatten().for_each(|part| part.gather(raw));
            }
            // An empty polygon, or one whose depth is wrong, leaves the area without a shape,
            // which a notice tells.
            ("Polygon" | "MultiPolygon", _) => {}
            _ => raw.other_kinds.push(kind),
        }
    }
}

/// Nested coordinates, told apart by their depth.
enum Coordinates {
    Empty,
    Position(Coord<f64>),
    Line(Vec<Coord<f64>>),
    Rings(Vec<Vec<Coord<f64>>>),
    Polygons(Vec<Vec<Vec<Coord<f64>>>>),
}

/// Reads a FeatureCollection of any make, or tells what is wrong with the file.
pub(super) fn slow(bytes: &[u8], path: &Path) -> Result<Collection, BoundaryError> {
    #[derive(Deserialize)]
    struct File {
        #[serde(rename = "type")]
        kind: Option<Value>,
        crs: Option<Value>,
        features: Option<Vec<JsonFeature>>,
    }

    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let path = path.to_path_buf();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            return Err(BoundaryError::NotUtf8 { path, line });
        }
    };
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let reason = error.to_string();
            // The place stands in our own message already.
            let reason = reason.split(" at line ").next().unwrap_or(&reason).to_owned();
            return Err(if error.is_data() {
                BoundaryError::NotGeoJson { path, line, column, reason }
            } else {
                BoundaryError::InvalidJson { path, line, column, reason }
            });
        }
    };
    match (file.kind.as_ref().and_then(Value::as_str), file.features) {
        (Some("FeatureCollection"), Some(features)) => Ok(Collection {
            features: features.into_iter().map(JsonFeature::into_feature).collect(),
            crs: file.crs.filter(|member| !member.is_null()).as_ref().map(crs_of),
            shells: Shells::CounterClockwise,
            degrees_by_default: true,
            notices: Vec::new(),
        }),
        (kind, _) => {
            let found = match kind {
                Some("FeatureCollection") => "`FeatureCollection`, but it has no `features`".into(),
                Some(kind) => format!("`{kind}`"),
                None => "not given".to_owned(),
            };
            Err(BoundaryError::NotACollection { path, found })
        }
    }
}

/// The EPSG code of an old-style `crs` member, or the text that could not be read.
pub(super) fn crs_of(member: &Value) -> Result<u32, String> {
    let Some(name) = member.pointer("/properties/name").and_then(Value::as_str) else {
        return Err(member.to_string());
    };
    epsg_code(name).ok_or_else(|| name.to_owned())
}

/// A position of two or more numbers, of which the first two are kept.
struct Position(Coord<f64>);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position of two or more numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Position, A::Error> {
                let x = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                position_from(x, seq).map(Position)
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

/// The rest of a position after its first number; the height is dropped.
fn position_from<'de, A: SeqAccess<'de>>(x: f64, mut seq: A) -> Result<Coord<f64>, A::Error> {
    let y = seq
        .next_element()?
        .ok_or_else(|| A::Error::custom("a position has one number, and two are needed"))?;
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Coord { x, y })
}

/// What may stand in an array of coordinates: a number, or a deeper array.
enum Element {
    Number(f64),
    Array(Coordinates),
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyElement)
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(AnyElement)? {
            Element::Array(coordinates) => Ok(coordinates),
            Element::Number(_) => Err(D::Error::custom("coordinates must be an array")),
        }
    }
}

struct AnyElement;

impl<'de> Visitor<'de> for AnyElement {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or an array of coordinates")
    }

    fn visit_f64<E>(self, x: f64) -> Result<Element, E> {
        Ok(Element::Number(x))
    }

    fn visit_i64<E>(self, x: i64) -> Result<Element, E> {
        Ok(Element::Number(x as f64))
    }

    fn visit_u64<E>(self, x: u64) -> Result<Element, E> {
        Ok(Element::Number(x as f64))
    }

    /// The first element tells how deep the array is; the others must be like it.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Element, A::Error> {
        while let Some(first) = seq.next_element::<Element>()? {
            let coordinates = match first {
                Element::Number(x) => Coordinates::Position(position_from(x, seq)?),
                // Empty parts tell nothing; the next one does.
                Element::Array(Coordinates::Empty) => continue,
                Element::Array(Coordinates::Position(first)) => {
                    let mut line = vec![first];
                    while let Some(Position(next)) = seq.next_element()? {
                        line.push(next);
                    }
                    Coordinates::Line(line)
                }
                Element::Array(Coordinates::Line(first)) => {
                    let mut rings = vec![first];
                    while let Some(next) = seq.next_element::<Vec<Position>>()? {
                        rings.push(unwrapped(next));
                    }
                    Coordinates::Rings(rings)
                }
                Element::Array(Coordinates::Rings(first)) => {
                    let mut polygons = vec![first];
                    while let Some(next) = seq.next_element::<Vec<Vec<Position>>>()? {
                        polygons.push(next.into_iter().map(unwrapped).collect());
                    }
                    Coordinates::Polygons(polygons)
                }
                Element::Array(Coordinates::Polygons(_)) => {
                    return Err(A::Error::custom("coordinates are nested too deep"));
                }
            };
            return Ok(Element::Array(coordinates));
        }
        Ok(Element::Array(Coordinates::Empty))
    }
}

fn unwrapped(positions: Vec<Position>) -> Vec<Coord<f64>> {
    positions.into_iter().map(|Position(coord)| coord).collect()
}
