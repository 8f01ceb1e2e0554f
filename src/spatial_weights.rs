//! How much does each area count for another?
//!
//! [`Neighbours`], centres or a file in, [`SpatialWeights`] out: for each area the others that
//! count, and how much. Areas that nothing counts for are islands and are listed; what a statistic
//! does with them is its own business. Files are read in [`crate::load::weights`].

mod nearest;

use geo::Centroid;
use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::Area;
use crate::boundary::Boundaries;
use crate::contiguity::{Contiguity, ContiguityError, Touch, contiguity};
use crate::neighbour::Neighbours;
use crate::notice::Notice;
use nearest::Tree;

/// Which areas count for an area, and how much, before they are standardised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WeightScheme {
    /// The neighbours that the project names, each 1: a file of pairs or its own contiguity.
    Neighbours {},
    /// Areas whose outlines share a point, each 1.
    #[serde(rename_all = "kebab-case")]
    Queen {
        /// As [`Contiguity::snap_m`].
        #[serde(default)]
        snap_m: f64,
    },
    /// Areas whose outlines share a line, each 1.
    #[serde(rename_all = "kebab-case")]
    Rook {
        /// As [`Contiguity::snap_m`].
        #[serde(default)]
        snap_m: f64,
    },
    /// The `k` areas whose centres are nearest, each 1; of centres equally far the one that comes
    /// first in the table. Not symmetric: the outskirts look to the city, not the city to them.
    KNearest {
        /// How many; at least 1 and fewer than there are areas with an outline.
        k: usize,
    },
    /// Areas whose centres lie within a distance, each `distance^-power`, and 1 at power 0.
    /// Dense cities get many neighbours and the country few or none.
    DistanceBand {
        /// The distance in metres; a centre exactly that far away counts.
        metres: f64,
        /// 0 counts all alike; 1 and 2 let near ones count more. Centres in one place then have no
        /// weight and are an error.
        #[serde(default)]
        power: f64,
    },
    /// Areas by a kernel of their distance over a bandwidth.
    ///
    /// Source: Anselin and Rey (2014), *Modern Spatial Econometrics in Practice*, chapter 4.
    Kernel {
        /// Its shape.
        function: KernelFunction,
        /// How far it reaches.
        bandwidth: Bandwidth,
        /// Whether an area counts for itself, with the kernel's value at 0.
        #[serde(default)]
        own: bool,
    },
    /// Areas of one larger unit, each 1.
    Block {},
}

/// The shape of a kernel; `z` is the distance over the bandwidth, and beyond 1 the weight is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KernelFunction {
    /// `1/2`
    Uniform,
    /// `1 - z`
    Triangular,
    /// `3/4 (1 - z^2)`, also called Epanechnikov's.
    Quadratic,
    /// `15/16 (1 - z^2)^2`
    Quartic,
    /// `exp(-z^2 / 2) / sqrt(2 pi)`, cut off at the bandwidth.
    Gaussian,
}

/// How far a kernel reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Bandwidth {
    /// The same distance everywhere.
    Fixed {
        /// In metres.
        metres: f64,
    },
    /// For each area the distance to its `k`-th nearest, so that all have as many.
    Adaptive {
        /// Which.
        k: usize,
    },
}

/// Whether the weights of each area are made to sum to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standardisation {
    /// They are, but for islands, whose weights sum to 0. The lag is then a mean.
    #[default]
    Row,
    /// They stay as they are. The lag is then a sum, and areas with many neighbours weigh most.
    None,
}

/// Who counts how much for whom, as compressed rows.
///
/// Invariant: a row an area, with targets in ascending order, each once; weights are finite and
/// not negative.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialWeights {
    start: Vec<usize>,
    target: Vec<u32>,
    weight: Vec<f64>,
}

impl SpatialWeights {
    /// From the targets and weights of each area, in any order; targets that come twice are added.
    ///
    /// # Panics
    ///
    /// When a target is no area, or a weight is negative or not finite: the caller's mistake.
    pub fn from_rows(rows: Vec<Vec<(u32, f64)>>) -> Self {
        let n_areas = rows.len();
        let mut weights =
            Self { start: Vec::with_capacity(n_areas + 1), target: Vec::new(), weight: Vec::new() };
        weights.start.push(0);
        for mut row in rows {
            row.sort_by_key(|&(target, _)| target);
            for (target, weight) in row {
                assert!((target as usize) < n_areas && weight >= 0.0 && weight.is_finite());
                let begin = *weights.start.last().expect("it begins with 0");
                if weights.target.len() > begin && weights.target.last() == Some(&target) {
                    *weights.weight.last_mut().expect("beside the target") += weight;
                } else {
                    weights.target.push(target);
                    weights.weight.push(weight);
                }
            }
            weights.start.push(weights.target.len());
        }
        weights
    }

