//! Which other choices could have been made?
//!
//! A space of alternatives is read from TOML: what could have been decided differently in the
//! recipe, and whether sampling error and the filling of gaps count as doubt too. What a file
//! does not name is not varied. [`Space::usual`] is what a run uses where a project says nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregation;
use crate::index::Plan;
use crate::indicator::IndicatorId;
use crate::normalise::{Divisor, Normalisation, RankShare, Reference, Zeros};
use crate::rank::Ties;
use crate::suggest::nearest;
use crate::treat::{Imputation, Treatment};

/// The only version of the file so far.
pub const VERSION: u32 = 1;

/// More combinations of discrete choices than this are not tried one by one.
pub const MAX_COMBINATIONS: usize = 2_000;

/// What a project says of uncertainty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UncertaintyOptions {
    /// A file with the space of alternatives, relative to the project file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The same, written here. Where neither is named, the usual space is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<Space>,
    /// How many times the index is computed anew; 1000 where nothing is said, 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u32>,
    /// The seed; 1 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// A space of alternatives, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Space {
    /// Version of this file format: 1.
    pub version: u32,
    /// How the weights vary.
    #[serde(default)]
    pub weights: WeightSpread,
    /// Given sets of weights, one of which is drawn; the recipe's own set is one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<WeightScenario>,
    /// Other ways to make the indicators comparable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalisation: Option<NormalisationChoice>,
    /// Other treatments of gaps and extreme values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<TreatmentChoice>,
    /// Other reference sets: the areas that minimum, maximum, mean and deviation are taken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceChoice>,
    /// Other aggregations, for all levels or for some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aggregation: Vec<AggregationChoice>,
    /// The constant of every exponential transformation in the recipe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponential: Option<KRange>,
    /// The probability, 0..1, that a replicate leaves one indicator out, each equally likely.
    #[serde(default)]
    pub leave_out: f64,
    /// Whether rates have sampling error.
    #[serde(default)]
    pub sampling: Sampling,
    /// Standard errors of indicators that are estimates, such as those of a survey: their values
    /// are drawn from a normal distribution, those in per cent kept within 0..100.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standard_errors: BTreeMap<IndicatorId, StandardError>,
    /// Whether gaps are filled at random.
    #[serde(default)]
    pub gaps: GapDraws,
    /// What is reported.
    #[serde(default)]
    pub results: ResultOptions,
}

/// How the weights of each level vary around those of the recipe. The weights of a level keep
/// their sum, and a weight of zero stays zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum WeightSpread {
    /// Not at all.
    #[default]
    Fixed,
    /// Dirichlet with mean at the recipe's weights. A weight with share `w` of its level has the
    /// standard deviation `sqrt(w (1 - w) / (concentration + 1))`: 0.04 for 0.20 and 100.
    Dirichlet {
        /// The larger, the closer to the recipe; above zero.
        concentration: f64,
        /// The same for single levels, by the id of the domain; `score` is the top.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        levels: BTreeMap<String, f64>,
    },
    /// Dirichlet in which an average weight of a level has this coefficient of variation:
    /// `concentration = (k - 1) / cv^2 - 1` for `k` weights.
    DirichletCv {
        /// Standard deviation over mean, such as 0.25; above zero.
        cv: f64,
    },
    /// Each weight times `1 + u`, with `u` uniform in `-share..share`, then rescaled to the sum
    /// of the level. Source: Becker et al., COINr, `get_noisy_weights`.
    Noise {
        /// Above 0 and below 1.
        share: f64,
    },
}

/// A given set of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WeightScenario {
    /// Its name.
    pub id: String,
    /// Weights of domains and indicators; the others keep theirs, and levels keep their sums.
    pub weights: BTreeMap<IndicatorId, f64>,
}

/// Ways to make the indicators comparable, each equally likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NormalisationChoice {
    /// Whether the recipe's own way is one of them.
    #[serde(default = "yes")]
    pub own: bool,
    /// The others, used for every indicator.
    pub methods: Vec<Normalisation>,
}

/// Reference sets, each equally likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceChoice {
    /// Whether the recipe's own set is one of them.
    #[serde(default = "yes")]
    pub own: bool,
    /// The others, used for every indicator.
    pub alternatives: Vec<ReferenceAlternative>,
}

/// Another reference set of every indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceAlternative {
    /// Its name.
    pub id: String,
    /// The set.
    pub reference: Reference,
}

/// The standard error of every area's value of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandardError {
    /// In the unit of the indicator.
    Absolute(f64),
    /// As a share of the value, such as 0.05.
    Relative(f64),
}

/// Treatments, each equally likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TreatmentChoice {
    /// Whether the recipe's own treatment is one of them.
    #[serde(default = "yes")]
    pub own: bool,
    /// The others, used for every indicator.
    pub alternatives: Vec<TreatmentAlternative>,
}

