//! What figures do areas have together?
//!
//! Each figure as its kind demands: counts are summed, rates are computed anew from summed
//! numerators and denominators. A mean, a median or a bare rate of the parts is not that of the
//! whole; what can be had is a weighted mean of the parts, under a name that says so.

use serde::{Deserialize, Serialize};

use crate::language::Text;
use crate::layer::{Cell, Field, FieldKind, Layer, Row};
use crate::notice::Notice;

/// How a column of a unit comes from those of its areas.
#[derive(Debug, Clone, PartialEq)]
pub enum Combination {
    /// The sum of a count.
    Sum {
        /// The column.
        column: String,
    },
    /// `per * sum(numerator) / sum(denominator)`, over the areas that have both.
    Rate {
        /// The name of the new column.
        name: String,
        /// Events, or persons with the attribute.
        numerator: String,
        /// Persons at risk.
        denominator: String,
        /// 100 for per cent.
        per: f64,
    },
    /// The mean of a column, weighted by another, in the new column `<column>_weighted`. Not the
    /// median or rate of the unit's residents, and it hides how they differ within areas.
    WeightedMean {
        /// The column.
        column: String,
        /// The weights, mostly residents.
        weight: String,
    },
    /// The least value.
    Least {
        /// The column.
        column: String,
    },
    /// The largest value.
    Largest {
        /// The column.
        column: String,
    },
    /// The value that all areas of the unit have; none where they differ.
    Common {
        /// The column.
        column: String,
    },
}

/// What becomes of a unit of which an area has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gaps {
    /// The unit has none either.
    Missing,
    /// The unit has that of its other areas; for a sum this is too small.
    LeaveOut,
}

impl Combination {
    /// The name of the new column.
    pub fn name(&self) -> String {
        match self {
            Self::Sum { column } | Self::Common { column } => column.clone(),
            Self::Rate { name, .. } => name.clone(),
            Self::WeightedMean { column, .. } => format!("{column}_weighted"),
            Self::Least { column } => format!("{column}_min"),
            Self::Largest { column } => format!("{column}_max"),
        }
    }

    /// The columns that it is computed from.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Sum { column }
            | Self::Least { column }
            | Self::Largest { column }
            | Self::Common { column } => vec![column],
            Self::Rate { numerator, denominator, .. } => vec![numerator, denominator],
            Self::WeightedMean { column, weight } => vec![column, weight],
        }
    }
}

/// Puts the figures of areas together.
///
/// Shape: a layer of areas and the areas of each unit in, one row of cells a unit out, beside the
/// new columns. A unit without areas, or whose denominator or weights sum to 0, has no value.
/// Columns that a combination names must be in the layer.
///
/// # Panics
///
/// When a column is not in the layer, which the caller checks.
pub fn combine(
    layer: &Layer,
    units: &[Vec<usize>],
    combinations: &[Combination],
    gaps: Gaps,
    labels: &[String],
) -> (Vec<Field>, Vec<Vec<Cell>>, Vec<Notice>) {
    let mut fields = Vec::new();
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); units.len()];
    let (mut missing, mut left_out) = (Vec::new(), Vec::new());
    for combination in combinations {
        let places: Vec<usize> = combination
            .columns()
            .into_iter()
            .map(|column| layer.field(column).expect("the caller has checked the columns"))
            .collect();
        let kind = match combination {
            Combination::Rate { .. } | Combination::WeightedMean { .. } => FieldKind::Real,
            Combination::Sum { .. }
            | Combination::Least { .. }
            | Combination::Largest { .. }
            | Combination::Common { .. } => layer.fields[places[0]].kind,
        };
        // Sums of numbers that stood as text are numbers.
        let kind = match (combination, kind) {
            (Combination::Common { .. }, kind) => kind,
            (_, FieldKind::Integer) => FieldKind::Integer,
            (_, FieldKind::Text | FieldKind::Real | FieldKind::Boolean) => FieldKind::Real,
        };
        fields.push(Field { name: combination.name(), kind });
        for (unit, areas) in units.iter().enumerate() {
            let all: Vec<&Row> = areas.iter().map(|&area| &layer.rows[area]).collect();
            let is_whole = |row: &&&Row| {
                places.iter().all(|&at| match combination {
                    Combination::Common { .. } => row.cells[at] != Cell::Null,
                    _ => row.cells[at].number().is_some(),
                })
            };
            let whole: Vec<&Row> = all.iter().filter(is_whole).copied().collect();
            let n_gaps = all.len() - whole.len();
            let label =
                || Text::same(format!("{}: {} ({n_gaps})", labels[unit], combination.name()));
            let cell = match gaps {
                Gaps::Missing if n_gaps > 0 => {
                    missing.push(label());
                    Cell::Null
                }
                Gaps::Missing | Gaps::LeaveOut => {
                    if n_gaps > 0 {
                        left_out.push(label());
                    }
                    value(combination, &whole, &places, kind)
                }
            };
            rows[unit].push(cell);
        }
    }
    let mut notices = Vec::new();
    for (notice, items) in [
        (Notice::warning("layer.values-missing"), missing),
        (Notice::warning("layer.values-left-out"), left_out),
    ] {
        if !items.is_empty() {
            notices.push(notice.about_texts(items));
        }
    }
    let weighted: Vec<String> = combinations
        .iter()
        .filter(|one| matches!(one, Combination::WeightedMean { .. }))
        .map(Combination::name)
        .collect();
    if !weighted.is_empty() {
        notices.push(Notice::warning("layer.weighted").about(weighted));
    }
    (fields, rows, notices)
}

