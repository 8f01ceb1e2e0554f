//! Do neighbours resemble each other, and where?
//!
//! In come values and [`Links`], which say who is whose neighbour and how much each counts; out
//! come one number for the whole map ([`global`]) or one for each area ([`local`]), with what
//! chance alone would give. Rates of few persons are steadied first ([`rates`]). How often an area
//! belongs to a cluster when the index is computed in other ways stands in [`doubt`].
//!
//! Missing values are taken out of the map before anything is computed: such an area is undefined,
//! as is one without neighbours. Neither is ever put into a class. What makes areas neighbours is
//! not asked here.

pub mod doubt;
pub mod global;
pub mod links;
pub mod local;
pub mod named;
mod permute;
pub mod rates;
pub mod significance;

pub use links::Links;
pub use significance::Alternative;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::draw::Seed;

/// Permutations where nothing is said.
pub const PERMUTATIONS: usize = 999;

/// The level below which a p-value is called significant where nothing is said.
pub const ALPHA: f64 = 0.05;

/// How chance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inference {
    /// How many random maps are drawn; 0 for none.
    pub permutations: usize,
    /// Which values count as extreme.
    pub alternative: Alternative,
    /// What the random maps start from.
    pub seed: Seed,
}

/// What is random in the analytic moments of a local statistic.
///
/// Source: Sokal, Oden and Thomson (1998), *Local spatial autocorrelation in a biological model*,
/// Geographical Analysis 30(4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Null {
    /// The area keeps its value, and the others are shuffled; their equations A7 and A8.
    #[default]
    Conditional,
    /// All values are shuffled; their equations A3 and A4.
    Total,
}

/// Why nothing can be tested.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum SpatialError {
    /// Moments of the fourth order need four values.
    #[error("only {n} areas have a value; spatial statistics need 4 or more")]
    #[diagnostic(code(levekaar::spatial::few), help("see the data notes for what is missing"))]
    TooFew {
        /// How many have one.
        n: usize,
    },
    /// There is nothing that could differ between neighbours.
    #[error("all {n} areas have the same value, {value}")]
    #[diagnostic(code(levekaar::spatial::constant), help("test a column in which areas differ"))]
    Constant {
        /// How many areas have a value.
        n: usize,
        /// The value.
        value: f64,
    },
    /// Nobody has a neighbour.
    #[error("none of the {n} areas with a value has a neighbour with a value")]
    #[diagnostic(
        code(levekaar::spatial::islands),
        help("do table and neighbours use the same ids? k nearest areas need no borders")
    )]
    NoLinks {
        /// How many areas have a value.
        n: usize,
    },
    /// A statistic of sums of values has no meaning where some are below 0.
    #[error("Getis and Ord's G needs values of 0 or more, and {n} are below, such as {example}")]
    #[diagnostic(
        code(levekaar::spatial::negative),
        help("Moran's I, Geary's C and the local statistics take any values")
    )]
    Negative {
        /// How many.
        n: usize,
        /// The least.
        example: f64,
    },
    /// Join counts need a column of zeros and ones.
    #[error("join counts need 0 and 1, and {n} values are neither, such as {example}")]
    #[diagnostic(
        code(levekaar::spatial::binary),
        help("make a column that is 1 where something holds and 0 where it does not")
    )]
    NotBinary {
        /// How many.
        n: usize,
        /// The first.
        example: f64,
    },
    /// A rate needs persons at risk.
    #[error(
        "{n} areas have events but no residents at risk, or fewer than none, such as row {row}"
    )]
    #[diagnostic(code(levekaar::spatial::rate), help("leave both cells empty where unknown"))]
    NoPopulation {
        /// How many.
        n: usize,
        /// The first, counted from 1.
        row: usize,
    },
}

/// Values that are present, and the links among them.
pub(crate) struct Sample {
    /// The position of each in the table.
    pub(crate) at: Vec<u32>,
    /// Less their mean.
    pub(crate) deviations: Vec<f64>,
    pub(crate) mean: f64,
    pub(crate) links: Links,
}

impl Sample {
    /// Of the finite values.
    pub(crate) fn of(x: &[f64], links: &Links) -> Result<Self, SpatialError> {
        let is_present: Vec<bool> = x.iter().map(|x| x.is_finite()).collect();
        Self::of_these(x, links, &is_present)
    }

    /// Of the values that `is_present` says, which must be finite.
    pub(crate) fn of_these(
        x: &[f64],
        links: &Links,
        is_present: &[bool],
    ) -> Result<Self, SpatialError> {
        assert_eq!(x.len(), links.n_areas(), "one value an area");
        let at: Vec<u32> = (0..x.len() as u32).filter(|&at| is_present[at as usize]).collect();
        let n = at.len();
        if n < 4 {
            return Err(SpatialError::TooFew { n });
        }
        let present: Vec<f64> = at.iter().map(|&at| x[at as usize]).collect();
        let summary = crate::statistics::Summary::of(&present).expect("there are four values");
        if summary.is_constant() {
            return Err(SpatialError::Constant { n, value: summary.mean });
        }
        let links = if n == x.len() { links.clone() } else { links.among(is_present) };
        if links.n_links() == 0 {
            return Err(SpatialError::NoLinks { n });
        }
        // What differs from the mean by rounding alone lies on it, and on neither side.
        let noise = 8.0 * f64::EPSILON * summary.min.abs().max(summary.max.abs());
        let deviation =
            |x: &f64| if (x - summary.mean).abs() <= noise { 0.0 } else { x - summary.mean };
        let deviations = present.iter().map(deviation).collect();
        Ok(Self { at, deviations, mean: summary.mean, links })
    }

    pub(crate) fn n(&self) -> usize {
        self.at.len()
    }

    /// The mean of this power of the deviations.
    pub(crate) fn moment(&self, power: i32) -> f64 {
        self.deviations.iter().map(|z| z.powi(power)).sum::<f64>() / self.n() as f64
    }
}

#[cfg(test)]
mod tests;
