//! What could the missing values decide?
//!
//! The best and the worst rank that each area could have, if every missing value were anywhere in
//! the observed range of its indicator. An answer instead of an imputation, and a check on one:
//! cells that a recipe fills count as missing here. How an interval goes through a scale is in
//! [`interval`].

mod interval;

use std::collections::BTreeSet;

use miette::Diagnostic;
use thiserror::Error;

use crate::aggregate::{self, AggregateError, Aggregation};
use crate::index::plan::{Child, LevelPlan};
use crate::index::{Computation, IndexDefinition, Level, Plan};
use crate::indicator::{CellState, IndicatorId, IndicatorTable};
use crate::normalise::{Frame, Normalisation};
use crate::rank::{Ties, large_first};
use crate::treat::{self, TreatError};
use crate::weight::{Children, Weighting};

use interval::{Interval, Turn, ends, places};

/// The range of ranks of each area, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct RankBounds {
    /// The smallest rank that the area could have; NaN where it is screened out.
    pub best: Vec<f64>,
    /// The largest rank that it could have.
    pub worst: Vec<f64>,
    /// How many of its values are missing, filled or not.
    pub n_missing: Vec<u32>,
    /// Whether both ends are reached by some filling of the gaps. Where they are not known to be,
    /// no filling leaves the range, but a narrower one might do.
    pub exact: bool,
}

/// Why there are no bounds.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum BoundsError {
    /// What a level makes of an area is not held between two ends.
    #[error("what `{level}` makes of an interval is not known, so its ranks cannot be bounded")]
    #[diagnostic(
        code(levekaar::bounds::not_monotone),
        help(
            "bounds need given weights, and methods in which a larger child never lowers the result"
        )
    )]
    NotMonotone {
        /// The level or indicator.
        level: String,
    },
    /// The filled table cannot be treated.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Treat(#[from] TreatError),
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
/// is not covered, and all kinds of gap are treated alike. Treatments, and the minimum, mean and
/// deviation of an indicator's own scale, are held at what they were in the computation: filled
/// values do not move them. Ties count as the ranking rule says, at the end of the range that they
/// belong to.
///
/// Where every level is computed area by area, the bounds are exact: the two ends are reached, one
/// area at a time. Where indicators or levels are ranked, or levels are scaled by what other areas
/// have, each value gets the interval of all that others could make of it, whichever way they lie
/// together: the bounds then contain the rank under every filling, and may be wider than need be.
/// [`RankBounds::exact`] says which.
///
/// # Errors
///
/// - [`BoundsError::NotMonotone`] when weights come from the data, or a level is aggregated or
///   scaled in a way that no interval is known for.
/// - [`BoundsError::Treat`] and [`BoundsError::Aggregate`], which cannot happen where the index
///   could be computed.
pub fn rank_bounds(
    table: &IndicatorTable,
    computation: &Computation,
    definition: &IndexDefinition,
) -> Result<Option<RankBounds>, BoundsError> {
    let areas = table.areas();
    let mut in_play = vec![true; areas.len()];
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
    let plan = Plan::of(definition).expect("the definition was computed with");
    let frame = Frame::of(areas);
    let treated = ranked_columns(table, computation, definition)?;
    let mut indicators = Vec::with_capacity(definition.indicators.len());
    for (at, measured) in table.columns().iter().enumerate() {
        let gaps: Vec<bool> =
            (0..areas.len()).map(|area| is_missing(area, measured.states())).collect();
        let name = || not_monotone(definition.indicators[at].id.as_str());
        let interval = match &treated[at] {
            None => {
                let scaled = &computation.scaled.columns()[at].values;
                Interval::around(scaled, &gaps, &in_play)
            }
            Some(values) => {
                ranked(definition, at, values, (&gaps, &in_play), &frame).ok_or_else(name)?
            }
        };
        indicators.push(interval);
    }
    let mut domains: Vec<Option<Interval>> = vec![None; definition.domains.len()];
    let mut score = None;
    for level in plan.levels() {
        let children: Vec<&Interval> = level
            .children
            .iter()
            .map(|child| match *child {
                Child::Indicator(at) => &indicators[at],
                Child::Domain(at) => domains[at].as_ref().expect("a plan has children first"),
            })
            .collect();
        let found = of_level(&plan, level, &children, &frame)?;
        match level.domain {
            Some(at) => domains[at] = Some(found),
            None => score = Some(found),
        }
    }
    let score = score.expect("a plan ends with the score");
    let rule = definition.ranking;
    let score = match rule.round {
        Some(round) => score.rounded(round),
        None => score,
    };
    let exact = score.exact && !shares_columns(definition);
    let score = if large_first(definition.direction, rule.first) { score } else { score.turned() };
    let (best, worst) = ends(&score.low, &score.high, rule.ties, &places(areas));
    Ok(Some(RankBounds { best, worst, n_missing, exact }))
}

