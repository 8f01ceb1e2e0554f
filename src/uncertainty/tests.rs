use std::collections::BTreeMap;

use super::sensitivity::{SensitivityDesign, SensitivityError};
use super::space::{
    AggregationChoice, GapDraws, NormalisationChoice, ResultOptions, Sampling, WeightSpread,
};
use super::*;
use crate::aggregate::Aggregation;
use crate::analysis::analyse;
use crate::area::Area;
use crate::index::IndexDefinition;
use crate::indicator::{Column, Counts, IndicatorTable};
use crate::normalise::{Divisor, Normalisation};
use crate::select::RuleFile;

const DEFINITION: &str = r#"
version = 1
id = "town"
title = { nb = "By", en = "Town" }
source = "a test"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, missing = { policy = "available-weight", at-least = 0.5 } }
ranking = { ties = "min" }
defaults = { normalise = { method = "min-max", low = 1, high = 100 } }
[[domain]]
id = "money"
title = { nb = "Penger", en = "Money" }
weight = 0.6
score = { aggregate = { method = "arithmetic-mean" } }
[[indicator]]
id = "poor"
title = { nb = "Fattige", en = "Poor" }
unit = "%"
direction = "higher-is-worse"
domain = "money"
weight = 0.7
[[indicator]]
id = "income"
title = { nb = "Inntekt", en = "Income" }
unit = "kr"
direction = "higher-is-better"
domain = "money"
weight = 0.3
[[indicator]]
id = "school"
title = { nb = "Skole", en = "School" }
unit = "%"
direction = "higher-is-worse"
weight = 0.4
"#;

const RULE: &str = r#"
version = 1
id = "worst"
title = { nb = "De verste", en = "The worst" }
source = "a test"
rule = { worst = { take = { areas = 4 } } }
"#;

#[test]
fn threads_blocks_and_memory_do_not_move_a_bit() {
    let town = analysis(60, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = varied();
    let run = |threads: usize, block: usize, matrix_limit_bytes: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let execution = Execution { replicates: 300, block, matrix_limit_bytes };
        pool.install(|| uncertainty(&town, &plan, &space, 5, execution, &|_| ()).unwrap())
    };
    let one = format!("{:?}", run(1, 1, usize::MAX).rows);
    for (threads, block) in [(2, 1), (1, 7), (2, 7), (1, 1000), (2, 1000)] {
        assert_eq!(format!("{:?}", run(threads, block, usize::MAX).rows), one, "{threads} {block}");
    }
    // Where not all ranks are kept, everything but the quantiles is still exact.
    let classes = run(2, 7, 1_000);
    assert!(classes.resolution > 0.0);
    for (a, b) in classes.rows.iter().zip(&run(1, 32, usize::MAX).rows) {
        assert_eq!(
            (a.mean.to_bits(), a.worst_areas.to_bits()),
            (b.mean.to_bits(), b.worst_areas.to_bits())
        );
        assert_eq!((a.selected, a.unknown, a.decile), (b.selected, b.unknown, b.decile));
        assert!((a.low - b.low).abs() <= 2.0 && (a.high - b.high).abs() <= 2.0, "{a:?} {b:?}");
    }
}

