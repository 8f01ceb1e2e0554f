//! Which areas take part?

use super::AllocateError;
use super::base::{FundingBase, POPULATION, READINESS};
use super::model::{Eligibility, FigureLimit, ModelFile, ReadinessCounts};
use crate::money::Money;

/// Whether an area takes part, and by what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Eligible {
    /// It does.
    pub takes_part: bool,
    /// A figure that decides is missing; it then does not take part.
    pub undecided: bool,
    /// The figure that was compared, where one was.
    pub figure: Option<f64>,
    /// The limit that it was compared with.
    pub limit: Option<f64>,
    /// It would take part but for its readiness.
    pub not_ready: bool,
}

impl Eligible {
    fn plain(takes_part: bool) -> Self {
        Self { takes_part, undecided: false, figure: None, limit: None, not_ready: false }
    }

    fn maybe(answer: Option<bool>) -> Self {
        Self { undecided: answer.is_none(), ..Self::plain(answer == Some(true)) }
    }
}

/// The answer for each area, in the order of the base.
pub(super) fn eligible(
    model: &ModelFile,
    base: &FundingBase,
) -> Result<Vec<Eligible>, AllocateError> {
    let n = base.areas.len();
    let mut all = match &model.eligibility {
        Eligibility::All {} => vec![Eligible::plain(true); n],
        Eligibility::List { areas } => {
            let mut all = vec![Eligible::plain(false); n];
            for id in areas {
                all[base.area(id)?].takes_part = true;
            }
            all
        }
        Eligibility::Funded {} => {
            (0..n).map(|at| Eligible::plain(base.today_of(at) > Money::ZERO)).collect()
        }
        Eligibility::Selected {} | Eligibility::Rule { .. } => match &base.selected {
            Some(answers) => answers.iter().map(|answer| Eligible::maybe(*answer)).collect(),
            None => return Err(AllocateError::NoSelection { id: model.id.clone() }),
        },
        Eligibility::Figure { figure, op, limit } => {
            let values = base.figure(figure)?;
            let limit = limit_of(*limit, values, base)?;
            values
                .iter()
                .map(|x| Eligible {
                    figure: Some(*x),
                    limit: Some(limit),
                    ..Eligible::maybe((!x.is_nan()).then(|| op.holds(*x, limit)))
                })
                .collect()
        }
    };
    if let Some(wanted) = &model.readiness
        && let ReadinessCounts::Gate { at_least } = wanted.counts
    {
        for (area, score) in all.iter_mut().zip(readiness(base)?) {
            if area.takes_part && score.is_nan() {
                *area = Eligible { takes_part: false, undecided: true, ..*area };
            } else if area.takes_part && *score < at_least {
                *area = Eligible { takes_part: false, not_ready: true, ..*area };
            }
        }
    }
    Ok(all)
}

/// The scores of plans and cooperation, each 0..1.
pub(super) fn readiness(base: &FundingBase) -> Result<&[f64], AllocateError> {
    let scores = base.figure(READINESS)?;
    match scores.iter().position(|x| !x.is_nan() && !(0.0..=1.0).contains(x)) {
        Some(at) => Err(AllocateError::parameter(
            format!("the readiness of {} is {}", base.areas[at].label(), scores[at]),
            "readiness is a score from 0 to 1",
        )),
        None => Ok(scores),
    }
}

fn limit_of(limit: FigureLimit, values: &[f64], base: &FundingBase) -> Result<f64, AllocateError> {
    let mean = |weights: &[f64]| {
        let rows = values.iter().zip(weights).filter(|(x, w)| !x.is_nan() && !w.is_nan());
        let (sum, weight) = rows.fold((0.0, 0.0), |(s, all), (x, w)| (s + x * w, all + w));
        sum / weight
    };
    Ok(match limit {
        FigureLimit::Value(value) => value,
        FigureLimit::Mean(times) => times * mean(&vec![1.0; values.len()]),
        FigureLimit::WeightedMean(times) => times * mean(base.figure(POPULATION)?),
    })
}
