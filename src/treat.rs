//! What of gaps and outliers?
//!
//! Fills gaps and bounds extreme values as the recipe says, indicator by indicator. Every cell
//! that is filled or moved is in the ledger; a gap that nothing fills stays a gap, and each
//! level's missing-data policy decides over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::index::IndexDefinition;
use crate::indicator::{CellState, IndicatorId, IndicatorTable};
use crate::language::round_half_away;
use crate::statistics::{self, Summary};

/// How gaps are filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Imputation {
    /// Gaps stay gaps.
    None {},
    /// The mean of the areas that have a value. Pulls the area towards the middle.
    Mean {},
    /// Their median. The same, less moved by extremes.
    Median {},
    /// The mean of the areas with the same parent; a gap stays where none of them has a value.
    GroupMean {},
    /// Their median.
    GroupMedian {},
}

impl Default for Imputation {
    fn default() -> Self {
        Self::None {}
    }
}

/// What is done to the values of an indicator, in the unit in which it is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Treatment {
    /// Values beyond two percentiles are set to them (linear, type 7). Flattens both ends
    /// whether or not there are outliers.
    WinsorisePercentiles {
        /// The lower percentile, 0..100.
        low: f64,
        /// The upper percentile, 0..100.
        high: f64,
    },
    /// Values beyond fixed limits are set to them.
    Cap {
        /// The lower limit, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        /// The upper limit, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<f64>,
    },
    /// `ln(x + offset)`. Needs `x + offset > 0` in every area.
    Log {
        /// Added before the logarithm, in the indicator's unit.
        #[serde(default)]
        offset: f64,
    },
    /// Rounded to this many decimals, halves away from zero, as publishers print.
    Round {
        /// The decimals that stay.
        decimals: u8,
    },
}

impl Treatment {
    /// What is wrong with the parameters, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::WinsorisePercentiles { low, high } => (!(0.0..=100.0).contains(&low)
                || !(0.0..=100.0).contains(&high)
                || low >= high)
                .then(|| {
                    (
                        format!("winsorises from percentile {low} to {high}"),
                        "percentiles are numbers from 0 to 100 and `low` is below `high`".into(),
                    )
                }),
            Self::Cap { low, high } => {
                let reversed = matches!((low, high), (Some(low), Some(high)) if low >= high);
                (reversed || (low.is_none() && high.is_none())).then(|| {
                    (
                        "the cap has no limits, or `low` is not below `high`".to_owned(),
                        "write `{ method = \"cap\", low = 0, high = 75000 }` or one of the two"
                            .into(),
                    )
                })
            }
            Self::Log { offset } => (!offset.is_finite())
                .then(|| ("the logarithm has no finite offset".to_owned(), "use a number".into())),
            Self::Round { decimals } => (decimals > 12)
                .then(|| (format!("rounds to {decimals} decimals"), "use 0 to 12".into())),
        }
    }
}

/// Treated columns, and what was done to which cell.
#[derive(Debug, Clone, PartialEq)]
pub struct TreatedTable {
    /// The areas.
    pub areas: Arc<[Area]>,
    /// The columns, in the order of the recipe.
    pub columns: Vec<TreatedColumn>,
    /// Every cell that was filled or moved, by indicator and then by area.
    pub ledger: Vec<Change>,
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
    /// An extreme value was set to the percentile.
    Winsorised,
    /// A value beyond a fixed limit was set to it.
    Capped,
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
}

/// Fills gaps, then bounds and transforms values, as the recipe says for each indicator.
///
/// Shape: areas × indicators in and out, in the same order; the table's memory is used again.
/// Missing: an imputation fills it or it stays NaN. Ties and constant columns need no care here.
///
/// # Errors
///
/// [`TreatError::LogOfNonPositive`] when a logarithm is not defined.
pub fn treat(
    table: IndicatorTable,
    definition: &IndexDefinition,
) -> Result<TreatedTable, TreatError> {
    let (areas, columns) = table.into_parts();
    let groups = Groups::of(&areas);
    let treated: Vec<(TreatedColumn, Vec<Change>)> = columns
        .into_par_iter()
        .enumerate()
        .map(|(indicator_idx, column)| {
            let (indicator, mut values, states) = column.into_parts();
            let recipe = &definition.indicators[indicator_idx];
            let mut step = Step {
                indicator_idx: u32::try_from(indicator_idx).unwrap_or(u32::MAX),
                values: &mut values,
                scratch: Vec::new(),
                ledger: Vec::new(),
            };
            step.impute(definition.imputation(recipe), &groups);
            for treatment in definition.treatments(recipe) {
                step.treat(treatment, &indicator, &areas)?;
            }
            let ledger = step.ledger;
            Ok((TreatedColumn { indicator, values, states }, ledger))
        })
        .collect::<Result<_, _>>()?;
    let mut columns = Vec::with_capacity(treated.len());
    let mut ledger = Vec::new();
    for (column, changes) in treated {
        columns.push(column);
        ledger.extend(changes);
    }
    Ok(TreatedTable { areas, columns, ledger })
}

