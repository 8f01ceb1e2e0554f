//! What does `run` compute where the project asks for clusters?

use levekaar::analysis::Analysis;
use levekaar::boundary::Boundaries;
use levekaar::draw::Seed;
use levekaar::language::message;
use levekaar::notice::Notice;
use levekaar::picture::cluster::{ClusterMap, cluster_map};
use levekaar::report::clusters::{ClusterReport, cluster_section};
use levekaar::report::section::Section;
use levekaar::spatial::doubt::doubt;
use levekaar::spatial::global::moran;
use levekaar::spatial::local::{LocalStatistic, getis_ord_local, local_moran};
use levekaar::spatial::named::Named;
use levekaar::spatial::{Inference, Links, Null};
use levekaar::spatial_weights::{WeightScheme, spatial_weights};
use levekaar::uncertainty::{SEED, Study};
use levekaar::write::spatial::{LocalTable, local_csv};
use miette::IntoDiagnostic;

use super::super::input::Job;
use super::super::terminal::Terminal;

/// What is written and said of clusters.
pub(crate) struct Clusters {
    /// `clusters.csv`.
    pub(crate) csv: Vec<u8>,
    /// `clusters.svg`, where there are outlines.
    pub(crate) svg: Option<String>,
    /// The section of the report.
    pub(crate) section: Section,
    pub(crate) notices: Vec<Notice>,
}

/// The clusters of the scores, where the project has `[spatial]`.
pub(crate) fn of_project(
    job: &Job,
    analysis: &Analysis,
    boundaries: Option<&Boundaries>,
    terminal: &Terminal,
) -> miette::Result<Option<Clusters>> {
    let Some(options) = &job.project().spatial else { return Ok(None) };
    let language = job.project().language;
    let areas = analysis.table.areas();
    let own = analysis.table.neighbours().map(AsRef::as_ref);
    let usual = match own {
        Some(_) => WeightScheme::Neighbours {},
        None => WeightScheme::Queen { snap_m: 0.0 },
    };
    let scheme = options.weights.unwrap_or(usual);
    let (weights, notices) =
        spatial_weights(areas, boundaries, own, scheme).map_err(miette::Report::new)?;
    let binary = Links::from(&weights);
    let by_row = binary.clone().standardised();
    let inference = Inference {
        permutations: options.permutations,
        alternative: options.alternative,
        seed: Seed(options.seed),
    };
    let x = analysis.ranking.scores();
    let whole = moran(x, &by_row, inference).map_err(miette::Report::new)?;
    let (found, links) = match options.statistic {
        LocalStatistic::Moran => (local_moran(x, &by_row, Null::Conditional, inference), &by_row),
        LocalStatistic::Gi => (getis_ord_local(x, &binary, false, inference), &binary),
        LocalStatistic::GiStar => (getis_ord_local(x, &binary, true, inference), &binary),
    };
    let found = found.map_err(miette::Report::new)?;
    let named = Named {
        statistic: options.statistic,
        alpha: options.alpha,
        correction: options.correction,
    };
    let doubt = if options.replicates > 0 {
        let (space, plan) = (job.space(None)?, job.plan());
        let seed = job.project().uncertainty.seed.unwrap_or(SEED);
        let study = Study::of(analysis, &plan, &space, seed).map_err(miette::Report::new)?;
        let n = options.replicates;
        let counted = terminal.counting("computing replicates", u64::from(n), |progress| {
            doubt(&study, n, links, inference, options.alpha, progress)
        });
        Some(counted.map_err(miette::Report::new)?.0)
    } else {
        None
    };
    let title = message(language, "map.legend_score", &[]);
    let map = ClusterMap { areas, values: x, found: &found, named, title: &title };
    let svg = boundaries.map(|shapes| cluster_map(&map, shapes, job.project(), language));
    let clusters: Vec<Option<&str>> = found.iter().map(|found| named.cluster(found)).collect();
    let mut csv = Vec::new();
    let table = LocalTable {
        areas,
        values: x,
        found: &found,
        clusters: &clusters,
        doubt: doubt.as_deref(),
    };
    local_csv(&mut csv, &table).into_diagnostic()?;
    let section = cluster_section(
        &ClusterReport {
            areas,
            whole: &whole,
            found: &found,
            named,
            doubt: doubt.as_deref(),
            map: svg.as_deref(),
        },
        language,
    );
    Ok(Some(Clusters { csv, svg, section, notices }))
}
