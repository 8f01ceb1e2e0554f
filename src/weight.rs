//! What counts how much?
//!
//! Weights that are given or equal are known before the data ([`crate::index::Plan`] has them);
//! those of this file's other methods are computed from the comparable children of a level, over
//! the areas in which none of them is missing. They sum to 1.

mod factor;
mod information;
mod optimise;
mod principal;

use std::collections::BTreeMap;

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::indicator::IndicatorId;
use crate::notice::Notice;

/// Where the weights of a level come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Weighting {
    /// Each child states its `weight`. A weight is a judgement: it says what matters, and should
    /// be read together with how much the child varies.
    Given {},
    /// Every child counts the same, and `weight` keys are not looked at. Equal weights are a
    /// judgement too: two indicators of one thing count double.
    Equal {},
    /// The mean of what several persons give when each shares out points, each person's points
    /// divided by their sum. Hides disagreement: read the spread that is printed with it.
    ///
    /// Source: OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, step 6.
    Budget {
        /// Who gave how many points to what.
        persons: Vec<Person>,
    },
    /// Loadings on the first principal component of the correlation matrix. Weighs what varies
    /// together, which need not be what matters; a child that goes its own way counts little.
    ///
    /// Source: Nicoletti, Scarpetta and Boylaud (2000), *Summary indicators of product market
    /// regulation*, OECD Economics Department Working Papers 226, and OECD/JRC (2008), *Handbook*,
    /// step 6, table 17, for squared loadings scaled to sum 1; Becker et al., COINr, `get_PCA`, for
    /// the plain ones; Rey et al. (2009), BMC Public Health 9:33, for areas that count by people.
    Pca {
        /// Squares the loadings, so that they are shares of the component's variance.
        #[serde(default)]
        squared: bool,
        /// What happens when a loading points the wrong way.
        #[serde(default)]
        wrong_sign: WrongSign,
        /// Whether areas count by their residents, as in the French index FDep.
        #[serde(default)]
        people: bool,
        /// Whether weights are divided by their sum.
        #[serde(default)]
        length: Length,
    },
    /// Weights with which a common factor behind the children is best told from them: loadings
    /// divided by what is each child's own (regression scores of a factor model with one factor,
    /// fitted by maximum likelihood to the correlations). A child that is noisy counts little;
    /// that there is one factor is supposed and not tested.
    ///
    /// Source: Lawley and Maxwell (1971), *Factor Analysis as a Statistical Method*, ch. 2 and 8;
    /// used for the health and education domains of the English and Scottish indices.
    Factor {
        /// What happens when a loading points the wrong way.
        #[serde(default)]
        wrong_sign: WrongSign,
    },
    /// One less the entropy of each child's shares over the areas: what differs much counts much.
    /// Needs values of zero or more. Depends on the scale: a child on 90..100 hardly counts.
    ///
    /// Source: Shannon (1948); Hwang and Yoon (1981), *Multiple Attribute Decision Making*, ch. 3.
    Entropy {},
    /// The deviation of each child on 0..1 times the sum of one less its correlations with the
    /// others: what differs much and says something of its own counts much. Counts noise too.
    ///
    /// Source: Diakoulaki, Mavrotas and Papayannakis (1995), *Determining objective weights in
    /// multiple criteria problems: the CRITIC method*.
    Critic {},
    /// Weights of zero or more, with which the children's correlations with their weighted sum
    /// come as near as can be to shares of this size. Exact balance may be out of reach, where it
    /// would ask for a negative weight. The search is a fixed one, from equal weights.
    ///
    /// Source: Becker et al. (2017), *Weights and importance in composite indicators*; COINr,
    /// `get_opt_weights`, which lets weights become negative.
    Optimised {
        /// The share of each child; equal shares where nothing is said.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        targets: BTreeMap<IndicatorId, f64>,
    },
}

impl Default for Weighting {
    fn default() -> Self {
        Self::Given {}
    }
}

/// One person's points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    /// Who.
    pub name: String,
    /// Points for each child of the level; zero or more.
    pub points: BTreeMap<IndicatorId, f64>,
}

/// What happens when a loading points the wrong way: the child falls where the others rise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WrongSign {
    /// The computation stops.
    #[default]
    Refuse,
    /// The loading is used as it is, negative or squared, and a notice says so.
    Warn,
}

