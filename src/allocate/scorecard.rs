//! Which of the report's advantages and drawbacks come true in numbers?
//!
//! The 39 properties that *Områdesatsinger i byer* states of the models (chapter 5), each with its
//! measures, model by model, and the four pairs in which it counts the same thing as a plus and a
//! minus. A property whose measure cannot be computed says so. Nothing is summed to a verdict over
//! models.

use super::compare::Comparison;
use super::measure::{Better, Measure, NotComputed};
use super::model::Organisation;

/// The table of properties, as it is in `datasets/omraadesatsinger-2019`.
const PROPERTIES: &str = include_str!("../../datasets/omraadesatsinger-2019/model_properties.csv");

/// Which way of organising a property is stated of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatedOf {
    /// Today's earmarks.
    Today,
    /// Groruddalen's way of coordinating them.
    Groruddalen,
    /// Modell 1.
    Model1,
    /// Modell 2.
    Model2,
    /// The working group's own judgement of changing models.
    Judgement,
}

/// Whether a property is stated as good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As good.
    Advantage,
    /// As bad.
    Drawback,
    /// As a part of the design.
    Feature,
}

/// A property and what measures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its id in the table, such as `M2+1`.
    pub id: String,
    /// What it is stated of.
    pub of: StatedOf,
    /// As what.
    pub kind: Kind,
    /// The report's words.
    pub statement: String,
    /// The report's chapter.
    pub chapter: String,
    /// The ids of its measures.
    pub measures: Vec<String>,
}

impl Property {
    /// The key of the English words in the catalogue.
    pub fn key(&self) -> String {
        let plain = self.id.to_lowercase().replace('+', "-plus-").replace("--", "-");
        let plain = plain.trim_matches('-').to_owned();
        let plain = match self.id.split_once('-') {
            Some((model, n)) => format!("{}-minus-{n}", model.to_lowercase()),
            None => plain,
        };
        format!("properties.{plain}")
    }
}

/// All properties, in the order of the table.
pub fn properties() -> Vec<Property> {
    let mut reader = csv::Reader::from_reader(PROPERTIES.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .map(|row| {
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let of = match &row[1] {
                "today" => StatedOf::Today,
                "groruddalen" => StatedOf::Groruddalen,
                "model1" => StatedOf::Model1,
                "model2" => StatedOf::Model2,
                _ => StatedOf::Judgement,
            };
            let kind = match &row[2] {
                "advantage" => Kind::Advantage,
                "drawback" => Kind::Drawback,
                _ => Kind::Feature,
            };
            let measures = row[6]
                .split(';')
                .map(|name| name.trim().replace('_', "-"))
                // The property without a measure is a line that says so.
                .map(|name| if name.starts_with('(') { "learning".to_owned() } else { name })
                .collect();
            Property { id: cell(0), of, kind, statement: cell(3), chapter: cell(4), measures }
        })
        .collect()
}

/// Whether a number goes the way that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    AsStated,
    /// It goes the other way.
    Opposite,
    /// It is the same as what it is compared with, or better than some and worse than others.
    NoDifference,
    /// It cannot be computed, or neither end is better.
    CannotTell,
    /// No model of that kind is among those compared.
    NotCompared,
}

impl Verdict {
    /// The word's key in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::AsStated => "allocate.verdict-as-stated",
            Self::Opposite => "allocate.verdict-opposite",
            Self::NoDifference => "allocate.verdict-no-difference",
            Self::CannotTell => "allocate.verdict-cannot-tell",
            Self::NotCompared => "allocate.verdict-not-compared",
        }
    }
}

/// One measure of one property, model by model.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The property.
    pub property: Property,
    /// The measure's id.
    pub measure: String,
    /// One a model; all the same measure.
    pub by_model: Vec<Measure>,
    /// Whether the stated model's number differs from the others' as stated.
    pub verdict: Verdict,
}

