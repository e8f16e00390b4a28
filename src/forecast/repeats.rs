//! Forecasts that come after another of the same question, forecaster and moment: how many, and where the first of them stand.

use super::tidy::{Fate, SAME_MOMENT, TWICE, Tally};
use crate::diagnostic::counted;
use std::collections::BTreeSet;

/// How many are named.
const NAMED: usize = 10;

/// What was found of one sort.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    count: usize,
    /// The first places, each with that of the forecast before it.
    first: BTreeSet<(u64, u64)>,
}

impl Found {
    fn name(&mut self, place: u64, before: u64) {
        self.first.insert((place, before));
        if self.first.len() > NAMED {
            self.first.pop_last();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        other.first.iter().for_each(|(place, before)| self.name(*place, *before));
    }

    /// Such as `row 3 (as row 2), row 5 (as row 4) and 7 more`; nothing if there are none.
    fn told(&self, link: &str, words: impl Fn(u64) -> String) -> Option<String> {
        let named: Vec<String> =
            self.first.iter().map(|(place, before)| format!("{} ({link} {})", words(*place), words(*before))).collect();
        let more = self.count.saturating_sub(named.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    }
}

/// The repeats that were found, each by its place: a row, or whatever the caller tells rows apart by. Their order is that of the places, whichever
/// was found first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repeats {
    same: Found,
    changed: Found,
}

impl Repeats {
    /// One that says what the one before it says.
    pub(crate) fn add_same(&mut self, place: u64, before: u64) {
        self.same.count += 1;
        self.same.name(place, before);
    }

    /// One that says something else than the one before it, and stands in its place.
    pub(crate) fn add_changed(&mut self, place: u64, before: u64) {
        self.changed.count += 1;
        self.changed.name(place, before);
    }

    /// Adds those that were found elsewhere.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.same.merge(&other.same);
        self.changed.merge(&other.changed);
    }

    /// How many there are of each sort, if there are any.
    pub(crate) fn tallies(&self) -> Vec<Tally> {
        let sorts = [(Fate::LeftOut, TWICE, self.same.count), (Fate::Replacing, SAME_MOMENT, self.changed.count)];
        let tally = |(fate, reason, count): (Fate, &str, usize)| {
            let (reason, rows) = (reason.to_owned(), Vec::new());
            Tally { fate, reason, count, rows }
        };
        sorts.into_iter().filter(|(.., count)| *count > 0).map(tally).collect()
    }

    /// A line for each sort; `words` names a place.
    pub(crate) fn notes(&self, words: impl Fn(u64) -> String) -> Vec<String> {
        let same = self.same.told("as", &words).map(|places| {
            let verb = if self.same.count == 1 { "stands" } else { "stand" };
            format!("{} {verb} there twice: {places}", counted(self.same.count, "forecast"))
        });
        let changed = self.changed.told("of", &words).map(|places| {
            let verb = if self.changed.count == 1 { "takes" } else { "take" };
            format!(
                "{} {verb} the place of another of the same question, forecaster and moment: {places}",
                counted(self.changed.count, "forecast")
            )
        });
        same.into_iter().chain(changed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_are_named_in_order_however_they_were_found() {
        let row = |place: u64| format!("row {place}");
        assert!(Repeats::default().notes(row).is_empty() && Repeats::default().tallies().is_empty());
        let mut forwards = Repeats::default();
        (2..=14).for_each(|place| forwards.add_same(place, place - 1));
        forwards.add_changed(9, 3);
        let (mut early, mut backwards) = (Repeats::default(), Repeats::default());
        (8..=14).rev().for_each(|place| backwards.add_same(place, place - 1));
        (2..8).rev().for_each(|place| early.add_same(place, place - 1));
        backwards.add_changed(9, 3);
        backwards.merge(&early);
        assert_eq!(backwards, forwards);
        let counts: Vec<(Fate, usize)> = forwards.tallies().iter().map(|tally| (tally.fate, tally.count)).collect();
        assert_eq!(counts, [(Fate::LeftOut, 13), (Fate::Replacing, 1)]);
        let notes = forwards.notes(row);
        assert!(notes[0].starts_with("13 forecasts stand there twice: row 2 (as row 1), row 3 (as row 2), "));
        assert!(notes[0].ends_with("row 11 (as row 10) and 3 more"), "{}", notes[0]);
        assert_eq!(
            notes[1],
            "1 forecast takes the place of another of the same question, forecaster and moment: row 9 (of row 3)"
        );
    }
}
