//! What stands in for a gap?
//!
//! Looks for a value along a chain of sources and takes the first that has one. Only measured
//! values are looked at, so that one guess never rests on another. Areas in which nobody lives
//! and areas that are screened out are not filled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Surroundings;
use crate::indicator::Earlier;
use crate::statistics::{Summary, median};

/// How gaps are filled.
///
/// Every filled cell is in the ledger. An imputed value is a guess that pulls an area towards
/// others; the rank bounds ([`crate::bounds`]) say what the guess decides. Source for all but
/// `last-value`: OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, step 3.
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
    /// The mean of the neighbours that have a value, each counting the same. Makes an area look
    /// like its surroundings, which is what a pocket of deprivation is not.
    Neighbours {
        /// Whose mean is taken where no neighbour has a value, in this order; a gap stays where
        /// the list ends.
        #[serde(default)]
        fallback: Vec<Fallback>,
    },
    /// The area's own latest value of the years before, from the same table. As old as the
    /// ledger says; blind to what has changed since.
    LastValue {
        /// How many years back a value may be, 1..=50.
        years: u16,
    },
}

impl Default for Imputation {
    fn default() -> Self {
        Self::None {}
    }
}

/// Whose mean stands in where no neighbour has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// Areas with the same parent.
    Group,
    /// All areas.
    All,
}

/// What a filled value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// All areas with a value.
    All,
    /// Those with the same parent.
    Group,
    /// The neighbours with a value.
    Neighbours,
    /// The area's own value of this year.
    Year(i32),
}

impl Imputation {
    /// What is wrong with the parameters, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match self {
            Self::LastValue { years } if !(1..=50).contains(years) => Some((
                format!("looks {years} years back for a value"),
                "`years` is a number from 1 to 50".to_owned(),
            )),
            Self::Neighbours { fallback } if has_double(fallback) => Some((
                "names a fallback twice".to_owned(),
                "`fallback` is a list such as `[\"group\", \"all\"]`".to_owned(),
            )),
            Self::None {}
            | Self::Mean {}
            | Self::Median {}
            | Self::GroupMean {}
            | Self::GroupMedian {}
            | Self::Neighbours { .. }
            | Self::LastValue { .. } => None,
        }
    }

    /// How many years before the one in use are read from the table.
    pub fn years_back(&self) -> u16 {
        match self {
            Self::LastValue { years } => *years,
            Self::None {}
            | Self::Mean {}
            | Self::Median {}
            | Self::GroupMean {}
            | Self::GroupMedian {}
            | Self::Neighbours { .. } => 0,
        }
    }

    fn chain(&self) -> Vec<Source> {
        match self {
            Self::None {} => Vec::new(),
            Self::Mean {} => vec![Source::All(Centre::Mean)],
            Self::Median {} => vec![Source::All(Centre::Median)],
            Self::GroupMean {} => vec![Source::Group(Centre::Mean)],
            Self::GroupMedian {} => vec![Source::Group(Centre::Median)],
            Self::Neighbours { fallback } => {
                let rest = fallback.iter().map(|fallback| match fallback {
                    Fallback::Group => Source::Group(Centre::Mean),
                    Fallback::All => Source::All(Centre::Mean),
                });
                std::iter::once(Source::Neighbours).chain(rest).collect()
            }
            Self::LastValue { .. } => vec![Source::Earlier],
        }
    }
}

fn has_double(list: &[Fallback]) -> bool {
    list.iter().enumerate().any(|(at, fallback)| list[..at].contains(fallback))
}

/// Where a value may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    All(Centre),
    Group(Centre),
    Neighbours,
    Earlier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Centre {
    Mean,
    Median,
}

impl Centre {
    fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            Self::Mean => Summary::of(values).map(|summary| summary.mean),
            Self::Median => median(values, &mut Vec::new()),
        }
    }
}

/// One gap that can be filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fill {
    pub(super) at: usize,
    pub(super) value: f64,
    pub(super) basis: Basis,
}

/// A value for each gap of `values` for which the chain has one, in the order of the areas, and
/// the gaps of areas in which nobody lives.
pub(super) fn fills(
    imputation: &Imputation,
    values: &[f64],
    earlier: &[Earlier],
    around: &Surroundings<'_>,
) -> (Vec<Fill>, Vec<u32>) {
    let chain = imputation.chain();
    if chain.is_empty() || !values.iter().any(|x| x.is_nan()) {
        return (Vec::new(), Vec::new());
    }
    let mut all = None;
    let mut groups: Vec<Option<Option<f64>>> = vec![None; around.members.len()];
    let mut found = Vec::new();
    let mut empty = Vec::new();
    for at in (0..values.len()).filter(|&at| values[at].is_nan() && !around.is_screened(at)) {
        // Nobody lives there: a number would describe nobody.
        if around.areas[at].population == Some(0.0) {
            empty.push(u32::try_from(at).unwrap_or(u32::MAX));
            continue;
        }
        let fill = chain.iter().find_map(|source| match *source {
            Source::All(centre) => {
                let value = *all.get_or_insert_with(|| centre.of(values));
                value.map(|value| Fill { at, value, basis: Basis::All })
            }
            Source::Group(centre) => {
                let group = around.group[at]? as usize;
                let of_group = || {
                    let members = &around.members[group];
                    centre.of(&members.iter().map(|&at| values[at]).collect::<Vec<_>>())
                };
                let value = *groups[group].get_or_insert_with(of_group);
                value.map(|value| Fill { at, value, basis: Basis::Group })
            }
            Source::Neighbours => {
                let near = around.neighbours?.of(at).iter().map(|&near| values[near as usize]);
                let value = Centre::Mean.of(&near.collect::<Vec<_>>())?;
                Some(Fill { at, value, basis: Basis::Neighbours })
            }
            Source::Earlier => {
                let last = earlier.iter().find(|earlier| !earlier.values[at].is_nan())?;
                Some(Fill { at, value: last.values[at], basis: Basis::Year(last.year) })
            }
        });
        found.extend(fill);
    }
    (found, empty)
}
