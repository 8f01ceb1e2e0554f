//! Which sets are best together?
//!
//! Each set has zones that it owns; the zones that nobody may have are out of all. At first each
//! set is the best there is, so that all are the same one. Where two want one zone, the search
//! goes on with every way to settle it: nobody gets it, one of the sets so far owns it, or a new
//! set begins with it. The ways are disjoint and the most promising is followed first, so that
//! the first choice without a dispute is the best.

use std::collections::{BinaryHeap, HashMap};

use super::Limits;
use super::best::{Best, beats, best};
use super::graph::{Bits, Graph};

/// What was found.
#[derive(Debug)]
pub(super) struct Packed {
    /// `None` where no choice has all zones that must be chosen.
    pub(super) sets: Option<Vec<Bits>>,
    pub(super) value: f64,
    pub(super) bound: f64,
    pub(super) is_proved: bool,
    pub(super) n_steps: u64,
}

/// A part of the search.
#[derive(Debug, Clone)]
struct Part {
    /// What each set owns, none empty.
    owned: Vec<Bits>,
    nobody: Bits,
    /// The best set of each owner, and last that of a set that owns nothing yet.
    best: Vec<Best>,
    bound: f64,
    number: u64,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    /// The better bound first, then the earlier.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(other.number.cmp(&self.number))
    }
}

pub(super) fn pack(graph: &Graph, limits: &Limits, most_steps: u64) -> Packed {
    let mut packing = Packing {
        graph,
        limits,
        known: HashMap::new(),
        steps_left: most_steps,
        n_parts: 0,
        found: None,
        value: f64::NEG_INFINITY,
    };
    if graph.must == 0 {
        (packing.found, packing.value) = (Some(Vec::new()), 0.0);
    }
    let mut open = BinaryHeap::new();
    open.extend(packing.part(Vec::new(), graph.never, None));
    let mut bound = f64::NEG_INFINITY;
    while let Some(part) = open.pop() {
        if !beats(part.bound, packing.value) {
            break;
        }
        if packing.steps_left == 0 {
            bound = part.bound;
            break;
        }
        match packing.dispute(&part) {
            Some(zone) => open.extend(packing.settle(&part, zone)),
            // Without a dispute it is worth its bound, unless steps ran out within it.
            None if beats(part.bound, packing.value) => bound = bound.max(part.bound),
            None => {}
        }
    }
    Packed {
        sets: packing.found,
        value: packing.value,
        bound: bound.max(packing.value),
        is_proved: bound == f64::NEG_INFINITY,
        n_steps: most_steps - packing.steps_left,
    }
}

struct Packing<'a> {
    graph: &'a Graph,
    limits: &'a Limits,
    /// Never walked through, so that its order cannot matter.
    known: HashMap<(Bits, Bits), Best>,
    steps_left: u64,
    n_parts: u64,
    found: Option<Vec<Bits>>,
    value: f64,
}

