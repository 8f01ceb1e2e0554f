use super::section::{Block, Cell, Column as Head, Holds, Place, Table};
use super::*;
use crate::analysis::analyse;
use crate::area::Area;
use crate::index::{IndexDefinition, Plan};
use crate::indicator::{CellState, Column, IndicatorTable};
use crate::language::{message_keys, number};
use crate::notice::Notice;
use crate::provenance::InputFile;
use crate::select::RuleFile;

const DEFINITION: &str = r#"
    version = 1
    id = "toy"
    title = { nb = "Leketøysindeks", en = "Toy index" }
    source = "nobody"
    licence = "CC0-1.0"
    score = { aggregate = { method = "arithmetic-mean" } }
    ranking = { ties = "min" }
    defaults = { normalise = { method = "z-score", mean = 0.0, sd = 1.0, divisor = "sample" }, treat = [{ method = "cap", high = 30.0 }] }
    [[domain]]
    id = "economy"
    title = { nb = "Økonomi", en = "Economy" }
    weight = 0.5
    score = { aggregate = { method = "arithmetic-mean" } }
    [[indicator]]
    id = "poor"
    title = { nb = "Lav inntekt", en = "Low income" }
    unit = "%"
    direction = "higher-is-worse"
    domain = "economy"
    weight = 1.0
    impute = { method = "mean" }
    [[indicator]]
    id = "school"
    title = { nb = "Fullført skole", en = "Finished school" }
    unit = "%"
    direction = "higher-is-better"
    weight = 0.5
"#;

const RULE: &str = r#"
    version = 1
    id = "two"
    title = { nb = "De to verste", en = "The worst two" }
    source = "nobody"
    [rule]
    all = [
        { worst = { take = { areas = 2 } } },
        { compare = { fact = { indicator = "poor" }, op = ">", limit = { value = 1.0 } } },
    ]
"#;

const PROJECT: &str = r#"
    version = 1
    id = "toy"
    title = { nb = "Leketøysbyen", en = "Toy town" }
    index = { preset = "no-levekaar-5" }
    areas = { file = "a.csv", id = "id" }
"#;

const BOTH: [Language; 2] = [Language::Nb, Language::En];

#[test]
fn names_that_look_like_markup_stay_text() {
    let mut town = Town::new();
    let name = "<script>alert(1)</script>\"' onclick=x";
    town.analysis = analysis(&[("<b\"1>", name), ("2", "{{ 7 * 7 }}"), ("3", "</style>&amp;")]);
    let html = town.html(Language::Nb);
    assert!(!html.contains("<script>alert") && !html.contains("<b\"1"), "raw markup");
    assert_eq!(html.matches("<script").count(), 1, "only the page's own script");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;&quot;"));
    assert!(html.contains("{{ 7 * 7 }}") && html.contains("&lt;&#x2f;style&gt;&amp;amp;"));
}

#[test]
fn both_languages_have_all_their_words() {
    let town = Town::new();
    for language in BOTH {
        let html = town.html(language);
        assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())));
        for section in ["report.", "notice.", "select.", "general."] {
            for key in message_keys().filter(|key| key.starts_with(section)) {
                assert!(!html.contains(key), "{key} is shown as a key");
            }
        }
    }
    let nb = town.html(Language::Nb);
    assert!(nb.contains("høyere skår = dårligere levekår"));
    assert!(town.html(Language::En).contains("higher score = worse living conditions"));
}

#[test]
fn the_template_names_only_keys_of_the_catalogue() {
    let frame = ("report.html", include_str!("report.html"));
    for (name, source) in SECTIONS.into_iter().chain([frame]) {
        for part in source.split("t(\"").skip(1) {
            let key = part.split('"').next().unwrap();
            let key = if key.contains('.') { key.to_owned() } else { format!("report.{key}") };
            assert!(message_keys().any(|known| known == key), "{name}: {key}");
        }
    }
}

#[test]
fn every_ranked_area_has_its_row_with_the_analysis_numbers() {
    let town = Town::new();
    let html = town.html(Language::En);
    let ranking = &town.analysis.ranking;
    for &at in &ranking.order()[..ranking.n_ranked()] {
        let at = at as usize;
        let id = ranking.areas()[at].id.as_str();
        let row = html.split(&format!("<tr id=\"area-{id}\"")).nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        let score = ranking.scores()[at];
        assert!(row.contains(&format!("data-v=\"{score}\"")), "the exact score of {id}");
        assert!(row.contains(&format!(">{}</td>", number(score, 3, Language::En))));
        for (_, values) in town.analysis.parts() {
            assert!(row.contains(&format!(">{}</td>", number(values[at], 2, Language::En))));
        }
    }
}

