//! Which ranks do these scores have, ten thousand times over?
//!
//! The ranks of [`crate::rank::rank`], and the edges of cuts, without its allocations. Many areas
//! are put on a linear scale of 32 bits, dealt into as many buckets by its first bits and then put
//! right inside each bucket, which for scores of ordinary spread is one pass; what the scale
//! cannot tell apart is compared exactly. Few are sorted by comparison.

use fearless_simd::{Level, dispatch};

use crate::rank::Ties;
use crate::round::Round;
use crate::select::{Cut, CutTies, Take};

use super::replicate::Cell;

/// Below so many areas a comparison sort is quicker than buckets.
const SMALL: usize = 2_048;
/// A fuller bucket is sorted by comparison.
const FULL: u32 = 32;
/// Set in a listed position whose score equals that of the position before it.
const TIED: u32 = 1 << 31;

/// How a replicate's scores are ranked. Areas stand at *positions*: in the order of the recipe's
/// own ranking, so that a replicate's ranks are nearly sorted already.
#[derive(Debug)]
pub(super) struct Ranker {
    pub(super) ties: Ties,
    pub(super) large_first: bool,
    pub(super) round: Option<Round>,
    /// The place of each position when areas are ordered by id.
    pub(super) places: Vec<u32>,
    /// Residents by position; unknown counts as none.
    pub(super) people: Vec<f64>,
    /// The cut by residents that is reported, if any area has residents.
    pub(super) people_cut: Option<Cut>,
    /// The rule, where it is a cut and nothing else.
    pub(super) rule_cut: Option<Cut>,
}

/// Where a replicate's cuts run; an area is in when its stored rank is at most the edge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) n_ranked: u32,
    pub(super) people: u32,
    pub(super) rule: u32,
}

/// Memory that one thread uses again for each replicate.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Positions from the first rank to the last, with [`TIED`].
    listed: Vec<u32>,
    /// Few areas: exact keys and positions.
    few: Vec<(u64, u32)>,
    /// Many: place on the scale in the upper half, position in the lower; as they come and dealt.
    placed: Vec<u64>,
    dealt: Vec<u64>,
    ends: Vec<u32>,
}

impl Ranker {
    /// What ranks are multiplied by, so that halves are whole numbers.
    pub(super) fn scale(&self) -> u32 {
        if self.ties == Ties::Average { 2 } else { 1 }
    }

    /// Writes the stored rank of each position, 0 where there is no score.
    pub(super) fn rank<T: Cell>(
        &self,
        scores: &mut [f64],
        scratch: &mut Scratch,
        ranks: &mut [T],
    ) -> Edges {
        if let Some(round) = self.round {
            round.all(scores);
        }
        ranks.fill(T::default());
        scratch.listed.clear();
        let by_bucket = scores.len() >= SMALL && self.deal(scores, scratch, ranks);
        if !by_bucket {
            let Scratch { listed, few, .. } = scratch;
            let entries = scores.iter().enumerate().filter(|(_, x)| !x.is_nan());
            few.clear();
            few.extend(entries.map(|(at, x)| (self.key(*x), at as u32)));
            few.sort_unstable();
            self.list(few, listed, ranks);
        }
        let listed = &scratch.listed;
        let edge = |cut: &Option<Cut>| cut.as_ref().map_or(0, |cut| self.edge(cut, listed, ranks));
        Edges {
            n_ranked: listed.len() as u32,
            people: edge(&self.people_cut),
            rule: edge(&self.rule_cut),
        }
    }

    /// A number whose unsigned order is that of the ranks; -0 counts as 0.
    fn key(&self, x: f64) -> u64 {
        let bits = (x + 0.0).to_bits();
        let up = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
        if self.large_first { !up } else { up }
    }

