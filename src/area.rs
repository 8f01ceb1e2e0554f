//! What is an area?
//!
//! The row of every table: a *levekårssone*, a *bydel*, a data zone. Areas are known by their id,
//! which is text: `0301` keeps its zero. Ids and
//! names are short, and up to 24 bytes they stand in the area itself: a million of them are no
//! million pieces of memory. Nothing here knows of indicators or shapes.

use std::fmt;

use compact_str::CompactString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The code by which a publisher knows an area; text, so that leading zeros stay.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct AreaId(#[schemars(with = "String")] CompactString);

impl AreaId {
    /// An id of this text, exactly as given.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(CompactString::new(id))
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for AreaId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

/// One area as the table describes it, apart from its indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its code.
    pub id: AreaId,
    /// Its name, or the code again where the table has no names.
    pub name: CompactString,
    /// The larger unit that it belongs to, such as a municipality.
    pub parent: Option<String>,
    /// Residents; `None` where the table does not say.
    pub population: Option<f64>,
}

impl Area {
    /// An area of which only the id is known.
    pub fn of(id: impl Into<AreaId>) -> Self {
        let id = id.into();
        Self { name: id.0.clone(), id, parent: None, population: None }
    }

    /// `Name (id)`, or only the id where there is no other name.
    pub fn label(&self) -> String {
        if self.name == self.id.as_str() {
            self.name.to_string()
        } else {
            format!("{} ({})", self.name, self.id)
        }
    }
}
