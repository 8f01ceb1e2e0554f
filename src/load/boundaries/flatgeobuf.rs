//! What does a FlatGeobuf file hold?

use std::path::Path;

use flatgeobuf::geozero::error::Result as GeozeroResult;
use flatgeobuf::geozero::{ColumnValue, PropertyProcessor, ToGeo};
use flatgeobuf::{FallibleStreamingIterator, FeatureProperties, FgbReader};
use serde_json::{Map, Value};

use super::BoundaryError;
use super::feature::{Collection, Feature, RawGeometry, Shells};
use crate::boundary::{epsg_code, epsg_of_wkt};

/// Reads all features of a FlatGeobuf file.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Collection, BoundaryError> {
    let broken = |reason: String| BoundaryError::Broken {
        path: path.to_path_buf(),
        format: "FlatGeobuf",
        reason,
    };
    let reader = FgbReader::open(bytes).map_err(|error| broken(error.to_string()))?;
    let header = reader.header();
    let heights = header.has_z() || header.has_m();
    let crs = header.crs().and_then(|crs| {
        let epsg = crs.org().is_none_or(|org| org.eq_ignore_ascii_case("EPSG"));
        let by_text = || {
            let text = crs.wkt().or(crs.code_string()).or(crs.name())?;
            Some(epsg_of_wkt(text).or(epsg_code(text)).ok_or_else(|| text.to_owned()))
        };
        match u32::try_from(crs.code()) {
            Ok(code) if code > 0 && epsg => Some(Ok(code)),
            Ok(_) | Err(_) => by_text(),
        }
    });
    // Null attributes are left out of a feature; here they stand in their order.
    let columns = header.columns().into_iter().flat_map(|columns| columns.iter());
    let empty: Map<String, Value> =
        columns.map(|column| (column.name().to_owned(), Value::Null)).collect();
    let mut rows = reader.select_all_seq().map_err(|error| broken(error.to_string()))?;
    let mut features = Vec::new();
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                return Err(broken(format!("after {} features: {error}", features.len())));
            }
        };
        let mut properties = Properties(empty.clone());
        let read = row.process_properties(&mut properties);
        read.map_err(|error| broken(error.to_string()))?;
        let geometry = match row.geometry() {
            Some(_) => {
                let geometry = row.to_geo().map_err(|error| broken(error.to_string()))?;
                RawGeometry::of(geometry, heights)
            }
            None => RawGeometry::default(),
        };
        features.push(Feature { id: None, properties: properties.0, geometry });
    }
    Ok(Collection {
        features,
        crs,
        shells: Shells::Any,
        degrees_by_default: false,
        notices: Vec::new(),
    })
}

struct Properties(Map<String, Value>);

impl PropertyProcessor for Properties {
    fn property(&mut self, _: usize, name: &str, value: &ColumnValue<'_>) -> GeozeroResult<bool> {
        let value = match *value {
            ColumnValue::Byte(x) => x.into(),
            ColumnValue::UByte(x) => x.into(),
            ColumnValue::Bool(x) => x.into(),
            ColumnValue::Short(x) => x.into(),
            ColumnValue::UShort(x) => x.into(),
            ColumnValue::Int(x) => x.into(),
            ColumnValue::UInt(x) => x.into(),
            ColumnValue::Long(x) => x.into(),
            ColumnValue::ULong(x) => x.into(),
            ColumnValue::Float(x) => f64::from(x).into(),
            ColumnValue::Double(x) => x.into(),
            ColumnValue::String(text) | ColumnValue::Json(text) | ColumnValue::DateTime(text) => {
                text.into()
            }
            ColumnValue::Binary(_) => Value::Null,
        };
        self.0.insert(name.to_owned(), value);
        // `true` would end the reading of this feature.
        Ok(false)
    }
}
