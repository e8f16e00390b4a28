//! Checks that what members of a reference class are said to have done themselves fits into the cases that the class was counted from.

use super::Event;
use super::reference::Classes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::math::round_to;
use crate::scenario::phrase::Chance;
use crate::source::Span;

/// Counts that differ by less are the same: fractions of cases are rounded where they are written.
const SLACK: f64 = 1e-5;

/// The cases of one member.
struct Own<'a> {
    event: &'a str,
    span: Span,
    successes: f64,
    failures: f64,
}

impl Own<'_> {
    fn repeats(&self, other: &Self) -> bool {
        let counts = |of: &Self| [of.successes.to_bits(), of.failures.to_bits()];
        self.event == other.event && counts(self) == counts(other)
    }
}

/// Warns where the records of members that have learned nothing yet hold more cases than their class was counted from. What outcomes have taught is not
/// held against it: a member learns from a case of its own more than its class does.
pub(super) fn larger_than_their_class(events: &[Event], classes: &Classes, found: &mut Diagnostics) {
    for class in classes.values().flatten().filter(|class| class.learned_from.is_empty()) {
        let stated = class.belief.stated.as_ref().map(|stated| &stated.value);
        let Some(Chance::BaseRate { successes, trials }) = stated else { continue };
        let mut own: Vec<Own<'_>> = Vec::new();
        for event in events.iter().filter(|event| event.learned_from.is_empty()) {
            event.visit_beliefs(&mut |belief| {
                let member = belief.member.as_ref().filter(|member| member.name == class.name);
                if let Some(record) = member.and_then(|member| member.own).filter(|record| record.trials > 0.0) {
                    let of = Own {
                        event: &event.name,
                        span: belief.span,
                        successes: record.successes,
                        failures: record.trials - record.successes,
                    };
                    // The same record under several conditions is one.
                    if !own.iter().any(|other| of.repeats(other)) {
                        own.push(of);
                    }
                }
            });
        }
        let successes_of_all: f64 = own.iter().map(|of| of.successes).sum();
        let failures_of_all: f64 = own.iter().map(|of| of.failures).sum();
        let fits = successes_of_all <= successes + SLACK && failures_of_all <= trials - successes + SLACK;
        let Some((first, others)) = own.split_first().filter(|_| !fits) else { continue };
        let record =
            |of: &Own<'_>| format!("{} of {}", round_to(of.successes, 6), round_to(of.successes + of.failures, 6));
        let all = Own { successes: successes_of_all, failures: failures_of_all, ..*first };
        let (whose, those) = match others.len() {
            0 => (format!("the record of `{}` itself", first.event), "does"),
            1 => (format!("the records of `{}` and `{}` themselves together", first.event, others[0].event), "do"),
            more => (format!("the records of `{}` and {more} others themselves together", first.event), "do"),
        };
        let problem = Diagnostic::new(
            "W0332",
            first.span,
            format!(
                "{whose}, {}, {those} not fit into the {successes} of {trials} cases of the prior `{}`",
                record(&all),
                class.name
            ),
        )
        .help(format!(
            "the cases of a member are among those that its prior was counted from: count them to `{}`, too",
            class.name
        ));
        found.push(others.iter().fold(problem, |problem, of| problem.other(of.span, record(of))));
    }
}
