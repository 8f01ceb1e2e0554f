//! What is an indicator?
//!
//! A measured column with a direction and a unit, and the two tables that hold such columns:
//! [`IndicatorTable`] as measured and [`ScaledTable`] as made comparable. What an indicator counts
//! for is the recipe's business ([`crate::index`]).

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::beside::Beside;
use crate::neighbour::Neighbours;
use crate::rate::standardised::Strata;
use crate::rate::{IntervalMethod, Level};
use crate::screen::Screened;

/// The name of an indicator (or of a domain) in a recipe; lower case with `_` by custom.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct IndicatorId(String);

impl IndicatorId {
    /// An id of this text.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndicatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for IndicatorId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// Which end of an indicator means deprived conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// A larger value means worse conditions: persons with low income, in per cent.
    HigherIsWorse,
    /// A larger value means better conditions: median income, or a rank in which 1 is worst.
    HigherIsBetter,
}

impl Direction {
    /// `x` turned so that larger means worse.
    pub fn orient(self, x: f64) -> f64 {
        match self {
            Self::HigherIsWorse => x,
            Self::HigherIsBetter => -x,
        }
    }
}

/// What stands in one cell of a table. The three kinds of gap stay apart to the last output.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// A number.
    #[default]
    Present,
    /// Nothing was published, and no reason is known.
    NotAvailable,
    /// Withheld because few persons stand behind it (*skjermet*, *prikket*).
    Suppressed,
    /// The question has no meaning here, such as drop-out where no young people live.
    NotApplicable,
}

/// One indicator over all areas, in the order of the table.
///
/// Invariant: `values` and `states` have one entry an area, and a value is finite exactly where
/// its state is [`CellState::Present`]. The slot of a gap holds NaN, so that arithmetic that
/// forgets the gap spoils its result visibly; it is never 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    indicator: IndicatorId,
    values: Vec<f64>,
    states: Vec<CellState>,
    counts: Option<Counts>,
    interval: Option<IntervalMethod>,
    strata: Option<Arc<Strata>>,
    earlier: Vec<Earlier>,
    pool: Option<Arc<Pool>>,
    quotient: Option<Counts>,
    errors: Option<Vec<f64>>,
}

/// The other years of an indicator that is measured by several years.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// The year of the column itself.
    pub own_year: i32,
    /// The other years, each as a table of its own areas with this one column.
    pub others: Vec<(i32, IndicatorTable)>,
}

/// The values of an indicator in a year before the one in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// The year.
    pub year: i32,
    /// One slot an area, in the order of the table; NaN where that year has no number.
    pub values: Vec<f64>,
}

/// The persons behind a rate: `value = numerator / denominator * per`.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// Events or persons with the attribute; NaN where unknown.
    pub numerator: Vec<f64>,
    /// Persons at risk; NaN where unknown.
    pub denominator: Vec<f64>,
    /// 100 for per cent, 1000 for per thousand.
    pub per: f64,
}

impl Column {
    /// A column of numbers and gaps; a value under a gap is ignored, and one that is not finite
    /// counts as not available.
    ///
    /// # Panics
    ///
    /// When the two lists differ in length, which is a mistake of the caller's.
    pub fn new(indicator: IndicatorId, mut values: Vec<f64>, mut states: Vec<CellState>) -> Self {
        assert_eq!(values.len(), states.len(), "a value and a state for each area");
        for (value, state) in values.iter_mut().zip(&mut states) {
            if *state != CellState::Present {
                *value = f64::NAN;
            } else if !value.is_finite() {
                *value = f64::NAN;
                *state = CellState::NotAvailable;
            }
        }
        Self {
            indicator,
            values,
            states,
            counts: None,
            interval: None,
            strata: None,
            earlier: Vec::new(),
            pool: None,
            quotient: None,
            errors: None,
        }
    }

    /// A column in which `None` is a gap of no known reason.
    pub fn of(indicator: impl Into<IndicatorId>, values: &[Option<f64>]) -> Self {
        let states = values
            .iter()
            .map(|x| if x.is_some() { CellState::Present } else { CellState::NotAvailable })
            .collect();
        let values = values.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
        Self::new(indicator.into(), values, states)
    }

