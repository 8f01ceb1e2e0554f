//! Which ranks can sampling error alone not rule out?
//!
//! Estimates with standard errors come in; for each area comes out a set of ranks that holds its
//! true rank with the stated confidence. An area is certainly worse than another where their
//! difference is larger than chance could make the largest of all differences, by a bootstrap of
//! the studentised differences with stepdown; its ranks run from one more than the areas that are
//! certainly worse to all but those that are certainly better.
//!
//! *Simultaneous* sets hold for all areas at once, *marginal* ones for each area on its own. The
//! sets say nothing of the choices of method. Errors are taken as normal and independent between
//! areas.
//!
//! Source: Mogstad, Romano, Shaikh and Wilhelm (2024), *Inference for Ranks with Applications to
//! Mobility across Neighbourhoods and Academic Achievement across Countries*, Review of Economic
//! Studies 91(1); Romano and Wolf (2005) for the stepdown.

use miette::Diagnostic;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use thiserror::Error;

use crate::draw::Seed;
use crate::statistics::quantile::quantile_of_present;

/// Draws of a run that says nothing else.
pub const DRAWS: u32 = 1_000;

/// The most areas: all pairs are compared in every draw.
pub const MAX_AREAS: usize = 3_000;

/// Draws that are looked at together.
const TOGETHER: usize = 8;

/// An estimate of an area, larger being worse, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// The estimate; NaN where there is none.
    pub value: f64,
    /// Its standard error, 0 where it is known; NaN where there is none.
    pub error: f64,
}

/// How sets are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetOptions {
    /// Confidence, such as 0.95.
    pub level: f64,
    /// Draws of the bootstrap.
    pub draws: u32,
    /// The seed.
    pub seed: u64,
}

/// The ranks that cannot be ruled out, both ends included; 1 is worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankSet {
    /// The smallest.
    pub low: usize,
    /// The largest.
    pub high: usize,
}

/// The sets of one area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaSets {
    /// Its rank by the estimates; areas that tie share the smaller one.
    pub rank: usize,
    /// Holds for all areas at once.
    pub simultaneous: RankSet,
    /// Holds for this area on its own.
    pub marginal: RankSet,
}

/// Whether an area is one of the worst so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Every rank of its set is.
    Surely,
    /// Some are.
    Possibly,
    /// None is.
    No,
}

impl RankSet {
    /// Whether the area is among the worst `n`; with simultaneous sets the answers hold for all
    /// areas at once.
    pub fn among_worst(self, n: usize) -> Among {
        if self.high <= n {
            Among::Surely
        } else if self.low <= n {
            Among::Possibly
        } else {
            Among::No
        }
    }
}

/// Why there are no sets.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ConfidenceError {
    /// The level is not a share.
    #[error("the confidence is {level}")]
    #[diagnostic(code(levekaar::confidence::level), help("write a share such as 0.95"))]
    Level {
        /// What was asked for.
        level: f64,
    },
    /// Not one draw was asked for.
    #[error("0 draws say nothing")]
    #[diagnostic(code(levekaar::confidence::draws), help("ask for 1000"))]
    NoDraws,
    /// An error below zero, or not finite.
    #[error("{n} standard errors are below zero or not finite, such as {example}")]
    #[diagnostic(
        code(levekaar::confidence::error),
        help("a standard error is zero or more, in the unit of the estimate")
    )]
    BadError {
        /// How many.
        n: usize,
        /// One of them.
        example: f64,
    },
    /// Too many pairs.
    #[error("{n} areas are too many: every pair is compared, of at most {MAX_AREAS} areas")]
    #[diagnostic(
        code(levekaar::confidence::areas),
        help("rank larger units, or the areas of one part of the country")
    )]
    TooManyAreas {
        /// How many.
        n: usize,
    },
}

/// The rank sets of every area.
///
/// Shape: one entry an area, in order; `None` where estimate or error is missing, and such an area
/// is not compared with the others. Two areas without error differ surely unless they are equal.
/// The same seed gives the same sets on any number of threads.
///
/// # Errors
///
/// [`ConfidenceError`].
pub fn rank_sets(
    estimates: &[Estimated],
    options: SetOptions,
) -> Result<Vec<Option<AreaSets>>, ConfidenceError> {
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(ConfidenceError::Level { level: options.level });
    }
    if options.draws == 0 {
        return Err(ConfidenceError::NoDraws);
    }
    let bad = |e: &&Estimated| e.error < 0.0 || e.error.is_infinite() || e.value.is_infinite();
    let mut wrong = estimates.iter().filter(bad);
    if let Some(example) = wrong.next() {
        return Err(ConfidenceError::BadError { n: 1 + wrong.count(), example: example.error });
    }
    let there: Vec<usize> = (0..estimates.len())
        .filter(|&at| !estimates[at].value.is_nan() && !estimates[at].error.is_nan())
        .collect();
    if there.len() > MAX_AREAS {
        return Err(ConfidenceError::TooManyAreas { n: there.len() });
    }
    let known: Vec<Estimated> = there.iter().map(|&at| estimates[at]).collect();
    let noise = noise(&known, options);
    let simultaneous = differs_from(&known, &noise, options.level);
    let marginal: Vec<RankSet> = (0..known.len())
        .into_par_iter()
        .map(|at| marginal_set(&known, &noise, options.level, at))
        .collect();
    let mut all = vec![None; estimates.len()];
    for (at, &place) in there.iter().enumerate() {
        let worse = known.iter().filter(|other| other.value > known[at].value).count();
        let simultaneous = simultaneous[at];
        all[place] = Some(AreaSets { rank: worse + 1, simultaneous, marginal: marginal[at] });
    }
    Ok(all)
}

