//! What would a register say of these zones?
//!
//! One hidden deprivation factor that neighbours share, one hidden factor for each indicator, and
//! counts drawn from them year by year. The levels are those of Norwegian cities; no number comes
//! from a real one. Deliberately absent: the noise that publishers add to protect persons.

use rand::RngExt;
use rand_distr::{Binomial, Distribution};
use rand_pcg::Pcg64;
use rayon::prelude::*;

use super::noise::{Purpose, normal, stream};
use super::partition::Adjacency;

/// Indicators that are counts of persons.
const N_COUNTED: usize = 4;

/// Those and median income.
const N_INDICATORS: usize = N_COUNTED + 1;

/// How much of an indicator is the general factor, in the order of the rows' fields: income,
/// low education, employment, drop-out, child poverty. The sign says which way it goes.
const LOADINGS: [f64; N_INDICATORS] = [-0.90, 0.85, -0.80, 0.70, 0.90];

/// How fast a zone forgets what set it apart last year, as the correlation of two years.
const YEAR_TO_YEAR: f64 = 0.8;

/// The standard deviation of what comes and goes, against 1 for what lasts.
const PASSING: f64 = 0.22;

/// Numerators from 1 to this are withheld.
const LARGEST_SUPPRESSED: u64 = 3;

/// How many cells a register lacks for no known reason.
const SHARE_MISSING: f64 = 0.007;

/// A published figure or the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A number of persons or households, or kroner.
    Number(u32),
    /// Withheld: the numerator is 1, 2 or 3.
    Suppressed,
    /// Not published, for no known reason.
    Missing,
}

/// Persons with an attribute, of persons who could have it; numerator ≤ denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareFigures {
    /// Those who have it; withheld when few.
    pub numerator: Figure,
    /// All of them; missing exactly where the numerator is missing.
    pub denominator: Figure,
}

/// The middle income of a zone's households.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeFigures {
    /// Kroner a year after tax in prices of the last year, rounded to hundreds.
    pub median_nok: Figure,
    /// The households behind it.
    pub households: Figure,
}

/// One zone in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticRow {
    /// The year.
    pub year: i32,
    /// Residents.
    pub population: u32,
    /// Median income; higher is better.
    pub income: IncomeFigures,
    /// Compulsory school only, of those aged 30 to 59; higher is worse.
    pub low_education: ShareFigures,
    /// Employed, of those aged 20 to 66; higher is better.
    pub employment: ShareFigures,
    /// Not through upper secondary school in time, of one cohort; higher is worse.
    pub dropout: ShareFigures,
    /// In households with persistent low income, of those under 18; higher is worse.
    pub child_poverty: ShareFigures,
    /// The generic indicators; `None` where missing.
    pub extras: Vec<Option<f64>>,
}

/// How a share (numerator of denominator) is spread over zones and years.
struct ShareModel {
    /// Log-odds of an average zone in the last year.
    log_odds: f64,
    /// Log-odds for one standard deviation.
    spread: f64,
    /// Log-odds a year.
    trend: f64,
    /// The denominator as a share of the population.
    of_population: f64,
    /// How unlike zones are in that, as a standard deviation of its logarithm.
    of_spread: f64,
}

const SHARES: [ShareModel; N_COUNTED] = [
    // Low education: about 18 % of 30 to 59 years, falling slowly.
    ShareModel {
        log_odds: -1.52,
        spread: 0.42,
        trend: -0.012,
        of_population: 0.40,
        of_spread: 0.08,
    },
    // Employment: about 69 % of 20 to 66 years.
    ShareModel { log_odds: 0.80, spread: 0.25, trend: 0.004, of_population: 0.61, of_spread: 0.06 },
    // Drop-out: about 22 % of one youth cohort, which is small.
    ShareModel {
        log_odds: -1.27,
        spread: 0.40,
        trend: -0.025,
        of_population: 0.0165,
        of_spread: 0.22,
    },
    // Child poverty: about 11 % of those under 18, rising.
    ShareModel {
        log_odds: -2.09,
        spread: 0.62,
        trend: 0.018,
        of_population: 0.19,
        of_spread: 0.18,
    },
];

