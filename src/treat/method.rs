//! Which treatments are there?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::round::{Halves, Round};
use crate::shrink::Centre;
use crate::statistics::QuantileType;

/// What is done to the values of an indicator, in the unit in which it is measured.
///
/// Gaps stay gaps and take no part. The shape of a column is told by its skewness and kurtosis
/// ([`crate::statistics::Shape`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Treatment {
    /// Values beyond two percentiles are set to them. Flattens both ends
    /// whether or not there are outliers.
    WinsorisePercentiles {
        /// The lower percentile, 0..100.
        low: f64,
        /// The upper percentile, 0..100.
        high: f64,
        /// Which of the nine quantile definitions; type 7 where nothing is said.
        #[serde(default, rename = "type")]
        definition: QuantileType,
    },
    /// While the column is too skewed and too peaked, its extreme value is set to the next one;
    /// where that does not help within the limit, it is taken back and `then` is used. A column
    /// passes if `|G1| < skew` or `G2 < kurtosis`. Values that tie are moved together, so the
    /// last step may pass the limit. Moves the very areas that an index is made to find: read
    /// which ones in the ledger.
    ///
    /// `max-points` and `max-share` limit the moved cells; one of them must be given, and the
    /// smaller counts where both are. Five points are much among 51 zones and nothing among
    /// 33,755.
    ///
    /// Source: Becker et al. (2022), *COINr*, JOSS 7(78), `Treat`; OECD/JRC (2008), step 4. The
    /// defaults 2.0 and 3.5 are those of its code; its help text says 2.25.
    SkewKurtosis {
        /// The skewness below which a column passes; above zero.
        #[serde(default = "two")]
        skew: f64,
        /// The excess kurtosis below which a column passes.
        #[serde(default = "three_and_a_half")]
        kurtosis: f64,
        /// The most cells to move, at both ends together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_points: Option<u32>,
        /// The same as a share of the areas with a value, rounded up; 0..=1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_share: Option<f64>,
        /// What is used instead where winsorising does not help.
        then: SecondStage,
    },
    /// Values beyond fixed limits are set to them.
    Cap {
        /// The lower limit, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        /// The upper limit, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<f64>,
    },
    /// `ln(x + offset)`. Needs `x + offset > 0` in every area.
    Log {
        /// Added before the logarithm, in the indicator's unit.
        #[serde(default)]
        offset: f64,
    },
    /// `ln(x - min + 0.01 (max - min))`. Draws the upper end together, stretches the lower one,
    /// and depends on the smallest and the largest value. Source: COINr, `log_CT`.
    LogCt {},
    /// `ln(x - min + 1)`. Depends on the unit: almost linear for values far below 1. Source:
    /// COINr, `log_CT_orig`.
    LogCtOrig {},
    /// `log-ct` where the column is skewed to the right, and its mirror image
    /// `-ln(max - x + 0.01 (max - min))` where it is skewed to the left. Source: COINr,
    /// `log_CT_plus`.
    LogCtPlus {},
    /// `(s^lambda - 1) / lambda` of `s = x - min + 1`, or `ln s` where lambda is 0. Depends on
    /// the unit through the shift. Without a `lambda` the one of the largest profile likelihood
    /// in -5..=5 is taken, which differs from year to year. Source: Box and Cox (1964), *An
    /// analysis of transformations*, JRSS B 26.
    BoxCox {
        /// The power, -5..=5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lambda: Option<f64>,
    },
    /// `x^p`: 0.5 is the square root, 2 the square, -1 the reciprocal. A power below zero turns
    /// the order round, so that `direction` is then that of the power and not of the value. Needs
    /// `x` of zero or more, and above zero for a power below it.
    Power {
        /// The power; any number but 0.
        p: f64,
    },
    /// `asin(sqrt(x / per))`: evens out the spread of proportions. Needs `x` in 0..`per`.
    ///
    /// Source: Jarman (1983), *Identification of underprivileged areas*, BMJ 286.
    ArcsineRoot {
        /// The whole: 100 for per cent.
        per: f64,
    },
    /// `|x - point|`: how far the value lies from one that is best, or even, in between.
    DistanceFrom {
        /// The point, in the unit that the steps before leave.
        point: f64,
    },
    /// Rounded to this many decimals, as publishers print.
    Round {
        /// The decimals that stay.
        decimals: u8,
        /// Where a half goes: away from zero where nothing is said.
        #[serde(default)]
        halves: Halves,
    },
    /// Rates of few persons are drawn towards that of the larger unit on the logit scale. Needs
    /// counts and parents; must stand first. Hides pockets of deprivation inside well-off units.
    /// Formula and source: [`crate::shrink::logit_to_group`].
    ShrinkToParent {
        /// About what the variance within the unit is taken; the published texts leave it open.
        centre: Centre,
    },
    /// Rates of few persons are drawn towards that of all areas together. Needs counts; must
    /// stand first. Formula and source: [`crate::shrink::marshall`].
    ShrinkGlobal {},
    /// Rates of few persons are drawn towards that of the area and its neighbours. Needs counts
    /// and neighbours; must stand first. An area without neighbours keeps its rate. Formula and
    /// source: [`crate::shrink::local`].
    ShrinkLocal {},
}

