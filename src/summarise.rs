//! How deprived are larger units, by their areas?
//!
//! The summary measures of the English indices: average score, average rank, proportion in the
//! worst decile, extent and local concentration, for every parent and by scores that are already
//! there. Each sees something else, and a unit may be high on one and low on the next.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::indicator::Direction;
use crate::notice::Notice;
use crate::rank::{First, Ranking};

/// What the measures count as deprived.
///
/// Source: MHCLG (2019), *The English Indices of Deprivation 2019: Technical report*, appendix N;
/// the same with other numbers for other schemes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Conventions {
    /// The share of all areas that is the worst class of the proportion; 0.1 is the decile.
    pub worst_share: f64,
    /// The last percentile that counts in full in the extent.
    pub extent_full: f64,
    /// What the percentile after it counts.
    pub extent_first: f64,
    /// The last percentile that counts at all.
    pub extent_end: f64,
    /// What that one counts; between the two, it falls by equal steps.
    pub extent_last: f64,
    /// The share of a unit's residents whose areas make the local concentration.
    pub concentration_share: f64,
}

impl Conventions {
    /// Those of the English indices: the worst tenth; 1 to percentile 10, then 0.95 falling to
    /// 0.05 at percentile 30; a tenth of the residents.
    pub const ENGLAND: Self = Self {
        worst_share: 0.1,
        extent_full: 10.0,
        extent_first: 0.95,
        extent_end: 30.0,
        extent_last: 0.05,
        concentration_share: 0.1,
    };

    /// What an area of this percentile (1 is worst) counts in the extent.
    pub fn extent_weight(&self, percentile: f64) -> f64 {
        if percentile <= self.extent_full {
            return 1.0;
        }
        if percentile > self.extent_end {
            return 0.0;
        }
        let n_steps = self.extent_end - self.extent_full - 1.0;
        let fall =
            if n_steps > 0.0 { (self.extent_first - self.extent_last) / n_steps } else { 0.0 };
        self.extent_first - fall * (percentile - self.extent_full - 1.0)
    }
}

/// One parent, by its areas.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// The parent, as the table names it.
    pub parent: String,
    /// How many of its areas have a rank and a population.
    pub n_areas: usize,
    /// Their residents.
    pub population: f64,
    /// Population-weighted mean of the scores.
    pub average_score: f64,
    /// Population-weighted mean of the turned ranks `n + 1 - r`, in which `n` is worst.
    pub average_rank: f64,
    /// The share of its areas among the worst class of all areas, 0..1.
    pub proportion: f64,
    /// The share of its residents in deprived areas, falling off by percentile, 0..1.
    pub extent: f64,
    /// Population-weighted mean of the turned ranks of its worst areas that hold exactly the
    /// convention's share of its residents, the last one in part.
    pub local_concentration: f64,
}

impl Summary {
    /// The five measures, in the order of the fields.
    pub fn measures(&self) -> [f64; 5] {
        [
            self.average_score,
            self.average_rank,
            self.proportion,
            self.extent,
            self.local_concentration,
        ]
    }
}

/// Names of the measures in files.
pub const MEASURES: [&str; 5] =
    ["average_score", "average_rank", "proportion", "extent", "local_concentration"];

/// The parents, their ranks on each measure, and what was left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summaries {
    /// By name.
    pub parents: Vec<Summary>,
    /// Rank of each parent on each measure, 1 the worst, ties sharing the smaller rank.
    pub ranks: Vec<[usize; 5]>,
    /// What was counted as deprived.
    pub conventions: Conventions,
    /// How many areas are ranked in all, in and outside the parents.
    pub n_ranked: usize,
    /// Areas that are left out.
    #[serde(skip)]
    pub notices: Vec<Notice>,
}

