//! Can the numbers of a column be trusted?
//!
//! Makes the column of each indicator from what was read: values or rates, with the kind of each
//! gap, and reports what no reader would believe.

use crate::aggregate::MissingPolicy;
use crate::area::Area;
use crate::index::{IndexDefinition, Indicator};
use crate::indicator::{CellState, Column, Counts, Earlier, IndicatorId};
use crate::language::{Language, message};
use crate::load::table::{RawNumbers, RawTable};
use crate::normalise::{Constant, Reference};
use crate::notice::Notice;
use crate::project::{Project, Source};
use crate::rate::IntervalMethod;
use crate::rate::standardised::{self, Strata, StratumCounts};

use super::{Problem, name_of, source_of};

/// The rows and areas that columns are made for.
pub(super) struct Reader<'a> {
    /// The row of each area in each year that gaps may be filled from, the latest year first.
    pub(super) years: Vec<(i32, Vec<Option<usize>>)>,
    pub(super) project: &'a Project,
    pub(super) rows: &'a [usize],
    pub(super) areas: &'a [Area],
}

/// Numbers and what stands in each cell.
type Cells = (Vec<f64>, Vec<CellState>);

/// The values of an indicator as its source gives them.
struct Values {
    values: Vec<f64>,
    states: Vec<CellState>,
    counts: Option<Counts>,
    quotient: Option<Counts>,
    strata: Option<Strata>,
}

impl Values {
    /// A column of values, divided by another if the recipe says so.
    fn of_column(column: Cells, by: Option<(Cells, f64)>, source: &Source) -> Self {
        let (mut values, mut states) = column;
        let mut quotient = None;
        if let Some(((by, by_states), per)) = by {
            let numerator = values.clone();
            for at in 0..values.len() {
                states[at] = quotient_state(states[at], by_states[at], by[at]);
                values[at] = values[at] / by[at] * per;
            }
            quotient = Some(Counts { numerator, denominator: by, per });
        }
        if let Some(whole) = source.complement_of {
            values.iter_mut().for_each(|x| *x = whole - *x);
        }
        Self { values, states, counts: None, quotient, strata: None }
    }

    /// A rate from its counts; the counts of a complement are those without the attribute.
    fn of_counts(numerator: Cells, denominator: Cells, source: &Source) -> Self {
        let (mut numerator, of) = numerator;
        let (denominator, per_states) = denominator;
        let per = source.per.unwrap_or(100.0);
        let states = (0..of.len())
            .map(|at| quotient_state(of[at], per_states[at], denominator[at]))
            .collect();
        let values = (0..of.len())
            .map(|at| {
                let rate = numerator[at] / denominator[at] * per;
                source.complement_of.map_or(rate, |whole| whole - rate)
            })
            .collect();
        if let Some(whole) = source.complement_of {
            for (n, of) in numerator.iter_mut().zip(&denominator) {
                *n = of * (whole / per) - *n;
            }
        }
        Self {
            values,
            states,
            counts: Some(Counts { numerator, denominator, per }),
            quotient: None,
            strata: None,
        }
    }

    /// A standardised rate from the counts of its strata, in the order of the source. The gap of
    /// an area is the gravest of its strata's; too few events are not available.
    fn of_strata(counts: Vec<[Cells; 2]>, source: &Source) -> Self {
        let n_areas = counts.first().map_or(0, |[(values, _), _]| values.len());
        let mut states = vec![CellState::Present; n_areas];
        let mut list = Vec::with_capacity(counts.len());
        for ([(numerator, of), (denominator, per_states)], stratum) in
            counts.into_iter().zip(&source.strata)
        {
            for (at, state) in states.iter_mut().enumerate() {
                let own = quotient_state(of[at], per_states[at], denominator[at]);
                *state = worse_gap(*state, own);
            }
            list.push(StratumCounts { numerator, denominator, standard: stratum.standard });
        }
        let strata = Strata {
            list,
            per: source.per.unwrap_or(100.0),
            at_least: source.at_least.unwrap_or(standardised::AT_LEAST),
        };
        let mut values = Vec::with_capacity(n_areas);
        for (at, state) in states.iter_mut().enumerate() {
            values.push(strata.of_area(at).rate);
            if *state == CellState::Present && strata.has_too_few(at) {
                *state = CellState::NotAvailable;
            }
        }
        Self { values, states, counts: None, quotient: None, strata: Some(strata) }
    }
}