/// The errors of all areas in every draw, draw by draw.
fn noise(known: &[Estimated], options: SetOptions) -> Vec<Vec<f64>> {
    crate::draw::replicates(Seed(options.seed), options.draws as usize, |rng| {
        let one = |e: &Estimated| {
            let z: f64 = StandardNormal.sample(rng);
            z * e.error
        };
        known.iter().map(one).collect()
    })
}

/// The studentised difference of two areas: infinite where both are known and differ.
fn difference(a: Estimated, b: Estimated) -> f64 {
    let sd = a.error.hypot(b.error);
    let gap = a.value - b.value;
    if gap == 0.0 { 0.0 } else { gap / sd }
}

/// Simultaneous sets: all pairs share one critical value, which falls as pairs are settled.
fn differs_from(known: &[Estimated], noise: &[Vec<f64>], level: f64) -> Vec<RankSet> {
    let p = known.len();
    let mut critical = f64::INFINITY;
    loop {
        // Pairs that the last critical value has not settled.
        let largest: Vec<[f64; TOGETHER]> = noise
            .par_chunks(TOGETHER)
            .map(|draws| {
                let mut largest = [0.0_f64; TOGETHER];
                for i in 0..p {
                    for j in i + 1..p {
                        let sd = known[i].error.hypot(known[j].error);
                        let settled = difference(known[i], known[j]).abs() > critical;
                        if settled || sd == 0.0 {
                            continue;
                        }
                        for (largest, draw) in largest.iter_mut().zip(draws) {
                            *largest = largest.max((draw[i] - draw[j]).abs() / sd);
                        }
                    }
                }
                largest
            })
            .collect();
        let mut largest: Vec<f64> = largest.into_iter().flatten().take(noise.len()).collect();
        let next = quantile_of_present(&mut largest, level);
        let newly = (0..p).any(|i| {
            (i + 1..p).any(|j| {
                let d = difference(known[i], known[j]).abs();
                d > next && d <= critical
            })
        });
        critical = critical.min(next);
        if !newly {
            break;
        }
    }
    (0..p).into_par_iter().map(|at| set_of(known, at, critical)).collect()
}

/// The set of one area on its own: only its own pairs count.
fn marginal_set(known: &[Estimated], noise: &[Vec<f64>], level: f64, at: usize) -> RankSet {
    let mut critical = f64::INFINITY;
    let others: Vec<(usize, f64, f64)> = (0..known.len())
        .filter(|other| *other != at)
        .map(|other| {
            let sd = known[at].error.hypot(known[other].error);
            (other, sd, difference(known[at], known[other]).abs())
        })
        .collect();
    loop {
        let open = others.iter().filter(|(_, sd, d)| *d <= critical && *sd > 0.0);
        let open: Vec<(usize, f64)> = open.map(|(other, sd, _)| (*other, *sd)).collect();
        let largest = noise.iter().map(|draw| {
            let each = open.iter().map(|(other, sd)| (draw[at] - draw[*other]).abs() / sd);
            each.fold(0.0, f64::max)
        });
        let next = quantile_of_present(&mut largest.collect::<Vec<f64>>(), level);
        let newly = others.iter().any(|(_, _, d)| *d > next && *d <= critical);
        critical = critical.min(next);
        if !newly {
            break;
        }
    }
    set_of(known, at, critical)
}

