//! Which indicators go together, in one look?
//!
//! A square of coloured fields, one for each pair, as SVG in the style of the maps. What is
//! flagged is decided elsewhere; colour is never alone, as the number stands in the field where
//! it has room and in `correlations.csv` in any case.

use super::palette::is_dark;
use super::text::{Anchor, Style, escaped, tenth};
use super::{FONT, MARGIN, WIDTH};
use crate::language::{Language, message, number};

/// A field is never larger or smaller than this, in px.
const CELL: (f64, f64) = (9.0, 54.0);
/// Fields that are smaller hold no number.
const CELL_WITH_NUMBER: f64 = 30.0;
/// Labels are broken at this width.
const LABEL_WIDTH: f64 = 300.0;

/// From -1 through 0 to 1, readable with any colour vision: the diverging scheme PuOr.
///
/// Source: Brewer, C. A. (2003), *ColorBrewer*.
const STOPS: [[f64; 3]; 7] = [
    [179.0, 88.0, 6.0],
    [241.0, 163.0, 64.0],
    [254.0, 224.0, 182.0],
    [247.0, 247.0, 247.0],
    [216.0, 218.0, 235.0],
    [153.0, 142.0, 195.0],
    [84.0, 39.0, 136.0],
];

/// All that a heat map shows; every text in its language.
#[derive(Debug, Clone)]
pub struct HeatMapRequest<'a> {
    /// What the fields are of.
    pub title: &'a str,
    /// Index, measure and direction.
    pub subtitle: &'a str,
    /// The language of numbers and of the picture's own words.
    pub language: Language,
    /// Whether the data are invented, which is then written above.
    pub synthetic: bool,
    /// The rows, which are also the columns.
    pub labels: &'a [String],
    /// The domain of each; a thick line stands where it changes.
    pub groups: &'a [usize],
    /// One row a label and one number a label, -1..1; NaN where there is none.
    pub values: &'a [Vec<f64>],
    /// Which fields have a strong frame.
    pub flags: &'a [Vec<bool>],
    /// What stands below, such as what a frame means.
    pub notes: &'a [String],
}

/// Draws the heat map as SVG; [`super::rasterise`] makes a PNG of it.
///
/// # Panics
///
/// When the lists differ in length, which is a mistake of the caller's.
pub fn heat_map(request: &HeatMapRequest<'_>) -> String {
    let n = request.labels.len();
    assert!(
        [request.groups.len(), request.values.len(), request.flags.len()] == [n; 3],
        "one entry a label"
    );
    let mut body = String::new();
    let top = write_header(&mut body, request);
    let widths = request.labels.iter().map(|label| Style::BODY.width(label));
    let label_width = widths.fold(60.0, f64::max).min(LABEL_WIDTH) + 40.0;
    let room = WIDTH - 2.0 * MARGIN - label_width;
    let cell = (room / n.max(1) as f64).clamp(CELL.0, CELL.1);
    let left = MARGIN + label_width;
    let bottom = write_fields(&mut body, request, (left, top + 20.0), cell);
    let bottom = write_legend(&mut body, request, left, bottom + 24.0);
    let mut y = bottom + 14.0;
    for note in request.notes {
        let lines = Style::SMALL.wrap(note, WIDTH - 2.0 * MARGIN);
        y = Style::SMALL.write_lines(&mut body, MARGIN, y, &lines);
    }
    with_root(request, &body, (y + MARGIN).ceil())
}

fn write_header(out: &mut String, request: &HeatMapRequest<'_>) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = MARGIN - 8.0;
    if request.synthetic {
        let text = message(request.language, "diagnose.synthetic", &[]);
        let height = Style::BANNER.line_height() + 12.0;
        out.push_str(&format!(
            "<rect class=\"synthetic\" x=\"{MARGIN}\" y=\"{}\" width=\"{room}\" height=\"{}\" \
             fill=\"#ffe2a8\" stroke=\"#b36b00\"/>\n",
            tenth(y),
            tenth(height)
        ));
        Style::BANNER.write_lines(out, MARGIN + 12.0, y + 7.0, &[text]);
        y += height + 8.0;
    }
    y = Style::TITLE.write_lines(out, MARGIN, y, &Style::TITLE.wrap(request.title, room));
    let subtitle = Style::SUBTITLE.wrap(request.subtitle, room);
    Style::SUBTITLE.write_lines(out, MARGIN, y + 1.0, &subtitle) + 14.0
}

/// Labels, numbers of the columns, fields, frames and the lines between domains; gives the bottom.
fn write_fields(
    out: &mut String,
    request: &HeatMapRequest<'_>,
    (left, top): (f64, f64),
    cell: f64,
) -> f64 {
    let n = request.labels.len();
    let side = cell * n as f64;
    let at = |place: usize| cell * place as f64;
    let text = if cell < 16.0 { Style::SMALL } else { Style::BODY };
    let numbers = text.anchored(Anchor::Middle);
    for (row, label) in request.labels.iter().enumerate() {
        let middle = top + at(row) + cell / 2.0 + 4.0;
        // The number stands apart, in a column of its own, and is found again above the fields.
        text.anchored(Anchor::End).write(out, (left - 8.0, middle), &(row + 1).to_string());
        let name = shortened(label, LABEL_WIDTH);
        text.anchored(Anchor::End).write(out, (left - 32.0, middle), &name);
        // Numbers of narrow columns would run into each other.
        if cell >= 16.0 || (row + 1) % 5 == 0 {
            let place = (left + at(row) + cell / 2.0, top - 6.0);
            numbers.write(out, place, &(row + 1).to_string());
        }
    }
    for (row, values) in request.values.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            let place = (left + at(column), top + at(row));
            write_field(out, request, (row, column), value, place, cell);
        }
    }
    for row in 1..n {
        if request.groups[row] != request.groups[row - 1] {
            let (x, y) = (tenth(left + at(row)), tenth(top + at(row)));
            out.push_str(&format!(
                "<path d=\"M{} {y}h{side}M{x} {}v{side}\" stroke=\"#1a1a1a\" stroke-width=\"2\"/>\n",
                tenth(left),
                tenth(top),
                side = tenth(side)
            ));
        }
    }
    top + side
}

