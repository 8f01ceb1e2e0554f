//! How is it made comparable?
//!
//! Puts every indicator, and where the recipe asks every domain score, on a common scale on which
//! larger means worse (or better, for an index whose score points that way). The arithmetic is in
//! [`apply`].

mod apply;
mod method;
mod normal;
mod parameter;
mod people;

use std::sync::Arc;

use miette::Diagnostic;
use rayon::prelude::*;
use thiserror::Error;

use crate::area::{Area, AreaId};
use crate::index::IndexDefinition;
use crate::indicator::IndicatorId;
use crate::statistics::Summary;
use crate::treat::TreatedColumn;

pub(crate) use apply::{Frame, Scaling, apply, middle};
pub use method::Normalisation;
pub(crate) use normal::quantile;
pub use parameter::{
    AllYears, Beyond, Cap, Constant, Divisor, Fixed, RankShare, Reference, Within, Years, Zeros,
    exponential,
};

/// Comparable indicators.
///
/// Invariant: made by [`normalise`] only, with one column an indicator in the recipe's order.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledTable {
    areas: Arc<Vec<Area>>,
    columns: Vec<ScaledColumn>,
}

impl ScaledTable {
    /// The areas, in the order of the file.
    pub fn areas(&self) -> &Arc<Vec<Area>> {
        &self.areas
    }

    /// The columns, in the order of the recipe.
    pub fn columns(&self) -> &[ScaledColumn] {
        &self.columns
    }
}

/// One comparable indicator; NaN where a gap stays.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledColumn {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// One value an area.
    pub values: Vec<f64>,
    /// What the values were before, as measured and treated; of the reference set, where the
    /// recipe names one. Has `n = 0` and NaN where a fixed scale was used on an empty column.
    pub before: Summary,
}

/// Why a column cannot be made comparable.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum NormaliseError {
    /// No area has a value.
    #[error("`{column}` has no value in any area")]
    #[diagnostic(
        code(levekaar::normalise::empty),
        help("take the indicator out of the definition, or check the name of its column")
    )]
    Empty {
        /// Which indicator or domain.
        column: IndicatorId,
    },
    /// Every area has the same value, so that a range or deviation would be zero.
    #[error("`{column}` is {value} in every area with a value, so it cannot tell them apart")]
    #[diagnostic(
        code(levekaar::normalise::constant),
        help(
            "take it out of the definition, use `method = \"goalposts\"`,\n\
             or give every area the middle of the scale with `constant = \"middle\"`"
        )
    )]
    Constant {
        /// Which indicator or domain.
        column: IndicatorId,
        /// Its only value.
        value: f64,
    },
    /// The method weighs areas by their people, and some have none stated.
    #[error(
        "`{column}` is weighted by residents, which are not known in {n} areas, such as `{example}`"
    )]
    #[diagnostic(
        code(levekaar::normalise::population),
        help(
            "name their column with `population = \"…\"` under `[areas]`, or with `--population`"
        )
    )]
    Population {
        /// Which indicator or domain.
        column: IndicatorId,
        /// How many areas have a value and no residents.
        n: usize,
        /// One of them.
        example: AreaId,
    },
    /// No area of the reference set has a value.
    #[error("no area of the reference set of `{column}` has a value")]
    #[diagnostic(
        code(levekaar::normalise::reference),
        help("check the ids or the larger unit under `reference`")
    )]
    Reference {
        /// Which indicator.
        column: IndicatorId,
    },
    /// Areas are compared within larger units, and some belong to none.
    #[error(
        "`{column}` is compared within larger units, but {n} areas belong to none, such as `{example}`"
    )]
    #[diagnostic(
        code(levekaar::normalise::no_parent),
        help("name the column with `parent = \"…\"` under `[areas]`, or with `--parent`")
    )]
    NoParent {
        /// Which indicator or domain.
        column: IndicatorId,
        /// How many areas have a value and no larger unit.
        n: usize,
        /// One of them.
        example: AreaId,
    },
    /// An exponential of a number that is no share.
    #[error("`{column}` must be a share in 0..1 for its normalisation, but is {value} in `{area}`")]
    #[diagnostic(
        code(levekaar::normalise::not_a_share),
        help(
            "turn ranks into shares first: a domain of one child with\n\
             `normalise = {{ method = \"goalposts\", low = 1, high = N + 1 }}`, N being the number of ranks"
        )
    )]
    NotAShare {
        /// Which indicator or domain.
        column: IndicatorId,
        /// An area.
        area: AreaId,
        /// Its value.
        value: f64,
    },
    /// A share or a reciprocal of a number that has none.
    #[error("`{column}` must be above zero for its normalisation, but is {value} in `{area}`")]
    #[diagnostic(
        code(levekaar::normalise::not_positive),
        help("normalise by min-max or z-score, or mend the column")
    )]
    NotPositive {
        /// Which indicator or domain.
        column: IndicatorId,
        /// An area.
        area: AreaId,
        /// Its value.
        value: f64,
    },
}

/// Makes every indicator comparable, as the recipe says.
///
/// Shape: treated columns in; the same columns out, in the same order and in the same memory.
/// Missing values stay missing and take no part in a mean, range or rank.
///
/// # Errors
///
/// - [`NormaliseError::Empty`] when an indicator has no value at all.
/// - [`NormaliseError::Constant`] when it has the same value everywhere, the method needs a
///   spread and the recipe does not say `constant = "middle"`.
/// - [`NormaliseError::NoParent`] and [`NormaliseError::NotAShare`] when a larger unit or a share
///   is asked for and is not there.
/// - [`NormaliseError::Population`] when people weigh and are not known,
///   [`NormaliseError::Reference`] when the reference set has no value, and
///   [`NormaliseError::NotPositive`] when a reciprocal or share is not defined.
pub fn normalise(
    areas: Arc<Vec<Area>>,
    columns: Vec<TreatedColumn>,
    definition: &IndexDefinition,
) -> Result<ScaledTable, NormaliseError> {
    let frame = Frame::of(&areas);
    let columns = columns
        .into_par_iter()
        .zip(&definition.indicators)
        .map(|(column, recipe)| {
            let TreatedColumn { indicator, mut values, states: _, pooled } = column;
            let scaling = Scaling {
                method: definition.normalisation(recipe).expect("a plan checks that one is set"),
                flip: recipe.direction != definition.direction_of(recipe.domain.as_ref()),
                within: definition.within(recipe),
                reference: definition.reference(recipe),
                pooled: pooled.as_deref().and_then(Summary::of),
                constant: definition.constant(recipe),
                column: &indicator,
            };
            let before = apply(&scaling, &mut values, &frame)?;
            if let Some(round) = definition.rounding(recipe) {
                round.all(&mut values);
            }
            Ok(ScaledColumn { indicator, values, before })
        })
        .collect::<Result<_, _>>()?;
    Ok(ScaledTable { areas, columns })
}
