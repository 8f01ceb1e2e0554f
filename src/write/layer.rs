//! How does a layer get into the formats of QGIS, R and Python?
//!
//! A [`Layer`] in, bytes of one format out, the same bytes each time. GeoJSON and TopoJSON are in
//! longitude and latitude; the other formats keep the layer's coordinate system.

mod flatgeobuf;
mod geojson;
mod geopackage;
mod geoparquet;
mod topojson;

use std::io::{self, Write};

use geo::MultiPolygon;
use rayon::prelude::*;
use serde_json::Value;

use super::digits::push_digits;
use crate::analysis::Analysis;
use crate::boundary::{Boundaries, Crs};
use crate::layer::{Cell, Field, Layer, Row, SpatialFormat};
use crate::write::geojson::{properties, without_figures};

/// About a centimetre in degrees, and more digits than any boundary has.
pub const DIGITS: u8 = 7;

/// Writes a layer.
///
/// Missing attributes are null in every format. `digits` is the number of decimals of
/// coordinates in GeoJSON and TopoJSON; the binary formats keep all bits. FlatGeobuf puts the
/// areas into the order of their places; the other formats keep their order.
///
/// # Errors
///
/// Those of `out`, and what the libraries of the formats say.
pub fn write_layer(
    out: &mut (impl Write + ?Sized),
    layer: &Layer,
    format: SpatialFormat,
    digits: u8,
) -> io::Result<()> {
    if format.is_degrees() && !layer.crs.is_degrees() {
        let moved = layer.to(Crs::WGS84).map_err(io::Error::other)?;
        return write_layer(out, &moved, format, digits);
    }
    match format {
        SpatialFormat::Geojson => geojson::write(out, layer, digits),
        SpatialFormat::Topojson => topojson::write(out, layer, digits),
        SpatialFormat::Gpkg => geopackage::write(out, layer),
        SpatialFormat::Fgb => flatgeobuf::write(out, layer),
        SpatialFormat::Geoparquet => geoparquet::write(out, layer),
    }
}

/// The results of an analysis joined to the boundaries, in metres; areas without figures too.
///
/// The columns are the properties of `areas.geojson`, see [`crate::write::geojson`].
pub fn results_layer(analysis: &Analysis, boundaries: &Boundaries) -> Layer {
    let places: std::collections::BTreeMap<_, usize> =
        analysis.ranking.areas().iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    let mut names: Vec<String> = Vec::new();
    let rows: Vec<(serde_json::Map<String, Value>, MultiPolygon<f64>)> = boundaries
        .shapes()
        .iter()
        .map(|shape| {
            let map = match places.get(&shape.id) {
                Some(&at) => properties(analysis, at),
                None => without_figures(shape),
            };
            if map.len() > names.len() {
                names = map.keys().cloned().collect();
            }
            (map, shape.projected.clone())
        })
        .collect();
    Layer::of_values("areas".to_owned(), &names, rows, boundaries.crs(), Vec::new())
}

/// The rows as text in blocks that are made in parallel and stand in their order.
fn blocks(rows: &[Row], one: impl Fn(&mut Vec<u8>, &Row) + Sync) -> Vec<Vec<u8>> {
    const BLOCK: usize = 512;
    rows.par_chunks(BLOCK)
        .enumerate()
        .map(|(block, rows)| {
            let mut text = Vec::new();
            for (at, row) in rows.iter().enumerate() {
                if block + at > 0 {
                    text.extend_from_slice(b",\n");
                }
                one(&mut text, row);
            }
            text
        })
        .collect()
}

/// `{"name":value,…}`, with null where there is no value.
fn push_properties(out: &mut String, fields: &[Field], cells: &[Cell]) {
    out.push('{');
    for (at, (field, cell)) in fields.iter().zip(cells).enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_string(out, &field.name);
        out.push(':');
        match cell {
            Cell::Null => out.push_str("null"),
            Cell::Text(text) => push_string(out, text),
            Cell::Integer(x) => out.push_str(&x.to_string()),
            // A whole number keeps its decimals, so that the field stays one of real numbers.
            Cell::Real(x) if x.fract() == 0.0 && x.abs() < 1e15 => {
                out.push_str(&format!("{x:.1}"));
            }
            Cell::Real(x) => super::push_number(out, *x),
            Cell::Boolean(x) => out.push_str(if *x { "true" } else { "false" }),
        }
    }
    out.push('}');
}

fn push_string(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}

/// `x` with at most this many decimals and no trailing zeros.
fn push_rounded(out: &mut Vec<u8>, x: f64, digits: u8) {
    let factor = 10_f64.powi(i32::from(digits));
    let scaled = (x * factor).round();
    if scaled.is_nan() || scaled.abs() >= 9e15 {
        let mut text = String::new();
        super::push_number(&mut text, x);
        out.extend_from_slice(text.as_bytes());
        return;
    }
    // Below 2^53, so that the cast is exact.
    let whole = scaled as i64;
    if whole < 0 {
        out.push(b'-');
    }
    let mut digits = usize::from(digits);
    let mut rest = whole.unsigned_abs();
    while digits > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        digits -= 1;
    }
    push_digits(out, rest, digits);
}

/// Names that a format cannot hold twice, made different: `fid` and `geom` are the format's own.
fn free_names(fields: &[Field], taken: &[&str]) -> Vec<String> {
    let mut used: Vec<String> = taken.iter().map(|name| (*name).to_lowercase()).collect();
    fields
        .iter()
        .map(|field| {
            let mut name = field.name.clone();
            while used.contains(&name.to_lowercase()) {
                name.push('_');
            }
            used.push(name.to_lowercase());
            name
        })
        .collect()
}

/// Well-known binary of polygons, little-endian.
fn wkb_of(polygons: &MultiPolygon<f64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(wkb::writer::multi_polygon_wkb_size(polygons));
    let options = wkb::writer::WriteOptions { endianness: wkb::Endianness::LittleEndian };
    wkb::writer::write_multi_polygon(&mut bytes, polygons, &options).map_err(io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn rounded_numbers_are_those_of_the_formatter(x in -1e7..1e7_f64, digits in 0_u8..8) {
            let text = rounded(x, digits);
            let back: f64 = text.parse().unwrap();
            let step = 0.1_f64.powi(i32::from(digits));
            proptest::prop_assert!((back - x).abs() <= step / 2.0 + x.abs() * 1e-15, "{x} became {text}");
            proptest::prop_assert!(!text.ends_with('.') && text != "-0.");
            proptest::prop_assert!(!text.contains('.') || !text.ends_with('0'));
        }
    }

    fn rounded(x: f64, digits: u8) -> String {
        let mut text = Vec::new();
        push_rounded(&mut text, x, digits);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn small_numbers_keep_their_zeros() {
        let text = |x: f64| rounded(x, 3);
        assert_eq!(
            [text(0.05), text(-0.004), text(0.0), text(-12.5), text(1000.0), text(-0.0001)],
            ["0.05", "-0.004", "0", "-12.5", "1000", "0"]
        );
    }
}
