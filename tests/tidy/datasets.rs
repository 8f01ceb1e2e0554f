//! Each data set has a licence, a source, a date and right checksums.

use std::fs;
use std::path::{Path, PathBuf};

use levekaar::load::checksum_of;

#[test]
fn each_data_set_says_where_it_comes_from_and_its_files_are_what_it_says() {
    let folders = folders();
    assert!(folders.len() >= 4, "{folders:?}");
    for folder in folders {
        let path = folder.join("dataset.toml");
        let text = fs::read_to_string(&path).unwrap();
        let set: toml::Table = toml::from_str(&text).unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert_eq!(set["id"].as_str(), Some(name));
        for key in ["publisher", "address", "retrieved", "licence", "changes"] {
            let value = set.get(key).and_then(toml::Value::as_str).unwrap_or_default();
            assert!(!value.is_empty(), "{name} has no `{key}`");
        }
        assert!(set["columns"].as_table().is_some_and(|columns| !columns.is_empty()));
        let files = set["file"].as_array().unwrap();
        assert!(!files.is_empty());
        for file in files {
            let file_name = file["name"].as_str().unwrap();
            let bytes = fs::read(folder.join(file_name)).unwrap();
            assert_eq!(
                file["sha256"].as_str(),
                Some(checksum_of(&bytes).as_str()),
                "{name}/{file_name}"
            );
        }
    }
}

#[test]
fn each_data_set_stands_in_the_table_of_data_sets() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn each_project_of_the_repository_checks() {
    for folder in folders() {
        let project = folder.join("project.toml");
        if project.exists() {
            crate::harness::levekaar_ok(&["check", project.to_str().unwrap()]);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets")
}

fn folders() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}
