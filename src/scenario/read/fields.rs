//! One table of the file with the keys that the registry knows for it.

use super::values::kind_of;
use super::{Reader, Value};
use crate::diagnostic::Diagnostic;
use crate::scenario::codes;
use crate::scenario::document::Unread;
use crate::scenario::grammar;
use crate::scenario::keys::{KeyKind, Need, Table, TableName, keys, table};
use crate::scenario::names::{continues_name, name_problem, nearest};
use crate::scenario::place::Place;
use crate::source::{Span, Spanned};
use toml::de::{DeTable, DeValue};

/// What people call keys, and what the keys are.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("probability", "chance"),
    ("prob", "chance"),
    ("p", "chance"),
    ("odds_ratio", "odds"),
    ("options", "one_of"),
    ("outcomes", "one_of"),
    ("number", "value"),
    ("range", "value"),
    ("formula", "equals"),
    ("depends_on", "requires"),
    ("needs", "requires"),
    ("question", "ask"),
    ("reason", "why"),
    ("note", "why"),
    ("resolution", "resolves"),
    ("deadline", "closes"),
    ("close", "closes"),
    ("end", "horizon"),
    ("until", "horizon"),
    ("start", "as_of"),
    ("today", "as_of"),
    ("name", "title"),
    ("author", "forecaster"),
    ("members", "events"),
];

/// A table being read.
#[derive(Debug)]
pub(super) struct Fields<'r, 's, 'v> {
    pub(super) reader: &'r Reader<'s>,
    /// What it is called in messages: `the event \`x\``.
    pub(super) title: String,
    /// Its header, or the whole of an inline table.
    pub(super) span: Span,
    known: &'static Table,
    tree: &'v DeTable<'v>,
}

impl<'r, 's, 'v> Fields<'r, 's, 'v> {
    /// Takes a table, and reports the keys it should not have and those it lacks.
    pub(super) fn of(
        reader: &'r Reader<'s>,
        name: TableName,
        called: Option<&str>,
        span: Span,
        tree: &'v DeTable<'v>,
    ) -> Self {
        let known = table(name);
        let title = called.map_or_else(
            || known.title.to_owned(),
            |called| {
                let article = known.title.trim_start_matches("an ").trim_start_matches("a ");
                format!("the {article} `{called}`")
            },
        );
        let fields = Self { reader, title, span, known, tree };
        fields.check_keys();
        fields
    }

    fn check_keys(&self) {
        let mut unknown: Vec<_> = self.tree.iter().filter(|(key, _)| self.known.key(key.get_ref()).is_none()).collect();
        unknown.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in unknown {
            let span = Span::from(key.span());
            if !self.reader.is_damaged(span) {
                self.reader.report(self.unknown(key.get_ref(), span, value));
            }
        }
        // Where the text is no TOML, a key may well be there and only be hidden by that.
        if self.known.name == TableName::Top && !self.reader.is_whole() {
            return;
        }
        for key in self.known.keys.iter().filter(|key| key.need == Need::Required) {
            if !self.tree.contains_key(key.name) {
                let message = format!("{} has no `{}`", self.title, key.name);
                let help = format!("say {}: `{} = {}`", key.about, key.name, key.example);
                self.reader.report(Diagnostic::new(codes::MISSING_KEY, self.span, message).help(help));
            }
        }
    }

    fn unknown(&self, key: &str, span: Span, value: &Value<'_>) -> Diagnostic {
        let what = if value.get_ref().is_table() { "table" } else { "key" };
        let shown = key.escape_debug().to_string();
        let diagnostic = Diagnostic::new(codes::UNKNOWN_KEY, span, format!("{} has no {what} `{shown}`", self.title));
        if let Some(near) = nearest(key, self.known.keys.iter().map(|key| key.name)) {
            return diagnostic.help(format!("did you mean `{near}`?"));
        }
        if self.known.name == TableName::Top
            && let Some(near) = nearest(
                key,
                ["prior", "event", "question", "decision", "utility", "logic", "assume", "news", "correlated"],
            )
        {
            return diagnostic.help(format!("did you mean `{near}`?"));
        }
        if let Some((_, meant)) =
            OTHER_WORDS.iter().find(|(word, meant)| *word == key.to_lowercase() && self.known.key(meant).is_some())
        {
            return diagnostic.help(format!("the key for it is `{meant}`"));
        }
        if self.known.name == TableName::Prior && ["value", "count"].contains(&key) {
            return diagnostic
                .help(format!("a class holds a chance, and no number or count: {}", grammar::NUMBERS_IN_EVENTS));
        }
        let known: Vec<String> = self.known.keys.iter().map(|key| format!("`{}`", key.name)).collect();
        let known = format!("the keys of {} are {}", self.known.title, known.join(", "));
        let elsewhere = keys().iter().find(|table| table.name != TableName::Top && table.key(key).is_some());
        diagnostic.help(match elsewhere {
            Some(elsewhere) => format!("`{key}` belongs to {}; {known}", elsewhere.title),
            None => known,
        })
    }

