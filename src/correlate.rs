//! How alike are two columns?
//!
//! Pearson, Spearman and Kendall over the areas that have both values. NaN is a gap; areas with
//! one are left out of that pair only. Sums run in the order of the areas.

/// The correlation of Pearson, -1..1; `None` below two areas or where a column is constant.
///
/// Moved by single extreme areas, and blind to what is not a straight line.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both_present(x, y);
    pearson_of_present(&x, &y)
}

/// The correlation of Spearman: Pearson's of the ranks, ties having their mean rank.
///
/// Forgets distances: an area far from all others counts no more than its rank.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both_present(x, y);
    pearson_of_present(&average_ranks(&x), &average_ranks(&y))
}

/// Kendall's tau-b, -1..1: concordant less discordant pairs, with ties of either column taken out
/// of the denominator; `None` below two areas or where a column is constant.
///
/// Source: Kendall (1945), *The treatment of ties in ranking problems*, Biometrika 33; counted in
/// `n log n` as in Knight (1966), JASA 61.
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both_present(x, y);
    let n = x.len();
    let mut pairs: Vec<(f64, f64)> =
        x.iter().map(|x| x + 0.0).zip(y.iter().map(|y| y + 0.0)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let all = pairs_of(n);
    let tied_x = tied_pairs(&pairs, |a, b| a.0 == b.0);
    let tied_both = tied_pairs(&pairs, |a, b| a == b);
    let mut column: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let swaps = count_swaps(&mut column);
    let tied_y = tied_pairs(&column, |a, b| a == b);
    if n < 2 || tied_x == all || tied_y == all {
        return None;
    }
    // Pairs that are tied in neither column and stand in the wrong order are `swaps`.
    let difference = all - tied_x - tied_y + tied_both - 2.0 * swaps;
    Some(difference / ((all - tied_x) * (all - tied_y)).sqrt())
}

/// The rank of each value, 1 for the smallest, ties having their mean rank; NaN has none (NaN).
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).filter(|&at| !values[at].is_nan()).collect();
    order.sort_by(|&a, &b| (values[a] + 0.0).total_cmp(&(values[b] + 0.0)));
    let mut ranks = vec![f64::NAN; values.len()];
    let mut start = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = start as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&at| ranks[at] = rank);
        start += tied.len();
    }
    ranks
}

fn both_present(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip()
}

fn pearson_of_present(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let constant = |x: &[f64]| x.iter().all(|value| *value == x[0]);
    if x.len() < 2 || constant(x) || constant(y) {
        return None;
    }
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    // One root of the product, so that a column with itself is 1 to the last bit.
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

fn pairs_of(n: usize) -> f64 {
    n as f64 * (n as f64 - 1.0) / 2.0
}

fn tied_pairs<T>(sorted: &[T], same: impl FnMut(&T, &T) -> bool) -> f64 {
    sorted.chunk_by(same).map(|tied| pairs_of(tied.len())).sum()
}

/// Sorts by merging and counts the pairs that stood in the wrong order.
fn count_swaps(values: &mut [f64]) -> f64 {
    let n = values.len();
    let mut from = values.to_vec();
    let mut to = from.clone();
    let mut swaps = 0.0;
    let mut width = 1;
    while width < n {
        for start in (0..n).step_by(2 * width) {
            let middle = (start + width).min(n);
            let end = (start + 2 * width).min(n);
            let (mut left, mut right) = (start, middle);
            for slot in &mut to[start..end] {
                if left < middle && (right >= end || from[left] <= from[right]) {
                    *slot = from[left];
                    left += 1;
                } else {
                    *slot = from[right];
                    right += 1;
                    swaps += (middle - left) as f64;
                }
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    values.copy_from_slice(&from);
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_agree_with_scipy_on_ties_and_gaps() {
        // scipy 1.17: pearsonr, spearmanr, kendalltau of these six pairs.
        let x = [1.0, 2.0, 2.0, 4.0, 5.0, 7.0, f64::NAN];
        let y = [3.0, 1.0, 4.0, 4.0, 6.0, 5.0, 9.0];
        let near = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 1e-12, "{a:?} {b}");
        near(pearson(&x, &y), 0.694_135_570_584_232);
        near(spearman(&x, &y), 0.808_823_529_411_764_7);
        near(kendall_tau_b(&x, &y), 0.642_857_142_857_142_9);
    }

    #[test]
    fn kendall_counts_every_pair() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * 7919 % 13)).collect();
        let y: Vec<f64> = (0..40).map(|i| f64::from(i * 104_729 % 11)).collect();
        let (mut score, mut tx, mut ty) = (0.0, 0.0, 0.0);
        for i in 0..40 {
            for j in 0..i {
                let (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                if dx != 0.0 && dy != 0.0 {
                    score += (dx * dy).signum();
                }
                tx += f64::from(u8::from(dx != 0.0));
                ty += f64::from(u8::from(dy != 0.0));
            }
        }
        let tau: f64 = score / f64::sqrt(tx * ty);
        assert!((kendall_tau_b(&x, &y).unwrap() - tau).abs() < 1e-12);
    }

    #[test]
    fn a_constant_column_has_no_correlation() {
        let (x, y) = ([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]);
        assert_eq!([pearson(&x, &y), spearman(&x, &y), kendall_tau_b(&x, &y)], [None; 3]);
    }
}
