//! Which names there are, and what each can be.

use super::definition::Kind;
use super::reference::{self, Classes};
use super::{EventId, Model, day_after};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::EventNode;
use crate::source::Span;
use indexmap::IndexMap;
use jiff::civil::Date;

/// The events of a scenario by name, with their kinds, and the dates that conditions count from.
#[derive(Debug)]
pub(super) struct Names {
    kinds: IndexMap<String, Kind>,
    /// Of each event, whether it is known too little of to say more about what refers to it: a diagnostic stands there already.
    vague: Vec<bool>,
    /// Of each event, whether it follows from others with no chance of its own.
    derived: Vec<bool>,
    /// Names that were meant as those of events.
    unread: Vec<String>,
    /// Whether any name may be that of an event that could not be read.
    unsure: bool,
    /// The reference classes.
    pub(super) classes: Classes,
    pub(super) as_of: Date,
    pub(super) horizon: Date,
}

impl Names {
    /// Reads names and kinds, and reports events that say too little or too much about what they are.
    pub(super) fn of_document(document: &Document, as_of: Date, horizon: Date, found: &mut Diagnostics) -> Self {
        let mut kinds = IndexMap::new();
        let mut vague = Vec::new();
        let mut derived = Vec::new();
        for event in &document.events {
            let (kind, is_vague) = kind(event, Role::of(event, document), found);
            kinds.insert(event.name.value.clone(), kind);
            vague.push(is_vague);
            derived.push(event.holds.is_some() || event.equals.is_some() || event.first_of.is_some());
        }
        let unread = document.unread_names.clone();
        let classes = reference::classes(document, as_of, found);
        Self { kinds, vague, derived, unread, unsure: document.unread.anything, classes, as_of, horizon }
    }

    /// Those of a checked model.
    pub(super) fn of_model(model: &Model) -> Self {
        let kinds = model.events.iter().map(|event| (event.name.clone(), event.kind.clone())).collect();
        Self {
            kinds,
            vague: vec![false; model.events.len()],
            derived: model.events.iter().map(super::Event::is_derived).collect(),
            unread: Vec::new(),
            unsure: false,
            classes: model.priors.iter().map(|class| (class.name.clone(), Some(class.clone()))).collect(),
            as_of: model.as_of,
            horizon: model.horizon,
        }
    }

    /// Days from `as_of` to a date.
    pub(super) fn day(&self, date: Date) -> f64 {
        day_after(self.as_of, date)
    }

    pub(super) fn kind(&self, id: EventId) -> &Kind {
        &self.kinds[id.0]
    }

    pub(super) fn name(&self, id: EventId) -> &str {
        self.kinds.get_index(id.0).map_or("", |(name, _)| name)
    }

    pub(super) fn get(&self, name: &str) -> Option<EventId> {
        self.kinds.get_index_of(name).map(EventId)
    }

    /// Whether so little is known of an event that nothing more is to be said of what refers to it.
    pub(super) fn is_vague(&self, id: EventId) -> bool {
        self.vague[id.0]
    }

    /// Whether an event follows from others with no chance of its own.
    pub(super) fn is_derived(&self, id: EventId) -> bool {
        self.derived[id.0]
    }

    /// The event of that name, or a diagnostic with the nearest one; none where the event is there and could not be read.
    pub(super) fn find(&self, name: &str, span: Span, found: &mut Diagnostics) -> Option<EventId> {
        let id = self.get(name);
        if id.is_some_and(|id| self.is_vague(id)) {
            return None;
        }
        if id.is_none() && !self.unsure && !self.unread.iter().any(|unread| unread == name) {
            let problem = Diagnostic::new("E0401", span, format!("there is no event `{name}`"));
            let with_option = self.kinds.iter().zip(&self.derived).find_map(|((event, kind), derived)| {
                let has =
                    matches!(kind, Kind::Categorical { options, .. } if options.iter().any(|option| option == name));
                (has && !derived).then_some(event)
            });
            found.push(match (with_option, nearest(name, self.kinds.keys().map(String::as_str))) {
                (Some(event), _) => {
                    problem.help(format!("`{name}` is an option of `{event}`: write `{event} is {name}`"))
                }
                (None, Some(near)) => problem.help(format!("did you mean `{near}`?")),
                (None, None) if self.kinds.is_empty() => problem.help("the scenario has no events yet"),
                (None, None) => problem.help(format!("the events are {}", listed(self.kinds.keys()))),
            });
        }
        id
    }

