//! How do allocations get out?
//!
//! One CSV a stage, each with its columns in kroner, and the tables of a comparison. Amounts are
//! whole kroner; a figure that is missing is an empty cell.

use std::io::{self, Write};

use super::{push_number, push_text};
use crate::allocate::Allocation;
use crate::allocate::base::{FundedArea, FundingBase};
use crate::allocate::compare::Comparison;
use crate::allocate::measure::{Better, Measure, MeasureUnit};
use crate::allocate::model::{Damping, ModelFile};
use crate::allocate::need::{Need, ScoreFunction};
use crate::allocate::scorecard::{Kind, Line, StatedOf, TRADE_OFFS, find};
use crate::allocate::search::Searched;
use crate::allocate::sure::AreaSure;
use crate::language::{Language, message};
use crate::money::Money;

/// A table on its way to CSV: a header, then rows of cells.
struct Csv(String);

impl Csv {
    fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            match cell {
                Cell::Text(text) => push_text(&mut self.0, text),
                Cell::Number(x) => {
                    push_number(&mut self.0, if x.is_finite() { *x } else { f64::NAN })
                }
                Cell::Money(money) => self.0.push_str(&money.to_string()),
                Cell::Nothing => {}
            }
        }
        self.0.push('\n');
    }
}

#[derive(Clone, Copy)]
enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Money(Money),
    Nothing,
}

impl Cell<'_> {
    fn maybe(x: Option<f64>) -> Self {
        x.map_or(Self::Nothing, Self::Number)
    }
}

fn yes(answer: bool) -> Cell<'static> {
    Cell::Text(if answer { "yes" } else { "no" })
}

fn names(area: &FundedArea) -> [Cell<'_>; 2] {
    [Cell::Text(area.id.as_str()), Cell::Text(&area.name)]
}

/// The stages of one allocation, by file name, in their order.
pub fn stages(allocation: &Allocation, base: &FundingBase) -> Vec<(&'static str, String)> {
    let mut files = vec![
        ("1-pot.csv", pot(allocation, base)),
        ("2-eligibility.csv", eligibility(allocation, base)),
        ("3-need.csv", need(allocation, base)),
        ("4-share.csv", share(allocation, base)),
        ("5-bounds.csv", bounds(allocation, base)),
        ("6-damping.csv", damping(allocation, base)),
        ("7-phase-in.csv", phase_in(allocation, base)),
        ("8-themes.csv", themes(allocation, base)),
    ];
    if allocation.matched.is_some() {
        files.push(("9-matching.csv", matching(allocation, base)));
    }
    if !allocation.years.is_empty() {
        files.push(("10-carry-over.csv", carry_over(allocation, base)));
    }
    files
}

fn pot(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("department,name,takes_part,with_area,without_area");
    for line in &allocation.pot.lines {
        let department = &base.departments[line.department_idx];
        csv.row(&[
            Cell::Text(&department.id),
            Cell::Text(&department.title.nb),
            yes(line.takes_part),
            Cell::Money(line.with_area),
            Cell::Money(line.without_area),
        ]);
    }
    csv.row(&[
        Cell::Text("pot"),
        Cell::Text(""),
        Cell::Nothing,
        Cell::Money(allocation.pot.total),
        Cell::Money(allocation.pot.without_area),
    ]);
    csv.0
}

fn eligibility(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,takes_part,undecided,not_ready,figure,limit");
    for (area, eligible) in base.areas.iter().zip(&allocation.eligible) {
        let [id, name] = names(area);
        csv.row(&[
            id,
            name,
            yes(eligible.takes_part),
            yes(eligible.undecided),
            yes(eligible.not_ready),
            Cell::maybe(eligible.figure),
            Cell::maybe(eligible.limit),
        ]);
    }
    csv.0
}

