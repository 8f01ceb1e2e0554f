//! What of gaps and outliers?
//!
//! Fills gaps, draws small-number rates together and bounds or transforms extreme values as the
//! recipe says, indicator by indicator. Every cell that is filled or moved is in the ledger, and
//! what a method found and chose by itself is in [`TreatedTable::choices`]; a gap that nothing
//! fills stays a gap, and each level's missing-data policy decides over it.

mod impute;
mod method;
mod outlier;
mod tell;
#[cfg(test)]
mod tests;
mod transform;

use std::collections::BTreeMap;
use std::sync::Arc;

use miette::Diagnostic;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::explain::short_name;
use crate::index::IndexDefinition;
use crate::indicator::{CellState, Column, Counts, IndicatorId, IndicatorTable, Pool};
use crate::neighbour::Neighbours;
use crate::normalise::{Reference, Years};
use crate::round::Round;
use crate::screen::{self, Screened};
use crate::shrink;
use crate::statistics::{QuantileType, Shape, quantiles};

pub use impute::{Basis, Fallback, Imputation};
pub use method::{SecondStage, Treatment};
pub(crate) use method::{problem_of_level, problem_of_list};
pub(crate) use tell::{Cells, notices};
pub use transform::LAMBDA_RANGE;

pub use outlier::Stopped;
use outlier::{Limits, Verdict};

/// Treated columns, and what was done to which cell.
#[derive(Debug, Clone, PartialEq)]
pub struct TreatedTable {
    /// The areas.
    pub areas: Arc<Vec<Area>>,
    /// The columns, in the order of the recipe.
    pub columns: Vec<TreatedColumn>,
    /// Every cell that was filled or moved, by indicator, then in the order of the steps, and in
    /// each step by area. A transformation moves all cells by one formula: it is in `choices`.
    pub ledger: Vec<Change>,
    /// What the methods found and chose, by indicator and in the order of the steps.
    pub choices: Vec<Choice>,
}

/// One indicator after treatment; NaN where a gap stays.
#[derive(Debug, Clone, PartialEq)]
pub struct TreatedColumn {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// One value an area, in the unit that the treatments leave (a logarithm after `log`).
    pub values: Vec<f64>,
    /// What stood in each cell before; an imputed cell keeps the state of its gap.
    pub states: Vec<CellState>,
    /// The treated values of the years that the indicator is measured by, where the recipe pools
    /// years; they belong to no area.
    pub pooled: Option<Vec<f64>>,
}

/// One cell that was filled or moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// Position of the indicator in the recipe.
    pub indicator_idx: u32,
    /// Position of the area in the table.
    pub area_idx: u32,
    /// What was done.
    pub kind: ChangeKind,
    /// What a filled value rests on; `None` for the other kinds.
    pub basis: Option<Basis>,
    /// The value before; NaN for a gap.
    pub from: f64,
    /// The value after.
    pub to: f64,
}

/// What was done to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A gap was filled.
    Imputed,
    /// An extreme value was set to the percentile, or to the next value.
    Winsorised,
    /// A value beyond a fixed limit was set to it.
    Capped,
    /// A rate was drawn towards that of a larger whole.
    Shrunk,
}

/// What a method found and chose in one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Position of the indicator in the recipe.
    pub indicator_idx: u32,
    /// What was chosen.
    pub what: Chosen,
}

/// What a method found and chose.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// Gaps of these areas were not filled, because nobody lives there.
    NobodyToImpute {
        /// Their positions.
        area_idx: Vec<u32>,
    },
    /// The column was well-shaped as it was.
    WellShaped {
        /// What was found.
        shape: Shape,
    },
    /// The shape cannot be tested, because the column is constant or has too few values; nothing
    /// was done.
    NotTestable,
    /// Extreme values were set to the next ones, and the column passes.
    Winsorised {
        /// The shape before.
        before: Shape,
        /// The shape after.
        after: Shape,
        /// How many cells of the lower end.
        n_low: u32,
        /// How many cells of the upper end.
        n_high: u32,
    },
    /// Winsorising did not help within its limit; it was taken back and the second stage used.
    SecondStage {
        /// The shape before.
        before: Shape,
        /// What winsorising came to before it was taken back.
        winsorised: Attempt,
        /// The shape after.
        after: Shape,
        /// Whether the column passes now.
        passes: bool,
    },
    /// Winsorising did not help within its limit, and there is no second stage: as winsorised.
    StillExtreme {
        /// The shape before.
        before: Shape,
        /// The shape after.
        after: Shape,
        /// What winsorising came to.
        winsorised: Attempt,
    },
    /// A transformation was not carried out, because the column is constant.
    ConstantNotTransformed,
    /// The power that Box-Cox used.
    BoxCox {
        /// The power.
        lambda: f64,
        /// Whether it was fitted and not given.
        fitted: bool,
    },
    /// Rates that were not shrunk, because the area has no counts, no parent or no neighbours.
    NotShrunk {
        /// Their positions.
        area_idx: Vec<u32>,
    },
}

