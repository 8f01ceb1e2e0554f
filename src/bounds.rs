//! What could the missing values decide?
//!
//! The best and the worst rank that each area could have, if every missing value were anywhere in
//! the observed range of its indicator. An answer instead of an imputation, and a check on one:
//! cells that a recipe fills count as missing here.

use miette::Diagnostic;
use thiserror::Error;

use crate::aggregate::{AggregateError, Aggregation, aggregate};
use crate::index::{Computation, IndexDefinition, Level, Plan};
use crate::indicator::{CellState, Direction, IndicatorTable};
use crate::normalise::{Normalisation, ScaledTable};
use crate::rank::{First, Ties};
use crate::weight::Weighting;

/// The range of ranks of each area, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct RankBounds {
    /// The smallest rank that the area could have; NaN where it is screened out.
    pub best: Vec<f64>,
    /// The largest rank that it could have.
    pub worst: Vec<f64>,
    /// How many of its values are missing, filled or not.
    pub n_missing: Vec<u32>,
}

/// Why there are no bounds.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum BoundsError {
    /// A level is not monotone area by area, so that two computations do not bound all others.
    #[error("the level `{level}` is not monotone area by area, so its ranks cannot be bounded")]
    #[diagnostic(
        code(levekaar::bounds::not_monotone),
        help("bounds need means, and no ranking or standardising of domains on the way")
    )]
    NotMonotone {
        /// The level.
        level: String,
    },
    /// The filled table cannot be aggregated.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Aggregate(#[from] AggregateError),
}

/// Bounds the rank of every area over all that the missing values could be.
///
/// Shape: one pair of ranks an area, among all areas that are not screened out, also those that
/// have no rank because values are missing. `None` where nothing is missing. Each missing value
/// may lie anywhere between the smallest and the largest measured one; that it could lie beyond
/// is not covered, and all kinds of gap are treated alike. Treatment and normalisation are held
/// at what they were in the computation: filled values do not move a mean or a range. So held,
/// the bounds are exact: the two ends are reached, one area at a time. Ties count as the ranking
/// rule says, at the end of the range that they belong to.
///
/// # Errors
///
/// - [`BoundsError::NotMonotone`] when a level re-ranks or standardises its areas on the way, or
///   rounds what it has standardised.
/// - [`BoundsError::Aggregate`], which cannot happen where the index could be computed.
pub fn rank_bounds(
    table: &IndicatorTable,
    computation: &Computation,
    definition: &IndexDefinition,
) -> Result<Option<RankBounds>, BoundsError> {
    let mut in_play = vec![true; table.areas().len()];
    computation.screened.iter().for_each(|s| in_play[s.area_idx as usize] = false);
    let is_missing =
        |at: usize, states: &[CellState]| in_play[at] && states[at] != CellState::Present;
    let n_missing: Vec<u32> = (0..in_play.len())
        .map(|at| {
            let gaps = table.columns().iter().filter(|c| is_missing(at, c.states()));
            u32::try_from(gaps.count()).unwrap_or(u32::MAX)
        })
        .collect();
    if n_missing.iter().all(|n| *n == 0) {
        return Ok(None);
    }
    let held = held(definition)?;
    let filled = |end: fn(&[f64]) -> f64| -> ScaledTable {
        let columns = table.columns().iter().zip(computation.scaled.columns());
        let values = columns.map(|(measured, scaled)| {
            let states = measured.states();
            let there: Vec<f64> = (0..in_play.len())
                .filter(|&at| in_play[at] && !is_missing(at, states))
                .map(|at| scaled.values[at])
                .filter(|x| !x.is_nan())
                .collect();
            let end = end(&there);
            let cell = |at: usize| if is_missing(at, states) { end } else { scaled.values[at] };
            (0..in_play.len()).map(cell).collect()
        });
        computation.scaled.with_values(values.collect())
    };
    let plan = Plan::of(&held).expect("a checked definition stays so without a normalisation");
    let scores = |scaled: &ScaledTable| -> Result<Vec<f64>, BoundsError> {
        let mut values = aggregate(scaled, &plan)?.scores.values;
        if let Some(round) = definition.ranking.round {
            round.all(&mut values);
        }
        Ok(values)
    };
    let low = scores(&filled(|x| x.iter().copied().fold(f64::INFINITY, f64::min)))?;
    let high = scores(&filled(|x| x.iter().copied().fold(f64::NEG_INFINITY, f64::max)))?;
    let rule = definition.ranking;
    let large_first =
        (definition.direction == Direction::HigherIsWorse) == (rule.first == First::Worst);
    let (low, high) = if large_first {
        (low, high)
    } else {
        let negated = |values: Vec<f64>| values.into_iter().map(|x| -x).collect();
        (negated(high), negated(low))
    };
    let ids: Vec<&str> = table.areas().iter().map(|area| area.id.as_str()).collect();
    let (best, worst) = ends(&low, &high, rule.ties, &places(&ids));
    Ok(Some(RankBounds { best, worst, n_missing }))
}

