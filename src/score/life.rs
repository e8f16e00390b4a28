//! The life of a question, and which forecast of a forecaster stood at which time of it.

use crate::forecast::{Moment, Outcome, Question};
use jiff::civil::Date;

/// The time in which forecasts on a question count.
///
/// It begins with the day on which the question opens and ends with the earlier of the day on which it closes (that day
/// included) and the moment at which it resolved. Where the question's tags say at what time of the day it opened and was to close
/// (`opens_at=`, `closes_at=`), it begins and ends at these. A resolution dated by its day ends the life at the start of that day: what
/// was said on the day may have been said in sight of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    begins: Option<f64>,
    ends: f64,
    closes: Option<Close>,
    resolved: Moment,
}

/// A scheduled close.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Close {
    /// The last day on which forecasts count.
    day: Date,
    /// When it ends, in days since 1970-01-01.
    at: f64,
}

impl Close {
    /// That of a question, if it has one.
    pub(super) fn of(question: &Question) -> Option<Self> {
        Some(Self { day: question.closes?, at: question.scheduled_close()? })
    }
}

impl Life {
    /// The life of a question that resolved.
    #[must_use]
    pub fn new(question: &Question, outcome: &Outcome) -> Self {
        Self::of(question.opened(), Close::of(question), outcome.resolved_on)
    }

    /// The life of a question that opened then, in days since 1970-01-01, and was to close, if that is known, and resolved.
    pub(super) fn of(begins: Option<f64>, closes: Option<Close>, resolved_on: Moment) -> Self {
        let closed = closes.map_or(f64::INFINITY, |close| close.at);
        Self { begins, ends: resolved_on.epoch_days().min(closed), closes, resolved: resolved_on }
    }

    /// Days since 1970-01-01 at which it begins, if the opening is known.
    #[must_use]
    pub const fn begins(&self) -> Option<f64> {
        self.begins
    }

    /// Days since 1970-01-01 at which it ends.
    #[must_use]
    pub const fn ends(&self) -> f64 {
        self.ends
    }

    /// The last day on which a forecast counts, if the question has one.
    #[must_use]
    pub fn closes(&self) -> Option<Date> {
        self.closes.map(|close| close.day)
    }

    /// Whether a forecast made then was made before the question closed and resolved.
    ///
    /// A forecast dated by its day carries that whole day's knowledge, so it counts only if the day lies before the day of the
    /// resolution. On the day of the scheduled close it counts, at whatever time of that day the question closed.
    #[must_use]
    pub fn counts(&self, made_at: Moment) -> bool {
        let in_time = match (made_at, self.resolved) {
            (Moment::Instant(made), Moment::Instant(resolved)) => made < resolved,
            _ => made_at.day() < self.resolved.day(),
        };
        let is_open = |close: Close| match made_at {
            Moment::Instant(_) => made_at.epoch_days() < close.at,
            Moment::Day(day) => day <= close.day,
        };
        in_time && self.closes.is_none_or(is_open)
    }

    /// From when to when each of these forecasts stood, in days since 1970-01-01: until the same forecaster's next one, and
    /// no longer than the question lived. Forecasts must come in the order of their moments; one that was replaced before
    /// the question opened, or at the same moment, stood for no time and is `None`.
    #[must_use]
    pub fn standing(&self, made_at: &[Moment]) -> Vec<Option<(f64, f64)>> {
        let begins = self.begins.unwrap_or(f64::NEG_INFINITY);
        (0..made_at.len())
            .map(|at| {
                let from = made_at[at].epoch_days().max(begins);
                let to = made_at.get(at + 1).map_or(self.ends, |next| next.epoch_days().max(begins).min(self.ends));
                (from < to).then_some((from, to))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{QuestionKind, Resolution};

    fn life(opens: Option<&str>, closes: Option<&str>, resolved_on: &str) -> Life {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let question = Question { opens: opens.map(day), closes: closes.map(day), ..named("q") };
        let outcome = Outcome {
            question: "q".to_owned(),
            resolution: Resolution::Yes,
            resolved_on: moment(resolved_on),
            source: None,
        };
        Life::new(&question, &outcome)
    }

    fn named(id: &str) -> Question {
        Question {
            id: id.to_owned(),
            ask: "?".to_owned(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens: None,
            closes: None,
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        }
    }

    fn moment(text: &str) -> Moment {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_forecast_of_the_day_of_the_resolution_does_not_count() {
        let life = life(None, None, "2025-08-19");
        assert!(life.counts(moment("2025-08-18")));
        assert!(!life.counts(moment("2025-08-19")));
        assert!(!life.counts(moment("2025-08-19T00:00:01Z")));
    }

    #[test]
    fn instants_are_compared_to_the_second_where_both_are_known() {
        let life = life(None, None, "2025-08-19T14:00:00Z");
        assert!(life.counts(moment("2025-08-19T13:59:59Z")));
        assert!(!life.counts(moment("2025-08-19T14:00:00Z")));
        assert!(!life.counts(moment("2025-08-19")));
    }

    #[test]
    fn the_closing_day_counts_to_its_end_and_nothing_after_it_does() {
        let life = life(Some("2025-01-01"), Some("2025-01-10"), "2025-03-01");
        assert!(life.counts(moment("2025-01-10")));
        assert!(!life.counts(moment("2025-01-11")));
        assert_eq!(life.ends() - life.begins().expect("it has an opening day"), 10.0);
    }

    #[test]
    fn a_time_of_day_ends_the_life_at_that_time() {
        let question = Question {
            tags: ["opens_at=18:00", "closes_at=06:00"].map(str::to_owned).to_vec(),
            opens: Some("2025-01-01".parse().expect("a day")),
            closes: Some("2025-01-10".parse().expect("a day")),
            ..named("q")
        };
        let outcome = Outcome {
            question: "q".to_owned(),
            resolution: Resolution::No,
            resolved_on: moment("2025-03-01"),
            source: None,
        };
        let life = Life::new(&question, &outcome);
        // From 18:00 on the 1st to 06:00 on the 10th.
        assert_eq!(life.ends() - life.begins().expect("it has an opening"), 8.5);
        assert!(life.counts(moment("2025-01-10T05:59:59Z")) && !life.counts(moment("2025-01-10T06:00:00Z")));
        assert!(life.counts(moment("2025-01-10")) && !life.counts(moment("2025-01-11")));
        assert_eq!(life.closes(), question.closes);
    }

    #[test]
    fn each_forecast_stands_until_the_next_and_the_last_until_the_end() {
        let life = life(Some("2025-01-03"), None, "2025-01-11");
        let start = life.begins().expect("it has an opening day");
        let stood = life.standing(&[
            moment("2025-01-01"),
            moment("2025-01-02"),
            moment("2025-01-05"),
            moment("2025-01-05"),
            moment("2025-01-08T12:00:00Z"),
        ]);
        let expected = [None, Some((0.0, 2.0)), None, Some((2.0, 5.5)), Some((5.5, 8.0))];
        assert_eq!(stood, expected.map(|span| span.map(|(from, to)| (start + from, start + to))));
    }
}
