//! How does money stand to need?
//!
//! Numbers of one distribution of money over areas: how far it is from a formula, whom it reaches,
//! how equal it is per deprived person. A number that cannot be computed says why and is never 0.
//! What they are called and how they are read is in the catalogue, `allocate.m-…`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Allocation;
use super::base::{DEPRIVED, FundingBase, POPULATION, SCORE};
use crate::draw::Seed;
use crate::gradient::{concentration_index, kakwani};
use crate::inequality::{theil_of_groups, weighted_gini};
use crate::money::Money;
use crate::statistics::correlation::{pearson, spearman};

/// The share of people that targeting looks at: the poorest two fifths.
///
/// Source: Coady, Grosh and Hoddinott (2004), World Bank Research Observer 19(1).
pub const NEEDIEST: f64 = 0.4;

/// Areas whose need differs by at most this share of the range of need count as alike.
pub const ALIKE: f64 = 0.1;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureUnit {
    /// A share, 0..1, printed as per cent.
    Share,
    /// A number of things.
    Count,
    /// Kroner.
    Kroner,
    /// Hours a year.
    Hours,
    /// Years.
    Years,
    /// A coefficient or ratio.
    Number,
}

/// Which end is good, as the report argues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    High,
    /// Less is better.
    Low,
    /// It depends on what one wants.
    Neither,
}

/// Why a number cannot be computed; each is a sentence of the catalogue, `allocate.no-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotComputed {
    /// There is no formula to compare with, or figures of fewer than two areas.
    NoNeed,
    /// No deprived persons are known.
    NoDeprived,
    /// No residents are known.
    NoPopulation,
    /// There are no figures of earlier years.
    NoHistory,
    /// What each theme needs is not known.
    NoThemeNeed,
    /// No score of plans and cooperation is known.
    NoReadiness,
    /// How many conditions are worse than a limit is not known.
    NoConditions,
    /// There is nothing in money and figures that would measure it.
    NotInMoney,
    /// All areas have the same, or there is no money.
    Undefined,
}

impl NotComputed {
    /// The sentence's key in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoNeed => "allocate.no-need",
            Self::NoDeprived => "allocate.no-deprived",
            Self::NoPopulation => "allocate.no-population",
            Self::NoHistory => "allocate.no-history",
            Self::NoThemeNeed => "allocate.no-theme-need",
            Self::NoReadiness => "allocate.no-readiness",
            Self::NoConditions => "allocate.no-conditions",
            Self::NotInMoney => "allocate.no-money-measure",
            Self::Undefined => "allocate.no-undefined",
        }
    }
}

/// One number of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Its stable name; `allocate.m-<id>` in the catalogue.
    pub id: &'static str,
    /// The number, or why there is none.
    pub value: Result<f64, NotComputed>,
    /// What it counts.
    pub unit: MeasureUnit,
    /// Which end is good.
    pub better: Better,
    /// It rests on numbers that no source gives.
    pub assumed: bool,
}

impl Measure {
    pub(super) fn of(
        id: &'static str,
        value: Result<f64, NotComputed>,
        unit: MeasureUnit,
        better: Better,
    ) -> Self {
        // A quotient without a denominator is no number.
        let value =
            value.and_then(|x| if x.is_finite() { Ok(x) } else { Err(NotComputed::Undefined) });
        Self { id, value, unit, better, assumed: false }
    }
}

/// What is compared with need: kroner an area.
#[derive(Debug, Clone, Copy)]
pub struct MoneyAndNeed<'a> {
    /// The base with the figures.
    pub base: &'a FundingBase,
    /// Kroner of each area.
    pub amounts: &'a [Money],
    /// The claims by the reference formula; NaN where a figure is missing.
    pub reference: Option<&'a [f64]>,
}

/// The reference formula where none is given: a model's own claims, or the deprived persons.
pub fn reference(allocations: &[&Allocation], base: &FundingBase) -> Option<Vec<f64>> {
    let own = allocations.iter().find_map(|allocation| allocation.need.claims.clone());
    own.or_else(|| base.figure_or_none(DEPRIVED).map(<[f64]>::to_vec))
        .filter(|claims| claims.iter().filter(|x| **x > 0.0).count() >= 2)
}

