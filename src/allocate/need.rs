//! What can an area claim by the formula?
//!
//! Figures of the areas and a measure come in; out comes one claim an area, whose share of the sum
//! of claims is the area's formula share. A claim is never negative.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AllocateError;
use super::base::{DEPRIVED, FundingBase, POPULATION, SCORE};

/// How a claim is computed.
///
/// Source of the forms: the schemes that are named with each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Need {
    /// The same for each area. The amount per deprived person then falls with an area's size.
    Equal {},
    /// The residents.
    Population {},
    /// The deprived persons, from the column `deprived`.
    DeprivedPersons {},
    /// Residents times a function of the score.
    PopulationByScore {
        /// The function.
        function: ScoreFunction,
    },
    /// A weighted sum of an area's shares of columns: `sum(weight * x / sum(x))`.
    ///
    /// Source: US Community Development Block Grant; UK Single Regeneration Budget.
    Shares {
        /// The columns and their weights.
        weights: BTreeMap<String, f64>,
    },
    /// Residents times how far a value is from a reference, times a rate; with a premium for
    /// persons above the average.
    ///
    /// Source: COM(2004) 492, the Berlin method.
    Gap {
        /// The column of values; those that are worse are below the reference.
        value: String,
        /// The value from which on there is no gap: a number, or the name of one of the funding
        /// file's `constants`.
        reference: Reference,
        /// The rates, of which the first whose limit is not reached holds.
        rates: GapRates,
        /// What is added for persons above the average.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        premium: Option<Premium>,
    },
    /// The larger of two claims, each as a share of its sum.
    ///
    /// Source: US Community Development Block Grant, formulas A and B.
    BestOf {
        /// The formulas.
        formulas: Vec<Need>,
    },
}

/// What gaps are measured from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reference {
    /// This number.
    Number(f64),
    /// A number of the funding file.
    Named(String),
}

/// What a score means for the claim of one resident.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "shape", deny_unknown_fields, rename_all = "kebab-case")]
pub enum ScoreFunction {
    /// The score itself. Scores below zero, as z-scores have, are refused: they are no claims.
    Linear {},
    /// How far the score is above a threshold; zero below it. A cliff is where this begins.
    Above {
        /// The threshold.
        threshold: f64,
    },
    /// How far the score is above the smallest one; the area with the best conditions has none.
    AboveSmallest {},
    /// The score to a power; above 1 the worst areas get more than in proportion.
    Power {
        /// The exponent, above zero.
        exponent: f64,
    },
}

/// Rates by the prosperity of the larger unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GapRates {
    /// The column that the limits are about; needed where there is more than one rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The tiers in the order of their limits.
    pub tiers: Vec<Tier>,
}

/// A rate up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tier {
    /// Holds below this; the last tier has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// The rate.
    pub rate: f64,
}

/// An amount for each person beyond what the average of the areas that take part would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Premium {
    /// The column of persons, such as the unemployed.
    pub persons: String,
    /// The column of all persons, such as the labour force.
    pub of: String,
    /// Kroner (or another money) per person.
    pub amount: f64,
}

/// The claims of the areas that take part, and the parts of a best-of formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// One an area; NaN where a figure is missing, 0 for areas that do not take part.
    pub claims: Vec<f64>,
    /// The shares by each formula of a best-of; empty otherwise.
    pub formulas: Vec<Vec<f64>>,
}

/// The claims of the areas of which `takes_part` is true.
///
/// Shape: one claim an area, in the order of the base. A missing figure gives NaN.
///
/// # Errors
///
/// [`AllocateError`] for a column that is not there, a figure below zero where persons are
/// counted, a population of zero, or a score that is no claim.
pub(super) fn claims(
    need: &Need,
    base: &FundingBase,
    takes_part: &[bool],
) -> Result<Claims, AllocateError> {
    let only = |mut claims: Vec<f64>| {
        claims.iter_mut().zip(takes_part).filter(|(_, part)| !**part).for_each(|(c, _)| *c = 0.0);
        Claims { claims, formulas: Vec::new() }
    };
    Ok(match need {
        Need::Equal {} => only(vec![1.0; base.areas.len()]),
        Need::Population {} => only(population(base, takes_part)?),
        Need::DeprivedPersons {} => only(counts(base, DEPRIVED, takes_part)?),
        Need::PopulationByScore { function } => {
            let people = population(base, takes_part)?;
            let scores = function.of(base, takes_part)?;
            only(people.iter().zip(scores).map(|(p, g)| p * g).collect())
        }
        Need::Shares { weights } => {
            let mut sum = vec![0.0; base.areas.len()];
            for (name, weight) in weights {
                if !(weight.is_finite() && *weight >= 0.0) {
                    return Err(AllocateError::parameter(
                        format!("the weight of `{name}` is {weight}"),
                        "weights of shares are zero or more",
                    ));
                }
                let column = counts(base, name, takes_part)?;
                let total = sum_of(&column, takes_part);
                if total <= 0.0 {
                    return Err(AllocateError::AllZero { what: name.clone() });
                }
                for (sum, x) in sum.iter_mut().zip(column) {
                    *sum += weight * x / total;
                }
            }
            only(sum)
        }
        Need::Gap { value, reference, rates, premium } => {
            let reference = match reference {
                Reference::Number(number) => *number,
                Reference::Named(name) => base.constant(name)?,
            };
            only(gap(base, takes_part, value, reference, rates, premium.as_ref())?)
        }
        Need::BestOf { formulas } => {
            if formulas.is_empty() {
                return Err(AllocateError::parameter(
                    "`best-of` has no formula".to_owned(),
                    "name at least one under `formulas`",
                ));
            }
            let mut shares = Vec::new();
            for formula in formulas {
                let found = claims(formula, base, takes_part)?.claims;
                let total = sum_of(&found, takes_part);
                if total <= 0.0 {
                    return Err(AllocateError::AllZero { what: "best-of".to_owned() });
                }
                shares.push(found.into_iter().map(|x| x / total).collect::<Vec<f64>>());
            }
            let largest = |at: usize| {
                let of = shares.iter().map(|shares| shares[at]);
                // A formula that cannot be computed leaves the larger of the two unknown.
                of.fold(0.0, |a: f64, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) })
            };
            let claims = (0..base.areas.len()).map(largest).collect();
            Claims { formulas: shares, ..only(claims) }
        }
    })
}

