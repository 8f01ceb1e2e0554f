//! What does a funding model say?
//!
//! A model is a TOML file: one table a stage, each of which may be left out. The same types are
//! read from the file, carried out by [`super::allocate`] and printed with the results.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::need::Need;
use crate::area::AreaId;
use crate::language::{Citation, Text};
use crate::money::{Money, MoneyUnit};
use crate::project::Choice;
use crate::select::Operator;

/// The only version of the model file so far.
pub const VERSION: u32 = 1;

/// A funding model, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelFile {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens.
    pub id: String,
    /// Title in both languages.
    pub title: Text,
    /// Where the model is described; one text, or one in both languages.
    pub source: Citation,
    /// The year of that source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// What the model does not cover, or does otherwise than its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// What is assumed because no source gives it; printed with every result.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "assumption")]
    pub assumptions: Vec<Text>,
    /// Which money goes in.
    #[serde(default)]
    pub pot: Pot,
    /// Which areas take part.
    #[serde(default)]
    pub eligibility: Eligibility,
    /// What an area can claim by the formula. Needed where `formula-share` is above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Need>,
    /// What becomes of an area whose need cannot be computed, because figures are missing.
    #[serde(default)]
    pub missing_need: MissingNeed,
    /// How far an area's plans and cooperation count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Readiness>,
    /// The share that the formula decides, 0..1; today's shares decide the rest.
    pub formula_share: f64,
    /// Floors and caps.
    #[serde(default)]
    pub bounds: Bounds,
    /// What protects areas from large losses.
    #[serde(default)]
    pub damping: Damping,
    /// Years over which today's amounts become the model's, in equal steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_in: Option<PhaseIn>,
    /// How each area's amount is divided over themes.
    #[serde(default)]
    pub themes: Themes,
    /// What the municipality must add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
    /// What becomes of money that is not spent within the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry_over: Option<CarryOver>,
    /// To which unit amounts are rounded, and who comes first in a tie.
    #[serde(default)]
    pub rounding: Rounding,
    /// Who appropriates, who applies to whom, and who reports.
    pub organisation: Organisation,
    /// Hours and shares that no source gives.
    #[serde(default)]
    pub administration: Administration,
}

/// Which money goes into the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pot {
    /// The departments that take part; all where nothing is said. The money of the others stays
    /// as it is today, outside the pot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<String>>,
    /// The pot in kroner, where it is not the sum of today's amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What becomes of money that has no area today.
    #[serde(default)]
    pub without_area: WithoutArea,
    /// The year whose prices the pot is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_year: Option<i32>,
    /// What today's amounts are multiplied by to reach that year's prices.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub price_factor: f64,
}

impl Default for Pot {
    /// All of today's money, at today's prices.
    fn default() -> Self {
        Self {
            departments: None,
            amount: None,
            without_area: WithoutArea::default(),
            price_year: None,
            price_factor: 1.0,
        }
    }
}

/// What becomes of money that has no area today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithoutArea {
    /// It stays without an area and is carried as such.
    #[default]
    Apart,
    /// It goes into the pot and is shared out.
    IntoPot,
}

/// Which areas take part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Eligibility {
    /// All areas.
    All {},
    /// These areas.
    List {
        /// Their ids.
        areas: Vec<AreaId>,
    },
    /// The areas that have money today.
    Funded {},
    /// The areas that the selection rule of the project selects.
    Selected {},
    /// The areas that a selection rule selects, by preset or by file.
    Rule {
        /// The rule.
        rule: Choice,
    },
    /// A figure against a limit.
    Figure {
        /// The column of figures.
        figure: String,
        /// How. `>` and `>=` differ at the limit itself.
        op: Operator,
        /// With what.
        limit: FigureLimit,
    },
}

impl Default for Eligibility {
    /// No area is left out where nothing is said.
    fn default() -> Self {
        Self::All {}
    }
}

/// What a figure is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FigureLimit {
    /// A number.
    Value(f64),
    /// So many times the mean over the areas that have the figure.
    Mean(f64),
    /// So many times the mean over the areas that have the figure, weighted by residents.
    WeightedMean(f64),
}

/// What becomes of an area whose need cannot be computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingNeed {
    /// Nothing is computed, and the areas are named.
    #[default]
    Stop,
    /// It keeps today's amount, and the formula shares out the rest.
    KeepToday,
}

/// A score of plans and cooperation, 0..1, from the column `readiness`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Readiness {
    /// How it counts.
    pub counts: ReadinessCounts,
    /// Who gave the scores, and by which questions.
    pub source: String,
}

/// How readiness counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "as",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum ReadinessCounts {
    /// An area takes part if its score is at least this.
    Gate {
        /// The least score, 0..1.
        at_least: f64,
    },
    /// The claim is multiplied by `1 - weight + weight * readiness`.
    Weight {
        /// 0 leaves the claim as it is; 1 multiplies by the score.
        weight: f64,
    },
}

