//! The doors are the only way in and out, and each preset loads.

use std::fs;
use std::path::{Path, PathBuf};

use levekaar::index::{IndexDefinition, Plan};
use levekaar::presets::{INDICES, MODELS, RULES};
use levekaar::select::RuleFile;

#[test]
fn polars_is_used_at_the_doors_only() {
    let mut used = 0;
    for path in files(&root().join("src")) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        if text.contains("polars::") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            assert!(name.starts_with("src/load") || name.starts_with("src/write"), "{name}");
            used += 1;
        }
    }
    assert!(used > 0, "this test looks for something that is there");
}

#[test]
fn each_preset_loads_and_is_named_as_its_file() {
    for preset in INDICES {
        let definition: IndexDefinition =
            levekaar::load::document::parse(preset.id, preset.text).unwrap();
        assert_eq!(definition.id, preset.id);
        if let Err(problems) = Plan::of(&definition) {
            panic!("{}: {problems:?}", preset.id);
        }
    }
    for preset in RULES {
        let rule: RuleFile = levekaar::load::document::parse(preset.id, preset.text).unwrap();
        assert_eq!(rule.id, preset.id);
    }
    for preset in MODELS {
        let model: levekaar::allocate::model::ModelFile =
            levekaar::load::document::parse(preset.id, preset.text).unwrap();
        assert_eq!(model.id, preset.id);
    }
    let files = files(&root().join("src/presets"));
    assert_eq!(
        files.len(),
        INDICES.len() + RULES.len() + MODELS.len(),
        "a preset file is not registered"
    );
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_types() {
    for name in ["project", "index", "selection", "uncertainty", "model", "funding"] {
        let schema = crate::harness::levekaar_ok(&["schema", name]).out;
        let path = root().join(format!("src/schemas/{name}.schema.json"));
        let checked_in = fs::read_to_string(&path).unwrap();
        assert!(
            schema == checked_in,
            "run: cargo run -- schema {name} -o src/schemas/{name}.schema.json"
        );
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}
