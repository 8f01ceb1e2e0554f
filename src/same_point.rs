//! Which points of a map are the same?
//!
//! Points go into bins by a hash of their coordinates, and a small hash table a bin brings equal
//! points together, so that nothing reaches across all of a large map at once. Two points are
//! equal when both coordinates are, bit for bit but for the sign of zero.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use geo::{Coord, LineString, MultiPolygon};
use rayon::prelude::*;

/// Rings without the point that closes them. Their points are numbered one ring after the other.
pub(crate) struct Rings<'a> {
    rings: Vec<Ring<'a>>,
    /// For each point, its ring.
    ring_of: Vec<u32>,
}

/// A ring, and the number of its first point.
#[derive(Clone, Copy)]
pub(crate) struct Ring<'a> {
    pub(crate) points: &'a [Coord<f64>],
    pub(crate) first: u32,
}

impl<'a> Rings<'a> {
    /// Closed rings, none of which is left out.
    ///
    /// # Panics
    ///
    /// For more than two thousand million points.
    pub(crate) fn of(closed: impl Iterator<Item = &'a LineString<f64>>) -> Self {
        let (mut rings, mut n) = (Vec::new(), 0);
        for line in closed {
            let points = line.0.split_last().map_or(&[][..], |(_, points)| points);
            rings.push(Ring { points, first: n as u32 });
            n += points.len();
        }
        assert!(n < LAST as usize, "fewer than two thousand million points");
        let mut ring_of = vec![0; n];
        for (ring_idx, ring) in rings.iter().enumerate() {
            let first = ring.first as usize;
            ring_of[first..first + ring.points.len()].fill(ring_idx as u32);
        }
        Self { rings, ring_of }
    }

    pub(crate) fn list(&self) -> &[Ring<'a>] {
        &self.rings
    }

    pub(crate) fn n_points(&self) -> usize {
        self.ring_of.len()
    }

    /// The place in the list of the ring that a point is on.
    pub(crate) fn ring_of(&self, point: u32) -> usize {
        self.ring_of[point as usize] as usize
    }

    fn bits(&self, point: u32) -> [u64; 2] {
        let ring = self.rings[self.ring_of(point)];
        bits(ring.points[(point - ring.first) as usize])
    }
}

impl Ring<'_> {
    /// The number of the point after this one.
    pub(crate) fn next(&self, point: u32) -> u32 {
        let at = point - self.first + 1;
        self.first + if at as usize == self.points.len() { 0 } else { at }
    }

    /// The number of the point before this one.
    pub(crate) fn before(&self, point: u32) -> u32 {
        let at = point - self.first;
        self.first + if at == 0 { self.points.len() as u32 } else { at } - 1
    }
}

/// The shell and the holes of each polygon.
pub(crate) fn rings_of(polygons: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    polygons.0.iter().flat_map(|one| std::iter::once(one.exterior()).chain(one.interiors()))
}

/// Adding zero turns -0 into 0, which is the same place.
fn bits(point: Coord<f64>) -> [u64; 2] {
    [point.x, point.y].map(|x| (x + 0.0).to_bits())
}

/// The finaliser of SplitMix64 over both coordinates (Steele, Lea and Flood 2014).
fn hash([x, y]: [u64; 2], seed: u64) -> u64 {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    mix(x ^ y.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed)
}

/// The mark of the last point of a group.
const LAST: u32 = 1 << 31;
/// Points a bin, more or less: so many fit into the nearest memory with their table.
const PER_BIN: usize = 1 << 13;
/// Bins that are filled at a time.
const BINS: usize = 1 << 10;
/// Parts of the rings that are put into bins side by side.
const RUNS: usize = 32;

/// Points brought together by their coordinates.
pub(crate) struct Same {
    /// The points, equal ones side by side in ascending order; the last one of each group has a
    /// mark.
    points: Vec<u32>,
    /// For each point, where its group begins in `points`. Equal points have the same.
    head: Vec<u32>,
}

