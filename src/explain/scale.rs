//! Which facts of all areas make one value comparable?
//!
//! The formulas of [`crate::normalise`] once more, for one cell, with ranks found by counting.

use crate::area::Area;
use crate::normalise::{
    Beyond, Cap, Constant, Divisor, Normalisation, RankShare, Reference, Within, Zeros,
    exponential, middle, quantile,
};
use crate::rank::Ties;
use crate::statistics::Summary;

use super::chain::NormaliseStep;
use super::working::Working;

/// Where a value stands among those of its column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Values that come before it.
    pub(super) n_before: usize,
    /// Values that are equal to it, itself included.
    pub(super) n_tied: usize,
    /// Equal values of areas whose id comes before its own.
    n_tied_before: usize,
}

impl Place {
    /// Counts the column; `None` for a gap.
    pub(super) fn of(
        column: &[f64],
        area_idx: usize,
        large_first: bool,
        areas: &[Area],
    ) -> Option<Self> {
        let own = column[area_idx];
        if own.is_nan() {
            return None;
        }
        let mut place = Self { n_before: 0, n_tied: 0, n_tied_before: 0 };
        for (&x, area) in column.iter().zip(areas) {
            if x == own {
                place.n_tied += 1;
                place.n_tied_before += usize::from(area.id < areas[area_idx].id);
            } else if (large_first && x > own) || (!large_first && x < own) {
                place.n_before += 1;
            }
        }
        Some(place)
    }

    /// The rank by this rule for ties.
    pub(super) fn rank(self, ties: Ties) -> f64 {
        let before = self.n_before as f64;
        match ties {
            Ties::Min => before + 1.0,
            Ties::Average => before + (self.n_tied as f64 + 1.0) / 2.0,
            Ties::Max => before + self.n_tied as f64,
            Ties::FirstById => before + self.n_tied_before as f64 + 1.0,
        }
    }
}

/// How one column is made comparable.
pub(super) struct Rule<'a> {
    pub(super) method: &'a Normalisation,
    /// Whether the value is turned first.
    pub(super) turned: bool,
    pub(super) within: Option<Within>,
    pub(super) reference: Option<&'a Reference>,
    /// What pooled years look like, where the reference names years.
    pub(super) pooled: Option<Summary>,
    pub(super) constant: Constant,
}

/// Makes one cell of a column comparable; `None` for a gap.
///
/// `input` is the cell's value as the chain has it. The facts of the column, its rank among them,
/// are those of `column`.
pub(super) fn scale(
    rule: &Rule<'_>,
    column: &[f64],
    area_idx: usize,
    input: Option<f64>,
    areas: &[Area],
) -> Option<NormaliseStep> {
    let input = input?;
    let (own, within);
    let column = match rule.within {
        None => {
            within = None;
            column
        }
        Some(Within::Parent) => {
            within = areas[area_idx].parent.clone();
            let is_in = |area: &Area| area.parent == within;
            let cells = column.iter().zip(areas);
            own =
                cells.map(|(x, area)| if is_in(area) { *x } else { f64::NAN }).collect::<Vec<_>>();
            &own
        }
    };
    let all = Summary::of(column)?;
    let (by, fixed_sd) = measured_by(rule, column, areas, all)?;
    let mut step = NormaliseStep {
        method: *rule.method,
        turned: rule.turned,
        within,
        reference: rule.reference.cloned(),
        constant: false,
        working: Vec::new(),
        input,
        n: by.n,
        min: by.min,
        max: by.max,
        mean: by.mean,
        sd: None,
        n_before: None,
        n_tied: None,
        rank: None,
        share: None,
        result: f64::NAN,
    };
    // Zeros that stand apart have no place, and the others have theirs without them.
    let apart = matches!(rule.method, Normalisation::Percentile { zeros: Zeros::Apart, .. });
    if apart && column[area_idx] == 0.0 {
        step.working.push(Working::fact("zero-apart", 0.0));
        step.result = 0.0;
        return Some(step);
    }
    if let Some(ties) = rule.method.ties() {
        let counted: Vec<f64>;
        let column = if apart {
            counted = column.iter().map(|x| if *x == 0.0 { f64::NAN } else { *x }).collect();
            step.n = counted.iter().filter(|x| !x.is_nan()).count();
            &counted
        } else {
            column
        };
        let place = Place::of(column, area_idx, !rule.turned, areas)?;
        step.n_before = Some(place.n_before);
        step.n_tied = Some(place.n_tied);
        step.rank = Some(place.rank(ties));
    }
    if let Normalisation::ZScore { divisor, .. } = *rule.method {
        let of_column = match divisor {
            Divisor::Sample => by.sd_sample(),
            Divisor::Population => by.sd_population(),
        };
        step.sd = Some(fixed_sd.unwrap_or(of_column));
    }
    let to_reference = matches!(rule.method, Normalisation::DistanceToReference { .. });
    let spread = if to_reference { &all } else { &by };
    if rule.constant == Constant::Middle && rule.method.needs_spread() && spread.is_constant() {
        step.constant = true;
        step.result = middle(rule.method);
        return Some(step);
    }
    step.result = match people_of(rule.method, areas) {
        Some(people) => by_people(&mut step, column, &people, area_idx),
        None => by_areas(&mut step, column, &all),
    };
    Some(step)
}

