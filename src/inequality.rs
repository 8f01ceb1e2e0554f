//! How unequally is something shared between areas?
//!
//! Gini, Theil and Atkinson of values of areas, each area counting as one or as its residents.
//! These are differences between areas, not between persons: the differences inside each area
//! are not in the data. Measures along a gradient of deprivation are in [`crate::gradient`].
//!
//! An area whose value or weight is missing (NaN) is left out, and the caller tells how many.

use std::collections::BTreeMap;

use miette::Diagnostic;
use rand::RngExt;
use serde::Serialize;
use thiserror::Error;

use crate::draw::{Seed, replicates};

/// Why a measure of inequality does not exist for these values.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum InequalityError {
    /// No area has both a value and a weight.
    #[error("no area has a value")]
    #[diagnostic(code(levekaar::inequality::empty), help("check the name of the column"))]
    Empty,
    /// Shares of a total have no meaning with negative parts.
    #[error("{n} values are below zero, such as {example}")]
    #[diagnostic(
        code(levekaar::inequality::negative),
        help("shares of a total need values of zero or more; use the slope index for differences")
    )]
    Negative {
        /// How many.
        n: usize,
        /// One of them.
        example: f64,
    },
    /// The total is zero, so that there are no shares.
    #[error("the values sum to {total}, so that there are no shares")]
    #[diagnostic(code(levekaar::inequality::total))]
    Total {
        /// The sum.
        total: f64,
    },
    /// A weight that is not a number of persons.
    #[error("{n} areas have a population below zero, such as {example}")]
    #[diagnostic(code(levekaar::inequality::weight))]
    Weight {
        /// How many.
        n: usize,
        /// One of them.
        example: f64,
    },
    /// A parameter outside its range.
    #[error("{message}")]
    #[diagnostic(code(levekaar::inequality::parameter))]
    Parameter {
        /// What is wrong.
        message: String,
    },
}

/// The Gini coefficient with every area counting as one; 0 is equal, `1 - 1/n` is all in one area.
///
/// `(2 sum(i x_(i)) - n sum(x) - sum(x)) / (n sum(x))` with the values in ascending order.
/// Insensitive to who is unequal: a change in the middle counts as one at the end.
///
/// # Errors
///
/// [`InequalityError`] without values, with a negative value, or when all are zero.
///
/// Source: Sen (1973), *On Economic Inequality*, 2.3; PySAL `inequality.gini`.
pub fn gini(values: &[f64]) -> Result<f64, InequalityError> {
    weighted_gini(values, &vec![1.0; values.len()])
}

/// The Gini coefficient with every area counting as its weight, such as its residents: one minus
/// twice the area below the Lorenz curve, by trapezoids. Equal weights give [`gini`].
///
/// Supposes that everyone in an area has its value, and is therefore too low for persons.
///
/// # Errors
///
/// As [`gini`], and for a negative weight.
///
/// Source: Lerman and Yitzhaki (1989), Journal of Econometrics 42, for the weighting.
pub fn weighted_gini(values: &[f64], weights: &[f64]) -> Result<f64, InequalityError> {
    let mut cells = shares_of(values, weights)?;
    cells.sort_by(|a, b| a.value.total_cmp(&b.value));
    let mut below = 0.0;
    let mut twice_area = 0.0;
    for cell in &cells {
        let share = cell.weight * cell.value;
        twice_area += cell.weight * (2.0 * below + share);
        below += share;
    }
    Ok(1.0 - twice_area)
}

/// Theil's T with the part between groups and the part within them; they sum to the total.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Theil {
    /// The whole; 0 is equal.
    pub total: f64,
    /// What would remain if every area had its group's mean.
    pub between: f64,
    /// What is left: differences within groups.
    pub within: f64,
    /// The share of random regroupings with at least this much between groups; `None` where none
    /// were made.
    pub p: Option<f64>,
}

/// Theil's T: `sum(a (y/mu) ln(y/mu))` with weights `a` that sum to 1 and `0 ln 0 = 0`; 0 is
/// equal, `ln n` is all in one of `n` areas.
///
/// More moved by what happens at the top of the distribution than by the bottom.
///
/// # Errors
///
/// As [`weighted_gini`].
///
/// Source: Theil (1967), *Economics and Information Theory*, 4.2.
pub fn theil(values: &[f64], weights: &[f64]) -> Result<f64, InequalityError> {
    Ok(shares_of(values, weights)?.iter().map(|cell| cell.theil()).sum())
}

