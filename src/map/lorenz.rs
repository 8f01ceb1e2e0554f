//! How far is money from need, over all areas at once?
//!
//! Lorenz curves: along the bottom the share of need, areas with least money for their need first;
//! up the side the share of money. On the diagonal money follows need.

use super::chart::{ChartHead, GRID, line};
use super::text::{Anchor, Style, tenth};
use super::{MARGIN, WIDTH};
use crate::language::{message, number};

/// One distribution of money.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The model's title.
    pub title: String,
    /// Each area's money.
    pub money: Vec<f64>,
}

/// Colours that are told apart with any colour vision, and the dashes that tell them apart without.
///
/// Source: Okabe and Ito (2008), *Color Universal Design*.
const PENS: [(&str, &str); 6] = [
    ("#000000", ""),
    ("#0072b2", "9 4"),
    ("#d55e00", "2 3"),
    ("#009e73", "12 3 2 3"),
    ("#cc79a7", "5 2"),
    ("#8a6d00", "1 4"),
];

/// Draws the curves over the areas that have a need figure; others take no part.
pub fn lorenz(head: &ChartHead<'_>, need: &[f64], curves: &[Curve]) -> String {
    const SIDE: f64 = 460.0;
    let mut out = String::new();
    let top = head.write(&mut out) + 8.0;
    let (left, bottom) = (MARGIN + 60.0, top + SIDE);
    let at = |x: f64, y: f64| (left + x * SIDE, bottom - y * SIDE);
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        let pen = format!("stroke=\"{GRID}\"");
        line(&mut out, at(share, 0.0), at(share, 1.0), &pen);
        line(&mut out, at(0.0, share), at(1.0, share), &pen);
        let text = number(share * 100.0, 0, head.language);
        let (x, y) = at(share, 0.0);
        Style::SMALL.anchored(Anchor::Middle).write(&mut out, (x, y + 16.0), &text);
        let (x, y) = at(0.0, share);
        Style::SMALL.anchored(Anchor::End).write(&mut out, (x - 8.0, y + 4.0), &text);
    }
    line(&mut out, at(0.0, 0.0), at(1.0, 1.0), "stroke=\"#8a8a8a\" stroke-width=\"1\"");
    let words = message(head.language, "allocate.chart-need-axis", &[]);
    let (x, y) = at(0.5, 0.0);
    Style::BODY.anchored(Anchor::Middle).write(&mut out, (x, y + 34.0), &words);
    let words = message(head.language, "allocate.chart-money-axis", &[]);
    out.push_str(&format!(
        "<g transform=\"translate({} {}) rotate(-90)\">",
        tenth(MARGIN + 12.0),
        tenth(bottom - SIDE / 2.0)
    ));
    Style::BODY.anchored(Anchor::Middle).write(&mut out, (0.0, 0.0), &words);
    out.push_str("</g>\n");
    let legend = left + SIDE + 36.0;
    let mut y = top + 16.0;
    for (curve, (colour, dash)) in curves.iter().zip(PENS.iter().cycle()) {
        let points = points(need, &curve.money);
        let path: Vec<String> = points
            .iter()
            .map(|&(x, y)| {
                let (x, y) = at(x, y);
                format!("{} {}", tenth(x), tenth(y))
            })
            .collect();
        let pen = format!("stroke=\"{colour}\" stroke-width=\"2.4\" stroke-dasharray=\"{dash}\"");
        out.push_str(&format!("<path d=\"M{}\" fill=\"none\" {pen}/>\n", path.join("L")));
        line(&mut out, (legend, y - 4.0), (legend + 40.0, y - 4.0), &pen);
        let room = WIDTH - MARGIN - legend - 50.0;
        for text in Style::BODY.wrap(&curve.title, room) {
            Style::BODY.write(&mut out, (legend + 48.0, y), &text);
            y += Style::BODY.line_height();
        }
        y += 8.0;
    }
    head.close(out, bottom + 42.0)
}

/// Shares of need and money, from the least money for its need to the most.
fn points(need: &[f64], money: &[f64]) -> Vec<(f64, f64)> {
    let mut rows: Vec<(f64, f64)> =
        need.iter().copied().zip(money.iter().copied()).filter(|(n, _)| *n > 0.0).collect();
    rows.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let all_need: f64 = rows.iter().map(|row| row.0).sum();
    let all_money: f64 = rows.iter().map(|row| row.1).sum();
    let (mut x, mut y) = (0.0, 0.0);
    let mut points = vec![(0.0, 0.0)];
    if all_need > 0.0 && all_money > 0.0 {
        for (need, money) in rows {
            x += need / all_need;
            y += money / all_money;
            points.push((x, y));
        }
    }
    points
}
