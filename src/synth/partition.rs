//! Which zone does a cell belong to?
//!
//! A Voronoi-like partition of the land: seeds are spread along a space-filling curve, closer
//! where people live closer, and each zone grows from its seed over land cells. A zone is in one
//! piece because each of its cells was reached from another of its cells.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::coast::Land;
use super::lattice::{Lattice, N_DIRECTIONS};
use super::noise::{Purpose, fractal, smooth};

/// The label of a cell that is in no zone.
pub(super) const SEA: u32 = u32::MAX;

/// Steps of the flood for one side of a cell: distances closer than that count as equal.
const STEPS_PER_SIDE: f32 = 8.0;

/// A zone for each cell of the lattice, 0 to `n_zones - 1` along a space-filling curve, or [`SEA`].
///
/// Every zone has at least one cell. `n_zones` must not exceed the number of land cells. Seeds move
/// `n_roundings` times to the middle of their zones; each time makes the zones rounder and more
/// alike in size.
pub(super) fn partition(
    lattice: &Lattice,
    land: &Land,
    seed: u64,
    n_zones: usize,
    n_roundings: usize,
) -> Vec<u32> {
    let cells = land_along_a_curve(lattice, land);
    let weights = densities(lattice, land, &cells, seed, n_zones);
    // Borders follow distances on a slightly crumpled map, so that they are not straight.
    let crumpled: Vec<(f32, f32)> =
        (0..lattice.n_cells()).into_par_iter().map(|cell| crumple(lattice, seed, cell)).collect();
    let mut seeds = spread_seeds(&cells, &weights, n_zones);
    let mut labels = flood(lattice, land, &crumpled, &seeds);
    for _ in 0..n_roundings {
        seeds = middles(&cells, &labels, &crumpled, n_zones);
        labels = flood(lattice, land, &crumpled, &seeds);
    }
    labels
}

/// The pairs of zones with a common border, as lists of neighbours in ascending order.
#[derive(Debug)]
pub(super) struct Adjacency {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
}

impl Adjacency {
    pub(super) fn of(&self, zone_idx: usize) -> &[u32] {
        &self.neighbours[self.starts[zone_idx]..self.starts[zone_idx + 1]]
    }

    pub(super) fn n_zones(&self) -> usize {
        self.starts.len() - 1
    }
}

/// Who borders on whom.
pub(super) fn adjacency(lattice: &Lattice, labels: &[u32], n_zones: usize) -> Adjacency {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (cell, &zone) in labels.iter().enumerate() {
        if zone == SEA {
            continue;
        }
        for direction in 0..N_DIRECTIONS {
            let other = labels[lattice.neighbour(cell, direction)];
            if other != SEA && other != zone {
                pairs.push((zone, other));
            }
        }
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    let mut starts = vec![0; n_zones + 1];
    for &(zone, _) in &pairs {
        starts[zone as usize + 1] += 1;
    }
    for idx in 0..n_zones {
        starts[idx + 1] += starts[idx];
    }
    Adjacency { starts, neighbours: pairs.into_iter().map(|(_, other)| other).collect() }
}

/// Groups of about `group_size` zones, each in one piece, as a number for each zone.
///
/// Every group has at least one zone; groups are numbered along the order of the zones. They grow
/// in turn, one zone each, so that they differ in size only where one gets shut in.
pub(super) fn group(adjacency: &Adjacency, group_size: usize) -> Vec<u32> {
    let n_zones = adjacency.n_zones();
    let n_groups = ((n_zones + group_size / 2) / group_size).max(1);
    let mut groups = vec![u32::MAX; n_zones];
    let mut fronts: Vec<VecDeque<u32>> = (0..n_groups)
        .map(|idx| VecDeque::from([((2 * idx + 1) * n_zones / (2 * n_groups)) as u32]))
        .collect();
    let mut growing: Vec<usize> = (0..n_groups).collect();
    while !growing.is_empty() {
        growing.retain(|&idx| {
            let front = &mut fronts[idx];
            let free = |zone: &u32| groups[*zone as usize] == u32::MAX;
            while front.front().is_some_and(|zone| !free(zone)) {
                front.pop_front();
            }
            let Some(zone) = front.pop_front() else { return false };
            front.extend(adjacency.of(zone as usize).iter().copied().filter(free));
            groups[zone as usize] = idx as u32;
            true
        });
    }
    groups
}

fn land_along_a_curve(lattice: &Lattice, land: &Land) -> Vec<u32> {
    let bits = usize::BITS - lattice.columns.max(lattice.rows).leading_zeros();
    let mut keyed: Vec<(u64, u32)> = (0..lattice.n_cells())
        .into_par_iter()
        .filter(|&cell| land.is_land[cell])
        .map(|cell| {
            let (column, row) = (cell % lattice.columns, cell / lattice.columns);
            (hilbert(column as u64, row as u64, bits), cell as u32)
        })
        .collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|(_, cell)| cell).collect()
}

