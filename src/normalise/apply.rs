//! What is the comparable value?
//!
//! The arithmetic of each [`Normalisation`] on one column, in place.

use std::collections::BTreeMap;

use super::{
    Cap, Constant, Divisor, Normalisation, NormaliseError, Reference, Within, Zeros, exponential,
    normal, people,
};
use crate::area::Area;
use crate::indicator::IndicatorId;
use crate::rank::{IdOrder, Ties, ids_in_order, rank_into};
use crate::statistics::Summary;

/// What a normalisation may need to know of the areas.
pub(crate) struct Frame<'a> {
    pub(crate) areas: &'a [Area],
    pub(crate) ids: IdOrder,
}

impl<'a> Frame<'a> {
    pub(crate) fn of(areas: &'a [Area]) -> Self {
        Self { areas, ids: ids_in_order(areas) }
    }
}

/// How one column is made comparable.
pub(crate) struct Scaling<'a> {
    pub(crate) method: &'a Normalisation,
    /// Whether the sign is turned first.
    pub(crate) flip: bool,
    /// The set within which areas are compared; all of them where there is none.
    pub(crate) within: Option<Within>,
    /// The areas that minimum, mean and so on come from; all where there is none.
    pub(crate) reference: Option<&'a Reference>,
    /// What the values of pooled years look like, where the reference names years.
    pub(crate) pooled: Option<Summary>,
    pub(crate) constant: Constant,
    /// Its name, for errors.
    pub(crate) column: &'a IndicatorId,
}

/// Makes one column comparable in place. Returns what it was measured by.
///
/// # Errors
///
/// As [`super::normalise`].
pub(crate) fn apply(
    scaling: &Scaling<'_>,
    values: &mut [f64],
    frame: &Frame<'_>,
) -> Result<Summary, NormaliseError> {
    match scaling.within {
        None => apply_to_all(scaling, values, frame),
        Some(Within::Parent) => apply_by_parent(scaling, values, frame),
    }
}

/// Each larger unit by itself; what comes back is the summary of all areas.
fn apply_by_parent(
    scaling: &Scaling<'_>,
    values: &mut [f64],
    frame: &Frame<'_>,
) -> Result<Summary, NormaliseError> {
    let column = scaling.column;
    let Some(all) = Summary::of(values) else {
        return Err(NormaliseError::Empty { column: column.clone() });
    };
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut homeless = Vec::new();
    for (at, (area, x)) in frame.areas.iter().zip(values.iter()).enumerate() {
        match &area.parent {
            // A gap stays one wherever it belongs.
            _ if x.is_nan() => {}
            Some(parent) => members.entry(parent).or_default().push(at),
            None => homeless.push(at),
        }
    }
    if let Some(&example) = homeless.first() {
        return Err(NormaliseError::NoParent {
            column: column.clone(),
            n: homeless.len(),
            example: frame.areas[example].id.clone(),
        });
    }
    for members in members.values() {
        let areas: Vec<Area> = members.iter().map(|&at| frame.areas[at].clone()).collect();
        let mut own: Vec<f64> = members.iter().map(|&at| values[at]).collect();
        apply_to_all(scaling, &mut own, &Frame::of(&areas))?;
        for (&at, x) in members.iter().zip(own) {
            values[at] = x;
        }
    }
    Ok(all)
}

