//! Oracle: shares within floors and caps beside a linear program of scipy's.

use levekaar::allocate::clamp::{Part, clamp};
use serde_json::{Value, json};

use super::ask;

/// The program is solved to its own tolerance; amounts are of the order of a thousand.
const TOLERANCE: f64 = 1e-5;

const N_CASES: usize = 1000;

#[test]
fn a_thousand_pots_are_shared_out_as_the_linear_program_does() {
    let mut state = 20_190_313_u64;
    let mut draw = |n: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut cases: Vec<(Vec<Part>, f64)> = Vec::new();
    for _ in 0..N_CASES {
        let parts: Vec<Part> = (0..1 + draw(7))
            .map(|_| {
                // Ties, zero weights, equal limits and limits that meet the total are all common.
                let weight = if draw(6) == 0 { 0.0 } else { (1 + draw(20)) as f64 };
                let lower = if draw(2) == 0 { 0.0 } else { (draw(10) * 10) as f64 };
                let width = if draw(5) == 0 { 0 } else { draw(30) * 10 };
                Part { weight, lower, upper: lower + width as f64 }
            })
            .collect();
        let low: f64 = parts.iter().map(|part| part.lower).sum();
        let high: f64 = parts.iter().map(|part| part.upper).sum();
        let total = match draw(10) {
            0 => low,
            1 => high,
            2 => low - 1.0,
            3 => high + 1.0,
            _ => (low + (high - low) * draw(1000) as f64 / 1000.0).round(),
        };
        cases.push((parts, total));
    }
    let list = |parts: &[Part], of: fn(&Part) -> f64| parts.iter().map(of).collect::<Vec<f64>>();
    let text: Vec<Value> = cases
        .iter()
        .map(|(parts, total)| {
            json!({
                "weight": list(parts, |p| p.weight),
                "lower": list(parts, |p| p.lower),
                "upper": list(parts, |p| p.upper),
                "total": total,
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.json");
    std::fs::write(&path, serde_json::to_vec(&text).unwrap()).unwrap();
    let Some(expected) = ask("clamp.py", &[&path]) else { return };
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), N_CASES);
    let mut n_solved = 0;
    for (at, ((parts, total), expected)) in cases.iter().zip(expected).enumerate() {
        match (clamp(parts, *total), expected.as_array()) {
            (Ok(ours), Some(theirs)) => {
                n_solved += 1;
                for (got, wanted) in ours.amounts.iter().zip(theirs) {
                    let by = (got - wanted.as_f64().unwrap()).abs();
                    assert!(by < TOLERANCE, "case {at}: {parts:?} {total}: {ours:?} {theirs:?}");
                }
            }
            (Err(_), None) => (),
            (ours, theirs) => panic!("case {at}: {parts:?} {total}: {ours:?} {theirs:?}"),
        }
    }
    assert!(n_solved > N_CASES / 2, "only {n_solved} of the cases have an answer");
}
