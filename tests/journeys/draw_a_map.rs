//! A planner draws maps: one measure, two at once, a change, several side by side, on paper.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::harness::{folder, levekaar, levekaar_ok, shared};

const OSLO: &str = "datasets/oslo-bydeler-2013/project.toml";
const CITY: &str = "datasets/syntetisk-51/project.toml";

#[test]
fn two_measures_at_once_have_a_square_of_nine_fields() {
    for (project, against, n_areas) in
        [(OSLO, "people", 15), (CITY, "people", 51), (CITY, "uncertainty", 51)]
    {
        let svg = map(project, &["--against", against]);
        let fields = elements(&svg, "rect", "field");
        assert_eq!(fields.len(), 9);
        let colours: BTreeSet<String> = fields.iter().map(|f| attribute(f, "fill")).collect();
        assert_eq!(colours.len(), 9, "nine colours");
        // The areas of each field are as many as have its colour.
        let mut drawn = 0;
        for (at, field) in fields.iter().enumerate() {
            let class = attribute(field, "data-class");
            assert_eq!(class, (at + 1).to_string());
            drawn += group(&svg, &format!("class-{class}")).matches("data-area=").count();
        }
        assert_eq!(drawn, n_areas, "{against}");
    }
    // Score and share of people of one area, in its title.
    let svg = map(OSLO, &["--against", "people"]);
    let title = title_of(&svg, "030101");
    assert!(title.contains("Skår: ") && title.contains("Andel av innbyggerne (%): "), "{title}");
    let said = levekaar(&["map", OSLO, "-o", "x.svg", "--against", "score"]);
    assert!(said.code == 1 && said.err.contains("the same measure twice"), "{}", said.err);
}

#[test]
fn a_change_turns_at_no_change_and_says_which_way_is_worse() {
    let svg = map(CITY, &["--show", "low_education", "--since", "2015"]);
    assert!(svg.contains("Bare grunnskole: endring 2015–2024"), "the subtitle");
    assert!(svg.contains("økning = dårligere levekår") && svg.contains("Fargene snur ved 0."));
    assert!(svg.contains("Tall for 2015 og 2024"));
    // Each area's change is that of the two maps of single years.
    let of = |year: &str| -> BTreeMap<String, f64> {
        let text = fs::read_to_string("datasets/syntetisk-51/indicators.csv").unwrap();
        let rows = crate::harness::csv(&text);
        let rows = rows.iter().filter(|row| row["year"] == year);
        rows.filter_map(|row| {
            let [n, of] = ["low_education_n", "low_education_of"].map(|c| row[c].parse::<f64>());
            Some((row["area"].clone(), 100.0 * n.ok()? / of.ok()?))
        })
        .collect()
    };
    let (before, after) = (of("2015"), of("2024"));
    let mut compared = 0;
    for (area, now) in &after {
        let Some(then) = before.get(area) else { continue };
        let title = title_of(&svg, area);
        let shown = number_after(&title, "(prosentpoeng): ");
        assert!((shown - (now - then)).abs() < 0.051, "{area}: {title}, not {}", now - then);
        compared += 1;
    }
    assert!(compared > 45, "{compared}");
    // Limits are at the same distances on both sides.
    let limits = limits(&svg);
    let inner: Vec<f64> = limits[1..limits.len() - 1].to_vec();
    let turned: Vec<f64> = inner.iter().rev().map(|x| -x).collect();
    assert!(inner.iter().any(|x| *x > 0.0));
    for limit in inner.iter().filter(|x| turned.iter().any(|t| t == *x)) {
        assert!(inner.contains(&-limit));
    }
    // Scores of two years are on two scales; ranks are not.
    let said = levekaar(&["map", CITY, "-o", "x.svg", "--show", "score", "--since", "2015"]);
    assert!(said.code == 1 && said.err.contains("scales are set anew"), "{}", said.err);
    assert!(map(CITY, &["--since", "2015"]).contains("Rang: endring 2015–2024"));
}

