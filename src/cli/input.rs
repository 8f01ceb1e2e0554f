//! What is to be analysed?
//!
//! A project file, or a bare table with a recipe named on the command line. Both become one
//! [`Job`], so that every subcommand takes either.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use levekaar::analysis::{Analysis, analyse, analyse_scores};
use levekaar::area::Area;
use levekaar::boundary::Boundaries;
use levekaar::contiguity::{Contiguity, contiguity};
use levekaar::index::{IndexDefinition, Plan};
use levekaar::indicator::{IndicatorId, IndicatorTable};
use levekaar::language::{Language, Text};
use levekaar::load::boundaries::{BoundaryOptions, boundaries};
use levekaar::load::{self, ProjectFile};
use levekaar::notice::Notice;
use levekaar::project::{
    Areas, Choice, Encoding, Format, MapOptions, Mark, Outputs, Project, Year,
};
use levekaar::select::{FactOf, RuleFile, own};
use levekaar::suggest::nearest;
use levekaar::treat::Imputation;
use levekaar::uncertainty::{Space, UncertaintyOptions};
use levekaar::validate;
use levekaar::weight::Weighting;
use miette::{Context, IntoDiagnostic, miette};

use super::beside::with_past;
use super::terminal::Terminal;

/// A project file, or a table with a recipe.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Project file (.toml), or a table with one row an area (CSV, TSV or Parquet) and --index
    input: PathBuf,

    /// Index definition: a preset such as `no-levekaar-5`, or a TOML file
    #[arg(long, value_name = "PRESET|FILE")]
    index: Option<String>,

    /// Column of ids, for a bare table; the first column where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Column of names, for a bare table
    #[arg(long, value_name = "COLUMN")]
    name: Option<String>,

    /// Column of residents, for a bare table
    #[arg(long, value_name = "COLUMN")]
    population: Option<String>,

    /// Column of larger units, for a bare table
    #[arg(long, value_name = "COLUMN")]
    parent: Option<String>,

    /// Column of years and the year to use, for a bare table: `year=2024`
    #[arg(long, value_name = "COLUMN=YEAR", value_parser = year)]
    year: Option<Year>,

    /// Mark of a missing value, for a bare table: `-999=not-available`; may be repeated
    ///
    /// KIND is `suppressed`, `not-available`, `not-applicable` or `invalid` (not a mark at all).
    #[arg(
        long,
        value_name = "TEXT=KIND",
        value_parser = mark,
        allow_hyphen_values = true
    )]
    missing: Vec<(String, Mark)>,
}

/// `year=2024` as a column and a year.
fn year(typed: &str) -> Result<Year, String> {
    let found = typed.rsplit_once('=').and_then(|(column, year)| {
        Some(Year { column: column.to_owned(), use_year: year.trim().parse().ok()? })
    });
    found.ok_or_else(|| "write COLUMN=YEAR, such as `year=2024`".to_owned())
}

/// `-999=not-available` as a text and what it means.
pub(super) fn mark(typed: &str) -> Result<(String, Mark), String> {
    let Some((text, kind)) = typed.rsplit_once('=') else {
        return Err("write TEXT=KIND, such as `-999=not-available`".to_owned());
    };
    let kind = match kind {
        "suppressed" => Mark::Suppressed,
        "not-available" => Mark::NotAvailable,
        "not-applicable" => Mark::NotApplicable,
        "invalid" => Mark::Invalid,
        "number" => Mark::Number,
        other => {
            return Err(format!(
                "`{other}` is not a kind of gap: use `suppressed`, `not-available`, \
                 `not-applicable` or `invalid`"
            ));
        }
    };
    Ok((text.to_owned(), kind))
}

/// Everything that an analysis needs but the figures.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) file: ProjectFile,
    pub(crate) definition: IndexDefinition,
    pub(crate) rule: Option<RuleFile>,
    /// The project file, where there is one.
    pub(crate) path: Option<PathBuf>,
    /// Whether outlines are written, in degrees; without, they are read in metres alone.
    pub(crate) writes_outlines: bool,
    /// Boundaries that were read before they were asked for.
    outlines: RefCell<Option<Boundaries>>,
}

