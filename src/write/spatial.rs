//! How do spatial statistics stand in a file?

use std::io::{self, Write};

use super::{push_number, push_text};
use crate::area::Area;
use crate::spatial::doubt::Doubt;
use crate::spatial::global::Global;
use crate::spatial::local::Found;
use crate::spatial::{Inference, local};

/// Writes statistics of the whole map, one a line.
///
/// `p_normal` and `p_randomised` are analytic, `p` is that of the permutations; an empty cell does
/// not exist for that statistic.
///
/// # Errors
///
/// Those of `out`.
pub fn global_csv(
    out: &mut (impl Write + ?Sized),
    rows: &[Global],
    inference: Inference,
) -> io::Result<()> {
    let mut text = String::from(
        "statistic,value,n,expected,variance_normal,z_normal,p_normal,variance_randomised,\
         z_randomised,p_randomised,mean_permuted,sd_permuted,p,alternative,permutations,seed\n",
    );
    for row in rows {
        text.push_str(row.name);
        let analytic = |chance: Option<crate::spatial::global::Chance>| {
            chance.map_or([f64::NAN; 3], |chance| [chance.variance, chance.z, chance.p])
        };
        let permuted =
            row.permuted.map_or([f64::NAN; 3], |random| [random.mean, random.sd, random.p]);
        let first = [row.value, row.n as f64, row.expected.unwrap_or(f64::NAN)];
        let all = first.into_iter().chain(analytic(row.normal)).chain(analytic(row.randomised));
        for x in all.chain(permuted) {
            text.push(',');
            push_number(&mut text, x);
        }
        text.push_str(&format!(
            ",{},{},{}\n",
            inference.alternative.name(),
            inference.permutations,
            inference.seed.0
        ));
    }
    out.write_all(text.as_bytes())
}

/// What stands in one file of local statistics.
#[derive(Debug, Clone, Copy)]
pub struct LocalTable<'a> {
    /// The areas, in the order of the table.
    pub areas: &'a [Area],
    /// The column that was tested.
    pub values: &'a [f64],
    /// What each area shows.
    pub found: &'a [Found],
    /// The cluster of each area; `None` where it is not significant or undefined.
    pub clusters: &'a [Option<&'static str>],
    /// How often each area is high among high ones in replicates of the index.
    pub doubt: Option<&'a [Doubt]>,
}

/// Writes local statistics, one line an area in the order of the table.
///
/// `undefined` says why an area has none: `missing` or `no-neighbours`. `cluster` is empty where
/// the area is not significant. `high_high_share` and `high_high_significant_share` stand only
/// where replicates were computed.
///
/// # Errors
///
/// Those of `out`.
pub fn local_csv(out: &mut (impl Write + ?Sized), table: &LocalTable<'_>) -> io::Result<()> {
    let mut text = String::from(
        "area,name,value,n_neighbours,lag,statistic,expected,variance,z,p_normal,p,p_adjusted,\
         quadrant,cluster,undefined",
    );
    if table.doubt.is_some() {
        text.push_str(",high_high_share,high_high_significant_share,n_replicates");
    }
    text.push('\n');
    for (at, area) in table.areas.iter().enumerate() {
        push_text(&mut text, area.id.as_str());
        text.push(',');
        push_text(&mut text, &area.name);
        text.push(',');
        push_number(&mut text, table.values[at]);
        match &table.found[at] {
            Found::Tested(local) => push_tested(&mut text, local, table.clusters[at]),
            Found::Missing => text.push_str(",,,,,,,,,,,,missing"),
            Found::Island => text.push_str(",0,,,,,,,,,,,no-neighbours"),
        }
        if let Some(doubt) = table.doubt {
            for x in [doubt[at].high_high, doubt[at].high_high_significant] {
                text.push(',');
                push_number(&mut text, x);
            }
            text.push_str(&format!(",{}", doubt[at].n_tested));
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}

fn push_tested(text: &mut String, local: &local::Local, cluster: Option<&str>) {
    text.push_str(&format!(",{}", local.n_neighbours));
    for x in [
        local.lag,
        local.value,
        local.expected,
        local.variance,
        local.z,
        local.p_normal,
        local.p,
        local.p_adjusted,
    ] {
        text.push(',');
        push_number(text, x);
    }
    text.push_str(&format!(",{},{},", local.quadrant.name(), cluster.unwrap_or("")));
}
