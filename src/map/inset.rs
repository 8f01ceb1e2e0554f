//! Which part of the map is drawn once more, larger?
//!
//! In a city the zones of the centre are small and many. The inset shows them in a frame of its
//! own, and a rectangle on the map shows where it is from.

use geo::BoundingRect;

use super::areas::{self, Part};
use super::circles::Circles;
use super::label::{Labels, Room};
use super::outline::{Frame, Rect};
use super::text::{Style, tenth};
use super::{MapArea, MapRequest, scale};
use crate::boundary::Shape;
use crate::language::message;

const INK: &str = "#1a1a1a";

/// West, south, east and north (in metres) of the dense part of a map: of the windows of a fifth
/// to two fifths of its width and height, the one that holds most areas for its size.
///
/// Areas count where they lie wholly inside. `None` where no window holds three areas and twice as
/// many as its share of the surface of the map would: then there is no dense part to show.
pub fn densest(shapes: &[Shape]) -> Option<[f64; 4]> {
    /// Sides of windows that are tried, as shares of the map's.
    const SIDES: [f64; 4] = [0.2, 0.25, 0.32, 0.4];
    const LEAST_AREAS: usize = 3;
    const LEAST_DENSITY: f64 = 2.0;
    let boxes: Vec<[f64; 4]> = shapes
        .iter()
        .filter_map(|shape| shape.projected.bounding_rect())
        .map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y])
        .collect();
    let whole = boxes.iter().copied().reduce(around)?;
    let (width, height) = (whole[2] - whole[0], whole[3] - whole[1]);
    let holds = |window: &[f64; 4], one: &[f64; 4]| {
        window[0] <= one[0] && window[1] <= one[1] && one[2] <= window[2] && one[3] <= window[3]
    };
    let mut best: Option<(f64, [f64; 4])> = None;
    // On maps of very many areas, some of them are enough to find where they lie close.
    let stride = boxes.len().div_ceil(1_000);
    for side in SIDES {
        let half = (width * side / 2.0, height * side / 2.0);
        for one in boxes.iter().step_by(stride) {
            let at = ((one[0] + one[2]) / 2.0, (one[1] + one[3]) / 2.0);
            let window = [at.0 - half.0, at.1 - half.1, at.0 + half.0, at.1 + half.1];
            let inside: Vec<[f64; 4]> =
                boxes.iter().filter(|one| holds(&window, one)).copied().collect();
            let share = inside.len() as f64 / boxes.len() as f64;
            let density = share / (side * side);
            if inside.len() < LEAST_AREAS || density < LEAST_DENSITY {
                continue;
            }
            // Many areas weigh as much as close ones.
            let worth = share * density;
            if best.is_none_or(|(most, _)| worth > most) {
                let tight = inside.into_iter().reduce(around).unwrap_or(window);
                best = Some((worth, wider(tight, 0.03)));
            }
        }
    }
    best.map(|(_, window)| window)
}

fn around(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// So much more on each side.
fn wider([west, south, east, north]: [f64; 4], share: f64) -> [f64; 4] {
    let (x, y) = ((east - west) * share, (north - south) * share);
    [west - x, south - y, east + x, north + y]
}

/// The rectangle on the map that shows where the inset is from.
pub(super) fn write_locator(out: &mut String, rect: &Rect) {
    write_rect(out, "locator", rect, "stroke=\"#fff\" stroke-width=\"3\" stroke-opacity=\".8\"");
    write_rect(out, "locator-line", rect, &format!("stroke=\"{INK}\" stroke-width=\"1.2\""));
}

fn write_rect(out: &mut String, class: &str, rect: &Rect, rest: &str) {
    out.push_str(&format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" {rest} \
         pointer-events=\"none\"/>\n",
        tenth(rect.left),
        tenth(rect.top),
        tenth(rect.right - rect.left),
        tenth(rect.bottom - rect.top)
    ));
}

/// Draws what lies within `bounds` into `place`; gives the bottom, and how many names stand there
/// and of how many.
pub(super) fn write(
    out: &mut String,
    request: &MapRequest<'_>,
    colours: &[String],
    bounds: [f64; 4],
    place: Rect,
    circles: Option<&Circles>,
) -> (f64, (usize, usize)) {
    let frame = Frame::of(bounds, place.right - place.left, place.bottom - place.top);
    let frame = frame.at(place.left, place.top);
    let place = frame.rect();
    let shown: Vec<MapArea<'_>> = request
        .areas
        .iter()
        .filter(|area| {
            let rect = area.shape.projected.bounding_rect();
            rect.is_some_and(|rect| {
                let (low, high) = (rect.min(), rect.max());
                frame.on_paper([low.x, low.y, high.x, high.y]).meets(&place)
            })
        })
        .cloned()
        .collect();
    let outlines = areas::outlines(&shown, &frame);
    out.push_str(&format!(
        "<clipPath id=\"levekaar-inset\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\
         </clipPath>\n<g class=\"inset\" clip-path=\"url(#levekaar-inset)\">\n",
        tenth(place.left),
        tenth(place.top),
        tenth(place.right - place.left),
        tenth(place.bottom - place.top)
    ));
    let part = Part { areas: &shown, outlines: &outlines, class: "inset-area", pen: 1.0 };
    let fills = areas::fills(colours, circles.is_some());
    areas::write_map(out, request, &part, &fills);
    let taken = match circles {
        Some(circles) => circles.write(out, &shown, &outlines, colours),
        None => Vec::new(),
    };
    // Areas that reach beyond the frame have their names on the map.
    let skip: Vec<bool> = outlines.iter().map(|outline| !place.holds(&outline.rect())).collect();
    let names = Labels::find(
        request,
        &shown,
        &outlines,
        &Room { whole: place.wider(-2.0), taken: &taken, skip: &skip },
    );
    names.write(out, &shown, &fills);
    if request.synthetic {
        areas::write_watermark(out, request.language, &frame);
    }
    out.push_str("</g>\n");
    write_rect(out, "inset-frame", &place, &format!("stroke=\"{INK}\" stroke-width=\"1.2\""));
    let title = message(request.language, "map.inset", &[]);
    Style::SMALL.write(out, (place.left, place.top - 5.0), &title);
    scale::write_bar(out, (place.left, place.bottom + 6.0), &frame, request.language);
    (place.bottom + 20.0, names.counts())
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;

    #[test]
    fn the_dense_part_is_where_small_areas_lie_together() {
        let mut shapes: Vec<Shape> = (0..9)
            .map(|at| square(f64::from(at % 3) * 10.0, f64::from(at / 3) * 10.0, 10.0))
            .collect();
        assert_eq!(densest(&shapes), None, "a chequerboard is as dense everywhere");
        for at in 0..16 {
            shapes.push(square(
                14.0 + f64::from(at % 4) * 0.5,
                14.0 + f64::from(at / 4) * 0.5,
                0.5,
            ));
        }
        let [west, south, east, north] = densest(&shapes).unwrap();
        assert!(west < 14.0 && south < 14.0 && east > 16.0 && north > 16.0);
        assert!(east - west < 3.0, "{west}..{east}");
    }

    fn square(x: f64, y: f64, side: f64) -> Shape {
        let shape = polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side),
            (x: x, y: y + side)];
        Shape {
            id: "a".into(),
            name: None,
            polygons: MultiPolygon(Vec::new()),
            projected: MultiPolygon(vec![shape]),
        }
    }
}
