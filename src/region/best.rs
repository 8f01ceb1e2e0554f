//! Which one connected set is best?
//!
//! Sets are grown zone by zone from their first; each zone beside a set is taken in, and then left
//! out for good, so that every connected set is met once. The bound of a partial set is its worth
//! less the borders that are cut for good, and a fractional knapsack (Dantzig 1957) of what may
//! still join; borders that are not yet decided cost nothing.

use super::Limits;
use super::graph::{Bits, Graph, ranks};

/// The best set that holds some zones and lacks others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    /// 0 where there is none.
    pub(super) set: Bits,
    /// Negative infinity where there is none.
    pub(super) value: f64,
    /// No such set is worth more.
    pub(super) bound: f64,
}

/// How far two values may lie apart and count as equal, as a share of the larger.
const EQUAL: f64 = 1e-9;

/// Whether a bound leaves room for something better than what was found, if anything was.
pub(super) fn beats(bound: f64, found: f64) -> bool {
    found == f64::NEG_INFINITY || bound > found + EQUAL * found.abs()
}

/// Finds it; `steps_left` is what the search may still spend, and is lowered by what it did.
pub(super) fn best(
    graph: &Graph,
    limits: &Limits,
    required: Bits,
    forbidden: Bits,
    steps_left: &mut u64,
) -> Best {
    let nothing = f64::NEG_INFINITY;
    let mut search = Search {
        graph,
        limits,
        required,
        inner: Vec::new(),
        by_density: Vec::new(),
        by_worth: Vec::new(),
        found: Best { set: 0, value: nothing, bound: nothing },
        steps_left: *steps_left,
    };
    let roots: Bits = if required == 0 {
        all(graph.n()) & !forbidden
    } else {
        // The lowest required zone is in the set, and so may begin it.
        required & required.wrapping_neg()
    };
    let mut before = forbidden;
    for root in ranks(roots) {
        if required & before == 0 {
            search.from(root, before);
        }
        if required == 0 {
            before |= 1 << root;
        }
    }
    *steps_left = search.steps_left;
    let Best { set, value, bound } = search.found;
    Best { set, value, bound: bound.max(value) }
}

fn all(n: usize) -> Bits {
    if n == 128 { Bits::MAX } else { (1 << n) - 1 }
}

struct Search<'a> {
    graph: &'a Graph,
    limits: &'a Limits,
    required: Bits,
    /// What each zone is worth from this root if all its undecided borders stay within the set.
    inner: Vec<f64>,
    /// Zones that may join and are worth something, densest first.
    by_density: Vec<usize>,
    /// The same, most worth first.
    by_worth: Vec<usize>,
    /// The bound is that of what was given up for want of steps.
    found: Best,
    steps_left: u64,
}

/// A set on its way.
#[derive(Clone, Copy)]
struct Partial {
    set: Bits,
    /// Zones that will not join.
    out: Bits,
    /// Zones that border on the set and are not in it.
    beside: Bits,
    people: f64,
    n_zones: usize,
    /// What it is worth as it is.
    value: f64,
    /// What it is worth less the borders to `out` only.
    at_most: f64,
}

