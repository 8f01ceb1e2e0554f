//! GeoPackage: a SQLite database with one layer.
//!
//! Source: OGC 12-128r19, *GeoPackage Encoding Standard* 1.4. Without the optional spatial index.

use std::io::{self, Write};

use geo::{BoundingRect, Rect};
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ToSql, params_from_iter};

use super::{free_names, wkb_of};
use crate::boundary::Crs;
use crate::layer::{Cell, FieldKind, Layer, Row};

/// The tables that every GeoPackage has. The date of the last change is a fixed one, because the
/// same input makes the same bytes.
const TABLES: &str = "
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10400;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinates'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinates');
";

const CHANGED: &str = "1970-01-01T00:00:00.000Z";

pub(super) fn write(out: &mut (impl Write + ?Sized), layer: &Layer) -> io::Result<()> {
    // SQLite writes to a file of its own; its bytes are handed on.
    let file = tempfile::NamedTempFile::new()?;
    fill(file.path(), layer).map_err(|fault| match fault {
        Fault::Database(error) => io::Error::other(error),
        Fault::Geometry(error) => error,
    })?;
    io::copy(&mut std::fs::File::open(file.path())?, out)?;
    Ok(())
}

enum Fault {
    Database(rusqlite::Error),
    Geometry(io::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

fn fill(path: &std::path::Path, layer: &Layer) -> Result<(), Fault> {
    let mut database = Connection::open(path)?;
    // Nobody else sees the file before it is whole.
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let all = database.transaction()?;
    all.execute_batch(TABLES)?;
    let mut systems = vec![Crs::WGS84];
    if layer.crs != Crs::WGS84 {
        systems.push(layer.crs);
    }
    for crs in systems {
        let code = crs.epsg();
        all.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)",
            (crs.name(), code, crs.wkt()),
        )?;
    }
    let around = around(layer);
    let corner = |of: fn(&Rect<f64>) -> f64| around.as_ref().map(of);
    all.execute(
        "INSERT INTO gpkg_contents VALUES (?1, 'features', ?1, '', ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            &layer.name,
            CHANGED,
            corner(|r| r.min().x),
            corner(|r| r.min().y),
            corner(|r| r.max().x),
            corner(|r| r.max().y),
            layer.crs.epsg(),
        ),
    )?;
    all.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', 'MULTIPOLYGON', ?2, 0, 0)",
        (&layer.name, layer.crs.epsg()),
    )?;
    rows(&all, layer)?;
    all.commit()?;
    Ok(())
}

fn rows(database: &Connection, layer: &Layer) -> Result<(), Fault> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let names = free_names(&layer.fields, &["fid", "geom"]);
    let columns: String = names
        .iter()
        .zip(&layer.fields)
        .map(|(name, field)| {
            let kind = match field.kind {
                FieldKind::Text => "TEXT",
                FieldKind::Integer => "INTEGER",
                FieldKind::Real => "REAL",
                FieldKind::Boolean => "BOOLEAN",
            };
            format!(", {} {kind}", quoted(name))
        })
        .collect();
    let table = quoted(&layer.name);
    database.execute_batch(&format!(
        "CREATE TABLE {table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \
         geom MULTIPOLYGON{columns})"
    ))?;
    let marks = ", ?".repeat(names.len());
    let mut insert = database.prepare(&format!("INSERT INTO {table} VALUES (NULL, ?{marks})"))?;
    for row in &layer.rows {
        let blob = Column::Blob(blob(row, layer.crs).map_err(Fault::Geometry)?);
        let cells = row.cells.iter().map(Column::Cell);
        insert.execute(params_from_iter(std::iter::once(blob).chain(cells)))?;
    }
    Ok(())
}

/// What stands in a column of the database.
enum Column<'a> {
    Blob(Vec<u8>),
    Cell(&'a Cell),
}

impl ToSql for Column<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Blob(bytes) => bytes.to_sql(),
            Self::Cell(Cell::Null) => Ok(rusqlite::types::Null.into()),
            Self::Cell(Cell::Text(text)) => text.to_sql(),
            Self::Cell(Cell::Integer(x)) => x.to_sql(),
            Self::Cell(Cell::Real(x)) => x.to_sql(),
            Self::Cell(Cell::Boolean(x)) => x.to_sql(),
        }
    }
}

/// The header of a GeoPackage geometry with its envelope, and the geometry behind it.
fn blob(row: &Row, crs: Crs) -> io::Result<Vec<u8>> {
    /// Little-endian, with an envelope of minima and maxima in x and y.
    const FLAGS: u8 = 0b0000_0011;
    let mut bytes = vec![b'G', b'P', 0, FLAGS];
    bytes.extend(i32::try_from(crs.epsg()).unwrap_or_default().to_le_bytes());
    let around = row.polygons.bounding_rect();
    let (low, high) = around.map_or_else(Default::default, |rect| (rect.min(), rect.max()));
    for x in [low.x, high.x, low.y, high.y] {
        bytes.extend(x.to_le_bytes());
    }
    bytes.extend(wkb_of(&row.polygons)?);
    Ok(bytes)
}

fn around(layer: &Layer) -> Option<Rect<f64>> {
    let boxes = layer.rows.iter().filter_map(|row| row.polygons.bounding_rect());
    boxes.reduce(|a, b| {
        Rect::new(
            (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
            (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
        )
    })
}
