//! What is handed over of funding models?
//!
//! One self-contained page, as text: what was compared and what was assumed, charts, amounts by
//! area, measures, the scorecard with its chapters, trade-offs, and where the figures come from.

use std::fmt::Write as _;

use crate::allocate::base::FundingBase;
use crate::allocate::compare::Comparison;
use crate::allocate::measure::{Measure, MeasureUnit};
use crate::allocate::scorecard::{Line, TRADE_OFFS, find};
use crate::language::{Language, message, number, shortest};
use crate::money::Money;
use crate::notice::{Notice, Severity};

/// A picture of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The name of its file.
    pub file: String,
    /// What it shows.
    pub caption: String,
    /// The SVG.
    pub svg: String,
}

/// All that the page shows.
#[derive(Debug, Clone, Copy)]
pub struct FundingPage<'a> {
    /// The models.
    pub comparison: &'a Comparison,
    /// What they share out.
    pub base: &'a FundingBase,
    /// The scorecard.
    pub lines: &'a [Line],
    /// The charts, in their order.
    pub charts: &'a [Chart],
    /// What a reader must know.
    pub notices: &'a [Notice],
    /// Files that were read, with their checksums.
    pub inputs: &'a [(String, String)],
    /// The language of the page.
    pub language: Language,
}

const CSS: &str = "\
:root{color-scheme:light}body{font:16px/1.5 'Source Sans 3','Segoe UI',Arial,sans-serif;\
color:#1a1a1a;background:#fff;max-width:64rem;margin:0 auto;padding:1.5rem}\
h1{font-size:1.8rem;line-height:1.2}h2{font-size:1.3rem;margin-top:2.2rem;border-top:1px solid #ccc;\
padding-top:1rem}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}\
caption{text-align:left;color:#555;padding:.3rem 0}th,td{padding:.25rem .6rem;text-align:left;\
vertical-align:top;border-bottom:1px solid #e4e4e4}thead th{border-bottom:2px solid #1a1a1a}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}\
tbody th{min-width:9rem}\
.advice{border-left:4px solid #08519c;padding:.5rem 1rem;background:#eff3ff}\
.synthetic{border:1px solid #b36b00;background:#ffe2a8;padding:.6rem 1rem;font-weight:600}\
.mark{color:#8a4b00}svg{max-width:100%;height:auto}figure{margin:1.2rem 0}\
@media print{body{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}";

/// Text in HTML.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A measure's number as its unit is written, or why there is none.
pub fn value_text(measure: &Measure, language: Language) -> String {
    let text = match (measure.value, measure.unit) {
        (Err(_), _) => return "–".to_owned(),
        (Ok(x), MeasureUnit::Share) => format!("{}\u{a0}%", number(x * 100.0, 1, language)),
        (Ok(x), MeasureUnit::Kroner | MeasureUnit::Hours) => number(x, 0, language),
        (Ok(x), MeasureUnit::Count | MeasureUnit::Years) => shortest(x, language),
        (Ok(x), MeasureUnit::Number) => number(x, 2, language),
    };
    if measure.assumed { format!("{text}*") } else { text }
}

impl FundingPage<'_> {
    fn say(&self, key: &str) -> String {
        message(self.language, &format!("allocate.{key}"), &[])
    }

    fn head(&self, out: &mut String, key: &str) {
        let _ = writeln!(out, "<h2>{}</h2>", esc(&self.say(key)));
    }
}

/// Makes the page. Every text from data is escaped; the charts alone are taken in as they are.
pub fn funding_page(page: &FundingPage<'_>) -> String {
    let (base, language) = (page.base, page.language);
    let title = esc(base.title.get(language));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        language.tag()
    );
    if base.synthetic {
        let words = message(language, "notice.synthetic", &[]);
        let _ = writeln!(out, "<p class=\"synthetic\">{}</p>", esc(&words));
    }
    let _ = writeln!(out, "<p class=\"advice\">{}</p>", esc(&page.say("advice")));
    models(&mut out, page);
    assumptions(&mut out, page);
    amounts(&mut out, page);
    page.head(&mut out, "page-charts");
    for (at, chart) in page.charts.iter().enumerate() {
        let svg = super::picture::inline_svg(&chart.svg, &format!("chart{at}"));
        let _ = writeln!(out, "<figure>{svg}</figure>");
    }
    measures(&mut out, page);
    scorecard(&mut out, page);
    trade_offs(&mut out, page);
    notes(&mut out, page);
    out.push_str("</body>\n</html>\n");
    out
}

fn models(out: &mut String, page: &FundingPage<'_>) {
    page.head(out, "page-models");
    out.push_str("<ul>\n");
    for allocation in &page.comparison.allocations {
        let model = &allocation.model;
        let note = model.note.as_ref().map_or("", |note| note.get(page.language));
        let _ = writeln!(
            out,
            "<li><strong>{}</strong> ({}). {} <em>{}</em></li>",
            esc(model.title.get(page.language)),
            esc(&model.id),
            esc(note),
            esc(model.source.get(page.language))
        );
    }
    out.push_str("</ul>\n");
}

