//! What is done around a rule, on maps and years that can be seen by eye.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::area::AreaId;
use crate::beside::{Beside, Children, Judgement};
use crate::index::Plan;
use crate::indicator::Column;
use crate::load::document;
use crate::neighbour::Neighbours;

const INDEX: &str = r#"version = 1
id = "one"
title = { nb = "En", en = "One" }
source = "test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
missing = { policy = "available-weight", at-least = 0.01 }
[ranking]
ties = "min"
[[indicator]]
id = "x"
title = { nb = "X", en = "X" }
unit = ""
direction = "higher-is-worse"
weight = 1.0
normalise = { method = "as-is" }
"#;

/// Areas a, b, c, … with a value, 100 residents each and the parents that the name gives.
fn town(values: &[Option<f64>]) -> IndicatorTable {
    let areas: Vec<Area> = (0..values.len())
        .map(|at| Area {
            population: Some(100.0),
            parent: Some(if at < values.len() / 2 { "west" } else { "east" }.to_owned()),
            ..Area::of(AreaId::new(char::from(b'a' + at as u8).to_string()))
        })
        .collect();
    IndicatorTable::new(areas, vec![Column::of("x", values)])
}

fn bordering(table: IndicatorTable, pairs: &[&str]) -> IndicatorTable {
    let pairs: Vec<(String, String)> =
        pairs.iter().map(|pair| (pair[..1].to_owned(), pair[1..].to_owned())).collect();
    let (neighbours, unknown) = Neighbours::from_pairs(table.areas(), &pairs);
    assert!(unknown.is_empty());
    table.with_neighbours(neighbours)
}

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().map(|x| (!x.is_nan()).then_some(*x)).collect()
}

fn chosen(table: &IndicatorTable, body: &str) -> Result<Selection, SelectError> {
    let text = format!(
        "version = 1\nid = \"r\"\ntitle = {{ nb = \"R\", en = \"R\" }}\nsource = \"t\"\n{body}\n"
    );
    let rule: RuleFile = document::parse("rule.toml", &text).unwrap_or_else(|e| panic!("{e:?}"));
    let text = place::RuleText { name: "rule.toml".to_owned(), text };
    let rule = RuleFile { text: Some(Arc::new(text)), ..rule };
    let definition: IndexDefinition = document::parse("index", INDEX).unwrap();
    let plan = Plan::of(&definition).unwrap();
    let computed = crate::index::compute(table.clone(), &plan).unwrap();
    let ranking = crate::rank::rank(&computed.scores, definition.ranking);
    let domains = &computed.domains;
    select(&rule, Facts { table, domains, ranking: &ranking, definition: &definition })
}

fn truths(table: &IndicatorTable, body: &str) -> String {
    let selection = chosen(table, body).unwrap_or_else(|e| panic!("{e}"));
    let letter = |truth: &Truth| match truth {
        Truth::True => 'T',
        Truth::False => 'F',
        Truth::Unknown => '?',
    };
    selection.outcomes().iter().map(letter).collect()
}

const HIGH: &str = "rule = { compare = { fact = \"score\", op = \">=\", limit = { value = 5 } } }";

#[test]
fn a_hole_among_selected_neighbours_is_filled_once_and_islands_are_not() {
    // a b c in a row, d in the middle of a, b, c; e borders on d only; f borders on nobody.
    let table = town(&known(&[9.0, 9.0, 9.0, 3.0, 3.0, 4.0]));
    let table = bordering(table, &["ab", "bc", "da", "db", "dc", "ed"]);
    let rule = |share: &str, rest: &str| {
        truths(&table, &format!("{HIGH}\n[around.neighbours]\nshare = {share}\n{rest}"))
    };
    // d borders on e, so that three of its four neighbours are selected; e stays out, because
    // the flags are those of the first round.
    assert_eq!(rule("0.75", ""), "TTTTFF");
    assert_eq!(rule("1.0", ""), "TTTFFF");
    // f has no share: not met, or unknown where the rule says so.
    assert_eq!(rule("0.75", "without = \"unknown\""), "TTTTF?");
    let relaxed = "rule = { compare = { fact = \"score\", op = \">\", limit = { value = 3 } } }";
    assert_eq!(rule("0.75", relaxed), "TTTFFF");
}

