//! What can stop a boundary file from being read?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::feature::Feature;
use crate::boundary::{Crs, CrsError};

/// Everything that can stop a boundary file from becoming outlines.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are what the messages above them say")]
pub enum BoundaryError {
    /// The file cannot be opened, read or unpacked.
    #[error("the boundary file `{}` cannot be read", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::unreadable),
        help("paths are relative to the project file; is the name right, and the file complete?")
    )]
    Unreadable { path: PathBuf, source: std::io::Error },

    /// It is not a file of areas at all.
    #[error("`{}` is {found}, which cannot be read as boundaries", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::not_spatial),
        help(
            "GeoJSON, TopoJSON, GeoPackage, FlatGeobuf, Shapefile and GeoParquet are read; \
             `ogr2ogr areas.gpkg FILE` turns most others into a GeoPackage"
        )
    )]
    NotSpatial { path: PathBuf, found: &'static str },

    /// The bytes are not those of the format that they begin as.
    #[error("`{}` is broken {format}: {reason}", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::broken),
        help("the file may be cut off; copy it or export it again")
    )]
    Broken { path: PathBuf, format: &'static str, reason: String },

    /// There are tables, but none with shapes.
    #[error("`{}` has no layer with geometries", .path.display())]
    #[diagnostic(code(levekaar::boundaries::no_geometry), help("{}", tables_help(.tables)))]
    NoGeometry { path: PathBuf, tables: Vec<String> },

    /// A Shapefile without one of its parts.
    #[error("the Shapefile `{}` lacks its `.{part}`", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::part_missing),
        help(
            "a Shapefile is at least three files of one name, `.shp`, `.dbf` and `.prj`; copy them all"
        )
    )]
    PartMissing { path: PathBuf, part: &'static str },

    /// The layer that the user names is not there.
    #[error("`{}` has no layer `{layer}`", .path.display())]
    #[diagnostic(code(levekaar::boundaries::no_layer), help("{}", layers_help(.known, .nearest.as_deref())))]
    NoLayer { path: PathBuf, layer: String, known: Vec<String>, nearest: Option<String> },

    /// There are several layers, and the user names none.
    #[error("`{}` has {} layers, and none is named", .path.display(), .known.len())]
    #[diagnostic(code(levekaar::boundaries::which_layer), help("{}", layers_help(.known, None)))]
    WhichLayer { path: PathBuf, known: Vec<String> },

    /// The bytes are not UTF-8, which GeoJSON must be.
    #[error("`{}` is not UTF-8 text: line {line} holds other bytes", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::not_utf8),
        help("GeoJSON is UTF-8; convert it, such as with `iconv -f latin1 -t utf-8`")
    )]
    NotUtf8 { path: PathBuf, line: usize },

    /// The text is not JSON.
    #[error("`{}` is not valid JSON at line {line}, column {column}: {reason}", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::invalid_json),
        help("the file may be cut off or edited by hand; export it again as GeoJSON")
    )]
    InvalidJson { path: PathBuf, line: usize, column: usize, reason: String },

    /// The text is JSON, but not of the shape that GeoJSON has.
    #[error("`{}` is not GeoJSON at line {line}, column {column}: {reason}", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::not_geojson),
        help("a boundary file is a GeoJSON FeatureCollection of polygons (RFC 7946)")
    )]
    NotGeoJson { path: PathBuf, line: usize, column: usize, reason: String },

    /// The JSON is something other than a FeatureCollection.
    #[error("`{}` is not a FeatureCollection: its type is {found}", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::not_a_collection),
        help("export the areas as a GeoJSON FeatureCollection, one feature an area")
    )]
    NotACollection { path: PathBuf, found: String },

    /// No feature has a property that the project file names.
    #[error("none of the {n_features} features in `{}` has the property `{property}`", .path.display())]
    #[diagnostic(code(levekaar::boundaries::no_property), help("{}", property_help(*.n_features, .known, .nearest.as_deref())))]
    NoProperty {
        path: PathBuf,
        property: String,
        n_features: usize,
        known: Vec<String>,
        nearest: Option<String>,
    },

    /// There is nothing to draw.
    #[error("none of the {n_features} features in `{}` is an area with a polygon, such as {example}", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::no_polygons),
        help("areas need an id and a Polygon or MultiPolygon; points and lines have no area")
    )]
    NoPolygons { path: PathBuf, n_features: usize, example: String },

    /// The coordinate system is none that the program can read.
    #[error("`{}` is in a coordinate system that cannot be read: `{found}`", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::unknown_crs),
        help(
            "use EPSG:4326, or UTM such as EPSG:25832, EPSG:25833 and EPSG:25835; \
             to override what the file says, set `crs = \"EPSG:25833\"`"
        )
    )]
    UnknownCrs { path: PathBuf, found: String },

    /// The coordinates are not degrees, and nobody says what they are.
    #[error(
        "{n_outside} of {n_points} coordinates in `{}` are no longitude and latitude, such as \
         ({x}, {y}), and the file names no coordinate system", .path.display()
    )]
    #[diagnostic(
        code(levekaar::boundaries::crs_needed),
        help("say which it is, such as `crs = \"EPSG:25833\"` (UTM 33N, common in Norway)")
    )]
    CrsNeeded { path: PathBuf, n_outside: usize, n_points: usize, x: f64, y: f64 },

    /// The coordinates do not fit the declared system.
    #[error(
        "{n_outside} of {n_points} coordinates in `{}` cannot lie in {crs} ({}), such as ({x}, {y})",
        .path.display(), .crs.name()
    )]
    #[diagnostic(
        code(levekaar::boundaries::out_of_range),
        help(
            "is it another system? degrees are `crs = \"EPSG:4326\"`, \
             Norwegian metres are `crs = \"EPSG:25833\"` or `crs = \"EPSG:25832\"`"
        )
    )]
    OutOfRange { path: PathBuf, crs: Crs, n_outside: usize, n_points: usize, x: f64, y: f64 },

    /// A coordinate cannot be transformed.
    #[error("`{}` cannot be brought to degrees and metres", .path.display())]
    #[diagnostic(
        code(levekaar::boundaries::reprojection),
        help("check that `crs` is the coordinate system of the file")
    )]
    Reprojection { path: PathBuf, source: CrsError },
}

