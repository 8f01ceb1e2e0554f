//! How is the arithmetic of one area printed?
//!
//! Plain text for a fixed-width font: one line a number, one line a formula, tables aligned.

use crate::analysis::ties_key;
use crate::indicator::{CellState, Direction};
use crate::language::{Language, message, number};
use crate::normalise::{Divisor, Normalisation};
use crate::rank::ClassRule;
use crate::round::{Halves, Round};
use crate::treat::{Basis, Imputation};

use super::across::looks_at_all;
use super::chain::{
    Explanation, IndicatorChain, LevelChain, NormaliseStep, RankStep, RateKind, Rounding,
    ShapeStage, TreatmentStep,
};
use super::combine::Sums;
use super::digits::{decimals_of_table, operand, plain, result};
use super::formula::{self, Line};
use super::name::{aggregation_name, normalisation_name, reference_name};
use super::short_name;
use super::working::Working;

/// The width of the names at the left, in characters.
const NAMES: usize = 24;

/// Prints the chain of one area, in one language, ending in a line feed.
///
/// Numbers that go into a formula have up to 13 significant digits and results at least six, so
/// that a calculator comes to the printed result within its last digit or two. Gaps are named and
/// never printed as a number.
pub fn to_text(explanation: &Explanation, language: Language) -> String {
    let mut page = Page { language, direction: explanation.direction, out: String::new() };
    page.heading(explanation);
    for (at, chain) in explanation.indicators.iter().enumerate() {
        page.indicator(at + 1, chain);
    }
    for level in &explanation.levels {
        page.level(level);
    }
    page.ranking(&explanation.ranking);
    if let Some(selection) = &explanation.selection {
        let title = selection.title.get(language);
        page.section(&page.say("selection", &[("title", title), ("id", &selection.rule)]));
        let criteria = selection.finding.criteria();
        // The sentence says all there is to say of a single criterion.
        for criterion in criteria.iter().filter(|_| criteria.len() > 1) {
            page.line(&format!("• {}", criterion.text(language)));
        }
        page.line(selection.sentence.get(language));
    }
    page.out
}

/// The catalogue's sentence on the direction of a score.
pub(super) fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsWorse => "explain.score-higher-is-worse",
        Direction::HigherIsBetter => "explain.score-higher-is-better",
    }
}

struct Page {
    language: Language,
    /// Of the score.
    direction: Direction,
    out: String,
}