#[test]
fn panels_share_their_limits_and_count_each_its_own() {
    for (project, panels, n, n_areas) in [
        (CITY, "2015,2018,2021,2024", 4, 51),
        (CITY, "indicators", 5, 51),
        (OSLO, "median_income,employment,dropout", 3, 15),
    ] {
        let mut args = vec!["--panels", panels];
        if panels.starts_with('2') {
            args.extend(["--show", "employment"]);
        }
        let svg = map(project, &args);
        let parts: Vec<&str> = svg.split("<g class=\"panel\"").skip(1).collect();
        assert_eq!(parts.len(), n);
        // Every class has one range and one colour, whichever panel its areas are in.
        let mut ranges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for part in &parts {
            assert_eq!(part.matches("data-area=").count(), n_areas);
            for class in part.split("<g class=\"class-").skip(1) {
                let key = class.split('"').next().unwrap().to_owned();
                let own = ranges.entry(key).or_default();
                own.insert(attribute(class, "fill"));
                for title in class.split("</g>").next().unwrap().split("<title>").skip(1) {
                    let title = title.split("</title>").next().unwrap();
                    let range = title.split(" (").last().unwrap().split(')').next().unwrap();
                    own.insert(range.to_owned());
                }
            }
        }
        assert!(ranges.len() >= 4, "{ranges:?}");
        assert!(ranges.values().all(|own| own.len() == 2), "a colour and a range: {ranges:?}");
        assert!(svg.contains("Samme klassegrenser i alle kartene."));
    }
    let said = levekaar(&["map", CITY, "-o", "x.svg", "--panels", "2015,dropout"]);
    assert!(said.code == 1 && said.err.contains("neither all years"), "{}", said.err);
}

#[test]
fn circles_are_as_large_as_the_people_are_many() {
    let svg = map(OSLO, &["--circles"]);
    let circles: BTreeMap<String, f64> = svg
        .split("<circle data-people=\"")
        .skip(1)
        .map(|part| {
            let id = part.split('"').next().unwrap().to_owned();
            (id, attribute(part, "r").parse().unwrap())
        })
        .collect();
    let rows = crate::harness::csv(
        &fs::read_to_string("datasets/oslo-bydeler-2013/indicators.csv").unwrap(),
    );
    assert_eq!(circles.len(), rows.len());
    let people: f64 = rows[0]["population_2014"].parse().unwrap();
    let scale = circles[&rows[0]["bydel"]] / people.sqrt();
    for row in &rows {
        let people: f64 = row["population_2014"].parse().unwrap();
        assert!((circles[&row["bydel"]] - scale * people.sqrt()).abs() < 0.01);
    }
    let legend = group(&svg, "circle-legend");
    assert_eq!(legend.matches("<circle").count(), 3);
}