#[test]
fn areas_without_rank_and_undecided_ones_are_listed_apart() {
    let html = Town::new().html(Language::Nb);
    let unranked = after(&html, "id=\"unranked\"");
    assert!(unranked.contains("data-area=\"5\"") && unranked.contains("Fullført skole (skjermet)"));
    let undecided = after(&html, "id=\"undecided\"");
    assert!(undecided.contains("data-area=\"1\""), "its low income is imputed, not known");
    assert!(!html.contains("<tr id=\"area-5\" data-area=\"5\" data-outcome"));
}

#[test]
fn gaps_imputed_and_moved_cells_are_marked_as_such() {
    let html = Town::new().html(Language::Nb);
    let values = after(&html, "id=\"values-table\"");
    assert!(values.contains(">mangler</span> <span class=\"mark\">anslått: 16,7</span>"));
    assert!(values.contains(">skjermet</span>"));
    assert!(values.contains("40,0 <span class=\"mark\">justert</span>"));
}

#[test]
fn substitutes_and_warnings_stand_near_the_top() {
    let html = Town::new().html(Language::En);
    let top = html.split("id=\"ranking\"").next().unwrap();
    assert!(top.contains("class=\"read-first\"") && top.contains("something else"));
}

#[test]
fn synthetic_data_say_so_in_title_banner_and_footer() {
    let mut town = Town::new();
    assert!(!town.html(Language::Nb).contains("class=\"synthetic-banner\""));
    town.project.synthetic = true;
    let html = town.html(Language::Nb);
    assert!(
        html.contains("class=\"synthetic-banner\"") && html.contains("(syntetiske data)</title>")
    );
    assert!(after(&html, "<footer>").contains("Syntetiske data"));
}

#[test]
fn nothing_is_fetched_and_the_policy_forbids_it() {
    let html = Town::new().html(Language::Nb);
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src"));
    for attribute in ["src=", "href=\"http", "url(http", "@import", "<link", "fetch("] {
        assert!(!html.contains(attribute), "{attribute}");
    }
}

#[test]
fn anchors_and_their_links_agree() {
    links_agree(&Town::new().html(Language::Nb));
}

fn links_agree(html: &str) {
    for link in html.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
    }
}

#[test]
fn a_long_ranking_is_cut_to_the_worst_and_says_so() {
    let names: Vec<String> = (0..CUT_ABOVE + 1).map(|at| format!("{at:05}")).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|id| (id.as_str(), id.as_str())).collect();
    let mut town = Town::new();
    town.analysis = analysis(&names);
    let html = town.html(Language::Nb);
    assert_eq!(html.matches("<tr id=\"area-").count(), ROWS_AFTER_CUT);
    assert!(
        html.contains("Tabellen viser de 1\u{a0}000 områdene med dårligst levekår av 2\u{a0}001")
    );
    assert!(html.contains("ranking.csv"));
    links_agree(&html);
}

#[test]
fn a_further_section_is_listed_laid_out_and_escaped() {
    let mut town = Town::new();
    let column = |title: &str, holds| Head { title: title.to_owned(), note: String::new(), holds };
    town.sections = vec![Section {
        id: "clusters",
        place: Place::Space,
        title: "Where <b> & c".to_owned(),
        blocks: vec![
            Block::Text("Two & two".to_owned()),
            Block::Picture {
                svg: "<svg><title id=\"t\">x</title></svg>".to_owned(),
                caption: "c".to_owned(),
            },
            Block::Table(Table {
                caption: "Pairs".to_owned(),
                columns: vec![column("Area", Holds::Text), column("I", Holds::Numbers(2))],
                rows: vec![
                    vec![Cell::Area(1), Cell::Number(-1234.567)],
                    vec![Cell::Text("<i>all</i>".to_owned()), Cell::Number(f64::NAN)],
                ],
            }),
        ],
    }];
    let html = town.html(Language::En);
    assert!(html.contains("<li><a href=\"#clusters\">Where &lt;b&gt; &amp; c</a></li>"));
    let section = after(&html, "<section id=\"clusters\"");
    assert!(section.contains("<p class=\"prose\">Two &amp; two</p>"));
    assert!(section.contains("<title id=\"clusters-1-t\">"));
    assert!(section.contains("<tr data-area=\"2\">"));
    assert!(section.contains("<a href=\"#area-2\">Vik</a>"));
    assert!(section.contains("data-v=\"-1234.567\">\u{2212}1,234.57</td>"));
    assert!(
        section.contains("&lt;i&gt;all&lt;&#x2f;i&gt;") && section.contains("data-v=\"\">–</td>")
    );
    links_agree(&html);
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    assert_eq!(Town::new().html(Language::En), Town::new().html(Language::En));
}

