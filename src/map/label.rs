//! Which areas get their names, and where?
//!
//! Selected areas come first, then those with worse values. A name stands inside its area where it
//! fits, beside it at the end of a line where it does not, and nowhere if it would cover another
//! name, a circle or the edge of the map. How many were left out is counted.

use super::outline::{GRID, Outline, Rect};
use super::text::{Anchor, Style, tenth};
use super::{MapArea, MapRequest, Names, SelectionMark, palette};

/// Maps of no more areas than this have all names.
const FEW: usize = 30;
/// Maps of no more areas than this have the names of the first areas.
const SOME: usize = 300;
/// So many of them.
const FIRST: usize = 15;

/// Sizes that are tried, in px; smaller ones cannot be read.
const SIZES: [f64; 4] = [12.0, 11.0, 10.0, 9.0];
/// The size of names beside their areas.
const BESIDE: f64 = 10.0;
/// Between names.
const PAD: f64 = 1.5;

/// A name and the place where it fits.
pub(super) struct Label {
    area: usize,
    lines: Vec<String>,
    at: (f64, f64),
    style: Style,
    rect: Rect,
    /// From the area to the name, where the name stands beside it.
    line: Option<[(f64, f64); 2]>,
}

/// The names of a map.
pub(super) struct Labels {
    placed: Vec<Label>,
    /// How many areas were to have their names.
    n_wanted: usize,
}

/// Where names may stand.
pub(super) struct Room<'a> {
    /// All of it.
    pub(super) whole: Rect,
    /// What must not be covered.
    pub(super) taken: &'a [Rect],
    /// Areas that have their names elsewhere.
    pub(super) skip: &'a [bool],
}

impl Labels {
    /// Finds places for the names that the request asks for.
    pub(super) fn find(
        request: &MapRequest<'_>,
        areas: &[MapArea<'_>],
        outlines: &[Outline],
        room: &Room<'_>,
    ) -> Self {
        let wanted = wanted(request, areas, room.skip);
        let mut labels = Self { placed: Vec::new(), n_wanted: wanted.len() };
        let mut beside = Vec::new();
        for &area in &wanted {
            let found = Label::inside(areas[area].name, &outlines[area], room, &labels.placed);
            match found {
                Some(label) => labels.placed.push(Label { area, ..label }),
                None => beside.push(area),
            }
        }
        if beside.is_empty() {
            return labels;
        }
        let land = Land::of(outlines, &room.whole);
        for area in beside {
            let Some(anchor) = middle(&outlines[area]) else { continue };
            if !room.whole.holds(&Rect::around(anchor, 0.0, 0.0)) {
                continue;
            }
            let found =
                Label::beside((area, areas[area].name), anchor, room, &labels.placed, &land);
            labels.placed.extend(found);
        }
        labels
    }

    /// Whether a box covers no name and no line to one.
    pub(super) fn leave_free(&self, rect: &Rect) -> bool {
        self.placed.iter().all(|label| {
            !label.rect.meets(rect)
                && label.line.is_none_or(|[from, to]| !meets_line(rect, from, to))
        })
    }

    /// How many names stand on the map, and of how many that were to.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.placed.len(), self.n_wanted)
    }