#[test]
fn an_unknown_neighbour_leaves_the_share_within_bounds() {
    let table = town(&known(&[9.0, f64::NAN, 3.0, 3.0]));
    let table = bordering(table, &["ca", "cb", "da"]);
    let body = |share: &str| format!("{HIGH}\n[around.neighbours]\nshare = {share}");
    assert_eq!(truths(&table, &body("0.5")), "T?TT");
    assert_eq!(truths(&table, &body("1.0")), "T??T");
}

#[test]
fn floors_lists_and_their_reasons() {
    let table = town(&known(&[9.0, 9.0, 1.0, 1.0]));
    let body = format!(
        "{HIGH}\n[around]\nkeep = [{{ area = \"c\", reason = {{ nb = \"fra før\", en = \"from before\" }} }}]\n\
         exclude = [{{ area = \"a\", reason = {{ nb = \"campus\", en = \"campus\" }} }}, {{ area = \"z\", reason = {{ nb = \"-\", en = \"-\" }} }}]"
    );
    let selection = chosen(&table, &body).unwrap();
    assert_eq!(truths(&table, &body), "FTTF");
    assert!(selection.sentence(0).nb.contains("området er unntatt: campus"));
    assert!(selection.sentence(2).en.contains("the area is kept: from before"));
    assert!(!selection.sentence(1).en.contains("kept"), "{}", selection.sentence(1).en);
    assert!(selection.notices().iter().any(|notice| notice.key == "notice.list-unknown"));
    let small = format!("{HIGH}\n[around]\npopulation = {{ at-least = 101 }}");
    assert_eq!(truths(&table, &small), "FFFF");
}

#[test]
fn caps_count_the_eligible_and_treat_ties_as_told() {
    let table = town(&known(&[9.0, 8.0, 7.0, 7.0, 6.0, 1.0]));
    let most = |cut: &str| truths(&table, &format!("{HIGH}\n[around]\nat-most = {{ {cut} }}"));
    assert_eq!(most("take = { areas = 2 }"), "TTFFFF");
    assert_eq!(most("take = { areas = 3 }"), "TTTTFF");
    assert_eq!(most("take = { areas = 3 }, ties = \"none-in\""), "TTFFFF");
    // Six hundred people: 100 ahead of b is a sixth, 200 ahead of c a third.
    assert_eq!(most("take = { share-of-people = 0.3 }"), "TTFFFF");
    assert_eq!(most("take = { share-of-areas = 0.5 }, ties = \"none-in\""), "TTFFFF");
    assert_eq!(
        most("take = { areas = 2 }, by = { fact = \"score\", first = \"smallest\" }"),
        "FFTTTF"
    );
    let cap = truths(&table, &format!("{HIGH}\n[around]\ncap-per-parent = {{ areas = 1 }}"));
    assert_eq!(cap, "TFFTFF");
}

#[test]
fn an_unknown_candidate_may_take_the_last_seat() {
    let table = town(&known(&[9.0, 8.0, f64::NAN, 1.0]));
    let body = format!("{HIGH}\n[around]\nat-most = {{ take = {{ areas = 2 }} }}");
    assert_eq!(truths(&table, &body), "T??F");
    // Of 500 people none live ahead of a, or the 100 of c do, who may also stand anywhere else.
    let table = town(&known(&[9.0, 8.0, f64::NAN, 1.0, 1.0]));
    let body = |share: &str| {
        format!(
            "rule = {{ compare = {{ fact = \"population\", op = \">=\", limit = {{ value = 1 }} }} }}\n\
             [around]\nat-most = {{ take = {{ share-of-people = {share} }} }}"
        )
    };
    assert_eq!(truths(&table, &body("0.2")), "?F?FF");
    assert_eq!(truths(&table, &body("0.3")), "T??FF");
}