/// The position along a Hilbert curve that fills a square of `2^bits`.
///
/// Source: Hamilton and Rau-Chaplin (2008), *Compact Hilbert indices*; here the two-dimensional
/// case with its four orientations.
fn hilbert(mut x: u64, mut y: u64, bits: u32) -> u64 {
    let mut position = 0;
    for bit in (0..bits).rev() {
        let (right, up) = ((x >> bit) & 1, (y >> bit) & 1);
        position = (position << 2) | ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                let mask = (1 << bits) - 1;
                x = !x & mask;
                y = !y & mask;
            }
            (x, y) = (y, x);
        }
    }
    position
}

/// How close together the zones lie around each land cell, in the order of `cells`.
fn densities(lattice: &Lattice, land: &Land, cells: &[u32], seed: u64, n_zones: usize) -> Vec<f64> {
    let centre = lattice.place(land.peak);
    // A large country has many towns, a city one centre and some sub-centres.
    let towns = 3.0 * (n_zones as f64 / 51.0).powf(0.4);
    let mut weights: Vec<f64> = cells
        .par_iter()
        .map(|&cell| {
            let (x, y) = lattice.place(cell as usize);
            let from_centre = (x - centre.0).hypot(y - centre.1);
            let town = fractal(seed, Purpose::Density, (towns * x, towns * y), 2, 0.55);
            (0.16 + (-from_centre / 0.25).exp()) * (1.6 * town).exp()
        })
        .collect();
    // No zone should be left with fewer than about a third of the mean of its cells, or three.
    let most_per_cell = (3.5 * n_zones as f64 / cells.len() as f64).min(1.0 / 3.0);
    for _ in 0..6 {
        let per_zone = weights.iter().sum::<f64>() / n_zones as f64;
        for weight in &mut weights {
            *weight = weight.min(per_zone * most_per_cell);
        }
    }
    weights
}

fn spread_seeds(cells: &[u32], weights: &[f64], n_zones: usize) -> Vec<u32> {
    let per_zone = weights.iter().sum::<f64>() / n_zones as f64;
    let mut seeds = Vec::with_capacity(n_zones);
    let mut passed = 0.0;
    for (idx, (&cell, &weight)) in cells.iter().zip(weights).enumerate() {
        passed += weight;
        let is_due = passed >= (seeds.len() as f64 + 0.5) * per_zone;
        let is_last_chance = cells.len() - idx <= n_zones - seeds.len();
        if seeds.len() < n_zones && (is_due || is_last_chance) {
            seeds.push(cell);
        }
        if seeds.len() == n_zones {
            break;
        }
    }
    seeds
}

fn crumple(lattice: &Lattice, seed: u64, cell: usize) -> (f32, f32) {
    let (x, y) = lattice.middle(cell);
    let wave = |offset: f64| {
        1.3 * smooth(seed, Purpose::Border, x / 7.0 + offset, y / 7.0)
            + 0.7 * smooth(seed, Purpose::Border, x / 2.9, y / 2.9 + offset)
    };
    ((x + wave(1000.0)) as f32, (y + wave(2000.0)) as f32)
}

