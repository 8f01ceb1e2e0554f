//! What must the reader be told of treatment?
//!
//! Cells that were filled or moved, what a method chose by itself, and what was left undone.

use std::collections::BTreeMap;

use super::{Basis, Change, ChangeKind, Choice, Chosen};
use crate::area::Area;
use crate::explain::short_name;
use crate::index::{IndexDefinition, Indicator};
use crate::language::{Language, Text, message, number, shortest};
use crate::notice::Notice;
use crate::statistics::Shape;

/// Whether notices list the cells that were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    Listed,
    Counted,
}

/// The notices of a treatment: cells by indicator, then choices by indicator.
pub(crate) fn notices(
    areas: &[Area],
    ledger: &[Change],
    choices: &[Choice],
    definition: &IndexDefinition,
    listing: Cells,
) -> Vec<Notice> {
    let mut out = changed_cells(areas, ledger, definition, listing);
    for choice in choices {
        let indicator = &definition.indicators[choice.indicator_idx as usize];
        out.extend(chosen(&choice.what, areas).map(|notice| titled(notice, indicator)));
    }
    out
}

fn titled(notice: Notice, indicator: &Indicator) -> Notice {
    notice.with("title_nb", &indicator.title.nb).with("title_en", &indicator.title.en)
}

/// The kinds of change that are told apart, in the order in which they are told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Imputed(Option<Basis>),
    Moved,
    Shrunk,
}

fn changed_cells(
    areas: &[Area],
    ledger: &[Change],
    definition: &IndexDefinition,
    listing: Cells,
) -> Vec<Notice> {
    let mut cells: BTreeMap<(u32, Told), (usize, Vec<Text>)> = BTreeMap::new();
    for change in ledger {
        let told = match change.kind {
            ChangeKind::Imputed => Told::Imputed(change.basis),
            ChangeKind::Winsorised | ChangeKind::Capped => Told::Moved,
            ChangeKind::Shrunk => Told::Shrunk,
        };
        let (n, listed) = cells.entry((change.indicator_idx, told)).or_default();
        *n += 1;
        if listing == Cells::Counted {
            continue;
        }
        let label = areas[change.area_idx as usize].label();
        let item = |language| {
            format!(
                "{label}: {} → {}",
                shortest(change.from, language),
                shortest(change.to, language)
            )
        };
        listed.push(Text { nb: item(Language::Nb), en: item(Language::En) });
    }
    let notice = |((indicator_idx, told), (n, cells)): ((u32, Told), (usize, Vec<Text>))| {
        let indicator = &definition.indicators[indicator_idx as usize];
        let treatments = |shrinking: bool| -> Vec<String> {
            let list = definition.treatments(indicator).iter();
            list.filter(|treatment| treatment.shrinks() == shrinking).map(short_name).collect()
        };
        let (key, method, basis) = match told {
            Told::Imputed(basis) => {
                ("notice.imputed", short_name(definition.imputation(indicator)), basis)
            }
            Told::Moved => ("notice.treated", treatments(false).join(", "), None),
            Told::Shrunk => ("treat.shrunk", treatments(true).join(", "), None),
        };
        let words = |language| match basis {
            Some(basis) => format!("{method}: {}", basis_in_words(basis, language)),
            None => method.clone(),
        };
        titled(Notice::warning(key), indicator)
            .with("method_nb", words(Language::Nb))
            .with("method_en", words(Language::En))
            .with("n", n)
            .about_texts(cells)
    };
    cells.into_iter().map(notice).collect()
}

/// What a filled value rests on, such as `mean of the neighbours`.
fn basis_in_words(basis: Basis, language: Language) -> String {
    match basis {
        Basis::All => message(language, "treat.basis-all", &[]),
        Basis::Group => message(language, "treat.basis-group", &[]),
        Basis::Neighbours => message(language, "treat.basis-neighbours", &[]),
        Basis::Year(year) => message(language, "treat.basis-year", &[("year", &year.to_string())]),
    }
}

fn chosen(what: &Chosen, areas: &[Area]) -> Option<Notice> {
    let labels = |list: &[u32]| list.iter().map(|&at| areas[at as usize].label()).collect();
    Some(match what {
        // Nothing was done and nothing is in doubt.
        Chosen::WellShaped { .. } => return None,
        Chosen::NobodyToImpute { area_idx } => {
            Notice::warning("treat.nobody-to-impute").about(labels(area_idx))
        }
        Chosen::NotTestable => Notice::warning("treat.not-testable"),
        Chosen::ConstantNotTransformed => Notice::warning("treat.constant-not-transformed"),
        Chosen::Winsorised { before, after, n_low, n_high } => {
            shapes(Notice::note("treat.winsorised"), before, after)
                .with("low", n_low)
                .with("high", n_high)
        }
        Chosen::SecondStage { before, after, passes: true, .. } => {
            shapes(Notice::note("treat.second-stage"), before, after)
        }
        Chosen::SecondStage { before, after, passes: false, .. } => {
            shapes(Notice::warning("treat.second-stage-fails"), before, after)
        }
        Chosen::StillExtreme { before, after, .. } => {
            shapes(Notice::warning("treat.still-extreme"), before, after)
        }
        Chosen::BoxCox { lambda, fitted } => {
            let (low, high) = super::LAMBDA_RANGE;
            // The search ends within this of an end that it would like to pass.
            let at_end = *fitted && (lambda - low < 1e-6 || high - lambda < 1e-6);
            let notice = match (at_end, fitted) {
                (true, _) => Notice::warning("treat.box-cox-at-end"),
                (false, true) => Notice::note("treat.box-cox-fitted"),
                (false, false) => return None,
            };
            notice
                .with("lambda_nb", number(*lambda, 4, Language::Nb))
                .with("lambda_en", number(*lambda, 4, Language::En))
        }
        Chosen::NotShrunk { area_idx } => {
            Notice::warning("treat.not-shrunk").about(labels(area_idx))
        }
    })
}

fn shapes(notice: Notice, before: &Shape, after: &Shape) -> Notice {
    let text = |x: Option<f64>, language| number(x.unwrap_or(f64::NAN), 2, language);
    notice
        .with("skew_nb", text(before.skewness, Language::Nb))
        .with("skew_en", text(before.skewness, Language::En))
        .with("kurtosis_nb", text(before.kurtosis, Language::Nb))
        .with("kurtosis_en", text(before.kurtosis, Language::En))
        .with("skew_after_nb", text(after.skewness, Language::Nb))
        .with("skew_after_en", text(after.skewness, Language::En))
        .with("kurtosis_after_nb", text(after.kurtosis, Language::Nb))
        .with("kurtosis_after_en", text(after.kurtosis, Language::En))
}
