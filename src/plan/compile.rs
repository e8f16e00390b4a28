//! `Model` and `Situation` → `Plan`.

use super::draws::{Draws, Known};
use super::known::{Facts, moved_on, unsettled};
use super::unfold;
use super::{Ask, Asked, DateEvidence, FindingId, Operation, Plan, Rule, Situation};
use crate::model::{
    Condition, Definition, Event, EventId, Finding, Formula, Kind, Known as _, Made, Model, News, QuestionTarget,
};
use std::collections::BTreeMap;

/// At most this many yes/no questions have their pairwise joint probabilities counted.
const JOINT_LIMIT: usize = 64;

/// A general piece of evidence that is applied once all columns stand.
enum Late {
    Require(Condition),
    Weigh(Condition, f64),
    Believe(Condition, f64),
}

/// Compiles a scenario as looked at from a situation. Asks come in this order: every event in file order, then every question. A chance in doubt that
/// several draws share is a draw of the plan: what comes of one of them speaks of the others.
#[must_use]
pub fn compile(model: &Model, situation: &Situation) -> Plan {
    unfold::shared(draft(model, situation))
}

/// The same with every doubtful input outside of the plan, as a parameter: the draws of a world know its mean and nothing else.
#[must_use]
pub fn draft(model: &Model, situation: &Situation) -> Plan {
    let mut draws = Draws::default();
    draws.columns.plan.horizon_days = model.horizon_days();
    for intervention in model.suppose.iter().chain(&situation.suppose) {
        draws.made.insert(intervention.event, intervention.made);
    }
    let late = evidence(model, situation, &mut draws);
    groups(model, &mut draws);
    for id in &model.order {
        draws.event(*id, model.event(*id));
    }
    for (late, finding) in late {
        let label = draws.columns.plan.findings[finding.0 as usize].clone();
        let (condition, operation): (Condition, fn(super::PlaneId, f64, FindingId) -> Operation) = match &late {
            Late::Require(condition) => (condition.clone(), |plane, _, finding| Operation::Require { plane, finding }),
            Late::Weigh(condition, _) => {
                (condition.clone(), |plane, ratio, finding| Operation::Weigh { plane, ratio, finding })
            }
            Late::Believe(condition, _) => {
                (condition.clone(), |plane, probability, finding| Operation::Believe { plane, probability, finding })
            }
        };
        let figure = match late {
            Late::Require(_) => 1.0,
            Late::Weigh(_, figure) | Late::Believe(_, figure) => figure,
        };
        let plane = draws.columns.condition(&condition, &label);
        draws.columns.step(&label, operation(plane, figure, finding));
    }
    asks(model, &mut draws);
    for rule in &model.rules {
        let plane = draws.columns.condition(&rule.violated, &rule.text);
        draws.columns.plan.rules.push(Rule { name: rule.text.clone(), plane, must_hold: rule.must_hold });
    }
    draws.columns.plan
}

fn groups(model: &Model, draws: &mut Draws) {
    for group in &model.groups {
        let names: Vec<&str> = group.events.iter().map(|id| model.event(*id).name.as_str()).collect();
        let streams = names.iter().map(|name| draws.stream((*name).to_owned())).collect();
        let out: Vec<_> = group.events.iter().map(|_| draws.columns.number()).collect();
        for (id, column) in group.events.iter().zip(&out) {
            draws.uniforms.insert(*id, *column);
        }
        let factor = group.factor.clone();
        draws.columns.step(&names.join(", "), Operation::CorrelatedUniforms { out, streams, factor });
    }
}

