//! Which kinds of areas can a map show?
//!
//! What the rule says of each, its tiers apart, or the larger unit that each belongs to.

use super::PictureError;
use crate::analysis::Analysis;
use crate::language::{Language, message};
use crate::map::{Category, QUALITATIVE};
use crate::select::Truth;

/// Kinds of areas.
pub(super) struct Kinds {
    pub(super) kinds: Vec<Category>,
    /// One slot an area of the analysis.
    pub(super) class_of: Vec<Option<usize>>,
    /// The heading of the legend; the usual one where there is none.
    pub(super) title: Option<String>,
    pub(super) note: String,
    /// Whether selected areas are outlined as well.
    pub(super) outlines: bool,
}

/// Selected areas from the narrowest tier out, dark to light.
const SELECTED: [&str; 5] = ["#08306b", "#1d67a8", "#4a97c9", "#8fc1de", "#c2dbee"];
const UNDECIDED: &str = "#fdb863";
const NOT_SELECTED: &str = "#ececec";

/// What the rule says of each area.
pub(super) fn selection(analysis: &Analysis, language: Language) -> Result<Kinds, PictureError> {
    let Some(selection) = &analysis.selection else { return Err(PictureError::NoRule) };
    let say = |key: &str| message(language, key, &[]);
    let rule = selection.rule();
    if rule.tiers.len() >= SELECTED.len() {
        return Err(PictureError::TooManyKinds { n: rule.tiers.len(), most: SELECTED.len() - 1 });
    }
    let mut labels: Vec<(String, &'static str)> = rule
        .tiers
        .iter()
        .rev()
        .map(|tier| tier.title.get(language).to_owned())
        .chain([say("map.kind_selected")])
        .zip(SELECTED)
        .collect();
    // One kind alone is not as dark as the narrowest of several.
    if let [only] = &mut labels[..] {
        only.1 = SELECTED[1];
    }
    let n_selected = labels.len();
    labels.push((say("map.kind_undecided"), UNDECIDED));
    labels.push((say("map.kind_not_selected"), NOT_SELECTED));
    let class_of: Vec<Option<usize>> = selection
        .outcomes()
        .iter()
        .enumerate()
        .map(|(at, outcome)| {
            Some(match outcome {
                Truth::True => match selection.tier(at) {
                    Some(tier) => n_selected - 2 - tier,
                    None => n_selected - 1,
                },
                Truth::Unknown => n_selected,
                Truth::False => n_selected + 1,
            })
        })
        .collect();
    let kinds = labels.into_iter().map(|(label, colour)| Category { label, colour }).collect();
    let title = Some(rule.title.get(language).to_owned());
    let note = say("map.kinds_of_rule");
    Ok(drop_unused(Kinds { kinds, class_of, title, note, outlines: true }, n_selected))
}

/// The undecided are named only where there are any.
fn drop_unused(mut kinds: Kinds, undecided: usize) -> Kinds {
    if kinds.class_of.contains(&Some(undecided)) {
        return kinds;
    }
    kinds.kinds.remove(undecided);
    for class in kinds.class_of.iter_mut().flatten() {
        *class -= usize::from(*class > undecided);
    }
    kinds
}

/// The larger unit of each area.
pub(super) fn parents(analysis: &Analysis) -> Result<Kinds, PictureError> {
    let areas = analysis.ranking.areas();
    let mut names: Vec<&str> = areas.iter().filter_map(|area| area.parent.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Err(PictureError::NoParents);
    }
    if names.len() > QUALITATIVE.len() {
        return Err(PictureError::TooManyKinds { n: names.len(), most: QUALITATIVE.len() });
    }
    let of = |area: &crate::area::Area| names.binary_search(&area.parent.as_deref()?).ok();
    let class_of = areas.iter().map(of).collect();
    let kinds = names
        .iter()
        .zip(QUALITATIVE)
        .map(|(name, colour)| Category { label: (*name).to_owned(), colour })
        .collect();
    Ok(Kinds { kinds, class_of, title: None, note: String::new(), outlines: false })
}
