//! What has the user asked for?
//!
//! One TOML file an analysis: where the tables and boundaries are, which columns mean what, which
//! recipe, which rule, which outputs. Paths are relative to the file. Reading it is `load`'s.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::allocate::base::FundingOptions;
use crate::area::AreaId;
use crate::candidate::CandidateOptions;
use crate::classify::Classing;
use crate::contiguity::Contiguity;
use crate::index::Denomination;
use crate::indicator::{CellState, IndicatorId};
use crate::language::{Language, Text};
use crate::layer::{Exclude, SpatialFormat};
use crate::map::Page;
use crate::rate::IntervalMethod;
use crate::rate::standardised::Stratum;
use crate::screen::Screen;
use crate::spatial::named::SpatialOptions;
use crate::uncertainty::{SensitivityOptions, UncertaintyOptions};

/// The only version of the project file so far.
pub const VERSION: u32 = 1;

/// A project file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens; also the name of the output folder.
    pub id: String,
    /// Title of the map and the report.
    pub title: Text,
    /// Language of the map and the report.
    #[serde(default)]
    pub language: Language,
    /// Whether the data are invented. Then every output says so.
    #[serde(default)]
    pub synthetic: bool,
    /// Who publishes the figures and the boundaries; printed on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
    /// The table of areas and indicators.
    pub areas: Areas,
    /// The shapes of the areas. Without them no map is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundaries: Option<BoundaryFile>,
    /// Which areas are not ranked, beside those that the recipe leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    /// The recipe.
    pub index: Choice,
    /// Which columns the indicators of the recipe come from.
    #[serde(default)]
    pub indicators: BTreeMap<IndicatorId, Source>,
    /// The rule that selects areas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Choice>,
    /// Which contiguous sets of areas are proposed for a programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidates: Option<CandidateOptions>,
    /// Criteria of the rule that only apply when they are asked for by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selection_with: Vec<String>,
    /// The smaller areas within each area, for rules that look at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<ChildTable>,
    /// Which areas were in fact selected, to hold the rule against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<DecidedFile>,
    /// How sure the ranks are.
    #[serde(default)]
    pub uncertainty: UncertaintyOptions,
    /// Whether deprived conditions lie together; not asked where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spatial: Option<SpatialOptions>,
    /// Which assumption makes the ranks uncertain; without it `run` does not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<SensitivityOptions>,
    /// Which money is shared out over the areas, and by which models; none where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<FundingOptions>,
    /// How the map is drawn.
    #[serde(default)]
    pub map: MapOptions,
    /// Where results are written.
    #[serde(default)]
    pub outputs: Outputs,
}

/// One of the program's own presets, or a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// A preset by its id; `levekaar presets list` shows them.
    Preset(String),
    /// A TOML file, relative to the project file.
    File(PathBuf),
}

/// The table of areas and indicators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Areas {
    /// CSV, TSV or Parquet, gzip or not.
    pub file: PathBuf,
    /// The column of ids; read as text, so that leading zeros stay.
    pub id: String,
    /// The column of names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The column of the larger unit that an area belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The column of residents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
    /// The column of years and the year to use, for a table with a row an area and year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// Which areas are neighbours, for the methods that look at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<NeighbourFile>,
    /// What makes two areas neighbours, where the boundaries are to say it and not a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contiguity: Option<Contiguity>,
    /// What could not be found by looking at the file.
    #[serde(default)]
    pub format: Format,
    /// Marks of missing values, beside or instead of the usual ones: `"-" = "not-applicable"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, Mark>,
    /// Rows that are left out, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclusion>,
    /// Rows that look like totals but are areas.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<AreaId>,
}

/// A table of smaller areas, read with the format and the marks of the table of areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChildTable {
    /// CSV, TSV or Parquet, gzip or not.
    pub file: PathBuf,
    /// The column of ids.
    pub id: String,
    /// The column of the id of the area that each lies in.
    pub parent: String,
    /// The column of residents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
    /// The column of years and the year to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
}

