//! Which combinations of discrete choices are there?
//!
//! The space of alternatives comes in, and out comes every combination of treatment, normalisation,
//! reference set and aggregation as a recipe of its own, with the options that lead to it. Whether each can be
//! computed is not asked here.

use crate::aggregate::Aggregation;
use crate::index::IndexDefinition;
use crate::normalise::{Normalisation, Reference};

use super::UncertaintyError;
use super::recipe;
use super::space::{MAX_COMBINATIONS, Space, TreatmentAlternative};

/// One thing that can be chosen, and what there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) of: ChoiceOf,
    /// The options in the spelling of the files; `own` is the recipe's.
    pub(super) options: Vec<String>,
}

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChoiceOf {
    Treatment,
    Normalisation,
    Reference,
    /// Of these levels; of all where none is named.
    Aggregation(Vec<String>),
}

/// One combination, as a recipe.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    /// What was chosen, in the spelling of the files.
    pub(super) label: String,
    /// The recipe before its levels are changed: what its comparable columns come from.
    pub(super) source: IndexDefinition,
    /// The whole recipe.
    pub(super) whole: IndexDefinition,
    /// The option of each choice; several lists where other options make the same recipe.
    pub(super) chosen: Vec<Vec<usize>>,
}

/// What an option does to a recipe.
enum Change<'a> {
    Own,
    Treatment(&'a TreatmentAlternative),
    Normalisation(Normalisation),
    Reference(&'a Reference),
    Aggregation(&'a [String], &'a Aggregation),
}

impl Change<'_> {
    fn applied(&self, definition: &IndexDefinition) -> IndexDefinition {
        let mut made = definition.clone();
        match self {
            Self::Own => {}
            Self::Treatment(alternative) => recipe::with_treatment(&mut made, alternative),
            Self::Normalisation(method) => recipe::with_normalisation(&mut made, *method),
            Self::Reference(reference) => recipe::with_reference(&mut made, reference),
            Self::Aggregation(levels, method) => {
                recipe::with_aggregation(&mut made, levels, method);
            }
        }
        made
    }
}

/// A choice with what each of its options does.
struct Options<'a> {
    of: ChoiceOf,
    all: Vec<(String, Change<'a>)>,
}

/// Every choice, and every combination of their options. An option that leaves the recipe as
/// another one has made it is taken once.
///
/// # Errors
///
/// [`UncertaintyError::TooManyCombinations`].
pub(super) fn alternatives(
    own: &IndexDefinition,
    space: &Space,
) -> Result<(Vec<Choice>, Vec<Alternative>), UncertaintyError> {
    let choices = choices(own, space);
    let nothing_chosen = Alternative {
        label: String::new(),
        source: own.clone(),
        whole: own.clone(),
        chosen: vec![Vec::new()],
    };
    let mut all = vec![nothing_chosen];
    for choice in &choices {
        let name = match &choice.of {
            ChoiceOf::Treatment => "treatment".to_owned(),
            ChoiceOf::Normalisation => "normalisation".to_owned(),
            ChoiceOf::Reference => "reference".to_owned(),
            ChoiceOf::Aggregation(levels) if levels.is_empty() => "aggregation (all)".to_owned(),
            ChoiceOf::Aggregation(levels) => format!("aggregation ({})", levels.join("+")),
        };
        let mut next: Vec<Alternative> = Vec::new();
        for before in &all {
            for (at, (option, change)) in choice.all.iter().enumerate() {
                let whole = change.applied(&before.whole);
                let source = match choice.of {
                    ChoiceOf::Treatment | ChoiceOf::Normalisation | ChoiceOf::Reference => {
                        whole.clone()
                    }
                    ChoiceOf::Aggregation(_) => before.source.clone(),
                };
                let chosen = before.chosen.iter().map(|chosen| [chosen.as_slice(), &[at]].concat());
                match next.iter_mut().find(|known| known.source == source && known.whole == whole) {
                    Some(known) => known.chosen.extend(chosen),
                    None => {
                        let text = format!("{name}: {option}");
                        let label = if before.label.is_empty() {
                            text
                        } else {
                            format!("{}; {text}", before.label)
                        };
                        let chosen = chosen.collect();
                        next.push(Alternative { label, source, whole, chosen });
                    }
                }
            }
        }
        if next.len() > MAX_COMBINATIONS {
            return Err(UncertaintyError::TooManyCombinations { n: next.len() });
        }
        all = next;
    }
    let choices = choices
        .into_iter()
        .map(|choice| Choice {
            of: choice.of,
            options: choice.all.into_iter().map(|(option, _)| option).collect(),
        })
        .collect();
    Ok((choices, all))
}

fn choices<'a>(own: &IndexDefinition, space: &'a Space) -> Vec<Options<'a>> {
    let mut choices = Vec::new();
    if let Some(choice) = &space.treatment {
        let others = choice.alternatives.iter();
        let others = others.map(|other| (other.id.clone(), Change::Treatment(other)));
        choices.push(options(own, ChoiceOf::Treatment, choice.own, others));
    }
    if let Some(choice) = &space.normalisation {
        // Named for every indicator, the recipe's own method is the recipe's own way.
        let same = one_method(own).filter(|_| choice.own);
        let others = choice.methods.iter().filter(|method| same != Some(**method));
        let others = others.map(|m| (crate::explain::short_name(m), Change::Normalisation(*m)));
        choices.push(options(own, ChoiceOf::Normalisation, choice.own, others));
    }
    if let Some(choice) = &space.reference {
        let others = choice.alternatives.iter();
        let others = others.map(|other| (other.id.clone(), Change::Reference(&other.reference)));
        choices.push(options(own, ChoiceOf::Reference, choice.own, others));
    }
    for choice in &space.aggregation {
        let short = crate::explain::short_name::<Aggregation>;
        let others = choice.methods.iter();
        let others = others.map(|m| (short(m), Change::Aggregation(&choice.levels, m)));
        choices.push(options(
            own,
            ChoiceOf::Aggregation(choice.levels.clone()),
            choice.own,
            others,
        ));
    }
    choices
}

/// The options of one choice that differ from each other.
fn options<'a>(
    recipe: &IndexDefinition,
    of: ChoiceOf,
    own: bool,
    others: impl Iterator<Item = (String, Change<'a>)>,
) -> Options<'a> {
    let own = own.then(|| ("own".to_owned(), Change::Own));
    let mut made: Vec<IndexDefinition> = Vec::new();
    let mut all = Vec::new();
    for (label, change) in own.into_iter().chain(others) {
        let changed = change.applied(recipe);
        if !made.contains(&changed) {
            made.push(changed);
            all.push((label, change));
        }
    }
    Options { of, all }
}

/// The normalisation that all indicators share, if there is one.
fn one_method(definition: &IndexDefinition) -> Option<Normalisation> {
    let mut methods = definition.indicators.iter().map(|i| definition.normalisation(i));
    let first = methods.next()??;
    methods.all(|method| method == Some(first)).then_some(*first)
}