/// The recipe without what is done to the finished score, which moves no rank.
fn held(definition: &IndexDefinition) -> Result<IndexDefinition, BoundsError> {
    let not_monotone = |level: &str| Err(BoundsError::NotMonotone { level: level.to_owned() });
    for domain in &definition.domains {
        if !by_area(&domain.score, false) {
            return not_monotone(domain.id.as_str());
        }
    }
    let mut held = definition.clone();
    let is_rounded = held.score.round.is_some() || held.ranking.round.is_some();
    if !by_area(&definition.score, !is_rounded) {
        return not_monotone("score");
    }
    if held.score.normalise.take().is_some() {
        held.score.round = None;
    }
    Ok(held)
}

/// Whether a level computes each area from its own values and never falls when one rises.
fn by_area(level: &Level, ends_here: bool) -> bool {
    let aggregates = match level.aggregate {
        Aggregation::ArithmeticMean {}
        | Aggregation::GeometricMean {}
        | Aggregation::HarmonicMean {}
        | Aggregation::PowerMean { .. }
        | Aggregation::Median {}
        | Aggregation::Minimum {}
        | Aggregation::Maximum {}
        | Aggregation::MeanOfLargest { .. }
        | Aggregation::MeanOfSmallest { .. }
        | Aggregation::Owa { .. }
        | Aggregation::Waspas { .. } => true,
        // A child that rises may lessen imbalance or lie on the other side of a limit, and the
        // last ones look at all areas.
        Aggregation::MeanMin { .. }
        | Aggregation::Mpi { .. }
        | Aggregation::Count { .. }
        | Aggregation::Copeland {}
        | Aggregation::SumOfRanks { .. }
        | Aggregation::BenefitOfDoubt { .. }
        | Aggregation::Topsis {}
        | Aggregation::Vikor { .. }
        | Aggregation::Promethee {} => false,
    };
    let weights_stay = matches!(level.weights, Weighting::Given {} | Weighting::Equal {});
    let normalises = match level.normalise {
        None | Some(Normalisation::AsIs {} | Normalisation::Goalposts { .. }) => true,
        Some(
            Normalisation::MinMax { .. }
            | Normalisation::ZScore { .. }
            | Normalisation::Rank { .. }
            | Normalisation::Percentile { .. }
            | Normalisation::Exponential { .. }
            | Normalisation::Borda { .. }
            | Normalisation::NormalScores { .. }
            | Normalisation::DistanceToMax {}
            | Normalisation::FractionOfSum {}
            | Normalisation::FractionOfMax {},
        ) => ends_here,
        Some(
            Normalisation::PeoplePercentile {}
            | Normalisation::WeightedZScore { .. }
            | Normalisation::DistanceToReference { .. }
            | Normalisation::DistanceToTarget { .. }
            | Normalisation::Vector {}
            | Normalisation::Flag { .. }
            | Normalisation::AdjustedGoalpost { .. },
        ) => false,
    };
    aggregates && weights_stay && normalises
}

/// The place of each id in their order.
fn places(ids: &[&str]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(ids.len()).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by_key(|&at| ids[at as usize]);
    let mut place = vec![0; ids.len()];
    for (rank, at) in (0_u32..).zip(order) {
        place[at as usize] = rank;
    }
    place
}

