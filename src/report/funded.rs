//! What does the report of a project say of its money?
//!
//! A section of the report for a project that compares funding models: what each model does in
//! words, what is assumed, the amounts of every area, charts, how sure they are, and the measures.
//! The page of `allocate compare` is [`super::funding`]'s.

use super::funding::{Chart, value_text};
use super::section::{Block, Cell, Column, Holds, Place, Section, Table};
use crate::allocate::base::FundingBase;
use crate::allocate::compare::Comparison;
use crate::allocate::measure::Measure;
use crate::allocate::scorecard::{Line, TRADE_OFFS, find};
use crate::allocate::sure::AreaSure;
use crate::analysis::Analysis;
use crate::language::{Language, message, number};
use crate::money::Money;

/// How sure the amounts of one model are.
#[derive(Debug, Clone, PartialEq)]
pub struct Sure {
    /// The position of the model in the comparison.
    pub model: usize,
    /// One line an area of the base.
    pub rows: Vec<AreaSure>,
    /// How many variants of the index were tried.
    pub n_replicates: u32,
    /// How many of them could not be computed.
    pub n_failed: usize,
}

/// All that the section shows.
#[derive(Debug, Clone, Copy)]
pub struct FundingSection<'a> {
    /// The areas that links lead to.
    pub analysis: &'a Analysis,
    /// The models.
    pub comparison: &'a Comparison,
    /// What they share out.
    pub base: &'a FundingBase,
    /// The scorecard.
    pub lines: &'a [Line],
    /// The charts, in their order.
    pub charts: &'a [Chart],
    /// How sure the amounts are of the models that go by the score.
    pub sure: &'a [Sure],
    /// The language of the page.
    pub language: Language,
}

impl FundingSection<'_> {
    fn say(&self, key: &str) -> String {
        message(self.language, &format!("allocate.{key}"), &[])
    }

    fn title(&self, model: usize) -> &str {
        self.comparison.allocations[model].model.title.get(self.language)
    }

    /// An area of the base by its place in the report's table, or by its name alone.
    fn area(&self, at: usize) -> Cell {
        let area = &self.base.areas[at];
        let known = self.analysis.table.areas().iter().position(|other| other.id == area.id);
        known.map_or_else(|| Cell::Text(area.name.to_string()), Cell::Area)
    }

    fn moves_money(&self, model: usize) -> bool {
        self.comparison.changes.iter().any(|row| row[model].kroner() != Money::ZERO)
    }
}

/// What a model shares out, and who gets more and less, in two sentences.
pub fn model_in_words(comparison: &Comparison, model: usize, language: Language) -> [String; 2] {
    let allocation = &comparison.allocations[model];
    let n = allocation.eligible.iter().filter(|area| area.takes_part).count();
    let pot = message(
        language,
        "allocate.pot-line",
        &[
            ("model", allocation.model.title.get(language)),
            ("pot", &allocation.pot.total.text(language)),
            ("n", &n.to_string()),
            ("without", &allocation.pot.without_area.text(language)),
        ],
    );
    let changes: Vec<Money> = comparison.changes.iter().map(|row| row[model].kroner()).collect();
    let moved: Money = changes.iter().map(|change| (*change).max(Money::ZERO)).sum();
    let count = |is: fn(&Money) -> bool| changes.iter().filter(|c| is(c)).count().to_string();
    let of = |id: &str| {
        let found = comparison.measures[model].iter().find(|measure| measure.id == id);
        let value = found.and_then(|measure| measure.value.ok());
        number(value.unwrap_or(f64::NAN) * 100.0, 1, language)
    };
    let changes = message(
        language,
        "allocate.changes-line",
        &[
            ("moved", &moved.text(language)),
            ("winners", &count(|c| *c > Money::ZERO)),
            ("losers", &count(|c| *c < Money::ZERO)),
            ("same", &count(|c| *c == Money::ZERO)),
            ("loss", &of("max-loss")),
            ("discretion", &of("discretion-share")),
        ],
    );
    [pot, changes]
}

/// How many areas surely get more or less by a model, in a sentence.
pub fn sure_in_words(comparison: &Comparison, sure: &Sure, language: Language) -> String {
    let count =
        |word: &str| sure.rows.iter().filter(|row| row.verdict() == Some(word)).count().to_string();
    message(
        language,
        "allocate.sure-line",
        &[
            ("model", comparison.allocations[sure.model].model.title.get(language)),
            ("winners", &count("winner")),
            ("losers", &count("loser")),
            ("n", &sure.rows.len().to_string()),
            ("replicates", &number(f64::from(sure.n_replicates), 0, language)),
            ("failed", &sure.n_failed.to_string()),
        ],
    )
}

