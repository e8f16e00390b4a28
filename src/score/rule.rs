//! What a scoring rule is: the nouns that every rule shares.

use super::levels::are_of_draws;
use crate::forecast::NamedDistribution;
use serde::Serialize;
use std::fmt;

/// A forecast side by side with what happened, in the form in which rules score it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Case {
    /// The probability of yes, and whether it was yes.
    Binary {
        /// Between 0 and 1.
        probability: f64,
        /// Whether it was yes.
        happened: bool,
    },
    /// A probability for each option, and which one came true.
    Classes {
        /// In the order of the question's options.
        probabilities: Vec<f64>,
        /// Index of the option that came true.
        outcome: usize,
        /// Whether the options have an order.
        ordered: bool,
    },
    /// Quantiles of a number, and the number.
    Quantiles {
        /// Increasing, strictly between 0 and 1.
        levels: Vec<f64>,
        /// As many values, not decreasing.
        values: Vec<f64>,
        /// The number.
        outcome: f64,
    },
    /// A distribution of a number by the name of its family or by its cdf at points, and the number.
    Distribution {
        /// The distribution.
        distribution: NamedDistribution,
        /// The number.
        outcome: f64,
    },
    /// Quantiles of a day, and the day. What lies after the question's last day, or never comes, counts as the last day.
    Days {
        /// Increasing, strictly between 0 and 1.
        levels: Vec<f64>,
        /// As many days since 1970-01-01, none later than the last day.
        days: Vec<f64>,
        /// The day since 1970-01-01, not later than the last day.
        outcome: f64,
        /// The chance that it does not come by the last day.
        never: f64,
        /// Whether it came by then.
        came: bool,
    },
}

impl Case {
    /// The levels of a forecast by quantiles; of a distribution, which states every level, the even ones.
    #[must_use]
    pub fn levels(&self) -> Option<&[f64]> {
        match self {
            Self::Quantiles { levels, .. } | Self::Days { levels, .. } => Some(levels),
            Self::Distribution { .. } => Some(NamedDistribution::even_levels()),
            _ => None,
        }
    }

    /// Levels, values and outcome of a forecast of a number; of a distribution, its quantiles at the even levels.
    #[must_use]
    pub fn quantiles(&self) -> Option<(&[f64], &[f64], f64)> {
        match self {
            Self::Quantiles { levels, values, outcome } => Some((levels, values, *outcome)),
            Self::Distribution { distribution, outcome } => {
                Some((NamedDistribution::even_levels(), distribution.even_quantiles(), *outcome))
            }
            _ => None,
        }
    }

    /// The draws in order, and the number that came, of quantiles at the levels of draws: (i - ½)/n of two draws or more.
    ///
    /// Quantiles that somebody stated at just these levels cannot be told from draws.
    #[must_use]
    pub fn draws(&self) -> Option<(&[f64], f64)> {
        match self {
            Self::Quantiles { levels, values, outcome } if levels.len() > 1 && are_of_draws(levels) => {
                Some((values, *outcome))
            }
            _ => None,
        }
    }

    /// Why a rule that takes draws gives no score to a case that holds none.
    pub(super) fn unfit_for_draws(&self) -> Unfit {
        match self {
            Self::Quantiles { levels, .. } if levels.len() == 1 && are_of_draws(levels) => Unfit::OneDraw,
            Self::Quantiles { .. } => Unfit::NoDraws,
            _ => Unfit::Kind,
        }
    }

    /// What kind of forecast it is.
    #[must_use]
    pub const fn kind(&self) -> Takes {
        match self {
            Self::Binary { .. } => Takes::Binary,
            Self::Classes { ordered: false, .. } => Takes::Categorical,
            Self::Classes { ordered: true, .. } => Takes::Ordinal,
            Self::Distribution { distribution, .. } if distribution.is_by_name() => Takes::Distribution,
            // A cdf at points, or a law held between two ends, is no more than many quantiles to a rule that needs a whole distribution.
            Self::Quantiles { .. } | Self::Distribution { .. } => Takes::Numeric,
            Self::Days { .. } => Takes::Date,
        }
    }
}

/// The kinds of forecast that a rule may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Takes {
    /// A probability.
    Binary,
    /// Probabilities of options.
    Categorical,
    /// Probabilities of options in an order.
    Ordinal,
    /// Quantiles of a number, or its cdf at points.
    Numeric,
    /// Draws of a number, which are held as quantiles at the levels (i - ½)/n.
    Draws,
    /// A distribution of a number by name.
    Distribution,
    /// Quantiles of a day.
    Date,
}

/// Which way a score points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Orientation {
    /// A loss: 0 is best.
    LowerIsBetter,
}

/// The unit of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// A plain number.
    None,
    /// Natural units of information.
    Nats,
    /// Days.
    Days,
    /// The unit of the question's answer; a mean over questions of different units says little.
    OfQuestion,
}

