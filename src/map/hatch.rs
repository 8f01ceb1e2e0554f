//! How does an area look that has no value?
//!
//! Three hatches in grey, which no class colour is, told apart by their form.

use super::outline::GRID;
use super::{Gap, MapArea};

/// The ink of the hatches.
pub(super) const INK: &str = "#8a8a8a";

/// The name of a hatch in the drawing, and of the group of its areas.
pub(super) fn name(gap: Gap) -> &'static str {
    match gap {
        Gap::Missing => "no-data",
        Gap::Suppressed => "suppressed",
        Gap::NotApplicable => "not-applicable",
    }
}

/// The fill of areas, which are drawn in steps of the grid.
pub(super) fn of_areas(gap: Gap) -> String {
    format!("url(#levekaar-{})", name(gap))
}

/// The fill of the legend, in px.
pub(super) fn of_swatch(gap: Gap) -> String {
    format!("url(#levekaar-{}-swatch)", name(gap))
}

/// The kinds of gap that areas have, in the order of the legend.
pub(super) fn present<'a>(areas: impl Iterator<Item = &'a MapArea<'a>>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = areas.filter(|area| area.class.is_none()).map(|a| a.gap).collect();
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}

/// The patterns of these kinds.
pub(super) fn patterns(gaps: &[Gap]) -> String {
    let mut out = String::new();
    for &gap in gaps {
        let (ground, turn, form) = match gap {
            Gap::Missing => (
                "#f0f0f0",
                " rotate(45)",
                format!("<path d=\"M1.2 0V6\" stroke=\"{INK}\" stroke-width=\"1.6\"/>"),
            ),
            Gap::Suppressed => (
                "#f7f7f7",
                "",
                format!(
                    "<circle cx=\"1.5\" cy=\"1.5\" r=\"1.1\" fill=\"{INK}\"/>\
                     <circle cx=\"4.5\" cy=\"4.5\" r=\"1.1\" fill=\"{INK}\"/>"
                ),
            ),
            Gap::NotApplicable => (
                "#ffffff",
                " rotate(45)",
                format!("<path d=\"M0 3H6M3 0V6\" stroke=\"{INK}\" stroke-width=\".8\"/>"),
            ),
        };
        for (ending, scale) in [("-swatch", 1.0), ("", GRID)] {
            out.push_str(&format!(
                "<pattern id=\"levekaar-{}{ending}\" patternUnits=\"userSpaceOnUse\" width=\"6\" \
                 height=\"6\" patternTransform=\"scale({scale}){turn}\"><rect width=\"6\" \
                 height=\"6\" fill=\"{ground}\"/>{form}</pattern>\n",
                name(gap)
            ));
        }
    }
    out
}
