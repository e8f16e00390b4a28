//! The conjugate posterior of each prior that the facts speak to.

use super::conflict::{Case, Tested};
use super::facts::Facts;
use super::items::Item;
use super::relevant::Graph;
use super::weighed::TOGETHER;
use super::{Learned, Means, Replacement, Update, dated, numbered};
use crate::dist::{Beta, Dirichlet, Distribution, Gamma, PartiallyPooled};
use crate::model::{
    Belief, CaseRow, ChanceDefinition, Condition, CountDefinition, CountSpec, Definition, Event, EventId, Known,
    Member, Model, OptionsBelief,
};
use crate::scenario::phrase::Chance;
use crate::source::Span;
use jiff::civil::Date;

/// What is known, and of what.
pub(super) struct Given<'a> {
    pub(super) model: &'a Model,
    pub(super) facts: &'a Facts<'a>,
    pub(super) items: &'a [Item],
    pub(super) graph: &'a Graph,
    pub(super) text: &'a str,
}

/// Which case counted, and by which facts that is known.
pub(super) enum Applied<'a, T> {
    Row(&'a T),
    Unknown(String),
}

/// The first case that holds, if the facts tell which one that is.
pub(super) fn applied<'a, T>(rows: &'a [CaseRow<T>], facts: &Facts) -> Applied<'a, T> {
    for row in rows {
        match row.condition.as_ref().map_or(Some(true), |condition| facts.truth(condition)) {
            Some(true) => return Applied::Row(&row.value),
            Some(false) => {}
            None => break,
        }
    }
    Applied::Unknown("which of its cases counted is not known: the outcomes do not tell its conditions".to_owned())
}

/// Why an outcome of what is made so by intervention teaches nothing.
const MADE: &str = "`suppose` makes it so, whatever its chance: what came of it says nothing of that";

/// Learns what the facts say about one event.
///
/// # Errors
/// Why they do not settle its chance by themselves.
pub(super) fn learn(given: &Given<'_>, id: EventId, event: &Event, update: &mut Update) -> Result<(), String> {
    if given.model.suppose.iter().any(|made| made.event == id) {
        return if given.facts.about(id).is_empty() { Ok(()) } else { Err(MADE.to_owned()) };
    }
    match &event.definition {
        Definition::Chance(chance) => binary(given, id, event, chance, update),
        Definition::Options(rows) => options(given, id, event, rows, update),
        Definition::Count(count) => counted(given, id, event, count, update),
        Definition::When(when) => dated::learn(given, id, event, when, update),
        Definition::Number(number) => numbered::learn(given, id, event, number, update),
        Definition::Causes { .. } if let Some(fact) = given.facts.binary(id) => {
            let learned = event.learned_from.iter().find(|learned| fact.from.contains(learned));
            Err(learned.map_or_else(
                || "which of its causes brought it about is not known".to_owned(),
                |learned| format!("it has learned from {learned} already"),
            ))
        }
        Definition::Causes { .. } | Definition::Holds(_) | Definition::FirstOf(_) | Definition::Equals(_) => Ok(()),
    }
}

/// Refuses outcomes that contradict each other, and an event that has learned its outcome already. An event has one outcome in the time
/// of a scenario, however many questions ask about it; what it learned from outcomes of earlier times is another matter.
pub(super) fn is_news(given: &Given<'_>, event: &Event, from: &[String], agreed: bool) -> Result<(), String> {
    let Given { model, facts, .. } = *given;
    if let Some(tag) = from.iter().find(|tag| facts.is_refused(tag)) {
        return Err(format!("its outcome {tag} cannot be, by itself or with others: see `{TOGETHER}`"));
    }
    if !agreed {
        return Err(format!("its outcomes contradict each other: {}", from.join(", ")));
    }
    let learned: Vec<&String> =
        event.learned_from.iter().filter(|learned| from.contains(learned) || is_of_this_time(model, learned)).collect();
    if let Some(learned) = learned.iter().find(|learned| from.contains(learned)) {
        return Err(format!("it has learned from {learned} already"));
    }
    for learned in &learned {
        if let Some(now) = from.iter().find(|tag| question_of(tag) == question_of(learned)) {
            // Of what is no date the day of an outcome says nothing.
            if answer_of(now) == answer_of(learned) && !matches!(event.definition, Definition::When(_)) {
                return Err(format!("it has learned from {learned}, which says the same as {now}"));
            }
            return Err(format!("it has learned from {learned}, and now the outcome is {now}: {PUT_BACK}"));
        }
    }
    match learned.first() {
        Some(learned) => Err(format!("it has learned from {learned}, and {} {NO_FURTHER}", from.join(", "))),
        None => Ok(()),
    }
}

