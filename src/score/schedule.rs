//! The time that questions were to have, by shares of which they weigh.

use super::evaluate::{Reason, Segment, Standing, Standings, left_out};
use crate::forecast::Records;
use std::collections::BTreeMap;

/// From when each question was open, and for how many days it was to be: of those whose opening and scheduled close are known.
///
/// A question weighs by the share of this time for which a forecast stood. The weight of what is said at some time then does not depend on the answer that
/// follows, as it does where every question counts alike: one that a yes ends early has its first days count for more than one that runs to its close.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    of: BTreeMap<String, (f64, f64)>,
}

impl Schedule {
    /// That of the questions of these records.
    #[must_use]
    pub fn of(records: &Records) -> Self {
        let times = records.questions.values().filter_map(|question| {
            let opened = question.opened()?;
            let days = question.scheduled_close()? - opened;
            (days > 0.0).then(|| (question.id.clone(), (opened, days)))
        });
        Self { of: times.collect() }
    }

    /// The share of the question's time that so many days are; `None` where its time is not known.
    #[must_use]
    pub fn share(&self, question: &str, days: f64) -> Option<f64> {
        self.of.get(question).map(|(_, whole)| days / whole)
    }

    /// The share of its time for which a forecast stood.
    #[must_use]
    pub fn stood(&self, standing: &Standing) -> Option<f64> {
        self.share(&standing.question, standing.segments.iter().map(Segment::days).sum())
    }

    /// The share of its time that the question lived, up to its close or resolution.
    #[must_use]
    pub fn lived(&self, standing: &Standing) -> Option<f64> {
        let (opened, days) = self.of.get(&standing.question)?;
        Some((standing.ended - opened) / days)
    }

    /// The standings on questions whose time is known; the others are left out and counted.
    #[must_use]
    pub fn keep(&self, standings: &Standings) -> Standings {
        let is_known = |standing: &&Standing| self.of.contains_key(&standing.question);
        let (kept, without): (Vec<&Standing>, Vec<&Standing>) = standings.standings.iter().partition(is_known);
        let excluded = standings.excluded.iter().cloned().chain(left_out(Reason::NoSchedule, without)).collect();
        Standings { standings: kept.into_iter().cloned().collect(), excluded }
    }
}