/// The summary of the areas or of the table that the rule names, with the deviation of a table.
fn measured_by(
    rule: &Rule<'_>,
    column: &[f64],
    areas: &[Area],
    all: Summary,
) -> Option<(Summary, Option<f64>)> {
    let of = |keep: &dyn Fn(&Area) -> bool| {
        let kept = areas.iter().zip(column).filter(|(area, _)| keep(area));
        Summary::of(&kept.map(|(_, x)| *x).collect::<Vec<f64>>()).map(|summary| (summary, None))
    };
    match rule.reference {
        None => Some((all, None)),
        Some(Reference::Areas(ids)) => of(&|area| ids.contains(&area.id)),
        Some(Reference::Years(_)) => rule.pooled.map(|summary| (summary, None)),
        Some(Reference::Parent(parent)) => of(&|area| area.parent.as_ref() == Some(parent)),
        Some(Reference::Fixed(fixed)) => {
            let or_gap = |x: Option<f64>| x.unwrap_or(f64::NAN);
            let (min, max, mean) = (or_gap(fixed.min), or_gap(fixed.max), or_gap(fixed.mean));
            Some((Summary { min, max, mean, ..all }, Some(or_gap(fixed.sd))))
        }
    }
}

/// The residents of all areas, for the methods in which they count.
fn people_of(method: &Normalisation, areas: &[Area]) -> Option<Vec<f64>> {
    let counts =
        matches!(method, Normalisation::PeoplePercentile {} | Normalisation::WeightedZScore { .. });
    counts.then(|| areas.iter().map(|area| area.population.unwrap_or(0.0)).collect())
}

/// The comparable value where people and not areas are counted; notes its lines.
fn by_people(step: &mut NormaliseStep, column: &[f64], people: &[f64], area_idx: usize) -> f64 {
    let there = || column.iter().zip(people).filter(|(x, _)| !x.is_nan());
    let total: f64 = there().map(|(_, p)| p).sum();
    if let Normalisation::WeightedZScore { mean, sd } = step.method {
        let centre = there().map(|(x, p)| x * p).sum::<f64>() / total;
        let variance = there().map(|(x, p)| p * (x - centre).powi(2)).sum::<f64>() / total;
        let deviation = variance.sqrt();
        (step.mean, step.sd) = (centre, Some(deviation));
        let above = if step.turned { centre - step.input } else { step.input - centre };
        return mean + sd * above / deviation;
    }
    let own = column[area_idx];
    let sum = |keep: &dyn Fn(f64) -> bool| -> f64 {
        there().filter(|(x, _)| keep(**x)).map(|(_, p)| p).sum()
    };
    let better = sum(&|x| if step.turned { x > own } else { x < own });
    let same = sum(&|x| x == own);
    step.working.extend([
        Working::fact("people-better", better),
        Working::fact("people-same", same),
        Working::fact("people-all", total),
    ]);
    // Where nobody lives anywhere, no area can be told from another.
    let share = if total > 0.0 { (better + same / 2.0) / total } else { 0.5 };
    step.working.push(if total > 0.0 {
        Working::line("comparable", "({} + {} / 2) / {}", &[better, same, total], share)
    } else {
        Working::fact("comparable", share)
    });
    share
}

