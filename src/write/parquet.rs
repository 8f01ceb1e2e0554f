//! How do results get into a data frame?

use std::io::Write;

use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, PolarsError, Series,
};

use crate::analysis::Analysis;

/// Writes `ranking.parquet`: the columns of `ranking.csv`, by rank, with nulls where there is no
/// value.
///
/// # Errors
///
/// What polars or `out` say.
pub fn ranking_parquet(out: impl Write, analysis: &Analysis) -> Result<(), PolarsError> {
    let ranking = &analysis.ranking;
    let order: Vec<usize> = ranking.order().iter().map(|&at| at as usize).collect();
    let text = |name: &str, of: &dyn Fn(usize) -> String| -> Column {
        let cells: Vec<String> = order.iter().map(|&at| of(at)).collect();
        Series::new(name.into(), cells).into_column()
    };
    let numbers = |name: &str, values: &[f64]| -> Column {
        let cells: Vec<Option<f64>> =
            order.iter().map(|&at| Some(values[at]).filter(|x| !x.is_nan())).collect();
        Series::new(name.into(), cells).into_column()
    };
    let classes = |name: &str, k: usize| -> Column {
        let cells: Vec<Option<u32>> = order
            .iter()
            .map(|&at| ranking.class(at, k).and_then(|class| u32::try_from(class).ok()))
            .collect();
        Series::new(name.into(), cells).into_column()
    };
    let areas = ranking.areas();
    let mut columns = vec![
        text("area", &|at| areas[at].id.to_string()),
        text("name", &|at| areas[at].name.clone()),
        numbers("score", ranking.scores()),
        numbers("rank", ranking.ranks()),
        classes("decile", 10),
        classes("quintile", 5),
    ];
    columns.extend(analysis.parts().into_iter().map(|(id, values)| numbers(id, values)));
    let mut frame = DataFrame::new(order.len(), columns)?;
    ParquetWriter::new(out).finish(&mut frame)?;
    Ok(())
}
