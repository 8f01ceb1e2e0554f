//! What is the recipe?
//!
//! An [`IndexDefinition`] is read from TOML: the tree of domains and indicators, and for each step
//! the method with its parameters. [`compute`] carries it out on a table. An index is data: no
//! published index has code of its own.

pub mod plan;
pub mod report;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::{self, Aggregation, DomainScore, MissingPolicy, Scores};
use crate::indicator::{Direction, IndicatorId, IndicatorTable};
use crate::language::{Citation, Text};
use crate::normalise::{self, Constant, Normalisation, Reference, ScaledTable, Within};
use crate::notice::Notice;
use crate::project::Mark;
use crate::rank::RankRule;
use crate::rate::IntervalMethod;
use crate::rate::standardised::StandardisedRate;
use crate::round::Round;
use crate::screen::{self, Screen, Screened};
use crate::treat::{self, Imputation, TreatedTable, Treatment};
use crate::weight::Weighting;

pub use plan::{DefinitionProblem, Plan};
pub use report::{ReportColumn, ReportedColumn};

/// The only version of the definition file so far.
pub const VERSION: u32 = 1;

/// A composite index: what is measured, how it is made comparable, and how it becomes one score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IndexDefinition {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens, such as `gb-wimd-2019`.
    pub id: String,
    /// Title in both languages.
    pub title: Text,
    /// Where the method is published, or who made it; one text, or one in both languages.
    pub source: Citation,
    /// The year of the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Licence of the definition or of the publication that it follows.
    pub licence: String,
    /// What a reader should know of the method, its weakness first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Which way the finished score points. Almost always `higher-is-worse`; `higher-is-better`
    /// is for published indices such as the Human Development Index.
    #[serde(default = "higher_is_worse")]
    pub direction: Direction,
    /// How the top level becomes the score.
    pub score: Level,
    /// How scores become ranks.
    pub ranking: RankRule,
    /// Which areas are not ranked. A project may ask for more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    /// What holds for each indicator that does not say otherwise.
    #[serde(default)]
    pub defaults: Defaults,
    /// The domains, in any depth by `parent`.
    #[serde(default, rename = "domain")]
    pub domains: Vec<Domain>,
    /// The indicators.
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
}

fn higher_is_worse() -> Direction {
    Direction::HigherIsWorse
}

/// How the children of one node become one number an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Level {
    /// The method.
    pub aggregate: Aggregation,
    /// Where the weights come from.
    #[serde(default)]
    pub weights: Weighting,
    /// Divide the weights by their sum. Off: weights are used as given, as published schemes
    /// whose weights sum to 0.999 need.
    #[serde(default)]
    pub renormalise: bool,
    /// What becomes of an area of which a child is missing.
    #[serde(default)]
    pub missing: MissingPolicy,
    /// How the aggregate is rounded before `normalise`: decimals, halves away from zero, or
    /// `{ decimals = 2, halves = "even" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_before: Option<Round>,
    /// What is done to the aggregate before `normalise`, in this order. Only what looks at one
    /// value at a time: `cap`, `log`, `power`, `arcsine-root`, `distance-from`, `round`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub treat: Vec<Treatment>,
    /// Makes the aggregate comparable before it enters the level above, such as the exponential
    /// transformation of a domain score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<Normalisation>,
    /// Compares an area in `normalise` only with those of its larger unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Decimals to which the result is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// The areas that `normalise` takes minimum, mean and so on from; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// Further columns that are printed beside the score and used nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report: Vec<ReportColumn>,
}

/// A group of indicators or of other domains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Domain {
    /// Its name in the file.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// The domain that it is part of; none for the top level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<IndicatorId>,
    /// What it counts for in its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Which way its aggregate points: that of the level above where nothing is said. Its
    /// indicators are turned to it, and where it is not that of the level above, its `normalise`
    /// turns the aggregate, as that of an indicator does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How its children become its score.
    pub score: Level,
}

