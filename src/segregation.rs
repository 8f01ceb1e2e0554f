//! How unevenly is a group spread over areas?
//!
//! Dissimilarity, isolation, interaction and entropy of a group's counts among the residents of
//! areas, the bias that small counts put on dissimilarity, and bounds where counts are withheld.

use miette::Diagnostic;
use rand_distr::{Binomial, Distribution};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::draw::{Seed, replicates};
use crate::statistics::quantile_of_present;

/// Why segregation cannot be measured.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum SegregationError {
    /// A count that is not between nothing and everybody.
    #[error("{n} areas have a count that is not from 0 to the total, such as {count} of {total}")]
    #[diagnostic(
        code(levekaar::segregation::count),
        help("the count is of persons among the total, not a percentage")
    )]
    Count {
        /// How many.
        n: usize,
        /// A count.
        count: f64,
        /// The total there.
        total: f64,
    },
    /// Nobody or everybody belongs to the group.
    #[error("{share} of the residents belong to the group, so that it cannot be spread unevenly")]
    #[diagnostic(code(levekaar::segregation::share))]
    Share {
        /// 0 or 1, or NaN without residents.
        share: f64,
    },
    /// Bounds over so many withheld counts would take too long.
    #[error("{n} counts are withheld; bounds are computed for at most {MAX_WITHHELD}")]
    #[diagnostic(code(levekaar::segregation::withheld))]
    Withheld {
        /// How many.
        n: usize,
    },
}

/// More withheld counts than this are refused by [`bounds`], whose work grows with their square.
pub const MAX_WITHHELD: usize = 5_000;

/// How unevenly a group is spread; `p_i = x_i / t_i` is its share in an area and `P` in all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Segregation {
    /// `sum(t |p - P|) / (2 T P (1 - P))`, 0..1: the share of the group that would have to move,
    /// nobody else moving, for an even spread. Biased upwards by small counts; see [`bias`].
    pub dissimilarity: f64,
    /// `sum(x/X x/t)`: the group's share among the neighbours of its average member, `P` at even
    /// spread and 1 at most. Grows with the size of the group.
    pub isolation: f64,
    /// `sum(x/X y/t)`: the others' share among those neighbours; isolation and this sum to 1.
    pub interaction: f64,
    /// `sum(t (E - E_i)) / (E T)` with `E = -P ln P - (1-P) ln(1-P)`, 0..1: Theil's entropy
    /// index. Less moved by a few very uneven areas than dissimilarity.
    pub entropy: f64,
    /// `P`, the group's share of all residents.
    pub share: f64,
}

/// Measures how unevenly `count` of `total` residents are spread over areas.
///
/// Shape: one count and one total an area. Areas in which either is missing (NaN) are left out;
/// withheld counts belong into [`bounds`]. An area without residents takes no part. What lies
/// where, and how large the areas are, is not looked at: other boundaries give other numbers.
///
/// # Errors
///
/// [`SegregationError::Count`] and [`SegregationError::Share`].
///
/// Source: Duncan and Duncan (1955), ASR 20; Massey and Denton (1988), Social Forces 67; PySAL
/// `segregation`.
pub fn segregation(count: &[f64], total: &[f64]) -> Result<Segregation, SegregationError> {
    let cells = checked(count, total)?;
    measure(&cells)
}

/// What small counts do to dissimilarity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Bias {
    /// As measured.
    pub observed: f64,
    /// `2 D - mean(D_b)`, where each `D_b` is of a draw that spreads both groups over the areas
    /// by their observed shares. May fall below 0 where counts are very small.
    pub corrected: f64,
    /// The 2.5 and 97.5 % points of `2 D - D_b`, the draws turned round the observed value.
    pub interval: (f64, f64),
    /// The mean dissimilarity if every resident belonged to the group by the same chance `P`.
    pub expected_if_even: f64,
    /// `(D - E) / (1 - E)` of that mean `E`; below 0: less uneven than chance.
    pub beyond_chance: f64,
    /// The share of those even draws that are at least as uneven: `(n_at_least + 1) / (n + 1)`.
    pub p_even: f64,
}

