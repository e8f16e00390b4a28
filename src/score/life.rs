//! The life of a question, and which forecast of a forecaster stood at which time of it.

use crate::forecast::{Moment, Outcome, Question};
use jiff::civil::Date;

/// The time in which forecasts on a question count.
///
/// It begins with the day on which the question opens and ends with the earlier of the day on which it closes (that day
/// included) and the moment at which it resolved. A resolution dated by its day ends the life at the start of that day: what
/// was said on the day may have been said in sight of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    begins: Option<f64>,
    ends: f64,
    closes: Option<Date>,
    resolved: Moment,
}

impl Life {
    /// The life of a question that resolved.
    #[must_use]
    pub fn new(question: &Question, outcome: &Outcome) -> Self {
        Self::of(question.opens, question.closes, outcome.resolved_on)
    }

    /// The life of a question that opened and closed on these days, if it did, and resolved then.
    #[must_use]
    pub fn of(opens: Option<Date>, closes: Option<Date>, resolved_on: Moment) -> Self {
        // A day that closes counts to its end.
        let closed = closes.map_or(f64::INFINITY, |day| Moment::Day(day).epoch_days() + 1.0);
        Self {
            begins: opens.map(|day| Moment::Day(day).epoch_days()),
            ends: resolved_on.epoch_days().min(closed),
            closes,
            resolved: resolved_on,
        }
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
    pub const fn closes(&self) -> Option<Date> {
        self.closes
    }

    /// Whether a forecast made then was made before the question closed and resolved.
    ///
    /// A forecast dated by its day carries that whole day's knowledge, so it counts only if the day lies before the day of the
    /// resolution.
    #[must_use]
    pub fn counts(&self, made_at: Moment) -> bool {
        let in_time = match (made_at, self.resolved) {
            (Moment::Instant(made), Moment::Instant(resolved)) => made < resolved,
            _ => made_at.day() < self.resolved.day(),
        };
        in_time && self.closes.is_none_or(|closes| made_at.day() <= closes)
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
        let question = Question {
            id: "q".to_owned(),
            ask: "?".to_owned(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens: opens.map(day),
            closes: closes.map(day),
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        };
        let outcome = Outcome {
            question: "q".to_owned(),
            resolution: Resolution::Yes,
            resolved_on: moment(resolved_on),
            source: None,
        };
        Life::new(&question, &outcome)
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