    /// Lists and ranks by buckets; false where the scores do not lend themselves to it.
    fn deal<T: Cell>(&self, scores: &[f64], scratch: &mut Scratch, ranks: &mut [T]) -> bool {
        let (min, max, has_gaps) = dispatch!(Level::new(), _simd => ends_of(scores));
        let width = f64::from(u32::MAX) / (max - min);
        if !(min.is_finite() && max.is_finite() && width.is_finite()) {
            return false;
        }
        let Scratch { listed, few, placed, dealt, ends } = scratch;
        let bits = scores.len().next_power_of_two().trailing_zeros();
        let bucket = |entry: u64| (entry >> (64 - bits)) as usize;
        ends.clear();
        ends.resize(1 << bits, 0);
        placed.clear();
        let (from, width) = if self.large_first { (max, -width) } else { (min, width) };
        dispatch!(Level::new(), _simd => place(scores, (from, width), placed));
        if has_gaps {
            placed.retain(|&entry| !scores[entry as u32 as usize].is_nan());
        }
        placed.iter().for_each(|&entry| ends[bucket(entry)] += 1);
        let (mut start, mut fullest) = (0, 0);
        for end in ends.iter_mut() {
            fullest = fullest.max(*end);
            start += std::mem::replace(end, start);
        }
        // Every slot is written; what stands there from the last time does not matter.
        dealt.resize(placed.len(), 0);
        for &entry in placed.iter() {
            let slot = &mut ends[bucket(entry)];
            dealt[*slot as usize] = entry;
            *slot += 1;
        }
        if fullest > FULL {
            let mut start = 0;
            for &end in ends.iter() {
                dealt[start..end as usize].sort_unstable();
                start = end as usize;
            }
        } else {
            insertion_sort(dealt);
        }
        let scale = self.scale();
        let mut at = 0;
        while at < dealt.len() {
            let place = dealt[at] >> 32;
            let mut end = at + 1;
            while end < dealt.len() && dealt[end] >> 32 == place {
                end += 1;
            }
            if end == at + 1 {
                let position = dealt[at] as u32;
                listed.push(position);
                ranks[position as usize] = T::of(end as u32 * scale);
            } else {
                let same = dealt[at..end].iter().map(|entry| *entry as u32);
                few.clear();
                few.extend(same.map(|position| (self.key(scores[position as usize]), position)));
                few.sort_unstable();
                self.list(few, listed, ranks);
            }
            at = end;
        }
        true
    }

    /// Appends entries in their order and ranks them; ties are put in the order of their ids.
    fn list<T: Cell>(&self, sorted: &[(u64, u32)], listed: &mut Vec<u32>, ranks: &mut [T]) {
        let scale = self.scale();
        for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
            let start = listed.len();
            let (first, last) = (start as u32 + 1, (start + tied.len()) as u32);
            listed.extend(tied.iter().map(|(_, position)| position));
            let group = &mut listed[start..];
            if group.len() > 1 {
                group.sort_unstable_by_key(|position| self.places[*position as usize]);
            }
            for (offset, position) in group.iter_mut().enumerate() {
                ranks[*position as usize] = T::of(match self.ties {
                    Ties::Min => first * scale,
                    Ties::Average => first + last,
                    Ties::Max => last * scale,
                    Ties::FirstById => (first + offset as u32) * scale,
                });
                if offset > 0 {
                    *position |= TIED;
                }
            }
        }
    }

    /// The largest stored rank that is in the cut; 0 where none is.
    fn edge<T: Cell>(&self, cut: &Cut, listed: &[u32], ranks: &[T]) -> u32 {
        let n = listed.len();
        let wanted = match cut.take {
            Take::Areas(wanted) => wanted.min(n),
            // As in `select`: a share may not lose an area to the last bit.
            Take::ShareOfAreas(share) => ((share * n as f64 + 1e-9).floor() as usize).min(n),
            Take::ShareOfPeople(share) => {
                let of = |entry: &u32| self.people[(entry & !TIED) as usize];
                let total: f64 = listed.iter().map(of).sum();
                let mut held = 0.0;
                listed
                    .iter()
                    .take_while(|entry| {
                        let before = held;
                        held += of(entry);
                        before < share * total
                    })
                    .count()
            }
        };
        let mut settled = wanted;
        if wanted > 0 && wanted < n && listed[wanted] & TIED != 0 {
            match cut.ties {
                CutTies::AllIn => {
                    while settled < n && listed[settled] & TIED != 0 {
                        settled += 1;
                    }
                }
                CutTies::NoneIn => {
                    while listed[settled] & TIED != 0 {
                        settled -= 1;
                    }
                }
            }
        }
        settled.checked_sub(1).map_or(0, |last| ranks[(listed[last] & !TIED) as usize].into())
    }
}

