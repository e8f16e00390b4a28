//! The grammars of the phrases inside strings, one file a family.
//!
//! Each takes a text and its [`Place`] and gives the small tree of [`super::phrase`] or [`super::expression`], with spans of
//! the file, or the one diagnostic that says what was expected where. Keywords are read without regard to case; names with.

mod chance;
mod count;
mod effect;
mod expression;
mod lexing;
mod number;
mod ratio;
mod reading;
mod supposition;
mod when;

use super::codes;
use super::document::ChanceNode;
use super::expression::Expression;
use super::phrase::{Chance, CountPhrase, Duration, Effect, NumberPhrase, Ratio, Strength, Supposition, WhenPhrase};
use super::place::Place;
use crate::diagnostic::Diagnostic;
use crate::source::Spanned;
use jiff::civil::Date;
use reading::{Family, read};

const CHANCE: Family = Family {
    code: codes::CHANCE,
    name: "chance",
    examples: &["35%", "6 of 20", "3:7", "likely", "35% (90% sure: 15% to 60%)", "beta(2, 8)"],
};
const CHANCES: Family = Family {
    code: codes::CHANCE,
    name: "chance",
    examples: &["35%", "6 of 20", "likely", "10%, 75%, 15%", "6, 30, 4 of 40", "dirichlet(2, 1, 1)"],
};
const NUMBER: Family = Family {
    code: codes::NUMBER,
    name: "number",
    examples: &["42", "40 to 90", "80%: 40 to 90", "5%: 40, 50%: 60, 95%: 90", "normal(10, 2)", "40 to 90, at most 90"],
};
const COUNT: Family = Family {
    code: codes::COUNT,
    name: "count",
    examples: &["7", "poisson(2)", "binomial(10, 30%)", "3 in 180 days, over 365 days", "3 to 12"],
};
const WHEN: Family = Family {
    code: codes::WHEN,
    name: "date phrase",
    examples: &["20% by 2025-09-01, 55% by 2026-12-31", "40% within 30 days", "30% on 2025-09-17, 25% never"],
};
const RATIO: Family = Family { code: codes::RATIO, name: "ratio", examples: &["x4", "x0.5", "low", "medium", "high"] };
const EFFECT: Family = Family {
    code: codes::EFFECT,
    name: "effect",
    examples: &["happened", "happened on 2025-08-20", "did not happen", "is neither", "x0.4", "is now 30%"],
};
const SUPPOSITION: Family = Family {
    code: codes::SUPPOSITION,
    name: "supposition",
    examples: &["attends", "not attends", "track is neither", "value is 42", "talks on 2025-09-01"],
};
const EXPRESSION: Family = Family {
    code: codes::EXPRESSION,
    name: "expression",
    examples: &["paper and not talks", "talks by 2025-10-01", "track is one of (a, b)", "at least 2 of (a, b, c)"],
};
const DATE: Family = Family { code: codes::DATE, name: "date", examples: &["2025-10-01"] };
const DURATION: Family = Family { code: codes::DURATION, name: "length of time", examples: &["30 days", "3 years"] };
const PLAIN: Family = Family { code: codes::NUMBER, name: "number", examples: &["42", "0.5", "30%"] };

/// One chance.
pub(super) fn chance(text: &str, place: &Place) -> Result<Chance, Box<Diagnostic>> {
    read(&CHANCE, text, place, chance::chance)
}

/// What stands under `chance`: one chance, one for each option, counts or a Dirichlet.
pub(super) fn chances(text: &str, place: &Place) -> Result<ChanceNode, Box<Diagnostic>> {
    read(&CHANCES, text, place, chance::chances)
}

/// What to do where a number is to be like a class.
pub(super) const NUMBERS_IN_EVENTS: &str = "state a number in each event itself, with its doubt, as in `value = \"normal(normal(10, 3), 4)\"`, and a count as in `count = \"3 in 180 days, over 365 days\"`";

/// A number or distribution.
pub(super) fn number(text: &str, place: &Place) -> Result<NumberPhrase, Box<Diagnostic>> {
    read(&NUMBER, text, place, number::number_phrase)
}

/// A count.
pub(super) fn count(text: &str, place: &Place) -> Result<CountPhrase, Box<Diagnostic>> {
    read(&COUNT, text, place, count::count_phrase)
}

/// The chances of a date event.
pub(super) fn when(text: &str, place: &Place) -> Result<WhenPhrase, Box<Diagnostic>> {
    read(&WHEN, text, place, when::when_phrase)
}

/// A ratio or a strength.
pub(super) fn ratio(text: &str, place: &Place) -> Result<Ratio, Box<Diagnostic>> {
    read(&RATIO, text, place, ratio::ratio)
}

/// A strength alone.
pub(super) fn strength(text: &str, place: &Place) -> Result<Strength, Box<Diagnostic>> {
    let family = Family { examples: &["low", "medium", "high"], name: "strength", ..RATIO };
    read(&family, text, place, ratio::strength)
}

/// What a piece of news does.
pub(super) fn effect(text: &str, place: &Place) -> Result<Effect, Box<Diagnostic>> {
    read(&EFFECT, text, place, effect::effect)
}

/// An intervention.
pub(super) fn supposition(text: &str, place: &Place) -> Result<Spanned<Supposition>, Box<Diagnostic>> {
    read(&SUPPOSITION, text, place, |input| reading::spanned(supposition::supposition)(input))
}

/// A condition or formula.
pub(super) fn expression(text: &str, place: &Place) -> Result<Expression, Box<Diagnostic>> {
    read(&EXPRESSION, text, place, expression::expression)
}

/// A day.
pub(super) fn date(text: &str, place: &Place) -> Result<Date, Box<Diagnostic>> {
    read(&DATE, text, place, lexing::date)
}

/// A length of time.
pub(super) fn duration(text: &str, place: &Place) -> Result<Duration, Box<Diagnostic>> {
    read(&DURATION, text, place, lexing::duration)
}

/// A number and nothing else.
pub(super) fn plain_number(text: &str, place: &Place) -> Result<f64, Box<Diagnostic>> {
    read(&PLAIN, text, place, lexing::amount)
}