/// Another treatment of every indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TreatmentAlternative {
    /// Its name.
    pub id: String,
    /// What is done to extreme values; as the recipe says where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<Vec<Treatment>>,
    /// How gaps are filled; as the recipe says where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impute: Option<Imputation>,
}

/// Aggregations of some levels, each equally likely; the levels of one choice change together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AggregationChoice {
    /// Ids of domains; `score` is the top. All levels where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Whether the recipe's own way is one of them.
    #[serde(default = "yes")]
    pub own: bool,
    /// The others.
    pub methods: Vec<Aggregation>,
}

/// A range of `k`, drawn uniformly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KRange {
    /// The least; above zero.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// Whether rates have sampling error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// No. Registers count everybody, so that the rate of a year is known; that it would differ
    /// a little another year is another question.
    #[default]
    None,
    /// Numerators are drawn anew: binomial for per cent, Poisson for other bases. For surveys,
    /// or where small numbers are read as a sample of what could have happened; each stratum of a
    /// standardised rate by itself. A rate of zero stays zero, which understates its doubt. Indicators with a column of standard errors are
    /// drawn from those instead.
    FromCounts,
    /// Only indicators with a column of standard errors are drawn, from a normal distribution;
    /// those in per cent are kept within 0..100.
    FromErrors,
}

/// Whether gaps are filled at random.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapDraws {
    /// No: the recipe decides over gaps.
    #[default]
    None,
    /// Each gap gets the value of an area drawn at random among those that have one. Supposes
    /// that what is missing is like what is there.
    Observed,
    /// Each gap gets the value of one of the area's neighbours, drawn at random among those that
    /// have one; of any area where none has. Makes an area look like its surroundings. Needs
    /// `[areas] neighbours`.
    Neighbours,
}

/// What is reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ResultOptions {
    /// The two ends of the rank interval, as shares.
    pub interval: [f64; 2],
    /// How many areas "the worst areas" are.
    pub worst_areas: usize,
    /// The share of the residents in "the worst areas by residents".
    pub worst_share_of_people: f64,
}

impl Default for ResultOptions {
    /// Nine of ten replicates, the five worst areas, a fifth of the people: choices of what is
    /// printed, not of the method.
    fn default() -> Self {
        Self { interval: [0.05, 0.95], worst_areas: 5, worst_share_of_people: 0.2 }
    }
}

fn yes() -> bool {
    true
}

impl Space {
    /// A space in which nothing varies.
    pub fn fixed() -> Self {
        Self {
            version: VERSION,
            weights: WeightSpread::Fixed,
            scenarios: Vec::new(),
            normalisation: None,
            treatment: None,
            reference: None,
            aggregation: Vec::new(),
            exponential: None,
            leave_out: 0.0,
            sampling: Sampling::None,
            standard_errors: BTreeMap::new(),
            gaps: GapDraws::None,
            results: ResultOptions::default(),
        }
    }

