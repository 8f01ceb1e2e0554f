//! Every trap that other programs fall into has a test, and the test is still there.
//!
//! A trap is what a program for indices gets wrong without anybody seeing it. Beside each stands
//! the function that tests it; the list falls behind only where somebody takes the test away.

use std::fs;
use std::path::Path;

/// What goes wrong, and the test that it does not here.
const TRAPS: [(&str, &str); 51] = [
    // Shape and outliers.
    ("the shape of a constant column is 0/0", "few_values_and_constant_columns_have_no_shape"),
    ("a constant column stops the treatment", "a_constant_column_is_not_testable_and_stays"),
    (
        "the help says 2.25 and the code 2",
        "the_usual_limits_are_those_of_the_code_and_not_of_the_help_text",
    ),
    ("five points are much or nothing", "the_smaller_of_points_and_share_limits_what_is_moved"),
    ("the largest of no values", "a_column_that_would_become_constant_or_is_so_is_left"),
    ("the side changes while values are moved", "the_side_may_change_on_the_way"),
    ("tied extremes count as one", "ties_are_moved_together_and_counted_each"),
    (
        "a logarithm turns the order round",
        "the_logarithm_that_may_turn_the_order_round_is_not_there",
    ),
    ("the logarithm of a constant column", "a_constant_column_is_left_alone"),
    // Small areas.
    ("the centre of the variance is left open", "both_readings_give_their_golden_proportions"),
    ("one area has no variance", "one_area_alone_gets_the_proportion_of_its_group"),
    (
        "equal areas have no variance",
        "equal_areas_have_no_variance_and_get_the_proportion_of_their_group",
    ),
    (
        "nobody or everybody has no logit",
        "a_group_in_which_nobody_or_everybody_is_affected_has_a_finite_logit",
    ),
    ("shrinking hides pockets", "raw_and_shrunk_ranks_stand_side_by_side"),
    // Scales.
    ("a constant column becomes 0/0", "constant_and_empty_columns_are_errors"),
    ("two percentiles share a name", "percentiles_of_different_programs_are_not_the_same"),
    ("gaps count among the ranked", "a_gap_does_not_count_among_those_that_are_ranked"),
    ("a direction is forgotten", "a_better_value_scores_lower_whichever_way_the_column_points"),
    ("the exponential leaves its range", "exponential_values_are_those_of_the_technical_report"),
    ("people are not areas", "people_and_not_areas_make_the_weighted_percentile"),
    ("each year has a scale of its own", "indices_of_many_published_kinds_are_what_numpy_computes"),
    // Weights.
    (
        "the sign of a component is arbitrary",
        "the_sign_of_a_component_is_that_of_most_children_and_a_tie_is_refused",
    ),
    ("a loading points the wrong way", "what_cannot_be_weighed_is_refused"),
    ("rows with gaps are dropped", "rows_with_gaps_take_no_part"),
    (
        "optimised weights become negative",
        "no_weight_is_negative_where_exact_balance_would_ask_for_it",
    ),
    ("targets stand in another order", "correlations_come_to_their_targets"),
    ("the doubt goes on with gaps", "benefit_of_the_doubt_refuses_gaps"),
    // Aggregation.
    ("a geometric mean never skips gaps", "a_geometric_mean_skips_gaps_when_the_policy_lets_it"),
    (
        "Copeland depends on the order of rows",
        "copeland_does_not_depend_on_the_order_of_rows_with_gaps",
    ),
    ("rounded weights settle a pair", "rounded_weights_do_not_settle_a_pair"),
    (
        "the penalty has no direction",
        "the_mazziotta_pareto_penalty_follows_the_direction_of_the_score",
    ),
    ("a sum of decimals misses its cut-off", "a_sum_of_decimals_reaches_its_cut_off"),
    (
        "children are counted, not weighed",
        "other_policies_count_children_or_give_their_weight_to_nobody",
    ),
    // Uncertainty.
    (
        "combinations fail quietly",
        "combinations_that_cannot_be_computed_are_listed_and_never_drawn",
    ),
    ("an output does not vary", "an_output_that_does_not_vary_has_indices_of_zero"),
    ("zero is no seed", "zero_is_a_seed_like_any_other"),
    ("threads change the draws", "threads_blocks_and_memory_do_not_move_a_bit"),
    (
        "negative estimates are clipped",
        "sensitivity_of_one_assumption_is_all_of_it_and_of_a_dead_one_nothing",
    ),
    ("columns are resampled apart", "ishigami_has_its_known_indices"),
    (
        "sets hold less often than they say",
        "simultaneous_sets_hold_all_true_ranks_as_often_as_they_say",
    ),
    ("sets are not those of csranks", "rank_sets_and_standard_errors_are_those_of_numpy"),
    ("bounds miss an imputation", "bounds_contain_the_rank_where_levels_are_ranked_or_scaled_anew"),
    // Rates, gradients, inequality, segregation.
    ("nobody has a rate", "nobody_and_no_counts_have_no_interval"),
    ("few events are not normal", "below_ten_events_the_limits_are_exact"),
    ("a multiplier below one swaps the limits", "a_multiplier_below_one_does_not_swap_the_limits"),
    ("bounded values have another index", "the_forms_for_bounded_values_follow_from_the_index"),
    ("shares of negative values", "zero_counts_and_negative_is_refused"),
    ("more members than residents", "more_members_than_residents_is_refused_and_so_is_nobody"),
    ("nobody is there", "an_area_without_residents_takes_no_part"),
    ("small counts look segregated", "the_correction_lowers_the_dissimilarity_of_small_counts"),
    (
        "withheld counts are taken for zero",
        "bounds_contain_every_way_to_fill_the_withheld_counts_and_are_near_the_ends",
    ),
];

#[test]
fn each_trap_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["src", "tests"] {
        read(&root.join(folder), &mut sources);
    }
    let missing: Vec<_> =
        TRAPS.iter().filter(|(_, test)| !sources.contains(&format!("fn {test}("))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

fn read(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
