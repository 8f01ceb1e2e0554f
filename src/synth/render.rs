//! How is a synthetic city written down?
//!
//! One long CSV table and GeoJSON boundaries in two coordinate systems, as bytes into any writer;
//! opening files is a door's business. Zones are written in blocks, so that a million of them
//! need no more memory than a thousand. "Synthetic" stands in each of the three.

use std::fmt::Write as _;
use std::io;

use geo::{Coord, LineString};
use proj4rs::Proj;
use rayon::prelude::*;

use super::{Figure, SyntheticCity, SyntheticRow, SyntheticZone};
use crate::language::{Language, message};

/// Zones that are turned into text at a time.
const BLOCK: usize = 4096;

/// The same zones for one thread.
const PART: usize = 256;

/// Writes the indicators: one row per zone and year, comma-delimited UTF-8.
///
/// Columns: `area, name, district, year, population, median_income_nok,
/// median_income_households`, then `_n` (numerator) and `_of` (denominator) for `low_education`,
/// `employment`, `dropout` and `child_poverty`, then generic columns `x01`, …, and `synthetic`,
/// which is `true` in every row. A suppressed cell is `:`, a missing one `.`; incomes are kroner.
///
/// # Errors
///
/// Whatever the writer returns.
pub fn write_indicators_csv(city: &SyntheticCity, out: &mut impl io::Write) -> io::Result<()> {
    let mut header = String::from(
        "area,name,district,year,population,median_income_nok,median_income_households",
    );
    for indicator in ["low_education", "employment", "dropout", "child_poverty"] {
        header.push_str(&format!(",{indicator}_n,{indicator}_of"));
    }
    for number in 1..=city.n_extras() {
        header.push_str(&format!(",x{number:02}"));
    }
    writeln!(out, "{header},synthetic")?;
    write_blocks(city, out, |text, zone_idx, zone| {
        for row in city.rows(zone_idx) {
            push_row(text, zone, &row);
        }
    })
}

/// [`write_indicators_csv`] as text, for small cities.
pub fn indicators_csv(city: &SyntheticCity) -> String {
    text_of(|out| write_indicators_csv(city, out))
}

/// Writes the boundaries as GeoJSON in longitude and latitude (WGS 84), with seven decimals,
/// which is about a centimetre.
///
/// Properties: `area`, `name`, `district`, `synthetic`.
///
/// # Errors
///
/// Whatever the writer returns.
pub fn write_boundaries_geojson_lonlat(
    city: &SyntheticCity,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let utm = Proj::from_epsg_code(25832).expect("EPSG:25832 is in the built-in list");
    let lonlat = Proj::from_epsg_code(4326).expect("EPSG:4326 is in the built-in list");
    write_boundaries(city, out, "", |text, at| {
        let mut point = (at.x, at.y, 0.0);
        proj4rs::transform::transform(&utm, &lonlat, &mut point)
            .expect("every zone lies well within UTM zone 32");
        let _ = write!(text, "[{:.7},{:.7}]", point.0.to_degrees(), point.1.to_degrees());
    })
}

/// [`write_boundaries_geojson_lonlat`] as text, for small cities.
pub fn boundaries_geojson_lonlat(city: &SyntheticCity) -> String {
    text_of(|out| write_boundaries_geojson_lonlat(city, out))
}

/// Writes the boundaries as GeoJSON in metres of EPSG:25832, with the `crs` member of the
/// GeoJSON of 2008, which the standard of today no longer has but most programs still read.
///
/// # Errors
///
/// Whatever the writer returns.
pub fn write_boundaries_geojson_25832(
    city: &SyntheticCity,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},"#;
    write_boundaries(city, out, crs, |text, at| {
        let _ = write!(text, "[{},{}]", at.x, at.y);
    })
}

/// [`write_boundaries_geojson_25832`] as text, for small cities.
pub fn boundaries_geojson_25832(city: &SyntheticCity) -> String {
    text_of(|out| write_boundaries_geojson_25832(city, out))
}

fn write_boundaries(
    city: &SyntheticCity,
    out: &mut impl io::Write,
    crs: &str,
    push_place: impl Fn(&mut String, Coord<f64>) + Sync,
) -> io::Result<()> {
    writeln!(
        out,
        r#"{{"type":"FeatureCollection","name":{},"synthetic":true,"description":{},{crs}"features":["#,
        quoted(&city.id()),
        quoted(&format!(
            "{} / {}",
            message(Language::Nb, "synth.statement", &[]),
            message(Language::En, "synth.statement", &[])
        )),
    )?;
    write_blocks(city, out, |text, zone_idx, zone| {
        if zone_idx > 0 {
            text.push_str(",\n");
        }
        let _ = write!(
            text,
            r#"{{"type":"Feature","properties":{{"area":{},"name":{},"district":{},"synthetic":true}},"geometry":{{"type":"Polygon","coordinates":["#,
            quoted(zone.id.as_str()),
            quoted(&zone.name),
            quoted(&zone.district_name),
        );
        push_ring(text, zone.polygon.exterior(), &push_place);
        for hole in zone.polygon.interiors() {
            text.push(',');
            push_ring(text, hole, &push_place);
        }
        text.push_str("]}}");
    })?;
    writeln!(out, "\n]}}")
}

fn push_ring(
    text: &mut String,
    ring: &LineString<f64>,
    push_place: &impl Fn(&mut String, Coord<f64>),
) {
    text.push('[');
    for (idx, &at) in ring.0.iter().enumerate() {
        if idx > 0 {
            text.push(',');
        }
        push_place(text, at);
    }
    text.push(']');
}

fn push_row(text: &mut String, zone: &SyntheticZone, row: &SyntheticRow) {
    // Names are made of letters and spaces: nothing in them needs quotes.
    let _ = write!(
        text,
        "{},{},{},{},{}",
        zone.id, zone.name, zone.district_name, row.year, row.population
    );
    let shares = [row.low_education, row.employment, row.dropout, row.child_poverty];
    push_figure(text, row.income.median_nok);
    push_figure(text, row.income.households);
    for share in shares {
        push_figure(text, share.numerator);
        push_figure(text, share.denominator);
    }
    for extra in &row.extras {
        match extra {
            Some(x) => {
                let _ = write!(text, ",{x:.4}");
            }
            None => text.push_str(",."),
        }
    }
    text.push_str(",true\n");
}

fn push_figure(text: &mut String, figure: Figure) {
    match figure {
        Figure::Number(number) => {
            let _ = write!(text, ",{number}");
        }
        Figure::Suppressed => text.push_str(",:"),
        Figure::Missing => text.push_str(",.."),
    }
}

/// Writes all zones in their order; the text of a block is made in parallel.
fn write_blocks(
    city: &SyntheticCity,
    out: &mut impl io::Write,
    push_zone: impl Fn(&mut String, usize, &SyntheticZone) + Sync,
) -> io::Result<()> {
    for (block_idx, block) in city.zones.chunks(BLOCK).enumerate() {
        let parts: Vec<String> = block
            .par_chunks(PART)
            .enumerate()
            .map(|(part_idx, part)| {
                let first = block_idx * BLOCK + part_idx * PART;
                let mut text = String::new();
                for (idx, zone) in part.iter().enumerate() {
                    push_zone(&mut text, first + idx, zone);
                }
                text
            })
            .collect();
        for part in parts {
            out.write_all(part.as_bytes())?;
        }
    }
    Ok(())
}

fn text_of(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes what is written");
    String::from_utf8(bytes).expect("only text was written")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
