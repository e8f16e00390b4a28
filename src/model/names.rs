//! Which names there are, and what each can be.

use super::definition::Kind;
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
    pub(super) as_of: Date,
    pub(super) horizon: Date,
}

impl Names {
    /// Reads names and kinds, and reports events that say too little or too much about what they are.
    pub(super) fn of_document(document: &Document, as_of: Date, horizon: Date, found: &mut Diagnostics) -> Self {
        let kinds = document.events.iter().map(|event| (event.name.value.clone(), kind(event, found))).collect();
        Self { kinds, as_of, horizon }
    }

    /// Those of a checked model.
    pub(super) fn of_model(model: &Model) -> Self {
        let kinds = model.events.iter().map(|event| (event.name.clone(), event.kind.clone())).collect();
        Self { kinds, as_of: model.as_of, horizon: model.horizon }
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

    /// The event of that name, or a diagnostic with the nearest one.
    pub(super) fn find(&self, name: &str, span: Span, found: &mut Diagnostics) -> Option<EventId> {
        let id = self.get(name);
        if id.is_none() {
            let problem = Diagnostic::new("E0401", span, format!("there is no event `{name}`"));
            let with_option = self.kinds.iter().find(|(_, kind)| {
                matches!(kind, Kind::Categorical { options, .. } if options.iter().any(|option| option == name))
            });
            found.push(match (with_option, nearest(name, self.kinds.keys().map(String::as_str))) {
                (Some((event, _)), _) => {
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
            .help("a date event is one with `when`, such as `when = \"40% within 30 days\"`"),
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

/// The keys that say what an event is.
fn kind_keys(event: &EventNode) -> Vec<(&'static str, Span)> {
    let mut keys = Vec::new();
    let mut add = |key, span: Option<Span>| keys.extend(span.map(|span| (key, span)));
    add("causes", event.causes.as_ref().map(|(span, _)| *span));
    add("holds", event.holds.as_ref().map(|(span, _)| *span));
    add("one_of", event.one_of.as_ref().map(|(span, _)| *span));
    add("ordered", event.ordered.as_ref().map(|(span, _)| *span));
    add("first_of", event.first_of.as_ref().map(|(span, _)| *span));
    add("value", event.value.as_ref().map(|(span, _)| *span));
    add("equals", event.equals.as_ref().map(|(span, _)| *span));
    add("count", event.count.as_ref().map(|(span, _)| *span));
    add("when", event.when.as_ref().map(|(span, _)| *span));
    keys
}

/// What the event can be; a binary event stands in where the file does not say it properly.
fn kind(event: &EventNode, found: &mut Diagnostics) -> Kind {
    let name = &event.name.value;
    let mut keys = kind_keys(event);
    let chance = event.chance.as_ref().map(|(span, _)| *span);
    let weighs_options = keys.iter().any(|(key, _)| matches!(*key, "one_of" | "ordered"));
    if let Some(span) = chance
        && !weighs_options
    {
        keys.push(("chance", span));
    }
    if keys.len() > 1 {
        let listed: Vec<String> = keys.iter().map(|(key, _)| format!("`{key}`")).collect();
        let mut problem = Diagnostic::new(
            "E0403",
            keys[1].1,
            format!("`{name}` can be only one thing, but has {}", listed.join(" and ")),
        )
        .other(keys[0].1, "first said here")
        .help("keep the one that says what it is; write two events if it is two");
        if listed.iter().any(|key| key == "`chance`") && listed.iter().any(|key| key == "`when`") {
            problem =
                problem.help("the chance of a date event stands in its `when`, such as `when = \"40% by 2025-12-31\"`");
        }
        found.push(problem);
    }
    let options = |texts: &[crate::scenario::document::Text], found: &mut Diagnostics| {
        let mut options: Vec<String> = Vec::new();
        for text in texts {
            if options.contains(&text.value) {
                found.push(
                    Diagnostic::new(
                        "E0406",
                        text.span,
                        format!("the option `{}` of `{name}` stands twice", text.value),
                    )
                    .help("each option stands once"),
                );
            } else {
                options.push(text.value.clone());
            }
        }
        options
    };
    match keys.first().map(|(key, _)| *key) {
        Some("one_of" | "ordered") => {
            let ordered = event.one_of.is_none();
            let (span, texts) = event.one_of.as_ref().or(event.ordered.as_ref()).expect("one of the two keys is there");
            let options = options(texts, found);
            if options.len() < 2 {
                found.push(
                    Diagnostic::new("E0407", *span, format!("`{name}` needs at least two options"))
                        .help("for a yes/no event write `chance = \"45%\"` instead"),
                );
            }
            if chance.is_none() {
                found.push(
                    Diagnostic::new("E0404", event.name.span, format!("`{name}` has options but no `chance`"))
                        .help("give one chance for each option, in order, such as `chance = \"10%, 75%, 15%\"`"),
                );
            }
            Kind::Categorical { options, ordered }
        }
        Some("first_of") => {
            let (_, texts) = event.first_of.as_ref().expect("the key is there");
            let mut options = options(texts, found);
            let none = event.none.as_ref().map_or_else(|| "none".to_owned(), |none| none.value.clone());
            if options.contains(&none) {
                let span = event.none.as_ref().map_or(event.name.span, |none| none.span);
                found.push(
                    Diagnostic::new("E0406", span, format!("the option `{none}` of `{name}` stands twice"))
                        .help("give the option for \"none of them\" a name of its own, such as `none = \"neither\"`"),
                );
            }
            options.push(none);
            Kind::Categorical { options, ordered: false }
        }
        Some("value" | "equals") => Kind::Numeric,
        Some("count") => Kind::Count,
        Some("when") => Kind::Date,
        Some(_) => Kind::Binary,
        None => {
            found.push(Diagnostic::new("E0404", event.name.span, format!("`{name}` does not say what it is")).help(
                "give it `chance` (yes/no), `one_of` with `chance`, `value` (a number), `count`, or `when` (a date)",
            ));
            Kind::Binary
        }
    }
}
