//! What does a GeoPackage hold?
//!
//! A SQLite database whose tables `gpkg_contents` and `gpkg_geometry_columns` tell which tables
//! are layers. Geometries are WKB behind a short header. Source: OGC 12-128r19, *GeoPackage
//! Encoding Standard* 1.4, clause 2.1.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Collection, Feature, RawGeometry, Shells};
use super::format::{chosen_layer, from_wkb};

/// Reads a layer; `layer` names it where there are several.
pub(super) fn read(path: &Path, layer: Option<&str>) -> Result<Collection, BoundaryError> {
    let broken = |error: rusqlite::Error| BoundaryError::Broken {
        path: path.to_path_buf(),
        format: "GeoPackage",
        reason: error.to_string(),
    };
    let database =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(broken)?;
    let layers = names(
        &database,
        "SELECT c.table_name FROM gpkg_contents c JOIN gpkg_geometry_columns g \
         ON g.table_name = c.table_name WHERE c.data_type = 'features' ORDER BY 1",
    );
    let layers = match layers {
        Ok(layers) if !layers.is_empty() => layers,
        // A database without these tables, or with tables of figures alone.
        Ok(_) | Err(_) => {
            let tables = names(
                &database,
                "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'gpkg_%' AND name NOT LIKE 'sqlite_%' \
                 AND name NOT LIKE 'rtree_%' ORDER BY 1",
            )
            .map_err(broken)?;
            return Err(BoundaryError::NoGeometry { path: path.to_path_buf(), tables });
        }
    };
    let layer = chosen_layer(&layers, layer, path)?;
    let (column, srs): (String, i64) = database
        .query_row(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?1",
            [&layer],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(broken)?;
    let crs = crs(&database, srs).map_err(broken)?;
    let features = features(&database, &layer, &column).map_err(|error| match error {
        Fault::Database(error) => broken(error),
        Fault::Geometry { row, reason } => BoundaryError::Broken {
            path: path.to_path_buf(),
            format: "GeoPackage",
            reason: format!("the geometry of row {row} in `{layer}` cannot be read: {reason}"),
        },
    })?;
    Ok(Collection {
        features,
        crs,
        shells: Shells::Any,
        degrees_by_default: false,
        notices: Vec::new(),
    })
}

fn names(database: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    database.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// The code of a system of the file; `None` for 0 and −1, which say "undefined".
fn crs(database: &Connection, srs: i64) -> rusqlite::Result<Option<Result<u32, String>>> {
    if srs <= 0 {
        return Ok(None);
    }
    let found: (String, i64, String) = database.query_row(
        "SELECT organization, organization_coordsys_id, srs_name FROM gpkg_spatial_ref_sys \
         WHERE srs_id = ?1",
        [srs],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (organization, code, name) = found;
    let code = u32::try_from(code).ok().filter(|_| organization.eq_ignore_ascii_case("EPSG"));
    Ok(Some(code.ok_or(name)))
}

enum Fault {
    Database(rusqlite::Error),
    Geometry { row: usize, reason: String },
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

fn features(database: &Connection, layer: &str, geometry: &str) -> Result<Vec<Feature>, Fault> {
    let quoted = layer.replace('"', "\"\"");
    let key: Option<String> = database
        .query_row(
            "SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND upper(type) = 'INTEGER'",
            [layer],
            |row| row.get(0),
        )
        .ok();
    let mut statement = database.prepare(&format!("SELECT * FROM \"{quoted}\""))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut features = Vec::new();
    while let Some(row) = rows.next()? {
        let mut feature =
            Feature { id: None, properties: Map::new(), geometry: RawGeometry::default() };
        for (at, column) in columns.iter().enumerate() {
            let value = row.get_ref(at)?;
            if column.eq_ignore_ascii_case(geometry) {
                if let ValueRef::Blob(blob) = value {
                    let reading = bare(blob).ok_or_else(|| "no GeoPackage header".to_owned());
                    feature.geometry = reading
                        .and_then(from_wkb)
                        .map_err(|reason| Fault::Geometry { row: features.len() + 1, reason })?;
                }
            } else if Some(column) == key.as_ref() {
                feature.id = Some(json(value));
            } else {
                feature.properties.insert(column.clone(), json(value));
            }
        }
        features.push(feature);
    }
    Ok(features)
}

/// The WKB behind the header: `GP`, version, flags, system, and an envelope whose length the
/// flags tell.
fn bare(blob: &[u8]) -> Option<&[u8]> {
    if !blob.starts_with(b"GP") {
        return None;
    }
    let envelope = match (blob.get(3)? >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return None,
    };
    blob.get(8 + envelope..)
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(x) => x.into(),
        ValueRef::Real(x) => x.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}
