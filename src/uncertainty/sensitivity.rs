//! Which assumption makes the ranks uncertain?
//!
//! An analysis and a space of alternatives come in; for each assumption that varies
//! ([`super::assumption`]) come out its Sobol indices ([`super::sobol`]) for three outputs: how far
//! ranks move on average, how many areas enter or leave the selection, and the rank of each area.
//! `N (d + 2)` runs answer for `d` assumptions at once. The runs of one row of the design are
//! computed together and summed up, so that memory does not grow with `N`.

use miette::Diagnostic;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::analysis::Analysis;
use crate::index::Plan;
use crate::notice::Notice;
use crate::select::Truth;

use super::assumption::{Assumption, Cube};
use super::replicate::{Cell, Chunk, RuleBasis, Study, Watch};
use super::sobol::{self, Design, Estimate, Indices, MAX_INPUTS, MAX_POINTS, Matrix, Runs};
use super::space::Space;
use super::{Refused, UncertaintyError};

/// Rows of a design that says nothing else.
pub const POINTS: u32 = 1024;

/// Resamples of a run that says nothing else.
pub const RESAMPLES: u32 = 1000;

/// The level of the intervals of a run that says nothing else.
pub const LEVEL: f64 = 0.95;

/// Areas times runs up to which the rank of each area gets intervals too: 51 areas, eight
/// assumptions and 1,024 points take half of it.
pub const INTERVAL_CELLS: usize = 1_000_000;

/// Ranks that are held at a time; a row of the design is never split.
const HELD_CELLS: usize = 16 << 20;

/// Runs that one thread takes at a time: enough that some share their columns.
const BLOCK: usize = 256;

/// Areas that one thread sums up at a time.
const TILE: usize = 256;

/// What a project says of sensitivity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SensitivityOptions {
    /// Rows of the design, a power of two; 1024 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// The seed; 1 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Resamples of the bootstrap intervals; 1000 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resamples: Option<u32>,
    /// The level of the intervals; 0.95 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
}

/// A design with all of it said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SensitivityDesign {
    /// Rows, a power of two up to [`MAX_POINTS`].
    pub points: u32,
    /// The seed.
    pub seed: u64,
    /// Resamples of the bootstrap intervals; 0 for none.
    pub resamples: u32,
    /// Their level, such as 0.95.
    pub level: f64,
}

impl SensitivityOptions {
    /// The design, with this program's numbers where nothing is said.
    pub fn design(&self) -> SensitivityDesign {
        SensitivityDesign {
            points: self.points.unwrap_or(POINTS),
            seed: self.seed.unwrap_or(super::SEED),
            resamples: self.resamples.unwrap_or(RESAMPLES),
            level: self.level.unwrap_or(LEVEL),
        }
    }
}

/// What is asked how much it depends on the assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The mean absolute change of rank against the recipe's own ranks, over the areas that have
    /// a rank in both.
    RankShift,
    /// How many areas the rule selects now and did not by the recipe, or the other way round.
    SelectionChanges,
}

impl Output {
    /// A short name for tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::RankShift => "mean-rank-shift",
            Self::SelectionChanges => "selection-changes",
        }
    }
}

/// The indices of one output, with its size.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputIndices {
    /// Of what.
    pub output: Output,
    /// Its mean over all runs of A and B.
    pub mean: f64,
    /// One estimate an assumption.
    pub indices: Indices,
}

/// What each assumption contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// The assumptions that vary, in the order of all indices.
    pub assumptions: Vec<Assumption>,
    /// How it was computed.
    pub design: SensitivityDesign,
    /// Rows that could be used; fewer than the design's where runs failed.
    pub n_rows: usize,
    /// Runs in all.
    pub n_runs: u64,
    /// Mean absolute shift of rank first, then changes of the selection where there is a rule
    /// that can be evaluated.
    pub outputs: Vec<OutputIndices>,
    /// The indices of each area's rank, in the order of the table; `None` where an area has no
    /// rank in some run.
    pub areas: Vec<Option<Indices>>,
    /// The combinations that cannot be computed; each has an option that never can.
    pub refused: Vec<Refused>,
    /// Runs that failed, with the reason; their rows are left out.
    pub failed: Vec<(u32, String)>,
    /// What a reader must know.
    pub notices: Vec<Notice>,
}

