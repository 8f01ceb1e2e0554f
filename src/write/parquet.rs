//! How do results get into a data frame?

use std::io::Write;

use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, PolarsError, Series,
};

use crate::analysis::Analysis;
use crate::index::Plan;
use crate::uncertainty::recipe::level_name;
use crate::uncertainty::{Settings, Study};

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
        text("name", &|at| areas[at].name.to_string()),
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

/// Writes the settings of each replicate: the columns of
/// [`super::uncertainty::ledger_csv`], with nulls where there is no value.
///
/// # Errors
///
/// What polars or `out` say.
pub fn ledger_parquet(
    out: impl Write,
    study: &Study<'_>,
    plan: &Plan<'_>,
    replicates: u32,
) -> Result<(), PolarsError> {
    let drawn: Vec<Settings> = (0..replicates).map(|r| study.settings(r)).collect();
    let whole = |name: &str, of: &dyn Fn(&Settings) -> u32| -> Column {
        Series::new(name.into(), drawn.iter().map(of).collect::<Vec<u32>>()).into_column()
    };
    let text = |name: &str, of: &dyn Fn(&Settings) -> Option<String>| -> Column {
        Series::new(name.into(), drawn.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let number = |name: &str, of: &dyn Fn(&Settings) -> Option<f64>| -> Column {
        Series::new(name.into(), drawn.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let indicators = &plan.definition().indicators;
    let mut columns = vec![
        whole("replicate", &|drawn| drawn.replicate),
        whole("combination", &|drawn| drawn.combination as u32),
        text("choices", &|drawn| Some(study.combinations()[drawn.combination].label.clone())),
        text("scenario", &|drawn| study.scenario(drawn).map(str::to_owned)),
        text("left_out", &|drawn| Some(indicators[drawn.left_out?].id.to_string())),
        number("k", &|drawn| drawn.k),
    ];
    for (at, level) in plan.levels().iter().enumerate() {
        for (place, child) in level.children.iter().enumerate() {
            let name = format!("{}/{}", level_name(plan, level), plan.child_id(*child));
            columns.push(number(&name, &|drawn| Some(drawn.weights[at][place])));
        }
    }
    let mut frame = DataFrame::new(drawn.len(), columns)?;
    ParquetWriter::new(out).finish(&mut frame)?;
    Ok(())
}
