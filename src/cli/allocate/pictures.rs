//! Which charts go with a comparison of funding models?

use levekaar::allocate::base::{FundingBase, POPULATION};
use levekaar::allocate::compare::Comparison;
use levekaar::allocate::measure::{Better, Measure};
use levekaar::allocate::scorecard::Line;
use levekaar::boundary::Boundaries;
use levekaar::classify::{Classing, classify};
use levekaar::indicator::Direction;
use levekaar::language::{Language, message};
use levekaar::map::{
    ChartHead, Curve, Gap, Key, Look, MapArea, MapRequest, Row, SLOPES, SelectionMark, Shift,
    Standing, lorenz, money_map, scorecard_table, slope_chart, waterfall,
};
use levekaar::money::Money;
use levekaar::report::funding::{Chart, value_text};
use miette::IntoDiagnostic;

/// Slope and waterfall of each model that moves money, the Lorenz curves, the scorecard, and a map
/// of each model where there are boundaries.
pub(super) fn charts(
    comparison: &Comparison,
    base: &FundingBase,
    boundaries: Option<&Boundaries>,
    lines: &[Line],
    language: Language,
) -> miette::Result<Vec<Chart>> {
    let say = |key: &str, values: &[(&str, &str)]| {
        message(language, &format!("allocate.chart-{key}"), values)
    };
    let source = message(language, "map.source", &[("source", base.source.get(language))]);
    let mut charts = Vec::new();
    let mut add = |file: String, caption: &str, svg: String| {
        charts.push(Chart { file, caption: caption.to_owned(), svg });
    };
    for (at, allocation) in comparison.allocations.iter().enumerate() {
        let shifts: Vec<Shift> = (base.areas.iter().zip(&comparison.changes))
            .map(|(area, changes)| Shift {
                name: area.name.to_string(),
                before: changes[at].today,
                after: changes[at].model,
            })
            .collect();
        if shifts.iter().all(|shift| shift.before == shift.after) {
            continue;
        }
        let model = allocation.model.title.get(language);
        let mut notes = vec![say("slope-how", &[]), source.clone()];
        if shifts.len() > SLOPES {
            let shown = SLOPES.to_string();
            let n = shifts.len().to_string();
            notes.insert(0, say("slope-cut", &[("shown", &shown), ("n", &n)]));
        }
        notes.extend(assumptions(comparison, base, at, language));
        let head = |title: &'static str| {
            (say(title, &[("model", model)]), say(&format!("{title}-sub"), &[]))
        };
        let (title, subtitle) = head("slope");
        let chart = ChartHead {
            title: &title,
            subtitle: &subtitle,
            language,
            synthetic: base.synthetic,
            notes: &notes,
        };
        let id = &allocation.model.id;
        add(format!("slope-{id}.svg"), &title, slope_chart(&chart, &shifts));
        let (title, subtitle) = head("waterfall");
        let notes = vec![source.clone()];
        let chart = ChartHead { title: &title, subtitle: &subtitle, notes: &notes, ..chart };
        add(format!("waterfall-{id}.svg"), &title, waterfall(&chart, &shifts));
    }
    if let Some(need) = &comparison.reference {
        let of_today: Vec<f64> =
            (0..base.areas.len()).map(|at| base.today_of(at).as_f64()).collect();
        let mut curves = Vec::new();
        if of_today.iter().any(|kroner| *kroner > 0.0) {
            curves.push(Curve { title: say("today", &[]), money: of_today });
        }
        for allocation in &comparison.allocations {
            let money: Vec<f64> = allocation.amounts().iter().map(|m| m.as_f64()).collect();
            // A model that changes nothing would hide today's curve.
            if curves.iter().all(|curve| curve.money != money) {
                let title = allocation.model.title.get(language).to_owned();
                curves.push(Curve { title, money });
            }
        }
        let (title, subtitle) = (say("lorenz", &[]), say("lorenz-sub", &[]));
        let n = need.iter().filter(|claim| **claim > 0.0).count().to_string();
        let all = base.areas.len().to_string();
        let notes = vec![say("lorenz-how", &[("n", &n), ("all", &all)]), source.clone()];
        let chart = ChartHead {
            title: &title,
            subtitle: &subtitle,
            language,
            synthetic: base.synthetic,
            notes: &notes,
        };
        add("lorenz.svg".to_owned(), &title, lorenz(&chart, need, &curves));
    }
    let (title, subtitle) = (say("scorecard", &[]), say("scorecard-sub", &[]));
    let notes = vec![message(language, "allocate.page-star", &[]), source.clone()];
    let chart = ChartHead {
        title: &title,
        subtitle: &subtitle,
        language,
        synthetic: base.synthetic,
        notes: &notes,
    };
    let models: Vec<String> = comparison
        .allocations
        .iter()
        .map(|allocation| allocation.model.title.get(language).to_owned())
        .collect();
    let svg = scorecard_table(&chart, &models, &rows(lines, language));
    add("scorecard.svg".to_owned(), &title, svg);
    charts.extend(maps(comparison, base, boundaries, language)?);
    Ok(charts)
}

