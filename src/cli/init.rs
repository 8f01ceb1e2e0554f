//! `levekaar init`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::index::IndexDefinition;
use levekaar::load;
use levekaar::suggest::nearest;
use levekaar::write::folder;
use miette::{Context, miette};

use super::input::choice;
use super::terminal::Terminal;

/// Write a commented project file from a table's header
///
/// Guesses which columns are the id, the name, the residents and the indicators, and says in a
/// comment what it could not guess. Look it through before the first run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar init areas.csv
  levekaar init areas.csv --boundaries zones.geojson --index no-levekaar-5 -o project.toml")]
pub(crate) struct InitArgs {
    /// The table: CSV, TSV or Parquet with one row an area
    table: PathBuf,

    /// GeoJSON file with the shapes of the areas
    #[arg(long, value_name = "FILE")]
    boundaries: Option<PathBuf>,

    /// Index definition: a preset or a TOML file
    #[arg(long, value_name = "PRESET|FILE", default_value = "no-levekaar-5")]
    index: String,

    /// The project file to write
    #[arg(long, short, value_name = "FILE", default_value = "project.toml")]
    output: PathBuf,

    /// Overwrite the project file if it exists
    #[arg(long)]
    force: bool,
}

/// The path of the project file goes to stdout.
pub(crate) fn run(args: &InitArgs, terminal: &Terminal) -> miette::Result<()> {
    if args.output.exists() && !args.force {
        return Err(miette!(
            help = "name another one with `-o FILE`, or overwrite it with `--force`",
            "`{}` exists",
            args.output.display()
        ));
    }
    let header = load::header(&args.table)?;
    let definition = load::index(&choice(&args.index), Path::new(""))?;
    let text = project_file(args, &header, &definition)?;
    folder::write_file(&args.output, |out| out.write_all(text.as_bytes()))?;
    terminal.say("look through the lines marked `?`, then: levekaar check the file");
    super::score::to_file_or_stdout(None, |out| writeln!(out, "{}", args.output.display()))
}

fn project_file(
    args: &InitArgs,
    header: &[String],
    definition: &IndexDefinition,
) -> miette::Result<String> {
    let stem = args.table.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let id = find(header, &["id", "area", "zone", "sone", "bydel", "code", "kode", "nr"])
        .or_else(|| header.first().map(String::as_str))
        .ok_or_else(|| miette!("`{}` has no columns", args.table.display()))?;
    let optional = |key: &str, names: &[&str]| match find(header, names) {
        Some(column) => format!("{key} = {}", quoted(column)),
        None => format!("# {key} = \"…\"  # ? no such column was found"),
    };
    let index = match choice(&args.index) {
        levekaar::project::Choice::Preset(preset) => format!("preset = {}", quoted(&preset)),
        levekaar::project::Choice::File(file) => {
            format!("file = {}", quoted(&relative(&file, &args.output)?))
        }
    };
    let mut text = format!(
        "# A levekaar project. Paths are relative to this file.\n\
         # Columns of the table: {columns}\n\
         version = 1\n\
         id = {stem}\n\
         title = {{ nb = {stem}, en = {stem} }}  # ? the title of map and report\n\
         language = \"nb\"  # or \"en\"\n\
         # source = {{ nb = \"…\", en = \"…\" }}  # ? whose figures and boundaries these are\n\n\
         [areas]\n\
         file = {table}\n\
         id = {id}  # read as text: leading zeros stay\n\
         {name}\n\
         {population}\n\
         {parent}\n\n",
        columns = header.join(", "),
        stem = quoted(&stem),
        table = quoted(&relative(&args.table, &args.output)?),
        id = quoted(id),
        name = optional("name", &["name", "navn", "area_name", "zone_name"]),
        population = optional("population", &["population", "folketall", "pop", "innbyggere"]),
        parent = match find(header, &["parent", "district", "bydel", "kommune", "municipality"]) {
            Some(column) if column == id => {
                "# parent = \"…\"  # ? a larger unit that each area belongs to".to_owned()
            }
            Some(_) | None =>
                optional("parent", &["parent", "district", "bydel", "kommune", "municipality"]),
        },
    );
    match &args.boundaries {
        Some(boundaries) => text.push_str(&format!(
            "[boundaries]\nfile = {}\nid = {}  # ? the property that holds the area's id\n\
             # crs = \"EPSG:25832\"  # only where the file does not tell\n\n",
            quoted(&relative(boundaries, &args.output)?),
            quoted(id)
        )),
        None => text.push_str("# [boundaries]  # without them no map is drawn\n# file = \"zones.geojson\"\n# id = \"…\"\n\n"),
    }
    text.push_str(&format!("[index]\n{index}\n\n"));
    for indicator in &definition.indicators {
        let wanted = indicator.column.as_deref().unwrap_or(indicator.id.as_str());
        let found = header.iter().find(|column| column.as_str() == wanted).map(String::as_str);
        let near = found.or_else(|| nearest(wanted, header.iter().map(String::as_str)));
        let title = &indicator.title.en;
        let unit = &indicator.unit;
        text.push_str(&match (found, near) {
            (Some(column), _) => format!(
                "[indicators.{}]  # {title}, {unit}\ncolumn = {}\n\n",
                indicator.id,
                quoted(column)
            ),
            (None, Some(column)) => format!(
                "[indicators.{}]  # {title}, {unit}\ncolumn = {}  # ? guessed from the name\n\n",
                indicator.id,
                quoted(column)
            ),
            (None, None) => format!(
                "# ? {title}, {unit}: which column?\n# [indicators.{}]\n# column = \"…\"\n\
                 # or: numerator = \"…\", denominator = \"…\", per = 100\n\
                 # or, standardised by age: per = 100000, strata = [{{ numerator = \"…\", \
                 denominator = \"…\", standard = 0.8 }}, …]\n\n",
                indicator.id
            ),
        });
    }
    text.push_str("[selection]\npreset = \"worst-fifth\"\n");
    text.push_str(
        "\n# [funding]  # who would get what; `levekaar presets list` shows the models\n\
         # pot = 15000000  # whole kroner; or `file` for today's money\n\
         # models = [{ file = \"my-model.toml\" }]\n",
    );
    Ok(text)
}

/// The first column whose name is one of these, case and `_` aside.
fn find<'a>(header: &'a [String], names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| {
        header.iter().map(String::as_str).find(|column| {
            let plain = column.to_lowercase();
            plain == *name || plain.split(['_', ' ']).next() == Some(name)
        })
    })
}

/// `text` as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// `path` as the project file will name it.
fn relative(path: &Path, project: &Path) -> miette::Result<String> {
    let folder = project.parent().unwrap_or(Path::new(""));
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| miette!("{error}"))
            .wrap_err_with(|| format!("cannot resolve `{}`", path.display()))
    };
    let (path, folder) = (absolute(path)?, absolute(folder)?);
    Ok(path.strip_prefix(&folder).unwrap_or(&path).display().to_string())
}
