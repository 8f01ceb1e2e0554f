//! How is a TOML file read, and what is said when it is wrong?
//!
//! Every file that a user writes goes through [`parse`]: an error points at the line, and an
//! unknown key or method comes with the known one that is nearest.

use std::path::Path;

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::index::DefinitionProblem;
use crate::select::SelectError;
use crate::suggest;

/// Why a file of the user's could not be read.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum DocumentError {
    /// The file cannot be opened.
    #[error("cannot read `{path}`: {reason}")]
    #[diagnostic(code(levekaar::document::unreadable), help("check the path and its permissions"))]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The text is not what the format asks for.
    #[error("{message}")]
    #[diagnostic(code(levekaar::document::invalid))]
    Invalid {
        /// What is wrong.
        message: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<String>,
        /// Where.
        #[label("here")]
        span: Option<SourceSpan>,
        /// What to do.
        #[help]
        help: Option<String>,
    },
    /// The text is in order, but what it describes is not.
    #[error("the definition `{name}` has {} problem(s)", problems.len())]
    #[diagnostic(code(levekaar::document::definition), help("{}", list(problems)))]
    Definition {
        /// The preset or file.
        name: String,
        /// All that is wrong.
        problems: Vec<DefinitionProblem>,
    },
    /// The text is in order, but the rule that it describes is not.
    #[error("the rule `{name}` has {} problem(s)", problems.len())]
    #[diagnostic(code(levekaar::document::rule))]
    Rule {
        /// The preset or file.
        name: String,
        /// All that is wrong, each with its place.
        #[related]
        problems: Vec<SelectError>,
    },
    /// No preset of this name.
    #[error("there is no {kind} preset `{wanted}`")]
    #[diagnostic(code(levekaar::document::unknown_preset))]
    UnknownPreset {
        /// `index` or `selection`.
        kind: &'static str,
        /// What was asked for.
        wanted: String,
        /// The nearest, or how to see them all.
        #[help]
        help: String,
    },
}

fn list(problems: &[DefinitionProblem]) -> String {
    problems.iter().map(|p| format!("• {}\n  {}", p.message, p.help)).collect::<Vec<_>>().join("\n")
}

/// The text of a file.
///
/// # Errors
///
/// [`DocumentError::Unreadable`], also where the file is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, DocumentError> {
    std::fs::read_to_string(path).map_err(|error| DocumentError::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

/// Reads `text` as a `T`.
///
/// # Errors
///
/// [`DocumentError::Invalid`] with the place in `name`.
pub fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, DocumentError> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().trim().to_owned();
        DocumentError::Invalid {
            help: did_you_mean(&message),
            span: error.span().map(SourceSpan::from),
            source_code: NamedSource::new(name, text.to_owned()),
            message,
        }
    })
}

/// Turns serde's "unknown field `a`, expected one of `b`, `c`" into a suggestion.
fn did_you_mean(message: &str) -> Option<String> {
    let unknown = ["unknown field `", "unknown variant `"]
        .iter()
        .find_map(|start| message.strip_prefix(start))?;
    let (wrong, rest) = unknown.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    Some(match suggest::nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    #[test]
    fn an_unknown_key_is_pointed_at_with_a_suggestion() {
        let text = "version = 1\nid = \"x\"\ntitel = { nb = \"a\", en = \"b\" }\n";
        let error = parse::<Project>("project.toml", text).unwrap_err();
        let DocumentError::Invalid { message, span, help, .. } = error else { panic!("{error}") };
        assert!(message.starts_with("unknown field `titel`"), "{message}");
        assert_eq!(help.as_deref(), Some("did you mean `title`?"));
        assert_eq!(span.unwrap().offset(), text.find("titel").unwrap());
    }
}
