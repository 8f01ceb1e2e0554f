//! How many are poor in several ways at once, and in how many?
//!
//! The counting method of Alkire and Foster on areas or persons: flags of deprivation in, the
//! headcount, the intensity and their product out, with each indicator's part. A definition whose
//! indicators are flags and whose score is their weighted mean gives the same counts `c` by area.

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
    /// The share of each indicator in `M0`; sums to 1, NaN where nobody is poor.
    pub contributions: Vec<f64>,
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
/// Source: Alkire and Foster (2011), *Counting and multidimensional poverty measurement*.
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
    let contributions = deprived
        .iter()
        .zip(&weights)
        .map(|(g, w)| {
            let censored = poor.iter().map(|&i| population[i] * g[i]).sum::<f64>() / people;
            w * censored / adjusted_headcount
        })
        .collect();
    Poverty { headcount, intensity, adjusted_headcount, contributions, counts, left_out }
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

    #[test]
    fn where_nobody_is_poor_there_is_no_intensity() {
        let out = alkire_foster(&[&[0.0, 0.0]], &[1.0], 1.0, &[1.0, 1.0]);
        assert_eq!((out.headcount, out.adjusted_headcount), (0.0, 0.0));
        assert!(out.intensity.is_nan());
    }
}