#[test]
fn three_kinds_of_gaps_have_three_hatches_and_only_those_that_are_there() {
    let table = "id;navn;x;y\n1;A;1;1\n2;B;:;1\n3;C;.;2\n4;D;..;2\n5;E;5;3\n6;F;6;3\n";
    let files = small_project(table, &squares(7));
    let path = files.path().join("p.toml");
    let project = path.to_str().unwrap();
    let svg = map(project, &["--show", "x"]);
    for (hatch, areas, text) in [
        ("no-data", vec!["4", "7"], "Ingen data"),
        ("suppressed", vec!["2"], "Skjermet: få personer bak tallet"),
        ("not-applicable", vec!["3"], "Ikke aktuelt eller ikke rangert"),
    ] {
        assert_eq!(ids(&group(&svg, hatch)), areas, "{hatch}");
        assert!(svg.contains(&format!("<pattern id=\"levekaar-{hatch}\"")));
        assert!(svg.contains(&format!("<pattern id=\"levekaar-{hatch}-swatch\"")));
        assert!(svg.contains(&format!("fill=\"url(#levekaar-{hatch}-swatch)\"")), "{hatch}");
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    // An area that the table does not have is told apart in its title.
    assert!(title_of(&svg, "7").contains("ingen tall i tabellen"));
    let svg = map(project, &["--show", "y"]);
    assert_eq!(svg.matches("<pattern").count(), 2, "one hatch, for the area without figures");
    assert!(!svg.contains("levekaar-suppressed") && svg.contains("levekaar-no-data-swatch"));
    // The score lacks where x does, for the reason that x does.
    let svg = map(project, &[]);
    assert_eq!(ids(&group(&svg, "suppressed")), ["2"]);
    assert!(!map(OSLO, &[]).contains("<pattern"));
}

#[test]
fn names_stand_inside_their_areas_or_beside_them_and_never_meet() {
    for (project, more) in [
        (OSLO, &["--names", "all"][..]),
        (CITY, &["--names", "all"]),
        (CITY, &["--names", "20", "--page", "a4"]),
        (CITY, &["--names", "all", "--circles", "--page", "a3-landscape"]),
        (CITY, &["--names", "all", "--inset", "auto"]),
    ] {
        let svg = map(project, more);
        let main = svg.split("<g class=\"inset\"").next().unwrap();
        let outlines = outlines(main);
        let labels = labels(main);
        assert!(labels.len() >= 10, "{more:?}: {}", labels.len());
        let n_lines = main.matches("class=\"leader\"").count();
        let mut outside = 0;
        for (at, (id, own)) in labels.iter().enumerate() {
            for (other, theirs) in &labels[at + 1..] {
                let apart = own[2] <= theirs[0]
                    || theirs[2] <= own[0]
                    || own[3] <= theirs[1]
                    || theirs[3] <= own[1];
                assert!(apart, "{id} and {other} meet: {own:?} {theirs:?}");
            }
            let corners = [(0, 1), (2, 1), (2, 3), (0, 3)].map(|(x, y)| (own[x], own[y]));
            let rings = &outlines[id];
            outside += usize::from(!corners.iter().all(|corner| contains(rings, *corner)));
        }
        assert!(outside <= n_lines, "{outside} names leave their areas, {n_lines} have a line");
        let placed: usize =
            attribute(group(main, "labels").as_str(), "data-placed").parse().unwrap();
        assert_eq!(placed, labels.len());
    }
    // Selected areas come first, and what had no room is told.
    let svg = map(CITY, &["--names", "all"]);
    let left_out: usize = attribute(&group(&svg, "labels"), "data-left-out").parse().unwrap();
    if left_out > 0 {
        assert!(svg.contains(&format!("ikke plass til {left_out}.")));
    }
    let svg = map(CITY, &["--names", "selected"]);
    let named: BTreeSet<String> = labels(&svg).into_iter().map(|(id, _)| id).collect();
    assert!(!named.is_empty());
    for id in &named {
        assert!(svg.contains(&format!("<path class=\"area selected\" data-area=\"{id}\"")));
    }
    assert!(!map(CITY, &["--names", "none"]).contains("class=\"labels\""));
}

#[test]
fn an_inset_shows_a_part_in_a_frame_and_where_it_is_from() {
    let svg = map(OSLO, &["--inset", "10.70,59.90,10.80,59.94"]);
    let [locator, frame] = ["locator-line", "inset-frame"].map(|class| {
        let found = elements(&svg, "rect", class);
        assert_eq!(found.len(), 1, "{class}");
        ["width", "height"].map(|side| attribute(found[0], side).parse::<f64>().unwrap())
    });
    let times = frame[0] / locator[0];
    assert!(times > 1.5, "larger than on the map: {times}");
    assert!((frame[1] / locator[1] - times).abs() < 0.05, "of the same form");
    let shown = svg.matches("class=\"inset-area").count();
    assert!((3..15).contains(&shown), "{shown}");
    assert_eq!(svg.matches("class=\"area").count() - svg.matches("class=\"areas").count(), 15);
    assert_eq!(svg.matches("class=\"scale-bar\"").count(), 2, "each has its own scale");
    // Sixteen small squares in the corner of seven large ones are found; a row of squares
    // has no dense part and no inset, which is told.
    let mut features = squares(7);
    features.truncate(features.rfind(']').unwrap());
    for at in 0..16 {
        let (west, south) = (10.03 + 0.001 * f64::from(at % 4), 59.01 + 0.001 * f64::from(at / 4));
        features.push_str(&format!(",{}", feature(at as usize + 8, (west, south), 0.001)));
    }
    features.push_str("]}");
    let rows: Vec<String> = (1..=23).map(|id| format!("{id};N{id};{id};{}\n", id % 5)).collect();
    let files = small_project(&format!("id;navn;x;y\n{}", rows.concat()), &features);
    let path = files.path().join("p.toml");
    let svg = map(path.to_str().unwrap(), &["--inset", "auto"]);
    assert!(svg.matches("class=\"inset-area").count() >= 16 && svg.contains("inset-frame"));
    let files = small_project("id;navn;x;y\n1;A;1;1\n2;B;2;1\n3;C;3;2\n", &squares(3));
    let [project, out] = ["p.toml", "m.svg"].map(|name| files.path().join(name));
    let [project, out] = [&project, &out].map(|path| path.to_str().unwrap());
    let said = levekaar_ok(&["map", project, "-o", out, "--inset", "auto"]);
    assert!(said.err.contains("ikke tegnet noe utsnitt"), "{}", said.err);
    let said = levekaar(&["map", OSLO, "-o", "x.svg", "--inset", "10.8,59.9,10.7,59.94"]);
    assert!(said.code == 1 && said.err.contains("is not a box"), "{}", said.err);
}

#[test]
fn pages_have_the_size_of_the_paper_and_all_that_a_map_needs() {
    for (page, size) in [
        ("a4", ("210mm", "297mm")),
        ("a4-landscape", ("297mm", "210mm")),
        ("a3", ("297mm", "420mm")),
        ("a3-landscape", ("420mm", "297mm")),
        ("16:9", ("338.7mm", "190.5mm")),
    ] {
        for project in [OSLO, CITY] {
            let svg = map(project, &["--page", page, "--language", "en"]);
            let root = svg.split('>').next().unwrap();
            assert_eq!(
                (attribute(root, "width").as_str(), attribute(root, "height").as_str()),
                size
            );
            for needed in ["scale-bar", "north-arrow", ">Source: ", ">Areas<", ">Residents<"] {
                let plain = needed.trim_start_matches('>');
                assert!(svg.contains(plain), "{page}: {needed}");
            }
            // Nothing is written beyond the paper.
            let view: Vec<f64> =
                attribute(root, "viewBox").split(' ').map(|x| x.parse().unwrap()).collect();
            for text in svg.split("<text x=\"").skip(1) {
                let x: f64 = text.split('"').next().unwrap().parse().unwrap();
                let y: f64 = attribute(text, "y").parse().unwrap();
                assert!(x > 0.0 && x < view[2] && y > 0.0 && y < view[3], "{page}: {x} {y}");
            }
        }
    }
    let svg = map(CITY, &["--date", "1. januar 2024"]);
    assert!(svg.contains("Tall for 1. januar 2024. Kilde: "));
    assert!(map(CITY, &[]).contains("Tall for 2024. Kilde: "), "the year of the table");
}

#[test]
fn colours_turn_at_a_reference_and_kinds_have_colours_of_their_own() {
    let svg = map(CITY, &["--around", "mean"]);
    assert!(svg.contains("Fargene snur ved "));
    let worst = group(&svg, &format!("class-{}", limits(&svg).len() - 1));
    assert_eq!(attribute(&worst, "fill"), "#7f3b08", "the worse end");
    let svg = map(CITY, &["--show", "parent"]);
    let fills: BTreeSet<String> =
        svg.split("<g class=\"class-").skip(1).map(|part| attribute(part, "fill")).collect();
    assert_eq!(fills.len(), 6, "six districts");
    let svg = map(OSLO, &["--show", "selection"]);
    assert_eq!(group(&svg, "class-1").matches("data-area=").count(), 8);
    assert_eq!(group(&svg, "class-2").matches("data-area=").count(), 7);
    let said = levekaar(&["map", CITY, "-o", "x.svg", "--show", "low_educatoin"]);
    assert!(said.code == 1 && said.err.contains("did you mean `low_education`"), "{}", said.err);
    let said = levekaar(&["map", CITY, "-o", "x.svg", "--minus", "rank", "--since", "2015"]);
    assert!(said.code == 1 && said.err.contains("do not go together"), "{}", said.err);
}

#[test]
fn the_project_file_says_which_map_run_draws() {
    let own = fs::read_to_string(CITY).unwrap();
    let data = fs::canonicalize("datasets/syntetisk-51").unwrap();
    let more = "\n[map]\nagainst = \"people\"\ncircles = true\nnames = \"selected\"\n\
                page = \"a4-landscape\"\ndate = \"2024\"\n\n[uncertainty]\nreplicates = 0\n";
    let files = folder(&[("project.toml", (own + more).as_bytes())]);
    for name in ["indicators.csv", "boundaries.geojson", "index.toml"] {
        fs::copy(data.join(name), files.path().join(name)).unwrap();
    }
    let project = files.path().join("project.toml");
    let out = files.path().join("out");
    levekaar_ok(&["-q", "run", project.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let of_run = fs::read_to_string(out.join("map.svg")).unwrap();
    assert_eq!(elements(&of_run, "rect", "field").len(), 9);
    assert_eq!(of_run, map(project.to_str().unwrap(), &[]), "`map` draws the same");
    // What is typed takes the place of what the file shows, and leaves how it is drawn.
    let typed = map(project.to_str().unwrap(), &["--show", "dropout"]);
    assert!(elements(&typed, "rect", "field").is_empty() && typed.contains("297mm"));
}

#[test]
fn stavanger_has_a_change_and_panels_over_its_published_years() {
    let Some(outlines) = shared("norway/stavanger-levekaarssoner/stavanger_levekarssoner.geojson")
    else {
        return;
    };
    let Some(long) = shared("norway/stavanger-levekaarssoner/stavanger_long.csv") else { return };
    let index = fs::read_to_string("datasets/stavanger-levekaarssoner-2016/index.toml").unwrap();
    let index = index.replace("\"propagate\"", "\"available-weight\", at-least = 0.5");
    let project = format!(
        "version = 1\nid = \"s\"\ntitle = {{ nb = \"Stavanger\", en = \"Stavanger\" }}\n\
         [areas]\nfile = \"t.csv\"\nid = \"zone\"\n\
         year = {{ column = \"year\", use-year = 2016 }}\n\
         [boundaries]\nfile = \"{}\"\nid = \"zone\"\n[index]\nfile = \"index.toml\"\n",
        outlines.display()
    );
    let files = folder(&[
        ("t.csv", wide(&fs::read_to_string(long).unwrap()).as_bytes()),
        ("index.toml", index.as_bytes()),
        ("p.toml", project.as_bytes()),
    ]);
    let path = files.path().join("p.toml");
    let project = path.to_str().unwrap();
    let svg = map(project, &["--show", "unemployed", "--since", "2012"]);
    // Zone 01 had 2.5 per cent registered unemployed in 2012 and 4.9 in 2016, as published.
    let hatched = ids(&group(&svg, "no-data"));
    for zone in ["70", "71", "72", "73"] {
        assert!(hatched.contains(&zone.to_owned()), "{zone} has no figure in one of the years");
    }
    assert_eq!(svg.matches("data-area=").count(), 73);
    let svg = map(project, &["--show", "low_education", "--panels", "2012,2014,2016"]);
    assert_eq!(svg.matches("<g class=\"panel\"").count(), 3);
    let svg = map(project, &["--panels", "domains"]);
    assert_eq!(svg.matches("<g class=\"panel\"").count(), 5);
}

#[test]
fn a_map_is_printed_on_its_own_page_where_a_browser_is_installed() {
    let out = folder(&[]);
    let file = out.path().join("map.pdf");
    let file = file.to_str().unwrap();
    let said = levekaar(&["-q", "map", OSLO, "-o", file, "--page", "a4-landscape"]);
    if said.err.contains("no Chromium, Chrome or Edge is installed") {
        println!("skipped: no browser is installed");
        return;
    }
    assert_eq!(said.code, 0, "{}", said.err);
    let pdf = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
    assert!(pdf.starts_with("%PDF"));
    // In points of 1/72 inch, one page of 297 by 210 mm.
    let boxes: Vec<&str> = pdf.split("/MediaBox").skip(1).collect();
    assert_eq!(boxes.len(), 1, "one page");
    let sides: Vec<f64> = boxes[0]
        .trim_start_matches([' ', '['])
        .split(']')
        .next()
        .unwrap()
        .split_whitespace()
        .map(|x| x.parse().unwrap())
        .collect();
    assert!((sides[2] - 841.9).abs() < 1.0 && (sides[3] - 595.3).abs() < 1.0, "{sides:?}");
}

/// The published long table with a row a zone and year.
fn wide(long: &str) -> String {
    let mut cells: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
    let mut indicators = BTreeSet::new();
    for row in crate::harness::csv(long) {
        let Ok(zone) = row["zone"].parse::<u32>() else { continue };
        if zone == 99 {
            continue;
        }
        let value = if row["value"].is_empty() { &row["value_raw"] } else { &row["value"] };
        indicators.insert(row["indicator"].clone());
        let of_zone = cells.entry((row["year"].clone(), format!("{zone:02}"))).or_default();
        of_zone.insert(row["indicator"].clone(), value.clone());
    }
    let names: Vec<&str> = indicators.iter().map(String::as_str).collect();
    let mut out = format!("year,zone,{}\n", names.join(","));
    for ((year, zone), values) in &cells {
        let line: Vec<&str> =
            names.iter().map(|name| values.get(*name).map_or("", String::as_str)).collect();
        out.push_str(&format!("{year},{zone},{}\n", line.join(",")));
    }
    out
}

const INDEX: &str = r#"version = 1
id = "xy"
title = { nb = "X og y", en = "X and y" }
source = "a test"
licence = "CC0-1.0"
[score]
aggregate = { method = "arithmetic-mean" }
weights = { method = "equal" }
missing = { policy = "propagate" }
[ranking]
ties = "min"
[defaults]
normalise = { method = "z-score", mean = 0.0, sd = 1.0, divisor = "sample" }
[[indicator]]
id = "x"
title = { nb = "X", en = "X" }
unit = "%"
direction = "higher-is-worse"
[[indicator]]
id = "y"
title = { nb = "Y", en = "Y" }
unit = "%"
direction = "higher-is-worse"
"#;

/// A project of this table and these outlines, with two indicators.
fn small_project(table: &str, outlines: &str) -> tempfile::TempDir {
    let project = "version = 1\nid = \"p\"\ntitle = { nb = \"P\", en = \"P\" }\n\
        [areas]\nfile = \"t.csv\"\nid = \"id\"\nname = \"navn\"\n\
        [boundaries]\nfile = \"b.geojson\"\nid = \"id\"\n[index]\nfile = \"i.toml\"\n";
    folder(&[
        ("t.csv", table.as_bytes()),
        ("b.geojson", outlines.as_bytes()),
        ("i.toml", INDEX.as_bytes()),
        ("p.toml", project.as_bytes()),
    ])
}

/// So many squares in a row.
fn squares(n: usize) -> String {
    let square = |at: usize| feature(at + 1, (10.0 + 0.01 * at as f64, 59.0), 0.01);
    let features: Vec<String> = (0..n).map(square).collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","))
}

/// A square of this id and corner, in degrees.
fn feature(id: usize, (west, south): (f64, f64), side: f64) -> String {
    let (east, north) = (west + side, south + side);
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"id\":\"{id}\"}},\"geometry\":{{\"type\":\
         \"Polygon\",\"coordinates\":[[[{west},{south}],[{east},{south}],[{east},{north}],\
         [{west},{north}],[{west},{south}]]]}}}}"
    )
}

