//! What is shared out today, and what is known of the areas?
//!
//! Today's money by area and department, money that has no area, and figures of the areas such as
//! residents and deprived persons. Reading the files is `load`'s; here is what must hold of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AllocateError;
use crate::area::AreaId;
use crate::language::Text;
use crate::money::{Money, MoneyUnit};
use crate::notice::Notice;
use crate::project::Choice;
use crate::suggest::nearest;

/// The figure of residents.
pub const POPULATION: &str = "population";
/// The figure of deprived persons.
pub const DEPRIVED: &str = "deprived";
/// The figure of the index's score.
pub const SCORE: &str = "score";
/// The figure of plans and cooperation, 0..1.
pub const READINESS: &str = "readiness";

/// The figure of how many conditions are worse than the mean: indicators of a project's index.
pub const COMPLEXITY: &str = "complexity";

/// What each department's theme needs of an area stands in figures of this beginning and the
/// department's id, such as `theme-need-KD`; all in one unit.
pub const THEME_NEED: &str = "theme-need-";

/// The only version of the funding file so far.
pub const VERSION: u32 = 1;

/// A funding file, version 1: where today's money and the figures of the areas stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FundingFile {
    /// Version of this file format: 1.
    pub version: u32,
    /// Short name, lower case with hyphens; also the name of the output folder.
    pub id: String,
    /// Title of tables and charts.
    pub title: Text,
    /// Who publishes the amounts.
    pub source: Text,
    /// Language of what is printed where the command says nothing.
    #[serde(default)]
    pub language: crate::language::Language,
    /// Whether the data are invented. Then every output says so.
    #[serde(default)]
    pub synthetic: bool,
    /// The year whose prices the amounts are in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_year: Option<i32>,
    /// A project whose areas, residents, scores and selection are used; relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<PathBuf>,
    /// The table of amounts.
    pub appropriations: Appropriations,
    /// Who appropriates.
    #[serde(rename = "department")]
    pub departments: Vec<Department>,
    /// Which areas a programme of the table covers, where its rows are programmes and not areas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programmes: Option<Programmes>,
    /// The table of figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// Numbers that a model asks for by name and that are the same for all areas, such as an
    /// average that it measures gaps from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, f64>,
    /// What a reader must know of the table, such as contradictions in its source.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "note")]
    pub notes: Vec<Text>,
}

/// Which money a project shares out over its areas, and by which models.
///
/// Areas, residents, scores and the selection are the project's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FundingOptions {
    /// A funding file: today's money by area and department. This project stands in for the one
    /// that the file names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The pot in whole kroner instead of the sum of today's money; needed where there is no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pot: Option<Money>,
    /// The funding models that stand side by side, in this order.
    pub models: Vec<Choice>,
}

/// The table of amounts: a row an area, a column a department.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Appropriations {
    /// CSV, TSV or Parquet.
    pub file: PathBuf,
    /// The column of ids.
    pub id: String,
    /// The column of names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The column of municipalities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// In what the amounts are written.
    #[serde(default)]
    pub unit: MoneyUnit,
    /// The column of printed sums, which must be those of the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum_column: Option<String>,
    /// The id of the row of printed sums, which must be those of the columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum_row: Option<String>,
    /// Ids of rows that are not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Ids of rows of money that has no area.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_area: Vec<String>,
    /// Money without an area of which the source tells the municipality.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_municipality: Vec<KnownMunicipality>,
}

/// A cell of a row without an area whose municipality is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownMunicipality {
    /// The id of the row.
    pub row: String,
    /// The department.
    pub department: String,
    /// Its municipality.
    pub municipality: String,
}

/// A department and what its money is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Department {
    /// Its short name.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// What its money is for.
    pub theme: Text,
    /// Its column; the id where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// Which areas each programme covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Programmes {
    /// A table with a row for each area of a programme.
    pub file: PathBuf,
    /// The column of areas' ids, which are the project's.
    pub area: String,
    /// The column of programmes' ids, which are those of the amounts.
    pub programme: String,
    /// How a programme's money is divided over its areas, which no source tells: an assumption.
    pub divide: Divide,
}

/// How a programme's money is divided over its areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Divide {
    /// By residents.
    ByPopulation,
    /// Equally.
    Equally,
}

/// The table of figures: a row an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figures {
    /// CSV, TSV or Parquet.
    pub file: PathBuf,
    /// The column of ids.
    pub id: String,
    /// Which column each figure stands in: `population`, `deprived`, `score`, `readiness`,
    /// `own-money`, `complexity` (conditions worse than a limit), `theme-need-KD` (what the theme of
    /// a department needs, in one unit for all) and whatever a formula names; `deprived-1` is the
    /// year before, `deprived-2` the one before that.
    pub columns: BTreeMap<String, String>,
    /// Where the figures come from and what they stand for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

/// An area that money goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedArea {
    /// Its id.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// The municipality, where the table tells.
    pub municipality: Option<String>,
}

impl FundedArea {
    /// `Name (id)`, or only the id where there is no other name.
    pub fn label(&self) -> String {
        if self.name == self.id.as_str() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.id)
        }
    }
}