/// Of an event that has learned its outcome, while that is still known.
pub(super) const NO_FURTHER: &str = "moves it no further";

/// The first of what [`PUT_BACK`] says, which only a file that notes its updates can do.
pub(crate) const BY_UNDO: &str = "take that update back (`foretell update FILE --undo`), or ";

/// What to do where something was learned that is no longer so.
pub(super) const PUT_BACK: &str = "take that update back (`foretell update FILE --undo`), or put the prior back as it was before by hand, without that in `learned_from`, and update again";

/// Whether a reason is that something was learned which is no longer so.
pub(super) fn is_correction(why: &str) -> bool {
    why.contains(PUT_BACK)
}

/// The question of an outcome as `learned_from` remembers it.
pub(super) fn question_of(tag: &str) -> &str {
    tag.split_once(": ").map_or(tag, |(question, _)| question)
}

/// The same without its day.
fn answer_of(tag: &str) -> &str {
    tag.rsplit_once(" (").map_or(tag, |(answer, _)| answer)
}

/// Refuses an event that is drawn together with others of which something is known too: what they say moves its chance as well.
pub(super) fn is_alone(given: &Given<'_>, id: EventId) -> Result<(), String> {
    if given.graph.is_tied(given.model, id) {
        return Err(
            "something is known of what it is correlated with, so that its outcome does not move its prior alone"
                .to_owned(),
        );
    }
    Ok(())
}

/// Whether what `learned_from` remembers belongs to the time of the scenario.
pub(super) fn is_of_this_time(model: &Model, learned: &str) -> bool {
    let day = learned.rsplit_once('(').and_then(|(_, day)| day.strip_suffix(')')?.parse::<Date>().ok());
    day.is_some_and(|day| day > model.as_of)
}

/// Notes a posterior and where it is written.
#[expect(clippy::too_many_arguments, reason = "what moved, from what to what, and by what")]
pub(super) fn write(
    event: &Event,
    from: &[String],
    span: Span,
    after: String,
    (mean_before, mean_after): (f64, f64),
    means: Means,
    text: &str,
    update: &mut Update,
) {
    let before = text.get(span.range()).unwrap_or_default().to_owned();
    update.replacements.push(Replacement { span, phrase: after.clone() });
    let list = update.learned_from.entry(("event", event.name.clone())).or_insert_with(|| event.learned_from.clone());
    list.extend(from.iter().cloned());
    update.learned.push(Learned {
        event: event.name.clone(),
        before,
        after,
        option: None,
        mean_before,
        mean_after,
        standard_error: 0.0,
        means,
        by: from.to_vec(),
    });
}

/// The phrase of a posterior Beta in the form in which its prior was stated: a base rate stays one, of cases that need not be whole.
pub(super) fn beta_phrase(belief: &Belief, posterior: &Beta) -> String {
    let successes = figure(posterior.a() - 0.5);
    let trials = figure(posterior.a() + posterior.b() - 1.0);
    match belief.stated.as_ref().map(|stated| &stated.value) {
        Some(Chance::BaseRate { .. }) if successes >= 0.0 && trials >= successes && trials > 0.0 => {
            format!("{successes} of {trials}")
        }
        _ => format!("beta({}, {})", figure(posterior.a()), figure(posterior.b())),
    }
}

/// The phrase of a member of a class with its own record.
pub(super) fn member_phrase(class: &str, law: &PartiallyPooled) -> String {
    let trials = figure(law.trials);
    // Rounding leaves no more successes than trials.
    format!("like {class}, itself {} of {trials}", figure(law.successes).min(trials))
}

/// The phrase of a posterior rate in the form in which its prior was stated.
pub(super) fn rate_phrase(stated_as_gamma: bool, posterior: &Gamma, exposure: f64) -> String {
    let events = figure(posterior.shape() - 0.5);
    if stated_as_gamma || events < 0.0 {
        format!("poisson(gamma({}, {}))", figure(posterior.shape()), figure(posterior.rate()))
    } else {
        format!("{events} in {} days, over {} days", figure(posterior.rate()), figure(exposure))
    }
}

