//! Which known name did the user mean?

/// From so many letters on, the beginning of a name is taken for it.
const BEGINNING: usize = 4;

/// The known name that is nearest to `wrong`, if any is near enough to be a slip of the finger, or
/// else one that begins so.
///
/// Case and `_`, `-` and spaces are overlooked. Ties go to the name that comes first.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(wrong);
    let mut best: Option<(usize, &str)> = None;
    let mut longer: Option<&str> = None;
    for name in known.into_iter().filter(|name| !name.trim().is_empty()) {
        if wanted.chars().count() >= BEGINNING && plain(name).starts_with(&wanted) {
            longer = longer.or(Some(name));
        }
        let distance = strsim::damerau_levenshtein(&wanted, &plain(name));
        let near_enough = distance <= 1 + wanted.chars().count() / 4;
        if near_enough && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name).or(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_mended_and_a_stranger_is_not() {
        assert_eq!(nearest("populaton", ["name", "population"]), Some("population"));
        assert_eq!(nearest("Z_score", ["z-score", "min-max"]), Some("z-score"));
        assert_eq!(nearest("xyz", ["population"]), None);
        assert_eq!(nearest("pop", ["population"]), None);
        assert_eq!(nearest("modell-2", ["modell-2-full-merger"]), Some("modell-2-full-merger"));
        assert_eq!(nearest("x", ["", " "]), None, "a column without a name is no answer");
    }
}
