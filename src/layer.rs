//! What is a layer of a spatial file?
//!
//! Areas with polygons in one coordinate system and a table of attributes: what
//! [`crate::load::boundaries::layer`] reads and [`crate::write::layer`] writes, in every format
//! alike. Ids and names are attributes like any other here.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use geo::MultiPolygon;
use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::boundary::{Crs, CrsError, Route};
use crate::notice::Notice;

/// Features of a boundary file that are no areas, such as sea or "Udefinert".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exclude {
    /// The property that tells them.
    pub property: String,
    /// Its value, as text.
    pub equals: String,
}

/// A format that layers are written in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SpatialFormat {
    /// GeoJSON (RFC 7946), `.geojson`.
    Geojson,
    /// TopoJSON with shared borders, `.topojson`.
    Topojson,
    /// GeoPackage, `.gpkg`.
    Gpkg,
    /// FlatGeobuf, `.fgb`.
    Fgb,
    /// GeoParquet, `.geoparquet` or `.parquet`.
    Geoparquet,
}

impl SpatialFormat {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Geojson, Self::Topojson, Self::Gpkg, Self::Fgb, Self::Geoparquet];

    /// Its name, which is also the ending of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geojson => "geojson",
            Self::Topojson => "topojson",
            Self::Gpkg => "gpkg",
            Self::Fgb => "fgb",
            Self::Geoparquet => "geoparquet",
        }
    }

    /// The format of an ending or a name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "json" => Some(Self::Geojson),
            "parquet" => Some(Self::Geoparquet),
            name => Self::ALL.into_iter().find(|format| format.name() == name),
        }
    }

    /// Whether it is in longitude and latitude always.
    pub fn is_degrees(self) -> bool {
        match self {
            Self::Geojson | Self::Topojson => true,
            Self::Gpkg | Self::Fgb | Self::Geoparquet => false,
        }
    }
}

/// What kind of values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text; also what no other kind holds.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
    /// Floating-point numbers.
    Real,
    /// True or false.
    Boolean,
}

/// A column of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in files.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
}

/// An attribute of one area.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value; never 0 and never an empty text.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Real(f64),
    /// True or false.
    Boolean(bool),
}

impl Cell {
    /// A number, or nothing where it is none.
    pub fn real(x: f64) -> Self {
        if x.is_finite() { Self::Real(x) } else { Self::Null }
    }

    /// The number in it; text that reads as a number counts, because many files store it so.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Null | Self::Boolean(_) => None,
            // Above 2^53 the cast rounds, as every table of floating-point numbers does.
            Self::Integer(x) => Some(*x as f64),
            Self::Real(x) => Some(*x),
            Self::Text(text) => text.trim().parse().ok().filter(|x: &f64| x.is_finite()),
        }
    }

    /// The text in it, whole numbers without decimals; `None` where there is no value.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.clone()),
            Self::Integer(x) => Some(x.to_string()),
            Self::Real(x) => Some(x.to_string()),
            Self::Boolean(x) => Some(x.to_string()),
        }
    }
}

/// One area.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// One cell a field of the layer.
    pub cells: Vec<Cell>,
    /// Closed rings, shells counter-clockwise, in the layer's system.
    pub polygons: MultiPolygon<f64>,
}

/// A table of areas with shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name; the file's where the format has none.
    pub name: String,
    /// The attributes.
    pub fields: Vec<Field>,
    /// The areas, in the order of the file.
    pub rows: Vec<Row>,
    /// The coordinate system of the polygons.
    pub crs: Crs,
    /// What was merged, mended or left out on the way in.
    pub notices: Vec<Notice>,
}

impl Layer {
    /// A layer of JSON values, each field of the narrowest kind that holds all its values.
    pub(crate) fn of_values(
        name: String,
        names: &[String],
        rows: Vec<(Map<String, Value>, MultiPolygon<f64>)>,
        crs: Crs,
        notices: Vec<Notice>,
    ) -> Self {
        let fields: Vec<Field> = names
            .iter()
            .map(|name| {
                let kind = kind_of(rows.iter().filter_map(|(map, _)| map.get(name)));
                Field { name: name.clone(), kind }
            })
            .collect();
        let rows = rows
            .into_iter()
            .map(|(mut map, polygons)| {
                let cell = |field: &Field| match map.get_mut(&field.name) {
                    Some(value) => cell_of(value.take(), field.kind),
                    None => Cell::Null,
                };
                Row { cells: fields.iter().map(cell).collect(), polygons }
            })
            .collect();
        Self { name, fields, rows, crs, notices }
    }

    /// The same layer in another coordinate system.
    ///
    /// # Errors
    ///
    /// [`CrsError`] when a coordinate cannot be transformed.
    pub fn to(&self, crs: Crs) -> Result<Self, CrsError> {
        let Some(route) = Route::between(self.crs, crs)? else {
            return Ok(Self { crs, ..self.clone() });
        };
        let rows = self.rows.par_iter().map(|row| {
            Ok(Row { cells: row.cells.clone(), polygons: route.polygons(&row.polygons)? })
        });
        Ok(Self {
            name: self.name.clone(),
            fields: self.fields.clone(),
            rows: rows.collect::<Result<_, CrsError>>()?,
            crs,
            notices: self.notices.clone(),
        })
    }

    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// Columns of figures by area id, to be joined to a layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes {
    /// The id of each row, as text.
    pub keys: Vec<String>,
    /// The columns beside the key.
    pub fields: Vec<Field>,
    /// One column a field, one cell a row.
    pub columns: Vec<Vec<Cell>>,
    /// Columns of numbers with gaps, each with the kinds of its gaps.
    pub gaps: Vec<String>,
}