/// The section of funding models.
pub fn funding_section(of: &FundingSection<'_>) -> Section {
    let (base, language) = (of.base, of.language);
    let what = [("title", base.title.get(language)), ("source", base.source.get(language))];
    let mut blocks = vec![
        Block::Hint(of.say("advice")),
        Block::Text(message(language, "allocate.section-what", &what)),
    ];
    for (at, allocation) in of.comparison.allocations.iter().enumerate() {
        let [pot, changes] = model_in_words(of.comparison, at, language);
        let changes = if of.moves_money(at) { changes.as_str() } else { "" };
        let note = allocation.model.note.as_ref().map_or("", |note| note.get(language));
        let words = [pot.as_str(), changes.trim(), note];
        let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
        blocks.push(Block::Text(words.join(" ")));
    }
    blocks.extend(of.sure.iter().map(|sure| {
        let words = sure_in_words(of.comparison, sure, language);
        Block::Text(words)
    }));
    blocks.extend(assumed(of));
    blocks.push(Block::Heading(of.say("page-amounts")));
    blocks.push(Block::Table(amounts(of)));
    let (whole, card): (Vec<&Chart>, Vec<&Chart>) =
        of.charts.iter().partition(|chart| chart.file != "scorecard.svg");
    blocks.extend(whole.into_iter().map(picture));
    if !of.sure.is_empty() {
        blocks.push(Block::Heading(of.say("section-sure")));
        blocks.push(Block::Hint(of.say("section-sure-how")));
        blocks.extend(of.sure.iter().map(|sure| Block::Table(how_sure(of, sure))));
    }
    blocks.push(Block::Folded { title: of.say("page-measures"), blocks: measures(of) });
    let mut scores = vec![Block::Hint(of.say("page-scorecard-how"))];
    scores.extend(card.into_iter().map(picture));
    scores.push(Block::Table(scorecard(of)));
    blocks.push(Block::Folded { title: of.say("page-scorecard"), blocks: scores });
    blocks.push(Block::Folded {
        title: of.say("page-trade-offs"),
        blocks: vec![Block::Table(trade_offs(of))],
    });
    if !base.notes.is_empty() {
        let notes = base.notes.iter().map(|note| Block::Text(note.get(language).to_owned()));
        blocks.push(Block::Folded { title: of.say("page-notes"), blocks: notes.collect() });
    }
    Section { id: "funding", place: Place::Funding, title: of.say("section-title"), blocks }
}

fn picture(chart: &Chart) -> Block {
    Block::Picture { svg: chart.svg.clone(), caption: chart.caption.clone() }
}

/// Each assumption of data and models, marked as one.
fn assumed(of: &FundingSection<'_>) -> Vec<Block> {
    let word = of.say("section-assumption");
    let mut blocks: Vec<Block> = Vec::new();
    for text in &of.base.assumptions {
        blocks.push(Block::Hint(format!("{word}: {}", text.get(of.language))));
    }
    for (at, allocation) in of.comparison.allocations.iter().enumerate() {
        for text in &allocation.model.assumptions {
            let text = text.get(of.language);
            blocks.push(Block::Hint(format!("{word} ({}): {text}", of.title(at))));
        }
    }
    blocks
}

fn column(title: String, note: String, holds: Holds) -> Column {
    Column { title, note, holds }
}

fn kroner(money: Money) -> Cell {
    Cell::Number(money.as_f64())
}

/// Today and each model, area by area.
fn amounts(of: &FundingSection<'_>) -> Table {
    let mut columns = vec![
        column(of.say("x-name"), String::new(), Holds::Text),
        column(of.say("section-today"), String::new(), Holds::Numbers(0)),
    ];
    let n_models = of.comparison.allocations.len();
    // A model that moves nothing repeats today's amounts, which its line above says.
    let moving: Vec<usize> = (0..n_models).filter(|&at| of.moves_money(at)).collect();
    for &model in &moving {
        let title = of.title(model).to_owned();
        columns.push(column(title.clone(), String::new(), Holds::Numbers(0)));
        columns.push(column(of.say("x-change"), title.clone(), Holds::Numbers(0)));
        columns.push(column(of.say("x-percent"), title, Holds::Numbers(1)));
    }
    let rows = of.comparison.changes.iter().enumerate().map(|(at, changes)| {
        let today = changes.first().map_or(Money::ZERO, |change| change.today);
        let mut row = vec![of.area(at), kroner(today)];
        for &model in &moving {
            let change = changes[model];
            row.extend([kroner(change.model), kroner(change.kroner())]);
            row.push(Cell::Number(change.percent.unwrap_or(f64::NAN)));
        }
        row
    });
    Table { caption: of.say("page-kroner"), columns, rows: rows.collect() }
}

