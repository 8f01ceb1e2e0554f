//! How is it made comparable?
//!
//! Puts every indicator, and where the recipe asks every domain score, on a common scale on which
//! larger means worse (or better, for an index whose score points that way).

use std::sync::Arc;

use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::Area;
use crate::index::IndexDefinition;
use crate::indicator::IndicatorId;
use crate::language::round_half_away;
use crate::rank::{IdOrder, Ties, ids_in_order, rank_into};
use crate::statistics::Summary;
use crate::treat::TreatedColumn;

/// How values become comparable.
///
/// Each method works on values that are first turned so that larger means worse. Ranks count
/// from the worst, which has rank 1, and `n` is the number of areas with a value. Source for all
/// but `exponential`: OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, step 5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Normalisation {
    /// The value itself, with its sign turned where larger means better. For columns that are
    /// comparable already.
    AsIs {},
    /// `low + (x - min) / (max - min) * (high - low)`. One extreme value squeezes all the others.
    MinMax {
        /// What the best area gets.
        #[serde(default)]
        low: f64,
        /// What the worst area gets.
        #[serde(default = "hundred")]
        high: f64,
    },
    /// `mean + sd * (x - average) / deviation`; unbounded. Keeps distances, and with them the
    /// pull of extreme values.
    ZScore {
        /// The mean of the result.
        #[serde(default)]
        mean: f64,
        /// The standard deviation of the result.
        #[serde(default = "one")]
        sd: f64,
        /// The divisor of the deviation.
        #[serde(default)]
        divisor: Divisor,
    },
    /// `(x - low) / (high - low) * scale` with fixed goalposts; the posts change places where
    /// larger means better. Comparable over years; depends on who set the posts.
    Goalposts {
        /// The value that gets 0.
        low: f64,
        /// The value that gets `scale`.
        high: f64,
        /// What the upper post is worth.
        #[serde(default = "one")]
        scale: f64,
        /// Whether values beyond a post are set to it.
        #[serde(default)]
        cap: Cap,
    },
    /// `n + 1 - rank`, so that the worst area has the largest number. Forgets distances.
    Rank {
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// The rank as a share of the areas; in `[0, 1]`. Forgets distances.
    Percentile {
        /// Which of the published conventions.
        share: RankShare,
        /// Which rank tied areas get.
        ties: Ties,
    },
    /// `-k * ln(1 - R * (1 - exp(-100 / k)))` of the rank share `R`; in `[0, 100]`. Stretches the
    /// worst end, so that a good score in one domain cannot cancel a very bad one in another;
    /// favours areas that are extreme in one domain over areas that are poor in many.
    ///
    /// Source: MHCLG (2019), *The English Indices of Deprivation 2019: Technical report*, 3.6,
    /// where `k` is 23.
    Exponential {
        /// How much of the range goes to the worst areas; finite and above zero.
        k: f64,
        /// How the rank becomes `R`.
        share: RankShare,
        /// Which rank tied areas get.
        ties: Ties,
    },
}

fn one() -> f64 {
    1.0
}

fn hundred() -> f64 {
    100.0
}

/// The divisor of a standard deviation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Divisor {
    /// `n - 1`, as in R's `sd` and in COINr.
    #[default]
    Sample,
    /// `n`.
    Population,
}

/// Which goalposts bound the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cap {
    /// Neither: results may leave the range.
    #[default]
    None,
    /// The upper one.
    High,
    /// Both.
    Both,
}

/// How a rank `r` of `n` areas (1 is worst) becomes a share that is largest for the worst area.
///
/// With `a = n + 1 - r`, the place counted from the best area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RankShare {
    /// `a / n`: the worst has 1, the best `1 / n`. England, Wales, Northern Ireland; pandas.
    RankOverN,
    /// `(a - 1) / n`: the best has 0. Scotland 2016.
    RankLessOneOverN,
    /// `(a - 0.5) / n`: symmetric.
    RankLessHalfOverN,
    /// `(a - 1) / (n - 1)`: the best has 0 and the worst 1. US Social Vulnerability Index.
    RankLessOneOverNLessOne,
    /// `a / (n + 1)`: neither 0 nor 1 is reached.
    RankOverNPlusOne,
}

