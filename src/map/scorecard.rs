//! What do all measures of all models look like at one glance?
//!
//! A table of fields: a row a measure, a column a model. The best and the worst of a row are
//! tinted and marked, where one end is better; assumptions are marked with a star.

use super::chart::{ChartHead, line, shortened};
use super::text::{Anchor, Style, tenth};
use super::{MARGIN, WIDTH};
use crate::language::message;

/// How a field stands among those of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The best of the row.
    Best,
    /// The worst of the row.
    Worst,
    /// In between, or all alike.
    Middle,
    /// Not computed.
    Nothing,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What stands before it, such as `M2+1`; empty where it goes on from the row above.
    pub id: String,
    /// The measure.
    pub title: String,
    /// The fields: text and standing.
    pub fields: Vec<(String, Standing)>,
}

/// Height of a row of one line.
const ROW: f64 = 19.0;
/// Where the measure begins, and how wide it may be; then the fields.
const TITLE_LEFT: f64 = MARGIN + 54.0;
const TITLE_WIDTH: f64 = 350.0;
const FIELDS_LEFT: f64 = MARGIN + 440.0;

/// Draws the table as SVG.
pub fn scorecard_table(head: &ChartHead<'_>, models: &[String], rows: &[Row]) -> String {
    let mut out = String::new();
    let mut y = head.write(&mut out);
    let legend = message(head.language, "allocate.chart-scorecard-legend", &[]);
    y = Style::SMALL.write_lines(
        &mut out,
        MARGIN,
        y,
        &Style::SMALL.wrap(&legend, WIDTH - 2.0 * MARGIN),
    );
    let left = FIELDS_LEFT;
    let width = (WIDTH - MARGIN - left) / models.len().max(1) as f64;
    let heads: Vec<Vec<String>> =
        models.iter().map(|model| Style::SMALL.wrap(model, width - 8.0)).collect();
    let n_lines = heads.iter().map(Vec::len).max().unwrap_or(1) as f64;
    y += 10.0;
    for (at, lines) in heads.iter().enumerate() {
        for (row, text) in lines.iter().enumerate() {
            let x = left + width * (at as f64 + 0.5);
            let foot = y + Style::SMALL.line_height() * (row as f64 + 1.0);
            Style::SMALL.anchored(Anchor::Middle).write(&mut out, (x, foot), text);
        }
    }
    y += Style::SMALL.line_height() * n_lines + 8.0;
    for row in rows {
        if !row.id.is_empty() {
            line(&mut out, (MARGIN, y), (WIDTH - MARGIN, y), "stroke=\"#cccccc\"");
            Style::HEADING.write(&mut out, (MARGIN, y + 14.0), &row.id);
        }
        let title = Style::BODY.wrap(&row.title, TITLE_WIDTH);
        let more = Style::BODY.line_height() * title.len().saturating_sub(1) as f64;
        Style::BODY.write_lines(&mut out, TITLE_LEFT, y + 2.6, &title);
        for (at, (text, standing)) in row.fields.iter().enumerate() {
            let x = left + width * at as f64;
            let (fill, mark) = match standing {
                Standing::Best => ("#c6dbef", "▲ "),
                Standing::Worst => ("#fdd0a2", "▼ "),
                Standing::Middle => ("#f7f7f7", ""),
                Standing::Nothing => ("#ffffff", ""),
            };
            out.push_str(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>\n",
                tenth(x + 1.0),
                tenth(y + 1.0),
                tenth(width - 2.0),
                tenth(ROW + more - 2.0)
            ));
            let style = Style::BODY.anchored(Anchor::Middle);
            let text = shortened(&format!("{mark}{text}"), Style::BODY, width - 6.0);
            style.write(&mut out, (x + width / 2.0, y + 14.0 + more / 2.0), &text);
        }
        y += ROW + more;
    }
    head.close(out, y)
}
