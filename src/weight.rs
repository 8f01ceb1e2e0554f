//! What counts how much?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the weights of a level come from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Weighting {
    /// Each child states its `weight`. A weight is a judgement: it says what matters, and should
    /// be read together with how much the child varies.
    Given {},
    /// Every child counts the same, and `weight` keys are not looked at. Equal weights are a
    /// judgement too: two indicators of one thing count double.
    Equal {},
}

impl Default for Weighting {
    fn default() -> Self {
        Self::Given {}
    }
}
