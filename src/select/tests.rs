//! Rules on a few areas whose answers can be seen by eye.

use proptest::prelude::*;

use super::*;
use crate::area::AreaId;
use crate::index::Plan;
use crate::indicator::Column;
use crate::language::Language;
use crate::load::document;

const INDEX: &str = r#"version = 1
id = "one"
title = { nb = "En", en = "One" }
source = "test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
[ranking]
ties = "min"
[[indicator]]
id = "low_income"
title = { nb = "Lavinntekt", en = "Low income" }
unit = "%"
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "as-is" }
"#;

#[test]
fn the_worst_are_taken_and_a_tie_at_the_edge_follows_the_rule() {
    let x = [9.0, 7.0, 7.0, 5.0].map(Some);
    assert_eq!(truths("worst = { take = { areas = 1 } }", &x), "T F F F");
    assert_eq!(truths("worst = { take = { areas = 2 } }", &x), "T T T F");
    assert_eq!(truths("worst = { take = { areas = 2 }, ties = \"none-in\" }", &x), "T F F F");
    assert_eq!(truths("worst = { take = { areas = 99 } }", &x), "T T T T");
}

#[test]
fn a_share_of_areas_is_rounded_down_and_a_bit_does_not_decide() {
    let x: Vec<Option<f64>> = (0..30).map(|i| Some(f64::from(i))).collect();
    let selected = truths("worst = { take = { share-of-areas = 0.1 } }", &x);
    assert_eq!(selected.matches('T').count(), 3);
    let selected = truths("worst = { take = { share-of-areas = 0.13 } }", &x);
    assert_eq!(selected.matches('T').count(), 3);
}

#[test]
fn a_share_of_people_takes_in_the_area_where_it_is_reached() {
    // Residents are 100, 200, 300, 400 from the worst: 300 of 1000 are reached in the second.
    let x = [9.0, 8.0, 7.0, 6.0].map(Some);
    assert_eq!(truths("worst = { take = { share-of-people = 0.3 } }", &x), "T T F F");
    assert_eq!(truths("worst = { take = { share-of-people = 0.31 } }", &x), "T T T F");
}

#[test]
fn limits_may_hang_on_the_other_areas() {
    let x = [1.0, 2.0, 3.0, 10.0].map(Some);
    let rule = |limit: &str| {
        let fact = "fact = { indicator = \"low_income\" }";
        truths(&format!("compare = {{ {fact}, op = \">\", limit = {limit} }}"), &x)
    };
    assert_eq!(rule("{ mean = {} }"), "F F F T");
    assert_eq!(rule("{ median = {} }"), "F F T T");
    assert_eq!(rule("{ median = { times = 0.6 } }"), "F T T T");
    assert_eq!(rule("{ percentile = { p = 0 } }"), "F T T T");
    // Residents are 100 to 400, so that the weighted mean is 5.4.
    assert_eq!(rule("{ mean = { weighted-by-population = true } }"), "F F F T");
}

#[test]
fn facts_may_be_compared_as_ratios_percentiles_and_ranks() {
    let x = [1.0, 2.0, 3.0, 10.0].map(Some);
    let rule = |transform: &str, limit: &str| {
        let fact = "fact = { indicator = \"low_income\" }";
        truths(
            &format!(
                "compare = {{ {fact}, as = {transform}, op = \">=\", limit = {{ value = {limit} }} }}"
            ),
            &x,
        )
    };
    assert_eq!(rule("{ ratio-to-mean = {} }", "0.75"), "F F T T");
    // Residents are 100 to 400, so that the weighted mean is 5.4.
    assert_eq!(rule("{ ratio-to-mean = { weighted-by-population = true } }", "0.5"), "F F T T");
    assert_eq!(
        rule("{ percentile = { share = \"rank-over-n\", ties = \"average\" } }", "0.75"),
        "F F T T"
    );
}

#[test]
fn points_reach_the_pass_mark_or_may_still() {
    let high = "{ compare = { fact = \"score\", op = \">\", limit = { value = 5 } } }";
    let many = "{ compare = { fact = \"population\", op = \">=\", limit = { value = 200 } } }";
    let rule = format!(
        "points = {{ pass = 2, of = [{{ points = 2, rule = {high} }}, {{ points = 0.5, rule = {many} }}] }}"
    );
    assert_eq!(truths(&rule, &[Some(9.0), None, Some(1.0)]), "T ? F");
    let error = chosen(&rule.replace("pass = 2", "pass = 3"), &[Some(1.0), Some(2.0)]);
    assert!(error.is_err(), "3 of 2.5 points can never be reached");
}

