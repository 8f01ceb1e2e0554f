//! What is printed beside the score?
//!
//! Published schemes print columns that they use for nothing further: a domain's rank, the
//! percentile of a sum. A [`ReportColumn`] makes one from an indicator or a level. What it does
//! goes nowhere upward.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::IndexDefinition;
use crate::area::Area;
use crate::indicator::{Direction, IndicatorId};
use crate::language::Text;
use crate::normalise::{Constant, Frame, Normalisation, NormaliseError, Scaling, Within, apply};
use crate::rank::{ClassRule, Classer, Closed, Cuts, First, Ties, large_first, rank_into};
use crate::round::Round;

/// A column that is printed and used nowhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportColumn {
    /// Its name in the outputs.
    pub id: IndicatorId,
    /// Its title; the id where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it is made from.
    #[serde(default)]
    pub of: Stage,
    /// What is done to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<Normalisation>,
    /// Decimals to which the outcome is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// Prints the rank of the outcome instead of it, with this rule for ties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Ties>,
    /// Which end has rank 1; classes say so themselves.
    #[serde(default)]
    pub first: First,
    /// Compares an area in all of this only with those of its larger unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Prints the class of the outcome instead of it: `{ count = 20 }` for twentieths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<ReportClasses>,
}

/// Classes that are printed beside the score; tied areas stay together at their smallest rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportClasses {
    /// This many classes of equal shares; either this, `at` or `limits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
    /// Classes that end at these shares of the areas, counted from class 1: `[0.2, 0.8]` for the
    /// first fifth, the three in the middle and the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<f64>,
    /// Classes that end at these values, ascending: `[0.55, 0.7, 0.8]` for the four groups of the
    /// Human Development Index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<f64>,
    /// To which side a value belongs that is itself one of the `limits`.
    #[serde(default)]
    pub closed: Closed,
    /// How areas are put into classes of shares.
    #[serde(default)]
    pub by: ClassRule,
    /// Which end has class 1.
    #[serde(default)]
    pub first: First,
}

impl ReportClasses {
    fn problem(&self) -> Option<(String, String)> {
        let ascending = self.at.windows(2).all(|pair| pair[0] < pair[1]);
        let inside = self.at.iter().all(|share| *share > 0.0 && *share < 1.0);
        let counted = self.count.is_some_and(|count| count > 0);
        let ascending = ascending && self.limits.windows(2).all(|pair| pair[0] < pair[1]);
        let ways = [counted, !self.at.is_empty(), !self.limits.is_empty()];
        let one_way = ways.into_iter().filter(|way| *way).count() == 1;
        (!one_way || !ascending || !inside).then(|| {
            (
                "has classes that cannot be made".to_owned(),
                "give either `count`, or `at` with ascending shares between 0 and 1, or `limits` \
                 with ascending values"
                    .to_owned(),
            )
        })
    }

    fn of(&self, values: &[f64], frame: &Frame<'_>, direction: Direction) -> Vec<f64> {
        let large_first = large_first(direction, self.first);
        if !self.limits.is_empty() {
            let passed = |x: f64| self.limits.iter().filter(|l| self.closed.passes(x, **l)).count();
            let class = |x: f64| match large_first {
                true => self.limits.len() + 1 - passed(x),
                false => passed(x) + 1,
            };
            let class = |x: &f64| if x.is_nan() { f64::NAN } else { class(*x) as f64 };
            return values.iter().map(class).collect();
        }
        let mut ranks = vec![f64::NAN; values.len()];
        let n_ranked = rank_into(values, large_first, Ties::Min, &frame.ids, &mut ranks).len();
        let residents = |at: usize| frame.areas[at].population.unwrap_or(0.0);
        let order = self.by.order(values, residents);
        let classer = Classer { rule: self.by, n_ranked, order: &order, large_first };
        let cuts = match self.count {
            Some(count) => Cuts::Count(usize::from(count)),
            None => Cuts::Shares(&self.at),
        };
        let class = |(rank, x): (&f64, &f64)| {
            classer.class(*rank, *x, cuts).map_or(f64::NAN, |class| class as f64)
        };
        ranks.iter().zip(values).map(class).collect()
    }
}

/// What a column is made from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// What the level above uses: the comparable indicator or the finished level.
    #[default]
    Result,
    /// What a level was before its own `normalise`; the same as the result of an indicator.
    Aggregate,
}

/// The values of a column that is printed and used nowhere; NaN where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedColumn {
    /// Its name.
    pub id: IndicatorId,
    /// One value an area.
    pub values: Vec<f64>,
}

