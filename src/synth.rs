//! What would a city look like that does not exist?
//!
//! Synthetic zones for trying the program, for tests and for benches: polygons that cover an
//! invented land mass, and for each zone and year the five indicators of Norwegian
//! living-conditions work with their numerators and denominators. Comes in: a [`SynthRequest`].
//! Goes out: a [`SyntheticCity`], and its text by the `write_…` functions. Deliberately absent:
//! files, and any real figure. All of it says "synthetic".

mod coast;
mod figures;
mod lattice;
mod name;
mod noise;
mod outline;
mod partition;
mod render;

use std::ops::RangeInclusive;

use geo::Polygon;
use miette::Diagnostic;
use rayon::prelude::*;
use thiserror::Error;

use self::figures::Latent;
use self::lattice::Lattice;
use self::noise::{Purpose, bits};
use self::outline::Detail;
use self::partition::Adjacency;
pub use self::render::{
    boundaries_geojson_25832, boundaries_geojson_lonlat, indicators_csv,
    write_boundaries_geojson_25832, write_boundaries_geojson_lonlat, write_indicators_csv,
};
use crate::area::AreaId;

/// The most zones that a city may have.
pub const MOST_AREAS: usize = 1_000_000;

/// The most generic indicators.
pub const MOST_INDICATORS: usize = 1_000;

/// The most years.
pub const MOST_YEARS: usize = 200;

/// Indicators that are counts of persons.
const N_COUNTED: usize = 4;

/// Those and median income.
const N_INDICATORS: usize = N_COUNTED + 1;

/// Zones in a district, about.
const DISTRICT_SIZE: usize = 8;

/// Land for each zone, in km², as long as the whole is no larger than [`MOST_KM2`].
const KM2_PER_ZONE: f64 = 5.0;

/// Land in all: more would reach out of UTM zone 32.
const MOST_KM2: f64 = 150_000.0;

/// The middle of the map in EPSG:25832; the land around it is invented.
const CENTRE_M: (f64, f64) = (300_000.0, 6_700_000.0);

/// What city is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthRequest {
    /// The number of zones, 1 to [`MOST_AREAS`].
    pub areas: usize,
    /// The years, first and last; at least one.
    pub years: RangeInclusive<i32>,
    /// The seed: another seed gives another coast, other zones and other figures.
    pub seed: u64,
    /// Generic indicators `x01`, `x02`, … for benches, 0 to [`MOST_INDICATORS`].
    pub indicators: usize,
}

/// A synthetic city: its zones now, and its figures on demand ([`SyntheticCity::rows`]).
#[derive(Debug)]
pub struct SyntheticCity {
    /// The zones in the order of their ids; neighbours in the list are near each other.
    pub zones: Vec<SyntheticZone>,
    request: SynthRequest,
    latent: Vec<Latent>,
    adjacency: Adjacency,
    n_districts: usize,
}

/// One zone.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticZone {
    /// Digits with leading zeros, as wide as the largest id needs, at least two.
    pub id: AreaId,
    /// An invented name, which no other zone has.
    pub name: String,
    /// The district that it belongs to: digits with leading zeros.
    pub district_id: AreaId,
    /// The name of the district, which no other district or zone has.
    pub district_name: String,
    /// Its shape in metres of EPSG:25832, counter-clockwise, rounded to centimetres.
    pub polygon: Polygon<f64>,
}

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

/// A request that no city can meet.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum SynthError {
    /// No zones, or too many.
    #[error("{areas} areas were asked for, which is not within 1 to {MOST_AREAS}")]
    #[diagnostic(code(levekaar::synth::areas), help("pass a number such as `--areas 51`"))]
    Areas {
        /// What was asked for.
        areas: usize,
    },
    /// The last year lies before the first, or the span is too long.
    #[error("the years {first} to {last} are not 1 to {MOST_YEARS} years")]
    #[diagnostic(
        code(levekaar::synth::years),
        help("give the first year and then the last, such as `--years 2015..2024`")
    )]
    Years {
        /// The first year.
        first: i32,
        /// The last year.
        last: i32,
    },
    /// Too many generic indicators.
    #[error("{indicators} generic indicators were asked for, more than {MOST_INDICATORS}")]
    #[diagnostic(code(levekaar::synth::indicators), help("ask for fewer of them"))]
    Indicators {
        /// What was asked for.
        indicators: usize,
    },
}

impl SyntheticCity {
    /// `syntetisk-51`, for the name of the data set.
    pub fn id(&self) -> String {
        format!("syntetisk-{}", self.zones.len())
    }

    /// What was asked for.
    pub fn request(&self) -> &SynthRequest {
        &self.request
    }

