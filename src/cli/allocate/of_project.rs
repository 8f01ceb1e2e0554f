//! What does a project's money come to?

use std::path::{Path, PathBuf};

use levekaar::allocate::base::{FundingBase, FundingOptions};
use levekaar::allocate::compare::Comparison;
use levekaar::allocate::model::{Eligibility, ModelFile};
use levekaar::allocate::scorecard::scorecard;
use levekaar::analysis::Analysis;
use levekaar::boundary::Boundaries;
use levekaar::load::funding;
use levekaar::notice::Notice;
use levekaar::project::Choice;
use levekaar::report::funded::{FundingSection, funding_section};
use levekaar::report::section::Section;
use miette::miette;

use super::carried_out;
use super::past::with_earlier_years;
use super::pictures::charts;
use super::results::{about_json, how_sure, sure_file, tables};
use crate::cli::input::Job;
use crate::cli::terminal::Terminal;

/// The models of a project side by side.
pub(crate) struct Funded {
    pub(crate) base: FundingBase,
    pub(crate) comparison: Comparison,
    pub(crate) section: Section,
    /// Tables and charts by file name, within the folder `funding`.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) notices: Vec<Notice>,
    /// What `run.json` says of it.
    pub(crate) about: serde_json::Value,
}

/// What the project's `[funding]` comes to; `None` where it has none.
pub(crate) fn of_project(
    job: &Job,
    analysis: &Analysis,
    boundaries: Option<&Boundaries>,
    terminal: &Terminal,
) -> miette::Result<Option<Funded>> {
    let Some((base, comparison, notices)) = checked(job, analysis)? else { return Ok(None) };
    let language = job.project().language;
    let lines = scorecard(&comparison);
    let mut files = tables(&comparison, &base, &lines, language)?;
    let charts = charts(&comparison, &base, boundaries, &lines, language)?;
    files.extend(charts.iter().map(|chart| (chart.file.clone(), chart.svg.clone().into_bytes())));
    let sure = how_sure(&comparison, &base, (job, analysis), language, terminal)?;
    for sure in &sure {
        let (name, text) = sure_file(&comparison, &base, sure);
        files.push((name, text.into_bytes()));
    }
    let section = funding_section(&FundingSection {
        analysis,
        comparison: &comparison,
        base: &base,
        lines: &lines,
        charts: &charts,
        sure: &sure,
        language,
    });
    let about = about_json(&comparison, &base);
    Ok(Some(Funded { base, comparison, section, files, notices, about }))
}

/// Reads the money and the models and carries them out, which finds whatever is wrong with them.
pub(crate) fn checked(
    job: &Job,
    analysis: &Analysis,
) -> miette::Result<Option<(FundingBase, Comparison, Vec<Notice>)>> {
    let Some(options) = &job.project().funding else { return Ok(None) };
    if options.models.is_empty() {
        return Err(miette!(
            help = "such as `models = [{{ preset = \"modell-2-full-sammenslaaing\" }}]`; \
                    `levekaar presets list` shows the models that come along",
            "`[funding]` names no model"
        ));
    }
    let models: Vec<ModelFile> = options
        .models
        .iter()
        .map(|model| Ok(funding::model(model, &job.file.folder)?))
        .collect::<miette::Result<_>>()?;
    models.iter().try_for_each(|model| rule_is_the_projects(job, model))?;
    let mut base = base(job, analysis, options)?;
    if models.iter().any(|model| model.formula_share > 0.0) {
        let figures = match &options.file {
            Some(file) => funding::funding(&job.file.resolve(file))?.file.figures,
            None => None,
        };
        with_earlier_years(&mut base, job, figures.as_ref())?;
    }
    let (comparison, notices) = carried_out(models, &base, options.pot)?;
    Ok(Some((base, comparison, notices)))
}

/// A model may take its areas by the project's own rule; another would need another analysis.
fn rule_is_the_projects(job: &Job, model: &ModelFile) -> miette::Result<()> {
    let Eligibility::Rule { rule } = &model.eligibility else { return Ok(()) };
    if job.project().selection.as_ref() == Some(rule) {
        return Ok(());
    }
    Err(miette!(
        help = "say `eligibility = {{ method = \"selected\" }}` in the model and name the rule \
                under `[selection]` of the project",
        "the model `{}` takes its areas by a rule that is not the project's",
        model.id
    ))
}

fn base(job: &Job, analysis: &Analysis, options: &FundingOptions) -> miette::Result<FundingBase> {
    let project = job.project();
    let Some(file) = &options.file else {
        if options.pot.is_none() {
            return Err(miette!(
                help = "give `pot = 15000000` in whole kroner, or `file` for today's money by \
                        area and department",
                "`[funding]` says neither how much money there is nor where it stands"
            ));
        }
        let mut base = funding::base_of_project(analysis, &project.title, project.synthetic);
        if let Some(source) = &project.source {
            base.source = source.clone();
        }
        return Ok(base);
    };
    let at = funding::funding(&job.file.resolve(file))?;
    let mut base = funding::funding_base(&at, Some(analysis))?;
    // Invented figures make invented amounts.
    base.synthetic |= project.synthetic;
    if let (Some(named), Some(own)) = (&at.file.project, &job.path)
        && !is_same_file(&at.folder.join(named), own)
    {
        let notice = Notice::note("allocate.other-project");
        base.notices.push(notice.with("file", named.display()));
    }
    Ok(base)
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(a).is_some() && real(a) == real(b)
}

impl Funded {
    /// The files that a project's `[funding]` reads, with the role of each, as they are named and
    /// where they stand.
    pub(crate) fn inputs(job: &Job) -> miette::Result<Vec<(&'static str, PathBuf, PathBuf)>> {
        let Some(options) = &job.project().funding else { return Ok(Vec::new()) };
        let mut inputs = Vec::new();
        if let Some(file) = &options.file {
            let path = job.file.resolve(file);
            let at = funding::funding(&path)?;
            inputs.push(("funding", file.clone(), path));
            let files = [
                Some(&at.file.appropriations.file),
                at.file.programmes.as_ref().map(|programmes| &programmes.file),
                at.file.figures.as_ref().map(|figures| &figures.file),
            ];
            for file in files.into_iter().flatten() {
                inputs.push(("money", file.clone(), at.folder.join(file)));
            }
        }
        for model in &options.models {
            if let Choice::File(file) = model {
                inputs.push(("model", file.clone(), job.file.resolve(file)));
            }
        }
        Ok(inputs)
    }
}