#[test]
fn a_second_fact_settles_a_tie() {
    let table = town(&known(&[9.0, 7.0, 7.0, 1.0]));
    let cut = |then: &str| {
        truths(&table, &format!("rule = {{ worst = {{ take = {{ areas = 2 }}{then} }} }}"))
    };
    assert_eq!(cut(""), "TTTF");
    assert_eq!(cut(", then-by = { fact = \"rank\", first = \"smallest\" }"), "TTTF");
    let beside = Beside {
        columns: vec![Column::of("y", &known(&[1.0, 1.0, 2.0, 3.0]))],
        ..Beside::default()
    };
    let table = table.with_beside(Arc::new(beside));
    let fact = "[[fact]]\nid = \"y\"\ntitle = { nb = \"Y\", en = \"Y\" }\n";
    let body =
        "rule = { worst = { take = { areas = 2 }, then-by = { fact = { indicator = \"y\" } } } }";
    assert_eq!(truths(&table, &format!("{body}\n{fact}")), "TFTF");
}

#[test]
fn parents_are_named_and_an_unknown_one_is_told() {
    let table = town(&known(&[1.0, 2.0, 3.0, 4.0]));
    assert_eq!(truths(&table, "rule = { parent = { one-of = [\"east\"] } }"), "FFTT");
    let selection = chosen(&table, "rule = { parent = { one-of = [\"est\"] } }").unwrap();
    assert_eq!(selection.notices()[0].key, "notice.list-unknown");
}

#[test]
fn transforms_of_a_fact() {
    let table = town(&known(&[1.0, 2.0, 3.0, 10.0]));
    let at = |transform: &str, op: &str, limit: &str| {
        truths(
            &table,
            &format!(
                "rule = {{ compare = {{ fact = \"score\", as = {transform}, op = \"{op}\", limit = {{ value = {limit} }} }} }}"
            ),
        )
    };
    assert_eq!(at("\"level\"", ">", "2"), "FFTT");
    assert_eq!(at("{ ratio-to = { value = 2 } }", ">=", "1"), "FTTT");
    // Mean 4 and sd (n - 1) of 4.0825: the last is 1.47 deviations above.
    assert_eq!(at("{ z-score = {} }", ">", "1.4"), "FFFT");
    assert_eq!(at("{ z-score = {} }", ">", "1.5"), "FFFF");
    assert_eq!(at("{ z-score = { over = \"parent\" } }", ">", "0"), "FTFT");
    let people = "{ percentile = { share = \"rank-over-n\", ties = \"average\", weighted-by-population = true } }";
    assert_eq!(at(people, ">=", "0.75"), "FFTT");
    let low = "{ percentile = { share = \"rank-over-n\", ties = \"average\", highest-for = \"smallest\" } }";
    assert_eq!(at(low, ">=", "0.75"), "TTFF");
    // Two steps in order: the ratio to the mean, then its percentile.
    let two =
        "[{ ratio-to-mean = {} }, { percentile = { share = \"rank-over-n\", ties = \"min\" } }]";
    assert_eq!(at(two, ">=", "1"), "FFFT");
}

/// A town with two earlier years, in which the rule held as given.
fn with_years(held: &[&[Option<bool>]], values: &[&[f64]]) -> IndicatorTable {
    let table = town(&known(&[9.0, 9.0, 9.0, 9.0]));
    let past = held.iter().zip(values).enumerate().map(|(back, (held, values))| PastYear {
        year: 2023 - back as i32,
        scores: values.to_vec(),
        ranks: vec![f64::NAN; 4],
        population: vec![100.0; 4],
        domains: BTreeMap::new(),
        indicators: BTreeMap::from([("x".into(), values.to_vec())]),
        held: BTreeMap::from([("rule".to_owned(), held.to_vec())]),
    });
    table.with_beside(Arc::new(Beside {
        year: Some(2024),
        past: past.collect(),
        ..Beside::default()
    }))
}

