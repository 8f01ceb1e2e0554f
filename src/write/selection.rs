//! How do the results of a rule get out?
//!
//! Long tables, one line a criterion, an area or a number of areas. A missing number is an empty
//! cell.

use std::io::{self, Write};

use super::{outcome_name, push_area, push_number, push_text};
use crate::index::IndexDefinition;
use crate::indicator::{CellState, IndicatorId};
use crate::language::{Language, Text};
use crate::select::against::Move;
use crate::select::coverage::{Coverage, Targeting};
use crate::select::finding::Finding;
use crate::select::history::Change;
use crate::select::nearness::{Count, NearMiss, Work};
use crate::select::{Criterion, Operator, Selection, Truth};

/// A line of cells.
#[derive(Default)]
struct Line(String);

impl Line {
    fn text(mut self, text: &str) -> Self {
        self.comma();
        push_text(&mut self.0, text);
        self
    }

    fn number(mut self, x: f64) -> Self {
        self.comma();
        push_number(&mut self.0, x);
        self
    }

    fn both(self, text: &Text) -> Self {
        self.text(text.get(Language::Nb)).text(text.get(Language::En))
    }

    fn count(self, count: Count) -> Self {
        self.number(count.areas as f64).number(count.people)
    }

    fn area(self, selection: &Selection, at: usize) -> Self {
        let mut line = self;
        line.comma();
        push_area(&mut line.0, &selection.areas()[at]);
        line
    }

    fn comma(&mut self) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
    }

    fn end(self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        out.write_all(self.0.as_bytes())?;
        out.write_all(b"\n")
    }
}

fn operator(criterion: &Criterion) -> &'static str {
    match criterion.op {
        Operator::Above => ">",
        Operator::AtLeast => ">=",
        Operator::Below => "<",
        Operator::AtMost => "<=",
    }
}

fn met(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "met",
        Truth::False => "not-met",
        Truth::Unknown => "unknown",
    }
}

fn state(state: Option<CellState>) -> &'static str {
    match state {
        Some(CellState::NotAvailable) => "not-available",
        Some(CellState::Suppressed) => "suppressed",
        Some(CellState::NotApplicable) => "not-applicable",
        Some(CellState::Present) | None => "",
    }
}

/// Writes one line an area and criterion: value, operator, limit, margin, year and answer.
///
/// `margin` is positive on the side that the rule asks for. `value_high` is filled where the value
/// is known only to lie between two numbers, `gap` where it is missing and the table says why.
///
/// # Errors
///
/// Those of `out`.
pub fn criteria_csv(
    out: &mut (impl Write + ?Sized),
    selection: &Selection,
    findings: &[Finding],
) -> io::Result<()> {
    out.write_all(
        b"area,name,criterion,label_nb,label_en,year,value,value_high,gap,operator,limit,margin,unit,met\n",
    )?;
    for (at, finding) in findings.iter().enumerate() {
        for criterion in finding.criteria() {
            let high = if criterion.is_bounded() { criterion.value_high } else { f64::NAN };
            let margin = if criterion.is_bounded() { f64::NAN } else { criterion.margin() };
            let year = criterion.year.map_or(f64::NAN, f64::from);
            Line::default()
                .area(selection, at)
                .text(&criterion.id)
                .both(&criterion.label)
                .number(year)
                .number(criterion.value)
                .number(high)
                .text(state(criterion.state))
                .text(operator(criterion))
                .number(criterion.limit)
                .number(margin)
                .text(criterion.unit.get(Language::En))
                .text(met(criterion.truth))
                .end(out)?;
        }
    }
    Ok(())
}

/// Writes the criteria whose turn alone would turn an area's answer, the nearest first.
///
/// # Errors
///
/// Those of `out`.
pub fn near_misses_csv(
    out: &mut (impl Write + ?Sized),
    selection: &Selection,
    misses: &[NearMiss],
) -> io::Result<()> {
    out.write_all(
        b"area,name,outcome,criterion,label_nb,label_en,value,operator,limit,distance,deviations\n",
    )?;
    for miss in misses {
        let outcome = outcome_name(Truth::of(miss.is_selected));
        Line::default()
            .area(selection, miss.area_idx)
            .text(outcome)
            .text(&miss.criterion.id)
            .both(&miss.criterion.label)
            .number(miss.criterion.value)
            .text(operator(&miss.criterion))
            .number(miss.criterion.limit)
            .number(miss.distance)
            .number(miss.in_deviations)
            .end(out)?;
    }
    Ok(())
}

/// Writes what each criterion does: where it is met, and how many areas only it lets in or keeps
/// out.
///
/// # Errors
///
/// Those of `out`.
pub fn contributions_csv(out: &mut (impl Write + ?Sized), work: &[Work]) -> io::Result<()> {
    out.write_all(
        b"criterion,label_nb,label_en,met,not_met,unknown,only_it_lets_in_areas,\
          only_it_lets_in_people,only_it_keeps_out_areas,only_it_keeps_out_people\n",
    )?;
    for work in work {
        let line = Line::default().text(&work.id).both(&work.criterion.label);
        let line = work.n.iter().fold(line, |line, n| line.number(*n as f64));
        line.count(work.only_it_lets_in).count(work.only_it_keeps_out).end(out)?;
    }
    Ok(())
}

