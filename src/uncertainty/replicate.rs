//! What are the ranks of one replicate, and of ten thousand?
//!
//! What does not change is computed once: treated and comparable columns for each treatment and
//! normalisation. Where a recipe's score is one weighted sum of them, several replicates at a time
//! are a matrix product ([`super::tiles`]); any other recipe is computed level by level for each
//! replicate. Where levels are nested, the one sum and the nested ones agree but for the last bit.
//!
//! Blocks are computed in waves, and between waves a run can be stopped: what stands is always
//! the first replicates, the same as those of a shorter run.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::aggregate::{Scores, aggregate};
use crate::analysis::Analysis;
use crate::index::{IndexDefinition, Plan, compute};
use crate::indicator::Direction;
use crate::normalise::ScaledTable;
use crate::rank::{First, ids_by_place, rank};
use crate::select::{Cut, CutTies, Facts, Take, Truth, select};

use super::alternative::{Choice, alternatives};
use super::draws::{self, Drawer, Settings};
use super::ranker::{Edges, Ranker, Scratch};
use super::recipe::{self, Collapse, LevelWeights};
use super::space::{GapDraws, Space};
use super::tiles::{AREAS, RUNS, Tiles, score_of_row};
use super::{Refused, UncertaintyError};

/// Up to so many areas a rule of any kind is evaluated anew for each replicate; above, only a
/// rule that is a cut of the ranking and nothing else.
pub const RULE_LIMIT: usize = 2_000;

/// Blocks that a thread computes before a run can be stopped.
const BLOCKS_A_WAVE: usize = 8;

/// Who is told of the work, and who may stop it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Is told how many replicates are newly done.
    pub progress: &'a (dyn Fn(u64) + Sync),
    /// Set, it ends the run after the blocks that are being computed.
    pub stop: &'a AtomicBool,
}

impl Watch<'_> {
    /// Nobody.
    pub fn none() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self { progress: &|_| (), stop: &NEVER }
    }
}

/// One combination of discrete choices that can be computed.
#[derive(Debug, Clone)]
pub struct Combination {
    /// What was chosen, in the spelling of the files.
    pub label: String,
    definition: IndexDefinition,
    source: usize,
    collapse: Collapse,
}

/// Comparable columns of one treatment and normalisation.
#[derive(Debug)]
struct Source {
    scaled: ScaledTable,
    plain: Option<Tiles>,
    logs: Option<Tiles>,
}

/// How the answers of the rule are found for each replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleBasis {
    /// There is no rule.
    NoRule,
    /// The rule is a cut of the ranking.
    Cut,
    /// The rule is evaluated whole.
    Whole,
    /// The rule is not a cut and there are more than [`RULE_LIMIT`] areas: not evaluated.
    TooMany,
}

/// Everything that replicates share.
#[derive(Debug)]
pub struct Study<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) plan: &'a Plan<'a>,
    pub(super) space: &'a Space,
    pub(super) drawer: Drawer<'a>,
    pub(super) combinations: Vec<Combination>,
    pub(super) refused: Vec<Refused>,
    pub(super) choices: Vec<Choice>,
    /// The combination that each list of options leads to, where it can be computed.
    pub(super) combination_of: BTreeMap<Vec<usize>, usize>,
    pub(super) ranker: Ranker,
    pub(super) basis: RuleBasis,
    /// The area at each position.
    pub(super) order: Vec<u32>,
    sources: Vec<Source>,
}

/// The ranks of a run of replicates, one row of positions each, with what else is known of each.
#[derive(Debug)]
pub(super) struct Chunk<T> {
    pub(super) ranks: Vec<T>,
    pub(super) edges: Vec<Edges>,
    /// Rows of answers where the rule is evaluated whole.
    pub(super) truths: Vec<Truth>,
    pub(super) failed: Vec<(u32, String)>,
}

/// A stored rank.
pub(super) trait Cell: Copy + Default + Send + Sync + Ord + Into<u32> {
    /// Of a stored rank; a run stores in the type that holds all of its ranks.
    fn of(rank: u32) -> Self;
}
impl Cell for u16 {
    fn of(rank: u32) -> Self {
        rank as Self
    }
}
impl Cell for u32 {
    fn of(rank: u32) -> Self {
        rank
    }
}