#[test]
fn more_replicates_keep_the_first_ones() {
    let town = analysis(40, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = varied();
    let study = Study::of(&town, &plan, &space, 1).unwrap();
    let short = study.chunk::<u16>(0, 20, 8, Watch::none());
    let long = study.chunk::<u16>(0, 50, 32, Watch::none());
    assert_eq!(short.ranks, long.ranks[..short.ranks.len()]);
    let one = study.ranks(17).unwrap();
    for (position, &area) in study.order.iter().enumerate() {
        let stored = long.ranks[17 * 40 + position];
        assert!(one[area as usize] == f64::from(stored) || stored == 0);
    }
}

#[test]
fn a_space_in_which_nothing_varies_gives_the_ranks_of_the_recipe() {
    let town = analysis(60, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = Space::fixed();
    let found = uncertainty(&town, &plan, &space, 1, Execution::of(3), &|_| ()).unwrap();
    let selection = town.selection.as_ref().unwrap();
    for (at, row) in found.rows.iter().enumerate() {
        let rank = town.ranking.ranks()[at];
        assert!(row.mean == rank || rank.is_nan() && row.n_ranked == 0);
        let is_in = selection.outcomes()[at] == crate::select::Truth::True;
        assert_eq!(row.selected, Some(f64::from(u8::from(is_in))));
    }
}

/// Its levels are not one sum, and its domain points against the score.
#[test]
fn a_recipe_with_a_turned_and_treated_domain_is_computed_like_any_other() {
    let plain = "weight = 0.6\nscore = { aggregate = { method = \"arithmetic-mean\" } }";
    let turned = "weight = 0.6\ndirection = \"higher-is-better\"\nscore = { aggregate = { method = \
                  \"product\" }, weights = { method = \"equal\" }, treat = [{ method = \"power\", p = \
                  0.5 }], normalise = { method = \"goalposts\", low = 0, high = 100 } }";
    assert!(DEFINITION.contains(plain));
    let town = analysis_of(&DEFINITION.replace(plain, turned), 60, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let found =
        |space: &Space| uncertainty(&town, &plan, space, 1, Execution::of(20), &|_| ()).unwrap();
    for (at, row) in found(&Space::fixed()).rows.iter().enumerate() {
        let rank = town.ranking.ranks()[at];
        assert!(row.mean == rank || rank.is_nan() && row.n_ranked == 0);
    }
    // Products of negative z-scores are refused and listed, and the recipe's own way is not.
    let usual = found(&Space::usual());
    assert!(!usual.refused.is_empty() && usual.failed.is_empty());
}

#[test]
fn the_quick_way_gives_the_ranks_of_the_plain_way() {
    // The same rule, once as a cut and once as a comparison that is evaluated whole.
    let compare = RULE.replace(
        "worst = { take = { areas = 4 } }",
        "compare = { fact = \"rank\", op = \"<=\", limit = { value = 4 } }",
    );
    let (cut, whole) = (analysis(60, RULE), analysis(60, &compare));
    let space = varied();
    let rows = |town: &Analysis| {
        let plan = Plan::of(&town.definition).unwrap();
        let found = uncertainty(town, &plan, &space, 3, Execution::of(200), &|_| ()).unwrap();
        assert!(found.failed.is_empty(), "{:?}", found.failed);
        (found.basis, found.rows)
    };
    let ((quick, a), (slow, b)) = (rows(&cut), rows(&whole));
    assert_eq!((quick, slow), (RuleBasis::Cut, RuleBasis::Whole));
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
}

#[test]
fn combinations_that_cannot_be_computed_are_listed_and_never_drawn() {
    let town = analysis(30, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = varied();
    let found = uncertainty(&town, &plan, &space, 1, Execution::of(100), &|_| ()).unwrap();
    assert_eq!(found.combinations.len(), 3);
    assert_eq!(found.refused.len(), 1);
    assert!(found.refused[0].label.contains("z-score"), "{:?}", found.refused);
    assert!(found.refused[0].reason.contains("above zero"));
    assert!(found.failed.is_empty());
    assert_eq!(found.notices[0].key, "uncertainty.refused");
}

#[test]
fn dirichlet_draws_have_the_stated_mean_and_spread() {
    let town = analysis(12, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = Space {
        weights: WeightSpread::Dirichlet { concentration: 100.0, levels: BTreeMap::new() },
        ..Space::fixed()
    };
    let study = Study::of(&town, &plan, &space, 1).unwrap();
    let n = 20_000;
    let draws: Vec<f64> = (0..n).map(|r| study.settings(r).weights[0][0]).collect();
    let mean = draws.iter().sum::<f64>() / f64::from(n);
    let variance = draws.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / f64::from(n - 1);
    let sd = (0.7_f64 * 0.3 / 101.0).sqrt();
    assert!((mean - 0.7).abs() < 4.0 * sd / f64::from(n).sqrt(), "{mean}");
    assert!((variance.sqrt() / sd - 1.0).abs() < 0.03, "{} {sd}", variance.sqrt());
    for r in 0..100 {
        for (level, base) in study.settings(r).weights.iter().zip(recipe::weights_of(&plan)) {
            assert!((level.iter().sum::<f64>() - base.iter().sum::<f64>()).abs() < 1e-12);
        }
    }
}

#[test]
fn probabilities_sum_to_what_is_taken() {
    let town = analysis(50, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let mut space = Space::usual();
    space.results = ResultOptions { worst_areas: 4, ..ResultOptions::default() };
    let found = uncertainty(&town, &plan, &space, 9, Execution::of(500), &|_| ()).unwrap();
    let sum = |of: &dyn Fn(&AreaUncertainty) -> f64| found.rows.iter().map(of).sum::<f64>();
    assert!((sum(&|row| row.worst_areas) - 4.0).abs() < 1e-9);
    assert!((sum(&|row| row.selected.unwrap()) - 4.0).abs() < 1e-9);
    for row in found.rows.iter().filter(|row| row.n_ranked > 0) {
        assert!(row.low <= row.median && row.median <= row.high, "{row:?}");
        assert!(row.worst_areas <= row.worst_decile + 1e-12, "{row:?}");
    }
}

#[test]
fn sampling_error_stays_within_0_and_100_and_leaves_gaps_alone() {
    let town = analysis(40, RULE);
    let space = Space { sampling: Sampling::FromCounts, ..Space::fixed() };
    let mut sum = 0.0;
    for r in 0..400 {
        let streams = draws::DataStreams { sampling: r, gaps: r };
        let drawn = draws::data(&space, &town.table, &town.definition, 1, streams).unwrap();
        for (before, after) in town.table.columns().iter().zip(drawn.columns()) {
            assert_eq!(before.states(), after.states());
        }
        let poor = drawn.columns()[0].values();
        assert!(poor.iter().all(|x| x.is_nan() || (0.0..=100.0).contains(x)));
        sum += poor[3] / 400.0;
    }
    let rate = town.table.columns()[0].values()[3];
    assert!((sum - rate).abs() < 1.0, "{sum} {rate}");
    let gaps = Space { gaps: GapDraws::Observed, ..Space::fixed() };
    let streams = draws::DataStreams { sampling: 0, gaps: 0 };
    let filled = draws::data(&gaps, &town.table, &town.definition, 1, streams).unwrap();
    assert_eq!(filled.columns()[2].n_present(), 40);
    // Area 3 has no school value; among neighbours it can only get theirs.
    let pairs = [("003".to_owned(), "004".to_owned()), ("003".to_owned(), "005".to_owned())];
    let (near, unknown) = crate::neighbour::Neighbours::from_pairs(town.table.areas(), &pairs);
    assert!(unknown.is_empty());
    let table = town.table.clone().with_neighbours(near);
    let gaps = Space { gaps: GapDraws::Neighbours, ..Space::fixed() };
    let school = town.table.columns()[2].values();
    let mut seen = [false; 2];
    for r in 0..50 {
        let streams = draws::DataStreams { sampling: r, gaps: r };
        let filled = draws::data(&gaps, &table, &town.definition, 1, streams).unwrap();
        let x = filled.columns()[2].values()[3];
        assert!(x == school[4] || x == school[5], "{x}");
        seen[usize::from(x == school[5])] = true;
        assert!(filled.neighbours().is_some());
    }
    assert_eq!(seen, [true; 2]);
    let errors = BTreeMap::from([("income".into(), space::StandardError::Relative(0.1))]);
    let given = Space { standard_errors: errors, ..Space::fixed() };
    let income = town.table.columns()[1].values()[0];
    let (mut sum, mut squares) = (0.0, 0.0);
    for r in 0..2000 {
        let streams = draws::DataStreams { sampling: r, gaps: r };
        let drawn = draws::data(&given, &town.table, &town.definition, 1, streams).unwrap();
        let x = drawn.columns()[1].values()[0] / income - 1.0;
        sum += x / 2000.0;
        squares += x * x / 2000.0;
    }
    assert!(sum.abs() < 0.01 && (squares.sqrt() - 0.1).abs() < 0.01, "{sum} {squares}");
}

#[test]
fn each_area_s_own_standard_error_is_drawn_and_gaps_and_zeros_are_left_alone() {
    let town = analysis(40, RULE);
    let errors: Vec<f64> = (0..40)
        .map(|at| match at {
            0 => 0.0,
            1 => f64::NAN,
            at => f64::from(at) * 1_000.0,
        })
        .collect();
    let columns: Vec<Column> = town.table.columns().to_vec();
    let income = columns[1].clone().with_errors(errors.clone());
    let columns = vec![columns[0].clone(), income, columns[2].clone()];
    let table = town.table.with_columns(columns);
    let space = Space { sampling: Sampling::FromErrors, ..Space::fixed() };
    let before = table.columns()[1].values().to_vec();
    let (mut sums, mut squares) = (vec![0.0; 40], vec![0.0; 40]);
    const N: u64 = 2_000;
    for r in 0..N {
        let streams = draws::DataStreams { sampling: r, gaps: r };
        let drawn = draws::data(&space, &table, &town.definition, 1, streams).unwrap();
        // Counts have no part in it; as text, because a gap is not equal to itself.
        let of = |table: &IndicatorTable| format!("{:?}", table.columns()[0].values());
        assert_eq!(of(&drawn), of(&table));
        for at in 0..40 {
            let d = drawn.columns()[1].values()[at] - before[at];
            sums[at] += d / N as f64;
            squares[at] += d * d / N as f64;
        }
    }
    assert_eq!((squares[0], squares[1]), (0.0, 0.0));
    for at in 2..40 {
        let sd = squares[at].sqrt();
        assert!(
            (sd / errors[at] - 1.0).abs() < 0.1 && sums[at].abs() < 0.1 * errors[at],
            "{at}: {sd}"
        );
    }
    // What the space states stands above the column.
    let stated = BTreeMap::from([("income".into(), space::StandardError::Absolute(0.0))]);
    let space = Space { standard_errors: stated, ..space };
    let streams = draws::DataStreams { sampling: 3, gaps: 3 };
    let drawn = draws::data(&space, &table, &town.definition, 1, streams).unwrap();
    assert_eq!(drawn.columns()[1].values(), before);
}

#[test]
fn leaving_out_hands_the_weight_to_the_others_of_the_level() {
    let town = analysis(30, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let parts = leave_one_out::leave_one_out(&town, &plan);
    let ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    assert_eq!(ids, ["money", "poor", "income", "school"]);
    // Without the domain only the school is left, so that its order is the ranking.
    let without = parts[0].without.as_ref().unwrap();
    let school = town.table.columns()[2].values();
    let worst = without.ranks.iter().position(|rank| *rank == 1.0).unwrap();
    assert!(school.iter().all(|x| x.is_nan() || *x <= school[worst]));
    assert!(parts.iter().all(|part| part.without.is_ok()));
}

#[test]
fn tipping_points_hold_just_below_and_just_above() {
    let town = analysis(30, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let mut n_points = 0;
    for at in 0..30 {
        let found = tipping::tipping(&town, &plan, at, tipping::OtherWeights::Rescaled).unwrap();
        for tip in &found.tips {
            let Some(point) = tip.point else { continue };
            n_points += 1;
            let indicator =
                town.definition.indicators.iter().position(|i| i.id == tip.id).unwrap_or(0);
            let is_in = |x: f64| match &tip.moved {
                tipping::Moved::Value { .. } => {
                    let table = tipping::with_value(&town.table, indicator, at, x);
                    let rule = town.selection.as_ref().unwrap().rule();
                    let again = analyse(table, &plan, Some(rule), Vec::new()).unwrap();
                    again.selection.unwrap().outcomes()[at] == crate::select::Truth::True
                }
                tipping::Moved::Weight { level } => selected_with(&town, level, &tip.id, x, at),
                tipping::Moved::Threshold => selected_by(&town, tip.id.as_str(), x, at),
            };
            assert_eq!(is_in(point.keeps), found.is_selected, "{tip:?}");
            assert_eq!(is_in(point.turns), !found.is_selected, "{tip:?}");
            let width = tip.range[1] - tip.range[0];
            let step = if tip.moved == tipping::Moved::Threshold { 1.0 } else { 1e-9 * width };
            assert!((point.keeps - point.turns).abs() <= step, "{tip:?}");
        }
    }
    assert!(n_points > 50, "{n_points}");
}

/// Whether an area is selected by the rule with another number of areas.
fn selected_by(town: &Analysis, path: &str, n: f64, at: usize) -> bool {
    assert_eq!(path, "worst.take.areas");
    let rule: RuleFile =
        toml::from_str(&RULE.replace("areas = 4", &format!("areas = {n}"))).unwrap();
    let plan = Plan::of(&town.definition).unwrap();
    let again = analyse(town.table.clone(), &plan, Some(&rule), Vec::new()).unwrap();
    again.selection.unwrap().outcomes()[at] == crate::select::Truth::True
}

#[test]
fn thresholds_of_any_rule_tip_at_the_area_s_own_number() {
    let rule = RULE.replace(
        "worst = { take = { areas = 4 } }",
        "all = [{ compare = { fact = { indicator = \"poor\" }, op = \">=\", limit = { value = 25 } } },\
          { compare = { fact = \"score\", op = \">\", limit = { mean = { plus-sd = 0.5 } } } }]",
    );
    let town = analysis(30, &rule);
    let plan = Plan::of(&town.definition).unwrap();
    let rule = town.selection.as_ref().unwrap().rule();
    let places = threshold::thresholds(rule);
    let of = |name: &str| places.iter().any(|place| place == name);
    assert!(
        of("all.0.compare.limit.value") && of("all.1.compare.limit.mean.plus-sd"),
        "{places:?}"
    );
    let mut n_points = 0;
    for at in 0..30 {
        let found = tipping::tipping(&town, &plan, at, tipping::OtherWeights::Rescaled).unwrap();
        for tip in found.tips.iter().filter(|tip| tip.moved == tipping::Moved::Threshold) {
            let Some(point) = tip.point else { continue };
            n_points += 1;
            if tip.id.as_str() == "all.0.compare.limit.value" {
                let own = town.table.columns()[0].values()[at];
                assert!((point.turns - own).abs() < 1e-6 * own, "{tip:?} {own}");
                assert!(tip.title.nb.contains("Fattige"), "{tip:?}");
            }
            for (x, is_in) in [(point.keeps, found.is_selected), (point.turns, !found.is_selected)]
            {
                let other = threshold::with_threshold(rule, tip.id.as_str(), &x.into()).unwrap();
                let again = analyse(town.table.clone(), &plan, Some(&other), Vec::new()).unwrap();
                let outcome = again.selection.unwrap().outcomes()[at];
                assert_eq!(outcome == crate::select::Truth::True, is_in, "{tip:?}");
            }
        }
        let lines = tipping::sentences(&found, &town, Language::Nb);
        assert!(
            lines
                .iter()
                .any(|line| line.contains("tallet i regelen") || line.contains("Tallet i regelen"))
        );
    }
    assert!(n_points > 10, "{n_points}");
}

/// Whether an area is selected with one weight changed and the others of its level rescaled,
/// worked out on the definition itself.
fn selected_with(
    town: &Analysis,
    level: &str,
    child: &crate::indicator::IndicatorId,
    weight: f64,
    at: usize,
) -> bool {
    let mut definition = town.definition.clone();
    let parent = (level != "score").then(|| level.into());
    let domains = definition.domains.iter_mut().filter(|d| d.parent == parent);
    let mut weights: Vec<_> = domains.map(|d| (d.id.clone(), &mut d.weight)).collect();
    let indicators = definition.indicators.iter_mut().filter(|i| i.domain == parent);
    weights.extend(indicators.map(|i| (i.id.clone(), &mut i.weight)));
    let sum: f64 = weights.iter().map(|(_, w)| w.unwrap()).sum();
    let own = weights.iter().find(|(id, _)| id == child).unwrap().1.unwrap();
    for (id, w) in weights {
        *w = Some(if id == *child { weight } else { w.unwrap() * ((sum - weight) / (sum - own)) });
    }
    let plan = Plan::of(&definition).unwrap();
    let rule = town.selection.as_ref().unwrap().rule();
    let again = analyse(town.table.clone(), &plan, Some(rule), Vec::new()).unwrap();
    again.selection.unwrap().outcomes()[at] == crate::select::Truth::True
}

/// Weights, normalisation, aggregation and one indicator out; z-scores have no geometric mean.
fn varied() -> Space {
    Space {
        weights: WeightSpread::DirichletCv { cv: 0.25 },
        normalisation: Some(NormalisationChoice {
            own: true,
            methods: vec![Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample }],
        }),
        aggregation: vec![AggregationChoice {
            levels: Vec::new(),
            own: true,
            methods: vec![Aggregation::GeometricMean {}],
        }],
        leave_out: 0.3,
        ..Space::fixed()
    }
}

/// A town of `n` areas; every seventh lacks the school, every eleventh the poor.
fn analysis(n: usize, rule: &str) -> Analysis {
    analysis_of(DEFINITION, n, rule)
}

fn analysis_of(definition: &str, n: usize, rule: &str) -> Analysis {
    let definition: IndexDefinition = toml::from_str(definition).unwrap();
    let rule: RuleFile = toml::from_str(rule).unwrap();
    let areas: Vec<Area> = (0..n)
        .map(|i| {
            let mut area = Area::of(format!("{i:03}").as_str());
            area.population = Some(500.0 + (i * 37 % 91) as f64);
            area
        })
        .collect();
    let wave = |i: usize, a: f64| ((i as f64 * a).sin() + 1.0) / 2.0;
    let counts: Vec<f64> = (0..n).map(|i| (20.0 + 60.0 * wave(i, 1.3)).round()).collect();
    let poor = Column::of(
        "poor",
        &(0..n).map(|i| (i % 11 != 5).then(|| counts[i] / 200.0 * 100.0)).collect::<Vec<_>>(),
    )
    .with_counts(Counts { numerator: counts, denominator: vec![200.0; n], per: 100.0 });
    let income: Vec<_> = (0..n).map(|i| Some(300_000.0 + 2e5 * wave(i, 2.1))).collect();
    let school: Vec<_> = (0..n).map(|i| (i % 7 != 3).then(|| 10.0 + 50.0 * wave(i, 0.7))).collect();
    let columns = vec![poor, Column::of("income", &income), Column::of("school", &school)];
    let table = IndicatorTable::new(areas, columns);
    let plan = Plan::of(&definition).unwrap();
    analyse(table, &plan, Some(&rule), Vec::new()).unwrap()
}

#[test]
fn sensitivity_of_one_assumption_is_all_of_it_and_of_a_dead_one_nothing() {
    let town = analysis(40, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let mut space = Space {
        weights: WeightSpread::Dirichlet { concentration: 20.0, levels: BTreeMap::new() },
        ..Space::fixed()
    };
    let both = of_assumptions(&town, &plan, &space, 256).unwrap();
    let ids: Vec<String> = both.assumptions.iter().map(assumption::Assumption::id).collect();
    assert_eq!(ids, ["weights-top", "weights-below"]);
    // A wide spread at the top and hardly any below: the top explains nearly all.
    space.weights = WeightSpread::Dirichlet {
        concentration: 10.0,
        levels: BTreeMap::from([("money".to_owned(), 1e9)]),
    };
    let top = of_assumptions(&town, &plan, &space, 256).unwrap();
    let ranks = &top.outputs[0].indices;
    assert!(ranks.total[0].value > 0.9 && ranks.total[1].value < 0.01, "{ranks:?}");
    assert!(ranks.first[1].low <= 0.0 && ranks.first[1].high >= 0.0, "{ranks:?}");
    assert_eq!(top.outputs.len(), 2);
    // Areas without a rank in every run have none of their own.
    let unranked = town.ranking.ranks().iter().filter(|rank| rank.is_nan()).count();
    assert!(top.areas.iter().filter(|area| area.is_none()).count() >= unranked);
}

#[test]
fn sensitivity_is_the_same_on_any_number_of_threads_and_sums_agree_with_kept_ranks() {
    let town = analysis(60, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = Space { normalisation: Space::usual().normalisation, ..varied_weights() };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| of_assumptions(&town, &plan, &space, 64).unwrap())
    };
    let one = run(1);
    assert_eq!(format!("{one:?}"), format!("{:?}", run(2)));
    let summed = sensitivity::computed_without_intervals(
        &town,
        &plan,
        &space,
        SensitivityDesign { points: 64, seed: 3, resamples: 20, level: 0.9 },
    );
    let mut n = 0;
    for (kept, summed) in one.areas.iter().zip(&summed.areas) {
        let (Some(kept), Some(summed)) = (kept, summed) else {
            assert!(kept.is_none() && summed.is_none());
            continue;
        };
        assert!((kept.variance - summed.variance).abs() < 1e-9 * (1.0 + kept.variance));
        let pairs =
            kept.first.iter().chain(&kept.total).zip(summed.first.iter().chain(&summed.total));
        for (a, b) in pairs {
            n += 1;
            assert!((a.value - b.value).abs() < 1e-9, "{a:?} {b:?}");
            assert!(b.low.is_nan() && !a.low.is_nan());
        }
    }
    assert!(n > 100);
}

#[test]
fn sensitivity_refuses_what_it_cannot_answer() {
    let town = analysis(30, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let wrong = |space: &Space, points| of_assumptions(&town, &plan, space, points).unwrap_err();
    assert!(matches!(
        wrong(&Space::usual(), 1000),
        SensitivityError::Points { points: 1000, near: 1024 }
    ));
    assert!(matches!(wrong(&Space::fixed(), 64), SensitivityError::NothingVaries));
    // Z-scores can be computed and geometric means can, but not together.
    let SensitivityError::NotFree { n: 1, example } = wrong(&varied(), 64) else {
        panic!("not refused");
    };
    assert!(example.contains("z-score") && example.contains("geometric"), "{example}");
    // An option that never works is left out and told.
    let geometric = Space {
        aggregation: varied().aggregation,
        normalisation: Some(NormalisationChoice {
            own: false,
            methods: vec![Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample }],
        }),
        ..varied_weights()
    };
    let found = of_assumptions(&town, &plan, &geometric, 64).unwrap();
    assert_eq!(found.assumptions.len(), 2);
    assert!(found.notices.iter().any(|notice| notice.key == "sensitivity.refused"));
}

fn varied_weights() -> Space {
    Space { weights: WeightSpread::DirichletCv { cv: 0.25 }, ..Space::fixed() }
}

fn of_assumptions(
    town: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    points: u32,
) -> Result<Sensitivity, SensitivityError> {
    let design = SensitivityDesign { points, seed: 3, resamples: 20, level: 0.9 };
    sensitivity::sensitivity(town, plan, space, design, Watch::none())
}

#[test]
fn a_stopped_run_is_the_shorter_run() {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    let town = analysis(40, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space = varied();
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let progress =
        |n: u64| stop.store(done.fetch_add(n, Ordering::Relaxed) > 100, Ordering::Relaxed);
    let watch = Watch { progress: &progress, stop: &stop };
    let execution = Execution { replicates: 100_000, block: 7, matrix_limit_bytes: usize::MAX };
    let stopped = uncertainty_until(&town, &plan, &space, 5, execution, watch).unwrap();
    let n = stopped.n_replicates;
    assert!(n > 100 && n < 100_000 && stopped.n_asked == 100_000, "{n}");
    assert!(stopped.notices.iter().any(|notice| notice.key == "uncertainty.stopped"));
    let short = uncertainty(&town, &plan, &space, 5, Execution::of(n), &|_| ()).unwrap();
    assert_eq!(format!("{:?}", short.rows), format!("{:?}", stopped.rows));
    let never = AtomicBool::new(true);
    let watch = Watch { progress: &|_| (), stop: &never };
    let error = uncertainty_until(&town, &plan, &space, 5, execution, watch).unwrap_err();
    assert!(matches!(error, UncertaintyError::Stopped));
}

#[test]
fn a_reference_set_is_an_assumption_like_any_other() {
    let town = analysis(40, RULE);
    let plan = Plan::of(&town.definition).unwrap();
    let space: Space = toml::from_str(
        "version = 1\n[reference]\nalternatives = [{ id = \"few\", \
         reference = { areas = [\"000\", \"001\", \"002\", \"004\", \"006\"] } }]\n",
    )
    .unwrap();
    let found = uncertainty(&town, &plan, &space, 1, Execution::of(60), &|_| ()).unwrap();
    assert_eq!(found.combinations, ["reference: own", "reference: few"]);
    assert!(found.rows.iter().any(|row| row.low < row.high), "another set moves some rank");
    let sensitivity = of_assumptions(&town, &plan, &space, 16).unwrap();
    assert_eq!(sensitivity.assumptions, [assumption::Assumption::Reference]);
}

#[test]
fn weights_that_the_data_decide_are_those_of_each_combination() {
    let text = DEFINITION.replace(
        "score = { aggregate = { method = \"arithmetic-mean\" }, missing",
        "score = { weights = { method = \"entropy\" }, aggregate = { method = \"arithmetic-mean\" }, missing",
    );
    let definition: IndexDefinition = toml::from_str(&text).unwrap();
    let plan = Plan::of(&definition).unwrap();
    let rule: RuleFile = toml::from_str(RULE).unwrap();
    let town = analyse(analysis(40, RULE).table, &plan, Some(&rule), Vec::new()).unwrap();
    let space = Space::fixed();
    let study = Study::of(&town, &plan, &space, 1).unwrap();
    assert_eq!(study.settings(0).weights, town.computation.level_weights);
    let fixed = uncertainty(&town, &plan, &space, 1, Execution::of(2), &|_| ()).unwrap();
    assert!(fixed.notices.iter().any(|notice| notice.key == "uncertainty.weights-from-data"));
    for (row, rank) in fixed.rows.iter().zip(town.ranking.ranks()) {
        assert!(row.mean == *rank || rank.is_nan() && row.n_ranked == 0);
    }
    let normalisation = NormalisationChoice {
        own: true,
        methods: vec![Normalisation::Percentile {
            share: crate::normalise::RankShare::RankLessHalfOverN,
            ties: crate::rank::Ties::Average,
            zeros: crate::normalise::Zeros::Ranked,
        }],
    };
    let varied = Space { normalisation: Some(normalisation), ..Space::fixed() };
    let study = Study::of(&town, &plan, &varied, 1).unwrap();
    let other = (0..40).map(|r| study.settings(r)).find(|drawn| drawn.combination == 1).unwrap();
    assert_ne!(other.weights, town.computation.level_weights);
}
