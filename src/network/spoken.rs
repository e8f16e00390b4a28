//! A network's own names in what is said of its scenario.
//!
//! [`scenario_text`](super::scenario_text) writes names that the language cannot have otherwise, and keeps the network's own as `label` and
//! `option_labels`. A condition of the command line may use those too: as they stand, or in quotes where they hold what is part of the language
//! (`'not' is true`).

use super::shown;
use crate::model::{Event, Model};
use crate::scenario::names::{continues_name, is_reserved};

/// As many variables are listed with their own names.
const MOST_LISTED: usize = 12;

/// A name that may be said in place of one of the scenario.
#[derive(Debug)]
struct Own<'m> {
    own: &'m str,
    /// Whether it can stand without quotes.
    bare: bool,
    name: &'m str,
}

/// A phrase about a scenario with the scenario's names in place of the network's own; a phrase without any of these comes back as it is.
///
/// ```
/// # use foretell::{model, network, scenario, source::Source};
/// let text = "title = 'lamp'\nas_of = 2000-01-01\n[event.lamp_on]\nlabel = 'lamp on'\none_of = ['true_', 'dim']\n\
///     option_labels = ['true', '1-3']\nchance = [0.5, 0.5]\n";
/// let (document, _) = scenario::parse(&Source::new("lamp.toml", text));
/// let (model, _) = model::check(&document);
/// let model = model.expect("the scenario has no problems");
/// assert_eq!(network::in_scenario_names("not lamp on is true", &model), "not lamp_on is true_");
/// assert_eq!(network::in_scenario_names("'lamp on' is one of (true, '1-3')", &model), "lamp_on is one of (true_, dim)");
/// ```
#[must_use]
pub fn in_scenario_names(phrase: &str, model: &Model) -> String {
    let events: Vec<(Own<'_>, &Event)> = model.events.iter().flat_map(|event| events_names(event, model)).collect();
    let mut said = String::with_capacity(phrase.len());
    let mut rest = phrase;
    // The event that was named last, and whether its options come now.
    let (mut about, mut options): (Option<&Event>, bool) = (None, false);
    while let Some(next) = rest.chars().next() {
        let own_options = about.filter(|_| options).map(options_names).unwrap_or_default();
        if let Some((at, length)) = first(rest, &mut own_options.iter()) {
            said.push_str(own_options[at].name);
            rest = &rest[length..];
            continue;
        }
        if let Some((at, length)) = first(rest, &mut events.iter().map(|(own, _)| own)) {
            said.push_str(events[at].0.name);
            (about, options) = (Some(events[at].1), false);
            rest = &rest[length..];
            continue;
        }
        let length = rest.find(|letter: char| !continues_name(letter)).unwrap_or(rest.len());
        let word = &rest[..length];
        match word {
            "" => {}
            "is" => options = true,
            "and" | "or" | "implies" | "then" | "else" => options = false,
            _ => {
                if let Some(event) = model.events.iter().find(|event| event.name == word) {
                    (about, options) = (Some(event), false);
                }
            }
        }
        said.push_str(word);
        rest = &rest[length..];
        if word.is_empty() {
            said.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    said
}

/// The event of a network's own name, and its option of one; what is none comes back as it is.
#[must_use]
pub fn event_named<'n>(name: &'n str, model: &'n Model) -> &'n str {
    let known = model.events.iter().any(|event| event.name == name)
        || model.questions.iter().any(|question| question.name == name);
    let labelled = model.events.iter().filter(|_| !known).find(|event| event.label.as_deref() == Some(name));
    labelled.map_or(name, |event| event.name.as_str())
}

/// The option of an event by the network's own name of it; what is none comes back as it is.
#[must_use]
pub fn option_named<'n>(option: &'n str, event: &str, model: &'n Model) -> &'n str {
    let of = model.events.iter().find(|one| one.name == event);
    let options: Vec<Own<'n>> = of.map(options_names).unwrap_or_default();
    options.iter().find(|one| one.own == option).map_or(option, |one| one.name)
}

/// What the network calls an event of the scenario; a name that is no event's comes back as it is.
#[must_use]
pub fn event_called<'n>(name: &'n str, model: &'n Model) -> &'n str {
    let event = model.events.iter().find(|event| event.name == name);
    event.and_then(|event| event.label.as_deref()).unwrap_or(name)
}

/// What the network calls an option of an event of the scenario; what is none comes back as it is.
#[must_use]
pub fn option_called<'n>(option: &'n str, event: &str, model: &'n Model) -> &'n str {
    let event = model.events.iter().find(|one| one.name == event);
    let label = event.and_then(|event| {
        let at = event.options().iter().position(|one| one == option)?;
        event.option_labels.get(at)
    });
    label.map(String::as_str).filter(|label| !label.is_empty()).unwrap_or(option)
}

/// The network's own names where they are not those of the scenario, in words; `None` if all are.
#[must_use]
pub fn own_names(model: &Model) -> Option<String> {
    let quoted = |names: &[String]| -> String {
        let names: Vec<String> =
            names.iter().filter(|name| !name.is_empty()).map(|name| format!("`{}`", shown(name))).collect();
        names.join(", ")
    };
    let renamed: Vec<&Event> =
        model.events.iter().filter(|event| event.label.is_some() || !event.option_labels.is_empty()).collect();
    let mut parts: Vec<String> = renamed
        .iter()
        .take(MOST_LISTED)
        .map(|event| {
            let name = shown(event.label.as_deref().unwrap_or(&event.name));
            let states = if event.option_labels.is_empty() { event.options() } else { event.option_labels.as_slice() };
            if states.is_empty() { format!("`{name}`") } else { format!("`{name}` is {}", quoted(states)) }
        })
        .collect();
    if renamed.len() > MOST_LISTED {
        parts.push(format!("and {} more", renamed.len() - MOST_LISTED));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// How an event may be called: by its label, unless that is the name of another; by its name in quotes.
fn events_names<'m>(event: &'m Event, model: &'m Model) -> Vec<(Own<'m>, &'m Event)> {
    let is_name = |label: &&str| model.events.iter().any(|other| other.name == **label);
    let label = event.label.as_deref().filter(|label| !label.is_empty() && !is_name(label));
    let label = label.map(|own| {
        let bare = own.contains(char::is_alphabetic) && !is_reserved(own);
        (Own { own, bare, name: &event.name }, event)
    });
    let name = (Own { own: &event.name, bare: false, name: &event.name }, event);
    label.into_iter().chain(std::iter::once(name)).collect()
}

/// How the options of an event may be called.
fn options_names(event: &Event) -> Vec<Own<'_>> {
    let is_option = |label: &str| event.options().iter().any(|option| option == label);
    let labels = event.option_labels.iter().zip(event.options());
    let labels = labels.filter(|(label, _)| !label.is_empty() && !is_option(label));
    let labels = labels.map(|(own, name)| Own { own, bare: !["not", "one", "of"].contains(&own.as_str()), name });
    labels.chain(event.options().iter().map(|name| Own { own: name, bare: false, name })).collect()
}

/// The longest of the names that a text begins with, bare or in quotes: which, and how many bytes of the text it takes.
fn first<'n, 'm: 'n>(text: &str, names: &mut dyn Iterator<Item = &'n Own<'m>>) -> Option<(usize, usize)> {
    let ends = |rest: &str| rest.chars().next().is_none_or(|next| next.is_whitespace() || ",)=<>!+*/".contains(next));
    let quote = text.chars().next().filter(|first| ['\'', '"', '`'].contains(first));
    let taken = |own: &Own<'_>| -> Option<usize> {
        let rest = match quote {
            Some(quote) => text[quote.len_utf8()..].strip_prefix(own.own)?.strip_prefix(quote)?,
            None if own.bare => text.strip_prefix(own.own).filter(|rest| ends(rest))?,
            None => return None,
        };
        Some(text.len() - rest.len())
    };
    names.enumerate().filter_map(|(at, own)| Some((at, taken(own)?))).max_by_key(|(_, length)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn model() -> Model {
        let text = "title = 't'\nas_of = 2000-01-01\n\
            [event.lamp_on]\nlabel = 'lamp on'\none_of = ['true_', 'false_']\noption_labels = ['true', 'false']\nchance = [0.5, 0.5]\n\
            [event._1]\nlabel = '1'\none_of = ['_5', '_5_10', 'not_']\noption_labels = ['5', '5-10', 'not']\nchance = [0.5, 0.3, 0.2]\n\
            [event.paper]\nchance = '20%'\n[event.EXPCO2]\none_of = ['ZERO', 'HIGH']\nchance = [0.5, 0.5]\n";
        let (document, found) = crate::scenario::parse(&Source::new("t.toml", text));
        assert!(!found.has_errors(), "{found:?}");
        crate::model::check(&document).0.expect("a scenario without problems has a model")
    }

    #[test]
    fn own_names_become_those_of_the_scenario_and_nothing_else_changes() {
        let model = model();
        for (said, meant) in [
            ("lamp on is true", "lamp_on is true_"),
            ("paper and lamp on is not false", "paper and lamp_on is not false_"),
            ("lamp_on is true", "lamp_on is true_"),
            ("\"lamp on\" is `true`", "lamp_on is true_"),
            ("'EXPCO2' is 'ZERO'", "EXPCO2 is ZERO"),
            ("'1' is one of (5, 5-10)", "_1 is one of (_5, _5_10)"),
            ("'1' is not 'not'", "_1 is not not_"),
            // A number is one, unless it is in quotes.
            ("at least 1 of (paper, lamp on is true)", "at least 1 of (paper, lamp_on is true_)"),
            ("EXPCO2 is ZERO or not paper", "EXPCO2 is ZERO or not paper"),
            // Only what stands by itself.
            ("lamp only is true", "lamp only is true"),
            ("Überlamp on is true", "Überlamp on is true"),
        ] {
            assert_eq!(in_scenario_names(said, &model), meant);
        }
    }

    #[test]
    fn names_are_found_and_listed() {
        let model = model();
        assert_eq!([event_named("lamp on", &model), event_named("paper", &model)], ["lamp_on", "paper"]);
        assert_eq!(event_named("nothing", &model), "nothing");
        assert_eq!(option_named("5-10", "_1", &model), "_5_10");
        assert_eq!(option_named("ZERO", "EXPCO2", &model), "ZERO");
        let listed = own_names(&model).expect("there are some");
        assert_eq!(listed, "`lamp on` is `true`, `false`; `1` is `5`, `5-10`, `not`");
    }
}