/// One measured quantity and what is done to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Indicator {
    /// Its name in the file.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// The unit as printed; `%` also says that values lie in 0..100.
    pub unit: String,
    /// Which end means deprived conditions.
    pub direction: Direction,
    /// The domain that it belongs to; none for the top level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<IndicatorId>,
    /// What it counts for in its domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Citation>,
    /// The year that it describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The column of the table; the id where nothing is said. A project file may say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The columns of its counts, when the value is a rate that is computed from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// The strata of its counts, when the value is a directly standardised rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standardised: Option<StandardisedRate>,
    /// The column that the value is divided by, when it is made comparable by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominate: Option<Denomination>,
    /// The column of its standard errors, in the unit of its column, when the values are estimates
    /// such as those of a survey. Used where sampling error is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<String>,
    /// Marks of missing values in its columns, beside those of the table: `{ "-999" =
    /// "not-available" }`. A project file may say otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, Mark>,
    /// What becomes of its gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impute: Option<Imputation>,
    /// What is done to extreme values, in this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<Vec<Treatment>>,
    /// How it becomes comparable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<Normalisation>,
    /// Compares an area in `normalise` only with those of its larger unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Decimals to which the comparable value is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// The areas that minimum, mean and so on come from; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// What becomes of it where every area has the same value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<Constant>,
    /// Further columns that are printed beside the score and used nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report: Vec<ReportColumn>,
}

/// A value computed from counts: `numerator / denominator * per`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rate {
    /// Column of the events or persons with the attribute.
    pub numerator: String,
    /// Column of the persons at risk.
    pub denominator: String,
    /// 100 for per cent, 1000 for per thousand.
    pub per: f64,
    /// Which interval goes with it. Where nothing is said: Wilson's for a unit of per cent,
    /// Byar's otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<IntervalMethod>,
}

/// A value divided by another column: `column / by * per`. For sums that are no counts of
/// persons, such as trade by product; it has no interval. Where `by` is 0 the value is not
/// applicable, and where `by` is missing so is the value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Denomination {
    /// The column to divide by.
    pub by: String,
    /// What the quotient is multiplied with: 1000 for per thousand.
    #[serde(default = "one")]
    pub per: f64,
}

fn one() -> f64 {
    1.0
}

/// What holds for each indicator that does not say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defaults {
    /// Marks of missing values, as the publisher writes them: `{ "-999" = "not-available" }`. A
    /// project file may say otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, Mark>,
    /// What becomes of gaps; nothing is done where nothing is said.
    #[serde(default)]
    pub impute: Imputation,
    /// What is done to extreme values.
    #[serde(default)]
    pub treat: Vec<Treatment>,
    /// How indicators become comparable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<Normalisation>,
    /// Compares areas in `normalise` only with those of their larger unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Decimals to which comparable values are rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// The areas that minimum, mean and so on come from; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// What becomes of an indicator that has the same value in every area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<Constant>,
}

impl IndexDefinition {
    /// What is done to the gaps of this indicator.
    pub fn imputation<'a>(&'a self, indicator: &'a Indicator) -> &'a Imputation {
        indicator.impute.as_ref().unwrap_or(&self.defaults.impute)
    }

    /// What is done to the extreme values of this indicator.
    pub fn treatments<'a>(&'a self, indicator: &'a Indicator) -> &'a [Treatment] {
        indicator.treat.as_deref().unwrap_or(&self.defaults.treat)
    }

    /// How this indicator becomes comparable; [`Plan::of`] has checked that something is said.
    pub fn normalisation<'a>(&'a self, indicator: &'a Indicator) -> Option<&'a Normalisation> {
        indicator.normalise.as_ref().or(self.defaults.normalise.as_ref())
    }

    /// How this indicator's comparable value is rounded.
    pub fn rounding(&self, indicator: &Indicator) -> Option<Round> {
        indicator.round.or(self.defaults.round)
    }

    /// The areas that this indicator is measured by; all of them where there is none.
    pub fn reference<'a>(&'a self, indicator: &'a Indicator) -> Option<&'a Reference> {
        indicator.reference.as_ref().or(self.defaults.reference.as_ref())
    }

    /// The set within which this indicator is compared; all areas where there is none.
    pub fn within(&self, indicator: &Indicator) -> Option<Within> {
        indicator.within.or(self.defaults.within)
    }

    /// Which way the aggregate of this domain points, or the score where there is none.
    pub fn direction_of(&self, domain: Option<&IndicatorId>) -> Direction {
        let mut at = domain.and_then(|id| self.domain(id));
        // A circle of parents is reported by the plan, and must not hold us here.
        for _ in 0..=self.domains.len() {
            let Some(domain) = at else { break };
            if let Some(direction) = domain.direction {
                return direction;
            }
            at = domain.parent.as_ref().and_then(|id| self.domain(id));
        }
        self.direction
    }

