//! How a chance is spread over the time it has: what a probability of "yes by the deadline" becomes while nothing happens.
//!
//! Who says 30 % by December says something of every day until then. With the cumulative hazard `H` that the chance runs by,
//!
//! ```text
//! P(yes by T | not by t) = 1 - exp(-(H(T) - H(t)))        H(T) = -ln(1 - p)
//! ```
//!
//! Without news the right forecast falls along this curve, from `p` on the day it was made to 0 after the deadline. Source: Kalbfleisch &
//! Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.2.
//!
//! What stands on a day is what is known on its morning: that nothing has happened through the day before.

use super::{Moment, Question};
use crate::math::{exp_m1, ln_1p, powf};
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// How a chance is spread over the time it has.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Pace {
    /// A Weibull hazard, `H(t)` in proportion to `t^shape`: 1 is constant, 2 rises, ½ falls.
    Weibull {
        /// Above 0 and finite.
        shape: f64,
    },
    /// Each day alike: the chance itself is in proportion to the time.
    Evenly,
}

impl FromStr for Pace {
    type Err = String;

    /// Reads the words of the scenario language: `constant`, `rising`, `falling`, `weibull 1.7`, `evenly`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = match text.trim() {
            "constant" => 1.0,
            "rising" => 2.0,
            "falling" => 0.5,
            "evenly" => return Ok(Self::Evenly),
            other => match other.strip_prefix("weibull").map(|shape| shape.trim().parse::<f64>()) {
                Some(Ok(shape)) if (0.05..=20.0).contains(&shape) => shape,
                Some(_) => {
                    return Err(
                        "the shape of a Weibull hazard lies between 0.05 and 20, as in `weibull 1.7`".to_owned()
                    );
                }
                None => {
                    return Err(format!("`{other}` is none of constant, rising, falling, evenly and `weibull 1.7`"));
                }
            },
        };
        Ok(Self::Weibull { shape })
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Evenly => formatter.write_str("evenly"),
            Self::Weibull { shape: 1.0 } => formatter.write_str("constant"),
            Self::Weibull { shape: 2.0 } => formatter.write_str("rising"),
            Self::Weibull { shape: 0.5 } => formatter.write_str("falling"),
            Self::Weibull { shape } => write!(formatter, "weibull {shape}"),
        }
    }
}

impl Pace {
    /// What `probability` of yes by the deadline has become when the share `elapsed` of the time is over and it has not come: `probability`
    /// at 0, and 0 from 1 on.
    ///
    /// ```
    /// use foretell::forecast::Pace;
    /// let half = Pace::Weibull { shape: 1.0 }.left(0.75, 0.5);
    /// assert!((half - 0.5).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn left(self, probability: f64, elapsed: f64) -> f64 {
        let elapsed = elapsed.max(0.0);
        if elapsed >= 1.0 {
            return 0.0;
        }
        match self {
            // 1 stays 1 as long as there is time.
            _ if probability >= 1.0 => 1.0,
            Self::Evenly => probability * (1.0 - elapsed) / (1.0 - probability * elapsed),
            Self::Weibull { shape } => -exp_m1(ln_1p(-probability) * (1.0 - powf(elapsed, shape))),
        }
    }

    /// What stands on the morning of `day` of the `probability` of yes by the end of the day `last`, if nothing has happened through the day before. A
    /// forecast that was made on a day as such knows that day, so that its time begins with the next one, on whose morning it still stands as it was
    /// said; on the last day something is left, and afterwards nothing. `None` of what was certain, after the last day: something must have
    /// happened.
    ///
    /// ```
    /// use foretell::forecast::{Moment, Pace};
    /// use jiff::civil::date;
    /// let made_at = Moment::Day(date(2025, 9, 1));
    /// let on = |day: i8| Pace::Evenly.standing_on(date(2025, 9, day), 0.5, made_at, date(2025, 9, 6)).unwrap();
    /// // Each of the five days that follow has a tenth of all chances. After one of them four of nine are left, after four one of six.
    /// assert_eq!((on(1), on(2), on(7)), (0.5, 0.5, 0.0));
    /// assert!((on(3) - 4.0 / 9.0).abs() < 1e-15 && (on(6) - 1.0 / 6.0).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn standing_on(self, day: Date, probability: f64, made_at: Moment, last: Date) -> Option<f64> {
        let morning = |day: Date| Moment::Day(day).epoch_days();
        let (now, end) = (morning(day), morning(last) + 1.0);
        if now >= end {
            return (probability < 1.0).then_some(0.0);
        }
        let start = match made_at {
            Moment::Day(made) => morning(made) + 1.0,
            Moment::Instant(_) => made_at.epoch_days(),
        };
        // No time is over before the start, even where all of it is the day on which the forecast was made.
        let elapsed = if now <= start { 0.0 } else { (now - start) / (end - start) };
        Some(self.left(probability, elapsed))
    }

    /// The pace at which forecasts on this question fall: `usual`, unless a tag of the question says another. `pace=rising` (or another word of
    /// [`Pace::from_str`]) is its own pace, `pace=none` says that yes cannot come early, so that there is nothing to fall; nor is there on what is no
    /// yes/no question, or has no last day.
    ///
    /// # Errors
    /// If a tag `pace=…` holds no such word.
    pub fn of(question: &Question, usual: Option<Self>) -> Result<Option<Self>, String> {
        let own = question.tags.iter().find_map(|tag| tag.strip_prefix(TAG));
        let pace = match own {
            None => usual,
            Some("none") => None,
            Some(word) => Some(
                word.parse()
                    .map_err(|problem| format!("the tag `{TAG}{word}` of `{}`: {problem}, or none", question.id))?,
            ),
        };
        Ok(pace.filter(|_| question.kind == super::QuestionKind::Binary && question.closes.is_some()))
    }
}

