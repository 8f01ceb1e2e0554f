//! Somebody hands over the results: the page says what the files say, and nothing in it runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::{csv, folder, levekaar, levekaar_ok};

/// What a reader sees and what sorts: the text of a cell, and `data-v`.
struct Shown {
    text: String,
    value: Option<String>,
}

#[test]
fn every_number_of_the_report_is_the_csv_files_number_at_the_shown_precision() {
    for (project, language) in [
        ("oslo-bydeler-2013", "nb"),
        ("syntetisk-51", "en"),
        ("stavanger-levekaarssoner-2016", "nb"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let path = format!("datasets/{project}/project.toml");
        let at = out.path().to_str().unwrap();
        levekaar_ok(&["run", &path, "-o", at, "--language", language, "-q"]);
        let file = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
        let html = file("report.html");
        let compared = ranking(&html, &file("ranking.csv"), &file("uncertainty.csv"), language)
            + values(&html, &file("indicators.csv"), language)
            + reasons(&html, &file("selection.csv"), language)
            + profiles(&html, &file("ranking.csv"), &file("indicators.csv"), language);
        assert!(compared > 200, "{project}: only {compared} cells were compared");
        if out.path().join("funding").exists() {
            let compared = amounts(&html, &file("funding/comparison.csv"), language);
            assert_eq!(compared, 4 * 15, "{project}");
        }
    }
}

/// Today's amount, the model's, and the change in kroner and per cent, against `comparison.csv`.
fn amounts(html: &str, comparison: &str, language: &str) -> usize {
    let section = html.split("<section id=\"funding\"").nth(1).unwrap();
    let by_area: BTreeMap<String, BTreeMap<String, String>> = csv(comparison)
        .into_iter()
        .filter(|row| row["model"] == "oslo-need-times-people")
        .map(|row| (row["area"].clone(), row))
        .collect();
    let mut compared = 0;
    for (area, cells) in rows(section.split("</table>").next().unwrap()) {
        let numbers = cells.iter().filter(|cell| cell.value.is_some());
        for (cell, column) in numbers.zip(["today", "amount", "change", "change_percent"]) {
            let in_file = &by_area[&area][column];
            if in_file.is_empty() {
                assert_eq!(cell.text, "–", "{area} {column}");
            } else {
                assert_same(cell, in_file, language, &format!("{area} {column}"));
            }
            compared += 1;
        }
    }
    compared
}

/// Rank, interval, score, classes and every part, against `ranking.csv` and `uncertainty.csv`.
fn ranking(html: &str, ranks: &str, intervals: &str, language: &str) -> usize {
    let parts: Vec<String> = header(ranks).into_iter().skip(6).collect();
    let (ranks, intervals) = (by_area(ranks), by_area(intervals));
    let mut compared = 0;
    let rows = table(html, "ranking-table");
    assert!(rows.len() > 10);
    for (area, cells) in rows {
        let row = &ranks[&area];
        let sorted: Vec<&Shown> = cells.iter().filter(|cell| cell.value.is_some()).collect();
        // Rank, score, decile, quintile, perhaps residents, then the parts.
        for (cell, column) in sorted.iter().zip(["rank", "score", "decile", "quintile"]) {
            assert_same(cell, &row[column], language, &format!("{area} {column}"));
            compared += 1;
        }
        let of_parts = &sorted[sorted.len() - parts.len()..];
        for (cell, part) in of_parts.iter().zip(&parts) {
            assert_same(cell, &row[part], language, &format!("{area} {part}"));
            compared += 1;
        }
        let interval = &intervals[&area];
        let ends = ["low", "high"].map(|end| interval[end].parse::<f64>().unwrap());
        let (low, high) = (ends[0].floor(), ends[1].ceil());
        let shown = if low == high { format!("{low}") } else { format!("{low}–{high}") };
        assert!(cells.iter().any(|cell| cell.text == shown), "{area}: no interval {shown}");
        compared += 1;
    }
    compared
}

/// Every indicator as measured, with its gaps, against `indicators.csv`.
fn values(html: &str, indicators: &str, language: &str) -> usize {
    let mut of_area: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for row in csv(indicators) {
        of_area.entry(row["area"].clone()).or_default().push(row);
    }
    let mut compared = 0;
    for (area, cells) in table(html, "values-table") {
        let cells: Vec<Shown> = cells.into_iter().filter(|cell| cell.value.is_some()).collect();
        assert_eq!(cells.len(), of_area[&area].len(), "{area}");
        for (cell, row) in cells.iter().zip(&of_area[&area]) {
            if row["value"].is_empty() {
                assert!(cell.value.as_deref() == Some("") && !cell.text.is_empty(), "{area}");
            } else {
                assert_same(cell, &row["value"], language, &format!("{area} {}", row["indicator"]));
            }
            compared += 1;
        }
    }
    compared
}

/// Each reason word for word, against `selection.csv`.
fn reasons(html: &str, selection: &str, language: &str) -> usize {
    let by_area = by_area(selection);
    let section = html.split("<section id=\"selection\"").nth(1).unwrap();
    let section = section.split("</section>").next().unwrap();
    let mut compared = 0;
    for (area, cells) in rows(section) {
        let reason = &by_area[&area][&format!("reason_{language}")];
        assert_eq!(&cells.last().unwrap().text, reason, "{area}");
        compared += 1;
    }
    assert_eq!(compared, by_area.len(), "each area has its reason");
    compared
}

/// Values of each profile, against both files.
fn profiles(html: &str, ranks: &str, indicators: &str, language: &str) -> usize {
    let ranks = by_area(ranks);
    let mut of_area: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in csv(indicators) {
        of_area.entry(row["area"].clone()).or_default().push(row["value"].clone());
    }
    let cards: Vec<&str> = html.split("<article class=\"profile\"").skip(1).collect();
    assert_eq!(cards.len(), ranks.len(), "each area has its profile");
    let mut compared = 0;
    for card in cards {
        let area = attribute(card, "data-profile").unwrap();
        let own: Vec<Shown> = card.split("class=\"number own\"").skip(1).map(cell).collect();
        assert_eq!(own.len(), of_area[&area].len());
        for (shown, value) in own.iter().zip(&of_area[&area]) {
            if !value.is_empty() {
                assert_same(shown, value, language, &format!("profile of {area}"));
                compared += 1;
            }
        }
        let facts = card.split("</dl>").next().unwrap();
        let score = &ranks[&area]["score"];
        if !score.is_empty() {
            let shown = facts.split("<dd>").nth(2).map(|rest| cell(&format!(">{rest}"))).unwrap();
            let text = shown.text.split(' ').next().unwrap().to_owned();
            assert_same(&Shown { text, value: None }, score, language, &area);
            compared += 1;
        }
    }
    compared
}

#[test]
fn names_that_could_run_stay_text_in_every_file() {
    let names = [
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://x\";\"y\")",
        "\"' onmouseover='alert(1)",
        "javascript:alert(1)",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3",
    ];
    let mut table = String::from("id,name,x,y\n");
    for (at, name) in names.iter().enumerate() {
        let quoted = name.replace('"', "\"\"");
        // An id that looks like a formula, too; and negative numbers stay numbers.
        let id = if at == 1 { "=9".to_owned() } else { format!("0{at}") };
        table.push_str(&format!("{id},\"{quoted}\",{}.5,{}\n", -(at as i32) * 3 - 1, at * at));
    }
    let index = r#"
version = 1
id = "toy"
title = { nb = "<b>Leketøy</b>", en = "<b>Toy</b>" }
source = "=nobody & <i>nothing</i>"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" } }
ranking = { ties = "min" }
defaults = { normalise = { method = "min-max" } }
[[indicator]]
id = "x"
title = { nb = "=1+1", en = "=1+1" }
unit = "</td>"
direction = "higher-is-worse"
weight = 0.5
[[indicator]]
id = "y"
title = { nb = "Y", en = "Y" }
unit = ""
direction = "higher-is-better"
weight = 0.5
"#;
    let project = r#"
version = 1
id = "toy"
title = { nb = "<img src=x onerror=alert(1)>", en = "x" }
areas = { file = "table.csv", id = "id", name = "name" }
index = { file = "index.toml" }
selection = { preset = "worst-fifth" }
"#;
    let folder = folder(&[
        ("table.csv", table.as_bytes()),
        ("index.toml", index.as_bytes()),
        ("project.toml", project.as_bytes()),
    ]);
    let at = folder.path().to_str().unwrap();
    levekaar_ok(&["run", &format!("{at}/project.toml"), "-o", &format!("{at}/out"), "-q"]);
    let html = fs::read_to_string(format!("{at}/out/report.html")).unwrap();
    assert_eq!(html.matches("<script").count(), 1, "only the page's own script");
    for raw in ["<b>Leke", "<img src=x", "<i>nothing", "\"' onmouseover", "href=\"javascript"] {
        assert!(!html.contains(raw), "{raw} came through");
    }
    let mut n_files = 0;
    for entry in fs::read_dir(format!("{at}/out")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        n_files += 1;
        let text = fs::read_to_string(&path).unwrap();
        for record in
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records()
        {
            for cell in &record.unwrap() {
                let runs = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
                assert!(!runs, "{}: {cell}", path.display());
            }
        }
    }
    assert!(n_files >= 3, "{n_files}");
    let measured = fs::read_to_string(format!("{at}/out/indicators.csv")).unwrap();
    let values: Vec<f64> = csv(&measured)
        .iter()
        .filter(|row| row["indicator"] == "x")
        .map(|row| row["value"].parse().unwrap())
        .collect();
    assert_eq!(values, [-1.5, -4.5, -7.5, -10.5, -13.5, -16.5]);
}

#[test]
fn the_report_alone_is_the_one_that_run_writes() {
    let out = tempfile::tempdir().unwrap();
    let at = out.path().to_str().unwrap();
    let project = "datasets/oslo-bydeler-2013/project.toml";
    levekaar_ok(&["run", project, "-o", at, "-q"]);
    let (page, book) = (format!("{at}/alone.html"), format!("{at}/alone.xlsx"));
    let said = levekaar_ok(&["report", project, "-o", &page, "-q"]);
    assert_eq!(said.out.trim(), page);
    assert!(fs::read(&page).unwrap() == fs::read(format!("{at}/report.html")).unwrap());
    levekaar_ok(&["workbook", project, "-o", &book, "-q"]);
    assert!(fs::read(&book).unwrap() == fs::read(format!("{at}/results.xlsx")).unwrap());
}

#[test]
fn a_pdf_without_a_browser_is_refused_with_what_to_do() {
    let out = tempfile::tempdir().unwrap();
    let page = out.path().join("r.html");
    let page = page.to_str().unwrap();
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_levekaar"))
        .args(["report", "datasets/oslo-bydeler-2013/project.toml", "-o", page, "--pdf"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LEVEKAAR_CHROMIUM", "/no/such/browser")
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(1));
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(words.contains("LEVEKAAR_CHROMIUM") && words.contains("/no/such/browser"), "{words}");
    assert!(!Path::new(page).exists(), "nothing is written where something is wrong");
    let unknown = levekaar(&[
        "report",
        "datasets/oslo-bydeler-2013/project.toml",
        "-o",
        page,
        "--profile",
        "Stovnr",
    ]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("Stovner"), "{}", unknown.err);
}

/// The number on the page is the number of the file, rounded as the page shows it.
fn assert_same(shown: &Shown, in_file: &str, language: &str, what: &str) {
    if in_file.is_empty() {
        assert_eq!(shown.text, "–", "{what}");
        return;
    }
    let text = match language {
        "nb" => shown.text.replace('\u{a0}', "").replace(',', "."),
        _ => shown.text.replace(',', ""),
    };
    // Marks of treatment stand after the number.
    let text = text.split_whitespace().next().unwrap_or_default().replace('\u{2212}', "-");
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let (number, expected): (f64, f64) = (
        text.parse().unwrap_or_else(|_| panic!("{what}: `{}` is no number", shown.text)),
        in_file.parse().unwrap(),
    );
    let half = 0.5 * 10_f64.powi(-(decimals as i32));
    assert!((number - expected).abs() <= half * (1.0 + 1e-9), "{what}: {number} for {expected}");
    if let Some(value) = &shown.value {
        assert_eq!(value.parse::<f64>().unwrap(), expected, "{what}: the value that sorts");
    }
}

fn header(text: &str) -> Vec<String> {
    csv::Reader::from_reader(text.as_bytes()).headers().unwrap().iter().map(str::to_owned).collect()
}

fn by_area(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    csv(text).into_iter().map(|row| (row["area"].clone(), row)).collect()
}

/// The rows of the table with this id, by area.
fn table(html: &str, id: &str) -> Vec<(String, Vec<Shown>)> {
    let table = html.split(&format!("<table id=\"{id}\"")).nth(1).unwrap();
    rows(table.split("</table>").next().unwrap())
}

/// The rows that name an area, each with its cells.
fn rows(html: &str) -> Vec<(String, Vec<Shown>)> {
    html.split("<tr")
        .skip(1)
        .filter_map(|row| {
            let row = row.split("</tr>").next()?;
            let area = attribute(row.split('>').next()?, "data-area")?;
            let cells = row.replace("<th", "<td").replace("</th>", "</td>");
            Some((area, cells.split("<td").skip(1).map(cell).collect()))
        })
        .collect()
}

/// A cell from its attributes on.
fn cell(from_attributes: &str) -> Shown {
    let (head, rest) = from_attributes.split_once('>').unwrap();
    let inner = rest.split("</td>").next().unwrap().split("</dd>").next().unwrap();
    let mut text = String::new();
    let mut in_tag = false;
    for c in inner.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    Shown { text: unescaped(text.trim()), value: attribute(head, "data-v") }
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let rest = head.split(&format!("{name}=\"")).nth(1)?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&")
}