    /// Whether the aggregate of this domain points against the level above, which its
    /// normalisation mends.
    pub fn turns(&self, domain: &Domain) -> bool {
        self.direction_of(Some(&domain.id)) != self.direction_of(domain.parent.as_ref())
    }

    /// What becomes of this indicator where it is constant.
    pub fn constant(&self, indicator: &Indicator) -> Constant {
        indicator.constant.or(self.defaults.constant).unwrap_or_default()
    }

    /// The level that this indicator is a child of.
    pub fn level_of(&self, indicator: &Indicator) -> &Level {
        let domain = indicator.domain.as_ref().and_then(|id| self.domain(id));
        domain.map_or(&self.score, |domain| &domain.score)
    }

    /// The recipe of one indicator alone, as far as it is treated: without levels, and measured by
    /// no other areas or years.
    pub(crate) fn only(&self, indicator_idx: usize) -> Self {
        let mut one = self.clone();
        one.domains.clear();
        one.indicators = vec![self.indicators[indicator_idx].clone()];
        one.indicators[0].domain = None;
        one.indicators[0].reference = None;
        one.defaults.reference = None;
        one
    }

    /// The same recipe without shrinking, for comparison; `None` where nothing is shrunk.
    pub fn without_shrinking(&self) -> Option<Self> {
        let shrinks = |i: &Indicator| self.treatments(i).iter().any(Treatment::shrinks);
        if !self.indicators.iter().any(shrinks) {
            return None;
        }
        let mut raw = self.clone();
        for (indicator, shrunk) in raw.indicators.iter_mut().zip(&self.indicators) {
            let kept = self.treatments(shrunk).iter().filter(|treatment| !treatment.shrinks());
            indicator.treat = Some(kept.cloned().collect());
        }
        Some(raw)
    }

    /// The indicator of this id.
    pub fn indicator(&self, id: &IndicatorId) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| &indicator.id == id)
    }

    /// The domain of this id.
    pub fn domain(&self, id: &IndicatorId) -> Option<&Domain> {
        self.domains.iter().find(|domain| &domain.id == id)
    }
}

/// All that one computation gives, stage by stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Computation {
    /// The areas that are not ranked, in the order of the table.
    pub screened: Vec<Screened>,
    /// What was imputed and treated, cell by cell.
    pub ledger: Vec<treat::Change>,
    /// What the treatments found and chose.
    pub choices: Vec<treat::Choice>,
    /// The comparable indicators.
    pub scaled: ScaledTable,
    /// The domains, children before parents.
    pub domains: Vec<DomainScore>,
    /// The score of each area.
    pub scores: Scores,
    /// The weights as used, one list a level in the order of [`Plan::levels`] and one weight a
    /// child. They are the plan's, or computed from the data where the recipe asks for that.
    pub level_weights: Vec<Vec<f64>>,
    /// What the recipe asks to be printed beside the score.
    pub reported: Vec<ReportedColumn>,
    /// What a reader must know of weights and levels.
    pub notices: Vec<Notice>,
}

/// Why a computation stopped.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ComputeError {
    /// A treatment cannot be carried out on these values.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Treat(#[from] treat::TreatError),
    /// A normalisation cannot be carried out on these values.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Normalise(#[from] normalise::NormaliseError),
    /// An aggregation cannot be carried out on these values.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Aggregate(#[from] aggregate::AggregateError),
}

/// Carries out the recipe: screen, treat, normalise, aggregate level by level.
///
/// Shape: areas × indicators in; one score an area out, in the order of the table. The table is
/// used up, because its columns are treated in place. Gaps that no imputation fills follow each
/// level's [`MissingPolicy`]; a missing score is NaN in [`Scores`] and has no rank.
///
/// # Errors
///
/// [`ComputeError`], from the first step that cannot be carried out.
pub fn compute(table: IndicatorTable, plan: &Plan<'_>) -> Result<Computation, ComputeError> {
    let table = screen::screen(table, plan.definition().screen.as_ref());
    let screened = table.screened().to_vec();
    let treated = treat::treat(table, plan.definition())?;
    let TreatedTable { areas, columns, ledger, choices } = treated;
    let scaled = normalise::normalise(areas, columns, plan.definition())?;
    let aggregate::Aggregated { domains, scores, level_weights, reported, notices } =
        aggregate::aggregate(&scaled, plan)?;
    Ok(Computation {
        screened,
        ledger,
        choices,
        scaled,
        domains,
        scores,
        level_weights,
        reported,
        notices,
    })
}
