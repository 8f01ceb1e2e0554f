//! Which facts of all areas make one value comparable?
//!
//! The formulas of [`crate::normalise`] once more, for one cell, with ranks found by counting.

use crate::area::Area;
use crate::normalise::{Cap, Divisor, Normalisation};
use crate::rank::Ties;
use crate::statistics::Summary;

use super::chain::NormaliseStep;

/// Where a value stands among those of its column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Values that come before it.
    pub(super) n_before: usize,
    /// Values that are equal to it, itself included.
    pub(super) n_tied: usize,
    /// Equal values of areas whose id comes before its own.
    n_tied_before: usize,
}

impl Place {
    /// Counts the column; `None` for a gap.
    pub(super) fn of(
        column: &[f64],
        area_idx: usize,
        large_first: bool,
        areas: &[Area],
    ) -> Option<Self> {
        let own = column[area_idx];
        if own.is_nan() {
            return None;
        }
        let mut place = Self { n_before: 0, n_tied: 0, n_tied_before: 0 };
        for (&x, area) in column.iter().zip(areas) {
            if x == own {
                place.n_tied += 1;
                place.n_tied_before += usize::from(area.id < areas[area_idx].id);
            } else if (large_first && x > own) || (!large_first && x < own) {
                place.n_before += 1;
            }
        }
        Some(place)
    }

    /// The rank by this rule for ties.
    pub(super) fn rank(self, ties: Ties) -> f64 {
        let before = self.n_before as f64;
        match ties {
            Ties::Min => before + 1.0,
            Ties::Average => before + (self.n_tied as f64 + 1.0) / 2.0,
            Ties::Max => before + self.n_tied as f64,
            Ties::FirstById => before + self.n_tied_before as f64 + 1.0,
        }
    }
}

/// Makes one cell of a column comparable; `None` for a gap.
///
/// `input` is the cell's value as the chain has it. The facts of the column, its rank among them,
/// are those of `column`.
pub(super) fn scale(
    method: &Normalisation,
    turned: bool,
    column: &[f64],
    area_idx: usize,
    input: Option<f64>,
    areas: &[Area],
) -> Option<NormaliseStep> {
    let input = input?;
    let summary = Summary::of(column)?;
    let mut step = NormaliseStep {
        method: *method,
        turned,
        input,
        n: summary.n,
        min: summary.min,
        max: summary.max,
        mean: summary.mean,
        sd: None,
        n_before: None,
        n_tied: None,
        rank: None,
        share: None,
        result: f64::NAN,
    };
    if let Some(ties) = method.ties() {
        let place = Place::of(column, area_idx, !turned, areas)?;
        step.n_before = Some(place.n_before);
        step.n_tied = Some(place.n_tied);
        step.rank = Some(place.rank(ties));
    }
    let (n, rank) = (summary.n as f64, step.rank.unwrap_or(f64::NAN));
    step.result = match *method {
        Normalisation::AsIs {} => {
            if turned {
                -input
            } else {
                input
            }
        }
        Normalisation::MinMax { low, high } => {
            let above = if turned { summary.max - input } else { input - summary.min };
            low + above / (summary.max - summary.min) * (high - low)
        }
        Normalisation::ZScore { mean, sd, divisor } => {
            let deviation = match divisor {
                Divisor::Sample => summary.sd_sample(),
                Divisor::Population => summary.sd_population(),
            };
            step.sd = Some(deviation);
            let above = if turned { summary.mean - input } else { input - summary.mean };
            mean + sd * above / deviation
        }
        Normalisation::Goalposts { low, high, scale, cap } => {
            let above = if turned { high - input } else { input - low };
            let share = above / (high - low);
            step.share = Some(share);
            capped(share, cap) * scale
        }
        Normalisation::Rank { .. } => n + 1.0 - rank,
        Normalisation::Percentile { share, .. } => {
            let share = share.of(rank, n);
            step.share = Some(share);
            share
        }
        Normalisation::Exponential { k, share, .. } => {
            let share = share.of(rank, n);
            step.share = Some(share);
            let stretched = 1.0 - share * (1.0 - (-100.0 / k).exp());
            (-k * stretched.ln()).clamp(0.0, 100.0)
        }
    };
    Some(step)
}

/// A share between goalposts after the cap.
pub(super) fn capped(share: f64, cap: Cap) -> f64 {
    match cap {
        Cap::None => share,
        Cap::High => share.min(1.0),
        Cap::Both => share.clamp(0.0, 1.0),
    }
}
