//! What does the report say of how sure the ranks are?
//!
//! A section after the ranking: what the rank interval covers and what not, the intervals as a
//! picture, the map of the probability of being selected, and which choice matters most.

use super::section::{Block, Place, Section};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::map::{rank_intervals, sensitivity_bars};
use crate::project::Project;
use crate::uncertainty::{Sensitivity, Uncertainty};

/// What the section is made of.
#[derive(Debug, Clone, Copy)]
pub struct CertaintyRequest<'a> {
    /// What was asked for.
    pub project: &'a Project,
    /// The results.
    pub analysis: &'a Analysis,
    /// The replicates, where they were computed.
    pub uncertainty: Option<&'a Uncertainty>,
    /// The map of the probability of being selected, where there is one.
    pub probability_map: Option<&'a str>,
    /// The indices of the assumptions, where they were asked for.
    pub sensitivity: Option<&'a Sensitivity>,
}

/// The section; `None` where neither replicates nor indices were computed.
pub fn certainty_section(request: &CertaintyRequest<'_>) -> Option<Section> {
    let language = request.project.language;
    let say = |key: &str| message(language, key, &[]);
    let mut blocks = Vec::new();
    if let Some(uncertainty) = request.uncertainty {
        blocks.push(Block::Text(uncertainty.covers(language)));
        let svg = rank_intervals(request.analysis, uncertainty, request.project, language);
        let caption = say("uncertainty.plot-title");
        blocks.push(Block::Picture { svg, caption });
    }
    if let Some(svg) = request.probability_map {
        blocks.push(Block::Heading(say("uncertainty.probability-title")));
        let caption = say("uncertainty.probability-caption");
        blocks.push(Block::Picture { svg: svg.to_owned(), caption });
    }
    if let Some(sensitivity) = request.sensitivity {
        blocks.push(Block::Heading(say("sensitivity.plot-title")));
        blocks.extend(leading(sensitivity, language).map(Block::Text));
        blocks.push(Block::Text(say("sensitivity.explains")));
        let svg = sensitivity_bars(request.analysis, sensitivity, request.project, language);
        blocks.push(Block::Picture { svg, caption: say("sensitivity.plot-axis") });
    }
    let title = say("uncertainty.section");
    (!blocks.is_empty()).then_some(Section {
        id: "certainty",
        place: Place::Uncertainty,
        title,
        blocks,
    })
}

/// Which assumption matters most for the ranks; none where the ranks do not vary.
fn leading(sensitivity: &Sensitivity, language: Language) -> Option<String> {
    let ranks = &sensitivity.outputs.first()?.indices;
    let (at, most) = ranks
        .total
        .iter()
        .enumerate()
        .reduce(|a, b| if b.1.value > a.1.value { b } else { a })
        .filter(|(_, most)| most.value > 0.0)?;
    let title = sensitivity.assumptions[at].title(language);
    let share = number(100.0 * most.value.min(1.0), 0, language);
    let values = [("assumption", title.as_str()), ("share", share.as_str())];
    Some(message(language, "sensitivity.leads", &values))
}
