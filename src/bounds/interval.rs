//! What does a scale make of an interval?
//!
//! Each value lies somewhere between two ends. What comes out are two ends again, between which
//! the result lies wherever the values are.

use std::collections::BTreeMap;

use crate::area::Area;
use crate::indicator::IndicatorId;
use crate::normalise::{
    Constant, Divisor, Frame, Normalisation, Reference, Scaling, Within, Zeros, apply, exponential,
    quantile,
};
use crate::rank::{Ties, ids_by_place};
use crate::round::Round;
use crate::statistics::Summary;
use crate::treat::Treatment;

/// One interval an area; NaN where there is no value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interval {
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    /// Whether both ends are reached.
    pub(super) exact: bool,
}

/// How a column is scaled, apart from the method.
pub(super) struct Turn<'a> {
    pub(super) flip: bool,
    pub(super) within: Option<Within>,
    pub(super) reference: Option<&'a Reference>,
}

impl Interval {
    /// Gaps may be anywhere between the smallest and the largest of the other values.
    pub(super) fn around(values: &[f64], gaps: &[bool], in_play: &[bool]) -> Self {
        let there = || {
            let cells = values.iter().zip(gaps).zip(in_play);
            cells.filter(|((x, gap), play)| !**gap && **play && !x.is_nan()).map(|((x, _), _)| *x)
        };
        let ends =
            (there().fold(f64::INFINITY, f64::min), there().fold(f64::NEG_INFINITY, f64::max));
        let end = |end: f64| -> Vec<f64> {
            let cell = |at: usize| match (in_play[at], gaps[at]) {
                (false, _) => f64::NAN,
                (true, true) => end,
                (true, false) => values[at],
            };
            (0..values.len()).map(cell).collect()
        };
        Self { low: end(ends.0), high: end(ends.1), exact: true }
    }

    /// Between two ends in either order.
    pub(super) fn between(a: Vec<f64>, b: Vec<f64>, exact: bool) -> Self {
        let pairs = || a.iter().zip(&b).map(|(a, b)| if a <= b { (*a, *b) } else { (*b, *a) });
        Self { low: pairs().map(|p| p.0).collect(), high: pairs().map(|p| p.1).collect(), exact }
    }

    fn mapped(&self, of: impl Fn(f64) -> f64) -> Self {
        let each = |x: &[f64]| x.iter().map(|x| of(*x)).collect();
        Self::between(each(&self.low), each(&self.high), self.exact)
    }

    /// With the sign turned.
    pub(super) fn turned(&self) -> Self {
        self.mapped(|x| -x)
    }

    pub(super) fn rounded(self, round: Round) -> Self {
        self.mapped(|x| round.of(x))
    }

    /// `None` where a value in the interval has no result.
    pub(super) fn treated(&self, treatment: &Treatment) -> Option<Self> {
        let defined = |x: &f64| x.is_nan() || treatment.of_value(*x).is_some();
        if !self.low.iter().chain(&self.high).all(defined) {
            return None;
        }
        let mut out = self.mapped(|x| treatment.of_value(x).unwrap_or(f64::NAN));
        if let Treatment::DistanceFrom { point } = *treatment {
            for (at, low) in out.low.iter_mut().enumerate() {
                if self.low[at] <= point && point <= self.high[at] {
                    *low = 0.0;
                }
            }
        }
        Some(out)
    }

    /// On a scale; `None` where no ends are known.
    pub(super) fn scaled(
        &self,
        method: &Normalisation,
        turn: &Turn<'_>,
        frame: &Frame<'_>,
    ) -> Option<Self> {
        let Some(Within::Parent) = turn.within else {
            return self.scaled_among(method, turn, frame);
        };
        let mut members: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for (at, area) in frame.areas.iter().enumerate() {
            members.entry(area.parent.as_deref()).or_default().push(at);
        }
        let mut out = self.clone();
        for members in members.values() {
            let areas: Vec<Area> = members.iter().map(|&at| frame.areas[at].clone()).collect();
            let pick = |x: &[f64]| members.iter().map(|&at| x[at]).collect();
            let own = Self { low: pick(&self.low), high: pick(&self.high), exact: self.exact };
            if own.low.iter().all(|x| x.is_nan()) {
                continue;
            }
            let own = own.scaled_among(method, turn, &Frame::of(&areas))?;
            out.exact &= own.exact;
            for (place, &at) in members.iter().enumerate() {
                (out.low[at], out.high[at]) = (own.low[place], own.high[place]);
            }
        }
        Some(out)
    }