    /// The registry's entry for this table.
    pub(super) const fn known(&self) -> &'static Table {
        self.known
    }

    /// Whether a key is there at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.tree.contains_key(key)
    }

    /// The place of a key and its value, if it is there and TOML could read it.
    pub(super) fn get(&self, key: &str) -> Option<(Span, &'v Value<'v>)> {
        debug_assert!(self.known.key(key).is_some(), "`{key}` is not in the registry");
        let (key, value) = self.tree.get_key_value(key)?;
        (!self.reader.is_damaged(value.span().into())).then(|| (key.span().into(), value))
    }

    /// What of it could not be read, once it has been.
    pub(super) fn unread(&self) -> Unread {
        let mut unread = Unread { keys: Vec::new(), anything: !self.reader.is_whole() };
        for (key, value) in self.tree {
            if self.known.key(key.get_ref()).is_none() {
                unread.anything = true;
            } else if self.reader.is_reported_at(key.span().into()) || self.reader.is_reported(value) {
                unread.keys.push(key.get_ref().to_string());
            }
        }
        unread
    }

    /// Names that were meant to be of the tables under a key, but cannot be used: of entries that are no tables, of tables that stand
    /// under an unknown key, and the words of names that cannot be any.
    pub(super) fn unread_names(&self, key: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (top, value) in self.tree {
            let DeValue::Table(table) = value.get_ref() else { continue };
            let known = self.known.key(top.get_ref()).is_some();
            if known && top.get_ref() != key {
                continue;
            }
            for (name, entry) in table {
                let name = name.get_ref();
                if !known || !entry.get_ref().is_table() {
                    names.push(name.to_string());
                } else if name_problem(name).is_some() {
                    let words = name.split(|character| !continues_name(character));
                    names.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
                }
            }
        }
        names
    }

    /// The place of a key without its quotes, with the place of its characters.
    pub(super) fn key_place(&self, key: &toml::Spanned<std::borrow::Cow<'_, str>>) -> (Span, Place) {
        let place = Place::of_toml(self.reader.source.text(), key.span().into(), key.get_ref());
        (place.span(0..key.get_ref().len()), place)
    }

    /// The tables under a key, by name, in the order of the file.
    pub(super) fn named(&self, key: &str) -> Vec<(Spanned<String>, Self)> {
        let Some((_, value)) = self.get(key) else {
            return Vec::new();
        };
        let inner = self.inner(key);
        let DeValue::Table(tables) = value.get_ref() else {
            let message = format!("`{key}` is a table of tables, not {}", kind_of(value));
            let help = format!("begin a table with `[{key}.NAME]`");
            self.reader.report(Diagnostic::new(codes::WRONG_TYPE, Span::from(value.span()), message).help(help));
            return Vec::new();
        };
        let mut entries: Vec<_> = tables.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let mut named = Vec::new();
        for (name, value) in entries {
            let (span, _) = self.key_place(name);
            let text = Spanned::new(name.get_ref().to_string(), span);
            let Some(fields) = self.table_value(inner, key, Some(&text.value), value) else {
                continue;
            };
            self.reader.check_name(table(inner).title, &text);
            named.push((text, fields));
        }
        named
    }

    /// The list of tables under a key.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some((_, value)) = self.get(key) else {
            return Vec::new();
        };
        let inner = self.inner(key);
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`{key}` is a list of tables, not {}", kind_of(value));
            let help = format!("begin each with `[[{key}]]`, in double brackets");
            self.reader.report(Diagnostic::new(codes::WRONG_TYPE, Span::from(value.span()), message).help(help));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.table_value(inner, key, None, item)).collect()
    }

    fn inner(&self, key: &str) -> TableName {
        match self.known.key(key).map(|key| key.kind) {
            Some(KeyKind::Tables(name) | KeyKind::TableList(name)) => name,
            _ => TableName::Top,
        }
    }

    fn table_value(&self, inner: TableName, key: &str, name: Option<&str>, value: &'v Value<'v>) -> Option<Self> {
        let span = Span::from(value.span());
        let DeValue::Table(tree) = value.get_ref() else {
            if !self.reader.is_damaged(span) {
                let called = name.map_or_else(|| format!("an entry of `{key}`"), |name| format!("`{key}.{name}`"));
                let message = format!("{called} is a table, not {}", kind_of(value));
                let help = match name {
                    Some(_) => format!("begin it with `[{key}.NAME]`, then the keys of {}", table(inner).title),
                    None if inner == TableName::Rule && matches!(value.get_ref(), DeValue::String(_)) => format!(
                        "begin each with `[[{key}]]`, then `always = \"…\"` or `never = \"…\"`; a file of relations, with sentences in a list, is for `foretell cohere --relations`"
                    ),
                    None => format!("begin each with `[[{key}]]`"),
                };
                self.reader.report(Diagnostic::new(codes::WRONG_TYPE, span, message).help(help));
            }
            return None;
        };
        Some(Fields::of(self.reader, inner, name, span, tree))
    }
}