/// Corrects dissimilarity for small counts by random allocation, `n_draws` times.
///
/// Counts are whole persons: they are rounded. Supposes that persons move independently, which
/// households do not.
///
/// # Errors
///
/// As [`segregation`].
///
/// Source: Allen, Burgess, Davidson and Windmeijer (2015), Econometrics Journal 18, for
/// `corrected`; Carrington and Troske (1997), JBES 15, for `beyond_chance`.
pub fn bias(
    count: &[f64],
    total: &[f64],
    n_draws: usize,
    seed: Seed,
) -> Result<Bias, SegregationError> {
    let cells: Vec<Cell> = checked(count, total)?
        .into_iter()
        .map(|cell| Cell { count: cell.count.round(), total: cell.total.round() })
        .collect();
    let observed = measure(&cells)?;
    let n_draws = n_draws.max(1);
    let others: Vec<f64> = cells.iter().map(|cell| cell.total - cell.count).collect();
    let members: Vec<f64> = cells.iter().map(|cell| cell.count).collect();
    let drawn = replicates(seed, n_draws, |rng| {
        let members = allocate(rng, &members);
        let others = allocate(rng, &others);
        let cells: Vec<Cell> = members
            .iter()
            .zip(&others)
            .map(|(count, other)| Cell { count: *count, total: count + other })
            .collect();
        let even: Vec<Cell> = self::cells_if_even(rng, &self::totals(&cells), observed.share);
        (dissimilarity(&cells), dissimilarity(&even))
    });
    let d = observed.dissimilarity;
    let mean = |of: fn(&(f64, f64)) -> f64| drawn.iter().map(of).sum::<f64>() / n_draws as f64;
    let expected_if_even = mean(|pair| pair.1);
    let mut turned: Vec<f64> = drawn.iter().map(|pair| 2.0 * d - pair.0).collect();
    let interval =
        (quantile_of_present(&mut turned, 0.025), quantile_of_present(&mut turned, 0.975));
    let n_at_least = drawn.iter().filter(|pair| pair.1 >= d).count();
    Ok(Bias {
        observed: d,
        corrected: 2.0 * d - mean(|pair| pair.0),
        interval,
        expected_if_even,
        beyond_chance: (d - expected_if_even) / (1.0 - expected_if_even),
        p_even: (n_at_least + 1) as f64 / (n_draws + 1) as f64,
    })
}

/// Between which values each measure lies when some counts are withheld.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SegregationBounds {
    /// How many counts are withheld.
    pub n_withheld: usize,
    /// Of dissimilarity.
    pub dissimilarity: (f64, f64),
    /// Of isolation; interaction is one less this.
    pub isolation: (f64, f64),
    /// Of entropy.
    pub entropy: (f64, f64),
}

/// Bounds of the measures when each withheld count may be anything from 0 to `limit`, but not
/// more than the total of its area. `count` is NaN exactly where it is withheld.
///
/// The bounds contain every possible value and are sharp but for one area: for every sum of the
/// withheld counts, the least and most uneven way to spread it is found with counts that need
/// not be whole.
///
/// # Errors
///
/// As [`segregation`], and [`SegregationError::Withheld`] above [`MAX_WITHHELD`].
pub fn bounds(
    count: &[f64],
    total: &[f64],
    limit: f64,
) -> Result<SegregationBounds, SegregationError> {
    let known: Vec<bool> = count.iter().map(|x| !x.is_nan()).collect();
    let pick = |of: &[f64], which: bool| -> Vec<f64> {
        of.iter().zip(&known).filter(|(_, known)| **known == which).map(|(x, _)| *x).collect()
    };
    let shown = checked(&pick(count, true), &pick(total, true))?;
    let hidden: Vec<f64> = pick(total, false).into_iter().filter(|t| *t > 0.0).collect();
    if hidden.len() > MAX_WITHHELD {
        return Err(SegregationError::Withheld { n: hidden.len() });
    }
    let room: Vec<f64> = hidden.iter().map(|total| limit.min(*total)).collect();
    let most = room.iter().sum::<f64>().floor() as u64;
    let found: Vec<[(f64, f64); 3]> = (0..=most)
        .into_par_iter()
        .filter_map(|sum| bounds_at(&shown, &hidden, &room, sum as f64))
        .collect();
    if found.is_empty() {
        return Err(SegregationError::Share { share: f64::NAN });
    }
    let around = |which: usize| {
        found.iter().map(|at| at[which]).fold((f64::INFINITY, f64::NEG_INFINITY), |a, b| {
            (a.0.min(b.0).max(0.0), a.1.max(b.1).min(1.0))
        })
    };
    Ok(SegregationBounds {
        n_withheld: hidden.len(),
        dissimilarity: around(0),
        isolation: around(1),
        entropy: around(2),
    })
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    count: f64,
    total: f64,
}

