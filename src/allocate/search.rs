//! Which formulas give up least?
//!
//! Bounds on a model's parameters and aims come in; many models are tried, those that miss an aim
//! are dropped, and of the rest those are kept to which no other is better in all three: discretion
//! share, largest loss, and share of the money that reaches the deprived. It shows what has to be
//! given up for what; it chooses nothing.

use rand::RngExt;
use rayon::prelude::*;

use super::base::FundingBase;
use super::measure::{Measure, MoneyAndNeed, measures};
use super::model::{Damping, ModelFile, PhaseIn};
use super::need::{Need, ScoreFunction};
use super::{AllocateError, Allocation, allocate};
use crate::draw::Seed;
use crate::money::Money;

/// At most so many formulas are shown.
pub const SHOWN: usize = 12;

/// What may vary, each from the first to the second value; the same twice is fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The formula's share.
    pub formula_share: [f64; 2],
    /// The share of today's amount that is kept.
    pub hold_harmless: [f64; 2],
    /// The exponent of the score, where the need is by score; above zero.
    pub exponent: Option<[f64; 2]>,
    /// The threshold of the score, where the need is by score.
    pub threshold: Option<[f64; 2]>,
    /// Years of phase-in.
    pub years: [u32; 2],
}

/// What must hold of a formula.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Aims {
    /// No area loses more than this share in the first year.
    pub max_loss: Option<f64>,
    /// Not more than this share of the money goes to others than the deprived.
    pub max_leakage: Option<f64>,
    /// Not more than this share of the money is off the formula.
    pub max_discretion: Option<f64>,
}

/// A formula and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The model.
    pub model: ModelFile,
    /// Half the sum of absolute differences of shares from the reference formula.
    pub discretion: f64,
    /// The largest loss of an area in the first year, as a share.
    pub max_loss: f64,
    /// The share of the money that reaches deprived persons; NaN where they are not known.
    pub deprived_share: f64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// The Pareto front, thinned to [`SHOWN`], by discretion share.
    pub front: Vec<Found>,
    /// How many formulas were tried.
    pub n_tried: usize,
    /// How many could not be carried out.
    pub n_failed: usize,
    /// How many met the aims.
    pub n_meeting: usize,
    /// How many are on the front.
    pub n_front: usize,
}