fn assumptions(out: &mut String, page: &FundingPage<'_>) {
    page.head(out, "page-assumptions");
    let word = page.say("section-assumption");
    out.push_str("<ul>\n");
    let mut item = |text: &str| {
        let _ = writeln!(out, "<li><span class=\"mark\">{}</span>: {}</li>", esc(&word), esc(text));
    };
    for text in &page.base.assumptions {
        item(text.get(page.language));
    }
    for allocation in &page.comparison.allocations {
        let model = &allocation.model;
        let title = model.title.get(page.language);
        for text in &model.assumptions {
            item(&format!("{title}: {}", text.get(page.language)));
        }
        let admin = &model.administration;
        if admin.source.is_none() {
            let n = |x: f64| shortest(x, page.language);
            let values = [
                ("model", title.to_owned()),
                ("application", n(admin.hours_per_application)),
                ("report", n(admin.hours_per_report)),
                ("case", n(admin.hours_per_case)),
                ("link", n(admin.hours_per_link)),
                ("years", n(admin.commitment_years)),
                ("transferable", n(admin.transferable_share * 100.0)),
                ("unspent", n(admin.unspent_share * 100.0)),
                ("pilot", n(admin.pilot_share * 100.0)),
                ("returned", n(admin.return_guarantee * 100.0)),
            ];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            item(&message(page.language, "allocate.page-administration", &values));
        }
    }
    out.push_str("</ul>\n");
}