fn checked(count: &[f64], total: &[f64]) -> Result<Vec<Cell>, SegregationError> {
    let present = count.iter().zip(total).filter(|(x, t)| x.is_finite() && t.is_finite());
    let cells: Vec<Cell> = present.map(|(&count, &total)| Cell { count, total }).collect();
    let bad = |cell: &&Cell| cell.count < 0.0 || cell.count > cell.total;
    if let Some(example) = cells.iter().find(bad) {
        let n = cells.iter().filter(bad).count();
        return Err(SegregationError::Count { n, count: example.count, total: example.total });
    }
    Ok(cells.into_iter().filter(|cell| cell.total > 0.0).collect())
}

fn measure(cells: &[Cell]) -> Result<Segregation, SegregationError> {
    let (members, residents) = sums(cells);
    let share = members / residents;
    if !(share > 0.0 && share < 1.0) {
        return Err(SegregationError::Share { share });
    }
    let isolation: f64 = cells.iter().map(|cell| cell.count * cell.count / cell.total).sum();
    let isolation = isolation / members;
    let all = entropy(share);
    let inside: f64 = cells.iter().map(|cell| cell.total * entropy(cell.count / cell.total)).sum();
    Ok(Segregation {
        dissimilarity: dissimilarity(cells),
        isolation,
        interaction: 1.0 - isolation,
        entropy: 1.0 - inside / (all * residents),
        share,
    })
}

fn sums(cells: &[Cell]) -> (f64, f64) {
    cells.iter().fold((0.0, 0.0), |(x, t), cell| (x + cell.count, t + cell.total))
}

fn dissimilarity(cells: &[Cell]) -> f64 {
    let (members, residents) = sums(cells);
    let share = members / residents;
    let uneven: f64 = cells.iter().map(|cell| (cell.count - cell.total * share).abs()).sum();
    uneven / (2.0 * residents * share * (1.0 - share))
}

/// `-p ln p - (1 - p) ln(1 - p)`, where `0 ln 0 = 0`.
fn entropy(p: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    part(p) + part(1.0 - p)
}

/// Spreads as many persons over the areas as there are, each by the areas' shares of them: a
/// multinomial draw, one binomial an area.
fn allocate(rng: &mut Pcg64, observed: &[f64]) -> Vec<f64> {
    let mut persons: f64 = observed.iter().sum();
    let mut rest = persons;
    observed
        .iter()
        .map(|&here| {
            let chance = if rest > 0.0 { (here / rest).clamp(0.0, 1.0) } else { 0.0 };
            let drawn = binomial(rng, persons, chance);
            persons -= drawn;
            rest -= here;
            drawn
        })
        .collect()
}

fn totals(cells: &[Cell]) -> Vec<f64> {
    cells.iter().map(|cell| cell.total).collect()
}

fn cells_if_even(rng: &mut Pcg64, totals: &[f64], share: f64) -> Vec<Cell> {
    totals.iter().map(|&total| Cell { count: binomial(rng, total, share), total }).collect()
}

fn binomial(rng: &mut Pcg64, n: f64, p: f64) -> f64 {
    match Binomial::new(n.max(0.0) as u64, p) {
        Ok(draw) => draw.sample(rng) as f64,
        // Only a chance outside 0..1 is refused, and both callers hold it inside.
        Err(_) => 0.0,
    }
}

