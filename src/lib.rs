//! From indicator tables for small areas to decisions that can be defended.
//!
//! Start here: the path of the data, one line a step. Each step is a plain function on plain
//! data; only the doors touch files, the terminal or the clock.
//!
//! ```text
//! project      what the user asks for: one TOML file
//! load         DOOR  files → RawTable, Boundaries, definitions and rules
//! validate     RawTable → IndicatorTable, or every problem at once
//! screen       which areas take part, and why the others do not
//! treat        gaps and outliers → TreatedTable, with a ledger of every changed cell
//! normalise    → ScaledTable, larger means worse
//! weight       what counts how much, given or from the data
//! aggregate    level by level → domain scores and Scores
//! rank         → Ranking, with ties, deciles and quintiles
//! select       a rule → Selection: in, out or unknown, each with its reasons
//! analysis     these steps in order, with what each has to say
//! history      the same for the earlier years of a table over years
//!
//! contiguity, spatial_weights   which areas border on each other, and count for each other
//! candidate    contiguous sets of zones for a programme; region searches for them
//! max_p        as many alike regions of a least size as there is room for
//!
//! explain      the whole arithmetic of one area, and the method in words
//! bounds       best and worst possible ranks where values are missing
//! uncertainty  replicates of the method → rank intervals; leave one out; tipping points
//! compare      two analyses: who moves, and why
//! allocate     money by a funding model, stage by stage; models side by side
//! diagnose     does the index hang together?
//! verify       a published index against its recomputation
//! summarise    areas → larger units
//! layer, topology, repair, dissolve, simplify   shapes and their attributes, file in, file out
//! inequality, gradient, segregation, poverty   how unevenly something is spread
//! spatial      do neighbours resemble each other, and where?
//!
//! classify     scores → colour classes
//! map          → SVG and PNG; picture says which map goes with an analysis
//! report       one HTML page from one template, as text
//! write        DOOR  CSV, Parquet, GeoJSON, run.json, and files put in place all at once
//! synth        invented cities for tests and benches
//! ```
//!
//! The method is data: an [`index::IndexDefinition`] says what is computed, and
//! [`index::compute`] computes it. No published index has code of its own.

pub mod area;
pub mod beside;
pub mod boundary;
pub mod bounds;
pub mod candidate;
pub mod contiguity;
pub mod history;
pub mod index;
pub mod indicator;
pub mod language;
pub mod layer;
pub mod neighbour;
pub mod notice;
pub mod presets;
pub mod project;
pub mod provenance;
pub mod rate;
pub mod region;
pub mod round;
pub mod screen;
pub mod shrink;
pub mod spatial;
pub mod spatial_weights;
pub mod statistics;
pub mod suggest;

pub mod aggregate;
pub mod allocate;
pub mod analysis;
pub mod classify;
pub mod explain;
#[allow(clippy::disallowed_methods, reason = "a door: the files come in here")]
pub mod load;
pub mod map;
pub mod max_p;
pub mod money;
pub mod normalise;
pub mod picture;
pub mod poverty;
pub mod rank;
pub mod report;
pub mod select;
pub mod synth;
pub mod treat;
pub mod uncertainty;
pub mod validate;
pub mod weight;
#[allow(clippy::disallowed_methods, reason = "a door: the files go out here")]
pub mod write;

pub mod combine;
pub mod compare;
mod crossing;
pub mod diagnose;
pub mod dissolve;
pub mod draw;
pub mod gradient;
pub mod inequality;
pub mod repair;
mod same_point;
pub mod segregation;
pub mod simplify;
pub mod summarise;
pub mod topology;
pub mod verify;
