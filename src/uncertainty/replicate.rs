//! What are the ranks of one replicate, and of ten thousand?
//!
//! What does not change is computed once: treated and comparable columns for each treatment and
//! normalisation. Where a recipe's score is one weighted sum of them, four replicates at a time
//! are a matrix product over columns that stand together in memory; any other recipe is computed
//! level by level for each replicate. Both add in the same order whatever the block, so that the
//! bits do not depend on it. Where levels are nested, the one sum and the nested ones agree but
//! for the last bit.

use rayon::prelude::*;

use crate::aggregate::{MissingPolicy, Scores, aggregate};
use crate::analysis::Analysis;
use crate::index::plan::Child;
use crate::index::{IndexDefinition, Plan, compute};
use crate::indicator::Direction;
use crate::normalise::ScaledTable;
use crate::rank::{First, ids_by_place, rank};
use crate::select::{Cut, CutTies, Facts, Take, Truth, select};

use super::draws::{self, Drawer, Settings};
use super::ranker::{Edges, Ranker, Scratch};
use super::recipe::{self, Collapse, LevelWeights};
use super::space::{GapDraws, MAX_COMBINATIONS, Sampling, Space};
use super::{Refused, UncertaintyError};

/// Up to so many areas a rule of any kind is evaluated anew for each replicate; above, only a
/// rule that is a cut of the ranking and nothing else.
pub const RULE_LIMIT: usize = 2_000;

/// Areas that the product takes at a time, and replicates.
const LANES: usize = 4;

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