#[test]
fn both_ends_of_between_are_within() {
    let rule = "between = { fact = \"score\", from = { value = 2 }, to = { value = 4 } }";
    assert_eq!(truths(rule, &[Some(1.9), Some(2.0), Some(4.0), Some(4.1), None]), "F T T F ?");
    let empty = "between = { fact = \"score\", from = { value = 4 }, to = { value = 2 } }";
    assert!(chosen(empty, &[Some(1.0), Some(2.0)]).is_err());
}

#[test]
fn operators_differ_at_the_limit() {
    let x = [3.0, 4.0].map(Some);
    let rule = |op: &str| {
        truths(
            &format!("compare = {{ fact = \"score\", op = \"{op}\", limit = {{ value = 3 }} }}"),
            &x,
        )
    };
    assert_eq!([rule(">"), rule(">="), rule("<"), rule("<=")], ["F T", "T T", "F F", "T F"]);
}

#[test]
fn a_missing_value_is_unknown_unless_the_rest_decides() {
    let x = [Some(9.0), None, Some(1.0)];
    let high = "{ compare = { fact = \"score\", op = \">\", limit = { value = 5 } } }";
    let many = "{ compare = { fact = \"population\", op = \">=\", limit = { value = 1 } } }";
    let none = "{ compare = { fact = \"population\", op = \"<\", limit = { value = 1 } } }";
    assert_eq!(truths(&format!("all = [{high}, {many}]"), &x), "T ? F");
    assert_eq!(truths(&format!("all = [{high}, {none}]"), &x), "F F F");
    assert_eq!(truths(&format!("any = [{high}, {many}]"), &x), "T T T");
    assert_eq!(truths(&format!("any = [{high}, {none}]"), &x), "T ? F");
    assert_eq!(truths(&format!("not = {high}"), &x), "F ? T");
    assert_eq!(
        truths(&format!("at-least = {{ k = 2, of = [{high}, {many}, {none}] }}"), &x),
        "T ? F"
    );
}

#[test]
fn the_sentence_states_value_operator_limit_and_margin() {
    let rule =
        "compare = { fact = { indicator = \"low_income\" }, op = \">\", limit = { value = 5 } }";
    let selection = chosen(rule, &[Some(6.5), Some(4.96), None]).unwrap();
    let sentence = |at, language| selection.sentence(at).get(language).replace('\u{a0}', " ");
    assert_eq!(
        sentence(0, Language::Nb),
        "Valgt: Lavinntekt er 6,5 %, og kravet over 5,0 % er oppfylt med margin 1,5 %."
    );
    // One decimal would say that 5.0 is not above 5.0, so it takes another.
    assert_eq!(
        sentence(1, Language::En),
        "Not selected: Low income is 4.96 %, and the criterion above 5.00 % is not met; it falls short by 0.04 %."
    );
    assert!(sentence(2, Language::En).starts_with("Unknown: Low income is missing"));
}

#[test]
fn bad_rules_say_what_to_do() {
    for (rule, part) in [
        (
            "compare = { fact = { indicator = \"low_incom\" }, op = \">\", limit = { value = 5 } }",
            "did you mean `low_income`?",
        ),
        ("worst = { take = { share-of-areas = 20 } }", "20 per cent is written 0.2"),
        ("worst = { take = { areas = 0 } }", "at least one"),
        ("all = []", "at least one criterion"),
        ("at-least = { k = 3, of = [{ worst = { take = { areas = 1 } } }] }", "from 1 to 1"),
        (
            "compare = { fact = \"score\", op = \">\", limit = { percentile = { p = 101 } } }",
            "0..100",
        ),
    ] {
        let error = chosen(rule, &[Some(1.0), Some(2.0)]).unwrap_err();
        let help =
            miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
        assert!(help.contains(part), "{rule}: {help}");
    }
}

#[test]
fn a_limit_outside_the_data_is_told() {
    let rule =
        "compare = { fact = { indicator = \"low_income\" }, op = \">\", limit = { value = 500 } }";
    let selection = chosen(rule, &[Some(1.0), Some(2.0)]).unwrap();
    let keys: Vec<&str> = selection.notices().iter().map(|notice| notice.key).collect();
    assert_eq!(keys, ["notice.limit-outside", "notice.selection-empty"]);
}

