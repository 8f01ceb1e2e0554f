//! What do the commands on layers have in common?
//!
//! The file that is read, the table that is joined to it, and the file that is written.

use std::path::{Path, PathBuf};

use clap::Args;
use levekaar::boundary::Crs;
use levekaar::language::Language;
use levekaar::layer::{Exclude, Layer, SpatialFormat};
use levekaar::load;
use levekaar::load::boundaries::{LayerOptions, layer};
use levekaar::write::folder::write_file;
use levekaar::write::layer::{DIGITS, write_layer};
use miette::miette;

use super::map::Tongue;
use super::terminal::Terminal;

/// A file of areas, and a table for it.
#[derive(Debug, Args)]
pub(crate) struct LayerArgs {
    /// File of areas: GeoJSON, TopoJSON, GeoPackage, FlatGeobuf, Shapefile or GeoParquet
    pub(crate) input: PathBuf,

    /// The layer to read, where the file has several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,

    /// Coordinate system of the file, where it does not tell or tells it wrong
    #[arg(long, value_name = "EPSG", value_parser = epsg)]
    crs: Option<Crs>,

    /// Property of ids; features that share one are merged
    #[arg(long, value_name = "PROPERTY")]
    pub(crate) id: Option<String>,

    /// Leave out features that are no areas, such as `type=Havflate`; may be repeated
    #[arg(long, value_name = "PROPERTY=VALUE", value_parser = exclude)]
    exclude: Vec<Exclude>,

    /// Table to join (CSV, TSV or Parquet) by --id
    #[arg(long, value_name = "FILE", requires = "id")]
    table: Option<PathBuf>,

    /// Column of ids in the table; the property of --id where nothing is said
    #[arg(long, value_name = "COLUMN", requires = "table")]
    table_id: Option<String>,

    /// Language of what is said on stderr
    #[arg(long, value_enum, default_value = "nb")]
    language: Tongue,
}

/// A file of areas to write.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// File to write; its ending is the format: geojson, topojson, gpkg, fgb, geoparquet
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Coordinate system to write; the file's where nothing is said
    #[arg(long, value_name = "EPSG", value_parser = epsg)]
    to: Option<Crs>,

    /// Decimals of coordinates in GeoJSON and TopoJSON
    #[arg(long, value_name = "N", default_value_t = DIGITS, value_parser = clap::value_parser!(u8).range(0..=15))]
    pub(crate) digits: u8,
}

impl LayerArgs {
    pub(crate) fn language(&self) -> Language {
        self.language.into()
    }

    /// Reads the layer and joins the table to it.
    pub(crate) fn read(&self, terminal: &Terminal) -> miette::Result<Layer> {
        let options = LayerOptions {
            id_property: self.id.clone(),
            crs: self.crs.map(Crs::epsg),
            layer: self.layer.clone(),
            exclude: self.exclude.clone(),
        };
        let mut found = terminal.during("reading the areas", || layer(&self.input, &options))?;
        if let (Some(table), Some(id)) = (&self.table, &self.id) {
            let key = self.table_id.as_ref().unwrap_or(id);
            let attributes = load::attributes::attributes(table, key)?;
            found.join(id, &attributes)?;
        }
        Ok(found)
    }
}

impl OutputArgs {
    /// The format, told before the work and not after it.
    pub(crate) fn format(&self) -> miette::Result<SpatialFormat> {
        let ending = self.output.extension().unwrap_or_default().to_string_lossy();
        SpatialFormat::named(&ending).ok_or_else(|| {
            miette!(
                help = "name it after the format: `.geojson`, `.topojson`, `.gpkg`, `.fgb` or `.geoparquet`",
                "`{}` has no ending that says what to write",
                self.output.display()
            )
        })
    }

    /// Writes the layer.
    pub(crate) fn write(&self, layer: Layer, terminal: &Terminal) -> miette::Result<()> {
        let format = self.format()?;
        let mut layer = match self.to {
            Some(crs) if crs != layer.crs => {
                if format.is_degrees() && !crs.is_degrees() {
                    return Err(miette!(
                        help = "write `.gpkg`, `.fgb` or `.geoparquet`",
                        "{} is always in longitude and latitude, so `--to {}` cannot be kept",
                        format.name(),
                        crs.epsg()
                    ));
                }
                layer.to(crs)?
            }
            Some(_) | None => layer,
        };
        layer.name = stem(&self.output);
        terminal.during("writing", || {
            write_file(&self.output, |out| write_layer(out, &layer, format, self.digits))
        })?;
        Ok(())
    }
}

/// The name of a layer is that of its file.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// `EPSG:25833` or `25833`.
pub(crate) fn epsg(typed: &str) -> Result<Crs, String> {
    let code = levekaar::boundary::epsg_code(typed);
    code.and_then(Crs::from_epsg).ok_or_else(|| {
        "use EPSG:4326, EPSG:3857, or UTM such as EPSG:25832 and EPSG:25833".to_owned()
    })
}

/// `type=Havflate`.
fn exclude(typed: &str) -> Result<Exclude, String> {
    let (property, equals) =
        typed.split_once('=').ok_or_else(|| "write PROPERTY=VALUE".to_owned())?;
    Ok(Exclude { property: property.to_owned(), equals: equals.to_owned() })
}
