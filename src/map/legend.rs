//! What do the colours mean, and how much lies behind each?

use super::outline::Frame;
use super::text::{Anchor, Style, tenth};
use super::{MapArea, MapRequest, NO_DATA_SWATCH, SelectionMark, message};
use crate::language::{Language, number};

/// Width of a colour field and of the space beside it.
const SWATCH: (f64, f64) = (24.0, 32.0);
/// Between two columns.
const GAP: f64 = 14.0;
/// The legend is never narrower or wider than this, in px.
const WIDTHS: (f64, f64) = (280.0, 360.0);

/// What stands at the head of a row.
enum Swatch {
    Colour(String),
    Hatch,
    Line,
    Dashes,
}

/// One line of the legend: a sign, what it means, how many areas and people.
struct Row {
    swatch: Swatch,
    text: String,
    n_areas: String,
    people: String,
}

/// The legend, ready to be written in one or two columns.
pub(super) struct Legend {
    heading: String,
    direction: String,
    note: Option<String>,
    headers: [String; 2],
    classes: Vec<Row>,
    others: Vec<Row>,
    shows_people: bool,
    pub(super) width: f64,
}

impl Legend {
    pub(super) fn of(request: &MapRequest<'_>, colours: &[String]) -> Self {
        let language = request.language;
        let classes = class_rows(request, colours);
        let mut legend = Self {
            heading: request.legend_title.to_owned(),
            direction: request.direction_text(),
            note: (classes.len() > 1 && request.categories.is_none())
                .then(|| message(language, "map.upper_limit", &[])),
            headers: ["map.n_areas", "map.n_people"].map(|key| message(language, key, &[])),
            classes,
            others: other_rows(request),
            shows_people: request.areas.iter().any(|area| area.population.is_some()),
            width: 0.0,
        };
        let texts = legend.classes.iter().map(|row| Style::BODY.width(&row.text));
        let label = texts.fold(0.0, f64::max);
        let wanted = SWATCH.1 + label + legend.columns().iter().map(|w| w + GAP).sum::<f64>();
        legend.width = wanted.clamp(WIDTHS.0, WIDTHS.1);
        legend
    }

    /// Everything below each other; gives the bottom.
    pub(super) fn write_tall(&self, out: &mut String, x: f64, top: f64) -> f64 {
        let top = self.write_classes(out, x, top);
        self.write_others(out, x, top + 10.0, false)
    }

    /// Classes on the left and the rest on the right; gives the bottom.
    pub(super) fn write_wide(&self, out: &mut String, x: f64, top: f64) -> f64 {
        let left = self.write_classes(out, x, top);
        let right = self.write_others(out, x + self.width + 60.0, top, true);
        left.max(right)
    }

    fn write_classes(&self, out: &mut String, x: f64, top: f64) -> f64 {
        let heading = Style::HEADING.wrap(&self.heading, self.width);
        let y = Style::HEADING.write_lines(out, x, top, &heading);
        let direction = Style::BODY.wrap(&self.direction, self.width);
        let y = Style::BODY.write_lines(out, x, y + 1.0, &direction) + 4.0;
        let y = self.write_headers(out, x, y);
        self.classes.iter().fold(y, |y, row| self.write_row(out, x, y, row))
    }

    fn write_others(&self, out: &mut String, x: f64, top: f64, headers: bool) -> f64 {
        let mut y = top;
        if headers && !self.others.is_empty() {
            y = self.write_headers(out, x, y);
        }
        y = self.others.iter().fold(y, |y, row| self.write_row(out, x, y, row));
        match &self.note {
            Some(note) => {
                let lines = Style::SMALL.wrap(note, self.width);
                Style::SMALL.write_lines(out, x, y + 6.0, &lines)
            }
            None => y,
        }
    }

    fn write_headers(&self, out: &mut String, x: f64, y: f64) -> f64 {
        for ((_, right), text) in self.rights(x).iter().zip(&self.headers) {
            let style = Style::SMALL.anchored(Anchor::End);
            style.write(out, (*right, y + style.size), text);
        }
        y + Style::SMALL.line_height() + 2.0
    }

