//! How sure is a rate, from the number of persons behind it?
//!
//! Confidence intervals of proportions and of rates of events. They speak of chance alone: of
//! what the same conditions could have given another year, not of wrong registers.

pub mod standardised;

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which interval goes with a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// Wilson's score interval of a proportion: persons out of persons.
    Wilson,
    /// Byar's approximation for a rate of events that may happen more than once to a person, and
    /// the exact Poisson interval below ten events.
    Byar,
}

impl IntervalMethod {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wilson => "wilson",
            Self::Byar => "byar",
        }
    }

    /// The limits of `numerator / denominator * per`; `None` where there is nobody, or where the
    /// numbers are no counts.
    pub fn interval(
        self,
        numerator: f64,
        denominator: f64,
        per: f64,
        level: Level,
    ) -> Option<(f64, f64)> {
        let (low, high) = match self {
            Self::Wilson => wilson(numerator, denominator, level)?,
            Self::Byar => {
                let (low, high) = byar(numerator, level)?;
                if denominator.is_nan() || denominator <= 0.0 {
                    return None;
                }
                (low / denominator, high / denominator)
            }
        };
        Some((low * per, high * per))
    }
}

/// How often an interval covers the rate behind the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 95 %: of twenty areas one lies outside by chance.
    P95,
    /// 99.8 %: the outer line of a funnel plot.
    P998,
}

impl Level {
    /// The standard normal quantile at `1 - (1 - level) / 2`.
    pub fn z(self) -> f64 {
        match self {
            Self::P95 => 1.959_963_984_540_054,
            Self::P998 => 3.090_232_306_167_813,
        }
    }

    /// What each side leaves out.
    fn tail(self) -> f64 {
        match self {
            Self::P95 => 0.025,
            Self::P998 => 0.001,
        }
    }
}

/// Wilson's interval of the proportion `events / persons`, in 0..=1.
///
/// `None` without persons, and for events below 0 or above the persons. Source: Wilson (1927),
/// *Probable inference, the law of succession, and statistical inference*, JASA 22.
pub fn wilson(events: f64, persons: f64, level: Level) -> Option<(f64, f64)> {
    if !(persons > 0.0 && (0.0..=persons).contains(&events)) {
        return None;
    }
    let z = level.z();
    let root = z * (z * z + 4.0 * events * (1.0 - events / persons)).sqrt();
    let (middle, width) = (2.0 * events + z * z, 2.0 * (persons + z * z));
    // At the ends the formula gives 0 and 1 but for the last bit.
    Some((((middle - root) / width).max(0.0), ((middle + root) / width).min(1.0)))
}

/// The limits of a number of events: exact below [`EXACT_BELOW`], Byar's approximation above.
///
/// `None` for a negative number. Sources: Breslow and Day (1987), *Statistical methods in cancer
/// research II*, p. 69 (Byar); Garwood (1936), *Fiducial limits for the Poisson distribution*,
/// Biometrika 28 (exact).
pub fn byar(events: f64, level: Level) -> Option<(f64, f64)> {
    if !(events.is_finite() && events >= 0.0) {
        return None;
    }
    if events < EXACT_BELOW {
        return Some(exact(events, level));
    }
    let z = level.z();
    let low = events * (1.0 - 1.0 / (9.0 * events) - z / (3.0 * events.sqrt())).powi(3);
    let more = events + 1.0;
    let high = more * (1.0 - 1.0 / (9.0 * more) + z / (3.0 * more.sqrt())).powi(3);
    Some((low, high))
}

/// The number of events from which the approximation is used. Source: PHE (2023),
/// *PHEindicatormethods*, `byars_lower`.
pub const EXACT_BELOW: f64 = 10.0;

/// Half the chi-square quantiles with `2 x` and `2 x + 2` degrees of freedom.
fn exact(events: f64, level: Level) -> (f64, f64) {
    static WHOLE: LazyLock<Vec<[(f64, f64); 2]>> = LazyLock::new(|| {
        (0..10_u8)
            .map(|x| [Level::P95, Level::P998].map(|level| exact_of(f64::from(x), level)))
            .collect()
    });
    // Nearly every count is whole, and a million of them should not cost a million searches.
    if events.fract() == 0.0 {
        let at = match level {
            Level::P95 => 0,
            Level::P998 => 1,
        };
        return WHOLE[events as usize][at];
    }
    exact_of(events, level)
}

fn exact_of(events: f64, level: Level) -> (f64, f64) {
    let tail = level.tail();
    let low = if events == 0.0 { 0.0 } else { gamma_quantile(events, tail) };
    (low, gamma_quantile(events + 1.0, 1.0 - tail))
}

