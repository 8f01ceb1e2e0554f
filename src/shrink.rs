//! How much of an extreme rate is small numbers?
//!
//! Rates of few persons scatter by chance, so that the smallest areas fill both ends of a ranking.
//! Shrinking draws each rate towards that of a larger whole, the more the fewer persons stand
//! behind it. It lowers the error of most areas and hides pockets of deprivation inside well-off
//! surroundings: look at raw and shrunk ranks side by side.
//!
//! Pure functions on events and persons; no gaps come in here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::neighbour::Neighbours;

/// About what the variance of an area's logits within its group is taken.
///
/// The published descriptions leave it open; the difference is small unless areas differ much in
/// size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Centre {
    /// The mean of the areas' logits.
    Mean,
    /// The logit of the group's own rate.
    GroupLogit,
}

/// Shrinks the proportions `events / persons` of one group towards the group's own.
///
/// Shape: one number an area in and out; proportions in 0..1. Each area's logit
/// `z = ln((r + 0.5) / (n - r + 0.5))` with the variance
/// `s2 = (n + 1)(n + 2) / (n (r + 1)(n - r + 1))` becomes `w z + (1 - w) Z` with
/// `w = (1 / s2) / (1 / s2 + 1 / t2)`, where `Z = ln(R / (N - R))` is the group's logit and `t2`
/// the variance of the `z` about `centre`, with the divisor `k - 1`. With one area, or without
/// variance, every area gets the group's proportion. A group in which nobody or everybody is
/// affected has the logit with 0.5 added.
///
/// Sources: Scottish Executive (2003), *Scottish Indices of Deprivation 2003*, appendix 1, for the
/// structure; Scottish Executive (2005), *Evaluation of Statistical Techniques in the Scottish Index
/// of Multiple Deprivation*, 5.1, for the group's logit being that of its whole and not the mean of
/// its areas' logits; Gart and Zweifel (1967), *On the bias of various estimators of the logit and
/// its variance*, Biometrika 54, for the terms `z` and `s2`. The formulas of the reports themselves
/// survive as images only and were not seen.
pub fn logit_to_group(events: &[f64], persons: &[f64], centre: Centre) -> Vec<f64> {
    let (all_events, all_persons): (f64, f64) = (events.iter().sum(), persons.iter().sum());
    let group = if all_events <= 0.0 || all_events >= all_persons {
        ((all_events + 0.5) / (all_persons - all_events + 0.5)).ln()
    } else {
        (all_events / (all_persons - all_events)).ln()
    };
    let logits: Vec<f64> =
        events.iter().zip(persons).map(|(r, n)| ((r + 0.5) / (n - r + 0.5)).ln()).collect();
    let k = logits.len() as f64;
    let about = match centre {
        Centre::Mean => logits.iter().sum::<f64>() / k,
        Centre::GroupLogit => group,
    };
    let between = if logits.len() > 1 {
        logits.iter().map(|z| (z - about).powi(2)).sum::<f64>() / (k - 1.0)
    } else {
        0.0
    };
    logits
        .iter()
        .zip(events.iter().zip(persons))
        .map(|(z, (r, n))| {
            let within = (n + 1.0) * (n + 2.0) / (n * (r + 1.0) * (n - r + 1.0));
            // t2 / (t2 + s2) is the same weight without a division by zero.
            let weight = between / (between + within);
            let shrunk = weight * z + (1.0 - weight) * group;
            1.0 / (1.0 + (-shrunk).exp())
        })
        .collect()
}

/// Shrinks rates towards the rate of all areas together: Marshall's global empirical Bayes.
///
/// Shape: events and persons an area in, rates (events per person) out. With `m = sum(events) /
/// sum(persons)` and `v` the variance between areas, weighted by persons, less the `m / mean(persons)`
/// that chance explains, the weight of an area's own rate is `v / (v + m / n)`. Where chance
/// explains all of it, `v` is 0 and every area gets `m`.
///
/// Source: Marshall (1991), *Mapping disease and mortality rates using empirical Bayes
/// estimators*, Applied Statistics 40.
pub fn marshall(events: &[f64], persons: &[f64]) -> Vec<f64> {
    let (mean, variance) = moments(events.iter().copied().zip(persons.iter().copied()));
    events.iter().zip(persons).map(|(r, n)| drawn(*r, *n, mean, variance)).collect()
}