/// Winsorising that did not help.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Attempt {
    /// The shape that it came to.
    pub shape: Shape,
    /// How many cells of the lower end were moved.
    pub n_low: u32,
    /// How many cells of the upper end.
    pub n_high: u32,
    /// Why it went no further.
    pub stopped: Stopped,
}

/// Why an indicator cannot be treated.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum TreatError {
    /// A logarithm of zero or less.
    #[error(
        "the logarithm of `{indicator}` is not defined in {n} areas, such as `{example}` with {value}"
    )]
    #[diagnostic(
        code(levekaar::treat::log),
        help("set `offset` so that every value plus the offset is above zero")
    )]
    LogOfNonPositive {
        /// Which indicator.
        indicator: IndicatorId,
        /// In how many areas.
        n: usize,
        /// One of them.
        example: AreaId,
        /// Its value.
        value: f64,
    },
    /// A power or root of a number that has none.
    #[error(
        "`{method}` of `{indicator}` is not defined in {n} areas, such as `{example}` with {value}"
    )]
    #[diagnostic(
        code(levekaar::treat::undefined),
        help("bound the values before it with `{{ method = \"cap\", low = … }}`, or take it out")
    )]
    Undefined {
        /// Which indicator or domain.
        indicator: IndicatorId,
        /// The treatment, as it is written.
        method: String,
        /// In how many areas.
        n: usize,
        /// One of them.
        example: AreaId,
        /// Its value.
        value: f64,
    },
    /// Shrinking needs the persons behind the rates.
    #[error("`{indicator}` is to be shrunk, but it has no counts")]
    #[diagnostic(
        code(levekaar::treat::no_counts),
        help(
            "give its `numerator` and `denominator` under `[indicators.{indicator}]` or as `rate` in the \
             definition, or take the shrinking out of `treat`"
        )
    )]
    NoCounts {
        /// Which indicator.
        indicator: IndicatorId,
    },
    /// A standardised rate has no single denominator.
    #[error("`{indicator}` is to be shrunk, but it is a standardised rate")]
    #[diagnostic(
        code(levekaar::treat::standardised),
        help(
            "no single number of persons stands behind a rate over strata; take the shrinking out of \
             `treat`, or give a plain `numerator` and `denominator` instead of strata"
        )
    )]
    Standardised {
        /// Which indicator.
        indicator: IndicatorId,
    },
    /// Shrinking towards the parent needs parents.
    #[error("`{indicator}` is to be shrunk towards larger units, but no area has one")]
    #[diagnostic(
        code(levekaar::treat::no_parents),
        help("name the column with `parent` under `[areas]`")
    )]
    NoParents {
        /// Which indicator.
        indicator: IndicatorId,
    },
    /// A method looks at neighbours, and none are known.
    #[error("`{indicator}` is to be {what} from neighbours, but the table has none")]
    #[diagnostic(
        code(levekaar::treat::no_neighbours),
        help(
            "give a file of pairs with `neighbours = {{ file = \"pairs.csv\", from = \"a\", to = \"b\" }}` \
             under `[areas]`"
        )
    )]
    NoNeighbours {
        /// Which indicator.
        indicator: IndicatorId,
        /// `imputed` or `shrunk`.
        what: &'static str,
    },
    /// A logit needs proportions.
    #[error(
        "`{indicator}` is to be shrunk as a proportion, but `{example}` has {events} of {persons}"
    )]
    #[diagnostic(
        code(levekaar::treat::no_proportion),
        help(
            "use `{{ method = \"shrink-global\" }}` for events that a person may have more than once"
        )
    )]
    NoProportion {
        /// Which indicator.
        indicator: IndicatorId,
        /// An area with more events than persons.
        example: AreaId,
        /// Its events.
        events: f64,
        /// Its persons.
        persons: f64,
    },
}