    /// Each neighbour with weight 1.
    pub fn from_neighbours(neighbours: &Neighbours) -> Self {
        let row = |at: usize| neighbours.of(at).iter().map(|&other| (other, 1.0)).collect();
        Self::from_rows((0..neighbours.n_areas()).map(row).collect())
    }

    /// The number of areas.
    pub fn n_areas(&self) -> usize {
        self.start.len() - 1
    }

    /// The areas that count for this one, in ascending order.
    pub fn targets(&self, area_idx: usize) -> &[u32] {
        &self.target[self.start[area_idx]..self.start[area_idx + 1]]
    }

    /// How much they count, in the same order.
    pub fn weights(&self, area_idx: usize) -> &[f64] {
        &self.weight[self.start[area_idx]..self.start[area_idx + 1]]
    }

    /// Targets and weights side by side.
    pub fn row(&self, area_idx: usize) -> impl ExactSizeIterator<Item = (usize, f64)> {
        let pairs = self.targets(area_idx).iter().zip(self.weights(area_idx));
        pairs.map(|(&target, &weight)| (target as usize, weight))
    }

    /// Areas that nothing but themselves counts for.
    pub fn islands(&self) -> Vec<usize> {
        let alone = |at: &usize| self.row(*at).all(|(other, weight)| other == *at || weight == 0.0);
        (0..self.n_areas()).filter(alone).collect()
    }

    /// The sum of all weights.
    pub fn sum(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// The number of weights.
    pub fn n_weights(&self) -> usize {
        self.weight.len()
    }

    /// The same with rows that sum to 1, or as they are. A row whose sum is 0 stays.
    pub fn standardised(mut self, how: Standardisation) -> Self {
        match how {
            Standardisation::None => {}
            Standardisation::Row => {
                for ends in self.start.windows(2) {
                    let row = &mut self.weight[ends[0]..ends[1]];
                    let sum: f64 = row.iter().sum();
                    if sum > 0.0 {
                        row.iter_mut().for_each(|weight| *weight /= sum);
                    }
                }
            }
        }
        self
    }

    /// The same without the areas where `keep` is false: nothing counts for them and they count
    /// for nothing, as for areas without a value. Standardise afterwards.
    pub fn only(&self, keep: &[bool]) -> Self {
        let row = |at: usize| {
            let stays = |&(target, _): &(usize, f64)| keep[at] && keep[target];
            let row = self.row(at).filter(stays);
            row.map(|(target, weight)| (target as u32, weight)).collect()
        };
        Self::from_rows((0..self.n_areas()).map(row).collect())
    }

    /// The weighted sum of the values around each area; 0 for islands.
    ///
    /// # Panics
    ///
    /// When there is not one value an area.
    pub fn lag(&self, values: &[f64]) -> Vec<f64> {
        assert_eq!(values.len(), self.n_areas(), "one value an area");
        let lag = |at: usize| self.row(at).map(|(other, weight)| weight * values[other]).sum();
        (0..self.n_areas()).map(lag).collect()
    }
}

/// Why weights cannot be made.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum WeightError {
    /// The scheme needs outlines, and there are none.
    #[error("weights by `{method}` need boundaries, and there are none")]
    #[diagnostic(
        code(levekaar::weights::boundaries),
        help("give the project `[boundaries]` with `file` and `id`")
    )]
    NoBoundaries {
        /// The scheme.
        method: &'static str,
    },

    /// The scheme needs neighbours that the project does not name.
    #[error("weights by `neighbours` need to be told which areas are neighbours")]
    #[diagnostic(
        code(levekaar::weights::neighbours),
        help(
            "under `[areas]`: `contiguity = {{ method = \"queen\" }}`, or a file with `neighbours`"
        )
    )]
    NoNeighbours,

    /// The scheme needs larger units.
    #[error("weights by `block` need the larger unit of each area, and none is known")]
    #[diagnostic(
        code(levekaar::weights::block),
        help("name its column under `[areas]`: `parent = \"district\"`")
    )]
    NoParents,

    /// A number is out of its range.
    #[error("`{name}` is {found}; it must be {range}")]
    #[diagnostic(
        code(levekaar::weights::range),
        help("change it in the project or on the command line")
    )]
    OutOfRange {
        /// The key.
        name: &'static str,
        /// What was asked for.
        found: f64,
        /// What it may be.
        range: String,
    },

    /// Two centres lie in one place, where an inverse distance has no value.
    #[error(
        "the centres of `{a}` and `{b}` lie in one place, so that their inverse distance is endless"
    )]
    #[diagnostic(
        code(levekaar::weights::coincident),
        help("use `power = 0`, `k-nearest` or a kernel")
    )]
    Coincident {
        /// The one area.
        a: String,
        /// The other.
        b: String,
    },

    /// The outlines cannot be compared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Contiguity(#[from] ContiguityError),
}