#[test]
fn persistence_and_staying_on() {
    let (yes, no) = (Some(true), Some(false));
    let held: [&[Option<bool>]; 2] = [&[yes, yes, no, None], &[yes, no, no, yes]];
    let nothing: [&[f64]; 2] = [&[1.0; 4], &[1.0; 4]];
    let table = with_years(&held, &nothing);
    let persists = |rest: &str| {
        truths(&table, &format!("{HIGH}\n[around]\npersistence = {{ years = 3{rest} }}"))
    };
    assert_eq!(persists(""), "TFF?");
    assert_eq!(persists(", at-least = 2"), "TTFT");
    let low = HIGH.replace(">=", "<");
    let stays =
        |years: u16| truths(&table, &format!("{low}\n[around]\nstays = {{ years = {years} }}"));
    assert_eq!(stays(1), "TTF?");
    assert_eq!(stays(2), "TTFT");
    // No year before 2022 is known.
    assert_eq!(stays(3), "TT?T");
}

#[test]
fn means_and_changes_over_years() {
    let held: [&[Option<bool>]; 2] = [&[None; 4], &[None; 4]];
    let table = with_years(&held, &[&[3.0, 9.0, f64::NAN, 0.0], &[0.0, 9.0, 6.0, 9.0]]);
    let at = |transform: &str, op: &str, limit: &str| {
        truths(
            &table,
            &format!(
                "rule = {{ compare = {{ fact = {{ indicator = \"x\" }}, as = {transform}, op = \"{op}\", limit = {{ value = {limit} }} }} }}"
            ),
        )
    };
    assert_eq!(at("{ mean-of-years = { years = 2 } }", ">=", "6"), "TT?F");
    assert_eq!(at("{ mean-of-years = { years = 3, at-least = 2 } }", ">=", "6"), "FTTT");
    assert_eq!(at("{ change-since = { year = 2023 } }", ">", "0"), "TF?T");
    assert_eq!(at("{ change-since = { year = 2023, relative = true } }", ">", "1"), "TF??");
    let error = chosen(
        &table,
        "rule = { compare = { fact = \"score\", as = { change-since = { year = 2001 } }, op = \">\", limit = { value = 0 } } }",
    );
    assert!(error.unwrap_err().to_string().contains("2001"));
}

#[test]
fn tiers_are_circles_within_the_selection() {
    let table = town(&known(&[9.0, 7.0, 6.0, 1.0]));
    let tier = |id: &str, within: &str, limit: u8| {
        format!(
            "[[tier]]\nid = \"{id}\"\n{within}\ntitle = {{ nb = \"{id}\", en = \"{id}\" }}\nrule = {{ compare = {{ fact = \"score\", op = \">\", limit = {{ value = {limit} }} }} }}\n"
        )
    };
    // The narrow tier stands first and is within a later one.
    let body = format!("{HIGH}\n{}{}", tier("wide", "", 6), tier("narrow", "within = \"wide\"", 8));
    let selection = chosen(&table, &body).unwrap();
    let tiers: Vec<Option<usize>> = (0..4).map(|at| selection.tier(at)).collect();
    assert_eq!(tiers, [Some(1), Some(0), None, None]);
    assert_eq!(selection.holds("narrow", 3), Some(Truth::False));
    let circle =
        format!("{HIGH}\n{}{}", tier("a", "within = \"b\"", 6), tier("b", "within = \"a\"", 8));
    assert!(chosen(&table, &circle).unwrap_err().to_string().contains("circle"));
}