/// A row of money that has no area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutAreaRow {
    /// Its name.
    pub name: String,
    /// One amount a department.
    pub amounts: Vec<Money>,
    /// The municipality of each amount, where the source tells.
    pub municipalities: Vec<Option<String>>,
}

/// Today's money and the figures of the areas.
#[derive(Debug, Clone, PartialEq)]
pub struct FundingBase {
    /// What it is called in files.
    pub id: String,
    /// What it is called by people.
    pub title: Text,
    /// Whose amounts these are.
    pub source: Text,
    /// Whether the data are invented.
    pub synthetic: bool,
    /// The year whose prices the amounts are in.
    pub price_year: Option<i32>,
    /// The areas.
    pub areas: Vec<FundedArea>,
    /// The departments.
    pub departments: Vec<Department>,
    /// Today's amounts: a row an area, an amount a department.
    pub today: Vec<Vec<Money>>,
    /// Money that has no area.
    pub without_area: Vec<WithoutAreaRow>,
    /// Figures by name: one an area, NaN where it is missing.
    pub figures: BTreeMap<String, Vec<f64>>,
    /// Numbers by name that are the same for all areas.
    pub constants: BTreeMap<String, f64>,
    /// The answer of the project's selection rule, where there is one: one an area.
    pub selected: Option<Vec<Option<bool>>>,
    /// What the source says of its own table.
    pub notes: Vec<Text>,
    /// What is assumed of the data.
    pub assumptions: Vec<Text>,
    /// What a reader must know of how the files were read.
    pub notices: Vec<Notice>,
}

impl FundingBase {
    /// Today's money of an area, over all departments.
    pub fn today_of(&self, area_idx: usize) -> Money {
        self.today[area_idx].iter().sum()
    }

    /// Today's money of a department that has an area.
    pub fn today_of_department(&self, department_idx: usize) -> Money {
        self.today.iter().map(|row| row[department_idx]).sum()
    }

    /// Money of a department that has no area.
    pub fn without_area_of(&self, department_idx: usize) -> Money {
        self.without_area.iter().map(|row| row.amounts[department_idx]).sum()
    }

    /// All money that has no area.
    pub fn all_without_area(&self) -> Money {
        self.without_area.iter().flat_map(|row| &row.amounts).sum()
    }

    /// All money that has an area.
    pub fn all_with_area(&self) -> Money {
        self.today.iter().flatten().sum()
    }

    /// All money.
    pub fn all(&self) -> Money {
        self.all_with_area() + self.all_without_area()
    }

    /// A figure of the areas; NaN where it is missing.
    ///
    /// # Errors
    ///
    /// [`AllocateError::NoFigure`] with the nearest known name.
    pub fn figure(&self, name: &str) -> Result<&[f64], AllocateError> {
        let found = self.figures.get(name);
        found.map(Vec::as_slice).ok_or_else(|| AllocateError::NoFigure {
            wanted: name.to_owned(),
            help: match nearest(name, self.figures.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.figures.is_empty() => {
                    "give the figures under `[figures]` in the funding file".to_owned()
                }
                None => {
                    let known: Vec<&str> = self.figures.keys().map(String::as_str).collect();
                    format!("known here: {}", known.join(", "))
                }
            },
        })
    }

    /// A number that is the same for all areas.
    ///
    /// # Errors
    ///
    /// [`AllocateError::NoConstant`] with the nearest known name.
    pub fn constant(&self, name: &str) -> Result<f64, AllocateError> {
        self.constants.get(name).copied().ok_or_else(|| AllocateError::NoConstant {
            wanted: name.to_owned(),
            help: match nearest(name, self.constants.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "give it in the funding file, such as `constants = {{ {name} = 1000 }}`, or \
                     write the number itself in a copy of the model (`levekaar presets show`)"
                ),
            },
        })
    }

    /// A figure where it is known at all.
    pub fn figure_or_none(&self, name: &str) -> Option<&[f64]> {
        self.figures.get(name).map(Vec::as_slice)
    }

    /// The position of a department.
    ///
    /// # Errors
    ///
    /// [`AllocateError::UnknownDepartment`] with the nearest known one.
    pub fn department(&self, id: &str) -> Result<usize, AllocateError> {
        let found = self.departments.iter().position(|department| department.id == id);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.departments.iter().map(|d| d.id.as_str()).collect();
            AllocateError::UnknownDepartment {
                wanted: id.to_owned(),
                help: match nearest(id, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the table has {}", known.join(", ")),
                },
            }
        })
    }

    /// The position of an area.
    ///
    /// # Errors
    ///
    /// [`AllocateError::UnknownArea`] with the nearest known one.
    pub fn area(&self, id: &AreaId) -> Result<usize, AllocateError> {
        let found = self.areas.iter().position(|area| area.id == *id);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.areas.iter().map(|area| area.id.as_str()).collect();
            AllocateError::UnknownArea {
                wanted: id.clone(),
                help: match nearest(id.as_str(), known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "its areas are those of the table of amounts".to_owned(),
                },
            }
        })
    }
}