/// A table with a row an area that was selected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DecidedFile {
    /// CSV, TSV or Parquet, gzip or not.
    pub file: PathBuf,
    /// The column of ids; the first one where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A table with a row a pair of neighbours, in either order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NeighbourFile {
    /// CSV, TSV or Parquet, gzip or not.
    pub file: PathBuf,
    /// The column of the one id.
    pub from: String,
    /// The column of the other.
    pub to: String,
}

/// Which rows of a table over several years are used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Year {
    /// The column of years.
    pub column: String,
    /// The year to use.
    pub use_year: i32,
}

/// How a text file is to be read, where the look of it does not tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Format {
    /// The character between cells: `,` `;` `|` or a tab (`"\t"`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// How characters are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The decimal mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<Decimal>,
    /// Lines above the header.
    #[serde(default)]
    pub skip_lines: usize,
}

/// How characters are stored in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-1252, which holds ISO 8859-1 (Latin-1).
    Latin1,
    /// UTF-16 with a byte order mark, or little-endian.
    Utf16,
}

/// The decimal mark of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    /// `1234.5`
    Point,
    /// `1234,5`
    Comma,
}

/// What a text in a cell of numbers means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Withheld because few persons stand behind it.
    Suppressed,
    /// The question has no meaning there.
    NotApplicable,
    /// Nothing was published.
    NotAvailable,
    /// Not a mark: such a cell is an error.
    Invalid,
    /// A number after all, in a column of a table in which it is a mark elsewhere.
    Number,
}

impl Mark {
    /// The state of a cell with this mark; `None` where it is not a mark at all.
    pub fn state(self) -> Option<CellState> {
        match self {
            Self::Suppressed => Some(CellState::Suppressed),
            Self::NotApplicable => Some(CellState::NotApplicable),
            Self::NotAvailable => Some(CellState::NotAvailable),
            Self::Invalid | Self::Number => None,
        }
    }
}

/// The marks that are read as missing where a project says nothing else.
///
/// `:` `.` and `..` are Statistics Norway's standard symbols. `-` is that office's sign for a
/// rounded zero; here it is read as not available and never as 0, because other publishers use it
/// for gaps: a project may say `"-" = "not-applicable"` and so on.
pub const USUAL_MARKS: &[(&str, Mark)] = &[
    ("", Mark::NotAvailable),
    (":", Mark::Suppressed),
    ("*", Mark::Suppressed),
    (".", Mark::NotApplicable),
    ("..", Mark::NotAvailable),
    ("-", Mark::NotAvailable),
    ("–", Mark::NotAvailable),
    ("NA", Mark::NotAvailable),
    ("N/A", Mark::NotAvailable),
    ("NULL", Mark::NotAvailable),
    ("null", Mark::NotAvailable),
    ("NaN", Mark::NotAvailable),
    ("nan", Mark::NotAvailable),
];

/// A row that is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exclusion {
    /// Its id.
    pub area: AreaId,
    /// Why; printed in the report.
    pub reason: Text,
}

/// The file of boundaries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BoundaryFile {
    /// GeoJSON, TopoJSON, GeoPackage, FlatGeobuf, Shapefile (`.shp`) or GeoParquet, gzip or not.
    pub file: PathBuf,
    /// The layer, where the file has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The property that holds the area's id.
    pub id: String,
    /// The property that holds the area's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The coordinate reference system where the file does not tell, such as `EPSG:25833`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Features that are no areas, such as sea: `[{ property = "type", equals = "Udefinert" }]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclude>,
}

