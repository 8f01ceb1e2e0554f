//! Which connected sets of zones are best?
//!
//! Zones with need, people and borders in, disjoint connected sets out, with a proof that none are
//! better or a bound on how much better others could be. Numbers only: what need is, and what a
//! border costs, is [`crate::candidate`]'s to say.

mod best;
mod graph;
mod grow;
mod pack;

/// Zones up to this many are searched exactly, one bit each.
pub const MOST_EXACT: usize = 128;

/// Zones of a map and what choosing them means.
#[derive(Debug, Clone, PartialEq)]
pub struct Zones {
    /// What choosing a zone is worth, in any unit; may be negative.
    pub need: Vec<f64>,
    /// What choosing a zone costs whatever stands beside it, in the same unit; at least 0.
    pub own_cost: Vec<f64>,
    /// Residents; 0 or more.
    pub people: Vec<f64>,
    /// What the user says of each zone.
    pub mark: Vec<Mark>,
    /// Pairs of neighbours, each once with the smaller first, and what it costs when a set has
    /// one of the two and not the other, at least 0.
    pub borders: Vec<(u32, u32, f64)>,
}

/// What the user says of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It may be chosen.
    Free,
    /// It must be in one of the sets.
    Must,
    /// It must not be in any.
    Never,
}

/// What sets may be like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// At most so many sets; at least 1.
    pub sets: usize,
    /// Fewest and most residents of a set; from 0 to infinity where nothing is asked.
    pub people: (f64, f64),
    /// Fewest and most zones of a set.
    pub zones: (usize, usize),
    /// Whether a zone of one set must not border on a zone of another.
    pub apart: bool,
}

/// The sets that were chosen, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The positions of the zones of each set, in ascending order. Sets stand by value, the
    /// larger first, then by their first zone.
    pub sets: Vec<Vec<u32>>,
    /// Need less cost, of all sets together.
    pub value: f64,
    /// No choice has a value above this; `value` itself where that is proved.
    pub bound: f64,
    /// Whether no better choice exists, but for a relative difference of `1e-9`.
    pub is_proved: bool,
    /// How many partial sets were looked at.
    pub n_steps: u64,
}

/// Chooses up to [`Limits::sets`] disjoint connected sets of the largest value.
///
/// Shape: zones in, positions of zones out. Fewer sets are chosen where another one would lower
/// the value; none at all is a result too. `None` where zones that must be chosen cannot be.
/// Ties go to the choice that the search meets first, which is the same on every machine.
///
/// Up to [`MOST_EXACT`] zones: branch and bound. Connected sets are grown from their zone of
/// densest need, each once (as in Wernicke 2006, ESU), and a partial set is given up when even a
/// fractional knapsack of what may still join cannot beat the best. Sets are kept apart by
/// deciding whose a disputed zone is, the choice with the best bound first. After `most_steps`
/// partial sets the best so far is given with its bound. Above that size, or where the steps run
/// out before anything is found: greedy growth from many zones with exchanges, one set after the
/// other, and the bound of knapsacks that forget connection: of what lies within reach of each
/// zone, up to 3,000 zones, and of the whole map. It may be far off.
///
/// # Panics
///
/// When the fields of `zones` differ in length, a cost is negative, or no set is asked for.
pub fn choose(zones: &Zones, limits: &Limits, most_steps: u64) -> Option<Chosen> {
    let n = zones.need.len();
    assert!(
        [zones.own_cost.len(), zones.people.len(), zones.mark.len()] == [n; 3],
        "one of each a zone"
    );
    assert!(limits.sets > 0 && zones.borders.iter().all(|border| border.2 >= 0.0));
    if n <= MOST_EXACT {
        let graph = graph::Graph::of(zones);
        let found = pack::pack(&graph, limits, most_steps);
        if found.is_proved || found.sets.is_some() {
            return found.sets.map(|sets| Chosen {
                sets: in_order(zones, sets.iter().map(|set| graph.positions(*set)).collect()),
                value: found.value,
                bound: if found.is_proved { found.value } else { found.bound },
                is_proved: found.is_proved,
                n_steps: found.n_steps,
            });
        }
    }
    grow::grow(zones, limits).map(|(sets, n_steps)| {
        let value = sets.iter().map(|set| value_of(zones, set)).sum();
        let bound = grow::bound(zones, limits).max(value);
        Chosen { sets: in_order(zones, sets), value, bound, is_proved: bound == value, n_steps }
    })
}

/// Need less cost of one set.
pub fn value_of(zones: &Zones, set: &[u32]) -> f64 {
    let mut is_in = vec![false; zones.need.len()];
    set.iter().for_each(|&at| is_in[at as usize] = true);
    let own: f64 =
        set.iter().map(|&at| zones.need[at as usize] - zones.own_cost[at as usize]).sum();
    let cut = zones.borders.iter().filter(|&&(a, b, _)| is_in[a as usize] != is_in[b as usize]);
    own - cut.map(|border| border.2).sum::<f64>()
}

/// Whether the zones of a set hang together. The empty set does.
pub fn is_connected(zones: &Zones, set: &[u32]) -> bool {
    let mut group: Vec<usize> = (0..zones.need.len()).collect();
    let mut is_in = vec![false; zones.need.len()];
    set.iter().for_each(|&at| is_in[at as usize] = true);
    fn top(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    for &(a, b, _) in &zones.borders {
        if is_in[a as usize] && is_in[b as usize] {
            let (a, b) = (top(&mut group, a as usize), top(&mut group, b as usize));
            group[a] = b;
        }
    }
    let mut tops = set.iter().map(|&at| top(&mut group, at as usize));
    let Some(first) = tops.next() else { return true };
    tops.all(|other| other == first)
}

/// Sets by value, the larger first, then by their first zone; zones in ascending order.
fn in_order(zones: &Zones, mut sets: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    sets.iter_mut().for_each(|set| set.sort_unstable());
    let mut valued: Vec<(f64, Vec<u32>)> =
        sets.into_iter().map(|set| (value_of(zones, &set), set)).collect();
    valued.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    valued.into_iter().map(|(_, set)| set).collect()
}

#[cfg(test)]
mod tests;
