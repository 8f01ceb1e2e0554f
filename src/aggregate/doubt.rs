//! With which weights does an area look most deprived?
//!
//! One linear programme an area: largest `w · x_i` with `w >= 0` and `w · x_k <= 1` for all areas
//! `k`, and bounds on the share of each child in `w · x_i`. Only areas that no other exceeds on
//! every child can bind, so the programme is small however many areas there are.

use rayon::prelude::*;

/// What counts as zero in the simplex tableau, whose entries are of the order of 1.
const ZERO: f64 = 1e-11;

/// The result of each area, in `(0, 1]`; every cell is above zero and none is missing.
pub(super) fn benefit(children: &[&[f64]], bounds: (f64, f64), n: usize) -> Vec<f64> {
    let (rows, _) = on_largest(children, n);
    let frontier = undominated(&rows);
    rows.par_iter().map(|x| largest_sum(x, &frontier, bounds).0).collect()
}

/// The weights with which the area at `at` gets its result, on the scale of the children.
pub(crate) fn doubt_weights(children: &[&[f64]], bounds: (f64, f64), at: usize) -> Vec<f64> {
    let n = children.first().map_or(0, |child| child.len());
    let (rows, largest) = on_largest(children, n);
    let (_, weights) = largest_sum(&rows[at], &undominated(&rows), bounds);
    weights.iter().zip(largest).map(|(weight, largest)| weight / largest).collect()
}

/// Weights are free, so each child may be put on the scale of its largest value.
fn on_largest(children: &[&[f64]], n: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let largest: Vec<f64> =
        children.iter().map(|child| child.iter().copied().fold(0.0, f64::max)).collect();
    let row = |at: usize| -> Vec<f64> {
        children.iter().zip(&largest).map(|(child, top)| child[at] / top).collect()
    };
    ((0..n).map(row).collect(), largest)
}

/// The rows that no other row exceeds or equals on every child; one of equal rows stays.
fn undominated(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    let mut order: Vec<&Vec<f64>> = rows.iter().collect();
    // The largest sums first: what could dominate a row comes before it.
    let sum = |row: &[f64]| row.iter().sum::<f64>();
    order.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then_with(|| lexical(b, a)));
    let mut kept: Vec<&[f64]> = Vec::new();
    for row in order {
        if !kept.iter().any(|other| other.iter().zip(row).all(|(o, x)| o >= x)) {
            kept.push(row);
        }
    }
    kept
}

fn lexical(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    a.iter()
        .zip(b)
        .map(|(x, y)| x.total_cmp(y))
        .find(|o| o.is_ne())
        .unwrap_or(std::cmp::Ordering::Equal)
}

/// The largest `x · w` and its `w`: the primal simplex method from `w = 0`, which every bound allows.
fn largest_sum(x: &[f64], frontier: &[&[f64]], (low, high): (f64, f64)) -> (f64, Vec<f64>) {
    let m = x.len();
    // Each row: coefficients of the m weights, then the right-hand side.
    let mut tableau: Vec<Vec<f64>> =
        frontier.iter().map(|row| row.iter().copied().chain([1.0]).collect()).collect();
    for j in 0..m {
        let own = |k: usize| if k == j { x[k] } else { 0.0 };
        if low > 0.0 {
            tableau.push((0..m).map(|k| low * x[k] - own(k)).chain([0.0]).collect());
        }
        if high < 1.0 {
            tableau.push((0..m).map(|k| own(k) - high * x[k]).chain([0.0]).collect());
        }
    }
    let mut objective: Vec<f64> = x.iter().map(|x| -x).chain([0.0]).collect();
    // Names of the variables in the columns and rows, for Bland's rule against circles.
    let mut columns: Vec<usize> = (0..m).collect();
    let mut basis: Vec<usize> = (m..m + tableau.len()).collect();
    while let Some(enter) = (0..m).filter(|&j| objective[j] < -ZERO).min_by_key(|&j| columns[j]) {
        let ratio = |i: usize| tableau[i][m] / tableau[i][enter];
        let leave = (0..tableau.len())
            .filter(|&i| tableau[i][enter] > ZERO)
            .min_by(|&a, &b| ratio(a).total_cmp(&ratio(b)).then(basis[a].cmp(&basis[b])));
        // Every area is bounded by itself or by one that dominates it.
        let Some(leave) = leave else { return (f64::NAN, vec![f64::NAN; m]) };
        pivot(&mut tableau, &mut objective, (leave, enter));
        std::mem::swap(&mut columns[enter], &mut basis[leave]);
    }
    let mut weights = vec![0.0; m];
    for (variable, row) in basis.iter().zip(&tableau) {
        if *variable < m {
            weights[*variable] = row[m];
        }
    }
    (objective[m], weights)
}

/// Exchanges a row's variable with a column's, in the condensed tableau.
fn pivot(tableau: &mut [Vec<f64>], objective: &mut [f64], (row, column): (usize, usize)) {
    let by = tableau[row][column];
    let mut pivoted: Vec<f64> = tableau[row].iter().map(|x| x / by).collect();
    pivoted[column] = 1.0 / by;
    let clear = |line: &mut [f64]| {
        let factor = line[column];
        if factor == 0.0 {
            return;
        }
        line[column] = 0.0;
        line.iter_mut().zip(&pivoted).for_each(|(x, p)| *x -= factor * p);
    };
    for (at, line) in tableau.iter_mut().enumerate() {
        if at != row {
            clear(line);
        }
    }
    clear(objective);
    tableau[row] = pivoted;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_area_on_the_frontier_gets_one() {
        let out = benefit(&[&[1.0, 4.0, 2.0], &[4.0, 1.0, 2.0]], (0.0, 1.0), 3);
        assert!((out[0] - 1.0).abs() < 1e-12 && (out[1] - 1.0).abs() < 1e-12);
        // (2, 2) on the line from (1, 4) to (4, 1), which has the sum 5.
        assert!((out[2] - 0.8).abs() < 1e-12);
    }

    #[test]
    fn a_bound_on_shares_takes_away_the_free_choice() {
        let free = benefit(&[&[1.0, 4.0, 1.0], &[4.0, 1.0, 1.0]], (0.0, 1.0), 3);
        let bound = benefit(&[&[1.0, 4.0, 1.0], &[4.0, 1.0, 1.0]], (0.4, 0.6), 3);
        assert!(bound.iter().zip(&free).all(|(b, f)| *b <= f + 1e-12 && *b > 0.0));
        assert!(bound[0] < 0.99);
    }

    #[test]
    fn a_change_of_unit_changes_nothing() {
        let before = benefit(&[&[1.0, 3.0, 2.0], &[4.0, 1.0, 2.5]], (0.1, 0.9), 3);
        let after = benefit(&[&[1e4, 3e4, 2e4], &[0.04, 0.01, 0.025]], (0.1, 0.9), 3);
        assert!(before.iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}