/// What lies around the cells of a column, the same for every indicator.
struct Surroundings<'a> {
    areas: &'a [Area],
    /// The group of each area, and the areas of each group, by parent.
    group: Vec<Option<u32>>,
    members: Vec<Vec<usize>>,
    neighbours: Option<&'a Neighbours>,
    /// Empty where no area is screened out.
    screened: Vec<bool>,
}

impl<'a> Surroundings<'a> {
    fn of(areas: &'a [Area], neighbours: Option<&'a Neighbours>, screened: Vec<bool>) -> Self {
        let mut by_parent: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, area) in areas.iter().enumerate() {
            if let Some(parent) = &area.parent {
                by_parent.entry(parent).or_default().push(at);
            }
        }
        let members: Vec<Vec<usize>> = by_parent.into_values().collect();
        let mut group = vec![None; areas.len()];
        for (number, members) in members.iter().enumerate() {
            for &at in members {
                group[at] = u32::try_from(number).ok();
            }
        }
        Self { areas, group, members, neighbours, screened }
    }

    fn is_screened(&self, at: usize) -> bool {
        self.screened.get(at).copied().unwrap_or(false)
    }
}

/// Fills gaps, then shrinks, bounds and transforms values, as the recipe says for each indicator.
///
/// Shape: areas × indicators in and out, in the same order; the table's memory is used again.
/// Missing: an imputation fills it or it stays NaN, and so do all values of an area that is
/// screened out. Ties are treated alike; constant columns are left as they are.
///
/// # Errors
///
/// [`TreatError`]: a logarithm that is not defined, a standardised rate that is to be shrunk, or a
/// method without the counts, parents or neighbours that it needs.
pub fn treat(
    table: IndicatorTable,
    definition: &IndexDefinition,
) -> Result<TreatedTable, TreatError> {
    let mut screened = Vec::new();
    if !table.screened().is_empty() {
        screened = vec![false; table.areas().len()];
        table.screened().iter().for_each(|s| screened[s.area_idx as usize] = true);
    }
    let neighbours = table.neighbours().cloned();
    let (areas, columns) = table.into_parts();
    let around = Surroundings::of(&areas, neighbours.as_deref(), screened);
    let treated: Vec<(TreatedColumn, Vec<Change>, Vec<Choice>)> = columns
        .into_par_iter()
        .enumerate()
        .map(|(at, column)| treat_column(column, at, definition, &around))
        .collect::<Result<_, _>>()?;
    let mut columns = Vec::with_capacity(treated.len());
    let (mut ledger, mut choices) = (Vec::new(), Vec::new());
    for (column, changes, chosen) in treated {
        columns.push(column);
        ledger.extend(changes);
        choices.extend(chosen);
    }
    Ok(TreatedTable { areas, columns, ledger, choices })
}

fn treat_column(
    mut column: Column,
    indicator_idx: usize,
    definition: &IndexDefinition,
    around: &Surroundings<'_>,
) -> Result<(TreatedColumn, Vec<Change>, Vec<Choice>), TreatError> {
    let recipe = &definition.indicators[indicator_idx];
    let earlier = column.take_earlier();
    let pool = column.take_pool();
    let counts = column.take_counts();
    let is_standardised = column.strata().is_some();
    let (indicator, mut values, states) = column.into_parts();
    for at in (0..around.screened.len()).filter(|&at| around.screened[at]) {
        values[at] = f64::NAN;
    }
    let mut step = Step {
        indicator: &indicator,
        indicator_idx: u32::try_from(indicator_idx).unwrap_or(u32::MAX),
        values: &mut values,
        around,
        scratch: Vec::new(),
        ledger: Vec::new(),
        choices: Vec::new(),
    };
    let imputation = definition.imputation(recipe);
    if matches!(imputation, Imputation::Neighbours { .. }) && around.neighbours.is_none() {
        return Err(step.no_neighbours("imputed"));
    }
    let (fills, nobody) = impute::fills(imputation, step.values, &earlier, around);
    for fill in fills {
        step.record(fill.at, ChangeKind::Imputed, Some(fill.basis), fill.value);
    }
    if !nobody.is_empty() {
        step.choose(Chosen::NobodyToImpute { area_idx: nobody });
    }
    for treatment in definition.treatments(recipe) {
        if is_standardised && treatment.shrinks() {
            return Err(TreatError::Standardised { indicator: indicator.clone() });
        }
        step.treat(treatment, counts.as_ref())?;
    }
    let (ledger, choices) = (step.ledger, step.choices);
    let pooled = match (definition.reference(recipe), &pool) {
        (Some(Reference::Years(years)), Some(pool)) => {
            Some(pooled(pool, years, &values, &definition.only(indicator_idx))?)
        }
        (Some(_) | None, Some(_) | None) => None,
    };
    Ok((TreatedColumn { indicator, values, states, pooled }, ledger, choices))
}

