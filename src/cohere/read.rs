//! A file of relations: TOML text → [`Relations`], with every problem of the text in one pass.
//!
//! ```toml
//! unasked = ["deal"]                        # propositions that nobody is asked about
//! logic = [                                 # what holds in every world
//!   "trilateral_aug requires bilateral_aug",
//!   "deal_if_talks is deal given talks",
//! ]
//! assume = ["talks makes deal likelier"]    # judgements
//! [names]
//! talks = "will-there-be-talks-in-2025"     # a short name for a question
//! [deadlines.bilateral]
//! from = 2025-08-19
//! by   = { 2025-08-31 = "bilateral_aug", 2025-09-30 = "bilateral_sep" }
//! ```

use super::codes;
use super::phrase::{Names, Wrong, atoms, relation};
use super::relations::{Builder, Judgement, Relations, Strength};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::forecast::{check_name, day, nearest};
use crate::source::{Source, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

type Value<'v> = toml::Spanned<DeValue<'v>>;

const KEYS: &[&str] = &["title", "names", "unasked", "logic", "assume", "deadlines"];

/// Reads a file of relations; whether its names are questions, [`check_names`](super::check_names) says.
///
/// ```
/// use foretell::cohere::{Strength, read_relations};
/// use foretell::source::Source;
///
/// let source = Source::new("relations.toml", "logic = [\"b is not a\", \"c implies a\"]\n");
/// let (relations, problems) = read_relations(&source);
/// assert!(problems.is_empty());
/// assert_eq!(relations.count(Strength::Logic), 2);
/// ```
#[must_use]
pub fn read_relations(source: &Source) -> (Relations, Diagnostics) {
    let (tree, errors) = DeTable::parse_recoverable(source.text());
    let mut reader = Reader { source, found: Diagnostics::new(), builder: Builder::new(), names: Names::default() };
    for error in &errors {
        let length = source.text().len();
        let span = error.span().map_or(Span::new(length, length), Span::from);
        let twice = error.message().starts_with("duplicate key");
        let key = source.text().get(span.range()).unwrap_or_default();
        reader.found.push(if twice {
            Diagnostic::new(codes::TWICE, span, format!("`{key}` stands twice in the same table"))
                .help("leave one of them out, or put both together in one list")
        } else {
            Diagnostic::new(codes::TOML, span, format!("this is not TOML: {}", error.message()))
                .help("relations stand in quotes in a list: `logic = [\"a implies b\", \"c is not a\"]`")
        });
    }
    reader.tables(tree.get_ref(), errors.is_empty());
    let Reader { builder, mut found, .. } = reader;
    events_are_no_conditionals(&builder, &mut found);
    found.sort();
    (builder.finish().located(source), found)
}

struct Reader<'s> {
    source: &'s Source,
    found: Diagnostics,
    builder: Builder,
    names: Names,
}

fn span_of(value: &Value<'_>) -> Span {
    value.span().into()
}

