//! Which zones make a programme area?
//!
//! An [`Analysis`] and [`CandidateOptions`] in, [`Candidates`] out: contiguous sets of whole zones
//! with as much need as the windows allow, what each is like, and why each zone is in. What need
//! is and what a ragged outline costs is decided here; the search is [`crate::region`]'s.

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::indicator::{Direction, IndicatorId};
use crate::language::{Language, message, number, shortest};
use crate::neighbour::Neighbours;
use crate::notice::Notice;
use crate::region::{Chosen, Limits, MOST_EXACT, Mark, Zones, choose, is_connected, value_of};
use crate::suggest::nearest;

/// Which sets of zones are proposed for a programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CandidateOptions {
    /// At most so many sets; from 1 to 20.
    pub sets: usize,
    /// What is to be as large as possible.
    pub need: Need,
    /// Fewest and most residents of a set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Window>,
    /// Fewest and most zones of a set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zones: Option<Window>,
    /// What a ragged outline costs.
    #[serde(default)]
    pub compactness: Compactness,
    /// Whether a zone of one set must not border on a zone of another. Sets may touch where
    /// nothing is said, which a notice tells.
    #[serde(default)]
    pub apart: bool,
    /// Zones that must be in one of the sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<AreaId>,
    /// Zones that must not be in any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<AreaId>,
    /// Partial sets that the search may look at before it gives the best so far with a bound.
    #[serde(default = "most_steps")]
    pub most_steps: u64,
}

/// The partial sets that a search looks at where nothing is said: about twenty seconds.
pub const MOST_STEPS: u64 = 100_000_000;

fn most_steps() -> u64 {
    MOST_STEPS
}

/// What makes a zone worth choosing; a set's need is the sum over its zones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Need {
    /// The score above a level, times residents. With scores that are all above it, a set fills up
    /// to the most residents that it may have.
    ScoreTimesPeople {
        /// The score that counts as no need; 0, the mean of z-scores, where nothing is said.
        #[serde(default)]
        above: f64,
    },
    /// The score above a level, each zone the same however many live there. For tables without
    /// residents.
    Score {
        /// As above.
        #[serde(default)]
        above: f64,
    },
    /// Persons counted by an indicator: its numerator, or the rate in per cent times residents.
    DeprivedPeople {
        /// Which; its numerator must count who is deprived.
        indicator: IndicatorId,
    },
}

/// A window; both ends belong to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Window {
    /// The fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// What a ragged outline costs. A weight is in mean absolute needs of a zone, so that the same
/// weight means the same whatever need is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Compactness {
    /// Nothing. Sets may be long and thin.
    None {},
    /// So much for each pair of neighbours of which a set has one and not the other.
    CutBorders {
        /// The cost of one, in mean absolute needs of a zone.
        weight: f64,
    },
    /// So much for each kilometre of a set's outline. Needs neighbours from outlines; shores and
    /// the rim of the map count too.
    OutlineKm {
        /// The cost of a kilometre, in mean absolute needs of a zone.
        weight: f64,
    },
}

impl Default for Compactness {
    /// Nothing is charged unless somebody says what.
    fn default() -> Self {
        Self::None {}
    }
}

/// The sets proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// Best first; empty where no set lowers nothing.
    pub sets: Vec<CandidateSet>,
    /// Need less cost, of all together.
    pub value: f64,
    /// No choice within the windows has more.
    pub bound: f64,
    /// Whether `value` is proved to be the most.
    pub is_proved: bool,
    /// Partial sets that the search looked at.
    pub n_steps: u64,
    /// What one unit of the compactness weight costs, in the unit of need.
    pub cost_unit: f64,
    /// What the reader must know.
    pub notices: Vec<Notice>,
}

/// One set.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateSet {
    /// Its zones, those of most need first.
    pub zones: Vec<CandidateZone>,
    /// Residents, where known of all.
    pub people: Option<f64>,
    /// The mean score, weighted by residents where these are known of all.
    pub mean_score: f64,
    /// The mean of each indicator, in the order of the recipe, weighted likewise; NaN where no
    /// zone of the set has a value. Zones without a value take no part.
    pub indicators: Vec<f64>,
    /// The sum of its zones' need.
    pub need: f64,
    /// Need less what its outline costs.
    pub value: f64,
}

