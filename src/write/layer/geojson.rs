//! GeoJSON as RFC 7946 has it: longitude first, shells counter-clockwise, no `crs` member.

use std::io::{self, Write};

use geo::{LineString, MultiPolygon, Polygon};

use super::{blocks, push_properties, push_rounded};
use crate::layer::Layer;

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer, digits: u8) -> io::Result<()> {
    let name = serde_json::Value::from(layer.name.as_str());
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"name\":{name},\"features\":[")?;
    let texts = blocks(&layer.rows, |text, row| {
        text.push_str("{\"type\":\"Feature\",\"properties\":");
        push_properties(text, &layer.fields, &row.cells);
        text.push_str(",\"geometry\":");
        push_geometry(text, &row.polygons, digits);
        text.push('}');
    });
    for text in texts {
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"\n]}\n")
}

fn push_geometry(text: &mut String, polygons: &MultiPolygon<f64>, digits: u8) {
    match polygons.0.as_slice() {
        [one] => {
            text.push_str("{\"type\":\"Polygon\",\"coordinates\":");
            push_polygon(text, one, digits);
        }
        many => {
            text.push_str("{\"type\":\"MultiPolygon\",\"coordinates\":[");
            for (at, polygon) in many.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                push_polygon(text, polygon, digits);
            }
            text.push(']');
        }
    }
    text.push('}');
}

fn push_polygon(text: &mut String, polygon: &Polygon<f64>, digits: u8) {
    text.push('[');
    for (at, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_ring(text, ring, digits);
    }
    text.push(']');
}

fn push_ring(text: &mut String, ring: &LineString<f64>, digits: u8) {
    text.push('[');
    for (at, point) in ring.0.iter().enumerate() {
        text.push_str(if at > 0 { ",[" } else { "[" });
        push_rounded(text, point.x, digits);
        text.push(',');
        push_rounded(text, point.y, digits);
        text.push(']');
    }
    text.push(']');
}