    /// Writes the names: light on dark colours, dark on light ones and beside their areas.
    pub(super) fn write(&self, out: &mut String, areas: &[MapArea<'_>], colours: &[String]) {
        if self.n_wanted == 0 {
            return;
        }
        out.push_str(&format!(
            "<g class=\"labels\" data-placed=\"{}\" data-left-out=\"{}\" pointer-events=\"none\">\n",
            self.placed.len(),
            self.n_wanted - self.placed.len()
        ));
        for [from, to] in self.placed.iter().filter_map(|label| label.line) {
            let path = format!(
                "d=\"M{} {}L{} {}\" fill=\"none\"",
                tenth(from.0),
                tenth(from.1),
                tenth(to.0),
                tenth(to.1)
            );
            out.push_str(&format!(
                "<path {path} stroke=\"#fff\" stroke-width=\"2.6\" stroke-opacity=\".8\"/>\n\
                 <path class=\"leader\" {path} stroke=\"#1a1a1a\" stroke-width=\".9\"/>\n\
                 <circle cx=\"{}\" cy=\"{}\" r=\"1.7\" fill=\"#1a1a1a\" stroke=\"#fff\" \
                 stroke-width=\".6\"/>\n",
                tenth(from.0),
                tenth(from.1)
            ));
        }
        for label in &self.placed {
            let area = &areas[label.area];
            // The rim keeps names apart from hatches and borders, and is no wider than it must be.
            let colour = area.class.and_then(|class| colours.get(class));
            let (ink, rim) = match colour {
                Some(colour) if label.line.is_none() && palette::is_dark(colour) => {
                    ("#ffffff", colour.as_str())
                }
                Some(_) | None => ("#1a1a1a", "#ffffff"),
            };
            out.push_str(&format!(
                "<g class=\"label\" data-label=\"{}\" data-box=\"{} {} {} {}\" \
                 paint-order=\"stroke\" stroke=\"{rim}\" stroke-width=\"2.4\" \
                 stroke-linejoin=\"round\">\n",
                super::text::escaped(area.shape.id.as_str()),
                tenth(label.rect.left),
                tenth(label.rect.top),
                tenth(label.rect.right),
                tenth(label.rect.bottom),
            ));
            label.write(out, ink);
            out.push_str("</g>\n");
        }
        out.push_str("</g>\n");
    }
}

/// The areas that are to have names, the most important first.
fn wanted(request: &MapRequest<'_>, areas: &[MapArea<'_>], skip: &[bool]) -> Vec<usize> {
    let n = areas.len();
    let most = match request.look.names {
        Names::Automatic if n <= FEW => n,
        Names::Automatic if n <= SOME => FIRST,
        Names::Automatic | Names::None => 0,
        Names::Selected | Names::All => n,
        Names::First(most) => most,
    };
    let only_selected = request.look.names == Names::Selected;
    let mut order: Vec<usize> = (0..n)
        .filter(|&at| !only_selected || areas[at].selection == SelectionMark::Selected)
        .collect();
    if most == 0 {
        return Vec::new();
    }
    let standing = |at: usize| match areas[at].selection {
        SelectionMark::Selected => 0,
        SelectionMark::Unknown => 1,
        SelectionMark::NotSelected => 2,
    };
    let worse = |at: usize| match areas[at].value {
        value if value.is_nan() => f64::NEG_INFINITY,
        value => request.direction.orient(value),
    };
    order.sort_by(|&a, &b| {
        standing(a).cmp(&standing(b)).then(worse(b).total_cmp(&worse(a))).then(a.cmp(&b))
    });
    order.truncate(most);
    order.retain(|&at| !skip.get(at).is_some_and(|skip| *skip));
    order
}

impl Label {
    /// The largest size in which the name fits inside the outline on one line, else on two;
    /// `None` where it fits nowhere.
    fn inside(name: &str, outline: &Outline, room: &Room<'_>, placed: &[Self]) -> Option<Self> {
        let broken = two_lines(name);
        let layouts = [Some(vec![name.to_owned()]), broken];
        SIZES.iter().find_map(|&size| {
            let style = Style { size, ..Style::BODY }.anchored(Anchor::Middle);
            // The smallest ones may come nearer to the border.
            let free = if size > BESIDE { 6.0 } else { 3.0 };
            layouts.iter().flatten().find_map(|lines| {
                let (width, height) = size_of(lines, style);
                let is_free = |rect: &Rect| is_free(rect, room, placed);
                let at = place(outline, (width, height), free, &is_free)?;
                Some(Self {
                    area: 0,
                    lines: lines.clone(),
                    at,
                    style,
                    rect: Rect::around(at, width, height),
                    line: None,
                })
            })
        })
    }

