//! What do rank intervals look like?
//!
//! One line an area, worst on top: a bar for the interval, a stroke for the median and a point for
//! the rank by the recipe, all on one axis of ranks.

use super::text::{Anchor, Style, escaped, tenth};
use super::{FONT, MARGIN, WIDTH};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::project::Project;
use crate::rank::First;
use crate::select::Truth;
use crate::uncertainty::Uncertainty;

/// Up to so many areas all are drawn.
pub const ALL_UP_TO: usize = 100;

/// Of more areas than [`ALL_UP_TO`] so many are drawn, those with the worst conditions.
pub const WORST_SHOWN: usize = 50;

/// Height of a line, and the widest that names may be, in px.
const ROW: f64 = 17.0;
const MAX_LABEL: f64 = 260.0;

const BAR: &str = "#9ecae1";
const STROKE: &str = "#08519c";
const SELECTED: &str = "#b30000";
const GRID: &str = "#dddddd";

/// Draws the rank intervals as SVG, 960 px wide.
///
/// Areas without a rank by the recipe are not drawn. Selected areas have a filled square, others
/// a ring, so that colour is not needed to tell them apart.
pub fn rank_intervals(
    analysis: &Analysis,
    uncertainty: &Uncertainty,
    project: &Project,
    language: Language,
) -> String {
    let ranking = &analysis.ranking;
    let mut order: Vec<usize> =
        ranking.order()[..ranking.n_ranked()].iter().map(|&at| at as usize).collect();
    let worst_first = ranking.rule().first == First::Worst;
    if !worst_first {
        order.reverse();
    }
    let n_ranked = order.len();
    let is_cut = n_ranked > ALL_UP_TO;
    if is_cut {
        order.truncate(WORST_SHOWN);
    }
    let say = |key: &str, values: &[(&str, &str)]| {
        message(language, &format!("uncertainty.{key}"), values)
    };
    let count = |n: usize| number(n as f64, 0, language);
    let title = project.title.get(language);

    let mut out = String::new();
    let mut y = super::write_synthetic(&mut out, project.synthetic, language, MARGIN - 8.0);
    let room = WIDTH - 2.0 * MARGIN;
    let head = Style::TITLE.wrap(&say("plot-title", &[]), room);
    y = Style::TITLE.write_lines(&mut out, MARGIN, y, &head);
    let key = if is_cut { "plot-subtitle-worst" } else { "plot-subtitle-all" };
    let subtitle = say(
        key,
        &[
            ("title", title),
            ("index", analysis.definition.title.get(language)),
            ("n", &count(uncertainty.n_replicates as usize)),
            ("areas", &count(n_ranked)),
            ("shown", &count(order.len())),
        ],
    );
    y = Style::SUBTITLE.write_lines(
        &mut out,
        MARGIN,
        y + 1.0,
        &Style::SUBTITLE.wrap(&subtitle, room),
    );
    y = legend(&mut out, analysis, uncertainty, language, y + 10.0);

    let names: Vec<String> =
        order.iter().map(|&at| shortened(&ranking.areas()[at].name, MAX_LABEL)).collect();
    let widest = names.iter().map(|name| Style::BODY.width(name)).fold(40.0, f64::max);
    let left = MARGIN + widest + 14.0;
    let right = WIDTH - MARGIN - 8.0;
    let ends = order.iter().flat_map(|&at| {
        let row = &uncertainty.rows[at];
        [row.low, row.high, row.rank]
    });
    let (low, high) = ends
        .filter(|x| !x.is_nan())
        .fold((1.0, 2.0_f64), |(a, b), x| (f64::min(a, x), f64::max(b, x)));
    let x_of = |rank: f64| left + (rank - low) / (high - low) * (right - left);

    y += 8.0;
    let axis = say(if worst_first { "plot-axis-worst" } else { "plot-axis-best" }, &[]);
    Style::SMALL.write(&mut out, (left, y + 9.0), &axis);
    y += 32.0;
    let bottom = y + ROW * order.len() as f64;
    for rank in ticks(low, high) {
        let x = tenth(x_of(rank));
        out.push_str(&format!(
            "<path d=\"M{x} {}V{}\" stroke=\"{GRID}\" fill=\"none\"/>\n",
            tenth(y - 3.0),
            tenth(bottom)
        ));
        let style = Style::SMALL.anchored(Anchor::Middle);
        style.write(&mut out, (x_of(rank), y - 6.0), &number(rank, 0, language));
    }
    for (line, (&at, name)) in order.iter().zip(&names).enumerate() {
        let middle = y + ROW * (line as f64 + 0.5);
        let row = &uncertainty.rows[at];
        let area = &ranking.areas()[at];
        let decimals = usize::from(row.low.fract() != 0.0 || row.high.fract() != 0.0);
        let tooltip = say(
            "plot-tooltip",
            &[
                ("area", &area.label()),
                ("rank", &number(row.rank, usize::from(row.rank.fract() != 0.0), language)),
                ("low", &number(row.low, decimals, language)),
                ("high", &number(row.high, decimals, language)),
            ],
        );
        out.push_str(&format!(
            "<g class=\"interval\" data-area=\"{}\"><title>{}</title>\n",
            escaped(area.id.as_str()),
            escaped(&tooltip)
        ));
        let label = Style::BODY.anchored(Anchor::End);
        label.write(&mut out, (left - 10.0, middle + 4.0), name);
        if !row.low.is_nan() {
            bar(&mut out, middle, x_of(row.low), x_of(row.high));
            stroke(&mut out, middle, x_of(row.median));
        }
        mark(&mut out, x_of(row.rank), middle, is_selected(analysis, at));
        out.push_str("</g>\n");
    }
    let mut bottom = bottom + 10.0;
    let covers = uncertainty.covers(language);
    bottom = Style::SMALL.write_lines(&mut out, MARGIN, bottom, &Style::SMALL.wrap(&covers, room));
    if let Some(source) = &project.source {
        let text = message(language, "map.source", &[("source", source.get(language))]);
        bottom = Style::SMALL.write_lines(
            &mut out,
            MARGIN,
            bottom + 4.0,
            &Style::SMALL.wrap(&text, room),
        );
    }
    let mut aria = say("plot-aria", &[("title", title), ("n", &count(order.len()))]);
    if project.synthetic {
        aria = format!("{} – {aria}", message(language, "map.synthetic", &[]));
    }
    let height = (bottom + MARGIN - 8.0).ceil();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" xml:lang=\"{lang}\" \
         lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, sans-serif\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n{out}</svg>\n",
        escaped(&aria),
        lang = language.tag()
    )
}

