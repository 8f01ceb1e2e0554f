//! What does it look like?
//!
//! In come outlines, values, classes and a selection, all decided elsewhere; out comes a choropleth
//! map as SVG ([`choropleth`], [`small_multiples`]) and from that a PNG ([`rasterise`]). Nothing is
//! computed here that a reader could not see: no classes, no rules, no joins.

mod areas;
mod chart;
mod circles;
mod hatch;
pub mod heatmap;
mod inset;
mod interval;
mod label;
mod legend;
mod lorenz;
mod money;
mod outline;
mod page;
mod palette;
mod panels;
mod raster;
mod scale;
mod scorecard;
mod sensitivity;
mod sets;
mod sheet;
mod slope;
mod square;
mod targeting;
mod text;

use crate::boundary::Shape;
use crate::indicator::{CellState, Direction};
use crate::language::{Language, message};
pub use chart::ChartHead;
pub use inset::densest;
pub use interval::{ALL_UP_TO, WORST_SHOWN, rank_intervals};
pub use lorenz::{Curve, lorenz};
pub use money::money_map;
pub use page::Page;
pub(crate) use palette::QUALITATIVE;
pub use panels::{Panel, small_multiples};
pub use raster::{MAX_EDGE_PX, MapError, rasterise};
pub use scorecard::{Row, Standing, scorecard_table};
pub use sensitivity::sensitivity_bars;
pub use sets::MapSet;
use sheet::write_synthetic;
pub use sheet::{choropleth, choropleth_with_sets};
pub use slope::{SLOPES, Shift, slope_chart, waterfall};
pub use square::{Axis, Square, SquareColours};
pub use targeting::targeting_curve;

/// The embedded font of pictures, and the first choice of drawings.
const FONT: &str = "Source Sans 3";

/// Width of a map that is no page, in px; the height follows from the areas.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;

/// Whether the rule selects an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionMark {
    /// It does: a strong outline.
    Selected,
    /// It does not, or there is no rule: no outline.
    NotSelected,
    /// A value that the rule needs is missing: a dashed outline.
    Unknown,
}

/// Why an area has no class. Each kind has a hatch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing is known, or gaps of several kinds meet.
    Missing,
    /// Withheld because few persons stand behind it.
    Suppressed,
    /// The question has no meaning there, or the area is not ranked.
    NotApplicable,
}

impl Gap {
    /// All kinds, in the order of the legend.
    pub const ALL: [Self; 3] = [Self::Missing, Self::Suppressed, Self::NotApplicable];

    /// The gap of a cell; `None` where there is a number.
    pub fn of(state: CellState) -> Option<Self> {
        match state {
            CellState::Present => None,
            CellState::NotAvailable => Some(Self::Missing),
            CellState::Suppressed => Some(Self::Suppressed),
            CellState::NotApplicable => Some(Self::NotApplicable),
        }
    }
}

/// One area of a map.
#[derive(Debug, Clone)]
pub struct MapArea<'a> {
    /// Its outline.
    pub shape: &'a Shape,
    /// Its name, which may stand on the map.
    pub name: &'a str,
    /// The value that the colour stands for; NaN means no data.
    pub value: f64,
    /// The second value, where the colour stands for two; else NaN.
    pub second: f64,
    /// Why there is no value, in the language of the map; not used where there is one.
    pub reason: &'a str,
    /// The same as a kind of gap; not used where there is a class.
    pub gap: Gap,
    /// Its class, 0 being the lowest; `None` is hatched.
    pub class: Option<usize>,
    /// Residents, where known.
    pub population: Option<f64>,
    /// Whether the rule selects it.
    pub selection: SelectionMark,
}

/// All that a map shows; every text in the language of the map.
#[derive(Debug, Clone)]
pub struct MapRequest<'a> {
    /// What the map is of.
    pub title: &'a str,
    /// Index, place and year; may be empty.
    pub subtitle: &'a str,
    /// Whose figures and outlines these are; may be empty.
    pub source: &'a str,
    /// The language of numbers and of the map's own words.
    pub language: Language,
    /// Whether the data are invented, which is then written across the map.
    pub synthetic: bool,
    /// What the colour stands for, such as `Skår`.
    pub legend_title: &'a str,
    /// Which end of the values is worse. The worse end is dark.
    pub direction: Direction,
    /// What is said of the colours; where they stand for values of an index, what
    /// [`MapRequest::direction`] says.
    pub note: Option<&'a str>,
    /// Decimals of the class limits and values; limits that look alike get more.
    pub decimals: usize,
    /// What the classes are.
    pub key: Key<'a>,
    /// The rule's short name for the legend; `None` where nothing was selected by a rule.
    pub selection_rule: Option<&'a str>,
    /// The areas to draw, each once.
    pub areas: &'a [MapArea<'a>],
    /// Paper, names and what else is a choice of drawing.
    pub look: Look<'a>,
}