fn need(allocation: &Allocation, base: &FundingBase) -> String {
    let names_of: Vec<&String> = base.figures.keys().collect();
    let formulas = &allocation.need.formulas;
    let mut header = "area,name,claim,keeps_today".to_owned();
    for at in 0..formulas.len() {
        // Formulas have letters, as in the sources.
        header.push_str(&format!(",share_{}", (b'a' + (at % 26) as u8) as char));
    }
    for name in &names_of {
        header.push(',');
        push_text(&mut header, name);
    }
    let mut csv = Csv::new(&header);
    for (at, area) in base.areas.iter().enumerate() {
        let [id, name] = names(area);
        let claim = allocation.need.claims.as_ref().map(|claims| claims[at]);
        let mut cells = vec![id, name, Cell::maybe(claim), yes(allocation.need.keeps_today[at])];
        cells.extend(formulas.iter().map(|shares| Cell::Number(shares[at])));
        cells.extend(names_of.iter().map(|name| Cell::Number(base.figures[*name][at])));
        csv.row(&cells);
    }
    csv.0
}

fn share(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,today,today_share,formula_share,amount");
    for (at, area) in base.areas.iter().enumerate() {
        let [id, name] = names(area);
        csv.row(&[
            id,
            name,
            Cell::Money(allocation.pot.today[at]),
            Cell::Number(allocation.shares.today[at]),
            Cell::Number(allocation.shares.formula[at]),
            Cell::Money(allocation.shares.amounts[at]),
        ]);
    }
    csv.0
}

fn bounds(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,before,floor,cap,amount");
    for (at, area) in base.areas.iter().enumerate() {
        let [id, name] = names(area);
        csv.row(&[
            id,
            name,
            Cell::Money(allocation.shares.amounts[at]),
            Cell::Number(allocation.bounded.lower[at]),
            Cell::Number(allocation.bounded.upper[at]),
            Cell::Money(allocation.bounded.amounts[at]),
        ]);
    }
    csv.0
}

fn damping(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,today,before,guarantee,amount,deduction_per_head");
    for (at, area) in base.areas.iter().enumerate() {
        let [id, name] = names(area);
        csv.row(&[
            id,
            name,
            Cell::Money(allocation.pot.today[at]),
            Cell::Money(allocation.bounded.amounts[at]),
            Cell::Number(allocation.damped.guarantee[at]),
            Cell::Money(allocation.damped.amounts[at]),
            Cell::maybe(allocation.damped.deduction_per_head),
        ]);
    }
    csv.0
}

fn phase_in(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,year,amount");
    for (at, area) in base.areas.iter().enumerate() {
        for (year, amounts) in allocation.path.iter().enumerate() {
            let [id, name] = names(area);
            csv.row(&[id, name, Cell::Number((year + 1) as f64), Cell::Money(amounts[at])]);
        }
    }
    csv.0
}

fn themes(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,department,theme_nb,theme_en,today,amount,change");
    for (at, area) in base.areas.iter().enumerate() {
        for (k, department) in base.departments.iter().enumerate() {
            let [id, name] = names(area);
            let (before, after) = (base.today[at][k], allocation.themes[at][k]);
            let after = if allocation.pot.lines[k].takes_part { after } else { before };
            csv.row(&[
                id,
                name,
                Cell::Text(&department.id),
                Cell::Text(&department.theme.nb),
                Cell::Text(&department.theme.en),
                Cell::Money(before),
                Cell::Money(after),
                Cell::Money(after - before),
            ]);
        }
    }
    csv.0
}

fn matching(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,amount,required,own_money,granted,unmatched");
    for (at, matched) in allocation.matched.iter().flatten().enumerate() {
        let [id, name] = names(&base.areas[at]);
        csv.row(&[
            id,
            name,
            Cell::Money(allocation.damped.amounts[at]),
            Cell::Money(matched.required),
            matched.own.map_or(Cell::Nothing, Cell::Money),
            Cell::Money(matched.granted),
            Cell::Money(matched.unmatched),
        ]);
    }
    csv.0
}

fn carry_over(allocation: &Allocation, base: &FundingBase) -> String {
    let mut csv = Csv::new("area,name,year,given,carried_in,spent,carried_out,lapsed");
    for line in &allocation.years {
        let [id, name] = names(&base.areas[line.area_idx]);
        csv.row(&[
            id,
            name,
            Cell::Number(f64::from(line.year)),
            Cell::Money(line.given),
            Cell::Money(line.carried_in),
            Cell::Money(line.spent),
            Cell::Money(line.carried_out),
            Cell::Money(line.lapsed),
        ]);
    }
    csv.0
}