    /// The date event of that name, or a diagnostic.
    pub(super) fn find_date(&self, name: &str, span: Span, found: &mut Diagnostics) -> Option<EventId> {
        let id = self.find(name, span, found)?;
        if *self.kind(id) == Kind::Date {
            return Some(id);
        }
        found.push(
            Diagnostic::new(
                "E0402",
                span,
                format!("`{name}` must be a date event here, but is {}", self.kind(id).words()),
            )
            .help(match self.kind(id) {
                Kind::Binary => format!(
                    "a yes/no event has no day: speak of `{name}` alone, or give it `when = \"40% by {}\"` instead of what it has",
                    self.horizon
                ),
                _ => "only a date event has a day: one with `when`, such as `when = \"40% within 30 days\"`".to_owned(),
            }),
        );
        None
    }
}

/// The nearest of the known names, if one is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// Up to twelve names in backticks.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=12 => names.join(", "),
        more => format!("{} and {} more", names[..12].join(", "), more - 12),
    }
}

/// The keys that say what an event is, as far as they could be read, in the order of the file; a key whose value could not be read
/// is there too, without a place.
fn kind_keys(event: &EventNode) -> Vec<(&'static str, Option<Span>)> {
    let chosen =
        event.one_of.is_some() || event.ordered.is_some() || event.unread.has("one_of") || event.unread.has("ordered");
    let places = [
        ("causes", event.causes.as_ref().map(|(span, _)| *span)),
        ("holds", event.holds.as_ref().map(|(span, _)| *span)),
        ("one_of", event.one_of.as_ref().map(|(span, _)| *span)),
        ("ordered", event.ordered.as_ref().map(|(span, _)| *span)),
        ("first_of", event.first_of.as_ref().map(|(span, _)| *span)),
        ("value", event.value.as_ref().map(|(span, _)| *span)),
        ("equals", event.equals.as_ref().map(|(span, _)| *span)),
        ("count", event.count.as_ref().map(|(span, _)| *span)),
        ("when", event.when.as_ref().map(|(span, _)| *span)),
        ("chance", event.chance.as_ref().map(|(span, _)| *span)),
    ];
    let mut keys: Vec<(&'static str, Option<Span>)> = places
        .into_iter()
        .filter(|(key, span)| (span.is_some() || event.unread.has(key)) && !(*key == "chance" && chosen))
        .collect();
    keys.sort_by_key(|(_, span)| span.unwrap_or_default());
    keys
}

/// What a table stands for that is an event to everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Event,
    Decision,
    Utility,
}

impl Role {
    fn of(event: &EventNode, document: &Document) -> Self {
        let name = &event.name.value;
        if document.decisions.iter().any(|decision| decision.name.value == *name) {
            Self::Decision
        } else if document.utilities.iter().any(|utility| utility.value == *name) {
            Self::Utility
        } else {
            Self::Event
        }
    }
}

/// What the event can be, and whether that is too little known to say more; a binary event stands in where the file does not say it
/// properly.
fn kind(event: &EventNode, role: Role, found: &mut Diagnostics) -> (Kind, bool) {
    let name = &event.name.value;
    let keys = kind_keys(event);
    let mut vague = ["one_of", "ordered", "first_of", "none"].iter().any(|key| event.unread.has(key));
    if keys.len() > 1 {
        vague = true;
        several(name, &keys, found);
    }
    let kind = match keys.first().map(|(key, _)| *key) {
        Some(key @ ("one_of" | "ordered")) => choice(event, key, role, found),
        Some("first_of") => first_of(event, found),
        Some("value" | "equals") => Kind::Numeric,
        Some("count") => Kind::Count,
        Some("when") => Kind::Date,
        Some(_) => Kind::Binary,
        None => {
            vague = true;
            if !event.unread.anything {
                found.push(
                    Diagnostic::new("E0404", event.name.span, format!("nothing says what `{name}` is")).help(match role {
                        Role::Utility => "give it `value` (a number, or cases of it) or `equals` (a formula)",
                        _ => "give it `chance` (yes/no), `one_of` with `chance`, `value` (a number), `count`, `when` (a date), or `holds` (it follows from others)",
                    }),
                );
            }
            Kind::Binary
        }
    };
    (kind, vague)
}

