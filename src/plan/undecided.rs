//! What open decisions leave open: a figure that none of them bears on stands whatever is decided.

use super::Situation;
use crate::error::Error;
use crate::model::{Decision, Definition, EventId, Finding, Intervention, Kind, Made, Model};

/// Of each event, whether an open decision changes it.
#[derive(Debug, Clone)]
pub(crate) struct Undecided {
    open: Vec<EventId>,
    changed: Vec<bool>,
}

impl Undecided {
    /// What the decisions change that nobody has taken in a situation.
    pub(crate) fn of(model: &Model, situation: &Situation) -> Self {
        let open: Vec<EventId> = model.open_decisions(&situation.suppose).map(|decision| decision.event).collect();
        let mut changed = vec![false; model.events.len()];
        open.iter().for_each(|event| changed[event.0] = true);
        for id in &model.order {
            let mut depends = false;
            model.event(*id).visit_parents(&mut |parent| depends |= changed[parent.0]);
            changed[id.0] |= depends;
        }
        Self { open, changed }
    }

    /// Whether an event is an open decision or depends on one.
    pub(crate) fn changes(&self, event: EventId) -> bool {
        self.changed[event.0]
    }

    /// Refuses what is known of events that hang on what is yet to be decided.
    ///
    /// # Errors
    /// If anything is, by its name.
    pub(crate) fn nothing_known(&self, model: &Model, situation: &Situation) -> Result<(), Error> {
        let mut about: Option<(String, EventId)> = None;
        let mut look = |text: &str, event: EventId| {
            if self.changes(event) && about.is_none() {
                about = Some((text.to_owned(), event));
            }
        };
        for news in model.news.iter().filter(|news| news.date <= situation.as_of) {
            news.finding.visit_events(&mut |event| look(&news.text, event));
        }
        for (text, condition) in &situation.given {
            Finding::Holds(condition.clone()).visit_events(&mut |event| look(text, event));
        }
        if situation.as_of > model.as_of {
            for (at, event) in model.events.iter().enumerate() {
                if matches!(&event.definition, Definition::When(when) if when.observed) {
                    look(&format!("nothing is heard of {}", event.name), EventId(at));
                }
            }
        }
        about.map_or(Ok(()), |(text, event)| {
            let name = &model.event(event).name;
            Err(Error::input(format!("`{text}` is known, but `{name}` depends on what is yet to be decided"))
                .help("suppose the decision that was taken before it with `--suppose`"))
        })
    }

    /// A situation in which everything is decided, for a figure on which the open decisions do not bear; `visit` goes through the events that the
    /// figure speaks of. Which option each decision gets is of no account then.
    ///
    /// # Errors
    /// If the figure, or anything that is known, hangs on what is yet to be decided.
    pub(crate) fn settled(
        &self,
        model: &Model,
        situation: &Situation,
        visit: impl FnOnce(&mut dyn FnMut(EventId)),
    ) -> Result<Situation, Error> {
        if self.open.is_empty() {
            return Ok(situation.clone());
        }
        let mut hangs = false;
        visit(&mut |event| hangs |= self.changes(event));
        if hangs {
            return decided(model, &situation.suppose).map(|()| situation.clone());
        }
        self.nothing_known(model, situation)?;
        let mut settled = situation.clone();
        settled.suppose.extend(self.open.iter().map(|event| {
            let made = match model.event(*event).kind {
                Kind::Binary => Made::Binary(false),
                _ => Made::Option(0),
            };
            Intervention { event: *event, made, text: String::new() }
        }));
        Ok(settled)
    }
}

/// A forecast needs every decision to be taken: it says what follows from what we do, not what we do.
///
/// # Errors
/// If one is open, with its options.
pub(crate) fn decided(model: &Model, suppose: &[Intervention]) -> Result<(), Error> {
    let open: Option<&Decision> = model.open_decisions(suppose).next();
    let Some(open) = open else { return Ok(()) };
    let event = model.event(open.event);
    let name = &event.name;
    let (phrase, options) = match event.options() {
        [] => (name.clone(), format!("`{name}` or `not {name}`")),
        [first, ..] => {
            let all: Vec<String> = event.options().iter().map(|option| format!("`{option}`")).collect();
            (format!("{name} is {first}"), all.join(", "))
        }
    };
    Err(Error::input(format!("`{name}` is not decided, so there is no forecast: {options}"))
        .help(format!("say what is done with `--suppose \"{phrase}\"`; `foretell decide` says what is best")))
}
