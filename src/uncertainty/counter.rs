//! Which ranks stand at these places of a column, and how many are at most these limits?
//!
//! A column of stored ranks is counted twice: first in coarse ranges, then rank by rank in those
//! few ranges that a place or a limit falls into. Nothing is sorted, and no table is larger than
//! the cache that is nearest.

use super::replicate::Cell;

/// Coarse ranges at most.
const COARSE_BITS: u32 = 8;

/// Tables that one thread uses again for each column.
#[derive(Debug)]
pub(super) struct Counter {
    /// Bits of a rank inside its coarse range.
    shift: u32,
    /// Ranks in each coarse range, in two tables by turns: ranks of one range follow each other,
    /// and a counter that has just been written is slow to read.
    coarse: [Vec<u32>; 2],
    /// How many ranks are below each coarse range, and in all.
    before: Vec<u32>,
    /// Which table of `fine` a coarse range has; 0 is the one of all that nobody asks for.
    slots: Vec<u8>,
    fine: Vec<u32>,
}

impl Counter {
    /// For ranks from 0 to `largest`.
    pub(super) fn up_to(largest: u32) -> Self {
        let shift = (u32::BITS - largest.leading_zeros()).saturating_sub(COARSE_BITS);
        let n = (largest >> shift) as usize + 1;
        Self {
            shift,
            coarse: [vec![0; n], vec![0; n]],
            before: vec![0; n + 1],
            slots: vec![0; n],
            fine: Vec::new(),
        }
    }

    /// The ranks at `places`, counted from 0 in ascending order of the column, and for each of
    /// `limits` how many ranks are at most that. A place beyond the end gives 0.
    pub(super) fn count<T: Cell, const N: usize>(
        &mut self,
        column: &[T],
        places: [u32; N],
        limits: &[u32],
    ) -> ([u32; N], Vec<u32>) {
        let shift = self.shift;
        let [even, odd] = &mut self.coarse;
        even.fill(0);
        odd.fill(0);
        let (pairs, rest) = column.as_chunks::<2>();
        for &[a, b] in pairs {
            even[(a.into() >> shift) as usize] += 1;
            odd[(b.into() >> shift) as usize] += 1;
        }
        rest.iter().for_each(|&a| even[(a.into() >> shift) as usize] += 1);
        let mut sum = 0;
        for (at, (even, odd)) in even.iter().zip(odd.iter()).enumerate() {
            self.before[at] = sum;
            sum += even + odd;
        }
        let n = self.slots.len();
        self.before[n] = sum;
        self.slots.fill(0);
        let mut n_slots = 0;
        let mut slot_of = |range: usize, slots: &mut [u8]| {
            if slots[range] == 0 {
                n_slots += 1;
                slots[range] = n_slots;
            }
            usize::from(slots[range])
        };
        let before = &self.before;
        let of_places = places.map(|place| {
            let range = before.partition_point(|&before| before <= place).saturating_sub(1);
            (range < n).then(|| (range, slot_of(range, &mut self.slots)))
        });
        let of_limits: Vec<Option<(usize, usize)>> = limits
            .iter()
            .map(|limit| {
                let range = (limit >> shift) as usize;
                (range < n).then(|| (range, slot_of(range, &mut self.slots)))
            })
            .collect();
        let (size, mask) = (1_usize << shift, (1_u32 << shift) - 1);
        self.fine.clear();
        self.fine.resize((usize::from(n_slots) + 1) * size, 0);
        for &rank in column {
            let rank: u32 = rank.into();
            let slot = usize::from(self.slots[(rank >> shift) as usize]);
            self.fine[slot * size + (rank & mask) as usize] += 1;
        }
        let found = std::array::from_fn(|at| {
            let Some((range, slot)) = of_places[at] else { return 0 };
            let mut left = places[at] - before[range];
            let fine = &self.fine[slot * size..][..size];
            let within = fine.iter().position(|&count| {
                let is_here = left < count;
                left = left.saturating_sub(count);
                is_here
            });
            ((range as u32) << shift) + within.unwrap_or(0) as u32
        });
        let below = limits.iter().zip(of_limits).map(|(limit, place)| match place {
            None => sum,
            Some((range, slot)) => {
                let fine = &self.fine[slot * size..][..=(limit & mask) as usize];
                before[range] + fine.iter().sum::<u32>()
            }
        });
        (found, below.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_and_limits_are_those_of_the_sorted_column(
            mut column in prop::collection::vec(0..70_000_u32, 1..400),
            narrow in 1..70_000_u32,
            at in prop::array::uniform6(0.0..1.0_f64),
            limits in prop::collection::vec(0..70_000_u32, 0..12),
        ) {
            column.iter_mut().for_each(|rank| *rank %= narrow);
            let largest = narrow.max(limits.iter().copied().max().unwrap_or(0) / 2);
            let mut counter = Counter::up_to(largest);
            let places = at.map(|at| (at * column.len() as f64) as u32);
            // Used twice, so that nothing is left of the first time.
            counter.count(&[0_u32, largest], [0], &[1]);
            let (found, below) = counter.count(&column, places, &limits);
            let mut sorted = column.clone();
            sorted.sort_unstable();
            prop_assert_eq!(found, places.map(|place| sorted[place as usize]));
            for (limit, below) in limits.iter().zip(below) {
                let expected = sorted.iter().filter(|rank| *rank <= limit).count();
                prop_assert_eq!(below as usize, expected);
            }
        }
    }
}