fn not_monotone(level: &str) -> BoundsError {
    BoundsError::NotMonotone { level: level.to_owned() }
}

/// Two indicators of one column cannot be filled apart from each other.
fn shares_columns(definition: &IndexDefinition) -> bool {
    let mut seen = BTreeSet::new();
    let column = |i: &'_ crate::index::Indicator| match &i.column {
        Some(column) => column.clone(),
        None => i.id.to_string(),
    };
    !definition.indicators.iter().all(|indicator| seen.insert(column(indicator)))
}

/// The treated values of the indicators whose scale is made of ranks, which gaps would move.
fn ranked_columns(
    table: &IndicatorTable,
    computation: &Computation,
    definition: &IndexDefinition,
) -> Result<Vec<Option<Vec<f64>>>, BoundsError> {
    let is_ranked = |at: usize| {
        let method = definition.normalisation(&definition.indicators[at]);
        method.is_some_and(|method| method.ties().is_some())
    };
    let n = definition.indicators.len();
    if !(0..n).any(is_ranked) {
        return Ok(vec![None; n]);
    }
    let table = table.clone().with_screened(computation.screened.clone());
    let columns = treat::treat(table, definition)?.columns.into_iter().enumerate();
    Ok(columns.map(|(at, column)| is_ranked(at).then_some(column.values)).collect())
}

/// The interval of an indicator that is ranked among all areas, with the gaps anywhere.
fn ranked(
    definition: &IndexDefinition,
    at: usize,
    values: &[f64],
    (gaps, in_play): (&[bool], &[bool]),
    frame: &Frame<'_>,
) -> Option<Interval> {
    let recipe = &definition.indicators[at];
    let method = definition.normalisation(recipe)?;
    let turn = Turn {
        flip: recipe.direction != definition.direction_of(recipe.domain.as_ref()),
        within: definition.within(recipe),
        reference: None,
    };
    let interval = Interval::around(values, gaps, in_play);
    let scaled = interval.scaled(method, &turn, frame)?;
    Some(match definition.rounding(recipe) {
        Some(round) => scaled.rounded(round),
        None => scaled,
    })
}

/// The interval of a level, from those of its children.
fn of_level(
    plan: &Plan<'_>,
    level: &LevelPlan,
    children: &[&Interval],
    frame: &Frame<'_>,
) -> Result<Interval, BoundsError> {
    let definition = plan.definition();
    let rules = plan.level(level.domain);
    let domain = level.domain.map(|at| &definition.domains[at]);
    let name = domain.map_or("score", |domain| domain.id.as_str());
    let weights_stay = match rules.weights {
        Weighting::Given {} | Weighting::Equal {} | Weighting::Budget { .. } => true,
        Weighting::Pca { .. }
        | Weighting::Factor { .. }
        | Weighting::Entropy {}
        | Weighting::Critic {}
        | Weighting::Optimised { .. } => false,
    };
    if !weights_stay {
        return Err(not_monotone(name));
    }
    let mut found = combined(definition, level, (rules, name), children, frame)?;
    if let Some(round) = rules.round_before {
        found = found.rounded(round);
    }
    for treatment in &rules.treat {
        found = found.treated(treatment).ok_or_else(|| not_monotone(name))?;
    }
    if let Some(method) = &rules.normalise {
        // What orders areas as before moves no rank at the top, unless it is rounded afterwards.
        let is_rounded = rules.round.is_some() || definition.ranking.round.is_some();
        let moves_ranks = domain.is_some() || is_rounded || rules.within.is_some();
        if moves_ranks || !keeps_order(method) {
            let turn = Turn {
                flip: domain.is_some_and(|domain| definition.turns(domain)),
                within: rules.within,
                reference: rules.reference.as_ref(),
            };
            found = found.scaled(method, &turn, frame).ok_or_else(|| not_monotone(name))?;
        }
    }
    if let Some(round) = rules.round {
        found = found.rounded(round);
    }
    Ok(found)
}

