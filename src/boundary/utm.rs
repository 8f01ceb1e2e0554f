//! Where on a UTM grid does a longitude and latitude lie?
//!
//! The transverse Mercator projection by Krüger's series in the third flattening, to its sixth
//! power: some nanometres off within 20° of the middle of a zone. Only this way is here, because
//! maps come in degrees by the million points; all other ways are left to a library.
//!
//! Source: Karney (2011), *Transverse Mercator with an accuracy of a few nanometers*, Journal of
//! Geodesy 85(8), equations 7 to 14 and 35.

use fearless_simd::{Level, dispatch};
use geo::Coord;

/// Half the width of the strip in which the series is used, in degrees.
const REACH_DEGREES: f64 = 20.0;
/// Nearer to a pole the tangent of the latitude grows without end.
const MOST_NORTH_DEGREES: f64 = 89.0;
/// The scale in the middle of a zone.
const SCALE: f64 = 0.9996;
/// Points that are moved at a time.
const RUN: usize = 64;
const FALSE_EASTING_M: f64 = 500_000.0;
const FALSE_NORTHING_M: f64 = 10_000_000.0;
/// The long half-axis of GRS80 and of WGS84.
const HALF_AXIS_M: f64 = 6_378_137.0;
const FLATTENING_GRS80: f64 = 1.0 / 298.257_222_101;
const FLATTENING_WGS84: f64 = 1.0 / 298.257_223_563;

/// A UTM zone of one datum.
#[derive(Debug, Clone)]
pub(super) struct Utm {
    middle_degrees: f64,
    north_m: f64,
    /// The square of the eccentricity.
    e2: f64,
    /// The radius of the sphere with the same meridian, times the scale.
    radius_m: f64,
    series: [f64; 6],
}

impl Utm {
    pub(super) fn of(zone: u32, north: bool, is_grs80: bool) -> Self {
        let f = if is_grs80 { FLATTENING_GRS80 } else { FLATTENING_WGS84 };
        let n = f / (2.0 - f);
        let n2 = n * n;
        let radius =
            HALF_AXIS_M / (1.0 + n) * (1.0 + n2 / 4.0 + n2 * n2 / 64.0 + n2.powi(3) / 256.0);
        // Coefficients of n to n^6, those of the lower powers being zero.
        let rows: [&[f64]; 6] = [
            &[1. / 2., -2. / 3., 5. / 16., 41. / 180., -127. / 288., 7891. / 37800.],
            &[13. / 48., -3. / 5., 557. / 1440., 281. / 630., -1_983_433. / 1_935_360.],
            &[61. / 240., -103. / 140., 15_061. / 26_880., 167_603. / 181_440.],
            &[49_561. / 161_280., -179. / 168., 6_601_661. / 7_257_600.],
            &[34_729. / 80_640., -3_418_889. / 1_995_840.],
            &[212_378_941. / 319_334_400.],
        ];
        let mut series = [0.0; 6];
        for (at, row) in rows.iter().enumerate() {
            let inner = row.iter().rev().fold(0.0, |sum, coefficient| sum * n + coefficient);
            series[at] = inner * n.powi(at as i32 + 1);
        }
        Self {
            middle_degrees: f64::from(zone) * 6.0 - 183.0,
            north_m: if north { 0.0 } else { FALSE_NORTHING_M },
            e2: f * (2.0 - f),
            radius_m: SCALE * radius,
            series,
        }
    }

    /// Whether a longitude and latitude is near enough to the zone, and not too near to a pole.
    pub(super) fn reaches(&self, point: Coord<f64>) -> bool {
        // Written so that a coordinate that is no number is out of reach too.
        (point.x - self.middle_degrees).abs() <= REACH_DEGREES
            && point.y.abs() <= MOST_NORTH_DEGREES
    }

    /// Turns longitudes and latitudes, all within reach, into eastings and northings in metres.
    pub(super) fn of_degrees(&self, points: &mut [Coord<f64>]) {
        for run in points.chunks_mut(RUN) {
            dispatch!(Level::new(), _simd => self.of_run(run));
        }
    }

    /// One row a coordinate, so that several points fit into a register.
    #[inline(always)]
    fn of_run(&self, run: &mut [Coord<f64>]) {
        let (mut x, mut y) = ([0.0; RUN], [0.0; RUN]);
        for (at, point) in run.iter().enumerate() {
            (x[at], y[at]) = (point.x, point.y);
        }
        for (x, y) in x.iter_mut().zip(&mut y).take(run.len()) {
            (*x, *y) = self.of_point(*x, *y);
        }
        for (at, point) in run.iter_mut().enumerate() {
            *point = Coord { x: x[at], y: y[at] };
        }
    }