/// The sum over areas that take part and have a value.
fn sum_of(values: &[f64], takes_part: &[bool]) -> f64 {
    values.iter().zip(takes_part).filter(|(x, part)| **part && !x.is_nan()).map(|(x, _)| x).sum()
}

/// Residents of areas that take part; nobody lives in none of them.
fn population(base: &FundingBase, takes_part: &[bool]) -> Result<Vec<f64>, AllocateError> {
    let people = counts(base, POPULATION, takes_part)?;
    let empty: Vec<usize> =
        (0..people.len()).filter(|&at| takes_part[at] && people[at] == 0.0).collect();
    match empty.first() {
        Some(&at) => {
            Err(AllocateError::NobodyLives { n: empty.len(), example: base.areas[at].label() })
        }
        None => Ok(people),
    }
}

/// A column of which no value may be below zero.
fn counts(base: &FundingBase, name: &str, takes_part: &[bool]) -> Result<Vec<f64>, AllocateError> {
    let column = base.figure(name)?;
    let below: Vec<usize> =
        (0..column.len()).filter(|&at| takes_part[at] && column[at] < 0.0).collect();
    match below.first() {
        Some(&at) => Err(AllocateError::Negative {
            figure: name.to_owned(),
            n: below.len(),
            example: base.areas[at].label(),
            value: column[at],
        }),
        None => Ok(column.to_vec()),
    }
}

impl ScoreFunction {
    fn of(self, base: &FundingBase, takes_part: &[bool]) -> Result<Vec<f64>, AllocateError> {
        let scores = base.figure(SCORE)?;
        Ok(match self {
            Self::Linear {} | Self::Power { .. } => {
                let exponent = match self {
                    Self::Power { exponent } => exponent,
                    Self::Linear {} | Self::Above { .. } | Self::AboveSmallest {} => 1.0,
                };
                if !(exponent.is_finite() && exponent > 0.0) {
                    return Err(AllocateError::parameter(
                        format!("the exponent is {exponent}"),
                        "it must be above zero",
                    ));
                }
                counts(base, SCORE, takes_part)?.iter().map(|x| x.powf(exponent)).collect()
            }
            Self::Above { threshold } => above(scores, threshold),
            Self::AboveSmallest {} => {
                let present = scores.iter().zip(takes_part).filter(|(_, part)| **part);
                let smallest = present.map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
                above(scores, smallest)
            }
        })
    }
}

/// How far each is above a threshold; zero below, and NaN where there is none.
fn above(values: &[f64], threshold: f64) -> Vec<f64> {
    // `max` would turn a gap into zero.
    values.iter().map(|x| if x.is_nan() { *x } else { (x - threshold).max(0.0) }).collect()
}

fn gap(
    base: &FundingBase,
    takes_part: &[bool],
    value: &str,
    reference: f64,
    rates: &GapRates,
    premium: Option<&Premium>,
) -> Result<Vec<f64>, AllocateError> {
    let people = population(base, takes_part)?;
    let values = base.figure(value)?;
    let tier_of = match (&rates.by, rates.tiers.as_slice()) {
        (_, []) => {
            return Err(AllocateError::parameter(
                "`rates` has no tier".to_owned(),
                "give one, such as `tiers = [{ rate = 0.04 }]`",
            ));
        }
        (None, [_]) => None,
        (None, _) => {
            return Err(AllocateError::parameter(
                "`rates` has several tiers but no column".to_owned(),
                "name the column that the limits are about with `by`",
            ));
        }
        (Some(by), _) => Some(base.figure(by)?),
    };
    let rate = |at: usize| match tier_of {
        None => rates.tiers[0].rate,
        Some(column) if column[at].is_nan() => f64::NAN,
        Some(column) => rates
            .tiers
            .iter()
            .find(|tier| tier.below.is_none_or(|limit| column[at] < limit))
            .map_or(0.0, |tier| tier.rate),
    };
    let mut claims: Vec<f64> = values
        .iter()
        .enumerate()
        .map(|(at, x)| {
            let gap = if x.is_nan() { *x } else { (reference - x).max(0.0) };
            people[at] * gap * rate(at)
        })
        .collect();
    if let Some(premium) = premium {
        let (persons, of) =
            (counts(base, &premium.persons, takes_part)?, counts(base, &premium.of, takes_part)?);
        let all = sum_of(&of, takes_part);
        if all <= 0.0 {
            return Err(AllocateError::AllZero { what: premium.of.clone() });
        }
        let average = sum_of(&persons, takes_part) / all;
        for (claim, (persons, of)) in claims.iter_mut().zip(persons.iter().zip(&of)) {
            let beyond = persons - average * of;
            *claim += if beyond.is_nan() { beyond } else { beyond.max(0.0) * premium.amount };
        }
    }
    Ok(claims)
}