fn assumptions(
    comparison: &Comparison,
    base: &FundingBase,
    model: usize,
    language: Language,
) -> Vec<String> {
    let word = message(language, "allocate.section-assumption", &[]);
    base.assumptions
        .iter()
        .chain(&comparison.allocations[model].model.assumptions)
        .map(|text| format!("{word}: {}", text.get(language)))
        .collect()
}

/// The rows of the scorecard, with the id where a property begins.
fn rows(lines: &[Line], language: Language) -> Vec<Row> {
    let mut last = String::new();
    lines
        .iter()
        .map(|line| {
            let id =
                if line.property.id == last { String::new() } else { line.property.id.clone() };
            last.clone_from(&line.property.id);
            let title = message(language, &format!("allocate.m-{}", line.measure), &[]);
            let fields = line
                .by_model
                .iter()
                .map(|measure| {
                    (value_text(measure, language), standing(measure, &line.by_model, language))
                })
                .collect();
            Row { id, title, fields }
        })
        .collect()
}

fn standing(measure: &Measure, all: &[Measure], language: Language) -> Standing {
    let Ok(own) = measure.value else { return Standing::Nothing };
    let values: Vec<f64> = all.iter().filter_map(|other| other.value.ok()).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // What is printed alike is not told apart, and rounding to kroner is no difference.
    let own_text = value_text(measure, language);
    let mut computed = all.iter().filter(|other| other.value.is_ok());
    let is_alike = computed.all(|other| value_text(other, language) == own_text);
    if is_alike || high - low <= 1e-6 * high.abs().max(1.0) {
        return Standing::Middle;
    }
    let (best, worst) = match measure.better {
        Better::High => (high, low),
        Better::Low => (low, high),
        Better::Neither => return Standing::Middle,
    };
    if own == best {
        Standing::Best
    } else if own == worst {
        Standing::Worst
    } else {
        Standing::Middle
    }
}

/// Kroner per resident of each model that moves money; the areas that have money today are
/// outlined.
fn maps(
    comparison: &Comparison,
    base: &FundingBase,
    boundaries: Option<&Boundaries>,
    language: Language,
) -> miette::Result<Vec<Chart>> {
    let Some(boundaries) = boundaries else { return Ok(Vec::new()) };
    let Some(people) = base.figure_or_none(POPULATION) else { return Ok(Vec::new()) };
    let say = |key: &str| message(language, &format!("allocate.chart-{key}"), &[]);
    let reason = message(language, "map.reason_no_figures", &[]);
    // The models' maps have one set of classes, so that a colour means the same on each.
    let n_areas = base.areas.len();
    let per_head: Vec<f64> = (0..comparison.allocations.len())
        .flat_map(|model| comparison.changes.iter().map(move |changes| changes[model].per_head))
        .map(|kroner| kroner.unwrap_or(f64::NAN))
        .collect();
    if per_head.iter().all(|kroner| kroner.is_nan()) {
        return Ok(Vec::new());
    }
    let classes = classify(&per_head, &Classing::FisherJenks { classes: 5 }).into_diagnostic()?;
    let mut charts = Vec::new();
    for (model, allocation) in comparison.allocations.iter().enumerate() {
        let of_model = model * n_areas..(model + 1) * n_areas;
        let (per_head, class_of) = (&per_head[of_model.clone()], &classes.class_of()[of_model]);
        let areas: Vec<MapArea<'_>> = boundaries
            .shapes()
            .iter()
            .map(|shape| {
                let at = base.areas.iter().position(|area| area.id == shape.id);
                let funded = at.is_some_and(|at| base.today_of(at) > Money::ZERO);
                MapArea {
                    shape,
                    name: at.map_or(shape.id.as_str(), |at| base.areas[at].name.as_str()),
                    value: at.map_or(f64::NAN, |at| per_head[at]),
                    second: f64::NAN,
                    gap: Gap::Missing,
                    reason: &reason,
                    class: at.and_then(|at| class_of[at]),
                    population: at.map(|at| people[at]).filter(|people| !people.is_nan()),
                    selection: if funded {
                        SelectionMark::Selected
                    } else {
                        SelectionMark::NotSelected
                    },
                }
            })
            .collect();
        let svg = money_map(
            &MapRequest {
                title: base.title.get(language),
                subtitle: allocation.model.title.get(language),
                source: base.source.get(language),
                language,
                synthetic: base.synthetic,
                legend_title: &say("map-legend"),
                direction: Direction::HigherIsWorse,
                note: None,
                decimals: 0,
                key: Key::Ranges { limits: classes.limits(), turn: None },
                selection_rule: Some(&say("map-funded")),
                areas: &areas,
                look: Look::default(),
            },
            &say("map-darker"),
        );
        let title = allocation.model.title.get(language);
        let caption = format!("{}: {title}", say("map-legend"));
        charts.push(Chart { file: format!("map-{}.svg", allocation.model.id), caption, svg });
    }
    Ok(charts)
}