impl<'a> Study<'a> {
    /// Tries every combination of discrete choices once and keeps what they share.
    ///
    /// # Errors
    ///
    /// [`UncertaintyError`]: mistakes in the space, too many combinations, or none that can be
    /// computed.
    pub fn of(
        analysis: &'a Analysis,
        plan: &'a Plan<'a>,
        space: &'a Space,
        seed: u64,
    ) -> Result<Self, UncertaintyError> {
        let problems = space.problems(plan);
        if let Some((first, help)) = problems.first().cloned() {
            return Err(UncertaintyError::Space { n: problems.len(), first, help });
        }
        let order = analysis.ranking.order().to_vec();
        let mut sources: Vec<(IndexDefinition, Result<Source, String>)> = Vec::new();
        let (mut combinations, mut refused) = (Vec::new(), Vec::new());
        let (choices, alternatives) = alternatives(plan.definition(), space)?;
        let (mut combination_of, mut bases) = (BTreeMap::new(), Vec::new());
        for alternative in alternatives {
            let (label, definition) = (alternative.label, alternative.whole);
            let known = sources.iter().position(|(made, _)| *made == alternative.source);
            let at = known.unwrap_or_else(|| {
                let made = source_of(analysis, &alternative.source);
                sources.push((alternative.source, made));
                sources.len() - 1
            });
            let reason = match &sources[at].1 {
                Err(reason) => Some(reason.clone()),
                Ok(source) => match level_weights(&source.scaled, &definition) {
                    Ok(weights) => {
                        bases.push(weights);
                        None
                    }
                    Err(reason) => Some(reason),
                },
            };
            match reason {
                Some(reason) => refused.push(Refused { label, reason }),
                None => {
                    let place = combinations.len();
                    combination_of.extend(alternative.chosen.into_iter().map(|c| (c, place)));
                    let collapse = Collapse::of(&definition);
                    combinations.push(Combination { label, definition, source: at, collapse });
                }
            }
        }
        let Some(first) = refused.first().filter(|_| combinations.is_empty()) else {
            let mut kept = Vec::new();
            // Only what a combination uses is kept; positions follow.
            for (at, (_, source)) in sources.into_iter().enumerate() {
                if let Ok(source) = source
                    && combinations.iter().any(|c: &Combination| c.source == at)
                {
                    combinations
                        .iter_mut()
                        .filter(|c| c.source == at)
                        .for_each(|c| c.source = kept.len());
                    kept.push(source);
                }
            }
            for combination in &combinations {
                let source = &mut kept[combination.source];
                match combination.collapse {
                    Collapse::Arithmetic if source.plain.is_none() => {
                        source.plain = Some(Tiles::of(&source.scaled, &order, |x| x));
                    }
                    Collapse::Geometric if source.logs.is_none() => {
                        source.logs = Some(Tiles::of(&source.scaled, &order, f64::ln));
                    }
                    Collapse::Arithmetic | Collapse::Geometric | Collapse::None => {}
                }
            }
            let drawer = Drawer { space, plan, bases, seed };
            let basis = rule_basis(analysis);
            let ranker = ranker_of(analysis, space, basis, &order);
            return Ok(Self {
                analysis,
                plan,
                space,
                drawer,
                combinations,
                refused,
                choices,
                combination_of,
                ranker,
                basis,
                order,
                sources: kept,
            });
        };
        Err(UncertaintyError::NothingComputable {
            n: refused.len(),
            label: first.label.clone(),
            reason: first.reason.clone(),
        })
    }

    /// The combinations that can be computed; each replicate draws one, all equally likely.
    pub fn combinations(&self) -> &[Combination] {
        &self.combinations
    }

    /// The combinations that cannot be computed, with the reason.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// The settings of a replicate.
    pub fn settings(&self, replicate: u32) -> Settings {
        self.drawer.settings(replicate)
    }

    /// The name of the scenario that was drawn; `None` for the recipe's own weights.
    pub fn scenario(&self, drawn: &Settings) -> Option<&str> {
        Some(self.space.scenarios[drawn.scenario?].id.as_str())
    }

