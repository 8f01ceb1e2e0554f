//! What do the replicates say of each area?
//!
//! Rows of ranks in, one line an area out: the rank interval and how often the area is among the
//! worst or selected. All ranks are kept where they take at most [`MATRIX_LIMIT_BYTES`], and
//! quantiles are exact; above, each area keeps a histogram of [`N_BINS`] classes of rank, so that
//! quantiles are known to within `n / N_BINS` ranks. Means and probabilities are exact in both.

use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

use crate::language::{Language, message, number};
use crate::rank::First;
use crate::select::{Truth, Unknown};

use super::counter::Counter;
use super::ranker::Edges;
use super::replicate::{Cell, Chunk, RuleBasis, Study, Watch};

/// All ranks are kept up to this size: 33,755 areas and 10,000 replicates take 644 MiB, which
/// with everything else stays below 1 GiB.
pub const MATRIX_LIMIT_BYTES: usize = 700 << 20;

/// Classes of rank where not all ranks are kept.
pub const N_BINS: usize = 512;

/// Replicates that are held at a time where not all ranks are kept.
const MOST_ROWS: usize = 1 << 16;

/// Areas that are turned from rows into columns at a time.
const TILE: usize = 64;

/// What the replicates say of one area. Probabilities are shares of the replicates that could be
/// computed; NaN where there is no such replicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaUncertainty {
    /// The rank by the recipe itself; NaN where it gives none.
    pub rank: f64,
    /// The mean rank; this and the quantiles are over the replicates in which the area has one.
    pub mean: f64,
    /// The median rank.
    pub median: f64,
    /// The lower end of the rank interval (type 7 quantile, as in R and numpy).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The probability of being among the worst areas, as many as the space says; by rank, so
    /// that areas that share the last rank are all in.
    pub worst_areas: f64,
    /// The probability of being in the worst tenth of the areas.
    pub worst_decile: f64,
    /// The probability of being among the worst areas that together hold the stated share of
    /// the residents; `None` where residents are not known or rank 1 is best.
    pub worst_people: Option<f64>,
    /// The probability that the rule selects it; `None` where it was not evaluated.
    pub selected: Option<f64>,
    /// The probability that the rule's answer is unknown; the rest is not selected.
    pub unknown: Option<f64>,
    /// The most frequent tenth, 1 being the one with rank 1; the lower one of two.
    pub decile: Option<u8>,
    /// In how many replicates it has a rank.
    pub n_ranked: u32,
}

impl AreaUncertainty {
    /// The rank interval as printed, its ends rounded outwards to whole ranks: `2–5`; `–` where
    /// no replicate ranks the area.
    pub fn interval(&self, language: Language) -> String {
        let [low, high] = [self.low.floor(), self.high.ceil()].map(|x| number(x, 0, language));
        if low == high {
            return low;
        }
        message(language, "uncertainty.range", &[("low", &low), ("high", &high)])
    }
}

/// The lines of all areas, in the order of the table, and the replicates that failed.
pub(super) struct Summary {
    pub(super) rows: Vec<AreaUncertainty>,
    pub(super) failed: Vec<(u32, String)>,
    /// How many replicates stand; fewer than were asked for where the run was stopped.
    pub(super) n: u32,
    /// How far a quantile can be off, in ranks; 0 where they are exact.
    pub(super) resolution: f64,
}

/// Computes `n` replicates and sums them up.
pub(super) fn summarise(
    study: &Study<'_>,
    n: u32,
    block: usize,
    limit_bytes: usize,
    watch: Watch<'_>,
) -> Summary {
    // Half ranks are stored doubled.
    let largest = study.order.len() * study.ranker.scale() as usize;
    if largest <= usize::from(u16::MAX) {
        summarise_as::<u16>(study, n, block, limit_bytes, watch)
    } else {
        summarise_as::<u32>(study, n, block, limit_bytes, watch)
    }
}

