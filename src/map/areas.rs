//! How are the areas drawn?
//!
//! From the paper up: colours and hatches, outlines of the selection, and the word across synthetic
//! maps.

use rayon::prelude::*;

use super::outline::{Frame, GRID, Outline};
use super::text::{Style, escaped, tenth};
use super::{Gap, Key, MapArea, MapRequest, SelectionMark, hatch, legend, palette};
use crate::language::{Language, message, number};

/// A drawing of areas: the map, a panel or an inset.
pub(super) struct Part<'a> {
    /// Whose areas.
    pub(super) areas: &'a [MapArea<'a>],
    /// One an area.
    pub(super) outlines: &'a [Outline],
    /// The class of their paths.
    pub(super) class: &'static str,
    /// How thick lines are, for those of a map of its own.
    pub(super) pen: f64,
}

/// The outlines of areas in a frame.
pub(super) fn outlines(areas: &[MapArea<'_>], frame: &Frame) -> Vec<Outline> {
    areas.par_iter().map(|area| Outline::of(&area.shape.projected, frame)).collect()
}

/// The colours of areas below circles, or those of the classes.
pub(super) fn fills(colours: &[String], circles: bool) -> Vec<String> {
    let fill = |colour: &String| if circles { palette::paler(colour) } else { colour.clone() };
    colours.iter().map(fill).collect()
}

/// Draws all areas into their frame, in one fill a class.
pub(super) fn write_map(
    out: &mut String,
    request: &MapRequest<'_>,
    part: &Part<'_>,
    fills: &[String],
) {
    let pens = Pens::for_areas(part.areas.len(), part.pen);
    // Nobody sees how hairlines are joined, and round joins are most of the time of drawing them.
    let join = if pens.border < 0.3 { "bevel" } else { "round" };
    out.push_str(&format!(
        "<g class=\"areas\" transform=\"scale({})\" fill-rule=\"evenodd\" stroke=\"#4d4d4d\" \
         stroke-width=\"{}\" stroke-linejoin=\"{join}\">\n",
        1.0 / GRID,
        tenth(pens.border * GRID)
    ));
    for gap in Gap::ALL {
        let fill = (hatch::name(gap), hatch::of_areas(gap));
        write_group(out, request, part, &|area| area.class.is_none() && area.gap == gap, fill);
    }
    for (class, fill) in fills.iter().enumerate() {
        let name = format!("class-{}", class + 1);
        let fill = (name.as_str(), fill.clone());
        write_group(out, request, part, &|area| area.class == Some(class), fill);
    }
    out.push_str("</g>\n");
    write_selection(out, part, &pens);
}

/// Widths of lines in px, thinner where there are many areas.
struct Pens {
    border: f64,
    selected: f64,
}

impl Pens {
    fn for_areas(n_areas: usize, times: f64) -> Self {
        let pens = match n_areas {
            0..=150 => Self { border: 0.7, selected: 2.6 },
            151..=1_000 => Self { border: 0.4, selected: 1.5 },
            1_001..=6_000 => Self { border: 0.2, selected: 1.2 },
            6_001..=20_000 => Self { border: 0.1, selected: 0.8 },
            _ => Self { border: 0.1, selected: 0.5 },
        };
        Self { border: pens.border * times, selected: pens.selected * times }
    }
}

/// All areas of one class or gap.
fn write_group(
    out: &mut String,
    request: &MapRequest<'_>,
    part: &Part<'_>,
    belongs: &(dyn Fn(&MapArea<'_>) -> bool + Sync),
    (name, fill): (&str, String),
) {
    let class = part.class;
    let members: Vec<String> = part
        .areas
        .par_iter()
        .zip(part.outlines)
        .filter(|(area, _)| belongs(area))
        .map(|(area, outline)| {
            let mark = match area.selection {
                SelectionMark::Selected => " selected",
                SelectionMark::NotSelected => "",
                SelectionMark::Unknown => " undecided",
            };
            format!(
                "<path class=\"{class}{mark}\" data-{class}=\"{}\" d=\"{}\"><title>{}</title></path>\n",
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
    let says = |title: &str, value: &str| {
        message(language, "map.tooltip_value", &[("title", title), ("value", value)])
    };
    if let Key::Square(square) = request.key {
        let of = |x: f64, axis: &super::Axis<'_>| match x.is_finite() {
            true => number(x, axis.decimals, language),
            false => area.reason.to_owned(),
        };
        parts.push(says(square.x.title, &of(area.value, &square.x)));
        parts.push(says(square.y.title, &of(area.second, &square.y)));
    } else {
        parts.push(says(request.legend_title, &value));
    }
    if let Some(class) = area.class {
        let (class_number, n) = ((class + 1).to_string(), request.n_classes().to_string());
        let range = legend::range_text(request, class);
        let values = [("class", class_number.as_str()), ("n", &n), ("range", &range)];
        match request.key {
            Key::Kinds(_) => parts.push(range),
            Key::Ranges { .. } => parts.push(message(language, "map.tooltip_class", &values)),
            Key::Square(_) => {}
        }
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
fn write_selection(out: &mut String, part: &Part<'_>, pens: &Pens) {
    /// An islet must be this many pens wide to get a thick line around it.
    const LEAST: f64 = 4.0;
    let paths = |mark: SelectionMark| -> String {
        let chosen =
            part.areas.iter().zip(part.outlines).filter(|(area, _)| area.selection == mark);
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

/// The word "synthetic" across the map, so that a cut-out still says it.
pub(super) fn write_watermark(out: &mut String, language: Language, frame: &Frame) {
    let text = message(language, "map.synthetic", &[]);
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
