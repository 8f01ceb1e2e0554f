//! Where do neighbours resemble each other?
//!
//! One statistic an area. With hundreds of areas some are significant by chance alone: the pseudo
//! p says how often chance gives as much around *this* area, the adjusted p holds the share of
//! false finds among all that are named.

use serde::{Deserialize, Serialize};

use super::permute::{Draws, tails};
use super::significance::{Tails, benjamini_hochberg};
use super::{Inference, Links, Null, Sample, SpatialError};
use schemars::JsonSchema;

/// A statistic with one value an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LocalStatistic {
    /// Local Moran: the area and its neighbours together on the same side of the mean, or not.
    #[default]
    Moran,
    /// Getis and Ord's Gi: its neighbours high or low, whatever the area itself.
    Gi,
    /// Gi*: the area and its neighbours high or low.
    GiStar,
}

/// Where an area and its neighbours lie, seen from the mean: the area first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quadrant {
    /// Both above.
    HighHigh,
    /// The area below, its neighbours above.
    LowHigh,
    /// Both below, or at the mean.
    LowLow,
    /// The area above, its neighbours below.
    HighLow,
}

impl Quadrant {
    /// From the lowest to the highest as they are numbered in PySAL.
    pub const ALL: [Self; 4] = [Self::HighHigh, Self::LowHigh, Self::LowLow, Self::HighLow];

    /// The name in files: `HH`, `LH`, `LL` or `HL`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HighHigh => "HH",
            Self::LowHigh => "LH",
            Self::LowLow => "LL",
            Self::HighLow => "HL",
        }
    }

    fn of(area: f64, neighbours: f64) -> Self {
        match (area > 0.0, neighbours > 0.0) {
            (true, true) => Self::HighHigh,
            (false, true) => Self::LowHigh,
            (false, false) => Self::LowLow,
            (true, false) => Self::HighLow,
        }
    }
}

/// What one area shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Local {
    /// How many neighbours with a value it has.
    pub n_neighbours: usize,
    /// The statistic.
    pub value: f64,
    /// The weighted sum of its neighbours' values, the mean with standardised links; for Gi* the
    /// area itself is among them.
    pub lag: f64,
    /// Area and neighbours, seen from the mean.
    pub quadrant: Quadrant,
    /// What chance gives on average.
    pub expected: f64,
    /// The variance that chance gives.
    pub variance: f64,
    /// Standard deviations from the expected value; NaN where the variance is 0.
    pub z: f64,
    /// By the normal distribution; local statistics are far from it where neighbours are few.
    pub p_normal: f64,
    /// The pseudo p among permutations; NaN without permutations.
    pub p: f64,
    /// The pseudo p (or, without permutations, the normal p) held for false discoveries.
    pub p_adjusted: f64,
}

/// What an area shows, or why it shows nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found {
    /// It was tested.
    Tested(Local),
    /// It has no value.
    Missing,
    /// It has a value, and no neighbour has one.
    Island,
}

impl Found {
    /// What it shows, where it was tested.
    pub fn tested(&self) -> Option<&Local> {
        match self {
            Self::Tested(local) => Some(local),
            Self::Missing | Self::Island => None,
        }
    }
}

/// The local Moran of each area: `(n - 1) / n` times its standardised value times the lag of
/// those of its neighbours, as in GeoDa and PySAL. Mean, variance and z are those of the paper,
/// which has no such factor.
///
/// Shape: one [`Found`] an area, in the order of `x`; NaN is [`Found::Missing`] and takes no part
/// in any mean, an area without neighbours is [`Found::Island`]. Links are taken as they are:
/// standardised ones are usual.
///
/// # Errors
///
/// [`SpatialError`] for fewer than four values, equal values, or no links.
///
/// Source: Anselin (1995), *Local indicators of spatial association*, Geographical Analysis 27(2);
/// the moments: Sokal, Oden and Thomson (1998), Geographical Analysis 30(4).
pub fn local_moran(
    x: &[f64],
    links: &Links,
    null: Null,
    inference: Inference,
) -> Result<Vec<Found>, SpatialError> {
    let sample = Sample::of(x, links)?;
    let n = sample.n() as f64;
    let m2 = sample.moment(2);
    let sd = m2.sqrt();
    let z: Vec<f64> = sample.deviations.iter().map(|d| d / sd).collect();
    let b2 = sample.moment(4) / (m2 * m2);
    let lags = lags(&sample.links, &z);
    let tails = chance(&sample, &z, &lags, inference);
    let rows: Vec<Local> = (0..sample.n())
        .map(|at| {
            let (z, lag) = (z[at], lags[at]);
            let (weights, squares) = row_sums(&sample.links, at);
            let (expected, variance) = match null {
                Null::Conditional => (
                    -(z * z * weights) / (n - 1.0),
                    z * z * n / (n - 2.0)
                        * (squares - weights * weights / (n - 1.0))
                        * (1.0 - z * z / (n - 1.0)),
                ),
                Null::Total => (
                    -weights / (n - 1.0),
                    squares * (n - b2) / (n - 1.0)
                        + (weights * weights - squares) * (2.0 * b2 - n) / ((n - 1.0) * (n - 2.0))
                        - (weights / (n - 1.0)).powi(2),
                ),
            };
            let tails = tails.as_ref().map(|tails| turned(tails[at], z, inference));
            let lag_of_x = lag * sd + sample.mean * weights;
            let around = (lag_of_x, Quadrant::of(z, lag));
            // The moments are those of z times its lag, and so is the z made of them.
            let local = finished((z * lag, expected, variance), around, tails, inference);
            Local { value: (n - 1.0) / n * z * lag, ..local }
        })
        .collect();
    Ok(placed(x.len(), &sample, rows))
}