/// Zones grow from their seeds, the cell nearest to its seed first.
///
/// Cells wait in buckets of equal distance, so that the time is linear in the number of cells;
/// within a bucket they keep the order in which they were found.
fn flood(lattice: &Lattice, land: &Land, places: &[(f32, f32)], seeds: &[u32]) -> Vec<u32> {
    let mut labels = vec![SEA; lattice.n_cells()];
    let mut nearest = vec![f32::INFINITY; lattice.n_cells()];
    let mut buckets: Vec<Vec<(u32, u32)>> =
        vec![seeds.iter().zip(0..).map(|(&cell, zone)| (cell, zone)).collect()];
    let mut step = 0;
    while step < buckets.len() {
        let mut at = 0;
        while let Some(&(cell, zone)) = buckets[step].get(at) {
            at += 1;
            let cell = cell as usize;
            if labels[cell] != SEA {
                continue;
            }
            labels[cell] = zone;
            let seed_place = places[seeds[zone as usize] as usize];
            for direction in 0..N_DIRECTIONS {
                let next = lattice.neighbour(cell, direction);
                if !land.is_land[next] || labels[next] != SEA {
                    continue;
                }
                let (dx, dy) = (places[next].0 - seed_place.0, places[next].1 - seed_place.1);
                let distance = (dx * dx + dy * dy).sqrt();
                if distance < nearest[next] {
                    nearest[next] = distance;
                    // A cell behind a bay can be nearer than the way to it was long.
                    let due = ((distance * STEPS_PER_SIDE) as usize).max(step);
                    if due >= buckets.len() {
                        buckets.resize_with(due + 1, Vec::new);
                    }
                    buckets[due].push((next as u32, zone));
                }
            }
        }
        buckets[step] = Vec::new();
        step += 1;
    }
    labels
}

/// For each zone, its cell that is nearest to the middle of the zone.
fn middles(cells: &[u32], labels: &[u32], places: &[(f32, f32)], n_zones: usize) -> Vec<u32> {
    let mut sums = vec![(0.0_f64, 0.0_f64, 0.0_f64); n_zones];
    for &cell in cells {
        let sum = &mut sums[labels[cell as usize] as usize];
        let (x, y) = places[cell as usize];
        *sum = (sum.0 + f64::from(x), sum.1 + f64::from(y), sum.2 + 1.0);
    }
    let mut best = vec![(f64::INFINITY, SEA); n_zones];
    for &cell in cells {
        let zone = labels[cell as usize] as usize;
        let (x, y) = places[cell as usize];
        let (sum_x, sum_y, n) = sums[zone];
        let distance = (f64::from(x) - sum_x / n).hypot(f64::from(y) - sum_y / n);
        if distance < best[zone].0 {
            best[zone] = (distance, cell);
        }
    }
    best.into_iter().map(|(_, cell)| cell).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::synth::{SynthRequest, SyntheticCity, synthesise};

    fn city(areas: usize, seed: u64) -> SyntheticCity {
        synthesise(&SynthRequest { areas, years: 2024..=2024, seed, indicators: 0 }).unwrap()
    }

    #[test]
    fn the_land_is_in_one_piece_and_so_is_each_district() {
        let city = city(400, 1);
        let within = |district: Option<&str>| {
            let inside = |zone: usize| {
                district.is_none_or(|district| city.zones[zone].district_name == district)
            };
            let members: Vec<usize> = (0..city.zones.len()).filter(|&z| inside(z)).collect();
            let mut reached = BTreeSet::from([members[0]]);
            let mut queue = vec![members[0]];
            while let Some(zone) = queue.pop() {
                for &next in city.neighbours(zone) {
                    if inside(next as usize) && reached.insert(next as usize) {
                        queue.push(next as usize);
                    }
                }
            }
            (reached.len(), members.len())
        };
        assert_eq!(within(None), (400, 400));
        let names: BTreeSet<&str> =
            city.zones.iter().map(|zone| zone.district_name.as_str()).collect();
        assert_eq!(names.len(), city.n_districts());
        for name in names {
            let (reached, members) = within(Some(name));
            assert_eq!(reached, members, "{name}");
        }
    }
}
