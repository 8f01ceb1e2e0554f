//! What does it look like?
//!
//! In come outlines, values, classes and a selection, all decided elsewhere; out comes a choropleth
//! map as SVG ([`choropleth`]) and from that a PNG ([`rasterise`]). Nothing is computed here that
//! a reader could not see: no classes, no rules, no joins.

mod areas;
mod chart;
pub mod heatmap;
mod interval;
mod label;
mod legend;
mod lorenz;
mod money;
mod outline;
mod palette;
mod raster;
mod scorecard;
mod sensitivity;
mod sets;
mod slope;
mod targeting;
mod text;

use crate::boundary::Shape;
use crate::indicator::Direction;
use crate::language::{Language, message, number};
pub use chart::ChartHead;
pub use interval::{ALL_UP_TO, WORST_SHOWN, rank_intervals};
use legend::Legend;
pub use lorenz::{Curve, lorenz};
pub use money::money_map;
use outline::Frame;
pub use raster::{MAX_EDGE_PX, MapError, rasterise};
pub use scorecard::{Row, Standing, scorecard_table};
pub use sensitivity::sensitivity_bars;
pub use sets::MapSet;
pub use slope::{SLOPES, Shift, slope_chart, waterfall};
pub use targeting::targeting_curve;
use text::{Style, escaped, tenth};

/// The embedded font of pictures, and the first choice of drawings.
const FONT: &str = "Source Sans 3";

/// The hatches for areas without data, of the legend in px and of the areas in steps of the grid.
const NO_DATA_SWATCH: &str = "levekaar-no-data-swatch";
const NO_DATA_AREA: &str = "levekaar-no-data";

const NO_DATA_INK: &str = "#8a8a8a";

/// Width of a map, in px; the height follows from the areas.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
/// Between map and legend.
const GAP: f64 = 24.0;
/// The map itself is at most this tall.
const MAX_MAP_HEIGHT: f64 = 780.0;
/// Maps wider than this many times their height have the legend below.
const WIDE: f64 = 1.6;

/// Whether the rule selects an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionMark {
    /// It does: a strong outline.
    Selected,
    /// It does not, or there is no rule: no outline.
    NotSelected,
    /// A value that the rule needs is missing: a dashed outline.
    Unknown,
}

/// One area of a map.
#[derive(Debug, Clone)]
pub struct MapArea<'a> {
    /// Its outline.
    pub shape: &'a Shape,
    /// Its name, which may stand on the map.
    pub name: &'a str,
    /// The value that the colour stands for; NaN means no data.
    pub value: f64,
    /// Why there is no value, in the language of the map; not used where there is one.
    pub reason: &'a str,
    /// Its class, 0 being the lowest; `None` is drawn as no data.
    pub class: Option<usize>,
    /// Residents, where known.
    pub population: Option<f64>,
    /// Whether the rule selects it.
    pub selection: SelectionMark,
}

/// All that a map shows; every text in the language of the map.
#[derive(Debug, Clone)]
pub struct MapRequest<'a> {
    /// What the map is of.
    pub title: &'a str,
    /// Index, place and year; may be empty.
    pub subtitle: &'a str,
    /// Whose figures and outlines these are; may be empty.
    pub source: &'a str,
    /// The language of numbers and of the map's own words.
    pub language: Language,
    /// Whether the data are invented, which is then written across the map.
    pub synthetic: bool,
    /// What the colour stands for, such as `Skår`.
    pub legend_title: &'a str,
    /// Which end of the values is worse. The worse end is dark.
    pub direction: Direction,
    /// Decimals of the class limits and values; limits that look alike get more.
    pub decimals: usize,
    /// The limits of [`crate::classify::Classes`]: one more than there are classes. Not used where
    /// there are categories.
    pub limits: &'a [f64],
    /// What the classes are where they are kinds and not ranges of values.
    pub categories: Option<Categories<'a>>,
    /// The rule's short name for the legend; `None` where nothing was selected by a rule.
    pub selection_rule: Option<&'a str>,
    /// The areas to draw, each once.
    pub areas: &'a [MapArea<'a>],
}

