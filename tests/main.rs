//! All integration tests in one binary, because each binary links polars anew.

#![allow(clippy::disallowed_methods, reason = "tests read files and run the program")]
#![allow(clippy::disallowed_methods, reason = "tests read files and run the program")]

mod golden;
mod harness;
mod journeys;
mod oracle;
mod properties;
mod tidy;