/// Where the values of an indicator stand.
///
/// Either `column`, or `numerator` and `denominator` (and `per`), or `strata` (and `per`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// The column of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The column of events or of persons with the attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<String>,
    /// The column of persons at risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<String>,
    /// 100 for per cent (where nothing is said), 1000 for per thousand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<f64>,
    /// The columns of each stratum of a directly standardised rate, such as an age group:
    /// `{ numerator = "deaths_67", denominator = "people_67", standard = 0.15 }`. An area in which
    /// a stratum has nobody is not applicable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<Stratum>,
    /// Events of all strata below which an area has no standardised rate; 10 where nothing is
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Which interval goes with the counts; Wilson's for a unit of per cent and Byar's otherwise
    /// where neither this nor the recipe says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<IntervalMethod>,
    /// The column that `column` is divided by, where it is not the recipe's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominate: Option<Denomination>,
    /// The column of standard errors, in the unit of `column` or of the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<String>,
    /// The column holds the opposite: the value is this number less the column's. 100 turns
    /// "completed, per cent" into "not completed, per cent".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complement_of: Option<f64>,
    /// Marks of missing values in these columns, beside those of the table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, Mark>,
    /// The column measures something else than the recipe asks for: what, and why it is used.
    /// Printed as a warning wherever results are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<Text>,
}

impl Source {
    /// The columns of the table that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        let by = self.denominate.as_ref().map(|denomination| &denomination.by);
        let single = [&self.column, &self.numerator, &self.denominator, &self.standard_error];
        let of_strata = self.strata.iter().flat_map(|s| [&s.numerator, &s.denominator]);
        single.into_iter().flatten().chain(by).chain(of_strata)
    }
}

/// What the map shows and how it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MapOptions {
    /// How values become colour classes. Where nothing is said: five classes of about equal
    /// numbers of areas, and round limits on both sides of a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classing>,
    /// Width of the PNG in pixels.
    #[serde(default = "png_width")]
    pub png_width: u32,
    /// `score`, `rank`, `selection`, `parent` (the larger units), or the id of a domain or
    /// indicator. The score where nothing is said; the rank for several years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<String>,
    /// A second measure for a square of three by three colours: `people` (an area's share of all
    /// residents), `uncertainty` (the width of the rank interval), or what `show` may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// The change since this year instead of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i32>,
    /// The difference from this measure instead of the value; what `show` may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minus: Option<String>,
    /// Several small maps with the same classes: years, ids of domains and indicators (as made
    /// comparable), or `domains` or `indicators` for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panels: Vec<String>,
    /// Colours that turn at this value, from better to worse: a number, `mean` or `median`. 0 for
    /// changes and differences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<Around>,
    /// Circles as large as areas have residents, above pale colours.
    #[serde(default)]
    pub circles: bool,
    /// Which names stand on the map: selected areas first, then those with worse values.
    #[serde(default)]
    pub names: MapNames,
    /// At most so many names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_names: Option<usize>,
    /// A part that is drawn once more, larger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inset: Option<MapInset>,
    /// The paper.
    #[serde(default)]
    pub page: Page,
    /// What the figures describe; the year of the table where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Default for MapOptions {
    /// Choices of drawing, none of method.
    fn default() -> Self {
        Self {
            classes: None,
            png_width: png_width(),
            show: None,
            against: None,
            since: None,
            minus: None,
            panels: Vec::new(),
            around: None,
            circles: false,
            names: MapNames::default(),
            most_names: None,
            inset: None,
            page: Page::default(),
            date: None,
        }
    }
}

/// Where colours turn from better to worse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Around {
    /// At this value.
    Value(f64),
    /// In the middle of the areas.
    Middle(Middle),
}

/// The middle of values, each area counting as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Middle {
    /// The arithmetic mean.
    Mean,
    /// The median.
    Median,
}

/// Which names stand on a map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MapNames {
    /// All on maps of up to 30 areas, 15 on maps of up to 300, none on larger ones.
    #[default]
    Auto,
    /// None.
    None,
    /// Those of selected areas.
    Selected,
    /// All that there is room for.
    All,
}

/// Which part of a map is drawn once more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MapInset {
    /// `auto`: where small areas lie close together.
    Found(Found),
    /// West, south, east and north in degrees.
    Degrees([f64; 4]),
}

/// A part that is found by looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Where small areas lie close together.
    Auto,
}

fn png_width() -> u32 {
    1600
}

/// Where results are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Outputs {
    /// The folder, relative to the project file; `out/<id>` under the working folder where
    /// nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// Formats of the areas with their results beside `areas.geojson`: `areas.gpkg` and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<SpatialFormat>,
}
