//! How many hands does the money go through?
//!
//! Numbers that follow from who appropriates, who applies and who reports, and from today's cells.
//! A row of the table of amounts is one that the state deals with, also where it has no area.

use super::Allocation;
use super::base::{COMPLEXITY, FundingBase, READINESS, THEME_NEED};
use super::measure::{
    Better, Measure, MeasureUnit, MoneyAndNeed, NotComputed, measures, volatility,
};
use super::model::{Organisation, ReadinessCounts};
use crate::money::Money;

/// Today's cells and rows, as [`structure`] counts them.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Rows of the table: areas and rows of money without an area.
    pub n_rows: usize,
    /// Departments.
    pub n_departments: usize,
    /// Cells with money.
    pub n_cells: usize,
    /// Pairs of departments that meet in a row, `n(n-1)/2` summed over rows.
    pub n_pairs: usize,
    /// The departments' shares of all money.
    pub shares: Vec<f64>,
    /// `1 / sum(share^2)` within each area; NaN without money.
    pub effective_by_area: Vec<f64>,
    /// The largest share of one department in each area; NaN without money.
    pub exposure_by_area: Vec<f64>,
    /// Municipalities; an area without one counts by itself.
    pub n_municipalities: usize,
}

/// Counts today's table.
pub fn cells(base: &FundingBase) -> Cells {
    let rows: Vec<&Vec<Money>> =
        base.today.iter().chain(base.without_area.iter().map(|row| &row.amounts)).collect();
    let of_row = |row: &Vec<Money>| row.iter().filter(|money| **money > Money::ZERO).count();
    let by_row: Vec<usize> = rows.iter().map(|row| of_row(row)).collect();
    let all = base.all().as_f64();
    let shares = (0..base.departments.len())
        .map(|k| (base.today_of_department(k) + base.without_area_of(k)).as_f64() / all)
        .collect();
    let within = |row: &Vec<Money>| -> Vec<f64> {
        let sum = row.iter().sum::<Money>().as_f64();
        row.iter().map(|money| money.as_f64() / sum).collect()
    };
    let mut places: Vec<&str> = base
        .areas
        .iter()
        .map(|area| area.municipality.as_deref().unwrap_or(area.id.as_str()))
        .collect();
    places.sort_unstable();
    places.dedup();
    Cells {
        n_rows: rows.len(),
        n_departments: base.departments.len(),
        n_cells: by_row.iter().sum(),
        n_pairs: by_row.iter().map(|n| n * n.saturating_sub(1) / 2).sum(),
        shares,
        effective_by_area: base.today.iter().map(|row| effective(&within(row))).collect(),
        exposure_by_area: base
            .today
            .iter()
            .map(|row| {
                let shares = within(row);
                if shares.iter().any(|x| x.is_nan()) {
                    return f64::NAN;
                }
                shares.into_iter().fold(0.0, f64::max)
            })
            .collect(),
        n_municipalities: places.len(),
    }
}

/// `sum(share^2)`, the index of Herfindahl and Hirschman.
pub fn concentration(shares: &[f64]) -> f64 {
    shares.iter().map(|share| share * share).sum()
}

/// `1 / sum(share^2)`: as many equal shares would be as concentrated.
///
/// Source: Laakso and Taagepera (1979), Comparative Political Studies 12.
pub fn effective(shares: &[f64]) -> f64 {
    1.0 / concentration(shares)
}

/// All measures of a model: neutrality, targeting and equity, then predictability, fragmentation,
/// flexibility, theme risk, anchoring, administration and transition.
pub fn all_measures(
    allocation: &Allocation,
    base: &FundingBase,
    reference: Option<&[f64]>,
) -> Vec<Measure> {
    let amounts = allocation.amounts();
    let mut all = measures(MoneyAndNeed { base, amounts: &amounts, reference });
    all.extend(predictability(allocation, base));
    all.extend(fragmentation(allocation, base));
    all.extend(themes(allocation, base));
    all.extend(anchoring(allocation, base));
    all.extend(administration(allocation, base));
    all.extend(transition(allocation, base));
    all.extend(selection(allocation, base));
    all
}

fn count(id: &'static str, n: usize, better: Better) -> Measure {
    Measure::of(id, Ok(n as f64), MeasureUnit::Count, better)
}

fn share(id: &'static str, x: f64, better: Better) -> Measure {
    Measure::of(id, Ok(x), MeasureUnit::Share, better)
}

fn assumed(measure: Measure, allocation: &Allocation) -> Measure {
    Measure { assumed: allocation.model.administration.source.is_none(), ..measure }
}