impl InputArgs {
    /// A project file, with another recipe or its own.
    pub(crate) fn project(input: PathBuf, index: Option<String>) -> Self {
        Self { index, ..Self::unnamed(input) }
    }

    /// A bare table with a recipe; `id` is the first column where nothing is said.
    pub(crate) fn bare(input: PathBuf, index: String, id: Option<String>) -> Self {
        Self { index: Some(index), id, ..Self::unnamed(input) }
    }

    fn unnamed(input: PathBuf) -> Self {
        Self {
            input,
            index: None,
            id: None,
            name: None,
            population: None,
            parent: None,
            year: None,
            missing: Vec::new(),
        }
    }

    /// The file and its columns of ids and names, for a bare table that has no recipe.
    pub(crate) fn columns(&self) -> (&Path, Option<&str>, Option<&str>) {
        (&self.input, self.id.as_deref(), self.name.as_deref())
    }

    /// Reads the project, the recipe and the rule.
    pub(crate) fn job(&self, rule: Option<&str>) -> miette::Result<Job> {
        self.job_with(rule, &[])
    }

    /// The same with criteria that are asked for by name. A bare table needs no recipe where the
    /// rule brings facts of its own.
    pub(crate) fn job_with(&self, rule: Option<&str>, with: &[String]) -> miette::Result<Job> {
        let is_project = self.input.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
        let typed_rule = match rule {
            Some(rule) => Some(load::rule(&choice(rule), Path::new(""))?),
            None => None,
        };
        let mut file = if is_project {
            if self.id.is_some()
                || self.name.is_some()
                || self.population.is_some()
                || self.parent.is_some()
                || self.year.is_some()
                || !self.missing.is_empty()
            {
                return Err(miette!(
                    help = "they are keys of `[areas]` in the project file",
                    "`--id`, `--name`, `--population`, `--parent`, `--year` and `--missing` go with a bare table"
                ));
            }
            load::project(&self.input)?
        } else {
            self.bare_table(typed_rule.as_ref())?
        };
        let rule = match (typed_rule, &file.project.selection) {
            (Some(rule), _) => Some(rule),
            (None, Some(selection)) => Some(load::rule(selection, &file.folder)?),
            (None, None) => None,
        };
        let rule = rule.map(|mut rule| {
            let asked = if self.is_of_project(&rule, &file) {
                &file.project.selection_with[..]
            } else {
                &[]
            };
            for name in asked.iter().chain(with) {
                if !rule.with.contains(name) {
                    rule.with.push(name.clone());
                }
            }
            rule
        });
        // What is typed is relative to where it is typed; the project's own to its folder.
        let typed = self.index.as_ref().map(|index| choice(index));
        let definition = match (&typed, &rule) {
            (Some(typed), _) => load::index(typed, Path::new(""))?,
            (None, Some(rule)) if !is_project => self.index_of_facts(&file, rule)?,
            (None, _) => load::index(&file.project.index, &file.folder)?,
        };
        if let Some(typed) = typed {
            file.project.index = typed;
        }
        let path = is_project.then(|| self.input.clone());
        let outlines = RefCell::new(None);
        Ok(Job { file, definition, rule, path, writes_outlines: false, outlines })
    }

    /// Criteria that the project asks for are those of its own rule.
    fn is_of_project(&self, rule: &RuleFile, file: &ProjectFile) -> bool {
        rule.criteria.keys().any(|name| file.project.selection_with.contains(name))
    }

    /// The index of a rule that is applied without one: its facts that differ between areas.
    fn index_of_facts(
        &self,
        file: &ProjectFile,
        rule: &RuleFile,
    ) -> miette::Result<IndexDefinition> {
        let facts = own::facts_as_indicators(rule, FactOf::Areas, None);
        let request = validate::facts_request(&file.project, rule, &facts, FactOf::Areas);
        let raw = load::table(&self.input, &request)?;
        let (table, ..) = validate::facts(raw, &file.project, rule, facts.clone(), FactOf::Areas)?;
        let mut index = own::index_of_facts(facts, rule);
        index
            .indicators
            .retain(|fact| table.column(&fact.id).is_some_and(|column| column.n_present() > 0));
        if index.indicators.is_empty() {
            return Err(miette!(
                help = "name the columns as `levekaar presets show` has them, or write a project \
                        file that says which columns they are",
                "`{}` has none of the figures that the rule `{}` reads",
                self.input.display(),
                rule.id
            ));
        }
        Ok(index)
    }

