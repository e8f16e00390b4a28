//! `[[news]]` and `suppose` → typed evidence and interventions.

use super::belief::belief;
use super::condition::Condition;
use super::definition::Kind;
use super::names::{Names, listed, nearest};
use super::resolve::Resolver;
use super::{EventId, Header};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::NewsNode;
use crate::scenario::expression::Expression;
use crate::scenario::phrase::{Effect, Supposition};
use crate::source::{Span, Spanned};
use jiff::civil::Date;

/// A dated piece of evidence.
#[derive(Debug, Clone)]
pub struct News {
    /// The day it became known.
    pub date: Date,
    /// Who reported it.
    pub source: Option<String>,
    /// What it says.
    pub says: Option<String>,
    /// As it is named in messages.
    pub text: String,
    /// What is known by it.
    pub finding: Finding,
    /// Where its effect stands.
    pub span: Span,
}

/// What a piece of evidence says.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A drawn binary event holds or not.
    Binary(EventId, bool),
    /// A drawn categorical event took this option.
    Option(EventId, usize),
    /// A drawn number or count has this value.
    Number(EventId, f64),
    /// A date event happened on this day (days after the file's `as_of`).
    HappenedOn(EventId, f64),
    /// A date event had not happened up to this day.
    NotBy(EventId, f64),
    /// A date event does not come.
    Never(EventId),
    /// Any condition holds.
    Holds(Condition),
    /// Virtual evidence: a likelihood ratio for a condition.
    Hint(Condition, f64),
    /// Jeffrey's rule: a condition now has this probability.
    Now(Condition, f64),
}

impl Finding {
    /// Calls `visit` with every event it speaks of.
    pub fn visit_events(&self, visit: &mut dyn FnMut(EventId)) {
        match self {
            Self::Binary(event, _)
            | Self::Option(event, _)
            | Self::Number(event, _)
            | Self::HappenedOn(event, _)
            | Self::NotBy(event, _)
            | Self::Never(event) => visit(*event),
            Self::Holds(condition) | Self::Hint(condition, _) | Self::Now(condition, _) => {
                condition.visit_events(visit);
            }
        }
    }
}

/// What we make so.
#[derive(Debug, Clone)]
pub struct Intervention {
    /// The event.
    pub event: EventId,
    /// What it is made.
    pub made: Made,
    /// As written.
    pub text: String,
}

/// See [`Intervention::made`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Made {
    /// A binary event holds or not.
    Binary(bool),
    /// A categorical event takes this option.
    Option(usize),
    /// A number or count.
    Number(f64),
    /// A date event happens on this day.
    On(f64),
    /// A date event never comes.
    Never,
}

/// Every piece of news, in file order.
pub(super) fn news(document: &Document, names: &Names, header: &Header, found: &mut Diagnostics) -> Vec<News> {
    let drawn: Vec<bool> = document
        .events
        .iter()
        .map(|event| {
            event.holds.is_none() && event.equals.is_none() && event.first_of.is_none() && event.causes.is_none()
        })
        .collect();
    let mut all: Vec<News> = document.news.iter().filter_map(|node| one(node, &drawn, names, header, found)).collect();
    twice_happened(&mut all, names, found);
    all
}

fn twice_happened(all: &mut Vec<News>, names: &Names, found: &mut Diagnostics) {
    let mut seen: Vec<(EventId, Span)> = Vec::new();
    all.retain(|news| {
        let Finding::HappenedOn(event, _) = news.finding else { return true };
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == event) {
            found.push(
                Diagnostic::new(
                    "E0808",
                    news.span,
                    format!("two pieces of news say that `{}` happened", names.name(event)),
                )
                .other(*first, "the first")
                .help("a date event happens once: keep the day it resolves by"),
            );
            return false;
        }
        seen.push((event, news.span));
        true
    });
}