/// The areas and rows that a model's schemes deal with, and how many applications they make.
struct Paths {
    n_rows: usize,
    n_applications: usize,
    n_deadlines: usize,
    n_links: usize,
    n_pairs: usize,
}

fn paths(allocation: &Allocation, base: &FundingBase) -> Paths {
    let today = cells(base);
    let n = today.n_departments;
    match allocation.model.organisation {
        Organisation::Earmarks {} => {
            let funders = today.shares.iter().filter(|share| **share > 0.0).count();
            Paths {
                n_rows: today.n_rows,
                n_applications: today.n_cells,
                n_deadlines: funders,
                n_links: today.n_cells,
                n_pairs: today.n_pairs,
            }
        }
        Organisation::JointProgramme {} => Paths {
            n_rows: today.n_rows,
            n_applications: today.n_rows,
            n_deadlines: 1,
            n_links: n + today.n_rows,
            n_pairs: 0,
        },
        Organisation::Merged { .. } => Paths {
            n_rows: today.n_rows,
            n_applications: today.n_rows,
            n_deadlines: 1,
            n_links: n.saturating_sub(1) + today.n_rows,
            n_pairs: 0,
        },
    }
}

fn predictability(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let years = allocation.model.administration.commitment_years;
    let horizon = Measure::of("commitment-horizon", Ok(years), MeasureUnit::Years, Better::High);
    let volatility = volatility(allocation, base);
    vec![
        assumed(horizon, allocation),
        Measure::of("yoy-volatility", volatility, MeasureUnit::Share, Better::Low),
    ]
}

fn fragmentation(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let today = cells(base);
    let paths = paths(allocation, base);
    let per_municipality = paths.n_applications as f64 / today.n_municipalities as f64;
    let is_earmarked = matches!(allocation.model.organisation, Organisation::Earmarks {});
    let schemes = if is_earmarked { today.n_cells } else { today.n_rows };
    let per =
        |id: &'static str| Measure::of(id, Ok(per_municipality), MeasureUnit::Number, Better::Low);
    let state_links = match allocation.model.organisation {
        Organisation::Earmarks {} => today.n_cells,
        Organisation::JointProgramme {} | Organisation::Merged { .. } => paths.n_links,
    };
    vec![
        count("scheme-area-cells", schemes, Better::Low),
        per("applications-per-municipality"),
        per("reports-per-municipality"),
        count("distinct-deadlines", paths.n_deadlines, Better::Low),
        Measure::of(
            "effective-funders",
            Ok(match allocation.model.organisation {
                Organisation::Merged { .. } => 1.0,
                Organisation::Earmarks {} | Organisation::JointProgramme {} => {
                    effective(&today.shares)
                }
            }),
            MeasureUnit::Number,
            Better::Low,
        ),
        count("coordination-links", paths.n_links, Better::Low),
        count("coordination-pairs", paths.n_pairs, Better::Low),
        count("state-links", state_links, Better::Low),
    ]
}

/// The share of the money that must go to a purpose that a scheme or a floor names.
fn tied_share(allocation: &Allocation) -> f64 {
    match allocation.model.organisation {
        Organisation::Earmarks {} => 1.0,
        Organisation::JointProgramme {} | Organisation::Merged { .. } => {
            let themes = &allocation.model.themes;
            let of_today = themes.floor_of_today.unwrap_or(0.0);
            let today: Money = allocation.pot.today.iter().sum();
            let total = allocation.pot.total.as_f64();
            let floors =
                of_today * today.as_f64() / total + themes.floor_share.values().sum::<f64>();
            floors.min(1.0)
        }
    }
}