    fn bare_table(&self, rule: Option<&RuleFile>) -> miette::Result<ProjectFile> {
        let brings_facts = rule.is_some_and(|rule| !rule.facts.is_empty());
        let of_facts = brings_facts.then_some("facts-of-the-rule");
        let Some(index) = self.index.as_deref().or(of_facts) else {
            return Err(miette!(
                help = "`levekaar presets list` shows the presets; \
                        `levekaar init TABLE` writes a project file",
                "`{}` is not a project file, so `--index` must say what to compute",
                self.input.display()
            ));
        };
        let id = match &self.id {
            Some(id) => id.clone(),
            None => first_column(&self.input)?,
        };
        let stem = self.input.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let project = Project {
            version: levekaar::project::VERSION,
            title: Text::same(&stem),
            id: stem,
            language: Language::default(),
            synthetic: false,
            source: None,
            areas: Areas {
                file: self.input.clone(),
                id,
                name: self.name.clone(),
                parent: self.parent.clone(),
                population: self.population.clone(),
                year: self.year.clone(),
                neighbours: None,
                contiguity: None,
                format: Format::default(),
                missing: self.missing.iter().cloned().collect(),
                exclude: Vec::new(),
                keep: Vec::new(),
            },
            boundaries: None,
            screen: None,
            index: choice(index),
            indicators: BTreeMap::new(),
            selection: None,
            selection_with: Vec::new(),
            children: None,
            decided: None,
            candidates: None,
            uncertainty: UncertaintyOptions::default(),
            spatial: None,
            sensitivity: None,
            funding: None,
            map: MapOptions::default(),
            outputs: Outputs::default(),
        };
        Ok(ProjectFile { project, folder: PathBuf::new() })
    }
}

/// A file where one of that name exists or it looks like one; a preset otherwise.
pub(crate) fn choice(typed: &str) -> Choice {
    let path = Path::new(typed);
    if path.extension().is_some_and(|e| e == "toml") || path.is_file() {
        Choice::File(path.to_path_buf())
    } else {
        Choice::Preset(typed.to_owned())
    }
}

pub(crate) fn first_column(path: &Path) -> miette::Result<String> {
    load::header(path)?
        .into_iter()
        .next()
        .ok_or_else(|| miette!("`{}` has no columns", path.display()))
}

impl Job {
    pub(crate) fn project(&self) -> &Project {
        &self.file.project
    }

    /// The same table for one indicator as measured, for years in which others are missing;
    /// `None` where the recipe has no such indicator, or a domain of that name.
    pub(super) fn of_indicator(&self, id: &str) -> Option<Self> {
        if self.definition.domains.iter().any(|domain| domain.id.as_str() == id) {
            return None;
        }
        let mut definition = self.definition.clone();
        definition.indicators.retain(|indicator| indicator.id.as_str() == id);
        let indicator = definition.indicators.first_mut()?;
        indicator.domain = None;
        indicator.impute = None;
        indicator.treat = None;
        indicator.reference = None;
        definition.domains.clear();
        definition.defaults.impute = Imputation::default();
        definition.defaults.treat.clear();
        definition.defaults.reference = None;
        definition.score.weights = Weighting::Equal {};
        definition.score.report.clear();
        definition.score.normalise = None;
        let mut file = self.file.clone();
        (file.project.areas.neighbours, file.project.areas.contiguity) = (None, None);
        file.project.indicators.retain(|of, _| of.as_str() == id);
        Some(Self {
            file,
            definition,
            rule: None,
            path: self.path.clone(),
            writes_outlines: self.writes_outlines,
            outlines: RefCell::new(None),
        })
    }

