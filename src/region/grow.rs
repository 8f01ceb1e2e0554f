//! How are sets chosen where an exact search would take too long?
//!
//! One set after the other: from each of the zones of most need a set is grown by the zone that
//! adds most, and the best way-stop that is allowed is kept; then zones are exchanged at its rim
//! while that helps.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::{Limits, Mark, Zones};

/// From how many zones a set is begun; those of most need first.
const MOST_SEEDS: usize = 400;

/// From how many where nothing limits the size of a set.
const MOST_SEEDS_UNLIMITED: usize = 20;

/// Sets larger than this are left as they were grown.
const MOST_EXCHANGED: usize = 60;

/// Up to how many zones the bound looks at what lies within reach of each.
const MOST_BOUND_AROUND: usize = 3_000;

/// Rounds of exchanges at the rim of a set.
const MOST_ROUNDS: usize = 60;

/// The sets, and how many partial sets were looked at; `None` where a zone that must be chosen
/// cannot be.
pub(super) fn grow(zones: &Zones, limits: &Limits) -> Option<(Vec<Vec<u32>>, u64)> {
    let near = near(zones);
    let mut free: Vec<bool> = zones.mark.iter().map(|mark| *mark != Mark::Never).collect();
    let mut must: Vec<u32> =
        (0..zones.mark.len() as u32).filter(|&at| zones.mark[at as usize] == Mark::Must).collect();
    let (mut sets, mut n_steps): (Vec<Vec<u32>>, u64) = (Vec::new(), 0);
    while sets.len() < limits.sets {
        let is_limited = limits.people.1 < f64::INFINITY || limits.zones.1 < free.len();
        let most_seeds = if is_limited { MOST_SEEDS } else { MOST_SEEDS_UNLIMITED };
        let seeds = seeds(zones, &free, &must, most_seeds);
        let mut best: Option<(f64, Vec<u32>)> = None;
        for seed in seeds {
            n_steps += 1;
            let Some(grown) = grow_from(zones, limits, &near, &free, seed) else { continue };
            let grown = exchange(zones, limits, &near, &free, grown, &must);
            let value = worth_of(zones, &near, &grown);
            if best.as_ref().is_none_or(|(most, _)| value > *most) {
                best = Some((value, grown));
            }
        }
        let Some((value, set)) = best else { break };
        if value <= 0.0 && !set.iter().any(|at| must.contains(at)) {
            break;
        }
        for &at in &set {
            free[at as usize] = false;
            if limits.apart {
                near[at as usize].iter().for_each(|&(other, _)| free[other as usize] = false);
            }
        }
        must.retain(|at| !set.contains(at));
        sets.push(set);
    }
    must.is_empty().then_some((sets, n_steps))
}

/// A value that no choice exceeds: the less of two bounds, neither of which knows that sets hang
/// together zone by zone or that borders cost.
pub(super) fn bound(zones: &Zones, limits: &Limits) -> f64 {
    let is_limited = limits.people.1 < f64::INFINITY || limits.zones.1 < zones.need.len();
    let loose = bound_of_the_whole(zones, limits);
    if is_limited && zones.need.len() <= MOST_BOUND_AROUND {
        loose.min(bound_around_roots(zones, limits))
    } else {
        loose
    }
}

/// Net worth of a zone.
fn worth(zones: &Zones, at: usize) -> f64 {
    zones.need[at] - zones.own_cost[at]
}

/// Zones by worth per resident, the densest first; ties go to the earlier zone.
fn by_density(zones: &Zones) -> Vec<usize> {
    // A zone without people is as dense as can be, one way or the other.
    let density = |at: usize| worth(zones, at) / zones.people[at].max(1e-9);
    let mut order: Vec<usize> = (0..zones.need.len()).collect();
    order.sort_by(|&a, &b| density(b).total_cmp(&density(a)).then(a.cmp(&b)));
    order
}

/// The most that some of these zones, densest first, are worth together in this room: a fractional
/// knapsack (Dantzig 1957) by residents, or the best by number, whichever is less.
fn knapsack(zones: &Zones, densest_first: &[usize], people: f64, most_zones: usize) -> f64 {
    let (mut by_people, mut room) = (0.0, people);
    let mut useful: Vec<f64> = Vec::new();
    for &at in densest_first.iter().filter(|&&at| worth(zones, at) > 0.0) {
        let share = if zones.people[at] > room { room / zones.people[at] } else { 1.0 };
        by_people += worth(zones, at) * share.max(0.0);
        room = (room - zones.people[at]).max(0.0);
        useful.push(worth(zones, at));
    }
    useful.sort_by(|a, b| b.total_cmp(a));
    by_people.min(useful.iter().take(most_zones).sum())
}

