//! How many events would there be if every area had the same ages?
//!
//! A rate by strata, weighted with a standard population, and its interval. Comes in: events and
//! persons of each stratum. Deliberately absent: a table of standard populations, because which
//! one is used is a choice of the analyst's and stands in the project file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Level, byar};

/// The columns of one stratum, such as an age group, and its share of the standard population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stratum {
    /// Column of the events or persons with the attribute.
    pub numerator: String,
    /// Column of the persons at risk.
    pub denominator: String,
    /// Persons of the standard population in this stratum, or their share; above zero.
    pub standard: f64,
}

/// A directly standardised rate: `per * sum(standard * numerator / denominator) / sum(standard)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandardisedRate {
    /// The strata, at least two; together everybody, and nobody twice.
    pub strata: Vec<Stratum>,
    /// 100 for per cent, 100000 for per hundred thousand.
    pub per: f64,
    /// Events of all strata below which an area has no rate; 10 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
}

/// Events of all strata below which an area has no rate where nothing else is said. Source: PHE
/// (2023), *PHEindicatormethods*, `phe_dsr`.
pub const AT_LEAST: u32 = 10;

impl StandardisedRate {
    /// What keeps it from being computed, and what to do about it.
    pub fn problem(&self) -> Option<(String, String)> {
        if !(self.per.is_finite() && self.per > 0.0) {
            return Some((
                format!("has the rate base `per = {}`", self.per),
                "use 100 for per cent or 100000 for per hundred thousand".to_owned(),
            ));
        }
        problem(&self.strata)
    }
}

/// What keeps strata from making a rate, and what to do about it.
pub fn problem(strata: &[Stratum]) -> Option<(String, String)> {
    if strata.len() < 2 {
        return Some((
            format!("has {} strata, and a rate is standardised over two or more", strata.len()),
            "add strata, or give `numerator` and `denominator` for a plain rate".to_owned(),
        ));
    }
    let bad = strata.iter().find(|s| !(s.standard.is_finite() && s.standard > 0.0))?;
    Some((
        format!("gives the stratum of `{}` the weight {}", bad.denominator, bad.standard),
        "`standard` is the persons of the standard population in the stratum, or their share, and \
         above zero; leave the stratum out if nobody is in it"
            .to_owned(),
    ))
}

/// The counts of the strata of an indicator, over all areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Strata {
    /// The strata, in the order of the file.
    pub list: Vec<StratumCounts>,
    /// 100 for per cent, 100000 for per hundred thousand.
    pub per: f64,
    /// Events of all strata below which an area has no rate.
    pub at_least: u32,
}

/// The counts of one stratum over all areas.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumCounts {
    /// Events or persons with the attribute; NaN where unknown.
    pub numerator: Vec<f64>,
    /// Persons at risk; NaN where unknown.
    pub denominator: Vec<f64>,
    /// Persons of the standard population, or their share.
    pub standard: f64,
}

/// What an area has in one stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Events or persons with the attribute.
    pub events: f64,
    /// Persons at risk.
    pub persons: f64,
    /// Persons of the standard population, or their share.
    pub standard: f64,
}

impl Strata {
    /// What an area has in each stratum.
    pub fn parts(&self, area_idx: usize) -> impl Iterator<Item = Part> {
        self.list.iter().map(move |stratum| Part {
            events: stratum.numerator[area_idx],
            persons: stratum.denominator[area_idx],
            standard: stratum.standard,
        })
    }

    /// The standardised rate of an area, whether or not it has enough events.
    pub fn of_area(&self, area_idx: usize) -> Standardised {
        standardise(self.parts(area_idx), self.per)
    }

    /// Whether an area has a rate that is withheld because it rests on too few events.
    pub fn has_too_few(&self, area_idx: usize) -> bool {
        let found = self.of_area(area_idx);
        found.rate.is_finite() && found.events < f64::from(self.at_least)
    }
}

/// A directly standardised rate and what its interval is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// The rate that the standard population would have.
    pub rate: f64,
    /// Its standard error, in the unit of the rate.
    pub error: f64,
    /// Events of all strata.
    pub events: f64,
    /// Persons of all strata.
    pub persons: f64,
}