/// One line an area and model: today, the model, the change in kroner, per cent, per head and per
/// deprived person. Money without an area stands in a last line of each model, with an empty id,
/// so that a model's lines sum to all the money.
///
/// # Errors
///
/// Those of `out`.
pub fn comparison_csv(
    out: &mut (impl Write + ?Sized),
    comparison: &Comparison,
    base: &FundingBase,
    language: Language,
) -> io::Result<()> {
    let mut csv = Csv::new(
        "model,area,name,municipality,today,amount,change,change_percent,first_year,\
         per_head_today,per_head,per_deprived",
    );
    for (model, allocation) in comparison.allocations.iter().enumerate() {
        let id = Cell::Text(&allocation.model.id);
        for (at, area) in base.areas.iter().enumerate() {
            let change = &comparison.changes[at][model];
            csv.row(&[
                id,
                Cell::Text(area.id.as_str()),
                Cell::Text(&area.name),
                area.municipality.as_deref().map_or(Cell::Nothing, Cell::Text),
                Cell::Money(change.today),
                Cell::Money(change.model),
                Cell::Money(change.kroner()),
                Cell::maybe(change.percent),
                Cell::Money(change.first_year),
                Cell::maybe(change.per_head_today),
                Cell::maybe(change.per_head),
                Cell::maybe(change.per_deprived),
            ]);
        }
        let apart = allocation.pot.without_area + allocation.unmatched();
        let before = base.all_without_area();
        if apart != Money::ZERO || before != Money::ZERO {
            let name = message(language, "allocate.without-area-row", &[]);
            let (nothing, money) = (Cell::Nothing, Cell::Money);
            let (change, first) = (money(apart - before), money(apart));
            csv.row(&[
                id,
                nothing,
                Cell::Text(&name),
                nothing,
                money(before),
                money(apart),
                change,
                nothing,
                first,
                nothing,
                nothing,
                nothing,
            ]);
        }
    }
    out.write_all(csv.0.as_bytes())
}

/// The word for a unit in files.
pub fn unit_name(unit: MeasureUnit) -> &'static str {
    match unit {
        MeasureUnit::Share => "share",
        MeasureUnit::Count => "count",
        MeasureUnit::Kroner => "kroner",
        MeasureUnit::Hours => "hours",
        MeasureUnit::Years => "years",
        MeasureUnit::Number => "number",
    }
}

fn better_name(better: Better) -> &'static str {
    match better {
        Better::High => "high",
        Better::Low => "low",
        Better::Neither => "neither",
    }
}

fn measure_cells(model: &str, measure: &Measure, language: Language) -> [String; 3] {
    let value = match measure.value {
        Ok(x) => {
            let mut text = String::new();
            push_number(&mut text, x);
            text
        }
        Err(_) => String::new(),
    };
    let note = match (measure.value, measure.assumed) {
        (Err(reason), _) => message(language, reason.key(), &[]),
        (Ok(_), true) => message(language, "allocate.assumption", &[]),
        (Ok(_), false) => String::new(),
    };
    [model.to_owned(), value, note]
}

/// Every measure of every model: one line each.
pub fn measures_csv(comparison: &Comparison, language: Language) -> String {
    let mut csv = Csv::new("measure,title,model,value,unit,better,note");
    for (model, measures) in comparison.measures.iter().enumerate() {
        for measure in measures {
            let id = &comparison.allocations[model].model.id;
            let [model, value, note] = measure_cells(id, measure, language);
            let title = message(language, &format!("allocate.m-{}", measure.id), &[]);
            csv.row(&[
                Cell::Text(measure.id),
                Cell::Text(&title),
                Cell::Text(&model),
                Cell::Text(&value),
                Cell::Text(unit_name(measure.unit)),
                Cell::Text(better_name(measure.better)),
                Cell::Text(&note),
            ]);
        }
    }
    csv.0
}