/// One zone of a set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidateZone {
    /// Its position in the table.
    pub area_idx: usize,
    /// Its need.
    pub need: f64,
    /// What the set's value would lose without it.
    pub marginal: f64,
    /// Why it is in.
    pub why: Why,
}

/// Why a zone is in a set; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The project says that it must.
    Must,
    /// The set is worth more with it.
    Need,
    /// The set would fall apart without it.
    Bridge,
    /// The set would be smaller than it may be without it.
    Fill,
}

/// Why no sets can be chosen.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[non_exhaustive]
pub enum CandidateError {
    /// Nobody has said who borders on whom.
    #[error(
        "candidate areas hang together, and the project does not say which areas are neighbours"
    )]
    #[diagnostic(
        code(levekaar::candidates::neighbours),
        help(
            "under `[areas]`: `contiguity = {{ method = \"queen\" }}`, or a file with `neighbours`"
        )
    )]
    NoNeighbours,

    /// A number is out of its range.
    #[error("`{key}` under `[candidates]` is {found}; it must be {range}")]
    #[diagnostic(code(levekaar::candidates::range), help("change it in the project file"))]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// What it is.
        found: f64,
        /// What it may be.
        range: &'static str,
    },

    /// A list names an area that the table lacks.
    #[error("`{area}` under `{list}` is not in the table")]
    #[diagnostic(code(levekaar::candidates::unknown), help("{help}"))]
    UnknownArea {
        /// `must` or `never`.
        list: &'static str,
        /// The area.
        area: AreaId,
        /// What to do.
        help: String,
    },

    /// The indicator of need is not in the recipe.
    #[error("there is no indicator `{indicator}`")]
    #[diagnostic(code(levekaar::candidates::indicator), help("{help}"))]
    UnknownIndicator {
        /// The indicator.
        indicator: IndicatorId,
        /// What to do.
        help: String,
    },

    /// Residents are needed and known of no area.
    #[error("{what} needs residents, and the table has none")]
    #[diagnostic(
        code(levekaar::candidates::people),
        help(
            "name the column under `[areas]`: `population = \"residents\"`; or use `need = {{ method = \"score\" }}` and a window of `zones`"
        )
    )]
    NoPeople {
        /// What needs them.
        what: &'static str,
    },

    /// A zone that must be in a set cannot be.
    #[error("`{area}` must be chosen, but it is also under `never` or has no need or residents")]
    #[diagnostic(code(levekaar::candidates::must), help("take it from one of the lists"))]
    MustNot {
        /// The zone.
        area: AreaId,
    },

    /// No sets within the windows hold all zones that must be chosen.
    #[error("no {sets} sets within the windows hold all {n_must} zones under `must`")]
    #[diagnostic(
        code(levekaar::candidates::impossible),
        help(
            "widen `people` or `zones`, allow more `sets`, or link zones with `links` of `contiguity`"
        )
    )]
    Impossible {
        /// How many sets are allowed.
        sets: usize,
        /// How many zones must be chosen.
        n_must: usize,
    },
}

