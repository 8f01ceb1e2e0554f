//! Who gets more and who gets less?
//!
//! Two pictures of the same changes: a slope from today's amount to the model's for each area, and
//! a waterfall in which what some get more is seen to be what others get less.

use super::chart::{ChartHead, GRID, LESS, MORE, SAME, apart, line, shortened, step};
use super::text::{Anchor, Style, escaped, tenth};
use super::{MARGIN, WIDTH};
use crate::language::{message, number};
use crate::money::Money;

/// More areas than these are not drawn; those with the largest amounts or changes are.
pub const SLOPES: usize = 40;
/// Of more areas than these that get nothing only the number is told.
const NAMED: usize = 30;
/// Between names.
const GAP: f64 = 15.0;
/// The length of the lines from points to names.
const LEADER: f64 = 26.0;

/// An area's money before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// Its name.
    pub name: String,
    /// Kroner today.
    pub before: Money,
    /// Kroner by the model.
    pub after: Money,
}

fn ink(before: Money, after: Money) -> (&'static str, &'static str) {
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => (MORE, ""),
        std::cmp::Ordering::Less => (LESS, " stroke-dasharray=\"6 3\""),
        std::cmp::Ordering::Equal => (SAME, " stroke-dasharray=\"2 3\""),
    }
}

/// A line for each area from today's amount (left) to the model's (right), in million kroner.
///
/// Lines of those that get less are dashed and those without change dotted, so that colour is not
/// needed. Where several areas have nothing on one side, their number stands there in one line, and
/// their names on the other side; those with nothing on both sides are named below. Above
/// [`SLOPES`] areas only those with the largest amounts are drawn, which the caller says in the
/// notes.
pub fn slope_chart(head: &ChartHead<'_>, shifts: &[Shift]) -> String {
    let mut out = String::new();
    let top = head.write(&mut out) + 26.0;
    let (nothing, mut shown): (Vec<&Shift>, Vec<&Shift>) =
        shifts.iter().partition(|shift| shift.before == Money::ZERO && shift.after == Money::ZERO);
    shown.sort_by(|a, b| {
        b.before.max(b.after).cmp(&a.before.max(a.after)).then_with(|| a.name.cmp(&b.name))
    });
    shown.truncate(SLOPES);
    let highest = shown.iter().map(|s| s.before.max(s.after).as_f64()).fold(1.0, f64::max);
    let height = (1.3 * GAP * shown.len() as f64).max(320.0);
    let bottom = top + height;
    let y_of = |money: Money| bottom - money.as_f64() / highest * height;
    let (left, right) = (MARGIN + 270.0, WIDTH - MARGIN - 270.0);
    for (x, key, anchor) in [
        (left, "allocate.chart-today", Anchor::End),
        (right, "allocate.chart-model", Anchor::Start),
    ] {
        let words = message(head.language, key, &[]);
        Style::HEADING.anchored(anchor).write(&mut out, (x, top - 14.0), &words);
        line(&mut out, (x, top), (x, bottom), &format!("stroke=\"{SAME}\""));
    }
    for shift in &shown {
        let (colour, dash) = ink(shift.before, shift.after);
        let (y1, y2) = (y_of(shift.before), y_of(shift.after));
        out.push_str(&format!("<g><title>{}</title>\n", escaped(&shift.name)));
        let pen = format!("stroke=\"{colour}\" stroke-width=\"2\"{dash}");
        line(&mut out, (left, y1), (right, y2), &pen);
        for (x, y) in [(left, y1), (right, y2)] {
            let (x, y) = (tenth(x), tenth(y));
            out.push_str(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3.5\" fill=\"{colour}\"/>\n"));
        }
        out.push_str("</g>\n");
    }
    let million = |money: Money| number(money.as_f64() / 1e6, 1, head.language);
    let today = Side {
        x: left,
        outward: -1.0,
        amount: |shift| shift.before,
        text: &|shift| {
            let name = shortened(&shift.name, Style::BODY, 175.0);
            format!("{name}  {}", million(shift.before))
        },
        nothing: "allocate.chart-slope-none-today",
    };
    let model = Side {
        x: right,
        outward: 1.0,
        amount: |shift| shift.after,
        text: &|shift| {
            let change = (shift.after - shift.before).as_f64() / 1e6;
            let sign = if change > 0.0 { "+" } else { "" };
            let change = format!("({sign}{})", number(change, 1, head.language));
            let name = shortened(&shift.name, Style::BODY, 135.0);
            format!("{}  {change}  {name}", million(shift.after))
        },
        nothing: "allocate.chart-slope-none-model",
    };
    for side in [today, model] {
        side.write(&mut out, head, &shown, bottom, &y_of);
    }
    let bottom = write_nothing(&mut out, head, &nothing, bottom + 14.0);
    head.close(out, bottom)
}

/// One side of a slope chart.
struct Side<'a> {
    x: f64,
    /// -1 to the left, 1 to the right.
    outward: f64,
    amount: fn(&Shift) -> Money,
    text: &'a dyn Fn(&Shift) -> String,
    /// The message where several have nothing.
    nothing: &'static str,
}

