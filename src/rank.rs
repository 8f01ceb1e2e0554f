//! Who comes first?
//!
//! Scores in, ranks and quantile classes out. Rank 1 is worst unless a recipe that follows a
//! published index says otherwise. An area without a score has no rank.

use std::sync::Arc;

use rayon::slice::ParallelSliceMut;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Scores;
use crate::area::Area;
use crate::indicator::Direction;
use crate::language::round_half_away;
use crate::statistics::QuantileType;

/// Which rank tied areas get. Ranks count from the worst, which has rank 1, in every method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// All get the smallest rank of the tie: two in first place are followed by 3.
    Min,
    /// All get the mean of the ranks of the tie: 1.5 and 1.5, then 3.
    Average,
    /// All get the largest rank of the tie: 2 and 2, then 3.
    Max,
    /// They get different ranks in the order of their ids. Decides between equals by their code:
    /// use it only where a scheme demands one area a rank.
    FirstById,
}

/// Which end of the list has rank 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum First {
    /// The area with the worst conditions.
    #[default]
    Worst,
    /// The area with the best conditions, as the Human Development Index is printed.
    Best,
}

/// How scores become ranks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RankRule {
    /// What tied areas get.
    pub ties: Ties,
    /// Decimals to which scores are rounded before they are compared; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u8>,
    /// Which end has rank 1.
    #[serde(default)]
    pub first: First,
    /// How areas are put into deciles and quintiles.
    #[serde(default)]
    pub classes: ClassRule,
}

/// How areas are put into `k` classes, of which class 1 holds rank 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum ClassRule {
    /// `ceil(k r / n)`, as the British indices do. Classes hold the same number of areas, but for
    /// ties.
    Rank {},
    /// By the quantiles of the scores: from the smallest score up, a class holds the scores above
    /// one quantile and up to the next. Many equal scores can leave a class empty.
    Quantiles {
        /// Which of the nine quantile definitions.
        #[serde(rename = "type")]
        definition: QuantileType,
    },
}

impl Default for ClassRule {
    fn default() -> Self {
        Self::Rank {}
    }
}

/// Scores with their ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    areas: Arc<[Area]>,
    scores: Vec<f64>,
    ranks: Vec<f64>,
    order: Vec<u32>,
    n_ranked: usize,
    /// Scores in ascending order, where classes go by their quantiles; else empty.
    sorted: Vec<f64>,
    rule: RankRule,
    direction: Direction,
}

impl Ranking {
    /// The areas, in the order of the table.
    pub fn areas(&self) -> &Arc<[Area]> {
        &self.areas
    }

    /// The score of each area as ranked (rounded if the rule says so); NaN where there is none.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The rank of each area; NaN where there is no score.
    pub fn ranks(&self) -> &[f64] {
        &self.ranks
    }

    /// Positions of all areas by rank, areas without a rank last, ties in the order of their ids.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// How many areas have a rank.
    pub fn n_ranked(&self) -> usize {
        self.n_ranked
    }

    /// The rule by which they were ranked.
    pub fn rule(&self) -> RankRule {
        self.rule
    }

    /// Which way the score points.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The class of an area among `k` classes, by the rule; 1 holds rank 1.
    pub fn class(&self, area_idx: usize, k: usize) -> Option<usize> {
        self.class_of(self.ranks[area_idx], self.scores[area_idx], k)
    }

    /// The class of a rank and its score among `k` classes; `None` for the rank NaN.
    pub(crate) fn class_of(&self, rank: f64, score: f64, k: usize) -> Option<usize> {
        if rank.is_nan() {
            return None;
        }
        match self.rule.classes {
            ClassRule::Rank {} => Some((k as f64 * rank / self.n_ranked as f64).ceil() as usize),
            ClassRule::Quantiles { definition } => {
                let above = (1..k)
                    .filter_map(|j| definition.of_sorted(&self.sorted, j as f64 / k as f64))
                    .filter(|limit| score > *limit)
                    .count();
                Some(if large_first(self.direction, self.rule.first) {
                    k - above
                } else {
                    above + 1
                })
            }
        }
    }
}