/// The scorecard: one line a property, measure and model.
pub fn scorecard_csv(lines: &[Line], comparison: &Comparison, language: Language) -> String {
    let mut csv = Csv::new(
        "property,stated_of,kind,chapter,statement,measure,title,model,value,unit,better,verdict,note",
    );
    for line in lines {
        let statement = message(language, &line.property.key(), &[]);
        let title = message(language, &format!("allocate.m-{}", line.measure), &[]);
        let verdict = message(language, line.verdict.key(), &[]);
        for (allocation, measure) in comparison.allocations.iter().zip(&line.by_model) {
            let [model, value, note] = measure_cells(&allocation.model.id, measure, language);
            csv.row(&[
                Cell::Text(&line.property.id),
                Cell::Text(stated_of(line.property.of)),
                Cell::Text(kind(line.property.kind)),
                Cell::Text(&line.property.chapter),
                Cell::Text(&statement),
                Cell::Text(&line.measure),
                Cell::Text(&title),
                Cell::Text(&model),
                Cell::Text(&value),
                Cell::Text(unit_name(measure.unit)),
                Cell::Text(better_name(measure.better)),
                Cell::Text(&verdict),
                Cell::Text(&note),
            ]);
        }
    }
    csv.0
}

/// The four pairs that the report counts both ways, model by model.
pub fn trade_offs_csv(comparison: &Comparison, language: Language) -> String {
    let mut csv = Csv::new("pair,sentence,property,measure,model,value,unit,note");
    for (pair, trade) in TRADE_OFFS.iter().enumerate() {
        let sentence = message(language, trade.key, &[]);
        for (property, id) in trade.properties.iter().zip(trade.measures) {
            for (model, allocation) in comparison.allocations.iter().enumerate() {
                let measure = find(comparison, model, id);
                let [model, value, note] = measure_cells(&allocation.model.id, &measure, language);
                csv.row(&[
                    Cell::Number((pair + 1) as f64),
                    Cell::Text(&sentence),
                    Cell::Text(property),
                    Cell::Text(id),
                    Cell::Text(&model),
                    Cell::Text(&value),
                    Cell::Text(unit_name(measure.unit)),
                    Cell::Text(&note),
                ]);
            }
        }
    }
    csv.0
}

fn stated_of(of: StatedOf) -> &'static str {
    match of {
        StatedOf::Today => "today",
        StatedOf::Groruddalen => "groruddalen",
        StatedOf::Model1 => "model1",
        StatedOf::Model2 => "model2",
        StatedOf::Judgement => "judgement",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Advantage => "advantage",
        Kind::Drawback => "drawback",
        Kind::Feature => "feature",
    }
}

/// What today's table holds: cells, pairs, shares, funders, exposure; one line a number.
pub fn baseline_csv(base: &FundingBase) -> String {
    use crate::allocate::structure::{cells, concentration, effective};
    let today = cells(base);
    let mut csv = Csv::new("measure,of,value,unit");
    let mut line = |measure: &str, of: &str, x: f64, unit: &str| {
        csv.row(&[Cell::Text(measure), Cell::Text(of), Cell::Number(x), Cell::Text(unit)]);
    };
    let n_rows = today.n_rows as f64;
    let n_departments = today.n_departments as f64;
    line("cells_with_money", "", today.n_cells as f64, "count");
    line("cells", "", n_rows * n_departments, "count");
    line("coordination_pairs", "", today.n_pairs as f64, "count");
    line("all_money", "", base.all().as_f64(), "kroner");
    line("money_with_area", "", base.all_with_area().as_f64(), "kroner");
    line("money_without_area", "", base.all_without_area().as_f64(), "kroner");
    let all = base.all().as_f64();
    line("share_without_area", "", base.all_without_area().as_f64() / all, "share");
    for (department, share) in base.departments.iter().zip(&today.shares) {
        line("department_share", &department.id, *share, "share");
    }
    line("concentration_of_funders", "", concentration(&today.shares), "number");
    line("effective_funders", "", effective(&today.shares), "number");
    for (area, n) in base.areas.iter().zip(&today.effective_by_area) {
        line("effective_funders_of_area", area.id.as_str(), *n, "number");
    }
    let with_area = base.all_with_area().as_f64();
    let area_shares: Vec<f64> =
        (0..base.areas.len()).map(|at| base.today_of(at).as_f64() / with_area).collect();
    line("effective_areas", "", effective(&area_shares), "number");
    for (area, share) in base.areas.iter().zip(&area_shares) {
        line("area_share_of_money_with_area", area.id.as_str(), *share, "share");
    }
    let mut places: Vec<(&str, Money)> = Vec::new();
    for (at, area) in base.areas.iter().enumerate() {
        let Some(place) = area.municipality.as_deref() else { continue };
        match places.iter_mut().find(|(name, _)| *name == place) {
            Some((_, sum)) => *sum += base.today_of(at),
            None => places.push((place, base.today_of(at))),
        }
    }
    for (place, sum) in places {
        line("municipality_share_of_money_with_area", place, sum.as_f64() / with_area, "share");
        let known =
            base.without_area.iter().flat_map(|row| row.amounts.iter().zip(&row.municipalities));
        let more: Money =
            known.filter(|(_, of)| of.as_deref() == Some(place)).map(|(m, _)| *m).sum();
        line("municipality_share_of_all_money", place, (sum + more).as_f64() / all, "share");
    }
    for (area, share) in base.areas.iter().zip(&today.exposure_by_area) {
        line("largest_funder_of_area", area.id.as_str(), *share, "share");
    }
    for (department, share) in base.departments.iter().zip(&today.shares) {
        line("share_of_other_departments", &department.id, 1.0 - share, "share");
    }
    line("links_earmarks", "", today.n_cells as f64, "count");
    line("links_joint_programme", "", n_departments + n_rows, "count");
    line("links_merged", "", n_departments - 1.0 + n_rows, "count");
    csv.0
}