    /// The rank of each area in one replicate, in the order of the table; NaN where there is none.
    ///
    /// # Errors
    ///
    /// Why the replicate cannot be computed.
    pub fn ranks(&self, replicate: u32) -> Result<Vec<f64>, String> {
        let chunk: Chunk<u32> = self.chunk(replicate, 1, 1, Watch::none());
        if let Some((_, reason)) = chunk.failed.into_iter().next() {
            return Err(reason);
        }
        let mut ranks = vec![f64::NAN; self.order.len()];
        let scale = f64::from(self.ranker.scale());
        for (at, rank) in self.order.iter().zip(chunk.ranks).filter(|(_, rank)| *rank > 0) {
            ranks[*at as usize] = f64::from(rank) / scale;
        }
        Ok(ranks)
    }

    /// The score of each area in one replicate, turned where higher is better, so that larger is
    /// worse; NaN where there is none.
    ///
    /// # Errors
    ///
    /// Why the replicate cannot be computed.
    pub fn worse_up(&self, replicate: u32) -> Result<Vec<f64>, String> {
        let (scores, _) = self.whole(&self.settings(replicate))?;
        let mut values = scores.values;
        match scores.direction {
            Direction::HigherIsWorse => {}
            Direction::HigherIsBetter => values.iter_mut().for_each(|x| *x = -*x),
        }
        Ok(values)
    }

    /// The ranks of `n` replicates from `first`, in blocks on all threads.
    pub(super) fn chunk<T: Cell>(
        &self,
        first: u32,
        n: u32,
        block: usize,
        watch: Watch<'_>,
    ) -> Chunk<T> {
        self.chunk_of(n, block, &|at| self.drawer.settings(first + at), watch)
    }

    /// The ranks of `n` runs with these settings, in blocks on all threads; fewer, the first of
    /// them, where the run was stopped.
    pub(super) fn chunk_of<T: Cell>(
        &self,
        n: u32,
        block: usize,
        settings: &(dyn Fn(u32) -> Settings + Sync),
        watch: Watch<'_>,
    ) -> Chunk<T> {
        let (n_areas, n) = (self.order.len(), n as usize);
        let width = if self.basis == RuleBasis::Whole { n_areas } else { 0 };
        let mut chunk = Chunk {
            ranks: vec![T::default(); n_areas * n],
            edges: vec![Edges::default(); n],
            truths: vec![Truth::Unknown; width * n],
            failed: Vec::new(),
        };
        let block = block.max(1);
        let wave = (block * rayon::current_num_threads() * BLOCKS_A_WAVE).min(n.max(1));
        let mut done = 0;
        while done < n && !watch.stop.load(Ordering::Relaxed) {
            let size = wave.min(n - done);
            let ranks = &mut chunk.ranks[done * n_areas..][..size * n_areas];
            let edges = &mut chunk.edges[done..][..size];
            let truths = &mut chunk.truths[done * width..][..size * width];
            let failed: Vec<_> = ranks
                .par_chunks_mut((n_areas * block).max(1))
                .zip(edges.par_chunks_mut(block))
                .zip(chunks_or_empty(truths, width * block, size.div_ceil(block)))
                .enumerate()
                .map(|(at, ((ranks, edges), truths))| {
                    let start = done + at * block;
                    let drawn = (0..edges.len()).map(|at| settings((start + at) as u32)).collect();
                    let n_done = edges.len() as u64;
                    let failed = self.block(drawn, ranks, edges, truths);
                    (watch.progress)(n_done);
                    failed
                })
                .collect();
            chunk.failed.extend(failed.into_iter().flatten());
            done += size;
        }
        chunk.ranks.truncate(done * n_areas);
        chunk.edges.truncate(done);
        chunk.truths.truncate(done * width);
        chunk
    }

