//! How are zones laid out for an exact search?
//!
//! One bit a zone, densest need first, so that the lowest bit of any set is where it is worth
//! most to begin.

use super::{Mark, Zones};

/// A set of zones; bit `i` is the zone of rank `i`.
pub(super) type Bits = u128;

/// Zones by rank.
#[derive(Debug)]
pub(super) struct Graph {
    /// The position of each zone.
    position: Vec<u32>,
    /// Need less own cost.
    pub(super) worth: Vec<f64>,
    pub(super) people: Vec<f64>,
    pub(super) near: Vec<Bits>,
    /// What each border costs when it is cut; empty lists where none costs anything.
    pub(super) cost: Vec<Vec<(usize, f64)>>,
    pub(super) must: Bits,
    pub(super) never: Bits,
}

impl Graph {
    pub(super) fn of(zones: &Zones) -> Self {
        let n = zones.need.len();
        let worth_at = |at: usize| zones.need[at] - zones.own_cost[at];
        // A zone without people is as dense as can be, one way or the other.
        let density = |at: usize| worth_at(at) / zones.people[at].max(1e-9);
        let mut position: Vec<u32> = (0..n as u32).collect();
        position
            .sort_by(|&a, &b| density(b as usize).total_cmp(&density(a as usize)).then(a.cmp(&b)));
        let mut rank = vec![0; n];
        position.iter().enumerate().for_each(|(rank_idx, &at)| rank[at as usize] = rank_idx);
        let marked = |wanted: Mark| -> Bits {
            let zones = (0..n).filter(|&at| zones.mark[at] == wanted);
            zones.fold(0, |bits, at| bits | 1 << rank[at])
        };
        let (mut near, mut cost) = (vec![0; n], vec![Vec::new(); n]);
        for &(a, b, price) in &zones.borders {
            let (a, b) = (rank[a as usize], rank[b as usize]);
            near[a] |= 1 << b;
            near[b] |= 1 << a;
            if price > 0.0 {
                cost[a].push((b, price));
                cost[b].push((a, price));
            }
        }
        Self {
            worth: position.iter().map(|&at| worth_at(at as usize)).collect(),
            people: position.iter().map(|&at| zones.people[at as usize]).collect(),
            near,
            cost,
            must: marked(Mark::Must),
            never: marked(Mark::Never),
            position,
        }
    }

    pub(super) fn n(&self) -> usize {
        self.worth.len()
    }

    /// The positions of the zones of a set, ascending.
    pub(super) fn positions(&self, set: Bits) -> Vec<u32> {
        let mut positions: Vec<u32> = ranks(set).map(|rank| self.position[rank]).collect();
        positions.sort_unstable();
        positions
    }

    /// The zones of a set and all that border on them.
    pub(super) fn around(&self, set: Bits) -> Bits {
        ranks(set).fold(set, |bits, rank| bits | self.near[rank])
    }

    /// What the borders between a zone and the zones of a set cost.
    pub(super) fn cost_to(&self, rank: usize, set: Bits) -> f64 {
        let to_set = self.cost[rank].iter().filter(|(other, _)| set >> other & 1 == 1);
        to_set.map(|(_, price)| price).sum()
    }
}

/// The ranks of the zones of a set, ascending.
pub(super) fn ranks(set: Bits) -> impl Iterator<Item = usize> {
    let mut rest = set;
    std::iter::from_fn(move || {
        let rank = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
        rest &= rest - 1;
        Some(rank)
    })
}