/// The values of several years, each treated by itself as `own` were; `recipe` has this one
/// indicator.
fn pooled(
    pool: &Pool,
    years: &Years,
    own: &[f64],
    recipe: &IndexDefinition,
) -> Result<Vec<f64>, TreatError> {
    let mut values = if years.has(pool.own_year) { own.to_vec() } else { Vec::new() };
    for (_, table) in pool.others.iter().filter(|(year, _)| years.has(*year)) {
        let table = screen::screen(table.clone(), recipe.screen.as_ref());
        for column in treat(table, recipe)?.columns {
            values.extend(column.values);
        }
    }
    Ok(values)
}

/// One treatment of one column, apart from a computation; returns what it chose.
///
/// `values` are those that the steps before have left. Where the treatment is refused they stay.
pub(crate) fn one_step(
    treatment: &Treatment,
    values: &mut [f64],
    column: &Column,
    table: &IndicatorTable,
    screened: &[Screened],
) -> Vec<Chosen> {
    let mut is_screened = vec![false; table.areas().len()];
    screened.iter().for_each(|s| is_screened[s.area_idx as usize] = true);
    let neighbours = table.neighbours().map(|neighbours| &**neighbours);
    let around = Surroundings::of(table.areas(), neighbours, is_screened);
    let mut step = Step {
        indicator: column.indicator(),
        indicator_idx: 0,
        values,
        around: &around,
        scratch: Vec::new(),
        ledger: Vec::new(),
        choices: Vec::new(),
    };
    match step.treat(treatment, column.counts()) {
        Ok(()) => step.choices.into_iter().map(|choice| choice.what).collect(),
        Err(_) => Vec::new(),
    }
}

/// What is done to the aggregate of a level, in place.
///
/// # Errors
///
/// [`TreatError`] where a value has no logarithm, power or root.
pub(crate) fn aggregate(
    treatments: &[Treatment],
    values: &mut [f64],
    level: &IndicatorId,
    areas: &[Area],
) -> Result<(), TreatError> {
    treatments.iter().try_for_each(|treatment| by_value(treatment, values, level, areas))
}

/// A treatment that looks at one value at a time, in place; a gap stays one.
fn by_value(
    treatment: &Treatment,
    values: &mut [f64],
    indicator: &IndicatorId,
    areas: &[Area],
) -> Result<(), TreatError> {
    let undefined = |x: &f64| !x.is_nan() && treatment.of_value(*x).is_none();
    if let Some(at) = values.iter().position(undefined) {
        let n = values.iter().filter(|x| undefined(x)).count();
        let (indicator, example, value) = (indicator.clone(), areas[at].id.clone(), values[at]);
        return Err(match treatment {
            Treatment::Log { .. } => TreatError::LogOfNonPositive { indicator, n, example, value },
            other => {
                let method = short_name(other);
                TreatError::Undefined { indicator, method, n, example, value }
            }
        });
    }
    for x in values.iter_mut().filter(|x| !x.is_nan()) {
        *x = treatment.of_value(*x).unwrap_or(f64::NAN);
    }
    Ok(())
}

/// Events and persons, where an area has both.
type Counted = Vec<Option<(f64, f64)>>;

struct Step<'a> {
    indicator: &'a IndicatorId,
    indicator_idx: u32,
    values: &'a mut [f64],
    around: &'a Surroundings<'a>,
    scratch: Vec<f64>,
    ledger: Vec<Change>,
    choices: Vec<Choice>,
}

