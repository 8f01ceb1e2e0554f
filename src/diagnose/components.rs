//! How many things do the indicators measure?

use serde::Serialize;

use crate::statistics::Summary;

/// Principal components of the correlation matrix.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Components {
    /// Areas that have every indicator.
    pub n_areas: usize,
    /// Positions of the indicators that vary; the others take no part.
    pub indicators: Vec<usize>,
    /// The variances of the components, largest first; they sum to the number of indicators.
    pub eigenvalues: Vec<f64>,
    /// The same as shares of that sum.
    pub shares: Vec<f64>,
    /// The correlation of each of `indicators` with the first component, whose sign is chosen so
    /// that they sum to zero or more. One below zero works against the others.
    pub loadings: Vec<f64>,
}

/// Decomposes the correlation matrix of the areas that have every column (one value an area,
/// NaN for a gap).
///
/// `None` below two columns that vary and three complete areas. Indicators count the same
/// whatever their weight.
///
/// Source: Hotelling (1933); eigenvalues by cyclic Jacobi rotations, Golub and Van Loan, *Matrix
/// Computations*, 8.5.
pub fn principal_components(columns: &[&[f64]]) -> Option<Components> {
    let n = columns.first().map_or(0, |column| column.len());
    let complete: Vec<usize> =
        (0..n).filter(|&at| columns.iter().all(|column| !column[at].is_nan())).collect();
    let mut indicators = Vec::new();
    let mut standard: Vec<Vec<f64>> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let values: Vec<f64> = complete.iter().map(|&area| column[area]).collect();
        if let Some(summary) = Summary::of(&values).filter(|summary| !summary.is_constant()) {
            let length = summary.sum_of_squares.sqrt();
            indicators.push(at);
            standard.push(values.iter().map(|x| (x - summary.mean) / length).collect());
        }
    }
    if indicators.len() < 2 || complete.len() < 3 {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let matrix = standard
        .iter()
        .enumerate()
        .map(|(i, a)| {
            let row = standard.iter().enumerate();
            row.map(|(j, b)| if i == j { 1.0 } else { dot(a, b) }).collect()
        })
        .collect();
    let (values, vectors) = eigen(matrix);
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    // What rounding has left below zero is zero: a correlation matrix has no negative variance.
    let eigenvalues: Vec<f64> = order.iter().map(|&at| values[at].max(0.0)).collect();
    let sum: f64 = eigenvalues.iter().sum();
    let first: Vec<f64> = vectors.iter().map(|row| row[order[0]] * eigenvalues[0].sqrt()).collect();
    let sign = if first.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    Some(Components {
        n_areas: complete.len(),
        indicators,
        shares: eigenvalues.iter().map(|value| value / sum).collect(),
        eigenvalues,
        loadings: first.iter().map(|loading| sign * loading).collect(),
    })
}

/// Eigenvalues of a symmetric matrix and, in the columns, their vectors.
fn eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    /// Far more than any matrix needs: convergence is quadratic, and six to ten sweeps do.
    const MAX_SWEEPS: usize = 64;
    let n = a.len();
    let mut v: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..MAX_SWEEPS {
        let off: f64 =
            (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j].powi(2)).sum();
        if off < 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}

/// One rotation that makes `a[p][q]` zero.
fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = if theta >= 0.0 { 1.0 } else { -1.0 } / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in a.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(below[0].iter_mut()) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_columns_have_one_plus_and_one_minus_their_correlation() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0, f64::NAN], [2.0, 1.0, 4.0, 3.0, 7.0]);
        let found = principal_components(&[&x, &y]).unwrap();
        assert_eq!(found.n_areas, 4);
        assert!((found.eigenvalues[0] - 1.6).abs() < 1e-12);
        assert!((found.eigenvalues[1] - 0.4).abs() < 1e-12);
        assert!(found.loadings.iter().all(|l| (l - 0.8_f64.sqrt()).abs() < 1e-12));
    }

    #[test]
    fn the_sign_follows_most_indicators_and_constants_take_no_part() {
        let x: Vec<f64> = (0..9).map(f64::from).collect();
        let turned: Vec<f64> = x.iter().map(|x| -x).collect();
        let flat = vec![3.0; 9];
        let found = principal_components(&[&x, &flat, &turned, &x]).unwrap();
        assert_eq!(found.indicators, [0, 2, 3]);
        assert!((found.eigenvalues[0] - 3.0).abs() < 1e-12);
        assert!(found.loadings[0] > 0.99 && found.loadings[1] < -0.99);
        assert_eq!(principal_components(&[&x, &flat]), None);
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let matrix = vec![
            vec![1.0, 0.3, -0.2, 0.5],
            vec![0.3, 1.0, 0.1, 0.0],
            vec![-0.2, 0.1, 1.0, 0.4],
            vec![0.5, 0.0, 0.4, 1.0],
        ];
        let (values, vectors) = eigen(matrix.clone());
        for i in 0..4 {
            for j in 0..4 {
                let sum: f64 = (0..4).map(|k| vectors[i][k] * values[k] * vectors[j][k]).sum();
                assert!((sum - matrix[i][j]).abs() < 1e-12);
            }
        }
    }
}