/// Summarises areas to the parents that the table names, or to one row if `parents` is `None`.
///
/// Shape: one rank an area in, one row a parent out, by name. Percentile and class of an area are
/// `ceil(100 r / n)` and `ceil(r / (n * worst_share))` of the rank `r` among all `n` ranked
/// areas, 1 being worst. Areas without rank, parent or population (or with nobody) are left out
/// of every measure and listed in a notice.
pub fn summarise(
    ranking: &Ranking,
    parents: Option<&dyn Fn(usize) -> Option<String>>,
    conventions: Conventions,
) -> Summaries {
    let n = ranking.n_ranked() as f64;
    let mut members: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    let mut left_out = Vec::new();
    for &at in ranking.order() {
        let at = at as usize;
        let area = &ranking.areas()[at];
        let parent = parents.map_or(Some(String::new()), |parent| parent(at));
        let population = area.population.filter(|population| *population > 0.0);
        let (rank, score) = (ranking.ranks()[at], ranking.scores()[at]);
        let (Some(parent), Some(population), false) = (parent, population, rank.is_nan()) else {
            left_out.push(area.label());
            continue;
        };
        // A published ranking may begin at the other end; here 1 is worst.
        let rank = match ranking.rule().first {
            First::Worst => rank,
            First::Best => n + 1.0 - rank,
        };
        members.entry(parent).or_default().push(Member { rank, score, population });
    }
    let parents: Vec<Summary> = members
        .into_iter()
        .map(|(parent, mut members)| {
            // Worst first; `order` has put ties in the order of their ids, and the sort is stable.
            members.sort_by(|a, b| a.rank.total_cmp(&b.rank));
            one(parent, &members, n, &conventions)
        })
        .collect();
    let ranks = ranks(&parents, ranking.direction());
    let mut notices = Vec::new();
    if !left_out.is_empty() {
        notices.push(Notice::warning("summarise.left-out").about(left_out));
    }
    Summaries { parents, ranks, conventions, n_ranked: ranking.n_ranked(), notices }
}

struct Member {
    rank: f64,
    score: f64,
    population: f64,
}

fn one(parent: String, members: &[Member], n: f64, conventions: &Conventions) -> Summary {
    let population: f64 = members.iter().map(|member| member.population).sum();
    let mean = |of: &dyn Fn(&Member) -> f64| {
        members.iter().map(|member| member.population * of(member)).sum::<f64>() / population
    };
    // The bit of a product such as 0.1 * 70 must not decide over an area.
    let is_worst = |member: &&Member| member.rank <= n * conventions.worst_share + 1e-9;
    let percentile = |rank: f64| (100.0 * rank / n - 1e-9).ceil();
    Summary {
        n_areas: members.len(),
        population,
        average_score: mean(&|member| member.score),
        average_rank: mean(&|member| n + 1.0 - member.rank),
        proportion: members.iter().filter(is_worst).count() as f64 / members.len() as f64,
        extent: mean(&|member| conventions.extent_weight(percentile(member.rank))),
        local_concentration: concentration(
            members,
            n,
            population * conventions.concentration_share,
        ),
        parent,
    }
}

/// The mean turned rank of the first `wanted` residents, the worst areas first.
fn concentration(members: &[Member], n: f64, wanted: f64) -> f64 {
    let (mut rest, mut sum) = (wanted, 0.0);
    for member in members {
        let here = member.population.min(rest);
        sum += here * (n + 1.0 - member.rank);
        rest -= here;
    }
    sum / wanted
}