    /// Fills the rows of one block.
    fn block<T: Cell>(
        &self,
        settings: Vec<Settings>,
        ranks: &mut [T],
        edges: &mut [Edges],
        truths: &mut [Truth],
    ) -> Vec<(u32, String)> {
        let n_areas = self.order.len();
        let mut scratch = Scratch::default();
        let mut store = |at: usize, scores: &mut [f64]| {
            let row = &mut ranks[at * n_areas..][..n_areas];
            edges[at] = self.ranker.rank(&mut scores[..n_areas], &mut scratch, row);
        };
        let mut failed = Vec::new();
        let mut quick: Vec<(usize, bool, usize)> = Vec::new();
        for (at, drawn) in settings.iter().enumerate() {
            if let Some(logs) = self.is_quick(drawn) {
                quick.push((self.combinations[drawn.combination].source, logs, at));
                continue;
            }
            match self.whole(drawn) {
                Ok((scores, answers)) => {
                    let mut scores: Vec<f64> =
                        self.order.iter().map(|&area| scores.values[area as usize]).collect();
                    store(at, &mut scores);
                    if let Some(answers) = answers {
                        let row = truths[at * n_areas..][..n_areas].iter_mut();
                        row.zip(&self.order).for_each(|(to, &area)| *to = answers[area as usize]);
                    }
                }
                Err(reason) => failed.push((drawn.replicate, reason)),
            }
        }
        // Replicates of the same columns go through the product together.
        quick.sort_unstable();
        let mut of_domain = vec![f64::NAN; self.plan.definition().domains.len()];
        let padded = n_areas.next_multiple_of(AREAS);
        let mut out: [Vec<f64>; RUNS] = std::array::from_fn(|_| vec![0.0; padded]);
        for same in quick.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            for group in same.chunks(RUNS) {
                let (source, logs, _) = group[0];
                let source = &self.sources[source];
                let tiles = if logs { &source.logs } else { &source.plain };
                let tiles = tiles.as_ref().expect("made with the study");
                let weights: Vec<Vec<f64>> =
                    group.iter().map(|&(_, _, at)| self.effective(&settings[at].weights)).collect();
                tiles.product(&weights, &mut out);
                for (&(_, _, at), scores) in group.iter().zip(out.iter_mut()) {
                    for (position, row) in &tiles.gaps {
                        scores[*position] =
                            score_of_row(self.plan, &settings[at].weights, row, &mut of_domain);
                    }
                    store(at, scores);
                }
            }
        }
        failed
    }

    fn effective(&self, weights: &LevelWeights) -> Vec<f64> {
        recipe::effective(self.plan.levels(), weights, self.plan.definition())
    }

    /// Whether one weighted sum gives the score, and if so whether of logarithms.
    fn is_quick(&self, drawn: &Settings) -> Option<bool> {
        let combination = &self.combinations[drawn.combination];
        let data = self.space.draws_values() || self.space.gaps != GapDraws::None;
        let k = drawn.k.is_some() && recipe::k_changes_indicators(&combination.definition);
        if data || k || self.basis == RuleBasis::Whole {
            return None;
        }
        match combination.collapse {
            Collapse::Arithmetic => Some(false),
            Collapse::Geometric => Some(true),
            Collapse::None => None,
        }
    }

    /// A replicate computed step by step, with the answers of the rule where they are wanted.
    fn whole(&self, drawn: &Settings) -> Result<(Scores, Option<Vec<Truth>>), String> {
        let combination = &self.combinations[drawn.combination];
        let levels = self.plan.levels();
        let mut definition = combination.definition.clone();
        if let Some(k) = drawn.k {
            recipe::with_k(&mut definition, k);
        }
        let measured = draws::data(
            self.space,
            &self.analysis.table,
            &definition,
            self.drawer.seed,
            drawn.data,
        );
        let anew =
            measured.is_some() || (drawn.k.is_some() && recipe::k_changes_indicators(&definition));
        let table = measured.as_ref().unwrap_or(&self.analysis.table);
        let (domains, scores) = if let Some(gone) = drawn.left_out {
            let gone = [definition.indicators[gone].id.clone()];
            let (less, table) =
                recipe::without_weightless(&definition, levels, &drawn.weights, &gone, table);
            let plan = plan_of(&less)?;
            let done = compute(table, &plan).map_err(|error| error.to_string())?;
            (done.domains, done.scores)
        } else {
            let weighted = recipe::with_weights(&definition, levels, &drawn.weights);
            if anew {
                let plan = plan_of(&weighted)?;
                let done = compute(table.clone(), &plan).map_err(|error| error.to_string())?;
                (done.domains, done.scores)
            } else {
                score_levels(&self.sources[combination.source].scaled, &weighted)?
            }
        };
        let answers = match (&self.analysis.selection, self.basis) {
            (Some(selection), RuleBasis::Whole) => {
                let ranking = rank(&scores, self.plan.definition().ranking);
                let definition = self.plan.definition();
                let facts = Facts { table, domains: &domains, ranking: &ranking, definition };
                let answers = select(selection.rule(), facts).map_err(|e| e.to_string())?;
                Some(answers.outcomes().to_vec())
            }
            (Some(_), RuleBasis::Cut | RuleBasis::TooMany | RuleBasis::NoRule) | (None, _) => None,
        };
        Ok((scores, answers))
    }
}

