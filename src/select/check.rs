//! What is wrong with a rule, whatever the data?
//!
//! Everything that can be seen in the file alone, all at once: lists that are empty, `k` above
//! the length of its list, names that are not there or go in circles, shares written as
//! percentages, limits that cannot both hold. Facts that the data lack are found when the rule
//! meets the data.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Around, FactOf, RuleFile};
use super::rule::{Comparison, Cut, Limit, Operator, Rule, Take};
use super::term::{Fact, Transform};
use super::walk::{Part, every_part, walk};
use crate::suggest::nearest;

/// One thing that is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblem {
    /// Where, as a path such as `rule.all.2`.
    pub at: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether the rule has a meaning all the same: limits that contradict each other select
    /// nothing. A file with such limits is refused, a rule that is made in code is warned of.
    pub has_meaning: bool,
}

/// Everything that is wrong with the file, in the order in which it stands there.
pub fn problems(file: &RuleFile) -> Vec<RuleProblem> {
    let mut check = Check { file, found: Vec::new() };
    if file.version != 1 {
        let message = format!("it has version {}", file.version);
        check.say("version", message, "this program reads version 1");
        return check.found;
    }
    check.names();
    every_part(file, &mut |at, part| match part {
        Part::Rule(rule) => check.rule(rule, at),
        Part::Fact(fact, transforms) => check.fact(fact, transforms, at),
        Part::Limit(fact, transforms, limit) => check.limit(fact, transforms, limit, at),
    });
    if let Some(around) = &file.around {
        check.around(around);
    }
    check.circles();
    check.found
}

struct Check<'a> {
    file: &'a RuleFile,
    found: Vec<RuleProblem>,
}

/// The names by which a rule may refer to itself.
pub(super) const ITSELF: &str = "rule";