/// Whether rank 1 goes to the largest score.
fn large_first(direction: Direction, first: First) -> bool {
    (direction == Direction::HigherIsWorse) == (first == First::Worst)
}

/// Ranks the scores by the rule.
///
/// Shape: one score an area in, one rank an area out, in the same order. A missing score has no
/// rank and is not counted among the ranked. Ties are scores that are equal bit by bit after the
/// rounding that the rule states.
pub fn rank(scores: &Scores, rule: RankRule) -> Ranking {
    let values: Vec<f64> = match rule.round {
        Some(decimals) => {
            scores.values.iter().map(|&x| round_half_away(x, usize::from(decimals))).collect()
        }
        None => scores.values.clone(),
    };
    let large_first = large_first(scores.direction, rule.first);
    let by_id = ids_in_order(&scores.areas);
    let mut ranks = vec![f64::NAN; values.len()];
    let sorted = rank_into(&values, large_first, rule.ties, &by_id, &mut ranks);
    let n_ranked = sorted.len();
    let mut order = sorted;
    order.extend(by_id.in_id_order().filter(|&at| values[at as usize].is_nan()));
    let sorted = match rule.classes {
        ClassRule::Rank {} => Vec::new(),
        ClassRule::Quantiles { .. } => {
            let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        }
    };
    let (areas, direction) = (Arc::clone(&scores.areas), scores.direction);
    Ranking { areas, scores: values, ranks, order, n_ranked, sorted, rule, direction }
}

/// The place of each area when they are ordered by id.
pub(crate) struct IdOrder {
    /// `None` where the table already stands in the order of its ids.
    place: Option<Vec<u32>>,
    n: u32,
}

impl IdOrder {
    fn place(&self, at: u32) -> u32 {
        self.place.as_ref().map_or(at, |place| place[at as usize])
    }

    fn in_id_order(&self) -> impl Iterator<Item = u32> {
        let mut all: Vec<u32> = (0..self.n).collect();
        if self.place.is_some() {
            all.sort_unstable_by_key(|&at| self.place(at));
        }
        all.into_iter()
    }
}

/// Orders areas by id once, for every ranking that needs it.
pub(crate) fn ids_in_order(areas: &[Area]) -> IdOrder {
    let n = u32::try_from(areas.len()).unwrap_or(u32::MAX);
    if areas.is_sorted_by(|a, b| a.id <= b.id) {
        return IdOrder { place: None, n };
    }
    let mut order: Vec<u32> = (0..n).collect();
    order.par_sort_by(|&a, &b| areas[a as usize].id.cmp(&areas[b as usize].id));
    let mut place = vec![0; areas.len()];
    for (rank, at) in order.iter().enumerate() {
        place[*at as usize] = u32::try_from(rank).unwrap_or(u32::MAX);
    }
    IdOrder { place: Some(place), n }
}

/// The place of each area when they are ordered by id, in the order of the table.
pub(crate) fn ids_by_place(areas: &[Area]) -> Vec<u32> {
    let ids = ids_in_order(areas);
    (0..ids.n).map(|at| ids.place(at)).collect()
}

