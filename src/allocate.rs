//! Who gets how much?
//!
//! Today's money and figures of the areas ([`base`]) and a funding model ([`model`]) come in; out
//! comes an [`Allocation`] with a table for each stage: pot, eligibility, need, shares, floors and
//! caps, damping, phase-in, themes, matching, carry-over. Amounts are whole kroner, and at every
//! stage they sum to the pot exactly. [`compare`] and [`scorecard`] put models
//! side by side, [`search`] looks for formulas, and [`sure`] asks how sure winners and losers are.
//!
//! What is absent: any recommendation. The models are compared, and what cannot be measured from
//! money and figures is said not to be.

pub mod base;
pub mod clamp;
pub mod compare;
mod damp;
mod eligible;
pub mod error;
pub mod measure;
pub mod model;
pub mod need;
pub mod scorecard;
pub mod search;
pub mod structure;
pub mod sure;
mod theme;
mod years;

use crate::money::{Money, MoneyUnit, Unrounded, largest_remainder};
use crate::notice::Notice;

use base::{FundingBase, POPULATION};
use clamp::{ClampError, Part, clamp};
pub use damp::Damped;
pub use eligible::Eligible;
pub use error::AllocateError;
use model::{MissingNeed, ModelFile, ReadinessCounts, RoundingTies, WithoutArea};
use need::{Claims, claims};
pub use years::{Matched, YearLine};

/// A department's money and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PotLine {
    /// Its position among the departments of the base.
    pub department_idx: usize,
    /// Whether it takes part.
    pub takes_part: bool,
    /// Its money that has an area today.
    pub with_area: Money,
    /// Its money that has none.
    pub without_area: Money,
}

/// The first stage: which money goes in.
#[derive(Debug, Clone, PartialEq)]
pub struct Pot {
    /// One line a department.
    pub lines: Vec<PotLine>,
    /// What is shared out.
    pub total: Money,
    /// Money that has no area and is carried as such.
    pub without_area: Money,
    /// What each area gets from departments that do not take part, as today.
    pub outside: Vec<Money>,
    /// What each area gets today from those that take part.
    pub today: Vec<Money>,
}

/// The need stage: what each area can claim.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedStage {
    /// The claims; NaN where a figure is missing; `None` where the model has no formula.
    pub claims: Option<Vec<f64>>,
    /// The shares by each formula of a best-of.
    pub formulas: Vec<Vec<f64>>,
    /// Areas that keep today's amount because a figure is missing.
    pub keeps_today: Vec<bool>,
}

/// The share stage: formula and today mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The formula's shares of what is not kept; 0 where there is no formula.
    pub formula: Vec<f64>,
    /// Today's shares among the areas that take part.
    pub today: Vec<f64>,
    /// The amounts; their sum is the pot.
    pub amounts: Vec<Money>,
    exact: Vec<f64>,
}

/// The stage of floors and caps.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounded {
    /// The floors in kroner.
    pub lower: Vec<f64>,
    /// The caps in kroner; infinite where there is none.
    pub upper: Vec<f64>,
    /// The amounts; their sum is the pot.
    pub amounts: Vec<Money>,
    exact: Vec<f64>,
}

/// What a model gives each area, stage by stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// The model.
    pub model: ModelFile,
    /// Which money goes in.
    pub pot: Pot,
    /// Which areas take part, and why.
    pub eligible: Vec<Eligible>,
    /// What they can claim.
    pub need: NeedStage,
    /// Formula and today mixed.
    pub shares: Shares,
    /// Within floors and caps.
    pub bounded: Bounded,
    /// After damping.
    pub damped: Damped,
    /// The amounts of each year of the phase-in, the last of which are the model's; one year
    /// where there is none.
    pub path: Vec<Vec<Money>>,
    /// The model's amounts by area and department or theme, in the order of the base.
    pub themes: Vec<Vec<Money>>,
    /// What municipalities can match, where they must.
    pub matched: Option<Vec<Matched>>,
    /// What is spent, carried over and lapsed by area and year, where the model says so.
    pub years: Vec<YearLine>,
    /// What a reader must know.
    pub notices: Vec<Notice>,
}

