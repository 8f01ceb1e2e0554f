//! In which language, and how is a number written in it?
//!
//! Reports and messages come in Norwegian bokmål and English from one catalogue, the TOML files
//! in `src/messages/`. English in code and errors; both languages in everything that is handed over.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The languages of reports and messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Norwegian bokmål: `1 234,5`.
    #[default]
    Nb,
    /// English: `1,234.5`.
    En,
}

impl Language {
    /// The tag for HTML's `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::En => "en",
        }
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Norwegian bokmål.
    pub nb: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The same words in both languages, for names.
    pub fn same(text: impl Into<String>) -> Self {
        let nb = text.into();
        Self { en: nb.clone(), nb }
    }

    /// The text in this language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Nb => &self.nb,
            Language::En => &self.en,
        }
    }
}

/// Where something is published, or who made it.
///
/// A citation of a book or a law is one text, whatever the language; a sentence is given in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a text, or one in both languages: { nb = \"…\", en = \"…\" }"
)]
pub enum Citation {
    /// The same in both languages.
    Plain(String),
    /// In both languages.
    Texts(Text),
}

impl Citation {
    /// The citation in this language.
    pub fn get(&self, language: Language) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Texts(text) => text.get(language),
        }
    }
}

const FILES: &[(&str, &str)] = &[
    ("allocate", include_str!("messages/allocate.toml")),
    ("compare", include_str!("messages/compare.toml")),
    ("diagnose", include_str!("messages/diagnose.toml")),
    ("explain", include_str!("messages/explain.toml")),
    ("general", include_str!("messages/general.toml")),
    ("layer", include_str!("messages/layer.toml")),
    ("map", include_str!("messages/map.toml")),
    ("notice", include_str!("messages/notice.toml")),
    ("region", include_str!("messages/region.toml")),
    ("profile", include_str!("messages/profile.toml")),
    ("properties", include_str!("messages/properties.toml")),
    ("report", include_str!("messages/report.toml")),
    ("select", include_str!("messages/select.toml")),
    ("spatial", include_str!("messages/spatial.toml")),
    ("sensitivity", include_str!("messages/sensitivity.toml")),
    ("summarise", include_str!("messages/summarise.toml")),
    ("synth", include_str!("messages/synth.toml")),
    ("treat", include_str!("messages/treat.toml")),
    ("uncertainty", include_str!("messages/uncertainty.toml")),
    ("verify", include_str!("messages/verify.toml")),
    ("workbook", include_str!("messages/workbook.toml")),
];

static CATALOGUE: LazyLock<BTreeMap<String, Text>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for (section, file) in FILES {
        let texts: BTreeMap<String, Text> =
            toml::from_str(file).expect("the catalogue is parsed by a test of this file");
        for (key, text) in texts {
            all.insert(format!("{section}.{key}"), text);
        }
    }
    all
});

/// The keys of the catalogue, for the tests that hold its completeness.
pub fn message_keys() -> impl Iterator<Item = &'static str> {
    CATALOGUE.keys().map(String::as_str)
}

/// A message of the catalogue with `{name}` replaced by its value.
///
/// A key that the catalogue lacks gives the key itself, which a test of the repository forbids.
pub fn message(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let Some(text) = CATALOGUE.get(key) else {
        debug_assert!(false, "no message `{key}` in the catalogue");
        return key.to_owned();
    };
    fill(text.get(language), values)
}

/// `template` with each `{name}` replaced, once and from left to right, so that a value that
/// holds braces is never read as a template.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        out.push_str(&rest[..open]);
        let name = &rest[open + 1..close];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

/// `x` with this many decimals, grouped in threes: `1 234,5` (with no-break spaces) or `1,234.5`.
///
/// Halves round away from zero as printed tables do; what is not finite is written `–`.
pub fn number(x: f64, decimals: usize, language: Language) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    let plain = format!("{:.decimals$}", round_half_away(x, decimals));
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (digits.bytes().any(|b| (b'1'..=b'9').contains(&b)), digits),
        None => (false, plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (group, point) = match language {
        Language::Nb => ('\u{a0}', ','),
        Language::En => (',', '.'),
    };
    let mut out = String::with_capacity(plain.len() + 4);
    if negative {
        out.push('\u{2212}');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 && whole.len() > 3 {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// `x` with as many decimals as it needs, at most six: `0,25`, `1 234,5`, `12`.
pub fn shortest(x: f64, language: Language) -> String {
    let text = format!("{:.6}", round_half_away(x, 6));
    let decimals = text.split_once('.').map_or(0, |(_, d)| d.trim_end_matches('0').len());
    number(x, decimals, language)
}

/// Rounds to `decimals` with halves away from zero, on the number as it is written in decimal:
/// 0.285 becomes 0.29 although the nearest binary number lies just below.
pub fn round_half_away(x: f64, decimals: usize) -> f64 {
    if !x.is_finite() || decimals > 15 {
        return x;
    }
    let factor = 10_f64.powi(i32::try_from(decimals).unwrap_or(15));
    let scaled = x * factor;
    if scaled.abs() >= 9e15 {
        return x;
    }
    // One unit in the last place is added before rounding, which is what decimal text means.
    let nudged = scaled + scaled.signum() * scaled.abs() * f64::EPSILON;
    nudged.round() / factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(number(1234.5, 1, Language::Nb), "1\u{a0}234,5");
        assert_eq!(number(1234.5, 1, Language::En), "1,234.5");
        assert_eq!(number(-0.04, 1, Language::Nb), "0,0");
        assert_eq!(number(-1234567.0, 0, Language::En), "\u{2212}1,234,567");
        assert_eq!(number(f64::NAN, 1, Language::En), "–");
    }

    #[test]
    fn halves_round_away_from_zero_as_in_printed_tables() {
        assert_eq!(round_half_away(0.285, 2), 0.29);
        assert_eq!(round_half_away(-2.5, 0), -3.0);
        assert_eq!(round_half_away(1.0049, 2), 1.0);
    }

    #[test]
    fn every_message_has_the_same_placeholders_in_both_languages() {
        for (key, text) in CATALOGUE.iter() {
            assert!(!text.nb.is_empty() && !text.en.is_empty(), "{key} is empty");
            assert_eq!(placeholders(&text.nb), placeholders(&text.en), "{key}");
        }
    }

    #[test]
    fn a_citation_is_one_text_or_one_in_each_language() {
        #[derive(Debug, Deserialize)]
        struct File {
            source: Citation,
        }
        let read = |toml: &str| toml::from_str::<File>(toml);

        let plain = read("source = 'Townsend (1988)'").unwrap().source;
        assert_eq!([Language::Nb, Language::En].map(|l| plain.get(l)), ["Townsend (1988)"; 2]);
        let both = read("source = { nb = 'en skisse', en = 'a sketch' }").unwrap().source;
        assert_eq!([Language::Nb, Language::En].map(|l| both.get(l)), ["en skisse", "a sketch"]);
        let error = read("source = { nb = 'en skisse' }").unwrap_err().to_string();
        assert!(error.contains("one in both languages: { nb = "), "{error}");
    }

    #[test]
    fn a_value_with_braces_is_not_a_template() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
    }

    fn placeholders(text: &str) -> std::collections::BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|part| {
                let name = part.split_once('}')?.0;
                Some(name.trim_end_matches("_nb").trim_end_matches("_en").to_owned())
            })
            .collect()
    }
}
