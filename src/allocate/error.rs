//! Why is there no allocation?

use miette::Diagnostic;
use thiserror::Error;

use crate::area::AreaId;
use crate::money::{Money, RoundError};
use crate::select::SelectError;

/// Everything that can stop a model from being carried out.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum AllocateError {
    /// The model file is of another version.
    #[error("the model `{id}` has version {found}")]
    #[diagnostic(code(levekaar::allocate::version), help("this program reads version 1"))]
    Version {
        /// The model.
        id: String,
        /// Its version.
        found: u32,
    },
    /// A number that cannot be meant.
    #[error("{message}")]
    #[diagnostic(code(levekaar::allocate::parameter))]
    Parameter {
        /// What is wrong.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// The model names a department that the table does not have.
    #[error("there is no department `{wanted}`")]
    #[diagnostic(code(levekaar::allocate::department))]
    UnknownDepartment {
        /// What was named.
        wanted: String,
        /// The nearest, or all.
        #[help]
        help: String,
    },
    /// The model names an area that the table does not have.
    #[error("there is no area `{wanted}` in the table of amounts")]
    #[diagnostic(code(levekaar::allocate::area))]
    UnknownArea {
        /// What was named.
        wanted: AreaId,
        /// The nearest.
        #[help]
        help: String,
    },
    /// The model asks for a number that is the same for all areas, and nobody gives it.
    #[error("the number `{wanted}`, which the model needs, is not given")]
    #[diagnostic(code(levekaar::allocate::constant))]
    NoConstant {
        /// What was named.
        wanted: String,
        /// The nearest, or where to give it.
        #[help]
        help: String,
    },
    /// The model names a figure that the areas do not have.
    #[error("the areas have no figure `{wanted}`, which the model needs")]
    #[diagnostic(code(levekaar::allocate::figure))]
    NoFigure {
        /// What was named.
        wanted: String,
        /// The nearest, or all.
        #[help]
        help: String,
    },
    /// Areas that take part lack a figure that the formula needs.
    #[error("no need figure for {n} of the areas that take part, such as {example}")]
    #[diagnostic(
        code(levekaar::allocate::missing_need),
        help(
            "are the ids those of the table of amounts? give the figures, or say `missing-need = \
             \"keep-today\"` in the model: such areas then keep today's amount and the formula shares \
             out the rest"
        )
    )]
    MissingNeed {
        /// How many.
        n: usize,
        /// One of them.
        example: String,
    },
    /// A figure below zero where persons or claims are counted.
    #[error("`{figure}` is below zero in {n} areas, such as {example} with {value}")]
    #[diagnostic(
        code(levekaar::allocate::negative),
        help(
            "persons cannot be fewer than none; a score that may be negative, such as a mean of \
             z-scores, takes part by `function = {{ shape = \"above\", threshold = 0 }}`"
        )
    )]
    Negative {
        /// Which.
        figure: String,
        /// How many.
        n: usize,
        /// One of them.
        example: String,
        /// Its value.
        value: f64,
    },
    /// An area that takes part has no residents.
    #[error("a population of 0 in {n} of the areas that take part, such as {example}")]
    #[diagnostic(
        code(levekaar::allocate::population),
        help("leave them out by the model's `eligibility`, or correct the table")
    )]
    NobodyLives {
        /// How many.
        n: usize,
        /// One of them.
        example: String,
    },
    /// The formula has nothing to go by.
    #[error("`{what}` is zero in every area that takes part, so that the formula has no shares")]
    #[diagnostic(
        code(levekaar::allocate::all_zero),
        help("is the threshold too high, or the column empty?")
    )]
    AllZero {
        /// The figure or measure.
        what: String,
    },
    /// Today's shares are asked for where there is no money today.
    #[error("`formula-share` is {share}, but the areas that take part have no money today")]
    #[diagnostic(
        code(levekaar::allocate::no_today),
        help("set `formula-share = 1.0`, or widen `eligibility`")
    )]
    NoToday {
        /// The formula's share.
        share: f64,
    },
    /// The formula is to decide, but the model has none.
    #[error("the model `{id}` has `formula-share` {share} but no `[need]`")]
    #[diagnostic(
        code(levekaar::allocate::no_formula),
        help("say `[need]` with `method = \"deprived-persons\"`, or `formula-share = 0.0`")
    )]
    NoFormula {
        /// The model.
        id: String,
        /// The formula's share.
        share: f64,
    },
    /// No area takes part.
    #[error("no area takes part in the model `{id}`")]
    #[diagnostic(code(levekaar::allocate::nobody), help("widen `eligibility`"))]
    NobodyTakesPart {
        /// The model.
        id: String,
    },
    /// There is no rule or no project to ask.
    #[error("the model `{id}` takes the areas that a rule selects, but there is none to ask")]
    #[diagnostic(
        code(levekaar::allocate::no_selection),
        help(
            "the funding file names a `project` with a `[selection]`, or the model has another \
             `eligibility`"
        )
    )]
    NoSelection {
        /// The model.
        id: String,
    },
    /// What must be given is more than there is.
    #[error("the floors sum to {floors} kr, which is {by} kr more than the pot of {pot} kr")]
    #[diagnostic(
        code(levekaar::allocate::floors),
        help("lower `floor`, `floor-per-head` or `floor-share`, or put more into the pot")
    )]
    FloorsAbovePot {
        /// Their sum.
        floors: Money,
        /// The pot.
        pot: Money,
        /// The gap.
        by: Money,
    },
    /// What may be given is less than there is.
    #[error("the caps leave {by} kr of the pot of {pot} kr that no area may have")]
    #[diagnostic(
        code(levekaar::allocate::caps),
        help("raise `cap`, `cap-per-head` or `cap-share`, or let more areas take part")
    )]
    CapsBelowPot {
        /// The pot.
        pot: Money,
        /// The gap.
        by: Money,
    },
    /// An area's floor is above its cap.
    #[error("{n} areas have a floor above their cap, such as {example}: {floor} kr and {cap} kr")]
    #[diagnostic(code(levekaar::allocate::crossed), help("change one of the two in `[bounds]`"))]
    FloorAboveCap {
        /// How many.
        n: usize,
        /// One of them.
        example: String,
        /// Its floor.
        floor: Money,
        /// Its cap.
        cap: Money,
    },
    /// What themes must have is more than there is.
    #[error("the floors of the themes sum to {floors} kr, which is {by} kr more than {pot} kr")]
    #[diagnostic(
        code(levekaar::allocate::theme_floors),
        help("lower `floor-of-today` or `floor-share` under `[themes]`")
    )]
    ThemeFloorsAbovePot {
        /// Their sum.
        floors: Money,
        /// The pot.
        pot: Money,
        /// The gap.
        by: Money,
    },
    /// Whole units cannot be within the limits.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Round(#[from] RoundError),
    /// The selection rule cannot be applied.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Select(#[from] SelectError),
}

impl AllocateError {
    /// A number that cannot be meant.
    pub(super) fn parameter(message: String, help: &str) -> Self {
        Self::Parameter { message, help: help.to_owned() }
    }
}
