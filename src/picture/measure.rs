//! What can a map show of an analysis?
//!
//! A measure by its name, and its figures with one slot an outline: a value or the kind of gap.

use crate::analysis::Analysis;
use crate::area::AreaId;
use crate::boundary::Boundaries;
use crate::index::IndexDefinition;
use crate::indicator::{CellState, Direction};
use crate::language::{Language, message};
use crate::map::Gap;
use crate::normalise::Reference;
use crate::rank::First;
use crate::suggest::nearest;
use crate::uncertainty::Uncertainty;
use std::collections::BTreeMap;

use super::PictureError;

/// A measure of the areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Score,
    Rank,
    /// The domain at this position of the recipe.
    Domain(usize),
    /// The indicator at this position, as measured.
    Indicator(usize),
    /// The same as made comparable.
    Scaled(usize),
    /// An area's share of all residents, in per cent.
    People,
    /// The width of the rank interval.
    Uncertainty,
}

/// Figures of a measure, one slot an outline.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// What is measured, without the unit.
    pub(super) title: String,
    /// Its unit; empty where it has none.
    pub(super) unit: String,
    pub(super) direction: Direction,
    /// NaN where there is none.
    pub(super) values: Vec<f64>,
    /// Why there is none; not used where there is one.
    pub(super) gaps: Vec<Gap>,
    /// Whether the table has the area at all.
    pub(super) known: Vec<bool>,
}

