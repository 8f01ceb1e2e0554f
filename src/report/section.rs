//! What does a further section hold?
//!
//! Sections beside those that every report has: how sure the ranks are, candidate areas, funding,
//! clusters. Whoever computes something hands over headings, paragraphs, pictures and tables as
//! data; the page lays them out, escapes them and gives them sorting, printing and both colour
//! schemes, so that no step writes HTML of its own.

use serde::Serialize;

use super::figure::{Figure, anchor};
use super::plate::{drawing, is_tall};
use super::ranked::rows_shown;
use crate::analysis::Analysis;
use crate::language::Language;
use crate::map::MapError;

/// Where on the page a section stands. Sections of one place stand in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// After the ranking: how sure it is.
    Uncertainty,
    /// After the selection and its reasons: near misses, comparisons of rules.
    Selection,
    /// Candidate areas for a programme.
    Candidates,
    /// Who gets how much.
    Funding,
    /// Clusters and other patterns on the map.
    Space,
    /// After the method: does the index hang together?
    Diagnostics,
}

/// A section of the report, every text in the language of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its anchor, unique on the page: lower case with hyphens.
    pub id: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Its heading, which is also its line in the list of contents.
    pub title: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading within the section.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph in quieter type: how to read what follows, what it is bad at.
    Hint(String),
    /// A picture of our own making.
    Picture {
        /// The SVG, taken in as it is, with its ids made unique; a picture where it has many areas.
        svg: String,
        /// What it shows; stands below the picture.
        caption: String,
    },
    /// A table.
    Table(Table),
    /// Blocks that are folded away under a line, and unfolded on paper.
    Folded {
        /// The line that opens them.
        title: String,
        /// What is folded away.
        blocks: Vec<Block>,
    },
}

/// A table. Columns of numbers can be sorted as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows, and what its numbers mean.
    pub caption: String,
    /// The heads.
    pub columns: Vec<Column>,
    /// One cell a column; the first cell is the row's heading.
    pub rows: Vec<Vec<Cell>>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Unit or direction, in small type; empty for none.
    pub note: String,
    /// What stands in it.
    pub holds: Holds,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Text,
    /// Sentences, which get room.
    Sentences,
    /// Numbers with this many decimals.
    Numbers(usize),
    /// Numbers of different units, as text to the right.
    Figures,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words; data are escaped.
    Text(String),
    /// The area at this position of the table, by name and linked to its row and the map.
    Area(usize),
    /// A number; NaN is shown as a dash and sorts last.
    Number(f64),
}

/// A section as the template lays it out.
#[derive(Debug, Serialize)]
pub(super) struct Laid<'a> {
    id: &'a str,
    place: Place,
    title: &'a str,
    blocks: Vec<LaidBlock<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum LaidBlock<'a> {
    Heading {
        text: &'a str,
    },
    Text {
        text: &'a str,
    },
    Hint {
        text: &'a str,
    },
    Picture {
        drawing: String,
        caption: &'a str,
        /// Whether the caption stands in the picture already.
        said: bool,
        /// Whether it is taller than wide, as a list is.
        tall: bool,
    },
    Table {
        caption: &'a str,
        columns: Vec<LaidColumn<'a>>,
        rows: Vec<LaidRow<'a>>,
    },
    Folded {
        title: &'a str,
        blocks: Vec<LaidBlock<'a>>,
    },
}

#[derive(Debug, Serialize)]
struct LaidColumn<'a> {
    title: &'a str,
    note: &'a str,
    class: &'static str,
}

#[derive(Debug, Serialize)]
struct LaidRow<'a> {
    /// The id of the first area that the row names, which ties it to the map.
    area: Option<&'a str>,
    cells: Vec<LaidCell<'a>>,
}

#[derive(Debug, Serialize)]
struct LaidCell<'a> {
    class: &'static str,
    figure: Option<Figure>,
    text: &'a str,
    /// The row of the ranking that it leads to.
    anchor: Option<String>,
}

