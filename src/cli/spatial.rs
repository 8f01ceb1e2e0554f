//! `levekaar spatial`

pub(crate) mod clusters;
mod weights;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use levekaar::analysis::Analysis;
use levekaar::area::Area;
use levekaar::boundary::Boundaries;
use levekaar::draw::Seed;
use levekaar::language::{Language, message, number};
use levekaar::map::rasterise;
use levekaar::notice::Notice;
use levekaar::picture::cluster::{ClusterMap, cluster_map};
use levekaar::spatial::doubt::{Doubt, doubt};
use levekaar::spatial::global::{Global, geary, getis_ord, join_counts, moran};
use levekaar::spatial::local::{
    Found, LocalStatistic, getis_ord_local, local_moran, local_moran_bivariate,
};
use levekaar::spatial::named::{Correction, Named};
use levekaar::spatial::rates::empirical_bayes;
use levekaar::spatial::{ALPHA, Alternative, Inference, Links, Null, PERMUTATIONS};
use levekaar::uncertainty::{SEED, Study};
use levekaar::write::folder;
use levekaar::write::spatial::{LocalTable, global_csv, local_csv};
use miette::miette;

use super::columns;
use super::input::{InputArgs, Job};
use super::map::Tongue;
use super::score::to_file_or_stdout;
use super::terminal::Terminal;
use weights::{Style, Weights, links_of};

/// Test whether neighbours resemble each other, and find clusters
///
/// Local Moran where nothing else is asked: one line an area as CSV, with its quadrant (HH: high
/// among high), analytic and permutation p, and p held for false discoveries. Areas without a
/// value or without neighbours are undefined and never in a class. `--statistic moran,geary` tests
/// the whole map instead. Random maps are the same on any number of threads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar spatial project.toml --weights queen --map clusters.svg -o clusters.csv
  levekaar spatial project.toml --weights knn=8 --statistic moran,geary
  levekaar spatial project.toml --column low_income --statistic gi-star --alternative greater
  levekaar spatial areas.csv --column cases --persons residents --weights areas.gal
  levekaar spatial project.toml --replicates 500")]
pub(crate) struct SpatialArgs {
    /// Project file (.toml), or a table with one row an area (CSV, TSV or Parquet)
    input: PathBuf,

    /// What is tested: `score`, an indicator or a domain of the project, or a column of the table
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,

    /// Column that neighbours are looked at for, for the bivariate local Moran
    #[arg(long, value_name = "COLUMN", conflicts_with = "persons")]
    with: Option<String>,

    /// Column of persons at risk: the tested column counts events, and rates are steadied by
    /// empirical Bayes
    #[arg(long, value_name = "COLUMN")]
    persons: Option<String>,

    /// Column of ids, for a bare table; the first column where nothing is said
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Who is a neighbour: `queen`, `rook`, `knn=8`, `band=1500` or `kernel=1500` (metres),
    /// `block` (same larger unit), or a file (.gal, .gwt, or pairs of ids as .csv); the project's own where nothing is
    /// said, and else `queen`
    #[arg(long, value_name = "KIND|FILE")]
    weights: Option<Weights>,

    /// How neighbours count; row for Moran and Geary, binary for G and joins where nothing is said
    #[arg(long, value_enum)]
    style: Option<Style>,

    /// What is computed; several of the whole map, or one of each area
    #[arg(long, value_enum, value_delimiter = ',', default_value = "local-moran")]
    statistic: Vec<Statistic>,

    /// Which values count as extreme
    #[arg(long, value_enum, default_value = "two-sided")]
    alternative: Tail,

    /// Random maps; 0 for analytic p-values alone
    #[arg(long, value_name = "N", default_value_t = PERMUTATIONS as u32,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    permutations: u32,

    /// What the random maps start from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// What is random in the analytic moments of the local Moran
    #[arg(long, value_enum, default_value = "conditional")]
    null: Random,

    /// Level at which a cluster is named
    #[arg(long, value_name = "P", default_value_t = ALPHA)]
    alpha: f64,

