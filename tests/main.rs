//! All integration tests in one binary, because each binary links polars anew.

#![allow(clippy::disallowed_methods, reason = "tests read files and run the program")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop, and says what it skips"
)]

mod browser;
mod golden;
mod harness;
mod journeys;
mod notebooks;
mod oracle;
mod properties;
mod tidy;
