//! What does a project come to?
//!
//! Every result of a project, computed once, for the commands that write them: `run`, `report`
//! and `workbook`.

use std::path::Path;

use levekaar::analysis::Analysis;
use levekaar::boundary::Boundaries;
use levekaar::candidate::{Candidates, candidates};
use levekaar::contiguity::{Contiguity, Touch, contiguity};
use levekaar::explain::method_in_words;
use levekaar::history::{YearFigures, history};
use levekaar::load;
use levekaar::neighbour::Neighbours;
use levekaar::picture::{candidate_map, probability_map};
use levekaar::project::Choice;
use levekaar::provenance::{InputFile, Provenance};
use levekaar::report::candidates::candidate_section;
use levekaar::report::certainty::{CertaintyRequest, certainty_section};
use levekaar::report::section::Section;
use levekaar::report::{ReportRequest, report};
use levekaar::uncertainty::{Sensitivity, Uncertainty};
use levekaar::validate;
use levekaar::write::allocation_workbook::allocation_sheets;
use levekaar::write::workbook::{MOST_AREAS, WorkbookRequest, workbook};
use miette::{IntoDiagnostic, WrapErr};

use super::allocate::{Funded, of_project};
use super::input::Job;
use super::map::Drawn;
use super::select::{Chosen, chosen};
use super::spatial::clusters::{self, Clusters};
use super::terminal::Terminal;

/// The results of a project.
pub(crate) struct Results {
    pub(crate) job: Job,
    pub(crate) analysis: Analysis,
    pub(crate) boundaries: Option<Boundaries>,
    /// The map as SVG, where there are boundaries.
    pub(crate) map: Option<String>,
    /// The candidate areas that the project asks for, and their map where there are boundaries.
    pub(crate) candidates: Option<(Candidates, Option<String>)>,
    pub(crate) uncertainty: Option<Uncertainty>,
    /// How probable each area's selection is, as SVG, where there are shapes and a rule.
    pub(crate) probability: Option<String>,
    pub(crate) sensitivity: Option<Sensitivity>,
    /// What the rule comes to, where there is one.
    pub(crate) chosen: Option<Chosen>,
    /// Which areas lie among their like, where the project asks.
    pub(crate) clusters: Option<Clusters>,
    /// The funding models that the project compares.
    pub(crate) funded: Option<Funded>,
    /// The years of a table over years; empty where there is but one.
    pub(crate) history: Vec<YearFigures>,
    /// Which areas are neighbours: as the project says, or by their outlines.
    pub(crate) neighbours: Option<Neighbours>,
    pub(crate) provenance: Provenance,
}

impl Results {
    /// Computes everything that the project asks for; `analysis` has all notices.
    pub(crate) fn of(job: Job, terminal: &Terminal) -> miette::Result<Self> {
        let mut analysis = job.analyse(terminal)?;
        let boundaries = job.boundaries(&analysis.table, &mut analysis.notices)?;
        let uncertainty = super::uncertainty::of_project(&job, &analysis, terminal)?;
        let map = match &boundaries {
            Some(boundaries) => {
                let options = &job.project().map;
                let drawn = Drawn { job: &job, analysis: &analysis, boundaries, options };
                let (svg, notices) =
                    drawn.svg(uncertainty.as_ref(), job.project().language, terminal)?;
                analysis.notices.extend(notices);
                Some(svg)
            }
            None => None,
        };
        let candidates = candidate_areas(&job, &analysis, boundaries.as_ref(), terminal)?;
        if let Some((found, _)) = &candidates {
            analysis.notices.extend_from_slice(&found.notices);
        }
        if let Some(uncertainty) = &uncertainty {
            analysis.notices.extend_from_slice(&uncertainty.notices);
        }
        let shown = boundaries.as_ref().zip(uncertainty.as_ref());
        let probability = shown.and_then(|(shapes, found)| {
            probability_map(&analysis, found, shapes, job.project(), job.project().language)
        });
        let sensitivity = super::sensitivity::of_project(&job, &analysis, terminal)?;
        if let Some(sensitivity) = &sensitivity {
            analysis.notices.extend_from_slice(&sensitivity.notices);
        }
        let clusters = clusters::of_project(&job, &analysis, boundaries.as_ref(), terminal)?;
        if let Some(clusters) = &clusters {
            analysis.notices.extend_from_slice(&clusters.notices);
        }
        let mut more = Vec::new();
        let chosen = terminal
            .during("holding the rule against its limits", || chosen(&job, &analysis, &mut more))?;
        analysis.notices.extend(more);
        let funded = of_project(&job, &analysis, boundaries.as_ref(), terminal)?;
        for notice in funded.iter().flat_map(|funded| &funded.notices) {
            if !analysis.notices.contains(notice) {
                analysis.notices.push(notice.clone());
            }
        }
        let history = terminal.during("earlier years", || earlier_years(&job, &mut analysis))?;
        let neighbours = neighbours(&analysis, boundaries.as_ref());
        let provenance = provenance(&job, &analysis, uncertainty.as_ref())?;
        Ok(Self {
            job,
            analysis,
            boundaries,
            map,
            candidates,
            uncertainty,
            probability,
            sensitivity,
            chosen,
            clusters,
            funded,
            history,
            neighbours,
            provenance,
        })
    }