/// Why there are no indices.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum SensitivityError {
    /// The number of rows is not a power of two.
    #[error("{points} points are not a power of two from 2 to {MAX_POINTS}")]
    #[diagnostic(
        code(levekaar::sensitivity::points),
        help("ask for {near}: only then do the points cover every assumption evenly")
    )]
    Points {
        /// What was asked for.
        points: u32,
        /// The nearest power of two.
        near: u32,
    },
    /// The level is not a share.
    #[error("the level of the intervals is {level}")]
    #[diagnostic(code(levekaar::sensitivity::level), help("write a share such as 0.95"))]
    Level {
        /// What was asked for.
        level: f64,
    },
    /// There is nothing to compare.
    #[error("no assumption varies in this space")]
    #[diagnostic(
        code(levekaar::sensitivity::nothing),
        help(
            "let the weights vary: `weights = {{ method = \"dirichlet\", concentration = 100 }}`"
        )
    )]
    NothingVaries,
    /// More assumptions than the sequence has dimensions for.
    #[error("{n} assumptions vary; there are points for {MAX_INPUTS}")]
    #[diagnostic(
        code(levekaar::sensitivity::inputs),
        help("let several levels change together in one choice of aggregation")
    )]
    TooMany {
        /// How many.
        n: usize,
    },
    /// Some options can each be computed, but not together.
    #[error(
        "{n} combinations of choices cannot be computed, such as `{example}`, and sensitivity \
         needs every option with every other"
    )]
    #[diagnostic(
        code(levekaar::sensitivity::combinations),
        help(
            "take one of the two options out of the space; `levekaar uncertainty` lists them all"
        )
    )]
    NotFree {
        /// How many cannot be computed.
        n: usize,
        /// One of them.
        example: String,
    },
    /// No row could be computed.
    #[error("no row of the design could be computed: {reason}")]
    #[diagnostic(code(levekaar::sensitivity::failed), help("`levekaar uncertainty` lists why"))]
    AllFailed {
        /// Why the first did not.
        reason: String,
    },
    /// The run was stopped. A part of a design does not cover the assumptions evenly.
    #[error("the run was stopped after {done} of {points} points, and a part says nothing")]
    #[diagnostic(code(levekaar::sensitivity::stopped), help("ask for fewer `--points`"))]
    Stopped {
        /// Rows that were done.
        done: u32,
        /// Rows of the design.
        points: u32,
    },
    /// The space cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Space(#[from] UncertaintyError),
}

/// Computes Sobol indices of every assumption of the space.
///
/// Shape: one first and one total index for each assumption and output. An area without a rank in
/// some run has no indices. A run that fails takes its whole row of the design with it, and is
/// listed. The same space, seed and number of points give the same result on any number of threads.
///
/// # Errors
///
/// [`SensitivityError`] before the first run, or when the run is stopped.
pub fn sensitivity(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    design: SensitivityDesign,
    watch: Watch<'_>,
) -> Result<Sensitivity, SensitivityError> {
    let points = design.points;
    if !points.is_power_of_two() || !(2..=MAX_POINTS).contains(&points) {
        let near = points.clamp(2, MAX_POINTS).next_power_of_two();
        return Err(SensitivityError::Points { points, near });
    }
    if !(design.level > 0.0 && design.level < 1.0) {
        return Err(SensitivityError::Level { level: design.level });
    }
    let study = Study::of(analysis, plan, space, design.seed)?;
    let cube = Cube::of(&study).map_err(|not_free| SensitivityError::NotFree {
        n: study.refused.len(),
        example: not_free.example,
    })?;
    match cube.sides.len() {
        0 => return Err(SensitivityError::NothingVaries),
        n if n > MAX_INPUTS => return Err(SensitivityError::TooMany { n }),
        _ => {}
    }
    // Half ranks are stored doubled.
    if study.order.len() * study.ranker.scale() as usize <= usize::from(u16::MAX) {
        computed::<u16>(&study, &cube, design, INTERVAL_CELLS, watch)
    } else {
        computed::<u32>(&study, &cube, design, INTERVAL_CELLS, watch)
    }
}