/// The map of a project, as SVG.
fn map(project: &str, more: &[&str]) -> String {
    let files = folder(&[]);
    let file = files.path().join("map.svg");
    levekaar_ok(&[&["-q", "map", project, "-o", file.to_str().unwrap()], more].concat());
    read(&file)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// An attribute of the first element of a text.
fn attribute(text: &str, name: &str) -> String {
    let start = format!("{name}=\"");
    let at = match text.starts_with(&start) {
        true => Some(0),
        false => text.find(&format!(" {start}")).map(|at| at + 1),
    };
    let at = at.unwrap_or_else(|| panic!("no {name} in {}", &text[..text.len().min(200)]));
    text[at + start.len()..].split('"').next().unwrap().to_owned()
}

/// The elements of a class, from their names on.
fn elements<'a>(svg: &'a str, element: &str, class: &str) -> Vec<&'a str> {
    svg.split(&format!("<{element} class=\"{class}\"")).skip(1).collect()
}

/// The group of this class, up to its end.
fn group(svg: &str, class: &str) -> String {
    let Some((_, rest)) = svg.split_once(&format!("<g class=\"{class}\"")) else {
        return String::new();
    };
    let mut depth = 1;
    let mut at = 0;
    while depth > 0 {
        let (open, close) = (rest[at..].find("<g "), rest[at..].find("</g>"));
        match (open, close) {
            (Some(open), Some(close)) if open < close => (depth, at) = (depth + 1, at + open + 3),
            (_, Some(close)) => (depth, at) = (depth - 1, at + close + 4),
            (_, None) => break,
        }
    }
    rest[..at].to_owned()
}