/// Writes how many areas and people lie within the band on either side of each limit.
///
/// # Errors
///
/// Those of `out`.
pub fn cliffs_csv(out: &mut (impl Write + ?Sized), work: &[Work]) -> io::Result<()> {
    out.write_all(
        b"criterion,label_nb,label_en,operator,limit,band,just_met_areas,just_met_people,\
          just_not_met_areas,just_not_met_people\n",
    )?;
    for work in work.iter().filter(|work| work.criterion.said.is_none()) {
        Line::default()
            .text(&work.id)
            .both(&work.criterion.label)
            .text(operator(&work.criterion))
            .number(work.criterion.limit)
            .number(work.band)
            .count(work.just_met)
            .count(work.just_not_met)
            .end(out)?;
    }
    Ok(())
}

fn kind(indicator: &Option<IndicatorId>) -> &str {
    indicator.as_ref().map_or("population", IndicatorId::as_str)
}

/// Writes for each kind of person how many live in selected areas and how many outside.
///
/// # Errors
///
/// Those of `out`.
pub fn coverage_csv(
    out: &mut (impl Write + ?Sized),
    coverage: &[Coverage],
    definition: &IndexDefinition,
) -> io::Result<()> {
    out.write_all(
        b"persons,title_nb,title_en,all,selected,unknown,share_selected,share_not_selected,areas_without\n",
    )?;
    for coverage in coverage {
        let indicator = coverage.indicator.as_ref().and_then(|id| definition.indicator(id));
        let title = indicator.map_or_else(population, |indicator| indicator.title.clone());
        let outside = coverage.all - coverage.selected - coverage.unknown;
        Line::default()
            .text(kind(&coverage.indicator))
            .both(&title)
            .number(coverage.all)
            .number(coverage.selected)
            .number(coverage.unknown)
            .number(coverage.share())
            .number(outside / coverage.all)
            .number(coverage.areas_without as f64)
            .end(out)?;
    }
    Ok(())
}

fn population() -> Text {
    let text = |language| crate::language::message(language, "select.all-people", &[]);
    Text { nb: text(Language::Nb), en: text(Language::En) }
}

/// Writes the share of each kind of person in the worst areas, for every number of areas from 0.
///
/// # Errors
///
/// Those of `out`.
pub fn targeting_csv(
    out: &mut (impl Write + ?Sized),
    targeting: &Targeting,
    selection: &Selection,
    order: &[u32],
) -> io::Result<()> {
    let header = Line::default().text("areas").text("area").text("name").text("outcome");
    targeting.kinds.iter().fold(header, |line, id| line.text(kind(id))).end(out)?;
    for (n, shares) in targeting.shares.iter().enumerate() {
        let line = Line::default().number(n as f64);
        let line = match n.checked_sub(1).and_then(|at| order.get(at)) {
            Some(&at) => {
                let at = at as usize;
                line.area(selection, at).text(outcome_name(selection.outcomes()[at]))
            }
            None => line.text("").text("").text(""),
        };
        shares.iter().fold(line, |line, share| line.number(*share)).end(out)?;
    }
    Ok(())
}

/// Writes who entered and left from year to year, and which criterion did it.
///
/// # Errors
///
/// Those of `out`.
pub fn history_csv(
    out: &mut (impl Write + ?Sized),
    changes: &[(Change, &Selection)],
) -> io::Result<()> {
    out.write_all(b"year,before,area,name,change,causes,each_alone\n")?;
    for (change, selection) in changes {
        Line::default()
            .number(f64::from(change.year))
            .number(f64::from(change.before))
            .area(selection, change.area_idx)
            .text(if change.is_in { "enters" } else { "leaves" })
            .text(&change.causes.join(" "))
            .text(if change.alone { "true" } else { "false" })
            .end(out)?;
    }
    Ok(())
}

/// Writes where each area stands in two selections, with the reasons that the second one gives,
/// or the first where the second is a list.
///
/// # Errors
///
/// Those of `out`.
pub fn moves_csv(
    out: &mut (impl Write + ?Sized),
    reasons: &Selection,
    sides: [(&str, &[Truth]); 2],
    moves: &[Move],
) -> io::Result<()> {
    let header = Line::default().text("area").text("name").text("parent").text("population");
    let header = sides.iter().fold(header, |line, (name, _)| line.text(name));
    header.text("move").text("reason_nb").text("reason_en").end(out)?;
    for (at, area) in reasons.areas().iter().enumerate() {
        let line = Line::default()
            .area(reasons, at)
            .text(area.parent.as_deref().unwrap_or(""))
            .number(area.population.unwrap_or(f64::NAN));
        let line = sides.iter().fold(line, |line, (_, truths)| line.text(outcome_name(truths[at])));
        line.text(moves[at].name()).both(&reasons.sentence(at)).end(out)?;
    }
    Ok(())
}