/// How many runs a design takes, for a bar of progress; 0 where the space cannot be used.
pub fn n_runs(analysis: &Analysis, plan: &Plan<'_>, space: &Space, points: u32) -> u64 {
    let Ok(study) = Study::of(analysis, plan, space, 0) else { return 0 };
    Cube::of(&study).map_or(0, |cube| u64::from(points) * (cube.sides.len() as u64 + 2))
}

fn computed<T: Cell>(
    study: &Study<'_>,
    cube: &Cube<'_, '_>,
    design: SensitivityDesign,
    interval_cells: usize,
    watch: Watch<'_>,
) -> Result<Sensitivity, SensitivityError> {
    let (n_areas, n_inputs) = (study.order.len(), cube.sides.len());
    let runs_a_row = n_inputs + 2;
    let points = Design { n_inputs, seed: design.seed };
    let mut outputs = Vec::new();
    let mut areas = AreaSums::new(n_areas, n_inputs);
    let keeps = n_areas * runs_a_row * design.points as usize <= interval_cells;
    let mut kept: Vec<T> = Vec::new();
    let mut failed = Vec::new();
    let rows_held = (HELD_CELLS / (n_areas * runs_a_row).max(1)).max(1) as u32;
    let mut row = 0;
    while row < design.points {
        let rows = rows_held.min(design.points - row);
        let settings = |at: u32| {
            let mut point = vec![0.0; n_inputs];
            let run = row * runs_a_row as u32 + at;
            let matrix = match at as usize % runs_a_row {
                0 => Matrix::A,
                1 => Matrix::B,
                mixed => Matrix::Mixed(mixed - 2),
            };
            points.point(run / runs_a_row as u32, matrix, &mut point);
            cube.settings(run, &point)
        };
        let mut chunk: Chunk<T> = study.chunk_of(rows * runs_a_row as u32, BLOCK, &settings, watch);
        if chunk.edges.len() < rows as usize * runs_a_row {
            let done = row + (chunk.edges.len() / runs_a_row) as u32;
            return Err(SensitivityError::Stopped { done, points: design.points });
        }
        let bad: Vec<u32> =
            chunk.failed.iter().map(|(run, _)| run / runs_a_row as u32 - row).collect();
        failed.append(&mut chunk.failed);
        let good: Vec<usize> =
            (0..rows).filter(|at| !bad.contains(at)).map(|at| at as usize).collect();
        let of_runs = study.outputs_of(&chunk, runs_a_row, &good);
        outputs.extend(of_runs);
        areas.add(&chunk.ranks, &good);
        if keeps {
            for at in good {
                let width = runs_a_row * n_areas;
                kept.extend_from_slice(&chunk.ranks[at * width..][..width]);
            }
        }
        row += rows;
    }
    let n_rows = outputs.len() / runs_a_row;
    if n_rows == 0 {
        let reason = failed.first().map(|(_, reason)| reason.clone()).unwrap_or_default();
        return Err(SensitivityError::AllFailed { reason });
    }
    let mut wanted = vec![Output::RankShift];
    if matches!(study.basis, RuleBasis::Cut | RuleBasis::Whole) {
        wanted.push(Output::SelectionChanges);
    }
    let outputs: Vec<OutputIndices> = wanted
        .into_iter()
        .map(|output| {
            let of = |[shift, changes]: &[f64; 2]| match output {
                Output::RankShift => *shift,
                Output::SelectionChanges => *changes,
            };
            let values: Vec<f64> = outputs.iter().map(of).collect();
            of_output(output, &values, runs_a_row, design)
        })
        .collect();
    let scale = f64::from(study.ranker.scale());
    let mut by_area = vec![None; n_areas];
    let by_position: Vec<Option<Indices>> = (0..n_areas)
        .into_par_iter()
        .map(|position| {
            if keeps {
                kept_indices(&kept, n_areas, position, runs_a_row, scale, design)
            } else {
                areas.indices(position, n_rows, scale)
            }
        })
        .collect();
    for (indices, area) in by_position.into_iter().zip(&study.order) {
        by_area[*area as usize] = indices;
    }
    let mut found = Sensitivity {
        assumptions: cube.sides.clone(),
        design,
        n_rows,
        n_runs: u64::from(design.points) * runs_a_row as u64,
        outputs,
        areas: by_area,
        refused: study.refused.clone(),
        failed,
        notices: Vec::new(),
    };
    found.notices = notices(&found, study, keeps);
    Ok(found)
}