/// The comparable value from the column of areas; notes the lines that [`super::formula`] does
/// not make from the step's own fields.
fn by_areas(step: &mut NormaliseStep, column: &[f64], all: &Summary) -> f64 {
    let (input, turned) = (step.input, step.turned);
    let (min, max) = (step.min, step.max);
    let (n, rank) = (step.n as f64, step.rank.unwrap_or(f64::NAN));
    let above = |low: f64, high: f64| if turned { high - input } else { input - low };
    let working = &mut step.working;
    let mut end = |expression: &str, numbers: &[f64], result: f64| {
        working.push(Working::line("comparable", expression, numbers, result));
        result
    };
    match step.method {
        Normalisation::AsIs {} if turned => -input,
        Normalisation::AsIs {} => input,
        Normalisation::MinMax { low, high } => low + above(min, max) / (max - min) * (high - low),
        Normalisation::ZScore { mean, sd, .. } => {
            mean + sd * above(step.mean, step.mean) / step.sd.unwrap_or(f64::NAN)
        }
        Normalisation::Goalposts { low, high, scale, cap } => {
            let share = above(low, high) / (high - low);
            step.share = Some(share);
            capped(share, cap) * scale
        }
        Normalisation::Rank { .. } => n + 1.0 - rank,
        Normalisation::Percentile { share, .. } => {
            let share = share.of(rank, n);
            step.share = Some(share);
            share
        }
        Normalisation::Exponential { k, share, .. } => {
            let share = share.of(rank, n);
            step.share = Some(share);
            let stretched = 1.0 - share * (1.0 - (-100.0 / k).exp());
            (-k * stretched.ln()).clamp(0.0, 100.0)
        }
        Normalisation::Borda { .. } => end("{} − {}", &[n, rank], n - rank),
        Normalisation::NormalScores { share, .. } => {
            let p = share.of(rank, n);
            let (expression, numbers) = share_line(share, n, rank);
            step.working.push(Working::line("share", expression, &numbers, p));
            let score = quantile(p);
            step.working.push(Working::line("comparable", "Φ⁻¹({})", &[p], score));
            score
        }
        Normalisation::DistanceToMax {} if turned => {
            let numbers = [input, min, max, min];
            end("1 − ({} − {}) / ({} − {})", &numbers, 1.0 - (input - min) / (max - min))
        }
        Normalisation::DistanceToMax {} => {
            let numbers = [max, input, max, min];
            end("1 − ({} − {}) / ({} − {})", &numbers, 1.0 - (max - input) / (max - min))
        }
        Normalisation::DistanceToReference { cap } => {
            let best = if turned { all.max } else { all.min };
            // The step's own ends are those of the reference set, and the best area need not be
            // one of it.
            (step.min, step.max) = (all.min, all.max);
            let reference = step.mean;
            distance(step, best, reference, cap)
        }
        Normalisation::DistanceToTarget { target, cap } => {
            let best = if turned { max } else { min };
            distance(step, best, target, cap)
        }
        Normalisation::FractionOfMax { scale: 1.0 } if turned => {
            end("{} / {}", &[min, input], min / input)
        }
        Normalisation::FractionOfMax { scale: 1.0 } => end("{} / {}", &[input, max], input / max),
        Normalisation::FractionOfMax { scale } if turned => {
            end("{} / {} × {}", &[min, input, scale], min / input * scale)
        }
        Normalisation::FractionOfMax { scale } => {
            end("{} / {} × {}", &[input, max, scale], input / max * scale)
        }
        Normalisation::ExponentialOfShare { k } => {
            let share = if turned { 1.0 - input } else { input };
            step.share = Some(share);
            exponential(share, k)
        }
        Normalisation::FractionOfSum {} => {
            let part = |x: f64| if turned { 1.0 / x } else { x };
            let sum: f64 = column.iter().filter(|x| !x.is_nan()).map(|x| part(*x)).sum();
            step.working.push(Working::fact("sum-of-column", sum));
            let result = part(input) / sum;
            let expression = if turned { "1 / {} / {}" } else { "{} / {}" };
            step.working.push(Working::line("comparable", expression, &[input, sum], result));
            result
        }
        Normalisation::Vector {} => {
            let squares: f64 = column.iter().filter(|x| !x.is_nan()).map(|x| x * x).sum();
            let length = squares.sqrt();
            step.working.push(Working::fact("length", length));
            let signed = if turned { -input } else { input };
            let (expression, result) = match length == 0.0 {
                true => ("{}", input),
                false => (if turned { "−{} / {}" } else { "{} / {}" }, signed / length),
            };
            let numbers = [input, length];
            let used = expression.matches("{}").count();
            step.working.push(Working::line("comparable", expression, &numbers[..used], result));
            result
        }
        Normalisation::Flag { operator, limit } => {
            let (yes, no) = match operator {
                Beyond::AtLeast => ("{} ≥ {}", "{} < {}"),
                Beyond::Above => ("{} > {}", "{} ≤ {}"),
                Beyond::AtMost => ("{} ≤ {}", "{} > {}"),
                Beyond::Below => ("{} < {}", "{} ≥ {}"),
            };
            let holds = operator.holds(input, limit);
            end(if holds { yes } else { no }, &[input, limit], f64::from(u8::from(holds)))
        }
        Normalisation::AdjustedGoalpost { goalpost, half_range } => {
            let goalpost = goalpost.unwrap_or(step.mean);
            let half = half_range.unwrap_or((max - min) / 2.0);
            step.working.push(Working::fact("goalpost", goalpost));
            step.working.push(Working::fact("half-range", half));
            let (from, to) = if turned { (goalpost, input) } else { (input, goalpost) };
            let result = 100.0 + 60.0 * (from - to) / (2.0 * half);
            let numbers = [from, to, half];
            let expression = "100 + 60 × ({} − {}) / (2 × {})";
            step.working.push(Working::line("comparable", expression, &numbers, result));
            result
        }
        // Those that count people are computed apart.
        Normalisation::PeoplePercentile {} | Normalisation::WeightedZScore { .. } => f64::NAN,
    }
}

