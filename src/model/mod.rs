//! `Document` → [`Model`]: names, kinds, dependence, expressions, the graph; and every check.
//!
//! [`check`] gives meaning to what was written: names become [`EventId`]s, phrases become beliefs, distributions and hazards, conditions
//! become typed trees. It reports every problem of the file; a `Model` exists only if none of them is an error, and after that
//! nothing later can fail because of the file.
//!
//! Time is counted in days after the file's own `as_of`: day 1 is the day after it; `by` day `d` means `t <= d`.

mod belief;
mod cases;
pub mod codes;
mod coherence;
mod condition;
mod decision;
mod definition;
mod event;
mod evidence;
mod finite;
mod graph;
mod group;
mod names;
mod number;
mod question;
mod member_records;
mod reference;
mod relations;
mod resolve;
mod story;
mod tails;
mod truth;
mod when;
mod wording;

pub use belief::{Belief, OptionsBelief, Pool};
pub use condition::{ArithmeticOperator, Condition, Formula};
pub use decision::Decision;
pub use definition::{
    CaseRow, ChanceDefinition, CountDefinition, Definition, Event, Kind, NumberDefinition, Trigger, WhenDefinition,
};
pub use evidence::{Finding, Intervention, Made, News};
pub use group::Group;
pub use number::{CountSpec, NumberSpec};
pub use question::{Question, QuestionTarget};
pub use reference::{Member, ReferenceClass};
pub use relations::relations;
pub(crate) use truth::Known;
pub use when::{HazardDoubt, HazardSpec};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::forecast::{nearest, way_to_name};
use crate::scenario::Document;
use crate::scenario::expression::Expression;
use crate::scenario::phrase::Supposition;
use crate::source::Spanned;
use jiff::civil::Date;
use names::Names;

/// An index into [`Model::events`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub usize);

/// A scenario with its meaning.
#[derive(Debug, Clone)]
pub struct Model {
    /// What it is about.
    pub title: String,
    /// The day whose knowledge the file holds; time 0 is its end.
    pub as_of: Date,
    /// The last day simulated.
    pub horizon: Date,
    /// The name under which its forecasts are recorded.
    pub forecaster: String,
    /// What another tool keeps with the network it came from, word for word.
    pub properties: Vec<String>,
    /// Reference classes in file order.
    pub priors: Vec<ReferenceClass>,
    /// Events in file order.
    pub events: Vec<Event>,
    /// The same in an order in which every event comes after those it depends on.
    pub order: Vec<EventId>,
    /// Decisions in file order, which is that in which they are taken.
    pub decisions: Vec<Decision>,
    /// What outcomes are worth: events that are numbers, which add up.
    pub utilities: Vec<EventId>,
    /// Questions in file order.
    pub questions: Vec<Question>,
    /// What must hold, and what is assumed to.
    pub rules: Vec<ModelRule>,
    /// Dated evidence in file order.
    pub news: Vec<News>,
    /// Interventions.
    pub suppose: Vec<Intervention>,
    /// Events drawn together.
    pub groups: Vec<Group>,
}

/// A condition that must hold (`logic`) or is assumed to (`assume`).
#[derive(Debug, Clone)]
pub struct ModelRule {
    /// As written.
    pub text: String,
    /// Where it is violated.
    pub violated: Condition,
    /// Whether a violation is an error.
    pub must_hold: bool,
    /// Where it stands.
    pub span: crate::source::Span,
}

impl Model {
    /// Whole days from the file's `as_of` to a date; negative before it.
    #[must_use]
    pub fn day(&self, date: Date) -> f64 {
        day_after(self.as_of, date)
    }

    /// The last day simulated, in days after `as_of`.
    #[must_use]
    pub fn horizon_days(&self) -> f64 {
        self.day(self.horizon)
    }

    /// The date of a day counted from `as_of`; the date of the moment `t` is that of the day it lies in.
    #[must_use]
    pub fn date(&self, t: f64) -> Option<Date> {
        if !t.is_finite() {
            return None;
        }
        let days = crate::math::ceil_days(t);
        self.as_of.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
    }