/// What lasts in a zone; standard normal each, and larger general means more deprived.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Latent {
    general: f64,
    indicators: [f64; N_INDICATORS],
    /// Residents in the last year.
    population: f64,
    /// The change of that a year, as a share.
    growth: f64,
}

/// The hidden factors of all zones.
pub(super) fn latent(adjacency: &Adjacency, seed: u64) -> Vec<Latent> {
    let shared = smooth_field(adjacency, seed, Purpose::General, 0);
    let own: Vec<Vec<f64>> = (0..N_INDICATORS)
        .map(|idx| smooth_field(adjacency, seed, Purpose::Own, idx as u64))
        .collect();
    (0..adjacency.n_zones())
        .into_par_iter()
        .map(|zone| {
            let rng = &mut stream(seed, Purpose::Zone, zone as u64);
            let general = mix(shared[zone], normal(rng), 0.88);
            let mut indicators = [0.0; N_INDICATORS];
            for (idx, loading) in LOADINGS.into_iter().enumerate() {
                let alone = mix(own[idx][zone], normal(rng), 0.6);
                indicators[idx] = mix(general, alone, loading);
            }
            let population = (2500.0 * (0.5 * normal(rng)).exp()).clamp(400.0, 9000.0).round();
            let growth = 0.006 + 0.008 * normal(rng);
            Latent { general, indicators, population, growth }
        })
        .collect()
}

/// The rows of one zone, a year each, in ascending order.
pub(super) fn rows(
    latent: &Latent,
    seed: u64,
    zone_idx: usize,
    years: std::ops::RangeInclusive<i32>,
    n_extras: usize,
) -> Vec<SyntheticRow> {
    let rng = &mut stream(seed, Purpose::Rows, zone_idx as u64);
    let of_shares =
        SHARES.each_ref().map(|model| model.of_population * (model.of_spread * normal(rng)).exp());
    let per_household = 2.1 * (0.08 * normal(rng)).exp();
    let mut passing = [(); N_INDICATORS].map(|()| PASSING * normal(rng));
    let last = *years.end();
    let mut rows = Vec::new();
    for year in years {
        // Before the last year the counter is negative: trends lead up to the levels above.
        let since = f64::from(year) - f64::from(last);
        for deviation in &mut passing {
            *deviation = mix(*deviation, PASSING * normal(rng), YEAR_TO_YEAR);
        }
        let z = |idx: usize| latent.indicators[idx] + passing[idx];
        let population = (latent.population * (latent.growth * since).exp()).round().max(50.0);
        let income = income(rng, z(0), since, population / per_household);
        let shares = std::array::from_fn(|idx| {
            share(rng, &SHARES[idx], z(idx + 1), since, population * of_shares[idx])
        });
        let [low_education, employment, dropout, child_poverty] = shares;
        rows.push(SyntheticRow {
            year,
            population: population as u32,
            income,
            low_education,
            employment,
            dropout,
            child_poverty,
            extras: Vec::new(),
        });
    }
    // The generic columns have a generator of their own, so that asking for them changes nothing
    // else.
    if n_extras > 0 {
        let rng = &mut stream(seed, Purpose::Extras, zone_idx as u64);
        add_extras(rng, latent.general, n_extras, &mut rows);
    }
    rows
}

fn income(rng: &mut Pcg64, z: f64, since: f64, households: f64) -> IncomeFigures {
    if rng.random::<f64>() < SHARE_MISSING {
        return IncomeFigures { median_nok: Figure::Missing, households: Figure::Missing };
    }
    let median_nok = 400_000.0 * (0.14 * z + 0.006 * since).exp();
    IncomeFigures {
        median_nok: Figure::Number((median_nok / 100.0).round() as u32 * 100),
        households: Figure::Number(households.round().max(1.0) as u32),
    }
}

