//! `levekaar map`

use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::analysis::{Analysis, analyse};
use levekaar::boundary::Boundaries;
use levekaar::classify::Classing;
use levekaar::language::Language;
use levekaar::map::{Page, rasterise};
use levekaar::notice::Notice;
use levekaar::picture::{MapMaterials, needs_uncertainty, project_map, years};
use levekaar::project::{Around, Found, MapInset, MapNames, MapOptions, Middle};
use levekaar::uncertainty::Uncertainty;
use levekaar::write::folder;
use miette::{IntoDiagnostic, WrapErr, miette};

use super::input::{InputArgs, Job};
use super::print;
use super::terminal::Terminal;

/// Draw a map of the results as SVG, PNG or PDF
///
/// The format follows the ending of the file; a PDF is printed by an installed Chromium, Chrome or
/// Edge. Areas without data are hatched by the kind of gap; areas that the project's rule selects
/// have a strong outline. Each option is also a key of `[map]` in the project file, which `run`
/// follows too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar map project.toml -o map.svg
  levekaar map project.toml -o map.png --language en --page a4-landscape --names all
  levekaar map project.toml -o who.svg --against people --circles
  levekaar map project.toml -o sure.svg --against uncertainty
  levekaar map project.toml -o change.svg --show low_education --since 2015
  levekaar map project.toml -o years.svg --show employment --panels 2015,2018,2021,2024
  levekaar map project.toml -o themes.pdf --panels domains --page a3-landscape
  levekaar map project.toml -o mean.svg --around mean --inset auto
  levekaar map project.toml -o rule.svg --show selection")]
pub(crate) struct MapArgs {
    #[command(flatten)]
    input: InputArgs,

    /// The file to write; `.svg`, `.png` or `.pdf`
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    /// `score`, `rank`, `selection`, `parent`, or the id of a domain or indicator
    #[arg(long, value_name = "WHAT")]
    show: Option<String>,

    /// Three by three colours with a second measure: `people`, `uncertainty`, or as --show
    #[arg(long, value_name = "WHAT")]
    against: Option<String>,

    /// The change since this year; of the rank where --show says nothing
    #[arg(long, value_name = "YEAR")]
    since: Option<i32>,

    /// The difference from another measure
    #[arg(long, value_name = "WHAT")]
    minus: Option<String>,

    /// Small maps with the same classes: years, ids of domains and indicators, `domains` or
    /// `indicators`
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    panels: Vec<String>,

    /// Colours that turn at a value: a number, `mean` or `median`
    #[arg(long, value_name = "VALUE", value_parser = around, allow_hyphen_values = true)]
    around: Option<Around>,

    /// Number of classes, and the method as `classify` names it: `5`, `fisher-jenks=6`
    #[arg(long, value_name = "METHOD=N", value_parser = classing)]
    classes: Option<Classing>,

    /// Circles as large as areas have residents
    #[arg(long)]
    circles: bool,

    /// Which names stand on the map: `auto`, `none`, `selected`, `all`, or so many
    #[arg(long, value_name = "WHICH", value_parser = names)]
    names: Option<(MapNames, Option<usize>)>,

    /// A part that is drawn larger: `auto`, or west,south,east,north in degrees
    #[arg(long, value_name = "BOX", value_parser = inset, allow_hyphen_values = true)]
    inset: Option<MapInset>,

    /// The paper: `web`, `a4`, `a4-landscape`, `a3`, `a3-landscape` or `16:9`
    #[arg(long, value_name = "PAGE", value_parser = page)]
    page: Option<Page>,

    /// What the figures describe; the year of the table where nothing is said
    #[arg(long, value_name = "TEXT")]
    date: Option<String>,

    /// Language of the map instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,
}

/// Language of a picture or report.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Tongue {
    /// Norwegian bokmål
    Nb,
    /// English
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Nb => Self::Nb,
            Tongue::En => Self::En,
        }
    }
}

/// What a picture's file is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Svg,
    Png,
}

impl Ending {
    /// By the name of the file.
    pub(crate) fn of(path: &Path) -> miette::Result<Self> {
        match ending(path).as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            Some(_) | None => Err(miette!(
                help = "name it `map.svg` or `map.png`",
                "`{}` has no ending that says what to draw",
                path.display()
            )),
        }
    }
}

