//! Does the recipe hang together, and in which order are its levels computed?
//!
//! [`Plan::of`] checks a definition whole and reports everything that is wrong with it at once.
//! What it has checked, the steps do not check again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{IndexDefinition, Level, VERSION};
use crate::indicator::IndicatorId;
use crate::normalise::Reference;
use crate::round::Round;
use crate::treat::{Treatment, problem_of_level, problem_of_list};
use crate::weight::{self, Weighting};

/// A definition that has been checked, with its levels in the order of computation.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    definition: &'a IndexDefinition,
    levels: Vec<LevelPlan>,
}

/// One node and its children.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// `None` is the top level, whose result is the score.
    pub domain: Option<usize>,
    /// What it is made of, in the order of the file: domains first, then indicators.
    pub children: Vec<Child>,
    /// The weights as they are used, one a child; equal ones stand in where the recipe has them
    /// computed from the data, see [`super::Computation::level_weights`].
    pub weights: Vec<f64>,
}

/// A child of a level, by its position in the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Child {
    /// The domain at this position.
    Domain(usize),
    /// The indicator at this position.
    Indicator(usize),
}

/// One thing that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionProblem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for DefinitionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.help)
    }
}

impl<'a> Plan<'a> {
    /// Checks the definition and orders its levels, children before parents, the score last.
    ///
    /// # Errors
    ///
    /// Every [`DefinitionProblem`]: another version, double or unknown ids, a cycle, a level
    /// without children, a missing or unusable weight, an indicator without a normalisation, and
    /// a parameter outside its range.
    pub fn of(definition: &'a IndexDefinition) -> Result<Self, Vec<DefinitionProblem>> {
        let mut problems = Vec::new();
        check_version(definition, &mut problems);
        check_ids(definition, &mut problems);
        check_parameters(definition, &mut problems);
        let order = order_domains(definition, &mut problems);
        let levels = order
            .into_iter()
            .map(Some)
            .chain([None])
            .map(|domain| level_plan(definition, domain, &mut problems))
            .collect();
        if problems.is_empty() { Ok(Self { definition, levels }) } else { Err(problems) }
    }

    /// The definition that was checked.
    pub fn definition(&self) -> &'a IndexDefinition {
        self.definition
    }

    /// The levels, children before parents; the last one is the score.
    pub fn levels(&self) -> &[LevelPlan] {
        &self.levels
    }

    /// The top level.
    pub fn top(&self) -> &LevelPlan {
        self.levels.last().expect("a plan ends with the top level")
    }

    /// The rules of a level.
    pub fn level(&self, domain: Option<usize>) -> &'a Level {
        match domain {
            Some(domain) => &self.definition.domains[domain].score,
            None => &self.definition.score,
        }
    }

    /// The id of a child.
    pub fn child_id(&self, child: Child) -> &'a IndicatorId {
        match child {
            Child::Domain(domain) => &self.definition.domains[domain].id,
            Child::Indicator(indicator) => &self.definition.indicators[indicator].id,
        }
    }

    /// What each indicator counts for in the score: the product of its weights up the tree, each
    /// divided by the sum of its level. In the order of the definition; sums to 1.
    ///
    /// Source: Becker et al., COINr, `get_eff_weights`. For other aggregations than the
    /// arithmetic mean it is a label of the weights, not a share of the score.
    pub fn effective_weights(&self) -> Vec<f64> {
        let weights: Vec<&[f64]> =
            self.levels.iter().map(|level| level.weights.as_slice()).collect();
        self.effective(&weights)
    }

    /// The same for weights that were computed from the data:
    /// [`super::Computation::level_weights`].
    pub fn effective_weights_of(&self, level_weights: &[Vec<f64>]) -> Vec<f64> {
        let weights: Vec<&[f64]> = level_weights.iter().map(Vec::as_slice).collect();
        self.effective(&weights)
    }

    fn effective(&self, weights: &[&[f64]]) -> Vec<f64> {
        let mut of_domain = vec![0.0; self.definition.domains.len()];
        let mut of_indicator = vec![0.0; self.definition.indicators.len()];
        for (level, weights) in self.levels.iter().zip(weights).rev() {
            let above = level.domain.map_or(1.0, |domain| of_domain[domain]);
            let sum: f64 = weights.iter().sum();
            for (child, weight) in level.children.iter().zip(*weights) {
                match *child {
                    Child::Domain(domain) => of_domain[domain] = above * weight / sum,
                    Child::Indicator(indicator) => of_indicator[indicator] = above * weight / sum,
                }
            }
        }
        of_indicator
    }
}

fn problem(message: impl Into<String>, help: impl Into<String>) -> DefinitionProblem {
    DefinitionProblem { message: message.into(), help: help.into() }
}

fn check_version(definition: &IndexDefinition, problems: &mut Vec<DefinitionProblem>) {
    if definition.version != VERSION {
        problems.push(problem(
            format!("the definition has version {}", definition.version),
            format!("this program reads version {VERSION}"),
        ));
    }
}

