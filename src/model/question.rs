//! `[question.NAME]` → a [`Question`]: what is asked, until when, and by which rule it resolves.

use super::condition::{Condition, Formula};
use super::definition::Kind;
use super::names::Names;
use super::resolve::Resolver;
use super::story;
use super::{EventId, Header};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::QuestionNode;
use crate::source::Span;
use jiff::civil::Date;

/// A proposition that will resolve.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its name.
    pub name: String,
    /// In words.
    pub ask: String,
    /// How each outcome is told, as in [`Event::story`](super::Event).
    pub story: Vec<String>,
    /// What is asked.
    pub target: QuestionTarget,
    /// Its condition, if it is a conditional question: annulled where this fails.
    pub given: Option<Condition>,
    /// The last day on which a forecast counts.
    pub closes: Date,
    /// The first.
    pub opens: Option<Date>,
    /// The resolution rule.
    pub resolves: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What a question asks.
#[derive(Debug, Clone)]
pub enum QuestionTarget {
    /// Yes or no.
    Holds(Condition),
    /// Which option.
    Which(EventId),
    /// A number.
    Value(Formula),
    /// A date.
    When(EventId),
}

impl Question {
    /// Goes through the events that it speaks of, and those of its condition.
    pub fn visit_events(&self, visit: &mut dyn FnMut(EventId)) {
        match &self.target {
            QuestionTarget::Holds(condition) => condition.visit_events(visit),
            QuestionTarget::Value(formula) => formula.visit_events(visit),
            QuestionTarget::Which(event) | QuestionTarget::When(event) => visit(*event),
        }
        if let Some(given) = &self.given {
            given.visit_events(visit);
        }
    }
}

impl QuestionTarget {
    /// The event that is asked about just as it stands.
    #[must_use]
    pub const fn just_an_event(&self) -> Option<EventId> {
        match self {
            Self::Holds(Condition::Event(event)) | Self::Which(event) | Self::Value(Formula::Event(event)) => {
                Some(*event)
            }
            _ => None,
        }
    }
}

/// Every question, in file order.
pub(super) fn questions(document: &Document, names: &Names, header: &Header, found: &mut Diagnostics) -> Vec<Question> {
    document.questions.iter().filter_map(|node| question(node, names, header, found)).collect()
}

fn question(node: &QuestionNode, names: &Names, header: &Header, found: &mut Diagnostics) -> Option<Question> {
    let name = &node.name.value;
    let ask = node.ask.as_ref();
    if node.resolves.is_none() && !node.unread.excuses("resolves") {
        found.push(
            Diagnostic::new(
                "W0702",
                node.name.span,
                format!("the question `{name}` has no resolution rule: `resolves` is missing"),
            )
            .help("say what counts as yes and who reports it, so that nobody argues when it closes"),
        );
    }
    let closes = closing(node, header, found);
    let target = target(node, names, found);
    let story = target.as_ref().map_or_else(Vec::new, |target| {
        let kind = match target {
            QuestionTarget::Holds(_) => Kind::Binary,
            QuestionTarget::Which(event) | QuestionTarget::When(event) => names.kind(*event).clone(),
            QuestionTarget::Value(_) => Kind::Numeric,
        };
        story::texts(node.story.as_ref().filter(|_| !node.unread.has("story")), name, &kind, found)
    });
    let given = match &node.given {
        None => Some(None),
        Some((_, expression)) => Resolver::new(names, found).condition(expression).map(Some),
    };
    Some(Question {
        name: name.clone(),
        ask: ask?.value.clone(),
        story,
        target: target?,
        given: given?,
        closes: closes?,
        opens: node.opens.as_ref().map(|date| date.value),
        resolves: node.resolves.as_ref().map(|text| text.value.clone()),
        tags: node.tags.iter().map(|tag| tag.value.clone()).collect(),
    })
}

fn closing(node: &QuestionNode, header: &Header, found: &mut Diagnostics) -> Option<Date> {
    let name = &node.name.value;
    let Some(closes) = &node.closes else {
        if node.unread.excuses("closes") {
            return None;
        }
        found.push(
            Diagnostic::new(
                "E0703",
                node.name.span,
                format!("the question `{name}` has no closing date: `closes` is missing"),
            )
            .help("write the last day on which a forecast counts, such as `closes = 2025-10-01`"),
        );
        return None;
    };
    if closes.value <= header.as_of {
        found.push(
            Diagnostic::new("E0704", closes.span, format!("the question `{name}` closes on {}, which is not after the day whose knowledge the file holds ({})", closes.value, header.as_of))
                .help("a question about what is already known is no forecast"),
        );
        return None;
    }
    if closes.value > header.horizon {
        found.push(
            Diagnostic::new(
                "E0705",
                closes.span,
                format!(
                    "the question `{name}` closes on {}, beyond the horizon {}, up to which the scenario is simulated",
                    closes.value, header.horizon
                ),
            )
            .help("set `horizon` at the top to that day or later"),
        );
        return None;
    }
    if let Some(opens) = &node.opens
        && opens.value > closes.value
    {
        found.push(
            Diagnostic::new(
                "E0706",
                opens.span,
                format!("the question `{name}` opens on {}, after it closes", opens.value),
            )
            .other(closes.span, "closes here")
            .help("exchange the two dates"),
        );
        return None;
    }
    Some(closes.value)
}

fn target(node: &QuestionNode, names: &Names, found: &mut Diagnostics) -> Option<QuestionTarget> {
    let name = &node.name.value;
    let mut keys: Vec<(&str, Span)> = Vec::new();
    keys.extend(node.holds.as_ref().map(|(span, _)| ("holds", *span)));
    keys.extend(node.which.as_ref().map(|(span, _)| ("which", *span)));
    keys.extend(node.value.as_ref().map(|(span, _)| ("value", *span)));
    keys.extend(node.when.as_ref().map(|(span, _)| ("when", *span)));
    keys.sort_by_key(|(_, span)| *span);
    if keys.len() > 1 {
        found.push(
            Diagnostic::new(
                "E0707",
                keys[1].1,
                format!("the question `{name}` can ask only one thing, but has `{}` and `{}`", keys[0].0, keys[1].0),
            )
            .other(keys[0].1, "first asked here")
            .help("write two questions"),
        );
        return None;
    }
    if let Some((_, expression)) = &node.holds {
        return Resolver::new(names, found).condition(expression).map(QuestionTarget::Holds);
    }
    if let Some((_, text)) = &node.which {
        let id = names.find(&text.value, text.span, found)?;
        if matches!(names.kind(id), Kind::Categorical { .. }) {
            return Some(QuestionTarget::Which(id));
        }
        found.push(
            Diagnostic::new(
                "E0402",
                text.span,
                format!("`{}` must have options here, but is {}", text.value, names.kind(id).words()),
            )
            .help("ask a yes/no event with `holds`, a number with `value`, a date event with `when`"),
        );
        return None;
    }
    if let Some((_, expression)) = &node.value {
        return Resolver::new(names, found).formula(expression).map(QuestionTarget::Value);
    }
    if let Some((_, text)) = &node.when {
        return names.find_date(&text.value, text.span, found).map(QuestionTarget::When);
    }
    if ["holds", "which", "value", "when"].iter().any(|key| node.unread.excuses(key)) {
        return None;
    }
    found.push(
        Diagnostic::new(
            "E0708",
            node.name.span,
            format!("the question `{name}` does not say what it asks of which event"),
        )
        .help("give it `holds = \"…\"` (yes/no), `which = \"…\"`, `value = \"…\"` or `when = \"…\"`"),
    );
    None
}