fn set_of(known: &[Estimated], at: usize, critical: f64) -> RankSet {
    let to_others = known.iter().map(|other| difference(*other, known[at]));
    let (mut worse, mut better) = (0, 0);
    for d in to_others {
        worse += usize::from(d > critical);
        better += usize::from(-d > critical);
    }
    RankSet { low: 1 + worse, high: known.len() - better }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: SetOptions = SetOptions { level: 0.95, draws: 400, seed: 1 };

    #[test]
    fn known_values_have_one_rank_and_equal_ones_share_all() {
        let sets = of(&[(3.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 0.0)]);
        assert_eq!(sets[0].unwrap().simultaneous, RankSet { low: 1, high: 1 });
        assert_eq!(sets[2].unwrap().marginal, RankSet { low: 2, high: 2 });
        assert_eq!(sets[1].unwrap().simultaneous, RankSet { low: 3, high: 4 });
        assert_eq!(sets[1].unwrap().rank, 3);
    }

    #[test]
    fn areas_far_apart_are_told_apart_and_close_ones_are_not() {
        let sets = of(&[(10.0, 0.1), (5.0, 1.0), (5.5, 1.0), (-20.0, 0.1)]);
        let set = |at: usize| sets[at].unwrap().simultaneous;
        assert_eq!((set(0), set(3)), (RankSet { low: 1, high: 1 }, RankSet { low: 4, high: 4 }));
        assert_eq!((set(1), set(2)), (RankSet { low: 2, high: 3 }, RankSet { low: 2, high: 3 }));
        assert_eq!(set(1).among_worst(3), Among::Surely);
        assert_eq!(set(1).among_worst(2), Among::Possibly);
        assert_eq!(set(1).among_worst(1), Among::No);
        // What holds for one area asks for less than what holds for all.
        for sets in sets.iter().flatten() {
            assert!(sets.simultaneous.low <= sets.marginal.low);
            assert!(sets.marginal.high <= sets.simultaneous.high);
        }
    }

    #[test]
    fn gaps_are_left_out_and_mistakes_are_told() {
        let sets = of(&[(1.0, 0.1), (f64::NAN, 0.1), (5.0, f64::NAN), (9.0, 0.1)]);
        assert!(sets[1].is_none() && sets[2].is_none());
        assert_eq!(sets[0].unwrap().simultaneous, RankSet { low: 2, high: 2 });
        assert!(of(&[]).is_empty());
        assert_eq!(of(&[(1.0, 2.0)])[0].unwrap().marginal, RankSet { low: 1, high: 1 });
        let wrong = |value: f64, error: f64, options: SetOptions| {
            rank_sets(&[Estimated { value, error }], options).unwrap_err()
        };
        assert!(matches!(wrong(1.0, -1.0, OPTIONS), ConfidenceError::BadError { n: 1, .. }));
        let none = SetOptions { draws: 0, ..OPTIONS };
        assert!(matches!(wrong(1.0, 1.0, none), ConfidenceError::NoDraws));
        let all = SetOptions { level: 1.0, ..OPTIONS };
        assert!(matches!(wrong(1.0, 1.0, all), ConfidenceError::Level { .. }));
    }

    /// 500 data sets around known means, of which some are equal: the sets must hold all true
    /// ranks at once in at least 95 % of them, less three Monte Carlo errors.
    #[test]
    fn simultaneous_sets_hold_all_true_ranks_as_often_as_they_say() {
        const SETS: u64 = 500;
        let means = [0.0, 0.0, 0.3, 0.5, 0.5, 1.0, 1.5, 1.6, 3.0, 4.0];
        let errors = [0.2, 0.5, 0.2, 0.3, 0.4, 0.2, 0.2, 0.6, 0.3, 0.2];
        let n = means.len();
        // With ties a true rank is any of those that the tied areas share.
        let true_ranks = |at: usize| {
            let worse = means.iter().filter(|m| **m > means[at]).count();
            let same = means.iter().filter(|m| **m == means[at]).count();
            (worse + 1, worse + same)
        };
        let (mut all, mut each) = (0, 0);
        for data in 0..SETS {
            let mut rng = Seed(99).generator(data);
            let estimates: Vec<Estimated> = (0..n)
                .map(|at| {
                    let z: f64 = StandardNormal.sample(&mut rng);
                    Estimated { value: means[at] + z * errors[at], error: errors[at] }
                })
                .collect();
            let sets = rank_sets(&estimates, SetOptions { draws: 300, seed: data, ..OPTIONS });
            let sets: Vec<AreaSets> = sets.unwrap().into_iter().flatten().collect();
            let holds = |set: RankSet, at: usize| {
                let (first, last) = true_ranks(at);
                set.low <= first && last <= set.high
            };
            all += usize::from((0..n).all(|at| holds(sets[at].simultaneous, at)));
            each += (0..n).filter(|&at| holds(sets[at].marginal, at)).count();
        }
        let least = |n: f64| 0.95 - 3.0 * (0.95 * 0.05 / n).sqrt();
        let share = all as f64 / SETS as f64;
        assert!(share >= least(SETS as f64), "{share}");
        // The areas of one data set are not independent, so that the error is that of the sets.
        let share = each as f64 / (SETS as usize * n) as f64;
        assert!(share >= least(SETS as f64), "{share}");
    }

    fn of(estimates: &[(f64, f64)]) -> Vec<Option<AreaSets>> {
        let all: Vec<Estimated> =
            estimates.iter().map(|&(value, error)| Estimated { value, error }).collect();
        rank_sets(&all, OPTIONS).unwrap()
    }
}