proptest! {
    /// Kleene: no completion of the unknown values changes a true or a false.
    #[test]
    fn no_completion_changes_a_sure_answer(
        tree in rules(),
        values in prop::collection::vec(prop::option::weighted(0.6, -5..5_i32), 2..8),
        fill in prop::collection::vec(-5..5_i32, 8),
    ) {
        let known: Vec<Option<f64>> = values.iter().map(|x| x.map(f64::from)).collect();
        let complete: Vec<Option<f64>> =
            known.iter().zip(&fill).map(|(x, f)| x.or(Some(f64::from(*f)))).collect();
        let before = chosen(&tree, &known).unwrap();
        let after = chosen(&tree, &complete).unwrap();
        for (before, after) in before.outcomes().iter().zip(after.outcomes()) {
            prop_assert!(*before == Truth::Unknown || before == after, "{tree}");
        }
    }

    /// The flag is the finding's, and a selected area has a criterion that is met.
    #[test]
    fn flag_and_finding_agree(
        tree in rules(),
        values in prop::collection::vec(prop::option::weighted(0.7, -5..5_i32), 2..8),
    ) {
        let known: Vec<Option<f64>> = values.iter().map(|x| x.map(f64::from)).collect();
        let selection = chosen(&tree, &known).unwrap();
        for at in 0..known.len() {
            let finding = selection.finding(at);
            prop_assert_eq!(finding.truth(), selection.outcomes()[at]);
            let word = match finding.truth() {
                Truth::True => "Selected:",
                Truth::False => "Not selected:",
                Truth::Unknown => "Unknown:",
            };
            prop_assert!(selection.sentence(at).en.starts_with(word));
        }
    }
}

/// Random trees of criteria on the score with fixed limits.
fn rules() -> impl Strategy<Value = String> {
    let leaf =
        (-5..5_i32, prop::sample::select(vec![">", ">=", "<", "<="])).prop_map(|(limit, op)| {
            format!(
                "compare = {{ fact = \"score\", op = \"{op}\", limit = {{ value = {limit} }} }}"
            )
        });
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let join = |parts: &[String]| {
            parts.iter().map(|p| format!("{{ {p} }}")).collect::<Vec<_>>().join(", ")
        };
        prop_oneof![
            list.clone().prop_map(move |parts| format!("all = [{}]", join(&parts))),
            list.clone().prop_map(move |parts| format!("any = [{}]", join(&parts))),
            (list, 1..4_usize).prop_map(move |(parts, k)| {
                format!("at-least = {{ k = {}, of = [{}] }}", k.min(parts.len()), join(&parts))
            }),
            inner.prop_map(|part| format!("not = {{ {part} }}")),
        ]
    })
}

fn truths(rule: &str, values: &[Option<f64>]) -> String {
    let selection = chosen(rule, values).unwrap();
    let letters: Vec<&str> = selection
        .outcomes()
        .iter()
        .map(|outcome| match outcome {
            Truth::True => "T",
            Truth::False => "F",
            Truth::Unknown => "?",
        })
        .collect();
    letters.join(" ")
}

/// The selection of `rule` among areas with these values and 100, 200, … residents.
fn chosen(rule: &str, values: &[Option<f64>]) -> Result<Selection, SelectError> {
    let definition: IndexDefinition = document::parse("index", INDEX).unwrap();
    let file = format!(
        "version = 1\nid = \"r\"\ntitle = {{ nb = \"R\", en = \"R\" }}\nsource = \"t\"\nrule = {{ {rule} }}\n"
    );
    let file: RuleFile = document::parse("rule", &file).unwrap();
    let areas: Vec<Area> = (0..values.len())
        .map(|at| Area {
            population: Some(100.0 * (at + 1) as f64),
            ..Area::of(AreaId::new(format!("{at:02}")))
        })
        .collect();
    let table = IndicatorTable::new(areas, vec![Column::of("low_income", values)]);
    let plan = Plan::of(&definition).unwrap();
    let computed = crate::index::compute(table.clone(), &plan);
    let Ok(computed) = computed else {
        // No area has a value: then there is no score to rank, and every fact is missing.
        let scores = crate::aggregate::Scores {
            areas: Arc::clone(table.areas()),
            values: vec![f64::NAN; values.len()],
            direction: definition.direction,
        };
        let ranking = crate::rank::rank(&scores, definition.ranking);
        return select(
            &file,
            Facts { table: &table, domains: &[], ranking: &ranking, definition: &definition },
        );
    };
    let ranking = crate::rank::rank(&computed.scores, definition.ranking);
    let domains = &computed.domains;
    select(&file, Facts { table: &table, domains, ranking: &ranking, definition: &definition })
}
