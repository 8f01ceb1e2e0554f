//! How do neighbours get out?

use std::io::{self, Write};

use crate::area::Area;
use crate::neighbour::Neighbours;

/// Writes `from,to,border_m`, each pair once, in the order of the areas.
///
/// Lengths are metres with three decimals and 0 where two areas meet in a point; the column is
/// empty where only pairs are known.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn neighbours_csv(
    out: &mut dyn Write,
    areas: &[Area],
    neighbours: &Neighbours,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["from", "to", "border_m"])?;
    for pair in neighbours.pairs() {
        let id = |at: u32| areas[at as usize].id.as_str();
        let known = neighbours.border_m(pair.a as usize).is_some();
        let length = if known { format!("{:.3}", pair.length_m) } else { String::new() };
        csv.write_record([id(pair.a), id(pair.b), &length])?;
    }
    csv.flush()
}

/// Writes the neighbours as a GAL file, as GeoDa, PySAL and spdep read it: the number of areas,
/// then for each its id and number of neighbours on one line and their ids on the next.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn neighbours_gal(
    out: &mut dyn Write,
    areas: &[Area],
    neighbours: &Neighbours,
) -> io::Result<()> {
    writeln!(out, "0 {} areas id", areas.len())?;
    for (at, area) in areas.iter().enumerate() {
        let of = neighbours.of(at);
        writeln!(out, "{} {}", area.id, of.len())?;
        let ids: Vec<&str> = of.iter().map(|&other| areas[other as usize].id.as_str()).collect();
        writeln!(out, "{}", ids.join(" "))?;
    }
    Ok(())
}
