//! How do results get onto a map in QGIS, R or Python?
//!
//! One feature an area that has a boundary, in RFC 7946 longitude and latitude, with the results
//! as properties. What the figures mean stands beside them in the collection.

use std::io::{self, Write};

use geo::{LineString, MultiPolygon};
use serde_json::{Map, Value, json};

use crate::analysis::Analysis;
use crate::boundary::{Boundaries, Shape};
use crate::write::outcome_name;

/// About a centimetre; more digits than any boundary has.
const DECIMALS: i32 = 7;

/// Writes `areas.geojson`: results joined to boundaries, and areas without figures too.
///
/// `about` stands in the collection under `levekaar` (definition, direction, version, …).
///
/// # Errors
///
/// Those of `out`.
pub fn areas_geojson(
    out: &mut impl Write,
    analysis: &Analysis,
    boundaries: &Boundaries,
    about: &Value,
) -> io::Result<()> {
    let places: std::collections::BTreeMap<_, usize> =
        analysis.ranking.areas().iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    write!(out, "{{\"type\":\"FeatureCollection\",\"levekaar\":{about},\"features\":[")?;
    for (n, shape) in boundaries.shapes().iter().enumerate() {
        out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        let properties = match places.get(&shape.id) {
            Some(&at) => properties(analysis, at),
            None => without_figures(shape),
        };
        let feature = json!({
            "type": "Feature",
            "id": shape.id,
            "properties": properties,
            "geometry": geometry(&shape.polygons),
        });
        serde_json::to_writer(&mut *out, &feature)?;
    }
    out.write_all(b"\n]}\n")
}

pub(super) fn properties(analysis: &Analysis, at: usize) -> Map<String, Value> {
    let ranking = &analysis.ranking;
    let area = &ranking.areas()[at];
    let mut map = Map::new();
    map.insert("area".into(), json!(area.id));
    map.insert("name".into(), json!(area.name));
    if let Some(parent) = &area.parent {
        map.insert("parent".into(), json!(parent));
    }
    map.insert("population".into(), json!(area.population));
    map.insert("score".into(), number(ranking.scores()[at]));
    map.insert("rank".into(), number(ranking.ranks()[at]));
    map.insert("decile".into(), json!(ranking.class(at, 10)));
    map.insert("quintile".into(), json!(ranking.class(at, 5)));
    if let Some(selection) = &analysis.selection {
        map.insert("outcome".into(), json!(outcome_name(selection.outcomes()[at])));
    }
    for (id, values) in analysis.parts() {
        map.insert(id.to_owned(), number(values[at]));
    }
    map
}

pub(super) fn without_figures(shape: &Shape) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("area".into(), json!(shape.id));
    map.insert("name".into(), json!(shape.name));
    map.insert("score".into(), Value::Null);
    map.insert("rank".into(), Value::Null);
    map
}

/// A number, or null where there is none.
fn number(x: f64) -> Value {
    if x.is_nan() { Value::Null } else { json!(x) }
}

fn geometry(polygons: &MultiPolygon<f64>) -> Value {
    let ring = |line: &LineString<f64>| -> Value {
        line.coords().map(|c| json!([rounded(c.x), rounded(c.y)])).collect()
    };
    let polygon = |polygon: &geo::Polygon<f64>| -> Value {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
    };
    match polygons.0.as_slice() {
        [one] => json!({ "type": "Polygon", "coordinates": polygon(one) }),
        many => {
            let coordinates: Value = many.iter().map(polygon).collect();
            json!({ "type": "MultiPolygon", "coordinates": coordinates })
        }
    }
}

fn rounded(x: f64) -> f64 {
    let factor = 10_f64.powi(DECIMALS);
    (x * factor).round() / factor
}