/// Sorts what is known into what an event is drawn with and what is applied later. What became known after a belief is required of the
/// worlds in which the belief was met, which are drawn without it.
fn evidence(model: &Model, situation: &Situation, draws: &mut Draws) -> Vec<(Late, FindingId)> {
    let mut late: Vec<(Late, FindingId)> = Vec::new();
    let now = model.day(situation.quiet_until.map_or(situation.as_of, |quiet| quiet.max(situation.as_of)));
    let mut news: Vec<&News> = model.news.iter().filter(|news| news.date <= situation.as_of).collect();
    news.sort_by_key(|news| news.date);
    let mut findings: Vec<(Told, Finding)> = news
        .into_iter()
        .map(|news| (Told { text: news.text.clone(), day: model.day(news.date) }, news.finding.clone()))
        .collect();
    let nothing = Facts::new(model);
    let mut facts = Facts::new(model);
    draws.made.iter().for_each(|(event, made)| facts.make(*event, *made));
    findings.retain(|(_, finding)| !is_made(finding, &draws.made, &nothing, &facts));
    findings.iter().for_each(|(_, finding)| facts.learn(finding));
    // What is given ends no belief: it asks about the worlds in which the belief was met.
    let mut settled = facts.clone();
    // News about what is made so has no say; what the command line takes as given must agree with it.
    for (text, condition) in &situation.given {
        let parts = given_parts(model, draws, condition);
        let told = || Told { text: text.clone(), day: f64::INFINITY };
        findings.extend(parts.into_iter().map(|finding| (told(), finding)));
    }
    findings.iter().for_each(|(_, finding)| facts.learn(finding));
    let silent = silent(model, now, &draws.made, &facts);
    silent.iter().for_each(|event| settled.not_by(*event, now));
    let findings = unsettled(moved_on(findings), &settled);
    // Silence wears no belief off, so it stands before all of them.
    let moves_on = is_followed(&findings);
    if moves_on {
        silence(model, now, &silent, draws);
    }
    let mut stage = 0;
    let mut believed: Option<f64> = None;
    for (told, finding) in findings {
        let is_belief = matches!(finding, Finding::Now(..));
        if !is_belief && let Some(day) = believed.take() {
            quiet_before(model, (stage, day), &facts, draws, &mut late);
            stage += 1;
        }
        if is_belief {
            believed = Some(told.day);
        }
        let id = draws.finding(told.text, stage);
        let known = match finding {
            Finding::Binary(event, value) => Ok((event, Known::Binary(value), Condition::Event(event), value)),
            Finding::Option(event, option) => {
                Ok((event, Known::Option(option), Condition::Options { event, options: vec![option] }, true))
            }
            Finding::Number(event, value) => {
                let equal = Condition::Equal(Box::new(Formula::Event(event)), Box::new(Formula::Constant(value)));
                Ok((event, Known::Number(value), equal, true))
            }
            Finding::HappenedOn(event, day) if stage > 0 => Err(Late::Require(on_day(event, day))),
            Finding::NotBy(event, day) if stage > 0 => Err(Late::Require(Condition::ByDay { event, day }.negated())),
            Finding::Never(event) if stage > 0 => Err(Late::Require(Condition::Happens(event).negated())),
            Finding::HappenedOn(event, day) => {
                dated(draws, &mut late, event, DateEvidence::On(day), id);
                continue;
            }
            Finding::NotBy(event, day) => {
                dated(draws, &mut late, event, DateEvidence::NotBy(day), id);
                continue;
            }
            Finding::Never(event) => {
                dated(draws, &mut late, event, DateEvidence::Never, id);
                continue;
            }
            Finding::Holds(condition) => Err(Late::Require(condition)),
            Finding::Hint(condition, ratio) => Err(Late::Weigh(condition, ratio)),
            Finding::Now(condition, probability) => Err(Late::Believe(condition, probability)),
        };
        match known {
            Ok((event, value, condition, holds)) => {
                // No drawn world has just the value of a continuous number.
                let is_drawn = stage == 0 || matches!(model.event(event).definition, Definition::Number(_));
                match draws.known.entry(event) {
                    std::collections::btree_map::Entry::Vacant(entry) if is_drawn => {
                        entry.insert((value, id));
                    }
                    _ => {
                        let condition = if holds { condition } else { condition.negated() };
                        late.push((Late::Require(condition), id));
                    }
                }
            }
            Err(one) => late.push((one, id)),
        }
    }
    if !moves_on {
        silence(model, now, &silent, draws);
    }
    late
}

/// Where a finding comes from.
struct Told {
    text: String,
    /// Infinite if it is given.
    day: f64,
}

/// Whether anything but beliefs becomes known after a belief.
fn is_followed(findings: &[(Told, Finding)]) -> bool {
    let is_belief = |(_, finding): &(Told, Finding)| matches!(finding, Finding::Now(..));
    let first = findings.iter().position(is_belief);
    first.is_some_and(|first| !findings[first..].iter().all(is_belief))
}

