//! Which weights tell a common factor best from what the children share?

use super::principal::{check_signs, eigen};
use super::{Children, WeightError, WrongSign};
use crate::notice::Notice;

/// A child is never all common factor: below this its own variance would make its weight endless.
const LEAST_OWN: f64 = 0.005;
/// Far below what a weight is printed with.
const TOLERANCE: f64 = 1e-13;
/// The steps shorten by a constant factor; no level has needed more than some hundred.
const MOST_STEPS: usize = 20_000;

/// Loadings of one factor divided by the variance that is each child's own, which are the weights
/// of the regression scores up to a factor.
///
/// The variances are those of greatest likelihood for normal values: at them `psi` is the diagonal
/// of `R - l l'`, where `l` comes from the first eigenvector of `psi^-1/2 R psi^-1/2`. None may
/// fall below 0.005, as in R's `factanal`.
///
/// Source: Joreskog (1967), *Some contributions to maximum likelihood factor analysis*; Thomson
/// (1951), *The Factorial Analysis of Human Ability*, for the scores.
pub(super) fn weights(
    correlations: &[Vec<f64>],
    wrong_sign: WrongSign,
    children: &Children<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<f64>, WeightError> {
    let m = correlations.len();
    let mut own = vec![0.5; m];
    let mut loadings = vec![0.0; m];
    for _ in 0..MOST_STEPS {
        loadings = loadings_given(correlations, &own);
        let next: Vec<f64> = loadings.iter().map(|l| (1.0 - l * l).max(LEAST_OWN)).collect();
        let step = own.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        own = next;
        if step < TOLERANCE {
            break;
        }
    }
    if loadings.iter().sum::<f64>() < 0.0 {
        loadings.iter_mut().for_each(|x| *x = -*x);
    }
    check_signs(&loadings, wrong_sign, children, notices)?;
    let items = children.ids.iter().zip(&loadings).map(|(id, l)| format!("{id}: {l:.4}"));
    notices.push(
        Notice::note("notice.weights-factor").with("level", children.level).about(items.collect()),
    );
    Ok(loadings.iter().zip(&own).map(|(l, own)| l / own).collect())
}

/// The loadings of greatest likelihood where each child's own variance is known.
fn loadings_given(correlations: &[Vec<f64>], own: &[f64]) -> Vec<f64> {
    let m = own.len();
    let scaled = |i: usize, j: usize| correlations[i][j] / (own[i] * own[j]).sqrt();
    let matrix = (0..m).map(|i| (0..m).map(|j| scaled(i, j)).collect()).collect();
    let (values, vectors) = eigen(matrix);
    let first = (0..m).fold(0, |best, at| if values[at] > values[best] { at } else { best });
    let length = (values[first] - 1.0).max(0.0).sqrt();
    (0..m).map(|i| own[i].sqrt() * vectors[i][first] * length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::IndicatorId;

    #[test]
    fn a_factor_that_is_there_is_found() {
        let loadings = [0.9, 0.7, 0.5, 0.3];
        let r = |i: usize, j: usize| if i == j { 1.0 } else { loadings[i] * loadings[j] };
        let matrix: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| r(i, j)).collect()).collect();
        let names: Vec<IndicatorId> = (0..4).map(|i| IndicatorId::new(format!("x{i}"))).collect();
        let ids = names.iter().collect();
        let children = Children { level: "score", ids, values: &[], areas: &[] };
        let got = weights(&matrix, WrongSign::Refuse, &children, &mut Vec::new()).unwrap();
        for (got, l) in got.iter().zip(loadings) {
            let wanted: f64 = l / (1.0 - l * l);
            assert!((got - wanted).abs() < 1e-9, "{got} {wanted}");
        }
    }
}
