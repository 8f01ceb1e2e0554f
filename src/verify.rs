//! Do we get what was published?
//!
//! Compares a ranking that was computed here with the scores, ranks and deciles that the
//! publisher printed, area by area, and keeps the worst examples of each.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::area::AreaId;
use crate::rank::Ranking;

/// What the publisher printed; NaN where nothing is printed for an area.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    /// The areas.
    pub ids: Vec<AreaId>,
    /// Their scores.
    pub scores: Option<Vec<f64>>,
    /// Their ranks.
    pub ranks: Option<Vec<f64>>,
    /// Their deciles.
    pub deciles: Option<Vec<f64>>,
    /// Their classes of other numbers, by that number: 5 for quintiles.
    pub classes: BTreeMap<usize, Vec<f64>>,
    /// Domains, indicators and reported columns by their id in the recipe.
    pub parts: BTreeMap<String, Vec<f64>>,
}

/// How much may differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tolerance {
    /// Between a score and the printed one.
    pub score: f64,
    /// Between the scores of areas that a publisher, who computed with fewer digits, may have
    /// ranked the other way round; 0 where ranks must be the same.
    pub near_tie: f64,
}

/// One printed quantity against ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Agreement {
    /// How many areas have both.
    pub n_compared: usize,
    /// How many of them differ beyond the tolerance.
    pub n_different: usize,
    /// How many more differ, but only among areas whose scores are nearly tied.
    pub n_near_ties: usize,
    /// How many have only one of the two numbers.
    pub n_one_sided: usize,
    /// The largest difference, within the tolerance or not.
    pub largest_difference: f64,
    /// The areas that differ most, the worst first; at most [`N_EXAMPLES`].
    pub examples: Vec<Example>,
}

/// An area in which the two numbers differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Example {
    /// Which area.
    pub area: AreaId,
    /// What was computed here.
    pub computed: Option<f64>,
    /// What was printed.
    pub published: Option<f64>,
}

/// Examples that are kept of each quantity.
pub const N_EXAMPLES: usize = 5;

/// All that was compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verification {
    /// Areas of the table.
    pub n_computed: usize,
    /// Areas of the publication.
    pub n_published: usize,
    /// Areas that only the table has.
    pub only_computed: Vec<AreaId>,
    /// Areas that only the publication has.
    pub only_published: Vec<AreaId>,
    /// Scores, where they are printed.
    pub scores: Option<Agreement>,
    /// Ranks, where they are printed.
    pub ranks: Option<Agreement>,
    /// Deciles, where they are printed.
    pub deciles: Option<Agreement>,
    /// Classes of other numbers, by that number.
    pub classes: BTreeMap<usize, Agreement>,
    /// Parts of the score, by their id in the recipe.
    pub parts: BTreeMap<String, Agreement>,
    /// How much was allowed to differ.
    pub tolerance: Tolerance,
}

impl Verification {
    /// Whether something was compared and nothing differs beyond the tolerance.
    pub fn agrees(&self) -> bool {
        let all = || self.compared().map(|(_, part)| part);
        self.only_computed.is_empty()
            && self.only_published.is_empty()
            && all().any(|part| part.n_compared > 0)
            && all().all(|part| part.n_different == 0 && part.n_one_sided == 0)
    }

