//! Where does the money go?
//!
//! The choropleth of a model's kroner per resident. The words of the legend that speak of living
//! conditions are replaced by words about money.

use super::{MapRequest, choropleth};

/// Draws amounts as [`choropleth`] draws scores; `words` say which end of the colours is more.
pub fn money_map(request: &MapRequest<'_>, words: &str) -> String {
    choropleth(&MapRequest { note: Some(words), ..request.clone() })
}
