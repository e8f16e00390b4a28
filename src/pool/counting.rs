//! Which outcomes of the past count for forecasts to be pooled, and which questions are set apart where days do not part past and new.

use super::relation::Relations;
use crate::forecast::{Moment, Records};
use serde::Serialize;
use std::collections::BTreeSet;

/// Which outcomes of the past count for a forecast to be pooled.
///
/// Where not only those known before count, past and new are parted by questions: nothing is learned from what shares a cluster with a question
/// to be pooled, as in folds by clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Those known before it was made; all for one of which nobody knows when it was made.
    #[default]
    KnownBefore,
    /// All, since nobody knows when the forecasts to be pooled were made.
    DaysUnknown,
    /// All, since none was known before any of the forecasts to be pooled was made: what is pooled could not have been said then, and serves to judge only.
    NoneKnown,
    /// All, as was asked.
    AsIfKnown,
}

/// Which outcomes of the past counted, and what was set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct Counted {
    /// Which outcomes of the past counted.
    pub rule: Counting,
    /// New forecasts of which nobody knows when they were made: every outcome of the past counted for them.
    pub undated: usize,
    /// Questions of the past that nothing was learned from, since they are to be pooled themselves.
    pub same: usize,
    /// Others that nothing was learned from, since they share a cluster with one that is to be pooled; none where only outcomes known before count.
    pub related: usize,
}

/// What is to be learned from.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The rule that was asked for; without one, the days of past and new say which it is.
    pub asked: Option<Counting>,
    /// Questions that nothing is learned from unless days part past and new ([`related`]).
    pub related: BTreeSet<String>,
}

impl Counting {
    /// The rule where none is asked for, by when the new forecasts were made and when outcomes of the past were known, in days since 1970-01-01.
    pub(super) fn by_days(made: &[Moment], mut resolved: impl Iterator<Item = f64>) -> Self {
        if made.is_empty() {
            return Self::KnownBefore;
        }
        if made.iter().all(|made| !made.is_known()) {
            return Self::DaysUnknown;
        }
        let last = made.iter().map(|made| Self::KnownBefore.looks_from(*made)).fold(f64::NEG_INFINITY, f64::max);
        let Some(first) = resolved.next() else { return Self::KnownBefore };
        if first >= last && resolved.all(|resolved| resolved >= last) { Self::NoneKnown } else { Self::KnownBefore }
    }

    /// The moment before which an outcome must have been known to count for a forecast made then, in days since 1970-01-01; infinite where all count.
    pub(super) fn looks_from(self, made_at: Moment) -> f64 {
        if self == Self::KnownBefore && made_at.is_known() { made_at.epoch_days() } else { f64::INFINITY }
    }

    /// Whether days part the past from all of these forecasts.
    pub(super) fn is_parted_by_days(self, made: &[Moment]) -> bool {
        self == Self::KnownBefore && made.iter().all(|made| made.is_known())
    }
}

/// The questions that share a cluster with one that has new forecasts, itself among them: by the clusters that past or new name, and by tags that tie
/// questions.
#[must_use]
pub fn related(past: &Records, now: &Records) -> BTreeSet<String> {
    let mut both = Records { questions: past.questions.clone(), ..Records::default() };
    for (id, question) in &now.questions {
        let known = both.questions.entry(id.clone()).or_insert_with(|| question.clone());
        if known.cluster.is_none() {
            known.cluster.clone_from(&question.cluster);
        }
    }
    let clusters = Relations::new(&both).clusters(&both);
    let taken: BTreeSet<usize> =
        now.forecasts.iter().filter_map(|record| clusters.get(record.question.as_str()).copied()).collect();
    let tied = clusters.iter().filter(|(_, cluster)| taken.contains(*cluster));
    tied.map(|(id, _)| (*id).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Question, QuestionKind};
    use crate::pool::past::testing::record;
    use jiff::civil::date;

    #[test]
    fn days_say_which_outcomes_count() {
        let day = |day: i8| Moment::Day(date(2025, 1, day));
        let of = |made: &[Moment], resolved: &[Moment]| {
            Counting::by_days(made, resolved.iter().map(|moment| moment.epoch_days()))
        };
        let undated = Moment::UNDATED;
        assert_eq!(of(&[day(5), day(9)], &[day(8), day(20)]), Counting::KnownBefore);
        // On the day itself an outcome is not known yet.
        assert_eq!(of(&[day(5), day(9)], &[day(9), day(20)]), Counting::NoneKnown);
        assert_eq!(of(&[undated, undated], &[day(9)]), Counting::DaysUnknown);
        assert_eq!(of(&[undated, day(5)], &[day(9)]), Counting::KnownBefore);
        assert_eq!(of(&[day(5)], &[]), Counting::KnownBefore);
        assert_eq!(of(&[], &[day(9)]), Counting::KnownBefore);
        let from = |counting: Counting| [day(5), undated].map(|made| counting.looks_from(made));
        assert_eq!(from(Counting::KnownBefore), [day(5).epoch_days(), f64::INFINITY]);
        assert_eq!(from(Counting::AsIfKnown), [f64::INFINITY; 2]);
        assert!(Counting::KnownBefore.is_parted_by_days(&[day(5)]));
        assert!(!Counting::KnownBefore.is_parted_by_days(&[day(5), undated]));
        assert!(!Counting::NoneKnown.is_parted_by_days(&[day(5)]));
    }

    #[test]
    fn what_shares_a_cluster_or_a_tag_with_a_new_question_is_related() {
        let question = |id: &str, cluster: Option<&str>, tags: &[&str]| Question {
            cluster: cluster.map(str::to_owned),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Question::blank(id, QuestionKind::Binary)
        };
        let records = |questions: Vec<Question>| Records {
            questions: questions.into_iter().map(|question| (question.id.clone(), question)).collect(),
            ..Records::default()
        };
        let past = records(vec![
            question("a", Some("flood"), &[]),
            question("b", None, &["one-of=cup"]),
            question("c", None, &[]),
            question("d", None, &["by=war:2025-03-01"]),
        ]);
        let mut now = records(vec![
            question("e", Some("flood"), &[]),
            question("f", None, &["one-of=cup"]),
            question("g", None, &["by=peace:2025-03-01"]),
            question("idle", None, &["by=war:2025-04-01"]),
        ]);
        now.forecasts = ["e", "f", "g"].map(|id| record(id, "ann", 1, 0.5)).to_vec();
        assert_eq!(related(&past, &now).into_iter().collect::<Vec<_>>(), ["a", "b", "e", "f", "g"]);
        // A cluster that only the new forecasts' table names holds, too.
        now.questions.insert("c".to_owned(), question("c", Some("flood"), &[]));
        assert!(related(&past, &now).contains("c"));
    }
}
