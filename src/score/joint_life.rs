//! For how long each of several joint forecasts of the same questions stood.

use super::evaluate::Reason;
use super::life::Life;
use crate::forecast::Moment;

/// Which joint forecasts of one forecaster on the same questions stood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stood {
    /// How many came in time, and were not superseded.
    pub(super) forecasts: usize,
    /// The place of each that stood for some time, with its share of the time in which any did; together 1.
    pub(super) shares: Vec<(usize, f64)>,
}

/// Finds out; each forecast with its moment and when it ends by itself, in days since 1970-01-01.
///
/// One counts if it was made before each of its questions closed or resolved, and stands until the next, until it ends, or until the first question does; of
/// several of one moment the last stands. Tells `leave_out` of the others. `None` if none stood for any time.
pub(super) fn stood(made: &[(Moment, f64)], lives: &[Life], mut leave_out: impl FnMut(Reason, usize)) -> Option<Stood> {
    let day = |at: usize| made[at].0.epoch_days();
    let (mut in_time, late): (Vec<usize>, Vec<usize>) =
        (0..made.len()).partition(|at| lives.iter().all(|life| life.counts(made[*at].0)));
    leave_out(Reason::Late, late.len());
    in_time.sort_by(|a, b| day(*a).total_cmp(&day(*b)));
    // Stable: of several of one moment the last one stands.
    let all = in_time.len();
    let mut latest: Vec<usize> = Vec::with_capacity(all);
    for at in in_time {
        if latest.last().is_some_and(|last| day(*last) == day(at)) {
            latest.pop();
        }
        latest.push(at);
    }
    leave_out(Reason::Superseded, all - latest.len());
    let begins = lives.iter().filter_map(Life::begins).fold(f64::NEG_INFINITY, f64::max);
    let ends = lives.iter().map(Life::ends).fold(f64::INFINITY, f64::min);
    let from = |place: usize| latest.get(place).map_or(ends, |at| day(*at).max(begins).min(ends));
    let days: Vec<f64> = latest
        .iter()
        .enumerate()
        .map(|(place, at)| (from(place + 1).min(made[*at].1) - from(place)).max(0.0))
        .collect();
    let whole: f64 = days.iter().sum();
    if whole <= 0.0 {
        let is_withdrawn = latest.iter().any(|at| made[*at].1.is_finite());
        leave_out(if is_withdrawn { Reason::Withdrawn } else { Reason::NoLife }, latest.len());
        return None;
    }
    let shares =
        latest.iter().zip(&days).filter(|(_, days)| **days > 0.0).map(|(at, days)| (*at, days / whole)).collect();
    Some(Stood { forecasts: latest.len(), shares })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Outcome, Question, QuestionKind, Resolution};

    fn life(opens: &str, resolved_on: &str) -> Life {
        let question = Question {
            id: "q".to_owned(),
            ask: String::new(),
            kind: QuestionKind::Numeric,
            options: Vec::new(),
            opens: Some(opens.parse().expect("a day")),
            closes: None,
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        };
        let resolved_on = resolved_on.parse().expect("a day");
        let outcome =
            Outcome { question: "q".to_owned(), resolution: Resolution::Value(1.0), resolved_on, source: None };
        Life::new(&question, &outcome)
    }

    #[test]
    fn a_forecast_stands_until_the_next_or_its_end_or_the_first_question_does() {
        let lives = [life("2025-01-01", "2025-01-21"), life("2025-01-03", "2025-02-01")];
        let moment = |text: &str| text.parse::<Moment>().expect("a day");
        let day = |text: &str| moment(text).epoch_days();
        let made = [
            (moment("2025-01-11"), day("2025-01-16")),
            (moment("2025-01-02"), f64::INFINITY),
            (moment("2025-01-02"), f64::INFINITY),
            (moment("2025-01-30"), f64::INFINITY),
        ];
        let mut told = Vec::new();
        let found = stood(&made, &lives, |reason, count| told.push((reason, count))).expect("two stood");
        // From the 3rd, when the later one opens, to the 11th; and to the 16th: 8 and 5 days.
        assert_eq!(found.forecasts, 2);
        assert_eq!(found.shares, [(2, 8.0 / 13.0), (0, 5.0 / 13.0)]);
        assert_eq!(told, [(Reason::Late, 1), (Reason::Superseded, 1)]);
        let ended = [(moment("2025-01-02"), day("2025-01-03"))];
        let mut told = Vec::new();
        assert_eq!(stood(&ended, &lives, |reason, count| told.push((reason, count))), None);
        assert_eq!(told[2], (Reason::Withdrawn, 1));
    }
}