/// Kinds of areas, such as clusters, in the order of the legend.
#[derive(Debug, Clone, Copy)]
pub struct Categories<'a> {
    /// The kinds; an area's class is a position in this list.
    pub kinds: &'a [Category],
    /// What is said of them below the heading of the legend.
    pub note: &'a str,
    /// What areas without a class are.
    pub undefined: &'a str,
}

/// A kind of area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What it is called.
    pub label: String,
    /// Its colour, as `#rrggbb`.
    pub colour: &'static str,
}

impl MapRequest<'_> {
    fn worst_is_highest(&self) -> bool {
        match self.direction {
            Direction::HigherIsWorse => true,
            Direction::HigherIsBetter => false,
        }
    }

    fn direction_text(&self) -> String {
        if let Some(categories) = self.categories {
            return categories.note.to_owned();
        }
        let key = match self.direction {
            Direction::HigherIsWorse => "map.direction_worse",
            Direction::HigherIsBetter => "map.direction_better",
        };
        message(self.language, key, &[])
    }

    /// What areas without a class are called.
    fn undefined_text(&self) -> String {
        match self.categories {
            Some(categories) => categories.undefined.to_owned(),
            None => message(self.language, "map.no_data", &[]),
        }
    }

    fn n_classes(&self) -> usize {
        if let Some(categories) = self.categories {
            return categories.kinds.len();
        }
        self.limits.len().saturating_sub(1)
    }

    /// The colour of each class, from the lowest values to the highest.
    fn colours(&self) -> Vec<String> {
        if let Some(categories) = self.categories {
            return categories.kinds.iter().map(|kind| kind.colour.to_owned()).collect();
        }
        let mut colours = palette::colours(self.n_classes());
        if !self.worst_is_highest() {
            colours.reverse();
        }
        colours
    }
}

/// Draws a choropleth map as SVG.
///
/// Shape: one `<path class="area" data-area="ID">` an area, grouped by class from low to high,
/// then by the order of the request. 960 px wide; coordinates to 0.1 px, and what is smaller is
/// left out, but no area. Areas without data are hatched, selected ones outlined, undecided ones
/// outlined with dashes. Names stand on maps of at most 30 areas, where they fit.
///
/// A choropleth gives large, thinly peopled areas more weight to the eye than they have; the
/// legend tells how many areas and people each class has.
///
/// # Panics
///
/// When an area's class is not one of those that `limits` makes, a mistake of the caller's.
pub fn choropleth(request: &MapRequest<'_>) -> String {
    choropleth_with_sets(request, &[])
}

/// The same with sets of areas drawn above it: a heavy line round each, and its label in a disc.
///
/// # Panics
///
/// As above, and when a member of a set is not among the areas.
pub fn choropleth_with_sets(request: &MapRequest<'_>, sets: &[MapSet]) -> String {
    let n_classes = request.n_classes();
    let known = |area: &MapArea<'_>| area.class.is_none_or(|class| class < n_classes);
    assert!(request.areas.iter().all(known), "each class has its limits");

    let colours = request.colours();
    let legend = Legend::of(request, &colours);
    let mut body = String::new();
    let top = write_header(&mut body, request);
    let (frame, is_wide) = frame_for(request, &legend, top);
    areas::write_map(&mut body, request, &frame, &colours);
    sets::write_sets(&mut body, request, &frame, sets);

    let map_bottom = top + frame.height;
    let bar_at = (MARGIN, map_bottom + 12.0);
    let bar_bottom = legend::write_scale_bar(&mut body, bar_at, &frame, request.language);
    let bottom = if is_wide {
        legend.write_wide(&mut body, MARGIN, bar_bottom + 16.0)
    } else {
        let x = WIDTH - MARGIN - legend.width;
        legend.write_tall(&mut body, x, top).max(bar_bottom)
    };
    let bottom = write_footer(&mut body, request, bottom + 14.0);
    with_root(request, &body, bottom + MARGIN - 8.0)
}

