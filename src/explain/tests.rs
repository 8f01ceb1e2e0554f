//! A reader with a calculator comes to the printed numbers, whatever the recipe.

use proptest::prelude::*;

use super::*;
use crate::analysis::analyse;
use crate::area::Area;
use crate::index::IndexDefinition;
use crate::indicator::{CellState, Column, Counts, IndicatorTable};
use crate::language::Language;
use crate::presets;
use crate::rate::standardised::{Strata, StratumCounts};
use crate::select::RuleFile;

/// Results are printed with eight decimals or nine digits; the last two may be off.
const TOLERANCE: f64 = 3e-8;

/// Two levels as in the British indices, tied values and a rounded domain score.
const TWO_LEVELS: &str = r#"
version = 1
id = "two-levels"
title = { nb = "To nivåer", en = "Two levels" }
source = "invented for a test"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, weights = { method = "equal" }, round = 3 }
ranking = { ties = "average", round = 1 }
defaults = { normalise = { method = "z-score", divisor = "population" } }

[[domain]]
id = "work"
title = { nb = "Arbeid", en = "Work" }
[domain.score]
aggregate = { method = "arithmetic-mean" }
missing = { policy = "available-weight", at-least = 0.5 }
round-before = 2
normalise = { method = "exponential", k = 23.0, share = "rank-over-n", ties = "average" }

[[domain]]
id = "school"
title = { nb = "Skole", en = "School" }
[domain.score]
aggregate = { method = "arithmetic-mean" }
renormalise = true
normalise = { method = "exponential", k = 23.0, share = "rank-less-half-over-n", ties = "max" }

[[indicator]]
id = "jobs"
title = { nb = "Sysselsatte", en = "Employed" }
unit = "%"
direction = "higher-is-better"
domain = "work"
weight = 0.5

[[indicator]]
id = "hours"
title = { nb = "Deltid", en = "Part-time" }
unit = "%"
direction = "higher-is-worse"
domain = "work"
weight = 0.5

[[indicator]]
id = "dropout"
title = { nb = "Frafall", en = "Drop-out" }
unit = "%"
direction = "higher-is-worse"
domain = "school"
weight = 2.0
"#;

/// Every treatment, normalisation and mean once; all values come out above zero.
const EVERYTHING: &str = r#"
version = 1
id = "everything"
title = { nb = "Alt", en = "Everything" }
source = "invented for a test"
licence = "CC0-1.0"
direction = "higher-is-better"
ranking = { ties = "first-by-id", first = "best" }

[score]
aggregate = { method = "power-mean", p = 2.0 }
normalise = { method = "min-max", low = 1.0, high = 10.0 }

[[domain]]
id = "a"
title = { nb = "A", en = "A" }
score = { aggregate = { method = "geometric-mean" }, missing = { policy = "available-weight", at-least = 0.3 } }

[[domain]]
id = "b"
title = { nb = "B", en = "B" }
score = { aggregate = { method = "harmonic-mean" }, normalise = { method = "rank", ties = "first-by-id" } }

[[domain]]
id = "c"
title = { nb = "C", en = "C" }
parent = "b"
score = { aggregate = { method = "power-mean", p = 0.0 } }

[[indicator]]
id = "x1"
title = { nb = "X1", en = "X1" }
unit = "kr"
direction = "higher-is-better"
domain = "a"
weight = 0.3
impute = { method = "mean" }
treat = [{ method = "winsorise-percentiles", low = 10, high = 90 }, { method = "log", offset = 5.0 }]
normalise = { method = "min-max", low = 1.0, high = 100.0 }
round = 4

[[indicator]]
id = "x2"
title = { nb = "X2", en = "X2" }
unit = "%"
direction = "higher-is-worse"
domain = "a"
weight = 0.7
treat = [{ method = "round", decimals = 0 }]
normalise = { method = "rank", ties = "average" }

[[indicator]]
id = "x3"
title = { nb = "X3", en = "X3" }
unit = "%"
direction = "higher-is-worse"
domain = "c"
weight = 1.0
impute = { method = "group-median" }
treat = [{ method = "cap", high = 30.0 }]
normalise = { method = "percentile", share = "rank-over-n-plus-one", ties = "min" }

