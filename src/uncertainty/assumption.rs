//! Which assumptions vary, and which settings does a point of their cube stand for?
//!
//! Each assumption of the space that varies is one side of a unit cube. Discrete choices cut their
//! side into equal parts and a range is run through evenly. What takes many random numbers at once
//! (the weights, the sampling error, the gaps) reads its place on the side as the number of a
//! random stream: the same place always gives the same draw, places next to each other give draws
//! that have nothing to do with each other. The weights of the top level and those of the levels
//! below are two assumptions, so that a report can tell which of them matters.

use crate::language::{Language, message};

use super::alternative::ChoiceOf;
use super::draws::{DataStreams, Purpose, Settings, cut, stream};
use super::replicate::Study;
use super::space::{GapDraws, WeightSpread};

/// Steps in which a side is cut into random streams: what a point of [`super::sobol`] can tell
/// apart.
const STREAMS: f64 = (1_u32 << 24) as f64;

/// One assumption that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumption {
    /// The treatment of extreme values and gaps.
    Treatment,
    /// The normalisation.
    Normalisation,
    /// The areas that the indicators are compared with.
    Reference,
    /// The aggregation of these levels; of all where none is named.
    Aggregation {
        /// Ids of domains; `score` is the top.
        levels: Vec<String>,
    },
    /// Which of the given sets of weights.
    Scenario,
    /// The spread of the weights of the top level.
    TopWeights,
    /// The spread of the weights of all levels below.
    WeightsBelow,
    /// The constant of the exponential transformations.
    Exponential,
    /// Which indicator is left out, if any.
    LeaveOut,
    /// The sampling error of the rates.
    Sampling,
    /// The values that stand in for gaps.
    Gaps,
}

impl Assumption {
    /// A short name for tables, as the files spell it.
    pub fn id(&self) -> String {
        match self {
            Self::Treatment => "treatment".to_owned(),
            Self::Normalisation => "normalisation".to_owned(),
            Self::Reference => "reference".to_owned(),
            Self::Aggregation { levels } if levels.is_empty() => "aggregation".to_owned(),
            Self::Aggregation { levels } => format!("aggregation-{}", levels.join("+")),
            Self::Scenario => "scenario".to_owned(),
            Self::TopWeights => "weights-top".to_owned(),
            Self::WeightsBelow => "weights-below".to_owned(),
            Self::Exponential => "exponential".to_owned(),
            Self::LeaveOut => "leave-out".to_owned(),
            Self::Sampling => "sampling".to_owned(),
            Self::Gaps => "gaps".to_owned(),
        }
    }

    /// Its name for readers.
    pub fn title(&self, language: Language) -> String {
        let say = |key: &str| message(language, &format!("sensitivity.{key}"), &[]);
        match self {
            Self::Treatment => say("treatment"),
            Self::Normalisation => say("normalisation"),
            Self::Reference => say("reference"),
            Self::Aggregation { levels } if levels.is_empty() => say("aggregation"),
            Self::Aggregation { levels } => {
                let levels = levels.join(", ");
                message(language, "sensitivity.aggregation-of", &[("levels", &levels)])
            }
            Self::Scenario => say("scenario"),
            Self::TopWeights => say("weights-top"),
            Self::WeightsBelow => say("weights-below"),
            Self::Exponential => say("exponential"),
            Self::LeaveOut => say("leave-out"),
            Self::Sampling => say("sampling"),
            Self::Gaps => say("gaps"),
        }
    }
}

/// The cube of a study: its sides, and how its points become settings.
#[derive(Debug)]
pub(super) struct Cube<'a, 'b> {
    study: &'b Study<'a>,
    /// One assumption a side.
    pub(super) sides: Vec<Assumption>,
    /// Which of the options of each choice can be computed.
    options: Vec<Vec<usize>>,
}

/// The options cannot be combined freely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotFree {
    /// One combination that cannot be computed, though each of its options can.
    pub(super) example: String,
}

