//! A ministry checks a published rule on a few areas whose outcome can be worked out by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::harness::{csv, folder, levekaar_ok, shared};

/// Every rule that comes along has at least one worked case, in these files.
#[test]
fn every_rule_preset_is_worked_through() {
    let cases = concat!(
        include_str!("work_a_preset_by_hand.rs"),
        include_str!("apply_a_published_rule.rs"),
        include_str!("start_from_a_table.rs"),
        include_str!("hold_a_rule_against_a_list.rs"),
    );
    let listed = levekaar_ok(&["presets", "list"]).out;
    for preset in levekaar::presets::RULES {
        assert!(listed.contains(preset.id), "{} is not listed", preset.id);
        assert!(cases.contains(preset.id), "{} has no worked case", preset.id);
    }
}

/// The mean of five areas is 300 (income), 20 (school), 60 (work), 10 (poverty), 20 (drop-out).
///
/// | area | income < 300 | school > 20 | work < 60 | poverty > 10 | drop-out > 20 | worse on |
/// |---|---|---|---|---|---|---|
/// | a | 200 yes | 30 yes | 50 yes | 10 no | 20 no | 3: selected |
/// | b | 250 yes | 25 yes | 60 no | 10 no | 10 no | 2: not selected |
/// | c | 400 no | 10 no | 70 no | 5 no | 30 yes | 1: not selected |
/// | d | 350 no | 20 no | 55 yes | 15 yes | 25 yes | 3: selected |
/// | e | 300 no | 15 no | 65 no | – | 15 no | 0 or 1: not selected |
///
/// Nobody is worse for standing at the mean itself. The mean of poverty is that of the four areas
/// that have it: (10 + 10 + 5 + 15) / 4 = 10.
#[test]
fn husbanken_counts_themes_worse_than_the_mean() {
    let table = "area,median_income,low_education,employment,child_poverty,dropout\n\
        a,200,30,50,10,20\nb,250,25,60,10,10\nc,400,10,70,5,30\nd,350,20,55,15,25\ne,300,15,65,,15\n";
    let rows = applied("no-husbanken-definition", table, &[]);
    let found: Vec<(&str, &str)> =
        rows.iter().map(|row| (&*row["outcome"], &*row["criteria_met"])).collect();
    let (yes, no) = ("selected", "not-selected");
    assert_eq!(found, [(yes, "3"), (no, "2"), (no, "1"), (yes, "3"), (no, "0")]);
}