impl RankShare {
    /// The share of rank `rank` among `n` areas.
    pub fn of(self, rank: f64, n: f64) -> f64 {
        match self {
            Self::RankOverN => (n - rank + 1.0) / n,
            Self::RankLessOneOverN => (n - rank) / n,
            Self::RankLessHalfOverN => (n - rank + 0.5) / n,
            Self::RankLessOneOverNLessOne => (n - rank) / (n - 1.0),
            Self::RankOverNPlusOne => (n - rank + 1.0) / (n + 1.0),
        }
    }
}

/// `-k ln(1 - R (1 - exp(-100/k)))`, kept within 0..100 against the last bit of rounding.
pub fn exponential(share: f64, k: f64) -> f64 {
    (-k * (1.0 - share * (1.0 - (-100.0 / k).exp())).ln()).clamp(0.0, 100.0)
}

impl Normalisation {
    /// What is wrong with the parameters, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::MinMax { low, high } | Self::Goalposts { low, high, .. }
                if !(low.is_finite() && high.is_finite() && low < high) =>
            {
                Some((
                    format!("normalises between {low} and {high}"),
                    "`low` must be below `high`".to_owned(),
                ))
            }
            Self::ZScore { mean, sd, .. } if !(mean.is_finite() && sd.is_finite() && sd > 0.0) => {
                Some((
                    format!("normalises to mean {mean} and deviation {sd}"),
                    "`sd` must be above zero".to_owned(),
                ))
            }
            Self::Exponential { k, .. } if !(k.is_finite() && k > 0.0) => Some((
                format!("has the exponential constant k = {k}"),
                "`k` must be above zero; the English indices use 23".to_owned(),
            )),
            Self::AsIs {}
            | Self::MinMax { .. }
            | Self::Goalposts { .. }
            | Self::ZScore { .. }
            | Self::Rank { .. }
            | Self::Percentile { .. }
            | Self::Exponential { .. } => None,
        }
    }

    /// The rule for ties, for the methods that rank.
    pub fn ties(&self) -> Option<Ties> {
        match *self {
            Self::Rank { ties }
            | Self::Percentile { ties, .. }
            | Self::Exponential { ties, .. } => Some(ties),
            Self::AsIs {} | Self::MinMax { .. } | Self::ZScore { .. } | Self::Goalposts { .. } => {
                None
            }
        }
    }
}

/// Comparable indicators.
///
/// Invariant: made by [`normalise`] only, with one column an indicator in the recipe's order.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledTable {
    areas: Arc<[Area]>,
    columns: Vec<ScaledColumn>,
}

impl ScaledTable {
    /// The areas, in the order of the file.
    pub fn areas(&self) -> &Arc<[Area]> {
        &self.areas
    }

    /// The columns, in the order of the recipe.
    pub fn columns(&self) -> &[ScaledColumn] {
        &self.columns
    }

    /// The same table with other values on the same scales, one list a column.
    pub(crate) fn with_values(&self, values: Vec<Vec<f64>>) -> Self {
        let columns = self.columns.iter().zip(values).map(|(column, values)| ScaledColumn {
            values,
            indicator: column.indicator.clone(),
            before: column.before,
        });
        Self { areas: Arc::clone(&self.areas), columns: columns.collect() }
    }
}

/// One comparable indicator; NaN where a gap stays.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledColumn {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// One value an area.
    pub values: Vec<f64>,
    /// What the values were before, as measured and treated.
    pub before: Summary,
}

/// Why a column cannot be made comparable.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum NormaliseError {
    /// No area has a value.
    #[error("`{column}` has no value in any area")]
    #[diagnostic(
        code(levekaar::normalise::empty),
        help("take the indicator out of the definition, or check the name of its column")
    )]
    Empty {
        /// Which indicator or domain.
        column: IndicatorId,
    },
    /// Every area has the same value, so that a range or deviation would be zero.
    #[error("`{column}` is {value} in every area with a value, so it cannot tell them apart")]
    #[diagnostic(
        code(levekaar::normalise::constant),
        help("take it out of the definition, or use `method = \"goalposts\"`")
    )]
    Constant {
        /// Which indicator or domain.
        column: IndicatorId,
        /// Its only value.
        value: f64,
    },
}

