//! How are the areas drawn?
//!
//! From the paper up: colours, outlines of the selection, names, and the word across synthetic
//! maps.

use rayon::prelude::*;

use super::label::{self, Label};
use super::outline::{Frame, GRID, Outline};
use super::text::{Style, escaped, tenth};
use super::{MapArea, MapRequest, NO_DATA_AREA, SelectionMark, legend, palette};
use crate::language::{message, number};

/// Draws all areas into their frame.
pub(super) fn write_map(
    out: &mut String,
    request: &MapRequest<'_>,
    frame: &Frame,
    colours: &[String],
) {
    let outlines: Vec<Outline> =
        request.areas.par_iter().map(|area| Outline::of(&area.shape.projected, frame)).collect();
    let pens = Pens::for_areas(request.areas.len());
    out.push_str(&format!(
        "<g class=\"areas\" transform=\"scale({})\" fill-rule=\"evenodd\" stroke=\"#4d4d4d\" \
         stroke-width=\"{}\" stroke-linejoin=\"round\">\n",
        1.0 / GRID,
        tenth(pens.border * GRID)
    ));
    let hatch = format!("url(#{NO_DATA_AREA})");
    write_group(out, request, &outlines, None, ("no-data", &hatch));
    for (class, colour) in colours.iter().enumerate() {
        let name = format!("class-{}", class + 1);
        write_group(out, request, &outlines, Some(class), (&name, colour));
    }
    out.push_str("</g>\n");
    write_selection(out, request, &outlines, &pens);
    write_labels(out, request, &outlines, colours);
    if request.synthetic {
        write_watermark(out, request, frame);
    }
}

/// Widths of lines in px, thinner where there are many areas.
struct Pens {
    border: f64,
    selected: f64,
}

impl Pens {
    fn for_areas(n_areas: usize) -> Self {
        match n_areas {
            0..=150 => Self { border: 0.7, selected: 2.6 },
            151..=1_000 => Self { border: 0.4, selected: 1.5 },
            1_001..=6_000 => Self { border: 0.2, selected: 1.2 },
            6_001..=20_000 => Self { border: 0.1, selected: 0.8 },
            _ => Self { border: 0.1, selected: 0.5 },
        }
    }
}

/// All areas of one class.
fn write_group(
    out: &mut String,
    request: &MapRequest<'_>,
    outlines: &[Outline],
    class: Option<usize>,
    (name, fill): (&str, &str),
) {
    let members: Vec<String> = request
        .areas
        .par_iter()
        .zip(outlines)
        .filter(|(area, _)| area.class == class)
        .map(|(area, outline)| {
            let mark = match area.selection {
                SelectionMark::Selected => " selected",
                SelectionMark::NotSelected => "",
                SelectionMark::Unknown => " undecided",
            };
            format!(
                "<path class=\"area{mark}\" data-area=\"{}\" d=\"{}\"><title>{}</title></path>\n",
                escaped(area.shape.id.as_str()),
                outline.path(),
                escaped(&tooltip(request, area))
            )
        })
        .collect();
    if members.is_empty() {
        return;
    }
    out.push_str(&format!("<g class=\"{name}\" fill=\"{fill}\">\n{}</g>\n", members.concat()));
}

/// Name, value, class, people and selection of one area, in one line.
fn tooltip(request: &MapRequest<'_>, area: &MapArea<'_>) -> String {
    let language = request.language;
    let id = area.shape.id.as_str();
    let mut parts =
        vec![if area.name == id { id.to_owned() } else { format!("{} ({id})", area.name) }];
    let value = if area.value.is_finite() {
        number(area.value, request.decimals, language)
    } else if area.reason.is_empty() {
        message(language, "map.no_data", &[])
    } else {
        area.reason.to_owned()
    };
    let title = request.legend_title;
    parts.push(message(language, "map.tooltip_value", &[("title", title), ("value", &value)]));
    if let Some(class) = area.class {
        let (class_number, n) = ((class + 1).to_string(), request.n_classes().to_string());
        let range = legend::range_text(request, class);
        let values = [("class", class_number.as_str()), ("n", &n), ("range", &range)];
        parts.push(match request.categories {
            Some(_) => range,
            None => message(language, "map.tooltip_class", &values),
        });
    }
    if let Some(people) = area.population {
        let people = number(people, 0, language);
        parts.push(message(language, "map.tooltip_people", &[("people", &people)]));
    }
    match area.selection {
        SelectionMark::Selected => parts.push(message(language, "map.tooltip_selected", &[])),
        SelectionMark::NotSelected => {}
        SelectionMark::Unknown => parts.push(message(language, "map.tooltip_unknown", &[])),
    }
    parts.join(" · ")
}

