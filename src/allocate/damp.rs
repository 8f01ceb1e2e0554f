//! What protects areas from large losses, and who pays for it?

use super::base::{FundingBase, POPULATION};
use super::clamp::{Part, clamp};
use super::model::{Damping, ModelFile};
use super::{AllocateError, Bounded, NeedStage, Pot, Round, check_share, infeasible};
use crate::money::{Money, Unrounded};
use crate::notice::Notice;

/// The stage of damping.
#[derive(Debug, Clone, PartialEq)]
pub struct Damped {
    /// What each area is guaranteed, in kroner; 0 where nothing is.
    pub guarantee: Vec<f64>,
    /// The amounts; their sum is the pot.
    pub amounts: Vec<Money>,
    /// The deduction per resident that pays for a guarantee per head, in kroner.
    pub deduction_per_head: Option<f64>,
    /// The share of the guarantee that there is money for; 1 where there is enough.
    pub kept: f64,
    /// What the protected areas get beyond their amounts before damping, in kroner.
    pub cost: Money,
}

pub(super) fn damp(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    need: &NeedStage,
    bounded: &Bounded,
    takes_part: &[bool],
    notices: &mut Vec<Notice>,
) -> Result<Damped, AllocateError> {
    let round = Round { model, base, claims: need.claims.as_deref() };
    match model.damping {
        Damping::None {} => Ok(Damped {
            guarantee: vec![0.0; base.areas.len()],
            amounts: bounded.amounts.clone(),
            deduction_per_head: None,
            kept: 1.0,
            cost: Money::ZERO,
        }),
        Damping::HoldHarmless { share } => {
            check_share("damping.share", share)?;
            hold_harmless(share, pot, bounded, takes_part, &round, notices)
        }
        Damping::GuaranteePerHead { limit_per_head } => {
            guarantee_per_head(limit_per_head, base, pot, bounded, takes_part, &round)
        }
    }
}