/// How long the vector of loadings is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// Weights sum to 1.
    #[default]
    SumOne,
    /// The squares of the loadings sum to 1, as in R's `prcomp`: over z-scores the weighted sum is
    /// then the score of the component itself.
    One,
}

/// What several persons' points come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The mean share of each child; sums to 1.
    pub weights: Vec<f64>,
    /// The smallest and the largest share that a person gave it.
    pub range: Vec<(f64, f64)>,
}

/// Why weights cannot be computed from the data.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum WeightError {
    /// Too few areas have all children.
    #[error("the weights of `{level}` need at least 3 areas with every value, and {n} have them")]
    #[diagnostic(code(levekaar::weight::few), help("fill gaps with `impute`, or give the weights"))]
    Few {
        /// The level.
        level: String,
        /// How many areas are complete.
        n: usize,
    },
    /// A child does not vary.
    #[error(
        "the weights of `{level}` cannot be computed, because `{child}` is the same everywhere"
    )]
    #[diagnostic(code(levekaar::weight::constant), help("take it out, or give the weights"))]
    Constant {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
    },
    /// A share of a negative number.
    #[error("entropy weights of `{level}` need values of zero or more, but `{child}` has {value}")]
    #[diagnostic(
        code(levekaar::weight::negative),
        help("normalise by `{{ method = \"min-max\" }}`")
    )]
    Negative {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
        /// The value.
        value: f64,
    },
    /// A loading points the wrong way.
    #[error("`{child}` falls where the others of `{level}` rise: its loading is {loading:.3}")]
    #[diagnostic(
        code(levekaar::weight::wrong_sign),
        help(
            "check its `direction`, take it out, or accept it with\n\
             `weights = {{ method = \"pca\", wrong-sign = \"warn\" }}`"
        )
    )]
    WrongSign {
        /// The level.
        level: String,
        /// The child.
        child: IndicatorId,
        /// Its loading, after the sign of the component was fixed.
        loading: f64,
    },
    /// People weigh and are not known.
    #[error(
        "the weights of `{level}` count residents, which are not known in {n} areas, such as `{example}`"
    )]
    #[diagnostic(
        code(levekaar::weight::population),
        help(
            "name their column with `population = \"…\"` under `[areas]`, or with `--population`"
        )
    )]
    Population {
        /// The level.
        level: String,
        /// How many areas have every value and no residents.
        n: usize,
        /// One of them.
        example: AreaId,
    },
    /// All computed weights are zero, or they cancel out.
    #[error("the weights of `{level}` sum to zero")]
    #[diagnostic(code(levekaar::weight::zero), help("give the weights"))]
    Zero {
        /// The level.
        level: String,
    },
}

/// The children of one level, for weights that the data decide.
pub(crate) struct Children<'a> {
    pub(crate) level: &'a str,
    pub(crate) ids: Vec<&'a IndicatorId>,
    pub(crate) values: &'a [&'a [f64]],
    pub(crate) areas: &'a [Area],
}

impl Weighting {
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match self {
            Self::Optimised { targets } => {
                let bad = targets.iter().find(|(_, t)| !(t.is_finite() && **t > 0.0))?;
                Some((
                    format!("has the target {} for `{}`", bad.1, bad.0),
                    "a target is a number above zero".to_owned(),
                ))
            }
            Self::Given {}
            | Self::Equal {}
            | Self::Budget { .. }
            | Self::Pca { .. }
            | Self::Factor { .. }
            | Self::Entropy {}
            | Self::Critic {} => None,
        }
    }

    /// What is wrong with these weights for these children.
    pub(crate) fn problem_of(&self, ids: &[&IndicatorId]) -> Option<(String, String)> {
        match self {
            Self::Optimised { targets } if !targets.is_empty() => {
                let lacks = ids.iter().find(|id| !targets.contains_key(**id));
                let stranger = targets.keys().find(|id| !ids.contains(id));
                let (what, id) = match (lacks, stranger) {
                    (Some(id), _) => ("has no target for", *id),
                    (None, Some(id)) => ("has a target for the stranger", id),
                    (None, None) => return None,
                };
                let help = "give a target to each child, or to none".to_owned();
                Some((format!("{what} `{id}`"), help))
            }
            Self::Optimised { .. }
            | Self::Given {}
            | Self::Equal {}
            | Self::Budget { .. }
            | Self::Pca { .. }
            | Self::Factor { .. }
            | Self::Entropy {}
            | Self::Critic {} => None,
        }
    }
}

