//! How do regions get out?

use std::io::{self, Write};

use crate::area::Area;
use crate::max_p::{Regions, Standing};

/// Writes `area,name,region,standing`, a row an area in the order of the table. Regions are
/// numbered from 1; the cell is empty where an area is in none. `standing` is `member`,
/// `below-threshold`, `joined`, `dropped` or `missing`.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn region_areas_csv(out: &mut dyn Write, areas: &[Area], found: &Regions) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["area", "name", "region", "standing"])?;
    for (at, area) in areas.iter().enumerate() {
        let region = found.of[at].map_or(String::new(), |region| (region + 1).to_string());
        let standing = match found.standing[at] {
            Standing::Member => "member",
            Standing::BelowThreshold => "below-threshold",
            Standing::Joined => "joined",
            Standing::Dropped => "dropped",
            Standing::Missing => "missing",
        };
        csv.write_record([area.id.as_str(), &area.name, &region, standing])?;
    }
    csv.flush()
}

/// Writes `region,n_areas,floor,within_ss`, then the mean of each attribute, a row a region.
/// `within_ss` is the sum of squared differences of standardised attributes from the region's
/// means; the means are unweighted.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn regions_csv(out: &mut dyn Write, attributes: &[String], found: &Regions) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let head = ["region", "n_areas", "floor", "within_ss"].map(str::to_owned);
    csv.write_record(head.iter().cloned().chain(attributes.iter().map(|id| format!("mean_{id}"))))?;
    for (at, region) in found.regions.iter().enumerate() {
        let numbers = [region.floor, region.within].into_iter().chain(region.means.iter().copied());
        let counts = [at + 1, region.members.len()].map(|count| count.to_string());
        csv.write_record(counts.into_iter().chain(numbers.map(|x| x.to_string())))?;
    }
    csv.flush()
}
