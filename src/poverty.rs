//! How many are poor in several ways at once, and in how many?
//!
//! The counting method of Alkire and Foster on areas or persons: flags of deprivation in, the
//! headcount, the intensity and their product out, with each indicator's part. A definition whose
//! indicators are flags and whose score is their weighted mean gives the same counts `c` by area.

use std::collections::BTreeMap;

/// Sums of weights such as 0.1 + 0.2 and a cut-off of 0.3 differ in the last bit.
const TOLERANCE: f64 = 1e-9;

/// The measures of Alkire and Foster.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Poverty {
    /// `H`: the share of the population that is poor; 0..1.
    pub headcount: f64,
    /// `A`: the mean weighted share of deprivations among the poor; NaN where nobody is poor.
    pub intensity: f64,
    /// `M0 = H A`: the adjusted headcount.
    pub adjusted_headcount: f64,
    /// The share of the population that is deprived in each indicator, poor or not.
    pub uncensored: Vec<f64>,
    /// The share of the population that is poor and deprived in each indicator.
    pub censored: Vec<f64>,
    /// The share of each indicator in `M0`; sums to 1, NaN where nobody is poor.
    pub contributions: Vec<f64>,
    /// The population that is counted.
    pub population: f64,
    /// The weighted share of deprivations of each row; NaN where a flag is missing.
    pub counts: Vec<f64>,
    /// Positions of the rows that a missing flag leaves out.
    pub left_out: Vec<usize>,
}

/// Counts the poor: those whose weighted share of deprivations is at least `k`.
///
/// Shape: `deprived[j][i]` is 1 where row `i` is deprived in indicator `j`, 0 where it is not and
/// NaN where nobody knows; `population[i]` is what the row counts for (1 for a person). Weights are
/// divided by their sum. A cut-off at the smallest weight is the union, at 1 the intersection. A
/// row with a missing flag is left out and listed. Weak where `k` or the weights have no reason:
/// read it with other cut-offs.
///
/// Source: Alkire and Foster (2011), *Counting and multidimensional poverty measurement*, Journal of
/// Public Economics 95; Alkire et al. (2015), *Multidimensional Poverty Measurement and Analysis*,
/// ch. 5.
///
/// # Panics
///
/// When lists differ in length, which is a mistake of the caller's.
pub fn alkire_foster(deprived: &[&[f64]], weights: &[f64], k: f64, population: &[f64]) -> Poverty {
    assert_eq!(deprived.len(), weights.len(), "a weight for each indicator");
    assert!(deprived.iter().all(|flags| flags.len() == population.len()), "a flag for each row");
    let sum: f64 = weights.iter().sum();
    let weights: Vec<f64> = weights.iter().map(|w| w / sum).collect();
    let count = |i: usize| -> f64 { deprived.iter().zip(&weights).map(|(g, w)| w * g[i]).sum() };
    let counts: Vec<f64> = (0..population.len()).map(count).collect();
    let left_out: Vec<usize> = (0..counts.len()).filter(|&i| counts[i].is_nan()).collect();
    let known = || (0..counts.len()).filter(|&i| !counts[i].is_nan());
    let people: f64 = known().map(|i| population[i]).sum();
    let poor: Vec<usize> = known().filter(|&i| counts[i] >= k - TOLERANCE).collect();
    let n_poor: f64 = poor.iter().map(|&i| population[i]).sum();
    let headcount = n_poor / people;
    let intensity = poor.iter().map(|&i| population[i] * counts[i]).sum::<f64>() / n_poor;
    let adjusted_headcount = if n_poor > 0.0 { headcount * intensity } else { headcount };
    let share_of = |rows: &[usize], g: &[f64]| {
        rows.iter().map(|&i| population[i] * g[i]).sum::<f64>() / people
    };
    let counted: Vec<usize> = known().collect();
    let uncensored: Vec<f64> = deprived.iter().map(|g| share_of(&counted, g)).collect();
    let censored: Vec<f64> = deprived.iter().map(|g| share_of(&poor, g)).collect();
    let contributions =
        censored.iter().zip(&weights).map(|(share, w)| w * share / adjusted_headcount).collect();
    Poverty {
        headcount,
        intensity,
        adjusted_headcount,
        uncensored,
        censored,
        contributions,
        population: people,
        counts,
        left_out,
    }
}

/// What the missing flags could decide: the same measures with every missing flag 0, and with
/// every one 1. `H` and `M0` lie between the two, whatever the flags are; `A` need not.
///
/// # Panics
///
/// As [`alkire_foster`].
pub fn bounds(
    deprived: &[&[f64]],
    weights: &[f64],
    k: f64,
    population: &[f64],
) -> (Poverty, Poverty) {
    let filled = |flag: f64| {
        let fill = |g: &&[f64]| -> Vec<f64> {
            g.iter().map(|x| if x.is_nan() { flag } else { *x }).collect()
        };
        let columns: Vec<Vec<f64>> = deprived.iter().map(fill).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        alkire_foster(&columns, weights, k, population)
    };
    (filled(0.0), filled(1.0))
}

/// The measures of some rows.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct GroupPoverty {
    /// The group; `None` for all rows together.
    pub group: Option<String>,
    /// Its rows, with a missing flag or without.
    pub n_rows: usize,
    /// Their measures, of the rows without a missing flag.
    pub measures: Poverty,
    /// With every missing flag 0 and 1.
    pub bounds: (Poverty, Poverty),
    /// The group's part of `M0` of all rows; the parts of all groups sum to 1 where each row has a
    /// group. NaN where nobody is poor.
    pub contribution: f64,
}