/// Of events that have come since something was believed: on that day they had not, if they would have been reported.
fn quiet_before(
    model: &Model,
    (stage, day): (u32, f64),
    facts: &Facts<'_>,
    draws: &mut Draws,
    late: &mut Vec<(Late, FindingId)>,
) {
    if day <= 0.0 {
        return;
    }
    for (at, event) in model.events.iter().enumerate() {
        let id = EventId(at);
        let is_observed = matches!(&event.definition, Definition::When(when) if when.observed);
        let came_later = facts.dated(id).is_some_and(|(after, by)| after >= day && by.is_finite());
        let is_known =
            matches!(draws.known.get(&id), Some((Known::Date(DateEvidence::NotBy(quiet)), _)) if *quiet >= day);
        if is_observed && came_later && !is_known && !draws.made.contains_key(&id) {
            let finding = draws.finding(format!("{} had not happened by then", event.name), stage);
            late.push((Late::Require(Condition::ByDay { event: id, day }.negated()), finding));
        }
    }
}

/// That a date event happens on a day.
fn on_day(event: EventId, day: f64) -> Condition {
    let before = Condition::ByDay { event, day: day - 1.0 }.negated();
    Condition::And(Box::new(Condition::ByDay { event, day }), Box::new(before))
}

/// Adds what is known of a date. What says no more than is known already adds nothing; what contradicts it is required of the drawn
/// dates, and leaves no world.
fn dated(
    draws: &mut Draws,
    late: &mut Vec<(Late, FindingId)>,
    event: EventId,
    evidence: DateEvidence,
    finding: FindingId,
) {
    use DateEvidence::{Never, NotBy, On};
    let known = match draws.known.get(&event) {
        Some((Known::Date(known), _)) => Some(*known),
        _ => None,
    };
    match (known, evidence) {
        (None, _) | (Some(Never | NotBy(_)), Never) => {
            draws.known.insert(event, (Known::Date(evidence), finding));
        }
        (Some(NotBy(known)), NotBy(day)) if day >= known => {
            draws.known.insert(event, (Known::Date(evidence), finding));
        }
        (Some(NotBy(known)), On(day)) if day > known => {
            draws.known.insert(event, (Known::Date(evidence), finding));
        }
        (Some(NotBy(_) | Never), NotBy(_)) => {}
        (Some(On(day)), NotBy(known)) if day > known => {}
        (Some(On(known)), On(day)) if day == known => {}
        (Some(_), On(day)) => late.push((Late::Require(on_day(event, day)), finding)),
        (Some(On(_)), NotBy(day)) => late.push((Late::Require(Condition::ByDay { event, day }.negated()), finding)),
        (Some(On(_)), Never) => late.push((Late::Require(Condition::Happens(event).negated()), finding)),
    }
}

/// Whether a finding is about nothing but what is made so by intervention, and so says nothing.
fn is_made(finding: &Finding, made: &BTreeMap<EventId, Made>, nothing: &Facts<'_>, facts: &Facts<'_>) -> bool {
    match finding {
        Finding::Binary(event, _)
        | Finding::Option(event, _)
        | Finding::Number(event, _)
        | Finding::HappenedOn(event, _)
        | Finding::NotBy(event, _)
        | Finding::Never(event) => made.contains_key(event),
        Finding::Holds(condition) | Finding::Hint(condition, _) | Finding::Now(condition, _) => {
            facts.truth(condition).is_some() && nothing.truth(condition).is_none()
        }
    }
}

/// The date events that would have been reported by the day looked from if they had happened, and were not.
fn silent(model: &Model, now: f64, made: &BTreeMap<EventId, Made>, facts: &Facts<'_>) -> Vec<EventId> {
    if now <= 0.0 {
        return Vec::new();
    }
    let events = (0..model.events.len()).map(EventId);
    events
        .filter(|id| {
            let observed = matches!(&model.event(*id).definition, Definition::When(when) if when.observed);
            observed && !made.contains_key(id) && !facts.has_come(*id, now)
        })
        .collect()
}

/// What has not been reported by the day looked from has not happened by then.
fn silence(model: &Model, now: f64, silent: &[EventId], draws: &mut Draws) {
    for id in silent {
        let id = *id;
        match draws.known.get(&id) {
            Some((Known::Date(DateEvidence::NotBy(day)), finding)) if *day < now => {
                let finding = *finding;
                draws.known.insert(id, (Known::Date(DateEvidence::NotBy(now)), finding));
            }
            Some(_) => {}
            None => {
                let finding = draws.finding(format!("{} has not happened yet", model.event(id).name), 0);
                draws.known.insert(id, (Known::Date(DateEvidence::NotBy(now)), finding));
            }
        }
    }
}