impl Measure {
    /// `score`, `rank`, or the id of a domain or indicator.
    pub(super) fn named(name: &str, definition: &IndexDefinition) -> Result<Self, PictureError> {
        let domain = definition.domains.iter().position(|domain| domain.id.as_str() == name);
        let indicator = definition.indicators.iter().position(|i| i.id.as_str() == name);
        match (name, domain, indicator) {
            ("score", ..) => Ok(Self::Score),
            ("rank", ..) => Ok(Self::Rank),
            ("people", None, None) => Ok(Self::People),
            ("uncertainty", None, None) => Ok(Self::Uncertainty),
            (_, Some(at), _) => Ok(Self::Domain(at)),
            (_, None, Some(at)) => Ok(Self::Indicator(at)),
            (_, None, None) => {
                let ids = definition.domains.iter().map(|domain| domain.id.as_str());
                let ids = ids.chain(definition.indicators.iter().map(|i| i.id.as_str()));
                let known: Vec<&str> = ["score", "rank"].into_iter().chain(ids).collect();
                let help = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`? There are: {}", known.join(", ")),
                    None => format!("there are: {}", known.join(", ")),
                };
                Err(PictureError::UnknownMeasure { wanted: name.to_owned(), help })
            }
        }
    }

    /// Whether figures of one year are on the scale of another year's.
    pub(super) fn holds_over_years(self, definition: &IndexDefinition) -> bool {
        match self {
            Self::Rank | Self::Indicator(_) | Self::People => true,
            Self::Uncertainty => false,
            Self::Score | Self::Domain(_) | Self::Scaled(_) => {
                let pooled = definition.indicators.iter().all(|indicator| {
                    matches!(
                        definition.reference(indicator),
                        Some(Reference::Years(_) | Reference::Fixed(_))
                    )
                });
                let levels = definition.domains.iter().map(|domain| &domain.score);
                pooled && levels.chain([&definition.score]).all(|level| level.normalise.is_none())
            }
        }
    }
}

/// Where the areas of an analysis stand among the outlines: one slot an outline.
pub(super) fn places(analysis: &Analysis, boundaries: &Boundaries) -> Vec<Option<usize>> {
    let areas = analysis.ranking.areas();
    let by_id: BTreeMap<&AreaId, usize> =
        areas.iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    boundaries.shapes().iter().map(|shape| by_id.get(&shape.id).copied()).collect()
}

/// The figures of a measure.
pub(super) fn figures(
    measure: Measure,
    analysis: &Analysis,
    uncertainty: Option<&Uncertainty>,
    places: &[Option<usize>],
    language: Language,
) -> Figures {
    let say = |key: &str| message(language, key, &[]);
    let definition = &analysis.definition;
    let n = analysis.ranking.areas().len();
    let no_gaps = || vec![Gap::Missing; n];
    let (title, unit, direction, values, gaps) = match measure {
        Measure::Score => (
            say("map.legend_score"),
            String::new(),
            definition.direction,
            analysis.ranking.scores().to_vec(),
            gaps_of_score(analysis),
        ),
        Measure::Rank => (
            say("map.legend_rank"),
            String::new(),
            match analysis.ranking.rule().first {
                First::Worst => Direction::HigherIsBetter,
                First::Best => Direction::HigherIsWorse,
            },
            analysis.ranking.ranks().to_vec(),
            gaps_of_score(analysis),
        ),
        Measure::Domain(at) => {
            let domain = analysis.computation.domains.iter().find(|domain| domain.domain == at);
            let values = domain.map_or_else(|| vec![f64::NAN; n], |domain| domain.values.clone());
            let title = definition.domains[at].title.get(language).to_owned();
            (title, String::new(), definition.direction, values, gaps_of_score(analysis))
        }
        Measure::Indicator(at) => {
            let indicator = &definition.indicators[at];
            let column = analysis.table.column(&indicator.id);
            let values =
                column.map_or_else(|| vec![f64::NAN; n], |column| column.values().to_vec());
            let gaps = column.map_or_else(no_gaps, |column| {
                let states = column.states().iter();
                states.map(|state| Gap::of(*state).unwrap_or(Gap::Missing)).collect()
            });
            let title = indicator.title.get(language).to_owned();
            (title, indicator.unit.clone(), indicator.direction, values, gaps)
        }
        Measure::Scaled(at) => {
            let values = analysis.computation.scaled.columns()[at].values.clone();
            let title = definition.indicators[at].title.get(language).to_owned();
            let gaps = match analysis.table.column(&definition.indicators[at].id) {
                Some(column) => {
                    let states = column.states().iter();
                    states.map(|state| Gap::of(*state).unwrap_or(Gap::Missing)).collect()
                }
                None => no_gaps(),
            };
            (title, String::new(), definition.direction, values, gaps)
        }
        Measure::People => {
            let people = || analysis.ranking.areas().iter().map(|area| area.population);
            let all: f64 = people().flatten().sum();
            let share = |n: Option<f64>| n.map_or(f64::NAN, |n| 100.0 * n / all);
            (
                say("map.legend_people_share"),
                "%".to_owned(),
                Direction::HigherIsWorse,
                people().map(share).collect(),
                no_gaps(),
            )
        }
        Measure::Uncertainty => {
            let width =
                |at: usize| uncertainty.map_or(f64::NAN, |u| u.rows[at].high - u.rows[at].low);
            (
                say("map.legend_rank_width"),
                String::new(),
                Direction::HigherIsWorse,
                (0..n).map(width).collect(),
                gaps_of_score(analysis),
            )
        }
    };
    let at_place = |place: &Option<usize>| place.map_or(f64::NAN, |at| values[at]);
    Figures {
        title,
        unit,
        direction,
        values: places.iter().map(at_place).collect(),
        gaps: places.iter().map(|place| place.map_or(Gap::Missing, |at| gaps[at])).collect(),
        known: places.iter().map(Option::is_some).collect(),
    }
}

/// Why areas have no score: one kind where all their gaps are of it, missing where they differ.
fn gaps_of_score(analysis: &Analysis) -> Vec<Gap> {
    let n = analysis.ranking.areas().len();
    let mut gaps: Vec<Option<Gap>> = vec![None; n];
    for column in analysis.table.columns() {
        for (gap, state) in gaps.iter_mut().zip(column.states()) {
            if *state == CellState::Present {
                continue;
            }
            let found = Gap::of(*state);
            *gap = match *gap {
                None => found,
                own if own == found => own,
                Some(_) => Some(Gap::Missing),
            };
        }
    }
    for screened in &analysis.computation.screened {
        gaps[screened.area_idx as usize] = Some(Gap::NotApplicable);
    }
    gaps.into_iter().map(|gap| gap.unwrap_or(Gap::Missing)).collect()
}

impl Figures {
    /// The title with its unit.
    pub(super) fn label(&self) -> String {
        match self.unit.as_str() {
            "" => self.title.clone(),
            unit => format!("{} ({unit})", self.title),
        }
    }

    /// These less those, where both are known; the gap of the first where it has one.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a - b).collect();
        let gaps = (0..self.values.len())
            .map(|at| if self.values[at].is_nan() { self.gaps[at] } else { other.gaps[at] })
            .collect();
        Self { values, gaps, ..self.clone() }
    }

    /// As many decimals as tell the values apart: none for hundreds, two for fractions.
    pub(super) fn decimals(&self) -> usize {
        let present = || self.values.iter().copied().filter(|x| x.is_finite());
        let range =
            present().fold(f64::NEG_INFINITY, f64::max) - present().fold(f64::INFINITY, f64::min);
        if present().all(|x| x.fract() == 0.0) || range >= 100.0 {
            0
        } else if range >= 10.0 {
            1
        } else {
            2
        }
    }
}