    /// A place near `anchor`, over water or paper rather than over other areas.
    fn beside(
        (area, name): (usize, &str),
        anchor: (f64, f64),
        room: &Room<'_>,
        placed: &[Self],
        land: &Land,
    ) -> Option<Self> {
        const DISTANCES: [f64; 7] = [10.0, 18.0, 28.0, 40.0, 55.0, 75.0, 100.0];
        const DIRECTIONS: u32 = 24;
        /// Covering other areas altogether is as bad as so many px more of line, and each that
        /// is touched as so many.
        const OVER_OTHERS: f64 = 45.0;
        const EACH_OTHER: f64 = 9.0;
        let style = Style { size: BESIDE, ..Style::BODY }.anchored(Anchor::Middle);
        let lines = vec![name.to_owned()];
        let (width, height) = size_of(&lines, style);
        let mut best: Option<(f64, [(f64, f64); 2])> = None;
        for distance in DISTANCES {
            for direction in 0..DIRECTIONS {
                let angle = f64::from(direction) / f64::from(DIRECTIONS) * std::f64::consts::TAU;
                let (x, y) = (angle.cos(), angle.sin());
                let end = (anchor.0 + distance * x, anchor.1 + distance * y);
                // The line ends where it meets the name.
                let at = (
                    end.0 + x.signum() * (width / 2.0 + 2.0) * x.abs().sqrt(),
                    end.1 + y.signum() * height / 2.0 * y.abs().sqrt(),
                );
                let rect = Rect::around(at, width, height);
                let crosses = |label: &Self| {
                    meets_line(&label.rect.wider(PAD), anchor, end)
                        || label.line.is_some_and(|[a, b]| {
                            meets_line(&rect.wider(PAD), a, b) || cross(anchor, end, a, b)
                        })
                };
                if !is_free(&rect, room, placed)
                    || placed.iter().any(crosses)
                    || rect.meets(&Rect::around(anchor, 4.0, 4.0))
                {
                    continue;
                }
                let (share, touched) = land.others(&rect, area);
                let cost = distance + OVER_OTHERS * share + EACH_OTHER * touched as f64;
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, [at, end]));
                }
            }
        }
        best.map(|(_, [at, end])| Self {
            area,
            lines,
            at,
            style,
            rect: Rect::around(at, width, height),
            line: Some([anchor, end]),
        })
    }

    /// Writes the name in this colour.
    fn write(&self, out: &mut String, ink: &'static str) {
        let top = self.at.1 - self.style.line_height() * self.lines.len() as f64 / 2.0;
        Style { fill: ink, ..self.style }.write_lines(out, self.at.0, top, &self.lines);
    }
}

fn size_of(lines: &[String], style: Style) -> (f64, f64) {
    let width = lines.iter().map(|line| style.width(line)).fold(0.0, f64::max);
    (width, style.line_height() * lines.len() as f64)
}

fn is_free(rect: &Rect, room: &Room<'_>, placed: &[Label]) -> bool {
    let padded = rect.wider(PAD);
    room.whole.holds(rect)
        && !room.taken.iter().any(|taken| taken.meets(&padded))
        && !placed.iter().any(|label| label.rect.meets(&padded))
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

/// The point of a coarse grid that is farthest from the outline, in px: the middle of what the eye
/// takes for the area. `None` where no point of the grid lies inside.
pub(super) fn middle(outline: &Outline) -> Option<(f64, f64)> {
    const ROWS: i32 = 24;
    const ALONG: [f64; 7] = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92];
    let bounds = outline.rect();
    let mut best: Option<(f64, (f64, f64))> = None;
    for row in 0..ROWS {
        let share = (f64::from(row) + 0.5) / f64::from(ROWS);
        let y = (bounds.top + (bounds.bottom - bounds.top) * share) * GRID;
        for (from, to) in outline.spans(y) {
            for along in ALONG {
                let at = (from + (to - from) * along, y);
                let far = outline.distance(at, best.map_or(0.0, |(most, _)| most));
                if best.is_none_or(|(most, _)| far > most) {
                    best = Some((far, at));
                }
            }
        }
    }
    best.map(|(_, (x, y))| (x / GRID, y / GRID))
}

