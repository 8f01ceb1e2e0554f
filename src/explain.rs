//! How did an area get its score?

use serde::Serialize;

/// The TOML spelling of a method with its parameters, such as `winsorise-percentiles low=1 high=99`.
pub fn short_name<M: Serialize>(method: &M) -> String {
    match toml::Value::try_from(method) {
        Ok(toml::Value::Table(table)) => {
            let name = table.get("method").and_then(toml::Value::as_str).unwrap_or_default();
            let parameters = table.iter().filter(|(key, _)| *key != "method");
            std::iter::once(name.to_owned())
                .chain(parameters.map(|(key, value)| format!("{key}={value}")))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Stands in until the chain of numbers is there.
#[derive(Debug, Serialize)]
pub struct Explanation;

/// Stands in.
pub fn explain(_analysis: &crate::analysis::Analysis, _area_idx: usize) -> Explanation {
    Explanation
}

/// Stands in.
pub fn to_text(_explanation: &Explanation, _language: crate::language::Language) -> String {
    String::new()
}

/// Stands in.
pub fn method_in_words(
    _definition: &crate::index::IndexDefinition,
    _plan: &crate::index::Plan<'_>,
    _language: crate::language::Language,
) -> Vec<String> {
    Vec::new()
}
