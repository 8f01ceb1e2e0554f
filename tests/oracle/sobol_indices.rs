//! Oracle: Sobol indices beside SALib, on the same values of the same points.

use std::fmt::Write as _;

use levekaar::uncertainty::sobol::{Design, Matrix, Runs, indices};

use super::ask;

/// Both sides use the same formulas on the same numbers, and add in another order.
const TOLERANCE: f64 = 1e-6;

const N: u32 = 1024;
const N_INPUTS: usize = 4;

#[test]
fn first_and_total_indices_are_those_of_salib() {
    let design = Design { n_inputs: N_INPUTS, seed: 11 };
    // Skewed, with interplay, far from zero and with an input that does nothing.
    let model = |u: &[f64]| 1e3 + (3.0 * u[0]).exp() + 5.0 * u[1] * u[2] - u[1].powi(3);
    let values = |matrix| {
        let mut point = [0.0; N_INPUTS];
        let one = |row| {
            design.point(row, matrix, &mut point);
            model(&point)
        };
        (0..N).map(one).collect::<Vec<f64>>()
    };
    let (a, b) = (values(Matrix::A), values(Matrix::B));
    let mixed: Vec<Vec<f64>> = (0..N_INPUTS).map(|i| values(Matrix::Mixed(i))).collect();
    let ours = indices(Runs { a: &a, b: &b, mixed: &mixed }, 0, 0.95, 1);

    // In SALib's order: A, A with each input from B, B, row by row.
    let mut text = String::new();
    for row in 0..N as usize {
        writeln!(text, "{}", a[row]).unwrap();
        mixed.iter().for_each(|mixed| writeln!(text, "{}", mixed[row]).unwrap());
        writeln!(text, "{}", b[row]).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values.txt");
    std::fs::write(&file, text).unwrap();
    let Some(theirs) = ask("sobol_indices.py", &[&file]) else { return };
    for (name, ours) in [("S1", &ours.first), ("ST", &ours.total)] {
        for (input, ours) in ours.iter().enumerate() {
            let theirs = theirs[name][input].as_f64().unwrap();
            assert!((ours.value - theirs).abs() < TOLERANCE, "{name} {input}: {ours:?} {theirs}");
        }
    }
    assert!(ours.total[0].value > 0.5 && ours.total[3].value == 0.0, "{ours:?}");
}
