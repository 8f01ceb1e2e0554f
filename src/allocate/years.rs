//! What happens over years, and what must municipalities add?

use super::base::FundingBase;
use super::model::{CarryOver, Matching};
use super::{AllocateError, Damped, Pot, Round, check_share};
use crate::money::{Money, MoneyUnit, Unrounded, largest_remainder};
use crate::notice::Notice;

/// The longest phase-in and the longest that unspent money is followed, in years.
const MAX_YEARS: u32 = 50;

/// What a municipality can match in one area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matched {
    /// What the municipality must add to get all, in kroner.
    pub required: Money,
    /// What it can pay; `None` where the table does not tell.
    pub own: Option<Money>,
    /// What the state gives in the end.
    pub granted: Money,
    /// What is not given because it cannot be matched.
    pub unmatched: Money,
}

/// One area's money in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearLine {
    /// The year, 1 being the first.
    pub year: u32,
    /// The area.
    pub area_idx: usize,
    /// What is given for the year.
    pub given: Money,
    /// What came from the year before.
    pub carried_in: Money,
    /// What is spent.
    pub spent: Money,
    /// What goes to the next year.
    pub carried_out: Money,
    /// What is lost.
    pub lapsed: Money,
}

/// Amounts by year, in equal steps from today's shares of the pot to the model's amounts.
///
/// Where today's amounts do not sum to the pot they are brought to it first, so that every year
/// has the same sum.
pub(super) fn phase_in(
    round: &Round<'_>,
    pot: &Pot,
    damped: &Damped,
    notices: &mut Vec<Notice>,
) -> Result<Vec<Vec<Money>>, AllocateError> {
    let years = round.model.phase_in.map_or(1, |phase| phase.years);
    if years == 0 || years > MAX_YEARS {
        let message = format!("`phase-in.years` is {years}");
        let help = format!("it is a number from 1 to {MAX_YEARS}");
        return Err(AllocateError::parameter(message, &help));
    }
    let today: Money = pot.today.iter().sum();
    if years > 1 && today == Money::ZERO {
        return Err(AllocateError::NoToday { share: round.model.formula_share });
    }
    let scale = pot.total.as_f64() / today.as_f64();
    if years > 1 && today != pot.total {
        notices.push(
            Notice::note("allocate.phase-scaled")
                .with_number("today_nb", "today_en", today.as_f64())
                .with_number("pot_nb", "pot_en", pot.total.as_f64()),
        );
    }
    let mut path = Vec::new();
    for year in 1..years {
        let share = f64::from(year) / f64::from(years);
        let amounts: Vec<Unrounded> = pot
            .today
            .iter()
            .zip(&damped.amounts)
            .map(|(today, end)| {
                let start = today.as_f64() * scale;
                Unrounded::free(start + share * (end.as_f64() - start))
            })
            .collect();
        path.push(round.whole(&amounts, pot.total)?);
    }
    path.push(damped.amounts.clone());
    Ok(path)
}

/// What the state gives where the municipality must add its share: `min(amount, own * (1-m)/m)`.
pub(super) fn matched(
    matching: &Matching,
    base: &FundingBase,
    amounts: &[Money],
    notices: &mut Vec<Notice>,
) -> Result<Vec<Matched>, AllocateError> {
    let share = matching.municipal_share;
    if !(0.0..1.0).contains(&share) {
        let message = format!("`municipal-share` is {share}");
        return Err(AllocateError::parameter(message, "it is a share from 0 to below 1"));
    }
    let own = base.figure(&matching.own_money)?;
    if let Some(at) = own.iter().position(|x| *x < 0.0) {
        let (example, value) = (base.areas[at].label(), own[at]);
        let figure = matching.own_money.clone();
        return Err(AllocateError::Negative { figure, n: 1, example, value });
    }
    let unknown = (base.areas.iter().zip(own)).filter(|(_, own)| own.is_nan());
    let unknown: Vec<String> = unknown.map(|(area, _)| area.label()).collect();
    if !unknown.is_empty() {
        notices.push(Notice::warning("allocate.own-unknown").about(unknown));
    }
    Ok(amounts
        .iter()
        .zip(own)
        .map(|(&amount, &own)| {
            let required = Money::kroner((amount.as_f64() * share / (1.0 - share)).ceil() as i64);
            let enough = own.is_nan() || own >= required.as_f64();
            let granted = if enough {
                amount
            } else {
                Money::kroner((own * (1.0 - share) / share).floor() as i64).min(amount)
            };
            Matched {
                required,
                own: (!own.is_nan()).then(|| Money::kroner(own.round() as i64)),
                granted,
                unmatched: amount - granted,
            }
        })
        .collect())
}

/// Follows unspent money over the years: `available = given + carried in`, of which a share is not
/// spent, of which a share is carried over and the rest lapses. Each line balances to the krone.
pub(super) fn carry_over(
    carry: CarryOver,
    path: &[Vec<Money>],
) -> Result<Vec<YearLine>, AllocateError> {
    check_share("carry-over.share", carry.share)?;
    check_share("carry-over.unspent", carry.unspent)?;
    if carry.years == 0 || carry.years > MAX_YEARS {
        let message = format!("`carry-over.years` is {}", carry.years);
        let help = format!("it is a number from 1 to {MAX_YEARS}");
        return Err(AllocateError::parameter(message, &help));
    }
    let mut lines = Vec::new();
    let mut carried: Vec<Money> = vec![Money::ZERO; path[0].len()];
    for year in 1..=carry.years {
        let given = path.get(year as usize - 1).or(path.last()).expect("a path has a year");
        for (area_idx, (&given, carried)) in given.iter().zip(&mut carried).enumerate() {
            let available = given + *carried;
            let [unspent, spent] = split(available, carry.unspent)?;
            let [carried_out, lapsed] = split(unspent, carry.share)?;
            let carried_in = *carried;
            *carried = carried_out;
            let line = YearLine { year, area_idx, given, carried_in, spent, carried_out, lapsed };
            lines.push(line);
        }
    }
    Ok(lines)
}

/// A share of an amount and its rest, in whole kroner.
fn split(amount: Money, share: f64) -> Result<[Money; 2], AllocateError> {
    let all = amount.as_f64();
    let parts = [Unrounded::free(share * all), Unrounded::free((1.0 - share) * all)];
    let done = largest_remainder(&parts, amount, MoneyUnit::Kroner, |a, b| a.cmp(&b))?;
    Ok([done[0], done[1]])
}