/// Seven zones by score: 9, 8, 7, 6, 5, 5, 4 in a to g. The second, b, has 999 residents, and is
/// left out before the five are counted: a, c and d are in, and of e and f, which tie for the
/// fourth and fifth place, both. That makes five; g would be the sixth.
#[test]
fn bergen_takes_five_zones_of_a_thousand_residents() {
    let table =
        "area,x,residents\na,9,1000\nb,8,999\nc,7,1500\nd,6,2000\ne,5,1000\nf,5,1200\ng,4,3000\n";
    let index = "version = 1\nid = \"one\"\ntitle = { nb = \"En\", en = \"One\" }\nsource = \"test\"\nlicence = \"CC0-1.0\"\n\
        [score]\naggregate = { method = \"arithmetic-mean\" }\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"x\"\n\
        title = { nb = \"X\", en = \"X\" }\nunit = \"\"\ndirection = \"higher-is-worse\"\nweight = 1.0\nnormalise = { method = \"as-is\" }\n";
    let folder = folder(&[("t.csv", table.as_bytes()), ("i.toml", index.as_bytes())]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let args = ["select", &at("t.csv"), "--index", &at("i.toml"), "--rule", "no-bergen-levekaar"];
    let rows = csv(&levekaar_ok(&[&args[..], &["--population", "residents"]].concat()).out);
    let selected: String =
        rows.iter().filter(|row| row["outcome"] == "selected").map(|row| &*row["area"]).collect();
    assert_eq!(selected, "acdef");
}

/// "More than 40 per cent": 40 itself is not, 40.1 is, and an area without the figure is unknown.
#[test]
fn the_marker_of_nou_2020_16_is_above_forty_per_cent() {
    let rows = applied("nou-2020-16-marker", "area,child_poverty\na,40\nb,40.1\nc,\nd,12\n", &[]);
    let found: Vec<&str> = rows.iter().map(|row| &*row["outcome"]).collect();
    assert_eq!(found, ["not-selected", "selected", "unknown", "not-selected"]);
}

/// 43 authorities and 55 smaller areas, of which a tenth is 5 whole ones.
///
/// - 01 to 40 have the 40 highest means of claims and employment.
/// - 41 has five smaller areas, one of them of rank 1 in employment: 20 per cent, which is enough.
/// - 42 has six, one of them of rank 2 in employment (16.7 per cent) and of rank 6 in the IMD.
/// - 43 has four, one of them of rank 5 in the IMD: 25 per cent.
#[test]
fn working_neighbourhoods_have_three_ways_in() {
    let mut authorities = String::from("la,claim_and_employment_mean\n");
    let mut small = String::from("lsoa,la,employment_domain_rank,imd_rank\n");
    // Ranks that are given out to nobody in particular.
    let (mut employment, mut imd) = (3..=55, (1..=55).filter(|rank| ![5, 6].contains(rank)));
    for la in 1..=43 {
        authorities += &format!("{la:02},{}\n", 100 - la);
        let n = match la {
            41 => 5,
            42 => 6,
            43 => 4,
            _ => 1,
        };
        for at in 0..n {
            let work = match (la, at) {
                (41, 0) => 1,
                (42, 0) => 2,
                _ => employment.next().unwrap(),
            };
            let whole = match (la, at) {
                (43, 0) => 5,
                (42, 0) => 6,
                _ => imd.next().unwrap(),
            };
            small += &format!("{la:02}-{at},{la:02},{work},{whole}\n");
        }
    }
    let project = "version = 1\nid = \"p\"\ntitle = { nb = \"P\", en = \"P\" }\n\
        [areas]\nfile = \"t.csv\"\nid = \"la\"\n[children]\nfile = \"s.csv\"\nid = \"lsoa\"\nparent = \"la\"\n\
        [index]\nfile = \"i.toml\"\n[selection]\npreset = \"gb-wnf-2008\"\n";
    let index = "version = 1\nid = \"one\"\ntitle = { nb = \"En\", en = \"One\" }\nsource = \"test\"\nlicence = \"CC0-1.0\"\n\
        [score]\naggregate = { method = \"arithmetic-mean\" }\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"claims\"\n\
        title = { nb = \"Y\", en = \"C\" }\nunit = \"\"\ndirection = \"higher-is-worse\"\nweight = 1.0\n\
        column = \"claim_and_employment_mean\"\nnormalise = { method = \"as-is\" }\n";
    let folder = folder(&[
        ("t.csv", authorities.as_bytes()),
        ("s.csv", small.as_bytes()),
        ("p.toml", project.as_bytes()),
        ("i.toml", index.as_bytes()),
    ]);
    let path = folder.path().join("p.toml");
    let rows = csv(&levekaar_ok(&["select", path.to_str().unwrap()]).out);
    let out: Vec<&str> = rows
        .iter()
        .filter(|row| row["outcome"] != "selected")
        .map(|row| {
            assert_eq!(row["outcome"], "not-selected");
            &*row["area"]
        })
        .collect();
    assert_eq!(out, ["42"]);
}

/// Twenty-one tracts on a map, one square each; neighbours are those that touch.
///
/// ```text
/// a b c      j k      l      m n o p q r s u t
/// d e f
/// g h i
/// ```
///
/// Asthma is highest in a, b, c, diabetes in d, f, g, heart disease in h, i, k: ranks 19 to 21 of
/// 21, which are percentiles of 0.905 and more; the next has 0.857, which is below 0.90. Low income
/// is known of twenty: the nine of these tie at the top, in ranks 12 to 20, and so have the
/// average, 16 / 20 = 0.80, which is at least 0.65. In e, j and l it ties in ranks 9 to 11:
/// 10 / 20 = 0.50, enough for the hole and for nothing else. The tracts m to u are richer. So:
///
/// - a, b, c, d, f, g, h, i and k are selected by their own figures;
/// - e has all its eight neighbours selected, and j its only one: selected;
/// - l has the same income as they and no neighbours: its share is missing, which is not met;
/// - t lacks the figure for low income, which is not met, and takes no part in its percentiles.
#[test]
fn cejst_fills_holes_across_corners_and_in_pairs_but_not_lone_islands() {
    let own = ["a", "b", "c", "d", "f", "g", "h", "i", "k"];
    let with = |more: &[&'static str]| -> BTreeSet<String> {
        own.iter().chain(more).map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(cejst("queen", None), with(&["e", "j"]));
    // Without its burden the corner i is out, and seven of the eight that touch e are selected: e is
    // out too, and so is i, which touches e. By sides alone all four neighbours of e and both of i
    // are selected, and either hole would be filled: corners count in CEJST.
    let mut without_i = with(&["j"]);
    without_i.remove("i");
    assert_eq!(cejst("queen", Some("i")), without_i);
    assert_eq!(cejst("rook", Some("i")), with(&["e", "j"]));
}

/// The selected tracts of that map; `healthy` has no burden after all.
fn cejst(touch: &str, healthy: Option<&str>) -> BTreeSet<String> {
    let places = [
        ("a", 0, 2),
        ("b", 1, 2),
        ("c", 2, 2),
        ("d", 0, 1),
        ("e", 1, 1),
        ("f", 2, 1),
        ("g", 0, 0),
        ("h", 1, 0),
        ("i", 2, 0),
        ("j", 10, 2),
        ("k", 11, 2),
        ("l", 20, 2),
        ("m", 30, 2),
        ("n", 31, 2),
        ("o", 32, 2),
        ("p", 33, 2),
        ("q", 34, 2),
        ("r", 35, 2),
        ("s", 36, 2),
        ("u", 37, 2),
        ("t", 38, 2),
    ];
    let mut table = String::from("tract,asthma,diabetes,heart_disease,low_income\n");
    let mut map = Vec::new();
    for (at, (tract, x, y)) in places.into_iter().enumerate() {
        let burden = |of: [&str; 3]| match of.iter().position(|one| *one == tract) {
            Some(place) if healthy != Some(tract) => 50 + place,
            Some(_) | None => at % 10,
        };
        let burdens = [["a", "b", "c"], ["d", "f", "g"], ["h", "i", "k"]].map(burden);
        let low_income = match tract {
            "a" | "b" | "c" | "d" | "f" | "g" | "h" | "i" | "k" => "60".to_owned(),
            "e" | "j" | "l" => "40".to_owned(),
            "t" => String::new(),
            _ => (10 + at % 7).to_string(),
        };
        let [asthma, diabetes, heart] = burdens;
        table += &format!("{tract},{asthma},{diabetes},{heart},{low_income}\n");
        let corner = |dx: i32, dy: i32| {
            format!(
                "[{:.2},{:.2}]",
                10.0 + 0.01 * f64::from(x + dx),
                60.0 + 0.01 * f64::from(y + dy)
            )
        };
        let ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)].map(|(dx, dy)| corner(dx, dy));
        map.push(format!(
            r#"{{"type":"Feature","properties":{{"tract":"{tract}"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            ring.join(",")
        ));
    }
    let map = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, map.join(",\n"));
    let project = format!(
        "version = 1\nid = \"p\"\ntitle = {{ nb = \"P\", en = \"P\" }}\n\
         [areas]\nfile = \"t.csv\"\nid = \"tract\"\ncontiguity = {{ method = \"{touch}\" }}\n\
         [boundaries]\nfile = \"m.geojson\"\nid = \"tract\"\n\
         [index]\nfile = \"i.toml\"\n[selection]\npreset = \"us-cejst-2\"\n"
    );
    let index = "version = 1\nid = \"one\"\ntitle = { nb = \"En\", en = \"One\" }\nsource = \"test\"\nlicence = \"CC0-1.0\"\n\
        [score]\naggregate = { method = \"arithmetic-mean\" }\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"asthma\"\n\
        title = { nb = \"A\", en = \"A\" }\nunit = \"\"\ndirection = \"higher-is-worse\"\nweight = 1.0\nnormalise = { method = \"as-is\" }\n";
    let folder = folder(&[
        ("t.csv", table.as_bytes()),
        ("m.geojson", map.as_bytes()),
        ("p.toml", project.as_bytes()),
        ("i.toml", index.as_bytes()),
    ]);
    let path = folder.path().join("p.toml");
    let rows = csv(&levekaar_ok(&["select", path.to_str().unwrap()]).out);
    assert!(rows.iter().all(|row| row["outcome"] != "unknown"), "a missing value is not met");
    let selected = rows.into_iter().filter(|row| row["outcome"] == "selected");
    selected.map(|row| row["area"].clone()).collect()
}

