//! How does a map of thousands of areas come into the page?
//!
//! As a picture, the one that `map.png` is. Thousands of outlines are what makes a page slow to
//! open and to scroll; a picture is drawn once. The outlines of the map itself come along as data,
//! so that the script can tell which area lies under the pointer and draw that one above the
//! picture. Without script the picture is there, and the tables.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::picture::inline_svg;
use crate::map::{MapError, rasterise};

/// Drawings of more areas than this come as pictures.
pub const DRAWN_UP_TO: usize = 1_000;

/// Sharp on paper, where a map is 18 cm wide, and on screens with small pixels.
const WIDTH_PX: u32 = 1_920;

/// The map of the first screen, as markup.
#[derive(Debug, Serialize)]
pub(super) struct Plate {
    /// The drawing or the picture.
    pub(super) drawing: String,
    /// Ids, outlines and words of the areas as JSON, where it is a picture.
    pub(super) areas: Option<String>,
    /// The coordinates of the outlines.
    pub(super) view_box: String,
    /// What makes the outlines as large as the picture.
    pub(super) transform: String,
}

impl Plate {
    /// The map of the first screen from its SVG.
    pub(super) fn of(svg: &str) -> Result<Self, MapError> {
        let areas = is_picture(svg).then(|| areas_as_json(svg));
        let group = svg.split("<g class=\"areas\"").nth(1).unwrap_or_default();
        Ok(Self {
            drawing: drawing(svg, "map")?,
            areas,
            view_box: attribute(svg, "viewBox").to_owned(),
            transform: attribute(group, "transform").to_owned(),
        })
    }
}

/// A drawing as markup: as it is with its ids made unique by `prefix`, or as a picture where it has
/// more than [`DRAWN_UP_TO`] areas.
pub(super) fn drawing(svg: &str, prefix: &str) -> Result<String, MapError> {
    if !is_picture(svg) {
        return Ok(inline_svg(svg, prefix));
    }
    let png = STANDARD.encode(rasterise(svg, WIDTH_PX)?);
    let mut size = attribute(svg, "viewBox").split(' ').skip(2);
    let (width, height) = (size.next().unwrap_or_default(), size.next().unwrap_or_default());
    // The label of the drawing is escaped already.
    let alt = attribute(svg, "aria-label");
    Ok(format!(
        "<img src=\"data:image/png;base64,{png}\" alt=\"{alt}\" width=\"{width}\" \
         height=\"{height}\">"
    ))
}

/// Whether a drawing is taller than wide, as a list is.
pub(super) fn is_tall(svg: &str) -> bool {
    let size: Vec<f64> =
        attribute(svg, "viewBox").split(' ').skip(2).filter_map(|x| x.parse().ok()).collect();
    matches!(size[..], [width, height] if height > 1.05 * width)
}

fn is_picture(svg: &str) -> bool {
    svg.matches("<path class=\"").count() > DRAWN_UP_TO
}

/// `[[id, outline, words], ...]`, in which nothing can end the element that it stands in.
fn areas_as_json(svg: &str) -> String {
    let areas: Vec<[String; 3]> = svg
        .split("<path class=\"area")
        .skip(1)
        .map(|path| {
            let title = path.split("<title>").nth(1).and_then(|rest| rest.split('<').next());
            [
                unescaped(attribute(path, "data-area")),
                attribute(path, "d").to_owned(),
                unescaped(title.unwrap_or_default()),
            ]
        })
        .collect();
    let json = serde_json::to_string(&areas).expect("texts are JSON");
    json.replace('<', "\\u003c")
}

/// The first attribute of this name; empty where there is none.
fn attribute<'a>(markup: &'a str, name: &str) -> &'a str {
    let after = markup.split(&format!(" {name}=\"")).nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// The text that was escaped for the drawing.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_of_few_areas_stays_a_drawing() {
        let plate = Plate::of(&map(3, "Sagene")).unwrap();
        assert!(plate.drawing.starts_with("<svg") && plate.areas.is_none());
    }

    #[test]
    fn a_drawing_of_many_areas_is_a_picture_with_its_outlines_beside_it() {
        let plate =
            Plate::of(&map(DRAWN_UP_TO + 1, "&lt;/script&gt; &amp;lt; &quot;x&quot;")).unwrap();
        assert!(plate.drawing.starts_with("<img src=\"data:image/png;base64,iVBORw0KGgo"));
        assert!(plate.drawing.contains("alt=\"Kart &quot;1&quot;\" width=\"960\" height=\"10\""));
        assert_eq!(
            (plate.view_box.as_str(), plate.transform.as_str()),
            ("0 0 960 10", "scale(0.1)")
        );
        let json = plate.areas.unwrap();
        assert!(!json.contains('<'), "nothing ends the element");
        let areas: Vec<[String; 3]> = serde_json::from_str(&json).unwrap();
        assert_eq!(areas.len(), DRAWN_UP_TO + 1);
        assert_eq!(areas[7], ["7", "M7 0l5 0 0 5z", "</script> &lt; \"x\""]);
    }

    fn map(n: usize, title: &str) -> String {
        let path = |at: usize| {
            format!(
                "<path class=\"area\" data-area=\"{at}\" d=\"M{at} 0l5 0 0 5z\">\
                 <title>{title}</title></path>\n"
            )
        };
        let paths: String = (0..n).map(path).collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 10\" width=\"960\" \
             height=\"10\" aria-label=\"Kart &quot;1&quot;\">\
             <g class=\"areas\" transform=\"scale(0.1)\">{paths}</g></svg>"
        )
    }
}
