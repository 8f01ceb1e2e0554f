use geo::{MultiPolygon, Polygon, polygon};

use super::*;
use crate::boundary::{Boundaries, Crs, SourceShape};

#[test]
fn markup_from_data_is_text() {
    let svg = drawn(|areas, request| {
        areas[0].name = "<script>alert(1)</script>";
        request.title = "A & B \"quoted\"";
        request.source = "<b>x</b>";
    });
    assert!(!svg.contains("<script") && !svg.contains("<b>"));
    assert!(svg.contains("&lt;script&gt;") && svg.contains("A &amp; B &quot;quoted&quot;"));
    assert!(rasterise(&svg, 300).is_ok(), "still valid XML");
}

#[test]
fn holes_are_cut_out_by_the_even_odd_rule() {
    let svg = drawn(|_, _| {});
    assert!(svg.contains("fill-rule=\"evenodd\""));
    let path = svg.split("data-area=\"a\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('z').count(), 2, "shell and hole: {path}");
    // The shell is 20 km² and the other area 8 km²; each is one colour, less names and borders.
    let colours = palette::sequential(2);
    let [with_hole, beside] = [0, 1].map(|class| n_pixels(&svg, &colours[class]) as f64);
    assert!((with_hole / beside - 19.0 / 8.0).abs() < 0.1, "{}", with_hole / beside);
}

#[test]
fn an_area_without_data_is_hatched_and_counted() {
    let svg = drawn(|areas, _| {
        areas[1].value = f64::NAN;
        areas[1].class = None;
        areas[1].reason = "skjermet";
    });
    assert!(n_pixels(&svg, hatch::INK) > 300, "the hatch can be seen");
    let group = svg.split("class=\"no-data\" fill=\"url(#levekaar-no-data)\"").nth(1).unwrap();
    assert!(group.split("</g>").next().unwrap().contains("data-area=\"b\""));
    assert!(svg.contains(">Ingen data</text>") && svg.contains("Skår: skjermet"));
    assert!(!drawn(|_, _| {}).contains(">Ingen data<"), "no entry where all have data");
}

#[test]
fn selected_areas_are_outlined_above_the_colours_and_counted() {
    let svg = drawn(|areas, request| {
        areas[0].selection = SelectionMark::Selected;
        areas[1].selection = SelectionMark::Unknown;
        request.selection_rule = Some("de ti dårligste");
    });
    let outline = svg.find("selected-outline").unwrap();
    assert!(outline > svg.find("data-area=\"b\"").unwrap());
    assert!(svg.contains("class=\"undecided-outline\"") && svg.contains("stroke-dasharray"));
    assert!(svg.contains(">Utvalgt: de ti") && svg.contains(">Uavklart utvalg"));
    assert!(!drawn(|_, _| {}).contains("Utvalgt"));
}

#[test]
fn legend_tells_areas_people_and_direction() {
    let svg = drawn(|_, _| {});
    for text in ["0,0 til 1,0", "1,0 til 2,5", "Områder", "Innbyggere", "5\u{a0}200", "1\u{a0}km"]
    {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg.contains("høyere skår = dårligere levekår"));
    let worst = svg.find(">1,0 til 2,5<").unwrap();
    assert!(worst < svg.find(">0,0 til 1,0<").unwrap(), "worst on top");

    let svg = drawn(|areas, request| {
        request.language = Language::En;
        request.direction = Direction::HigherIsBetter;
        areas[1].population = None;
    });
    assert!(svg.contains("1.0 to 2.5") && svg.contains("higher value = better living conditions"));
    assert!(svg.find(">0.0 to 1.0<").unwrap() < svg.find(">1.0 to 2.5<").unwrap());
}

#[test]
fn people_of_unknown_number_are_not_nobody() {
    let svg = drawn(|areas, _| {
        areas[0].class = Some(1);
        areas[1].population = None;
    });
    assert!(svg.contains("≥\u{a0}5\u{a0}200"));
}

#[test]
fn synthetic_data_say_so_in_banner_watermark_and_label() {
    assert_eq!(drawn(|_, request| request.synthetic = true).matches("SYNTETISKE DATA").count(), 3);
    assert!(!drawn(|_, _| {}).contains("SYNTETISK"));
}

#[test]
fn each_area_can_be_found_and_tells_its_numbers() {
    let svg = drawn(|_, _| {});
    assert_eq!(svg.matches("class=\"area\"").count(), 2);
    let title =
        "<title>Sør (a) · Skår: 0,5 · klasse 1 av 2 (0,0 til 1,0) · innbyggere: 5\u{a0}200</title>";
    assert!(svg.contains(title), "{svg}");
    assert!(svg.contains("role=\"img\" aria-label=\"Kart: Levekår."));
}

#[test]
fn a_map_of_nothing_is_still_a_map() {
    let request = MapRequest { key: Key::Ranges { limits: &[], turn: None }, ..request(&[]) };
    assert!(rasterise(&choropleth(&request), 400).is_ok());
}

#[test]
fn same_request_same_bytes() {
    let svg = drawn(|_, _| {});
    assert_eq!(svg, drawn(|_, _| {}));
    let png = rasterise(&svg, 480).unwrap();
    assert!(png.starts_with(b"\x89PNG") && png == rasterise(&svg, 480).unwrap());
}

#[test]
fn pictures_of_impossible_size_are_refused() {
    let svg = drawn(|_, _| {});
    assert!(matches!(rasterise(&svg, 0), Err(MapError::Size { .. })));
    assert!(matches!(rasterise(&svg, 1_000_000), Err(MapError::Size { .. })));
    assert!(matches!(rasterise("no drawing", 100), Err(MapError::InvalidSvg { .. })));
}

/// How many pixels of the picture have exactly this colour.
fn n_pixels(svg: &str, colour: &str) -> usize {
    let wanted: Vec<u8> =
        [1, 3, 5].iter().map(|&at| u8::from_str_radix(&colour[at..at + 2], 16).unwrap()).collect();
    let png = rasterise(svg, 1920).unwrap();
    let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    let same =
        |p: &&resvg::tiny_skia::PremultipliedColorU8| [p.red(), p.green(), p.blue()] == wanted[..];
    picture.pixels().iter().filter(same).count()
}

/// A map of two areas, the first with a hole, after `change`.
fn drawn(change: impl FnOnce(&mut Vec<MapArea<'_>>, &mut MapRequest<'_>)) -> String {
    let boundaries = two_areas();
    let [a, b] = [0, 1].map(|idx| &boundaries.shapes()[idx]);
    let area = |shape, name, value, class, population| MapArea {
        shape,
        name,
        value,
        second: f64::NAN,
        reason: "",
        gap: Gap::Missing,
        class: Some(class),
        population: Some(population),
        selection: SelectionMark::NotSelected,
    };
    let mut areas = vec![area(a, "Sør", 0.5, 0, 5_200.0), area(b, "Østre bydel", 2.5, 1, 812.0)];
    let mut request = request(&[]);
    change(&mut areas, &mut request);
    choropleth(&MapRequest { areas: &areas, ..request })
}

fn request<'a>(areas: &'a [MapArea<'a>]) -> MapRequest<'a> {
    MapRequest {
        title: "Levekår",
        subtitle: "To soner, 2024",
        source: "egen tabell",
        language: Language::Nb,
        synthetic: false,
        legend_title: "Skår",
        direction: Direction::HigherIsWorse,
        note: None,
        decimals: 1,
        key: Key::Ranges { limits: &[0.0, 1.0, 2.5], turn: None },
        selection_rule: None,
        areas,
        look: Look::default(),
    }
}

fn two_areas() -> Boundaries {
    let with_hole = polygon!(
        exterior: [(x: 597000., y: 6643000.), (x: 602000., y: 6643000.),
            (x: 602000., y: 6647000.), (x: 597000., y: 6647000.)],
        interiors: [[(x: 598000., y: 6644000.), (x: 598000., y: 6645000.),
            (x: 599000., y: 6645000.), (x: 599000., y: 6644000.)]],
    );
    let beside = polygon![(x: 602000., y: 6643000.), (x: 604000., y: 6643000.),
        (x: 604000., y: 6647000.), (x: 602000., y: 6647000.)];
    let source = |id: &str, polygon: Polygon<f64>| SourceShape {
        id: id.into(),
        name: None,
        polygons: MultiPolygon(vec![polygon]),
    };
    let shapes = vec![source("a", with_hole), source("b", beside)];
    Boundaries::from_source(shapes, Crs::from_epsg(25832).unwrap(), Vec::new()).unwrap()
}
