//! What the rows of a stream say of outcomes, question by question, until all rows are known.

use crate::forecast::import::contested;
use crate::forecast::stream::{Answer, Came};
use crate::forecast::tidy::{ANNULLED, CONTESTED, Fate, NO_OUTCOME};
use jiff::civil::Date;

/// Bits of a position that tell rows of a file apart; those above tell files apart.
pub(super) const ROW_BITS: u32 = 40;

/// The place of a row that is not there.
const NOWHERE: u64 = u64::MAX;

/// What the rows of a question say of its outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// By answer, the place of the first row that gives it.
    places: [u64; 3],
    /// The place of the first row, and the day that it names.
    first: u64,
    known_on: Option<Date>,
    last_made: Date,
}

/// What they say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    One(Answer),
    /// The first two, each with its place.
    Several((u64, Answer), (u64, Answer)),
}

/// The row of a place.
pub(super) const fn row_of(place: u64) -> u64 {
    place & ((1 << ROW_BITS) - 1)
}

/// The number of its file.
pub(super) const fn file_of(place: u64) -> u32 {
    (place >> ROW_BITS) as u32
}

impl Beside {
    /// Before any row is added.
    pub(super) const fn new() -> Self {
        Self { places: [NOWHERE; 3], first: NOWHERE, known_on: None, last_made: Date::MIN }
    }

    /// Adds a row. If one of another file gives another answer, gives that one and its place.
    pub(super) fn add(&mut self, made: Date, place: u64, came: Came) -> Option<(u64, Answer)> {
        self.last_made = self.last_made.max(made);
        if place < self.first {
            (self.first, self.known_on) = (place, came.known_on);
        }
        let answer = came.answer?;
        for (first, of) in self.places.iter_mut().zip(Answer::ALL) {
            if of == answer {
                *first = (*first).min(place);
            }
        }
        let is_elsewhere =
            |(at, other): &(u64, Answer)| *other != answer && *at != NOWHERE && file_of(*at) != file_of(place);
        self.places.into_iter().zip(Answer::ALL).filter(is_elsewhere).min()
    }

    fn said(&self) -> Said {
        let mut given = [0, 1, 2].map(|at| (self.places[at], Answer::ALL[at]));
        given.sort_unstable();
        match given {
            [(NOWHERE, _), ..] => Said::Nothing,
            [(_, answer), (NOWHERE, _), _] => Said::One(answer),
            [first, other, _] => Said::Several(first, other),
        }
    }

    /// The answer, if one is given and no other.
    pub(super) fn answer(&self) -> Option<Answer> {
        match self.said() {
            Said::One(answer) => Some(answer),
            Said::Nothing | Said::Several(..) => None,
        }
    }

    /// Whether the answer is yes or no.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.answer(), Some(Answer::Yes | Answer::No))
    }

    /// The place of the first row.
    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    /// The day on which the outcome was known. Where the table does not say, that was after the last forecast.
    pub(super) fn known_on(&self) -> Date {
        self.known_on.unwrap_or_else(|| self.last_made.tomorrow().unwrap_or(Date::MAX))
    }

    /// What is to be said of a question that is not answered yes or no: what becomes of its outcome, why, the row, and what stands there.
    pub(super) fn told(&self, id: &str) -> Option<(Fate, &'static str, u64, String)> {
        match self.said() {
            Said::Nothing => Some((Fate::Pending, NO_OUTCOME, row_of(self.first), id.to_owned())),
            Said::One(Answer::Annulled) => Some((Fate::Voided, ANNULLED, row_of(self.first), id.to_owned())),
            Said::One(Answer::Yes | Answer::No) => None,
            Said::Several((place, answer), (other_place, other)) => {
                let [answer, other] = [answer, other].map(|answer| answer.resolution().to_string());
                let detail = contested(id, &answer, (row_of(other_place), &other));
                Some((Fate::LeftOut, CONTESTED, row_of(place), detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rows_say_does_not_hang_on_the_order_in_which_they_are_read() {
        let day = |day: i8| Date::constant(2026, 1, day);
        let rows = [
            (day(3), 7, Came { answer: Some(Answer::No), known_on: None }),
            (day(1), 2, Came { answer: None, known_on: Some(day(20)) }),
            (day(9), 5, Came { answer: Some(Answer::Yes), known_on: Some(day(21)) }),
            (day(4), 9, Came { answer: Some(Answer::Yes), known_on: None }),
        ];
        for turn in 0..rows.len() {
            let mut beside = Beside::new();
            for at in 0..rows.len() {
                let (made, place, came) = rows[(turn + at) % rows.len()];
                assert_eq!(beside.add(made, place, came), None, "all are of one file");
            }
            assert_eq!((beside.first(), beside.known_on(), beside.answer()), (2, day(20), None));
            let told = beside.told("q").expect("it is contested");
            assert_eq!(told, (Fate::LeftOut, CONTESTED, 5, "q: yes, in row 7 no".to_owned()));
        }
    }

    #[test]
    fn another_answer_in_another_file_is_given_with_its_place() {
        let (made, known_on) = (Date::constant(2026, 1, 3), None);
        let mut beside = Beside::new();
        assert_eq!(beside.add(made, 4, Came { answer: Some(Answer::Annulled), known_on }), None);
        assert_eq!(beside.told("q"), Some((Fate::Voided, ANNULLED, 4, "q".to_owned())));
        let second = 1 << ROW_BITS;
        assert_eq!(beside.add(made, second + 2, Came { answer: None, known_on }), None);
        assert_eq!(beside.add(made, second + 3, Came { answer: Some(Answer::Annulled), known_on }), None);
        let other = beside.add(made, second + 8, Came { answer: Some(Answer::Yes), known_on });
        assert_eq!(other, Some((4, Answer::Annulled)));
        assert_eq!((file_of(second + 8), row_of(second + 8)), (1, 8));
    }
}
