//! With which weights does each child matter as much as it should?

use super::covariances;

/// Iterations of the search; it settles long before, for the tens of children of a level.
const ITERATIONS: usize = 2000;

/// Fresh starts; each begins where the last one ended.
const RESTARTS: usize = 20;

/// Weights of zero or more whose correlations with the weighted sum have the shares `targets`.
///
/// Nelder and Mead (1965) with each point drawn back to weights of zero or more that sum to 1,
/// from equal weights and with fixed steps, so that every run takes the same path.
pub(super) fn weights(columns: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
    let covariances = covariances(columns, None);
    let sum: f64 = targets.iter().sum();
    let targets: Vec<f64> = targets.iter().map(|t| t / sum).collect();
    let m = columns.len();
    let loss = |w: &[f64]| miss(&covariances, &project(w), &targets);
    let mut best = vec![1.0 / m as f64; m];
    // A simplex may fold up before the bottom; a fresh one around the best point goes on.
    for _ in 0..RESTARTS {
        let before = loss(&best);
        best = project(&search(&best, &loss));
        if before - loss(&best) <= 1e-15 {
            break;
        }
    }
    best
}

/// One run from `start`.
fn search(start: &[f64], loss: &impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let m = start.len();
    let mut simplex: Vec<(f64, Vec<f64>)> = std::iter::once(start.to_vec())
        .chain((0..m).map(|at| {
            let mut point = start.to_vec();
            point[at] += 0.5 / m as f64;
            point
        }))
        .map(|point| (loss(&point), point))
        .collect();
    for _ in 0..ITERATIONS {
        // A stable sort by loss alone: equal points keep their places.
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        if simplex[m].0 - simplex[0].0 <= 1e-18 {
            break;
        }
        step(&mut simplex, loss);
    }
    simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
    simplex.swap_remove(0).1
}

fn step(simplex: &mut [(f64, Vec<f64>)], loss: &impl Fn(&[f64]) -> f64) {
    let m = simplex.len() - 1;
    let mean: Vec<f64> = (0..m)
        .map(|j| simplex[..m].iter().map(|(_, point)| point[j]).sum::<f64>() / m as f64)
        .collect();
    let worst = simplex[m].1.clone();
    let along = |t: f64| -> (f64, Vec<f64>) {
        let point: Vec<f64> = mean.iter().zip(&worst).map(|(c, w)| c + t * (c - w)).collect();
        (loss(&point), point)
    };
    let reflected = along(1.0);
    if reflected.0 < simplex[0].0 {
        let expanded = along(2.0);
        simplex[m] = if expanded.0 < reflected.0 { expanded } else { reflected };
    } else if reflected.0 < simplex[m - 1].0 {
        simplex[m] = reflected;
    } else {
        let contracted = along(if reflected.0 < simplex[m].0 { 0.5 } else { -0.5 });
        if contracted.0 < simplex[m].0.min(reflected.0) {
            simplex[m] = contracted;
            return;
        }
        let best = simplex[0].1.clone();
        for entry in &mut simplex[1..] {
            let point: Vec<f64> = best.iter().zip(&entry.1).map(|(b, x)| (b + x) / 2.0).collect();
            *entry = (loss(&point), point);
        }
    }
}

/// The nearest weights that may be used: what is negative becomes 0, and the sum 1.
fn project(w: &[f64]) -> Vec<f64> {
    let positive: Vec<f64> = w.iter().map(|x| x.max(0.0)).collect();
    let sum: f64 = positive.iter().sum();
    if sum <= 0.0 {
        return vec![1.0 / w.len() as f64; w.len()];
    }
    positive.iter().map(|x| x / sum).collect()
}

/// The mean squared difference between the shares of the correlations and the targets.
fn miss(c: &[Vec<f64>], w: &[f64], targets: &[f64]) -> f64 {
    let cw: Vec<f64> = c.iter().map(|row| row.iter().zip(w).map(|(c, w)| c * w).sum()).collect();
    let variance: f64 = cw.iter().zip(w).map(|(c, w)| c * w).sum();
    let r: Vec<f64> =
        cw.iter().enumerate().map(|(j, cw)| cw / (c[j][j] * variance).sqrt()).collect();
    let sum: f64 = r.iter().sum();
    let m = r.len() as f64;
    r.iter().zip(targets).map(|(r, t)| (t - r / sum).powi(2)).sum::<f64>() / m
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where no bound binds, the weights solve a linear system; numpy gave these.
    #[test]
    fn correlations_come_to_their_targets() {
        let columns = [
            vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            vec![2.0, 1.0, 5.0, 3.0, 4.0, 7.0],
            vec![2.0, 6.0, 5.0, 3.0, 2.0, 4.0],
        ];
        for (targets, expected) in [
            ([1.0, 1.0, 1.0], [0.350171978, 0.126196033, 0.523631990]),
            ([1.0, 1.1, 2.0], [0.245760852, 0.103257358, 0.650981790]),
        ] {
            let w = weights(&columns, &targets);
            assert!(w.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{w:?}");
        }
    }

    /// COINr lets such a weight become negative.
    #[test]
    fn no_weight_is_negative_where_exact_balance_would_ask_for_it() {
        let columns = [
            vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            vec![1.0, 3.0, 2.0, 5.0, 4.0, 6.5],
            vec![2.0, 1.0, 5.0, 3.0, 2.0, 4.0],
        ];
        let w = weights(&columns, &[1.0; 3]);
        assert!(w.iter().all(|w| *w >= 0.0) && w[0] < 0.01, "{w:?}");
    }
}
