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

/// Places at least `gap` apart, in the order of the wished ones and as near to them as that allows:
/// those that would meet stand round the middle of their wishes.
pub(super) fn apart(wished: &[f64], gap: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].total_cmp(&wished[b]).then(a.cmp(&b)));
    // Less a gap for each before it, a place must not be above the one before it: pools of those
    // that would be have their mean, which is the least sum of squares (isotonic regression).
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (before, &at) in order.iter().enumerate() {
        let mut pool = (wished[at] - gap * before as f64, 1);
        while let Some(&(sum, n)) = pools.last()
            && sum / n as f64 >= pool.0 / pool.1 as f64
        {
            pools.pop();
            pool = (pool.0 + sum, pool.1 + n);
        }
        pools.push(pool);
    }
    let means = pools.iter().flat_map(|&(sum, n)| std::iter::repeat_n(sum / n as f64, n));
    let mut places = wished.to_vec();
    for (before, (&at, mean)) in order.iter().zip(means).enumerate() {
        places[at] = mean + gap * before as f64;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_meet_stand_round_the_middle_of_their_points() {
        assert_eq!(apart(&[10.0, 100.0, 50.0], 15.0, 200.0), [10.0, 100.0, 50.0]);
        assert_eq!(apart(&[50.0, 50.0, 50.0], 15.0, 200.0), [35.0, 50.0, 65.0]);
        assert_eq!(apart(&[198.0, 199.0, 20.0], 15.0, 200.0), [185.0, 200.0, 20.0]);
        assert!(apart(&[], 15.0, 200.0).is_empty());
    }
}
