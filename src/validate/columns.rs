//! Can the numbers of a column be trusted?
//!
//! Makes the column of each indicator from what was read: values or rates, with the kind of each
//! gap, and reports what no reader would believe.

use crate::aggregate::MissingPolicy;
use crate::area::Area;
use crate::index::{IndexDefinition, Indicator};
use crate::indicator::{CellState, Column, Counts};
use crate::load::table::{RawNumbers, RawTable};
use crate::normalise::Constant;
use crate::notice::Notice;
use crate::project::{Project, Source};

use super::{Problem, name_of, source_of};

/// The rows and areas that columns are made for.
pub(super) struct Reader<'a> {
    pub(super) project: &'a Project,
    pub(super) rows: &'a [usize],
    pub(super) areas: &'a [Area],
}

impl Reader<'_> {
    /// One column an indicator, in the order of the recipe.
    pub(super) fn columns(
        &self,
        mut raw: RawTable,
        definition: &IndexDefinition,
        problems: &mut Vec<Problem>,
        notices: &mut Vec<Notice>,
    ) -> Vec<Column> {
        self.check_cells(&raw, problems);
        let mut out = Vec::with_capacity(definition.indicators.len());
        for (at, indicator) in definition.indicators.iter().enumerate() {
            let source = source_of(self.project, indicator);
            // A column that no later indicator reads is moved and not copied.
            let used_again = definition.indicators[at + 1..]
                .iter()
                .any(|later| reads(&source_of(self.project, later), &source));
            let Some(column) = self.column(&mut raw, indicator, &source, used_again) else {
                continue;
            };
            self.check_column(indicator, &source, &column, problems);
            let name = name_of(&indicator.id, &described(&source));
            if column.n_present() == 0 && may_be_empty(definition, indicator) {
                notices.push(
                    Notice::warning("notice.empty-column")
                        .with("title_nb", &indicator.title.nb)
                        .with("title_en", &indicator.title.en),
                );
            } else {
                let may_be_constant = may_be_constant(definition, indicator);
                self.check_spread(&name, &column, may_be_constant, problems);
                if is_fixed(definition, indicator) && is_constant(&column) {
                    notices.push(
                        Notice::warning("notice.constant-column")
                            .with("title_nb", &indicator.title.nb)
                            .with("title_en", &indicator.title.en),
                    );
                }
            }
            self.tell(indicator, &source, &column, notices);
            out.push(column);
        }
        out
    }

    fn check_cells(&self, raw: &RawTable, problems: &mut Vec<Problem>) {
        let in_use: Vec<bool> = if self.rows.len() == raw.n_rows {
            Vec::new()
        } else {
            let mut flags = vec![false; raw.n_rows];
            self.rows.iter().for_each(|&row| flags[row] = true);
            flags
        };
        for (name, column) in &raw.numbers {
            let bad: Vec<&(usize, String)> = column
                .unreadable
                .iter()
                .filter(|(row, _)| in_use.is_empty() || in_use[*row])
                .collect();
            if let Some((row, text)) = bad.first() {
                let decimal = match raw.read_as.decimal {
                    Some(crate::project::Decimal::Comma) => "a decimal comma",
                    Some(crate::project::Decimal::Point) | None => "a decimal point",
                };
                problems.push(Problem::new(
                    format!(
                        "{} cells of `{name}` are not numbers, such as `{text}` on line {}",
                        bad.len(),
                        raw.read_as.first_row_line + row
                    ),
                    format!(
                        "numbers are read with {decimal}; a mark of a missing value is declared with \
                         `\"{text}\" = \"not-available\"` under `[areas.missing]`"
                    ),
                ));
            }
        }
    }

    fn column(
        &self,
        raw: &mut RawTable,
        indicator: &Indicator,
        source: &Source,
        used_again: bool,
    ) -> Option<Column> {
        if let Some(name) = &source.column {
            let numbers = if used_again {
                raw.numbers.get(name)?.clone()
            } else {
                raw.numbers.remove(name)?
            };
            let (mut values, states) = self.pick(numbers);
            if let Some(whole) = source.complement_of {
                values.iter_mut().for_each(|x| *x = whole - *x);
            }
            return Some(Column::new(indicator.id.clone(), values, states));
        }
        let numbers = |name: &Option<String>| raw.numbers.get(name.as_ref()?).cloned();
        let (numerator, of) = self.pick(numbers(&source.numerator)?);
        let (denominator, per_states) = self.pick(numbers(&source.denominator)?);
        let per = source.per.unwrap_or(100.0);
        let states: Vec<CellState> = (0..of.len())
            .map(|at| match worse_gap(of[at], per_states[at]) {
                // Nobody to ask: the rate has no meaning there, and is not 0.
                CellState::Present if denominator[at] == 0.0 => CellState::NotApplicable,
                state => state,
            })
            .collect();
        let values = (0..of.len())
            .map(|at| {
                let rate = numerator[at] / denominator[at] * per;
                source.complement_of.map_or(rate, |whole| whole - rate)
            })
            .collect();
        let counts = Counts { numerator, denominator, per };
        Some(Column::new(indicator.id.clone(), values, states).with_counts(counts))
    }

    fn pick(&self, numbers: RawNumbers) -> (Vec<f64>, Vec<CellState>) {
        if self.rows.len() == numbers.values.len() {
            return (numbers.values, numbers.states);
        }
        let values = self.rows.iter().map(|&row| numbers.values[row]).collect();
        let states = self.rows.iter().map(|&row| numbers.states[row]).collect();
        (values, states)
    }

    fn check_column(
        &self,
        indicator: &Indicator,
        source: &Source,
        column: &Column,
        problems: &mut Vec<Problem>,
    ) {
        let name = name_of(&indicator.id, &described(source));
        let example = |test: &dyn Fn(usize) -> bool| {
            let hits: Vec<usize> = (0..self.areas.len()).filter(|&at| test(at)).collect();
            hits.first().map(|&at| (hits.len(), at))
        };
        if let Some(counts) = column.counts() {
            let (n, of) = (&counts.numerator, &counts.denominator);
            if let Some((hits, at)) = example(&|at| n[at] < 0.0 || of[at] < 0.0) {
                problems.push(Problem::new(
                    format!(
                        "{name} has {hits} negative counts, such as {}",
                        self.areas[at].label()
                    ),
                    "a count is zero or more",
                ));
            }
            if is_percent(&indicator.unit)
                && let Some((hits, at)) = example(&|at| n[at] > of[at])
            {
                problems.push(Problem::new(
                    format!(
                        "{name} has a numerator above its denominator in {hits} areas, such as {} with {} of {}",
                        self.areas[at].label(),
                        n[at],
                        of[at]
                    ),
                    "are `numerator` and `denominator` of the same group and year?",
                ));
            }
        } else if is_percent(&indicator.unit) {
            let values = column.values();
            if let Some((hits, at)) = example(&|at| values[at] < 0.0 || values[at] > 100.0) {
                problems.push(Problem::new(
                    format!(
                        "{name} is a percentage, but lies outside 0..100 in {hits} areas, such as {} with {}",
                        self.areas[at].label(),
                        values[at]
                    ),
                    "mend the column, or give the indicator another `unit` in the definition",
                ));
            }
        }
    }

    fn check_spread(
        &self,
        name: &str,
        column: &Column,
        may_be_constant: bool,
        problems: &mut Vec<Problem>,
    ) {
        if self.areas.len() < 2 {
            return;
        }
        let mut present = column.values().iter().filter(|x| !x.is_nan());
        match present.next() {
            None => problems.push(Problem::new(
                format!("{name} has no value in any of the {} areas", self.areas.len()),
                "name another column, or take the indicator out of a copy of the definition",
            )),
            Some(first)
                if !may_be_constant && column.n_present() > 1 && present.all(|x| x == first) =>
            {
                problems.push(Problem::new(
                    format!("{name} is {first} in every area, so it cannot tell them apart"),
                    "name another column, or take the indicator out of a copy of the definition",
                ));
            }
            Some(_) => {}
        }
    }

    /// Gaps by kind, and what stands in for what.
    fn tell(
        &self,
        indicator: &Indicator,
        source: &Source,
        column: &Column,
        notices: &mut Vec<Notice>,
    ) {
        if let Some(substitute) = &source.substitute {
            notices.push(
                Notice::warning("notice.substitute")
                    .with("title_nb", &indicator.title.nb)
                    .with("title_en", &indicator.title.en)
                    .with("what_nb", &substitute.nb)
                    .with("what_en", &substitute.en),
            );
        }
        for (state, key) in [
            (CellState::Suppressed, "notice.cells-suppressed"),
            (CellState::NotApplicable, "notice.cells-not-applicable"),
            (CellState::NotAvailable, "notice.cells-not-available"),
        ] {
            let areas: Vec<String> = column
                .states()
                .iter()
                .zip(self.areas)
                .filter(|(found, _)| **found == state)
                .map(|(_, area)| area.label())
                .collect();
            if !areas.is_empty() {
                notices.push(
                    Notice::warning(key)
                        .with("title_nb", &indicator.title.nb)
                        .with("title_en", &indicator.title.en)
                        .about(areas),
                );
            }
        }
    }
}

