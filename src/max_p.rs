//! Into how many regions of a least size can a map be divided, and which areas go together?
//!
//! Attributes, a size and [`Neighbours`] in, a region for each area out: as many connected regions
//! as can be found that each reach the threshold, and among as many the one whose regions are
//! most alike inside. This is the max-p-regions problem (Duque, Anselin and Rey, 2012, *The
//! Max-P-Regions Problem*, Journal of Regional Science 52(3)). It is hard, so that this is a
//! heuristic: many constructions, then annealing of the best. Nothing here knows what the
//! attributes mean.

mod anneal;
mod construct;
mod graph;

use miette::Diagnostic;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::area::Area;
use crate::draw::{Seed, replicates};
use crate::neighbour::Neighbours;
use crate::notice::Notice;
use graph::Graph;

/// Constructions where nothing is said.
pub const CONSTRUCTIONS: usize = 500;

/// Trial moves an area and chain where nothing is said.
pub const TRIALS_PER_AREA: usize = 500;

/// The best constructions, this many, are annealed.
const CHAINS: usize = 8;

/// The streams of the chains begin here, beyond those of any number of constructions.
const FIRST_CHAIN_STREAM: u64 = 1 << 40;

/// What is divided.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    /// The areas.
    pub areas: &'a [Area],
    /// What areas of a region should have in common: a column an attribute, a value an area;
    /// NaN means missing.
    pub attributes: &'a [Vec<f64>],
    /// What must reach the threshold, such as residents; 0 or more, NaN means missing.
    pub floor: &'a [f64],
    /// Who borders on whom.
    pub neighbours: &'a Neighbours,
    /// A point of each area in metres, for [`Small::Join`]; `None` where there are no outlines.
    pub points: Option<&'a [Option<(f64, f64)>]>,
}

/// How it is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Division {
    /// The least sum of the floor in a region; above 0.
    pub threshold: f64,
    /// Divisions that are made from scratch; at least 1.
    pub constructions: usize,
    /// Trial moves an area in each chain of the search that follows; 0 for none.
    pub trials_per_area: usize,
    /// What everything random starts from.
    pub seed: Seed,
    /// What becomes of areas that cannot reach the threshold together with all they touch.
    pub small: Small,
}

/// What becomes of a connected part of the map that is below the threshold, such as an island.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Small {
    /// It is a region of its own, below the threshold.
    Keep,
    /// It joins the region of the nearest area, which then is in several parts.
    Join,
    /// It is in no region.
    Drop,
}

/// What there is to say of one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// In a region that is connected and reaches the threshold.
    Member,
    /// In a region of its own part of the map, below the threshold.
    BelowThreshold,
    /// Joined to a region that it does not touch.
    Joined,
    /// Left out because its part of the map is below the threshold.
    Dropped,
    /// Left out because an attribute or the floor is missing.
    Missing,
}

/// The regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    /// The region of each area, from 0 in the order of their first areas; `None` where it is in
    /// none.
    pub of: Vec<Option<usize>>,
    /// What there is to say of each area.
    pub standing: Vec<Standing>,
    /// Each region.
    pub regions: Vec<Region>,
    /// How many reach the threshold: the p of max-p.
    pub p: usize,
    /// No division has more that do.
    pub p_bound: usize,
    /// Squared differences from the means of the regions, of standardised attributes, summed.
    pub within: f64,
    /// The same from the mean of the map; `within / total` is what the regions leave unlike.
    pub total: f64,
    /// What the reader must know.
    pub notices: Vec<Notice>,
}

/// One region.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// The positions of its areas, in ascending order.
    pub members: Vec<usize>,
    /// The sum of the floor.
    pub floor: f64,
    /// The mean of each attribute, unweighted.
    pub means: Vec<f64>,
    /// Its part of [`Regions::within`].
    pub within: f64,
}