/// The value of a unit from areas that all have theirs.
fn value(combination: &Combination, rows: &[&Row], places: &[usize], kind: FieldKind) -> Cell {
    let numbers =
        |place: usize| rows.iter().filter_map(move |row| row.cells[places[place]].number());
    let sum = |place: usize| numbers(place).sum::<f64>();
    let number = |x: f64| match kind {
        // Sums of whole numbers are whole, and exact below 2^53.
        FieldKind::Integer if x.is_finite() && x.abs() < 9e15 => Cell::Integer(x as i64),
        FieldKind::Integer | FieldKind::Text | FieldKind::Real | FieldKind::Boolean => {
            Cell::real(x)
        }
    };
    if rows.is_empty() {
        return Cell::Null;
    }
    match combination {
        Combination::Sum { .. } => number(sum(0)),
        Combination::Rate { per, .. } => Cell::real(per * sum(0) / sum(1)),
        Combination::WeightedMean { .. } => {
            let products = numbers(0).zip(numbers(1)).map(|(x, weight)| x * weight);
            Cell::real(products.sum::<f64>() / sum(1))
        }
        Combination::Least { .. } => number(numbers(0).fold(f64::INFINITY, f64::min)),
        Combination::Largest { .. } => number(numbers(0).fold(f64::NEG_INFINITY, f64::max)),
        Combination::Common { .. } => {
            let first = &rows[0].cells[places[0]];
            match rows.iter().all(|row| row.cells[places[0]] == *first) {
                true => first.clone(),
                false => Cell::Null,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::MultiPolygon;

    use super::*;
    use crate::boundary::Crs;

    fn layer() -> Layer {
        let field = |name: &str, kind| Field { name: name.to_owned(), kind };
        let row = |n: i64, poor: Cell, income: f64| Row {
            cells: vec![Cell::Integer(n), poor, Cell::Real(income), Cell::Text("Oslo".into())],
            polygons: MultiPolygon(Vec::new()),
        };
        Layer {
            name: "x".to_owned(),
            fields: vec![
                field("n", FieldKind::Integer),
                field("poor", FieldKind::Integer),
                field("income", FieldKind::Real),
                field("town", FieldKind::Text),
            ],
            rows: vec![
                row(100, Cell::Integer(10), 300.0),
                row(300, Cell::Integer(90), 500.0),
                row(50, Cell::Null, 400.0),
            ],
            crs: Crs::WGS84,
            notices: Vec::new(),
        }
    }

    fn all() -> Vec<Combination> {
        let column = |name: &str| name.to_owned();
        vec![
            Combination::Sum { column: column("n") },
            Combination::Rate {
                name: column("poor_pct"),
                numerator: column("poor"),
                denominator: column("n"),
                per: 100.0,
            },
            Combination::WeightedMean { column: column("income"), weight: column("n") },
            Combination::Common { column: column("town") },
        ]
    }

    #[test]
    fn rates_are_computed_anew_and_means_are_weighted_and_flagged() {
        let labels = ["A".to_owned(), "B".to_owned()];
        let (fields, rows, notices) =
            combine(&layer(), &[vec![0, 1], vec![]], &all(), Gaps::Missing, &labels);
        assert_eq!(fields[2].name, "income_weighted");
        assert_eq!(
            rows[0],
            [Cell::Integer(400), Cell::Real(25.0), Cell::Real(450.0), Cell::Text("Oslo".into())]
        );
        assert!(rows[1].iter().all(|cell| *cell == Cell::Null), "nobody has nothing");
        assert_eq!(notices[0].key, "layer.weighted");
    }

    #[test]
    fn a_gap_is_missing_or_left_out_and_never_0() {
        let labels = ["A".to_owned()];
        let units = [vec![0, 1, 2]];
        let (_, rows, notices) = combine(&layer(), &units, &all()[..2], Gaps::Missing, &labels);
        assert_eq!(rows[0], [Cell::Integer(450), Cell::Null]);
        assert_eq!(notices[0].items, [Text::same("A: poor_pct (1)")]);
        let (_, rows, notices) = combine(&layer(), &units, &all()[..2], Gaps::LeaveOut, &labels);
        assert_eq!(rows[0][1], Cell::Real(25.0), "of the 400 whose poor are known");
        assert_eq!(notices[0].key, "layer.values-left-out");
    }
}