/// The bounds of dissimilarity, isolation and entropy when the withheld counts sum to `sum`.
fn bounds_at(shown: &[Cell], hidden: &[f64], room: &[f64], sum: f64) -> Option<[(f64, f64); 3]> {
    let (members, residents) = sums(shown);
    let residents = residents + hidden.iter().sum::<f64>();
    let members = members + sum;
    let share = members / residents;
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    let uneven = |cell: &Cell| (cell.count - cell.total * share).abs();
    let squared = |cell: &Cell| cell.count * cell.count / cell.total;
    let inside = |cell: &Cell| cell.total * entropy(cell.count / cell.total);
    let known = |of: &dyn Fn(&Cell) -> f64| shown.iter().map(of).sum::<f64>();
    // Each measure adds up over areas. The even spread is where the convex sums are smallest; the
    // most uneven one lies on the chords between the ends, and is a greedy choice by steepness.
    let level = even_level(hidden, room, sum);
    let even = |of: &dyn Fn(&Cell) -> f64| -> f64 {
        let at =
            |(total, room): (&f64, &f64)| Cell { count: (level * total).min(*room), total: *total };
        hidden.iter().zip(room).map(at).map(|cell| of(&cell)).sum()
    };
    let ends = |of: &dyn Fn(&Cell) -> f64| -> Vec<(f64, f64, f64)> {
        let at = |(&total, &room): (&f64, &f64)| {
            let low = of(&Cell { count: 0.0, total });
            (low, (of(&Cell { count: room, total }) - low) / room, room)
        };
        hidden.iter().zip(room).map(at).collect()
    };
    let least_uneven = {
        let near = |(total, room): (&f64, &f64)| (total * share).clamp(0.0, *room);
        let counts: Vec<f64> = hidden.iter().zip(room).map(near).collect();
        let off: f64 = counts.iter().zip(hidden).map(|(x, t)| (x - t * share).abs()).sum();
        // What does not fit at the even share moves one person a step away from it, each.
        off + (sum - counts.iter().sum::<f64>()).abs()
    };
    let scale_d = 2.0 * residents * share * (1.0 - share);
    let dissimilarity = (
        (known(&uneven) + least_uneven) / scale_d,
        (known(&uneven) + chords(ends(&uneven), sum, true)) / scale_d,
    );
    let isolation = (
        (known(&squared) + even(&squared)) / members,
        (known(&squared) + chords(ends(&squared), sum, true)) / members,
    );
    let scale_h = entropy(share) * residents;
    let entropy = (
        1.0 - (known(&inside) + even(&inside)) / scale_h,
        1.0 - (known(&inside) + chords(ends(&inside), sum, false)) / scale_h,
    );
    Some([dissimilarity, isolation, entropy])
}

/// The share `level` at which `sum(min(level * total, room))` is `sum`.
fn even_level(hidden: &[f64], room: &[f64], sum: f64) -> f64 {
    let mut order: Vec<(f64, f64)> = hidden.iter().copied().zip(room.iter().copied()).collect();
    // Areas fill up in the order of the share at which they are full.
    order.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let (mut full, mut open): (f64, f64) = (0.0, hidden.iter().sum());
    for (total, room) in order {
        let level = room / total;
        if full + open * level >= sum {
            return if open > 0.0 { ((sum - full) / open).max(0.0) } else { 0.0 };
        }
        full += room;
        open -= total;
    }
    f64::INFINITY
}

/// The largest (or smallest) sum over areas of `low + slope * x` with `x` in `0..=room` that sum
/// to `sum`.
fn chords(mut ends: Vec<(f64, f64, f64)>, sum: f64, largest: bool) -> f64 {
    ends.sort_by(|a, b| if largest { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
    let mut rest = sum;
    let mut out = 0.0;
    for (low, slope, room) in ends {
        let here = room.min(rest);
        out += low + slope * here;
        rest -= here;
    }
    out
}

#[cfg(test)]
mod tests;