fn several(name: &str, keys: &[(&'static str, Option<Span>)], found: &mut Diagnostics) {
    let places: Vec<(&str, Span)> = keys.iter().filter_map(|(key, span)| Some((*key, (*span)?))).collect();
    let [(_, first), (_, second), ..] = places.as_slice() else { return };
    let listed: Vec<String> = places.iter().map(|(key, _)| format!("`{key}`")).collect();
    let mut problem =
        Diagnostic::new("E0403", *second, format!("`{name}` can be only one thing, but has {}", listed.join(" and ")))
            .other(*first, "first said here")
            .help("keep the one that says what it is; write two events if it is two");
    if keys.iter().any(|(key, _)| *key == "chance") && keys.iter().any(|(key, _)| *key == "when") {
        problem =
            problem.help("the chance of a date event stands in its `when`, such as `when = \"40% by 2025-12-31\"`");
    }
    found.push(problem);
}

/// `one_of` and `ordered`.
fn choice(event: &EventNode, key: &str, role: Role, found: &mut Diagnostics) -> Kind {
    let name = &event.name.value;
    let ordered = key == "ordered";
    let written = if ordered { &event.ordered } else { &event.one_of };
    let Some((span, texts)) = written else { return Kind::Categorical { options: Vec::new(), ordered } };
    let mut options: Vec<String> = Vec::new();
    for text in texts {
        if !options.contains(&text.value) {
            options.push(text.value.clone());
        }
    }
    if options.len() < 2 && !event.unread.has(key) {
        found.push(Diagnostic::new("E0407", *span, format!("`{name}` needs at least two options")).help(match role {
            Role::Decision => "for a yes/no decision leave `options` out",
            _ => "for a yes/no event write `chance = \"45%\"` instead",
        }));
    }
    if event.chance.is_none() && !event.unread.excuses("chance") {
        found.push(
            Diagnostic::new("E0404", event.name.span, format!("`{name}` has options but no `chance`"))
                .help("give one chance for each option, in order, such as `chance = \"10%, 75%, 15%\"`"),
        );
    }
    Kind::Categorical { options, ordered }
}

fn first_of(event: &EventNode, found: &mut Diagnostics) -> Kind {
    let name = &event.name.value;
    let mut options: Vec<String> = Vec::new();
    if let Some((span, texts)) = &event.first_of {
        for text in texts {
            if options.contains(&text.value) {
                found.push(
                    Diagnostic::new("E0406", text.span, format!("`{}` stands twice in `first_of`", text.value))
                        .help("name each date event once"),
                );
            } else {
                options.push(text.value.clone());
            }
        }
        if texts.len() < 2 && !event.unread.has("first_of") {
            found.push(
                Diagnostic::new("E0407", *span, format!("`{name}` needs at least two date events to compare"))
                    .help("for one date event ask whether and when it happens by its name"),
            );
        }
    }
    let none = event.none.as_ref().map_or_else(|| "none".to_owned(), |(_, none)| none.value.clone());
    if options.contains(&none) {
        let span = event.none.as_ref().map_or(event.name.span, |(_, none)| none.span);
        found.push(
            Diagnostic::new(
                "E0406",
                span,
                format!("`{none}` is one of the events that `{name}` compares, so it cannot stand for none of them"),
            )
            .help("give the option for \"none of them\" a name of its own, such as `none = \"neither\"`"),
        );
    }
    options.push(none);
    Kind::Categorical { options, ordered: false }
}
