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
use crate::round::Round;
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
    /// How scores are rounded before they are compared: decimals, halves away from zero, or
    /// `{ decimals = 2, halves = "even" }`; not at all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// Which end has rank 1.
    #[serde(default)]
    pub first: First,
    /// How areas are put into deciles and quintiles.
    #[serde(default)]
    pub classes: ClassRule,
    /// Which end has class 1: that which has rank 1 where nothing is said. Where it is the other
    /// one, ranks are counted from there for it, and tied areas stay together at the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_class: Option<First>,
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
    /// `floor(k (r - 1) / n) + 1`: the same but where `n` is not a multiple of `k`.
    RankLessOne {},
    /// Classes of `n / k` areas, rounded down, of which the first `n mod k` have one more (R's
    /// `ntile`). Tied areas stay together at their rank, so that classes are as even as ties
    /// allow.
    EqualCount {},
    /// By the quantiles of the scores: from the smallest score up, a class holds the scores above
    /// one quantile and up to the next. Many equal scores can leave a class empty.
    Quantiles {
        /// Which of the nine quantile definitions.
        #[serde(rename = "type")]
        definition: QuantileType,
        /// To which side a score belongs that is itself a quantile.
        #[serde(default)]
        closed: Closed,
    },
    /// Classes that hold the same number of people, and not of areas. Needs the residents of
    /// every area that has a score. Areas stay whole and tied areas stay together, so that a
    /// class of few large areas may hold more or fewer.
    People {
        /// Which people decide over an area's class.
        #[serde(default)]
        counted: Counted,
    },
}

/// Which people decide over the class of an area, where classes hold equal numbers of people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Those of the areas before it and its own: class 1 of `k` ends before more than `1 / k` of
    /// all people are in it.
    #[default]
    Through,
    /// Those of the areas before it and half of its own.
    Half,
    /// Those of the areas before it: class 1 of `k` is filled until it holds at least `1 / k`.
    Before,
}

/// To which class a score belongs that lies on the border of two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// The lower one: `(a, b]`, as R's `cut` and pandas' `qcut`.
    #[default]
    Right,
    /// The higher one: `[a, b)`, as R's `findInterval`; the largest score is in the last class.
    Left,
}

impl Closed {
    /// Whether a value lies in a class above this limit.
    pub(crate) fn passes(self, x: f64, limit: f64) -> bool {
        match self {
            Self::Right => x > limit,
            Self::Left => x >= limit,
        }
    }
}

/// Where the classes end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cuts<'a> {
    /// This many classes of equal shares.
    Count(usize),
    /// At these shares of the areas, counted from class 1 and ascending.
    Shares(&'a [f64]),
}

/// Whether so many people, the first number, pass the end of a class, the second.
type Passes<'a> = &'a dyn Fn(f64, f64) -> bool;

/// Ranked areas that are put into classes.
pub(crate) struct Classer<'a> {
    pub(crate) rule: ClassRule,
    pub(crate) n_ranked: usize,
    /// What the rule needs of all scores.
    pub(crate) order: &'a ClassOrder,
    /// Whether rank 1 goes to the largest score.
    pub(crate) large_first: bool,
}

/// What a rule for classes needs of all scores at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ClassOrder {
    /// Scores in ascending order, where classes go by their quantiles or from the other end.
    sorted: Vec<f64>,
    /// Each score once, ascending, with the people who live below it and those who live at it;
    /// where classes hold people.
    people: Vec<(f64, f64, f64)>,
}

impl ClassOrder {
    /// The people before a score, at it and altogether, counted from the end of class 1.
    fn people_at(&self, score: f64, large_first: bool) -> (f64, f64, f64) {
        let total = self.people.last().map_or(0.0, |(_, below, same)| below + same);
        let at = self.people.partition_point(|(x, ..)| *x < score);
        let (below, same) = match self.people.get(at) {
            Some((x, below, same)) if *x == score => (*below, *same),
            Some((_, below, _)) => (*below, 0.0),
            None => (total, 0.0),
        };
        (if large_first { total - below - same } else { below }, same, total)
    }
}