/// A number whose unsigned order is the order of the floats; -0 counts as 0.
fn sort_key(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// Writes the rank of each value that is not NaN and returns their positions by rank.
///
/// Rank 1 goes to the largest value when `large_first`, else to the smallest. Ties stand in the
/// order of their ids.
pub(crate) fn rank_into(
    values: &[f64],
    large_first: bool,
    ties: Ties,
    ids: &IdOrder,
    ranks: &mut [f64],
) -> Vec<u32> {
    let mut keyed: Vec<(u64, u32, u32)> = Vec::with_capacity(values.len());
    for (at, &x) in values.iter().enumerate() {
        if !x.is_nan() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let key = if large_first { !sort_key(x) } else { sort_key(x) };
            keyed.push((key, ids.place(at), at));
        }
    }
    if keyed.len() > 50_000 {
        keyed.par_sort_unstable();
    } else {
        keyed.sort_unstable();
    }
    let mut start = 0;
    while start < keyed.len() {
        let tied = keyed[start..].iter().take_while(|entry| entry.0 == keyed[start].0).count();
        for (offset, entry) in keyed[start..start + tied].iter().enumerate() {
            ranks[entry.2 as usize] = match ties {
                Ties::Min => (start + 1) as f64,
                Ties::Average => start as f64 + (tied as f64 + 1.0) / 2.0,
                Ties::Max => (start + tied) as f64,
                Ties::FirstById => (start + offset + 1) as f64,
            };
        }
        start += tied;
    }
    keyed.into_iter().map(|(_, _, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_get_what_the_rule_says() {
        let x = [5.0, 7.0, 5.0, f64::NAN, 1.0];
        assert_eq!(ranks(&x, Ties::Min), [Some(2.0), Some(1.0), Some(2.0), None, Some(4.0)]);
        assert_eq!(ranks(&x, Ties::Average), [Some(2.5), Some(1.0), Some(2.5), None, Some(4.0)]);
        assert_eq!(ranks(&x, Ties::Max), [Some(3.0), Some(1.0), Some(3.0), None, Some(4.0)]);
        assert_eq!(ranks(&x, Ties::FirstById), [Some(2.0), Some(1.0), Some(3.0), None, Some(4.0)]);
    }

    #[test]
    fn minus_zero_ties_with_zero() {
        assert_eq!(ranks(&[0.0, -0.0], Ties::Min), [Some(1.0), Some(1.0)]);
    }

    #[test]
    fn rounding_comes_before_comparing() {
        let rule = RankRule {
            ties: Ties::Min,
            round: Some(1),
            first: First::Worst,
            classes: ClassRule::Rank {},
        };
        let ranking = rank(&scores(&[1.04, 0.96, 0.5]), rule);
        assert_eq!(ranking.ranks(), [1.0, 1.0, 3.0]);
    }

    #[test]
    fn deciles_are_the_ceiling_of_ten_r_over_n() {
        let values: Vec<f64> = (0..15).map(f64::from).rev().collect();
        let rule = RankRule {
            ties: Ties::Min,
            round: None,
            first: First::Worst,
            classes: ClassRule::Rank {},
        };
        let ranking = rank(&scores(&values), rule);
        let deciles: Vec<_> = (0..15).map(|at| ranking.class(at, 10).unwrap()).collect();
        assert_eq!(deciles, [1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10]);
    }

    #[test]
    fn classes_may_go_by_quantiles_of_the_scores() {
        // Type 9 of 1..=10 at 0.2, 0.4, 0.6, 0.8: 2.225, 4.408, 6.592, 8.775 (scipy, mstats).
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let classes = ClassRule::Quantiles { definition: QuantileType::Type9 };
        let rule = RankRule { ties: Ties::Min, round: None, first: First::Worst, classes };
        let ranking = rank(&scores(&values), rule);
        let quintiles: Vec<_> = (0..10).map(|at| ranking.class(at, 5).unwrap()).collect();
        assert_eq!(quintiles, [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
        let best_first = RankRule { first: First::Best, ..rule };
        assert_eq!(rank(&scores(&values), best_first).class(0, 5), Some(1));
    }

    fn ranks(values: &[f64], ties: Ties) -> Vec<Option<f64>> {
        let rule = RankRule { ties, round: None, first: First::Worst, classes: ClassRule::Rank {} };
        let ranking = rank(&scores(values), rule);
        ranking.ranks().iter().map(|r| (!r.is_nan()).then_some(*r)).collect()
    }

    fn scores(values: &[f64]) -> Scores {
        let areas: Vec<Area> =
            (0..values.len()).map(|i| Area::of(format!("{i:02}").as_str())).collect();
        Scores { areas: areas.into(), values: values.to_vec(), direction: Direction::HigherIsWorse }
    }
}
