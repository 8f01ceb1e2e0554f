//! What does a TopoJSON file hold?
//!
//! Arcs, perhaps quantised and each point told by its step from the one before, and geometries
//! that name arcs by number; `~i` is arc `i` run backwards. Source: Bostock and Metcalf (2013),
//! *The TopoJSON Format Specification*, version 1.0.

use std::path::Path;

use geo::Coord;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Collection, Feature, RawGeometry, Ring, Shells};
use super::format::chosen_layer;
use super::geojson::crs_of;

#[derive(Deserialize)]
struct Topology {
    transform: Option<Transform>,
    arcs: Vec<Vec<Vec<f64>>>,
    objects: Map<String, Value>,
    crs: Option<Value>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

/// Reads one object of a topology; `layer` names it where there are several.
pub(super) fn read(
    text: &str,
    path: &Path,
    layer: Option<&str>,
) -> Result<Collection, BoundaryError> {
    let broken = |reason: String| BoundaryError::Broken {
        path: path.to_path_buf(),
        format: "TopoJSON",
        reason,
    };
    let topology: Topology =
        serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    let arcs =
        arcs(&topology).ok_or_else(|| broken("an arc has a point without x and y".into()))?;
    let names: Vec<String> = topology.objects.keys().cloned().collect();
    let name = chosen_layer(&names, layer, path)?;
    let object = &topology.objects[&name];
    let members = match object.get("geometries").and_then(Value::as_array) {
        Some(members) => members.iter().collect(),
        None => vec![object],
    };
    let features = members
        .into_iter()
        .map(|member| {
            let mut geometry = RawGeometry::default();
            gather(member, &arcs, &mut geometry)?;
            let properties = member.get("properties").and_then(Value::as_object);
            Ok(Feature {
                id: member.get("id").cloned(),
                properties: properties.cloned().unwrap_or_default(),
                geometry,
            })
        })
        .collect::<Result<_, String>>()
        .map_err(broken)?;
    let crs = topology.crs.filter(|member| !member.is_null()).as_ref().map(crs_of);
    Ok(Collection {
        features,
        crs,
        shells: Shells::Any,
        degrees_by_default: true,
        notices: Vec::new(),
    })
}

/// The arcs in the coordinates of the file's system; `None` where a point lacks a number.
fn arcs(topology: &Topology) -> Option<Vec<Ring>> {
    let arc = |points: &Vec<Vec<f64>>| -> Option<Ring> {
        let (mut x, mut y) = (0.0, 0.0);
        points
            .iter()
            .map(|point| {
                let (a, b) = (*point.first()?, *point.get(1)?);
                Some(match &topology.transform {
                    None => Coord { x: a, y: b },
                    Some(Transform { scale, translate }) => {
                        (x, y) = (x + a, y + b);
                        Coord { x: x * scale[0] + translate[0], y: y * scale[1] + translate[1] }
                    }
                })
            })
            .collect()
    };
    topology.arcs.iter().map(arc).collect()
}

fn gather(object: &Value, arcs: &[Ring], raw: &mut RawGeometry) -> Result<(), String> {
    let members = || object.get("arcs").and_then(Value::as_array).into_iter().flatten();
    match object.get("type").and_then(Value::as_str) {
        Some("Polygon") => {
            raw.polygons.push(members().map(|r| ring(r, arcs)).collect::<Result<_, _>>()?)
        }
        Some("MultiPolygon") => {
            for polygon in members() {
                let rings = polygon.as_array().into_iter().flatten();
                raw.polygons.push(rings.map(|r| ring(r, arcs)).collect::<Result<_, _>>()?);
            }
        }
        Some("GeometryCollection") => {
            for part in object.get("geometries").and_then(Value::as_array).into_iter().flatten() {
                gather(part, arcs, raw)?;
            }
        }
        Some(kind) => raw.other_kinds.push(kind.to_owned()),
        None => {}
    }
    Ok(())
}

/// The arcs of a ring one after the other; where two meet, the point is written once.
fn ring(indices: &Value, arcs: &[Ring]) -> Result<Ring, String> {
    let mut points: Ring = Vec::new();
    for index in indices.as_array().into_iter().flatten() {
        let index =
            index.as_i64().ok_or_else(|| format!("`{index}` is not the number of an arc"))?;
        let at = if index < 0 { !index } else { index };
        let arc = usize::try_from(at).ok().and_then(|at| arcs.get(at));
        let arc = arc.ok_or_else(|| format!("there is no arc {at}"))?;
        points.pop();
        if index < 0 { points.extend(arc.iter().rev()) } else { points.extend(arc) }
    }
    Ok(points)
}
