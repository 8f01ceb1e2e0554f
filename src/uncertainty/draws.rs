//! Which settings does a replicate have?
//!
//! Replicate `r` of seed `s` has a random stream of its own, derived from the two. So it does not
//! matter on which thread or in which block it is computed, and more replicates keep the first.

use rand::RngExt;
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};
use rand_pcg::Pcg64;
use serde::Serialize;

use crate::index::plan::Child;
use crate::index::{IndexDefinition, Plan};
use crate::indicator::{CellState, Counts, IndicatorTable};
use crate::neighbour::Neighbours;
use crate::rate::standardised::{Part, Strata, standardise};

use super::recipe::{LevelWeights, level_name, weights_without};
use super::space::{GapDraws, Sampling, Space, StandardError, WeightSpread};

/// What was drawn for one replicate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Its number, from 0.
    pub replicate: u32,
    /// Position among the combinations that can be computed.
    pub combination: usize,
    /// Position among the scenarios; `None` is the recipe's own set of weights.
    pub scenario: Option<usize>,
    /// Position of the indicator that is left out.
    pub left_out: Option<usize>,
    /// The constant of the exponential transformations, where it varies.
    pub k: Option<f64>,
    /// The weights of every level, in the order of the plan, as they are used.
    pub weights: LevelWeights,
    /// Which streams the data are drawn from, where they are.
    pub data: DataStreams,
}

/// The numbers of the random streams that the data of a replicate are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DataStreams {
    /// For the sampling error.
    pub sampling: u64,
    /// For the gaps.
    pub gaps: u64,
}

/// What a random stream is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Method,
    Sampling,
    Gaps,
    TopWeights,
    WeightsBelow,
}

/// The stream of a replicate. Seeds and numbers next to each other are mixed first, because a
/// congruential generator keeps a likeness between neighbours.
pub(super) fn stream(seed: u64, number: u64, purpose: Purpose) -> Pcg64 {
    let (seed, lane) = match purpose {
        Purpose::Method => (seed, 0),
        Purpose::Sampling => (seed, 1),
        Purpose::Gaps => (mixed(seed ^ 2), 0),
        Purpose::TopWeights => (mixed(seed ^ 3), 0),
        Purpose::WeightsBelow => (mixed(seed ^ 3), 1),
    };
    let number = 2 * number + lane;
    let high = mixed(seed ^ mixed(number));
    let low = mixed(high ^ number);
    Pcg64::new((u128::from(high) << 64) | u128::from(low), u128::from(number))
}

/// SplitMix64's finisher: Steele, Lea and Flood (2014).
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What replicates are drawn from: the space, the recipe's levels and their weights.
#[derive(Debug)]
pub(super) struct Drawer<'a> {
    pub(super) space: &'a Space,
    pub(super) plan: &'a Plan<'a>,
    /// The weights of each combination before they are spread.
    pub(super) bases: Vec<LevelWeights>,
    pub(super) seed: u64,
}

