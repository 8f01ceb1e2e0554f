//! How does data get in?
//!
//! A door: files become the types of the path. Tables ([`table`], [`parquet`]), boundaries
//! ([`boundaries`]) and the TOML files of users and presets ([`document`]). What is read here is
//! not yet trusted; that is [`crate::validate`]'s.

pub mod attributes;
pub mod boundaries;
pub mod cell;
pub mod document;
pub mod funding;
pub mod parquet;
mod rows;
mod stream;
pub mod table;
pub mod weights;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::index::{IndexDefinition, Plan};
use crate::presets::{self, Preset};
use crate::project::{Choice, Project};
use crate::select::place::RuleText;
use crate::select::{self, RuleFile};
use crate::suggest::nearest;
use crate::uncertainty::Space;

use document::DocumentError;
use table::{RawTable, TableError, TableRequest};

/// A project file and the folder that its paths are relative to.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectFile {
    /// What it says.
    pub project: Project,
    /// The folder it stands in.
    pub folder: PathBuf,
}

impl ProjectFile {
    /// A path of the project file, from the working folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

/// Reads a project file.
///
/// # Errors
///
/// [`DocumentError`], pointing into the file.
pub fn project(path: &Path) -> Result<ProjectFile, DocumentError> {
    let text = document::read_text(path)?;
    let project: Project = document::parse(&path.display().to_string(), &text)?;
    if project.version != crate::project::VERSION {
        return Err(DocumentError::Invalid {
            message: format!("the project file has version {}", project.version),
            source_code: miette::NamedSource::new(path.display().to_string(), text),
            span: None,
            help: Some(format!("this program reads version {}", crate::project::VERSION)),
        });
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(ProjectFile { project, folder })
}

/// A space of alternatives for the uncertainty of ranks; `levekaar::uncertainty` checks it
/// against the recipe.
///
/// # Errors
///
/// [`DocumentError`], pointing into the file.
pub fn space(path: &Path) -> Result<Space, DocumentError> {
    document::parse(&path.display().to_string(), &document::read_text(path)?)
}

/// A recipe by preset or file, checked whole.
///
/// # Errors
///
/// [`DocumentError`]: an unknown preset with the nearest known one, an error in the text with its
/// place, or everything that is wrong with the recipe.
pub fn index(choice: &Choice, folder: &Path) -> Result<IndexDefinition, DocumentError> {
    let (name, text) = chosen(choice, folder, "index", presets::INDICES)?;
    let definition: IndexDefinition = document::parse(&name, &text)?;
    match Plan::of(&definition) {
        Ok(_) => Ok(definition),
        Err(problems) => Err(DocumentError::Definition { name, problems }),
    }
}

/// A selection rule by preset or file, with its text, by which later errors find their line.
///
/// # Errors
///
/// [`DocumentError`], as for [`index`]; [`DocumentError::Rule`] with everything that can be seen to
/// be wrong without the data.
pub fn rule(choice: &Choice, folder: &Path) -> Result<RuleFile, DocumentError> {
    let (name, text) = chosen(choice, folder, "selection", presets::RULES)?;
    let mut rule: RuleFile = document::parse(&name, &text)?;
    rule.text = Some(Arc::new(RuleText { name: name.clone(), text }));
    let problems = select::problems(&rule);
    if problems.is_empty() { Ok(rule) } else { Err(DocumentError::Rule { name, problems }) }
}

fn chosen(
    choice: &Choice,
    folder: &Path,
    kind: &'static str,
    presets: &'static [Preset],
) -> Result<(String, String), DocumentError> {
    match choice {
        Choice::File(file) => {
            let path = folder.join(file);
            Ok((path.display().to_string(), document::read_text(&path)?))
        }
        Choice::Preset(id) => match presets::find(presets, id) {
            Some(preset) => Ok((format!("preset {id}"), preset.text.to_owned())),
            None => Err(DocumentError::UnknownPreset {
                kind,
                wanted: id.clone(),
                help: match nearest(id, presets.iter().map(|preset| preset.id)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`levekaar presets list` shows them all; a file of your own is named \
                             with `file = \"…\"`"
                        .to_owned(),
                },
            }),
        },
    }
}

/// Reads the wanted columns of a table: Parquet and spatial files by their first bytes or ending,
/// delimited text otherwise.
///
/// # Errors
///
/// [`TableError`].
pub fn table(path: &Path, request: &TableRequest) -> Result<RawTable, TableError> {
    if let Some(table) = stream::table(path, request)? {
        return Ok(table);
    }
    let file = path.display().to_string();
    let bytes = table::read_bytes(path)
        .map_err(|reason| TableError::Unreadable { file: file.clone(), reason })?;
    if bytes.starts_with(b"PAR1") {
        drop(bytes);
        return parquet::read_parquet(path, request);
    }
    if attributes::is_spatial(path, &bytes) {
        drop(bytes);
        return attributes::of_layer(path, request);
    }
    table::parse_delimited(&file, bytes, request)
}

/// The names of a table's columns.
///
/// # Errors
///
/// [`TableError`].
pub fn header(path: &Path) -> Result<Vec<String>, TableError> {
    let request = TableRequest::default();
    let table = match stream::head(path)? {
        Some(head) => table::parse_delimited(&path.display().to_string(), head, &request)?,
        None => table(path, &request)?,
    };
    Ok(table.header)
}

/// Reads pairs of ids, such as those of neighbours: the two columns of each row, as text.
///
/// # Errors
///
/// [`TableError`], also when one of the columns is not there.
pub fn pairs(path: &Path, from: &str, to: &str) -> Result<Vec<(String, String)>, TableError> {
    let request =
        TableRequest { text: vec![from.to_owned(), to.to_owned()], ..TableRequest::default() };
    let raw = table(path, &request)?;
    let column = |name: &str| match raw.text.get(name) {
        Some(column) => Ok(column.clone()),
        None => Err(TableError::NoColumn {
            file: raw.file.clone(),
            column: name.to_owned(),
            header: raw.header.join(", "),
        }),
    };
    Ok(column(from)?.into_iter().zip(column(to)?).collect())
}

/// The SHA-256 of a file's bytes as they are stored, in hexadecimal.
///
/// # Errors
///
/// [`DocumentError::Unreadable`].
pub fn checksum(path: &Path) -> Result<String, DocumentError> {
    let bytes = std::fs::read(path).map_err(|error| DocumentError::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    })?;
    Ok(checksum_of(&bytes))
}

/// The SHA-256 of these bytes, in hexadecimal.
pub fn checksum_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