    /// The space of a project that names none: weights by a Dirichlet of concentration 100 around
    /// the recipe's, and normalisation by the recipe's own way, z-score, min-max or percentile.
    pub fn usual() -> Self {
        Self {
            weights: WeightSpread::Dirichlet { concentration: 100.0, levels: BTreeMap::new() },
            normalisation: Some(NormalisationChoice {
                own: true,
                methods: vec![
                    Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample },
                    Normalisation::MinMax { low: 1.0, high: 100.0 },
                    Normalisation::Percentile {
                        share: RankShare::RankLessHalfOverN,
                        ties: Ties::Average,
                        zeros: Zeros::Ranked,
                    },
                ],
            }),
            ..Self::fixed()
        }
    }

    /// Whether values have sampling error.
    pub fn draws_values(&self) -> bool {
        self.sampling != Sampling::None || !self.standard_errors.is_empty()
    }

    /// Everything that is wrong with the space for this recipe, each as what and what to do.
    pub fn problems(&self, plan: &Plan<'_>) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let mut problem = |bad: bool, what: String, help: &str| {
            if bad {
                all.push((what, help.to_owned()));
            }
        };
        problem(
            self.version != VERSION,
            format!("the space has version {}", self.version),
            "this program reads version 1",
        );
        match &self.weights {
            WeightSpread::Fixed => {}
            WeightSpread::Dirichlet { concentration, levels } => {
                for c in levels.values().chain([concentration]) {
                    problem(
                        !(c.is_finite() && *c > 0.0),
                        format!("the concentration is {c}"),
                        "it is above zero; 100 lets a weight of 0.20 vary by about 0.04",
                    );
                }
            }
            WeightSpread::DirichletCv { cv } => problem(
                !(cv.is_finite() && *cv > 0.0),
                format!("the coefficient of variation is {cv}"),
                "it is above zero; 0.25 lets an average weight vary by a quarter",
            ),
            WeightSpread::Noise { share } => problem(
                !(*share > 0.0 && *share < 1.0),
                format!("the noise is {share}"),
                "it is a share above 0 and below 1",
            ),
        }
        problem(
            !(0.0..=1.0).contains(&self.leave_out),
            format!("`leave-out` is {}", self.leave_out),
            "it is a probability from 0 to 1",
        );
        if let Some(KRange { low, high }) = self.exponential {
            problem(
                !(low > 0.0 && high.is_finite() && low <= high),
                format!("`k` runs from {low} to {high}"),
                "`low` is above zero and not above `high`",
            );
        }
        let [low, high] = self.results.interval;
        problem(
            !(low >= 0.0 && high <= 1.0 && low < high),
            format!("the interval runs from {low} to {high}"),
            "write two shares, such as `[0.05, 0.95]`",
        );
        let share = self.results.worst_share_of_people;
        problem(
            !(share > 0.0 && share <= 1.0),
            format!("`worst-share-of-people` is {share}"),
            "it lies above 0 and is at most 1",
        );
        for (id, error) in &self.standard_errors {
            let (StandardError::Absolute(error) | StandardError::Relative(error)) = error;
            problem(
                !(error.is_finite() && *error >= 0.0),
                format!("the standard error of `{id}` is {error}"),
                "it is zero or more",
            );
        }
        let empty = self.normalisation.as_ref().is_some_and(|c| !c.own && c.methods.is_empty())
            || self.reference.as_ref().is_some_and(|c| !c.own && c.alternatives.is_empty())
            || self.treatment.as_ref().is_some_and(|c| !c.own && c.alternatives.is_empty())
            || self.aggregation.iter().any(|c| !c.own && c.methods.is_empty());
        problem(
            empty,
            "a choice has nothing to choose from".to_owned(),
            "name a method, or leave the recipe's own in with `own = true`",
        );
        self.unknown_names(plan, &mut all);
        all
    }

    fn unknown_names(&self, plan: &Plan<'_>, all: &mut Vec<(String, String)>) {
        let definition = plan.definition();
        let domains = definition.domains.iter().map(|domain| domain.id.as_str());
        let levels: Vec<&str> = domains.clone().chain(["score"]).collect();
        let children: Vec<&str> =
            domains.chain(definition.indicators.iter().map(|i| i.id.as_str())).collect();
        let mut check = |known: &[&str], kind: &str, name: &str| {
            if !known.contains(&name) {
                let help = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the recipe has {}", known.join(", ")),
                };
                all.push((format!("the space names the unknown {kind} `{name}`"), help));
            }
        };
        if let WeightSpread::Dirichlet { levels: named, .. } = &self.weights {
            named.keys().for_each(|name| check(&levels, "level", name));
        }
        for choice in &self.aggregation {
            choice.levels.iter().for_each(|name| check(&levels, "level", name));
        }
        let indicators: Vec<&str> = definition.indicators.iter().map(|i| i.id.as_str()).collect();
        for id in self.standard_errors.keys() {
            check(&indicators, "indicator", id.as_str());
        }
        for scenario in &self.scenarios {
            scenario.weights.keys().for_each(|name| check(&children, "weight", name.as_str()));
        }
        for scenario in &self.scenarios {
            if scenario.weights.values().any(|w| !(w.is_finite() && *w >= 0.0)) {
                all.push((
                    format!("the scenario `{}` has a weight below zero", scenario.id),
                    "a weight is a number of zero or more".to_owned(),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::IndexDefinition;

    #[test]
    fn a_space_is_read_and_its_mistakes_are_all_told() {
        let space = parse(
            "version = 1\nleave-out = 0.1\nsampling = \"from-counts\"\n\
             weights = { method = \"dirichlet\", concentration = 100, levels = { score = 50 } }\n\
             [[aggregation]]\nmethods = [{ method = \"geometric-mean\" }]\n",
        );
        assert!(space.problems(&Plan::of(&definition()).unwrap()).is_empty());
        let wrong = parse(
            "version = 1\nleave-out = 2\nweights = { method = \"noise\", share = 1 }\n\
             [[aggregation]]\nlevels = [\"scor\"]\nmethods = []\n",
        );
        let problems = wrong.problems(&Plan::of(&definition()).unwrap());
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[2].1.contains("`score`"));
    }

    fn parse(text: &str) -> Space {
        toml::from_str(text).unwrap()
    }

    fn definition() -> IndexDefinition {
        let preset = crate::presets::find(crate::presets::INDICES, "no-levekaar-5").unwrap();
        toml::from_str(preset.text).unwrap()
    }
}
