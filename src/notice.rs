//! What must the reader be told?
//!
//! A notice is data: a key of the message catalogue, its values, and the areas or cells that it
//! is about. Every step that fills, drops, guesses or substitutes something returns one, and it
//! travels to `run.json` and to the report. Nothing here prints.

use serde::Serialize;

use crate::language::{Language, Text, message, shortest};

/// How much a notice should worry its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// How something was read or done; no result is in doubt.
    Note,
    /// A result rests on a choice or on a gap; it should be read before the result is used.
    Warning,
}

/// One thing that happened to the data, or that a reader must know of the result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// A note or a warning.
    pub severity: Severity,
    /// The key in the catalogue, which is also its stable name in `run.json`.
    pub key: &'static str,
    /// What fills the placeholders of the text.
    pub values: Vec<(&'static str, String)>,
    /// The areas, rows or cells that it is about, all of them.
    pub items: Vec<Text>,
}

impl Notice {
    /// A warning with this key.
    pub fn warning(key: &'static str) -> Self {
        Self { severity: Severity::Warning, key, values: Vec::new(), items: Vec::new() }
    }

    /// A note with this key.
    pub fn note(key: &'static str) -> Self {
        Self { severity: Severity::Note, ..Self::warning(key) }
    }

    /// The same with a placeholder's value.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// The same with a number for `{name_nb}` and `{name_en}`, as each language writes it.
    pub fn with_number(self, nb: &'static str, en: &'static str, x: f64) -> Self {
        self.with(nb, shortest(x, Language::Nb)).with(en, shortest(x, Language::En))
    }

    /// The same with the things that it is about; their number fills `{n}` unless it is set.
    pub fn about(self, items: Vec<String>) -> Self {
        self.about_texts(items.into_iter().map(Text::same).collect())
    }

    /// The same where the two languages differ.
    pub fn about_texts(mut self, items: Vec<Text>) -> Self {
        if !self.values.iter().any(|(name, _)| *name == "n") {
            self.values.push(("n", items.len().to_string()));
        }
        self.items = items;
        self
    }

    /// The sentence in this language, without the items.
    pub fn text(&self, language: Language) -> String {
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        message(language, self.key, &values)
    }
}
