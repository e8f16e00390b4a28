//! `[prior.NAME]` → reference classes: chances in doubt that several events share.

use super::belief::{Belief, belief, located};
use super::names::{listed, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dist::{Beta, PartiallyPooled};
use crate::math::exp;
use crate::scenario::Document;
use crate::scenario::document::PriorNode;
use crate::scenario::phrase::OwnRecord;
use crate::source::{Span, Spanned};
use indexmap::IndexMap;
use jiff::civil::Date;
use std::f64::consts::LN_2;

/// What a base rate adds to its counts.
const JEFFREYS: f64 = 0.5;

/// More cases than anybody has seen of anything.
const MOST_CASES: f64 = 1e9;

/// A chance that is the same, and in the same doubt, for all events that are `like` it.
#[derive(Debug, Clone)]
pub struct ReferenceClass {
    /// Its name.
    pub name: String,
    /// What is believed of it, as of the scenario's day; it has a prior.
    pub belief: Belief,
    /// Where its members differ: to how many cases of its own it comes for a member.
    pub worth: Option<f64>,
    /// In how many days old cases come to count half.
    pub half_life: Option<f64>,
    /// The day to which its cases are counted, where they lose weight.
    pub counted_to: Option<Date>,
    /// The reason.
    pub why: Option<String>,
    /// Outcomes that have moved it.
    pub learned_from: Vec<String>,
}

/// That a chance is the one of a reference class.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// An index into [`super::Model::priors`].
    pub class: usize,
    /// The name of the class.
    pub name: String,
    /// Where the belief of the class stands.
    pub place: Span,
    /// The doubt about the class itself.
    pub prior: Beta,
    /// How it differs from the class, if members do.
    pub own: Option<PartiallyPooled>,
}

/// The reference classes by name; `None` of those with a problem that is reported already.
pub(super) type Classes = IndexMap<String, Option<ReferenceClass>>;

/// Reads them.
pub(super) fn classes(document: &Document, as_of: Date, found: &mut Diagnostics) -> Classes {
    let none = Classes::new();
    let mut classes = Classes::new();
    for node in &document.priors {
        let of = format!("the prior `{}`", node.name.value);
        let stated = node.chance.as_ref().and_then(|(_, chance)| belief(chance, &of, &none, found));
        let doubted = stated.filter(|belief| {
            if belief.prior.is_none() {
                found.push(
                    Diagnostic::new(
                        "E0317",
                        belief.span,
                        format!("{of} states no doubt, so that there is nothing for its events to share or to learn"),
                    )
                    .help("state it as a base rate such as `8 of 16`, or with an interval"),
                );
            }
            belief.prior.is_some()
        });
        let worth = worth(node, &of, found);
        let (half_life, counted_to) = forgetting(node, &of, found).unzip();
        let class = doubted.map(|belief| ReferenceClass {
            name: node.name.value.clone(),
            belief: aged(belief, half_life, counted_to, as_of),
            worth,
            half_life,
            counted_to: counted_to.map(|date| date.max(as_of)),
            why: node.why.as_ref().map(|why| why.value.clone()),
            learned_from: node.learned_from.iter().map(|text| text.value.clone()).collect(),
        });
        classes.insert(node.name.value.clone(), class);
    }
    classes
}

