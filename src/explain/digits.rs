//! With how many digits is a number printed, so that a calculator comes to the same result?

use crate::language::{Language, number};

/// Significant digits of a number that goes into a formula. More than of a result, because the
/// difference of two close numbers loses its first digits.
const OPERAND: i32 = 13;

/// A number that goes into a formula, without needless zeros.
pub(super) fn plain(x: f64, language: Language) -> String {
    trimmed(x, decimals_for(x, OPERAND), language)
}

/// A weight in a sentence: a third is 0.333333.
pub(super) fn in_sentence(x: f64, language: Language) -> String {
    trimmed(x, decimals_for(x, 6), language)
}

/// A number of a formula, in parentheses where it is negative and stands after a sign.
pub(super) fn operand(x: f64, language: Language) -> String {
    let text = plain(x, language);
    if x < 0.0 { format!("({text})") } else { text }
}

/// The result of a formula: nine significant digits, or eight decimals if that is fewer and
/// leaves six significant digits.
pub(super) fn result(x: f64, language: Language) -> String {
    let decimals = if x.abs() < 1.0 { decimals_for(x, 6).max(8) } else { decimals_for(x, 9) };
    trimmed(x, decimals, language)
}

/// The decimals for a table of values that are summed: nine digits of the largest, and six of the
/// smallest, as long as the largest has no more than eleven.
pub(super) fn decimals_of_table(values: impl Iterator<Item = f64> + Clone) -> usize {
    let largest = values.clone().map(f64::abs).fold(0.0, f64::max);
    let matters = |x: &f64| *x > 0.0;
    let smallest = values.map(f64::abs).filter(matters).fold(f64::INFINITY, f64::min);
    let smallest = if smallest.is_finite() { smallest } else { 1.0 };
    decimals_for(largest, 9).max(decimals_for(smallest, 6)).min(decimals_for(largest, 11)).min(12)
}

fn decimals_for(x: f64, significant: i32) -> usize {
    if x == 0.0 || !x.is_finite() {
        return 0;
    }
    let magnitude = x.abs().log10().floor() as i32;
    usize::try_from(significant - 1 - magnitude).unwrap_or(0).min(15)
}

fn trimmed(x: f64, decimals: usize, language: Language) -> String {
    let text = number(x, decimals, language);
    if decimals == 0 {
        return text;
    }
    let point = match language {
        Language::Nb => ',',
        Language::En => '.',
    };
    let short = text.trim_end_matches('0');
    short.strip_suffix(point).unwrap_or(short).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needless_zeros_are_left_out() {
        assert_eq!(plain(412_345.0, Language::En), "412,345");
        assert_eq!(plain(1000.0, Language::Nb), "1\u{a0}000");
        assert_eq!(plain(0.5, Language::Nb), "0,5");
        assert_eq!(operand(-2.0, Language::En), "(\u{2212}2)");
        assert_eq!(plain(0.0, Language::En), "0");
    }

    #[test]
    fn results_keep_six_significant_digits() {
        assert_eq!(result(2.0 / 3.0, Language::En), "0.66666667");
        assert_eq!(result(200_000.0 / 3.0, Language::En), "66,666.6667");
        assert_eq!(result(0.000_123_456_789, Language::En), "0.000123457");
    }
}