fn themes(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let admin = &allocation.model.administration;
    let n = base.departments.len();
    let total = allocation.pot.total.as_f64();
    let of_theme = |k: usize| -> Money { allocation.themes.iter().map(|row| row[k]).sum() };
    let lines: Vec<_> = allocation.pot.lines.iter().filter(|line| line.takes_part).collect();
    let loss: Money = lines
        .iter()
        .map(|line| (line.with_area - of_theme(line.department_idx)).max(Money::ZERO))
        .sum();
    let least = lines
        .iter()
        .map(|line| of_theme(line.department_idx).as_f64() / total)
        .fold(f64::INFINITY, f64::min);
    let returned = lines
        .iter()
        .filter(|line| line.with_area > Money::ZERO)
        .map(|line| of_theme(line.department_idx).as_f64() / line.with_area.as_f64())
        .fold(f64::INFINITY, f64::min);
    // Rows without an area count as rows of the table, as in the share of empty cells today.
    let unplaced: usize = base
        .without_area
        .iter()
        .map(|row| row.amounts.iter().filter(|money| **money > Money::ZERO).count())
        .sum();
    let filled = allocation.themes.iter().flatten().filter(|money| **money > Money::ZERO).count();
    let n_cells = (base.areas.len() + base.without_area.len()) * n;
    let missing = 1.0 - (filled + unplaced) as f64 / n_cells as f64;
    let covered = filled as f64 / base.areas.len() as f64;
    let tied = tied_share(allocation);
    let floor: f64 = match allocation.model.organisation {
        Organisation::Earmarks {} => 0.0,
        Organisation::JointProgramme {} | Organisation::Merged { .. } => tied,
    };
    let all = base.all_with_area().as_f64() + base.all_without_area().as_f64();
    let identifiable = match allocation.model.organisation {
        Organisation::Earmarks {} => base.all_with_area().as_f64() / all,
        Organisation::JointProgramme {} | Organisation::Merged { .. } => {
            allocation.pot.outside.iter().sum::<Money>().as_f64() / all
        }
    };
    let unspent = allocation.pot.total.as_f64() * admin.unspent_share;
    let lapse = unspent * (1.0 - admin.transferable_share);
    vec![
        share("tied-share", tied, Better::Low),
        share("cross-sector-share", 1.0 - tied, Better::High),
        assumed(share("pilot-share", admin.pilot_share, Better::High), allocation),
        Measure::of("themes-covered", Ok(covered), MeasureUnit::Number, Better::High),
        share("missing-theme-rate", missing, Better::Low),
        Measure::of("theme-loss", Ok(loss.as_f64()), MeasureUnit::Kroner, Better::Low),
        share("theme-min-share", least, Better::High),
        share("theme-floor", floor, Better::High),
        Measure::of(
            "theme-need-distance",
            theme_need_distance(allocation, base),
            MeasureUnit::Share,
            Better::Low,
        ),
        share("identifiable-share", identifiable, Better::High),
        Measure::of("expected-theme-return", Ok(returned), MeasureUnit::Number, Better::Neither),
        assumed(share("return-guarantee-share", admin.return_guarantee, Better::High), allocation),
        assumed(share("carry-over-share", admin.transferable_share, Better::High), allocation),
        assumed(
            Measure::of("expected-lapse", Ok(lapse), MeasureUnit::Kroner, Better::Low),
            allocation,
        ),
    ]
}

/// Half the sum of absolute differences of the themes' shares of the money from their shares of
/// what the themes need: the part of the money that would have to change theme.
fn theme_need_distance(allocation: &Allocation, base: &FundingBase) -> Result<f64, NotComputed> {
    let mut spent = Vec::new();
    let mut needed = Vec::new();
    for line in allocation.pot.lines.iter().filter(|line| line.takes_part) {
        let k = line.department_idx;
        let name = format!("{THEME_NEED}{}", base.departments[k].id);
        let need = base.figure_or_none(&name).ok_or(NotComputed::NoThemeNeed)?;
        needed.push(need.iter().filter(|x| !x.is_nan()).sum::<f64>());
        spent.push(allocation.themes.iter().map(|row| row[k]).sum::<Money>().as_f64());
    }
    let (all_spent, all_needed) = (spent.iter().sum::<f64>(), needed.iter().sum::<f64>());
    let gap = |(money, need): (&f64, &f64)| (money / all_spent - need / all_needed).abs();
    Ok(spent.iter().zip(&needed).map(gap).sum::<f64>() / 2.0)
}

fn anchoring(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let today = cells(base);
    let funders = today.shares.iter().filter(|share| **share > 0.0).count();
    let largest =
        |shares: &[f64]| shares.iter().copied().filter(|x| !x.is_nan()).fold(0.0, f64::max);
    let (own, lost, exposure) = match &allocation.model.organisation {
        Organisation::Earmarks {} => (funders, 0.0, largest(&today.exposure_by_area)),
        Organisation::JointProgramme {} => (funders, 0.0, largest(&today.shares)),
        Organisation::Merged { manager } => {
            let kept = base.departments.iter().position(|d| d.id == *manager);
            (1, 1.0 - kept.map_or(0.0, |at| today.shares[at]), 1.0)
        }
    };
    let contributing = allocation
        .pot
        .lines
        .iter()
        .filter(|line| line.takes_part && line.with_area + line.without_area > Money::ZERO);
    vec![
        count("own-funders", own, Better::High),
        count("sectors-in", contributing.count(), Better::High),
        share("non-manager-share-lost", lost, Better::Low),
        share("funder-exit-exposure", exposure, Better::Low),
    ]
}

