//! What moved between two days or two files, and how it is told.

use super::page::{points, signed};
use super::wording::{in_brackets, number_in_words};
use crate::diagnostic::counted;
use crate::diff::FigureKind;
use crate::math::thousands_apart;
use crate::report::figure::significant;
use jiff::civil::Date;
use serde::Serialize;

/// Questions that a remark names, at most.
const NAMED: usize = 5;

/// What moved between two days, or two files.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct Changes {
    /// From when to when, or from which file to which, in words.
    pub between: String,
    /// How many questions both have, with figures that can be compared.
    pub common: usize,
    /// The largest moves first.
    pub moved: Vec<Move>,
    /// How many questions moved by a point or more and are not told, since others moved as far or further.
    pub others: usize,
    /// How many questions did not move by a point.
    pub still: usize,
    /// What was asked before and no longer is, in words.
    pub gone: Vec<String>,
    /// What is asked now and was not before, in words.
    pub come: Vec<String>,
    /// What asks for another kind of thing than before, or has no figure on one side, in words.
    pub unlike: Vec<String>,
}

impl Changes {
    /// What is to be said beside the moves, a sentence each: that there are none, how many are not told, what cannot be compared.
    ///
    /// ```
    /// use foretell::brief::Changes;
    ///
    /// let gone = vec!["Is it signed?".to_owned()];
    /// let changes = Changes { common: 2, still: 2, gone, ..Changes::default() };
    /// assert_eq!(changes.remarks(), ["Nothing moved by a point.", "Asked before and no longer: “Is it signed?”."]);
    /// ```
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.common > 0 {
            if self.moved.is_empty() {
                told.push("Nothing moved by a point.".to_owned());
            }
        } else if !self.unlike.is_empty() {
            told.push("Nothing is compared.".to_owned());
        } else if self.gone.is_empty() && self.come.is_empty() {
            told.push("No question is asked, so nothing is compared here; `foretell diff` compares events.".to_owned());
        } else {
            told.push("The two have no question in common, so nothing is compared.".to_owned());
        }
        if self.others > 0 {
            let others = counted(self.others, "question");
            told.push(format!("Moved by a point or more, but no further than what is told: {others}."));
        }
        if self.still > 0 && !self.moved.is_empty() {
            told.push(format!("Not moved by a point: {}.", counted(self.still, "question")));
        }
        for (what, asks) in [
            ("Asked before and no longer", &self.gone),
            ("Asked now and not before", &self.come),
            (
                "Not compared, since it asks for another kind of thing than before or has no figure on one side",
                &self.unlike,
            ),
        ] {
            if asks.is_empty() {
                continue;
            }
            let named: Vec<String> =
                asks.iter().take(NAMED).map(|ask| format!("“{}”", ask.trim_end_matches('.'))).collect();
            let more = asks.len().saturating_sub(NAMED);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            told.push(format!("{what}: {}{more}.", named.join("; ")));
        }
        told
    }
}

/// A figure that moved: a chance, a quantile of a number, or the day by which a share has seen an event.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Move {
    /// The question's name.
    pub id: String,
    /// In words, with the part of it.
    pub ask: String,
    /// Whether it is a chance, a number or a day.
    pub kind: FigureKind,
    /// Of a number or a day, which quantile it is: 0.5 for the median.
    pub level: Option<f64>,
    /// The unit of a number.
    pub unit: Option<String>,
    /// Before, unless it is a day.
    pub old: Option<f64>,
    /// Now, unless it is a day.
    pub new: Option<f64>,
    /// Before, if it is a day.
    #[schemars(with = "Option<String>")]
    pub old_day: Option<Date>,
    /// Now, if it is a day.
    #[schemars(with = "Option<String>")]
    pub new_day: Option<Date>,
    /// By how much: of the chance, in the unit of the number, in days.
    pub by: f64,
    /// Monte Carlo standard error of that.
    pub standard_error: f64,
    /// How much chance lies between where it stood and where it stands; for a chance that is the move itself. By this moves of all kinds are told apart and
    /// put in their order.
    pub passed: f64,
    /// By what, the largest first.
    pub because: Vec<Because>,
}