/// Half the sum of absolute differences of shares: the part of the pot that would have to move for
/// the amounts to follow the formula. Over the areas that have a claim.
///
/// Source: Hoover (1936), Review of Economics and Statistics 18.
pub fn discretion_share(amounts: &[Money], claims: &[f64]) -> Option<f64> {
    let rows = || amounts.iter().zip(claims).filter(|(_, claim)| !claim.is_nan());
    let money: f64 = rows().map(|(amount, _)| amount.as_f64()).sum();
    let claimed: f64 = rows().map(|(_, claim)| claim).sum();
    if money <= 0.0 || claimed <= 0.0 {
        return None;
    }
    let gap = |(amount, claim): (&Money, &f64)| (amount.as_f64() / money - claim / claimed).abs();
    Some(rows().map(gap).sum::<f64>() / 2.0)
}

/// The need of one resident: the score, or the share of deprived persons where there is no score.
pub fn need_index(base: &FundingBase) -> Option<Vec<f64>> {
    if let Some(scores) = base.figure_or_none(SCORE) {
        return Some(scores.to_vec());
    }
    let (deprived, people) = (base.figure_or_none(DEPRIVED)?, base.figure_or_none(POPULATION)?);
    Some(
        deprived.iter().zip(people).map(|(d, p)| if *p > 0.0 { d / p } else { f64::NAN }).collect(),
    )
}

/// The measures of neutrality, targeting and equity, in their order.
pub fn measures(of: MoneyAndNeed<'_>) -> Vec<Measure> {
    let mut all = neutrality(of);
    all.extend(targeting(of));
    all.extend(equity(of));
    all
}

fn per(amounts: &[Money], people: &[f64]) -> Vec<f64> {
    let of = |(money, n): (&Money, &f64)| if *n > 0.0 { money.as_f64() / n } else { f64::NAN };
    amounts.iter().zip(people).map(of).collect()
}

fn neutrality(of: MoneyAndNeed<'_>) -> Vec<Measure> {
    use NotComputed::{NoNeed, NoPopulation, Undefined};
    let amounts: Vec<f64> = of.amounts.iter().map(|money| money.as_f64()).collect();
    let discretion = of.reference.ok_or(NoNeed);
    let discretion = discretion.and_then(|f| discretion_share(of.amounts, f).ok_or(Undefined));
    let people = of.base.figure_or_none(POPULATION).ok_or(NoPopulation);
    let need = need_index(of.base).ok_or(NoNeed);
    let rank =
        people.and_then(|people| spearman(&per(of.amounts, people), &need?).ok_or(Undefined));
    let r2 = of.reference.ok_or(NoNeed);
    let r2 = r2.and_then(|f| pearson(&amounts, f).map(|r| r * r).ok_or(Undefined));
    vec![
        Measure::of("discretion-share", discretion, MeasureUnit::Share, Better::Low),
        Measure::of("need-rank-corr", rank, MeasureUnit::Number, Better::High),
        Measure::of("formula-r2", r2, MeasureUnit::Number, Better::High),
    ]
}