/// The belief of an event that is `like` a class.
pub(super) fn like(
    name: &Spanned<String>,
    own: Option<&OwnRecord>,
    span: Span,
    classes: &Classes,
    found: &mut Diagnostics,
) -> Option<Belief> {
    let Some((at, _, class)) = classes.get_full(&name.value) else {
        let problem = Diagnostic::new("E0316", name.span, format!("there is no prior `{}`", name.value));
        found.push(match nearest(&name.value, classes.keys().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if classes.is_empty() => {
                problem.help(format!("write `[prior.{}]` with its `chance`, such as `\"8 of 16\"`", name.value))
            }
            None => problem.help(format!("the priors are {}", listed(classes.keys()))),
        });
        return None;
    };
    let class = class.as_ref()?;
    let prior = class.belief.prior?;
    let partial = match (class.worth, own) {
        (None, None) => None,
        (Some(worth), None) => Some(PartiallyPooled { worth, successes: 0.0, trials: 0.0 }),
        (None, Some(own)) => {
            found.push(
                Diagnostic::new(
                    "E0319",
                    own.successes.span.to(own.trials.span),
                    format!("all that are like `{}` are alike, so that no record is its own", name.value),
                )
                .help(format!(
                    "count these cases to the prior; or say that its members differ: `worth = 10` in `[prior.{}]`",
                    name.value
                )),
            );
            return None;
        }
        (Some(worth), Some(own)) => {
            let (successes, trials) = (own.successes.value, own.trials.value);
            if !(trials >= 0.0 && successes >= 0.0 && successes <= trials && trials.is_finite()) {
                found.push(
                    Diagnostic::new(
                        "E0303",
                        own.successes.span.to(own.trials.span),
                        format!("the record says {successes} of {trials}, which cannot be"),
                    )
                    .help("`itself 2 of 3` means that it happened in 2 of 3 cases of its own"),
                );
                return None;
            }
            Some(PartiallyPooled { worth, successes, trials })
        }
    };
    let member =
        Box::new(Member { class: at, name: class.name.clone(), place: class.belief.span, prior, own: partial });
    let Some(partial) = partial else { return Some(Belief { span, member: Some(member), ..class.belief.clone() }) };
    match partial.marginal(&prior) {
        Ok(marginal) => Some(Belief {
            mean: marginal.mean(),
            prior: Some(marginal),
            span,
            member: Some(member),
            ..class.belief.clone()
        }),
        Err(problem) => {
            found.push(located("E0318", problem, span));
            None
        }
    }
}

fn worth(node: &PriorNode, of: &str, found: &mut Diagnostics) -> Option<f64> {
    let (_, worth) = node.worth.as_ref()?;
    if worth.value > 0.0 && worth.value <= MOST_CASES {
        return Some(worth.value);
    }
    found.push(
        Diagnostic::new(
            "E0318",
            worth.span,
            format!("the worth of {of} must be over 0 and at most {MOST_CASES}, but is {}", worth.value),
        )
        .help("`worth = 10` means that a member with ten cases of its own goes half by them; leave it out where all are alike"),
    );
    None
}

/// The half-life in days, and the day to which cases are counted.
fn forgetting(node: &PriorNode, of: &str, found: &mut Diagnostics) -> Option<(f64, Date)> {
    let (key, length) = node.half_life.as_ref()?;
    let days = length.value.days();
    if !(days > 0.0 && days.is_finite()) {
        found.push(
            Diagnostic::new("E0329", length.span, format!("the half-life of {of} must be over 0"))
                .help("`half_life = \"3 years\"` means that a case of three years ago counts half"),
        );
        return None;
    }
    if node.as_of.is_none() && !node.unread.excuses("as_of") {
        found.push(
            Diagnostic::new("E0330", *key, format!("{of} does not say from which day its cases lose weight"))
                .help("write the day to which they were counted, such as `as_of = 2025-12-31`"),
        );
    }
    Some((days, node.as_of.as_ref()?.value))
}

/// A belief with its cases weighed by their age: those of a half-life ago count half, down to the Jeffreys prior.
fn aged(belief: Belief, half_life: Option<f64>, counted_to: Option<Date>, as_of: Date) -> Belief {
    let (Some(half_life), Some(counted_to), Some(prior)) = (half_life, counted_to, belief.prior) else {
        return belief;
    };
    let days = super::day_after(counted_to, as_of);
    if days <= 0.0 {
        return belief;
    }
    let kept = exp(-LN_2 * days / half_life);
    let faded = |shape: f64| (shape - JEFFREYS) * kept + JEFFREYS;
    match Beta::new(faded(prior.a()), faded(prior.b())) {
        Ok(aged) => Belief { mean: aged.mean(), prior: Some(aged), ..belief },
        Err(_) => belief,
    }
}
