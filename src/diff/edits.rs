//! Two scenarios → the edits that make one of the other, each of which can be made without the others.

use super::slots::{self, Slot};
use super::tree::{Keys, Section, Tree, same, shown};
use jiff::civil::Date;
use toml_edit::{Array, InlineTable, Value};

/// Keys whose tables are edited entry by entry.
const BY_ENTRY: &[&str] = &["causes", "odds", "raised_by", "lowered_by"];
/// Keys that hold figures.
const FIGURES: &[&str] =
    &["chance", "when", "value", "count", "background", "causes", "odds", "raised_by", "lowered_by", "otherwise"];
/// What a question asks about.
const TARGETS: &[&str] = &["holds", "which", "value", "when"];

/// Where an edit is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The day looked from, and the file's `as_of` if that differs.
    Day,
    /// A key of the file.
    Top(String),
    /// A whole table.
    Table(Section, String),
    /// A key of a table.
    Key(Section, String, String),
    /// An entry of a key's table, such as one condition of `odds`.
    Entry(Section, String, String, String),
    /// One case of a key's list.
    Case(Section, String, String, usize),
    /// A piece of news, by its slot.
    News(usize),
    /// A group drawn together, by its slot.
    Correlated(usize),
}

/// One edit, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) place: Place,
    /// What is edited.
    pub(super) what: String,
    /// What stood there.
    pub(super) before: Option<String>,
    /// What stands there now.
    pub(super) after: Option<String>,
    /// Why, if the new file says something of that which the old one does not.
    pub(super) reason: Option<String>,
}

impl Edit {
    /// Whether it puts another figure in the place of one, and the file gives no new reason for that.
    pub(super) fn is_bare(&self) -> bool {
        let of_a_figure = match &self.place {
            Place::Key(section, _, key) | Place::Entry(section, _, key, _) | Place::Case(section, _, key, _) => {
                *section != Section::Question && FIGURES.contains(&key.as_str())
            }
            _ => false,
        };
        of_a_figure && self.before.is_some() && self.after.is_some() && self.reason.is_none()
    }
}

/// A file and the day it is looked at from.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    pub(super) tree: Tree,
    pub(super) day: Date,
}

/// All edits between two files.
#[derive(Debug)]
pub(super) struct Edits {
    old: Dated,
    new: Dated,
    pub(super) news: Vec<Slot>,
    pub(super) correlated: Vec<Slot>,
    pub(super) all: Vec<Edit>,
    /// News of the new file that is not known yet on its day.
    pub(super) waiting: usize,
}

impl Edits {
    /// The edits from the one to the other; of questions only those named are kept.
    pub(super) fn between(mut old: Dated, mut new: Dated, questions: &[String]) -> Self {
        for tree in [&mut old.tree, &mut new.tree] {
            tree.tables.retain(|(section, name), _| *section != Section::Question || questions.contains(name));
        }
        let waiting = new.tree.news.iter().filter(|news| slots::date(news).is_some_and(|date| date > new.day)).count();
        let known = |side: &Dated| -> Vec<Keys> {
            let known = |news: &&Keys| slots::date(news).is_none_or(|date| date <= side.day);
            side.tree.news.iter().filter(known).cloned().collect()
        };
        let news = slots::of_news(known(&old), known(&new));
        let correlated = slots::of_groups(&old.tree.correlated, &new.tree.correlated);
        let mut edits = Self { old, new, news, correlated, all: Vec::new(), waiting };
        edits.find();
        edits
    }

    fn find(&mut self) {
        let mut all = Vec::new();
        all.extend(self.day());
        let tops = keys_of(&self.old.tree.top, &self.new.tree.top).filter(|key| *key != "as_of");
        all.extend(tops.filter_map(|key| {
            let (before, after) = (self.old.tree.top.get(key), self.new.tree.top.get(key));
            (!same(before, after)).then(|| edit(Place::Top(key.clone()), key.clone(), before, after))
        }));
        for section in Section::ALL {
            for name in self.names(section) {
                self.table(section, &name, &mut all);
            }
        }
        let groups = self.correlated.iter().enumerate().filter(|(_, slot)| slot.differs());
        all.extend(groups.map(|(at, slot)| slot.group_edit(Place::Correlated(at))));
        let news = self.news.iter().enumerate().filter(|(_, slot)| slot.differs());
        all.extend(news.map(|(at, slot)| slot.news_edit(Place::News(at))));
        self.all = all;
    }