impl Allocation {
    /// What the model gives an area in the end, with what stands outside the pot.
    pub fn amount(&self, area_idx: usize) -> Money {
        self.from_pot(area_idx) + self.pot.outside[area_idx]
    }

    /// What the model gives an area from the pot in the end, after matching.
    pub fn from_pot(&self, area_idx: usize) -> Money {
        match &self.matched {
            Some(matched) => matched[area_idx].granted,
            None => self.damped.amounts[area_idx],
        }
    }

    /// The same for all areas.
    pub fn amounts(&self) -> Vec<Money> {
        (0..self.pot.today.len()).map(|at| self.amount(at)).collect()
    }

    /// An area's amount in the first year of the phase-in, with what stands outside the pot.
    pub fn first_year(&self, area_idx: usize) -> Money {
        self.path[0][area_idx] + self.pot.outside[area_idx]
    }

    /// What no municipality can match.
    pub fn unmatched(&self) -> Money {
        self.matched.iter().flatten().map(|matched| matched.unmatched).sum()
    }
}

/// Carries out a funding model.
///
/// Shape: every table has a row an area, in the order of the base. A missing figure is never 0:
/// it stops the computation or leaves the area with today's amount, as the model says. Equal
/// claims give equal amounts up to one rounding unit; `rounding` says who gets the odd one.
///
/// # Errors
///
/// [`AllocateError`]: a name that the base does not have, figures that are missing or cannot be,
/// and limits that cannot be met, with the gap in kroner.
pub fn allocate(model: &ModelFile, base: &FundingBase) -> Result<Allocation, AllocateError> {
    if model.version != model::VERSION {
        return Err(AllocateError::Version { id: model.id.clone(), found: model.version });
    }
    check_share("formula-share", model.formula_share)?;
    let mut notices = base.notices.clone();
    if base.synthetic {
        notices.push(Notice::warning("notice.synthetic"));
    }
    let pot = pot(model, base)?;
    let eligible = eligible::eligible(model, base)?;
    let takes_part: Vec<bool> = eligible.iter().map(|area| area.takes_part).collect();
    if !takes_part.contains(&true) && pot.total != Money::ZERO {
        return Err(AllocateError::NobodyTakesPart { id: model.id.clone() });
    }
    let undecided: Vec<String> = (base.areas.iter().zip(&eligible))
        .filter(|(_, eligible)| eligible.undecided)
        .map(|(area, _)| area.label())
        .collect();
    if !undecided.is_empty() {
        notices.push(Notice::warning("allocate.undecided").about(undecided));
    }
    let need = need_stage(model, base, &takes_part, &mut notices)?;
    let shares = shares(model, base, &pot, &need, &takes_part)?;
    let bounded = bounded(model, base, &pot, &need, &shares, &takes_part)?;
    let damped = damp::damp(model, base, &pot, &need, &bounded, &takes_part, &mut notices)?;
    let round = Round { model, base, claims: need.claims.as_deref() };
    let path = years::phase_in(&round, &pot, &damped, &mut notices)?;
    let themes = theme::themes(model, base, &pot, &damped.amounts)?;
    let matched = match &model.matching {
        Some(matching) => Some(years::matched(matching, base, &damped.amounts, &mut notices)?),
        None => None,
    };
    let years = match model.carry_over {
        Some(carry) => years::carry_over(carry, &path)?,
        None => Vec::new(),
    };
    if pot.without_area != Money::ZERO {
        let all = base.all().as_f64();
        notices.push(
            Notice::warning("allocate.without-area")
                .with_number("kroner_nb", "kroner_en", pot.without_area.as_f64())
                .with_number(
                    "percent_nb",
                    "percent_en",
                    (pot.without_area.as_f64() / all * 1000.0).round() / 10.0,
                ),
        );
    }
    Ok(Allocation {
        model: model.clone(),
        pot,
        eligible,
        need,
        shares,
        bounded,
        damped,
        path,
        themes,
        matched,
        years,
        notices,
    })
}