/// Makes the weights of `areas` by a scheme.
///
/// Shape: a row an area, in the order of `areas`. Distances are metres between the centroids of
/// the outlines in the plane of [`Boundaries::crs`]; an area without an outline is an island there.
/// An area without a larger unit is an island of blocks. Islands are named in a warning.
///
/// # Errors
///
/// [`WeightError`] when something that the scheme needs is missing or a number is out of range.
pub fn spatial_weights(
    areas: &[Area],
    boundaries: Option<&Boundaries>,
    neighbours: Option<&Neighbours>,
    scheme: WeightScheme,
) -> Result<(SpatialWeights, Vec<Notice>), WeightError> {
    let outlines = |method| boundaries.ok_or(WeightError::NoBoundaries { method });
    let touching = |method, snap_m, boundaries| {
        let how = Contiguity { method, snap_m, links: Vec::new(), cuts: Vec::new() };
        contiguity(areas, boundaries, &how)
    };
    let weights = match scheme {
        WeightScheme::Neighbours {} => {
            SpatialWeights::from_neighbours(neighbours.ok_or(WeightError::NoNeighbours)?)
        }
        WeightScheme::Queen { snap_m } => {
            let found = touching(Touch::Queen, snap_m, outlines("queen")?)?;
            SpatialWeights::from_neighbours(&found.0)
        }
        WeightScheme::Rook { snap_m } => {
            let found = touching(Touch::Rook, snap_m, outlines("rook")?)?;
            SpatialWeights::from_neighbours(&found.0)
        }
        WeightScheme::KNearest { k } => k_nearest(&centres(areas, outlines("k-nearest")?), k)?,
        WeightScheme::DistanceBand { metres, power } => {
            let centres = centres(areas, outlines("distance-band")?);
            distance_band(areas, &centres, metres, power)?
        }
        WeightScheme::Kernel { function, bandwidth, own } => {
            kernel(&centres(areas, outlines("kernel")?), function, bandwidth, own)?
        }
        WeightScheme::Block {} => blocks(areas)?,
    };
    let islands: Vec<String> = weights.islands().into_iter().map(|at| areas[at].label()).collect();
    let notices = if islands.is_empty() {
        Vec::new()
    } else {
        vec![Notice::warning("region.weight-islands").about(islands)]
    };
    Ok((weights, notices))
}

/// The centroid of each area's outline in metres.
fn centres(areas: &[Area], boundaries: &Boundaries) -> Vec<Option<[f64; 2]>> {
    let centre = |area: &Area| {
        let centroid = boundaries.get(&area.id)?.projected.centroid()?;
        Some([centroid.x(), centroid.y()])
    };
    areas.par_iter().map(centre).collect()
}

fn k_nearest(centres: &[Option<[f64; 2]>], k: usize) -> Result<SpatialWeights, WeightError> {
    let tree = Tree::of(centres);
    require_k("k", k, &tree)?;
    let row = |(at, centre): (usize, &Option<[f64; 2]>)| match centre {
        Some(centre) => {
            tree.nearest(*centre, k, at as u32).into_iter().map(|(other, _)| (other, 1.0)).collect()
        }
        None => Vec::new(),
    };
    Ok(SpatialWeights::from_rows(centres.par_iter().enumerate().map(row).collect()))
}

