//! The conjugate posterior of each prior that the facts speak to.

use super::conflict::{Case, Tested};
use super::facts::Facts;
use super::{Learned, Means, Replacement, Update};
use crate::dist::{Beta, Dirichlet, Distribution, Gamma};
use crate::model::{
    Belief, CaseRow, ChanceDefinition, Condition, CountDefinition, CountSpec, Definition, Event, EventId, Known,
    Member, Model, OptionsBelief, Trigger, WhenDefinition,
};
use crate::scenario::phrase::Chance;
use crate::source::Span;
use jiff::civil::Date;

/// Which case counted, and by which facts that is known.
enum Applied<'a, T> {
    Row(&'a T),
    Unknown(String),
}

/// The first case that holds, if the facts tell which one that is.
fn applied<'a, T>(rows: &'a [CaseRow<T>], facts: &Facts) -> Applied<'a, T> {
    for row in rows {
        match row.condition.as_ref().map_or(Some(true), |condition| facts.truth(condition)) {
            Some(true) => return Applied::Row(&row.value),
            Some(false) => {}
            None => break,
        }
    }
    Applied::Unknown("which of its cases counted is not known: the outcomes do not tell its conditions".to_owned())
}

/// Learns what the facts say about one event.
///
/// # Errors
/// Why they do not settle its chance by themselves.
pub(super) fn learn(
    model: &Model,
    id: EventId,
    event: &Event,
    facts: &Facts,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    match &event.definition {
        Definition::Chance(chance) => binary(model, id, event, chance, facts, text, update),
        Definition::Options(rows) => options(model, id, event, rows, facts, text, update),
        Definition::Count(count) => counted(model, id, event, count, facts, text, update),
        Definition::When(when) => dated(model, id, event, when, facts, text, update),
        Definition::Causes { .. } if facts.binary(id).is_some() => {
            Err("which of its causes brought it about is not known".to_owned())
        }
        Definition::Causes { .. }
        | Definition::Holds(_)
        | Definition::FirstOf(_)
        | Definition::Number(_)
        | Definition::Equals(_) => Ok(()),
    }
}

/// Refuses outcomes that contradict each other, and an event that has learned its outcome already. An event has one outcome in the time
/// of a scenario, however many questions ask about it; what it learned from outcomes of earlier times is another matter.
fn is_news(model: &Model, event: &Event, from: &[String], agreed: bool) -> Result<(), String> {
    if !agreed {
        return Err(format!("its outcomes contradict each other: {}", from.join(", ")));
    }
    let is_old = |learned: &&String| from.contains(learned) || is_of_this_time(model, learned);
    match event.learned_from.iter().find(is_old) {
        Some(learned) if !from.contains(learned) => Err(format!(
            "it has learned from {learned}, and now the outcome is {}: put the prior back as it was before, without that in `learned_from`, and update again",
            from.join(", ")
        )),
        Some(learned) => Err(format!("it has learned from {learned} already")),
        None => Ok(()),
    }
}

/// Whether what `learned_from` remembers belongs to the time of the scenario.
pub(super) fn is_of_this_time(model: &Model, learned: &str) -> bool {
    let day = learned.rsplit_once('(').and_then(|(_, day)| day.strip_suffix(')')?.parse::<Date>().ok());
    day.is_some_and(|day| day > model.as_of)
}

