//! On which line of its file does a part of a rule stand?
//!
//! A part is known by its path in the TOML tree, such as `rule.all.2.compare.fact`.

use std::ops::Range;

use miette::{NamedSource, SourceSpan};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a rule and the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The file, or the preset.
    pub name: String,
    /// The text.
    pub text: String,
}

impl RuleText {
    /// Where the part stands, or the deepest part around it that is there.
    pub fn span(&self, path: &str) -> Option<Range<usize>> {
        let table = DeTable::parse(&self.text).ok()?;
        let mut steps = path.split('.');
        let (mut value, mut found) = step_in(table.get_ref(), steps.next()?)?;
        for step in steps {
            let next = match value.get_ref() {
                DeValue::Table(table) => step_in(table, step),
                DeValue::Array(list) => {
                    let item = step.parse().ok().and_then(|at: usize| list.get(at));
                    item.map(|item| (item, item.span()))
                }
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_) => None,
            };
            let Some((next, span)) = next else { break };
            (value, found) = (next, span);
        }
        Some(found)
    }

    /// The line of the part, counted from 1.
    pub fn line(&self, path: &str) -> Option<usize> {
        let start = self.span(path)?.start;
        Some(1 + self.text[..start].bytes().filter(|byte| *byte == b'\n').count())
    }

    pub(super) fn source(&self) -> NamedSource<String> {
        NamedSource::new(&self.name, self.text.clone())
    }

    pub(super) fn label(&self, path: &str) -> Option<SourceSpan> {
        self.span(path).map(SourceSpan::from)
    }
}

type Found<'a, 'b> = (&'a Spanned<DeValue<'b>>, Range<usize>);

/// The value of a key; its span reaches from the key to the end of the value.
fn step_in<'a, 'b>(table: &'a DeTable<'b>, step: &str) -> Option<Found<'a, 'b>> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref().as_ref() == step)?;
    let (key, span) = (key.span(), value.span());
    // The table of a header stands where its keys stand, which is after the header.
    let is_after = key.end <= span.start;
    Some((value, if is_after { key.start..span.end } else { span }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_on_its_line() {
        let text = "version = 1\n[rule]\nall = [\n  { not = { criterion = \"a\" } },\n  \
                    { criterion = \"b\" },\n]\n[criteria.a]\nrule = 1\n";
        let text = RuleText { name: "r.toml".to_owned(), text: text.to_owned() };
        assert_eq!(text.line("rule.all.0.not.criterion"), Some(4));
        assert_eq!(text.line("rule.all.1"), Some(5));
        assert_eq!(text.line("criteria.a.rule"), Some(8));
        assert_eq!(text.line("rule.all.7"), Some(3));
        assert_eq!(text.line("tier"), None);
    }
}