/// Getis and Ord's Gi, or Gi* where the area itself counts as its own neighbour (with weight 1, or
/// with the largest weight of its neighbours before standardising).
///
/// Shape: as [`local_moran`]. The value is the share of the sum of all values that lies around the
/// area; where values below 0 make that share meaningless it is NaN, while z and p stand. The
/// quadrant says where the area itself and its neighbours lie. Links should be binary.
///
/// # Errors
///
/// Those of [`local_moran`].
///
/// Source: Ord and Getis (1995), *Local spatial autocorrelation statistics*, Geographical Analysis
/// 27(4), equations 5 and 6.
pub fn getis_ord_local(
    x: &[f64],
    links: &Links,
    with_itself: bool,
    inference: Inference,
) -> Result<Vec<Found>, SpatialError> {
    let sample = Sample::of(x, links)?;
    let values: Vec<f64> = sample.at.iter().map(|&at| x[at as usize]).collect();
    let is_share = values.iter().all(|x| *x >= 0.0);
    let (sum, n) = (values.iter().sum::<f64>(), values.len() as f64);
    let squares: f64 = sample.deviations.iter().map(|d| d * d).sum();
    let lags = lags(&sample.links, &sample.deviations);
    let tails = chance(&sample, &sample.deviations, &lags, inference);
    let row = |at: usize| {
        let own = sample.deviations[at];
        let (mut weights, mut weights_squared) = row_sums(&sample.links, at);
        let mut lag = lags[at];
        let quadrant = Quadrant::of(own, lag);
        // Mean and variance of those that could be neighbours, seen from the overall mean.
        let (count, mean, variance, all) = if with_itself {
            let itself = sample.links.row(at).1.iter().copied().fold(0.0, f64::max);
            lag += itself * own;
            weights += itself;
            weights_squared += itself * itself;
            if sample.links.is_standardised() {
                lag /= weights;
                weights_squared /= weights * weights;
                weights = 1.0;
            }
            (n, 0.0, squares / n, sum)
        } else {
            let mean = -own / (n - 1.0);
            (n - 1.0, mean, (squares - own * own) / (n - 1.0) - mean * mean, sum - values[at])
        };
        let lag_of_x = lag + sample.mean * weights;
        let spread = variance * (count * weights_squared - weights * weights) / (count - 1.0);
        let tails = tails.as_ref().map(|tails| tails[at]);
        // The moments of the share are those of the lag over the sum.
        let scale = if is_share && all > 0.0 { all } else { f64::NAN };
        let mut local =
            finished((lag - mean * weights, 0.0, spread), (lag_of_x, quadrant), tails, inference);
        local.value = lag_of_x / scale;
        local.expected = weights * (mean + sample.mean) / scale;
        local.variance = spread / (scale * scale);
        local
    };
    let rows = (0..sample.n()).map(row).collect();
    Ok(placed(x.len(), &sample, rows))
}

