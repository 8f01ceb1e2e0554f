//! How is a division made better?
//!
//! Simulated annealing (Kirkpatrick, Gelatt and Vecchi, 1983, Science 220): an area on a border
//! moves to its neighbour's region, or changes places with one that comes back. Moves that make
//! the regions less alike are taken too, ever more seldom, so that the search does not stop at the
//! first division that no single move betters.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::construct::{Built, NONE, Sums};
use super::graph::Graph;

/// Temperatures at the beginning and at the end, in mean squared difference of an area.
const HOT: f64 = 0.3;
const COLD: f64 = 0.002;

/// A division on its way.
struct State<'a> {
    graph: &'a Graph,
    threshold: f64,
    region: Vec<u32>,
    sums: Vec<Sums>,
    members: Vec<Vec<u32>>,
    within: f64,
}

/// Areas and where they go: one, or one each way.
type Moves<'m> = &'m [(u32, u32)];

/// Tries `n_trials` moves and gives the best division on the way.
pub(super) fn anneal(
    graph: &Graph,
    free: &[u32],
    threshold: f64,
    from: Built,
    n_trials: usize,
    rng: &mut Pcg64,
) -> Built {
    let (mut sums, mut members) = (vec![Sums::none(graph); from.p], vec![Vec::new(); from.p]);
    for &at in free {
        let label = from.region[at as usize] as usize;
        sums[label].add(graph, at);
        members[label].push(at);
    }
    let (mut best, start) = (from.clone(), from.clone());
    let (region, within) = (from.region, from.within);
    let mut state = State { graph, threshold, region, sums, members, within };
    let unit = within / free.len().max(1) as f64;
    for trial in 0..n_trials {
        let share = trial as f64 / n_trials as f64;
        let temperature = unit * HOT * (COLD / HOT).powf(share);
        let at = free[rng.random_range(0..free.len())];
        if state.try_one(at, temperature, rng) && state.within < best.within - 1e-9 {
            best.within = state.within;
            best.region.copy_from_slice(&state.region);
        }
    }
    // The running sum has gathered rounding.
    let mut members = vec![Vec::new(); best.p];
    free.iter().for_each(|&at| members[best.region[at as usize] as usize].push(at as usize));
    best.within = members.iter().map(|members| graph.unlike(members)).sum();
    let floor = |members: &Vec<usize>| members.iter().map(|&at| graph.floor[at]).sum::<f64>();
    if members.iter().any(|members| floor(members) < threshold) { start } else { best }
}

impl State<'_> {
    /// Tries to move an area to the region of a neighbour, in exchange where it must be.
    fn try_one(&mut self, at: u32, temperature: f64, rng: &mut Pcg64) -> bool {
        let near = &self.graph.near[at as usize];
        if near.is_empty() {
            return false;
        }
        let from = self.region[at as usize];
        let to = self.region[near[rng.random_range(0..near.len())] as usize];
        if to == from || to == NONE || self.sums[from as usize].n == 1 {
            return false;
        }
        let chance: f64 = rng.random();
        let left = self.sums[from as usize].floor - self.graph.floor[at as usize];
        if left >= self.threshold {
            return self.try_moves(&[(at, to)], from, temperature, chance);
        }
        let members = &self.members[from as usize];
        let beside = members[rng.random_range(0..members.len())];
        let near = &self.graph.near[beside as usize];
        if near.is_empty() {
            return false;
        }
        let back = near[rng.random_range(0..near.len())];
        if self.region[back as usize] != to || back == at {
            return false;
        }
        self.try_moves(&[(at, to), (back, from)], from, temperature, chance)
    }

    /// Makes the moves if both regions hold together and reach the threshold, and chance agrees.
    fn try_moves(&mut self, moves: Moves<'_>, from: u32, temperature: f64, chance: f64) -> bool {
        let to = moves[0].1;
        let mut after = [from, to].map(|label| self.sums[label as usize].clone());
        for &(at, target) in moves {
            let (gains, loses) = if target == to { (1, 0) } else { (0, 1) };
            after[gains].add(self.graph, at);
            after[loses].take(self.graph, at);
        }
        if after.iter().any(|sum| sum.floor < self.threshold || sum.n == 0) {
            return false;
        }
        let alike = |sum: &Sums| sum.z.iter().map(|z| z * z).sum::<f64>() / sum.n as f64;
        let before: f64 = [from, to].iter().map(|&label| alike(&self.sums[label as usize])).sum();
        let worse = before - after.iter().map(alike).sum::<f64>();
        if worse > 0.0 && chance >= (-worse / temperature).exp() {
            return false;
        }
        self.relabel(moves);
        let holds = [(from, 0), (to, 1)].iter().all(|&(label, which)| {
            let first = self.members[label as usize]
                .iter()
                .copied()
                .find(|&at| self.region[at as usize] == label);
            let first = first.or_else(|| moves.iter().find(|m| m.1 == label).map(|m| m.0));
            first.is_some_and(|first| self.graph.holds(&self.region, first, after[which].n))
        });
        if !holds {
            for &(at, target) in moves {
                self.region[at as usize] = if target == to { from } else { to };
            }
            return false;
        }
        for &(at, target) in moves {
            let source = if target == to { from } else { to };
            self.members[source as usize].retain(|&other| other != at);
            self.members[target as usize].push(at);
        }
        let [left, joined] = after;
        self.sums[from as usize] = left;
        self.sums[to as usize] = joined;
        self.within += worse;
        true
    }

    fn relabel(&mut self, moves: Moves<'_>) {
        for &(at, target) in moves {
            self.region[at as usize] = target;
        }
    }
}

impl Sums {
    fn take(&mut self, graph: &Graph, at: u32) {
        self.n -= 1;
        self.floor -= graph.floor[at as usize];
        self.z.iter_mut().zip(graph.z(at)).for_each(|(sum, z)| *sum -= z);
    }
}