/// The smallest and the largest score, and whether some are missing; gaps pass by, because a
/// comparison with NaN is false.
#[inline(always)]
fn ends_of(scores: &[f64]) -> (f64, f64, bool) {
    scores.iter().fold((f64::INFINITY, f64::NEG_INFINITY, false), |(min, max, gaps), &x| {
        (if x < min { x } else { min }, if x > max { x } else { max }, gaps | x.is_nan())
    })
}

/// The place of each score on the scale in the upper half, its position in the lower.
///
/// Subtraction, multiplication and the sum that makes a whole number of the distance round
/// monotonously: a larger score is never at an earlier place than a smaller one, and equal scores
/// share theirs. Gaps get a place without meaning.
#[inline(always)]
fn place(scores: &[f64], (from, width): (f64, f64), placed: &mut Vec<u64>) {
    /// The last bits of a number a little above this are those of a whole number.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    placed.extend(scores.iter().enumerate().map(|(at, x)| {
        let place = ((x - from) * width + WHOLE).to_bits();
        (place << 32) | at as u64
    }));
}

/// For lists in which nothing is far from its place.
fn insertion_sort(sorted: &mut [u64]) {
    for at in 1..sorted.len() {
        let entry = sorted[at];
        let mut hole = at;
        while hole > 0 && sorted[hole - 1] > entry {
            sorted[hole] = sorted[hole - 1];
            hole -= 1;
        }
        sorted[hole] = entry;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aggregate::Scores;
    use crate::area::Area;
    use crate::indicator::Direction;
    use crate::rank::{First, RankRule, rank};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// The quick ranks are those of the plain step, with ties and gaps, few areas and many.
        #[test]
        fn ranks_are_those_of_the_plain_step(
            values in prop::collection::vec(prop::option::weighted(0.95, -300..300_i32), 1..4000),
            coarse in 1..2000_i32,
            best in any::<bool>(),
        ) {
            for ties in [Ties::Min, Ties::Average, Ties::Max, Ties::FirstById] {
                let values: Vec<f64> = values
                    .iter()
                    .map(|x| x.map_or(f64::NAN, |x| f64::from(x.pow(3) / coarse)))
                    .collect();
                let n = values.len();
                let areas: Vec<Area> = (0..n).map(|i| Area::of(format!("{i:05}").as_str())).collect();
                let first = if best { First::Best } else { First::Worst };
                let rule = RankRule { ties, round: None, first, classes: crate::rank::ClassRule::default(), first_class: None };
                let direction = Direction::HigherIsWorse;
                let scores = Scores { areas: areas.into(), values: values.clone(), direction };
                let expected = rank(&scores, rule);
                let ranker = Ranker {
                    ties, large_first: !best, round: None, places: (0..n as u32).collect(),
                    people: vec![0.0; n], people_cut: None, rule_cut: None,
                };
                let mut got = vec![0_u32; n];
                let edges = ranker.rank(&mut values.clone(), &mut Scratch::default(), &mut got);
                prop_assert_eq!(edges.n_ranked as usize, expected.n_ranked());
                for (got, expected) in got.iter().zip(expected.ranks()) {
                    let got = f64::from(*got) / f64::from(ranker.scale());
                    prop_assert!(got == *expected || (got == 0.0 && expected.is_nan()));
                }
            }
        }
    }
}
