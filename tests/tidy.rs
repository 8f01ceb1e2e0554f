//! What must hold of the repository itself.

mod datasets;
mod sources;
mod texts;
mod traps;