/// The areas of each parent, by position.
struct Groups(Vec<Vec<usize>>);

impl Groups {
    fn of(areas: &[Area]) -> Self {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, area) in areas.iter().enumerate() {
            if let Some(parent) = &area.parent {
                groups.entry(parent).or_default().push(at);
            }
        }
        Self(groups.into_values().collect())
    }
}

struct Step<'a> {
    indicator_idx: u32,
    values: &'a mut [f64],
    scratch: Vec<f64>,
    ledger: Vec<Change>,
}

impl Step<'_> {
    fn impute(&mut self, imputation: &Imputation, groups: &Groups) {
        match imputation {
            Imputation::None {} => {}
            Imputation::Mean {} => {
                if let Some(summary) = Summary::of(self.values) {
                    self.fill(0..self.values.len(), summary.mean);
                }
            }
            Imputation::Median {} => {
                if !self.values.iter().any(|x| x.is_nan()) {
                    return;
                }
                if let Some(median) = statistics::median(self.values, &mut self.scratch) {
                    self.fill(0..self.values.len(), median);
                }
            }
            Imputation::GroupMean {} => {
                self.fill_groups(groups, |values| Summary::of(values).map(|summary| summary.mean))
            }
            Imputation::GroupMedian {} => {
                self.fill_groups(groups, |values| statistics::median(values, &mut Vec::new()));
            }
        }
    }

    fn fill_groups(&mut self, groups: &Groups, centre: impl Fn(&[f64]) -> Option<f64>) {
        for group in &groups.0 {
            let values: Vec<f64> = group.iter().map(|&at| self.values[at]).collect();
            if let Some(fill) = centre(&values) {
                self.fill(group.iter().copied(), fill);
            }
        }
        // Groups are visited by name; the ledger is read by area.
        self.ledger.sort_by_key(|change| change.area_idx);
    }

    fn fill(&mut self, cells: impl IntoIterator<Item = usize>, fill: f64) {
        for at in cells {
            if self.values[at].is_nan() {
                self.record(at, ChangeKind::Imputed, fill);
            }
        }
    }

    fn treat(
        &mut self,
        treatment: &Treatment,
        indicator: &IndicatorId,
        areas: &[Area],
    ) -> Result<(), TreatError> {
        match *treatment {
            Treatment::WinsorisePercentiles { low, high } => {
                self.scratch.clear();
                self.scratch.extend(self.values.iter().filter(|x| !x.is_nan()));
                if !self.scratch.is_empty() {
                    let low = statistics::quantile_of_present(&mut self.scratch, low / 100.0);
                    let high = statistics::quantile_of_present(&mut self.scratch, high / 100.0);
                    self.bound(low, high, ChangeKind::Winsorised);
                }
            }
            Treatment::Cap { low, high } => self.bound(
                low.unwrap_or(f64::NEG_INFINITY),
                high.unwrap_or(f64::INFINITY),
                ChangeKind::Capped,
            ),
            Treatment::Log { offset } => {
                let undefined = |x: &f64| *x + offset <= 0.0;
                if let Some(at) = self.values.iter().position(undefined) {
                    return Err(TreatError::LogOfNonPositive {
                        indicator: indicator.clone(),
                        n: self.values.iter().filter(|x| undefined(x)).count(),
                        example: areas[at].id.clone(),
                        value: self.values[at],
                    });
                }
                self.values.iter_mut().for_each(|x| *x = (*x + offset).ln());
            }
            Treatment::Round { decimals } => {
                let decimals = usize::from(decimals);
                self.values.iter_mut().for_each(|x| *x = round_half_away(*x, decimals));
            }
        }
        Ok(())
    }

    fn bound(&mut self, low: f64, high: f64, kind: ChangeKind) {
        for at in 0..self.values.len() {
            let x = self.values[at];
            if x < low {
                self.record(at, kind, low);
            } else if x > high {
                self.record(at, kind, high);
            }
        }
    }

    fn record(&mut self, at: usize, kind: ChangeKind, to: f64) {
        let from = std::mem::replace(&mut self.values[at], to);
        let area_idx = u32::try_from(at).unwrap_or(u32::MAX);
        self.ledger.push(Change { indicator_idx: self.indicator_idx, area_idx, kind, from, to });
    }
}