/// Theil's T between and within groups, with the share of `n_permutations` random regroupings
/// (the areas keep value and weight, the groups keep their number of areas) that have at least
/// as much between groups: `p = (n_at_least + 1) / (n_permutations + 1)`, one-sided.
///
/// The part between grows with the number of groups whatever they are, which is what `p` is for.
///
/// # Errors
///
/// As [`weighted_gini`].
///
/// Source: Theil (1967); Rey (2004), *Spatial analysis of regional income inequality*, for `p`.
pub fn theil_of_groups(
    values: &[f64],
    weights: &[f64],
    groups: &[&str],
    n_permutations: usize,
    seed: Seed,
) -> Result<Theil, InequalityError> {
    let cells = shares_of(values, weights)?;
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in &cells {
        let next = numbers.len();
        numbers.entry(groups[cell.at]).or_insert(next);
    }
    let group: Vec<usize> = cells.iter().map(|cell| numbers[groups[cell.at]]).collect();
    let total = cells.iter().map(Cell::theil).sum();
    let between = between(&cells, &group, numbers.len());
    let p = (n_permutations > 0).then(|| {
        let drawn = replicates(seed, n_permutations, |rng| {
            let mut shuffled = group.clone();
            // Fisher and Yates, from the end.
            for last in (1..shuffled.len()).rev() {
                shuffled.swap(last, rng.random_range(0..=last));
            }
            self::between(&cells, &shuffled, numbers.len())
        });
        // A regrouping into the same groups may differ in its last bit.
        let n_at_least = drawn.iter().filter(|&&other| other >= between - 1e-12).count();
        (n_at_least + 1) as f64 / (n_permutations + 1) as f64
    });
    Ok(Theil { total, between, within: total - between, p })
}

/// Atkinson's measure, 0..1: the share of the total that could be given up for an equal
/// distribution of the same welfare, where `aversion` (`e` in the formula) says how much the
/// bottom counts: 0.5 little, 1 middling, 2 much.
///
/// `1 - (sum(a (y/mu)^(1-e)))^(1/(1-e))`; at `e = 1`, one minus geometric over arithmetic mean.
/// From `e = 1` on a single zero makes it 1.
///
/// # Errors
///
/// As [`weighted_gini`], and for an `aversion` that is not a finite number above zero.
///
/// Source: Atkinson (1970), *On the measurement of inequality*, Journal of Economic Theory 2.
pub fn atkinson(values: &[f64], weights: &[f64], aversion: f64) -> Result<f64, InequalityError> {
    if !(aversion.is_finite() && aversion > 0.0) {
        let message = format!("the aversion to inequality is {aversion}; it must be above zero");
        return Err(InequalityError::Parameter { message });
    }
    let cells = shares_of(values, weights)?;
    if aversion == 1.0 {
        let log: f64 = cells.iter().map(|cell| cell.weight * cell.value.ln()).sum();
        return Ok(1.0 - log.exp());
    }
    let power = 1.0 - aversion;
    let sum: f64 = cells.iter().map(|cell| cell.weight * cell.value.powf(power)).sum();
    Ok(1.0 - sum.powf(1.0 / power))
}

/// One area with a share of the population and a value in units of the mean.
#[derive(Debug, Clone, Copy)]
struct Cell {
    at: usize,
    weight: f64,
    value: f64,
}

impl Cell {
    fn theil(&self) -> f64 {
        entropy_part(self.weight, self.weight * self.value)
    }
}

/// `s ln(s / a)` for a share `s` of the total and `a` of the population.
fn entropy_part(population: f64, share: f64) -> f64 {
    if share > 0.0 { share * (share / population).ln() } else { 0.0 }
}

fn between(cells: &[Cell], group: &[usize], n_groups: usize) -> f64 {
    let mut sums = vec![(0.0, 0.0); n_groups];
    for (cell, &group) in cells.iter().zip(group) {
        sums[group].0 += cell.weight;
        sums[group].1 += cell.weight * cell.value;
    }
    sums.iter().map(|&(population, share)| entropy_part(population, share)).sum()
}

