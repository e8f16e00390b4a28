//! A scenario file as plain values without layout: what bears on its figures, and nothing else.
//!
//! Words for people (`title`, `why`, `ask` …), rules that only check (`logic`, `assume`, `overall`) and what belongs to a network of
//! another tool are left out, so that they make no difference between two files. News keeps its words, by which it is named.

use crate::error::Error;
use indexmap::IndexMap;
use std::fmt::Write as _;
use toml_edit::{Array, Document, Formatted, InlineTable, Item, Key, TableLike, Value};

/// The keys of one table.
pub(super) type Keys = IndexMap<String, Value>;

/// Keys that give the reason of a figure.
const REASONS: &[&str] = &["why", "learned_from", "source"];

/// The kinds of table that have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Section {
    Prior,
    Event,
    Decision,
    Utility,
    Question,
}

impl Section {
    pub(super) const ALL: [Self; 5] = [Self::Prior, Self::Event, Self::Decision, Self::Utility, Self::Question];

    /// As it stands in a header.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Prior => "prior",
            Self::Event => "event",
            Self::Decision => "decision",
            Self::Utility => "utility",
            Self::Question => "question",
        }
    }

    /// The keys that bear on no figure.
    const fn idle(self) -> &'static [&'static str] {
        match self {
            Self::Prior => &["why", "source", "learned_from"],
            Self::Event | Self::Decision | Self::Utility => &[
                "ask",
                "story",
                "resolves",
                "why",
                "source",
                "unit",
                "tags",
                "assume",
                "label",
                "option_labels",
                "properties",
                "learned_from",
                "overall",
            ],
            Self::Question => &["ask", "story", "resolves", "opens", "source", "tags", "why"],
        }
    }
}

/// A file.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    /// `as_of`, `horizon`, `suppose`.
    pub(super) top: Keys,
    /// By section and name, in file order.
    pub(super) tables: IndexMap<(Section, String), Keys>,
    pub(super) news: Vec<Keys>,
    pub(super) correlated: Vec<Keys>,
    /// What events and priors give as the reason of their figures.
    reasons: IndexMap<(Section, String), Keys>,
}