/// The middle of the roomiest free place for a box inside the outline, in px.
pub(super) fn place(
    outline: &Outline,
    (text_width, height): (f64, f64),
    free_width: f64,
    is_free: &dyn Fn(&Rect) -> bool,
) -> Option<(f64, f64)> {
    /// Heights that are tried; more would move a name by less than a letter.
    const TRIES: i32 = 48;
    /// Places along a height that are tried.
    const ALONG: [f64; 5] = [0.5, 0.25, 0.75, 0.0, 1.0];
    let width = text_width + free_width;
    let bounds = outline.rect();
    if bounds.right - bounds.left < width || bounds.bottom - bounds.top < height {
        return None;
    }
    let half = height * GRID / 2.0;
    let mut best: Option<(f64, f64, f64)> = None;
    for step in 1..TRIES {
        let share = f64::from(step) / f64::from(TRIES);
        let y = (bounds.top + (bounds.bottom - bounds.top) * share) * GRID;
        // Five lines across the box: none may leave the area.
        let heights = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|share| y + share * half);
        let free = heights
            .iter()
            .map(|&y| outline.spans(y))
            .reduce(|a, b| common(&a, &b))
            .unwrap_or_default();
        for (from, to) in free {
            if to - from < width * GRID {
                continue;
            }
            // Near the middle of the area a name is best understood; a little less room is
            // taken for it.
            let off_middle = (share - 0.5).abs() * (bounds.bottom - bounds.top) * GRID;
            let room = to - from - 0.5 * off_middle;
            if best.is_some_and(|(most, _, _)| room <= most) {
                continue;
            }
            let (first, last) = (from / GRID + width / 2.0, to / GRID - width / 2.0);
            let x = ALONG
                .iter()
                .map(|share| first + (last - first) * share)
                .find(|&x| is_free(&Rect::around((x, y / GRID), text_width, height)));
            if let Some(x) = x {
                best = Some((room, x, y / GRID));
            }
        }
    }
    best.map(|(_, x, y)| (x, y))
}

/// What two lists of spans have in common.
fn common(a: &[(f64, f64)], b: &[(f64, f64)]) -> Vec<(f64, f64)> {
    a.iter()
        .flat_map(|&(from, to)| b.iter().map(move |&(f, t)| (from.max(f), to.min(t))))
        .filter(|(from, to)| from < to)
        .collect()
}

/// Whether a straight line from `a` to `b` enters a box.
fn meets_line(rect: &Rect, a: (f64, f64), b: (f64, f64)) -> bool {
    let inside = |p: (f64, f64)| {
        rect.meets(&Rect { left: p.0, right: p.0, top: p.1, bottom: p.1 }.wider(0.01))
    };
    let corners = [
        (rect.left, rect.top),
        (rect.right, rect.top),
        (rect.right, rect.bottom),
        (rect.left, rect.bottom),
    ];
    inside(a) || inside(b) || (0..4).any(|at| cross(a, b, corners[at], corners[(at + 1) % 4]))
}

