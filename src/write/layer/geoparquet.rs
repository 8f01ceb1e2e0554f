//! GeoParquet 1.0: a Parquet table whose key `geo` says which column holds shapes.

use std::io::{self, Write};

use geo::BoundingRect;
use polars::prelude::{
    BinaryChunked, Column, DataFrame, IntoColumn, IntoSeries, KeyValueMetadata, NamedFrom,
    NewChunkedArray, ParquetWriter, PlSmallStr, Series,
};
use serde_json::json;

use super::{free_names, wkb_of};
use crate::layer::{Cell, Field, FieldKind, Layer};

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer) -> io::Result<()> {
    let names = free_names(&layer.fields, &["geometry"]);
    let mut columns: Vec<Column> = names
        .iter()
        .zip(&layer.fields)
        .enumerate()
        .map(|(at, (name, field))| column(layer, at, name, field))
        .collect();
    let shapes: Vec<Vec<u8>> =
        layer.rows.iter().map(|row| wkb_of(&row.polygons)).collect::<io::Result<_>>()?;
    let shapes = BinaryChunked::from_slice(PlSmallStr::from_static("geometry"), &shapes);
    columns.push(shapes.into_series().into_column());
    let mut frame = DataFrame::new(layer.rows.len(), columns).map_err(io::Error::other)?;
    let around = layer.rows.iter().filter_map(|row| row.polygons.bounding_rect()).fold(
        [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        |[a, b, c, d], rect| {
            [a.min(rect.min().x), b.min(rect.min().y), c.max(rect.max().x), d.max(rect.max().y)]
        },
    );
    let mut about = json!({
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": layer.crs.projjson(),
        "orientation": "counterclockwise",
        "bbox": around,
    });
    if layer.rows.is_empty() {
        about["bbox"] = json!([]);
    }
    let geo = json!({
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": { "geometry": about },
    });
    let metadata = KeyValueMetadata::from_static(vec![("geo".to_owned(), geo.to_string())]);
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(metadata))
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn column(layer: &Layer, at: usize, name: &str, field: &Field) -> Column {
    let cells = || layer.rows.iter().map(|row| &row.cells[at]);
    let series = match field.kind {
        FieldKind::Text => Series::new(name.into(), cells().map(Cell::text).collect::<Vec<_>>()),
        FieldKind::Integer => {
            let whole = |cell: &Cell| match cell {
                Cell::Integer(x) => Some(*x),
                Cell::Null | Cell::Text(_) | Cell::Real(_) | Cell::Boolean(_) => None,
            };
            Series::new(name.into(), cells().map(whole).collect::<Vec<_>>())
        }
        FieldKind::Real => Series::new(name.into(), cells().map(Cell::number).collect::<Vec<_>>()),
        FieldKind::Boolean => {
            let truth = |cell: &Cell| match cell {
                Cell::Boolean(x) => Some(*x),
                Cell::Null | Cell::Text(_) | Cell::Real(_) | Cell::Integer(_) => None,
            };
            Series::new(name.into(), cells().map(truth).collect::<Vec<_>>())
        }
    };
    series.into_column()
}