/// Columns in tiles of [`LANES`] areas by position, so that a product reads memory in order.
#[derive(Debug)]
struct Tiles {
    cells: Vec<f64>,
    /// Rows with gaps, by position; their cells in the tiles are 0 and not used.
    gaps: Vec<(usize, Vec<f64>)>,
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
pub(super) trait Cell:
    Copy + Default + Send + Sync + Ord + Into<u32> + TryFrom<u32>
{
}
impl Cell for u16 {}
impl Cell for u32 {}

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
        for (label, before, definition) in alternatives(plan.definition(), space)? {
            let known = sources.iter().position(|(made, _)| *made == before);
            let at = known.unwrap_or_else(|| {
                let made = source_of(analysis, &before);
                sources.push((before, made));
                sources.len() - 1
            });
            let reason = match &sources[at].1 {
                Err(reason) => Some(reason.clone()),
                Ok(source) => score_levels(&source.scaled, &definition).err(),
            };
            match reason {
                Some(reason) => refused.push(Refused { label, reason }),
                None => {
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
            let drawer = Drawer {
                space,
                plan,
                base: recipe::weights_of(plan),
                n_combinations: combinations.len(),
                seed,
            };
            let basis = rule_basis(analysis);
            let ranker = ranker_of(analysis, space, basis, &order);
            return Ok(Self {
                analysis,
                plan,
                space,
                drawer,
                combinations,
                refused,
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
        let chunk: Chunk<u32> = self.chunk(replicate, 1, 1, &|_| ());
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
        progress: &(dyn Fn(u64) + Sync),
    ) -> Chunk<T> {
        let (n_areas, n) = (self.order.len(), n as usize);
        let width = if self.basis == RuleBasis::Whole { n_areas } else { 0 };
        let mut ranks = vec![T::default(); n_areas * n];
        let mut edges = vec![Edges::default(); n];
        let mut truths = vec![Truth::Unknown; width * n];
        let block = block.max(1);
        let failed = ranks
            .par_chunks_mut((n_areas * block).max(1))
            .zip(edges.par_chunks_mut(block))
            .zip(chunks_or_empty(&mut truths, width * block, n.div_ceil(block)))
            .enumerate()
            .map(|(at, ((ranks, edges), truths))| {
                let start = first + (at * block) as u32;
                let n_done = edges.len() as u64;
                let failed = self.block(start, ranks, edges, truths);
                progress(n_done);
                failed
            })
            .collect::<Vec<_>>();
        Chunk { ranks, edges, truths, failed: failed.into_iter().flatten().collect() }
    }

    /// Fills the rows of one block.
    fn block<T: Cell>(
        &self,
        first: u32,
        ranks: &mut [T],
        edges: &mut [Edges],
        truths: &mut [Truth],
    ) -> Vec<(u32, String)> {
        let n_areas = self.order.len();
        let settings: Vec<Settings> =
            (0..edges.len() as u32).map(|at| self.drawer.settings(first + at)).collect();
        let mut scratch = Scratch::default();
        let mut row = vec![0_u32; n_areas];
        let mut store = |at: usize, scores: &mut [f64]| {
            edges[at] = self.ranker.rank(&mut scores[..n_areas], &mut scratch, &mut row);
            for (to, from) in ranks[at * n_areas..][..n_areas].iter_mut().zip(&row) {
                *to = T::try_from(*from).unwrap_or_default();
            }
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
        let padded = n_areas.next_multiple_of(LANES);
        let mut out: [Vec<f64>; LANES] = std::array::from_fn(|_| vec![0.0; padded]);
        for same in quick.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            for group in same.chunks(LANES) {
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
                            self.score_of_row(&settings[at].weights, row, &mut of_domain);
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
        let data = self.space.sampling != Sampling::None || self.space.gaps != GapDraws::None;
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
            drawn.replicate,
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

    /// The score of a row with gaps, level by level as `aggregate` has it; on logarithms the sum
    /// is that of a geometric mean.
    ///
    /// `of_domain` has a slot a domain and is overwritten, children before parents.
    fn score_of_row(&self, weights: &LevelWeights, row: &[f64], of_domain: &mut [f64]) -> f64 {
        let mut result = f64::NAN;
        for (level, weights) in self.plan.levels().iter().zip(weights) {
            let children = level.children.iter().map(|child| match *child {
                Child::Domain(at) => of_domain[at],
                Child::Indicator(at) => row[at],
            });
            let (mut all, mut there, mut lost) = (0.0, 0.0, 0.0);
            for (x, weight) in children.clone().zip(weights) {
                all += weight;
                if x.is_nan() {
                    lost += weight;
                } else {
                    there += weight;
                }
            }
            let at_least = match self.plan.level(level.domain).missing {
                MissingPolicy::Propagate => 0.0,
                MissingPolicy::AvailableWeight { at_least } => at_least,
            };
            let propagates =
                matches!(self.plan.level(level.domain).missing, MissingPolicy::Propagate);
            let undecided =
                (propagates && lost != 0.0) || there <= 0.0 || there / all < at_least - 1e-9;
            result = if undecided {
                f64::NAN
            } else {
                let scale = if lost == 0.0 { 1.0 } else { all / there };
                let present = children.zip(weights).filter(|(x, _)| !x.is_nan());
                present.fold(0.0, |sum, (x, weight)| sum + weight * scale * x)
            };
            if let Some(domain) = level.domain {
                of_domain[domain] = result;
            }
        }
        result
    }
}

impl Tiles {
    fn of(scaled: &ScaledTable, order: &[u32], of: impl Fn(f64) -> f64) -> Self {
        let p = scaled.columns().len();
        let mut cells = vec![0.0; order.len().div_ceil(LANES) * p * LANES];
        let mut gaps = Vec::new();
        for (position, &area) in order.iter().enumerate() {
            let row: Vec<f64> =
                scaled.columns().iter().map(|column| of(column.values[area as usize])).collect();
            if row.iter().any(|x| x.is_nan()) {
                gaps.push((position, row));
                continue;
            }
            let start = position / LANES * p * LANES + position % LANES;
            for (j, x) in row.into_iter().enumerate() {
                cells[start + j * LANES] = x;
            }
        }
        Self { cells, gaps }
    }

    /// The weighted sums of up to [`LANES`] sets of weights, indicators added in their order.
    fn product(&self, weights: &[Vec<f64>], out: &mut [Vec<f64>; LANES]) {
        let p = weights.first().map_or(0, Vec::len);
        let side_by_side: Vec<[f64; LANES]> = (0..p)
            .map(|j| std::array::from_fn(|r| weights.get(r).map_or(0.0, |weights| weights[j])))
            .collect();
        let [a, b, c, d] = out;
        let rows = a
            .chunks_exact_mut(LANES)
            .zip(b.chunks_exact_mut(LANES))
            .zip(c.chunks_exact_mut(LANES))
            .zip(d.chunks_exact_mut(LANES));
        for (tile, (((a, b), c), d)) in self.cells.chunks_exact((p * LANES).max(1)).zip(rows) {
            let mut sums = [[0.0; LANES]; LANES];
            for (x, w) in tile.as_chunks::<LANES>().0.iter().zip(&side_by_side) {
                for (sum, w) in sums.iter_mut().zip(w) {
                    for (sum, x) in sum.iter_mut().zip(x) {
                        *sum += w * x;
                    }
                }
            }
            a.copy_from_slice(&sums[0]);
            b.copy_from_slice(&sums[1]);
            c.copy_from_slice(&sums[2]);
            d.copy_from_slice(&sums[3]);
        }
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

fn source_of(analysis: &Analysis, definition: &IndexDefinition) -> Result<Source, String> {
    // Plain means never fail, so that only treatment and normalisation are tried here.
    let mut probe = definition.clone();
    recipe::with_plain_levels(&mut probe);
    let plan = Plan::of(&probe).map_err(|problems| problems[0].to_string())?;
    let computed = compute(analysis.table.clone(), &plan).map_err(|error| error.to_string())?;
    Ok(Source { scaled: computed.scaled, plain: None, logs: None })
}

/// Every combination of discrete choices: its label, the recipe before its levels are changed,
/// and the whole recipe. A choice that leaves the recipe as another one has made it is taken once.
fn alternatives(
    own: &IndexDefinition,
    space: &Space,
) -> Result<Vec<(String, IndexDefinition, IndexDefinition)>, UncertaintyError> {
    let short = crate::explain::short_name::<crate::aggregate::Aggregation>;
    let mut before: Vec<(String, IndexDefinition)> = Vec::new();
    let add = |list: &mut Vec<(String, IndexDefinition)>, label: String, made| {
        if !list.iter().any(|(_, known)| *known == made) {
            list.push((label, made));
        }
    };
    match &space.treatment {
        None => before.push((String::new(), own.clone())),
        Some(choice) => {
            if choice.own {
                add(&mut before, "treatment: own".to_owned(), own.clone());
            }
            for alternative in &choice.alternatives {
                let mut made = own.clone();
                recipe::with_treatment(&mut made, alternative);
                add(&mut before, format!("treatment: {}", alternative.id), made);
            }
        }
    }
    let mut sources: Vec<(String, IndexDefinition)> = Vec::new();
    for (label, treated) in before {
        let join = |text: String| if label.is_empty() { text } else { format!("{label}; {text}") };
        match &space.normalisation {
            None => add(&mut sources, label.clone(), treated),
            Some(choice) => {
                if choice.own {
                    add(&mut sources, join("normalisation: own".to_owned()), treated.clone());
                }
                let own_method = one_method(&treated);
                for method in
                    choice.methods.iter().filter(|m| !choice.own || own_method != Some(**m))
                {
                    let mut made = treated.clone();
                    recipe::with_normalisation(&mut made, *method);
                    let name = crate::explain::short_name(method);
                    add(&mut sources, join(format!("normalisation: {name}")), made);
                }
            }
        }
    }
    let mut all: Vec<(String, IndexDefinition, IndexDefinition)> =
        sources.into_iter().map(|(label, made)| (label, made.clone(), made)).collect();
    for choice in &space.aggregation {
        let name = if choice.levels.is_empty() { "all".into() } else { choice.levels.join("+") };
        let mut next: Vec<(String, IndexDefinition, IndexDefinition)> = Vec::new();
        for (label, source, made) in all {
            let mut options = Vec::new();
            if choice.own {
                options.push(("own".to_owned(), made.clone()));
            }
            for method in &choice.methods {
                let mut other = made.clone();
                recipe::with_aggregation(&mut other, &choice.levels, method);
                options.push((short(method), other));
            }
            for (option, made) in options {
                if !next.iter().any(|(_, known, whole)| *known == source && *whole == made) {
                    let text = format!("aggregation ({name}): {option}");
                    let label = if label.is_empty() { text } else { format!("{label}; {text}") };
                    next.push((label, source.clone(), made));
                }
            }
        }
        if next.len() > MAX_COMBINATIONS {
            return Err(UncertaintyError::TooManyCombinations { n: next.len() });
        }
        all = next;
    }
    Ok(all)
}

/// The normalisation that all indicators share, if there is one.
fn one_method(definition: &IndexDefinition) -> Option<crate::normalise::Normalisation> {
    let mut methods = definition.indicators.iter().map(|i| definition.normalisation(i));
    let first = methods.next()??;
    methods.all(|method| method == Some(first)).then_some(*first)
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
