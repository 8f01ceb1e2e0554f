//! What would each model give, beside today?

use super::Allocation;
use super::base::{DEPRIVED, FundingBase, POPULATION};
use super::measure::{Measure, MoneyAndNeed, reference};
use super::structure::all_measures;
use crate::money::Money;

/// One area by one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Kroner today.
    pub today: Money,
    /// Kroner by the model.
    pub model: Money,
    /// Per cent; `None` where there is nothing today.
    pub percent: Option<f64>,
    /// Kroner per resident by the model, where residents are known.
    pub per_head: Option<f64>,
    /// Kroner per resident today.
    pub per_head_today: Option<f64>,
    /// Kroner per deprived person by the model, where they are known.
    pub per_deprived: Option<f64>,
    /// Kroner in the first year of the phase-in.
    pub first_year: Money,
}

impl Change {
    /// The model's amount less today's.
    pub fn kroner(&self) -> Money {
        self.model - self.today
    }
}

/// Models side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The models' allocations.
    pub allocations: Vec<Allocation>,
    /// Areas by models, in the order of the base.
    pub changes: Vec<Vec<Change>>,
    /// The measures of each model.
    pub measures: Vec<Vec<Measure>>,
    /// The claims that all models are measured by.
    pub reference: Option<Vec<f64>>,
    /// The model whose formula that is; `None` where it is the deprived persons.
    pub reference_model: Option<usize>,
}

/// Puts allocations of one base side by side.
///
/// All are measured by one formula: that of the first model that has one, or the deprived persons.
pub fn compare(allocations: Vec<Allocation>, base: &FundingBase) -> Comparison {
    let reference = reference(&allocations.iter().collect::<Vec<_>>(), base);
    let reference_model = allocations.iter().position(|a| a.need.claims.is_some());
    let (people, deprived) = (base.figure_or_none(POPULATION), base.figure_or_none(DEPRIVED));
    let changes = (0..base.areas.len())
        .map(|at| {
            let per = |money: Money, of: Option<&[f64]>| {
                of.map(|of| of[at]).filter(|n| *n > 0.0).map(|n| money.as_f64() / n)
            };
            let today = base.today_of(at);
            allocations
                .iter()
                .map(|allocation| {
                    let model = allocation.amount(at);
                    Change {
                        today,
                        model,
                        percent: (today > Money::ZERO)
                            .then(|| (model - today).as_f64() / today.as_f64() * 100.0),
                        per_head: per(model, people),
                        per_head_today: per(today, people),
                        per_deprived: per(model, deprived),
                        first_year: allocation.first_year(at),
                    }
                })
                .collect()
        })
        .collect();
    let measures =
        allocations.iter().map(|a| all_measures(a, base, reference.as_deref())).collect();
    Comparison { allocations, changes, measures, reference, reference_model }
}

/// What today's money stands to need, for the first column of a table of measures.
pub fn today<'a>(base: &'a FundingBase, reference: Option<&'a [f64]>) -> Vec<Measure> {
    let amounts: Vec<Money> = (0..base.areas.len()).map(|at| base.today_of(at)).collect();
    super::measure::measures(MoneyAndNeed { base, amounts: &amounts, reference })
}
