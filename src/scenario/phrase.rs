//! The small trees that phrases inside strings become: chances, numbers, counts, dates, ratios, effects.
//!
//! Only syntax: a `Chance::Point` of 1.2 is a fine tree; `model` says that it cannot be.

use crate::source::Spanned;
use jiff::civil::Date;

/// One probability, as stated.
#[derive(Debug, Clone, PartialEq)]
pub enum Chance {
    /// `35%`, `0.35`, `1 in 20`, `1/3`.
    Point(f64),
    /// `3:7`.
    Odds {
        /// Odds for.
        favour: f64,
        /// Odds against.
        against: f64,
    },
    /// `6 of 20`.
    BaseRate {
        /// How often it happened.
        successes: f64,
        /// Of how many.
        trials: f64,
    },
    /// `35% (90% sure: 15% to 60%)`.
    Interval {
        /// The mean.
        point: Spanned<f64>,
        /// How sure, as a share.
        level: Spanned<f64>,
        /// Lower bound.
        low: Spanned<f64>,
        /// Upper bound.
        high: Spanned<f64>,
    },
    /// `beta(2, 8)`.
    Beta {
        /// First shape.
        a: Spanned<f64>,
        /// Second shape.
        b: Spanned<f64>,
    },
    /// `like announced_meeting`, or `like announced_meeting, itself 2 of 3`: that of a reference class, `[prior.announced_meeting]`.
    Like {
        /// Its name.
        prior: Spanned<String>,
        /// Which of the cases of the class were its own.
        own: Option<OwnRecord>,
    },
    /// An ICD 203 word with its band.
    Word {
        /// The word as written.
        word: String,
        /// Lower end of its band.
        low: f64,
        /// Upper end of its band.
        high: f64,
    },
}

/// A number, as stated: a shape and its limits in the order written.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberPhrase {
    /// The distribution before limits.
    pub shape: Spanned<NumberShape>,
    /// Caps and cuts.
    pub limits: Vec<Spanned<Limit>>,
}

/// The distribution of a number before its limits.
#[derive(Debug, Clone, PartialEq)]
pub enum NumberShape {
    /// `42`.
    Constant(f64),
    /// `40 to 90`, `80%: 40 to 90`.
    Range {
        /// Central mass; 0.9 if not stated.
        level: f64,
        /// Lower end.
        low: Spanned<f64>,
        /// Upper end.
        high: Spanned<f64>,
    },
    /// `5%: 40, 50%: 60, 95%: 90`: level and value.
    Quantiles(Vec<(Spanned<f64>, Spanned<f64>)>),
    /// `normal(10, 2)`.
    Family {
        /// Its name as written.
        name: Spanned<String>,
        /// Its parameters.
        arguments: Vec<Spanned<f64>>,
    },
    /// `normal(normal(10, 2), 3)`, `lognormal(normal(2, 0.3), 0.5)`: about a mean (of the logarithm) that is known only so far.
    MeanInDoubt {
        /// `normal` or `lognormal`, as written.
        family: Spanned<String>,
        /// What the mean is thought to be.
        mean: Spanned<f64>,
        /// The standard deviation of what it may be.
        doubt: Spanned<f64>,
        /// The standard deviation about it.
        sd: Spanned<f64>,
    },
}

/// A cap (mass beyond sits at the bound) or a cut (mass beyond is redistributed).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Capped below.
    AtLeast(f64),
    /// Capped above.
    AtMost(f64),
    /// Truncated below.
    CutBelow(f64),
    /// Truncated above.
    CutAbove(f64),
}

/// A count, as stated.
#[derive(Debug, Clone, PartialEq)]
pub enum CountPhrase {
    /// `7`.
    Constant(f64),
    /// `poisson(2)`, `binomial(10, 30%)`, `negative_binomial(r, p)`, `geometric(p)`.
    Family {
        /// Its name as written.
        name: Spanned<String>,
        /// Its parameters.
        arguments: Vec<Spanned<f64>>,
    },
    /// `poisson(gamma(2, 1))`: a Gamma (shape, rate) over the mean.
    PoissonGamma {
        /// Shape.
        shape: Spanned<f64>,
        /// Rate.
        rate: Spanned<f64>,
    },
    /// `3 in 180 days, over 365 days`.
    Rate {
        /// How many were seen.
        events: Spanned<f64>,
        /// In how long.
        seen_in: Spanned<Duration>,
        /// How long the count runs.
        over: Spanned<Duration>,
    },
    /// `3 to 12`, `80%: 3 to 12`.
    Range {
        /// Central mass; 0.9 if not stated.
        level: f64,
        /// Lower end.
        low: Spanned<f64>,
        /// Upper end.
        high: Spanned<f64>,
    },
}