    /// The same column with the counts that its rates come from.
    pub fn with_counts(mut self, counts: Counts) -> Self {
        self.counts = Some(counts);
        self
    }

    /// The same column with the kind of interval that goes with its counts.
    pub fn with_interval(mut self, interval: IntervalMethod) -> Self {
        self.interval = Some(interval);
        self
    }

    /// The same column with the strata that its standardised rates come from.
    pub fn with_strata(mut self, strata: Strata) -> Self {
        self.strata = Some(Arc::new(strata));
        self
    }

    /// The same column with its values of earlier years, the latest first.
    pub fn with_earlier(mut self, earlier: Vec<Earlier>) -> Self {
        self.earlier = earlier;
        self
    }

    /// The same column with what it was divided from and by, which are no persons.
    pub fn with_quotient(mut self, quotient: Counts) -> Self {
        self.quotient = Some(quotient);
        self
    }

    /// The same column with the standard error of each value, in its unit; NaN where none is known.
    pub fn with_errors(mut self, errors: Vec<f64>) -> Self {
        self.errors = Some(errors);
        self
    }

    /// The same column with its other years, for a recipe that is measured by several.
    pub fn with_pool(mut self, pool: Pool) -> Self {
        self.pool = Some(Arc::new(pool));
        self
    }

    /// The same column, with its counts and years, and other cells.
    pub(crate) fn with_cells(&self, values: Vec<f64>, states: Vec<CellState>) -> Self {
        let cells = Self::new(self.indicator.clone(), values, states);
        Self {
            counts: self.counts.clone(),
            interval: self.interval,
            strata: self.strata.clone(),
            earlier: self.earlier.clone(),
            pool: self.pool.clone(),
            quotient: self.quotient.clone(),
            errors: self.errors.clone(),
            ..cells
        }
    }

    /// Which indicator this is.
    pub fn indicator(&self) -> &IndicatorId {
        &self.indicator
    }

    /// One slot an area; NaN where the state is a gap.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// What stands in each cell.
    pub fn states(&self) -> &[CellState] {
        &self.states
    }

    /// Numerators and denominators, where the table has them.
    pub fn counts(&self) -> Option<&Counts> {
        self.counts.as_ref()
    }

    /// What the values are quotients of, where the recipe divides the column by another.
    pub fn quotient(&self) -> Option<&Counts> {
        self.quotient.as_ref()
    }

    /// The standard error of each value, where the table has them; NaN where one is not known.
    pub fn errors(&self) -> Option<&[f64]> {
        self.errors.as_deref()
    }

    /// The kind of interval that goes with the counts, where there are any.
    pub fn interval(&self) -> Option<IntervalMethod> {
        self.interval
    }

    /// The strata of a standardised rate, which has no numerator and denominator of its own.
    pub fn strata(&self) -> Option<&Strata> {
        self.strata.as_deref()
    }

    /// Events and persons behind the value of an area, where counts are known; NaN where one is
    /// not. Those of a standardised rate are of all strata, so that their quotient is the crude
    /// rate and not the value.
    pub fn tally(&self, area_idx: usize) -> Option<[f64; 2]> {
        if let Some(strata) = &self.strata {
            let found = strata.of_area(area_idx);
            return Some([found.events, found.persons]);
        }
        let counts = self.counts.as_ref()?;
        Some([counts.numerator[area_idx], counts.denominator[area_idx]])
    }

    /// Events or persons with the attribute in each area, where counts are known; of all strata
    /// where there are strata.
    pub fn events(&self) -> Option<Vec<f64>> {
        (0..self.values.len()).map(|at| Some(self.tally(at)?[0])).collect()
    }

    /// The limits of the value of an area, in its unit; `None` without counts, where one of them
    /// is unknown, and where a standardised rate is withheld.
    pub fn limits(&self, area_idx: usize, level: Level) -> Option<(f64, f64)> {
        if let Some(strata) = &self.strata {
            let is_there = self.states[area_idx] == CellState::Present;
            return strata.of_area(area_idx).interval(level).filter(|_| is_there);
        }
        let [numerator, denominator] = self.tally(area_idx)?;
        self.interval?.interval(numerator, denominator, self.counts.as_ref()?.per, level)
    }

