//! What do the colours mean, and how much lies behind each?

use super::chart::shortened;
use super::circles::Circles;
use super::hatch;
use super::square::Square;
use super::text::{Anchor, Style, tenth};
use super::{Gap, Key, MapArea, MapRequest, SelectionMark, message, palette};
use crate::language::{Language, number, shortest};

/// Width of a colour field and of the space beside it.
const SWATCH: (f64, f64) = (24.0, 32.0);
/// Between two columns.
const GAP: f64 = 14.0;
/// The legend of a single map is never narrower or wider than this, in px.
const WIDTHS: (f64, f64) = (280.0, 360.0);

/// What stands at the head of a row.
enum Swatch {
    Colour(String),
    Hatch(Gap),
    Line,
    Dashes,
}

/// One line of the legend: a sign, what it means, and a cell a column.
struct Row {
    swatch: Swatch,
    text: String,
    cells: Vec<String>,
}

/// A group of areas that is counted by itself.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    /// What stands above its counts, where there are several.
    pub(super) title: &'a str,
    /// Its areas.
    pub(super) areas: &'a [MapArea<'a>],
}

/// The legend, ready to be written in one or two columns.
pub(super) struct Legend<'a> {
    request: &'a MapRequest<'a>,
    areas: &'a [MapArea<'a>],
    heading: String,
    direction: String,
    notes: Vec<String>,
    headers: Vec<String>,
    is_of_panels: bool,
    classes: Vec<Row>,
    others: Vec<Row>,
    square: Option<Square<'a>>,
    circles: Option<Circles>,
    pub(super) width: f64,
}