fn targeting(of: MoneyAndNeed<'_>) -> Vec<Measure> {
    use NotComputed::{NoDeprived, NoNeed, NoPopulation, Undefined};
    let deprived = of.base.figure_or_none(DEPRIVED).ok_or(NoDeprived);
    let people = of.base.figure_or_none(POPULATION).ok_or(NoPopulation);
    let both = deprived.and_then(|deprived| Ok((deprived, people?)));
    // Within an area money is taken to reach all residents alike.
    let reaching = both.and_then(|(deprived, people)| {
        let rows = of.amounts.iter().zip(deprived.iter().zip(people));
        let known = rows.filter(|(_, (d, p))| !d.is_nan() && **p > 0.0);
        let (hit, all) = known.fold((0.0, 0.0), |(hit, all), (money, (d, p))| {
            (hit + money.as_f64() * d / p, all + money.as_f64())
        });
        if all > 0.0 { Ok(hit / all) } else { Err(Undefined) }
    });
    let coverage = deprived.and_then(|deprived| {
        let rows = of.amounts.iter().zip(deprived).filter(|(_, d)| !d.is_nan());
        let (in_funded, all) = rows.fold((0.0, 0.0), |(funded, all), (money, d)| {
            (if *money > Money::ZERO { funded + d } else { funded }, all + d)
        });
        if all > 0.0 { Ok(in_funded / all) } else { Err(Undefined) }
    });
    let need = need_index(of.base).ok_or(NoNeed);
    let ratio = people.and_then(|people| {
        neediest_ratio(of.amounts, people, &need.clone()?, NEEDIEST).ok_or(Undefined)
    });
    let selected = of.base.selected.as_ref().ok_or(NoNeed).and_then(|selected| {
        let all: Money = of.amounts.iter().sum();
        let rows = of.amounts.iter().zip(selected).filter(|(_, s)| **s == Some(true));
        let hit: Money = rows.map(|(money, _)| *money).sum();
        if all > Money::ZERO { Ok(hit.as_f64() / all.as_f64()) } else { Err(Undefined) }
    });
    let share = MeasureUnit::Share;
    vec![
        Measure::of("deprived-share", reaching, share, Better::High),
        Measure::of("leakage", reaching.map(|x| 1.0 - x), share, Better::Low),
        Measure::of("under-coverage", coverage.map(|x| 1.0 - x), share, Better::Low),
        Measure::of("cgh-ratio", ratio, MeasureUnit::Number, Better::High),
        Measure::of("selected-share", selected, share, Better::High),
    ]
}

/// The share of the money that goes to the neediest `share` of the people, divided by that share.
/// The area at the limit counts in part; areas of equal need share alike.
fn neediest_ratio(amounts: &[Money], people: &[f64], need: &[f64], share: f64) -> Option<f64> {
    let mut rows: Vec<(f64, f64, f64)> = (0..amounts.len())
        .filter(|&at| people[at] > 0.0 && !need[at].is_nan())
        .map(|at| (need[at], people[at], amounts[at].as_f64()))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = rows.iter().map(|row| row.1).sum();
    let money: f64 = rows.iter().map(|row| row.2).sum();
    if all <= 0.0 || money <= 0.0 {
        return None;
    }
    let mut left = share * all;
    let mut got = 0.0;
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        let (n, kroner) = group.iter().fold((0.0, 0.0), |(n, k), row| (n + row.1, k + row.2));
        let part = (left / n).min(1.0);
        got += part * kroner;
        left -= part * n;
        if left <= 0.0 {
            break;
        }
    }
    Some(got / money / share)
}

