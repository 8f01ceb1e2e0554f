//! Which children vary together?

use super::{Children, WeightError, WrongSign};
use crate::notice::Notice;

/// A loading this near to zero points nowhere.
const NO_LOADING: f64 = 1e-12;

/// Loadings on the first principal component of the correlation matrix, or their squares.
///
/// The sign of an eigenvector is arbitrary. Every child points the same way after `normalise`, so
/// the sign is the one with which the loadings sum to more than zero.
pub(super) fn weights(
    correlations: Vec<Vec<f64>>,
    squared: bool,
    wrong_sign: WrongSign,
    children: &Children<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<f64>, WeightError> {
    let (values, vectors) = eigen(correlations);
    // The first of equal ones, so that the choice does not depend on rounding alone.
    let first =
        (0..values.len()).fold(0, |best, at| if values[at] > values[best] { at } else { best });
    let mut loadings: Vec<f64> = vectors.iter().map(|row| row[first]).collect();
    if loadings.iter().sum::<f64>() < 0.0 {
        loadings.iter_mut().for_each(|x| *x = -*x);
    }
    check_signs(&loadings, wrong_sign, children, notices)?;
    let sum: f64 = values.iter().sum();
    let share = format!("{:.1}", 100.0 * values[first] / sum);
    notices.push(
        Notice::note("notice.weights-component")
            .with("level", children.level)
            .with("percent", share),
    );
    Ok(if squared { loadings.iter().map(|x| x * x).collect() } else { loadings })
}

/// Refuses loadings that point the wrong way, or tells of them.
pub(super) fn check_signs(
    loadings: &[f64],
    wrong_sign: WrongSign,
    children: &Children<'_>,
    notices: &mut Vec<Notice>,
) -> Result<(), WeightError> {
    let level = children.level;
    let wrong: Vec<usize> = (0..loadings.len()).filter(|&at| loadings[at] < -NO_LOADING).collect();
    if let Some(&at) = wrong.first() {
        if wrong_sign == WrongSign::Refuse {
            let (child, loading) = (children.ids[at].clone(), loadings[at]);
            return Err(WeightError::WrongSign { level: level.to_owned(), child, loading });
        }
        let items = wrong.iter().map(|&at| format!("{}: {:.4}", children.ids[at], loadings[at]));
        notices.push(
            Notice::warning("notice.weights-wrong-sign")
                .with("level", level)
                .about(items.collect()),
        );
    }
    Ok(())
}

/// Eigenvalues, and eigenvectors as columns, of a symmetric matrix: Jacobi's cyclic rotations.
///
/// Source: Golub and Van Loan (2013), *Matrix Computations*, 8.5. Fit for the tens of children of
/// a level; the order of the rotations is fixed, so the bits are too.
pub(super) fn eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let m = a.len();
    let mut v: Vec<Vec<f64>> =
        (0..m).map(|i| (0..m).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    // Convergence is quadratic: six to ten sweeps do for any size that a level has.
    for _ in 0..60 {
        let off: f64 =
            (0..m).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off < 1e-30 {
            break;
        }
        for p in 0..m {
            for q in p + 1..m {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                rotate(&mut a, &mut v, (p, q), (c, t * c));
            }
        }
    }
    ((0..m).map(|i| a[i][i]).collect(), v)
}

fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], (p, q): (usize, usize), (c, s): (f64, f64)) {
    for row in a.iter_mut().chain(v) {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (c * x - s * y, s * x + c * y);
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_turn_the_matrix_diagonal() {
        let a = vec![vec![4.0, 1.0, 0.5], vec![1.0, 3.0, -0.25], vec![0.5, -0.25, 2.0]];
        let (values, vectors) = eigen(a.clone());
        for (at, value) in values.iter().enumerate() {
            for i in 0..3 {
                let image: f64 = (0..3).map(|j| a[i][j] * vectors[j][at]).sum();
                assert!((image - value * vectors[i][at]).abs() < 1e-12);
            }
        }
    }
}