    /// The name of the method of [`limits`](Self::limits) in files.
    pub fn interval_name(&self) -> Option<&'static str> {
        match (&self.strata, &self.counts) {
            (Some(_), _) => Some("dobson"),
            (None, Some(_)) => self.interval.map(IntervalMethod::name),
            (None, None) => None,
        }
    }

    /// Values of earlier years, the latest first; empty unless a recipe fills gaps from them.
    pub fn earlier(&self) -> &[Earlier] {
        &self.earlier
    }

    /// The number of cells that hold a number.
    pub fn n_present(&self) -> usize {
        self.states.iter().filter(|&&state| state == CellState::Present).count()
    }

    pub(crate) fn take_earlier(&mut self) -> Vec<Earlier> {
        std::mem::take(&mut self.earlier)
    }

    pub(crate) fn take_pool(&mut self) -> Option<Arc<Pool>> {
        self.pool.take()
    }

    pub(crate) fn take_counts(&mut self) -> Option<Counts> {
        self.counts.take()
    }

    /// The values of this column, given up to a later step; the states go with them.
    pub(crate) fn into_parts(self) -> (IndicatorId, Vec<f64>, Vec<CellState>) {
        (self.indicator, self.values, self.states)
    }
}

/// Checked indicators of checked areas, as measured: the door's output and the recipe's input.
///
/// Invariant: every column has one cell an area, and columns stand in the recipe's order.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorTable {
    areas: Arc<Vec<Area>>,
    columns: Vec<Column>,
    neighbours: Option<Arc<Neighbours>>,
    screened: Vec<Screened>,
    beside: Option<Arc<Beside>>,
}

impl IndicatorTable {
    /// A table of these areas and columns.
    ///
    /// # Panics
    ///
    /// When a column's length is not the number of areas, which is a mistake of the caller's.
    pub fn new(areas: impl Into<Arc<Vec<Area>>>, columns: Vec<Column>) -> Self {
        let areas = areas.into();
        for column in &columns {
            assert_eq!(column.values.len(), areas.len(), "one cell an area");
        }
        Self { areas, columns, neighbours: None, screened: Vec::new(), beside: None }
    }

    /// The same table with who borders on whom.
    pub fn with_neighbours(mut self, neighbours: Neighbours) -> Self {
        self.neighbours = Some(Arc::new(neighbours));
        self
    }

    /// The same table with what is known beside the index.
    pub fn with_beside(mut self, beside: Arc<Beside>) -> Self {
        self.beside = Some(beside);
        self
    }

    /// A table of the same areas with other columns; neighbours and what is beside the index stay.
    pub(crate) fn with_columns(&self, columns: Vec<Column>) -> Self {
        let table = Self::new(Arc::clone(&self.areas), columns);
        Self { neighbours: self.neighbours.clone(), beside: self.beside.clone(), ..table }
    }

    /// The same table with the areas that are not to be ranked, in the order of the table.
    pub(crate) fn with_screened(mut self, screened: Vec<Screened>) -> Self {
        self.screened = screened;
        self
    }

    /// Who borders on whom, where that is known.
    pub fn neighbours(&self) -> Option<&Arc<Neighbours>> {
        self.neighbours.as_ref()
    }

    /// What is known beside the index.
    pub fn beside(&self) -> Option<&Arc<Beside>> {
        self.beside.as_ref()
    }

    /// The areas that are not to be ranked, in the order of the table.
    pub fn screened(&self) -> &[Screened] {
        &self.screened
    }

    /// The areas, in the order of the file.
    pub fn areas(&self) -> &Arc<Vec<Area>> {
        &self.areas
    }

    /// The columns, in the order of the recipe.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of an indicator.
    pub fn column(&self, indicator: &IndicatorId) -> Option<&Column> {
        self.columns.iter().find(|column| column.indicator() == indicator)
    }

    pub(crate) fn into_parts(self) -> (Arc<Vec<Area>>, Vec<Column>) {
        (self.areas, self.columns)
    }
}
