//! How are areas laid out for a division?

use std::collections::BTreeSet;

use super::Map;

/// Areas with standardised attributes and their neighbours that take part.
#[derive(Debug)]
pub(super) struct Graph {
    /// Whether nothing is missing.
    pub(super) is_known: Vec<bool>,
    pub(super) floor: Vec<f64>,
    /// How many attributes there are.
    pub(super) n_attributes: usize,
    /// The attributes of the first area, then of the next; 0 where an area does not take part.
    pub(super) z: Vec<f64>,
    /// Neighbours that take part; none for an area that does not.
    pub(super) near: Vec<Vec<u32>>,
    /// Attributes that are the same everywhere.
    pub(super) n_constant: usize,
}

impl Graph {
    pub(super) fn of(map: Map<'_>) -> Self {
        let n = map.areas.len();
        let is_known: Vec<bool> = (0..n)
            .map(|at| {
                map.floor[at].is_finite()
                    && map.attributes.iter().all(|column| column[at].is_finite())
            })
            .collect();
        let n_known = is_known.iter().filter(|known| **known).count().max(1) as f64;
        let n_attributes = map.attributes.len();
        let (mut z, mut n_constant) = (vec![0.0; n * n_attributes], 0);
        for (attribute_idx, column) in map.attributes.iter().enumerate() {
            let known = || (0..n).filter(|&at| is_known[at]);
            let mean = known().map(|at| column[at] / n_known).sum::<f64>();
            let variance = known().map(|at| (column[at] - mean).powi(2) / n_known).sum::<f64>();
            // Sums of equal numbers differ from them by rounding.
            if !(variance.sqrt() > 1e-12 * mean.abs() && variance.is_finite()) {
                n_constant += 1;
                continue;
            }
            for at in known() {
                z[at * n_attributes + attribute_idx] = (column[at] - mean) / variance.sqrt();
            }
        }
        let near = (0..n)
            .map(|at| {
                let of = if is_known[at] { map.neighbours.of(at) } else { &[] };
                of.iter().copied().filter(|&other| is_known[other as usize]).collect()
            })
            .collect();
        let floor = map.floor.iter().zip(&is_known).map(|(x, known)| if *known { *x } else { 0.0 });
        Self { floor: floor.collect(), is_known, n_attributes, z, near, n_constant }
    }

    /// The standardised attributes of an area.
    pub(super) fn z(&self, at: u32) -> &[f64] {
        let from = at as usize * self.n_attributes;
        &self.z[from..from + self.n_attributes]
    }

    /// The connected parts of the map, each in ascending order, by their first areas.
    pub(super) fn parts(&self) -> Vec<Vec<u32>> {
        let mut parts = Vec::new();
        let mut is_seen = vec![false; self.near.len()];
        for first in 0..self.near.len() as u32 {
            if is_seen[first as usize] || !self.is_known[first as usize] {
                continue;
            }
            is_seen[first as usize] = true;
            let (mut part, mut next) = (vec![first], 0);
            while next < part.len() {
                for &other in &self.near[part[next] as usize] {
                    if !std::mem::replace(&mut is_seen[other as usize], true) {
                        part.push(other);
                    }
                }
                next += 1;
            }
            part.sort_unstable();
            parts.push(part);
        }
        parts
    }

    pub(super) fn floor_of(&self, part: &[u32]) -> f64 {
        part.iter().map(|&at| self.floor[at as usize]).sum()
    }

    /// Squared differences of areas from their mean.
    pub(super) fn unlike(&self, members: &[usize]) -> f64 {
        let n = members.len() as f64;
        (0..self.n_attributes)
            .map(|attribute_idx| {
                let value = |&at: &usize| self.z[at * self.n_attributes + attribute_idx];
                let mean = members.iter().map(value).sum::<f64>() / n;
                members.iter().map(|at| (value(at) - mean).powi(2)).sum::<f64>()
            })
            .sum()
    }

    /// Whether the areas with this label are connected without leaving it; `from` is one of them
    /// and there are `n`.
    pub(super) fn holds(&self, region: &[u32], from: u32, n: usize) -> bool {
        let label = region[from as usize];
        let (mut seen, mut stack) = (BTreeSet::from([from]), vec![from]);
        while let Some(at) = stack.pop() {
            for &other in &self.near[at as usize] {
                if region[other as usize] == label && seen.insert(other) {
                    stack.push(other);
                }
            }
        }
        seen.len() == n
    }
}