/// Whether a method never puts a smaller value before a larger one, nor makes them equal, nor
/// equal ones different.
fn keeps_order(method: &Normalisation) -> bool {
    if method.ties() == Some(Ties::FirstById) {
        return false;
    }
    match method {
        Normalisation::AsIs {}
        | Normalisation::MinMax { .. }
        | Normalisation::ZScore { .. }
        | Normalisation::WeightedZScore { .. }
        | Normalisation::Rank { .. }
        | Normalisation::Percentile { .. }
        | Normalisation::Exponential { .. }
        | Normalisation::Borda { .. }
        | Normalisation::NormalScores { .. }
        | Normalisation::DistanceToMax {}
        | Normalisation::FractionOfSum {}
        | Normalisation::FractionOfMax { .. } => true,
        Normalisation::Goalposts { .. }
        | Normalisation::ExponentialOfShare { .. }
        | Normalisation::PeoplePercentile {}
        | Normalisation::DistanceToReference { .. }
        | Normalisation::DistanceToTarget { .. }
        | Normalisation::Vector {}
        | Normalisation::Flag { .. }
        | Normalisation::AdjustedGoalpost { .. } => false,
    }
}

/// The aggregate where all children are at their low and at their high end.
fn combined(
    definition: &IndexDefinition,
    level: &LevelPlan,
    (rules, name): (&Level, &str),
    children: &[&Interval],
    frame: &Frame<'_>,
) -> Result<Interval, BoundsError> {
    let exact = children.iter().all(|child| child.exact);
    match rules.aggregate {
        // `mean-min` is a mean with more of its weight on the worst child, and so rises too.
        Aggregation::ArithmeticMean {}
        | Aggregation::GeometricMean {}
        | Aggregation::Product {}
        | Aggregation::HarmonicMean {}
        | Aggregation::PowerMean { .. }
        | Aggregation::Median {}
        | Aggregation::Minimum {}
        | Aggregation::Maximum {}
        | Aggregation::MeanOfLargest { .. }
        | Aggregation::MeanOfSmallest { .. }
        | Aggregation::Owa { .. }
        | Aggregation::MeanMin { .. }
        | Aggregation::Count { .. }
        | Aggregation::Waspas { .. } => {
            let id = level.domain.map(|at| &definition.domains[at].id);
            let turn = (frame, definition.direction_of(id));
            let label = IndicatorId::new(name);
            let of = |end: fn(&Interval) -> &[f64]| {
                let values: Vec<&[f64]> = children.iter().map(|child| end(child)).collect();
                let (areas, ids) = (frame.areas, vec![&label; values.len()]);
                let children = Children { level: name, ids, values: &values, areas };
                aggregate::combine(&children, &level.weights, rules, turn)
            };
            let (low, high) = (of(|child| &child.low)?, of(|child| &child.high)?);
            // A count of small children falls when one rises.
            Ok(Interval::between(low, high, exact))
        }
        Aggregation::SumOfRanks { ties } => {
            let method = Normalisation::Rank { ties };
            places_of(children, &method, frame)
                .map(|children| interval::weighted_sum(&children, &level.weights, 1.0))
                .ok_or_else(|| not_monotone(name))
        }
        Aggregation::Promethee {} => {
            let method = Normalisation::Rank { ties: Ties::Average };
            let sum: f64 = level.weights.iter().sum();
            places_of(children, &method, frame)
                .map(|children| children.iter().map(Interval::as_flow).collect::<Vec<_>>())
                .map(|children| interval::weighted_sum(&children, &level.weights, 1.0 / sum))
                .ok_or_else(|| not_monotone(name))
        }
        // A child that rises may lessen imbalance, and the last ones compare areas whole.
        Aggregation::Mpi { .. }
        | Aggregation::Copeland {}
        | Aggregation::BenefitOfDoubt { .. }
        | Aggregation::Topsis {}
        | Aggregation::Vikor { .. } => Err(not_monotone(name)),
    }
}

