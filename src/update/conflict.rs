//! Prior against data: outcomes that a prior hardly expected.
//!
//! A prior that was wrong is moved by its outcomes like any other, only not far enough. So the new outcomes of each prior are held against what it
//! said of them before it learned: the probability, under the prior predictive distribution, of outcomes no likelier than those that came. What
//! settles no prior's chance by itself is held against the whole scenario ([`expected`](super::expected)).
//!
//! Source: Box (1980), J. R. Statist. Soc. A 143, 383–430; Evans and Moshonov (2006), Bayesian Analysis 1, 893–914.

use super::{Learned, Update};
use crate::math::gauss;
use crate::model::Belief;
use serde::Serialize;
use std::collections::BTreeMap;

/// Warned of below this probability, shared out among all priors and observations that are looked at (Bonferroni).
const LEVEL: f64 = 0.05;

/// More quadrature nodes are never needed: exact for 127 cases.
const MOST_NODES: usize = 64;

/// Outcomes that a prior hardly expected.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Conflict {
    /// The event, `prior` and the name of a reference class, or the question of what settles no chance by itself.
    pub of: String,
    /// What was seen.
    pub seen: String,
    /// What was expected.
    pub expected: String,
    /// How probable the prior made outcomes no likelier than these.
    pub probability: f64,
}

/// An outcome that put a chance to the test.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    /// The event.
    pub(super) of: String,
    pub(super) what: Tested,
    /// The outcomes it is known by.
    pub(super) from: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tested {
    YesNo {
        belief: Box<Belief>,
        happened: bool,
    },
    /// Anything else, with what was seen, what was expected, and how probable such an outcome was.
    Other {
        seen: String,
        expected: String,
        probability: f64,
    },
}

/// Whether an observation has put a prior that learned from it to the test.
pub(super) fn is_tested(update: &Update, tag: &str) -> bool {
    let is_looked_at = |case: &Case| match &case.what {
        Tested::YesNo { belief, .. } => {
            let of = belief.member.as_ref().map_or_else(|| case.of.clone(), |member| format!("prior {}", member.name));
            update.learned.iter().any(|one| one.event == of && is_by(one, &case.from))
        }
        Tested::Other { .. } => true,
    };
    update.cases.iter().any(|case| case.from.iter().any(|from| from == tag) && is_looked_at(case))
}

/// The conflicts among the cases that have taught something, and among what settled none (`unsettled`, however likely it was).
pub(super) fn conflicts(update: &Update, unsettled: Vec<Conflict>) -> Vec<Conflict> {
    let mut tested = unsettled;
    let mut classes: BTreeMap<usize, Vec<(&Belief, bool)>> = BTreeMap::new();
    for case in &update.cases {
        let taught = |of: &str| update.learned.iter().any(|one| one.event == of && is_by(one, &case.from));
        match &case.what {
            Tested::YesNo { belief, happened } => match &belief.member {
                Some(member) if taught(&format!("prior {}", member.name)) => {
                    classes.entry(member.class).or_default().push((belief, *happened));
                }
                None if taught(&case.of) => tested.push(of_cases(case.of.clone(), &[(belief, *happened)])),
                _ => {}
            },
            Tested::Other { seen, expected, probability } => tested.push(Conflict {
                of: case.of.clone(),
                seen: seen.clone(),
                expected: expected.clone(),
                probability: *probability,
            }),
        }
    }
    for cases in classes.values() {
        let name = cases[0].0.member.as_ref().map_or_else(String::new, |member| member.name.clone());
        tested.push(of_cases(format!("prior {name}"), cases));
    }
    let bound = LEVEL / tested.len().max(1) as f64;
    tested.retain(|one| one.probability < bound);
    tested
}

fn is_by(learned: &Learned, from: &[String]) -> bool {
    from.iter().any(|tag| learned.by.contains(tag))
}

/// Yes/no cases of one prior.
fn of_cases(of: String, cases: &[(&Belief, bool)]) -> Conflict {
    let seen = cases.iter().filter(|(_, happened)| *happened).count();
    let expected: f64 = cases.iter().map(|(belief, _)| belief.mean).sum();
    let predicted = predictive(cases);
    let bound = predicted[seen] * (1.0 + 1e-9);
    let probability: f64 = predicted.iter().filter(|share| **share <= bound).sum();
    let count = cases.len();
    Conflict {
        of,
        seen: format!("{seen} of {count}"),
        expected: format!("{} of {count}", crate::math::round_to(expected, 3)),
        probability: probability.min(1.0),
    }
}

/// The probability of each number of yeses, of a class or of the one case of an event: given the chance that all share, cases are independent.
fn predictive(cases: &[(&Belief, bool)]) -> Vec<f64> {
    let class = cases[0].0.member.as_ref().map(|member| member.prior);
    let nodes = class.map(|prior| gauss::beta(prior.a(), prior.b(), (cases.len() / 2 + 1).min(MOST_NODES)));
    let nodes = nodes.unwrap_or_else(|| gauss::Nodes { values: vec![cases[0].0.mean], weights: vec![1.0] });
    let mut all = vec![0.0; cases.len() + 1];
    for (value, weight) in nodes.values.iter().zip(&nodes.weights) {
        let mut counts = vec![0.0; cases.len() + 1];
        counts[0] = *weight;
        for (at, (belief, _)) in cases.iter().enumerate() {
            let own = belief.member.as_ref().and_then(|member| member.own);
            let chance = own.map_or(*value, |law| law.mean_given(*value));
            for yes in (0..=at).rev() {
                counts[yes + 1] += counts[yes] * chance;
                counts[yes] *= 1.0 - chance;
            }
        }
        all.iter_mut().zip(&counts).for_each(|(sum, share)| *sum += share);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Beta, PartiallyPooled};
    use crate::math::exp;
    use crate::model::Member;
    use crate::source::Span;
    use crate::update::beta_binomial;

    fn like(prior: Beta, own: Option<PartiallyPooled>) -> Belief {
        let span = Span::default();
        let member = Box::new(Member { class: 0, name: "c".to_owned(), place: span, prior, own });
        Belief { mean: prior.mean(), prior: Some(prior), stated: None, span, member: Some(member) }
    }

    /// Against the beta-binomial.
    #[test]
    fn the_cases_of_a_class_are_beta_binomial() {
        let prior = Beta::new(2.0, 3.5).expect("sound");
        let belief = like(prior, None);
        for cases in [1_usize, 2, 5, 12] {
            let list: Vec<(&Belief, bool)> = (0..cases).map(|_| (&belief, false)).collect();
            for (yes, share) in predictive(&list).iter().enumerate() {
                let exact = beta_binomial(2.0, 3.5, yes as u64, cases as u64).expect("sound").ln_evidence;
                assert!((share - exp(exact)).abs() < 1e-12, "{yes} of {cases}");
            }
        }
    }

    /// By the integral over the class, done by hand for two members: E[q1 q2] with q = (m w + k) / (w + n).
    #[test]
    fn members_that_differ_each_count_by_their_own_record() {
        let prior = Beta::new(2.0, 2.0).expect("sound");
        let with = |successes, trials| like(prior, Some(PartiallyPooled { worth: 4.0, successes, trials }));
        let (one, two) = (with(2.0, 2.0), with(0.0, 4.0));
        let both = predictive(&[(&one, true), (&two, true)])[2];
        // E[(4 m + 2) / 6 · 4 m / 8] with E m = 1/2 and E m² = 3/10.
        assert!((both - (16.0 * 0.3 + 8.0 * 0.5) / 48.0).abs() < 1e-14);
    }
}