    /// Nothing but sums and products: angles that are small come by their series.
    #[inline(always)]
    fn of_point(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        let off_middle = (longitude - self.middle_degrees).to_radians();
        let latitude = latitude.to_radians();
        let (sin, cos) = (sine(latitude), cosine(latitude));
        let (east, ahead) = (sine(off_middle), cosine(off_middle));
        // The tangent of the conformal latitude. The square of the eccentricity is below 0.007, so
        // that five terms of the inverse hyperbolic tangent and three of the sine are exact, and
        // as many of the square root.
        let w = self.e2 * sin * sin;
        let x = self.e2 * sin * (1.0 + w * (1. / 3. + w * (1. / 5. + w * (1. / 7. + w / 9.))));
        let sigma = x * (1.0 + x * x / 6.0 * (1.0 + x * x / 20.0));
        let s2 = sigma * sigma;
        let over_one = s2 * (1. / 2. - s2 * (1. / 8. - s2 / 16.));
        let t = (sin + sin * over_one - sigma) / cos;
        // The conformal latitude is a little smaller, and the sphere's transverse latitude a
        // little larger again.
        let less = arc_tangent((sigma - sin * over_one) / (cos + t * sin));
        let more = arc_tangent((1.0 - ahead) * t / (ahead + t * t));
        let h2 = t * t + ahead * ahead;
        let q = (1.0 + t * t).sqrt();
        let (mut xi, mut eta) = (latitude - less + more, inverse_hyperbolic_tangent(east / q));
        let per_h2 = 1.0 / h2;
        let (sin2, cos2) = (2.0 * t * ahead * per_h2, (ahead * ahead - t * t) * per_h2);
        let (sinh2, cosh2) = (2.0 * east * q * per_h2, 1.0 + 2.0 * east * east * per_h2);
        // Clenshaw's sum of sines of a complex angle.
        let (c_re, c_im) = (2.0 * cos2 * cosh2, -2.0 * sin2 * sinh2);
        let (mut one, mut two) = ((0.0, 0.0), (0.0, 0.0));
        for coefficient in self.series.iter().rev() {
            let next = (
                coefficient + c_re * one.0 - c_im * one.1 - two.0,
                c_re * one.1 + c_im * one.0 - two.1,
            );
            (two, one) = (one, next);
        }
        let (s_re, s_im) = (sin2 * cosh2, cos2 * sinh2);
        xi += s_re * one.0 - s_im * one.1;
        eta += s_re * one.1 + s_im * one.0;
        (FALSE_EASTING_M + self.radius_m * eta, self.north_m + self.radius_m * xi)
    }
}

/// A sum of powers of `z`, from its coefficients.
#[inline(always)]
fn powers<const N: usize>(z: f64, coefficients: [f64; N]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * z + coefficient)
}

/// Up to a right angle: what comes after the last term is below 1e-18 there.
#[inline(always)]
fn sine(x: f64) -> f64 {
    const SERIES: [f64; 12] = inverse_factorials(1);
    x * powers(x * x, SERIES)
}

#[inline(always)]
fn cosine(x: f64) -> f64 {
    const SERIES: [f64; 12] = inverse_factorials(0);
    powers(x * x, SERIES)
}

/// 1, 1/2!, 1/4! … from 0 and 1, 1/3!, 1/5! … from 1, with signs by turns.
const fn inverse_factorials(first: u32) -> [f64; 12] {
    let (mut series, mut at) = ([1.0; 12], 1);
    while at < 12 {
        let n = (2 * at as u32 + first) as f64;
        series[at] = -series[at - 1] / (n * (n - 1.0));
        at += 1;
    }
    series
}

/// Up to 0.04.
#[inline(always)]
fn arc_tangent(x: f64) -> f64 {
    x * powers(x * x, [1.0, -1. / 3., 1. / 5., -1. / 7., 1. / 9., -1. / 11.])
}

/// Up to 0.35, the sine of [`REACH_DEGREES`].
#[inline(always)]
fn inverse_hyperbolic_tangent(x: f64) -> f64 {
    const SERIES: [f64; 17] = {
        let (mut series, mut at) = ([0.0; 17], 0);
        while at < 17 {
            series[at] = 1.0 / (2 * at + 1) as f64;
            at += 1;
        }
        series
    };
    x * powers(x * x, SERIES)
}