/// Why a map cannot be divided.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum DivisionError {
    /// The threshold is none.
    #[error("the threshold is {threshold}; it must be above 0")]
    #[diagnostic(
        code(levekaar::max_p::threshold),
        help("say how much of the floor a region must have, such as `--threshold 5000`")
    )]
    Threshold {
        /// What was asked for.
        threshold: f64,
    },

    /// There is nothing to divide by.
    #[error("there are no attributes that areas of a region should have in common")]
    #[diagnostic(code(levekaar::max_p::attributes), help("name one: `--attribute low_income`"))]
    NoAttributes,

    /// The floor of an area is negative or without end.
    #[error("the floor of {n} areas is below 0 or infinite, such as {found} of `{example}`")]
    #[diagnostic(
        code(levekaar::max_p::floor),
        help("name a column that counts something, such as residents, with `--floor`")
    )]
    BadFloor {
        /// How many.
        n: usize,
        /// The first.
        example: String,
        /// What it has.
        found: f64,
    },

    /// Not even the largest connected part reaches the threshold.
    #[error(
        "no region can reach the threshold of {threshold}: the largest connected part of the map has {largest}"
    )]
    #[diagnostic(
        code(levekaar::max_p::unreachable),
        help(
            "lower `--threshold`, or link the parts with `links` of `contiguity` in a project file"
        )
    )]
    Unreachable {
        /// What was asked for.
        threshold: f64,
        /// What there is; 0 where no area has all it needs.
        largest: f64,
    },

    /// Parts below the threshold shall join, and nobody knows what is near.
    #[error(
        "{n_parts} parts of the map are below the threshold and shall join the nearest region, but there are no outlines to tell which is near"
    )]
    #[diagnostic(
        code(levekaar::max_p::points),
        help("give a boundary file, or choose `--small keep` or `--small drop`")
    )]
    NoPoints {
        /// How many parts.
        n_parts: usize,
    },
}

/// Divides a map.
///
/// Shape: a region an area. Attributes are standardised to mean 0 and standard deviation 1 over
/// the areas that take part; a constant one says nothing and is told. An area with a missing
/// attribute or floor is in no region and is not walked through. Each region is connected and
/// reaches the threshold, but for those that [`Small`] makes. The same input and seed give the
/// same regions on any number of threads.
///
/// Regions grow from random areas by the area that is most like them or has the fewest free
/// neighbours, in a mixture drawn anew for each construction; what no region can reach joins the
/// region of its neighbours that it differs from least. The constructions with most regions, and
/// among these the least differences, are annealed by moving areas on borders, alone or in
/// exchange, which never parts a region nor takes it below the threshold. The result is good and
/// not proved to be the best: another seed may find a better one.
///
/// # Errors
///
/// [`DivisionError`] when something is out of range or no region can be made.
pub fn divide(map: Map<'_>, how: Division) -> Result<Regions, DivisionError> {
    check(map, how)?;
    let graph = Graph::of(map);
    let parts = graph.parts();
    let (large, small): (Vec<&Vec<u32>>, Vec<&Vec<u32>>) =
        parts.iter().partition(|part| graph.floor_of(part) >= how.threshold);
    if large.is_empty() {
        let largest = parts.iter().map(|part| graph.floor_of(part)).fold(0.0, f64::max);
        return Err(DivisionError::Unreachable { threshold: how.threshold, largest });
    }
    if how.small == Small::Join && !small.is_empty() && map.points.is_none() {
        return Err(DivisionError::NoPoints { n_parts: small.len() });
    }
    // No more regions than areas, however low the threshold.
    let most = |part: &&Vec<u32>| (graph.floor_of(part) / how.threshold) as usize;
    let p_bound = large.iter().map(|part| most(part).min(part.len())).sum();
    let mut free: Vec<u32> = large.into_iter().flatten().copied().collect();
    free.sort_unstable();
    let mut built = replicates(how.seed, how.constructions.max(1), |rng| {
        construct::construct(&graph, &free, how.threshold, rng)
    });
    built.sort_by(|a, b| b.p.cmp(&a.p).then(a.within.total_cmp(&b.within)));
    built.truncate(CHAINS);
    let most = built[0].p;
    built.retain(|division| division.p == most);
    let n_trials = how.trials_per_area * free.len();
    let annealed: Vec<construct::Built> = built
        .into_par_iter()
        .enumerate()
        .map(|(chain, division)| {
            let mut rng = how.seed.generator(FIRST_CHAIN_STREAM + chain as u64);
            anneal::anneal(&graph, &free, how.threshold, division, n_trials, &mut rng)
        })
        .collect();
    let mut annealed = annealed.into_iter();
    let mut best = annealed.next().expect("there is at least one construction");
    for other in annealed {
        if other.within < best.within {
            best = other;
        }
    }
    Ok(finish(map, how, &graph, best, &small, p_bound))
}