[[indicator]]
id = "x4"
title = { nb = "X4", en = "X4" }
unit = "%"
direction = "higher-is-better"
domain = "c"
weight = 3.0
impute = { method = "median" }
normalise = { method = "goalposts", low = -20.0, high = 30.0, scale = 10.0, cap = "high" }

[[indicator]]
id = "x5"
title = { nb = "X5", en = "X5" }
unit = "%"
direction = "higher-is-worse"
domain = "b"
weight = 1.0
impute = { method = "group-mean" }
normalise = { method = "z-score", mean = 100.0, sd = 10.0 }

[[indicator]]
id = "x6"
title = { nb = "X6", en = "X6" }
unit = "z"
direction = "higher-is-better"
weight = 1.0
impute = { method = "mean" }
treat = [{ method = "cap", low = 1.0 }]
normalise = { method = "as-is" }
"#;

/// [`TWO_LEVELS`] gives each of its domains no weight, because they weigh the same.
fn with_domain_weights(text: &str) -> String {
    text.replace("id = \"a\"\n", "id = \"a\"\nweight = 1.0\n")
        .replace("id = \"b\"\n", "id = \"b\"\nweight = 2.0\n")
        .replace("id = \"c\"\n", "id = \"c\"\nweight = 1.5\n")
}

#[test]
fn a_chain_can_be_redone_by_hand() {
    let analysis = analysis_of(preset("no-levekaar-5"), four_areas(), None);
    let explained = explain(&analysis, 0);
    // Median income 400 of 400, 500, 300, 520: the mean is 430, the squares sum to 30 800.
    let income = explained.indicators[0].normalisation.as_ref().unwrap();
    assert_eq!((income.n, income.mean, income.turned), (4, 430.0, true));
    assert!((income.result - 30.0 / (30_800.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    insta::assert_snapshot!("oslo_nb", to_text(&explained, Language::Nb));
}

#[test]
fn a_missing_cell_ends_its_chain_and_says_why() {
    let mut columns = columns_of(&four_areas_values());
    let mut states = vec![CellState::Present; 4];
    states[2] = CellState::Suppressed;
    columns[1] = Column::new("low_education".into(), vec![30.0, 20.0, f64::NAN, 10.0], states);
    let table = IndicatorTable::new(areas(4), columns);
    let explained = explain(&analysis_of(preset("no-levekaar-5"), table, None), 2);
    assert_eq!(explained.indicators[1].result, None);
    assert_eq!((explained.ranking.rank, explained.levels[0].result), (None, None));
    let text = to_text(&explained, Language::Nb);
    assert!(text.contains("skjermet (prikket)") && text.contains("ingen skår"), "{text}");
}

#[test]
fn two_levels_with_ties_gaps_and_counts_are_explained_in_full() {
    let nan = f64::NAN;
    let mut columns = two_level_columns(&[
        [70.0, 70.0, 60.0, 80.0],
        [nan, 20.0, 30.0, 10.0],
        [9.0, 9.0, 9.0, 4.0],
    ]);
    let column = columns.remove(2);
    columns.push(column.with_counts(Counts {
        numerator: vec![9.0, 18.0, 27.0, 4.0],
        denominator: vec![100.0, 200.0, 300.0, 100.0],
        per: 100.0,
    }));
    let rule = presets::find(presets::RULES, "worst-fifth").unwrap().text;
    let rule: RuleFile = toml::from_str(rule).unwrap();
    let table = IndicatorTable::new(areas(4), columns);
    let analysis = analysis_of(definition(TWO_LEVELS), table, Some(&rule));
    let explained = explain(&analysis, 0);
    assert_eq!(explained.levels[1].normalisation.as_ref().unwrap().rank, Some(3.0));
    assert!(explained.levels[0].reweighting.is_some());
    assert!(explained.selection.is_some());
    insta::assert_snapshot!("two_levels_en", to_text(&explained, Language::En));
}

#[test]
fn an_imputed_value_says_where_it_is_from() {
    let text =
        TWO_LEVELS.replace("defaults = { ", "defaults = { impute = { method = \"group-mean\" }, ");
    let nan = f64::NAN;
    let columns = two_level_columns(&[
        [70.0, nan, 60.0, 80.0],
        [5.0, 20.0, 30.0, 10.0],
        [9.0, 8.0, 7.0, 4.0],
    ]);
    let table = IndicatorTable::new(areas(4), columns);
    let explained = explain(&analysis_of(definition(&text), table, None), 1);
    let TreatmentStep::Imputed { group, n, after, .. } = &explained.indicators[0].treatments[0]
    else {
        panic!("the first step fills the gap");
    };
    assert_eq!((group.as_deref(), *n, *after), (Some("odd"), 1, 80.0));
    assert!(
        to_text(&explained, Language::En)
            .contains("the mean of the areas with a value (1) in odd = 80")
    );
}

#[test]
fn a_rate_from_a_complement_is_told_from_its_counts() {
    let mut columns = two_level_columns(&[
        [70.0, 75.0, 60.0, 80.0],
        [5.0, 20.0, 30.0, 10.0],
        [9.0, 8.0, 7.0, 4.0],
    ]);
    let counts =
        Counts { numerator: vec![30.0, 25.0, 40.0, 20.0], denominator: vec![100.0; 4], per: 100.0 };
    columns[0] = columns[0].clone().with_counts(counts);
    let table = IndicatorTable::new(areas(4), columns);
    let explained = explain(&analysis_of(definition(TWO_LEVELS), table, None), 0);
    assert_eq!(explained.indicators[0].rate.as_ref().unwrap().complement_of, Some(100.0));
    assert!(to_text(&explained, Language::En).contains("100 − 30 / 100 × 100 = 70"));
}

/// Golden numbers of the column 1..10, 30, 100: too skewed, and one point moved is enough.
#[test]
fn the_test_of_a_shape_shows_its_numbers_and_why_it_stopped() {
    let text = |treat: &str, language| {
        let text = format!(
            "version = 1\nid = \"t\"\ntitle = {{ nb = \"t\", en = \"t\" }}\nsource = \"t\"\n\
             licence = \"t\"\n[score]\naggregate = {{ method = \"arithmetic-mean\" }}\n\
             weights = {{ method = \"equal\" }}\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"x\"\n\
             title = {{ nb = \"x\", en = \"x\" }}\nunit = \"x\"\ndirection = \"higher-is-worse\"\n\
             normalise = {{ method = \"z-score\" }}\ntreat = [{treat}]\n"
        );
        let x: Vec<Option<f64>> = (1..=10).map(f64::from).chain([30.0, 100.0]).map(Some).collect();
        let table = IndicatorTable::new(areas(12), vec![Column::of("x", &x)]);
        let definition = definition(&text);
        let plan = crate::index::Plan::of(&definition).unwrap();
        let analysis = analyse(table, &plan, None, Vec::new()).unwrap();
        to_text(&explain(&analysis, 11), language)
    };
    let helped = "{ method = \"skew-kurtosis\", max-points = 5, then = \"log-ct\" }";
    let said = text(helped, Language::En);
    for number in ["3.06324103", "9.74139083", "1.71203806", "1.81578054"] {
        assert!(said.contains(number), "{number}\n{said}");
    }
    assert!(said.contains("0 at the lower end, 1 at the upper"), "{said}");
    assert!(said.contains("within the limits: it stops here"), "{said}");
    // Nothing may be moved, so that the logarithm is taken.
    let not_helped = "{ method = \"skew-kurtosis\", max-share = 0, then = \"log-ct\" }";
    let said = text(not_helped, Language::Nb);
    for number in ["3,06324103", "0,79263398", "ingen flere celler kan flyttes"] {
        assert!(said.contains(number), "{number}\n{said}");
    }
}

#[test]
fn an_explanation_is_data() {
    let explained = explain(&analysis_of(preset("gb-wimd-2019"), random_like(8), None), 0);
    let json = serde_json::to_value(&explained).unwrap();
    assert_eq!(json["levels"][0]["parts"][0]["id"], "income");
}

#[test]
fn the_method_is_told_in_words_and_alike_settings_once() {
    let words = |definition: &IndexDefinition, language| {
        let plan = Plan::of(definition).unwrap();
        method_in_words(definition, &plan, language).join("\n\n")
    };
    let nb = words(&preset("no-levekaar-5"), Language::Nb);
    assert_eq!(nb.matches("z-skår").count(), 1, "{nb}");
    insta::assert_snapshot!("method_no_levekaar_5_nb", nb);
    let all = definition(&with_domain_weights(EVERYTHING));
    insta::assert_snapshot!("method_everything_en", words(&all, Language::En));
    insta::assert_snapshot!("method_everything_nb", words(&all, Language::Nb));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Each recipe that comes along, and two that use every method.
    #[test]
    fn every_printed_line_can_be_calculated(
        recipe in 0..presets::INDICES.len() + 2 + METHODS.len(),
        cells in prop::collection::vec(prop::collection::vec(cell(), 32), 3..14),
    ) {
        let (n, methods) = (presets::INDICES.len(), METHODS.len());
        let definition = match recipe.checked_sub(n) {
            None => definition(presets::INDICES[recipe].text),
            Some(at) if at < methods => definition(&of_methods(METHODS[at])),
            Some(at) if at == methods => definition(TWO_LEVELS),
            Some(_) => definition(&with_domain_weights(EVERYTHING)),
        };
        let n_areas = cells.len();
        let columns: Vec<Column> = definition.indicators.iter().enumerate().map(|(at, indicator)| {
            let mut values: Vec<Option<f64>> = cells.iter().map(|row| row[at % row.len()]).collect();
            // A column needs two values that differ.
            (values[0], values[1]) = (Some(3.0 + at as f64), Some(11.5));
            Column::of(indicator.id.clone(), &values)
        }).collect();
        let table = IndicatorTable::new(areas(n_areas), columns);
        let plan = Plan::of(&definition).unwrap();
        // Random tables may have a constant domain or a non-positive value in a geometric mean.
        let Ok(analysis) = analyse(table, &plan, None, Vec::new()) else { return Ok(()) };
        for at in 0..n_areas {
            let explained = explain(&analysis, at);
            prop_assert_eq!(explained.mismatches(), Vec::<String>::new());
            let text = to_text(&explained, Language::En);
            let n_comparable = explained.indicators.iter().filter(|c| is_arithmetic(c)).count();
            let wrong = wrong_lines(&text, n_comparable);
            prop_assert!(wrong.is_empty(), "{wrong:?}\n{text}");
        }
    }
}

/// Each normalisation and each aggregation that [`EVERYTHING`] lacks: the keys of all indicators,
/// then those of the level.
const METHODS: &[(&str, &str)] = &[
    (r#"{ method = "borda", ties = "average" }"#, r#"{ method = "median" }"#),
    (r#"{ method = "people-percentile" }"#, r#"{ method = "minimum" }"#),
    (r#"{ method = "weighted-z-score" }"#, r#"{ method = "maximum" }"#),
    (
        r#"{ method = "normal-scores", ties = "average" }"#,
        r#"{ method = "mean-of-largest", count = 2 }"#,
    ),
    (r#"{ method = "distance-to-max" }"#, r#"{ method = "mean-of-smallest", count = 2 }"#),
    (r#"{ method = "fraction-of-max" }"#, r#"{ method = "owa", weights = [0.5, 0.3, 0.2] }"#),
    (r#"{ method = "fraction-of-sum" }"#, r#"{ method = "mean-min", alpha = 0.5, beta = 0.1 }"#),
    (r#"{ method = "vector" }"#, r#"{ method = "mean-min", alpha = 0.7 }"#),
    (
        r#"{ method = "flag", operator = "above", limit = 5.0 }"#,
        r#"{ method = "count", operator = "at-least", limit = 1.0 }"#,
    ),
    (r#"{ method = "adjusted-goalpost" }"#, r#"{ method = "mpi", divisor = "population" }"#),
    (
        r#"{ method = "adjusted-goalpost", goalpost = 5.0, half-range = 1e6 }"#,
        r#"{ method = "mpi" }"#,
    ),
    (
        r#"{ method = "min-max", low = 1.0, high = 100.0 }"#,
        r#"{ method = "waspas", lambda = 0.4 }"#,
    ),
    (
        r#"{ method = "distance-to-target", target = 6e5, cap = "high" }"#,
        r#"{ method = "copeland" }"#,
    ),
    (r#"{ method = "z-score" }"#, r#"{ method = "sum-of-ranks", ties = "average" }"#),
    (
        r#"{ method = "min-max", low = 1.0, high = 2.0 }"#,
        r#"{ method = "benefit-of-doubt", min-share = 0.1 }"#,
    ),
    (r#"{ method = "min-max" }"#, r#"{ method = "topsis" }"#),
    (r#"{ method = "min-max" }"#, r#"{ method = "vikor" }"#),
    (r#"{ method = "min-max" }"#, r#"{ method = "promethee" }"#),
    (
        r#"{ method = "distance-to-reference" }
reference = { parent = "even" }"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "critic" }"#,
    ),
    (
        r#"{ method = "z-score" }
reference = { fixed = { mean = 4.0, sd = 2.0 } }"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "pca", squared = true, wrong-sign = "warn" }"#,
    ),
    (
        r#"{ method = "min-max" }
reference = { areas = ["01", "02"] }
constant = "middle"
treat = [{ method = "skew-kurtosis", max-points = 1, then = "log-ct-plus" }, { method = "log-ct" }]"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "equal" }"#,
    ),
    (
        r#"{ method = "min-max" }
treat = [{ method = "box-cox" }]"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "entropy" }"#,
    ),
    (
        r#"{ method = "min-max" }
treat = [{ method = "box-cox", lambda = 0.5 }, { method = "log-ct-orig" }]"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "optimised" }"#,
    ),
    (r#"{ method = "min-max", low = 0, high = 1 }"#, r#"{ method = "product" }"#),
    (
        r#"{ method = "percentile", share = "tukey", ties = "average", zeros = "apart" }"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "equal" }
treat = [{ method = "power", p = 2 }, { method = "distance-from", point = 1 }]
normalise = { method = "exponential-of-share", k = 23 }"#,
    ),
    (
        r#"{ method = "fraction-of-max", scale = 10 }
treat = [{ method = "power", p = 0.5 }]"#,
        r#"{ method = "arithmetic-mean" }
weights = { method = "pca", wrong-sign = "warn", length = "one" }"#,
    ),
    (
        r#"{ method = "normal-scores", ties = "average", share = "blom" }
within = "parent""#,
        r#"{ method = "arithmetic-mean" }"#,
    ),
];

/// Three indicators on one level; the last points against the score.
fn of_methods((normalise, aggregate): (&str, &str)) -> String {
    let head = "version = 1\nid = \"t\"\ntitle = { nb = \"t\", en = \"t\" }\n\
        source = \"invented for a test\"\nlicence = \"CC0-1.0\"\nranking = { ties = \"min\" }\n";
    let imputed = aggregate.contains("benefit");
    let impute = if imputed { "impute = { method = \"mean\" }\n" } else { "" };
    let policy = "{ policy = \"available-weight\", at-least = 0.3 }";
    let mut text = format!("{head}[score]\naggregate = {aggregate}\nmissing = {policy}\n");
    for (id, weight, direction) in [
        ("a", 0.5, "higher-is-worse"),
        ("b", 0.3, "higher-is-worse"),
        ("c", 0.2, "higher-is-better"),
    ] {
        text.push_str(&format!(
            "[[indicator]]\nid = \"{id}\"\ntitle = {{ nb = \"{id}\", en = \"{id}\" }}\n\
             unit = \"kr\"\ndirection = \"{direction}\"\nweight = {weight}\n{impute}\
             normalise = {normalise}\n"
        ));
    }
    text
}

/// Whether the last line can be typed into a calculator: a flag is not arithmetic, and a normal
/// quantile is not on the keys.
fn is_arithmetic(chain: &IndicatorChain) -> bool {
    let step = chain.normalisation.as_ref();
    step.is_some_and(|step| {
        !step.constant
            && step.working.last().is_none_or(|line| {
                !line.is_comparison()
                    && !line.expression.starts_with('Φ')
                    && line.expression != "{}"
            })
    })
}

/// A table by which no recipe of [`METHODS`] is refused, so that each is explained at least once.
#[test]
fn every_recipe_is_explained() {
    let presets = presets::INDICES.iter().map(|preset| preset.text.to_owned());
    for text in presets.chain(METHODS.iter().map(|methods| of_methods(*methods))) {
        let definition = definition(&text);
        let columns: Vec<Column> = definition
            .indicators
            .iter()
            .enumerate()
            .map(|(at, indicator)| {
                // Life expectancy and income must lie within the goalposts of their index.
                let (start, step) = match indicator.id.as_str() {
                    "life_expectancy" => (50.0, 1.0),
                    "income" => (500.0, 1000.0),
                    _ => (1.5, 1.0),
                };
                let cells: Vec<Option<f64>> = (0..9)
                    .map(|area| ((area * (at + 3) + area * area) % 11) as f64)
                    .map(|x| Some(start + step * x))
                    .collect();
                Column::of(indicator.id.clone(), &cells)
            })
            .collect();
        let plan = Plan::of(&definition).unwrap_or_else(|e| panic!("{e:?} {text}"));
        let table = IndicatorTable::new(areas(9), columns);
        let analysis =
            analyse(table, &plan, None, Vec::new()).unwrap_or_else(|e| panic!("{e} {text}"));
        for language in [Language::Nb, Language::En] {
            let words = method_in_words(&definition, &plan, language).join("\n");
            assert!(!words.contains('{') && !words.contains("explain."), "{words}");
        }
        for at in 0..9 {
            let explained = explain(&analysis, at);
            assert_eq!(explained.mismatches(), Vec::<String>::new(), "{text}");
            assert!(explained.ranking.rank.is_some(), "{text}");
            let text = to_text(&explained, Language::En);
            let n_comparable = explained.indicators.iter().filter(|c| is_arithmetic(c)).count();
            let wrong = wrong_lines(&text, n_comparable);
            assert!(wrong.is_empty(), "{wrong:?}\n{text}");
            assert!(!text.contains('{') && !text.contains("explain."), "{text}");
            let nb = to_text(&explained, Language::Nb);
            assert!(!nb.contains('{') && !nb.contains("explain."), "{nb}");
        }
    }
}

/// Rates of few persons are drawn towards three kinds of wholes.
#[test]
fn a_shrunk_rate_can_be_redone_from_its_counts() {
    for method in [
        r#"method = "shrink-global""#,
        r#"method = "shrink-local""#,
        r#"method = "shrink-to-parent", centre = "mean""#,
        r#"method = "shrink-to-parent", centre = "group-logit""#,
    ] {
        let treat = format!("{{ method = \"min-max\" }}\ntreat = [{{ {method} }}]");
        let definition = definition(&of_methods((&treat, "{ method = \"arithmetic-mean\" }")));
        let counts = |at: usize| Counts {
            numerator: (0..6).map(|area| ((area * area * (at + 3)) % 23 + 1) as f64).collect(),
            denominator: (0..6).map(|area| (60 + 20 * area) as f64).collect(),
            per: 100.0,
        };
        let column = |(at, id): (usize, &str)| {
            let counts = counts(at);
            let rates: Vec<Option<f64>> = counts
                .numerator
                .iter()
                .zip(&counts.denominator)
                .map(|(r, n)| Some(r / n * 100.0))
                .collect();
            Column::of(id, &rates).with_counts(counts)
        };
        let areas = areas(6);
        let pairs = [("01".to_owned(), "02".to_owned()), ("02".to_owned(), "05".to_owned())];
        let (neighbours, _) = crate::neighbour::Neighbours::from_pairs(&areas, &pairs);
        let columns = ["a", "b", "c"].into_iter().enumerate().map(column).collect();
        let table = IndicatorTable::new(areas, columns).with_neighbours(neighbours);
        let analysis = analysis_of(definition, table, None);
        for at in 0..6 {
            let explained = explain(&analysis, at);
            assert_eq!(explained.mismatches(), Vec::<String>::new(), "{method}");
            let text = to_text(&explained, Language::En);
            let wrong = wrong_lines(&text, 3);
            assert!(wrong.is_empty(), "{wrong:?}\n{text}");
        }
    }
}

/// Two strata; the second area has one event among few persons of much weight.
#[test]
fn a_standardised_rate_can_be_redone_from_its_strata() {
    let stratum = |numerator: &[f64], denominator: &[f64], standard| StratumCounts {
        numerator: numerator.to_vec(),
        denominator: denominator.to_vec(),
        standard,
    };
    let strata = Strata {
        list: vec![
            stratum(&[40.0, 9.0, 31.0, 7.0], &[2000.0, 1e6, 900.0, 800.0], 0.75),
            stratum(&[80.0, 1.0, 22.0, 9.0], &[500.0, 2.0, 700.0, 0.0], 0.25),
        ],
        per: 1000.0,
        at_least: 10,
    };
    let rates: Vec<Option<f64>> =
        (0..4).map(|at| Some(strata.of_area(at).rate).filter(|x| x.is_finite())).collect();
    let mut columns = two_level_columns(&[
        [70.0, 75.0, 60.0, 80.0],
        [5.0, 20.0, 30.0, 10.0],
        [9.0, 8.0, 7.0, 4.0],
    ]);
    let id = columns[0].indicator().clone();
    columns[0] = Column::of(id, &rates).with_strata(strata);
    let table = IndicatorTable::new(areas(4), columns);
    let analysis = analysis_of(definition(TWO_LEVELS), table, None);
    for (at, of_table) in rates.into_iter().enumerate() {
        let explained = explain(&analysis, at);
        let lines = &explained.indicators[0].standardised;
        let rate = lines.iter().find(|line| line.name == "standardised").map(|line| line.result);
        assert_eq!(rate.is_some(), at != 3, "{lines:?}");
        let agree = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        assert!(rate.zip(of_table).is_none_or(|(own, of_table)| agree(own, of_table)));
        assert_eq!(lines.iter().any(|line| line.name == "low95-bounded"), at == 1);
        let text = to_text(&explained, Language::En);
        let n_lines = lines.iter().filter(|line| !line.expression.is_empty()).count();
        let wrong = wrong_lines(&text, n_lines);
        assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    }
}

/// Small whole numbers tie; the others do not; some cells are gaps.
fn cell() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => (1..6_i32).prop_map(|x| Some(f64::from(x))),
        4 => (0.5..29.0_f64).prop_map(Some),
        1 => (0.5..5e5_f64).prop_map(Some),
        1 => Just(None),
    ]
}

/// The lines whose left side does not come to their right side, and sums that are not the sum of
/// the lines above; at least `n_expected` lines must be of the kind that can be calculated.
fn wrong_lines(text: &str, n_expected: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut n_checked = 0;
    let mut terms = Vec::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            terms.clear();
            continue;
        }
        let Some((left, right)) = line.rsplit_once(" = ") else { continue };
        let (right, title) = right.trim().split_once("   ").unwrap_or((right.trim(), ""));
        let left = left.split("  ").last().unwrap_or_default().trim();
        let left = left.split(" = ").last().unwrap_or_default();
        let Some(printed) = calculate(right) else { continue };
        let found = if left == "sum" { Some(terms.iter().sum()) } else { calculate(left) };
        terms.push(printed);
        let Some(found): Option<f64> = found else { continue };
        // The rows and the sum of a table have fixed decimals; elsewhere zeros are left out.
        let tolerance = if left == "sum" || !title.is_empty() {
            let decimals = right.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            1.5 * 0.1_f64.powi(i32::try_from(decimals).unwrap())
        } else {
            TOLERANCE * printed.abs().max(1.0)
        };
        n_checked += 1;
        if (found - printed).abs() > tolerance {
            wrong.push(format!("{line}: {found}"));
        }
    }
    if n_checked < n_expected {
        wrong.push(format!("only {n_checked} lines could be checked"));
    }
    wrong
}

/// A pocket calculator: `+ − × / ^`, parentheses, `ln( )`, `exp( )` and `⌈ ⌉`.
fn calculate(text: &str) -> Option<f64> {
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let mut at = 0;
    let value = sum(&text, &mut at)?;
    (at == text.len()).then_some(value)
}

fn sum(text: &[char], at: &mut usize) -> Option<f64> {
    let mut value = product(text, at)?;
    while let Some(sign @ ('+' | '−')) = text.get(*at) {
        *at += 1;
        let next = product(text, at)?;
        value = if *sign == '+' { value + next } else { value - next };
    }
    Some(value)
}

fn product(text: &[char], at: &mut usize) -> Option<f64> {
    let mut value = power(text, at)?;
    while let Some(sign @ ('×' | '/')) = text.get(*at) {
        *at += 1;
        let next = power(text, at)?;
        value = if *sign == '×' { value * next } else { value / next };
    }
    Some(value)
}

fn power(text: &[char], at: &mut usize) -> Option<f64> {
    if text.get(*at) == Some(&'−') {
        *at += 1;
        return power(text, at).map(|x| -x);
    }
    let base = operand_of(text, at)?;
    if text.get(*at) == Some(&'^') {
        *at += 1;
        return Some(base.powf(power(text, at)?));
    }
    Some(base)
}

fn operand_of(text: &[char], at: &mut usize) -> Option<f64> {
    let rest: String = text[*at..].iter().collect();
    for (open, f) in
        [("(", (|x| x) as fn(f64) -> f64), ("ln(", f64::ln), ("exp(", f64::exp), ("⌈", f64::ceil)]
    {
        if rest.starts_with(open) {
            *at += open.chars().count();
            let value = sum(text, at)?;
            *at += 1;
            return Some(f(value));
        }
    }
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    *at += digits.chars().count();
    digits.parse().ok()
}

fn preset(id: &str) -> IndexDefinition {
    definition(presets::find(presets::INDICES, id).unwrap().text)
}

fn definition(text: &str) -> IndexDefinition {
    toml::from_str(text).unwrap()
}

fn analysis_of(
    definition: IndexDefinition,
    table: IndicatorTable,
    rule: Option<&RuleFile>,
) -> Analysis {
    let plan = Plan::of(&definition).unwrap();
    analyse(table, &plan, rule, Vec::new()).unwrap()
}

/// Areas of two larger units, by turns.
fn areas(n: usize) -> Vec<Area> {
    (0..n)
        .map(|at| {
            let mut area = Area::of(format!("{:02}", at + 1).as_str());
            area.name = format!("Zone {}", at + 1).into();
            area.parent = Some(if at % 2 == 0 { "even" } else { "odd" }.to_owned());
            area.population = Some(1000.0 + at as f64);
            area
        })
        .collect()
}

/// Five indicators of four districts, in round numbers.
fn four_areas_values() -> [[f64; 4]; 5] {
    [
        [400.0, 500.0, 300.0, 520.0],
        [30.0, 20.0, 35.0, 10.0],
        [61.5, 70.0, 58.2, 74.0],
        [24.0, 18.0, 29.0, 12.0],
        [17.3, 9.0, 21.0, 4.5],
    ]
}

fn columns_of(values: &[[f64; 4]]) -> Vec<Column> {
    let ids = ["median_income", "low_education", "employment", "dropout", "child_poverty"];
    ids.iter().zip(values).map(|(id, x)| Column::of(*id, &x.map(Some))).collect()
}

fn four_areas() -> IndicatorTable {
    IndicatorTable::new(areas(4), columns_of(&four_areas_values()))
}

fn two_level_columns(values: &[[f64; 4]; 3]) -> Vec<Column> {
    let ids = ["jobs", "hours", "dropout"];
    let cell = |x: f64| (!x.is_nan()).then_some(x);
    ids.iter().zip(values).map(|(id, x)| Column::of(*id, &x.map(cell))).collect()
}

fn random_like(n_columns: usize) -> IndicatorTable {
    let ids = [
        "income",
        "employment",
        "health",
        "education",
        "access",
        "housing",
        "environment",
        "crime",
    ];
    let columns = ids[..n_columns]
        .iter()
        .enumerate()
        .map(|(at, id)| {
            Column::of(*id, &[1, 2, 3, 4].map(|x| Some(f64::from((x * (at as i32 + 3)) % 7))))
        })
        .collect();
    IndicatorTable::new(areas(4), columns)
}