/// Tries `n` formulas within the bounds, drawn by seed, and the corners of the bounds.
///
/// The same seed gives the same front on any number of threads. With random trials the front is
/// near the true one and not on it; more trials come closer.
///
/// # Errors
///
/// [`AllocateError`] of the given model itself, before anything is varied.
pub fn search(
    model: &ModelFile,
    base: &FundingBase,
    reference: &[f64],
    (bounds, aims): (&Bounds, &Aims),
    (n, seed): (usize, Seed),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Searched, AllocateError> {
    let _ = allocate(model, base)?;
    let n_corners = 32;
    let tried: Vec<Option<Found>> = (0..n + n_corners)
        .into_par_iter()
        .map(|at| {
            let mut generator = seed.generator(at as u64);
            let places: [f64; 5] = std::array::from_fn(|k| {
                if at < n_corners {
                    // The corners: each parameter at one of its ends.
                    f64::from(u8::from(at >> k & 1 == 1))
                } else {
                    generator.random::<f64>()
                }
            });
            let found = evaluate(&varied(model, bounds, places), base, reference);
            progress(1);
            found
        })
        .collect();
    let n_tried = tried.len();
    let found: Vec<Found> = tried.into_iter().flatten().collect();
    let n_failed = n_tried - found.len();
    let meets = |f: &Found| {
        aims.max_loss.is_none_or(|limit| f.max_loss <= limit + 1e-9)
            && aims.max_leakage.is_none_or(|limit| 1.0 - f.deprived_share <= limit + 1e-9)
            && aims.max_discretion.is_none_or(|limit| f.discretion <= limit + 1e-9)
    };
    let meeting: Vec<Found> = found.into_iter().filter(meets).collect();
    let n_meeting = meeting.len();
    let mut front = front(meeting);
    front.sort_by(|a, b| {
        a.discretion.total_cmp(&b.discretion).then(a.max_loss.total_cmp(&b.max_loss))
    });
    let n_front = front.len();
    Ok(Searched { front: thinned(front), n_tried, n_failed, n_meeting, n_front })
}

/// The model with parameters at these places between their bounds.
fn varied(model: &ModelFile, bounds: &Bounds, places: [f64; 5]) -> ModelFile {
    let between = |[low, high]: [f64; 2], place: f64| low + place * (high - low);
    let mut model = model.clone();
    model.formula_share = between(bounds.formula_share, places[0]);
    let kept = between(bounds.hold_harmless, places[1]);
    if kept > 0.0 {
        model.damping = Damping::HoldHarmless { share: kept };
    }
    let [first, last] = bounds.years;
    let years = first + (f64::from(last - first) * places[2]).round() as u32;
    model.phase_in = Some(PhaseIn { years });
    if let Some(Need::PopulationByScore { function }) = &mut model.need {
        if let Some(exponent) = bounds.exponent {
            *function = ScoreFunction::Power { exponent: between(exponent, places[3]) };
        } else if let Some(threshold) = bounds.threshold {
            *function = ScoreFunction::Above { threshold: between(threshold, places[4]) };
        }
    }
    model
}

fn evaluate(model: &ModelFile, base: &FundingBase, reference: &[f64]) -> Option<Found> {
    let allocation = allocate(model, base).ok()?;
    let amounts = allocation.amounts();
    let all = measures(MoneyAndNeed { base, amounts: &amounts, reference: Some(reference) });
    let value = |id: &str| {
        let found: Option<&Measure> = all.iter().find(|measure| measure.id == id);
        found.and_then(|measure| measure.value.ok()).unwrap_or(f64::NAN)
    };
    Some(Found {
        discretion: value("discretion-share"),
        deprived_share: value("deprived-share"),
        max_loss: largest_loss(&allocation, base),
        model: model.clone(),
    })
}

/// The largest loss in the first year among areas that have money today.
fn largest_loss(allocation: &Allocation, base: &FundingBase) -> f64 {
    (0..base.areas.len())
        .map(|at| (base.today_of(at), allocation.first_year(at)))
        .filter(|(before, _)| *before > Money::ZERO)
        .map(|(before, after)| (before - after).as_f64() / before.as_f64())
        .fold(0.0, f64::max)
}

/// Those to which no other is at least as good in all and better in one; of equals the first.
fn front(found: Vec<Found>) -> Vec<Found> {
    // Less is better in each; what is not known does not tell formulas apart.
    let costs = |f: &Found| {
        let targeting = if f.deprived_share.is_nan() { 0.0 } else { -f.deprived_share };
        [f.discretion, f.max_loss, targeting]
    };
    let all: Vec<[f64; 3]> = found.iter().map(costs).collect();
    let beats = |a: usize, b: usize| {
        let pairs = || all[a].iter().zip(&all[b]);
        let no_worse = pairs().all(|(x, y)| *x <= *y + 1e-9);
        let better = pairs().any(|(x, y)| *x < *y - 1e-9);
        no_worse && (better || a < b)
    };
    let kept: Vec<bool> =
        (0..all.len()).map(|b| !(0..all.len()).any(|a| a != b && beats(a, b))).collect();
    found.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(f, _)| f).collect()
}

/// At most [`SHOWN`], evenly along the front, with both ends.
fn thinned(front: Vec<Found>) -> Vec<Found> {
    let n = front.len();
    if n <= SHOWN {
        return front;
    }
    let kept: Vec<usize> = (0..SHOWN).map(|at| at * (n - 1) / (SHOWN - 1)).collect();
    front.into_iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, f)| f).collect()
}