fn check(map: Map<'_>, how: Division) -> Result<(), DivisionError> {
    if !(how.threshold > 0.0 && how.threshold.is_finite()) {
        return Err(DivisionError::Threshold { threshold: how.threshold });
    }
    if map.attributes.is_empty() {
        return Err(DivisionError::NoAttributes);
    }
    let is_bad = |x: f64| x < 0.0 || x.is_infinite();
    if let Some(at) = map.floor.iter().position(|&x| is_bad(x)) {
        let n = map.floor.iter().filter(|&&x| is_bad(x)).count();
        let (example, found) = (map.areas[at].label(), map.floor[at]);
        return Err(DivisionError::BadFloor { n, example, found });
    }
    Ok(())
}

/// Settles the parts below the threshold, numbers the regions and says what each is like.
fn finish(
    map: Map<'_>,
    how: Division,
    graph: &Graph,
    best: construct::Built,
    small: &[&Vec<u32>],
    p_bound: usize,
) -> Regions {
    let mut label: Vec<Option<u32>> =
        best.region.iter().map(|&region| (region != construct::NONE).then_some(region)).collect();
    let mut standing: Vec<Standing> = graph
        .is_known
        .iter()
        .map(|&known| if known { Standing::Member } else { Standing::Missing })
        .collect();
    let settled = label.clone();
    for (part_idx, part) in small.iter().enumerate() {
        let (to, what) = match how.small {
            Small::Keep => (Some((best.p + part_idx) as u32), Standing::BelowThreshold),
            Small::Join => (nearest(map, &settled, part), Standing::Joined),
            Small::Drop => (None, Standing::Dropped),
        };
        for &at in part.iter() {
            label[at as usize] = to;
            standing[at as usize] = if to.is_none() { Standing::Dropped } else { what };
        }
    }
    let mut number: Vec<Option<usize>> = vec![None; best.p + small.len()];
    let mut members: Vec<Vec<usize>> = Vec::new();
    let of: Vec<Option<usize>> = label
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let region = *number[(*label)? as usize].get_or_insert_with(|| {
                members.push(Vec::new());
                members.len() - 1
            });
            members[region].push(at);
            Some(region)
        })
        .collect();
    let regions: Vec<Region> =
        members.into_iter().map(|members| described(map, graph, members)).collect();
    let taking_part: Vec<usize> = (0..of.len()).filter(|&at| of[at].is_some()).collect();
    Regions {
        within: regions.iter().map(|region| region.within).sum(),
        total: graph.unlike(&taking_part),
        notices: notices(map, graph, &standing),
        p: best.p,
        of,
        standing,
        regions,
        p_bound,
    }
}

/// The region whose area is nearest to one of the part; ties go to the earlier area.
fn nearest(map: Map<'_>, label: &[Option<u32>], part: &[u32]) -> Option<u32> {
    let points = map.points?;
    let mut best: Option<(f64, u32)> = None;
    for &at in part {
        let Some((x, y)) = points[at as usize] else { continue };
        for (other, label) in label.iter().enumerate() {
            let (Some(region), Some((to_x, to_y))) = (*label, points[other]) else { continue };
            let far = (x - to_x).hypot(y - to_y);
            if best.is_none_or(|(nearest, _)| far < nearest) {
                best = Some((far, region));
            }
        }
    }
    best.map(|(_, region)| region)
}

fn described(map: Map<'_>, graph: &Graph, members: Vec<usize>) -> Region {
    let n = members.len() as f64;
    let means =
        map.attributes.iter().map(|column| members.iter().map(|&at| column[at]).sum::<f64>() / n);
    Region {
        floor: members.iter().map(|&at| map.floor[at]).sum(),
        means: means.collect(),
        within: graph.unlike(&members),
        members,
    }
}

fn notices(map: Map<'_>, graph: &Graph, standing: &[Standing]) -> Vec<Notice> {
    let with = |wanted: Standing| -> Vec<String> {
        let of = standing.iter().enumerate().filter(|(_, found)| **found == wanted);
        of.map(|(at, _)| map.areas[at].label()).collect()
    };
    let lists = [
        ("region.max-p-missing", Standing::Missing),
        ("region.max-p-below", Standing::BelowThreshold),
        ("region.max-p-joined", Standing::Joined),
        ("region.max-p-dropped", Standing::Dropped),
    ];
    let mut all: Vec<Notice> = lists
        .into_iter()
        .map(|(key, wanted)| (key, with(wanted)))
        .filter(|(_, items)| !items.is_empty())
        .map(|(key, items)| Notice::warning(key).about(items))
        .collect();
    if graph.n_constant > 0 {
        all.push(Notice::warning("region.max-p-constant").with("n", graph.n_constant));
    }
    all
}

#[cfg(test)]
mod tests;
