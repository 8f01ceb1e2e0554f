//! What do the indices of the assumptions look like?
//!
//! A panel for each output; in it a row for each assumption with two bars, what it does alone and
//! what it does together with the others, each with its interval. Assumptions stand in the order
//! of what they do to the ranks, so that all panels have the same order.

use super::text::{Anchor, Style, escaped, tenth};
use super::{FONT, MARGIN, WIDTH};
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::project::Project;
use crate::uncertainty::Sensitivity;
use crate::uncertainty::sensitivity::OutputIndices;
use crate::uncertainty::sobol::Estimate;

const ROW: f64 = 40.0;
const BAR_HEIGHT: f64 = 11.0;
/// Room for the names, and for the figures at the right.
const MAX_LABEL: f64 = 250.0;
const FIGURES: f64 = 132.0;

/// Told apart by lightness too, with an outline so that colour is not needed.
const FIRST: &str = "#08519c";
const TOTAL: &str = "#c6dbef";
const OUTLINE: &str = "#08519c";
const WHISKER: &str = "#1a1a1a";
const GRID: &str = "#dddddd";

/// Draws first- and total-order indices of all outputs as SVG, 960 px wide.
pub fn sensitivity_bars(
    analysis: &Analysis,
    sensitivity: &Sensitivity,
    project: &Project,
    language: Language,
) -> String {
    let say = |key: &str, values: &[(&str, &str)]| {
        message(language, &format!("sensitivity.{key}"), values)
    };
    let title = project.title.get(language);
    let room = WIDTH - 2.0 * MARGIN;
    let mut out = String::new();
    let mut y = super::write_synthetic(&mut out, project.synthetic, language, MARGIN - 8.0);
    let head = Style::TITLE.wrap(&say("plot-title", &[]), room);
    y = Style::TITLE.write_lines(&mut out, MARGIN, y, &head);
    let subtitle = say(
        "plot-subtitle",
        &[
            ("title", title),
            ("index", analysis.definition.title.get(language)),
            ("runs", &number(sensitivity.n_runs as f64, 0, language)),
            ("points", &number(f64::from(sensitivity.design.points), 0, language)),
        ],
    );
    let lines = Style::SUBTITLE.wrap(&subtitle, room);
    y = Style::SUBTITLE.write_lines(&mut out, MARGIN, y + 1.0, &lines);
    y = legend(&mut out, sensitivity, language, y + 10.0);

    let titles: Vec<String> = sensitivity.assumptions.iter().map(|a| a.title(language)).collect();
    let names: Vec<Vec<String>> =
        titles.iter().map(|title| Style::BODY.wrap(title, MAX_LABEL)).collect();
    let widths = names.iter().flatten().map(|line| Style::BODY.width(line));
    let left = MARGIN + widths.fold(60.0, f64::max) + 14.0;
    let right = WIDTH - MARGIN - FIGURES;
    let (low, high) = range(sensitivity);
    let x_of = |share: f64| left + (share - low) / (high - low) * (right - left);
    let order = order(sensitivity);
    for output in &sensitivity.outputs {
        let mean = number(output.mean, 1, language);
        let heading = say(output.output.id(), &[("mean", &mean)]);
        y += 18.0;
        let lines = Style::HEADING.wrap(&heading, room);
        y = Style::HEADING.write_lines(&mut out, MARGIN, y, &lines) + 2.0;
        if output.indices.variance == 0.0 {
            Style::BODY.write(&mut out, (MARGIN, y + 14.0), &say("plot-none", &[]));
            y += 24.0;
            continue;
        }
        Style::SMALL.write(&mut out, (left, y + 11.0), &say("plot-axis", &[]));
        y += 30.0;
        let bottom = y + ROW * order.len() as f64;
        for tick in ticks(low, high) {
            let x = x_of(tick);
            let ink = if tick == 0.0 { WHISKER } else { GRID };
            out.push_str(&format!(
                "<path d=\"M{} {}V{}\" stroke=\"{ink}\" fill=\"none\"/>\n",
                tenth(x),
                tenth(y - 2.0),
                tenth(bottom)
            ));
            let style = Style::SMALL.anchored(Anchor::Middle);
            style.write(&mut out, (x, y - 5.0), &number(tick, 1, language));
        }
        for (line, &at) in order.iter().enumerate() {
            let top = y + ROW * line as f64;
            let label = Style::BODY.anchored(Anchor::End);
            let n = names[at].len() as f64;
            for (i, text) in names[at].iter().enumerate() {
                let y = top + ROW / 2.0 + 4.0 + (i as f64 - (n - 1.0) / 2.0) * label.line_height();
                label.write(&mut out, (left - 10.0, y), text);
            }
            pair(&mut out, output, at, top, &x_of, language, &titles[at]);
        }
        y = bottom;
    }
    y += 12.0;
    let explains = Style::SMALL.wrap(&say("explains", &[]), room);
    y = Style::SMALL.write_lines(&mut out, MARGIN, y, &explains);
    if let Some(source) = &project.source {
        let text = message(language, "map.source", &[("source", source.get(language))]);
        y = Style::SMALL.write_lines(&mut out, MARGIN, y + 4.0, &Style::SMALL.wrap(&text, room));
    }
    let mut aria = say("plot-aria", &[("title", title)]);
    if project.synthetic {
        aria = format!("{} – {aria}", message(language, "map.synthetic", &[]));
    }
    let height = (y + MARGIN - 8.0).ceil();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" xml:lang=\"{lang}\" \
         lang=\"{lang}\" font-family=\"'{FONT}', 'Segoe UI', Arial, sans-serif\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n{out}</svg>\n",
        escaped(&aria),
        lang = language.tag()
    )
}

