//! Lists without names in two files: which piece of news, which group of the one is which of the other.

use super::edits::{Edit, Place};
use super::tree::{Keys, same, shown};
use jiff::civil::Date;

/// A member of a list as it stands in the one file and in the other.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) before: Option<Keys>,
    pub(super) after: Option<Keys>,
}

/// The keys of news that bear on figures.
const NEWS: &[&str] = &["date", "about", "effect"];
/// Those of a group.
const GROUP: &[&str] = &["events", "correlation"];

/// What makes one piece of news that of the other file, in the order in which they are tried: nothing changed, the effect did, the day did,
/// the reading of the same words did.
const NEWS_BY: &[&[&str]] = &[NEWS, &["date", "about"], &["about", "effect"], &["date", "says"]];
const GROUPS_BY: &[&[&str]] = &[GROUP, &["events"]];

/// The day of a piece of news.
pub(super) fn date(news: &Keys) -> Option<Date> {
    shown(news.get("date")?).parse().ok()
}

/// News of two files, in the order of the second, with what only the first has where it stood.
pub(super) fn of_news(old: Vec<Keys>, new: Vec<Keys>) -> Vec<Slot> {
    matched(old, new, NEWS_BY)
}

/// Groups of two files.
pub(super) fn of_groups(old: &[Keys], new: &[Keys]) -> Vec<Slot> {
    matched(old.to_vec(), new.to_vec(), GROUPS_BY)
}

fn matched(old: Vec<Keys>, new: Vec<Keys>, ways: &[&[&str]]) -> Vec<Slot> {
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for keys in ways {
        for (at, after) in new.iter().enumerate().filter(|(_, after)| keys.iter().all(|key| after.contains_key(*key))) {
            let alike = |before: &Keys| keys.iter().all(|key| same(before.get(*key), after.get(*key)));
            if partner[at].is_none()
                && let Some(found) = (0..old.len()).find(|at| !taken[*at] && alike(&old[*at]))
            {
                partner[at] = Some(found);
                taken[found] = true;
            }
        }
    }
    let mut old: Vec<Option<Keys>> = old.into_iter().map(Some).collect();
    let mut slots = Vec::with_capacity(new.len());
    let alone = |old: &mut [Option<Keys>], slots: &mut Vec<Slot>| {
        let left = old.iter_mut().zip(&taken).filter(|(_, taken)| !**taken);
        slots.extend(left.filter_map(|(keys, _)| keys.take()).map(|keys| Slot { before: Some(keys), after: None }));
    };
    for (after, partner) in new.into_iter().zip(partner) {
        let before = partner.and_then(|at| {
            alone(&mut old[..at], &mut slots);
            old[at].take()
        });
        slots.push(Slot { before, after: Some(after) });
    }
    alone(&mut old, &mut slots);
    slots
}

impl Slot {
    /// Whether the two bear on figures differently.
    pub(super) fn differs(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => NEWS.iter().chain(GROUP).any(|key| !same(before.get(*key), after.get(*key))),
            _ => true,
        }
    }

    /// In words, as news.
    pub(super) fn news_edit(&self, place: Place) -> Edit {
        let of = |keys: &Keys, key: &str| keys.get(key).map(shown).unwrap_or_default();
        let named = |keys: &Keys| format!("news of {}: {} {}", of(keys, "date"), of(keys, "about"), of(keys, "effect"));
        let words = |keys: &Keys| keys.get("says").or_else(|| keys.get("source")).map(super::edits::short);
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                let changed = |key: &&&str| !same(before.get(**key), after.get(**key));
                let (what, keys) = if same(before.get("about"), after.get("about")) {
                    (format!("news about {} changed", of(after, "about")), &["date", "effect"][..])
                } else {
                    (format!("news of {} changed", of(after, "date")), &["about", "effect"][..])
                };
                let shown = |keys_of: &Keys| {
                    let parts: Vec<String> = keys.iter().filter(changed).map(|key| of(keys_of, key)).collect();
                    parts.join(" ")
                };
                Edit { place, what, before: Some(shown(before)), after: Some(shown(after)), reason: words(after) }
            }
            (None, Some(after)) => Edit { place, what: named(after), before: None, after: None, reason: words(after) },
            (Some(before), None) => Edit {
                place,
                what: format!("{}, taken out", named(before)),
                before: words(before),
                after: None,
                reason: None,
            },
            (None, None) => Edit { place, what: "no news".to_owned(), before: None, after: None, reason: None },
        }
    }

    /// In words, as a group of events drawn together.
    pub(super) fn group_edit(&self, place: Place) -> Edit {
        let events = |keys: &Keys| {
            let names = keys.get("events").and_then(|events| events.as_array());
            let names: Vec<String> = names.into_iter().flatten().map(shown).collect();
            names.join(", ")
        };
        let either = self.after.as_ref().or(self.before.as_ref());
        let strength = |keys: &Option<Keys>| keys.as_ref()?.get("correlation").map(super::edits::short);
        Edit {
            place,
            what: format!("correlation of {}", either.map(events).unwrap_or_default()),
            before: strength(&self.before),
            after: strength(&self.after),
            reason: None,
        }
    }
}
