//! Events and questions as what can be looked at in every world.
//!
//! Each becomes some bit columns of which at most one holds, added to the plan: so the same columns are counted in simulated worlds and
//! read by exact inference.

use super::Called;
use super::bands::{Banded, Threshold};
use super::moment;
use super::report::ToldKind;
use super::words::{band_words, number};
use crate::model::{Condition, Definition, Event, EventId, Formula, Model, Question, QuestionTarget};
use crate::plan::{Ask, Asked, Comparison, Logic, NumberId, Operand, Operation, Plan, PlaneId, Step};
use crate::scenario::names::in_words;
use crate::simulate::joint::{Facet, Moment};
use jiff::civil::Date;

/// An event or question of a scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Its place in the plan's asks.
    pub(super) ask: usize,
    pub(super) name: &'a str,
    pub(super) question: Option<&'a Question>,
    /// The event that is asked about as a whole, if one is.
    pub(super) event: Option<EventId>,
}

impl<'a> Subject<'a> {
    /// By its place in the plan's asks: every event, then every question.
    pub(super) fn new(ask: usize, model: &'a Model) -> Self {
        if let Some(event) = model.events.get(ask) {
            return Self { ask, name: &event.name, question: None, event: Some(EventId(ask)) };
        }
        let question = &model.questions[ask - model.events.len()];
        let event = match &question.target {
            QuestionTarget::Which(event)
            | QuestionTarget::When(event)
            | QuestionTarget::Value(Formula::Event(event)) => Some(*event),
            QuestionTarget::Holds(_) | QuestionTarget::Value(_) => None,
        };
        Self { ask, name: &question.name, question: Some(question), event }
    }

    /// The number it is about, if it is one.
    pub(super) fn formula(&self) -> Option<Formula> {
        match self.question.map(|question| &question.target) {
            Some(QuestionTarget::Value(formula)) => Some(formula.clone()),
            Some(_) => None,
            None => self.event.map(Formula::Event),
        }
    }
}

/// The event whose words tell a subject, and the day up to which they are meant where that is not the last one of the scenario.
type OfEvent = Option<(EventId, Option<Date>)>;

/// How the file tells the outcomes of a subject: its own words, or those of the event that it asks about, as it is or up to a day.
fn story<'m>(subject: Subject<'_>, model: &'m Model) -> (&'m [String], OfEvent) {
    let up_to = |id: EventId, day: Option<Date>| {
        let words = model.event(id).story.as_slice();
        (words, (!words.is_empty()).then_some((id, day.filter(|day| *day < model.horizon))))
    };
    let none = (<&'m [String]>::default(), None);
    let Some(question) = subject.ask.checked_sub(model.events.len()).map(|at| &model.questions[at]) else {
        return subject.event.map_or(none, |id| up_to(id, None));
    };
    if !question.story.is_empty() {
        return (question.story.as_slice(), None);
    }
    match &question.target {
        QuestionTarget::Which(id) | QuestionTarget::Holds(Condition::Event(id) | Condition::Happens(id)) => {
            up_to(*id, None)
        }
        QuestionTarget::When(id) => up_to(*id, Some(question.closes)),
        QuestionTarget::Holds(Condition::ByDay { event, day }) => up_to(*event, model.date(*day)),
        _ => none,
    }
}

/// The one event that a subject asks about, as it is or up to a day.
fn about(subject: Subject<'_>) -> Option<EventId> {
    match subject.question.map(|question| &question.target) {
        Some(QuestionTarget::Holds(
            Condition::Event(id) | Condition::Happens(id) | Condition::ByDay { event: id, .. },
        )) => Some(*id),
        _ => subject.event,
    }
}

/// Whether words are those of a question that asks for a day.
fn is_of_a_day(ask: Option<&str>, model: &Model) -> bool {
    let asks_when = |question: &Question| matches!(question.target, QuestionTarget::When(_));
    ask.is_some_and(|ask| model.questions.iter().any(|question| asks_when(question) && question.ask == ask))
}

/// The same by the numbers of a facet with these outcomes.
fn told(kind: ToldKind, story: &[String], outcomes: &[String]) -> Vec<Option<String>> {
    // An option may be called yes or no.
    let is_option = kind == ToldKind::Options;
    let of = |(code, outcome): (usize, &String)| match outcome.as_str() {
        FAILS => None,
        "no" if !is_option => story.first(),
        "yes" if !is_option => story.get(1),
        _ => code.checked_sub(1).and_then(|at| story.get(at)),
    };
    outcomes.iter().enumerate().map(of).map(Option::<&String>::cloned).collect()
}

/// What stories are told over, ready to be looked at.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) is_question: bool,
    pub(super) ask: Option<String>,
    /// What a clause begins with, where the file does not tell the outcome in its own words.
    pub(super) called: String,
    /// Whether it is called by a question for a day, whose answer is that day and no yes.
    pub(super) asks_for_a_day: bool,
    pub(super) kind: ToldKind,
    pub(super) deadline: Option<Date>,
    /// The day on which a question closes.
    pub(super) closes: Option<Date>,
    pub(super) banded: Option<Banded>,
    pub(super) facet: Facet,
    /// What each number of the facet stands for.
    pub(super) outcomes: Vec<String>,
    /// The same as the file tells it, where it does.
    pub(super) told: Vec<Option<String>>,
    /// Whose words these are, if they are an event's.
    pub(super) of_event: OfEvent,
    /// The one event that it asks about.
    pub(super) event: Option<EventId>,
    /// The ask of the extended plan whose outcomes are these, and what each of its options is as a number of the facet; of a yes/no ask: of no, then
    /// of yes.
    pub(super) exact: (usize, Vec<usize>),
}