/// Whether the recipe can do with an indicator that no area has: its scale does not come from the
/// data, and the other indicators take over its weight.
fn may_be_empty(definition: &IndexDefinition, indicator: &Indicator) -> bool {
    let missing = definition.level_of(indicator).missing;
    is_fixed(definition, indicator) && matches!(missing, MissingPolicy::AvailableWeight { .. })
}

/// Whether the recipe can do with an indicator that is the same everywhere.
fn may_be_constant(definition: &IndexDefinition, indicator: &Indicator) -> bool {
    definition.constant(indicator) == Constant::Middle || is_fixed(definition, indicator)
}

fn is_fixed(definition: &IndexDefinition, indicator: &Indicator) -> bool {
    definition.normalisation(indicator).is_some_and(|method| method.is_fixed())
}

/// Whether two areas or more have a value, and all of them the same.
fn is_constant(column: &Column) -> bool {
    let mut present = column.values().iter().filter(|x| !x.is_nan());
    let first = present.next();
    column.n_present() > 1 && present.all(|x| Some(x) == first)
}

/// Whether two sources have a column in common.
fn reads(a: &Source, b: &Source) -> bool {
    let columns = |source: &Source| {
        [source.column.clone(), source.numerator.clone(), source.denominator.clone()]
    };
    let (a, b) = (columns(a), columns(b));
    a.iter().flatten().any(|column| b.iter().flatten().any(|other| other == column))
}

fn described(source: &Source) -> String {
    match (&source.column, &source.numerator, &source.denominator) {
        (Some(column), _, _) => column.clone(),
        (None, Some(numerator), Some(denominator)) => format!("{numerator} / {denominator}"),
        (None, _, _) => String::new(),
    }
}

/// Whether values of this unit lie in 0..100.
fn is_percent(unit: &str) -> bool {
    unit.trim_start().starts_with('%') || unit == "percent"
}

/// The kind of gap of a rate: what is withheld counts before what is unknown.
fn worse_gap(a: CellState, b: CellState) -> CellState {
    for state in [CellState::Suppressed, CellState::NotAvailable, CellState::NotApplicable] {
        if a == state || b == state {
            return state;
        }
    }
    CellState::Present
}
