//! Where may a long word be broken?
//!
//! Heads of narrow columns hold words such as «lavinntektshusholdninger». Browsers without a
//! Norwegian dictionary break them anywhere, so that the page says where, with a soft hyphen,
//! which is seen only where a line ends there.

use hypher::{Lang, hyphenate_bounded};

use crate::language::Language;

/// Shorter words fit into a column's head.
const LONG: usize = 12;
/// So many letters stay together at the beginning of a word, and at its end.
const ENDS: usize = 4;

/// The text with soft hyphens in its long words; English is left as it is, because every browser
/// can break it.
pub(super) fn with_hyphens(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Nb => text.split_inclusive(|c: char| !c.is_alphabetic()).map(broken).collect(),
    }
}

fn broken(word: &str) -> String {
    // What stands after the word belongs to it, and is none of its letters.
    let letters = word.trim_end_matches(|c: char| !c.is_alphabetic());
    if letters.chars().count() < LONG {
        return word.to_owned();
    }
    let behind = &word[letters.len()..];
    hyphenate_bounded(letters, Lang::Norwegian, ENDS, ENDS).join("\u{ad}") + behind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_be_broken_between_syllables() {
        let shown = |text: &str| with_hyphens(text, Language::Nb).replace('\u{ad}', "-");
        assert_eq!(shown("Barn i lavinntektshusholdninger"), "Barn i lavinn-tekts-hus-hold-ninger");
        assert_eq!(shown("grunnskolepoeng, snitt"), "grunn-skole-poeng, snitt");
        assert_eq!(
            shown("Medianinntekt, Sysselsatte (nr. 1)"),
            "Median-inn-tekt, Sysselsatte (nr. 1)"
        );
        assert_eq!(with_hyphens("institutionalised", Language::En), "institutionalised");
    }
}