fn write_field(
    out: &mut String,
    request: &HeatMapRequest<'_>,
    (row, column): (usize, usize),
    value: f64,
    (x, y): (f64, f64),
    cell: f64,
) {
    let is_diagonal = row == column;
    let fill = if is_diagonal || value.is_nan() { "#e4e4e4".to_owned() } else { colour(value) };
    out.push_str(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{size}\" height=\"{size}\" fill=\"{fill}\" \
         stroke=\"#fff\" stroke-width=\"1\"/>\n",
        tenth(x),
        tenth(y),
        size = tenth(cell)
    ));
    if is_diagonal {
        return;
    }
    if request.flags[row][column] {
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{size}\" height=\"{size}\" fill=\"none\" \
             stroke=\"#1a1a1a\" stroke-width=\"2.5\"/>\n",
            tenth(x + 2.5),
            tenth(y + 2.5),
            size = tenth(cell - 5.0)
        ));
    }
    if cell >= CELL_WITH_NUMBER {
        let ink = if is_dark(&fill) { "#fff" } else { "#1a1a1a" };
        let style = Style { fill: ink, ..Style::SMALL }.anchored(Anchor::Middle);
        let text = number(value, 2, request.language);
        style.write(out, (x + cell / 2.0, y + cell / 2.0 + 4.0), &text);
    }
}

/// The colours from -1 to 1; gives the bottom.
fn write_legend(out: &mut String, request: &HeatMapRequest<'_>, left: f64, top: f64) -> f64 {
    const N: usize = 21;
    const STEP: f64 = 12.0;
    Style::HEADING.write(out, (left, top), &message(request.language, "diagnose.legend", &[]));
    let y = top + 8.0;
    for step in 0..N {
        let value = -1.0 + 2.0 * step as f64 / (N - 1) as f64;
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{STEP}\" height=\"12\" fill=\"{}\"/>\n",
            tenth(left + STEP * step as f64),
            tenth(y),
            colour(value)
        ));
    }
    for (value, share) in [(-1.0, 0.0), (-0.5, 0.25), (0.0, 0.5), (0.5, 0.75), (1.0, 1.0)] {
        let x = left + STEP / 2.0 + STEP * (N - 1) as f64 * share;
        let decimals = usize::from(share == 0.25 || share == 0.75);
        let text = number(value, decimals, request.language);
        Style::SMALL.anchored(Anchor::Middle).write(out, (x, y + 26.0), &text);
    }
    y + 30.0
}

fn colour(value: f64) -> String {
    let position = (value.clamp(-1.0, 1.0) + 1.0) / 2.0 * (STOPS.len() - 1) as f64;
    let stop = (position.floor() as usize).min(STOPS.len() - 2);
    let share = position - stop as f64;
    let [red, green, blue] =
        std::array::from_fn(|i| STOPS[stop][i] + (STOPS[stop + 1][i] - STOPS[stop][i]) * share);
    format!("#{:02x}{:02x}{:02x}", red.round() as u8, green.round() as u8, blue.round() as u8)
}

/// A label in one line, with an ellipsis where it does not fit.
fn shortened(label: &str, width: f64) -> String {
    if Style::BODY.width(label) <= width {
        return label.to_owned();
    }
    let mut out = String::new();
    for letter in label.chars() {
        if Style::BODY.width(&out) + Style::BODY.width("m…") > width {
            break;
        }
        out.push(letter);
    }
    format!("{}…", out.trim_end())
}

fn with_root(request: &HeatMapRequest<'_>, body: &str, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" xml:lang=\"{lang}\" \
         lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, sans-serif\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n",
        escaped(&format!("{} – {}", request.title, request.subtitle)),
        lang = request.language.tag()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_every_field_number_and_frame_and_can_be_rasterised() {
        let labels = ["Inntekt & arbeid", "Frafall", "Barn"].map(str::to_owned);
        let values = [[1.0, 0.95, f64::NAN], [0.95, 1.0, -0.2], [f64::NAN, -0.2, 1.0]];
        let flags = [[false, true, false], [true, false, true], [false, true, false]];
        let svg = heat_map(&HeatMapRequest {
            title: "Korrelasjon",
            subtitle: "toy",
            language: Language::Nb,
            synthetic: true,
            labels: &labels,
            groups: &[0, 0, 1],
            values: &values.map(|row| row.to_vec()),
            flags: &flags.map(|row| row.to_vec()),
            notes: &[],
        });
        assert_eq!(svg.matches("0,95").count(), 2);
        assert_eq!(svg.matches("stroke-width=\"2.5\"").count(), 4);
        assert!(svg.contains("Inntekt &amp; arbeid") && svg.contains("class=\"synthetic\""));
        assert!(super::super::rasterise(&svg, 960).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn the_ends_of_the_scale_are_dark_and_its_middle_is_light() {
        assert!(is_dark(&colour(-1.0)) && is_dark(&colour(1.0)) && !is_dark(&colour(0.0)));
    }

    #[test]
    fn long_labels_end_in_an_ellipsis() {
        let short = shortened(&"lang ".repeat(60), 200.0);
        assert!(short.ends_with('…') && Style::BODY.width(&short) <= 210.0);
    }
}
