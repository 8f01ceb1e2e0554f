//! A sceptic redoes the arithmetic of one area.

use crate::harness::{levekaar, levekaar_ok};

#[test]
fn the_chain_ends_in_the_score_and_rank_of_the_ranking() {
    let project = "datasets/oslo-bydeler-2013/project.toml";
    let text = levekaar_ok(&["explain", project, "Stovner", "--language", "en"]).out;
    for part in ["Stovner", "1.186", "29.5", "295,700"] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn an_unknown_area_is_an_error_with_a_suggestion() {
    let said = levekaar(&["explain", "datasets/oslo-bydeler-2013/project.toml", "Stovnerr"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("did you mean `Stovner`?"), "{}", said.err);
}