/// Nobody to ask: a rate has no meaning there, and is not 0.
fn quotient_state(above: CellState, below: CellState, divisor: f64) -> CellState {
    match worse_gap(above, below) {
        CellState::Present if divisor == 0.0 => CellState::NotApplicable,
        state => state,
    }
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
            let back = definition.imputation(indicator).years_back();
            let earlier = self.earlier(&raw, &source, back);
            let Some(column) = self.column(&mut raw, indicator, &source, used_again) else {
                continue;
            };
            let column = column.with_earlier(earlier);
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
        let errors = self.errors(raw, source);
        let values = if !source.strata.is_empty() {
            let pick = |name: &String| Some(self.pick(raw.numbers.get(name)?.clone()));
            Values::of_strata(cells_of_strata(source, pick)?, source)
        } else if let Some(name) = &source.column {
            let by = match &source.denominate {
                Some(denomination) => {
                    Some((self.pick(raw.numbers.get(&denomination.by)?.clone()), denomination.per))
                }
                None => None,
            };
            let numbers = if used_again {
                raw.numbers.get(name)?.clone()
            } else {
                raw.numbers.remove(name)?
            };
            Values::of_column(self.pick(numbers), by, source)
        } else {
            let numbers = |name: &Option<String>| raw.numbers.get(name.as_ref()?).cloned();
            let numerator = self.pick(numbers(&source.numerator)?);
            let denominator = self.pick(numbers(&source.denominator)?);
            Values::of_counts(numerator, denominator, source)
        };
        let column = Column::new(indicator.id.clone(), values.values, values.states);
        let column = match values.quotient {
            Some(quotient) => column.with_quotient(quotient),
            None => column,
        };
        let column = match values.strata {
            Some(strata) => column.with_strata(strata),
            None => column,
        };
        let column = match errors {
            Some(errors) => column.with_errors(errors),
            None => column,
        };
        Some(match values.counts {
            Some(counts) => {
                let usual = if is_percent(&indicator.unit) {
                    IntervalMethod::Wilson
                } else {
                    IntervalMethod::Byar
                };
                column.with_counts(counts).with_interval(source.interval.unwrap_or(usual))
            }
            None => column,
        })
    }

    /// The standard errors of an indicator, in the unit of its values; NaN where none is stated.
    fn errors(&self, raw: &RawTable, source: &Source) -> Option<Vec<f64>> {
        let (mut errors, _) = self.pick(raw.numbers.get(source.standard_error.as_ref()?)?.clone());
        if let (Some(_), Some(denomination)) = (&source.column, &source.denominate) {
            let (by, _) = self.pick(raw.numbers.get(&denomination.by)?.clone());
            for (error, by) in errors.iter_mut().zip(by) {
                *error = *error / by.abs() * denomination.per;
            }
        }
        Some(errors)
    }

    /// The indicator in the years that gaps may be filled from, the latest first.
    fn earlier(&self, raw: &RawTable, source: &Source, years_back: u16) -> Vec<Earlier> {
        let whole = |name: &String| {
            raw.numbers.get(name).map(|numbers| (numbers.values.clone(), numbers.states.clone()))
        };
        let used = self.project.areas.year.as_ref().map_or(i32::MIN, |year| year.use_year);
        let oldest = used.saturating_sub(i32::from(years_back));
        if self.years.is_empty() || years_back == 0 {
            return Vec::new();
        }
        let read = || {
            if !source.strata.is_empty() {
                return Some(Values::of_strata(cells_of_strata(source, whole)?, source));
            }
            if let Some(name) = &source.column {
                let by = match &source.denominate {
                    Some(denomination) => Some((whole(&denomination.by)?, denomination.per)),
                    None => None,
                };
                return Some(Values::of_column(whole(name)?, by, source));
            }
            let numerator = whole(source.numerator.as_ref()?)?;
            Some(Values::of_counts(numerator, whole(source.denominator.as_ref()?)?, source))
        };
        let Some(all) = read() else { return Vec::new() };
        // A column takes care that a slot holds a number only where its state says so.
        let all = Column::new(IndicatorId::new(""), all.values, all.states);
        let of_row = |row: &Option<usize>| row.map_or(f64::NAN, |row| all.values()[row]);
        self.years
            .iter()
            .filter(|(year, _)| *year >= oldest)
            .map(|(year, rows)| Earlier { year: *year, values: rows.iter().map(of_row).collect() })
            .collect()
    }

    fn pick(&self, numbers: RawNumbers) -> Cells {
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
        for (n, of) in pairs_of(column) {
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
        }
        let errors = column.errors().unwrap_or_default();
        if let Some((hits, at)) = example_of(errors, &|x| x < 0.0 || x.is_infinite()) {
            problems.push(Problem::new(
                format!(
                    "{name} has standard errors below zero in {hits} areas, such as {} with {}",
                    self.areas[at].label(),
                    errors[at]
                ),
                "a standard error is zero or more, in the unit of the indicator; is its column a mark \
                 of missing values?",
            ));
        }
        if column.counts().is_none() && is_percent(&indicator.unit) {
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
        if let (Some(column), Some(by)) = (&source.column, &source.denominate) {
            notices.push(
                Notice::note("treat.denominated")
                    .with("title_nb", &indicator.title.nb)
                    .with("title_en", &indicator.title.en)
                    .with("column", column)
                    .with("by", &by.by)
                    .with("per", by.per),
            );
        }
        let method = match (column.strata(), column.interval()) {
            (Some(_), _) => Some("treat.method-dobson"),
            (None, Some(IntervalMethod::Wilson)) => Some("treat.method-wilson"),
            (None, Some(IntervalMethod::Byar)) => Some("treat.method-byar"),
            (None, None) => None,
        };
        if let Some(key) = method {
            notices.push(
                Notice::note("treat.interval")
                    .with("title_nb", &indicator.title.nb)
                    .with("title_en", &indicator.title.en)
                    .with("method_nb", message(Language::Nb, key, &[]))
                    .with("method_en", message(Language::En, key, &[])),
            );
        }
        if let Some(errors) = column.errors() {
            let cells = column.values().iter().zip(errors).zip(self.areas);
            let without = cells.filter(|((x, error), _)| !x.is_nan() && error.is_nan());
            let areas: Vec<String> = without.map(|(_, area)| area.label()).collect();
            if !areas.is_empty() {
                notices.push(
                    Notice::warning("uncertainty.errors-missing")
                        .with("title_nb", &indicator.title.nb)
                        .with("title_en", &indicator.title.en)
                        .about(areas),
                );
            }
        }
        let few = |at: usize| {
            column.states()[at] == CellState::NotAvailable
                && column.strata().is_some_and(|strata| strata.has_too_few(at))
        };
        let not_applicable = match column.strata() {
            Some(_) => "notice.cells-empty-stratum",
            None => "notice.cells-not-applicable",
        };
        // Few cells are gaps, and to find them is most of the work.
        let states = column.states().iter().enumerate();
        let gaps: Vec<(usize, CellState)> = states
            .filter(|(_, state)| **state != CellState::Present)
            .map(|(at, &state)| (at, state))
            .collect();
        for (state, key) in [
            (CellState::Suppressed, "notice.cells-suppressed"),
            (CellState::NotApplicable, not_applicable),
            (CellState::NotAvailable, "notice.cells-not-available"),
        ] {
            let of_kind = gaps.iter().filter(|(at, own)| *own == state && !few(*at));
            self.tell_gaps(Notice::warning(key), indicator, of_kind, notices);
        }
        if let Some(strata) = column.strata() {
            let notice = Notice::warning("notice.cells-too-few").with("at_least", strata.at_least);
            self.tell_gaps(notice, indicator, gaps.iter().filter(|(at, _)| few(*at)), notices);
        }
    }

    /// A notice that names the areas, where there are any.
    fn tell_gaps<'b>(
        &self,
        notice: Notice,
        indicator: &Indicator,
        gaps: impl Iterator<Item = &'b (usize, CellState)>,
        notices: &mut Vec<Notice>,
    ) {
        let areas: Vec<String> = gaps.map(|(at, _)| self.areas[*at].label()).collect();
        if !areas.is_empty() {
            notices.push(
                notice
                    .with("title_nb", &indicator.title.nb)
                    .with("title_en", &indicator.title.en)
                    .about(areas),
            );
        }
    }
}

