//! Which columns and years does a rule need beside the index?

use super::file::{FactOf, RuleFile};
use super::term::{Fact, Transform};
use super::walk::{Part, every_part};
use crate::aggregate::{Aggregation, MissingPolicy};
use crate::index::{Defaults, IndexDefinition, Indicator, Level, VERSION};
use crate::indicator::Direction;
use crate::language::{Citation, Text};
use crate::normalise::{Constant, Normalisation, RankShare, Zeros};
use crate::rank::{ClassRule, First, RankRule, Ties};
use crate::weight::Weighting;

/// Facts of the rule as indicators of a definition, by which they are read and checked like any
/// others; those that the index has are left out.
pub fn facts_as_indicators(
    rule: &RuleFile,
    of: FactOf,
    index: Option<&IndexDefinition>,
) -> IndexDefinition {
    let of_index = |id| index.is_some_and(|index| index.indicator(id).is_some());
    let facts = rule.facts.iter();
    let facts =
        facts.filter(|fact| fact.of == of && (of == FactOf::Children || !of_index(&fact.id)));
    let indicators = facts.map(|fact| Indicator {
        id: fact.id.clone(),
        title: fact.title.clone(),
        unit: fact.unit.clone(),
        direction: fact.direction,
        domain: None,
        weight: Some(1.0),
        source: None,
        year: None,
        column: fact.column.clone(),
        rate: fact.rate.clone(),
        standardised: None,
        standard_error: None,
        missing: std::collections::BTreeMap::new(),
        denominate: None,
        impute: None,
        treat: None,
        within: None,
        normalise: None,
        round: None,
        reference: None,
        constant: None,
        report: Vec::new(),
    });
    definition(rule, indicators.collect(), Normalisation::AsIs {})
}

/// An index for a rule that is applied without one: the mean place of an area by those facts of
/// the rule that are there. It orders lists and tables; no published index is like it.
pub fn index_of_facts(facts: IndexDefinition, rule: &RuleFile) -> IndexDefinition {
    let share = RankShare::RankOverN;
    let scale = Normalisation::Percentile { share, ties: Ties::Average, zeros: Zeros::Ranked };
    definition(rule, facts.indicators, scale)
}

fn definition(
    rule: &RuleFile,
    indicators: Vec<Indicator>,
    normalise: Normalisation,
) -> IndexDefinition {
    // Any fact that an area has will do.
    let missing = MissingPolicy::AvailableWeight { at_least: 1e-9 };
    IndexDefinition {
        version: VERSION,
        id: format!("facts-of-{}", rule.id),
        title: Text {
            nb: "Gjennomsnittlig plass etter regelens egne tall".to_owned(),
            en: "The mean place by the facts of the rule".to_owned(),
        },
        source: Citation::Texts(Text {
            nb: "levekaar: laget av tallene i regelen, fordi ingen indeks var oppgitt".to_owned(),
            en: "levekaar: made of the facts of the rule, because no index was named".to_owned(),
        }),
        year: None,
        licence: "CC0-1.0".to_owned(),
        note: None,
        direction: Direction::HigherIsWorse,
        score: Level {
            aggregate: Aggregation::ArithmeticMean {},
            weights: Weighting::default(),
            renormalise: true,
            missing,
            round_before: None,
            treat: Vec::new(),
            normalise: None,
            within: None,
            round: None,
            reference: None,
            report: Vec::new(),
        },
        ranking: RankRule {
            ties: Ties::Min,
            round: None,
            first: First::Worst,
            classes: ClassRule::Rank {},
            first_class: None,
        },
        screen: None,
        defaults: Defaults {
            normalise: Some(normalise),
            constant: Some(Constant::Middle),
            ..Defaults::default()
        },
        domains: Vec::new(),
        indicators,
    }
}

impl RuleFile {
    /// How many years before `this_year` the rule looks at.
    pub fn years_back(&self, this_year: i32) -> i32 {
        let (mut of_values, mut of_answers) = (0, 0);
        every_part(self, &mut |_, part| {
            let Part::Fact(fact, transforms) = part else { return };
            if let Fact::YearsHeld(held) = fact {
                let this_year = i32::from(!held.before_this_year);
                of_answers = of_answers.max(i32::from(held.last_years) - this_year);
            }
            for transform in transforms {
                if let Transform::MeanOfYears(mean) = transform {
                    of_values = of_values.max(i32::from(mean.years) - 1);
                } else if let Transform::ChangeSince(change) = transform {
                    of_values = of_values.max(this_year - change.year);
                }
            }
        });
        if let Some(around) = &self.around {
            let persists = around.persistence.as_ref().map_or(0, |p| i32::from(p.years) - 1);
            let stays = around.stays.as_ref().map_or(0, |stays| i32::from(stays.years));
            of_answers = of_answers.max(persists).max(stays);
        }
        // An answer of an earlier year may look at values of years before that.
        of_values + of_answers
    }
}
