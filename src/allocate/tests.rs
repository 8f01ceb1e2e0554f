use proptest::prelude::*;

use super::base::{
    DEPRIVED, Department, FundedArea, FundingBase, POPULATION, SCORE, WithoutAreaRow,
};
use super::model::ModelFile;
use super::*;
use crate::area::AreaId;
use crate::language::Text;

/// Areas `a00`, `a01`, … with one department's money and figures.
fn base(today: &[i64], figures: &[(&str, &[f64])]) -> FundingBase {
    let department = |id: &str| Department {
        id: id.to_owned(),
        title: Text::same(id),
        theme: Text::same(id),
        column: None,
    };
    FundingBase {
        id: "toy".to_owned(),
        title: Text::same("toy"),
        source: Text::same("toy"),
        synthetic: false,
        price_year: None,
        areas: (0..today.len())
            .map(|at| FundedArea {
                id: AreaId::new(format!("a{at:02}")),
                name: format!("Area {at}"),
                municipality: Some(format!("m{}", at % 2)),
            })
            .collect(),
        departments: vec![department("KMD"), department("JD")],
        today: today
            .iter()
            .map(|&kr| vec![Money::kroner(kr - kr / 4), Money::kroner(kr / 4)])
            .collect(),
        without_area: vec![WithoutAreaRow {
            name: "apart".to_owned(),
            amounts: vec![Money::kroner(7), Money::ZERO],
            municipalities: vec![None, None],
        }],
        constants: std::collections::BTreeMap::new(),
        figures: figures.iter().map(|(name, x)| ((*name).to_owned(), x.to_vec())).collect(),
        selected: None,
        notes: Vec::new(),
        assumptions: Vec::new(),
        notices: Vec::new(),
    }
}

