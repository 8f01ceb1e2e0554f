//! How do the indices of the assumptions get out?

use std::io::{self, Write};

use crate::analysis::Analysis;
use crate::uncertainty::Sensitivity;
use crate::uncertainty::sobol::Indices;

use super::{push_area, push_number, push_text};

/// Writes `output,area,name,assumption,index,estimate,low,high,variance`: one line for each
/// output, assumption and index, first the outputs of all areas, then the rank of each area.
///
/// `index` is `first` or `total`. What was not computed is an empty cell; an area that lacks a
/// rank in some run has no lines.
///
/// # Errors
///
/// Those of `out`.
pub fn sensitivity_csv(
    out: &mut (impl Write + ?Sized),
    analysis: &Analysis,
    sensitivity: &Sensitivity,
) -> io::Result<()> {
    let mut text = String::from("output,area,name,assumption,index,estimate,low,high,variance\n");
    let ids: Vec<String> = sensitivity.assumptions.iter().map(|a| a.id()).collect();
    for output in &sensitivity.outputs {
        push(&mut text, &format!("{},,", output.output.id()), &ids, &output.indices);
    }
    for &at in analysis.ranking.order() {
        let Some(indices) = &sensitivity.areas[at as usize] else { continue };
        let mut head = String::from("rank,");
        push_area(&mut head, &analysis.ranking.areas()[at as usize]);
        push(&mut text, &head, &ids, indices);
        if text.len() > 1 << 20 {
            out.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    out.write_all(text.as_bytes())
}

fn push(text: &mut String, head: &str, ids: &[String], indices: &Indices) {
    for (index, estimates) in [("first", &indices.first), ("total", &indices.total)] {
        for (id, estimate) in ids.iter().zip(estimates) {
            text.push_str(head);
            text.push(',');
            push_text(text, id);
            text.push(',');
            text.push_str(index);
            for x in [estimate.value, estimate.low, estimate.high, indices.variance] {
                text.push(',');
                push_number(text, x);
            }
            text.push('\n');
        }
    }
}
