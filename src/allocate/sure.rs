//! How sure is it that an area wins or loses?
//!
//! The index behind the claims is computed many times over, each time with choices drawn from a
//! space of alternatives; each time the money is shared out anew. Out come an interval of each
//! area's amount and how often it gets more or less than today. And one exact question: how large
//! must the pot be for the area to get what it has today?
//!
//! Scores on other scales are no claims on the same scale: each replicate's scores are brought to
//! the mean and the standard deviation of the recipe's.

use rayon::prelude::*;

use super::base::{FundingBase, SCORE};
use super::model::ModelFile;
use super::{AllocateError, allocate};
use crate::money::{LARGEST, Money};
use crate::statistics::Summary;
use crate::statistics::quantile_of_present;

/// From this share of replicates on, a gain or a loss counts as sure.
pub const SURE: f64 = 0.95;

/// The interval that is told.
pub const INTERVAL: [f64; 2] = [0.05, 0.95];

/// In such steps the formula share is tried.
pub const SHARE_STEP: f64 = 0.001;

/// What the replicates say of one area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaSure {
    /// Kroner today.
    pub today: Money,
    /// Kroner by the recipe itself.
    pub amount: Money,
    /// Kroner: low end, median and high end over the replicates.
    pub interval: [f64; 3],
    /// The share of replicates in which it gets more than today.
    pub gains: f64,
    /// The share in which it gets less.
    pub loses: f64,
    /// The smallest pot, in kroner, at which it gets at least what it has today; `None` where
    /// no pot that can be counted is enough.
    pub break_even_pot: Option<Money>,
    /// The largest formula share, up to the model's own and in steps of [`SHARE_STEP`], at which
    /// it gets at least what it has today; `None` where none is small enough.
    pub break_even_share: Option<f64>,
}

impl AreaSure {
    /// `winner` or `loser` where that is sure.
    pub fn verdict(&self) -> Option<&'static str> {
        if self.gains >= SURE {
            Some("winner")
        } else if self.loses >= SURE {
            Some("loser")
        } else {
            None
        }
    }
}

/// Amounts under other scores; `scores` gives those of a replicate in the order of the base.
///
/// Shape: one line an area. Replicates that cannot be computed or shared out are left out and
/// counted in the second value.
///
/// # Errors
///
/// [`AllocateError`] of the recipe itself.
pub fn sure(
    model: &ModelFile,
    base: &FundingBase,
    n_replicates: u32,
    scores: &(dyn Fn(u32) -> Option<Vec<f64>> + Sync),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<AreaSure>, usize), AllocateError> {
    let own = allocate(model, base)?.amounts();
    let nominal = base.figure(SCORE)?.to_vec();
    let drawn: Vec<Option<Vec<Money>>> = (0..n_replicates)
        .into_par_iter()
        .map(|at| {
            let found = scores(at).and_then(|scores| {
                let mut other = base.clone();
                other.figures.insert(SCORE.to_owned(), brought(&scores, &nominal));
                Some(allocate(model, &other).ok()?.amounts())
            });
            progress(1);
            found
        })
        .collect();
    let n_failed = drawn.iter().filter(|amounts| amounts.is_none()).count();
    let drawn: Vec<Vec<Money>> = drawn.into_iter().flatten().collect();
    let n = drawn.len().max(1) as f64;
    let shares = break_even_shares(model, base);
    let rows = (0..base.areas.len())
        .into_par_iter()
        .map(|at| {
            let today = base.today_of(at);
            let of = |p: f64| {
                let mut amounts: Vec<f64> = drawn.iter().map(|row| row[at].as_f64()).collect();
                quantile_of_present(&mut amounts, p)
            };
            let share = |is: &dyn Fn(Money) -> bool| {
                drawn.iter().filter(|row| is(row[at])).count() as f64 / n
            };
            AreaSure {
                today,
                amount: own[at],
                interval: [of(INTERVAL[0]), of(0.5), of(INTERVAL[1])],
                gains: share(&|money| money > today),
                loses: share(&|money| money < today),
                break_even_pot: break_even(model, base, at),
                break_even_share: shares[at],
            }
        })
        .collect();
    Ok((rows, n_failed))
}

/// The smallest pot at which an area gets at least what it has today, by halving.
///
/// An area's amount grows with the pot, up to one unit of rounding. Damping ties amounts to
/// today's, so that there the pot is found at which the protection is enough.
pub fn break_even(model: &ModelFile, base: &FundingBase, area_idx: usize) -> Option<Money> {
    let enough = |pot: i64| {
        let mut asked = model.clone();
        asked.pot.amount = Some(Money::kroner(pot));
        // A pot that is too small for its floors is too small for this area as well.
        allocate(&asked, base).is_ok_and(|done| done.amount(area_idx) >= base.today_of(area_idx))
    };
    let mut high = base.all().as_kroner().max(1);
    while !enough(high) {
        if high > LARGEST / 2 || high > base.all().as_kroner().max(1) * 1024 {
            return None;
        }
        high *= 2;
    }
    let mut low = 0;
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    Some(Money::kroner(high))
}

/// The largest formula share at which each area gets at least what it has today.
///
/// Shares are tried one by one from 0 to the model's own: floors, caps and damping may let an
/// amount fall and rise again, so that halving would not do.
pub fn break_even_shares(model: &ModelFile, base: &FundingBase) -> Vec<Option<f64>> {
    let n_steps = (model.formula_share / SHARE_STEP).round() as u32;
    let tried: Vec<Option<(f64, Vec<Money>)>> = (0..=n_steps)
        .into_par_iter()
        .map(|step| {
            let mut asked = model.clone();
            // The last step is the model's own share, whatever its decimals.
            let share = f64::from(step) * SHARE_STEP;
            asked.formula_share = if step == n_steps { model.formula_share } else { share };
            Some((asked.formula_share, allocate(&asked, base).ok()?.amounts()))
        })
        .collect();
    let enough = |at: usize| {
        let mut found = tried.iter().rev().flatten();
        found.find(|(_, amounts)| amounts[at] >= base.today_of(at)).map(|(share, _)| *share)
    };
    (0..base.areas.len()).map(enough).collect()
}

/// Scores brought to the mean and the standard deviation of others.
fn brought(scores: &[f64], to: &[f64]) -> Vec<f64> {
    let (Some(from), Some(to)) = (Summary::of(scores), Summary::of(to)) else {
        return scores.to_vec();
    };
    let (sd, wanted) = (from.sd_population(), to.sd_population());
    let factor = if sd > 0.0 { wanted / sd } else { 0.0 };
    scores.iter().map(|x| to.mean + (x - from.mean) * factor).collect()
}