fn ids(group: &str) -> Vec<String> {
    let parts = group.split("data-area=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

fn title_of(svg: &str, area: &str) -> String {
    let (_, rest) = svg.split_once(&format!("data-area=\"{area}\"")).unwrap();
    rest.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned()
}

/// The number after a text, as Norwegian writes it.
fn number_after(text: &str, before: &str) -> f64 {
    let (_, rest) = text.split_once(before).unwrap();
    let number = rest.split(" ·").next().unwrap();
    number.replace('\u{2212}', "-").replace(',', ".").replace('\u{a0}', "").parse().unwrap()
}

/// The class limits, from the lowest up, as the titles of areas have them.
fn limits(svg: &str) -> Vec<f64> {
    let mut limits: Vec<f64> = svg
        .split(" av ")
        .skip(1)
        .filter_map(|part| part.split_once(" (")?.1.split(')').next())
        .flat_map(|range| range.split(" til "))
        .filter_map(|x| x.replace('\u{2212}', "-").replace(',', ".").parse().ok())
        .collect();
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    limits
}

/// Names on the map: the area and the box.
fn labels(svg: &str) -> Vec<(String, [f64; 4])> {
    svg.split("<g class=\"label\" data-label=\"")
        .skip(1)
        .map(|part| {
            let id = part.split('"').next().unwrap().to_owned();
            let sides: Vec<f64> =
                attribute(part, "data-box").split(' ').map(|x| x.parse().unwrap()).collect();
            // The text stands in its box.
            let (_, text) = part.split_once("<text ").unwrap();
            let [x, y] = ["x", "y"].map(|at| attribute(text, at).parse::<f64>().unwrap());
            assert!(sides[0] <= x && x <= sides[2] && sides[1] <= y && y <= sides[3], "{id}");
            (id, [sides[0], sides[1], sides[2], sides[3]])
        })
        .collect()
}

type Rings = Vec<Vec<(f64, f64)>>;

/// The rings of each area in px, from the path data.
fn outlines(svg: &str) -> BTreeMap<String, Rings> {
    svg.split("data-area=\"")
        .skip(1)
        .map(|part| {
            let id = part.split('"').next().unwrap().to_owned();
            let path = attribute(part, "d");
            let rings = path.split('M').skip(1).map(|ring| {
                let (first, rest) = ring.trim_end_matches('z').split_once('l').unwrap();
                let numbers = |text: &str| -> Vec<f64> {
                    let text = text.replace('-', " -");
                    text.split_whitespace().map(|x| x.parse().unwrap()).collect()
                };
                let start = numbers(first);
                let mut at = (start[0], start[1]);
                let mut points = vec![(at.0 / 10.0, at.1 / 10.0)];
                for step in numbers(rest).chunks_exact(2) {
                    at = (at.0 + step[0], at.1 + step[1]);
                    points.push((at.0 / 10.0, at.1 / 10.0));
                }
                points
            });
            (id, rings.collect())
        })
        .collect()
}

/// Whether a point lies inside, by the even-odd rule.
fn contains(rings: &Rings, (x, y): (f64, f64)) -> bool {
    let mut inside = false;
    for ring in rings {
        for (at, a) in ring.iter().enumerate() {
            let b = ring[(at + 1) % ring.len()];
            if (a.1 <= y) != (b.1 <= y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0) {
                inside = !inside;
            }
        }
    }
    inside
}