/// What the classes of a map are.
#[derive(Debug, Clone, Copy)]
pub enum Key<'a> {
    /// Ranges of values.
    Ranges {
        /// The limits of [`crate::classify::Classes`]: one more than there are classes.
        limits: &'a [f64],
        /// Where colours turn, for values that are good on one side and bad on the other.
        turn: Option<Turn>,
    },
    /// Kinds, such as clusters.
    Kinds(Categories<'a>),
    /// Three by three classes of two measures.
    Square(Square<'a>),
}

/// A value at which colours turn from better to worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// The value.
    pub reference: f64,
    /// How many classes lie below it.
    pub n_below: usize,
    /// How many lie above it; those that are neither hold it.
    pub n_above: usize,
}

/// Choices of drawing that change no number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Look<'a> {
    /// The paper.
    pub page: Page,
    /// Which names stand on the map.
    pub names: Names,
    /// Whether circles show the residents, on pale areas.
    pub circles: bool,
    /// A part that is drawn once more, larger: west, south, east and north in metres of
    /// [`Shape::projected`].
    pub inset: Option<[f64; 4]>,
    /// What the figures describe, such as a year; may be empty.
    pub date: &'a str,
}

/// Which areas have their names on the map: selected ones first, then those with worse values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Names {
    /// All on a map of few areas, the first ones on a map of some hundred, none on others.
    #[default]
    Automatic,
    /// None.
    None,
    /// Those that the rule selects.
    Selected,
    /// All, as far as there is room.
    All,
    /// So many.
    First(usize),
}

/// Kinds of areas, such as clusters, in the order of the legend.
#[derive(Debug, Clone, Copy)]
pub struct Categories<'a> {
    /// The kinds; an area's class is a position in this list.
    pub kinds: &'a [Category],
    /// What is said of them below the heading of the legend.
    pub note: &'a str,
    /// What areas without a class are.
    pub undefined: &'a str,
}

/// A kind of area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What it is called.
    pub label: String,
    /// Its colour, as `#rrggbb`.
    pub colour: &'static str,
}

impl MapRequest<'_> {
    fn worst_is_highest(&self) -> bool {
        match self.direction {
            Direction::HigherIsWorse => true,
            Direction::HigherIsBetter => false,
        }
    }

    fn direction_text(&self) -> String {
        if let Some(note) = self.note {
            return note.to_owned();
        }
        if let Key::Kinds(categories) = self.key {
            return categories.note.to_owned();
        }
        let key = match self.direction {
            Direction::HigherIsWorse => "map.direction_worse",
            Direction::HigherIsBetter => "map.direction_better",
        };
        message(self.language, key, &[])
    }

    /// What areas without a class are called.
    fn gap_text(&self, gap: Gap) -> String {
        let key = match (self.key, gap) {
            (Key::Kinds(categories), Gap::Missing) => return categories.undefined.to_owned(),
            (_, Gap::Missing) => "map.no_data",
            (_, Gap::Suppressed) => "map.suppressed",
            (_, Gap::NotApplicable) => "map.not_applicable",
        };
        message(self.language, key, &[])
    }

    fn n_classes(&self) -> usize {
        match self.key {
            Key::Ranges { limits, .. } => limits.len().saturating_sub(1),
            Key::Kinds(categories) => categories.kinds.len(),
            Key::Square(_) => 9,
        }
    }

    /// The colour of each class, from the lowest values to the highest.
    fn colours(&self) -> Vec<String> {
        let mut colours = match self.key {
            Key::Kinds(Categories { kinds, .. }) => {
                return kinds.iter().map(|kind| kind.colour.to_owned()).collect();
            }
            Key::Square(square) => return square.class_colours(),
            Key::Ranges { turn: None, .. } => palette::sequential(self.n_classes()),
            Key::Ranges { turn: Some(turn), .. } => {
                let middle = turn.n_below + turn.n_above < self.n_classes();
                match self.direction {
                    Direction::HigherIsWorse => {
                        palette::diverging(turn.n_below, middle, turn.n_above)
                    }
                    Direction::HigherIsBetter => {
                        palette::diverging(turn.n_above, middle, turn.n_below)
                    }
                }
            }
        };
        if !self.worst_is_highest() {
            colours.reverse();
        }
        colours
    }

    /// Whether each area's class is one that the key has.
    fn has_classes_of(&self, areas: &[MapArea<'_>]) -> bool {
        let n_classes = self.n_classes();
        areas.iter().all(|area| area.class.is_none_or(|class| class < n_classes))
    }
}

#[cfg(test)]
mod tests;