    pub(crate) fn plan(&self) -> Plan<'_> {
        Plan::of(&self.definition).expect("`load::index` has checked the definition")
    }

    /// The space of alternatives: the one named, the project's, or the usual one.
    pub(crate) fn space(&self, typed: Option<&Path>) -> miette::Result<Space> {
        let options = &self.project().uncertainty;
        Ok(match (typed, &options.file, &options.space) {
            (Some(file), _, _) => load::space(file)?,
            (None, Some(_), Some(_)) => {
                return Err(miette!(
                    help = "take one of them away",
                    "`[uncertainty]` names both a `file` and a `space`"
                ));
            }
            (None, Some(file), None) => load::space(&self.file.resolve(file))?,
            (None, None, Some(space)) => space.clone(),
            (None, None, None) => Space::usual(),
        })
    }

    /// Reads and checks the table, with what the rule needs beside the index.
    pub(crate) fn table(&self) -> miette::Result<(IndicatorTable, Vec<Notice>)> {
        let (table, mut notices) = self.table_of(None)?;
        let year = self.project().areas.year.as_ref().map(|year| year.use_year);
        let (Some(rule), Some(year)) = (&self.rule, year) else { return Ok((table, notices)) };
        let back = rule.years_back(year);
        if back == 0 {
            return Ok((table, notices));
        }
        let past = self.past(rule, year - back, &mut notices)?;
        Ok((with_past(table, year, &past), notices))
    }

    /// The table of another year than the project's, or of its own, without earlier years.
    pub(super) fn table_of(
        &self,
        year: Option<i32>,
    ) -> miette::Result<(IndicatorTable, Vec<Notice>)> {
        let mut project = self.project().clone();
        let years = [&mut project.areas.year]
            .into_iter()
            .chain(project.children.as_mut().map(|children| &mut children.year));
        for (of_table, year) in years.flatten().zip(std::iter::repeat(year)) {
            of_table.use_year = year.unwrap_or(of_table.use_year);
        }
        let of_rule =
            |id: &IndicatorId| self.rule.as_ref().is_some_and(|rule| rule.fact(id).is_some());
        let definition = &self.definition;
        let whole = project.clone();
        project.indicators.retain(|id, _| definition.indicator(id).is_some() || !of_rule(id));
        let (table, mut notices) = self.table_of_index(&project)?;
        let Some(rule) = &self.rule else { return Ok((table, notices)) };
        let beside = self.beside(&whole, rule, &table, &mut notices)?;
        Ok((table.with_beside(Arc::new(beside)), notices))
    }

    fn table_of_index(&self, project: &Project) -> miette::Result<(IndicatorTable, Vec<Notice>)> {
        let path = self.file.resolve(&project.areas.file);
        let request = validate::request(project, &self.definition);
        let raw = load::table(&path, &request)?;
        let file = project.areas.file.display().to_string();
        let mut notices = Vec::new();
        if project.synthetic {
            notices.push(Notice::warning("notice.synthetic"));
        }
        if self.definition.id.starts_with("facts-of-") {
            notices.push(Notice::warning("notice.index-of-facts"));
        }
        if raw.read_as.encoding == Some(Encoding::Latin1) && project.areas.format.encoding.is_none()
        {
            let notice = Notice::warning("notice.encoding").with("file", &file);
            notices.push(notice.with("encoding", "Windows-1252 (Latin-1)"));
        }
        if raw.read_as.decimal == Some(levekaar::project::Decimal::Comma) {
            notices.push(Notice::note("notice.decimal-comma").with("file", &file));
        }
        if raw.read_as.thousands.is_some() {
            notices.push(Notice::note("notice.thousands-comma").with("file", &file));
        }
        let (table, more) = validate::validate(raw, project, &self.definition)?;
        notices.extend(more);
        if let Some(how) = &project.areas.contiguity {
            let (table, more) = self.neighbours_by_outline(table, how)?;
            notices.extend(more);
            return Ok((table, notices));
        }
        let Some(spec) = &project.areas.neighbours else { return Ok((table, notices)) };
        let pairs = load::pairs(&self.file.resolve(&spec.file), &spec.from, &spec.to)?;
        let file = spec.file.display().to_string();
        let (table, more) = validate::with_neighbours(table, &file, &pairs);
        notices.extend(more);
        Ok((table, notices))
    }

    /// The table with the neighbours that the project's boundaries show.
    fn neighbours_by_outline(
        &self,
        table: IndicatorTable,
        how: &Contiguity,
    ) -> miette::Result<(IndicatorTable, Vec<Notice>)> {
        if let Some(spec) = &self.project().areas.neighbours {
            return Err(miette!(
                help = "take one of the two away; `links` and `cuts` of `contiguity` add and remove pairs",
                "`[areas]` names both `neighbours` in `{}` and `contiguity`",
                spec.file.display()
            ));
        }
        let Some(found) = self.outlines()? else {
            return Err(miette!(
                help = "give the project `[boundaries]` with `file` and `id`, \
                        or a file of pairs with `neighbours`",
                "`contiguity` compares outlines, and the project has no boundaries"
            ));
        };
        // What the outlines have to tell is told by whoever draws them.
        validate::join(table.areas(), &found).map_err(miette::Report::new)?;
        let (neighbours, notices) =
            contiguity(table.areas(), &found, how).map_err(miette::Report::new)?;
        self.outlines.replace(Some(found));
        Ok((table.with_neighbours(neighbours), notices))
    }

    /// The boundaries as the file has them; those that were read for the neighbours are handed
    /// on, so that a large file is read once.
    fn outlines(&self) -> miette::Result<Option<Boundaries>> {
        let Some(spec) = &self.project().boundaries else { return Ok(None) };
        if let Some(found) = self.outlines.take() {
            return Ok(Some(found));
        }
        let crs = match &spec.crs {
            Some(text) => Some(epsg(text)?),
            None => None,
        };
        let options = BoundaryOptions {
            id_property: spec.id.clone(),
            name_property: spec.name.clone(),
            crs,
            layer: spec.layer.clone(),
            exclude: spec.exclude.clone(),
            only_metres: !self.writes_outlines,
        };
        Ok(Some(boundaries(&self.file.resolve(&spec.file), &options)?))
    }

    /// Reads the boundaries and compares their ids with the table's.
    pub(crate) fn boundaries(
        &self,
        table: &IndicatorTable,
        notices: &mut Vec<Notice>,
    ) -> miette::Result<Option<Boundaries>> {
        let Some(found) = self.outlines()? else { return Ok(None) };
        notices.extend_from_slice(found.notices());
        let joined = validate::join(table.areas(), &found).map_err(miette::Report::new)?;
        notices.extend(joined);
        Ok(Some(found))
    }

    /// The path from the files to the results, without the map.
    pub(crate) fn analyse(&self, terminal: &Terminal) -> miette::Result<Analysis> {
        let (table, notices) = terminal.during("reading the table", || self.table())?;
        let plan = self.plan();
        terminal
            .during("computing", || analyse(table, &plan, self.rule.as_ref(), notices))
            .map_err(miette::Report::new)
    }

    /// The same for scores and ranks alone.
    pub(crate) fn scores(&self, terminal: &Terminal) -> miette::Result<Analysis> {
        let (table, notices) = terminal.during("reading the table", || self.table_of(None))?;
        let plan = self.plan();
        terminal
            .during("computing", || analyse_scores(table, &plan, notices))
            .map_err(miette::Report::new)
    }
}

/// The position of an area by its id or its name.
pub(crate) fn area_named(areas: &[Area], wanted: &str) -> miette::Result<usize> {
    let at = areas
        .iter()
        .position(|area| area.id.as_str() == wanted)
        .or_else(|| areas.iter().position(|area| area.name.eq_ignore_ascii_case(wanted)));
    at.ok_or_else(|| {
        let known = areas.iter().flat_map(|area| [area.id.as_str(), area.name.as_str()]);
        let help = match nearest(wanted, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name it by its id or its name in the table".to_owned(),
        };
        miette!(help = help, "there is no area `{wanted}`")
    })
}

/// The number of `EPSG:25833` or `25833`.
fn epsg(text: &str) -> miette::Result<u32> {
    let number = text.trim().to_uppercase();
    number
        .trim_start_matches("EPSG:")
        .parse()
        .into_diagnostic()
        .wrap_err_with(|| format!("`crs = \"{text}\"` is not a code such as `EPSG:25833`"))
}
