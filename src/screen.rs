//! Which areas are not ranked, because too little is known of them or too few live there?
//!
//! A screened area stays in every table, without a score and without a rank; its values take no
//! part in a mean, a range, an imputation or a rank of the others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::indicator::{CellState, IndicatorTable};
use crate::language::{Language, Text, message, number};

/// What an area must have in order to be ranked. Limits of ours and not of nature: an area just
/// below one is not described by a rank, but its conditions may still be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Screen {
    /// The least share of the recipe's indicators with a value as measured, 0..=1. Imputed values
    /// do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_share: Option<f64>,
    /// The least number of residents. An area whose population is not known is kept, with a
    /// warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_population: Option<f64>,
}

/// An area that is not ranked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screened {
    /// Its position in the table.
    pub area_idx: u32,
    /// Why.
    pub reason: ScreenReason,
}

/// Why an area is not ranked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScreenReason {
    /// Too few people live there.
    Population {
        /// How many do.
        population: f64,
        /// How many it takes.
        at_least: f64,
    },
    /// Too few indicators have a value.
    Availability {
        /// How many have.
        present: usize,
        /// How many there are.
        of: usize,
        /// The share that it takes.
        at_least: f64,
    },
}

impl ScreenReason {
    /// The reason as a sentence.
    pub fn sentence(&self) -> Text {
        let text = |language| match *self {
            Self::Population { population, at_least } => message(
                language,
                "treat.screened-population",
                &[
                    ("population", &number(population, 0, language)),
                    ("limit", &number(at_least, 0, language)),
                ],
            ),
            Self::Availability { present, of, at_least } => message(
                language,
                "treat.screened-availability",
                &[
                    ("present", &present.to_string()),
                    ("of", &of.to_string()),
                    ("limit", &number(100.0 * at_least, 0, language)),
                ],
            ),
        };
        Text { nb: text(Language::Nb), en: text(Language::En) }
    }
}

impl Screen {
    /// What is wrong with the limits, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match (self.at_least_share, self.at_least_population) {
            (None, None) => Some((
                "the screen has no limit".to_owned(),
                "write `at-least-share = 0.6`, `at-least-population = 200`, or both".to_owned(),
            )),
            (Some(share), _) if !(0.0..=1.0).contains(&share) => Some((
                format!("the screen asks for a share of {share} of the indicators"),
                "`at-least-share` is a number from 0 to 1".to_owned(),
            )),
            (_, Some(persons)) if !(persons.is_finite() && persons >= 0.0) => Some((
                format!("the screen asks for {persons} residents"),
                "`at-least-population` is a number of zero or more".to_owned(),
            )),
            (Some(_), _) | (None, Some(_)) => None,
        }
    }
}

/// Marks the areas of `table` that do not meet `screen`, beside those that are marked already.
///
/// Shape: the same table out, values untouched. An area that is screened twice keeps the first
/// reason; population comes before availability.
pub fn screen(table: IndicatorTable, screen: Option<&Screen>) -> IndicatorTable {
    let Some(screen) = screen else { return table };
    let mut screened = table.screened().to_vec();
    let mut is_screened = vec![false; table.areas().len()];
    screened.iter().for_each(|s| is_screened[s.area_idx as usize] = true);
    let of = table.columns().len();
    for (at, area) in table.areas().iter().enumerate() {
        let area_idx = u32::try_from(at).unwrap_or(u32::MAX);
        if is_screened[at] {
            continue;
        }
        if let (Some(at_least), Some(population)) = (screen.at_least_population, area.population)
            && population < at_least
        {
            let reason = ScreenReason::Population { population, at_least };
            screened.push(Screened { area_idx, reason });
            continue;
        }
        if let Some(at_least) = screen.at_least_share {
            let is_present =
                |column: &&crate::indicator::Column| column.states()[at] == CellState::Present;
            let present = table.columns().iter().filter(is_present).count();
            // Shares such as 0.6 are rounded; a bit must not decide over an area.
            if (present as f64) < at_least * of as f64 - 1e-9 {
                let reason = ScreenReason::Availability { present, of, at_least };
                screened.push(Screened { area_idx, reason });
            }
        }
    }
    screened.sort_unstable_by_key(|s| s.area_idx);
    table.with_screened(screened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Area;
    use crate::indicator::Column;

    #[test]
    fn areas_below_a_limit_are_marked_with_the_reason() {
        let marked = run(Screen { at_least_share: Some(0.5), at_least_population: Some(100.0) });
        let found: Vec<(u32, bool)> = marked
            .iter()
            .map(|s| (s.area_idx, matches!(s.reason, ScreenReason::Population { .. })))
            .collect();
        assert_eq!(found, [(0, true), (2, false)]);
    }

    #[test]
    fn a_share_that_is_just_met_is_met() {
        let marked = run(Screen { at_least_share: Some(0.5), at_least_population: None });
        assert_eq!(marked.iter().map(|s| s.area_idx).collect::<Vec<_>>(), [2]);
    }

    fn run(limits: Screen) -> Vec<Screened> {
        let area = |id: &str, population| Area { population, ..Area::of(id) };
        let areas = vec![area("a", Some(99.0)), area("b", None), area("c", Some(100.0))];
        let columns = vec![
            Column::of("x", &[Some(1.0), Some(2.0), None]),
            Column::of("y", &[Some(1.0), None, None]),
        ];
        let table = IndicatorTable::new(areas, columns);
        screen(table, Some(&limits)).screened().to_vec()
    }
}
