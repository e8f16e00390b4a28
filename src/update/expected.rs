//! Observations that settle no chance by themselves, held against what the scenario expected of them.
//!
//! Where parents are unobserved or a deadline has not passed, no prior is put to the test alone. The scenario is: by the probability that it gave to what was
//! seen, or to anything no likelier, given what has taught it before. That is computed exactly, or not at all.
//!
//! Sources: those of [`conflict`](super::conflict).

use super::Update;
use super::conflict::{Conflict, is_tested};
use super::figures::MOST_CELLS;
use super::items::{self, Item};
use super::posterior::{is_of_this_time, question_of};
use crate::exact;
use crate::math::round_to;
use crate::model::{Condition, Model, Question, QuestionTarget};
use crate::plan::{self, Situation};
use crate::simulate::Answer;
use std::collections::BTreeSet;
use std::ops::Range;

/// How the probabilities of what is asked become that of outcomes no likelier than the one seen.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tail {
    /// It, where it is less likely than not.
    Itself,
    /// Twice the smaller one: it came by one day, and not by another.
    Sides,
    /// All options no likelier than the one at this place.
    Options(usize),
}

impl Tail {
    /// The probability of what was seen, and of outcomes no likelier.
    fn of(self, shares: &[f64]) -> (f64, f64) {
        let least = shares.iter().copied().fold(1.0, f64::min);
        match self {
            Self::Itself => (least, if least < 0.5 { least } else { 1.0 }),
            Self::Sides => (least, (2.0 * least).min(1.0)),
            Self::Options(seen) => {
                let bound = shares[seen] * (1.0 + 1e-9);
                let tail: f64 = shares.iter().filter(|share| **share <= bound).sum();
                (shares[seen], tail.min(1.0))
            }
        }
    }
}

/// What is new, has taught something and put no prior to the test by itself, with how likely it was. `learned_from` is what anything has learned from.
pub(super) fn unsettled(
    model: &Model,
    items: &[Item],
    learned_from: &BTreeSet<String>,
    update: &Update,
) -> Vec<Conflict> {
    let taught = |tag: &String| update.learned.iter().any(|one| one.by.contains(tag));
    // Of those it is not known by how much their condition is part of what was seen.
    let is_conditional = |tag: &str| {
        let name = question_of(tag);
        model.questions.iter().any(|question| question.given.is_some() && question.name == name)
    };
    let mut conditions = Vec::new();
    let mut looked_at: Vec<(&Item, Tail, Range<usize>)> = Vec::new();
    for item in items {
        let is_new = !learned_from.contains(&item.tag) && taught(&item.tag);
        if !is_new || is_tested(update, &item.tag) || is_conditional(&item.tag) {
            continue;
        }
        let Some((tail, asked)) = asked(model, &item.condition) else { continue };
        let start = conditions.len();
        conditions.extend(asked);
        looked_at.push((item, tail, start..conditions.len()));
    }
    if looked_at.is_empty() {
        return Vec::new();
    }
    let shares = shares(model, known_before(model, items, learned_from), conditions);
    let conflict = |(item, tail, range): (&Item, Tail, Range<usize>)| {
        let shares: Vec<f64> = shares.get(range)?.iter().copied().collect::<Option<_>>()?;
        let (share, probability) = tail.of(&shares);
        let (of, seen) = item.tag.split_once(": ")?;
        let expected = format!("{} of 1", round_to(share, 3));
        Some(Conflict { of: of.to_owned(), seen: seen.to_owned(), expected, probability })
    };
    looked_at.into_iter().filter_map(conflict).collect()
}

/// The conditions whose probabilities tell how unlikely an observation was; none of the value of a number, each of which is unlikely.
fn asked(model: &Model, condition: &Condition) -> Option<(Tail, Vec<Condition>)> {
    match condition {
        Condition::Options { event, options } if options.len() == 1 => {
            let all = 0..model.event(*event).options().len();
            let all = all.map(|option| Condition::Options { event: *event, options: vec![option] });
            Some((Tail::Options(options[0]), all.collect()))
        }
        // That it came just then, or sooner than was asked.
        Condition::ByDay { .. } => Some((Tail::Sides, vec![condition.clone()])),
        Condition::And(by, not_by) if is_one_day(by, not_by) => {
            Some((Tail::Sides, vec![by.as_ref().clone(), not_by.as_ref().clone()]))
        }
        other => (!has_a_value(other)).then(|| (Tail::Itself, vec![other.clone()])),
    }
}

/// Whether a date is known to have come by one day, and not by an earlier one.
fn is_one_day(by: &Condition, not_by: &Condition) -> bool {
    match (by, not_by) {
        (Condition::ByDay { event, .. }, Condition::Not(earlier)) => {
            matches!(earlier.as_ref(), Condition::ByDay { event: same, .. } if same == event)
        }
        _ => false,
    }
}

fn has_a_value(condition: &Condition) -> bool {
    match condition {
        Condition::Equal(..) => true,
        Condition::Not(of) => has_a_value(of),
        Condition::And(left, right) | Condition::Or(left, right) => has_a_value(left) || has_a_value(right),
        _ => false,
    }
}