/// Whether a rate is stated as a Gamma rather than as events in a time.
pub(super) fn is_gamma(text: &str, span: Span) -> bool {
    text.get(span.range()).unwrap_or_default().contains("gamma")
}

/// The phrase of a posterior Dirichlet in the form in which its prior was stated.
pub(super) fn options_phrase(belief: &OptionsBelief, posterior: &Dirichlet) -> String {
    let list = |values: &[f64]| values.iter().map(|value| figure(*value).to_string()).collect::<Vec<_>>().join(", ");
    let counts: Vec<f64> = posterior.alphas().iter().map(|alpha| figure(alpha - 0.5)).collect();
    if belief.counts.is_some() && counts.iter().all(|count| *count >= 0.0) {
        format!("{} of {}", list(&counts), figure(counts.iter().sum()))
    } else {
        format!("dirichlet({})", list(posterior.alphas()))
    }
}

/// The phrase of a Beta after one more case; with the mean after.
fn after_one_case(belief: &Belief, happened: bool) -> Result<(String, f64), String> {
    let Some(prior) = &belief.prior else {
        return Err(
            "its chance is a fixed number, which learns nothing: state it as a base rate such as `6 of 20`".to_owned()
        );
    };
    if belief.stated.is_none() {
        return Err("its chance is a pool of experts, which an outcome does not move".to_owned());
    }
    let (successes, failures) = if happened { (1.0, 0.0) } else { (0.0, 1.0) };
    let posterior = prior.updated(successes, failures);
    Ok((beta_phrase(belief, &posterior), posterior.mean()))
}

/// A shape parameter, short: six digits are far below any doubt that a prior states.
fn figure(value: f64) -> f64 {
    // No count is written as -0.
    crate::math::round_to(value, 6) + 0.0
}

