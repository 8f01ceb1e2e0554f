//! All tests that run the program or read published data; one binary, because each links polars.

#![allow(clippy::disallowed_methods, reason = "tests read files and run the program")]

mod golden;