fn is_selected(analysis: &Analysis, at: usize) -> bool {
    analysis.selection.as_ref().is_some_and(|s| s.outcomes()[at] == Truth::True)
}

fn bar(out: &mut String, y: f64, low: f64, high: f64) {
    out.push_str(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"7\" rx=\"3\" fill=\"{BAR}\"/>\n",
        tenth(low - 1.5),
        tenth(y - 3.5),
        tenth(high - low + 3.0)
    ));
}

fn stroke(out: &mut String, y: f64, x: f64) {
    out.push_str(&format!(
        "<path d=\"M{} {}v11\" stroke=\"{STROKE}\" stroke-width=\"2\"/>\n",
        tenth(x),
        tenth(y - 5.5)
    ));
}

fn mark(out: &mut String, x: f64, y: f64, is_selected: bool) {
    if is_selected {
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"8\" height=\"8\" fill=\"{SELECTED}\"/>\n",
            tenth(x - 4.0),
            tenth(y - 4.0)
        ));
    } else {
        out.push_str(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"3.6\" fill=\"#fff\" stroke=\"#1a1a1a\" \
             stroke-width=\"1.5\"/>\n",
            tenth(x),
            tenth(y)
        ));
    }
}

/// What the marks mean; gives the bottom.
fn legend(
    out: &mut String,
    analysis: &Analysis,
    uncertainty: &Uncertainty,
    language: Language,
    top: f64,
) -> f64 {
    let y = top + 8.0;
    let say = |key: &str, values: &[(&str, &str)]| {
        message(language, &format!("uncertainty.{key}"), values)
    };
    let [low, high] = uncertainty.space.results.interval.map(|p| percent(p, language));
    let mut x = MARGIN + 6.0;
    let mut entry = |out: &mut String, width: f64, text: &str, draw: &dyn Fn(&mut String, f64)| {
        draw(out, x);
        Style::BODY.write(out, (x + width, y + 4.0), text);
        x += width + Style::BODY.width(text) + 24.0;
    };
    entry(out, 12.0, &say("plot-nominal", &[]), &|out, x| mark(out, x, y, false));
    if analysis.selection.is_some() {
        entry(out, 12.0, &say("plot-selected", &[]), &|out, x| mark(out, x, y, true));
    }
    let text = say("plot-interval", &[("low", &low), ("high", &high)]);
    entry(out, 42.0, &text, &|out, x| bar(out, y, x, x + 32.0));
    entry(out, 12.0, &say("plot-median", &[]), &|out, x| stroke(out, y, x));
    y + 12.0
}

fn percent(p: f64, language: Language) -> String {
    let percent = (p * 1e6).round() / 1e4;
    number(percent, usize::from(percent.fract() != 0.0), language)
}

/// Round ranks from 1 on, at most a dozen.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let step = [1.0, 2.0, 5.0]
        .into_iter()
        .cycle()
        .zip(0..)
        .map(|(unit, at): (f64, i32)| unit * 10_f64.powi(at / 3))
        .find(|step| (high - low) / step <= 11.0)
        .unwrap_or(high - low);
    let mut all = vec![low];
    let mut at = (low / step).floor() * step + step;
    while at <= high {
        if at - low > 0.4 * step {
            all.push(at);
        }
        at += step;
    }
    all
}

/// The name, or as much of it as fits.
fn shortened(name: &str, width: f64) -> String {
    if Style::BODY.width(name) <= width {
        return name.to_owned();
    }
    let mut short = name.to_owned();
    while Style::BODY.width(&short) + 8.0 > width && short.pop().is_some() {}
    format!("{}…", short.trim_end())
}