impl<'a> Legend<'a> {
    /// The legend of these groups: one, or one a panel; at most `room` px wide.
    pub(super) fn of(
        request: &'a MapRequest<'a>,
        colours: &[String],
        groups: &[Group<'a>],
        circles: Option<Circles>,
        room: f64,
    ) -> Self {
        let language = request.language;
        let say = |key: &str| message(language, key, &[]);
        let shows_people =
            groups.iter().flat_map(|group| group.areas).any(|area| area.population.is_some());
        let square = match request.key {
            Key::Square(square) => Some(square),
            Key::Ranges { .. } | Key::Kinds(_) => None,
        };
        let mut notes = Vec::new();
        if let Key::Ranges { limits, turn } = request.key {
            if limits.len() > 2 {
                notes.push(say("map.upper_limit"));
            }
            if let Some(turn) = turn {
                // A value that was typed is printed as it is, a mean as the limits are.
                let typed = shortest(turn.reference, language);
                let limit = number(turn.reference, request.decimals + 1, language);
                let reference = if typed.len() <= limit.len() { typed } else { limit };
                notes.push(message(language, "map.reference", &[("reference", &reference)]));
            }
        }
        if square.is_some() {
            let key = if shows_people { "map.square_counts" } else { "map.square_areas" };
            notes.push(say(key));
        }
        // Long titles of panels are cut, so that all columns have room.
        let column = (room - SWATCH.1 - 110.0) / groups.len() as f64 - GAP;
        let mut legend = Self {
            request,
            areas: groups.first().map_or(&[], |group| group.areas),
            heading: request.legend_title.to_owned(),
            direction: request.direction_text(),
            notes,
            headers: Vec::new(),
            is_of_panels: groups.len() > 1,
            classes: Vec::new(),
            others: Vec::new(),
            square,
            circles,
            width: 0.0,
        };
        legend.count(colours, groups, Cells::both(groups, shows_people), column);
        if groups.len() > 1 {
            if shows_people && legend.wanted_width() > room {
                legend.count(colours, groups, Cells::Areas, column);
            }
            let cells = if legend.classes.iter().any(|row| row.cells[0].contains('·')) {
                "map.panel_counts"
            } else {
                "map.panel_areas"
            };
            legend.notes.insert(0, say(cells));
            legend.width = legend.wanted_width().clamp(WIDTHS.0, room);
        } else {
            legend.width = legend.wanted_width().clamp(WIDTHS.0, WIDTHS.1.min(room));
        }
        legend
    }

    /// Fills the rows with these cells.
    fn count(&mut self, colours: &[String], groups: &[Group<'_>], cells: Cells, column: f64) {
        let language = self.request.language;
        self.headers = match cells {
            Cells::Apart => {
                ["map.n_areas", "map.n_people"].map(|key| message(language, key, &[])).to_vec()
            }
            Cells::Areas if groups.len() == 1 => vec![message(language, "map.n_areas", &[])],
            Cells::Areas | Cells::Together => {
                groups.iter().map(|group| shortened(group.title, Style::SMALL, column)).collect()
            }
        };
        let of = |belongs: &dyn Fn(&MapArea<'_>) -> bool| -> Vec<String> {
            let counted = groups.iter().map(|group| counts(language, group.areas, belongs));
            counted
                .flat_map(|(n_areas, people)| match cells {
                    Cells::Apart => vec![n_areas, people],
                    Cells::Areas => vec![n_areas],
                    Cells::Together => vec![format!("{n_areas} · {people}")],
                })
                .collect()
        };
        self.classes = class_rows(self.request, colours, &of);
        self.others = other_rows(self.request, groups, &of);
    }

    fn wanted_width(&self) -> f64 {
        let texts = self.classes.iter().map(|row| Style::BODY.width(&row.text));
        let label = texts.fold(if self.headers.len() > 2 { 110.0 } else { 0.0 }, f64::max);
        SWATCH.1 + label + self.columns().iter().map(|w| w + GAP).sum::<f64>()
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
        if let Some(square) = &self.square {
            return square.write(out, (x, y + 8.0), self.request, self.areas);
        }
        let y = self.write_headers(out, x, y);
        self.classes.iter().fold(y, |y, row| self.write_row(out, x, y, row))
    }

    fn write_others(&self, out: &mut String, x: f64, top: f64, headers: bool) -> f64 {
        let mut y = top;
        if (headers || self.square.is_some()) && !self.others.is_empty() {
            y = self.write_headers(out, x, y);
        }
        y = self.others.iter().fold(y, |y, row| self.write_row(out, x, y, row));
        for note in &self.notes {
            let lines = Style::SMALL.wrap(note, self.width);
            y = Style::SMALL.write_lines(out, x, y + 4.0, &lines);
        }
        if let Some(circles) = &self.circles {
            let heading = message(self.request.language, "map.n_people", &[]);
            y = circles.write_legend(out, (x, y + 14.0), &heading, self.request);
        }
        y
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
        write_swatch(out, x, y, &row.swatch, self.circles.is_some());
        let bottom = Style::BODY.write_lines(out, x + SWATCH.1, y + 1.0, &lines);
        for ((_, right), text) in rights.iter().zip(&row.cells) {
            let style = Style::BODY.anchored(Anchor::End);
            style.write(out, (*right, y + 1.0 + style.size * 0.95), text);
        }
        (y + height).max(bottom)
    }

    /// The widths of the columns of numbers.
    fn columns(&self) -> Vec<f64> {
        let rows = || self.classes.iter().chain(&self.others);
        let widest = |column: usize, header: &str| {
            let texts = rows().filter_map(|row| row.cells.get(column));
            texts.map(|text| Style::BODY.width(text)).fold(Style::SMALL.width(header), f64::max)
        };
        let widths = self.headers.iter().enumerate().map(|(at, header)| widest(at, header));
        if self.is_of_panels {
            // Columns of one kind are as wide as each other.
            let widest = widths.fold(0.0, f64::max);
            return vec![widest; self.headers.len()];
        }
        widths.collect()
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

    /// The height of the legend as it would be written.
    pub(super) fn height(&self, wide: bool) -> f64 {
        let mut scratch = String::new();
        if wide {
            self.write_wide(&mut scratch, 0.0, 0.0)
        } else {
            self.write_tall(&mut scratch, 0.0, 0.0)
        }
    }
}

/// What the cells of a row hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cells {
    /// Areas in one column and people in the next.
    Apart,
    /// Areas and people of each group in one column.
    Together,
    /// Areas alone.
    Areas,
}

impl Cells {
    fn both(groups: &[Group<'_>], shows_people: bool) -> Self {
        match (groups.len(), shows_people) {
            (_, false) => Self::Areas,
            (0 | 1, true) => Self::Apart,
            (_, true) => Self::Together,
        }
    }
}

type Count<'a> = dyn Fn(&dyn Fn(&MapArea<'_>) -> bool) -> Vec<String> + 'a;

/// The classes, the worst first.
fn class_rows(request: &MapRequest<'_>, colours: &[String], count: &Count<'_>) -> Vec<Row> {
    if let Key::Square(_) = request.key {
        return Vec::new();
    }
    let mut rows: Vec<Row> = colours
        .iter()
        .enumerate()
        .map(|(class, colour)| {
            let cells = count(&|area| area.class == Some(class));
            let text = range_text(request, class);
            Row { swatch: Swatch::Colour(colour.clone()), text, cells }
        })
        .collect();
    if request.worst_is_highest() && matches!(request.key, Key::Ranges { .. }) {
        rows.reverse();
    }
    rows
}

/// Gaps, selected, undecided: those that the map has.
fn other_rows(request: &MapRequest<'_>, groups: &[Group<'_>], count: &Count<'_>) -> Vec<Row> {
    let language = request.language;
    let mut rows = Vec::new();
    for gap in hatch::present(groups.iter().flat_map(|group| group.areas)) {
        let cells = count(&|area| area.class.is_none() && area.gap == gap);
        rows.push(Row { swatch: Swatch::Hatch(gap), text: request.gap_text(gap), cells });
    }
    if let Some(rule) = request.selection_rule {
        let text = message(language, "map.selected", &[("rule", rule)]);
        let cells = count(&|area| area.selection == SelectionMark::Selected);
        rows.push(Row { swatch: Swatch::Line, text, cells });
        let is_open = |area: &MapArea<'_>| area.selection == SelectionMark::Unknown;
        if groups.iter().flat_map(|group| group.areas).any(is_open) {
            let text = message(language, "map.unknown", &[]);
            rows.push(Row { swatch: Swatch::Dashes, text, cells: count(&is_open) });
        }
    }
    rows
}

