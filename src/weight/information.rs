//! Which children tell the areas apart?

use super::{Children, WeightError, correlations};

/// One less the entropy of each child's shares, in units of the largest possible.
pub(super) fn entropy(
    columns: &[Vec<f64>],
    children: &Children<'_>,
) -> Result<Vec<f64>, WeightError> {
    columns
        .iter()
        .zip(&children.ids)
        .map(|(column, id)| {
            if let Some(&value) = column.iter().find(|x| **x < 0.0) {
                let (level, child) = (children.level.to_owned(), (*id).clone());
                return Err(WeightError::Negative { level, child, value });
            }
            let sum: f64 = column.iter().sum();
            // 0 ln 0 is 0, its limit.
            let shares = column.iter().map(|x| x / sum).filter(|p| *p > 0.0);
            let entropy = -shares.map(|p| p * p.ln()).sum::<f64>() / (column.len() as f64).ln();
            Ok(1.0 - entropy)
        })
        .collect()
}

/// Deviation on 0..1 times the sum of one less the correlations with the others.
pub(super) fn critic(columns: &[Vec<f64>]) -> Vec<f64> {
    let r = correlations(columns, None);
    columns
        .iter()
        .zip(&r)
        .map(|(column, r)| {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let n = column.len() as f64;
            let mean = column.iter().sum::<f64>() / n;
            let variance = column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
            let conflict: f64 = r.iter().map(|r| 1.0 - r).sum();
            variance.sqrt() / (high - low) * conflict
        })
        .collect()
}
