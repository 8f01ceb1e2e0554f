//! `levekaar synth`

use std::io::Write;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use levekaar::language::{Language, message, number};
use levekaar::load::checksum_of;
use levekaar::synth::{
    SynthRequest, SyntheticCity, synthesise, write_boundaries_geojson_25832,
    write_boundaries_geojson_lonlat, write_indicators_csv,
};
use levekaar::write::folder::Staged;

use super::terminal::Terminal;

/// Make a synthetic city: zones, boundaries and figures by year
///
/// Writes `indicators.csv`, `boundaries.geojson` (longitude and latitude),
/// `boundaries-25832.geojson`, `index.toml`, `project.toml` and `dataset.toml`. The data describe no real
/// place and say so. The same arguments give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar synth --areas 51 --years 2015..2024 --seed 1 -o datasets/syntetisk-51
  levekaar synth --areas 33000 --years 2024..2024 --indicators 30 -o /tmp/bench")]
pub(crate) struct SynthArgs {
    /// Number of zones, 1 to 1,000,000
    #[arg(long, value_name = "N", default_value_t = 51)]
    areas: usize,

    /// First and last year
    #[arg(long, value_name = "FIRST..LAST", default_value = "2015..2024", value_parser = years)]
    years: RangeInclusive<i32>,

    /// Another seed gives another city
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,

    /// Further indicators `x01`, `x02`, … for benches
    #[arg(long, value_name = "N", default_value_t = 0)]
    indicators: usize,

    /// Output folder
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

fn years(text: &str) -> Result<RangeInclusive<i32>, String> {
    let bad = || format!("`{text}` is not a range of years such as `2015..2024`");
    let (first, last) = text.split_once("..").ok_or_else(bad)?;
    let year = |part: &str| part.trim_start_matches('=').parse::<i32>().map_err(|_| bad());
    Ok(year(first)?..=year(last)?)
}

/// The paths of the files go to stdout.
pub(crate) fn run(args: &SynthArgs, terminal: &Terminal) -> miette::Result<()> {
    let request = SynthRequest {
        areas: args.areas,
        years: args.years.clone(),
        seed: args.seed,
        indicators: args.indicators,
    };
    let mut staged = Staged::new(&args.output)?;
    let city = terminal.during("making the city", || synthesise(&request))?;
    terminal.during("writing", || -> miette::Result<()> {
        let mut sums = Vec::new();
        let mut file = |name: &str, write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
            let mut bytes = Vec::new();
            write(&mut bytes)
                .map(|()| sums.push((name.to_owned(), checksum_of(&bytes))))
                .map_err(|error| miette::miette!("{name}: {error}"))?;
            staged.add(name, |out| out.write_all(&bytes)).map_err(miette::Report::new)
        };
        file("indicators.csv", &|out| write_indicators_csv(&city, out))?;
        file("boundaries.geojson", &|out| write_boundaries_geojson_lonlat(&city, out))?;
        file("boundaries-25832.geojson", &|out| write_boundaries_geojson_25832(&city, out))?;
        file("index.toml", &|out| out.write_all(index_toml().as_bytes()))?;
        let dataset = dataset_toml(&city, &sums);
        staged.add("project.toml", |out| out.write_all(project_toml(&city).as_bytes()))?;
        staged.add("dataset.toml", |out| out.write_all(dataset.as_bytes()))?;
        Ok(())
    })?;
    let paths = staged.commit()?;
    let (first, last) = (args.years.start().to_string(), args.years.end().to_string());
    let values = [
        ("n_areas", city.zones.len().to_string()),
        ("n_districts", city.n_districts().to_string()),
        ("first", first),
        ("last", last),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    terminal.say(&message(Language::En, "synth.made", &values));
    super::score::to_file_or_stdout(None, |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{}", path.display()))
    })
}

