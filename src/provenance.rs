//! Where does a result come from?
//!
//! Every output states its definition, the checksums of its inputs, its reference set, its seed
//! and the program's version. No clock and no machine: the same inputs give the same provenance.

use serde::Serialize;

/// A file that a run has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// `project`, `table`, `boundaries`, `definition` or `rule`.
    pub role: String,
    /// The path as the project file has it.
    pub path: String,
    /// SHA-256 of its bytes as stored.
    pub sha256: String,
}

/// Where a run comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Name and version of the program.
    pub program_version: String,
    /// SHA-256 of the recipe, written out in full with every default.
    pub definition_sha256: String,
    /// The same of the rule.
    pub rule_sha256: Option<String>,
    /// Every file that was read.
    pub inputs: Vec<InputFile>,
    /// The seed, where anything was drawn.
    pub seed: Option<u64>,
    /// The number of areas that ranks and means refer to.
    pub reference_set: usize,
    /// The command that makes the same results again.
    pub command: String,
}
