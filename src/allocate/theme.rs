//! How is each area's amount divided over themes?
//!
//! Cells by area and theme whose rows sum to the areas' amounts and whose columns meet the themes'
//! floors, both to the krone.

use super::base::FundingBase;
use super::clamp::{ClampError, Part, clamp};
use super::model::{ModelFile, ThemeSplit};
use super::{AllocateError, Pot, check_share, normalised};
use crate::money::{Money, MoneyUnit, Unrounded, largest_remainder};

/// The amounts by area and department, in the order of the base.
pub(super) fn themes(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    amounts: &[Money],
) -> Result<Vec<Vec<Money>>, AllocateError> {
    let total: Money = amounts.iter().sum();
    let mix = mixes(model, base, pot)?;
    let mut cells: Vec<Vec<f64>> = mix
        .iter()
        .zip(amounts)
        .map(|(mix, amount)| mix.iter().map(|share| share * amount.as_f64()).collect())
        .collect();
    let floors = floors(model, base, pot, total)?;
    let of_theme = |cells: &[Vec<f64>]| -> Vec<f64> {
        (0..base.departments.len()).map(|k| cells.iter().map(|row| row[k]).sum()).collect()
    };
    let before = of_theme(&cells);
    let parts: Vec<Part> = before
        .iter()
        .zip(&floors)
        .map(|(&weight, &lower)| Part { weight, lower, upper: f64::INFINITY })
        .collect();
    let after = match clamp(&parts, total.as_f64()) {
        Ok(done) => done.amounts,
        Err(ClampError::LowerAbove { by }) => {
            return Err(AllocateError::ThemeFloorsAbovePot {
                floors: Money::kroner(floors.iter().sum::<f64>().ceil() as i64),
                pot: total,
                by: Money::kroner(by.ceil() as i64),
            });
        }
        // Themes have no caps, and a pot of which no theme has a share is empty.
        Err(ClampError::UpperBelow { .. } | ClampError::NobodyLeft { .. }) => before.clone(),
    };
    shift(&mut cells, &before, &after);
    let columns: Vec<Unrounded> = after
        .iter()
        .zip(&floors)
        .map(|(&kroner, &lower)| Unrounded { kroner, lower, upper: f64::INFINITY })
        .collect();
    let columns = largest_remainder(&columns, total, MoneyUnit::Kroner, |a, b| a.cmp(&b))?;
    Ok(whole(&cells, amounts, &columns))
}

/// The shares of the themes in each area before floors; each row sums to 1.
fn mixes(model: &ModelFile, base: &FundingBase, pot: &Pot) -> Result<Vec<Vec<f64>>, AllocateError> {
    let is_in = |k: usize| pot.lines[k].takes_part;
    let all: Vec<f64> = pot.lines.iter().map(|line| line.with_area.as_f64()).collect();
    let mut overall = normalised(&all, is_in);
    if overall.iter().all(|share| *share == 0.0) {
        // Nobody has money today: every department that takes part alike.
        overall = normalised(&vec![1.0; all.len()], is_in);
    }
    let n = base.areas.len();
    Ok(match &model.themes.split {
        ThemeSplit::DepartmentShares {} => vec![overall; n],
        ThemeSplit::AsToday => base
            .today
            .iter()
            .map(|row| {
                let row: Vec<f64> = row.iter().map(|money| money.as_f64()).collect();
                let own = normalised(&row, is_in);
                if own.iter().any(|share| *share > 0.0) { own } else { overall.clone() }
            })
            .collect(),
        ThemeSplit::Given { shares } => {
            let mut row = vec![0.0; base.departments.len()];
            for (id, share) in shares {
                check_share(&format!("themes.split.shares.{id}"), *share)?;
                row[base.department(id)?] = *share;
            }
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > 1e-9 {
                let message = format!("the shares of the themes sum to {sum}");
                return Err(AllocateError::parameter(message, "they must sum to 1"));
            }
            vec![row; n]
        }
    })
}

fn floors(
    model: &ModelFile,
    base: &FundingBase,
    pot: &Pot,
    total: Money,
) -> Result<Vec<f64>, AllocateError> {
    let share = model.themes.floor_of_today.unwrap_or(0.0);
    check_share("floor-of-today", share)?;
    let mut floors: Vec<f64> = pot
        .lines
        .iter()
        .map(|line| if line.takes_part { share * line.with_area.as_f64() } else { 0.0 })
        .collect();
    for (id, share) in &model.themes.floor_share {
        check_share(&format!("floor-share.{id}"), *share)?;
        let at = base.department(id)?;
        floors[at] = floors[at].max(share * total.as_f64());
    }
    Ok(floors)
}

/// Moves money in each area from themes that give to themes that must have more, so that rows
/// keep their sums and columns become `after`.
fn shift(cells: &mut [Vec<f64>], before: &[f64], after: &[f64]) {
    let wanting: Vec<f64> = before.iter().zip(after).map(|(b, a)| (a - b).max(0.0)).collect();
    let all: f64 = wanting.iter().sum();
    if all <= 0.0 {
        return;
    }
    for row in cells.iter_mut() {
        let mut released = 0.0;
        for (cell, (b, a)) in row.iter_mut().zip(before.iter().zip(after)) {
            if a < b {
                released += *cell * (1.0 - a / b);
                *cell *= a / b;
            }
        }
        for (cell, wanting) in row.iter_mut().zip(&wanting) {
            *cell += released * wanting / all;
        }
    }
}

/// Whole kroner in every cell, with rows and columns that sum to what they must.
///
/// Cells are rounded down; what is left of a row goes to its largest remainders among the columns
/// that lack something. Rows and columns lack the same in all, so that nothing is left at the end.
fn whole(cells: &[Vec<f64>], rows: &[Money], columns: &[Money]) -> Vec<Vec<Money>> {
    // Products of shares are a bit off; a bit must not decide over a krone.
    const SLACK: f64 = 1e-6;
    let mut units: Vec<Vec<i64>> = cells
        .iter()
        .map(|row| row.iter().map(|x| (x + SLACK).floor().max(0.0) as i64).collect())
        .collect();
    let mut lack: Vec<i64> = columns
        .iter()
        .enumerate()
        .map(|(k, sum)| sum.as_kroner() - units.iter().map(|row| row[k]).sum::<i64>())
        .collect();
    for ((row, exact), sum) in units.iter_mut().zip(cells).zip(rows) {
        let mut left = sum.as_kroner() - row.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..row.len()).collect();
        let rest: Vec<i64> =
            exact.iter().zip(row.iter()).map(|(x, u)| ((x - *u as f64) * 1e6) as i64).collect();
        // Largest remainder first; cells that are empty come last.
        order.sort_by_key(|&k| (exact[k] <= 0.0, -rest[k], k));
        while left > 0 {
            let before = left;
            for &k in &order {
                if left > 0 && lack[k] > 0 {
                    row[k] += 1;
                    lack[k] -= 1;
                    left -= 1;
                }
            }
            if left == before {
                // Only a slip of the last bits can bring us here; the row's sum comes first.
                row[order[0]] += left;
                lack[order[0]] -= left;
                left = 0;
            }
        }
    }
    units.into_iter().map(|row| row.into_iter().map(Money::kroner).collect()).collect()
}