/// One cause of a move.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Because {
    /// What changed.
    pub what: String,
    /// How far that moved the figure, as the move is counted.
    pub effect: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Move {
    /// Where it stood, in words.
    #[must_use]
    pub fn before(&self) -> String {
        self.told(self.old, self.old_day)
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn now(&self) -> String {
        self.told(self.new, self.new_day)
    }

    fn told(&self, value: Option<f64>, day: Option<Date>) -> String {
        match (self.kind, value, day) {
            (FigureKind::Chance, Some(chance), _) => in_brackets(chance),
            (FigureKind::Number, Some(number), _) => format!("{}{}", number_in_words(number), self.unit_behind()),
            (FigureKind::Day, _, Some(day)) => {
                let level = self.level.map_or_else(String::new, |level| format!("{} ", in_brackets(level)));
                format!("{level}by {}", day.strftime("%-d %b %Y"))
            }
            _ => String::new(),
        }
    }

    /// By how much it moved: points of a chance, the unit of a number, days.
    #[must_use]
    pub fn moved(&self) -> String {
        let unit = match self.kind {
            FigureKind::Chance => String::new(),
            FigureKind::Number => self.unit_behind(),
            FigureKind::Day if self.by.abs().round() == 1.0 => " day".to_owned(),
            FigureKind::Day => " days".to_owned(),
        };
        format!("{}{unit}", self.difference(self.by))
    }

    /// Whether it is a chance.
    #[must_use]
    pub fn is_chance(&self) -> bool {
        self.kind == FigureKind::Chance
    }

    /// By how much a cause moved it.
    #[must_use]
    pub fn effect_of(&self, cause: &Because) -> String {
        self.difference(cause.effect)
    }

    /// Its standard error; nothing where it was computed.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let error = Some(self.standard_error).filter(|error| *error > 0.0)?;
        Some(if self.is_chance() { points(&error) } else { thousands_apart(&significant(error, 2)) })
    }

    fn difference(&self, by: f64) -> String {
        let size = match self.kind {
            FigureKind::Chance => return signed(by),
            FigureKind::Number => number_in_words(by.abs()),
            FigureKind::Day => by.abs().round().to_string(),
        };
        if size == "0" {
            return size;
        }
        format!("{}{size}", if by < 0.0 { '−' } else { '+' })
    }

    fn unit_behind(&self) -> String {
        self.unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(kind: FigureKind, by: f64) -> Move {
        Move {
            id: "q".to_owned(),
            ask: "What?".to_owned(),
            kind,
            level: (kind != FigureKind::Chance).then_some(0.5),
            unit: (kind == FigureKind::Number).then(|| "million EUR".to_owned()),
            old: Some(0.3),
            new: Some(0.3 + by),
            old_day: Some(jiff::civil::date(2026, 11, 17)),
            new_day: Some(jiff::civil::date(2026, 7, 10)),
            by,
            standard_error: 0.0123,
            passed: 0.1,
            because: vec![Because { what: "news".to_owned(), effect: 2.0 * by, standard_error: 0.0 }],
        }
    }

    #[test]
    fn moves_are_told_in_points_units_and_days() {
        let told = |one: &Move| {
            [one.before(), one.now(), one.moved(), one.effect_of(&one.because[0]), one.error().unwrap_or_default()]
        };
        assert_eq!(told(&moved(FigureKind::Chance, -0.24)), ["30 %", "6 %", "−24.0", "−48.0", "1.2"]);
        let number = moved(FigureKind::Number, 16.129);
        assert_eq!(told(&number), ["0.3 million EUR", "16.4 million EUR", "+16.1 million EUR", "+32.3", "0.012"]);
        let day = Move { standard_error: 0.0, ..moved(FigureKind::Day, -130.0) };
        assert_eq!(told(&day), ["50 % by 17 Nov 2026", "50 % by 10 Jul 2026", "−130 days", "−260", ""]);
        assert_eq!(moved(FigureKind::Day, 1.0).moved(), "+1 day");
        assert_eq!(moved(FigureKind::Number, 0.0).moved(), "0 million EUR");
    }

    #[test]
    fn what_is_not_told_as_a_move_is_counted_or_named() {
        let one = moved(FigureKind::Chance, 0.1);
        let changes = Changes { common: 9, moved: vec![one], others: 2, still: 1, ..Changes::default() };
        assert_eq!(
            changes.remarks(),
            [
                "Moved by a point or more, but no further than what is told: 2 questions.",
                "Not moved by a point: 1 question."
            ]
        );
        let asks = |count: usize| (0..count).map(|at| format!("Is it {at}?")).collect::<Vec<_>>();
        let apart = Changes { gone: asks(7), come: asks(1), ..Changes::default() };
        assert_eq!(
            apart.remarks(),
            [
                "The two have no question in common, so nothing is compared.",
                "Asked before and no longer: “Is it 0?”; “Is it 1?”; “Is it 2?”; “Is it 3?”; “Is it 4?”; and 2 more.",
                "Asked now and not before: “Is it 0?”."
            ]
        );
        assert!(Changes::default().remarks()[0].starts_with("No question is asked"));
        assert_eq!(Changes { unlike: asks(1), ..Changes::default() }.remarks()[0], "Nothing is compared.");
    }
}