/// All rows together, then each group in the order of their names.
///
/// Shape: as [`alkire_foster`], with one group a row; a row of no group counts in the whole only.
/// `M0` of the whole is the mean of the groups' weighted by their population.
///
/// Source: Alkire and Foster (2011), as above, section 6 on decomposability.
///
/// # Panics
///
/// As [`alkire_foster`].
pub fn by_group(
    deprived: &[&[f64]],
    weights: &[f64],
    k: f64,
    population: &[f64],
    groups: &[Option<String>],
) -> Vec<GroupPoverty> {
    let mut rows_of: BTreeMap<Option<&String>, Vec<usize>> = BTreeMap::new();
    rows_of.insert(None, (0..population.len()).collect());
    for (row, group) in groups.iter().enumerate() {
        if group.is_some() {
            rows_of.entry(group.as_ref()).or_default().push(row);
        }
    }
    let mut out: Vec<GroupPoverty> = Vec::with_capacity(rows_of.len());
    for (group, rows) in rows_of {
        let pick = |values: &[f64]| -> Vec<f64> { rows.iter().map(|&row| values[row]).collect() };
        let columns: Vec<Vec<f64>> = deprived.iter().map(|g| pick(g)).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let people = pick(population);
        let measures = alkire_foster(&columns, weights, k, &people);
        let whole = out.first().map_or(&measures, |all| &all.measures);
        let contribution = measures.population * measures.adjusted_headcount
            / (whole.population * whole.adjusted_headcount);
        let bounds = bounds(&columns, weights, k, &people);
        let group = group.cloned();
        out.push(GroupPoverty { group, n_rows: rows.len(), measures, bounds, contribution });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_decimals_reaches_its_cut_off() {
        // 0.1 + 0.2 is a bit above 0.3, and 0.3 - 0.1 a bit below 0.2: both are poor.
        let flags: [&[f64]; 3] = [&[1.0, 0.0], &[1.0, 0.0], &[0.0, 1.0]];
        let out = alkire_foster(&flags, &[0.1, 0.2, 0.7], 0.3, &[1.0, 1.0]);
        assert_eq!(out.headcount, 1.0);
        assert!((out.contributions.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn people_and_not_rows_are_counted() {
        let out = alkire_foster(&[&[1.0, 0.0]], &[1.0], 1.0, &[300.0, 100.0]);
        assert_eq!((out.headcount, out.intensity, out.adjusted_headcount), (0.75, 1.0, 0.75));
    }

    #[test]
    fn a_row_with_a_gap_is_left_out_and_listed() {
        let out = alkire_foster(&[&[1.0, f64::NAN], &[0.0, 1.0]], &[1.0, 1.0], 0.5, &[1.0, 1.0]);
        assert_eq!((out.headcount, out.left_out), (1.0, vec![1]));
    }

    proptest::proptest! {
        /// Whatever stands behind the gaps, H and M0 lie within their bounds.
        #[test]
        fn bounds_hold_every_filling(
            cells in proptest::collection::vec(0..3_u8, 24),
            fills in proptest::collection::vec(0..2_u8, 24),
            k in 0.05..1.0_f64,
        ) {
            let flags = |missing: &dyn Fn(usize) -> f64| -> Vec<Vec<f64>> {
                let cell = |at: usize| match cells[at] { 2 => missing(at), x => f64::from(x) };
                (0..3).map(|j| (0..8).map(|i| cell(8 * j + i)).collect()).collect()
            };
            let weights = [0.2, 0.3, 0.5];
            let people: Vec<f64> = (1..9).map(f64::from).collect();
            let measured = |columns: &[Vec<f64>]| {
                let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
                (alkire_foster(&columns, &weights, k, &people), bounds(&columns, &weights, k, &people))
            };
            let (_, (low, high)) = measured(&flags(&|_| f64::NAN));
            let (filled, _) = measured(&flags(&|at| f64::from(fills[at])));
            proptest::prop_assert!(low.headcount <= filled.headcount);
            proptest::prop_assert!(filled.headcount <= high.headcount);
            proptest::prop_assert!(low.adjusted_headcount <= filled.adjusted_headcount + 1e-12);
            proptest::prop_assert!(filled.adjusted_headcount <= high.adjusted_headcount + 1e-12);
        }
    }

    #[test]
    fn groups_make_up_the_whole() {
        let flags: [&[f64]; 2] = [&[1.0, 0.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 0.0]];
        let groups = ["a", "a", "b", "b"].map(|g| Some(g.to_owned()));
        let found = by_group(&flags, &[1.0, 1.0], 0.5, &[1.0, 2.0, 3.0, 4.0], &groups);
        let (whole, parts) = found.split_first().unwrap();
        let sum: f64 = parts.iter().map(|part| part.contribution).sum();
        assert!((sum - 1.0).abs() < 1e-12 && whole.contribution == 1.0);
        // Of 10 people 1 is deprived in both ways and 5 in one: M0 = (1 + 5 / 2) / 10.
        assert!((whole.measures.adjusted_headcount - 0.35).abs() < 1e-12);
        assert_eq!(parts.iter().map(|part| part.n_rows).collect::<Vec<_>>(), [2, 2]);
    }

    #[test]
    fn where_nobody_is_poor_there_is_no_intensity() {
        let out = alkire_foster(&[&[0.0, 0.0]], &[1.0], 1.0, &[1.0, 1.0]);
        assert_eq!((out.headcount, out.adjusted_headcount), (0.0, 0.0));
        assert!(out.intensity.is_nan());
    }
}