    /// An event by its id.
    #[must_use]
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.0]
    }

    /// The decisions that nobody has taken, by the file or by these suppositions.
    pub fn open_decisions<'a>(&'a self, suppose: &'a [Intervention]) -> impl Iterator<Item = &'a Decision> {
        decision::open(&self.decisions, self.suppose.iter().chain(suppose))
    }

    /// An event in words, where the file has some: its own, those of a question that asks about it just as it stands, or another tool's name of it.
    #[must_use]
    pub fn in_words(&self, id: EventId) -> Option<&str> {
        let event = self.event(id);
        let asks = |question: &&Question| question.given.is_none() && question.target.just_an_event() == Some(id);
        let question = || self.questions.iter().find(asks).map(|question| question.ask.as_str());
        event.ask.as_deref().or_else(question).or(event.label.as_deref())
    }

    /// An event by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<EventId> {
        self.events.iter().position(|event| event.name == name).map(EventId)
    }

    /// What is wrong with the name of something that may be a question or an event, and is neither.
    pub(crate) fn neither_question_nor_event(&self, name: &str) -> Error {
        let questions = self.questions.iter().map(|question| question.name.as_str());
        let events = self.events.iter().map(|event| event.name.as_str());
        let help = match nearest(name, questions.clone().chain(events.clone())) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.questions.is_empty() => way_to_name(name, "events", events),
            None => way_to_name(name, "questions", questions),
        };
        Error::input(format!("no question or event is called `{name}`")).help(help)
    }

    /// Gives meaning to a condition that stands outside of the file, such as `--given`.
    ///
    /// # Errors
    /// Every problem of the condition, with places inside it.
    pub fn condition(&self, expression: &Expression) -> Result<Condition, Diagnostics> {
        let mut found = Diagnostics::new();
        let names = Names::of_model(self);
        let condition = resolve::Resolver::new(&names, &mut found).condition(expression);
        condition.filter(|_| !found.has_errors()).ok_or(found)
    }

    /// Gives meaning to an intervention that stands outside of the file, such as `--suppose`.
    ///
    /// # Errors
    /// Every problem of it, with places inside it.
    pub fn intervention(&self, supposition: &Spanned<Supposition>) -> Result<Intervention, Diagnostics> {
        let mut found = Diagnostics::new();
        let names = Names::of_model(self);
        let intervention = evidence::intervention(supposition, &names, &mut found);
        intervention.filter(|_| !found.has_errors()).ok_or(found)
    }
}

/// Whole days from one date to another.
fn day_after(origin: Date, date: Date) -> f64 {
    f64::from((date - origin).get_days())
}

/// Checks a document and gives it meaning. The model is there unless a diagnostic is an error.
#[must_use]
pub fn check(document: &Document) -> (Option<Model>, Diagnostics) {
    let mut found = Diagnostics::new();
    let header = header(document, &mut found);
    let names = Names::of_document(document, header.as_of, header.horizon, &mut found);
    let mut events = event::events(document, &names, &mut found);
    let groups = group::groups(document, &names, &mut events, &mut found);
    let order = graph::order(&events, &document.events, &mut found);
    let questions = question::questions(document, &names, &header, &mut found);
    let rules = rules(document, &names, &mut found);
    let news = evidence::news(document, &names, &header, &mut found);
    let suppose = evidence::interventions(document, &names, &mut found);
    let (decisions, utilities) = decision::decisions(document, &names, (&events, order.as_deref()), &mut found);
    if let Some(order) = &order {
        decision::means(document, (&events, order), (&decisions, &utilities), (&news, &suppose), &mut found);
    }
    decision::news(&decisions, &names, &news, &mut found);
    if let Some(order) = &order {
        coherence::deadlines(&events, order, header.as_of, &mut found);
    }
    coherence::overall(&events, &mut found);
    member_records::larger_than_their_class(&events, &names.classes, &mut found);
    if document.events.is_empty() && !document.unread.excuses("event") && document.unread_names.is_empty() {
        found.push(
            Diagnostic::new("E0405", BEGINNING, "the scenario has no events")
                .help("write one, for instance `[event.talks]` with `chance = \"45%\"`"),
        );
    }
    if document.as_of.is_none() {
        found.retain(|problem| !COUNTED_FROM_AS_OF.contains(&problem.code));
    }
    if !header.horizon_is_stated {
        found.retain(|problem| !COUNTED_TO_THE_HORIZON.contains(&problem.code));
    }
    found.sort();
    let model = match (found.has_errors(), order) {
        (false, Some(order)) => Some(Model {
            title: document.title.as_ref().map_or_else(String::new, |title| title.value.clone()),
            as_of: header.as_of,
            horizon: header.horizon,
            forecaster: document.forecaster.as_ref().map_or_else(|| "foretell".to_owned(), |name| name.value.clone()),
            properties: document.properties.iter().map(|property| property.value.clone()).collect(),
            priors: names.classes.into_values().flatten().collect(),
            events,
            order,
            decisions,
            utilities,
            questions,
            rules,
            news,
            suppose,
            groups,
        }),
        _ => None,
    };
    (model, found)
}