impl Drawer<'_> {
    /// The settings of a replicate.
    pub(super) fn settings(&self, replicate: u32) -> Settings {
        let mut rng = stream(self.seed, u64::from(replicate), Purpose::Method);
        // One number a choice, whether or not it varies, in a fixed order: to add an alternative
        // to one choice leaves the others as they were drawn.
        let [combination, scenario, left_out, which, k]: [f64; 5] = rng.random();
        let combination = cut(combination, self.bases.len());
        let scenario = cut(scenario, self.space.scenarios.len() + 1).checked_sub(1);
        let n_indicators = self.plan.definition().indicators.len();
        let left_out = (left_out < self.space.leave_out).then(|| cut(which, n_indicators));
        let k = self.space.exponential.map(|range| range.low + (range.high - range.low) * k);
        let mut weights = self.scenario_weights(combination, scenario);
        for (level, weights) in weights.iter_mut().enumerate() {
            self.spread(level, weights, &mut rng);
        }
        let data = DataStreams { sampling: u64::from(replicate), gaps: u64::from(replicate) };
        let drawn = Settings { replicate, combination, scenario, left_out: None, k, weights, data };
        self.without(drawn, left_out)
    }

    /// The settings without an indicator, if one is to be left out.
    pub(super) fn without(&self, mut drawn: Settings, left_out: Option<usize>) -> Settings {
        if let Some(indicator) = left_out {
            // The only indicator cannot be left out.
            if let Some(without) =
                weights_without(self.plan, &drawn.weights, Child::Indicator(indicator))
            {
                drawn.weights = without;
                drawn.left_out = left_out;
            }
        }
        drawn
    }

    /// The weights of a scenario; the recipe's own where there is none.
    pub(super) fn scenario_weights(
        &self,
        combination: usize,
        scenario: Option<usize>,
    ) -> LevelWeights {
        let mut weights = self.bases[combination].clone();
        let Some(scenario) = scenario else { return weights };
        let given = &self.space.scenarios[scenario].weights;
        for (level, weights) in self.plan.levels().iter().zip(&mut weights) {
            let before: f64 = weights.iter().sum();
            for (child, weight) in level.children.iter().zip(weights.iter_mut()) {
                if let Some(given) = given.get(self.plan.child_id(*child)) {
                    *weight = *given;
                }
            }
            rescale(weights, before);
        }
        weights
    }

    /// Spreads the weights of one level, which keep their sum.
    pub(super) fn spread(&self, level: usize, weights: &mut [f64], rng: &mut Pcg64) {
        let sum: f64 = weights.iter().sum();
        let k = weights.iter().filter(|w| **w > 0.0).count() as f64;
        match &self.space.weights {
            WeightSpread::Fixed => return,
            WeightSpread::Dirichlet { concentration, levels } => {
                let own = levels.get(level_name(self.plan, &self.plan.levels()[level]));
                dirichlet(weights, *own.unwrap_or(concentration), rng);
            }
            WeightSpread::DirichletCv { cv } => {
                dirichlet(weights, ((k - 1.0) / (cv * cv) - 1.0).max(f64::EPSILON), rng);
            }
            WeightSpread::Noise { share } => {
                for weight in weights.iter_mut() {
                    *weight *= 1.0 + share * (2.0 * rng.random::<f64>() - 1.0);
                }
            }
        }
        rescale(weights, sum);
    }
}

/// Cuts `0..1` into `n` equal parts and tells in which `u` lies.
pub(super) fn cut(u: f64, n: usize) -> usize {
    ((u * n as f64) as usize).min(n.saturating_sub(1))
}

/// Gives the weights the sum that the level has in the recipe.
fn rescale(weights: &mut [f64], sum: f64) {
    let now: f64 = weights.iter().sum();
    if now > 0.0 {
        weights.iter_mut().for_each(|weight| *weight *= sum / now);
    }
}

/// Replaces weights by gamma variates with shape `concentration * share`, which after rescaling
/// are a Dirichlet draw. A level with one weight has nothing to draw.
fn dirichlet(weights: &mut [f64], concentration: f64, rng: &mut Pcg64) {
    let sum: f64 = weights.iter().sum();
    if weights.iter().filter(|weight| **weight > 0.0).count() < 2 {
        return;
    }
    let draws: Vec<f64> = weights
        .iter()
        .map(|weight| match Gamma::new(concentration * weight / sum, 1.0) {
            Ok(gamma) => gamma.sample(rng),
            // A weight of zero stays zero.
            Err(_) => 0.0,
        })
        .collect();
    // A very small concentration can underflow to zero everywhere: the recipe's weights stay.
    if draws.iter().sum::<f64>() > 0.0 {
        weights.copy_from_slice(&draws);
    }
}