impl Check<'_> {
    fn say(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(RuleProblem {
            at: at.to_owned(),
            message: message.into(),
            help: help.into(),
            has_meaning: false,
        });
    }

    fn names(&mut self) {
        let mut seen = BTreeSet::from([ITSELF]);
        let file = self.file;
        let names = file.criteria.keys().map(|name| (format!("criteria.{name}"), name));
        let tiers = file.tiers.iter().enumerate();
        let tiers = tiers.map(|(at, tier)| (format!("tier.{at}.id"), &tier.id));
        for (at, name) in names.chain(tiers) {
            if name.is_empty() || name.contains('.') {
                let help = "use letters, digits and hyphens";
                self.say(&at, format!("`{name}` cannot be a name"), help);
            } else if !seen.insert(name) {
                let help = "criteria and tiers need names of their own, and `rule` is taken";
                self.say(&at, format!("the name `{name}` stands for two things"), help);
            }
        }
        let mut ids = BTreeSet::new();
        for (at, fact) in file.facts.iter().enumerate() {
            if !ids.insert((&fact.id, fact.of == FactOf::Children)) {
                let message = format!("the fact `{}` is described twice", fact.id);
                self.say(&format!("fact.{at}.id"), message, "take one of them away");
            }
        }
        for (at, name) in file.with.iter().enumerate() {
            let at = format!("with.{at}");
            match file.criteria.get(name) {
                Some(named) if named.only_if_asked => {}
                Some(_) => self.say(
                    &at,
                    format!("the criterion `{name}` applies anyway"),
                    "only criteria with `only-if-asked = true` are asked for",
                ),
                None => {
                    let known: Vec<&str> = file
                        .criteria
                        .iter()
                        .filter(|(_, named)| named.only_if_asked)
                        .map(|(name, _)| name.as_str())
                        .collect();
                    self.unknown_name(
                        &at,
                        "criterion that is only applied if asked for",
                        name,
                        &known,
                    );
                }
            }
        }
    }

    fn unknown_name(&mut self, at: &str, kind: &str, name: &str, known: &[&str]) {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "the rule has none".to_owned(),
            None => format!("the rule has {}", known.join(", ")),
        };
        self.say(at, format!("there is no {kind} `{name}`"), help);
    }

    fn criterion(&mut self, at: &str, name: &str) {
        let file = self.file;
        if !file.criteria.contains_key(name) {
            let known: Vec<&str> = file.criteria.keys().map(String::as_str).collect();
            self.unknown_name(at, "criterion", name, &known);
        }
    }

    fn rule(&mut self, rule: &Rule, at: &str) {
        match rule {
            Rule::All(parts) => {
                self.parts("all", parts, &format!("{at}.all"));
                self.contradiction(parts, &format!("{at}.all"));
            }
            Rule::Any(parts) => self.parts("any", parts, &format!("{at}.any")),
            Rule::AtLeast(at_least) => {
                let n = at_least.of.len();
                self.parts("at-least", &at_least.of, &format!("{at}.at-least.of"));
                if n > 0 && (at_least.k == 0 || at_least.k > n) {
                    self.say(
                        &format!("{at}.at-least.k"),
                        format!("it asks for {} of {n} parts", at_least.k),
                        format!("`k` is a number from 1 to {n}"),
                    );
                }
            }
            Rule::Points(points) => {
                let valid = |x: f64| x.is_finite() && x > 0.0;
                let most: f64 = points.of.iter().map(|scored| scored.points).sum();
                let all_valid = points.of.iter().all(|scored| valid(scored.points));
                if points.of.is_empty() {
                    self.parts("points", &[], &format!("{at}.points.of"));
                } else if !valid(points.pass) || !all_valid || points.pass > most + 1e-9 {
                    self.say(
                        &format!("{at}.points.pass"),
                        format!("it asks for {} of {most} points", points.pass),
                        "points are above zero, and the pass mark is at most their sum",
                    );
                }
            }
            Rule::Worst(cut) => self.cut(cut, &format!("{at}.worst")),
            Rule::Criterion(name) => self.criterion(&format!("{at}.criterion"), name),
            Rule::Parent(parent) if parent.one_of.is_empty() => self.say(
                &format!("{at}.parent.one-of"),
                "`one-of` names no larger unit",
                "name at least one, as it stands in the table's column of parents",
            ),
            Rule::Between(between) => {
                if let (Limit::Value(from), Limit::Value(to)) = (&between.from, &between.to)
                    && from > to
                {
                    let message = format!("nothing lies between {from} and {to}");
                    self.say(&format!("{at}.between"), message, "`from` must be at most `to`");
                }
            }
            Rule::Not(_) | Rule::Compare(_) | Rule::Parent(_) => {}
        }
    }

    fn parts(&mut self, name: &str, parts: &[Rule], at: &str) {
        if parts.is_empty() {
            self.say(
                at,
                format!("`{name}` has no parts"),
                "give it at least one criterion, such as \
                 `{ compare = { fact = \"rank\", op = \"<=\", limit = { value = 5 } } }`",
            );
        }
    }

    /// Fixed limits of one fact that cannot all hold.
    fn contradiction(&mut self, parts: &[Rule], at: &str) {
        let mut seen: Vec<(&Comparison, Range)> = Vec::new();
        for (part_idx, part) in parts.iter().enumerate() {
            let Rule::Compare(comparison) = part else { continue };
            let Limit::Value(limit) = comparison.limit else { continue };
            let mine = Range::of(comparison.op, limit);
            let same = seen.iter_mut().find(|(other, _)| {
                other.fact == comparison.fact && other.transforms == comparison.transforms
            });
            let Some((_, range)) = same else {
                seen.push((comparison, mine));
                continue;
            };
            *range = range.and(mine);
            if range.is_empty() {
                self.say(
                    &format!("{at}.{part_idx}"),
                    "its limits contradict each other: no value meets all of them",
                    "turn one operator round, or use `any` where either is enough",
                );
                self.found.last_mut().expect("it was said above").has_meaning = true;
                return;
            }
        }
    }

    fn cut(&mut self, cut: &Cut, at: &str) {
        let at = format!("{at}.take");
        match cut.take {
            Take::Areas(0) => self.say(&at, "it takes 0 areas", "take at least one"),
            Take::Areas(_) => {}
            Take::ShareOfAreas(share) | Take::ShareOfPeople(share) => {
                if !(share > 0.0 && share <= 1.0) {
                    self.share(share, &at, "it takes a share of");
                }
            }
        }
    }

    fn share(&mut self, share: f64, at: &str, what: &str) {
        let meant = share / 100.0;
        self.say(
            at,
            format!("{what} {share}"),
            format!("a share lies above 0 and is at most 1: {share} per cent is written {meant}"),
        );
    }

    fn fact(&mut self, fact: &Fact, transforms: &[Transform], at: &str) {
        match fact {
            Fact::CriteriaMet(names) => {
                let at = format!("{at}.fact.criteria-met");
                if names.is_empty() {
                    self.say(&at, "`criteria-met` names no criterion", "name those to count");
                }
                for name in names {
                    self.criterion(&at, name);
                }
            }
            Fact::YearsHeld(held) => {
                let at = format!("{at}.fact.years-held");
                let known: Vec<&str> = std::iter::once(ITSELF)
                    .chain(self.file.criteria.keys().map(String::as_str))
                    .chain(self.file.tiers.iter().map(|tier| tier.id.as_str()))
                    .collect();
                if !known.contains(&held.of.as_str()) {
                    self.unknown_name(&format!("{at}.of"), "criterion or tier", &held.of, &known);
                }
                if held.last_years == 0 {
                    self.say(&format!("{at}.last-years"), "it looks at 0 years", "1 or more");
                }
            }
            Fact::ShareOfChildren(share) => {
                let at = format!("{at}.fact.share-of-children.rule");
                let mut wrong = None;
                walk(&share.rule, &at, &mut |at, part| {
                    if let Part::Fact(
                        Fact::Score | Fact::Rank | Fact::Domain(_) | Fact::ShareOfChildren(_),
                        _,
                    )
                    | Part::Rule(Rule::Worst(Cut { by: None, .. }) | Rule::Criterion(_)) = part
                    {
                        wrong.get_or_insert_with(|| at.to_owned());
                    }
                });
                if let Some(at) = wrong {
                    self.say(
                        &at,
                        "the smaller areas have no score, no rank and no criteria of their own",
                        "use a `[[fact]]` with `of = \"children\"`, or a cut with `by`",
                    );
                }
            }
            Fact::Score
            | Fact::Rank
            | Fact::Population
            | Fact::Domain(_)
            | Fact::Indicator(_)
            | Fact::Process(_) => {}
        }
        for transform in transforms {
            self.transform(transform, at);
        }
    }

    fn transform(&mut self, transform: &Transform, at: &str) {
        let at = format!("{at}.as");
        match transform {
            Transform::RatioTo(ratio) if !(ratio.value.is_finite() && ratio.value != 0.0) => {
                let message = format!("it divides by {}", ratio.value);
                self.say(&at, message, "`value` is a number other than 0");
            }
            Transform::MeanOfYears(mean) => {
                let least = mean.at_least.unwrap_or(1);
                if mean.years == 0 || least == 0 || least > mean.years {
                    let message = format!("it asks for {least} of {} years", mean.years);
                    self.say(&at, message, "`years` is 1 or more, and `at-least` at most `years`");
                }
            }
            Transform::Level
            | Transform::RatioToMean(_)
            | Transform::RatioTo(_)
            | Transform::Percentile(_)
            | Transform::ZScore(_)
            | Transform::RankWithinParent(_)
            | Transform::ChangeSince(_) => {}
        }
    }

    fn limit(&mut self, fact: &Fact, transforms: &[Transform], limit: &Limit, at: &str) {
        let finite = |x: f64| x.is_finite();
        match limit {
            Limit::Value(value) if !finite(*value) => {
                self.say(at, format!("its limit is {value}"), "a limit is a number");
            }
            Limit::Value(value) => {
                let is_share = match transforms.last() {
                    Some(Transform::Percentile(_)) => true,
                    Some(_) => false,
                    None => matches!(fact, Fact::ShareOfChildren(_) | Fact::Process(_)),
                };
                if is_share && !(0.0..=1.0).contains(value) {
                    let meant = value / 100.0;
                    self.say(
                        at,
                        format!("its limit is {value}, but the fact lies in 0..1"),
                        format!("{value} per cent is written {meant}"),
                    );
                }
            }
            Limit::Mean(relative) if !(finite(relative.times) && finite(relative.plus_sd)) => {
                self.say(at, "its limit is not a number", "a limit is a number");
            }
            Limit::Percentile(percentile) if !(0.0..=100.0).contains(&percentile.p) => self.say(
                at,
                format!("it names the percentile {}", percentile.p),
                "a percentile lies in 0..100",
            ),
            Limit::Sum(terms) if terms.is_empty() => {
                self.say(at, "the sum has no terms", "name at least one fact");
            }
            Limit::Mean(_) | Limit::Median(_) | Limit::Percentile(_) | Limit::Sum(_) => {}
        }
    }

    fn around(&mut self, around: &Around) {
        if let Some(range) = &around.population {
            let (low, high) = (range.at_least, range.at_most);
            let bad = |x: Option<f64>| x.is_some_and(|x| !(x.is_finite() && x >= 0.0));
            let crossed = low.zip(high).is_some_and(|(low, high)| low > high);
            if bad(low) || bad(high) || crossed || (low.is_none() && high.is_none()) {
                self.say(
                    "around.population",
                    "no number of residents lies within these limits",
                    "write `at-least`, `at-most` or both, the smaller first",
                );
            }
        }
        if let Some(persistence) = &around.persistence {
            let least = persistence.at_least.unwrap_or(persistence.years);
            if persistence.years == 0 || least == 0 || least > persistence.years {
                self.say(
                    "around.persistence",
                    format!("it asks for {least} of {} years", persistence.years),
                    "`years` is 1 or more, and `at-least` at most `years`",
                );
            }
        }
        if around.stays.as_ref().is_some_and(|stays| stays.years == 0) {
            self.say("around.stays", "areas stay for 0 years", "write 1 or more, or take it away");
        }
        if let Some(adjacency) = &around.neighbours
            && !(adjacency.share > 0.0 && adjacency.share <= 1.0)
        {
            self.share(adjacency.share, "around.neighbours.share", "it asks for a share of");
        }
        if around.cap_per_parent.as_ref().is_some_and(|cap| cap.areas == 0) {
            self.say("around.cap-per-parent", "it lets 0 areas through", "let at least one");
        }
        if let Some(cut) = &around.at_most {
            self.cut(cut, "around.at-most");
        }
        for excluded in &around.exclude {
            if around.keep.iter().any(|kept| kept.area == excluded.area) {
                let message = format!("`{}` is both kept and excluded", excluded.area);
                self.say("around.exclude", message, "take it out of one of the lists");
            }
        }
    }

    /// Criteria that refer to themselves by way of others, and tiers within themselves.
    fn circles(&mut self) {
        let file = self.file;
        let mut refers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, named) in &file.criteria {
            refers.insert(name, references(&named.rule));
        }
        refers.insert(ITSELF, references(&file.rule));
        for (at, tier) in file.tiers.iter().enumerate() {
            let mut of_tier = references(&tier.rule);
            // Only selected areas are in a tier.
            of_tier.insert(ITSELF);
            if let Some(within) = &tier.within {
                let ids: Vec<&str> = file.tiers.iter().map(|tier| tier.id.as_str()).collect();
                if !ids.contains(&within.as_str()) {
                    self.unknown_name(&format!("tier.{at}.within"), "tier", within, &ids);
                }
                of_tier.insert(within);
            }
            refers.insert(&tier.id, of_tier);
        }
        let places = file.criteria.keys().map(|name| (format!("criteria.{name}"), name.as_str()));
        let places = places.chain([(ITSELF.to_owned(), ITSELF)]).chain(
            file.tiers
                .iter()
                .enumerate()
                .map(|(at, tier)| (format!("tier.{at}"), tier.id.as_str())),
        );
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for (at, name) in places {
            if let Some(way) = way_back(name, &refers)
                && !way.iter().any(|step| told.contains(step))
            {
                told.extend(way.iter().copied());
                let circle = way.join("` → `");
                self.say(
                    &at,
                    format!("it goes in a circle: `{circle}` → `{name}`"),
                    "let one of them not refer to the other; what held in earlier years is asked \
                     for with `before-this-year = true`",
                );
            }
        }
    }
}

