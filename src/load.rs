//! How does data get in?

pub mod boundaries;
