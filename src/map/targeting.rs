//! What does the targeting curve look like?
//!
//! How large a share of each kind of person lives in the worst areas, over the number of areas.

use super::text::{Anchor, Style, escaped, tenth};
use super::{FONT, MARGIN, WIDTH};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::project::Project;
use crate::select::Truth;
use crate::select::coverage::Targeting;

const HEIGHT: f64 = 300.0;
const GRID: &str = "#dddddd";
/// Line colours and dashes, so that colour is not needed to tell lines apart.
const LINES: [(&str, &str); 6] = [
    ("#333333", ""),
    ("#b30000", "7 3"),
    ("#08519c", "2 3"),
    ("#00694e", "10 3 2 3"),
    ("#7a4a00", "4 2"),
    ("#6a3d9a", "12 4"),
];

/// Draws the targeting curve as SVG, 960 px wide. At most six kinds of person are drawn, the
/// first ones.
pub fn targeting_curve(
    targeting: &Targeting,
    analysis: &Analysis,
    project: &Project,
    language: Language,
) -> String {
    let say =
        |key: &str, values: &[(&str, &str)]| message(language, &format!("select.{key}"), values);
    let room = WIDTH - 2.0 * MARGIN;
    let mut out = String::new();
    let mut y = super::write_synthetic(&mut out, project.synthetic, language, MARGIN - 8.0);
    let head = Style::TITLE.wrap(&say("curve-title", &[]), room);
    y = Style::TITLE.write_lines(&mut out, MARGIN, y, &head);
    let subtitle = say("curve-subtitle", &[("title", project.title.get(language))]);
    let subtitle = Style::SUBTITLE.wrap(&subtitle, room);
    y = Style::SUBTITLE.write_lines(&mut out, MARGIN, y + 1.0, &subtitle);
    let n_areas = targeting.shares.len() - 1;
    let (left, right) = (MARGIN + 48.0, WIDTH - MARGIN - 12.0);
    let (top, bottom) = (y + 18.0, y + 18.0 + HEIGHT);
    let x_of = |n: f64| left + n / n_areas.max(1) as f64 * (right - left);
    let y_of = |share: f64| bottom - share * (bottom - top);
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let y = tenth(y_of(share));
        out.push_str(&format!(
            "<path d=\"M{} {y}H{}\" stroke=\"{GRID}\" fill=\"none\"/>\n",
            tenth(left),
            tenth(right)
        ));
        let text = format!("{}\u{a0}%", number(100.0 * share, 0, language));
        let style = Style::SMALL.anchored(Anchor::End);
        style.write(&mut out, (left - 8.0, y_of(share) + 4.0), &text);
    }
    let step = (n_areas as f64 / 6.0).ceil().max(1.0) as usize;
    for n in (0..=n_areas).step_by(step) {
        let style = Style::SMALL.anchored(Anchor::Middle);
        style.write(&mut out, (x_of(n as f64), bottom + 16.0), &number(n as f64, 0, language));
    }
    let axis = say("curve-axis", &[]);
    let style = Style::SMALL.anchored(Anchor::Middle);
    style.write(&mut out, (f64::midpoint(left, right), bottom + 34.0), &axis);
    if let Some(selection) = &analysis.selection {
        let n = selection.n_with(Truth::True);
        let x = x_of(n as f64);
        out.push_str(&format!(
            "<path d=\"M{} {}V{}\" stroke=\"#777777\" stroke-dasharray=\"1 3\" fill=\"none\"/>\n",
            tenth(x),
            tenth(top),
            tenth(bottom)
        ));
        let text = say("curve-selected", &[("n", &number(n as f64, 0, language))]);
        let near_right = x > right - 220.0;
        let (anchor, x) =
            if near_right { (Anchor::End, x - 6.0) } else { (Anchor::Start, x + 6.0) };
        Style::SMALL.anchored(anchor).write(&mut out, (x, bottom - 8.0), &text);
    }
    let mut below = bottom + 58.0;
    for (kind, (id, (colour, dash))) in targeting.kinds.iter().zip(LINES).enumerate() {
        let points: Vec<String> = targeting
            .shares
            .iter()
            .enumerate()
            .filter(|(_, shares)| !shares[kind].is_nan())
            .map(|(n, shares)| format!("{} {}", tenth(x_of(n as f64)), tenth(y_of(shares[kind]))))
            .collect();
        if points.is_empty() {
            continue;
        }
        let line = format!(
            "stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" fill=\"none\""
        );
        out.push_str(&format!("<path d=\"M{}\" {line}/>\n", points.join("L")));
        out.push_str(&format!("<path d=\"M{} {}h34\" {line}/>\n", tenth(left), tenth(below - 4.0)));
        let indicator = id.as_ref().and_then(|id| analysis.definition.indicator(id));
        let title = indicator.map_or_else(
            || say("all-people", &[]),
            |indicator| indicator.title.get(language).to_owned(),
        );
        Style::BODY.write(&mut out, (left + 42.0, below), &title);
        below += 18.0;
    }
    let height = (below + MARGIN - 12.0).ceil();
    let mut aria = say("curve-title", &[]);
    if project.synthetic {
        aria = format!("{} – {aria}", message(language, "map.synthetic", &[]));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" xml:lang=\"{lang}\" \
         lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, sans-serif\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n{out}</svg>\n",
        escaped(&aria),
        lang = language.tag()
    )
}