fn places_of(
    children: &[&Interval],
    method: &Normalisation,
    frame: &Frame<'_>,
) -> Option<Vec<Interval>> {
    let turn = Turn { flip: false, within: None, reference: None };
    children.iter().map(|child| child.scaled(method, &turn, frame)).collect()
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
    fn bounds_say_whether_their_ends_are_reached() {
        let columns = [vec![Some(1.0), Some(5.0), None, Some(9.0)], vec![Some(2.0); 4]];
        let exact = |normalise: &str| {
            bounds(&columns[..1], "arithmetic-mean", "min", normalise).unwrap().unwrap().exact
        };
        assert!(exact(POSTS) && exact("{ method = \"z-score\" }"));
        assert!(!exact("{ method = \"rank\", ties = \"min\" }"));
    }

    #[test]
    fn weights_from_the_data_have_no_bounds() {
        let text = two_levels("{ method = \"as-is\" }", "arithmetic-mean\"", "", POSTS, "min")
            .replacen("{ method = \"equal\" }", "{ method = \"critic\" }", 1);
        let definition: IndexDefinition = toml::from_str(&text).unwrap();
        let plan = Plan::of(&definition).unwrap();
        let x: Vec<Option<f64>> = [1.0, 4.0, 2.0, 8.0].map(Some).to_vec();
        let y = vec![Some(3.0), None, Some(7.0), Some(1.0)];
        let table = table(&[x.clone(), y, x]);
        let computation = compute(table.clone(), &plan).unwrap();
        let error = rank_bounds(&table, &computation, &definition).unwrap_err();
        assert!(matches!(error, BoundsError::NotMonotone { .. }));
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

        /// The same where domains are ranked or scaled anew, and indicators ranked: everything is
        /// computed again for each filling, and the fillings have the ends among them.
        #[test]
        fn bounds_contain_the_rank_where_levels_are_ranked_or_scaled_anew(
            cells in prop::collection::vec((1..10_u8, 1..10_u8, 1..10_u8, 0..8_u8), 4..12),
            fills in prop::collection::vec(-0.5..=1.5_f64, 36),
            of_domain in prop::sample::select(vec![
                EXPONENTIAL,
                "{ method = \"rank\", ties = \"min\" }",
                "{ method = \"percentile\", share = \"rank-less-one-over-n-less-one\", ties = \"max\" }",
                "{ method = \"normal-scores\", ties = \"average\" }",
                "{ method = \"borda\", ties = \"first-by-id\" }",
                "{ method = \"min-max\", low = 1, high = 9 }",
                "{ method = \"fraction-of-max\", scale = 10 }",
                "{ method = \"distance-to-max\" }",
                "{ method = \"z-score\" }",
                "{ method = \"goalposts\", low = 0, high = 3 }",
            ]),
            of_indicators in prop::sample::select(vec![POSTS, EXPONENTIAL,
                "{ method = \"rank\", ties = \"first-by-id\" }", "{ method = \"min-max\" }"]),
            aggregate in prop::sample::select(vec!["arithmetic-mean", "sum-of-ranks\", ties = \"average",
                "promethee", "maximum", "mean-min\", alpha = 0.5, beta = \"0.1"]),
            way in prop::sample::select(vec!["", "direction = \"higher-is-better\"\n"]),
            ties in prop::sample::select(vec!["min", "average", "max", "first-by-id"]),
        ) {
            let aggregate = aggregate.replace("\"0.1", "0.1");
            let aggregate = if aggregate.ends_with("0.1") { aggregate } else { format!("{aggregate}\"") };
            let (columns, filled) = gaps_and_fills(&cells, &fills);
            let text = two_levels(of_domain, &aggregate, way, of_indicators, ties);
            let definition: IndexDefinition = toml::from_str(&text).unwrap();
            let plan = Plan::of(&definition).unwrap();
            let measured = table(&columns);
            let Ok(computation) = compute(measured.clone(), &plan) else { return Ok(()) };
            // A deviation that may be zero has no bounds.
            let Ok(Some(found)) = rank_bounds(&measured, &computation, &definition) else { return Ok(()) };
            let Ok(again) = compute(table(&filled), &plan) else { return Ok(()) };
            let ranking = rank(&again.scores, definition.ranking);
            for (at, rank) in ranking.ranks().iter().enumerate() {
                prop_assert!(found.best[at] <= *rank && *rank <= found.worst[at],
                    "{at}: {} {rank} {}\n{text}", found.best[at], found.worst[at]);
            }
        }
    }

    const EXPONENTIAL: &str =
        "{ method = \"exponential\", k = 23, share = \"rank-over-n\", ties = \"average\" }";

    /// One list a column.
    type Cells = Vec<Vec<Option<f64>>>;

    /// Columns with gaps, and the same with each gap somewhere in the observed range; about half
    /// of them at one of its ends.
    fn gaps_and_fills(cells: &[(u8, u8, u8, u8)], fills: &[f64]) -> (Cells, Cells) {
        let mut columns: Cells = vec![Vec::new(); 3];
        for (i, (a, b, c, gaps)) in cells.iter().enumerate() {
            for (j, x) in [a, b, c].into_iter().enumerate() {
                let gap = i > 1 && (gaps >> j) & 1 == 1;
                columns[j].push((!gap).then_some(f64::from(*x)));
            }
        }
        let mut fills = fills.iter().map(|x| x.clamp(0.0, 1.0));
        let filled = columns
            .iter()
            .map(|column| {
                let there = || column.iter().copied().flatten();
                let min = there().fold(f64::INFINITY, f64::min);
                let max = there().fold(f64::NEG_INFINITY, f64::max);
                let mut fill = || Some(min + (max - min) * fills.next().unwrap_or(0.0));
                column.iter().map(|x| x.or_else(&mut fill)).collect()
            })
            .collect();
        (columns, filled)
    }

    /// One domain of two indicators, scaled anew, and a third indicator beside it.
    fn two_levels(
        of_domain: &str,
        aggregate: &str,
        way: &str,
        of_indicators: &str,
        ties: &str,
    ) -> String {
        let mut text = format!(
            "version = 1\nid = \"t\"\ntitle = {{ nb = \"t\", en = \"t\" }}\nsource = \"t\"\n\
             licence = \"t\"\n[score]\naggregate = {{ method = \"arithmetic-mean\" }}\n\
             [ranking]\nties = \"{ties}\"\n[defaults]\nnormalise = {of_indicators}\n\
             [[domain]]\nid = \"d\"\ntitle = {{ nb = \"d\", en = \"d\" }}\nweight = 0.7\n{way}\
             [domain.score]\naggregate = {{ method = \"{aggregate} }}\n\
             weights = {{ method = \"equal\" }}\nnormalise = {of_domain}\n"
        );
        for (id, domain) in
            [("x0", "domain = \"d\""), ("x1", "domain = \"d\""), ("x2", "weight = 0.3")]
        {
            text += &format!(
                "[[indicator]]\nid = \"{id}\"\ntitle = {{ nb = \"x\", en = \"x\" }}\n\
                 unit = \"x\"\ndirection = \"higher-is-worse\"\n{domain}\n"
            );
        }
        text
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
