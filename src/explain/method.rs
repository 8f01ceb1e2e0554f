//! What does a definition do, in words?
//!
//! Sentences that are made from the definition itself, so that the words cannot drift from the
//! numbers. Each method is named with its formula and with its weakness.

use crate::aggregate::{Aggregation, MissingPolicy};
use crate::analysis::ties_key;
use crate::explain::short_name;
use crate::index::plan::{Child, LevelPlan};
use crate::index::report;
use crate::index::{IndexDefinition, Indicator, Plan};
use crate::indicator::Direction;
use crate::language::{Language, message, number};
use crate::normalise::{Cap, Constant, Divisor, Normalisation, Reference, Within, Zeros};
use crate::rank::{ClassRule, Closed, Counted, First};
use crate::rate::standardised::AT_LEAST;
use crate::round::{Halves, Round};
use crate::treat::{Fallback, Imputation, SecondStage, Treatment};
use crate::weight::{Length, Weighting, WrongSign};

use super::digits::{in_sentence, plain};
use super::name::{aggregation_key, beyond_sign, ends, normalisation_name, reference_name};
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
    out.extend(words.denominations());
    out.extend(words.standardised());
    out.push(words.of_indicators("imputation", |indicator| {
        words.imputation(definition.imputation(indicator))
    }));
    out.push(words.of_indicators("treatment", |indicator| {
        words.treatments(definition.treatments(indicator))
    }));
    out.push(words.of_indicators("normalisation", |indicator| words.scaling(indicator)));
    out.extend(words.levels());
    out.extend(words.reported());
    out.push(words.ranking());
    out.extend(definition.note.iter().map(|note| note.get(language).to_owned()));
    out
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
                ("source", definition.source.get(self.language)),
            ],
        );
        format!("{said} {}", message(self.language, direction_key(definition.direction), &[]))
    }

    /// What a level is made of and what each child counts for.
    fn children(&self, level: &LevelPlan) -> String {
        let of_data = |weights: &Weighting| match weights {
            Weighting::Pca { .. }
            | Weighting::Factor { .. }
            | Weighting::Entropy {}
            | Weighting::Critic {}
            | Weighting::Optimised { .. } => true,
            Weighting::Given {} | Weighting::Equal {} | Weighting::Budget { .. } => false,
        };
        let computed = of_data(&self.plan.level(level.domain).weights);
        let mut levels = self.plan.levels().iter();
        let any_computed = levels.any(|level| of_data(&self.plan.level(level.domain).weights));
        let effective = self.plan.effective_weights();
        let items = level.children.iter().zip(&level.weights).map(|(child, &weight)| {
            let weight = if computed {
                self.say("weight-computed", &[])
            } else {
                self.say("weight", &[("weight", &in_sentence(weight, self.language))])
            };
            match *child {
                Child::Domain(at) => {
                    let title = self.definition.domains[at].title.get(self.language);
                    (title.to_owned(), weight)
                }
                Child::Indicator(at) => {
                    let indicator = &self.definition.indicators[at];
                    let direction = match indicator.direction {
                        Direction::HigherIsWorse => "higher-is-worse",
                        Direction::HigherIsBetter => "higher-is-better",
                    };
                    let direction = self.say(direction, &[]);
                    let mut about = vec![direction, weight];
                    if !indicator.unit.is_empty() {
                        about.insert(0, indicator.unit.clone());
                    }
                    let mut about = about.join("; ");
                    // Shares of all weight are not known before the data are there.
                    if !any_computed {
                        let share = number(effective[at] * 100.0, 1, self.language);
                        about.push_str(&self.say("share-of-weight", &[("share", &share)]));
                    }
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
            Imputation::Neighbours { fallback } => {
                let fallbacks: Vec<String> =
                    fallback.iter().map(|then| self.say(fallback_key(*then), &[])).collect();
                let said = self.say("impute-neighbours", &[]);
                return [vec![said], fallbacks].concat().join(" ");
            }
            Imputation::LastValue { years } => {
                return self.say("impute-last-value", &[("years", &years.to_string())]);
            }
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
            Treatment::WinsorisePercentiles { low, high, definition: _ } => self
                .say("treat-winsorise", &[("low", &self.plain(low)), ("high", &self.plain(high))]),
            Treatment::Power { p } => self.say("treat-power", &[("p", &self.plain(p))]),
            Treatment::ArcsineRoot { per } => {
                self.say("treat-arcsine-root", &[("per", &self.plain(per))])
            }
            Treatment::DistanceFrom { point } => {
                self.say("treat-distance-from", &[("point", &self.plain(point))])
            }
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
            Treatment::Round { decimals, halves } => {
                self.rounded("treat-round", Round { decimals, halves })
            }
            Treatment::SkewKurtosis { skew, kurtosis, max_points, max_share, then } => {
                let limits = max_points
                    .map(|n| self.say("limit-points", &[("n", &n.to_string())]))
                    .into_iter()
                    .chain(max_share.map(|share| {
                        self.say("limit-share", &[("share", &self.plain(share * 100.0))])
                    }))
                    .collect::<Vec<_>>();
                let values = [
                    ("skew", self.plain(skew)),
                    ("kurtosis", self.plain(kurtosis)),
                    ("limit", limits.join(", ")),
                    ("then", self.say(second_key(then), &[])),
                ];
                let values: Vec<(&str, &str)> =
                    values.iter().map(|(key, value)| (*key, value.as_str())).collect();
                self.say("treat-skew-kurtosis", &values)
            }
            Treatment::LogCt {} => self.say("treat-log-ct", &[]),
            Treatment::LogCtOrig {} => self.say("treat-log-ct-orig", &[]),
            Treatment::LogCtPlus {} => self.say("treat-log-ct-plus", &[]),
            Treatment::BoxCox { lambda: Some(lambda) } => {
                self.say("treat-box-cox", &[("lambda", &self.plain(lambda))])
            }
            Treatment::BoxCox { lambda: None } => self.say("treat-box-cox-fitted", &[]),
            Treatment::ShrinkToParent { centre: _ } => self.say("treat-shrink-parent", &[]),
            Treatment::ShrinkGlobal {} => self.say("treat-shrink-global", &[]),
            Treatment::ShrinkLocal {} => self.say("treat-shrink-local", &[]),
        }
    }

    /// Columns that are divided by another one, where there are any.
    fn denominations(&self) -> Option<String> {
        let indicators = self.definition.indicators.iter();
        let said: Vec<String> = indicators
            .filter_map(|indicator| {
                let denomination = indicator.denominate.as_ref()?;
                let title = indicator.title.get(self.language);
                let (by, per) = (&denomination.by, self.plain(denomination.per));
                Some(self.say("denominated", &[("title", title), ("by", by), ("per", &per)]))
            })
            .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Rates that the recipe standardises, where there are any.
    fn standardised(&self) -> Option<String> {
        let indicators = self.definition.indicators.iter();
        let said: Vec<String> = indicators
            .filter_map(|indicator| {
                let rate = indicator.standardised.as_ref()?;
                let title = indicator.title.get(self.language);
                let (n, per) = (rate.strata.len().to_string(), self.plain(rate.per));
                let at_least = rate.at_least.unwrap_or(AT_LEAST).to_string();
                Some(self.say(
                    "standardised-over",
                    &[("title", title), ("n", &n), ("per", &per), ("at_least", &at_least)],
                ))
            })
            .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Columns that are printed beside the score, where there are any.
    fn reported(&self) -> Option<String> {
        let names: Vec<String> = report::columns(self.definition)
            .map(|column| match &column.title {
                Some(title) => title.get(self.language).to_owned(),
                None => column.id.to_string(),
            })
            .collect();
        (!names.is_empty()).then(|| self.say("reported", &[("columns", &names.join(", "))]))
    }

    fn scaling(&self, indicator: &Indicator) -> String {
        let Some(method) = self.definition.normalisation(indicator) else {
            return String::new();
        };
        let direction = self.definition.direction_of(indicator.domain.as_ref());
        let mut said = self.normalisation(method, direction);
        said.extend(self.within(self.definition.within(indicator)));
        said.extend(self.measured_by(self.definition.reference(indicator)));
        if self.definition.constant(indicator) == Constant::Middle && method.needs_spread() {
            said.push_str(&format!(" {}", self.say("constant-gets-middle", &[])));
        }
        match self.definition.rounding(indicator) {
            Some(round) => format!("{said} {}", self.rounded("rounded-to", round)),
            None => said,
        }
    }

    fn within(&self, within: Option<Within>) -> Option<String> {
        within.map(|Within::Parent| format!(" {}", self.say("within-parent", &[])))
    }

    fn measured_by(&self, reference: Option<&Reference>) -> Option<String> {
        let by = reference_name(reference?, self.language);
        Some(format!(" {}", self.say("measured-by", &[("reference", &by)])))
    }

    /// Formula and weakness, and the tie rule where there are ranks.
    fn normalisation(&self, method: &Normalisation, direction: Direction) -> String {
        let (_, high_end) = ends(direction, self.language);
        let name = normalisation_name(method, direction, self.language);
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
            Normalisation::Percentile { zeros, .. } => {
                let more = match zeros {
                    Zeros::Ranked => String::new(),
                    Zeros::Apart => format!(" ({})", self.say("zeros-apart", &[])),
                };
                ("weak-percentile", more)
            }
            Normalisation::Exponential { .. } | Normalisation::ExponentialOfShare { .. } => {
                ("weak-exponential", String::new())
            }
            Normalisation::Borda { .. } => ("weak-rank", String::new()),
            Normalisation::PeoplePercentile {} => ("weak-people-percentile", String::new()),
            Normalisation::WeightedZScore { .. } => ("weak-weighted-z-score", String::new()),
            Normalisation::NormalScores { .. } => ("weak-normal-scores", String::new()),
            Normalisation::DistanceToMax {} => ("weak-distance-to-max", String::new()),
            Normalisation::DistanceToReference { cap } => {
                ("weak-distance-to-reference", self.above_one(cap))
            }
            Normalisation::DistanceToTarget { cap, .. } => {
                ("weak-distance-to-target", self.above_one(cap))
            }
            Normalisation::FractionOfMax { .. } => ("weak-fraction-of-max", String::new()),
            Normalisation::FractionOfSum {} => ("weak-fraction-of-sum", String::new()),
            Normalisation::Vector {} => ("weak-vector", String::new()),
            Normalisation::Flag { .. } => ("weak-flag", String::new()),
            Normalisation::AdjustedGoalpost { .. } => ("weak-adjusted-goalpost", String::new()),
        };
        let ties =
            method.ties().map(|ties| format!(" {}", message(self.language, ties_key(ties), &[])));
        format!(
            "{name}{more}. {}{}",
            self.say(weakness, &[("high_end", &high_end)]),
            ties.unwrap_or_default()
        )
    }

    fn above_one(&self, cap: Cap) -> String {
        let key = match cap {
            Cap::None => return String::new(),
            Cap::High => "above-one-high",
            Cap::Both => "above-one-both",
        };
        format!(" ({})", self.say(key, &[]))
    }

    /// One paragraph for all levels with the same rules.
    fn levels(&self) -> Vec<String> {
        let levels = self.plan.levels().iter();
        let groups =
            grouped(levels.map(|level| (self.level_name(level), self.rules(level.domain))));
        groups
            .into_iter()
            .map(|(names, rules)| {
                self.say("combined", &[("levels", &names.join(", ")), ("rules", &rules)])
            })
            .collect()
    }

    fn rules(&self, domain: Option<usize>) -> String {
        let level = self.plan.level(domain);
        let domain = domain.map(|at| &self.definition.domains[at]);
        let direction = self.definition.direction_of(domain.map(|domain| &domain.id));
        let above = self.definition.direction_of(domain.and_then(|domain| domain.parent.as_ref()));
        let mut out = vec![self.aggregation(&level.aggregate, direction)];
        // Their own weights come from the programme.
        if !matches!(level.aggregate, Aggregation::BenefitOfDoubt { .. }) {
            out.push(self.weighting(&level.weights, level.renormalise));
        }
        out.push(match level.missing {
            MissingPolicy::Propagate => self.say("missing-propagate", &[]),
            MissingPolicy::AvailableWeight { at_least } => {
                let share = self.plain(at_least * 100.0);
                self.say("missing-available-weight", &[("share", &share)])
            }
            MissingPolicy::AvailableShare { at_least } => {
                let share = self.plain(at_least * 100.0);
                self.say("missing-available-share", &[("share", &share)])
            }
            MissingPolicy::AvailableCount { at_least } => {
                self.say("missing-available-count", &[("n", &at_least.to_string())])
            }
            MissingPolicy::LeftOut { at_least } => {
                let share = self.plain(at_least * 100.0);
                self.say("missing-left-out", &[("share", &share)])
            }
        });
        if let Some(round) = level.round_before {
            out.push(self.rounded("rounded-before", round));
        }
        if !level.treat.is_empty() {
            let said = self.treatments(&level.treat);
            out.push(self.say("then-treated", &[("treatments", &said)]));
        }
        if let Some(method) = &level.normalise {
            let mut said = self.normalisation(method, above);
            if direction != above {
                said.push_str(&format!(" {}", self.say("turned-to-above", &[])));
            }
            said.extend(self.within(level.within));
            said.extend(self.measured_by(level.reference.as_ref()));
            out.push(self.say("then-normalised", &[("method", &said)]));
        }
        if let Some(round) = level.round {
            out.push(self.rounded("rounded-to", round));
        }
        out.join(" ")
    }

    /// A sentence with the decimals of a rounding, and where halves go unless it is away from zero.
    fn rounded(&self, key: &str, round: Round) -> String {
        let said = self.say(key, &[("n", &round.decimals.to_string())]);
        match round.halves {
            Halves::Away => said,
            Halves::Even => format!("{said} {}", self.say("halves-go-even", &[])),
        }
    }

    fn weighting(&self, weights: &Weighting, renormalise: bool) -> String {
        let key = match weights {
            Weighting::Equal {} => "weights-equal",
            Weighting::Given {} if renormalise => "weights-renormalised",
            Weighting::Given {} => "weights-given",
            Weighting::Budget { persons } => {
                return self.say("weights-budget", &[("n", &persons.len().to_string())]);
            }
            Weighting::Pca { squared, wrong_sign, people, length } => {
                let key = if *squared { "weights-pca-squared" } else { "weights-pca" };
                let warns = *wrong_sign == WrongSign::Warn;
                let said = [
                    (true, key),
                    (*people, "weights-pca-people"),
                    (*length == Length::One, "weights-pca-length-one"),
                    (warns, "weights-pca-warn"),
                ];
                let said = said.into_iter().filter(|(is, _)| *is);
                return said.map(|(_, key)| self.say(key, &[])).collect::<Vec<_>>().join(" ");
            }
            Weighting::Factor { wrong_sign } => {
                let said = self.say("weights-factor", &[]);
                return match wrong_sign {
                    WrongSign::Refuse => said,
                    WrongSign::Warn => format!("{said} {}", self.say("weights-pca-warn", &[])),
                };
            }
            Weighting::Entropy {} => "weights-entropy",
            Weighting::Critic {} => "weights-critic",
            Weighting::Optimised { targets } if targets.is_empty() => "weights-optimised",
            Weighting::Optimised { .. } => "weights-optimised-targets",
        };
        self.say(key, &[])
    }

    fn aggregation(&self, method: &Aggregation, direction: Direction) -> String {
        let say = |values: &[(&str, &str)]| {
            self.say(&format!("aggregate-{}", aggregation_key(method)), values)
        };
        match *method {
            Aggregation::PowerMean { p } => say(&[("p", &self.plain(p))]),
            Aggregation::MeanOfLargest { count } | Aggregation::MeanOfSmallest { count } => {
                say(&[("n", &count.to_string())])
            }
            Aggregation::Owa { ref weights } => {
                let weights: Vec<String> = weights.iter().map(|w| self.plain(*w)).collect();
                say(&[("weights", &weights.join("; "))])
            }
            Aggregation::MeanMin { alpha, beta } => {
                let key = match direction {
                    Direction::HigherIsWorse => "aggregate-mean-min-worse",
                    Direction::HigherIsBetter => "aggregate-mean-min-better",
                };
                self.say(key, &[("alpha", &self.plain(alpha)), ("beta", &self.plain(beta))])
            }
            Aggregation::Mpi { divisor } => {
                let key = match direction {
                    Direction::HigherIsWorse => "aggregate-mpi-worse",
                    Direction::HigherIsBetter => "aggregate-mpi-better",
                };
                let divisor = match divisor {
                    Divisor::Sample => "divisor-sample",
                    Divisor::Population => "divisor-population",
                };
                self.say(key, &[("divisor", &self.say(divisor, &[]))])
            }
            Aggregation::Count { operator, limit } => {
                say(&[("sign", beyond_sign(operator)), ("limit", &self.plain(limit))])
            }
            Aggregation::Waspas { lambda } => say(&[("lambda", &self.plain(lambda))]),
            Aggregation::Vikor { v } => say(&[("v", &self.plain(v))]),
            Aggregation::SumOfRanks { ties } => {
                format!("{} {}", say(&[]), message(self.language, ties_key(ties), &[]))
            }
            Aggregation::BenefitOfDoubt { min_share, max_share } => {
                let share = |x: f64| self.plain(x * 100.0);
                say(&[("low", &share(min_share)), ("high", &share(max_share))])
            }
            Aggregation::ArithmeticMean {}
            | Aggregation::GeometricMean {}
            | Aggregation::Product {}
            | Aggregation::HarmonicMean {}
            | Aggregation::Median {}
            | Aggregation::Minimum {}
            | Aggregation::Maximum {}
            | Aggregation::Copeland {}
            | Aggregation::Topsis {}
            | Aggregation::Promethee {} => say(&[]),
        }
    }

    fn ranking(&self) -> String {
        let rule = self.definition.ranking;
        let first = match rule.first {
            First::Worst => "rank-worst-first",
            First::Best => "rank-best-first",
        };
        let rounding = match rule.round {
            Some(round) => self.rounded("rank-rounded", round),
            None => self.say("rank-not-rounded", &[]),
        };
        let ties = message(self.language, ties_key(rule.ties), &[]);
        let classes = match rule.classes {
            ClassRule::Rank {} => self.say("rank-classes", &[]),
            ClassRule::RankLessOne {} => self.say("rank-less-one-classes", &[]),
            ClassRule::EqualCount {} => self.say("equal-count-classes", &[]),
            ClassRule::People { counted } => {
                let key = match counted {
                    Counted::Through => "people-classes-through",
                    Counted::Half => "people-classes-half",
                    Counted::Before => "people-classes-before",
                };
                self.say(key, &[])
            }
            ClassRule::Quantiles { definition, closed } => {
                let number = short_name(&definition).replace(['"', 't', 'y', 'p', 'e'], "");
                let key = match closed {
                    Closed::Right => "quantile-classes",
                    Closed::Left => "quantile-classes-left",
                };
                self.say(key, &[("type", &number)])
            }
        };
        let first_class = match rule.first_class {
            Some(First::Worst) => format!(" {}", self.say("class-worst-first", &[])),
            Some(First::Best) => format!(" {}", self.say("class-best-first", &[])),
            None => String::new(),
        };
        format!("{} {rounding} {ties} {classes}{first_class}", self.say(first, &[]))
    }
}

fn fallback_key(fallback: Fallback) -> &'static str {
    match fallback {
        Fallback::Group => "impute-fallback-group",
        Fallback::All => "impute-fallback-all",
    }
}

fn second_key(then: SecondStage) -> &'static str {
    match then {
        SecondStage::None => "second-none",
        SecondStage::LogCt => "treat-log-ct",
        SecondStage::LogCtOrig => "treat-log-ct-orig",
        SecondStage::LogCtPlus => "treat-log-ct-plus",
        SecondStage::BoxCox => "treat-box-cox-fitted",
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