/// All sets together as if they were one that need not hang together.
fn bound_of_the_whole(zones: &Zones, limits: &Limits) -> f64 {
    let mut order = by_density(zones);
    order.retain(|&at| zones.mark[at] != Mark::Never);
    let most_zones = limits.zones.1.saturating_mul(limits.sets);
    knapsack(zones, &order, limits.people.1 * limits.sets as f64, most_zones)
}

/// The sets one by one. Each has a densest zone, its root, and all its zones lie within reach of
/// it, over zones that are no denser, in the room that a set has. No two have the same root.
fn bound_around_roots(zones: &Zones, limits: &Limits) -> f64 {
    let near = near(zones);
    let order = by_density(zones);
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, &zone)| place[zone] = at);
    let of_root = |&root: &usize| {
        if zones.mark[root] == Mark::Never || zones.people[root] > limits.people.1 {
            return 0.0;
        }
        let mut reached = reach(zones, limits, &near, root, |zone| place[zone] > place[root]);
        let people: f64 = reached.iter().map(|&at| zones.people[at]).sum();
        if people < limits.people.0 || reached.len() < limits.zones.0 {
            return 0.0;
        }
        reached.retain(|&at| at != root);
        reached.sort_by_key(|&at| place[at]);
        let room = limits.people.1 - zones.people[root];
        let more = knapsack(zones, &reached, room, limits.zones.1.saturating_sub(1));
        worth(zones, root) + more
    };
    let mut bounds: Vec<f64> = order.par_iter().map(of_root).collect();
    bounds.sort_by(|a, b| b.total_cmp(a));
    bounds.iter().take(limits.sets).map(|bound| bound.max(0.0)).sum()
}

/// The root and the zones that a set from it can reach within its limits, by the way with fewest
/// people and that with fewest zones.
fn reach(
    zones: &Zones,
    limits: &Limits,
    near: &[Vec<(u32, f64)>],
    root: usize,
    may_join: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let n = zones.need.len();
    let may_join = |at: usize| zones.mark[at] != Mark::Never && may_join(at);
    let (mut hops, mut people) = (vec![usize::MAX; n], vec![f64::INFINITY; n]);
    (hops[root], people[root]) = (1, zones.people[root]);
    let mut queue = VecDeque::from([root]);
    while let Some(at) = queue.pop_front() {
        for &(next, _) in &near[at] {
            let next = next as usize;
            if hops[at] < limits.zones.1 && hops[next] == usize::MAX && may_join(next) {
                hops[next] = hops[at] + 1;
                queue.push_back(next);
            }
        }
    }
    // Labels are mended until none gets better; few zones are met twice.
    let mut queue = VecDeque::from([root]);
    while let Some(at) = queue.pop_front() {
        for &(next, _) in &near[at] {
            let next = next as usize;
            let through = people[at] + zones.people[next];
            if through < people[next] && through <= limits.people.1 && hops[next] != usize::MAX {
                people[next] = through;
                queue.push_back(next);
            }
        }
    }
    (0..n).filter(|&at| people[at] < f64::INFINITY).collect()
}

fn near(zones: &Zones) -> Vec<Vec<(u32, f64)>> {
    let mut near = vec![Vec::new(); zones.need.len()];
    for &(a, b, cost) in &zones.borders {
        near[a as usize].push((b, cost));
        near[b as usize].push((a, cost));
    }
    near
}

/// Where a set may begin: the zones that must be chosen, or else those of most need.
fn seeds(zones: &Zones, free: &[bool], must: &[u32], most: usize) -> Vec<u32> {
    let must: Vec<u32> = must.iter().copied().filter(|&at| free[at as usize]).collect();
    if !must.is_empty() {
        return must;
    }
    let mut seeds: Vec<u32> = (0..free.len() as u32).filter(|&at| free[at as usize]).collect();
    let need = |at: u32| zones.need[at as usize];
    seeds.sort_by(|&a, &b| need(b).total_cmp(&need(a)).then(a.cmp(&b)));
    seeds.truncate(most);
    seeds
}

/// What a zone adds to a set.
fn gain(zones: &Zones, near: &[(u32, f64)], at: u32, is_in: &[bool]) -> f64 {
    let own = zones.need[at as usize] - zones.own_cost[at as usize];
    let cost = |&(other, cost): &(u32, f64)| if is_in[other as usize] { -cost } else { cost };
    own - near.iter().map(cost).sum::<f64>()
}