/// A plan to which columns are added.
#[derive(Debug)]
pub(super) struct Extended {
    pub(super) plan: Plan,
    as_of_file: Date,
    called: Called,
}

/// The options of an event: as another tool calls them, else their names as words.
fn options_in_words(event: &Event) -> Vec<String> {
    let own = |at: usize| event.option_labels.get(at).filter(|label| !label.is_empty()).cloned();
    let options = event.options().iter().enumerate();
    options.map(|(at, option)| own(at).unwrap_or_else(|| in_words(option))).collect()
}

const FAILS: &str = "its condition fails";

impl Extended {
    pub(super) fn new(plan: &Plan, model: &Model, called: Called) -> Self {
        Self { plan: plan.clone(), as_of_file: model.as_of, called }
    }

    fn fill(&mut self, label: &str, operation: impl FnOnce(PlaneId) -> Operation) -> PlaneId {
        let out = PlaneId(self.plan.planes);
        self.plan.planes += 1;
        self.plan.steps.push(Step { label: label.to_owned(), operation: operation(out) });
        out
    }

    fn compare(&mut self, label: &str, comparison: Comparison, left: Operand, right: Operand) -> PlaneId {
        self.fill(label, |out| Operation::Compare { out, comparison, left, right })
    }

    fn logic(&mut self, label: &str, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
        self.fill(label, |out| Operation::Logic { out, logic, left, right })
    }

    /// Where none of some columns holds.
    fn none_of(&mut self, label: &str, planes: &[PlaneId]) -> PlaneId {
        let mut any = planes[0];
        for plane in &planes[1..] {
            any = self.logic(label, Logic::Or, any, *plane);
        }
        self.fill(label, |out| Operation::Not { out, of: any })
    }

    /// Adds what a subject does. `banded` are the bands of a number.
    pub(super) fn add(&mut self, subject: Subject<'_>, banded: Option<Banded>, model: &Model) -> Chosen {
        let Ask { what, given, .. } = self.plan.asks[subject.ask].clone();
        let label = subject.name;
        let words = |text: &str| text.to_owned();
        let event = subject.event.map(|id| model.event(id));
        let deadline = subject.question.map_or(model.horizon, |question| question.closes);
        let (kind, planes, mut outcomes, moment) = match what {
            Asked::Binary(plane) => {
                let condition =
                    match (subject.question.map(|question| &question.target), event.map(|event| &event.definition)) {
                        (Some(QuestionTarget::Holds(condition)), _) | (None, Some(Definition::Holds(condition))) => {
                            Some(condition)
                        }
                        _ => None,
                    };
                let moment = condition.and_then(|condition| moment::moment(condition, model, &self.plan));
                (ToldKind::YesNo, vec![plane], vec![words("no"), words("yes")], moment)
            }
            Asked::Categorical(planes) => {
                let moment = match event.map(|event| &event.definition) {
                    Some(Definition::FirstOf(events)) => moment::first(events, &self.plan),
                    _ => None,
                };
                let options = event.map_or_else(Vec::new, options_in_words);
                (ToldKind::Options, planes, std::iter::once(String::new()).chain(options).collect(), moment)
            }
            Asked::Date(date) => {
                let day = Operand::Constant(crate::math::ceil_days(model.day(deadline)) as f64);
                let by = self.compare(label, Comparison::LessOrEqual, Operand::Column(date), day);
                let moment = Moment::By { date, day: f64::MAX };
                (ToldKind::Date, vec![by], vec![words("no"), words("yes")], Some(moment))
            }
            Asked::Number(column) => {
                let unit = event.and_then(|event| event.unit.as_deref());
                let (planes, outcomes) = self.bands(label, column, banded.as_ref(), unit);
                (ToldKind::Number, planes, outcomes, None)
            }
        };
        let (facet, exact) = match given {
            None => {
                let exact = self.asked(label, kind, &planes);
                let moment = moment.map(|moment| {
                    if planes.len() == 1 { Moment::Last(vec![Moment::Holds(planes[0]), moment]) } else { moment }
                });
                (Facet { planes, moment }, exact)
            }
            Some(given) => {
                let mut met: Vec<PlaneId> =
                    planes.iter().map(|plane| self.logic(label, Logic::And, given, *plane)).collect();
                let moment = moment.map(|moment| {
                    Moment::Last(if planes.len() == 1 {
                        vec![Moment::Holds(met[0]), moment]
                    } else {
                        vec![Moment::Holds(given), moment]
                    })
                });
                if planes.len() == 1 {
                    met.push(self.logic(label, Logic::AndNot, given, planes[0]));
                    outcomes = vec![words(FAILS), words("yes"), words("no")];
                } else {
                    outcomes[0] = words(FAILS);
                }
                let rest = self.none_of(label, &met);
                let codes = (1..=met.len()).chain([0]).collect();
                let of = met.iter().copied().chain([rest]).collect();
                (Facet { planes: met, moment }, (self.ask(label, Asked::Categorical(of)), codes))
            }
        };
        let ask = match (subject.question, subject.event) {
            (Some(question), _) => Some(question.ask.clone()),
            (None, Some(id)) => model.in_words(id).map(str::to_owned),
            (None, None) => None,
        };
        let own_name = event.filter(|_| subject.question.is_none()).and_then(|event| event.label.clone());
        let (story, of_event) =
            if kind == ToldKind::Number { (<&[String]>::default(), None) } else { story(subject, model) };
        let asks_for_a_day = kind == ToldKind::Date
            && story.is_empty()
            && self.called == Called::ByQuestion
            && own_name.is_none()
            && is_of_a_day(ask.as_deref(), model);
        let called = match &ask {
            Some(ask) if self.called == Called::ByQuestion && own_name.is_none() => format!("“{}”", ask.trim()),
            _ => format!("{}:", own_name.unwrap_or_else(|| in_words(subject.name))),
        };
        Chosen {
            id: subject.name.to_owned(),
            is_question: subject.question.is_some(),
            ask,
            called,
            asks_for_a_day,
            kind,
            deadline: (kind == ToldKind::Date).then_some(deadline),
            closes: subject.question.map(|question| question.closes),
            banded,
            facet,
            told: told(kind, story, &outcomes),
            of_event,
            event: about(subject),
            outcomes,
            exact,
        }
    }

