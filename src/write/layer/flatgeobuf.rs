//! FlatGeobuf: fast to read, indexed, in the order of a space-filling curve.

use std::io::{self, Write};

use flatgeobuf::geozero::error::GeozeroError;
use flatgeobuf::geozero::{ColumnValue, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::Geometry;

use super::free_names;
use crate::layer::{Cell, FieldKind, Layer};

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer) -> io::Result<()> {
    let (wkt, name) = (layer.crs.wkt(), layer.crs.name());
    let crs = FgbCrs {
        org: Some("EPSG"),
        code: i32::try_from(layer.crs.epsg()).unwrap_or_default(),
        name: Some(&name),
        wkt: Some(&wkt),
        ..FgbCrs::default()
    };
    let options = FgbWriterOptions { crs, promote_to_multi: true, ..FgbWriterOptions::default() };
    let mut writer =
        FgbWriter::create_with_options(&layer.name, GeometryType::MultiPolygon, options)
            .map_err(io::Error::other)?;
    let names = free_names(&layer.fields, &[]);
    for (name, field) in names.iter().zip(&layer.fields) {
        let kind = match field.kind {
            FieldKind::Text => ColumnType::String,
            FieldKind::Integer => ColumnType::Long,
            FieldKind::Real => ColumnType::Double,
            FieldKind::Boolean => ColumnType::Bool,
        };
        writer.add_column(name, kind, |_, _| {});
    }
    for row in &layer.rows {
        let mut failed: Option<GeozeroError> = None;
        writer
            .add_feature_geom(Geometry::MultiPolygon(row.polygons.clone()), |feature| {
                for (at, (cell, name)) in row.cells.iter().zip(&names).enumerate() {
                    let value = match cell {
                        // What is left out is null.
                        Cell::Null => continue,
                        Cell::Text(text) => ColumnValue::String(text),
                        Cell::Integer(x) => ColumnValue::Long(*x),
                        Cell::Real(x) => ColumnValue::Double(*x),
                        Cell::Boolean(x) => ColumnValue::Bool(*x),
                    };
                    if let Err(error) = feature.property(at, name, &value) {
                        failed = Some(error);
                    }
                }
            })
            .map_err(io::Error::other)?;
        if let Some(error) = failed {
            return Err(io::Error::other(error));
        }
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).map_err(io::Error::other)?;
    out.write_all(&bytes)
}