/// `itself 2 of 3`: the cases of a member of a reference class.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRecord {
    /// In how many it happened.
    pub successes: Spanned<f64>,
    /// Of how many.
    pub trials: Spanned<f64>,
}

/// A length of time as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duration {
    /// How many.
    pub count: f64,
    /// Of what.
    pub unit: DurationUnit,
}

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationUnit {
    /// Days.
    Day,
    /// Seven days.
    Week,
    /// A calendar month where a day is given to count from, otherwise 30.4375 days.
    Month,
    /// A calendar year where a day is given to count from, otherwise 365.25 days.
    Year,
}

impl Duration {
    /// In days, where no day is given to count from.
    #[must_use]
    pub fn days(self) -> f64 {
        self.count
            * match self.unit {
                DurationUnit::Day => 1.0,
                DurationUnit::Week => 7.0,
                DurationUnit::Month => 30.4375,
                DurationUnit::Year => 365.25,
            }
    }
}

/// A date event's chances, as stated.
#[derive(Debug, Clone, PartialEq)]
pub struct WhenPhrase {
    /// The steps in the order written.
    pub steps: Vec<Spanned<WhenStep>>,
    /// The shape of the hazard, if stated.
    pub shape: Option<Spanned<HazardShape>>,
    /// Whether `only` ends it: nothing after the last step.
    pub only: bool,
}

/// One step of a [`WhenPhrase`].
#[derive(Debug, Clone, PartialEq)]
pub enum WhenStep {
    /// `20% by 2025-09-01`: cumulative.
    By {
        /// The cumulative chance.
        chance: Spanned<Chance>,
        /// The day, included.
        date: Spanned<Date>,
    },
    /// `40% within 30 days`: cumulative.
    Within {
        /// The cumulative chance.
        chance: Spanned<Chance>,
        /// How long after the clock starts.
        duration: Spanned<Duration>,
    },
    /// `30% on 2025-09-17`: a mass.
    On {
        /// Its mass.
        chance: Spanned<Chance>,
        /// The day.
        date: Spanned<Date>,
    },
    /// `25% never`.
    Never {
        /// The share that never comes.
        chance: Spanned<Chance>,
    },
}

/// How a hazard runs over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HazardShape {
    /// The same every day.
    Constant,
    /// Weibull, shape 2.
    Rising,
    /// Weibull, shape 1/2.
    Falling,
    /// Weibull with a stated shape.
    Weibull(f64),
    /// Each day alike up to the deadline, never after.
    Evenly,
}

/// How strong a link is.
#[derive(Debug, Clone, PartialEq)]
pub enum Ratio {
    /// `x4`, or a bare number.
    Times(f64),
    /// `high`, `down medium`: the engine fills in the number.
    Strength {
        /// Which.
        strength: Strength,
        /// Whether `down` stands before it.
        down: bool,
    },
}

/// A strength in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// `low`.
    Low,
    /// `medium`.
    Medium,
    /// `high`.
    High,
}

impl Strength {
    /// The odds, hazard or likelihood ratio filled in for it.
    #[must_use]
    pub const fn ratio(self) -> f64 {
        match self {
            Self::Low => 1.5,
            Self::Medium => 2.5,
            Self::High => 5.0,
        }
    }

    /// The correlation filled in for it.
    #[must_use]
    pub const fn correlation(self) -> f64 {
        match self {
            Self::Low => 0.2,
            Self::Medium => 0.5,
            Self::High => 0.8,
        }
    }
}

/// What a piece of news does.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// `happened`, `happened on DATE`.
    Happened {
        /// The day, if stated.
        on: Option<Spanned<Date>>,
    },
    /// `did not happen`.
    DidNotHappen,
    /// `will not happen`.
    WillNotHappen,
    /// `is OPTION`.
    Is(Spanned<String>),
    /// `is not OPTION`.
    IsNot(Spanned<String>),
    /// `is 42`.
    IsNumber(f64),
    /// `x0.4` or a strength: a likelihood ratio.
    Hint(Ratio),
    /// `is now 30%`: Jeffrey's rule.
    Now(Chance),
}

/// What we make so.
#[derive(Debug, Clone, PartialEq)]
pub enum Supposition {
    /// `attends`.
    Holds(Spanned<String>),
    /// `not attends`; for a date event: never.
    DoesNotHold(Spanned<String>),
    /// `track is neither`.
    Is {
        /// The event.
        event: Spanned<String>,
        /// Its option.
        option: Spanned<String>,
    },
    /// `value is 42`.
    IsNumber {
        /// The event.
        event: Spanned<String>,
        /// Its value.
        value: f64,
    },
    /// `talks on 2025-09-01`.
    On {
        /// The event.
        event: Spanned<String>,
        /// The day.
        date: Spanned<Date>,
    },
}
