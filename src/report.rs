//! What do we hand over?

use miette::Diagnostic;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::language::Language;
use crate::project::Project;
use crate::provenance::Provenance;

/// What a report is made from.
#[derive(Debug)]
pub struct ReportRequest<'a> {
    /// The project.
    pub project: &'a Project,
    /// The results.
    pub analysis: &'a Analysis,
    /// The language.
    pub language: Language,
    /// The map.
    pub map_svg: Option<&'a str>,
    /// The method in words.
    pub method: &'a [String],
    /// Where it comes from.
    pub provenance: &'a Provenance,
}

/// Why there is no report.
#[derive(Debug, Error, Diagnostic)]
#[error("the report cannot be made: {0}")]
pub struct ReportError(String);

/// Stands in.
///
/// # Errors
///
/// None yet.
pub fn report(_request: &ReportRequest<'_>) -> Result<String, ReportError> {
    Ok(String::new())
}
