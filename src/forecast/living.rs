//! Forecasts that live: what a forecast becomes, day by day, while nothing happens.
//!
//! Who says 30 % by December says something of every day until then. A forecast that was recorded with its [`Curve`] says it itself; of one that
//! was not, a [`Pace`] says it. With the cumulative hazard `H` that the chance runs by,
//!
//! ```text
//! P(yes by T | not by t) = 1 - exp(-(H(T) - H(t)))        H(T) = -ln(1 - p)
//! ```
//!
//! Without news the right forecast falls along this curve, from `p` on the day it was made to 0 after the deadline. Source: Kalbfleisch &
//! Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.2.
//!
//! There is one clock: what stands on a day is what is known on its morning, that nothing has happened through the day before. A curve says what a
//! forecast is at the end of a day, so that is looked up at the end of the day before ([`eve`]); of a pace see [`Pace::standing_on`].

use super::{Curve, Forecast, ForecastRecord, Moment, Pace, Question, Records};
use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// By what a forecast lives.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Living {
    /// By the curve that was recorded with it; one without a curve stays as it is.
    Recorded,
    /// By this pace, or that which the tags of its question say ([`Pace::of`]).
    Pace(Pace),
}

impl FromStr for Living {
    type Err = String;

    /// Reads `recorded`, or the words of a [`Pace`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "recorded" => Ok(Self::Recorded),
            pace => pace.parse().map(Self::Pace).map_err(|problem| format!("{problem}; nor is it `recorded`")),
        }
    }
}

impl fmt::Display for Living {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded => formatter.write_str("recorded"),
            Self::Pace(pace) => pace.fmt(formatter),
        }
    }
}

/// What becomes of a yes/no forecast while nothing happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course<'a> {
    /// As it was made.
    probability: f64,
    made_at: Moment,
    /// The last day on which it can still move.
    last: Date,
    by: By<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum By<'a> {
    Curve(&'a Curve),
    Pace(Pace),
}

impl<'a> Course<'a> {
    /// Of a forecast on its question; `None` if it stays as it is.
    ///
    /// # Errors
    /// If a tag of the question says no pace.
    pub fn of(record: &'a ForecastRecord, question: &Question, living: Living) -> Result<Option<Self>, String> {
        let Forecast::Binary { probability } = record.forecast else { return Ok(None) };
        let made_at = record.made_at;
        Ok(match living {
            Living::Recorded => record.curve.as_ref().map(|curve| {
                let last = question.closes.map_or(curve.last(), |closes| closes.max(made_at.day()));
                Self { probability, made_at, last, by: By::Curve(curve) }
            }),
            Living::Pace(usual) => Pace::of(question, Some(usual))?
                .zip(question.closes)
                .filter(|(_, last)| *last >= made_at.day())
                .map(|(pace, last)| Self { probability, made_at, last, by: By::Pace(pace) }),
        })
    }

    /// The pace by which it falls; `None` for one that was recorded with its curve.
    #[must_use]
    pub const fn pace(&self) -> Option<Pace> {
        match self.by {
            By::Curve(_) => None,
            By::Pace(pace) => Some(pace),
        }
    }

    /// What stands of it on a day: what is known on its morning, that nothing has happened through the day before. After the question has closed it
    /// stays where it ended. `None` if nothing happening until then was impossible when it was made.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<f64> {
        match self.by {
            By::Curve(curve) => curve.on(eve(day).min(self.last)),
            By::Pace(pace) => pace.standing_on(day, self.probability, self.made_at, self.last),
        }
    }

    /// The first day, up to `until`, on which it has moved from what was said by more than `threshold`.
    #[must_use]
    pub fn moved_on(&self, threshold: f64, until: Date) -> Option<Date> {
        let until = until.min(self.last.tomorrow().unwrap_or(self.last));
        let days = std::iter::successors(self.made_at.day().tomorrow().ok(), |day| day.tomorrow().ok());
        days.take_while(|day| *day <= until)
            .find(|day| self.on(*day).is_some_and(|left| (left - self.probability).abs() > threshold))
    }
}

