//! Which map goes with local statistics?
//!
//! Clusters by kind, what is not significant in grey, what is undefined hatched.

use std::collections::BTreeMap;

use crate::area::{Area, AreaId};
use crate::boundary::Boundaries;
use crate::language::{Language, message, shortest};
use crate::map::{
    Categories, Category, Gap, Key, Look, MapArea, MapRequest, SelectionMark, choropleth,
};
use crate::project::Project;
use crate::spatial::local::{Found, LocalStatistic, Quadrant};
use crate::spatial::named::{Correction, HOT_COLD, Named};

/// What a map of clusters shows.
#[derive(Debug, Clone, Copy)]
pub struct ClusterMap<'a> {
    /// The areas, in the order of the findings.
    pub areas: &'a [Area],
    /// The values that were tested.
    pub values: &'a [f64],
    /// What each area shows.
    pub found: &'a [Found],
    /// What decides whether a cluster is named.
    pub named: Named,
    /// What was tested, such as `Skår`.
    pub title: &'a str,
}

/// Draws the clusters as SVG.
///
/// Areas with boundaries but no figures are drawn as undefined.
pub fn cluster_map(
    map: &ClusterMap<'_>,
    boundaries: &Boundaries,
    project: &Project,
    language: Language,
) -> String {
    let says = |key: &str| message(language, key, &[]);
    let (names, kinds) = kinds(map.named, language);
    let places: BTreeMap<&AreaId, usize> =
        map.areas.iter().enumerate().map(|(at, area)| (&area.id, at)).collect();
    let [missing, island, no_figures] =
        ["spatial.missing", "spatial.island", "map.reason_no_figures"].map(says);
    let areas: Vec<MapArea<'_>> = boundaries
        .shapes()
        .iter()
        .map(|shape| {
            let at = places.get(&shape.id).copied();
            let found = at.map(|at| &map.found[at]);
            let reason = match found {
                Some(Found::Missing) => &missing,
                Some(Found::Island) => &island,
                Some(Found::Tested(_)) | None => &no_figures,
            };
            let class = found.filter(|found| found.tested().is_some()).map(|found| {
                let cluster = map.named.cluster(found);
                names.iter().position(|name| cluster == Some(*name)).unwrap_or(names.len())
            });
            let area = at.map(|at| &map.areas[at]);
            MapArea {
                shape,
                name: match area {
                    Some(area) => &area.name,
                    None => shape.name.as_deref().unwrap_or(shape.id.as_str()),
                },
                value: at.map_or(f64::NAN, |at| map.values[at]),
                second: f64::NAN,
                gap: Gap::Missing,
                reason,
                class,
                population: area.and_then(|area| area.population),
                selection: SelectionMark::NotSelected,
            }
        })
        .collect();
    choropleth(&MapRequest {
        title: project.title.get(language),
        subtitle: &message(language, subtitle(map.named.statistic), &[("title", map.title)]),
        source: project.source.as_ref().map_or("", |source| source.get(language)),
        language,
        synthetic: project.synthetic,
        legend_title: map.title,
        direction: crate::indicator::Direction::HigherIsWorse,
        note: None,
        decimals: 2,
        key: Key::Kinds(Categories {
            kinds: &kinds,
            note: &note(map.named, language),
            undefined: &says("spatial.undefined"),
        }),
        selection_rule: None,
        areas: &areas,
        look: Look::default(),
    })
}

/// The names of the clusters in files, and the kinds of the legend, of which the last is "not
/// significant".
///
/// Colours: the ends of the diverging scheme RdBu, which any colour vision can tell apart (Brewer,
/// 2003, *ColorBrewer*).
fn kinds(named: Named, language: Language) -> (Vec<&'static str>, Vec<Category>) {
    let kind = |key: &str, colour| Category { label: message(language, key, &[]), colour };
    let (names, mut kinds) = match named.statistic {
        LocalStatistic::Moran => (
            [Quadrant::HighHigh, Quadrant::HighLow, Quadrant::LowHigh, Quadrant::LowLow]
                .map(Quadrant::name)
                .to_vec(),
            vec![
                kind("spatial.high-high", "#b2182b"),
                kind("spatial.high-low", "#f4a582"),
                kind("spatial.low-high", "#92c5de"),
                kind("spatial.low-low", "#2166ac"),
            ],
        ),
        LocalStatistic::Gi | LocalStatistic::GiStar => (
            HOT_COLD.to_vec(),
            vec![kind("spatial.hot", "#b2182b"), kind("spatial.cold", "#2166ac")],
        ),
    };
    kinds.push(kind("spatial.not-significant", "#ececec"));
    (names, kinds)
}

fn subtitle(statistic: LocalStatistic) -> &'static str {
    match statistic {
        LocalStatistic::Moran => "spatial.map-moran",
        LocalStatistic::Gi => "spatial.map-gi",
        LocalStatistic::GiStar => "spatial.map-gi-star",
    }
}

fn note(named: Named, language: Language) -> String {
    let key = match named.correction {
        Correction::FalseDiscovery => "spatial.named-fdr",
        Correction::None => "spatial.named-each",
    };
    message(language, key, &[("alpha", &shortest(named.alpha, language))])
}
