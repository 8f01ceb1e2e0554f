//! In how many replicates of the index does an area belong to a cluster of high scores?

use rayon::prelude::*;

use super::local::{Found, Quadrant, local_moran};
use super::{Inference, Links, Null, SpatialError};
use crate::uncertainty::Study;

/// How often an area is high among high neighbours when the index is computed in other ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// The share of the replicates that test the area in which it and its neighbours are above the
    /// mean; NaN where none does.
    pub high_high: f64,
    /// The share in which the local Moran is significant too, at the level that was asked for.
    pub high_high_significant: f64,
    /// In how many replicates it was tested.
    pub n_tested: u32,
}

/// The local Moran of the scores of `n` replicates.
///
/// Shape: one [`Doubt`] an area of the analysis, in its order. "High" is the worse side of the
/// score: scores of which higher is better are turned. A replicate that cannot be computed, or
/// whose scores cannot be tested, is left out; how many were used comes with it. The random maps
/// are the same in each replicate, so that only the scores differ between them.
///
/// # Errors
///
/// [`SpatialError`] of the first replicate, where no replicate at all can be tested.
pub fn doubt(
    study: &Study<'_>,
    n: u32,
    links: &Links,
    inference: Inference,
    alpha: f64,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<Doubt>, u32), SpatialError> {
    /// Replicates whose findings are held at a time.
    const AT_A_TIME: u32 = 64;
    let mut counts = vec![[0_u32; 3]; links.n_areas()];
    let (mut n_used, mut first_error) = (0, None);
    let mut first = 0;
    while first < n {
        let until = n.min(first + AT_A_TIME);
        let found: Vec<_> = (first..until)
            .into_par_iter()
            .map(|replicate| {
                let scores = study.worse_up(replicate).ok()?;
                let tested = local_moran(&scores, links, Null::Conditional, inference);
                progress(1);
                Some(tested)
            })
            .collect();
        for tested in found.into_iter().flatten() {
            match tested {
                Ok(areas) => {
                    n_used += 1;
                    areas
                        .iter()
                        .zip(&mut counts)
                        .for_each(|(area, count)| tally(area, count, alpha));
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        first = until;
    }
    if let (0, Some(error)) = (n_used, first_error) {
        return Err(error);
    }
    let share = |part: u32, of: u32| f64::from(part) / f64::from(of);
    let rows = counts.iter().map(|&[tested, high, significant]| Doubt {
        high_high: share(high, tested),
        high_high_significant: share(significant, tested),
        n_tested: tested,
    });
    Ok((rows.collect(), n_used))
}

fn tally(area: &Found, [tested, high, significant]: &mut [u32; 3], alpha: f64) {
    let Some(local) = area.tested() else { return };
    *tested += 1;
    if local.quadrant == Quadrant::HighHigh {
        *high += 1;
        let p = if local.p.is_nan() { local.p_normal } else { local.p };
        *significant += u32::from(p <= alpha);
    }
}