/// How the tag begins that says at which pace forecasts on a question fall.
const TAG: &str = "pace=";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACES: [Pace; 5] = [
        Pace::Weibull { shape: 1.0 },
        Pace::Weibull { shape: 2.0 },
        Pace::Weibull { shape: 0.5 },
        Pace::Weibull { shape: 1.7 },
        Pace::Evenly,
    ];

    proptest! {
        /// What has come by then and what is still to come make up the whole: the curve is a martingale.
        #[test]
        fn nothing_is_gained_by_waiting(probability in 0.0_f64..1.0, elapsed in 0.0_f64..1.0, at in 0_usize..5) {
            let pace = PACES[at];
            let left = pace.left(probability, elapsed);
            prop_assert!((0.0..=1.0).contains(&left) && left <= probability + 1e-15);
            // P(not by t) follows from the definition of each pace.
            let not_yet = match pace {
                Pace::Evenly => 1.0 - probability * elapsed,
                Pace::Weibull { shape } => (1.0 - probability).powf(elapsed.powf(shape)),
            };
            prop_assert!((1.0 - not_yet + not_yet * left - probability).abs() < 1e-12);
        }
    }

    #[test]
    fn a_day_is_known_once_it_is_over() {
        use jiff::civil::date;
        let day = |day: i8| date(2025, 9, day);
        for pace in PACES {
            let of = |said: f64, on: i8, made: i8, last: i8| {
                pace.standing_on(day(on), said, Moment::Day(day(made)), day(last))
            };
            let near = |is: Option<f64>, expected: f64| (is.unwrap() - expected).abs() < 1e-15;
            // Through the morning after it was said it stands as it was said.
            assert!([1, 2].into_iter().all(|on| near(of(0.3, on, 1, 5), 0.3)), "{pace}");
            assert!(near(of(0.3, 4, 1, 5), pace.left(0.3, 0.5)) && near(of(0.3, 5, 1, 5), pace.left(0.3, 0.75)));
            assert_eq!((of(0.3, 6, 1, 5), of(1.0, 5, 1, 5), of(1.0, 6, 1, 5)), (Some(0.0), Some(1.0), None));
            // Said on the last day itself, and of a day before it was said.
            assert!(near(of(0.3, 5, 5, 5), 0.3) && near(of(0.3, 3, 4, 5), 0.3));
            assert_eq!(of(0.3, 6, 5, 5), Some(0.0));
            // A moment knows the part of its day that is over.
            let noon = Moment::Instant("2025-09-01T12:00:00Z".parse().unwrap());
            let left = pace.standing_on(day(3), 0.3, noon, day(5));
            assert!(near(left, pace.left(0.3, 1.5 / 4.5)), "{pace}: {left:?}");
        }
    }

    #[test]
    fn the_ends_are_where_they_should_be() {
        for pace in PACES {
            assert_eq!(pace.left(0.3, 1.0), 0.0);
            assert!((pace.left(0.3, 0.0) - 0.3).abs() < 1e-15);
            assert_eq!((pace.left(1.0, 0.999), pace.left(1.0, 1.0), pace.left(0.0, 0.5)), (1.0, 0.0, 0.0));
            assert_eq!(pace.to_string().parse(), Ok(pace));
        }
        for bad in ["", "weibull", "weibull 0", "weibull -1", "weibull nan", "weibull 1e9", "quick"] {
            assert!(bad.parse::<Pace>().is_err(), "{bad}");
        }
    }
}