/// Standardises the rates of one area: `per * sum(w n / d) / sum(w)` with the standard error
/// `per * sqrt(sum(w^2 n / d^2)) / sum(w)`, for events `n`, persons `d` and weights `w`.
///
/// Weights may be persons or shares: only their proportions matter. A count that is NaN or a
/// stratum without persons makes a rate that is not finite, which the table keeps as a gap.
///
/// Weakness: the figure depends on the standard population and can be compared only with rates of
/// the same one; it hides that one area may be worse among the young and another among the old.
/// The variance takes events as independent (Poisson): where one person has several, such as
/// admissions, or one accident several victims, it is too small and the interval too narrow. For
/// persons with an attribute that most have it is too large.
///
/// Source: Dobson, Kuulasmaa, Eberle and Scherer (1991), *Confidence intervals for weighted sums
/// of Poisson parameters*, Statistics in Medicine 10.
pub fn standardise(parts: impl Iterator<Item = Part>, per: f64) -> Standardised {
    let (mut rate, mut variance, mut weights) = (0.0, 0.0, 0.0);
    let (mut events, mut persons) = (0.0, 0.0);
    for part in parts {
        rate += part.standard * part.events / part.persons;
        variance += part.standard * part.standard * part.events / (part.persons * part.persons);
        weights += part.standard;
        events += part.events;
        persons += part.persons;
    }
    Standardised {
        rate: rate / weights * per,
        error: variance.sqrt() / weights * per,
        events,
        persons,
    }
}

impl Standardised {
    /// What one event more or less moves a limit by: the standard error by the square root of the
    /// events.
    pub fn step(&self) -> f64 {
        self.error / self.events.sqrt()
    }