/// Synthetic banner, title and subtitle; gives the top of the map.
fn write_header(out: &mut String, request: &MapRequest<'_>) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = write_synthetic(out, request.synthetic, request.language, MARGIN - 8.0);
    y = Style::TITLE.write_lines(out, MARGIN, y, &Style::TITLE.wrap(request.title, room));
    let subtitle = Style::SUBTITLE.wrap(request.subtitle, room);
    y = Style::SUBTITLE.write_lines(out, MARGIN, y + 1.0, &subtitle);
    y + 14.0
}

/// The banner over invented data, and nothing over others; gives its bottom.
fn write_synthetic(out: &mut String, synthetic: bool, language: Language, top: f64) -> f64 {
    if !synthetic {
        return top;
    }
    let room = WIDTH - 2.0 * MARGIN;
    let [label, note] =
        ["map.synthetic", "map.synthetic_note"].map(|key| message(language, key, &[]));
    let lines = Style::BANNER.wrap(&format!("{label} – {note}"), room - 24.0);
    let height = Style::BANNER.line_height() * lines.len() as f64 + 12.0;
    out.push_str(&format!(
        "<rect class=\"synthetic\" x=\"{MARGIN}\" y=\"{}\" width=\"{room}\" height=\"{}\" \
         fill=\"#ffe2a8\" stroke=\"#b36b00\"/>\n",
        tenth(top),
        tenth(height)
    ));
    Style::BANNER.write_lines(out, MARGIN + 12.0, top + 7.0, &lines);
    top + height + 8.0
}

/// Where the map stands, and whether its legend is below it.
fn frame_for(request: &MapRequest<'_>, legend: &Legend, top: f64) -> (Frame, bool) {
    let room = WIDTH - 2.0 * MARGIN;
    let shapes = || request.areas.iter().map(|area| area.shape);
    let alone = Frame::around(shapes(), room, MAX_MAP_HEIGHT);
    if alone.width / alone.height > WIDE {
        return (alone.at(MARGIN, top), true);
    }
    let beside = room - GAP - legend.width;
    let frame = Frame::around(shapes(), beside, MAX_MAP_HEIGHT);
    (frame.at(MARGIN + (beside - frame.width) / 2.0, top), false)
}

/// The source line; gives the bottom.
fn write_footer(out: &mut String, request: &MapRequest<'_>, top: f64) -> f64 {
    if request.source.is_empty() {
        return top;
    }
    let text = message(request.language, "map.source", &[("source", request.source)]);
    let lines = Style::SMALL.wrap(&text, WIDTH - 2.0 * MARGIN);
    Style::SMALL.write_lines(out, MARGIN, top, &lines)
}

/// The whole drawing: root, hatch, white paper and `body`.
fn with_root(request: &MapRequest<'_>, body: &str, height: f64) -> String {
    let height = height.ceil();
    let n = number(request.areas.len() as f64, 0, request.language);
    let direction = request.direction_text();
    let values = [("title", request.title), ("direction", &direction), ("n", &n)];
    let mut label = message(request.language, "map.aria_label", &values);
    if request.synthetic {
        label = format!("{} – {label}", message(request.language, "map.synthetic", &[]));
    }
    let mut out = String::with_capacity(body.len() + 1024);
    out.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" xml:lang=\"{lang}\" \
         lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, sans-serif\">\n",
        escaped(&label),
        lang = request.language.tag()
    ));
    out.push_str("<defs>\n");
    for (id, scale) in [(NO_DATA_SWATCH, 1.0), (NO_DATA_AREA, outline::GRID)] {
        out.push_str(&format!(
            "<pattern id=\"{id}\" patternUnits=\"userSpaceOnUse\" width=\"6\" height=\"6\" \
             patternTransform=\"scale({scale}) rotate(45)\"><rect width=\"6\" height=\"6\" \
             fill=\"#f0f0f0\"/><path d=\"M1.2 0V6\" stroke=\"{NO_DATA_INK}\" \
             stroke-width=\"1.6\"/></pattern>\n"
        ));
    }
    out.push_str("</defs>\n");
    out.push_str(&format!("<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n"));
    out.push_str(body);
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests;