/// What of the scenario's time has taught something before.
fn known_before(model: &Model, items: &[Item], learned_from: &BTreeSet<String>) -> Vec<(String, Condition)> {
    let of_this_time = learned_from.iter().filter(|tag| is_of_this_time(model, tag));
    let known = of_this_time.filter_map(|tag| {
        let item = items.iter().find(|item| item.tag == *tag).cloned();
        item.or_else(|| items::remembered_silence(model, tag))
    });
    known.map(|item| (item.tag, item.condition)).collect()
}

/// How likely conditions are, each where it can be computed.
fn shares(model: &Model, known: Vec<(String, Condition)>, conditions: Vec<Condition>) -> Vec<Option<f64>> {
    let count = conditions.len();
    let question = |condition: Condition| Question {
        name: String::new(),
        ask: String::new(),
        story: Vec::new(),
        target: QuestionTarget::Holds(condition),
        given: None,
        closes: model.horizon,
        opens: None,
        resolves: None,
        tags: Vec::new(),
    };
    let mut asking = model.clone();
    asking.questions = conditions.into_iter().map(question).collect();
    asking.rules.clear();
    let mut plan = plan::compile(&asking, &Situation { given: known, ..Situation::of_file(model) });
    plan.asks.drain(..model.events.len());
    plan.joints.clear();
    if exact::cost(&plan).cells > MOST_CELLS {
        return vec![None; count];
    }
    let Ok(found) = exact::solve(&plan) else { return vec![None; count] };
    let share = |answer: &Result<Answer, String>| match answer {
        Ok(Answer::Binary(estimate)) => Some(estimate.value),
        _ => None,
    };
    found.answers().iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Resolution;
    use crate::math::beta::ln_beta;
    use crate::math::exp;
    use crate::update::tests::{HEAD, learned, question, rewritten};
    use jiff::civil::date;

    #[test]
    fn outcomes_no_likelier_are_counted_together() {
        let close = |tail: Tail, shares: &[f64], expected: f64| {
            let (_, found) = tail.of(shares);
            assert!((found - expected).abs() < 1e-12, "{tail:?} {shares:?}: {found} is not {expected}");
        };
        close(Tail::Itself, &[0.02], 0.02);
        close(Tail::Itself, &[0.7], 1.0);
        close(Tail::Sides, &[0.9, 0.02], 0.04);
        close(Tail::Sides, &[0.6, 0.8], 1.0);
        close(Tail::Options(1), &[0.5, 0.04, 0.03, 0.43], 0.07);
        close(Tail::Options(0), &[0.25, 0.25, 0.25, 0.25], 1.0);
    }

    /// By the sum over the parent that nobody observed, whose own chance is put to no test.
    #[test]
    fn an_outcome_with_an_unobserved_parent_is_held_against_the_whole() {
        let body = "[event.a]\nchance = \"99 of 100\"\n[event.s]\nchance = [ { if = \"a\", is = \"99 of 100\" }, { otherwise = \"95 of 100\" } ]\n";
        let text = format!("{HEAD}{body}{}", question("q", "holds = \"s\""));
        let update = learned(&text, &[("q", Resolution::No)], None);
        let [conflict] = update.conflicts.as_slice() else { panic!("{update:?}") };
        let (likely, less) = (99.5 / 101.0, 95.5 / 101.0);
        let expected = 1.0 - (likely * likely + (1.0 - likely) * less);
        assert!((conflict.probability - expected).abs() < 1e-12, "{conflict:?} {expected}");
        assert_eq!((conflict.of.as_str(), conflict.seen.as_str()), ("q", "no (2025-06-30)"));
        assert!(learned(&text, &[("q", Resolution::Yes)], None).conflicts.is_empty());
        // One whose parent is known is tested by its own chance, once.
        let text = format!("{text}{}", question("p", "holds = \"a\""));
        let update = learned(&text, &[("q", Resolution::No), ("p", Resolution::Yes)], None);
        assert!(update.conflicts.iter().map(|one| one.of.as_str()).eq(["s"]), "{update:?}");
    }

    /// 179 of 180 days at a constant hazard, E[(1 - p)^(179/180)] over the doubt, nodes apart; after 160 of them nineteen more are no surprise.
    #[test]
    fn silence_before_the_deadline_is_held_against_the_hazard() {
        let text = format!("{HEAD}[event.t]\nwhen = \"199 of 200 by 2025-06-30\"\n");
        let update = learned(&text, &[], Some(date(2025, 6, 29)));
        let [conflict] = update.conflicts.as_slice() else { panic!("{update:?}") };
        let (a, b) = (199.5, 1.5);
        let expected = exp(ln_beta(a, b + 179.0 / 180.0) - ln_beta(a, b));
        assert!((conflict.probability - expected).abs() < 1e-7, "{conflict:?} {expected}");
        assert_eq!((conflict.of.as_str(), conflict.seen.as_str()), ("t", "not yet (2025-06-29)"));
        assert!(learned(&text, &[], Some(date(2025, 1, 3))).conflicts.is_empty());
        let before = learned(&text, &[], Some(date(2025, 6, 10)));
        assert_eq!(before.conflicts.len(), 1);
        let after = rewritten(&text, &before);
        let next = learned(&after, &[], Some(date(2025, 6, 29)));
        assert!(!next.learned.is_empty() && next.conflicts.is_empty(), "{next:?}");
    }
}
