//! What does one area look like?
//!
//! The area profile (*områdeprofil*): rank and its interval, what the rule says and why, the
//! indicators against all areas, the parts of the score, trends where there are years, and the
//! neighbours where they are known. One card an area; one page an area on paper.

use serde::Serialize;

use super::ReportRequest;
use super::figure::{Figure, anchor, count, measured_decimals, score_decimals};
use super::ranked::{Outcome, gap, high_is_worse, outcome, part_titles, rows_shown, worst_first};
use super::spark::Spark;
use crate::indicator::{Column, Direction};
use crate::language::{Language, message, number};

/// Up to so many areas each has a profile.
pub const PROFILES_UP_TO: usize = 300;

/// The section of profiles.
#[derive(Debug, Serialize)]
pub(super) struct Profiles {
    /// Which areas have a profile, where not all have one.
    cut: Option<String>,
    /// The head of the column of changes, where there are years.
    change: Option<String>,
    cards: Vec<Card>,
}

#[derive(Debug, Serialize)]
struct Card {
    id: String,
    anchor: String,
    /// The row of the ranking; none where it is cut above this area.
    row: Option<String>,
    name: String,
    facts: Vec<Fact>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    lines: Vec<Line>,
    parts: Vec<PartLine>,
    rank_trend: Option<RankTrend>,
    neighbours: Vec<Neighbour>,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    text: String,
    /// What stands beside it in small type.
    note: String,
}

/// An indicator of an area.
#[derive(Debug, Serialize)]
struct Line {
    title: String,
    unit: String,
    figure: Figure,
    gap: Option<String>,
    all: String,
    best: String,
    worst: String,
    /// Where the area lies between the best (0) and the worst (100), and where all areas do.
    at: String,
    all_at: String,
    place: String,
    change: String,
    spark: Option<Spark>,
}

/// A part of the score.
#[derive(Debug, Serialize)]
struct PartLine {
    title: String,
    figure: Figure,
    at: String,
    place: String,
}

#[derive(Debug, Serialize)]
struct RankTrend {
    text: String,
    spark: Option<Spark>,
}

#[derive(Debug, Serialize)]
struct Neighbour {
    name: String,
    /// Its profile or its row; none where the page has neither.
    anchor: Option<String>,
    rank: String,
}

/// The positions of the areas with a profile, worst first: all, or the worst and those asked for.
pub(super) fn with_profile(request: &ReportRequest<'_>) -> Vec<usize> {
    let ranking = &request.analysis.ranking;
    let unranked = ranking.order()[ranking.n_ranked()..].iter().map(|&at| at as usize);
    let all: Vec<usize> = worst_first(ranking).into_iter().chain(unranked).collect();
    if all.len() <= PROFILES_UP_TO {
        return all;
    }
    let mut out: Vec<usize> = all[..PROFILES_UP_TO].to_vec();
    out.extend(all[PROFILES_UP_TO..].iter().filter(|at| request.profiles.contains(at)));
    out
}

/// The anchor of an area's profile.
pub(super) fn profile_anchor(id: &str) -> String {
    anchor(id).replacen("area-", "profile-", 1)
}

impl Profiles {
    pub(super) fn of(request: &ReportRequest<'_>) -> Self {
        let (analysis, language) = (request.analysis, request.language);
        let shown = with_profile(request);
        let n = analysis.ranking.areas().len();
        let cut = (shown.len() < n).then(|| {
            let (shown, n) = (count(shown.len(), language), count(n, language));
            message(language, "profile.cut", &[("shown", &shown), ("n", &n)])
        });
        let change = request.history.first().zip(request.history.last()).map(|(first, last)| {
            let (from, to) = (first.year.to_string(), last.year.to_string());
            message(language, "profile.change", &[("from", &from), ("to", &to)])
        });
        let context = Context::of(request, &shown);
        Self { cut, change, cards: shown.iter().map(|&at| context.card(at)).collect() }
    }
}

/// What every card needs and none should compute anew.
struct Context<'a> {
    request: &'a ReportRequest<'a>,
    columns: Vec<Scale>,
    parts: Vec<(String, Scale, &'a [f64])>,
    has_row: Vec<bool>,
    has_profile: Vec<bool>,
}

