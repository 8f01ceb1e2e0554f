//! Help texts fit the terminal, and every message that the code names is in the catalogue.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::harness::levekaar_ok;

#[test]
fn each_help_text_fits_100_columns_and_has_an_example() {
    let top = levekaar_ok(&["--help"]).out;
    let commands: Vec<&str> = top
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        // A description that is wrapped goes on further in.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 11, "{commands:?}");
    for command in commands {
        let help = levekaar_ok(&[command, "--help"]).out;
        assert!(help.contains("Example"), "`{command} --help` has no example");
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}

#[test]
fn each_message_that_the_code_names_is_in_the_catalogue() {
    let known: BTreeSet<&str> = levekaar::language::message_keys().collect();
    let sections: BTreeSet<&str> =
        known.iter().filter_map(|key| Some(key.split_once('.')?.0)).collect();
    let mut seen = 0;
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        for piece in text.split('"').skip(1).step_by(2) {
            let Some((section, key)) = piece.split_once('.') else { continue };
            let is_key = sections.contains(section)
                && !key.is_empty()
                && key.bytes().all(|b| {
                    b.is_ascii_lowercase() || b == b'-' || b == b'_' || b.is_ascii_digit()
                })
                && ![
                    "csv", "svg", "png", "toml", "html", "json", "parquet", "geojson", "rs", "css",
                    "js",
                ]
                .contains(&key);
            if is_key {
                assert!(known.contains(piece), "`{piece}` is not in src/messages/");
                seen += 1;
            }
        }
    });
    assert!(seen > 40, "this test reads the sources: {seen}");
}

fn visit(folder: &Path, check: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, check);
        } else if path.extension().is_some_and(|e| e == "rs") {
            check(&fs::read_to_string(&path).unwrap());
        }
    }
}