impl Tree {
    /// Reads a scenario's text.
    ///
    /// # Errors
    /// If it is not TOML.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let document =
            Document::parse(text).map_err(|problem| Error::input("the file is not TOML").because(problem))?;
        let root = document.as_table();
        let mut tree = Self::default();
        for key in ["as_of", "horizon", "suppose"] {
            if let Some(value) = root.get(key).and_then(plain) {
                tree.top.insert(key.to_owned(), value);
            }
        }
        for section in Section::ALL {
            let Some(tables) = root.get(section.key()).and_then(Item::as_table_like) else { continue };
            for (name, item) in tables.iter() {
                if let Some(table) = item.as_table_like() {
                    let at = (section, name.to_owned());
                    let reasons =
                        REASONS.iter().filter_map(|key| Some(((*key).to_owned(), table.get(key).and_then(plain)?)));
                    tree.reasons.insert(at.clone(), reasons.collect());
                    tree.tables.insert(at, keys(table, section.idle()));
                }
            }
        }
        tree.news = list(root.get("news"), &["why"]);
        tree.correlated = list(root.get("correlated"), &["why"]);
        Ok(tree)
    }

    /// The reason that a table states and the other file's does not; the outcomes that it learned from, as far as they are new.
    pub(super) fn new_reason(&self, old: &Self, at: &(Section, String)) -> Option<String> {
        let (own, before) = (self.reasons.get(at)?, old.reasons.get(at));
        REASONS.iter().find_map(|key| {
            let (reason, known) = (own.get(*key)?, before.and_then(|keys| keys.get(*key)));
            if same(known, Some(reason)) {
                return None;
            }
            let Some(outcomes) = reason.as_array() else { return Some(shown(reason)) };
            let known = known.and_then(Value::as_array).into_iter().flat_map(Array::iter);
            let known: Vec<String> = known.map(observation).collect();
            let new: Vec<String> =
                outcomes.iter().map(observation).filter(|outcome| !known.contains(outcome)).collect();
            (!new.is_empty()).then(|| format!("learned from {}", new.join("; ")))
        })
    }

    /// What a table has no longer learned from, where nothing else has taken its place: an update was taken back.
    pub(super) fn taken_back(&self, old: &Self, at: &(Section, String)) -> Option<String> {
        let learned = |tree: &Self| -> Vec<String> {
            let list = tree.reasons.get(at).and_then(|keys| keys.get("learned_from")?.as_array());
            list.into_iter().flat_map(Array::iter).map(observation).collect()
        };
        let (own, before) = (learned(self), learned(old));
        let gone: Vec<&str> = before.iter().filter(|outcome| !own.contains(outcome)).map(String::as_str).collect();
        let is_less = !gone.is_empty() && own.iter().all(|outcome| before.contains(outcome));
        is_less.then(|| format!("no longer learned from {}", gone.join("; ")))
    }

    /// As the text of a scenario that the engine reads.
    pub(super) fn write(&self) -> String {
        let mut text = "title = \"a variant\"\n".to_owned();
        lines(&mut text, &self.top);
        for ((section, name), keys) in &self.tables {
            let _ = writeln!(text, "[{}.{}]", section.key(), Key::new(name));
            if *section == Section::Question {
                text.push_str("ask = \"?\"\nresolves = \"?\"\n");
            }
            lines(&mut text, keys);
        }
        for (header, tables) in [("news", &self.news), ("correlated", &self.correlated)] {
            for keys in tables {
                let _ = writeln!(text, "[[{header}]]");
                lines(&mut text, keys);
            }
        }
        text
    }
}

fn lines(text: &mut String, keys: &Keys) {
    for (key, value) in keys {
        let _ = writeln!(text, "{} = {value}", Key::new(key));
    }
}

fn keys(table: &dyn TableLike, without: &[&str]) -> Keys {
    let kept = table.iter().filter(|(key, _)| !without.contains(key));
    kept.filter_map(|(key, item)| Some((key.to_owned(), plain(item)?))).collect()
}

fn list(item: Option<&Item>, without: &[&str]) -> Vec<Keys> {
    match item {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| keys(table, without)).collect(),
        Some(Item::Value(Value::Array(tables))) => {
            tables.iter().filter_map(Value::as_inline_table).map(|table| keys(table, without)).collect()
        }
        _ => Vec::new(),
    }
}

/// The same value as if written anew, so that values that are equal are written alike.
fn plain(item: &Item) -> Option<Value> {
    match item {
        Item::None => None,
        Item::Value(value) => Some(anew(value)),
        Item::Table(table) => Some(Value::InlineTable(inline(table))),
        Item::ArrayOfTables(tables) => {
            Some(Value::Array(tables.iter().map(|table| Value::InlineTable(inline(table))).collect::<Array>()))
        }
    }
}

fn anew(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(Formatted::new(text.value().clone())),
        Value::Integer(number) => Value::Integer(Formatted::new(*number.value())),
        Value::Float(number) => Value::Float(Formatted::new(*number.value())),
        Value::Boolean(truth) => Value::Boolean(Formatted::new(*truth.value())),
        Value::Datetime(date) => Value::Datetime(Formatted::new(*date.value())),
        Value::Array(items) => Value::Array(items.iter().map(anew).collect::<Array>()),
        Value::InlineTable(table) => Value::InlineTable(inline(table)),
    }
}

fn inline(table: &dyn TableLike) -> InlineTable {
    table.iter().filter_map(|(key, item)| Some((key, plain(item)?))).collect()
}

/// A value as people read it: a text without its quotes.
pub(super) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned)
}