    fn write_row(&self, out: &mut String, x: f64, y: f64, row: &Row) -> f64 {
        let rights = self.rights(x);
        let room = self.width - SWATCH.1 - rights.iter().map(|(w, _)| w + GAP).sum::<f64>();
        let lines = Style::BODY.wrap(&row.text, room.max(40.0));
        let height = (Style::BODY.line_height() * lines.len() as f64).max(16.0) + 5.0;
        write_swatch(out, x, y, &row.swatch);
        let bottom = Style::BODY.write_lines(out, x + SWATCH.1, y + 1.0, &lines);
        for ((_, right), text) in rights.iter().zip([&row.n_areas, &row.people]) {
            let style = Style::BODY.anchored(Anchor::End);
            style.write(out, (*right, y + 1.0 + style.size * 0.95), text);
        }
        (y + height).max(bottom)
    }

    /// The widths of the columns of numbers.
    fn columns(&self) -> Vec<f64> {
        let rows = || self.classes.iter().chain(&self.others);
        let widest = |header: &str, texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| Style::BODY.width(text)).fold(Style::SMALL.width(header), f64::max)
        };
        let mut columns = vec![widest(&self.headers[0], &mut rows().map(|row| &row.n_areas))];
        if self.shows_people {
            columns.push(widest(&self.headers[1], &mut rows().map(|row| &row.people)));
        }
        columns
    }

    /// Width and right edge of each column of numbers.
    fn rights(&self, x: f64) -> Vec<(f64, f64)> {
        let mut right = x + self.width;
        let mut rights: Vec<(f64, f64)> = self
            .columns()
            .into_iter()
            .rev()
            .map(|width| {
                let edge = (width, right);
                right -= width + GAP;
                edge
            })
            .collect();
        rights.reverse();
        rights
    }
}

/// The classes, the worst first.
fn class_rows(request: &MapRequest<'_>, colours: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = colours
        .iter()
        .enumerate()
        .map(|(class, colour)| {
            let (n_areas, people) = counts(request, |area| area.class == Some(class));
            let text = range_text(request, class);
            Row { swatch: Swatch::Colour(colour.clone()), text, n_areas, people }
        })
        .collect();
    if request.worst_is_highest() && request.categories.is_none() {
        rows.reverse();
    }
    rows
}

/// No data, selected, undecided: those that the map has.
fn other_rows(request: &MapRequest<'_>) -> Vec<Row> {
    let row = |swatch, text, (n_areas, people)| Row { swatch, text, n_areas, people };
    let language = request.language;
    let mut rows = Vec::new();
    if request.areas.iter().any(|area| area.class.is_none()) {
        let without = counts(request, |area| area.class.is_none());
        rows.push(row(Swatch::Hatch, request.undefined_text(), without));
    }
    if let Some(rule) = request.selection_rule {
        let text = message(language, "map.selected", &[("rule", rule)]);
        let selected = counts(request, |area| area.selection == SelectionMark::Selected);
        rows.push(row(Swatch::Line, text, selected));
        if request.areas.iter().any(|area| area.selection == SelectionMark::Unknown) {
            let unknown = counts(request, |area| area.selection == SelectionMark::Unknown);
            rows.push(row(Swatch::Dashes, message(language, "map.unknown", &[]), unknown));
        }
    }
    rows
}

/// How many areas, and how many people live in them as far as that is known.
fn counts(request: &MapRequest<'_>, belongs: impl Fn(&MapArea<'_>) -> bool) -> (String, String) {
    let chosen: Vec<&MapArea<'_>> = request.areas.iter().filter(|area| belongs(area)).collect();
    let known: Vec<f64> = chosen.iter().filter_map(|area| area.population).collect();
    let whole = |x: f64| number(x, 0, request.language);
    let people = if known.len() == chosen.len() {
        whole(known.iter().sum())
    } else if known.is_empty() {
        "–".to_owned()
    } else {
        // Those of unknown population are not counted as nobody.
        format!("≥\u{a0}{}", whole(known.iter().sum()))
    };
    (whole(chosen.len() as f64), people)
}