fn check_ids(definition: &IndexDefinition, problems: &mut Vec<DefinitionProblem>) {
    if definition.indicators.is_empty() {
        problems.push(problem("the definition has no indicators", "add an `[[indicator]]`"));
    }
    let mut seen = BTreeSet::new();
    let ids = definition.domains.iter().map(|d| &d.id);
    let reported = super::report::columns(definition).map(|column| &column.id);
    for id in ids.chain(definition.indicators.iter().map(|i| &i.id)).chain(reported) {
        if !seen.insert(id) {
            problems.push(problem(
                format!("the id `{id}` stands twice"),
                "domains, indicators and reported columns share one set of names: rename one of them",
            ));
        }
    }
    let domains: Vec<&str> = definition.domains.iter().map(|d| d.id.as_str()).collect();
    let references = definition
        .domains
        .iter()
        .filter_map(|d| Some((&d.id, d.parent.as_ref()?)))
        .chain(definition.indicators.iter().filter_map(|i| Some((&i.id, i.domain.as_ref()?))));
    for (id, parent) in references {
        if !domains.contains(&parent.as_str()) {
            let help = match crate::suggest::nearest(parent.as_str(), domains.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add a `[[domain]]` with `id = \"{parent}\"`"),
            };
            problems
                .push(problem(format!("`{id}` belongs to the unknown domain `{parent}`"), help));
        }
    }
}

fn check_parameters(definition: &IndexDefinition, problems: &mut Vec<DefinitionProblem>) {
    if let Some((message, help)) = definition.screen.as_ref().and_then(|screen| screen.problem()) {
        problems.push(problem(message, help));
    }
    for indicator in &definition.indicators {
        let id = &indicator.id;
        match definition.normalisation(indicator) {
            None => problems.push(problem(
                format!("`{id}` has no normalisation"),
                "set `normalise = { method = \"z-score\" }` there or under `[defaults]`",
            )),
            Some(method) => {
                let with = method
                    .problem_with(definition.reference(indicator), definition.within(indicator));
                let found = method.problem().into_iter().chain(with);
                problems.extend(found.map(|(m, h)| problem(format!("`{id}`: {m}"), h)));
            }
        }
        if let Some((m, h)) = definition.rounding(indicator).and_then(Round::problem) {
            problems.push(problem(format!("`{id}`: {m}"), h));
        }
        let treatments = definition.treatments(indicator);
        let imputation = definition.imputation(indicator).problem();
        let all = treatments.iter().map(Treatment::problem);
        for (m, h) in all.chain([imputation, problem_of_list(treatments)]).flatten() {
            problems.push(problem(format!("`{id}`: {m}"), h));
        }
        if let Some(denomination) = &indicator.denominate
            && !(denomination.per.is_finite() && denomination.per > 0.0)
        {
            problems.push(problem(
                format!("`{id}` is divided with `per = {}`", denomination.per),
                "use 1 for a plain quotient or 1000 for per thousand",
            ));
        }
        if let Some(rate) = &indicator.rate
            && !(rate.per.is_finite() && rate.per > 0.0)
        {
            problems.push(problem(
                format!("`{id}` has the rate base `per = {}`", rate.per),
                "use 100 for per cent or 1000 for per thousand",
            ));
        }
        let standardised = indicator.standardised.as_ref().and_then(|rate| rate.problem());
        problems.extend(standardised.map(|(m, h)| problem(format!("`{id}` {m}"), h)));
        if indicator.standardised.is_some()
            && (indicator.column.is_some()
                || indicator.rate.is_some()
                || indicator.denominate.is_some()
                || indicator.standard_error.is_some())
        {
            problems.push(problem(
                format!("`{id}` is `standardised` and has another source too"),
                "give either `standardised`, or `rate`, or `column` with what belongs to it",
            ));
        }
    }
    if let Some((message, help)) = definition.ranking.round.and_then(Round::problem) {
        problems.push(problem(format!("`ranking`: {message}"), help));
    }
    let levels = definition
        .domains
        .iter()
        .map(|domain| (domain.id.as_str(), &domain.score))
        .chain([("score", &definition.score)]);
    for (id, level) in levels {
        let all = [
            level.normalise.as_ref().and_then(|method| method.problem()),
            level
                .normalise
                .as_ref()
                .and_then(|m| m.problem_with(level.reference.as_ref(), level.within)),
            problem_of_level(&level.treat),
            level.aggregate.problem(),
            level.weights.problem(),
            level.missing.problem(),
            level.round_before.and_then(Round::problem),
            level.round.and_then(Round::problem),
        ];
        problems.extend(all.into_iter().flatten().map(|(m, h)| problem(format!("`{id}`: {m}"), h)));
    }
    for domain in &definition.domains {
        if definition.turns(domain) && domain.score.normalise.is_none() {
            problems.push(problem(
                format!("`{}` points against the level above and is not turned", domain.id),
                "give it a `normalise`, such as `{ method = \"goalposts\", low = 0, high = 1 }` for 1 - x \
                 or `{ method = \"as-is\" }` for -x, or take its `direction` out",
            ));
        }
    }
    let of_level = |level: &Level| matches!(level.reference, Some(Reference::Years(_)));
    let levels = definition.domains.iter().map(|domain| (domain.id.as_str(), &domain.score));
    for (id, _) in levels.chain([("score", &definition.score)]).filter(|(_, l)| of_level(l)) {
        problems.push(problem(
            format!("`{id}` is measured by years, which only an indicator can be"),
            "set `reference = { years = \"all\" }` on the indicators, and take it out here",
        ));
    }
    for column in super::report::columns(definition) {
        let id = &column.id;
        problems.extend(column.problem().map(|(m, h)| problem(format!("`{id}`: {m}"), h)));
    }
}

