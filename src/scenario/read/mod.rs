//! From the TOML tree to the [`Document`](super::document::Document): each table field by field, collecting every problem.
//!
//! A value that cannot be read leaves its field empty and a diagnostic behind; reading goes on.

mod decision;
mod event;
mod fields;
mod lists;
mod phrases;
mod values;

use super::codes;
use super::document::{Document, EventNode};
use super::keys::TableName;
use super::names::{name_problem, suggested_name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use fields::Fields;
use std::cell::RefCell;
use toml::de::{DeTable, DeValue};

/// A value of the TOML tree.
type Value<'v> = toml::Spanned<DeValue<'v>>;

/// What is known while reading: the source, the problems so far, and the places that TOML could not make sense of.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    source: &'s Source,
    damaged: Vec<Span>,
    found: RefCell<Diagnostics>,
}

impl<'s> Reader<'s> {
    /// A reader of a source in which TOML stumbled over these places.
    pub(super) fn new(source: &'s Source, damaged: Vec<Span>) -> Self {
        Self { source, damaged, found: RefCell::default() }
    }

    /// What was found.
    pub(super) fn finish(self) -> Diagnostics {
        self.found.into_inner()
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }

    /// Keeps the value of a success; a failure goes to the diagnostics.
    fn keep<T>(&self, outcome: Result<T, Box<Diagnostic>>) -> Option<T> {
        outcome.map_err(|diagnostic| self.report(*diagnostic)).ok()
    }

    /// Whether TOML already complained about this place, so that nothing more is to be said of it.
    fn is_damaged(&self, span: Span) -> bool {
        span.start >= span.end
            || self.damaged.iter().any(|damaged| damaged.start <= span.end && span.start <= damaged.end)
    }

    /// Whether TOML found the file whole.
    fn is_whole(&self) -> bool {
        self.damaged.is_empty()
    }

    /// Whether a problem was reported inside a value.
    fn is_reported(&self, value: &Value<'_>) -> bool {
        let span = Span::from(value.span());
        let inside = |place: Span| span.start <= place.start && place.end <= span.end;
        self.found.borrow().iter().filter_map(|problem| problem.span).any(inside)
            || match value.get_ref() {
                DeValue::Table(table) => {
                    table.iter().any(|(key, value)| self.is_reported_at(key.span().into()) || self.is_reported(value))
                }
                DeValue::Array(items) => items.iter().any(|item| item.get_ref().is_table() && self.is_reported(item)),
                _ => false,
            }
    }

    /// Whether a problem was reported inside a place.
    fn is_reported_at(&self, span: Span) -> bool {
        let inside = |place: Span| span.start <= place.start && place.end <= span.end;
        self.found.borrow().iter().filter_map(|problem| problem.span).any(inside)
    }

    /// Reads the whole tree.
    pub(super) fn document(&self, tree: &DeTable<'_>) -> Document {
        let top = Fields::of(self, TableName::Top, None, Span::default(), tree);
        let mut events: Vec<EventNode> =
            top.named("event").into_iter().map(|(name, fields)| event::event(name, &fields)).collect();
        let (mut decisions, mut utilities) = (Vec::new(), Vec::new());
        for (name, fields) in top.named("decision") {
            let (event, node) = decision::decision(name, &fields);
            if self.is_new(&event, &events) {
                events.push(event);
                decisions.push(node);
            }
        }
        for (name, fields) in top.named("utility") {
            let event = decision::utility(name, &fields);
            if self.is_new(&event, &events) {
                utilities.push(event.name.clone());
                events.push(event);
            }
        }
        Document {
            title: top.text("title"),
            as_of: top.date("as_of"),
            horizon: top.date("horizon"),
            forecaster: top.text("forecaster"),
            description: top.text("description"),
            properties: top.text_list("properties"),
            priors_file: top.text("priors"),
            suppose: top.suppositions("suppose"),
            priors: top.named("prior").into_iter().map(|(name, fields)| lists::prior(name, &fields)).collect(),
            events,
            decisions,
            utilities,
            questions: top.named("question").into_iter().map(|(name, fields)| lists::question(name, &fields)).collect(),
            logic: top.tables("logic").iter().map(lists::rule).collect(),
            assume: top.tables("assume").iter().map(lists::rule).collect(),
            news: top.tables("news").iter().map(lists::news).collect(),
            correlated: top.tables("correlated").iter().map(lists::correlated).collect(),
            unread: top.unread(),
            unread_names: top.unread_names("event"),
        }
    }

    /// Whether no event has its name yet; otherwise that is reported.
    fn is_new(&self, event: &EventNode, events: &[EventNode]) -> bool {
        let Some(first) = events.iter().find(|other| other.name.value == event.name.value) else { return true };
        let message = format!("there is an event, a decision or a utility `{}` already", event.name.value);
        let problem = Diagnostic::new(codes::DUPLICATE, event.name.span, message).help("give it a name of its own");
        self.report(problem.other(first.name.span, "first here".to_owned()));
        false
    }

    /// Reports a name that cannot be one.
    fn check_name(&self, what: &str, name: &Spanned<String>) {
        if let Some(problem) = name_problem(&name.value) {
            let message = format!("`{}` cannot be the name of {what}: {problem}", name.value.escape_debug());
            let help = format!("call it `{}`", suggested_name(&name.value));
            self.report(Diagnostic::new(codes::BAD_NAME, name.span, message).help(help));
        }
    }
}
