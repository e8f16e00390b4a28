//! What a forecast is, what an outcome is, and the tidy tables that hold them.
//!
//! A [`Forecast`] is what somebody said about a question; a [`Resolution`] is what became of it. [`Records`] holds questions,
//! forecasts and outcomes together, wherever they came from: the ledger, a CSV file, a test. Scoring, calibration and
//! comparison read `Records` and know nothing of scenarios.
//!
//! [`Estimate`] is a figure with its simulation error and, apart from it, how far the doubt about the inputs moves it.

mod curve;
mod draws;
pub mod import;
mod interval;
mod joint;
mod knots;
mod living;
mod marks;
mod moved;
mod named;
mod numbers;
mod pace;
mod records;
mod repeats;
pub mod stream;
mod select;
pub mod tidy;
mod validity;

pub use curve::Curve;
pub use draws::{DrawsSaid, JointDraws};
pub use interval::Interval;
pub use joint::{JointForecast, read_joint_forecasts};
pub use knots::{Looked, knots};
pub use living::{Course, Living, eve, live_records};
pub use marks::Buckets;
pub(crate) use marks::groups_nothing;
pub use named::NamedDistribution;
pub use pace::Pace;
pub(crate) use records::ends_of;
pub use records::{ForecastRecord, Moment, Outcome, Provenance, Question, QuestionKind, Records, day};
pub(crate) use repeats::Repeats;
pub use select::{Scale, Selection};
pub(crate) use validity::without_rounding;
pub use validity::{ANNULLED, SUM_TOLERANCE, check_name, check_probability, nearest, number_text, way_to_name};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody said about a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forecast {
    /// The probability of yes.
    Binary {
        /// Between 0 and 1.
        probability: f64,
    },
    /// A probability for each option; for an ordinal question in the order of its options.
    Categorical {
        /// The options.
        options: Vec<String>,
        /// As many probabilities, which sum to 1.
        probabilities: Vec<f64>,
    },
    /// Quantiles of a number.
    Quantiles {
        /// Increasing, strictly between 0 and 1.
        levels: Vec<f64>,
        /// As many values, not decreasing, in the unit of the question.
        values: Vec<f64>,
    },
    /// A number by a distribution of a named family, or by its cdf at some places.
    Distribution {
        /// Such as `normal(10, 2)` or `cdf(0, 0.1, 5, 0.55, 20, 0.9)`.
        distribution: NamedDistribution,
    },
    /// Quantiles of the day of an event that may never come.
    Date {
        /// Increasing, strictly between 0 and 1.
        levels: Vec<f64>,
        /// As many days; `None` where the quantile lies beyond the last day considered.
        #[schemars(with = "Vec<Option<String>>")]
        days: Vec<Option<jiff::civil::Date>>,
        /// The chance that it does not come by the last day considered.
        never: f64,
    },
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resolution {
    /// Yes.
    Yes,
    /// No; for a date question: it never came.
    No,
    /// This option of a categorical question.
    Option(String),
    /// This number.
    Value(f64),
    /// This day, of a date question.
    Date(#[schemars(with = "String")] jiff::civil::Date),
    /// A number below the lower bound of its range, where that is open; how far below is not known.
    BelowBound,
    /// A number above the upper bound of its range, where that is open; how far above is not known.
    AboveBound,
    /// The question does not count.
    Annulled,
}

/// A figure, its simulation error, and apart from it how far the doubt about the inputs moves it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Monte Carlo standard error: what more worlds would shrink. 0 for an exact figure.
    pub standard_error: f64,
    /// Where the figure lies if the doubtful inputs are drawn from their priors: a central 90 % interval. `None` where no
    /// input that it depends on is in doubt.
    pub prior_interval: Option<(f64, f64)>,
}

impl Estimate {
    /// A figure with its Monte Carlo error, of which no doubt is stated.
    #[must_use]
    pub const fn new(value: f64, standard_error: f64) -> Self {
        Self { value, standard_error, prior_interval: None }
    }
}