fn apply_to_all(
    scaling: &Scaling<'_>,
    values: &mut [f64],
    frame: &Frame<'_>,
) -> Result<Summary, NormaliseError> {
    let Scaling { method, flip, column, .. } = *scaling;
    let all = match Summary::of(values) {
        Some(summary) => summary,
        None if method.is_fixed() => nothing(),
        None => return Err(NormaliseError::Empty { column: column.clone() }),
    };
    let by = match scaling.reference {
        None => all,
        Some(Reference::Years(_)) => {
            scaling.pooled.ok_or_else(|| NormaliseError::Reference { column: column.clone() })?
        }
        Some(reference) => measured_by(reference, method, values, frame, &all)
            .ok_or_else(|| NormaliseError::Reference { column: column.clone() })?,
    };
    // A constant column would become 0/0, and the NaN would travel to every rank. What the
    // reference areas have in common is no constant to a distance from the best of all.
    let to_reference = matches!(method, Normalisation::DistanceToReference { .. });
    let spread = if to_reference { &all } else { &by };
    if method.needs_spread() && spread.is_constant() {
        match scaling.constant {
            Constant::Error => {
                return Err(NormaliseError::Constant { column: column.clone(), value: all.min });
            }
            Constant::Middle => {
                let middle = middle(method);
                values.iter_mut().filter(|x| !x.is_nan()).for_each(|x| *x = middle);
                return Ok(by);
            }
        }
    }
    check_positive(scaling, values, frame, &all)?;
    check_shares(scaling, values, frame)?;
    if matches!(method, Normalisation::PeoplePercentile {} | Normalisation::WeightedZScore { .. }) {
        let people = people::of(values, frame.areas, column)?;
        if let Normalisation::WeightedZScore { mean, sd } = *method {
            return people::z_scores(values, &people, flip, (mean, sd)).ok_or_else(|| {
                NormaliseError::Constant { column: column.clone(), value: all.min }
            });
        }
        people::percentiles(values, &people, flip);
        return Ok(by);
    }
    by_value(method, flip, values, &by, &all);
    by_place(method, flip, values, frame, all.n as f64);
    Ok(by)
}

/// The methods that need no more than the value and the summary.
fn by_value(method: &Normalisation, flip: bool, values: &mut [f64], by: &Summary, all: &Summary) {
    let sign = if flip { -1.0 } else { 1.0 };
    let best = if flip { by.max } else { by.min };
    let range = by.max - by.min;
    let each = |values: &mut [f64], of: &dyn Fn(f64) -> f64| {
        values.iter_mut().for_each(|x| *x = of(*x));
    };
    match *method {
        Normalisation::AsIs {} => values.iter_mut().for_each(|x| *x *= sign),
        Normalisation::MinMax { low, high } => {
            values.iter_mut().for_each(|x| *x = low + sign * (*x - best) / range * (high - low));
        }
        Normalisation::ZScore { mean, sd, divisor } => {
            let deviation = match divisor {
                Divisor::Sample => by.sd_sample(),
                Divisor::Population => by.sd_population(),
            };
            values.iter_mut().for_each(|x| *x = mean + sd * (sign * (*x - by.mean) / deviation));
        }
        Normalisation::Goalposts { low, high, scale, cap } => each(values, &|x| {
            let share = if flip { (high - x) / (high - low) } else { (x - low) / (high - low) };
            capped(share, cap) * scale
        }),
        Normalisation::DistanceToMax {} => {
            let worst = if flip { by.min } else { by.max };
            each(values, &|x| 1.0 - sign * (worst - x) / range);
        }
        Normalisation::DistanceToReference { cap } => {
            let best = if flip { all.max } else { all.min };
            each(values, &|x| capped((x - best) / (by.mean - best), cap));
        }
        Normalisation::DistanceToTarget { target, cap } => {
            each(values, &|x| capped((x - best) / (target - best), cap));
        }
        Normalisation::FractionOfMax { scale } if flip => {
            each(values, &|x| by.min / x * scale);
        }
        Normalisation::FractionOfMax { scale } => each(values, &|x| x / by.max * scale),
        Normalisation::ExponentialOfShare { k } => {
            each(values, &|x| exponential(if flip { 1.0 - x } else { x }, k));
        }
        Normalisation::FractionOfSum {} => {
            let part = |x: f64| if flip { 1.0 / x } else { x };
            let sum: f64 = values.iter().filter(|x| !x.is_nan()).map(|x| part(*x)).sum();
            each(values, &|x| part(x) / sum);
        }
        Normalisation::Vector {} => {
            let squares: f64 = values.iter().filter(|x| !x.is_nan()).map(|x| x * x).sum();
            let length = squares.sqrt();
            // All zero: every area is where the others are.
            each(values, &|x| if length == 0.0 { x } else { sign * x / length });
        }
        Normalisation::Flag { operator, limit } => values
            .iter_mut()
            .filter(|x| !x.is_nan())
            .for_each(|x| *x = f64::from(u8::from(operator.holds(*x, limit)))),
        Normalisation::AdjustedGoalpost { goalpost, half_range } => {
            let goalpost = goalpost.unwrap_or(by.mean);
            let half = half_range.unwrap_or(range / 2.0);
            each(values, &|x| 100.0 + sign * 60.0 * (x - goalpost) / (2.0 * half));
        }
        Normalisation::Rank { .. }
        | Normalisation::Percentile { .. }
        | Normalisation::Exponential { .. }
        | Normalisation::Borda { .. }
        | Normalisation::NormalScores { .. }
        | Normalisation::PeoplePercentile {}
        | Normalisation::WeightedZScore { .. } => {}
    }
}

