//! How do comparisons, diagnoses and measures stand in a file?
//!
//! CSV with one header line, numbers as they read back, an empty cell where there is nothing.

use std::io::{self, Write};

use super::{outcome_name, push_number, push_text};
use crate::compare::{Comparison, Shift};
use crate::diagnose::Diagnosis;
use crate::index::IndexDefinition;
use crate::indicator::IndicatorId;
use crate::poverty::GroupPoverty;
use crate::summarise::{Conventions, MEASURES, Summaries};

/// One cell of a row.
enum Cell<'a> {
    Text(&'a str),
    Number(Option<f64>),
    Flag(bool),
}

fn count(n: usize) -> Cell<'static> {
    Cell::Number(Some(n as f64))
}

fn push_row<'a>(out: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match cell {
            Cell::Text(text) => push_text(out, text),
            Cell::Number(x) => push_number(out, x.unwrap_or(f64::NAN)),
            Cell::Flag(yes) => out.push_str(if yes { "true" } else { "false" }),
        }
    }
    out.push('\n');
}

/// The counting measures of poverty: one line a cut-off, group and measure, and one an indicator
/// where the measure has parts. `low` and `high` are what missing flags could decide.
///
/// # Errors
///
/// Those of `out`.
pub fn poverty_csv(
    out: &mut (impl Write + ?Sized),
    found: &[(f64, Vec<GroupPoverty>)],
    indicators: &[&IndicatorId],
) -> io::Result<()> {
    let mut text = String::from("cutoff,group,measure,indicator,value,low,high\n");
    let number = |x: f64| Cell::Number((!x.is_nan()).then_some(x));
    let none = || Cell::Number(None);
    for (cutoff, groups) in found {
        for group in groups {
            let name = group.group.as_deref().unwrap_or("all");
            let (measures, (low, high)) = (&group.measures, &group.bounds);
            let start = |measure| [number(*cutoff), Cell::Text(name), Cell::Text(measure)];
            let lines = [
                ("rows", group.n_rows as f64, None),
                ("rows_left_out", measures.left_out.len() as f64, None),
                ("population", measures.population, None),
                ("headcount", measures.headcount, Some((low.headcount, high.headcount))),
                ("intensity", measures.intensity, None),
                (
                    "adjusted_headcount",
                    measures.adjusted_headcount,
                    Some((low.adjusted_headcount, high.adjusted_headcount)),
                ),
                ("contribution_of_group", group.contribution, None),
            ];
            for (measure, value, range) in lines {
                let (low, high) = range.unwrap_or((f64::NAN, f64::NAN));
                let rest = [Cell::Text(""), number(value), number(low), number(high)];
                push_row(&mut text, start(measure).into_iter().chain(rest));
            }
            for (measure, values) in [
                ("uncensored_headcount", &measures.uncensored),
                ("censored_headcount", &measures.censored),
                ("contribution", &measures.contributions),
            ] {
                for (indicator, value) in indicators.iter().zip(values) {
                    let rest = [Cell::Text(indicator.as_str()), number(*value), none(), none()];
                    push_row(&mut text, start(measure).into_iter().chain(rest));
                }
            }
        }
    }
    out.write_all(text.as_bytes())
}

/// One line an area: ranks, scores, shifts, worst classes, answers of the rules, and the score
/// shift by part (`shift_ID`, and `shift_rest` for what rounding leaves). `in` is `both`, `a` or
/// `b`. Those that move most come first.
///
/// # Errors
///
/// Those of `out`.
pub fn comparison_csv(out: &mut (impl Write + ?Sized), comparison: &Comparison) -> io::Result<()> {
    let parts: &[String] = comparison.parts.as_deref().unwrap_or_default();
    let mut text = String::from(
        "area,name,in,rank_a,rank_b,rank_shift,score_a,score_b,score_shift,worst_decile_a,\
         worst_decile_b,worst_quintile_a,worst_quintile_b,outcome_a,outcome_b",
    );
    for part in parts.iter().map(String::as_str).chain((!parts.is_empty()).then_some("rest")) {
        text.push(',');
        push_text(&mut text, &format!("shift_{part}"));
    }
    text.push('\n');
    for shift in &comparison.areas {
        push_row(&mut text, shift_cells(shift, parts.len()));
    }
    let n_after = 12 + if parts.is_empty() { 0 } else { parts.len() + 1 };
    for (areas, side) in [(&comparison.only_a, "a"), (&comparison.only_b, "b")] {
        for area in areas {
            let empty = (0..n_after).map(|_| Cell::Number(None));
            let cells = [Cell::Text(area.as_str()), Cell::Text(""), Cell::Text(side)];
            push_row(&mut text, cells.into_iter().chain(empty));
        }
    }
    out.write_all(text.as_bytes())
}