/// The interval of each area's amount, and the pot at which it gets what it has today.
fn how_sure(of: &FundingSection<'_>, sure: &Sure) -> Table {
    let model = of.title(sure.model);
    let says = |key: &str| of.say(&format!("section-{key}"));
    let money = |key: &str| column(says(key), String::new(), Holds::Numbers(0));
    let columns = vec![
        column(of.say("x-name"), String::new(), Holds::Text),
        money("today"),
        money("amount"),
        money("low"),
        money("high"),
        column(says("gains"), "%".to_owned(), Holds::Numbers(0)),
        column(says("loses"), "%".to_owned(), Holds::Numbers(0)),
        money("break-even-pot"),
        column(says("break-even-share"), "%".to_owned(), Holds::Numbers(1)),
    ];
    let rows = sure.rows.iter().enumerate().map(|(at, row)| {
        vec![
            of.area(at),
            kroner(row.today),
            kroner(row.amount),
            Cell::Number(row.interval[0]),
            Cell::Number(row.interval[2]),
            Cell::Number(row.gains * 100.0),
            Cell::Number(row.loses * 100.0),
            row.break_even_pot.map_or(Cell::Number(f64::NAN), kroner),
            Cell::Number(row.break_even_share.map_or(f64::NAN, |share| share * 100.0)),
        ]
    });
    let caption = message(of.language, "allocate.section-sure-caption", &[("model", model)]);
    Table { caption, columns, rows: rows.collect() }
}

/// Heads of one column a model, for numbers in units of their own.
fn model_columns(of: &FundingSection<'_>) -> Vec<Column> {
    let n = of.comparison.allocations.len();
    (0..n).map(|at| column(of.title(at).to_owned(), String::new(), Holds::Figures)).collect()
}

fn figure(of: &FundingSection<'_>, measure: &Measure) -> Cell {
    Cell::Text(value_text(measure, of.language))
}

fn why_not(of: &FundingSection<'_>, measure: Option<&Measure>) -> String {
    let why = measure.and_then(|measure| measure.value.err());
    why.map(|why| message(of.language, why.key(), &[])).unwrap_or_default()
}

fn measures(of: &FundingSection<'_>) -> Vec<Block> {
    let Some(first) = of.comparison.measures.first() else { return Vec::new() };
    let reference = match (of.comparison.reference_model, &of.comparison.reference) {
        (Some(at), Some(_)) => {
            message(of.language, "allocate.reference", &[("model", of.title(at))])
        }
        (None, Some(_)) => of.say("reference-deprived"),
        (_, None) => of.say("reference-none"),
    };
    let mut columns = vec![column(of.say("page-measure"), String::new(), Holds::Sentences)];
    columns.extend(model_columns(of));
    columns.push(column(of.say("section-why"), String::new(), Holds::Sentences));
    let rows = (0..first.len()).map(|at| {
        let title = message(of.language, &format!("allocate.m-{}", first[at].id), &[]);
        let mut row = vec![Cell::Text(title)];
        row.extend(of.comparison.measures.iter().map(|measures| figure(of, &measures[at])));
        row.push(Cell::Text(why_not(of, first.get(at))));
        row
    });
    let table = Table { caption: of.say("page-star"), columns, rows: rows.collect() };
    vec![Block::Text(reference), Block::Table(table)]
}

fn scorecard(of: &FundingSection<'_>) -> Table {
    let mut columns = vec![
        column(of.say("section-property"), String::new(), Holds::Text),
        column(of.say("page-property"), String::new(), Holds::Sentences),
        column(of.say("page-measure"), String::new(), Holds::Sentences),
    ];
    columns.extend(model_columns(of));
    columns.push(column(of.say("section-verdict"), String::new(), Holds::Sentences));
    let rows = of.lines.iter().map(|line| {
        let statement = message(of.language, &line.property.key(), &[]);
        let mut row = vec![
            Cell::Text(line.property.id.clone()),
            Cell::Text(format!("{statement} ({})", line.property.chapter)),
            Cell::Text(message(of.language, &format!("allocate.m-{}", line.measure), &[])),
        ];
        row.extend(line.by_model.iter().map(|measure| figure(of, measure)));
        let why = why_not(of, line.by_model.first());
        let verdict = message(of.language, line.verdict.key(), &[]);
        row.push(Cell::Text(if why.is_empty() { verdict } else { why }));
        row
    });
    Table { caption: of.say("page-star"), columns, rows: rows.collect() }
}

fn trade_offs(of: &FundingSection<'_>) -> Table {
    let mut columns = vec![
        column(of.say("section-pair"), String::new(), Holds::Sentences),
        column(of.say("page-measure"), String::new(), Holds::Sentences),
    ];
    columns.extend(model_columns(of));
    columns.push(column(of.say("section-why"), String::new(), Holds::Sentences));
    let mut rows = Vec::new();
    for trade in TRADE_OFFS {
        for id in trade.measures {
            let found: Vec<Measure> = (0..of.comparison.allocations.len())
                .map(|model| find(of.comparison, model, id))
                .collect();
            let mut row = vec![
                Cell::Text(message(of.language, trade.key, &[])),
                Cell::Text(message(of.language, &format!("allocate.m-{id}"), &[])),
            ];
            row.extend(found.iter().map(|measure| figure(of, measure)));
            row.push(Cell::Text(why_not(of, found.first())));
            rows.push(row);
        }
    }
    Table { caption: of.say("page-star"), columns, rows }
}
