//! What does a definition do, in words?
//!
//! Sentences that are made from the definition itself, so that the words cannot drift from the
//! numbers. Each method is named with its formula and with its weakness.

use crate::aggregate::{Aggregation, MissingPolicy};
use crate::analysis::ties_key;
use crate::index::plan::{Child, LevelPlan};
use crate::index::{IndexDefinition, Indicator, Level, Plan};
use crate::indicator::Direction;
use crate::language::{Language, message, number};
use crate::normalise::{Cap, Divisor, Normalisation, RankShare};
use crate::rank::First;
use crate::treat::{Imputation, Treatment};
use crate::weight::Weighting;

use super::digits::plain;
use super::text::direction_key;

/// The method in words: one paragraph a step, from the indicators to the ranks.
///
/// Indicators and levels with the same settings share one sentence. Weights are printed as used
/// and as a share of all weight, which is what an indicator counts for in an arithmetic mean.
pub fn method_in_words(
    definition: &IndexDefinition,
    plan: &Plan<'_>,
    language: Language,
) -> Vec<String> {
    let words = Words { definition, plan, language };
    let mut out = vec![words.introduction()];
    out.extend(plan.levels().iter().map(|level| words.children(level)));
    out.push(words.of_indicators("imputation", |indicator| {
        words.imputation(definition.imputation(indicator))
    }));
    out.push(words.of_indicators("treatment", |indicator| {
        words.treatments(definition.treatments(indicator))
    }));
    out.push(words.of_indicators("normalisation", |indicator| words.scaling(indicator)));
    out.extend(words.levels());
    out.push(words.ranking());
    out.extend(definition.note.iter().map(|note| note.get(language).to_owned()));
    out
}

/// The name of an aggregation, as a heading has it.
pub(super) fn aggregation_name(method: Aggregation, language: Language) -> String {
    let key = match method {
        Aggregation::ArithmeticMean {} => "explain.name-arithmetic",
        Aggregation::GeometricMean {} => "explain.name-geometric",
        Aggregation::HarmonicMean {} => "explain.name-harmonic",
        Aggregation::PowerMean { p } => {
            return message(language, "explain.name-power", &[("p", &plain(p, language))]);
        }
    };
    message(language, key, &[])
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
        Normalisation::Goalposts { low, high, scale, .. } => say(
            "explain.name-goalposts",
            &[("low", &n(low)), ("high", &n(high)), ("scale", &n(scale))],
        ),
        Normalisation::Rank { .. } => say("explain.name-rank", &[("high_end", &high_end)]),
        Normalisation::Percentile { share, .. } => say(
            "explain.name-percentile",
            &[("share", share_formula(share)), ("high_end", &high_end)],
        ),
        Normalisation::Exponential { k, share, .. } => say(
            "explain.name-exponential",
            &[("k", &n(k)), ("share", share_formula(share)), ("high_end", &high_end)],
        ),
    }
}

/// Which areas have the small and the large numbers.
fn ends(direction: Direction, language: Language) -> (String, String) {
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
    }
}

struct Words<'a> {
    definition: &'a IndexDefinition,
    plan: &'a Plan<'a>,
    language: Language,
}