impl Reader<'_> {
    fn wrong_type(&mut self, span: Span, key: &str, must: &str, example: &str) {
        let diagnostic = Diagnostic::new(codes::WRONG_TYPE, span, format!("`{key}` must be {must}"));
        self.found.push(diagnostic.help(format!("it reads `{example}`")));
    }

    fn unknown_key(&mut self, span: Span, key: &str, known: &[&str]) {
        let unknown = Diagnostic::new(codes::UNKNOWN_KEY, span, format!("`{key}` is no key here"));
        self.found.push(unknown.help(match nearest(key, known.iter().copied()) {
            Some(near) => format!("the nearest key is `{near}`"),
            None => {
                format!("the keys are {}", known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))
            }
        }));
    }

    fn tables(&mut self, table: &DeTable<'_>, is_whole: bool) {
        for (key, _) in table {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                self.unknown_key(key.span().into(), key.get_ref(), KEYS);
            }
        }
        let get = |key: &str| table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value);
        if let Some(value) = get("title") {
            match value.get_ref() {
                DeValue::String(text) => self.builder.title(text.as_ref()),
                _ => self.wrong_type(span_of(value), "title", "a text", "title = \"After the summit\""),
            }
        }
        if let Some(value) = get("names") {
            self.short_names(value);
        }
        if let Some(value) = get("unasked") {
            for (name, span) in self.strings(value, "unasked", "unasked = [\"deal\"]") {
                if self.names.short.contains_key(&name) || self.names.unasked.insert(name.clone(), span).is_some() {
                    self.twice(span, &name);
                }
            }
        }
        if let Some(value) = get("deadlines") {
            self.deadlines(value);
        }
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (key, strength) in [("logic", Strength::Logic), ("assume", Strength::Assume)] {
            let Some(value) = get(key) else { continue };
            for (text, span) in self.strings(value, key, &format!("{key} = [\"a implies b\"]")) {
                let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(first) = seen.insert(plain.clone(), span) {
                    let message = format!("the relation `{plain}` stands twice and counts once");
                    let diagnostic = Diagnostic::new(codes::REPEATED, span, message);
                    self.found.push(diagnostic.other(first, "first here").help("leave one of them out"));
                    continue;
                }
                let (inner, at) = self.inside(&text, span);
                if let Err(Wrong { code, message, span, help }) =
                    relation(&inner, at, strength, &self.names, &mut self.builder)
                {
                    self.found.push(Diagnostic::new(code, span, message).help(help));
                }
            }
        }
        if is_whole && self.builder.so_far().is_empty() && self.found.is_empty() && get("deadlines").is_none() {
            let nothing = Diagnostic::new(codes::WRONG_TYPE, Span::default(), "the file declares no relation");
            self.found.push(nothing.help("write `logic = [\"a implies b\"]`, or `[deadlines.NAME]`"));
        }
    }

    /// A text without its quotes, and where it stands; where escapes make the two differ, the place is that of the whole.
    fn inside(&self, text: &str, span: Span) -> (String, Span) {
        let raw = self.source.text().get(span.range()).unwrap_or_default();
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        match raw.get(quotes..raw.len().saturating_sub(quotes)) {
            Some(inner) if inner == text => (inner.to_owned(), Span::new(span.start + quotes, span.end - quotes)),
            Some(inner) if inner.trim_start_matches(['\r', '\n']) == text => {
                (text.to_owned(), Span::new(span.end - quotes - text.len(), span.end - quotes))
            }
            _ => (text.to_owned(), span),
        }
    }

    fn twice(&mut self, span: Span, name: &str) {
        let diagnostic = Diagnostic::new(codes::TWICE, span, format!("`{name}` is named twice"));
        self.found.push(diagnostic.help("a name stands for one thing: leave one of them out, or rename it"));
    }

    fn strings(&mut self, value: &Value<'_>, key: &str, example: &str) -> Vec<(String, Span)> {
        let must = "a list of texts";
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(span_of(value), key, must, example);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), span_of(item))),
                _ => self.wrong_type(span_of(item), key, must, example),
            }
        }
        texts
    }

    fn short_names(&mut self, value: &Value<'_>) {
        let example = "[names] talks = \"id of the question\"";
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type(span_of(value), "names", "a table of names and questions", example);
        };
        for (key, value) in table {
            let name = key.get_ref().to_string();
            let DeValue::String(question) = value.get_ref() else {
                self.wrong_type(span_of(value), &name, "the id of a question", example);
                continue;
            };
            if let Err(problem) = check_name("question id", question) {
                self.found.push(
                    Diagnostic::new(codes::WRONG_TYPE, span_of(value), problem)
                        .help("write the question's id as the table has it"),
                );
                continue;
            }
            self.names.short.insert(name, question.to_string());
        }
    }

    fn deadlines(&mut self, value: &Value<'_>) {
        let example = "[deadlines.bilateral] by = { 2025-08-31 = \"bilateral_aug\" }";
        let DeValue::Table(events) = value.get_ref() else {
            return self.wrong_type(span_of(value), "deadlines", "a table of events", example);
        };
        for (event, value) in events {
            let name = event.get_ref().to_string();
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong_type(span_of(value), &name, "a table with `by`", example);
                continue;
            };
            let (mut from, mut rungs) = (None, Vec::new());
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "from" => from = self.date(value),
                    "by" => rungs = self.rungs(value, example),
                    other => self.unknown_key(key.span().into(), other, &["from", "by"]),
                }
            }
            let at = Span::from(event.span());
            if rungs.is_empty() && from.is_none() && self.found.is_empty() {
                self.wrong_type(at, &name, "given deadlines", example);
            }
            if self.names.short.contains_key(&name) || self.names.unasked.contains_key(&name) {
                self.twice(at, &name);
            }
            if let Some((day, _, span)) = rungs.iter().find(|(day, ..)| from.is_some_and(|from| *day < from)) {
                let early = format!("the deadline {day} lies before the day from which `{name}` can come");
                self.found.push(Diagnostic::new(codes::DEADLINE, *span, early).help("move `from`, or the deadline"));
            }
            let ladder = self.builder.ladder(&name, from, at);
            for (day, question, span) in rungs {
                if question == name {
                    let both = format!("`{name}` names both an event and a question on its deadlines");
                    let diagnostic = Diagnostic::new(codes::TWICE, span, both);
                    self.found.push(diagnostic.help("give the event another name: `[deadlines.NAME]`"));
                }
                let literal = self.names.literal(&mut self.builder, &question, None, span);
                self.builder.rung(ladder, day, literal.atom);
            }
        }
    }

    fn rungs(&mut self, value: &Value<'_>, example: &str) -> Vec<(Date, String, Span)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(span_of(value), "by", "a table of days and questions", example);
            return Vec::new();
        };
        let mut rungs: Vec<(Date, String, Span)> = Vec::new();
        for (key, value) in table {
            let by = match day(key.get_ref()) {
                Ok(by) => by,
                Err(problem) => {
                    let diagnostic = Diagnostic::new(codes::DEADLINE, Span::from(key.span()), problem);
                    self.found.push(diagnostic.help("a day is year-month-day, as in `2025-08-31`"));
                    continue;
                }
            };
            let DeValue::String(question) = value.get_ref() else {
                self.wrong_type(span_of(value), key.get_ref(), "the name of a question", example);
                continue;
            };
            let span = span_of(value);
            if rungs.iter().any(|(_, other, _)| other.as_str() == question.as_ref()) {
                self.twice(span, question);
                continue;
            }
            rungs.push((by, question.to_string(), span));
        }
        rungs.sort();
        rungs
    }

    fn date(&mut self, value: &Value<'_>) -> Option<Date> {
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let read = day(&text).ok();
        if read.is_none() {
            self.wrong_type(span_of(value), "from", "a day", "from = 2025-08-19");
        }
        read
    }
}

/// A conditional forecast is no event, so it cannot be a part of one.
fn events_are_no_conditionals(builder: &Builder, found: &mut Diagnostics) {
    let relations = builder.so_far();
    for conditional in relations.iter().flat_map(|relation| &relation.conditionals) {
        for relation in relations {
            let judged = relation.judgements.iter().flat_map(|judgement| match judgement {
                Judgement::Linear(row) => row.terms.iter().map(|(_, literal)| literal.atom).collect(),
                Judgement::Product { a, b, .. } => vec![a.atom, b.atom],
            });
            let parts = relation.conditionals.iter().flat_map(|other| [other.event.atom, other.condition.atom]);
            if atoms(&relation.clauses).chain(judged).chain(parts).any(|atom| atom == conditional.name) {
                let name = &builder.propositions()[conditional.name].name;
                let message = format!("`{name}` is a conditional forecast and no event, so nothing can follow from it");
                found.push(
                    Diagnostic::new(codes::CONDITIONAL, relation.span, message).help(
                        "write out the event and its condition: `a given b is at least 20%`, `a and b implies c`",
                    ),
                );
            }
        }
    }
}