    fn scaled_among(
        &self,
        method: &Normalisation,
        turn: &Turn<'_>,
        frame: &Frame<'_>,
    ) -> Option<Self> {
        let by_value = method.is_fixed() || matches!(turn.reference, Some(Reference::Fixed(_)));
        if by_value || self.is_settled() {
            // Each value by itself, or nothing can move.
            return self.applied(method, turn, frame);
        }
        if turn.reference.is_some() {
            return None;
        }
        let turned = if turn.flip { self.turned() } else { self.clone() };
        let mut out = match *method {
            Normalisation::Percentile { zeros: Zeros::Apart, .. } if self.may_be_zero() => {
                return None;
            }
            Normalisation::Rank { .. }
            | Normalisation::Percentile { .. }
            | Normalisation::Exponential { .. }
            | Normalisation::Borda { .. }
            | Normalisation::NormalScores { .. } => turned.ranked(method, frame.areas)?,
            Normalisation::MinMax { low, high } => {
                turned.in_range()?.mapped(|share| low + share * (high - low))
            }
            Normalisation::DistanceToMax {} => turned.in_range()?,
            Normalisation::FractionOfMax { scale } if !turn.flip => turned.of_largest(scale)?,
            Normalisation::ZScore { mean, sd, divisor } => {
                turned.standardised(divisor)?.mapped(|z| mean + sd * z)
            }
            Normalisation::FractionOfMax { .. }
            | Normalisation::AsIs {}
            | Normalisation::Goalposts { .. }
            | Normalisation::ExponentialOfShare { .. }
            | Normalisation::PeoplePercentile {}
            | Normalisation::WeightedZScore { .. }
            | Normalisation::DistanceToReference { .. }
            | Normalisation::DistanceToTarget { .. }
            | Normalisation::FractionOfSum {}
            | Normalisation::Vector {}
            | Normalisation::Flag { .. }
            | Normalisation::AdjustedGoalpost { .. } => return None,
        };
        out.exact = false;
        let bad =
            |(a, b): (&f64, &f64)| a.is_nan() != b.is_nan() || a.is_infinite() || b.is_infinite();
        (!out.low.iter().zip(&out.high).any(bad)).then_some(out)
    }

    /// The pipeline's own scale at both ends.
    fn applied(&self, method: &Normalisation, turn: &Turn<'_>, frame: &Frame<'_>) -> Option<Self> {
        let column = IndicatorId::new("bounds");
        let of = |values: &[f64]| {
            let scaling = Scaling {
                method,
                flip: turn.flip,
                within: None,
                reference: turn.reference,
                pooled: None,
                constant: Constant::Error,
                column: &column,
            };
            let mut values = values.to_vec();
            apply(&scaling, &mut values, frame).ok().map(|_| values)
        };
        Some(Self::between(of(&self.low)?, of(&self.high)?, self.exact))
    }

    fn is_settled(&self) -> bool {
        self.low.iter().zip(&self.high).all(|(a, b)| a == b || a.is_nan())
    }

    fn may_be_zero(&self) -> bool {
        self.low.iter().zip(&self.high).any(|(a, b)| *a <= 0.0 && *b >= 0.0)
    }

