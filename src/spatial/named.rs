//! Which areas are named as clusters?
//!
//! What a project says about its clusters, and how a finding gets a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::local::{Found, Local, LocalStatistic};
use super::{ALPHA, Alternative, PERMUTATIONS};
use crate::spatial_weights::WeightScheme;

/// The names of the clusters of Gi and Gi*, beside those of [`super::local::Quadrant`].
pub const HOT_COLD: [&str; 2] = ["hot", "cold"];

/// Which p decides whether a cluster is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// Held for false discoveries over all areas.
    #[default]
    FalseDiscovery,
    /// Each area by itself; one in twenty areas is named at 0.05 where there is nothing.
    None,
}

/// What decides whether a cluster is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Named {
    /// The statistic.
    pub statistic: LocalStatistic,
    /// The level: named at or below it.
    pub alpha: f64,
    /// Which p.
    pub correction: Correction,
}

impl Named {
    /// The cluster that an area belongs to, as files name it: `HH`, `LL`, `HL` and `LH`, or `hot`
    /// and `cold`; `None` where it is not significant or undefined.
    pub fn cluster(&self, found: &Found) -> Option<&'static str> {
        let local = found.tested()?;
        let p = match self.correction {
            Correction::FalseDiscovery => local.p_adjusted,
            Correction::None if local.p.is_nan() => local.p_normal,
            Correction::None => local.p,
        };
        (p <= self.alpha).then(|| self.kind(local))
    }

    fn kind(&self, local: &Local) -> &'static str {
        match self.statistic {
            LocalStatistic::Moran => local.quadrant.name(),
            LocalStatistic::Gi | LocalStatistic::GiStar if local.z > 0.0 => HOT_COLD[0],
            LocalStatistic::Gi | LocalStatistic::GiStar => HOT_COLD[1],
        }
    }
}

/// `[spatial]` of a project: clusters of the scores in its report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SpatialOptions {
    /// Who counts as a neighbour; the project's own neighbours where nothing is said and it has
    /// some, else areas whose outlines share a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightScheme>,
    /// What is computed for each area.
    #[serde(default)]
    pub statistic: LocalStatistic,
    /// Which values count as extreme.
    #[serde(default)]
    pub alternative: Alternative,
    /// Random maps; 0 for analytic p-values alone.
    #[serde(default = "permutations")]
    pub permutations: usize,
    /// What the random maps start from.
    #[serde(default = "seed")]
    pub seed: u64,
    /// The level at which a cluster is named.
    #[serde(default = "alpha")]
    pub alpha: f64,
    /// Which p is compared with it.
    #[serde(default)]
    pub correction: Correction,
    /// In so many replicates of the index it is counted how often an area is high among high ones.
    #[serde(default)]
    pub replicates: u32,
}

fn permutations() -> usize {
    PERMUTATIONS
}

fn seed() -> u64 {
    1
}

fn alpha() -> f64 {
    ALPHA
}
