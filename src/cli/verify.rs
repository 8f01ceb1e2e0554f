//! `levekaar verify`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::area::AreaId;
use levekaar::index::IndexDefinition;
use levekaar::language::{Language, message};
use levekaar::load;
use levekaar::load::table::{RawTable, TableRequest};
use levekaar::project::Mark;
use levekaar::rank::First;
use levekaar::verify::{Agreement, Published, Quantity, Tolerance, Verification, verify};
use miette::{IntoDiagnostic, WrapErr, miette};

use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Recompute a published index and count where it differs from what was printed
///
/// Ranks and classes must be the same, scores and parts the same within the tolerance. Exit code 0
/// if all agree, 1 otherwise. Columns that are not named are looked for: the one column that ends
/// in `rank` and is not an input of the index, then `score` of the same name. Deciles and other
/// classes are compared only when named, as publishers cut them in several ways; `classes` under
/// `[ranking]` in the definition says how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar verify gb-wimd-2019 --data wimd2019.csv.gz
  levekaar verify gb-imd-2019 --data iod.csv.gz --decile IMD_decile --near-ties 1e-5
  levekaar verify us-svi-2018 --data svi.csv --rank-first best --part SPL_THEME1=SPL_THEME1
  levekaar verify mine.toml --data in.csv --published out.csv --id code --classes 20=vigintile")]
pub(crate) struct VerifyArgs {
    /// Index definition: a preset such as `gb-wimd-2019`, or a TOML file
    #[arg(value_name = "PRESET|FILE")]
    index: String,

    /// The publisher's table of inputs, or a project file (.toml) that says how to read it
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// The publisher's table of results; the same file where nothing is said
    #[arg(long, value_name = "FILE")]
    published: Option<PathBuf>,

    /// Column of ids in both tables; the first column of each where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Column of published scores
    #[arg(long, value_name = "COLUMN")]
    score: Option<String>,

    /// Column of published ranks
    #[arg(long, value_name = "COLUMN")]
    rank: Option<String>,

    /// Column of published deciles
    #[arg(long, value_name = "COLUMN")]
    decile: Option<String>,

    /// Column of published classes among K, such as `20=vigintile`; may be repeated
    #[arg(long, value_name = "K=COLUMN", value_parser = classes)]
    classes: Vec<(usize, String)>,

    /// Column of a published part: a domain, an indicator or a reported column by its ID in the
    /// definition; may be repeated
    #[arg(long, value_name = "ID=COLUMN", value_parser = part)]
    part: Vec<(String, String)>,

    /// Which end has rank 1 and class 1 in the publication; the definition's where nothing is said
    #[arg(long, value_enum, value_name = "END")]
    rank_first: Option<End>,

    /// Mark of a missing value in both tables: `-999=not-available`; may be repeated
    #[arg(long, value_name = "TEXT=KIND", value_parser = super::input::mark, allow_hyphen_values = true)]
    missing: Vec<(String, Mark)>,

    /// Largest difference between a score and the published one
    #[arg(long, value_name = "X", default_value_t = 1e-6)]
    tolerance: f64,

    /// Let areas change places whose scores differ by at most X, as rounding may; 0 is exact
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    near_ties: f64,

    /// A table to read, or JSON with all that was compared
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Language of the table
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which end of the list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum End {
    /// Rank 1 is the area with the worst conditions
    Worst,
    /// Rank 1 is the area with the best conditions
    Best,
}

/// `20=vigintile` as a number of classes and a column.
fn classes(typed: &str) -> Result<(usize, String), String> {
    let (k, column) = part(typed)?;
    match k.parse() {
        Ok(k) if k > 1 => Ok((k, column)),
        _ => {
            Err(format!("`{k}` is not a number of classes: write K=COLUMN, such as `20=vigintile`"))
        }
    }
}

/// `income=income_score` as an id and a column.
fn part(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((id, column)) if !id.is_empty() && !column.is_empty() => {
            Ok((id.to_owned(), column.to_owned()))
        }
        _ => Err("write NAME=COLUMN".to_owned()),
    }
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table to read
    Text,
    /// JSON
    Json,
}