fn administration(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let admin = &allocation.model.administration;
    let paths = paths(allocation, base);
    let today = cells(base);
    let applications = paths.n_applications as f64;
    let municipal = applications * (admin.hours_per_application + admin.hours_per_report);
    let state = applications * admin.hours_per_case
        + (paths.n_links + paths.n_pairs) as f64 * admin.hours_per_link;
    let (load, indirect) = match allocation.model.organisation {
        // The department with most rows.
        Organisation::Earmarks {} => {
            let rows = |k: usize| {
                let in_areas = base.today.iter().filter(|row| row[k] > Money::ZERO).count();
                let unplaced = base.without_area.iter();
                in_areas + unplaced.filter(|row| row.amounts[k] > Money::ZERO).count()
            };
            ((0..today.n_departments).map(rows).max().unwrap_or(0), 0)
        }
        Organisation::JointProgramme {} => (paths.n_rows, 0),
        Organisation::Merged { .. } => (
            paths.n_rows * today.n_departments,
            paths.n_rows * today.n_departments.saturating_sub(1),
        ),
    };
    let total = allocation.pot.total.as_f64() + allocation.pot.without_area.as_f64();
    let hours = |id: &'static str, x: f64| {
        assumed(Measure::of(id, Ok(x), MeasureUnit::Hours, Better::Low), allocation)
    };
    vec![
        hours("admin-hours", municipal + state),
        hours("admin-hours-municipal", municipal),
        hours("admin-hours-state", state),
        count("manager-case-load", load, Better::Low),
        count("reporting-paths", indirect, Better::Low),
        Measure::of("mean-grant-size", Ok(total / applications), MeasureUnit::Kroner, Better::High),
    ]
}

fn transition(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let changes: Vec<(Money, Money)> = (0..base.areas.len())
        .map(|at| (base.today_of(at), allocation.first_year(at)))
        .filter(|(before, _)| *before > Money::ZERO)
        .collect();
    let loss = |(before, after): &(Money, Money)| (*before - *after).as_f64() / before.as_f64();
    let largest = changes.iter().map(loss).fold(0.0, f64::max);
    let losers = changes.iter().filter(|(before, after)| after < before).count();
    let moved: Money = changes.iter().map(|(b, a)| (*b - *a).max(Money::ZERO)).sum();
    let all = allocation.pot.total.as_f64()
        + allocation.pot.without_area.as_f64()
        + allocation.pot.outside.iter().sum::<Money>().as_f64();
    let by_rule = allocation.model.formula_share * allocation.pot.total.as_f64() / all;
    vec![
        share("formula-share", by_rule, Better::High),
        share("max-loss", largest, Better::Low),
        share("losers-share", losers as f64 / base.areas.len() as f64, Better::Low),
        Measure::of("money-lost", Ok(moved.as_f64()), MeasureUnit::Kroner, Better::Low),
        Measure::of(
            "damping-cost",
            Ok(allocation.damped.cost.as_f64()),
            MeasureUnit::Kroner,
            Better::Low,
        ),
    ]
}

fn selection(allocation: &Allocation, base: &FundingBase) -> Vec<Measure> {
    let amounts = allocation.amounts();
    let mean = |values: &[f64]| {
        let rows = amounts.iter().zip(values).filter(|(_, x)| !x.is_nan());
        let (sum, all) =
            rows.fold((0.0, 0.0), |(s, a), (m, x)| (s + m.as_f64() * x, a + m.as_f64()));
        sum / all
    };
    let severity = super::measure::need_index(base).ok_or(NotComputed::NoNeed);
    let complexity = base.figure_or_none(COMPLEXITY).ok_or(NotComputed::NoConditions);
    let readiness = base.figure_or_none(READINESS).ok_or(NotComputed::NoReadiness);
    let gate = allocation.model.readiness.as_ref().is_some_and(|readiness| {
        matches!(readiness.counts, ReadinessCounts::Gate { .. } | ReadinessCounts::Weight { .. })
    });
    let number = MeasureUnit::Number;
    vec![
        Measure::of("severity", severity.map(|need| mean(&need)), number, Better::Neither),
        Measure::of("complexity", complexity.map(mean), number, Better::Neither),
        Measure::of(
            "readiness",
            readiness.map(mean),
            number,
            if gate { Better::High } else { Better::Neither },
        ),
        Measure::of("learning", Err(NotComputed::NotInMoney), number, Better::Neither),
    ]
}