/// The mean share of each child, and how far the persons lie apart.
///
/// # Errors
///
/// What is wrong with the points, and what to do.
pub fn budget(persons: &[Person], ids: &[&IndicatorId]) -> Result<Budget, (String, String)> {
    let mut shares: Vec<Vec<f64>> = Vec::with_capacity(persons.len());
    for Person { name, points } in persons {
        if let Some(stranger) = points.keys().find(|id| !ids.contains(id)) {
            return Err((
                format!("{name} gives points to `{stranger}`, which is not in this level"),
                "points go to the children of the level".to_owned(),
            ));
        }
        let given: Vec<f64> = ids.iter().map(|id| points.get(id).copied().unwrap_or(0.0)).collect();
        let sum: f64 = given.iter().sum();
        if given.iter().any(|x| !(x.is_finite() && *x >= 0.0)) || sum <= 0.0 {
            return Err((
                format!("the points of {name} cannot be shares"),
                "points are numbers of zero or more, and one of them is above zero".to_owned(),
            ));
        }
        shares.push(given.into_iter().map(|x| x / sum).collect());
    }
    if shares.is_empty() {
        return Err(("nobody gives points".to_owned(), "add a person to `persons`".to_owned()));
    }
    let of = |at: usize| shares.iter().map(move |share| share[at]);
    let n = shares.len() as f64;
    let weights = (0..ids.len()).map(|at| of(at).sum::<f64>() / n).collect();
    let range = (0..ids.len())
        .map(|at| (of(at).fold(f64::INFINITY, f64::min), of(at).fold(0.0, f64::max)))
        .collect();
    Ok(Budget { weights, range })
}