/// Whether two values are the same.
pub(super) fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.map(ToString::to_string) == other.map(ToString::to_string)
}

/// What was learned from, of a table of cases without the hashes of their names.
fn observation(learned: &Value) -> String {
    let whole = shown(learned);
    match whole.split_once("; names ") {
        Some((table, names)) if names.ends_with(')') => format!("{table})"),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;
    use crate::source::Source;

    #[test]
    fn a_file_of_everything_is_written_so_that_it_is_read_again() {
        let text = include_str!("../scenario/everything.toml");
        let tree = Tree::read(text).expect("TOML");
        let (document, found) = parse(&Source::new("again.toml", tree.write()));
        assert!(!found.has_errors(), "{}", tree.write());
        let (original, _) = parse(&Source::new("everything.toml", text));
        assert_eq!(
            (document.events.len(), document.questions.len(), document.news.len(), document.correlated.len()),
            (original.events.len(), original.questions.len(), original.news.len(), original.correlated.len())
        );
        assert!(document.logic.is_empty() && document.events.iter().all(|event| event.why.is_none()));
    }

    #[test]
    fn layout_and_words_make_no_difference() {
        let one = "as_of = 2026-01-01\n[event.a]\nchance = 0.30 # so\nwhy = 'x'\n[event.a.odds]\n# note\n\"b\" = 2\n[event.b]\nchance=1\n";
        let other = "as_of = 2026-01-01\n[event]\na = { chance = 0.3, odds = { b = 2 } }\nb.chance = 1\n";
        let [one, other] = [one, other].map(|text| Tree::read(text).expect("TOML").write());
        assert_eq!(one, other);
    }

    #[test]
    fn a_reason_is_every_outcome_that_was_learned_from_since() {
        let at = (Section::Event, "a".to_owned());
        let reason = |old: &str, new: &str| {
            let [old, new] =
                [old, new].map(|more| Tree::read(&format!("[event.a]\nchance = 0.3\n{more}")).expect("TOML"));
            new.new_reason(&old, &at)
        };
        let (before, after) = ("learned_from = [\"x: yes\"]", "learned_from = [\"x: yes\", \"y: no\", \"z: not yet\"]");
        assert_eq!(reason(before, after).as_deref(), Some("learned from y: no; z: not yet"));
        assert_eq!(reason("", before).as_deref(), Some("learned from x: yes"));
        // What was taken out again is no reason; what stands beside it may be one.
        assert_eq!(reason(after, before), None);
        assert_eq!(reason(after, &format!("{before}\nsource = \"a paper\"")).as_deref(), Some("a paper"));
        // Words come first.
        assert_eq!(reason(before, &format!("{after}\nwhy = \"counted\"")).as_deref(), Some("counted"));
        // Names of cases are not for people.
        let cases = "learned_from = [\"2 cases of c.csv (0123456789ab; names AAAAAAABBBBBBB)\"]";
        assert_eq!(reason("", cases).as_deref(), Some("learned from 2 cases of c.csv (0123456789ab)"));
    }

    #[test]
    fn what_was_taken_back_is_what_is_learned_from_no_longer() {
        let at = (Section::Event, "a".to_owned());
        let gone = |old: &str, new: &str| {
            let [old, new] =
                [old, new].map(|more| Tree::read(&format!("[event.a]\nchance = 0.3\n{more}")).expect("TOML"));
            new.taken_back(&old, &at)
        };
        let (one, two) = ("learned_from = [\"x: yes\"]", "learned_from = [\"x: yes\", \"y: no\"]");
        assert_eq!(gone(two, one).as_deref(), Some("no longer learned from y: no"));
        assert_eq!(gone(one, "").as_deref(), Some("no longer learned from x: yes"));
        for (old, new) in [(one, two), (one, one), ("", one), ("", ""), (two, "learned_from = [\"z: no\"]")] {
            assert_eq!(gone(old, new), None, "{old} {new}");
        }
    }
}