fn ending(path: &Path) -> Option<String> {
    path.extension().and_then(|e| e.to_str()).map(str::to_lowercase)
}

fn around(typed: &str) -> Result<Around, String> {
    match typed {
        "mean" => Ok(Around::Middle(Middle::Mean)),
        "median" => Ok(Around::Middle(Middle::Median)),
        number => match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Around::Value(value)),
            Ok(_) | Err(_) => Err("write a number, `mean` or `median`".to_owned()),
        },
    }
}

fn classing(typed: &str) -> Result<Classing, String> {
    let (method, n) = typed.rsplit_once('=').unwrap_or(("quantiles", typed));
    let text = format!("method = \"{method}\"\nclasses = {n}\n");
    toml::from_str(&text).map_err(|_| {
        "write a number, or METHOD=N with `quantiles`, `equal-interval`, `fisher-jenks`, \
         `maximum-breaks`, `pretty` or `geometric`; other methods stand in the project file"
            .to_owned()
    })
}

fn names(typed: &str) -> Result<(MapNames, Option<usize>), String> {
    match typed {
        "auto" => Ok((MapNames::Auto, None)),
        "none" => Ok((MapNames::None, None)),
        "selected" => Ok((MapNames::Selected, None)),
        "all" => Ok((MapNames::All, None)),
        number => match number.parse() {
            Ok(most) => Ok((MapNames::All, Some(most))),
            Err(_) => Err("write `auto`, `none`, `selected`, `all` or a number".to_owned()),
        },
    }
}

fn inset(typed: &str) -> Result<MapInset, String> {
    if typed == "auto" {
        return Ok(MapInset::Found(Found::Auto));
    }
    let degrees: Vec<f64> = typed.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match <[f64; 4]>::try_from(degrees) {
        Ok(degrees) => Ok(MapInset::Degrees(degrees)),
        Err(_) => Err("write `auto` or WEST,SOUTH,EAST,NORTH in degrees".to_owned()),
    }
}

fn page(typed: &str) -> Result<Page, String> {
    let names = Page::ALL.map(Page::name).join("`, `");
    Page::named(typed).ok_or_else(|| format!("use `{names}`"))
}

impl MapArgs {
    /// The project's options with what is typed above them. What says which map it is stands
    /// together: a typed subject takes the place of the project's.
    fn options(&self, own: &MapOptions) -> MapOptions {
        let mut options = own.clone();
        let typed = self.show.is_some()
            || self.against.is_some()
            || self.since.is_some()
            || self.minus.is_some()
            || !self.panels.is_empty();
        if typed {
            options.show = self.show.clone();
            options.against = self.against.clone();
            options.since = self.since;
            options.minus = self.minus.clone();
            options.panels = self.panels.clone();
        }
        options.around = self.around.or(options.around);
        options.classes = self.classes.clone().or(options.classes);
        options.circles |= self.circles;
        if let Some((names, most)) = self.names {
            (options.names, options.most_names) = (names, most);
        }
        options.inset = self.inset.or(options.inset);
        options.page = self.page.unwrap_or(options.page);
        options.date = self.date.clone().or(options.date);
        options
    }
}