/// The weights that the data decide, or `None` where the plan has them; notices say what came out.
///
/// # Errors
///
/// [`WeightError`].
pub(crate) fn computed(
    weighting: &Weighting,
    children: &Children<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Option<Vec<f64>>, WeightError> {
    let rows = || complete(children);
    let weights = match weighting {
        Weighting::Given {} | Weighting::Equal {} => return Ok(None),
        Weighting::Budget { persons } => {
            tell_budget(persons, children, notices);
            return Ok(None);
        }
        Weighting::Pca { squared, wrong_sign, people, length } => {
            let people = people.then(|| residents(children)).transpose()?;
            let correlations = correlations(&rows()?, people.as_deref());
            let loadings =
                principal::weights(correlations, *squared, *wrong_sign, children, notices)?;
            if *length == Length::One {
                tell_weights(&loadings, children, notices);
                return Ok(Some(loadings));
            }
            loadings
        }
        Weighting::Factor { wrong_sign } => {
            let correlations = correlations(&rows()?, None);
            factor::weights(&correlations, *wrong_sign, children, notices)?
        }
        Weighting::Entropy {} => information::entropy(&rows()?, children)?,
        Weighting::Critic {} => information::critic(&rows()?),
        Weighting::Optimised { targets } => {
            let share = |id: &&IndicatorId| targets.get(*id).copied().unwrap_or(1.0);
            let targets: Vec<f64> = children.ids.iter().map(share).collect();
            optimise::weights(&rows()?, &targets)
        }
    };
    let sum: f64 = weights.iter().sum();
    if sum.abs() < 1e-12 || sum.is_nan() {
        return Err(WeightError::Zero { level: children.level.to_owned() });
    }
    let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
    tell_weights(&weights, children, notices);
    Ok(Some(weights))
}

fn tell_weights(weights: &[f64], children: &Children<'_>, notices: &mut Vec<Notice>) {
    let items = children.ids.iter().zip(weights).map(|(id, w)| format!("{id}: {w:.4}")).collect();
    notices
        .push(Notice::note("notice.weights-computed").with("level", children.level).about(items));
}

/// The areas in which no child is missing.
fn whole_rows(children: &Children<'_>) -> Vec<usize> {
    let n = children.values.first().map_or(0, |values| values.len());
    (0..n).filter(|&at| children.values.iter().all(|child| !child[at].is_nan())).collect()
}

/// The residents of those areas.
fn residents(children: &Children<'_>) -> Result<Vec<f64>, WeightError> {
    let rows = whole_rows(children);
    let of = |at: &usize| children.areas.get(*at).and_then(|area| area.population);
    let unknown: Vec<&usize> = rows.iter().filter(|at| of(at).is_none()).collect();
    if let Some(&&example) = unknown.first() {
        return Err(WeightError::Population {
            level: children.level.to_owned(),
            n: unknown.len(),
            example: children.areas[example].id.clone(),
        });
    }
    Ok(rows.iter().filter_map(of).collect())
}

fn tell_budget(persons: &[Person], children: &Children<'_>, notices: &mut Vec<Notice>) {
    let Ok(budget) = budget(persons, &children.ids) else { return };
    let items = children
        .ids
        .iter()
        .zip(budget.weights.iter().zip(&budget.range))
        .map(|(id, (weight, (low, high)))| format!("{id}: {weight:.4} ({low:.4}–{high:.4})"))
        .collect();
    notices.push(
        Notice::note("notice.weights-budget")
            .with("level", children.level)
            .with("persons", persons.len())
            .about(items),
    );
}

/// The children over the areas in which none is missing; each of them varies.
fn complete(children: &Children<'_>) -> Result<Vec<Vec<f64>>, WeightError> {
    let rows = whole_rows(children);
    let level = || children.level.to_owned();
    if rows.len() < 3 {
        return Err(WeightError::Few { level: level(), n: rows.len() });
    }
    let columns: Vec<Vec<f64>> =
        children.values.iter().map(|child| rows.iter().map(|&at| child[at]).collect()).collect();
    for (column, id) in columns.iter().zip(&children.ids) {
        if column.iter().all(|x| *x == column[0]) {
            return Err(WeightError::Constant { level: level(), child: (*id).clone() });
        }
    }
    Ok(columns)
}

/// Covariances, one row a child; where areas count by their people, over people.
fn covariances(columns: &[Vec<f64>], people: Option<&[f64]>) -> Vec<Vec<f64>> {
    let n = columns.first().map_or(1, Vec::len);
    let equal = vec![1.0; n];
    let people = people.unwrap_or(&equal);
    let total: f64 = people.iter().sum();
    let mean = |x: &[f64]| x.iter().zip(people).map(|(x, p)| x * p).sum::<f64>() / total;
    let centred: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let mean = mean(column);
            column.iter().map(|x| x - mean).collect()
        })
        .collect();
    let of = |a: &[f64], b: &[f64]| {
        a.iter().zip(b).zip(people).map(|((x, y), p)| x * y * p).sum::<f64>() / total
    };
    centred.iter().map(|a| centred.iter().map(|b| of(a, b)).collect()).collect()
}

