//! What stands on the page?
//!
//! All texts and figures of the page in the order of its sections; the template only lays them out.

use serde::Serialize;

use super::answer::{self, Worst};
use super::chosen::{Chosen, SelectedNow};
use super::measured::{self, IndicatorRow, Measured, value_direction};
use super::notes::{self, Note, ReadFirst, Trace};
use super::profile::Profiles;
use super::ranked::Ranked;
use super::section::{self, Laid};
use super::{ReportError, ReportRequest};
use crate::indicator::Direction;
use crate::language::message;
use crate::rank::First;

/// The page, every text in its language.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    lang: &'static str,
    title: &'a str,
    document_title: String,
    synthetic: bool,
    index_title: &'a str,
    index_year: Option<i32>,
    index_source: &'a str,
    index_licence: &'a str,
    figures_source: Option<&'a str>,
    /// Which way scores and ranks point, in the words that stand beside them.
    directions: Directions,
    question: String,
    answer: Vec<String>,
    selected: Option<SelectedNow>,
    read_first: Option<ReadFirst>,
    worst: Worst,
    ranked: Ranked,
    measured: Measured,
    profiles: Profiles,
    selection: Option<Chosen>,
    method: &'a [String],
    indicators: Vec<IndicatorRow>,
    has_domains: bool,
    has_indicator_sources: bool,
    /// Sections of what only some projects have.
    further: Vec<Laid<'a>>,
    notes: Vec<Note>,
    trace: Trace<'a>,
}

#[derive(Debug, Serialize)]
struct Directions {
    score: String,
    /// The same in two words, for a column's head.
    value: String,
    rank: String,
    class: String,
    /// All of it in a sentence.
    sentence: String,
    high_is_worse: bool,
}

impl<'a> Page<'a> {
    /// Gathers the page.
    ///
    /// # Errors
    ///
    /// [`ReportError::Definition`] when the recipe is not one that a plan accepts, and
    /// [`ReportError::Picture`] when a drawing cannot be made a picture.
    pub(super) fn of(request: &ReportRequest<'a>) -> Result<Self, ReportError> {
        let language = request.language;
        let project = request.project;
        let definition = &request.analysis.definition;
        let title = project.title.get(language);
        let document_title = if project.synthetic {
            message(language, "report.document-title-synthetic", &[("title", title)])
        } else {
            message(language, "report.document-title", &[("title", title)])
        };
        let directions = directions(request);
        let has_indicator_sources =
            definition.indicators.iter().any(|i| i.source.is_some() || i.year.is_some());
        Ok(Self {
            lang: language.tag(),
            title,
            document_title,
            synthetic: project.synthetic,
            index_title: definition.title.get(language),
            index_year: definition.year,
            index_source: definition.source.get(language),
            index_licence: &definition.licence,
            figures_source: project.source.as_ref().map(|source| source.get(language)),
            question: answer::question(request),
            answer: answer::paragraphs(request),
            selected: SelectedNow::of(request),
            read_first: notes::read_first(request),
            worst: Worst::of(request),
            ranked: Ranked::of(request),
            measured: Measured::of(request),
            profiles: Profiles::of(request),
            selection: Chosen::of(request),
            method: request.method,
            indicators: measured::indicators(request)?,
            has_domains: !definition.domains.is_empty(),
            has_indicator_sources,
            further: section::laid(request.sections, request.analysis, language)?,
            notes: notes::notes(request),
            trace: Trace::of(request, format!("{}; {}", directions.score, directions.rank)),
            directions,
        })
    }
}

fn directions(request: &ReportRequest<'_>) -> Directions {
    let language = request.language;
    let ranking = &request.analysis.ranking;
    let says = |key: &str| message(language, &format!("report.{key}"), &[]);
    let score = match ranking.direction() {
        Direction::HigherIsWorse => says("score-direction-worse"),
        Direction::HigherIsBetter => says("score-direction-better"),
    };
    let (rank, class) = match ranking.rule().first {
        First::Worst => (says("rank-one-worst"), says("class-one-worst")),
        First::Best => (says("rank-one-best"), says("class-one-best")),
    };
    let sentence = message(language, "report.read-it-so", &[("score", &score), ("rank", &rank)]);
    let high_is_worse = super::ranked::high_is_worse(request.analysis);
    let value = value_direction(ranking.direction(), language);
    Directions { score, value, rank, class, sentence, high_is_worse }
}