/// The methods that rank.
fn by_place(method: &Normalisation, flip: bool, values: &mut [f64], frame: &Frame<'_>, n: f64) {
    let by_rank = |values: &mut [f64], ties: Ties, of: &dyn Fn(f64) -> f64| {
        let mut ranks = vec![f64::NAN; values.len()];
        // The worst is the largest unless the sign is turned.
        rank_into(values, !flip, ties, &frame.ids, &mut ranks);
        for (x, rank) in values.iter_mut().zip(ranks) {
            *x = if rank.is_nan() { f64::NAN } else { of(rank) };
        }
    };
    match *method {
        Normalisation::Rank { ties } => by_rank(values, ties, &|rank| n + 1.0 - rank),
        Normalisation::Borda { ties } => by_rank(values, ties, &|rank| n - rank),
        Normalisation::Percentile { share, ties, zeros: Zeros::Ranked } => {
            by_rank(values, ties, &|rank| share.of(rank, n));
        }
        Normalisation::Percentile { share, ties, zeros: Zeros::Apart } => {
            let zeros: Vec<usize> = (0..values.len()).filter(|&at| values[at] == 0.0).collect();
            zeros.iter().for_each(|&at| values[at] = f64::NAN);
            let n = n - zeros.len() as f64;
            // One area that has any at all is the worst.
            by_rank(values, ties, &|rank| if n > 1.0 { share.of(rank, n) } else { 1.0 });
            zeros.iter().for_each(|&at| values[at] = 0.0);
        }
        Normalisation::Exponential { k, share, ties } => {
            by_rank(values, ties, &|rank| exponential(share.of(rank, n), k));
        }
        Normalisation::NormalScores { ties, share } => {
            by_rank(values, ties, &|rank| normal::quantile(share.of(rank, n)));
        }
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
        | Normalisation::AdjustedGoalpost { .. } => {}
    }
}

/// A share with the goalposts as its bounds; a missing one stays missing.
fn capped(share: f64, cap: Cap) -> f64 {
    match cap {
        Cap::High if share > 1.0 => 1.0,
        Cap::None | Cap::High => share,
        Cap::Both => share.clamp(0.0, 1.0),
    }
}

/// What a constant column becomes where the recipe asks for the middle.
pub(crate) fn middle(method: &Normalisation) -> f64 {
    match *method {
        Normalisation::MinMax { low, high } => f64::midpoint(low, high),
        Normalisation::ZScore { mean, .. } | Normalisation::WeightedZScore { mean, .. } => mean,
        Normalisation::Exponential { k, .. } => exponential(0.5, k),
        Normalisation::AdjustedGoalpost { .. } => 100.0,
        Normalisation::Percentile { .. }
        | Normalisation::DistanceToMax {}
        | Normalisation::DistanceToReference { .. }
        | Normalisation::DistanceToTarget { .. } => 0.5,
        // These give a constant column a result of their own, and never come here.
        Normalisation::AsIs {}
        | Normalisation::Goalposts { .. }
        | Normalisation::ExponentialOfShare { .. }
        | Normalisation::Rank { .. }
        | Normalisation::Borda { .. }
        | Normalisation::PeoplePercentile {}
        | Normalisation::NormalScores { .. }
        | Normalisation::FractionOfMax { .. }
        | Normalisation::FractionOfSum {}
        | Normalisation::Vector {}
        | Normalisation::Flag { .. } => f64::NAN,
    }
}

fn nothing() -> Summary {
    let nan = f64::NAN;
    Summary { n: 0, min: nan, max: nan, mean: nan, sum_of_squares: nan }
}