impl Page {
    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        message(self.language, &format!("explain.{key}"), values)
    }

    fn plain(&self, x: f64) -> String {
        plain(x, self.language)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str("  ");
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.out.push('\n');
        self.out.push_str(title);
        self.out.push('\n');
    }

    /// A name of the catalogue, and what it is.
    fn named(&mut self, key: &str, text: &str) {
        let name = self.say(key, &[]);
        self.line(&format!("{name:<NAMES$}{text}"));
    }

    fn formula(&mut self, key: &str, line: &Line) {
        let name = line.name.map_or(String::new(), |name| format!("{name} = "));
        self.named(key, &format!("{name}{} = {}", line.expression, line.result));
    }

    fn heading(&mut self, e: &Explanation) {
        let area = if e.name == e.area.as_str() {
            e.name.clone()
        } else {
            format!("{} ({})", e.name, e.area)
        };
        self.out.push_str(&area);
        self.out.push('\n');
        let direction = message(self.language, direction_key(e.direction), &[]);
        self.line(&format!("{} ({}). {direction}", e.title.get(self.language), e.definition));
        if let Some(people) = e.population {
            self.named("population", &number(people, 0, self.language));
        }
        if let Some(reason) = &e.screened {
            self.line(reason.get(self.language));
        }
    }

    fn indicator(&mut self, n: usize, chain: &IndicatorChain) {
        let direction = match chain.direction {
            Direction::HigherIsWorse => "higher-is-worse",
            Direction::HigherIsBetter => "higher-is-better",
        };
        let direction = self.say(direction, &[]);
        let title = chain.title.get(self.language).to_owned();
        let about =
            if chain.unit.is_empty() { direction } else { format!("{}; {direction}", chain.unit) };
        self.section(&format!("{n}. {title} ({about})"));
        if let Some(rate) = &chain.rate {
            let key = match rate.kind {
                RateKind::Counted => "counted",
                RateKind::Divided => "divided",
            };
            self.formula(key, &formula::rate(rate, self.language));
        }
        self.working(&chain.standardised);
        match chain.raw {
            Some(raw) => {
                let text = format!("{} {}", self.plain(raw), chain.unit);
                self.named("measured", &text);
            }
            None => self.named("measured", &self.say(state_key(chain.state), &[])),
        }
        for step in &chain.treatments {
            self.treatment(step);
        }
        match &chain.normalisation {
            Some(step) => self.normalisation(step),
            None => self.named("comparable", &self.say("gap-stays", &[])),
        }
        self.rounding(chain.rounding.as_ref());
    }

    fn treatment(&mut self, step: &TreatmentStep) {
        let moved =
            |before: f64, after: f64| format!("{} → {}", self.plain(before), self.plain(after));
        match step {
            TreatmentStep::Imputed { method, basis, group, n, after } => {
                let (key, year) = match (basis, method) {
                    (Basis::Year(year), _) => ("imputed-year", year.to_string()),
                    (Basis::Neighbours, _) => ("imputed-neighbours", String::new()),
                    (Basis::All | Basis::Group, method) => (centre_key(method), String::new()),
                };
                let text = self.say(key, &[("n", &n.to_string()), ("year", &year)]);
                let group = group.as_ref().map(|group| self.say("in-group", &[("group", group)]));
                let text = format!("{text}{} = {}", group.unwrap_or_default(), self.plain(*after));
                self.named("imputed", &text);
            }
            TreatmentStep::Winsorised {
                low_percentile,
                high_percentile,
                low,
                high,
                before,
                after,
            } => {
                let limits = self.say(
                    "percentiles",
                    &[
                        ("low", &self.plain(*low)),
                        ("high", &self.plain(*high)),
                        ("low_percentile", &self.plain(*low_percentile)),
                        ("high_percentile", &self.plain(*high_percentile)),
                    ],
                );
                let text = format!("{}   ({limits})", moved(*before, *after));
                self.named("winsorised", &text);
            }
            TreatmentStep::Capped { low, high, before, after } => {
                let limit = |x: &Option<f64>| x.map_or("–".to_owned(), |x| self.plain(x));
                let limits = format!("{} … {}", limit(low), limit(high));
                let text = format!("{}   ({limits})", moved(*before, *after));
                self.named("capped", &text);
            }
            TreatmentStep::Logged { offset, before, after } => {
                let inside = if *offset == 0.0 {
                    self.plain(*before)
                } else {
                    format!(
                        "{} + {}",
                        operand(*before, self.language),
                        operand(*offset, self.language)
                    )
                };
                let text = format!("ln({inside}) = {}", result(*after, self.language));
                self.named("logged", &text);
            }
            TreatmentStep::Transformed { method, shapes, working, before, after } => {
                let unchanged = moved(*before, *after);
                self.named("treated-by", &short_name(method));
                self.shapes(shapes);
                if working.is_empty() {
                    self.named("transformed", &unchanged);
                }
                self.working(working);
            }
            TreatmentStep::Shaped { method, shapes, untouched, before, after } => {
                let key = if *untouched { "shape-untouched" } else { "shape-moved" };
                let text = format!("{}   ({})", moved(*before, *after), self.say(key, &[]));
                self.named("treated-by", &short_name(method));
                self.shapes(shapes);
                self.named("shape", &text);
            }
            TreatmentStep::Rounded { rule, before, after } => {
                let decimals = self.decimals(*rule);
                let text = format!("{}   ({decimals})", moved(*before, *after));
                self.named("rounded", &text);
            }
        }
    }

    /// Skewness and kurtosis of the column at each stage, and what they led to.
    fn shapes(&mut self, stages: &[ShapeStage]) {
        for stage in stages {
            let said = |x: Option<f64>| x.map_or("–".to_owned(), |x| result(x, self.language));
            let numbers = format!("G1 = {}, G2 = {}", said(stage.skewness), said(stage.kurtosis));
            let cells = [("low", stage.n_low.to_string()), ("high", stage.n_high.to_string())];
            let cells: Vec<(&str, &str)> = cells.iter().map(|(k, n)| (*k, n.as_str())).collect();
            let then = self.say(stage.then, &cells);
            self.named(stage.stage, &format!("{numbers}   ({then})"));
            if stage.n_low + stage.n_high > 0 {
                self.named("shape-cells", &self.say("shape-moved-cells", &cells));
            }
        }
    }

    fn normalisation(&mut self, step: &NormaliseStep) {
        let name = normalisation_name(&step.method, self.direction, self.language);
        self.named("method", &name);
        if let Some(within) = &step.within {
            self.named("within", within);
        }
        if let Some(reference) = &step.reference {
            self.named("reference", &reference_name(reference, self.language));
        }
        if step.constant {
            let value = self.plain(step.input);
            let text = self.say("constant-middle", &[("value", &value)]);
            self.named("comparable", &format!("{}   ({text})", self.plain(step.result)));
            return;
        }
        match step.method {
            Normalisation::AsIs {}
            | Normalisation::Goalposts { .. }
            | Normalisation::ExponentialOfShare { .. }
            | Normalisation::PeoplePercentile {}
            | Normalisation::FractionOfSum {}
            | Normalisation::Vector {}
            | Normalisation::Flag { .. } => {}
            Normalisation::MinMax { .. }
            | Normalisation::DistanceToMax {}
            | Normalisation::DistanceToTarget { .. }
            | Normalisation::FractionOfMax { .. } => {
                self.named("min", &self.plain(step.min));
                self.named("max", &self.plain(step.max));
            }
            Normalisation::DistanceToReference { .. } => {
                self.named("min", &self.plain(step.min));
                self.named("max", &self.plain(step.max));
                self.named("reference-mean", &self.plain(step.mean));
            }
            Normalisation::AdjustedGoalpost { .. } => {
                self.named("min", &self.plain(step.min));
                self.named("max", &self.plain(step.max));
                self.named("mean", &self.plain(step.mean));
            }
            Normalisation::WeightedZScore { .. } => {
                self.named("people-mean", &self.plain(step.mean));
                self.named("people-sd", &self.plain(step.sd.unwrap_or(f64::NAN)));
            }
            Normalisation::ZScore { divisor, .. } => {
                let divisor = match divisor {
                    Divisor::Sample => "divisor-sample",
                    Divisor::Population => "divisor-population",
                };
                self.named("n", &step.n.to_string());
                self.named("mean", &self.plain(step.mean));
                let sd = self.plain(step.sd.unwrap_or(f64::NAN));
                self.named("sd", &format!("{sd}   ({})", self.say(divisor, &[])));
            }
            // A zero that stands apart has no place.
            Normalisation::Percentile { .. } if step.rank.is_none() => {}
            Normalisation::Rank { ties }
            | Normalisation::Percentile { ties, .. }
            | Normalisation::Exponential { ties, .. }
            | Normalisation::Borda { ties }
            | Normalisation::NormalScores { ties, .. } => {
                self.named("n", &step.n.to_string());
                let place = self.say(
                    "place",
                    &[
                        ("rank", &self.plain(step.rank.unwrap_or(f64::NAN))),
                        ("before", &step.n_before.unwrap_or_default().to_string()),
                        ("tied", &step.n_tied.unwrap_or_default().to_string()),
                    ],
                );
                self.named("rank-in", &place);
                if step.n_tied.is_some_and(|n| n > 1) {
                    self.named("tie-rule", &message(self.language, ties_key(ties), &[]));
                }
            }
        }
        self.working(&step.working);
        let lines = formula::normalisation(step, self.language);
        let last = lines.len().saturating_sub(1);
        for (at, line) in lines.iter().enumerate() {
            self.formula(if at == last { "comparable" } else { "share" }, line);
        }
    }

    /// One line each; the numbers of those that later lines use are printed in full.
    fn working(&mut self, lines: &[Working]) {
        for (at, line) in lines.iter().enumerate() {
            let is_last = at + 1 == lines.len();
            let value = if is_last && !line.expression.is_empty() {
                result(line.result, self.language)
            } else {
                self.plain(line.result)
            };
            let sign = if line.is_comparison() { '→' } else { '=' };
            match line.filled(self.language) {
                // A number alone is its own result.
                Some(_) if line.expression == "{}" => self.named(line.name, &value),
                Some(filled) => self.named(line.name, &format!("{filled} {sign} {value}")),
                None => self.named(line.name, &value),
            }
        }
    }

    /// The decimals of a rounding, and where halves go unless it is away from zero.
    fn decimals(&self, rule: Round) -> String {
        let said = self.say("decimals", &[("n", &rule.decimals.to_string())]);
        match rule.halves {
            Halves::Away => said,
            Halves::Even => format!("{said}; {}", self.say("halves-even", &[])),
        }
    }

    fn rounding(&mut self, rounding: Option<&Rounding>) {
        if let Some(Rounding { rule, after }) = rounding {
            let said = self.decimals(*rule);
            let after = number(*after, usize::from(rule.decimals), self.language);
            self.named("rounded", &format!("{after}   ({said})"));
        }
    }

    fn level(&mut self, level: &LevelChain) {
        let method = aggregation_name(&level.method, self.language);
        let title = match &level.title {
            Some(title) => {
                self.say("domain", &[("title", title.get(self.language)), ("method", &method)])
            }
            None => self.say("score", &[("method", &method)]),
        };
        self.section(&title);
        if let Some(weights) = level.reweighting {
            let (all, available) = (self.plain(weights.all), self.plain(weights.available));
            let factor = self.plain(weights.all / weights.available);
            let text = self.say(
                "reweighted",
                &[("all", &all), ("available", &available), ("factor", &factor)],
            );
            self.line(&text);
        }
        if looks_at_all(&level.method) {
            self.line(&self.say("across-all", &[]));
        }
        self.table(level);
        if level.aggregate.is_none() {
            self.named("result", &self.say("no-result", &[]));
            return;
        }
        if let Some(line) = formula::mean(level, self.language) {
            self.formula("result", &line);
        }
        self.working(&level.working);
        self.rounding(level.round_before.as_ref());
        for step in &level.treatments {
            self.treatment(step);
        }
        if let Some(step) = &level.normalisation {
            self.normalisation(step);
        }
        self.rounding(level.rounding.as_ref());
    }

    /// The children and their sum, in aligned columns.
    fn table(&mut self, level: &LevelChain) {
        let language = self.language;
        let sums = Sums::of(&level.method);
        let plain_sum = sums == Sums::Arithmetic;
        let values = level.parts.iter().filter_map(|part| part.entering.or(part.value));
        let terms = level.parts.iter().filter_map(|part| part.term);
        let decimals = decimals_of_table(values.filter(|_| plain_sum).chain(terms));
        // One decimal more than the sum has, so that the rounding of many terms does not show.
        let fixed = |x: f64| number(x, (decimals + 1).min(15), language);
        // Powers and logarithms magnify the last digit, so that their operands need all of theirs.
        let value = |x: f64| match (plain_sum, x < 0.0) {
            (true, true) => format!("({})", fixed(x)),
            (true, false) => fixed(x),
            (false, _) => operand(x, language),
        };
        let gap = self.say("missing-child", &[]);
        let mut rows: Vec<[String; 3]> = level
            .parts
            .iter()
            .map(|part| {
                let mut title = part.title.get(language).to_owned();
                // The weight multiplies something else than the value, which is named beside it.
                if let (Some(_), Some(x)) = (part.entering, part.value) {
                    let about = self.say("of-value", &[("value", &self.plain(x))]);
                    title.push_str(&format!(" ({about})"));
                }
                match (part.value, part.weight_in_use, part.term) {
                    (Some(x), Some(weight), Some(term)) => {
                        let x = value(part.entering.unwrap_or(x));
                        let weight = operand(weight, language);
                        [formula::term(sums, &weight, &x, language), fixed(term), title]
                    }
                    (Some(x), Some(weight), None) => {
                        let weight = self.say("weight", &[("weight", &self.plain(weight))]);
                        [value(x), String::new(), format!("{title} ({weight})")]
                    }
                    (Some(x), None, _) => [value(x), String::new(), title],
                    (None, _, _) => [gap.clone(), String::new(), title],
                }
            })
            .collect();
        if let Some(sum) = level.sum_of_terms {
            rows.push([
                self.say("sum", &[]),
                format!("{} ", number(sum, decimals, language)),
                String::new(),
            ]);
        }
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (left, right) = (width(0), width(1));
        for [expression, term, title] in rows {
            let sign = if term.is_empty() { ' ' } else { '=' };
            self.line(&format!("{expression:>left$} {sign} {term:>right$}   {title}"));
        }
    }

    fn ranking(&mut self, step: &RankStep) {
        self.section(&self.say("ranking", &[]));
        let (Some(score), Some(rank)) = (step.score, step.rank) else {
            self.named("rank", &self.say("no-rank", &[]));
            return;
        };
        self.named("score-label", &result(score, self.language));
        self.rounding(step.rounded.as_ref());
        let n = self.plain(step.n_ranked as f64);
        let place = self.say(
            "place",
            &[
                ("rank", &self.plain(rank)),
                ("before", &step.n_before.to_string()),
                ("tied", &step.n_tied.to_string()),
            ],
        );
        self.named("n", &n);
        self.named("rank", &place);
        if !step.tied_with.is_empty() {
            self.named("tied-with", &self.tied_with(&step.tied_with));
            self.named("tie-rule", &message(self.language, ties_key(step.rule.ties), &[]));
        }
        let classes = [("decile", "10", step.decile), ("quintile", "5", step.quintile)];
        for (key, k, class) in classes {
            let class = class.map_or(String::new(), |class| class.to_string());
            match step.rule.classes {
                ClassRule::Rank {} if step.rule.first_class.is_none() => {
                    self.named(key, &format!("⌈{k} × {} / {n}⌉ = {class}", self.plain(rank)));
                }
                ClassRule::Rank {}
                | ClassRule::RankLessOne {}
                | ClassRule::EqualCount {}
                | ClassRule::People { .. }
                | ClassRule::Quantiles { .. } => self.named(key, &class),
            }
        }
    }

    fn tied_with(&self, areas: &[String]) -> String {
        /// More names than this hide the line that they stand in.
        const SHOWN: usize = 10;
        let shown = areas[..areas.len().min(SHOWN)].join(", ");
        match areas.len().saturating_sub(SHOWN) {
            0 => shown,
            more => self.say("and-more", &[("areas", &shown), ("n", &more.to_string())]),
        }
    }
}

fn centre_key(method: &Imputation) -> &'static str {
    match method {
        Imputation::None {} => "gap-stays",
        Imputation::Median {} | Imputation::GroupMedian {} => "imputed-median",
        Imputation::Mean {}
        | Imputation::GroupMean {}
        | Imputation::Neighbours { .. }
        | Imputation::LastValue { .. } => "imputed-mean",
    }
}

fn state_key(state: CellState) -> &'static str {
    match state {
        CellState::Present => "state-present",
        CellState::NotAvailable => "state-not-available",
        CellState::Suppressed => "state-suppressed",
        CellState::NotApplicable => "state-not-applicable",
    }
}