fn ranks(parents: &[Summary], direction: Direction) -> Vec<[usize; 5]> {
    // Only the score can point the other way.
    let worse = |a: f64, b: f64, measure: usize| {
        if measure == 0 { direction.orient(a) > direction.orient(b) } else { a > b }
    };
    let place = |of: &Summary, measure: usize| {
        let own = of.measures()[measure];
        1 + parents.iter().filter(|other| worse(other.measures()[measure], own, measure)).count()
    };
    parents.iter().map(|parent| std::array::from_fn(|measure| place(parent, measure))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Scores;
    use crate::area::Area;
    use crate::rank::{RankRule, Ties, rank};

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn the_extent_falls_from_one_to_nothing() {
        let weight = |p| Conventions::ENGLAND.extent_weight(p);
        assert_eq!([weight(1.0), weight(10.0), weight(31.0), weight(100.0)], [1.0, 1.0, 0.0, 0.0]);
        near(weight(11.0), 0.95);
        near(weight(12.0), 0.95 - 0.9 / 19.0);
        near(weight(30.0), 0.05);
    }

    #[test]
    fn every_measure_is_that_of_the_hand() {
        // Twenty areas; A holds ranks 1, 3 and 5 with 100, 200 and 700 residents.
        let all = summaries(First::Worst);
        let a = &all.parents[0];
        assert_eq!((a.parent.as_str(), a.n_areas, a.population), ("A", 3, 1000.0));
        near(a.average_score, (100.0 * 20.0 + 200.0 * 18.0 + 700.0 * 16.0) / 1000.0);
        near(a.average_rank, (100.0 * 20.0 + 200.0 * 18.0 + 700.0 * 16.0) / 1000.0);
        // The worst tenth of twenty is ranks 1 and 2.
        near(a.proportion, 1.0 / 3.0);
        // Percentiles 5, 15 and 25.
        let extent = 100.0 + 200.0 * (0.95 - 4.0 * 0.9 / 19.0) + 700.0 * (0.95 - 14.0 * 0.9 / 19.0);
        near(a.extent, extent / 1000.0);
        // A tenth of the residents is rank 1 alone.
        near(a.local_concentration, 20.0);
        let b = &all.parents[1];
        // B has 17 areas of 10 residents: 17 persons are rank 2 in full and 7 of rank 4.
        near(b.local_concentration, (10.0 * 19.0 + 7.0 * 17.0) / 17.0);
        assert_eq!(all.ranks[0], [1, 1, 1, 1, 1]);
        assert_eq!(all.ranks[1], [2, 2, 2, 2, 2]);
    }

    #[test]
    fn a_ranking_that_begins_with_the_best_gives_the_same() {
        assert_eq!(summaries(First::Worst).parents, summaries(First::Best).parents);
    }

    #[test]
    fn areas_without_population_are_left_out_and_listed() {
        let mut areas = areas();
        areas[0].population = None;
        let ranking = ranking(areas, First::Worst);
        let all = summarise(
            &ranking,
            Some(&|at| ranking.areas()[at].parent.clone()),
            Conventions::ENGLAND,
        );
        assert_eq!(all.parents[0].n_areas, 2);
        assert_eq!(all.notices[0].items, [crate::language::Text::same("01")]);
        let whole = summarise(&ranking, None, Conventions::ENGLAND);
        assert_eq!((whole.parents.len(), whole.parents[0].n_areas), (1, 19));
    }

    fn summaries(first: First) -> Summaries {
        let ranking = ranking(areas(), first);
        summarise(&ranking, Some(&|at| ranking.areas()[at].parent.clone()), Conventions::ENGLAND)
    }

    fn ranking(areas: Vec<Area>, first: First) -> Ranking {
        let values = (1..=20).rev().map(f64::from).collect();
        let scores = Scores { areas: areas.into(), values, direction: Direction::HigherIsWorse };
        rank(
            &scores,
            RankRule {
                ties: Ties::Min,
                round: None,
                first,
                classes: crate::rank::ClassRule::default(),
                first_class: None,
            },
        )
    }

    fn areas() -> Vec<Area> {
        let area = |place: usize| {
            let (parent, population) = match place {
                1 => ("A", 100.0),
                3 => ("A", 200.0),
                5 => ("A", 700.0),
                _ => ("B", 10.0),
            };
            let mut area = Area::of(format!("{place:02}").as_str());
            area.parent = Some(parent.to_owned());
            area.population = Some(population);
            area
        };
        (1..=20).map(area).collect()
    }
}