/// Title and source in both languages, as TOML.
fn texts(city: &SyntheticCity) -> (String, String) {
    let (n, seed) = (city.zones.len() as f64, city.request().seed.to_string());
    let text = |key: &str| {
        let [nb, en] = [Language::Nb, Language::En].map(|language| {
            message(language, key, &[("n", &number(n, 0, language)), ("seed", &seed)])
        });
        format!("{{ nb = {}, en = {} }}", quoted(&nb), quoted(&en))
    };
    (text("synth.title"), text("synth.source"))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn project_toml(city: &SyntheticCity) -> String {
    let (title, source) = texts(city);
    let year = city.request().years.end();
    // A city small enough for the best candidate areas to be proved so.
    let proposes = (20..=60).contains(&city.zones.len());
    let mut text = format!(
        "# SYNTHETIC DATA: made by `levekaar synth`; they describe no real place.\n\
         version = 1\n\
         id = \"{id}\"\n\
         title = {title}\n\
         language = \"nb\"\n\
         synthetic = true\n\
         source = {source}\n\n\
         [areas]\n\
         file = \"indicators.csv\"\n\
         id = \"area\"\n\
         name = \"name\"\n\
         parent = \"district\"\n\
         population = \"population\"\n\
         year = {{ column = \"year\", use-year = {year} }}\n{contiguity}\n\
         [boundaries]\n\
         file = \"boundaries.geojson\"\n\
         id = \"area\"\n\
         name = \"name\"\n\n\
         [index]\n\
         file = \"index.toml\"\n\n\
         [selection]\n\
         preset = \"worst-fifth\"\n\n{candidates}\
         [indicators.median_income]\n\
         column = \"median_income_nok\"\n",
        id = city.id(),
        contiguity = if proposes { "contiguity = { method = \"rook\" }\n" } else { "" },
        candidates = if proposes { CANDIDATES } else { "" },
    );
    for id in ["low_education", "employment", "dropout", "child_poverty"] {
        text.push_str(&format!(
            "\n[indicators.{id}]\nnumerator = \"{id}_n\"\ndenominator = \"{id}_of\"\nper = 100\n"
        ));
    }
    text
}

/// The preset of five themes, but a zone with a gap keeps its place by what it has.
fn index_toml() -> String {
    let preset = levekaar::presets::find(levekaar::presets::INDICES, "no-levekaar-5")
        .expect("the preset is built in");
    let edited =
        preset.text.replace("id = \"no-levekaar-5\"", "id = \"no-levekaar-5-available\"").replace(
            "missing = { policy = \"propagate\" }",
            "missing = { policy = \"available-weight\", at-least = 0.6 }",
        );
    let (_, body) = edited.split_once('\n').unwrap_or(("", &edited));
    format!(
        "# A copy of the preset `no-levekaar-5` in which the themes that a zone has stand in for\n\
         # those that it lacks, if they carry at least 60 per cent of the weight.\n{body}"
    )
}

fn dataset_toml(city: &SyntheticCity, sums: &[(String, String)]) -> String {
    let (title, source) = texts(city);
    let request = city.request();
    let mut text = format!(
        "# SYNTHETIC DATA: they describe no real place.\n\
         id = \"{id}\"\n\
         title = {title}\n\
         synthetic = true\n\
         publisher = \"levekaar synth\"\n\
         source = {source}\n\
         address = \"levekaar synth --areas {areas} --years {first}..{last} --seed {seed}{more} -o DIR\"\n\
         retrieved = \"made, not retrieved\"\n\
         licence = \"CC0-1.0\"\n\
         changes = \"none\"\n\n",
        id = city.id(),
        areas = request.areas,
        first = request.years.start(),
        last = request.years.end(),
        seed = request.seed,
        more = if request.indicators > 0 {
            format!(" --indicators {}", request.indicators)
        } else {
            String::new()
        },
    );
    for (name, sum) in sums {
        text.push_str(&format!("[[file]]\nname = {}\nsha256 = \"{sum}\"\n\n", quoted(name)));
    }
    text.push_str(COLUMNS);
    text
}

const CANDIDATES: &str = "\
# Up to three contiguous areas of 4 000 to 12 000 residents with as much need as possible; a cut
# border costs a twentieth of the mean absolute need of a zone.
[candidates]
sets = 3
need = { method = \"score-times-people\" }
people = { at-least = 4000, at-most = 12000 }
compactness = { method = \"cut-borders\", weight = 0.05 }
apart = true

";

const COLUMNS: &str = "\
[columns]
area = \"id of the zone; text with leading zeros\"
name = \"invented name\"
district = \"name of the invented district\"
year = \"calendar year\"
population = \"persons\"
median_income_nok = \"kroner a year, median household income; higher is better\"
median_income_households = \"households behind the median\"
low_education_n = \"persons aged 30-59 with compulsory school only; higher share is worse\"
low_education_of = \"persons aged 30-59\"
employment_n = \"employed persons aged 20-66; higher share is better\"
employment_of = \"persons aged 20-66\"
dropout_n = \"young persons who have not completed upper secondary; higher share is worse\"
dropout_of = \"young persons in the cohort\"
child_poverty_n = \"children in low-income households; higher share is worse\"
child_poverty_of = \"children\"
synthetic = \"true in every row\"
# `:` is suppressed (numerators of 1 to 3), `..` is not available.
";