/// The table with the data of a replicate: rates drawn from their counts, gaps filled at random.
/// `None` where the space leaves the data alone.
pub(super) fn data(
    space: &Space,
    table: &IndicatorTable,
    definition: &IndexDefinition,
    seed: u64,
    streams: DataStreams,
) -> Option<IndicatorTable> {
    if !space.draws_values() && space.gaps == GapDraws::None {
        return None;
    }
    let mut sampling = stream(seed, streams.sampling, Purpose::Sampling);
    let mut gaps = stream(seed, streams.gaps, Purpose::Gaps);
    let columns = table
        .columns()
        .iter()
        .zip(&definition.indicators)
        .map(|(column, indicator)| {
            let mut values = column.values().to_vec();
            let mut states = column.states().to_vec();
            let stated = space.standard_errors.contains_key(&indicator.id);
            let errors = column.errors().filter(|_| space.sampling != Sampling::None && !stated);
            if let Some(errors) = errors {
                for (value, error) in values.iter_mut().zip(errors) {
                    let z: f64 = StandardNormal.sample(&mut sampling);
                    // A gap stays one, and a value without an error is taken as certain.
                    if value.is_nan() || error.is_nan() {
                        continue;
                    }
                    *value += z * error;
                    if indicator.unit.starts_with('%') {
                        *value = value.clamp(0.0, 100.0);
                    }
                }
            } else if let (Sampling::FromCounts, Some(counts)) = (space.sampling, column.counts()) {
                for (at, value) in values.iter_mut().enumerate() {
                    *value = drawn_rate(*value, counts, at, &mut sampling);
                    if indicator.unit.starts_with('%') {
                        *value = value.clamp(0.0, 100.0);
                    }
                }
            } else if let (Sampling::FromCounts, Some(strata)) = (space.sampling, column.strata()) {
                for (at, value) in values.iter_mut().enumerate().filter(|(_, x)| !x.is_nan()) {
                    *value = drawn_standardised(strata, at, &mut sampling);
                    if indicator.unit.starts_with('%') {
                        *value = value.clamp(0.0, 100.0);
                    }
                }
            }
            if let Some(error) = space.standard_errors.get(&indicator.id) {
                for value in values.iter_mut().filter(|x| !x.is_nan()) {
                    let error = match error {
                        StandardError::Absolute(error) => *error,
                        StandardError::Relative(share) => share * value.abs(),
                    };
                    let z: f64 = StandardNormal.sample(&mut sampling);
                    *value += z * error;
                    if indicator.unit.starts_with('%') {
                        *value = value.clamp(0.0, 100.0);
                    }
                }
            }
            fill(space.gaps, table.neighbours().map(AsRef::as_ref), &mut values, &mut gaps);
            for (value, state) in values.iter().zip(&mut states) {
                if !value.is_nan() {
                    *state = CellState::Present;
                }
            }
            column.with_cells(values, states)
        })
        .collect();
    Some(table.with_columns(columns))
}

/// Fills gaps at random, as the space says.
fn fill(how: GapDraws, near: Option<&Neighbours>, values: &mut [f64], rng: &mut Pcg64) {
    let before = values.to_vec();
    let there: Vec<f64> = before.iter().copied().filter(|x| !x.is_nan()).collect();
    if how == GapDraws::None || there.is_empty() {
        return;
    }
    for (at, value) in values.iter_mut().enumerate().filter(|(_, x)| x.is_nan()) {
        let around: Vec<f64> = match (how, near) {
            (GapDraws::Neighbours, Some(near)) => {
                let values = near.of(at).iter().map(|&other| before[other as usize]);
                values.filter(|x| !x.is_nan()).collect()
            }
            (GapDraws::None | GapDraws::Observed | GapDraws::Neighbours, _) => Vec::new(),
        };
        let from = if around.is_empty() { &there } else { &around };
        *value = from[cut(rng.random(), from.len())];
    }
}

/// A rate with its numerator drawn anew; a gap stays a gap. The value may be the complement of
/// the rate, and then moves the other way.
fn drawn_rate(value: f64, counts: &Counts, at: usize, rng: &mut Pcg64) -> f64 {
    let (numerator, denominator) = (counts.numerator[at], counts.denominator[at]);
    if value.is_nan() || numerator.is_nan() || denominator.is_nan() || denominator <= 0.0 {
        return value;
    }
    let drawn = drawn_events(numerator, denominator, counts.per, rng);
    let rate = numerator / denominator * counts.per;
    let change = (drawn - numerator) / denominator * counts.per;
    let is_rate = (value - rate).abs() <= 1e-6 * (1.0 + rate.abs());
    if is_rate { value + change } else { value - change }
}

/// A standardised rate with the numerator of each stratum drawn anew. How few events there are
/// has been judged by the figures as measured, and is not judged again.
fn drawn_standardised(strata: &Strata, at: usize, rng: &mut Pcg64) -> f64 {
    let drawn = strata.parts(at).map(|part| {
        let events = drawn_events(part.events, part.persons, strata.per, rng);
        Part { events, ..part }
    });
    standardise(drawn, strata.per).rate
}

/// A number of events drawn anew: binomial for per cent, Poisson for other bases.
fn drawn_events(numerator: f64, denominator: f64, per: f64, rng: &mut Pcg64) -> f64 {
    if per == 100.0 && numerator <= denominator {
        let n = denominator.round() as u64;
        Binomial::new(n, numerator / denominator)
            .map(|law| law.sample(rng) as f64)
            .unwrap_or(numerator)
    } else {
        Poisson::new(numerator).map(|law| law.sample(rng)).unwrap_or(numerator)
    }
}