/// The spread of a column over all areas.
struct Scale {
    best: f64,
    worst: f64,
    /// The figure of all areas together; NaN where it means nothing.
    all: f64,
    decimals: usize,
    /// The places from the worst end, ties sharing the smaller one; 0 for a gap.
    places: Vec<usize>,
    n: usize,
}

impl Scale {
    fn of(values: &[f64], direction: Direction, all: f64, decimals: usize) -> Self {
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let (best, worst) = match direction {
            Direction::HigherIsWorse => (low, high),
            Direction::HigherIsBetter => (high, low),
        };
        let mut sorted: Vec<f64> = finite().map(|x| direction.orient(x)).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let place = |x: &f64| match x.is_finite() {
            true => 1 + sorted.partition_point(|other| *other > direction.orient(*x)),
            false => 0,
        };
        let places = values.iter().map(place).collect();
        Self { best, worst, all, decimals, places, n: sorted.len() }
    }

    /// Where `x` lies between the best (0) and the worst (100); empty where nothing differs.
    fn at(&self, x: f64) -> String {
        let share = 100.0 * (x - self.best) / (self.worst - self.best);
        if share.is_finite() { format!("{:.1}", share.clamp(0.0, 100.0)) } else { String::new() }
    }
}

impl<'a> Context<'a> {
    fn of(request: &'a ReportRequest<'a>, shown: &[usize]) -> Self {
        let (analysis, language) = (request.analysis, request.language);
        let indicators = analysis.definition.indicators.iter().zip(analysis.table.columns());
        let columns = indicators
            .map(|(indicator, column)| {
                let decimals = measured_decimals(column.values(), &indicator.unit);
                Scale::of(column.values(), indicator.direction, all_areas(column), decimals)
            })
            .collect();
        let direction = analysis.ranking.direction();
        let titles = part_titles(analysis, language);
        let parts = titles.into_iter().zip(analysis.parts()).map(|(title, (_, values))| {
            let decimals = score_decimals(values).saturating_sub(1);
            (title, Scale::of(values, direction, f64::NAN, decimals), values)
        });
        let n = analysis.ranking.areas().len();
        let mut has_row: Vec<bool> = analysis.ranking.ranks().iter().map(|r| r.is_nan()).collect();
        rows_shown(&analysis.ranking).into_iter().for_each(|at| has_row[at] = true);
        let mut has_profile = vec![false; n];
        shown.iter().for_each(|&at| has_profile[at] = true);
        Self { request, columns, parts: parts.collect(), has_row, has_profile }
    }

    fn card(&self, at: usize) -> Card {
        let (analysis, language) = (self.request.analysis, self.request.language);
        let area = &analysis.ranking.areas()[at];
        let id = area.id.as_str();
        let selection = analysis.selection.as_ref();
        Card {
            id: id.to_owned(),
            anchor: profile_anchor(id),
            row: self.has_row[at].then(|| anchor(id)),
            name: area.name.to_string(),
            facts: self.facts(at),
            outcome: selection.map(|selection| outcome(selection.outcomes()[at], language)),
            reason: selection.map(|s| s.sentence(at).get(language).to_owned()),
            lines: (0..self.columns.len()).map(|column| self.line(column, at)).collect(),
            parts: self.parts.iter().map(|part| self.part(part, at)).collect(),
            rank_trend: self.rank_trend(at),
            neighbours: self.neighbours(at),
        }
    }