/// Chooses up to [`CandidateOptions::sets`] contiguous sets of zones.
///
/// Shape: the areas of an analysis in, positions in its table out. A zone without a score, or
/// without the figure that need is made of, is never chosen and not walked through, which a
/// warning tells. Where the recipe's scores are higher for better conditions they are turned
/// round first. How exact the choice is stands in [`crate::region::choose`].
///
/// A set is a proposal made of numbers. It knows nothing of streets, schools and plans, and a
/// neighbourhood with much need that is small may be left out for one with less need per resident.
///
/// # Errors
///
/// [`CandidateError`] when something is missing, out of range or cannot be met.
pub fn candidates(
    analysis: &Analysis,
    options: &CandidateOptions,
) -> Result<Candidates, CandidateError> {
    let areas = analysis.ranking.areas();
    let neighbours = analysis.table.neighbours().ok_or(CandidateError::NoNeighbours)?;
    let limits = limits(options)?;
    let asks_people = options.people.is_some();
    if asks_people && areas.iter().all(|area| area.population.is_none()) {
        return Err(CandidateError::NoPeople { what: "`people`" });
    }
    let need = needs(analysis, &options.need)?;
    let mut mark = marks(analysis, options)?;
    let mut left_out = Vec::new();
    for (at, area) in areas.iter().enumerate() {
        if need[at].is_some() && (area.population.is_some() || !asks_people) {
            continue;
        }
        if mark[at] == Mark::Must {
            return Err(CandidateError::MustNot { area: area.id.clone() });
        }
        mark[at] = Mark::Never;
        left_out.push(area.label());
    }
    let usable: Vec<f64> = need.iter().flatten().copied().collect();
    let unit = usable.iter().map(|need| need.abs()).sum::<f64>() / usable.len().max(1) as f64;
    let mut zones = Zones {
        need: need.iter().map(|need| need.unwrap_or(0.0)).collect(),
        own_cost: vec![0.0; areas.len()],
        people: areas.iter().map(|area| area.population.unwrap_or(0.0)).collect(),
        mark,
        borders: Vec::new(),
    };
    charge(&mut zones, neighbours, options.compactness, unit)?;
    let n_must = options.must.len();
    let Some(chosen) = choose(&zones, &limits, options.most_steps) else {
        return Err(CandidateError::Impossible { sets: options.sets, n_must });
    };
    let sets: Vec<CandidateSet> =
        chosen.sets.iter().map(|set| described(analysis, &zones, &limits, set)).collect();
    let notices = notices(&chosen, &zones, left_out, areas.len());
    let Chosen { value, bound, is_proved, n_steps, .. } = chosen;
    Ok(Candidates { sets, value, bound, is_proved, n_steps, cost_unit: unit, notices })
}

fn limits(options: &CandidateOptions) -> Result<Limits, CandidateError> {
    let out = |key, found, range| Err(CandidateError::OutOfRange { key, found, range });
    if !(1..=20).contains(&options.sets) {
        return out("sets", options.sets as f64, "from 1 to 20");
    }
    let window = |window: Option<Window>| {
        let window = window.unwrap_or_default();
        (window.at_least.unwrap_or(0.0), window.at_most.unwrap_or(f64::INFINITY))
    };
    let (people, zones) = (window(options.people), window(options.zones));
    for (least, most, keys) in [
        (people.0, people.1, ["people.at-least", "people.at-most"]),
        (zones.0, zones.1, ["zones.at-least", "zones.at-most"]),
    ] {
        if !(least >= 0.0 && least.is_finite()) {
            return out(keys[0], least, "0 or more");
        }
        if most.is_nan() || most < least || most <= 0.0 {
            return out(keys[1], most, "above 0 and no less than `at-least`");
        }
    }
    match options.compactness {
        Compactness::None {} => {}
        Compactness::CutBorders { weight } | Compactness::OutlineKm { weight } => {
            if !(weight >= 0.0 && weight.is_finite()) {
                return out("compactness.weight", weight, "0 or more");
            }
        }
    }
    // A float beyond the largest count becomes that count.
    let zones = (zones.0.ceil() as usize, zones.1.floor() as usize);
    Ok(Limits { sets: options.sets, people, zones, apart: options.apart })
}