/// The two bars of an assumption, with their figures.
fn pair(
    out: &mut String,
    output: &OutputIndices,
    at: usize,
    top: f64,
    x_of: &dyn Fn(f64) -> f64,
    language: Language,
    title: &str,
) {
    let both = [(&output.indices.first[at], FIRST), (&output.indices.total[at], TOTAL)];
    for (bar, (estimate, fill)) in both.into_iter().enumerate() {
        let y = top + 6.0 + bar as f64 * (BAR_HEIGHT + 4.0);
        let (zero, end) = (x_of(0.0), x_of(estimate.value));
        let figures = figures(estimate, language);
        out.push_str(&format!(
            "<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{BAR_HEIGHT}\" \
             fill=\"{fill}\" stroke=\"{OUTLINE}\"/>\n",
            escaped(&format!("{title}: {figures}")),
            tenth(zero.min(end)),
            tenth(y),
            tenth((end - zero).abs().max(0.5))
        ));
        if !estimate.low.is_nan() {
            let (a, b) = (x_of(estimate.low), x_of(estimate.high));
            let middle = y + BAR_HEIGHT / 2.0;
            // White below the black, so that the stroke is seen on the dark bar too.
            for (ink, width) in [("#fff", 3.5), (WHISKER, 1.5)] {
                out.push_str(&format!(
                    "<path d=\"M{a} {m}H{b}M{a} {t}v6M{b} {t}v6\" stroke=\"{ink}\" \
                     stroke-width=\"{width}\" fill=\"none\"/>\n",
                    a = tenth(a),
                    b = tenth(b),
                    m = tenth(middle),
                    t = tenth(middle - 3.0)
                ));
            }
        }
        let style = Style::SMALL.anchored(Anchor::End);
        style.write(out, (WIDTH - MARGIN, y + BAR_HEIGHT - 1.0), &figures);
        out.push_str("</g>\n");
    }
}

fn figures(estimate: &Estimate, language: Language) -> String {
    let [value, low, high] =
        [estimate.value, estimate.low, estimate.high].map(|x| number(x, 2, language));
    if estimate.low.is_nan() {
        return message(language, "sensitivity.plot-value-only", &[("value", &value)]);
    }
    let values = [("value", value.as_str()), ("low", &low), ("high", &high)];
    message(language, "sensitivity.plot-value", &values)
}

/// Assumptions by their total index for the ranks, the largest first.
fn order(sensitivity: &Sensitivity) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sensitivity.assumptions.len()).collect();
    if let Some(ranks) = sensitivity.outputs.first() {
        let total = |at: &usize| ranks.indices.total[*at].value;
        order.sort_by(|a, b| total(b).total_cmp(&total(a)).then(a.cmp(b)));
    }
    order
}

/// From the least end of all intervals, or 0, to the largest, or 1.
fn range(sensitivity: &Sensitivity) -> (f64, f64) {
    let all = sensitivity
        .outputs
        .iter()
        .flat_map(|o| o.indices.first.iter().chain(&o.indices.total))
        .flat_map(|e| [e.value, e.low, e.high])
        .filter(|x| !x.is_nan());
    let (low, high) = all.fold((0.0_f64, 1.0_f64), |(a, b), x| (a.min(x), b.max(x)));
    ((low * 10.0).floor() / 10.0, (high * 10.0).ceil() / 10.0)
}

/// Round shares that lie in the range, at most a dozen.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let step = if high - low <= 2.2 { 2.0 } else { 10.0 };
    let (first, last) = ((low * 10.0 / step).ceil() as i32, (high * 10.0 / step).floor() as i32);
    (first..=last).map(|at| f64::from(at) * step / 10.0).collect()
}

/// What the bars mean; gives the bottom.
fn legend(out: &mut String, sensitivity: &Sensitivity, language: Language, top: f64) -> f64 {
    let y = top + 8.0;
    let mut x = MARGIN;
    for (key, fill) in [("plot-first", FIRST), ("plot-total", TOTAL)] {
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"26\" height=\"{BAR_HEIGHT}\" fill=\"{fill}\" \
             stroke=\"{OUTLINE}\"/>\n",
            tenth(x),
            tenth(y - 6.0)
        ));
        let text = message(language, &format!("sensitivity.{key}"), &[]);
        Style::BODY.write(out, (x + 34.0, y + 4.0), &text);
        x += 34.0 + Style::BODY.width(&text) + 26.0;
    }
    if sensitivity.design.resamples > 0 {
        out.push_str(&format!(
            "<path d=\"M{x} {y}h26m-26 -3v6m26 -6v6\" stroke=\"{WHISKER}\" stroke-width=\"1.5\" \
             fill=\"none\"/>\n",
            x = tenth(x),
            y = tenth(y)
        ));
        let level = sensitivity.design.level * 100.0;
        let level = number(level, usize::from((level - level.round()).abs() > 1e-9), language);
        let text = message(language, "sensitivity.plot-interval", &[("level", &level)]);
        Style::BODY.write(out, (x + 34.0, y + 4.0), &text);
    }
    y + 12.0
}