impl BoundaryError {
    /// [`BoundaryError::NoProperty`] with the properties that there are, and the nearest of them.
    pub(super) fn no_property(path: &Path, property: &str, features: &[Feature]) -> Self {
        let known: BTreeSet<&str> = features.iter().flat_map(Feature::property_names).collect();
        let nearest = known
            .iter()
            .map(|name| {
                (strsim::jaro_winkler(&name.to_lowercase(), &property.to_lowercase()), name)
            })
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| (*name).to_owned());
        Self::NoProperty {
            path: path.to_path_buf(),
            property: property.to_owned(),
            n_features: features.len(),
            known: known.into_iter().map(str::to_owned).collect(),
            nearest,
        }
    }
}

fn property_help(n_features: usize, known: &[String], nearest: Option<&str>) -> String {
    /// More names than this would fill the screen.
    const MOST: usize = 12;
    let mut help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? "),
        None => String::new(),
    };
    if n_features == 0 {
        return "the file holds no features; export the areas again".to_owned();
    }
    if known.is_empty() {
        help.push_str("the features have no properties at all");
        return help;
    }
    let shown: Vec<String> = known.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    help.push_str(&format!("the properties are {}", shown.join(", ")));
    if known.len() > MOST {
        help.push_str(&format!(" and {} more", known.len() - MOST));
    }
    help
}

fn layers_help(known: &[String], nearest: Option<&str>) -> String {
    let wanted = nearest.or(known.first().map(String::as_str)).unwrap_or("NAME");
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!("say `layer = \"{wanted}\"`; the layers are {}", known.join(", "))
}

fn tables_help(tables: &[String]) -> String {
    if tables.is_empty() {
        return "it is empty; export the areas with their polygons again".to_owned();
    }
    let tables: Vec<String> = tables.iter().map(|name| format!("`{name}`")).collect();
    format!("it holds figures alone: {}; boundaries need polygons", tables.join(", "))
}
