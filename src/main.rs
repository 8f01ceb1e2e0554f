//! The binary: parse, call, print the error, exit code.
//!
//! Exit codes: 0 done, 1 the data or the request is wrong, 2 wrong usage. Data go to stdout,
//! everything for people to stderr.

#![allow(clippy::disallowed_methods, reason = "the binary is a door")]

mod cli;

use std::process::ExitCode;

/// Areas, names and rings are allocated by the million.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