#[test]
fn named_criteria_are_counted_and_left_out_unless_asked_for() {
    let table = town(&known(&[9.0, 7.0, 3.0, f64::NAN]));
    let over = |limit: u8| {
        format!(
            "{{ compare = {{ fact = {{ indicator = \"x\" }}, op = \">\", limit = {{ value = {limit} }} }} }}"
        )
    };
    let body = |with: &str| {
        format!(
            "{with}\n[rule]\nall = [{{ criterion = \"low\" }}, {{ criterion = \"hard\" }}]\n\
             [criteria.low]\nrule = {}\n[criteria.hard]\nonly-if-asked = true\n\
             warning = {{ nb = \"streng\", en = \"strict\" }}\nrule = {}\n",
            over(2),
            over(8)
        )
    };
    assert_eq!(truths(&table, &body("")), "TTT?");
    assert_eq!(truths(&table, &body("with = [\"hard\"]")), "TFF?");
    let keys = |with: &str| chosen(&table, &body(with)).unwrap().notices()[0].key;
    assert_eq!(keys(""), "notice.criterion-off");
    assert_eq!(keys("with = [\"hard\"]"), "notice.criterion-on");
    let counted = format!(
        "rule = {{ compare = {{ fact = {{ criteria-met = [\"a\", \"b\"] }}, op = \">=\", limit = {{ value = 1 }} }} }}\n\
         [criteria.a]\nrule = {}\n[criteria.b]\nrule = {{ parent = {{ one-of = [\"east\"] }} }}\n",
        over(8)
    );
    assert_eq!(truths(&table, &counted), "TFTT");
}

#[test]
fn the_share_of_smaller_areas_that_satisfy_a_rule() {
    let table = town(&known(&[1.0, 2.0]));
    let child = |id: &str, parent: &str, people: f64| Area {
        parent: Some(parent.to_owned()),
        population: Some(people),
        ..Area::of(id)
    };
    let areas = vec![
        child("1", "a", 1.0),
        child("2", "a", 9.0),
        child("3", "b", 1.0),
        child("4", "b", 1.0),
    ];
    let inner =
        IndicatorTable::new(areas, vec![Column::of("y", &known(&[5.0, 1.0, 5.0, f64::NAN]))]);
    let children = Children { table: inner, parents: vec![Some(0), Some(0), Some(1), Some(1)] };
    let beside = Beside { children: Some(children), ..Beside::default() };
    let table = table.with_beside(Arc::new(beside));
    let body = |limit: &str, weighted: bool| {
        format!(
            "[[fact]]\nid = \"y\"\nof = \"children\"\ntitle = {{ nb = \"Y\", en = \"Y\" }}\n[rule]\n\
             compare = {{ fact = {{ share-of-children = {{ weighted-by-population = {weighted}, rule = {{ compare = {{ fact = {{ indicator = \"y\" }}, op = \">\", limit = {{ value = 3 }} }} }} }} }}, op = \">=\", limit = {{ value = {limit} }} }}"
        )
    };
    assert_eq!(truths(&table, &body("0.5", false)), "TT");
    assert_eq!(truths(&table, &body("0.6", false)), "F?");
    assert_eq!(truths(&table, &body("0.2", true)), "FT");
}

#[test]
fn a_judgement_is_told_with_its_author() {
    let table = town(&known(&[1.0, 2.0]));
    let by =
        crate::language::Text { nb: "vurdert av X, 2024".into(), en: "judged by X, 2024".into() };
    let beside = Beside {
        columns: vec![Column::of("plan", &known(&[0.8, f64::NAN]))],
        judgements: vec![Judgement { fact: "plan".into(), by: vec![Some(by), None] }],
        ..Beside::default()
    };
    let table = table.with_beside(Arc::new(beside));
    let body = "[[fact]]\nid = \"plan\"\ntitle = { nb = \"Plankvalitet\", en = \"Plan quality\" }\n\
                judged = { author = \"who\", date = \"when\" }\n[rule]\n\
                compare = { fact = { process = \"plan\" }, op = \">=\", limit = { value = 0.5 } }";
    assert_eq!(truths(&table, body), "T?");
    let sentence = chosen(&table, body).unwrap().sentence(0);
    assert!(sentence.en.contains("Plan quality is 0.80 (judged by X, 2024)"), "{}", sentence.en);
}

