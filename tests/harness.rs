//! How do tests run the program and find data?

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What a run of the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program in the repository's folder, without colour.
pub(crate) fn levekaar<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_levekaar"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .expect("the program was built for this test");
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The same, which must succeed.
pub(crate) fn levekaar_ok<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Said {
    let said = levekaar(args);
    assert_eq!(said.code, 0, "{}", said.err);
    said
}

/// A file of the shared test data, or `None` with a word where it is not here.
///
/// With `CI=true` its absence is a failure, so that CI cannot pass by skipping.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if file.exists() {
        return Some(file);
    }
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci, "../shared/data/{path} is not here, and CI=true");
    println!("skipped: ../shared/data/{path} is not here");
    None
}

/// A folder with these files, gone when dropped.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// A CSV file's rows as maps from column to cell.
pub(crate) fn csv(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}