/// Shrinks rates towards the rate of their surroundings, the area itself included: Marshall's
/// local empirical Bayes. `None` is an area without counts, which takes no part and stays `None`.
///
/// Shape and formula as [`marshall`], with the moments of the area and its neighbours instead of
/// all. An area without neighbours keeps its own rate.
///
/// Source: Marshall (1991), as above, section 4.
pub fn local(counts: &[Option<(f64, f64)>], neighbours: &Neighbours) -> Vec<Option<f64>> {
    counts
        .iter()
        .enumerate()
        .map(|(at, count)| {
            let (r, n) = (*count)?;
            let near = neighbours.of(at).iter().filter_map(|&near| counts[near as usize]);
            let window: Vec<(f64, f64)> = std::iter::once((r, n)).chain(near).collect();
            if window.len() == 1 {
                return Some(r / n);
            }
            let (mean, variance) = moments(window.into_iter());
            Some(drawn(r, n, mean, variance))
        })
        .collect()
}

/// The rate of all together, and the variance between areas that chance does not explain.
pub(crate) fn moments(counts: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let (mut events, mut persons, mut k) = (0.0, 0.0, 0.0);
    for (r, n) in counts.clone() {
        events += r;
        persons += n;
        k += 1.0;
    }
    let mean = events / persons;
    let between = counts.map(|(r, n)| n * (r / n - mean).powi(2)).sum::<f64>() / persons;
    (mean, (between - mean / (persons / k)).max(0.0))
}

fn drawn(events: f64, persons: f64, mean: f64, variance: f64) -> f64 {
    let by_chance = mean / persons;
    // Without any event both are 0, and so is the rate.
    let weight = if variance > 0.0 { variance / (variance + by_chance) } else { 0.0 };
    weight * (events / persons) + (1.0 - weight) * mean
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [f64; 4] = [3.0, 12.0, 8.0, 40.0];
    const PERSONS: [f64; 4] = [50.0, 100.0, 120.0, 150.0];

    #[test]
    fn both_readings_give_their_golden_proportions() {
        for (centre, expected) in [
            (Centre::Mean, [0.08935675, 0.12708233, 0.08065190, 0.26024509]),
            (Centre::GroupLogit, [0.08643680, 0.12655355, 0.07898938, 0.26158754]),
        ] {
            let got = logit_to_group(&EVENTS, &PERSONS, centre);
            for (got, expected) in got.iter().zip(expected) {
                assert!((got - expected).abs() < 5e-9, "{centre:?}: {got} {expected}");
            }
        }
    }

    #[test]
    fn one_area_alone_gets_the_proportion_of_its_group() {
        let got = logit_to_group(&[3.0], &[50.0], Centre::Mean);
        assert!((got[0] - 0.06).abs() < 1e-12);
    }

    #[test]
    fn equal_areas_have_no_variance_and_get_the_proportion_of_their_group() {
        let got = logit_to_group(&[3.0, 3.0], &[50.0, 50.0], Centre::Mean);
        assert!(got.iter().all(|p| (p - 0.06).abs() < 1e-12));
    }

    #[test]
    fn a_group_in_which_nobody_or_everybody_is_affected_has_a_finite_logit() {
        let nobody = logit_to_group(&[0.0, 0.0], &[10.0, 30.0], Centre::Mean);
        let everybody = logit_to_group(&[10.0, 30.0], &[10.0, 30.0], Centre::GroupLogit);
        assert!(nobody.iter().all(|p| *p > 0.0 && *p < 0.1), "{nobody:?}");
        assert!(everybody.iter().all(|p| *p < 1.0 && *p > 0.9), "{everybody:?}");
    }

    #[test]
    fn small_areas_are_drawn_further() {
        let got = marshall(&[10.0, 1.0, 30.0, 300.0], &[100.0, 10.0, 1000.0, 1000.0]);
        let mean = 341.0 / 2110.0;
        assert!((got[1] - mean).abs() < (got[0] - mean).abs());
        assert!(got.iter().all(|rate| (0.03..=0.3).contains(rate)));
    }

    #[test]
    fn where_chance_explains_everything_all_get_the_common_rate() {
        let got = marshall(&[1.0, 2.0], &[10.0, 20.0]);
        assert!(got.iter().all(|rate| (rate - 0.1).abs() < 1e-15));
        assert_eq!(marshall(&[0.0, 0.0], &[10.0, 20.0]), [0.0, 0.0]);
    }

    #[test]
    fn an_island_keeps_its_rate_and_a_gap_stays_a_gap() {
        let areas: Vec<crate::area::Area> = ["a", "b", "c", "d"].map(crate::area::Area::of).into();
        let pairs = [("a".to_owned(), "b".to_owned()), ("c".to_owned(), "a".to_owned())];
        let (neighbours, _) = Neighbours::from_pairs(&areas, &pairs);
        let counts = [Some((9.0, 10.0)), Some((10.0, 1000.0)), None, Some((3.0, 4.0))];
        let got = local(&counts, &neighbours);
        assert_eq!((got[2], got[3]), (None, Some(0.75)));
        assert!(got[0].unwrap() < 0.9 && got[0].unwrap() > 19.0 / 1010.0);
    }
}
