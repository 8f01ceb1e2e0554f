//! `levekaar verify`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::area::AreaId;
use levekaar::index::IndexDefinition;
use levekaar::language::{Language, message};
use levekaar::load;
use levekaar::load::table::{RawTable, TableRequest};
use levekaar::verify::{Agreement, Published, Tolerance, Verification, verify};
use miette::{IntoDiagnostic, WrapErr, miette};

use super::input::InputArgs;
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;

/// Recompute a published index and count where it differs from what was printed
///
/// Ranks and deciles must be the same, scores the same within the tolerance. Exit code 0 if all
/// agree, 1 otherwise. Columns that are not named are looked for: the one column that ends in
/// `rank` and is not an input of the index, then `score` of the same name. Deciles are compared
/// only when named, as publishers cut them in several ways: here it is `ceil(10 rank / n)`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar verify gb-wimd-2019 --data wimd2019.csv.gz
  levekaar verify gb-imd-2019 --data iod.csv.gz --decile IMD_decile --near-ties 1e-5
  levekaar verify mine.toml --data in.csv --published out.csv --id code --rank rank --format json")]
pub(crate) struct VerifyArgs {
    /// Index definition: a preset such as `gb-wimd-2019`, or a TOML file
    #[arg(value_name = "PRESET|FILE")]
    index: String,

    /// The publisher's table of inputs
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
    let input = InputArgs::bare(args.data.clone(), args.index.clone(), args.id.clone());
    let mut job = input.job(None)?;
    job.rule = None;
    let analysis = job.analyse(terminal)?;
    terminal.notices(&analysis.notices, language);
    let path = args.published.as_deref().unwrap_or(&args.data);
    let columns = Columns::of(args, path, &job.definition)?;
    let values = [("columns", columns.list())];
    terminal.say(&message(language, "verify.columns", &[("columns", &values[0].1)]));
    let published = columns.read(path)?;
    let tolerance = Tolerance { score: args.tolerance, near_tie: args.near_ties };
    let found = verify(&analysis.ranking, &published, tolerance);
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

/// Where the published numbers stand.
struct Columns {
    id: String,
    score: Option<String>,
    rank: Option<String>,
    decile: Option<String>,
}

impl Columns {
    fn of(args: &VerifyArgs, path: &Path, definition: &IndexDefinition) -> miette::Result<Self> {
        let header = load::table(path, &TableRequest::default())?.header;
        let id = args.id.clone().or_else(|| header.first().cloned()).unwrap_or_default();
        let mut found = Self {
            id,
            score: args.score.clone(),
            rank: args.rank.clone(),
            decile: args.decile.clone(),
        };
        if found.score.is_none() && found.rank.is_none() {
            found.guess(&header, definition);
        }
        let named =
            [Some(&found.id), found.score.as_ref(), found.rank.as_ref(), found.decile.as_ref()];
        if let Some(missing) = named.into_iter().flatten().find(|name| !header.contains(name)) {
            return Err(miette!(
                help = format!("its columns are: {}", header.join(", ")),
                "`{}` has no column `{missing}`",
                path.display()
            ));
        }
        if found.score.is_none() && found.rank.is_none() && found.decile.is_none() {
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

    fn list(&self) -> String {
        let named = [&self.score, &self.rank, &self.decile];
        named.into_iter().flatten().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }

    fn read(&self, path: &Path) -> miette::Result<Published> {
        let numbers = [&self.score, &self.rank, &self.decile];
        let request = TableRequest {
            text: vec![self.id.clone()],
            numbers: numbers.into_iter().flatten().cloned().collect(),
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
        })
    }
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
    let parts = [("score", &found.scores), ("rank", &found.ranks), ("decile", &found.deciles)];
    for (key, part) in &parts {
        if let Some(part) = part {
            let count = [part.n_compared, part.n_different, part.n_near_ties, part.n_one_sided];
            let [a, b, c, d] = count.map(n);
            rows.push([say(key, &[]), a, b, c, d, difference(part)]);
        }
    }
    push_table(&mut out, &rows);
    for (key, part) in &parts {
        for example in part.iter().flat_map(|part| &part.examples) {
            let number = |x: Option<f64>| x.map_or("–".to_owned(), |x| x.to_string());
            out.push_str(&say(
                "example",
                &[
                    ("quantity", &say(key, &[])),
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
