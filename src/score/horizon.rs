//! How far ahead: the time from a forecast to the scheduled close of its question, in bands.

use crate::forecast::{Moment, Question};
use jiff::civil::Date;
use serde::Serialize;
use std::fmt;

/// The time from a forecast to the end of the day on which its question is scheduled to close.
///
/// The scheduled close, not the resolution: a yes can come early and shortens the time to its resolution, so bands of that time would
/// tell yes from no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Horizon {
    /// Up to 7 days.
    Week,
    /// More than 7 and up to 30 days.
    Month,
    /// More than 30 and up to 90 days.
    Quarter,
    /// More than 90 and up to 365 days.
    Year,
    /// More than 365 days.
    Beyond,
    /// The question has no scheduled close.
    Unscheduled,
}

impl Horizon {
    /// The band of a forecast made then, in days since 1970-01-01.
    #[must_use]
    pub fn of(question: Option<&Question>, made: f64) -> Self {
        Self::until(question.and_then(|question| question.closes), made)
    }

    /// The same, to this scheduled close.
    #[must_use]
    pub fn until(closes: Option<Date>, made: f64) -> Self {
        let Some(closes) = closes else { return Self::Unscheduled };
        match Moment::Day(closes).epoch_days() + 1.0 - made {
            days if days <= 7.0 => Self::Week,
            days if days <= 30.0 => Self::Month,
            days if days <= 90.0 => Self::Quarter,
            days if days <= 365.0 => Self::Year,
            _ => Self::Beyond,
        }
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Week => "0–7 days",
            Self::Month => "7–30 days",
            Self::Quarter => "30–90 days",
            Self::Year => "90–365 days",
            Self::Beyond => "over 365 days",
            Self::Unscheduled => "no scheduled close",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::QuestionKind;
    use jiff::civil::date;

    #[test]
    fn the_closing_day_counts_to_its_end_and_a_band_holds_its_upper_edge() {
        let mut question = Question {
            id: "q".to_owned(),
            ask: String::new(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens: None,
            closes: Some(date(2025, 1, 31)),
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        };
        let made = |month, day| Moment::Day(date(2025, month, day)).epoch_days();
        assert_eq!(Horizon::of(Some(&question), made(1, 25)), Horizon::Week);
        assert_eq!(Horizon::of(Some(&question), made(1, 24)), Horizon::Month);
        assert_eq!(Horizon::of(Some(&question), made(1, 1)), Horizon::Quarter);
        question.closes = None;
        assert_eq!(Horizon::of(Some(&question), made(1, 1)), Horizon::Unscheduled);
        assert_eq!(Horizon::of(None, 0.0), Horizon::Unscheduled);
    }
}