/// No area of a layer has a row in the table.
#[derive(Debug, Error, Diagnostic)]
#[error("no area has a row in the table: the areas have ids such as `{area}`, the table `{row}`")]
#[diagnostic(
    code(levekaar::layer::join),
    help("check `--id` and `--table-id`; leading zeros count")
)]
pub struct JoinError {
    /// The id of the first area.
    pub area: String,
    /// The first key of the table.
    pub row: String,
}

impl Layer {
    /// Joins columns by the ids in the field `id`.
    ///
    /// Shape: all areas stay, in their order; an area without a row gets empty cells. Of rows with
    /// the same key the first counts. A column with the name of a field gets `_2` behind it. All
    /// of it is told in the layer's notices.
    ///
    /// # Errors
    ///
    /// [`JoinError`] when no id is in the table.
    pub fn join(&mut self, id: &str, table: &Attributes) -> Result<(), JoinError> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut twice = Vec::new();
        for (row, key) in table.keys.iter().enumerate() {
            match places.entry(key.as_str()) {
                Entry::Vacant(entry) => {
                    entry.insert(row);
                }
                Entry::Occupied(_) => twice.push(key.clone()),
            }
        }
        let own = self.field(id);
        let ids: Vec<String> = self
            .rows
            .iter()
            .map(|row| own.and_then(|at| row.cells[at].text()).unwrap_or_default())
            .collect();
        let found: Vec<Option<usize>> =
            ids.iter().map(|id| places.get(id.as_str()).copied()).collect();
        if found.iter().all(Option::is_none) {
            let first = |of: &[String]| of.first().cloned().unwrap_or_default();
            return Err(JoinError { area: first(&ids), row: first(&table.keys) });
        }
        let mut renamed = Vec::new();
        for field in &table.fields {
            let mut field = field.clone();
            if self.field(&field.name).is_some() {
                renamed.push(field.name.clone());
                field.name.push_str("_2");
            }
            self.fields.push(field);
        }
        for (row, found) in self.rows.iter_mut().zip(&found) {
            let cells = table.columns.iter().map(|column| match found {
                Some(at) => column[*at].clone(),
                None => Cell::Null,
            });
            row.cells.extend(cells);
        }
        let without_row: Vec<String> = ids
            .iter()
            .zip(&found)
            .filter(|(_, at)| at.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        let used: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let without_area: Vec<String> =
            table.keys.iter().filter(|key| !used.contains(key.as_str())).cloned().collect();
        let n = found.iter().flatten().count();
        self.notices.push(Notice::note("layer.joined").with("n", n));
        for (notice, items) in [
            (Notice::warning("layer.without-row"), without_row),
            (Notice::warning("layer.without-area"), without_area),
            (Notice::warning("layer.row-twice"), twice),
            (Notice::warning("layer.gaps"), table.gaps.clone()),
            (Notice::note("layer.renamed"), renamed),
        ] {
            if !items.is_empty() {
                self.notices.push(notice.about(items));
            }
        }
        Ok(())
    }
}

fn kind_of<'a>(values: impl Iterator<Item = &'a Value>) -> FieldKind {
    let mut kind = None;
    for value in values {
        let own = match value {
            Value::Null => continue,
            Value::Bool(_) => FieldKind::Boolean,
            Value::Number(number) if number.is_i64() => FieldKind::Integer,
            Value::Number(_) => FieldKind::Real,
            Value::String(_) | Value::Array(_) | Value::Object(_) => return FieldKind::Text,
        };
        kind = match (kind, own) {
            (None, own) => Some(own),
            (Some(FieldKind::Integer | FieldKind::Real), FieldKind::Real)
            | (Some(FieldKind::Real), FieldKind::Integer) => Some(FieldKind::Real),
            (Some(before), own) if before == own => Some(own),
            // A mixture is kept as it is written.
            (Some(_), _) => return FieldKind::Text,
        };
    }
    kind.unwrap_or(FieldKind::Text)
}

fn cell_of(value: Value, kind: FieldKind) -> Cell {
    match (kind, value) {
        (_, Value::Null) => Cell::Null,
        (FieldKind::Boolean, Value::Bool(x)) => Cell::Boolean(x),
        (FieldKind::Integer, Value::Number(x)) if x.is_i64() => {
            x.as_i64().map_or(Cell::Null, Cell::Integer)
        }
        (FieldKind::Real, Value::Number(x)) => x.as_f64().map_or(Cell::Null, Cell::real),
        (_, Value::String(text)) => Cell::Text(text),
        (_, other) => Cell::Text(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_has_the_narrowest_kind_that_holds_its_values() {
        let kind = |values: &[Value]| kind_of(values.iter());
        assert_eq!(kind(&[json!(1), json!(null), json!(2)]), FieldKind::Integer);
        assert_eq!(kind(&[json!(1), json!(2.5)]), FieldKind::Real);
        assert_eq!(kind(&[json!(1.0)]), FieldKind::Real);
        assert_eq!(kind(&[json!("0301"), json!(1)]), FieldKind::Text);
        assert_eq!(kind(&[json!(true), json!(1)]), FieldKind::Text);
        assert_eq!(kind(&[json!(null)]), FieldKind::Text);
    }

    #[test]
    fn a_mixture_is_kept_as_it_is_written() {
        assert_eq!(cell_of(json!(301), FieldKind::Text), Cell::Text("301".into()));
        assert_eq!(cell_of(json!({"a": [1]}), FieldKind::Text), Cell::Text("{\"a\":[1]}".into()));
        assert_eq!(Cell::Text(" 12.5 ".into()).number(), Some(12.5));
        assert_eq!(Cell::real(f64::NAN), Cell::Null);
    }
}
