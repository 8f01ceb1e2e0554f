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
pub use self::figures::{Figure, IncomeFigures, ShareFigures, SyntheticRow};
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
    let Resolution { cells_per_zone, n_roundings, detail } = resolution(n);
    let n_cells = n * cells_per_zone;
    let cell_km2 = KM2_PER_ZONE.min(MOST_KM2 / n as f64) / cells_per_zone as f64;
    // The land takes a third of the map, so that no shore runs along its frame.
    let lattice = Lattice::with_room_for(n_cells * 3, cell_km2, CENTRE_M);

    let land = coast::grow_land(&lattice, seed, n_cells, cells_per_zone / 3);
    let labels = partition::partition(&lattice, &land, seed, n, n_roundings);
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

/// How fine the zones are drawn.
struct Resolution {
    cells_per_zone: usize,
    n_roundings: usize,
    detail: Detail,
}

/// A small city should look natural; a million zones should fit in memory.
fn resolution(n_zones: usize) -> Resolution {
    let (cells_per_zone, n_roundings, detail) = match n_zones {
        0..=300 => (120, 2, Detail::CornersAndMidpoints),
        301..=20_000 => (40, 2, Detail::CornersAndMidpoints),
        20_001..=100_000 => (16, 1, Detail::CornersAndMidpoints),
        _ => (8, 1, Detail::Corners),
    };
    Resolution { cells_per_zone, n_roundings, detail }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn city(areas: usize, seed: u64) -> SyntheticCity {
        synthesise(&SynthRequest { areas, years: 2015..=2024, seed, indicators: 0 }).unwrap()
    }

    fn bytes(city: &SyntheticCity) -> String {
        let parts =
            [indicators_csv(city), boundaries_geojson_lonlat(city), boundaries_geojson_25832(city)];
        parts.concat()
    }

    fn last_year(city: &SyntheticCity) -> Vec<SyntheticRow> {
        (0..city.zones.len()).map(|zone| city.rows(zone).pop().unwrap()).collect()
    }

    fn rate(share: ShareFigures) -> Option<f64> {
        match (share.numerator, share.denominator) {
            (Figure::Number(n), Figure::Number(of)) => Some(f64::from(n) / f64::from(of)),
            (Figure::Suppressed | Figure::Missing | Figure::Number(_), _) => None,
        }
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let mean = pairs.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0 / n, sum.1 + p.1 / n));
        let moments = pairs.iter().fold((0.0, 0.0, 0.0), |sum, p| {
            let (x, y) = (p.0 - mean.0, p.1 - mean.1);
            (sum.0 + x * x, sum.1 + y * y, sum.2 + x * y)
        });
        moments.2 / (moments.0 * moments.1).sqrt()
    }

    #[test]
    fn ids_keep_leading_zeros_and_names_are_unique() {
        let city = city(51, 1);
        assert_eq!(city.id(), "syntetisk-51");
        assert_eq!((city.zones[0].id.as_str(), city.zones[50].id.as_str()), ("01", "51"));
        let ids: BTreeSet<_> = city.zones.iter().map(|zone| &zone.id).collect();
        let names: BTreeSet<_> = city.zones.iter().map(|zone| &zone.name).collect();
        assert_eq!((ids.len(), names.len()), (51, 51));
        assert!(names.iter().any(|name| name.contains(['æ', 'ø', 'å'])));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
        let on = |n_threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| bytes(&city(600, seed)))
        };
        let one = on(1, 1);
        assert!(one == on(3, 1));
        assert!(one != on(3, 2));
    }

    #[test]
    fn the_golden_city_has_small_counts_suppressed_and_cells_missing_in_its_last_year() {
        let city = city(51, 1);
        let shares: Vec<ShareFigures> = last_year(&city)
            .iter()
            .flat_map(|row| [row.low_education, row.employment, row.dropout, row.child_poverty])
            .collect();
        let n_with = |figure| shares.iter().filter(|share| share.numerator == figure).count();
        assert!((1..=10).contains(&n_with(Figure::Suppressed)));
        assert!((1..=10).contains(&n_with(Figure::Missing)));
    }

    #[test]
    fn a_numerator_never_exceeds_its_denominator_and_small_ones_are_withheld() {
        let city = city(200, 4);
        for row in (0..200).flat_map(|zone| city.rows(zone)) {
            for share in [row.low_education, row.employment, row.dropout, row.child_poverty] {
                if let (Figure::Number(n), Figure::Number(of)) =
                    (share.numerator, share.denominator)
                {
                    assert!(n <= of && (n == 0 || n > 3));
                }
            }
            assert!(row.population > 0);
        }
    }

    #[test]
    fn low_education_goes_with_child_poverty_and_neighbours_are_alike() {
        let city = city(400, 1);
        let rows = last_year(&city);
        let both: Vec<(f64, f64)> = rows
            .iter()
            .filter_map(|row| Some((rate(row.low_education)?, rate(row.child_poverty)?)))
            .collect();
        assert!(correlation(&both) > 0.4);
        let next_to: Vec<(f64, f64)> = (0..400)
            .flat_map(|zone| city.neighbours(zone).iter().map(move |&next| (zone, next as usize)))
            .filter_map(|(a, b)| Some((rate(rows[a].low_education)?, rate(rows[b].low_education)?)))
            .collect();
        assert!(correlation(&next_to) > 0.2);
    }

    #[test]
    fn one_area_and_two_areas_are_cities_too() {
        for areas in [1, 2, 3] {
            let city = city(areas, 7);
            assert_eq!(city.zones.len(), areas);
            assert_eq!(city.n_districts(), 1);
            assert_eq!(city.neighbours(0).len(), areas - 1);
            assert!(indicators_csv(&city).lines().count() == 1 + 10 * areas);
        }
    }

    #[test]
    fn five_thousand_areas_have_five_thousand_shapes() {
        let city = city(5_000, 1);
        assert_eq!(city.zones.last().unwrap().id.as_str(), "5000");
        assert!(city.zones.iter().all(|zone| zone.polygon.exterior().0.len() > 6));
    }

    #[test]
    fn all_text_says_that_it_is_synthetic_and_boundaries_are_geojson() {
        let city = city(12, 1);
        let table = indicators_csv(&city);
        assert!(table.lines().next().unwrap().ends_with(",synthetic"));
        assert!(table.lines().skip(1).all(|line| line.ends_with(",true")));
        for text in [boundaries_geojson_lonlat(&city), boundaries_geojson_25832(&city)] {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json["name"], "syntetisk-12");
            let features = json["features"].as_array().unwrap();
            assert_eq!(features.len(), 12);
            for feature in features {
                assert_eq!(feature["properties"]["synthetic"], true);
            }
        }
    }

    #[test]
    fn generic_columns_change_no_other_figure() {
        let request = SynthRequest { areas: 20, years: 2024..=2024, seed: 1, indicators: 0 };
        let plain = indicators_csv(&synthesise(&request).unwrap());
        let wide = synthesise(&SynthRequest { indicators: 30, ..request }).unwrap();
        for (plain, wide) in plain.lines().zip(indicators_csv(&wide).lines()) {
            assert_eq!(wide.split(',').count(), plain.split(',').count() + 30);
            let plain = plain.rsplit_once(',').unwrap().0;
            assert!(wide.starts_with(plain));
        }
    }

    #[test]
    fn a_request_outside_the_limits_is_an_error() {
        let with = |areas, first, last, indicators| {
            synthesise(&SynthRequest { areas, years: first..=last, seed: 1, indicators }).err()
        };
        assert_eq!(with(0, 2024, 2024, 0), Some(SynthError::Areas { areas: 0 }));
        assert_eq!(with(5, 2024, 2015, 0), Some(SynthError::Years { first: 2024, last: 2015 }));
        assert!(with(5, i32::MIN, i32::MAX, 0).is_some());
        assert_eq!(with(5, 2024, 2024, 1001), Some(SynthError::Indicators { indicators: 1001 }));
    }
}