struct Town {
    project: Project,
    analysis: Analysis,
    sections: Vec<Section>,
}

impl Town {
    fn new() -> Self {
        let project = toml::from_str(PROJECT).unwrap();
        let names = [("1", "Nes"), ("2", "Vik"), ("3", "Å"), ("4", "Øy"), ("5", "Ås")];
        Self { project, analysis: analysis(&names), sections: Vec::new() }
    }

    /// The one place that calls the step.
    fn html(&self, language: Language) -> String {
        let provenance = Provenance {
            program_version: "levekaar 0.0.0".to_owned(),
            definition_sha256: "ab".repeat(32),
            rule_sha256: None,
            inputs: vec![InputFile {
                role: "table".to_owned(),
                path: "a.csv".to_owned(),
                sha256: "cd".repeat(32),
            }],
            seed: None,
            reference_set: self.analysis.ranking.n_ranked(),
            command: "levekaar run toy.toml".to_owned(),
        };
        let (project, analysis) = (&self.project, &self.analysis);
        let map = "<?xml version=\"1.0\"?>\n<svg><path class=\"area\" data-area=\"1\"/></svg>\n";
        let (map_svg, method) = (Some(map), &["One & only.".to_owned()][..]);
        let provenance = &provenance;
        let uncertainty = None;
        let request = ReportRequest {
            project,
            analysis,
            language,
            map_svg,
            method,
            uncertainty,
            sections: &self.sections,
            history: &[],
            neighbours: None,
            profiles: &[],
            provenance,
        };
        report(&request).unwrap()
    }
}

/// A town in which the first area lacks the first indicator, the fifth the second one, and the
/// third has a value above the cap.
fn analysis(names: &[(&str, &str)]) -> Analysis {
    let definition: IndexDefinition = toml::from_str(DEFINITION).unwrap();
    let rule: RuleFile = toml::from_str(RULE).unwrap();
    let areas: Vec<Area> = names
        .iter()
        .map(|(id, name)| Area { name: (*name).into(), population: Some(1000.0), ..Area::of(*id) })
        .collect();
    let n = areas.len();
    let poor: Vec<Option<f64>> = (0..n)
        .map(|at| match at {
            0 => None,
            1 => Some(10.0),
            2 => Some(40.0),
            3 => Some(12.0),
            4 => Some(4.0 + 2.0 / 3.0),
            _ => Some(10.0 + (at % 97) as f64 / 8.0),
        })
        .collect();
    let school: Vec<f64> =
        (0..n).map(|at| if at == 0 { 3.0 } else { 50.0 + at as f64 / 100.0 }).collect();
    let states = (0..n).map(|at| if at == 4 { CellState::Suppressed } else { CellState::Present });
    let states = if n == 5 { states.collect() } else { vec![CellState::Present; n] };
    let columns = vec![Column::of("poor", &poor), Column::new("school".into(), school, states)];
    let table = IndicatorTable::new(areas, columns);
    let notices = vec![
        Notice::warning("notice.substitute")
            .with("title_nb", "Lav inntekt")
            .with("title_en", "Low income")
            .with("what_nb", "noe annet")
            .with("what_en", "something else"),
    ];
    let plan = Plan::of(&definition).unwrap();
    analyse(table, &plan, Some(&rule), notices).unwrap()
}

/// From this mark to the end of the table, section or page that it stands in.
fn after<'a>(html: &'a str, mark: &str) -> &'a str {
    let rest = html.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}"));
    rest.split("</table>").next().unwrap()
}