/// Whether a score had to be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// No.
    Unused,
    /// A tiny probability was raised to the floor.
    Raised,
    /// What happened had been called impossible: without the floor the score is infinite.
    Infinite,
}

/// One score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Finite.
    pub value: f64,
    /// Whether it had to be limited.
    pub floor: Floor,
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Self { value, floor: Floor::Unused }
    }
}

/// Why a rule gives no score to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema)]
#[non_exhaustive]
pub enum Unfit {
    /// The rule does not take this kind of forecast.
    Kind,
    /// The levels are not symmetric around the median.
    AsymmetricLevels,
    /// The levels 0.05 and 0.95 are not stated.
    NoInterval90,
    /// The level 0.5 is neither stated nor between two draws.
    NoMedian,
    /// The density is infinite at what happened.
    InfiniteDensity,
    /// The distribution has no finite mean or variance, or no spread.
    NoMoments,
    /// Quantiles at other levels than those of draws.
    NoDraws,
    /// One draw, or a median alone, under a rule of draws.
    OneDraw,
    /// The outcome lies in the interval of the rule, to which the forecast gives no chance.
    NoChance,
    /// Two forecasters state no level in common.
    NoCommonLevels,
    /// Two forecasters never stood at the same time.
    NoCommonTime,
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kind => "the rule does not take forecasts of this kind",
            Self::AsymmetricLevels => "the levels are not symmetric around a median",
            Self::NoInterval90 => "the levels 0.05 and 0.95 are not both stated",
            Self::NoMedian => "the level 0.5 is not stated",
            Self::InfiniteDensity => "the density is infinite at what happened",
            Self::NoMoments => "the distribution has no mean and spread that are finite and above 0",
            Self::NoDraws => "the quantiles are not draws, whose levels are (i - 1/2)/n",
            Self::OneDraw => "one draw, or a median alone, and the rule takes two draws or more",
            Self::NoChance => "the outcome lies in the interval, to which the forecast gives no chance",
            Self::NoCommonLevels => "the two state no level in common",
            Self::NoCommonTime => "the forecasts of the two never stood at the same time",
        })
    }
}

/// What a rule that is proper brings to light: stating what is best by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProperFor {
    /// The distribution that is stated; of draws that of the draws as they stand.
    Stated,
    /// The distribution that draws are drawn from, at random: a fair score, in expectation over the draws too.
    Sampled,
    /// Neither: a figure of what another forecast would score, which the forecast itself may gain by.
    Neither,
}

/// A scoring rule over records, proper unless it says otherwise. One file a rule, one line in [`RULES`](super::RULES); of rules that take an argument one in
/// [`RULE_FAMILIES`](super::RULE_FAMILIES).
pub trait ScoringRule: fmt::Debug + Sync {
    /// What it is called on the command line and in output.
    fn id(&self) -> &'static str;

    /// In words, with its scale.
    fn name(&self) -> &'static str;

    /// Which way it points.
    fn orientation(&self) -> Orientation {
        Orientation::LowerIsBetter
    }

    /// Which forecasts it takes.
    fn takes(&self) -> &'static [Takes];

    /// The unit of the score.
    fn unit(&self) -> Unit;

    /// The score is never above this, if there is such a number; it is never below 0 then.
    fn bound(&self) -> Option<f64> {
        None
    }

    /// Whether a score may lie below 0, as that of a density.
    fn may_be_negative(&self) -> bool {
        false
    }

    /// What is best stated by it.
    fn proper_for(&self) -> ProperFor {
        ProperFor::Stated
    }

    /// The rule of the same id for numbers on [the log scale](crate::forecast::Scale::Log), where it is another: one that takes numbers as its argument, as they stand.
    fn on_log_scale(&self) -> Option<&dyn ScoringRule> {
        None
    }

    /// Whether it takes draws as draws, so that forecasts are compared by it as they are, whatever levels they have in common.
    fn is_of_draws(&self) -> bool {
        self.takes().contains(&Takes::Draws)
    }

    /// Whether it takes forecasts of this kind, which may be quantiles that are no draws.
    fn may_take(&self, kind: Takes) -> bool {
        self.takes().contains(&kind) || (kind == Takes::Numeric && self.is_of_draws())
    }

    /// Whether it is a mean over the levels that a forecast states, so that only forecasts of the same levels can be compared by it.
    fn is_over_levels(&self) -> bool {
        false
    }

    /// The score of a forecast in sight of what happened.
    ///
    /// # Errors
    /// Why the case has no score under this rule.
    fn score(&self, case: &Case) -> Result<Score, Unfit>;

    /// The scores of yes/no forecasts, one for each probability, with the bits that [`score`](Self::score) gives.
    ///
    /// # Errors
    /// Why the first that has none has no score under this rule.
    fn score_each(&self, probabilities: &[f64], happened: &[bool]) -> Result<Vec<Score>, Unfit> {
        let score = |(p, yes): (&f64, &bool)| self.score(&Case::Binary { probability: *p, happened: *yes });
        probabilities.iter().zip(happened).map(score).collect()
    }
}
