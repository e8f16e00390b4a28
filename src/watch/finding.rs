//! What will be known by a day: the findings that a forecast may wait for.

use super::report::{Event, ToldAs};
use crate::model::{Condition, EventId, Formula, Kind, Model, Question, QuestionTarget};
use crate::plan::Undecided;
use jiff::civil::Date;

/// Something that will be known, and the conditions that its outcomes come to; exactly one of them holds in each world.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) name: String,
    pub(super) kind: Event,
    pub(super) ask: Option<String>,
    pub(super) known_on: Option<Date>,
    pub(super) outcomes: Vec<(String, Condition)>,
    /// Whether it is only looked at for the calendar.
    pub(super) only_dated: bool,
}

/// A number whose outcomes are ranges, once its quantiles are known.
#[derive(Debug, Clone)]
pub(super) struct Ranged {
    pub(super) finding: Finding,
    pub(super) number: Formula,
}

/// What may be waited for.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) ready: Vec<Finding>,
    pub(super) numbers: Vec<Ranged>,
    pub(super) too_late: Vec<String>,
    pub(super) closed: Vec<String>,
    /// What the target comes to as it stands.
    pub(super) itself: Vec<String>,
    /// Open questions with a condition.
    pub(super) conditional: Vec<String>,
    /// What an open decision changes.
    pub(super) undecided: Vec<String>,
    /// What stands under another name.
    pub(super) told_as: Vec<ToldAs>,
}

/// The days of the calendar on which date events are looked at, counted from today.
const CALENDAR_DAYS: [i64; 6] = [7, 14, 30, 60, 90, 180];

/// Everything but the target itself that is known by the end of a day: other questions that close by then, date events that have happened by
/// then or not, and events without a day. An event that a question asks about just as it stands is that question.
pub(super) fn findings(model: &Model, target: &Question, (today, by): (Date, Date), undecided: &Undecided) -> Findings {
    let mut found = Findings::default();
    let itself = condition_of(target);
    let mut asked: Vec<EventId> = target.target.just_an_event().into_iter().collect();
    for question in model.questions.iter().filter(|question| question.name != target.name) {
        if question.closes <= today {
            found.closed.push(question.name.clone());
            continue;
        }
        let mut hangs = false;
        question.visit_events(&mut |event| hangs |= undecided.changes(event));
        if hangs {
            found.undecided.push(question.name.clone());
            continue;
        }
        if question.given.is_some() {
            found.conditional.push(question.name.clone());
            continue;
        }
        let is_of_the_event =
            target.target.just_an_event().is_some_and(|event| question.target.just_an_event() == Some(event));
        if is_of_the_event || condition_of(question).is_some_and(|other| Some(&other) == itself.as_ref()) {
            found.itself.push(question.name.clone());
            continue;
        }
        if question.closes > by {
            found.too_late.push(question.name.clone());
            continue;
        }
        // The date event that a question asks for the day of is looked at itself.
        if let QuestionTarget::When(event) = question.target {
            let event = &model.event(event).name;
            if *event != question.name {
                found.told_as.push(ToldAs { name: question.name.clone(), told_as: event.clone() });
            }
            continue;
        }
        if let Some(event) = question.target.just_an_event() {
            let name = &model.event(event).name;
            if *name != question.name && !asked.contains(&event) {
                found.told_as.push(ToldAs { name: name.clone(), told_as: question.name.clone() });
            }
            asked.push(event);
        }
        found.add(model, &question.target, |outcomes| Finding {
            name: question.name.clone(),
            kind: Event::Question,
            ask: Some(question.ask.clone()),
            known_on: Some(question.closes),
            outcomes,
            only_dated: false,
        });
    }
    // A question and the event that it asks about may have one name.
    let event = target.target.just_an_event().map(|event| model.event(event).name.clone());
    let event = event.filter(|name| !found.itself.contains(name));
    found.itself.extend(event);
    // What is decided and what it is worth is no news.
    asked.extend(model.decisions.iter().map(|decision| decision.event).chain(model.utilities.iter().copied()));
    for (at, event) in model.events.iter().enumerate().filter(|(at, _)| !asked.contains(&EventId(*at))) {
        let id = EventId(at);
        if undecided.changes(id) {
            // Where a question of its name is open, too, that stands there already.
            if !found.undecided.contains(&event.name) {
                found.undecided.push(event.name.clone());
            }
            continue;
        }
        let finding = |kind, known_on, outcomes, only_dated| Finding {
            name: event.name.clone(),
            kind,
            ask: model.in_words(id).map(str::to_owned),
            known_on,
            outcomes,
            only_dated,
        };
        let target = match event.kind {
            Kind::Binary => QuestionTarget::Holds(Condition::Event(id)),
            Kind::Categorical { .. } => QuestionTarget::Which(id),
            Kind::Numeric | Kind::Count => QuestionTarget::Value(Formula::Event(id)),
            Kind::Date => {
                let mut days: Vec<Date> = CALENDAR_DAYS
                    .iter()
                    .filter_map(|days| today.checked_add(jiff::Span::new().days(*days)).ok())
                    .filter(|day| *day < by)
                    .collect();
                days.push(by);
                for day in days {
                    let outcomes = yes_or_no(&Condition::ByDay { event: id, day: model.day(day) });
                    found.ready.push(finding(Event::Date, Some(day), outcomes, day < by));
                }
                continue;
            }
        };
        found.add(model, &target, |outcomes| finding(Event::Event, None, outcomes, false));
    }
    found
}