/// A rank share as a line of arithmetic.
fn share_line(share: RankShare, n: f64, rank: f64) -> (&'static str, Vec<f64>) {
    match share {
        RankShare::RankOverN => ("({} + 1 − {}) / {}", vec![n, rank, n]),
        RankShare::RankLessOneOverN => ("({} − {}) / {}", vec![n, rank, n]),
        RankShare::RankLessHalfOverN => ("({} + {} − {}) / {}", vec![n, 0.5, rank, n]),
        RankShare::RankLessOneOverNLessOne => ("({} − {}) / ({} − 1)", vec![n, rank, n]),
        RankShare::RankOverNPlusOne => ("({} + 1 − {}) / ({} + 1)", vec![n, rank, n]),
        RankShare::Blom => ("({} + {} − {}) / ({} + {})", vec![n, 0.625, rank, n, 0.25]),
        RankShare::Tukey => ("({} + 2 / 3 − {}) / ({} + 1 / 3)", vec![n, rank, n]),
    }
}

/// `(x − best) / (whole − best)`, and the cap where it takes effect.
fn distance(step: &mut NormaliseStep, best: f64, whole: f64, cap: Cap) -> f64 {
    let share = (step.input - best) / (whole - best);
    let bounded = capped(share, cap);
    let name = if bounded == share { "comparable" } else { "share" };
    let numbers = [step.input, best, whole, best];
    step.working.push(Working::line(name, "({} − {}) / ({} − {})", &numbers, share));
    if bounded != share {
        step.working.push(Working::line("comparable", "{}", &[bounded], bounded));
    }
    bounded
}

/// A share between goalposts after the cap.
pub(super) fn capped(share: f64, cap: Cap) -> f64 {
    match cap {
        Cap::None => share,
        Cap::High => share.min(1.0),
        Cap::Both => share.clamp(0.0, 1.0),
    }
}