fn hold_harmless(
    share: f64,
    pot: &Pot,
    bounded: &Bounded,
    takes_part: &[bool],
    round: &Round<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Damped, AllocateError> {
    let total = pot.total.as_f64();
    let wanted: Vec<f64> = (0..pot.today.len())
        .map(|at| {
            let held = share * pot.today[at].as_f64();
            // A cap is kept, also where more was given before; areas that left have none.
            if takes_part[at] { held.min(bounded.upper[at]) } else { held }
        })
        .collect();
    let lower_at = |at: usize, kept: f64| (kept * wanted[at]).max(bounded.lower[at]);
    let sum = |kept: f64| -> f64 { (0..wanted.len()).map(|at| lower_at(at, kept)).sum() };
    let mut kept = 1.0;
    if sum(1.0) > total {
        kept = ratable(&wanted, &bounded.lower, total);
        notices.push(Notice::warning("allocate.harmless-reduced").with_number(
            "percent_nb",
            "percent_en",
            (kept * 1000.0).round() / 10.0,
        ));
    }
    let parts: Vec<Part> = (0..wanted.len())
        .map(|at| {
            let lower = lower_at(at, kept);
            let upper = if takes_part[at] { bounded.upper[at].max(lower) } else { lower };
            Part { weight: bounded.exact[at], lower, upper }
        })
        .collect();
    // Reduced ratably, the guarantees are all there is, but for the last bits.
    let exact = if kept < 1.0 {
        parts.iter().map(|part| part.lower).collect()
    } else {
        clamp(&parts, total).map_err(|error| infeasible(error, pot.total, &parts))?.amounts
    };
    let slack = if kept < 1.0 { 1.0 } else { 0.0 };
    let unrounded: Vec<Unrounded> = exact
        .iter()
        .zip(&parts)
        .map(|(&kroner, part)| Unrounded {
            kroner,
            lower: (part.lower - slack).max(0.0),
            upper: part.upper + slack,
        })
        .collect();
    let amounts = match round.whole(&unrounded, pot.total) {
        Ok(amounts) => amounts,
        // In thousands a guarantee rounded up may not find room; it then holds up to one unit.
        Err(_) => {
            let loose: Vec<Unrounded> =
                exact.iter().map(|&kroner| Unrounded::free(kroner)).collect();
            round.whole(&loose, pot.total)?
        }
    };
    let guarantee: Vec<f64> = (0..wanted.len()).map(|at| kept * wanted[at]).collect();
    let cost = cost(&amounts, &bounded.amounts);
    Ok(Damped { guarantee, amounts, deduction_per_head: None, kept, cost })
}

/// The factor of the guarantees at which they and the floors sum to the total.
///
/// The sum grows with the factor in straight pieces; it is at least the floors' sum at 0.
fn ratable(wanted: &[f64], floors: &[f64], total: f64) -> f64 {
    let mut breaks: Vec<f64> = wanted
        .iter()
        .zip(floors)
        .filter(|(wanted, _)| **wanted > 0.0)
        .map(|(wanted, floor)| floor / wanted)
        .filter(|at| (0.0..1.0).contains(at))
        .collect();
    breaks.push(0.0);
    breaks.sort_by(f64::total_cmp);
    let sum =
        |kept: f64| -> f64 { wanted.iter().zip(floors).map(|(w, f)| (kept * w).max(*f)).sum() };
    let at = breaks.partition_point(|&kept| sum(kept) <= total).max(1);
    let start = breaks[at - 1];
    let rows = wanted.iter().zip(floors);
    let moving: f64 = rows.clone().filter(|(w, f)| start * **w >= **f).map(|(w, _)| w).sum();
    let resting: f64 = rows.filter(|(w, f)| start * **w < **f).map(|(_, f)| f).sum();
    if moving > 0.0 { ((total - resting) / moving).clamp(start, 1.0) } else { start }
}

/// The guarantee that Norway's general grants have: `max(amount - d * people, guarantee)` with the
/// `d` at which the sum is the pot. It falls with `d` in straight pieces.
fn guarantee_per_head(
    limit: f64,
    base: &FundingBase,
    pot: &Pot,
    bounded: &Bounded,
    takes_part: &[bool],
    round: &Round<'_>,
) -> Result<Damped, AllocateError> {
    if !(limit.is_finite() && limit >= 0.0) {
        let message = format!("`limit-per-head` is {limit}");
        return Err(AllocateError::parameter(message, "it is zero or more kroner per resident"));
    }
    let people = base.figure(POPULATION)?;
    let is_in = |at: usize| takes_part[at];
    let odd: Vec<usize> = (0..people.len())
        .filter(|&at| is_in(at) && (people[at].is_nan() || people[at] <= 0.0))
        .collect();
    if let Some(&at) = odd.first() {
        return Err(AllocateError::NobodyLives { n: odd.len(), example: base.areas[at].label() });
    }
    let members: Vec<usize> = (0..people.len()).filter(|&at| is_in(at)).collect();
    let all: f64 = members.iter().map(|&at| people[at]).sum();
    let today: f64 = members.iter().map(|&at| pot.today[at].as_f64()).sum();
    let growth = (pot.total.as_f64() - today) / all;
    let guarantee: Vec<f64> = (0..people.len())
        .map(|at| {
            if !is_in(at) {
                return 0.0;
            }
            let promised = pot.today[at].as_f64() + (growth - limit) * people[at];
            // Nobody pays in: a promise below zero is a promise of nothing. Caps and floors hold.
            promised.max(bounded.lower[at]).min(bounded.upper[at]).max(0.0)
        })
        .collect();
    let promised: f64 = guarantee.iter().sum();
    let total = pot.total.as_f64();
    if promised > total + 1e-6 * members.len() as f64 {
        return Err(AllocateError::FloorsAbovePot {
            floors: Money::kroner(promised.ceil() as i64),
            pot: pot.total,
            by: Money::kroner((promised - total).ceil() as i64),
        });
    }
    let meets = |at: usize| (bounded.exact[at] - guarantee[at]) / people[at];
    let mut order: Vec<usize> = members.clone();
    order.sort_by(|&a, &b| meets(a).total_cmp(&meets(b)));
    // Those that meet their guarantee first are held there; the rest pay `d` each resident.
    let mut deduction = 0.0;
    let (mut held, mut paying, mut paying_people) =
        (0.0, members.iter().map(|&at| bounded.exact[at]).sum::<f64>(), all);
    for &at in &order {
        deduction = (held + paying - total) / paying_people;
        if deduction <= meets(at) {
            break;
        }
        held += guarantee[at];
        paying -= bounded.exact[at];
        paying_people -= people[at];
        if paying_people <= 0.0 {
            deduction = meets(at);
        }
    }
    let deduction = f64::max(deduction, 0.0);
    let exact = |at: usize| (bounded.exact[at] - deduction * people[at]).max(guarantee[at]);
    let unrounded: Vec<Unrounded> = (0..people.len())
        .map(|at| {
            if !is_in(at) {
                return Unrounded { kroner: 0.0, lower: 0.0, upper: 0.0 };
            }
            Unrounded { kroner: exact(at), lower: guarantee[at].floor(), upper: bounded.upper[at] }
        })
        .collect();
    let amounts = round.whole(&unrounded, pot.total)?;
    let cost = cost(&amounts, &bounded.amounts);
    Ok(Damped { guarantee, amounts, deduction_per_head: Some(deduction), kept: 1.0, cost })
}

/// What those get that get more than before.
fn cost(after: &[Money], before: &[Money]) -> Money {
    after.iter().zip(before).map(|(a, b)| (*a - *b).max(Money::ZERO)).sum()
}