/// Checks values and weights and puts both on a scale of 1.
fn shares_of(values: &[f64], weights: &[f64]) -> Result<Vec<Cell>, InequalityError> {
    let mut cells: Vec<Cell> = values
        .iter()
        .zip(weights)
        .enumerate()
        .filter(|(_, (value, weight))| value.is_finite() && weight.is_finite())
        .map(|(at, (&value, &weight))| Cell { at, weight, value })
        .collect();
    let negative = |of: fn(&Cell) -> f64| {
        let found: Vec<f64> = cells.iter().map(of).filter(|x| *x < 0.0).collect();
        found.first().map(|&example| (found.len(), example))
    };
    if let Some((n, example)) = negative(|cell| cell.weight) {
        return Err(InequalityError::Weight { n, example });
    }
    if let Some((n, example)) = negative(|cell| cell.value) {
        return Err(InequalityError::Negative { n, example });
    }
    // Where nobody lives, nobody has a share.
    cells.retain(|cell| cell.weight > 0.0);
    if cells.is_empty() {
        return Err(InequalityError::Empty);
    }
    let population: f64 = cells.iter().map(|cell| cell.weight).sum();
    let total: f64 = cells.iter().map(|cell| cell.weight * cell.value).sum();
    if total <= 0.0 {
        return Err(InequalityError::Total { total });
    }
    for cell in &mut cells {
        cell.value *= population / total;
        cell.weight /= population;
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 4] = [1.0, 2.0, 3.0, 4.0];
    const ONE: [f64; 4] = [1.0; 4];

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-11, "{found} is not {expected}");
    }

    #[test]
    fn the_golden_numbers_hold() {
        near(gini(&X).unwrap(), 0.25);
        near(theil(&X, &ONE).unwrap(), 0.106_440_135_3);
        near(atkinson(&X, &ONE, 1.0).unwrap(), 1.0 - 24_f64.powf(0.25) / 2.5);
    }

    #[test]
    fn a_weight_of_two_is_two_areas() {
        let (x, w) = ([1.0, 5.0, 9.0], [2.0, 1.0, 3.0]);
        let (long, one) = ([1.0, 1.0, 5.0, 9.0, 9.0, 9.0], [1.0; 6]);
        near(weighted_gini(&x, &w).unwrap(), gini(&long).unwrap());
        near(theil(&x, &w).unwrap(), theil(&long, &one).unwrap());
        near(atkinson(&x, &w, 0.5).unwrap(), atkinson(&long, &one, 0.5).unwrap());
    }

    #[test]
    fn between_and_within_sum_to_the_total() {
        let groups = ["a", "a", "b", "b"];
        let parts = theil_of_groups(&X, &ONE, &groups, 0, Seed(1)).unwrap();
        near(parts.total, 0.106_440_135_3);
        near(parts.between, 0.3 * 0.6_f64.ln() + 0.7 * 1.4_f64.ln());
        near(parts.between + parts.within, parts.total);
        assert_eq!(parts.p, None);
    }

    #[test]
    fn the_permutation_share_is_that_of_all_regroupings() {
        // Of the three ways to make two pairs, one has as much between as the given one.
        let groups = ["a", "a", "b", "b"];
        let p = |n| theil_of_groups(&X, &ONE, &groups, n, Seed(7)).unwrap().p.unwrap();
        assert!((p(9999) - 1.0 / 3.0).abs() < 0.02, "{}", p(9999));
        assert_eq!(p(99), p(99));
    }

    #[test]
    fn zero_counts_and_negative_is_refused() {
        near(theil(&[0.0, 1.0], &[1.0, 1.0]).unwrap(), 2_f64.ln());
        near(atkinson(&[0.0, 1.0], &[1.0, 1.0], 1.0).unwrap(), 1.0);
        near(atkinson(&[0.0, 1.0], &[1.0, 1.0], 2.0).unwrap(), 1.0);
        assert_eq!(gini(&[1.0, -1.0]), Err(InequalityError::Negative { n: 1, example: -1.0 }));
        assert_eq!(gini(&[0.0, 0.0]), Err(InequalityError::Total { total: 0.0 }));
        assert_eq!(gini(&[f64::NAN]), Err(InequalityError::Empty));
        assert!(atkinson(&X, &ONE, 0.0).is_err());
    }

    #[test]
    fn missing_areas_are_left_out() {
        near(gini(&[1.0, f64::NAN, 2.0, 3.0, 4.0]).unwrap(), 0.25);
    }
}