fn require_k(name: &'static str, k: usize, tree: &Tree) -> Result<(), WeightError> {
    if (1..tree.len()).contains(&k) {
        return Ok(());
    }
    let range = format!("from 1 to {}, one less than there are outlines", tree.len().max(1) - 1);
    Err(WeightError::OutOfRange { name, found: k as f64, range })
}

fn require_metres(metres: f64) -> Result<(), WeightError> {
    if metres > 0.0 && metres.is_finite() {
        return Ok(());
    }
    let range = "a distance above 0".to_owned();
    Err(WeightError::OutOfRange { name: "metres", found: metres, range })
}

fn distance_band(
    areas: &[Area],
    centres: &[Option<[f64; 2]>],
    metres: f64,
    power: f64,
) -> Result<SpatialWeights, WeightError> {
    require_metres(metres)?;
    if !(0.0..=10.0).contains(&power) {
        let range = "from 0 to 10".to_owned();
        return Err(WeightError::OutOfRange { name: "power", found: power, range });
    }
    let tree = Tree::of(centres);
    let row = |(at, centre): (usize, &Option<[f64; 2]>)| {
        let Some(centre) = centre else { return Ok(Vec::new()) };
        let within = tree.within(*centre, metres, at as u32);
        let weighed = within.into_iter().map(|(other, distance)| {
            if power > 0.0 && distance == 0.0 {
                let label = |at: usize| areas[at].label();
                return Err(WeightError::Coincident { a: label(at), b: label(other as usize) });
            }
            Ok((other, distance.powf(-power)))
        });
        weighed.collect::<Result<Vec<_>, _>>()
    };
    let rows = centres.iter().enumerate().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(SpatialWeights::from_rows(rows))
}

fn kernel(
    centres: &[Option<[f64; 2]>],
    function: KernelFunction,
    bandwidth: Bandwidth,
    own: bool,
) -> Result<SpatialWeights, WeightError> {
    let tree = Tree::of(centres);
    match bandwidth {
        Bandwidth::Fixed { metres } => require_metres(metres)?,
        Bandwidth::Adaptive { k } => require_k("k", k, &tree)?,
    }
    let row = |(at, centre): (usize, &Option<[f64; 2]>)| {
        let Some(centre) = *centre else { return Vec::new() };
        let reach = match bandwidth {
            Bandwidth::Fixed { metres } => metres,
            Bandwidth::Adaptive { k } => {
                tree.nearest(centre, k, at as u32).last().map_or(0.0, |&(_, distance)| distance)
            }
        };
        let within = if reach > 0.0 { tree.within(centre, reach, at as u32) } else { Vec::new() };
        let mut row: Vec<(u32, f64)> = within
            .into_iter()
            .map(|(other, distance)| (other, function.at((distance / reach).min(1.0))))
            .collect();
        if own {
            row.push((at as u32, function.at(0.0)));
        }
        row
    };
    Ok(SpatialWeights::from_rows(centres.par_iter().enumerate().map(row).collect()))
}

impl KernelFunction {
    /// The weight at `z` in `[0, 1]`.
    fn at(self, z: f64) -> f64 {
        match self {
            Self::Uniform => 0.5,
            Self::Triangular => 1.0 - z,
            Self::Quadratic => 0.75 * (1.0 - z * z),
            Self::Quartic => 15.0 / 16.0 * (1.0 - z * z).powi(2),
            Self::Gaussian => (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt(),
        }
    }
}

fn blocks(areas: &[Area]) -> Result<SpatialWeights, WeightError> {
    let mut members: std::collections::BTreeMap<&str, Vec<u32>> = std::collections::BTreeMap::new();
    for (at, area) in areas.iter().enumerate() {
        if let Some(parent) = &area.parent {
            members.entry(parent).or_default().push(at as u32);
        }
    }
    if members.is_empty() {
        return Err(WeightError::NoParents);
    }
    let row = |(at, area): (usize, &Area)| {
        let block = area.parent.as_deref().and_then(|parent| members.get(parent));
        let others = block.into_iter().flatten().filter(|&&other| other as usize != at);
        others.map(|&other| (other, 1.0)).collect()
    };
    Ok(SpatialWeights::from_rows(areas.iter().enumerate().map(row).collect()))
}

#[cfg(test)]
mod tests;
