//! What does the report say of clusters?
//!
//! Moran's I of the whole map, the map of clusters and a table of the areas in them, as a section.

use crate::area::Area;
use crate::language::{Language, message, number, shortest};
use crate::report::section::{Block, Cell, Column, Holds, Place, Section, Table};
use crate::spatial::doubt::Doubt;
use crate::spatial::global::Global;
use crate::spatial::local::Found;
use crate::spatial::named::Named;

/// What the section is made of.
#[derive(Debug, Clone, Copy)]
pub struct ClusterReport<'a> {
    /// The areas, in the order of the findings.
    pub areas: &'a [Area],
    /// The statistic of the whole map.
    pub whole: &'a Global,
    /// What each area shows.
    pub found: &'a [Found],
    /// What decides whether a cluster is named.
    pub named: Named,
    /// How often each area is high among high ones in replicates of the index.
    pub doubt: Option<&'a [Doubt]>,
    /// The map, where there are outlines.
    pub map: Option<&'a str>,
}

/// The section, every text in this language.
pub fn cluster_section(report: &ClusterReport<'_>, language: Language) -> Section {
    let says = |key: &str| message(language, key, &[]);
    let clusters: Vec<(usize, &str)> = report
        .found
        .iter()
        .enumerate()
        .filter_map(|(at, found)| Some((at, report.named.cluster(found)?)))
        .collect();
    let n_undefined = report.found.iter().filter(|found| found.tested().is_none()).count();
    let p = report.whole.permuted.map(|random| random.p);
    let p = p.or(report.whole.randomised.map(|chance| chance.p)).unwrap_or(f64::NAN);
    let count = |n: usize| number(n as f64, 0, language);
    let whole = message(
        language,
        "spatial.report-whole",
        &[
            ("value", &number(report.whole.value, 3, language)),
            ("expected", &number(report.whole.expected.unwrap_or(f64::NAN), 3, language)),
            ("p", &number(p, 3, language)),
            ("n", &count(report.whole.n)),
        ],
    );
    let alpha = shortest(report.named.alpha, language);
    let named = message(
        language,
        "spatial.report-named",
        &[("n", &count(clusters.len())), ("undefined", &count(n_undefined)), ("alpha", &alpha)],
    );
    let mut blocks = vec![Block::Text(whole), Block::Text(named)];
    if let Some(svg) = report.map {
        let caption = says("spatial.report-picture");
        blocks.push(Block::Picture { svg: svg.to_owned(), caption });
    }
    if !clusters.is_empty() {
        blocks.push(Block::Table(table(report, &clusters, language)));
    }
    blocks.push(Block::Hint(says("spatial.report-hint")));
    Section { id: "clusters", place: Place::Space, title: says("spatial.report-title"), blocks }
}

fn table(report: &ClusterReport<'_>, clusters: &[(usize, &str)], language: Language) -> Table {
    let column = |key: &str, holds| Column {
        title: message(language, key, &[]),
        note: String::new(),
        holds,
    };
    let mut columns = vec![
        column("spatial.column-area", Holds::Text),
        column("spatial.column-cluster", Holds::Text),
        column("spatial.column-p", Holds::Numbers(3)),
        column("spatial.column-adjusted", Holds::Numbers(3)),
    ];
    if report.doubt.is_some() {
        columns.push(column("spatial.column-share", Holds::Numbers(0)));
    }
    let row = |&(at, cluster): &(usize, &str)| {
        let local = report.found[at].tested();
        let p = local.map_or([f64::NAN; 2], |local| [local.p, local.p_adjusted]);
        let mut cells = vec![Cell::Area(at), Cell::Text(kind(cluster, language))];
        cells.extend(p.map(Cell::Number));
        cells.extend(report.doubt.map(|doubt| Cell::Number(100.0 * doubt[at].high_high)));
        cells
    };
    let caption = message(language, "spatial.report-table", &[]);
    Table { caption, columns, rows: clusters.iter().map(row).collect() }
}

/// A cluster in words.
fn kind(cluster: &str, language: Language) -> String {
    let key = match cluster {
        "HH" => "spatial.high-high",
        "HL" => "spatial.high-low",
        "LH" => "spatial.low-high",
        "LL" => "spatial.low-low",
        "hot" => "spatial.hot",
        _ => "spatial.cold",
    };
    message(language, key, &[])
}
