//! What do the charts of money share?
//!
//! A head of title and subtitle, a foot of notes, and the root around them.

use super::text::{Style, escaped, tenth};
use super::{FONT, MARGIN, WIDTH};
use crate::language::Language;

/// More money, less money, and the same; told apart by shape or sign as well.
pub(super) const MORE: &str = "#08519c";
pub(super) const LESS: &str = "#b35806";
pub(super) const SAME: &str = "#8a8a8a";
pub(super) const GRID: &str = "#dddddd";

/// What every chart says of itself.
#[derive(Debug, Clone, Copy)]
pub struct ChartHead<'a> {
    /// What it shows.
    pub title: &'a str,
    /// Of which models and data.
    pub subtitle: &'a str,
    /// The language of numbers and words.
    pub language: Language,
    /// Whether the data are invented, which is then written above.
    pub synthetic: bool,
    /// What stands below: source and assumptions.
    pub notes: &'a [String],
}

impl ChartHead<'_> {
    /// Writes banner, title and subtitle; gives the bottom.
    pub(super) fn write(&self, out: &mut String) -> f64 {
        let room = WIDTH - 2.0 * MARGIN;
        let mut y = super::write_synthetic(out, self.synthetic, self.language, MARGIN - 8.0);
        y = Style::TITLE.write_lines(out, MARGIN, y, &Style::TITLE.wrap(self.title, room));
        let subtitle = Style::SUBTITLE.wrap(self.subtitle, room);
        Style::SUBTITLE.write_lines(out, MARGIN, y + 1.0, &subtitle) + 12.0
    }

    /// Puts the notes below `bottom` and the root around it all.
    pub(super) fn close(&self, mut body: String, bottom: f64) -> String {
        let mut y = bottom + 10.0;
        for note in self.notes {
            let lines = Style::SMALL.wrap(note, WIDTH - 2.0 * MARGIN);
            y = Style::SMALL.write_lines(&mut body, MARGIN, y, &lines) + 3.0;
        }
        let height = (y + MARGIN - 8.0).ceil();
        let lang = self.language.tag();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" \
             xml:lang=\"{lang}\" lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, \
             sans-serif\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
             {body}</svg>\n",
            escaped(&format!("{} – {}", self.title, self.subtitle)),
        )
    }
}

/// A straight line.
pub(super) fn line(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), rest: &str) {
    out.push_str(&format!(
        "<path d=\"M{} {}L{} {}\" fill=\"none\" {rest}/>\n",
        tenth(x1),
        tenth(y1),
        tenth(x2),
        tenth(y2)
    ));
}

/// Places at least `gap` apart and as near to the wished ones as their order allows.
pub(super) fn apart(wished: &[f64], gap: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].total_cmp(&wished[b]).then(a.cmp(&b)));
    let mut places = wished.to_vec();
    let mut least = f64::NEG_INFINITY;
    for &at in &order {
        places[at] = places[at].max(least);
        least = places[at] + gap;
    }
    // What ran out at the bottom is pushed back up.
    let mut most = bottom;
    for &at in order.iter().rev() {
        places[at] = places[at].min(most);
        most = places[at] - gap;
    }
    places
}

/// The name, or as much of it as fits.
pub(super) fn shortened(name: &str, style: Style, width: f64) -> String {
    if style.width(name) <= width {
        return name.to_owned();
    }
    let mut short = name.to_owned();
    while style.width(&short) + 8.0 > width && short.pop().is_some() {}
    format!("{}…", short.trim_end())
}

/// A round step of which about `n` make `range`.
pub(super) fn step(range: f64, n: f64) -> f64 {
    let raw = (range / n).max(f64::MIN_POSITIVE);
    let size = 10_f64.powf(raw.log10().floor());
    let unit = raw / size;
    size * if unit <= 1.0 {
        1.0
    } else if unit <= 2.0 {
        2.0
    } else if unit <= 5.0 {
        5.0
    } else {
        10.0
    }
}
