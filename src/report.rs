//! What do we hand over?
//!
//! An analysis, its map and its method in words come in; one self-contained HTML page comes out,
//! as text. It fetches nothing, works from a file, prints on A4 and can be read without script.
//! Nothing is computed here but counts and places; every figure is the analysis's own. Writing
//! the file is `write`'s.
//!
//! The page's frame is `report.html`; each section that every report has is a file in
//! `sections/` and one of Rust. Results that only some projects have come as
//! [`section::Section`]s, which need no HTML.

mod answer;
pub mod candidates;
pub mod certainty;
mod chosen;
pub mod clusters;
mod figure;
pub mod funded;
pub mod funding;
mod hyphen;
mod measured;
mod notes;
mod page;
mod picture;
mod plate;
mod profile;
mod ranked;
pub mod section;
pub mod selected;
mod spark;

use miette::Diagnostic;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use thiserror::Error;

use crate::analysis::Analysis;
use crate::history::YearFigures;
use crate::index::DefinitionProblem;
use crate::language::{Language, message};
use crate::map::MapError;
use crate::neighbour::Neighbours;
use crate::project::Project;
use crate::provenance::Provenance;
use crate::uncertainty::Uncertainty;

use page::Page;
pub use plate::DRAWN_UP_TO;
use plate::Plate;
pub use profile::PROFILES_UP_TO;
pub use ranked::{CUT_ABOVE, ROWS_AFTER_CUT};
use section::Section;

/// The sections that every report has, a file each; `report.html` puts them in order.
const SECTIONS: [(&str, &str); 9] = [
    ("summary.html", include_str!("report/sections/summary.html")),
    ("first-screen.html", include_str!("report/sections/first-screen.html")),
    ("ranking.html", include_str!("report/sections/ranking.html")),
    ("selection.html", include_str!("report/sections/selection.html")),
    ("values.html", include_str!("report/sections/values.html")),
    ("profiles.html", include_str!("report/sections/profiles.html")),
    ("method.html", include_str!("report/sections/method.html")),
    ("notes.html", include_str!("report/sections/notes.html")),
    ("provenance.html", include_str!("report/sections/provenance.html")),
];

/// All that a report shows.
#[derive(Debug, Clone, Copy)]
pub struct ReportRequest<'a> {
    /// What was asked for: title, source, and whether the data are invented.
    pub project: &'a Project,
    /// The results.
    pub analysis: &'a Analysis,
    /// The language of the page.
    pub language: Language,
    /// The map as SVG, whose areas are `path[data-area]`; taken in as it is, or as a picture where
    /// it has more than [`DRAWN_UP_TO`] areas. None where there are no boundaries.
    pub map_svg: Option<&'a str>,
    /// The method in words, a paragraph each, in the language of the page.
    pub method: &'a [String],
    /// How sure the ranks are; none where no replicates were computed.
    pub uncertainty: Option<&'a Uncertainty>,
    /// What else was computed: a section each, of headings, paragraphs, pictures and tables.
    pub sections: &'a [Section],
    /// The years of a table over years, oldest first; empty where there is but one.
    pub history: &'a [YearFigures],
    /// Which areas are neighbours, where it is known.
    pub neighbours: Option<&'a Neighbours>,
    /// The positions of areas that get a profile however many areas there are.
    pub profiles: &'a [usize],
    /// Where the figures come from.
    pub provenance: &'a Provenance,
}

/// Why a report cannot be made.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ReportError {
    /// The recipe does not hang together, so that its weights cannot be told.
    #[error("the index definition `{id}` does not hang together: {first}")]
    #[diagnostic(
        code(levekaar::report::definition),
        help("`levekaar check` shows everything that is wrong with it")
    )]
    Definition {
        /// The recipe's id.
        id: String,
        /// The first problem.
        first: DefinitionProblem,
    },
    /// The template cannot be filled, which is a mistake of this program's.
    #[error("the report's template cannot be filled")]
    #[diagnostic(
        code(levekaar::report::template),
        help("this is a mistake in the program: please report it with the project file")
    )]
    Template(#[from] minijinja::Error),
    /// A map of many areas cannot be made a picture.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Picture(#[from] MapError),
}

/// Makes the page.
///
/// Shape: one row a ranked area, worst first; above [`CUT_ABOVE`] areas only the worst
/// [`ROWS_AFTER_CUT`], which the page states. Areas without a rank and areas whose
/// selection is undecided are listed apart. Each area has a profile; above [`PROFILES_UP_TO`] areas
/// only the worst ones and those asked for; a gap is named by its kind and never shown as 0. Ties
/// stand in the order of their ids.
///
/// Drawings of more than [`DRAWN_UP_TO`] areas come as pictures. Every value from data is escaped;
/// drawings alone are taken in as they are. The same request gives
/// the same bytes.
///
/// # Errors
///
/// - [`ReportError::Definition`] when the recipe is not one that [`crate::index::Plan`] accepts.
/// - [`ReportError::Template`] when the template cannot be filled.
/// - [`ReportError::Picture`] when a drawing cannot be made a picture.
pub fn report(request: &ReportRequest<'_>) -> Result<String, ReportError> {
    let page = Page::of(request)?;
    let language = request.language;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.add_function("t", move |key: &str, values: Kwargs| text_of(language, key, &values));
    environment.add_filter("hyphens", move |text: &str| hyphen::with_hyphens(text, language));
    environment.add_template("report.html", include_str!("report/report.html"))?;
    for (name, source) in SECTIONS {
        environment.add_template(name, source)?;
    }
    let html = environment.get_template("report.html")?.render(context! {
        page => Serde(page),
        css => Value::from_safe_string(include_str!("report/report.css").to_owned()),
        script => Value::from_safe_string(include_str!("report/report.js").to_owned()),
        map => request.map_svg.map(Plate::of).transpose()?.map(Serde),
    })?;
    Ok(html)
}

/// The template's way to the catalogue: `t("key", name=value)`, where a key without a section is
/// one of `report`.
fn text_of(language: Language, key: &str, values: &Kwargs) -> Result<String, minijinja::Error> {
    let values: Vec<(&str, String)> = values
        .args()
        .map(|name| Ok((name, values.get::<Value>(name)?.to_string())))
        .collect::<Result<_, minijinja::Error>>()?;
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = if key.contains('.') { key.to_owned() } else { format!("report.{key}") };
    Ok(message(language, &key, &values))
}

#[cfg(test)]
mod tests;
