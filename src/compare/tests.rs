use super::*;
use crate::analysis::analyse;
use crate::index::{IndexDefinition, Plan};
use crate::indicator::{Column, IndicatorTable};

#[test]
fn the_same_result_twice_moves_nothing() {
    let a = analysis("arithmetic-mean", [0.6, 0.4], &TABLE);
    let same = compare(&a, &a);
    assert_eq!((same.spearman, same.kendall_tau_b), (Some(1.0), Some(1.0)));
    assert!(same.areas.iter().all(|shift| shift.rank_shift == Some(0.0)));
    assert_eq!((same.worst_quintile.n_both, same.worst_quintile.n_entering), (1, 0));
}

#[test]
fn the_parts_sum_to_the_shift_of_the_score() {
    let a = analysis("arithmetic-mean", [0.5, 0.5], &TABLE);
    let b = analysis("arithmetic-mean", [0.9, 0.1], &TABLE);
    let both = compare(&a, &b);
    assert_eq!(both.parts, Ok(vec!["x".to_owned(), "y".to_owned()]));
    for shift in &both.areas {
        assert!(shift.rest.unwrap().abs() < 1e-12);
        assert_eq!(shift.by_part.len(), 2);
    }
    // `e` has x = 4 and y = 0 of 4: 50 becomes 90.
    let e = both.areas.iter().find(|shift| shift.area.as_str() == "e").unwrap();
    assert_eq!((e.score, e.by_part.as_slice()), ([Some(50.0), Some(90.0)], &[40.0, 0.0][..]));
    assert_eq!(e.rank[1], Some(1.0));
}

#[test]
fn a_mean_that_is_no_sum_is_not_decomposed() {
    let a = analysis("arithmetic-mean", [0.5, 0.5], &TABLE);
    let b = analysis("geometric-mean", [0.5, 0.5], &TABLE);
    let both = compare(&a, &b);
    assert_eq!(both.parts, Err(NotDecomposable::NotASum));
    assert!(both.areas.iter().all(|shift| shift.by_part.is_empty() && shift.rest.is_none()));
}

#[test]
fn areas_of_one_result_are_listed_and_people_are_counted() {
    let a = analysis("arithmetic-mean", [1.0, 0.0], &TABLE);
    let mut other = TABLE;
    other[0] = ("f", 5.0, 0.5, 60.0);
    let b = analysis("arithmetic-mean", [0.0, 1.0], &other);
    let both = compare(&a, &b);
    assert_eq!((both.only_a, both.only_b), (vec![AreaId::from("a")], vec![AreaId::from("f")]));
    // The worst fifth is `e` by x and `b` by y.
    let people = (both.worst_quintile.people_leaving, both.worst_quintile.people_entering);
    assert_eq!(people, (Some(50.0), Some(20.0)));
    assert_eq!(both.areas[0].rank_shift, Some(4.0));
}

const TABLE: [(&str, f64, f64, f64); 5] = [
    ("a", 0.0, 4.0, 10.0),
    ("b", 1.0, 3.0, 20.0),
    ("c", 2.0, 2.0, 30.0),
    ("d", 3.0, 1.0, 40.0),
    ("e", 4.0, 0.0, 50.0),
];

fn analysis(method: &str, weights: [f64; 2], rows: &[(&str, f64, f64, f64)]) -> Analysis {
    let low = if method == "arithmetic-mean" { 0 } else { 1 };
    let text = format!(
        r#"
        version = 1
        id = "toy"
        title = {{ nb = "Leke", en = "Toy" }}
        source = "invented"
        licence = "CC0-1.0"
        score = {{ aggregate = {{ method = "{method}" }} }}
        ranking = {{ ties = "min" }}
        defaults = {{ normalise = {{ method = "min-max", low = {low}, high = 100 }} }}
        [[indicator]]
        id = "x"
        title = {{ nb = "X", en = "X" }}
        unit = "1"
        direction = "higher-is-worse"
        weight = {}
        [[indicator]]
        id = "y"
        title = {{ nb = "Y", en = "Y" }}
        unit = "1"
        direction = "higher-is-worse"
        weight = {}
        "#,
        weights[0], weights[1]
    );
    let definition: IndexDefinition = toml::from_str(&text).unwrap();
    let areas: Vec<Area> = rows
        .iter()
        .map(|row| {
            let mut area = Area::of(row.0);
            area.population = Some(row.3);
            area
        })
        .collect();
    let column = |id: &str, of: fn(&(&str, f64, f64, f64)) -> f64| {
        Column::of(id, &rows.iter().map(|row| Some(of(row))).collect::<Vec<_>>())
    };
    let table =
        IndicatorTable::new(areas, vec![column("x", |row| row.1), column("y", |row| row.2)]);
    analyse(table, &Plan::of(&definition).unwrap(), None, Vec::new()).unwrap()
}