/// Best and worst ranks where each score lies between `low` and `high`, rank 1 the largest.
fn ends(low: &[f64], high: &[f64], ties: Ties, place: &[u32]) -> (Vec<f64>, Vec<f64>) {
    let in_order = |values: &[f64]| {
        let mut order: Vec<(f64, u32)> = values
            .iter()
            .zip(place)
            .filter(|(x, _)| !x.is_nan())
            .map(|(x, place)| (x + 0.0, *place))
            .collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        order
    };
    let (lows, highs) = (in_order(low), in_order(high));
    // Among the others: how many lie above `x`, how many equal it, and how many of those have a
    // smaller id.
    let rank_among = |others: &[(f64, u32)], own: f64, x: f64, place: u32| {
        let below = others.partition_point(|other| other.0 < x);
        let not_above = others.partition_point(|other| other.0 <= x);
        let above = others.len() - not_above - usize::from(own > x);
        let equal = not_above - below - usize::from(own == x);
        let before = others.partition_point(|other| (other.0, other.1) < (x, place)) - below;
        let rank = 1.0 + above as f64;
        match ties {
            Ties::Min => rank,
            Ties::Average => rank + equal as f64 / 2.0,
            Ties::Max => rank + equal as f64,
            Ties::FirstById => rank + before as f64,
        }
    };
    let bound = |others: &[(f64, u32)], own: &[f64], mine: &[f64]| {
        (0..low.len())
            .map(|at| {
                let (own, x) = (own[at] + 0.0, mine[at] + 0.0);
                if x.is_nan() { f64::NAN } else { rank_among(others, own, x, place[at]) }
            })
            .collect()
    };
    // At its best an area has all it could have, and the others have as little as they could.
    (bound(&lows, low, high), bound(&highs, high, low))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::Area;
    use crate::index::compute;
    use crate::indicator::Column;
    use crate::rank::rank;

    const POSTS: &str = "{ method = \"goalposts\", low = 0.0, high = 10.0 }";

    #[test]
    fn an_area_without_gaps_moves_only_where_another_could_pass_it() {
        let columns = [vec![Some(1.0), Some(5.0), None, Some(9.0)], vec![Some(2.0); 4]];
        let bounds = bounds(&columns, "arithmetic-mean", "min", POSTS).unwrap().unwrap();
        assert_eq!(bounds.best, [3.0, 2.0, 1.0, 1.0]);
        assert_eq!(bounds.worst, [4.0, 3.0, 3.0, 1.0]);
        assert_eq!(bounds.n_missing, [0, 0, 1, 0]);
    }

    #[test]
    fn without_gaps_there_are_no_bounds() {
        let columns = [vec![Some(1.0), Some(5.0)]];
        assert_eq!(bounds(&columns, "arithmetic-mean", "min", POSTS).unwrap(), None);
    }

    #[test]
    fn a_score_that_is_standardised_at_the_end_has_bounds_and_a_domain_has_not() {
        let mut definition = definition(1, "arithmetic-mean", "min", POSTS);
        let z: Normalisation = toml::from_str("method = \"z-score\"").unwrap();
        definition.score.normalise = Some(z);
        assert!(held(&definition).is_ok());
        definition.ranking.round = Some(1.into());
        assert!(held(&definition).is_err());
    }

    proptest! {
        /// Whatever the missing values are, no rank leaves its bounds.
        #[test]
        fn bounds_contain_the_rank_under_every_imputation(
            cells in prop::collection::vec((1..10_u8, 1..10_u8, 1..10_u8, 0..8_u8), 3..12),
            fills in prop::collection::vec(0.0..=1.0_f64, 36),
            method in prop::sample::select(vec!["arithmetic-mean", "geometric-mean", "harmonic-mean"]),
            ties in prop::sample::select(vec!["min", "average", "max", "first-by-id"]),
        ) {
            let mut columns = [Vec::new(), Vec::new(), Vec::new()];
            for (i, (a, b, c, gaps)) in cells.iter().enumerate() {
                for (j, x) in [a, b, c].into_iter().enumerate() {
                    // The first two areas are whole, so that every column has a range.
                    let gap = i > 1 && (gaps >> j) & 1 == 1;
                    columns[j].push((!gap).then_some(f64::from(*x)));
                }
            }
            let found = bounds(&columns, method, ties, POSTS).unwrap();
            prop_assume!(found.is_some());
            let found = found.unwrap();
            let mut fills = fills.into_iter();
            let filled: Vec<Vec<Option<f64>>> = columns
                .iter()
                .map(|column| {
                    let there = || column.iter().copied().flatten();
                    let min = there().fold(f64::INFINITY, f64::min);
                    let max = there().fold(f64::NEG_INFINITY, f64::max);
                    column
                        .iter()
                        .map(|x| x.or_else(|| Some(min + (max - min) * fills.next().unwrap_or(0.0))))
                        .collect()
                })
                .collect();
            let definition = definition(3, method, ties, POSTS);
            let plan = Plan::of(&definition).unwrap();
            let computation = compute(table(&filled), &plan).unwrap();
            let ranking = rank(&computation.scores, definition.ranking);
            for (at, rank) in ranking.ranks().iter().enumerate() {
                prop_assert!(found.best[at] <= *rank && *rank <= found.worst[at],
                    "{at}: {} {rank} {}", found.best[at], found.worst[at]);
            }
        }
    }

    fn bounds(
        columns: &[Vec<Option<f64>>],
        method: &str,
        ties: &str,
        normalise: &str,
    ) -> Result<Option<RankBounds>, BoundsError> {
        let definition = definition(columns.len(), method, ties, normalise);
        let plan = Plan::of(&definition).unwrap();
        let table = table(columns);
        let computation = compute(table.clone(), &plan).unwrap();
        rank_bounds(&table, &computation, &definition)
    }

    fn table(columns: &[Vec<Option<f64>>]) -> IndicatorTable {
        let areas: Vec<Area> =
            (0..columns[0].len()).map(|i| Area::of(format!("{i:02}").as_str())).collect();
        let columns =
            columns.iter().enumerate().map(|(j, c)| Column::of(format!("x{j}").as_str(), c));
        IndicatorTable::new(areas, columns.collect())
    }

    fn definition(n: usize, method: &str, ties: &str, normalise: &str) -> IndexDefinition {
        let mut text = format!(
            "version = 1\nid = \"t\"\ntitle = {{ nb = \"t\", en = \"t\" }}\nsource = \"t\"\n\
             licence = \"t\"\n[score]\naggregate = {{ method = \"{method}\" }}\n\
             weights = {{ method = \"equal\" }}\n[ranking]\nties = \"{ties}\"\n\
             [defaults]\nnormalise = {normalise}\n"
        );
        for j in 0..n {
            text += &format!(
                "[[indicator]]\nid = \"x{j}\"\ntitle = {{ nb = \"x\", en = \"x\" }}\n\
                 unit = \"x\"\ndirection = \"higher-is-worse\"\n"
            );
        }
        toml::from_str(&text).unwrap()
    }
}
