//! Which areas does an area exceed?
//!
//! Methods that look at the order of the areas on each child and not at distances. Areas that
//! are not in `rows` get NaN and are compared with none.

use rayon::prelude::*;

use crate::rank::{IdOrder, Ties, rank_into};

/// Sums of weights such as 0.3 + 0.2 and 0.5 differ in the last bit; a bit must not settle a pair.
const EVEN: f64 = 1e-9;

/// How many areas each area outranks, less how many outrank it.
///
/// COINr drops the weight of missing children above the diagonal and gives it to the other area
/// below, so that its result depends on the order of the rows. Here both areas of a pair are
/// compared on the children that both have.
pub(super) fn copeland(children: &[&[f64]], weights: &[f64], rows: &[usize], n: usize) -> Vec<f64> {
    let m = children.len();
    // Row by row in memory, because each pair reads two whole rows.
    let cells: Vec<f64> =
        rows.iter().flat_map(|&at| children.iter().map(move |child| child[at])).collect();
    let scores: Vec<f64> = cells
        .par_chunks(m)
        .map(|a| {
            let wins: i64 = cells.chunks(m).map(|b| outranks(a, b, weights)).sum();
            wins as f64
        })
        .collect();
    spread(&scores, rows, n)
}

/// 1 where `a` exceeds `b` on more of the weight that both have, -1 on less, 0 where they are even.
fn outranks(a: &[f64], b: &[f64], weights: &[f64]) -> i64 {
    let (mut above, mut both) = (0.0, 0.0);
    for ((x, y), w) in a.iter().zip(b).zip(weights) {
        if x > y {
            above += w;
            both += w;
        } else if x < y {
            both += w;
        } else if x == y {
            above += w / 2.0;
            both += w;
        }
    }
    // Nothing in common: even.
    if both <= 0.0 {
        return 0;
    }
    let share = above / both - 0.5;
    if share > EVEN {
        1
    } else if share < -EVEN {
        -1
    } else {
        0
    }
}

/// The weighted sum of the places, counted from the smallest value of each child.
pub(super) fn sum_of_ranks(
    children: &[&[f64]],
    weights: &[f64],
    rows: &[usize],
    (ids, ties): (&IdOrder, Ties),
) -> Vec<f64> {
    over_children(children, weights, rows, |values| {
        let mut ranks = vec![f64::NAN; values.len()];
        let n = rank_into(values, true, ties, ids, &mut ranks).len() as f64;
        ranks.iter_mut().for_each(|rank| *rank = n + 1.0 - *rank);
        ranks
    })
}

/// Net flows with the usual criterion.
///
/// An area with mean place `r` of `n`, counted from the smallest, exceeds `r - 1` others net of
/// ties and is exceeded by `n - r`; so no pairs are needed.
pub(super) fn promethee(
    children: &[&[f64]],
    weights: &[f64],
    rows: &[usize],
    ids: &IdOrder,
) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let weights: Vec<f64> = weights.iter().map(|w| w / total).collect();
    over_children(children, &weights, rows, |values| {
        let mut ranks = vec![f64::NAN; values.len()];
        let n = rank_into(values, false, Ties::Average, ids, &mut ranks).len() as f64;
        // One area alone exceeds nobody.
        let others = (n - 1.0).max(1.0);
        ranks.iter_mut().for_each(|rank| *rank = (2.0 * *rank - n - 1.0) / others);
        ranks
    })
}

