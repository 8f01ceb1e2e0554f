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
use crate::normalise::{Constant, Frame, Normalisation, NormaliseError, Scaling, apply, round_all};
use crate::rank::{Ties, rank_into};

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
    pub round: Option<u8>,
    /// Prints the rank of the outcome instead of it, 1 for the worst area, with this rule for
    /// ties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Ties>,
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
        let method = self.normalise.as_ref()?;
        method.problem().or_else(|| method.problem_with(None))
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
            let scaling = Scaling { method, flip, reference, constant, column: &column.id };
            apply(&scaling, &mut values, frame)?;
        }
        if let Some(decimals) = column.round {
            round_all(&mut values, decimals);
        }
        if let Some(ties) = column.rank {
            let mut ranks = vec![f64::NAN; values.len()];
            let large_first = direction == Direction::HigherIsWorse;
            rank_into(&values, large_first, ties, &frame.ids, &mut ranks);
            values = ranks;
        }
        made.push(ReportedColumn { id: column.id.clone(), values });
    }
    Ok(made)
}