/// A model with these lines before and after what every model needs.
fn model(lines: &str) -> ModelFile {
    let (keys, tables) = match lines.find('[') {
        Some(at) if lines[..at].ends_with('\n') || at == 0 => lines.split_at(at),
        _ => (lines, ""),
    };
    let text = format!(
        "version = 1\nid = \"toy\"\ntitle = {{ nb = \"t\", en = \"t\" }}\nsource = \"toy\"\n\
         {keys}\norganisation = {{ method = \"earmarks\" }}\n{tables}"
    );
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn kroner(amounts: &[Money]) -> Vec<i64> {
    amounts.iter().map(|money| money.as_kroner()).collect()
}

const DEPRIVED_ALL: &str = "formula-share = 1.0\nneed = { method = \"deprived-persons\" }\n";

#[test]
fn block_grant_gives_the_larger_of_two_formulas_scaled_to_the_pot() {
    // Shares. Population: 1/4 1/4 1/2. Poverty: 0.2 0.6 0.2. Overcrowding: 0.4 0.4 0.2.
    // Growth lag: 0.5 0 0.5. Old housing: 0.2 0.1 0.7.
    // A = .25 pop + .5 poverty + .25 overcrowding:
    //   .0625+.1+.1 = .2625   .0625+.3+.1 = .4625   .125+.1+.05 = .275
    // B = .2 growth lag + .3 poverty + .5 old housing:
    //   .1+.06+.1 = .26   0+.18+.05 = .23   .1+.06+.35 = .51
    // The larger: .2625 .4625 .51, in all 1.235; of a pot of 1 235 000 each gets a million times it.
    let base = base(
        &[0, 0, 0],
        &[
            (POPULATION, &[100.0, 100.0, 200.0]),
            ("poverty", &[10.0, 30.0, 10.0]),
            ("overcrowding", &[4.0, 4.0, 2.0]),
            ("growth-lag", &[10.0, 0.0, 10.0]),
            ("old-housing", &[20.0, 10.0, 70.0]),
        ],
    );
    let preset = crate::presets::find(crate::presets::MODELS, "us-cdbg").unwrap();
    let mut model: ModelFile = toml::from_str(preset.text).unwrap();
    model.pot.amount = Some(Money::kroner(1_235_000));
    let done = allocate(&model, &base).unwrap();
    assert_eq!(kroner(&done.damped.amounts), [262_500, 462_500, 510_000]);
    assert!((done.need.formulas[1][2] - 0.51).abs() < 1e-12);
}

#[test]
fn the_gap_formula_has_tiers_and_a_premium() {
    // 100 persons × (100 − 40) × 0.04 = 240, and no one unemployed beyond the average.
    // 100 × (100 − 70) × 0.02 = 60; 20 of 100 unemployed where the average is 15: 5 × 8 = 40.
    let base = base(
        &[0, 0],
        &[
            (POPULATION, &[100.0, 100.0]),
            ("gdp", &[40.0, 70.0]),
            ("gni", &[80.0, 99.0]),
            ("unemployed", &[10.0, 20.0]),
            ("labour", &[100.0, 100.0]),
        ],
    );
    let model = model(
        "formula-share = 1.0\npot = { amount = 3400 }\n[need]\nmethod = \"gap\"\nvalue = \"gdp\"\n\
         reference = 100.0\n\
         rates = { by = \"gni\", tiers = [{ below = 82.0, rate = 0.04 }, { rate = 0.02 }] }\n\
         premium = { persons = \"unemployed\", of = \"labour\", amount = 8.0 }\n",
    );
    let done = allocate(&model, &base).unwrap();
    let claims = done.need.claims.unwrap();
    assert!((claims[0] - 240.0).abs() < 1e-9 && (claims[1] - 100.0).abs() < 1e-9, "{claims:?}");
    assert_eq!(kroner(&done.damped.amounts), [2400, 1000]);
}

#[test]
fn the_guarantee_per_head_is_met_by_all_and_paid_equally_per_head() {
    // Both have 1 000 residents and claim the same, so a million each; the first has two today and
    // may lose 400 a head: 1.6 million. The deduction is 600 a head, and the second is left 400 000.
    let base = base(&[2_000_000, 0], &[(POPULATION, &[1000.0, 1000.0]), (DEPRIVED, &[10.0, 10.0])]);
    let preset = crate::presets::find(crate::presets::MODELS, "no-ingar").unwrap();
    let done = allocate(&toml::from_str(preset.text).unwrap(), &base).unwrap();
    assert_eq!(kroner(&done.damped.amounts), [1_600_000, 400_000]);
    assert_eq!(done.damped.deduction_per_head, Some(600.0));
    assert_eq!(done.damped.cost, Money::kroner(600_000));
}

#[test]
fn a_missing_figure_stops_or_keeps_today_and_is_never_zero() {
    let base = base(&[500, 300, 200], &[(DEPRIVED, &[10.0, f64::NAN, 30.0])]);
    let stop = allocate(&model(DEPRIVED_ALL), &base).unwrap_err();
    assert!(matches!(stop, AllocateError::MissingNeed { n: 1, .. }), "{stop}");
    let keep = format!("missing-need = \"keep-today\"\n{DEPRIVED_ALL}");
    let done = allocate(&model(&keep), &base).unwrap();
    assert_eq!(kroner(&done.damped.amounts), [175, 300, 525]);
    assert!(done.notices.iter().any(|notice| notice.key == "allocate.keeps-today"));
}

#[test]
fn what_cannot_be_met_says_by_how_much() {
    let base = base(&[600, 400], &[(DEPRIVED, &[1.0, 1.0]), (POPULATION, &[5.0, 0.0])]);
    let of = |lines: &str| allocate(&model(&format!("{DEPRIVED_ALL}{lines}")), &base).unwrap_err();
    let floors = of("bounds = { floor = 700 }\n");
    assert!(
        matches!(floors, AllocateError::FloorsAbovePot { by, .. } if by == Money::kroner(400)),
        "{floors}"
    );
    let caps = of("bounds = { cap-share = 0.4 }\n");
    assert!(
        matches!(caps, AllocateError::CapsBelowPot { by, .. } if by == Money::kroner(200)),
        "{caps}"
    );
    assert!(matches!(of("bounds = { floor = 9, cap = 8 }\n"), AllocateError::FloorAboveCap { .. }));
    let themes = of("themes = { floor-share = { KMD = 0.8, JD = 0.3 } }\n");
    assert!(
        matches!(themes, AllocateError::ThemeFloorsAbovePot { by, .. } if by == Money::kroner(100)),
        "{themes}"
    );
    assert!(matches!(
        of("pot = { departments = [\"KND\"] }\n"),
        AllocateError::UnknownDepartment { .. }
    ));
    let people =
        allocate(&model("formula-share = 1.0\nneed = { method = \"population\" }\n"), &base);
    assert!(matches!(people, Err(AllocateError::NobodyLives { n: 1, .. })));
    let mut none = base.clone();
    none.figures.insert(DEPRIVED.to_owned(), vec![0.0, 0.0]);
    assert!(matches!(allocate(&model(DEPRIVED_ALL), &none), Err(AllocateError::AllZero { .. })));
    let scores = "formula-share = 1.0\nneed = { method = \"population-by-score\", function = \
                  { shape = \"linear\" } }\n";
    none.figures.insert(SCORE.to_owned(), vec![1.0, -1.0]);
    none.figures.insert(POPULATION.to_owned(), vec![1.0, 1.0]);
    assert!(matches!(allocate(&model(scores), &none), Err(AllocateError::Negative { .. })));
}

#[test]
fn departments_that_stay_outside_keep_their_cells() {
    let base = base(&[800, 400], &[(DEPRIVED, &[1.0, 1.0])]);
    let done =
        allocate(&model(&format!("{DEPRIVED_ALL}pot = {{ departments = [\"KMD\"] }}\n")), &base)
            .unwrap();
    assert_eq!(done.pot.total, Money::kroner(900));
    assert_eq!(kroner(&done.amounts()), [450 + 200, 450 + 100]);
    assert!(done.themes.iter().all(|row| row[1] == Money::ZERO));
}

#[test]
fn unmatched_money_stays_in_the_sum() {
    let base = base(&[500, 500], &[(DEPRIVED, &[1.0, 1.0]), ("own-money", &[100.0, 9000.0])]);
    let lines = format!("{DEPRIVED_ALL}matching = {{ municipal-share = 0.25 }}\n");
    let done = allocate(&model(&lines), &base).unwrap();
    // A quarter of 667 is 167; with 100 the state pays three times that.
    assert_eq!(kroner(&done.amounts()), [300, 500]);
    assert_eq!(done.unmatched(), Money::kroner(200));
}

#[test]
fn readiness_is_a_gate_or_a_weight() {
    let base =
        base(&[500, 500, 0], &[(DEPRIVED, &[1.0, 1.0, 2.0]), ("readiness", &[0.2, 1.0, 0.5])]);
    let with = |counts: &str| {
        let lines =
            format!("{DEPRIVED_ALL}readiness = {{ source = \"toy\", counts = {counts} }}\n");
        kroner(&allocate(&model(&lines), &base).unwrap().damped.amounts)
    };
    assert_eq!(with("{ as = \"gate\", at-least = 0.5 }"), [0, 333, 667]);
    // Claims 0.6, 1 and 1.5 at half weight: 193.5, 322.6 and 483.9; the largest remainders round up.
    assert_eq!(with("{ as = \"weight\", weight = 0.5 }"), [193, 323, 484]);
}

fn any_model() -> impl Strategy<Value = String> {
    let phi = prop_oneof![Just(0.0), Just(0.5), Just(1.0)];
    let damping = prop_oneof![
        Just("{ method = \"none\" }"),
        Just("{ method = \"hold-harmless\", share = 0.9 }"),
        Just("{ method = \"guarantee-per-head\", limit-per-head = 50 }"),
    ];
    let bounds = prop_oneof![Just("{}"), Just("{ floor = 1000 }"), Just("{ cap-share = 0.5 }")];
    let unit = prop_oneof![Just("kroner"), Just("thousand-kroner")];
    let themes = prop_oneof![
        Just("{}"),
        Just("{ floor-of-today = 0.9, split = { method = \"department-shares\" } }"),
        Just("{ floor-share = { JD = 0.4 } }"),
    ];
    (phi, damping, bounds, unit, themes, 1..5_u32).prop_map(
        |(phi, damping, bounds, unit, themes, years)| {
            format!(
                "formula-share = {phi:?}\nneed = {{ method = \"deprived-persons\" }}\n\
                 damping = {damping}\nbounds = {bounds}\nrounding = {{ unit = \"{unit}\" }}\n\
                 themes = {themes}\nphase-in = {{ years = {years} }}\n\
                 carry-over = {{ share = 0.5, unspent = 0.1, years = 3 }}\n"
            )
        },
    )
}

prop_compose! {
    fn any_base()(rows in prop::collection::vec(
        (0..5_000_000_i64, 1.0..50_000.0_f64, 0.01..0.5_f64), 2..12)) -> FundingBase {
        let today: Vec<i64> = rows.iter().map(|row| row.0 + 10_000).collect();
        let people: Vec<f64> = rows.iter().map(|row| row.1.round()).collect();
        let deprived: Vec<f64> = rows.iter().map(|row| (row.1 * row.2).round() + 1.0).collect();
        base(&today, &[(POPULATION, &people), (DEPRIVED, &deprived)])
    }
}

proptest! {
    #[test]
    fn at_every_stage_the_parts_sum_to_the_pot(base in any_base(), lines in any_model()) {
        let Ok(done) = allocate(&model(&lines), &base) else { return Ok(()) };
        let total = done.pot.total;
        let sum = |amounts: &[Money]| amounts.iter().sum::<Money>();
        prop_assert_eq!(sum(&done.shares.amounts), total);
        prop_assert_eq!(sum(&done.bounded.amounts), total);
        prop_assert_eq!(sum(&done.damped.amounts), total);
        for year in &done.path {
            prop_assert_eq!(sum(year), total);
        }
        for (row, amount) in done.themes.iter().zip(&done.damped.amounts) {
            prop_assert_eq!(sum(row), *amount);
            prop_assert!(row.iter().all(|money| *money >= Money::ZERO));
        }
        for line in &done.years {
            let out = line.spent + line.carried_out + line.lapsed;
            prop_assert_eq!(line.given + line.carried_in, out);
        }
        for (at, amount) in done.bounded.amounts.iter().enumerate() {
            let kr = amount.as_f64();
            prop_assert!(kr >= done.bounded.lower[at] - 1e-3, "floor {}", at);
            prop_assert!(kr <= done.bounded.upper[at] + 1e-3, "cap {}", at);
        }
        let of_theme = |k: usize| done.themes.iter().map(|row| row[k].as_f64()).sum::<f64>();
        if lines.contains("floor-of-today") {
            for k in 0..2 {
                prop_assert!(of_theme(k) >= 0.9 * base.today_of_department(k).as_f64() - 1e-3);
            }
        }
        if lines.contains("JD = 0.4") {
            prop_assert!(of_theme(1) >= 0.4 * total.as_f64() - 1e-3);
        }
    }

    #[test]
    fn the_guarantee_holds_for_every_area_and_the_deduction_is_equal(base in any_base()) {
        let lines = format!("{DEPRIVED_ALL}damping = {{ method = \"guarantee-per-head\", \
                             limit-per-head = 20 }}\n");
        let done = allocate(&model(&lines), &base).unwrap();
        let people = &base.figures[POPULATION];
        let deduction = done.damped.deduction_per_head.unwrap();
        for (at, amount) in done.damped.amounts.iter().enumerate() {
            let (kr, guarantee) = (amount.as_f64(), done.damped.guarantee[at]);
            prop_assert!(kr >= guarantee - 1.0, "{} below {}", kr, guarantee);
            let paid = done.bounded.exact[at] - deduction * people[at];
            let right = paid.max(guarantee);
            prop_assert!((kr - right).abs() < 1.0 + 1e-3, "{} is not {}", kr, right);
        }
    }

    #[test]
    fn more_money_or_more_need_is_never_less(base in any_base(), at in 0..12_usize, more in 1.0..1e4_f64) {
        let at = at % base.areas.len();
        for bounds in ["{}", "{ cap-share = 0.6 }", "{ floor = 500 }"] {
            let mut asked = model(&format!("{DEPRIVED_ALL}bounds = {bounds}\n"));
            let before = allocate(&asked, &base).unwrap();
            let mut needier = base.clone();
            needier.figures.get_mut(DEPRIVED).unwrap()[at] += more;
            let after = allocate(&asked, &needier).unwrap();
            let one = Money::kroner(1);
            prop_assert!(after.bounded.amounts[at] + one >= before.bounded.amounts[at]);
            asked.pot.amount = Some(before.pot.total + Money::kroner(more as i64));
            let richer = allocate(&asked, &base).unwrap();
            for (poor, rich) in before.bounded.amounts.iter().zip(&richer.bounded.amounts) {
                prop_assert!(*rich + one >= *poor);
            }
        }
    }

    #[test]
    fn names_and_order_change_nothing_and_equals_get_equal(base in any_base()) {
        let asked = model(DEPRIVED_ALL);
        let before = allocate(&asked, &base).unwrap().damped.amounts;
        let mut turned = base.clone();
        turned.areas.reverse();
        turned.today.reverse();
        turned.figures.values_mut().for_each(|column| column.reverse());
        for (at, area) in turned.areas.iter_mut().enumerate() {
            area.id = AreaId::new(format!("z{at}"));
        }
        let mut after = allocate(&asked, &turned).unwrap().damped.amounts;
        after.reverse();
        for (a, b) in before.iter().zip(&after) {
            prop_assert!((a.as_kroner() - b.as_kroner()).abs() <= 1);
        }
        let mut equal = base.clone();
        let first = equal.figures[DEPRIVED][0];
        equal.figures.get_mut(DEPRIVED).unwrap()[1] = first;
        let done = allocate(&asked, &equal).unwrap().damped.amounts;
        prop_assert!((done[0].as_kroner() - done[1].as_kroner()).abs() <= 1);
    }
}