/// The findings that a condition of the command line comes to: one, or where an exact value of a number is asked for beside other things
/// (`x = 2 and rain`), one for each of them. Worlds are drawn with such a value; among drawn ones none would have it.
fn given_parts(model: &Model, draws: &Draws, condition: &Condition) -> Vec<Finding> {
    fn sets_a_number(model: &Model, draws: &Draws, condition: &Condition) -> bool {
        match condition {
            Condition::And(left, right) => sets_a_number(model, draws, left) || sets_a_number(model, draws, right),
            _ => match given(model, draws, condition) {
                Finding::Number(event, _) => matches!(model.event(event).definition, Definition::Number(_)),
                _ => false,
            },
        }
    }
    match condition {
        Condition::And(left, right) if sets_a_number(model, draws, condition) => {
            [left, right].into_iter().flat_map(|part| given_parts(model, draws, part)).collect()
        }
        _ => vec![given(model, draws, condition)],
    }
}

/// A condition of the command line as the finding that is cheapest to hold to. Of what we make so it is required like any
/// other: what contradicts it is impossible.
fn given(model: &Model, draws: &Draws, condition: &Condition) -> Finding {
    let drawn = |event: &EventId| -> bool {
        matches!(model.event(*event).definition, Definition::Chance(_) | Definition::Options(_))
            && !draws.made.contains_key(event)
    };
    match condition {
        Condition::Event(event) if drawn(event) => Finding::Binary(*event, true),
        Condition::Not(inner) => match inner.as_ref() {
            Condition::Event(event) if drawn(event) => Finding::Binary(*event, false),
            _ => Finding::Holds(condition.clone()),
        },
        Condition::Options { event, options } if drawn(event) && options.len() == 1 => {
            Finding::Option(*event, options[0])
        }
        Condition::Equal(left, right) => match (left.as_ref(), right.as_ref()) {
            (Formula::Event(event), Formula::Constant(value)) | (Formula::Constant(value), Formula::Event(event))
                if matches!(model.event(*event).definition, Definition::Number(_) | Definition::Count(_))
                    && !draws.made.contains_key(event) =>
            {
                Finding::Number(*event, *value)
            }
            _ => Finding::Holds(condition.clone()),
        },
        Condition::And(by, not_before) => match (by.as_ref(), not_before.as_ref()) {
            (Condition::ByDay { event, day }, Condition::Not(before))
                if !draws.made.contains_key(event)
                    && matches!(before.as_ref(), Condition::ByDay { event: same, day: eve } if same == event && *eve == day - 1.0) =>
            {
                Finding::HappenedOn(*event, *day)
            }
            _ => Finding::Holds(condition.clone()),
        },
        _ => Finding::Holds(condition.clone()),
    }
}

fn asks(model: &Model, draws: &mut Draws) {
    for (at, event) in model.events.iter().enumerate() {
        let what = asked(EventId(at), event, draws);
        draws.columns.plan.asks.push(Ask { name: event.name.clone(), what, given: None });
    }
    for question in &model.questions {
        let label = question.name.as_str();
        let what = match &question.target {
            QuestionTarget::Holds(condition) => Asked::Binary(draws.columns.condition(condition, label)),
            QuestionTarget::Which(event) | QuestionTarget::When(event) => asked(*event, model.event(*event), draws),
            QuestionTarget::Value(formula) => Asked::Number(draws.columns.formula_column(formula, label)),
        };
        let given = question.given.as_ref().map(|condition| draws.columns.condition(condition, label));
        let plan = &mut draws.columns.plan;
        if given.is_none() && matches!(what, Asked::Binary(_)) && plan.joints.len() < JOINT_LIMIT {
            plan.joints.push(plan.asks.len());
        }
        plan.asks.push(Ask { name: question.name.clone(), what, given });
    }
}

fn asked(id: EventId, event: &Event, draws: &Draws) -> Asked {
    match event.kind {
        Kind::Binary => Asked::Binary(draws.columns.event_plane(id)),
        Kind::Categorical { .. } => Asked::Categorical(draws.columns.event_options(id).to_vec()),
        Kind::Numeric | Kind::Count => Asked::Number(draws.columns.event_number(id)),
        Kind::Date => Asked::Date(draws.columns.event_number(id)),
    }
}