    /// The report; `profiles` are the positions of areas that get a profile in any case.
    pub(crate) fn html(&self, profiles: &[usize]) -> miette::Result<String> {
        let (project, definition) = (self.job.project(), &self.analysis.definition);
        Ok(report(&ReportRequest {
            project,
            analysis: &self.analysis,
            language: project.language,
            map_svg: self.map.as_deref(),
            method: &method_in_words(definition, &self.job.plan(), project.language),
            uncertainty: self.uncertainty.as_ref(),
            sections: &self.sections(),
            history: &self.history,
            neighbours: self.neighbours.as_ref(),
            profiles,
            provenance: &self.provenance,
        })?)
    }

    /// Whether a workbook has room for all areas.
    pub(crate) fn fits_a_workbook(&self) -> bool {
        self.analysis.ranking.areas().len() <= MOST_AREAS
    }

    /// The workbook, as the bytes of its file.
    pub(crate) fn workbook(&self) -> miette::Result<Vec<u8>> {
        let project = self.job.project();
        workbook(&WorkbookRequest {
            project,
            analysis: &self.analysis,
            language: project.language,
            uncertainty: self.uncertainty.as_ref(),
            provenance: &self.provenance,
            sheets: &self.funded.as_ref().map_or_else(Vec::new, |funded| {
                allocation_sheets(&funded.comparison, &funded.base, project.language)
            }),
        })
        .into_diagnostic()
        .wrap_err("cannot make the workbook")
    }

    /// What the report says of results that only some projects have, in the order of the page.
    fn sections(&self) -> Vec<Section> {
        let language = self.job.project().language;
        let candidates = self
            .candidates
            .as_ref()
            .map(|(found, svg)| candidate_section(&self.analysis, found, svg.as_deref(), language));
        let chosen = self.chosen.as_ref().map(|chosen| chosen.section.clone());
        let clusters = self.clusters.as_ref().map(|clusters| clusters.section.clone());
        let certainty = certainty_section(&CertaintyRequest {
            project: self.job.project(),
            analysis: &self.analysis,
            uncertainty: self.uncertainty.as_ref(),
            probability_map: self.probability.as_deref(),
            sensitivity: self.sensitivity.as_ref(),
        });
        let funded = self.funded.as_ref().map(|funded| funded.section.clone());
        let further = [chosen, candidates, funded, clusters];
        certainty.into_iter().chain(further.into_iter().flatten()).collect()
    }
}