    /// All that was compared, with what it is.
    pub fn compared(&self) -> impl Iterator<Item = (Quantity<'_>, &Agreement)> {
        let named = [
            (Quantity::Score, &self.scores),
            (Quantity::Rank, &self.ranks),
            (Quantity::Class(10), &self.deciles),
        ];
        let named = named.into_iter().filter_map(|(what, part)| Some((what, part.as_ref()?)));
        let classes = self.classes.iter().map(|(k, part)| (Quantity::Class(*k), part));
        let parts = self.parts.iter().map(|(id, part)| (Quantity::Part(id), part));
        named.chain(classes).chain(parts)
    }
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity<'a> {
    /// The score.
    Score,
    /// The rank.
    Rank,
    /// The class among this many.
    Class(usize),
    /// A part of the score, by its id.
    Part(&'a str),
}

/// Compares area by area: ranks and classes exactly, scores and parts within the tolerance.
///
/// `parts` are the id and the values of what stands beside the score, [`crate::analysis::Analysis::parts`];
/// a published part of another id is compared with nothing and has no agreement.
///
/// A rank that differs counts as a near tie when the area that we have at the printed rank has a
/// score within `near_tie` of this area's; a decile, when its rank may lie that way too. An area
/// with a number on one side only is counted apart and is no agreement.
pub fn verify(
    ranking: &Ranking,
    parts: &[(&str, &[f64])],
    published: &Published,
    tolerance: Tolerance,
) -> Verification {
    let areas = ranking.areas();
    let places: BTreeMap<&str, usize> =
        areas.iter().enumerate().map(|(at, area)| (area.id.as_str(), at)).collect();
    let rows: BTreeMap<&str, usize> =
        published.ids.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
    let pairs: Vec<(usize, usize)> = areas
        .iter()
        .enumerate()
        .filter_map(|(at, area)| Some((at, *rows.get(area.id.as_str())?)))
        .collect();
    let near = NearTies::of(ranking, tolerance.near_tie);
    let part = |printed: &Option<Vec<f64>>, ours: &dyn Fn(usize) -> f64, rule: Rule<'_>| {
        printed.as_ref().map(|printed| agreement(areas, &pairs, printed, ours, rule))
    };
    let class = |k: usize, printed: &Vec<f64>| {
        let ours = |at: usize| ranking.class(at, k).map_or(f64::NAN, |class| class as f64);
        agreement(areas, &pairs, printed, &ours, Rule::Class(&near, k))
    };
    let within = Rule::Within(tolerance.score);
    let of_part = |id: &String, printed: &Vec<f64>| {
        let (_, ours) = parts.iter().find(|(part, _)| part == id)?;
        Some((id.clone(), agreement(areas, &pairs, printed, &|at| ours[at], within)))
    };
    Verification {
        n_computed: areas.len(),
        n_published: published.ids.len(),
        only_computed: areas
            .iter()
            .filter(|area| !rows.contains_key(area.id.as_str()))
            .map(|area| area.id.clone())
            .collect(),
        only_published: published
            .ids
            .iter()
            .filter(|id| !places.contains_key(id.as_str()))
            .cloned()
            .collect(),
        scores: part(&published.scores, &|at| ranking.scores()[at], within),
        ranks: part(&published.ranks, &|at| ranking.ranks()[at], Rule::Rank(&near)),
        deciles: published.deciles.as_ref().map(|printed| class(10, printed)),
        classes: published.classes.iter().map(|(k, printed)| (*k, class(*k, printed))).collect(),
        parts: published.parts.iter().filter_map(|(id, printed)| of_part(id, printed)).collect(),
        tolerance,
    }
}

/// When two numbers are the same.
#[derive(Clone, Copy)]
enum Rule<'a> {
    Within(f64),
    Rank(&'a NearTies),
    Class(&'a NearTies, usize),
}

enum Verdict {
    Same,
    NearTie,
    Different,
}

/// The ranks that each area could have if areas within the distance could change places.
struct NearTies {
    first: Vec<f64>,
    last: Vec<f64>,
    n_ranked: f64,
}

impl NearTies {
    fn of(ranking: &Ranking, distance: f64) -> Self {
        let order = &ranking.order()[..ranking.n_ranked()];
        let score = |place: usize| ranking.scores()[order[place] as usize];
        let near = |a: usize, b: usize| (score(a) - score(b)).abs() <= distance;
        let mut first = ranking.ranks().to_vec();
        let mut last = first.clone();
        if distance > 0.0 {
            for (place, &at) in order.iter().enumerate() {
                let before = (0..place).rev().take_while(|&other| near(other, place)).count();
                let after =
                    (place + 1..order.len()).take_while(|&other| near(other, place)).count();
                first[at as usize] = (place - before + 1) as f64;
                last[at as usize] = (place + after + 1) as f64;
            }
        }
        Self { first, last, n_ranked: ranking.n_ranked() as f64 }
    }

    fn class(&self, rank: f64, k: usize) -> f64 {
        (k as f64 * rank / self.n_ranked).ceil()
    }
}

impl Rule<'_> {
    fn verdict(self, at: usize, ours: f64, printed: f64) -> Verdict {
        let (same, near) = match self {
            Self::Within(tolerance) => ((ours - printed).abs() <= tolerance, false),
            Self::Rank(near) => {
                (ours == printed, near.first[at] <= printed && printed <= near.last[at])
            }
            Self::Class(near, k) => {
                let (first, last) = (near.class(near.first[at], k), near.class(near.last[at], k));
                (ours == printed, first <= printed && printed <= last)
            }
        };
        match (same, near) {
            (true, _) => Verdict::Same,
            (false, true) => Verdict::NearTie,
            (false, false) => Verdict::Different,
        }
    }
}

