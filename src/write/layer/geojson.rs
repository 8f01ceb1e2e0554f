//! GeoJSON as RFC 7946 has it: longitude first, shells counter-clockwise, no `crs` member.

use std::io::{self, Write};

use geo::{LineString, MultiPolygon, Polygon};

use super::{blocks, push_properties, push_rounded};
use crate::layer::Layer;

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer, digits: u8) -> io::Result<()> {
    let name = serde_json::Value::from(layer.name.as_str());
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"name\":{name},\"features\":[")?;
    let texts = blocks(&layer.rows, |text, row| {
        let mut properties = String::new();
        push_properties(&mut properties, &layer.fields, &row.cells);
        text.extend_from_slice(b"{\"type\":\"Feature\",\"properties\":");
        text.extend_from_slice(properties.as_bytes());
        text.extend_from_slice(b",\"geometry\":");
        push_geometry(text, &row.polygons, digits);
        text.push(b'}');
    });
    for text in texts {
        out.write_all(&text)?;
    }
    out.write_all(b"\n]}\n")
}

fn push_geometry(text: &mut Vec<u8>, polygons: &MultiPolygon<f64>, digits: u8) {
    match polygons.0.as_slice() {
        [one] => {
            text.extend_from_slice(b"{\"type\":\"Polygon\",\"coordinates\":");
            push_polygon(text, one, digits);
        }
        many => {
            text.extend_from_slice(b"{\"type\":\"MultiPolygon\",\"coordinates\":[");
            for (at, polygon) in many.iter().enumerate() {
                if at > 0 {
                    text.push(b',');
                }
                push_polygon(text, polygon, digits);
            }
            text.push(b']');
        }
    }
    text.push(b'}');
}

fn push_polygon(text: &mut Vec<u8>, polygon: &Polygon<f64>, digits: u8) {
    text.push(b'[');
    for (at, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
        if at > 0 {
            text.push(b',');
        }
        push_ring(text, ring, digits);
    }
    text.push(b']');
}

fn push_ring(text: &mut Vec<u8>, ring: &LineString<f64>, digits: u8) {
    text.push(b'[');
    for (at, point) in ring.0.iter().enumerate() {
        text.extend_from_slice(if at > 0 { b",[" } else { b"[" });
        push_rounded(text, point.x, digits);
        text.push(b',');
        push_rounded(text, point.y, digits);
        text.push(b']');
    }
    text.push(b']');
}
