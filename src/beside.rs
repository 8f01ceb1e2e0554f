//! What is known of the areas beside the index?
//!
//! What a selection rule may look at and the index does not: facts of the rule's own, judgements
//! with their authors, the smaller areas within an area, and earlier years. It travels with the
//! [`IndicatorTable`] and no step of the index reads it.

use std::collections::BTreeMap;

use crate::indicator::{Column, IndicatorId, IndicatorTable};
use crate::language::Text;

/// What goes with a table of areas. All lists have one entry an area, in the table's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Beside {
    /// The year of the table, where it has years.
    pub year: Option<i32>,
    /// Facts of the rule that the index does not have.
    pub columns: Vec<Column>,
    /// Who judged what, and when.
    pub judgements: Vec<Judgement>,
    /// The smaller areas.
    pub children: Option<Children>,
    /// Earlier years, the latest first.
    pub past: Vec<PastYear>,
}

/// The authors of a fact that is a judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The fact.
    pub fact: IndicatorId,
    /// Author and date of each area's value; `None` where there is no value.
    pub by: Vec<Option<Text>>,
}

/// Smaller areas and the area that each lies in.
#[derive(Debug, Clone, PartialEq)]
pub struct Children {
    /// Their table.
    pub table: IndicatorTable,
    /// The position of the area that each lies in; `None` where it is not in the table of areas.
    pub parents: Vec<Option<u32>>,
}

/// What an earlier year gave, for the areas of this year; NaN or `None` where that year lacks the
/// area or the value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastYear {
    /// The year.
    pub year: i32,
    /// The score.
    pub scores: Vec<f64>,
    /// The rank.
    pub ranks: Vec<f64>,
    /// The residents.
    pub population: Vec<f64>,
    /// The scores of domains.
    pub domains: BTreeMap<IndicatorId, Vec<f64>>,
    /// Indicators and facts of the rule.
    pub indicators: BTreeMap<IndicatorId, Vec<f64>>,
    /// What held, by its name: `rule`, named criteria, tiers.
    pub held: BTreeMap<String, Vec<Option<bool>>>,
}

impl Beside {
    /// The earlier year, if it is there.
    pub fn year_of(&self, year: i32) -> Option<&PastYear> {
        self.past.iter().find(|past| past.year == year)
    }
}