fn shift_cells(shift: &Shift, n_parts: usize) -> impl Iterator<Item = Cell<'_>> {
    let outcome = |at: usize| Cell::Text(shift.selected[at].map_or("", outcome_name));
    let parts = (0..n_parts).map(|at| Cell::Number(shift.by_part.get(at).copied()));
    let rest = (n_parts > 0).then_some(Cell::Number(shift.rest));
    [
        Cell::Text(shift.area.as_str()),
        Cell::Text(&shift.name),
        Cell::Text("both"),
        Cell::Number(shift.rank[0]),
        Cell::Number(shift.rank[1]),
        Cell::Number(shift.rank_shift),
        Cell::Number(shift.score[0]),
        Cell::Number(shift.score[1]),
        Cell::Number(shift.score_shift),
        Cell::Flag(shift.in_worst_decile[0]),
        Cell::Flag(shift.in_worst_decile[1]),
        Cell::Flag(shift.in_worst_quintile[0]),
        Cell::Flag(shift.in_worst_quintile[1]),
        outcome(0),
        outcome(1),
    ]
    .into_iter()
    .chain(parts)
    .chain(rest)
}

/// One line a parent: size, measures and the parent's rank on each; every line repeats the
/// conventions, so that it can be cut out and still be read.
///
/// # Errors
///
/// Those of `out`.
pub fn summaries_csv(out: &mut (impl Write + ?Sized), summaries: &Summaries) -> io::Result<()> {
    let mut text = String::from("parent,n_areas,population");
    for suffix in ["", "_rank"] {
        for measure in MEASURES {
            text.push_str(&format!(",{measure}{suffix}"));
        }
    }
    text.push_str(",conventions\n");
    let conventions = conventions(&summaries.conventions, summaries.n_ranked);
    for (parent, ranks) in summaries.parents.iter().zip(&summaries.ranks) {
        let name = [
            Cell::Text(parent.parent.as_str()),
            count(parent.n_areas),
            Cell::Number(Some(parent.population)),
        ];
        let measures = parent.measures().map(|x| Cell::Number(Some(x)));
        let ranks = ranks.map(count);
        let cells = name.into_iter().chain(measures).chain(ranks);
        push_row(&mut text, cells.chain([Cell::Text(&conventions)]));
    }
    out.write_all(text.as_bytes())
}

/// The conventions in one line of plain text.
fn conventions(c: &Conventions, n_ranked: usize) -> String {
    format!(
        "ranks turned to {n_ranked} + 1 - r (larger is worse); proportion: r <= {} n; extent: 1 \
         to percentile {}, then {} falling to {} at percentile {}; local concentration: {} of the \
         population",
        c.worst_share,
        c.extent_full,
        c.extent_first,
        c.extent_last,
        c.extent_end,
        c.concentration_share
    )
}

/// One line an indicator, as measured.
///
/// # Errors
///
/// Those of `out`.
pub fn statistics_csv(out: &mut (impl Write + ?Sized), diagnosis: &Diagnosis) -> io::Result<()> {
    let mut text = String::from(
        "indicator,n,n_missing,n_suppressed,min,max,mean,median,sd,skewness,kurtosis,same_share,\
         outliers\n",
    );
    for row in &diagnosis.statistics {
        push_row(
            &mut text,
            [
                Cell::Text(row.indicator.as_str()),
                count(row.n),
                count(row.n_missing),
                count(row.n_suppressed),
                Cell::Number(Some(row.min)),
                Cell::Number(Some(row.max)),
                Cell::Number(Some(row.mean)),
                Cell::Number(Some(row.median)),
                Cell::Number(Some(row.sd)),
                Cell::Number(row.skewness),
                Cell::Number(row.kurtosis),
                Cell::Number(Some(row.same_share)),
                Cell::Flag(row.outliers),
            ],
        );
    }
    out.write_all(text.as_bytes())
}

