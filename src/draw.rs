//! How are random replicates drawn?
//!
//! Each replicate has a generator of its own, made of the seed and its number, so that the
//! results are the same on any number of threads and a longer run begins with the shorter one.

use rand_pcg::Pcg64;
use rayon::prelude::*;

/// What a random run starts from; the same seed gives the same draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The generator of replicate `idx`: PCG XSL 128/64, a stream for each replicate.
    ///
    /// Source: O'Neill (2014), *PCG: A Family of Simple Fast Space-Efficient Statistically Good
    /// Algorithms for Random Number Generation*; the state is mixed as in SplitMix64.
    pub fn generator(self, idx: u64) -> Pcg64 {
        let high = mixed(self.0 ^ mixed(idx));
        let low = mixed(high ^ 0x9e37_79b9_7f4a_7c15);
        Pcg64::new((u128::from(high) << 64) | u128::from(low), u128::from(idx))
    }
}

/// One result a replicate, in the order of their numbers.
pub fn replicates<T: Send>(
    seed: Seed,
    n: usize,
    draw: impl Fn(&mut Pcg64) -> T + Sync + Send,
) -> Vec<T> {
    (0..n).into_par_iter().map(|idx| draw(&mut seed.generator(idx as u64))).collect()
}

fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    #[test]
    fn a_longer_run_begins_with_the_shorter_one_and_seeds_differ() {
        let draw = |seed, n| replicates(Seed(seed), n, |rng| rng.random::<u64>());
        assert_eq!(draw(1, 20)[..5], draw(1, 5));
        assert_ne!(draw(1, 5), draw(2, 5));
        assert_ne!(draw(0, 2)[0], draw(0, 2)[1]);
    }

    /// SALib takes the seed 0 for no seed.
    #[test]
    fn zero_is_a_seed_like_any_other() {
        let draw = |seed| replicates(Seed(seed), 5, |rng| rng.random::<u64>());
        assert_eq!(draw(0), draw(0));
        assert_ne!(draw(0), draw(1));
    }
}
