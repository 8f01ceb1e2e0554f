//! Where does an area's name fit?

use super::outline::{GRID, Outline};
use super::text::{Anchor, Style};

/// More areas than this would fill the map with names.
pub(super) const MOST_LABELS: usize = 30;

/// Sizes that are tried, in px; smaller ones cannot be read.
const SIZES: [f64; 4] = [12.0, 11.0, 10.0, 9.0];

/// A name and the place where it fits.
pub(super) struct Label {
    lines: Vec<String>,
    x: f64,
    middle: f64,
    style: Style,
}

impl Label {
    /// The largest size in which the name fits inside the outline on one line, else on two;
    /// `None` where it fits nowhere.
    pub(super) fn fit(name: &str, outline: &Outline) -> Option<Self> {
        let broken = two_lines(name);
        let layouts = [Some(vec![name.to_owned()]), broken];
        SIZES.iter().find_map(|&size| {
            let style = Style { size, ..Style::BODY }.anchored(Anchor::Middle);
            layouts.iter().flatten().find_map(|lines| {
                let width = lines.iter().map(|line| style.width(line)).fold(0.0, f64::max);
                let height = style.line_height() * lines.len() as f64;
                let (x, middle) = place(outline, width + 6.0, height)?;
                Some(Self { lines: lines.clone(), x, middle, style })
            })
        })
    }

    /// Writes the name in this colour.
    pub(super) fn write(&self, out: &mut String, ink: &'static str) {
        let top = self.middle - self.style.line_height() * self.lines.len() as f64 / 2.0;
        Style { fill: ink, ..self.style }.write_lines(out, self.x, top, &self.lines);
    }
}

/// The name on two lines as equal as its words allow.
fn two_lines(name: &str) -> Option<Vec<String>> {
    let longest = |lines: &Vec<String>| lines.iter().map(|line| line.chars().count()).max();
    name.char_indices()
        .filter(|(_, c)| [' ', '-', '/'].contains(c))
        .map(|(at, c)| {
            let (first, second) = name.split_at(at + c.len_utf8());
            vec![first.trim().to_owned(), second.trim().to_owned()]
        })
        .filter(|lines| lines.iter().all(|line| !line.is_empty()))
        .min_by_key(longest)
}

/// The middle of the roomiest place for a box inside the outline, in px.
fn place(outline: &Outline, width: f64, height: f64) -> Option<(f64, f64)> {
    /// Heights that are tried; more would move a name by less than a letter.
    const TRIES: i32 = 48;
    let ys = outline.rings.iter().flatten().map(|point| point.1);
    let (low, high) = ys.fold((i32::MAX, i32::MIN), |(a, b), y| (a.min(y), b.max(y)));
    let (width, half) = (width * GRID, height * GRID / 2.0);
    let mut best: Option<(f64, f64, f64)> = None;
    for step in 1..TRIES {
        let y = f64::from(low) + f64::from(high - low) * f64::from(step) / f64::from(TRIES);
        // Five lines across the box: none may leave the area.
        let heights = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|share| y + share * half);
        let free = heights
            .iter()
            .map(|&y| spans(outline, y))
            .reduce(|a, b| common(&a, &b))
            .unwrap_or_default();
        for (from, to) in free {
            // Near the middle of the area a name is best understood; a little less room is
            // taken for it.
            let off_middle = (y - f64::from(low + high) / 2.0).abs();
            let room = to - from - 0.5 * off_middle;
            if to - from >= width && best.is_none_or(|(most, _, _)| room > most) {
                best = Some((room, (from + to) / 2.0, y));
            }
        }
    }
    best.map(|(_, x, y)| (x / GRID, y / GRID))
}

/// The parts of a horizontal line that lie inside, by the even-odd rule.
fn spans(outline: &Outline, y: f64) -> Vec<(f64, f64)> {
    let mut crossings = Vec::new();
    for ring in &outline.rings {
        for (idx, &a) in ring.iter().enumerate() {
            let b = ring[(idx + 1) % ring.len()];
            let ((ax, ay), (bx, by)) =
                ((f64::from(a.0), f64::from(a.1)), (f64::from(b.0), f64::from(b.1)));
            if (ay <= y) != (by <= y) {
                crossings.push(ax + (y - ay) / (by - ay) * (bx - ax));
            }
        }
    }
    crossings.sort_by(f64::total_cmp);
    crossings.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// What two lists of spans have in common.
fn common(a: &[(f64, f64)], b: &[(f64, f64)]) -> Vec<(f64, f64)> {
    a.iter()
        .flat_map(|&(from, to)| b.iter().map(move |&(f, t)| (from.max(f), to.min(t))))
        .filter(|(from, to)| from < to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_inside_and_not_over_a_hole() {
        let outline = Outline {
            rings: vec![
                vec![(0, 0), (2000, 0), (2000, 1000), (0, 1000)],
                vec![(100, 100), (1000, 100), (1000, 900), (100, 900)],
            ],
        };
        let label = Label::fit("Sagene", &outline).unwrap();
        assert!(label.x > 120.0 && label.x < 180.0, "{}", label.x);
        assert!(
            Label::fit(
                "Et svært langt navn på en ganske liten sone som ligger midt i byen",
                &outline
            )
            .is_none()
        );
    }

    #[test]
    fn a_long_name_is_broken_where_that_helps() {
        assert_eq!(two_lines("Søndre Nordstrand").unwrap(), ["Søndre", "Nordstrand"]);
        assert_eq!(two_lines("St. Hanshaugen").unwrap(), ["St.", "Hanshaugen"]);
        assert!(two_lines("Alna").is_none());
    }
}