/// One line a pair of comparable indicators.
///
/// # Errors
///
/// Those of `out`.
pub fn correlations_csv(out: &mut (impl Write + ?Sized), diagnosis: &Diagnosis) -> io::Result<()> {
    let mut text = String::from("a,b,same_domain,n,pearson,spearman,flag\n");
    for row in &diagnosis.correlations {
        push_row(
            &mut text,
            [
                Cell::Text(row.a.as_str()),
                Cell::Text(row.b.as_str()),
                Cell::Flag(row.same_domain),
                count(row.n),
                Cell::Number(row.pearson),
                Cell::Number(row.spearman),
                Cell::Text(row.flag.map_or("", crate::diagnose::Flag::name)),
            ],
        );
    }
    out.write_all(text.as_bytes())
}

/// Eigenvalues with their shares, the loadings of the first component, and Cronbach's alpha:
/// `kind,name,value,share`.
///
/// # Errors
///
/// Those of `out`.
pub fn components_csv(
    out: &mut (impl Write + ?Sized),
    diagnosis: &Diagnosis,
    definition: &IndexDefinition,
) -> io::Result<()> {
    let mut text = String::from("kind,name,value,share\n");
    if let Some(found) = &diagnosis.components {
        for (at, (value, share)) in found.eigenvalues.iter().zip(&found.shares).enumerate() {
            let name = (at + 1).to_string();
            push_row(
                &mut text,
                [
                    Cell::Text("eigenvalue"),
                    Cell::Text(&name),
                    Cell::Number(Some(*value)),
                    Cell::Number(Some(*share)),
                ],
            );
        }
        for (indicator, loading) in found.indicators.iter().zip(&found.loadings) {
            let name = definition.indicators[*indicator].id.as_str();
            push_row(
                &mut text,
                [
                    Cell::Text("loading"),
                    Cell::Text(name),
                    Cell::Number(Some(*loading)),
                    Cell::Number(Some(loading * loading)),
                ],
            );
        }
    }
    for row in &diagnosis.reliability {
        let name = row.domain.as_ref().map_or("all", IndicatorId::as_str);
        push_row(
            &mut text,
            [Cell::Text("alpha"), Cell::Text(name), Cell::Number(row.alpha), Cell::Number(None)],
        );
    }
    out.write_all(text.as_bytes())
}

/// One line an indicator: what it counts for and does.
///
/// # Errors
///
/// Those of `out`.
pub fn weights_csv(out: &mut (impl Write + ?Sized), diagnosis: &Diagnosis) -> io::Result<()> {
    let mut text = String::from(
        "indicator,effective_weight,correlation,correlation_squared,rank_correlation_without\n",
    );
    for row in &diagnosis.weights {
        push_row(
            &mut text,
            [
                Cell::Text(row.indicator.as_str()),
                Cell::Number(Some(row.effective_weight)),
                Cell::Number(row.correlation),
                Cell::Number(row.correlation_squared),
                Cell::Number(row.rank_correlation_without),
            ],
        );
    }
    out.write_all(text.as_bytes())
}

/// One measure of inequality or segregation.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its name, such as `gini`.
    pub name: String,
    /// The number; `None` where it does not exist, which `note` explains.
    pub value: Option<f64>,
    /// The lower end of its interval or bound.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What the number rests on.
    pub note: String,
}

/// `measure,value,low,high,note`.
///
/// # Errors
///
/// Those of `out`.
pub fn measures_csv(out: &mut (impl Write + ?Sized), measures: &[Measure]) -> io::Result<()> {
    let mut text = String::from("measure,value,low,high,note\n");
    for row in measures {
        push_row(
            &mut text,
            [
                Cell::Text(&row.name),
                Cell::Number(row.value),
                Cell::Number(row.low),
                Cell::Number(row.high),
                Cell::Text(&row.note),
            ],
        );
    }
    out.write_all(text.as_bytes())
}