    /// The methods that rank: at its best an area has all it could have, and the others as little.
    fn ranked(&self, method: &Normalisation, areas: &[Area]) -> Option<Self> {
        let n = self.low.iter().filter(|x| !x.is_nan()).count() as f64;
        let of = |rank: f64| match *method {
            Normalisation::Rank { .. } => n + 1.0 - rank,
            Normalisation::Borda { .. } => n - rank,
            Normalisation::Percentile { share, .. } => share.of(rank, n),
            Normalisation::Exponential { k, share, .. } => exponential(share.of(rank, n), k),
            Normalisation::NormalScores { share, .. } => quantile(share.of(rank, n)),
            // These do not rank, and have no rule for ties below.
            Normalisation::AsIs {}
            | Normalisation::MinMax { .. }
            | Normalisation::ZScore { .. }
            | Normalisation::Goalposts { .. }
            | Normalisation::ExponentialOfShare { .. }
            | Normalisation::PeoplePercentile {}
            | Normalisation::WeightedZScore { .. }
            | Normalisation::DistanceToMax {}
            | Normalisation::DistanceToReference { .. }
            | Normalisation::DistanceToTarget { .. }
            | Normalisation::FractionOfMax { .. }
            | Normalisation::FractionOfSum {}
            | Normalisation::Vector {}
            | Normalisation::Flag { .. }
            | Normalisation::AdjustedGoalpost { .. } => f64::NAN,
        };
        let (best, worst) = ends(&self.low, &self.high, method.ties()?, &places(areas));
        let each = |ranks: Vec<f64>| ranks.into_iter().map(of).collect();
        Some(Self { low: each(worst), high: each(best), exact: false })
    }

    /// `(x - min) / (max - min)`, where both ends of the range lie in intervals too.
    fn in_range(&self) -> Option<Self> {
        let (lows, highs) = (Summary::of(&self.low)?, Summary::of(&self.high)?);
        let (lowest, low_end) = (lows.min, highs.min);
        let (high_end, highest) = (lows.max, highs.max);
        let share = |top: f64, bottom: f64, otherwise: f64| {
            if bottom > 0.0 { top / bottom } else { otherwise }
        };
        // Both fall when the smallest or the largest value rises.
        let low = |x: f64| {
            let min = low_end.min(x);
            if x.is_nan() { x } else { share(x - min, highest - min, 0.0) }
        };
        let high = |x: f64| {
            let max = high_end.max(x);
            if x.is_nan() { x } else { share(x - lowest, max - lowest, 1.0) }
        };
        let (low, high) = (
            self.low.iter().map(|x| low(*x)).collect(),
            self.high.iter().map(|x| high(*x)).collect(),
        );
        Some(Self { low, high, exact: false })
    }

    /// `x / max`, for values of zero or more.
    fn of_largest(&self, scale: f64) -> Option<Self> {
        let (lows, highs) = (Summary::of(&self.low)?, Summary::of(&self.high)?);
        if lows.min < 0.0 || lows.max <= 0.0 {
            return None;
        }
        let low = self.low.iter().map(|x| x / highs.max * scale).collect();
        let high = |x: &f64| if x.is_nan() { *x } else { x / lows.max.max(*x) * scale };
        Some(Self { low, high: self.high.iter().map(high).collect(), exact: false })
    }