/// Domains with children before parents; a cycle is reported and left out.
fn order_domains(
    definition: &IndexDefinition,
    problems: &mut Vec<DefinitionProblem>,
) -> Vec<usize> {
    let position: BTreeMap<&IndicatorId, usize> =
        definition.domains.iter().enumerate().map(|(i, domain)| (&domain.id, i)).collect();
    let depth_of = |start: usize| {
        let (mut depth, mut at) = (0, start);
        while let Some(parent) = definition.domains[at].parent.as_ref() {
            let Some(&next) = position.get(parent) else { break };
            depth += 1;
            if depth > definition.domains.len() {
                return None;
            }
            at = next;
        }
        Some(depth)
    };
    let mut order = Vec::new();
    for (at, domain) in definition.domains.iter().enumerate() {
        match depth_of(at) {
            Some(depth) => order.push((std::cmp::Reverse(depth), at)),
            None => problems.push(problem(
                format!("the domain `{}` is its own ancestor", domain.id),
                "follow its `parent` keys and break the circle",
            )),
        }
    }
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

fn level_plan(
    definition: &IndexDefinition,
    domain: Option<usize>,
    problems: &mut Vec<DefinitionProblem>,
) -> LevelPlan {
    let id = domain.map(|at| &definition.domains[at].id);
    let name = id.map_or("score", |id| id.as_str());
    let level = domain.map_or(&definition.score, |at| &definition.domains[at].score);
    let mut children = Vec::new();
    let mut given = Vec::new();
    for (at, child) in definition.domains.iter().enumerate() {
        if child.parent.as_ref() == id {
            children.push(Child::Domain(at));
            given.push((&child.id, child.weight));
        }
    }
    for (at, child) in definition.indicators.iter().enumerate() {
        if child.domain.as_ref() == id {
            children.push(Child::Indicator(at));
            given.push((&child.id, child.weight));
        }
    }
    if children.is_empty() {
        problems.push(problem(
            format!("`{name}` has no indicators"),
            format!("give an indicator `domain = \"{name}\"`, or take the domain out"),
        ));
    }
    let ids: Vec<&IndicatorId> = given.iter().map(|(id, _)| *id).collect();
    let weights = match &level.weights {
        Weighting::Given {} => given_weights(&given, problems),
        Weighting::Budget { persons } => match weight::budget(persons, &ids) {
            Ok(budget) => budget.weights,
            Err((message, help)) => {
                problems.push(problem(format!("`{name}`: {message}"), help));
                vec![1.0; given.len()]
            }
        },
        // Those that the data decide are equal until the data are there.
        Weighting::Equal {}
        | Weighting::Pca { .. }
        | Weighting::Factor { .. }
        | Weighting::Entropy {}
        | Weighting::Critic {}
        | Weighting::Optimised { .. } => vec![1.0; given.len()],
    };
    let of_children = [level.aggregate.problem_of(given.len()), level.weights.problem_of(&ids)];
    problems.extend(
        of_children.into_iter().flatten().map(|(m, h)| problem(format!("`{name}`: {m}"), h)),
    );
    let sum: f64 = weights.iter().sum();
    if !children.is_empty() && sum <= 0.0 {
        problems.push(problem(
            format!("the weights of `{name}` sum to {sum}"),
            "at least one weight must be above zero",
        ));
    }
    let equal = !matches!(level.weights, Weighting::Given {} | Weighting::Budget { .. });
    let weights = if (level.renormalise || equal) && sum > 0.0 {
        weights.iter().map(|weight| weight / sum).collect()
    } else {
        weights
    };
    LevelPlan { domain, children, weights }
}

fn given_weights(
    given: &[(&IndicatorId, Option<f64>)],
    problems: &mut Vec<DefinitionProblem>,
) -> Vec<f64> {
    let mut weights = Vec::with_capacity(given.len());
    for (id, weight) in given {
        match weight {
            Some(weight) if weight.is_finite() && *weight >= 0.0 => weights.push(*weight),
            Some(weight) => {
                problems.push(problem(
                    format!("`{id}` has the weight {weight}"),
                    "a weight is a number of zero or more",
                ));
                weights.push(0.0);
            }
            None => {
                problems.push(problem(
                    format!("`{id}` has no weight"),
                    "give it a `weight`, or set `weights = { method = \"equal\" }` on its level",
                ));
                // Stands in so that the sum is not reported as zero on top of this.
                weights.push(1.0);
            }
        }
    }
    weights
}
