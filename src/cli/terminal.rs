//! How is a person at the terminal spoken to?
//!
//! Notices, progress and errors go to stderr, so that stdout can be piped. `NO_COLOR` is obeyed.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use levekaar::language::Language;
use levekaar::notice::{Notice, Severity};

/// Speaks on stderr, or not at all.
#[derive(Debug)]
pub(crate) struct Terminal {
    quiet: bool,
}

impl Terminal {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// A line for people.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            // A closed stderr leaves nobody to tell.
            let _ = writeln!(anstream::stderr(), "{line}");
        }
    }

    /// An error, with its place and its help; said even when quiet.
    pub(crate) fn error(&self, error: &miette::Report) {
        let _ = writeln!(anstream::stderr(), "{error:?}");
    }

    /// The notices: warnings one by one, notes as a number.
    pub(crate) fn notices(&self, notices: &[Notice], language: Language) {
        self.told(notices.iter().filter(|n| n.severity == Severity::Warning), language);
    }

    /// The notices one by one, notes too, where there is no report to stand in.
    pub(crate) fn all_notices(&self, notices: &[Notice], language: Language) {
        self.told(notices.iter(), language);
    }

    fn told<'a>(&self, notices: impl Iterator<Item = &'a Notice>, language: Language) {
        const SHOWN: usize = 5;
        let mark = match language {
            Language::Nb => "merk",
            Language::En => "note",
        };
        for notice in notices {
            let mut line = format!("{mark}: {}", notice.text(language));
            if !notice.items.is_empty() {
                let items = notice.items.iter().take(SHOWN).map(|item| item.get(language));
                let shown = items.collect::<Vec<_>>().join(", ");
                let more = notice.items.len().saturating_sub(SHOWN);
                let rest = if more > 0 { format!(" … +{more}") } else { String::new() };
                line.push_str(&format!(" [{shown}{rest}]"));
            }
            self.say(&line);
        }
    }

    /// A turning wheel with a text while `work` runs, if it takes long and somebody watches.
    pub(crate) fn during<T>(&self, text: &str, work: impl FnOnce() -> T) -> T {
        if self.quiet || !std::io::stderr().is_terminal() {
            return work();
        }
        let wheel = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            wheel.set_style(style);
        }
        wheel.set_message(text.to_owned());
        wheel.enable_steady_tick(Duration::from_millis(200));
        let result = work();
        wheel.finish_and_clear();
        result
    }

    /// A bar with the time that is left while `work` counts up to `total`, if it takes long and
    /// somebody watches.
    pub(crate) fn counting<T>(
        &self,
        text: &str,
        total: u64,
        work: impl FnOnce(&(dyn Fn(u64) + Sync)) -> T,
    ) -> T {
        if self.quiet || !std::io::stderr().is_terminal() {
            return work(&|_| ());
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(text.to_owned());
        let result = work(&|done| bar.inc(done));
        bar.finish_and_clear();
        result
    }
}