    /// The number of districts.
    pub fn n_districts(&self) -> usize {
        self.n_districts
    }

    /// The figures of a zone (by its position in `zones`), one row a year in ascending order.
    ///
    /// They are drawn when asked for, always the same; a year's figures depend on the first and
    /// the last year of the request.
    ///
    /// # Panics
    ///
    /// When there is no such zone, which is a mistake of the caller's.
    pub fn rows(&self, zone_idx: usize) -> Vec<SyntheticRow> {
        let request = &self.request;
        let years = request.years.clone();
        figures::rows(&self.latent[zone_idx], request.seed, zone_idx, years, request.indicators)
    }

    /// The positions of the zones that share a border with a zone, in ascending order.
    ///
    /// # Panics
    ///
    /// When there is no such zone, which is a mistake of the caller's.
    pub fn neighbours(&self, zone_idx: usize) -> &[u32] {
        self.adjacency.of(zone_idx)
    }

    fn n_extras(&self) -> usize {
        self.request.indicators
    }
}

/// Makes a synthetic city.
///
/// Shape: `areas` zones out, whose polygons cover one piece of invented land without gap or
/// overlap, each in one piece; about eight zones make a district, also in one piece. Levels and
/// correlations of the figures are plausible, not estimated: results on them say nothing of
/// methods on real data. Same request, same bytes, on any number of threads. Time grows as
/// `n log n`.
///
/// # Errors
///
/// [`SynthError`] when the request lies outside the limits named there.
pub fn synthesise(request: &SynthRequest) -> Result<SyntheticCity, SynthError> {
    check(request)?;
    let (n, seed) = (request.areas, request.seed);
    let (cells_per_zone, detail) = resolution(n);
    let n_cells = n * cells_per_zone;
    let cell_km2 = KM2_PER_ZONE.min(MOST_KM2 / n as f64) / cells_per_zone as f64;
    // The land takes less than half of the map, so that no shore runs along its frame.
    let lattice = Lattice::with_room_for(n_cells * 5 / 2, cell_km2, CENTRE_M);

    let land = coast::grow_land(&lattice, seed, n_cells, cells_per_zone / 3);
    let labels = partition::partition(&lattice, &land, seed, n);
    let polygons = outline::outlines(&lattice, &labels, seed, n, detail);
    let adjacency = partition::adjacency(&lattice, &labels, n);
    let districts = partition::group(&adjacency, DISTRICT_SIZE);
    let latent = figures::latent(&adjacency, seed);

    let n_districts = districts.iter().max().map_or(0, |&last| last as usize + 1);
    let zones = describe(polygons, &districts, n_districts, seed);
    Ok(SyntheticCity { zones, request: request.clone(), latent, adjacency, n_districts })
}

fn check(request: &SynthRequest) -> Result<(), SynthError> {
    if !(1..=MOST_AREAS).contains(&request.areas) {
        return Err(SynthError::Areas { areas: request.areas });
    }
    let (first, last) = (*request.years.start(), *request.years.end());
    let n_years = i64::from(last) - i64::from(first) + 1;
    if !(1..=MOST_YEARS as i64).contains(&n_years) {
        return Err(SynthError::Years { first, last });
    }
    if request.indicators > MOST_INDICATORS {
        return Err(SynthError::Indicators { indicators: request.indicators });
    }
    Ok(())
}

/// How fine the zones are drawn: cells for each, and whether their sides are bent. A small city
/// should look natural; a million zones should fit in memory.
fn resolution(n_zones: usize) -> (usize, Detail) {
    match n_zones {
        0..=300 => (120, Detail::CornersAndMidpoints),
        301..=20_000 => (40, Detail::CornersAndMidpoints),
        20_001..=100_000 => (16, Detail::CornersAndMidpoints),
        _ => (9, Detail::Corners),
    }
}

fn describe(
    polygons: Vec<Polygon<f64>>,
    districts: &[u32],
    n_districts: usize,
    seed: u64,
) -> Vec<SyntheticZone> {
    let turn = bits(seed, Purpose::Zone, u64::MAX);
    let (width, district_width) = (id_width(polygons.len()), id_width(n_districts));
    polygons
        .into_par_iter()
        .zip(districts)
        .enumerate()
        .map(|(idx, (polygon, &district))| SyntheticZone {
            id: AreaId::new(format!("{:0width$}", idx + 1)),
            name: name::zone_name(idx, turn),
            district_id: AreaId::new(format!("{:0district_width$}", district + 1)),
            district_name: name::district_name(district as usize, turn),
            polygon,
        })
        .collect()
}

fn id_width(n: usize) -> usize {
    n.to_string().len().max(2)
}
