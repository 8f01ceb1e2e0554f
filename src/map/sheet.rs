//! Where on the paper does everything stand?
//!
//! From the head down: a banner over synthetic data, title and subtitle, the map with its legend
//! beside or below, scale bar and north, an inset, and the source at the foot. Where the paper has
//! a height of its own, the map gets what the rest leaves.

use super::areas::{self, Part};
use super::circles::Circles;
use super::label::{Labels, Room};
use super::legend::{Group, Legend};
use super::outline::{Frame, Rect};
use super::page::Canvas;
use super::sets::{self, MapSet};
use super::text::{Style, escaped, tenth};
use super::{FONT, MARGIN, MapRequest, WIDTH, hatch, inset, scale};
use crate::language::{Language, message, number};

/// Between map and legend.
pub(super) const GAP: f64 = 24.0;
/// The map itself is at most this tall, where the paper does not say.
pub(super) const MAX_MAP_HEIGHT: f64 = 780.0;
/// Maps wider than this many times their height have the legend below, where the paper is as tall
/// as they need.
const WIDE: f64 = 1.6;
/// The share of the width that an inset beside the map may take.
const INSET_SHARE: f64 = 0.42;
/// An inset is no lower than this.
const LEAST_INSET: f64 = 150.0;

/// Draws a choropleth map as SVG.
///
/// Shape: one `<path class="area" data-area="ID">` an area, grouped by class from low to high,
/// then by the order of the request. 960 px wide where the page does not say; coordinates to 0.1
/// px, and what is smaller is left out, but no area. Areas without data are hatched by the kind of
/// gap, selected ones outlined, undecided ones outlined with dashes. Names stand where the request
/// wants them and they fit.
///
/// A choropleth gives large, thinly peopled areas more weight to the eye than they have; the
/// legend tells how many areas and people each class has, and circles of residents help.
///
/// # Panics
///
/// When an area's class is not one of those of the key, a mistake of the caller's.
pub fn choropleth(request: &MapRequest<'_>) -> String {
    choropleth_with_sets(request, &[])
}

/// The same with sets of areas drawn above it: a heavy line round each below the names, and its
/// label in a disc beside them.
///
/// # Panics
///
/// As above, and when a member of a set is not among the areas.
pub fn choropleth_with_sets(request: &MapRequest<'_>, sets: &[MapSet]) -> String {
    assert!(request.has_classes_of(request.areas), "each class has its limits");
    let colours = request.colours();
    let canvas = request.look.page.canvas();
    let mut body = String::new();
    let top = write_header(&mut body, request, &canvas);
    let foot = Foot::of(request, &canvas);

    let group = Group { title: "", areas: request.areas };
    // The circles' scale follows from the frame, which follows from the legend's size: a first
    // legend has circles of the largest size that there is.
    let drafted = request.look.circles.then(|| Circles::largest(request.areas)).flatten();
    let draft = Legend::of(request, &colours, &[group], drafted, canvas.room());
    let layout = Layout::of(request, &draft, &canvas, top, foot.height);
    let frame = layout.frame;
    let outlines = areas::outlines(request.areas, &frame);
    let circles = request.look.circles.then(|| Circles::of(request.areas, &outlines)).flatten();
    let legend = Legend::of(request, &colours, &[group], circles, canvas.room());

    let part = Part { areas: request.areas, outlines: &outlines, class: "area", pen: 1.0 };
    let fills = areas::fills(&colours, circles.is_some());
    areas::write_map(&mut body, request, &part, &fills);
    let mut taken = match &circles {
        Some(circles) => circles.write(&mut body, request.areas, &outlines, &colours),
        None => Vec::new(),
    };
    let mut skip = vec![false; request.areas.len()];
    if let Some(bounds) = request.look.inset {
        let place = frame.on_paper(bounds);
        skip = outlines.iter().map(|outline| place.holds(&outline.rect())).collect();
        // No name stands on the lines of the rectangle.
        taken.extend([
            Rect { right: place.left, ..place },
            Rect { left: place.right, ..place },
            Rect { bottom: place.top, ..place },
            Rect { top: place.bottom, ..place },
        ]);
    }
    let room = Room { whole: layout.room, taken: &taken, skip: &skip };
    let names = Labels::find(request, request.areas, &outlines, &room);
    sets::write_rims(&mut body, &outlines, request, sets);
    names.write(&mut body, request.areas, &fills);
    if request.synthetic {
        areas::write_watermark(&mut body, request.language, &frame);
    }
    sets::write_discs(&mut body, &outlines, sets, &|rect| {
        layout.room.holds(rect) && names.leave_free(rect)
    });
    if let Some(bounds) = request.look.inset {
        inset::write_locator(&mut body, &frame.on_paper(bounds));
    }

    let bar_top = frame.top + frame.height + 12.0;
    let bar_left = if layout.below { canvas.margin } else { layout.room.left };
    let right = scale::write(&mut body, (bar_left, bar_top), &frame, request.language);
    let mut bottom = bar_top + scale::HEIGHT;
    let legend_bottom = layout.write_legend(&mut body, &legend);
    bottom = bottom.max(legend_bottom);
    let mut counts = names.counts();
    if let Some(bounds) = request.look.inset {
        let place = layout.inset_place(&legend, legend_bottom, bounds);
        let (inset_bottom, more) =
            inset::write(&mut body, request, &colours, bounds, place, circles.as_ref());
        bottom = bottom.max(inset_bottom);
        counts = (counts.0 + more.0, counts.1 + more.1);
    }
    let names_room = layout.room.right - right - 20.0;
    write_left_out(&mut body, request, counts, (right + 20.0, bar_top + 15.0), names_room);
    let bottom = foot.write(&mut body, &canvas, bottom);
    let label = aria_label(request, request.areas.len());
    with_root(request, &canvas, &label, &hatch::present(request.areas.iter()), &body, bottom)
}

