//! One binary of all tests that stand outside the source, because each one links polars anew.

mod golden;
mod oracle;
mod properties;