/// A share must be within 0..1.
fn check_share(name: &str, share: f64) -> Result<(), AllocateError> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    let message = format!("`{name}` is {share}");
    Err(AllocateError::parameter(message, "it is a share from 0 to 1, such as `0.9`"))
}

fn pot(model: &ModelFile, base: &FundingBase) -> Result<Pot, AllocateError> {
    let mut takes_part = vec![model.pot.departments.is_none(); base.departments.len()];
    for id in model.pot.departments.iter().flatten() {
        takes_part[base.department(id)?] = true;
    }
    let lines: Vec<PotLine> = takes_part
        .iter()
        .enumerate()
        .map(|(at, &takes_part)| PotLine {
            department_idx: at,
            takes_part,
            with_area: base.today_of_department(at),
            without_area: base.without_area_of(at),
        })
        .collect();
    let sum = |at: usize, part: bool| -> Money {
        base.today[at].iter().zip(&takes_part).filter(|(_, p)| **p == part).map(|(m, _)| *m).sum()
    };
    let today: Vec<Money> = (0..base.areas.len()).map(|at| sum(at, true)).collect();
    let outside: Vec<Money> = (0..base.areas.len()).map(|at| sum(at, false)).collect();
    let (mut into, mut apart): (Money, Money) = (today.iter().sum(), base.all_without_area());
    if model.pot.without_area == WithoutArea::IntoPot {
        let moved = lines.iter().filter(|line| line.takes_part).map(|line| line.without_area).sum();
        into += moved;
        apart -= moved;
    }
    let factor = model.pot.price_factor;
    if !(factor.is_finite() && factor > 0.0) {
        let message = format!("`price-factor` is {factor}");
        return Err(AllocateError::parameter(message, "it must be above zero, such as `1.03`"));
    }
    let total = model.pot.amount.unwrap_or_else(|| {
        let kroner = into.as_f64() * factor;
        if factor == 1.0 { into } else { Money::kroner(kroner.round() as i64) }
    });
    if total < Money::ZERO || total.as_kroner() > crate::money::LARGEST {
        let message = format!("the pot is {total} kr");
        return Err(AllocateError::parameter(message, "it must be zero or more, and countable"));
    }
    Ok(Pot { lines, total, without_area: apart, outside, today })
}

fn need_stage(
    model: &ModelFile,
    base: &FundingBase,
    takes_part: &[bool],
    notices: &mut Vec<Notice>,
) -> Result<NeedStage, AllocateError> {
    let mut keeps_today = vec![false; base.areas.len()];
    let Some(need) = &model.need else {
        if model.formula_share > 0.0 {
            let (id, share) = (model.id.clone(), model.formula_share);
            return Err(AllocateError::NoFormula { id, share });
        }
        return Ok(NeedStage { claims: None, formulas: Vec::new(), keeps_today });
    };
    let Claims { mut claims, formulas } = claims(need, base, takes_part)?;
    if let Some(readiness) = &model.readiness
        && let ReadinessCounts::Weight { weight } = readiness.counts
    {
        check_share("readiness.weight", weight)?;
        let scores = eligible::readiness(base)?;
        for (claim, score) in claims.iter_mut().zip(scores) {
            *claim *= 1.0 - weight + weight * score;
        }
    }
    let missing: Vec<usize> =
        (0..claims.len()).filter(|&at| takes_part[at] && claims[at].is_nan()).collect();
    if let Some(&first) = missing.first() {
        match model.missing_need {
            MissingNeed::Stop => {
                let (n, example) = (missing.len(), base.areas[first].label());
                return Err(AllocateError::MissingNeed { n, example });
            }
            MissingNeed::KeepToday => {
                missing.iter().for_each(|&at| keeps_today[at] = true);
                let labels = missing.iter().map(|&at| base.areas[at].label()).collect();
                notices.push(Notice::warning("allocate.keeps-today").about(labels));
            }
        }
    }
    if model.formula_share > 0.0 && !claims.iter().any(|claim| *claim > 0.0) {
        return Err(AllocateError::AllZero { what: "need".to_owned() });
    }
    Ok(NeedStage { claims: Some(claims), formulas, keeps_today })
}

