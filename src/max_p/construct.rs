//! How does one division come to be?

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use super::graph::Graph;

/// The region of an area that has none.
pub(super) const NONE: u32 = u32::MAX;

/// A division.
#[derive(Debug, Clone)]
pub(super) struct Built {
    /// The region of each area, from 0, or [`NONE`].
    pub(super) region: Vec<u32>,
    /// How many regions there are.
    pub(super) p: usize,
    /// Squared differences inside them.
    pub(super) within: f64,
}

/// What a region amounts to.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    pub(super) n: usize,
    pub(super) floor: f64,
    /// The sum of each attribute.
    pub(super) z: Vec<f64>,
}

impl Sums {
    pub(super) fn none(graph: &Graph) -> Self {
        Self { n: 0, floor: 0.0, z: vec![0.0; graph.n_attributes] }
    }

    pub(super) fn add(&mut self, graph: &Graph, at: u32) {
        self.n += 1;
        self.floor += graph.floor[at as usize];
        self.z.iter_mut().zip(graph.z(at)).for_each(|(sum, z)| *sum += z);
    }

    /// Squared difference of an area from the mean.
    fn far(&self, z: &[f64]) -> f64 {
        let n = self.n as f64;
        self.z.iter().zip(z).map(|(sum, z)| (sum / n - z).powi(2)).sum()
    }
}

/// Grows regions until no more can reach the threshold, then gives away what is left.
///
/// Each part of the map that is free reaches the threshold as a whole, so that it has a region
/// that what is left can join.
pub(super) fn construct(graph: &Graph, free: &[u32], threshold: f64, rng: &mut Pcg64) -> Built {
    // From regions that are alike inside to regions that leave little between them.
    let tightness: f64 = rng.random();
    let mut order = free.to_vec();
    order.shuffle(rng);
    let mut region = vec![NONE; graph.floor.len()];
    let mut is_open = vec![false; graph.floor.len()];
    free.iter().for_each(|&at| is_open[at as usize] = true);
    let mut sums: Vec<Sums> = Vec::new();
    let mut next = 0;
    loop {
        while next < order.len() && !is_open[order[next] as usize] {
            next += 1;
        }
        let Some(&at) = order.get(next) else { break };
        let seed = if rng.random::<f64>() < tightness {
            most_enclosed(graph, &order[next..], &is_open)
        } else {
            at
        };
        let label = sums.len() as u32;
        let (members, sum) = grow(graph, seed, threshold, tightness, &mut is_open);
        if sum.floor >= threshold {
            members.iter().for_each(|&at| region[at as usize] = label);
            sums.push(sum);
        }
    }
    give_away(graph, free, &mut region, &mut sums);
    let p = sums.len();
    let mut members = vec![Vec::new(); p];
    free.iter().for_each(|&at| members[region[at as usize] as usize].push(at as usize));
    let within = members.iter().map(|members| graph.unlike(members)).sum();
    Built { region, p, within }
}

/// The open area with the fewest open neighbours; the first of several.
fn most_enclosed(graph: &Graph, order: &[u32], is_open: &[bool]) -> u32 {
    let open = order.iter().copied().filter(|&at| is_open[at as usize]);
    let least = open.min_by_key(|&at| n_open(graph, at, is_open));
    least.unwrap_or(order[0])
}

fn n_open(graph: &Graph, at: u32, is_open: &[bool]) -> usize {
    graph.near[at as usize].iter().filter(|&&other| is_open[other as usize]).count()
}

/// Grows a region and closes its areas. Where it stays below the threshold, it is all that was
/// open there, so that nothing else could have used it.
fn grow(
    graph: &Graph,
    seed: u32,
    threshold: f64,
    tightness: f64,
    is_open: &mut [bool],
) -> (Vec<u32>, Sums) {
    let mut sum = Sums::none(graph);
    let (mut members, mut rim) = (Vec::new(), vec![seed]);
    while let Some(at) = take_best(graph, &sum, &mut rim, tightness, is_open) {
        is_open[at as usize] = false;
        sum.add(graph, at);
        members.push(at);
        if sum.floor >= threshold {
            break;
        }
        for &other in &graph.near[at as usize] {
            if is_open[other as usize] && !rim.contains(&other) {
                rim.push(other);
            }
        }
    }
    (members, sum)
}

/// Takes the area that is most like the region, or has the fewest open neighbours, from its rim.
fn take_best(
    graph: &Graph,
    sum: &Sums,
    rim: &mut Vec<u32>,
    tightness: f64,
    is_open: &[bool],
) -> Option<u32> {
    if sum.n == 0 {
        return rim.pop();
    }
    let cost = |at: u32| {
        let unlike = sum.far(graph.z(at)) / graph.n_attributes as f64;
        (1.0 - tightness) * unlike + tightness * n_open(graph, at, is_open) as f64
    };
    let costs = rim.iter().map(|&at| cost(at)).enumerate();
    let (best, _) = costs.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(rim.swap_remove(best))
}

/// Joins what is left to the region of its neighbours that it differs from least.
fn give_away(graph: &Graph, free: &[u32], region: &mut [u32], sums: &mut [Sums]) {
    let mut left: Vec<u32> =
        free.iter().copied().filter(|&at| region[at as usize] == NONE).collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|&at| {
            let labels = graph.near[at as usize].iter().map(|&other| region[other as usize]);
            let far = |label: &u32| sums[*label as usize].far(graph.z(at));
            let to = labels
                .filter(|label| *label != NONE)
                .min_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
            if let Some(label) = to {
                region[at as usize] = label;
                sums[label as usize].add(graph, at);
            }
            to.is_none()
        });
        assert!(left.len() < before, "each free part has a region");
    }
}
