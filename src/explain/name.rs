//! What is a method called, with its parameters?

use crate::aggregate::Aggregation;
use crate::indicator::Direction;
use crate::language::{Language, message};
use crate::normalise::{AllYears, Beyond, Normalisation, RankShare, Reference, Years};

use super::digits::plain;

/// The part of the catalogue's keys that stands for an aggregation.
pub(super) fn aggregation_key(method: &Aggregation) -> &'static str {
    match method {
        Aggregation::ArithmeticMean {} => "arithmetic",
        Aggregation::GeometricMean {} => "geometric",
        Aggregation::Product {} => "product",
        Aggregation::HarmonicMean {} => "harmonic",
        Aggregation::PowerMean { .. } => "power",
        Aggregation::Median {} => "median",
        Aggregation::Minimum {} => "minimum",
        Aggregation::Maximum {} => "maximum",
        Aggregation::MeanOfLargest { .. } => "mean-of-largest",
        Aggregation::MeanOfSmallest { .. } => "mean-of-smallest",
        Aggregation::Owa { .. } => "owa",
        Aggregation::MeanMin { .. } => "mean-min",
        Aggregation::Mpi { .. } => "mpi",
        Aggregation::Count { .. } => "count",
        Aggregation::Waspas { .. } => "waspas",
        Aggregation::Copeland {} => "copeland",
        Aggregation::SumOfRanks { .. } => "sum-of-ranks",
        Aggregation::BenefitOfDoubt { .. } => "benefit-of-doubt",
        Aggregation::Topsis {} => "topsis",
        Aggregation::Vikor { .. } => "vikor",
        Aggregation::Promethee {} => "promethee",
    }
}

/// The name of an aggregation, as a heading has it.
pub(super) fn aggregation_name(method: &Aggregation, language: Language) -> String {
    let n = |x: f64| plain(x, language);
    let say = |values: &[(&str, &str)]| {
        message(language, &format!("explain.name-{}", aggregation_key(method)), values)
    };
    match *method {
        Aggregation::PowerMean { p } => say(&[("p", &n(p))]),
        Aggregation::MeanOfLargest { count } | Aggregation::MeanOfSmallest { count } => {
            say(&[("n", &count.to_string())])
        }
        Aggregation::MeanMin { alpha, beta } => say(&[("alpha", &n(alpha)), ("beta", &n(beta))]),
        Aggregation::Count { operator, limit } => {
            say(&[("sign", beyond_sign(operator)), ("limit", &n(limit))])
        }
        Aggregation::Waspas { lambda } => say(&[("lambda", &n(lambda))]),
        Aggregation::Vikor { v } => say(&[("v", &n(v))]),
        Aggregation::ArithmeticMean {}
        | Aggregation::GeometricMean {}
        | Aggregation::Product {}
        | Aggregation::HarmonicMean {}
        | Aggregation::Median {}
        | Aggregation::Minimum {}
        | Aggregation::Maximum {}
        | Aggregation::Owa { .. }
        | Aggregation::Mpi { .. }
        | Aggregation::Copeland {}
        | Aggregation::SumOfRanks { .. }
        | Aggregation::BenefitOfDoubt { .. }
        | Aggregation::Topsis {}
        | Aggregation::Promethee {} => say(&[]),
    }
}