impl Study<'_> {
    /// The two outputs of every run of the rows that can be used.
    fn outputs_of<T: Cell>(
        &self,
        chunk: &Chunk<T>,
        runs_a_row: usize,
        good: &[usize],
    ) -> Vec<[f64; 2]> {
        let n_areas = self.order.len();
        let scale = self.ranker.scale();
        // Stored as in the runs; 0 stands for none.
        let nominal: Vec<u32> = self
            .order
            .iter()
            .map(|&at| {
                let rank = self.analysis.ranking.ranks()[at as usize];
                if rank.is_nan() { 0 } else { (rank * f64::from(scale)).round() as u32 }
            })
            .collect();
        let selected: Vec<bool> = self
            .order
            .iter()
            .map(|&at| {
                let selection = self.analysis.selection.as_ref();
                selection.is_some_and(|s| s.outcomes()[at as usize] == Truth::True)
            })
            .collect();
        let runs = good.iter().flat_map(|row| (0..runs_a_row).map(move |k| row * runs_a_row + k));
        let runs: Vec<usize> = runs.collect();
        runs.into_par_iter()
            .map(|run| {
                let ranks = &chunk.ranks[run * n_areas..][..n_areas];
                let edge = chunk.edges[run].rule;
                let (mut sum, mut n_both, mut changes) = (0_u64, 0_u64, 0_u32);
                for ((rank, nominal), selected) in ranks.iter().zip(&nominal).zip(&selected) {
                    let rank: u32 = (*rank).into();
                    let both = rank > 0 && *nominal > 0;
                    sum += if both { u64::from(rank.abs_diff(*nominal)) } else { 0 };
                    n_both += u64::from(both);
                    changes += u32::from((rank > 0 && rank <= edge) != *selected);
                }
                if self.basis == RuleBasis::Whole {
                    let answers = &chunk.truths[run * n_areas..][..n_areas];
                    let pairs = answers.iter().zip(&selected);
                    let changed = pairs.filter(|(now, was)| (**now == Truth::True) != **was);
                    changes = changed.count() as u32;
                }
                let shift =
                    if n_both == 0 { 0.0 } else { sum as f64 / n_both as f64 / f64::from(scale) };
                [shift, f64::from(changes)]
            })
            .collect()
    }
}

/// The values of runs that stand row by row, matrix by matrix.
fn by_matrix(values: &[f64], runs_a_row: usize) -> Vec<Vec<f64>> {
    (0..runs_a_row).map(|k| values.iter().skip(k).step_by(runs_a_row).copied().collect()).collect()
}

fn of_output(
    output: Output,
    values: &[f64],
    runs_a_row: usize,
    design: SensitivityDesign,
) -> OutputIndices {
    let matrices = by_matrix(values, runs_a_row);
    let (a, b) = (&matrices[0], &matrices[1]);
    let mean = a.iter().chain(b).sum::<f64>() / (2 * a.len()) as f64;
    let runs = Runs { a, b, mixed: &matrices[2..] };
    let indices = sobol::indices(runs, design.resamples, design.level, design.seed);
    OutputIndices { output, mean, indices }
}