fn two() -> f64 {
    2.0
}

fn three_and_a_half() -> f64 {
    3.5
}

/// What is used where winsorising does not make a column well-shaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecondStage {
    /// Nothing: the column stays as winsorised, with a warning.
    None,
    /// [`Treatment::LogCt`] on the values before winsorising.
    LogCt,
    /// [`Treatment::LogCtOrig`] on them.
    LogCtOrig,
    /// [`Treatment::LogCtPlus`] on them.
    LogCtPlus,
    /// [`Treatment::BoxCox`] with a fitted power on them.
    BoxCox,
}

impl Treatment {
    /// What is wrong with the parameters, and what to do.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        match *self {
            Self::WinsorisePercentiles { low, high, .. } => (!(0.0..=100.0).contains(&low)
                || !(0.0..=100.0).contains(&high)
                || low >= high)
                .then(|| {
                    (
                        format!("winsorises from percentile {low} to {high}"),
                        "percentiles are numbers from 0 to 100 and `low` is below `high`".into(),
                    )
                }),
            Self::SkewKurtosis { skew, kurtosis, max_points, max_share, then: _ } => {
                if !(skew.is_finite() && skew > 0.0 && kurtosis.is_finite()) {
                    return Some((
                        format!("tests the shape with skew {skew} and kurtosis {kurtosis}"),
                        "`skew` is a number above zero; 2.0 and 3.5 are usual".into(),
                    ));
                }
                if max_points.is_none() && max_share.is_none() {
                    return Some((
                        "does not say how many values may be moved".to_owned(),
                        "set `max-points = 5`, `max-share = 0.02`, or both".into(),
                    ));
                }
                max_share.filter(|share| !(0.0..=1.0).contains(share)).map(|share| {
                    (
                        format!("may move a share of {share} of the values"),
                        "`max-share` is a number from 0 to 1".into(),
                    )
                })
            }
            Self::Cap { low, high } => {
                let reversed = matches!((low, high), (Some(low), Some(high)) if low >= high);
                (reversed || (low.is_none() && high.is_none())).then(|| {
                    (
                        "the cap has no limits, or `low` is not below `high`".to_owned(),
                        "write `{ method = \"cap\", low = 0, high = 75000 }` or one of the two"
                            .into(),
                    )
                })
            }
            Self::Log { offset } => (!offset.is_finite())
                .then(|| ("the logarithm has no finite offset".to_owned(), "use a number".into())),
            Self::BoxCox { lambda: Some(lambda) } => {
                let (low, high) = super::LAMBDA_RANGE;
                (!(low..=high).contains(&lambda)).then(|| {
                    (
                        format!("has the Box-Cox power {lambda}"),
                        format!(
                            "`lambda` is a number from {low} to {high}; leave it out to fit it"
                        ),
                    )
                })
            }
            Self::Power { p } => (!(p.is_finite() && p != 0.0))
                .then(|| (format!("is raised to the power {p}"), "use any number but 0".into())),
            Self::ArcsineRoot { per } => (!(per.is_finite() && per > 0.0)).then(|| {
                (
                    format!("takes values as shares of {per}"),
                    "`per` is above zero: 100 for per cent".into(),
                )
            }),
            Self::DistanceFrom { point } => (!point.is_finite()).then(|| {
                (format!("measures the distance from {point}"), "use a finite number".into())
            }),
            Self::Round { decimals, .. } => (decimals > 12)
                .then(|| (format!("rounds to {decimals} decimals"), "use 0 to 12".into())),
            Self::LogCt {}
            | Self::LogCtOrig {}
            | Self::LogCtPlus {}
            | Self::BoxCox { lambda: None }
            | Self::ShrinkToParent { .. }
            | Self::ShrinkGlobal {}
            | Self::ShrinkLocal {} => None,
        }
    }

    /// Whether rates are drawn together by the persons behind them.
    pub fn shrinks(&self) -> bool {
        match self {
            Self::ShrinkToParent { .. } | Self::ShrinkGlobal {} | Self::ShrinkLocal {} => true,
            Self::WinsorisePercentiles { .. }
            | Self::SkewKurtosis { .. }
            | Self::Cap { .. }
            | Self::Log { .. }
            | Self::LogCt {}
            | Self::LogCtOrig {}
            | Self::LogCtPlus {}
            | Self::BoxCox { .. }
            | Self::Power { .. }
            | Self::ArcsineRoot { .. }
            | Self::DistanceFrom { .. }
            | Self::Round { .. } => false,
        }
    }

    /// Whether it looks at one value at a time, so that it can also be done to an aggregate.
    pub(crate) fn is_by_value(&self) -> bool {
        match self {
            Self::Cap { .. }
            | Self::Log { .. }
            | Self::Power { .. }
            | Self::ArcsineRoot { .. }
            | Self::DistanceFrom { .. }
            | Self::Round { .. } => true,
            Self::WinsorisePercentiles { .. }
            | Self::SkewKurtosis { .. }
            | Self::LogCt {}
            | Self::LogCtOrig {}
            | Self::LogCtPlus {}
            | Self::BoxCox { .. }
            | Self::ShrinkToParent { .. }
            | Self::ShrinkGlobal {}
            | Self::ShrinkLocal {} => false,
        }
    }

    /// What it makes of one value; `None` where it is not defined, and the value itself for those
    /// that look at the whole column.
    pub(crate) fn of_value(&self, x: f64) -> Option<f64> {
        Some(match *self {
            Self::Cap { low, high } => {
                let x = low.map_or(x, |low| if x < low { low } else { x });
                high.map_or(x, |high| if x > high { high } else { x })
            }
            Self::Log { offset } if x + offset <= 0.0 => return None,
            Self::Log { offset } => (x + offset).ln(),
            Self::Power { p } if x < 0.0 || (x == 0.0 && p < 0.0) => return None,
            Self::Power { p } => x.powf(p),
            Self::ArcsineRoot { per } if !(x.is_nan() || (0.0..=per).contains(&x)) => return None,
            Self::ArcsineRoot { per } => (x / per).sqrt().asin(),
            Self::DistanceFrom { point } => (x - point).abs(),
            Self::Round { decimals, halves } => Round { decimals, halves }.of(x),
            Self::WinsorisePercentiles { .. }
            | Self::SkewKurtosis { .. }
            | Self::LogCt {}
            | Self::LogCtOrig {}
            | Self::LogCtPlus {}
            | Self::BoxCox { .. }
            | Self::ShrinkToParent { .. }
            | Self::ShrinkGlobal {}
            | Self::ShrinkLocal {} => x,
        })
    }
}

/// What is wrong with the treatments of an aggregate, and what to do.
pub(crate) fn problem_of_level(treatments: &[Treatment]) -> Option<(String, String)> {
    let of_column = treatments.iter().find(|treatment| !treatment.is_by_value());
    let whole = of_column.map(|treatment| {
        (
            format!("treats an aggregate by `{}`", crate::explain::short_name(treatment)),
            "an aggregate can be treated by what looks at one value at a time: `cap`, `log`, \
             `power`, `arcsine-root`, `distance-from` and `round`"
                .to_owned(),
        )
    });
    whole.or_else(|| treatments.iter().find_map(Treatment::problem))
}

/// What is wrong with the order of the treatments of an indicator, and what to do.
pub(crate) fn problem_of_list(treatments: &[Treatment]) -> Option<(String, String)> {
    // Shrinking starts from the counts, and would undo what stands before it.
    treatments.iter().skip(1).any(Treatment::shrinks).then(|| {
        (
            "shrinks after another treatment".to_owned(),
            "shrinking starts from the counts: put it first, and only once".to_owned(),
        )
    })
}