fn equity(of: MoneyAndNeed<'_>) -> Vec<Measure> {
    use NotComputed::{NoDeprived, NoNeed, NoPopulation, Undefined};
    let deprived = of.base.figure_or_none(DEPRIVED).ok_or(NoDeprived);
    let people = of.base.figure_or_none(POPULATION).ok_or(NoPopulation);
    let need = need_index(of.base).ok_or(NoNeed);
    let per_deprived = deprived.map(|deprived| per(of.amounts, deprived));
    let weights = |deprived: &[f64]| -> Vec<f64> { deprived.to_vec() };
    let gini = deprived
        .and_then(|d| weighted_gini(&per(of.amounts, d), &weights(d)).map_err(|_| Undefined));
    let place: Vec<&str> = of
        .base
        .areas
        .iter()
        .map(|area| area.municipality.as_deref().unwrap_or(area.id.as_str()))
        .collect();
    let theil = deprived.and_then(|d| {
        theil_of_groups(&per(of.amounts, d), &weights(d), &place, 0, Seed(1)).map_err(|_| Undefined)
    });
    let horizontal = per_deprived
        .and_then(|per_deprived| alike_difference(&per_deprived, &need.clone()?).ok_or(Undefined));
    // Whoever has no figure takes no part; `ordered` in `gradient` leaves gaps out.
    let concentration = people.and_then(|people| {
        concentration_index(&per(of.amounts, people), people, &need.clone()?).map_err(|_| Undefined)
    });
    let progressive = people.and_then(|people| {
        let claims = of.reference.ok_or(NoNeed)?;
        let claims: Vec<f64> = claims.iter().zip(people).map(|(c, p)| c / p).collect();
        let per_head = per(of.amounts, people);
        kakwani(&per_head, &claims, people, &need.clone()?).map_err(|_| Undefined)
    });
    let number = MeasureUnit::Number;
    vec![
        Measure::of("gini", gini, number, Better::Low),
        Measure::of("theil", theil.as_ref().map(|t| t.total).map_err(|e| *e), number, Better::Low),
        Measure::of(
            "theil-between",
            theil.as_ref().map(|t| t.between).map_err(|e| *e),
            number,
            Better::Low,
        ),
        Measure::of(
            "theil-within",
            theil.as_ref().map(|t| t.within).map_err(|e| *e),
            number,
            Better::Low,
        ),
        Measure::of("horizontal-equity", horizontal, MeasureUnit::Kroner, Better::Low),
        Measure::of("concentration-index", concentration, number, Better::Low),
        Measure::of("kakwani", progressive, number, Better::Low),
    ]
}

/// The mean absolute difference of the amounts per deprived person over pairs of areas whose need
/// differs by at most [`ALIKE`] of its range.
fn alike_difference(per_deprived: &[f64], need: &[f64]) -> Option<f64> {
    let known: Vec<usize> =
        (0..need.len()).filter(|&at| !need[at].is_nan() && !per_deprived[at].is_nan()).collect();
    let of = |at: &usize| need[*at];
    let low = known.iter().map(of).fold(f64::INFINITY, f64::min);
    let high = known.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let limit = ALIKE * (high - low) + 1e-12;
    let (mut sum, mut n) = (0.0, 0_usize);
    for (i, &a) in known.iter().enumerate() {
        for &b in &known[i + 1..] {
            if (need[a] - need[b]).abs() <= limit {
                sum += (per_deprived[a] - per_deprived[b]).abs();
                n += 1;
            }
        }
    }
    (n > 0).then(|| sum / n as f64)
}

/// The mean yearly change of areas' amounts when the model is carried out with the figures of
/// earlier years: columns such as `deprived-1` (the year before) and `deprived-2`.
///
/// Mean over years and areas of `|y_t - y_(t-1)| / y_(t-1)`.
pub(super) fn volatility(allocation: &Allocation, base: &FundingBase) -> Result<f64, NotComputed> {
    let mut series: Vec<Vec<Money>> = vec![allocation.damped.amounts.clone()];
    for lag in 1.. {
        let earlier: BTreeMap<&str, &Vec<f64>> = base
            .figures
            .iter()
            .filter_map(|(name, values)| Some((name.strip_suffix(&format!("-{lag}"))?, values)))
            .filter(|(name, _)| base.figures.contains_key(*name))
            .collect();
        if earlier.is_empty() {
            break;
        }
        let mut past = base.clone();
        for (name, values) in earlier {
            past.figures.insert(name.to_owned(), values.clone());
        }
        match super::allocate(&allocation.model, &past) {
            Ok(done) => series.push(done.damped.amounts),
            Err(_) => break,
        }
    }
    let mut changes = Vec::new();
    for pair in series.windows(2) {
        let rows = pair[0].iter().zip(&pair[1]).filter(|(_, before)| **before > Money::ZERO);
        changes.extend(rows.map(|(now, before)| (*now - *before).as_f64().abs() / before.as_f64()));
    }
    if changes.is_empty() || allocation.model.formula_share == 0.0 {
        return Err(NotComputed::NoHistory);
    }
    Ok(changes.iter().sum::<f64>() / changes.len() as f64)
}