/// Whether two straight lines cross.
fn cross(a: (f64, f64), b: (f64, f64), c: (f64, f64), d: (f64, f64)) -> bool {
    let side = |p: (f64, f64), q: (f64, f64), r: (f64, f64)| {
        (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0)
    };
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

/// Which area lies where, in fields of some px.
struct Land {
    left: f64,
    top: f64,
    columns: usize,
    /// One more than the position of the area; 0 where there is none.
    fields: Vec<u32>,
}

impl Land {
    const FIELD: f64 = 3.0;

    fn of(outlines: &[Outline], whole: &Rect) -> Self {
        let count = |length: f64| (length / Self::FIELD).ceil().max(1.0) as usize;
        let (columns, rows) = (count(whole.right - whole.left), count(whole.bottom - whole.top));
        let mut fields = vec![0; columns * rows];
        for (area, outline) in (1..).zip(outlines) {
            let rect = outline.rect();
            let row_of = |y: f64| ((y - whole.top) / Self::FIELD).floor().max(0.0) as usize;
            for row in row_of(rect.top)..=row_of(rect.bottom).min(rows - 1) {
                let y = (whole.top + (row as f64 + 0.5) * Self::FIELD) * GRID;
                for (from, to) in outline.spans(y) {
                    if to / GRID < whole.left {
                        continue;
                    }
                    let field = |x: f64| ((x / GRID - whole.left) / Self::FIELD).max(0.0) as usize;
                    let (from, to) = (field(from), field(to).min(columns - 1));
                    if from <= to {
                        fields[row * columns + from..=row * columns + to].fill(area);
                    }
                }
            }
        }
        Self { left: whole.left, top: whole.top, columns, fields }
    }

    /// How much of a box lies over other areas than `own`, and over how many.
    fn others(&self, rect: &Rect, own: usize) -> (f64, usize) {
        let (mut n, mut covered, mut touched) = (0.0, 0.0, Vec::new());
        let mut y = rect.top + Self::FIELD / 2.0;
        while y < rect.bottom {
            let mut x = rect.left + Self::FIELD / 2.0;
            while x < rect.right {
                let (column, row) = ((x - self.left) / Self::FIELD, (y - self.top) / Self::FIELD);
                let at = row as usize * self.columns + (column as usize).min(self.columns - 1);
                let there = self.fields.get(at).copied().unwrap_or(0) as usize;
                n += 1.0;
                if there != 0 && there != own + 1 {
                    covered += 1.0;
                    if !touched.contains(&there) {
                        touched.push(there);
                    }
                }
                x += Self::FIELD;
            }
            y += Self::FIELD;
        }
        (if n > 0.0 { covered / n } else { 0.0 }, touched.len())
    }
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
        let label = Label::inside("Sagene", &outline, &room(&[]), &[]).unwrap();
        assert!(label.rect.left > 100.0 && label.rect.right < 200.0, "{:?}", label.rect);
        let long = "Et svært langt navn på en ganske liten sone som ligger midt i byen";
        assert!(Label::inside(long, &outline, &room(&[]), &[]).is_none());
    }

    #[test]
    fn a_name_makes_room_for_what_is_there() {
        let outline = square(0, 2000);
        let there = [Rect { left: 70.0, top: 0.0, right: 130.0, bottom: 200.0 }];
        let label = Label::inside("Sagene", &outline, &room(&there), &[]).unwrap();
        assert!(!label.rect.meets(&there[0]), "{:?}", label.rect);
    }

    #[test]
    fn a_name_beside_its_area_keeps_clear_of_names_and_lines() {
        let small = square(1000, 1040);
        let land = Land::of(std::slice::from_ref(&small), &room(&[]).whole);
        let anchor = middle(&small).unwrap();
        let mut placed: Vec<Label> = Vec::new();
        for _ in 0..6 {
            let found = Label::beside((0, "Sagene"), anchor, &room(&[]), &placed, &land).unwrap();
            assert!(placed.iter().all(|label| !label.rect.meets(&found.rect)));
            let [from, to] = found.line.unwrap();
            assert!(placed.iter().all(|label| !meets_line(&label.rect, from, to)));
            placed.push(found);
        }
    }

    #[test]
    fn a_long_name_is_broken_where_that_helps() {
        assert_eq!(two_lines("Søndre Nordstrand").unwrap(), ["Søndre", "Nordstrand"]);
        assert_eq!(two_lines("St. Hanshaugen").unwrap(), ["St.", "Hanshaugen"]);
        assert!(two_lines("Alna").is_none());
    }

    fn square(from: i32, to: i32) -> Outline {
        Outline { rings: vec![vec![(from, from), (to, from), (to, to), (from, to)]] }
    }

    fn room(taken: &[Rect]) -> Room<'_> {
        let whole = Rect { left: 0.0, top: 0.0, right: 300.0, bottom: 300.0 };
        Room { whole, taken, skip: &[] }
    }
}