/// Makes every indicator comparable, as the recipe says.
///
/// Shape: treated columns in; the same columns out, in the same order and in the same memory.
/// Missing values stay missing and take no part in a mean, range or rank.
///
/// # Errors
///
/// - [`NormaliseError::Empty`] when an indicator has no value at all.
/// - [`NormaliseError::Constant`] when it has the same value everywhere and the method needs a
///   spread.
pub fn normalise(
    areas: Arc<[Area]>,
    columns: Vec<TreatedColumn>,
    definition: &IndexDefinition,
) -> Result<ScaledTable, NormaliseError> {
    let ids = ids_in_order(&areas);
    let columns = columns
        .into_par_iter()
        .zip(&definition.indicators)
        .map(|(column, recipe)| {
            let TreatedColumn { indicator, mut values, states: _ } = column;
            let method = definition.normalisation(recipe).expect("a plan checks that one is set");
            let flip = recipe.direction != definition.direction;
            let before = apply(method, &mut values, flip, &ids, &indicator)?;
            if let Some(decimals) = definition.rounding(recipe) {
                round_all(&mut values, decimals);
            }
            Ok(ScaledColumn { indicator, values, before })
        })
        .collect::<Result<_, _>>()?;
    Ok(ScaledTable { areas, columns })
}

/// Rounds in place, halves away from zero.
pub(crate) fn round_all(values: &mut [f64], decimals: u8) {
    let decimals = usize::from(decimals);
    values.iter_mut().for_each(|x| *x = round_half_away(*x, decimals));
}

/// Makes one column comparable in place; `flip` turns its sign first. Returns what it was.
///
/// # Errors
///
/// As [`normalise`].
pub(crate) fn apply(
    method: &Normalisation,
    values: &mut [f64],
    flip: bool,
    ids: &IdOrder,
    column: &IndicatorId,
) -> Result<Summary, NormaliseError> {
    let Some(before) = Summary::of(values) else {
        return Err(NormaliseError::Empty { column: column.clone() });
    };
    let needs_spread = matches!(
        method,
        Normalisation::MinMax { .. }
            | Normalisation::ZScore { .. }
            | Normalisation::Percentile { share: RankShare::RankLessOneOverNLessOne, .. }
            | Normalisation::Exponential { share: RankShare::RankLessOneOverNLessOne, .. }
    );
    // A constant column would become 0/0, and the NaN would travel to every rank.
    if needs_spread && before.is_constant() {
        return Err(NormaliseError::Constant { column: column.clone(), value: before.min });
    }
    let sign = if flip { -1.0 } else { 1.0 };
    match *method {
        Normalisation::AsIs {} => values.iter_mut().for_each(|x| *x *= sign),
        Normalisation::MinMax { low, high } => {
            let best = if flip { before.max } else { before.min };
            let range = before.max - before.min;
            values.iter_mut().for_each(|x| *x = low + sign * (*x - best) / range * (high - low));
        }
        Normalisation::ZScore { mean, sd, divisor } => {
            let deviation = match divisor {
                Divisor::Sample => before.sd_sample(),
                Divisor::Population => before.sd_population(),
            };
            values
                .iter_mut()
                .for_each(|x| *x = mean + sd * (sign * (*x - before.mean) / deviation));
        }
        Normalisation::Goalposts { low, high, scale, cap } => values.iter_mut().for_each(|x| {
            let share = if flip { (high - *x) / (high - low) } else { (*x - low) / (high - low) };
            *x = match cap {
                Cap::None => share,
                Cap::High => {
                    if share > 1.0 {
                        1.0
                    } else {
                        share
                    }
                }
                Cap::Both => share.clamp(0.0, 1.0),
            } * scale;
        }),
        Normalisation::Rank { ties } => {
            let n = before.n as f64;
            by_rank(values, flip, ties, ids, |rank| n + 1.0 - rank);
        }
        Normalisation::Percentile { share, ties } => {
            let n = before.n as f64;
            by_rank(values, flip, ties, ids, |rank| share.of(rank, n));
        }
        Normalisation::Exponential { k, share, ties } => {
            let n = before.n as f64;
            by_rank(values, flip, ties, ids, |rank| exponential(share.of(rank, n), k));
        }
    }
    Ok(before)
}