fn amounts(out: &mut String, page: &FundingPage<'_>) {
    let (comparison, base, language) = (page.comparison, page.base, page.language);
    page.head(out, "page-amounts");
    let kr = |money: Money| number(money.as_f64(), 0, language);
    let plus = |money: Money| {
        let sign = if money > Money::ZERO { "+" } else { "" };
        format!("{sign}{}", kr(money))
    };
    let _ = write!(
        out,
        "<div class=\"wide\"><table><caption>{}</caption><thead><tr><th>{}</th><th class=\"n\">{}</th>",
        esc(&page.say("page-kroner")),
        esc(&page.say("x-name")),
        esc(&page.say("x-today"))
    );
    for allocation in &comparison.allocations {
        let _ = write!(
            out,
            "<th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">%</th>",
            esc(allocation.model.title.get(language)),
            esc(&page.say("x-change"))
        );
    }
    out.push_str("</tr></thead><tbody>\n");
    for (area, changes) in base.areas.iter().zip(&comparison.changes) {
        let today = changes.first().map_or(Money::ZERO, |change| change.today);
        let _ = write!(out, "<tr><th>{}</th><td class=\"n\">{}</td>", esc(&area.name), kr(today));
        for change in changes {
            let percent = change.percent.map_or("–".to_owned(), |x| number(x, 1, language));
            let _ = write!(
                out,
                "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{percent}</td>",
                kr(change.model),
                plus(change.kroner())
            );
        }
        out.push_str("</tr>\n");
    }
    for (key, of_base, of_model) in [
        (
            "without-area-row",
            base.all_without_area(),
            comparison
                .allocations
                .iter()
                .map(|a| a.pot.without_area + a.unmatched())
                .collect::<Vec<Money>>(),
        ),
        (
            "x-sum",
            base.all(),
            comparison
                .allocations
                .iter()
                .map(|a| a.amounts().iter().sum::<Money>() + a.pot.without_area + a.unmatched())
                .collect(),
        ),
    ] {
        let label = esc(&page.say(key));
        let _ = write!(out, "<tr><th>{label}</th><td class=\"n\">{}</td>", kr(of_base));
        for money in of_model {
            let change = plus(money - of_base);
            let _ = write!(
                out,
                "<td class=\"n\">{}</td><td class=\"n\">{change}</td><td class=\"n\"></td>",
                kr(money)
            );
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn model_heads(page: &FundingPage<'_>) -> String {
    let heads = page.comparison.allocations.iter().map(|allocation| {
        format!("<th class=\"n\">{}</th>", esc(allocation.model.title.get(page.language)))
    });
    heads.collect()
}

fn measures(out: &mut String, page: &FundingPage<'_>) {
    let Some(first) = page.comparison.measures.first() else { return };
    page.head(out, "page-measures");
    let reference = match (page.comparison.reference_model, &page.comparison.reference) {
        (Some(at), Some(_)) => {
            let title = page.comparison.allocations[at].model.title.get(page.language);
            message(page.language, "allocate.reference", &[("model", title)])
        }
        (None, Some(_)) => page.say("reference-deprived"),
        (_, None) => page.say("reference-none"),
    };
    let _ = writeln!(
        out,
        "<p>{} {}</p>\n<div class=\"wide\"><table><thead><tr><th></th>{}<th></th></tr></thead><tbody>",
        esc(&reference),
        esc(&page.say("page-star")),
        model_heads(page)
    );
    for at in 0..first.len() {
        let title = message(page.language, &format!("allocate.m-{}", first[at].id), &[]);
        let _ = write!(out, "<tr><th>{}</th>", esc(&title));
        for measures in &page.comparison.measures {
            let text = value_text(&measures[at], page.language);
            let _ = write!(out, "<td class=\"n\">{}</td>", esc(&text));
        }
        let why = first[at].value.err().map(|why| message(page.language, why.key(), &[]));
        let _ = writeln!(out, "<td>{}</td></tr>", esc(&why.unwrap_or_default()));
    }
    out.push_str("</tbody></table></div>\n");
}

fn scorecard(out: &mut String, page: &FundingPage<'_>) {
    page.head(out, "page-scorecard");
    let _ = writeln!(
        out,
        "<p>{}</p>\n<div class=\"wide\"><table><thead><tr><th></th><th>{}</th><th>{}</th>{}<th></th>\
         </tr></thead><tbody>",
        esc(&page.say("page-scorecard-how")),
        esc(&page.say("page-property")),
        esc(&page.say("page-measure")),
        model_heads(page)
    );
    let mut last = String::new();
    for line in page.lines {
        let is_new = line.property.id != last;
        last.clone_from(&line.property.id);
        let statement = message(page.language, &line.property.key(), &[]);
        let (id, statement) = if is_new {
            (line.property.id.as_str(), format!("{statement} ({})", line.property.chapter))
        } else {
            ("", String::new())
        };
        let title = message(page.language, &format!("allocate.m-{}", line.measure), &[]);
        let _ = write!(
            out,
            "<tr><th>{}</th><td>{}</td><td>{}</td>",
            esc(id),
            esc(&statement),
            esc(&title)
        );
        for measure in &line.by_model {
            let text = value_text(measure, page.language);
            let _ = write!(out, "<td class=\"n\">{}</td>", esc(&text));
        }
        let why = line.by_model.first().and_then(|measure| measure.value.err());
        let words = why.map_or_else(
            || message(page.language, line.verdict.key(), &[]),
            |why| message(page.language, why.key(), &[]),
        );
        let _ = writeln!(out, "<td>{}</td></tr>", esc(&words));
    }
    out.push_str("</tbody></table></div>\n");
}

fn trade_offs(out: &mut String, page: &FundingPage<'_>) {
    page.head(out, "page-trade-offs");
    let _ = writeln!(
        out,
        "<div class=\"wide\"><table><thead><tr><th></th><th></th>{}<th></th></tr></thead><tbody>",
        model_heads(page)
    );
    for trade in TRADE_OFFS {
        let sentence = message(page.language, trade.key, &[]);
        for (at, id) in trade.measures.iter().enumerate() {
            let text = if at == 0 { esc(&sentence) } else { String::new() };
            let title = message(page.language, &format!("allocate.m-{id}"), &[]);
            let _ = write!(out, "<tr><th>{text}</th><td>{}</td>", esc(&title));
            let mut why = None;
            for model in 0..page.comparison.allocations.len() {
                let measure = find(page.comparison, model, id);
                why = why.or(measure.value.err());
                let text = value_text(&measure, page.language);
                let _ = write!(out, "<td class=\"n\">{}</td>", esc(&text));
            }
            let why = why.map(|why| message(page.language, why.key(), &[])).unwrap_or_default();
            let _ = writeln!(out, "<td>{}</td></tr>", esc(&why));
        }
    }
    out.push_str("</tbody></table></div>\n");
}

fn notes(out: &mut String, page: &FundingPage<'_>) {
    page.head(out, "page-notes");
    out.push_str("<ul>\n");
    for note in &page.base.notes {
        let _ = writeln!(out, "<li>{}</li>", esc(note.get(page.language)));
    }
    for notice in page.notices.iter().filter(|n| n.severity == Severity::Warning) {
        let items: Vec<&str> = notice.items.iter().map(|item| item.get(page.language)).collect();
        let items =
            if items.is_empty() { String::new() } else { format!(" [{}]", items.join(", ")) };
        let _ = writeln!(out, "<li>{}{}</li>", esc(&notice.text(page.language)), esc(&items));
    }
    out.push_str("</ul>\n");
    page.head(out, "page-sources");
    let _ = writeln!(out, "<p>{}</p>\n<ul>", esc(page.base.source.get(page.language)));
    for (name, sha256) in page.inputs {
        let _ = writeln!(out, "<li>{} <small>SHA-256 {sha256}</small></li>", esc(name));
    }
    let _ = writeln!(out, "</ul>\n<p>levekaar {}</p>", env!("CARGO_PKG_VERSION"));
}
