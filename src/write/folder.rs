//! How are files put in place so that nothing is ever half-written?
//!
//! Everything is written into a temporary folder beside the target first. Only when all of it is
//! there is it moved: the folder as a whole where the target is new, file by file otherwise.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use tempfile::TempDir;
use thiserror::Error;

/// Why results could not be written.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot write to `{path}`: {reason}")]
#[diagnostic(
    code(levekaar::write),
    help("is the folder writable, and is there room? another one is named with `-o DIR`")
)]
pub struct WriteError {
    /// The folder or file.
    pub path: String,
    /// What the system said.
    pub reason: String,
}

impl WriteError {
    /// About `path`.
    pub fn at(path: &Path, reason: impl ToString) -> Self {
        Self { path: path.display().to_string(), reason: reason.to_string() }
    }
}

/// A set of files on its way to a folder.
#[derive(Debug)]
pub struct Staged {
    target: PathBuf,
    staging: TempDir,
    names: Vec<String>,
}

impl Staged {
    /// Begins a set of files for `target`, whose parent folders are made when all is there.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when a file stands in the way or the folder may not be written to.
    pub fn new(target: &Path) -> Result<Self, WriteError> {
        // The nearest folder that exists: what fails on the way leaves no empty folders behind,
        // and where the target itself exists its own permissions are what counts.
        let base = target.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
        if !base.is_dir() {
            return Err(WriteError::at(base, "a file of that name is in the way"));
        }
        let staging = tempfile::Builder::new()
            .prefix(".levekaar-")
            .tempdir_in(base)
            .map_err(|error| WriteError::at(target, error))?;
        Ok(Self { target: target.to_path_buf(), staging, names: Vec::new() })
    }

    /// Adds a file, written by `write`.
    ///
    /// # Errors
    ///
    /// [`WriteError`] with the file.
    pub fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut io::BufWriter<fs::File>) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let path = self.staging.path().join(name);
        let fail = |error: io::Error| WriteError::at(&self.target.join(name), error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut out = io::BufWriter::new(fs::File::create(&path).map_err(fail)?);
        write(&mut out).map_err(fail)?;
        out.into_inner().map_err(|error| fail(error.into_error()))?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Moves all files into place and gives their paths.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when a file cannot be moved.
    pub fn commit(self) -> Result<Vec<PathBuf>, WriteError> {
        fs::create_dir_all(&self.target).map_err(|error| WriteError::at(&self.target, error))?;
        let mut paths = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let (from, to) = (self.staging.path().join(name), self.target.join(name));
            let fail = |error: io::Error| WriteError::at(&to, error);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(fail)?;
            }
            fs::rename(&from, &to).map_err(fail)?;
            paths.push(to);
        }
        Ok(paths)
    }
}

/// Writes one file, complete or not at all.
///
/// # Errors
///
/// [`WriteError`] with the path.
pub fn write_file(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<fs::File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let name = path.file_name().ok_or_else(|| WriteError::at(path, "this is not a file name"))?;
    if path.is_dir() {
        return Err(WriteError::at(path, "a folder of that name is in the way"));
    }
    let mut staged = Staged::new(match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    })?;
    staged.add(&name.to_string_lossy(), write)?;
    staged.commit().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_up_leaves_no_folders_behind() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("out/city");
        let mut staged = Staged::new(&target).expect("writable");
        staged.add("ranking.csv", |_| Err(io::Error::other("disk full"))).expect_err("it failed");
        drop(staged);
        assert_eq!(fs::read_dir(home.path()).expect("readable").count(), 0);
    }

    #[test]
    fn a_file_in_the_way_is_told_before_anything_is_written() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("out"), "a file").expect("written");
        let error = Staged::new(&home.path().join("out/city")).expect_err("in the way");
        assert!(error.to_string().contains("in the way"), "{error}");
    }
}
