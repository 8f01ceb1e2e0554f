//! What would chance put around an area?
//!
//! An area keeps its value and its neighbours are drawn from all others without replacement. One
//! table of draws serves all areas, as in esda: row `r` holds positions among all areas but the
//! last one, and where a draw hits the area itself, the last one stands in for it, which is again
//! a draw from all others.
//!
//! Where the neighbours of an area count the same, which is so for borders and nearest areas, the
//! sum of `k` drawn values is the same for all areas with `k` neighbours but in the few rows that
//! hit the area itself. These sums are made and sorted once, and each area looks up how many lie
//! beyond its own.
//!
//! Source: Anselin (1995), *Local indicators of spatial association*, Geographical Analysis 27(2).

use std::collections::BTreeMap;

use rand::RngExt;
use rayon::prelude::*;

use super::Links;
use super::significance::Tails;
use crate::draw::Seed;

/// Sums that differ by less than this share of the largest possible one are equal: they are of
/// the same values added in another order.
const SLACK: f64 = 1e-12;

/// Draws of neighbours.
pub(super) struct Draws {
    n_permutations: usize,
    width: usize,
    /// Row by row.
    ids: Vec<u32>,
    /// Where an area is drawn: its hits are those from `first[id]` to `first[id + 1]`.
    first: Vec<u32>,
    /// Row and column of each hit.
    hits: Vec<(u32, u32)>,
}

impl Draws {
    /// For maps of `n` areas, of which none has more than `width` neighbours.
    pub(super) fn of(n: usize, width: usize, n_permutations: usize, seed: Seed) -> Self {
        let width = width.min(n - 1);
        let rows: Vec<Vec<u32>> =
            crate::draw::replicates(seed, n_permutations, |rng| distinct(n - 1, width, rng));
        let ids = rows.concat();
        let mut first = vec![0_u32; n + 1];
        ids.iter().for_each(|&id| first[id as usize + 1] += 1);
        for at in 0..n {
            first[at + 1] += first[at];
        }
        let mut next = first.clone();
        let mut hits = vec![(0, 0); ids.len()];
        for (at, &id) in ids.iter().enumerate() {
            let place = &mut next[id as usize];
            hits[*place as usize] = ((at / width.max(1)) as u32, (at % width.max(1)) as u32);
            *place += 1;
        }
        Self { n_permutations, width, ids, first, hits }
    }

    fn hits_of(&self, area: usize) -> &[(u32, u32)] {
        &self.hits[self.first[area] as usize..self.first[area + 1] as usize]
    }
}

/// `width` different numbers below `n`, in random order.
fn distinct(n: usize, width: usize, rng: &mut rand_pcg::Pcg64) -> Vec<u32> {
    if width * width > n {
        // Many of few: the front of a shuffled list.
        let mut all: Vec<u32> = (0..n as u32).collect();
        for at in 0..width {
            let other = rng.random_range(at..n);
            all.swap(at, other);
        }
        all.truncate(width);
        return all;
    }
    let mut drawn: Vec<u32> = Vec::with_capacity(width);
    while drawn.len() < width {
        let id = rng.random_range(0..n as u32);
        if !drawn.contains(&id) {
            drawn.push(id);
        }
    }
    drawn
}

/// The sums of the first `k` draws of each row.
struct SumsOf {
    by_row: Vec<f64>,
    sorted: Vec<f64>,
    total: f64,
}

/// How extreme each area's lag is among the permutations; areas without neighbours come out as
/// such that chance always gives.
///
/// `found` is what the links give over `values`, area by area.
pub(super) fn tails(links: &Links, values: &[f64], found: &[f64], draws: &Draws) -> Vec<Tails> {
    let n = values.len();
    let largest = values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let by_count = sums_by_count(links, values, draws);
    let beyond = |at: &mut Vec<f64>, area: usize| -> Tails {
        let (others, weights) = links.row(area);
        let k = others.len();
        let Some(&weight) = weights.first() else {
            return Tails {
                n_at_least: draws.n_permutations,
                n_at_most: draws.n_permutations,
                n_as_far: draws.n_permutations,
            };
        };
        if weights.iter().all(|w| *w == weight) {
            let sums = &by_count[&k];
            let slack = SLACK * k as f64 * largest;
            // In units of a sum, so that rounding of the weight plays no part.
            let observed: f64 = others.iter().map(|&other| values[other as usize]).sum();
            let tails = looked_up(sums, draws, (area, k), values, observed, slack);
            return if weight < 0.0 { tails.reversed() } else { tails };
        }
        // The thread's own copy has the last value in this area's place while it is looked at.
        let own = std::mem::replace(&mut at[area], values[n - 1]);
        let row = |r: usize| {
            let ids = &draws.ids[r * draws.width..][..k];
            ids.iter().zip(weights).map(|(&id, w)| w * at[id as usize]).sum::<f64>()
        };
        let simulated: Vec<f64> = (0..draws.n_permutations).map(row).collect();
        at[area] = own;
        let sum: f64 = weights.iter().map(|w| w.abs()).sum();
        Tails::of(found[area], &simulated, SLACK * sum * largest)
    };
    (0..n).into_par_iter().map_init(|| values.to_vec(), beyond).collect()
}