#[test]
fn a_limit_of_the_areas_own() {
    let table = town(&known(&[4.0, 6.0, f64::NAN]));
    let beside = Beside {
        columns: vec![
            Column::of("national", &known(&[10.0, 10.0, 10.0])),
            Column::of("city", &known(&[0.0, 10.0, 1.0])),
        ],
        ..Beside::default()
    };
    let table = table.with_beside(Arc::new(beside));
    let fact =
        |id: &str| format!("[[fact]]\nid = \"{id}\"\ntitle = {{ nb = \"{id}\", en = \"{id}\" }}\n");
    let body = format!(
        "{}{}[rule]\ncompare = {{ fact = {{ indicator = \"x\" }}, op = \"<\", limit = {{ sum = [{{ times = 0.42, fact = {{ indicator = \"national\" }} }}, {{ times = 0.18, fact = {{ indicator = \"city\" }} }}] }} }}",
        fact("national"),
        fact("city")
    );
    // Limits 4.2 and 6.0.
    assert_eq!(truths(&table, &body), "TF?");
}

#[test]
fn bounds_are_stated() {
    let table = town(&known(&[9.0, f64::NAN, 1.0]));
    let selection = chosen(&table, &format!("unknown = \"bounds\"\n{HIGH}")).unwrap();
    let notice = selection.notices().iter().find(|n| n.key == "notice.selection-bounds").unwrap();
    assert!(notice.text(Language::En).contains("between 1 and 2"));
    assert!(notice.text(Language::En).contains("between 100 and 200"));
}

#[test]
fn a_bad_rule_is_told_with_its_line() {
    let table = town(&known(&[9.0, 1.0]));
    for (body, line, help) in [
        (
            "[rule]\nall = [\n{ compare = { fact = { indicator = \"z\" }, op = \">\", limit = { value = 1 } } },\n]",
            7,
            "x",
        ),
        ("[rule]\nworst = { take = { share-of-areas = 20 } }", 6, "20 per cent is written 0.2"),
        (
            "[rule]\nnot = { criterion = \"poor\" }\n[criteria.por]\nrule = { worst = { take = { areas = 1 } } }",
            6,
            "did you mean `por`?",
        ),
        (
            "[rule]\ncriterion = \"a\"\n[criteria.a]\nrule = { criterion = \"b\" }\n[criteria.b]\nrule = { criterion = \"a\" }",
            7,
            "before-this-year",
        ),
        (
            "[rule]\nat-least = { k = 3, of = [{ worst = { take = { areas = 1 } } }] }",
            6,
            "from 1 to 1",
        ),
        (
            "[rule]\ncompare = { fact = \"score\", as = { percentile = { share = \"rank-over-n\", ties = \"min\" } }, op = \">\", limit = { value = 90 } }",
            6,
            "90 per cent is written 0.9",
        ),
    ] {
        let error = chosen(&table, body).unwrap_err();
        let (SelectError::Parameter { span, source_code, help: said, .. }
        | SelectError::UnknownFact { span, source_code, help: said, .. }) = &error;
        assert!(said.contains(help), "{body}: {said}");
        let text = source_code.as_ref().unwrap().inner();
        let start = span.unwrap_or_else(|| panic!("{body} has no place")).offset();
        assert_eq!(1 + text[..start].matches('\n').count(), line, "{body}");
    }
}

#[test]
fn contradictory_limits_are_told() {
    let table = town(&known(&[9.0, 1.0]));
    let part = |op: &str, limit: u8| {
        format!(
            "{{ compare = {{ fact = \"score\", op = \"{op}\", limit = {{ value = {limit} }} }} }}"
        )
    };
    let rule = |a: &str, b: &str| format!("[rule]\nall = [{a}, {b}]");
    let told = |body: &str| {
        let selection = chosen(&table, body).unwrap();
        selection.notices().iter().any(|notice| notice.key == "notice.rule-contradiction")
    };
    assert!(told(&rule(&part(">", 5), &part("<", 5))));
    assert!(told(&rule(&part(">", 5), &part("<=", 5))));
    assert!(!told(&rule(&part(">=", 5), &part("<=", 5))));
    assert!(!told(&rule(&part(">", 5), &part("<", 6))));
}