fn summarise_as<T: Cell>(
    study: &Study<'_>,
    n: u32,
    block: usize,
    limit_bytes: usize,
    watch: Watch<'_>,
) -> Summary {
    let n_areas = study.order.len();
    let row_bytes = (n_areas * size_of::<T>()).max(1);
    let is_exact = row_bytes.saturating_mul(n as usize) <= limit_bytes;
    // Where not all fit, a quarter of the limit is used again and again.
    let fits = (limit_bytes / 4 / row_bytes).clamp(1, MOST_ROWS);
    let step = if is_exact { n } else { n.min(fits as u32) };
    let mut tallies = vec![Tally::default(); n_areas];
    let mut bins = vec![0_u32; if is_exact { 0 } else { n_areas * N_BINS }];
    let mut failed = Vec::new();
    let mut first = 0;
    while first < n {
        let size = step.min(n - first);
        let chunk: Chunk<T> = study.chunk(first, size, block, watch);
        absorb(study, &chunk, &mut tallies, &mut bins);
        failed.extend(chunk.failed);
        let n_done = chunk.edges.len() as u32;
        first += n_done;
        if n_done < size {
            break;
        }
    }
    let n = first;
    let n_done = n - failed.len() as u32;
    let mut rows = vec![None; n_areas];
    for (position, (tally, area)) in tallies.iter().zip(&study.order).enumerate() {
        let bins = (!is_exact).then(|| &bins[position * N_BINS..][..N_BINS]);
        rows[*area as usize] = Some(tally.line(study, *area as usize, n, n_done, bins));
    }
    let rows = rows.into_iter().map(|row| row.expect("each area has one position")).collect();
    let resolution = if is_exact { 0.0 } else { (n_areas as f64 / N_BINS as f64).ceil() };
    Summary { rows, failed, n, resolution }
}

/// What is counted of one area.
#[derive(Debug, Clone, Default)]
struct Tally {
    n_ranked: u32,
    sum: u64,
    worst_areas: u32,
    people: u32,
    selected: u32,
    unknown: u32,
    deciles: [u32; 10],
    /// Low, median and high, where all ranks are kept.
    quantiles: [f64; 3],
}

/// How stored ranks become bins.
fn bin_of(rank: u32, largest: u32) -> usize {
    ((u64::from(rank) - 1) * N_BINS as u64 / u64::from(largest)) as usize
}