impl Classer<'_> {
    /// The class of a rank and its score; `None` for the rank NaN.
    pub(crate) fn class(&self, rank: f64, score: f64, cuts: Cuts<'_>) -> Option<usize> {
        if rank.is_nan() {
            return None;
        }
        let n = self.n_ranked as f64;
        Some(match (self.rule, cuts) {
            (ClassRule::Rank {}, Cuts::Count(k)) => (k as f64 * rank / n).ceil() as usize,
            (ClassRule::Rank {} | ClassRule::EqualCount {}, Cuts::Shares(shares)) => {
                1 + shares.iter().filter(|share| rank / n > **share).count()
            }
            (ClassRule::RankLessOne {}, Cuts::Count(k)) => {
                (k as f64 * (rank - 1.0) / n).floor() as usize + 1
            }
            (ClassRule::RankLessOne {}, Cuts::Shares(shares)) => {
                1 + shares.iter().filter(|share| (rank - 1.0) / n >= **share).count()
            }
            (ClassRule::EqualCount {}, Cuts::Count(k)) => self.even_class(rank, k),
            (ClassRule::Quantiles { definition, closed }, Cuts::Count(k)) => {
                let limits = (1..k).map(|j| j as f64 / k as f64);
                let above = self.limits_below(limits, (definition, closed), score);
                if self.large_first { k - above } else { above + 1 }
            }
            (ClassRule::Quantiles { definition, closed }, Cuts::Shares(shares)) => {
                let from_small = |share: &f64| if self.large_first { 1.0 - share } else { *share };
                let above =
                    self.limits_below(shares.iter().map(from_small), (definition, closed), score);
                if self.large_first { shares.len() + 1 - above } else { above + 1 }
            }
            // Products and not quotients, so that whole numbers of people are compared exactly.
            (ClassRule::People { counted }, Cuts::Count(k)) => {
                let ends = |people: f64, total: f64, passes: Passes<'_>| {
                    let passed = |j: &usize| passes(people * k as f64, total * *j as f64);
                    1 + (1..k).filter(passed).count()
                };
                self.by_people(counted, score, &ends)
            }
            (ClassRule::People { counted }, Cuts::Shares(shares)) => {
                let ends = |people: f64, total: f64, passes: Passes<'_>| {
                    1 + shares.iter().filter(|share| passes(people, total * **share)).count()
                };
                self.by_people(counted, score, &ends)
            }
        })
    }

    /// `ends` gives the class of so many people of all.
    fn by_people(
        &self,
        counted: Counted,
        score: f64,
        ends: &dyn Fn(f64, f64, Passes<'_>) -> usize,
    ) -> usize {
        let (before, same, total) = self.order.people_at(score, self.large_first);
        match counted {
            Counted::Through => ends(before + same, total, &|people, end| people > end),
            Counted::Half => ends(before + same / 2.0, total, &|people, end| people > end),
            Counted::Before => ends(before, total, &|people, end| people >= end),
        }
    }

    /// How many quantiles lie below a score, or at it where classes are closed to the left.
    fn limits_below(
        &self,
        shares: impl Iterator<Item = f64>,
        (definition, closed): (QuantileType, Closed),
        score: f64,
    ) -> usize {
        shares
            .filter_map(|share| definition.of_sorted(&self.order.sorted, share))
            .filter(|limit| closed.passes(score, *limit))
            .count()
    }

    fn even_class(&self, rank: f64, k: usize) -> usize {
        let (size, larger) = (self.n_ranked / k, self.n_ranked % k);
        let place = rank.floor() as usize;
        let in_larger = larger * (size + 1);
        if place <= in_larger {
            place.div_ceil(size + 1)
        } else {
            larger + (place - in_larger).div_ceil(size)
        }
    }
}

impl ClassRule {
    /// What the rule needs of all values; `residents` are those of the area at a position.
    pub(crate) fn order(self, values: &[f64], residents: impl Fn(usize) -> f64) -> ClassOrder {
        match self {
            Self::Rank {} | Self::RankLessOne {} | Self::EqualCount {} => ClassOrder::default(),
            Self::Quantiles { .. } => ClassOrder { sorted: ascending(values), people: Vec::new() },
            Self::People { .. } => {
                let mut there: Vec<(f64, f64)> = (0..values.len())
                    .filter(|&at| !values[at].is_nan())
                    .map(|at| (values[at] + 0.0, residents(at)))
                    .collect();
                there.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (mut people, mut below) = (Vec::new(), 0.0);
                for tied in there.chunk_by(|a, b| a.0 == b.0) {
                    let same: f64 = tied.iter().map(|(_, residents)| residents).sum();
                    people.push((tied[0].0, below, same));
                    below += same;
                }
                ClassOrder { sorted: Vec::new(), people }
            }
        }
    }