/// What a small set is worth, as [`super::value_of`] tells by looking at all borders.
fn worth_of(zones: &Zones, near: &[Vec<(u32, f64)>], set: &[u32]) -> f64 {
    let of_zone = |&at: &u32| {
        let cut = near[at as usize].iter().filter(|(other, _)| !set.contains(other));
        let cost: f64 = cut.map(|(_, cost)| cost).sum();
        zones.need[at as usize] - zones.own_cost[at as usize] - cost
    };
    set.iter().map(of_zone).sum()
}

/// Whether a small set is not empty and hangs together.
fn hangs_together(near: &[Vec<(u32, f64)>], set: &[u32]) -> bool {
    let Some(&first) = set.first() else { return false };
    let mut reached = vec![first];
    let mut at = 0;
    while let Some(&zone) = reached.get(at) {
        for (other, _) in &near[zone as usize] {
            if set.contains(other) && !reached.contains(other) {
                reached.push(*other);
            }
        }
        at += 1;
    }
    reached.len() == set.len()
}

fn is_allowed(zones: &Zones, limits: &Limits, set: &[u32]) -> bool {
    let people: f64 = set.iter().map(|&at| zones.people[at as usize]).sum();
    (limits.people.0..=limits.people.1).contains(&people)
        && (limits.zones.0..=limits.zones.1).contains(&set.len())
}

/// Grows a set by the zone that adds most per resident, and gives its best allowed stage.
fn grow_from(
    zones: &Zones,
    limits: &Limits,
    near: &[Vec<(u32, f64)>],
    free: &[bool],
    seed: u32,
) -> Option<Vec<u32>> {
    let mut is_in = vec![false; free.len()];
    let (mut set, mut people, mut value) = (Vec::new(), 0.0, 0.0);
    let mut rim: Vec<u32> = vec![seed];
    let mut best: Option<(f64, usize)> = None;
    while set.len() < limits.zones.1 {
        let fits = |&at: &u32| people + zones.people[at as usize] <= limits.people.1;
        let density = |at: u32| {
            gain(zones, &near[at as usize], at, &is_in) / zones.people[at as usize].max(1e-9)
        };
        let next = rim
            .iter()
            .copied()
            .filter(fits)
            .max_by(|&a, &b| density(a).total_cmp(&density(b)).then(b.cmp(&a)));
        let Some(next) = next else { break };
        value += gain(zones, &near[next as usize], next, &is_in);
        people += zones.people[next as usize];
        is_in[next as usize] = true;
        set.push(next);
        rim.retain(|&at| at != next);
        for &(other, _) in &near[next as usize] {
            if free[other as usize] && !is_in[other as usize] && !rim.contains(&other) {
                rim.push(other);
            }
        }
        if is_allowed(zones, limits, &set) && best.is_none_or(|(most, _)| value > most) {
            best = Some((value, set.len()));
        }
    }
    let (_, n_zones) = best?;
    set.truncate(n_zones);
    Some(set)
}

/// Takes in, leaves out or swaps zones at the rim while the value grows.
fn exchange(
    zones: &Zones,
    limits: &Limits,
    near: &[Vec<(u32, f64)>],
    free: &[bool],
    mut set: Vec<u32>,
    must: &[u32],
) -> Vec<u32> {
    if set.len() > MOST_EXCHANGED {
        return set;
    }
    for _ in 0..MOST_ROUNDS {
        let value = worth_of(zones, near, &set);
        let mut rim: Vec<u32> = set
            .iter()
            .flat_map(|&at| &near[at as usize])
            .map(|&(other, _)| other)
            .filter(|other| free[*other as usize] && !set.contains(other))
            .collect();
        rim.sort_unstable();
        rim.dedup();
        let without: Vec<Option<u32>> =
            std::iter::once(None).chain(set.iter().copied().map(Some)).collect();
        let with: Vec<Option<u32>> =
            std::iter::once(None).chain(rim.into_iter().map(Some)).collect();
        let mut better: Option<(f64, Vec<u32>)> = None;
        for &out in &without {
            if out.is_some_and(|at| must.contains(&at)) {
                continue;
            }
            for &into in &with {
                let mut other: Vec<u32> =
                    set.iter().copied().filter(|&at| Some(at) != out).chain(into).collect();
                other.sort_unstable();
                let its = worth_of(zones, near, &other);
                if its > better.as_ref().map_or(value, |(most, _)| *most)
                    && is_allowed(zones, limits, &other)
                    && hangs_together(near, &other)
                {
                    better = Some((its, other));
                }
            }
        }
        match better {
            Some((_, other)) => set = other,
            None => break,
        }
    }
    set
}
