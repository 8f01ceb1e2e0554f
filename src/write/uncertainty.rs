//! How do rank intervals, and the settings behind them, get out?

use std::io::{self, Write};

use crate::analysis::Analysis;
use crate::area::Area;
use crate::index::Plan;
use crate::uncertainty::confidence::{Among, AreaSets, Estimated};
use crate::uncertainty::leave_one_out::LeftOut;
use crate::uncertainty::recipe::level_name;
use crate::uncertainty::{Study, Uncertainty};

use super::{push_area, push_number, push_text};

/// The columns of `uncertainty.csv`.
pub const UNCERTAINTY_COLUMNS: [&str; 14] = [
    "area",
    "name",
    "rank",
    "mean",
    "median",
    "low",
    "high",
    "p_worst_areas",
    "p_worst_decile",
    "p_worst_people",
    "p_selected",
    "p_unknown",
    "decile",
    "replicates_ranked",
];

/// Writes one line an area, by rank. What was not computed is an empty cell.
///
/// # Errors
///
/// Those of `out`.
pub fn uncertainty_csv(
    out: &mut (impl Write + ?Sized),
    analysis: &Analysis,
    uncertainty: &Uncertainty,
) -> io::Result<()> {
    let mut text = UNCERTAINTY_COLUMNS.join(",");
    text.push('\n');
    for &at in analysis.ranking.order() {
        let row = &uncertainty.rows[at as usize];
        push_area(&mut text, &analysis.ranking.areas()[at as usize]);
        let optional = |x: Option<f64>| x.unwrap_or(f64::NAN);
        for x in [
            row.rank,
            row.mean,
            row.median,
            row.low,
            row.high,
            row.worst_areas,
            row.worst_decile,
            optional(row.worst_people),
            optional(row.selected),
            optional(row.unknown),
            row.decile.map_or(f64::NAN, f64::from),
            f64::from(row.n_ranked),
        ] {
            text.push(',');
            push_number(&mut text, x);
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}

/// Writes `part,kind,area,name,rank,rank_without,shift`: one line for each part that was left
/// out and each area, in the order of the recipe and of the table.
///
/// A part that cannot be left out has one line, with the reason in the column `problem`.
///
/// # Errors
///
/// Those of `out`.
pub fn leave_one_out_csv(
    out: &mut (impl Write + ?Sized),
    analysis: &Analysis,
    left_out: &[LeftOut],
) -> io::Result<()> {
    let mut text = String::from("part,kind,area,name,rank,rank_without,shift,change,problem\n");
    for part in left_out {
        let kind = if part.is_domain { "domain" } else { "indicator" };
        match &part.without {
            Err(reason) => {
                push_text(&mut text, part.id.as_str());
                text.push_str(&format!(",{kind},,,,,,,"));
                push_text(&mut text, reason);
                text.push('\n');
            }
            Ok(without) => {
                for (at, area) in analysis.ranking.areas().iter().enumerate() {
                    push_text(&mut text, part.id.as_str());
                    text.push_str(&format!(",{kind},"));
                    push_area(&mut text, area);
                    let (rank, now) = (analysis.ranking.ranks()[at], without.ranks[at]);
                    for x in [rank, now, now - rank] {
                        text.push(',');
                        push_number(&mut text, x);
                    }
                    let is_in = |list: &Option<Vec<usize>>| {
                        list.as_ref().is_some_and(|areas| areas.contains(&at))
                    };
                    text.push_str(match (is_in(&without.entered), is_in(&without.left)) {
                        (true, _) => ",enters,\n",
                        (false, true) => ",leaves,\n",
                        (false, false) => ",,\n",
                    });
                }
            }
        }
    }
    out.write_all(text.as_bytes())
}

/// Writes the settings of each replicate: its number, the choices, the scenario, what was left
/// out, the constant, and one column for each weight, named `level/child`.
///
/// # Errors
///
/// Those of `out`.
pub fn ledger_csv(
    out: &mut (impl Write + ?Sized),
    study: &Study<'_>,
    plan: &Plan<'_>,
    replicates: u32,
) -> io::Result<()> {
    let mut text = String::from("replicate,combination,choices,scenario,left_out,k");
    for level in plan.levels() {
        for child in &level.children {
            text.push(',');
            push_text(&mut text, &format!("{}/{}", level_name(plan, level), plan.child_id(*child)));
        }
    }
    text.push('\n');
    for replicate in 0..replicates {
        let drawn = study.settings(replicate);
        text.push_str(&format!("{replicate},{},", drawn.combination));
        push_text(&mut text, &study.combinations()[drawn.combination].label);
        text.push(',');
        if let Some(scenario) = study.scenario(&drawn) {
            push_text(&mut text, scenario);
        }
        text.push(',');
        if let Some(gone) = drawn.left_out {
            push_text(&mut text, plan.definition().indicators[gone].id.as_str());
        }
        text.push(',');
        push_number(&mut text, drawn.k.unwrap_or(f64::NAN));
        for weight in drawn.weights.iter().flatten() {
            text.push(',');
            push_number(&mut text, *weight);
        }
        text.push('\n');
        if text.len() > 1 << 20 {
            out.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    out.write_all(text.as_bytes())
}

/// Writes the ranks of each replicate: one line a replicate and one column an area, named by its
/// id, in the order of the table. No rank is an empty cell, and so is a replicate that failed.
///
/// # Errors
///
/// Those of `out`.
pub fn ranks_csv(
    out: &mut (impl Write + ?Sized),
    study: &Study<'_>,
    analysis: &Analysis,
    replicates: u32,
) -> io::Result<()> {
    let mut text = String::from("replicate");
    let areas = analysis.ranking.areas();
    for area in areas.iter() {
        text.push(',');
        push_text(&mut text, area.id.as_str());
    }
    text.push('\n');
    for replicate in 0..replicates {
        text.push_str(&replicate.to_string());
        let ranks = study.ranks(replicate).unwrap_or_else(|_| vec![f64::NAN; areas.len()]);
        for rank in ranks {
            text.push(',');
            push_number(&mut text, rank);
        }
        text.push('\n');
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    out.write_all(text.as_bytes())
}

/// Rank sets as they are written.
#[derive(Debug, Clone, Copy)]
pub struct RankSets<'a> {
    /// The areas.
    pub areas: &'a [Area],
    /// The estimates that were ranked, in their own direction.
    pub estimates: &'a [Estimated],
    /// The sets, in the same order.
    pub sets: &'a [Option<AreaSets>],
    /// How many areas "the worst" are.
    pub n_worst: usize,
}

/// Writes `area,name,estimate,se,rank,low,high,marginal_low,marginal_high,among_worst`, by rank,
/// areas without a set last. What there is not is an empty cell.
///
/// # Errors
///
/// Those of `out`.
pub fn rank_sets_csv(out: &mut (impl Write + ?Sized), found: &RankSets<'_>) -> io::Result<()> {
    let mut text = String::from(
        "area,name,estimate,se,rank,low,high,marginal_low,marginal_high,among_worst\n",
    );
    let mut order: Vec<usize> = (0..found.areas.len()).collect();
    order.sort_by_key(|&at| (found.sets[at].map_or(usize::MAX, |sets| sets.rank), at));
    for at in order {
        push_area(&mut text, &found.areas[at]);
        for x in [found.estimates[at].value, found.estimates[at].error] {
            text.push(',');
            push_number(&mut text, x);
        }
        match &found.sets[at] {
            None => text.push_str(",,,,,,"),
            Some(AreaSets { rank, simultaneous: all, marginal }) => {
                let among = match all.among_worst(found.n_worst) {
                    Among::Surely => "surely",
                    Among::Possibly => "possibly",
                    Among::No => "no",
                };
                let ends = [all.low, all.high, marginal.low, marginal.high].map(|x| x.to_string());
                text.push_str(&format!(",{rank},{},{among}", ends.join(",")));
            }
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}