    /// Name clusters by p held for false discoveries, or by each area's own p
    #[arg(long, value_enum, default_value = "fdr")]
    correct: Correct,

    /// Also count in how many replicates of the index an area is high among high ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    replicates: u32,

    /// Draw the clusters; `.svg` or `.png`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,

    /// Language of map and notes instead of the project's
    #[arg(long, value_enum)]
    language: Option<Tongue>,

    /// Write to FILE and not to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Statistic {
    /// Moran's I of the whole map
    Moran,
    /// Geary's C of the whole map
    Geary,
    /// Getis and Ord's G of the whole map
    GetisOrd,
    /// Joins of a column of 0 and 1
    JoinCount,
    /// Local Moran of each area
    LocalMoran,
    /// Gi of each area: its neighbours alone
    Gi,
    /// Gi* of each area: itself and its neighbours
    GiStar,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tail {
    /// As far out in either tail
    TwoSided,
    /// As large or larger
    Greater,
    /// As small or smaller
    Lesser,
    /// As far from the mean of chance
    Folded,
    /// The smaller tail; half as large as two-sided, as GeoDa prints it
    Directed,
}

impl From<Tail> for Alternative {
    fn from(tail: Tail) -> Self {
        match tail {
            Tail::TwoSided => Self::TwoSided,
            Tail::Greater => Self::Greater,
            Tail::Lesser => Self::Lesser,
            Tail::Folded => Self::Folded,
            Tail::Directed => Self::Directed,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Random {
    /// The area keeps its value, the others are shuffled
    Conditional,
    /// All values are shuffled
    Total,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Correct {
    /// Benjamini and Hochberg's false discovery rate
    Fdr,
    /// No correction
    None,
}

/// The areas, what is tested, and the project where there is one.
struct Tested {
    areas: Vec<Area>,
    x: Vec<f64>,
    with: Option<Vec<f64>>,
    title: String,
    project: Option<(Job, Analysis)>,
    boundaries: Option<Boundaries>,
    notices: Vec<Notice>,
}

/// The statistics go to stdout or to a file.
pub(crate) fn run(args: &SpatialArgs, terminal: &Terminal) -> miette::Result<()> {
    let picture = args.map.as_deref().map(super::map::Ending::of).transpose()?;
    if !(args.alpha > 0.0 && args.alpha < 1.0) {
        return Err(miette!("`--alpha` is {}; it must be between 0 and 1", args.alpha));
    }
    let local = statistics(args)?;
    let mut tested = tested(args, terminal)?;
    let language = match (args.language, &tested.project) {
        (Some(language), _) => language.into(),
        (None, Some((job, _))) => job.project().language,
        (None, None) => Language::En,
    };
    let links = links_of(args.weights.as_ref(), &mut tested)?;
    let inference = Inference {
        permutations: args.permutations as usize,
        alternative: args.alternative.into(),
        seed: Seed(args.seed),
    };
    let Some(statistic) = local else {
        let rows =
            terminal.during("drawing random maps", || whole(args, &tested, &links, inference))?;
        terminal.notices(&tested.notices, language);
        return to_file_or_stdout(args.output.as_deref(), |out| global_csv(out, &rows, inference));
    };
    let links = styled(args, links, statistic == LocalStatistic::Moran);
    let found = terminal
        .during("drawing random maps", || each(args, &tested, &links, statistic, inference))?;
    let named = Named {
        statistic,
        alpha: args.alpha,
        correction: match args.correct {
            Correct::Fdr => Correction::FalseDiscovery,
            Correct::None => Correction::None,
        },
    };
    let doubt = replicates(args, &mut tested, &links, inference, terminal)?;
    tell(args, &mut tested, &found, named, inference);
    terminal.notices(&tested.notices, language);
    say_whole(&tested, &links, &found, named, language, terminal);
    if let (Some(path), Some(ending)) = (&args.map, picture) {
        let (Some((job, _)), Some(boundaries)) = (&tested.project, &tested.boundaries) else {
            return Err(miette!(
                help = "a map needs a project file with `[boundaries]`",
                "there are no outlines to draw"
            ));
        };
        let map = ClusterMap {
            areas: &tested.areas,
            values: &tested.x,
            found: &found,
            named,
            title: &tested.title,
        };
        let svg = cluster_map(&map, boundaries, job.project(), language);
        let bytes = match ending {
            super::map::Ending::Png => rasterise(&svg, job.project().map.png_width)?,
            super::map::Ending::Svg => svg.into_bytes(),
        };
        folder::write_file(path, |out| std::io::Write::write_all(out, &bytes))?;
    }
    let clusters: Vec<Option<&str>> = found.iter().map(|found| named.cluster(found)).collect();
    let table = LocalTable {
        areas: &tested.areas,
        values: &tested.x,
        found: &found,
        clusters: &clusters,
        doubt: doubt.as_deref(),
    };
    to_file_or_stdout(args.output.as_deref(), |out| local_csv(out, &table))
}

/// The one local statistic, or none where statistics of the whole map are asked for.
fn statistics(args: &SpatialArgs) -> miette::Result<Option<LocalStatistic>> {
    let local = |statistic: &Statistic| match statistic {
        Statistic::LocalMoran => Some(LocalStatistic::Moran),
        Statistic::Gi => Some(LocalStatistic::Gi),
        Statistic::GiStar => Some(LocalStatistic::GiStar),
        Statistic::Moran | Statistic::Geary | Statistic::GetisOrd | Statistic::JoinCount => None,
    };
    let found: Vec<LocalStatistic> = args.statistic.iter().filter_map(local).collect();
    match (found.as_slice(), args.statistic.len()) {
        ([], _) if args.with.is_some() || args.replicates > 0 || args.map.is_some() => {
            Err(miette!(
                help = "leave `--statistic` out for the local Moran",
                "`--with`, `--replicates` and `--map` go with a statistic of each area"
            ))
        }
        ([], _) => Ok(None),
        ([one], 1) if args.with.is_some() && *one != LocalStatistic::Moran => {
            Err(miette!("`--with` goes with `--statistic local-moran`"))
        }
        ([one], 1) => Ok(Some(*one)),
        (_, _) => Err(miette!(
            help = "statistics of the whole map may be several; run it again for each local one",
            "one statistic of each area can be computed at a time"
        )),
    }
}

fn tested(args: &SpatialArgs, terminal: &Terminal) -> miette::Result<Tested> {
    if args.input.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        return of_project(args, terminal);
    }
    let Some(column) = &args.column else {
        return Err(miette!(
            help = "name it with `--column`; a project file has scores to test",
            "there is no column to test in `{}`",
            args.input.display()
        ));
    };
    if args.replicates > 0 {
        return Err(miette!("`--replicates` needs a project file, whose index is computed anew"));
    }
    let mut names = vec![column.as_str()];
    names.extend(args.with.as_deref());
    names.extend(args.persons.as_deref());
    let id = match &args.id {
        Some(id) => id.clone(),
        None => super::input::first_column(&args.input)?,
    };
    let raw = columns::read(&args.input, &names, &[&id])?;
    let values = |name: &str| columns::numbers(&raw, name).values.clone();
    let mut x = values(column);
    if let Some(persons) = &args.persons {
        x = empirical_bayes(&x, &values(persons)).map_err(miette::Report::new)?;
    }
    Ok(Tested {
        areas: columns::areas(&raw, &args.input, &id)?,
        x,
        with: args.with.as_deref().map(values),
        title: column.clone(),
        project: None,
        boundaries: None,
        notices: Vec::new(),
    })
}

fn of_project(args: &SpatialArgs, terminal: &Terminal) -> miette::Result<Tested> {
    if args.persons.is_some() || args.id.is_some() {
        return Err(miette!(
            help = "an indicator with `numerator` and `denominator` can be shrunk by its recipe",
            "`--persons` and `--id` go with a bare table"
        ));
    }
    let job = InputArgs::project(args.input.clone(), None).job(None)?;
    let analysis = job.analyse(terminal)?;
    let mut notices = analysis.notices.clone();
    let boundaries = job.boundaries(&analysis.table, &mut notices)?;
    let language = args.language.map_or(job.project().language, Language::from);
    let column = args.column.as_deref().unwrap_or("score");
    let (x, title) = column_of(&analysis, column, language)?;
    let with = args.with.as_deref().map(|name| column_of(&analysis, name, language)).transpose()?;
    let title = match &with {
        Some((_, other)) => format!("{title} × {other}"),
        None => title,
    };
    Ok(Tested {
        areas: analysis.table.areas().to_vec(),
        x,
        with: with.map(|(values, _)| values),
        title,
        boundaries,
        notices,
        project: Some((job, analysis)),
    })
}

/// The values and the title of the score, an indicator or a domain.
pub(super) fn column_of(
    analysis: &Analysis,
    name: &str,
    language: Language,
) -> miette::Result<(Vec<f64>, String)> {
    if name == "score" {
        let title = message(language, "map.legend_score", &[]);
        return Ok((analysis.ranking.scores().to_vec(), title));
    }
    let definition = &analysis.definition;
    let of_table = analysis.table.columns().iter();
    let indicator = of_table.zip(&definition.indicators).find(|(_, i)| i.id.as_str() == name);
    if let Some((column, indicator)) = indicator {
        return Ok((column.values().to_vec(), indicator.title.get(language).to_owned()));
    }
    let domain = analysis.computation.domains.iter().find(|domain| domain.id.as_str() == name);
    if let Some(domain) = domain {
        let title = definition.domains[domain.domain].title.get(language).to_owned();
        return Ok((domain.values.clone(), title));
    }
    let known = definition.indicators.iter().map(|i| i.id.as_str());
    let known: Vec<&str> = ["score"]
        .into_iter()
        .chain(analysis.computation.domains.iter().map(|domain| domain.id.as_str()))
        .chain(known)
        .collect();
    Err(miette!(
        help = format!("there are: {}", known.join(", ")),
        "the project has no indicator or domain `{name}`"
    ))
}

fn styled(args: &SpatialArgs, links: Links, by_row: bool) -> Links {
    let by_row = match args.style {
        Some(Style::Row) => true,
        Some(Style::Binary) => false,
        None => by_row,
    };
    if by_row { links.standardised() } else { links }
}

/// The statistics of the whole map.
fn whole(
    args: &SpatialArgs,
    tested: &Tested,
    links: &Links,
    inference: Inference,
) -> miette::Result<Vec<Global>> {
    let mut rows = Vec::new();
    for statistic in &args.statistic {
        let by_row = matches!(statistic, Statistic::Moran | Statistic::Geary);
        let links = styled(args, links.clone(), by_row);
        let x = &tested.x;
        match statistic {
            Statistic::Moran => rows.push(moran(x, &links, inference)?),
            Statistic::Geary => rows.push(geary(x, &links, inference)?),
            Statistic::GetisOrd => rows.push(getis_ord(x, &links, inference)?),
            Statistic::JoinCount => rows.extend(join_counts(x, &links, inference)?),
            Statistic::LocalMoran | Statistic::Gi | Statistic::GiStar => {}
        }
    }
    Ok(rows)
}

/// The statistic of each area.
fn each(
    args: &SpatialArgs,
    tested: &Tested,
    links: &Links,
    statistic: LocalStatistic,
    inference: Inference,
) -> miette::Result<Vec<Found>> {
    let null = match args.null {
        Random::Conditional => Null::Conditional,
        Random::Total => Null::Total,
    };
    let found = match (statistic, &tested.with) {
        (LocalStatistic::Moran, Some(y)) => local_moran_bivariate(&tested.x, y, links, inference),
        (LocalStatistic::Moran, None) => local_moran(&tested.x, links, null, inference),
        (LocalStatistic::Gi, _) => getis_ord_local(&tested.x, links, false, inference),
        (LocalStatistic::GiStar, _) => getis_ord_local(&tested.x, links, true, inference),
    };
    found.map_err(miette::Report::new)
}

/// How often each area is high among high ones, where that is asked for.
fn replicates(
    args: &SpatialArgs,
    tested: &mut Tested,
    links: &Links,
    inference: Inference,
    terminal: &Terminal,
) -> miette::Result<Option<Vec<Doubt>>> {
    let Some((job, analysis)) = (args.replicates > 0).then_some(()).and(tested.project.as_ref())
    else {
        return Ok(None);
    };
    if args.column.as_deref().is_some_and(|column| column != "score") || args.with.is_some() {
        return Err(miette!(
            "`--replicates` computes the index anew, and goes with the score alone"
        ));
    }
    let space = job.space(None)?;
    let seed = job.project().uncertainty.seed.unwrap_or(SEED);
    let plan = job.plan();
    let study = Study::of(analysis, &plan, &space, seed).map_err(miette::Report::new)?;
    let n = args.replicates;
    let (rows, used) = terminal
        .counting("computing replicates", u64::from(n), |progress| {
            doubt(&study, n, links, inference, args.alpha, progress)
        })
        .map_err(miette::Report::new)?;
    tested.notices.push(Notice::note("spatial.replicates").with("used", used).with("n", n));
    Ok(Some(rows))
}

/// What is undefined, and what so many random maps can show.
fn tell(
    args: &SpatialArgs,
    tested: &mut Tested,
    found: &[Found],
    named: Named,
    inference: Inference,
) {
    let which = |wanted: Found| -> Vec<String> {
        let areas = tested.areas.iter().zip(found).filter(|(_, found)| **found == wanted);
        areas.map(|(area, _)| area.label()).collect()
    };
    let mut notices = Vec::new();
    for (wanted, key) in
        [(Found::Missing, "spatial.missing-values"), (Found::Island, "spatial.islands")]
    {
        let areas = which(wanted);
        if !areas.is_empty() {
            notices.push(Notice::warning(key).about(areas));
        }
    }
    let n_tested = found.iter().filter(|found| found.tested().is_some()).count();
    if args.permutations > 0 {
        let smallest = inference.alternative.smallest_p(args.permutations as usize);
        let n = args.permutations;
        let smallest_p = Notice::note("spatial.smallest-p").with("permutations", n);
        notices.push(smallest_p.with_number("p_nb", "p_en", smallest));
        notices.push(Notice::note("spatial.shared-draws"));
        if named.correction == Correction::FalseDiscovery && smallest * n_tested as f64 > args.alpha
        {
            let few = Notice::warning("spatial.too-few-permutations").with("permutations", n);
            let few = few.with_number("alpha_nb", "alpha_en", args.alpha);
            notices.push(few.with("n", n_tested));
        }
    }
    if args.statistic != [Statistic::LocalMoran] && tested.x.iter().any(|x| *x < 0.0) {
        notices.push(Notice::note("spatial.negative-share"));
    }
    tested.notices.extend(notices);
}

/// Moran's I of the whole map and the number of areas in each cluster, on stderr.
fn say_whole(
    tested: &Tested,
    links: &Links,
    found: &[Found],
    named: Named,
    language: Language,
    terminal: &Terminal,
) {
    let analytic = Inference { permutations: 0, alternative: Alternative::TwoSided, seed: Seed(0) };
    if let (None, Ok(whole)) = (&tested.with, moran(&tested.x, links, analytic)) {
        let value = number(whole.value, 3, language);
        let n = whole.n.to_string();
        terminal.say(&message(language, "spatial.whole", &[("value", &value), ("n", &n)]));
    }
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for cluster in found.iter().filter_map(|found| named.cluster(found)) {
        *counts.entry(cluster).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let counts = if counts.is_empty() { "–".to_owned() } else { counts.join(", ") };
    terminal.say(&message(language, "spatial.clusters", &[("counts", &counts)]));
}