/// Numerator and denominator of each stratum; `None` where a column is not there.
fn cells_of_strata(
    source: &Source,
    cells: impl Fn(&String) -> Option<Cells>,
) -> Option<Vec<[Cells; 2]>> {
    let of = source.strata.iter();
    of.map(|s| Some([cells(&s.numerator)?, cells(&s.denominator)?])).collect()
}

/// The numerators and denominators of a rate: one pair, or one a stratum.
fn pairs_of(column: &Column) -> Vec<(&[f64], &[f64])> {
    let counts = column.counts().map(|counts| (&*counts.numerator, &*counts.denominator));
    let strata = column.strata().into_iter().flat_map(|strata| &strata.list);
    counts.into_iter().chain(strata.map(|s| (&*s.numerator, &*s.denominator))).collect()
}

/// Whether the recipe can do with an indicator that no area has: its scale does not come from the
/// data, and the other indicators take over its weight.
fn may_be_empty(definition: &IndexDefinition, indicator: &Indicator) -> bool {
    let missing = definition.level_of(indicator).missing;
    is_fixed(definition, indicator) && matches!(missing, MissingPolicy::AvailableWeight { .. })
}

/// Whether the recipe can do with an indicator that is the same everywhere.
fn may_be_constant(definition: &IndexDefinition, indicator: &Indicator) -> bool {
    let by_years = matches!(definition.reference(indicator), Some(Reference::Years(_)));
    definition.constant(indicator) == Constant::Middle
        || by_years
        || is_fixed(definition, indicator)
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
    a.columns().any(|column| b.columns().any(|other| other == column))
}

fn described(source: &Source) -> String {
    if let (Some(first), Some(last)) = (source.strata.first(), source.strata.last()) {
        return format!(
            "{} / {} … {} / {}",
            first.numerator, first.denominator, last.numerator, last.denominator
        );
    }
    match (&source.column, &source.numerator, &source.denominator) {
        (Some(column), _, _) => column.clone(),
        (None, Some(numerator), Some(denominator)) => format!("{numerator} / {denominator}"),
        (None, _, _) => String::new(),
    }
}

/// How many values are of a kind, and where the first one is.
fn example_of(values: &[f64], is: &dyn Fn(f64) -> bool) -> Option<(usize, usize)> {
    let first = values.iter().position(|x| is(*x))?;
    Some((values.iter().filter(|x| is(**x)).count(), first))
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