/// A pair that the report lists as a plus and as a minus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradeOff {
    /// The key of its sentence in the catalogue.
    pub key: &'static str,
    /// The properties.
    pub properties: [&'static str; 2],
    /// The measures, the first of which is the plus's.
    pub measures: [&'static str; 2],
}

/// The four pairs. The fourth is one of knowledge, for which money holds no measure.
pub const TRADE_OFFS: [TradeOff; 4] = [
    TradeOff {
        key: "allocate.trade-neutral",
        properties: ["M2+2", "M2-1"],
        measures: ["discretion-share", "discretion-share"],
    },
    TradeOff {
        key: "allocate.trade-admin",
        properties: ["M2+1", "M2-5"],
        measures: ["admin-hours-municipal", "admin-hours-state"],
    },
    TradeOff {
        key: "allocate.trade-wide",
        properties: ["M2d1", "M2-7"],
        measures: ["tied-share", "theme-loss"],
    },
    TradeOff {
        key: "allocate.trade-knowledge",
        properties: ["M1+11", "M2-6"],
        measures: ["learning", "reporting-paths"],
    },
];

/// The lines of the scorecard, one for each measure of each property.
pub fn scorecard(comparison: &Comparison) -> Vec<Line> {
    let mut lines = Vec::new();
    for property in properties() {
        for measure in &property.measures {
            let by_model: Vec<Measure> =
                (0..comparison.allocations.len()).map(|at| find(comparison, at, measure)).collect();
            let verdict = verdict(comparison, &property, &by_model);
            let (property, measure) = (property.clone(), measure.clone());
            lines.push(Line { property, measure, by_model, verdict });
        }
    }
    lines
}

/// A measure of a model by its id; one that does not exist says that it is not in money.
pub fn find(comparison: &Comparison, model: usize, id: &str) -> Measure {
    let found = comparison.measures[model].iter().find(|measure| measure.id == id);
    found.copied().unwrap_or(Measure {
        id: "learning",
        value: Err(NotComputed::NotInMoney),
        unit: super::measure::MeasureUnit::Number,
        better: Better::Neither,
        assumed: false,
    })
}

/// The stated model against today, and today against all others.
fn verdict(comparison: &Comparison, property: &Property, by_model: &[Measure]) -> Verdict {
    let is = |at: usize, of: StatedOf| {
        let organisation = &comparison.allocations[at].model.organisation;
        match of {
            StatedOf::Today => matches!(organisation, Organisation::Earmarks {}),
            StatedOf::Groruddalen | StatedOf::Model1 => {
                matches!(organisation, Organisation::JointProgramme {})
            }
            StatedOf::Model2 => matches!(organisation, Organisation::Merged { .. }),
            StatedOf::Judgement => !matches!(organisation, Organisation::Earmarks {}),
        }
    };
    let n = by_model.len();
    let Some(stated) = (0..n).find(|&at| is(at, property.of)) else { return Verdict::NotCompared };
    let others: Vec<usize> = match property.of {
        StatedOf::Today => (0..n).filter(|&at| !is(at, StatedOf::Today)).collect(),
        StatedOf::Groruddalen | StatedOf::Model1 | StatedOf::Model2 | StatedOf::Judgement => {
            (0..n).find(|&at| is(at, StatedOf::Today)).into_iter().collect()
        }
    };
    if others.is_empty() {
        return Verdict::NotCompared;
    }
    // How much better than each of the others; the sign is what counts.
    let own = by_model[stated];
    let better: Option<Vec<f64>> = others
        .iter()
        .map(|&at| {
            let gap = own.value.ok()? - by_model[at].value.ok()?;
            match own.better {
                Better::High => Some(gap),
                Better::Low => Some(-gap),
                Better::Neither => None,
            }
        })
        .collect();
    let Some(better) = better else { return Verdict::CannotTell };
    // Sums that should be equal may differ by their last bits.
    let small = 1e-9 * own.value.unwrap_or(0.0).abs().max(1.0);
    let all_better = better.iter().all(|gap| *gap > small);
    let all_worse = better.iter().all(|gap| *gap < -small);
    match property.kind {
        Kind::Advantage | Kind::Feature if all_better => Verdict::AsStated,
        Kind::Advantage | Kind::Feature if all_worse => Verdict::Opposite,
        Kind::Drawback if all_worse => Verdict::AsStated,
        Kind::Drawback if all_better => Verdict::Opposite,
        Kind::Advantage | Kind::Feature | Kind::Drawback => Verdict::NoDifference,
    }
}