fn agreement(
    areas: &[crate::area::Area],
    pairs: &[(usize, usize)],
    printed: &[f64],
    ours: &dyn Fn(usize) -> f64,
    rule: Rule<'_>,
) -> Agreement {
    let mut found = Agreement {
        n_compared: 0,
        n_different: 0,
        n_near_ties: 0,
        n_one_sided: 0,
        largest_difference: 0.0,
        examples: Vec::new(),
    };
    let mut different: Vec<(f64, usize, f64, f64)> = Vec::new();
    for &(at, row) in pairs {
        let (ours, printed) = (ours(at), printed[row]);
        match (ours.is_nan(), printed.is_nan()) {
            (true, true) => continue,
            (false, false) => found.n_compared += 1,
            (true, false) | (false, true) => {
                found.n_one_sided += 1;
                different.push((f64::INFINITY, at, ours, printed));
                continue;
            }
        }
        let difference = (ours - printed).abs();
        found.largest_difference = found.largest_difference.max(difference);
        match rule.verdict(at, ours, printed) {
            Verdict::Same => continue,
            Verdict::NearTie => found.n_near_ties += 1,
            Verdict::Different => found.n_different += 1,
        }
        different.push((difference, at, ours, printed));
    }
    different.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| areas[a.1].id.cmp(&areas[b.1].id)));
    let number = |x: f64| (!x.is_nan()).then_some(x);
    let example = |&(_, at, ours, printed): &(f64, usize, f64, f64)| Example {
        area: areas[at].id.clone(),
        computed: number(ours),
        published: number(printed),
    };
    found.examples = different.iter().take(N_EXAMPLES).map(example).collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Scores;
    use crate::area::Area;
    use crate::indicator::Direction;
    use crate::rank::{First, RankRule, Ties, rank};

    const EXACT: Tolerance = Tolerance { score: 1e-6, near_tie: 0.0 };

    #[test]
    fn the_same_numbers_agree() {
        let found = verify(&ranking(), &[], &published([1.0, 2.0, 3.0]), EXACT);
        assert!(found.agrees());
        assert_eq!(found.ranks.unwrap().n_compared, 3);
    }

    #[test]
    fn a_rank_that_differs_is_an_example_and_a_near_tie_is_told_apart() {
        let swapped = published([2.0, 1.0, 3.0]);
        let found = verify(&ranking(), &[], &swapped, EXACT);
        let ranks = found.ranks.as_ref().unwrap();
        assert!(!found.agrees());
        assert_eq!((ranks.n_different, ranks.n_near_ties, ranks.largest_difference), (2, 0, 1.0));
        let example =
            Example { area: AreaId::from("a"), computed: Some(1.0), published: Some(2.0) };
        assert_eq!(ranks.examples[0], example);
        let lenient = Tolerance { near_tie: 1e-5, ..EXACT };
        let found = verify(&ranking(), &[], &swapped, lenient);
        assert!(found.agrees());
        assert_eq!(found.ranks.unwrap().n_near_ties, 2);
        let far = verify(&ranking(), &[], &published([3.0, 2.0, 1.0]), lenient);
        assert!(!far.agrees());
    }

    #[test]
    fn an_area_or_number_on_one_side_only_is_no_agreement() {
        let mut short = published([1.0, 2.0, f64::NAN]);
        let found = verify(&ranking(), &[], &short, EXACT);
        assert!(!found.agrees());
        assert_eq!(found.ranks.unwrap().n_one_sided, 1);
        short.ids[2] = AreaId::from("d");
        let found = verify(&ranking(), &[], &short, EXACT);
        assert_eq!(found.only_computed, [AreaId::from("c")]);
        assert_eq!(found.only_published, [AreaId::from("d")]);
        assert!(!verify(&ranking(), &[], &Published::default(), EXACT).agrees());
    }

    fn published(ranks: [f64; 3]) -> Published {
        let ids = ["a", "b", "c"].map(AreaId::from).to_vec();
        Published { ids, ranks: Some(ranks.to_vec()), ..Published::default() }
    }

    fn ranking() -> Ranking {
        let areas: Vec<Area> = ["a", "b", "c"].map(Area::of).into();
        let values = vec![3.000_001, 3.0, 1.0];
        let scores = Scores { areas: areas.into(), values, direction: Direction::HigherIsWorse };
        rank(
            &scores,
            RankRule {
                ties: Ties::Min,
                round: None,
                first: First::Worst,
                classes: crate::rank::ClassRule::default(),
                first_class: None,
            },
        )
    }
}
