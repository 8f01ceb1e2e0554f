//! What was known of the areas in earlier years?
//!
//! The same index on the earlier years of a project's table, as figures such as `score-1` for the
//! year before. They tell how far a formula's amounts would have moved from year to year.

use std::collections::BTreeSet;

use levekaar::allocate::base::{Figures, FundingBase};
use levekaar::analysis::analyse;
use levekaar::load::funding::join_past;
use levekaar::notice::Notice;
use miette::IntoDiagnostic;

use crate::cli::input::Job;

/// Adds the figures of the years before; `figures` are those of another table, which may have
/// earlier values of their own.
///
/// A year that cannot be computed ends the series, with a warning: a change over a gap is no
/// yearly one.
pub(super) fn with_earlier_years(
    base: &mut FundingBase,
    job: &Job,
    figures: Option<&Figures>,
) -> miette::Result<()> {
    let of_table: BTreeSet<&str> =
        figures.iter().flat_map(|figures| figures.columns.keys()).map(String::as_str).collect();
    for (lag, year) in (1..).zip(job.earlier_years()?.into_iter().rev()) {
        let computed = job
            .table_of(Some(year))
            .and_then(|(table, _)| analyse(table, &job.plan(), None, Vec::new()).into_diagnostic());
        match computed {
            Ok(analysis) => join_past(base, &analysis, lag, &of_table),
            Err(error) => {
                let notice = Notice::warning("notice.year-unusable").with("year", year);
                base.notices.push(notice.about(vec![error.to_string()]));
                break;
            }
        }
    }
    Ok(())
}
