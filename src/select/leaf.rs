//! What is one criterion over all areas?

use std::sync::Arc;

use super::finding::Criterion;
use super::rule::Operator;
use super::truth::Truth;
use crate::indicator::CellState;
use crate::language::Text;

/// One criterion over all areas, its facts and limits known.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// The name of the criterion, or where it stands in the file.
    pub(super) id: String,
    pub(super) label: Text,
    pub(super) unit: Text,
    pub(super) decimals: usize,
    pub(super) values: Values,
    pub(super) op: Operator,
    pub(super) limit: LimitOf,
    /// What the limit is, where it is not simply stated.
    pub(super) limit_label: Option<Text>,
    pub(super) year: Option<i32>,
    /// Why values are missing, where the table says.
    pub(super) states: Option<Arc<[CellState]>>,
    /// The answer where the value is missing; unknown but where a scheme says otherwise.
    pub(super) when_missing: Truth,
    /// What the sentence says instead of value and limit: where it is met, and where it is not.
    pub(super) said: Option<Arc<[[Text; 2]]>>,
    /// What stands behind a value, such as who judged it.
    pub(super) remarks: Option<Arc<[Option<Text>]>>,
}

/// The values of a fact.
#[derive(Debug, Clone)]
pub(super) struct Values {
    /// One value an area, or the least that it can be; NaN where nothing is known.
    pub(super) low: Arc<[f64]>,
    /// The most that it can be, where that may differ.
    pub(super) high: Option<Arc<[f64]>>,
}

impl Values {
    pub(super) fn known(values: Vec<f64>) -> Self {
        Self { low: values.into(), high: None }
    }

    pub(super) fn within(low: Vec<f64>, high: Vec<f64>) -> Self {
        Self { low: low.into(), high: Some(high.into()) }
    }

    /// 1, 0 or anything between, as a truth has it.
    pub(super) fn of_truths(truths: impl IntoIterator<Item = Truth>) -> Self {
        let bounds = truths.into_iter().map(|truth| match truth {
            Truth::True => (1.0, 1.0),
            Truth::False => (0.0, 0.0),
            Truth::Unknown => (0.0, 1.0),
        });
        let (low, high) = bounds.unzip();
        Self::within(low, high)
    }

    fn of(&self, area_idx: usize) -> (f64, f64) {
        let low = self.low[area_idx];
        (low, self.high.as_ref().map_or(low, |high| high[area_idx]))
    }
}

/// What values are compared with.
#[derive(Debug, Clone)]
pub(super) enum LimitOf {
    /// The same for all areas.
    All(f64),
    /// One for each.
    Each(Arc<[f64]>),
}

impl LimitOf {
    fn of(&self, area_idx: usize) -> f64 {
        match self {
            Self::All(limit) => *limit,
            Self::Each(limits) => limits[area_idx],
        }
    }
}

impl Leaf {
    /// A criterion on a number that is known or bounded.
    pub(super) fn new(id: &str, label: Text, values: Values, op: Operator, limit: f64) -> Self {
        Self {
            id: id.to_owned(),
            label,
            unit: Text::same(""),
            decimals: 0,
            values,
            op,
            limit: LimitOf::All(limit),
            limit_label: None,
            year: None,
            states: None,
            when_missing: Truth::Unknown,
            said: None,
            remarks: None,
        }
    }

    /// A criterion that simply holds or does not, with what is said in either case.
    pub(super) fn said(
        id: &str,
        label: Text,
        truths: impl IntoIterator<Item = Truth>,
        said: Vec<[Text; 2]>,
    ) -> Self {
        let values = Values::of_truths(truths);
        let leaf = Self::new(id, label, values, Operator::AtLeast, 1.0);
        Self { said: Some(said.into()), ..leaf }
    }

    pub(super) fn truth(&self, area_idx: usize) -> Truth {
        let (low, high) = self.values.of(area_idx);
        let limit = self.limit.of(area_idx);
        if low.is_nan() || high.is_nan() || limit.is_nan() {
            return self.when_missing;
        }
        // Every operator is monotone, so that the two ends speak for all between them.
        match (self.op.holds(low, limit), self.op.holds(high, limit)) {
            (true, true) => Truth::True,
            (false, false) => Truth::False,
            (true, false) | (false, true) => Truth::Unknown,
        }
    }

    pub(super) fn criterion(&self, area_idx: usize) -> Criterion {
        let (value, value_high) = self.values.of(area_idx);
        Criterion {
            truth: self.truth(area_idx),
            id: self.id.clone(),
            label: self.label.clone(),
            unit: self.unit.clone(),
            decimals: self.decimals,
            value,
            value_high,
            op: self.op,
            limit: self.limit.of(area_idx),
            limit_label: self.limit_label.clone(),
            year: self.year,
            state: self.states.as_ref().map(|states| states[area_idx]),
            said: self.said.as_ref().map(|said| said[area_idx].clone()),
            remark: self.remarks.as_ref().and_then(|remarks| remarks[area_idx].clone()),
        }
    }
}
