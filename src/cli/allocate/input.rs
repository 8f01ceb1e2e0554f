//! Which money is shared out, over which areas?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::allocate::base::FundingBase;
use levekaar::allocate::model::{Eligibility, ModelFile};
use levekaar::analysis::Analysis;
use levekaar::language::{Language, Text};
use levekaar::load::funding::{self, BareColumns};
use levekaar::load::{self, document};
use levekaar::money::Money;
use levekaar::project::Choice;
use miette::miette;

use super::super::input::{InputArgs, Job};
use super::super::terminal::Terminal;
use super::past::with_earlier_years;

/// A funding file, a project or a bare table.
#[derive(Debug, Args)]
pub(super) struct FundingArgs {
    /// Funding file or project file (.toml), or a table with one row an area
    #[arg(required = true)]
    input: Option<PathBuf>,

    /// The pot in whole kroner, instead of the sum of today's money
    #[arg(long, value_name = "KRONER", value_parser = super::amount, allow_hyphen_values = true)]
    pot: Option<Money>,

    /// Column of ids, for a bare table; the first column where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Column of names, for a bare table
    #[arg(long, value_name = "COLUMN")]
    name: Option<String>,

    /// Column of today's kroner, for a bare table
    #[arg(long, value_name = "COLUMN")]
    today: Option<String>,

    /// Column of a figure, for a bare table: `population=residents`; may be repeated
    ///
    /// NAME is `population`, `deprived`, `score`, `readiness`, `own-money` or whatever the model
    /// names.
    #[arg(long, value_name = "NAME=COLUMN", value_parser = figure)]
    figure: Vec<(String, String)>,
}

fn figure(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((name, column)) if !name.is_empty() && !column.is_empty() => {
            Ok((name.to_owned(), column.to_owned()))
        }
        _ => Err("write NAME=COLUMN, such as `population=residents`".to_owned()),
    }
}

/// Today's money and what is known of the areas, with where it came from.
pub(super) struct Funding {
    pub(super) base: FundingBase,
    pub(super) language: Language,
    pub(super) pot: Option<Money>,
    /// The project behind it, for the map and for the uncertainty of its index.
    pub(super) project: Option<(Job, Analysis)>,
    /// The files that were read, with their checksums.
    pub(super) inputs: Vec<(String, String)>,
}

impl FundingArgs {
    /// Reads the money and the figures that the models need.
    pub(super) fn job(&self, models: &[ModelFile], terminal: &Terminal) -> miette::Result<Funding> {
        let input = self.input.as_deref().expect("clap requires an input");
        let is_toml = input.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
        let bare_words = self.id.is_some()
            || self.name.is_some()
            || self.today.is_some()
            || !self.figure.is_empty();
        if is_toml && bare_words {
            return Err(miette!(
                help = "they are keys of the funding file",
                "`--id`, `--name`, `--today` and `--figure` go with a bare table"
            ));
        }
        let mut inputs = vec![checksum(input, input)?];
        let rule = rule_of(models)?;
        if !is_toml {
            let columns = BareColumns {
                id: self.id.clone(),
                name: self.name.clone(),
                today: self.today.clone(),
                figures: self.figure.iter().cloned().collect::<BTreeMap<_, _>>(),
            };
            let base = funding::base_of_table(input, &columns)?;
            let language = Language::default();
            return Ok(Funding { base, language, pot: self.pot, project: None, inputs });
        }
        let text = document::read_text(input)?;
        let keys: toml::Table = document::parse(&input.display().to_string(), &text)?;
        if keys.contains_key("index") && !keys.contains_key("appropriations") {
            let (job, analysis) = analysed(input.to_path_buf(), rule, terminal)?;
            let project = job.project();
            let title: &Text = &project.title;
            let mut base = funding::base_of_project(&analysis, title, project.synthetic);
            with_earlier_years(&mut base, &job, None)?;
            let language = project.language;
            let project = Some((job, analysis));
            return Ok(Funding { base, language, pot: self.pot, project, inputs });
        }
        let at = funding::funding(input)?;
        let files = [
            Some(&at.file.appropriations.file),
            at.file.programmes.as_ref().map(|programmes| &programmes.file),
            at.file.figures.as_ref().map(|figures| &figures.file),
            at.file.project.as_ref(),
        ];
        for file in files.into_iter().flatten() {
            inputs.push(checksum(file, &at.folder.join(file))?);
        }
        let project = match &at.file.project {
            Some(project) => Some(analysed(at.folder.join(project), rule, terminal)?),
            None => None,
        };
        let mut base = funding::funding_base(&at, project.as_ref().map(|(_, analysis)| analysis))?;
        if let Some((job, _)) = &project {
            with_earlier_years(&mut base, job, at.file.figures.as_ref())?;
        }
        Ok(Funding { base, language: at.file.language, pot: self.pot, project, inputs })
    }
}

fn checksum(shown: &Path, path: &Path) -> miette::Result<(String, String)> {
    // A folder of the machine is no part of a result; two files of one name differ by checksum.
    let name = shown
        .file_name()
        .map_or_else(|| shown.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok((name, load::checksum(path)?))
}

/// The selection rule that the models ask for; they may ask for one at most.
fn rule_of(models: &[ModelFile]) -> miette::Result<Option<&Choice>> {
    let mut rules: Vec<&Choice> = Vec::new();
    for model in models {
        if let Eligibility::Rule { rule } = &model.eligibility
            && !rules.contains(&rule)
        {
            rules.push(rule);
        }
    }
    match rules.as_slice() {
        [] => Ok(None),
        [rule] => Ok(Some(*rule)),
        [_, ..] => Err(miette!(
            help = "compare them in two runs",
            "the models take their areas by different selection rules"
        )),
    }
}

fn analysed(
    path: PathBuf,
    rule: Option<&Choice>,
    terminal: &Terminal,
) -> miette::Result<(Job, Analysis)> {
    let rule = rule.map(|rule| match rule {
        Choice::Preset(id) => id.clone(),
        Choice::File(file) => file.display().to_string(),
    });
    let job = InputArgs::project(path, None).job(rule.as_deref())?;
    let analysis = job.analyse(terminal)?;
    Ok((job, analysis))
}