impl<'a, 'b> Cube<'a, 'b> {
    /// The cube of all options that can be computed at all.
    ///
    /// # Errors
    ///
    /// [`NotFree`] where two options can each be computed but not together: the sides of a cube
    /// are independent.
    pub(super) fn of(study: &'b Study<'a>) -> Result<Self, NotFree> {
        let space = study.space;
        let mut options: Vec<Vec<usize>> = vec![Vec::new(); study.choices.len()];
        for chosen in study.combination_of.keys() {
            for (options, option) in options.iter_mut().zip(chosen) {
                if !options.contains(option) {
                    options.push(*option);
                }
            }
        }
        options.iter_mut().for_each(|options| options.sort_unstable());
        if let Some(chosen) = first_gap(study, &options) {
            let parts = study.choices.iter().zip(&chosen);
            let parts = parts.map(|(choice, &at)| {
                format!("{}: {}", assumption_of(&choice.of).id(), choice.options[at])
            });
            return Err(NotFree { example: parts.collect::<Vec<_>>().join("; ") });
        }
        let mut sides: Vec<Assumption> = Vec::new();
        for (choice, options) in study.choices.iter().zip(&options) {
            if options.len() > 1 {
                sides.push(assumption_of(&choice.of));
            }
        }
        if !space.scenarios.is_empty() {
            sides.push(Assumption::Scenario);
        }
        if space.weights != WeightSpread::Fixed {
            let levels =
                study.plan.levels().iter().filter(|level| {
                    level.weights.iter().filter(|weight| **weight > 0.0).count() > 1
                });
            let (top, below): (Vec<_>, Vec<_>) = levels.partition(|level| level.domain.is_none());
            if !top.is_empty() {
                sides.push(Assumption::TopWeights);
            }
            if !below.is_empty() {
                sides.push(Assumption::WeightsBelow);
            }
        }
        if space.exponential.is_some_and(|range| range.low < range.high) {
            sides.push(Assumption::Exponential);
        }
        if space.leave_out > 0.0 && study.plan.definition().indicators.len() > 1 {
            sides.push(Assumption::LeaveOut);
        }
        if space.draws_values() {
            sides.push(Assumption::Sampling);
        }
        if space.gaps != GapDraws::None {
            sides.push(Assumption::Gaps);
        }
        Ok(Self { study, sides, options })
    }

    /// The settings at a point, one number in `0..1` a side.
    pub(super) fn settings(&self, run: u32, point: &[f64]) -> Settings {
        let drawer = &self.study.drawer;
        let space = self.study.space;
        let place = |wanted: &Assumption| {
            let side = self.sides.iter().position(|side| side == wanted);
            side.map(|side| point[side])
        };
        let number = |wanted: &Assumption| place(wanted).map_or(0, |u| (u * STREAMS) as u64);
        let chosen: Vec<usize> = self
            .study
            .choices
            .iter()
            .zip(&self.options)
            .map(|(choice, options)| {
                options[place(&assumption_of(&choice.of)).map_or(0, |u| cut(u, options.len()))]
            })
            .collect();
        let scenario = place(&Assumption::Scenario)
            .and_then(|u| cut(u, space.scenarios.len() + 1).checked_sub(1));
        let k = space.exponential.map(|range| {
            range.low + (range.high - range.low) * place(&Assumption::Exponential).unwrap_or(0.0)
        });
        let combination = self.study.combination_of[&chosen];
        let mut weights = drawer.scenario_weights(combination, scenario);
        let mut top = stream(drawer.seed, number(&Assumption::TopWeights), Purpose::TopWeights);
        let mut below =
            stream(drawer.seed, number(&Assumption::WeightsBelow), Purpose::WeightsBelow);
        for (at, (level, weights)) in self.study.plan.levels().iter().zip(&mut weights).enumerate()
        {
            let rng = if level.domain.is_none() { &mut top } else { &mut below };
            drawer.spread(at, weights, rng);
        }
        let left_out = place(&Assumption::LeaveOut)
            .filter(|u| *u < space.leave_out)
            .map(|u| cut(u / space.leave_out, self.study.plan.definition().indicators.len()));
        let data = DataStreams {
            sampling: number(&Assumption::Sampling),
            gaps: number(&Assumption::Gaps),
        };
        let drawn =
            Settings { replicate: run, combination, scenario, left_out: None, k, weights, data };
        drawer.without(drawn, left_out)
    }
}

fn assumption_of(choice: &ChoiceOf) -> Assumption {
    match choice {
        ChoiceOf::Treatment => Assumption::Treatment,
        ChoiceOf::Normalisation => Assumption::Normalisation,
        ChoiceOf::Reference => Assumption::Reference,
        ChoiceOf::Aggregation(levels) => Assumption::Aggregation { levels: levels.clone() },
    }
}

/// The first combination of these options that cannot be computed.
fn first_gap(study: &Study<'_>, options: &[Vec<usize>]) -> Option<Vec<usize>> {
    let n: usize = options.iter().map(Vec::len).product();
    (0..n)
        .map(|at| {
            let mut rest = at;
            let one = |options: &Vec<usize>| {
                let option = options[rest % options.len()];
                rest /= options.len();
                option
            };
            options.iter().map(one).collect::<Vec<_>>()
        })
        .find(|chosen| !study.combination_of.contains_key(chosen))
}