/// The need of each zone; `None` where it is not known.
fn needs(analysis: &Analysis, need: &Need) -> Result<Vec<Option<f64>>, CandidateError> {
    let ranking = &analysis.ranking;
    let areas = ranking.areas();
    let sign = match ranking.direction() {
        Direction::HigherIsWorse => 1.0,
        Direction::HigherIsBetter => -1.0,
    };
    let above = |at: usize, level: f64| {
        let score = ranking.scores()[at];
        score.is_finite().then_some(sign * (score - level))
    };
    let has_people = areas.iter().any(|area| area.population.is_some());
    Ok(match need {
        Need::Score { above: level } => (0..areas.len()).map(|at| above(at, *level)).collect(),
        Need::ScoreTimesPeople { .. } if !has_people => {
            return Err(CandidateError::NoPeople { what: "`need` by score times people" });
        }
        Need::ScoreTimesPeople { above: level } => {
            (0..areas.len()).map(|at| Some(above(at, *level)? * areas[at].population?)).collect()
        }
        Need::DeprivedPeople { indicator } => {
            let columns = analysis.table.columns();
            let Some(column) = columns.iter().find(|column| column.indicator() == indicator) else {
                let known = columns.iter().map(|column| column.indicator().as_str());
                let help = match nearest(indicator.as_str(), known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name one of the recipe's indicators".to_owned(),
                };
                return Err(CandidateError::UnknownIndicator {
                    indicator: indicator.clone(),
                    help,
                });
            };
            if let Some(events) = column.events() {
                let count = |count: f64| count.is_finite().then_some(count);
                return Ok(events.into_iter().map(count).collect());
            }
            if !has_people {
                return Err(CandidateError::NoPeople { what: "`need` by an indicator's rate" });
            }
            let rates = column.values().iter().zip(areas.iter());
            rates
                .map(|(rate, area)| rate.is_finite().then_some(rate / 100.0 * area.population?))
                .collect()
        }
    })
}

fn marks(analysis: &Analysis, options: &CandidateOptions) -> Result<Vec<Mark>, CandidateError> {
    let areas = analysis.ranking.areas();
    let mut mark = vec![Mark::Free; areas.len()];
    for (list, ids, what) in
        [("must", &options.must, Mark::Must), ("never", &options.never, Mark::Never)]
    {
        for id in ids {
            let Some(at) = areas.iter().position(|area| area.id == *id) else {
                let known = areas.iter().map(|area| area.id.as_str());
                let help = match nearest(id.as_str(), known) {
                    Some(near) => format!("did you mean `{near}`? leading zeros count"),
                    None => "name zones by their ids in the table".to_owned(),
                };
                return Err(CandidateError::UnknownArea { list, area: id.clone(), help });
            };
            if mark[at] == Mark::Must && what == Mark::Never {
                return Err(CandidateError::MustNot { area: id.clone() });
            }
            mark[at] = what;
        }
    }
    Ok(mark)
}

/// Gives the zones their borders, and what cutting them costs.
fn charge(
    zones: &mut Zones,
    neighbours: &Neighbours,
    compactness: Compactness,
    unit: f64,
) -> Result<(), CandidateError> {
    let per_km = match compactness {
        Compactness::None {} => 0.0,
        Compactness::CutBorders { weight } => {
            let price = weight * unit;
            zones.borders = neighbours.pairs().map(|pair| (pair.a, pair.b, price)).collect();
            return Ok(());
        }
        Compactness::OutlineKm { weight } => weight * unit,
    };
    zones.borders =
        neighbours.pairs().map(|pair| (pair.a, pair.b, per_km * pair.length_m / 1000.0)).collect();
    if per_km > 0.0 {
        for at in 0..zones.need.len() {
            let (Some(outline), Some(borders)) =
                (neighbours.outline_m(at), neighbours.border_m(at))
            else {
                return Err(CandidateError::OutOfRange {
                    key: "compactness.weight",
                    found: per_km,
                    range: "left out with a file of neighbours, which has no lengths: use `contiguity`",
                });
            };
            let rim = outline - borders.iter().sum::<f64>();
            zones.own_cost[at] = per_km * rim.max(0.0) / 1000.0;
        }
    }
    Ok(())
}