/// Blocks of a list that may be empty, then as many empty blocks.
fn chunks_or_empty<T: Send>(
    list: &mut [T],
    size: usize,
    n: usize,
) -> impl IndexedParallelIterator<Item = &mut [T]> {
    let mut blocks: Vec<&mut [T]> = if size == 0 {
        (0..n).map(|_| [].as_mut_slice()).collect()
    } else {
        list.chunks_mut(size).collect()
    };
    blocks.truncate(n);
    blocks.into_par_iter()
}

fn plan_of(definition: &IndexDefinition) -> Result<Plan<'_>, String> {
    Plan::of(definition)
        .map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())
}

type Levels = (Vec<crate::aggregate::DomainScore>, Scores);

/// The levels of a recipe on columns that are comparable already.
fn score_levels(scaled: &ScaledTable, definition: &IndexDefinition) -> Result<Levels, String> {
    let plan = plan_of(definition)?;
    let levels = aggregate(scaled, &plan).map_err(|error| error.to_string())?;
    Ok((levels.domains, levels.scores))
}

/// The weights of a recipe's levels, which the data may decide; an error where the levels cannot
/// be computed.
fn level_weights(
    scaled: &ScaledTable,
    definition: &IndexDefinition,
) -> Result<LevelWeights, String> {
    let plan = plan_of(definition)?;
    aggregate(scaled, &plan).map(|done| done.level_weights).map_err(|error| error.to_string())
}

fn source_of(analysis: &Analysis, definition: &IndexDefinition) -> Result<Source, String> {
    // Plain means never fail, so that only treatment and normalisation are tried here.
    let mut probe = definition.clone();
    recipe::with_plain_levels(&mut probe);
    let plan = Plan::of(&probe).map_err(|problems| problems[0].to_string())?;
    let computed = compute(analysis.table.clone(), &plan).map_err(|error| error.to_string())?;
    Ok(Source { scaled: computed.scaled, plain: None, logs: None })
}

fn rule_basis(analysis: &Analysis) -> RuleBasis {
    match analysis.selection.as_ref().map(|selection| selection.rule().bare_cut()) {
        None => RuleBasis::NoRule,
        Some(Some(_)) => RuleBasis::Cut,
        Some(_) if analysis.ranking.areas().len() <= RULE_LIMIT => RuleBasis::Whole,
        Some(_) => RuleBasis::TooMany,
    }
}

fn ranker_of(analysis: &Analysis, space: &Space, basis: RuleBasis, order: &[u32]) -> Ranker {
    let ranking = &analysis.ranking;
    let rule = ranking.rule();
    let areas = ranking.areas();
    let by_id = ids_by_place(areas);
    let people = |&at: &u32| areas[at as usize].population.filter(|p| !p.is_nan());
    let worst_first = rule.first == First::Worst;
    let cut = match basis {
        RuleBasis::Cut => analysis.selection.as_ref().and_then(|s| s.rule().bare_cut().cloned()),
        RuleBasis::Whole | RuleBasis::TooMany | RuleBasis::NoRule => None,
    };
    let share = space.results.worst_share_of_people;
    let is_known = order.iter().any(|at| people(at).is_some());
    Ranker {
        ties: rule.ties,
        large_first: (ranking.direction() == Direction::HigherIsWorse) == worst_first,
        round: rule.round,
        places: order.iter().map(|&at| by_id[at as usize]).collect(),
        people: order.iter().map(|at| people(at).unwrap_or(0.0)).collect(),
        people_cut: (worst_first && is_known)
            .then_some(Cut::by_score(Take::ShareOfPeople(share), CutTies::AllIn)),
        rule_cut: cut,
    }
}