impl Findings {
    fn add(
        &mut self,
        model: &Model,
        target: &QuestionTarget,
        finding: impl FnOnce(Vec<(String, Condition)>) -> Finding,
    ) {
        match target {
            QuestionTarget::Holds(condition) => self.ready.push(finding(yes_or_no(condition))),
            QuestionTarget::Which(event) => self.ready.push(finding(options(model, *event))),
            QuestionTarget::Value(number) => {
                self.numbers.push(Ranged { finding: finding(Vec::new()), number: number.clone() });
            }
            QuestionTarget::When(_) => {}
        }
    }
}

/// What a question comes to, if that is one condition.
fn condition_of(question: &Question) -> Option<Condition> {
    match &question.target {
        QuestionTarget::Holds(condition) => Some(condition.clone()),
        _ => None,
    }
}

pub(super) fn yes_or_no(condition: &Condition) -> Vec<(String, Condition)> {
    vec![("yes".to_owned(), condition.clone()), ("no".to_owned(), condition.clone().negated())]
}

pub(super) fn options(model: &Model, event: EventId) -> Vec<(String, Condition)> {
    let options = model.event(event).options().iter().enumerate();
    options.map(|(at, name)| (name.clone(), Condition::Options { event, options: vec![at] })).collect()
}

impl Ranged {
    /// The ranges between cuts in rising order, each up to and including its upper end.
    pub(super) fn cut(self, cuts: &[f64]) -> Finding {
        let mut finding = self.finding;
        let number = || Box::new(self.number.clone());
        let below = |cut: f64| Condition::LessOrEqual(number(), Box::new(Formula::Constant(cut)));
        let shown = shown(cuts);
        let mut lower: Option<(f64, &str)> = None;
        for (cut, name) in cuts.iter().zip(&shown) {
            finding.outcomes.push(match lower {
                None => (format!("at most {name}"), below(*cut)),
                Some((lower, from)) => (format!("over {from} to {name}"), below(*cut).and(below(lower).negated())),
            });
            lower = Some((*cut, name.as_str()));
        }
        if let Some((lower, from)) = lower {
            finding.outcomes.push((format!("over {from}"), below(lower).negated()));
        }
        finding
    }
}

/// Cuts with four significant digits, and none that says nothing beside how far they lie apart, unless two would read the same.
fn shown(cuts: &[f64]) -> Vec<String> {
    let spread = cuts.last().zip(cuts.first()).map_or(0.0, |(last, first)| last - first);
    let exactly = |value: f64, digits: usize| {
        let rounded: f64 = format!("{value:.digits$e}").parse().unwrap_or(value);
        rounded.to_string()
    };
    let roughly = |value: f64| match usize::try_from(2 + exponent(value) - exponent(spread)) {
        Ok(digits) => exactly(value, digits.min(3)),
        Err(_) => "0".to_owned(),
    };
    let rough: Vec<String> = cuts.iter().map(|cut| roughly(*cut)).collect();
    if spread > 0.0 && rough.windows(2).all(|pair| pair[0] != pair[1]) {
        return rough;
    }
    cuts.iter().map(|cut| exactly(*cut, 3)).collect()
}

/// The power of ten of a number's first digit; 0 of 0.
fn exponent(value: f64) -> i32 {
    format!("{value:e}").rsplit_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn cuts_are_as_exact_as_they_lie_apart() {
        assert_eq!(shown(&[-0.289_81, 0.000_257_8, 0.290_52]), ["-0.29", "0", "0.291"]);
        assert_eq!(shown(&[2.46, 2.8081, 3.1702]), ["2.46", "2.808", "3.17"]);
        assert_eq!(shown(&[41_230.0, 57_345.0, 80_012.0]), ["41200", "57300", "80000"]);
        // Two that would read the same are told apart.
        assert_eq!(shown(&[0.001_234_5, 0.002, 5.0]), ["0.001234", "0.002", "5"]);
        assert_eq!(shown(&[3.25]), ["3.25"]);
    }
}