    /// Whether the residents of the areas decide over classes.
    pub fn needs_people(self) -> bool {
        match self {
            Self::People { .. } => true,
            Self::Rank {} | Self::RankLessOne {} | Self::EqualCount {} | Self::Quantiles { .. } => {
                false
            }
        }
    }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

impl Default for ClassRule {
    fn default() -> Self {
        Self::Rank {}
    }
}

/// Scores with their ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    areas: Arc<Vec<Area>>,
    scores: Vec<f64>,
    ranks: Vec<f64>,
    order: Vec<u32>,
    n_ranked: usize,
    class_order: ClassOrder,
    rule: RankRule,
    direction: Direction,
}

impl Ranking {
    /// The areas, in the order of the table.
    pub fn areas(&self) -> &Arc<Vec<Area>> {
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
        let from = self.rule.first_class.unwrap_or(self.rule.first);
        let large_first = large_first(self.direction, from);
        let order = &self.class_order;
        let rank = match (from == self.rule.first, large_first) {
            (true, _) => rank,
            _ if rank.is_nan() => rank,
            (false, true) => {
                1.0 + (order.sorted.len() - order.sorted.partition_point(|x| *x <= score)) as f64
            }
            (false, false) => 1.0 + order.sorted.partition_point(|x| *x < score) as f64,
        };
        let classer =
            Classer { rule: self.rule.classes, n_ranked: self.n_ranked, order, large_first };
        classer.class(rank, score, Cuts::Count(k))
    }
}

/// Whether rank 1 goes to the largest score.
pub(crate) fn large_first(direction: Direction, first: First) -> bool {
    (direction == Direction::HigherIsWorse) == (first == First::Worst)
}