/// The path of the map goes to stdout.
pub(crate) fn run(args: &MapArgs, terminal: &Terminal) -> miette::Result<()> {
    // What cannot be written is told before the work.
    let browser = match ending(&args.output).as_deref() {
        Some("svg" | "png") => None,
        Some("pdf") => Some(print::browser()?),
        Some(_) | None => {
            return Err(miette!(
                help = "name it `map.svg`, `map.png` or `map.pdf`",
                "`{}` has no ending that says what to draw",
                args.output.display()
            ));
        }
    };
    let job = args.input.job(None)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let options = args.options(&job.project().map);
    let analysis = job.analyse(terminal)?;
    let mut notices = analysis.notices.clone();
    let Some(boundaries) = job.boundaries(&analysis.table, &mut notices)? else {
        return Err(miette!(
            help = "give the project `[boundaries]` with `file` and `id`",
            "the project has no boundaries"
        ));
    };
    let uncertainty = match needs_uncertainty(&options) {
        true => super::uncertainty::of_project(&job, &analysis, terminal)?,
        false => None,
    };
    let found =
        Drawn { job: &job, analysis: &analysis, boundaries: &boundaries, options: &options };
    let (svg, of_map) = found.svg(uncertainty.as_ref(), language, terminal)?;
    terminal.notices(&notices, language);
    // There is no report in which notes on the map itself, such as fewer classes, would stand.
    terminal.all_notices(&of_map, language);
    if let Some(browser) = browser {
        print_svg(&browser, &svg, options.page, &args.output)?;
    } else {
        let bytes = match Ending::of(&args.output)? {
            Ending::Png => rasterise(&svg, options.png_width)?,
            Ending::Svg => svg.into_bytes(),
        };
        folder::write_file(&args.output, |out| std::io::Write::write_all(out, &bytes))?;
    }
    super::score::to_file_or_stdout(None, |out| writeln!(out, "{}", args.output.display()))
}

/// What a map is drawn of.
pub(crate) struct Drawn<'a> {
    pub(crate) job: &'a Job,
    pub(crate) analysis: &'a Analysis,
    pub(crate) boundaries: &'a Boundaries,
    pub(crate) options: &'a MapOptions,
}

impl Drawn<'_> {
    /// The map, with the other years that it needs.
    pub(crate) fn svg(
        &self,
        uncertainty: Option<&Uncertainty>,
        language: Language,
        terminal: &Terminal,
    ) -> miette::Result<(String, Vec<Notice>)> {
        let project = self.job.project();
        if needs_uncertainty(self.options) && uncertainty.is_none() {
            return Err(miette!(
                help = "give `[uncertainty]` in the project file `replicates = 1000`",
                "the map shows how sure ranks are, and the project asks for 0 replicates"
            ));
        }
        let own = project.areas.year.as_ref().map(|year| year.use_year);
        let asked = years(self.options, own);
        if own.is_none() && !asked.is_empty() {
            return Err(levekaar::picture::PictureError::NoYears.into());
        }
        let mut of_years = Vec::new();
        // An indicator as measured needs no other figures of that year.
        let alone = self.options.show.as_deref().and_then(|id| self.job.of_indicator(id));
        let job = alone.as_ref().unwrap_or(self.job);
        for year in asked {
            let (table, _) = job.table_of(Some(year)).wrap_err_with(|| {
                format!("the map needs the year {year}, which the table cannot give")
            })?;
            let plan = job.plan();
            let analysis = terminal
                .during("earlier years", || analyse(table, &plan, None, Vec::new()))
                .map_err(miette::Report::new)?;
            of_years.push((year, analysis));
        }
        let materials = MapMaterials {
            analysis: self.analysis,
            boundaries: self.boundaries,
            project,
            options: self.options,
            years: &of_years,
            uncertainty,
            language,
        };
        Ok(terminal.during("drawing the map", || project_map(&materials))?)
    }
}

/// Prints a drawing on a page of its own size.
fn print_svg(browser: &Path, svg: &str, page: Page, pdf: &Path) -> miette::Result<()> {
    let size = match page.size_mm() {
        Some((width, height)) => format!("{width}mm {height}mm"),
        None => match (side(svg, "width"), side(svg, "height")) {
            (Some(width), Some(height)) => format!("{width}px {height}px"),
            (_, _) => "A4".to_owned(),
        },
    };
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>@page {{ size: {size}; margin: 0 }}\n\
         html, body {{ margin: 0; height: 100%; overflow: hidden }}\n\
         svg {{ position: absolute; left: 0; top: 0; width: 100%; height: 100% }}</style>\n{svg}"
    );
    let work = tempfile::tempdir().into_diagnostic().wrap_err("no room for temporary files")?;
    let file = work.path().join("map.html");
    std::fs::write(&file, html).into_diagnostic().wrap_err("no room for temporary files")?;
    print::print(browser, &file, pdf)
}

/// A side of the drawing as its root has it.
fn side(svg: &str, name: &str) -> Option<f64> {
    let root = svg.split('>').next()?;
    root.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok()
}