/// The weighted sum over children of what `of` makes from each; the children that an area has
/// take over the weight of those that it lacks.
fn over_children(
    children: &[&[f64]],
    weights: &[f64],
    rows: &[usize],
    of: impl Fn(&[f64]) -> Vec<f64> + Sync,
) -> Vec<f64> {
    let n = children.first().map_or(0, |child| child.len());
    let placed: Vec<Vec<f64>> = children
        .par_iter()
        .map(|child| {
            let mut kept = vec![f64::NAN; n];
            rows.iter().for_each(|&at| kept[at] = child[at]);
            of(&kept)
        })
        .collect();
    let all: f64 = weights.iter().sum();
    let mut out = vec![f64::NAN; n];
    for &at in rows {
        let (mut sum, mut there, mut whole) = (0.0, 0.0, true);
        for (place, w) in placed.iter().zip(weights) {
            if place[at].is_nan() {
                whole = false;
            } else {
                sum += w * place[at];
                there += w;
            }
        }
        out[at] = if whole { sum } else { sum * all / there };
    }
    out
}

/// Puts the results of `rows` back to their places.
pub(super) fn spread(results: &[f64], rows: &[usize], n: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; n];
    for (&at, &result) in rows.iter().zip(results) {
        out[at] = result;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Area;
    use crate::rank::ids_in_order;

    const GAP: f64 = f64::NAN;

    #[test]
    fn copeland_does_not_depend_on_the_order_of_rows_with_gaps() {
        let table = [[3.0, GAP, 1.0], [2.0, 5.0, GAP], [GAP, 4.0, 2.0], [1.0, 6.0, 3.0]];
        let forth = scores(&table, &[0.5, 0.3, 0.2]);
        let mut back: Vec<[f64; 3]> = table.to_vec();
        back.reverse();
        let mut turned = scores(&back, &[0.5, 0.3, 0.2]);
        turned.reverse();
        assert_eq!(forth, turned);
        // Each win of one is a loss of another.
        assert_eq!(forth.iter().sum::<f64>(), 0.0);
    }

    #[test]
    fn areas_with_no_child_in_common_are_even() {
        assert_eq!(scores(&[[1.0, GAP, GAP], [GAP, 2.0, GAP]], &[0.5, 0.3, 0.2]), [0.0, 0.0]);
    }

    #[test]
    fn rounded_weights_do_not_settle_a_pair() {
        // 0.3 + 0.2 against 0.5, and 0.1 + 0.2 against 0.3 of the rest.
        assert_eq!(scores(&[[2.0, 1.0, 1.0], [1.0, 2.0, 2.0]], &[0.3, 0.1, 0.2]), [0.0, 0.0]);
    }

    #[test]
    fn promethee_is_the_sum_over_pairs() {
        let columns: [&[f64]; 2] = [&[4.0, 3.0, 5.0, 3.0], &[1.0, 1.0, 2.0, 0.0]];
        let weights = [0.6, 0.4];
        let out = promethee(&columns, &weights, &[0, 1, 2, 3], &ids(4));
        for i in 0..4 {
            let mut flow = 0.0;
            for j in 0..4 {
                for (column, w) in columns.iter().zip(weights) {
                    let sign = f64::from(column[i].total_cmp(&column[j]) as i8);
                    flow += w * sign / 3.0;
                }
            }
            assert!((out[i] - flow).abs() < 1e-12, "{i}: {} {flow}", out[i]);
        }
    }

    #[test]
    fn places_are_counted_from_the_best_area() {
        let columns: [&[f64]; 2] = [&[10.0, 30.0, 20.0], &[1.0, 2.0, 2.0]];
        let out = sum_of_ranks(&columns, &[1.0, 1.0], &[0, 1, 2], (&ids(3), Ties::Average));
        assert_eq!(out, [2.0, 5.5, 4.5]);
    }

    fn scores(table: &[[f64; 3]], weights: &[f64]) -> Vec<f64> {
        let columns: Vec<Vec<f64>> =
            (0..3).map(|j| table.iter().map(|row| row[j]).collect()).collect();
        let children: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let rows: Vec<usize> = (0..table.len()).collect();
        copeland(&children, weights, &rows, table.len())
    }

    fn ids(n: usize) -> IdOrder {
        let areas: Vec<Area> = (0..n).map(|i| Area::of(format!("{i:02}").as_str())).collect();
        ids_in_order(&areas)
    }
}