impl Words<'_> {
    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        message(self.language, &format!("explain.{key}"), values)
    }

    fn plain(&self, x: f64) -> String {
        plain(x, self.language)
    }

    fn introduction(&self) -> String {
        let definition = self.definition;
        let key = if definition.domains.is_empty() { "intro" } else { "intro-domains" };
        let said = self.say(
            key,
            &[
                ("title", definition.title.get(self.language)),
                ("id", &definition.id),
                ("n", &definition.indicators.len().to_string()),
                ("domains", &definition.domains.len().to_string()),
                ("source", &definition.source),
            ],
        );
        format!("{said} {}", message(self.language, direction_key(definition.direction), &[]))
    }

    /// What a level is made of and what each child counts for.
    fn children(&self, level: &LevelPlan) -> String {
        let effective = self.plan.effective_weights();
        let items = level.children.iter().zip(&level.weights).map(|(child, &weight)| {
            let weight = self.plain(weight);
            match *child {
                Child::Domain(at) => {
                    let title = self.definition.domains[at].title.get(self.language);
                    (title.to_owned(), self.say("weight", &[("weight", &weight)]))
                }
                Child::Indicator(at) => {
                    let indicator = &self.definition.indicators[at];
                    let direction = match indicator.direction {
                        Direction::HigherIsWorse => "higher-is-worse",
                        Direction::HigherIsBetter => "higher-is-better",
                    };
                    let share = number(effective[at] * 100.0, 1, self.language);
                    let about = self.say(
                        "indicator",
                        &[
                            ("unit", &indicator.unit),
                            ("direction", &self.say(direction, &[])),
                            ("weight", &weight),
                            ("share", &share),
                        ],
                    );
                    (indicator.title.get(self.language).to_owned(), about)
                }
            }
        });
        let items: Vec<String> = grouped(items)
            .into_iter()
            .map(|(titles, about)| format!("{} ({about})", titles.join(", ")))
            .collect();
        self.say("made-of", &[("level", &self.level_name(level)), ("items", &items.join("; "))])
    }

    fn level_name(&self, level: &LevelPlan) -> String {
        match level.domain {
            Some(at) => {
                let title = self.definition.domains[at].title.get(self.language);
                self.say("the-domain", &[("title", title)])
            }
            None => self.say("the-score", &[]),
        }
    }

    /// One paragraph on a step, with one sentence for all indicators that are treated alike.
    fn of_indicators(&self, key: &str, what: impl Fn(&Indicator) -> String) -> String {
        let title = |indicator: &Indicator| indicator.title.get(self.language).to_owned();
        let groups = grouped(
            self.definition.indicators.iter().map(|indicator| (title(indicator), what(indicator))),
        );
        let all = groups.len() == 1;
        let sentences: Vec<String> = groups
            .into_iter()
            .map(|(titles, what)| {
                let who = if all { self.say("all-indicators", &[]) } else { titles.join(", ") };
                format!("{who}: {what}")
            })
            .collect();
        format!("{} {}", self.say(key, &[]), sentences.join(" "))
    }

    fn imputation(&self, method: &Imputation) -> String {
        let key = match method {
            Imputation::None {} => "impute-none",
            Imputation::Mean {} => "impute-mean",
            Imputation::Median {} => "impute-median",
            Imputation::GroupMean {} => "impute-group-mean",
            Imputation::GroupMedian {} => "impute-group-median",
        };
        self.say(key, &[])
    }

    fn treatments(&self, treatments: &[Treatment]) -> String {
        if treatments.is_empty() {
            return self.say("treat-none", &[]);
        }
        treatments
            .iter()
            .map(|treatment| self.treatment(treatment))
            .collect::<Vec<_>>()
            .join(&format!(" {} ", self.say("then", &[])))
    }

    fn treatment(&self, treatment: &Treatment) -> String {
        match *treatment {
            Treatment::WinsorisePercentiles { low, high } => self
                .say("treat-winsorise", &[("low", &self.plain(low)), ("high", &self.plain(high))]),
            Treatment::Cap { low, high } => match (low, high) {
                (Some(low), Some(high)) => {
                    self.say("treat-cap", &[("low", &self.plain(low)), ("high", &self.plain(high))])
                }
                (Some(low), None) => self.say("treat-cap-low", &[("low", &self.plain(low))]),
                (None, Some(high)) => self.say("treat-cap-high", &[("high", &self.plain(high))]),
                (None, None) => self.say("treat-none", &[]),
            },
            Treatment::Log { offset: 0.0 } => self.say("treat-log", &[]),
            Treatment::Log { offset } => {
                self.say("treat-log-offset", &[("offset", &self.plain(offset))])
            }
            Treatment::Round { decimals } => {
                self.say("treat-round", &[("n", &decimals.to_string())])
            }
        }
    }

    fn scaling(&self, indicator: &Indicator) -> String {
        let Some(method) = self.definition.normalisation(indicator) else {
            return String::new();
        };
        let said = self.normalisation(method);
        match self.definition.rounding(indicator) {
            Some(decimals) => {
                format!("{said} {}", self.say("rounded-to", &[("n", &decimals.to_string())]))
            }
            None => said,
        }
    }

    /// Formula and weakness, and the tie rule where there are ranks.
    fn normalisation(&self, method: &Normalisation) -> String {
        let (_, high_end) = ends(self.definition.direction, self.language);
        let name = normalisation_name(method, self.definition.direction, self.language);
        let (weakness, more) = match *method {
            Normalisation::AsIs {} => ("weak-as-is", String::new()),
            Normalisation::MinMax { .. } => ("weak-min-max", String::new()),
            Normalisation::ZScore { divisor, .. } => {
                let divisor = match divisor {
                    Divisor::Sample => "divisor-sample",
                    Divisor::Population => "divisor-population",
                };
                ("weak-z-score", format!(" ({})", self.say(divisor, &[])))
            }
            Normalisation::Goalposts { cap, .. } => {
                let cap = match cap {
                    Cap::None => "cap-none",
                    Cap::High => "cap-high",
                    Cap::Both => "cap-both",
                };
                ("weak-goalposts", format!(" ({})", self.say(cap, &[])))
            }
            Normalisation::Rank { .. } => ("weak-rank", String::new()),
            Normalisation::Percentile { .. } => ("weak-percentile", String::new()),
            Normalisation::Exponential { .. } => ("weak-exponential", String::new()),
        };
        let ties =
            method.ties().map(|ties| format!(" {}", message(self.language, ties_key(ties), &[])));
        format!(
            "{name}{more}. {}{}",
            self.say(weakness, &[("high_end", &high_end)]),
            ties.unwrap_or_default()
        )
    }

    /// One paragraph for all levels with the same rules.
    fn levels(&self) -> Vec<String> {
        let levels = self.plan.levels().iter();
        let groups = grouped(
            levels.map(|level| (self.level_name(level), self.rules(self.plan.level(level.domain)))),
        );
        groups
            .into_iter()
            .map(|(names, rules)| {
                self.say("combined", &[("levels", &names.join(", ")), ("rules", &rules)])
            })
            .collect()
    }

    fn rules(&self, level: &Level) -> String {
        let mut out = vec![self.aggregation(level.aggregate)];
        let weights = match (level.weights, level.renormalise) {
            (Weighting::Equal {}, _) => "weights-equal",
            (Weighting::Given {}, true) => "weights-renormalised",
            (Weighting::Given {}, false) => "weights-given",
        };
        out.push(self.say(weights, &[]));
        out.push(match level.missing {
            MissingPolicy::Propagate => self.say("missing-propagate", &[]),
            MissingPolicy::AvailableWeight { at_least } => {
                let share = self.plain(at_least * 100.0);
                self.say("missing-available-weight", &[("share", &share)])
            }
        });
        if let Some(decimals) = level.round_before {
            out.push(self.say("rounded-before", &[("n", &decimals.to_string())]));
        }
        if let Some(method) = &level.normalise {
            let said = self.normalisation(method);
            out.push(self.say("then-normalised", &[("method", &said)]));
        }
        if let Some(decimals) = level.round {
            out.push(self.say("rounded-to", &[("n", &decimals.to_string())]));
        }
        out.join(" ")
    }

    fn aggregation(&self, method: Aggregation) -> String {
        let key = match method {
            Aggregation::ArithmeticMean {} => "aggregate-arithmetic",
            Aggregation::GeometricMean {} => "aggregate-geometric",
            Aggregation::HarmonicMean {} => "aggregate-harmonic",
            Aggregation::PowerMean { p } => {
                return self.say("aggregate-power", &[("p", &self.plain(p))]);
            }
        };
        self.say(key, &[])
    }

    fn ranking(&self) -> String {
        let rule = self.definition.ranking;
        let first = match rule.first {
            First::Worst => "rank-worst-first",
            First::Best => "rank-best-first",
        };
        let rounding = match rule.round {
            Some(decimals) => self.say("rank-rounded", &[("n", &decimals.to_string())]),
            None => self.say("rank-not-rounded", &[]),
        };
        let ties = message(self.language, ties_key(rule.ties), &[]);
        format!("{} {rounding} {ties} {}", self.say(first, &[]), self.say("rank-classes", &[]))
    }
}

/// Names of which the same is said, in the order in which they come first.
fn grouped(items: impl Iterator<Item = (String, String)>) -> Vec<(Vec<String>, String)> {
    let mut groups: Vec<(Vec<String>, String)> = Vec::new();
    for (name, what) in items {
        match groups.iter_mut().find(|(_, said)| *said == what) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], what)),
        }
    }
    groups
}