impl Step<'_> {
    fn treat(&mut self, treatment: &Treatment, counts: Option<&Counts>) -> Result<(), TreatError> {
        match *treatment {
            Treatment::WinsorisePercentiles { low, high, definition } => {
                if let Some((low, high)) = self.percentiles(low, high, definition) {
                    self.bound(low, high, ChangeKind::Winsorised);
                }
            }
            Treatment::SkewKurtosis { skew, kurtosis, max_points, max_share, then } => {
                self.two_stages(Limits { skew, kurtosis }, max_points, max_share, then);
            }
            Treatment::Cap { low, high } => self.bound(
                low.unwrap_or(f64::NEG_INFINITY),
                high.unwrap_or(f64::INFINITY),
                ChangeKind::Capped,
            ),
            Treatment::Log { .. } | Treatment::Power { .. } | Treatment::ArcsineRoot { .. } => {
                by_value(treatment, self.values, self.indicator, self.around.areas)?;
            }
            Treatment::DistanceFrom { .. } => {
                by_value(treatment, self.values, self.indicator, self.around.areas)?;
            }
            Treatment::LogCt {} => self.transform(transform::log_ct),
            Treatment::LogCtOrig {} => self.transform(transform::log_ct_orig),
            Treatment::LogCtPlus {} => self.transform(transform::log_ct_plus),
            Treatment::BoxCox { lambda } => match transform::box_cox(self.values, lambda) {
                Some(used) => {
                    self.choose(Chosen::BoxCox { lambda: used, fitted: lambda.is_none() })
                }
                None => self.choose(Chosen::ConstantNotTransformed),
            },
            Treatment::Round { decimals, halves } => {
                Round { decimals, halves }.all(self.values);
            }
            Treatment::ShrinkToParent { centre } => self.shrink_to_parent(counts, centre)?,
            Treatment::ShrinkGlobal {} => self.shrink_globally(counts)?,
            Treatment::ShrinkLocal {} => self.shrink_locally(counts)?,
        }
        Ok(())
    }

    /// The values of two percentiles; `None` without values.
    fn percentiles(&mut self, low: f64, high: f64, of: QuantileType) -> Option<(f64, f64)> {
        let shares = [low / 100.0, high / 100.0];
        if of == QuantileType::Type7 {
            // The same without sorting.
            return quantiles(self.values, shares, &mut self.scratch)
                .map(|[low, high]| (low, high));
        }
        self.scratch.clear();
        self.scratch.extend(self.values.iter().filter(|x| !x.is_nan()));
        self.scratch.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| of.of_sorted(&self.scratch, share);
        at(shares[0]).zip(at(shares[1]))
    }

    fn transform(&mut self, transform: fn(&mut [f64]) -> bool) {
        if !transform(self.values) {
            self.choose(Chosen::ConstantNotTransformed);
        }
    }

    fn two_stages(
        &mut self,
        limits: Limits,
        max_points: Option<u32>,
        max_share: Option<f64>,
        then: SecondStage,
    ) {
        let n = self.values.iter().filter(|x| !x.is_nan()).count();
        let by_points = max_points.map(|points| points as usize);
        let by_share = max_share.map(|share| (share * n as f64).ceil() as usize);
        let most = by_points.into_iter().chain(by_share).min().unwrap_or(0);
        let before = Shape::of(self.values);
        match limits.judge(before) {
            Verdict::Pass => return self.choose(Chosen::WellShaped { shape: before }),
            Verdict::NotTestable => return self.choose(Chosen::NotTestable),
            Verdict::Fail => {}
        }
        let mut moved = self.values.to_vec();
        let done = outlier::winsorise(&mut moved, limits, most);
        let passes = done.verdict == Verdict::Pass;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (n_low, n_high) = (count(done.n_low), count(done.n_high));
        let winsorised = Attempt { shape: done.shape, n_low, n_high, stopped: done.stopped };
        if passes || then == SecondStage::None {
            for (at, to) in moved.into_iter().enumerate() {
                if self.values[at] != to && !to.is_nan() {
                    self.record(at, ChangeKind::Winsorised, None, to);
                }
            }
            let after = done.shape;
            return self.choose(if passes {
                Chosen::Winsorised { before, after, n_low, n_high }
            } else {
                Chosen::StillExtreme { before, after, winsorised }
            });
        }
        let fitted = match then {
            SecondStage::None => None,
            SecondStage::LogCt => transform::log_ct(self.values).then_some(None),
            SecondStage::LogCtOrig => transform::log_ct_orig(self.values).then_some(None),
            SecondStage::LogCtPlus => transform::log_ct_plus(self.values).then_some(None),
            SecondStage::BoxCox => transform::box_cox(self.values, None).map(Some),
        };
        let after = Shape::of(self.values);
        let passes = limits.judge(after) == Verdict::Pass;
        self.choose(Chosen::SecondStage { before, winsorised, after, passes });
        if let Some(Some(lambda)) = fitted {
            self.choose(Chosen::BoxCox { lambda, fitted: true });
        }
    }

    /// Events and persons of the areas that have both and are not screened out.
    fn counted(&self, counts: Option<&Counts>) -> Result<(Counted, f64), TreatError> {
        let Some(counts) = counts else {
            return Err(TreatError::NoCounts { indicator: self.indicator.clone() });
        };
        let pairs = counts.numerator.iter().zip(&counts.denominator).enumerate();
        let list = pairs.map(|(at, (r, n))| {
            let usable = r.is_finite() && *n > 0.0 && !self.around.is_screened(at);
            usable.then_some((*r, *n))
        });
        Ok((list.collect(), counts.per))
    }

    fn shrink_to_parent(
        &mut self,
        counts: Option<&Counts>,
        centre: shrink::Centre,
    ) -> Result<(), TreatError> {
        let (counted, per) = self.counted(counts)?;
        let around = self.around;
        if around.members.is_empty() {
            return Err(TreatError::NoParents { indicator: self.indicator.clone() });
        }
        let outside = |(r, n): (f64, f64)| r < 0.0 || r > n;
        if let Some(at) = counted.iter().position(|count| count.is_some_and(outside)) {
            let (events, persons) = counted[at].unwrap_or_default();
            return Err(TreatError::NoProportion {
                indicator: self.indicator.clone(),
                example: around.areas[at].id.clone(),
                events,
                persons,
            });
        }
        let mut shrunk = vec![None; counted.len()];
        for members in &around.members {
            let there: Vec<usize> =
                members.iter().copied().filter(|&at| counted[at].is_some()).collect();
            let (events, persons): (Vec<f64>, Vec<f64>) =
                there.iter().filter_map(|&at| counted[at]).unzip();
            let rates = shrink::logit_to_group(&events, &persons, centre);
            for (at, rate) in there.into_iter().zip(rates) {
                shrunk[at] = Some(rate * per);
            }
        }
        self.take_shrunk(&shrunk);
        Ok(())
    }

    fn shrink_globally(&mut self, counts: Option<&Counts>) -> Result<(), TreatError> {
        let (counted, per) = self.counted(counts)?;
        let (events, persons): (Vec<f64>, Vec<f64>) = counted.iter().copied().flatten().unzip();
        let mut rates = shrink::marshall(&events, &persons).into_iter();
        let shrunk: Vec<Option<f64>> = counted
            .iter()
            .map(|count| count.and_then(|_| rates.next()).map(|rate| rate * per))
            .collect();
        self.take_shrunk(&shrunk);
        Ok(())
    }

    fn shrink_locally(&mut self, counts: Option<&Counts>) -> Result<(), TreatError> {
        let (counted, per) = self.counted(counts)?;
        let Some(neighbours) = self.around.neighbours else {
            return Err(self.no_neighbours("shrunk"));
        };
        let mut shrunk = shrink::local(&counted, neighbours);
        for (at, rate) in shrunk.iter_mut().enumerate() {
            *rate = rate.filter(|_| !neighbours.of(at).is_empty()).map(|rate| rate * per);
        }
        self.take_shrunk(&shrunk);
        Ok(())
    }

    fn take_shrunk(&mut self, shrunk: &[Option<f64>]) {
        let mut left = Vec::new();
        for (at, shrunk) in shrunk.iter().enumerate() {
            match shrunk {
                Some(to) => self.record(at, ChangeKind::Shrunk, None, *to),
                None if self.values[at].is_nan() => {}
                None => left.push(u32::try_from(at).unwrap_or(u32::MAX)),
            }
        }
        if !left.is_empty() {
            self.choose(Chosen::NotShrunk { area_idx: left });
        }
    }

    fn no_neighbours(&self, what: &'static str) -> TreatError {
        TreatError::NoNeighbours { indicator: self.indicator.clone(), what }
    }

    fn bound(&mut self, low: f64, high: f64, kind: ChangeKind) {
        for at in 0..self.values.len() {
            let x = self.values[at];
            if x < low {
                self.record(at, kind, None, low);
            } else if x > high {
                self.record(at, kind, None, high);
            }
        }
    }

    fn record(&mut self, at: usize, kind: ChangeKind, basis: Option<Basis>, to: f64) {
        let from = std::mem::replace(&mut self.values[at], to);
        let area_idx = u32::try_from(at).unwrap_or(u32::MAX);
        let indicator_idx = self.indicator_idx;
        self.ledger.push(Change { indicator_idx, area_idx, kind, basis, from, to });
    }

    fn choose(&mut self, what: Chosen) {
        self.choices.push(Choice { indicator_idx: self.indicator_idx, what });
    }
}