impl Packing<'_> {
    /// A part with its bound; `None` where it holds no choice or none that is better.
    fn part(&mut self, owned: Vec<Bits>, nobody: Bits, from: Option<&Part>) -> Option<Part> {
        let reserved: Vec<Bits> = owned.iter().map(|&bits| self.reserved(bits)).collect();
        let mut found = Vec::with_capacity(owned.len() + 1);
        for (at, &bits) in owned.iter().enumerate() {
            let others = reserved.iter().enumerate().filter(|(other, _)| *other != at);
            let taken = others.fold(nobody, |taken, (_, bits)| taken | bits);
            if bits & taken != 0 {
                return None;
            }
            let before = from.and_then(|part| part.best.get(at));
            let best = self.best(
                bits,
                taken,
                before.filter(|_| from.is_some_and(|part| at < part.owned.len())),
            );
            if best.bound == f64::NEG_INFINITY {
                return None;
            }
            found.push(best);
        }
        let n_free = self.limits.sets - owned.len();
        if n_free > 0 {
            let taken = reserved.iter().fold(nobody, |taken, bits| taken | bits);
            let before = from.and_then(|part| part.best.get(part.owned.len()));
            found.push(self.best(0, taken, before));
        }
        let free = found.get(owned.len()).map_or(0.0, |best| best.bound.max(0.0));
        let of_owners: f64 = found[..owned.len()].iter().map(|best| best.bound).sum();
        let must_left = self.graph.must & !owned.iter().fold(0, |all, bits| all | bits);
        if n_free == 0 && must_left != 0 && found.iter().all(|best| best.set == 0) {
            return None;
        }
        let bound = of_owners + n_free as f64 * free;
        self.try_greedily(&found, owned.len());
        self.n_parts += 1;
        let part = Part { owned, nobody, best: found, bound, number: self.n_parts };
        beats(bound, self.value).then_some(part)
    }

    /// What a set keeps from the others.
    fn reserved(&self, bits: Bits) -> Bits {
        if self.limits.apart { self.graph.around(bits) } else { bits }
    }

    /// The best set, from memory where the one before still stands.
    fn best(&mut self, required: Bits, forbidden: Bits, before: Option<&Best>) -> Best {
        if let Some(before) = before
            && before.set != 0
            && before.bound <= before.value
            && required & !before.set == 0
            && forbidden & before.set == 0
        {
            return *before;
        }
        if let Some(known) = self.known.get(&(required, forbidden)) {
            return *known;
        }
        let found = best(self.graph, self.limits, required, forbidden, &mut self.steps_left);
        self.known.insert((required, forbidden), found);
        found
    }

    /// Keeps the sets of a part that go together, in their order, if that is the best so far.
    fn try_greedily(&mut self, found: &[Best], n_owned: usize) {
        let (mut sets, mut taken, mut value, mut all) = (Vec::new(), 0, 0.0, 0);
        for (at, best) in found.iter().enumerate() {
            let is_wanted = best.value > 0.0 || (at < n_owned && best.set & self.graph.must != 0);
            let is_wanted = is_wanted || best.set & self.graph.must & !all != 0;
            if best.set != 0 && best.set & taken == 0 && is_wanted {
                sets.push(best.set);
                taken |= self.reserved(best.set);
                all |= best.set;
                value += best.value;
            }
        }
        if self.graph.must & !all == 0 && (self.found.is_none() || value > self.value) {
            (self.found, self.value) = (Some(sets), value);
        }
    }

    /// The zone to settle next: one that must be chosen and has no owner, or else the one of
    /// densest need that two sets want. `None` where the part's sets go together.
    fn dispute(&self, part: &Part) -> Option<usize> {
        let owned = part.owned.iter().fold(0, |all, bits| all | bits);
        let must = self.graph.must & !owned;
        if must != 0 {
            return Some(must.trailing_zeros() as usize);
        }
        let n_free = self.limits.sets - part.owned.len();
        let mut sets: Vec<Bits> =
            part.best[..part.owned.len()].iter().map(|best| best.set).collect();
        if let Some(free) = part.best.get(part.owned.len())
            && free.value > 0.0
        {
            sets.push(free.set);
            // Any set after the first that owns nothing would be the same again.
            if n_free > 1 {
                return Some((free.set & !owned).trailing_zeros() as usize);
            }
        }
        let mut wanted: Bits = 0;
        for (at, &one) in sets.iter().enumerate() {
            for &two in &sets[at + 1..] {
                wanted |= one & self.reserved(two);
                wanted |= two & self.reserved(one);
            }
        }
        let disputed = wanted & !owned;
        (disputed != 0).then(|| disputed.trailing_zeros() as usize)
    }

    /// Every way to settle who has a zone.
    fn settle(&mut self, part: &Part, zone: usize) -> Vec<Part> {
        let bit: Bits = 1 << zone;
        let mut parts = Vec::new();
        if self.graph.must & bit == 0 {
            parts.extend(self.part(part.owned.clone(), part.nobody | bit, Some(part)));
        }
        for at in 0..part.owned.len() {
            let mut owned = part.owned.clone();
            owned[at] |= bit;
            parts.extend(self.part(owned, part.nobody, Some(part)));
        }
        if part.owned.len() < self.limits.sets {
            let mut owned = part.owned.clone();
            owned.push(bit);
            // The set that owned nothing is the first guess for the new owner.
            parts.extend(self.part_with_new_owner(owned, part));
        }
        parts
    }

    fn part_with_new_owner(&mut self, owned: Vec<Bits>, from: &Part) -> Option<Part> {
        let mut guess = from.clone();
        if let Some(&free) = from.best.get(from.owned.len()) {
            guess.best.push(free);
            guess.owned.push(0);
        }
        self.part(owned, from.nobody, Some(&guess))
    }
}
