//! How is a value compared among people and not among areas?

use super::NormaliseError;
use crate::area::Area;
use crate::indicator::IndicatorId;
use crate::statistics::Summary;

/// The residents of each area that has a value; 0 where it has none.
pub(super) fn of(
    values: &[f64],
    areas: &[Area],
    column: &IndicatorId,
) -> Result<Vec<f64>, NormaliseError> {
    let mut unknown = Vec::new();
    let mut people = Vec::with_capacity(values.len());
    for (x, area) in values.iter().zip(areas) {
        if x.is_nan() {
            people.push(0.0);
            continue;
        }
        match area.population {
            Some(residents) => people.push(residents),
            None => {
                unknown.push(&area.id);
                people.push(0.0);
            }
        }
    }
    if let Some(example) = unknown.first() {
        return Err(NormaliseError::Population {
            column: column.clone(),
            n: unknown.len(),
            example: (*example).clone(),
        });
    }
    Ok(people)
}

/// The share of people in areas with a better value and half of those with the same.
///
/// Nobody lives anywhere: every share is one half, because no area can be told from another.
pub(super) fn percentiles(values: &mut [f64], people: &[f64], flip: bool) {
    let turned = |x: f64| if flip { -x } else { x };
    let mut order: Vec<usize> = (0..values.len()).filter(|&at| !values[at].is_nan()).collect();
    order.sort_by(|&a, &b| turned(values[a]).total_cmp(&turned(values[b])).then(a.cmp(&b)));
    let total: f64 = order.iter().map(|&at| people[at]).sum();
    let mut below = 0.0;
    let mut start = 0;
    let mut shares = Vec::with_capacity(order.len());
    while start < order.len() {
        let x = values[order[start]];
        let tied = order[start..].iter().take_while(|&&at| values[at] == x).count();
        let same: f64 = order[start..start + tied].iter().map(|&at| people[at]).sum();
        let share = if total > 0.0 { (below + same / 2.0) / total } else { 0.5 };
        shares.extend(std::iter::repeat_n(share, tied));
        below += same;
        start += tied;
    }
    for (at, share) in order.into_iter().zip(shares) {
        values[at] = share;
    }
}

/// Standard scores over people, then moved to `(mean, sd)`; `None` where people have no spread.
///
/// The summary that comes back has the mean over people and the squares scaled to the number of
/// areas, so that its population deviation is the one over people.
pub(super) fn z_scores(
    values: &mut [f64],
    people: &[f64],
    flip: bool,
    (mean, sd): (f64, f64),
) -> Option<Summary> {
    let present = || values.iter().zip(people).filter(|(x, _)| !x.is_nan());
    let total: f64 = present().map(|(_, p)| p).sum();
    let centre = present().map(|(x, p)| x * p).sum::<f64>() / total;
    let variance = present().map(|(x, p)| p * (x - centre).powi(2)).sum::<f64>() / total;
    if variance.is_nan() || variance <= 0.0 {
        return None;
    }
    let all = Summary::of(values)?;
    let sign = if flip { -1.0 } else { 1.0 };
    let deviation = variance.sqrt();
    values.iter_mut().for_each(|x| *x = mean + sd * (sign * (*x - centre) / deviation));
    Some(Summary { mean: centre, sum_of_squares: variance * all.n as f64, ..all })
}