    /// The limits of the rate: those of the events by [`byar`], moved to the rate and stretched by
    /// its standard error; a lower limit is never below 0.
    ///
    /// With one stratum they are those of a plain rate. `None` without events, because there is
    /// then no telling in which stratum the next one would be, and where a count is unknown.
    /// Source: as [`standardise`].
    pub fn interval(&self, level: Level) -> Option<(f64, f64)> {
        let step = self.step();
        if !(self.rate.is_finite() && step.is_finite()) {
            return None;
        }
        let (low, high) = byar(self.events, level)?;
        let limit = |of_events: f64| self.rate + step * (of_events - self.events);
        // Strata of few persons and much weight can carry the formula below zero.
        Some((limit(low).max(0.0), limit(high)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rounding of sums in another order.
    const NEAR: f64 = 1e-12;

    fn of(rows: &[(f64, f64, f64)], per: f64) -> Standardised {
        let part =
            |&(events, persons, standard): &(f64, f64, f64)| Part { events, persons, standard };
        standardise(rows.iter().map(part), per)
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= NEAR * a.abs().max(b.abs()).max(1.0)
    }

    /// By hand: 0.75 * 4 / 2000 + 0.25 * 8 / 500 = 0.0055; the variance is 0.5625 * 4 / 4e6 +
    /// 0.0625 * 8 / 25e4 = 2.5625e-6; 12 events lie between 6.19350984 and 20.96285805 (Byar).
    #[test]
    fn two_strata_give_the_rate_and_the_limits_by_hand() {
        for weights in [(0.75, 0.25), (3.0, 1.0), (75_000.0, 25_000.0)] {
            let found = of(&[(4.0, 2000.0, weights.0), (8.0, 500.0, weights.1)], 1000.0);
            assert!(near(found.rate, 5.5), "{}", found.rate);
            assert!(near(found.error, 2.562_5_f64.sqrt()), "{}", found.error);
            assert_eq!((found.events, found.persons), (12.0, 2500.0));
            let (low, high) = found.interval(Level::P95).unwrap();
            let step = (2.562_5_f64 / 12.0).sqrt();
            // The limits of the events are printed with eight decimals.
            assert!((low - (5.5 + step * (6.193_509_84 - 12.0))).abs() < 5e-9, "{low}");
            assert!((high - (5.5 + step * (20.962_858_05 - 12.0))).abs() < 5e-9, "{high}");
            let wide = found.interval(Level::P998).unwrap();
            assert!(wide.0 < low && high < wide.1);
        }
    }

    #[test]
    fn no_events_have_a_rate_of_zero_and_no_interval() {
        let found = of(&[(0.0, 2000.0, 0.75), (0.0, 500.0, 0.25)], 1000.0);
        assert_eq!((found.rate, found.interval(Level::P95)), (0.0, None));
    }

    #[test]
    fn a_stratum_without_persons_or_with_an_unknown_count_has_no_rate() {
        for (events, persons) in [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 5.0), (1.0, f64::NAN)] {
            let found = of(&[(4.0, 2000.0, 0.75), (events, persons, 0.25)], 1000.0);
            assert!(!found.rate.is_finite(), "{events} {persons}");
            assert_eq!(found.interval(Level::P95), None);
        }
    }

    #[test]
    fn a_lower_limit_is_never_below_zero() {
        let found = of(&[(9.0, 1e6, 0.5), (1.0, 2.0, 0.5)], 1.0);
        let (low, high) = found.interval(Level::P998).unwrap();
        assert!(low == 0.0 && high > found.rate, "{low} {high}");
    }

    #[test]
    fn too_few_events_are_fewer_than_the_limit() {
        let stratum = |events: f64| StratumCounts {
            numerator: vec![events],
            denominator: vec![100.0],
            standard: 1.0,
        };
        let strata = |a, b| Strata { list: vec![stratum(a), stratum(b)], per: 1.0, at_least: 10 };
        assert!(strata(4.0, 5.0).has_too_few(0));
        assert!(!strata(4.0, 6.0).has_too_few(0));
        assert!(!strata(4.0, f64::NAN).has_too_few(0), "unknown is not few");
    }

    #[test]
    fn strata_that_make_no_rate_are_told() {
        let stratum =
            |standard| Stratum { numerator: "n".to_owned(), denominator: "d".to_owned(), standard };
        assert_eq!(problem(&[stratum(0.5), stratum(2.0)]), None);
        assert!(problem(&[]).unwrap().0.contains("0 strata"));
        assert!(problem(&[stratum(1.0)]).unwrap().0.contains("1 strata"));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(problem(&[stratum(0.5), stratum(bad)]).is_some(), "{bad}");
        }
    }

    /// Events, persons and standard of two to six strata.
    fn strata() -> impl Strategy<Value = Vec<(f64, f64, f64)>> {
        let stratum = (0_u32..200, 200_u32..100_000, 0.01..50.0_f64);
        let stratum = stratum.prop_map(|(n, d, w)| (f64::from(n), f64::from(d), w));
        prop::collection::vec(stratum, 2..6)
    }

    proptest! {
        #[test]
        fn equal_rates_in_all_strata_give_that_rate(
            strata in strata(),
            share in 0.001..1.0_f64,
        ) {
            let alike: Vec<_> = strata.iter().map(|&(_, d, w)| (share * d, d, w)).collect();
            let found = of(&alike, 1000.0);
            prop_assert!(near(found.rate, found.events / found.persons * 1000.0));
            prop_assert!(near(found.rate, share * 1000.0));
        }

        #[test]
        fn persons_and_shares_of_the_standard_give_the_same(
            strata in strata(),
            factor in 1e-6..1e6_f64,
        ) {
            let scaled: Vec<_> = strata.iter().map(|&(n, d, w)| (n, d, w * factor)).collect();
            let (a, b) = (of(&strata, 1000.0), of(&scaled, 1000.0));
            prop_assert!(near(a.rate, b.rate) && near(a.error, b.error));
            let (a, b) = (a.interval(Level::P95), b.interval(Level::P95));
            prop_assert_eq!(a.is_some(), b.is_some());
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(near(a.0, b.0) && near(a.1, b.1));
            }
        }

        #[test]
        fn one_stratum_has_the_interval_of_a_plain_rate(
            n in 1_u32..500,
            d in 500_u32..100_000,
            w in 0.01..50.0_f64,
        ) {
            let (n, d) = (f64::from(n), f64::from(d));
            let found = of(&[(n, d, w)], 1000.0);
            for level in [Level::P95, Level::P998] {
                let plain = super::super::IntervalMethod::Byar.interval(n, d, 1000.0, level).unwrap();
                let own = found.interval(level).unwrap();
                prop_assert!(near(own.0, plain.0) && near(own.1, plain.1), "{own:?} {plain:?}");
            }
        }

        #[test]
        fn a_change_of_unit_moves_rate_and_limits_alike(strata in strata()) {
            let (a, b) = (of(&strata, 1.0), of(&strata, 100_000.0));
            prop_assert!(near(a.rate * 100_000.0, b.rate));
            if let (Some(a), Some(b)) = (a.interval(Level::P998), b.interval(Level::P998)) {
                prop_assert!(near(a.0 * 100_000.0, b.0) && near(a.1 * 100_000.0, b.1));
                prop_assert!(b.0 <= b.1);
            }
        }

        #[test]
        fn the_rate_lies_between_those_of_its_strata_and_within_its_limits(strata in strata()) {
            let found = of(&strata, 1.0);
            let rates = || strata.iter().map(|&(n, d, _)| n / d);
            let (low, high) =
                (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
            prop_assert!(low * (1.0 - NEAR) <= found.rate && found.rate <= high * (1.0 + NEAR));
            if let Some((low, high)) = found.interval(Level::P95) {
                prop_assert!(low <= found.rate && found.rate <= high);
            }
        }
    }
}