fn binary(
    given: &Given<'_>,
    id: EventId,
    event: &Event,
    chance: &ChanceDefinition,
    update: &mut Update,
) -> Result<(), String> {
    let Given { facts, text, .. } = *given;
    let Some(fact) = facts.binary(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(given, event, from, fact.agreed)?;
    is_alone(given, id)?;
    match chance.requires.as_ref().map(|condition| facts.truth(condition)) {
        None | Some(Some(true)) => {}
        Some(Some(false)) => {
            return Err("what it requires did not hold, so its outcome says nothing about its chance".to_owned());
        }
        Some(None) => return Err("whether what it requires held is not known".to_owned()),
    }
    odds_are_out(&chance.odds, facts)?;
    let belief = match applied(&chance.rows, facts) {
        Applied::Row(belief) => belief,
        Applied::Unknown(why) => return Err(why),
    };
    count_case(event, from, belief, fact.value, text, update)
}

/// One more case of a chance, or of a member of a class whose members differ; where all members are alike the class learns in their place.
pub(super) fn count_case(
    event: &Event,
    from: &[String],
    belief: &Belief,
    happened: bool,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    note_case(event, from, belief, happened, update);
    match belief.member.as_deref() {
        None => {
            let (phrase, mean) = after_one_case(belief, happened)?;
            write(event, from, belief.span, phrase, (belief.mean, mean), Means::Conjugate, text, update);
        }
        Some(Member { own: None, .. }) => {}
        Some(Member { name, prior, own: Some(law), .. }) => {
            let law = law.after(happened);
            let phrase = member_phrase(name, &law);
            let means = (belief.mean, law.mean_given(prior.mean()));
            write(event, from, belief.span, phrase, means, Means::Conjugate, text, update);
        }
    }
    Ok(())
}

/// A chance was put to the test, whatever moves it.
pub(super) fn note_case(event: &Event, from: &[String], belief: &Belief, happened: bool, update: &mut Update) {
    let tested = Tested::YesNo { belief: Box::new(belief.clone()), happened };
    update.cases.push(Case { of: event.name.clone(), what: tested, from: from.to_vec() });
}

/// Conjugacy needs the stated chance itself to have applied: no odds ratio.
fn odds_are_out(odds: &[(Condition, f64)], facts: &Facts) -> Result<(), String> {
    for (condition, _) in odds {
        match facts.truth(condition) {
            Some(false) => {}
            Some(true) => {
                return Err(
                    "an odds ratio applied, so that its outcome does not move the stated chance alone".to_owned()
                );
            }
            None => return Err("whether its odds ratios applied is not known".to_owned()),
        }
    }
    Ok(())
}

fn options(
    given: &Given<'_>,
    id: EventId,
    event: &Event,
    rows: &[CaseRow<OptionsBelief>],
    update: &mut Update,
) -> Result<(), String> {
    let Given { facts, text, .. } = *given;
    let Some(fact) = facts.option(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(given, event, from, fact.agreed)?;
    is_alone(given, id)?;
    let belief = match applied(rows, facts) {
        Applied::Row(belief) => belief,
        Applied::Unknown(why) => return Err(why),
    };
    let Some(prior) = &belief.prior else {
        return Err(
            "its chances are fixed numbers, which learn nothing: state them as counts such as `6, 30, 4 of 40`"
                .to_owned(),
        );
    };
    let mut seen = vec![0.0; belief.means.len()];
    seen[fact.value] = 1.0;
    let posterior = prior.updated(&seen);
    let phrase = options_phrase(belief, &posterior);
    let means = (belief.means[fact.value], posterior.mean()[fact.value]);
    let probability: f64 = belief.means.iter().filter(|mean| **mean <= belief.means[fact.value]).sum();
    update.cases.push(Case {
        of: event.name.clone(),
        what: Tested::Other {
            seen: event.options()[fact.value].clone(),
            expected: format!("{} of 1", crate::math::round_to(belief.means[fact.value], 3)),
            probability,
        },
        from: from.to_vec(),
    });
    write(event, from, belief.span, phrase, means, Means::Conjugate, text, update);
    if let Some(written) = update.learned.last_mut() {
        written.option = event.options().get(fact.value).cloned();
    }
    Ok(())
}

fn counted(
    given: &Given<'_>,
    id: EventId,
    event: &Event,
    count: &CountDefinition,
    update: &mut Update,
) -> Result<(), String> {
    let Given { facts, text, .. } = *given;
    let Some(fact) = facts.number(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(given, event, from, fact.agreed)?;
    is_alone(given, id)?;
    match count.only_if.as_ref().map(|condition| facts.truth(condition)) {
        None | Some(Some(true)) => {}
        Some(Some(false)) => return Err("its `if` did not hold, so its outcome says nothing about its rate".to_owned()),
        Some(None) => return Err("whether its `if` held is not known".to_owned()),
    }
    let spec = match applied(&count.rows, facts) {
        Applied::Row(spec) => spec,
        Applied::Unknown(why) => return Err(why),
    };
    let CountSpec::PoissonGamma { rate, exposure, span } = spec else {
        return Err(
            "its rate is a fixed number, which learns nothing: state it as `3 in 180 days, over 365 days`".to_owned()
        );
    };
    if fact.value < 0.0 || fact.value.fract() != 0.0 {
        return Err(format!("a count is a whole number that is not negative, but its outcome is {}", fact.value));
    }
    let posterior = rate.updated(fact.value, *exposure);
    let phrase = rate_phrase(is_gamma(text, *span), &posterior, *exposure);
    update.cases.push(Case {
        of: event.name.clone(),
        what: Tested::Other {
            seen: fact.value.to_string(),
            expected: crate::math::round_to(rate.mean() * exposure, 3).to_string(),
            probability: two_sided(rate.predictive(*exposure).as_ref(), fact.value),
        },
        from: from.to_vec(),
    });
    let means = (rate.mean() * exposure, posterior.mean() * exposure);
    write(event, from, *span, phrase, means, Means::Conjugate, text, update);
    Ok(())
}

/// Twice the probability of the smaller of the tails that a count stands in.
fn two_sided(law: &dyn Distribution, count: f64) -> f64 {
    let upper = if count > 0.0 { law.survival(count - 1.0) } else { 1.0 };
    (2.0 * law.cdf(count).min(upper)).min(1.0)
}

/// The means of members that gained a whole case follow where their class went.
pub(super) fn members_follow(update: &mut Update) {
    for case in &update.cases {
        let Tested::YesNo { belief, happened } = &case.what else { continue };
        let Some(Member { name, prior, own: Some(law), .. }) = belief.member.as_deref() else { continue };
        let of_class = update.learned.iter().find(|one| one.event == format!("prior {name}"));
        let class = of_class.map_or_else(|| prior.mean(), |one| one.mean_after);
        let mean = law.after(*happened).mean_given(class);
        update
            .learned
            .iter_mut()
            .filter(|one| one.means == Means::Conjugate && one.event == case.of && one.by == case.from)
            .for_each(|one| one.mean_after = mean);
    }
}