/// The day through which it is known on the morning of a day that nothing has happened: the one before.
#[must_use]
pub fn eve(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

/// The yes/no forecasts of those whom `member` names, each followed by what it becomes day by day while the question stays open: the
/// forecasts of forecasters called as `name` says. A forecast runs until the same forecaster's next one, the answer, or the end of the last day on
/// which it counts; one that has no course ([`Course::of`]) stays as it is, and yes is what may come early.
///
/// # Errors
/// If a tag of a question says no pace.
pub fn live_records(
    records: &Records,
    living: Living,
    member: impl Fn(&str) -> bool,
    name: impl Fn(&str) -> String,
) -> Result<Vec<ForecastRecord>, String> {
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
        let answered = records.outcomes.get(question).map(|outcome| outcome.resolved_on.epoch_days());
        let mut say = |(made_at, until): (Moment, Option<Moment>), probability: f64| {
            live.push(ForecastRecord {
                question: question.to_owned(),
                forecaster: name(forecaster),
                made_at,
                forecast: Forecast::Binary { probability },
                provenance: None,
                until,
                curve: None,
            });
        };
        for (at, (record, probability)) in made.iter().enumerate() {
            say((record.made_at, record.until), *probability);
            let course = records.questions.get(question).map(|question| Course::of(record, question, living));
            let Some(course) = course.transpose()?.flatten() else { continue };
            let end = Moment::Day(course.last).epoch_days() + 1.0;
            let next = made.get(at + 1).map(|(next, _)| next.made_at.epoch_days());
            let until = [next, answered, Some(record.ends())].into_iter().flatten().fold(end, f64::min);
            let mut day = record.made_at.day();
            while let Ok(tomorrow) = day.checked_add(1.day()) {
                let now = Moment::Day(tomorrow);
                if now.epoch_days() >= until {
                    break;
                }
                let Some(left) = course.on(tomorrow) else { break };
                say((now, record.until), left);
                day = tomorrow;
            }
        }
    }
    Ok(live)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::tidy::TidyFile;
    use jiff::civil::date;

    #[test]
    fn a_forecast_runs_until_the_next_one_the_answer_or_the_last_day() {
        let mut records = Records::default();
        let file = |text: &str| TidyFile::from_text("a.csv", text).unwrap();
        file("id,kind,opens,closes\na,binary,,2025-09-04\nb,binary,,\n").questions(&mut records).unwrap();
        file(
            "question,forecaster,made_at,probability\na,me,2025-09-01,0.75\na,me,2025-09-03,0.5\nb,me,2025-09-01,0.2\n\
             a,you,2025-09-01,0.75\n",
        )
        .forecasts(&mut records)
        .unwrap();
        let constant = Living::Pace(Pace::Weibull { shape: 1.0 });
        let live = live_records(&records, constant, |_| true, |name| format!("{name} live")).unwrap();
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
            &[("2025-09-01", 0.75), ("2025-09-02", 0.75), ("2025-09-03", 0.5), ("2025-09-04", 0.5)],
        );
        near(&said("me live", "b"), &[("2025-09-01", 0.2)]);
        let whole = [
            ("2025-09-01", 0.75),
            ("2025-09-02", 0.75),
            ("2025-09-03", after(0.75, 2.0 / 3.0)),
            ("2025-09-04", after(0.75, 1.0 / 3.0)),
        ];
        near(&said("you live", "a"), &whole);
        let (outcomes, _) = file("question,resolution,resolved_on\na,yes,2025-09-03\n").outcomes(&records).unwrap();
        records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        let live = live_records(&records, constant, |name| name == "you", str::to_owned).unwrap();
        assert_eq!(live.len(), 2, "the answer ends it: {live:?}");
    }

    fn of_tag(tag: &str, curve: Option<Curve>) -> (Question, ForecastRecord) {
        let question = Question {
            id: "a".to_owned(),
            ask: String::new(),
            kind: crate::forecast::QuestionKind::Binary,
            options: Vec::new(),
            opens: None,
            closes: Some(date(2025, 9, 10)),
            resolves: None,
            cluster: None,
            tags: vec![tag.to_owned()],
        };
        let record = ForecastRecord {
            question: "a".to_owned(),
            forecaster: "me".to_owned(),
            made_at: Moment::Day(date(2025, 9, 1)),
            forecast: Forecast::Binary { probability: 0.4 },
            provenance: None,
            until: None,
            curve,
        };
        (question, record)
    }

    #[test]
    fn a_tag_of_the_question_says_at_which_pace_its_forecasts_fall() {
        let usual = Living::Pace(Pace::Evenly);
        let by = |tag: &str| {
            let (question, record) = of_tag(tag, None);
            Course::of(&record, &question, usual).map(|course| {
                course.map(|course| match course.by {
                    By::Pace(pace) => pace,
                    By::Curve(_) => panic!("none was recorded"),
                })
            })
        };
        assert_eq!(by("pace=none"), Ok(None));
        assert_eq!(by("space=none"), Ok(Some(Pace::Evenly)));
        assert_eq!(by("pace=rising"), Ok(Some(Pace::Weibull { shape: 2.0 })));
        assert!(by("pace=quick").unwrap_err().contains("`pace=quick` of `a`"));
        assert_eq!("weibull 1.7".parse(), Ok(Living::Pace(Pace::Weibull { shape: 1.7 })));
        assert_eq!(
            (Living::Recorded.to_string().parse(), "slow".parse::<Living>().is_err()),
            (Ok(Living::Recorded), true)
        );
    }

    #[test]
    fn a_recorded_curve_is_followed_to_its_end() {
        let curve: Curve = "2025-09-01:0.4|2025-09-05:0.2|2025-09-07:0.18".parse().unwrap();
        let (question, record) = of_tag("", Some(curve));
        let course = Course::of(&record, &question, Living::Recorded).unwrap().unwrap();
        let on = |day: i8| course.on(date(2025, 9, day));
        assert_eq!((on(1), on(2), on(6), on(8), on(9)), (Some(0.4), Some(0.4), Some(0.2), Some(0.18), None));
        assert_eq!(course.moved_on(0.12, date(2025, 9, 30)), Some(date(2025, 9, 5)));
        assert_eq!(course.moved_on(0.12, date(2025, 9, 4)), None);
        let mut records = Records::default();
        records.questions.insert("a".to_owned(), question);
        records.forecasts.push(record);
        let live = live_records(&records, Living::Recorded, |_| true, str::to_owned).unwrap();
        assert_eq!(live.len(), 8, "as made, and seven mornings until which nothing happening was possible: {live:?}");
    }
}
