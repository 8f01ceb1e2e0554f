//! What is printed beside the score?
//!
//! Published schemes print columns that they use for nothing further: a domain's rank, the
//! percentile of a sum. A [`ReportColumn`] makes one from an indicator or a level. What it does
//! goes nowhere upward.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::IndexDefinition;
use crate::indicator::{Direction, IndicatorId};
use crate::language::Text;
use crate::normalise::{Constant, Frame, Normalisation, NormaliseError, Scaling, apply};
use crate::rank::{ClassRule, Classer, Cuts, First, Ties, large_first, rank_into};
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
    /// Prints the rank of the outcome instead of it, 1 for the worst area, with this rule for
    /// ties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Ties>,
    /// Prints the class of the outcome instead of it: `{ count = 20 }` for twentieths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<ReportClasses>,
}

/// Classes that are printed beside the score; tied areas stay together at their smallest rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportClasses {
    /// This many classes of equal shares; either this or `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
    /// Classes that end at these shares of the areas, counted from class 1: `[0.2, 0.8]` for the
    /// first fifth, the three in the middle and the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<f64>,
    /// How areas are put into them.
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
        (counted != self.at.is_empty() || !ascending || !inside).then(|| {
            (
                "has classes that cannot be made".to_owned(),
                "give either `count`, or `at` with ascending shares between 0 and 1".to_owned(),
            )
        })
    }

    fn of(&self, values: &[f64], frame: &Frame<'_>, direction: Direction) -> Vec<f64> {
        let large_first = large_first(direction, self.first);
        let mut ranks = vec![f64::NAN; values.len()];
        let n_ranked = rank_into(values, large_first, Ties::Min, &frame.ids, &mut ranks).len();
        let sorted = self.by.sorted(values);
        let classer = Classer { rule: self.by, n_ranked, sorted: &sorted, large_first };
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
        let of_method = method.and_then(|m| m.problem().or_else(|| m.problem_with(None)));
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

/// Makes the columns of one indicator or level, of its result and of what it was `before`.
///
/// # Errors
///
/// [`NormaliseError`], where a column cannot be made.
pub(crate) fn make(
    columns: &[ReportColumn],
    result: &[f64],
    before: &[f64],
    (frame, direction): (&Frame<'_>, Direction),
) -> Result<Vec<ReportedColumn>, NormaliseError> {
    let mut made = Vec::with_capacity(columns.len());
    for column in columns {
        let mut values = match column.of {
            Stage::Aggregate if !before.is_empty() => before.to_vec(),
            Stage::Aggregate | Stage::Result => result.to_vec(),
        };
        if let Some(method) = &column.normalise {
            let (flip, reference, constant) = (false, None, Constant::Error);
            let scaling =
                Scaling { method, flip, reference, pooled: None, constant, column: &column.id };
            apply(&scaling, &mut values, frame)?;
        }
        if let Some(round) = column.round {
            round.all(&mut values);
        }
        if let Some(ties) = column.rank {
            let mut ranks = vec![f64::NAN; values.len()];
            let large_first = direction == Direction::HigherIsWorse;
            rank_into(&values, large_first, ties, &frame.ids, &mut ranks);
            values = ranks;
        } else if let Some(classes) = &column.classes {
            values = classes.of(&values, frame, direction);
        }
        made.push(ReportedColumn { id: column.id.clone(), values });
    }
    Ok(made)
}