/// Pearson correlations, one row a child.
fn correlations(columns: &[Vec<f64>], people: Option<&[f64]>) -> Vec<Vec<f64>> {
    let c = covariances(columns, people);
    let m = c.len();
    (0..m).map(|i| (0..m).map(|j| c[i][j] / (c[i][i] * c[j][j]).sqrt()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_who_share_out_different_sums_count_the_same() {
        let (a, b): (IndicatorId, IndicatorId) = ("a".into(), "b".into());
        let person = |name: &str, x: f64, y: f64| Person {
            name: name.to_owned(),
            points: [(a.clone(), x), (b.clone(), y)].into(),
        };
        let out = budget(&[person("x", 10.0, 10.0), person("y", 0.0, 100.0)], &[&a, &b]).unwrap();
        assert_eq!(out.weights, [0.25, 0.75]);
        assert_eq!(out.range, [(0.0, 0.5), (0.5, 1.0)]);
        assert!(budget(&[person("z", 0.0, 0.0)], &[&a, &b]).is_err());
        assert!(budget(&[], &[&a, &b]).is_err());
    }

    #[test]
    fn what_cannot_be_weighed_is_refused() {
        let few = [&[1.0, 2.0][..], &[2.0, 1.0]];
        assert!(matches!(try_of(&Weighting::Critic {}, &few), Err(WeightError::Few { .. })));
        let flat = [&[1.0, 2.0, 3.0][..], &[2.0, 2.0, 2.0]];
        assert!(matches!(try_of(&Weighting::Entropy {}, &flat), Err(WeightError::Constant { .. })));
        let against = [&[1.0, 2.0, 3.0, 4.0][..], &[1.0, 2.1, 3.0, 4.2], &[4.0, 3.0, 2.0, 0.0]];
        let pca = |wrong_sign| Weighting::Pca {
            squared: true,
            wrong_sign,
            people: false,
            length: Length::SumOne,
        };
        assert!(matches!(
            try_of(&pca(WrongSign::Refuse), &against),
            Err(WeightError::WrongSign { .. })
        ));
        assert!(try_of(&pca(WrongSign::Warn), &against).is_ok());
    }

    /// The sign of an eigenvector is arbitrary: whichever way the rotations turn it, a component of
    /// children that rise together has positive loadings. Where half of them fall it has no sign.
    #[test]
    fn the_sign_of_a_component_is_that_of_most_children_and_a_tie_is_refused() {
        let pca = Weighting::Pca {
            squared: false,
            wrong_sign: WrongSign::Refuse,
            people: false,
            length: Length::SumOne,
        };
        for turn in [1.0, -1.0] {
            let x: Vec<f64> = [1.0, 2.0, 3.0, 5.0, 4.0].iter().map(|x| x * turn).collect();
            let y: Vec<f64> = [1.5, 2.0, 2.5, 6.0, 4.5].iter().map(|x| x * turn).collect();
            assert!(try_of(&pca, &[&x, &y]).unwrap().iter().all(|w| *w > 0.0));
        }
        let tie = [&[1.0, 2.0, 3.0, 5.0][..], &[-1.0, -2.0, -3.5, -5.0]];
        assert!(matches!(try_of(&pca, &tie), Err(WeightError::WrongSign { .. })));
    }

    #[test]
    fn a_vector_of_length_one_is_not_divided_by_its_sum() {
        let of = |length| {
            let pca = Weighting::Pca {
                squared: false,
                wrong_sign: WrongSign::Refuse,
                people: false,
                length,
            };
            let x = [&[1.0, 2.0, 3.0, 5.0][..], &[1.0, 2.5, 3.5, 5.0], &[2.0, 1.0, 4.0, 3.0]];
            try_of(&pca, &x).unwrap()
        };
        let (one, sum_one) = (of(Length::One), of(Length::SumOne));
        assert!((one.iter().map(|w| w * w).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((sum_one.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let same =
            one.iter().zip(&sum_one).all(|(a, b)| (a / one[0] - b / sum_one[0]).abs() < 1e-9);
        assert!(same);
    }

    #[test]
    fn weights_over_people_need_their_number() {
        let pca = Weighting::Pca {
            squared: false,
            wrong_sign: WrongSign::Refuse,
            people: true,
            length: Length::SumOne,
        };
        let areas = ["a", "b", "c", "d"].map(Area::of);
        let names: [IndicatorId; 2] = ["x".into(), "y".into()];
        let values = [&[1.0, 2.0, 3.0, 5.0][..], &[1.0, 2.5, 3.5, 5.0]];
        let children = |areas| Children {
            level: "score",
            ids: names.iter().collect(),
            values: &values,
            areas,
        };
        let error = computed(&pca, &children(&areas), &mut Vec::new()).unwrap_err();
        assert!(matches!(error, WeightError::Population { n: 4, .. }));
        let peopled = areas.clone().map(|area| Area { population: Some(10.0), ..area });
        let weights = computed(&pca, &children(&peopled), &mut Vec::new()).unwrap().unwrap();
        assert!((weights[0] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn rows_with_gaps_take_no_part() {
        let whole = [&[1.0, 2.0, 4.0, 3.0][..], &[2.0, 1.0, 3.0, 5.0]];
        let gaps = [&[1.0, 2.0, 9.0, 4.0, 3.0][..], &[2.0, 1.0, f64::NAN, 3.0, 5.0]];
        let of = |values: &[&[f64]]| try_of(&Weighting::Critic {}, values).unwrap();
        assert_eq!(of(&whole), of(&gaps));
    }

    fn try_of(weighting: &Weighting, values: &[&[f64]]) -> Result<Vec<f64>, WeightError> {
        let names: Vec<IndicatorId> =
            (0..values.len()).map(|i| IndicatorId::new(format!("x{i}"))).collect();
        let children = Children { level: "score", ids: names.iter().collect(), values, areas: &[] };
        Ok(computed(weighting, &children, &mut Vec::new())?.expect("these are computed"))
    }
}