/// What a set is like, and why each of its zones is in.
fn described(analysis: &Analysis, zones: &Zones, limits: &Limits, set: &[u32]) -> CandidateSet {
    let ranking = &analysis.ranking;
    let areas = ranking.areas();
    let people: Option<f64> = set.iter().map(|&at| areas[at as usize].population).sum();
    let people = people.filter(|people| *people > 0.0);
    let mean = |values: &[f64]| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for &at in set {
            let value = values[at as usize];
            let weight = match people {
                Some(_) => areas[at as usize].population.unwrap_or(0.0),
                None => 1.0,
            };
            if value.is_finite() {
                sum += weight * value;
                weights += weight;
            }
        }
        if weights > 0.0 { sum / weights } else { f64::NAN }
    };
    let value = value_of(zones, set);
    let mut members: Vec<CandidateZone> = set
        .iter()
        .map(|&at| {
            let rest: Vec<u32> = set.iter().copied().filter(|&other| other != at).collect();
            let marginal = value - value_of(zones, &rest);
            CandidateZone {
                area_idx: at as usize,
                need: zones.need[at as usize],
                marginal,
                why: why(zones, limits, at, marginal, &rest),
            }
        })
        .collect();
    members.sort_by(|a, b| b.need.total_cmp(&a.need).then(a.area_idx.cmp(&b.area_idx)));
    CandidateSet {
        need: members.iter().map(|zone| zone.need).sum(),
        zones: members,
        people,
        mean_score: mean(ranking.scores()),
        indicators: analysis.table.columns().iter().map(|column| mean(column.values())).collect(),
        value,
    }
}

fn why(zones: &Zones, limits: &Limits, at: u32, marginal: f64, rest: &[u32]) -> Why {
    if zones.mark[at as usize] == Mark::Must {
        Why::Must
    } else if marginal > 0.0 {
        Why::Need
    } else if !rest.is_empty() && !is_connected(zones, rest) {
        Why::Bridge
    } else {
        let people: f64 = rest.iter().map(|&at| zones.people[at as usize]).sum();
        debug_assert!(people < limits.people.0 || rest.len() < limits.zones.0 || marginal == 0.0);
        Why::Fill
    }
}

fn notices(chosen: &Chosen, zones: &Zones, left_out: Vec<String>, n: usize) -> Vec<Notice> {
    let mut all = Vec::new();
    if !left_out.is_empty() {
        all.push(Notice::warning("region.candidates-left-out").about(left_out));
    }
    if chosen.sets.is_empty() {
        all.push(Notice::warning("region.candidates-none"));
    }
    if !chosen.is_proved {
        let key = if n > MOST_EXACT {
            "region.candidates-heuristic"
        } else {
            "region.candidates-not-proved"
        };
        all.push(
            Notice::warning(key)
                .with_number("value_nb", "value_en", round(chosen.value))
                .with_number("bound_nb", "bound_en", round(chosen.bound)),
        );
    }
    let mut owner = vec![None; zones.need.len()];
    for (set_idx, set) in chosen.sets.iter().enumerate() {
        set.iter().for_each(|&at| owner[at as usize] = Some(set_idx));
    }
    let mut touching: Vec<String> = zones
        .borders
        .iter()
        .filter_map(|&(a, b, _)| Some((owner[a as usize]?, owner[b as usize]?)))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| format!("{} – {}", a.min(b) + 1, a.max(b) + 1))
        .collect();
    touching.sort();
    touching.dedup();
    if !touching.is_empty() {
        all.push(Notice::note("region.candidates-touch").about(touching));
    }
    all
}

/// Whether the choice is proved to be the best, in a sentence.
pub fn proof_in_words(found: &Candidates, language: Language) -> String {
    let steps = number(found.n_steps as f64, 0, language);
    let [value, bound] = [found.value, found.bound].map(|x| shortest(round(x), language));
    let key = if found.is_proved { "region.proved" } else { "region.not-proved" };
    message(language, key, &[("value", &value), ("bound", &bound), ("steps", &steps)])
}

/// Four digits are enough to compare with.
fn round(x: f64) -> f64 {
    let scale = 10_f64.powi(3 - x.abs().max(1e-9).log10().floor() as i32);
    (x * scale).round() / scale
}
