//! `levekaar convert`

use clap::Args;

use super::layer::{LayerArgs, OutputArgs};
use super::terminal::Terminal;

/// Turn a file of areas into another format, mended, and with a table joined to it
///
/// Reads GeoJSON, TopoJSON, GeoPackage, FlatGeobuf, Shapefile and GeoParquet, plain or gzip;
/// writes all of them but Shapefile. Rings are closed and turned, polygons that cross themselves
/// are made valid, and each area that is changed is named. Areas of which the table has no row
/// stay, with empty cells; rows without an area are named and left out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  levekaar convert zones.shp -o zones.gpkg --crs EPSG:25833
  levekaar convert zones.geojson --id code --table figures.csv -o zones.fgb --to 25832
  levekaar convert grenser.gpkg --exclude objtype=Havflate -o grenser.geojson --digits 5")]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    input: LayerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// The file is written; what was mended goes to stderr.
pub(crate) fn run(args: &ConvertArgs, terminal: &Terminal) -> miette::Result<()> {
    args.output.format()?;
    let layer = args.input.read(terminal)?;
    terminal.all_notices(&layer.notices, args.input.language());
    args.output.write(layer, terminal)
}
