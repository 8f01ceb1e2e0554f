//! Whom does a selection reach, and whom does it not?
//!
//! Most people in deprived conditions live outside the worst areas. How many do so here is said of
//! each indicator that counts persons in deprived conditions; what counts persons in good ones,
//! such as the employed, is left out.

use super::truth::Truth;
use crate::index::IndexDefinition;
use crate::indicator::{Direction, IndicatorId, IndicatorTable};
use crate::rank::Ranking;

/// Persons of one kind, in and outside selected areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The indicator that counts them; `None` for all residents.
    pub indicator: Option<IndicatorId>,
    /// In all areas whose number is known.
    pub all: f64,
    /// In selected areas.
    pub selected: f64,
    /// In areas whose answer is unknown.
    pub unknown: f64,
    /// Areas whose number is not known, which count for nothing.
    pub areas_without: usize,
}

impl Coverage {
    /// The share in selected areas; NaN where nobody is counted.
    pub fn share(&self) -> f64 {
        self.selected / self.all
    }
}

/// The coverage of residents and of each indicator with counts.
pub fn coverage(
    table: &IndicatorTable,
    definition: &IndexDefinition,
    outcomes: &[Truth],
) -> Vec<Coverage> {
    let of = |indicator: Option<IndicatorId>, persons: &[f64]| {
        let sum = |wanted: &dyn Fn(Truth) -> bool| -> f64 {
            let pairs = persons.iter().zip(outcomes).filter(|(x, o)| !x.is_nan() && wanted(**o));
            pairs.map(|(x, _)| x).sum()
        };
        Coverage {
            indicator,
            all: sum(&|_| true),
            selected: sum(&|truth| truth == Truth::True),
            unknown: sum(&|truth| truth == Truth::Unknown),
            areas_without: persons.iter().filter(|x| x.is_nan()).count(),
        }
    };
    kinds(table, definition)
        .into_iter()
        .map(|(indicator, persons)| of(indicator, &persons))
        .collect()
}

/// Residents, where any are known, and the persons that indicators count.
fn kinds(
    table: &IndicatorTable,
    definition: &IndexDefinition,
) -> Vec<(Option<IndicatorId>, Vec<f64>)> {
    let people: Vec<f64> =
        table.areas().iter().map(|area| area.population.unwrap_or(f64::NAN)).collect();
    let residents = people.iter().any(|x| !x.is_nan()).then_some((None, people));
    let counted = table.columns().iter().filter_map(|column| {
        let events = column.events()?;
        let direction = definition.indicator(column.indicator())?.direction;
        if direction == Direction::HigherIsBetter {
            return None;
        }
        Some((Some(column.indicator().clone()), events))
    });
    residents.into_iter().chain(counted).collect()
}

/// The share of each kind of person in the `k` worst areas by rank, for every `k`.
#[derive(Debug, Clone, PartialEq)]
pub struct Targeting {
    /// The kinds: all residents, then the indicators with counts.
    pub kinds: Vec<Option<IndicatorId>>,
    /// For each number of areas from 0 up, one share a kind.
    pub shares: Vec<Vec<f64>>,
}

/// The targeting curve over the number of areas, worst first; areas without a rank come last.
pub fn targeting(
    table: &IndicatorTable,
    definition: &IndexDefinition,
    ranking: &Ranking,
) -> Targeting {
    let kinds = kinds(table, definition);
    let known = |x: f64| if x.is_nan() { 0.0 } else { x };
    let totals: Vec<f64> =
        kinds.iter().map(|(_, persons)| persons.iter().map(|x| known(*x)).sum()).collect();
    let mut held = vec![0.0; kinds.len()];
    let mut shares = vec![vec![0.0; kinds.len()]];
    for &at in ranking.order() {
        for ((_, persons), sum) in kinds.iter().zip(&mut held) {
            *sum += known(persons[at as usize]);
        }
        shares.push(held.iter().zip(&totals).map(|(x, total)| x / total).collect());
    }
    Targeting { kinds: kinds.into_iter().map(|(indicator, _)| indicator).collect(), shares }
}