impl Same {
    pub(crate) fn of(rings: &Rings<'_>) -> Self {
        // Different points with one hash are next to never seen, but must not be merged.
        (0..)
            .map(|seed| Self::by_hash(rings, |bits| hash(bits, seed)))
            .find(|same| same.is_exact(rings))
            .expect("there are hashes without end")
    }

    /// Points with the same hash.
    fn by_hash(rings: &Rings<'_>, hash: impl Fn([u64; 2]) -> u64 + Sync) -> Self {
        let n = rings.n_points();
        let n_bins = (n / PER_BIN).next_power_of_two();
        let run = rings.rings.len().div_ceil(RUNS).max(1);
        let mut points = vec![0; n];
        let head: Vec<AtomicU32> = (0..n).map(|_| AtomicU32::new(0)).collect();
        let (mut rest, mut begin) = (points.as_mut_slice(), 0);
        // Some bins at a time, so that a large map does not stand there twice.
        for first in (0..n_bins).step_by(BINS) {
            let round = first..(first + BINS).min(n_bins);
            let binned: Vec<Binned> = rings
                .rings
                .par_chunks(run)
                .map(|rings| Binned::of(rings, round.clone(), n_bins, &hash))
                .collect();
            let mut bins = Vec::with_capacity(round.len());
            for bin in 0..round.len() {
                let len = binned.iter().map(|run| run.range(bin).len()).sum();
                let (own, after) = rest.split_at_mut(len);
                bins.push((begin, own));
                (rest, begin) = (after, begin + len as u32);
            }
            bins.into_par_iter().enumerate().for_each_init(Scratch::default, |scratch, bin| {
                let (bin_idx, (begin, points)) = bin;
                let runs = || binned.iter().map(|run| (run, run.range(bin_idx)));
                scratch.group(points.len(), runs().flat_map(|(run, at)| &run.hashes[at]));
                let numbers = runs().flat_map(|(run, at)| &run.points[at]);
                scratch.place(begin, numbers, points, &head);
            });
        }
        Self { points, head: head.into_iter().map(AtomicU32::into_inner).collect() }
    }

    /// Whether the points of each group are equal to its first. One ring after the other, because
    /// points that follow each other mostly equal points that follow each other.
    fn is_exact(&self, rings: &Rings<'_>) -> bool {
        rings.rings.par_iter().all(|ring| {
            ring.points.iter().enumerate().all(|(at, &point)| {
                let head = self.head(ring.first + at as u32);
                rings.bits(self.points[head as usize] & !LAST) == bits(point)
            })
        })
    }

    /// Where the group of a point begins, which is the same for equal points only.
    pub(crate) fn head(&self, point: u32) -> u32 {
        self.head[point as usize]
    }

    /// The points of the group that begins here.
    pub(crate) fn members(&self, head: u32) -> impl Iterator<Item = u32> {
        let mut is_over = false;
        self.points[head as usize..].iter().map_while(move |&marked| {
            let point = (!is_over).then_some(marked & !LAST);
            is_over = marked & LAST != 0;
            point
        })
    }
}

/// The points of some rings that belong to some bins, with their hashes, bin by bin, in ascending
/// order within each.
struct Binned {
    points: Vec<u32>,
    hashes: Vec<u64>,
    /// Where each bin begins, and the end.
    start: Vec<u32>,
}

