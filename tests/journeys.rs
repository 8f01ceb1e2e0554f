//! What a user sets out to do, one file each.

mod bad_input;
mod explain_an_area;
mod how_sure_is_a_rank;
mod run_a_project;
mod same_bytes;
mod start_from_a_table;