fn absorb<T: Cell>(study: &Study<'_>, chunk: &Chunk<T>, tallies: &mut [Tally], bins: &mut [u32]) {
    let n_areas = tallies.len();
    let n = chunk.edges.len();
    let scale = study.ranker.scale();
    let largest = (n_areas as u32 * scale).max(1);
    let worst_first = study.analysis.ranking.rule().first == First::Worst;
    let k = (study.space.results.worst_areas as u32).saturating_mul(scale);
    let same_n = chunk
        .edges
        .first()
        .filter(|first| chunk.edges.iter().all(|edges| edges.n_ranked == first.n_ranked));
    // The last stored rank of each tenth, where all replicates rank as many areas.
    let tenth_ends = same_n.map(|edges| {
        let n = u64::from(edges.n_ranked * scale);
        std::array::from_fn::<u32, 10, _>(|tenth| ((tenth as u64 + 1) * n / 10) as u32)
    });
    // The edges as stored ranks; where rank 1 is best, the worst areas are those above theirs.
    let edge_of = |of: &dyn Fn(&Edges) -> u32| -> Vec<T> {
        chunk.edges.iter().map(|edges| T::of(of(edges))).collect()
    };
    let worst = edge_of(&|edges| {
        if worst_first { k.min(largest) } else { (edges.n_ranked * scale).saturating_sub(k) }
    });
    let (people, rule) = (edge_of(&|edges| edges.people), edge_of(&|edges| edges.rule));
    let is_exact = bins.is_empty();
    let probabilities = [study.space.results.interval[0], 0.5, study.space.results.interval[1]];
    let tile_bins: Vec<&mut [u32]> = if is_exact {
        (0..n_areas.div_ceil(TILE)).map(|_| [].as_mut_slice()).collect()
    } else {
        bins.chunks_mut(N_BINS * TILE).collect()
    };
    let limits = tenth_ends.as_ref().map_or(&[][..], |ends| &ends[..9]);
    let level = Level::new();
    tallies.par_chunks_mut(TILE).zip(tile_bins).enumerate().for_each_init(
        || (vec![T::default(); TILE * n], Counter::up_to(largest)),
        |(columns, counter), (tile, (tallies, bins))| {
            let (start, width) = (tile * TILE, tallies.len());
            for r in 0..n {
                let row = &chunk.ranks[r * n_areas + start..][..width];
                for (at, rank) in row.iter().enumerate() {
                    columns[at * n + r] = *rank;
                }
            }
            for (at, tally) in tallies.iter_mut().enumerate() {
                let column = &columns[at * n..][..n];
                let (unranked, sum) = dispatch!(level, _simd => gaps_and_sum(column));
                let m = n as u32 - unranked;
                tally.n_ranked += m;
                tally.sum += sum;
                let places = Places::of(m, probabilities);
                // A rank of 0 stands for none and comes first.
                let (found, below) =
                    counter.count(column, places.wanted.map(|place| place + unranked), limits);
                if is_exact {
                    let ranks = places.mix(found).map(|x| x / f64::from(scale));
                    tally.quantiles = if m == 0 { [f64::NAN; 3] } else { ranks };
                } else {
                    for rank in column.iter().map(|rank| (*rank).into()).filter(|rank| *rank > 0) {
                        bins[at * N_BINS + bin_of(rank, largest)] += 1;
                    }
                }
                if same_n.is_some() {
                    let mut before = unranked;
                    for (tenth, up_to) in
                        tally.deciles.iter_mut().zip(below.into_iter().chain([n as u32]))
                    {
                        *tenth += up_to - before;
                        before = up_to;
                    }
                } else {
                    let pairs = column.iter().map(|rank| (*rank).into()).zip(&chunk.edges);
                    for (rank, edges) in pairs.filter(|(rank, _)| *rank > 0) {
                        tally.deciles[decile(rank, edges.n_ranked * scale)] += 1;
                    }
                }
                // A rank of 0 is below every edge and stands for none.
                let within =
                    |edges: &[T]| dispatch!(level, _simd => at_most(column, edges)) - unranked;
                tally.worst_areas += if worst_first { within(&worst) } else { m - within(&worst) };
                if study.ranker.people_cut.is_some() {
                    tally.people += within(&people);
                }
                match study.basis {
                    RuleBasis::Cut => {
                        tally.selected += within(&rule);
                        tally.unknown += unranked;
                    }
                    RuleBasis::Whole => {
                        let answers = (0..n).map(|r| chunk.truths[r * n_areas + start + at]);
                        for answer in answers {
                            tally.selected += u32::from(answer == Truth::True);
                            tally.unknown += u32::from(answer == Truth::Unknown);
                        }
                    }
                    RuleBasis::NoRule | RuleBasis::TooMany => {}
                }
            }
        },
    );
}

/// How many stored ranks are 0, and the sum of all.
#[inline(always)]
fn gaps_and_sum<T: Cell>(column: &[T]) -> (u32, u64) {
    // Blocks so short that their sums stay in 32 bits.
    column.chunks(1024).fold((0, 0), |(gaps, sum), block| {
        let in_block = block.iter().filter(|rank| **rank == T::default()).count() as u32;
        let (low, high) = block.iter().fold((0_u32, 0_u32), |(low, high), rank| {
            let rank: u32 = (*rank).into();
            (low + (rank & 0xffff), high + (rank >> 16))
        });
        (gaps + in_block, sum + u64::from(low) + (u64::from(high) << 16))
    })
}

/// How many ranks are at most the edge of their replicate.
#[inline(always)]
fn at_most<T: Cell>(column: &[T], edges: &[T]) -> u32 {
    column.iter().zip(edges).map(|(rank, edge)| u32::from(rank <= edge)).sum()
}

