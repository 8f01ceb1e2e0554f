//! What a user sets out to do, one file each.

mod check_a_published_index;
mod compare_two_results;
mod look_into_an_index;
mod measure_inequality;
mod summarise_to_larger_units;
