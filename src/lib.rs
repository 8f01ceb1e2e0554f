//! From indicator tables for small areas to decisions that can be defended.
//!
//! Start here: the path of the data, one line a step. Each step is a plain function on plain
//! data; only the doors touch files, the terminal or the clock.
//!
//! ```text
//! project     what the user asks for: one TOML file
//! load        DOOR  files → RawTable, boundaries
//! ```

pub mod area;
pub mod indicator;
pub mod language;
pub mod notice;
pub mod synth;
