//! Which sum does a reader type into a calculator?
//!
//! Formulas with their numbers filled in, in the signs `+ − × / ^ ln( ) exp( )`.

use crate::language::Language;
use crate::normalise::{Cap, Normalisation, RankShare};

use super::chain::{LevelChain, NormaliseStep, RateStep};
use super::combine::Sums;
use super::digits::{operand, plain, result};
use super::scale::capped;

/// `name = expression = result`; `name` is a letter that a later line uses.
pub(super) struct Line {
    pub(super) name: Option<&'static str>,
    pub(super) expression: String,
    pub(super) result: String,
}

impl Line {
    fn of(expression: String, x: f64, language: Language) -> Self {
        Self { name: None, expression, result: result(x, language) }
    }
}

/// How a rate comes from its counts.
pub(super) fn rate(step: &RateStep, language: Language) -> Line {
    let n = |x| operand(x, language);
    let rate = format!("{} / {} × {}", n(step.numerator), n(step.denominator), n(step.per));
    let expression = match step.complement_of {
        Some(whole) => format!("{} − {rate}", n(whole)),
        None => rate,
    };
    Line::of(expression, step.result, language)
}

/// How a value becomes comparable, one or two lines.
pub(super) fn normalisation(step: &NormaliseStep, language: Language) -> Vec<Line> {
    let n = |x| operand(x, language);
    let line = |expression: String| Line::of(expression, step.result, language);
    let difference = |from: f64, to: f64| {
        if step.turned {
            format!("({} − {})", n(to), n(step.input))
        } else {
            format!("({} − {})", n(step.input), n(from))
        }
    };
    match step.method {
        Normalisation::AsIs {} if step.turned => vec![line(format!("−{}", n(step.input)))],
        Normalisation::AsIs {} => vec![line(plain(step.input, language))],
        Normalisation::MinMax { low, high } => {
            let share =
                format!("{} / ({} − {})", difference(step.min, step.max), n(step.max), n(step.min));
            vec![line(placed(share, low, high - low, language))]
        }
        Normalisation::ZScore { mean, sd, .. } | Normalisation::WeightedZScore { mean, sd } => {
            let deviation = step.sd.unwrap_or(f64::NAN);
            let z = format!("{} / {}", difference(step.mean, step.mean), n(deviation));
            vec![line(placed(z, mean, sd, language))]
        }
        Normalisation::Goalposts { low, high, scale, cap } => {
            let share = format!("{} / ({} − {})", difference(low, high), n(high), n(low));
            let between = step.share.unwrap_or(f64::NAN);
            let bounded = capped(between, cap);
            match cap {
                Cap::High | Cap::Both if bounded != between => vec![
                    Line::of(share, between, language),
                    line(format!("{} × {}", n(bounded), n(scale))),
                ],
                Cap::None | Cap::High | Cap::Both => {
                    vec![line(placed(share, 0.0, scale, language))]
                }
            }
        }
        Normalisation::Rank { .. } => {
            vec![line(format!("{} + 1 − {}", n(step.n as f64), n(rank(step))))]
        }
        // A zero that stands apart has a line of its own.
        Normalisation::Percentile { .. } if step.rank.is_none() => Vec::new(),
        Normalisation::Percentile { share, .. } if step.n > 1 => {
            vec![line(rank_share(step, share, language))]
        }
        Normalisation::Percentile { .. } => vec![line(plain(step.result, language))],
        Normalisation::ExponentialOfShare { k } => {
            let share = step.share.unwrap_or(f64::NAN);
            let stretched =
                format!("−{} × ln(1 − {} × (1 − exp(−100 / {})))", n(k), n(share), n(k));
            let turned = || Line {
                name: Some("R"),
                expression: format!("1 − {}", n(step.input)),
                result: plain(share, language),
            };
            step.turned.then(turned).into_iter().chain([line(stretched)]).collect()
        }
        Normalisation::Exponential { k, share, .. } => {
            let of_rank = step.share.unwrap_or(f64::NAN);
            let stretched =
                format!("−{} × ln(1 − {} × (1 − exp(−100 / {})))", n(k), n(of_rank), n(k));
            let share = rank_share(step, share, language);
            vec![
                // In full, because the logarithm magnifies the last digits of a share near 1.
                Line { name: Some("R"), expression: share, result: plain(of_rank, language) },
                line(stretched),
            ]
        }
        // Their lines are among the step's own.
        Normalisation::Borda { .. }
        | Normalisation::PeoplePercentile {}
        | Normalisation::NormalScores { .. }
        | Normalisation::DistanceToMax {}
        | Normalisation::DistanceToReference { .. }
        | Normalisation::DistanceToTarget { .. }
        | Normalisation::FractionOfMax { .. }
        | Normalisation::FractionOfSum {}
        | Normalisation::Vector {}
        | Normalisation::Flag { .. }
        | Normalisation::AdjustedGoalpost { .. } => Vec::new(),
    }
}

/// `start + share × width`, without what changes nothing.
fn placed(share: String, start: f64, width: f64, language: Language) -> String {
    let n = |x| operand(x, language);
    let stretched = if width == 1.0 { share } else { format!("{share} × {}", n(width)) };
    if start == 0.0 { stretched } else { format!("{} + {stretched}", n(start)) }
}

fn rank(step: &NormaliseStep) -> f64 {
    step.rank.unwrap_or(f64::NAN)
}

fn rank_share(step: &NormaliseStep, share: RankShare, language: Language) -> String {
    let n = operand(step.n as f64, language);
    let rank = operand(rank(step), language);
    match share {
        RankShare::RankOverN => format!("({n} + 1 − {rank}) / {n}"),
        RankShare::RankLessOneOverN => format!("({n} − {rank}) / {n}"),
        RankShare::RankLessHalfOverN => {
            format!("({n} + {} − {rank}) / {n}", plain(0.5, language))
        }
        RankShare::RankLessOneOverNLessOne => format!("({n} − {rank}) / ({n} − 1)"),
        RankShare::RankOverNPlusOne => format!("({n} + 1 − {rank}) / ({n} + 1)"),
        RankShare::Blom => {
            let (a, b) = (plain(0.625, language), plain(0.25, language));
            format!("({n} + {a} − {rank}) / ({n} + {b})")
        }
        RankShare::Tukey => format!("({n} + 2 / 3 − {rank}) / ({n} + 1 / 3)"),
    }
}

/// What one child adds: the expression without its result.
pub(super) fn term(sums: Sums, weight: &str, x: &str, language: Language) -> String {
    match sums {
        Sums::Arithmetic => format!("{weight} × {x}"),
        Sums::Geometric | Sums::Power(0.0) => format!("{weight} × ln({x})"),
        Sums::Harmonic => format!("{weight} / {x}"),
        Sums::Power(p) => format!("{weight} × {x}^{}", operand(p, language)),
    }
}

/// What a level makes of its sums; nothing for a plain sum.
pub(super) fn mean(level: &LevelChain, language: Language) -> Option<Line> {
    let n = |x| operand(x, language);
    let (sum, aggregate) = (level.sum_of_terms?, level.aggregate?);
    let weights = n(level.sum_of_weights);
    let expression = match Sums::of(&level.method) {
        Sums::Arithmetic => return None,
        Sums::Geometric => format!("exp({})", n(sum)),
        Sums::Harmonic => format!("{weights} / {}", n(sum)),
        Sums::Power(0.0) => format!("exp({} / {weights})", n(sum)),
        Sums::Power(p) => format!("({} / {weights})^(1 / {})", n(sum), n(p)),
    };
    Some(Line::of(expression, aggregate, language))
}