/// The comparison goes to stdout or to a file; a difference is an error.
pub(crate) fn run(args: &VerifyArgs, terminal: &Terminal) -> miette::Result<()> {
    let language = Language::from(args.language);
    for (name, x) in [("--tolerance", args.tolerance), ("--near-ties", args.near_ties)] {
        if !(x.is_finite() && x >= 0.0) {
            return Err(miette!("`{name}` is {x}; it must be a number of 0 or more"));
        }
    }
    let mut job = args.job()?;
    job.rule = None;
    let analysis = job.analyse(terminal)?;
    terminal.notices(&analysis.notices, language);
    let path = match &args.published {
        Some(path) => path.clone(),
        None => job.file.resolve(&job.project().areas.file),
    };
    let columns = Columns::of(args, &path, &job)?;
    terminal.say(&message(language, "verify.columns", &[("columns", &columns.list())]));
    let published = columns.read(&path)?;
    let tolerance = Tolerance { score: args.tolerance, near_tie: args.near_ties };
    let parts = analysis.parts_and_indicators();
    if let Some((id, _)) =
        args.part.iter().find(|(id, _)| !parts.iter().any(|(part, _)| part == id))
    {
        let ids: Vec<&str> = parts.iter().map(|(id, _)| *id).collect();
        return Err(miette!(
            help = format!("its parts are: {}", ids.join(", ")),
            "`{}` has no part `{id}`",
            job.definition.id
        ));
    }
    let found = verify(&analysis.ranking, &parts, &published, tolerance);
    let text = match args.format {
        Format::Text => to_text(&found, &analysis.definition.id, language),
        Format::Json => {
            let json = serde_json::to_string_pretty(&found).into_diagnostic()?;
            format!("{json}\n")
        }
    };
    to_file_or_stdout(args.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    if found.agrees() {
        return Ok(());
    }
    Err(miette!(
        help = "check that table, definition and tolerance are those of the publication",
        "the computed `{}` is not the published one",
        analysis.definition.id
    ))
}

impl VerifyArgs {
    /// The recipe on the publisher's table, ranked from the publisher's end.
    fn job(&self) -> miette::Result<Job> {
        let (data, index) = (self.data.clone(), self.index.clone());
        let is_project = data.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
        let input = if is_project {
            InputArgs::project(data, Some(index))
        } else {
            InputArgs::bare(data, index, self.id.clone())
        };
        let mut job = input.job(None)?;
        job.file.project.areas.missing.extend(self.missing.iter().cloned());
        match self.rank_first {
            Some(End::Worst) => job.definition.ranking.first = First::Worst,
            Some(End::Best) => job.definition.ranking.first = First::Best,
            None => {}
        }
        Ok(job)
    }
}

/// Where the published numbers stand, and how they are read.
struct Columns {
    id: String,
    score: Option<String>,
    rank: Option<String>,
    decile: Option<String>,
    classes: Vec<(usize, String)>,
    parts: Vec<(String, String)>,
    marks: BTreeMap<String, Mark>,
    format: levekaar::project::Format,
}

impl Columns {
    fn of(args: &VerifyArgs, path: &Path, job: &Job) -> miette::Result<Self> {
        let project = job.project();
        let mut marks = job.definition.defaults.missing.clone();
        marks.extend(project.areas.missing.iter().map(|(text, mark)| (text.clone(), *mark)));
        // A table of its own may be written in another way than the table of inputs.
        let format = match args.published {
            Some(_) => levekaar::project::Format::default(),
            None => project.areas.format.clone(),
        };
        let look = TableRequest { format: format.clone(), ..TableRequest::default() };
        let header = load::table(path, &look)?.header;
        let own = header.contains(&project.areas.id).then(|| project.areas.id.clone());
        let id = args.id.clone().or(own).or_else(|| header.first().cloned()).unwrap_or_default();
        let mut found = Self {
            id,
            score: args.score.clone(),
            rank: args.rank.clone(),
            decile: args.decile.clone(),
            classes: args.classes.clone(),
            parts: args.part.clone(),
            marks,
            format,
        };
        if found.numbers().next().is_none() {
            found.guess(&header, &job.definition);
        }
        let named = || std::iter::once(&found.id).chain(found.numbers());
        if let Some(missing) = named().find(|name| !header.contains(name)) {
            return Err(miette!(
                help = format!("its columns are: {}", header.join(", ")),
                "`{}` has no column `{missing}`",
                path.display()
            ));
        }
        if found.numbers().next().is_none() {
            return Err(miette!(
                help = "name at least one with `--score`, `--rank` or `--decile`",
                "no column of `{}` looks like published ranks or scores",
                path.display()
            ));
        }
        Ok(found)
    }

    /// The one column that ends in `rank` and is not an input, and its sibling `score`.
    fn guess(&mut self, header: &[String], definition: &IndexDefinition) {
        let inputs: BTreeSet<&str> = definition
            .indicators
            .iter()
            .map(|i| i.column.as_deref().unwrap_or(i.id.as_str()))
            .collect();
        let ends = |ending: &str| -> Vec<&String> {
            let free = header.iter().filter(|name| !inputs.contains(name.as_str()));
            free.filter(|name| name.to_lowercase().ends_with(ending)).collect()
        };
        let [rank] = ends("rank")[..] else { return };
        let stem = rank[..rank.len() - "rank".len()].to_lowercase();
        let wanted = format!("{stem}score");
        self.rank = Some(rank.clone());
        self.score = header.iter().find(|name| name.to_lowercase() == wanted).cloned();
    }

    /// The columns of numbers that are compared.
    fn numbers(&self) -> impl Iterator<Item = &String> {
        let classes = self.classes.iter().map(|(_, column)| column);
        let parts = self.parts.iter().map(|(_, column)| column);
        let named = [&self.score, &self.rank, &self.decile].into_iter().flatten();
        named.chain(classes).chain(parts)
    }

    fn list(&self) -> String {
        self.numbers().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }

    fn read(&self, path: &Path) -> miette::Result<Published> {
        let request = TableRequest {
            text: vec![self.id.clone()],
            numbers: self.numbers().cloned().collect(),
            marks: self.marks.clone(),
            format: self.format.clone(),
            ..TableRequest::default()
        };
        let raw = load::table(path, &request)?;
        let ids = raw.text.get(&self.id).map(Vec::as_slice).unwrap_or_default();
        let mut seen = BTreeSet::new();
        if let Some(twice) = ids.iter().find(|id| !seen.insert(id.as_str())) {
            return Err(miette!("`{}` has the id `{twice}` twice", path.display()));
        }
        Ok(Published {
            ids: ids.iter().map(|id| AreaId::new(id.trim())).collect(),
            scores: column(&raw, self.score.as_ref())?,
            ranks: column(&raw, self.rank.as_ref())?,
            deciles: column(&raw, self.decile.as_ref())?,
            classes: columns(&raw, &self.classes)?,
            parts: columns(&raw, &self.parts)?,
        })
    }
}

fn columns<K: Ord + Clone>(
    raw: &RawTable,
    named: &[(K, String)],
) -> miette::Result<BTreeMap<K, Vec<f64>>> {
    let mut out = BTreeMap::new();
    for (key, name) in named {
        if let Some(values) = column(raw, Some(name))? {
            out.insert(key.clone(), values);
        }
    }
    Ok(out)
}

fn column(raw: &RawTable, name: Option<&String>) -> miette::Result<Option<Vec<f64>>> {
    let Some(name) = name else { return Ok(None) };
    let numbers = raw.numbers.get(name);
    if let Some((row, text)) = numbers.and_then(|numbers| numbers.unreadable.first()) {
        let line = row + raw.read_as.first_row_line;
        return Err(miette!("`{name}` on line {line} is not a number: `{text}`"))
            .wrap_err_with(|| format!("cannot read `{}`", raw.file));
    }
    Ok(numbers.map(|numbers| numbers.values.clone()))
}

fn to_text(found: &Verification, index: &str, language: Language) -> String {
    let say =
        |key: &str, values: &[(&str, &str)]| message(language, &format!("verify.{key}"), values);
    let n = |n: usize| n.to_string();
    let mut out = say(
        "headline",
        &[
            ("index", index),
            ("computed", &n(found.n_computed)),
            ("published", &n(found.n_published)),
        ],
    );
    out.push('\n');
    for (key, ids) in
        [("only-computed", &found.only_computed), ("only-published", &found.only_published)]
    {
        if let Some(first) = ids.first() {
            out.push_str(&say(key, &[("n", &n(ids.len())), ("example", first.as_str())]));
            out.push('\n');
        }
    }
    let mut rows = vec![
        ["quantity", "compared", "different", "near-ties", "one-sided", "largest"]
            .map(|key| say(key, &[])),
    ];
    let name = |quantity: Quantity<'_>| match quantity {
        Quantity::Score => say("score", &[]),
        Quantity::Rank => say("rank", &[]),
        Quantity::Class(10) => say("decile", &[]),
        Quantity::Class(k) => say("class", &[("k", &n(k))]),
        Quantity::Part(id) => id.to_owned(),
    };
    for (quantity, part) in found.compared() {
        let count = [part.n_compared, part.n_different, part.n_near_ties, part.n_one_sided];
        let [a, b, c, d] = count.map(n);
        rows.push([name(quantity), a, b, c, d, difference(part)]);
    }
    push_table(&mut out, &rows);
    for (quantity, part) in found.compared() {
        for example in &part.examples {
            let number = |x: Option<f64>| x.map_or("–".to_owned(), |x| x.to_string());
            out.push_str(&say(
                "example",
                &[
                    ("quantity", &name(quantity)),
                    ("area", example.area.as_str()),
                    ("computed", &number(example.computed)),
                    ("published", &number(example.published)),
                ],
            ));
            out.push('\n');
        }
    }
    let (score, near) = (found.tolerance.score.to_string(), found.tolerance.near_tie.to_string());
    let key = if found.tolerance.near_tie > 0.0 { "tolerance-near" } else { "tolerance" };
    out.push_str(&say(key, &[("score", &score), ("near", &near)]));
    out.push('\n');
    out.push_str(&say(if found.agrees() { "agrees" } else { "differs" }, &[]));
    out.push('\n');
    out
}

fn difference(part: &Agreement) -> String {
    let x = part.largest_difference;
    if x == 0.0 || x >= 1.0 { x.to_string() } else { format!("{x:.1e}") }
}

/// Columns side by side, the first to the left and numbers to the right.
fn push_table(out: &mut String, rows: &[[String; 6]]) {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    for row in rows {
        out.push_str(&format!("{:<w$}", row[0], w = width(0)));
        for (at, cell) in row.iter().enumerate().skip(1) {
            out.push_str(&format!("  {:>w$}", cell, w = width(at)));
        }
        out.push('\n');
    }
}
