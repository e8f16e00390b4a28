//! What the rows of a stream make known of what was read before them.

use super::Batch;
use crate::forecast::{Moment, Records, Selection};
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeSet, HashMap};

/// The latest of moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latest {
    day: Option<Date>,
    instant: Option<Timestamp>,
}

impl Latest {
    /// Adds a moment.
    pub fn add(&mut self, moment: Moment) {
        match moment {
            Moment::Day(day) => self.day = self.day.max(Some(day)),
            Moment::Instant(instant) => self.instant = self.instant.max(Some(instant)),
        }
    }

    /// Adds what others were added to.
    pub fn merge(&mut self, other: Self) {
        self.day = self.day.max(other.day);
        self.instant = self.instant.max(other.instant);
    }

    /// The day of the latest; `None` of none.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        self.day.max(self.instant.map(|instant| Moment::Instant(instant).day()))
    }
}

/// Which questions somebody forecast, of those that are known by their outcomes alone; and up to when outcomes are known.
///
/// Where files are read whole, an outcome of a question that nobody asked or forecast is left out. A stream reads outcomes before the forecasts, and knows
/// which to leave out once it has seen all rows.
#[derive(Debug, Default)]
pub struct Known {
    /// Questions known by their outcomes alone that no row has named yet; when they resolved, where that counts.
    unmet: HashMap<Box<str>, Option<Moment>>,
    latest: Latest,
}

impl Known {
    /// Of the questions and outcomes of these records, before a part of them is selected. The first `asked` questions are defined by a table.
    #[must_use]
    pub fn new(records: &Records, asked: usize, selection: &Selection) -> Self {
        let mut known = Self::default();
        for (at, (id, question)) in records.questions.iter().enumerate() {
            let is_selected = selection.tags.iter().all(|tag| question.tags.contains(tag));
            let resolved = records.outcomes.get(id).filter(|_| is_selected).map(|outcome| outcome.resolved_on);
            if at >= asked {
                known.unmet.insert(id.as_str().into(), resolved);
            } else if let Some(resolved) = resolved {
                known.latest.add(resolved);
            }
        }
        known
    }

    /// Takes note of the questions that the rows of a batch name.
    pub fn add(&mut self, batch: &Batch) {
        if self.unmet.is_empty() {
            return;
        }
        // A batch may have texts that none of its rows names.
        let mut is_named = vec![false; batch.questions.texts()];
        for code in batch.questions.codes() {
            if let Some(slot) = is_named.get_mut(*code as usize) {
                *slot = true;
            }
        }
        for (code, _) in is_named.iter().enumerate().filter(|(_, is_named)| **is_named) {
            if let Some(Some(resolved)) = self.unmet.remove(batch.questions.text(code as u32)) {
                self.latest.add(resolved);
            }
        }
    }

    /// The questions that no row has named.
    #[must_use]
    pub fn unmet(&self) -> BTreeSet<&str> {
        self.unmet.keys().map(|id| &**id).collect()
    }

    /// When the questions that are known resolved.
    #[must_use]
    pub const fn latest(&self) -> Latest {
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::stream::{OutcomeColumn, stream};
    use crate::forecast::tidy::{read_outcomes_first, read_questions};

    #[test]
    fn the_latest_of_days_and_times_is_a_day() {
        let mut latest = Latest::default();
        assert_eq!(latest.day(), None);
        for text in ["2026-02-28", "2026-03-01T23:59:59Z", "2026-03-01"] {
            latest.add(text.parse().expect("a moment"));
        }
        assert_eq!(latest.day().map(|day| day.to_string()), Some("2026-03-01".to_owned()));
        let mut other = Latest::default();
        other.add("2026-03-02T00:00:00Z".parse().expect("a moment"));
        other.merge(latest);
        assert_eq!(other.day().map(|day| day.to_string()), Some("2026-03-02".to_owned()));
    }

    #[test]
    fn an_outcome_counts_once_somebody_asked_or_forecast_its_question() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written");
            path
        };
        let questions = put("q.csv", "id,kind,tags\nasked,binary,x\n");
        let outcomes = put(
            "o.csv",
            "question,resolution,resolved_on\nasked,yes,2026-02-01\nmet,no,2026-03-01\nunmet,no,2026-04-01\n",
        );
        let forecasts = put("f.csv", "question,forecaster,made_at,probability\nmet,a,2026-01-01,0.5\n");
        let of = |tags: &[&str]| {
            let mut records = Records::default();
            read_questions(&questions, &mut records).expect("a table of questions");
            let asked = records.questions.len();
            read_outcomes_first(&outcomes, &mut records).expect("a table of outcomes");
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let mut known = Known::new(&records, asked, &Selection { tags, ..Selection::default() });
            let before = known.latest().day().map(|day| day.to_string());
            stream(&forecasts, OutcomeColumn::Unused, |batch| {
                known.add(batch);
                Ok(())
            })
            .expect("yes/no forecasts");
            let unmet: Vec<String> = known.unmet().into_iter().map(str::to_owned).collect();
            (before, known.latest().day().map(|day| day.to_string()), unmet)
        };
        let (first, last) = ("2026-02-01".to_owned(), "2026-03-01".to_owned());
        assert_eq!(of(&[]), (Some(first.clone()), Some(last), vec!["unmet".to_owned()]));
        // A question known by its outcome alone has no tags.
        assert_eq!(of(&["x"]), (Some(first.clone()), Some(first), vec!["unmet".to_owned()]));
    }
}