/// The Danish lists name areas and count them; they print no figures of theirs, so that the rules
/// of 2018 cannot be applied to them. What can be held against the rules is how they hang
/// together: a list has as many names as the count says, each circle of the preset's tiers lies
/// within the wider one in every year, and an area that was a transformation area in 2019, for
/// which it must have been on every list of four or five years, was on those of 2017, 2018 and
/// 2019, so that a rule of three years in a row must let at least as many through.
///
/// Not tested, for want of figures: the counts of *udsatte områder* and of prevention areas, and
/// those after 2019, of which there are no lists.
#[test]
fn danish_counts_fit_the_lists_and_the_rule_of_years_in_a_row() {
    let Some(lists) = shared("criteria/published_lists/denmark_lists.csv") else { return };
    let Some(counts) = shared("criteria/published_lists/denmark_counts.csv") else { return };
    let counts = csv(&fs::read_to_string(counts).unwrap());
    let count = |year: &str, column: &str| -> usize {
        counts.iter().find(|row| row["list_year"] == year).unwrap()[column].parse().unwrap()
    };
    for row in &counts {
        let year = row["list_year"].as_str();
        let [wide, narrow, narrowest] =
            ["udsatte_omraader", "parallelsamfund_ghetto", "omdannelsesomraader_haarde_ghettoer"]
                .map(|column| count(year, column));
        assert!(narrowest <= narrow && narrow <= wide, "{year}");
    }
    // One spelling an area: "Solbakken mv." of 2018 is "Solbakken" of 2017.
    let name = |row: &BTreeMap<String, String>| {
        let area = row["area"].trim_end_matches(" mv.").trim_end_matches(" m.fl.");
        format!("{area} ({})", row["municipality"])
    };
    let lists = csv(&fs::read_to_string(lists).unwrap());
    let of = |year: &str| -> BTreeSet<String> {
        lists.iter().filter(|row| row["list_year"].starts_with(year)).map(name).collect()
    };
    let years = ["2017", "2018", "2019"];
    let by_year = years.map(of);
    assert_eq!(by_year[1].len(), count("2018", "parallelsamfund_ghetto"));
    assert_eq!(by_year[2].len(), count("2019", "parallelsamfund_ghetto"));

    let everybody: BTreeSet<&String> = by_year.iter().flatten().collect();
    let mut table = String::from("area,year,listed\n");
    for (year, listed) in years.iter().zip(&by_year) {
        for area in &everybody {
            table += &format!("{area},{year},{}\n", u8::from(listed.contains(*area)));
        }
    }
    let project = "version = 1\nid = \"p\"\ntitle = { nb = \"P\", en = \"P\" }\n\
        [areas]\nfile = \"t.csv\"\nid = \"area\"\nyear = { column = \"year\", use-year = 2019 }\n\
        [index]\nfile = \"i.toml\"\n[selection]\nfile = \"r.toml\"\n";
    let index = "version = 1\nid = \"one\"\ntitle = { nb = \"En\", en = \"One\" }\nsource = \"test\"\nlicence = \"CC0-1.0\"\n\
        [score]\naggregate = { method = \"arithmetic-mean\" }\n[ranking]\nties = \"min\"\n[[indicator]]\nid = \"listed\"\n\
        title = { nb = \"På lista\", en = \"Listed\" }\nunit = \"\"\ndirection = \"higher-is-worse\"\nweight = 1.0\nnormalise = { method = \"as-is\" }\n";
    let rule = "version = 1\nid = \"r\"\ntitle = { nb = \"R\", en = \"R\" }\nsource = \"test\"\n\
        rule = { compare = { fact = { indicator = \"listed\" }, op = \">=\", limit = { value = 1 } } }\n\
        [around]\npersistence = { years = 3 }\n";
    let folder = folder(&[
        ("t.csv", table.as_bytes()),
        ("p.toml", project.as_bytes()),
        ("i.toml", index.as_bytes()),
        ("r.toml", rule.as_bytes()),
    ]);
    let path = folder.path().join("p.toml");
    let rows = csv(&levekaar_ok(&["select", path.to_str().unwrap()]).out);
    let selected: BTreeSet<String> = rows
        .iter()
        .filter(|row| row["outcome"] == "selected")
        .map(|row| row["area"].clone())
        .collect();
    let [first, second, third] = &by_year;
    let in_all: BTreeSet<String> =
        first.iter().filter(|a| second.contains(*a) && third.contains(*a)).cloned().collect();
    assert_eq!(selected, in_all);
    let transformed = count("2019", "omdannelsesomraader_haarde_ghettoer");
    assert!(selected.len() >= transformed, "{} and {transformed}", selected.len());
}

/// A preset on a bare table; one row an area.
fn applied(rule: &str, table: &str, more: &[&str]) -> Vec<BTreeMap<String, String>> {
    let folder = folder(&[("t.csv", table.as_bytes())]);
    let path = folder.path().join("t.csv");
    let args = [&["select", path.to_str().unwrap(), "--rule", rule][..], more].concat();
    csv(&levekaar_ok(&args).out)
}