    fn ask(&mut self, label: &str, what: Asked) -> usize {
        self.plan.asks.push(Ask { name: label.to_owned(), what, given: None });
        self.plan.asks.len() - 1
    }

    /// An ask whose outcomes are those of the columns.
    fn asked(&mut self, label: &str, kind: ToldKind, planes: &[PlaneId]) -> (usize, Vec<usize>) {
        match (kind, planes) {
            (ToldKind::YesNo | ToldKind::Date, [plane]) => (self.ask(label, Asked::Binary(*plane)), vec![0, 1]),
            (ToldKind::Number, planes) => {
                let undefined = self.none_of(label, planes);
                let of = planes.iter().copied().chain([undefined]).collect();
                (self.ask(label, Asked::Categorical(of)), (1..=planes.len()).chain([0]).collect())
            }
            _ => (self.ask(label, Asked::Categorical(planes.to_vec())), (1..=planes.len()).collect()),
        }
    }

    /// One column for each band of a number.
    fn bands(
        &mut self,
        label: &str,
        column: NumberId,
        banded: Option<&Banded>,
        unit: Option<&str>,
    ) -> (Vec<PlaneId>, Vec<String>) {
        let thresholds: &[Threshold] = banded.map_or(&[], |banded| &banded.thresholds);
        let starts_with_one_value = banded.is_some_and(|banded| banded.starts_with_one_value);
        let at = Operand::Column(column);
        let mut outcomes = vec!["undefined".to_owned()];
        let below: Vec<PlaneId> = thresholds
            .iter()
            .map(|threshold| {
                let comparison = if threshold.is_low { Comparison::LessOrEqual } else { Comparison::Less };
                self.compare(label, comparison, at, Operand::Constant(threshold.value))
            })
            .collect();
        let mut planes = Vec::with_capacity(below.len() + 1);
        for (place, plane) in below.iter().enumerate() {
            planes.push(match place.checked_sub(1).map(|before| below[before]) {
                None => *plane,
                Some(before) => self.logic(label, Logic::AndNot, *plane, before),
            });
            let before = place.checked_sub(1).map(|before| thresholds[before]);
            outcomes.push(if place == 0 && starts_with_one_value {
                format!("exactly {}", number(thresholds[0].value, unit))
            } else {
                band_words(before, Some(thresholds[place]), unit)
            });
        }
        planes.push(match thresholds.last() {
            Some(last) => {
                let comparison = if last.is_low { Comparison::Less } else { Comparison::LessOrEqual };
                self.compare(label, comparison, Operand::Constant(last.value), at)
            }
            None => self.compare(label, Comparison::LessOrEqual, Operand::Constant(f64::MIN), at),
        });
        outcomes.push(band_words(thresholds.last().copied(), None, unit));
        (planes, outcomes)
    }

    /// A day of a world as a date.
    pub(super) fn date(&self, day: i32) -> Option<Date> {
        self.as_of_file.checked_add(jiff::Span::new().try_days(day).ok()?).ok()
    }
}

/// The number columns of some asks, for a first look.
pub(super) fn number_column(plan: &Plan, ask: usize) -> Option<NumberId> {
    match plan.asks[ask].what {
        Asked::Number(column) => Some(column),
        _ => None,
    }
}