/// How many areas, and how many people live in them as far as that is known.
pub(super) fn counts(
    language: Language,
    areas: &[MapArea<'_>],
    belongs: impl Fn(&MapArea<'_>) -> bool,
) -> (String, String) {
    let chosen: Vec<&MapArea<'_>> = areas.iter().filter(|area| belongs(area)).collect();
    let known: Vec<f64> = chosen.iter().filter_map(|area| area.population).collect();
    let whole = |x: f64| number(x, 0, language);
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
    let limits = match request.key {
        Key::Kinds(categories) => return categories.kinds[class].label.clone(),
        Key::Square(square) => return square.range_text(request, class),
        Key::Ranges { limits, .. } => limits,
    };
    let (from, to) = (limits[class], limits[class + 1]);
    let decimals = decimals_of(limits, request.decimals, request.language);
    let [from_text, to_text] = [from, to].map(|x| number(x, decimals, request.language));
    if from == to {
        return to_text;
    }
    message(request.language, "map.range", &[("from", &from_text), ("to", &to_text)])
}

/// As many decimals as asked for, or more where limits would look alike.
pub(super) fn decimals_of(limits: &[f64], asked: usize, language: Language) -> usize {
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

fn write_swatch(out: &mut String, x: f64, y: f64, swatch: &Swatch, circles: bool) {
    let mut circle = String::new();
    let sign = match swatch {
        Swatch::Colour(colour) => {
            let mut fill = colour.clone();
            if circles {
                circle = Circles::swatch(x + SWATCH.0 / 2.0, y + 8.0, colour);
                fill = palette::paler(colour);
            }
            format!(r##"class="swatch" fill="{fill}" stroke="#666" stroke-width=".6""##)
        }
        Swatch::Hatch(gap) => format!(
            r##"class="swatch" fill="{}" stroke="#666" stroke-width=".6""##,
            hatch::of_swatch(*gap)
        ),
        Swatch::Line => r##"fill="none" stroke="#111" stroke-width="2.6""##.to_owned(),
        Swatch::Dashes => {
            r##"fill="none" stroke="#111" stroke-width="2" stroke-dasharray="5 3""##.to_owned()
        }
    };
    let (x, y, w) = (tenth(x), tenth(y), tenth(SWATCH.0));
    out.push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"16\" {sign}/>\n"));
    out.push_str(&circle);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_would_look_alike_get_more_decimals() {
        assert_eq!(decimals_of(&[0.0, 1.0, 2.0], 1, Language::En), 1);
        assert_eq!(decimals_of(&[0.0, 0.04, 0.041, 2.0], 1, Language::En), 3);
        assert_eq!(decimals_of(&[0.0, 0.0, 2.0], 0, Language::En), 0);
    }
}