/// Replaces each value by `of` its rank from the worst; the worst is the largest unless `flip`.
fn by_rank(values: &mut [f64], flip: bool, ties: Ties, ids: &IdOrder, of: impl Fn(f64) -> f64) {
    let mut ranks = vec![f64::NAN; values.len()];
    rank_into(values, !flip, ties, ids, &mut ranks);
    for (x, rank) in values.iter_mut().zip(ranks) {
        *x = if rank.is_nan() { f64::NAN } else { of(rank) };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::AreaId;

    #[test]
    fn exponential_values_are_those_of_the_technical_report() {
        for (share, expected) in
            [(0.1, 2.39025973), (0.5, 15.64679007), (0.9, 50.42665427), (1.0, 100.0)]
        {
            assert!((exponential(share, 23.0) - expected).abs() < 5e-9, "{share}");
        }
        assert!((exponential(1.0 / 33755.0, 23.0) - 0.00067258).abs() < 5e-9);
    }

    #[test]
    fn a_better_value_scores_lower_whichever_way_the_column_points() {
        let z = Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample };
        assert_eq!(scaled(&[1.0, 2.0, 3.0], z, false).unwrap(), [-1.0, 0.0, 1.0]);
        assert_eq!(scaled(&[1.0, 2.0, 3.0], z, true).unwrap(), [1.0, 0.0, -1.0]);
    }

    #[test]
    fn svi_percentiles_come_out_with_ties_from_the_best_end() {
        // Ascending minimum rank is the maximum rank counted from the worst.
        let p = Normalisation::Percentile {
            share: RankShare::RankLessOneOverNLessOne,
            ties: Ties::Max,
        };
        assert_eq!(
            scaled(&[1.0, 2.0, 2.0, 4.0, 5.0], p, false).unwrap(),
            [0.0, 0.25, 0.25, 0.75, 1.0]
        );
    }

    #[test]
    fn a_gap_takes_no_part() {
        let m = Normalisation::MinMax { low: 0.0, high: 100.0 };
        let out = scaled(&[1.0, f64::NAN, 3.0, 2.0], m, false).unwrap();
        assert!(out[1].is_nan());
        assert_eq!((out[0], out[2], out[3]), (0.0, 100.0, 50.0));
    }

    #[test]
    fn constant_and_empty_columns_are_errors() {
        let m = Normalisation::MinMax { low: 0.0, high: 1.0 };
        assert!(matches!(scaled(&[2.0, 2.0], m, false), Err(NormaliseError::Constant { .. })));
        assert!(matches!(scaled(&[f64::NAN], m, false), Err(NormaliseError::Empty { .. })));
    }

    proptest! {
        /// A change of unit must not move any area.
        #[test]
        fn min_max_does_not_depend_on_the_unit(
            values in prop::collection::vec(-1e6..1e6_f64, 2..200),
            factor in 1e-3..1e3_f64,
            offset in -1e3..1e3_f64,
        ) {
            prop_assume!(values.iter().any(|x| (x - values[0]).abs() > 1.0));
            let converted: Vec<f64> = values.iter().map(|x| factor * x + offset).collect();
            let method = Normalisation::MinMax { low: 0.0, high: 1.0 };
            let before = scaled(&values, method, false).unwrap();
            let after = scaled(&converted, method, false).unwrap();
            for (before, after) in before.iter().zip(&after) {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(after));
                prop_assert!((before - after).abs() < 1e-6, "{before} became {after}");
            }
        }

        /// Worse never scores better.
        #[test]
        fn every_method_keeps_the_order(values in prop::collection::vec(-50..50_i32, 2..60)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            prop_assume!(values.iter().any(|x| *x != values[0]));
            for method in [
                Normalisation::AsIs {},
                Normalisation::MinMax { low: 0.0, high: 100.0 },
                Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Population },
                Normalisation::Goalposts { low: -10.0, high: 10.0, scale: 1.0, cap: Cap::Both },
                Normalisation::Rank { ties: Ties::Average },
                Normalisation::Percentile { share: RankShare::RankOverN, ties: Ties::Min },
                Normalisation::Exponential { k: 23.0, share: RankShare::RankOverN, ties: Ties::Max },
            ] {
                let out = scaled(&values, method, false).unwrap();
                for i in 0..values.len() {
                    for j in 0..values.len() {
                        if values[i] >= values[j] {
                            prop_assert!(out[i] >= out[j], "{method:?}: {} {}", values[i], values[j]);
                        }
                    }
                }
            }
        }
    }

    fn scaled(
        values: &[f64],
        method: Normalisation,
        flip: bool,
    ) -> Result<Vec<f64>, NormaliseError> {
        let areas: Vec<Area> =
            (0..values.len()).map(|i| Area::of(AreaId::new(format!("{i:04}")))).collect();
        let mut out = values.to_vec();
        apply(&method, &mut out, flip, &ids_in_order(&areas), &"x".into())?;
        Ok(out)
    }
}