/// The summary that a column is measured by; `None` where the reference set has no value.
fn measured_by(
    reference: &Reference,
    method: &Normalisation,
    values: &[f64],
    frame: &Frame<'_>,
    all: &Summary,
) -> Option<Summary> {
    let of = |keep: &dyn Fn(&Area) -> bool| {
        let kept: Vec<f64> = frame
            .areas
            .iter()
            .zip(values)
            .filter(|(area, _)| keep(area))
            .map(|(_, x)| *x)
            .collect();
        Summary::of(&kept)
    };
    match reference {
        Reference::Areas(ids) => of(&|area| ids.contains(&area.id)),
        // Settled before, from what was pooled.
        Reference::Years(_) => None,
        Reference::Parent(parent) => of(&|area| area.parent.as_ref() == Some(parent)),
        Reference::Fixed(fixed) => {
            let population =
                matches!(method, Normalisation::ZScore { divisor: Divisor::Population, .. });
            let divisor = all.n as f64 - if population { 0.0 } else { 1.0 };
            let sd = fixed.sd.unwrap_or(f64::NAN);
            Some(Summary {
                n: all.n,
                min: fixed.min.unwrap_or(f64::NAN),
                max: fixed.max.unwrap_or(f64::NAN),
                mean: fixed.mean.unwrap_or(f64::NAN),
                sum_of_squares: sd * sd * divisor,
            })
        }
    }
}

/// Shares need a sum or maximum above zero, reciprocals need it of every value.
fn check_positive(
    scaling: &Scaling<'_>,
    values: &[f64],
    frame: &Frame<'_>,
    all: &Summary,
) -> Result<(), NormaliseError> {
    let is_fraction = matches!(
        scaling.method,
        Normalisation::FractionOfMax { .. } | Normalisation::FractionOfSum {}
    );
    let undefined = |x: &f64| if scaling.flip { *x <= 0.0 } else { *x < 0.0 || all.max <= 0.0 };
    if is_fraction && let Some(at) = values.iter().position(undefined) {
        return Err(NormaliseError::NotPositive {
            column: scaling.column.clone(),
            area: frame.areas[at].id.clone(),
            value: values[at],
        });
    }
    Ok(())
}