impl Binned {
    fn of(
        rings: &[Ring<'_>],
        round: Range<usize>,
        n_bins: usize,
        hash: impl Fn([u64; 2]) -> u64,
    ) -> Self {
        let bin = |hash: u64| {
            let bin = (hash >> 32) as usize & (n_bins - 1);
            bin.wrapping_sub(round.start)
        };
        let all: Vec<u64> =
            rings.iter().flat_map(|ring| ring.points).map(|point| hash(bits(*point))).collect();
        let mut start = vec![0; round.len() + 1];
        for &hash in &all {
            if let Some(n) = start[1..].get_mut(bin(hash)) {
                *n += 1;
            }
        }
        for bin in 0..round.len() {
            start[bin + 1] += start[bin];
        }
        let n = start[round.len()] as usize;
        let (mut points, mut hashes) = (vec![0; n], vec![0; n]);
        let mut next = start[..round.len()].to_vec();
        let numbers =
            rings.iter().flat_map(|ring| ring.first..ring.first + ring.points.len() as u32);
        for (number, &hash) in numbers.zip(&all) {
            if let Some(place) = next.get_mut(bin(hash)) {
                points[*place as usize] = number;
                hashes[*place as usize] = hash;
                *place += 1;
            }
        }
        Self { points, hashes, start }
    }

    fn range(&self, bin: usize) -> Range<usize> {
        self.start[bin] as usize..self.start[bin + 1] as usize
    }
}

/// What one bin needs, used again for the next.
#[derive(Default)]
struct Scratch {
    /// Groups, by the last bits of their hash.
    table: Vec<u32>,
    /// The hash of each group.
    hashes: Vec<u64>,
    /// The group of each point.
    group_of: Vec<u32>,
    /// How many points a group has, then where the next one goes.
    places: Vec<u32>,
    /// Where each group begins.
    starts: Vec<u32>,
}

impl Scratch {
    /// Tells which of `n` hashes are equal.
    fn group<'a>(&mut self, n: usize, hashes: impl Iterator<Item = &'a u64>) {
        const EMPTY: u32 = u32::MAX;
        let n_slots = (2 * n).next_power_of_two();
        self.table.clear();
        self.table.resize(n_slots, EMPTY);
        self.hashes.clear();
        self.group_of.clear();
        self.places.clear();
        for &hash in hashes {
            let mut slot = hash as usize & (n_slots - 1);
            let group = loop {
                match self.table[slot] {
                    EMPTY => {
                        let group = self.hashes.len() as u32;
                        self.table[slot] = group;
                        self.hashes.push(hash);
                        self.places.push(0);
                        break group;
                    }
                    group if self.hashes[group as usize] == hash => break group,
                    _ => slot = (slot + 1) & (n_slots - 1),
                }
            };
            self.places[group as usize] += 1;
            self.group_of.push(group);
        }
    }

    /// Puts the points into their groups, the first of which begins at `begin` of all points.
    fn place<'a>(
        &mut self,
        begin: u32,
        numbers: impl Iterator<Item = &'a u32>,
        points: &mut [u32],
        head: &[AtomicU32],
    ) {
        let mut after = 0;
        for place in &mut self.places {
            (*place, after) = (after, after + *place);
        }
        self.starts.clone_from(&self.places);
        for (&point, &group) in numbers.zip(&self.group_of) {
            let place = &mut self.places[group as usize];
            points[*place as usize] = point;
            *place += 1;
            head[point as usize].store(begin + self.starts[group as usize], Relaxed);
        }
        for &end in &self.places {
            points[end as usize - 1] |= LAST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Points of a small grid, so that many are equal, in rings of any length.
        #[test]
        fn groups_hold_equal_points_and_no_others(
            rings in proptest::collection::vec(
                proptest::collection::vec((-2_i32..3, -2_i32..3), 0..9), 0..40),
        ) {
            // Zero with either sign.
            let signed = |x: i32, y: i32| if x == 0 && y > 0 { -0.0 } else { f64::from(x) };
            let lines: Vec<LineString<f64>> = rings
                .iter()
                .map(|ring| ring.iter().map(|&(x, y)| (signed(x, y), f64::from(y))).collect())
                .collect();
            let rings = Rings::of(lines.iter());
            let same = Same::of(&rings);
            let all: Vec<Coord<f64>> = rings.list().iter().flat_map(|ring| ring.points).copied().collect();
            for (at, point) in all.iter().enumerate() {
                let expected: Vec<u32> =
                    (0..all.len() as u32).filter(|&other| all[other as usize] == *point).collect();
                let found: Vec<u32> = same.members(same.head(at as u32)).collect();
                proptest::prop_assert_eq!(found, expected);
            }
            // A hash that makes all points equal is seen through.
            let merged = Same::by_hash(&rings, |_| 7);
            let all_equal = all.windows(2).all(|pair| pair[0] == pair[1]);
            proptest::prop_assert_eq!(merged.is_exact(&rings), all_equal);
        }
    }
}
