//! The same inputs give the same bytes, on any number of threads and on a second run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::levekaar_ok;

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    for project in ["oslo-bydeler-2013", "syntetisk-51"] {
        let path = format!("datasets/{project}/project.toml");
        let runs: Vec<_> = ["1", "2", "2"]
            .iter()
            .map(|threads| {
                let out = tempfile::tempdir().unwrap();
                let at = out.path().to_str().unwrap();
                levekaar_ok(&["run", &path, "-o", at, "--threads", threads, "--quiet"]);
                contents(out.path())
            })
            .collect();
        assert!(runs[0].len() >= 8, "{:?}", runs[0].keys());
        for (name, bytes) in &runs[0] {
            assert!(runs[1][name] == *bytes, "{project}: {name} differs between 1 and 2 threads");
            assert!(runs[2][name] == *bytes, "{project}: {name} differs on a second run");
        }
    }
}

#[test]
fn the_synthetic_city_is_the_one_in_the_repository() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    levekaar_ok(&["synth", "--areas", "51", "--years", "2015..2024", "--seed", "1", "-o", at]);
    let shipped = contents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/syntetisk-51"));
    let made = contents(out.path());
    assert_eq!(shipped.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
    for (name, bytes) in &made {
        assert!(shipped[name] == *bytes, "datasets/syntetisk-51/{name} is not what `synth` makes");
    }
}

/// The files of a folder and of those in it, by their paths within it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let inner = contents(&entry.path());
            all.extend(
                inner.into_iter().map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)),
            );
        } else {
            all.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    all
}
