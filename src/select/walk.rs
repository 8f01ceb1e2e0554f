//! What does a rule consist of, and where does each part stand?

use super::file::RuleFile;
use super::rule::{By, Limit, Rule};
use super::term::{Fact, Transform};

/// A part of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// A node of the tree.
    Rule(&'a Rule),
    /// A fact and what is made of it.
    Fact(&'a Fact, &'a [Transform]),
    /// The limits of a comparison of this fact.
    Limit(&'a Fact, &'a [Transform], &'a Limit),
}

/// Calls `each` with every part of the file and its path, parents before their parts.
pub(super) fn every_part<'a>(file: &'a RuleFile, each: &mut dyn FnMut(&str, Part<'a>)) {
    for (name, named) in &file.criteria {
        walk(&named.rule, &format!("criteria.{name}.rule"), each);
    }
    walk(&file.rule, "rule", each);
    if let Some(around) = &file.around {
        if let Some(rule) = around.neighbours.as_ref().and_then(|n| n.rule.as_ref()) {
            walk(rule, "around.neighbours.rule", each);
        }
        let by = around.cap_per_parent.as_ref().and_then(|cap| cap.by.as_ref());
        ordered(by, "around.cap-per-parent.by", each);
        if let Some(cut) = &around.at_most {
            ordered(cut.by.as_ref(), "around.at-most.by", each);
            ordered(cut.then_by.as_ref(), "around.at-most.then-by", each);
        }
    }
    for (at, tier) in file.tiers.iter().enumerate() {
        walk(&tier.rule, &format!("tier.{at}.rule"), each);
    }
}

/// The same for one tree.
pub(super) fn walk<'a>(rule: &'a Rule, at: &str, each: &mut dyn FnMut(&str, Part<'a>)) {
    each(at, Part::Rule(rule));
    let list = |parts: &'a [Rule], name: &str, each: &mut dyn FnMut(&str, Part<'a>)| {
        for (part_idx, part) in parts.iter().enumerate() {
            walk(part, &format!("{at}.{name}.{part_idx}"), each);
        }
    };
    match rule {
        Rule::All(parts) => list(parts, "all", each),
        Rule::Any(parts) => list(parts, "any", each),
        Rule::AtLeast(at_least) => list(&at_least.of, "at-least.of", each),
        Rule::Not(part) => walk(part, &format!("{at}.not"), each),
        Rule::Points(points) => {
            for (part_idx, scored) in points.of.iter().enumerate() {
                walk(&scored.rule, &format!("{at}.points.of.{part_idx}.rule"), each);
            }
        }
        Rule::Compare(c) => {
            let at = format!("{at}.compare");
            fact(&c.fact, &c.transforms, &at, each);
            limit(&c.fact, &c.transforms, &c.limit, &format!("{at}.limit"), each);
        }
        Rule::Between(b) => {
            let at = format!("{at}.between");
            fact(&b.fact, &b.transforms, &at, each);
            limit(&b.fact, &b.transforms, &b.from, &format!("{at}.from"), each);
            limit(&b.fact, &b.transforms, &b.to, &format!("{at}.to"), each);
        }
        Rule::Worst(cut) => {
            ordered(cut.by.as_ref(), &format!("{at}.worst.by"), each);
            ordered(cut.then_by.as_ref(), &format!("{at}.worst.then-by"), each);
        }
        Rule::Criterion(_) | Rule::Parent(_) => {}
    }
}

fn ordered<'a>(by: Option<&'a By>, at: &str, each: &mut dyn FnMut(&str, Part<'a>)) {
    if let Some(by) = by {
        fact(&by.fact, &by.transforms, at, each);
    }
}

fn fact<'a>(
    fact: &'a Fact,
    transforms: &'a [Transform],
    at: &str,
    each: &mut dyn FnMut(&str, Part<'a>),
) {
    each(at, Part::Fact(fact, transforms));
    if let Fact::ShareOfChildren(share) = fact {
        walk(&share.rule, &format!("{at}.fact.share-of-children.rule"), each);
    }
}

fn limit<'a>(
    of: &'a Fact,
    transforms: &'a [Transform],
    limit: &'a Limit,
    at: &str,
    each: &mut dyn FnMut(&str, Part<'a>),
) {
    each(at, Part::Limit(of, transforms, limit));
    if let Limit::Sum(terms) = limit {
        for (term_idx, term) in terms.iter().enumerate() {
            fact(&term.fact, &term.transforms, &format!("{at}.sum.{term_idx}"), each);
        }
    }
}