fn share(rng: &mut Pcg64, model: &ShareModel, z: f64, since: f64, of: f64) -> ShareFigures {
    let of = (of * (0.02 * normal(rng)).exp()).round().max(1.0) as u64;
    let probability =
        1.0 / (1.0 + (-(model.log_odds + model.spread * z + model.trend * since)).exp());
    let n = Binomial::new(of, probability)
        .expect("a logistic probability lies within 0 and 1")
        .sample(rng);
    if rng.random::<f64>() < SHARE_MISSING {
        return ShareFigures { numerator: Figure::Missing, denominator: Figure::Missing };
    }
    let numerator = match n {
        1..=LARGEST_SUPPRESSED => Figure::Suppressed,
        n => Figure::Number(n as u32),
    };
    ShareFigures { numerator, denominator: Figure::Number(of as u32) }
}

/// Columns `x01`, `x02`, …: shares in per cent, rates per thousand and incomes in turn, after the
/// general factor and seven domain factors.
fn add_extras(rng: &mut Pcg64, general: f64, n_extras: usize, rows: &mut [SyntheticRow]) {
    let domains: [f64; 7] = std::array::from_fn(|domain| {
        mix(general, normal(rng), if domain < 4 { 0.75 } else { 0.35 })
    });
    let lasting: Vec<f64> = (0..n_extras)
        .map(|idx| {
            let loading = 0.45 + 0.45 * ((idx * 7) % 10) as f64 / 9.0;
            mix(domains[idx % 7], normal(rng), loading)
        })
        .collect();
    for row in rows {
        row.extras = lasting
            .iter()
            .enumerate()
            .map(|(idx, &lasting)| {
                let z = mix(lasting, normal(rng), 0.95);
                let (outlier, missing) = (rng.random::<f64>(), rng.random::<f64>());
                let x = match (idx * 5 + idx / 7) % 6 {
                    0 | 2 | 5 => 100.0 / (1.0 + (1.7 - 0.8 * z).exp()),
                    // A few rates are far out, as those of a zone with a hospital or a station.
                    1 | 3 if outlier < 0.003 => (0.6 * z + 2.5).exp() * (4.0 + outlier * 2600.0),
                    1 | 3 => (0.6 * z + 2.5).exp(),
                    _ => (10.6 - 0.25 * z).exp(),
                };
                (missing >= 0.005).then_some(x)
            })
            .collect();
    }
}

/// A field in which neighbours are alike: chance, averaged with the neighbours three times;
/// mean 0 and standard deviation 1 over the zones.
fn smooth_field(adjacency: &Adjacency, seed: u64, purpose: Purpose, layer: u64) -> Vec<f64> {
    let n = adjacency.n_zones();
    let mut field: Vec<f64> = (0..n as u64)
        .into_par_iter()
        .map(|zone| normal(&mut stream(seed, purpose, layer << 32 | zone)))
        .collect();
    for _ in 0..3 {
        field = (0..n)
            .into_par_iter()
            .map(|zone| {
                let around = adjacency.of(zone);
                let sum: f64 = around.iter().map(|&next| field[next as usize]).sum();
                (field[zone] + sum) / (1.0 + around.len() as f64)
            })
            .collect();
    }
    // Sums run in the order of the zones: their last digits must not depend on threads.
    let mean = field.iter().sum::<f64>() / n as f64;
    let sd = (field.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
    // One zone has no spread; it then stands at the mean.
    field.iter().map(|x| if sd > 0.0 { (x - mean) / sd } else { 0.0 }).collect()
}

/// A mixture of two numbers of equal variance that keeps the variance.
fn mix(a: f64, b: f64, share_of_a: f64) -> f64 {
    share_of_a * a + (1.0 - share_of_a * share_of_a).sqrt() * b
}