/// Outlines of selected and undecided areas, above all colours.
fn write_selection(out: &mut String, request: &MapRequest<'_>, outlines: &[Outline], pens: &Pens) {
    /// An islet must be this many pens wide to get a thick line around it.
    const LEAST: f64 = 4.0;
    let paths = |mark: SelectionMark| -> String {
        let chosen = request.areas.iter().zip(outlines).filter(|(area, _)| area.selection == mark);
        chosen.map(|(_, outline)| outline.thick_path(LEAST * pens.selected)).collect()
    };
    let (dash, gap) = (tenth(pens.selected * 2.0 * GRID), tenth(pens.selected * 1.3 * GRID));
    let dashes = format!(" stroke-dasharray=\"{dash} {gap}\"");
    let marks = [
        (SelectionMark::Unknown, "undecided-outline", dashes.as_str()),
        (SelectionMark::Selected, "selected-outline", ""),
    ];
    for (mark, name, dashes) in marks {
        let path = paths(mark);
        if path.is_empty() {
            continue;
        }
        // A light line below the dark one keeps it apart from dark colours.
        out.push_str(&format!(
            "<g class=\"{name}\" transform=\"scale({})\" fill=\"none\" stroke-linejoin=\"round\" \
             pointer-events=\"none\">\n<path d=\"{path}\" stroke=\"#fff\" stroke-width=\"{}\"/>\n\
             <path d=\"{path}\" stroke=\"#111\" stroke-width=\"{}\"{dashes}/>\n</g>\n",
            1.0 / GRID,
            tenth(pens.selected * 1.8 * GRID),
            tenth(pens.selected * GRID)
        ));
    }
}

/// Names where they fit: light on dark colours, dark on light ones.
fn write_labels(
    out: &mut String,
    request: &MapRequest<'_>,
    outlines: &[Outline],
    colours: &[String],
) {
    if request.areas.len() > label::MOST_LABELS {
        return;
    }
    out.push_str("<g class=\"labels\" pointer-events=\"none\">\n");
    for (area, outline) in request.areas.iter().zip(outlines) {
        let Some(label) = Label::fit(area.name, outline) else { continue };
        // The rim keeps names apart from hatches and borders, and is no wider than it must be.
        let (ink, rim) = match area.class.and_then(|class| colours.get(class)) {
            Some(colour) if palette::is_dark(colour) => ("#ffffff", colour.as_str()),
            Some(_) | None => ("#1a1a1a", "#ffffff"),
        };
        out.push_str(&format!(
            "<g paint-order=\"stroke\" stroke=\"{rim}\" stroke-width=\"2.4\" \
             stroke-linejoin=\"round\">\n"
        ));
        label.write(out, ink);
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n");
}

/// The word "synthetic" across the map, so that a cut-out still says it.
fn write_watermark(out: &mut String, request: &MapRequest<'_>, frame: &Frame) {
    let text = message(request.language, "map.synthetic", &[]);
    let width_at_1 = Style { size: 1.0, ..Style::TITLE }.width(&text);
    let size = (frame.width * 0.8 / width_at_1).clamp(10.0, 80.0);
    let (x, y) = (frame.left + frame.width / 2.0, frame.top + frame.height / 2.0);
    out.push_str(&format!(
        "<text class=\"synthetic\" transform=\"translate({} {}) rotate(-18)\" font-size=\"{}\" \
         font-weight=\"600\" text-anchor=\"middle\" fill=\"#000\" fill-opacity=\".22\" stroke=\"#fff\" \
         stroke-opacity=\".45\" stroke-width=\"2\" paint-order=\"stroke\" \
         pointer-events=\"none\">{}</text>\n",
        tenth(x),
        tenth(y),
        tenth(size),
        escaped(&text)
    ));
}