impl Search<'_> {
    /// Looks at all sets that hold `root` and none of `out`.
    fn from(&mut self, root: usize, out: Bits) {
        let graph = self.graph;
        let may_join = self.reach(root, out);
        let (least_people, _) = self.limits.people;
        let people: f64 = ranks(may_join).map(|rank| graph.people[rank]).sum();
        if self.required & !may_join != 0
            || people < least_people
            || (may_join.count_ones() as usize) < self.limits.zones.0
        {
            return;
        }
        let out = out | (all(graph.n()) & !may_join);
        self.inner = (0..graph.n()).map(|z| graph.worth[z] - graph.cost_to(z, out)).collect();
        let inner = &self.inner;
        let useful =
            || ranks(may_join & !(1 << root)).filter(|&z| inner[z] > 0.0).collect::<Vec<_>>();
        self.by_worth = useful();
        self.by_worth.sort_by(|&a, &b| inner[b].total_cmp(&inner[a]).then(a.cmp(&b)));
        self.by_density = useful();
        let density = |z: usize| inner[z] / graph.people[z];
        self.by_density.sort_by(|&a, &b| density(b).total_cmp(&density(a)).then(a.cmp(&b)));
        let people = graph.people[root];
        if people > self.limits.people.1 || self.limits.zones.1 == 0 {
            return;
        }
        self.grow(Partial {
            set: 1 << root,
            out,
            beside: graph.near[root],
            people,
            n_zones: 1,
            value: graph.worth[root] - graph.cost_to(root, Bits::MAX),
            at_most: inner[root],
        });
    }

    /// Zones that a set from `root` can reach within its limits, by the way with fewest people
    /// and that with fewest zones.
    fn reach(&self, root: usize, out: Bits) -> Bits {
        let graph = self.graph;
        let (most_people, most_zones) = (self.limits.people.1, self.limits.zones.1);
        let mut by_zones: Bits = 1 << root;
        let mut edge = by_zones;
        for _ in 1..most_zones {
            edge = graph.around(edge) & !out & !by_zones;
            if edge == 0 {
                break;
            }
            by_zones |= edge;
        }
        if most_people == f64::INFINITY {
            return by_zones;
        }
        // Dijkstra's way without a heap: there are 128 zones at most.
        let mut people = vec![f64::INFINITY; graph.n()];
        people[root] = graph.people[root];
        let (mut open, mut done): (Bits, Bits) = (1 << root, 0);
        while open != 0 {
            let nearest = ranks(open).min_by(|&a, &b| people[a].total_cmp(&people[b]));
            let Some(zone) = nearest else { break };
            open &= !(1 << zone);
            if people[zone] > most_people {
                break;
            }
            done |= 1 << zone;
            for next in ranks(graph.near[zone] & !out & !done) {
                people[next] = people[next].min(people[zone] + graph.people[next]);
                open |= 1 << next;
            }
        }
        by_zones & done
    }

    fn grow(&mut self, mut partial: Partial) {
        self.steps_left = self.steps_left.saturating_sub(1);
        self.keep_if_best(&partial);
        if partial.n_zones >= self.limits.zones.1 {
            return;
        }
        let graph = self.graph;
        let mut open = partial.beside & !partial.out;
        while open != 0 {
            let bound = partial.at_most + self.may_still_join(&partial);
            if !beats(bound, self.found.value) {
                return;
            }
            if self.steps_left == 0 {
                self.found.bound = self.found.bound.max(bound);
                return;
            }
            let zone = open.trailing_zeros() as usize;
            let bit: Bits = 1 << zone;
            open &= !bit;
            let fits = partial.people + graph.people[zone] <= self.limits.people.1;
            if fits {
                self.grow(self.with(&partial, zone));
            }
            if self.required & bit != 0 || (fits && self.never_harms(&partial, zone)) {
                return;
            }
            partial.out |= bit;
            partial.at_most -= graph.cost_to(zone, partial.set);
        }
    }

    fn with(&self, partial: &Partial, zone: usize) -> Partial {
        let graph = self.graph;
        let set = partial.set | 1 << zone;
        let inside = graph.cost_to(zone, partial.set);
        Partial {
            set,
            out: partial.out,
            beside: (partial.beside | graph.near[zone]) & !set,
            people: partial.people + graph.people[zone],
            n_zones: partial.n_zones + 1,
            value: partial.value + graph.worth[zone] - graph.cost_to(zone, Bits::MAX)
                + 2.0 * inside,
            at_most: partial.at_most + graph.worth[zone] - graph.cost_to(zone, partial.out),
        }
    }

    /// Whether any larger set without this zone is no worse with it: nothing limits the size, and
    /// it is worth more than the borders that it may cut.
    fn never_harms(&self, partial: &Partial, zone: usize) -> bool {
        let graph = self.graph;
        let unlimited = self.limits.people.1 == f64::INFINITY && self.limits.zones.1 >= graph.n();
        unlimited
            && graph.worth[zone] - graph.cost_to(zone, Bits::MAX)
                + 2.0 * graph.cost_to(zone, partial.set)
                >= 0.0
    }

    fn keep_if_best(&mut self, partial: &Partial) {
        let Limits { people, zones, .. } = self.limits;
        let is_allowed = partial.people >= people.0
            && partial.people <= people.1
            && partial.n_zones >= zones.0
            && partial.n_zones <= zones.1
            && self.required & !partial.set == 0;
        if is_allowed && partial.value > self.found.value {
            (self.found.set, self.found.value) = (partial.set, partial.value);
        }
    }

    /// The most that joining zones can add: those required, and the best of the others that the
    /// room for people, or the room for zones, would hold.
    fn may_still_join(&self, partial: &Partial) -> f64 {
        let decided = partial.set | partial.out;
        let mut needed = 0.0;
        let mut people_left = self.limits.people.1 - partial.people;
        let mut zones_left = self.limits.zones.1.saturating_sub(partial.n_zones);
        let required = self.required & !partial.set;
        for zone in ranks(required) {
            needed += self.inner[zone];
            people_left -= self.graph.people[zone];
            zones_left = zones_left.saturating_sub(1);
        }
        let taken = decided | required;
        let mut by_people = 0.0;
        for &zone in self.by_density.iter().filter(|&&zone| taken >> zone & 1 == 0) {
            let people = self.graph.people[zone];
            if people > people_left {
                by_people += self.inner[zone] * (people_left / people).max(0.0);
                break;
            }
            by_people += self.inner[zone];
            people_left -= people;
        }
        if zones_left >= self.by_worth.len() {
            return needed + by_people;
        }
        let free = self.by_worth.iter().filter(|&&zone| taken >> zone & 1 == 0);
        let by_zones: f64 = free.take(zones_left).map(|&zone| self.inner[zone]).sum();
        needed + by_people.min(by_zones)
    }
}