/// The tenth of a stored rank, 0..=9: `ceil(10 r / n) - 1` in whole numbers.
fn decile(rank: u32, n: u32) -> usize {
    ((10 * u64::from(rank)).div_ceil(u64::from(n.max(1))).max(1) as usize - 1).min(9)
}

/// Which order statistics make the wanted quantiles (type 7), two a quantile.
struct Places {
    at: [f64; 3],
    /// Counted from 0 among the ranked.
    wanted: [u32; 6],
}

impl Places {
    fn of(n: u32, probabilities: [f64; 3]) -> Self {
        let last = n.saturating_sub(1);
        let at = probabilities.map(|p| p * f64::from(last));
        let wanted = std::array::from_fn(|slot| {
            let below = at[slot / 2].floor() as u32;
            (below + slot as u32 % 2).min(last)
        });
        Self { at, wanted }
    }

    fn mix(&self, found: [u32; 6]) -> [f64; 3] {
        std::array::from_fn(|quantile| {
            let [low, high] = [found[2 * quantile], found[2 * quantile + 1]].map(f64::from);
            let share = self.at[quantile].fract();
            if share == 0.0 { low } else { low + (high - low) * share }
        })
    }
}

impl Tally {
    fn line(
        &self,
        study: &Study<'_>,
        area: usize,
        n: u32,
        n_done: u32,
        bins: Option<&[u32]>,
    ) -> AreaUncertainty {
        let scale = f64::from(study.ranker.scale());
        let share = |count: u32| f64::from(count) / f64::from(n_done);
        let [low, median, high] = match bins {
            None => self.quantiles,
            Some(bins) => self.quantiles_in(study, bins),
        };
        let evaluated = matches!(study.basis, RuleBasis::Cut | RuleBasis::Whole);
        // Replicates that failed have no rank and no answer, and count for neither.
        let n_failed = n - n_done;
        let unknown = match study.analysis.selection.as_ref().map(|s| s.rule().unknown) {
            Some(Unknown::NotSelected) if study.basis == RuleBasis::Cut => 0,
            Some(Unknown::NotSelected | Unknown::ListApart | Unknown::Bounds) | None => {
                self.unknown.saturating_sub(n_failed)
            }
        };
        let most = self.deciles.iter().max().copied().unwrap_or(0);
        let decile = self.deciles.iter().position(|count| *count == most).filter(|_| most > 0);
        AreaUncertainty {
            rank: study.analysis.ranking.ranks()[area],
            mean: self.sum as f64 / scale / f64::from(self.n_ranked),
            median,
            low,
            high,
            worst_areas: share(self.worst_areas),
            worst_decile: share(match study.analysis.ranking.rule().first {
                First::Worst => self.deciles[0],
                First::Best => self.deciles[9],
            }),
            worst_people: study.ranker.people_cut.is_some().then(|| share(self.people)),
            selected: evaluated.then(|| share(self.selected)),
            unknown: evaluated.then(|| share(unknown)),
            decile: decile.map(|at| at as u8 + 1),
            n_ranked: self.n_ranked,
        }
    }

    /// Quantiles by interpolation inside a class, as if its ranks were spread evenly.
    fn quantiles_in(&self, study: &Study<'_>, bins: &[u32]) -> [f64; 3] {
        let n_areas = study.order.len() as f64;
        let [low, high] = study.space.results.interval;
        [low, 0.5, high].map(|p| {
            let wanted = p * f64::from(self.n_ranked);
            let mut passed = 0.0;
            for (at, count) in bins.iter().enumerate() {
                let count = f64::from(*count);
                if count > 0.0 && passed + count >= wanted {
                    let inside = (wanted - passed) / count;
                    return 1.0 + (at as f64 + inside) / N_BINS as f64 * (n_areas - 1.0);
                }
                passed += count;
            }
            f64::NAN
        })
    }
}