/// Where map, legend and inset stand.
struct Layout {
    frame: Frame,
    /// Where the map and names beside it may stand.
    room: Rect,
    below: bool,
    wide: bool,
    legend_at: (f64, f64),
    canvas: Canvas,
    /// The lowest place of an inset, where the paper says.
    floor: Option<f64>,
}

impl Layout {
    fn of(
        request: &MapRequest<'_>,
        legend: &Legend<'_>,
        canvas: &Canvas,
        top: f64,
        foot: f64,
    ) -> Self {
        let shapes = || request.areas.iter().map(|area| area.shape);
        let has_inset = request.look.inset.is_some();
        let room = canvas.room();
        // An inset is worth a part of the map's own room.
        let column = if has_inset { legend.width.max(INSET_SHARE * room) } else { legend.width };
        let beside = room - GAP - column;
        let wide = !has_inset && 2.0 * legend.width + 60.0 <= room;
        let lower = 12.0 + scale::HEIGHT + 6.0;
        let (heights, floor) = match canvas.height {
            None => ([MAX_MAP_HEIGHT; 2], None),
            Some(height) => {
                let floor = height - canvas.margin - foot;
                let mut legend_height = legend.height(wide);
                if has_inset {
                    legend_height = legend_height.max(LEAST_INSET * 1.4);
                }
                let whole = floor - top - lower;
                ([whole, whole - legend_height].map(|h| h.max(80.0)), Some(floor))
            }
        };
        let at_side = Frame::around(shapes(), beside, heights[0]);
        let above = Frame::around(shapes(), room, heights[1]);
        let below = match canvas.height {
            // A web page has room below; an inset needs the side where it would be low.
            None => above.width / above.height > WIDE,
            Some(_) => above.scale > at_side.scale,
        };
        let margin = canvas.margin;
        let frame = if below {
            above.at(margin + (room - above.width) / 2.0, top)
        } else {
            at_side.at(margin + (beside - at_side.width) / 2.0, top)
        };
        let right = if below { margin + room } else { margin + beside };
        let bottom = frame.top + frame.height;
        let map_room = Rect { left: margin, top, right, bottom };
        let legend_at = if below {
            (margin, bottom + lower + 4.0)
        } else {
            (canvas.width - margin - column, top)
        };
        Self {
            frame,
            room: map_room,
            below,
            wide: below && wide,
            legend_at,
            canvas: *canvas,
            floor,
        }
    }

    fn write_legend(&self, out: &mut String, legend: &Legend<'_>) -> f64 {
        let (x, y) = self.legend_at;
        if self.wide { legend.write_wide(out, x, y) } else { legend.write_tall(out, x, y) }
    }

    /// The box of the inset: to the right of a legend below the map, else below the legend.
    fn inset_place(&self, legend: &Legend<'_>, legend_bottom: f64, bounds: [f64; 4]) -> Rect {
        let right = self.canvas.width - self.canvas.margin;
        let (left, top) = if self.below {
            (self.legend_at.0 + legend.width + 40.0, self.legend_at.1 + 4.0)
        } else {
            (self.legend_at.0, legend_bottom + 28.0)
        };
        let map_bottom = self.room.bottom;
        let most = match (self.floor, self.below) {
            (Some(floor), _) => floor - top - 24.0,
            (None, true) => 460.0,
            (None, false) => (map_bottom - top).max(LEAST_INSET * 1.6),
        };
        let [west, south, east, north] = bounds;
        let ratio = (north - south).max(1.0) / (east - west).max(1.0);
        let width = (right - left).min(most.max(60.0) / ratio);
        Rect { left, top, right: left + width, bottom: top + width * ratio }
    }
}

/// What stands at the foot: source and date.
pub(super) struct Foot {
    lines: Vec<String>,
    /// With the space above.
    pub(super) height: f64,
}

impl Foot {
    pub(super) fn of(request: &MapRequest<'_>, canvas: &Canvas) -> Self {
        let language = request.language;
        let mut parts = Vec::new();
        if !request.look.date.is_empty() {
            parts.push(message(language, "map.date", &[("date", request.look.date)]));
        }
        if !request.source.is_empty() {
            parts.push(message(language, "map.source", &[("source", request.source)]));
        }
        let lines = Style::SMALL.wrap(&parts.join(". "), canvas.room());
        let height = if lines.is_empty() {
            0.0
        } else {
            14.0 + Style::SMALL.line_height() * lines.len() as f64
        };
        Self { lines, height }
    }