fn kept_indices<T: Cell>(
    kept: &[T],
    n_areas: usize,
    position: usize,
    runs_a_row: usize,
    scale: f64,
    design: SensitivityDesign,
) -> Option<Indices> {
    let ranks = kept.iter().skip(position).step_by(n_areas).map(|rank| {
        let rank: u32 = (*rank).into();
        (rank > 0).then(|| f64::from(rank) / scale)
    });
    let values: Vec<f64> = ranks.collect::<Option<_>>()?;
    let matrices = by_matrix(&values, runs_a_row);
    let runs = Runs { a: &matrices[0], b: &matrices[1], mixed: &matrices[2..] };
    Some(sobol::indices(runs, design.resamples, design.level, design.seed))
}

/// What the estimators of every area's rank need, summed over the rows. Ranks are whole numbers,
/// so that the sums are exact up to 2^53.
struct AreaSums {
    n_areas: usize,
    n_inputs: usize,
    /// Tile by tile; in a tile kind by kind: missing ranks, sums of A and B and of their squares,
    /// then for each input the sums of the mixed values, of B times mixed less A, and of that
    /// difference squared. So each line is read in order while rows are added.
    sums: Vec<f64>,
}

/// Kinds of sums that do not belong to an input, and those of an input.
const KINDS: usize = 5;
const KINDS_OF_INPUT: usize = 3;

impl AreaSums {
    fn new(n_areas: usize, n_inputs: usize) -> Self {
        let kinds = KINDS + KINDS_OF_INPUT * n_inputs;
        Self { n_areas, n_inputs, sums: vec![0.0; n_areas * kinds] }
    }

    fn add<T: Cell>(&mut self, ranks: &[T], good: &[usize]) {
        let (n_areas, n_inputs) = (self.n_areas, self.n_inputs);
        let kinds = KINDS + KINDS_OF_INPUT * n_inputs;
        self.sums.par_chunks_mut(kinds * TILE).enumerate().for_each(|(tile, sums)| {
            let (start, n) = (tile * TILE, sums.len() / kinds);
            let (mut a, mut b, mut m) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
            for row in good {
                let read = |to: &mut [f64], k: usize| {
                    let from = &ranks[(row * (n_inputs + 2) + k) * n_areas + start..][..n];
                    to.iter_mut().zip(from).for_each(|(to, rank)| *to = f64::from((*rank).into()));
                };
                read(&mut a, 0);
                read(&mut b, 1);
                let (of_all, of_inputs) = sums.split_at_mut(KINDS * n);
                let mut kind = of_all.chunks_exact_mut(n);
                let mut next = || kind.next().expect("KINDS lines").iter_mut();
                let missing = |x: &f64| f64::from(u8::from(*x == 0.0));
                next().zip(a.iter().zip(&b)).for_each(|(s, (a, b))| *s += missing(a) + missing(b));
                next().zip(&a).for_each(|(sum, a)| *sum += a);
                next().zip(&b).for_each(|(sum, b)| *sum += b);
                next().zip(&a).for_each(|(sum, a)| *sum += a * a);
                next().zip(&b).for_each(|(sum, b)| *sum += b * b);
                for (input, sums) in of_inputs.chunks_exact_mut(KINDS_OF_INPUT * n).enumerate() {
                    read(&mut m, 2 + input);
                    of_all[..n].iter_mut().zip(&m).for_each(|(sum, m)| *sum += missing(m));
                    let (mixed, rest) = sums.split_at_mut(n);
                    let (product, square) = rest.split_at_mut(n);
                    mixed.iter_mut().zip(&m).for_each(|(sum, m)| *sum += m);
                    let runs = a.iter().zip(&b).zip(&m);
                    for ((product, square), ((a, b), m)) in product.iter_mut().zip(square).zip(runs)
                    {
                        let change = m - a;
                        *product += b * change;
                        *square += change * change;
                    }
                }
            }
        });
    }

