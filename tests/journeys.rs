//! What a user sets out to do, one file each.

mod apply_a_funding_formula;
mod apply_a_published_rule;
mod bad_input;
mod check_a_published_index;
mod choose_the_method;
mod clusters_in_the_report;
mod compare_two_results;
mod count_the_poor;
mod divide_a_map;
mod explain_an_area;
mod find_clusters;
mod hand_over_a_report;
mod hold_a_rule_against_a_list;
mod how_sure_is_a_rank;
mod look_into_an_index;
mod measure_inequality;
mod propose_candidate_areas;
mod put_money_into_a_report;
mod put_values_into_classes;
mod run_a_project;
mod same_bytes;
mod share_out_money;
mod start_from_a_table;
mod summarise_to_larger_units;
mod which_choice_matters;
mod work_with_areas;