/// Shares of a list that sum to 1, of those that are in; all 0 where the sum is.
fn normalised(values: &[f64], is_in: impl Fn(usize) -> bool) -> Vec<f64> {
    let of = |at: usize| if is_in(at) && values[at] > 0.0 { values[at] } else { 0.0 };
    let sum: f64 = (0..values.len()).map(of).sum();
    (0..values.len()).map(|at| if sum > 0.0 { of(at) / sum } else { 0.0 }).collect()
}

fn shares(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    need: &NeedStage,
    takes_part: &[bool],
) -> Result<Shares, AllocateError> {
    let is_in = |at: usize| takes_part[at] && !need.keeps_today[at];
    let claims = need.claims.clone().unwrap_or_else(|| vec![0.0; base.areas.len()]);
    let formula = normalised(&claims, is_in);
    let amounts_today: Vec<f64> = pot.today.iter().map(|money| money.as_f64()).collect();
    let today = normalised(&amounts_today, is_in);
    let kept: f64 = (0..base.areas.len())
        .filter(|&at| takes_part[at] && need.keeps_today[at])
        .map(|at| amounts_today[at])
        .sum();
    let rest = pot.total.as_f64() - kept;
    if rest < 0.0 {
        return Err(AllocateError::FloorsAbovePot {
            floors: Money::kroner(kept as i64),
            pot: pot.total,
            by: Money::kroner(-rest as i64),
        });
    }
    let phi = model.formula_share;
    if phi < 1.0 && rest > 0.0 && today.iter().all(|share| *share == 0.0) {
        return Err(AllocateError::NoToday { share: phi });
    }
    let exact: Vec<f64> = (0..base.areas.len())
        .map(|at| {
            if takes_part[at] && need.keeps_today[at] {
                amounts_today[at]
            } else {
                rest * (phi * formula[at] + (1.0 - phi) * today[at])
            }
        })
        .collect();
    let free: Vec<Unrounded> = exact
        .iter()
        .enumerate()
        .map(|(at, &kroner)| Unrounded {
            // What does not take part is not rounded up to something.
            upper: if kroner == 0.0 && !takes_part[at] { 0.0 } else { f64::INFINITY },
            ..Unrounded::free(kroner)
        })
        .collect();
    let round = Round { model, base, claims: need.claims.as_deref() };
    let amounts = round.whole(&free, pot.total)?;
    Ok(Shares { formula, today, amounts, exact })
}

/// The highest floor and the lowest cap of an area.
fn limits(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    takes_part: &[bool],
) -> Result<Vec<(f64, f64)>, AllocateError> {
    let bounds = &model.bounds;
    let per_head = bounds.floor_per_head.is_some() || bounds.cap_per_head.is_some();
    let people = if per_head { base.figure(POPULATION)?.to_vec() } else { Vec::new() };
    for (name, share) in [("floor-share", bounds.floor_share), ("cap-share", bounds.cap_share)] {
        share.map_or(Ok(()), |share| check_share(name, share))?;
    }
    let numbers = [
        ("floor", bounds.floor.map(Money::as_f64)),
        ("cap", bounds.cap.map(Money::as_f64)),
        ("floor-per-head", bounds.floor_per_head),
        ("cap-per-head", bounds.cap_per_head),
    ];
    for (name, number) in numbers {
        if number.is_some_and(|x| !(x.is_finite() && x >= 0.0)) {
            let message = format!("`{name}` is {}", number.unwrap_or(f64::NAN));
            return Err(AllocateError::parameter(message, "limits are zero or more kroner"));
        }
    }
    let unknown: Vec<usize> =
        (0..people.len()).filter(|&at| takes_part[at] && people[at].is_nan()).collect();
    if let Some(&at) = unknown.first() {
        let (n, example) = (unknown.len(), base.areas[at].label());
        return Err(AllocateError::MissingNeed { n, example });
    }
    let total = pot.total.as_f64();
    let limits = (0..base.areas.len()).map(|at| {
        if !takes_part[at] {
            return (0.0, 0.0);
        }
        let head = people.get(at).copied().unwrap_or(0.0);
        let floors = [
            bounds.floor.map(Money::as_f64),
            bounds.floor_per_head.map(|x| x * head),
            bounds.floor_share.map(|x| x * total),
        ];
        let caps = [
            bounds.cap.map(Money::as_f64),
            bounds.cap_per_head.map(|x| x * head),
            bounds.cap_share.map(|x| x * total),
        ];
        let lower = floors.into_iter().flatten().fold(0.0, f64::max);
        (lower, caps.into_iter().flatten().fold(f64::INFINITY, f64::min))
    });
    let limits: Vec<(f64, f64)> = limits.collect();
    let crossed: Vec<usize> = (0..limits.len()).filter(|&at| limits[at].0 > limits[at].1).collect();
    if let Some(&at) = crossed.first() {
        return Err(AllocateError::FloorAboveCap {
            n: crossed.len(),
            example: base.areas[at].label(),
            floor: Money::kroner(limits[at].0.ceil() as i64),
            cap: Money::kroner(limits[at].1.floor() as i64),
        });
    }
    Ok(limits)
}