    /// The indices of the rank at a position, by the formulas of [`sobol`], without intervals.
    fn indices(&self, position: usize, n_rows: usize, scale: f64) -> Option<Indices> {
        let kinds = KINDS + KINDS_OF_INPUT * self.n_inputs;
        let (tile, at) = (position / TILE, position % TILE);
        let n = TILE.min(self.n_areas - tile * TILE);
        let sum = |kind: usize| self.sums[tile * TILE * kinds + kind * n + at];
        if sum(0) > 0.0 {
            return None;
        }
        let of_input = |input: usize, kind: usize| sum(KINDS + KINDS_OF_INPUT * input + kind);
        let rows = n_rows as f64;
        let mixed: f64 = (0..self.n_inputs).map(|input| of_input(input, 0)).sum();
        let centre = (sum(1) + sum(2) + mixed) / (rows * (self.n_inputs + 2) as f64);
        let mean = (sum(1) + sum(2)) / (2.0 * rows);
        let variance = ((sum(3) + sum(4)) / (2.0 * rows) - mean * mean).max(0.0);
        let estimate = |sum: f64| {
            let value = if variance > 0.0 { sum / rows / variance } else { 0.0 };
            Estimate { value, low: f64::NAN, high: f64::NAN }
        };
        let inputs = || 0..self.n_inputs;
        let first = inputs().map(|i| estimate(of_input(i, 1) - centre * (of_input(i, 0) - sum(1))));
        let total = inputs().map(|i| estimate(of_input(i, 2) / 2.0));
        Some(Indices {
            variance: variance / (scale * scale),
            first: first.collect(),
            total: total.collect(),
        })
    }
}

/// As for very many areas: sums instead of kept ranks.
#[cfg(test)]
pub(super) fn computed_without_intervals(
    analysis: &Analysis,
    plan: &Plan<'_>,
    space: &Space,
    design: SensitivityDesign,
) -> Sensitivity {
    let study = Study::of(analysis, plan, space, design.seed).unwrap();
    let cube = Cube::of(&study).unwrap();
    computed::<u32>(&study, &cube, design, 0, Watch::none()).unwrap()
}

fn notices(found: &Sensitivity, study: &Study<'_>, keeps: bool) -> Vec<Notice> {
    let mut notices = Vec::new();
    if !found.refused.is_empty() {
        let items = found.refused.iter().map(|r| format!("{}: {}", r.label, r.reason));
        notices.push(Notice::warning("sensitivity.refused").about(items.collect()));
    }
    if !found.failed.is_empty() {
        let items = found.failed.iter().map(|(run, reason)| format!("{run}: {reason}"));
        notices.push(
            Notice::warning("sensitivity.failed")
                .with("rows", found.design.points as usize - found.n_rows)
                .about(items.collect()),
        );
    }
    match study.basis {
        RuleBasis::Cut | RuleBasis::Whole => {}
        RuleBasis::NoRule => notices.push(Notice::note("sensitivity.no-rule")),
        RuleBasis::TooMany => {
            let limit = super::replicate::RULE_LIMIT;
            notices.push(Notice::warning("uncertainty.rule-not-evaluated").with("limit", limit));
        }
    }
    let constant = |o: &&OutputIndices| o.indices.variance == 0.0;
    for output in found.outputs.iter().filter(constant) {
        let key = match output.output {
            Output::RankShift => "sensitivity.no-variance-rank-shift",
            Output::SelectionChanges => "sensitivity.no-variance-selection",
        };
        notices.push(Notice::warning(key));
    }
    let estimates = || {
        let outputs = found.outputs.iter();
        outputs.flat_map(|o| o.indices.first.iter().zip(&o.indices.total))
    };
    if estimates().any(|(first, total)| first.value < 0.0 || total.value < 0.0) {
        notices.push(Notice::note("sensitivity.negative"));
    }
    if estimates().any(|(first, total)| total.value < first.value) {
        let more = found.design.points.saturating_mul(4).min(MAX_POINTS);
        notices.push(Notice::note("sensitivity.total-below-first").with("more", more));
    }
    let n_without = found.areas.iter().filter(|area| area.is_none()).count();
    if n_without > 0 {
        notices.push(Notice::note("sensitivity.areas-without").with("n", n_without));
    }
    if !keeps {
        notices.push(Notice::note("sensitivity.areas-no-intervals"));
    }
    notices
}