/// Floors and caps; an area has the highest of its floors and the lowest of its caps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bounds {
    /// Kroner that each area gets at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<Money>,
    /// Kroner that no area gets more than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Money>,
    /// Kroner per resident at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_per_head: Option<f64>,
    /// Kroner per resident at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_per_head: Option<f64>,
    /// Share of the pot at least, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_share: Option<f64>,
    /// Share of the pot at most, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_share: Option<f64>,
}

/// What protects areas from large losses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Damping {
    /// Nothing.
    None {},
    /// Each area keeps at least this share of today's amount; the others pay in proportion to
    /// what they get. Where there is not enough, what is kept is reduced ratably.
    ///
    /// Areas that do not take part any more are protected too. Source: 20 USC 6337 (Title I),
    /// 85 to 95 per cent.
    HoldHarmless {
        /// The share, 0..1.
        share: f64,
    },
    /// No area's growth per resident is more than `limit-per-head` kroner below the pot's growth
    /// per resident; all pay by the same deduction per resident, also those that are protected.
    ///
    /// Source: NOU 2022:10, chapter 13 (INGAR; 400 kroner, 300 from 2009 to 2017).
    GuaranteePerHead {
        /// Kroner per resident, zero or more.
        limit_per_head: f64,
    },
}

impl Default for Damping {
    /// Amounts change at once where nothing is said.
    fn default() -> Self {
        Self::None {}
    }
}

/// Equal steps from today's amounts to the model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PhaseIn {
    /// Years until the model's amounts are reached; 1 is at once.
    pub years: u32,
}

/// How each area's amount is divided over themes. A theme is what a department pays for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Themes {
    /// Before floors.
    #[serde(default)]
    pub split: ThemeSplit,
    /// What each theme gets at least, as a share of its money today, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_of_today: Option<f64>,
    /// What a theme gets at least, as a share of the pot, 0..1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub floor_share: BTreeMap<String, f64>,
}

/// How an area's amount is divided over themes before floors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum ThemeSplit {
    /// As the area's money is divided today; an area without money today gets the mix of all.
    #[default]
    AsToday,
    /// In every area as today's pot is divided: departments keep their shares.
    DepartmentShares {},
    /// In every area by these shares, which sum to 1.
    Given {
        /// The share of each department's theme.
        shares: BTreeMap<String, f64>,
    },
}

/// What the municipality must add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Matching {
    /// The municipality's share of state and municipal money together, 0..1.
    pub municipal_share: f64,
    /// The column of what each area's municipality can pay, in kroner.
    #[serde(default = "own_money")]
    pub own_money: String,
}

/// What becomes of unspent money.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CarryOver {
    /// The share of unspent money that may be used the year after, 0..1; the rest lapses.
    pub share: f64,
    /// The share of what is available that is not spent within the year, 0..1: an assumption.
    pub unspent: f64,
    /// For how many years it is followed.
    pub years: u32,
}

/// To which unit amounts are rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rounding {
    /// The unit.
    #[serde(default)]
    pub unit: MoneyUnit,
    /// Who gets the last unit where remainders tie.
    #[serde(default)]
    pub ties: RoundingTies,
}

/// Who gets the last unit where remainders tie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoundingTies {
    /// The area whose id comes first.
    #[default]
    ById,
    /// The area with the larger claim by the formula; the id decides where these tie too.
    LargerNeed,
}

/// Who appropriates, who applies to whom, and who reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Organisation {
    /// Each department has a scheme of its own with its own application and report.
    Earmarks {},
    /// The departments appropriate, one joint group stands between them and the areas, with one
    /// application and one report an area.
    JointProgramme {},
    /// One department appropriates and manages all of it.
    Merged {
        /// The department that manages.
        manager: String,
    },
}

/// Hours and shares that no source gives: each is an assumption unless `source` says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Administration {
    /// Where the numbers come from; without it every output says that they are assumptions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Hours that a municipality spends on an application.
    pub hours_per_application: f64,
    /// Hours that a municipality spends on a report.
    pub hours_per_report: f64,
    /// Hours that the state spends on an area's case in a scheme.
    pub hours_per_case: f64,
    /// Hours a year for each link between two who must coordinate.
    pub hours_per_link: f64,
    /// Years that the state is bound on average.
    pub commitment_years: f64,
    /// The share of the money whose unspent part may be used the year after.
    pub transferable_share: f64,
    /// The share of the money that is not spent within the year.
    pub unspent_share: f64,
    /// The share of the money that may go to measures that no scheme defines.
    pub pilot_share: f64,
    /// The share of a department's contribution that comes back if the theme is dropped.
    pub return_guarantee: f64,
}

impl Default for Administration {
    /// Round numbers that make the arithmetic visible; they are no estimates.
    fn default() -> Self {
        Self {
            source: None,
            hours_per_application: 40.0,
            hours_per_report: 20.0,
            hours_per_case: 30.0,
            hours_per_link: 10.0,
            commitment_years: 1.0,
            transferable_share: 0.5,
            unspent_share: 0.05,
            pilot_share: 0.1,
            return_guarantee: 0.0,
        }
    }
}

fn one() -> f64 {
    1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(x: &f64) -> bool {
    *x == 1.0
}

fn own_money() -> String {
    "own-money".to_owned()
}