/// The dates every other check counts from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) as_of: Date,
    pub(crate) horizon: Date,
    /// Whether the horizon is the file's own, or a year after `as_of` stands in.
    pub(crate) horizon_is_stated: bool,
}

/// The beginning of the file: where a key is missing at the top.
const BEGINNING: crate::source::Span = crate::source::Span::new(0, 0);

/// What cannot be said where the file does not say from which day its times count.
const COUNTED_FROM_AS_OF: &[&str] = &[
    "E0602", "E0604", "E0605", "E0606", "E0612", "W0617", "W0520", "W0525", "E0704", "E0705", "E0803", "W0804",
    "E0806", "E0809",
];
/// What cannot be said where the file does not say up to which day it is simulated.
const COUNTED_TO_THE_HORIZON: &[&str] = &["E0605", "W0617", "E0705", "W0804", "E0809"];

/// Reads `as_of` and `horizon`; where one is missing or wrong it is reported once, and a stand-in lets the other checks run.
/// The stand-in for the horizon lies a year on, and after everything that the file dates, so that it cuts nothing off.
fn header(document: &Document, found: &mut Diagnostics) -> Header {
    let as_of = document.as_of.as_ref().map(|date| date.value);
    let as_of = as_of.unwrap_or_else(|| jiff::civil::date(2000, 1, 1));
    let horizon = document.horizon.as_ref().map(|date| date.value);
    if let Some(written) = &document.horizon
        && document.as_of.is_some()
        && written.value <= as_of
    {
        found.push(
            Diagnostic::new(
                "E0602",
                written.span,
                format!("the horizon must be later than `as_of` ({as_of}), but is {}", written.value),
            )
            .help("the horizon is the last day that is simulated; put it after the last deadline"),
        );
    }
    let first_date = document.events.iter().find_map(|event| event.when.as_ref().map(|(span, _)| (event, *span)));
    if let (None, Some((event, span))) = (horizon, first_date)
        && !document.unread.excuses("horizon")
    {
        found.push(
            Diagnostic::new(
                "E0603",
                span,
                format!(
                    "`{}` is a date event, but the file does not say up to which day it is simulated: `horizon` is missing",
                    event.name.value
                ),
            )
            .help("write, at the top of the file, for instance `horizon = 2026-12-31`"),
        );
    }
    let questions = document.questions.iter().filter_map(|question| question.closes.as_ref());
    let news = document.news.iter().filter_map(|news| news.date.as_ref());
    let year_on = as_of.checked_add(jiff::Span::new().days(365)).unwrap_or(as_of);
    let latest = questions.chain(news).map(|date| date.value).max().unwrap_or(as_of);
    let far = latest.tomorrow().unwrap_or(latest).max(year_on);
    let stated = horizon.filter(|date| *date > as_of);
    if let Some(horizon) = stated
        && day_after(as_of, horizon) > 36_600.0
    {
        found.push(
            Diagnostic::new(
                "E0604",
                document.horizon.as_ref().map(|date| date.span),
                format!("the horizon must be within a hundred years of `as_of` ({as_of}), but is {horizon}"),
            )
            .help("choose the last day that a question asks about"),
        );
        return Header { as_of, horizon: far, horizon_is_stated: false };
    }
    Header { as_of, horizon: stated.unwrap_or(far), horizon_is_stated: stated.is_some() }
}

fn rules(document: &Document, names: &Names, found: &mut Diagnostics) -> Vec<ModelRule> {
    let logic = document.logic.iter().map(|rule| (rule, true));
    let assume = document.assume.iter().map(|rule| (rule, false));
    logic
        .chain(assume)
        .filter_map(|(rule, must_hold)| {
            let expression = rule.rule.as_ref()?;
            let condition = resolve::Resolver::new(names, found).condition(expression)?;
            let violated = if rule.never { condition } else { condition.negated() };
            let word = if rule.never { "never" } else { "always" };
            Some(ModelRule { text: format!("{word} {expression}"), violated, must_hold, span: expression.span })
        })
        .collect()
}
