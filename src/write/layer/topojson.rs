//! TopoJSON: each border once, in whole numbers on a grid.
//!
//! Source: Bostock and Metcalf (2013), *The TopoJSON Format Specification*, version 1.0. The grid
//! is that of the decimals asked for, so that no point moves by more than half of the last one.

use std::io::{self, Write};

use geo::Coord;

use super::{push_properties, push_string};
use crate::layer::Layer;
use crate::topology::Topology;

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer, digits: u8) -> io::Result<()> {
    let shapes: Vec<_> = layer.rows.iter().map(|row| &row.polygons).collect();
    let topology = Topology::of(&shapes);
    let step = 0.1_f64.powi(i32::from(digits));
    let origin = topology.points().iter().fold(
        Coord { x: f64::INFINITY, y: f64::INFINITY },
        |low, point| Coord { x: low.x.min(point.x), y: low.y.min(point.y) },
    );
    let origin = if origin.x.is_finite() { origin } else { Coord { x: 0.0, y: 0.0 } };
    let grid = |x: f64, low: f64| ((x - low) / step).round() as i64;
    write!(
        out,
        "{{\"type\":\"Topology\",\"transform\":{{\"scale\":[{step:e},{step:e}],\
         \"translate\":[{},{}]}},\"objects\":{{",
        origin.x, origin.y
    )?;
    let mut name = String::new();
    push_string(&mut name, &layer.name);
    writeln!(out, "{name}:{{\"type\":\"GeometryCollection\",\"geometries\":[")?;
    for (at, (row, polygons)) in layer.rows.iter().zip(topology.areas()).enumerate() {
        let mut text = String::from(if at > 0 { ",\n" } else { "" });
        text.push_str("{\"type\":\"MultiPolygon\",\"properties\":");
        push_properties(&mut text, &layer.fields, &row.cells);
        text.push_str(",\"arcs\":[");
        push_list(&mut text, polygons, |text, rings| {
            text.push('[');
            push_list(text, rings, |text, arcs| {
                text.push('[');
                push_list(text, arcs, |text, arc| text.push_str(&arc.signed().to_string()));
                text.push(']');
            });
            text.push(']');
        });
        text.push_str("]}");
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"\n]}},\"arcs\":[\n")?;
    for (at, arc) in topology.arcs().iter().enumerate() {
        let mut text = String::from(if at > 0 { ",\n[" } else { "[" });
        let mut before = (0, 0);
        for (place, &point) in arc.iter().enumerate() {
            let point = topology.points()[point as usize];
            let here = (grid(point.x, origin.x), grid(point.y, origin.y));
            // Points that fall on the same knot of the grid are one, but an arc has two ends.
            if place > 0 && here == before && place + 1 < arc.len() {
                continue;
            }
            if place > 0 {
                text.push(',');
            }
            text.push_str(&format!("[{},{}]", here.0 - before.0, here.1 - before.1));
            before = here;
        }
        text.push(']');
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"\n]}\n")
}

fn push_list<T>(text: &mut String, items: &[T], one: impl Fn(&mut String, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        one(text, item);
    }
}
