//! Golden: the worked example of four persons and four deprivations, cut-off one half.
//!
//! Source: mpindex (MIT), `test-compute-mpi.R`: H = 0.5, A = 0.75, M0 = 0.375.

use levekaar::poverty::alkire_foster;

use super::{Csv, run, shared};

const FLAGS: [&str; 4] = ["a1", "a2", "b1", "b2"];

#[test]
fn headcount_intensity_and_their_product_are_the_published_ones() {
    let Some(file) = shared("golden/mpi_simple/data.csv") else { return };
    let table = Csv::read(&file);
    let flags = FLAGS.map(|flag| table.numbers(flag));
    let columns: Vec<&[f64]> = flags.iter().map(Vec::as_slice).collect();
    let out = alkire_foster(&columns, &[0.25; 4], 0.5, &[1.0; 4]);
    assert_eq!((out.headcount, out.intensity, out.adjusted_headcount), (0.5, 0.75, 0.375));
    assert!((out.contributions.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_definition_of_flags_gives_the_same_counts() {
    let Some(file) = shared("golden/mpi_simple/data.csv") else { return };
    let table = Csv::read(&file);
    let mut text = format!("person,{}\n", FLAGS.join(","));
    for at in 0..4 {
        let cells = FLAGS.map(|flag| table.text(flag)[at].clone());
        text.push_str(&format!("p{at},{}\n", cells.join(",")));
    }
    let mut index = String::from(
        "version = 1\nid = \"counts\"\ntitle = { nb = \"c\", en = \"c\" }\nsource = \"example\"\n\
         licence = \"MIT\"\n[score]\naggregate = { method = \"arithmetic-mean\" }\n\
         weights = { method = \"equal\" }\n[ranking]\nties = \"min\"\n[defaults]\n\
         normalise = { method = \"flag\", operator = \"at-least\", limit = 1 }\n",
    );
    for flag in FLAGS {
        index.push_str(&format!(
            "[[indicator]]\nid = \"{flag}\"\ntitle = {{ nb = \"{flag}\", en = \"{flag}\" }}\n\
             unit = \"0/1\"\ndirection = \"higher-is-worse\"\n"
        ));
    }
    let folder = tempfile::tempdir().unwrap();
    let (persons, recipe) = (folder.path().join("persons.csv"), folder.path().join("index.toml"));
    std::fs::write(&persons, text).unwrap();
    std::fs::write(&recipe, index).unwrap();
    let ours = run(&[
        "score",
        persons.to_str().unwrap(),
        "--index",
        recipe.to_str().unwrap(),
        "--id",
        "person",
    ]);
    let flags = FLAGS.map(|flag| table.numbers(flag));
    let columns: Vec<&[f64]> = flags.iter().map(Vec::as_slice).collect();
    assert_eq!(ours.numbers("score"), alkire_foster(&columns, &[0.25; 4], 0.5, &[1.0; 4]).counts);
}
