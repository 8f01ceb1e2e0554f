//! Properties: what must hold of an index on any data.

use levekaar::area::Area;
use levekaar::index::{IndexDefinition, Plan, compute};
use levekaar::indicator::{Column, IndicatorTable};
use proptest::prelude::*;

const SCALES: [&str; 6] = [
    "{ method = \"min-max\", low = 1, high = 100 }",
    "{ method = \"z-score\" }",
    "{ method = \"percentile\", share = \"rank-over-n\", ties = \"average\" }",
    "{ method = \"exponential\", k = 23, share = \"rank-over-n\", ties = \"average\" }",
    "{ method = \"normal-scores\", ties = \"average\" }",
    "{ method = \"distance-to-max\" }",
];

/// Aggregations in which a larger child never gives a smaller result.
const MONOTONE: [&str; 8] = [
    "{ method = \"arithmetic-mean\" }",
    "{ method = \"geometric-mean\" }",
    "{ method = \"power-mean\", p = 3 }",
    "{ method = \"median\" }",
    "{ method = \"minimum\" }",
    "{ method = \"maximum\" }",
    "{ method = \"mean-of-largest\", count = 2 }",
    "{ method = \"owa\", weights = [0.6, 0.3, 0.1] }",
];

const COMPARING: [&str; 5] = [
    "{ method = \"copeland\" }",
    "{ method = \"sum-of-ranks\", ties = \"average\" }",
    "{ method = \"topsis\" }",
    "{ method = \"vikor\" }",
    "{ method = \"promethee\" }",
];

/// Scores that are this near count as the same: sums run in another order.
const NEAR: f64 = 1e-9;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Percent or per mille, degrees of one kind or another: no area may change places.
    #[test]
    fn a_change_of_unit_moves_no_rank(
        rows in table(),
        factor in 0.01..100.0_f64,
        offset in -50.0..50.0_f64,
        scale in 0..SCALES.len(),
        method in 0..COMPARING.len() + 1,
    ) {
        let aggregate = COMPARING.get(method).copied().unwrap_or(MONOTONE[0]);
        let recipe = definition(SCALES[scale], aggregate, &[0.5, 0.3, 0.2]);
        let before = scores(&recipe, &rows, &ids(rows.len()));
        let converted: Vec<[f64; 3]> =
            rows.iter().map(|row| [factor * row[0] + offset, row[1], row[2]]).collect();
        let after = scores(&recipe, &converted, &ids(rows.len()));
        for i in 0..rows.len() {
            for j in 0..rows.len() {
                if before[i] > before[j] + 1e-6 {
                    prop_assert!(after[i] > after[j] - NEAR, "{aggregate} {i} {j}");
                }
            }
        }
    }

    /// What the areas are called and in which order they stand is nobody's business.
    #[test]
    fn reordering_and_relabelling_moves_no_score(
        rows in table(),
        turn in 1..50_usize,
        scale in 0..SCALES.len(),
        method in 0..COMPARING.len() + MONOTONE.len(),
    ) {
        let methods: Vec<&str> = COMPARING.iter().chain(&MONOTONE).copied().collect();
        // A mean of logarithms or powers needs values above zero.
        let scale = if methods[method].contains("geometric") || methods[method].contains("power") { 0 } else { scale };
        let recipe = definition(SCALES[scale], methods[method], &[0.5, 0.3, 0.2]);
        let n = rows.len();
        let before = scores(&recipe, &rows, &ids(n));
        let turned: Vec<[f64; 3]> = (0..n).map(|i| rows[(i + turn) % n]).collect();
        let mut names = ids(n);
        names.reverse();
        let after = scores(&recipe, &turned, &names);
        for (i, after) in after.iter().enumerate() {
            let before = before[(i + turn) % n];
            prop_assert!((before - after).abs() <= NEAR * before.abs().max(1.0), "{}", methods[method]);
        }
    }

    #[test]
    fn a_worse_value_never_improves_a_rank(
        rows in table(),
        area in 0..50_usize,
        child in 0..3_usize,
        by in 1..40_i32,
        method in 0..MONOTONE.len(),
    ) {
        let recipe = definition("{ method = \"as-is\" }", MONOTONE[method], &[0.5, 0.3, 0.2]);
        let area = area % rows.len();
        let before = scores(&recipe, &rows, &ids(rows.len()));
        let mut worse = rows.clone();
        worse[area][child] += f64::from(by);
        let after = scores(&recipe, &worse, &ids(rows.len()));
        let above = |scores: &[f64]| scores.iter().filter(|s| **s > scores[area] + NEAR).count();
        prop_assert!(above(&after) <= above(&before), "{}", MONOTONE[method]);
    }

    #[test]
    fn weights_times_a_constant_change_nothing_when_renormalised(
        rows in table(),
        factor in 0.01..100.0_f64,
        method in 0..COMPARING.len() + MONOTONE.len(),
    ) {
        let methods: Vec<&str> = COMPARING.iter().chain(&MONOTONE).copied().collect();
        let weights = [0.5, 0.3, 0.2];
        let of = |weights| scores(&definition(SCALES[0], methods[method], weights), &rows, &ids(rows.len()));
        let (before, after) = (of(&weights), of(&weights.map(|w| w * factor)));
        for (a, b) in before.iter().zip(&after) {
            prop_assert!((a - b).abs() <= NEAR * a.abs().max(1.0), "{}", methods[method]);
        }
    }
}

/// Whole numbers from 1 to 60, so that ties are common; no column is constant.
fn table() -> impl Strategy<Value = Vec<[f64; 3]>> {
    prop::collection::vec([1..60_i32, 1..60_i32, 1..60_i32], 3..30)
        .prop_map(|rows| rows.into_iter().map(|row| row.map(f64::from)).collect::<Vec<_>>())
        .prop_filter("constant column", |rows| {
            (0..3).all(|j| rows.iter().any(|row: &[f64; 3]| row[j] != rows[0][j]))
        })
}

fn ids(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{i:03}")).collect()
}

fn scores(recipe: &str, rows: &[[f64; 3]], ids: &[String]) -> Vec<f64> {
    let definition: IndexDefinition = toml::from_str(recipe).unwrap();
    let areas: Vec<Area> = ids.iter().map(|id| Area::of(id.as_str())).collect();
    let columns = (0..3)
        .map(|j| {
            let values: Vec<Option<f64>> = rows.iter().map(|row| Some(row[j])).collect();
            Column::of(["x", "y", "z"][j], &values)
        })
        .collect();
    let plan = Plan::of(&definition).unwrap();
    compute(IndicatorTable::new(areas, columns), &plan).unwrap().scores.values
}

fn definition(normalise: &str, aggregate: &str, weights: &[f64; 3]) -> String {
    let mut text = format!(
        "version = 1\nid = \"p\"\ntitle = {{ nb = \"p\", en = \"p\" }}\nsource = \"example\"\n\
         licence = \"CC0-1.0\"\n[score]\naggregate = {aggregate}\nrenormalise = true\n\
         [ranking]\nties = \"min\"\n[defaults]\nnormalise = {normalise}\n"
    );
    for (id, weight) in ["x", "y", "z"].iter().zip(weights) {
        text.push_str(&format!(
            "[[indicator]]\nid = \"{id}\"\ntitle = {{ nb = \"{id}\", en = \"{id}\" }}\n\
             unit = \"1\"\ndirection = \"higher-is-worse\"\nweight = {weight:?}\n"
        ));
    }
    text
}