    fn facts(&self, at: usize) -> Vec<Fact> {
        let (analysis, language) = (self.request.analysis, self.request.language);
        let ranking = &analysis.ranking;
        let area = &ranking.areas()[at];
        let says = |key: &str| message(language, &format!("report.{key}"), &[]);
        let fact = |key: &str, text: String, note: String| Fact { name: says(key), text, note };
        let mut out = Vec::new();
        let rank = ranking.ranks()[at];
        if rank.is_nan() {
            out.push(fact("rank", message(language, "profile.no-rank", &[]), String::new()));
        } else {
            let n = count(ranking.n_ranked(), language);
            let of = message(language, "profile.of", &[("n", &n)]);
            let interval = self.request.uncertainty.map(|uncertainty| {
                let interval = uncertainty.rows[at].interval(language);
                message(language, "profile.interval", &[("interval", &interval)])
            });
            let note = [Some(of), interval].into_iter().flatten().collect::<Vec<_>>().join("; ");
            out.push(fact("rank", Figure::rank(rank, language).text, note));
            let decimals = score_decimals(ranking.scores());
            let note = if high_is_worse(analysis) {
                "value-direction-worse"
            } else {
                "value-direction-better"
            };
            out.push(fact("score", number(ranking.scores()[at], decimals, language), says(note)));
            if let Some(decile) = ranking.class(at, 10) {
                let note = match ranking.rule().first {
                    crate::rank::First::Worst => says("class-one-worst"),
                    crate::rank::First::Best => says("class-one-best"),
                };
                out.push(fact("decile", count(decile, language), note));
            }
        }
        if let Some(population) = area.population {
            out.push(fact("population", number(population, 0, language), String::new()));
        }
        if let Some(parent) = &area.parent {
            out.push(fact("parent", parent.clone(), String::new()));
        }
        out
    }

    fn line(&self, column: usize, at: usize) -> Line {
        let (analysis, language) = (self.request.analysis, self.request.language);
        let indicator = &analysis.definition.indicators[column];
        let measured = &analysis.table.columns()[column];
        let scale = &self.columns[column];
        let shown = |x: f64| number(x, scale.decimals, language);
        let x = measured.values()[at];
        let past: Vec<f64> = self.request.history.iter().map(|y| y.values[column][at]).collect();
        Line {
            title: indicator.title.get(language).to_owned(),
            unit: indicator.unit.clone(),
            figure: Figure::of(x, scale.decimals, language),
            gap: gap(measured.states()[at], language),
            all: shown(scale.all),
            best: shown(scale.best),
            worst: shown(scale.worst),
            at: scale.at(x),
            all_at: scale.at(scale.all),
            place: place(scale, at, language),
            change: change(&past, scale.decimals, language),
            spark: Spark::of(&past),
        }
    }

    fn part(&self, (title, scale, values): &(String, Scale, &[f64]), at: usize) -> PartLine {
        let language = self.request.language;
        PartLine {
            title: title.clone(),
            figure: Figure::of(values[at], scale.decimals, language),
            at: scale.at(values[at]),
            place: place(scale, at, language),
        }
    }