/// The formulas of a front: their settings and what they do, one line each.
pub fn search_csv(found: &Searched) -> String {
    let mut csv = Csv::new(
        "formula,formula_share,hold_harmless,years,exponent,threshold,discretion_share,max_loss,\
         deprived_share",
    );
    for (at, formula) in found.front.iter().enumerate() {
        let [exponent, threshold] = of_score(&formula.model);
        let kept = match formula.model.damping {
            Damping::HoldHarmless { share } => share,
            Damping::None {} | Damping::GuaranteePerHead { .. } => 0.0,
        };
        let years = formula.model.phase_in.map_or(1, |phase| phase.years);
        csv.row(&[
            Cell::Number((at + 1) as f64),
            Cell::Number(formula.model.formula_share),
            Cell::Number(kept),
            Cell::Number(f64::from(years)),
            Cell::maybe(exponent),
            Cell::maybe(threshold),
            Cell::Number(formula.discretion),
            Cell::Number(formula.max_loss),
            Cell::Number(formula.deprived_share),
        ]);
    }
    csv.0
}

/// Exponent and threshold of a need by score.
fn of_score(model: &ModelFile) -> [Option<f64>; 2] {
    match &model.need {
        Some(Need::PopulationByScore { function }) => match function {
            ScoreFunction::Power { exponent } => [Some(*exponent), None],
            ScoreFunction::Above { threshold } => [None, Some(*threshold)],
            ScoreFunction::Linear {} | ScoreFunction::AboveSmallest {} => [None, None],
        },
        Some(
            Need::Equal {}
            | Need::Population {}
            | Need::DeprivedPersons {}
            | Need::Shares { .. }
            | Need::Gap { .. }
            | Need::BestOf { .. },
        )
        | None => [None, None],
    }
}

/// How sure each area's amount is: an interval, how often it gains or loses, and the pot and the
/// formula share at which it has what it has today.
pub fn sure_csv(rows: &[AreaSure], base: &FundingBase) -> String {
    let mut csv = Csv::new(
        "area,name,today,amount,low,median,high,gains,loses,sure,break_even_pot,break_even_share",
    );
    for (area, row) in base.areas.iter().zip(rows) {
        let [id, name] = names(area);
        let sure = row.verdict().unwrap_or("");
        csv.row(&[
            id,
            name,
            Cell::Money(row.today),
            Cell::Money(row.amount),
            Cell::Number(row.interval[0]),
            Cell::Number(row.interval[1]),
            Cell::Number(row.interval[2]),
            Cell::Number(row.gains),
            Cell::Number(row.loses),
            Cell::Text(sure),
            row.break_even_pot.map_or(Cell::Nothing, Cell::Money),
            Cell::maybe(row.break_even_share),
        ]);
    }
    csv.0
}
