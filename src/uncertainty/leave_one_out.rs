//! What if one indicator, or one domain, were not there?
//!
//! Each is taken out in turn and the index computed anew; the others of its level take over its
//! weight in proportion. This tells what a ranking leans on, one part at a time; two parts that
//! say the same thing hide each other.

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::index::plan::Child;
use crate::index::{Plan, compute};
use crate::indicator::IndicatorId;
use crate::language::Text;
use crate::rank::rank;
use crate::select::{Facts, Truth, select};

use super::recipe;

/// One part taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// Whether it is a domain.
    pub is_domain: bool,
    /// Its id.
    pub id: IndicatorId,
    /// Its title.
    pub title: Text,
    /// What the ranking is without it, or why there is none.
    pub without: Result<Without, String>,
}

/// A ranking without one part.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// The rank of each area, in the order of the table; NaN where there is none.
    pub ranks: Vec<f64>,
    /// The mean absolute change of rank over the areas that have a rank in both.
    pub mean_shift: f64,
    /// The area that moves most, the first of several, and its absolute change of rank.
    pub largest: Option<(usize, f64)>,
    /// The areas that the rule selects now and did not before; `None` where there is no rule, or
    /// where the rule needs what was taken out.
    pub entered: Option<Vec<usize>>,
    /// The areas that it selected before and does not now.
    pub left: Option<Vec<usize>>,
}

/// Takes each domain and each indicator out in turn.
///
/// Shape: domains first, then indicators, each in the order of the recipe. What cannot be taken
/// out, because nothing would be left or the rest cannot be computed, says why.
pub fn leave_one_out(analysis: &Analysis, plan: &Plan<'_>) -> Vec<LeftOut> {
    let definition = plan.definition();
    let domains = (0..definition.domains.len()).map(Child::Domain);
    let parts: Vec<Child> =
        domains.chain((0..definition.indicators.len()).map(Child::Indicator)).collect();
    parts
        .into_par_iter()
        .map(|part| {
            let (is_domain, title) = match part {
                Child::Domain(at) => (true, definition.domains[at].title.clone()),
                Child::Indicator(at) => (false, definition.indicators[at].title.clone()),
            };
            let id = plan.child_id(part).clone();
            LeftOut { is_domain, id, title, without: without(analysis, plan, part) }
        })
        .collect()
}

fn without(analysis: &Analysis, plan: &Plan<'_>, part: Child) -> Result<Without, String> {
    let definition = plan.definition();
    // As the recipe used them, which its plan does not know where the data decide them.
    let base = analysis.computation.level_weights.clone();
    let weights = recipe::weights_without(plan, &base, part)
        .ok_or_else(|| "nothing would be left".to_owned())?;
    let mut gone = Vec::new();
    indicators_below(plan, part, &mut gone);
    let (less, table) =
        recipe::without_weightless(definition, plan.levels(), &weights, &gone, &analysis.table);
    let less_plan = Plan::of(&less).map_err(|problems| problems[0].to_string())?;
    let computed = compute(table, &less_plan).map_err(|error| error.to_string())?;
    let ranking = rank(&computed.scores, definition.ranking);
    let shift = |at: usize| (ranking.ranks()[at] - analysis.ranking.ranks()[at]).abs();
    let areas = 0..ranking.areas().len();
    let shifts: Vec<(usize, f64)> =
        areas.map(|at| (at, shift(at))).filter(|(_, shift)| !shift.is_nan()).collect();
    let sum: f64 = shifts.iter().map(|(_, shift)| shift).sum();
    let largest = shifts.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
    let outcomes = analysis.selection.as_ref().and_then(|selection| {
        let (table, domains) = (&analysis.table, &computed.domains);
        let facts = Facts { table, domains, ranking: &ranking, definition };
        // A rule may ask for the very part that was taken out.
        let now = select(selection.rule(), facts).ok()?;
        Some((selection.outcomes().to_vec(), now.outcomes().to_vec()))
    });
    let changed = |from_in: bool| {
        let (before, now) = outcomes.as_ref()?;
        let pairs = before.iter().zip(now).enumerate();
        let is_in = |truth: &Truth| *truth == Truth::True;
        let moved = pairs.filter(|(_, (b, n))| is_in(b) == from_in && is_in(n) != from_in);
        Some(moved.map(|(at, _)| at).collect())
    };
    Ok(Without {
        ranks: ranking.ranks().to_vec(),
        mean_shift: sum / shifts.len() as f64,
        largest,
        entered: changed(false),
        left: changed(true),
    })
}

fn indicators_below(plan: &Plan<'_>, part: Child, gone: &mut Vec<IndicatorId>) {
    match part {
        Child::Indicator(_) => gone.push(plan.child_id(part).clone()),
        Child::Domain(at) => {
            let level = plan.levels().iter().find(|level| level.domain == Some(at));
            for child in level.into_iter().flat_map(|level| &level.children) {
                indicators_below(plan, *child, gone);
            }
        }
    }
}
