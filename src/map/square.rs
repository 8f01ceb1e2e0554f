//! What do the colours of two measures at once mean?
//!
//! A square of three by three fields, with both axes and their limits, and in each field how many
//! areas and people it stands for.

use super::legend::{counts, decimals_of};
use super::palette;
use super::text::{Anchor, Style, escaped, tenth};
use super::{MapArea, MapRequest};
use crate::language::number;

/// Two measures in three classes each. An area's class is three times its row (counted from the
/// foot) and its column.
#[derive(Debug, Clone, Copy)]
pub struct Square<'a> {
    /// The measure of the columns.
    pub x: Axis<'a>,
    /// The measure of the rows.
    pub y: Axis<'a>,
    /// Which colours.
    pub colours: SquareColours,
}

/// One of the two measures.
#[derive(Debug, Clone, Copy)]
pub struct Axis<'a> {
    /// What it measures.
    pub title: &'a str,
    /// Four limits of three classes.
    pub limits: [f64; 4],
    /// Decimals of the limits; limits that look alike get more.
    pub decimals: usize,
    /// Whether the strong colour is that of the highest class.
    pub strong_is_high: bool,
}

/// The colours of a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SquareColours {
    /// Both measures deepen the colour.
    Both,
    /// The first one gives the colour, the second one fades it.
    Doubt,
}

/// Side of a field, in px.
const FIELD: f64 = 58.0;
/// Left of the fields: a turned title and the limits.
const LEFT: f64 = 64.0;

impl Square<'_> {
    /// The colour of each class.
    pub(super) fn class_colours(&self) -> Vec<String> {
        let strong = palette::square(self.colours);
        let turned = |at: usize, axis: &Axis<'_>| if axis.strong_is_high { at } else { 2 - at };
        (0..9)
            .map(|class| {
                strong[3 * turned(class / 3, &self.y) + turned(class % 3, &self.x)].clone()
            })
            .collect()
    }

    /// Both ranges of a class, as `1,2 til 3,4 · 5,6 til 7,8`.
    pub(super) fn range_text(&self, request: &MapRequest<'_>, class: usize) -> String {
        let of = |axis: &Axis<'_>, at: usize| {
            let [from, to] = [axis.limits[at], axis.limits[at + 1]].map(|x| {
                number(
                    x,
                    decimals_of(&axis.limits, axis.decimals, request.language),
                    request.language,
                )
            });
            let range = crate::language::message(
                request.language,
                "map.range",
                &[("from", &from), ("to", &to)],
            );
            format!("{}: {range}", axis.title)
        };
        format!("{} · {}", of(&self.x, class % 3), of(&self.y, class / 3))
    }

    /// Writes the square; gives the bottom.
    pub(super) fn write(
        &self,
        out: &mut String,
        (x, top): (f64, f64),
        request: &MapRequest<'_>,
        areas: &[MapArea<'_>],
    ) -> f64 {
        let side = 3.0 * FIELD;
        let (left, foot) = (x + LEFT, top + side);
        let colours = self.class_colours();
        let shows_people = areas.iter().any(|area| area.population.is_some());
        out.push_str("<g class=\"square-legend\">\n");
        for (class, colour) in colours.iter().enumerate() {
            let (column, row) = ((class % 3) as f64, (class / 3) as f64);
            let (field_x, field_y) = (left + column * FIELD, foot - (row + 1.0) * FIELD);
            out.push_str(&format!(
                "<rect class=\"field\" data-class=\"{}\" x=\"{}\" y=\"{}\" width=\"{FIELD}\" \
                 height=\"{FIELD}\" fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"1\"><title>{}\
                 </title></rect>\n",
                class + 1,
                tenth(field_x),
                tenth(field_y),
                escaped(&self.range_text(request, class))
            ));
            let (n_areas, people) = counts(request.language, areas, |a| a.class == Some(class));
            let ink = if palette::is_dark(colour) { "#ffffff" } else { "#1a1a1a" };
            let style =
                |size, style: Style| Style { size, fill: ink, ..style }.anchored(Anchor::Middle);
            let (middle, line) = (field_x + FIELD / 2.0, field_y + FIELD / 2.0);
            let lower = if shows_people { -2.0 } else { 5.0 };
            style(13.0, Style::HEADING).write(out, (middle, line + lower), &n_areas);
            if shows_people {
                style(10.0, Style::BODY).write(out, (middle, line + 13.0), &people);
            }
        }
        out.push_str("</g>\n");
        self.write_axes(out, (left, foot), request);
        foot + 18.0 + 1.3 * Style::BODY.size * self.x_lines(side).len() as f64 + 6.0
    }

    fn write_axes(&self, out: &mut String, (left, foot): (f64, f64), request: &MapRequest<'_>) {
        let side = 3.0 * FIELD;
        let limits = |axis: &Axis<'_>| {
            let decimals = decimals_of(&axis.limits, axis.decimals, request.language);
            axis.limits.map(|x| number(x, decimals, request.language))
        };
        for (at, text) in limits(&self.x).iter().enumerate() {
            let anchor = [Anchor::Start, Anchor::Middle, Anchor::Middle, Anchor::End][at];
            let place = (left + at as f64 * FIELD, foot + 13.0);
            Style::SMALL.anchored(anchor).write(out, place, text);
        }
        for (at, text) in limits(&self.y).iter().enumerate() {
            let lower = [0.0, 4.0, 4.0, 8.0][at];
            let place = (left - 5.0, foot - at as f64 * FIELD + lower);
            Style::SMALL.anchored(Anchor::End).write(out, place, text);
        }
        let lines = self.x_lines(side);
        for (at, line) in lines.iter().enumerate() {
            let y = foot + 30.0 + at as f64 * Style::BODY.line_height();
            Style::BODY.anchored(Anchor::Middle).write(out, (left + side / 2.0, y), line);
        }
        let title = super::chart::shortened(&format!("{} →", self.y.title), Style::BODY, side);
        out.push_str(&format!(
            "<text transform=\"translate({} {}) rotate(-90)\" font-size=\"{}\" \
             text-anchor=\"middle\" fill=\"#1a1a1a\">{}</text>\n",
            tenth(left - LEFT + 12.0),
            tenth(foot - side / 2.0),
            tenth(Style::BODY.size),
            escaped(&title)
        ));
    }

    fn x_lines(&self, side: f64) -> Vec<String> {
        Style::BODY.wrap(&format!("{} →", self.x.title), side + 20.0)
    }
}