/// Makes sections ready for the template.
///
/// # Errors
///
/// [`MapError`] when a drawing of many areas cannot be made a picture.
pub(super) fn laid<'a>(
    sections: &'a [Section],
    analysis: &'a Analysis,
    language: Language,
) -> Result<Vec<Laid<'a>>, MapError> {
    let ranking = &analysis.ranking;
    let mut has_row: Vec<bool> = ranking.ranks().iter().map(|rank| rank.is_nan()).collect();
    rows_shown(ranking).into_iter().for_each(|at| has_row[at] = true);
    let layout = Layout { analysis, language, has_row };
    sections
        .iter()
        .map(|section| {
            Ok(Laid {
                id: section.id,
                place: section.place,
                title: &section.title,
                blocks: layout.blocks(&section.blocks, section.id)?,
            })
        })
        .collect()
}

struct Layout<'a> {
    analysis: &'a Analysis,
    language: Language,
    /// Whether an area has a row on the page that a link can lead to.
    has_row: Vec<bool>,
}

impl<'a> Layout<'a> {
    fn blocks(&self, blocks: &'a [Block], prefix: &str) -> Result<Vec<LaidBlock<'a>>, MapError> {
        let numbered = blocks.iter().enumerate();
        numbered
            .map(|(at, block)| {
                let prefix = format!("{prefix}-{at}");
                Ok(match block {
                    Block::Heading(text) => LaidBlock::Heading { text },
                    Block::Text(text) => LaidBlock::Text { text },
                    Block::Hint(text) => LaidBlock::Hint { text },
                    Block::Picture { svg, caption } => LaidBlock::Picture {
                        drawing: drawing(svg, &prefix)?,
                        caption,
                        said: svg.contains(&format!(">{caption}</text>")),
                        tall: is_tall(svg),
                    },
                    Block::Table(table) => self.table(table),
                    Block::Folded { title, blocks } => {
                        LaidBlock::Folded { title, blocks: self.blocks(blocks, &prefix)? }
                    }
                })
            })
            .collect()
    }

    fn table(&self, table: &'a Table) -> LaidBlock<'a> {
        let class = |holds: Holds| match holds {
            Holds::Text => "",
            Holds::Sentences => "wide-text",
            Holds::Numbers(_) => "number",
            Holds::Figures => "number figures",
        };
        let columns = table.columns.iter().map(|column| LaidColumn {
            title: &column.title,
            note: &column.note,
            class: class(column.holds),
        });
        let rows = table.rows.iter().map(|row| LaidRow {
            area: row.iter().find_map(|cell| match cell {
                Cell::Area(at) => Some(self.analysis.table.areas()[*at].id.as_str()),
                Cell::Text(_) | Cell::Number(_) => None,
            }),
            cells: row
                .iter()
                .zip(&table.columns)
                .map(|(cell, column)| self.cell(cell, column.holds, class(column.holds)))
                .collect(),
        });
        LaidBlock::Table {
            caption: &table.caption,
            columns: columns.collect(),
            rows: rows.collect(),
        }
    }

    fn cell(&self, cell: &'a Cell, holds: Holds, class: &'static str) -> LaidCell<'a> {
        let decimals = match holds {
            Holds::Numbers(decimals) => decimals,
            Holds::Text | Holds::Sentences | Holds::Figures => 0,
        };
        match cell {
            Cell::Text(text) => LaidCell { class, figure: None, text, anchor: None },
            Cell::Number(x) => {
                let figure = Some(Figure::of(*x, decimals, self.language));
                LaidCell { class, figure, text: "", anchor: None }
            }
            Cell::Area(at) => {
                let area = &self.analysis.table.areas()[*at];
                let anchor = self.has_row[*at].then(|| anchor(area.id.as_str()));
                LaidCell { class, figure: None, text: &area.name, anchor }
            }
        }
    }
}