/// Notes a posterior and where it is written.
fn write(
    event: &Event,
    from: &[String],
    span: Span,
    after: String,
    means: (f64, f64),
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
        mean_before: means.0,
        mean_after: means.1,
        standard_error: 0.0,
        means: Means::Conjugate,
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
    model: &Model,
    id: EventId,
    event: &Event,
    chance: &ChanceDefinition,
    facts: &Facts,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    let Some(fact) = facts.binary(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(model, event, from, fact.agreed)?;
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
fn count_case(
    event: &Event,
    from: &[String],
    belief: &Belief,
    happened: bool,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    let tested = Tested::YesNo { belief: Box::new(belief.clone()), happened };
    update.cases.push(Case { of: event.name.clone(), what: tested, from: from.to_vec() });
    match belief.member.as_deref() {
        None => {
            let (phrase, mean) = after_one_case(belief, happened)?;
            write(event, from, belief.span, phrase, (belief.mean, mean), text, update);
        }
        Some(Member { own: None, .. }) => {}
        Some(Member { name, prior, own: Some(law), .. }) => {
            let law = law.after(happened);
            let phrase = format!("like {name}, itself {} of {}", figure(law.successes), figure(law.trials));
            write(event, from, belief.span, phrase, (belief.mean, law.mean_given(prior.mean())), text, update);
        }
    }
    Ok(())
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
    model: &Model,
    id: EventId,
    event: &Event,
    rows: &[CaseRow<OptionsBelief>],
    facts: &Facts,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    let Some(fact) = facts.option(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(model, event, from, fact.agreed)?;
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
    write(event, from, belief.span, phrase, means, text, update);
    Ok(())
}

fn counted(
    model: &Model,
    id: EventId,
    event: &Event,
    count: &CountDefinition,
    facts: &Facts,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    let Some(fact) = facts.number(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(model, event, from, fact.agreed)?;
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
    write(event, from, *span, phrase, (rate.mean() * exposure, posterior.mean() * exposure), text, update);
    Ok(())
}

/// Twice the probability of the smaller of the tails that a count stands in.
fn two_sided(law: &dyn Distribution, count: f64) -> f64 {
    let upper = if count > 0.0 { law.survival(count - 1.0) } else { 1.0 };
    (2.0 * law.cdf(count).min(upper)).min(1.0)
}

/// The means of members follow where their class went.
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
            .filter(|one| one.event == case.of && one.by == case.from)
            .for_each(|one| one.mean_after = mean);
    }
}

fn dated(
    model: &Model,
    id: EventId,
    event: &Event,
    when: &WhenDefinition,
    facts: &Facts,
    text: &str,
    update: &mut Update,
) -> Result<(), String> {
    let Some(fact) = facts.dated(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(model, event, from, fact.agreed())?;
    let spec = match applied(&when.rows, facts) {
        Applied::Row(spec) => spec,
        Applied::Unknown(why) => return Err(why),
    };
    let Some(doubt) = &spec.doubt else {
        return Err("its chances are fixed numbers, which learn nothing: state one as a base rate such as `6 of 20 by 2025-12-31`".to_owned());
    };
    if !doubt.is_cumulative {
        return Err("the chance in doubt is that of one day alone, after others".to_owned());
    }
    // When the clock started, at the earliest and at the latest; a known day counts as a moment.
    let (earliest, latest) = match when.after {
        None => (0.0, 0.0),
        Some(parent) => match facts.dated(parent).filter(|known| known.agreed()) {
            Some(known) if known.by.is_finite() => {
                (if known.by - known.after <= 1.0 { known.by } else { known.after }, known.by)
            }
            Some(known) if known.after >= model.horizon_days() => {
                return Err("its clock never started, so its outcome says nothing about its chance".to_owned());
            }
            _ => return Err("when its clock started is not known".to_owned()),
        },
    };
    let (first_deadline, deadline) = (earliest + doubt.day, latest + doubt.day);
    for (trigger, ratio) in &when.ratios {
        if *ratio != 1.0 && !ruled_out(trigger, deadline, facts) {
            return Err(
                "a hazard ratio applied, or may have, so that its outcome does not move the stated chance alone"
                    .to_owned(),
            );
        }
    }
    if let Some(trigger) = &when.requires {
        let held = match trigger {
            Trigger::Condition(condition) => facts.truth(condition) == Some(true),
            Trigger::Date(_) | Trigger::All(_) | Trigger::Any(_) => false,
        };
        if !held {
            return Err("what it requires did not hold all along, or may not have".to_owned());
        }
    }
    let happened = match (facts.came_by(id, first_deadline), facts.came_by(id, deadline)) {
        (Some(true), _) => true,
        (_, Some(false)) => false,
        _ => {
            return Err(format!(
                "its outcome does not tell whether it happened by day {deadline}, to which its chance belongs"
            ));
        }
    };
    count_case(event, from, &doubt.belief, happened, text, update)
}

fn ruled_out(trigger: &Trigger, deadline: f64, facts: &Facts) -> bool {
    match trigger {
        Trigger::Date(event) => facts.came_by(*event, deadline) == Some(false),
        Trigger::Condition(condition) => facts.truth(condition) == Some(false),
        Trigger::All(parts) => parts.iter().any(|part| ruled_out(part, deadline, facts)),
        Trigger::Any(parts) => parts.iter().all(|part| ruled_out(part, deadline, facts)),
    }
}