fn one(node: &NewsNode, drawn: &[bool], names: &Names, header: &Header, found: &mut Diagnostics) -> Option<News> {
    if node.source.is_none() && !node.unread.excuses("source") {
        found.push(
            Diagnostic::new("W0802", node.span, "this piece of news names no source")
                .help("write who reported it, such as `source = \"Reuters\"`"),
        );
    }
    let (date, about, effect) = (node.date.as_ref()?, node.about.as_ref()?, node.effect.as_ref()?);
    if date.value < header.as_of {
        found.push(
            Diagnostic::new(
                "E0803",
                date.span,
                format!(
                    "news of {} is older than the day whose knowledge the file holds anyway ({})",
                    date.value, header.as_of
                ),
            )
            .help("what is known by then belongs in the chances; date `as_of` earlier to count it as news"),
        );
        return None;
    }
    if date.value > header.horizon {
        found.push(
            Diagnostic::new(
                "W0804",
                date.span,
                format!("news of {} comes after the horizon {} and is never used", date.value, header.horizon),
            )
            .help("set `horizon` later, or leave it out"),
        );
    }
    let finding = finding(about, effect, names.day(date.value), drawn, names, found)?;
    Some(News {
        date: date.value,
        source: node.source.as_ref().map(|text| text.value.clone()),
        says: node.says.as_ref().map(|text| text.value.clone()),
        text: format!("{about} {} (news of {})", effect.value, date.value),
        finding,
        span: effect.span,
    })
}