    fn rank_trend(&self, at: usize) -> Option<RankTrend> {
        let language = self.request.language;
        let history = self.request.history;
        let ranks: Vec<f64> = history.iter().map(|year| year.ranks[at]).collect();
        let mut ends = history.iter().zip(&ranks).filter(|(_, rank)| rank.is_finite());
        let (first, last) = (ends.clone().next()?, ends.next_back()?);
        if first.0.year == last.0.year {
            return None;
        }
        let values = [
            ("from", first.0.year.to_string()),
            ("to", last.0.year.to_string()),
            ("first", Figure::rank(*first.1, language).text),
            ("last", Figure::rank(*last.1, language).text),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        // Drawn so that the worst rank is at the top, as in the table.
        let upside_down: Vec<f64> = ranks.iter().map(|rank| -rank).collect();
        Some(RankTrend {
            text: message(language, "profile.rank-trend", &values),
            spark: Spark::of(&upside_down),
        })
    }

    fn neighbours(&self, at: usize) -> Vec<Neighbour> {
        let (analysis, language) = (self.request.analysis, self.request.language);
        let Some(neighbours) = self.request.neighbours else { return Vec::new() };
        let areas = analysis.ranking.areas();
        let mut list: Vec<usize> = neighbours.of(at).iter().map(|&at| at as usize).collect();
        let rank = |at: usize| analysis.ranking.ranks()[at];
        list.sort_by(|&a, &b| rank(a).total_cmp(&rank(b)).then(areas[a].id.cmp(&areas[b].id)));
        list.into_iter()
            .map(|at| Neighbour {
                name: areas[at].name.to_string(),
                anchor: match (self.has_profile[at], self.has_row[at]) {
                    (true, _) => Some(profile_anchor(areas[at].id.as_str())),
                    (false, true) => Some(anchor(areas[at].id.as_str())),
                    (false, false) => None,
                },
                rank: Figure::rank(rank(at), language).text,
            })
            .collect()
    }
}

/// The figure of all areas together: the rate of all persons where the counts are known in every
/// area that has a value, else the plain mean of the areas, which gives a small area as much say
/// as a large one.
fn all_areas(column: &Column) -> f64 {
    let present: Vec<usize> =
        (0..column.values().len()).filter(|&at| column.values()[at].is_finite()).collect();
    if let Some(counts) = column.counts() {
        let sum = |values: &[f64]| -> f64 { present.iter().map(|&at| values[at]).sum() };
        let rate = sum(&counts.numerator) / sum(&counts.denominator) * counts.per;
        if rate.is_finite() {
            return rate;
        }
    }
    present.iter().map(|&at| column.values()[at]).sum::<f64>() / present.len() as f64
}

/// `3 av 51`, from the worst end; nothing for a gap.
fn place(scale: &Scale, at: usize, language: Language) -> String {
    match scale.places[at] {
        0 => String::new(),
        place => {
            let (place, n) = (count(place, language), count(scale.n, language));
            message(language, "profile.place", &[("place", &place), ("n", &n)])
        }
    }
}

/// The change from the first to the last year, with its sign; nothing where either has no number.
fn change(values: &[f64], decimals: usize, language: Language) -> String {
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return String::new() };
    let change = last - first;
    if !change.is_finite() || values.len() < 2 {
        return String::new();
    }
    let text = number(change, decimals, language);
    // `number` writes a small negative change as 0, which then has no sign at all.
    let is_zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if change > 0.0 && !is_zero { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_of_all_areas_is_the_rate_of_all_persons_where_counts_are_known() {
        let counts = crate::indicator::Counts {
            numerator: vec![1.0, 30.0, f64::NAN],
            denominator: vec![10.0, 100.0, f64::NAN],
            per: 100.0,
        };
        let plain = Column::of("x", &[Some(10.0), Some(30.0), None]);
        assert_eq!(all_areas(&plain), 20.0);
        let rate = all_areas(&plain.with_counts(counts));
        assert!((rate - 3100.0 / 110.0).abs() < 1e-12, "{rate}");
    }

    #[test]
    fn places_count_from_the_worst_end_and_ties_share_the_smaller_one() {
        let values = [3.0, 7.0, f64::NAN, 7.0, 1.0];
        let worse_up = Scale::of(&values, Direction::HigherIsWorse, 4.5, 0);
        assert_eq!(worse_up.places, [3, 1, 0, 1, 4]);
        assert_eq!((worse_up.at(7.0), worse_up.at(1.0)), ("100.0".to_owned(), "0.0".to_owned()));
        let better_up = Scale::of(&values, Direction::HigherIsBetter, 4.5, 0);
        assert_eq!(better_up.places, [2, 3, 0, 3, 1]);
        assert_eq!(better_up.at(1.0), "100.0");
    }

    #[test]
    fn a_change_has_its_sign_and_nothing_is_no_change() {
        assert_eq!(change(&[1.0, f64::NAN, 3.5], 1, Language::Nb), "+2,5");
        assert_eq!(change(&[3.0, 1.0], 0, Language::En), "\u{2212}2");
        assert_eq!(change(&[3.0, 3.01], 1, Language::En), "0.0");
        assert_eq!(change(&[3.0, f64::NAN], 1, Language::En), "");
        assert_eq!(change(&[3.0], 1, Language::En), "");
    }

    #[test]
    fn a_constant_column_has_no_places_to_draw() {
        let scale = Scale::of(&[2.0, 2.0], Direction::HigherIsWorse, 2.0, 0);
        assert_eq!((scale.at(2.0), scale.places), (String::new(), vec![1, 1]));
        let empty = Scale::of(&[f64::NAN], Direction::HigherIsWorse, f64::NAN, 0);
        assert_eq!((empty.at(f64::NAN), empty.n), (String::new(), 0));
    }
}