/// The name of a normalisation with its parameters, as a line of a chain has it.
///
/// `direction` is that of the score: it says at which end the method's numbers are large.
pub(super) fn normalisation_name(
    method: &Normalisation,
    direction: Direction,
    language: Language,
) -> String {
    let n = |x| plain(x, language);
    let say = |key: &str, values: &[(&str, &str)]| message(language, key, values);
    let (low_end, high_end) = ends(direction, language);
    match *method {
        Normalisation::AsIs {} => say("explain.name-as-is", &[]),
        Normalisation::MinMax { low, high } => say(
            "explain.name-min-max",
            &[("low", &n(low)), ("high", &n(high)), ("low_end", &low_end), ("high_end", &high_end)],
        ),
        Normalisation::ZScore { mean, sd, .. } => {
            say("explain.name-z-score", &[("mean", &n(mean)), ("sd", &n(sd))])
        }
        Normalisation::WeightedZScore { mean, sd } => {
            say("explain.name-weighted-z-score", &[("mean", &n(mean)), ("sd", &n(sd))])
        }
        Normalisation::Goalposts { low, high, scale, .. } => say(
            "explain.name-goalposts",
            &[("low", &n(low)), ("high", &n(high)), ("scale", &n(scale))],
        ),
        Normalisation::Rank { .. } => say("explain.name-rank", &[("high_end", &high_end)]),
        Normalisation::Borda { .. } => say("explain.name-borda", &[("high_end", &high_end)]),
        Normalisation::Percentile { share, .. } => say(
            "explain.name-percentile",
            &[("share", share_formula(share)), ("high_end", &high_end)],
        ),
        Normalisation::Exponential { k, share, .. } => say(
            "explain.name-exponential",
            &[("k", &n(k)), ("share", share_formula(share)), ("high_end", &high_end)],
        ),
        Normalisation::PeoplePercentile {} => {
            say("explain.name-people-percentile", &[("low_end", &low_end)])
        }
        Normalisation::NormalScores { share, .. } => say(
            "explain.name-normal-scores",
            &[("share", share_formula(share)), ("high_end", &high_end)],
        ),
        Normalisation::DistanceToMax {} => {
            say("explain.name-distance-to-max", &[("high_end", &high_end)])
        }
        Normalisation::DistanceToReference { .. } => {
            say("explain.name-distance-to-reference", &[("low_end", &low_end)])
        }
        Normalisation::DistanceToTarget { target, .. } => {
            say("explain.name-distance-to-target", &[("target", &n(target)), ("low_end", &low_end)])
        }
        Normalisation::FractionOfMax { scale } => {
            say("explain.name-fraction-of-max", &[("high_end", &high_end), ("scale", &n(scale))])
        }
        Normalisation::ExponentialOfShare { k } => {
            say("explain.name-exponential-of-share", &[("k", &n(k)), ("high_end", &high_end)])
        }
        Normalisation::FractionOfSum {} => say("explain.name-fraction-of-sum", &[]),
        Normalisation::Vector {} => say("explain.name-vector", &[]),
        Normalisation::Flag { operator, limit } => {
            say("explain.name-flag", &[("sign", beyond_sign(operator)), ("limit", &n(limit))])
        }
        Normalisation::AdjustedGoalpost { .. } => say("explain.name-adjusted-goalpost", &[]),
    }
}

/// The areas or the table that a scale is measured by, as the object of a sentence.
pub(super) fn reference_name(reference: &Reference, language: Language) -> String {
    match reference {
        Reference::Areas(areas) => {
            message(language, "explain.reference-areas", &[("n", &areas.len().to_string())])
        }
        Reference::Parent(parent) => {
            message(language, "explain.reference-parent", &[("parent", parent)])
        }
        Reference::Years(Years::Word(AllYears::All)) => {
            message(language, "explain.reference-all-years", &[])
        }
        Reference::Years(Years::These(years)) => {
            let years: Vec<String> = years.iter().map(i32::to_string).collect();
            message(language, "explain.reference-years", &[("years", &years.join(", "))])
        }
        Reference::Fixed(_) => message(language, "explain.reference-fixed", &[]),
    }
}

/// The sign that stands between a value and its limit.
pub(super) fn beyond_sign(operator: Beyond) -> &'static str {
    match operator {
        Beyond::AtLeast => "≥",
        Beyond::Above => ">",
        Beyond::AtMost => "≤",
        Beyond::Below => "<",
    }
}

/// Which areas have the small and the large numbers.
pub(super) fn ends(direction: Direction, language: Language) -> (String, String) {
    let best = message(language, "explain.best", &[]);
    let worst = message(language, "explain.worst", &[]);
    match direction {
        Direction::HigherIsWorse => (best, worst),
        Direction::HigherIsBetter => (worst, best),
    }
}

/// A rank share in letters: `n` areas, and `r` is 1 where the share is largest.
fn share_formula(share: RankShare) -> &'static str {
    match share {
        RankShare::RankOverN => "(n + 1 − r) / n",
        RankShare::RankLessOneOverN => "(n − r) / n",
        RankShare::RankLessHalfOverN => "(n + ½ − r) / n",
        RankShare::RankLessOneOverNLessOne => "(n − r) / (n − 1)",
        RankShare::RankOverNPlusOne => "(n + 1 − r) / (n + 1)",
        RankShare::Blom => "(n + ⅝ − r) / (n + ¼)",
        RankShare::Tukey => "(n + ⅔ − r) / (n + ⅓)",
    }
}