fn bounded(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    need: &NeedStage,
    shares: &Shares,
    takes_part: &[bool],
) -> Result<Bounded, AllocateError> {
    let limits = limits(model, base, pot, takes_part)?;
    let parts: Vec<Part> = limits
        .iter()
        .enumerate()
        .map(|(at, &(lower, upper))| {
            if takes_part[at] && need.keeps_today[at] {
                let today = pot.today[at].as_f64();
                return Part { weight: 0.0, lower: today, upper: today };
            }
            Part { weight: shares.exact[at], lower, upper }
        })
        .collect();
    let exact = clamp(&parts, pot.total.as_f64())
        .map_err(|error| infeasible(error, pot.total, &parts))?
        .amounts;
    let unrounded: Vec<Unrounded> = exact
        .iter()
        .zip(&parts)
        .map(|(&kroner, part)| Unrounded { kroner, lower: part.lower, upper: part.upper })
        .collect();
    let round = Round { model, base, claims: need.claims.as_deref() };
    let amounts = round.whole(&unrounded, pot.total)?;
    let lower = parts.iter().map(|part| part.lower).collect();
    let upper = parts.iter().map(|part| part.upper).collect();
    Ok(Bounded { lower, upper, amounts, exact })
}

/// Limits that cannot be met, in kroner.
fn infeasible(error: ClampError, pot: Money, parts: &[Part]) -> AllocateError {
    let kroner = |x: f64| Money::kroner(x.ceil() as i64);
    match error {
        ClampError::LowerAbove { by } => AllocateError::FloorsAbovePot {
            floors: kroner(parts.iter().map(|part| part.lower).sum()),
            pot,
            by: kroner(by),
        },
        ClampError::UpperBelow { by } | ClampError::NobodyLeft { by } => {
            AllocateError::CapsBelowPot { pot, by: kroner(by) }
        }
    }
}

/// How a stage's amounts become whole units.
struct Round<'a> {
    model: &'a ModelFile,
    base: &'a FundingBase,
    claims: Option<&'a [f64]>,
}

impl Round<'_> {
    fn whole(&self, amounts: &[Unrounded], total: Money) -> Result<Vec<Money>, AllocateError> {
        Ok(largest_remainder(amounts, total, self.unit(), |a, b| {
            let by_id = self.base.areas[a].id.cmp(&self.base.areas[b].id);
            match (self.model.rounding.ties, self.claims) {
                (RoundingTies::LargerNeed, Some(claims)) => {
                    claims[b].total_cmp(&claims[a]).then(by_id)
                }
                (RoundingTies::LargerNeed, None) | (RoundingTies::ById, _) => by_id,
            }
        })?)
    }

    fn unit(&self) -> MoneyUnit {
        self.model.rounding.unit
    }
}

#[cfg(test)]
mod tests;