/// The sums of every number of neighbours that areas with equal weights have.
fn sums_by_count(links: &Links, values: &[f64], draws: &Draws) -> BTreeMap<usize, SumsOf> {
    let mut counts: Vec<usize> = (0..values.len())
        .map(|area| links.row(area).1)
        .filter(|weights| weights.iter().all(|w| *w == weights[0]))
        .map(<[f64]>::len)
        .filter(|&k| k > 0)
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
        .into_par_iter()
        .map(|k| {
            let row = |r: usize| -> f64 {
                draws.ids[r * draws.width..][..k].iter().map(|&id| values[id as usize]).sum()
            };
            let by_row: Vec<f64> = (0..draws.n_permutations).map(row).collect();
            let mut sorted = by_row.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let total = by_row.iter().sum();
            (k, SumsOf { by_row, sorted, total })
        })
        .collect()
}

/// The tails of one area: those of all rows, put right in the rows that hit the area itself.
fn looked_up(
    sums: &SumsOf,
    draws: &Draws,
    (area, k): (usize, usize),
    values: &[f64],
    observed: f64,
    slack: f64,
) -> Tails {
    let last = values[values.len() - 1];
    let hits = || draws.hits_of(area).iter().filter(|(_, column)| (*column as usize) < k);
    let moved: Vec<(f64, f64)> = hits()
        .map(|&(row, _)| {
            let before = sums.by_row[row as usize];
            (before, before - values[area] + last)
        })
        .collect();
    let change: f64 = moved.iter().map(|(before, after)| after - before).sum();
    let mean = (sums.total + change) / draws.n_permutations.max(1) as f64;
    let at_least = |limit: f64| {
        let n = sums.sorted.len() - sums.sorted.partition_point(|x| *x < limit);
        let (left, came) = moved.iter().fold((0, 0), |(left, came), (before, after)| {
            (left + usize::from(*before >= limit), came + usize::from(*after >= limit))
        });
        n + came - left
    };
    let at_most = |limit: f64| {
        let n = sums.sorted.partition_point(|x| *x <= limit);
        let (left, came) = moved.iter().fold((0, 0), |(left, came), (before, after)| {
            (left + usize::from(*before <= limit), came + usize::from(*after <= limit))
        });
        n + came - left
    };
    let far = (observed - mean).abs() - slack;
    let n_as_far =
        if far <= 0.0 { draws.n_permutations } else { at_least(mean + far) + at_most(mean - far) };
    Tails { n_at_least: at_least(observed - slack), n_at_most: at_most(observed + slack), n_as_far }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways through the same draws must count the same.
    #[test]
    fn looking_up_counts_what_going_through_all_rows_counts() {
        let n = 30;
        let mut rng = Seed(3).generator(0);
        let values: Vec<f64> = (0..n).map(|_| f64::from(rng.random_range(-6..7_i32))).collect();
        let row = |area: u32| {
            let k = 1 + area % 7;
            (1..=k).map(|step| ((area + step * step) % n, 0.5)).collect::<Vec<_>>()
        };
        let links = Links::from_rows((0..n).map(row));
        let draws = Draws::of(n as usize, links.most_neighbours(), 199, Seed(8));
        let found: Vec<f64> = (0..n as usize).map(|area| links.lag(area, &values)).collect();
        let quick = tails(&links, &values, &found, &draws);
        for area in 0..n as usize {
            let mut with_last = values.clone();
            with_last[area] = values[n as usize - 1];
            let k = links.row(area).0.len();
            let simulated: Vec<f64> = (0..199)
                .map(|r| {
                    let ids = &draws.ids[r * draws.width..][..k];
                    ids.iter().map(|&id| 0.5 * with_last[id as usize]).sum()
                })
                .collect();
            assert_eq!(quick[area], Tails::of(found[area], &simulated, 1e-9), "area {area}");
        }
    }

    #[test]
    fn draws_are_different_and_even() {
        for (n, width) in [(1000, 5), (12, 11), (12, 4)] {
            let draws = Draws::of(n, width, 600, Seed(1));
            let mut times = vec![0_usize; n];
            for row in draws.ids.chunks(width) {
                let mut sorted = row.to_vec();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), width);
                row.iter().for_each(|id| times[*id as usize] += 1);
            }
            assert_eq!(times[n - 1], 0, "the last one only stands in");
            let mean = (600 * width) as f64 / (n - 1) as f64;
            let far = |times: &usize| (*times as f64 - mean).abs() < 6.0 * mean.sqrt();
            assert!(times[..n - 1].iter().all(far));
        }
    }
}