    fn day(&self) -> Option<Edit> {
        let as_of = |side: &Dated| side.tree.top.get("as_of").map(shown);
        let (from, to) = (as_of(&self.old), as_of(&self.new));
        if self.old.day == self.new.day {
            return (from != to).then(|| Edit {
                place: Place::Day,
                what: "as_of".to_owned(),
                before: from,
                after: to,
                reason: None,
            });
        }
        let days = (self.new.day - self.old.day).get_days();
        let plural = if days.abs() == 1 { "" } else { "s" };
        let what = if days > 0 { format!("{days} day{plural} passed") } else { format!("{} day{plural} back", -days) };
        Some(Edit {
            place: Place::Day,
            what,
            before: Some(self.old.day.to_string()),
            after: Some(self.new.day.to_string()),
            reason: None,
        })
    }

    /// The names of a section's tables in either file.
    fn names(&self, section: Section) -> Vec<String> {
        let of = |tree: &Tree| -> Vec<String> {
            tree.tables.keys().filter(|(own, _)| *own == section).map(|(_, name)| name.clone()).collect()
        };
        let mut names = of(&self.old.tree);
        names.extend(of(&self.new.tree).into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        names
    }

    fn table(&self, section: Section, name: &str, all: &mut Vec<Edit>) {
        let at = (section, name.to_owned());
        let titled = |rest: &str| match section {
            Section::Event | Section::Decision | Section::Utility => format!("{name}: {rest}"),
            _ => format!("{} {name}: {rest}", section.key()),
        };
        let reason = || {
            let (old, new) = (&self.old.tree, &self.new.tree);
            new.new_reason(old, &at).or_else(|| new.taken_back(old, &at))
        };
        match (self.old.tree.tables.get(&at), self.new.tree.tables.get(&at)) {
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                let added = self.new.tree.tables.contains_key(&at);
                let table = if added { &self.new } else { &self.old }.tree.tables.get(&at);
                let text =
                    table.and_then(|keys| keys.iter().next()).map(|(key, value)| format!("{key} {}", short(value)));
                all.push(Edit {
                    place: Place::Table(section, name.to_owned()),
                    what: format!("{} {name} {}", section.key(), if added { "added" } else { "taken out" }),
                    before: text.clone().filter(|_| !added),
                    after: text.filter(|_| added),
                    reason: reason(),
                });
            }
            (Some(old), Some(new)) => {
                for key in keys_of(old, new).filter(|key| *key != "closes") {
                    let (before, after) = (old.get(key), new.get(key));
                    if same(before, after) {
                        continue;
                    }
                    let parts = parts(section, name, key, before, after);
                    if parts.is_empty() {
                        let place = Place::Key(section, name.to_owned(), key.clone());
                        all.push(Edit { reason: reason(), ..edit(place, titled(key), before, after) });
                    }
                    all.extend(parts.into_iter().map(|part| Edit {
                        what: titled(&part.what),
                        reason: reason(),
                        ..part
                    }));
                }
            }
        }
    }

    /// The scenario with some of the edits made, and the day it is looked at from.
    pub(super) fn variant(&self, made: &[bool]) -> (Tree, Date) {
        let mut tree = self.old.tree.clone();
        let mut day = self.old.day;
        let mut news: Vec<Option<&Keys>> = self.news.iter().map(|slot| slot.before.as_ref()).collect();
        let mut correlated: Vec<Option<&Keys>> = self.correlated.iter().map(|slot| slot.before.as_ref()).collect();
        for (edit, _) in self.all.iter().zip(made).filter(|(_, made)| **made) {
            match &edit.place {
                Place::Day => {
                    day = self.new.day;
                    set(&mut tree.top, "as_of", self.new.tree.top.get("as_of"));
                }
                Place::Top(key) => set(&mut tree.top, key, self.new.tree.top.get(key)),
                Place::News(at) => news[*at] = self.news[*at].after.as_ref(),
                Place::Correlated(at) => correlated[*at] = self.correlated[*at].after.as_ref(),
                Place::Table(section, name) => {
                    let at = (*section, name.clone());
                    match self.new.tree.tables.get(&at) {
                        Some(keys) => drop(tree.tables.insert(at, keys.clone())),
                        None => drop(tree.tables.shift_remove(&at)),
                    }
                }
                Place::Key(section, name, key) => {
                    let at = (*section, name.clone());
                    if let (Some(own), Some(new)) = (tree.tables.get_mut(&at), self.new.tree.tables.get(&at)) {
                        set(own, key, new.get(key));
                    }
                }
                Place::Entry(section, name, key, entry) => {
                    let at = (*section, name.clone());
                    let new = self.new.tree.tables.get(&at).and_then(|keys| keys.get(key)?.as_inline_table());
                    let own = tree.tables.get_mut(&at).and_then(|keys| keys.get_mut(key)?.as_inline_table_mut());
                    if let (Some(own), Some(new)) = (own, new) {
                        match new.get(entry) {
                            Some(value) => drop(own.insert(entry.as_str(), value.clone())),
                            None => drop(own.remove(entry)),
                        }
                    }
                }
                Place::Case(section, name, key, case) => {
                    let at = (*section, name.clone());
                    let new = self.new.tree.tables.get(&at).and_then(|keys| keys.get(key)?.as_array()?.get(*case));
                    let own = tree.tables.get_mut(&at).and_then(|keys| keys.get_mut(key)?.as_array_mut());
                    if let (Some(own), Some(new)) = (own, new) {
                        own.replace(*case, new.clone());
                    }
                }
            }
        }
        tree.news = news.into_iter().flatten().cloned().collect();
        tree.correlated = correlated.into_iter().flatten().cloned().collect();
        self.close(&mut tree);
        (tree, day)
    }

