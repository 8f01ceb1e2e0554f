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
/// needed. Above [`SLOPES`] areas only those with the largest amounts are drawn, which the caller
/// says in the notes.
pub fn slope_chart(head: &ChartHead<'_>, shifts: &[Shift]) -> String {
    const GAP: f64 = 15.0;
    let mut out = String::new();
    let top = head.write(&mut out) + 26.0;
    let mut shown: Vec<&Shift> = shifts.iter().collect();
    shown.sort_by(|a, b| {
        b.before.max(b.after).cmp(&a.before.max(a.after)).then_with(|| a.name.cmp(&b.name))
    });
    shown.truncate(SLOPES);
    let highest = shown.iter().map(|s| s.before.max(s.after).as_f64()).fold(1.0, f64::max);
    let height = (GAP * shown.len() as f64).max(320.0);
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
    let million = |money: Money| number(money.as_f64() / 1e6, 1, head.language);
    let wished = |of: fn(&Shift) -> Money| -> Vec<f64> {
        let wished: Vec<f64> = shown.iter().map(|shift| y_of(of(shift))).collect();
        apart(&wished, GAP, bottom + 4.0)
    };
    let (lefts, rights) = (wished(|s| s.before), wished(|s| s.after));
    for ((shift, label_left), label_right) in shown.iter().zip(lefts).zip(rights) {
        let (colour, dash) = ink(shift.before, shift.after);
        let (y1, y2) = (y_of(shift.before), y_of(shift.after));
        out.push_str(&format!("<g><title>{}</title>\n", escaped(&shift.name)));
        line(
            &mut out,
            (left, y1),
            (right, y2),
            &format!("stroke=\"{colour}\" stroke-width=\"2\"{dash}"),
        );
        for (x, y, label, outward) in [(left, y1, label_left, -1.0), (right, y2, label_right, 1.0)]
        {
            out.push_str(&format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"3.5\" fill=\"{colour}\"/>\n",
                tenth(x),
                tenth(y)
            ));
            line(
                &mut out,
                (x + 5.0 * outward, y),
                (x + 14.0 * outward, label),
                &format!("stroke=\"{SAME}\" stroke-width=\"0.7\""),
            );
        }
        let amount = million(shift.before);
        let name = shortened(&shift.name, Style::BODY, 185.0);
        let text = format!("{name}  {amount}");
        Style::BODY.anchored(Anchor::End).write(&mut out, (left - 18.0, label_left + 4.0), &text);
        let change = (shift.after - shift.before).as_f64() / 1e6;
        let sign = if change > 0.0 { "+" } else { "" };
        let text = format!(
            "{}  ({sign}{})  {}",
            million(shift.after),
            number(change, 1, head.language),
            shortened(&shift.name, Style::BODY, 140.0)
        );
        Style::BODY.write(&mut out, (right + 18.0, label_right + 4.0), &text);
        out.push_str("</g>\n");
    }
    head.close(out, bottom + 8.0)
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