/// The last bit of a sum may lie beyond the end of the range; [`exponential`] keeps its own.
fn check_shares(
    scaling: &Scaling<'_>,
    values: &[f64],
    frame: &Frame<'_>,
) -> Result<(), NormaliseError> {
    const LAST_BITS: f64 = 1e-12;
    if !matches!(scaling.method, Normalisation::ExponentialOfShare { .. }) {
        return Ok(());
    }
    let outside = |x: &f64| *x < -LAST_BITS || *x > 1.0 + LAST_BITS;
    match values.iter().position(outside) {
        None => Ok(()),
        Some(at) => Err(NormaliseError::NotAShare {
            column: scaling.column.clone(),
            area: frame.areas[at].id.clone(),
            value: values[at],
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Beyond, Fixed, RankShare};
    use super::*;
    use crate::area::AreaId;

    #[test]
    fn exponential_values_are_those_of_the_technical_report() {
        for (share, expected) in
            [(0.1, 2.39025973), (0.5, 15.64679007), (0.9, 50.42665427), (1.0, 100.0)]
        {
            assert!((exponential(share, 23.0) - expected).abs() < 5e-9, "{share}");
        }
        assert!((exponential(1.0 / 33755.0, 23.0) - 0.00067258).abs() < 5e-9);
    }

    #[test]
    fn a_better_value_scores_lower_whichever_way_the_column_points() {
        let z = Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample };
        assert_eq!(scaled(&[1.0, 2.0, 3.0], z, false).unwrap(), [-1.0, 0.0, 1.0]);
        assert_eq!(scaled(&[1.0, 2.0, 3.0], z, true).unwrap(), [1.0, 0.0, -1.0]);
    }

    #[test]
    fn svi_percentiles_come_out_with_ties_from_the_best_end() {
        // Ascending minimum rank is the maximum rank counted from the worst.
        let p = Normalisation::Percentile {
            share: RankShare::RankLessOneOverNLessOne,
            ties: Ties::Max,
            zeros: Zeros::Ranked,
        };
        assert_eq!(
            scaled(&[1.0, 2.0, 2.0, 4.0, 5.0], p, false).unwrap(),
            [0.0, 0.25, 0.25, 0.75, 1.0]
        );
    }

    #[test]
    fn a_gap_takes_no_part() {
        let m = Normalisation::MinMax { low: 0.0, high: 100.0 };
        let out = scaled(&[1.0, f64::NAN, 3.0, 2.0], m, false).unwrap();
        assert!(out[1].is_nan());
        assert_eq!((out[0], out[2], out[3]), (0.0, 100.0, 50.0));
    }

    #[test]
    fn constant_and_empty_columns_are_errors() {
        let m = Normalisation::MinMax { low: 0.0, high: 1.0 };
        assert!(matches!(scaled(&[2.0, 2.0], m, false), Err(NormaliseError::Constant { .. })));
        assert!(matches!(scaled(&[f64::NAN], m, false), Err(NormaliseError::Empty { .. })));
    }

    proptest! {
        /// A change of unit must not move any area.
        #[test]
        fn min_max_does_not_depend_on_the_unit(
            values in prop::collection::vec(-1e6..1e6_f64, 2..200),
            factor in 1e-3..1e3_f64,
            offset in -1e3..1e3_f64,
        ) {
            prop_assume!(values.iter().any(|x| (x - values[0]).abs() > 1.0));
            let converted: Vec<f64> = values.iter().map(|x| factor * x + offset).collect();
            let method = Normalisation::MinMax { low: 0.0, high: 1.0 };
            let before = scaled(&values, method, false).unwrap();
            let after = scaled(&converted, method, false).unwrap();
            for (before, after) in before.iter().zip(&after) {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(after));
                prop_assert!((before - after).abs() < 1e-6, "{before} became {after}");
            }
        }

        /// Worse never scores better.
        #[test]
        fn every_method_keeps_the_order(values in prop::collection::vec(-50..50_i32, 2..60)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            prop_assume!(values.iter().any(|x| *x != values[0]));
            for method in [
                Normalisation::AsIs {},
                Normalisation::MinMax { low: 0.0, high: 100.0 },
                Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Population },
                Normalisation::Goalposts { low: -10.0, high: 10.0, scale: 1.0, cap: Cap::Both },
                Normalisation::Rank { ties: Ties::Average },
                Normalisation::Percentile {
                    share: RankShare::RankOverN,
                    ties: Ties::Min,
                    zeros: Zeros::Ranked,
                },
                Normalisation::Exponential { k: 23.0, share: RankShare::RankOverN, ties: Ties::Max },
            ] {
                let out = scaled(&values, method, false).unwrap();
                for i in 0..values.len() {
                    for j in 0..values.len() {
                        if values[i] >= values[j] {
                            prop_assert!(out[i] >= out[j], "{method:?}: {} {}", values[i], values[j]);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_national_table_of_parameters_is_used_as_given() {
        let fixed = Fixed { min: Some(0.0), max: Some(10.0), mean: Some(5.0), sd: Some(2.0) };
        let reference = Reference::Fixed(fixed);
        let z = Normalisation::ZScore { mean: 0.0, sd: 1.0, divisor: Divisor::Sample };
        let m = Normalisation::MinMax { low: 0.0, high: 1.0 };
        let x = [1.0, 9.0, 12.0];
        let close = |got: Vec<f64>, wanted: [f64; 3]| {
            got.iter().zip(wanted).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} {b}"));
        };
        close(against(&x, z, Some(&reference)).unwrap(), [-2.0, 2.0, 3.5]);
        close(against(&x, m, Some(&reference)).unwrap(), [0.1, 0.9, 1.2]);
    }

    #[test]
    fn a_subset_of_areas_gives_the_parameters() {
        let reference = Reference::Areas(vec!["0000".into(), "0001".into()]);
        let m = Normalisation::MinMax { low: 0.0, high: 1.0 };
        assert_eq!(against(&[0.0, 2.0, 4.0], m, Some(&reference)).unwrap(), [0.0, 1.0, 2.0]);
        let d = Normalisation::DistanceToReference { cap: Cap::High };
        let reference = Reference::Areas(vec!["0001".into()]);
        assert_eq!(against(&[0.0, 2.0, 4.0], d, Some(&reference)).unwrap(), [0.0, 1.0, 1.0]);
        let nowhere = Reference::Parent("x".to_owned());
        let error = against(&[0.0, 2.0], m, Some(&nowhere)).unwrap_err();
        assert!(matches!(error, NormaliseError::Reference { .. }));
    }

    #[test]
    fn a_constant_column_may_be_set_to_the_middle() {
        let (frame_areas, column) = (areas(2), "x".into());
        let method = Normalisation::MinMax { low: 0.0, high: 100.0 };
        let scaling = Scaling {
            method: &method,
            flip: false,
            within: None,
            reference: None,
            pooled: None,
            constant: Constant::Middle,
            column: &column,
        };
        let mut values = [3.0, 3.0];
        apply(&scaling, &mut values, &Frame::of(&frame_areas)).unwrap();
        assert_eq!(values, [50.0, 50.0]);
    }

    #[test]
    fn fractions_turn_a_cost_into_its_reciprocal() {
        let x = [1.0, 2.0, 4.0];
        assert_eq!(
            scaled(&x, Normalisation::FractionOfMax { scale: 1.0 }, false).unwrap(),
            [0.25, 0.5, 1.0]
        );
        assert_eq!(
            scaled(&x, Normalisation::FractionOfMax { scale: 1.0 }, true).unwrap(),
            [1.0, 0.5, 0.25]
        );
        let sums = scaled(&x, Normalisation::FractionOfSum {}, true).unwrap();
        assert!(
            (sums[0] - 4.0 / 7.0).abs() < 1e-15 && (sums.iter().sum::<f64>() - 1.0).abs() < 1e-15
        );
        let error = scaled(&[0.0, 1.0], Normalisation::FractionOfSum {}, true).unwrap_err();
        assert!(matches!(error, NormaliseError::NotPositive { .. }));
    }

    #[test]
    fn people_and_not_areas_make_the_weighted_percentile() {
        // 100, 300 and 200 people: half of one's own stands below oneself.
        let out = scaled(&[3.0, 1.0, 2.0], Normalisation::PeoplePercentile {}, false).unwrap();
        assert_eq!(out, [550.0 / 600.0, 150.0 / 600.0, 400.0 / 600.0]);
        let tied = scaled(&[1.0, 1.0, 2.0], Normalisation::PeoplePercentile {}, false).unwrap();
        assert_eq!(tied[0], tied[1]);
    }

    #[test]
    fn a_weighted_z_score_is_measured_by_people() {
        // 100 and 300 people: mean 2.5, variance 0.75.
        let method = Normalisation::WeightedZScore { mean: 0.0, sd: 1.0 };
        let out = scaled(&[1.0, 3.0], method, false).unwrap();
        let wanted = [-1.5 / 0.75_f64.sqrt(), 0.5 / 0.75_f64.sqrt()];
        assert!(out.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{out:?}");
        let unknown = [Area::of("a"), Area::of("b")];
        let (column, constant) = ("x".into(), Constant::Error);
        let scaling = Scaling {
            method: &method,
            flip: false,
            within: None,
            reference: None,
            pooled: None,
            constant,
            column: &column,
        };
        let error = apply(&scaling, &mut [1.0, 3.0], &Frame::of(&unknown)).unwrap_err();
        assert!(matches!(error, NormaliseError::Population { n: 2, .. }));
    }

    #[test]
    fn the_adjusted_goalpost_is_one_hundred() {
        let method = Normalisation::AdjustedGoalpost { goalpost: Some(2.0), half_range: Some(2.0) };
        assert_eq!(scaled(&[0.0, 2.0, 4.0], method, false).unwrap(), [70.0, 100.0, 130.0]);
        assert_eq!(scaled(&[0.0, 2.0, 4.0], method, true).unwrap(), [130.0, 100.0, 70.0]);
    }

    #[test]
    fn a_flag_looks_at_the_value_as_measured() {
        let method = Normalisation::Flag { operator: Beyond::AtLeast, limit: 2.0 };
        let out = scaled(&[1.0, 2.0, f64::NAN], method, true).unwrap();
        assert_eq!(out[..2], [0.0, 1.0]);
        assert!(out[2].is_nan());
    }

    /// Where gaps count among `n`, as in some programs for the US index, nobody reaches 1.
    #[test]
    fn a_gap_does_not_count_among_those_that_are_ranked() {
        let p = Normalisation::Percentile {
            share: RankShare::RankLessOneOverNLessOne,
            ties: Ties::Max,
            zeros: Zeros::Ranked,
        };
        let out = scaled(&[1.0, f64::NAN, 3.0, f64::NAN, 2.0], p, false).unwrap();
        assert_eq!((out[0], out[4], out[2]), (0.0, 0.5, 1.0));
    }

    /// R's `percent_rank` and pandas' `rank(pct=True)` share a name and no number.
    #[test]
    fn percentiles_of_different_programs_are_not_the_same() {
        let of = |share, ties| {
            let p = Normalisation::Percentile { share, ties, zeros: Zeros::Ranked };
            scaled(&[5.0, 7.0, 5.0, 9.0], p, false).unwrap()
        };
        assert_eq!(of(RankShare::RankLessOneOverNLessOne, Ties::Max), [0.0, 2.0 / 3.0, 0.0, 1.0]);
        assert_eq!(of(RankShare::RankOverN, Ties::Average), [0.375, 0.75, 0.375, 1.0]);
    }

    #[test]
    fn zeros_may_stand_apart_from_the_ranks() {
        let method = |zeros| Normalisation::Percentile {
            share: RankShare::RankOverN,
            ties: Ties::Average,
            zeros,
        };
        let x = [0.0, 3.0, 0.0, 1.0, f64::NAN, 3.0];
        let apart = scaled(&x, method(Zeros::Apart), false).unwrap();
        assert_eq!(apart[..4], [0.0, 2.5 / 3.0, 0.0, 1.0 / 3.0]);
        assert!(apart[4].is_nan());
        let ranked = scaled(&x, method(Zeros::Ranked), false).unwrap();
        assert_eq!(ranked[..4], [0.3, 0.9, 0.3, 0.6]);
        assert_eq!(scaled(&[0.0, 7.0], method(Zeros::Apart), false).unwrap(), [0.0, 1.0]);
    }

    #[test]
    fn a_given_share_is_stretched_as_a_rank_would_be() {
        let method = Normalisation::ExponentialOfShare { k: 23.0 };
        let out = scaled(&[0.1, 0.5, 1.0 + 1e-15], method, false).unwrap();
        assert_eq!(out, [exponential(0.1, 23.0), exponential(0.5, 23.0), 100.0]);
        assert_eq!(scaled(&[0.75], method, true).unwrap(), [exponential(0.25, 23.0)]);
        let error = scaled(&[0.5, 2.0], method, false).unwrap_err();
        assert!(matches!(error, NormaliseError::NotAShare { value: 2.0, .. }));
    }

    #[test]
    fn each_larger_unit_is_compared_within_itself() {
        let method = Normalisation::MinMax { low: 0.0, high: 1.0 };
        let mut areas = areas(5);
        for (area, parent) in areas.iter_mut().zip(["n", "s", "n", "s", "n"]) {
            area.parent = Some(parent.to_owned());
        }
        let within = |areas: &[Area]| {
            let column = "x".into();
            let scaling = Scaling {
                method: &method,
                flip: false,
                within: Some(Within::Parent),
                reference: None,
                pooled: None,
                constant: Constant::Error,
                column: &column,
            };
            let mut x = vec![1.0, 10.0, 2.0, 30.0, 5.0];
            apply(&scaling, &mut x, &Frame::of(areas)).map(|_| x)
        };
        assert_eq!(within(&areas).unwrap(), [0.0, 0.0, 0.25, 1.0, 1.0]);
        areas[3].parent = None;
        assert!(matches!(within(&areas).unwrap_err(), NormaliseError::NoParent { n: 1, .. }));
    }

    fn areas(n: usize) -> Vec<Area> {
        (0..n)
            .map(|i| Area {
                population: Some(100.0 * [1.0, 3.0, 2.0][i % 3]),
                ..Area::of(AreaId::new(format!("{i:04}")))
            })
            .collect()
    }

    fn scaled(
        values: &[f64],
        method: Normalisation,
        flip: bool,
    ) -> Result<Vec<f64>, NormaliseError> {
        let (areas, column) = (areas(values.len()), "x".into());
        let constant = Constant::Error;
        let scaling = Scaling {
            method: &method,
            flip,
            within: None,
            reference: None,
            pooled: None,
            constant,
            column: &column,
        };
        let mut out = values.to_vec();
        apply(&scaling, &mut out, &Frame::of(&areas))?;
        Ok(out)
    }

    fn against(
        values: &[f64],
        method: Normalisation,
        reference: Option<&Reference>,
    ) -> Result<Vec<f64>, NormaliseError> {
        let (areas, column) = (areas(values.len()), "x".into());
        let constant = Constant::Error;
        let scaling = Scaling {
            method: &method,
            flip: false,
            within: None,
            reference,
            pooled: None,
            constant,
            column: &column,
        };
        let mut out = values.to_vec();
        apply(&scaling, &mut out, &Frame::of(&areas))?;
        Ok(out)
    }
}
