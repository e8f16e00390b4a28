//! Forecasts that live: what a probability of "yes by the deadline" becomes while nothing happens.
//!
//! Who says 30 % by December says something of every day until then. With the cumulative hazard `H` that the chance runs by,
//!
//! ```text
//! P(yes by T | not by t) = 1 - exp(-(H(T) - H(t)))        H(T) = -ln(1 - p)
//! ```
//!
//! Without news the right forecast falls along this curve, from `p` on the day it was made to 0 after the deadline. Source: Kalbfleisch &
//! Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.2.

use super::{Forecast, ForecastRecord, Moment, Records};
use crate::math::{exp_m1, ln_1p, powf};
use indexmap::IndexMap;
use jiff::ToSpan;
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
}

/// The yes/no forecasts of those whom `member` names, each followed by what it becomes day by day while the question stays open: the
/// forecasts of forecasters called as `name` says. A forecast runs until the same forecaster's next one, the answer, or the end of the last day on
/// which it counts; one on a question without such a day stays as it is, and yes is what may come early.
#[must_use]
pub fn live_records(
    records: &Records,
    pace: Pace,
    member: impl Fn(&str) -> bool,
    name: impl Fn(&str) -> String,
) -> Vec<ForecastRecord> {
    let mut made: IndexMap<(&str, &str), Vec<(&ForecastRecord, f64)>> = IndexMap::new();
    for record in records.forecasts.iter().filter(|record| member(&record.forecaster)) {
        if let Forecast::Binary { probability } = record.forecast {
            made.entry((&record.question, &record.forecaster)).or_default().push((record, probability));
        }
    }
    let mut live = Vec::new();
    for ((question, forecaster), mut made) in made {
        // Stable: of two forecasts of one moment the one recorded later stands.
        made.sort_by(|a, b| a.0.made_at.epoch_days().total_cmp(&b.0.made_at.epoch_days()));
        let deadline = records.questions.get(question).and_then(|question| question.closes);
        let answered = records.outcomes.get(question).map(|outcome| outcome.resolved_on.epoch_days());
        let mut say = |made_at: Moment, probability: f64| {
            live.push(ForecastRecord {
                question: question.to_owned(),
                forecaster: name(forecaster),
                made_at,
                forecast: Forecast::Binary { probability },
                provenance: None,
            });
        };
        for (at, (record, probability)) in made.iter().enumerate() {
            say(record.made_at, *probability);
            let start = record.made_at.epoch_days();
            let Some(last) = deadline.filter(|last| Moment::Day(*last).epoch_days() + 1.0 > start) else { continue };
            let end = Moment::Day(last).epoch_days() + 1.0;
            let next = made.get(at + 1).map(|(next, _)| next.made_at.epoch_days());
            let until = [next, answered].into_iter().flatten().fold(end, f64::min);
            let mut day = record.made_at.day();
            while let Ok(tomorrow) = day.checked_add(1.day()) {
                let now = Moment::Day(tomorrow);
                if now.epoch_days() >= until {
                    break;
                }
                say(now, pace.left(*probability, (now.epoch_days() - start) / (end - start)));
                day = tomorrow;
            }
        }
    }
    live
}

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

    #[test]
    fn a_forecast_runs_until_the_next_one_the_answer_or_the_last_day() {
        use crate::forecast::tidy::TidyFile;
        let mut records = Records::default();
        let file = |text: &str| TidyFile::from_text("a.csv", text).unwrap();
        file("id,kind,opens,closes\na,binary,,2025-09-04\nb,binary,,\n").questions(&mut records).unwrap();
        file(
            "question,forecaster,made_at,probability\na,me,2025-09-01,0.75\na,me,2025-09-03,0.5\nb,me,2025-09-01,0.2\n\
             a,you,2025-09-01,0.75\n",
        )
        .forecasts(&mut records)
        .unwrap();
        let constant = Pace::Weibull { shape: 1.0 };
        let live = live_records(&records, constant, |_| true, |name| format!("{name} live"));
        let said = |name: &str, question: &str| -> Vec<(String, f64)> {
            live.iter()
                .filter(|record| record.forecaster == name && record.question == question)
                .map(|record| match record.forecast {
                    Forecast::Binary { probability } => (record.made_at.to_string(), probability),
                    _ => panic!("{record:?}"),
                })
                .collect()
        };
        let near = |said: &[(String, f64)], expected: &[(&str, f64)]| {
            assert_eq!(said.len(), expected.len(), "{said:?}");
            for ((day, probability), (expected_day, expected)) in said.iter().zip(expected) {
                assert_eq!(day, expected_day);
                assert!((probability - expected).abs() < 1e-12, "{said:?}");
            }
        };
        let after = |of: f64, share: f64| 1.0 - (1.0 - of).powf(share);
        near(
            &said("me live", "a"),
            &[
                ("2025-09-01", 0.75),
                ("2025-09-02", after(0.75, 0.75)),
                ("2025-09-03", 0.5),
                ("2025-09-04", after(0.5, 0.5)),
            ],
        );
        near(&said("me live", "b"), &[("2025-09-01", 0.2)]);
        let whole = [
            ("2025-09-01", 0.75),
            ("2025-09-02", after(0.75, 0.75)),
            ("2025-09-03", 0.5),
            ("2025-09-04", after(0.75, 0.25)),
        ];
        near(&said("you live", "a"), &whole);
        let (outcomes, _) = file("question,resolution,resolved_on\na,yes,2025-09-03\n").outcomes(&records).unwrap();
        records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        let live = live_records(&records, constant, |name| name == "you", str::to_owned);
        assert_eq!(live.len(), 2, "the answer ends it: {live:?}");
    }
}