impl ReportColumn {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let method = self.normalise.as_ref();
        let of_method = method.and_then(|m| m.problem().or_else(|| m.problem_with(None, None)));
        let of_rounding = || self.round.and_then(Round::problem);
        let of_classes = || self.classes.as_ref().and_then(ReportClasses::problem);
        of_method.or_else(of_rounding).or_else(of_classes)
    }
}

/// Every column that the recipe reports: indicators first, then domains, then the score.
pub(crate) fn columns(definition: &IndexDefinition) -> impl Iterator<Item = &ReportColumn> {
    let indicators = definition.indicators.iter().flat_map(|indicator| &indicator.report);
    let domains = definition.domains.iter().flat_map(|domain| &domain.score.report);
    indicators.chain(domains).chain(&definition.score.report)
}

/// Makes the columns of one indicator or level, of its result and of what it was `before`, each
/// with the way that it points.
///
/// # Errors
///
/// [`NormaliseError`], where a column cannot be made.
pub(crate) fn make(
    columns: &[ReportColumn],
    result: &[f64],
    before: &[f64],
    (frame, of_result, of_before): (&Frame<'_>, Direction, Direction),
) -> Result<Vec<ReportedColumn>, NormaliseError> {
    let mut out = Vec::with_capacity(columns.len());
    for column in columns {
        let (mut values, direction) = match column.of {
            Stage::Aggregate if !before.is_empty() => (before.to_vec(), of_before),
            Stage::Aggregate | Stage::Result => (result.to_vec(), of_result),
        };
        match column.within {
            None => made(column, &mut values, (frame, direction))?,
            Some(Within::Parent) => {
                for members in by_parent(frame.areas) {
                    let areas: Vec<Area> =
                        members.iter().map(|&at| frame.areas[at].clone()).collect();
                    let mut own: Vec<f64> = members.iter().map(|&at| values[at]).collect();
                    if own.iter().any(|x| !x.is_nan()) {
                        made(column, &mut own, (&Frame::of(&areas), direction))?;
                    }
                    for (&at, x) in members.iter().zip(own) {
                        values[at] = x;
                    }
                }
            }
        }
        out.push(ReportedColumn { id: column.id.clone(), values });
    }
    Ok(out)
}

/// The positions of the areas of each larger unit; those of none stand together.
fn by_parent(areas: &[Area]) -> impl Iterator<Item = Vec<usize>> {
    let mut members: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, area) in areas.iter().enumerate() {
        members.entry(area.parent.as_deref()).or_default().push(at);
    }
    members.into_values()
}

fn made(
    column: &ReportColumn,
    values: &mut Vec<f64>,
    (frame, direction): (&Frame<'_>, Direction),
) -> Result<(), NormaliseError> {
    if let Some(method) = &column.normalise {
        let (flip, within, reference, constant) = (false, None, None, Constant::Error);
        let (pooled, column) = (None, &column.id);
        let scaling = Scaling { method, flip, within, reference, pooled, constant, column };
        apply(&scaling, values, frame)?;
    }
    if let Some(round) = column.round {
        round.all(values);
    }
    if let Some(ties) = column.rank {
        let mut ranks = vec![f64::NAN; values.len()];
        let large_first = large_first(direction, column.first);
        rank_into(values, large_first, ties, &frame.ids, &mut ranks);
        *values = ranks;
    } else if let Some(classes) = &column.classes {
        if classes.count.is_some() || !classes.at.is_empty() {
            people_known(classes.by, values, frame.areas, &column.id)?;
        }
        *values = classes.of(values, frame, direction);
    }
    Ok(())
}

/// Classes that hold people need the residents of every area that has a value.
///
/// # Errors
///
/// [`NormaliseError::Population`] where some are not known.
pub(crate) fn people_known(
    rule: ClassRule,
    values: &[f64],
    areas: &[Area],
    column: &IndicatorId,
) -> Result<(), NormaliseError> {
    let unknown = |at: &usize| !values[*at].is_nan() && areas[*at].population.is_none();
    let unknown: Vec<usize> = match rule.needs_people() {
        true => (0..values.len()).filter(unknown).collect(),
        false => Vec::new(),
    };
    match unknown.first() {
        None => Ok(()),
        Some(&example) => Err(NormaliseError::Population {
            column: column.clone(),
            n: unknown.len(),
            example: areas[example].id.clone(),
        }),
    }
}