/// The names that a tree needs of this year.
pub(super) fn references(rule: &Rule) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    walk(rule, "", &mut |_, part| match part {
        Part::Rule(Rule::Criterion(name)) => {
            names.insert(name.as_str());
        }
        Part::Fact(Fact::CriteriaMet(list), _) => names.extend(list.iter().map(String::as_str)),
        Part::Fact(Fact::YearsHeld(held), _) if !held.before_this_year => {
            names.insert(held.of.as_str());
        }
        Part::Rule(_) | Part::Fact(..) | Part::Limit(..) => {}
    });
    names
}

/// The names from `start` round to it again, if there is such a way.
fn way_back<'a>(
    start: &'a str,
    refers: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        for next in refers.get(last).into_iter().flatten() {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

/// The values that a comparison lets through: from one end to the other, each in or out.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: (f64, bool),
    high: (f64, bool),
}

impl Range {
    fn of(op: Operator, limit: f64) -> Self {
        let all = Self { low: (f64::NEG_INFINITY, true), high: (f64::INFINITY, true) };
        match op {
            Operator::Above => Self { low: (limit, false), ..all },
            Operator::AtLeast => Self { low: (limit, true), ..all },
            Operator::Below => Self { high: (limit, false), ..all },
            Operator::AtMost => Self { high: (limit, true), ..all },
        }
    }

    fn and(self, other: Self) -> Self {
        let tighter = |a: (f64, bool), b: (f64, bool), a_first: bool| {
            if a.0 == b.0 {
                (a.0, a.1 && b.1)
            } else if a_first {
                a
            } else {
                b
            }
        };
        Self {
            low: tighter(self.low, other.low, self.low.0 > other.low.0),
            high: tighter(self.high, other.high, self.high.0 < other.high.0),
        }
    }

    fn is_empty(self) -> bool {
        self.low.0 > self.high.0 || (self.low.0 == self.high.0 && !(self.low.1 && self.high.1))
    }
}
