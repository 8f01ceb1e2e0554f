//! Which chance belongs to this place?
//!
//! Numbers that depend on a seed, a purpose and a position only, so that two neighbours who ask
//! for the same corner get the same answer, and any number of threads gives the same city.

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

/// What a random number is for; each purpose has its own stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Purpose {
    Coast = 1,
    Fjord,
    Density,
    Border,
    Corner,
    Edge,
    General,
    Own,
    Zone,
    Rows,
    Extras,
}

/// 64 well-mixed bits of a seed, a purpose and an index.
///
/// Source: Steele, Lea and Flood (2014), *Fast splittable pseudorandom number generators*: the
/// finaliser of SplitMix64, applied once for each part.
pub(super) fn bits(seed: u64, purpose: Purpose, idx: u64) -> u64 {
    finalise(finalise(finalise(seed) ^ purpose as u64) ^ idx)
}

/// A number in `[-1, 1)` of a seed, a purpose and an index.
pub(super) fn signed(seed: u64, purpose: Purpose, idx: u64) -> f64 {
    to_signed(bits(seed, purpose, idx))
}

/// A generator of its own for one item of one purpose.
pub(super) fn stream(seed: u64, purpose: Purpose, idx: u64) -> Pcg64 {
    let high = u128::from(bits(seed, purpose, idx)) << 64;
    Pcg64::new(high | u128::from(bits(!seed, purpose, idx)), u128::from(idx))
}

/// A draw from the standard normal distribution.
pub(super) fn normal(rng: &mut Pcg64) -> f64 {
    StandardNormal.sample(rng)
}

/// Smooth noise over the plane in `[-1, 1]`, with features about one unit wide: values at whole
/// coordinates, blended between them.
pub(super) fn smooth(seed: u64, purpose: Purpose, x: f64, y: f64) -> f64 {
    let (cell_x, cell_y) = (x.floor(), y.floor());
    let (along_x, along_y) = (fade(x - cell_x), fade(y - cell_y));
    let salt = bits(seed, purpose, 0);
    let at = |dx: i64, dy: i64| {
        let (column, row) = (cell_x as i64 + dx, cell_y as i64 + dy);
        to_signed(finalise(salt ^ ((column as u64) << 32) ^ (row as u64 & 0xffff_ffff)))
    };
    let south = at(0, 0) + (at(1, 0) - at(0, 0)) * along_x;
    let north = at(0, 1) + (at(1, 1) - at(0, 1)) * along_x;
    south + (north - south) * along_y
}

/// Smooth noise with ever finer and weaker detail, as coastlines have it; about `[-1, 1]`.
///
/// `roughness` is the weight of each octave against the one before it, below 1.
pub(super) fn fractal(
    seed: u64,
    purpose: Purpose,
    (mut x, mut y): (f64, f64),
    octaves: u32,
    roughness: f64,
) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.5);
    for _ in 0..octaves {
        sum += weight * smooth(seed, purpose, x, y);
        weight *= roughness;
        // Finer by about 2, turned by about 37 degrees and moved, so that the octaves do not
        // share the directions of their lattices.
        (x, y) = (1.6 * x - 1.2 * y + 17.3, 1.2 * x + 1.6 * y - 9.7);
    }
    sum
}

fn finalise(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn to_signed(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