    /// `(x - mean) / sd`, where the mean lies between those of the ends, and the deviation between
    /// the least that any point of the intervals has and one that none of them exceeds.
    fn standardised(&self, divisor: Divisor) -> Option<Self> {
        let (lows, highs) = (Summary::of(&self.low)?, Summary::of(&self.high)?);
        let n = lows.n as f64;
        let below = match divisor {
            Divisor::Sample => n - 1.0,
            Divisor::Population => n,
        };
        let pairs = || self.low.iter().zip(&self.high).filter(|(x, _)| !x.is_nan());
        let squares = |centre: f64| -> f64 {
            pairs().map(|(a, b)| (centre.clamp(*a, *b) - centre).powi(2)).sum()
        };
        // Convex in the centre, whose minimum has no smaller sum beside it.
        let (mut a, mut b) = (lows.min, highs.max);
        for _ in 0..200 {
            let (c, d) = (a + (b - a) / 3.0, b - (b - a) / 3.0);
            if squares(c) <= squares(d) { b = d } else { a = c }
        }
        let least = (squares(f64::midpoint(a, b)) * (1.0 - 1e-9) / below).sqrt();
        let centre = f64::midpoint(lows.mean, highs.mean);
        let far = |(a, b): (&f64, &f64)| (a - centre).abs().max((b - centre).abs()).powi(2);
        let most = (pairs().map(far).sum::<f64>() / below).sqrt();
        if least.is_nan() || least <= 0.0 {
            return None;
        }
        // Of an area's own interval and the mean of the others at the other end.
        let z = |own: f64, mean: f64, up: bool| {
            let above = own - mean;
            above / if (above > 0.0) == up { least } else { most }
        };
        let low = |(a, b): (&f64, &f64)| z(*a, highs.mean - (b - a) / n, false);
        let high = |(a, b): (&f64, &f64)| z(*b, lows.mean + (b - a) / n, true);
        let all = || self.low.iter().zip(&self.high);
        Some(Self { low: all().map(low).collect(), high: all().map(high).collect(), exact: false })
    }

    /// The net flow of PROMETHEE from places counted from the smallest value.
    pub(super) fn as_flow(&self) -> Self {
        let n = self.low.iter().filter(|x| !x.is_nan()).count() as f64;
        self.mapped(|place| (2.0 * place - n - 1.0) / (n - 1.0).max(1.0))
    }
}

/// Children times weights, and a factor.
pub(super) fn weighted_sum(children: &[Interval], weights: &[f64], factor: f64) -> Interval {
    let n = children.first().map_or(0, |child| child.low.len());
    let sum = |end: fn(&Interval) -> &[f64]| -> Vec<f64> {
        let of = |at: usize| children.iter().zip(weights).map(|(x, w)| w * end(x)[at]).sum::<f64>();
        (0..n).map(|at| of(at) * factor).collect()
    };
    let exact = children.iter().all(|child| child.exact);
    Interval::between(sum(|child| &child.low), sum(|child| &child.high), exact)
}

/// The place of each area when they are ordered by id.
pub(super) fn places(areas: &[Area]) -> Vec<u32> {
    ids_by_place(areas)
}

/// Best and worst ranks where each score lies between `low` and `high`, rank 1 the largest.
pub(super) fn ends(low: &[f64], high: &[f64], ties: Ties, place: &[u32]) -> (Vec<f64>, Vec<f64>) {
    let in_order = |values: &[f64]| {
        let mut order: Vec<(f64, u32)> = values
            .iter()
            .zip(place)
            .filter(|(x, _)| !x.is_nan())
            .map(|(x, place)| (x + 0.0, *place))
            .collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        order
    };
    let (lows, highs) = (in_order(low), in_order(high));
    // Among the others: how many lie above `x`, how many equal it, and how many of those have a
    // smaller id.
    let rank_among = |others: &[(f64, u32)], own: f64, x: f64, place: u32| {
        let below = others.partition_point(|other| other.0 < x);
        let not_above = others.partition_point(|other| other.0 <= x);
        let above = others.len() - not_above - usize::from(own > x);
        let equal = not_above - below - usize::from(own == x);
        let before = others.partition_point(|other| (other.0, other.1) < (x, place)) - below;
        let rank = 1.0 + above as f64;
        match ties {
            Ties::Min => rank,
            Ties::Average => rank + equal as f64 / 2.0,
            Ties::Max => rank + equal as f64,
            Ties::FirstById => rank + before as f64,
        }
    };
    let bound = |others: &[(f64, u32)], own: &[f64], mine: &[f64]| {
        (0..low.len())
            .map(|at| {
                let (own, x) = (own[at] + 0.0, mine[at] + 0.0);
                if x.is_nan() { f64::NAN } else { rank_among(others, own, x, place[at]) }
            })
            .collect()
    };
    // At its best an area has all it could have, and the others have as little as they could.
    (bound(&lows, low, high), bound(&highs, high, low))
}