/// The limits of a class, as `1,2 til 3,4`, or one number where both are the same.
pub(super) fn range_text(request: &MapRequest<'_>, class: usize) -> String {
    if let Some(categories) = request.categories {
        return categories.kinds[class].label.clone();
    }
    let (from, to) = (request.limits[class], request.limits[class + 1]);
    let decimals = legend_decimals(request.limits, request.decimals, request.language);
    let [from_text, to_text] = [from, to].map(|x| number(x, decimals, request.language));
    if from == to {
        return to_text;
    }
    message(request.language, "map.range", &[("from", &from_text), ("to", &to_text)])
}

/// As many decimals as asked for, or more where limits would look alike.
fn legend_decimals(limits: &[f64], asked: usize, language: Language) -> usize {
    /// Beyond these, limits differ by rounding errors only.
    const MOST: usize = 6;
    (asked..MOST)
        .find(|&decimals| {
            limits.windows(2).all(|pair| {
                let [a, b] = [pair[0], pair[1]].map(|x| number(x, decimals, language));
                pair[0] == pair[1] || a != b
            })
        })
        .unwrap_or(MOST.max(asked))
}

fn write_swatch(out: &mut String, x: f64, y: f64, swatch: &Swatch) {
    let (x, y, w) = (tenth(x), tenth(y), tenth(SWATCH.0));
    let sign = match swatch {
        Swatch::Colour(colour) => format!(r##"fill="{colour}" stroke="#666" stroke-width=".6""##),
        Swatch::Hatch => {
            format!(r##"fill="url(#{NO_DATA_SWATCH})" stroke="#666" stroke-width=".6""##)
        }
        Swatch::Line => r##"fill="none" stroke="#111" stroke-width="2.6""##.to_owned(),
        Swatch::Dashes => {
            r##"fill="none" stroke="#111" stroke-width="2" stroke-dasharray="5 3""##.to_owned()
        }
    };
    out.push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"16\" {sign}/>\n"));
}

/// Writes a bar of a round number of metres or kilometres, its top left at `(x, y)`; gives the
/// bottom.
pub(super) fn write_scale_bar(
    out: &mut String,
    (x, y): (f64, f64),
    frame: &Frame,
    language: Language,
) -> f64 {
    /// The bar is at most this long, in px.
    const LONGEST: f64 = 150.0;
    let metres = round_length(LONGEST / frame.scale);
    let length = metres * frame.scale;
    let text = if metres >= 1000.0 {
        format!("{}\u{a0}km", number(metres / 1000.0, 0, language))
    } else {
        format!("{}\u{a0}m", number(metres, 0, language))
    };
    let (top, bottom) = (tenth(y), tenth(y + 6.0));
    let (left, right) = (tenth(x), tenth(x + length));
    out.push_str(&format!(
        "<path class=\"scale-bar\" d=\"M{left} {top}V{bottom}H{right}V{top}\" fill=\"none\" \
         stroke=\"#333\" stroke-width=\"1.5\"/>\n"
    ));
    Style::SMALL.write(out, (x + length + 6.0, y + 8.0), &text);
    y + 14.0
}

/// The greatest of 1, 2 and 5 times a power of ten metres that is not above `most`.
fn round_length(most: f64) -> f64 {
    let mut unit = 1.0;
    while unit * 10.0 <= most {
        unit *= 10.0;
    }
    [5.0, 2.0, 1.0].iter().map(|step| step * unit).find(|&x| x <= most).unwrap_or(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_would_look_alike_get_more_decimals() {
        assert_eq!(legend_decimals(&[0.0, 1.0, 2.0], 1, Language::En), 1);
        assert_eq!(legend_decimals(&[0.0, 0.04, 0.041, 2.0], 1, Language::En), 3);
        assert_eq!(legend_decimals(&[0.0, 0.0, 2.0], 0, Language::En), 0);
    }

    #[test]
    fn scale_bars_have_round_lengths() {
        assert_eq!(round_length(7_300.0), 5_000.0);
        assert_eq!(round_length(190_000.0), 100_000.0);
        assert_eq!(round_length(2.5), 2.0);
    }
}