    /// When a question closes bears on no figure: in a variant it does so as late as it can.
    fn close(&self, tree: &mut Tree) {
        let horizon = tree.top.get("horizon").cloned();
        for (at, keys) in tree.tables.iter_mut().filter(|((section, _), _)| *section == Section::Question) {
            let stated =
                [&self.old, &self.new].map(|side| side.tree.tables.get(at).and_then(|keys| keys.get("closes")));
            let latest = stated.into_iter().flatten().max_by_key(|date| shown(date)).cloned();
            if let Some(date) = horizon.clone().or(latest) {
                keys.insert("closes".to_owned(), date);
            }
        }
    }
}

/// Whether a question of both files asks about the same kind of thing, so that its figures can be compared.
pub(super) fn comparable(old: &Tree, new: &Tree, question: &str) -> bool {
    let target = |tree: &Tree| {
        let keys = tree.tables.get(&(Section::Question, question.to_owned()))?;
        TARGETS.iter().find(|key| keys.contains_key(**key)).copied()
    };
    target(old).is_some() && target(old) == target(new)
}

/// Every key of either table, those of the first first.
fn keys_of<'k>(one: &'k Keys, other: &'k Keys) -> impl Iterator<Item = &'k String> {
    one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)))
}

fn set(keys: &mut Keys, key: &str, value: Option<&Value>) {
    match value {
        Some(value) => drop(keys.insert(key.to_owned(), value.clone())),
        None => drop(keys.shift_remove(key)),
    }
}

fn edit(place: Place, what: String, before: Option<&Value>, after: Option<&Value>) -> Edit {
    Edit { place, what, before: before.map(short), after: after.map(short), reason: None }
}

/// A value in few letters.
pub(super) fn short(value: &Value) -> String {
    const MOST: usize = 48;
    let text = shown(value);
    if text.chars().count() <= MOST {
        return text;
    }
    let mut cut: String = text.chars().take(MOST - 1).collect();
    cut.push('…');
    cut
}

/// The edits inside one key, if it is made of entries or cases that can be told apart; `what` then begins with the key.
fn parts(section: Section, name: &str, key: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<Edit> {
    let by_entry = BY_ENTRY.contains(&key);
    match (before, after) {
        (Some(Value::InlineTable(old)), Some(Value::InlineTable(new))) if by_entry => {
            entries(section, name, key, old, new)
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => cases(section, name, key, old, new),
        _ => Vec::new(),
    }
}

fn entries(section: Section, name: &str, key: &str, old: &InlineTable, new: &InlineTable) -> Vec<Edit> {
    let added = new.iter().map(|(entry, _)| entry).filter(|entry| !old.contains_key(entry));
    let all = old.iter().map(|(entry, _)| entry).chain(added);
    all.filter(|entry| !same(old.get(entry), new.get(entry)))
        .map(|entry| {
            let place = Place::Entry(section, name.to_owned(), key.to_owned(), entry.to_owned());
            edit(place, format!("{key} of {entry}"), old.get(entry), new.get(entry))
        })
        .collect()
}

/// Cases under the same conditions, of which some give something else.
fn cases(section: Section, name: &str, key: &str, old: &Array, new: &Array) -> Vec<Edit> {
    let condition = |case: &Value| Some(case.as_inline_table()?.get("if").map(shown));
    let alike = old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| condition(old).is_some() && condition(old) == condition(new));
    if !alike {
        return Vec::new();
    }
    let given = |case: &Value| {
        let case = case.as_inline_table()?;
        case.get("is").or_else(|| case.get("otherwise")).map(short)
    };
    let pairs = old.iter().zip(new).enumerate().filter(|(_, (old, new))| !same(Some(old), Some(new)));
    pairs
        .map(|(at, (old, new))| Edit {
            place: Place::Case(section, name.to_owned(), key.to_owned(), at),
            what: match condition(old).flatten() {
                Some(condition) => format!("{key} if {condition}"),
                None => format!("{key} otherwise"),
            },
            before: given(old),
            after: given(new),
            reason: None,
        })
        .collect()
}
