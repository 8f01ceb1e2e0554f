//! What is a layer of a spatial file?
//!
//! Areas with polygons in one coordinate system and a table of attributes: what
//! [`crate::load::boundaries::layer`] reads and [`crate::write::spatial`] writes, in every format
//! alike. Ids and names are attributes like any other here.

use geo::MultiPolygon;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::boundary::Crs;
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

    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
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
