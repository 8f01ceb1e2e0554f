//! Where may a long word be broken?
//!
//! Heads of narrow columns hold words such as «lavinntektshusholdninger». Browsers without a
//! Norwegian dictionary break them anywhere, so that the page says where: between syllables, with
//! a soft hyphen, which is seen only where a line ends there.

use crate::language::Language;

/// Shorter words fit into a column's head.
const LONG: usize = 12;
/// So many letters stay together at the beginning of a word, and at its end.
const FIRST: usize = 4;
const LAST: usize = 4;
/// First parts of the field's compounds, which no rule finds: «median-inntekt», not
/// «medianinn-tekt».
const FIRST_PARTS: [&str; 6] = ["arbeids", "barnevern", "lavinntekts", "median", "rang", "videre"];
const VOWELS: &str = "aeiouyæøå";
/// Two consonants that begin a syllable together, where others stand before them.
const ONSETS: [&str; 20] = [
    "bl", "br", "dr", "fl", "fr", "gl", "gr", "kj", "kl", "kr", "pl", "pr", "sk", "sl", "sn", "sp",
    "st", "sv", "tj", "tr",
];

/// The text with soft hyphens in its long words; English is left as it is, because its syllables
/// do not follow from its letters.
pub(super) fn with_hyphens(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Nb => text.split_inclusive(|c: char| !c.is_alphabetic()).map(broken).collect(),
    }
}

fn broken(word: &str) -> String {
    // What stands after the word belongs to it, and is none of its letters.
    let letters: Vec<char> = word.chars().take_while(|c| c.is_alphabetic()).collect();
    if letters.len() < LONG {
        return word.to_owned();
    }
    let breaks = breaks(&letters);
    let mut out = String::with_capacity(word.len() + 2 * breaks.len());
    for (at, letter) in word.chars().enumerate() {
        if breaks.contains(&at) {
            out.push('\u{ad}');
        }
        out.push(letter);
    }
    out
}

/// The positions of letters that may begin a line: the last of several consonants between two
/// vowels, or the last two where they begin a syllable together. Before a single consonant it is a
/// matter of the word's parts («median-inntekt»), which its letters do not tell.
fn breaks(letters: &[char]) -> Vec<usize> {
    let is_vowel = |at: usize| letters[at].to_lowercase().any(|c| VOWELS.contains(c));
    let vowels: Vec<usize> = (0..letters.len()).filter(|&at| is_vowel(at)).collect();
    let word: String = letters.iter().flat_map(|c| c.to_lowercase()).collect();
    let part = FIRST_PARTS.iter().find(|part| word.starts_with(**part));
    let joint = part.map(|part| part.chars().count());
    let between = vowels.windows(2).filter(|pair| pair[1] > pair[0] + 2);
    between
        .map(|pair| {
            let (n_consonants, end) = (pair[1] - pair[0] - 1, pair[1]);
            let last_two: String =
                letters[end - 2..end].iter().flat_map(|c| c.to_lowercase()).collect();
            let is_onset = n_consonants > 2 && ONSETS.contains(&last_two.as_str());
            if is_onset { end - 2 } else { end - 1 }
        })
        // A part of a compound is broken where it is a long word itself.
        .filter(|&at| {
            let part = joint.map(|joint| if at < joint { joint } else { letters.len() - joint });
            part.is_none_or(|part| part >= LONG)
        })
        .chain(joint)
        .filter(|&at| at >= FIRST && at + LAST <= letters.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_be_broken_between_syllables() {
        let shown = |text: &str| with_hyphens(text, Language::Nb).replace('\u{ad}', "-");
        assert_eq!(shown("Barn i lavinntektshusholdninger"), "Barn i lavinntekts-hus-hold-ninger");
        assert_eq!(shown("grunnskolepoeng, snitt"), "grunn-skolepoeng, snitt");
        assert_eq!(
            shown("Medianinntekt, Sysselsatte (nr. 1)"),
            "Median-inntekt, Sysselsatte (nr. 1)"
        );
        assert_eq!(with_hyphens("institutionalised", Language::En), "institutionalised");
    }
}