/// The `x` at which the regularised lower incomplete gamma function of `shape` is `p`, by
/// bisection: the function rises, and fifty halvings reach the last bit.
fn gamma_quantile(shape: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, shape + 20.0 * shape.sqrt() + 20.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if gamma_p(shape, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularised lower incomplete gamma function by its series (DLMF 8.7.1), which converges
/// for every `x` and is accurate here, where shapes are at most 11 and `x` is below 110.
fn gamma_p(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON / 4.0 {
        term *= x / (shape + k);
        sum += term;
        k += 1.0;
    }
    (shape * x.ln() - x - ln_gamma(shape + 1.0)).exp() * sum
}

/// The logarithm of the gamma function for positive `x`. Source: Lanczos (1964), with the
/// coefficients for g = 7 and n = 9 of Godfrey; about 15 digits.
fn ln_gamma(x: f64) -> f64 {
    const G: f64 = 7.0;
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const REST: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut sum = FIRST;
    for (i, coefficient) in REST.iter().enumerate() {
        sum += coefficient / (x + i as f64 + 1.0);
    }
    let t = x + G + 0.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_golden_limits() {
        let near = |got: Option<(f64, f64)>, low: f64, high: f64| {
            let (a, b) = got.unwrap();
            assert!((a - low).abs() < 5e-11 && (b - high).abs() < 5e-11, "{a} {b}");
        };
        near(wilson(5.0, 20.0, Level::P95), 0.1118617014, 0.4687008776);
        near(wilson(0.0, 20.0, Level::P95), 0.0, 0.1611251581);
        near(wilson(20.0, 20.0, Level::P95), 1.0 - 0.1611251581, 1.0);
    }

    #[test]
    fn byar_gives_the_golden_limits() {
        for (x, low, high) in [(12.0, 6.19350984, 20.96285805), (10.0, 4.78744991, 18.39145861)] {
            let (a, b) = byar(x, Level::P95).unwrap();
            assert!((a - low).abs() < 5e-9 && (b - high).abs() < 5e-9, "{x}: {a} {b}");
        }
    }

    #[test]
    fn below_ten_events_the_limits_are_exact() {
        // qchisq(.025, 2 x) / 2 and qchisq(.975, 2 x + 2) / 2 by scipy 1.17.1.
        for (x, low, high) in [
            (0.0, 0.0, 3.6888794541139354),
            (1.0, 0.025317807984289876, 5.571643390938898),
            (2.5, 0.41560580674333125, 8.006382137314663),
            (9.0, 4.115373097378334, 17.084803451419166),
        ] {
            let (a, b) = byar(x, Level::P95).unwrap();
            assert!((a - low).abs() < 1e-10 && (b - high).abs() < 1e-10, "{x}: {a} {b}");
        }
        for (x, low, high) in [
            (0.0, 0.0, 6.907755278982137),
            (1.0, 0.001000500333583534, 9.233413476451585),
            (2.5, 0.1051063013146096, 12.160943173928427),
            (9.0, 2.452424404363775, 22.65737330906293),
        ] {
            let (a, b) = byar(x, Level::P998).unwrap();
            assert!((a - low).abs() < 1e-10 && (b - high).abs() < 1e-10, "{x}: {a} {b}");
        }
    }

    #[test]
    fn nobody_and_no_counts_have_no_interval() {
        assert_eq!(wilson(0.0, 0.0, Level::P95), None);
        assert_eq!(wilson(3.0, 2.0, Level::P95), None);
        assert_eq!(wilson(f64::NAN, 2.0, Level::P95), None);
        assert_eq!(byar(-1.0, Level::P95), None);
        assert_eq!(IntervalMethod::Byar.interval(3.0, 0.0, 1000.0, Level::P95), None);
        assert_eq!(IntervalMethod::Byar.interval(3.0, f64::NAN, 1000.0, Level::P95), None);
    }

    #[test]
    fn the_wider_level_contains_the_narrower() {
        for method in [IntervalMethod::Wilson, IntervalMethod::Byar] {
            for events in [0.0, 1.0, 2.5, 9.0, 10.0, 49.0] {
                let of = |level| method.interval(events, 50.0, 100.0, level).unwrap();
                let (narrow, wide) = (of(Level::P95), of(Level::P998));
                assert!(wide.0 <= narrow.0 && narrow.1 < wide.1, "{method:?} {events}");
                assert!(narrow.0 <= events * 2.0 && events * 2.0 <= narrow.1);
            }
        }
    }
}