impl Side<'_> {
    /// Writes names and amounts beside the points, as near to them as they can stand.
    fn write(
        &self,
        out: &mut String,
        head: &ChartHead<'_>,
        shown: &[&Shift],
        bottom: f64,
        y_of: &dyn Fn(Money) -> f64,
    ) {
        let is_nothing = |shift: &&&Shift| (self.amount)(shift) == Money::ZERO;
        let n_nothing = shown.iter().filter(is_nothing).count();
        let mut texts: Vec<(f64, String)> = shown
            .iter()
            .filter(|shift| n_nothing < 2 || !is_nothing(shift))
            .map(|shift| (y_of((self.amount)(shift)), (self.text)(shift)))
            .collect();
        if n_nothing >= 2 {
            let n = number(n_nothing as f64, 0, head.language);
            texts.push((bottom, message(head.language, self.nothing, &[("n", &n)])));
        }
        let wished: Vec<f64> = texts.iter().map(|(y, _)| *y).collect();
        let anchor = if self.outward < 0.0 { Anchor::End } else { Anchor::Start };
        for ((y, text), place) in texts.iter().zip(apart(&wished, GAP, bottom + 4.0)) {
            let at = |far: f64| self.x + far * self.outward;
            let pen = format!("stroke=\"{SAME}\" stroke-width=\"0.7\"");
            line(out, (at(5.0), *y), (at(LEADER), place), &pen);
            let foot = (at(LEADER + 5.0), place + 4.0);
            Style::BODY.anchored(anchor).write(out, foot, text);
        }
    }
}

/// Names those that have nothing on both sides; gives the bottom.
fn write_nothing(out: &mut String, head: &ChartHead<'_>, nothing: &[&Shift], top: f64) -> f64 {
    if nothing.is_empty() {
        return top;
    }
    let text = if nothing.len() <= NAMED {
        let names: Vec<&str> = nothing.iter().map(|shift| shift.name.as_str()).collect();
        message(head.language, "allocate.chart-slope-nothing", &[("names", &names.join(", "))])
    } else {
        let n = number(nothing.len() as f64, 0, head.language);
        message(head.language, "allocate.chart-slope-nothing-count", &[("n", &n)])
    };
    let lines = Style::BODY.wrap(&text, WIDTH - 2.0 * MARGIN);
    Style::BODY.write_lines(out, MARGIN, top, &lines)
}

/// What each area gets more or less, one after the other from the largest gain to the largest
/// loss; the bars end where they began when no money is added or taken away.
pub fn waterfall(head: &ChartHead<'_>, shifts: &[Shift]) -> String {
    const ROW: f64 = 22.0;
    let mut out = String::new();
    let top = head.write(&mut out) + 20.0;
    let mut shown: Vec<&Shift> = shifts.iter().filter(|s| s.before != s.after).collect();
    let change = |shift: &Shift| (shift.after - shift.before).as_f64() / 1e6;
    shown.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.name.cmp(&b.name)));
    if shown.is_empty() {
        let words = message(head.language, "allocate.chart-no-change", &[]);
        Style::SUBTITLE.write(&mut out, (MARGIN, top), &words);
        return head.close(out, top + 10.0);
    }
    let (mut low, mut high, mut sum) = (0.0_f64, 0.0_f64, 0.0_f64);
    for shift in &shown {
        sum += change(shift);
        low = low.min(sum);
        high = high.max(sum);
    }
    let left = MARGIN + 220.0;
    let right = WIDTH - MARGIN - 90.0;
    let range = (high - low).max(1e-9);
    let x_of = |x: f64| left + (x - low) / range * (right - left);
    let bottom = top + ROW * shown.len() as f64;
    let by = step(range, 8.0);
    let mut tick = (low / by).ceil() * by;
    while tick <= high + by * 1e-6 {
        line(
            &mut out,
            (x_of(tick), top - 2.0),
            (x_of(tick), bottom),
            &format!("stroke=\"{GRID}\""),
        );
        let style = Style::SMALL.anchored(Anchor::Middle);
        let decimals = usize::from(by < 1.0);
        style.write(&mut out, (x_of(tick), top - 7.0), &number(tick, decimals, head.language));
        tick += by;
    }
    let mut from = 0.0;
    for (row, shift) in shown.iter().enumerate() {
        let y = top + ROW * row as f64;
        let to = from + change(shift);
        let colour = if to > from { MORE } else { LESS };
        let (a, b) = (x_of(from.min(to)), x_of(from.max(to)));
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"{colour}\"/>\n",
            tenth(a),
            tenth(y + 4.0),
            tenth((b - a).max(1.0))
        ));
        if row + 1 < shown.len() {
            line(
                &mut out,
                (x_of(to), y + 18.0),
                (x_of(to), y + ROW + 4.0),
                &format!("stroke=\"{SAME}\""),
            );
        }
        let name = shortened(&shift.name, Style::BODY, 200.0);
        Style::BODY.anchored(Anchor::End).write(&mut out, (left - 10.0, y + 15.0), &name);
        let sign = if to > from { "+" } else { "" };
        let text = format!("{sign}{}", number(change(shift), 1, head.language));
        Style::BODY.write(&mut out, (b + 6.0, y + 15.0), &text);
        from = to;
    }
    head.close(out, bottom + 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn areas_without_money_are_told_in_one_line() {
        let million = |x: i64| Money::kroner(x * 1_000_000);
        let shift = |name: &str, before: i64, after: i64| Shift {
            name: name.to_owned(),
            before: million(before),
            after: million(after),
        };
        let shifts = [
            shift("Alna", 40, 30),
            shift("Frogner", 0, 0),
            shift("Ullern", 0, 0),
            shift("Sagene", 0, 4),
            shift("Bjerke", 0, 6),
        ];
        let head = ChartHead {
            title: "T",
            subtitle: "S",
            language: Language::Nb,
            synthetic: false,
            notes: &[],
        };
        let svg = slope_chart(&head, &shifts);
        assert!(svg.contains(">2 områder uten midler i dag<"), "{svg}");
        assert!(svg.contains(": Frogner, Ullern.<"), "{svg}");
        assert_eq!(svg.matches(">0,0").count() + svg.matches("  0,0<").count(), 0, "{svg}");
        assert_eq!(svg.matches("<g><title>").count(), 3, "one line each that gets something");
    }
}