fn finding(
    about: &Expression,
    effect: &Spanned<Effect>,
    day: f64,
    drawn: &[bool],
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Finding> {
    let event = Resolver::new(names, found).bare_event(about);
    if event.is_some_and(|id| names.is_vague(id)) {
        return None;
    }
    let is_drawn = event.is_some_and(|id| drawn.get(id.0).copied().unwrap_or(false));
    let kind = event.map(|id| names.kind(id).clone());
    let wrong = |message: String, help: &str, found: &mut Diagnostics| -> Option<Finding> {
        found.push(Diagnostic::new("E0805", effect.span, message).help(help.to_owned()));
        None
    };
    match &effect.value {
        Effect::Happened { on } => {
            if let (Some(id), Some(Kind::Date)) = (event, &kind) {
                let happened = on.as_ref().map_or(day, |date| names.day(date.value));
                let place = on.as_ref().map_or(effect.span, |date| date.span);
                if happened <= 0.0 {
                    found.push(
                        Diagnostic::new(
                            "E0806",
                            place,
                            format!("`{about}` cannot have happened before the scenario begins ({})", names.as_of),
                        )
                        .help("date `as_of` earlier, or leave the event out: it is no longer uncertain"),
                    );
                    return None;
                }
                if happened > day {
                    found.push(
                        Diagnostic::new("E0806", place, "news cannot report what happens after it")
                            .help("date the news on the day it happened or later"),
                    );
                    return None;
                }
                return Some(Finding::HappenedOn(id, happened));
            }
            if on.is_some() {
                return wrong(
                    format!("`{about}` is no date event, so it happens on no day"),
                    "write `happened`",
                    found,
                );
            }
            known(about, effect.span, event, is_drawn, kind.as_ref(), true, names, found)
        }
        Effect::DidNotHappen => match (event, &kind) {
            (Some(id), Some(Kind::Date)) => Some(Finding::NotBy(id, day)),
            _ => known(about, effect.span, event, is_drawn, kind.as_ref(), false, names, found),
        },
        Effect::WillNotHappen => {
            if let (Some(id), Some(Kind::Date)) = (event, &kind) {
                Some(Finding::Never(id))
            } else {
                Resolver::new(names, found).condition(about)?;
                wrong(
                    format!("`will not happen` says that a date event never comes, but `{about}` is no date event"),
                    "write `did not happen`",
                    found,
                )
            }
        }
        Effect::Is(option) | Effect::IsNot(option) => {
            let negated = matches!(effect.value, Effect::IsNot(_));
            let (Some(id), Some(Kind::Categorical { options, .. })) = (event, &kind) else {
                return wrong(
                    format!("`{about}` has no options, so it cannot be `{}`", option.value),
                    "for a yes/no event write `happened` or `did not happen`",
                    found,
                );
            };
            let Some(at) = options.iter().position(|known| *known == option.value) else {
                let near = nearest(&option.value, options.iter().map(String::as_str));
                found.push(
                    Diagnostic::new("E0408", option.span, format!("`{about}` has no option `{}`", option.value)).help(
                        near.map_or_else(
                            || format!("its options are {}", listed(options.iter())),
                            |near| format!("did you mean `{near}`?"),
                        ),
                    ),
                );
                return None;
            };
            let condition = Condition::Options { event: id, options: vec![at] };
            Some(match (negated, is_drawn) {
                (true, _) => Finding::Holds(condition.negated()),
                (false, true) => Finding::Option(id, at),
                (false, false) => Finding::Holds(condition),
            })
        }
        Effect::IsNumber(value) => match (event, &kind) {
            (Some(id), Some(Kind::Numeric | Kind::Count)) if is_drawn => Some(Finding::Number(id, *value)),
            (Some(_), Some(Kind::Numeric | Kind::Count)) => wrong(
                format!("`{about}` follows from other events; only a drawn number can be known exactly"),
                "say what is known of the events it follows from, or write a comparison, such as `about = \"total > 40\"` with `happened`",
                found,
            ),
            _ => wrong(
                format!("`{about}` is no number, so it cannot be {value}"),
                "write `happened`, or a hint such as `x2`",
                found,
            ),
        },
        Effect::Hint(stated) => {
            let ratio =
                super::event::ratio(&Spanned::new(stated.clone(), effect.span), false, "a likelihood ratio", found);
            let condition = Resolver::new(names, found).condition(about);
            if ratio == Some(0.0) {
                return wrong(
                    "a likelihood ratio must be over 0: x0 would say that the news is proof".to_owned(),
                    "for certainty write `did not happen`; for strong doubt a small ratio such as `x0.01`",
                    found,
                );
            }
            Some(Finding::Hint(condition?, ratio?))
        }
        Effect::Now(chance) => {
            let probability =
                belief(&Spanned::new(chance.clone(), effect.span), &format!("`{about}`"), &names.classes, found);
            let condition = Resolver::new(names, found).condition(about);
            Some(Finding::Now(condition?, probability?.mean))
        }
    }
}

/// A condition that is known to hold or not.
#[expect(clippy::too_many_arguments, reason = "what is known, from one place")]
fn known(
    about: &Expression,
    effect: Span,
    event: Option<EventId>,
    is_drawn: bool,
    kind: Option<&Kind>,
    holds: bool,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Finding> {
    if let (Some(id), true, Some(Kind::Binary)) = (event, is_drawn, kind) {
        return Some(Finding::Binary(id, holds));
    }
    let instead = match kind {
        Some(Kind::Numeric | Kind::Count) => Some(("is a number", "42".to_owned())),
        Some(Kind::Categorical { options, .. }) => {
            Some(("has options", options.first().cloned().unwrap_or_else(|| "…".to_owned())))
        }
        _ => None,
    };
    if let Some((what, example)) = instead {
        found.push(
            Diagnostic::new("E0805", effect, format!("`{about}` {what} and neither happens nor fails to"))
                .help(format!("say what it is, as in `is {example}`")),
        );
        return None;
    }
    let condition = Resolver::new(names, found).condition(about)?;
    Some(Finding::Holds(if holds { condition } else { condition.negated() }))
}

/// Every supposition of the file; each event is supposed once.
pub(super) fn interventions(document: &Document, names: &Names, found: &mut Diagnostics) -> Vec<Intervention> {
    let mut made: Vec<(Intervention, Span)> = Vec::new();
    for stated in &document.suppose {
        let Some(one) = intervention(stated, names, found) else { continue };
        if let Some((_, first)) = made.iter().find(|(known, _)| known.event == one.event) {
            found.push(
                Diagnostic::new("E0807", stated.span, format!("`{}` is supposed twice", names.name(one.event)))
                    .other(*first, "first here")
                    .help("keep one of the two; to compare them, run the file with `--suppose` each time"),
            );
            continue;
        }
        made.push((one, stated.span));
    }
    made.into_iter().map(|(one, _)| one).collect()
}

/// What a supposition makes so.
pub(super) fn intervention(
    stated: &Spanned<Supposition>,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Intervention> {
    let text = stated.value.to_string();
    if let Supposition::Holds(event)
    | Supposition::DoesNotHold(event)
    | Supposition::Is { event, .. }
    | Supposition::IsNumber { event, .. }
    | Supposition::On { event, .. } = &stated.value
        && let Some(id) = names.get(&event.value)
        && names.is_derived(id)
        && !names.is_vague(id)
    {
        return refused(
            found,
            event.span,
            format!("`{}` follows from other events, so it cannot be made so by itself", event.value),
            "suppose the events that it follows from".to_owned(),
        );
    }
    let (event, made) = match &stated.value {
        Supposition::Holds(event) | Supposition::DoesNotHold(event) => {
            let holds = matches!(stated.value, Supposition::Holds(_));
            let id = names.find(&event.value, event.span, found)?;
            match names.kind(id) {
                Kind::Binary => (id, Made::Binary(holds)),
                Kind::Date if !holds => (id, Made::Never),
                Kind::Date => {
                    return refused(
                        found,
                        event.span,
                        format!("`{}` is a date event: suppose on which day it happens", event.value),
                        format!("write `{} on {}`", event.value, names.horizon),
                    );
                }
                Kind::Categorical { options, .. } => {
                    let example = options.first().map_or("…", String::as_str);
                    return refused(
                        found,
                        event.span,
                        format!("`{}` has options: suppose which", event.value),
                        format!("write `{} is {example}`", event.value),
                    );
                }
                Kind::Numeric | Kind::Count => {
                    return refused(
                        found,
                        event.span,
                        format!("`{}` is a number: suppose which", event.value),
                        format!("write `{} is 42`", event.value),
                    );
                }
            }
        }
        Supposition::Is { event, option } => {
            let id = names.find(&event.value, event.span, found)?;
            let Kind::Categorical { options, .. } = names.kind(id) else {
                return refused(
                    found,
                    event.span,
                    format!("`{}` has no options: it is {}", event.value, names.kind(id).words()),
                    supposed_as(&event.value, names.kind(id), names),
                );
            };
            let Some(at) = options.iter().position(|known| *known == option.value) else {
                return refused(
                    found,
                    option.span,
                    format!("`{}` has no option `{}`", event.value, option.value),
                    format!("its options are {}", listed(options.iter())),
                );
            };
            (id, Made::Option(at))
        }
        Supposition::IsNumber { event, value } => {
            let id = names.find(&event.value, event.span, found)?;
            if !matches!(names.kind(id), Kind::Numeric | Kind::Count) {
                return refused(
                    found,
                    event.span,
                    format!("`{}` is no number: it is {}", event.value, names.kind(id).words()),
                    supposed_as(&event.value, names.kind(id), names),
                );
            }
            if names.kind(id) == &Kind::Count && (*value < 0.0 || value.fract() != 0.0) {
                return refused(
                    found,
                    event.span,
                    format!("`{}` is a count and cannot be {value}", event.value),
                    format!("write `{} is {}`", event.value, value.max(0.0).round()),
                );
            }
            (id, Made::Number(*value))
        }
        Supposition::On { event, date } => {
            let id = names.find_date(&event.value, event.span, found)?;
            let day = names.day(date.value);
            if day <= 0.0 || date.value > names.horizon {
                return refused(
                    found,
                    date.span,
                    format!("{} does not lie between {} and the horizon {}", date.value, names.as_of, names.horizon),
                    "suppose a day that the scenario simulates".to_owned(),
                );
            }
            (id, Made::On(day))
        }
    };
    Some(Intervention { event, made, text })
}

/// How an event of a kind is supposed.
fn supposed_as(event: &str, kind: &Kind, names: &Names) -> String {
    match kind {
        Kind::Binary => format!("write `{event}` or `not {event}`"),
        Kind::Categorical { options, .. } => {
            format!("write `{event} is {}`", options.first().map_or("…", String::as_str))
        }
        Kind::Numeric | Kind::Count => format!("write `{event} is 42`"),
        Kind::Date => format!("write `{event} on {}` or `not {event}`", names.horizon),
    }
}

fn refused(found: &mut Diagnostics, span: Span, message: String, help: String) -> Option<Intervention> {
    found.push(Diagnostic::new("E0807", span, message).help(help));
    None
}