/// The bivariate local Moran: an area's own `x` beside its neighbours' `y`.
///
/// Shape: as [`local_moran`]; an area without either value is [`Found::Missing`]. The quadrant is
/// of the area's `x` and its neighbours' `y`. It tells where two things lie side by side and not
/// why; `x` and `y` of the same area take no part, however strongly they go together.
///
/// # Errors
///
/// Those of [`local_moran`], of either column.
///
/// Source: Anselin, Syabri and Smirnov (2002), *Visualizing multivariate spatial correlation with
/// dynamically linked windows*; the moments are those of permuting the neighbours.
pub fn local_moran_bivariate(
    x: &[f64],
    y: &[f64],
    links: &Links,
    inference: Inference,
) -> Result<Vec<Found>, SpatialError> {
    let both: Vec<bool> = x.iter().zip(y).map(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let [of_x, of_y] = [x, y].map(|column| Sample::of_these(column, links, &both));
    let (of_x, of_y) = (of_x?, of_y?);
    let n = of_x.n() as f64;
    let [sd_x, sd_y] = [&of_x, &of_y].map(|sample| sample.moment(2).sqrt());
    let zx: Vec<f64> = of_x.deviations.iter().map(|d| d / sd_x).collect();
    let zy: Vec<f64> = of_y.deviations.iter().map(|d| d / sd_y).collect();
    let lags = lags(&of_y.links, &zy);
    let tails = chance(&of_y, &zy, &lags, inference);
    let factor = (n - 1.0) / n;
    let row = |at: usize| {
        let (weights, squares) = row_sums(&of_y.links, at);
        // The neighbours are drawn from all values but the area's own.
        let mean = -zy[at] / (n - 1.0);
        let variance = (n - zy[at] * zy[at]) / (n - 1.0) - mean * mean;
        let spread = variance * ((n - 1.0) * squares - weights * weights) / (n - 2.0);
        let moments = (factor * zx[at] * mean * weights, (factor * zx[at]).powi(2) * spread);
        let tails = tails.as_ref().map(|tails| turned(tails[at], zx[at], inference));
        let quadrant = Quadrant::of(zx[at], lags[at]);
        let lag_of_y = lags[at] * sd_y + of_y.mean * weights;
        let value = factor * zx[at] * lags[at];
        finished((value, moments.0, moments.1), (lag_of_y, quadrant), tails, inference)
    };
    let rows = (0..of_x.n()).map(row).collect();
    Ok(placed(x.len(), &of_x, rows))
}

fn lags(links: &Links, z: &[f64]) -> Vec<f64> {
    (0..z.len()).map(|at| links.lag(at, z)).collect()
}

/// The sum of an area's weights, and of their squares.
fn row_sums(links: &Links, at: usize) -> (f64, f64) {
    let weights = links.row(at).1;
    (weights.iter().sum(), weights.iter().map(|w| w * w).sum())
}

/// How extreme each lag is among random neighbours; `None` without permutations.
fn chance(
    sample: &Sample,
    values: &[f64],
    lags: &[f64],
    inference: Inference,
) -> Option<Vec<Tails>> {
    let n = inference.permutations;
    (n > 0).then(|| {
        let width = sample.links.most_neighbours();
        let draws = Draws::of(values.len(), width, n, inference.seed);
        tails(&sample.links, values, lags, &draws)
    })
}

/// The tails of `own * lag` from those of the lag.
fn turned(tails: Tails, own: f64, inference: Inference) -> Tails {
    if own > 0.0 {
        tails
    } else if own < 0.0 {
        tails.reversed()
    } else {
        // A product with 0 is 0 whatever the neighbours are.
        let n = inference.permutations;
        Tails { n_at_least: n, n_at_most: n, n_as_far: n }
    }
}

fn finished(
    (value, expected, variance): (f64, f64, f64),
    (lag, quadrant): (f64, Quadrant),
    tails: Option<Tails>,
    inference: Inference,
) -> Local {
    let z = if variance > 0.0 { (value - expected) / variance.sqrt() } else { f64::NAN };
    Local {
        n_neighbours: 0,
        value,
        lag,
        quadrant,
        expected,
        variance,
        z,
        p_normal: inference.alternative.of_normal(z),
        p: tails.map_or(f64::NAN, |t| inference.alternative.of_tails(t, inference.permutations)),
        p_adjusted: f64::NAN,
    }
}

/// Each area's finding in its place, with adjusted p-values.
fn placed(n_areas: usize, sample: &Sample, rows: Vec<Local>) -> Vec<Found> {
    let mut found = vec![Found::Missing; n_areas];
    let is_island = |at: usize| sample.links.row(at).0.is_empty();
    let p: Vec<f64> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| match (is_island(at), row.p.is_nan()) {
            (true, _) => f64::NAN,
            (false, true) => row.p_normal,
            (false, false) => row.p,
        })
        .collect();
    let adjusted = benjamini_hochberg(&p);
    for (at, row) in rows.into_iter().enumerate() {
        let n_neighbours = sample.links.row(at).0.len();
        found[sample.at[at] as usize] = if is_island(at) {
            Found::Island
        } else {
            Found::Tested(Local { n_neighbours, p_adjusted: adjusted[at], ..row })
        };
    }
    found
}