fn candidate_areas(
    job: &Job,
    analysis: &Analysis,
    boundaries: Option<&Boundaries>,
    terminal: &Terminal,
) -> miette::Result<Option<(Candidates, Option<String>)>> {
    let project = job.project();
    let Some(options) = &project.candidates else { return Ok(None) };
    let found = terminal
        .during("searching candidate areas", || candidates(analysis, options))
        .map_err(miette::Report::new)?;
    let svg = match boundaries {
        Some(boundaries) => {
            Some(candidate_map(analysis, boundaries, project, project.language, &found)?)
        }
        None => None,
    };
    Ok(Some((found, svg)))
}

/// The neighbours that the recipe used, else those whose outlines meet in a point. They are shown
/// beside an area and enter no number, so that what outlines leave open is no notice here.
fn neighbours(analysis: &Analysis, boundaries: Option<&Boundaries>) -> Option<Neighbours> {
    if let Some(known) = analysis.table.neighbours() {
        return Some(Neighbours::clone(known));
    }
    let how = Contiguity { method: Touch::Queen, snap_m: 0.0, links: Vec::new(), cuts: Vec::new() };
    let found = contiguity(analysis.table.areas(), boundaries?, &how).ok()?;
    Some(found.0)
}

/// The same recipe on the other years of the table, where it has a column of years.
fn earlier_years(job: &Job, analysis: &mut Analysis) -> miette::Result<Vec<YearFigures>> {
    let project = job.project();
    if project.areas.year.is_none() {
        return Ok(Vec::new());
    }
    let path = job.file.resolve(&project.areas.file);
    let raw = load::table(&path, &validate::request(project, &job.definition))?;
    let (years, notices) = history(&raw, project, &job.plan(), analysis.table.areas());
    analysis.notices.extend(notices);
    Ok(years)
}

fn provenance(
    job: &Job,
    analysis: &Analysis,
    uncertainty: Option<&Uncertainty>,
) -> miette::Result<Provenance> {
    let project = job.project();
    let mut inputs = Vec::new();
    let mut add = |role: &str, shown: &Path, path: &Path| -> miette::Result<()> {
        inputs.push(InputFile {
            role: role.to_owned(),
            path: shown.display().to_string(),
            sha256: load::checksum(path)?,
        });
        Ok(())
    };
    if let Some(path) = &job.path {
        let name = path.file_name().map(Path::new).unwrap_or(path);
        add("project", name, path)?;
    }
    add("table", &project.areas.file, &job.file.resolve(&project.areas.file))?;
    if let Some(spec) = &project.areas.neighbours {
        add("neighbours", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.children {
        add("children", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.decided {
        add("decided", &spec.file, &job.file.resolve(&spec.file))?;
    }
    if let Some(spec) = &project.boundaries {
        add("boundaries", &spec.file, &job.file.resolve(&spec.file))?;
    }
    for (role, shown, path) in Funded::inputs(job)? {
        add(role, &shown, &path)?;
    }
    for (role, choice) in
        [("definition", Some(&project.index)), ("rule", project.selection.as_ref())]
    {
        if let Some(Choice::File(file)) = choice {
            add(role, file, &job.file.resolve(file))?;
        }
    }
    if let Some(file) = &project.uncertainty.file {
        add("space", file, &job.file.resolve(file))?;
    }
    let hash = |text: Result<String, toml::ser::Error>| -> miette::Result<String> {
        Ok(load::checksum_of(text.into_diagnostic()?.as_bytes()))
    };
    let name = job.path.as_deref().and_then(Path::file_name).map(Path::new);
    let shown = name.unwrap_or(&project.areas.file).display().to_string();
    Ok(Provenance {
        program_version: concat!("levekaar ", env!("CARGO_PKG_VERSION")).to_owned(),
        definition_sha256: hash(toml::to_string(&analysis.definition))?,
        rule_sha256: match &job.rule {
            Some(rule) => Some(hash(toml::to_string(rule))?),
            None => None,
        },
        inputs,
        seed: uncertainty.map(|uncertainty| uncertainty.seed),
        reference_set: analysis.ranking.n_ranked(),
        command: format!("levekaar run {shown}"),
    })
}