    /// Writes it below `bottom`, or at the foot of the paper; gives the height of the whole.
    pub(super) fn write(&self, out: &mut String, canvas: &Canvas, bottom: f64) -> f64 {
        let Some(height) = canvas.height else {
            let bottom = Style::SMALL.write_lines(out, canvas.margin, bottom + 14.0, &self.lines);
            return (bottom + canvas.margin - 8.0).ceil();
        };
        let top = height - canvas.margin - self.height + 14.0;
        Style::SMALL.write_lines(out, canvas.margin, top, &self.lines);
        height
    }
}

/// How many names had no room, where some had none.
fn write_left_out(
    out: &mut String,
    request: &MapRequest<'_>,
    (placed, wanted): (usize, usize),
    at: (f64, f64),
    room: f64,
) {
    if placed == wanted && wanted == request.areas.len() || wanted == 0 {
        return;
    }
    let language = request.language;
    let [n, of, left_out] =
        [placed, request.areas.len(), wanted - placed].map(|n| number(n as f64, 0, language));
    let values = [("n", n.as_str()), ("of", &of), ("left_out", &left_out)];
    let key = if placed == wanted { "map.names" } else { "map.names_left_out" };
    let text = message(language, key, &values);
    let lines = Style::SMALL.wrap(&text, room.max(160.0));
    let up = Style::SMALL.line_height() * (lines.len().saturating_sub(1)) as f64 / 2.0;
    for (at_line, line) in lines.iter().enumerate() {
        let y = at.1 - up + at_line as f64 * Style::SMALL.line_height();
        Style::SMALL.write(out, (at.0, y), line);
    }
}

/// Synthetic banner, title and subtitle; gives the top of the map.
pub(super) fn write_header(out: &mut String, request: &MapRequest<'_>, canvas: &Canvas) -> f64 {
    let (left, room) = (canvas.margin, canvas.room());
    let top = canvas.margin - 8.0;
    let mut y = write_banner(out, request.synthetic, request.language, (left, top), room);
    y = Style::TITLE.write_lines(out, left, y, &Style::TITLE.wrap(request.title, room));
    let subtitle = Style::SUBTITLE.wrap(request.subtitle, room);
    y = Style::SUBTITLE.write_lines(out, left, y + 1.0, &subtitle);
    y + 14.0
}

/// The banner over invented data, and nothing over others; gives its bottom. For charts, which
/// are as wide as a map that is no page.
pub(super) fn write_synthetic(
    out: &mut String,
    synthetic: bool,
    language: Language,
    top: f64,
) -> f64 {
    write_banner(out, synthetic, language, (MARGIN, top), WIDTH - 2.0 * MARGIN)
}

fn write_banner(
    out: &mut String,
    synthetic: bool,
    language: Language,
    (left, top): (f64, f64),
    room: f64,
) -> f64 {
    if !synthetic {
        return top;
    }
    let [label, note] =
        ["map.synthetic", "map.synthetic_note"].map(|key| message(language, key, &[]));
    let lines = Style::BANNER.wrap(&format!("{label} – {note}"), room - 24.0);
    let height = Style::BANNER.line_height() * lines.len() as f64 + 12.0;
    out.push_str(&format!(
        "<rect class=\"synthetic\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" \
         fill=\"#ffe2a8\" stroke=\"#b36b00\"/>\n",
        tenth(left),
        tenth(top),
        tenth(room),
        tenth(height)
    ));
    Style::BANNER.write_lines(out, left + 12.0, top + 7.0, &lines);
    top + height + 8.0
}

/// What a reader who does not see the map is told of it.
pub(super) fn aria_label(request: &MapRequest<'_>, n_areas: usize) -> String {
    let n = number(n_areas as f64, 0, request.language);
    let direction = request.direction_text();
    let values = [("title", request.title), ("direction", &direction), ("n", &n)];
    let label = message(request.language, "map.aria_label", &values);
    if request.synthetic {
        return format!("{} – {label}", message(request.language, "map.synthetic", &[]));
    }
    label
}

/// The whole drawing: root, hatches, white paper and `body`.
pub(super) fn with_root(
    request: &MapRequest<'_>,
    canvas: &Canvas,
    label: &str,
    gaps: &[super::Gap],
    body: &str,
    height: f64,
) -> String {
    let (width, height) = (tenth(canvas.width), tenth(height));
    let (shown_width, shown_height) = match request.look.page.size_mm() {
        Some((width, height)) => (format!("{width}mm"), format!("{height}mm")),
        None => (width.clone(), height.clone()),
    };
    let mut out = String::with_capacity(body.len() + 1024);
    out.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{shown_width}\" height=\"{shown_height}\" role=\"img\" aria-label=\"{}\" \
         xml:lang=\"{lang}\" lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, \
         sans-serif\">\n",
        escaped(label),
        lang = request.language.tag()
    ));
    out.push_str(&format!("<defs>\n{}</defs>\n", hatch::patterns(gaps)));
    out.push_str(&format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"));
    out.push_str(body);
    out.push_str("</svg>\n");
    out
}
