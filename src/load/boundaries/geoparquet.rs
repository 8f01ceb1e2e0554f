//! What does a GeoParquet file hold?
//!
//! A Parquet table with geometries as WKB, and JSON under the key `geo` that tells their column
//! and coordinate system. Source: OGC (2023), *GeoParquet specification* 1.0 and 1.1.

use std::fs::File;
use std::path::Path;

use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader, Series};
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Collection, Feature, RawGeometry, Shells};
use super::format::from_wkb;

/// Reads the main geometry column and all attributes.
pub(super) fn read(path: &Path) -> Result<Collection, BoundaryError> {
    let broken = |reason: String| BoundaryError::Broken {
        path: path.to_path_buf(),
        format: "GeoParquet",
        reason,
    };
    let file = File::open(path)
        .map_err(|source| BoundaryError::Unreadable { path: path.to_path_buf(), source })?;
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().map_err(|error| broken(error.to_string()))?;
    let entries = metadata.key_value_metadata().iter().flatten();
    let geo = entries.filter(|entry| entry.key == "geo").find_map(|entry| entry.value.clone());
    let frame = reader.finish().map_err(|error| broken(error.to_string()))?;
    let columns = || frame.get_column_names().iter().map(ToString::to_string).collect();
    let no_geometry = || BoundaryError::NoGeometry { path: path.to_path_buf(), tables: columns() };
    let geo: Value = match geo {
        Some(text) => serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?,
        None => return Err(no_geometry()),
    };
    let name = geo.get("primary_column").and_then(Value::as_str).unwrap_or("geometry");
    let about = geo.pointer(&format!("/columns/{name}")).cloned().unwrap_or_default();
    match about.get("encoding").and_then(Value::as_str) {
        Some("WKB") | None => {}
        Some(other) => {
            return Err(broken(format!(
                "its geometries are `{other}` and not WKB; write them with `geometry_encoding=\"WKB\"`"
            )));
        }
    }
    let column = frame.column(name).map_err(|_| no_geometry())?;
    let geometries = geometries(column.as_materialized_series()).map_err(broken)?;
    let features = features(&frame, name, geometries);
    Ok(Collection {
        features,
        crs: crs(&about),
        shells: Shells::Any,
        degrees_by_default: false,
        notices: Vec::new(),
    })
}

/// Left out it is degrees; null it is unknown; else PROJJSON with the code under `id`.
fn crs(about: &Value) -> Option<Result<u32, String>> {
    let Some(crs) = about.get("crs") else { return Some(Ok(4326)) };
    if crs.is_null() {
        return None;
    }
    let text = |pointer: &str| crs.pointer(pointer).and_then(Value::as_str);
    let code = crs.pointer("/id/code");
    let found = match (text("/id/authority"), code.and_then(Value::as_u64)) {
        (Some(authority), Some(code)) if authority.eq_ignore_ascii_case("EPSG") => {
            u32::try_from(code).ok()
        }
        _ if code.and_then(Value::as_str) == Some("CRS84") => Some(4326),
        _ => None,
    };
    Some(found.ok_or_else(|| text("/name").unwrap_or("a system without a name").to_owned()))
}

fn geometries(series: &Series) -> Result<Vec<RawGeometry>, String> {
    // geopandas marks the column as an extension of plain bytes.
    let storage = series.to_storage();
    let bytes = storage.binary().map_err(|error| error.to_string())?;
    bytes
        .iter()
        .enumerate()
        .map(|(row, wkb)| match wkb {
            Some(wkb) => from_wkb(wkb).map_err(|reason| format!("row {}: {reason}", row + 1)),
            None => Ok(RawGeometry::default()),
        })
        .collect()
}

fn features(frame: &DataFrame, geometry: &str, geometries: Vec<RawGeometry>) -> Vec<Feature> {
    let columns: Vec<(String, &Series)> = frame
        .columns()
        .iter()
        // `bbox` is the covering that some writers put beside each geometry.
        .filter(|column| column.name() != geometry && column.name() != "bbox")
        .map(|column| (column.name().to_string(), column.as_materialized_series()))
        .collect();
    let row = |(at, geometry): (usize, RawGeometry)| {
        let cell = |(name, series): &(String, &Series)| {
            (name.clone(), series.get(at).map_or(Value::Null, |value| json(&value)))
        };
        let properties: Map<String, Value> = columns.iter().map(cell).collect();
        Feature { id: None, properties, geometry }
    };
    geometries.into_iter().enumerate().map(row).collect()
}

fn json(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null | AnyValue::Binary(_) | AnyValue::BinaryOwned(_) => Value::Null,
        AnyValue::Boolean(x) => (*x).into(),
        AnyValue::String(text) => (*text).into(),
        AnyValue::StringOwned(text) => text.as_str().into(),
        AnyValue::Float32(x) => f64::from(*x).into(),
        AnyValue::Float64(x) => (*x).into(),
        other => match other.extract::<i64>() {
            Some(whole) if other.is_integer() => whole.into(),
            Some(_) | None => other.to_string().into(),
        },
    }
}
