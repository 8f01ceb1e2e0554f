//! What stands in a file of a selection rule?
//!
//! The rule itself, the facts of its own that it reads, its named criteria, what is done around it
//! (floors, lists, neighbours, caps), and its tiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::RuleText;
use super::rule::{By, Cut, CutTies, Rule};
use crate::index::Rate;
use crate::indicator::{Direction, IndicatorId};
use crate::language::{Citation, Text};
use crate::project::Exclusion;

/// A selection rule, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens.
    pub id: String,
    /// Title in both languages.
    pub title: Text,
    /// Where the rule is published, or who set it; one text, or one in both languages.
    pub source: Citation,
    /// The year of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Whose rule it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// What the rule does not cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// What becomes of an area whose answer is unknown.
    #[serde(default)]
    pub unknown: Unknown,
    /// Criteria with `only-if-asked` that are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Facts that the rule reads from the table, beside the indicators of the index. A fact that
    /// the index has too is read as the index has it.
    #[serde(default, rename = "fact", skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<OwnFact>,
    /// Named criteria, which the rule, its tiers and other criteria may refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub criteria: BTreeMap<String, Named>,
    /// The rule.
    pub rule: Rule,
    /// What is done around the rule, in the order of the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<Around>,
    /// Narrower circles among the selected areas; a later one is a higher one.
    #[serde(default, rename = "tier", skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// The text that the rule was read from, by which errors find their line.
    #[serde(skip)]
    pub text: Option<Arc<RuleText>>,
}

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A law's or an authority's rule, every number of which was read in the source.
    Official,
    /// A rule that follows another in part; no authority stands behind it.
    InspiredBy,
}

/// What becomes of an area whose answer is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// It is listed apart, neither selected nor not selected.
    #[default]
    ListApart,
    /// It counts as not selected, and its sentence says that values were missing.
    NotSelected,
    /// It is listed apart, and the number of selected areas and people is stated as bounds.
    Bounds,
}

/// A fact that the rule reads from a column of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OwnFact {
    /// Its name in the file, which is also its column where nothing else is said.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// The unit as printed; `%` also says that values lie in 0..100.
    #[serde(default)]
    pub unit: String,
    /// Which end means deprived conditions. Only used where no index is named.
    #[serde(default = "higher_is_worse")]
    pub direction: Direction,
    /// The column of the table; a project file may say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The columns of its counts, when the value is a rate that is computed from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Whether it describes the areas or the smaller areas within them.
    #[serde(default)]
    pub of: FactOf,
    /// For a fact that somebody judged, 0..1: the columns of the author and the date. A value
    /// without both is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

fn higher_is_worse() -> Direction {
    Direction::HigherIsWorse
}

/// What a fact describes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactOf {
    /// The areas that the rule selects from.
    #[default]
    Areas,
    /// The smaller areas within them, from the project's `[children]`.
    Children,
}

/// Who judged, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Judged {
    /// The column of authors.
    pub author: String,
    /// The column of dates.
    pub date: String,
}

/// A criterion with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Named {
    /// What it is called in sentences; the name where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Whether it applies only when it is asked for by name. Until then it is left out of the
    /// rule as if it were not there, and a warning says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_if_asked: bool,
    /// What a reader must know where it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Text>,
    /// The criterion.
    pub rule: Rule,
}

/// What is done around the rule. Each part is one criterion of the whole, so that an area's
/// sentence tells of it: eligible are areas of which the rule, `population` and `persistence`
/// hold, or `stays`, `neighbours` or `keep`, and not `exclude`; of these `cap-per-parent` and then
/// `at-most` let so many through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Around {
    /// Fewest and most residents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationRange>,
    /// The rule must have held for some years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Persistence>,
    /// An area for which the rule and the population held stays eligible for some years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stays: Option<Stays>,
    /// Areas among selected neighbours, by a relaxed rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<Adjacency>,
    /// Areas that are in whatever the rule says, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<Exclusion>,
    /// Areas that are out whatever the rule says, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclusion>,
    /// The most areas of one parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_per_parent: Option<CapPerParent>,
    /// The most areas, share of all areas or share of all people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Cut>,
}

/// Fewest and most residents, both within.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PopulationRange {
    /// The fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// For how long the rule must have held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Persistence {
    /// Over how many years, this year among them.
    pub years: u16,
    /// In how many of them; in each where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
}

/// For how long an area stays eligible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stays {
    /// So many years after the last year in which the rule held.
    pub years: u16,
}

/// Areas among selected neighbours. The flags are those of the first round, so that one area
/// cannot pull in the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Adjacency {
    /// The least share of the neighbours that is selected, 0..1.
    pub share: f64,
    /// What must hold of the area itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What of an area without neighbours.
    #[serde(default)]
    pub without: NoNeighbours,
}

/// What of an area without neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoNeighbours {
    /// Its share is missing and the criterion is not met.
    #[default]
    NotMet,
    /// Its share is missing and the criterion is unknown.
    Unknown,
}

/// The most areas of one parent. An area whose parent is unknown has an unknown place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CapPerParent {
    /// How many.
    pub areas: usize,
    /// By which fact; by score where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// What becomes of areas that tie at the edge.
    #[serde(default)]
    pub ties: CutTies,
}

/// A narrower circle among the selected areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tier {
    /// Short name, lower case with hyphens.
    pub id: String,
    /// Title in both languages.
    pub title: Text,
    /// The tier that an area must be in; the selection where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// What must hold beside.
    pub rule: Rule,
}

impl RuleFile {
    /// The cut by score that the rule is, if it is that and nothing else.
    pub fn bare_cut(&self) -> Option<&Cut> {
        match &self.rule {
            Rule::Worst(cut) if cut.is_by_score() && self.around.is_none() => Some(cut),
            Rule::Worst(_)
            | Rule::All(_)
            | Rule::Any(_)
            | Rule::AtLeast(_)
            | Rule::Not(_)
            | Rule::Points(_)
            | Rule::Compare(_)
            | Rule::Between(_)
            | Rule::Criterion(_)
            | Rule::Parent(_) => None,
        }
    }

    /// The fact of the rule's own with this name.
    pub fn fact(&self, id: &IndicatorId) -> Option<&OwnFact> {
        self.facts.iter().find(|fact| &fact.id == id)
    }
}