/// Ranks the scores by the rule.
///
/// Shape: one score an area in, one rank an area out, in the same order. A missing score has no
/// rank and is not counted among the ranked. Ties are scores that are equal bit by bit after the
/// rounding that the rule states.
pub fn rank(scores: &Scores, rule: RankRule) -> Ranking {
    let values: Vec<f64> = match rule.round {
        Some(round) => scores.values.iter().map(|&x| round.of(x)).collect(),
        None => scores.values.clone(),
    };
    let large_first = large_first(scores.direction, rule.first);
    let by_id = ids_in_order(&scores.areas);
    let mut ranks = vec![f64::NAN; values.len()];
    let sorted = rank_into(&values, large_first, rule.ties, &by_id, &mut ranks);
    let n_ranked = sorted.len();
    let mut order = sorted;
    order.extend(by_id.in_id_order().filter(|&at| values[at as usize].is_nan()));
    let residents = |at: usize| scores.areas[at].population.unwrap_or(0.0);
    let mut class_order = rule.classes.order(&values, residents);
    if rule.first_class.is_some_and(|first| first != rule.first) {
        class_order.sorted = ascending(&values);
    }
    let (areas, direction) = (Arc::clone(&scores.areas), scores.direction);
    Ranking { areas, scores: values, ranks, order, n_ranked, class_order, rule, direction }
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
            round: Some(1.into()),
            first: First::Worst,
            classes: ClassRule::Rank {},
            first_class: None,
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
            first_class: None,
        };
        let ranking = rank(&scores(&values), rule);
        let deciles: Vec<_> = (0..15).map(|at| ranking.class(at, 10).unwrap()).collect();
        assert_eq!(deciles, [1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10]);
    }

    #[test]
    fn classes_may_go_by_quantiles_of_the_scores() {
        // Type 9 of 1..=10 at 0.2, 0.4, 0.6, 0.8: 2.225, 4.408, 6.592, 8.775 (scipy, mstats).
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let classes =
            ClassRule::Quantiles { definition: QuantileType::Type9, closed: Closed::Right };
        let rule = RankRule {
            ties: Ties::Min,
            round: None,
            first: First::Worst,
            classes,
            first_class: None,
        };
        let ranking = rank(&scores(&values), rule);
        let quintiles: Vec<_> = (0..10).map(|at| ranking.class(at, 5).unwrap()).collect();
        assert_eq!(quintiles, [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
        let best_first = RankRule { first: First::Best, ..rule };
        assert_eq!(rank(&scores(&values), best_first).class(0, 5), Some(1));
    }

    #[test]
    fn a_score_on_the_border_goes_where_the_rule_says() {
        // Type 7 of 0..=10 at 0.2, 0.4, 0.6, 0.8 is 2, 4, 6, 8: scores themselves.
        let values: Vec<f64> = (0..=10).map(f64::from).collect();
        let classes = |closed| {
            let classes = ClassRule::Quantiles { definition: QuantileType::Type7, closed };
            let rule = RankRule {
                ties: Ties::Min,
                round: None,
                first: First::Best,
                classes,
                first_class: None,
            };
            let ranking = rank(&scores(&values), rule);
            (0..=10).map(|at| ranking.class(at, 5).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(classes(Closed::Right), [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(classes(Closed::Left), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5]);
    }

    #[test]
    fn classes_of_an_odd_number_of_areas_differ_by_rule() {
        let values: Vec<f64> = (0..11).map(f64::from).rev().collect();
        let quarters = |classes| {
            let rule = RankRule {
                ties: Ties::Min,
                round: None,
                first: First::Worst,
                classes,
                first_class: None,
            };
            let ranking = rank(&scores(&values), rule);
            (0..11).map(|at| ranking.class(at, 4).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(quarters(ClassRule::Rank {}), [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
        assert_eq!(quarters(ClassRule::RankLessOne {}), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]);
        // dplyr::ntile(1:11, 4) is 3, 3, 3 and 2 areas.
        assert_eq!(quarters(ClassRule::EqualCount {}), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]);
        let fives = |classes| {
            let rule = RankRule {
                ties: Ties::Min,
                round: None,
                first: First::Worst,
                classes,
                first_class: None,
            };
            let ranking = rank(&scores(&values), rule);
            (0..11).map(|at| ranking.class(at, 5).unwrap()).collect::<Vec<_>>()
        };
        // 3, 2, 2, 2 and 2 areas.
        assert_eq!(fives(ClassRule::EqualCount {}), [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn classes_of_people_hold_as_many_people_as_can_be() {
        // From the worst: 60, 10, 10 and 20 of 100 people.
        let class = |counted, first_class| {
            let areas: Vec<Area> = [(10.0, "a"), (60.0, "b"), (20.0, "c"), (10.0, "d")]
                .map(|(people, id)| Area { population: Some(people), ..Area::of(id) })
                .into();
            let direction = Direction::HigherIsWorse;
            let values = vec![3.0, 9.0, 1.0, 2.0];
            let rule = RankRule {
                ties: Ties::Min,
                round: None,
                first: First::Worst,
                classes: ClassRule::People { counted },
                first_class,
            };
            let ranking = rank(&Scores { areas: areas.into(), values, direction }, rule);
            [1, 0, 3, 2].map(|at| ranking.class(at, 5).unwrap())
        };
        // Three fifths live in the worst area, whose last inhabitant is in the third fifth.
        assert_eq!(class(Counted::Through, None), [3, 4, 4, 5]);
        assert_eq!(class(Counted::Half, None), [2, 4, 4, 5]);
        assert_eq!(class(Counted::Before, None), [1, 4, 4, 5]);
        assert_eq!(class(Counted::Before, Some(First::Best)), [3, 2, 2, 1]);
    }

    #[test]
    fn classes_may_be_counted_from_the_other_end_than_ranks() {
        let values = [1.0, 2.0, 2.0, 4.0, 5.0];
        let rule = |first_class| RankRule {
            ties: Ties::Min,
            round: None,
            first: First::Worst,
            classes: ClassRule::Rank {},
            first_class,
        };
        let classes = |first_class| {
            let ranking = rank(&scores(&values), rule(first_class));
            (0..5).map(|at| ranking.class(at, 5).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(classes(None), [5, 3, 3, 2, 1]);
        assert_eq!(classes(Some(First::Best)), [1, 2, 2, 4, 5]);
    }

    fn ranks(values: &[f64], ties: Ties) -> Vec<Option<f64>> {
        let rule = RankRule {
            ties,
            round: None,
            first: First::Worst,
            classes: ClassRule::Rank {},
            first_class: None,
        };
        let ranking = rank(&scores(values), rule);
        ranking.ranks().iter().map(|r| (!r.is_nan()).then_some(*r)).collect()
    }

    fn scores(values: &[f64]) -> Scores {
        let areas: Vec<Area> =
            (0..values.len()).map(|i| Area::of(format!("{i:02}").as_str())).collect();
        Scores { areas: areas.into(), values: values.to_vec(), direction: Direction::HigherIsWorse }
    }
}
