//! How do several maps of the same areas look side by side?
//!
//! Small multiples: one legend, one scale and the same classes for all, so that colours can be
//! compared from panel to panel.

use super::areas::{self, Part};
use super::circles::Circles;
use super::legend::{Group, Legend};
use super::outline::Frame;
use super::page::Canvas;
use super::sheet::{self, Foot, GAP, MAX_MAP_HEIGHT};
use super::text::{Style, escaped};
use super::{MapArea, MapRequest, hatch, scale};
use crate::language::message;

/// One of several maps.
#[derive(Debug, Clone)]
pub struct Panel<'a> {
    /// What tells it from the others, such as a year.
    pub title: &'a str,
    /// The same areas in each panel, in any order.
    pub areas: &'a [MapArea<'a>],
}

/// Draws small multiples as SVG, of the classes, colours and words of `request`.
///
/// Shape: a `<g class="panel" data-panel="TITLE">` a panel with its areas as in
/// [`super::choropleth`]. [`MapRequest::areas`] is not used; classes must be pooled by the caller.
/// Names and insets are not drawn, which panels have no room for.
///
/// # Panics
///
/// When an area's class is not one of those of the key, a mistake of the caller's.
pub fn small_multiples(request: &MapRequest<'_>, panels: &[Panel<'_>]) -> String {
    assert!(panels.iter().all(|panel| request.has_classes_of(panel.areas)), "pooled classes");
    let colours = request.colours();
    let canvas = request.look.page.canvas();
    let mut body = String::new();
    let top = sheet::write_header(&mut body, request, &canvas);
    let foot = Foot::of(request, &canvas);
    let groups: Vec<Group<'_>> =
        panels.iter().map(|panel| Group { title: panel.title, areas: panel.areas }).collect();
    let all = || panels.iter().flat_map(|panel| panel.areas);
    let room = canvas.room();
    let drafted = request.look.circles.then(|| largest(panels)).flatten();
    let draft = Legend::of(request, &colours, &groups, drafted, room);
    let wide = draft.width * 2.0 + 60.0 <= room;
    let lower = 12.0 + scale::HEIGHT + 10.0;
    let height = match canvas.height {
        None => MAX_MAP_HEIGHT,
        Some(height) => {
            (height - canvas.margin - foot.height - draft.height(wide) - lower - top).max(80.0)
        }
    };
    let grid = Grid::of(panels, room, height);

    // One scale of circles for all panels: that of the panel with most people.
    let outlines: Vec<_> = panels
        .iter()
        .enumerate()
        .map(|(at, panel)| areas::outlines(panel.areas, &grid.frame_of(at, &canvas, top)))
        .collect();
    let circles = request.look.circles.then(|| {
        let each = panels.iter().zip(&outlines);
        each.filter_map(|(panel, outlines)| Circles::of(panel.areas, outlines))
            .min_by(|a, b| a.scale.total_cmp(&b.scale))
    });
    let circles = circles.flatten();
    let fills = areas::fills(&colours, circles.is_some());
    for (at, panel) in panels.iter().enumerate() {
        let frame = grid.frame_of(at, &canvas, top);
        body.push_str(&format!("<g class=\"panel\" data-panel=\"{}\">\n", escaped(panel.title)));
        let title = super::chart::shortened(panel.title, Style::HEADING, grid.width);
        let place = grid.corner_of(at, &canvas, top);
        Style::HEADING.write(&mut body, (place.0, place.1 + Style::HEADING.size), &title);
        let part =
            Part { areas: panel.areas, outlines: &outlines[at], class: "area", pen: grid.pen() };
        areas::write_map(&mut body, request, &part, &fills);
        if let Some(circles) = &circles {
            circles.write(&mut body, panel.areas, &outlines[at], &colours);
        }
        if request.synthetic {
            areas::write_watermark(&mut body, request.language, &frame);
        }
        body.push_str("</g>\n");
    }
    let bar_top = top + grid.bottom() + 12.0;
    let frame = grid.frame_of(0, &canvas, top);
    let right = scale::write(&mut body, (canvas.margin, bar_top), &frame, request.language);
    let pooled = message(request.language, "map.pooled", &[]);
    Style::SMALL.write(&mut body, (right + 20.0, bar_top + 15.0), &pooled);
    let legend = Legend::of(request, &colours, &groups, circles, room);
    let legend_top = bar_top + scale::HEIGHT + 10.0;
    let bottom = if wide {
        legend.write_wide(&mut body, canvas.margin, legend_top)
    } else {
        legend.write_tall(&mut body, canvas.margin, legend_top)
    };
    let bottom = foot.write(&mut body, &canvas, bottom);
    let n_areas = panels.iter().map(|panel| panel.areas.len()).max().unwrap_or(0);
    let titles: Vec<&str> = panels.iter().map(|panel| panel.title).collect();
    let label = format!("{} ({})", sheet::aria_label(request, n_areas), titles.join(", "));
    sheet::with_root(request, &canvas, &label, &hatch::present(all()), &body, bottom)
}

fn largest(panels: &[Panel<'_>]) -> Option<Circles> {
    let each = panels.iter().filter_map(|panel| Circles::largest(panel.areas));
    each.min_by(|a, b| a.scale.total_cmp(&b.scale))
}

/// Panels in rows and columns.
struct Grid {
    frame: Frame,
    columns: usize,
    rows: usize,
    /// Of one panel.
    width: f64,
}

impl Grid {
    /// The title above a panel.
    const TITLE: f64 = 24.0;
    /// Below a panel.
    const BELOW: f64 = 14.0;

    /// The number of columns that makes the panels largest; fewer columns where that is the same.
    fn of(panels: &[Panel<'_>], room: f64, height: f64) -> Self {
        let n = panels.len().max(1);
        let shapes = || panels.iter().flat_map(|panel| panel.areas).map(|area| area.shape);
        let mut best: Option<Self> = None;
        for columns in 1..=n {
            let rows = n.div_ceil(columns);
            let width = (room - GAP * (columns - 1) as f64) / columns as f64;
            let tall = height / rows as f64 - Self::TITLE - Self::BELOW;
            let frame = Frame::around(shapes(), width.max(20.0), tall.max(20.0));
            if best.as_ref().is_none_or(|best| frame.scale > best.frame.scale * 1.001) {
                best = Some(Self { frame, columns, rows, width });
            }
        }
        best.expect("one column at least was tried")
    }

    /// Thinner lines on small panels.
    fn pen(&self) -> f64 {
        (self.frame.width.max(self.frame.height) / 600.0).clamp(0.45, 1.0)
    }

    fn corner_of(&self, at: usize, canvas: &Canvas, top: f64) -> (f64, f64) {
        let (column, row) = (at % self.columns, at / self.columns);
        (
            canvas.margin + column as f64 * (self.width + GAP),
            top + row as f64 * (self.frame.height + Self::TITLE + Self::BELOW),
        )
    }

    fn frame_of(&self, at: usize, canvas: &Canvas, top: f64) -> Frame {
        let (x, y) = self.corner_of(at, canvas, top);
        self.frame.at(x + (self.width - self.frame.width) / 2.0, y + Self::TITLE)
    }

    /// The foot of the last row, below the top.
    fn bottom(&self) -> f64 {
        self.rows as f64 * (self.frame.height + Self::TITLE + Self::BELOW) - Self::BELOW
    }
}
